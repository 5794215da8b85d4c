//! Types with their origins: a [`Regioned`] is a type and an origin for each of its slots.
//!
//! In: templates (signatures, fields, impls: types with parameters) and what stands for the parameters. Out: the same types
//! with origins. Associated types are looked up with origins too: `SliceIter[T]{'a}` gives `Item = &'a T`.
//!
//! ```text
//! fn get(&self, at: usize) -> Option[&T]     of List[&'x str]     ⇒     &'0 List[&'x str], usize → Option[&'1 &'x str]
//! ```
//!
//! 1. A parameter is what is bound to it. A reference that the template itself mentions gets what the caller says: a fresh
//!    origin for a call, the implicit parameters for a field.
//! 2. In the signature of a method, the type that the impl is for has the same origins wherever it is mentioned.
//! 3. An associated type of an impl: the head of the impl is matched, which binds its parameters; those that the head does
//!    not mention are found by the bounds (`F: FnMut(I.Item) -> B`). References that it mentions are those of the head;
//!    if there are several, it holds what all of them hold.
//! 4. What is known by a bound alone (`I: Iterator[Item = &T]`): references in the bound hold what `I` holds.
//! 5. Where two types of one value do not have the same slots, each may hold what the other holds: never less.

use crate::calls::{Escape, EscapeKind, Lookup};
use crate::contracts::{Callable, Part};
use crate::shapes::{Shapes, SlotKind, Variance};
use base::{Idx, define_id};
use hir::DefId;
use std::cell::{Cell, RefCell};
use typeck::{
    FieldIdx, GenericArg, GenericArgs, HasFlags, Implementation, List, Predicate, ProtocolRef, Subst, Ty,
    TyKind, VariantIdx,
};

define_id! {
    /// A set of loans that something may hold: a region variable.
    pub struct Origin = "'";
    /// A statement or terminator; a block's are in a row.
    pub struct Point = "p";
}

/// What outlives everything.
pub const STATIC: Origin = Origin(0);

/// A type with its origins.
#[derive(Clone, Debug)]
pub struct Regioned {
    pub ty: Ty,
    pub slots: Vec<Origin>,
}

/// Knows parts of a template that have been met before: asked with `None`, told of the slots with `Some`.
pub type Shared<'s> = dyn FnMut(Ty, Option<&[Origin]>) -> Option<Vec<Origin>> + 's;

/// What stands for each generic parameter of a definition.
#[derive(Clone, Debug)]
pub struct Binding {
    pub args: GenericArgs,
    /// Their slots; `None` of a constant, and of what is not known yet.
    pub slots: Vec<Option<Vec<Origin>>>,
}

/// Makes origins and edges between them while a body is looked at.
pub struct Cx<'a> {
    pub shapes: &'a Shapes<'a>,
    pub owner: DefId,
    /// Of each type parameter in scope.
    pub params: Vec<Origin>,
    next: Cell<u32>,
    /// At a point, all that the first holds may be held by the second.
    pub edges: RefCell<Vec<(Point, Origin, Origin)>>,
    pub point: Cell<Point>,
    depth: Cell<u32>,
    /// The contracts of what is called.
    pub lookup: &'a Lookup<'a>,
    pub escapes: RefCell<Vec<Escape>>,
}

