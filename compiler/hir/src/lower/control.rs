//! Loops, labels, `break`, `return`, `try`, `try … catch`.
//!
//! ```text
//! for p in xs { … }         ⇒   match into_iter(xs) { it => 'l: loop { match next(&mut it) { none => break 'l, some(p) => … } } }
//! while c { … }             ⇒   'l: loop { if c { … } else { break 'l } }
//! try { … } catch p { … }   ⇒   match <try block> { ok(v) => v, err(p) => …, err(e) => try err(e) }
//! ```

use super::body::{BodyCx, Flow};
use super::pat::Bindings;
use crate::{Arm, ExprId, ExprKind, LabelId, LangItem, LoopSource, MatchSource, PatKind};
use base::{Diagnostic, ErrorReported, Span, Symbol};
use syntax::ast;

impl BodyCx<'_> {
    pub fn labelled(&mut self, label: ast::Name, body: ast::ExprId) -> ExprId {
        let span = self.cx.span(body);
        if let ast::ExprKind::While { cond, body } = self.cx.ast[body].kind {
            self.while_loop(Some(label), cond, body, span)
        } else if let ast::ExprKind::Loop(body) = self.cx.ast[body].kind {
            self.plain_loop(Some(label), body, span)
        } else if let ast::ExprKind::For { pat, iter, body } = self.cx.ast[body].kind {
            self.for_loop(Some(label), pat, iter, body, span)
        } else if let ast::ExprKind::Block(block) = self.cx.ast[body].kind {
            let name_span = self.cx.span(label);
            let id = self.add_label(Some(label.symbol), name_span);
            self.flow.push(Flow::Block { label: id, name: label.symbol });
            let block = self.block_with(block, Some(id), false);
            self.flow.pop();
            block
        } else {
            self.expr(body)
        }
    }

    fn in_loop<T>(
        &mut self,
        name: Option<ast::Name>,
        span: Span,
        f: impl FnOnce(&mut Self, LabelId) -> T,
    ) -> T {
        let name_span = name.map_or(span, |name| self.cx.span(name));
        let name = name.map(|name| name.symbol);
        let label = self.add_label(name, name_span);
        self.flow.push(Flow::Loop { label, name });
        let result = f(self, label);
        self.flow.pop();
        result
    }

    pub fn plain_loop(&mut self, name: Option<ast::Name>, body: ast::BlockId, span: Span) -> ExprId {
        self.in_loop(name, span, |cx, label| {
            let body = cx.block(body);
            cx.add(ExprKind::Loop { label, body, source: LoopSource::Loop }, span)
        })
    }

    pub fn while_loop(
        &mut self,
        name: Option<ast::Name>,
        cond: ast::ExprId,
        body: ast::BlockId,
        span: Span,
    ) -> ExprId {
        self.in_loop(name, span, |cx, label| {
            let cond_span = cx.cx.span(cond);
            let branch = cx.scoped(|cx| {
                let cond = cx.cond(cond);
                let then = cx.block(body);
                let out = cx.add(ExprKind::Break { label, value: None }, cond_span);
                let out = cx.block_of(Vec::new(), Some(out), cond_span);
                cx.add(ExprKind::If { cond, then, els: Some(out) }, span)
            });
            let body = cx.block_of(Vec::new(), Some(branch), span);
            cx.add(ExprKind::Loop { label, body, source: LoopSource::While }, span)
        })
    }

    pub fn for_loop(
        &mut self,
        name: Option<ast::Name>,
        pat: ast::PatId,
        iter: ast::ExprId,
        body: ast::BlockId,
        span: Span,
    ) -> ExprId {
        let iter_span = self.cx.span(iter);
        let iter = self.expr(iter);
        let made =
            self.in_loop(name, span, |cx, label| cx.for_parts(label, pat, iter, iter_span, body, span));
        match made {
            Ok(id) => id,
            Err(reported) => self.error(reported, span),
        }
    }

    fn for_parts(
        &mut self,
        label: LabelId,
        pat: ast::PatId,
        iter: ExprId,
        iter_span: Span,
        body: ast::BlockId,
        span: Span,
    ) -> Result<ExprId, ErrorReported> {
        let head = self.lang_call(LangItem::IntoIterator, "into_iter", vec![iter], iter_span)?;
        let it = self.synthetic("iter", true, iter_span);
        let it_use = self.local(it, iter_span);
        let it_ref = self.reference(true, it_use, iter_span);
        let next = self.lang_call(LangItem::Iterator, "next", vec![it_ref], iter_span)?;

        let end_pat = self.lang_pat(LangItem::None, None, iter_span)?;
        let end = self.add(ExprKind::Break { label, value: None }, iter_span);
        let end_arm = Arm { pat: end_pat, guard: None, body: end, span: iter_span };
        let item_arm = self.scoped(|cx| {
            let mut bindings = Bindings::default();
            let item_span = cx.cx.span(pat);
            let item = cx.pat_in(pat, false, &mut bindings);
            cx.bind(bindings);
            let pat = cx.lang_pat(LangItem::Some, Some(item), item_span)?;
            let body = cx.block(body);
            Ok(Arm { pat, guard: None, body, span: item_span })
        })?;
        let arms = vec![end_arm, item_arm];
        let step = self.add(ExprKind::Match { scrutinee: next, arms, source: MatchSource::For }, span);
        let step = self.stmt(step);
        let body = self.block_of(vec![step], None, span);
        let looped = self.add(ExprKind::Loop { label, body, source: LoopSource::For }, span);
        let pat = self.bind_pat(it, iter_span);
        let arm = Arm { pat, guard: None, body: looped, span };
        Ok(self.add(ExprKind::Match { scrutinee: head, arms: vec![arm], source: MatchSource::For }, span))
    }

    /// The loop or block that a `break` or `continue` leaves: its label, and where it stands in `flow`.
    fn jump_target(
        &mut self,
        word: &str,
        name: Option<Symbol>,
        span: Span,
    ) -> Result<(LabelId, usize), ErrorReported> {
        let mut crossed_closure = false;
        let mut known = Vec::new();
        for (at, flow) in self.flow.iter().enumerate().rev() {
            match (*flow, name) {
                (Flow::Closure, _) => crossed_closure = true,
                (Flow::Loop { label, .. }, None) if !crossed_closure => return Ok((label, at)),
                (Flow::Loop { label, name: Some(it) }, Some(name))
                | (Flow::Block { label, name: it }, Some(name)) => {
                    let is_block = matches!(flow, Flow::Block { .. });
                    if it == name && !crossed_closure {
                        if is_block && word == "continue" {
                            let at = self.label_span(label);
                            let error =
                                Diagnostic::error("N5010", span, format!("`continue {name}` needs a loop"))
                                    .secondary(at, format!("`{name}` is a block"));
                            return Err(self.cx.error(error));
                        }
                        return Ok((label, at));
                    }
                    if !crossed_closure {
                        known.push(it);
                    } else if it == name {
                        let error =
                            Diagnostic::error("N5009", span, format!("`{name}` is outside this closure"))
                                .label(format!("a closure cannot `{word}` what is around it"));
                        return Err(self.cx.error(error));
                    }
                }
                (Flow::Loop { .. } | Flow::Block { .. } | Flow::Try { .. } | Flow::Using(_), _) => {}
            }
        }
        let error = match name {
            Some(name) => {
                let error = Diagnostic::error(
                    "N5009",
                    span,
                    format!("there is no loop or block `{name}` around this"),
                );
                match crate::suggest::nearest(name, known) {
                    Some(near) => error.note(format!("did you mean `{near}`?")),
                    None => error,
                }
            }
            None => {
                let error = Diagnostic::error("N5010", span, format!("`{word}` outside of a loop"));
                match crossed_closure && self.flow.iter().any(|flow| matches!(flow, Flow::Loop { .. })) {
                    true => error.note("the loop is outside this closure, which runs on its own"),
                    false => error,
                }
            }
        };
        Err(self.cx.error(error))
    }

    pub fn break_(&mut self, name: Option<Symbol>, value: Option<ast::ExprId>, span: Span) -> ExprId {
        let value = value.map(|value| self.expr(value));
        let (label, at) = match self.jump_target("break", name, span) {
            Ok(found) => found,
            Err(reported) => return self.error(reported, span),
        };
        let cleanup = self.leave(at, span);
        self.leaving(value, cleanup, span, |value| ExprKind::Break { label, value })
    }

    pub fn continue_(&mut self, name: Option<Symbol>, span: Span) -> ExprId {
        let (label, at) = match self.jump_target("continue", name, span) {
            Ok(found) => found,
            Err(reported) => return self.error(reported, span),
        };
        let cleanup = self.leave(at, span);
        self.leaving(None, cleanup, span, |_| ExprKind::Continue { label })
    }

    pub fn return_(&mut self, value: Option<ast::ExprId>, span: Span) -> ExprId {
        let value = value.map(|value| self.expr(value));
        let keep = self.flow.iter().rposition(|flow| matches!(flow, Flow::Closure)).map_or(0, |at| at + 1);
        let cleanup = self.leave(keep, span);
        self.leaving(value, cleanup, span, ExprKind::Return)
    }

    fn leaving(
        &mut self,
        value: Option<ExprId>,
        cleanup: Option<(ExprId, crate::AfterError)>,
        span: Span,
        make: impl FnOnce(Option<ExprId>) -> ExprKind,
    ) -> ExprId {
        match (value, cleanup) {
            (value, None) => self.add(make(value), span),
            (Some(value), Some((cleanup, after_error))) => {
                let value_span = self.span_of(value);
                let value = self.add(ExprKind::Finish { value, cleanup, after_error }, value_span);
                self.add(make(Some(value)), span)
            }
            (None, Some((cleanup, _))) => {
                let jump = self.add(make(None), span);
                let cleanup = self.stmt(cleanup);
                self.block_of(vec![cleanup], Some(jump), span)
            }
        }
    }

    pub fn try_(&mut self, operand: ast::ExprId, span: Span) -> ExprId {
        let operand = self.expr(operand);
        let (target, left) = self.try_target(self.flow.len());
        let cleanup = self.close_after_error(&left, span);
        self.add(ExprKind::Try { operand, target, cleanup }, span)
    }

    pub fn try_block(&mut self, body: ast::BlockId, catches: ast::List<ast::ArmId>, span: Span) -> ExprId {
        match self.try_parts(body, catches, span) {
            Ok(id) => id,
            Err(reported) => self.error(reported, span),
        }
    }

    fn try_parts(
        &mut self,
        body: ast::BlockId,
        catches: ast::List<ast::ArmId>,
        span: Span,
    ) -> Result<ExprId, ErrorReported> {
        let body_span = self.cx.span(body);
        let label = self.add_label(None, body_span);
        self.flow.push(Flow::Try { label });
        let body = self.block(body);
        self.flow.pop();
        if let (true, Some(reported)) = (catches.is_empty(), self.cx.diags.error_reported()) {
            // The parser has said that it lacks a `catch`.
            return Err(reported);
        }
        let scrutinee = self.add(ExprKind::TryBlock { label, body }, body_span);

        let value = self.synthetic("value", false, body_span);
        let pat = self.bind_pat(value, body_span);
        let pat = self.lang_pat(LangItem::Ok, Some(pat), body_span)?;
        let value = self.local(value, body_span);
        let mut arms = vec![Arm { pat, guard: None, body: value, span: body_span }];
        let mut catches_all = false;
        for id in self.cx.ast.list(catches) {
            let node = self.cx.ast[id];
            let arm_span = self.cx.span(id);
            let pat_span = self.cx.span(node.pat);
            let arm = self.scoped(|cx| {
                let mut bindings = Bindings::default();
                let inner = cx.pat_in(node.pat, false, &mut bindings);
                catches_all |= node.guard.is_none() && cx.is_irrefutable(inner);
                cx.bind(bindings);
                let pat = cx.lang_pat(LangItem::Err, Some(inner), pat_span)?;
                let guard = node.guard.map(|guard| cx.cond(guard));
                let body = cx.expr(node.body);
                Ok(Arm { pat, guard, body, span: arm_span })
            })?;
            arms.push(arm);
        }
        if !catches_all {
            let error = self.synthetic("error", false, span);
            let pat = self.bind_pat(error, span);
            let pat = self.lang_pat(LangItem::Err, Some(pat), span)?;
            let callee = self.lang_value(LangItem::Err, span)?;
            let error = self.local(error, span);
            let raised = self.add(ExprKind::Call { callee, args: vec![error] }, span);
            let (target, left) = self.try_target(self.flow.len());
            let cleanup = self.close_after_error(&left, span);
            let body = self.add(ExprKind::Try { operand: raised, target, cleanup }, span);
            arms.push(Arm { pat, guard: None, body, span });
        }
        Ok(self.add(ExprKind::Match { scrutinee, arms, source: MatchSource::Catch }, span))
    }

    /// `_`, `x`: matches whatever the type is.
    fn is_irrefutable(&self, pat: crate::PatId) -> bool {
        match &self.pat_node(pat).kind {
            PatKind::Wild | PatKind::Error(_) => true,
            PatKind::Bind { sub, .. } => sub.is_none_or(|sub| self.is_irrefutable(sub)),
            PatKind::Tuple(pats, _) => pats.iter().all(|&pat| self.is_irrefutable(pat)),
            PatKind::Ref { pat, .. } => self.is_irrefutable(*pat),
            PatKind::Or(pats) => pats.iter().any(|&pat| self.is_irrefutable(pat)),
            PatKind::Lit { .. }
            | PatKind::Range { .. }
            | PatKind::Const(_)
            | PatKind::Variant { .. }
            | PatKind::Slice { .. } => false,
        }
    }
}
