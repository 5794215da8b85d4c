//! HIR to types: what every expression, pattern and variable is, which function every call means.
//!
//! In: [`hir::Package`]. Out: [`Signatures`] (types of what stands outside bodies) and, a body at a time,
//! [`BodyTypes`] (side tables by HIR id). Afterwards no inference variable is left, and an error type carries
//! proof that an error was reported.
//!
//! Bodies of the standard library are checked when something reaches them, the package's own all at once.

pub mod captures;
pub mod patterns;
pub mod program;
pub mod signature;
pub mod tables;
pub mod ty;

pub use program::Typed;
pub use signature::*;
pub use tables::*;
pub use ty::*;
