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
//!
//! The way through: `modules` orders the files, `collect` gives every definition its id (and `expand` adds
//! derived impls), `imports` binds what `use` names, then `lower` makes items and bodies, asking `resolve` what
//! each path means. Bodies of the standard library are lowered when [`Package::body`] is first asked for them.

mod attrs;
mod collect;
mod expand;
mod imports;
mod lower;
mod map;
mod modules;
mod names;
mod resolve;
mod suggest;
#[cfg(test)]
mod tests;

pub mod body;
pub mod def;
pub mod item;
pub mod lang;
pub mod package;
pub mod print;

pub use attrs::Cfg;
pub use body::*;
pub use def::*;
pub use item::*;
pub use lang::{LangItem, LangItems};
pub use modules::{Origin, ParsedModule, used_modules};
pub use package::{ImplHead, Module, Package, TypeHead};

use base::{Diagnostic, Diagnostics, ErrorReported, Span};

/// The whole stage. `sources` are the package's files and the modules of the standard library that they reach
/// ([`used_modules`]) with `core.prelude`; `diags` has what the parser reported.
pub fn lower(sources: Vec<ParsedModule>, cfg: &Cfg, diags: &mut Diagnostics) -> Package {
    let mut package = Package::default();
    package.names.library = cfg.library;
    package.names.library_modules = cfg.library_modules;
    let nodes = modules::order(sources, diags);
    let mut collector = collect::Collector { package: &mut package, cfg, diags, imports: Vec::new() };
    collector.modules(nodes);
    let imports = collector.imports;
    imports::resolve(&mut package, imports, diags);
    lower::lower_all(&package, diags);
    imports::warn_unused(&package, diags);
    package
}

/// The one error for what the language has and the compiler has not yet.
pub(crate) fn unsupported(diags: &mut Diagnostics, span: Span, what: &str) -> ErrorReported {
    diags.error(Diagnostic::error("X0001", span, format!("{what} are not supported yet")))
}
