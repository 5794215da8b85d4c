//! Types to layouts: scalars, pointers, records, arrays. Unions are in `union.rs`.
//!
//! In: a concrete type, and [`Shapes`] that says what fields it has. Out: its [`Layout`], computed once.
//! Afterwards every field of every value lies at a multiple of its alignment and fields do not overlap.
//!
//! Before: `record R { a: u8, b: u64, c: u16 }`. After: size 16, align 8, offsets b = 0, c = 8, a = 10.

use super::{Abi, FieldsLayout, Layout, Niche, Scalar, Variants, union};
use base::IndexVec;
use hir::PrimTy;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use typeck::{Const, FastHash, FieldIdx, Mutability, Ty, TyKind, VariantIdx};

/// Pointers of every target so far have 8 bytes.
pub const POINTER_SIZE: u64 = 8;
/// No object is larger: offsets fit an `isize`, and leave room to compute with.
const MAX_SIZE: u64 = 1 << 47;

/// What a nominal type or closure consists of.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Record(RecordShape),
    /// The field types of each variant.
    Union(Vec<Vec<Ty>>),
}

#[derive(Clone, Debug, PartialEq, Default)]
pub struct RecordShape {
    /// Concrete, in declaration order.
    pub fields: Vec<Ty>,
    /// `Box`, and records marked `#[nonnull]`: the pointer they begin with is never null.
    pub nonnull: bool,
    /// `#[repr(C)]`: declaration order is memory order.
    pub ordered: bool,
}

/// Tells what records, unions and closures consist of.
pub trait Shapes {
    /// Of an `Adt` or a `Closure`, all types normalised.
    fn shape(&self, ty: Ty) -> Shape;
}

/// Why a type has no layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutError {
    /// It contains itself without a pointer between.
    Infinite(Ty),
    /// More than the address space holds.
    TooLarge(Ty),
    /// A parameter, projection or error is left in it: not for layout to report.
    NotConcrete(Ty),
}

/// All layouts computed so far.
#[derive(Default)]
pub struct Layouts {
    known: RefCell<HashMap<Ty, Rc<Layout>, FastHash>>,
    /// Those being computed, to find types without end.
    open: RefCell<Vec<Ty>>,
}

impl Layouts {
    pub fn new() -> Layouts {
        Layouts::default()
    }

    pub fn of(&self, shapes: &dyn Shapes, ty: Ty) -> Result<Rc<Layout>, LayoutError> {
        if let Some(layout) = self.known.borrow().get(&ty) {
            return Ok(layout.clone());
        }
        if self.open.borrow().contains(&ty) {
            return Err(LayoutError::Infinite(ty));
        }
        // A type that grows for ever has a new name at each level.
        if self.open.borrow().len() > 200 {
            return Err(LayoutError::Infinite(self.open.borrow()[0]));
        }
        self.open.borrow_mut().push(ty);
        let layout = self.compute(shapes, ty);
        self.open.borrow_mut().pop();
        let layout = Rc::new(layout?);
        self.known.borrow_mut().insert(ty, layout.clone());
        Ok(layout)
    }

