//! `Clone.clone` of what has no impl of its own: tuples, arrays, closures, and what is copied bit by bit.
//!
//! In: the type. Out: `fn(_1: &T) -> T` that clones each part in order.
//!
//! Before: `(String, i64)`. After: `_2 = clone(&(*_1).0); _3 = clone(&(*_1).1); _0 = (_2, _3)`.

use super::Shim;
use crate::mono::Collector;
use crate::*;
use base::Span;
use hir::{DefId, DefKind, LangItem};
use typeck::{GenericArg, List, Mutability, Ty, TyKind};

pub(super) fn clone(c: &mut Collector<'_, '_>, ty: Ty, span: Span) -> Body {
    let mut shim = Shim::new(span, &[Ty::reference(ty, Mutability::Shared)], ty);
    let start = shim.block(false);
    let value = Shim::param(0).deref();
    let method = clone_method(c);
    let Some(method) = method.filter(|_| !c.shared.cx.typed.is_copy(ty)) else {
        shim.assign(start, RETURN, Rvalue::Use(Operand::Copy(value)));
        shim.end(start, TerminatorKind::Return);
        return shim.body();
    };
    if let TyKind::Array(elem, len) = *ty.kind() {
        array(&mut shim, start, elem, super::drop::array_len(len), method);
        return shim.body();
    }
    let mut at = start;
    let mut parts: Vec<Operand> = Vec::new();
    let mut unwind = shim.resume();
    let abort = shim.abort();
    for (field, part) in c.shared.fields(ty) {
        let copy = shim.local(part);
        let next = shim.block(false);
        clone_to(&mut shim, at, value.field(field, part), part, method, copy.into(), next, Some(unwind));
        at = next;
        let cleanup = shim.block(true);
        let place = Place::from(copy);
        shim.end(cleanup, TerminatorKind::Drop { place, target: unwind, unwind: Some(abort) });
        unwind = cleanup;
        parts.push(Operand::Move(copy.into()));
    }
    let kind = if let TyKind::Closure(id, args) = *ty.kind() {
        AggregateKind::Closure(id, args)
    } else {
        AggregateKind::Tuple
    };
    shim.assign(at, RETURN, Rvalue::Aggregate(kind, parts));
    shim.end(at, TerminatorKind::Return);
    shim.body()
}

fn clone_method(c: &Collector<'_, '_>) -> Option<DefId> {
    let package = c.shared.cx.typed.package;
    let protocol = c.shared.cx.typed.signatures.protocol(package.lang.get(LangItem::Clone)?)?;
    let is_it = |member: &DefId| {
        package.def(*member).kind == DefKind::Fn && package.def(*member).name.as_str() == "clone"
    };
    protocol.members.keys().copied().find(is_it)
}

#[allow(clippy::too_many_arguments)]
fn clone_to(
    shim: &mut Shim,
    block: BlockId,
    from: Place,
    ty: Ty,
    method: DefId,
    to: Place,
    next: BlockId,
    unwind: Option<BlockId>,
) {
    let reference = shim.local(Ty::reference(ty, Mutability::Shared));
    shim.assign(block, reference, Rvalue::Ref(Mutability::Shared, from));
    let callee = Callee::Def(method, List::new(&[GenericArg::Ty(ty)]));
    shim.call(block, callee, vec![Operand::Move(reference.into())], to, next, unwind);
}

/// Element by element. A panic in between leaves those cloned so far alone: they are never dropped.
fn array(shim: &mut Shim, start: BlockId, elem: Ty, len: u64, method: DefId) {
    let (index, more) = (shim.local(Ty::usize()), shim.local(Ty::bool()));
    let (head, step, next, end) =
        (shim.block(false), shim.block(false), shim.block(false), shim.block(false));
    let (zero, one, len) = (shim.usize(0), shim.usize(1), shim.usize(len));
    shim.assign(start, index, Rvalue::Use(zero));
    shim.end(start, TerminatorKind::Goto(head));
    shim.assign(head, more, Rvalue::Binary(BinOp::Lt, Operand::Copy(index.into()), len));
    let operand = Operand::Copy(more.into());
    shim.end(head, TerminatorKind::Switch { operand, targets: vec![(0, end)], otherwise: step });
    let from = Shim::param(0).deref().with(PlaceElem::Index(index));
    let to = Place::from(RETURN).with(PlaceElem::Index(index));
    clone_to(shim, step, from, elem, method, to, next, None);
    shim.assign(next, index, Rvalue::Binary(BinOp::Add, Operand::Copy(index.into()), one));
    shim.end(next, TerminatorKind::Goto(head));
    shim.end(end, TerminatorKind::Return);
}
