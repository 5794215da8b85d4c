//! HIR to types: what every expression, pattern and variable is, which function every call means.
//!
//! In: [`hir::Package`]. Out: [`Signatures`] (types of what stands outside bodies) and, a body at a time,
//! [`BodyTypes`] (side tables by HIR id). Afterwards no inference variable is left, and an error type carries
//! proof that an error was reported.
//!
//! ```text
//! let sigs = typeck::collect(&package, &mut diags);
//! let typed = typeck::check(&package, sigs, None, 1, &mut diags);
//! typed.body(id).exprs[expr]      // List[i64]
//! ```
//!
//! Bodies of the standard library are checked when something reaches them, the package's own all at once.

mod cells;
pub mod collect;
mod consts;
mod cx;
mod infer;
mod names;
pub mod patterns;
mod print;
pub mod program;
mod protocols;
pub mod signature;
pub mod tables;
pub mod ty;
mod wf;

pub use cells::{Looking, holds_cell};
pub use collect::{check_library, collect};
pub use cx::{Cx, PrimExt};
pub use program::{Typed, check};
pub use protocols::{ConstEval, Eval, Implementation, ParamEnv, Resolved, dyn_supers};
pub use signature::*;
pub use tables::*;
pub use ty::*;
pub use wf::without_size;
