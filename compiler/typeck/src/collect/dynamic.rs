//! `dyn P` as written ⇒ [`TyKind::Dyn`], and which protocols may be written so.
//!
//! In: bounds behind `dyn`. Out: the protocols, without those that another implies, and what every associated type of
//! theirs is. Afterwards each method of a `dyn` type is either in its table or takes `self` by value or says
//! `where Self: Sized`.
//!
//! ```text
//! dyn Iterator[Item = i64] + Show   ⇒   protocols [Iterator, Show], bindings [Iterator.Item = i64]
//! dyn Clone                         ⇒   T2013 `Clone` can't be `dyn`: `clone` gives `Self`, whose type is hidden
//! ```
//!
//! The rules look at what is written, not at signatures, which may not be there yet.

use super::lower::Lower;
use crate::{DynBinding, GenericArg, List, ProtocolRef, Region, Subst, Ty, TyKind};
use base::{Diagnostic, ErrorReported, Span, Symbol};
use hir::{DefId, DefKind, Item, LangItem, Receiver, Res};

/// Stands for the hidden type while a `dyn` type is made.
const HIDDEN: u32 = u32::MAX;

/// Why a protocol has no table.
struct Obstacle {
    /// The member or super-protocol, to point at.
    at: Span,
    text: String,
    /// `where Self: Sized` would leave it out.
    can_be_left_out: bool,
}

fn hidden() -> Ty {
    Ty::new(TyKind::Param(HIDDEN, Symbol::intern("Self")))
}

impl Lower<'_, '_> {
    pub(super) fn dyn_ty(&mut self, bounds: &[hir::Bound], span: Span) -> Ty {
        let mut protocols: Vec<ProtocolRef> = Vec::new();
        let mut bindings: Vec<DynBinding> = Vec::new();
        for bound in bounds {
            let hir::Bound::Protocol(written) = bound else { continue };
            let (protocol, given) = match self.protocol_ref(hidden(), written) {
                Ok(lowered) => lowered,
                Err(proof) => return Ty::error(proof),
            };
            if let Err(proof) = self.may_be_dyn(protocol.def, written.span) {
                return Ty::error(proof);
            }
            if let Some(proof) = self.hidden_argument(protocol, written.span) {
                return Ty::error(proof);
            }
            if let Some(twice) = protocols.iter().find(|other| other.def == protocol.def) {
                if twice.args != protocol.args {
                    let name = self.package.def(protocol.def).name;
                    let message = format!("`dyn` names `{name}` twice, with different arguments");
                    let diagnostic = Diagnostic::error("T2013", written.span, message);
                    return Ty::error(self.error(diagnostic.label("the second")));
                }
            } else {
                protocols.push(protocol);
            }
            bindings.extend(given.into_iter().map(|(item, _, ty)| DynBinding { item, ty }));
        }
        if protocols.is_empty() {
            let diagnostic = Diagnostic::error("T2013", span, "`dyn` needs a protocol");
            return Ty::error(self.error(diagnostic.label("names none")));
        }
        let above = self.all_above_of(&protocols);
        self.super_bindings(&above, &mut bindings);
        if let Some(proof) = self.open_associated_type(&above, &bindings, span) {
            return Ty::error(proof);
        }
        let known = bindings.clone();
        for binding in &mut bindings {
            binding.ty = reveal(binding.ty, &known);
        }
        bindings.sort_by_key(|binding| binding.item);
        bindings.dedup_by_key(|binding| binding.item);
        // What another implies adds nothing.
        let implied: Vec<DefId> = protocols
            .iter()
            .flat_map(|&of| self.all_above_of(&[of]).into_iter().skip(1))
            .map(|it| it.def)
            .collect();
        protocols.retain(|protocol| !implied.contains(&protocol.def));
        protocols.sort_by_key(|protocol| protocol.def);
        let without_self = protocols.iter().map(|protocol| {
            let args = List::from_iter(protocol.args[1..].iter().map(|&arg| match arg {
                GenericArg::Ty(ty) => GenericArg::Ty(reveal(ty, &known)),
                GenericArg::Const(_) => arg,
            }));
            ProtocolRef { def: protocol.def, args }
        });
        Ty::new(TyKind::Dyn(List::from_iter(without_self), List::new(&bindings), Region::Erased))
    }

    /// The protocols and all above them.
    fn all_above_of(&mut self, protocols: &[ProtocolRef]) -> Vec<ProtocolRef> {
        let mut all = protocols.to_vec();
        let mut next = 0;
        while let Some(&current) = all.get(next) {
            next += 1;
            for implied in self.supers(current.def) {
                let implied = implied.subst(&current.args);
                if !all.contains(&implied) {
                    all.push(implied);
                }
            }
        }
        all
    }

