//! Drop glue: `Drop.drop` of the type, then its parts, each also when another one panics.
//!
//! In: a type. Out: `fn(_1: *mut T)` that drops the value in place.
//!
//! Before: `record R { a: String, b: i64, c: Box[i64] }` with `impl Drop for R`. After: `R.drop(&mut *_1)`, `drop((*_1).0)`,
//! `drop((*_1).2)`; if one of them unwinds, those that follow run in cleanup blocks.

use super::{Shim, mut_ptr};
use crate::mono::{Collector, usize_ptr};
use crate::*;
use base::Span;
use hir::PrimTy;
use typeck::{Const, FnSig, GenericArg, GenericArgs, List, Mutability, Ty, TyKind, VariantIdx};

/// Where each half of a step goes: on, and out.
#[derive(Clone, Copy)]
struct Exits {
    done: BlockId,
    resume: BlockId,
    abort: BlockId,
}

pub(super) fn glue(c: &mut Collector<'_, '_>, ty: Ty, span: Span) -> Body {
    let mut shim = Shim::new(span, &[mut_ptr(ty)], Ty::unit());
    let start = shim.block(false);
    let done = shim.block(false);
    shim.end(done, TerminatorKind::Return);
    let exits = Exits { done, resume: shim.resume(), abort: shim.abort() };
    let value = Shim::param(0).deref();
    match *ty.kind() {
        TyKind::Adt(def, args) if c.shared.is_box(def) => boxed(c, &mut shim, start, ty, args, exits),
        TyKind::Adt(def, args) => {
            let (start, exits) = own_drop(c, &mut shim, start, ty, exits);
            let adt = c.shared.cx.typed.signatures.expect_adt(def);
            if adt.is_union {
                let variants = adt.variants.ids().collect();
                union(c, &mut shim, start, &value, def, args, variants, exits);
            } else {
                fields(c, &mut shim, start, &value, ty, exits);
            }
        }
        TyKind::Tuple(_) | TyKind::Closure(..) => fields(c, &mut shim, start, &value, ty, exits),
        TyKind::Array(elem, _) | TyKind::Slice(elem) => elements(&mut shim, start, &value, elem, exits),
        TyKind::Dyn(..) => dynamic(&mut shim, start, ty, exits),
        TyKind::Prim(_)
        | TyKind::Ref(..)
        | TyKind::RawPtr(..)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => shim.end(start, TerminatorKind::Goto(done)),
    }
    shim.body()
}

/// `impl Drop`, before the parts. Where it unwinds, the parts are dropped all the same.
fn own_drop(
    c: &mut Collector<'_, '_>,
    shim: &mut Shim,
    start: BlockId,
    ty: Ty,
    exits: Exits,
) -> (BlockId, Exits) {
    let Some((drop, args)) = c.shared.cx.typed.drop_impl(ty) else { return (start, exits) };
    let reference = shim.local(Ty::reference(ty, Mutability::Mut));
    let unit = shim.local(Ty::unit());
    let next = shim.block(false);
    shim.assign(start, reference, Rvalue::Ref(Mutability::Mut, Shim::param(0).deref()));
    // The same glue once more, in cleanup: `drop` itself has run.
    let cleanup = shim.block(true);
    let value = Shim::param(0).deref();
    if let TyKind::Adt(def, adt_args) = *ty.kind() {
        let adt = c.shared.cx.typed.signatures.expect_adt(def);
        let out = Exits { done: exits.resume, resume: exits.abort, abort: exits.abort };
        if adt.is_union {
            let variants = adt.variants.ids().collect();
            union(c, shim, cleanup, &value, def, adt_args, variants, out);
        } else {
            fields(c, shim, cleanup, &value, ty, out);
        }
    }
    let callee = Callee::Def(drop, args);
    shim.call(start, callee, vec![Operand::Move(reference.into())], unit, next, Some(cleanup));
    (next, exits)
}

/// Drops places one after the other; `start` may be a cleanup block, then `exits` are those of cleanup.
fn ladder(shim: &mut Shim, start: BlockId, places: Vec<Place>, exits: Exits) {
    let in_cleanup = shim.blocks[start].is_cleanup;
    // The cleanup twin of each step, from the last to the first.
    let mut unwinds = vec![exits.resume];
    if !in_cleanup {
        for place in places.iter().skip(1).rev() {
            let block = shim.block(true);
            let target = *unwinds.last().expect("begins with one");
            let unwind = Some(exits.abort);
            shim.end(block, TerminatorKind::Drop { place: place.clone(), target, unwind });
            unwinds.push(block);
        }
    }
    let mut at = start;
    let count = places.len();
    for (n, place) in places.into_iter().enumerate() {
        let target = if n + 1 == count { exits.done } else { shim.block(in_cleanup) };
        let unwind = Some(if in_cleanup { exits.abort } else { unwinds[count - 1 - n] });
        shim.end(at, TerminatorKind::Drop { place, target, unwind });
        at = target;
    }
    if count == 0 {
        shim.end(start, TerminatorKind::Goto(exits.done));
    }
}

