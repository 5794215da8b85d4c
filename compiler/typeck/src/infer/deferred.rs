//! Method calls, fields, elements and dereferences of what is not known yet: they wait until later uses say what it is.
//!
//! In: an expression whose receiver's type is a variable. Out: a variable for its result; the expression is checked, with
//! the arguments of a call, when the receiver is known, or reported at the end of the body.
//!
//! ```text
//! let (few, many) = numbers.partition(|n| *n < 10)
//! println("{few.len()}")       waits: what is `few`?
//! print_all(&few)              a `List[i64]`: now `len` is found
//!
//! let shift = |p| p.x + 1      waits: what is `p`?
//! shift(Point { x: 1, y: 2 })
//! ```

use super::captures::children;
use super::*;
use base::{Symbol, stack};
use hir::ExprKind;

/// What is asked of a receiver.
#[derive(Clone, Copy)]
enum Asked<'a> {
    Method {
        name: (Symbol, Span),
        generic_args: &'a [hir::GenericArg],
        args: &'a [ExprId],
        expect: Expect,
    },
    Field {
        name: (Symbol, Span),
    },
    Element {
        index: ExprId,
        index_ty: Ty,
    },
    /// `*receiver`
    Target,
}

/// An expression that waits.
pub(crate) struct Deferred<'a> {
    id: ExprId,
    receiver: ExprId,
    receiver_ty: Ty,
    asked: Asked<'a>,
    result: Ty,
    unsafe_depth: u32,
}

impl<'a> FnCx<'a, '_> {
    /// A variable for the result, if the call can wait: its receiver is unknown, and its arguments lead nowhere else.
    pub(crate) fn defer_method(
        &mut self,
        id: ExprId,
        receiver: (ExprId, Ty),
        name: (Symbol, Span),
        generic_args: &'a [hir::GenericArg],
        args: &'a [ExprId],
        expect: Expect,
    ) -> Option<Ty> {
        if args.iter().any(|&arg| self.may_leave(arg)) {
            return None;
        }
        self.defer(id, receiver, Asked::Method { name, generic_args, args, expect })
    }

    pub(crate) fn defer_field(&mut self, id: ExprId, base: (ExprId, Ty), name: (Symbol, Span)) -> Option<Ty> {
        self.defer(id, base, Asked::Field { name })
    }

    pub(crate) fn defer_element(
        &mut self,
        id: ExprId,
        base: (ExprId, Ty),
        (index, index_ty): (ExprId, Ty),
    ) -> Option<Ty> {
        self.defer(id, base, Asked::Element { index, index_ty })
    }

    pub(crate) fn defer_target(&mut self, id: ExprId, operand: (ExprId, Ty)) -> Option<Ty> {
        // `*r` of a reference is known to be what `r` leads to, whatever that is.
        let ty = self.structurally(operand.1);
        self.infer.is_unknown(ty).then(|| self.defer(id, operand, Asked::Target)).flatten()
    }

    fn defer(&mut self, id: ExprId, (receiver, receiver_ty): (ExprId, Ty), asked: Asked<'a>) -> Option<Ty> {
        if !self.is_hidden(receiver_ty) {
            return None;
        }
        let result = self.fresh(self.span(id));
        let unsafe_depth = self.unsafe_depth;
        self.deferred.push(Deferred { id, receiver, receiver_ty, asked, result, unsafe_depth });
        Some(result)
    }

    /// Whether an expression, a part of a place, waits. Then the place is made unique later.
    pub(crate) fn place_waits(&mut self, part: ExprId, place: ExprId) -> bool {
        let waits = self.deferred.iter().any(|deferred| deferred.id == part);
        if waits && !self.unique_later.contains(&place) {
            self.unique_later.push(place);
        }
        waits
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
            children(self.body, expr, &mut |child| leaves |= stack::deep(|| self.may_leave(child)));
            leaves
        }
    }

    /// Checks the expressions whose receivers are known by now. Whether there were any.
    pub(crate) fn try_deferred(&mut self) -> bool {
        let mut any = false;
        let mut at = 0;
        while at < self.deferred.len() {
            let ty = self.infer.resolve(self.deferred[at].receiver_ty);
            if self.infer.is_unknown(ty.peel_refs()) {
                at += 1;
                continue;
            }
            let known = self.deferred.remove(at);
            self.check_deferred(known);
            // Checking it may have checked others.
            (any, at) = (true, 0);
        }
        any
    }

    fn check_deferred(
        &mut self,
        Deferred { id, receiver, receiver_ty, asked, result, unsafe_depth }: Deferred<'a>,
    ) {
        let diverges = std::mem::replace(&mut self.diverges, false);
        let outer_unsafe = std::mem::replace(&mut self.unsafe_depth, unsafe_depth);
        let known = (receiver, self.structurally(receiver_ty));
        let ty = match asked {
            Asked::Method { name, generic_args, args, expect } => {
                self.method_of(id, known, name, generic_args, args, expect)
            }
            Asked::Field { name } => self.field_of(id, known, name),
            Asked::Element { index, index_ty } => self.element_of(id, known, (index, index_ty)),
            Asked::Target => self.target_of(id, known),
        };
        (self.diverges, self.unsafe_depth) = (diverges, outer_unsafe);
        let is_place = match asked {
            Asked::Method { .. } => false,
            Asked::Field { .. } | Asked::Element { .. } | Asked::Target => true,
        };
        if is_place || self.t.adjustments.contains_key(&id) {
            self.t.exprs[id] = Some(ty);
            if self.infer.unify(ty, result).is_err() {
                self.report_mismatch(id, result, ty, Why::Plain);
            }
        } else {
            self.t.exprs[id] = Some(ty);
            self.coerce(id, ty, result, Why::Plain);
        }
        if is_place {
            for place in std::mem::take(&mut self.unique_later) {
                self.make_place_mut(place);
            }
        }
    }

    /// At the end of the body: what is still waiting is never known.
    pub(crate) fn report_deferred(&mut self) {
        while !self.deferred.is_empty() {
            let Deferred { receiver, receiver_ty, asked, result, .. } = self.deferred.remove(0);
            let ty = self.infer.resolve(receiver_ty);
            let proof = self.report_unknown(ty.peel_refs(), self.span(receiver));
            if let Asked::Method { args, .. } = asked {
                self.call_with_error(proof, args);
            }
            let _ = self.infer.unify(result, Ty::error(proof));
            self.select_where_possible();
        }
    }
}
