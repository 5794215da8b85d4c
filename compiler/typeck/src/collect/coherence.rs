//! One impl per type and protocol, and only where the protocol or the type is at home.

use crate::infer::table::Infer;
use crate::protocols::{Eval, Head, ParamEnv};
use crate::{Const, Cx, GenericArg, HasFlags, Predicate, ProtocolRef, Signatures, Subst, Ty, TyKind};
use base::{Diagnostic, Diagnostics};
use hir::{DefId, Item, LangItem};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

pub fn check(sigs: &Signatures<'_>, diags: &mut Diagnostics, part: super::Part) {
    let package = sigs.package;
    let cx = Cx { package, sigs, typed: None };
    let impls: Vec<DefId> = part.defs(package).filter(|&def| sigs.implementation(def).is_some()).collect();
    // What may not stand here at all is not compared with others.
    let orphans: BTreeSet<DefId> = impls.iter().copied().filter(|&def| orphan(cx, diags, def)).collect();
    for (protocol, first, second) in pairs(sigs, &impls, part) {
        if orphans.contains(&first) || orphans.contains(&second) || !overlap(cx, first, second) {
            continue;
        }
        // The mistake is in the program, whichever stands first.
        let (first, second) = if part.has(package, second) { (first, second) } else { (second, first) };
        report_overlap(cx, diags, protocol, first, second);
    }
    for def in impls {
        unfixed(cx, diags, def);
        if !orphans.contains(&def) {
            special(cx, diags, def);
        }
    }
    inherent_overlap(cx, diags, part);
}

/// The pairs of impls of one protocol that may overlap by the heads of their types, one of them in `part`: by protocol,
/// then in order of definition.
fn pairs(sigs: &Signatures<'_>, impls: &[DefId], part: super::Part) -> Vec<(DefId, DefId, DefId)> {
    let mut pairs = Vec::new();
    for &def in impls {
        let item = sigs.expect_impl(def);
        let Some(protocol) = item.protocol.map(|protocol| protocol.def) else { continue };
        let Some(all) = sigs.index().impls(protocol) else { continue };
        let others = match Head::of(item.self_ty) {
            Some(head) => all.matching(head),
            None => all.all.iter().map(|&(other, _)| other).collect(),
        };
        // Where both are in it, the later one finds the pair.
        let others = others.into_iter().filter(|&other| other < def || !part.has(sigs.package, other));
        pairs.extend(
            others.filter(|&other| other != def).map(|other| (protocol, other.min(def), other.max(def))),
        );
    }
    pairs.sort_unstable_by_key(|&(protocol, first, second)| (protocol, second, first));
    pairs
}

/// Whether both could apply to one type.
fn overlap(cx: Cx<'_>, first: DefId, second: DefId) -> bool {
    let mut infer = Infer::new(cx, Rc::new(ParamEnv::empty()));
    let span = cx.package.def(second).span;
    let (Some(a), Some(b)) = (cx.sigs.expect_impl(first).protocol, cx.sigs.expect_impl(second).protocol)
    else {
        return false;
    };
    if a.args.has_error() || b.args.has_error() {
        return false;
    }
    let first_args = infer.fresh_args(first, &[], span);
    let second_args = infer.fresh_args(second, &[], span);
    let mut nested = Vec::new();
    let a = infer.normalise_into(a.args.subst(&first_args), span, &mut nested);
    let b = infer.normalise_into(b.args.subst(&second_args), span, &mut nested);
    if infer.unify_args(a, b).is_err() {
        return false;
    }
    nested.extend(infer.demands(first, first_args, span));
    nested.extend(infer.demands(second, second_args, span));
    infer.evaluate_all(&nested, span) != Eval::No
}

fn report_overlap(cx: Cx<'_>, diags: &mut Diagnostics, protocol: DefId, first: DefId, second: DefId) {
    let name = cx.package.def(protocol).name;
    let ty = cx.show(cx.sigs.expect_impl(second).self_ty);
    let head = |def: DefId| match cx.package.item(def) {
        Some(Item::Impl(item)) => item.derived.unwrap_or(item.self_ty.span),
        _ => cx.package.def(def).span,
    };
    diags.error(
        Diagnostic::error("T2022", head(second), format!("`{name}` is implemented twice for `{ty}`"))
            .label("the second implementation")
            .secondary(head(first), "the first"),
    );
}

