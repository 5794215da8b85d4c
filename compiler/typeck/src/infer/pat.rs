//! Patterns against the type of what they match. Matching through a reference binds references (default binding
//! modes): `match &pair { (a, b) => … }` gives `a: &A`.

use super::*;
use base::Symbol;
use hir::{DefKind, Lit, PatFields, PatKind, PatPath, PrimTy, Res, VariantKind};
use table::VarKind;

/// How bindings take their values.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Move,
    Ref(Mutability),
}

impl<'a> FnCx<'a, '_> {
    pub(crate) fn check_pat(&mut self, pat: PatId, expected: Ty, why: Why) {
        self.pat(pat, expected, Mode::Move, why);
    }

    /// A parameter: matched by every value.
    pub(crate) fn check_param(&mut self, pat: PatId, ty: Ty) {
        self.check_pat(pat, ty, Why::Plain);
    }

    fn pat(&mut self, pat: PatId, expected: Ty, mode: Mode, why: Why) {
        let body: &'a Body = self.body;
        let node = &body.pats[pat];
        let span = node.span;
        let (expected, mode) =
            if self.peels(&node.kind) { self.peel_pat(pat, expected, mode) } else { (expected, mode) };
        self.t.pats[pat] = Some(expected);
        match &node.kind {
            PatKind::Wild => {}
            PatKind::Bind { local, sub } => {
                self.bind_local(*local, expected, mode, span);
                if let Some(sub) = sub {
                    self.pat(*sub, expected, mode, why);
                }
            }
            PatKind::Lit { lit, negative } => {
                let ty = self.lit_pat(*lit, *negative, expected, span);
                self.unify_pat(span, expected, ty, why);
            }
            PatKind::Range { lo, hi, .. } => self.range_pat((*lo, *hi), expected, mode, why, span),
            PatKind::Const(def) => self.const_pat(pat, *def, crate::List::empty(), expected, why, span),
            PatKind::Variant { path, fields } => {
                self.variant_pat(pat, path, fields, expected, mode, why, span)
            }
            PatKind::Tuple(items, rest) => self.tuple_pat(items, *rest, expected, mode, why, span),
            PatKind::Slice { before, rest, after } => {
                self.slice_pat((before, rest, after), expected, mode, why, span)
            }
            PatKind::Ref { mutable, pat: inner } => {
                let wanted = crate::collect::lower::mutability(*mutable);
                let known = self.structurally(expected);
                let to = if let TyKind::Ref(_, to, mutability) = *known.kind()
                    && (mutability == wanted || mutability == Mutability::Mut)
                {
                    to
                } else if let TyKind::Error(_) = *known.kind() {
                    known
                } else {
                    let to = self.fresh(span);
                    self.unify_pat(span, expected, Ty::reference(to, wanted), why);
                    to
                };
                self.pat(*inner, to, Mode::Move, why);
            }
            PatKind::Or(alternatives) => {
                for &alternative in alternatives {
                    self.pat(alternative, expected, mode, why);
                }
            }
            PatKind::Error(proof) => {
                self.poison(*proof);
                self.poison_pat(pat, *proof);
            }
        }
    }

    /// Whether a pattern looks through references.
    fn peels(&self, kind: &PatKind) -> bool {
        match kind {
            PatKind::Wild
            | PatKind::Bind { .. }
            | PatKind::Ref { .. }
            | PatKind::Or(_)
            | PatKind::Error(_) => false,
            PatKind::Lit { .. }
            | PatKind::Range { .. }
            | PatKind::Const(_)
            | PatKind::Variant { .. }
            | PatKind::Tuple(..)
            | PatKind::Slice { .. } => true,
        }
    }

    fn peel_pat(&mut self, pat: PatId, expected: Ty, mode: Mode) -> (Ty, Mode) {
        let text = matches!(
            self.body.pats[pat].kind,
            PatKind::Lit { lit: Lit::Str(_) | Lit::Bytes(_), .. } | PatKind::Const(_)
        );
        let (mut ty, mut mode) = (self.structurally(expected), mode);
        let mut derefs = Vec::new();
        while let TyKind::Ref(_, to, mutability) = *ty.kind() {
            let inner = self.structurally(to);
            // `"a"` is itself a reference.
            if text
                && !matches!(inner.kind(), TyKind::Ref(..))
                && !inner.is_scalar_prim()
                && !matches!(inner.kind(), TyKind::Adt(..))
            {
                break;
            }
            derefs.push(ty);
            mode = match (mode, mutability) {
                (Mode::Ref(Mutability::Shared), _) | (_, Mutability::Shared) => Mode::Ref(Mutability::Shared),
                (Mode::Move | Mode::Ref(Mutability::Mut), Mutability::Mut) => Mode::Ref(Mutability::Mut),
            };
            ty = inner;
        }
        if !derefs.is_empty() {
            self.t.pat_derefs.insert(pat, derefs);
        }
        (ty, mode)
    }

    fn bind_local(&mut self, local: LocalId, ty: Ty, mode: Mode, span: Span) {
        let (ty, by) = match mode {
            Mode::Move => (ty, None),
            Mode::Ref(mutability) => (Ty::reference(ty, mutability), Some(mutability)),
        };
        match self.t.locals[local] {
            // Another alternative of an or-pattern, or a use that came first.
            Some(known) => {
                if self.infer.unify(known, ty).is_err() {
                    let name = self.body.locals[local].name;
                    let (first, second) =
                        self.cx.show_both(self.infer.resolve(known), self.infer.resolve(ty));
                    self.report(
                        Diagnostic::error(
                            "T2054",
                            span,
                            format!("`{name}` has different types in the alternatives of this pattern"),
                        )
                        .label(format!("`{second}` here"))
                        .secondary(self.body.locals[local].span, format!("`{first}` here")),
                    );
                }
            }
            None => self.t.locals[local] = Some(ty),
        }
        if let Some(mutability) = by {
            self.t.binding_refs.insert(local, mutability);
        }
    }

    pub(crate) fn poison_pat(&mut self, pat: PatId, proof: ErrorReported) {
        let error = Ty::error(proof);
        let mut pats = Vec::new();
        self.walk_pat(pat, &mut |pat| pats.push(pat));
        for pat in pats {
            self.t.pats[pat].get_or_insert(error);
            if let PatKind::Bind { local, .. } = self.body.pats[pat].kind {
                self.t.locals[local].get_or_insert(error);
            }
        }
    }

    fn unify_pat(&mut self, span: Span, expected: Ty, found: Ty, why: Why) -> bool {
        if self.infer.try_commit(|infer| infer.unify(found, expected)).is_ok() {
            return true;
        }
        self.report_mismatch_at(span, expected, found, why);
        false
    }

    fn lit_pat(&mut self, lit: Lit, negative: bool, expected: Ty, span: Span) -> Ty {
        match lit {
            Lit::Int(_, Some(suffix)) | Lit::Float(_, Some(suffix)) => {
                PrimTy::from_name(suffix.as_str()).map_or_else(|| self.fresh(span), Ty::prim)
            }
            Lit::Int(value, None) => {
                if let Some(prim) = self.shallow(expected).as_prim()
                    && crate::PrimExt::is_int(prim)
                {
                    self.pat_literal_fits(value, negative, prim, span);
                }
                self.infer.fresh_of(VarKind::Int, span)
            }
            Lit::Float(_, None) => self.infer.fresh_of(VarKind::Float, span),
            Lit::Bool(_) => Ty::bool(),
            Lit::Char(_) => Ty::prim(PrimTy::Char),
            Lit::Byte(_) => Ty::prim(PrimTy::U8),
            Lit::Str(_) => match self.shallow(expected).kind() {
                // Behind a reference that was looked through.
                TyKind::Prim(PrimTy::Str) => Ty::str(),
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
                | TyKind::Param(..)
                | TyKind::Projection(..)
                | TyKind::Opaque(..)
                | TyKind::Infer(_)
                | TyKind::Error(_) => Ty::reference(Ty::str(), Mutability::Shared),
            },
            Lit::Bytes(text) => {
                let len = Const::Value(text.as_str().chars().count() as u128);
                if let TyKind::Ref(_, to, _) = *self.shallow(expected).kind()
                    && matches!(self.shallow(to).kind(), TyKind::Slice(_))
                {
                    expected
                } else {
                    Ty::reference(Ty::new(TyKind::Array(Ty::prim(PrimTy::U8), len)), Mutability::Shared)
                }
            }
        }
    }

    fn pat_literal_fits(&mut self, value: u128, negative: bool, prim: PrimTy, span: Span) {
        if !literal::fits(value, negative, prim) {
            let sign = if negative { "-" } else { "" };
            self.report(Diagnostic::error(
                "T2050",
                span,
                format!("`{sign}{value}` does not fit `{}`", prim.name()),
            ));
        }
    }

    fn range_pat(
        &mut self,
        (lo, hi): (Option<PatId>, Option<PatId>),
        expected: Ty,
        mode: Mode,
        why: Why,
        span: Span,
    ) {
        for bound in [lo, hi].into_iter().flatten() {
            self.pat(bound, expected, mode, why);
        }
        let ty = self.structurally(expected);
        let ordered =
            self.infer.is_integral(ty) || self.infer.is_floating(ty) || ty.as_prim() == Some(PrimTy::Char);
        if !ordered && !ty.is_error() && self.error.is_none() {
            let text = self.show(ty);
            self.report(
                Diagnostic::error(
                    "T2055",
                    span,
                    format!("a range pattern is for numbers and characters, not for `{text}`"),
                )
                .label("has no range"),
            );
        }
    }

    fn const_pat(&mut self, pat: PatId, def: DefId, args: GenericArgs, expected: Ty, why: Why, span: Span) {
        let Some(ty) = self.cx.sigs.constant(def) else { return };
        let ty = self.normalise(ty.subst(&args), span);
        if self.unify_pat(span, expected, ty, why) {
            self.t.pat_variants.insert(pat, PatResolution::Const(def, args));
        }
    }

    // ---- constructors ----

    #[expect(clippy::too_many_arguments, reason = "the parts of one pattern")]
    fn variant_pat(
        &mut self,
        pat: PatId,
        path: &'a PatPath,
        fields: &'a PatFields,
        expected: Ty,
        mode: Mode,
        why: Why,
        span: Span,
    ) {
        let head = match path {
            PatPath::Res(Res::Def(def)) if self.cx.package.def(*def).kind == DefKind::Const => {
                return self.const_pat(pat, *def, crate::List::empty(), expected, why, span);
            }
            PatPath::Res(res) => match self.variant_before_type(*res, expected) {
                Some(head) => Ok(head),
                None => self.record_head(*res, &[], span),
            },
            PatPath::Bare(name, name_span) => match self.bare_variant(*name, *name_span, expected) {
                Ok(head) => Ok(head),
                Err(proof) => Err(proof),
            },
            PatPath::Member(res, name, name_span) => match self.member_const(*res, *name, *name_span, span) {
                Some((def, args)) => return self.const_pat(pat, def, args, expected, why, span),
                None => self.member_variant(*res, *name, *name_span, span),
            },
        };
        let (ty, variant) = match head {
            Ok(head) => head,
            Err(proof) => {
                self.poison(proof);
                return self.poison_fields(fields, proof);
            }
        };
        let known = self.structurally(expected);
        if let TyKind::Error(proof) = *known.kind() {
            return self.poison_fields(fields, proof);
        }
        if self.infer.try_commit(|infer| infer.unify(ty, known)).is_err() {
            let is_error =
                matches!(*known.kind(), TyKind::Adt(def, _) if self.cx.is_lang(def, LangItem::Error));
            let proof = if is_error {
                let text = self.show(ty);
                self.report(
                    Diagnostic::error(
                        "X0001",
                        span,
                        format!("matching a `{text}` out of `Error` is not supported yet"),
                    )
                    .note("`try`s of one error type in the block make `catch` match that type"),
                )
            } else {
                self.report_mismatch_at(span, known, ty, why)
            };
            return self.poison_fields(fields, proof);
        }
        let TyKind::Adt(def, args) = *self.shallow(ty).kind() else { return };
        let args = self.infer.resolve(args);
        let resolved = self.constructor_fields((def, args, variant), fields, mode, why, span);
        self.t.pat_variants.insert(pat, PatResolution::Variant(variant, resolved));
    }

    fn poison_fields(&mut self, fields: &PatFields, proof: ErrorReported) {
        match fields {
            PatFields::Unit => {}
            PatFields::Tuple(pats, _) => pats.iter().for_each(|&pat| self.poison_pat(pat, proof)),
            PatFields::Record(fields, _) => fields.iter().for_each(|field| self.poison_pat(field.pat, proof)),
        }
    }

    /// `Circle`: of the union that is expected.
    fn bare_variant(
        &mut self,
        name: Symbol,
        span: Span,
        expected: Ty,
    ) -> Result<(Ty, VariantIdx), ErrorReported> {
        let ty = self.known(expected, span);
        if let TyKind::Error(proof) = *ty.kind() {
            Err(proof)
        } else if let TyKind::Adt(def, _) = *ty.kind() {
            self.variant_named(ty, def, name, span)
        } else {
            let text = self.show(ty);
            Err(self.report(
                Diagnostic::error("T2056", span, format!("`{text}` has no variant `{name}`"))
                    .label("not a union")
                    .note(
                        "in a pattern an upper-case name is a variant or a constant, a lower-case one binds",
                    ),
            ))
        }
    }

    fn variant_named(
        &mut self,
        ty: Ty,
        def: DefId,
        name: Symbol,
        span: Span,
    ) -> Result<(Ty, VariantIdx), ErrorReported> {
        let sigs = self.cx.sigs;
        let adt = sigs.expect_adt(def);
        if !adt.is_union && self.cx.package.def(def).name == name {
            return Ok((ty, VariantIdx(0)));
        }
        if adt.is_union
            && let Some(index) = adt.variant_named(name)
        {
            return Ok((ty, index));
        }
        let text = self.show(ty);
        let mut diagnostic = Diagnostic::error("T2056", span, format!("`{text}` has no variant `{name}`"))
            .label("no such variant");
        if self.cx.is_lang(def, LangItem::Error) {
            diagnostic =
                Diagnostic::error("X0001", span, "matching the kind of an `Error` is not supported yet");
        } else if adt.is_union {
            let names = adt.variants.iter().map(|variant| variant.name.as_str());
            diagnostic = match base::did_you_mean(name.as_str(), names) {
                Some(close) => diagnostic.fix(
                    format!("did you mean `{close}`?"),
                    span,
                    close,
                    base::Applicability::MaybeIncorrect,
                ),
                None => diagnostic.secondary(self.cx.package.def(def).name_span, "the union"),
            };
        }
        Err(self.report(diagnostic))
    }

    /// `Range(n)` for a union with a variant `Range`, though a type of that name is in scope.
    fn variant_before_type(&mut self, res: Res, expected: Ty) -> Option<(Ty, VariantIdx)> {
        let Res::Def(def) = res else { return None };
        if !matches!(self.cx.package.def(def).kind, DefKind::Record | DefKind::Union | DefKind::TypeAlias) {
            return None;
        }
        let ty = self.structurally(expected);
        let TyKind::Adt(union, _) = *ty.kind() else { return None };
        let adt = self.cx.sigs.adt(union).filter(|adt| adt.is_union && union != def)?;
        let name = self.cx.package.def(def).name;
        Some((ty, adt.variant_named(name)?))
    }

    /// `i64.MIN`, `Self.LIMIT`: a constant of a type.
    fn member_const(
        &mut self,
        res: Res,
        name: Symbol,
        name_span: Span,
        span: Span,
    ) -> Option<(DefId, GenericArgs)> {
        let path = hir::Ty { kind: Box::new(hir::TyKind::Path { res, args: Vec::new() }), span };
        let ty = self.lower_inferring(&path);
        if let TyKind::Adt(def, _) = *ty.kind()
            && self.cx.sigs.expect_adt(def).variant_named(name).is_some()
        {
            return None;
        }
        self.const_of_type(ty, name, name_span)
    }

    /// `Self.V`, `Alias.V`
    fn member_variant(
        &mut self,
        res: Res,
        name: Symbol,
        name_span: Span,
        span: Span,
    ) -> Result<(Ty, VariantIdx), ErrorReported> {
        let path = hir::Ty { kind: Box::new(hir::TyKind::Path { res, args: Vec::new() }), span };
        let ty = self.lower_inferring(&path);
        if let TyKind::Error(proof) = *ty.kind() {
            Err(proof)
        } else if let TyKind::Adt(def, _) = *ty.kind() {
            self.variant_named(ty, def, name, name_span)
        } else {
            let text = self.show(ty);
            Err(self.report(Diagnostic::error(
                "T2056",
                name_span,
                format!("`{text}` has no variant `{name}`"),
            )))
        }
    }

    fn constructor_fields(
        &mut self,
        (def, args, variant): (DefId, GenericArgs, VariantIdx),
        fields: &'a PatFields,
        mode: Mode,
        why: Why,
        span: Span,
    ) -> Vec<FieldIdx> {
        let sigs = self.cx.sigs;
        let adt = sigs.expect_adt(def);
        let declared = &adt.variants[variant];
        let declared_span = self.cx.package.def(declared.def).name_span;
        match fields {
            PatFields::Unit => {
                if declared.kind != VariantKind::Unit {
                    let name = declared.name;
                    let hint = match declared.kind {
                        VariantKind::Tuple => format!("write `{name}(..)`"),
                        VariantKind::Record | VariantKind::Unit => format!("write `{name} {{ .. }}`"),
                    };
                    self.report(
                        Diagnostic::error(
                            "T2057",
                            span,
                            format!("`{name}` has a payload, and this pattern has none"),
                        )
                        .label(hint)
                        .secondary(declared_span, "declared here"),
                    );
                }
                Vec::new()
            }
            PatFields::Tuple(pats, rest) => {
                let count = declared.fields.len();
                let wrong_kind = declared.kind != VariantKind::Tuple;
                let too_many = pats.len() > count || rest.is_none() && pats.len() != count;
                if wrong_kind || too_many {
                    let name = declared.name;
                    let message = if wrong_kind {
                        format!("`{name}` has no payload in parentheses")
                    } else {
                        format!(
                            "`{name}` has {}, and this pattern {}",
                            crate::names::count(count, "field"),
                            crate::names::count(pats.len(), "field"),
                        )
                    };
                    let proof = self.report(
                        Diagnostic::error("T2057", span, message)
                            .label("does not match")
                            .secondary(declared_span, "declared here"),
                    );
                    self.poison_fields(fields, proof);
                    return Vec::new();
                }
                let split = rest.unwrap_or(pats.len());
                let mut indices = Vec::with_capacity(pats.len());
                for (at, &pat) in pats.iter().enumerate() {
                    let index = if at < split { at } else { count - (pats.len() - at) };
                    let field = FieldIdx(index as u32);
                    let ty = self.normalise(declared.fields[field].ty.subst(&args), span);
                    self.pat(pat, ty, mode, why);
                    indices.push(field);
                }
                indices
            }
            PatFields::Record(pats, has_rest) => {
                if declared.kind == VariantKind::Tuple && !pats.is_empty() {
                    let name = declared.name;
                    let proof = self.report(
                        Diagnostic::error(
                            "T2057",
                            span,
                            format!("the fields of `{name}` have no names in patterns"),
                        )
                        .label(format!("write `{name}(…)`"))
                        .secondary(declared_span, "declared here"),
                    );
                    self.poison_fields(fields, proof);
                    return Vec::new();
                }
                self.record_pat_fields((def, args), declared, pats, *has_rest, mode, why, span)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one pattern")]
    fn record_pat_fields(
        &mut self,
        (def, args): (DefId, GenericArgs),
        declared: &'a crate::VariantDef,
        pats: &'a [hir::FieldPat],
        has_rest: bool,
        mode: Mode,
        why: Why,
        span: Span,
    ) -> Vec<FieldIdx> {
        let is_union = self.cx.sigs.expect_adt(def).is_union;
        let module = self.cx.package.def(def).module;
        let mut indices: Vec<FieldIdx> = Vec::new();
        for field_pat in pats {
            let Some((index, field)) = declared.field(field_pat.name) else {
                let name = declared.name;
                let mut diagnostic = Diagnostic::error(
                    "T2101",
                    field_pat.name_span,
                    format!("`{name}` has no field `{}`", field_pat.name),
                )
                .label("no such field");
                let names = declared.fields.iter().map(|field| field.name.as_str());
                if let Some(close) = base::did_you_mean(field_pat.name.as_str(), names) {
                    diagnostic = diagnostic.fix(
                        format!("did you mean `{close}`?"),
                        field_pat.name_span,
                        close,
                        base::Applicability::MaybeIncorrect,
                    );
                }
                let proof = self.report(diagnostic);
                self.poison_pat(field_pat.pat, proof);
                indices.push(FieldIdx(0));
                continue;
            };
            if !is_union && !self.cx.package.is_visible(field.vis, module, self.module) {
                self.report(
                    Diagnostic::error(
                        "T2100",
                        field_pat.name_span,
                        format!("the field `{}` is private", field_pat.name),
                    )
                    .label("can't be used in this module")
                    .secondary(field.span, self.cx.package.declared_how(field.vis)),
                );
            }
            if indices.contains(&index) {
                self.report(Diagnostic::error(
                    "N5011",
                    field_pat.name_span,
                    format!("the field `{}` is matched twice", field_pat.name),
                ));
            }
            indices.push(index);
            let ty = self.normalise(field.ty.subst(&args), span);
            self.pat(field_pat.pat, ty, mode, why);
        }
        if !has_rest {
            let missing: Vec<String> = declared
                .fields
                .iter_enumerated()
                .filter(|(index, _)| !indices.contains(index))
                .map(|(_, field)| format!("`{}`", field.name))
                .collect();
            if !missing.is_empty() && self.error.is_none() {
                self.report(
                    Diagnostic::error(
                        "T2058",
                        span,
                        format!("this pattern leaves out {}", missing.join(", ")),
                    )
                    .label("`..` at the end leaves fields out on purpose")
                    .secondary(self.cx.package.def(declared.def).name_span, "declared here"),
                );
            }
        }
        indices
    }

    fn tuple_pat(
        &mut self,
        items: &'a [PatId],
        rest: Option<usize>,
        expected: Ty,
        mode: Mode,
        why: Why,
        span: Span,
    ) {
        let known = self.structurally(expected);
        let tys: Vec<Ty> = if let TyKind::Tuple(tys) = *known.kind()
            && (tys.len() == items.len() || rest.is_some() && tys.len() >= items.len())
        {
            tys.to_vec()
        } else if let TyKind::Tuple(tys) = *known.kind() {
            let message = format!(
                "this pattern has {}, and the value {}",
                crate::names::count(items.len(), "part"),
                crate::names::count(tys.len(), "part")
            );
            let label = format!("does not match `{}`", self.show(known));
            let proof = self.report(Diagnostic::error("T2057", span, message).label(label));
            return items.iter().for_each(|&item| self.poison_pat(item, proof));
        } else if let TyKind::Error(proof) = *known.kind() {
            return items.iter().for_each(|&item| self.poison_pat(item, proof));
        } else if let TyKind::Infer(_) = *known.kind()
            && rest.is_some()
        {
            let proof = self.report_unknown(known, span);
            return items.iter().for_each(|&item| self.poison_pat(item, proof));
        } else {
            let tys: Vec<Ty> = items.iter().map(|_| self.fresh(span)).collect();
            if !self.unify_pat(span, expected, Ty::tuple(&tys), why) {
                if let Some(proof) = self.error {
                    items.iter().for_each(|&item| self.poison_pat(item, proof));
                }
                return;
            }
            tys
        };
        let split = rest.unwrap_or(items.len());
        for (at, &item) in items.iter().enumerate() {
            let index = if at < split { at } else { tys.len() - (items.len() - at) };
            self.pat(item, tys[index], mode, why);
        }
    }

    fn slice_pat(
        &mut self,
        (before, rest, after): (&'a [PatId], &'a Option<Option<PatId>>, &'a [PatId]),
        expected: Ty,
        mode: Mode,
        why: Why,
        span: Span,
    ) {
        let known = self.known(expected, span);
        let fixed = (before.len() + after.len()) as u128;
        let (elem, rest_ty) = if let TyKind::Slice(elem) = *known.kind() {
            (elem, known)
        } else if let TyKind::Array(elem, len) = *known.kind() {
            let rest_len = match self.infer.shallow_const(len) {
                Const::Value(len) => {
                    if len < fixed || rest.is_none() && len != fixed {
                        self.report(
                            Diagnostic::error(
                                "T2057",
                                span,
                                format!(
                                    "the array has {}, this pattern {}",
                                    crate::names::count(len as usize, "element"),
                                    crate::names::count(fixed as usize, "element")
                                ),
                            )
                            .label("does not match"),
                        );
                    }
                    Const::Value(len.saturating_sub(fixed))
                }
                other @ (Const::Param(..) | Const::Infer(_) | Const::Unevaluated(..) | Const::Error(_)) => {
                    other
                }
            };
            (elem, Ty::new(TyKind::Array(elem, rest_len)))
        } else if let TyKind::Error(_) = *known.kind() {
            (known, known)
        } else {
            let text = self.show(known);
            let mut diagnostic = Diagnostic::error(
                "T2059",
                span,
                format!("a `[…]` pattern is for arrays and slices, not for `{text}`"),
            )
            .label("does not match");
            if matches!(*known.kind(), TyKind::Adt(def, _) if self.cx.is_lang(def, LangItem::List)) {
                diagnostic = diagnostic.note("`&list[..]` is a slice of a list");
            }
            let proof = self.report(diagnostic);
            let error = Ty::error(proof);
            (error, error)
        };
        let _ = why;
        for &item in before.iter().chain(after) {
            self.pat(item, elem, mode, Why::Plain);
        }
        if let Some(Some(rest)) = rest {
            self.pat(*rest, rest_ty, mode, Why::Plain);
            if mode == Mode::Move && rest_ty.is_unsized() {
                let span = self.body.pats[*rest].span;
                self.report(
                    Diagnostic::error("T2012", span, "the rest of a slice has no size of its own")
                        .label("match through a reference: `match &slice[..]`"),
                );
            }
        }
    }
}
