//! Closures: their signature from what is expected of them, their body as part of this one.

use super::*;
use crate::{ClosureId, FnSig};
use table::ClosureState;

impl<'a> FnCx<'a, '_> {
    pub(crate) fn closure(&mut self, id: ExprId, closure: &'a hir::Closure, expect: Expect) -> Ty {
        let expected = self.expected_sig(expect);
        let span = closure.head_span;
        // Where the call is wrong, its closure is not asked for types.
        let poisoned = match expect {
            Expect::Has(ty) => Some(ty).filter(|ty| ty.is_error()),
            Expect::Nothing | Expect::Unused => None,
        };
        let mut params = Vec::with_capacity(closure.params.len());
        let arity_fits = expected.is_none_or(|sig| sig.params.len() == closure.params.len());
        if let Some(sig) = expected.filter(|_| !arity_fits) {
            return self.wrong_arity(closure, sig);
        }
        for (index, param) in closure.params.iter().enumerate() {
            let wished = expected.filter(|_| arity_fits).map(|sig| sig.params[index]);
            let pat_span = self.body.pats[param.pat].span;
            let ty = match &param.ty {
                Some(written) => {
                    let ty = self.lower(written);
                    if let Some(wished) = wished
                        && self.infer.try_commit(|infer| infer.unify(ty, wished)).is_err()
                    {
                        let proof = self.report_mismatch_at(written.span, wished, ty, Why::ClosureParam);
                        params.push(Ty::error(proof));
                        continue;
                    }
                    ty
                }
                None => match wished {
                    Some(wished) => wished,
                    None if poisoned.is_some() => poisoned.expect("just looked at"),
                    None => {
                        let origin = self.pat_origin(param.pat);
                        self.infer.fresh_from(Origin { span: pat_span, ..origin })
                    }
                },
            };
            params.push(ty);
        }
        let ret = match &closure.ret {
            Some(written) => self.lower(written),
            None => match expected {
                Some(sig) => sig.ret,
                None => self.fresh(self.span(closure.body)),
            },
        };
        let closure_id = ClosureId { body: self.body.id, expr: id };
        let state = ClosureState { params: Ty::tuple(&params), ret, kind: None, captures: None };
        self.infer.closures.insert(closure_id, state);
        self.infer.next_epoch();
        self.closures.push(id);
        self.closure_body(closure, &params, ret, span);
        let identity = self.cx.sigs.generics_of(self.owner).identity();
        Ty::new(TyKind::Closure(closure_id, identity))
    }

    /// Reported here, so that nothing is asked of a closure that can't be meant.
    fn wrong_arity(&mut self, closure: &'a hir::Closure, sig: FnSig) -> Ty {
        let (wanted, has) = (sig.params.len(), closure.params.len());
        let (wants, takes) = (crate::names::count(wanted, "argument"), crate::names::count(has, "argument"));
        let mut diagnostic = Diagnostic::error(
            "T2007",
            closure.head_span,
            format!("expected a function of {wants}, this one takes {takes}"),
        )
        .label(format!("this closure takes {takes}"));
        // `|a, b|` where one pair comes.
        let only = sig.params.first().map(|&only| self.infer.resolve(only)).filter(|_| wanted == 1);
        if let Some(only) = only
            && let TyKind::Tuple(items) = *strip(only).kind()
            && items.len() == has
            && let (Some(first), Some(last)) = (closure.params.first(), closure.params.last())
        {
            let text = self.show(only);
            let (from, to) = (self.body.pats[first.pat].span, self.body.pats[last.pat].span);
            let to = last.ty.as_ref().map_or(to, |ty| ty.span);
            let fix = |span: Span, text: &str| base::CodeFix {
                span,
                replacement: text.to_string(),
                applicability: base::Applicability::MachineApplicable,
            };
            diagnostic =
                diagnostic.note(format!("what comes is one `{text}`")).suggestion(base::Suggestion {
                    message: "take it apart".to_string(),
                    fixes: vec![fix(from.shrink_to_lo(), "("), fix(to.shrink_to_hi(), ")")],
                });
        }
        let proof = self.report(diagnostic);
        let params = vec![Ty::error(proof); has];
        self.closure_body(closure, &params, Ty::error(proof), closure.head_span);
        Ty::error(proof)
    }

    fn closure_body(&mut self, closure: &'a hir::Closure, params: &[Ty], ret: Ty, _: Span) {
        let ret_span = closure.ret.as_ref().map(|ret| ret.span);
        let first_label = self.targets.len();
        self.frames.push(Frame { ret, ret_span, is_fn: true, is_closure: true, first_label });
        let diverges = std::mem::replace(&mut self.diverges, false);
        let unsafe_depth = self.unsafe_depth;
        for (param, &ty) in closure.params.iter().zip(params) {
            self.check_param(param.pat, ty);
        }
        let wish = self.wished_result(ret);
        let expect = match ret_span {
            None if self.structurally(ret).is_unit() => Expect::Unused,
            Some(_) | None => Expect::Has(wish.unwrap_or(ret)),
        };
        let ty = self.check_expr(closure.body, expect);
        let ty = wish.map_or(ty, |wish| self.coerce_hint(closure.body, ty, wish));
        let ty = self.value_ty(closure.body, ty);
        self.coerce(closure.body, ty, ret, Why::ClosureBody(ret_span));
        self.unsafe_depth = unsafe_depth;
        self.diverges = diverges;
        self.frames.pop();
    }

    /// What a closure would give if the call that it is an argument of gave what is expected:
    /// `map_err(|_| "too large")` where a `Result[T, String]` is.
    fn wished_result(&mut self, ret: Ty) -> Option<Ty> {
        let (of_call, expected) = self.call_wish.take()?;
        let ret = self.structurally(ret);
        if !self.infer.is_unknown(ret) {
            return None;
        }
        let expected = self.structurally(expected);
        let wish = self.infer.probe(|infer| {
            infer.unify(of_call, expected).ok()?;
            Some(infer.resolve(ret))
        });
        wish.filter(|&wish| !self.infer.is_unknown(wish))
    }

    /// What an expected type, or the obligations on it, say of a closure's signature.
    fn expected_sig(&mut self, expect: Expect) -> Option<FnSig> {
        let Expect::Has(ty) = expect else { return None };
        let ty = self.structurally(ty);
        if let TyKind::FnPtr(sig) = *ty.kind() {
            Some(sig)
        } else if let TyKind::Dyn(protocols, bindings, _) = *ty.kind() {
            let call = protocols.iter().find(|protocol| self.infer.call_kind(protocol.def).is_some())?;
            let TyKind::Tuple(params) = *self.shallow(call.args.first()?.expect_ty()).kind() else {
                return None;
            };
            let output = self.infer.output_item();
            let ret = bindings.iter().find(|binding| Some(binding.item) == output)?.ty;
            Some(FnSig { params, ret })
        } else if let TyKind::Infer(var) = *ty.kind() {
            let output = self.infer.output_item();
            let mut params = None;
            let mut ret = None;
            for predicate in self.pending_about(var) {
                match predicate {
                    Predicate::Protocol(goal) if self.infer.call_kind(goal.def).is_some() => {
                        let tuple = self.shallow(goal.args.get(1)?.expect_ty());
                        if let TyKind::Tuple(items) = *tuple.kind() {
                            params = Some(items);
                        }
                    }
                    Predicate::Projection { item, args, ty } if Some(item) == output => {
                        let tuple = self.shallow(args.get(1)?.expect_ty());
                        if let TyKind::Tuple(items) = *tuple.kind() {
                            params.get_or_insert(items);
                        }
                        ret = Some(ty);
                    }
                    Predicate::Protocol(_) | Predicate::Projection { .. } => {}
                }
            }
            let params = params?;
            let span = self.infer.var_origin(var).span;
            let ret = ret.unwrap_or_else(|| self.fresh(span));
            Some(FnSig { params, ret })
        } else {
            None
        }
    }

    /// A closure becomes a `fn` pointer: checked when its captures are known.
    pub(crate) fn captureless(&mut self, closure: ClosureId, expr: ExprId) {
        let span = self.span(expr);
        self.pointer_closures.push((closure, span));
    }
}

/// What references lead to.
fn strip(ty: Ty) -> Ty {
    if let TyKind::Ref(_, to, _) = *ty.kind() { strip(to) } else { ty }
}
