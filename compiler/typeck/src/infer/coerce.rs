//! Coercions: what a value of one type does to become another without being asked.
//!
//! `never` → anything; `&mut T` → `&T`; `&String` → `&str` by `Deref`; `&[T; N]` → `&[T]`; functions and
//! captureless closures → `fn` pointers; literals → the owners they build; `&T` → `&dyn P`, `Box[T]` → `Box[dyn P]`
//! (`unsize.rs`).

use super::*;
use crate::FnSig;
use hir::{ExprKind, PrimTy};
use table::Mismatch;

/// Branches that must agree: of `if`, `match`, `break`, elements of an array.
#[derive(Debug)]
pub(crate) struct Merge {
    /// What the context demands of each.
    wanted: Option<Ty>,
    /// What they agreed on so far.
    merged: Option<Ty>,
    /// The one that set it, for messages.
    first: Option<Span>,
    exprs: Vec<ExprId>,
    never: Vec<ExprId>,
    pub kind: MergeKind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum MergeKind {
    If,
    Match,
    Break,
    Elements,
}

impl Merge {
    pub(crate) fn new(wanted: Option<Ty>, kind: MergeKind) -> Merge {
        Merge { wanted, merged: wanted, first: None, exprs: Vec::new(), never: Vec::new(), kind }
    }
    pub(crate) fn expectation(&self) -> Expect {
        match self.wanted.or(self.merged) {
            Some(ty) => Expect::Has(ty),
            None => Expect::Nothing,
        }
    }
    /// The first branch may still hear of an expectation that is not known yet.
    pub(crate) fn expectation_or(&self, expect: Expect) -> Expect {
        match (expect, self.wanted.or(self.merged)) {
            (Expect::Unused, _) | (_, None) => expect,
            (Expect::Has(_) | Expect::Nothing, Some(ty)) => Expect::Has(ty),
        }
    }
}

type Coerced = Result<(Ty, Vec<Adjustment>), Mismatch>;

impl FnCx<'_, '_> {
    /// Makes an expression of type `from` one of type `to`, or says why it can't be.
    pub(crate) fn coerce(&mut self, expr: ExprId, from: Ty, to: Ty, why: Why) -> Ty {
        match self.try_coerce(expr, from, to) {
            Ok((ty, adjustments)) => {
                self.adjust(expr, adjustments);
                ty
            }
            Err(_) => {
                let proof = self.report_mismatch(expr, to, from, why);
                Ty::error(proof)
            }
        }
    }

    /// The same, where failing is somebody else's to report.
    pub(crate) fn coerce_hint(&mut self, expr: ExprId, from: Ty, to: Ty) -> Ty {
        match self.try_coerce(expr, from, to) {
            Ok((ty, adjustments)) => {
                self.adjust(expr, adjustments);
                ty
            }
            Err(_) => from,
        }
    }

    pub(crate) fn never_to_any(&mut self, expr: ExprId) -> Ty {
        let span = self.span(expr);
        let ty = self.infer.fresh_diverging(span);
        self.adjust(expr, vec![Adjustment { kind: AdjustKind::NeverToAny, ty }]);
        ty
    }

