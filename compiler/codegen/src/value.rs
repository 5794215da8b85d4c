//! Values and places at hand while a function is lowered.
//!
//! In: layouts. Out: [`Value`]s moved between registers and memory in the shape the layout's `Abi` says:
//! `i64` is one register, `&str` two, an `Account` an address.

use crate::unit::UnitCx;
use inkwell::values::{BasicValue, BasicValueEnum, IntValue, PointerValue};
use mir::{Abi, Scalar};
use typeck::{Ty, TyKind, VariantIdx};

#[derive(Clone, Copy, Debug)]
pub enum Value<'ll> {
    /// No bytes.
    Nothing,
    Scalar(BasicValueEnum<'ll>),
    Pair(BasicValueEnum<'ll>, BasicValueEnum<'ll>),
    /// In memory, at this address.
    Memory(PointerValue<'ll>),
}

/// Memory of a type.
#[derive(Clone, Copy, Debug)]
pub struct Place<'ll> {
    pub ptr: PointerValue<'ll>,
    /// Length of a slice or `str`, vtable of a `dyn`.
    pub meta: Option<BasicValueEnum<'ll>>,
    pub ty: Ty,
    /// Downcast to this variant.
    pub variant: Option<VariantIdx>,
}

impl<'ll> Value<'ll> {
    pub fn scalar(self) -> BasicValueEnum<'ll> {
        match self {
            Value::Scalar(value) => value,
            Value::Nothing | Value::Pair(..) | Value::Memory(_) => {
                panic!("a scalar was expected, not {self:?}")
            }
        }
    }

    pub fn int(self) -> IntValue<'ll> {
        self.scalar().into_int_value()
    }

    pub fn ptr(self) -> PointerValue<'ll> {
        match self {
            Value::Scalar(value) | Value::Pair(value, _) => value.into_pointer_value(),
            Value::Nothing | Value::Memory(_) => panic!("a pointer was expected, not {self:?}"),
        }
    }
}

/// Of a scalar by itself, wherever it lies.
pub fn scalar_size(scalar: Scalar, word: u64) -> u64 {
    match scalar {
        Scalar::Int { size, .. } => size as u64,
        Scalar::Bool => 1,
        Scalar::Char | Scalar::F32 => 4,
        Scalar::F64 => 8,
        Scalar::Pointer { .. } => word,
    }
}

/// Both of whose words always mean something.
pub fn is_fat_pointer(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Ref(..) | TyKind::RawPtr(..))
}

impl<'ll> UnitCx<'ll, '_> {
    fn scalar_align(&self, scalar: Scalar) -> u64 {
        scalar_size(scalar, self.settings.word).min(16)
    }

    /// `sure`: the scalar is always one of its type's values. The payload of a union held as a pair is not: it is
    /// nothing at all while another variant is active.
    pub fn load_scalar(
        &self,
        scalar: Scalar,
        from: PointerValue<'ll>,
        align: u64,
        sure: bool,
    ) -> BasicValueEnum<'ll> {
        let value = self.ir.load(self.memory_type(scalar), from, align.min(self.scalar_align(scalar)));
        if self.settings.optimise
            && sure
            && let Some(load) = value.as_instruction_value()
        {
            self.load_facts(load, scalar);
        }
        match scalar {
            Scalar::Bool => self.bool_of(value.into_int_value()).into(),
            Scalar::Int { .. } | Scalar::Char | Scalar::F32 | Scalar::F64 | Scalar::Pointer { .. } => value,
        }
    }

    /// What every load of that scalar gives, for the optimiser.
    fn load_facts(&self, load: inkwell::values::InstructionValue<'ll>, scalar: Scalar) {
        let ctx = self.ir.ctx;
        let set = |name: &str, values: &[inkwell::values::BasicMetadataValueEnum<'ll>]| {
            load.set_metadata(ctx.metadata_node(values), ctx.get_kind_id(name)).expect("loads take metadata");
        };
        match scalar {
            Scalar::Bool => {
                let byte = ctx.i8_type();
                set("range", &[byte.const_zero().into(), byte.const_int(2, false).into()]);
            }
            Scalar::Char => {
                let word = ctx.i32_type();
                set("range", &[word.const_zero().into(), word.const_int(0x11_0000, false).into()]);
            }
            Scalar::Pointer { nonnull: true } => set("nonnull", &[]),
            Scalar::Int { .. } | Scalar::F32 | Scalar::F64 | Scalar::Pointer { nonnull: false } => {}
        }
        set("noundef", &[]);
    }

    /// A byte of memory as one bit.
    pub fn bool_of(&self, byte: IntValue<'ll>) -> IntValue<'ll> {
        crate::ir::built(self.ir.b.build_int_truncate(byte, self.ir.ctx.bool_type(), ""))
    }

    pub fn store_scalar(
        &self,
        scalar: Scalar,
        to: PointerValue<'ll>,
        value: BasicValueEnum<'ll>,
        align: u64,
    ) {
        let value = match scalar {
            Scalar::Bool => self.ir.resize(value.into_int_value(), self.ir.ctx.i8_type(), false).into(),
            Scalar::Int { .. } | Scalar::Char | Scalar::F32 | Scalar::F64 | Scalar::Pointer { .. } => value,
        };
        self.ir.store(to, value, align.min(self.scalar_align(scalar)));
    }

    pub fn load(&self, ty: Ty, from: PointerValue<'ll>) -> Value<'ll> {
        let layout = self.program.layout(ty);
        match layout.abi {
            Abi::Zero => Value::Nothing,
            Abi::Scalar(scalar) => Value::Scalar(self.load_scalar(scalar, from, layout.align, true)),
            Abi::Pair(a, b, offset) => Value::Pair(
                self.load_scalar(a, from, layout.align, is_fat_pointer(ty)),
                self.load_scalar(b, self.ir.at(from, offset), layout.align, is_fat_pointer(ty)),
            ),
            Abi::Memory => Value::Memory(from),
        }
    }

    pub fn store(&self, ty: Ty, to: PointerValue<'ll>, value: Value<'ll>) {
        let layout = self.program.layout(ty);
        match (layout.abi, value) {
            (Abi::Zero, _) | (_, Value::Nothing) => {}
            (Abi::Scalar(scalar), Value::Scalar(value)) => self.store_scalar(scalar, to, value, layout.align),
            (Abi::Pair(a, b, offset), Value::Pair(first, second)) => {
                self.store_scalar(a, to, first, layout.align);
                self.store_scalar(b, self.ir.at(to, offset), second, layout.align);
            }
            (_, Value::Memory(from)) => self.ir.copy(to, from, layout.size, layout.align),
            (abi, value) => panic!("{value:?} is no value of {ty:?}, held as {abi:?}"),
        }
    }
}
