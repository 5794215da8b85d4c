//! Finding the method of `x.f(a)`: for each way to dereference `x`, by value, then by `&`, then by `&mut`; the
//! type's own methods before those of bounds before those of protocols.
//!
//! Protocols need no import: all of the program count, and two that fit at the same step are an error.

use super::*;
use crate::protocols::{Eval, Head};
use base::Symbol;
use hir::{DefKind, PrimTy, Receiver};
use table::VarKind;

/// How a member was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum From {
    /// An inherent impl.
    Inherent(DefId),
    /// A protocol, for a type.
    Protocol(DefId),
}

#[derive(Clone, Debug)]
pub(crate) struct Pick {
    pub member: DefId,
    pub from: From,
    pub self_ty: Ty,
    pub adjustments: Vec<Adjustment>,
}

pub(crate) enum Lookup {
    Found(Pick),
    Ambiguous(Vec<DefId>),
    /// Found, but not to be named here.
    Private(DefId),
    NotFound,
}

/// A step of dereferencing the receiver.
struct Step {
    ty: Ty,
    adjustments: Vec<Adjustment>,
}

/// A way to hand the receiver over at a step.
struct Way {
    /// Whose methods are meant, and how they take it.
    self_ty: Ty,
    receiver: Receiver,
    then: Then,
}

/// What is done to the receiver after the dereferences of a step.
#[derive(Clone, Copy)]
enum Then {
    Nothing,
    /// A unique reference to this type is lent, not given away.
    Lend(Ty),
    Borrow(Mutability),
}

impl Step {
    /// What happens to the receiver all in all.
    fn adjusted(&self, then: Then, receiver: Ty) -> Vec<Adjustment> {
        let mut adjustments = self.adjustments.clone();
        match then {
            Then::Nothing => {}
            Then::Lend(to) => {
                adjustments.push(Adjustment { kind: AdjustKind::Deref, ty: to });
                adjustments.push(Adjustment { kind: AdjustKind::Borrow(Mutability::Mut), ty: self.ty });
            }
            Then::Borrow(mutability) => {
                let reference = Ty::reference(self.ty, mutability);
                if let Some(Adjustment { kind: AdjustKind::Unsize, .. }) = adjustments.last() {
                    // `[T; N]` as `[T]`: the reference is unsized, not the place.
                    adjustments.pop();
                    let array = adjustments.last().map_or(receiver, |last| last.ty);
                    adjustments.push(Adjustment {
                        kind: AdjustKind::Borrow(mutability),
                        ty: Ty::reference(array, mutability),
                    });
                    adjustments.push(Adjustment { kind: AdjustKind::Unsize, ty: reference });
                } else {
                    adjustments.push(Adjustment { kind: AdjustKind::Borrow(mutability), ty: reference });
                }
            }
        }
        adjustments
    }
}

