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

use crate::{GenericParam, GenericParamKind, Generics, Predicate, Signatures, Ty, TyKind};
use base::{Diagnostics, Span, Symbol};
use hir::{DefId, Item, Package};
use lower::{Lower, Memo};
use std::collections::BTreeMap;

/// The signatures of the whole program.
pub fn collect(package: &Package, diags: &mut Diagnostics) -> Signatures {
    let mut sigs = Signatures { memo: number(package), ..Signatures::default() };
    let memo = std::mem::take(&mut sigs.memo);
    let generics = all_generics(package, &memo, diags);
    sigs.generics = generics;
    let mut collector = items::Collector { package, memo: &memo, sigs: &mut sigs, diags };
    for (def, item) in package.items.iter_enumerated() {
        if let Some(item) = item {
            collector.item(def, item);
        }
    }
    sigs.memo = memo;
    sigs.index = crate::protocols::Index::build(package, &sigs);
    whole_checks(package, &sigs, diags, Part::Program);
    sigs
}

/// The same checks for the standard library, which are made when it changes and not with every program.
pub fn check_library(package: &Package, sigs: &Signatures, diags: &mut Diagnostics) {
    whole_checks(package, sigs, diags, Part::Library);
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
        package.modules[package.def(def).module].is_std == (self == Part::Library)
    }
}

fn whole_checks(package: &Package, sigs: &Signatures, diags: &mut Diagnostics, part: Part) {
    infinite::check(package, sigs, diags, part);
    conform::check(package, sigs, diags, part);
    coherence::check(package, sigs, diags, part);
}

/// The written generics of an item; none for what has none (a variant has its union's).
pub fn hir_generics(package: &Package, def: DefId) -> Option<&hir::Generics> {
    match package.items[def].as_ref()? {
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
    matches!(package.items[parent], Some(Item::Impl(_) | Item::Protocol(_)))
}

/// Gives every parameter its number: the parent's first, `Self` of a protocol is 0.
fn number(package: &Package) -> Memo {
    let mut memo = Memo::default();
    for (def, item) in package.items.iter_enumerated() {
        if item.is_none() {
            continue;
        }
        if let Some(Item::Protocol(protocol)) = item {
            memo.params.insert(protocol.self_param, 0);
        }
        let mut index = parent_count(package, def) + own_self(item.as_ref());
        for param in hir_generics(package, def).map_or(&[][..], |generics| &generics.params) {
            if !matches!(param.kind, hir::GenericParamKind::Region) {
                memo.params.insert(param.def, index);
                index += 1;
            }
        }
    }
    memo
}

fn own_self(item: Option<&Item>) -> u32 {
    matches!(item, Some(Item::Protocol(_))).into()
}

/// How many parameters come from the impl or protocol around a definition.
fn parent_count(package: &Package, def: DefId) -> u32 {
    let Some(parent) = package.def(def).parent.filter(|&parent| shares_generics(package, parent)) else {
        return 0;
    };
    let own = hir_generics(package, parent).map_or(0, |generics| {
        generics.params.iter().filter(|param| !matches!(param.kind, hir::GenericParamKind::Region)).count()
    });
    parent_count(package, parent) + own_self(package.items[parent].as_ref()) + own as u32
}

fn all_generics(package: &Package, memo: &Memo, diags: &mut Diagnostics) -> BTreeMap<DefId, Generics> {
    let mut all: BTreeMap<DefId, Generics> = BTreeMap::new();
    // Parents first: impls and protocols before their members, whatever their numbers.
    let with_parent =
        |def: DefId| package.def(def).parent.is_some_and(|parent| shares_generics(package, parent));
    let defs: Vec<DefId> =
        package.items.iter_enumerated().filter(|(_, item)| item.is_some()).map(|(def, _)| def).collect();
    let (members, owners): (Vec<DefId>, Vec<DefId>) = defs.into_iter().partition(|&def| with_parent(def));
    for def in owners.into_iter().chain(members) {
        let parent =
            package.def(def).parent.filter(|_| with_parent(def)).and_then(|parent| all.get(&parent)).cloned();
        let generics = generics(package, memo, def, parent, diags);
        all.insert(def, generics);
    }
    all
}

fn generics(
    package: &Package,
    memo: &Memo,
    def: DefId,
    parent: Option<Generics>,
    diags: &mut Diagnostics,
) -> Generics {
    let parent = parent.unwrap_or_default();
    let parent_count = parent.params.len();
    let mut generics = Generics { params: parent.params, parent_count, predicates: parent.predicates };
    if let Some(Item::Protocol(protocol)) = &package.items[def] {
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
    if let Some(Item::Fn(function)) = &package.items[def] {
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
    if let Some(Item::Protocol(_)) = &package.items[def] {
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
