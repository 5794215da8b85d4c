//! Which instruction touches what is lent: accesses, and the loans that they invalidate.
//!
//! In: a body, its loans. Out: [`Invalidation`]s: what must not happen while the loan lives.
//!
//! ```text
//! _3 = &mut _1; _1.0 = 5     the write to `_1.0` touches the loan of `_1`
//! ```
//!
//! 1. Reading (copying, `&place`) touches loans by `&mut`; writing (moving, assigning, `&mut place`, dropping, the end of the
//!    storage) touches all loans.
//! 2. Two places are apart if on the way to one there is another field, or another element at a known position.
//! 3. An access to a part of what is lent touches it. An access to what the lent place is a part of does, if it goes that deep:
//!    assigning a variable or its end changes only its own memory, not what is behind its references; moving changes all but
//!    what is behind a `&`; a drop leaves alone what is behind references, unless a `Drop` on the way might look.
//! 4. A `&mut` made for a call reads until the call and writes there (two phases): `list.push(list.len())`.
//! 5. A function's end ends the storage of all its variables. What a constant refers to is memory of the program.

use crate::body::LoanInfo;
use crate::facts::Loan;
use crate::liveness::Liveness;
use base::{Idx, IndexVec};
use mir::dataflow::Location;
use mir::facts::Facts;
use mir::visit::Use;
use mir::*;
use std::collections::BTreeMap;
use typeck::{Mutability, Ty, TyKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    Read,
    Borrow,
    BorrowMut,
    Assign,
    Move,
    Drop,
    StorageDead,
    /// The function ends.
    Return,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Shallow,
    Deep,
    Drop,
}

#[derive(Clone, Debug)]
pub struct Invalidation {
    pub at: Location,
    pub loan: Loan,
    pub access: Access,
    pub place: Place,
}

pub struct Accesses<'a, 'p> {
    pub body: &'a Body,
    pub facts: &'a dyn Facts,
    pub loans: &'a IndexVec<Loan, LoanInfo>,
    pub liveness: &'a dyn Fn() -> &'a Liveness<'a>,
    /// Which loans could be live at an instruction, without regard to where they could get.
    possible: &'p dyn Fn(Location) -> Vec<Loan>,
    of_local: IndexVec<Local, Vec<Loan>>,
    /// The loans that temporaries hold until their call.
    two_phase: BTreeMap<Local, Loan>,
    found: Vec<Invalidation>,
}

/// So many loans of one variable are looked at one by one.
const MANY: usize = 12;

impl<'a, 'p> Accesses<'a, 'p> {
    pub fn find(
        body: &'a Body,
        facts: &'a dyn Facts,
        loans: &'a IndexVec<Loan, LoanInfo>,
        liveness: &'a dyn Fn() -> &'a Liveness<'a>,
        possible: &'p dyn Fn(Location) -> Vec<Loan>,
    ) -> Vec<Invalidation> {
        let mut of_local = IndexVec::from_elem(Vec::new(), body.locals.len());
        for (loan, info) in loans.iter_enumerated() {
            of_local[info.place.local].push(loan);
        }
        let two_phase =
            loans.iter_enumerated().filter_map(|(loan, info)| Some((info.two_phase?, loan))).collect();
        let mut accesses =
            Accesses { body, facts, loans, liveness, possible, of_local, two_phase, found: Vec::new() };
        for (block, here) in body.blocks.iter_enumerated().filter(|(_, here)| !here.is_cleanup) {
            for (statement, it) in here.statements.iter().enumerate() {
                accesses.statement(&it.kind, Location { block, statement });
            }
            let at = Location { block, statement: here.statements.len() };
            accesses.terminator(&here.terminator.kind, at);
        }
        accesses.found
    }

    fn statement(&mut self, statement: &StatementKind, at: Location) {
        match statement {
            StatementKind::StorageDead(local) => {
                self.access(&Place::local(*local), Depth::Shallow, Access::StorageDead, at, None);
            }
            StatementKind::Assign(to, Rvalue::Ref(Mutability::Mut, of)) => {
                let own = self.loan_of(at);
                let two_phase = own.is_some_and(|loan| self.loans[loan].two_phase.is_some());
                // Rule 4.
                let access = if two_phase { Access::Borrow } else { Access::BorrowMut };
                // The loan itself counts too: it may have begun an iteration ago.
                self.access(of, Depth::Deep, access, at, None);
                self.indices(of, at);
                self.touch(to, Use::Assign, at);
            }
            StatementKind::Assign(..) | StatementKind::SetDiscriminant(..) => {
                statement.for_each_place(&mut |place, what| self.touch(place, what, at));
            }
            StatementKind::StorageLive(_) | StatementKind::Nop => {}
        }
    }

    /// The loan that begins at an instruction. They are in order.
    fn loan_of(&self, at: Location) -> Option<Loan> {
        let index = self.loans.raw.partition_point(|info| info.at < at);
        self.loans.raw.get(index).filter(|info| info.at == at).map(|_| Loan::from_usize(index))
    }

