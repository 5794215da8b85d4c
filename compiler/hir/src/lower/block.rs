//! Blocks and statements; `using`.
//!
//! ```text
//! { using f = open()        { let f = open()
//!   f.read() }        ⇒       { f.read() } finish { try Close.close(&mut f) } }
//! ```
//!
//! A `using` closes on every way out that this stage sees: the end of the block, `return`, `break`, `continue`, and
//! `try` (whose own error goes on; that of `close` is then dropped). During unwinding the value is only dropped.

use super::body::{BodyCx, Bound, Flow};
use crate::{Block, ExprId, ExprKind, LangItem, LocalId, PatKind, Stmt, StmtKind, TryTarget};
use base::{ErrorReported, Span};
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
        let init = node.init.map(|init| self.expr(init));
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

        self.flow.push(Flow::Using(local));
        let rest_span = match (rest.first(), rest.last()) {
            (Some(&first), Some(&last)) => self.cx.span(first).to(self.cx.span(last)),
            (_, _) => span,
        };
        let inner = self.scoped(|cx| {
            let (stmts, value) = cx.stmts(rest);
            cx.block_of(stmts, value, rest_span)
        });
        self.flow.pop();
        let cleanup = self.close_at(local, self.flow.len(), span);
        self.add(ExprKind::Finish { value: inner, cleanup }, rest_span)
    }

    /// `try Close.close(&mut f)`: raises out of what lies around the `using`, of which `flow[..at]` is left.
    pub fn close_at(&mut self, local: LocalId, at: usize, span: Span) -> ExprId {
        let closed = match self.close(local, span) {
            Ok(call) => call,
            Err(reported) => return self.error(reported, span),
        };
        let (target, left) = self.try_target(at);
        let cleanup = self.close_quietly(&left, span);
        self.add(ExprKind::Try { operand: closed, target, cleanup }, span)
    }

    fn close(&mut self, local: LocalId, span: Span) -> Result<ExprId, ErrorReported> {
        let value = self.local(local, span);
        let reference = self.reference(true, value, span);
        self.lang_call(LangItem::Close, "close", vec![reference], span)
    }

    /// Closes all of them on the way of another error: `{ let _ = Close.close(&mut f) … }`.
    pub fn close_quietly(&mut self, locals: &[LocalId], span: Span) -> Option<ExprId> {
        if locals.is_empty() {
            return None;
        }
        let mut stmts = Vec::new();
        for &local in locals {
            match self.close(local, span) {
                Ok(call) => {
                    let pat = self.add_pat(PatKind::Wild, span);
                    let kind = StmtKind::Let { pat, ty: None, init: Some(call), els: None };
                    stmts.push(Stmt { kind, span });
                }
                Err(reported) => {
                    let error = self.error(reported, span);
                    stmts.push(self.stmt(error));
                }
            }
        }
        Some(self.block_of(stmts, None, span))
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

    /// What `return` and `break` do before they leave `flow[keep..]`: closes its `using`s, innermost first.
    pub fn leave(&mut self, keep: usize, span: Span) -> Option<ExprId> {
        let left: Vec<(usize, LocalId)> = self.flow[keep..]
            .iter()
            .enumerate()
            .rev()
            .filter_map(|(at, flow)| match *flow {
                Flow::Using(local) => Some((keep + at, local)),
                Flow::Loop { .. } | Flow::Block { .. } | Flow::Try { .. } | Flow::Closure => None,
            })
            .collect();
        if left.is_empty() {
            return None;
        }
        let mut stmts = Vec::new();
        for (at, local) in left {
            let close = self.close_at(local, at, span);
            stmts.push(self.stmt(close));
        }
        Some(self.block_of(stmts, None, span))
    }
}
