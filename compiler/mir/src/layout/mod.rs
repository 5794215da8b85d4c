//! Layouts: size, alignment, field offsets, variants and niches. One computation for interpreter and code.
//!
//! In: concrete types. Out: [`Layout`]s ([`Layouts::of`]). Afterwards the interpreter and the back end agree on every
//! byte of every value.
//!
//! Before: `Option[&u8]`. After: 8 bytes, a scalar; null is `none`.

mod compute;
#[cfg(test)]
mod tests;
mod union;

pub use compute::{LayoutError, Layouts, POINTER_SIZE, RecordShape, Shape, Shapes, pointee, scalar_layout};

use base::IndexVec;
use std::ops::RangeInclusive;
use typeck::{FieldIdx, VariantIdx};

/// Offsets and sizes are in bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    pub size: u64,
    pub align: u64,
    pub abi: Abi,
    pub fields: FieldsLayout,
    pub variants: Variants,
    /// The largest run of bit patterns that no value has, for a union around this type to use.
    pub niche: Option<Niche>,
    /// `str`, `[T]`: the size is of a single element (or 1).
    pub is_unsized: bool,
    /// No value of it exists.
    pub uninhabited: bool,
}

/// How a value of it is held outside memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abi {
    /// Nothing to hold.
    Zero,
    Scalar(Scalar),
    /// Two scalars; the second at this offset. References to slices, `str` and `dyn`.
    Pair(Scalar, Scalar, u64),
    /// In memory only.
    Memory,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Bytes: 1, 2, 4, 8, 16. `signed` only says how to print and extend.
    Int {
        size: u8,
        signed: bool,
    },
    Bool,
    Char,
    F32,
    F64,
    /// `nonnull`: a reference, `Box` or function.
    Pointer {
        nonnull: bool,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum FieldsLayout {
    /// A number, pointer …
    Primitive,
    /// Record, tuple, closure: offset of each field in declaration order.
    Offsets(IndexVec<FieldIdx, u64>),
    /// `count` elements of `stride` bytes.
    Array { stride: u64, count: u64 },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Variants {
    /// Not a union, or one with a single variant.
    Single(VariantIdx),
    Multiple {
        /// Where the tag is and how wide.
        tag: Scalar,
        tag_offset: u64,
        encoding: TagEncoding,
        /// Each variant's fields, as a layout of its own; offsets are from the start of the union.
        variants: IndexVec<VariantIdx, VariantLayout>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct VariantLayout {
    pub offsets: IndexVec<FieldIdx, u64>,
    pub size: u64,
    pub uninhabited: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TagEncoding {
    /// The tag is the variant's position.
    Direct,
    /// One variant is told by the tag not being one of the others' values, which are `start + (variant - first)`
    /// (wrapping in the tag's width) for the variants of `niched`.
    Niche { untagged: VariantIdx, niched: RangeInclusive<u32>, start: u128 },
}

/// Bit patterns `start ..` (wrapping, `available` of them) of the scalar at `offset` are free.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Niche {
    pub offset: u64,
    pub scalar: Scalar,
    pub start: u128,
    pub available: u128,
}
