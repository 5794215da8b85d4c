//! Blocks, `let`, `if` and loops.

use super::coerce::{Merge, MergeKind};
use super::*;
use hir::{Block, ExprKind, LoopSource, StmtKind};

impl<'a> FnCx<'a, '_> {
    pub(crate) fn block(&mut self, id: ExprId, block: &'a Block, expect: Expect) -> Ty {
        self.unsafe_depth += u32::from(block.is_unsafe);
        let ty = match block.label {
            Some(label) => self.labelled_block(id, label, block, expect),
            None => self.block_value(block, expect),
        };
        self.unsafe_depth -= u32::from(block.is_unsafe);
        ty
    }

    fn block_value(&mut self, block: &'a Block, expect: Expect) -> Ty {
        for stmt in &block.stmts {
            self.statement(stmt);
        }
        match block.value {
            Some(value) => {
                let ty = self.check_expr(value, expect);
                // Here, where the last expression is at hand, is the place to coerce it.
                match expect {
                    Expect::Has(wanted) if !self.infer.is_unknown(wanted) => {
                        self.coerce_hint(value, ty, wanted)
                    }
                    Expect::Has(_) | Expect::Nothing | Expect::Unused => ty,
                }
            }
            None if self.diverges => Ty::never(),
            None => Ty::unit(),
        }
    }

    fn labelled_block(&mut self, id: ExprId, label: LabelId, block: &'a Block, expect: Expect) -> Ty {
        let merge = Merge::new(self.wanted(expect), MergeKind::Break);
        self.targets.push(Target { label, merge: Some(merge), breaks: false, wrong: None, raises: None });
        let ty = self.block_value(block, expect);
        let target = self.targets.pop().expect("pushed above");
        let mut merge = target.merge.expect("put back by every break");
        if target.breaks {
            self.diverges = false;
        }
        match block.value {
            Some(value) => self.merge_expr(&mut merge, value, ty),
            None if !self.shallow(ty).is_never() => {
                let span = self.span(id);
                self.merge_unit(&mut merge, span);
            }
            None => {}
        }
        let span = self.span(id);
        self.merge_finish(merge, span)
    }

    /// What an expectation demands of the parts of an expression: nothing, if it is not known yet.
    pub(crate) fn wanted(&mut self, expect: Expect) -> Option<Ty> {
        match expect {
            Expect::Has(ty) => {
                let ty = self.structurally(ty);
                (!self.infer.is_unknown(ty)).then_some(ty)
            }
            Expect::Unused => Some(Ty::unit()),
            Expect::Nothing => None,
        }
    }

    fn statement(&mut self, stmt: &'a hir::Stmt) {
        match &stmt.kind {
            StmtKind::Let { pat, ty, init, els } => self.let_statement(*pat, ty.as_ref(), *init, *els),
            StmtKind::Expr(expr) => {
                self.check_expr(*expr, Expect::Unused);
            }
        }
    }

    fn let_statement(&mut self, pat: PatId, ty: Option<&hir::Ty>, init: Option<ExprId>, els: Option<ExprId>) {
        let annotated = ty.map(|written| (self.lower(written), written.span));
        let ty = match (annotated, init) {
            (Some((ty, span)), Some(init)) => {
                self.check_coerce(init, ty, Why::Annotation(span));
                ty
            }
            (None, Some(init)) => {
                let ty = self.check_expr(init, Expect::Nothing);
                let ty = self.value_ty_of_place(init, ty, pat);
                if self.shallow(ty).is_never() { self.never_to_any(init) } else { ty }
            }
            (Some((ty, _)), None) => ty,
            (None, None) => {
                let origin = self.pat_origin(pat);
                self.infer.fresh_from(origin)
            }
        };
        let source = init.map(|init| self.span(init));
        self.check_pat(pat, ty, source.map_or(Why::Plain, Why::Pattern));
        if let Some(init) = init {
            self.pattern_borrows(init, pat);
        }
        if let Some(els) = els {
            let diverged = self.diverges;
            let ty = self.check_expr(els, Expect::Has(Ty::never()));
            if !self.shallow(ty).is_never() && !self.diverges && !self.shallow(ty).is_error() {
                let span = self.span(els);
                self.report(
                    Diagnostic::error(
                        "T2051",
                        span,
                        "the `else` of `let` must leave: by `return`, `break`, `continue` or `panic`",
                    )
                    .label("goes on after it"),
                );
            } else {
                self.coerce(els, ty, Ty::never(), Why::Plain);
            }
            self.diverges = diverged;
        }
    }

    /// A variable holds a value, so it has a size; a pattern may look at a place that has none.
    fn value_ty_of_place(&mut self, init: ExprId, ty: Ty, pat: PatId) -> Ty {
        if let hir::PatKind::Bind { .. } = self.body.pats[pat].kind { self.value_ty(init, ty) } else { ty }
    }

    /// Where a variable's type is not known, its name helps.
    pub(crate) fn pat_origin(&self, pat: PatId) -> Origin {
        let kind = if let hir::PatKind::Bind { local, .. } = self.body.pats[pat].kind {
            OriginKind::Local(self.body.locals[local].name)
        } else {
            OriginKind::Misc
        };
        Origin { span: self.body.pats[pat].span, kind }
    }

    /// `let p = e` in a condition.
    pub(crate) fn let_condition(&mut self, pat: PatId, value: ExprId) {
        let ty = self.check_expr(value, Expect::Nothing);
        let span = self.span(value);
        self.check_pat(pat, ty, Why::Pattern(span));
        self.pattern_borrows(value, pat);
    }

    pub(crate) fn if_else(
        &mut self,
        id: ExprId,
        cond: ExprId,
        then: ExprId,
        els: Option<ExprId>,
        expect: Expect,
    ) -> Ty {
        self.check_coerce(cond, Ty::bool(), Why::Condition);
        let cond_diverges = self.diverges;
        let mut merge = match els {
            Some(_) => Merge::new(self.wanted(expect), MergeKind::If),
            None => Merge::new(None, MergeKind::If),
        };
        self.diverges = false;
        let Some(els) = els else {
            let ty = self.check_expr(then, Expect::Unused);
            self.coerce(then, ty, Ty::unit(), Why::NoElse);
            self.diverges = cond_diverges;
            return Ty::unit();
        };
        let ty = self.check_expr(then, merge.expectation_or(expect));
        self.merge_expr(&mut merge, then, ty);
        let then_diverges = std::mem::replace(&mut self.diverges, false);
        let ty = self.check_expr(els, merge.expectation_or(expect));
        self.merge_expr(&mut merge, els, ty);
        self.diverges = cond_diverges || then_diverges && self.diverges;
        let span = self.span(id);
        self.merge_finish(merge, span)
    }

    pub(crate) fn loop_expr(
        &mut self,
        id: ExprId,
        label: LabelId,
        body: ExprId,
        source: LoopSource,
        expect: Expect,
    ) -> Ty {
        let merge = match source {
            LoopSource::Loop => Some(Merge::new(self.wanted(expect), MergeKind::Break)),
            LoopSource::While | LoopSource::For => None,
        };
        self.targets.push(Target { label, merge, breaks: false, wrong: None, raises: None });
        let ty = self.check_expr(body, Expect::Unused);
        self.coerce(body, ty, Ty::unit(), Why::LoopBody);
        let target = self.targets.pop().expect("pushed above");
        // Only a `break` leaves it.
        self.diverges = !target.breaks;
        let span = self.span(id);
        match target.merge {
            Some(merge) if target.breaks => self.merge_finish(merge, span),
            Some(_) => Ty::never(),
            None => {
                self.diverges = false;
                target.wrong.map_or_else(Ty::unit, Ty::error)
            }
        }
    }

    /// Whether an expression is written as a block: its last expression is what a message means.
    pub(crate) fn tail(&self, expr: ExprId) -> ExprId {
        let mut at = expr;
        while let ExprKind::Block(Block { value: Some(value), label: None, .. }) = &self.body.exprs[at].kind {
            at = *value;
        }
        at
    }
}
