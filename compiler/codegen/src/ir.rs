//! Instruction building without ceremony: inkwell's builder, for the shapes the lowering uses.
//!
//! In: values. Out: values. inkwell reports an error where the builder stands nowhere; ours always stands in
//! a block, so that is a bug and panics (the door, [`crate::Llvm`], turns panics into a `BackendError`).

use inkwell::AddressSpace;
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::builder::{Builder, BuilderError};
use inkwell::context::Context;
use inkwell::types::{BasicTypeEnum, IntType, PointerType};
use inkwell::values::{BasicValue, BasicValueEnum, IntValue, PointerValue};

/// Why every `built` is right.
const POSITIONED: &str = "the builder stands in a block and the types fit";

pub fn built<T>(result: Result<T, BuilderError>) -> T {
    result.expect(POSITIONED)
}

/// A context, and a builder in it.
pub struct Ir<'ll> {
    pub ctx: &'ll Context,
    pub b: Builder<'ll>,
}

impl<'ll> Ir<'ll> {
    pub fn new(ctx: &'ll Context) -> Ir<'ll> {
        Ir { ctx, b: ctx.create_builder() }
    }

    pub fn ptr(&self) -> PointerType<'ll> {
        self.ctx.ptr_type(AddressSpace::default())
    }

    /// An integer type of so many bytes.
    pub fn int(&self, bytes: u64) -> IntType<'ll> {
        match bytes {
            1 => self.ctx.i8_type(),
            2 => self.ctx.i16_type(),
            4 => self.ctx.i32_type(),
            8 => self.ctx.i64_type(),
            16 => self.ctx.i128_type(),
            _ => panic!("no integer has {bytes} bytes"),
        }
    }

    pub fn i64(&self, value: u64) -> IntValue<'ll> {
        self.ctx.i64_type().const_int(value, false)
    }

    /// A constant of up to 128 bits.
    pub fn bits(&self, ty: IntType<'ll>, bits: u128) -> IntValue<'ll> {
        ty.const_int_arbitrary_precision(&[bits as u64, (bits >> 64) as u64])
    }

    /// The address `offset` bytes on, within the same object.
    pub fn at(&self, base: PointerValue<'ll>, offset: u64) -> PointerValue<'ll> {
        if offset == 0 {
            return base;
        }
        self.index(self.ctx.i8_type().into(), base, self.i64(offset))
    }

    /// `base + index * size of ty`, within the same object.
    pub fn index(
        &self,
        ty: BasicTypeEnum<'ll>,
        base: PointerValue<'ll>,
        index: IntValue<'ll>,
    ) -> PointerValue<'ll> {
        // SAFETY: places are in bounds, MIR checked the index before.
        unsafe { built(self.b.build_in_bounds_gep(ty, base, &[index], "")) }
    }

    pub fn load(&self, ty: BasicTypeEnum<'ll>, from: PointerValue<'ll>, align: u64) -> BasicValueEnum<'ll> {
        let value = built(self.b.build_load(ty, from, ""));
        if let Some(load) = value.as_instruction_value() {
            load.set_alignment(align as u32).expect("alignments are powers of two");
        }
        value
    }

    pub fn store(&self, to: PointerValue<'ll>, value: BasicValueEnum<'ll>, align: u64) {
        let store = built(self.b.build_store(to, value));
        store.set_alignment(align as u32).expect("alignments are powers of two");
    }

    pub fn copy(&self, to: PointerValue<'ll>, from: PointerValue<'ll>, size: u64, align: u64) {
        if size > 0 {
            built(self.b.build_memcpy(to, align as u32, from, align as u32, self.i64(size)));
        }
    }

    pub fn br(&self, to: BasicBlock<'ll>) {
        built(self.b.build_unconditional_branch(to));
    }

    pub fn cond_br(&self, condition: IntValue<'ll>, then: BasicBlock<'ll>, otherwise: BasicBlock<'ll>) {
        built(self.b.build_conditional_branch(condition, then, otherwise));
    }

    pub fn icmp(&self, predicate: IntPredicate, a: IntValue<'ll>, b: IntValue<'ll>) -> IntValue<'ll> {
        built(self.b.build_int_compare(predicate, a, b, ""))
    }

    /// Widens or narrows an integer.
    pub fn resize(&self, value: IntValue<'ll>, to: IntType<'ll>, signed: bool) -> IntValue<'ll> {
        let (from, bits) = (value.get_type().get_bit_width(), to.get_bit_width());
        match from.cmp(&bits) {
            std::cmp::Ordering::Equal => value,
            std::cmp::Ordering::Greater => built(self.b.build_int_truncate(value, to, "")),
            std::cmp::Ordering::Less if signed => built(self.b.build_int_s_extend(value, to, "")),
            std::cmp::Ordering::Less => built(self.b.build_int_z_extend(value, to, "")),
        }
    }

    pub fn select(
        &self,
        condition: IntValue<'ll>,
        then: BasicValueEnum<'ll>,
        otherwise: BasicValueEnum<'ll>,
    ) -> BasicValueEnum<'ll> {
        built(self.b.build_select(condition, then, otherwise, ""))
    }

    /// A value of two parts, as functions return it.
    pub fn pair(&self, a: BasicValueEnum<'ll>, b: BasicValueEnum<'ll>) -> BasicValueEnum<'ll> {
        let ty = self.ctx.struct_type(&[a.get_type(), b.get_type()], false);
        let value = built(self.b.build_insert_value(ty.get_poison(), a, 0, ""));
        built(self.b.build_insert_value(value, b, 1, "")).as_basic_value_enum()
    }

    /// Part `index` of such a value.
    pub fn part(&self, pair: BasicValueEnum<'ll>, index: u32) -> BasicValueEnum<'ll> {
        built(self.b.build_extract_value(pair.into_struct_value(), index, ""))
    }
}
