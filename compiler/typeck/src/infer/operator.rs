//! Operators. On numbers, `bool` and `char` they are the compiler's, looking through references; on other types they
//! are the methods of protocols.

use super::*;
use crate::protocols::Eval;
use fulfil::CauseKind;
use hir::{BinaryOp, PrimTy, UnaryOp};
use table::VarKind;

/// An operator whose left side is not known yet.
#[derive(Clone, Copy)]
pub(crate) struct Deferred {
    expr: ExprId,
    op: BinaryOp,
    op_span: Span,
    lhs: ExprId,
    rhs: ExprId,
    result: Ty,
    assign: bool,
}

impl FnCx<'_, '_> {
    pub(crate) fn binary(
        &mut self,
        id: ExprId,
        op: BinaryOp,
        op_span: Span,
        lhs: ExprId,
        rhs: ExprId,
        expect: Expect,
    ) -> Ty {
        // An expected number may be the operands' type: `let x: u8 = 1 + 2`.
        let hint = match expect {
            Expect::Has(ty)
                if !op.is_comparison()
                    && self.infer.as_var(ty).is_none()
                    && self.shallow(ty).is_scalar_prim() =>
            {
                if matches!(op, BinaryOp::Shl | BinaryOp::Shr) || self.is_literal(lhs) {
                    expect
                } else {
                    Expect::Nothing
                }
            }
            Expect::Has(_) | Expect::Nothing | Expect::Unused => Expect::Nothing,
        };
        let lhs_ty = self.check_expr(lhs, hint);
        let rhs_ty = self.check_expr(rhs, Expect::Nothing);
        let (lhs_ty, rhs_ty) = (self.structurally(lhs_ty), self.structurally(rhs_ty));
        if let Some(ty) = self.operand_error(lhs_ty, rhs_ty) {
            return ty;
        }
        let lhs_ty = self.operand_never(lhs, lhs_ty);
        let rhs_ty = self.operand_never(rhs, rhs_ty);
        match self.builtin_binary(op, lhs, lhs_ty, rhs, rhs_ty, false) {
            Some(ty) => ty,
            None if self.infer.is_unknown(lhs_ty.peel_refs()) || self.infer.is_unknown(self.peel(lhs_ty)) => {
                let span = self.span(id);
                let result = if op.is_comparison() { Ty::bool() } else { self.fresh(span) };
                self.operators.push(Deferred { expr: id, op, op_span, lhs, rhs, result, assign: false });
                result
            }
            None => self.overloaded_binary(id, op, op_span, lhs, rhs),
        }
    }

    fn operand_error(&mut self, lhs: Ty, rhs: Ty) -> Option<Ty> {
        [lhs, rhs].into_iter().find(|ty| ty.is_error())
    }

    fn operand_never(&mut self, expr: ExprId, ty: Ty) -> Ty {
        if ty.is_never() { self.never_to_any(expr) } else { ty }
    }

    /// Without references, following variables.
    pub(crate) fn peel(&self, ty: Ty) -> Ty {
        let mut ty = self.shallow(ty);
        while let TyKind::Ref(_, to, _) = *ty.kind() {
            ty = self.shallow(to);
        }
        ty
    }

    /// Dereferences an operand as often as it is a reference.
    fn strip(&mut self, expr: ExprId, ty: Ty) -> Ty {
        let mut adjustments = Vec::new();
        let mut ty = self.shallow(ty);
        while let TyKind::Ref(_, to, _) = *ty.kind() {
            ty = self.shallow(to);
            adjustments.push(Adjustment { kind: AdjustKind::Deref, ty });
        }
        self.adjust(expr, adjustments);
        ty
    }

    /// A type whose operators are the compiler's.
    fn is_scalar(&self, ty: Ty) -> bool {
        ty.is_scalar_prim()
            || self.infer.as_var(ty).is_some_and(|var| self.infer.var_kind(var) != VarKind::General)
    }

