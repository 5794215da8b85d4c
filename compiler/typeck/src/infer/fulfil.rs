//! What must still be shown: obligations, tried again whenever something was learnt.

use super::FnCx;
use crate::protocols::{KindGoal, Selection};
use crate::{HasFlags, InferVar, Predicate, ProtocolRef, TyKind};
use base::{ErrorReported, Span};
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
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CauseKind {
    Misc,
    /// `a + b`: the operator's text.
    Operator(&'static str, ExprId),
    /// `try`: the conversion of the error.
    Try,
    Index,
}

impl Cause {
    pub fn misc(span: Span) -> Cause {
        Cause { span, of: None, bound: None, kind: CauseKind::Misc, depth: 0 }
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
            self.try_operators();
            self.try_conversions(false);
            if !progressed && self.infer.changes == before {
                return;
            }
        }
    }

    fn step(&mut self, obligation: Obligation) -> Step {
        let cause = obligation.cause;
        match obligation.predicate {
            Predicate::Protocol(goal) => {
                if cause.depth > crate::protocols::DEPTH_LIMIT {
                    self.report_overflow(goal, cause.span);
                    return Step::Done;
                }
                let selection = self.infer.select(goal, cause.span);
                if let Some(overflow) = self.infer.overflow.take() {
                    self.report_overflow(overflow, cause.span);
                    return Step::Done;
                }
                match selection {
                    Selection::Yes(_, nested) => {
                        self.note_kind(goal, cause.span);
                        for predicate in nested {
                            let cause = Cause { depth: cause.depth + 1, ..cause };
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
                self.cx.sigs.index.impls_of(goal.def).iter().map(|&(def, _)| def).collect();
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
        let pending = std::mem::take(&mut self.pending);
        let mut proof: Option<ErrorReported> = None;
        for obligation in pending {
            let predicate = self.infer.resolve_predicate(obligation.predicate);
            let (has_error, ty) = match predicate {
                Predicate::Protocol(goal) => (goal.has_error(), goal.args[0].expect_ty()),
                Predicate::Projection { args, ty, .. } => {
                    (args.has_error() || ty.has_error(), args[0].expect_ty())
                }
            };
            if has_error || proof.is_some() || self.error.is_some() {
                continue;
            }
            proof = Some(self.report_ambiguous(predicate, ty, obligation.cause));
        }
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