impl<'a> FnCx<'a, '_> {
    pub(crate) fn lookup_method(&mut self, receiver: Ty, name: Symbol, span: Span) -> Lookup {
        let mut private = None;
        let mut steps = vec![Step { ty: receiver, adjustments: Vec::new() }];
        loop {
            let ty = steps[steps.len() - 1].ty;
            for borrow in [None, Some(Mutability::Shared), Some(Mutability::Mut)] {
                let stage = self.stage(ty, borrow);
                let step = &steps[steps.len() - 1];
                let adjust = |picks: &mut [Pick], way: &Way| {
                    picks.iter_mut().for_each(|pick| pick.adjustments = step.adjusted(way.then, receiver));
                };
                let mut found: Vec<Pick> = Vec::new();
                for way in &stage {
                    let before = found.len();
                    self.inherent_candidates(way, name, span, &mut found, &mut private);
                    adjust(&mut found[before..], way);
                }
                if found.is_empty() {
                    for way in &stage {
                        let before = found.len();
                        self.bound_candidates(way, name, &mut found);
                        adjust(&mut found[before..], way);
                    }
                }
                if found.is_empty() {
                    for way in &stage {
                        self.protocol_candidates(way, name, span, &mut found);
                        if !found.is_empty() {
                            adjust(&mut found, way);
                            break;
                        }
                    }
                }
                if found.len() > 1 {
                    self.drop_shadowed(&mut found);
                }
                match found.len() {
                    0 => {}
                    1 => return Lookup::Found(found.remove(0)),
                    // Two of a type's own methods of one name are reported where they stand.
                    _ if found.iter().all(|pick| {
                        pick.member == found[0].member || matches!(pick.from, From::Inherent(_))
                    }) =>
                    {
                        return Lookup::Found(found.remove(0));
                    }
                    _ => return Lookup::Ambiguous(found.into_iter().map(|pick| pick.member).collect()),
                }
            }
            match self.next_step(&steps, span) {
                Some(next) => steps.push(next),
                None => break,
            }
        }
        match private {
            Some(member) => Lookup::Private(member),
            None => Lookup::NotFound,
        }
    }

    /// By value, or by a new reference.
    fn stage(&mut self, ty: Ty, borrow: Option<Mutability>) -> Vec<Way> {
        let mut stage = Vec::with_capacity(2);
        match borrow {
            None => {
                if let TyKind::Ref(_, to, mutability) = *ty.kind() {
                    let (receiver, then) = match mutability {
                        Mutability::Shared => (Receiver::Ref, Then::Nothing),
                        Mutability::Mut => (Receiver::RefMut, Then::Lend(to)),
                    };
                    stage.push(Way { self_ty: self.structurally(to), receiver, then });
                }
                stage.push(Way { self_ty: ty, receiver: Receiver::Value, then: Then::Nothing });
            }
            Some(mutability) => {
                let receiver = match mutability {
                    Mutability::Shared => Receiver::Ref,
                    Mutability::Mut => Receiver::RefMut,
                };
                let then = Then::Borrow(mutability);
                stage.push(Way { self_ty: ty, receiver, then });
                let reference = Ty::reference(ty, mutability);
                stage.push(Way { self_ty: reference, receiver: Receiver::Value, then });
            }
        }
        stage
    }

    /// After `x`: `*x`, `**x` …, and, for an array at the end, the slice.
    fn next_step(&mut self, steps: &[Step], span: Span) -> Option<Step> {
        let last = steps.last()?;
        let derefs =
            if steps.len() <= 32 { self.deref_step(last.ty, Mutability::Shared, span) } else { None };
        let (ty, kind) = match derefs.filter(|&(next, _)| steps.iter().all(|step| step.ty != next)) {
            Some(next) => next,
            None => {
                let TyKind::Array(elem, _) = *last.ty.kind() else { return None };
                (Ty::new(TyKind::Slice(elem)), AdjustKind::Unsize)
            }
        };
        let mut adjustments = last.adjustments.clone();
        adjustments.push(Adjustment { kind, ty });
        Some(Step { ty, adjustments })
    }

    /// The types whose impls count for a type: a literal's may be any of its kind; its default goes first.
    pub(crate) fn head(&self, ty: Ty) -> Option<Head> {
        if let TyKind::Infer(var) = *ty.kind() {
            match self.infer.var_kind(var) {
                VarKind::Int => Some(Head::Prim(PrimTy::I64)),
                VarKind::Float => Some(Head::Prim(PrimTy::F64)),
                VarKind::General | VarKind::Const => None,
            }
        } else {
            Head::of(ty)
        }
    }

    fn inherent_candidates(
        &mut self,
        way: &Way,
        name: Symbol,
        span: Span,
        found: &mut Vec<Pick>,
        private: &mut Option<DefId>,
    ) {
        let sigs = self.cx.sigs;
        let self_ty = way.self_ty;
        if let Some(head) = self.head(self_ty) {
            for &(item, member) in sigs.index().inherent(head, name) {
                if sigs.function(member).is_none_or(|function| function.receiver != Some(way.receiver)) {
                    continue;
                }
                let applies = self.infer.probe(|infer| {
                    let args = infer.fresh_args(item, &[], span);
                    let impl_ty = sigs.expect_impl(item).self_ty.subst(&args);
                    let mut nested = Vec::new();
                    let impl_ty = infer.normalise_into(impl_ty, span, &mut nested);
                    if infer.unify(impl_ty, self_ty).is_err() {
                        return false;
                    }
                    nested.extend(infer.demands(item, args, span));
                    infer.evaluate_all(&nested, span) != Eval::No
                });
                if !applies {
                    continue;
                }
                let def = self.cx.package.def(member);
                if !self.cx.package.is_visible(def.vis, def.module, self.module) {
                    private.get_or_insert(member);
                    continue;
                }
                found.push(Pick { member, from: From::Inherent(item), self_ty, adjustments: Vec::new() });
            }
        }
    }

    /// Methods of the protocols that bounds in scope promise.
    fn bound_candidates(&mut self, way: &Way, name: Symbol, found: &mut Vec<Pick>) {
        let (self_ty, kind) = (way.self_ty, way.receiver);
        if !matches!(
            self_ty.kind(),
            TyKind::Param(..) | TyKind::Projection(..) | TyKind::Opaque(..) | TyKind::Dyn(..)
        ) {
            return;
        }
        let is_dyn = matches!(self_ty.kind(), TyKind::Dyn(..));
        let mut bounds: Vec<ProtocolRef> = self
            .infer
            .env
            .protocols
            .iter()
            .copied()
            .filter(|bound| bound.args[0] == GenericArg::Ty(self_ty))
            .collect();
        bounds.extend(self.infer.item_bounds(self_ty));
        bounds.extend(crate::protocols::dyn_bounds(self.cx, self_ty));
        for bound in bounds {
            let Some(def) = self.cx.sigs.protocol(bound.def) else { continue };
            for (&member, &member_name) in &def.members {
                let fits = member_name == name
                    && self.cx.sigs.function(member).is_some_and(|function| function.receiver == Some(kind));
                if fits
                    && self.is_sized_enough(self_ty, member)
                    && (!is_dyn || kind != Receiver::Value || self.cx.sigs.is_in_table(member))
                    && !found.iter().any(|pick| pick.member == member)
                {
                    let from = From::Protocol(bound.def);
                    found.push(Pick { member, from, self_ty, adjustments: Vec::new() });
                }
            }
        }
    }

    fn protocol_candidates(&mut self, way: &Way, name: Symbol, span: Span, found: &mut Vec<Pick>) {
        let (self_ty, kind) = (way.self_ty, way.receiver);
        if self.infer.is_unknown(self_ty)
            || kind == Receiver::Value && matches!(self_ty.kind(), TyKind::Dyn(..))
        {
            return;
        }
        let sigs = self.cx.sigs;
        for &(protocol, member) in sigs.index().members(name) {
            if sigs.function(member).is_none_or(|function| function.receiver != Some(kind)) {
                continue;
            }
            // Cloning a reference is never what was meant.
            if matches!(self_ty.kind(), TyKind::Ref(..)) && self.cx.is_lang(protocol, LangItem::Clone) {
                continue;
            }
            if !self.protocol_visible(protocol) || !self.is_sized_enough(self_ty, member) {
                continue;
            }
            if self.infer.implements(self_ty, protocol, span) != Eval::No {
                let from = From::Protocol(protocol);
                found.push(Pick { member, from, self_ty, adjustments: Vec::new() });
            }
        }
    }

    /// `where Self: Sized` keeps a method from `dyn P`.
    fn is_sized_enough(&self, self_ty: Ty, member: DefId) -> bool {
        !matches!(self_ty.kind(), TyKind::Dyn(..)) || !self.cx.sigs.wants_sized(member)
    }

    /// The `dyn` type behind references and owners.
    pub(crate) fn method_object(&mut self, receiver: Ty, span: Span) -> Option<Ty> {
        let mut steps = vec![Step { ty: receiver, adjustments: Vec::new() }];
        loop {
            let ty = steps[steps.len() - 1].ty;
            if let TyKind::Dyn(..) = ty.kind() {
                return Some(ty);
            }
            let next = self.next_step(&steps, span)?;
            steps.push(next);
        }
    }

    /// Whether an expression is what is in a `Box`, so that it can be given away whatever its size.
    fn is_out_of_box(&self, expr: ExprId) -> bool {
        let adjustments = self.t.adjustments.get(&expr).map_or(&[][..], |all| &all[..]);
        let owner = match adjustments {
            [] => {
                let hir::ExprKind::Deref(operand) = self.body.exprs[expr].kind else { return false };
                self.adjusted(operand)
            }
            [Adjustment { kind: AdjustKind::Deref, .. }] => self.t.exprs[expr].unwrap_or(Ty::unit()),
            [.., before, Adjustment { kind: AdjustKind::Deref, .. }] => before.ty,
            _ => return false,
        };
        matches!(*self.infer.shallow(owner).kind(), TyKind::Adt(def, _) if self.cx.is_lang(def, LangItem::Box))
    }

    /// The method of this name that a `dyn` type has, but not through its table.
    pub(crate) fn method_beside_table(&self, ty: Ty, name: Symbol) -> Option<DefId> {
        crate::protocols::dyn_bounds(self.cx, ty).into_iter().find_map(|bound| {
            let members = &self.cx.sigs.protocol(bound.def)?.members;
            let is_method =
                |member: &DefId| self.cx.sigs.function(*member).is_some_and(|it| it.receiver.is_some());
            members
                .iter()
                .find(|(member, other)| **other == name && is_method(member))
                .map(|(&member, _)| member)
        })
    }

    /// A protocol's method hides those of the same name in the protocols above it.
    fn drop_shadowed(&self, found: &mut Vec<Pick>) {
        let protocols: Vec<Option<DefId>> = found
            .iter()
            .map(|pick| match pick.from {
                From::Inherent(_) => None,
                From::Protocol(protocol) => Some(protocol),
            })
            .collect();
        let mut above: Vec<DefId> = Vec::new();
        for protocol in protocols.iter().flatten() {
            let args = self.cx.sigs.generics_of(*protocol).identity();
            let own = ProtocolRef { def: *protocol, args };
            let supers = crate::protocols::supers_closure(self.cx, own);
            above.extend(supers.iter().skip(1).map(|implied| implied.def));
        }
        let mut kept =
            protocols.iter().map(|protocol| protocol.is_none_or(|protocol| !above.contains(&protocol)));
        found.retain(|_| kept.next().unwrap_or(true));
    }

    fn protocol_visible(&self, protocol: DefId) -> bool {
        let def = self.cx.package.def(protocol);
        self.cx.package.is_visible(def.vis, def.module, self.module)
    }

    // ---- calls ----

    pub(crate) fn method_call(
        &mut self,
        id: ExprId,
        receiver: ExprId,
        name: (Symbol, Span),
        generic_args: &'a [hir::GenericArg],
        args: &'a [ExprId],
        expect: Expect,
    ) -> Ty {
        let receiver_ty = self.check_expr(receiver, Expect::Nothing);
        let known = (receiver, receiver_ty);
        if let Some(result) = self.defer_method(id, known, name, generic_args, args, expect) {
            return result;
        }
        let receiver_ty = self.known(receiver_ty, self.span(receiver));
        self.method_of(id, (receiver, receiver_ty), name, generic_args, args, expect)
    }

    /// The call, when the receiver's type is known.
    pub(crate) fn method_of(
        &mut self,
        id: ExprId,
        (receiver, mut receiver_ty): (ExprId, Ty),
        (name, name_span): (Symbol, Span),
        generic_args: &[hir::GenericArg],
        args: &[ExprId],
        expect: Expect,
    ) -> Ty {
        if receiver_ty.is_never() {
            receiver_ty = self.never_to_any(receiver);
            let proof = self.error;
            return match proof {
                Some(proof) => self.call_with_error(proof, args),
                None => {
                    for &arg in args {
                        self.check_expr(arg, Expect::Nothing);
                    }
                    let _ = self.infer.unify(receiver_ty, Ty::unit());
                    Ty::never()
                }
            };
        }
        if let TyKind::Error(proof) = *receiver_ty.kind() {
            return self.call_with_error(proof, args);
        }
        match self.lookup_method(receiver_ty, name, name_span) {
            Lookup::Found(pick) => {
                self.confirm_method(id, receiver, pick, (name, name_span), generic_args, args, expect)
            }
            Lookup::Private(member) => {
                let proof = self.report_private(member, name_span, "method");
                self.call_with_error(proof, args)
            }
            Lookup::Ambiguous(members) => {
                // What is wrong in a type makes every protocol fit.
                let proof = self.already(receiver_ty, receiver_ty);
                let proof = proof.unwrap_or_else(|| self.report_ambiguous_method(name, name_span, &members));
                self.call_with_error(proof, args)
            }
            Lookup::NotFound => {
                let proof = self.report_no_method(receiver, receiver_ty, (name, name_span), args.len());
                self.call_with_error(proof, args)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    fn confirm_method(
        &mut self,
        id: ExprId,
        receiver: ExprId,
        pick: Pick,
        (name, name_span): (Symbol, Span),
        generic_args: &[hir::GenericArg],
        args: &[ExprId],
        expect: Expect,
    ) -> Ty {
        let span = self.span(id);
        let method_args = self.member_args(&pick, generic_args, name_span);
        self.t.callees.insert(id, (pick.member, method_args));
        let receiver_mut =
            pick.adjustments.last().is_some_and(|last| last.kind == AdjustKind::Borrow(Mutability::Mut))
                || pick
                    .adjustments
                    .iter()
                    .rev()
                    .nth(1)
                    .is_some_and(|it| it.kind == AdjustKind::Borrow(Mutability::Mut));
        self.adjust(receiver, pick.adjustments.clone());
        if receiver_mut {
            self.adjustments_mut(receiver);
            self.make_place_mut(receiver);
        }
        let Some(sig) = self.cx.sigs.fn_sig(pick.member) else { return Ty::unit() };
        let sig = self.normalise(sig.subst(&method_args), name_span);
        let cause = Cause::of(name_span, pick.member);
        self.add_demands(pick.member, method_args, cause);
        self.check_unsafe_call(pick.member, name_span);
        let receiver_ty = self.adjusted(receiver);
        if receiver_ty.is_unsized() && !self.is_out_of_box(receiver) {
            let proof = self.report_not_owned(receiver_ty, pick.member, (name, name_span));
            return self.call_with_error(proof, args);
        }
        let own = sig.params[0];
        if self.infer.unify(own, receiver_ty).is_err() {
            let proof = self.report_mismatch(receiver, own, receiver_ty, Why::Plain);
            return self.call_with_error(proof, args);
        }
        let params: Vec<Ty> = sig.params[1..].to_vec();
        self.check_args(span, name_span, Some(pick.member), &params, sig.ret, args, expect, 1);
        self.call_result(sig.ret)
    }

    /// Variables for the parameters of a member that was found, its owner's fitted to the type.
    fn member_args(&mut self, pick: &Pick, generic_args: &[hir::GenericArg], span: Span) -> GenericArgs {
        let owner_args: GenericArgs = match pick.from {
            From::Inherent(item) => {
                let args = self.infer.fresh_args(item, &[], span);
                let impl_ty = self.cx.sigs.expect_impl(item).self_ty.subst(&args);
                let impl_ty = self.normalise(impl_ty, span);
                let _ = self.infer.unify(impl_ty, pick.self_ty);
                args
            }
            From::Protocol(protocol) => self.infer.fresh_args(protocol, &[pick.self_ty.into()], span),
        };
        self.own_args(pick.member, owner_args, generic_args, span)
    }

    /// The arguments of a member: its owner's, those written, variables for the rest.
    pub(crate) fn own_args(
        &mut self,
        member: DefId,
        owner_args: GenericArgs,
        written: &[hir::GenericArg],
        span: Span,
    ) -> GenericArgs {
        let args = if written.is_empty() {
            owner_args
        } else {
            self.inferring_args(member, owner_args, written, span)
        };
        // `impl P` parameters have no name to be written by.
        match self.cx.sigs.generics_of(member).params.len() <= args.len() {
            true => args,
            false => self.infer.fresh_args(member, &args, span),
        }
    }

    /// Written arguments after those of the owner; what is left out is inferred.
    pub(crate) fn inferring_args(
        &mut self,
        def: DefId,
        owner_args: GenericArgs,
        written: &[hir::GenericArg],
        span: Span,
    ) -> GenericArgs {
        self.with_lower(|lower| {
            lower.infer_args = true;
            lower.args(def, &owner_args, written, span)
        })
    }

    /// After an error in a call, its arguments are still looked at.
    pub(crate) fn call_with_error(&mut self, proof: ErrorReported, args: &[ExprId]) -> Ty {
        let error = self.poison(proof);
        for &arg in args {
            self.check_expr(arg, Expect::Has(error));
        }
        error
    }

    /// All functions with `self` that a type has by this name, wherever: for messages.
    pub(crate) fn method_exists(&self, ty: Ty, name: Symbol) -> Option<DefId> {
        self.cx.sigs.index().inherent(self.head(ty)?, name).first().map(|&(_, member)| member)
    }

    /// What the impl of a method demands of a type that does not meet it: «`Point` does not implement `Hash`».
    pub(crate) fn unmet(&mut self, ty: Ty, method: DefId, span: Span) -> Vec<ProtocolRef> {
        let Some(owner) = self.cx.package.def(method).parent else { return Vec::new() };
        let Some(item) = self.cx.sigs.implementation(owner) else { return Vec::new() };
        let self_ty = item.self_ty;
        self.infer.probe(|infer| {
            let args = infer.fresh_args(owner, &[], span);
            if infer.unify(self_ty.subst(&args), ty).is_err() {
                return Vec::new();
            }
            let mut unmet = Vec::new();
            for demand in infer.demands(owner, args, span) {
                if let Predicate::Protocol(bound) = demand
                    && infer.evaluate(demand, span) == Eval::No
                {
                    unmet.push(infer.resolve(bound));
                }
            }
            unmet
        })
    }

    /// Names of the methods of a type's own impls, for «did you mean».
    pub(crate) fn method_names(&self, ty: Ty) -> Vec<&'static str> {
        let head = self.head(ty);
        let mut names = Vec::new();
        for item in self.cx.sigs.all_impls() {
            if head.is_none() || Head::of(item.self_ty) != head {
                continue;
            }
            for &member in item.members.keys() {
                let def = self.cx.package.def(member);
                let is_method =
                    self.cx.sigs.function(member).is_some_and(|function| function.receiver.is_some());
                if def.kind == DefKind::Fn
                    && is_method
                    && self.cx.package.is_visible(def.vis, def.module, self.module)
                {
                    names.push(def.name.as_str());
                }
            }
        }
        names
    }
}