    /// The result, if the operator is the compiler's for these types.
    fn builtin_binary(
        &mut self,
        op: BinaryOp,
        lhs: ExprId,
        lhs_ty: Ty,
        rhs: ExprId,
        rhs_ty: Ty,
        assign: bool,
    ) -> Option<Ty> {
        let (a, b) = (self.peel(lhs_ty), self.peel(rhs_ty));
        if assign && matches!(lhs_ty.kind(), TyKind::Ref(..)) {
            // `r += 1` would change the reference.
            return None;
        }
        let pointers = matches!((a.kind(), b.kind()), (TyKind::RawPtr(..), TyKind::RawPtr(..)))
            && op.is_comparison()
            && !matches!(lhs_ty.kind(), TyKind::Ref(..));
        if pointers {
            self.infer.try_commit(|infer| infer.unify(a, b)).ok()?;
            return Some(Ty::bool());
        }
        if !self.is_scalar(a) || !(self.is_scalar(b) || self.infer.is_unknown(b)) {
            return None;
        }
        let integral = self.infer.is_integral(a);
        let number = integral || self.infer.is_floating(a);
        let is_bool = a.as_prim() == Some(PrimTy::Bool);
        let fits = match op {
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => number,
            BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => integral || is_bool,
            BinaryOp::Shl | BinaryOp::Shr => {
                if !integral || !(self.infer.is_integral(b) || self.infer.is_unknown(b)) {
                    return None;
                }
                if !assign {
                    self.strip(lhs, lhs_ty);
                }
                self.strip(rhs, rhs_ty);
                if self.infer.is_unknown(b) {
                    let _ = self.infer.unify(b, a);
                }
                return Some(a);
            }
            BinaryOp::Eq | BinaryOp::Ne => true,
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => true,
        };
        if !fits || self.infer.try_commit(|infer| infer.unify(a, b)).is_err() {
            return None;
        }
        if !assign {
            self.strip(lhs, lhs_ty);
        }
        self.strip(rhs, rhs_ty);
        Some(if op.is_comparison() { Ty::bool() } else { self.shallow(a) })
    }

    /// Operators that waited for their left side.
    pub(crate) fn try_operators(&mut self) {
        if self.operators.is_empty() {
            return;
        }
        let mut at = 0;
        while at < self.operators.len() {
            let Deferred { expr, op, op_span, lhs, rhs, result, assign } = self.operators[at];
            let (lhs_ty, rhs_ty) = (self.checked_ty(lhs), self.checked_ty(rhs));
            if self.infer.is_unknown(self.peel(lhs_ty)) {
                at += 1;
                continue;
            }
            self.operators.remove(at);
            let ty = self.resolve_operator(expr, op, op_span, (lhs, lhs_ty), (rhs, rhs_ty), assign);
            let _ = self.infer.unify(result, ty);
        }
    }

    fn resolve_operator(
        &mut self,
        expr: ExprId,
        op: BinaryOp,
        op_span: Span,
        (lhs, lhs_ty): (ExprId, Ty),
        (rhs, rhs_ty): (ExprId, Ty),
        assign: bool,
    ) -> Ty {
        if let Some(ty) = self.operand_error(lhs_ty, rhs_ty) {
            return ty;
        }
        match self.builtin_binary(op, lhs, lhs_ty, rhs, rhs_ty, assign) {
            Some(ty) => ty,
            None if assign => {
                self.overloaded_assign(expr, op, op_span, lhs, rhs);
                Ty::unit()
            }
            None => self.overloaded_binary(expr, op, op_span, lhs, rhs),
        }
    }

    /// At the end: if the left side was never learnt, the right side may say it (`|a| a + 1`).
    pub(crate) fn default_operators(&mut self) {
        for index in 0..self.operators.len() {
            let Some(&Deferred { lhs, rhs, .. }) = self.operators.get(index) else { return };
            let (a, b) = (self.peel(self.checked_ty(lhs)), self.peel(self.checked_ty(rhs)));
            if self.infer.is_unknown(a) && self.is_scalar(b) {
                let _ = self.infer.unify(a, b);
            }
        }
        self.try_operators();
    }

    pub(crate) fn unresolved_operator(&mut self) -> Option<(Ty, Span)> {
        let deferred = self.operators.first().copied()?;
        Some((self.peel(self.checked_ty(deferred.lhs)), self.span(deferred.lhs)))
    }

