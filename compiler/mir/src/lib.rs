//! MIR: functions as control-flow graphs over places.
//!
//! In: typed HIR. Out: a [`Body`] a function, then a monomorphic [`Program`]. What MIR has no longer: nested
//! expressions, patterns, method calls, implicit dereferences, implicit drops, implicit unwinding. One
//! terminator a block; every drop is a terminator with an unwind edge.
//!
//! ```text
//! fn twice(x: i64) -> i64 { x + x }
//!
//! fn m.twice(_1(x): i64) -> i64 {
//!     let _2: (i64, bool);
//!     bb0: {
//!         _2 = checked_add(copy _1, copy _1);
//!         assert(!copy (_2.1: bool), overflow(add)) -> bb1;
//!     }
//!     bb1: {
//!         _0 = copy (_2.0: i64);
//!         return;
//!     }
//! }
//! ```
//!
//! Phases: `Built` (generic; drops conditional) → `Lowered` (generic; drops elaborated) → `Mono` (no type parameter;
//! what [`interp`] runs and a [`Backend`] takes) → `Optimised`.

pub mod backend;
pub mod body;
pub mod build;
pub mod dataflow;
pub mod facts;
pub mod graph;
pub mod interp;
pub mod intrinsics;
pub mod layout;
pub mod mono;
pub mod moves;
pub mod names;
pub mod parse;
pub mod place_ty;
pub mod print;
pub mod program;
mod shims;
pub mod verify;
pub mod visit;

pub use backend::{Backend, BackendError, OutputKind};
pub use body::*;
pub use intrinsics::Intrinsic;
pub use layout::{Abi, FieldsLayout, Layout, Niche, Scalar, Variants};
pub use program::*;
