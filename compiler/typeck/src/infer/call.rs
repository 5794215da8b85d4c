//! Calls: of functions and constructors, of `fn` pointers, of closures and of whatever implements `Fn`.

use super::*;
use crate::{ClosureKind, FnSig, List};
use hir::{DefKind, ExprKind, FnKind};

impl<'a> FnCx<'a, '_> {
    pub(crate) fn call(&mut self, id: ExprId, callee: ExprId, args: &[ExprId], expect: Expect) -> Ty {
        let callee_ty = self.check_expr(callee, Expect::Nothing);
        let callee_span = self.span(callee);
        let callee_ty = self.known(callee_ty, callee_span);
        let span = self.span(id);
        if let TyKind::Error(proof) = *callee_ty.kind() {
            self.call_with_error(proof, args)
        } else if let TyKind::FnDef(def, fn_args) = *callee_ty.kind() {
            let Some(sig) = self.cx.sigs.fn_sig(def) else {
                return self.not_callable(callee, callee_ty, args);
            };
            let sig = self.normalise(sig.subst(&fn_args), callee_span);
            self.check_unsafe_call(def, callee_span);
            self.check_args(span, callee_span, Some(def), &sig.params, sig.ret, args, expect, 0);
            self.call_result(sig.ret)
        } else if let TyKind::FnPtr(sig) = *callee_ty.kind() {
            self.check_args(span, callee_span, None, &sig.params, sig.ret, args, expect, 0);
            self.call_result(sig.ret)
        } else {
            self.call_value(id, callee, callee_ty, args, expect)
        }
    }

    /// `never` ends the way here.
    pub(crate) fn call_result(&mut self, ret: Ty) -> Ty {
        self.shallow(ret)
    }

    /// A closure, or a type with a bound such as `F: Fn(A) -> B`; behind references too.
    fn call_value(
        &mut self,
        id: ExprId,
        callee: ExprId,
        callee_ty: Ty,
        args: &[ExprId],
        expect: Expect,
    ) -> Ty {
        let span = self.span(callee);
        let mut derefs: Vec<Adjustment> = Vec::new();
        let mut ty = callee_ty;
        for _ in 0..16 {
            if let TyKind::FnPtr(sig) = *ty.kind() {
                self.adjust(callee, derefs);
                let call_span = self.span(id);
                self.check_args(call_span, span, None, &sig.params, sig.ret, args, expect, 0);
                return self.call_result(sig.ret);
            }
            if let TyKind::Closure(closure, _) = *ty.kind()
                && let Some(state) = self.infer.closures.get(&closure).cloned()
            {
                let deferred = DeferredCall { expr: id, callee, closure, derefs, closure_ty: ty };
                self.calls.push(deferred);
                let TyKind::Tuple(params) = *self.infer.resolve(state.params).kind() else {
                    return Ty::unit();
                };
                let call_span = self.span(id);
                self.check_args(call_span, span, None, &params, state.ret, args, expect, 0);
                return self.call_result(state.ret);
            }
            // A reference is looked through: calling `f: &mut F` borrows what `f` refers to, and `f` need not be `var`.
            let is_reference = matches!(ty.kind(), TyKind::Ref(..));
            if !is_reference
                && let Some(sig) = self.call_through_protocol(id, callee, ty, &derefs, args.len())
            {
                let call_span = self.span(id);
                self.check_args(call_span, span, None, &sig.params, sig.ret, args, expect, 0);
                return self.call_result(sig.ret);
            }
            let Some((next, kind)) = self.deref_step(ty, Mutability::Shared, span) else { break };
            derefs.push(Adjustment { kind, ty: next });
            ty = next;
        }
        self.not_callable(callee, callee_ty, args)
    }

    fn call_through_protocol(
        &mut self,
        id: ExprId,
        callee: ExprId,
        ty: Ty,
        derefs: &[Adjustment],
        arity: usize,
    ) -> Option<FnSig> {
        let span = self.span(callee);
        let arity = self.dyn_arity(ty).unwrap_or(arity);
        for kind in [ClosureKind::Fn, ClosureKind::FnMut, ClosureKind::FnOnce] {
            let (protocol, method) = self.call_protocol(kind)?;
            let params: Vec<Ty> = (0..arity).map(|_| self.fresh(span)).collect();
            let tuple = Ty::tuple(&params);
            let args = List::new(&[ty.into(), tuple.into()]);
            let goal = Predicate::Protocol(ProtocolRef { def: protocol, args });
            if self.infer.evaluate(goal, span) == crate::protocols::Eval::No {
                continue;
            }
            self.require(goal, Cause::misc(span));
            let output = self.infer.output_item()?;
            let ret = self.normalise(Ty::new(TyKind::Projection(output, args)), span);
            self.adjust(callee, derefs.to_vec());
            self.take_callee(callee, ty, kind);
            self.t.callees.insert(id, (method, args));
            self.select_where_possible();
            return Some(FnSig { params: List::new(&params), ret });
        }
        None
    }

    /// How many arguments a `dyn Fn(A, B)` takes, so that a wrong number is reported as one.
    fn dyn_arity(&self, ty: Ty) -> Option<usize> {
        crate::protocols::dyn_bounds(self.cx, ty).into_iter().find_map(|bound| {
            self.infer.call_kind(bound.def)?;
            if let TyKind::Tuple(params) = self.shallow(bound.args.get(1)?.expect_ty()).kind() {
                Some(params.len())
            } else {
                None
            }
        })
    }

    pub(crate) fn call_protocol(&self, kind: ClosureKind) -> Option<(DefId, DefId)> {
        let protocol = self.cx.lang(match kind {
            ClosureKind::Fn => LangItem::Fn,
            ClosureKind::FnMut => LangItem::FnMut,
            ClosureKind::FnOnce => LangItem::FnOnce,
        })?;
        Some((protocol, self.protocol_method(protocol)?))
    }

    /// Borrows what is called as its protocol asks.
    pub(crate) fn take_callee(&mut self, callee: ExprId, ty: Ty, kind: ClosureKind) {
        let mutability = match kind {
            ClosureKind::Fn => Mutability::Shared,
            ClosureKind::FnMut => Mutability::Mut,
            ClosureKind::FnOnce => return,
        };
        let borrowed = Ty::reference(ty, mutability);
        self.adjust(callee, vec![Adjustment { kind: AdjustKind::Borrow(mutability), ty: borrowed }]);
        if mutability == Mutability::Mut {
            self.adjustments_mut(callee);
            self.make_place_mut(callee);
        }
    }

    fn not_callable(&mut self, callee: ExprId, ty: Ty, args: &[ExprId]) -> Ty {
        let span = self.span(callee);
        let text = self.show(ty);
        let mut diagnostic = Diagnostic::error("T2041", span, format!("`{text}` is not a function"));
        diagnostic = diagnostic.label("can't be called");
        if let ExprKind::Def { def, .. } = self.body.exprs[callee].kind
            && self.cx.package.def(def).kind == DefKind::Variant
        {
            let name = self.cx.package.def(def).name;
            diagnostic = diagnostic
                .secondary(self.cx.package.def(def).name_span, "declared here")
                .note(format!("`{name}` has no payload in parentheses"));
        }
        let proof = self.report(diagnostic);
        self.call_with_error(proof, args)
    }

    pub(crate) fn check_unsafe_call(&mut self, def: DefId, span: Span) {
        let Some(function) = self.cx.sigs.function(def) else { return };
        let name = self.cx.package.def(def).name;
        let marked = matches!(self.cx.package.item(def), Some(Item::Fn(function)) if function.is_unsafe);
        if marked || function.kind == FnKind::Extern && !function.has_body {
            self.require_unsafe(span, &format!("calling `{name}`"));
        }
    }

    /// Arguments against parameters: number, then types; closures last, when the others have said what they can.
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    pub(crate) fn check_args(
        &mut self,
        call_span: Span,
        callee_span: Span,
        def: Option<DefId>,
        params: &[Ty],
        ret: Ty,
        args: &[ExprId],
        expect: Expect,
        skipped: usize,
    ) {
        let variadic = def.is_some_and(|def| self.is_variadic(def)) && args.len() >= params.len();
        if params.len() != args.len() && !variadic {
            self.report_arity(call_span, callee_span, def, params.len(), args, skipped);
            for (index, &arg) in args.iter().enumerate() {
                match params.get(index) {
                    Some(&param) => self.check_expr(arg, Expect::Has(param)),
                    None => self.check_expr(arg, Expect::Nothing),
                };
            }
            return;
        }
        let wished = self.expected_params(params, ret, expect);
        let is_closure = |this: &Self, arg: ExprId| matches!(this.body.exprs[arg].kind, ExprKind::Closure(_));
        let any_closure = args.iter().any(|&arg| is_closure(self, arg));
        for closures in [false, true] {
            if closures && any_closure {
                self.select_where_possible();
            }
            for (index, &arg) in args.iter().enumerate() {
                if is_closure(self, arg) != closures {
                    continue;
                }
                let Some(&param) = params.get(index) else {
                    self.check_expr(arg, Expect::Nothing);
                    continue;
                };
                let why = Why::Arg { callee: def, index: index + skipped };
                let wish = wished.as_ref().map_or(param, |wished| wished[index]);
                if let ExprKind::Format { .. } = self.body.exprs[arg].kind
                    && self.only_shown(param, params, ret)
                {
                    self.shown_argument = Some(arg);
                }
                // `Box.new(x)` where a `Box[dyn P]` is expected: `x` is of a type of its own.
                let hint = if wish.is_unsized() && !is_closure(self, arg) { param } else { wish };
                let call_wish = self.call_wish_of(ret, expect);
                let before = std::mem::replace(&mut self.call_wish, call_wish);
                let ty = self.check_expr(arg, Expect::Has(hint));
                self.call_wish = before;
                // First what the result's use suggests, where it fits; then what is declared.
                let ty = if wish == param { ty } else { self.coerce_hint(arg, ty, wish) };
                let ty = self.value_ty(arg, ty);
                self.coerce(arg, ty, param, why);
            }
            if !any_closure {
                break;
            }
        }
    }

    /// A parameter of a type of its own, which neither the result nor another parameter speaks of: what is given
    /// for it does not outlive the call.
    fn only_shown(&self, param: Ty, params: &[Ty], ret: Ty) -> bool {
        let Some(var) = self.infer.as_var(param).filter(|_| self.infer.is_unknown(param)) else {
            return false;
        };
        let others = params.iter().filter(|&&other| self.infer.mentions(other, var)).count();
        others == 1 && !self.infer.mentions(ret, var)
    }

    fn is_variadic(&self, def: DefId) -> bool {
        self.cx.package.def(def).attrs.iter().any(|attr| attr.path.as_str() == "variadic")
    }

    /// What a call gives and what is expected of it, for the closures among its arguments.
    fn call_wish_of(&self, ret: Ty, expect: Expect) -> Option<(Ty, Ty)> {
        match expect {
            Expect::Has(expected) if ret.has_infer() && !self.infer.is_unknown(ret) => Some((ret, expected)),
            Expect::Has(_) | Expect::Nothing | Expect::Unused => None,
        }
    }

    /// What the parameters would be if the call gave what is expected.
    fn expected_params(&mut self, params: &[Ty], ret: Ty, expect: Expect) -> Option<Vec<Ty>> {
        let Expect::Has(expected) = expect else { return None };
        if !ret.has_infer() || self.infer.is_unknown(ret) || params.is_empty() {
            return None;
        }
        let expected = self.structurally(expected);
        if self.infer.is_unknown(expected) {
            return None;
        }
        self.infer.probe(|infer| {
            infer.unify(ret, expected).ok()?;
            Some(params.iter().map(|&param| infer.resolve(param)).collect())
        })
    }
}
