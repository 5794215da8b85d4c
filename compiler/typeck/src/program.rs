//! The typed program: signatures at once, bodies on demand.

use crate::{BodyTypes, Signatures};
use hir::{BodyId, Package};
use std::sync::OnceLock;

/// HIR with its types.
#[derive(Debug)]
pub struct Typed<'a> {
    pub package: &'a Package,
    pub signatures: Signatures,
    /// One a body, filled when it is first asked for.
    pub(crate) bodies: Vec<OnceLock<BodyTypes>>,
}

impl<'a> Typed<'a> {
    pub fn new(package: &'a Package, signatures: Signatures) -> Typed<'a> {
        let bodies = (0..package.body_ids().len()).map(|_| OnceLock::new()).collect();
        Typed { package, signatures, bodies }
    }

    /// The types of a body that has been checked.
    pub fn checked(&self, id: BodyId) -> Option<&BodyTypes> {
        self.bodies[id.0 as usize].get()
    }
}
