//! The typed program: signatures at once, bodies on demand.

use crate::protocols::ConstEval;
use crate::{BodyTypes, ClosureId, ClosureInfo, Cx, Signatures};
use base::Diagnostics;
use hir::{BodyId, Package};
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// HIR with its types.
pub struct Typed<'a> {
    pub package: &'a Package,
    pub signatures: Signatures,
    /// One a body, filled when it is first asked for.
    bodies: Vec<OnceLock<BodyTypes>>,
    /// Of constants inside types, whose bodies come into being when others are lowered. They live as long as the process.
    late_bodies: Mutex<BTreeMap<BodyId, &'static BodyTypes>>,
    /// What was found wrong in bodies that were asked for later: those of the standard library.
    late: Mutex<Diagnostics>,
    const_eval: OnceLock<Box<dyn ConstEval>>,
}

/// Checks all bodies of modules that are not of the standard library.
pub fn check<'a>(package: &'a Package, signatures: Signatures, diags: &mut Diagnostics) -> Typed<'a> {
    let typed = Typed::new(package, signatures);
    crate::wf::check(typed.cx(), diags);
    for id in package.body_ids() {
        let owner = package.def(package.body_owner(id));
        if !package.modules[owner.module].is_std {
            let types = crate::infer::check_body(typed.cx(), id, diags);
            // A constant's body may have been asked for already: the same result.
            let _ = typed.bodies[id.0 as usize].set(types);
        }
    }
    typed
}

impl<'a> Typed<'a> {
    pub fn new(package: &'a Package, signatures: Signatures) -> Typed<'a> {
        let bodies = package.body_ids().map(|_| OnceLock::new()).collect();
        let late_bodies = Mutex::default();
        Typed {
            package,
            signatures,
            bodies,
            late_bodies,
            late: Mutex::default(),
            const_eval: OnceLock::new(),
        }
    }

    pub fn cx(&self) -> Cx<'_> {
        Cx { package: self.package, sigs: &self.signatures, typed: Some(self) }
    }

    /// The types of a body that has been checked.
    pub fn checked(&self, id: BodyId) -> Option<&BodyTypes> {
        match self.bodies.get(id.0 as usize) {
            Some(slot) => slot.get(),
            None => self.late_bodies.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied(),
        }
    }

    /// The types of a body; checks it when it is first asked for.
    pub fn body(&self, id: BodyId) -> &BodyTypes {
        match self.bodies.get(id.0 as usize) {
            Some(slot) => slot.get_or_init(|| self.check_late(id)),
            None => {
                if let Some(known) = self.checked(id) {
                    return known;
                }
                let types = Box::leak(Box::new(self.check_late(id)));
                self.late_bodies.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_insert(types)
            }
        }
    }

    fn check_late(&self, id: BodyId) -> BodyTypes {
        let mut diags = Diagnostics::new();
        let types = crate::infer::check_body(self.cx(), id, &mut diags);
        self.late.lock().unwrap_or_else(PoisonError::into_inner).append(diags);
        types
    }

    /// What [`Typed::body`] found wrong since the last time. An error in the standard library is ours.
    pub fn take_late_diagnostics(&self) -> Diagnostics {
        std::mem::take(&mut *self.late.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    pub fn closure(&self, id: ClosureId) -> Option<&ClosureInfo> {
        self.body(id.body).closures.get(&id.expr)
    }

    /// Installs the evaluator of constants that are more than arithmetic. Later calls change nothing.
    pub fn set_const_eval(&self, evaluator: Box<dyn ConstEval>) {
        let _ = self.const_eval.set(evaluator);
    }
    pub(crate) fn const_eval(&self) -> Option<&dyn ConstEval> {
        self.const_eval.get().map(|evaluator| &**evaluator)
    }
}

impl std::fmt::Debug for Typed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Typed")
            .field("signatures", &self.signatures)
            .field("bodies", &self.bodies)
            .finish_non_exhaustive()
    }
}
