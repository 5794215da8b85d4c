//! `match`; and, when a body is done, whether its patterns match what they must.

use super::coerce::{Merge, MergeKind};
use super::*;
use hir::{Arm, MatchSource};

impl<'a> FnCx<'a, '_> {
    pub(crate) fn match_expr(
        &mut self,
        id: ExprId,
        scrutinee: ExprId,
        arms: &'a [Arm],
        source: MatchSource,
        expect: Expect,
    ) -> Ty {
        let scrutinee_expect = match source {
            MatchSource::Catch => self.expect_caught(expect, scrutinee),
            MatchSource::Match | MatchSource::For | MatchSource::Sugar => Expect::Nothing,
        };
        let scrutinee_ty = self.check_expr(scrutinee, scrutinee_expect);
        let scrutinee_ty = if self.shallow(scrutinee_ty).is_never() && !arms.is_empty() {
            self.never_to_any(scrutinee)
        } else {
            scrutinee_ty
        };
        let scrutinee_diverges = std::mem::replace(&mut self.diverges, false);
        let scrutinee_span = self.span(scrutinee);
        for arm in arms {
            self.check_pat(arm.pat, scrutinee_ty, Why::Pattern(scrutinee_span));
        }
        for arm in arms {
            self.pattern_borrows(scrutinee, arm.pat);
        }
        let mut merge = Merge::new(self.wanted(expect), MergeKind::Match);
        let mut all_diverge = true;
        for (index, arm) in arms.iter().enumerate() {
            self.diverges = false;
            if let Some(guard) = arm.guard {
                self.check_coerce(guard, Ty::bool(), Why::Condition);
                self.diverges = false;
            }
            let is_last = index + 1 == arms.len();
            if source == MatchSource::Catch && is_last && index > 0 && self.is_rethrow(arm) {
                self.catch_rest(id, scrutinee_ty, arms, arm);
                self.merge_expr(&mut merge, arm.body, Ty::never());
                continue;
            }
            let ty = self.check_expr(arm.body, merge.expectation_or(expect));
            self.merge_expr(&mut merge, arm.body, ty);
            all_diverge &= self.diverges;
        }
        self.diverges = scrutinee_diverges || all_diverge && !arms.is_empty();
        let span = self.span(id);
        self.merge_finish(merge, span)
    }

    /// What is expected of `try { … } catch …` is expected of the block's value.
    fn expect_caught(&mut self, expect: Expect, scrutinee: ExprId) -> Expect {
        let span = self.span(scrutinee);
        let Some(value) = self.wanted(expect) else { return Expect::Nothing };
        let error = self.fresh(span);
        let result = self.cx.lang_adt(LangItem::Result, &[value, error]);
        result.map_or(Expect::Nothing, Expect::Has)
    }

    fn is_rethrow(&self, arm: &Arm) -> bool {
        let mut synthetic = false;
        self.walk_pat(arm.pat, &mut |pat| {
            if let hir::PatKind::Bind { local, .. } = self.body.pats[pat].kind {
                synthetic |= self.body.locals[local].synthetic;
            }
        });
        synthetic && matches!(self.body.exprs[arm.body].kind, hir::ExprKind::Try { .. })
    }

    /// The arm that raises what no other takes: if that is nothing, it does not count.
    fn catch_rest(&mut self, id: ExprId, scrutinee_ty: Ty, arms: &'a [Arm], last: &'a Arm) {
        self.select_where_possible();
        let before = &arms[..arms.len() - 1];
        let ty = self.infer.resolve(scrutinee_ty);
        let reachable = !self.takes_all(before, ty);
        if !self.rethrow(last.body) {
            return;
        }
        self.t.exprs[last.body] = Some(Ty::never());
        let Some(rethrow) = self.rethrows.pop() else { return };
        if reachable {
            self.confirm_rethrow(rethrow);
        } else {
            let _ = self.infer.unify(rethrow.leaving, Ty::unit());
            self.t.tries.insert(rethrow.expr, TryKind::Result { from: None });
            self.t.dead_arms.entry(id).or_default().push(arms.len() - 1);
        }
    }

    /// Whether some arm takes every value; asked in the middle of inference.
    fn takes_all(&self, arms: &[Arm], ty: Ty) -> bool {
        let pats = self.t.pats.iter().map(|ty| self.infer.resolve(ty.unwrap_or_else(Ty::unit))).collect();
        let types = BodyTypes {
            pats,
            pat_derefs: self.t.pat_derefs.clone(),
            pat_variants: self.t.pat_variants.clone(),
            ..BodyTypes::empty(self.body.id)
        };
        let cx = crate::patterns::PatternCx {
            package: self.cx.package,
            signatures: self.cx.sigs,
            normalise: &|ty| normalised(self.cx, self.owner, ty),
        };
        let arms: Vec<(PatId, bool)> = arms.iter().map(|arm| (arm.pat, arm.guard.is_some())).collect();
        crate::patterns::is_exhaustive(&cx, self.body, &types, ty, &arms)
    }
}

/// Exhaustiveness and reachability of a checked body's patterns.
pub(crate) fn check_patterns(cx: Cx<'_>, body: &Body, types: &BodyTypes, diags: &mut Diagnostics) {
    let pattern_cx = crate::patterns::PatternCx {
        package: cx.package,
        signatures: cx.sigs,
        normalise: &|ty| normalised(cx, body.owner, ty),
    };
    crate::patterns::check_patterns(&pattern_cx, body, types, diags);
}

fn normalised(cx: Cx<'_>, owner: DefId, ty: Ty) -> Ty {
    if !ty.has_projections() {
        return ty;
    }
    let span = cx.package.def(owner).name_span;
    let mut infer = Infer::new(cx, Rc::new(ParamEnv::of(cx, owner)));
    let mut nested = Vec::new();
    let ty = infer.normalise_into(ty, span, &mut nested);
    infer.settle(nested);
    infer.resolve(ty)
}
