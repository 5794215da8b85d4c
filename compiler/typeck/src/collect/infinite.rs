//! Types that contain themselves without an indirection: `record A { b: B }`, `record B { a: A }`.

use crate::{Signatures, Ty, TyKind};
use base::{Diagnostic, Diagnostics, Span};
use hir::{DefId, Package};

/// A step of the chain: a field of `of` that holds `to`.
#[derive(Clone, Copy)]
struct Step {
    to: DefId,
    span: Span,
}

pub fn check(sigs: &Signatures<'_>, diags: &mut Diagnostics, part: super::Part) {
    let package = sigs.package;
    let mut done: Vec<DefId> = Vec::new();
    for def in part.defs(package).filter(|&def| sigs.adt(def).is_some()) {
        let mut path = Vec::new();
        walk(package, sigs, diags, def, &mut path, &mut done);
    }
}

fn walk(
    package: &Package,
    sigs: &Signatures,
    diags: &mut Diagnostics,
    def: DefId,
    path: &mut Vec<(DefId, Span)>,
    done: &mut Vec<DefId>,
) {
    if done.binary_search(&def).is_ok() {
        return;
    }
    if let Some(start) = path.iter().position(|&(at, _)| at == def) {
        report(package, diags, &path[start..]);
        for &(at, _) in &path[start..] {
            mark(done, at);
        }
        return;
    }
    for step in steps(sigs, def) {
        path.push((def, step.span));
        walk(package, sigs, diags, step.to, path, done);
        path.pop();
    }
    mark(done, def);
}

fn mark(done: &mut Vec<DefId>, def: DefId) {
    if let Err(at) = done.binary_search(&def) {
        done.insert(at, def);
    }
}

/// The types held directly by the fields.
fn steps(sigs: &Signatures, def: DefId) -> Vec<Step> {
    let mut steps = Vec::new();
    for variant in sigs.expect_adt(def).variants.iter() {
        for field in variant.fields.iter() {
            held(sigs, field.ty, &mut |to| steps.push(Step { to, span: field.span }));
        }
    }
    steps
}

fn held(sigs: &Signatures, ty: Ty, found: &mut dyn FnMut(DefId)) {
    match *ty.kind() {
        TyKind::Adt(def, args) => {
            found(def);
            // `Option[Self]` holds itself, `Box[Self]` and `List[Self]` don't: does the field's type hold its parameter?
            for (index, arg) in args.iter().enumerate() {
                if let crate::GenericArg::Ty(arg) = *arg
                    && holds_param(sigs, def, index as u32, &mut Vec::new())
                {
                    held(sigs, arg, found);
                }
            }
        }
        TyKind::Tuple(items) => items.iter().for_each(|&item| held(sigs, item, found)),
        TyKind::Array(elem, _) => held(sigs, elem, found),
        TyKind::Prim(_)
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
        | TyKind::Error(_) => {}
    }
}

/// Whether a value of the type has a value of its parameter in it, not behind a pointer.
pub fn holds_param(sigs: &Signatures, def: DefId, index: u32, inside: &mut Vec<(DefId, u32)>) -> bool {
    if inside.contains(&(def, index)) {
        return false;
    }
    inside.push((def, index));
    let Some(adt) = sigs.adt(def) else { return false };
    let holds = adt
        .variants
        .iter()
        .flat_map(|variant| variant.fields.iter())
        .any(|field| type_holds_param(sigs, field.ty, index, inside));
    inside.pop();
    holds
}

fn type_holds_param(sigs: &Signatures, ty: Ty, index: u32, inside: &mut Vec<(DefId, u32)>) -> bool {
    match *ty.kind() {
        TyKind::Param(at, _) => at == index,
        TyKind::Tuple(items) => items.iter().any(|&item| type_holds_param(sigs, item, index, inside)),
        TyKind::Array(elem, _) => type_holds_param(sigs, elem, index, inside),
        TyKind::Adt(def, args) => args.iter().enumerate().any(|(at, arg)| match *arg {
            crate::GenericArg::Ty(arg) => {
                type_holds_param(sigs, arg, index, inside) && holds_param(sigs, def, at as u32, inside)
            }
            crate::GenericArg::Const(_) => false,
        }),
        TyKind::Prim(_)
        | TyKind::Slice(_)
        | TyKind::Ref(..)
        | TyKind::RawPtr(..)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Closure(..)
        | TyKind::Dyn(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => false,
    }
}

fn report(package: &Package, diags: &mut Diagnostics, cycle: &[(DefId, Span)]) {
    let name = |def: DefId| package.def(def).name;
    let (first, _) = cycle[0];
    let mut diagnostic = Diagnostic::error(
        "T2002",
        package.def(first).name_span,
        format!("`{}` would have infinite size", name(first)),
    )
    .label(if cycle.len() == 1 { "holds a value of itself" } else { "holds itself by way of others" });
    for (index, &(_, span)) in cycle.iter().enumerate() {
        let (to, _) = cycle[(index + 1) % cycle.len()];
        diagnostic = diagnostic.secondary(span, format!("holds a `{}`", name(to)));
    }
    let chain: Vec<String> = cycle.iter().map(|&(def, _)| format!("`{}`", name(def))).collect();
    if cycle.len() > 1 {
        diagnostic = diagnostic.note(format!("the chain: {} → {}", chain.join(" → "), chain[0]));
    }
    diagnostic = diagnostic.note("a `Box[…]` around the type of one of these fields ends the chain");
    diags.error(diagnostic);
}
