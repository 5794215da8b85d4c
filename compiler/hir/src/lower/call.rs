//! Calls: of functions, methods, and of values.
//!
//! ```text
//! Bank.new()   ⇒   Call(Assoc(Bank, new))     bank.open(1)   ⇒   MethodCall(bank, open)     (a.f)(x)   ⇒   Call(Field(a, f))
//! ```
//!
//! `x.f[T](a)` calls a method with type arguments; where the brackets hold a value, as in `self.handlers[i](a)`,
//! it calls an element of the field.

use super::body::BodyCx;
use super::path::Head;
use crate::resolve::Want;
use crate::{ExprId, ExprKind, GenericArg};
use base::Span;
use syntax::ast;

impl BodyCx<'_> {
    pub fn call(&mut self, callee: ast::ExprId, args: ast::List<ast::ExprId>, span: Span) -> ExprId {
        if let Some(reported) = super::foreign::call(self, callee, args, span) {
            return self.error(reported, span);
        }
        let callee_span = self.cx.span(callee);
        if let ast::ExprKind::Field { .. } = self.cx.ast[callee].kind {
            let head = self.head(callee, Want::Value);
            self.call_head(head, callee, Vec::new(), args, span)
        } else if let ast::ExprKind::Index { base: method, args: brackets } = self.cx.ast[callee].kind {
            if let ast::ExprKind::Field { .. } = self.cx.ast[method].kind {
                let list: Vec<ast::ExprId> = self.cx.ast.list(brackets).collect();
                let types = list.iter().all(|&arg| self.is_type(arg));
                let head = self.head(method, Want::Value);
                if let (Head::Value(value), true) = (&head, types)
                    && let ExprKind::Field { .. } = self.kind(*value)
                {
                    let generic_args = self.generic_args(brackets);
                    return self.call_head(head, method, generic_args, args, span);
                }
                let head = self.bracketed(head, method, brackets, callee_span);
                let callee = self.finish_head(head, callee);
                return self.plain_call(callee, args, span);
            }
            let head = self.head(callee, Want::Value);
            let callee = self.finish_head(head, callee);
            self.plain_call(callee, args, span)
        } else if let ast::ExprKind::Literal(_) | ast::ExprKind::Interpolated(_) | ast::ExprKind::Name(_) =
            self.cx.ast[callee].kind
        {
            let head = self.head(callee, Want::Value);
            let callee = self.finish_head(head, callee);
            self.plain_call(callee, args, span)
        } else {
            let callee = self.expr(callee);
            self.plain_call(callee, args, span)
        }
    }

    /// A field of a value that is called is a method.
    fn call_head(
        &mut self,
        head: Head,
        callee: ast::ExprId,
        generic_args: Vec<GenericArg>,
        args: ast::List<ast::ExprId>,
        span: Span,
    ) -> ExprId {
        if let Head::Value(value) = &head
            && let &ExprKind::Field { base: receiver, name, name_span } = self.kind(*value)
        {
            let value = *value;
            let args = self.args(args);
            // The field's node becomes the call: nothing else refers to it.
            self.set_kind(value, ExprKind::MethodCall { receiver, name, name_span, generic_args, args });
            self.set_span(value, span);
            return value;
        }
        let callee = self.finish_head(head, callee);
        self.plain_call(callee, args, span)
    }

    fn plain_call(&mut self, callee: ExprId, args: ast::List<ast::ExprId>, span: Span) -> ExprId {
        let args = self.args(args);
        self.add(ExprKind::Call { callee, args }, span)
    }

    fn args(&mut self, list: ast::List<ast::ExprId>) -> Vec<ExprId> {
        let list: Vec<ast::ExprId> = self.cx.ast.list(list).collect();
        list.into_iter().map(|arg| self.expr(arg)).collect()
    }
}
