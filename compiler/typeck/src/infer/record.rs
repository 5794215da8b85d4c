//! Fields: `x.f`, `P { x: 1, ..p }`.

use super::*;
use base::Symbol;
use hir::{FieldInit, Res, VariantKind};

impl<'a> FnCx<'a, '_> {
    pub(crate) fn field(&mut self, id: ExprId, base: ExprId, name: Symbol, name_span: Span) -> Ty {
        let base_ty = self.check_expr(base, Expect::Nothing);
        if let Some(result) = self.defer_field(id, (base, base_ty), (name, name_span)) {
            return result;
        }
        let base_ty = self.known(base_ty, self.span(base));
        self.field_of(id, (base, base_ty), (name, name_span))
    }

    /// The field, when the type that should have it is known.
    pub(crate) fn field_of(
        &mut self,
        id: ExprId,
        (base, base_ty): (ExprId, Ty),
        (name, name_span): (Symbol, Span),
    ) -> Ty {
        if base_ty.is_error() {
            return base_ty;
        }
        let base_span = self.span(base);
        let mut ty = base_ty;
        let mut adjustments = Vec::new();
        let mut private: Option<(DefId, Span, hir::Visibility)> = None;
        for _ in 0..32 {
            if let TyKind::Adt(def, args) = *ty.kind() {
                let adt = self.cx.sigs.adt(def).filter(|adt| !adt.is_union);
                if let Some((index, field)) = adt.and_then(|adt| adt.record().field(name)) {
                    if self.cx.package.is_visible(field.vis, self.cx.package.def(def).module, self.module) {
                        self.adjust(base, adjustments);
                        self.t.fields.insert(id, index);
                        return self.normalise(field.ty.subst(&args), name_span);
                    }
                    private.get_or_insert((def, field.span, field.vis));
                }
            } else if let Some(items) = ty.tuple_items() {
                if let Ok(index) = name.as_str().parse::<usize>()
                    && let Some(&item) = items.get(index)
                {
                    self.adjust(base, adjustments);
                    self.t.fields.insert(id, FieldIdx(index as u32));
                    return item;
                }
            } else if ty.is_error() {
                return ty;
            }
            let Some((next, kind)) = self.deref_step(ty, Mutability::Shared, base_span) else { break };
            adjustments.push(Adjustment { kind, ty: next });
            ty = next;
        }
        let proof = match private {
            Some((def, declared, vis)) => {
                let record = self.cx.package.def(def).name;
                self.report(
                    Diagnostic::error(
                        "T2100",
                        name_span,
                        format!("the field `{name}` of `{record}` is private"),
                    )
                    .label("can't be used in this module")
                    .secondary(declared, self.cx.package.declared_how(vis)),
                )
            }
            None => self.report_no_field(base_ty, (name, name_span)),
        };
        Ty::error(proof)
    }

    fn report_no_field(&mut self, ty: Ty, (name, span): (Symbol, Span)) -> ErrorReported {
        let text = self.show(ty);
        if self.infer.is_unknown(ty) {
            return self.report_unknown(ty, span);
        }
        let mut diagnostic = Diagnostic::error("T2101", span, format!("`{text}` has no field `{name}`"))
            .label("no such field");
        if self.infer.is_integral(ty) && name.as_str().starts_with(['e', 'E']) {
            diagnostic = diagnostic.note("a float has a digit after its point: `1.0e5`");
        }
        if let Some(method) = self.method_exists(ty.peel_refs(), name) {
            diagnostic = diagnostic
                .secondary(self.cx.package.def(method).name_span, "there is a method of this name")
                .fix("call the method", span.shrink_to_hi(), "()", base::Applicability::MaybeIncorrect);
        } else if self.has_method(ty, name, span) {
            let sure = base::Applicability::MaybeIncorrect;
            diagnostic = diagnostic.label("a method").fix("call it", span.shrink_to_hi(), "()", sure);
        } else if let Some(here) = self.method_meant(ty, name, span) {
            let sure = base::Applicability::MaybeIncorrect;
            diagnostic =
                diagnostic.fix(format!("there is a method `{here}`"), span, format!("{here}()"), sure);
        } else if let Some(names) = self.field_names(ty) {
            match base::did_you_mean(name.as_str(), names.iter().copied()) {
                Some(close) => {
                    diagnostic = diagnostic.fix(
                        format!("did you mean `{close}`?"),
                        span,
                        close,
                        base::Applicability::MaybeIncorrect,
                    );
                }
                None if !names.is_empty() && names.len() <= 8 => {
                    let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                    diagnostic = diagnostic.note(format!("its fields are {}", list.join(", ")));
                }
                None => {}
            }
        }
        self.report(diagnostic)
    }

    fn field_names(&mut self, ty: Ty) -> Option<Vec<&'static str>> {
        let peeled = ty.peel_refs();
        let def = peeled.adt_def()?;
        let adt = self.cx.sigs.adt(def).filter(|adt| !adt.is_union)?;
        let module = self.cx.package.def(def).module;
        let fields = adt.record().fields.iter();
        let visible = fields.filter(|field| self.cx.package.is_visible(field.vis, module, self.module));
        Some(visible.map(|field| field.name.as_str()).collect())
    }

    /// `P { x: 1, ..p }`, `U.V { a: 1 }`
    pub(crate) fn record(
        &mut self,
        id: ExprId,
        (res, written, path_span): (Res, &'a [hir::GenericArg], Span),
        fields: &'a [FieldInit],
        base: Option<ExprId>,
        expect: Expect,
    ) -> Ty {
        let (ty, variant) = match self.record_head(res, written, path_span) {
            Ok(head) => head,
            Err(proof) => {
                for field in fields {
                    self.check_expr(field.value, Expect::Nothing);
                }
                if let Some(base) = base {
                    self.check_expr(base, Expect::Nothing);
                }
                return self.poison(proof);
            }
        };
        let TyKind::Adt(def, args) = *ty.kind() else { return ty };
        // What is expected says what the arguments are, before the fields are looked at.
        if let Expect::Has(wanted) = expect {
            let wanted = self.shallow(wanted);
            let _ = self.infer.try_commit(|infer| infer.unify(ty, wanted));
        }
        self.add_demands(def, args, Cause::of(path_span, def));
        let sigs = self.cx.sigs;
        let declared = &sigs.expect_adt(def).variants[variant];
        let module = self.cx.package.def(def).module;
        if declared.kind != VariantKind::Record {
            let name = declared.name;
            let proof = self.report(
                Diagnostic::error("T2053", path_span, format!("the variant `{name}` has no named fields"))
                    .label(format!("write `{name}(…)`"))
                    .secondary(self.cx.package.def(declared.def).name_span, "declared here"),
            );
            for field in fields {
                self.check_expr(field.value, Expect::Nothing);
            }
            return Ty::error(proof);
        }
        let mut given: Vec<(Symbol, Span)> = Vec::new();
        let mut indices = Vec::new();
        let mut wrong_field = false;
        for init in fields {
            if let Some(&(_, first)) = given.iter().find(|&&(name, _)| name == init.name) {
                self.report(
                    Diagnostic::error(
                        "N5011",
                        init.name_span,
                        format!("the field `{}` is given twice", init.name),
                    )
                    .label("the second time")
                    .secondary(first, "the first"),
                );
            }
            given.push((init.name, init.name_span));
            let Some((index, field)) = declared.field(init.name) else {
                wrong_field = true;
                self.report_unknown_field(declared, def, init);
                self.check_expr(init.value, Expect::Nothing);
                indices.push(FieldIdx(0));
                continue;
            };
            indices.push(index);
            if !self.cx.sigs.expect_adt(def).is_union
                && !self.cx.package.is_visible(field.vis, module, self.module)
            {
                let record = self.cx.package.def(def).name;
                self.report(
                    Diagnostic::error(
                        "T2100",
                        init.name_span,
                        format!("the field `{}` of `{record}` is private", init.name),
                    )
                    .label("can't be used in this module")
                    .secondary(field.span, self.cx.package.declared_how(field.vis)),
                );
            }
            let field_ty = self.normalise(field.ty.subst(&args), init.name_span);
            let value = self.check_expr(init.value, Expect::Has(field_ty));
            let value = self.value_ty(init.value, value);
            let is_range =
                self.cx.is_lang(def, LangItem::Range) || self.cx.is_lang(def, LangItem::RangeInclusive);
            let why = if is_range { Why::RangeEnd } else { Why::Field(field.span) };
            self.coerce(init.value, value, field_ty, why);
        }
        self.t.inits.insert(id, (variant, indices));
        match base {
            Some(base) => {
                self.check_coerce(base, ty, Why::Plain);
            }
            None => {
                let missing: Vec<String> = declared
                    .fields
                    .iter()
                    .filter(|field| !given.iter().any(|&(name, _)| name == field.name))
                    .map(|field| format!("`{}`", field.name))
                    .collect();
                // A field by another name is one mistake, not two.
                if !missing.is_empty() && !wrong_field {
                    let plural = if missing.len() == 1 { "field" } else { "fields" };
                    let name = declared.name;
                    self.report(
                        Diagnostic::error(
                            "T2103",
                            path_span,
                            format!("`{name}` lacks the {plural} {}", missing.join(", ")),
                        )
                        .label("incomplete")
                        .secondary(self.cx.package.def(declared.def).name_span, "declared here"),
                    );
                }
            }
        }
        ty
    }

    fn report_unknown_field(&mut self, declared: &crate::VariantDef, def: DefId, init: &FieldInit) {
        let name = declared.name;
        let mut diagnostic =
            Diagnostic::error("T2101", init.name_span, format!("`{name}` has no field `{}`", init.name))
                .label("no such field");
        let names = declared.fields.iter().map(|field| field.name.as_str());
        if let Some(close) = base::did_you_mean(init.name.as_str(), names) {
            diagnostic = diagnostic.fix(
                format!("did you mean `{close}`?"),
                init.name_span,
                close,
                base::Applicability::MaybeIncorrect,
            );
        } else {
            diagnostic = diagnostic.secondary(self.cx.package.def(def).name_span, "declared here");
        }
        self.report(diagnostic);
    }

    /// The type of a record expression or pattern with variables for what is not written, and its variant.
    pub(crate) fn record_head(
        &mut self,
        res: Res,
        written: &'a [hir::GenericArg],
        span: Span,
    ) -> Result<(Ty, VariantIdx), ErrorReported> {
        match res {
            Res::Def(def) => {
                if let Some((union, index)) = self.cx.sigs.variant(def) {
                    let args = self.inferring_args(union, crate::List::empty(), written, span);
                    return Ok((Ty::adt(union, args), index));
                }
                let path =
                    hir::Ty { kind: Box::new(hir::TyKind::Path { res, args: written.to_vec() }), span };
                let ty = self.lower_inferring(&path);
                self.as_record(ty, span)
            }
            Res::SelfTy(_) => {
                let path = hir::Ty { kind: Box::new(hir::TyKind::Path { res, args: Vec::new() }), span };
                let ty = self.with_lower(|lower| lower.ty(&path));
                self.as_record(ty, span)
            }
            Res::Prim(prim) => Err(self.report(Diagnostic::error(
                "T2104",
                span,
                format!("`{}` is not a record", prim.name()),
            ))),
            Res::Error(proof) => Err(proof),
        }
    }

    fn as_record(&mut self, ty: Ty, span: Span) -> Result<(Ty, VariantIdx), ErrorReported> {
        if let TyKind::Error(proof) = *ty.kind() {
            return Err(proof);
        }
        if ty.adt_def().and_then(|def| self.cx.sigs.adt(def)).is_some_and(|adt| !adt.is_union) {
            return Ok((ty, VariantIdx(0)));
        }
        let text = self.show(ty);
        Err(self.report(
            Diagnostic::error("T2104", span, format!("`{text}` is not a record"))
                .label("has no fields of its own"),
        ))
    }
}
