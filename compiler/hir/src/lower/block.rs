//! Blocks and statements; `using`.
//!
//! ```text
//! { using f = open()        { let f = open(); let guard = using_new(&mut f)
//!   f.read() }        ⇒       { f.read() } finish { try using_close(&mut guard) }
//!                                          after |error| { using_close_after(&mut guard, error) } }
//! ```
//!
//! A `using` closes on every way out that this stage sees: the end of the block, `return`, `break`, `continue`, and
//! `try`, whose own error goes on and takes that of `close` along. During unwinding the guard closes when it is dropped.

use super::body::{BodyCx, Bound, Flow};
use crate::{AfterError, Block, ExprId, ExprKind, LangItem, LocalId, PatKind, Stmt, StmtKind, TryTarget};
use base::Span;
use syntax::ast;

impl BodyCx<'_> {
    pub fn block(&mut self, id: ast::BlockId) -> ExprId {
        self.block_with(id, None, false)
    }

    pub fn block_with(&mut self, id: ast::BlockId, label: Option<crate::LabelId>, is_unsafe: bool) -> ExprId {
        let span = self.cx.span(id);
        let outer_scope = self.cx.scope;
        let unit = &self.cx.package.names.units[self.cx.unit];
        let kind = self.deeper(span, |cx| {
            cx.scoped(|cx| {
                if let Some(&scope) = unit.block_scopes.get(&id) {
                    cx.cx.scope = Some(scope);
                    let names = &cx.cx.package.names.blocks[scope].names;
                    // A name occurs once; their order says nothing.
                    #[allow(clippy::iter_over_hash_type)]
                    cx.scope.extend(names.iter().map(|(&name, &entry)| (name, Bound::Item(entry))));
                }
                let stmts: Vec<ast::StmtId> = cx.cx.ast.list(cx.cx.ast[id].stmts).collect();
                let (stmts, value) = cx.stmts(&stmts);
                cx.add(ExprKind::Block(Block { stmts, value, label, is_unsafe }), span)
            })
        });
        self.cx.scope = outer_scope;
        kind
    }

    fn stmts(&mut self, list: &[ast::StmtId]) -> (Vec<Stmt>, Option<ExprId>) {
        let mut stmts = Vec::new();
        for (index, &id) in list.iter().enumerate() {
            let span = self.cx.span(id);
            match self.cx.ast[id].kind {
                ast::StmtKind::Let(id) => {
                    let stmt = self.let_stmt(id, span);
                    stmts.push(stmt);
                }
                ast::StmtKind::Using { name, value } => {
                    let value = self.using(name, value, &list[index + 1..], &mut stmts, span);
                    return (stmts, Some(value));
                }
                ast::StmtKind::Expr(expr) => {
                    let lowered = self.expr(expr);
                    if index + 1 == list.len() {
                        return (stmts, Some(lowered));
                    }
                    stmts.push(Stmt { kind: StmtKind::Expr(lowered), span });
                }
                ast::StmtKind::Semi(expr) => {
                    let lowered = self.expr(expr);
                    stmts.push(Stmt { kind: StmtKind::Expr(lowered), span });
                }
                // Collected before.
                ast::StmtKind::Item(_) => {}
            }
        }
        (stmts, None)
    }

    fn let_stmt(&mut self, id: ast::LetId, span: Span) -> Stmt {
        let node = self.cx.ast[id];
        let ty = node.ty.map(|ty| self.cx.ty(ty));
        // The new names are not in scope yet.
        let outer = self.naming;
        if let (Some(init), ast::PatKind::Bind { name, .. }) = (node.init, self.cx.ast[node.pat].kind)
            && matches!(self.cx.ast[init].kind, ast::ExprKind::Closure(_))
        {
            self.naming = Some((name.symbol, self.cx.span(name)));
        }
        let init = node.init.map(|init| self.expr(init));
        self.naming = outer;
        let els = node.els.map(|els| self.block(els));
        let mut bindings = super::pat::Bindings::default();
        let pat = self.pat_in(node.pat, node.mutable, &mut bindings);
        self.bind(bindings);
        Stmt { kind: StmtKind::Let { pat, ty, init, els }, span }
    }

    /// The binding goes to `stmts`; the rest of the block is a block of its own, so that what it declares is dropped
    /// before the value is closed.
    fn using(
        &mut self,
        name: ast::Name,
        value: ast::ExprId,
        rest: &[ast::StmtId],
        stmts: &mut Vec<Stmt>,
        span: Span,
    ) -> ExprId {
        let init = self.expr(value);
        let name_span = self.cx.span(name);
        let local = self.add_local(name.symbol, true, false, name_span);
        let pat = self.add_pat(PatKind::Bind { local, sub: None }, name_span);
        stmts.push(Stmt { kind: StmtKind::Let { pat, ty: None, init: Some(init), els: None }, span });
        self.scope.push((name.symbol, Bound::Local(local)));

        let value = self.local(local, name_span);
        let reference = self.reference(true, value, name_span);
        let guard = self.synthetic("using", true, name_span);
        let init = self.lang_function(LangItem::UsingNew, vec![reference], span);
        let pat = self.bind_pat(guard, name_span);
        stmts.push(Stmt { kind: StmtKind::Let { pat, ty: None, init: Some(init), els: None }, span });

        self.flow.push(Flow::Using(guard));
        let rest_span = match (rest.first(), rest.last()) {
            (Some(&first), Some(&last)) => self.cx.span(first).to(self.cx.span(last)),
            (_, _) => span,
        };
        let inner = self.scoped(|cx| {
            let (stmts, value) = cx.stmts(rest);
            cx.block_of(stmts, value, rest_span)
        });
        self.flow.pop();
        let cleanup = self.close_at(guard, self.flow.len(), span);
        let after_error = self.after_error(&[guard], span);
        self.add(ExprKind::Finish { value: inner, cleanup, after_error }, rest_span)
    }

    /// `try using_close(&mut guard)`: raises out of what lies around the `using`, of which `flow[..at]` is left.
    fn close_at(&mut self, guard: LocalId, at: usize, span: Span) -> ExprId {
        let value = self.local(guard, span);
        let reference = self.reference(true, value, span);
        let closed = self.lang_function(LangItem::UsingClose, vec![reference], span);
        let (target, left) = self.try_target(at);
        let cleanup = self.close_after_error(&left, span);
        self.add(ExprKind::Try { operand: closed, target, cleanup }, span)
    }

    /// Closes all of them on the way of an error, if there are any.
    pub fn close_after_error(&mut self, guards: &[LocalId], span: Span) -> Option<AfterError> {
        (!guards.is_empty()).then(|| self.after_error(guards, span))
    }

    /// `|error| { using_close_after(&mut guard, &mut *error) … }`
    fn after_error(&mut self, guards: &[LocalId], span: Span) -> AfterError {
        let error = self.synthetic("error", false, span);
        let mut stmts = Vec::new();
        for &guard in guards {
            let guard = self.local(guard, span);
            let guard = self.reference(true, guard, span);
            let leaving = self.local(error, span);
            let leaving = self.add(ExprKind::Deref(leaving), span);
            let leaving = self.reference(true, leaving, span);
            let call = self.lang_function(LangItem::UsingCloseAfter, vec![guard, leaving], span);
            stmts.push(self.stmt(call));
        }
        AfterError { error, body: self.block_of(stmts, None, span) }
    }

    fn lang_function(&mut self, function: LangItem, args: Vec<ExprId>, span: Span) -> ExprId {
        match self.lang_value(function, span) {
            Ok(callee) => self.add(ExprKind::Call { callee, args }, span),
            Err(reported) => self.error(reported, span),
        }
    }

    /// Where a `try` inside `flow[..end]` goes, and the `using`s it leaves, innermost first.
    pub fn try_target(&self, end: usize) -> (TryTarget, Vec<LocalId>) {
        let mut left = Vec::new();
        for flow in self.flow[..end].iter().rev() {
            match *flow {
                Flow::Try { label } => return (TryTarget::Block(label), left),
                Flow::Using(local) => left.push(local),
                Flow::Closure => break,
                Flow::Loop { .. } | Flow::Block { .. } => {}
            }
        }
        (TryTarget::Return, left)
    }

    /// What `return` and `break` do before they leave `flow[keep..]`: closes its `using`s, innermost first; also what
    /// it does instead where an error leaves.
    pub fn leave(&mut self, keep: usize, span: Span) -> Option<(ExprId, AfterError)> {
        let left: Vec<(usize, LocalId)> = self.flow[keep..]
            .iter()
            .enumerate()
            .rev()
            .filter_map(|(at, flow)| match *flow {
                Flow::Using(guard) => Some((keep + at, guard)),
                Flow::Loop { .. } | Flow::Block { .. } | Flow::Try { .. } | Flow::Closure => None,
            })
            .collect();
        if left.is_empty() {
            return None;
        }
        let mut stmts = Vec::new();
        for &(at, guard) in &left {
            let close = self.close_at(guard, at, span);
            stmts.push(self.stmt(close));
        }
        let guards: Vec<LocalId> = left.into_iter().map(|(_, guard)| guard).collect();
        Some((self.block_of(stmts, None, span), self.after_error(&guards, span)))
    }
}
