//! Implementations given by the compiler: `Copy` and `Clone` by structure, the `Fn` protocols of what can be
//! called.

use super::*;
use crate::infer::table::{Infer, VarKind};
use crate::{ClosureKind, FnSig, GenericArg, HasFlags, Mutability, Subst, Ty, TyKind};
use hir::{LangItem, PrimTy};

pub enum Answer {
    /// Impls decide.
    NotBuiltin,
    Is(Selection),
}

/// Which of the call protocols.
pub type CallKind = ClosureKind;

fn yes(builtin: Builtin, nested: Vec<Predicate>) -> Answer {
    Answer::Is(Selection::Yes(Source::Builtin(builtin), nested))
}

impl<'a> Infer<'a> {
    pub fn call_kind(&self, protocol: DefId) -> Option<CallKind> {
        let is = |item| self.cx.is_lang(protocol, item);
        if is(LangItem::Fn) {
            Some(ClosureKind::Fn)
        } else if is(LangItem::FnMut) {
            Some(ClosureKind::FnMut)
        } else if is(LangItem::FnOnce) {
            Some(ClosureKind::FnOnce)
        } else {
            None
        }
    }

    pub(super) fn select_builtin(&mut self, goal: ProtocolRef) -> Answer {
        let self_ty = goal.args[0].expect_ty();
        if self.cx.is_lang(goal.def, LangItem::Copy) {
            return self.select_copy(goal, self_ty, Builtin::Bitwise);
        }
        if self.cx.is_lang(goal.def, LangItem::Clone) {
            return self.select_clone(goal, self_ty);
        }
        if self.cx.is_lang(goal.def, LangItem::Sized) {
            return match self_ty.is_unsized() {
                true => Answer::Is(Selection::No),
                false => yes(Builtin::Bitwise, Vec::new()),
            };
        }
        if let TyKind::Dyn(..) = self_ty.kind()
            && let Some(answer) = self.select_dyn(goal, self_ty)
        {
            return answer;
        }
        if let Some(kind) = self.call_kind(goal.def) {
            return self.select_call(goal, self_ty, kind);
        }
        Answer::NotBuiltin
    }

    /// `dyn P: P`, and all that stands above `P`.
    fn select_dyn(&mut self, goal: ProtocolRef, self_ty: Ty) -> Option<Answer> {
        let mut fitting: Vec<ProtocolRef> = Vec::new();
        for bound in dyn_bounds(self.cx, self_ty) {
            if bound.def == goal.def && self.probe(|this| this.unify_args(bound.args, goal.args).is_ok()) {
                fitting.push(bound);
            }
        }
        match fitting[..] {
            [] => None,
            [only] => {
                let fits = self.unify_args(only.args, goal.args);
                debug_assert!(fits.is_ok());
                Some(yes(Builtin::Dyn, Vec::new()))
            }
            _ if goal.has_infer() => Some(Answer::Is(Selection::Maybe)),
            _ => Some(yes(Builtin::Dyn, Vec::new())),
        }
    }