    pub(crate) fn try_coerce(&mut self, expr: ExprId, from: Ty, to: Ty) -> Coerced {
        // What was adjusted already has its new type.
        let (from, to) = (self.structurally(from), self.shallow(to));
        if from == to && !matches!(from.kind(), TyKind::Ref(_, _, Mutability::Mut)) {
            return Ok((to, Vec::new()));
        }
        if from.is_never() {
            return Ok((to, vec![Adjustment { kind: AdjustKind::NeverToAny, ty: to }]));
        }
        if from.is_error() || to.is_error() {
            let error = if from.is_error() { from } else { to };
            let _ = self.infer.unify(from, to);
            return Ok((error, Vec::new()));
        }
        if self.infer.is_unknown(from) {
            self.infer.unify(from, to)?;
            return Ok((to, Vec::new()));
        }
        let to = self.structurally(to);
        if let Some(build) = self.builds(expr, from, to) {
            return Ok((
                to,
                vec![Adjustment { kind: AdjustKind::Build(build.function, build.args), ty: to }],
            ));
        }
        match (from.kind(), to.kind()) {
            (&TyKind::Ref(_, inner, have), &TyKind::Ref(_, wanted, want)) => {
                // `&part` where `part` is an iterator's item: what it is may only wait to be looked at.
                let (inner, wanted) = (self.structurally(inner), self.structurally(wanted));
                self.coerce_refs(from, (inner, have), to, (wanted, want), self.span(expr))
            }
            (&TyKind::RawPtr(inner, Mutability::Mut), &TyKind::RawPtr(wanted, Mutability::Shared)) => {
                self.infer.unify(inner, wanted)?;
                Ok((to, vec![Adjustment { kind: AdjustKind::MutToShared, ty: to }]))
            }
            (&TyKind::FnDef(def, args), &TyKind::FnPtr(wanted)) => {
                let Some(sig) = self.cx.sigs.fn_sig(def) else { return Err(Mismatch::Types) };
                let sig = self.normalise(sig.subst(&args), self.span(expr));
                self.infer.try_commit(|infer| infer.unify_sigs(sig, wanted))?;
                Ok((to, vec![Adjustment { kind: AdjustKind::ToFnPtr, ty: to }]))
            }
            (&TyKind::Closure(id, _), &TyKind::FnPtr(wanted)) => {
                let Some(state) = self.infer.closure_state(id) else { return Err(Mismatch::Types) };
                let TyKind::Tuple(params) = *self.infer.resolve(state.params).kind() else {
                    return Err(Mismatch::Types);
                };
                let sig = FnSig { params, ret: state.ret };
                self.infer.try_commit(|infer| infer.unify_sigs(sig, wanted))?;
                self.captureless(id, expr);
                Ok((to, vec![Adjustment { kind: AdjustKind::ToFnPtr, ty: to }]))
            }
            (&TyKind::Adt(owner, _), &TyKind::Adt(wanted, _))
                if owner == wanted && self.is_pointer_owner(owner) =>
            {
                self.coerce_owner(from, to, self.span(expr))
            }
            _ => {
                self.infer.try_commit(|infer| infer.unify(from, to))?;
                Ok((to, Vec::new()))
            }
        }
    }

