//! The native back end: `mir::Program` → objects with DWARF, through LLVM 22.
//!
//! The only crate that names LLVM. Built twice over: as `libquastra_llvm.so`, opened by the command on first
//! use, and as an rlib for the tests.

pub mod debuginfo;
