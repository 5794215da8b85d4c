//! Indexing: arrays and slices by `usize` are the compiler's; all else is `Index` and `IndexMut`.

use super::*;
use crate::protocols::Eval;
use hir::ExprKind;

impl FnCx<'_, '_> {
    pub(crate) fn index(&mut self, id: ExprId, base: ExprId, index: ExprId) -> Ty {
        let base_ty = self.check_expr(base, Expect::Nothing);
        // A literal index of an array or slice is a `usize`.
        let index_ty = self.check_expr(index, Expect::Nothing);
        if let Some(result) = self.defer_element(id, (base, base_ty), (index, index_ty)) {
            return result;
        }
        let base_ty = self.known(base_ty, self.span(base));
        self.element_of(id, (base, base_ty), (index, index_ty))
    }

    /// The element, when the type that should have elements is known.
    pub(crate) fn element_of(
        &mut self,
        id: ExprId,
        (base, base_ty): (ExprId, Ty),
        (index, index_ty): (ExprId, Ty),
    ) -> Ty {
        if base_ty.is_error() {
            return base_ty;
        }
        let (base_span, index_span) = (self.span(base), self.span(index));
        let index_ty = self.structurally(index_ty);
        if index_ty.is_error() {
            return index_ty;
        }
        let mut ty = base_ty;
        let mut adjustments: Vec<Adjustment> = Vec::new();
        let mut seen_indexable = None;
        for _ in 0..32 {
            if let TyKind::Array(elem, _) | TyKind::Slice(elem) = *ty.kind() {
                let literal = self.infer.is_integral(index_ty) && self.infer.as_var(index_ty).is_some();
                if literal || index_ty == Ty::usize() {
                    let _ = self.infer.unify(index_ty, Ty::usize());
                    self.adjust(base, adjustments);
                    return elem;
                }
                seen_indexable.get_or_insert(ty);
            }
            if let Some(result) =
                self.index_through_protocol(id, (base, base_ty), ty, &adjustments, index, index_ty)
            {
                return result;
            }
            if let TyKind::Array(elem, _) = *ty.kind() {
                // `array[1..3]` is its slice's.
                let slice = Ty::new(TyKind::Slice(elem));
                let mut unsized_way = adjustments.clone();
                unsized_way.push(Adjustment { kind: AdjustKind::Unsize, ty: slice });
                if let Some(result) =
                    self.index_through_protocol(id, (base, base_ty), slice, &unsized_way, index, index_ty)
                {
                    return result;
                }
            }
            let Some((next, kind)) = self.deref_step(ty, Mutability::Shared, base_span) else { break };
            adjustments.push(Adjustment { kind, ty: next });
            ty = next;
        }
        let proof = self.report_not_indexable(base_ty, seen_indexable, (base_span, index_span), index_ty);
        Ty::error(proof)
    }

    fn index_through_protocol(
        &mut self,
        id: ExprId,
        (base, base_ty): (ExprId, Ty),
        ty: Ty,
        adjustments: &[Adjustment],
        index: ExprId,
        index_ty: Ty,
    ) -> Option<Ty> {
        let span = self.span(id);
        let protocol = self.cx.lang(LangItem::Index)?;
        let method = self.protocol_method(protocol)?;
        let output = self.infer.assoc_type_named(protocol, "Output")?;
        // A literal is `usize` unless the type asks for something else.
        let mut tries = vec![index_ty];
        if self.infer.as_var(index_ty).is_some() && self.infer.is_integral(index_ty) {
            tries = vec![Ty::usize(), index_ty];
        }
        for wanted in tries {
            let args = crate::List::new(&[ty.into(), wanted.into()]);
            let goal = Predicate::Protocol(ProtocolRef { def: protocol, args });
            if self.infer.evaluate(goal, span) == Eval::No {
                continue;
            }
            let _ = self.infer.unify(index_ty, wanted);
            self.require(goal, Cause::kind(span, fulfil::CauseKind::Index));
            let mut adjustments = adjustments.to_vec();
            let borrowed = Ty::reference(ty, Mutability::Shared);
            if let Some(Adjustment { kind: AdjustKind::Unsize, .. }) = adjustments.last() {
                adjustments.pop();
                let array = adjustments.last().map_or(base_ty, |last| last.ty);
                adjustments.push(Adjustment {
                    kind: AdjustKind::Borrow(Mutability::Shared),
                    ty: Ty::reference(array, Mutability::Shared),
                });
                adjustments.push(Adjustment { kind: AdjustKind::Unsize, ty: borrowed });
            } else {
                adjustments.push(Adjustment { kind: AdjustKind::Borrow(Mutability::Shared), ty: borrowed });
            }
            self.adjust(base, adjustments);
            self.t.callees.insert(id, (method, args));
            let index_final = self.shallow(index_ty);
            debug_assert!(self.t.exprs[index].is_some() || index_final.is_error());
            return Some(self.normalise(Ty::new(TyKind::Projection(output, args)), span));
        }
        None
    }

