//! What every stage needs: spans, typed ids, interned names, diagnostics and their pages.
//!
//! In: nothing. Out: vocabulary. This crate knows no stage; every stage knows it.

pub mod diagnostic;
pub mod id;
pub mod source;
pub mod span;
pub mod symbol;

pub use diagnostic::{
    Applicability, CodeFix, Diagnostic, Diagnostics, ErrorReported, Label, Level, Suggestion,
};
pub use id::{Idx, IndexVec};
pub use source::{SourceFile, SourceMap};
pub use span::{FileId, Span};
pub use symbol::Symbol;
