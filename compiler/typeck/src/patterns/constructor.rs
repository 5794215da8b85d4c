//! Constructors: the ways to make a value of a type, and how patterns divide them.
//!
//! A number's constructor is a range of its values; ranges that overlap are cut so that each piece is wholly inside or
//! outside each pattern (`0..10` and `5..20` give `0..5`, `5..10`, `10..20`). A slice's constructor is its length;
//! lengths that no pattern tells apart stand together.

use super::{PatternCx, Text};
use crate::{Const, FieldIdx, Subst, Ty, TyKind, VariantIdx};
use hashbrown::HashMap;
use hir::PrimTy;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Constructor {
    /// `_`, a binding
    Wild,
    /// The only one of a record, tuple, reference, closure.
    Single,
    /// Of a union.
    Variant(VariantIdx),
    /// Values of an integer, `bool` or `char`, both ends included, in the type's order (see [`encode`]).
    Range(u128, u128),
    /// A string, byte string or float: there are always others.
    Text(Text),
    Slice(SliceLen),
    /// A constant whose value is not looked at: equal to nothing else.
    Opaque,
    /// Alternatives.
    Or,
    /// What no pattern names.
    Missing,
}

/// Lengths of a slice pattern: exactly this many, or at least (`prefix`, `..`, `suffix`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SliceLen {
    Fixed(usize),
    AtLeast(usize, usize),
}

impl SliceLen {
    pub fn arity(self) -> usize {
        match self {
            SliceLen::Fixed(len) => len,
            SliceLen::AtLeast(prefix, suffix) => prefix + suffix,
        }
    }

    /// Whether a pattern of lengths `self` matches all slices of lengths `other`.
    fn covers(self, other: SliceLen) -> bool {
        match (self, other) {
            (SliceLen::Fixed(a), SliceLen::Fixed(b)) => a == b,
            (SliceLen::AtLeast(..), SliceLen::Fixed(b)) => self.arity() <= b,
            (SliceLen::Fixed(_), SliceLen::AtLeast(..)) => false,
            (SliceLen::AtLeast(..), SliceLen::AtLeast(..)) => self.arity() <= other.arity(),
        }
    }
}

/// The constructors of a type, as far as the patterns of a column tell them apart.
pub struct Split {
    /// Named by some pattern (whole or in part), each with the patterns that match its values, in order.
    pub present: Vec<(Constructor, Vec<usize>)>,
    /// Named by none; empty if there are none or none that has values.
    pub missing: Vec<Constructor>,
    /// The type has constructors that are not listed: other strings, other constants.
    pub open: bool,
}

/// Divides the values of `ty` by the constructors that stand in a column.
pub fn split(cx: &PatternCx<'_>, ty: Ty, column: &[&Constructor]) -> Split {
    let (all, open) = match all_of(cx, ty, column) {
        // A constant that is not looked at takes one of these, whichever; it adds no others.
        Some(all) => (all, false),
        None => {
            let mut numbers = Numbers::default();
            column.iter().filter(|it| !matches!(it, Constructor::Wild)).for_each(|&it| numbers.add(it));
            (numbers.all.into_iter().cloned().collect(), true)
        }
    };
    let wild = column.iter().filter(|it| matches!(it, Constructor::Wild)).count();
    let covering = covering(&all, column);
    let mut split = Split { present: Vec::new(), missing: Vec::new(), open };
    for (piece, rows) in all.into_iter().zip(covering) {
        if open || rows.len() > wild {
            split.present.push((piece, rows));
        } else {
            split.missing.push(piece);
        }
    }
    split
}

/// Constructors by number, each once. A few are found by looking at all of them.
#[derive(Default)]
struct Numbers<'c> {
    all: Vec<&'c Constructor>,
    many: HashMap<&'c Constructor, usize, crate::FastHash>,
}

impl<'c> Numbers<'c> {
    const FEW: usize = 8;

