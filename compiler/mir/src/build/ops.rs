//! Operators, with what is asserted about them; assignment.
//!
//! ```text
//! a + b   ⇒   _3 = checked_add(a, b); assert(!_3.1, overflow(add)); _3.0
//! a / b   ⇒   assert(b != 0); assert(!(b == -1 & overflow(0 - a)))     the second is how MIN is known in any width
//! ```

use super::cfg::scalar;
use super::*;
use hir::{BinaryOp, PrimTy, UnaryOp};

pub fn bin_op(op: BinaryOp) -> BinOp {
    match op {
        BinaryOp::Add => BinOp::Add,
        BinaryOp::Sub => BinOp::Sub,
        BinaryOp::Mul => BinOp::Mul,
        BinaryOp::Div => BinOp::Div,
        BinaryOp::Rem => BinOp::Rem,
        BinaryOp::BitAnd => BinOp::BitAnd,
        BinaryOp::BitOr => BinOp::BitOr,
        BinaryOp::BitXor => BinOp::BitXor,
        BinaryOp::Shl => BinOp::Shl,
        BinaryOp::Shr => BinOp::Shr,
        BinaryOp::Eq => BinOp::Eq,
        BinaryOp::Ne => BinOp::Ne,
        BinaryOp::Lt => BinOp::Lt,
        BinaryOp::Le => BinOp::Le,
        BinaryOp::Gt => BinOp::Gt,
        BinaryOp::Ge => BinOp::Ge,
    }
}

/// Signedness of an integer type.
fn int(ty: Ty) -> Option<bool> {
    if let TyKind::Prim(prim) = *ty.kind() { prim.integer().map(|(_, signed)| signed) } else { None }
}

