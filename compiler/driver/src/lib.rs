//! From files to everything a command can want of a program. The only crate that touches files.
//!
//! In: [`Options`] and a path. Out: diagnostics in the [`Session`], and what was asked for: nothing (`check`),
//! a stage's print (`--emit`), an executable (`build`) or the program's own exit code (`run`).
//!
//! ```text
//! quastra check bank.qst   →   package.rs finds the files, load.rs reads them,
//!                              pipeline.rs sends them through the stages, emit.rs prints one
//! ```
//!
//! Read `pipeline.rs` first.

pub mod bodies;
pub mod commands;
mod consts;
pub mod emit;
pub mod explain;
pub mod fix;
pub mod highlight;
pub mod interrupt;
pub mod link;
pub mod load;
pub mod manifest;
pub mod modules;
pub mod native;
pub mod new;
mod only;
pub mod package;
pub mod pipeline;
pub mod save;
pub mod session;
pub mod stdlib;
pub mod world;

pub use base;
pub use session::{Options, Session};
