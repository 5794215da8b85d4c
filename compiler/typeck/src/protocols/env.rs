//! The bounds in scope: what a generic body may assume.

use crate::{
    Cx, DynBinding, GenericArg, GenericArgs, HasFlags, List, Predicate, ProtocolRef, Region, Subst, Ty,
    TyKind,
};
use hir::DefId;

/// Bounds with all they imply.
#[derive(Clone, Debug, Default)]
pub struct ParamEnv {
    pub protocols: Vec<ProtocolRef>,
    /// `<T as P>.Item == U`
    pub projections: Vec<(DefId, GenericArgs, Ty)>,
}

impl ParamEnv {
    pub fn empty() -> ParamEnv {
        ParamEnv::default()
    }

    /// The bounds of an item and its parent.
    pub fn of(cx: Cx<'_>, def: DefId) -> ParamEnv {
        let generics = cx.sigs.generics_of(def);
        ParamEnv::new(cx, generics.predicates.iter().map(|&(predicate, _)| predicate))
    }

    pub fn new(cx: Cx<'_>, predicates: impl IntoIterator<Item = Predicate>) -> ParamEnv {
        let mut env = ParamEnv::default();
        for predicate in predicates {
            env.add(cx, predicate);
        }
        env
    }

    /// With the super-protocols: `T: Comparable` implies `T: Eq[T]`.
    fn add(&mut self, cx: Cx<'_>, predicate: Predicate) {
        match predicate {
            Predicate::Protocol(protocol) => {
                if self.protocols.contains(&protocol) {
                    return;
                }
                self.protocols.push(protocol);
                if let Some(def) = cx.sigs.protocol(protocol.def) {
                    for &implied in &def.supers {
                        self.add(cx, Predicate::Protocol(implied.subst(&protocol.args)));
                    }
                    for &(item, args, ty) in &def.super_bindings {
                        let args = args.subst(&protocol.args);
                        self.add(cx, Predicate::Projection { item, args, ty: ty.subst(&protocol.args) });
                    }
                }
            }
            Predicate::Projection { item, args, ty } => self.projections.push((item, args, ty)),
        }
    }
}

/// The protocols of a `dyn` type and all above them, with it as `Self`.
pub fn dyn_bounds(cx: Cx<'_>, ty: Ty) -> Vec<ProtocolRef> {
    let TyKind::Dyn(protocols, bindings, _) = *ty.kind() else { return Vec::new() };
    let mut all: Vec<ProtocolRef> = Vec::new();
    for protocol in protocols.iter() {
        let args = List::from_iter([GenericArg::Ty(ty)].into_iter().chain(protocol.args.iter().copied()));
        for bound in supers_closure(cx, ProtocolRef { def: protocol.def, args }) {
            let args = List::from_iter(bound.args.iter().map(|&arg| match arg {
                GenericArg::Ty(of) if of != ty => GenericArg::Ty(dyn_revealed(of, ty, &bindings)),
                GenericArg::Ty(_) | GenericArg::Const(_) => arg,
            }));
            let bound = ProtocolRef { def: bound.def, args };
            if !all.contains(&bound) {
                all.push(bound);
            }
        }
    }
    all
}

/// The `dyn` types of single protocols above those of a `dyn` type, in a fixed order: what it can be seen as, and what
/// its table leads to.
pub fn dyn_supers(cx: Cx<'_>, ty: Ty) -> Vec<Ty> {
    let TyKind::Dyn(_, bindings, _) = *ty.kind() else { return Vec::new() };
    let mut all = Vec::new();
    for bound in dyn_bounds(cx, ty) {
        let above: Vec<DefId> = supers_closure(cx, bound).iter().map(|bound| bound.def).collect();
        let own = bindings.iter().copied().filter(|binding| {
            cx.package.def(binding.item).parent.is_some_and(|parent| above.contains(&parent))
        });
        let protocol = ProtocolRef { def: bound.def, args: List::new(&bound.args[1..]) };
        let seen = Ty::new(TyKind::Dyn(List::new(&[protocol]), List::from_iter(own), Region::Erased));
        if seen != ty && !all.contains(&seen) {
            all.push(seen);
        }
    }
    all
}

/// Associated types of a `dyn` type as what it says they are.
fn dyn_revealed(of: Ty, ty: Ty, bindings: &[DynBinding]) -> Ty {
    if !of.has_projections() {
        return of;
    }
    of.map_types(
        &mut |inner| {
            if let TyKind::Projection(item, args) = *inner.kind()
                && args.first() == Some(&GenericArg::Ty(ty))
            {
                bindings.iter().find(|binding| binding.item == item).map(|binding| binding.ty)
            } else {
                None
            }
        },
        &mut |_| None,
    )
}

/// A protocol and all above it, itself first.
pub fn supers_closure(cx: Cx<'_>, protocol: ProtocolRef) -> Vec<ProtocolRef> {
    let mut all = vec![protocol];
    let mut next = 0;
    while next < all.len() {
        let current = all[next];
        next += 1;
        if let Some(def) = cx.sigs.protocol(current.def) {
            for &implied in &def.supers {
                let implied = implied.subst(&current.args);
                if !all.contains(&implied) {
                    all.push(implied);
                }
            }
        }
    }
    all
}
