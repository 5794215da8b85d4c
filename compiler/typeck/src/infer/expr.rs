//! Expressions: one arm a kind; what is longer has a file of its own.

use super::*;
use base::stack;
use hir::{ExprKind, UnaryOp};

/// What is left without sugar is nested a little deeper than what was written.
const DEPTH_LIMIT: u32 = 8 * stack::MAX_NESTING;

impl<'a> FnCx<'a, '_> {
    /// The type of an expression's value, before adjustments.
    pub(crate) fn check_expr(&mut self, id: ExprId, expect: Expect) -> Ty {
        if self.depth > DEPTH_LIMIT {
            let span = self.span(id);
            // One such expression is enough to be told of.
            let proof = self.error.unwrap_or_else(|| {
                self.report(Diagnostic::error("T2003", span, "this expression is nested too deeply"))
            });
            let ty = Ty::error(proof);
            self.t.exprs[id] = Some(ty);
            return ty;
        }
        let diverged = self.diverges;
        if diverged {
            self.warn_unreachable(id);
        }
        self.diverges = false;
        self.depth += 1;
        let ty = stack::deep(|| self.expr_kind(id, expect));
        self.depth -= 1;
        if self.shallow(ty).is_never() {
            self.diverges = true;
        }
        self.diverges |= diverged;
        let ty = if ty.depth() > crate::MAX_TYPE_NESTING { self.nested_type(id) } else { ty };
        self.t.exprs[id] = Some(ty);
        if let ExprKind::Format { .. } = self.body.exprs[id].kind {
            return self.format_owner(id, ty, expect);
        }
        if let ExprKind::Array(_) | ExprKind::Repeat { .. } = self.body.exprs[id].kind {
            return self.owner_known_later(id, ty);
        }
        match expect {
            Expect::Unused => self.discard(id, ty),
            Expect::Has(_) | Expect::Nothing => ty,
        }
    }

    /// `&&&&&…x`: what looks at each part of a type, for each expression of such a type, would take for ever.
    fn nested_type(&mut self, id: ExprId) -> Ty {
        // One such expression is enough to be told of.
        let span = self.span(id);
        let proof = match self.error {
            Some(proof) => proof,
            None => self.report(crate::too_deep(span)),
        };
        Ty::error(proof)
    }

    /// Checks an expression and coerces it to a type.
    pub(crate) fn check_coerce(&mut self, id: ExprId, expected: Ty, why: Why) -> Ty {
        let ty = self.check_expr(id, Expect::Has(expected));
        self.coerce(id, ty, expected, why)
    }

    /// The last expression of a block whose value nobody uses: what a call gives is dropped, as that of any statement
    /// is. Where nothing is done but to make a value, the value was meant for somebody: its type stays, and the mismatch
    /// is reported.
    fn discard(&mut self, id: ExprId, ty: Ty) -> Ty {
        let ty = self.structurally(ty);
        let is_settled = self.infer.is_unknown(ty) || ty.is_unit() || ty.is_never() || ty.is_error();
        if is_settled || !self.is_act(id) {
            return ty;
        }
        if let TyKind::Adt(def, _) = *ty.kind()
            && self.cx.is_lang(def, LangItem::Result)
        {
            self.unused_results.push(id);
        }
        self.adjust(id, vec![Adjustment { kind: AdjustKind::Discard, ty: Ty::unit() }]);
        Ty::unit()
    }

    /// Whether an expression is there for what it does: a call that is not just a constructor's, a `try`.
    fn is_act(&self, id: ExprId) -> bool {
        if let ExprKind::MethodCall { .. } | ExprKind::Try { .. } = self.body.exprs[id].kind {
            true
        } else if let ExprKind::Call { callee, .. } = self.body.exprs[id].kind {
            let callee = self.t.exprs[callee].map(|ty| self.shallow(ty));
            match callee.map(Ty::kind) {
                Some(&TyKind::FnDef(def, _)) => matches!(self.cx.package.item(def), Some(Item::Fn(_))),
                Some(_) | None => true,
            }
        } else {
            false
        }
    }

    fn expr_kind(&mut self, id: ExprId, expect: Expect) -> Ty {
        let body: &'a Body = self.body;
        let expr = &body.exprs[id];
        let span = expr.span;
        match &expr.kind {
            ExprKind::Lit(lit) => self.literal(id, *lit, expect, span),
            ExprKind::Local(local) => self.local_ty(*local, span),
            ExprKind::Def { def, self_args, args } => self.def_expr(id, *def, self_args, args, span),
            ExprKind::Assoc { base, protocol, name, name_span, args } => {
                self.assoc_expr(id, base.as_ref(), protocol.as_deref(), (*name, *name_span), args, span)
            }
            ExprKind::Call { callee, args } => self.call(id, *callee, args, expect),
            ExprKind::MethodCall { receiver, name, name_span, generic_args, args } => {
                self.method_call(id, *receiver, (*name, *name_span), generic_args, args, expect)
            }
            ExprKind::Field { base, name, name_span } => self.field(id, *base, *name, *name_span),
            ExprKind::Index { base, index } => self.index(id, *base, *index),
            ExprKind::Unary { op, operand } => self.unary(id, *op, *operand, expect),
            ExprKind::Deref(operand) => self.deref(id, *operand, expect),
            ExprKind::Ref { mutable, operand } => self.reference(*mutable, *operand, expect),
            ExprKind::Binary { op, op_span, lhs, rhs } => self.binary(id, *op, *op_span, *lhs, *rhs, expect),
            ExprKind::Logical { op: _, lhs, rhs } => {
                self.check_coerce(*lhs, Ty::bool(), Why::Logical);
                // The right side may not run.
                let diverged = self.diverges;
                self.check_coerce(*rhs, Ty::bool(), Why::Logical);
                self.diverges = diverged;
                Ty::bool()
            }
            ExprKind::Cast { operand, ty } => self.cast(id, *operand, ty),
            ExprKind::Assign { place, value } => self.assign(*place, *value),
            ExprKind::AssignOp { op, op_span, place, value } => {
                self.assign_op(id, *op, *op_span, *place, *value)
            }
            ExprKind::Tuple(items) => self.tuple(items, expect),
            ExprKind::Array(items) => self.array(id, items, expect),
            ExprKind::Repeat { value, count } => self.repeat(id, *value, count, expect),
            ExprKind::Record { res, args, fields, base, path_span } => {
                self.record(id, (*res, args, *path_span), fields, *base, expect)
            }
            ExprKind::Block(block) => self.block(id, block, expect),
            ExprKind::If { cond, then, els } => self.if_else(id, *cond, *then, *els, expect),
            ExprKind::Let { pat, value } => {
                self.let_condition(*pat, *value);
                Ty::bool()
            }
            ExprKind::Match { scrutinee, arms, source } => {
                self.match_expr(id, *scrutinee, arms, *source, expect)
            }
            ExprKind::Loop { label, body, source } => self.loop_expr(id, *label, *body, *source, expect),
            ExprKind::Break { label, value } => self.break_expr(*label, *value, span),
            ExprKind::Continue { .. } => Ty::never(),
            ExprKind::Return(value) => self.return_expr(*value, span),
            ExprKind::Closure(closure) => self.closure(id, closure, expect),
            ExprKind::Try { operand, target, cleanup } => {
                self.try_expr(id, *operand, *target, *cleanup, expect)
            }
            ExprKind::TryBlock { label, body } => self.try_block(id, *label, *body, expect),
            ExprKind::Finish { value, cleanup, after_error } => {
                let ty = self.check_expr(*value, expect);
                let ty = match expect {
                    Expect::Has(wanted) if !self.infer.is_unknown(wanted) => {
                        self.coerce_hint(*value, ty, wanted)
                    }
                    Expect::Has(_) | Expect::Nothing | Expect::Unused => ty,
                };
                let diverged = std::mem::replace(&mut self.diverges, false);
                self.check_coerce(*cleanup, Ty::unit(), Why::Plain);
                let error = if let TyKind::Adt(def, args) = *self.structurally(ty).kind()
                    && self.cx.is_lang(def, LangItem::Result)
                {
                    args[1].expect_ty()
                } else {
                    Ty::unit()
                };
                self.after_error(*after_error, error);
                self.diverges |= diverged;
                ty
            }
            ExprKind::Format { arguments } => self.format(id, *arguments, expect),
            ExprKind::Error(proof) => self.poison(*proof),
        }
    }

    pub(crate) fn local_ty(&mut self, local: LocalId, span: Span) -> Ty {
        match self.t.locals[local] {
            Some(ty) => ty,
            None => {
                let name = self.body.locals[local].name;
                let ty = self.infer.fresh_from(Origin { span, kind: OriginKind::Local(name) });
                self.t.locals[local] = Some(ty);
                ty
            }
        }
    }

    fn tuple(&mut self, items: &[ExprId], expect: Expect) -> Ty {
        let wanted: Option<Vec<Ty>> = match expect {
            Expect::Has(ty) => {
                if let TyKind::Tuple(wanted) = *self.structurally(ty).kind()
                    && wanted.len() == items.len()
                {
                    Some(wanted.to_vec())
                } else {
                    None
                }
            }
            Expect::Nothing | Expect::Unused => None,
        };
        let mut tys = Vec::with_capacity(items.len());
        for (index, &item) in items.iter().enumerate() {
            let ty = match wanted.as_ref().map(|wanted| wanted[index]) {
                Some(wanted) => self.check_coerce(item, wanted, Why::Plain),
                None => self.check_expr(item, Expect::Nothing),
            };
            let ty = self.value_ty(item, ty);
            tys.push(ty);
        }
        Ty::tuple(&tys)
    }

    /// A value that is kept has a size.
    pub(crate) fn value_ty(&mut self, expr: ExprId, ty: Ty) -> Ty {
        let known = self.shallow(ty);
        if !known.is_unsized() {
            return ty;
        }
        let text = self.show(known);
        let span = self.span(expr);
        let proof = self.report(
            Diagnostic::error(
                "T2012",
                span,
                format!("`{text}` has no size of its own, so it can't be a value"),
            )
            .label("take a reference with `&`"),
        );
        Ty::error(proof)
    }

    fn reference(&mut self, mutable: bool, operand: ExprId, expect: Expect) -> Ty {
        let inner = match expect {
            Expect::Has(ty) => match self.structurally(ty).referent() {
                Some(to) => self.expect_behind(operand, to),
                None => Expect::Nothing,
            },
            Expect::Nothing | Expect::Unused => Expect::Nothing,
        };
        let mut ty = self.check_expr(operand, inner);
        // A literal that builds an owner is built before it is borrowed.
        if let Expect::Has(wanted) = inner
            && self.builds(operand, ty, wanted).is_some()
        {
            ty = self.coerce(operand, ty, wanted, Why::Plain);
        }
        let ty = if self.shallow(ty).is_never() { self.never_to_any(operand) } else { ty };
        if mutable {
            self.make_place_mut(operand);
        }
        Ty::reference(ty, crate::collect::lower::mutability(mutable))
    }

    /// What is expected of `x` in `&x` where a reference to `to` is.
    fn expect_behind(&mut self, operand: ExprId, to: Ty) -> Expect {
        let known = self.shallow(to);
        let kind = &self.body.exprs[operand].kind;
        if let TyKind::Slice(elem) = *known.kind() {
            // `&[1, 2]` where `&[T]` is expected: the elements are, the array is not.
            if !matches!(kind, ExprKind::Array(_) | ExprKind::Repeat { .. }) {
                return Expect::Nothing;
            }
            let span = self.span(operand);
            let len = self.infer.fresh_const(Origin { span, kind: OriginKind::Misc });
            return Expect::Has(Ty::new(TyKind::Array(elem, len)));
        }
        let is_closure = matches!(kind, ExprKind::Closure(_));
        let is_dyn = matches!(known.kind(), TyKind::Dyn(..));
        if is_dyn && is_closure {
            Expect::Has(to)
        } else if known.is_unsized() || self.is_place(operand) {
            Expect::Nothing
        } else {
            Expect::Has(to)
        }
    }

    fn deref(&mut self, id: ExprId, operand: ExprId, expect: Expect) -> Ty {
        let _ = expect;
        let ty = self.check_expr(operand, Expect::Nothing);
        if let Some(result) = self.defer_target(id, (operand, ty)) {
            return result;
        }
        let ty = self.known(ty, self.span(operand));
        self.target_of(id, (operand, ty))
    }

    /// What `*operand` is, when the operand's type is known.
    pub(crate) fn target_of(&mut self, id: ExprId, (operand, ty): (ExprId, Ty)) -> Ty {
        let span = self.span(id);
        if ty.is_error() {
            return ty;
        }
        if let TyKind::RawPtr(to, _) = *ty.kind() {
            self.require_unsafe(span, "reading through a raw pointer");
            return to;
        }
        if let Some(to) = self.cx.builtin_deref(ty, false) {
            return to;
        }
        if let Some((method, args, target)) = self.overloaded_deref(ty, span) {
            self.adjust(
                operand,
                vec![Adjustment {
                    kind: AdjustKind::Borrow(Mutability::Shared),
                    ty: Ty::reference(ty, Mutability::Shared),
                }],
            );
            self.t.callees.insert(id, (method, args));
            return target;
        }
        let text = self.show(ty);
        let mut diagnostic = Diagnostic::error("T2043", span, format!("`{text}` can't be dereferenced"))
            .label("not a reference, a pointer or an owner");
        if self.infer.is_integral(ty) || self.infer.is_floating(ty) {
            diagnostic =
                diagnostic.note("there is no operator `**`: a power is `x.pow(n)`, of floats `x.powi(n)`");
        }
        Ty::error(self.report(diagnostic))
    }

    fn unary(&mut self, id: ExprId, op: UnaryOp, operand: ExprId, expect: Expect) -> Ty {
        if op == UnaryOp::Neg
            && let ExprKind::Lit(hir::Lit::Int(value, _)) = self.body.exprs[operand].kind
        {
            // Its range is that of the negative number.
            let ty = self.check_expr(operand, expect);
            self.number_literals.retain(|&(expr, ..)| expr != operand);
            self.number_literals.push((operand, value, true));
            return self.unary_operator(id, op, operand, ty);
        }
        let inner = match expect {
            Expect::Has(ty) if self.shallow(ty).is_scalar_prim() => Expect::Has(ty),
            Expect::Has(_) | Expect::Nothing | Expect::Unused => Expect::Nothing,
        };
        let ty = self.check_expr(operand, inner);
        self.unary_operator(id, op, operand, ty)
    }

    fn assign(&mut self, place: ExprId, value: ExprId) -> Ty {
        // `_ = f()` throws a value away; resolution gives a pattern for anything else that is no place.
        let ty = self.check_expr(place, Expect::Nothing);
        if !self.is_place(place) && !ty.is_error() {
            self.report_no_place(place);
        }
        self.make_place_mut(place);
        let place_span = self.span(place);
        self.check_coerce(value, ty, Why::Assign(place_span));
        Ty::unit()
    }

    pub(crate) fn report_no_place(&mut self, place: ExprId) {
        let span = self.span(place);
        let mut diagnostic = Diagnostic::error("T2044", span, "this can't be assigned to");
        diagnostic = if let ExprKind::Lit(_) | ExprKind::Format { .. } = self.body.exprs[place].kind {
            diagnostic.label("a literal").note("a literal never changes: what does is a `var`")
        } else {
            diagnostic.label("not a variable, a field, an element or `*reference`")
        };
        self.report(diagnostic);
    }

    fn return_expr(&mut self, value: Option<ExprId>, span: Span) -> Ty {
        let Some(frame) = self.frames.last() else { return Ty::never() };
        let (ret, ret_span, is_fn) = (frame.ret, frame.ret_span, frame.is_fn);
        if !is_fn {
            let proof = self.report(Diagnostic::error("T2045", span, "`return` outside a function"));
            return Ty::error(proof);
        }
        match value {
            Some(value) => {
                self.check_coerce(value, ret, Why::Return(ret_span));
            }
            None => {
                if self.infer.unify(ret, Ty::unit()).is_err() {
                    let text = self.show(ret);
                    let mut diagnostic = Diagnostic::error(
                        "T2000",
                        span,
                        format!("`return` without a value in a function that gives `{text}`"),
                    )
                    .label(format!("expected a value of type `{text}`"));
                    if let Some(span) = ret_span {
                        diagnostic = diagnostic.secondary(span, "because of this result type");
                    }
                    self.report(diagnostic);
                }
            }
        }
        Ty::never()
    }

    fn break_expr(&mut self, label: LabelId, value: Option<ExprId>, span: Span) -> Ty {
        let first = self.frames.last().map_or(0, |frame| frame.first_label);
        let Some(at) =
            self.targets.iter().rposition(|target| target.label == label).filter(|&at| at >= first)
        else {
            // Resolution finds only labels in scope; a closure in between is left to us.
            let proof = self.report(
                Diagnostic::error("N5010", span, "`break` can't leave a closure")
                    .label("the loop is outside"),
            );
            return Ty::error(proof);
        };
        self.targets[at].breaks = true;
        let Some(mut merge) = self.targets[at].merge.take() else {
            if let Some(value) = value {
                self.check_expr(value, Expect::Nothing);
                let span = self.span(value);
                let proof = self.report(
                    Diagnostic::error(
                        "T2047",
                        span,
                        "`break` with a value leaves `loop` or a labelled block only",
                    )
                    .label("this loop gives no value"),
                );
                self.targets[at].wrong = Some(proof);
            }
            return Ty::never();
        };
        match value {
            Some(value) => {
                let ty = self.check_expr(value, merge.expectation());
                self.merge_expr(&mut merge, value, ty);
            }
            None => self.merge_unit(&mut merge, span),
        }
        self.targets[at].merge = Some(merge);
        Ty::never()
    }

    pub(crate) fn require_unsafe(&mut self, span: Span, what: &str) {
        if self.unsafe_depth > 0 {
            return;
        }
        let module = &self.cx.package.modules[self.module];
        let mut diagnostic =
            Diagnostic::error("T2048", span, format!("{what} is unsafe, and must stand in `unsafe {{ … }}`"))
                .label("the compiler can't check this");
        if !module.is_unsafe {
            diagnostic = diagnostic.note("`unsafe` exists in modules with `use core.unsafe`");
        }
        self.report(diagnostic);
    }

    fn warn_unreachable(&mut self, id: ExprId) {
        if self.warned_unreachable || self.error.is_some() {
            return;
        }
        let span = self.span(id);
        if span.lo == span.hi
            || matches!(self.body.exprs[id].kind, ExprKind::Error(_))
            || self.is_generated(id)
        {
            return;
        }
        self.warned_unreachable = true;
        self.diags.warn(
            Diagnostic::warning("T2090", span, "this is never reached")
                .label("what comes before leaves in any case"),
        );
    }

    /// Made by desugaring: not what a person wrote.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a few of dozens are meant, however many there will be"
    )]
    fn is_generated(&self, id: ExprId) -> bool {
        match &self.body.exprs[id].kind {
            ExprKind::Tuple(items) => items.is_empty(),
            ExprKind::Break { .. } | ExprKind::Continue { .. } => true,
            ExprKind::Block(block) => block.stmts.is_empty(),
            ExprKind::Local(local) => self.body.locals[*local].synthetic,
            _ => false,
        }
    }
}
