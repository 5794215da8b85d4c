//! Walks a body and says what is wrong with its patterns.

use super::constructor::{Constructor, SliceLen, decode};
use super::lower::{is_empty_range, lower};
use super::matrix::{Findings, Row, compute};
use super::{Pattern, PatternCx};
use crate::{BodyTypes, Ty, TyKind};
use base::{Applicability, Diagnostic, Diagnostics, Span};
use hir::{Arm, Body, Expr, ExprKind, MatchSource, PatFields, PatId, PatKind, PrimTy, StmtKind, VariantKind};
use std::fmt::Write as _;

/// Checks every `match`, `let` and parameter of a body that has no other errors.
pub fn check_patterns(cx: &PatternCx<'_>, body: &Body, types: &BodyTypes, diagnostics: &mut Diagnostics) {
    let mut check = Check { cx, body, types, diagnostics };
    for &param in &body.params {
        check.irrefutable(param, "a parameter");
    }
    for (id, pat) in body.pats.iter_enumerated() {
        if is_empty_range(cx, body, types, id) {
            let error = Diagnostic::error("T2063", pat.span, "this range has no values")
                .label("it ends before it begins");
            check.diagnostics.error(error);
        }
    }
    for (_, expr) in body.exprs.iter_enumerated() {
        if let ExprKind::Match { scrutinee, arms, source } = &expr.kind {
            check.match_(expr, types.exprs[*scrutinee], arms, *source)
        } else if let ExprKind::Closure(closure) = &expr.kind {
            for param in &closure.params {
                check.irrefutable(param.pat, "a closure's parameter");
            }
        } else if let ExprKind::Block(block) = &expr.kind {
            for stmt in &block.stmts {
                if let StmtKind::Let { pat, els: None, .. } = stmt.kind {
                    check.irrefutable(pat, "`let`");
                }
            }
        }
    }
}

/// Whether patterns (with whether each has a guard) take every value of a type.
pub fn is_exhaustive(
    cx: &PatternCx<'_>,
    body: &Body,
    types: &BodyTypes,
    ty: Ty,
    patterns: &[(PatId, bool)],
) -> bool {
    let mut diagnostics = Diagnostics::new();
    let check = Check { cx, body, types, diagnostics: &mut diagnostics };
    check.analyse(ty, patterns).is_some_and(|(missing, _)| missing.is_empty())
}

struct Check<'a, 'd> {
    cx: &'a PatternCx<'a>,
    body: &'a Body,
    types: &'a BodyTypes,
    diagnostics: &'d mut Diagnostics,
}

impl Check<'_, '_> {
    /// What rows miss, and which patterns nothing reaches. `None` if something in them is wrong anyway.
    fn analyse(&self, ty: Ty, patterns: &[(PatId, bool)]) -> Option<(Vec<Pattern>, Vec<PatId>)> {
        if ty.is_error() {
            return None;
        }
        let mut lowered = Vec::with_capacity(patterns.len());
        for &(pat, _) in patterns {
            lowered.push(lower(self.cx, self.body, self.types, pat)?);
        }
        let rows =
            lowered.iter().zip(patterns).map(|(pattern, &(_, has_guard))| Row::new(pattern, has_guard));
        let mut rows: Vec<Row> = rows.collect();
        let mut findings = Findings::default();
        let missing = compute(self.cx, &mut rows, &[ty], &mut findings);
        let missing = missing.into_iter().map(|mut witness| witness.remove(0)).collect();
        let mut unreached: Vec<PatId> =
            rows.iter().zip(patterns).filter(|(row, _)| !row.useful).map(|(_, &(pat, _))| pat).collect();
        // Of an arm that is reached, the alternatives that are not.
        let whole: Vec<Span> = unreached.iter().map(|&it| self.body.pats[it].span).collect();
        for &alternative in findings.seen.difference(&findings.useful) {
            let span = self.body.pats[alternative].span;
            if !whole.iter().any(|arm| arm.lo <= span.lo && span.hi <= arm.hi) {
                unreached.push(alternative);
            }
        }
        Some((missing, unreached))
    }

