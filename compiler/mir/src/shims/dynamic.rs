//! Methods called through `dyn`: the table says which function.
//!
//! In: a method of a protocol, with `dyn P` as `Self`. Out: a function of the method's signature that looks the function up
//! and calls it with the bare data pointer.
//!
//! A table is words: drop glue or 0, size, alignment, then the functions, then the tables of the `dyn` types above (see
//! `Collector::table`).
//!
//! Before: `Show.show(&dyn Show, f)`. After: `(data, table) = _1; f = *(table + 3); f(data, _2)`.

use super::drop::table_word;
use super::{Shim, mut_ptr, pass_params, signature};
use crate::mono::{Collector, usize_ptr};
use crate::*;
use base::{Diagnostic, Span};
use hir::{DefId, LangItem, PrimTy};
use typeck::{FieldIdx, FnSig, GenericArg, GenericArgs, List, Mutability, Ty, TyKind};

/// Words before the functions.
pub(crate) const HEADER: u64 = 3;

pub(super) fn virtual_call(c: &mut Collector<'_, '_>, def: DefId, args: GenericArgs, span: Span) -> Body {
    let (params, ret) = table_signature(c, def, args);
    let self_ty = match args.first() {
        Some(GenericArg::Ty(ty)) => *ty,
        Some(GenericArg::Const(_)) | None => Ty::unit(),
    };
    let position = if let TyKind::Dyn(protocols, ..) = *self_ty.kind() {
        c.table_methods(protocols, self_ty).iter().position(|&(method, _)| method == def)
    } else {
        None
    };
    let Some(position) = position else {
        let name = c.shared.cx.typed.package.def(def).name;
        let message = format!("not supported yet: `{name}` through `dyn`");
        c.shared.error(Diagnostic::error("X0001", span, message));
        return crate::mono::unreachable_body(span);
    };
    let mut shim = Shim::new(span, &params, ret);
    let (start, end) = (shim.block(false), shim.block(false));
    let bytes = mut_ptr(Ty::prim(PrimTy::U8));
    let pair_ty = Ty::tuple(&[bytes, usize_ptr()]);
    let pair = shim.local(pair_ty);
    shim.assign(start, pair, Rvalue::Cast(CastOp::Transmute, Operand::Move(Shim::param(0)), pair_ty));
    let types: Vec<Ty> = [bytes].into_iter().chain(params[1..].iter().copied()).collect();
    let fn_ty = Ty::new(TyKind::FnPtr(FnSig { params: List::new(&types), ret }));
    let table = Place::from(pair).field(FieldIdx(1), usize_ptr());
    let slot_ty = Ty::new(TyKind::RawPtr(fn_ty, Mutability::Shared));
    let slot = table_word(&mut shim, start, table, HEADER + position as u64, slot_ty);
    let function = shim.local(fn_ty);
    shim.assign(start, function, Rvalue::Use(Operand::Copy(Place::from(slot).deref())));
    let mut operands = vec![Operand::Copy(Place::from(pair).field(FieldIdx(0), bytes))];
    operands.extend(pass_params(1, params.len()));
    shim.call(start, Callee::Pointer(Operand::Copy(function.into())), operands, RETURN, end, None);
    shim.end(end, TerminatorKind::Return);
    shim.body()
}

/// A function for a table where the method itself takes its parameters in another way.
pub(super) fn table_entry(c: &mut Collector<'_, '_>, def: DefId, args: GenericArgs, span: Span) -> Body {
    let (params, ret) = table_signature(c, def, args);
    let mut shim = Shim::new(span, &params, ret);
    let (start, end) = (shim.block(false), shim.block(false));
    let mut operands = pass_params(0, params.len());
    if c.takes_self(def) {
        // Whoever calls gives the value up, and keeps the memory.
        operands[0] = Operand::Move(Shim::param(0).deref());
    }
    shim.call(start, Callee::Def(def, args), operands, RETURN, end, None);
    shim.end(end, TerminatorKind::Return);
    shim.body()
}

/// The parameters of a method as tables have them: arguments of the `Fn` protocols spread, `self` by address.
fn table_signature(c: &Collector<'_, '_>, def: DefId, args: GenericArgs) -> (Vec<Ty>, Ty) {
    let (mut params, ret) = signature(c, def, args);
    if is_call_method(c, def)
        && params.len() == 2
        && let TyKind::Tuple(items) = *params[1].kind()
    {
        params.pop();
        params.extend(items.iter().copied());
    }
    if c.takes_self(def)
        && let Some(first) = params.first_mut()
    {
        *first = mut_ptr(*first);
    }
    (params, ret)
}

/// A method of `Fn`, `FnMut` or `FnOnce`.
fn is_call_method(c: &Collector<'_, '_>, def: DefId) -> bool {
    let package = c.shared.cx.typed.package;
    let parent = package.def(def).parent;
    parent.is_some()
        && [LangItem::Fn, LangItem::FnMut, LangItem::FnOnce]
            .iter()
            .any(|&item| package.lang.get(item) == parent)
}
