//! Which locals need no memory.
//!
//! In: a body. Out: for each local whether it is a register: a temporary held in one or two registers,
//! assigned once, never borrowed, every use behind its assignment. Without this an unoptimised build would
//! store and load every intermediate result.
//!
//! ```text
//! _5 = add(copy _1, copy _2); _3 = copy _5      _5 is a register
//! _5 = …; _6 = &_5                               _5 has an address
//! ```

use crate::unit::UnitCx;
use base::{Idx, IndexVec};
use mir::graph::{self, Dominators};
use mir::{Abi, BlockId, Body, Local, Operand, Place, PlaceElem, Rvalue, StatementKind, TerminatorKind};
use typeck::TyKind;

/// Where a local gets or gives its value: block, and position in it (0 is before the first statement).
type Point = (BlockId, usize);

#[derive(Clone, Default)]
struct Fact {
    unfit: bool,
    def: Option<Point>,
    uses: Vec<Point>,
    /// Assigned by a checked operation: two registers, read one by one.
    checked: bool,
    read_by_field: bool,
    read_whole: bool,
}

pub fn registers(u: &UnitCx<'_, '_>, body: &Body, order: &[BlockId]) -> IndexVec<Local, bool> {
    let mut facts: IndexVec<Local, Fact> = IndexVec::from_elem(Fact::default(), body.locals.len());
    for (local, fact) in facts.iter_enumerated_mut() {
        fact.unfit = local.index() <= body.arg_count;
    }
    for variable in &body.variables {
        facts[variable.place.local].unfit = true;
    }
    let predecessors = graph::predecessors(body);
    let mut scan = Scan { facts };
    for &block in order {
        let data = &body.blocks[block];
        for (index, statement) in data.statements.iter().enumerate() {
            scan.statement(&statement.kind, (block, index + 1));
        }
        scan.terminator(&data.terminator.kind, (block, data.statements.len() + 1), &predecessors);
    }
    let dominators = Dominators::new(body);
    let mut registers = IndexVec::from_elem(false, body.locals.len());
    for (local, fact) in scan.facts.iter_enumerated() {
        let Some(def) = fact.def else { continue };
        let ty = body.locals[local].ty;
        let held = match u.program.layout(ty).abi {
            Abi::Scalar(_) | Abi::Pair(..) => !fact.checked && !fact.read_by_field,
            Abi::Zero | Abi::Memory => false,
        };
        let checked = fact.checked && !fact.read_whole && matches!(ty.kind(), TyKind::Tuple(_));
        registers[local] = !fact.unfit
            && (held || checked)
            && fact.uses.iter().all(|&point| before(&dominators, def, point));
    }
    registers
}

struct Scan {
    facts: IndexVec<Local, Fact>,
}

impl Scan {
    fn define(&mut self, place: &Place, at: Point, checked: bool) {
        match place.projection.first() {
            None => {
                let fact = &mut self.facts[place.local];
                fact.unfit |= fact.def.is_some();
                fact.def = Some(at);
                fact.checked = checked;
            }
            Some(_) => self.address(place, at),
        }
    }

    /// The place itself is needed, not only its value.
    fn address(&mut self, place: &Place, at: Point) {
        self.indices(place, at);
        match place.projection.first() {
            Some(PlaceElem::Deref) => self.whole(place.local, at),
            _ => self.facts[place.local].unfit = true,
        }
    }

    fn whole(&mut self, local: Local, at: Point) {
        let fact = &mut self.facts[local];
        fact.uses.push(at);
        fact.read_whole = true;
    }

    fn indices(&mut self, place: &Place, at: Point) {
        for elem in &place.projection {
            if let PlaceElem::Index(local) = elem {
                self.whole(*local, at);
            }
        }
    }

    fn operand(&mut self, operand: &Operand, at: Point) {
        let (Operand::Copy(place) | Operand::Move(place)) = operand else { return };
        self.indices(place, at);
        match &place.projection[..] {
            [] | [PlaceElem::Deref, ..] => self.whole(place.local, at),
            [PlaceElem::Field(..)] => {
                let fact = &mut self.facts[place.local];
                fact.uses.push(at);
                fact.read_by_field = true;
            }
            _ => self.facts[place.local].unfit = true,
        }
    }

    fn statement(&mut self, statement: &StatementKind, at: Point) {
        match statement {
            StatementKind::Assign(place, rvalue) => {
                match rvalue {
                    Rvalue::Use(operand)
                    | Rvalue::Repeat(operand, _)
                    | Rvalue::Cast(_, operand, _)
                    | Rvalue::Unary(_, operand) => self.operand(operand, at),
                    Rvalue::Ref(_, place)
                    | Rvalue::AddressOf(_, place)
                    | Rvalue::Len(place)
                    | Rvalue::Discriminant(place) => self.address(place, at),
                    Rvalue::Binary(_, a, b) | Rvalue::CheckedBinary(_, a, b) => {
                        self.operand(a, at);
                        self.operand(b, at);
                    }
                    Rvalue::Aggregate(_, operands) => {
                        operands.iter().for_each(|operand| self.operand(operand, at))
                    }
                }
                // A register made by an aggregate would have to be put together bit by bit.
                if let (Rvalue::Aggregate(kind, _), []) = (rvalue, &place.projection[..])
                    && !matches!(kind, mir::AggregateKind::RawSlice(_))
                {
                    self.facts[place.local].unfit = true;
                }
                if let (Rvalue::Repeat(..), []) = (rvalue, &place.projection[..]) {
                    self.facts[place.local].unfit = true;
                }
                self.define(place, at, matches!(rvalue, Rvalue::CheckedBinary(..)));
            }
            StatementKind::SetDiscriminant(place, _) => self.address(place, at),
            StatementKind::StorageLive(_) | StatementKind::StorageDead(_) | StatementKind::Nop => {}
        }
    }

    fn terminator(
        &mut self,
        terminator: &TerminatorKind,
        at: Point,
        predecessors: &IndexVec<BlockId, Vec<BlockId>>,
    ) {
        match terminator {
            TerminatorKind::Goto(_)
            | TerminatorKind::Return
            | TerminatorKind::Resume
            | TerminatorKind::Abort
            | TerminatorKind::Unreachable => {}
            TerminatorKind::Switch { operand, .. } => self.operand(operand, at),
            TerminatorKind::Assert { operand, message, .. } => {
                self.operand(operand, at);
                if let mir::AssertMessage::Bounds { index, len } = message {
                    self.operand(index, at);
                    self.operand(len, at);
                }
            }
            TerminatorKind::Drop { place, .. } => self.address(place, at),
            TerminatorKind::Call { callee, args, destination, target, .. } => {
                if let mir::Callee::Pointer(pointer) = callee {
                    self.operand(pointer, at);
                }
                args.iter().for_each(|argument| self.operand(argument, at));
                match target {
                    Some(target) if predecessors[*target].len() == 1 => {
                        self.define(destination, (*target, 0), false)
                    }
                    _ => match destination.projection.first() {
                        Some(_) => self.address(destination, at),
                        None => self.facts[destination.local].unfit = true,
                    },
                }
            }
        }
    }
}

fn before(dominators: &Dominators, def: Point, point: Point) -> bool {
    if def.0 == point.0 { def.1 < point.1 } else { dominators.dominates(def.0, point.0) }
}
