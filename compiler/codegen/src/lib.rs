//! The native back end: `mir::Program` → objects with DWARF, through LLVM 22.
//!
//! The only crate that names LLVM. Built twice over: as `libquastra_llvm.so`, opened by the command on first
//! use, and as an rlib for the tests. Reports no user errors: a failure here is a bug of ours, and panics
//! become a [`BackendError`].
//!
//! ```text
//! [`compile`]  units in parallel, pipelines, objects
//!   [`unit`]      an LLVM module, what it declares      [`call_abi`] how functions call each other
//!   [`function`]  locals, blocks, statements            [`ssa`]   which locals need no memory
//!   [`place`] [`rvalue`] [`call`] [`intrinsics`] [`constant`]    what statements consist of
//!   [`symbol`]    names for the linker                  [`debuginfo`]  DWARF
//! ```

mod call;
mod call_abi;
mod compile;
mod constant;
pub mod debuginfo;
mod function;
mod host_alloc;
mod intrinsics;
mod ir;
mod place;
mod rvalue;
mod ssa;
mod symbol;
mod unit;
mod value;

use mir::BackendError;
use mir::backend::{Backend, BackendInput, BackendOutput};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// LLVM 22.
pub struct Llvm;

impl Backend for Llvm {
    fn compile(&self, input: &BackendInput<'_>) -> Result<Vec<BackendOutput>, BackendError> {
        catch_unwind(AssertUnwindSafe(|| compile::compile(input))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text =
                text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("the back end panicked");
            Err(BackendError(text.to_owned()))
        })
    }
}

/// What the command looks for in `libquastra_llvm.so`.
// SAFETY: the name is ours alone.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the symbol is spelt as C spells it")]
pub static quastra_backend: backend::Door = backend::Door { build: backend::fingerprint(), open };

fn open(host: &backend::Host) -> &'static dyn Backend {
    // First: no Rust code has run in this shared object yet, so nothing has been allocated otherwise.
    host_alloc::adopt(host.allocator);
    base::symbol::adopt(host.names);
    typeck::adopt(host.types);
    &Llvm
}
