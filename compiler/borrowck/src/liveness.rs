//! Which origins are live: those of variables whose values may be used, or dropped, later.
//!
//! In: a body and the origins of its variables. Out: [`Liveness`], which works a block out when it is first asked for a point
//! in it.
//!
//! 1. A variable is live where its value may be used before it is assigned as a whole, or begins or ends. Then all its
//!    origins are.
//! 2. It is live for its drop where it may be dropped before that, and may have a value. Then the origins that its drop may
//!    look at are: those of what implements `Drop`, of `dyn`, of type parameters. References are not looked at. `Drop` of
//!    what the standard library has looks at what it holds itself, at its elements only to drop them.
//! 3. Every call may unwind, and then drops all that has a value but what it was given.
//! 4. Universal origins are live everywhere; they are not in these sets.

use crate::body::Points;
use crate::facts::Live;
use crate::regioned::{Cx, Origin, Point, Regioned};
use base::{Idx, IndexVec};
use mir::dataflow::{BitSet, Location};
use mir::visit::Use;
use mir::*;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use typeck::{FieldIdx, GenericArg, Ty, TyKind, VariantIdx};

pub struct Liveness<'a> {
    body: &'a Body,
    points: &'a Points,
    origins: usize,
    locals: &'a IndexVec<Local, Regioned>,
    /// What a variable's drop may look at.
    drops: IndexVec<Local, Vec<Origin>>,
    /// At the end of each block, before its terminator's effects are undone.
    used_at_end: IndexVec<BlockId, BitSet<Local>>,
    dropped_at_end: IndexVec<BlockId, BitSet<Local>>,
    /// What may have a value at the entry of each block.
    init: IndexVec<BlockId, BitSet<Local>>,
    of_block: IndexVec<BlockId, OnceCell<Vec<At>>>,
    has_drops: bool,
}

/// What is known at a point, on entry.
struct At {
    used: BitSet<Local>,
    init: BitSet<Local>,
    origins: BitSet<Origin>,
}

/// What an instruction does to a variable, for liveness.
enum Effect {
    Use(Local),
    /// Its value is another one, or none, from here on.
    Define(Local),
    Drop(Local),
    /// May unwind.
    Unwind,
}

