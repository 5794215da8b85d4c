//! What the compiler has to say about a program: [`Diagnostic`], built with chained methods.
//!
//! ```
//! use base::{Applicability, Diagnostic, FileId, Span};
//! let moved = Span::new(FileId(0), 10, 17);
//! let used = Span::new(FileId(0), 20, 27);
//! let diagnostic = Diagnostic::error("B3000", used, "`account` is used after it was moved")
//!     .label("used here")
//!     .secondary(moved, "moved here")
//!     .fix("clone it", moved, "account.clone()", Applicability::MachineApplicable);
//! assert_eq!((diagnostic.secondary.len(), diagnostic.suggestions.len()), (1, 1));
//! ```
//!
//! A stage puts them into a [`crate::Diagnostics`] bag and goes on.

use crate::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Error,
    Warning,
}

/// A span and what to say about it. An empty text underlines without words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// How sure a fix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Applicability {
    /// Right as it stands: `--fix` applies it.
    MachineApplicable,
    /// Compiles, but may not be what was meant.
    MaybeIncorrect,
    /// Has a `…` or a name for the programmer to fill in.
    HasPlaceholders,
}

/// One replacement in the source. Replaces the bytes of `span`. A tab at the start of a line of the replacement stands
/// for the indentation of the line that `span` begins in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CodeFix {
    pub span: Span,
    pub replacement: String,
    pub applicability: Applicability,
}

impl CodeFix {
    /// Puts the indentation for the tabs.
    pub fn indent(&mut self, sources: &crate::SourceMap) {
        if self.replacement.contains("\n\t") {
            let file = sources.file(self.span.file);
            let line = file.line(file.line_at(self.span.lo));
            let text = &line[..line.len() - line.trim_start().len()];
            self.replacement = self.replacement.replace("\n\t", &format!("\n{text}"));
        }
    }
}

/// A proposal: what it does, and the edits that do it (all of them together).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Suggestion {
    pub message: String,
    pub fixes: Vec<CodeFix>,
}

/// One message. Build with [`Diagnostic::error`] and the chained methods.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    pub level: Level,
    /// `T2000`; has a page in `errors/`.
    pub code: &'static str,
    /// The claim, at most a line.
    pub message: String,
    /// The mistake.
    pub primary: Label,
    /// The cause and what else matters, in the order to read.
    pub secondary: Vec<Label>,
    pub notes: Vec<String>,
    pub suggestions: Vec<Suggestion>,
    /// The primary span of the mistake this one follows from: where that is reported, this is a note on it.
    pub follows: Option<Span>,
}

impl Diagnostic {
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            level: Level::Error,
            code,
            message: message.into(),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            notes: Vec::new(),
            suggestions: Vec::new(),
            follows: None,
        }
    }
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { level: Level::Warning, ..Diagnostic::error(code, span, message) }
    }
    /// The words at the primary span.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }
    pub fn secondary(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }
    /// A suggestion of one edit.
    pub fn fix(
        self,
        message: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
        applicability: Applicability,
    ) -> Self {
        let fix = CodeFix { span, replacement: replacement.into(), applicability };
        self.suggestion(Suggestion { message: message.into(), fixes: vec![fix] })
    }
    pub fn suggestion(mut self, suggestion: Suggestion) -> Self {
        self.suggestions.push(suggestion);
        self
    }
    /// Says that this is no mistake of its own but a consequence of the one reported at `root`.
    pub fn follows(mut self, root: Span) -> Self {
        self.follows = Some(root);
        self
    }
}