    /// The place is changed: `IndexMut.index_mut` instead of `Index.index`.
    pub(crate) fn index_mut(&mut self, id: ExprId, base: ExprId) {
        let Some(&(_, args)) = self.t.callees.get(&id) else { return };
        let span = self.span(id);
        let (Some(protocol), Some(index)) = (self.cx.lang(LangItem::IndexMut), self.cx.lang(LangItem::Index))
        else {
            return;
        };
        let Some(method) = self.protocol_method(protocol) else { return };
        if self.protocol_method(index) != self.t.callees.get(&id).map(|&(method, _)| method) {
            return;
        }
        let goal = Predicate::Protocol(ProtocolRef { def: protocol, args });
        if self.infer.evaluate(goal, span) == Eval::No {
            let ty = self.infer.resolve(args[0].expect_ty());
            let text = self.show(ty);
            self.report(
                Diagnostic::error(
                    "T2052",
                    span,
                    format!("the elements of `{text}` can't be changed by index"),
                )
                .label(format!("`{text}` does not implement `IndexMut`")),
            );
            return;
        }
        self.require(goal, Cause::kind(span, fulfil::CauseKind::Index));
        self.t.callees.insert(id, (method, args));
        self.borrow_before_unsize_mut(base);
    }

    /// `[…, Borrow]` or `[…, Borrow, Unsize]` become unique.
    fn borrow_before_unsize_mut(&mut self, base: ExprId) {
        let Some(adjustments) = self.t.adjustments.get_mut(&base) else { return };
        for adjustment in adjustments.iter_mut().rev().take(2) {
            let unique = if let TyKind::Ref(_, to, _) = *adjustment.ty.kind() {
                Ty::reference(to, Mutability::Mut)
            } else {
                continue;
            };
            if let AdjustKind::Borrow(_) = adjustment.kind {
                *adjustment = Adjustment { kind: AdjustKind::Borrow(Mutability::Mut), ty: unique };
                return;
            } else if let AdjustKind::Unsize = adjustment.kind {
                adjustment.ty = unique
            } else {
                return;
            }
        }
    }

    fn report_not_indexable(
        &mut self,
        base_ty: Ty,
        indexable: Option<Ty>,
        (base_span, index_span): (Span, Span),
        index_ty: Ty,
    ) -> ErrorReported {
        let (base_text, index_text) = (self.show(base_ty), self.show(index_ty));
        let by_protocol = self.cx.lang(LangItem::Index).is_some_and(|protocol| {
            self.infer.implements(base_ty.peel_refs(), protocol, base_span) != Eval::No
        });
        if indexable.is_none() && !by_protocol {
            return self.report(
                Diagnostic::error("T2070", base_span, format!("`{base_text}` can't be indexed"))
                    .label("has no elements by index"),
            );
        }
        let mut diagnostic = Diagnostic::error(
            "T2071",
            index_span,
            format!("`{base_text}` can't be indexed by `{index_text}`"),
        )
        .label(if index_ty.is_int() {
            "the index must be a `usize`"
        } else {
            "not an index of this type"
        });
        let text = base_ty.peel_refs();
        let is_text = Self::is_str(text)
            || matches!(*text.kind(), TyKind::Adt(def, _) if self.cx.is_lang(def, LangItem::String));
        if is_text && self.infer.is_integral(index_ty) {
            diagnostic = diagnostic.note(
                "characters of a text have different lengths: `.chars().nth(…)` counts them, `.as_bytes()[…]` is a byte",
            );
            return self.report(diagnostic);
        }
        if index_ty.is_int() {
            diagnostic = diagnostic.fix(
                "convert it",
                index_span.shrink_to_hi(),
                " as usize",
                base::Applicability::MaybeIncorrect,
            );
        }
        self.report(diagnostic)
    }

    /// The literal that an index is, if it is one.
    pub(crate) fn is_literal(&self, expr: ExprId) -> bool {
        matches!(self.body.exprs[expr].kind, ExprKind::Lit(_))
    }
}