    fn checked_ty(&self, expr: ExprId) -> Ty {
        self.shallow(self.adjusted(expr))
    }

    /// `Add.add(a, b)`; comparisons take both by reference.
    fn overloaded_binary(&mut self, id: ExprId, op: BinaryOp, op_span: Span, lhs: ExprId, rhs: ExprId) -> Ty {
        let (lang, method_name) = operator_item(op);
        let protocol = match self.lang(lang, op_span) {
            Ok(protocol) => protocol,
            Err(proof) => return Ty::error(proof),
        };
        let Some(method) = self.protocol_method_named(protocol, method_name) else { return Ty::bool() };
        let (lhs_ty, rhs_ty) = (self.checked_ty(lhs), self.checked_ty(rhs));
        if op.is_comparison() {
            return self.compare(id, op, op_span, (protocol, method), (lhs, lhs_ty), (rhs, rhs_ty));
        }
        // As written; then with `Copy` operands behind references taken out.
        let (a, b) = (self.peel(lhs_ty), self.peel(rhs_ty));
        let mut forms = vec![(lhs_ty, rhs_ty)];
        if b != rhs_ty && self.infer.is_copy(b, op_span) == Eval::Yes {
            forms.push((lhs_ty, b));
        }
        if a != lhs_ty && self.infer.is_copy(a, op_span) == Eval::Yes {
            forms.push((a, rhs_ty));
            if b != rhs_ty && self.infer.is_copy(b, op_span) == Eval::Yes {
                forms.push((a, b));
            }
        }
        for (left, right) in forms {
            let wanted = self.operand_var(right, op_span);
            let args = crate::List::new(&[left.into(), wanted.into()]);
            let goal = Predicate::Protocol(ProtocolRef { def: protocol, args });
            if self.infer.evaluate(goal, op_span) == Eval::No {
                continue;
            }
            if left != lhs_ty {
                self.strip(lhs, lhs_ty);
            }
            if right != rhs_ty {
                self.strip(rhs, rhs_ty);
            }
            self.require(goal, Cause::kind(op_span, CauseKind::Operator(op.text(), id)));
            self.select_where_possible();
            // The right side may still become what is asked for: `&String` as `&str`.
            let rhs_now = self.checked_ty(rhs);
            self.coerce(rhs, rhs_now, wanted, Why::Operand(op_span));
            self.t.callees.insert(id, (method, args));
            let output = self.infer.assoc_type_named(protocol, "Output");
            return match output {
                Some(output) => self.normalise(Ty::new(TyKind::Projection(output, args)), op_span),
                None => self.shallow(left),
            };
        }
        let proof = self.report_operator(op, op_span, (lhs, lhs_ty), (rhs, rhs_ty), protocol);
        Ty::error(proof)
    }

    /// What the right side must be: its type, or, where that may be coerced, what the implementation says.
    fn operand_var(&mut self, ty: Ty, span: Span) -> Ty {
        let _ = span;
        ty
    }

    /// `a == b`: references are looked through on both sides, then both are borrowed.
    fn compare(
        &mut self,
        id: ExprId,
        op: BinaryOp,
        op_span: Span,
        (protocol, method): (DefId, DefId),
        (lhs, lhs_ty): (ExprId, Ty),
        (rhs, rhs_ty): (ExprId, Ty),
    ) -> Ty {
        let (a, b) = (self.peel(lhs_ty), self.peel(rhs_ty));
        let takes_other = self.cx.sigs.generics_of(protocol).params.len() > 1;
        let args =
            if takes_other { crate::List::new(&[a.into(), b.into()]) } else { crate::List::new(&[a.into()]) };
        let goal = Predicate::Protocol(ProtocolRef { def: protocol, args });
        let same = takes_other || self.infer.can_unify(a, b);
        if !same || self.infer.evaluate(goal, op_span) == Eval::No {
            let proof = self.report_operator(op, op_span, (lhs, lhs_ty), (rhs, rhs_ty), protocol);
            return Ty::error(proof);
        }
        if !takes_other {
            let _ = self.infer.unify(a, b);
        }
        self.require(goal, Cause::kind(op_span, CauseKind::Operator(op.text(), id)));
        for (expr, ty, bare) in [(lhs, lhs_ty, a), (rhs, rhs_ty, b)] {
            self.strip(expr, ty);
            let borrowed = Ty::reference(bare, Mutability::Shared);
            self.adjust(
                expr,
                vec![Adjustment { kind: AdjustKind::Borrow(Mutability::Shared), ty: borrowed }],
            );
        }
        self.t.callees.insert(id, (method, args));
        Ty::bool()
    }

