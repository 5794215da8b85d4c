//! Are all values matched, and is every pattern needed?
//!
//! In: a checked body. Out: `T2060` (a `match` that misses values), `T2061` (a pattern that can fail where it may not),
//! warning `T2062` (a pattern that nothing reaches). The patterns that would match what is missing are named in the
//! message, and the fix adds arms for them.
//!
//! ```text
//! match shape { Circle(r) => … }      `Square(_)` is not matched
//! ```
//!
//! The algorithm is Luc Maranget's («Warnings for pattern matching», JFP 2007) in the form that looks at all rows at
//! once: [`matrix`] specialises the matrix of patterns by each constructor that matters and collects, on the way back,
//! which rows were needed and which values no row takes. [`constructor`] knows which constructors a type has and how to
//! split ranges and lengths; [`lower`] makes rows of HIR patterns.

mod constructor;
mod lower;
mod matrix;
mod report;
#[cfg(test)]
mod tests;

pub use report::{check_patterns, is_exhaustive};

use crate::{Signatures, Ty};
use base::Symbol;
use constructor::Constructor;
use hir::{Package, PatId};

/// What the algorithm looks things up in.
pub struct PatternCx<'a> {
    pub package: &'a Package,
    pub signatures: &'a Signatures<'a>,
    /// Projections in a field's type, replaced by what they are.
    pub normalise: &'a dyn Fn(Ty) -> Ty,
}

/// A pattern as a constructor and the patterns of its fields; what the constructor says nothing of is a `Wild`.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub constructor: Constructor,
    pub fields: Vec<Pattern>,
    pub ty: Ty,
    /// The alternative of an or-pattern, or the arm, that this comes from.
    pub source: Option<PatId>,
}

impl Pattern {
    pub fn wild(ty: Ty) -> Pattern {
        Pattern { constructor: Constructor::Wild, fields: Vec::new(), ty, source: None }
    }
}

/// The text of a string or float literal, compared by identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Text {
    Str(Symbol),
    Bytes(Symbol),
    Float(Symbol, bool),
}
