//! Which paths may be initialised, and which may be uninitialised, at each point: two forward analyses.
//!
//! A path is surely initialised where it is not maybe uninitialised. After `switch(discriminant(p))` the fields of other
//! variants than the one found hold nothing, so that `match` moves out of one variant without a flag for the others.

use super::{MoveData, PathId};
use crate::dataflow::{Analysis, BitSet, Direction, Location, Results, solve, solve_without_cleanup};
use crate::*;

/// Both analyses of a body.
pub struct Inits<'a> {
    pub data: &'a MoveData,
    pub maybe_init: Results<MaybeInit<'a>>,
    pub maybe_uninit: Results<MaybeUninit<'a>>,
}

impl<'a> Inits<'a> {
    pub fn new(body: &'a Body, data: &'a MoveData) -> Inits<'a> {
        let maybe_init = solve(body, MaybeInit { body, data });
        let maybe_uninit = solve(body, MaybeUninit { body, data });
        Inits { data, maybe_init, maybe_uninit }
    }

    /// What may be uninitialised, in blocks that do not clean up: what is read while unwinding was read before, too.
    pub fn uninit_without_cleanup(body: &'a Body, data: &'a MoveData) -> Results<MaybeUninit<'a>> {
        solve_without_cleanup(body, MaybeUninit { body, data })
    }
}

pub struct MaybeInit<'a> {
    body: &'a Body,
    data: &'a MoveData,
}

pub struct MaybeUninit<'a> {
    body: &'a Body,
    data: &'a MoveData,
}

fn parameters(body: &Body) -> impl Iterator<Item = Local> {
    (1..=body.arg_count as u32).map(Local)
}

impl Analysis for MaybeInit<'_> {
    type Id = PathId;
    const DIRECTION: Direction = Direction::Forward;
    fn domain(&self) -> usize {
        self.data.paths.len()
    }
    fn start(&self, state: &mut BitSet<PathId>) {
        for local in parameters(self.body) {
            set(state, self.data, self.data.local(local), true);
        }
    }
    fn statement(&self, state: &mut BitSet<PathId>, _: &Statement, at: Location) {
        self.data.effects(at).iter().for_each(|effect| set(state, self.data, effect.path, effect.init));
    }
    fn terminator(&self, state: &mut BitSet<PathId>, _: &Terminator, at: Location) {
        self.data.effects(at).iter().for_each(|effect| set(state, self.data, effect.path, effect.init));
    }
    fn block(&self, state: &mut BitSet<PathId>, _: &Body, block: BlockId) {
        let effects = self.data.effects_in(block).iter();
        effects.for_each(|effect| set(state, self.data, effect.path, effect.init));
    }
    fn edge(
        &self,
        state: &mut BitSet<PathId>,
        terminator: &Terminator,
        at: Location,
        _: BlockId,
        position: usize,
    ) {
        match &terminator.kind {
            TerminatorKind::Call { target: Some(_), .. } if position == 0 => {
                if let Some(path) = self.data.returned(terminator) {
                    set(state, self.data, path, true);
                }
            }
            TerminatorKind::Switch { operand, targets, .. } => {
                for path in inactive(self.body, self.data, operand, targets, at, position) {
                    set(state, self.data, path, false);
                }
            }
            TerminatorKind::Goto(_)
            | TerminatorKind::Return
            | TerminatorKind::Resume
            | TerminatorKind::Abort
            | TerminatorKind::Unreachable
            | TerminatorKind::Drop { .. }
            | TerminatorKind::Call { .. }
            | TerminatorKind::Assert { .. } => {}
        }
    }
}

impl Analysis for MaybeUninit<'_> {
    type Id = PathId;
    const DIRECTION: Direction = Direction::Forward;
    fn domain(&self) -> usize {
        self.data.paths.len()
    }
    fn start(&self, state: &mut BitSet<PathId>) {
        state.fill();
        for local in parameters(self.body) {
            set(state, self.data, self.data.local(local), false);
        }
    }
    fn statement(&self, state: &mut BitSet<PathId>, _: &Statement, at: Location) {
        self.data.effects(at).iter().for_each(|effect| set(state, self.data, effect.path, !effect.init));
    }
    fn terminator(&self, state: &mut BitSet<PathId>, _: &Terminator, at: Location) {
        self.data.effects(at).iter().for_each(|effect| set(state, self.data, effect.path, !effect.init));
    }
    fn block(&self, state: &mut BitSet<PathId>, _: &Body, block: BlockId) {
        let effects = self.data.effects_in(block).iter();
        effects.for_each(|effect| set(state, self.data, effect.path, !effect.init));
    }
    fn edge(
        &self,
        state: &mut BitSet<PathId>,
        terminator: &Terminator,
        _: Location,
        _: BlockId,
        position: usize,
    ) {
        if let (TerminatorKind::Call { target: Some(_), .. }, 0) = (&terminator.kind, position)
            && let Some(path) = self.data.returned(terminator)
        {
            set(state, self.data, path, false);
        }
    }
}

/// A path, and all below it, is in a state or is not.
pub fn set(state: &mut BitSet<PathId>, data: &MoveData, path: PathId, value: bool) {
    match value {
        true => drop(state.insert(path)),
        false => state.remove(path),
    }
    for &child in &data.paths[path].children {
        set(state, data, child, value);
    }
}

/// The paths of variants that are not active on an edge of a switch over a discriminant that has just been read.
fn inactive(
    body: &Body,
    data: &MoveData,
    operand: &Operand,
    targets: &[(u128, BlockId)],
    at: Location,
    position: usize,
) -> Vec<PathId> {
    let (Operand::Copy(place) | Operand::Move(place)) = operand else { return Vec::new() };
    let read = body.blocks[at.block].statements.iter().rev().find_map(|statement| {
        if let StatementKind::Assign(to, Rvalue::Discriminant(of)) = &statement.kind
            && to == place
        {
            Some(of)
        } else {
            None
        }
    });
    let Some(super::Lookup::Exact(union)) = read.map(|of| data.find(of)) else { return Vec::new() };
    let variant_of = |path: &PathId| match data.paths[*path].place.projection.last() {
        Some(PlaceElem::Downcast(variant)) => Some(u128::from(variant.0)),
        _ => None,
    };
    // Two values may lead to one block: then nothing is known there from this edge alone, but each edge counts.
    let active = targets.get(position).map(|&(value, _)| value);
    let children = data.paths[union].children.iter().copied();
    children
        .filter(|path| match (variant_of(path), active) {
            (Some(variant), Some(active)) => variant != active,
            (Some(variant), None) => targets.iter().any(|&(value, _)| value == variant),
            (None, _) => false,
        })
        .collect()
}
