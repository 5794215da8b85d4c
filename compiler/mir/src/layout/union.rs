//! Layout of unions: a tag before the payload, or a niche inside the largest variant.
//!
//! In: the layouts of each variant's fields. Out: the union's [`Layout`]. Both forms are computed and the smaller one
//! wins; where both have one size, the one that leaves more room to unions around it.
//!
//! Before: `union Option[T] { none, some(T) }` of `&u8`. After: one word; null is `none`.

use super::compute::{Placed, align_to, pair, place_fields, record_layout};
use super::{Abi, FieldsLayout, Layout, Niche, Scalar, TagEncoding, VariantLayout, Variants};
use base::{Idx, IndexVec};
use std::rc::Rc;
use typeck::VariantIdx;

type Fields = Vec<Rc<Layout>>;

pub(super) fn union_layout(variants: &[Fields]) -> Layout {
    let present: Vec<usize> = (0..variants.len()).filter(|&v| !is_absent(&variants[v])).collect();
    match present[..] {
        // No variant can exist.
        [] => Layout {
            uninhabited: true,
            variants: Variants::Single(VariantIdx(0)),
            ..record_layout(variants.first().map_or(&[][..], |fields| fields), false)
        },
        [only] => Layout {
            variants: Variants::Single(VariantIdx::from_usize(only)),
            ..record_layout(&variants[only], false)
        },
        _ => {
            let tagged = tagged_layout(variants, &present);
            match niche_layout(variants, &present) {
                Some(niched) if is_better(&niched, &tagged) => niched,
                Some(_) | None => tagged,
            }
        }
    }
}

/// No value can be of this variant, and it needs no room.
fn is_absent(fields: &Fields) -> bool {
    fields.iter().any(|field| field.uninhabited) && fields.iter().all(|field| field.size == 0)
}

fn is_better(niched: &Layout, tagged: &Layout) -> bool {
    let room = |layout: &Layout| layout.niche.map_or(0, |niche| niche.available);
    niched.size < tagged.size || niched.size == tagged.size && room(niched) > room(tagged)
}

/// A tag at offset 0, as narrow as the number of variants allows.
fn tagged_layout(variants: &[Fields], present: &[usize]) -> Layout {
    let highest = *present.last().expect("a union of several variants") as u128;
    let mut tag_size = [1u64, 2, 4].into_iter().find(|size| highest < 1 << (8 * size)).unwrap_or(8);
    let place = |tag_size| -> Vec<Placed> {
        variants.iter().map(|fields| place_fields(fields, tag_size, false)).collect()
    };
    let mut placed = place(tag_size);
    let align = placed.iter().map(|variant| variant.align).max().unwrap_or(1).max(tag_size);
    // A tag as wide as the gap behind it is read and written faster, and leaves more room to others.
    let first_payload = variants
        .iter()
        .zip(&placed)
        .flat_map(|(fields, placed)| fields.iter().zip(placed.offsets.iter()))
        .filter(|(field, _)| field.size > 0)
        .map(|(_, &offset)| offset)
        .min();
    let room = first_payload.unwrap_or(tag_size).min(align).min(8);
    if room > tag_size {
        tag_size = 1 << room.ilog2();
        placed = place(tag_size);
    }
    let size = align_to(placed.iter().map(|variant| variant.end).max().unwrap_or(0).max(tag_size), align);
    let tag = Scalar::Int { size: tag_size as u8, signed: false };
    let abi = if size == tag_size { Abi::Scalar(tag) } else { tagged_abi(variants, &placed, tag, size) };
    let niche = Niche { offset: 0, scalar: tag, start: highest + 1, available: tag.max_bits() - highest };
    let uninhabited = |fields: &Fields| fields.iter().any(|field| field.uninhabited);
    Layout {
        size,
        align,
        abi,
        fields: FieldsLayout::Primitive,
        niche: Some(niche).filter(|niche| niche.available > 0),
        is_unsized: false,
        uninhabited: variants.iter().all(uninhabited),
        variants: Variants::Multiple {
            tag,
            tag_offset: 0,
            encoding: TagEncoding::Direct,
            variants: variants
                .iter()
                .zip(placed)
                .map(|(fields, placed)| VariantLayout {
                    size: placed.end,
                    offsets: placed.offsets,
                    uninhabited: uninhabited(fields),
                })
                .collect(),
        },
    }
}

