//! Uses of what is not there: moved, partly moved, never initialised; and moves out of what must stay whole.
//!
//! A use is right when its path, all above it and (unless only a part is used) all below it are surely initialised. Who
//! took the value is found by walking back to the moves that reach the use.

use crate::{Checker, State};
use base::IndexVec;
use mir::dataflow::{Analysis, BitSet, Location};
use mir::moves::{Lookup, MoveOut, PathId};
use mir::visit::Use;
use mir::*;

/// Gives every place of an instruction to a function.
type ForEachPlace<'a> = &'a dyn Fn(&mut dyn FnMut(&Place, Use));

/// How a place is used, for the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowUsed {
    Used,
    Borrowed,
    /// `x.f = v` when `x` is gone.
    PartAssigned,
}

impl Checker<'_> {
    pub fn uses(&mut self) {
        let body = self.body;
        for block in mir::graph::reverse_postorder(body) {
            let here = &body.blocks[block];
            let mut state = State { maybe_uninit: self.inits.maybe_uninit.states[block].clone() };
            for (statement, it) in here.statements.iter().enumerate() {
                let at = Location { block, statement };
                self.instruction(&mut state, at, &|f| it.kind.for_each_place(f));
                self.inits.maybe_uninit.analysis.statement(&mut state.maybe_uninit, it, at);
            }
            let at = Location { block, statement: here.statements.len() };
            self.instruction(&mut state, at, &|f| here.terminator.kind.for_each_place(f));
        }
    }

    /// Places in the order of their evaluation: `f(s, s)` moves `s` twice.
    fn instruction(&mut self, state: &mut State, at: Location, places: ForEachPlace<'_>) {
        let mut seen = Vec::new();
        places(&mut |place, what| seen.push((place.clone(), what)));
        let mut moved_here = state.maybe_uninit.clone();
        for (place, what) in &seen {
            match what {
                Use::Copy | Use::Move | Use::Inspect => self.check_use(&moved_here, place, HowUsed::Used, at),
                Use::Borrow(_) | Use::AddressOf(_) => {
                    self.check_use(&moved_here, place, HowUsed::Borrowed, at)
                }
                Use::Assign | Use::SetDiscriminant => self.check_assigned(&moved_here, place, at),
                Use::Drop => {}
            }
            for elem in &place.projection {
                if let PlaceElem::Index(index) = elem {
                    self.check_use(&moved_here, &Place::local(*index), HowUsed::Used, at);
                }
            }
            if let (Use::Move, Lookup::Exact(path)) = (what, self.data.find(place)) {
                for path in self.data.with_children(path) {
                    moved_here.insert(path);
                }
            }
        }
    }

    fn check_use(&mut self, uninit: &BitSet<PathId>, place: &Place, how: HowUsed, at: Location) {
        let (path, exact) = match self.data.find(place) {
            Lookup::Exact(path) => (path, true),
            Lookup::Inside(path) => (path, false),
        };
        if uninit.contains(path) {
            return self.not_there(path, place, how, false, at);
        }
        if exact {
            let below = self.data.with_children(path);
            if let Some(&part) = below.iter().find(|&&part| uninit.contains(part)) {
                self.not_there(part, place, how, true, at);
            }
        }
    }

    /// `x = v` asks nothing of `x`; `x.f = v` and `*x = v` do.
    fn check_assigned(&mut self, uninit: &BitSet<PathId>, place: &Place, at: Location) {
        for (count, elem) in place.projection.iter().enumerate() {
            if matches!(elem, PlaceElem::Downcast(_)) {
                continue;
            }
            let base = Place { local: place.local, projection: place.projection[..count].to_vec() };
            let path = match self.data.find(&base) {
                Lookup::Exact(path) | Lookup::Inside(path) => path,
            };
            if uninit.contains(path) {
                return self.not_there(path, &base, HowUsed::PartAssigned, false, at);
            }
        }
    }

    fn not_there(&mut self, path: PathId, place: &Place, how: HowUsed, partly: bool, at: Location) {
        let mut moves = self.moves_reaching(path, at);
        let local = place.local;
        if moves.is_empty() {
            if self.body.locals[local].name.is_some() && self.reported_locals.insert((local, "uninitialised"))
            {
                self.report_uninitialised(place, at);
            }
            return;
        }
        // Only where nothing else has moved it did the instruction itself, an iteration ago.
        if moves.iter().any(|it| it.at != at) {
            moves.retain(|it| it.at != at);
        }
        self.wrong_moves.insert(at);
        if moves.iter().all(|it| it.at != at && self.wrong_moves.contains(&it.at)) {
            return;
        }
        let set: Vec<Location> = moves.iter().map(|it| it.at).collect();
        if self.reported.insert(set) {
            self.report_moved(place, how, partly, &moves, at);
        }
    }

    /// The moves of a path (or of what is around it) that the instruction may come after.
    fn moves_reaching(&self, path: PathId, at: Location) -> Vec<MoveOut> {
        let mut family = vec![path];
        let mut above = self.data.paths[path].parent;
        while let Some(parent) = above {
            family.push(parent);
            above = self.data.paths[parent].parent;
        }
        let predecessors = mir::graph::predecessors(self.body);
        let mut found: Vec<MoveOut> = Vec::new();
        let mut seen = IndexVec::<BlockId, bool>::from_elem(false, self.body.blocks.len());
        // An instruction can move what another operand of it uses.
        found.extend(self.moves_at(&family, at));
        let mut work = vec![(at.block, at.statement)];
        while let Some((block, end)) = work.pop() {
            let mut stopped = false;
            for statement in (0..end).rev() {
                let here = Location { block, statement };
                let moves: Vec<MoveOut> = self.moves_at(&family, here).collect();
                if !moves.is_empty() || self.initialises(&family, here) {
                    found.extend(moves);
                    stopped = true;
                    break;
                }
            }
            if stopped {
                continue;
            }
            for &before in &predecessors[block] {
                let terminator = &self.body.blocks[before].terminator;
                let returned = self.data.returned(terminator).is_some_and(|path| family.contains(&path));
                let by_return = terminator.kind.unwind() != Some(block);
                if (returned && by_return) || !self.inits.maybe_uninit.reached[before] {
                    continue;
                }
                if std::mem::replace(&mut seen[before], true) {
                    continue;
                }
                work.push((before, self.body.blocks[before].statements.len() + 1));
            }
        }
        found.sort_by_key(|it| it.at);
        found.dedup();
        found
    }

    fn moves_at<'b>(&'b self, family: &'b [PathId], at: Location) -> impl Iterator<Item = MoveOut> + 'b {
        self.data.moves.iter().copied().filter(move |it| it.at == at && family.contains(&it.path))
    }

    fn initialises(&self, family: &[PathId], at: Location) -> bool {
        let mut init = false;
        self.data.effects(self.body, at, &mut |path, value| init |= value && family.contains(&path));
        let gone = match self.body.blocks[at.block].statements.get(at.statement) {
            Some(statement) => match statement.kind {
                StatementKind::StorageDead(local) | StatementKind::StorageLive(local) => {
                    family.contains(&self.data.local(local))
                }
                StatementKind::Assign(..) | StatementKind::SetDiscriminant(..) | StatementKind::Nop => false,
            },
            None => false,
        };
        init || gone
    }
}
