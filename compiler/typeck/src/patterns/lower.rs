//! HIR patterns to rows: dereferences that the programmer did not write become constructors like any other.

use super::constructor::{Constructor, SliceLen, encode, field_position, field_types, last_of};
use super::{Pattern, PatternCx, Text};
use crate::{BodyTypes, Const, PatResolution, Ty, TyKind};
use hir::{Body, Lit, PatFields, PatId, PatKind, PrimTy};

/// `None` if the pattern contains an error: then nothing is to be said about the match.
pub fn lower(cx: &PatternCx<'_>, body: &Body, types: &BodyTypes, id: PatId) -> Option<Pattern> {
    let mut pattern = lower_here(cx, body, types, id)?;
    for &reference in types.pat_derefs.get(&id).into_iter().flatten().rev() {
        pattern =
            Pattern { constructor: Constructor::Single, fields: vec![pattern], ty: reference, source: None };
    }
    Some(pattern)
}

fn lower_here(cx: &PatternCx<'_>, body: &Body, types: &BodyTypes, id: PatId) -> Option<Pattern> {
    let ty = types.pats[id];
    let make = |constructor, fields| Some(Pattern { constructor, fields, ty, source: None });
    let all = |ids: &[PatId]| ids.iter().map(|&it| lower(cx, body, types, it)).collect::<Option<Vec<_>>>();
    match &body.pats[id].kind {
        PatKind::Wild | PatKind::Bind { sub: None, .. } => Some(Pattern::wild(ty)),
        PatKind::Bind { sub: Some(sub), .. } => lower(cx, body, types, *sub),
        // `"a"` is a reference to a text.
        PatKind::Lit { lit, negative } => {
            if let TyKind::Ref(_, to, _) = *ty.kind() {
                let inner = Pattern {
                    constructor: literal(to, lit, *negative),
                    fields: Vec::new(),
                    ty: to,
                    source: None,
                };
                make(Constructor::Single, vec![inner])
            } else {
                make(literal(ty, lit, *negative), Vec::new())
            }
        }
        PatKind::Range { lo, hi, inclusive } => {
            make(range(cx, body, types, ty, (*lo, *hi, *inclusive)), Vec::new())
        }
        PatKind::Const(_) => make(constant(cx, types, id), Vec::new()),
        PatKind::Variant { fields, .. } => match types.pat_variants.get(&id)? {
            PatResolution::Const(..) => make(constant(cx, types, id), Vec::new()),
            PatResolution::Variant(variant, positions) => {
                let TyKind::Adt(def, _) = *ty.kind() else { return None };
                let is_union = cx.signatures.adt(def)?.is_union;
                let constructor = if is_union { Constructor::Variant(*variant) } else { Constructor::Single };
                let mut row: Vec<Pattern> =
                    field_types(cx, ty, &constructor).into_iter().map(Pattern::wild).collect();
                let ids: Vec<PatId> = match fields {
                    PatFields::Unit => Vec::new(),
                    PatFields::Tuple(ids, _) => ids.clone(),
                    PatFields::Record(fields, _) => fields.iter().map(|it| it.pat).collect(),
                };
                for (&field, pattern) in positions.iter().zip(all(&ids)?) {
                    *row.get_mut(field_position(field))? = pattern;
                }
                make(constructor, row)
            }
        },
        PatKind::Tuple(ids, rest) => {
            let TyKind::Tuple(items) = *ty.kind() else { return None };
            let between = items.len().checked_sub(ids.len())?;
            let at = rest.unwrap_or(ids.len());
            let mut row = all(&ids[..at])?;
            row.extend(items[at..at + between].iter().map(|&item| Pattern::wild(item)));
            row.extend(all(&ids[at..])?);
            make(Constructor::Single, row)
        }
        PatKind::Slice { before, rest, after } => {
            let mut row = all(before)?;
            let len = match (rest, ty.kind()) {
                // An array's length is known: the rest is so many of anything.
                (Some(_), TyKind::Array(elem, Const::Value(len))) => {
                    let between = (*len as usize).checked_sub(before.len() + after.len())?;
                    row.extend((0..between).map(|_| Pattern::wild(*elem)));
                    SliceLen::Fixed(*len as usize)
                }
                (Some(_), _) => SliceLen::AtLeast(before.len(), after.len()),
                (None, _) => SliceLen::Fixed(before.len() + after.len()),
            };
            row.extend(all(after)?);
            make(Constructor::Slice(len), row)
        }
        PatKind::Ref { pat, .. } => make(Constructor::Single, vec![lower(cx, body, types, *pat)?]),
        PatKind::Or(ids) => {
            let mut alternatives = all(ids)?;
            for (alternative, &source) in alternatives.iter_mut().zip(ids) {
                // An or-pattern within an or-pattern reports its own alternatives.
                if alternative.constructor != Constructor::Or {
                    alternative.source = Some(source);
                }
            }
            make(Constructor::Or, alternatives)
        }
        PatKind::Error(_) => None,
    }
}

