//! Questions of the later stages, about concrete types: which function a protocol's method is, what an associated
//! type is, what is copied and what is dropped.

use super::*;
use crate::infer::table::Infer;
use crate::{Const, GenericArg, HasFlags, List, Mutability, Subst, Ty, TyKind, Typed};
use base::{Diagnostics, ErrorReported, FileId, Span};
use hir::{BodyId, DefKind, LangItem, PrimTy};
use std::rc::Rc;

/// Evaluates a constant that stands in a type and is more than arithmetic: the MIR interpreter.
pub trait ConstEval: Sync {
    /// The bits of the value, or proof that `diags` says why there is none.
    fn evaluate(
        &self,
        typed: &Typed<'_>,
        body: BodyId,
        args: GenericArgs,
        diags: &mut Diagnostics,
    ) -> Result<u128, ErrorReported>;
}

/// What a call of a protocol's method means for concrete types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// A function with a body (or an intrinsic): of the impl, or the protocol's default.
    Fn(DefId, GenericArgs),
    /// `Fn.call`, `FnMut.call_mut` or `FnOnce.call_once` (the wanted kind) of a closure.
    Closure(ClosureId, GenericArgs, CallKind),
    /// The same of a function item or of a `fn` pointer: the type of the callee.
    Callable(Ty, CallKind),
    /// `Clone.clone` of something copied bit by bit.
    CloneBitwise(Ty),
    /// `Clone.clone` of a tuple, array or closure: each part in order.
    CloneParts(Ty),
    /// A method of `dyn P`: by the table, at the position among the protocol's functions.
    Dyn(DefId, GenericArgs),
}

/// Why a type implements a protocol, as borrow checking asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Implementation {
    Impl(DefId, GenericArgs),
    /// A bound in scope, or one that an associated type promises.
    Bound,
    /// `dyn P: P`
    Dyn,
    /// The compiler's own.
    Builtin,
}

fn nowhere() -> Span {
    Span::new(FileId(0), 0, 0)
}

