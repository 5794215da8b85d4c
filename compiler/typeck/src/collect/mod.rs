//! Definitions ⇒ [`Signatures`]: every type that is written outside bodies, and what it takes for them to make
//! sense together.
//!
//! ```text
//! impl[T: Show] Show for List[T] { fn show(&self, f: &mut Formatter) -> Result[(), FormatError] { … } }
//! ⇒ generics [T], predicates [T: Show], header List[T]: Show, fn show(&List[T], &mut Formatter) -> Result[(), FormatError]
//! ```
//!
//! Order: numbers of parameters; predicates; types of fields, functions and constants; protocols and impls; then
//! the checks that need all of them (conformity, overlap, infinite types).

mod coherence;
mod conform;
mod dynamic;
mod infinite;
mod items;
pub mod lower;

use crate::protocols::index;
use crate::{GenericParam, GenericParamKind, Generics, Predicate, Signature, Signatures, Ty, TyKind};
use base::{Diagnostics, Span, Symbol};
use hir::{DefId, Item, Package};
pub(crate) use infinite::holds_param;
use lower::{Lower, Memo};

/// The signatures of the program: those of the package's own definitions at once, those of the standard library when
/// somebody asks ([`Signatures`]).
pub fn collect<'a>(package: &'a Package, diags: &mut Diagnostics) -> Signatures<'a> {
    let sigs = Signatures::new(package);
    // Parents first: impls and protocols before their members.
    let own = || package.own_defs.iter().copied().filter(|&def| package.item(def).is_some());
    let shares =
        |def: &DefId| package.def(*def).parent.is_some_and(|parent| shares_generics(package, parent));
    for def in own().filter(|def| !shares(def)).chain(own().filter(shares)) {
        sigs.find_generics(def, diags);
    }
    for def in own() {
        sigs.find_signature(def, diags);
    }
    whole_checks(&sigs, diags, Part::Program);
    sigs
}

/// The same checks for the standard library, which are made when it changes and not with every program: all its
/// signatures are found, and looked at together.
pub fn check_library(sigs: &Signatures<'_>, diags: &mut Diagnostics) {
    let package = sigs.package;
    for def in package.defs.ids().filter(|&def| package.is_std(def) && package.item(def).is_some()) {
        sigs.find_generics(def, diags);
        sigs.find_signature(def, diags);
    }
    for &def in &package.impls {
        debug_assert_eq!(index::header(sigs, def), index::header_by_signature(sigs, def), "{def}");
    }
    whole_checks(sigs, diags, Part::Library);
    diags.append(sigs.take_late_diagnostics());
}

/// Whose definitions are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// All that is not of the standard library.
    Program,
    Library,
}

impl Part {
    fn has(self, package: &Package, def: DefId) -> bool {
        package.is_std(def) == (self == Part::Library)
    }

    /// Its definitions, in order.
    fn defs(self, package: &Package) -> impl Iterator<Item = DefId> {
        let library = package.defs.ids().filter(move |&def| self == Part::Library && package.is_std(def));
        let own = package.own_defs.iter().copied().filter(move |_| self == Part::Program);
        library.chain(own)
    }
}

fn whole_checks(sigs: &Signatures<'_>, diags: &mut Diagnostics, part: Part) {
    infinite::check(sigs, diags, part);
    conform::check(sigs, diags, part);
    coherence::check(sigs, diags, part);
}

/// The written generics of an item; none for what has none (a variant has its union's).
pub fn hir_generics(package: &Package, def: DefId) -> Option<&hir::Generics> {
    match package.item(def)? {
        Item::Fn(item) => Some(&item.generics),
        Item::Record(item) => Some(&item.generics),
        Item::Union(item) => Some(&item.generics),
        Item::TypeAlias(item) => Some(&item.generics),
        Item::Protocol(item) => Some(&item.generics),
        Item::Impl(item) => Some(&item.generics),
        Item::Const(_) | Item::AssocType(_) | Item::Test(_) => None,
    }
}

/// Impls and protocols share their parameters with their members; functions don't with local items.
pub fn shares_generics(package: &Package, parent: DefId) -> bool {
    package.def(parent).kind.shares_generics()
}

/// One item's signature.
pub(crate) fn signature(sigs: &Signatures<'_>, def: DefId, diags: &mut Diagnostics) -> Signature {
    match sigs.package.item(def) {
        Some(item) => items::Collector { package: sigs.package, sigs, diags }.item(def, item),
        None => Signature::Nothing,
    }
}

