//! Debug information. LLVM owns what has an address, gimli owns types.
//!
//! LLVM's DIBuilder carries functions, scopes, lines and variables through the optimiser, with types only
//! declared; [`companion`] writes one object a program that defines them from the table of [`desc`].

mod builder;
pub mod companion;
pub mod desc;
pub(crate) mod emit;
pub(crate) mod table;
mod types;

/// `DW_AT_producer`
pub const PRODUCER: &str = concat!("quastra ", env!("CARGO_PKG_VERSION"), " (LLVM 22)");

/// Shows strings, lists, maps and owners in gdb. Embedded in every program with debug information. What lldb needs
/// stands beside it in `printers/lldb_quastra.py` and is installed with the command: lldb loads nothing by itself.
pub const GDB_PRINTERS: &str = include_str!("printers/gdb_quastra.py");
#[cfg(test)]
mod tests;
