//! Associated types: `<List[i64] as IntoIterator>.Item` ⇒ `i64`.
//!
//! A projection of a type parameter that no bound fixes stays as it is: it is a type of its own, equal only to
//! itself.

use super::*;
use crate::infer::table::{Infer, Settled};
use crate::{Const, GenericArg, HasFlags, Subst, Ty, TyKind};
use base::Span;
use hir::LangItem;

pub enum Projected {
    Ty(Ty),
    Maybe,
    /// The type does not implement the protocol.
    No,
}

impl<'a> Infer<'a> {
    /// What an associated type is. Adds what remains to be shown to `nested`.
    pub fn project(
        &mut self,
        item: DefId,
        args: GenericArgs,
        span: Span,
        nested: &mut Vec<Predicate>,
    ) -> Projected {
        self.steps += 1;
        let args = self.resolve(args);
        let everywhere = self.known(args.flags());
        if let Some(known) = everywhere.and_then(|known| known.projections.get(&(item, args))) {
            return Projected::Ty(known);
        }
        if let Some(&(epoch, (ty, ref left))) = self.recent.projections.get(&(item, args))
            && epoch == self.epoch()
        {
            add_new(nested, left);
            return Projected::Ty(ty);
        }
        for index in 0..self.env.projections.len() {
            let (bound_item, bound_args, ty) = self.env.projections[index];
            if bound_item == item && bound_args == args {
                return Projected::Ty(ty);
            }
        }
        let fitting: Vec<usize> = (0..self.env.projections.len())
            .filter(|&index| {
                let (bound_item, bound_args, _) = self.env.projections[index];
                bound_item == item
                    && args.has_infer()
                    && !self.is_unknown(args[0].expect_ty())
                    && self.probe(|this| this.unify_args(bound_args, args).is_ok())
            })
            .collect();
        if let [only] = fitting[..] {
            let (_, bound_args, ty) = self.env.projections[only];
            let fits = self.unify_args(bound_args, args);
            debug_assert!(fits.is_ok());
            return Projected::Ty(ty);
        }
        let Some(protocol) = self.cx.package.def(item).parent else { return Projected::No };
        let own = self.cx.sigs.generics_of(protocol).params.len().min(args.len());
        let goal = ProtocolRef { def: protocol, args: crate::List::new(&args[..own]) };
        if self.stack.len() as u32 > DEPTH_LIMIT {
            self.leant_on = 0;
            self.overflow.get_or_insert(goal);
            return Projected::No;
        }
        let epoch = self.epoch();
        // What is made from here on need not last.
        let snapshot = self.snapshot();
        self.stack.push(goal);
        let before = std::mem::replace(&mut self.leant_on, usize::MAX);
        let selection = self.select(goal, span);
        let mut own = Vec::new();
        let result = self.project_from(item, args, goal, selection, span, &mut own);
        self.stack.pop();
        let stands_alone = self.leant_on >= self.stack.len();
        self.leant_on = if stands_alone { before } else { before.min(self.leant_on) };
        let settled = match result {
            Projected::Ty(ty) if stands_alone && self.epoch() == epoch && self.lasts(args) => {
                self.try_commit(|this| this.settled(ty, &own).ok_or(())).ok()
            }
            Projected::Ty(_) | Projected::Maybe | Projected::No => None,
        };
        self.commit(snapshot);
        if let Some((ty, left)) = settled {
            match everywhere {
                Some(known) if left.is_empty() && !ty.has_error() => {
                    known.projections.insert((item, args), ty);
                }
                Some(_) | None => {
                    self.recent.projections.insert((item, args), (epoch, (ty, left.clone())));
                }
            }
            add_new(nested, &left);
            return Projected::Ty(ty);
        }
        add_new(nested, &own);
        result
    }

    /// A type, and what is left of `nested` after what can be shown has been, where that says nothing of unknowns that
    /// were there before: what was selected was looked at all the way down, so nothing that holds need be shown again.
    fn settled(&mut self, ty: Ty, nested: &[Predicate]) -> Option<Settled> {
        let epoch = self.epoch();
        let left = if nested.is_empty() { Vec::new() } else { self.settle(nested.to_vec()) };
        let resolved: Vec<Predicate> = left.into_iter().map(|it| self.resolve_predicate(it)).collect();
        let mut left = Vec::new();
        add_new(&mut left, &resolved);
        let ty = self.resolve(ty);
        let lasts = |it: &Predicate| match *it {
            Predicate::Protocol(goal) => self.lasts(goal.args),
            Predicate::Projection { args, ty, .. } => self.lasts(args) && self.lasts(ty),
        };
        (self.overflow.is_none() && self.epoch() == epoch && self.lasts(ty) && left.iter().all(lasts))
            .then_some((ty, left))
    }

