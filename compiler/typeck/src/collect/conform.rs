//! Impls against their protocols: every member there, none too many, each as the protocol says.

use crate::infer::table::Infer;
use crate::protocols::{Eval, ParamEnv, with_parts};
use crate::{Cx, FnSignature, GenericArg, HasFlags, Predicate, ProtocolRef, Signatures, Subst, Ty, TyKind};
use base::{Applicability, Diagnostic, Diagnostics, Span};
use hir::{DefId, DefKind, Item, Receiver};
use std::rc::Rc;

pub fn check(sigs: &Signatures<'_>, diags: &mut Diagnostics, part: super::Part) {
    let package = sigs.package;
    let cx = Cx { package, sigs, typed: None };
    for def in part.defs(package) {
        let Some(item) = sigs.implementation(def) else { continue };
        let Some(protocol) = item.protocol else { continue };
        let Some(Item::Impl(written)) = package.item(def) else { continue };
        let head = written.derived.unwrap_or(written.self_ty.span);
        let mut check = Check { cx, diags, def, protocol, head, lacks_type: false };
        check.extra();
        check.missing(written);
        for (&member, &of) in &item.members {
            let Some(of) = of else { continue };
            match package.def(of).kind {
                DefKind::Fn => check.function(member, of),
                DefKind::Const => check.constant(member, of),
                DefKind::Record
                | DefKind::Union
                | DefKind::Variant
                | DefKind::TypeAlias
                | DefKind::Static
                | DefKind::Protocol
                | DefKind::AssocType
                | DefKind::Impl
                | DefKind::TypeParam
                | DefKind::ConstParam
                | DefKind::Test => {}
            }
        }
        check.supers();
        check.super_bindings();
        check.assoc_bounds();
    }
}

struct Check<'a, 'd> {
    cx: Cx<'a>,
    diags: &'d mut Diagnostics,
    def: DefId,
    protocol: ProtocolRef,
    head: Span,
    /// An associated type is missing: what the methods take and give can't be compared.
    lacks_type: bool,
}

impl Check<'_, '_> {
    fn name_span(&self, def: DefId) -> Span {
        self.cx.package.def(def).name_span
    }

    fn extra(&mut self) {
        let protocol_name = self.cx.package.def(self.protocol.def).name;
        for (&member, of) in &self.cx.sigs.expect_impl(self.def).members {
            if of.is_some() {
                continue;
            }
            let def = self.cx.package.def(member);
            let mut diagnostic = Diagnostic::error(
                "T2031",
                def.name_span,
                format!("the protocol `{protocol_name}` has no member `{}`", def.name),
            )
            .label("not part of the protocol")
            .secondary(self.name_span(self.protocol.def), "the protocol");
            let names = self.cx.sigs.expect_protocol(self.protocol.def).members.values();
            if let Some(close) = base::did_you_mean(def.name.as_str(), names.map(|name| name.as_str())) {
                diagnostic = diagnostic.fix(
                    format!("did you mean `{close}`?"),
                    def.name_span,
                    close,
                    Applicability::MaybeIncorrect,
                );
            }
            self.diags.error(diagnostic);
        }
    }

    fn missing(&mut self, written: &hir::Impl) {
        let item = self.cx.sigs.expect_impl(self.def);
        let mut missing = Vec::new();
        for &member in self.cx.sigs.expect_protocol(self.protocol.def).members.keys() {
            let given = item.members.values().any(|&of| of == Some(member));
            let default = match self.cx.package.item(member) {
                Some(Item::Fn(function)) => function.body.is_some() || function.kind != hir::FnKind::Quastra,
                Some(Item::Const(constant)) => constant.body.is_some(),
                Some(Item::AssocType(assoc)) => assoc.ty.is_some(),
                Some(_) | None => true,
            };
            if !given && !default {
                missing.push(member);
            }
        }
        let Some(&first) = missing.first() else { return };
        let is_type = |&member: &DefId| self.cx.package.def(member).kind == DefKind::AssocType;
        self.lacks_type = missing.iter().any(is_type);
        let protocol = self.cx.package.def(self.protocol.def).name;
        let names: Vec<String> =
            missing.iter().map(|&member| format!("`{}`", self.cx.package.def(member).name)).collect();
        let mut diagnostic = Diagnostic::error(
            "T2030",
            self.head,
            format!("this implementation of `{protocol}` lacks {}", names.join(", ")),
        )
        .label("incomplete")
        .secondary(self.name_span(first), "demanded here");
        if written.derived.is_none()
            && let Some(at) = self.insertion_point()
        {
            let stubs: String = missing.iter().map(|&member| self.stub(member)).collect();
            diagnostic = diagnostic.fix("add what is missing", at, stubs, Applicability::HasPlaceholders);
        }
        self.diags.error(diagnostic);
    }