    /// What super-protocols are bound to: `protocol Lines: Iterator[Item = String]`.
    fn super_bindings(&mut self, above: &[ProtocolRef], bindings: &mut Vec<DynBinding>) {
        let package = self.package;
        for protocol in above {
            let Some(Item::Protocol(item)) = package.item(protocol.def) else { continue };
            for bound in &item.supers {
                if let hir::Bound::Protocol(bound) = bound
                    && !bound.bindings.is_empty()
                {
                    let self_ty = Ty::new(TyKind::Param(0, Symbol::intern("Self")));
                    let mut lower = Lower::for_item(package, self.memo, protocol.def, self.diags);
                    if let Ok((_, given)) = lower.protocol_ref(self_ty, bound) {
                        bindings.extend(
                            given
                                .into_iter()
                                .map(|(item, _, ty)| DynBinding { item, ty: ty.subst(&protocol.args) }),
                        );
                    }
                }
            }
        }
    }

    /// An associated type that nothing was said of.
    fn open_associated_type(
        &mut self,
        above: &[ProtocolRef],
        bindings: &[DynBinding],
        span: Span,
    ) -> Option<ErrorReported> {
        for protocol in above {
            let Some(Item::Protocol(item)) = self.package.item(protocol.def) else { continue };
            for &member in &item.members {
                let def = self.package.def(member);
                if def.kind != DefKind::AssocType || bindings.iter().any(|binding| binding.item == member) {
                    continue;
                }
                let (name, first) = (def.name, self.package.def(above[0].def).name);
                return Some(
                    self.error(
                        Diagnostic::error("T2014", span, format!("this `dyn` does not say what `{name}` is"))
                            .label(format!("write `dyn {first}[{name} = …]`"))
                            .secondary(def.name_span, "declared here")
                            .note("the type behind a `dyn` is hidden, so its associated types have to be written"),
                    ),
                );
            }
        }
        None
    }

    /// `dyn Add`, whose argument is `Self` where none is written.
    fn hidden_argument(&mut self, protocol: ProtocolRef, span: Span) -> Option<ErrorReported> {
        let params = super::hir_generics(self.package, protocol.def)?.params.iter();
        let params = params.filter(|param| !matches!(param.kind, hir::GenericParamKind::Region));
        let wrong = params.zip(protocol.args[1..].iter()).find(|(_, arg)| match arg {
            GenericArg::Ty(ty) => *ty == hidden(),
            GenericArg::Const(_) => false,
        });
        let (param, _) = wrong?;
        let (name, param) = (self.package.def(protocol.def).name, param.name);
        Some(
            self.error(
                Diagnostic::error(
                    "T2013",
                    span,
                    format!("`{name}` can't be `dyn` without its argument `{param}`"),
                )
                .label(format!("write `dyn {name}[…]`"))
                .note(format!(
                    "`{param}` is `Self` where it is not written, and which type that is, is hidden"
                )),
            ),
        )
    }

    /// Whether a protocol can have a table of methods; reports what stands in the way.
    fn may_be_dyn(&mut self, protocol: DefId, span: Span) -> Result<(), ErrorReported> {
        let identity = super::lower::identity_args(self.package, protocol);
        for above in self.all_above_of(&[ProtocolRef { def: protocol, args: identity }]) {
            let Some(obstacle) = self.obstacle(above.def) else { continue };
            let name = self.package.def(protocol).name;
            let via = match above.def == protocol {
                true => String::new(),
                false => format!(" (of its super-protocol `{}`)", self.package.def(above.def).name),
            };
            let mut diagnostic =
                Diagnostic::error("T2013", span, format!("`{name}` can't be `dyn`: {}{via}", obstacle.text))
                    .label("no table of its methods can be made")
                    .secondary(obstacle.at, "because of this");
            let is_std = self.package.modules[self.package.def(above.def).module].is_std;
            if obstacle.can_be_left_out && !is_std {
                diagnostic =
                    diagnostic.note("`where Self: Sized` behind its signature leaves it out of the table");
            }
            return Err(self.error(diagnostic));
        }
        Ok(())
    }

    fn obstacle(&mut self, protocol: DefId) -> Option<Obstacle> {
        let package = self.package;
        let Some(Item::Protocol(item)) = package.item(protocol) else { return None };
        let self_ty = Ty::new(TyKind::Param(0, Symbol::intern("Self")));
        for (bound, above) in item.supers.iter().zip(self.supers(protocol)) {
            if above.args[1..].contains(&GenericArg::Ty(self_ty))
                && let hir::Bound::Protocol(bound) = bound
            {
                let above = package.def(above.def).name;
                let text = format!("`{above}` above it takes another `Self`, whose type is hidden");
                return Some(Obstacle { at: bound.span, text, can_be_left_out: false });
            }
        }
        item.members.iter().find_map(|&member| self.member_obstacle(protocol, member))
    }

