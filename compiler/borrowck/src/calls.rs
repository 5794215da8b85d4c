//! Calls: what flows where, by the callee's contract; and what is passed to be called.
//!
//! In: the callee, with its arguments and its destination. Out: edges at the point of the call.
//!
//! 1. A function's generic arguments get fresh origins, its signature is instantiated with them; arguments go into
//!    parameters and the result into the destination, by the variance of each slot.
//! 2. The contract's flows become edges.
//! 3. Bounds: what an associated type is equal to has equal origins; the head of the impl that a bound is met by is
//!    matched, so that `List[&'a str]: FromIterator[&'b str]` makes `'a` and `'b` equal.
//!    What is a `Failure` holds only what outlives everything: an `Error` forgets its type.
//! 4. A bound `F: Fn(&A) -> &B` on a closure or function: references that the bound itself mentions are chosen anew by each
//!    call. None of those of the parameters may be kept: not by the closure, not in another argument, not by a type
//!    parameter. They may be held by references of the result that the bound mentions, and then only they may.
//! 5. A call of what is only known by such a bound (`F`, `dyn Fn`, `fn` pointers): references of the result that the bound
//!    mentions hold what all arguments hold; what the callee holds, if no parameter is a reference. That is right because of
//!    rule 4. A reference can't take the place of a type parameter in the signature of a `dyn Fn` or `fn` pointer: those that
//!    are chosen anew by each call could not be told from those that are not.
//! 6. A protocol's method may keep an argument in `self` if the package that declares it says so by an implementation. Then
//!    what is put into a `dyn` is put into the value behind it.

use crate::contracts::{Callable, Contract, Part};
use crate::regioned::{Binding, Cx, Origin, Point, Regioned, STATIC};
use crate::shapes::SlotKind;
use hir::{DefId, LangItem};
use std::sync::Arc;
use typeck::{GenericArg, GenericArgs, Implementation, List, Predicate, ProtocolRef, Ty, TyKind};

/// Gives the contract of what is called.
pub type Lookup<'a> = dyn Fn(Callable) -> Arc<Contract> + 'a;

/// What is not promised is needed.
#[derive(Clone, Debug)]
pub struct Escape {
    pub point: Point,
    /// Where the type stands that asks for it, if it is not the instruction.
    pub span: Option<base::Span>,
    pub kind: EscapeKind,
}

#[derive(Clone, Debug)]
pub enum EscapeKind {
    /// This closure or function keeps a reference that is lent to it for one call only.
    Kept(Ty),
    /// A reference takes the place of a type parameter in the signature of a `fn` pointer or `dyn Fn`.
    InSignature,
}

/// What a bound on a callable mentions itself.
pub struct Lent {
    /// References of the parameters: chosen anew by each call.
    pub lent: Vec<Origin>,
    /// References of the result.
    pub given: Vec<Origin>,
    /// Origins from here on were made for the bound.
    pub before: usize,
}

