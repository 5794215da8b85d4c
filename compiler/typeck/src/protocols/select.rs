//! Selecting the implementation of a goal.
//!
//! Bounds in scope come first, then what the compiler gives, then impls. Several candidates that may all apply
//! leave the goal open until more is known.

use super::*;
use crate::infer::table::{Infer, VarKind};
use crate::{GenericArg, HasFlags, Subst, Ty, TyKind};
use base::Span;

enum Candidate {
    Env(ProtocolRef),
    Item(ProtocolRef),
}

impl<'a> Infer<'a> {
    /// Finds what implements the goal and unifies it with it.
    pub fn select(&mut self, goal: ProtocolRef, span: Span) -> Selection {
        self.steps += 1;
        let goal = self.resolve(goal);
        if goal.has_error() {
            return Selection::Yes(Source::Error, Vec::new());
        }
        let self_ty = goal.args[0].expect_ty();
        if self.is_unknown(self_ty) {
            return Selection::Maybe;
        }
        let mut candidates: Vec<Candidate> = Vec::new();
        for index in 0..self.env.protocols.len() {
            let bound = self.env.protocols[index];
            if bound.def == goal.def && self.probe(|this| this.unify_args(bound.args, goal.args).is_ok()) {
                candidates.push(Candidate::Env(bound));
            }
        }
        if candidates.is_empty() {
            for bound in self.item_bounds(self_ty) {
                if bound.def == goal.def && self.probe(|this| this.unify_args(bound.args, goal.args).is_ok())
                {
                    candidates.push(Candidate::Item(bound));
                }
            }
        }
        if candidates.is_empty() {
            match self.select_builtin(goal) {
                builtin::Answer::NotBuiltin => {}
                builtin::Answer::Is(selection) => return selection,
            }
            return self.select_impl(goal, self_ty, span);
        }
        match candidates.len() {
            1 => self.confirm(candidates.remove(0), goal),
            // Several bounds that say the same: the first does.
            _ if !goal.has_infer() => self.confirm(candidates.remove(0), goal),
            _ => Selection::Maybe,
        }
    }

    fn select_impl(&mut self, goal: ProtocolRef, self_ty: Ty, span: Span) -> Selection {
        let Some(impls) = self.cx.sigs.index().impls(goal.def) else { return Selection::No };
        let mut matching = match (Head::of(self_ty), self_ty.kind()) {
            (Some(head), _) => impls.matching(head),
            (None, &TyKind::Infer(var)) => {
                // A literal may become any number.
                let kind = self.var_kind(var);
                let fits = |head: Option<Head>| match (head, kind) {
                    (None, _) => true,
                    (Some(Head::Prim(prim)), VarKind::Int) => Ty::prim(prim).is_int(),
                    (Some(Head::Prim(prim)), VarKind::Float) => Ty::prim(prim).is_float(),
                    (Some(_), _) => false,
                };
                impls.all.iter().filter(|&&(_, head)| fits(head)).map(|&(def, _)| def).collect()
            }
            (None, _) => impls.blanket.clone(),
        };
        // The only one whose head fits is taken as it is: what it demands and is not there makes a better message
        // than «not implemented».
        let as_it_is = matching.len() == 1 && self.stack.is_empty();
        let sigs = self.cx.sigs;
        matching.retain(|&def| {
            sigs.expect_impl(def).protocol.is_some_and(|header| self.may_match(&header.args, &goal.args))
        });
        if matching.len() > 1 {
            let (mut found, enough) = (0, if goal.has_infer() { 2 } else { 1 });
            matching.retain(|&def| {
                // One more would change nothing.
                let applies = found < enough
                    && self.probe(|this| match this.match_impl(def, goal, span) {
                        Some((_, nested)) => this.evaluate_all(&nested, span) != Eval::No,
                        None => false,
                    });
                found += usize::from(applies);
                applies
            });
            return match matching[..] {
                [] => Selection::No,
                // Overlapping impls are reported where they stand: the first does.
                [first] => match self.match_impl(first, goal, span) {
                    Some((args, nested)) => Selection::Yes(Source::Impl(first, args), nested),
                    None => Selection::No,
                },
                _ => Selection::Maybe,
            };
        }
        let Some(&def) = matching.first() else { return Selection::No };
        let matched = self.try_commit(|this| {
            let (args, nested) = this.match_impl(def, goal, span).ok_or(())?;
            let holds = as_it_is || this.probe(|this| this.evaluate_all(&nested, span)) != Eval::No;
            holds.then_some((args, nested)).ok_or(())
        });
        match matched {
            Ok((args, nested)) => Selection::Yes(Source::Impl(def, args), nested),
            Err(()) => Selection::No,
        }
    }

