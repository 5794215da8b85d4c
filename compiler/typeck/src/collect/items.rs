//! One item's signature: fields, parameters and results, constants, headers of impls.

use super::lower::{Lower, Opaques, identity_args};
use crate::{
    AdtDef, AssocTypeDef, FieldDef, FnSig, FnSignature, ImplDef, List, Predicate, ProtocolDef, Signature,
    Signatures, Ty, TyKind, VariantDef, VariantIdx,
};
use base::{Diagnostic, Diagnostics, IndexVec, Span, Symbol};
use hir::{DefId, DefKind, Item, Package, VariantKind};
use std::collections::BTreeMap;

pub struct Collector<'a, 'd> {
    pub package: &'a Package,
    pub sigs: &'a Signatures<'a>,
    pub diags: &'d mut Diagnostics,
}

impl<'a> Collector<'a, '_> {
    fn lower(&mut self, owner: DefId) -> Lower<'a, '_> {
        Lower::for_item(self.package, &self.sigs.memo, owner, self.diags)
    }

    pub fn item(&mut self, def: DefId, item: &'a Item) -> Signature {
        match item {
            Item::Fn(function) => Signature::Fn(self.function(def, function)),
            Item::Record(record) => {
                let fields = self.fields(def, &record.fields);
                let name = self.package.def(def).name;
                let variant = VariantDef { def, name, kind: VariantKind::Record, fields };
                let variants = IndexVec::from_raw(vec![variant]);
                Signature::Adt(AdtDef::new(false, variants))
            }
            Item::Union(union) => {
                let mut variants: IndexVec<VariantIdx, VariantDef> = IndexVec::new();
                for variant in &union.variants {
                    let fields = self.fields(def, &variant.fields);
                    let index = variants.push(VariantDef {
                        def: variant.def,
                        name: variant.name,
                        kind: variant.kind,
                        fields,
                    });
                    debug_assert_eq!(self.package.variant_index(variant.def), Some(index.0));
                }
                Signature::Adt(AdtDef::new(true, variants))
            }
            Item::TypeAlias(_) => {
                let span = self.package.def(def).name_span;
                self.lower(def).alias(def, span);
                Signature::Nothing
            }
            Item::Const(constant) => {
                let ty = self.lower(def).ty(&constant.ty);
                Signature::Const(self.sized(ty, constant.ty.span, "a constant"))
            }
            Item::Protocol(protocol) => Signature::Protocol(self.protocol(def, protocol)),
            Item::Impl(item) => match self.implementation(def, item) {
                Some(item) => Signature::Impl(item),
                None => Signature::Nothing,
            },
            Item::AssocType(assoc) => match self.package.def(def).parent {
                Some(protocol) if self.package.def(protocol).kind == DefKind::Protocol => {
                    Signature::AssocType(self.assoc_type(def, protocol, assoc))
                }
                Some(_) | None => Signature::Nothing,
            },
            Item::Test(_) => Signature::Nothing,
        }
    }

    fn sized(&mut self, ty: Ty, span: Span, what: &str) -> Ty {
        if !ty.is_unsized() {
            return ty;
        }
        let text = crate::Cx { package: self.package, sigs: self.sigs, typed: None }.show(ty);
        Ty::error(
            self.diags.error(
                Diagnostic::error("T2012", span, format!("the type of {what} needs a size known beforehand"))
                    .label(format!("`{text}` has none"))
                    .fix(
                        format!("write `&{text}`"),
                        span.shrink_to_lo(),
                        "&",
                        base::Applicability::MaybeIncorrect,
                    ),
            ),
        )
    }

    fn fields(&mut self, owner: DefId, fields: &[hir::Field]) -> IndexVec<crate::FieldIdx, FieldDef> {
        let mut result = IndexVec::new();
        for field in fields {
            let ty = self.lower(owner).ty(&field.ty);
            let ty = self.sized(ty, field.ty.span, "a field");
            result.push(FieldDef { name: field.name, ty, vis: field.vis, span: field.span });
        }
        result
    }

    fn function(&mut self, def: DefId, function: &'a hir::Fn) -> FnSignature {
        let generics = self.sigs.find_generics(def, self.diags);
        let identity = generics.identity();
        let impl_params: Vec<Ty> = generics
            .params
            .iter()
            .enumerate()
            .filter(|(index, param)| param.def.is_none() && *index >= generics.parent_count)
            .map(|(index, param)| Ty::new(TyKind::Param(index as u32, param.name)))
            .collect();
        let mut params = Vec::new();
        let mut lower = self.lower(def);
        lower.impl_params = impl_params;
        for param in &function.params {
            params.push(lower.ty(&param.ty));
        }
        let mut lower = self.lower(def);
        lower.opaques = Some(Opaques { args: identity, bounds: Vec::new() });
        let ret = function.ret.as_ref().map_or(Ty::unit(), |ret| lower.ty(ret));
        let opaques = lower.opaques.take().map_or(Vec::new(), |opaques| opaques.bounds);
        let has_self_by_value = function.receiver == Some(hir::Receiver::Value);
        for (param, ty) in function.params.iter().zip(&mut params) {
            // `self` of a protocol for `str` can't occur: the impl is rejected where it stands.
            if !(has_self_by_value && param.name.as_str() == "self") {
                *ty = self.sized(*ty, param.ty.span, "a parameter");
            }
        }
        let ret = match &function.ret {
            Some(written) => self.sized(ret, written.span, "a result"),
            None => ret,
        };
        let sig = FnSig { params: List::new(&params), ret };
        let has_body = function.body.is_some();
        FnSignature { sig, receiver: function.receiver, kind: function.kind, has_body, opaques }
    }

    fn protocol(&mut self, def: DefId, protocol: &'a hir::Protocol) -> ProtocolDef {
        let self_ty = Ty::new(TyKind::Param(0, Symbol::intern("Self")));
        let supers = self.lower(def).supers(def);
        let mut super_bindings = Vec::new();
        for bound in &protocol.supers {
            if let hir::Bound::Protocol(bound) = bound
                && !bound.bindings.is_empty()
                && let Ok((_, bindings)) = self.lower(def).protocol_ref(self_ty, bound)
            {
                super_bindings.extend(bindings);
            }
        }
        self.super_cycle(def, protocol);
        let members =
            protocol.members.iter().map(|&member| (member, self.package.def(member).name)).collect();
        ProtocolDef { supers, super_bindings, members }
    }

    /// `type Item: Bound = Default` of a protocol.
    fn assoc_type(&mut self, member: DefId, protocol: DefId, assoc: &'a hir::AssocType) -> AssocTypeDef {
        let own = Ty::new(TyKind::Projection(member, identity_args(self.package, protocol)));
        let mut bounds: Vec<(Predicate, Span)> = Vec::new();
        let (package, memo) = (self.package, &self.sigs.memo);
        super::predicates(package, memo, member, own, &assoc.bounds, self.diags, &mut bounds);
        let default = assoc.ty.as_ref().map(|ty| self.lower(member).ty(ty));
        AssocTypeDef { bounds, default }
    }

    /// `protocol A: B`, `protocol B: A`.
    fn super_cycle(&mut self, def: DefId, protocol: &hir::Protocol) {
        let above = self.all_above(def);
        // Told once, at the first of them.
        let earlier = above.iter().any(|&other| other < def && self.all_above(other).contains(&def));
        if !above.contains(&def) || earlier {
            return;
        }
        let name = self.package.def(def).name;
        let span = protocol.supers.iter().find_map(|bound| match bound {
            hir::Bound::Protocol(bound) => Some(bound.span),
            hir::Bound::Region(_) => None,
        });
        let message = format!("the protocol `{name}` stands above itself");
        let span = span.unwrap_or(self.package.def(def).name_span);
        self.diags.error(Diagnostic::error("T2003", span, message).label("leads back to it"));
    }

    fn all_above(&mut self, def: DefId) -> Vec<DefId> {
        let mut seen: Vec<DefId> = Vec::new();
        let mut queue: Vec<DefId> = vec![def];
        while let Some(next) = queue.pop() {
            for implied in self.lower(next).supers(next) {
                if !seen.contains(&implied.def) {
                    seen.push(implied.def);
                    queue.push(implied.def);
                }
            }
        }
        seen
    }

    fn implementation(&mut self, def: DefId, item: &'a hir::Impl) -> Option<ImplDef> {
        let self_ty = self.lower(def).impl_self_ty(def);
        let protocol = self.lower(def).impl_protocol(def);
        if item.protocol.is_some() && protocol.is_none() {
            // The protocol's path was wrong: its members have no home, and that was said.
            return None;
        }
        let mut members = BTreeMap::new();
        let mut types = BTreeMap::new();
        let mut seen: BTreeMap<&'static str, DefId> = BTreeMap::new();
        for &member in &item.members {
            let name = self.package.def(member).name;
            if let Some(&first) = seen.get(name.as_str()) {
                self.diags.error(
                    Diagnostic::error(
                        "T2004",
                        self.package.def(member).name_span,
                        format!("`{name}` is defined twice in this `impl`"),
                    )
                    .label("the second")
                    .secondary(self.package.def(first).name_span, "the first"),
                );
                continue;
            }
            seen.insert(name.as_str(), member);
            let of = protocol
                .and_then(|protocol| self.protocol_member(protocol.def, name, self.package.def(member).kind));
            members.insert(member, of);
            if let Some(Item::AssocType(assoc)) = self.package.item(member)
                && let Some(ty) = &assoc.ty
            {
                let ty = self.lower(def).ty(ty);
                if let Some(of) = of {
                    types.insert(of, ty);
                }
            }
        }
        if protocol.is_none() {
            self.inherent(def, self_ty, item.self_ty.span);
        }
        Some(ImplDef { protocol, self_ty, members, types, consts: BTreeMap::new() })
    }

    fn protocol_member(&self, protocol: DefId, name: Symbol, kind: DefKind) -> Option<DefId> {
        self.package.members_of(protocol).iter().copied().find(|&member| {
            let def = self.package.def(member);
            def.name == name && def.kind == kind
        })
    }

    /// Methods of one's own belong beside their type; those of builtin types are the library's.
    fn inherent(&mut self, def: DefId, self_ty: Ty, span: Span) {
        let here = &self.package.modules[self.package.def(def).module];
        let cx = crate::Cx { package: self.package, sigs: self.sigs, typed: None };
        match *self_ty.kind() {
            TyKind::Error(_) => {}
            TyKind::Adt(adt, _) => {
                let home = &self.package.modules[self.package.def(adt).module];
                if home.is_std && !here.is_std {
                    let text = cx.show(self_ty);
                    self.diags.error(
                        Diagnostic::error("T2021", span, format!("`{text}` is not of this package, so it can't get methods here"))
                            .label("declared elsewhere")
                            .note("a protocol of your own can be implemented for it, and its methods called like any others"),
                    );
                }
            }
            TyKind::Dyn(protocols, ..)
                if protocols.first().is_some_and(|first| {
                    let home = &self.package.modules[self.package.def(first.def).module];
                    home.is_std == here.is_std
                }) => {}
            TyKind::Param(..) | TyKind::Projection(..) | TyKind::Opaque(..) => {
                self.diags.error(
                    Diagnostic::error("T2021", span, "methods can't be added to every type")
                        .label("a type parameter")
                        .note("make a protocol, and implement that: `impl[T] Protocol for T`"),
                );
            }
            _ if here.is_std => {}
            TyKind::Prim(_)
            | TyKind::Tuple(_)
            | TyKind::Array(..)
            | TyKind::Slice(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Closure(..)
            | TyKind::Dyn(..)
            | TyKind::Infer(_) => {
                let text = cx.show(self_ty);
                self.diags.error(
                    Diagnostic::error("T2021", span, format!("`{text}` is built in, so it can't get methods here"))
                        .label("a builtin type")
                        .note("a protocol of your own can be implemented for it, and its methods called like any others"),
                );
            }
        }
    }
}
