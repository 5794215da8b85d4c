//! Uses of what is not there: moved, partly moved, never initialised; and moves out of what must stay whole.
//!
//! A use is right when its path, all above it and (unless only a part is used) all below it are surely initialised. Who
//! took the value is found by walking back to the moves that reach the use.

use crate::Checker;
use base::IndexVec;
use mir::dataflow::{BitSet, Location};
use mir::moves::init::set;
use mir::moves::{Lookup, MoveOut, PathId};
use mir::visit::Use;
use mir::*;

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
        let Some(results) = self.uninit else { return };
        let mut uninit = BitSet::new(self.data.paths.len());
        for (block, here) in body.blocks.iter_enumerated().filter(|(_, block)| !block.is_cleanup) {
            uninit.clone_from(&results.states[block]);
            for (statement, it) in here.statements.iter().enumerate() {
                let at = Location { block, statement };
                if let StatementKind::StorageDead(local) = it.kind {
                    set(&mut uninit, self.data, self.data.local(local), true);
                } else {
                    it.kind.for_each_place(&mut |place, what| self.used(&mut uninit, place, what, at));
                }
            }
            let at = Location { block, statement: here.statements.len() };
            here.terminator.kind.for_each_place(&mut |place, what| self.used(&mut uninit, place, what, at));
        }
    }

    /// Places come in the order of their evaluation: `f(s, s)` moves `s` twice.
    fn used(&mut self, uninit: &mut BitSet<PathId>, place: &Place, what: Use, at: Location) {
        match what {
            Use::Copy | Use::Move | Use::Inspect => self.check_use(uninit, place, HowUsed::Used, at),
            Use::Borrow(_) | Use::AddressOf(_) => self.check_use(uninit, place, HowUsed::Borrowed, at),
            Use::Assign | Use::SetDiscriminant => self.check_assigned(uninit, place, at),
            Use::Drop => {}
        }
        for elem in &place.projection {
            if let PlaceElem::Index(index) = elem {
                self.check_use(uninit, &Place::local(*index), HowUsed::Used, at);
            }
        }
        let becomes_init = match what {
            Use::Move | Use::Drop => false,
            Use::Assign => true,
            Use::Copy | Use::Borrow(_) | Use::AddressOf(_) | Use::Inspect | Use::SetDiscriminant => return,
        };
        if let Lookup::Exact(path) = self.data.find(place) {
            set(uninit, self.data, path, !becomes_init);
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
        if exact && !self.data.paths[path].children.is_empty() {
            let below = self.data.with_children(path);
            if let Some(&part) = below.iter().find(|&&part| uninit.contains(part)) {
                self.not_there(part, place, how, true, at);
            }
        }
    }

    /// `x = v` asks nothing of `x`; `x.f = v` and `*x = v` do.
    fn check_assigned(&mut self, uninit: &BitSet<PathId>, place: &Place, at: Location) {
        let mut path = self.data.local(place.local);
        // Whether there are no more paths on the way.
        let mut inside = false;
        for (count, elem) in place.projection.iter().enumerate() {
            if !matches!(elem, PlaceElem::Downcast(_)) && uninit.contains(path) {
                let base = Place { local: place.local, projection: place.projection[..count].to_vec() };
                return self.not_there(path, &base, HowUsed::PartAssigned, false, at);
            }
            match self.data.child(path, elem).filter(|_| !inside) {
                Some(child) => path = child,
                None => inside = true,
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
                if (returned && by_return) || self.body.blocks[before].is_cleanup {
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
        let init = self.data.effects(at).iter().any(|effect| effect.init && family.contains(&effect.path));
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