    pub(crate) fn assign_op(
        &mut self,
        id: ExprId,
        op: BinaryOp,
        op_span: Span,
        place: ExprId,
        value: ExprId,
    ) -> Ty {
        let place_ty = self.check_expr(place, Expect::Nothing);
        if !self.is_place(place) && !self.shallow(place_ty).is_error() {
            self.report_no_place(place);
            // Whether the operator would fit is of no interest.
            self.check_expr(value, Expect::Nothing);
            return Ty::unit();
        }
        self.make_place_mut(place);
        let value_ty = self.check_expr(value, Expect::Nothing);
        let (place_ty, value_ty) = (self.structurally(place_ty), self.structurally(value_ty));
        if self.operand_error(place_ty, value_ty).is_some() {
            return Ty::unit();
        }
        let value_ty = self.operand_never(value, value_ty);
        if self.builtin_binary(op, place, place_ty, value, value_ty, true).is_some() {
            return Ty::unit();
        }
        if self.infer.is_unknown(place_ty) {
            self.operators.push(Deferred {
                expr: id,
                op,
                op_span,
                lhs: place,
                rhs: value,
                result: Ty::unit(),
                assign: true,
            });
            return Ty::unit();
        }
        self.overloaded_assign(id, op, op_span, place, value);
        Ty::unit()
    }

    fn overloaded_assign(&mut self, id: ExprId, op: BinaryOp, op_span: Span, place: ExprId, value: ExprId) {
        let (place_ty, value_ty) = (self.checked_ty(place), self.checked_ty(value));
        let lang = assign_item(op);
        let Ok(protocol) = self.lang(lang, op_span) else { return };
        let Some(method) = self.protocol_method(protocol) else { return };
        let bare = self.peel(value_ty);
        let mut forms = vec![value_ty];
        if bare != value_ty && self.infer.is_copy(bare, op_span) == Eval::Yes {
            forms.push(bare);
        }
        // `text += &owned`: the right side may be coerced to what the only implementation takes.
        let open = self.fresh(op_span);
        forms.push(open);
        for right in forms {
            let args = crate::List::new(&[place_ty.into(), right.into()]);
            let goal = Predicate::Protocol(ProtocolRef { def: protocol, args });
            if self.infer.evaluate(goal, op_span) == Eval::No {
                continue;
            }
            self.require(goal, Cause::kind(op_span, CauseKind::Operator(op.text(), id)));
            if right == bare && bare != value_ty {
                self.strip(value, value_ty);
            } else {
                self.select_where_possible();
                if self.infer.is_unknown(right) {
                    break;
                }
                self.coerce(value, value_ty, right, Why::Operand(op_span));
            }
            let borrowed = Ty::reference(place_ty, Mutability::Mut);
            self.adjust(place, vec![Adjustment { kind: AdjustKind::Borrow(Mutability::Mut), ty: borrowed }]);
            self.t.callees.insert(id, (method, args));
            return;
        }
        self.report_assign_operator(op, op_span, (place, place_ty), (value, value_ty), protocol);
    }