    fn member_obstacle(&self, protocol: DefId, member: DefId) -> Option<Obstacle> {
        let def = self.package.def(member);
        let (name, at) = (def.name, def.name_span);
        let obstacle = |text: String, can_be_left_out| Some(Obstacle { at, text, can_be_left_out });
        let function = match self.package.item(member) {
            Some(Item::Fn(function)) => function,
            Some(Item::Const(_)) => {
                return obstacle(format!("`{name}` is a constant, which no value can be asked for"), false);
            }
            Some(_) | None => return None,
        };
        if wants_sized(self.package, &function.generics) {
            return None;
        }
        match function.receiver {
            // Nobody can call it through a pointer.
            Some(Receiver::Value) => return None,
            Some(Receiver::Ref | Receiver::RefMut) => {}
            None => {
                return obstacle(format!("`{name}` has no `self` that would say whose it is"), true);
            }
        }
        let own =
            function.generics.params.iter().any(|param| !matches!(param.kind, hir::GenericParamKind::Region));
        let mut implied = false;
        for param in &function.params {
            super::impl_types(&param.ty, &mut |_, _| implied = true);
        }
        if own || implied {
            return obstacle(format!("`{name}` is generic, and a table has one entry for it"), true);
        }
        if function.params.iter().skip(1).any(|param| mentions_self(&param.ty, protocol)) {
            return obstacle(format!("`{name}` takes another `Self`, whose type is hidden"), true);
        }
        let mut hidden = false;
        if let Some(ret) = &function.ret {
            super::impl_types(ret, &mut |_, _| hidden = true);
        }
        match &function.ret {
            Some(_) if hidden => obstacle(format!("`{name}` gives a hidden type of its own"), true),
            Some(ret) if mentions_self(ret, protocol) => {
                obstacle(format!("`{name}` gives `Self`, whose type is hidden"), true)
            }
            Some(_) | None => None,
        }
    }
}

/// `where Self: Sized`
pub fn wants_sized(package: &hir::Package, generics: &hir::Generics) -> bool {
    let sized = package.lang.get(LangItem::Sized);
    generics.wheres.iter().any(|clause| {
        matches!(*clause.ty.kind, hir::TyKind::Path { res: Res::SelfTy(_), .. })
            && clause.bounds.iter().any(|bound| match bound {
                hir::Bound::Protocol(bound) => bound.def.ok() == sized && sized.is_some(),
                hir::Bound::Region(_) => false,
            })
    })
}

/// `Self` itself, not an associated type of it.
fn mentions_self(ty: &hir::Ty, protocol: DefId) -> bool {
    let any = |args: &[hir::GenericArg]| {
        args.iter().any(|arg| match arg {
            hir::GenericArg::Ty(ty) => mentions_self(ty, protocol),
            hir::GenericArg::Const(_) | hir::GenericArg::Region(_) => false,
        })
    };
    let in_bounds = |bounds: &[hir::Bound]| {
        bounds.iter().any(|bound| match bound {
            hir::Bound::Protocol(bound) => {
                any(&bound.args) || bound.bindings.iter().any(|(_, ty, _)| mentions_self(ty, protocol))
            }
            hir::Bound::Region(_) => false,
        })
    };
    match &*ty.kind {
        hir::TyKind::Path { res: Res::SelfTy(of), args } => *of == protocol || any(args),
        hir::TyKind::Path { args, .. } => any(args),
        hir::TyKind::Assoc { base, protocol: through, .. } => {
            let is_self = matches!(*base.kind, hir::TyKind::Path { res: Res::SelfTy(_), .. });
            !is_self && mentions_self(base, protocol)
                || through.as_ref().is_some_and(|through| any(&through.args))
        }
        hir::TyKind::Ref { ty, .. } | hir::TyKind::RawPtr { ty, .. } | hir::TyKind::Slice(ty) => {
            mentions_self(ty, protocol)
        }
        hir::TyKind::Array { elem, .. } => mentions_self(elem, protocol),
        hir::TyKind::Tuple(items) => items.iter().any(|item| mentions_self(item, protocol)),
        hir::TyKind::Fn { params, ret } => params.iter().chain(ret).any(|ty| mentions_self(ty, protocol)),
        hir::TyKind::Dyn(bounds) | hir::TyKind::Impl(bounds) => in_bounds(bounds),
        hir::TyKind::Infer | hir::TyKind::Error(_) => false,
    }
}

/// Associated types of the hidden type as what they are bound to.
fn reveal(ty: Ty, known: &[DynBinding]) -> Ty {
    ty.map_types(
        &mut |ty| {
            if let TyKind::Projection(item, args) = *ty.kind()
                && args.first() == Some(&GenericArg::Ty(hidden()))
            {
                known.iter().find(|binding| binding.item == item).map(|binding| binding.ty)
            } else {
                None
            }
        },
        &mut |_| None,
    )
}