fn fields(c: &Collector<'_, '_>, shim: &mut Shim, start: BlockId, value: &Place, ty: Ty, exits: Exits) {
    let parts = c.shared.fields(ty).into_iter().filter(|&(_, ty)| c.shared.cx.typed.needs_drop(ty));
    let places = parts.map(|(field, ty)| value.field(field, ty)).collect();
    ladder(shim, start, places, exits);
}

#[allow(clippy::too_many_arguments)]
fn union(
    c: &Collector<'_, '_>,
    shim: &mut Shim,
    start: BlockId,
    value: &Place,
    def: hir::DefId,
    args: GenericArgs,
    variants: Vec<VariantIdx>,
    exits: Exits,
) {
    let in_cleanup = shim.blocks[start].is_cleanup;
    let active = shim.local(Ty::prim(PrimTy::Isize));
    shim.assign(start, active, Rvalue::Discriminant(value.clone()));
    let mut targets = Vec::new();
    for variant in variants {
        let inside = value.with(PlaceElem::Downcast(variant));
        let types = c.shared.variant_fields(def, variant, args).into_iter().enumerate();
        let places: Vec<Place> = types
            .filter(|&(_, ty)| c.shared.cx.typed.needs_drop(ty))
            .map(|(n, ty)| inside.field(typeck::FieldIdx(n as u32), ty))
            .collect();
        if !places.is_empty() {
            let block = shim.block(in_cleanup);
            ladder(shim, block, places, exits);
            targets.push((variant.0 as u128, block));
        }
    }
    let operand = Operand::Copy(active.into());
    shim.end(start, TerminatorKind::Switch { operand, targets, otherwise: exits.done });
}

/// Each element in order; after one that panics the rest is dropped in cleanup.
fn elements(shim: &mut Shim, start: BlockId, value: &Place, elem: Ty, exits: Exits) {
    let (index, current, len) = (shim.local(Ty::usize()), shim.local(Ty::usize()), shim.local(Ty::usize()));
    let more = shim.local(Ty::bool());
    let zero = shim.usize(0);
    shim.assign(start, index, Rvalue::Use(zero));
    shim.assign(start, len, Rvalue::Len(value.clone()));
    let heads = [shim.block(false), shim.block(true)];
    shim.end(start, TerminatorKind::Goto(heads[0]));
    for (head, out, unwind) in [(heads[0], exits.done, heads[1]), (heads[1], exits.resume, exits.abort)] {
        let step = shim.block(head == heads[1]);
        let less = Rvalue::Binary(BinOp::Lt, Operand::Copy(index.into()), Operand::Copy(len.into()));
        shim.assign(head, more, less);
        let operand = Operand::Copy(more.into());
        shim.end(head, TerminatorKind::Switch { operand, targets: vec![(0, out)], otherwise: step });
        let one = shim.usize(1);
        shim.assign(step, current, Rvalue::Use(Operand::Copy(index.into())));
        shim.assign(step, index, Rvalue::Binary(BinOp::Add, Operand::Copy(index.into()), one));
        let place = value.with(PlaceElem::Index(current));
        debug_assert_eq!(place_ty::element_ty(Ty::new(TyKind::Slice(elem))), elem);
        shim.end(step, TerminatorKind::Drop { place, target: head, unwind: Some(unwind) });
    }
}

/// What is in the box, then its memory.
fn boxed(
    c: &mut Collector<'_, '_>,
    shim: &mut Shim,
    start: BlockId,
    ty: Ty,
    args: GenericArgs,
    exits: Exits,
) {
    let Some(GenericArg::Ty(inner)) = args.first() else { return };
    let (free, free_in_cleanup) = (shim.block(false), shim.block(true));
    let place = Shim::param(0).deref().deref();
    shim.end(start, TerminatorKind::Drop { place, target: free, unwind: Some(free_in_cleanup) });
    for (block, target) in [(free, exits.done), (free_in_cleanup, exits.resume)] {
        let bytes = mut_ptr(Ty::prim(PrimTy::U8));
        let unit = shim.local(Ty::unit());
        let owner = Operand::Copy(Shim::param(0).deref());
        let (pointer, size, align) = if inner.is_unsized() {
            let pair = shim.local(Ty::tuple(&[bytes, usize_ptr()]));
            let pair_ty = shim.locals[pair].ty;
            shim.assign(block, pair, Rvalue::Cast(CastOp::Transmute, owner, pair_ty));
            let pointer = Operand::Copy(Place::from(pair).field(typeck::FieldIdx(0), bytes));
            let (size, align) = unsized_extent(c, shim, block, pair, *inner);
            (pointer, size, align)
        } else {
            let pointer = shim.local(bytes);
            let raw = shim.local(mut_ptr(*inner));
            shim.assign(block, raw, Rvalue::Cast(CastOp::Transmute, owner, mut_ptr(*inner)));
            shim.assign(block, pointer, Rvalue::Cast(CastOp::PtrToPtr, Operand::Copy(raw.into()), bytes));
            let layout = c.shared.layout(*inner, shim.span);
            (Operand::Copy(pointer.into()), shim.usize(layout.size), shim.usize(layout.align))
        };
        let callee = Collector::runtime("qrt_dealloc");
        shim.call(block, callee, vec![pointer, size, align], unit, target, None);
    }
    let _ = ty;
}

