//! `try e`, and `try { … } catch …`.

use super::*;
use hir::{AfterError, TryTarget};

/// An error raised inside a `try` block.
#[derive(Clone, Copy)]
pub(crate) struct Raise {
    expr: ExprId,
    error: Ty,
    /// What it is when it leaves the block.
    leaving: Ty,
    span: Span,
}

/// The `try err(e)` at the end of `catch` that raises what no arm takes: asks something of the function only if it
/// can be reached.
#[derive(Clone, Copy)]
pub(crate) struct Rethrow {
    pub expr: ExprId,
    pub error: Ty,
    /// What it is when it leaves.
    pub leaving: Ty,
    pub span: Span,
    pub frame: usize,
    pub target: TryTarget,
}

impl<'a> FnCx<'a, '_> {
    pub(crate) fn try_expr(
        &mut self,
        id: ExprId,
        operand: ExprId,
        target: TryTarget,
        cleanup: Option<AfterError>,
        expect: Expect,
    ) -> Ty {
        let span = self.span(operand);
        let leaving = self.fresh(span);
        let ty = self.try_operand(id, operand, target, leaving, expect);
        if self.infer.is_unknown(leaving)
            && !matches!((target, self.t.tries.get(&id)), (TryTarget::Block(_), Some(_)))
        {
            let error = self.leaving_frame(self.frames.len() - 1);
            let _ = self.infer.unify(leaving, error);
        }
        if let Some(cleanup) = cleanup {
            self.after_error(cleanup, leaving);
        }
        ty
    }

    /// What closes `using`s while an error is on its way.
    pub(crate) fn after_error(&mut self, after: AfterError, error: Ty) {
        self.t.locals[after.error] = Some(Ty::reference(error, Mutability::Mut));
        let diverged = std::mem::replace(&mut self.diverges, false);
        self.check_coerce(after.body, Ty::unit(), Why::Plain);
        self.diverges = diverged;
    }

    /// The error with which a function or closure is left; `()` where it has none.
    fn leaving_frame(&mut self, frame: usize) -> Ty {
        let ret = self.frames[frame].ret;
        if let TyKind::Adt(def, args) = *self.structurally(ret).kind()
            && self.cx.is_lang(def, LangItem::Result)
        {
            args[1].expect_ty()
        } else {
            Ty::unit()
        }
    }

    fn try_operand(
        &mut self,
        id: ExprId,
        operand: ExprId,
        target: TryTarget,
        leaving: Ty,
        expect: Expect,
    ) -> Ty {
        let operand_ty = self.check_expr(operand, Expect::Nothing);
        let span = self.span(operand);
        self.as_the_frame_gives(operand_ty, target, span);
        let operand_ty = self.known(operand_ty, span);
        if operand_ty.is_error() {
            return operand_ty;
        }
        if operand_ty.is_never() {
            self.never_to_any(operand);
            return Ty::never();
        }
        let TyKind::Adt(def, args) = *operand_ty.kind() else { return self.not_tryable(operand, operand_ty) };
        if self.cx.is_lang(def, LangItem::Option) {
            self.try_option(id, target);
            return args[0].expect_ty();
        }
        if !self.cx.is_lang(def, LangItem::Result) {
            return self.not_tryable(operand, operand_ty);
        }
        let (value, error) = (args[0].expect_ty(), args[1].expect_ty());
        // `let port: u16 = try text.parse()`: what the value is may say what the error is.
        if let Expect::Has(wanted) = expect
            && self.infer.is_unknown(value)
        {
            let _ = self.infer.try_commit(|infer| infer.unify(value, wanted));
        }
        match target {
            TryTarget::Block(label) => {
                let raise = Raise { expr: id, error, leaving, span };
                match self
                    .targets
                    .iter_mut()
                    .rev()
                    .find(|target| target.label == label)
                    .and_then(|it| it.raises.as_mut())
                {
                    Some(raises) => raises.push(raise),
                    None => {
                        let message = "`try` can't leave a closure for the `try` block around it";
                        self.report(Diagnostic::error("N5010", span, message));
                    }
                }
                self.t.tries.insert(id, TryKind::Result { from: None });
            }
            TryTarget::Return => {
                let frame = self.frames.len() - 1;
                if let Some(proof) = self.raise_to_frame(id, error, span, frame) {
                    return Ty::error(proof);
                }
            }
        }
        value
    }

    /// `try words.map(parse).collect()`: nothing but the function's own result says what is tried.
    fn as_the_frame_gives(&mut self, operand: Ty, target: TryTarget, span: Span) {
        let operand = self.structurally(operand);
        if !self.infer.is_unknown(operand) {
            return;
        }
        let owner = match target {
            TryTarget::Block(_) => self.cx.lang(LangItem::Result),
            TryTarget::Return => {
                let ret = self.frames.last().map(|frame| frame.ret);
                let ret = ret.map(|ret| self.structurally(ret));
                match ret.map(Ty::kind) {
                    Some(&TyKind::Adt(def, _))
                        if self.cx.is_lang(def, LangItem::Option)
                            || self.cx.is_lang(def, LangItem::Result) =>
                    {
                        Some(def)
                    }
                    Some(_) | None => None,
                }
            }
        };
        if let Some(owner) = owner {
            let args = self.infer.fresh_args(owner, &[], span);
            let _ = self.infer.unify(operand, Ty::adt(owner, args));
        }
    }

    fn not_tryable(&mut self, operand: ExprId, ty: Ty) -> Ty {
        let text = self.show(ty);
        let span = self.span(operand);
        let proof = self.report(
            Diagnostic::error(
                "T2084",
                span,
                format!("`try` needs a `Result` or an `Option`, found `{text}`"),
            )
            .label("can't fail"),
        );
        Ty::error(proof)
    }

    fn try_option(&mut self, id: ExprId, target: TryTarget) {
        self.t.tries.insert(id, TryKind::Option);
        let span = self.span(id);
        let TryTarget::Return = target else {
            self.report(
                Diagnostic::error("T2085", span, "a `try` block handles errors, and `none` is not one")
                    .label("an `Option`")
                    .note("`.ok_or(error)` makes a `Result` of it"),
            );
            return;
        };
        let Some(frame) = self.frames.last() else { return };
        let (ret, ret_span) = (frame.ret, frame.ret_span);
        let who = if frame.is_closure { "closure" } else { "function" };
        let ret_known = self.structurally(ret);
        match *ret_known.kind() {
            TyKind::Adt(def, _) if self.cx.is_lang(def, LangItem::Option) => {}
            TyKind::Error(_) => {}
            TyKind::Infer(_) => {
                if let Some(option) = self.cx.lang(LangItem::Option) {
                    let args = self.infer.fresh_args(option, &[], span);
                    let _ = self.infer.unify(ret_known, Ty::adt(option, args));
                }
            }
            TyKind::Prim(_)
            | TyKind::Tuple(_)
            | TyKind::Array(..)
            | TyKind::Slice(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::Adt(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Closure(..)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..) => {
                let text = self.show(ret_known);
                let mut diagnostic = Diagnostic::error(
                    "T2086",
                    span,
                    format!("`try` on an `Option` returns `none`, and the {who} gives `{text}`"),
                )
                .label("would return `none`");
                if let Some(ret_span) = ret_span {
                    diagnostic = diagnostic.secondary(ret_span, format!("the {who}'s result"));
                }
                self.report(diagnostic.note("`.ok_or(error)` makes a `Result` of an `Option`"));
            }
        }
    }

    /// An error leaves a function or closure: its result has a place for it.
    fn raise_to_frame(&mut self, id: ExprId, error: Ty, span: Span, frame: usize) -> Option<ErrorReported> {
        let (ret, ret_span, is_fn) = {
            let frame = &self.frames[frame];
            (frame.ret, frame.ret_span, frame.is_fn)
        };
        let from = match self.error_slot(ret, span) {
            Slot::Error(wanted) => {
                let (error, wanted) = (self.structurally(error), self.structurally(wanted));
                if self.infer.is_unknown(error) && !self.infer.is_unknown(wanted) {
                    self.convert_later(id, error, wanted, span);
                    return None;
                }
                self.convert(error, wanted, span)
            }
            Slot::Wrong(text) => {
                let who = if self.frames[frame].is_closure { "closure" } else { "function" };
                let message = if is_fn {
                    format!("`try` returns the error, and the {who} gives `{text}`")
                } else {
                    "`try` returns the error, and a constant has no caller".to_string()
                };
                let mut diagnostic = Diagnostic::error("T2086", span, message).label("may give an error");
                if let Some(ret_span) = ret_span {
                    diagnostic = diagnostic.secondary(ret_span, format!("the {who}'s result")).fix(
                        "make it a `Result`",
                        ret_span,
                        format!("Result[{text}]"),
                        base::Applicability::MaybeIncorrect,
                    );
                } else if is_fn && !self.frames[frame].is_closure {
                    diagnostic = diagnostic.note("a function that may fail is declared `-> Result[()]`");
                }
                return Some(self.report(diagnostic));
            }
            Slot::Reported => None,
        };
        self.t.tries.insert(id, TryKind::Result { from });
        None
    }

    fn error_slot(&mut self, ret: Ty, span: Span) -> Slot {
        let ret = self.structurally(ret);
        if let TyKind::Adt(def, args) = *ret.kind()
            && self.cx.is_lang(def, LangItem::Result)
        {
            Slot::Error(args[1].expect_ty())
        } else if let TyKind::Error(_) = *ret.kind() {
            Slot::Reported
        } else if let TyKind::Infer(_) = *ret.kind() {
            match self.cx.lang(LangItem::Result) {
                Some(result) => {
                    let value = self.fresh(span);
                    let error = self.fresh(span);
                    let args = crate::List::new(&[value.into(), error.into()]);
                    let _ = self.infer.unify(ret, Ty::adt(result, args));
                    Slot::Error(error)
                }
                None => Slot::Reported,
            }
        } else {
            Slot::Wrong(self.show(ret))
        }
    }

    /// The error's type is not known yet, and the wanted one is: whether to convert is decided when it is.
    fn convert_later(&mut self, id: ExprId, error: Ty, wanted: Ty, span: Span) {
        self.t.tries.insert(id, TryKind::Result { from: None });
        self.conversions.push(Conversion { expr: id, error, wanted, span });
    }

    /// Conversions that waited for the error's type. At the end there is nothing to wait for.
    pub(crate) fn try_conversions(&mut self, at_end: bool) {
        let mut index = 0;
        while index < self.conversions.len() {
            let Conversion { expr, error, wanted, span } = self.conversions[index];
            if self.infer.is_unknown(error) && !at_end {
                index += 1;
                continue;
            }
            self.conversions.remove(index);
            let from = self.convert(error, wanted, span);
            self.t.tries.insert(expr, TryKind::Result { from });
        }
    }

    /// `From.from`, where the error's type is not the wanted one.
    fn convert(&mut self, error: Ty, wanted: Ty, span: Span) -> Option<(DefId, GenericArgs)> {
        let (error, wanted) = (self.shallow(error), self.shallow(wanted));
        let either_unknown = self.infer.is_unknown(error) || self.infer.is_unknown(wanted);
        if either_unknown || self.infer.can_unify(error, wanted) {
            let _ = self.infer.unify(error, wanted);
            return None;
        }
        let protocol = self.cx.lang(LangItem::From)?;
        let method = self.protocol_method(protocol)?;
        let args = crate::List::new(&[wanted.into(), error.into()]);
        let cause = Cause::kind(span, fulfil::CauseKind::Try);
        self.require(Predicate::Protocol(ProtocolRef { def: protocol, args }), cause);
        Some((method, args))
    }

    pub(crate) fn try_block(&mut self, id: ExprId, label: LabelId, body: ExprId, expect: Expect) -> Ty {
        let span = self.span(id);
        let result = match self.lang(LangItem::Result, span) {
            Ok(result) => result,
            Err(proof) => return Ty::error(proof),
        };
        let inner = match expect {
            Expect::Has(ty) => {
                if let TyKind::Adt(def, args) = *self.structurally(ty).kind()
                    && def == result
                {
                    Expect::Has(args[0].expect_ty())
                } else {
                    Expect::Nothing
                }
            }
            Expect::Nothing | Expect::Unused => Expect::Nothing,
        };
        self.targets.push(Target {
            label,
            merge: None,
            breaks: false,
            wrong: None,
            raises: Some(Vec::new()),
        });
        let value = self.check_expr(body, inner);
        let value = if self.shallow(value).is_never() { self.never_to_any(body) } else { value };
        let target = self.targets.pop().expect("pushed above");
        self.diverges = false;
        let raises = target.raises.unwrap_or_default();
        let error = self.agreed_error(&raises, span);
        Ty::adt(result, crate::List::new(&[value.into(), error.into()]))
    }

    /// The error type of all `try`s of a block, or `Error`.
    fn agreed_error(&mut self, raises: &[Raise], span: Span) -> Ty {
        self.select_where_possible();
        let Some(first) = raises.first() else {
            // Nothing can fail: nothing to catch.
            if self.error.is_none() {
                self.diags.warn(
                    Diagnostic::warning("T2091", span, "nothing in this `try` block can fail")
                        .label("has no `try` in it"),
                );
            }
            return match self.cx.lang_adt(LangItem::Error, &[]) {
                Some(error) => error,
                None => self.fresh(span),
            };
        };
        let agree = raises.iter().all(|raise| self.infer.can_unify(raise.error, first.error));
        if agree {
            for raise in raises {
                let _ = self.infer.unify(raise.error, first.error);
                let _ = self.infer.unify(raise.leaving, first.error);
            }
            return first.error;
        }
        let Some(error) = self.cx.lang_adt(LangItem::Error, &[]) else { return first.error };
        for raise in raises {
            let from = self.convert(raise.error, error, raise.span);
            let _ = self.infer.unify(raise.leaving, error);
            self.t.tries.insert(raise.expr, TryKind::Result { from });
        }
        error
    }

    /// The last arm of `catch`: checked without asking anything of the function.
    pub(crate) fn rethrow(&mut self, arm: ExprId) -> bool {
        let hir::ExprKind::Try { operand, target, cleanup } = self.body.exprs[arm].kind else { return false };
        let ty = self.check_expr(operand, Expect::Nothing);
        let span = self.span(operand);
        let frame = self.frames.len() - 1;
        let leaving = match target {
            TryTarget::Return => self.leaving_frame(frame),
            TryTarget::Block(_) => self.fresh(span),
        };
        if let Some(cleanup) = cleanup {
            self.after_error(cleanup, leaving);
        }
        let ty = self.structurally(ty);
        let TyKind::Adt(def, args) = *ty.kind() else { return true };
        if self.cx.is_lang(def, LangItem::Result) {
            // `err(e)`: its value never comes.
            let value = args[0].expect_ty();
            if self.infer.is_unknown(value) {
                let _ = self.infer.unify(value, Ty::never());
            }
            let error = args[1].expect_ty();
            self.rethrows.push(Rethrow { expr: arm, error, leaving, span, frame, target });
        }
        true
    }

    /// A `catch` does not take everything: what is left goes on.
    pub(crate) fn confirm_rethrow(&mut self, rethrow: Rethrow) {
        match rethrow.target {
            TryTarget::Return => {
                self.raise_to_frame(rethrow.expr, rethrow.error, rethrow.span, rethrow.frame);
            }
            TryTarget::Block(label) => {
                self.t.tries.insert(rethrow.expr, TryKind::Result { from: None });
                let Rethrow { expr, error, leaving, span, .. } = rethrow;
                let raise = Raise { expr, error, leaving, span };
                if let Some(raises) = self
                    .targets
                    .iter_mut()
                    .rev()
                    .find(|target| target.label == label)
                    .and_then(|it| it.raises.as_mut())
                {
                    raises.push(raise);
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Conversion {
    expr: ExprId,
    error: Ty,
    wanted: Ty,
    span: Span,
}

enum Slot {
    Error(Ty),
    Wrong(String),
    /// The result's type is an error already.
    Reported,
}
