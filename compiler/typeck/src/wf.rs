//! Types written in signatures keep the bounds of what they name: `Map[Point, i64]` needs `Point: Hash`.

use crate::infer::table::Infer;
use crate::protocols::{Eval, ParamEnv};
use crate::{Cx, GenericArg, GenericArgs, HasFlags, Predicate, Subst, Ty, TyKind};
use base::{Diagnostic, Diagnostics, Span};
use hir::{DefId, Item};
use std::rc::Rc;

/// The records and unions inside a type, outermost first.
pub fn adts_in(ty: Ty, found: &mut Vec<(DefId, GenericArgs)>) {
    match *ty.kind() {
        TyKind::Adt(def, args) => {
            if !args.is_empty() {
                found.push((def, args));
            }
            for arg in args.iter() {
                if let crate::GenericArg::Ty(ty) = *arg {
                    adts_in(ty, found);
                }
            }
        }
        TyKind::Tuple(items) => items.iter().for_each(|&item| adts_in(item, found)),
        TyKind::Array(to, _) | TyKind::Slice(to) | TyKind::Ref(_, to, _) | TyKind::RawPtr(to, _) => {
            adts_in(to, found)
        }
        TyKind::FnPtr(sig) => {
            sig.params.iter().for_each(|&param| adts_in(param, found));
            adts_in(sig.ret, found);
        }
        TyKind::Prim(_)
        | TyKind::FnDef(..)
        | TyKind::Closure(..)
        | TyKind::Dyn(..)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => {}
    }
}

/// All signatures of modules that are not of the standard library.
pub fn check(cx: Cx<'_>, diags: &mut Diagnostics) {
    for (def, item) in cx.package.own_items() {
        check_item(cx, def, item, diags);
    }
}

/// One item's signature.
pub fn check_item(cx: Cx<'_>, def: DefId, item: &Item, diags: &mut Diagnostics) {
    let mut tys: Vec<(Ty, Span)> = Vec::new();
    match item {
        Item::Fn(function) => {
            let Some(signature) = cx.sigs.function(def) else { return };
            tys.extend(
                function
                    .params
                    .iter()
                    .zip(signature.sig.params.iter())
                    // That of `self` stands in the header of the impl.
                    .skip(usize::from(function.receiver.is_some()))
                    .map(|(param, &ty)| (ty, param.ty.span)),
            );
            if let Some(ret) = &function.ret {
                tys.push((signature.sig.ret, ret.span));
            }
        }
        Item::Record(record) => fields(cx, def, record.fields.iter().map(|field| field.ty.span), &mut tys),
        Item::Union(union) => {
            let spans =
                union.variants.iter().flat_map(|variant| variant.fields.iter().map(|field| field.ty.span));
            fields(cx, def, spans, &mut tys);
        }
        Item::Const(constant) => {
            tys.extend(cx.sigs.constant(def).map(|ty| (ty, constant.ty.span)));
            if let Some(diagnostic) = cell_for_all(cx, def, constant.ty.span) {
                diags.error(diagnostic);
            }
        }
        Item::Impl(item) => tys.extend(cx.sigs.implementation(def).map(|it| (it.self_ty, item.self_ty.span))),
        Item::TypeAlias(_) | Item::Protocol(_) | Item::AssocType(_) | Item::Test(_) => {}
    }
    let mut infer: Option<Infer<'_>> = None;
    for (ty, span) in tys {
        evaluate_lengths(cx, ty);
        let mut inside = Vec::new();
        adts_in(ty, &mut inside);
        for (adt, args) in inside {
            if let Some(diagnostic) = held_unsized(cx, adt, args, span) {
                diags.error(diagnostic);
                break;
            }
            if cx.sigs.generics_of(adt).predicates.is_empty() || args.has_error() {
                continue;
            }
            let infer = infer.get_or_insert_with(|| Infer::new(cx, Rc::new(ParamEnv::of(cx, def))));
            if let Some((predicate, bound)) = unmet(cx, infer, adt, args, span) {
                report(cx, diags, adt, predicate, bound, span);
                break;
            }
        }
    }
}

/// `static COUNT: Cell[i64]`, `const COUNT: &Cell[i64]`: one cell for all tasks.
fn cell_for_all(cx: Cx<'_>, def: DefId, span: Span) -> Option<Diagnostic> {
    let looking = crate::Looking { behind: true, params: false };
    let ty = cx.sigs.constant(def).filter(|&ty| crate::holds_cell(cx, ty, looking))?;
    let name = cx.package.def(def).name;
    if cx.package.def(def).kind == hir::DefKind::Static {
        return Some(
            Diagnostic::error(
                "T2026",
                span,
                format!("`{name}` is there for all tasks, and a `Cell` is for one"),
            )
            .label(format!("`{}` changes behind shared references", cx.show(ty))),
        );
    }
    // A copy for each use is fine, one that all uses refer to is not.
    if crate::holds_cell(cx, ty, crate::Looking { behind: false, ..looking }) {
        return None;
    }
    let message = format!("`{name}` refers to a `Cell` in memory that is only read");
    Some(Diagnostic::error("T2026", span, message).label("a constant can't refer to what changes"))
}

