//! The bounds in scope: what a generic body may assume.

use crate::{Cx, GenericArgs, Predicate, ProtocolRef, Subst, Ty};
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
                if let Some(def) = cx.sigs.protocols.get(&protocol.def) {
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

/// A protocol and all above it, itself first.
pub fn supers_closure(cx: Cx<'_>, protocol: ProtocolRef) -> Vec<ProtocolRef> {
    let mut all = vec![protocol];
    let mut next = 0;
    while next < all.len() {
        let current = all[next];
        next += 1;
        if let Some(def) = cx.sigs.protocols.get(&current.def) {
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
