//! Method calls on what is not known yet: they wait until later uses say what their receiver is.
//!
//! In: a call whose receiver's type is a variable. Out: a variable for its result; the call is checked, with its
//! arguments, when the receiver is known, or reported at the end of the body.
//!
//! ```text
//! let (few, many) = numbers.partition(|n| *n < 10)
//! println("{few.len()}")       waits: what is `few`?
//! print_all(&few)              a `List[i64]`: now `len` is found
//! ```

use super::captures::children;
use super::*;
use base::Symbol;
use hir::ExprKind;

/// A call that waits.
pub(crate) struct DeferredMethod<'a> {
    id: ExprId,
    receiver: ExprId,
    name: (Symbol, Span),
    generic_args: &'a [hir::GenericArg],
    args: &'a [ExprId],
    expect: Expect,
    receiver_ty: Ty,
    result: Ty,
    unsafe_depth: u32,
}

impl<'a> FnCx<'a, '_> {
    /// A variable for the result, if the call can wait: its receiver is unknown, and its arguments lead nowhere else.
    pub(crate) fn defer_method(
        &mut self,
        id: ExprId,
        (receiver, receiver_ty): (ExprId, Ty),
        name: (Symbol, Span),
        generic_args: &'a [hir::GenericArg],
        args: &'a [ExprId],
        expect: Expect,
    ) -> Option<Ty> {
        if !self.is_hidden(receiver_ty) || args.iter().any(|&arg| self.may_leave(arg)) {
            return None;
        }
        let result = self.fresh(self.span(id));
        self.methods.push(DeferredMethod {
            id,
            receiver,
            name,
            generic_args,
            args,
            expect,
            receiver_ty,
            result,
            unsafe_depth: self.unsafe_depth,
        });
        Some(result)
    }

    /// Unknown, or a reference to what is.
    fn is_hidden(&mut self, ty: Ty) -> bool {
        let ty = self.structurally(ty);
        if let TyKind::Ref(_, to, _) = *ty.kind() { self.is_hidden(to) } else { self.infer.is_unknown(ty) }
    }

    /// Whether evaluating it may end in a `return`, `break` or `try` of the code around it: that is checked there and
    /// then.
    fn may_leave(&self, expr: ExprId) -> bool {
        if let ExprKind::Return(_)
        | ExprKind::Break { .. }
        | ExprKind::Continue { .. }
        | ExprKind::Try { .. }
        | ExprKind::TryBlock { .. } = &self.body.exprs[expr].kind
        {
            true
        } else if let ExprKind::Closure(_) = &self.body.exprs[expr].kind {
            false
        } else {
            let mut leaves = false;
            children(self.body, expr, &mut |child| leaves |= self.may_leave(child));
            leaves
        }
    }

    /// Checks the calls whose receivers are known by now. Whether there were any.
    pub(crate) fn try_methods(&mut self) -> bool {
        let mut any = false;
        let mut at = 0;
        while at < self.methods.len() {
            let ty = self.infer.resolve(self.methods[at].receiver_ty);
            if self.infer.is_unknown(ty.peel_refs()) {
                at += 1;
                continue;
            }
            let call = self.methods.remove(at);
            self.deferred_method(call);
            // Checking it may have checked others.
            (any, at) = (true, 0);
        }
        any
    }

    fn deferred_method(&mut self, call: DeferredMethod<'a>) {
        let diverges = std::mem::replace(&mut self.diverges, false);
        let unsafe_depth = std::mem::replace(&mut self.unsafe_depth, call.unsafe_depth);
        let receiver_ty = self.structurally(call.receiver_ty);
        let ty = self.method_of(
            call.id,
            (call.receiver, receiver_ty),
            call.name,
            call.generic_args,
            call.args,
            call.expect,
        );
        (self.diverges, self.unsafe_depth) = (diverges, unsafe_depth);
        if self.t.adjustments.contains_key(&call.id) {
            if self.infer.unify(ty, call.result).is_err() {
                self.report_mismatch(call.id, call.result, ty, Why::Plain);
            }
            return;
        }
        self.t.exprs[call.id] = Some(ty);
        self.coerce(call.id, ty, call.result, Why::Plain);
    }

    /// At the end of the body: what is still waiting is never known.
    pub(crate) fn report_methods(&mut self) {
        while !self.methods.is_empty() {
            let call = self.methods.remove(0);
            let ty = self.infer.resolve(call.receiver_ty);
            let proof = self.report_unknown(ty.peel_refs(), self.span(call.receiver));
            self.call_with_error(proof, call.args);
            let _ = self.infer.unify(call.result, Ty::error(proof));
            self.select_where_possible();
        }
    }
}