impl<'a> Cx<'a> {
    pub fn new(shapes: &'a Shapes<'a>, owner: DefId, lookup: &'a Lookup<'a>) -> Cx<'a> {
        let cx = Cx {
            shapes,
            owner,
            params: Vec::new(),
            next: Cell::new(1),
            edges: RefCell::default(),
            point: Cell::new(Point(0)),
            depth: Cell::new(0),
            lookup,
            escapes: RefCell::default(),
        };
        let count = shapes.typed.signatures.generics_of(owner).params.len();
        let params = (0..count).map(|_| cx.fresh()).collect();
        Cx { params, ..cx }
    }

    pub fn fresh(&self) -> Origin {
        let origin = Origin(self.next.get());
        self.next.set(origin.0 + 1);
        origin
    }
    pub fn count(&self) -> usize {
        self.next.get() as usize
    }

    pub fn edge(&self, from: Origin, to: Origin) {
        if from != to {
            self.edges.borrow_mut().push((self.point.get(), from, to));
        }
    }
    pub fn equate(&self, a: Origin, b: Origin) {
        self.edge(a, b);
        self.edge(b, a);
    }

    pub fn normalise(&self, ty: Ty) -> Ty {
        if ty.has_projections() { self.shapes.typed.normalise_in(ty, self.owner) } else { ty }
    }

    /// A type with a fresh origin for each reference; type parameters are the body's own.
    pub fn fresh_type(&self, ty: Ty) -> Regioned {
        self.type_with(ty, &mut || self.fresh())
    }
    pub fn type_with(&self, ty: Ty, direct: &mut dyn FnMut() -> Origin) -> Regioned {
        let shape = self.shapes.of(ty);
        let slots = shape.iter().map(|slot| match slot.kind {
            SlotKind::Direct => direct(),
            SlotKind::Param(index) => self.param(index),
        });
        Regioned { ty, slots: slots.collect() }
    }
    pub fn param(&self, index: u32) -> Origin {
        self.params.get(index as usize).copied().unwrap_or(STATIC)
    }

    /// A value of type `a` goes where one of type `b` is expected.
    pub fn relate(&self, a: &Regioned, b: &Regioned) {
        if a.slots.is_empty() && b.slots.is_empty() {
            return;
        }
        let shape = self.shapes.of(b.ty);
        if a.slots.len() != b.slots.len() || shape.len() != b.slots.len() {
            return self.mix(&a.slots, &b.slots);
        }
        for (slot, (&from, &to)) in shape.iter().zip(a.slots.iter().zip(&b.slots)) {
            match slot.variance {
                Variance::Bi => {}
                Variance::Co => self.edge(from, to),
                Variance::Contra => self.edge(to, from),
                Variance::Inv => self.equate(from, to),
            }
        }
    }
    pub fn relate_equal(&self, a: &Regioned, b: &Regioned) {
        if a.slots.len() != b.slots.len() {
            return self.mix(&a.slots, &b.slots);
        }
        a.slots.iter().zip(&b.slots).for_each(|(&a, &b)| self.equate(a, b));
    }
    /// Rule 5.
    pub fn mix(&self, a: &[Origin], b: &[Origin]) {
        for &from in a {
            b.iter().for_each(|&to| self.equate(from, to));
        }
    }
    pub fn flow_all(&self, from: &[Origin], to: &[Origin]) {
        for &from in from {
            to.iter().for_each(|&to| self.edge(from, to));
        }
    }

    pub fn fresh_binding(&self, args: GenericArgs) -> Binding {
        let slots = args.iter().map(|arg| match *arg {
            GenericArg::Ty(ty) => Some(self.fresh_type(ty).slots),
            GenericArg::Const(_) => None,
        });
        Binding { args, slots: slots.collect() }
    }
    /// Arguments whose slots stand one after the other.
    pub fn sliced_binding(&self, args: GenericArgs, slots: &[Origin]) -> Binding {
        let mut at = 0;
        let mut take = |ty: Ty| {
            let count = self.shapes.count(ty);
            let own = slots.get(at..at + count).map(<[Origin]>::to_vec);
            at += count;
            own.unwrap_or_else(|| self.fresh_type(ty).slots)
        };
        let own = args.iter().map(|arg| match *arg {
            GenericArg::Ty(ty) => Some(take(ty)),
            GenericArg::Const(_) => None,
        });
        Binding { slots: own.collect(), args }
    }

    /// Rule 1.
    pub fn inst(&self, template: Ty, binding: &Binding, direct: &mut dyn FnMut() -> Origin) -> Regioned {
        self.inst_sharing(template, binding, &mut |_, _| None, direct)
    }

    /// `shared` may say that a part of the template has been met before, and with which slots.
    pub fn inst_sharing(
        &self,
        template: Ty,
        binding: &Binding,
        shared: &mut Shared<'_>,
        direct: &mut dyn FnMut() -> Origin,
    ) -> Regioned {
        let ty = self.normalise(template.subst(&binding.args));
        let count = self.shapes.count(ty);
        if count == 0 && !template.has_params() {
            return Regioned { ty, slots: Vec::new() };
        }
        let mut slots = Vec::with_capacity(count);
        self.inst_into(template, binding, shared, direct, &mut slots);
        if slots.len() != count {
            let own = self.fresh_type(ty);
            self.mix(&slots, &own.slots);
            return own;
        }
        Regioned { ty, slots }
    }

    fn inst_into(
        &self,
        template: Ty,
        binding: &Binding,
        shared: &mut Shared<'_>,
        direct: &mut dyn FnMut() -> Origin,
        out: &mut Vec<Origin>,
    ) {
        if let Some(known) = shared(template, None) {
            out.extend(known);
            return;
        }
        let start = out.len();
        match *template.kind() {
            TyKind::Prim(_) | TyKind::Error(_) | TyKind::Infer(_) => {}
            TyKind::FnPtr(_) => self.fix_params(template, binding),
            TyKind::Tuple(items) => {
                items.iter().for_each(|&item| self.inst_into(item, binding, shared, direct, out));
            }
            TyKind::Array(to, _) | TyKind::Slice(to) | TyKind::RawPtr(to, _) => {
                self.inst_into(to, binding, shared, direct, out);
            }
            TyKind::Ref(_, to, _) => {
                out.push(direct());
                self.inst_into(to, binding, shared, direct, out);
            }
            TyKind::Adt(def, args) => {
                self.inst_args(args, binding, shared, direct, out);
                let adt = self.shapes.adt(def);
                out.extend(adt.implicit.iter().map(|_| direct()));
            }
            TyKind::FnDef(_, args) => self.inst_args(args, binding, shared, direct, out),
            TyKind::Opaque(_, _, args) => {
                self.inst_args(args, binding, shared, direct, out);
                out.push(direct());
            }
            TyKind::Closure(..) => {
                for part in self.shapes.captures(template) {
                    self.inst_into(part, binding, shared, direct, out);
                }
            }
            TyKind::Dyn(protocols, bindings, _) => {
                if !protocols.iter().any(|it| self.shapes.is_callable_protocol(it.def)) {
                    for protocol in protocols.iter() {
                        self.inst_args(protocol.args, binding, shared, direct, out);
                    }
                    for bound in bindings.iter() {
                        self.inst_into(bound.ty, binding, shared, direct, out);
                    }
                } else {
                    self.fix_params(template, binding);
                }
                out.push(direct());
            }
            TyKind::Param(index, _) => match binding.slots.get(index as usize) {
                Some(Some(known)) => out.extend(known),
                Some(None) | None => out.push(self.param(index)),
            },
            TyKind::Projection(item, args) => {
                let args: Vec<(GenericArg, Vec<Origin>)> = args
                    .iter()
                    .map(|arg| match *arg {
                        GenericArg::Ty(ty) => {
                            let it = self.inst(ty, binding, direct);
                            (GenericArg::Ty(it.ty), it.slots)
                        }
                        GenericArg::Const(_) => (arg.subst(&binding.args), Vec::new()),
                    })
                    .collect();
                out.extend(self.project(item, &args).slots);
            }
        }
        shared(template, Some(&out[start..]));
    }

    /// No reference takes the place of a parameter in a `fn` pointer or `dyn Fn`.
    fn fix_params(&self, template: Ty, binding: &Binding) {
        for part in crate::contracts::params_in([template]) {
            if let Part::Param(at) = part
                && let Some(Some(slots)) = binding.slots.get(at as usize)
                && slots.iter().any(|it| !self.params.contains(it))
            {
                self.in_signature();
            }
        }
    }

    fn in_signature(&self) {
        self.escapes.borrow_mut().push(Escape {
            point: self.point.get(),
            span: None,
            kind: EscapeKind::InSignature,
        });
    }

    /// The same of a type that is known: `Handlers[&str]` of `record Handlers[T] { all: List[fn(T)] }`.
    pub fn check_signatures(&self, ty: Ty) {
        let _ = ty.map_types(
            &mut |ty| {
                if let TyKind::Adt(def, args) = *ty.kind() {
                    let shape = self.shapes.adt(def);
                    for (arg, &in_signature) in args.iter().zip(&shape.in_signature) {
                        if let GenericArg::Ty(ty) = *arg
                            && in_signature
                            && self.shapes.of(ty).iter().any(|slot| slot.kind == SlotKind::Direct)
                        {
                            self.in_signature();
                        }
                    }
                }
                None
            },
            &mut |_| None,
        );
    }

    fn inst_args(
        &self,
        args: GenericArgs,
        binding: &Binding,
        shared: &mut Shared<'_>,
        direct: &mut dyn FnMut() -> Origin,
        out: &mut Vec<Origin>,
    ) {
        for arg in args.iter() {
            if let GenericArg::Ty(ty) = *arg {
                self.inst_into(ty, binding, shared, direct, out);
            }
        }
    }

    /// A field of a record, of a variant, a tuple or a closure; `field_ty` is its type without origins.
    pub fn field(&self, of: &Regioned, variant: VariantIdx, field: FieldIdx, field_ty: Ty) -> Regioned {
        let count = self.shapes.count(field_ty);
        if count == 0 {
            return Regioned { ty: field_ty, slots: Vec::new() };
        }
        let slots = match *of.ty.kind() {
            TyKind::Tuple(items) => self.slice_of(&items, field, of),
            TyKind::Closure(..) => self.slice_of(&self.shapes.captures(of.ty), field, of),
            TyKind::Adt(def, args) => self.adt_field(of, def, args, variant, field),
            TyKind::Prim(_)
            | TyKind::Array(..)
            | TyKind::Slice(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => None,
        };
        match slots {
            Some(slots) if slots.len() == count => Regioned { ty: field_ty, slots },
            found => {
                let own = self.fresh_type(field_ty);
                self.mix(&found.unwrap_or_else(|| of.slots.clone()), &own.slots);
                own
            }
        }
    }

    fn slice_of(&self, parts: &[Ty], field: FieldIdx, of: &Regioned) -> Option<Vec<Origin>> {
        let before: usize = parts.iter().take(field.index()).map(|&part| self.shapes.count(part)).sum();
        let count = self.shapes.count(*parts.get(field.index())?);
        of.slots.get(before..before + count).map(<[Origin]>::to_vec)
    }

    fn adt_field(
        &self,
        of: &Regioned,
        def: DefId,
        args: GenericArgs,
        variant: VariantIdx,
        field: FieldIdx,
    ) -> Option<Vec<Origin>> {
        let shape = self.shapes.adt(def);
        let split = of.slots.len().checked_sub(shape.implicit.len())?;
        let (own, implicit) = of.slots.split_at(split);
        let binding = self.sliced_binding(args, own);
        let decl = self.shapes.typed.signatures.adt(def)?.variants.get(variant)?.fields.get(field)?;
        let mut next = shape.first(variant, field);
        let mut out = Vec::new();
        self.field_into(decl.ty, &binding, &shape, implicit, &mut next, &mut out);
        Some(out)
    }

    /// As [`Cx::inst`]; types of the circle take all implicit parameters as they are.
    fn field_into(
        &self,
        template: Ty,
        binding: &Binding,
        shape: &crate::shapes::AdtShape,
        implicit: &[Origin],
        next: &mut usize,
        out: &mut Vec<Origin>,
    ) {
        if let TyKind::Adt(def, args) = *template.kind() {
            for arg in args.iter() {
                if let GenericArg::Ty(ty) = *arg {
                    self.field_into(ty, binding, shape, implicit, next, out);
                }
            }
            if shape.is_in_circle(def) {
                out.extend(implicit);
            } else {
                let count = self.shapes.adt(def).implicit.len();
                out.extend((0..count).map(|_| take(implicit, next)));
            }
            return;
        }
        let parts: Vec<Ty> = match *template.kind() {
            TyKind::Tuple(items) => items.to_vec(),
            TyKind::Array(to, _) | TyKind::Slice(to) | TyKind::RawPtr(to, _) => vec![to],
            TyKind::Ref(_, to, _) => {
                out.push(take(implicit, next));
                vec![to]
            }
            TyKind::Prim(_)
            | TyKind::Adt(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Closure(..)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => {
                let mut direct = || take(implicit, next);
                self.inst_into(template, binding, &mut |_, _| None, &mut direct, out);
                return;
            }
        };
        parts.into_iter().for_each(|part| self.field_into(part, binding, shape, implicit, next, out));
    }

    /// What `*p` is.
    pub fn deref(&self, of: &Regioned) -> Regioned {
        let ty = mir::place_ty::deref_ty(of.ty);
        let skip = usize::from(matches!(of.ty.kind(), TyKind::Ref(..)));
        let count = self.shapes.count(ty);
        match of.slots.get(skip..skip + count) {
            Some(slots) => Regioned { ty, slots: slots.to_vec() },
            None => {
                let own = self.fresh_type(ty);
                self.mix(&of.slots, &own.slots);
                own
            }
        }
    }

    /// Rule 3: `<args[0] as P[args[1..]]>.item`.
    pub fn project(&self, item: DefId, args: &[(GenericArg, Vec<Origin>)]) -> Regioned {
        let erased: Vec<GenericArg> = args.iter().map(|(arg, _)| *arg).collect();
        let erased = List::new(&erased);
        let rigid = Ty::new(TyKind::Projection(item, erased));
        let ty = self.normalise(rigid);
        let count = self.shapes.count(ty);
        let all = || args.iter().flat_map(|(_, slots)| slots.iter().copied()).collect::<Vec<Origin>>();
        if count == 0 {
            return Regioned { ty, slots: Vec::new() };
        }
        if ty == rigid {
            return Regioned { ty, slots: all() };
        }
        // A type parameter of the body is what it is.
        if self.shapes.of(ty).iter().all(|slot| slot.kind != SlotKind::Direct) {
            return self.fresh_type(ty);
        }
        let guard = self.depth.get();
        if guard < 24 {
            self.depth.set(guard + 1);
            let found = self.project_known(item, args, erased, ty);
            self.depth.set(guard);
            if let Some(found) = found.filter(|found| found.slots.len() == count) {
                return found;
            }
        }
        let own = self.fresh_type(ty);
        self.mix(&all(), &own.slots);
        own
    }

    fn project_known(
        &self,
        item: DefId,
        args: &[(GenericArg, Vec<Origin>)],
        erased: GenericArgs,
        ty: Ty,
    ) -> Option<Regioned> {
        let typed = self.shapes.typed;
        let protocol = typed.package.def(item).parent?;
        let count = typed.signatures.generics_of(protocol).params.len().min(args.len());
        if self.shapes.is_callable_protocol(protocol) {
            return None;
        }
        let goal = ProtocolRef { def: protocol, args: List::new(&erased[..count]) };
        match typed.implementation_in(goal, self.owner)? {
            Implementation::Impl(def, impl_args) => {
                let (binding, head) = self.match_impl(def, impl_args, &args[..count])?;
                let own = typed.signatures.expect_impl(def).types.get(&item).copied();
                let template = own.or_else(|| typed.signatures.assoc_type(item)?.default)?;
                let mut direct = || match head[..] {
                    [only] => only,
                    _ => {
                        let own = self.fresh();
                        head.iter().for_each(|&it| self.edge(it, own));
                        own
                    }
                };
                let found = self.inst(template, &binding, &mut direct);
                Some(Regioned { ty, slots: found.slots })
            }
            // Rule 4.
            Implementation::Bound => {
                let first = args.first().and_then(|(_, slots)| slots.first()).copied();
                Some(self.type_with(ty, &mut || first.unwrap_or_else(|| self.fresh())))
            }
            Implementation::Dyn | Implementation::Builtin => None,
        }
    }

    /// What the parameters of an impl are for a goal, and the origins that its head mentions.
    pub fn match_impl(
        &self,
        def: DefId,
        impl_args: GenericArgs,
        goal: &[(GenericArg, Vec<Origin>)],
    ) -> Option<(Binding, Vec<Origin>)> {
        let signatures = &self.shapes.typed.signatures;
        let head = signatures.expect_impl(def).protocol?;
        let mut binding = Binding { args: impl_args, slots: vec![None; impl_args.len()] };
        let mut origins = Vec::new();
        for (template, (_, slots)) in head.args.iter().zip(goal) {
            if let GenericArg::Ty(template) = *template {
                let mut rest = &slots[..];
                self.match_into(template, &mut binding, &mut rest, &mut origins);
            }
        }
        // What the head does not mention, the bounds say.
        let predicates = &signatures.generics_of(def).predicates;
        for _ in 0..=predicates.len() {
            let mut progress = false;
            for &(predicate, _) in predicates {
                let Predicate::Projection { item, args, ty } = predicate else { continue };
                if !self.is_unbound(ty, &binding) || args.iter().any(|&arg| self.is_unbound(arg, &binding)) {
                    continue;
                }
                let found = self.project_template(item, args, &binding);
                let mut rest = &found.slots[..];
                self.match_into(ty, &mut binding, &mut rest, &mut Vec::new());
                progress = true;
            }
            if !progress {
                break;
            }
        }
        // The rest holds anything.
        for (at, arg) in impl_args.iter().enumerate() {
            if let (GenericArg::Ty(ty), None) = (*arg, &binding.slots[at]) {
                let own = self.fresh_type(ty);
                if !own.slots.is_empty() {
                    let all: Vec<Origin> = goal.iter().flat_map(|(_, slots)| slots.iter().copied()).collect();
                    self.mix(&all, &own.slots);
                }
                binding.slots[at] = Some(own.slots);
            }
        }
        // What its methods let flow.
        if origins.len() > 1 || (!origins.is_empty() && !impl_args.is_empty()) {
            let contract = (self.lookup)(Callable::Impl(def));
            let part = |part: Part| match part {
                Part::Param(at) => binding.slots.get(at as usize).cloned().flatten().unwrap_or_default(),
                Part::Direct(at) => origins.get(at as usize).copied().into_iter().collect(),
                Part::Static => vec![STATIC],
            };
            contract.flows.iter().for_each(|&(from, to)| self.flow_all(&part(from), &part(to)));
        }
        Some((binding, origins))
    }

    /// `<args[0] as P>.item` of templates.
    pub fn project_template(&self, item: DefId, args: GenericArgs, binding: &Binding) -> Regioned {
        let args: Vec<(GenericArg, Vec<Origin>)> = self.inst_goal(args, binding);
        let protocol = self.shapes.typed.package.def(item).parent;
        if protocol.is_some_and(|protocol| self.shapes.is_callable_protocol(protocol)) {
            return self.output(item, &args);
        }
        self.project(item, &args)
    }

    pub fn inst_goal(&self, args: GenericArgs, binding: &Binding) -> Vec<(GenericArg, Vec<Origin>)> {
        let inst = |arg: &GenericArg| match *arg {
            GenericArg::Ty(ty) => {
                let it = self.inst(ty, binding, &mut || self.fresh());
                (GenericArg::Ty(it.ty), it.slots)
            }
            GenericArg::Const(_) => (arg.subst(&binding.args), Vec::new()),
        };
        args.iter().map(inst).collect()
    }

    /// What a callable gives for arguments of these types: with any origins, related where the call is.
    fn output(&self, item: DefId, args: &[(GenericArg, Vec<Origin>)]) -> Regioned {
        let erased: Vec<GenericArg> = args.iter().map(|(arg, _)| *arg).collect();
        let ty = self.normalise(Ty::new(TyKind::Projection(item, List::new(&erased))));
        let found = self.fresh_type(ty);
        let [(GenericArg::Ty(callee), slots), (GenericArg::Ty(params), param_slots), ..] = args else {
            return found;
        };
        if !found.slots.is_empty() {
            let callee = Regioned { ty: *callee, slots: slots.clone() };
            let params = self.spread(&Regioned { ty: *params, slots: param_slots.clone() });
            self.call_value(&callee, &params, &found);
        }
        found
    }

    /// The items of a tuple.
    pub fn spread(&self, tuple: &Regioned) -> Vec<Regioned> {
        let Some(items) = tuple.ty.tuple_items() else { return vec![tuple.clone()] };
        let mut at = 0;
        let item = |&ty: &Ty| {
            let count = self.shapes.count(ty);
            let slots = tuple.slots.get(at..at + count).map_or_else(Vec::new, <[Origin]>::to_vec);
            at += count;
            Regioned { ty, slots }
        };
        items.iter().map(item).collect()
    }

    fn is_unbound(&self, value: impl Subst, binding: &Binding) -> bool {
        let mut unbound = false;
        value.map_types(
            &mut |ty| {
                if let TyKind::Param(index, _) = *ty.kind() {
                    unbound |= matches!(binding.slots.get(index as usize), Some(None));
                }
                None
            },
            &mut |_| None,
        );
        unbound
    }

    /// Takes the slots of a template's instance apart.
    fn match_into(&self, template: Ty, binding: &mut Binding, slots: &mut &[Origin], head: &mut Vec<Origin>) {
        match *template.kind() {
            TyKind::Prim(_) | TyKind::Error(_) | TyKind::Infer(_) | TyKind::FnPtr(_) => {}
            TyKind::Tuple(items) => {
                items.iter().for_each(|&item| self.match_into(item, binding, slots, head));
            }
            TyKind::Array(to, _) | TyKind::Slice(to) | TyKind::RawPtr(to, _) => {
                self.match_into(to, binding, slots, head);
            }
            TyKind::Ref(_, to, _) => {
                head.extend(split(slots, 1));
                self.match_into(to, binding, slots, head);
            }
            TyKind::Adt(def, args) => {
                for arg in args.iter() {
                    if let GenericArg::Ty(ty) = *arg {
                        self.match_into(ty, binding, slots, head);
                    }
                }
                head.extend(split(slots, self.shapes.adt(def).implicit.len()));
            }
            TyKind::Param(index, _) => {
                let Some(GenericArg::Ty(ty)) = binding.args.get(index as usize).copied() else { return };
                let own = split(slots, self.shapes.count(ty)).to_vec();
                match &binding.slots[index as usize] {
                    Some(known) if known.len() == own.len() => {
                        known.iter().zip(&own).for_each(|(&a, &b)| self.equate(a, b));
                    }
                    Some(known) => self.mix(known, &own),
                    None => binding.slots[index as usize] = Some(own),
                }
            }
            TyKind::Dyn(..)
            | TyKind::FnDef(..)
            | TyKind::Closure(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..) => {
                let ty = self.normalise(template.subst(&binding.args));
                head.extend(split(slots, self.shapes.count(ty)));
            }
        }
    }

    /// What a type of a signature implies: what is behind a reference outlives it.
    pub fn implied(&self, of: &Regioned, out: &mut Vec<(Origin, Origin)>) {
        self.implied_in(of, &mut Vec::new(), out);
    }

    fn implied_in(&self, of: &Regioned, around: &mut Vec<Ty>, out: &mut Vec<(Origin, Origin)>) {
        if of.slots.len() < 2 || around.contains(&of.ty) || around.len() > 8 {
            return;
        }
        match *of.ty.kind() {
            TyKind::Ref(..) => {
                if let Some((&outer, inner)) = of.slots.split_first() {
                    out.extend(inner.iter().map(|&it| (it, outer)));
                }
                self.implied_in(&self.deref(of), around, out);
            }
            TyKind::Tuple(_) => self.spread(of).iter().for_each(|part| self.implied_in(part, around, out)),
            TyKind::Array(elem, _) | TyKind::Slice(elem) => {
                self.implied_in(&Regioned { ty: elem, slots: of.slots.clone() }, around, out);
            }
            TyKind::Adt(def, args) => {
                around.push(of.ty);
                let binding = self.sliced_binding(args, &of.slots);
                for (arg, slots) in args.iter().zip(binding.slots) {
                    if let (GenericArg::Ty(ty), Some(slots)) = (*arg, slots) {
                        self.implied_in(&Regioned { ty, slots }, around, out);
                    }
                }
                if let Some(adt) = self
                    .shapes
                    .typed
                    .signatures
                    .adt(def)
                    .filter(|_| !self.shapes.adt(def).implicit.is_empty())
                {
                    for (variant, decl) in adt.variants.iter_enumerated() {
                        for (field, decl) in decl.fields.iter_enumerated() {
                            let ty = self.normalise(decl.ty.subst(&args));
                            self.implied_in(&self.field(of, variant, field, ty), around, out);
                        }
                    }
                }
                around.pop();
            }
            TyKind::Prim(_)
            | TyKind::RawPtr(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Closure(..)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => {}
        }
    }
}

fn take(implicit: &[Origin], next: &mut usize) -> Origin {
    *next += 1;
    implicit.get(*next - 1).copied().unwrap_or(STATIC)
}

fn split<'s>(slots: &mut &'s [Origin], count: usize) -> &'s [Origin] {
    let (own, rest) = slots.split_at(count.min(slots.len()));
    *slots = rest;
    own
}
