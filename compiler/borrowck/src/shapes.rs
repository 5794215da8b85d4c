//! Which references a type holds: its slots, each with its variance.
//!
//! In: a type without regions, as type checking gives it. Out: a list of slots, in one fixed order; a type with regions is
//! then the type and an origin a slot ([`crate::regioned::Regioned`]). Type checking never sees a region, and a type without
//! references has no slots and costs nothing.
//!
//! ```text
//! &mut List[&str]     slots:  0 the outer reference (may be shortened)      1 the inner one (invariant, behind `&mut`)
//! ```
//!
//! 1. `&T` has a slot of its own, then those of `T`; behind `&mut` these are invariant.
//! 2. Tuples, arrays and slices have the slots of their parts, closures those of their captures.
//! 3. A type parameter has one slot: it stands for all that may be borrowed in the type that is put for it.
//! 4. A record or union has the slots of its arguments, with the variance in which its fields use them, then one for
//!    each reference that its fields mention themselves: its implicit parameters. Where types mention each other in a
//!    circle, all of them have the implicit parameters of all, and pass them on as they are.
//! 5. `dyn P` has a slot for all that the value behind it holds, after those of the protocol's arguments; those of the
//!    `Fn` protocols are chosen anew by each call, so they have none, as those of `fn` pointers.
//! 6. An unknown associated type has the slots of the types that it is projected from, invariant; so has `impl P`, and
//!    one more for what it hides.
//! 7. Raw pointers are followed too: `*T` as `&T`, `*mut T` as `&mut T`, but in the standard library, where a pointer
//!    in a container owns what it points to, `*mut T` is as `T`.
//! 8. What is in a `Cell` is invariant: it changes behind `&`.

use hir::{DefId, LangItem};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use typeck::{FastHash, FieldIdx, GenericArg, GenericArgs, Mutability, Ty, TyKind, VariantIdx};

/// How a slot may change where a value goes from one type to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variance {
    /// Not used: nothing is held.
    Bi,
    /// May hold more where it goes.
    Co,
    /// May hold less.
    Contra,
    Inv,
}