    /// `&mut T` → `&T`, `&String` → `&str`, `&[T; N]` → `&[T]`, and the reborrow of `&mut T`.
    fn coerce_refs(
        &mut self,
        from: Ty,
        (inner, have): (Ty, Mutability),
        to: Ty,
        (wanted, want): (Ty, Mutability),
        span: Span,
    ) -> Coerced {
        if want == Mutability::Mut && have == Mutability::Shared {
            return Err(Mismatch::Types);
        }
        if self.infer.try_commit(|infer| infer.unify(inner, wanted)).is_ok() {
            let adjustments = match (have, want) {
                (Mutability::Shared, _) => Vec::new(),
                (Mutability::Mut, Mutability::Shared) => {
                    vec![Adjustment { kind: AdjustKind::MutToShared, ty: to }]
                }
                (Mutability::Mut, Mutability::Mut) => vec![
                    Adjustment { kind: AdjustKind::Deref, ty: inner },
                    Adjustment { kind: AdjustKind::Borrow(Mutability::Mut), ty: to },
                ],
            };
            return Ok((to, adjustments));
        }
        let here = |kind| {
            let same = Ty::reference(inner, want);
            let mut adjustments = vec![
                Adjustment { kind: AdjustKind::Deref, ty: inner },
                Adjustment { kind: AdjustKind::Borrow(want), ty: same },
                Adjustment { kind, ty: to },
            ];
            if have == want && want == Mutability::Shared {
                adjustments.drain(..2);
            }
            Ok((to, adjustments))
        };
        if let (&TyKind::Array(elem, _), &TyKind::Slice(slice)) =
            (self.shallow(inner).kind(), self.shallow(wanted).kind())
        {
            self.infer.try_commit(|infer| infer.unify(elem, slice))?;
            return here(AdjustKind::Unsize);
        }
        if self.sees_as_dyn(inner, wanted, span) {
            return here(AdjustKind::ToDyn);
        }
        // `&&T` → `&T`, `&Box[T]` → `&T`, `&List[T]` → `&[T]`: dereference until it fits.
        let mut adjustments = vec![Adjustment { kind: AdjustKind::Deref, ty: inner }];
        let mut current = inner;
        let _ = from;
        for _ in 0..crate::protocols::DEPTH_LIMIT {
            let current_known = self.structurally(current);
            let Some((next, kind)) = self.deref_step(current_known, want, span) else {
                if self.can_require_dyn(inner, wanted) {
                    self.require_dyn(inner, wanted, span);
                    return here(AdjustKind::ToDyn);
                }
                return Err(Mismatch::Types);
            };
            // A unique reference can't come out of a shared one.
            if want == Mutability::Mut
                && matches!(current_known.kind(), TyKind::Ref(_, _, Mutability::Shared))
            {
                return Err(Mismatch::Types);
            }
            adjustments.push(Adjustment { kind, ty: next });
            current = next;
            if self.infer.try_commit(|infer| infer.unify(current, wanted)).is_ok() {
                if want == Mutability::Mut && !self.derefs_mut(&mut adjustments, inner, span) {
                    return Err(Mismatch::Types);
                }
                adjustments.push(Adjustment { kind: AdjustKind::Borrow(want), ty: to });
                return Ok((to, adjustments));
            }
            let unsized_as = match (self.shallow(current).kind(), self.shallow(wanted).kind()) {
                (&TyKind::Array(elem, _), &TyKind::Slice(slice)) => {
                    let fits = self.infer.try_commit(|infer| infer.unify(elem, slice)).is_ok();
                    fits.then_some(AdjustKind::Unsize)
                }
                (_, TyKind::Dyn(..)) => self.sees_as_dyn(current, wanted, span).then_some(AdjustKind::ToDyn),
                _ => None,
            };
            if let Some(unsized_as) = unsized_as {
                if want == Mutability::Mut && !self.derefs_mut(&mut adjustments, inner, span) {
                    return Err(Mismatch::Types);
                }
                adjustments
                    .push(Adjustment { kind: AdjustKind::Borrow(want), ty: Ty::reference(current, want) });
                adjustments.push(Adjustment { kind: unsized_as, ty: to });
                return Ok((to, adjustments));
            }
        }
        Err(Mismatch::Types)
    }

    // ---- branches that must agree ----

    pub(crate) fn merge_expr(&mut self, merge: &mut Merge, expr: ExprId, ty: Ty) {
        let ty = self.structurally(ty);
        if ty.is_never() {
            merge.never.push(expr);
            return;
        }
        let span = self.span(self.tail(expr));
        if let Some(wanted) = merge.wanted {
            // Every branch on its own must fit what the context demands; it says why.
            let why = merge.first.map_or(Why::Plain, |_| Why::Plain);
            let got = self.coerce(expr, ty, wanted, why);
            merge.first.get_or_insert(span);
            if got.is_error() && !self.shallow(wanted).is_error() {
                merge.wanted = Some(wanted);
            }
            return;
        }
        let Some(merged) = merge.merged else {
            merge.merged = Some(ty);
            merge.first = Some(span);
            merge.exprs.push(expr);
            return;
        };
        match self.try_coerce(expr, ty, merged) {
            Ok((result, adjustments)) => {
                self.adjust(expr, adjustments);
                if result.is_error() {
                    merge.merged = Some(result);
                }
                let first = merge.exprs.first();
                if let Some((all, _)) = self.met_as_pointer.iter_mut().find(|(all, _)| all.first() == first) {
                    all.push(expr);
                }
                merge.exprs.push(expr);
            }
            Err(_) => match self.merge_functions(merge, expr, merged, ty) {
                Some(pointer) => merge.merged = Some(pointer),
                None => {
                    let why = match (merge.kind, merge.first) {
                        (MergeKind::Elements, Some(first)) => Why::Element(first),
                        (_, Some(first)) => Why::Branch(first),
                        (_, None) => Why::Plain,
                    };
                    let proof = self.report_mismatch(expr, merged, ty, why);
                    merge.merged = Some(Ty::error(proof));
                }
            },
        }
    }