/// One item's parameters and what it demands of them.
pub(crate) fn generics(sigs: &Signatures<'_>, def: DefId, diags: &mut Diagnostics) -> Generics {
    let (package, memo) = (sigs.package, &sigs.memo);
    let parent = package.def(def).parent.filter(|&parent| shares_generics(package, parent));
    let parent = parent.map_or_else(Generics::default, |parent| sigs.find_generics(parent, diags).clone());
    let parent_count = parent.params.len();
    let mut generics = Generics { params: parent.params, parent_count, predicates: parent.predicates };
    if let Some(Item::Protocol(protocol)) = package.item(def) {
        let span = package.def(def).name_span;
        generics.params.push(GenericParam {
            name: Symbol::intern("Self"),
            def: Some(protocol.self_param),
            kind: GenericParamKind::Type { default: None, unsized_ok: true },
            span,
        });
    }
    if let Some(written) = hir_generics(package, def) {
        for param in &written.params {
            let mut lower = Lower::for_item(package, memo, def, diags);
            let kind = match &param.kind {
                hir::GenericParamKind::Type { default, .. } => GenericParamKind::Type {
                    default: default.as_ref().map(|_| lower.default_of(def, param)),
                    unsized_ok: true,
                },
                hir::GenericParamKind::Const { ty, .. } => GenericParamKind::Const { ty: lower.ty(ty) },
                hir::GenericParamKind::Region => continue,
            };
            generics.params.push(GenericParam {
                name: param.name,
                def: Some(param.def),
                kind,
                span: param.span,
            });
        }
    }
    // `fn f(x: impl Show)`: parameters without a name.
    let mut impl_bounds: Vec<(Ty, &[hir::Bound])> = Vec::new();
    if let Some(Item::Fn(function)) = package.item(def) {
        for param in &function.params {
            impl_types(&param.ty, &mut |bounds, span| {
                let name = Symbol::intern(&format!("impl {}", bound_names(package, bounds)));
                let index = generics.params.len() as u32;
                let kind = GenericParamKind::Type { default: None, unsized_ok: true };
                generics.params.push(GenericParam { name, def: None, kind, span });
                impl_bounds.push((Ty::new(TyKind::Param(index, name)), bounds));
            });
        }
    }
    if let Some(Item::Protocol(_)) = package.item(def) {
        let args = lower::identity_args(package, def);
        let own = Predicate::Protocol(crate::ProtocolRef { def, args });
        generics.predicates.push((own, package.def(def).name_span));
    }
    if let Some(written) = hir_generics(package, def) {
        for param in &written.params {
            if let hir::GenericParamKind::Type { bounds, .. } = &param.kind {
                let ty = Lower::for_item(package, memo, def, diags).param(param.def);
                predicates(package, memo, def, ty, bounds, diags, &mut generics.predicates);
            }
        }
        for clause in &written.wheres {
            let ty = Lower::for_item(package, memo, def, diags).ty(&clause.ty);
            predicates(package, memo, def, ty, &clause.bounds, diags, &mut generics.predicates);
        }
    }
    for (ty, bounds) in impl_bounds {
        predicates(package, memo, def, ty, bounds, diags, &mut generics.predicates);
    }
    generics
}

/// The bounds on a type, as predicates with the span of the bound.
pub fn predicates(
    package: &Package,
    memo: &Memo,
    owner: DefId,
    ty: Ty,
    bounds: &[hir::Bound],
    diags: &mut Diagnostics,
    out: &mut Vec<(Predicate, Span)>,
) {
    for bound in bounds {
        let hir::Bound::Protocol(bound) = bound else { continue };
        let lowered = Lower::for_item(package, memo, owner, diags).protocol_ref(ty, bound);
        if let Ok((protocol, bindings)) = lowered {
            out.push((Predicate::Protocol(protocol), bound.span));
            for (item, args, ty) in bindings {
                out.push((Predicate::Projection { item, args, ty }, bound.span));
            }
        }
    }
}

/// The `impl P` types inside a parameter's type, in order.
pub fn impl_types<'h>(ty: &'h hir::Ty, found: &mut impl FnMut(&'h [hir::Bound], Span)) {
    match &*ty.kind {
        hir::TyKind::Impl(bounds) => found(bounds, ty.span),
        hir::TyKind::Ref { ty, .. } | hir::TyKind::RawPtr { ty, .. } | hir::TyKind::Slice(ty) => {
            impl_types(ty, found)
        }
        hir::TyKind::Array { elem, .. } => impl_types(elem, found),
        hir::TyKind::Tuple(items) => items.iter().for_each(|item| impl_types(item, found)),
        hir::TyKind::Path { args, .. } => {
            for arg in args {
                if let hir::GenericArg::Ty(ty) = arg {
                    impl_types(ty, found);
                }
            }
        }
        hir::TyKind::Assoc { .. }
        | hir::TyKind::Fn { .. }
        | hir::TyKind::Dyn(_)
        | hir::TyKind::Infer
        | hir::TyKind::Error(_) => {}
    }
}

fn bound_names(package: &Package, bounds: &[hir::Bound]) -> String {
    let names: Vec<&str> = bounds
        .iter()
        .filter_map(|bound| match bound {
            hir::Bound::Protocol(protocol) => protocol.def.ok().map(|def| package.def(def).name.as_str()),
            hir::Bound::Region(_) => None,
        })
        .collect();
    names.join(" + ")
}
