//! Text → tokens → [`ast::Module`] + diagnostics.
//!
//! In: the text of one file. Out: a tree, always; what could not be understood is an error node, and each
//! error node was reported. Nothing is resolved here: `f[T](x)` and `a[i]` look the same.
//!
//! ```text
//! fn f() { 1 + }   →   one diagnostic at `}`, and a tree whose `+` has an `Error` on its right
//! ```

pub mod ast;
mod builder;
#[allow(long_running_const_eval)]
mod driver;
#[allow(clippy::all, clippy::pedantic, unused, private_interfaces)]
#[rustfmt::skip]
mod grammar;
pub mod lexer;
pub mod literal;
mod newline;
mod parser;
pub mod print;
mod print_source;
mod recover;
#[cfg(test)]
mod robust;
pub mod stored;
pub mod token;

pub use parser::{parse, split_items};
