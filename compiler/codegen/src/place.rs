//! Places: from a MIR place to an address.
//!
//! In: [`mir::Place`]. Out: a [`Place`] with its address and, for slices and `str`, the length.
//!
//! ```text
//! (*_1).2[_3]    →  load _1; + offset of field 2; + index * stride
//! ```

use crate::function::{FunctionCx, LocalRef};
use crate::value::{Place, Value};
use inkwell::values::{BasicValueEnum, IntValue};
use mir::place_ty::{deref_ty, element_ty};
use mir::{Abi, FieldsLayout, PlaceElem, Variants};
use typeck::{Const, FieldIdx, Ty, TyKind, VariantIdx};

pub fn array_len(len: Const) -> u64 {
    match len {
        Const::Value(value) => value as u64,
        Const::Param(..) | Const::Infer(_) | Const::Unevaluated(..) | Const::Error(_) => {
            panic!("an array's length is not known: {len:?}")
        }
    }
}

impl<'ll> FunctionCx<'_, 'll, '_> {
    pub fn place(&mut self, place: &mir::Place) -> Place<'ll> {
        let ty = self.body.locals[place.local].ty;
        let mut projection = &place.projection[..];
        let mut at = match self.locals[place.local] {
            LocalRef::Memory(ptr) => Place { ptr, meta: None, ty, variant: None },
            LocalRef::Value(value) => {
                // A register is a place only through what it points to.
                let Some((PlaceElem::Deref, rest)) = projection.split_first() else {
                    let slot = self.spill(ty, value);
                    return self.project(Place { ptr: slot, meta: None, ty, variant: None }, projection);
                };
                projection = rest;
                self.deref_value(value, ty)
            }
        };
        at = self.project(at, projection);
        at
    }

    fn deref_value(&self, value: Value<'ll>, ty: Ty) -> Place<'ll> {
        let to = deref_ty(ty);
        match value {
            Value::Scalar(ptr) => Place { ptr: ptr.into_pointer_value(), meta: None, ty: to, variant: None },
            Value::Pair(ptr, meta) => {
                Place { ptr: ptr.into_pointer_value(), meta: Some(meta), ty: to, variant: None }
            }
            // The one field that holds the pointer is at the start.
            Value::Memory(at) => {
                let ptr = self.u.ir.load(self.u.ir.ptr().into(), at, self.u.settings.word);
                Place { ptr: ptr.into_pointer_value(), meta: None, ty: to, variant: None }
            }
            Value::Nothing => panic!("{ty:?} is dereferenced but has no bytes"),
        }
    }

    fn project(&mut self, mut at: Place<'ll>, projection: &[PlaceElem]) -> Place<'ll> {
        for elem in projection {
            at = match *elem {
                PlaceElem::Deref => {
                    let value = self.u.load(at.ty, at.ptr);
                    self.deref_value(value, at.ty)
                }
                PlaceElem::Field(field, ty) => {
                    let offset = self.field_offset(at.ty, at.variant, field);
                    Place { ptr: self.u.ir.at(at.ptr, offset), meta: at.meta, ty, variant: None }
                }
                PlaceElem::Downcast(variant) => Place { variant: Some(variant), ..at },
                PlaceElem::Index(local) => {
                    let index = self.local_value(local).int();
                    self.element_at(at, index)
                }
                PlaceElem::ConstantIndex { offset, from_end } => {
                    let index = match from_end {
                        false => self.u.word().const_int(offset, false),
                        true => {
                            let len = self.len(&at);
                            let back = self.u.word().const_int(offset, false);
                            crate::ir::built(self.u.ir.b.build_int_sub(len, back, ""))
                        }
                    };
                    self.element_at(at, index)
                }
                PlaceElem::Subslice { from, to } => {
                    let start = self.u.word().const_int(from, false);
                    let whole = at;
                    let first = self.element_at(at, start);
                    let (meta, ty) = if let TyKind::Array(element, len) = *whole.ty.kind() {
                        let len = array_len(len) - from - to;
                        (None, Ty::new(TyKind::Array(element, Const::Value(len as u128))))
                    } else {
                        let both = self.u.word().const_int(from + to, false);
                        let len = crate::ir::built(self.u.ir.b.build_int_sub(self.len(&whole), both, ""));
                        (Some(BasicValueEnum::from(len)), whole.ty)
                    };
                    Place { ptr: first.ptr, meta, ty, variant: None }
                }
            };
        }
        at
    }

    fn element_at(&self, at: Place<'ll>, index: IntValue<'ll>) -> Place<'ll> {
        let ty = element_ty(at.ty);
        let stride = self.stride(ty);
        let bytes = self.u.ir.ctx.i8_type().array_type(stride as u32);
        Place { ptr: self.u.ir.index(bytes.into(), at.ptr, index), meta: None, ty, variant: None }
    }

    pub fn stride(&self, element: Ty) -> u64 {
        let layout = self.u.program.layout(element);
        layout.size.next_multiple_of(layout.align.max(1))
    }

    pub fn len(&self, at: &Place<'ll>) -> IntValue<'ll> {
        match (at.ty.kind(), at.meta) {
            (TyKind::Array(_, len), _) => self.u.word().const_int(array_len(*len), false),
            (_, Some(meta)) => meta.into_int_value(),
            (kind, None) => panic!("{kind:?} has no length"),
        }
    }

    pub fn field_offset(&self, ty: Ty, variant: Option<VariantIdx>, field: FieldIdx) -> u64 {
        let layout = self.u.program.layout(ty);
        match (&layout.variants, variant) {
            (Variants::Multiple { variants, .. }, Some(variant)) => variants[variant].offsets[field],
            (Variants::Single(_), _) | (Variants::Multiple { .. }, None) => match &layout.fields {
                FieldsLayout::Offsets(offsets) => offsets[field],
                FieldsLayout::Array { stride, .. } => stride * base::Idx::index(field) as u64,
                FieldsLayout::Primitive => 0,
            },
        }
    }

    /// Reads a place, in the shape of its type.
    pub fn read(&mut self, place: &mir::Place) -> Value<'ll> {
        if let LocalRef::Value(value) = self.locals[place.local] {
            match (&place.projection[..], value) {
                ([], _) => return value,
                // `_2.0` of a checked operation's two registers.
                ([PlaceElem::Field(field, _)], Value::Pair(a, b))
                    if matches!(self.body.locals[place.local].ty.kind(), TyKind::Tuple(_)) =>
                {
                    return Value::Scalar(if base::Idx::index(*field) == 0 { a } else { b });
                }
                _ => {}
            }
        }
        let at = self.place(place);
        self.u.load(at.ty, at.ptr)
    }

    /// The address of a place as a reference has it: one word or two.
    pub fn address(&self, at: Place<'ll>) -> Value<'ll> {
        match at.meta.filter(|_| at.ty.is_unsized()) {
            None => Value::Scalar(at.ptr.into()),
            Some(meta) => Value::Pair(at.ptr.into(), meta),
        }
    }

    /// Whether values of the type are held in memory only.
    pub fn in_memory(&self, ty: Ty) -> bool {
        self.u.program.layout(ty).abi == Abi::Memory
    }
}