    fn find(&self, constructor: &Constructor) -> Option<usize> {
        match self.all.len() <= Numbers::FEW {
            true => self.all.iter().position(|&known| known == constructor),
            false => self.many.get(constructor).copied(),
        }
    }
    fn add(&mut self, constructor: &'c Constructor) {
        if self.find(constructor).is_some() {
            return;
        }
        self.all.push(constructor);
        if self.all.len() > Numbers::FEW {
            let new = self.many.len()..self.all.len();
            self.many.extend(new.map(|at| (self.all[at], at)));
        }
    }
}

/// For each piece the patterns of the column that cover it. Each pattern is asked for what it covers: a match of thousands
/// of numbers has thousands of pieces, and as many patterns.
fn covering(pieces: &[Constructor], column: &[&Constructor]) -> Vec<Vec<usize>> {
    let mut covering = vec![Vec::new(); pieces.len()];
    let mut numbers = Numbers::default();
    pieces.iter().for_each(|piece| numbers.add(piece));
    for (index, &pattern) in column.iter().enumerate() {
        match pattern {
            Constructor::Wild => covering.iter_mut().for_each(|rows| rows.push(index)),
            // Cut in order, and next to one another.
            Constructor::Range(lo, hi) => {
                let starts_before =
                    |piece: &Constructor| matches!(piece, Constructor::Range(from, _) if from < lo);
                let ends_in_it = |piece: &Constructor| matches!(piece, Constructor::Range(_, to) if to <= hi);
                let first = pieces.partition_point(starts_before);
                let inside = pieces[first..].iter().take_while(|piece| ends_in_it(piece));
                inside.zip(&mut covering[first..]).for_each(|(_, rows)| rows.push(index));
            }
            Constructor::Single | Constructor::Variant(_) | Constructor::Text(_) => {
                if let Some(at) = numbers.find(pattern) {
                    covering[at].push(index);
                }
            }
            // There are as many lengths as the longest pattern has parts.
            Constructor::Slice(len) => {
                for (piece, rows) in pieces.iter().zip(&mut covering) {
                    if let Constructor::Slice(other) = piece
                        && len.covers(*other)
                    {
                        rows.push(index);
                    }
                }
            }
            // Neither equal to anything nor a match for it.
            Constructor::Opaque | Constructor::Or | Constructor::Missing => {}
        }
    }
    covering
}

/// Every constructor of the type, cut to pieces; `None` where they cannot be listed.
fn all_of(cx: &PatternCx<'_>, ty: Ty, column: &[&Constructor]) -> Option<Vec<Constructor>> {
    match *ty.kind() {
        TyKind::Prim(prim) => {
            let domain = domain(prim)?;
            Some(split_ranges(&domain, column))
        }
        TyKind::Tuple(_) | TyKind::Ref(..) | TyKind::Closure(..) => Some(vec![Constructor::Single]),
        TyKind::Adt(def, args) => {
            let adt = cx.signatures.adt(def)?;
            if !adt.is_union {
                return Some(vec![Constructor::Single]);
            }
            let inhabited = |variant: VariantIdx| {
                adt.variants[variant]
                    .fields
                    .iter()
                    .all(|field| !is_uninhabited(cx, (cx.normalise)(field.ty.subst(&args)), 0))
            };
            let mut named = vec![false; adt.variants.len()];
            for constructor in column {
                if let Constructor::Variant(variant) = constructor {
                    named[variant.0 as usize] = true;
                }
            }
            Some(
                adt.variants
                    .ids()
                    .filter(|&it| named[it.0 as usize] || inhabited(it))
                    .map(Constructor::Variant)
                    .collect(),
            )
        }
        TyKind::Array(_, Const::Value(len)) => Some(vec![Constructor::Slice(SliceLen::Fixed(len as usize))]),
        TyKind::Slice(_) | TyKind::Array(..) => Some(split_lengths(column)),
        TyKind::RawPtr(..)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Dyn(..)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => None,
    }
}

