//! The end of a body: what waits is decided, literals take their defaults, closures are looked at, and the last
//! checks are made.

use super::table::VarKind;
use super::*;
use hir::PrimTy;
use std::sync::atomic::Ordering;

impl FnCx<'_, '_> {
    pub(crate) fn finish(mut self) -> BodyTypes {
        self.select_where_possible();
        self.default_operators();
        self.select_where_possible();
        self.try_conversions(true);
        self.check_casts();
        self.select_where_possible();
        self.defaults();
        self.guess_implementors();
        self.report_deferred();
        self.analyse_closures();
        self.select_where_possible();
        while let Some((ty, span)) = self.unresolved_operator() {
            self.report_unknown(ty, span);
            // What it gives is wrong too.
            self.try_operators();
        }
        self.report_pending();
        self.check_number_literals();
        self.warn_unused_results();
        let (cx, body) = (self.cx, self.body);
        if let Some(typed) = cx.typed {
            typed.known.steps.fetch_add(self.infer.steps, Ordering::Relaxed);
        }
        let (types, diags) = self.write_back();
        if types.error.is_none() {
            matches::check_patterns(cx, body, &types, diags);
        }
        types
    }

    /// What only a literal or nothing gave a type: `i64`, `f64`, `never`.
    fn defaults(&mut self) {
        for _ in 0..8 {
            let mut any = false;
            for var in self.infer.unbound_vars() {
                if !self.infer.is_unbound(var) {
                    continue;
                }
                let default = match self.infer.var_kind(var) {
                    VarKind::Int => Ty::prim(PrimTy::I64),
                    VarKind::Float => Ty::prim(PrimTy::F64),
                    VarKind::General if self.infer.is_diverging(var) => Ty::never(),
                    VarKind::General | VarKind::Const => continue,
                };
                let _ = self.infer.unify(Ty::infer(var), default);
                any = true;
            }
            self.select_where_possible();
            self.check_casts();
            if !any {
                return;
            }
        }
    }

    /// A `Result` that nobody looked at.
    fn warn_unused_results(&mut self) {
        if self.error.is_some() {
            return;
        }
        for expr in std::mem::take(&mut self.unused_results) {
            let span = self.span(expr);
            self.diags.warn(
                Diagnostic::warning("T2093", span, "this `Result` is not looked at")
                    .label("an error would go unnoticed")
                    .fix(
                        "raise the error, if there is one",
                        span.shrink_to_lo(),
                        "try ",
                        base::Applicability::MaybeIncorrect,
                    )
                    .fix(
                        "or throw it away on purpose",
                        span.shrink_to_lo(),
                        "let _ = ",
                        base::Applicability::MaybeIncorrect,
                    ),
            );
        }
    }
}
