//! Callables in another dress: closures as `FnOnce` or as plain functions, function values behind `Fn`.
//!
//! In: the type that is called. Out: a function that calls it with the same arguments, spread.
//!
//! Before: a closure that is `Fn`, given where `FnOnce` is wanted. After: `fn(self: C, a) { closure(&self, a); drop(self) }`.

use super::{Shim, pass_params, signature};
use crate::mono::Collector;
use crate::*;
use base::Span;
use typeck::{ClosureId, ClosureKind, GenericArgs, Mutability, Ty, TyKind};

/// By value, of a closure that only wants a reference.
pub(super) fn call_once(c: &mut Collector<'_, '_>, ty: Ty, span: Span) -> Body {
    let TyKind::Closure(id, args) = *ty.kind() else { return crate::mono::unreachable_body(span) };
    let (kind, params, ret) = c.closure_sig(id, args);
    let all: Vec<Ty> = [ty].into_iter().chain(params).collect();
    let mut shim = Shim::new(span, &all, ret);
    let (start, called, end) = (shim.block(false), shim.block(false), shim.block(false));
    let (cleanup, resume, abort) = (shim.block(true), shim.resume(), shim.abort());
    let mut operands = vec![borrow(&mut shim, start, Shim::param(0), ty, kind)];
    operands.extend(pass_params(1, all.len()));
    let closure = c.instance(Instance { kind: InstanceKind::Closure(id), args }, span);
    shim.call(start, Callee::Instance(closure), operands, RETURN, called, Some(cleanup));
    let place = Shim::param(0);
    shim.end(called, TerminatorKind::Drop { place: place.clone(), target: end, unwind: Some(resume) });
    shim.end(cleanup, TerminatorKind::Drop { place, target: resume, unwind: Some(abort) });
    shim.end(end, TerminatorKind::Return);
    shim.body()
}

fn borrow(shim: &mut Shim, block: BlockId, place: Place, ty: Ty, kind: ClosureKind) -> Operand {
    let mutability = match kind {
        ClosureKind::Fn => Mutability::Shared,
        ClosureKind::FnMut => Mutability::Mut,
        ClosureKind::FnOnce => return Operand::Move(place),
    };
    let reference = shim.local(Ty::reference(ty, mutability));
    shim.assign(block, reference, Rvalue::Ref(mutability, place));
    Operand::Move(reference.into())
}

/// A captureless closure as `fn(A) -> B`: the closure itself has no bytes.
pub(super) fn closure_pointer(
    c: &mut Collector<'_, '_>,
    id: ClosureId,
    args: GenericArgs,
    span: Span,
) -> Body {
    let (kind, params, ret) = c.closure_sig(id, args);
    let ty = Ty::new(TyKind::Closure(id, args));
    let mut shim = Shim::new(span, &params, ret);
    let value = shim.local(ty);
    let (start, end) = (shim.block(false), shim.block(false));
    shim.assign(start, value, Rvalue::Aggregate(AggregateKind::Closure(id, args), Vec::new()));
    let mut operands = vec![borrow(&mut shim, start, value.into(), ty, kind)];
    operands.extend(pass_params(0, params.len()));
    let closure = c.instance(Instance { kind: InstanceKind::Closure(id), args }, span);
    shim.call(start, Callee::Instance(closure), operands, RETURN, end, None);
    shim.end(end, TerminatorKind::Return);
    shim.body()
}

/// `Fn.call` of a function item or `fn` value, by reference.
pub(super) fn call(c: &mut Collector<'_, '_>, ty: Ty, span: Span) -> Body {
    let (params, ret) = if let TyKind::FnDef(def, args) = *ty.kind() {
        signature(c, def, args)
    } else if let TyKind::FnPtr(sig) = *ty.kind() {
        let params = sig.params.iter().map(|&ty| c.shared.normalise(ty)).collect();
        (params, c.shared.normalise(sig.ret))
    } else {
        return crate::mono::unreachable_body(span);
    };
    let all: Vec<Ty> = [Ty::reference(ty, Mutability::Shared)].into_iter().chain(params).collect();
    let mut shim = Shim::new(span, &all, ret);
    let (start, end) = (shim.block(false), shim.block(false));
    let callee = if let TyKind::FnDef(def, args) = *ty.kind() {
        Callee::Def(def, args)
    } else {
        Callee::Pointer(Operand::Copy(Shim::param(0).deref()))
    };
    shim.call(start, callee, pass_params(1, all.len()), RETURN, end, None);
    shim.end(end, TerminatorKind::Return);
    shim.body()
}
