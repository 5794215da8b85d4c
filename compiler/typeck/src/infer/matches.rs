//! `match`, and the patterns that must match always.

use super::coerce::{Merge, MergeKind};
use super::*;
use crate::patterns::{Arm as CheckedArm, Usefulness};
use hir::{Arm, MatchSource};

/// A `match` whose arms are compared when all types are known.
#[derive(Clone, Copy)]
pub(crate) struct Deferred {
    pub expr: ExprId,
    pub scrutinee_ty: Ty,
}

/// A pattern outside `match`.
#[derive(Clone, Copy)]
pub(crate) struct LetPattern {
    pub pat: PatId,
    pub ty: Ty,
    /// Something happens when it does not match.
    pub refutable: bool,
}

impl<'a> FnCx<'a, '_> {
    pub(crate) fn match_expr(
        &mut self,
        id: ExprId,
        scrutinee: ExprId,
        arms: &'a [Arm],
        source: MatchSource,
        expect: Expect,
    ) -> Ty {
        let scrutinee_ty = self.check_expr(scrutinee, Expect::Nothing);
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
        self.matches.push(Deferred { expr: id, scrutinee_ty });
        let span = self.span(id);
        self.merge_finish(merge, span)
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
        let reachable = !self.usefulness(before, ty).missing.is_empty();
        if !self.rethrow(id, last.body) {
            return;
        }
        self.t.exprs[last.body] = Some(Ty::never());
        let Some(rethrow) = self.rethrows.pop() else { return };
        if reachable {
            self.confirm_rethrow(rethrow);
        } else {
            self.t.tries.insert(rethrow.expr, TryKind::Result { from: None });
            self.t.dead_arms.entry(id).or_default().push(arms.len() - 1);
        }
    }

    fn usefulness(&self, arms: &[Arm], ty: Ty) -> Usefulness {
        let arms: Vec<CheckedArm> =
            arms.iter().map(|arm| CheckedArm { pat: arm.pat, has_guard: arm.guard.is_some() }).collect();
        let types = |pat: PatId| self.t.pats[pat].map_or_else(Ty::unit, |ty| self.infer.resolve(ty));
        crate::patterns::check_arms(self.cx, self.body, &self.t, &types, self.module, &arms, ty)
    }

    /// At the end: every `match` takes every value, every arm some value.
    pub(crate) fn check_matches(&mut self) {
        if self.error.is_some() {
            return;
        }
        for deferred in std::mem::take(&mut self.matches) {
            self.check_match(deferred);
        }
        for pattern in std::mem::take(&mut self.let_patterns) {
            self.check_let(pattern);
        }
    }

    fn check_match(&mut self, deferred: Deferred) {
        let body: &'a Body = self.body;
        let hir::ExprKind::Match { scrutinee, arms, source } = &body.exprs[deferred.expr].kind else { return };
        let ty = self.infer.resolve(deferred.scrutinee_ty);
        let result = self.usefulness(arms, ty);
        let dead = self.t.dead_arms.get(&deferred.expr).cloned().unwrap_or_default();
        for &(index, by) in &result.useless {
            if dead.contains(&index) || *source == MatchSource::Catch && self.is_rethrow(&arms[index]) {
                continue;
            }
            if matches!(source, MatchSource::For | MatchSource::Sugar) {
                continue;
            }
            let span = self.body.pats[arms[index].pat].span;
            let mut diagnostic =
                Diagnostic::warning("T2092", span, "this arm is never reached").label("what it matches is taken by arms before it");
            if let Some(by) = by {
                diagnostic = diagnostic.secondary(self.body.pats[arms[by].pat].span, "takes all of it");
            }
            self.diags.warn(diagnostic);
        }
        if result.missing.is_empty() {
            return;
        }
        let span = self.span(*scrutinee);
        if *source == MatchSource::For {
            // The pattern of `for`: `none` and `some(pattern)` are what desugaring made.
            self.report_for_pattern(arms, &result);
            return;
        }
        let shown = result.missing.iter().take(3).map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
        let more = result.missing.len().saturating_sub(3);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        let ty_text = self.show(ty);
        let mut diagnostic = Diagnostic::error("T2001", span, format!("this `match` does not take {shown}{tail}"))
            .label(format!("a `{ty_text}` may also be {}", result.missing[0]));
        if let TyKind::Adt(def, _) = *ty.peel_refs().kind()
            && !self.cx.package.modules[self.cx.package.def(def).module].is_std
        {
            diagnostic = diagnostic.secondary(self.cx.package.def(def).name_span, "declared here");
        }
        if let Some(last) = arms.last() {
            let at = last.span.shrink_to_hi();
            let text: String =
                result.missing.iter().map(|missing| format!("\n{missing} => panic(\"not written yet\"),")).collect();
            diagnostic = diagnostic.fix("add what is missing", at, text, base::Applicability::HasPlaceholders);
        }
        self.report(diagnostic);
    }

    fn report_for_pattern(&mut self, arms: &'a [Arm], result: &Usefulness) {
        let mut span = arms.last().map(|arm| self.body.pats[arm.pat].span);
        for arm in arms {
            if let hir::PatKind::Variant { fields: hir::PatFields::Tuple(pats, _), .. } = &self.body.pats[arm.pat].kind
                && let Some(&inner) = pats.first()
            {
                span = Some(self.body.pats[inner].span);
            }
        }
        let Some(span) = span else { return };
        let missing = result.missing[0].strip_prefix("some(").and_then(|text| text.strip_suffix(')')).unwrap_or(&result.missing[0]);
        self.report(
            Diagnostic::error("T2005", span, format!("the pattern of `for` must match always, and does not match `{missing}`"))
                .label("does not take every element"),
        );
    }

    fn check_let(&mut self, pattern: LetPattern) {
        let arm = CheckedArm { pat: pattern.pat, has_guard: false };
        let ty = self.infer.resolve(pattern.ty);
        let types = |pat: PatId| self.t.pats[pat].map_or_else(Ty::unit, |ty| self.infer.resolve(ty));
        let result = crate::patterns::check_arms(self.cx, self.body, &self.t, &types, self.module, &[arm], ty);
        if pattern.refutable || result.missing.is_empty() {
            return;
        }
        let span = self.body.pats[pattern.pat].span;
        self.report(
            Diagnostic::error("T2005", span, format!("this pattern must match always, and does not match `{}`", result.missing[0]))
                .label("may not match")
                .note("`let … else { … }` or `match` say what happens otherwise"),
        );
    }
}
