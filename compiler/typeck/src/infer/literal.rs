//! Literals, arrays and interpolation: `1`, `"…"`, `[a, b]`, `"{x}"`. Where an owner is expected, they build it.

use super::coerce::Merge;
use super::*;
use crate::{List, PrimExt};
use hir::{ExprKind, Lit, PrimTy};
use table::VarKind;

/// What a literal builds: the function and its arguments.
pub(crate) struct Build {
    pub function: DefId,
    pub args: GenericArgs,
}

impl FnCx<'_, '_> {
    pub(crate) fn literal(&mut self, id: ExprId, lit: Lit, expect: Expect, span: Span) -> Ty {
        let suffix = |suffix: base::Symbol| PrimTy::from_name(suffix.as_str());
        match lit {
            Lit::Int(value, Some(name)) => match suffix(name) {
                Some(prim) if prim.is_int() || prim.is_float() => {
                    self.number_literals.push((id, value, false));
                    Ty::prim(prim)
                }
                Some(_) | None => self.bad_suffix(span, name),
            },
            Lit::Float(_, Some(name)) => match suffix(name) {
                Some(prim) if prim.is_float() => Ty::prim(prim),
                Some(_) | None => self.bad_suffix(span, name),
            },
            Lit::Int(value, None) => {
                self.number_literals.push((id, value, false));
                match self.expected_number(expect) {
                    Some(ty) if self.infer.is_integral(ty) => ty,
                    Some(_) | None => self.infer.fresh_of(VarKind::Int, span),
                }
            }
            Lit::Float(_, None) => match self.expected_number(expect) {
                Some(ty) if self.infer.is_floating(ty) => ty,
                Some(_) | None => self.infer.fresh_of(VarKind::Float, span),
            },
            Lit::Bool(_) => Ty::bool(),
            Lit::Char(_) => Ty::prim(PrimTy::Char),
            Lit::Byte(_) => Ty::prim(PrimTy::U8),
            Lit::Str(_) => Ty::reference(Ty::str(), Mutability::Shared),
            Lit::Bytes(text) => {
                let len = Const::Value(text.as_str().chars().count() as u128);
                let array = Ty::new(TyKind::Array(Ty::prim(PrimTy::U8), len));
                Ty::reference(array, Mutability::Shared)
            }
        }
    }

    fn bad_suffix(&mut self, span: Span, name: base::Symbol) -> Ty {
        let proof = self.report(
            Diagnostic::error("L0006", span, format!("`{name}` is no suffix for this number"))
                .note("integers take `i8` … `i128`, `u8` … `u128`, `isize`, `usize`, and, like floats, `f32`, `f64`"),
        );
        Ty::error(proof)
    }

    fn expected_number(&mut self, expect: Expect) -> Option<Ty> {
        match expect {
            Expect::Has(ty) => Some(self.shallow(ty)),
            Expect::Nothing | Expect::Unused => None,
        }
    }

    pub(crate) fn format(&mut self, _: ExprId, arguments: ExprId, _: Expect) -> Ty {
        let span = self.span(arguments);
        let def = match self.lang(LangItem::FmtArguments, span) {
            Ok(def) => def,
            Err(proof) => return Ty::error(proof),
        };
        let args = self.infer.fresh_args(def, &[], span);
        self.check_coerce(arguments, Ty::adt(def, args), Why::Plain)
    }

    /// An interpolation shows itself only where it is handed over to be shown, or where `Arguments` are expected;
    /// everywhere else it is a `String`, for what it shows may be gone when it is looked at.
    pub(crate) fn format_owner(&mut self, id: ExprId, arguments: Ty, expect: Expect) -> Ty {
        if self.shown_argument == Some(id) || arguments.is_error() {
            return arguments;
        }
        if let Expect::Has(wanted) = expect
            && self.infer.is_known_as(wanted, arguments)
        {
            return arguments;
        }
        let (Some(string), Some(function)) =
            (self.cx.lang_adt(LangItem::String, &[]), self.cx.lang(LangItem::FmtToString))
        else {
            return arguments;
        };
        let kind = AdjustKind::Build(function, List::empty());
        self.adjust(id, vec![Adjustment { kind, ty: string }]);
        string
    }