/// Whether [`split`] has nothing to list for a type: a column of it has no values.
pub fn is_empty(cx: &PatternCx<'_>, ty: Ty) -> bool {
    match *ty.kind() {
        TyKind::Prim(prim) => prim == PrimTy::Never,
        TyKind::Adt(def, _) => {
            cx.signatures.adt(def).is_some_and(|adt| adt.is_union) && is_uninhabited(cx, ty, 0)
        }
        TyKind::Tuple(_)
        | TyKind::Array(..)
        | TyKind::Slice(_)
        | TyKind::Ref(..)
        | TyKind::RawPtr(..)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Closure(..)
        | TyKind::Dyn(..)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => false,
    }
}

/// Types of a constructor's fields.
pub fn field_types(cx: &PatternCx<'_>, ty: Ty, constructor: &Constructor) -> Vec<Ty> {
    let variant = match constructor {
        Constructor::Single => VariantIdx(0),
        Constructor::Variant(variant) => *variant,
        Constructor::Slice(len) => {
            let (TyKind::Array(elem, _) | TyKind::Slice(elem)) = *ty.kind() else { return Vec::new() };
            return vec![elem; len.arity()];
        }
        Constructor::Wild
        | Constructor::Range(..)
        | Constructor::Text(_)
        | Constructor::Opaque
        | Constructor::Or
        | Constructor::Missing => return Vec::new(),
    };
    match *ty.kind() {
        TyKind::Tuple(items) => items.to_vec(),
        TyKind::Ref(_, to, _) => vec![to],
        TyKind::Adt(def, args) => cx.signatures.adt(def).map_or_else(Vec::new, |adt| {
            adt.variants[variant].fields.iter().map(|field| (cx.normalise)(field.ty.subst(&args))).collect()
        }),
        TyKind::Prim(_)
        | TyKind::Array(..)
        | TyKind::Slice(_)
        | TyKind::RawPtr(..)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Closure(..)
        | TyKind::Dyn(..)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => Vec::new(),
    }
}

/// Position of a field in [`field_types`].
pub fn field_position(field: FieldIdx) -> usize {
    field.0 as usize
}

/// No value of the type exists: `never`, and what must contain one.
fn is_uninhabited(cx: &PatternCx<'_>, ty: Ty, depth: usize) -> bool {
    if depth > 8 {
        return false;
    }
    match *ty.kind() {
        TyKind::Prim(PrimTy::Never) => true,
        TyKind::Tuple(items) => items.iter().any(|&item| is_uninhabited(cx, item, depth + 1)),
        TyKind::Array(elem, Const::Value(len)) => len > 0 && is_uninhabited(cx, elem, depth + 1),
        TyKind::Adt(def, args) => cx.signatures.adt(def).is_some_and(|adt| {
            adt.variants.iter().all(|variant| {
                variant
                    .fields
                    .iter()
                    .any(|field| is_uninhabited(cx, (cx.normalise)(field.ty.subst(&args)), depth + 1))
            })
        }),
        TyKind::Prim(_)
        | TyKind::Array(..)
        | TyKind::Slice(_)
        | TyKind::Ref(..)
        | TyKind::RawPtr(..)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Closure(..)
        | TyKind::Dyn(..)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => false,
    }
}

/// All values of a type as ranges in its order.
fn domain(prim: PrimTy) -> Option<Vec<(u128, u128)>> {
    if let Some((bits, _)) = prim.integer() {
        return Some(vec![(0, mask(bits))]);
    }
    match prim {
        PrimTy::Bool => Some(vec![(0, 1)]),
        // Surrogates are no characters.
        PrimTy::Char => Some(vec![(0, 0xd7ff), (0xe000, 0x10_ffff)]),
        PrimTy::Never => Some(Vec::new()),
        PrimTy::I8
        | PrimTy::I16
        | PrimTy::I32
        | PrimTy::I64
        | PrimTy::I128
        | PrimTy::Isize
        | PrimTy::U8
        | PrimTy::U16
        | PrimTy::U32
        | PrimTy::U64
        | PrimTy::U128
        | PrimTy::Usize
        | PrimTy::F32
        | PrimTy::F64
        | PrimTy::Str => None,
    }
}