    /// A branch without a value: `break`.
    pub(crate) fn merge_unit(&mut self, merge: &mut Merge, span: Span) {
        let merged = match merge.merged {
            None => {
                merge.merged = Some(Ty::unit());
                merge.first = Some(span);
                return;
            }
            Some(merged) => merged,
        };
        if self.infer.unify(merged, Ty::unit()).is_err() {
            let text = self.show(merged);
            let mut diagnostic =
                Diagnostic::error("T2000", span, format!("expected a value of type `{text}`, found none"))
                    .label("gives `()`");
            if let Some(first) = merge.first {
                diagnostic = diagnostic.secondary(first, format!("`{text}` because of this"));
            }
            let proof = self.report(diagnostic);
            merge.merged = Some(Ty::error(proof));
        }
    }

    /// Different functions of one signature meet as a `fn` pointer.
    fn merge_functions(&mut self, merge: &mut Merge, expr: ExprId, merged: Ty, ty: Ty) -> Option<Ty> {
        let callable = |ty: Ty| matches!(ty.kind(), TyKind::FnDef(..) | TyKind::Closure(..));
        if !callable(self.shallow(merged)) || !callable(ty) {
            return None;
        }
        let span = self.span(expr);
        let sig = self.callable_sig(self.shallow(merged), span)?;
        let pointer = Ty::new(TyKind::FnPtr(sig));
        for &before in &merge.exprs {
            let from = self.adjusted(before);
            let (_, adjustments) = self.try_coerce(before, from, pointer).ok()?;
            self.adjust(before, adjustments);
        }
        let (_, adjustments) = self.try_coerce(expr, ty, pointer).ok()?;
        self.adjust(expr, adjustments);
        merge.exprs.push(expr);
        self.met_as_pointer.push((merge.exprs.clone(), sig));
        Some(pointer)
    }

    fn callable_sig(&mut self, ty: Ty, span: Span) -> Option<FnSig> {
        if let TyKind::FnDef(def, args) = *ty.kind() {
            let sig = self.cx.sigs.fn_sig(def)?.subst(&args);
            Some(self.normalise(sig, span))
        } else if let TyKind::Closure(id, _) = *ty.kind() {
            let state = self.infer.closure_state(id)?;
            if let TyKind::Tuple(params) = *self.infer.resolve(state.params).kind() {
                Some(FnSig { params, ret: state.ret })
            } else {
                None
            }
        } else {
            None
        }
    }

    /// The type of the whole; `never` if no branch gives a value.
    pub(crate) fn merge_finish(&mut self, merge: Merge, _: Span) -> Ty {
        match merge.merged {
            // All branches leave: so does the whole, whatever was wanted.
            Some(_) if merge.wanted.is_some() && merge.first.is_none() && !merge.never.is_empty() => {
                Ty::never()
            }
            Some(ty) => {
                for expr in merge.never {
                    self.adjust(expr, vec![Adjustment { kind: AdjustKind::NeverToAny, ty }]);
                }
                ty
            }
            None => Ty::never(),
        }
    }

    /// Whether a literal stands here whose owner is `String`.
    pub(crate) fn is_text_literal(&self, expr: ExprId) -> bool {
        matches!(
            self.body.exprs[self.tail(expr)].kind,
            ExprKind::Lit(hir::Lit::Str(_)) | ExprKind::Format { .. }
        )
    }

    pub(crate) fn is_str(ty: Ty) -> bool {
        matches!(ty.kind(), TyKind::Prim(PrimTy::Str))
    }
}