    fn compute(&self, shapes: &dyn Shapes, ty: Ty) -> Result<Layout, LayoutError> {
        let layout = match *ty.kind() {
            TyKind::Prim(prim) => prim_layout(prim),
            TyKind::Ref(_, to, _) => pointer_layout(to, true),
            TyKind::RawPtr(to, _) => pointer_layout(to, false),
            TyKind::FnPtr(_) => scalar_layout(Scalar::Pointer { nonnull: true }),
            TyKind::FnDef(..) => record_layout(&[], false),
            TyKind::Tuple(items) => record_layout(&self.all(shapes, &items)?, false),
            TyKind::Slice(elem) => {
                let elem = self.of(shapes, elem)?;
                let fields = FieldsLayout::Array { stride: elem.size, count: 0 };
                unsized_layout(elem.size, elem.align, fields)
            }
            TyKind::Dyn(..) => unsized_layout(0, 1, FieldsLayout::Primitive),
            TyKind::Array(elem, Const::Value(count)) => {
                let elem = self.of(shapes, elem)?;
                let count = u64::try_from(count).map_err(|_| LayoutError::TooLarge(ty))?;
                let size = elem.size.checked_mul(count).ok_or(LayoutError::TooLarge(ty))?;
                array_layout(&elem, count, size)
            }
            TyKind::Adt(..) | TyKind::Closure(..) => match shapes.shape(ty) {
                Shape::Record(shape) => {
                    let fields = self.all(shapes, &shape.fields)?;
                    let mut layout = record_layout(&fields, shape.ordered);
                    if shape.nonnull {
                        forbid_null(&mut layout);
                    }
                    layout
                }
                Shape::Union(variants) => {
                    let variants: Vec<_> =
                        variants.iter().map(|fields| self.all(shapes, fields)).collect::<Result<_, _>>()?;
                    union::union_layout(&variants)
                }
            },
            TyKind::Array(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => return Err(LayoutError::NotConcrete(ty)),
        };
        if layout.size > MAX_SIZE { Err(LayoutError::TooLarge(ty)) } else { Ok(layout) }
    }

    fn all(&self, shapes: &dyn Shapes, types: &[Ty]) -> Result<Vec<Rc<Layout>>, LayoutError> {
        types.iter().map(|&ty| self.of(shapes, ty)).collect()
    }

    /// Everything computed so far; the types are in no particular order.
    pub fn into_map(self) -> HashMap<Ty, Layout, FastHash> {
        self.known.into_inner().into_iter().map(|(ty, layout)| (ty, Rc::unwrap_or_clone(layout))).collect()
    }
}

pub(super) fn align_to(offset: u64, align: u64) -> u64 {
    offset.div_ceil(align) * align
}

/// A value that is one scalar.
pub fn scalar_layout(scalar: Scalar) -> Layout {
    let size = scalar.size();
    Layout {
        size,
        align: size,
        abi: Abi::Scalar(scalar),
        fields: FieldsLayout::Primitive,
        variants: Variants::Single(VariantIdx(0)),
        niche: scalar.niche(0),
        is_unsized: false,
        uninhabited: false,
    }
}

fn prim_layout(prim: PrimTy) -> Layout {
    let int = |size, signed| scalar_layout(Scalar::Int { size, signed });
    match prim {
        PrimTy::I8 => int(1, true),
        PrimTy::I16 => int(2, true),
        PrimTy::I32 => int(4, true),
        PrimTy::I64 | PrimTy::Isize => int(8, true),
        PrimTy::I128 => int(16, true),
        PrimTy::U8 => int(1, false),
        PrimTy::U16 => int(2, false),
        PrimTy::U32 => int(4, false),
        PrimTy::U64 | PrimTy::Usize => int(8, false),
        PrimTy::U128 => int(16, false),
        PrimTy::F32 => scalar_layout(Scalar::F32),
        PrimTy::F64 => scalar_layout(Scalar::F64),
        PrimTy::Bool => scalar_layout(Scalar::Bool),
        PrimTy::Char => scalar_layout(Scalar::Char),
        PrimTy::Str => unsized_layout(1, 1, FieldsLayout::Array { stride: 1, count: 0 }),
        PrimTy::Never => Layout { uninhabited: true, ..record_layout(&[], false) },
    }
}

fn unsized_layout(size: u64, align: u64, fields: FieldsLayout) -> Layout {
    Layout {
        size,
        align,
        abi: Abi::Memory,
        fields,
        variants: Variants::Single(VariantIdx(0)),
        niche: None,
        is_unsized: true,
        uninhabited: false,
    }
}

fn array_layout(elem: &Layout, count: u64, size: u64) -> Layout {
    Layout {
        size,
        align: elem.align,
        abi: if size == 0 { Abi::Zero } else { Abi::Memory },
        fields: FieldsLayout::Array { stride: elem.size, count },
        variants: Variants::Single(VariantIdx(0)),
        niche: elem.niche.filter(|_| count > 0),
        is_unsized: false,
        uninhabited: elem.uninhabited && count > 0,
    }
}

/// A pointer: one word, or two where the referent has no size of its own.
fn pointer_layout(to: Ty, nonnull: bool) -> Layout {
    let data = Scalar::Pointer { nonnull };
    let meta = match to.kind() {
        TyKind::Prim(PrimTy::Str) | TyKind::Slice(_) => Scalar::Int { size: 8, signed: false },
        TyKind::Dyn(..) => Scalar::Pointer { nonnull: true },
        TyKind::Prim(_)
        | TyKind::Tuple(_)
        | TyKind::Array(..)
        | TyKind::Ref(..)
        | TyKind::RawPtr(..)
        | TyKind::Adt(..)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Closure(..)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => return scalar_layout(data),
    };
    Layout {
        size: 2 * POINTER_SIZE,
        align: POINTER_SIZE,
        abi: Abi::Pair(data, meta, POINTER_SIZE),
        fields: FieldsLayout::Primitive,
        variants: Variants::Single(VariantIdx(0)),
        // A vtable is nonnull too, but only the first of equally large niches is ever used.
        niche: data.niche(0).or(meta.niche(POINTER_SIZE)),
        is_unsized: false,
        uninhabited: false,
    }
}

/// Where a run of fields ends up.
pub(super) struct Placed {
    pub offsets: IndexVec<FieldIdx, u64>,
    /// Without padding at the end.
    pub end: u64,
    pub align: u64,
}

/// Places fields after `prefix` bytes. Without a prefix the widest come first; after one (a tag) the narrowest do,
/// so that they fill the gap behind it.
pub(super) fn place_fields(fields: &[Rc<Layout>], prefix: u64, ordered: bool) -> Placed {
    let mut order: Vec<usize> = (0..fields.len()).collect();
    if !ordered {
        let room = |i: &usize| fields[*i].niche.map_or(0, |niche| niche.available);
        // Fields without size first, so that they share the place of the next; among equals the roomiest niche.
        if prefix == 0 {
            order.sort_by_key(|i| {
                (fields[*i].size > 0, std::cmp::Reverse(fields[*i].align), std::cmp::Reverse(room(i)))
            });
        } else {
            order.sort_by_key(|i| (fields[*i].size > 0, fields[*i].align, std::cmp::Reverse(room(i))));
        }
    }
    let mut offsets = IndexVec::from_elem(0, fields.len());
    let (mut end, mut align) = (prefix, 1);
    for i in order {
        let field = &fields[i];
        // Too large sums saturate and are refused afterwards.
        let offset = align_to(end.min(MAX_SIZE * 2), field.align);
        offsets.raw[i] = offset;
        end = offset.saturating_add(field.size);
        align = align.max(field.align);
    }
    Placed { offsets, end, align }
}

/// A record, tuple, closure, or the only variant of a union.
pub(super) fn record_layout(fields: &[Rc<Layout>], ordered: bool) -> Layout {
    let Placed { offsets, end, align } = place_fields(fields, 0, ordered);
    let size = align_to(end, align);
    let abi = record_abi(fields, &offsets, size, align);
    let mut niche: Option<Niche> = None;
    for (field, &offset) in fields.iter().zip(offsets.iter()) {
        if let Some(inner) = field.niche
            && niche.is_none_or(|best| inner.available > best.available)
        {
            niche = Some(Niche { offset: offset + inner.offset, ..inner });
        }
    }
    Layout {
        size,
        align,
        abi,
        fields: FieldsLayout::Offsets(offsets),
        variants: Variants::Single(VariantIdx(0)),
        niche,
        is_unsized: false,
        uninhabited: fields.iter().any(|field| field.uninhabited),
    }
}

/// One field that fills the record passes its own kind on; two scalars make a pair.
fn record_abi(fields: &[Rc<Layout>], offsets: &IndexVec<FieldIdx, u64>, size: u64, align: u64) -> Abi {
    if size == 0 {
        return Abi::Zero;
    }
    let mut parts: Vec<(u64, &Layout)> = fields
        .iter()
        .zip(offsets.iter())
        .filter(|(field, _)| field.size > 0)
        .map(|(field, &offset)| (offset, &**field))
        .collect();
    parts.sort_by_key(|&(offset, _)| offset);
    match parts[..] {
        [(0, only)] if only.size == size && only.align == align => only.abi,
        [(0, a), (second, b)] => match (a.abi, b.abi) {
            (Abi::Scalar(first), Abi::Scalar(other)) => pair(first, other, second, size),
            _ => Abi::Memory,
        },
        _ => Abi::Memory,
    }
}

/// A pair, if the two lie as a pair of scalars does.
pub(super) fn pair(first: Scalar, second: Scalar, offset: u64, size: u64) -> Abi {
    let natural = align_to(first.size(), second.size());
    let align = first.size().max(second.size());
    if offset == natural && size == align_to(offset + second.size(), align) {
        Abi::Pair(first, second, offset)
    } else {
        Abi::Memory
    }
}

/// The pointer that is the first field is never null: null is free for a union around.
fn forbid_null(layout: &mut Layout) {
    let nonnull = Scalar::Pointer { nonnull: true };
    let FieldsLayout::Offsets(offsets) = &layout.fields else { return };
    let Some(&at) = offsets.get(FieldIdx(0)) else { return };
    layout.abi = match layout.abi {
        Abi::Scalar(Scalar::Pointer { .. }) => Abi::Scalar(nonnull),
        Abi::Pair(Scalar::Pointer { .. }, second, offset) if at == 0 => Abi::Pair(nonnull, second, offset),
        abi @ (Abi::Zero | Abi::Scalar(_) | Abi::Pair(..) | Abi::Memory) => abi,
    };
    layout.niche = nonnull.niche(at);
}

impl Scalar {
    /// In bytes; the alignment too.
    pub fn size(self) -> u64 {
        match self {
            Scalar::Int { size, .. } => size as u64,
            Scalar::Bool => 1,
            Scalar::Char | Scalar::F32 => 4,
            Scalar::F64 => 8,
            Scalar::Pointer { .. } => POINTER_SIZE,
        }
    }

