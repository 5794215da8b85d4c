//! What every stage needs: spans, typed ids, interned names, diagnostics and their pages.
//!
//! In: nothing. Out: vocabulary. This crate knows no stage; every stage knows it.

pub mod bag;
pub mod diagnostic;
mod excerpt;
pub mod id;
pub mod json;
pub mod parallel;
pub mod render;
mod sorted;
pub mod source;
pub mod span;
pub mod spelling;
pub mod stack;
pub mod symbol;

pub use bag::{Diagnostics, ErrorReported, Report, SharedDiagnostics};
pub use diagnostic::{Applicability, CodeFix, Diagnostic, Label, Level, Suggestion};
pub use id::{Idx, IndexVec};
pub use sorted::SortedMap;
pub use source::{SourceFile, SourceMap};
pub use span::{FileId, Span};
pub use spelling::did_you_mean;
pub use symbol::Symbol;