    pub(crate) fn unary_operator(&mut self, id: ExprId, op: UnaryOp, operand: ExprId, ty: Ty) -> Ty {
        let ty = self.structurally(ty);
        if ty.is_error() {
            return ty;
        }
        if ty.is_never() {
            return self.never_to_any(operand);
        }
        let span = self.span(id);
        let bare = self.peel(ty);
        let builtin = match op {
            UnaryOp::Neg => {
                self.infer.is_floating(bare)
                    || bare.as_prim().is_none_or(crate::PrimExt::is_signed) && self.infer.is_integral(bare)
            }
            UnaryOp::Not => self.infer.is_integral(bare) || bare.as_prim() == Some(PrimTy::Bool),
        };
        if builtin {
            return self.strip(operand, ty);
        }
        if self.infer.is_unknown(bare) {
            let proof = self.report_unknown(bare, span);
            return Ty::error(proof);
        }
        let (lang, text) = match op {
            UnaryOp::Neg => (LangItem::Neg, "-"),
            UnaryOp::Not => (LangItem::Not, "!"),
        };
        let protocol = match self.lang(lang, span) {
            Ok(protocol) => protocol,
            Err(proof) => return Ty::error(proof),
        };
        let Some(method) = self.protocol_method(protocol) else { return ty };
        let forms =
            if bare != ty && self.infer.is_copy(bare, span) == Eval::Yes { vec![ty, bare] } else { vec![ty] };
        for form in forms {
            let args = crate::List::new(&[form.into()]);
            let goal = Predicate::Protocol(ProtocolRef { def: protocol, args });
            if self.infer.evaluate(goal, span) == Eval::No {
                continue;
            }
            if form != ty {
                self.strip(operand, ty);
            }
            self.require(goal, Cause::kind(span, CauseKind::Operator(text, id)));
            self.t.callees.insert(id, (method, args));
            return match self.infer.assoc_type_named(protocol, "Output") {
                Some(output) => self.normalise(Ty::new(TyKind::Projection(output, args)), span),
                None => form,
            };
        }
        let (shown, name) = (self.show(ty), self.cx.package.def(protocol).name);
        // A negative literal is one mistake.
        self.number_literals.retain(|&(expr, ..)| expr != operand);
        let mut diagnostic =
            Diagnostic::error("T2080", span, format!("`{text}` can't be applied to `{shown}`"))
                .label(format!("`{shown}` does not implement `{name}`"));
        if op == UnaryOp::Neg && bare.is_int() {
            diagnostic = diagnostic.note(format!("`{shown}` has no negative numbers"));
        }
        let proof = self.report(diagnostic);
        Ty::error(proof)
    }
}

/// The protocol and method of an operator.
pub(crate) fn operator_item(op: BinaryOp) -> (LangItem, &'static str) {
    match op {
        BinaryOp::Add => (LangItem::Add, "add"),
        BinaryOp::Sub => (LangItem::Sub, "sub"),
        BinaryOp::Mul => (LangItem::Mul, "mul"),
        BinaryOp::Div => (LangItem::Div, "div"),
        BinaryOp::Rem => (LangItem::Rem, "rem"),
        BinaryOp::BitAnd => (LangItem::BitAnd, "bit_and"),
        BinaryOp::BitOr => (LangItem::BitOr, "bit_or"),
        BinaryOp::BitXor => (LangItem::BitXor, "bit_xor"),
        BinaryOp::Shl => (LangItem::Shl, "shl"),
        BinaryOp::Shr => (LangItem::Shr, "shr"),
        BinaryOp::Eq => (LangItem::Eq, "eq"),
        BinaryOp::Ne => (LangItem::Eq, "ne"),
        BinaryOp::Lt => (LangItem::Comparable, "lt"),
        BinaryOp::Le => (LangItem::Comparable, "le"),
        BinaryOp::Gt => (LangItem::Comparable, "gt"),
        BinaryOp::Ge => (LangItem::Comparable, "ge"),
    }
}

/// The protocol of `a += b`.
fn assign_item(op: BinaryOp) -> LangItem {
    match op {
        BinaryOp::Add => LangItem::AddAssign,
        BinaryOp::Sub => LangItem::SubAssign,
        BinaryOp::Mul => LangItem::MulAssign,
        BinaryOp::Div => LangItem::DivAssign,
        BinaryOp::Rem => LangItem::RemAssign,
        BinaryOp::BitAnd => LangItem::BitAndAssign,
        BinaryOp::BitOr => LangItem::BitOrAssign,
        BinaryOp::BitXor => LangItem::BitXorAssign,
        BinaryOp::Shl => LangItem::ShlAssign,
        BinaryOp::Shr => LangItem::ShrAssign,
        BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
            LangItem::Eq
        }
    }
}