impl<'a> Typed<'a> {
    fn concrete(&self) -> Infer<'_> {
        let mut infer = Infer::new(self.cx(), Rc::new(ParamEnv::empty()));
        infer.reveal = true;
        infer
    }

    /// Replaces associated types of concrete types by what they are, and evaluates constants.
    pub fn normalise<T: Subst + HasFlags + Copy>(&self, value: T) -> T {
        if !value.has_projections() {
            return value;
        }
        let mut infer = self.concrete();
        let mut nested = Vec::new();
        let known = infer.normalise_into(value, nowhere(), &mut nested);
        infer.settle(nested);
        let known = infer.resolve(known);
        // An error that was reported leaves unknowns, which mean nothing outside this inference.
        if known.has_infer() { value } else { known }
    }

    /// What implements a goal about concrete types.
    fn source(&self, goal: ProtocolRef) -> Option<Source> {
        let find = || {
            let mut infer = self.concrete();
            let Selection::Yes(source, nested) = infer.select(goal, nowhere()) else { return None };
            infer.settle(nested);
            match source {
                Source::Impl(item, args) => {
                    let args = infer.resolve(args);
                    (!args.has_infer()).then_some(Source::Impl(item, args))
                }
                Source::Env(_) | Source::Item(_) | Source::Builtin(_) | Source::Error => Some(source),
            }
        };
        match self.known.of(goal.flags(), true) {
            Some(_) => self.known.sources.get_or_find(goal, find),
            None => find(),
        }
    }

    /// What implements a goal under the bounds of `owner`; hidden types stay hidden.
    pub fn implementation_in(&self, goal: ProtocolRef, owner: DefId) -> Option<Implementation> {
        let mut infer = Infer::new(self.cx(), Rc::new(ParamEnv::of(self.cx(), owner)));
        let Selection::Yes(source, nested) = infer.select(goal, nowhere()) else { return None };
        infer.settle(nested);
        match source {
            Source::Impl(item, args) => {
                let args = infer.resolve(args);
                (!args.has_infer()).then_some(Implementation::Impl(item, args))
            }
            Source::Env(_) | Source::Item(_) => Some(Implementation::Bound),
            Source::Builtin(Builtin::Dyn) => Some(Implementation::Dyn),
            Source::Builtin(Builtin::Bitwise | Builtin::Parts | Builtin::Call { .. }) => {
                Some(Implementation::Builtin)
            }
            Source::Error => None,
        }
    }

    /// Replaces associated types by what they are under the bounds of `owner`.
    pub fn normalise_in<T: Subst + HasFlags + Copy>(&self, value: T, owner: DefId) -> T {
        if !value.has_projections() {
            return value;
        }
        let mut infer = Infer::new(self.cx(), Rc::new(ParamEnv::of(self.cx(), owner)));
        let mut nested = Vec::new();
        let known = infer.normalise_into(value, nowhere(), &mut nested);
        infer.settle(nested);
        let known = infer.resolve(known);
        if known.has_infer() { value } else { known }
    }

    /// What a definition means for concrete arguments: the implementation of a protocol's member, anything else
    /// itself. `None`: no implementation, an error that has been reported.
    pub fn resolve_instance(&self, def: DefId, args: GenericArgs) -> Option<Resolved> {
        let Some(protocol) = self.signatures.protocol_of_member(def) else {
            return Some(Resolved::Fn(def, args));
        };
        let count = self.signatures.generics_of(protocol).params.len();
        let goal = ProtocolRef { def: protocol, args: List::new(&args[..count]) };
        let self_ty = args[0].expect_ty();
        match self.source(goal)? {
            Source::Impl(item, impl_args) => {
                let implemented = &self.signatures.expect_impl(item).members;
                let member = implemented.iter().find(|&(_, of)| *of == Some(def)).map(|(&member, _)| member);
                Some(match member {
                    Some(member) => {
                        let all: Vec<GenericArg> = impl_args.iter().chain(&args[count..]).copied().collect();
                        Resolved::Fn(member, List::new(&all))
                    }
                    None => Resolved::Fn(def, args),
                })
            }
            Source::Builtin(Builtin::Call { .. }) => {
                let wanted = self.concrete().call_kind(protocol)?;
                Some(if let TyKind::Closure(id, args) = *self_ty.kind() {
                    Resolved::Closure(id, args, wanted)
                } else {
                    Resolved::Callable(self_ty, wanted)
                })
            }
            // `clone_from` and other defaults have bodies in the protocol.
            Source::Builtin(Builtin::Bitwise | Builtin::Parts)
                if self.package.def(def).name.as_str() != "clone" =>
            {
                Some(Resolved::Fn(def, args))
            }
            Source::Builtin(Builtin::Bitwise) => Some(Resolved::CloneBitwise(self_ty)),
            Source::Builtin(Builtin::Parts) if self.is_copy(self_ty) => Some(Resolved::CloneBitwise(self_ty)),
            Source::Builtin(Builtin::Parts) => Some(Resolved::CloneParts(self_ty)),
            // Reached through generic code with `dyn P` as its argument: the default runs.
            Source::Builtin(Builtin::Dyn)
                if !self.signatures.is_in_table(def)
                    && self.signatures.function(def).is_some_and(|function| function.has_body) =>
            {
                Some(Resolved::Fn(def, args))
            }
            Source::Builtin(Builtin::Dyn) => Some(Resolved::Dyn(def, args)),
            Source::Env(_) | Source::Item(_) | Source::Error => None,
        }
    }

    /// The constant of an impl (or the protocol's default) that `T.CONST` means.
    pub fn resolve_const(&self, def: DefId, args: GenericArgs) -> Option<(DefId, GenericArgs)> {
        match self.resolve_instance(def, args)? {
            Resolved::Fn(def, args) => Some((def, args)),
            Resolved::Closure(..)
            | Resolved::Callable(..)
            | Resolved::CloneBitwise(_)
            | Resolved::CloneParts(_)
            | Resolved::Dyn(..) => None,
        }
    }

    pub fn implements(&self, ty: Ty, protocol: LangItem) -> bool {
        match self.package.lang.get(protocol) {
            Some(def) => {
                let known = self.known.of(ty.flags(), true).and_then(|known| {
                    known.evals.get(&ProtocolRef { def, args: List::new(&[GenericArg::Ty(ty)]) })
                });
                known.unwrap_or_else(|| self.concrete().implements(ty, def, nowhere())) == Eval::Yes
            }
            None => false,
        }
    }

    /// Whether values of a concrete type are copied instead of moved.
    pub fn is_copy(&self, ty: Ty) -> bool {
        match *ty.kind() {
            TyKind::Prim(PrimTy::Str) => false,
            TyKind::Prim(_) | TyKind::RawPtr(..) | TyKind::FnDef(..) | TyKind::FnPtr(_) => true,
            TyKind::Ref(_, _, mutability) => mutability == Mutability::Shared,
            TyKind::Tuple(items) => items.iter().all(|&item| self.is_copy(item)),
            TyKind::Array(elem, _) => self.is_copy(elem),
            TyKind::Adt(..) | TyKind::Closure(..) | TyKind::Opaque(..) => self.implements(ty, LangItem::Copy),
            TyKind::Slice(_)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => false,
        }
    }

    /// The same in a generic body, under the bounds of `owner`.
    pub fn is_copy_in(&self, ty: Ty, owner: DefId) -> bool {
        if !ty.has_params() {
            return self.is_copy(ty);
        }
        self.known.copied_in.get_or_find((ty, owner), || {
            let env = Rc::new(ParamEnv::of(self.cx(), owner));
            Infer::new(self.cx(), env).is_copy(ty, nowhere()) == Eval::Yes
        })
    }

    /// Whether dropping a value of the type does anything. A type parameter may need it.
    pub fn needs_drop(&self, ty: Ty) -> bool {
        match *ty.kind() {
            TyKind::Adt(..) | TyKind::Tuple(_) | TyKind::Closure(..) | TyKind::Array(..) => {
                self.known.needs_drop.get_or_find(ty, || self.needs_drop_under(ty, &mut Vec::new()))
            }
            TyKind::Prim(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Error(_)
            | TyKind::Slice(_)
            | TyKind::Dyn(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Param(..)
            | TyKind::Projection(..) => self.needs_drop_under(ty, &mut Vec::new()),
        }
    }

    fn needs_drop_under(&self, ty: Ty, inside: &mut Vec<Ty>) -> bool {
        match *ty.kind() {
            TyKind::Prim(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Error(_) => false,
            TyKind::Tuple(items) => items.iter().any(|&item| self.needs_drop_under(item, inside)),
            TyKind::Array(elem, len) => len != Const::Value(0) && self.needs_drop_under(elem, inside),
            TyKind::Slice(elem) => self.needs_drop_under(elem, inside),
            TyKind::Dyn(..) | TyKind::Opaque(..) | TyKind::Infer(_) => true,
            TyKind::Param(..) | TyKind::Projection(..) => true,
            TyKind::Closure(id, args) => match self.closure(id) {
                Some(info) => info
                    .capture_types()
                    .into_iter()
                    .any(|capture| self.needs_drop_under(self.normalise(capture.subst(&args)), inside)),
                None => true,
            },
            TyKind::Adt(def, args) => {
                if self.package.lang.get(LangItem::Box) == Some(def) {
                    return true;
                }
                if self.implements(ty, LangItem::Drop) {
                    return true;
                }
                // A type inside itself adds nothing new.
                if inside.contains(&ty) {
                    return false;
                }
                inside.push(ty);
                let needs = self.signatures.adt(def).is_some_and(|adt| {
                    let mut fields = adt.variants.iter().flat_map(|variant| variant.fields.iter());
                    fields.any(|field| self.needs_drop_under(self.normalise(field.ty.subst(&args)), inside))
                });
                inside.pop();
                needs
            }
        }
    }

    /// The impl of `Drop` for a type, if it has one of its own: the `drop` function and its arguments.
    pub fn drop_impl(&self, ty: Ty) -> Option<(DefId, GenericArgs)> {
        let protocol = self.package.lang.get(LangItem::Drop)?;
        let TyKind::Adt(..) = *ty.kind() else { return None };
        let members = &self.signatures.protocol(protocol)?.members;
        let method = members.keys().copied().find(|&member| self.package.def(member).kind == DefKind::Fn)?;
        match self.resolve_instance(method, List::new(&[GenericArg::Ty(ty)]))? {
            Resolved::Fn(def, args) => Some((def, args)),
            Resolved::Closure(..)
            | Resolved::Callable(..)
            | Resolved::CloneBitwise(_)
            | Resolved::CloneParts(_)
            | Resolved::Dyn(..) => None,
        }
    }
}

impl Infer<'_> {
    /// Solves what is solvable, and gives back the rest; used with concrete types, where only variables of impls are left.
    pub fn settle(&mut self, predicates: Vec<Predicate>) -> Vec<Predicate> {
        let mut pending = predicates;
        loop {
            let before = (pending.len(), self.changes);
            let mut next = Vec::new();
            for predicate in pending {
                match predicate {
                    Predicate::Protocol(goal) => {
                        let goal = self.resolve(goal);
                        // Only what has variables of impls can teach anything.
                        let may_teach = goal.has_infer() && !(self.is_probing() && self.lasts(goal.args));
                        if !may_teach && self.evaluate(predicate, nowhere()) == Eval::Yes {
                            continue;
                        }
                        match self.select(goal, nowhere()) {
                            Selection::Yes(_, nested) => {
                                if self.resolve(goal).has_infer()
                                    || nested.iter().any(|goal| self.predicate_has_infer(*goal))
                                {
                                    next.extend(nested);
                                }
                            }
                            Selection::Maybe => next.push(predicate),
                            Selection::No => {}
                        }
                    }
                    Predicate::Projection { item, args, ty } => {
                        match self.project(item, args, nowhere(), &mut next) {
                            project::Projected::Ty(found) => {
                                let _ = self.unify(found, ty);
                            }
                            project::Projected::Maybe => next.push(predicate),
                            project::Projected::No => {}
                        }
                    }
                }
            }
            if next.is_empty() || (next.len(), self.changes) == before {
                return next;
            }
            pending = next;
        }
    }

    fn predicate_has_infer(&self, predicate: Predicate) -> bool {
        match predicate {
            Predicate::Protocol(protocol) => self.resolve(protocol).has_infer(),
            Predicate::Projection { args, ty, .. } => {
                self.resolve(args).has_infer() || self.resolve(ty).has_infer()
            }
        }
    }
}