    fn match_(&mut self, expr: &Expr, ty: Ty, arms: &[Arm], source: MatchSource) {
        // Their last arm is ours.
        if matches!(source, MatchSource::Catch | MatchSource::Sugar) {
            return;
        }
        // `some(p)` and `none` are all there is, and `p` mostly takes all.
        if source == MatchSource::For && arms.iter().all(|arm| self.parts_take_all(arm.pat)) {
            return;
        }
        let patterns: Vec<(PatId, bool)> = arms.iter().map(|arm| (arm.pat, arm.guard.is_some())).collect();
        let Some((missing, unreached)) = self.analyse(ty, &patterns) else { return };
        match source {
            MatchSource::Match => {}
            MatchSource::For => {
                // Only the pattern of the loop can fail: the value of `some`.
                if let Some(arm) =
                    arms.iter().find(|arm| !self.covers_all(arm.pat)).filter(|_| !missing.is_empty())
                {
                    let span = self.body.pats[arm.pat].span;
                    self.can_fail(span, "`for`", &missing);
                }
                return;
            }
            MatchSource::Catch | MatchSource::Sugar => return,
        }
        if !missing.is_empty() {
            self.missing(expr.span, ty, arms, &missing);
        }
        for pat in unreached {
            let span = self.body.pats[pat].span;
            let earlier =
                arms.iter().take_while(|arm| arm.pat != pat).map(|arm| self.body.pats[arm.pat].span).last();
            let mut warning = Diagnostic::warning("T2062", span, "nothing reaches this pattern")
                .label("what it would match is matched before");
            if let Some(earlier) = earlier.filter(|it| it.hi <= span.lo) {
                warning = warning.secondary(earlier, "up to here everything it matches is taken");
            }
            self.diagnostics.warn(warning);
        }
    }

    /// Whether a pattern takes everything by its form, whatever the type.
    fn takes_all(&self, pat: PatId) -> bool {
        match &self.body.pats[pat].kind {
            PatKind::Wild | PatKind::Bind { sub: None, .. } => true,
            PatKind::Bind { sub: Some(sub), .. } | PatKind::Ref { pat: sub, .. } => self.takes_all(*sub),
            PatKind::Tuple(items, _) => items.iter().all(|&item| self.takes_all(item)),
            PatKind::Lit { .. }
            | PatKind::Range { .. }
            | PatKind::Const(_)
            | PatKind::Variant { .. }
            | PatKind::Slice { .. }
            | PatKind::Or(_)
            | PatKind::Error(_) => false,
        }
    }

    /// The same of the parts of a constructor.
    fn parts_take_all(&self, pat: PatId) -> bool {
        if let PatKind::Variant { fields, .. } = &self.body.pats[pat].kind {
            match fields {
                PatFields::Unit => true,
                PatFields::Tuple(items, _) => items.iter().all(|&item| self.takes_all(item)),
                PatFields::Record(fields, _) => fields.iter().all(|field| self.takes_all(field.pat)),
            }
        } else {
            false
        }
    }

    fn covers_all(&self, pat: PatId) -> bool {
        let ty = self
            .types
            .pat_derefs
            .get(&pat)
            .and_then(|it| it.first().copied())
            .unwrap_or(self.types.pats[pat]);
        self.analyse(ty, &[(pat, false)]).is_none_or(|(missing, _)| missing.is_empty())
    }

    fn irrefutable(&mut self, pat: PatId, place: &str) {
        // Most are a name.
        if self.takes_all(pat) {
            return;
        }
        let ty = self
            .types
            .pat_derefs
            .get(&pat)
            .and_then(|it| it.first().copied())
            .unwrap_or(self.types.pats[pat]);
        if let Some((missing, _)) = self.analyse(ty, &[(pat, false)])
            && !missing.is_empty()
        {
            self.can_fail(self.body.pats[pat].span, place, &missing);
        }
    }

    fn can_fail(&mut self, span: Span, place: &str, missing: &[Pattern]) {
        let mut error =
            Diagnostic::error("T2061", span, format!("the pattern of {place} must match every value"))
                .label(format!("{} not matched", self.list(missing)));
        if place == "`let`" {
            error = error.note(
                "write `let … else { … }` to say what happens then, or `if let` to look only at what matches",
            );
        }
        self.diagnostics.error(error);
    }

    fn missing(&mut self, span: Span, ty: Ty, arms: &[Arm], missing: &[Pattern]) {
        let head = Span { hi: span.hi.min(span.lo + 5), ..span };
        let mut error = Diagnostic::error("T2060", head, "this `match` does not match every value")
            .label(format!("{} not matched", self.list(missing)));
        if let TyKind::Adt(def, _) = *strip(ty).kind()
            && !self.cx.package.modules[self.cx.package.def(def).module].is_std
        {
            error = error.secondary(self.cx.package.def(def).name_span, "declared here");
        }
        if let Some(guarded) = arms.iter().find_map(|arm| arm.guard) {
            error = error.secondary(
                self.body.exprs[guarded].span,
                "an arm with a condition counts as if it could fail",
            )
        }
        let at = match arms.last() {
            Some(arm) => arm.span.shrink_to_hi(),
            None => Span { lo: span.hi - 1, hi: span.hi - 1, ..span },
        };
        let mut text = String::new();
        for pattern in missing.iter().take(8) {
            // A tab is the indentation of the line, see `base::CodeFix`.
            let separator = match arms.is_empty() {
                true if text.is_empty() => "\n\t    ",
                true => ",\n\t    ",
                false => ",\n\t",
            };
            write!(text, "{separator}{} => panic(\"…\")", self.show(pattern))
                .expect("writing to a string works");
        }
        if arms.is_empty() {
            text.push_str(",\n\t");
        }
        error = error.fix("add what is missing", at, text, Applicability::HasPlaceholders);
        self.diagnostics.error(error);
    }

