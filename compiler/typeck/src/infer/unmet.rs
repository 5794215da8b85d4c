//! What is demanded and not so: what asked for it, by which steps, and what would make it so.
//!
//! In: an obligation that failed, with its cause. Out: one diagnostic.
//!
//! ```text
//! show_all(W { t: W { t: Plain {} } })
//! ⇒ T2036 `Plain` does not implement `Show`; `show_all` demands `W[W[Plain]]: Show`;
//!   what asks for what: `W[W[Plain]]: Show` ⇒ `W[Plain]: Show` ⇒ `Plain: Show`; fix: derive it for `Plain`
//! ```

use super::fulfil::{CauseKind, Link};
use super::*;
use base::Applicability;

impl<'a> FnCx<'a, '_> {
    pub(crate) fn report_unmet(&mut self, obligation: Obligation) {
        let cause = obligation.cause;
        let predicate = self.infer.resolve_predicate(obligation.predicate);
        match predicate {
            Predicate::Protocol(goal) => self.report_unmet_protocol(goal, cause),
            Predicate::Projection { item, args, ty } => self.report_unmet_projection(item, args, ty, cause),
        }
    }

    fn report_unmet_projection(&mut self, item: DefId, args: GenericArgs, ty: Ty, cause: Cause) {
        if args.has_error() || ty.has_error() {
            return;
        }
        let protocol = self.cx.package.def(item).parent;
        let count = protocol.map_or(args.len(), |protocol| self.cx.sigs.generics_of(protocol).params.len());
        if let Some(protocol) = protocol {
            let goal = ProtocolRef { def: protocol, args: crate::List::new(&args[..count.min(args.len())]) };
            if self.infer.evaluate(Predicate::Protocol(goal), cause.span) == crate::protocols::Eval::No {
                // That is demanded and reported by itself, unless nobody asked.
                if self.error.is_none() {
                    self.report_unmet_protocol(goal, cause);
                }
                return;
            }
        }
        let mut nested = Vec::new();
        let found = match self.infer.project(item, args, cause.span, &mut nested) {
            crate::protocols::Projected::Ty(found) => found,
            crate::protocols::Projected::Maybe | crate::protocols::Projected::No => return,
        };
        if found.has_error() {
            return;
        }
        let (expected, found) = self.texts(ty, found);
        if self.infer.output_item() == Some(item) {
            let mut diagnostic = Diagnostic::error(
                "T2000",
                cause.span,
                format!("expected a function that gives `{expected}`, this one gives `{found}`"),
            )
            .label(format!("gives `{found}`"));
            if let Some(bound) = cause.bound {
                diagnostic = diagnostic.secondary(bound, "because of this bound");
            }
            self.report(diagnostic);
            return;
        }
        let projection = self.cx.show(Ty::new(TyKind::Projection(item, self.infer.resolve(args))));
        let mut diagnostic = Diagnostic::error(
            "T2000",
            cause.span,
            format!("expected `{projection}` to be `{expected}`, it is `{found}`"),
        )
        .label(format!("`{}` is `{found}` here", self.cx.package.def(item).name));
        if let Some(bound) = cause.bound {
            diagnostic = diagnostic.secondary(bound, "because of this bound");
        }
        self.report(diagnostic);
    }

    fn report_unmet_protocol(&mut self, goal: ProtocolRef, cause: Cause) {
        let goal = self.infer.resolve(goal);
        if goal.has_error() {
            return;
        }
        let self_ty = goal.args[0].expect_ty();
        let ty = self.show(self_ty);
        let protocol = self.show_protocol(goal);
        let span = cause.span;
        let looped = self.cx.is_lang(goal.def, LangItem::Iterator) && cause.depth > 0
            || self.cx.is_lang(goal.def, LangItem::IntoIterator);
        if looped && cause.kind == CauseKind::Misc && !matches!(self_ty.kind(), TyKind::Param(..)) {
            self.report(
                Diagnostic::error("T2036", span, format!("`{ty}` can't be iterated over"))
                    .label("implements neither `Iterator` nor `IntoIterator`"),
            );
            return;
        }
        if let Some(kind) = self.infer.call_kind(goal.def) {
            return self.report_not_callable(goal, self_ty, kind, cause);
        }
        let mut diagnostic = match cause.kind {
            CauseKind::Try => {
                let from = goal.args.get(1).map_or(String::new(), |arg| self.show(arg.expect_ty()));
                let mut diagnostic =
                    Diagnostic::error("T2087", span, format!("`try` can't convert `{from}` to `{ty}`"))
                        .label(format!("raises `{from}`"));
                if let Some(ret) = self.frames.last().and_then(|frame| frame.ret_span) {
                    diagnostic = diagnostic.secondary(ret, format!("the function's error is `{ty}`"));
                }
                diagnostic = diagnostic.note(format!("`impl From[{from}] for {ty}` says how"));
                self.report(diagnostic);
                return;
            }
            CauseKind::Operator(text, _) => {
                Diagnostic::error("T2080", span, format!("`{text}` can't be applied to `{ty}`"))
                    .label(format!("`{ty}` does not implement `{protocol}`"))
            }
            CauseKind::Index => {
                let asked = self.infer.resolve(self.links(cause).first().map_or(goal, |link| link.goal));
                let base = self.show(asked.args[0].expect_ty());
                let index = asked.args.get(1).map_or(String::new(), |arg| self.show(arg.expect_ty()));
                let message = format!("`{base}` can't be indexed by `{index}`");
                self.report(Diagnostic::error("T2071", span, message).label("not an index of this type"));
                return;
            }
            CauseKind::Misc => {
                Diagnostic::error("T2036", span, format!("`{ty}` does not implement `{protocol}`"))
                    .label("demanded here")
            }
            CauseKind::Dyn(wanted) => {
                let wanted = self.show(wanted);
                Diagnostic::error("T2036", span, format!("`{ty}` does not implement `{protocol}`"))
                    .label(format!("so it can't become `{wanted}`"))
            }
        };
        let links = self.links(cause);
        if let Some(bound) = cause.bound {
            let what = match links.first() {
                Some(first) => format!("`{}`", self.show_goal(first.goal)),
                None => "it".to_string(),
            };
            let of = cause.of.map(|of| self.cx.package.def(of).name);
            diagnostic = match of {
                Some(of) => diagnostic.secondary(bound, format!("`{of}` demands {what}")),
                None => diagnostic.secondary(bound, "because of this bound"),
            };
        }
        diagnostic = self.chain_of(diagnostic, &links, goal);
        diagnostic = self.satisfy(diagnostic, goal);
        diagnostic = self.other_impls(diagnostic, goal);
        self.report(diagnostic);
    }

    /// The implementations that led to a demand, the first first.
    fn links(&self, cause: Cause) -> Vec<Link> {
        let mut links = Vec::new();
        let mut next = cause.link;
        while let Some(at) = next {
            let link = self.chain[at as usize];
            links.push(link);
            next = link.before;
        }
        links.reverse();
        links
    }

    /// `List[Point]: Show`
    pub(crate) fn show_goal(&self, goal: ProtocolRef) -> String {
        let goal = self.infer.resolve(goal);
        format!("{}: {}", self.show(goal.args[0].expect_ty()), self.show_protocol(goal))
    }

    /// What asked for what, from the bound to what is missing.
    fn chain_of(&self, diagnostic: Diagnostic, links: &[Link], missing: ProtocolRef) -> Diagnostic {
        let Some(last) = links.last() else { return diagnostic };
        let shown = links.iter().map(|link| link.goal).chain([missing]).map(|goal| self.show_goal(goal));
        let mut steps: Vec<String> = shown.map(|text| format!("`{text}`")).collect();
        steps.dedup();
        if steps.len() > 6 {
            steps.splice(3..steps.len() - 2, ["…".to_string()]);
        }
        let demand =
            self.cx.sigs.generics_of(last.by).predicates.iter().find(|(predicate, _)| match predicate {
                Predicate::Protocol(demanded) => demanded.def == missing.def,
                Predicate::Projection { .. } => false,
            });
        let is_std = self.cx.package.modules[self.cx.package.def(last.by).module].is_std;
        let diagnostic = match demand {
            Some(&(_, span)) if !is_std => diagnostic.secondary(
                span,
                format!("this implementation for `{}` asks for it", self.show(last.goal.args[0].expect_ty())),
            ),
            Some(_) | None => diagnostic,
        };
        match steps.len() {
            0 | 1 => diagnostic,
            _ => diagnostic.note(format!("what asks for what: {}", steps.join(" ⇒ "))),
        }
    }

    pub(crate) fn is_derivable(&self, protocol: DefId) -> bool {
        let derived = [
            LangItem::Clone,
            LangItem::Copy,
            LangItem::Eq,
            LangItem::Comparable,
            LangItem::Hash,
            LangItem::Show,
            LangItem::Debug,
            LangItem::Default,
        ];
        derived.into_iter().any(|item| self.cx.is_lang(protocol, item))
    }

    /// What would make it so: a bound, `derive`, an `impl`, a reference more or less.
    pub(crate) fn satisfy(&mut self, diagnostic: Diagnostic, goal: ProtocolRef) -> Diagnostic {
        let goal = self.infer.resolve(goal);
        let self_ty = goal.args[0].expect_ty();
        let (ty, protocol) = (self.show(self_ty), self.show_protocol(goal));
        let is_std = |def: DefId| self.cx.package.modules[self.cx.package.def(def).module].is_std;
        if let TyKind::Projection(..) = *self_ty.kind() {
            return diagnostic.note(format!("`where {ty}: {protocol}` behind the signature demands it"));
        } else if let TyKind::Adt(def, _) = *self_ty.kind()
            && !is_std(def)
        {
            let here = self.cx.package.def(def);
            return match self.is_derivable(goal.def) {
                true => diagnostic.fix(
                    format!("derive it for `{}`", here.name),
                    here.span.shrink_to_lo(),
                    format!("#[derive({protocol})]\n"),
                    Applicability::MaybeIncorrect,
                ),
                false => diagnostic.note(format!("`impl {protocol} for {ty} {{ … }}` implements it")),
            };
        } else if let TyKind::Ref(_, to, _) = *self_ty.kind()
            && !self.is_param(to)
            && self.holds_for(goal, to)
        {
            return diagnostic
                .note(format!("`{}` implements it: look through the reference with `*`", self.show(to)));
        }
        if self.is_param(self_ty) {
            return self.bound_fix(diagnostic, self_ty, &protocol);
        }
        for mutability in [Mutability::Shared, Mutability::Mut] {
            let reference = Ty::reference(self_ty, mutability);
            if !self_ty.has_infer() && self.holds_for(goal, reference) {
                return diagnostic
                    .note(format!("`{}` implements it: give a reference", self.show(reference)));
            }
        }
        if !is_std(goal.def) && !self_ty.has_infer() {
            return diagnostic.note(format!("`impl {protocol} for {ty} {{ … }}` implements it"));
        }
        diagnostic
    }

    pub(crate) fn report_satisfied(&mut self, diagnostic: Diagnostic, goal: ProtocolRef) -> ErrorReported {
        let diagnostic = self.satisfy(diagnostic, goal);
        self.report(diagnostic)
    }

    fn is_param(&self, ty: Ty) -> bool {
        matches!(ty.peel_refs().kind(), TyKind::Param(..))
    }

    /// The same goal for another type.
    fn holds_for(&mut self, goal: ProtocolRef, ty: Ty) -> bool {
        let args = [GenericArg::Ty(ty)].into_iter().chain(goal.args[1..].iter().copied());
        let goal = ProtocolRef { def: goal.def, args: crate::List::from_iter(args) };
        let span = self.cx.package.def(goal.def).name_span;
        self.infer.evaluate(Predicate::Protocol(goal), span) == crate::protocols::Eval::Yes
    }

    /// The steps of [`FnCx::why_not`], if there is more than one.
    pub(crate) fn chain_note(&self, diagnostic: Diagnostic, steps: &[ProtocolRef]) -> Diagnostic {
        if steps.len() < 2 {
            return diagnostic;
        }
        let steps: Vec<String> = steps.iter().map(|&goal| format!("`{}`", self.show_goal(goal))).collect();
        diagnostic.note(format!("what asks for what: {}", steps.join(" ⇒ ")))
    }

    /// Why a type does not implement a protocol that it has an `impl` of: the demands of that, down to the one that fails.
    pub(crate) fn why_not(&mut self, goal: ProtocolRef, span: Span) -> Vec<ProtocolRef> {
        let mut steps = vec![goal];
        while steps.len() < 12 {
            let current = steps[steps.len() - 1];
            let impls: Vec<DefId> =
                self.cx.sigs.index().impls_of(current.def).iter().map(|&(def, _)| def).collect();
            let failing = self.infer.probe(|infer| {
                let mut demands = impls.into_iter().filter_map(|def| infer.match_impl(def, current, span));
                let (_, nested) = demands.next()?;
                if demands.next().is_some() {
                    return None;
                }
                nested.into_iter().find_map(|predicate| match predicate {
                    Predicate::Protocol(_)
                        if infer.evaluate(predicate, span) != crate::protocols::Eval::No =>
                    {
                        None
                    }
                    Predicate::Protocol(demanded) => Some(infer.resolve(demanded)),
                    Predicate::Projection { .. } => None,
                })
            });
            match failing {
                Some(next) if !steps.contains(&next) => steps.push(next),
                Some(_) | None => break,
            }
        }
        steps
    }

    /// Types or arguments that a goal which can't be decided could mean.
    pub(crate) fn candidates(&mut self, diagnostic: Diagnostic, goal: ProtocolRef, span: Span) -> Diagnostic {
        let goal = self.infer.resolve(goal);
        let unknown_self = self.infer.is_unknown(goal.args[0].expect_ty());
        if !unknown_self && goal.args.len() < 2 {
            return diagnostic;
        }
        let impls: Vec<DefId> = self.cx.sigs.index().impls_of(goal.def).iter().map(|&(def, _)| def).collect();
        let mut shown: Vec<String> = Vec::new();
        for def in impls {
            let fits = self.infer.probe(|infer| infer.match_impl(def, goal, span).is_some());
            let Some(protocol) = self.cx.sigs.expect_impl(def).protocol.filter(|_| fits) else { continue };
            shown.push(match unknown_self {
                true => format!("`{}`", self.cx.show(protocol.args[0].expect_ty())),
                false => format!("`{}`", self.cx.show_protocol(protocol)),
            });
            if shown.len() > 8 {
                return diagnostic;
            }
        }
        let protocol = self.show_protocol(goal);
        match (unknown_self, shown.is_empty()) {
            (_, true) => diagnostic,
            (true, false) => diagnostic.note(format!("`{protocol}` is implemented by {}", shown.join(", "))),
            (false, false) => {
                let ty = self.show(goal.args[0].expect_ty());
                diagnostic.note(format!("`{ty}` implements {}", shown.join(" and ")))
            }
        }
    }

    /// `T` needs a bound: where to write it.
    pub(crate) fn bound_fix(&self, diagnostic: Diagnostic, ty: Ty, protocol: &str) -> Diagnostic {
        let TyKind::Param(index, name) = *ty.peel_refs().kind() else { return diagnostic };
        let generics = self.cx.sigs.generics_of(self.owner);
        let Some(param) = generics
            .params
            .get(index as usize)
            .filter(|param| param.def.is_some() && param.name.as_str() != "Self")
        else {
            return diagnostic;
        };
        let has_bounds =
            generics.predicates.iter().any(|&(_, span)| param.span.lo <= span.lo && span.hi <= param.span.hi);
        let text = if has_bounds { format!(" + {protocol}") } else { format!(": {protocol}") };
        diagnostic.fix(
            format!("demand it of `{name}`"),
            param.span.shrink_to_hi(),
            text,
            Applicability::MaybeIncorrect,
        )
    }

    /// The same protocol with other arguments, if there are few.
    fn other_impls(&self, diagnostic: Diagnostic, goal: ProtocolRef) -> Diagnostic {
        let self_ty = goal.args[0].expect_ty();
        let head = crate::protocols::Head::of(self_ty);
        if goal.args.len() < 2 || head.is_none() {
            return diagnostic;
        }
        let mut shown: Vec<String> = Vec::new();
        for &(def, impl_head) in self.cx.sigs.index().impls_of(goal.def) {
            if impl_head == head
                && let Some(protocol) = self.cx.sigs.expect_impl(def).protocol
            {
                shown.push(format!("`{}`", self.cx.show_protocol(protocol)));
            }
        }
        match shown.len() {
            1..=5 => {
                let ty = self.show(self_ty);
                diagnostic.note(format!("`{ty}` implements {}", shown.join(", ")))
            }
            _ => diagnostic,
        }
    }

    fn show_protocol(&self, goal: ProtocolRef) -> String {
        let args = goal.args.iter().map(|&arg| match arg {
            GenericArg::Ty(ty) => GenericArg::Ty(self.for_message(ty)),
            GenericArg::Const(_) => arg,
        });
        self.cx.show_protocol(ProtocolRef { def: goal.def, args: crate::List::from_iter(args) })
    }

    fn report_not_callable(
        &mut self,
        goal: ProtocolRef,
        self_ty: Ty,
        kind: crate::ClosureKind,
        cause: Cause,
    ) {
        let wanted = match goal.args.get(1).map(|arg| self.infer.resolve(arg.expect_ty())) {
            Some(ty) => {
                if let TyKind::Tuple(items) = *ty.kind() {
                    items.to_vec()
                } else {
                    Vec::new()
                }
            }
            None => Vec::new(),
        };
        let own = if let TyKind::FnDef(def, args) = *self_ty.kind() {
            self.cx.sigs.fn_sig(def).map(|sig| sig.subst(&args).params.to_vec())
        } else if let TyKind::FnPtr(sig) = *self_ty.kind() {
            Some(sig.params.to_vec())
        } else if let TyKind::Closure(id, _) = *self_ty.kind() {
            self.infer.closure_state(id).and_then(|state| {
                if let TyKind::Tuple(items) = *self.infer.resolve(state.params).kind() {
                    Some(items.to_vec())
                } else {
                    None
                }
            })
        } else {
            None
        };
        let list = |items: &[Ty]| items.iter().map(|&ty| self.show(ty)).collect::<Vec<_>>().join(", ");
        let (span, label) = if let TyKind::Closure(id, _) = *self_ty.kind()
            && id.body == self.body.id
        {
            (self.span(id.expr), "this closure")
        } else {
            (cause.span, "this function")
        };
        let diagnostic = match own {
            Some(own) if own.len() != wanted.len() => {
                let (has, wants) = (
                    crate::names::count(own.len(), "argument"),
                    crate::names::count(wanted.len(), "argument"),
                );
                Diagnostic::error(
                    "T2007",
                    span,
                    format!("expected a function of {wants}, this one takes {has}"),
                )
                .label(format!("{label} takes {has}"))
            }
            Some(own) => Diagnostic::error(
                "T2000",
                span,
                format!(
                    "expected a function that takes `({})`, this one takes `({})`",
                    list(&wanted),
                    list(&own)
                ),
            )
            .label(label),
            None => {
                let text = self.show(self_ty);
                let name = match kind {
                    crate::ClosureKind::Fn => "Fn",
                    crate::ClosureKind::FnMut => "FnMut",
                    crate::ClosureKind::FnOnce => "FnOnce",
                };
                Diagnostic::error("T2036", span, format!("`{text}` is not a function"))
                    .label(format!("expected `{name}({})`", list(&wanted)))
            }
        };
        let diagnostic = match cause.bound {
            Some(bound) => diagnostic.secondary(bound, "because of this bound"),
            None => diagnostic,
        };
        self.report(diagnostic);
    }

    pub(crate) fn report_overflow(&mut self, goal: ProtocolRef, cause: Cause) {
        let links = self.links(cause);
        let mut steps: Vec<ProtocolRef> = links.iter().map(|link| link.goal).take(3).collect();
        if steps.is_empty() {
            steps = self.why_not(goal, cause.span);
            steps.truncate(3);
        }
        let text = self.show_goal(steps[0]);
        let message = format!("whether `{text}` leads from one question to the next without end");
        let mut diagnostic = Diagnostic::error("T2003", cause.span, message).label("given up here");
        if let Some(link) = links.first() {
            let span = self.cx.package.def(link.by).span;
            diagnostic = diagnostic.secondary(span, "this implementation asks for ever more");
        }
        if steps.len() > 1 {
            let steps: Vec<String> =
                steps.iter().map(|&goal| format!("`{}`", self.show_goal(goal))).collect();
            diagnostic = diagnostic.note(format!("what asks for what: {} ⇒ …", steps.join(" ⇒ ")));
        }
        self.report(diagnostic.note("an implementation demands more of the type than it is made for"));
    }
}
