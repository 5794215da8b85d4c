//! What must still be shown: obligations, tried again whenever something was learnt.

use super::FnCx;
use crate::protocols::{KindGoal, Selection, Source};
use crate::{GenericArg, HasFlags, InferVar, Predicate, ProtocolRef, Ty, TyKind};
use base::{Diagnostic, ErrorReported, Span};
use hir::{DefId, ExprId};

/// Why something must hold.
#[derive(Clone, Copy, Debug)]
pub struct Cause {
    pub span: Span,
    /// The definition that demands it.
    pub of: Option<DefId>,
    /// Where it demands it.
    pub bound: Option<Span>,
    pub kind: CauseKind,
    /// How many implementations led here.
    pub depth: u32,
    /// The last of them, in `FnCx::chain`.
    pub link: Option<u32>,
}

/// An implementation that was found for a goal, and that demands more.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub goal: ProtocolRef,
    pub by: DefId,
    pub before: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CauseKind {
    Misc,
    /// `a + b`: the operator's text.
    Operator(&'static str, ExprId),
    /// `try`: the conversion of the error.
    Try,
    Index,
    /// A value becomes this `dyn`.
    Dyn(Ty),
}

impl Cause {
    pub fn misc(span: Span) -> Cause {
        Cause { span, of: None, bound: None, kind: CauseKind::Misc, depth: 0, link: None }
    }
    pub fn of(span: Span, of: DefId) -> Cause {
        Cause { of: Some(of), ..Cause::misc(span) }
    }
    pub fn kind(span: Span, kind: CauseKind) -> Cause {
        Cause { kind, ..Cause::misc(span) }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Obligation {
    pub predicate: Predicate,
    pub cause: Cause,
    /// Nothing can be said before this is bound.
    stalled: Option<InferVar>,
}

impl Obligation {
    pub fn new(predicate: Predicate, cause: Cause) -> Obligation {
        Obligation { predicate, cause, stalled: None }
    }
}

enum Step {
    Done,
    Wait(Option<InferVar>),
    Failed,
}

impl FnCx<'_, '_> {
    /// Works on obligations until nothing new is learnt.
    pub(crate) fn select_where_possible(&mut self) {
        loop {
            let before = self.infer.changes;
            let mut progressed = false;
            let mut at = 0;
            while at < self.pending.len() {
                self.infer.steps += 1;
                let obligation = self.pending[at];
                if obligation.stalled.is_some_and(|var| self.infer.is_unbound(var)) {
                    at += 1;
                    continue;
                }
                match self.step(obligation) {
                    Step::Done => {
                        self.pending.swap_remove(at);
                        progressed = true;
                    }
                    Step::Wait(stalled) => {
                        self.pending[at].stalled = stalled;
                        at += 1;
                    }
                    Step::Failed => {
                        self.pending.swap_remove(at);
                        self.report_unmet(obligation);
                        progressed = true;
                    }
                }
            }
            self.try_lengths();
            self.try_operators();
            self.try_conversions(false);
            progressed |= self.try_deferred();
            if !progressed && self.infer.changes == before {
                return;
            }
        }
    }

    /// Lengths that had to wait for what they are computed from.
    fn try_lengths(&mut self) {
        for (a, b) in std::mem::take(&mut self.infer.waiting) {
            let (known_a, known_b) = (self.infer.known_const(a), self.infer.known_const(b));
            if self.infer.unify_consts(known_a, known_b).is_err() {
                let at = [a, b].into_iter().find_map(|value| self.infer.const_origin(value));
                let span = at.unwrap_or_else(|| self.span(self.body.value));
                let (x, y) = (self.cx.show_const(known_a), self.cx.show_const(known_b));
                let message = format!("an array of length {x} and one of length {y} have to be the same");
                self.report(Diagnostic::error("T2000", span, message).label("the lengths depend on this"));
            }
        }
    }

    fn step(&mut self, obligation: Obligation) -> Step {
        let cause = obligation.cause;
        match obligation.predicate {
            Predicate::Protocol(goal) => {
                if cause.depth > crate::protocols::DEPTH_LIMIT {
                    self.report_overflow(goal, cause);
                    return Step::Done;
                }
                // What a mere question met is no error.
                self.infer.overflow = None;
                let selection = self.infer.select(goal, cause.span);
                if let Some(overflow) = self.infer.overflow.take() {
                    self.report_overflow(overflow, cause);
                    return Step::Done;
                }
                match selection {
                    Selection::Yes(source, nested) => {
                        self.note_kind(goal, cause.span);
                        let mut link = cause.link;
                        if let (Source::Impl(by, _), false) = (source, nested.is_empty()) {
                            self.chain.push(Link { goal, by, before: link });
                            link = Some(self.chain.len() as u32 - 1);
                        }
                        for predicate in nested {
                            let cause = Cause { depth: cause.depth + 1, link, ..cause };
                            self.pending.push(Obligation::new(predicate, cause));
                        }
                        Step::Done
                    }
                    Selection::Maybe => Step::Wait(self.infer.as_var(goal.args[0].expect_ty())),
                    Selection::No => Step::Failed,
                }
            }
            Predicate::Projection { item, args, ty } => {
                let mut nested = Vec::new();
                match self.infer.project(item, args, cause.span, &mut nested) {
                    crate::protocols::Projected::Ty(found) => {
                        for predicate in nested {
                            let cause = Cause { depth: cause.depth + 1, ..cause };
                            self.pending.push(Obligation::new(predicate, cause));
                        }
                        match self.infer.unify(found, ty) {
                            Ok(()) => Step::Done,
                            Err(_) => Step::Failed,
                        }
                    }
                    crate::protocols::Projected::Maybe => Step::Wait(self.infer.as_var(args[0].expect_ty())),
                    // That the type implements the protocol is demanded too, and reported there.
                    crate::protocols::Projected::No => Step::Failed,
                }
            }
        }
    }

    /// A closure of this body was used as `Fn`, `FnMut` or `FnOnce`.
    fn note_kind(&mut self, goal: ProtocolRef, span: Span) {
        let Some(kind) = self.infer.call_kind(goal.def) else { return };
        let self_ty = self.shallow(goal.args[0].expect_ty());
        if let TyKind::Closure(closure, _) = *self_ty.kind() {
            self.kind_goals.push((KindGoal { closure, kind }, span));
        }
    }

    /// `xs.iter().sum()` with nothing said of the sum: where exactly one type implements what is asked, it is
    /// meant.
    pub(crate) fn guess_implementors(&mut self) {
        let mut at = 0;
        while at < self.pending.len() {
            let obligation = self.pending[at];
            at += 1;
            let Predicate::Protocol(goal) = obligation.predicate else { continue };
            let goal = self.infer.resolve(goal);
            let open = goal.args.iter().filter(|arg| arg.has_infer()).count();
            if open != 1 || goal.args.len() < 2 || !self.infer.is_unknown(goal.args[0].expect_ty()) {
                continue;
            }
            let span = obligation.cause.span;
            let impls: Vec<DefId> =
                self.cx.sigs.index().impls_of(goal.def).iter().map(|&(def, _)| def).collect();
            let mut fitting = impls.into_iter().filter(|&def| {
                self.infer.probe(|infer| match infer.match_impl(def, goal, span) {
                    Some((_, nested)) => infer.evaluate_all(&nested, span) != crate::protocols::Eval::No,
                    None => false,
                })
            });
            let (first, second) = (fitting.next(), fitting.next());
            if let (Some(def), None) = (first, second)
                && self.infer.match_impl(def, goal, span).is_some()
            {
                self.select_where_possible();
                at = 0;
            }
        }
    }

    /// At the end: what is left can't be decided.
    pub(crate) fn report_pending(&mut self) {
        self.select_where_possible();
        let mut pending = std::mem::take(&mut self.pending);
        // What follows from something wrong first.
        while let Some(at) = self.next_undecided(&pending) {
            let obligation = pending.remove(at);
            let predicate = self.infer.resolve_predicate(obligation.predicate);
            let (error, ty) = error_and_self(predicate);
            let proof = error.or(self.error.filter(|_| self.misled));
            let proof = proof.unwrap_or_else(|| self.report_ambiguous(predicate, ty, obligation.cause));
            self.give_up(predicate, proof);
        }
    }

    fn next_undecided(&self, pending: &[Obligation]) -> Option<usize> {
        let is_wrong = |obligation: &Obligation| {
            error_and_self(self.infer.resolve_predicate(obligation.predicate)).0.is_some()
        };
        pending.iter().position(is_wrong).or((!pending.is_empty()).then_some(0))
    }

    pub(crate) fn pending_about(&self, var: InferVar) -> Vec<Predicate> {
        self.pending
            .iter()
            .filter(|obligation| {
                let self_arg = match obligation.predicate {
                    Predicate::Protocol(goal) => goal.args[0],
                    Predicate::Projection { args, .. } => args[0],
                };
                self.infer.as_var(self_arg.expect_ty()) == Some(var)
            })
            .map(|obligation| obligation.predicate)
            .collect()
    }
}

/// The error in a predicate, and the type it is about.
fn error_and_self(predicate: Predicate) -> (Option<ErrorReported>, Ty) {
    let (args, ty) = match predicate {
        Predicate::Protocol(goal) => (goal.args, None),
        Predicate::Projection { args, ty, .. } => (args, Some(ty)),
    };
    let types = args.iter().filter_map(|arg| match *arg {
        GenericArg::Ty(ty) => Some(ty),
        GenericArg::Const(_) => None,
    });
    let error = types.chain(ty).find_map(|ty| {
        if let TyKind::Error(proof) = *crate::protocols::error_in(ty).kind() { Some(proof) } else { None }
    });
    (error, args[0].expect_ty())
}