    fn project_from(
        &mut self,
        item: DefId,
        args: GenericArgs,
        goal: ProtocolRef,
        selection: Selection,
        span: Span,
        nested: &mut Vec<Predicate>,
    ) -> Projected {
        let (source, demanded) = match selection {
            Selection::Yes(source, demanded) => (source, demanded),
            Selection::Maybe => return Projected::Maybe,
            Selection::No => return Projected::No,
        };
        // What was selected may have said more of them.
        let args = self.resolve(args);
        let rigid = Ty::new(TyKind::Projection(item, args));
        match source {
            Source::Env(_) => Projected::Ty(rigid),
            Source::Item(_) => match self.item_binding(item, args) {
                // What it says may itself be fixed by a bound: `I: IntoIterator[Item = T]`.
                Some(bound) => Projected::Ty(self.normalise_into(bound, span, nested)),
                None => Projected::Ty(rigid),
            },
            Source::Impl(def, impl_args) => {
                // What the impl demands may fix its arguments: `impl[I: Iterator[Item = T], T] …`.
                nested.extend(demanded);
                let sigs = self.cx.sigs;
                let found = sigs.expect_impl(def).types.get(&item).map(|ty| ty.subst(&impl_args));
                let default = || sigs.assoc_type(item).and_then(|assoc| assoc.default);
                match found.or_else(|| default().map(|ty| ty.subst(&args))) {
                    Some(ty) => Projected::Ty(self.normalise_into(ty, span, nested)),
                    None => Projected::No,
                }
            }
            Source::Builtin(Builtin::Call { ret, .. }) => {
                nested.extend(demanded);
                debug_assert!(self.call_kind(goal.def).is_some());
                Projected::Ty(ret)
            }
            Source::Builtin(Builtin::Dyn) => {
                let said = if let TyKind::Dyn(_, bindings, _) = *args[0].expect_ty().kind() {
                    bindings.iter().find(|binding| binding.item == item).map(|binding| binding.ty)
                } else {
                    None
                };
                Projected::Ty(said.unwrap_or(rigid))
            }
            Source::Builtin(Builtin::Bitwise | Builtin::Parts) => Projected::Ty(rigid),
            Source::Error => match args.iter().find(|arg| arg.has_error()) {
                Some(GenericArg::Ty(ty)) => Projected::Ty(error_in(*ty)),
                Some(GenericArg::Const(_)) | None => Projected::No,
            },
        }
    }

    /// The type behind `impl P`. In the result of a protocol's method it is what the impl gives there.
    fn behind(
        &mut self,
        def: DefId,
        index: u32,
        args: GenericArgs,
        span: Span,
        nested: &mut Vec<Predicate>,
    ) -> Option<Ty> {
        let sigs = self.cx.sigs;
        if sigs.protocol_of_member(def).is_none() {
            return Some(self.hidden(def, index)?.subst(&args));
        }
        let Resolved::Fn(found, found_args) = self.cx.typed?.resolve_instance(def, args)? else {
            return None;
        };
        if found == def {
            return Some(self.hidden(def, index)?.subst(&args));
        }
        let declared = sigs.function(def)?;
        let parts: Vec<Ty> = declared.opaques.iter().map(|_| self.fresh(span)).collect();
        let wanted = with_parts(declared.sig.ret, def, &parts).subst(&args);
        let wanted = self.normalise_into(wanted, span, nested);
        let given = self.normalise_into(sigs.function(found)?.sig.ret.subst(&found_args), span, nested);
        self.unify(given, wanted).ok()?;
        Some(self.resolve(parts[index as usize]))
    }

    /// The type behind `impl P`, by the body of the function that gives it.
    fn hidden(&self, def: DefId, index: u32) -> Option<Ty> {
        let typed = self.cx.typed?;
        let Some(hir::Item::Fn(function)) = self.cx.package.item(def) else { return None };
        typed.body(function.body?).hidden.get(index as usize).copied()
    }

    /// What the declaration of an associated type binds: `type Iter: Iterator[Item = Self.Item]`.
    fn item_binding(&self, item: DefId, args: GenericArgs) -> Option<Ty> {
        self.item_predicates(args[0].expect_ty()).into_iter().find_map(|predicate| match predicate {
            Predicate::Projection { item: bound, args: bound_args, ty }
                if bound == item && bound_args == args =>
            {
                Some(ty)
            }
            Predicate::Projection { .. } | Predicate::Protocol(_) => None,
        })
    }