    /// Where new members go: before the last byte of the impl, its closing brace, or behind its last member.
    fn insertion_point(&self) -> Option<Span> {
        let Some(Item::Impl(item)) = self.cx.package.item(self.def) else { return None };
        let last = item.members.last().map(|&member| self.cx.package.def(member).span)?;
        Some(last.shrink_to_lo())
    }

    /// `fn show(&self, f: &mut Formatter) -> Result[(), FormatError] { panic("not written yet") }`
    fn stub(&self, member: DefId) -> String {
        let name = self.cx.package.def(member).name;
        match self.cx.package.item(member) {
            Some(Item::Fn(function)) => {
                let sig = self.cx.sigs.expect_function(member).sig.subst(&self.protocol.args);
                let params: Vec<String> = function
                    .params
                    .iter()
                    .zip(sig.params.iter())
                    .enumerate()
                    .map(|(index, (param, &ty))| match (index, function.receiver) {
                        (0, Some(Receiver::Value)) => "self".to_string(),
                        (0, Some(Receiver::Ref)) => "&self".to_string(),
                        (0, Some(Receiver::RefMut)) => "&mut self".to_string(),
                        _ => format!("{}: {}", param.name, self.cx.show(ty)),
                    })
                    .collect();
                let ret =
                    if sig.ret.is_unit() { String::new() } else { format!(" -> {}", self.cx.show(sig.ret)) };
                format!("fn {name}({}){ret} {{ panic(\"not written yet\") }}\n    ", params.join(", "))
            }
            Some(Item::AssocType(_)) => format!("type {name} = …\n    "),
            Some(Item::Const(_)) => {
                let ty = self
                    .cx
                    .sigs
                    .constant(member)
                    .map_or(String::new(), |ty| self.cx.show(ty.subst(&self.protocol.args)));
                format!("const {name}: {ty} = …\n    ")
            }
            Some(_) | None => String::new(),
        }
    }

    fn function(&mut self, member: DefId, of: DefId) {
        let (ours, theirs) = (self.cx.sigs.expect_function(member), self.cx.sigs.expect_function(of));
        let name = self.cx.package.def(of).name;
        if ours.receiver != theirs.receiver {
            let words = |receiver: Option<Receiver>| match receiver {
                None => "without `self`",
                Some(Receiver::Value) => "with `self`",
                Some(Receiver::Ref) => "with `&self`",
                Some(Receiver::RefMut) => "with `&mut self`",
            };
            let message =
                format!("`{name}` is declared {}, not {}", words(theirs.receiver), words(ours.receiver));
            self.mismatch(member, of, message, self.name_span(member), None);
            return;
        }
        if ours.sig.params.len() != theirs.sig.params.len() {
            let message = format!(
                "`{name}` takes {} here, and {} in the protocol",
                crate::names::count(ours.sig.params.len(), "parameter"),
                crate::names::count(theirs.sig.params.len(), "parameter"),
            );
            self.mismatch(member, of, message, self.name_span(member), None);
            return;
        }
        let (our_generics, their_generics) = (self.cx.sigs.generics_of(member), self.cx.sigs.generics_of(of));
        let own = |generics: &crate::Generics| generics.params.len() - generics.parent_count;
        if own(our_generics) != own(their_generics) {
            let message = format!(
                "`{name}` has {} here, and {} in the protocol",
                crate::names::count(own(our_generics), "type parameter"),
                crate::names::count(own(their_generics), "type parameter"),
            );
            self.mismatch(member, of, message, self.name_span(member), None);
            return;
        }
        let identity = our_generics.identity();
        let own_args = &identity[our_generics.parent_count..];
        let args: Vec<GenericArg> = self.protocol.args.iter().chain(own_args).copied().collect();
        if self.lacks_type {
            return;
        }
        self.signature(member, of, ours, theirs, &args);
        self.method_bounds(member, of, &args);
    }

