//! Every place, operand and local of an instruction, in the order they are evaluated.
//!
//! ```text
//! _0 = call f(move _1, copy _2[_3])   ⇒   operand _1, operand _2[_3] (index _3), assigned _0
//! ```

use crate::*;

/// What is done with a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Copy,
    Move,
    /// `&place`, `&raw place`, with the mutability.
    Borrow(typeck::Mutability),
    AddressOf(typeck::Mutability),
    /// Its length or discriminant is read.
    Inspect,
    Drop,
    /// Written as a whole; what was there is gone.
    Assign,
    SetDiscriminant,
}

impl Rvalue {
    pub fn for_each_operand<'a>(&'a self, f: &mut dyn FnMut(&'a Operand)) {
        match self {
            Rvalue::Use(operand)
            | Rvalue::Repeat(operand, _)
            | Rvalue::Cast(_, operand, _)
            | Rvalue::Unary(_, operand) => f(operand),
            Rvalue::Binary(_, lhs, rhs) | Rvalue::CheckedBinary(_, lhs, rhs) => {
                f(lhs);
                f(rhs);
            }
            Rvalue::Aggregate(_, operands) => operands.iter().for_each(f),
            Rvalue::Ref(..) | Rvalue::AddressOf(..) | Rvalue::Len(_) | Rvalue::Discriminant(_) => {}
        }
    }
    pub fn for_each_operand_mut(&mut self, f: &mut dyn FnMut(&mut Operand)) {
        match self {
            Rvalue::Use(operand)
            | Rvalue::Repeat(operand, _)
            | Rvalue::Cast(_, operand, _)
            | Rvalue::Unary(_, operand) => f(operand),
            Rvalue::Binary(_, lhs, rhs) | Rvalue::CheckedBinary(_, lhs, rhs) => {
                f(lhs);
                f(rhs);
            }
            Rvalue::Aggregate(_, operands) => operands.iter_mut().for_each(f),
            Rvalue::Ref(..) | Rvalue::AddressOf(..) | Rvalue::Len(_) | Rvalue::Discriminant(_) => {}
        }
    }
    pub fn for_each_place<'a>(&'a self, f: &mut dyn FnMut(&'a Place, Use)) {
        match self {
            Rvalue::Ref(mutability, place) => f(place, Use::Borrow(*mutability)),
            Rvalue::AddressOf(mutability, place) => f(place, Use::AddressOf(*mutability)),
            Rvalue::Len(place) | Rvalue::Discriminant(place) => f(place, Use::Inspect),
            Rvalue::Use(_)
            | Rvalue::Repeat(..)
            | Rvalue::Cast(..)
            | Rvalue::Binary(..)
            | Rvalue::CheckedBinary(..)
            | Rvalue::Unary(..)
            | Rvalue::Aggregate(..) => self.for_each_operand(&mut |operand| operand.for_place(f)),
        }
    }
}

impl Rvalue {
    pub fn for_each_place_mut(&mut self, f: &mut dyn FnMut(&mut Place)) {
        match self {
            Rvalue::Ref(_, place)
            | Rvalue::AddressOf(_, place)
            | Rvalue::Len(place)
            | Rvalue::Discriminant(place) => f(place),
            Rvalue::Use(_)
            | Rvalue::Repeat(..)
            | Rvalue::Cast(..)
            | Rvalue::Binary(..)
            | Rvalue::CheckedBinary(..)
            | Rvalue::Unary(..)
            | Rvalue::Aggregate(..) => self.for_each_operand_mut(&mut |operand| operand.for_place_mut(f)),
        }
    }
}

impl Operand {
    fn for_place_mut(&mut self, f: &mut dyn FnMut(&mut Place)) {
        match self {
            Operand::Copy(place) | Operand::Move(place) => f(place),
            Operand::Const(_) => {}
        }
    }
    fn for_place<'a>(&'a self, f: &mut dyn FnMut(&'a Place, Use)) {
        match self {
            Operand::Copy(place) => f(place, Use::Copy),
            Operand::Move(place) => f(place, Use::Move),
            Operand::Const(_) => {}
        }
    }
}

impl StatementKind {
    pub fn for_each_place<'a>(&'a self, f: &mut dyn FnMut(&'a Place, Use)) {
        match self {
            StatementKind::Assign(place, rvalue) => {
                rvalue.for_each_place(f);
                f(place, Use::Assign);
            }
            StatementKind::SetDiscriminant(place, _) => f(place, Use::SetDiscriminant),
            StatementKind::StorageLive(_) | StatementKind::StorageDead(_) | StatementKind::Nop => {}
        }
    }
}