    fn select_copy(&mut self, goal: ProtocolRef, ty: Ty, builtin: Builtin) -> Answer {
        let parts = |items: Vec<Ty>| {
            items
                .into_iter()
                .map(|item| {
                    let args = crate::List::new(&[GenericArg::Ty(item)]);
                    Predicate::Protocol(ProtocolRef { def: goal.def, args })
                })
                .collect()
        };
        match *ty.kind() {
            TyKind::Prim(PrimTy::Str) | TyKind::Slice(_) | TyKind::Dyn(..) => Answer::Is(Selection::No),
            TyKind::Prim(_) | TyKind::RawPtr(..) | TyKind::FnDef(..) | TyKind::FnPtr(_) => {
                yes(Builtin::Bitwise, Vec::new())
            }
            TyKind::Infer(var) if self.var_kind(var) != VarKind::General => yes(Builtin::Bitwise, Vec::new()),
            TyKind::Ref(_, _, Mutability::Shared) => yes(Builtin::Bitwise, Vec::new()),
            TyKind::Ref(_, _, Mutability::Mut) => Answer::Is(Selection::No),
            TyKind::Tuple(items) if items.is_empty() => yes(Builtin::Bitwise, Vec::new()),
            TyKind::Tuple(items) => yes(builtin, parts(items.to_vec())),
            TyKind::Array(elem, _) => yes(builtin, parts(vec![elem])),
            TyKind::Closure(id, args) => match self.captures_of(id) {
                Some(captures) => {
                    yes(builtin, parts(captures.into_iter().map(|ty| ty.subst(&args)).collect()))
                }
                None => Answer::Is(Selection::Maybe),
            },
            TyKind::Adt(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => Answer::NotBuiltin,
        }
    }

    /// Primitive types have impls in the library (so that they have the method); the rest is by structure.
    fn select_clone(&mut self, goal: ProtocolRef, ty: Ty) -> Answer {
        match *ty.kind() {
            TyKind::Prim(_) | TyKind::Infer(_) => {
                let index = self.cx.sigs.index();
                if Head::of(ty).is_some_and(|head| !index.impls_for(goal.def, head).is_empty()) {
                    Answer::NotBuiltin
                } else {
                    self.select_copy(goal, ty, Builtin::Parts)
                }
            }
            TyKind::Tuple(_)
            | TyKind::Array(..)
            | TyKind::Slice(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Closure(..)
            | TyKind::Dyn(..) => self.select_copy(goal, ty, Builtin::Parts),
            TyKind::Adt(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Error(_) => Answer::NotBuiltin,
        }
    }

    fn select_call(&mut self, goal: ProtocolRef, self_ty: Ty, kind: CallKind) -> Answer {
        let sig = match *self_ty.kind() {
            TyKind::FnPtr(sig) => sig,
            TyKind::FnDef(def, args) => match self.cx.sigs.fn_sig(def) {
                Some(sig) => {
                    let mut nested = Vec::new();
                    let sig = sig.subst(&args);
                    let sig = self.normalise_into(sig, self.cx.package.def(def).name_span, &mut nested);
                    return self.answer_call(goal, sig, nested);
                }
                None => return Answer::Is(Selection::No),
            },
            TyKind::Closure(id, args) => {
                let Some(state) = self.closure_state(id) else { return Answer::Is(Selection::Maybe) };
                if state.kind.is_some_and(|has| has > kind) {
                    return Answer::Is(Selection::No);
                }
                let TyKind::Tuple(params) = *state.params.kind() else { return Answer::Is(Selection::Maybe) };
                // `Self.Item` of the function around it may be known by now.
                let sig = FnSig { params, ret: state.ret }.subst(&args);
                let mut nested = Vec::new();
                let sig = self.normalise_into(sig, self.cx.package.def(goal.def).name_span, &mut nested);
                return self.answer_call(goal, sig, nested);
            }
            // `&F` can be called as `F` can, if the library says so.
            TyKind::Prim(_)
            | TyKind::Tuple(_)
            | TyKind::Array(..)
            | TyKind::Slice(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::Adt(..)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => return Answer::NotBuiltin,
        };
        self.answer_call(goal, sig, Vec::new())
    }

    fn answer_call(&mut self, goal: ProtocolRef, sig: FnSig, nested: Vec<Predicate>) -> Answer {
        let params = Ty::new(TyKind::Tuple(sig.params));
        let wanted = goal.args.get(1).map_or(params, |arg| arg.expect_ty());
        match self.unify(params, wanted) {
            Ok(()) => yes(Builtin::Call { params, ret: sig.ret }, nested),
            Err(_) => Answer::Is(Selection::No),
        }
    }

    /// Signature and kind of a closure: of this body, or of one that has been checked.
    pub fn closure_state(&self, id: ClosureId) -> Option<crate::infer::table::ClosureState> {
        if let Some(state) = self.closures.get(&id) {
            return Some(state.clone());
        }
        let info = self.cx.typed?.closure(id)?;
        Some(crate::infer::table::ClosureState {
            params: Ty::tuple(&info.params),
            ret: info.ret,
            kind: Some(info.kind),
            captures: Some(info.capture_types()),
        })
    }

    fn captures_of(&self, id: ClosureId) -> Option<Vec<Ty>> {
        self.closure_state(id)?.captures
    }
}
