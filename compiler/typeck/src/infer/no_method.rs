//! Methods and members that a type does not have: what was meant instead, and what would give it one.
//!
//! In: a call whose method was not found. Out: one error.
//!
//! ```text
//! name.length()      ⇒  it is called `len` here
//! Point {}.clone()   ⇒  derive it for `Point`
//! some("x").len()    ⇒  the `&str` inside has it, but there may be none
//! ```

use super::method::Lookup;
use super::*;
use base::{Applicability, Symbol};

impl FnCx<'_, '_> {
    /// What a method of another language's name is called for this type.
    pub(crate) fn method_meant(&mut self, ty: Ty, name: Symbol, span: Span) -> Option<&'static str> {
        let here = called_here(name.as_str()).iter().copied();
        let mut here = here
            .filter(|here| matches!(self.lookup_method(ty, Symbol::intern(here), span), Lookup::Found(_)));
        here.next()
    }

    /// Whether there is a method of this name for this type, looked for as calls do.
    pub(crate) fn has_method(&mut self, ty: Ty, name: Symbol, span: Span) -> bool {
        matches!(self.lookup_method(ty, name, span), Lookup::Found(_))
    }

    pub(crate) fn report_no_method(
        &mut self,
        receiver: ExprId,
        ty: Ty,
        (name, span): (Symbol, Span),
        _: usize,
    ) -> ErrorReported {
        if let Some(proof) = self.already(ty, ty) {
            return proof;
        }
        // What is wrong with the receiver may be why.
        self.select_where_possible();
        let around = self.span(receiver);
        let inside = |span: Span| around.contains(span) && span != around;
        if self.diags.has_error_at(inside)
            && let Some(proof) = self.error
        {
            return proof;
        }
        self.want_list_with(receiver, ty, name, span);
        let text = self.show(ty);
        let peeled = self.peel(ty);
        let mut diagnostic =
            Diagnostic::error("T2040", span, format!("`{text}` has no method `{name}`")).label("not found");
        let object = self.method_object(ty, span);
        if let Some(object) = object
            && let Some(member) = self.method_beside_table(object, name)
        {
            let why = match self.cx.sigs.wants_sized(member) {
                true => "is left out by `where Self: Sized`",
                false => "takes `self` by value, and more of it depends on what `Self` is",
            };
            let object = self.show(object);
            return self.report(
                Diagnostic::error("T2017", span, format!("`{name}` can't be called through `{object}`"))
                    .label("not in its table of methods")
                    .secondary(self.cx.package.def(member).name_span, why),
            );
        }
        // A field that can be called.
        if let TyKind::Adt(def, _) = *peeled.kind()
            && let Some(adt) = self.cx.sigs.adt(def).filter(|adt| !adt.is_union)
            && let Some((_, field)) = adt.record().field(name)
        {
            let receiver_span = self.span(receiver);
            let fixes = vec![
                base::CodeFix {
                    span: receiver_span.shrink_to_lo(),
                    replacement: "(".to_string(),
                    applicability: Applicability::MaybeIncorrect,
                },
                base::CodeFix {
                    span: span.shrink_to_hi(),
                    replacement: ")".to_string(),
                    applicability: Applicability::MaybeIncorrect,
                },
            ];
            return self.report(
                diagnostic
                    .label("a field, not a method")
                    .secondary(field.span, "declared here")
                    .suggestion(base::Suggestion { message: "call what is in the field".to_string(), fixes }),
            );
        }
        if let Some(member) = self.method_exists(peeled, name)
            && self.cx.sigs.function(member).is_some_and(|function| function.receiver.is_none())
        {
            let owner = self.show(peeled);
            return self.report(
                diagnostic
                    .label("a function of the type, without `self`")
                    .secondary(self.cx.package.def(member).name_span, "declared here")
                    .note(format!("call it as `{owner}.{name}(…)`")),
            );
        }
        if let Some(member) = self.method_exists(peeled, name) {
            // It is there, and what its impl demands is not met.
            diagnostic = diagnostic.label("exists, but not for this type").secondary(
                self.cx.package.def(member).name_span,
                "declared here, under bounds that do not hold",
            );
            let unmet = self.unmet(peeled, member, span);
            let mut lacking = Vec::new();
            for &missing in &unmet {
                let steps = self.why_not(missing, span);
                lacking.extend(steps.last());
                if steps.len() > 1 {
                    diagnostic = self.chain_note(diagnostic, &steps);
                    continue;
                }
                let protocol = self.cx.package.def(missing.def).name;
                let ty = self.show(missing.args[0].expect_ty());
                diagnostic = diagnostic.note(format!("`{ty}` does not implement `{protocol}`"));
            }
            diagnostic = self.derive_all(diagnostic, &lacking);
            return self.report(diagnostic);
        }
        let mut names = self.method_names(peeled);
        for bound in object.map_or(Vec::new(), |object| crate::protocols::dyn_bounds(self.cx, object)) {
            if let Some(protocol) = self.cx.sigs.protocol(bound.def) {
                names.extend(protocol.members.values().map(|name| name.as_str()));
            }
        }
        for bound in &self.infer.env.protocols {
            if bound.args[0] == GenericArg::Ty(peeled)
                && let Some(protocol) = self.cx.sigs.protocol(bound.def)
            {
                names.extend(protocol.members.values().map(|name| name.as_str()));
            }
        }
        if let Some(here) = self.method_meant(ty, name, span) {
            let fix = format!("it is called `{here}` here");
            return self.report(diagnostic.fix(fix, span, here, Applicability::MaybeIncorrect));
        }
        if let Some(close) = base::did_you_mean(name.as_str(), names.iter().copied()) {
            return self.report(diagnostic.fix(
                format!("did you mean `{close}`?"),
                span,
                close,
                Applicability::MaybeIncorrect,
            ));
        }
        let members = self.cx.sigs.index().members(name).to_vec();
        let protocols: Vec<String> = members
            .iter()
            .map(|&(protocol, _)| format!("`{}`", self.cx.package.def(protocol).name))
            .collect();
        if !protocols.is_empty() {
            diagnostic = diagnostic.note(format!(
                "exists in {}, which `{}` does not implement",
                protocols.join(", "),
                self.show(peeled)
            ));
            for &(protocol, _) in &members {
                let args = self.infer.fresh_args(protocol, &[GenericArg::Ty(peeled)], span);
                let steps = self.why_not(ProtocolRef { def: protocol, args }, span);
                if let ([_, ..], Some(&last)) = (&steps[1..], steps.last()) {
                    diagnostic = self.chain_note(diagnostic, &steps);
                    return self.report_satisfied(diagnostic, last);
                }
            }
            if let TyKind::Param(..) = peeled.kind() {
                let protocol = self.cx.package.def(members[0].0).name.to_string();
                diagnostic = self.bound_fix(diagnostic, peeled, &protocol);
            }
            if let [(protocol, _)] = members[..] {
                let args = crate::List::new(&[GenericArg::Ty(peeled)]);
                diagnostic = self.derive_all(diagnostic, &[ProtocolRef { def: protocol, args }]);
            }
            diagnostic = self.method_inside(diagnostic, peeled, (name, span));
            return self.report(diagnostic);
        }
        diagnostic = self.method_inside(diagnostic, peeled, (name, span));
        let elsewhere = self.types_with_method(name);
        if !elsewhere.is_empty() {
            diagnostic = diagnostic.note(format!("exists on {}", elsewhere.join(", ")));
        }
        self.report(diagnostic)
    }

    /// The method is one of what an `Option` or `Result` holds, or of the `List` that an array is not.
    fn method_inside(&mut self, diagnostic: Diagnostic, ty: Ty, (name, span): (Symbol, Span)) -> Diagnostic {
        if let TyKind::Array(elem, _) = *ty.kind()
            && let Some(list) = self.cx.lang_adt(LangItem::List, &[elem])
            && self.method_exists(list, name).is_some()
        {
            let list = self.show(list);
            return diagnostic.note(format!(
                "an array has a fixed length: where a `{list}` is expected, `[…]` builds one"
            ));
        }
        let TyKind::Adt(def, args) = *ty.kind() else { return diagnostic };
        let is_option = self.cx.is_lang(def, LangItem::Option);
        if !is_option && !self.cx.is_lang(def, LangItem::Result) {
            return diagnostic;
        }
        let inside = self.shallow(args[0].expect_ty());
        if !matches!(self.lookup_method(inside, name, span), Lookup::Found(_)) {
            return diagnostic;
        }
        let inside = self.show(inside);
        let (missing, panics) = match is_option {
            true => ("there may be none", "panic where there is none"),
            false => ("it may be an error", "panic where it is an error"),
        };
        diagnostic
            .note(format!("the `{inside}` inside has it, but {missing}: `.map(|it| it.{name}(…))` calls it if it is there"))
            .fix(panics, span.shrink_to_lo(), "unwrap().", Applicability::MaybeIncorrect)
    }

    /// A `derive` for what a type of the program lacks.
    fn derive_all(&self, diagnostic: Diagnostic, lacking: &[ProtocolRef]) -> Diagnostic {
        let Some(first) = lacking.first() else { return diagnostic };
        let TyKind::Adt(def, _) = *first.args[0].expect_ty().kind() else { return diagnostic };
        let here = self.cx.package.def(def);
        let derivable =
            lacking.iter().all(|goal| self.is_derivable(goal.def) && goal.args[0] == first.args[0]);
        if !derivable || self.cx.package.modules[here.module].is_std {
            return diagnostic;
        }
        let mut names: Vec<&str> = Vec::new();
        for goal in lacking {
            let name = self.cx.package.def(goal.def).name.as_str();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        diagnostic.fix(
            format!("derive {} for `{}`", if names.len() == 1 { "it" } else { "them" }, here.name),
            here.span.shrink_to_lo(),
            format!("#[derive({})]\n", names.join(", ")),
            Applicability::MaybeIncorrect,
        )
    }

    /// Types with a method of this name of their own.
    fn types_with_method(&self, name: Symbol) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for item in self.cx.sigs.all_impls() {
            if item.protocol.is_some() || found.len() >= 4 {
                continue;
            }
            let has = item.members.keys().any(|&member| {
                let def = self.cx.package.def(member);
                def.name == name && self.cx.package.is_visible(def.vis, def.module, self.module)
            });
            let text = format!("`{}`", self.cx.show(item.self_ty));
            if has && !found.contains(&text) {
                found.push(text);
            }
        }
        found
    }

    pub(crate) fn report_no_member(
        &mut self,
        ty: Ty,
        base_span: Span,
        (name, span): (Symbol, Span),
    ) -> ErrorReported {
        let text = self.show(ty);
        let mut diagnostic = Diagnostic::error("T2040", span, format!("`{text}` has no member `{name}`"))
            .label("not found")
            .secondary(base_span, format!("this is `{text}`"));
        let mut names: Vec<&str> = Vec::new();
        let head = self.head(ty);
        for item in self.cx.sigs.all_impls() {
            if head.is_some() && crate::protocols::Head::of(item.self_ty) == head {
                names.extend(item.members.keys().map(|&member| self.cx.package.def(member).name.as_str()));
            }
        }
        if let TyKind::Adt(def, _) = *ty.kind()
            && let Some(adt) = self.cx.sigs.adt(def).filter(|adt| adt.is_union)
        {
            names.extend(adt.variants.iter().map(|variant| variant.name.as_str()));
        }
        if let Some(close) = base::did_you_mean(name.as_str(), names.iter().copied()) {
            diagnostic = diagnostic.fix(
                format!("did you mean `{close}`?"),
                span,
                close,
                Applicability::MaybeIncorrect,
            );
        }
        self.report(diagnostic)
    }
}

/// What methods of other languages are called here.
fn called_here(name: &str) -> &'static [&'static str] {
    match name {
        "length" | "size" | "count" | "len_utf8" => &["len", "count"],
        "append" | "push_back" | "emplace_back" | "add" => &["push", "insert", "extend"],
        "toString" | "to_str" | "str" => &["to_string"],
        "has" | "includes" | "contains_key" | "containsKey" | "has_key" => &["contains", "contains_key"],
        "put" | "set" => &["insert"],
        "delete" | "erase" => &["remove"],
        "toUpperCase" | "upper" => &["to_uppercase"],
        "toLowerCase" | "lower" => &["to_lowercase"],
        "startsWith" | "startswith" | "hasPrefix" => &["starts_with"],
        "endsWith" | "endswith" | "hasSuffix" => &["ends_with"],
        "strip" => &["trim"],
        "forEach" | "each" => &["for_each"],
        "reduce" | "inject" => &["fold"],
        "concat" => &["extend", "chain"],
        "isEmpty" | "empty" => &["is_empty"],
        "getOrDefault" | "or_else_default" => &["unwrap_or"],
        _ => &[],
    }
}