impl StatementKind {
    pub fn for_each_place_mut(&mut self, f: &mut dyn FnMut(&mut Place)) {
        match self {
            StatementKind::Assign(place, rvalue) => {
                rvalue.for_each_place_mut(f);
                f(place);
            }
            StatementKind::SetDiscriminant(place, _) => f(place),
            StatementKind::StorageLive(_) | StatementKind::StorageDead(_) | StatementKind::Nop => {}
        }
    }
}

impl TerminatorKind {
    pub fn for_each_place_mut(&mut self, f: &mut dyn FnMut(&mut Place)) {
        match self {
            TerminatorKind::Switch { operand, .. } => operand.for_place_mut(f),
            TerminatorKind::Drop { place, .. } => f(place),
            TerminatorKind::Call { callee, args, destination, .. } => {
                match callee {
                    Callee::Pointer(operand) => operand.for_place_mut(f),
                    Callee::Def(..) | Callee::Instance(_) | Callee::Intrinsic(..) | Callee::Runtime(_) => {}
                }
                args.iter_mut().for_each(|arg| arg.for_place_mut(f));
                f(destination);
            }
            TerminatorKind::Assert { operand, message, .. } => {
                operand.for_place_mut(f);
                if let AssertMessage::Bounds { index, len } = message {
                    index.for_place_mut(f);
                    len.for_place_mut(f);
                }
            }
            TerminatorKind::Goto(_)
            | TerminatorKind::Return
            | TerminatorKind::Resume
            | TerminatorKind::Abort
            | TerminatorKind::Unreachable => {}
        }
    }

    pub fn for_each_place<'a>(&'a self, f: &mut dyn FnMut(&'a Place, Use)) {
        match self {
            TerminatorKind::Switch { operand, .. } => operand.for_place(f),
            TerminatorKind::Drop { place, .. } => f(place, Use::Drop),
            TerminatorKind::Call { callee, args, destination, .. } => {
                match callee {
                    Callee::Pointer(operand) => operand.for_place(f),
                    Callee::Def(..) | Callee::Instance(_) | Callee::Intrinsic(..) | Callee::Runtime(_) => {}
                }
                args.iter().for_each(|arg| arg.for_place(f));
                f(destination, Use::Assign);
            }
            TerminatorKind::Assert { operand, message, .. } => {
                operand.for_place(f);
                if let AssertMessage::Bounds { index, len } = message {
                    index.for_place(f);
                    len.for_place(f);
                }
            }
            TerminatorKind::Goto(_)
            | TerminatorKind::Return
            | TerminatorKind::Resume
            | TerminatorKind::Abort
            | TerminatorKind::Unreachable => {}
        }
    }

    pub fn for_each_successor_mut(&mut self, f: &mut dyn FnMut(&mut BlockId)) {
        match self {
            TerminatorKind::Goto(target) => f(target),
            TerminatorKind::Switch { targets, otherwise, .. } => {
                targets.iter_mut().for_each(|(_, target)| f(target));
                f(otherwise);
            }
            TerminatorKind::Return
            | TerminatorKind::Resume
            | TerminatorKind::Abort
            | TerminatorKind::Unreachable => {}
            TerminatorKind::Drop { target, unwind, .. } | TerminatorKind::Assert { target, unwind, .. } => {
                f(target);
                unwind.iter_mut().for_each(f);
            }
            TerminatorKind::Call { target, unwind, .. } => {
                target.iter_mut().for_each(&mut *f);
                unwind.iter_mut().for_each(f);
            }
        }
    }

    pub fn unwind(&self) -> Option<BlockId> {
        match self {
            TerminatorKind::Drop { unwind, .. }
            | TerminatorKind::Assert { unwind, .. }
            | TerminatorKind::Call { unwind, .. } => *unwind,
            TerminatorKind::Goto(_)
            | TerminatorKind::Switch { .. }
            | TerminatorKind::Return
            | TerminatorKind::Resume
            | TerminatorKind::Abort
            | TerminatorKind::Unreachable => None,
        }
    }
    pub fn unwind_mut(&mut self) -> Option<&mut Option<BlockId>> {
        match self {
            TerminatorKind::Drop { unwind, .. }
            | TerminatorKind::Assert { unwind, .. }
            | TerminatorKind::Call { unwind, .. } => Some(unwind),
            TerminatorKind::Goto(_)
            | TerminatorKind::Switch { .. }
            | TerminatorKind::Return
            | TerminatorKind::Resume
            | TerminatorKind::Abort
            | TerminatorKind::Unreachable => None,
        }
    }
}