/// Tag and payload are a pair of scalars where every payload is at most one scalar, all of one kind at one offset.
fn tagged_abi(variants: &[Fields], placed: &[Placed], tag: Scalar, size: u64) -> Abi {
    let mut common: Option<(u64, Scalar)> = None;
    for (fields, placed) in variants.iter().zip(placed) {
        for (field, &offset) in fields.iter().zip(placed.offsets.iter()).filter(|(field, _)| field.size > 0) {
            let Abi::Scalar(scalar) = field.abi else { return Abi::Memory };
            match common {
                None => common = Some((offset, scalar)),
                Some((at, before)) if at == offset => match join(before, scalar) {
                    Some(joined) => common = Some((at, joined)),
                    None => return Abi::Memory,
                },
                Some(_) => return Abi::Memory,
            }
        }
        if fields.iter().filter(|field| field.size > 0).count() > 1 {
            return Abi::Memory;
        }
    }
    common.map_or(Abi::Memory, |(offset, payload)| pair(tag, payload, offset, size))
}

/// A scalar that holds values of both: integers of one width, or pointers.
fn join(a: Scalar, b: Scalar) -> Option<Scalar> {
    let is_int = |scalar| matches!(scalar, Scalar::Int { .. } | Scalar::Bool | Scalar::Char);
    let is_pointer = |scalar| matches!(scalar, Scalar::Pointer { .. });
    if a == b {
        Some(a)
    } else if is_int(a) && is_int(b) && a.size() == b.size() {
        Some(Scalar::Int { size: a.size() as u8, signed: false })
    } else if is_pointer(a) && is_pointer(b) {
        Some(Scalar::Pointer { nonnull: false })
    } else {
        None
    }
}

/// All variants but the largest are told by patterns that the largest never has at its niche; their own fields lie
/// before or behind it. `None` where there is no such room.
fn niche_layout(variants: &[Fields], present: &[usize]) -> Option<Layout> {
    let mut layouts: Vec<Layout> = variants.iter().map(|fields| record_layout(fields, false)).collect();
    // The last of the largest, as rustc picks.
    let untagged = (0..layouts.len()).max_by_key(|&v| layouts[v].size)?;
    let mut others = present.iter().copied().filter(|&v| v != untagged);
    let first = others.next()?;
    let last = others.next_back().unwrap_or(first);
    let count = (last - first + 1) as u128;
    let niche = layouts[untagged].niche?;
    if niche.available < count {
        return None;
    }
    let (size, niche_end) = (layouts[untagged].size, niche.offset + niche.scalar.size());
    let align = layouts.iter().map(|layout| layout.align).max().unwrap_or(1);
    if align > layouts[untagged].align && align_to(size, align) != size {
        return None;
    }
    for (v, layout) in layouts.iter_mut().enumerate() {
        if v == untagged || layout.size == 0 || layout.size <= niche.offset {
            continue;
        }
        let shift = align_to(niche_end, layout.align);
        if shift + layout.size > size {
            return None;
        }
        if let FieldsLayout::Offsets(offsets) = &mut layout.fields {
            offsets.iter_mut().for_each(|offset| *offset += shift);
        }
        layout.size += shift;
    }

    let tag = niche.scalar.widened();
    let others_empty = layouts.iter().enumerate().all(|(v, layout)| v == untagged || layout.size == 0);
    let same_align = align == layouts[untagged].align;
    let abi = match layouts[untagged].abi {
        Abi::Scalar(_) if others_empty && same_align => Abi::Scalar(tag),
        Abi::Pair(_, second, offset) if others_empty && same_align && niche.offset == 0 => {
            Abi::Pair(tag, second, offset)
        }
        Abi::Pair(first, _, offset) if others_empty && same_align => Abi::Pair(first, tag, offset),
        Abi::Zero | Abi::Scalar(_) | Abi::Pair(..) | Abi::Memory => Abi::Memory,
    };
    let start = niche.start & niche.scalar.max_bits();
    let rest = Niche {
        offset: niche.offset,
        scalar: tag,
        start: start.wrapping_add(count) & tag.max_bits(),
        available: niche.available - count,
    };
    Some(Layout {
        size,
        align,
        abi,
        fields: FieldsLayout::Primitive,
        niche: Some(rest).filter(|rest| rest.available > 0),
        is_unsized: false,
        uninhabited: layouts.iter().all(|layout| layout.uninhabited),
        variants: Variants::Multiple {
            tag,
            tag_offset: niche.offset,
            encoding: TagEncoding::Niche {
                untagged: VariantIdx::from_usize(untagged),
                niched: first as u32..=last as u32,
                start,
            },
            variants: layouts
                .into_iter()
                .map(|layout| VariantLayout {
                    offsets: match layout.fields {
                        FieldsLayout::Offsets(offsets) => offsets,
                        FieldsLayout::Primitive | FieldsLayout::Array { .. } => IndexVec::new(),
                    },
                    size: layout.size,
                    uninhabited: layout.uninhabited,
                })
                .collect(),
        },
    })
}