    /// The elements' type that an expectation gives: of an array, a slice, a `List` or a `Set`.
    fn expected_elem(&mut self, expect: Expect) -> Option<Ty> {
        let Expect::Has(ty) = expect else { return None };
        match *self.structurally(ty).kind() {
            TyKind::Array(elem, _) | TyKind::Slice(elem) => Some(elem),
            TyKind::Adt(def, args)
                if self.cx.is_lang(def, LangItem::List) || self.cx.is_lang(def, LangItem::Set) =>
            {
                args.first().map(|arg| arg.expect_ty())
            }
            TyKind::Prim(_)
            | TyKind::Tuple(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::Adt(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Closure(..)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => None,
        }
    }

    pub(crate) fn array(&mut self, id: ExprId, items: &[ExprId], expect: Expect) -> Ty {
        let span = self.span(id);
        let elem = match self.expected_elem(expect) {
            Some(elem) => {
                for &item in items {
                    self.check_coerce(item, elem, Why::Plain);
                }
                elem
            }
            None => {
                let mut merge = Merge::new(None, coerce::MergeKind::Elements);
                for &item in items {
                    let ty = self.check_expr(item, merge.expectation());
                    let ty = self.value_ty(item, ty);
                    self.merge_expr(&mut merge, item, ty);
                }
                if items.is_empty() { self.fresh(span) } else { self.merge_finish(merge, span) }
            }
        };
        Ty::new(TyKind::Array(elem, Const::Value(items.len() as u128)))
    }

    /// The owner that an array's later use asks for, see [`lists`].
    pub(crate) fn owner_known_later(&mut self, id: ExprId, array: Ty) -> Ty {
        let Some(&owner) = self.lists.known.get(&id) else { return array };
        let TyKind::Array(elem, _) = *array.kind() else { return array };
        let Some(list) = self.cx.lang_adt(owner, &[elem]) else { return array };
        let Some(Build { function, args }) = self.builds(id, array, list) else { return array };
        self.adjust(id, vec![Adjustment { kind: AdjustKind::Build(function, args), ty: list }]);
        list
    }

    pub(crate) fn repeat(&mut self, id: ExprId, value: ExprId, count: &hir::ConstArg, expect: Expect) -> Ty {
        let len = self.with_lower(|lower| lower.constant(count, Ty::usize()));
        let elem = match self.expected_elem(expect) {
            Some(elem) => self.check_coerce(value, elem, Why::Plain),
            None => self.check_expr(value, Expect::Nothing),
        };
        let elem = self.value_ty(value, elem);
        self.t.repeat_counts.insert(id, len);
        if len != Const::Value(0) && len != Const::Value(1) && !self.is_constant(value) {
            // The value is copied into each place.
            if let Some(copy) = self.cx.lang(LangItem::Copy) {
                let span = self.span(value);
                self.require_protocol(copy, &[elem.into()], Cause::misc(span));
            }
        }
        Ty::new(TyKind::Array(elem, len))
    }

    fn is_constant(&self, value: ExprId) -> bool {
        if let ExprKind::Def { def, .. } = &self.body.exprs[value].kind {
            self.cx.package.def(*def).kind == hir::DefKind::Const
                || self.cx.package.def(*def).kind == hir::DefKind::Variant
        } else if let ExprKind::Block(block) = &self.body.exprs[value].kind {
            block.stmts.is_empty() && block.value.is_some_and(|value| self.is_constant(value))
        } else {
            false
        }
    }

    /// The owner that a literal builds where its type is expected.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a few of dozens are meant, however many there will be"
    )]
    pub(crate) fn builds(&mut self, expr: ExprId, from: Ty, to: Ty) -> Option<Build> {
        let to = self.shallow(to);
        let TyKind::Adt(def, args) = *to.kind() else { return None };
        match &self.body.exprs[expr].kind {
            ExprKind::Lit(Lit::Str(_)) if self.cx.is_lang(def, LangItem::String) => {
                Some(Build { function: self.cx.lang(LangItem::StringFromStr)?, args: List::empty() })
            }
            // One that was handed over to be shown, and then had to be more.
            ExprKind::Format { .. }
                if self.cx.is_lang(def, LangItem::String)
                    && matches!(*self.shallow(from).kind(), TyKind::Adt(def, _) if self.cx.is_lang(def, LangItem::FmtArguments)) =>
            {
                Some(Build { function: self.cx.lang(LangItem::FmtToString)?, args: List::empty() })
            }
            ExprKind::Array(_) | ExprKind::Repeat { .. } => {
                let function = if self.cx.is_lang(def, LangItem::List) {
                    self.cx.lang(LangItem::ListFromArray)?
                } else if self.cx.is_lang(def, LangItem::Set) {
                    self.cx.lang(LangItem::SetFromArray)?
                } else {
                    return None;
                };
                let TyKind::Array(elem, len) = *self.shallow(from).kind() else { return None };
                let wanted = args.first()?.expect_ty();
                self.infer.unify(elem, wanted).ok()?;
                Some(Build { function, args: List::new(&[elem.into(), len.into()]) })
            }
            _ => None,
        }
    }

    /// At the end: numbers fit their types.
    pub(crate) fn check_number_literals(&mut self) {
        for (expr, value, negative) in std::mem::take(&mut self.number_literals) {
            let Some(ty) = self.t.exprs[expr] else { continue };
            let ty = self.infer.resolve(ty);
            let Some(prim) = ty.as_prim().filter(|prim| prim.is_int()) else { continue };
            if fits(value, negative, prim) {
                continue;
            }
            let (low, high) = limits(prim);
            let span = self.span(expr);
            let sign = if negative { "-" } else { "" };
            self.report(
                Diagnostic::error("T2050", span, format!("`{sign}{value}` does not fit `{}`", prim.name()))
                    .label(format!("`{}` goes from {low} to {high}", prim.name())),
            );
        }
    }
}

/// Whether a literal, perhaps with `-` before it, is a value of a type of numbers. Floats take all.
pub(crate) fn fits(value: u128, negative: bool, prim: PrimTy) -> bool {
    if !prim.is_int() {
        return true;
    }
    let bits = prim.bits();
    match (prim.is_signed(), negative) {
        (true, false) => value < 1 << (bits - 1),
        (true, true) => value <= 1 << (bits - 1),
        (false, true) => value == 0,
        (false, false) => bits == 128 || value < 1 << bits,
    }
}

/// The smallest and the largest integer of a type.
fn limits(prim: PrimTy) -> (String, u128) {
    let bits = prim.bits();
    match prim.is_signed() {
        true => (format!("-{}", 1u128 << (bits - 1)), (1 << (bits - 1)) - 1),
        false => ("0".to_string(), if bits == 128 { u128::MAX } else { (1 << bits) - 1 }),
    }
}