/// For the errors in them, also where nothing uses the type.
fn evaluate_lengths(cx: Cx<'_>, ty: Ty) {
    if ty.has_projections() {
        ty.map_types(&mut |ty| (!ty.has_projections()).then_some(ty), &mut |value| match value {
            crate::Const::Unevaluated(..) => Some(cx.evaluate(value)),
            crate::Const::Value(_)
            | crate::Const::Param(..)
            | crate::Const::Infer(_)
            | crate::Const::Error(_) => None,
        });
    }
}

/// `Option[dyn P]`: an argument without a size where values of it are held.
pub fn held_unsized(cx: Cx<'_>, adt: DefId, args: GenericArgs, span: Span) -> Option<Diagnostic> {
    let index = args.iter().enumerate().position(|(index, arg)| match arg {
        GenericArg::Ty(ty) => ty.is_unsized() && needs_size(cx, adt, index as u32),
        GenericArg::Const(_) => false,
    })?;
    let name = cx.package.def(adt).name;
    let param = &cx.sigs.generics_of(adt).params[index];
    let text = cx.show(args[index].expect_ty());
    Some(
        Diagnostic::error("T2012", span, format!("`{name}` holds values whose size is known beforehand"))
            .label(format!("`{text}` has none; write `Box[{text}]` or a reference"))
            .secondary(param.span, format!("`{}` is held here", param.name)),
    )
}

/// A type without a size where values of it would be held: in the type, or it itself.
pub fn without_size(cx: Cx<'_>, ty: Ty) -> Option<Ty> {
    match *ty.kind() {
        TyKind::Prim(hir::PrimTy::Str) | TyKind::Slice(_) | TyKind::Dyn(..) => Some(ty),
        TyKind::Tuple(items) => items.iter().find_map(|&item| without_size(cx, item)),
        TyKind::Array(elem, _) => without_size(cx, elem),
        TyKind::Adt(def, args) => args.iter().enumerate().find_map(|(index, arg)| match *arg {
            GenericArg::Ty(arg) if arg.is_unsized() => needs_size(cx, def, index as u32).then_some(arg),
            GenericArg::Ty(_) | GenericArg::Const(_) => None,
        }),
        TyKind::Prim(_)
        | TyKind::Ref(..)
        | TyKind::RawPtr(..)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Closure(..)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => None,
    }
}

/// Whether values of a parameter's type are held: in fields, or because `T: Sized` says so.
fn needs_size(cx: Cx<'_>, adt: DefId, index: u32) -> bool {
    let asked = cx.sigs.generics_of(adt).predicates.iter().any(|(predicate, _)| match predicate {
        Predicate::Protocol(goal) => {
            cx.is_lang(goal.def, hir::LangItem::Sized)
                && matches!(*goal.args[0].expect_ty().kind(), TyKind::Param(at, _) if at == index)
        }
        Predicate::Projection { .. } => false,
    });
    asked || crate::collect::holds_param(cx.sigs, adt, index, &mut Vec::new())
}

fn fields(cx: Cx<'_>, def: DefId, spans: impl Iterator<Item = Span>, tys: &mut Vec<(Ty, Span)>) {
    let Some(adt) = cx.sigs.adt(def) else { return };
    let all = adt.variants.iter().flat_map(|variant| variant.fields.iter());
    tys.extend(all.zip(spans).map(|(field, span)| (field.ty, span)));
}

fn unmet(
    cx: Cx<'_>,
    infer: &mut Infer<'_>,
    adt: DefId,
    args: GenericArgs,
    span: Span,
) -> Option<(Predicate, Span)> {
    for &(predicate, bound) in &cx.sigs.generics_of(adt).predicates {
        let mut nested = Vec::new();
        let predicate = infer.normalise_predicate(predicate.subst(&args), span, &mut nested);
        if infer.evaluate(predicate, span) == Eval::No {
            return Some((predicate, bound));
        }
    }
    None
}

fn report(cx: Cx<'_>, diags: &mut Diagnostics, adt: DefId, predicate: Predicate, bound: Span, span: Span) {
    let name = cx.package.def(adt).name;
    let message = match predicate {
        Predicate::Protocol(goal) => {
            format!("`{}` does not implement `{}`", cx.show(goal.args[0].expect_ty()), cx.show_protocol(goal))
        }
        Predicate::Projection { .. } => format!("`{}` does not hold", cx.show_predicate(predicate)),
    };
    diags.error(
        Diagnostic::error("T2036", span, message)
            .label(format!("`{name}` demands it here"))
            .secondary(bound, "because of this bound"),
    );
}
