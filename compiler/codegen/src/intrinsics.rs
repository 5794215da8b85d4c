//! `#[intrinsic]` functions, in place.
//!
//! In: [`Intrinsic`] with its type arguments and operands. Out: instructions, the result in the destination.

use crate::function::FunctionCx;
use crate::ir::built;
use crate::value::Value;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{BasicValue, BasicValueEnum, IntValue};
use inkwell::{AtomicOrdering, AtomicRMWBinOp, IntPredicate};
use mir::place_ty::deref_ty;
use mir::{BinOp, BlockId, Intrinsic, Operand, SourceInfo};
use typeck::{FieldIdx, GenericArgs, Ty};

impl<'ll> FunctionCx<'_, 'll, '_> {
    /// Whether control does not come back.
    pub fn intrinsic(
        &mut self,
        intrinsic: Intrinsic,
        generics: &GenericArgs,
        args: &[Operand],
        destination: &mir::Place,
        unwind: Option<BlockId>,
        info: SourceInfo,
    ) -> bool {
        use Intrinsic as I;
        let values: Vec<(Value<'ll>, Ty)> = args.iter().map(|arg| self.operand(arg)).collect();
        let ty = |index: usize| generics[index].expect_ty();
        let int = |index: usize| -> IntValue<'ll> { values[index].0.int() };
        let scalar = |index: usize| -> BasicValueEnum<'ll> { values[index].0.scalar() };
        let word = |cx: &Self, value: u64| Value::Scalar(cx.u.word().const_int(value, false).into());
        let value = match intrinsic {
            I::SizeOf => word(self, self.u.program.layout(ty(0)).size),
            I::AlignOf => word(self, self.u.program.layout(ty(0)).align),
            I::NeedsDrop => self.bit(self.u.program.drop_glue.contains_key(&ty(0))),
            I::Interpreted => self.bit(false),
            I::TypeName => {
                let name = self.type_name(ty(0));
                let data = self.u.text(name.as_bytes());
                Value::Pair(data.into(), self.u.word().const_int(name.len() as u64, false).into())
            }
            I::Read => {
                let at = values[0].0.ptr();
                let value = self.u.load(ty(0), at);
                self.write(destination, value);
                return false;
            }
            I::Write => {
                self.u.store(ty(0), values[0].0.ptr(), values[1].0);
                return false;
            }
            I::DropInPlace => {
                let meta = match values[0].0 {
                    Value::Pair(_, meta) => Some(meta),
                    Value::Scalar(_) | Value::Memory(_) | Value::Nothing => None,
                };
                let at = crate::value::Place { ptr: values[0].0.ptr(), meta, ty: ty(0), variant: None };
                self.drop_at(at, unwind);
                return false;
            }
            I::SizeOfVal | I::AlignOfVal | I::CallOnceAt => panic!("monomorphisation left {intrinsic:?}"),
            I::Forget => return false,
            I::Transmute => self.transmute(values[0].0, values[0].1, destination.ty(&self.body.locals)),
            I::Copy | I::CopyNonoverlapping => {
                let layout = self.u.program.layout(ty(0));
                let (size, align) = (self.bytes(int(2), ty(0)), layout.align.max(1) as u32);
                let (from, to) = (values[0].0.ptr(), values[1].0.ptr());
                if intrinsic == I::Copy {
                    built(self.u.ir.b.build_memmove(to, align, from, align, size))
                } else {
                    built(self.u.ir.b.build_memcpy(to, align, from, align, size))
                };
                return false;
            }
            I::WriteBytes => {
                let align = self.u.program.layout(ty(0)).align.max(1) as u32;
                let size = self.bytes(int(2), ty(0));
                built(self.u.ir.b.build_memset(values[0].0.ptr(), align, int(1), size));
                return false;
            }
            I::CompareBytes => {
                let function = self.u.runtime("qrt_mem_compare").0;
                let args = [scalar(0).into(), scalar(1).into(), scalar(2).into()];
                let call = built(self.u.ir.b.build_call(function, &args, ""));
                Value::Scalar(call.try_as_basic_value().expect_basic("it has a result"))
            }
            I::Offset | I::OffsetMut => {
                self.binary(BinOp::Offset, values[0].1, values[0].0, values[1].0, values[1].1)
            }
            I::OffsetFrom => {
                let w = self.u.word();
                let b = &self.u.ir.b;
                let address = |value: Value<'ll>| built(b.build_ptr_to_int(value.ptr(), w, ""));
                let bytes = built(b.build_int_sub(address(values[0].0), address(values[1].0), ""));
                let stride = w.const_int(self.stride(ty(0)).max(1), false);
                Value::Scalar(built(b.build_int_exact_signed_div(bytes, stride, "")).into())
            }
            I::SlicePtr | I::SlicePtrMut => Value::Scalar(values[0].0.ptr().into()),
            I::SliceLen => match values[0].0 {
                Value::Pair(_, len) => Value::Scalar(len),
                value @ (Value::Nothing | Value::Scalar(_) | Value::Memory(_)) => {
                    panic!("{value:?} is no slice")
                }
            },
            I::SliceFromRaw | I::SliceFromRawMut => Value::Pair(scalar(0), scalar(1)),
            I::StrBytes | I::StrFromBytes => values[0].0,
            I::WrappingAdd => self.binary(BinOp::Add, values[0].1, values[0].0, values[1].0, values[1].1),
            I::WrappingSub => self.binary(BinOp::Sub, values[0].1, values[0].0, values[1].0, values[1].1),
            I::WrappingMul => self.binary(BinOp::Mul, values[0].1, values[0].0, values[1].0, values[1].1),
            I::UncheckedDiv => self.binary(BinOp::Div, values[0].1, values[0].0, values[1].0, values[1].1),
            I::UncheckedRem => self.binary(BinOp::Rem, values[0].1, values[0].0, values[1].0, values[1].1),
            I::WrappingShl => self.binary(BinOp::Shl, values[0].1, values[0].0, values[1].0, values[1].1),
            I::WrappingShr => self.binary(BinOp::Shr, values[0].1, values[0].0, values[1].0, values[1].1),
            I::AddWithOverflow | I::SubWithOverflow | I::MulWithOverflow => {
                let op = if intrinsic == I::AddWithOverflow {
                    BinOp::Add
                } else if intrinsic == I::SubWithOverflow {
                    BinOp::Sub
                } else {
                    BinOp::Mul
                };
                let (value, over) = self.checked(op, values[0].1, int(0), int(1), values[1].1);
                self.write_two(destination, values[0].1, value.into(), over.into());
                return false;
            }
            I::SaturatingAdd | I::SaturatingSub => {
                let name = match (intrinsic, self.is_signed(values[0].1)) {
                    (I::SaturatingAdd, true) => "llvm.sadd.sat",
                    (I::SaturatingAdd, false) => "llvm.uadd.sat",
                    (_, true) => "llvm.ssub.sat",
                    (_, false) => "llvm.usub.sat",
                };
                Value::Scalar(self.llvm(name, &[scalar(0).get_type()], &[scalar(0), scalar(1)]))
            }
            I::RotateLeft | I::RotateRight => {
                let name = if intrinsic == I::RotateLeft { "llvm.fshl" } else { "llvm.fshr" };
                let x = int(0);
                let count = self.u.ir.resize(int(1), x.get_type(), false);
                Value::Scalar(self.llvm(name, &[x.get_type().into()], &[x.into(), x.into(), count.into()]))
            }
            I::CountOnes => self.count("llvm.ctpop", int(0), false, destination),
            I::LeadingZeros => self.count("llvm.ctlz", int(0), true, destination),
            I::TrailingZeros => self.count("llvm.cttz", int(0), true, destination),
            I::SwapBytes if int(0).get_type().get_bit_width() == 8 => values[0].0,
            I::SwapBytes => Value::Scalar(self.llvm("llvm.bswap", &[scalar(0).get_type()], &[scalar(0)])),
            I::ReverseBits => {
                Value::Scalar(self.llvm("llvm.bitreverse", &[scalar(0).get_type()], &[scalar(0)]))
            }
            I::Sqrt => self.float("llvm.sqrt", &[scalar(0)]),
            I::Floor => self.float("llvm.floor", &[scalar(0)]),
            I::Ceil => self.float("llvm.ceil", &[scalar(0)]),
            I::Trunc => self.float("llvm.trunc", &[scalar(0)]),
            I::Round => self.float("llvm.round", &[scalar(0)]),
            I::RoundEven => self.float("llvm.roundeven", &[scalar(0)]),
            I::Fabs => self.float("llvm.fabs", &[scalar(0)]),
            I::Copysign => self.float("llvm.copysign", &[scalar(0), scalar(1)]),
            I::Fma => self.float("llvm.fma", &[scalar(0), scalar(1), scalar(2)]),
            I::FloatMin => self.float("llvm.minimumnum", &[scalar(0), scalar(1)]),
            I::FloatMax => self.float("llvm.maximumnum", &[scalar(0), scalar(1)]),
            I::BlackBox => {
                // Through memory that an empty piece of assembly is said to have looked at.
                let of = values[0].1;
                let slot = self.spill(of, values[0].0);
                let ctx = self.u.ir.ctx;
                let ty = ctx.void_type().fn_type(&[self.u.ir.ptr().into()], false);
                let asm = ctx.create_inline_asm(
                    ty,
                    String::new(),
                    "r,~{memory}".to_owned(),
                    true,
                    false,
                    None,
                    false,
                );
                built(self.u.ir.b.build_indirect_call(ty, asm, &[slot.into()], ""));
                self.u.load(of, slot)
            }
            I::Assume => {
                let assume = self.u.intrinsic("llvm.assume", &[]);
                built(self.u.ir.b.build_call(assume, &[int(0).into()], ""));
                return false;
            }
            I::Likely | I::Unlikely => {
                let bit = self.u.ir.ctx.bool_type();
                let expected = bit.const_int((intrinsic == I::Likely) as u64, false);
                Value::Scalar(self.llvm("llvm.expect", &[bit.into()], &[scalar(0), expected.into()]))
            }
            I::Unreachable => {
                built(self.u.ir.b.build_unreachable());
                return true;
            }
            I::Abort => {
                let function = self.u.runtime("qrt_abort").0;
                built(self.u.ir.b.build_call(function, &[], ""));
                built(self.u.ir.b.build_unreachable());
                return true;
            }
            I::VolatileRead => {
                let value = self.u.load(ty(0), values[0].0.ptr());
                if let Value::Scalar(scalar) = value
                    && let Some(load) = scalar.as_instruction_value()
                {
                    load.set_volatile(true).expect("a load can be volatile");
                }
                value
            }
            I::VolatileWrite => {
                let value = if self.scalar_of(ty(0)) == mir::Scalar::Bool {
                    self.u.ir.resize(int(1), self.u.ir.int(1), false).into()
                } else {
                    scalar(1)
                };
                let store = built(self.u.ir.b.build_store(values[0].0.ptr(), value));
                store.set_volatile(true).expect("a store can be volatile");
                return false;
            }
            I::AtomicAdd | I::AtomicSub | I::AtomicSwap => {
                let op = if intrinsic == I::AtomicAdd {
                    AtomicRMWBinOp::Add
                } else if intrinsic == I::AtomicSub {
                    AtomicRMWBinOp::Sub
                } else {
                    AtomicRMWBinOp::Xchg
                };
                let order = AtomicOrdering::SequentiallyConsistent;
                let value = self.atomic_int(scalar(1));
                let old = built(self.u.ir.b.build_atomicrmw(op, values[0].0.ptr(), value, order));
                Value::Scalar(self.of_atomic_int(old, ty(0)))
            }
            I::AtomicLoad => {
                let int = self.u.ir.int(self.u.program.layout(ty(0)).size);
                let value = built(self.u.ir.b.build_load(int, values[0].0.ptr(), ""));
                let load = value.as_instruction_value().expect("a load");
                load.set_atomic_ordering(AtomicOrdering::SequentiallyConsistent)
                    .expect("loads can be atomic");
                Value::Scalar(self.of_atomic_int(value.into_int_value(), ty(0)))
            }
            I::AtomicStore => {
                let value = self.atomic_int(scalar(1));
                let store = built(self.u.ir.b.build_store(values[0].0.ptr(), value));
                store
                    .set_atomic_ordering(AtomicOrdering::SequentiallyConsistent)
                    .expect("stores can be atomic");
                return false;
            }
            I::AtomicCompareExchange => {
                let order = AtomicOrdering::SequentiallyConsistent;
                let (old, new) = (self.atomic_int(scalar(1)), self.atomic_int(scalar(2)));
                let both = built(self.u.ir.b.build_cmpxchg(values[0].0.ptr(), old, new, order, order));
                let (seen, done) = (self.u.ir.part(both.into(), 0), self.u.ir.part(both.into(), 1));
                let seen = self.of_atomic_int(seen.into_int_value(), ty(0));
                self.write_two(destination, ty(0), seen, done);
                return false;
            }
            I::CallerFile => {
                let [file, len, ..] = self.location(info.span);
                Value::Pair(file, len)
            }
            I::CallerLine => Value::Scalar(self.location(info.span)[2]),
            I::CallerColumn => Value::Scalar(self.location(info.span)[3]),
            I::Discriminant => {
                let at = values[0].0.ptr();
                let position = self.discriminant_at(deref_ty(values[0].1), at);
                Value::Scalar(position.into())
            }
        };
        self.write(destination, value);
        false
    }

    fn bit(&self, value: bool) -> Value<'ll> {
        Value::Scalar(self.u.ir.ctx.bool_type().const_int(value as u64, false).into())
    }