/// The value of a constant in a pattern, where it can be known from its text.
fn constant(cx: &PatternCx<'_>, types: &BodyTypes, id: PatId) -> Constructor {
    let Some(PatResolution::Const(def, args)) = types.pat_variants.get(&id) else {
        return Constructor::Opaque;
    };
    let TyKind::Prim(prim) = *types.pats[id].kind() else { return Constructor::Opaque };
    if matches!(prim, PrimTy::F32 | PrimTy::F64 | PrimTy::Str | PrimTy::Never) {
        return Constructor::Opaque;
    }
    let Some(def) = crate::consts::implemented(cx.signatures, *def, args) else {
        return Constructor::Opaque;
    };
    match crate::consts::value_of(cx.package, def) {
        Some(value) => {
            let place = encode(prim, value.unsigned_abs(), value < 0);
            Constructor::Range(place, place)
        }
        None => Constructor::Opaque,
    }
}

fn literal(ty: Ty, lit: &Lit, negative: bool) -> Constructor {
    let prim = if let TyKind::Prim(prim) = *ty.kind() { prim } else { PrimTy::Str };
    let point = |value: u128| {
        let place = encode(prim, value, negative);
        Constructor::Range(place, place)
    };
    match *lit {
        // A whole number where a float is expected.
        Lit::Int(_, _) if matches!(prim, PrimTy::F32 | PrimTy::F64) => Constructor::Opaque,
        Lit::Int(value, _) => point(value),
        Lit::Byte(value) => point(u128::from(value)),
        Lit::Bool(value) => Constructor::Range(u128::from(value), u128::from(value)),
        Lit::Char(value) => Constructor::Range(u128::from(u32::from(value)), u128::from(u32::from(value))),
        Lit::Float(text, _) => Constructor::Text(Text::Float(text, negative)),
        Lit::Str(text) => Constructor::Text(Text::Str(text)),
        // An array's constructors are lengths; its bytes are not looked into.
        Lit::Bytes(_) if !matches!(ty.kind(), TyKind::Prim(_)) => Constructor::Opaque,
        Lit::Bytes(text) => Constructor::Text(Text::Bytes(text)),
    }
}

/// A range with a bound that is no literal, or of floats, is equal to nothing.
fn range(
    cx: &PatternCx<'_>,
    body: &Body,
    types: &BodyTypes,
    ty: Ty,
    (lo, hi, inclusive): (Option<PatId>, Option<PatId>, bool),
) -> Constructor {
    match bounds(cx, body, types, ty, (lo, hi, inclusive)) {
        Some((lo, hi)) if lo <= hi => Constructor::Range(lo, hi),
        Some(_) | None => Constructor::Opaque,
    }
}

/// Whether a range is known to have no values.
pub fn is_empty_range(cx: &PatternCx<'_>, body: &Body, types: &BodyTypes, id: PatId) -> bool {
    let PatKind::Range { lo, hi, inclusive } = body.pats[id].kind else { return false };
    let ty = types.pats[id];
    // What ends before the first value has no last one.
    let none = hi.is_some_and(|hi| bound(cx, body, types, hi) == Some(0)) && !inclusive;
    none || bounds(cx, body, types, ty, (lo, hi, inclusive)).is_some_and(|(lo, hi)| lo > hi)
}

fn bound(cx: &PatternCx<'_>, body: &Body, types: &BodyTypes, id: PatId) -> Option<u128> {
    let constructor = if let PatKind::Lit { lit, negative } = &body.pats[id].kind {
        literal(types.pats[id], lit, *negative)
    } else {
        constant(cx, types, id)
    };
    if let Constructor::Range(place, _) = constructor { Some(place) } else { None }
}

/// The first and the last place, where both are known.
fn bounds(
    cx: &PatternCx<'_>,
    body: &Body,
    types: &BodyTypes,
    ty: Ty,
    (lo, hi, inclusive): (Option<PatId>, Option<PatId>, bool),
) -> Option<(u128, u128)> {
    let TyKind::Prim(prim) = *ty.kind() else { return None };
    let bound = |id: PatId| bound(cx, body, types, id);
    let lo = match lo {
        Some(id) => bound(id),
        None => Some(0),
    };
    let hi = match hi {
        Some(id) => bound(id).and_then(|place| if inclusive { Some(place) } else { place.checked_sub(1) }),
        None => Some(last_of(prim)),
    };
    Some((lo?, hi?))
}