/// Size and alignment of what a fat pointer points at; `pair` is the pointer in two words.
fn unsized_extent(
    c: &mut Collector<'_, '_>,
    shim: &mut Shim,
    block: BlockId,
    pair: Local,
    inner: Ty,
) -> (Operand, Operand) {
    let second = Place::from(pair).field(typeck::FieldIdx(1), usize_ptr());
    let stride = if let TyKind::Dyn(..) = *inner.kind() {
        let (size, align) = (shim.local(Ty::usize()), shim.local(Ty::usize()));
        for (word, to) in [(1, size), (2, align)] {
            let value = table_word(shim, block, second.clone(), word, usize_ptr());
            shim.assign(block, to, Rvalue::Use(Operand::Copy(Place::from(value).deref())));
        }
        return (Operand::Copy(size.into()), Operand::Copy(align.into()));
    } else if let TyKind::Slice(elem) = *inner.kind() {
        c.shared.layout(elem, shim.span)
    } else {
        c.shared.layout(Ty::prim(PrimTy::U8), shim.span)
    };
    let (len, size) = (shim.local(Ty::usize()), shim.local(Ty::usize()));
    let word = Operand::Copy(second);
    shim.assign(block, len, Rvalue::Cast(CastOp::PtrToInt, word, Ty::usize()));
    let by = shim.usize(stride.size);
    shim.assign(block, size, Rvalue::Binary(BinOp::Mul, Operand::Copy(len.into()), by));
    (Operand::Copy(size.into()), shim.usize(stride.align))
}

/// `table + word` as a pointer of type `ty`.
pub(super) fn table_word(shim: &mut Shim, block: BlockId, table: Place, word: u64, ty: Ty) -> Local {
    let at = shim.local(usize_ptr());
    let offset = Operand::Const(crate::mono::scalar(word as u128, Ty::prim(PrimTy::Isize), shim.span));
    shim.assign(block, at, Rvalue::Binary(BinOp::Offset, Operand::Copy(table), offset));
    if ty == usize_ptr() {
        return at;
    }
    let typed = shim.local(ty);
    shim.assign(block, typed, Rvalue::Cast(CastOp::PtrToPtr, Operand::Copy(at.into()), ty));
    typed
}

/// Through the table's first word, which is 0 where nothing is to be done.
fn dynamic(shim: &mut Shim, start: BlockId, ty: Ty, exits: Exits) {
    let bytes = mut_ptr(Ty::prim(PrimTy::U8));
    let pair_ty = Ty::tuple(&[bytes, usize_ptr()]);
    let pair = shim.local(pair_ty);
    debug_assert!(ty.is_unsized());
    shim.assign(start, pair, Rvalue::Cast(CastOp::Transmute, Operand::Copy(Shim::param(0)), pair_ty));
    let table = Place::from(pair).field(typeck::FieldIdx(1), usize_ptr());
    let address = shim.local(Ty::usize());
    shim.assign(start, address, Rvalue::Use(Operand::Copy(table.clone().deref())));
    let call = shim.block(false);
    let targets = vec![(0, exits.done)];
    shim.end(
        start,
        TerminatorKind::Switch { operand: Operand::Copy(address.into()), targets, otherwise: call },
    );
    let drop_ty = Ty::new(TyKind::FnPtr(FnSig { params: List::new(&[bytes]), ret: Ty::unit() }));
    let function = shim.local(drop_ty);
    shim.assign(call, function, Rvalue::Cast(CastOp::Transmute, Operand::Copy(address.into()), drop_ty));
    let unit = shim.local(Ty::unit());
    let data = Operand::Copy(Place::from(pair).field(typeck::FieldIdx(0), bytes));
    shim.call(call, Callee::Pointer(Operand::Copy(function.into())), vec![data], unit, exits.done, None);
}

/// The element count of an array type, for its shims.
pub(super) fn array_len(len: Const) -> u64 {
    crate::mono::known_len(len)
}