    /// Unifies an impl's header with a goal: its arguments, and what it demands.
    pub fn match_impl(
        &mut self,
        def: DefId,
        goal: ProtocolRef,
        span: Span,
    ) -> Option<(GenericArgs, Vec<Predicate>)> {
        let item = self.cx.sigs.expect_impl(def);
        let args = self.fresh_args(def, &[], span);
        let mut nested = Vec::new();
        let header = item.protocol?.args.subst(&args);
        let header = self.normalise_into(header, span, &mut nested);
        self.unify_args(header, goal.args).ok()?;
        nested.extend(self.demands(def, args, span));
        Some((args, nested))
    }

    /// The predicates of an item for certain arguments.
    pub fn demands(&mut self, def: DefId, args: GenericArgs, span: Span) -> Vec<Predicate> {
        let sigs = self.cx.sigs;
        let generics = sigs.generics_of(def);
        let mut nested = Vec::new();
        for &(predicate, _) in &generics.predicates {
            let predicate = predicate.subst(&args);
            let predicate = self.normalise_predicate(predicate, span, &mut nested);
            nested.push(predicate);
        }
        nested
    }

    fn confirm(&mut self, candidate: Candidate, goal: ProtocolRef) -> Selection {
        let (bound, source) = match candidate {
            Candidate::Env(bound) => (bound, Source::Env(bound)),
            Candidate::Item(bound) => (bound, Source::Item(bound)),
        };
        let fits = self.unify_args(bound.args, goal.args);
        debug_assert!(fits.is_ok());
        Selection::Yes(source, Vec::new())
    }

    /// What is promised of `<T as P>.Item` by its declaration, and of `impl P` by the function that gives it.
    pub fn item_predicates(&self, ty: Ty) -> Vec<Predicate> {
        let sigs = self.cx.sigs;
        let (promised, args) = match *ty.kind() {
            TyKind::Projection(item, args) => (sigs.assoc_type(item).map(|assoc| &assoc.bounds[..]), args),
            TyKind::Opaque(def, index, args) => (sigs.opaque(def, index), args),
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
            | TyKind::Infer(_)
            | TyKind::Error(_) => return Vec::new(),
        };
        promised.into_iter().flatten().map(|&(predicate, _)| predicate.subst(&args)).collect()
    }

    /// The same, with what it implies, as far as protocols go.
    pub fn item_bounds(&self, ty: Ty) -> Vec<ProtocolRef> {
        let mut bounds = Vec::new();
        for predicate in self.item_predicates(ty) {
            if let Predicate::Protocol(bound) = predicate {
                bounds.extend(env::supers_closure(self.cx, bound));
            }
        }
        bounds
    }

    // ---- evaluating ----

    /// Whether a predicate holds, all the way down; binds nothing.
    pub fn evaluate(&mut self, predicate: Predicate, span: Span) -> Eval {
        let predicate = self.resolve_predicate(predicate);
        if let Predicate::Protocol(goal) = predicate {
            let cacheable = !goal.args.has_infer();
            let everywhere = self.known(goal.args.flags());
            let known = match everywhere {
                Some(known) => known.evals.get(&goal),
                None if cacheable => self.cache.get(&goal).copied(),
                None => None,
            };
            if let Some(known) = known.or_else(|| self.recent_eval(&goal)) {
                return known;
            }
            if let Some(at) = self.stack.iter().position(|known| *known == goal) {
                self.leant_on = self.leant_on.min(at);
                return Eval::No;
            }
            if self.stack.len() as u32 > DEPTH_LIMIT {
                self.leant_on = 0;
                self.overflow.get_or_insert(self.stack[0]);
                return Eval::No;
            }
            self.stack.push(goal);
            let before = std::mem::replace(&mut self.leant_on, usize::MAX);
            let result = self.probe(|this| match this.select(goal, span) {
                Selection::Yes(_, nested) => this.evaluate_all(&nested, span),
                Selection::Maybe => Eval::Maybe,
                Selection::No => Eval::No,
            });
            self.stack.pop();
            // Inside a cycle an answer may depend on where one started; others hold wherever they are asked for. Without
            // that, what is built of generic parts in many layers would be looked at anew for each layer, twice.
            let depth = self.stack.len();
            let stands_alone = self.leant_on >= depth;
            if cacheable && stands_alone && result != Eval::Maybe {
                match everywhere {
                    Some(known) if self.overflow.is_none() => known.evals.insert(goal, result),
                    Some(_) | None => drop(self.cache.insert(goal, result)),
                }
            } else if stands_alone && self.overflow.is_none() && self.lasts(goal.args) {
                self.recent.evals.insert(goal, (self.epoch(), result));
            }
            self.leant_on = if stands_alone { before } else { before.min(self.leant_on) };
            return result;
        }
        self.probe(|this| this.evaluate_step(predicate, span))
    }