impl<'a> Liveness<'a> {
    pub fn new(
        body: &'a Body,
        points: &'a Points,
        locals: &'a IndexVec<Local, Regioned>,
        drops: IndexVec<Local, Vec<Origin>>,
        origins: usize,
    ) -> Liveness<'a> {
        let empty = BitSet::<Local>::new(body.locals.len());
        let of_block = body.blocks.iter().map(|_| OnceCell::new()).collect();
        let has_drops = drops.iter().any(|it| !it.is_empty());
        let mut liveness = Liveness {
            body,
            points,
            origins,
            locals,
            drops,
            used_at_end: IndexVec::from_elem(empty.clone(), body.blocks.len()),
            dropped_at_end: IndexVec::from_elem(empty.clone(), body.blocks.len()),
            init: IndexVec::from_elem(empty, body.blocks.len()),
            of_block,
            has_drops,
        };
        liveness.solve_backwards();
        liveness.solve_forwards();
        liveness
    }

    fn blocks(&self) -> Vec<BlockId> {
        let blocks = self.body.blocks.iter_enumerated().filter(|(_, here)| !here.is_cleanup);
        blocks.map(|(block, _)| block).collect()
    }

    fn solve_backwards(&mut self) {
        let blocks = self.blocks();
        let predecessors = graph::predecessors(self.body);
        let mut work: Vec<BlockId> = blocks.clone();
        let mut waits = vec![true; self.body.blocks.len()];
        while let Some(block) = work.pop() {
            waits[block.index()] = false;
            let (mut used, mut dropped) =
                (self.used_at_end[block].clone(), self.dropped_at_end[block].clone());
            let here = &self.body.blocks[block];
            self.undo(block, here.statements.len(), &mut used, &mut dropped);
            for statement in (0..here.statements.len()).rev() {
                self.undo(block, statement, &mut used, &mut dropped);
            }
            for &before in &predecessors[block] {
                if self.body.blocks[before].is_cleanup {
                    continue;
                }
                let changed =
                    self.used_at_end[before].union(&used) | self.dropped_at_end[before].union(&dropped);
                if changed && !std::mem::replace(&mut waits[before.index()], true) {
                    work.push(before);
                }
            }
        }
    }

    /// From after an instruction to before it.
    fn undo(&self, block: BlockId, at: usize, used: &mut BitSet<Local>, dropped: &mut BitSet<Local>) {
        // Assignments come after uses.
        effects(self.body, block, at, &mut |effect| {
            if let Effect::Define(local) = effect {
                used.remove(local);
                dropped.remove(local);
            }
        });
        effects(self.body, block, at, &mut |effect| match effect {
            Effect::Use(local) => drop(used.insert(local)),
            Effect::Drop(local) => drop(dropped.insert(local)),
            Effect::Unwind => {
                if self.has_drops {
                    let all = self.drops.iter_enumerated().filter(|(_, it)| !it.is_empty());
                    for (local, _) in all {
                        dropped.insert(local);
                    }
                }
            }
            Effect::Define(_) => {}
        });
    }

    fn solve_forwards(&mut self) {
        let blocks = self.blocks();
        for local in (1..=self.body.arg_count as u32).map(Local) {
            self.init[ENTRY].insert(local);
        }
        let mut changed = true;
        while changed {
            changed = false;
            for &block in &blocks {
                let mut state = self.init[block].clone();
                let here = &self.body.blocks[block];
                for at in 0..=here.statements.len() {
                    self.initialise(block, at, &mut state);
                }
                for to in here.terminator.kind.successors() {
                    if !self.body.blocks[to].is_cleanup {
                        changed |= self.init[to].union(&state);
                    }
                }
            }
        }
    }

    fn initialise(&self, block: BlockId, at: usize, state: &mut BitSet<Local>) {
        let here = &self.body.blocks[block];
        let mut look = |place: &Place, what: Use| match what {
            Use::Move | Use::Drop if place.projection.is_empty() => state.remove(place.local),
            Use::Assign | Use::SetDiscriminant => drop(state.insert(place.local)),
            Use::Move | Use::Drop | Use::Copy | Use::Borrow(_) | Use::AddressOf(_) | Use::Inspect => {}
        };
        match here.statements.get(at) {
            Some(statement) => {
                statement.kind.for_each_place(&mut look);
                if let StatementKind::StorageDead(local) | StatementKind::StorageLive(local) = statement.kind
                {
                    state.remove(local);
                }
            }
            None => here.terminator.kind.for_each_place(&mut look),
        }
    }

    fn block(&self, block: BlockId) -> &[At] {
        self.of_block[block].get_or_init(|| {
            let here = &self.body.blocks[block];
            let mut inits = Vec::with_capacity(here.statements.len() + 1);
            let mut init = self.init[block].clone();
            for at in 0..=here.statements.len() {
                inits.push(init.clone());
                self.initialise(block, at, &mut init);
            }
            let (mut used, mut dropped) =
                (self.used_at_end[block].clone(), self.dropped_at_end[block].clone());
            let mut all = Vec::with_capacity(inits.len());
            for (at, init) in inits.into_iter().enumerate().rev() {
                self.undo(block, at, &mut used, &mut dropped);
                let mut origins = BitSet::new(self.origins);
                for local in used.iter() {
                    for &it in &self.locals[local].slots {
                        origins.insert(it);
                    }
                }
                for local in dropped.iter().filter(|&local| init.contains(local)) {
                    for &it in &self.drops[local] {
                        origins.insert(it);
                    }
                }
                all.push(At { used: used.clone(), init, origins });
            }
            all.reverse();
            all
        })
    }

    fn at(&self, at: Location) -> &At {
        &self.block(at.block)[at.statement]
    }
    /// Whether a variable's value may be used at or after an instruction.
    pub fn is_used_from(&self, local: Local, at: Location) -> bool {
        self.at(at).used.contains(local)
    }
    /// Whether it may have a value before an instruction.
    pub fn may_have_value(&self, local: Local, at: Location) -> bool {
        self.at(at).init.contains(local)
    }
}

impl Live for Liveness<'_> {
    fn live_at(&self, point: Point) -> &BitSet<Origin> {
        &self.at(self.points.location(point)).origins
    }
}

