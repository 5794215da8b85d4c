//! What the compiler has to say about a program: [`Diagnostic`], and the bag they are collected in.
//!
//! A stage takes `&mut Diagnostics` and goes on after every error. [`ErrorReported`] is proof that an error
//! was put into a bag: only [`Diagnostics::error`] makes one, and the error nodes of every tree carry it.

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

/// One replacement in the source. Replaces the bytes of `span`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CodeFix {
    pub span: Span,
    pub replacement: String,
    pub applicability: Applicability,
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
}

/// Proof that an error is in a bag. Not constructible elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ErrorReported(());

/// The bag.
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    errors: usize,
}

impl Diagnostics {
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }
    /// Adds an error.
    pub fn error(&mut self, diagnostic: Diagnostic) -> ErrorReported {
        debug_assert_eq!(diagnostic.level, Level::Error);
        self.errors += 1;
        self.list.push(diagnostic);
        ErrorReported(())
    }
    pub fn warn(&mut self, diagnostic: Diagnostic) {
        debug_assert_eq!(diagnostic.level, Level::Warning);
        self.list.push(diagnostic);
    }
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }
    /// Proof of an error, if there was one.
    pub fn error_reported(&self) -> Option<ErrorReported> {
        self.has_errors().then_some(ErrorReported(()))
    }
    pub fn append(&mut self, other: Diagnostics) {
        self.errors += other.errors;
        self.list.extend(other.list);
    }
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.list
    }
}
