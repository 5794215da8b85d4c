//! Constants: scalars as they are, texts and evaluated memory as private globals.
//!
//! In: [`mir::Constant`]. Out: a [`Value`]. Equal texts of a unit are one global; the linker merges the rest.

use crate::unit::UnitCx;
use crate::value::Value;
use base::Symbol;
use inkwell::GlobalVisibility;
use inkwell::module::Linkage;
use inkwell::types::BasicType;
use inkwell::values::{BasicValue, BasicValueEnum, GlobalValue, PointerValue, UnnamedAddress};
use mir::{Abi, ConstId, ConstValue, Constant, Relocation, Scalar};

impl<'ll> UnitCx<'ll, '_> {
    pub fn constant(&self, constant: &Constant) -> Value<'ll> {
        let layout = self.program.layout(constant.ty);
        match &constant.value {
            ConstValue::Scalar(bits) => match layout.abi {
                Abi::Scalar(scalar) => Value::Scalar(self.scalar_bits(scalar, *bits)),
                Abi::Zero => Value::Nothing,
                abi @ (Abi::Pair(..) | Abi::Memory) => {
                    panic!("the constant {bits} of type {:?}, held as {abi:?}", constant.ty)
                }
            },
            ConstValue::Str(text) => self.bytes_value(text.as_str().as_bytes(), layout.abi),
            ConstValue::Bytes(text) => self.bytes_value(&latin_1(*text), layout.abi),
            ConstValue::ZeroSized => Value::Nothing,
            ConstValue::Memory(id) => self.load(constant.ty, self.const_memory(*id)),
            ConstValue::FnPtr(id) => {
                let function = self.function(*id).0;
                Value::Scalar(function.as_global_value().as_pointer_value().into())
            }
            ConstValue::Def(..) | ConstValue::Promoted(..) | ConstValue::Ty(_) => {
                panic!("monomorphisation left the constant {constant:?}")
            }
        }
    }

    pub fn scalar_bits(&self, scalar: Scalar, bits: u128) -> BasicValueEnum<'ll> {
        let ctx = self.ir.ctx;
        match scalar {
            Scalar::Int { size, .. } => self.ir.bits(self.ir.int(size as u64), bits).into(),
            Scalar::Bool => ctx.bool_type().const_int(bits as u64 & 1, false).into(),
            Scalar::Char => self.ir.bits(ctx.i32_type(), bits).into(),
            Scalar::F32 => ctx.f32_type().const_float(f32::from_bits(bits as u32) as f64).into(),
            Scalar::F64 => ctx.f64_type().const_float(f64::from_bits(bits as u64)).into(),
            Scalar::Pointer { .. } if bits == 0 => self.ir.ptr().const_null().into(),
            Scalar::Pointer { .. } => self.ir.bits(self.word(), bits).const_to_pointer(self.ir.ptr()).into(),
        }
    }

    fn bytes_value(&self, bytes: &[u8], abi: Abi) -> Value<'ll> {
        let data = self.text(bytes);
        if let Abi::Pair(..) = abi {
            Value::Pair(data.into(), self.word().const_int(bytes.len() as u64, false).into())
        } else {
            Value::Scalar(data.into())
        }
    }

    /// The address of these bytes.
    pub fn text(&self, bytes: &[u8]) -> PointerValue<'ll> {
        if let Some(&known) = self.strings.borrow().get(bytes) {
            return known;
        }
        let value = self.ir.ctx.const_string(bytes, false);
        let global = self.module.add_global(value.get_type(), None, "str");
        global.set_initializer(&value);
        self.private(global, 1);
        let at = global.as_pointer_value();
        self.strings.borrow_mut().insert(bytes.to_vec(), at);
        at
    }

    /// Read-only, this module's own, mergeable.
    fn private(&self, global: GlobalValue<'ll>, align: u64) {
        global.set_linkage(Linkage::Private);
        global.set_constant(true);
        global.set_unnamed_address(UnnamedAddress::Global);
        global.set_alignment(align.max(1) as u32);
    }

    /// An evaluated constant in memory: stretches of bytes with addresses between.
    pub fn const_memory(&self, id: ConstId) -> PointerValue<'ll> {
        if let Some(&known) = self.consts.borrow().get(&id) {
            return known;
        }
        let item = self.program.statics.get(&id);
        let memory = &self.program.consts[id];
        let word = self.settings.word as usize;
        let mut parts: Vec<BasicValueEnum<'ll>> = Vec::new();
        let mut types = Vec::new();
        let mut from = 0;
        let mut relocations: Vec<_> = memory.relocations.iter().collect();
        relocations.sort_by_key(|(offset, _)| *offset);
        // The type first, so that constants may point at each other in a ring.
        for &&(offset, _) in &relocations {
            types.push(self.ir.ctx.i8_type().array_type((offset as usize - from) as u32).into());
            types.push(self.ir.ptr().into());
            from = offset as usize + word;
        }
        types.push(self.ir.ctx.i8_type().array_type((memory.bytes.len() - from) as u32).into());
        let ty = self.ir.ctx.struct_type(&types, true);
        let tables = &self.settings.tables;
        let name = tables.get(&id).or(self.settings.statics.get(&id)).map_or("const", |name| name.as_str());
        let global = self.module.add_global(ty.as_basic_type_enum(), None, name);
        let at = global.as_pointer_value();
        self.consts.borrow_mut().insert(id, at);
        match (&memory.table, item) {
            (None, None) => self.private(global, memory.align),
            (Some(table), _) => {
                self.private(global, memory.align);
                global.set_linkage(Linkage::External);
                global.set_visibility(GlobalVisibility::Hidden);
                if table.unit != self.id {
                    return at;
                }
            }
            (None, Some(item)) => {
                global.set_visibility(GlobalVisibility::Hidden);
                global.set_constant(true);
                global.set_alignment(memory.align.max(1) as u32);
                // One place in the program: that of the unit it belongs to.
                if item.unit != self.id {
                    return at;
                }
                if let Some(debug) = &self.debug {
                    debug.declare_static(self, item, memory.ty, global);
                }
            }
        }
        from = 0;
        for (offset, relocation) in relocations {
            parts.push(self.ir.ctx.const_string(&memory.bytes[from..*offset as usize], false).into());
            parts.push(self.relocation(relocation).into());
            from = *offset as usize + word;
        }
        parts.push(self.ir.ctx.const_string(&memory.bytes[from..], false).into());
        let value = self.ir.ctx.const_struct(&parts, true);
        global.set_initializer(&value.as_basic_value_enum());
        at
    }

    fn relocation(&self, relocation: &Relocation) -> PointerValue<'ll> {
        match relocation {
            Relocation::Const(id, offset) => {
                let base = self.const_memory(*id);
                // SAFETY: the evaluator made the address, it lies in the constant or one past it.
                unsafe { base.const_gep(self.ir.ctx.i8_type(), &[self.ir.i64(*offset)]) }
            }
            Relocation::Str(text) => self.text(text.as_str().as_bytes()),
            Relocation::Fn(id) => self.function(*id).0.as_global_value().as_pointer_value(),
        }
    }
}

/// Byte literals are interned as Latin-1 text, one `char` a byte.
fn latin_1(text: Symbol) -> Vec<u8> {
    text.as_str().chars().map(|c| c as u32 as u8).collect()
}