/// The protocol, the type or an argument of the protocol must be of this package. Says whether it was reported.
fn orphan(cx: Cx<'_>, diags: &mut Diagnostics, def: DefId) -> bool {
    let Some(protocol) = cx.sigs.expect_impl(def).protocol else { return false };
    let is_std = |def: DefId| cx.package.modules[cx.package.def(def).module].is_std;
    if is_std(def) || !is_std(protocol.def) {
        return false;
    }
    let local = protocol.args.iter().any(|&arg| match arg {
        GenericArg::Ty(ty) => is_local(ty, &is_std),
        GenericArg::Const(_) => false,
    });
    if local || protocol.args.iter().any(crate::HasFlags::has_error) {
        return false;
    }
    let name = cx.package.def(protocol.def).name;
    let self_ty = cx.sigs.expect_impl(def).self_ty;
    let text = cx.show(self_ty);
    let span = match cx.package.item(def) {
        Some(Item::Impl(item)) => item.self_ty.span,
        _ => cx.package.def(def).span,
    };
    diags.error(
        Diagnostic::error("T2023", span, format!("neither `{name}` nor `{text}` is of this package"))
            .label("declared elsewhere")
            .note("an implementation stands in the package of the protocol or of the type, so that there is only one; a record of your own around the type can implement it"),
    );
    true
}

/// Every parameter of an impl follows from the type or the protocol it is for, by itself or by what bounds bind.
fn unfixed(cx: Cx<'_>, diags: &mut Diagnostics, def: DefId) {
    let item = cx.sigs.expect_impl(def);
    let generics = cx.sigs.generics_of(def);
    if generics.params.is_empty() {
        return;
    }
    let mut fixed: BTreeSet<u32> = BTreeSet::new();
    params_in(GenericArg::Ty(item.self_ty), &mut fixed);
    if let Some(protocol) = item.protocol {
        protocol.args.iter().for_each(|&arg| params_in(arg, &mut fixed));
    }
    loop {
        let before = fixed.len();
        for &(predicate, _) in &generics.predicates {
            if let Predicate::Projection { args, ty, .. } = predicate {
                let mut asked = BTreeSet::new();
                args.iter().for_each(|&arg| params_in(arg, &mut asked));
                if asked.is_subset(&fixed) {
                    params_in(GenericArg::Ty(ty), &mut fixed);
                }
            }
        }
        if fixed.len() == before {
            break;
        }
    }
    let wrong = item.self_ty.has_error() || item.protocol.is_some_and(|protocol| protocol.has_error());
    for (index, param) in generics.params.iter().enumerate() {
        if !fixed.contains(&(index as u32)) && !wrong {
            let name = param.name;
            let message = format!("nothing says what `{name}` of this implementation is");
            diags.error(
                Diagnostic::error("T2019", param.span, message)
                    .label("occurs neither in the type nor in the protocol")
                    .note("a parameter of one method alone stands at that method"),
            );
        }
    }
}