    /// `count` elements in bytes.
    fn bytes(&self, count: IntValue<'ll>, element: Ty) -> IntValue<'ll> {
        let stride = self.u.word().const_int(self.stride(element), false);
        built(self.u.ir.b.build_int_nuw_mul(count, stride, ""))
    }

    fn float(&self, name: &str, args: &[BasicValueEnum<'ll>]) -> Value<'ll> {
        Value::Scalar(self.llvm(name, &[args[0].get_type()], args))
    }

    /// Bits counted, in the destination's width. `zero`: the function says what a zero gives.
    fn count(&self, name: &str, x: IntValue<'ll>, zero: bool, destination: &mir::Place) -> Value<'ll> {
        let ty: BasicTypeEnum<'ll> = x.get_type().into();
        let defined = self.u.ir.ctx.bool_type().const_zero().into();
        let args: &[BasicValueEnum<'ll>] = if zero { &[x.into(), defined] } else { &[x.into()] };
        let count = self.llvm(name, &[ty], args).into_int_value();
        let to = self.u.scalar_type(self.scalar_of(destination.ty(&self.body.locals))).into_int_type();
        Value::Scalar(self.u.ir.resize(count, to, false).into())
    }

    /// A `(T, bool)`.
    fn write_two(&mut self, to: &mir::Place, ty: Ty, value: BasicValueEnum<'ll>, flag: BasicValueEnum<'ll>) {
        let at = self.place(to);
        let [first, second] = [0, 1].map(|field| self.field_offset(at.ty, None, FieldIdx(field)));
        self.u.store(ty, self.u.ir.at(at.ptr, first), Value::Scalar(value));
        self.u.store(Ty::bool(), self.u.ir.at(at.ptr, second), Value::Scalar(flag));
    }

    /// Atomic instructions work on integers of whole bytes.
    fn atomic_int(&self, value: BasicValueEnum<'ll>) -> IntValue<'ll> {
        if let BasicValueEnum::PointerValue(ptr) = value {
            return built(self.u.ir.b.build_ptr_to_int(ptr, self.u.word(), ""));
        }
        let int = value.into_int_value();
        if int.get_type().get_bit_width() == 1 { self.u.ir.resize(int, self.u.ir.int(1), false) } else { int }
    }

    fn of_atomic_int(&self, value: IntValue<'ll>, ty: Ty) -> BasicValueEnum<'ll> {
        match self.scalar_of(ty) {
            mir::Scalar::Bool => {
                self.u.ir.icmp(IntPredicate::NE, value, value.get_type().const_zero()).into()
            }
            mir::Scalar::Pointer { .. } => {
                built(self.u.ir.b.build_int_to_ptr(value, self.u.ir.ptr(), "")).into()
            }
            mir::Scalar::Int { .. } | mir::Scalar::Char => value.into(),
            mir::Scalar::F32 | mir::Scalar::F64 => panic!("no atomic floats"),
        }
    }

    fn type_name(&self, ty: Ty) -> String {
        let info = self.u.program.types.iter().find(|info| info.ty == ty);
        info.map_or_else(|| format!("{ty:?}"), |info| info.name.clone())
    }
}