    fn terminator(&mut self, terminator: &TerminatorKind, at: Location) {
        if let TerminatorKind::Call { args, .. } = terminator {
            for place in args.iter().filter_map(Operand::place).filter(|it| it.projection.is_empty()) {
                // Rule 4.
                if let Some(&loan) = self.two_phase.get(&place.local) {
                    let of = self.loans[loan].place.clone();
                    self.access(&of, Depth::Deep, Access::BorrowMut, at, Some(loan));
                }
            }
        }
        if let TerminatorKind::Drop { place, target, .. } = terminator
            && let Some(first) = self.body.blocks[*target].statements.first()
            && matches!(&first.kind, StatementKind::Assign(to, _) if to == place)
        {
            // What was there goes because something else takes its place.
            return self.touch_as(place, at, Access::Assign);
        }
        terminator.for_each_place(&mut |place, what| self.touch(place, what, at));
        // Rule 5.
        let is_value = matches!(self.body.source, Source::Const(_) | Source::Promoted(_));
        if matches!(terminator, TerminatorKind::Return) && !is_value {
            for loan in self.loans.ids() {
                let place = &self.loans[loan].place;
                if place.local != RETURN && !self.is_behind_reference(place) {
                    let place = Place::local(place.local);
                    self.found.push(Invalidation { at, loan, access: Access::Return, place });
                }
            }
        }
    }

    fn is_behind_reference(&self, place: &Place) -> bool {
        let mut ty = self.body.locals[place.local].ty;
        for elem in &place.projection {
            if *elem == PlaceElem::Deref && matches!(ty.kind(), TyKind::Ref(..) | TyKind::RawPtr(..)) {
                return true;
            }
            ty = elem.ty_of(ty);
        }
        false
    }

    fn indices(&mut self, place: &Place, at: Location) {
        for elem in &place.projection {
            if let PlaceElem::Index(index) = elem {
                self.access(&Place::local(*index), Depth::Deep, Access::Read, at, None);
            }
        }
    }

    fn touch(&mut self, place: &Place, what: Use, at: Location) {
        self.indices(place, at);
        let (depth, access) = match what {
            Use::Copy => (Depth::Deep, Access::Read),
            Use::Move => (Depth::Deep, Access::Move),
            Use::Borrow(Mutability::Shared) | Use::AddressOf(Mutability::Shared) => {
                (Depth::Deep, Access::Borrow)
            }
            Use::Borrow(Mutability::Mut) | Use::AddressOf(Mutability::Mut) => {
                (Depth::Deep, Access::BorrowMut)
            }
            // How many elements an array has, its type says.
            Use::Inspect if matches!(place.ty(&self.body.locals).kind(), TyKind::Array(..)) => return,
            Use::Inspect => (Depth::Shallow, Access::Read),
            Use::Assign | Use::SetDiscriminant => (Depth::Shallow, Access::Assign),
            Use::Drop => return self.touch_as(place, at, Access::Drop),
        };
        self.access(place, depth, access, at, None);
    }

    fn touch_as(&mut self, place: &Place, at: Location, access: Access) {
        let ty = place.ty(&self.body.locals);
        if self.of_local[place.local].is_empty() || !self.facts.needs_drop(ty) {
            return;
        }
        if (self.liveness)().may_have_value(place.local, at) {
            self.access(place, Depth::Drop, access, at, None);
        }
    }

    fn access(&mut self, place: &Place, depth: Depth, access: Access, at: Location, but: Option<Loan>) {
        let count = self.of_local[place.local].len();
        if count == 0 {
            return;
        }
        // Of a variable that is lent all the time, most loans are over.
        let all = match count > MANY {
            true => (self.possible)(at),
            false => self.of_local[place.local].clone(),
        };
        for loan in all {
            if Some(loan) == but || self.loans[loan].place.local != place.local {
                continue;
            }
            let info = &self.loans[loan];
            let reads = matches!(access, Access::Read | Access::Borrow);
            if reads && info.mutability == Mutability::Shared {
                continue;
            }
            if !self.touches(info, place, depth) {
                continue;
            }
            if reads
                && let Some(temporary) = info.two_phase
                && (self.liveness)().is_used_from(temporary, at)
            {
                continue;
            }
            self.found.push(Invalidation { at, loan, access, place: place.clone() });
        }
    }

    /// Rules 2 and 3.
    fn touches(&self, loan: &LoanInfo, place: &Place, depth: Depth) -> bool {
        let (lent, accessed) = (&loan.place.projection, &place.projection);
        for (a, b) in lent.iter().zip(accessed) {
            let apart = match (a, b) {
                (PlaceElem::Field(a, _), PlaceElem::Field(b, _)) => a != b,
                (PlaceElem::Downcast(a), PlaceElem::Downcast(b)) => a != b,
                (
                    PlaceElem::ConstantIndex { offset: a, from_end: x },
                    PlaceElem::ConstantIndex { offset: b, from_end: y },
                ) => x == y && a != b,
                (_, _) => false,
            };
            if apart {
                return false;
            }
        }
        let mut ty = self.body.locals[place.local].ty;
        for (at, elem) in lent.iter().enumerate() {
            if at >= accessed.len() {
                match (elem, ty.kind()) {
                    (PlaceElem::Deref, TyKind::Ref(..) | TyKind::RawPtr(..)) => match depth {
                        Depth::Shallow | Depth::Drop => return false,
                        Depth::Deep => {}
                    },
                    // The box's content is memory of its own.
                    (PlaceElem::Deref, _) if depth == Depth::Shallow => return false,
                    (PlaceElem::Field(..) | PlaceElem::Downcast(_), _)
                        if depth == Depth::Drop && self.looks(ty) =>
                    {
                        return true;
                    }
                    (_, _) => {}
                }
            }
            ty = elem.ty_of(ty);
        }
        true
    }

    fn looks(&self, ty: Ty) -> bool {
        self.facts.has_drop_impl(ty) && !self.facts.is_box(ty)
    }
}