impl Cx<'_> {
    /// Rules 1 to 3.
    pub fn call_function(&self, def: DefId, binding: &Binding, args: &[Regioned], ret: &Regioned) {
        let signature = self.signature(def, binding, &mut || self.fresh());
        if let Some(signature) = signature {
            for (arg, param) in args.iter().zip(&signature.params) {
                self.relate(arg, param);
            }
            self.relate(&signature.ret, ret);
            let contract = (self.lookup)(Callable::Fn(def));
            for &(from, to) in &contract.flows {
                let part = |part: Part| match part {
                    Part::Param(at) => binding.slots.get(at as usize).cloned().flatten().unwrap_or_default(),
                    Part::Direct(at) => signature.directs.get(at as usize).copied().into_iter().collect(),
                    Part::Static => vec![STATIC],
                };
                self.flow_all(&part(from), &part(to));
            }
        }
        if let Some(protocol) = self.shapes.typed.signatures.protocol_of_member(def) {
            let own = self.shapes.typed.signatures.generics_of(protocol).identity();
            self.bound(ProtocolRef { def: protocol, args: own }, binding, 0);
        }
        self.bounds(def, binding, 0);
    }

    /// Rule 6.
    fn keeps(&self, protocol: DefId, around: &mut Vec<DefId>) -> bool {
        let signatures = &self.shapes.typed.signatures;
        let Some(found) = signatures.protocol(protocol).filter(|_| !around.contains(&protocol)) else {
            return false;
        };
        around.push(protocol);
        let is_kept = |&member: &DefId| {
            signatures.function(member).is_some()
                && (self.lookup)(Callable::Fn(member)).flows.iter().any(|&(_, to)| to == Part::Param(0))
        };
        (signatures.is_own(protocol) && found.members.keys().any(is_kept))
            || found.supers.iter().any(|above| self.keeps(above.def, around))
    }

    /// Calls of `Fn.call` and its like, of `fn` pointers, and of what is passed to be called.
    pub fn call_value(&self, callee: &Regioned, args: &[Regioned], ret: &Regioned) {
        match *callee.ty.kind() {
            TyKind::Ref(..) => self.call_value(&self.deref(callee), args, ret),
            TyKind::Adt(def, _) if self.shapes.typed.package.lang.get(LangItem::Box) == Some(def) => {
                self.call_value(&self.deref(callee), args, ret);
            }
            TyKind::FnDef(def, generic) => {
                let binding = self.sliced_binding(generic, &callee.slots);
                self.call_function(def, &binding, args, ret);
            }
            TyKind::Closure(id, generic) => {
                let own = self.shapes.typed.signatures.generics_of(self.owner).identity();
                match self.shapes.typed.closure(id) {
                    Some(info) if generic == own => {
                        let (params, result) = (info.params.clone(), info.ret);
                        self.call_closure(id, &params, result, callee, args, ret);
                    }
                    Some(_) | None => self.call_all(callee, args, ret),
                }
            }
            TyKind::Prim(_)
            | TyKind::Tuple(_)
            | TyKind::Array(..)
            | TyKind::Slice(_)
            | TyKind::RawPtr(..)
            | TyKind::Adt(..)
            | TyKind::FnPtr(_)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => self.call_unknown(callee, args, ret),
        }
    }

    /// Rule 5.
    fn call_unknown(&self, callee: &Regioned, args: &[Regioned], ret: &Regioned) {
        let shape = self.shapes.of(ret.ty);
        let is_direct = |slot: &crate::shapes::Slot| slot.kind == SlotKind::Direct;
        let is_lent = args.iter().any(|arg| self.shapes.of(arg.ty).iter().any(is_direct));
        for (slot, &to) in shape.iter().zip(&ret.slots) {
            if is_direct(slot) {
                if !is_lent {
                    self.flow_all(&callee.slots, &[to]);
                }
                args.iter().for_each(|arg| self.flow_all(&arg.slots, &[to]));
            }
        }
    }

    /// Nothing is known: whatever may flow, flows.
    fn call_all(&self, callee: &Regioned, args: &[Regioned], ret: &Regioned) {
        let all: Vec<Origin> =
            args.iter().chain([callee, ret]).flat_map(|it| it.slots.iter().copied()).collect();
        self.mix(&all, &all);
    }

    /// A closure of this body: its contract numbers the references of the captures, the parameters, the result.
    fn call_closure(
        &self,
        id: typeck::ClosureId,
        params: &[Ty],
        result: Ty,
        callee: &Regioned,
        args: &[Regioned],
        ret: &Regioned,
    ) {
        let mut directs: Vec<Origin> = Vec::new();
        let shape = self.shapes.of(callee.ty);
        let captured = shape.iter().zip(&callee.slots).filter(|(slot, _)| slot.kind == SlotKind::Direct);
        directs.extend(captured.map(|(_, &origin)| origin));
        let mut direct = || {
            let origin = self.fresh();
            directs.push(origin);
            origin
        };
        let params: Vec<Regioned> =
            params.iter().map(|&ty| self.type_with(self.normalise(ty), &mut direct)).collect();
        let result = self.type_with(self.normalise(result), &mut direct);
        for (arg, param) in args.iter().zip(&params) {
            self.relate(arg, param);
        }
        self.relate(&result, ret);
        let contract = (self.lookup)(Callable::Closure(id));
        let part = |part: Part| match part {
            Part::Param(at) => Some(self.param(at)),
            Part::Direct(at) => directs.get(at as usize).copied(),
            Part::Static => Some(STATIC),
        };
        for &(from, to) in &contract.flows {
            if let (Some(from), Some(to)) = (part(from), part(to)) {
                self.edge(from, to);
            }
        }
    }

    /// Rules 3 and 4.
    pub fn bounds(&self, def: DefId, binding: &Binding, depth: u32) {
        if depth > 6 || binding.slots.iter().all(|slots| slots.as_ref().is_none_or(Vec::is_empty)) {
            return;
        }
        let predicates = &self.shapes.typed.signatures.generics_of(def).predicates;
        for &(predicate, _) in predicates {
            match predicate {
                Predicate::Protocol(goal) if self.shapes.is_callable_protocol(goal.def) => {
                    let output = predicates.iter().find_map(|&(other, _)| match other {
                        Predicate::Projection { item, args, ty }
                            if args == goal.args && self.is_output(item) =>
                        {
                            Some(ty)
                        }
                        Predicate::Projection { .. } | Predicate::Protocol(_) => None,
                    });
                    self.callable_bound(goal, output, binding);
                }
                Predicate::Protocol(goal) if self.shapes.is_failure(goal.def) => {
                    let args = self.inst_goal(goal.args, binding);
                    args.iter().for_each(|(_, slots)| self.flow_all(slots, &[STATIC]));
                }
                Predicate::Protocol(goal) => self.bound(goal, binding, depth),
                Predicate::Projection { item, args, ty } => {
                    if self.is_output(item) {
                        continue;
                    }
                    let wanted = self.inst(ty, binding, &mut || self.fresh());
                    if !wanted.slots.is_empty() {
                        let given = self.project_template(item, args, binding);
                        self.relate_equal(&given, &wanted);
                    }
                }
            }
        }
    }

    /// Parameters that outlive everything, by the bounds of the body's owner.
    pub fn implied_by_bounds(&self) -> Vec<(Origin, Origin)> {
        let predicates = &self.shapes.typed.signatures.generics_of(self.owner).predicates;
        let fixed = predicates.iter().filter_map(|&(predicate, _)| match predicate {
            Predicate::Protocol(goal) if self.shapes.is_failure(goal.def) => {
                if let TyKind::Param(at, _) = *goal.args[0].expect_ty().kind() {
                    Some((self.param(at), STATIC))
                } else {
                    None
                }
            }
            Predicate::Protocol(_) | Predicate::Projection { .. } => None,
        });
        fixed.collect()
    }

    fn is_output(&self, item: DefId) -> bool {
        let protocol = self.shapes.typed.package.def(item).parent;
        protocol.is_some_and(|protocol| self.shapes.is_callable_protocol(protocol))
    }

    /// Rule 3, of one goal.
    fn bound(&self, goal: ProtocolRef, binding: &Binding, depth: u32) {
        let args = self.inst_goal(goal.args, binding);
        if args.iter().all(|(_, slots)| slots.is_empty()) {
            return;
        }
        let erased: Vec<GenericArg> = args.iter().map(|(arg, _)| *arg).collect();
        let goal = ProtocolRef { def: goal.def, args: List::new(&erased) };
        if let Some(Implementation::Impl(def, impl_args)) =
            self.shapes.typed.implementation_in(goal, self.owner)
            && let Some((binding, _)) = self.match_impl(def, impl_args, &args)
        {
            self.bounds(def, &binding, depth + 1);
        }
    }

    /// Rule 4: `F: Fn[(A, B)]` with this result.
    fn callable_bound(&self, goal: ProtocolRef, output: Option<Ty>, binding: &Binding) {
        let [GenericArg::Ty(callee), GenericArg::Ty(params), ..] = goal.args[..] else { return };
        let callee = self.inst(callee, binding, &mut || self.fresh());
        let before = self.count();
        let mut lent: Vec<Origin> = Vec::new();
        let mut lend = || {
            let origin = self.fresh();
            lent.push(origin);
            origin
        };
        let params = self.inst(params, binding, &mut lend);
        let mut given: Vec<Origin> = Vec::new();
        let mut give = || {
            let origin = self.fresh();
            given.push(origin);
            origin
        };
        let ret = output.map(|ty| self.inst(ty, binding, &mut give));
        let ret = ret.unwrap_or_else(|| Regioned { ty: Ty::unit(), slots: Vec::new() });
        self.pass_callable(&callee, &self.spread(&params), &ret, Lent { lent, given, before });
    }

    /// A callable is given to something that calls it with these arguments.
    pub fn pass_callable(
        &self,
        callee: &Regioned,
        params: &[Regioned],
        ret: &Regioned,
        Lent { lent, given, before }: Lent,
    ) {
        let start = self.edges.borrow().len();
        self.call_value(callee, params, ret);
        if lent.is_empty() {
            return;
        }
        let edges = self.edges.borrow();
        let new = &edges[start..];
        for &from in lent.iter().chain(&callee.slots) {
            let mut reached = vec![from];
            let mut at = 0;
            while let Some(&origin) = reached.get(at) {
                at += 1;
                for &(_, _, to) in new.iter().filter(|(_, a, _)| *a == origin) {
                    if !reached.contains(&to) {
                        reached.push(to);
                    }
                }
            }
            let escapes = |to: &Origin| match lent.contains(&from) {
                true => *to != from && ((to.0 as usize) < before || lent.contains(to)),
                false => given.contains(to),
            };
            if reached.iter().any(escapes) {
                self.escapes.borrow_mut().push(Escape {
                    point: self.point.get(),
                    span: None,
                    kind: EscapeKind::Kept(callee.ty),
                });
                return;
            }
        }
    }

    /// `&T` to `&dyn P`, `Box[T]` to `Box[dyn P]`: the object holds all that the value holds.
    pub fn to_dyn(&self, from: &Regioned, to: &Regioned) {
        let (inner_from, inner_to) = match (from.ty.kind(), to.ty.kind()) {
            (TyKind::Ref(..) | TyKind::RawPtr(..), TyKind::Ref(..) | TyKind::RawPtr(..)) => {
                if let (TyKind::Ref(..), TyKind::Ref(..)) = (from.ty.kind(), to.ty.kind()) {
                    self.edge(from.slots[0], to.slots[0]);
                }
                (self.deref(from), self.deref(to))
            }
            (TyKind::Adt(_, a), TyKind::Adt(_, b)) => {
                let first = |of: &Regioned, args: &GenericArgs| {
                    let args = *args;
                    let binding = self.sliced_binding(args, &of.slots);
                    let ty = args.first()?;
                    let GenericArg::Ty(ty) = *ty else { return None };
                    Some(Regioned { ty, slots: binding.slots.into_iter().next()?? })
                };
                match (first(from, a), first(to, b)) {
                    (Some(a), Some(b)) => (a, b),
                    (_, _) => return self.mix(&from.slots, &to.slots),
                }
            }
            (_, _) => return self.mix(&from.slots, &to.slots),
        };
        let TyKind::Dyn(protocols, bindings, _) = *inner_to.ty.kind() else {
            return self.mix(&from.slots, &to.slots);
        };
        if let TyKind::Dyn(..) = inner_from.ty.kind() {
            return match inner_from.slots.len() == inner_to.slots.len() {
                true => self.relate(&inner_from, &inner_to),
                false => self.mix(&inner_from.slots, &inner_to.slots),
            };
        }
        let Some((&object, rest)) = inner_to.slots.split_last() else { return };
        self.flow_all(&inner_from.slots, &[object]);
        if protocols.iter().any(|protocol| self.keeps(protocol.def, &mut Vec::new())) {
            self.flow_all(&[object], &inner_from.slots);
        }
        let mut rest = rest;
        for protocol in protocols.iter() {
            if self.shapes.is_callable_protocol(protocol.def) {
                let before = self.count();
                let Some(GenericArg::Ty(params)) = protocol.args.first().copied() else { continue };
                let params = self.fresh_type(params);
                let lent: Vec<Origin> =
                    params.slots.iter().copied().filter(|it| it.0 as usize >= before).collect();
                let ret = bindings.first().map_or(Ty::unit(), |binding| binding.ty);
                let ret = self.fresh_type(ret);
                let given = ret.slots.clone();
                self.pass_callable(&inner_from, &self.spread(&params), &ret, Lent { lent, given, before });
                continue;
            }
            let mut args: Vec<(GenericArg, Vec<Origin>)> =
                vec![(GenericArg::Ty(inner_from.ty), inner_from.slots.clone())];
            for &arg in protocol.args.iter() {
                let count = if let GenericArg::Ty(ty) = arg { self.shapes.count(ty) } else { 0 };
                let (own, others) = rest.split_at(count.min(rest.len()));
                args.push((arg, own.to_vec()));
                rest = others;
            }
            let erased: Vec<GenericArg> = args.iter().map(|(arg, _)| *arg).collect();
            let goal = ProtocolRef { def: protocol.def, args: List::new(&erased) };
            if args.iter().map(|(_, slots)| slots.len()).sum::<usize>() > 1
                && let Some(Implementation::Impl(def, impl_args)) =
                    self.shapes.typed.implementation_in(goal, self.owner)
                && let Some((binding, _)) = self.match_impl(def, impl_args, &args)
            {
                self.bounds(def, &binding, 1);
            }
        }
        // Bindings of associated types hold what the value holds.
        let inner = inner_from.slots.clone();
        self.mix(&inner, rest);
    }

    /// A function item or closure becomes a `fn` pointer.
    pub fn to_pointer(&self, from: &Regioned, to: Ty) {
        let TyKind::FnPtr(sig) = *to.kind() else { return };
        let before = self.count();
        let params: Vec<Regioned> = sig.params.iter().map(|&ty| self.fresh_type(ty)).collect();
        let ret = self.fresh_type(sig.ret);
        let made = params.iter().flat_map(|it| it.slots.iter().copied());
        let lent: Vec<Origin> = made.filter(|it| it.0 as usize >= before).collect();
        let given = ret.slots.clone();
        self.pass_callable(from, &params, &ret, Lent { lent, given, before });
    }
}