    /// «`a` is», «`a` and `b` are», «`a`, `b` and 3 more are»
    fn list(&self, missing: &[Pattern]) -> String {
        let shown: Vec<String> = missing.iter().take(3).map(|it| format!("`{}`", self.show(it))).collect();
        match (shown.as_slice(), missing.len()) {
            ([only], _) => format!("{only} is"),
            ([first, second], 2) => format!("{first} and {second} are"),
            ([first, second, third], 3) => format!("{first}, {second} and {third} are"),
            (shown, all) => format!("{} and {} more are", shown.join(", "), all - shown.len()),
        }
    }

    /// The pattern as it would be written in an arm.
    fn show(&self, pattern: &Pattern) -> String {
        let fields = || pattern.fields.iter().map(|it| self.show(it)).collect::<Vec<_>>();
        match &pattern.constructor {
            Constructor::Range(lo, hi) => {
                let TyKind::Prim(prim) = *pattern.ty.kind() else { return "_".to_string() };
                self.show_range(prim, *lo, *hi)
            }
            Constructor::Single => match *pattern.ty.kind() {
                TyKind::Tuple(items) if items.len() == 1 => format!("({},)", fields().join(", ")),
                TyKind::Tuple(_) => format!("({})", fields().join(", ")),
                // References are looked through by patterns.
                TyKind::Ref(..) => fields().join(""),
                TyKind::Adt(def, _) => self.show_adt(def, 0, &fields()),
                TyKind::Prim(_)
                | TyKind::Array(..)
                | TyKind::Slice(_)
                | TyKind::RawPtr(..)
                | TyKind::FnDef(..)
                | TyKind::FnPtr(_)
                | TyKind::Closure(..)
                | TyKind::Dyn(..)
                | TyKind::Param(..)
                | TyKind::Projection(..)
                | TyKind::Opaque(..)
                | TyKind::Infer(_)
                | TyKind::Error(_) => "_".to_string(),
            },
            Constructor::Variant(variant) => {
                if let TyKind::Adt(def, _) = *pattern.ty.kind() {
                    self.show_adt(def, variant.0 as usize, &fields())
                } else {
                    "_".to_string()
                }
            }
            Constructor::Slice(SliceLen::Fixed(_)) => format!("[{}]", fields().join(", ")),
            Constructor::Slice(SliceLen::AtLeast(before, _)) => {
                let mut items = fields();
                items.insert(*before, "..".to_string());
                format!("[{}]", items.join(", "))
            }
            Constructor::Wild
            | Constructor::Text(_)
            | Constructor::Opaque
            | Constructor::Or
            | Constructor::Missing => "_".to_string(),
        }
    }

    fn show_range(&self, prim: PrimTy, lo: u128, hi: u128) -> String {
        if lo == hi { decode(prim, lo) } else { format!("{}..={}", decode(prim, lo), decode(prim, hi)) }
    }

    fn show_adt(&self, def: hir::DefId, variant: usize, fields: &[String]) -> String {
        let Some(adt) = self.cx.signatures.adt(def) else { return "_".to_string() };
        let variant = &adt.variants.raw[variant];
        match variant.kind {
            VariantKind::Unit => variant.name.to_string(),
            VariantKind::Tuple => format!("{}({})", variant.name, fields.join(", ")),
            VariantKind::Record if fields.iter().all(|it| it == "_") && !fields.is_empty() => {
                format!("{} {{ .. }}", variant.name)
            }
            VariantKind::Record => {
                let named =
                    variant.fields.iter().zip(fields).map(|(field, text)| format!("{}: {text}", field.name));
                format!("{} {{ {} }}", variant.name, named.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// What a reference leads to in the end.
fn strip(ty: Ty) -> Ty {
    if let TyKind::Ref(_, to, _) = *ty.kind() { strip(to) } else { ty }
}
