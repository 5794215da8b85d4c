//! Conditions: `&&`, `||`, `!` and `let` as control flow.
//!
//! A condition goes on in the current block where it holds and leaves through [`Builder::fail`] where it does not.
//!
//! ```text
//! if a && let some(x) = f() { … }   ⇒   switch a → switch discriminant(f()) → x = …; the block;   both failures → else
//! ```

use super::*;
use base::stack;
use hir::{LogicalOp, UnaryOp};

impl Builder<'_> {
    pub fn condition(&mut self, expr: ExprId) {
        stack::deep(|| self.condition_here(expr));
    }

    fn condition_here(&mut self, expr: ExprId) {
        let node = self.node(expr);
        let span = self.span(node);
        if node.adjusted == 0 {
            if let ExprKind::Logical { op: LogicalOp::And, lhs, rhs } = self.kind(node) {
                self.condition(*lhs);
                return self.condition(*rhs);
            } else if let ExprKind::Logical { op: LogicalOp::Or, lhs, rhs } = self.kind(node) {
                let end = end_of(span);
                let second = self.in_condition(end, |b| b.in_temp_scope(end, |b| b.condition(*lhs)));
                let held = std::mem::replace(&mut self.block, second);
                self.condition(*rhs);
                let both = self.new_block();
                self.goto(both, span);
                self.terminate_block(held, TerminatorKind::Goto(both), span);
                self.block = both;
                return;
            } else if let ExprKind::Unary { op: UnaryOp::Not, operand } = self.kind(node)
                && !self.types.callees.contains_key(&expr)
            {
                let end = end_of(span);
                let failed = self.in_condition(end, |b| b.in_temp_scope(end, |b| b.condition(*operand)));
                self.fail(self.block);
                self.block = failed;
                return;
            } else if let ExprKind::Let { pat, value } = self.kind(node) {
                self.let_condition(*pat, self.node(*value));
                self.new_source_scope(span);
                return self.announce(*pat);
            }
        }
        // The temporaries of a plain condition die before the branch.
        let operand = match self.is_place(node) || self.is_constant(node) {
            true => self.last_operand(node),
            false => {
                let bool = self.scratch(Ty::bool(), span);
                self.in_temp_scope(end_of(span), |b| b.into(&bool.into(), node));
                Operand::Copy(bool.into())
            }
        };
        let (holds, fails) = (self.new_block(), self.new_block());
        self.terminate(TerminatorKind::Switch { operand, targets: vec![(0, fails)], otherwise: holds }, span);
        self.fail(fails);
        self.block = holds;
    }

    /// `if c { … } else { … }`: what the condition binds and its temporaries are gone in `else`.
    pub fn if_into(&mut self, dest: &Place, cond: ExprId, then: ExprId, els: Option<ExprId>, span: Span) {
        let end = end_of(self.hir.exprs[then].span);
        let failed = self.in_condition(end, |b| {
            b.in_var_scope(end, |b| {
                b.condition(cond);
                let then = b.node(then);
                b.in_temp_scope(end, |b| b.into(dest, then));
            });
        });
        let after = self.new_block();
        self.goto(after, end);
        self.block = failed;
        match els {
            Some(els) => {
                let els = self.node(els);
                self.in_temp_scope(end_of(self.span(els)), |b| b.into(dest, els));
            }
            None => self.assign_unit(dest, end_of(span)),
        }
        self.goto(after, end_of(span));
        self.block = after;
    }

    /// `a && b`, `a || b`, `let p = e` as a value.
    pub fn condition_into(&mut self, dest: &Place, node: Node) {
        let span = self.span(node);
        let end = end_of(span);
        let bool = |value: bool| Rvalue::Use(cfg::scalar(u128::from(value), Ty::bool(), span));
        let failed = self.in_condition(end, |b| {
            b.in_var_scope(end, |b| {
                b.condition(node.expr);
                b.assign(dest, bool(true), span);
            });
        });
        let after = self.new_block();
        self.goto(after, span);
        self.block = failed;
        self.assign(dest, bool(false), span);
        self.goto(after, span);
        self.block = after;
    }
}
