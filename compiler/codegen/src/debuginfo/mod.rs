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

/// Shows strings, lists, maps and unions in gdb. Embedded in every program with debug information.
pub const GDB_PRINTERS: &str = include_str!("printers/gdb_quastra.py");
/// The same for lldb, which has no way to load them from a program: `quastra` writes the file out.
pub const LLDB_PRINTERS: &str = include_str!("printers/lldb_quastra.py");

#[cfg(test)]
mod tests;