    fn signature(
        &mut self,
        member: DefId,
        of: DefId,
        ours: &FnSignature,
        theirs: &FnSignature,
        args: &[GenericArg],
    ) {
        let mut infer = Infer::new(self.cx, Rc::new(ParamEnv::of(self.cx, member)));
        let Some(Item::Fn(written)) = self.cx.package.item(member) else { return };
        let Some(Item::Fn(declared)) = self.cx.package.item(of) else { return };
        let span = self.name_span(member);
        let mut nested = Vec::new();
        // What stands where the protocol says `impl P`.
        let hidden: Vec<Ty> = theirs.opaques.iter().map(|_| infer.fresh(span)).collect();
        let wanted = with_parts(theirs.sig, of, &hidden).subst(args);
        let wanted = infer.normalise_into(wanted, span, &mut nested);
        let given = infer.normalise_into(ours.sig, span, &mut nested);
        infer.settle(nested);
        for index in 0..given.params.len() {
            if infer.unify(given.params[index], wanted.params[index]).is_err() {
                let (found, expected) =
                    self.cx.show_both(given.params[index], infer.resolve(wanted.params[index]));
                let message = format!(
                    "parameter `{}` is `{expected}` in the protocol, `{found}` here",
                    written.params[index].name
                );
                let there = declared.params[index].ty.span;
                self.mismatch(member, of, message, written.params[index].ty.span, Some((there, &expected)));
                return;
            }
        }
        if infer.unify(given.ret, wanted.ret).is_err() {
            let expected = match theirs.opaques.is_empty() {
                true => infer.resolve(wanted.ret),
                false => theirs.sig.ret.subst(args),
            };
            let (found, expected) = self.cx.show_both(given.ret, expected);
            let message = format!("the result is `{expected}` in the protocol, `{found}` here");
            let there = declared.ret.as_ref().map_or(self.name_span(of), |ret| ret.span);
            let here = written.ret.as_ref().map(|ret| ret.span);
            self.mismatch(
                member,
                of,
                message,
                here.unwrap_or(span),
                here.map(|_| (there, expected.as_str())),
            );
            return;
        }
        let here = written.ret.as_ref().map_or(span, |ret| ret.span);
        self.opaque_bounds(&mut infer, of, (theirs, args), &hidden, here);
    }

    /// `fn items(&self) -> impl Iterator` of the protocol: what the impl gives there is an iterator.
    fn opaque_bounds(
        &mut self,
        infer: &mut Infer<'_>,
        of: DefId,
        (theirs, args): (&FnSignature, &[GenericArg]),
        hidden: &[Ty],
        here: Span,
    ) {
        for (bounds, &ty) in theirs.opaques.iter().zip(hidden) {
            for &(predicate, there) in bounds {
                let predicate = match predicate {
                    Predicate::Protocol(goal) => Predicate::Protocol(ProtocolRef {
                        def: goal.def,
                        args: with_parts(goal.args, of, hidden),
                    }),
                    Predicate::Projection { item, args, ty } => Predicate::Projection {
                        item,
                        args: with_parts(args, of, hidden),
                        ty: with_parts(ty, of, hidden),
                    },
                };
                let mut nested = Vec::new();
                let predicate = infer.normalise_predicate(predicate.subst(args), here, &mut nested);
                infer.settle(nested);
                if infer.evaluate(predicate, here) != Eval::No {
                    continue;
                }
                let ty = self.cx.show(infer.resolve(ty));
                let text = match predicate {
                    Predicate::Protocol(bound) => {
                        format!("`{ty}` does not implement `{}`", self.cx.show_protocol(bound))
                    }
                    Predicate::Projection { .. } => format!("`{ty}` is not what the protocol demands"),
                };
                self.diags.error(
                    Diagnostic::error("T2034", here, text)
                        .label("demanded of this result")
                        .secondary(there, "demanded here"),
                );
                return;
            }
        }
    }

