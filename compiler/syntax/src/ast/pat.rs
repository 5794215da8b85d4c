//! Patterns.
//!
//! Case decides already here: a single lower-case name (or one with `_` first) is a binding, all else is a
//! path to a variant or constant. `some`, `none`, `ok`, `err` are paths.

use super::*;

#[derive(Clone, Copy, Debug)]
pub struct Pat {
    pub kind: PatKind,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum PatKind {
    /// `_`
    Wild,
    /// `..` in a tuple, slice or payload
    Rest,
    /// `x`, `var x`
    Bind { name: Name, mutable: bool },
    /// `x @ p`, `var x @ p`, `rest @ ..`
    At { name: Name, mutable: bool, pat: PatId },
    /// `1`, `-1`, `'a'`, `"text"`, `true`: the expression is a `Literal`, or a `Unary(Neg)` of one.
    Literal(ExprId),
    /// `1..5`, `'a'..='z'`, `..0`, `10..`, `MIN..=MAX`: the ends are literals (as above) or paths.
    Range { lo: Option<ExprId>, hi: Option<ExprId>, inclusive: bool },
    /// `none`, `Shape.Empty`, `limits.MAX`
    Path(Path),
    /// `some(x)`, `Shape.Circle(r)`
    Call { path: Path, args: List<PatId> },
    /// `Point { x, y: 0, .. }`
    Record { path: Path, fields: List<FieldPatId> },
    /// `(a, b)`, `()`, `(a,)`; a pattern in parentheses is that pattern.
    Tuple(List<PatId>),
    /// `[first, .., last]`
    Slice(List<PatId>),
    /// `a | b | c`
    Or(List<PatId>),
    /// `&p`, `&mut p`
    Ref { mutable: bool, pat: PatId },
    /// What was not understood, and reported.
    Error,
}

/// One element of a record pattern.
#[derive(Clone, Copy, Debug)]
pub struct FieldPat {
    pub kind: FieldPatKind,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum FieldPatKind {
    /// `x`, `var x`
    Short { name: Name, mutable: bool },
    /// `x: p`
    Named { name: Name, pat: PatId },
    /// `..`
    Rest,
    /// What was not understood, and reported.
    Error,
}
