//! Who may change: `let` variables are assigned once, `&mut` is taken of `var` only, nothing changes behind `&`.

use crate::Checker;
use base::{Idx, Span};
use mir::dataflow::{Analysis, BitSet, Direction, Location, solve};
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
        let results = solve(body, EverAssigned { body });
        for block in mir::graph::reverse_postorder(body) {
            let here = &body.blocks[block];
            if here.is_cleanup {
                continue;
            }
            let mut state = results.states[block].clone();
            for (statement, it) in here.statements.iter().enumerate() {
                let at = Location { block, statement };
                it.kind.for_each_place(&mut |place, what| self.change(&state, place, what, at));
                results.analysis.statement(&mut state, it, at);
            }
            let at = Location { block, statement: here.statements.len() };
            here.terminator.kind.for_each_place(&mut |place, what| self.change(&state, place, what, at));
        }
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
        let mut tys = vec![self.body.locals[place.local].ty];
        for elem in &place.projection {
            let ty = elem.ty_of(tys[tys.len() - 1]);
            tys.push(ty);
        }
        let captured = self.captured(place);
        // The closure's own `&self` or `&mut self`, and what it holds the capture by, are no pointers that the user
        // knows.
        let own = captured.map_or(0, |(_, used)| used);
        for (at, elem) in place.projection.iter().enumerate().rev() {
            if *elem != PlaceElem::Deref {
                continue;
            }
            let pointer = || Place { local: place.local, projection: place.projection[..at].to_vec() };
            match *tys[at].kind() {
                TyKind::Ref(..) if at < own => return self.locked_capture(place),
                TyKind::Ref(_, _, Mutability::Mut) | TyKind::RawPtr(_, Mutability::Mut) => return None,
                TyKind::Ref(_, _, Mutability::Shared) => return Some(Locked::Shared(pointer())),
                TyKind::RawPtr(_, Mutability::Shared) => return Some(Locked::Pointer(pointer())),
                // A box changes with its owner.
                TyKind::Prim(_)
                | TyKind::Tuple(_)
                | TyKind::Array(..)
                | TyKind::Slice(_)
                | TyKind::Adt(..)
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
