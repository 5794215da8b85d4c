//! Modules to [`Package`]: the whole program, the standard library included, with every path resolved,
//! macros expanded and sugar gone.
//!
//! In: `syntax::ast::Module`s. Out: [`Package`] + diagnostics. Afterwards: no unresolved path — what could
//! not be resolved is an `Error` node that carries its [`base::ErrorReported`]; no `for`, `while`, `using`,
//! `try … catch`, interpolation, range expression, `derive` or macro call.
//!
//! ```text
//! for x in xs { use(x) }   ⇒   match IntoIterator.into_iter(xs) { var it ⇒ loop { match Iterator.next(&mut it) { none ⇒ break, some(x) ⇒ { use(x) } } } }
//! ```

pub mod body;
pub mod def;
pub mod item;
pub mod lang;
pub mod package;

pub use body::*;
pub use def::*;
pub use item::*;
pub use lang::{LangItem, LangItems};
pub use package::{Module, Package};