fn effects(body: &Body, block: BlockId, at: usize, f: &mut dyn FnMut(Effect)) {
    let here = &body.blocks[block];
    let mut look = |place: &Place, what: Use| {
        let is_whole = place.projection.is_empty();
        match what {
            Use::Assign if is_whole => f(Effect::Define(place.local)),
            Use::Drop if is_whole => f(Effect::Drop(place.local)),
            Use::Assign
            | Use::Drop
            | Use::Copy
            | Use::Move
            | Use::Borrow(_)
            | Use::AddressOf(_)
            | Use::Inspect
            | Use::SetDiscriminant => f(Effect::Use(place.local)),
        }
        for elem in &place.projection {
            if let PlaceElem::Index(local) = elem {
                f(Effect::Use(*local));
            }
        }
    };
    match here.statements.get(at) {
        Some(statement) => {
            statement.kind.for_each_place(&mut look);
            if let StatementKind::StorageLive(local) | StatementKind::StorageDead(local) = statement.kind {
                f(Effect::Define(local));
            }
        }
        None => {
            here.terminator.kind.for_each_place(&mut look);
            match here.terminator.kind {
                TerminatorKind::Return => f(Effect::Use(RETURN)),
                TerminatorKind::Call { .. } | TerminatorKind::Drop { .. } => f(Effect::Unwind),
                TerminatorKind::Goto(_)
                | TerminatorKind::Switch { .. }
                | TerminatorKind::Resume
                | TerminatorKind::Abort
                | TerminatorKind::Unreachable
                | TerminatorKind::Assert { .. } => {}
            }
        }
    }
}

impl Cx<'_> {
    /// Rule 2: the origins that dropping a value may look at.
    pub fn dropped(&self, of: &Regioned) -> Vec<Origin> {
        let mut found = BTreeSet::new();
        if !of.slots.is_empty() {
            self.dropped_into(of, &mut Vec::new(), &mut found);
        }
        found.into_iter().collect()
    }

    fn dropped_into(&self, of: &Regioned, around: &mut Vec<Ty>, found: &mut BTreeSet<Origin>) {
        let typed = self.shapes.typed;
        if of.slots.is_empty() || around.contains(&of.ty) || !typed.needs_drop(of.ty) {
            return;
        }
        match *of.ty.kind() {
            TyKind::Prim(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Infer(_)
            | TyKind::Error(_) => {}
            TyKind::Dyn(..) => found.extend(of.slots.last()),
            TyKind::Param(..) | TyKind::Projection(..) | TyKind::Opaque(..) => found.extend(&of.slots),
            TyKind::Tuple(_) => {
                self.spread(of).iter().for_each(|part| self.dropped_into(part, around, found));
            }
            TyKind::Array(elem, _) | TyKind::Slice(elem) => {
                self.dropped_into(&Regioned { ty: elem, slots: of.slots.clone() }, around, found);
            }
            TyKind::Closure(..) => {
                for (at, part) in self.shapes.captures(of.ty).into_iter().enumerate() {
                    let part = self.field(of, VariantIdx(0), FieldIdx(at as u32), part);
                    self.dropped_into(&part, around, found);
                }
            }
            TyKind::Adt(def, args) => {
                around.push(of.ty);
                if mir::facts::Facts::has_drop_impl(typed, of.ty) {
                    if typed.signatures.is_own(def) || self.closes(of.ty) {
                        found.extend(&of.slots);
                    } else {
                        let implicit = self.shapes.adt(def).implicit.len();
                        found.extend(&of.slots[of.slots.len() - implicit.min(of.slots.len())..]);
                        let binding = self.sliced_binding(args, &of.slots);
                        for (arg, slots) in args.iter().zip(binding.slots) {
                            if let (GenericArg::Ty(ty), Some(slots)) = (*arg, slots) {
                                self.dropped_into(&Regioned { ty, slots }, around, found);
                            }
                        }
                    }
                }
                if let Some(adt) = typed.signatures.adt(def) {
                    for (variant, decl) in adt.variants.iter_enumerated() {
                        for (field, decl) in decl.fields.iter_enumerated() {
                            let ty = self.normalise(typeck::Subst::subst(decl.ty, &args));
                            let part = self.field(of, variant, field, ty);
                            self.dropped_into(&part, around, found);
                        }
                    }
                }
                around.pop();
            }
        }
    }

    /// What stands beside a `using` closes what it points to.
    fn closes(&self, ty: Ty) -> bool {
        let typed = self.shapes.typed;
        let made =
            typed.package.lang.get(hir::LangItem::UsingNew).and_then(|def| typed.signatures.fn_sig(def));
        made.is_some_and(|sig| sig.ret.adt_def() == ty.adt_def())
    }
}
