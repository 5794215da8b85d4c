//! The border between compiled programs and the runtime: one list, read by both sides.
//!
//! In: nothing. Out: names and signatures of every `qrt_*` function, as a macro that the runtime
//! checks its definitions against and as data ([`FUNCTIONS`]) for the compiler; the numbers both
//! sides must agree on ([`codes`]); and the pure text functions ([`text`]) that native programs
//! and the interpreter share, so that both print the same digits.
//!
//! The runtime is never linked by the compiler; this crate has no dependency and no `std`.
//!
//! ```
//! let alloc = abi::find("qrt_alloc").unwrap();
//! assert_eq!(alloc.to_string(), "fn qrt_alloc(size: usize, align: usize) -> *mut u8");
//! ```
#![no_std]
#![forbid(unsafe_code)]

pub mod codes;
mod list;
pub mod text;
mod types;

pub use list::{FUNCTIONS, find};
pub use types::{AbiTy, Param, RuntimeFn};

#[cfg(test)]
extern crate std;