impl Builder<'_> {
    /// A built-in operation on evaluated operands of type `ty`.
    pub fn binary(&mut self, op: BinOp, lhs: Operand, rhs: Operand, ty: Ty, span: Span) -> Rvalue {
        let Some(signed) = int(ty).filter(|_| !self.cx.for_errors) else {
            return Rvalue::Binary(op, lhs, rhs);
        };
        match op {
            BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::Shl | BinOp::Shr => {
                let message = AssertMessage::Overflow(op);
                Rvalue::Use(Operand::Copy(self.checked(op, lhs, rhs, ty, message, span)))
            }
            BinOp::Div | BinOp::Rem => {
                self.assert_division(op, &lhs, &rhs, ty, signed, span);
                Rvalue::Binary(op, lhs, rhs)
            }
            BinOp::BitAnd
            | BinOp::BitOr
            | BinOp::BitXor
            | BinOp::Eq
            | BinOp::Ne
            | BinOp::Lt
            | BinOp::Le
            | BinOp::Gt
            | BinOp::Ge
            | BinOp::Offset => Rvalue::Binary(op, lhs, rhs),
        }
    }

    /// The place of the result, which is in range.
    fn checked(
        &mut self,
        op: BinOp,
        lhs: Operand,
        rhs: Operand,
        ty: Ty,
        message: AssertMessage,
        span: Span,
    ) -> Place {
        let pair = Place::local(self.scratch(Ty::tuple(&[ty, Ty::bool()]), span));
        self.assign(&pair, Rvalue::CheckedBinary(op, lhs, rhs), span);
        let overflowed = pair.field(FieldIdx(1), Ty::bool());
        self.assert(Operand::Copy(overflowed), false, message, span);
        pair.field(FieldIdx(0), ty)
    }

    fn assert_division(&mut self, op: BinOp, lhs: &Operand, rhs: &Operand, ty: Ty, signed: bool, span: Span) {
        let message =
            if op == BinOp::Div { AssertMessage::DivisionByZero } else { AssertMessage::RemainderByZero };
        let known = match rhs {
            Operand::Const(Constant { value: ConstValue::Scalar(bits), .. }) => Some(*bits),
            Operand::Const(_) | Operand::Copy(_) | Operand::Move(_) => None,
        };
        if known.is_none_or(|bits| bits == 0) {
            let is_zero = self.scratch(Ty::bool(), span);
            let test = Rvalue::Binary(BinOp::Eq, copied(rhs), scalar(0, ty, span));
            self.assign(&is_zero.into(), test, span);
            self.assert(Operand::Copy(is_zero.into()), false, message, span);
        }
        let minus_one = ones(ty);
        if !signed || known.is_some_and(|bits| bits != minus_one) {
            return;
        }
        let by_minus_one = self.scratch(Ty::bool(), span);
        let test = Rvalue::Binary(BinOp::Eq, copied(rhs), scalar(minus_one, ty, span));
        self.assign(&by_minus_one.into(), test, span);
        // Asked in every profile: there is no result that could wrap.
        let is_min = self.scratch(Ty::bool(), span);
        let min = minus_one ^ (minus_one >> 1);
        self.assign(&is_min.into(), Rvalue::Binary(BinOp::Eq, copied(lhs), scalar(min, ty, span)), span);
        let both = self.scratch(Ty::bool(), span);
        let (by_minus_one, is_min) = (Operand::Copy(by_minus_one.into()), Operand::Copy(is_min.into()));
        self.assign(&both.into(), Rvalue::Binary(BinOp::BitAnd, by_minus_one, is_min), span);
        let message =
            if op == BinOp::Div { AssertMessage::DivisionOverflow } else { AssertMessage::Overflow(op) };
        self.assert(Operand::Copy(both.into()), false, message, span);
    }

    pub fn unary(&mut self, op: UnaryOp, operand: Operand, ty: Ty, span: Span) -> Rvalue {
        match op {
            UnaryOp::Not => Rvalue::Unary(UnOp::Not, operand),
            UnaryOp::Neg if int(ty).is_some() && !self.cx.for_errors => {
                let zero = scalar(0, ty, span);
                let message = AssertMessage::OverflowNeg;
                Rvalue::Use(Operand::Copy(self.checked(BinOp::Sub, zero, operand, ty, message, span)))
            }
            UnaryOp::Neg => Rvalue::Unary(UnOp::Neg, operand),
        }
    }

    /// `place = value`: the value first, then what was there is dropped, whatever happens.
    pub fn assignment(&mut self, place: Node, value: Node, span: Span) {
        let ty = self.node_ty(place);
        // `_ = e`, where the left side is no place, cannot be written.
        if !self.needs_drop(ty) {
            let rvalue = self.rvalue(value);
            let place = self.place(place);
            return self.assign(&place, rvalue, span);
        }
        let value = self.operand(value);
        let place = self.place(place);
        self.drop_and_replace(&place, value, span);
    }

    fn drop_and_replace(&mut self, place: &Place, value: Operand, span: Span) {
        let (assign, info) = (self.new_block(), self.info(span));
        let unwinding = (!self.cx.for_errors).then(|| self.new_block());
        let kind = TerminatorKind::Drop { place: place.clone(), target: assign, unwind: unwinding };
        self.terminate(kind, span);
        for block in unwinding.into_iter().chain([assign]) {
            let kind = StatementKind::Assign(place.clone(), Rvalue::Use(value.clone()));
            self.blocks[block].statements.push(Statement { kind, info });
        }
        if let Some(unwinding) = unwinding {
            self.blocks[unwinding].is_cleanup = true;
            self.cleanup_goto(unwinding);
        }
        self.block = assign;
        self.record_moved(&[value]);
    }

    pub fn assign_op(&mut self, node: Node, op: BinaryOp, place: Node, value: Node) {
        let span = self.span(node);
        if let Some(&(def, generic)) = self.types.callees.get(&node.expr) {
            let operands = self.method_operands(def, generic, &[place, value]);
            let unit = self.unit_place();
            return self.emit_call(&unit, Callee::Def(def, generic), operands, Ty::unit(), span);
        }
        let value = self.operand(value);
        let ty = self.node_ty(place);
        let place = self.place(place);
        let rvalue = self.binary(bin_op(op), Operand::Copy(place.clone()), value, ty, span);
        self.assign(&place, rvalue, span);
    }
}

/// −1.
fn ones(ty: Ty) -> u128 {
    if let TyKind::Prim(PrimTy::I128 | PrimTy::U128) = *ty.kind() {
        u128::MAX
    } else if let TyKind::Prim(prim) = *ty.kind() {
        prim.integer().map_or(u128::MAX, |(bits, _)| (1u128 << bits) - 1)
    } else {
        u128::MAX
    }
}

/// The operand once more: numbers are copied.
fn copied(operand: &Operand) -> Operand {
    match operand {
        Operand::Copy(place) | Operand::Move(place) => Operand::Copy(place.clone()),
        Operand::Const(constant) => Operand::Const(constant.clone()),
    }
}
