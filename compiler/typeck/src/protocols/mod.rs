//! Which types implement which protocols, by what, and what associated types are.
//!
//! In: a goal `T: P[A]` or `<T as P>.Item`, with unknowns. Out: the source of the implementation (a bound in
//! scope, an `impl`, the compiler) and what remains to be shown.
//!
//! ```text
//! List[?0]: Clone   ⇒   impl[T: Clone] Clone for List[T] with T := ?0; remains ?0: Clone
//! ```

mod builtin;
mod env;
pub(crate) mod index;
mod instance;
mod known;
mod project;
mod select;

pub use builtin::CallKind;
pub use env::{ParamEnv, dyn_bounds, dyn_supers, supers_closure};
pub use index::{Head, Index};
pub use instance::{ConstEval, Implementation, Resolved};
pub(crate) use known::{Goals, Known};
pub use project::{Projected, error_in, with_parts};

use crate::{ClosureId, GenericArgs, Predicate, ProtocolRef, Ty};
use hir::DefId;

/// How deep goals may nest before we give up.
pub const DEPTH_LIMIT: u32 = 96;

/// Why a type implements a protocol.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A bound in scope.
    Env(ProtocolRef),
    /// A bound that the declaration of an associated type promises.
    Item(ProtocolRef),
    Impl(DefId, GenericArgs),
    Builtin(Builtin),
    /// Something was wrong already.
    Error,
}

/// Implementations that the compiler itself gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Builtin {
    /// `Copy`, and `Clone` of what is `Copy` by structure alone.
    Bitwise,
    /// `Clone` of a tuple, array or closure: part by part.
    Parts,
    /// `Fn` protocols of a closure, function item or function pointer; the signature.
    Call { params: Ty, ret: Ty },
    /// `dyn P: P`
    Dyn,
}

/// What selecting gave. What remains to be shown stands in `nested`.
#[derive(Debug)]
pub enum Selection {
    Yes(Source, Vec<Predicate>),
    /// More must be known first.
    Maybe,
    No,
}

/// Whether a goal holds, looked at all the way down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Eval {
    No,
    Maybe,
    Yes,
}

/// A closure's kind that a use asks for, checked when its captures are known.
#[derive(Clone, Copy, Debug)]
pub struct KindGoal {
    pub closure: ClosureId,
    pub kind: crate::ClosureKind,
}