impl Variance {
    /// A slot of variance `self` inside of something of variance `outer`.
    pub fn within(self, outer: Variance) -> Variance {
        match (outer, self) {
            (Variance::Bi, _) | (_, Variance::Bi) => Variance::Bi,
            (Variance::Inv, _) | (_, Variance::Inv) => Variance::Inv,
            (Variance::Co, inner) => inner,
            (Variance::Contra, Variance::Co) => Variance::Contra,
            (Variance::Contra, Variance::Contra) => Variance::Co,
        }
    }
    /// Used in both ways.
    pub fn join(self, other: Variance) -> Variance {
        match (self, other) {
            (Variance::Bi, it) | (it, Variance::Bi) => it,
            (a, b) if a == b => a,
            _ => Variance::Inv,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotKind {
    /// A reference that the type itself mentions.
    Direct,
    /// A type parameter, by number.
    Param(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub kind: SlotKind,
    pub variance: Variance,
}

/// The slots of a type.
pub type Shape = Rc<[Slot]>;

/// What is known of a record or union.
#[derive(Clone, Debug, Default)]
pub struct AdtShape {
    /// How each generic parameter is used.
    pub params: Vec<Variance>,
    /// Its implicit parameters.
    pub implicit: Vec<Variance>,
    /// Which generic parameters occur in the signature of a `fn` pointer or `dyn Fn`.
    pub in_signature: Vec<bool>,
    /// Of each field of each variant, the first of its implicit parameters.
    first: Vec<Vec<usize>>,
    /// The types of its circle: they have the same implicit parameters.
    circle: Rc<[DefId]>,
}

impl AdtShape {
    pub fn first(&self, variant: VariantIdx, field: FieldIdx) -> usize {
        self.first.get(variant.0 as usize).and_then(|of| of.get(field.0 as usize)).copied().unwrap_or(0)
    }
    pub fn is_in_circle(&self, def: DefId) -> bool {
        self.circle.contains(&def)
    }
}

/// Finds shapes and keeps them.
pub struct Shapes<'a> {
    pub typed: &'a typeck::Typed<'a>,
    /// Looked up, never iterated over.
    shapes: RefCell<HashMap<Ty, Shape, FastHash>>,
    adts: RefCell<HashMap<DefId, Rc<AdtShape>, FastHash>>,
    none: Shape,
}

/// What a walk over a type comes upon, in order.
pub enum Step {
    Slot(Slot),
    /// All implicit parameters of the circle that is being looked at.
    Circle(Variance),
}

impl<'a> Shapes<'a> {
    pub fn new(typed: &'a typeck::Typed<'a>) -> Shapes<'a> {
        let (shapes, adts) = (RefCell::default(), RefCell::default());
        Shapes { typed, shapes, adts, none: Rc::new([]) }
    }

    pub fn of(&self, ty: Ty) -> Shape {
        match *ty.kind() {
            TyKind::Prim(_) | TyKind::Error(_) | TyKind::Infer(_) | TyKind::FnPtr(_) => {
                return self.none.clone();
            }
            TyKind::Tuple(_)
            | TyKind::Array(..)
            | TyKind::Slice(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::Adt(..)
            | TyKind::FnDef(..)
            | TyKind::Closure(..)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..) => {}
        }
        if let Some(known) = self.shapes.borrow().get(&ty) {
            return known.clone();
        }
        let mut slots = Vec::new();
        self.walk(ty, Variance::Co, false, &[], &mut |step| {
            if let Step::Slot(slot) = step {
                slots.push(slot);
            }
        });
        let shape: Shape = if slots.is_empty() { self.none.clone() } else { slots.into() };
        self.shapes.borrow_mut().insert(ty, shape.clone());
        shape
    }

    pub fn count(&self, ty: Ty) -> usize {
        self.of(ty).len()
    }

    /// Whether a protocol is one of the `Fn` family.
    pub fn is_callable_protocol(&self, def: DefId) -> bool {
        let lang = &self.typed.package.lang;
        [LangItem::Fn, LangItem::FnMut, LangItem::FnOnce].into_iter().any(|item| lang.get(item) == Some(def))
    }

    /// Whether `Error` occurs in a type.
    pub fn mentions_error(&self, ty: Option<Ty>) -> bool {
        let error = self.typed.package.lang.get(LangItem::Error);
        let mut found = false;
        if let Some(ty) = ty {
            let _ = typeck::Subst::map_types(
                ty,
                &mut |ty| {
                    found |= error.is_some() && ty.adt_def() == error;
                    None
                },
                &mut |_| None,
            );
        }
        found
    }

    /// `core.error.Failure`: an `Error` can be made of it.
    pub fn is_failure(&self, def: DefId) -> bool {
        self.typed.package.def(def).name.as_str() == "Failure" && !self.typed.signatures.is_own(def)
    }

    /// The slots of a type in order; `circle` are the types whose implicit parameters are being found.
    fn walk(&self, ty: Ty, outer: Variance, owns: bool, circle: &[DefId], f: &mut dyn FnMut(Step)) {
        match *ty.kind() {
            TyKind::Prim(_) | TyKind::Error(_) | TyKind::Infer(_) | TyKind::FnPtr(_) => {}
            TyKind::Tuple(items) => items.iter().for_each(|&item| self.walk(item, outer, owns, circle, f)),
            TyKind::Array(elem, _) | TyKind::Slice(elem) => self.walk(elem, outer, owns, circle, f),
            TyKind::Ref(_, to, mutability) => {
                f(Step::Slot(Slot { kind: SlotKind::Direct, variance: outer }));
                let inner = match mutability {
                    Mutability::Shared => outer,
                    Mutability::Mut => Variance::Inv.within(outer),
                };
                self.walk(to, inner, owns, circle, f);
            }
            TyKind::RawPtr(to, mutability) => {
                let inner = match mutability {
                    Mutability::Mut if !owns => Variance::Inv.within(outer),
                    Mutability::Mut | Mutability::Shared => outer,
                };
                self.walk(to, inner, owns, circle, f);
            }
            TyKind::Adt(def, args) => {
                if circle.contains(&def) {
                    let known = self.adts.borrow().get(&def).cloned().unwrap_or_default();
                    self.walk_args(args, &known.params, outer, owns, circle, f);
                    f(Step::Circle(outer));
                    return;
                }
                let adt = self.adt(def);
                self.walk_args(args, &adt.params, outer, owns, circle, f);
                for variance in &adt.implicit {
                    let variance = variance.within(outer);
                    f(Step::Slot(Slot { kind: SlotKind::Direct, variance }));
                }
            }
            TyKind::FnDef(_, args) | TyKind::Projection(_, args) => {
                self.walk_args(args, &[], outer, owns, circle, f);
            }
            TyKind::Opaque(_, _, args) => {
                self.walk_args(args, &[], outer, owns, circle, f);
                f(Step::Slot(Slot { kind: SlotKind::Direct, variance: outer }));
            }
            TyKind::Closure(..) => {
                for part in self.captures(ty) {
                    self.walk(part, outer, owns, circle, f);
                }
            }
            TyKind::Dyn(protocols, bindings, _) => {
                let inner = Variance::Inv.within(outer);
                let callable = protocols.iter().any(|it| self.is_callable_protocol(it.def));
                if !callable {
                    protocols
                        .iter()
                        .for_each(|protocol| self.walk_args(protocol.args, &[], inner, owns, circle, f));
                    bindings.iter().for_each(|binding| self.walk(binding.ty, inner, owns, circle, f));
                }
                f(Step::Slot(Slot { kind: SlotKind::Direct, variance: outer }));
            }
            TyKind::Param(index, _) => {
                f(Step::Slot(Slot { kind: SlotKind::Param(index), variance: outer }));
            }
        }
    }

    /// Arguments of variance `known`, or invariant.
    fn walk_args(
        &self,
        args: GenericArgs,
        known: &[Variance],
        outer: Variance,
        owns: bool,
        circle: &[DefId],
        f: &mut dyn FnMut(Step),
    ) {
        for (at, arg) in args.iter().enumerate() {
            if let GenericArg::Ty(ty) = *arg {
                let own = known.get(at).copied().unwrap_or(Variance::Inv);
                self.walk(ty, own.within(outer), owns, circle, f);
            }
        }
    }

    /// The types of a closure's fields.
    pub fn captures(&self, closure: Ty) -> Vec<Ty> {
        match mir::facts::Facts::parts(self.typed, closure) {
            mir::facts::Parts::Fields(fields) => fields,
            mir::facts::Parts::None | mir::facts::Parts::Variants(_) | mir::facts::Parts::Array(..) => {
                Vec::new()
            }
        }
    }

    pub fn adt(&self, def: DefId) -> Rc<AdtShape> {
        if let Some(known) = self.adts.borrow().get(&def) {
            return known.clone();
        }
        if self.typed.package.lang.get(LangItem::Error) == Some(def) {
            // The name of a type that it holds is text of the program.
            let shape = Rc::new(AdtShape::default());
            self.adts.borrow_mut().insert(def, shape.clone());
            return shape;
        }
        let circle = self.circle(def);
        self.solve_circle(&circle);
        self.adts.borrow().get(&def).cloned().unwrap_or_default()
    }

    /// The types that mention `def` and are mentioned by it, with itself, in order of definition.
    fn circle(&self, def: DefId) -> Rc<[DefId]> {
        let mut reached: Vec<(DefId, Vec<DefId>)> = Vec::new();
        let mut work = vec![def];
        while let Some(next) = work.pop() {
            if reached.iter().any(|(known, _)| *known == next) || self.adts.borrow().contains_key(&next) {
                continue;
            }
            let mentioned = self.mentions(next);
            work.extend(&mentioned);
            reached.push((next, mentioned));
        }
        // Backwards from `def` over what was reached.
        let mut circle = vec![def];
        loop {
            let more = reached.iter().find(|(from, to)| {
                !circle.contains(from) && to.iter().any(|mentioned| circle.contains(mentioned))
            });
            match more {
                Some((from, _)) => circle.push(*from),
                None => break,
            }
        }
        circle.sort();
        circle.into()
    }

    fn mentions(&self, def: DefId) -> Vec<DefId> {
        let mut found = Vec::new();
        let Some(adt) = self.typed.signatures.adt(def) else { return found };
        for field in adt.variants.iter().flat_map(|variant| variant.fields.iter()) {
            let _ = typeck::Subst::map_types(
                field.ty,
                &mut |ty| {
                    if let TyKind::Adt(def, _) = *ty.kind()
                        && !found.contains(&def)
                    {
                        found.push(def);
                    }
                    None
                },
                &mut |_| None,
            );
        }
        found
    }

    /// Rule 4, to a fixed point.
    fn solve_circle(&self, circle: &Rc<[DefId]>) {
        // First how many implicit parameters there are, then how they are used.
        let mut count = 0;
        for &def in &**circle {
            let mut shape = AdtShape { circle: circle.clone(), ..AdtShape::default() };
            // Rule 8.
            let is_cell = self.typed.package.lang.get(LangItem::Cell) == Some(def);
            let unused = if is_cell { Variance::Inv } else { Variance::Bi };
            shape.params = vec![unused; self.typed.signatures.generics_of(def).params.len()];
            if let Some(adt) = self.typed.signatures.adt(def) {
                for variant in adt.variants.iter() {
                    let mut first = Vec::new();
                    for field in variant.fields.iter() {
                        first.push(count);
                        self.walk(field.ty, Variance::Co, false, circle, &mut |step| match step {
                            Step::Slot(Slot { kind: SlotKind::Direct, .. }) => count += 1,
                            Step::Slot(Slot { kind: SlotKind::Param(_), .. }) | Step::Circle(_) => {}
                        });
                    }
                    shape.first.push(first);
                }
            }
            self.adts.borrow_mut().insert(def, Rc::new(shape));
        }
        let mut implicit = vec![Variance::Bi; count];
        let mut changed = true;
        while changed {
            changed = false;
            for &def in &**circle {
                let mut shape = self.adts.borrow().get(&def).map(|it| (**it).clone()).unwrap_or_default();
                let before = (shape.params.clone(), implicit.clone());
                let owns = !self.typed.signatures.is_own(def);
                if let Some(adt) = self.typed.signatures.adt(def) {
                    for (variant_index, variant) in adt.variants.iter_enumerated() {
                        for (field_index, field) in variant.fields.iter_enumerated() {
                            let mut next = shape.first(variant_index, field_index);
                            let params = &mut shape.params;
                            self.walk(field.ty, Variance::Co, owns, circle, &mut |step| match step {
                                Step::Slot(Slot { kind: SlotKind::Direct, variance }) => {
                                    implicit[next] = implicit[next].join(variance);
                                    next += 1;
                                }
                                Step::Slot(Slot { kind: SlotKind::Param(at), variance }) => {
                                    if let Some(known) = params.get_mut(at as usize) {
                                        *known = known.join(variance);
                                    }
                                }
                                Step::Circle(outer) => {
                                    implicit.iter_mut().for_each(|it| *it = it.join(it.within(outer)));
                                }
                            });
                        }
                    }
                }
                changed |= before != (shape.params.clone(), implicit.clone());
                self.adts.borrow_mut().insert(def, Rc::new(shape));
            }
        }
        for def in &**circle {
            let shape = self.adts.borrow().get(def).map(|it| (**it).clone()).unwrap_or_default();
            // What no field uses holds nothing; where types are compared it may hold more.
            let used = |it: &Variance| if *it == Variance::Bi { Variance::Co } else { *it };
            let params = shape.params.iter().map(used).collect();
            let implicit = implicit.iter().map(used).collect();
            let in_signature = self.in_signature(*def, circle);
            self.adts
                .borrow_mut()
                .insert(*def, Rc::new(AdtShape { params, implicit, in_signature, ..shape }));
        }
    }

    fn in_signature(&self, def: DefId, circle: &[DefId]) -> Vec<bool> {
        let count = self.typed.signatures.generics_of(def).params.len();
        let mut found = vec![false; count];
        let Some(adt) = self.typed.signatures.adt(def) else { return found };
        let mark = |of: Ty, found: &mut Vec<bool>| {
            for part in crate::contracts::params_in([of]) {
                if let crate::contracts::Part::Param(at) = part
                    && let Some(known) = found.get_mut(at as usize)
                {
                    *known = true;
                }
            }
        };
        for field in adt.variants.iter().flat_map(|variant| variant.fields.iter()) {
            if !typeck::HasFlags::has_params(&field.ty) {
                continue;
            }
            let _ = typeck::Subst::map_types(
                field.ty,
                &mut |ty| {
                    let is_callable = if let TyKind::Dyn(protocols, ..) = ty.kind() {
                        protocols.iter().any(|it| self.is_callable_protocol(it.def))
                    } else {
                        matches!(ty.kind(), TyKind::FnPtr(_))
                    };
                    if is_callable {
                        mark(ty, &mut found);
                    } else if let TyKind::Adt(inner, args) = *ty.kind()
                        && !circle.contains(&inner)
                    {
                        let shape = self.adt(inner);
                        for (arg, _) in args.iter().zip(&shape.in_signature).filter(|(_, is)| **is) {
                            if let GenericArg::Ty(ty) = *arg {
                                mark(ty, &mut found);
                            }
                        }
                    }
                    None
                },
                &mut |_| None,
            );
        }
        found
    }
}