    fn evaluate_step(&mut self, predicate: Predicate, span: Span) -> Eval {
        match predicate {
            Predicate::Protocol(_) => self.evaluate(predicate, span),
            Predicate::Projection { item, args, ty } => {
                let mut nested = Vec::new();
                match self.project(item, args, span, &mut nested) {
                    project::Projected::Ty(found) => match self.unify(found, ty) {
                        Ok(()) => self.evaluate_all(&nested, span),
                        Err(_) => Eval::No,
                    },
                    project::Projected::Maybe => Eval::Maybe,
                    project::Projected::No => Eval::No,
                }
            }
        }
    }

    /// All of them; what one binds, the next ones see. Call inside a probe.
    pub fn evaluate_all(&mut self, predicates: &[Predicate], span: Span) -> Eval {
        let mut result = Eval::Yes;
        // Projections bind variables that the others need, so they come first.
        let is_projection = |predicate: &&Predicate| matches!(predicate, Predicate::Projection { .. });
        let projections = predicates.iter().filter(is_projection);
        let others = predicates.iter().filter(|predicate| !is_projection(predicate));
        for &predicate in projections.chain(others) {
            let eval = match predicate {
                Predicate::Projection { .. } => self.evaluate_step(predicate, span),
                Predicate::Protocol(_) => self.evaluate(predicate, span),
            };
            result = result.min(eval);
            if result == Eval::No {
                return Eval::No;
            }
        }
        result
    }

    pub fn resolve_predicate(&self, predicate: Predicate) -> Predicate {
        match predicate {
            Predicate::Protocol(protocol) => Predicate::Protocol(self.resolve(protocol)),
            Predicate::Projection { item, args, ty } => {
                Predicate::Projection { item, args: self.resolve(args), ty: self.resolve(ty) }
            }
        }
    }

    /// `ty: protocol` (without further arguments) certainly holds.
    pub fn implements(&mut self, ty: Ty, protocol: DefId, span: Span) -> Eval {
        let args = self.fresh_args(protocol, &[GenericArg::Ty(ty)], span);
        self.evaluate(Predicate::Protocol(ProtocolRef { def: protocol, args }), span)
    }

    /// Whether values of the type are copied. `Maybe`: not yet known.
    pub fn is_copy(&mut self, ty: Ty, span: Span) -> Eval {
        let ty = self.resolve(ty);
        match *ty.kind() {
            TyKind::Prim(prim) if !ty.is_unsized() => {
                let _ = prim;
                return Eval::Yes;
            }
            TyKind::Ref(_, _, mutability) => {
                return if mutability == crate::Mutability::Shared { Eval::Yes } else { Eval::No };
            }
            TyKind::RawPtr(..) | TyKind::FnDef(..) | TyKind::FnPtr(_) | TyKind::Error(_) => return Eval::Yes,
            TyKind::Prim(_)
            | TyKind::Tuple(_)
            | TyKind::Array(..)
            | TyKind::Slice(_)
            | TyKind::Adt(..)
            | TyKind::Closure(..)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_) => {}
        }
        match self.cx.lang(hir::LangItem::Copy) {
            Some(copy) => self.implements(ty, copy, span),
            None => Eval::No,
        }
    }
}

impl Predicate {
    pub fn subst(self, args: &[GenericArg]) -> Predicate {
        match self {
            Predicate::Protocol(protocol) => Predicate::Protocol(protocol.subst(args)),
            Predicate::Projection { item, args: own, ty } => {
                Predicate::Projection { item, args: own.subst(args), ty: ty.subst(args) }
            }
        }
    }
}
