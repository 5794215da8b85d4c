//! The runtime: what compiled programs call that is not written in Quastra itself.
//!
//! In: scalars over the C calling convention. Out: memory, panics that unwind, streams, files, time,
//! digits. The list of functions is `compiler/abi`; [`check`] below holds every definition against
//! it, so that a signature that differs does not compile.
//!
//! ```text
//! #[runtime] fn qrt_time_wall() -> i64        stdlib/core/time.qst
//! [] fn qrt_time_wall() -> i64;               compiler/abi/src/list.rs
//! extern "C" fn qrt_time_wall() -> i64 {…}    runtime/src/time.rs
//! ```
//!
//! A program is `quastra_main`, emitted by codegen; [`start`] has the C `main` that calls it.

mod alloc;
mod backtrace;
mod environment;
mod files;
mod memory;
mod numbers;
mod panic;
mod paths;
mod raw;
mod stack;
mod start;
mod streams;
mod time;
mod unicode;

pub use alloc::*;
pub use environment::*;
pub use files::*;
pub use memory::*;
pub use numbers::*;
pub use panic::*;
pub use paths::*;
pub use start::*;
pub use streams::*;
pub use time::*;
pub use unicode::*;

/// One constant a row: the definition, coerced to the signature in the list.
macro_rules! check {
    ($([$($flag:ident)*] fn $name:ident($($param:ident: $ty:ty),* $(,)?) -> $result:ty;)*) => {
        $(check!(@row [$($flag)*] $name ($($ty),*) $result);)*
    };
    (@row [unwinds $($flag:ident)*] $name:ident ($($ty:ty),*) $result:ty) => {
        const _: unsafe extern "C-unwind" fn($($ty),*) -> $result = $name;
    };
    (@row [$($flag:ident)*] $name:ident ($($ty:ty),*) $result:ty) => {
        const _: unsafe extern "C" fn($($ty),*) -> $result = $name;
    };
}

abi::runtime_functions!(check);
