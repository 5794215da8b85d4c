//! Right-hand sides: operands, arithmetic, casts, aggregates, discriminants.
//!
//! In: `place = rvalue`. Out: instructions that give the place its value. Aggregates are built field by field
//! where they end up, without a copy.

use crate::function::FunctionCx;
use crate::ir::built;
use crate::place::array_len;
use crate::value::Value;
use inkwell::values::{BasicValueEnum, IntValue, PointerValue};
use inkwell::{FloatPredicate, IntPredicate};
use mir::layout::TagEncoding;
use mir::place_ty::deref_ty;
use mir::{AggregateKind, BinOp, CastOp, Operand, Rvalue, Scalar, UnOp, Variants};
use typeck::{FieldIdx, Ty, TyKind, VariantIdx};

impl<'ll> FunctionCx<'_, 'll, '_> {
    pub fn assign(&mut self, place: &mir::Place, rvalue: &Rvalue) {
        match rvalue {
            Rvalue::Aggregate(kind, operands) => {
                if let AggregateKind::RawSlice(_) = kind {
                    let (data, len) = (self.operand(&operands[0]).0, self.operand(&operands[1]).0);
                    return self.write(place, Value::Pair(data.scalar(), len.scalar()));
                }
                let at = self.place(place);
                self.aggregate(kind, operands, at.ty, at.ptr, place.local);
            }
            Rvalue::Repeat(operand, count) => {
                let at = self.place(place);
                let (value, ty) = self.operand(operand);
                self.repeat(value, ty, array_len(*count), at.ptr);
            }
            Rvalue::CheckedBinary(op, a, b) => {
                let (a, ty) = self.operand(a);
                let (b, b_ty) = self.operand(b);
                let (value, overflowed) = self.checked(*op, ty, a.int(), b.int(), b_ty);
                if place.projection.is_empty() && self.registers[place.local] {
                    return self.write(place, Value::Pair(value.into(), overflowed.into()));
                }
                let at = self.place(place);
                let [first, second] = [0, 1].map(|field| self.field_offset(at.ty, None, FieldIdx(field)));
                self.u.store(ty, self.u.ir.at(at.ptr, first), Value::Scalar(value.into()));
                self.u.store(Ty::bool(), self.u.ir.at(at.ptr, second), Value::Scalar(overflowed.into()));
            }
            Rvalue::Discriminant(of) => {
                let position = self.discriminant(of);
                let scalar = self.scalar_of(place.ty(&self.body.locals));
                let to = self.u.scalar_type(scalar).into_int_type();
                let value = self.u.ir.resize(position, to, false);
                self.write(place, Value::Scalar(value.into()));
            }
            Rvalue::Use(_)
            | Rvalue::Ref(..)
            | Rvalue::AddressOf(..)
            | Rvalue::Len(_)
            | Rvalue::Cast(..)
            | Rvalue::Binary(..)
            | Rvalue::Unary(..) => {
                let value = self.rvalue(rvalue);
                self.write(place, value);
            }
        }
    }

