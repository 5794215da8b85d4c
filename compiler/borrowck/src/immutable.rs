//! Who may change: `let` variables are assigned once, `&mut` is taken of `var` only, nothing changes behind `&`.

use crate::Checker;
use base::{Idx, IndexVec, Span};
use mir::dataflow::{Analysis, BitSet, Direction, Location, solve_without_cleanup};
use mir::visit::Use;
use mir::*;
use typeck::{CaptureAccess, Mutability, TyKind};

/// Why a place must not change.
pub enum Locked {
    /// A `let` variable or parameter; where it is declared, and its name.
    Variable { declared: Span, name: String },
    /// Behind `&T`: the path to the reference.
    Shared(Place),
    /// Behind `*T`.
    Pointer(Place),
}

impl Checker<'_> {
    pub fn mutability(&mut self) {
        let body = self.body;
        // Only what may be assigned again needs a history.
        let history = self.may_repeat().then(|| solve_without_cleanup(body, EverAssigned { body }));
        let mut state = BitSet::new(body.locals.len());
        for (block, here) in body.blocks.iter_enumerated().filter(|(_, block)| !block.is_cleanup) {
            if let Some(history) = &history {
                state.clone_from(&history.states[block]);
            }
            for (statement, it) in here.statements.iter().enumerate() {
                let at = Location { block, statement };
                it.kind.for_each_place(&mut |place, what| self.change(&state, place, what, at));
                if let Some(history) = &history {
                    history.analysis.statement(&mut state, it, at);
                }
            }
            let at = Location { block, statement: here.statements.len() };
            here.terminator.kind.for_each_place(&mut |place, what| self.change(&state, place, what, at));
        }
    }

    /// Whether a variable that is to be assigned once might be assigned twice: there are two assignments, or one that a
    /// loop may come back to while the variable is still the same.
    fn may_repeat(&self) -> bool {
        let body = self.body;
        let once = |local: Local| {
            let decl = &body.locals[local];
            self.using.contains(&local) || (!decl.mutable && decl.name.is_some())
        };
        // Blocks stand before their successors, but for the ends of loops: (first, last).
        let mut loops: Vec<(BlockId, BlockId)> = Vec::new();
        let mut assigned = IndexVec::<Local, Option<BlockId>>::from_elem(None, body.locals.len());
        let mut lives = IndexVec::<Local, Option<BlockId>>::from_elem(None, body.locals.len());
        let mut twice = false;
        for (block, here) in body.blocks.iter_enumerated().filter(|(_, here)| !here.is_cleanup) {
            let mut assign = |place: &Place, what: Use| {
                if what == Use::Assign && place.projection.is_empty() && once(place.local) {
                    twice |= crate::is_parameter(body, place.local)
                        || assigned[place.local].replace(block).is_some();
                }
            };
            for statement in &here.statements {
                match &statement.kind {
                    StatementKind::StorageLive(local) => lives[*local] = Some(block),
                    StatementKind::Assign(place, _) => assign(place, Use::Assign),
                    StatementKind::SetDiscriminant(..)
                    | StatementKind::StorageDead(_)
                    | StatementKind::Nop => {}
                }
            }
            here.terminator.kind.for_each_place(&mut assign);
            // A variable with a value of its own has it when it begins.
            if !body.declares_later {
                continue;
            }
            loops.extend(here.terminator.kind.successors().filter(|&to| to <= block).map(|to| (to, block)));
        }
        let again = |(local, &at): (Local, &Option<BlockId>)| {
            let Some(at) = at else { return false };
            // What begins inside of the loop is another one each time.
            let begins = lives[local].unwrap_or(ENTRY);
            loops.iter().any(|&(first, last)| first <= at && at <= last && begins < first)
        };
        twice || assigned.iter_enumerated().any(again)
    }

    fn change(&mut self, assigned: &BitSet<Local>, place: &Place, what: Use, at: Location) {
        match what {
            Use::Assign if place.projection.is_empty() => {
                let decl = &self.body.locals[place.local];
                if self.using.contains(&place.local) && assigned.contains(place.local) {
                    self.report_assigned_using(place.local, at);
                } else if !decl.mutable
                    && decl.name.is_some()
                    && assigned.contains(place.local)
                    && self.reported_locals.insert((place.local, "assigned"))
                {
                    self.report_assigned_twice(place.local, at);
                }
            }
            Use::Assign | Use::SetDiscriminant => self.check_changeable(place, false, at),
            Use::Borrow(Mutability::Mut) | Use::AddressOf(Mutability::Mut) => {
                self.check_changeable(place, true, at)
            }
            Use::Borrow(Mutability::Shared)
            | Use::AddressOf(Mutability::Shared)
            | Use::Copy
            | Use::Move
            | Use::Inspect
            | Use::Drop => {}
        }
    }

    fn check_changeable(&mut self, place: &Place, borrowed: bool, at: Location) {
        // What a closure does with its captures is told of where it does it.
        if borrowed && self.is_capture(at) {
            return;
        }
        if let Some(locked) = self.locked(place) {
            let once = match &locked {
                Locked::Variable { .. } => "changed",
                Locked::Shared(_) | Locked::Pointer(_) => "behind",
            };
            if self.reported_locals.insert((place.local, once)) {
                self.report_locked(place, locked, borrowed, at);
            }
        }
    }

    /// The innermost pointer decides; without one, the variable does.
    fn locked(&self, place: &Place) -> Option<Locked> {
        let mut ty = self.body.locals[place.local].ty;
        let mut pointer = None;
        for (at, elem) in place.projection.iter().enumerate() {
            // A box changes with its owner.
            if let (PlaceElem::Deref, TyKind::Ref(_, _, mutability)) = (elem, ty.kind()) {
                pointer = Some((at, *mutability, true));
            } else if let (PlaceElem::Deref, TyKind::RawPtr(_, mutability)) = (elem, ty.kind()) {
                pointer = Some((at, *mutability, false));
            }
            ty = elem.ty_of(ty);
        }
        let captured = self.captured(place);
        // The closure's own `&self` or `&mut self`, and what it holds the capture by, are no pointers that the user
        // knows.
        let own = captured.map_or(0, |(_, used)| used);
        if let Some((at, mutability, is_reference)) = pointer {
            if is_reference && at < own {
                return self.locked_capture(place);
            }
            let pointer = || Place { local: place.local, projection: place.projection[..at].to_vec() };
            return match (mutability, is_reference) {
                (Mutability::Mut, _) => None,
                (Mutability::Shared, true) => Some(Locked::Shared(pointer())),
                (Mutability::Shared, false) => Some(Locked::Pointer(pointer())),
            };
        }
        if captured.is_some() {
            return self.locked_capture(place);
        }
        let decl = &self.body.locals[place.local];
        let name = decl.name.filter(|_| !decl.mutable)?;
        Some(Locked::Variable { declared: decl.span, name: name.to_string() })
    }

    /// What is captured is as changeable as it was where it was captured.
    fn locked_capture(&self, place: &Place) -> Option<Locked> {
        let (number, own) = self.captured(place)?;
        let capture = self.captures.get(number)?;
        match capture.access {
            CaptureAccess::Variable { mutable: true } | CaptureAccess::Behind(Mutability::Mut) => None,
            CaptureAccess::Variable { mutable: false } => {
                Some(Locked::Variable { declared: capture.span, name: capture.variable.to_string() })
            }
            CaptureAccess::Behind(Mutability::Shared) => {
                let field = own - usize::from(capture.by_reference);
                Some(Locked::Shared(Place {
                    local: place.local,
                    projection: place.projection[..field].to_vec(),
                }))
            }
        }
    }
}

/// Locals that may have been assigned since they came alive. A move does not make a `let` assignable again.
struct EverAssigned<'a> {
    body: &'a Body,
}

impl EverAssigned<'_> {
    fn assign(state: &mut BitSet<Local>, place: &Place, what: Use) {
        if what == Use::Assign && place.projection.is_empty() {
            state.insert(place.local);
        }
    }
}

impl Analysis for EverAssigned<'_> {
    type Id = Local;
    const DIRECTION: Direction = Direction::Forward;
    fn domain(&self) -> usize {
        self.body.locals.len()
    }
    fn start(&self, state: &mut BitSet<Local>) {
        for local in 1..=self.body.arg_count {
            state.insert(Local::from_usize(local));
        }
    }
    fn statement(&self, state: &mut BitSet<Local>, statement: &Statement, _: Location) {
        statement.kind.for_each_place(&mut |place, what| EverAssigned::assign(state, place, what));
        if let StatementKind::StorageDead(local) = statement.kind {
            state.remove(local);
        }
    }
    fn terminator(&self, state: &mut BitSet<Local>, terminator: &Terminator, _: Location) {
        terminator.kind.for_each_place(&mut |place, what| EverAssigned::assign(state, place, what));
    }
}
