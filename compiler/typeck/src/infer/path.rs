//! Names in expressions: functions, constants, variants, and members of types (`List.new`, `T.default`, `i64.MAX`).

use super::*;
use crate::protocols::Eval;
use base::Symbol;
use hir::{DefKind, VariantKind};

impl<'a> FnCx<'a, '_> {
    /// `f`, `f[T]`, `CONST`, `Shape.Circle`, `none`
    pub(crate) fn def_expr(
        &mut self,
        id: ExprId,
        def: DefId,
        self_args: &[hir::GenericArg],
        written: &[hir::GenericArg],
        span: Span,
    ) -> Ty {
        match self.cx.package.def(def).kind {
            DefKind::Fn => {
                let args = match (written.is_empty(), self.cx.sigs.generics_of(def).params.is_empty()) {
                    (true, true) => crate::List::empty(),
                    _ => self.own_args(def, crate::List::empty(), written, span),
                };
                self.add_demands(def, args, Cause::of(span, def));
                self.t.callees.insert(id, (def, args));
                Ty::new(TyKind::FnDef(def, args))
            }
            DefKind::Variant => {
                let Some((union, _)) = self.cx.sigs.variant(def) else {
                    return self.poisoned_def(def, span);
                };
                // `Option[i64].some` and `some[i64]` say the same.
                let written = if self_args.is_empty() { written } else { self_args };
                let args = self.inferring_args(union, crate::List::empty(), written, span);
                let args = self.infer.fresh_args(union, &args, span);
                self.variant_value(id, def, args, span)
            }
            DefKind::Const | DefKind::Static => {
                let Some(ty) = self.cx.sigs.constant(def) else { return self.poisoned_def(def, span) };
                self.t.callees.insert(id, (def, crate::List::empty()));
                self.normalise(ty, span)
            }
            DefKind::ConstParam => self.const_param_ty(def, span),
            DefKind::Record
            | DefKind::Union
            | DefKind::TypeAlias
            | DefKind::Protocol
            | DefKind::AssocType
            | DefKind::Impl
            | DefKind::TypeParam
            | DefKind::Test => {
                let name = self.cx.package.def(def).name;
                let proof = self.report(
                    Diagnostic::error("N5008", span, format!("`{name}` is a type, not a value"))
                        .label("a value is expected here"),
                );
                Ty::error(proof)
            }
        }
    }

    /// What could not be collected was reported where it stands.
    fn poisoned_def(&mut self, def: DefId, span: Span) -> Ty {
        match self.diags.error_reported() {
            Some(proof) => self.poison(proof),
            None => {
                let name = self.cx.package.def(def).name;
                let proof =
                    self.report(Diagnostic::error("X0001", span, format!("`{name}` has no signature")));
                Ty::error(proof)
            }
        }
    }

    fn const_param_ty(&mut self, def: DefId, span: Span) -> Ty {
        let generics = self.cx.sigs.generics_of(self.owner);
        let param = generics.params.iter().find(|param| param.def == Some(def));
        match param.map(|param| &param.kind) {
            Some(&crate::GenericParamKind::Const { ty }) => ty,
            Some(crate::GenericParamKind::Type { .. }) | None => self.poisoned_def(def, span),
        }
    }

    /// A variant as a value: itself, or the function that makes it.
    pub(crate) fn variant_value(&mut self, id: ExprId, def: DefId, args: GenericArgs, span: Span) -> Ty {
        let (union, index) = self.cx.sigs.expect_variant(def);
        self.t.callees.insert(id, (def, args));
        self.add_demands(union, args, Cause::of(span, union));
        match self.cx.sigs.expect_adt(union).variants[index].kind {
            VariantKind::Unit => Ty::adt(union, args),
            VariantKind::Tuple => Ty::new(TyKind::FnDef(def, args)),
            VariantKind::Record => {
                let name = self.cx.package.def(def).name;
                let fields: Vec<String> = self.cx.sigs.expect_adt(union).variants[index]
                    .fields
                    .iter()
                    .map(|field| format!("{}: …", field.name))
                    .collect();
                let proof = self.report(
                    Diagnostic::error("T2053", span, format!("the variant `{name}` has named fields"))
                        .label(format!("write `{name} {{ {} }}`", fields.join(", ")))
                        .secondary(self.cx.package.def(def).name_span, "declared here"),
                );
                Ty::error(proof)
            }
        }
    }

    /// `List.new`, `T.default`, `Self.helper`, `(T as P).f`, `P.f`
    pub(crate) fn assoc_expr(
        &mut self,
        id: ExprId,
        base: Option<&hir::Ty>,
        protocol: Option<&hir::ProtocolRef>,
        (name, name_span): (Symbol, Span),
        written: &[hir::GenericArg],
        span: Span,
    ) -> Ty {
        let base_ty = match base {
            Some(base) => {
                // `Map.new()`: what is left out of the type is inferred.
                self.lower_inferring(base)
            }
            None => self.fresh(span),
        };
        if let TyKind::Error(proof) = *base_ty.kind() {
            return self.poison(proof);
        }
        if let Some(protocol) = protocol {
            let lowered = self.with_lower(|lower| {
                lower.infer_args = true;
                lower.protocol_ref(base_ty, protocol)
            });
            return match lowered {
                Ok((protocol, _)) => self.protocol_member(id, protocol, (name, name_span), written),
                Err(proof) => self.poison(proof),
            };
        }
        let base_ty = self.structurally(base_ty);
        // A variant through `Self` or an alias.
        if let TyKind::Adt(def, args) = *base_ty.kind()
            && let Some(variant) = self
                .cx
                .sigs
                .expect_adt(def)
                .variants
                .iter()
                .find(|variant| variant.name == name && variant.def != def)
        {
            return self.variant_value(id, variant.def, args, span);
        }
        self.member_of_type(id, base_ty, base.map_or(span, |base| base.span), (name, name_span), written)
    }

    fn protocol_member(
        &mut self,
        id: ExprId,
        protocol: ProtocolRef,
        (name, name_span): (Symbol, Span),
        written: &[hir::GenericArg],
    ) -> Ty {
        let mut all = vec![protocol];
        let mut next = 0;
        while let Some(&current) = all.get(next) {
            next += 1;
            let Some(def) = self.cx.sigs.protocol(current.def) else { continue };
            let member = def.members.iter().find(|&(&member, &member_name)| {
                member_name == name && self.cx.package.def(member).kind != DefKind::AssocType
            });
            if let Some((&member, _)) = member {
                return self.member_value(id, member, current.args, written, name_span);
            }
            all.extend(def.supers.iter().map(|implied| implied.subst(&current.args)));
        }
        let protocol_name = self.cx.package.def(protocol.def).name;
        let mut diagnostic = Diagnostic::error(
            "T2040",
            name_span,
            format!("the protocol `{protocol_name}` has no member `{name}`"),
        )
        .label("not found");
        let names =
            self.cx.sigs.protocol(protocol.def).map(|def| def.members.values().map(|name| name.as_str()));
        if let Some(close) = names.and_then(|names| base::did_you_mean(name.as_str(), names)) {
            diagnostic = diagnostic.fix(
                format!("did you mean `{close}`?"),
                name_span,
                close,
                base::Applicability::MaybeIncorrect,
            );
        }
        let proof = self.report(diagnostic);
        Ty::error(proof)
    }

    /// A function or constant that a type has.
    fn member_of_type(
        &mut self,
        id: ExprId,
        ty: Ty,
        base_span: Span,
        (name, name_span): (Symbol, Span),
        written: &[hir::GenericArg],
    ) -> Ty {
        let sigs = self.cx.sigs;
        let mut private = None;
        // The type's own.
        if let Some(head) = self.head(ty) {
            for &(item, member) in sigs.index().inherent(head, name) {
                let args = self.infer.fresh_args(item, &[], name_span);
                let fits = self.infer.try_commit(|infer| {
                    let mut nested = Vec::new();
                    let impl_ty = infer.normalise_into(
                        sigs.expect_impl(item).self_ty.subst(&args),
                        name_span,
                        &mut nested,
                    );
                    infer.unify(impl_ty, ty)?;
                    nested.extend(infer.demands(item, args, name_span));
                    match infer.probe(|infer| infer.evaluate_all(&nested, name_span)) {
                        Eval::No => Err(table::Mismatch::Types),
                        Eval::Maybe | Eval::Yes => Ok(()),
                    }
                });
                if fits.is_err() {
                    continue;
                }
                let def = self.cx.package.def(member);
                if !self.cx.package.is_visible(def.vis, def.module, self.module) {
                    private.get_or_insert(member);
                    continue;
                }
                return self.member_value(id, member, args, written, name_span);
            }
        }
        // Of bounds in scope, then of any protocol that it implements.
        let mut candidates: Vec<(DefId, GenericArgs)> = Vec::new();
        if matches!(ty.kind(), TyKind::Param(..) | TyKind::Projection(..)) {
            let mut bounds: Vec<ProtocolRef> = self
                .infer
                .env
                .protocols
                .iter()
                .copied()
                .filter(|bound| bound.args[0] == GenericArg::Ty(ty))
                .collect();
            bounds.extend(self.infer.item_bounds(ty));
            for bound in bounds {
                for &(protocol, member) in sigs.index().members(name) {
                    let is_value = self.cx.package.def(member).kind != DefKind::AssocType;
                    if protocol == bound.def
                        && is_value
                        && !candidates.iter().any(|&(known, _)| known == member)
                    {
                        candidates.push((member, bound.args));
                    }
                }
            }
            // Two bounds of one protocol with different arguments: inference decides.
            if candidates.len() == 1 {
                let protocol = sigs.protocol_of_member(candidates[0].0);
                let same = self
                    .infer
                    .env
                    .protocols
                    .iter()
                    .filter(|bound| Some(bound.def) == protocol && bound.args[0] == GenericArg::Ty(ty));
                if same.count() > 1
                    && let Some(protocol) = protocol
                {
                    candidates[0].1 = self.infer.fresh_args(protocol, &[ty.into()], name_span);
                }
            }
        }
        if candidates.is_empty() {
            let unknown = self.infer.is_unknown(ty);
            for &(protocol, member) in sigs.index().members(name) {
                let is_value = self.cx.package.def(member).kind != DefKind::AssocType;
                if is_value && (unknown || self.infer.implements(ty, protocol, name_span) != Eval::No) {
                    let args = self.infer.fresh_args(protocol, &[ty.into()], name_span);
                    candidates.push((member, args));
                }
            }
        }
        match candidates[..] {
            [(member, args)] => self.member_value(id, member, args, written, name_span),
            [] => {
                let proof = match private {
                    Some(member) => self.report_private(member, name_span, "member"),
                    None => self.report_no_member(ty, base_span, (name, name_span)),
                };
                Ty::error(proof)
            }
            _ => {
                let members: Vec<DefId> = candidates.iter().map(|&(member, _)| member).collect();
                let proof = self.already(ty, ty);
                let proof = proof.unwrap_or_else(|| self.report_ambiguous_method(name, name_span, &members));
                Ty::error(proof)
            }
        }
    }

    /// A constant that a type has: of its own, or of a protocol that it implements.
    pub(crate) fn const_of_type(&mut self, ty: Ty, name: Symbol, span: Span) -> Option<(DefId, GenericArgs)> {
        let sigs = self.cx.sigs;
        if let Some(head) = self.head(ty) {
            for &(item, member) in sigs.index().inherent(head, name) {
                if self.cx.package.def(member).kind != DefKind::Const {
                    continue;
                }
                let args = self.infer.fresh_args(item, &[], span);
                let impl_ty = sigs.expect_impl(item).self_ty.subst(&args);
                if self.infer.try_commit(|infer| infer.unify(impl_ty, ty)).is_ok() {
                    return Some((member, args));
                }
            }
        }
        for &(protocol, member) in sigs.index().members(name) {
            let is_const = self.cx.package.def(member).kind == DefKind::Const;
            if is_const && self.infer.implements(ty, protocol, span) == Eval::Yes {
                return Some((member, self.infer.fresh_args(protocol, &[ty.into()], span)));
            }
        }
        None
    }

    /// A member with its owner's arguments, as a value.
    fn member_value(
        &mut self,
        id: ExprId,
        member: DefId,
        owner_args: GenericArgs,
        written: &[hir::GenericArg],
        span: Span,
    ) -> Ty {
        let args = self.own_args(member, owner_args, written, span);
        self.t.callees.insert(id, (member, args));
        self.add_demands(member, args, Cause::of(span, member));
        match self.cx.package.def(member).kind {
            DefKind::Const | DefKind::Static => {
                if let Some(protocol) = self.cx.sigs.protocol_of_member(member) {
                    let count = self.cx.sigs.generics_of(protocol).params.len();
                    let args = crate::List::new(&args[..count]);
                    self.require(
                        Predicate::Protocol(ProtocolRef { def: protocol, args }),
                        Cause::of(span, member),
                    );
                }
                match self.cx.sigs.constant(member) {
                    Some(ty) => self.normalise(ty.subst(&args), span),
                    None => self.poisoned_def(member, span),
                }
            }
            DefKind::Fn
            | DefKind::Record
            | DefKind::Union
            | DefKind::Variant
            | DefKind::TypeAlias
            | DefKind::Protocol
            | DefKind::AssocType
            | DefKind::Impl
            | DefKind::TypeParam
            | DefKind::ConstParam
            | DefKind::Test => Ty::new(TyKind::FnDef(member, args)),
        }
    }
}