    /// Those that are a value by themselves.
    fn rvalue(&mut self, rvalue: &Rvalue) -> Value<'ll> {
        match rvalue {
            Rvalue::Use(operand) => self.operand(operand).0,
            Rvalue::Ref(_, place) | Rvalue::AddressOf(_, place) => {
                let at = self.place(place);
                self.address(at)
            }
            Rvalue::Len(place) => {
                let at = self.place(place);
                Value::Scalar(self.len(&at).into())
            }
            Rvalue::Cast(op, operand, to) => {
                let (value, from) = self.operand(operand);
                self.cast(*op, value, from, *to)
            }
            Rvalue::Binary(op, a, b) => {
                let (a, ty) = self.operand(a);
                let (b, b_ty) = self.operand(b);
                self.binary(*op, ty, a, b, b_ty)
            }
            Rvalue::Unary(op, operand) => {
                let (value, ty) = self.operand(operand);
                Value::Scalar(self.unary(*op, value.scalar(), ty))
            }
            Rvalue::Aggregate(..)
            | Rvalue::Repeat(..)
            | Rvalue::CheckedBinary(..)
            | Rvalue::Discriminant(_) => {
                panic!("built in place: {rvalue:?}")
            }
        }
    }

    pub fn operand(&mut self, operand: &Operand) -> (Value<'ll>, Ty) {
        match operand {
            Operand::Copy(place) | Operand::Move(place) => (self.read(place), place.ty(&self.body.locals)),
            Operand::Const(constant) => (self.u.constant(constant), constant.ty),
        }
    }

    /// The one scalar a type is held as.
    pub fn scalar_of(&self, ty: Ty) -> Scalar {
        match self.u.program.layout(ty).abi {
            mir::Abi::Scalar(scalar) => scalar,
            abi @ (mir::Abi::Zero | mir::Abi::Pair(..) | mir::Abi::Memory) => {
                panic!("{ty:?} is held as {abi:?}, not as one scalar")
            }
        }
    }

    fn aggregate(
        &mut self,
        kind: &AggregateKind,
        operands: &[Operand],
        ty: Ty,
        to: PointerValue<'ll>,
        base: mir::Local,
    ) {
        let variant = match kind {
            AggregateKind::Adt(_, variant, _) => Some(*variant),
            AggregateKind::Tuple | AggregateKind::Array(_) | AggregateKind::Closure(..) => None,
            AggregateKind::RawSlice(_) => panic!("a slice is two words, not an aggregate in memory"),
        };
        // All are read before any is written: `p = Point { x: p.y, y: p.x }`.
        let values: Vec<_> = operands
            .iter()
            .map(|operand| match (operand, self.operand(operand)) {
                (Operand::Copy(from) | Operand::Move(from), (Value::Memory(at), ty))
                    if from.local == base =>
                {
                    (Value::Memory(self.spill(ty, Value::Memory(at))), ty)
                }
                (_, read) => read,
            })
            .collect();
        // `Stop(impossible)`: nobody comes here, and the layout has no room for such a variant.
        if values.iter().any(|&(_, ty)| self.u.program.layout(ty).uninhabited) {
            return;
        }
        for (index, (value, field_ty)) in values.into_iter().enumerate() {
            let offset = if let AggregateKind::Array(element) = kind {
                index as u64 * self.stride(*element)
            } else {
                self.field_offset(ty, variant, FieldIdx(index as u32))
            };
            self.u.store(field_ty, self.u.ir.at(to, offset), value);
        }
        if let Some(variant) = variant {
            self.set_discriminant(ty, to, variant);
        }
    }

    /// `[value; count]`: a `memset` for bytes, else a loop.
    fn repeat(&mut self, value: Value<'ll>, ty: Ty, count: u64, to: PointerValue<'ll>) {
        let layout = self.u.program.layout(ty);
        if count == 0 || layout.size == 0 {
            return;
        }
        let total = self.u.ir.i64(count * self.stride(ty));
        let zero = |value: BasicValueEnum<'ll>| match value {
            BasicValueEnum::IntValue(int) => int.is_const() && int.is_null(),
            BasicValueEnum::PointerValue(pointer) => pointer.is_const() && pointer.is_null(),
            BasicValueEnum::FloatValue(float) => {
                float.get_constant().is_some_and(|(value, _)| value == 0.0 && value.is_sign_positive())
            }
            BasicValueEnum::ArrayValue(_)
            | BasicValueEnum::StructValue(_)
            | BasicValueEnum::VectorValue(_)
            | BasicValueEnum::ScalableVectorValue(_) => false,
        };
        let byte = match value {
            Value::Scalar(BasicValueEnum::IntValue(int)) if layout.size == 1 => {
                Some(self.u.ir.resize(int, self.u.ir.int(1), false))
            }
            Value::Scalar(scalar) if zero(scalar) => Some(self.u.ir.int(1).const_zero()),
            Value::Scalar(_) | Value::Pair(..) | Value::Memory(_) | Value::Nothing => None,
        };
        if let Some(byte) = byte {
            built(self.u.ir.b.build_memset(to, layout.align as u32, byte, total));
            return;
        }
        let ctx = self.u.ir.ctx;
        let before = self.u.ir.b.get_insert_block().expect("in a block");
        let (body, after) = (
            ctx.append_basic_block(self.function, "repeat"),
            ctx.append_basic_block(self.function, "repeated"),
        );
        self.u.ir.br(body);
        self.u.ir.b.position_at_end(body);
        let index = built(self.u.ir.b.build_phi(ctx.i64_type(), ""));
        let at = index.as_basic_value().into_int_value();
        let stride = ctx.i8_type().array_type(self.stride(ty) as u32);
        self.u.store(ty, self.u.ir.index(stride.into(), to, at), value);
        let next = built(self.u.ir.b.build_int_add(at, self.u.ir.i64(1), ""));
        index.add_incoming(&[(&self.u.ir.i64(0), before), (&next, body)]);
        let done = self.u.ir.icmp(IntPredicate::EQ, next, self.u.ir.i64(count));
        self.u.ir.cond_br(done, after, body);
        self.u.ir.b.position_at_end(after);
    }

    /// Writes the tag or niche that makes `variant` the active one.
    pub fn set_discriminant(&mut self, ty: Ty, at: PointerValue<'ll>, variant: VariantIdx) {
        let Variants::Multiple { tag, tag_offset, encoding, .. } = &self.u.program.layout(ty).variants else {
            return;
        };
        let bits = match encoding {
            TagEncoding::Direct => variant.0 as u128,
            TagEncoding::Niche { untagged, .. } if *untagged == variant => return,
            TagEncoding::Niche { niched, start, .. } => {
                start.wrapping_add((variant.0 - niched.start()) as u128)
            }
        };
        let value = self.u.scalar_bits(*tag, bits);
        let align = self.u.program.layout(ty).align;
        let to = self.u.ir.at(at, *tag_offset);
        // A tag is an integer in memory even where the niche is a `bool`'s or a pointer's.
        match tag {
            Scalar::Bool => self.u.ir.store(to, self.u.ir.bits(self.u.ir.int(1), bits).into(), 1),
            Scalar::Int { .. } | Scalar::Char | Scalar::F32 | Scalar::F64 | Scalar::Pointer { .. } => {
                self.u.store_scalar(*tag, to, value, align);
            }
        }
    }

    /// The active variant's position, as 64 bits.
    pub fn discriminant(&mut self, place: &mir::Place) -> IntValue<'ll> {
        let at = self.place(place);
        self.discriminant_at(at.ty, at.ptr)
    }

    pub fn discriminant_at(&mut self, ty: Ty, at: PointerValue<'ll>) -> IntValue<'ll> {
        let layout = self.u.program.layout(ty);
        let (tag, tag_offset, encoding) = match &layout.variants {
            Variants::Single(variant) => return self.u.ir.i64(variant.0 as u64),
            Variants::Multiple { tag, tag_offset, encoding, .. } => (*tag, *tag_offset, encoding),
        };
        let size = crate::value::scalar_size(tag, self.u.settings.word);
        let int = self.u.ir.int(size);
        let from = self.u.ir.at(at, tag_offset);
        let i64t = self.u.ir.ctx.i64_type();
        match encoding {
            TagEncoding::Direct => {
                let value = self.u.ir.load(int.into(), from, size.min(layout.align)).into_int_value();
                self.u.ir.resize(value, i64t, false)
            }
            TagEncoding::Niche { untagged, niched, start } => {
                let untagged = self.u.ir.i64(untagged.0 as u64);
                let (first, last) = (*niched.start() as u64, *niched.end() as u64);
                let start = self.u.ir.bits(int, *start);
                if first == last {
                    // A null test stays a null test: load the pointer as one.
                    let is_niche = if matches!(tag, Scalar::Pointer { .. }) && start.is_null() {
                        let ptr = self.u.ir.load(self.u.ir.ptr().into(), from, size.min(layout.align));
                        built(self.u.ir.b.build_is_null(ptr.into_pointer_value(), ""))
                    } else {
                        let value = self.u.ir.load(int.into(), from, size.min(layout.align));
                        self.u.ir.icmp(IntPredicate::EQ, value.into_int_value(), start)
                    };
                    return self
                        .u
                        .ir
                        .select(is_niche, self.u.ir.i64(first).into(), untagged.into())
                        .into_int_value();
                }
                let value = self.u.ir.load(int.into(), from, size.min(layout.align)).into_int_value();
                let relative = built(self.u.ir.b.build_int_sub(value, start, ""));
                let range = self.u.ir.bits(int, (last - first) as u128);
                let is_niche = self.u.ir.icmp(IntPredicate::ULE, relative, range);
                let wide = self.u.ir.resize(relative, i64t, false);
                let position = built(self.u.ir.b.build_int_add(wide, self.u.ir.i64(first), ""));
                self.u.ir.select(is_niche, position.into(), untagged.into()).into_int_value()
            }
        }
    }

    fn unary(&self, op: UnOp, value: BasicValueEnum<'ll>, _ty: Ty) -> BasicValueEnum<'ll> {
        let b = &self.u.ir.b;
        match (op, value) {
            (UnOp::Neg, BasicValueEnum::FloatValue(value)) => built(b.build_float_neg(value, "")).into(),
            (UnOp::Neg, value) => built(b.build_int_neg(value.into_int_value(), "")).into(),
            (UnOp::Not, value) => built(b.build_not(value.into_int_value(), "")).into(),
        }
    }

    pub fn is_signed(&self, ty: Ty) -> bool {
        matches!(self.u.program.layout(ty).abi, mir::Abi::Scalar(Scalar::Int { signed: true, .. }))
    }

    /// `b_ty`: only shifts have operands of two types.
    pub fn binary(&mut self, op: BinOp, ty: Ty, a: Value<'ll>, b: Value<'ll>, b_ty: Ty) -> Value<'ll> {
        match (a, b) {
            (Value::Scalar(BasicValueEnum::FloatValue(a)), Value::Scalar(BasicValueEnum::FloatValue(b))) => {
                Value::Scalar(self.float_binary(op, a, b))
            }
            (Value::Scalar(BasicValueEnum::PointerValue(a)), Value::Scalar(b)) => {
                Value::Scalar(self.pointer_binary(op, ty, a, b))
            }
            // Fat pointers: equal if both words are.
            (Value::Pair(a, a_meta), Value::Pair(b, b_meta)) => {
                let word = self.u.word();
                let data = self.pointer_binary(BinOp::Eq, ty, a.into_pointer_value(), b).into_int_value();
                let as_int = |value: BasicValueEnum<'ll>| {
                    if let BasicValueEnum::PointerValue(ptr) = value {
                        built(self.u.ir.b.build_ptr_to_int(ptr, word, ""))
                    } else {
                        value.into_int_value()
                    }
                };
                let meta = self.u.ir.icmp(IntPredicate::EQ, as_int(a_meta), as_int(b_meta));
                let equal = built(self.u.ir.b.build_and(data, meta, ""));
                let value = if op == BinOp::Ne { built(self.u.ir.b.build_not(equal, "")) } else { equal };
                Value::Scalar(value.into())
            }
            (Value::Nothing, Value::Nothing) => {
                let yes = matches!(op, BinOp::Eq | BinOp::Le | BinOp::Ge);
                Value::Scalar(self.u.ir.ctx.bool_type().const_int(yes as u64, false).into())
            }
            (a, b) => {
                Value::Scalar(self.int_binary(op, a.int(), b.int(), self.is_signed(ty), self.is_signed(b_ty)))
            }
        }
    }

    fn int_binary(
        &self,
        op: BinOp,
        a: IntValue<'ll>,
        b: IntValue<'ll>,
        signed: bool,
        b_signed: bool,
    ) -> BasicValueEnum<'ll> {
        let ir = &self.u.ir;
        let compare = |predicate| ir.icmp(predicate, a, b);
        let either = |yes, no| if signed { yes } else { no };
        match op {
            BinOp::Add => built(ir.b.build_int_add(a, b, "")),
            BinOp::Sub => built(ir.b.build_int_sub(a, b, "")),
            BinOp::Mul => built(ir.b.build_int_mul(a, b, "")),
            BinOp::Div if signed => built(ir.b.build_int_signed_div(a, b, "")),
            BinOp::Div => built(ir.b.build_int_unsigned_div(a, b, "")),
            BinOp::Rem if signed => built(ir.b.build_int_signed_rem(a, b, "")),
            BinOp::Rem => built(ir.b.build_int_unsigned_rem(a, b, "")),
            BinOp::BitAnd => built(ir.b.build_and(a, b, "")),
            BinOp::BitOr => built(ir.b.build_or(a, b, "")),
            BinOp::BitXor => built(ir.b.build_xor(a, b, "")),
            BinOp::Shl => built(ir.b.build_left_shift(a, self.shift_count(a, b, b_signed), "")),
            BinOp::Shr => built(ir.b.build_right_shift(a, self.shift_count(a, b, b_signed), signed, "")),
            BinOp::Eq => compare(IntPredicate::EQ),
            BinOp::Ne => compare(IntPredicate::NE),
            BinOp::Lt => compare(either(IntPredicate::SLT, IntPredicate::ULT)),
            BinOp::Le => compare(either(IntPredicate::SLE, IntPredicate::ULE)),
            BinOp::Gt => compare(either(IntPredicate::SGT, IntPredicate::UGT)),
            BinOp::Ge => compare(either(IntPredicate::SGE, IntPredicate::UGE)),
            BinOp::Offset => panic!("an offset is of a pointer"),
        }
        .into()
    }

    /// The count in the width of what is shifted, masked to it.
    pub fn shift_count(&self, a: IntValue<'ll>, b: IntValue<'ll>, b_signed: bool) -> IntValue<'ll> {
        let ty = a.get_type();
        let count = self.u.ir.resize(b, ty, b_signed);
        let mask = ty.const_int(ty.get_bit_width() as u64 - 1, false);
        built(self.u.ir.b.build_and(count, mask, ""))
    }

    fn float_binary(
        &self,
        op: BinOp,
        a: inkwell::values::FloatValue<'ll>,
        b: inkwell::values::FloatValue<'ll>,
    ) -> BasicValueEnum<'ll> {
        let ir = &self.u.ir;
        let compare = |predicate| built(ir.b.build_float_compare(predicate, a, b, "")).into();
        match op {
            BinOp::Add => built(ir.b.build_float_add(a, b, "")).into(),
            BinOp::Sub => built(ir.b.build_float_sub(a, b, "")).into(),
            BinOp::Mul => built(ir.b.build_float_mul(a, b, "")).into(),
            BinOp::Div => built(ir.b.build_float_div(a, b, "")).into(),
            BinOp::Rem => built(ir.b.build_float_rem(a, b, "")).into(),
            BinOp::Eq => compare(FloatPredicate::OEQ),
            BinOp::Ne => compare(FloatPredicate::UNE),
            BinOp::Lt => compare(FloatPredicate::OLT),
            BinOp::Le => compare(FloatPredicate::OLE),
            BinOp::Gt => compare(FloatPredicate::OGT),
            BinOp::Ge => compare(FloatPredicate::OGE),
            BinOp::BitAnd | BinOp::BitOr | BinOp::BitXor | BinOp::Shl | BinOp::Shr | BinOp::Offset => {
                panic!("{op:?} of floats")
            }
        }
    }

    fn pointer_binary(
        &self,
        op: BinOp,
        ty: Ty,
        a: PointerValue<'ll>,
        b: BasicValueEnum<'ll>,
    ) -> BasicValueEnum<'ll> {
        let ir = &self.u.ir;
        if op == BinOp::Offset {
            let stride = ir.ctx.i8_type().array_type(self.stride(deref_ty(ty)) as u32);
            return ir.index(stride.into(), a, b.into_int_value()).into();
        }
        let word = self.u.word();
        let a = built(ir.b.build_ptr_to_int(a, word, ""));
        let b = built(ir.b.build_ptr_to_int(b.into_pointer_value(), word, ""));
        self.int_binary(op, a, b, false, false)
    }

    /// Result and whether it overflowed.
    pub fn checked(
        &mut self,
        op: BinOp,
        ty: Ty,
        a: IntValue<'ll>,
        b: IntValue<'ll>,
        b_ty: Ty,
    ) -> (IntValue<'ll>, IntValue<'ll>) {
        let signed = self.is_signed(ty);
        let name = match (op, signed) {
            (BinOp::Add, true) => "llvm.sadd.with.overflow",
            (BinOp::Add, false) => "llvm.uadd.with.overflow",
            (BinOp::Sub, true) => "llvm.ssub.with.overflow",
            (BinOp::Sub, false) => "llvm.usub.with.overflow",
            (BinOp::Mul, true) => "llvm.smul.with.overflow",
            (BinOp::Mul, false) => "llvm.umul.with.overflow",
            (BinOp::Shl | BinOp::Shr, _) => {
                // Overflowed: the count is not below the width, as the count's own type sees it.
                let width = a.get_type().get_bit_width() as u64;
                let limit = b.get_type().const_int(width, false);
                let over =
                    match b.get_type().get_bit_width() <= 8 && width >= 1 << b.get_type().get_bit_width() {
                        true => self.u.ir.ctx.bool_type().const_zero(),
                        false => self.u.ir.icmp(IntPredicate::UGE, b, limit),
                    };
                let value = self.int_binary(op, a, b, signed, self.is_signed(b_ty));
                return (value.into_int_value(), over);
            }
            (
                BinOp::Div
                | BinOp::Rem
                | BinOp::BitAnd
                | BinOp::BitOr
                | BinOp::BitXor
                | BinOp::Eq
                | BinOp::Ne
                | BinOp::Lt
                | BinOp::Le
                | BinOp::Gt
                | BinOp::Ge
                | BinOp::Offset,
                _,
            ) => panic!("{op:?} does not overflow"),
        };
        let both = self.llvm(name, &[a.get_type().into()], &[a.into(), b.into()]);
        (self.u.ir.part(both, 0).into_int_value(), self.u.ir.part(both, 1).into_int_value())
    }

    /// Calls a function of LLVM itself.
    pub fn llvm(
        &self,
        name: &str,
        types: &[inkwell::types::BasicTypeEnum<'ll>],
        args: &[BasicValueEnum<'ll>],
    ) -> BasicValueEnum<'ll> {
        let function = self.u.intrinsic(name, types);
        let args: Vec<_> = args.iter().map(|&arg| arg.into()).collect();
        built(self.u.ir.b.build_call(function, &args, ""))
            .try_as_basic_value()
            .expect_basic("the intrinsic has a result")
    }

    fn cast(&mut self, op: CastOp, value: Value<'ll>, from: Ty, to: Ty) -> Value<'ll> {
        let target = |cx: &Self| cx.u.scalar_type(cx.scalar_of(to));
        match op {
            CastOp::IntToInt => {
                let signed = self.is_signed(from);
                let value = self.u.ir.resize(value.int(), target(self).into_int_type(), signed);
                Value::Scalar(value.into())
            }
            CastOp::IntToFloat => {
                let (float, b) = (target(self).into_float_type(), &self.u.ir.b);
                let value = match self.is_signed(from) {
                    true => built(b.build_signed_int_to_float(value.int(), float, "")),
                    false => built(b.build_unsigned_int_to_float(value.int(), float, "")),
                };
                Value::Scalar(value.into())
            }
            CastOp::FloatToInt => {
                let int = target(self);
                let name = if self.is_signed(to) { "llvm.fptosi.sat" } else { "llvm.fptoui.sat" };
                let float = value.scalar();
                Value::Scalar(self.llvm(name, &[int, float.get_type()], &[float]))
            }
            CastOp::FloatToFloat => {
                let float = target(self).into_float_type();
                let value = built(self.u.ir.b.build_float_cast(value.scalar().into_float_value(), float, ""));
                Value::Scalar(value.into())
            }
            CastOp::PtrToInt | CastOp::FnToPtr => {
                let scalar = self.scalar_of(to);
                let value = self.thin(value);
                match scalar {
                    Scalar::Pointer { .. } => value,
                    Scalar::Int { .. } | Scalar::Bool | Scalar::Char | Scalar::F32 | Scalar::F64 => {
                        let int = target(self).into_int_type();
                        Value::Scalar(built(self.u.ir.b.build_ptr_to_int(value.ptr(), int, "")).into())
                    }
                }
            }
            CastOp::IntToPtr => {
                let value = built(self.u.ir.b.build_int_to_ptr(value.int(), self.u.ir.ptr(), ""));
                Value::Scalar(value.into())
            }
            // From a fat pointer to a thin one the length is dropped.
            CastOp::PtrToPtr if matches!(self.u.program.layout(to).abi, mir::Abi::Pair(..)) => value,
            CastOp::PtrToPtr => self.thin(value),
            // The operand is a constant `FnPtr` already, or a function item that monomorphisation resolved.
            CastOp::ReifyFn => value,
            CastOp::Unsize => {
                let TyKind::Array(_, len) = deref_ty(from).kind() else {
                    panic!("{from:?} does not become a slice")
                };
                let len = array_len(*len);
                Value::Pair(self.thin(value).scalar(), self.u.word().const_int(len, false).into())
            }
            CastOp::ToDyn => panic!("a `dyn` reached the back end, which has no vtables yet"),
            CastOp::Transmute => self.transmute(value, from, to),
        }
    }

    /// Without the second word.
    fn thin(&self, value: Value<'ll>) -> Value<'ll> {
        match value {
            Value::Pair(ptr, _) | Value::Scalar(ptr) => Value::Scalar(ptr),
            Value::Memory(at) => {
                Value::Scalar(self.u.ir.load(self.u.ir.ptr().into(), at, self.u.settings.word))
            }
            Value::Nothing => Value::Nothing,
        }
    }

    /// The same bits as another type; through memory where the shapes differ.
    pub fn transmute(&mut self, value: Value<'ll>, from: Ty, to: Ty) -> Value<'ll> {
        let (a, b) = (self.u.program.layout(from).clone(), self.u.program.layout(to).clone());
        match (a.abi, b.abi, value) {
            (mir::Abi::Scalar(x), mir::Abi::Scalar(y), _)
                if self.u.memory_type(x) == self.u.memory_type(y)
                    && (x == Scalar::Bool) == (y == Scalar::Bool) =>
            {
                value
            }
            (mir::Abi::Pair(..), mir::Abi::Pair(..), _) => value,
            (mir::Abi::Memory, mir::Abi::Memory, _) if a.align >= b.align => value,
            (_, _, Value::Memory(at)) if a.align >= b.align => self.u.load(to, at),
            _ => {
                let wide = if a.align >= b.align { from } else { to };
                let slot = self.slot(wide, "transmute");
                self.u.store(from, slot, value);
                self.u.load(to, slot)
            }
        }
    }
}
