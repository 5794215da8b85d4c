//! `x as T`: decided at the end, when the operand's type is known.

use super::*;
use crate::PrimExt;
use hir::PrimTy;
use table::VarKind;

#[derive(Clone, Copy)]
pub(crate) struct Deferred {
    expr: ExprId,
    operand: ExprId,
    from: Ty,
    to: Ty,
    span: Span,
}

impl FnCx<'_, '_> {
    pub(crate) fn cast(&mut self, id: ExprId, operand: ExprId, written: &hir::Ty) -> Ty {
        let to = self.lower(written);
        // A literal takes the type it is cast to, where it can; anything else is what it is.
        let hint = match (&self.body.exprs[operand].kind, self.shallow(to).as_prim()) {
            // `300 as u8` is cut off, as it was asked for.
            (&hir::ExprKind::Lit(hir::Lit::Int(value, None)), Some(prim))
                if !literal::fits(value, false, prim) =>
            {
                Expect::Nothing
            }
            (hir::ExprKind::Lit(_), Some(prim)) if prim.is_int() || prim.is_float() => Expect::Has(to),
            (hir::ExprKind::Unary { .. }, Some(prim))
                if (prim.is_signed() || prim.is_float()) && self.is_negative_literal(operand) =>
            {
                Expect::Has(to)
            }
            (
                hir::ExprKind::Lit(_)
                | hir::ExprKind::Array(_)
                | hir::ExprKind::Repeat { .. }
                | hir::ExprKind::Closure(_)
                | hir::ExprKind::Format { .. },
                None,
            ) => Expect::Has(to),
            _ => Expect::Nothing,
        };
        let from = self.check_expr(operand, hint);
        if from.has_error() || to.has_error() {
            return to;
        }
        let span = self.span(id);
        self.casts.push(Deferred { expr: id, operand, from, to, span });
        to
    }

    fn is_negative_literal(&self, expr: ExprId) -> bool {
        if let hir::ExprKind::Unary { op: hir::UnaryOp::Neg, operand } = self.body.exprs[expr].kind {
            self.is_literal(operand)
        } else {
            false
        }
    }

    pub(crate) fn check_casts(&mut self) {
        for cast in std::mem::take(&mut self.casts) {
            self.check_cast(cast);
        }
    }

    fn check_cast(&mut self, cast: Deferred) {
        let from = self.structurally(cast.from);
        let to = self.structurally(cast.to);
        if from.is_error() || to.is_error() {
            return;
        }
        if let Some(kind) = self.cast_kind(&cast, from, to) {
            self.t.casts.insert(cast.expr, kind);
            return;
        }
        if let Ok((_, adjustments)) = self.try_coerce(cast.operand, from, to) {
            self.adjust(cast.operand, adjustments);
            self.t.casts.insert(cast.expr, CastKind::Coerce);
            return;
        }
        let (from_text, to_text) = self.cx.show_both(self.for_message(from), self.for_message(to));
        let mut diagnostic =
            Diagnostic::error("T2081", cast.span, format!("`{from_text}` can't be cast to `{to_text}`"));
        if to.as_prim() == Some(PrimTy::Bool) && from.is_int() {
            diagnostic = diagnostic.label("compare instead: `x != 0`");
        } else if to.as_prim() == Some(PrimTy::Char) && from.is_int() {
            diagnostic = diagnostic.label("only a `u8` is a character in any case; use `char.from_u32`");
        } else if matches!(from.kind(), TyKind::Ref(_, inner, _) if inner.is_scalar_prim()) {
            diagnostic = diagnostic.label("a reference").fix(
                "look through the reference",
                self.span(cast.operand).shrink_to_lo(),
                "*",
                base::Applicability::MaybeIncorrect,
            );
        } else {
            diagnostic = diagnostic.label("`as` is for numbers, pointers and what is coerced anyway");
        }
        self.report(diagnostic);
    }

    fn cast_kind(&mut self, cast: &Deferred, from: Ty, to: Ty) -> Option<CastKind> {
        if let TyKind::Infer(var) = *from.kind() {
            // A literal that nothing else gave a type.
            let default = match self.infer.var_kind(var) {
                VarKind::Int if to.is_float() => Ty::prim(PrimTy::I64),
                VarKind::Int if to.as_prim() == Some(PrimTy::Char) => Ty::prim(PrimTy::U8),
                VarKind::Int => Ty::prim(PrimTy::I64),
                VarKind::Float if to.is_float() => to,
                VarKind::Float => Ty::prim(PrimTy::F64),
                VarKind::General | VarKind::Const => return None,
            };
            let _ = self.infer.unify(from, default);
            return self.cast_kind(cast, default, to);
        }
        match (from.kind(), to.kind()) {
            (&TyKind::Prim(a), &TyKind::Prim(b)) => prim_cast(a, b),
            (&TyKind::RawPtr(..), &TyKind::RawPtr(..)) => Some(CastKind::PtrToPtr),
            (&TyKind::Ref(_, inner, have), &TyKind::RawPtr(wanted, want)) => {
                if have == Mutability::Shared && want == Mutability::Mut {
                    return None;
                }
                let elem =
                    if let TyKind::Array(elem, _) = *self.shallow(inner).kind() { Some(elem) } else { None };
                let fits = self.infer.try_commit(|infer| infer.unify(inner, wanted)).is_ok()
                    || elem
                        .is_some_and(|elem| self.infer.try_commit(|infer| infer.unify(elem, wanted)).is_ok());
                if fits && have == Mutability::Mut {
                    self.adjust(
                        cast.operand,
                        vec![
                            Adjustment { kind: AdjustKind::Deref, ty: inner },
                            Adjustment { kind: AdjustKind::Borrow(have), ty: from },
                        ],
                    );
                }
                fits.then_some(CastKind::PtrToPtr)
            }
            (&TyKind::RawPtr(..), &TyKind::Prim(b)) if b.is_int() => Some(CastKind::PtrToInt),
            (&TyKind::Prim(a), &TyKind::RawPtr(..)) if a.is_int() => Some(CastKind::IntToPtr),
            (&TyKind::FnDef(..) | &TyKind::FnPtr(_), &TyKind::RawPtr(..)) => Some(CastKind::FnToPtr),
            (&TyKind::FnDef(..) | &TyKind::FnPtr(_), &TyKind::Prim(b)) if b.is_int() => {
                Some(CastKind::FnToPtr)
            }
            (&TyKind::Adt(def, _), &TyKind::Prim(b)) if b.is_int() => {
                let adt = self.cx.sigs.adt(def)?;
                let plain = adt.is_union && adt.variants.iter().all(|variant| variant.fields.is_empty());
                plain.then_some(CastKind::UnionToInt)
            }
            _ => None,
        }
    }
}

fn prim_cast(from: PrimTy, to: PrimTy) -> Option<CastKind> {
    if from == to {
        return Some(CastKind::Coerce);
    }
    match (from, to) {
        (a, b) if a.is_int() && b.is_int() => Some(CastKind::IntToInt),
        (PrimTy::Bool | PrimTy::Char, b) if b.is_int() => Some(CastKind::Widen),
        (PrimTy::U8, PrimTy::Char) => Some(CastKind::Widen),
        (a, b) if a.is_int() && b.is_float() => Some(CastKind::IntToFloat),
        (a, b) if a.is_float() && b.is_int() => Some(CastKind::FloatToInt),
        (a, b) if a.is_float() && b.is_float() => Some(CastKind::FloatToFloat),
        _ => None,
    }
}