/// The parameters that a type fixes: not those inside associated types, which could be the same for others.
fn params_in(arg: GenericArg, found: &mut BTreeSet<u32>) {
    let found = RefCell::new(found);
    let _ = arg.map_types(
        &mut |ty| match *ty.kind() {
            TyKind::Param(index, _) => {
                found.borrow_mut().insert(index);
                Some(ty)
            }
            TyKind::Projection(..) | TyKind::Opaque(..) => Some(ty),
            TyKind::Prim(_)
            | TyKind::Tuple(_)
            | TyKind::Array(..)
            | TyKind::Slice(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::Adt(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Closure(..)
            | TyKind::Dyn(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => None,
        },
        &mut |value| match value {
            Const::Param(index, _) => {
                found.borrow_mut().insert(index);
                Some(value)
            }
            Const::Unevaluated(..) => Some(value),
            Const::Value(_) | Const::Infer(_) | Const::Error(_) => None,
        },
    );
}

fn is_local(ty: Ty, is_std: &impl Fn(DefId) -> bool) -> bool {
    match *ty.kind() {
        TyKind::Adt(def, _) => !is_std(def),
        TyKind::Ref(_, to, _) => is_local(to, is_std),
        TyKind::Dyn(protocols, ..) => protocols.first().is_some_and(|first| !is_std(first.def)),
        TyKind::Error(_) => true,
        TyKind::Tuple(_)
        | TyKind::Array(..)
        | TyKind::Slice(_)
        | TyKind::RawPtr(..)
        | TyKind::Prim(_)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Closure(..)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_) => false,
    }
}

/// What the compiler gives itself, and what must fit together.
fn special(cx: Cx<'_>, diags: &mut Diagnostics, def: DefId) {
    let item = cx.sigs.expect_impl(def);
    let Some(protocol) = item.protocol else { return };
    let Some(Item::Impl(written)) = cx.package.item(def) else { return };
    let span = written.derived.unwrap_or(written.self_ty.span);
    let builtin_call = [LangItem::Fn, LangItem::FnMut, LangItem::FnOnce];
    if builtin_call.into_iter().any(|lang| cx.is_lang(protocol.def, lang))
        && !matches!(item.self_ty.kind(), TyKind::Ref(..) | TyKind::Adt(..))
    {
        let name = cx.package.def(protocol.def).name;
        let message = format!("`{name}` is implemented by functions and closures alone");
        diags.error(Diagnostic::error("T2024", span, message));
        return;
    }
    if cx.is_lang(protocol.def, LangItem::Sized) {
        let error = Diagnostic::error(
            "T2024",
            span,
            "`Sized` can't be implemented: the compiler knows what has a size",
        );
        diags.error(error.label("has one anyway, or can't have one"));
        return;
    }
    if cx.is_lang(protocol.def, LangItem::Drop) {
        if !matches!(item.self_ty.kind(), TyKind::Adt(..) | TyKind::Error(_)) {
            let message = "`Drop` can be implemented for records and unions alone";
            diags.error(Diagnostic::error("T2024", span, message));
        }
        return;
    }
    if cx.is_lang(protocol.def, LangItem::Copy)
        && let TyKind::Adt(adt, args) = *item.self_ty.kind()
    {
        copy_fields(cx, diags, def, adt, args, span);
    }
}

/// All fields of a `Copy` type are `Copy`, and it has no `Drop`.
fn copy_fields(
    cx: Cx<'_>,
    diags: &mut Diagnostics,
    def: DefId,
    adt: DefId,
    args: crate::GenericArgs,
    span: base::Span,
) {
    let name = cx.package.def(adt).name;
    let mut infer = Infer::new(cx, Rc::new(ParamEnv::of(cx, def)));
    for variant in cx.sigs.expect_adt(adt).variants.iter() {
        for field in variant.fields.iter() {
            let mut nested = Vec::new();
            let ty = infer.normalise_into(field.ty.subst(&args), span, &mut nested);
            if infer.is_copy(ty, span) == Eval::No {
                let text = cx.show(ty);
                diags.error(
                    Diagnostic::error(
                        "T2025",
                        span,
                        format!("`{name}` can't be `Copy`: `{}` is not", field.name),
                    )
                    .label("asked for here")
                    .secondary(field.span, format!("`{text}` is moved, not copied")),
                );
                return;
            }
        }
    }
    if let Some(drop) = cx.lang(LangItem::Drop) {
        let goal = ProtocolRef { def: drop, args: crate::List::new(&[Ty::adt(adt, args).into()]) };
        if infer.evaluate(crate::Predicate::Protocol(goal), span) == Eval::Yes {
            diags.error(Diagnostic::error(
                "T2025",
                span,
                format!("`{name}` can't be `Copy`: it implements `Drop`"),
            ));
        }
    }
}

/// Two methods of one name for one type.
fn inherent_overlap(cx: Cx<'_>, diags: &mut Diagnostics, part: super::Part) {
    let mut groups: Vec<&Vec<(DefId, DefId)>> = cx.sigs.index().inherent_groups().collect();
    groups.retain(|group| group.iter().any(|&(item, _)| part.has(cx.package, item)));
    groups.sort_by_key(|group| group[0].1);
    for group in groups {
        for (at, &(second, second_member)) in group.iter().enumerate() {
            for &(first, first_member) in &group[..at] {
                let mut infer = Infer::new(cx, Rc::new(ParamEnv::empty()));
                let span = cx.package.def(second).span;
                let a = infer.fresh_args(first, &[], span);
                let b = infer.fresh_args(second, &[], span);
                let (a_ty, b_ty) = (
                    cx.sigs.expect_impl(first).self_ty.subst(&a),
                    cx.sigs.expect_impl(second).self_ty.subst(&b),
                );
                // That the program adds methods to a type of the library was told (T2021).
                let is_foreign = cx.package.is_std(first) != cx.package.is_std(second);
                if first == second || is_foreign || infer.unify(a_ty, b_ty).is_err() {
                    continue;
                }
                let mut nested = infer.demands(first, a, span);
                nested.extend(infer.demands(second, b, span));
                if infer.evaluate_all(&nested, span) == Eval::No {
                    continue;
                }
                let name = cx.package.def(second_member).name;
                let ty = cx.show(cx.sigs.expect_impl(second).self_ty);
                diags.error(
                    Diagnostic::error(
                        "T2004",
                        cx.package.def(second_member).name_span,
                        format!("`{ty}` has two members `{name}`"),
                    )
                    .label("the second")
                    .secondary(cx.package.def(first_member).name_span, "the first"),
                );
            }
        }
    }
}