    /// Replaces projections by what they are, or by a variable with a goal in `nested`.
    pub fn normalise_into<T: Subst + HasFlags>(
        &mut self,
        value: T,
        span: Span,
        nested: &mut Vec<Predicate>,
    ) -> T {
        if !value.has_projections() {
            return value;
        }
        let cx = self.cx;
        value.map_types(
            &mut |ty| {
                if let _ = *ty.kind()
                    && !ty.has_projections()
                {
                    Some(ty)
                } else if let TyKind::Projection(item, args) = *ty.kind() {
                    let args = self.normalise_into(args, span, nested);
                    Some(self.normalise_projection(item, args, span, nested))
                } else if let TyKind::Opaque(def, index, args) = *ty.kind()
                    && self.reveal
                {
                    let args = self.normalise_into(args, span, nested);
                    let hidden = self.behind(def, index, args, span, nested)?;
                    Some(self.normalise_into(hidden, span, nested))
                } else {
                    None
                }
            },
            &mut |value| match value {
                Const::Unevaluated(..) => Some(cx.evaluate(value)),
                Const::Value(_) | Const::Param(..) | Const::Infer(_) | Const::Error(_) => None,
            },
        )
    }

    fn normalise_projection(
        &mut self,
        item: DefId,
        args: GenericArgs,
        span: Span,
        nested: &mut Vec<Predicate>,
    ) -> Ty {
        match self.project(item, args, span, nested) {
            Projected::Ty(ty) => ty,
            Projected::Maybe => {
                let ty = self.fresh(span);
                nested.push(Predicate::Projection { item, args, ty });
                ty
            }
            Projected::No => Ty::new(TyKind::Projection(item, self.resolve(args))),
        }
    }

    /// Normalises what stands inside a predicate; its own left side stays a question.
    pub fn normalise_predicate(
        &mut self,
        predicate: Predicate,
        span: Span,
        nested: &mut Vec<Predicate>,
    ) -> Predicate {
        match predicate {
            Predicate::Protocol(protocol) => {
                let args = self.normalise_into(protocol.args, span, nested);
                Predicate::Protocol(ProtocolRef { def: protocol.def, args })
            }
            Predicate::Projection { item, args, ty } => {
                let args = self.normalise_into(args, span, nested);
                let ty = self.normalise_into(ty, span, nested);
                Predicate::Projection { item, args, ty }
            }
        }
    }

    /// `F.Output` of the `FnOnce` protocol.
    pub fn output_item(&self) -> Option<DefId> {
        let protocol = self.cx.lang(LangItem::FnOnce)?;
        self.assoc_type_named(protocol, "Output")
    }

    /// An associated type of a protocol (not of those above it) by name.
    pub fn assoc_type_named(&self, protocol: DefId, name: &str) -> Option<DefId> {
        let members = &self.cx.sigs.protocol(protocol)?.members;
        members
            .iter()
            .find(|&(&member, member_name)| {
                member_name.as_str() == name && self.cx.package.def(member).kind == hir::DefKind::AssocType
            })
            .map(|(&member, _)| member)
    }
}

/// What every layer of a type demands need be shown once.
fn add_new(to: &mut Vec<Predicate>, predicates: &[Predicate]) {
    for predicate in predicates {
        if !to.contains(predicate) {
            to.push(*predicate);
        }
    }
}

/// The result of a protocol's method with types in place of its `impl P`s.
pub fn with_parts<T: Subst>(result: T, method: DefId, parts: &[Ty]) -> T {
    result.map_types(
        &mut |ty| {
            if let TyKind::Opaque(def, index, _) = *ty.kind()
                && def == method
            {
                parts.get(index as usize).copied()
            } else {
                None
            }
        },
        &mut |_| None,
    )
}

/// The error inside a type.
pub fn error_in(ty: Ty) -> Ty {
    let found = std::cell::Cell::new(None);
    ty.map_types(
        &mut |ty| {
            if ty.is_error() {
                found.set(Some(ty));
            }
            (found.get().is_some() || !ty.has_error()).then_some(ty)
        },
        &mut |value| {
            if let Const::Error(proof) = value {
                found.set(Some(Ty::error(proof)));
            }
            None
        },
    );
    found.get().unwrap_or(ty)
}