    /// `fix`: the span of the protocol's text, and what to write instead of ours.
    fn mismatch(&mut self, member: DefId, of: DefId, message: String, span: Span, fix: Option<(Span, &str)>) {
        let mut diagnostic = Diagnostic::error("T2032", span, message).label("differs from the protocol");
        diagnostic = match fix {
            Some((there, text)) => diagnostic.secondary(there, "declared here").fix(
                "write it as the protocol does",
                span,
                text,
                Applicability::MaybeIncorrect,
            ),
            None => diagnostic.secondary(self.name_span(of), "declared here"),
        };
        debug_assert!(member != of);
        self.diags.error(diagnostic);
    }

    /// A method may not demand more than the protocol's does.
    fn method_bounds(&mut self, member: DefId, of: DefId, args: &[GenericArg]) {
        let cx = self.cx;
        let name_span = self.name_span(member);
        // `FnMut(Self.Item)` in the protocol is `FnMut(B)` here: its bounds speak of what the impl says.
        let mut infer = Infer::new(cx, Rc::new(ParamEnv::of(cx, self.def)));
        let theirs = cx.sigs.generics_of(of).predicates.iter();
        let theirs: Vec<_> = theirs.map(|&(p, _)| normal(&mut infer, p.subst(args), name_span)).collect();
        let impls = cx.sigs.generics_of(self.def).predicates.iter().map(|&(predicate, _)| predicate);
        let env = ParamEnv::new(cx, impls.chain(theirs));
        let mut infer = Infer::new(cx, Rc::new(env));
        for &(predicate, span) in &cx.sigs.generics_of(member).predicates {
            let goal = normal(&mut infer, predicate, span);
            if infer.evaluate(goal, span) == Eval::No {
                let text = cx.show_predicate(predicate);
                let message = format!("this method demands `{text}`, which the protocol's does not");
                self.mismatch(member, of, message, span, None);
                return;
            }
        }
    }

    fn constant(&mut self, member: DefId, of: DefId) {
        let (Some(ours), Some(theirs)) = (self.cx.sigs.constant(member), self.cx.sigs.constant(of)) else {
            return;
        };
        let mut infer = Infer::new(self.cx, Rc::new(ParamEnv::of(self.cx, self.def)));
        let span = self.name_span(member);
        let mut nested = Vec::new();
        let wanted = infer.normalise_into(theirs.subst(&self.protocol.args), span, &mut nested);
        let given = infer.normalise_into(ours, span, &mut nested);
        if infer.unify(given, wanted).is_err() {
            let (found, expected) = self.cx.show_both(given, wanted);
            let message = format!("the constant is `{expected}` in the protocol, `{found}` here");
            self.mismatch(member, of, message, span, None);
        }
    }

    /// Whoever implements a protocol implements those above it.
    fn supers(&mut self) {
        let cx = self.cx;
        let mut infer = Infer::new(cx, Rc::new(ParamEnv::of(cx, self.def)));
        for &implied in &cx.sigs.expect_protocol(self.protocol.def).supers {
            let implied = implied.subst(&self.protocol.args);
            let mut nested = Vec::new();
            let goal = Predicate::Protocol(ProtocolRef {
                def: implied.def,
                args: infer.normalise_into(implied.args, self.head, &mut nested),
            });
            if infer.evaluate(goal, self.head) == Eval::No {
                let ty = cx.show(self.protocol.args[0].expect_ty());
                let (protocol, above) = (cx.package.def(self.protocol.def).name, cx.show_protocol(implied));
                self.diags.error(
                    Diagnostic::error(
                        "T2033",
                        self.head,
                        format!("`{ty}` implements `{protocol}` and not `{above}`, which stands above it"),
                    )
                    .label(format!("`{above}` is missing"))
                    .secondary(self.name_span(self.protocol.def), format!("demands `{above}`")),
                );
            }
        }
    }

