//! What is wrong with moves, initialisation and mutability. Changes nothing.
//!
//! In: a body in phase `Built`. Out: diagnostics `B3000 …`. Afterwards, if there were none: every use is of something
//! initialised, `let` variables are assigned once, only what is `var` or behind `&mut` changes, nothing is moved out of
//! a reference.
//!
//! ```text
//! let t = s        `s` moves here because its type `String` is not `Copy`
//! println(s)       B3000: `s` is used here after it was moved
//! ```
//!
//! Borrows: [`shapes`] says which references a type holds, [`regioned`] gives them origins, [`calls`] and [`body`] turn a body
//! into [`facts`], [`liveness`] and [`loans`] say what is needed where and what touches it, [`solve`] finds the conflicts (and
//! [`naive`] the same ones by the rules as they are written), [`infer`] finds the [`contracts`] of functions, `conflicts` tells.

pub mod body;
pub mod calls;
mod conflicts;
pub mod contracts;
mod describe;
pub mod facts;
mod immutable;
pub mod infer;
pub mod liveness;
pub mod loans;
mod moves;
pub mod naive;
pub mod regioned;
mod report;
pub mod shapes;
pub mod solve;
mod using;

use base::{Diagnostics, Idx, SourceMap, Span, Symbol};
use hir::DefId;
use mir::Body;
use mir::dataflow::{Location, Results};
use mir::facts::Facts;
use mir::moves::MoveData;
use mir::moves::init::{Inits, MaybeUninit};
use std::collections::BTreeSet;
use typeck::{CaptureAccess, ClosureId, Signatures, Ty};

/// What a closure has captured, as the closure's field of the same number.
#[derive(Clone, Debug)]
pub struct Captured {
    /// The path: `account.owner`.
    pub name: Symbol,
    /// The variable that it starts with.
    pub variable: Symbol,
    pub access: CaptureAccess,
    /// The path ends with a dereference.
    pub is_deref: bool,
    /// Where the variable is declared.
    pub span: Span,
    /// By reference: the closure's field is one.
    pub by_reference: bool,
    /// What in the closure asks for it.
    pub used: Span,
}

/// What checking may look at.
#[derive(Clone, Copy)]
pub struct CheckCx<'a> {
    pub facts: &'a dyn Facts,
    /// For the texts of fixes.
    pub sources: &'a SourceMap,
    pub signatures: &'a Signatures<'a>,
    /// `#[lang]` items, for what a call means.
    pub lang: &'a hir::LangItems,
    /// A type as its user would write it.
    pub show: &'a dyn Fn(Ty) -> String,
    pub captures: &'a dyn Fn(ClosureId) -> Vec<Captured>,
    /// A function's own name.
    pub names: &'a dyn Fn(DefId) -> Option<Symbol>,
}

/// Checks one body; its borrows too, where the regions of its family are given.
pub fn check(body: &Body, cx: &CheckCx<'_>, regions: Option<&infer::Job<'_, '_>>, diags: &mut Diagnostics) {
    let before = diags.iter().count();
    let data = MoveData::without_cleanup(body, cx.facts);
    let uninit = may_be_gone(body, &data).then(|| Inits::uninit_without_cleanup(body, &data));
    let captures = match body.source {
        mir::Source::Closure(id) => (cx.captures)(id),
        mir::Source::Fn(_)
        | mir::Source::Const(_)
        | mir::Source::Promoted(_)
        | mir::Source::Test(_)
        | mir::Source::Shim => Vec::new(),
    };
    let mut checker = Checker {
        body,
        cx,
        data: &data,
        uninit: uninit.as_ref(),
        captures,
        diags,
        reported: BTreeSet::new(),
        wrong_moves: BTreeSet::new(),
        reported_locals: BTreeSet::new(),
        using: using::using_locals(body, cx.lang),
    };
    checker.moves_from_using();
    checker.illegal_moves();
    checker.uses();
    checker.mutability();
    // What is wrong with borrows where something moves that must not, or changes, may follow from that.
    if let Some(job) = regions.filter(|_| checker.diags.iter().count() == before) {
        let found = job.check(body);
        checker.conflicts(&found);
        checker.escapes(&found);
        checker.unsaid(&job.unsaid(body));
    }
}

/// Whether anything may be used that is not there: a variable, or a part of something, is moved, or declared without a
/// value. A temporary as a whole is moved where it was made for, once.
fn may_be_gone(body: &Body, data: &MoveData) -> bool {
    let is_whole_temporary = |path: mir::moves::PathId| {
        let path = &data.paths[path];
        path.parent.is_none()
            && body.locals[path.place.local].name.is_none()
            && !is_parameter(body, path.place.local)
    };
    body.declares_later || data.moves.iter().any(|it| !is_whole_temporary(it.path))
}

fn is_parameter(body: &Body, local: mir::Local) -> bool {
    (1..=body.arg_count).contains(&local.index())
}

struct Checker<'a> {
    body: &'a Body,
    cx: &'a CheckCx<'a>,
    data: &'a MoveData,
    /// What may be uninitialised, where something that the user names may be; of blocks that clean up nothing is said.
    uninit: Option<&'a Results<MaybeUninit<'a>>>,
    captures: Vec<Captured>,
    diags: &'a mut Diagnostics,
    /// Sets of moves that an error has been reported for: one mistake, one error.
    reported: BTreeSet<Vec<Location>>,
    /// Moves of what was not there any more: what comes after them is no new mistake.
    wrong_moves: BTreeSet<Location>,
    /// Locals whose lack of a value, or of mutability, has been reported.
    reported_locals: BTreeSet<(mir::Local, &'static str)>,
    /// The variables of `using`s.
    using: BTreeSet<mir::Local>,
}

impl Checker<'_> {
    fn info_span(&self, at: Location) -> Span {
        let block = &self.body.blocks[at.block];
        match block.statements.get(at.statement) {
            Some(statement) => statement.info.span,
            None => block.terminator.info.span,
        }
    }
}

#[cfg(test)]
mod tests;