    /// All bits of it set.
    pub fn max_bits(self) -> u128 {
        u128::MAX >> (128 - 8 * self.size())
    }

    /// The patterns no value of it has, at this offset.
    pub fn niche(self, offset: u64) -> Option<Niche> {
        let (start, available) = match self {
            Scalar::Bool => (2, 254),
            Scalar::Char => (0x11_0000, (1 << 32) - 0x11_0000),
            Scalar::Pointer { nonnull: true } => (0, 1),
            Scalar::Pointer { nonnull: false } | Scalar::Int { .. } | Scalar::F32 | Scalar::F64 => {
                return None;
            }
        };
        Some(Niche { offset, scalar: self, start, available })
    }

    /// The scalar that also holds what is no value of this one: a tag put into its niche.
    pub fn widened(self) -> Scalar {
        match self {
            Scalar::Bool | Scalar::Char => Scalar::Int { size: self.size() as u8, signed: false },
            Scalar::Pointer { .. } => Scalar::Pointer { nonnull: false },
            Scalar::Int { .. } | Scalar::F32 | Scalar::F64 => self,
        }
    }
}

/// What `*p` is of, for the types that can be dereferenced without a call. `Box` is told by `is_box`.
pub fn pointee(ty: Ty) -> Option<(Ty, Mutability)> {
    match *ty.kind() {
        TyKind::Ref(_, to, mutability) | TyKind::RawPtr(to, mutability) => Some((to, mutability)),
        TyKind::Prim(_)
        | TyKind::Tuple(_)
        | TyKind::Array(..)
        | TyKind::Slice(_)
        | TyKind::Adt(..)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Closure(..)
        | TyKind::Dyn(..)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => None,
    }
}