fn mask(bits: u32) -> u128 {
    u128::MAX >> (128 - bits)
}

/// A value's place in its type's order: for signed integers the sign bit is turned over, so that the smallest is 0.
pub fn encode(prim: PrimTy, magnitude: u128, negative: bool) -> u128 {
    match prim.integer() {
        Some((bits, signed)) => {
            let value = if negative { magnitude.wrapping_neg() } else { magnitude } & mask(bits);
            if signed { value ^ (1 << (bits - 1)) } else { value }
        }
        None => magnitude,
    }
}

/// The largest place in a type's order.
pub fn last_of(prim: PrimTy) -> u128 {
    domain(prim).and_then(|ranges| ranges.last().map(|range| range.1)).unwrap_or(u128::MAX)
}

/// A value by its place, as written in a program.
pub fn decode(prim: PrimTy, place: u128) -> String {
    match prim.integer() {
        Some((bits, true)) => {
            let value = (place ^ (1 << (bits - 1))) & mask(bits);
            let shift = 128 - bits;
            ((value << shift) as i128 >> shift).to_string()
        }
        Some((_, false)) => place.to_string(),
        None => match prim {
            PrimTy::Bool => if place == 0 { "false" } else { "true" }.to_string(),
            PrimTy::Char => u32::try_from(place)
                .ok()
                .and_then(char::from_u32)
                .map_or_else(|| "_".to_string(), |character| format!("{character:?}")),
            PrimTy::I8
            | PrimTy::I16
            | PrimTy::I32
            | PrimTy::I64
            | PrimTy::I128
            | PrimTy::Isize
            | PrimTy::U8
            | PrimTy::U16
            | PrimTy::U32
            | PrimTy::U64
            | PrimTy::U128
            | PrimTy::Usize
            | PrimTy::F32
            | PrimTy::F64
            | PrimTy::Str
            | PrimTy::Never => "_".to_string(),
        },
    }
}

/// Cuts the domain at every end of a pattern's range.
fn split_ranges(domain: &[(u128, u128)], column: &[&Constructor]) -> Vec<Constructor> {
    let mut pieces = Vec::new();
    for &(first, last) in domain {
        // Each start is where a piece begins; a range's end begins the next one.
        let mut starts = vec![first];
        for constructor in column {
            if let Constructor::Range(lo, hi) = **constructor {
                if lo > first && lo <= last {
                    starts.push(lo);
                }
                if hi >= first && hi < last {
                    starts.push(hi + 1);
                }
            }
        }
        starts.sort_unstable();
        starts.dedup();
        for (index, &start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).map_or(last, |next| next - 1);
            pieces.push(Constructor::Range(start, end));
        }
    }
    pieces
}

/// Every length up to the longest that a pattern tells from longer ones, and one for all beyond.
fn split_lengths(column: &[&Constructor]) -> Vec<Constructor> {
    let (mut fixed, mut prefix, mut suffix) = (0, 0, 0);
    for constructor in column {
        let Constructor::Slice(len) = **constructor else { continue };
        match len {
            SliceLen::Fixed(len) => fixed = fixed.max(len + 1),
            SliceLen::AtLeast(before, after) => {
                prefix = prefix.max(before);
                suffix = suffix.max(after);
            }
        }
    }
    prefix = prefix.max(fixed.saturating_sub(suffix));
    let lengths = (0..prefix + suffix).map(SliceLen::Fixed).chain([SliceLen::AtLeast(prefix, suffix)]);
    lengths.map(Constructor::Slice).collect()
}
