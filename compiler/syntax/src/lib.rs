//! Text → tokens → [`ast::Module`] + diagnostics.
//!
//! In: the text of one file. Out: a tree, always; what could not be understood is an error node, and each
//! error node was reported. Nothing is resolved here: `f[T](x)` and `a[i]` look the same.
//!
//! ```text
//! fn f() { 1 + }   →   one diagnostic at `}`, and a tree whose `+` has an `Error` on its right
//! ```

pub mod ast;
pub mod lexer;
pub mod literal;
mod newline;
pub mod token;