    /// `protocol Lines: Iterator[Item = String]` is implemented by iterators over strings.
    fn super_bindings(&mut self) {
        let cx = self.cx;
        let mut infer = Infer::new(cx, Rc::new(ParamEnv::of(cx, self.def)));
        for &(item, args, ty) in &cx.sigs.expect_protocol(self.protocol.def).super_bindings {
            let mut nested = Vec::new();
            let args = infer.normalise_into(args.subst(&self.protocol.args), self.head, &mut nested);
            let wanted = infer.normalise_into(ty.subst(&self.protocol.args), self.head, &mut nested);
            let own = Ty::new(TyKind::Projection(item, args));
            let found = infer.normalise_into(own, self.head, &mut nested);
            infer.settle(nested);
            if found == own || infer.unify(found, wanted).is_ok() {
                continue;
            }
            let (found, wanted) = cx.show_both(infer.resolve(found), infer.resolve(wanted));
            let (protocol, name) = (cx.package.def(self.protocol.def).name, cx.package.def(item).name);
            self.diags.error(
                Diagnostic::error(
                    "T2033",
                    self.head,
                    format!("`{protocol}` demands that `{name}` is `{wanted}`, it is `{found}`"),
                )
                .label(format!("`{name}` is `{found}`"))
                .secondary(
                    self.name_span(self.protocol.def),
                    format!("demands `{name} = {wanted}` above it"),
                ),
            );
        }
    }

    /// `type Item: Show` of the protocol holds of what the impl gives.
    fn assoc_bounds(&mut self) {
        let cx = self.cx;
        let item = cx.sigs.expect_impl(self.def);
        for (&of, &ty) in &item.types {
            let Some(assoc) = cx.sigs.assoc_type(of) else { continue };
            let mut infer = Infer::new(cx, Rc::new(ParamEnv::of(cx, self.def)));
            for &(predicate, there) in &assoc.bounds {
                let mut nested = Vec::new();
                let predicate =
                    infer.normalise_predicate(predicate.subst(&self.protocol.args), self.head, &mut nested);
                if infer.evaluate(predicate, self.head) == Eval::No {
                    let member =
                        item.members.iter().find(|&(_, &it)| it == Some(of)).map(|(&member, _)| member);
                    let span = member.map_or(self.head, |member| self.name_span(member));
                    let text = match predicate {
                        Predicate::Protocol(bound) => {
                            format!("`{}` does not implement `{}`", cx.show(ty), cx.show_protocol(bound))
                        }
                        Predicate::Projection { .. } => {
                            format!("`{}` is not what the protocol demands", cx.show(ty))
                        }
                    };
                    self.diags.error(
                        Diagnostic::error("T2034", span, text)
                            .label("demanded of this type")
                            .secondary(there, "demanded here"),
                    );
                    break;
                }
            }
        }
    }
}

/// A bound without associated types that can be looked up.
fn normal(infer: &mut Infer<'_>, predicate: Predicate, span: Span) -> Predicate {
    let mut nested = Vec::new();
    let found = match predicate {
        Predicate::Protocol(ProtocolRef { def, args }) => {
            Predicate::Protocol(ProtocolRef { def, args: infer.normalise_into(args, span, &mut nested) })
        }
        Predicate::Projection { item, args, ty } => Predicate::Projection {
            item,
            args: infer.normalise_into(args, span, &mut nested),
            ty: infer.normalise_into(ty, span, &mut nested),
        },
    };
    infer.settle(nested);
    let found = infer.resolve_predicate(found);
    let is_open = match found {
        Predicate::Protocol(protocol) => protocol.has_infer(),
        Predicate::Projection { args, ty, .. } => args.has_infer() || ty.has_infer(),
    };
    // An unknown of this inference means nothing in another.
    if is_open { predicate } else { found }
}
