//! The words for what is wrong: what was expected and why, what was found, what to do.

use super::table::OriginKind;
use super::*;
use base::{Applicability, Symbol};
use hir::{BinaryOp, ExprKind, PrimTy, StmtKind};

/// Why a type is expected.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Why {
    Plain,
    /// `let x: T`
    Annotation(Span),
    /// The function's written result.
    Return(Option<Span>),
    ClosureBody(Option<Span>),
    ClosureParam,
    /// An argument; the position counts `self`.
    Arg {
        callee: Option<DefId>,
        index: usize,
    },
    /// A field's declaration.
    Field(Span),
    /// The other end of a range.
    RangeEnd,
    /// Another branch.
    Branch(Span),
    /// Another element.
    Element(Span),
    Assign(Span),
    Condition,
    Logical,
    NoElse,
    LoopBody,
    /// What the pattern matches.
    Pattern(Span),
    Operand(Span),
}

impl<'a> FnCx<'a, '_> {
    pub(crate) fn report_mismatch(
        &mut self,
        expr: ExprId,
        expected: Ty,
        found: Ty,
        why: Why,
    ) -> ErrorReported {
        // The last expression is what does not fit, not the whole block.
        let tail = self.tail(expr);
        let span = self.span(tail);
        if let Some(proof) = self.already(expected, found) {
            return proof;
        }
        if let Some(infinite) = self.infinite(span, expected, found) {
            return self.report(infinite);
        }
        self.want_list_as(expr, expected, found);
        let diagnostic = self.mismatch(span, expected, found, why);
        let diagnostic = self.mismatch_help(diagnostic, (expr, tail), expected, found, why);
        self.report(diagnostic)
    }

    pub(crate) fn report_mismatch_at(
        &mut self,
        span: Span,
        expected: Ty,
        found: Ty,
        why: Why,
    ) -> ErrorReported {
        if let Some(proof) = self.already(expected, found) {
            return proof;
        }
        let diagnostic = self.mismatch(span, expected, found, why);
        self.report(diagnostic)
    }

    /// One of them is unknown, and a part of the other.
    fn infinite(&self, span: Span, expected: Ty, found: Ty) -> Option<Diagnostic> {
        let (expected, found) = (self.infer.resolve(expected), self.infer.resolve(found));
        let is_part = |part: Ty, whole: Ty| {
            let var = self.infer.as_var(part);
            part != whole && var.is_some_and(|var| self.infer.mentions(whole, var))
        };
        if !is_part(expected, found) && !is_part(found, expected) {
            return None;
        }
        let (part, whole) = if is_part(expected, found) { (expected, found) } else { (found, expected) };
        let (part, whole) = (self.show(part), self.show(whole));
        Some(
            Diagnostic::error(
                "T2002",
                span,
                format!("a type can't hold itself: `{part}` would be `{whole}`"),
            )
            .label("its type would never end"),
        )
    }

    pub(crate) fn already(&mut self, expected: Ty, found: Ty) -> Option<ErrorReported> {
        for ty in [expected, found] {
            let ty = self.infer.resolve(ty);
            if ty.has_error()
                && let TyKind::Error(proof) = *crate::protocols::error_in(ty).kind()
            {
                self.error = Some(proof);
                return Some(proof);
            }
        }
        None
    }

    pub(crate) fn texts(&self, expected: Ty, found: Ty) -> (String, String) {
        self.cx.show_both(self.for_message(expected), self.for_message(found))
    }

    fn mismatch(&mut self, span: Span, expected: Ty, found: Ty, why: Why) -> Diagnostic {
        let (expected_text, found_text) = self.texts(expected, found);
        let message = if let Why::NoElse = why {
            return Diagnostic::error(
                "T2000",
                span,
                format!("an `if` without `else` gives `()`, not `{found_text}`"),
            )
            .label(format!("gives `{found_text}`"))
            .note("add an `else` that gives a value too");
        } else if let Why::LoopBody = why {
            return Diagnostic::error(
                "T2000",
                span,
                format!("the body of a loop gives nothing, and this is `{found_text}`"),
            )
            .label("expected `()`")
            .fix("end it with `;`", span.shrink_to_hi(), ";", Applicability::MaybeIncorrect);
        } else {
            format!("expected `{expected_text}`, found `{found_text}`")
        };
        let mut diagnostic =
            Diagnostic::error("T2000", span, message).label(format!("this is `{found_text}`"));
        diagnostic = match why {
            Why::Plain | Why::NoElse | Why::LoopBody => diagnostic,
            Why::Annotation(span) => diagnostic.secondary(span, "expected because of this type"),
            Why::Return(Some(span)) => diagnostic.secondary(span, "expected because of this result type"),
            Why::Return(None) => self.no_result(diagnostic),
            Why::ClosureBody(Some(span)) => {
                diagnostic.secondary(span, "expected because of this result type")
            }
            Why::ClosureBody(None) => {
                diagnostic.label(format!("this is `{found_text}`; the closure is to give `{expected_text}`"))
            }
            Why::ClosureParam => {
                diagnostic.label(format!("this is `{found_text}`; the closure is given `{expected_text}`"))
            }
            Why::Arg { callee: Some(callee), index } => self.arg_declaration(diagnostic, callee, index),
            Why::Arg { callee: None, .. } => diagnostic,
            Why::RangeEnd => diagnostic.note("both ends of a range are of one type"),
            Why::Field(span) => diagnostic.secondary(span, "the field is declared here"),
            Why::Branch(span) => {
                diagnostic.secondary(span, format!("expected because this is `{expected_text}`"))
            }
            Why::Element(span) => {
                diagnostic.secondary(span, format!("expected because the first element is `{expected_text}`"))
            }
            Why::Assign(span) => diagnostic.secondary(span, format!("this place holds `{expected_text}`")),
            Why::Condition => {
                diagnostic.label(format!("a condition is a `bool`, and this is `{found_text}`"))
            }
            Why::Logical => {
                diagnostic.label(format!("`&&` and `||` take `bool`s, and this is `{found_text}`"))
            }
            Why::Pattern(span) => {
                let mut diagnostic = diagnostic;
                diagnostic.primary.text = format!("this pattern is for `{found_text}`");
                diagnostic.secondary(span, format!("this is `{expected_text}`"))
            }
            Why::Operand(span) => {
                diagnostic.secondary(span, format!("this operator takes `{expected_text}` on its right"))
            }
        };
        diagnostic
    }

    /// A function without `->` gives nothing.
    fn no_result(&self, diagnostic: Diagnostic) -> Diagnostic {
        match self.cx.package.item(self.owner) {
            Some(Item::Fn(_)) => {
                let def = self.cx.package.def(self.owner);
                diagnostic.secondary(def.name_span, format!("`{}` is declared without a result", def.name))
            }
            Some(_) | None => diagnostic,
        }
    }

    fn arg_declaration(&self, diagnostic: Diagnostic, callee: DefId, index: usize) -> Diagnostic {
        let name = self.cx.package.def(callee).name;
        match self.cx.package.item(callee) {
            Some(Item::Fn(function)) => match function.params.get(index) {
                Some(param) => diagnostic.secondary(param.span, format!("the parameter of `{name}`")),
                None => diagnostic,
            },
            Some(_) => diagnostic,
            None => match self.cx.sigs.variant(callee) {
                Some((union, variant)) => {
                    let field =
                        self.cx.sigs.expect_adt(union).variants[variant].fields.get(FieldIdx(index as u32));
                    match field {
                        Some(field) => diagnostic.secondary(field.span, format!("the payload of `{name}`")),
                        None => diagnostic,
                    }
                }
                None => diagnostic,
            },
        }
    }

    /// A block that has done everything and says nothing of it.
    fn end_with_ok(&self, tail: ExprId, diagnostic: Diagnostic) -> Diagnostic {
        let diagnostic = diagnostic.note("a function that may fail ends with `ok(())`");
        let block = if let ExprKind::Block(_) = &self.body.exprs[tail].kind {
            tail
        } else if self.span(self.tail(self.body.value)).hi == self.span(tail).hi {
            // A `for` is several expressions, which end where it does.
            self.body.value
        } else {
            return diagnostic;
        };
        let span = self.span(block);
        let brace = Span { lo: span.hi - 1, ..span }.shrink_to_lo();
        let message = "end it with `ok(())`";
        diagnostic.fix(message, brace, "    ok(())\n\t", Applicability::MaybeIncorrect)
    }

    /// What would make it fit.
    fn mismatch_help(
        &mut self,
        diagnostic: Diagnostic,
        (expr, tail): (ExprId, ExprId),
        expected: Ty,
        found: Ty,
        why: Why,
    ) -> Diagnostic {
        let (expected, found) = (self.infer.resolve(expected), self.infer.resolve(found));
        let span = self.span(tail);
        let before = |text: &str, what: &str, diagnostic: Diagnostic| {
            diagnostic.fix(what, span.shrink_to_lo(), text, Applicability::MaybeIncorrect)
        };
        let after = |text: &str, what: &str, diagnostic: Diagnostic| {
            diagnostic.fix(what, span.shrink_to_hi(), text, Applicability::MaybeIncorrect)
        };
        if found.is_unit()
            && let Some(semicolon) = self.discarded_value(expr, expected)
        {
            return diagnostic
                .secondary(semicolon, "this value is thrown away by the `;` after it")
                .note("the last expression of a block, without `;`, is its value");
        }
        if found.is_unit()
            && let ExprKind::If { els: None, .. } = self.body.exprs[tail].kind
        {
            return diagnostic.note("an `if` without `else` gives nothing where its condition does not hold");
        }
        let number = |ty: Ty| ty.is_int() || ty.is_float();
        match (expected.kind(), found.kind()) {
            (&TyKind::Adt(def, _), _) if self.cx.is_lang(def, LangItem::String) && found.is_scalar_prim() => {
                let fix = |span, text: &str| base::CodeFix {
                    span,
                    replacement: text.to_string(),
                    applicability: Applicability::MaybeIncorrect,
                };
                let fixes = vec![fix(span.shrink_to_lo(), "\"{"), fix(span.shrink_to_hi(), "}\"")];
                diagnostic.suggestion(base::Suggestion { message: "show it as a text".to_string(), fixes })
            }
            (&TyKind::Ref(_, to, mutability), _) if self.infer.can_unify(to, found) => {
                let text = if mutability == Mutability::Mut { "&mut " } else { "&" };
                before(text, "borrow it", diagnostic)
            }
            (&TyKind::Ref(_, to, mutability), _) if self.would_be_dyn(found, to, span) => {
                let text = if mutability == Mutability::Mut { "&mut " } else { "&" };
                before(text, "borrow it", diagnostic)
            }
            (&TyKind::Adt(owner, args), _)
                if self.is_pointer_owner(owner)
                    && (self.infer.can_unify(args[0].expect_ty(), found)
                        || self.would_be_dyn(found, args[0].expect_ty(), span)) =>
            {
                let owner = format!("{}.new", self.cx.package.def(owner).name);
                self.wrap(&owner, "move it to the heap", span, diagnostic)
            }
            (_, &TyKind::Ref(_, to, _)) if self.infer.can_unify(to, expected) => {
                match self.infer.is_copy(to, span) {
                    crate::protocols::Eval::Yes => before("*", "look through the reference", diagnostic),
                    crate::protocols::Eval::Maybe | crate::protocols::Eval::No => {
                        after(".clone()", "make a copy of its own", diagnostic)
                    }
                }
            }
            (&TyKind::Adt(def, _), &TyKind::Ref(_, to, _))
                if self.cx.is_lang(def, LangItem::String)
                    && Self::is_str(to)
                    && !self.is_text_literal(tail) =>
            {
                after(".to_string()", "make a `String` of it", diagnostic)
            }
            (&TyKind::Adt(def, args), _)
                if self.cx.is_lang(def, LangItem::Option)
                    && self.infer.can_unify(args[0].expect_ty(), found) =>
            {
                self.wrap("some", "wrap it", span, diagnostic)
            }
            (&TyKind::Adt(def, args), _)
                if self.cx.is_lang(def, LangItem::Result)
                    && self.infer.can_unify(args[0].expect_ty(), found) =>
            {
                if found.is_unit() {
                    return self.end_with_ok(tail, diagnostic);
                }
                self.wrap("ok", "wrap it", span, diagnostic)
            }
            (_, &TyKind::Adt(def, args))
                if self.cx.is_lang(def, LangItem::Result)
                    && self.infer.can_unify(args[0].expect_ty(), expected) =>
            {
                match self.may_raise() {
                    true => before("try ", "raise the error, if there is one", diagnostic),
                    false => diagnostic.note(
                        "it may be an error: `match` looks at both, `.unwrap_or(…)` gives a value instead of one",
                    ),
                }
            }
            (TyKind::Prim(PrimTy::Bool), &TyKind::Adt(def, _)) if self.cx.is_lang(def, LangItem::Option) => {
                after(".is_some()", "ask whether there is a value", diagnostic)
            }
            (_, &TyKind::Adt(def, args))
                if self.cx.is_lang(def, LangItem::Option)
                    && self.infer.can_unify(args[0].expect_ty(), expected) =>
            {
                diagnostic.note(
                    "there may be none: `if let some(x)` or `match` looks, `.unwrap_or(…)` gives a value instead",
                )
            }
            (&TyKind::Ref(_, to, Mutability::Shared), _) if self.leads_to(found, to, span) => {
                before("&", "borrow it", diagnostic)
            }
            _ if expected.is_float()
                && self.infer.is_integral(found)
                && matches!(self.body.exprs[tail].kind, ExprKind::Lit(hir::Lit::Int(..))) =>
            {
                after(".0", "a float has a point", diagnostic)
            }
            _ if number(expected)
                && number(found)
                && !matches!(self.body.exprs[tail].kind, ExprKind::Lit(_)) =>
            {
                let text = format!(" as {}", self.show(expected));
                match (self.body.exprs[tail].kind.clone(), why) {
                    (ExprKind::Binary { .. }, _) => {
                        diagnostic.note(format!("numbers are converted by hand: `(…){text}`"))
                    }
                    _ => after(&text, "convert it", diagnostic),
                }
            }
            _ => diagnostic,
        }
    }

    /// Whether `try` can raise an error here.
    fn may_raise(&mut self) -> bool {
        let Some(ret) = self.frames.last().map(|frame| frame.ret) else { return false };
        let ret = self.infer.resolve(ret);
        self.infer.is_unknown(ret)
            || matches!(*ret.kind(), TyKind::Adt(def, _) if self.cx.is_lang(def, LangItem::Result))
    }

    /// Whether a reference to one becomes a reference to the other by `Deref`: `String` and `str`.
    fn leads_to(&mut self, from: Ty, to: Ty, span: Span) -> bool {
        let target = self.overloaded_deref(from, span).map(|(_, _, target)| target);
        target.is_some_and(|target| self.infer.can_unify(target, to))
    }

    fn wrap(&self, constructor: &str, what: &str, span: Span, diagnostic: Diagnostic) -> Diagnostic {
        let fixes = vec![
            base::CodeFix {
                span: span.shrink_to_lo(),
                replacement: format!("{constructor}("),
                applicability: Applicability::MaybeIncorrect,
            },
            base::CodeFix {
                span: span.shrink_to_hi(),
                replacement: ")".to_string(),
                applicability: Applicability::MaybeIncorrect,
            },
        ];
        diagnostic.suggestion(base::Suggestion { message: format!("{what} in `{constructor}`"), fixes })
    }

    /// `{ …; value; }` where a value was expected.
    fn discarded_value(&mut self, expr: ExprId, expected: Ty) -> Option<Span> {
        let ExprKind::Block(block) = &self.body.exprs[expr].kind else { return None };
        if block.value.is_some() {
            return None;
        }
        let StmtKind::Expr(last) = block.stmts.last()?.kind else { return None };
        let ty = self.t.exprs[last]?;
        (!self.shallow(ty).is_unit() && self.infer.can_unify(ty, expected)).then(|| self.span(last))
    }

    // ---- unknown types ----

    /// Reports that `ty` is not known, unless that follows from something reported; it is known to be wrong then.
    pub(crate) fn report_unknown(&mut self, ty: Ty, span: Span) -> ErrorReported {
        let mut diagnostic =
            Diagnostic::error("T2006", span, "type annotations needed").label("its type is not known here");
        if let Some(var) = self.infer.as_var(ty) {
            let origin = self.infer.var_origin(var);
            diagnostic = match origin.kind {
                OriginKind::Local(name) => {
                    diagnostic.secondary(origin.span, format!("write the type of `{name}` here: `{name}: …`"))
                }
                OriginKind::Param(param, def) => {
                    let name = self.cx.package.def(def).name;
                    diagnostic.note(format!("`{param}` of `{name}` can't be inferred"))
                }
                OriginKind::Misc => diagnostic,
            };
        }
        let proof = self.report_unknown_as(diagnostic);
        if let Some(var) = self.first_var(ty) {
            self.infer.give_up(var, proof);
        }
        proof
    }

    /// One error for one mistake: what is unknown in a statement with another unknown follows from that.
    fn report_unknown_as(&mut self, diagnostic: Diagnostic) -> ErrorReported {
        let span = diagnostic.primary.span;
        if let Some(proof) = self.error
            && (self.misled || self.unknown_in.iter().any(|known| known.contains(span)))
        {
            return proof;
        }
        self.unknown_in.push(self.statement_around(span));
        let misled = self.misled;
        let proof = self.report(diagnostic);
        self.misled = misled;
        proof
    }

    /// The innermost statement around a place.
    fn statement_around(&self, span: Span) -> Span {
        let blocks = self
            .body
            .exprs
            .iter()
            .filter_map(|expr| if let ExprKind::Block(block) = &expr.kind { Some(block) } else { None });
        let statements = blocks.flat_map(|block| {
            let value = block.value.map(|value| self.span(value));
            block.stmts.iter().map(|stmt| stmt.span).chain(value)
        });
        statements
            .filter(|around| around.contains(span))
            .min_by_key(|around| around.hi - around.lo)
            .unwrap_or(span)
    }

    pub(crate) fn report_ambiguous(&mut self, predicate: Predicate, ty: Ty, cause: Cause) -> ErrorReported {
        let var = self.first_var(ty).or_else(|| match predicate {
            Predicate::Protocol(goal) => goal.args.iter().find_map(|arg| match arg {
                GenericArg::Ty(ty) => self.first_var(*ty),
                GenericArg::Const(_) => None,
            }),
            Predicate::Projection { .. } => None,
        });
        let text = self.cx.show_predicate(predicate);
        let mut diagnostic = Diagnostic::error("T2006", cause.span, "type annotations needed");
        diagnostic = match var.map(|var| self.infer.var_origin(var)) {
            Some(Origin { kind: OriginKind::Param(param, def), .. }) => {
                let name = self.cx.package.def(def).name;
                diagnostic.label(format!("`{param}` of `{name}` can't be inferred"))
            }
            Some(Origin { kind: OriginKind::Local(name), span }) => diagnostic
                .label("not enough is known here")
                .secondary(span, format!("write its type: `{name}: …`")),
            Some(Origin { kind: OriginKind::Misc, .. }) | None => {
                diagnostic.label("not enough is known here")
            }
        };
        let mut diagnostic = diagnostic.note(format!("it must be decided whether `{text}`"));
        if let Predicate::Protocol(goal) = predicate {
            diagnostic = self.candidates(diagnostic, goal, cause.span);
        }
        self.report_unknown_as(diagnostic)
    }

    /// What is unknown in a goal that can't be decided is wrong.
    pub(crate) fn give_up(&mut self, predicate: Predicate, proof: ErrorReported) {
        let (args, ty) = match predicate {
            Predicate::Protocol(goal) => (goal.args, None),
            Predicate::Projection { args, ty, .. } => (args, Some(ty)),
        };
        let types = args.iter().filter_map(|arg| match *arg {
            GenericArg::Ty(ty) => Some(ty),
            GenericArg::Const(_) => None,
        });
        for ty in types.chain(ty) {
            while let Some(var) = self.first_var(ty) {
                self.infer.give_up(var, proof);
            }
        }
    }

    pub(crate) fn first_var(&self, ty: Ty) -> Option<crate::InferVar> {
        let found = std::cell::Cell::new(None);
        self.infer.resolve(ty).map_types(
            &mut |ty| {
                if let TyKind::Infer(var) = *ty.kind() {
                    found.set(found.get().or(Some(var)));
                }
                (found.get().is_some() || !ty.has_infer()).then_some(ty)
            },
            &mut |value| {
                if let crate::Const::Infer(var) = value {
                    found.set(found.get().or(Some(var)));
                }
                None
            },
        );
        found.get()
    }

    // ---- protocols ----

    // ---- calls ----

    pub(crate) fn report_arity(
        &mut self,
        call_span: Span,
        callee_span: Span,
        def: Option<DefId>,
        wanted: usize,
        args: &[ExprId],
        skipped: usize,
    ) -> ErrorReported {
        let (wants, given) =
            (crate::names::count(wanted, "argument"), crate::names::count(args.len(), "argument"));
        let span = match args.get(wanted) {
            Some(&extra) => self.span(extra).to(self.span(args[args.len() - 1])),
            None => call_span.shrink_to_hi(),
        };
        let span = if span.lo == span.hi { callee_span } else { span };
        let name = def.map(|def| self.cx.package.def(def).name);
        let message = match name {
            Some(name) => format!("`{name}` takes {wants}, {given} given"),
            None => format!("this function takes {wants}, {given} given"),
        };
        let mut diagnostic = Diagnostic::error("T2007", span, message);
        let is_print =
            name.is_some_and(|name| matches!(name.as_str(), "print" | "println" | "eprintln" | "panic"));
        if is_print && args.len() > wanted {
            diagnostic = diagnostic.note("what is shown stands in the text: `\"{a} {b}\"`");
        }
        diagnostic = if args.len() > wanted {
            diagnostic.label(if args.len() - wanted == 1 { "one too many" } else { "too many" })
        } else {
            let missing: Vec<String> = match def.map(|def| self.cx.package.item(def)) {
                Some(Some(Item::Fn(function))) => function
                    .params
                    .iter()
                    .skip(skipped + args.len())
                    .map(|param| format!("`{}`", param.name))
                    .collect(),
                Some(Some(_) | None) | None => Vec::new(),
            };
            if missing.is_empty() {
                diagnostic.label("too few")
            } else {
                diagnostic.label(format!("{} missing", missing.join(", ")))
            }
        };
        if let Some(def) = def {
            diagnostic = diagnostic.secondary(self.cx.package.def(def).name_span, "declared here");
        }
        self.report(diagnostic)
    }

    pub(crate) fn report_private(&mut self, member: DefId, span: Span, what: &str) -> ErrorReported {
        let def = self.cx.package.def(member);
        self.report(
            Diagnostic::error("T2100", span, format!("the {what} `{}` is private", def.name))
                .label("can't be used in this module")
                .secondary(def.name_span, self.cx.package.declared_how(def.vis)),
        )
    }

    pub(crate) fn report_ambiguous_method(
        &mut self,
        name: Symbol,
        span: Span,
        members: &[DefId],
    ) -> ErrorReported {
        let mut diagnostic =
            Diagnostic::error("T2016", span, format!("several `{name}` fit here")).label("which one?");
        for &member in members.iter().take(4) {
            diagnostic = diagnostic.secondary(self.cx.package.def(member).name_span, "one of them");
        }
        let protocols: Vec<String> = members
            .iter()
            .filter_map(|&member| self.cx.sigs.protocol_of_member(member))
            .map(|protocol| format!("`{}.{name}(…)`", self.cx.package.def(protocol).name))
            .collect();
        if !protocols.is_empty() {
            diagnostic = diagnostic.note(format!("name the protocol: {}", protocols.join(" or ")));
        }
        self.report(diagnostic)
    }

    /// `self` by value of what is only lent.
    pub(crate) fn report_not_owned(
        &mut self,
        object: Ty,
        member: DefId,
        (name, span): (Symbol, Span),
    ) -> ErrorReported {
        let object = self.show(object);
        self.report(
            Diagnostic::error(
                "T2017",
                span,
                format!("`{name}` takes what it is called on, and this is not owned"),
            )
            .label(format!("only a `Box[{object}]` can give the value away"))
            .secondary(self.cx.package.def(member).name_span, "takes `self` by value"),
        )
    }

    // ---- operators ----

    pub(crate) fn report_operator(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        (lhs, lhs_ty): (ExprId, Ty),
        (rhs, rhs_ty): (ExprId, Ty),
        protocol: DefId,
    ) -> ErrorReported {
        let (left, right) = self.texts(lhs_ty, rhs_ty);
        let text = op.text();
        let name = self.cx.package.def(protocol).name;
        let (a, b) = (self.peel(lhs_ty), self.peel(rhs_ty));
        let number = |infer: &Infer<'_>, ty: Ty| infer.is_integral(ty) || infer.is_floating(ty);
        let message = if op.is_comparison() {
            format!("`{left}` and `{right}` can't be compared by `{text}`")
        } else {
            format!("`{text}` can't be applied to `{left}` and `{right}`")
        };
        let mut diagnostic = Diagnostic::error("T2080", op_span, message)
            .secondary(self.span(lhs), format!("`{left}`"))
            .secondary(self.span(rhs), format!("`{right}`"));
        if number(&self.infer, a) && number(&self.infer, b) {
            diagnostic = diagnostic.label("different types of numbers");
            if self.infer.as_var(b).is_none() && self.infer.as_var(a).is_none() {
                let target = self.show(a);
                diagnostic = diagnostic.fix(
                    "convert the right side",
                    self.span(rhs).shrink_to_hi(),
                    format!(" as {target}"),
                    Applicability::MaybeIncorrect,
                );
            } else {
                diagnostic = diagnostic.note("a number with a point is a float: `2.0`");
            }
        } else if a == b {
            diagnostic = diagnostic.label(format!("`{}` does not implement `{name}`", self.show(a)));
            let takes_other = self.cx.sigs.generics_of(protocol).params.len() > 1;
            let args = [GenericArg::Ty(a), GenericArg::Ty(b)];
            let args = crate::List::new(if takes_other { &args } else { &args[..1] });
            let steps = self.why_not(ProtocolRef { def: protocol, args }, op_span);
            if let ([_, ..], Some(&last)) = (&steps[1..], steps.last()) {
                let diagnostic = self.chain_note(diagnostic, &steps);
                return self.report_satisfied(diagnostic, last);
            }
            diagnostic = self.derive_hint(diagnostic, a, name.as_str());
            if Self::is_str(a) && op == BinaryOp::Add {
                diagnostic = diagnostic.note("texts are put together in a literal: `\"{a}{b}\"`");
            }
        } else {
            diagnostic = diagnostic.label(format!("`{left}` does not implement `{name}[{right}]`"));
            diagnostic = self.operand_inside(diagnostic, [(lhs, a), (rhs, b)]);
            if op == BinaryOp::Add {
                diagnostic = self.told_in_text(diagnostic, (lhs, a), (rhs, b));
            }
        }
        let protocol_text = if a == b { name.to_string() } else { format!("{name}[{right}]") };
        diagnostic = self.bound_fix(diagnostic, a, &protocol_text);
        self.report(diagnostic)
    }

    /// `"n: " + 1`: put together in one literal.
    fn told_in_text(
        &self,
        diagnostic: Diagnostic,
        (lhs, a): (ExprId, Ty),
        (rhs, b): (ExprId, Ty),
    ) -> Diagnostic {
        let is_string = |ty: Ty| ty.adt_def().is_some_and(|def| self.cx.is_lang(def, LangItem::String));
        let is_text = |ty: Ty| Self::is_str(ty) || is_string(ty);
        let can_stand =
            |ty: Ty| ty.is_scalar_prim() || self.infer.is_integral(ty) || self.infer.is_floating(ty);
        let fix = |span: Span, text: &str| base::CodeFix {
            span,
            replacement: text.to_string(),
            applicability: Applicability::MaybeIncorrect,
        };
        let (left, right) = (self.span(lhs), self.span(rhs));
        let gap = Span { lo: left.hi, hi: right.lo, ..left };
        let quote = |span: Span| Span { lo: span.hi.saturating_sub(1), ..span };
        let fixes = if is_text(a) && can_stand(b) && self.is_text_literal(lhs) {
            vec![fix(Span { lo: quote(left).lo, ..gap }, "{"), fix(right.shrink_to_hi(), "}\"")]
        } else if is_text(b) && can_stand(a) && self.is_text_literal(rhs) {
            vec![fix(left.shrink_to_lo(), "\"{"), fix(Span { hi: right.lo + 1, ..gap }, "}")]
        } else if is_text(a) || is_text(b) {
            return diagnostic.note("texts are put together in a literal: `\"{a}{b}\"`");
        } else {
            return diagnostic;
        };
        diagnostic.suggestion(base::Suggestion { message: "show it in the text".to_string(), fixes })
    }

    /// An operand is an `Option` or a `Result`, whose value would do.
    fn operand_inside(&self, diagnostic: Diagnostic, operands: [(ExprId, Ty); 2]) -> Diagnostic {
        for (expr, ty) in operands {
            let TyKind::Adt(def, _) = *ty.kind() else { continue };
            let what = if self.cx.is_lang(def, LangItem::Option) {
                "there may be none"
            } else if self.cx.is_lang(def, LangItem::Result) {
                "it may be an error"
            } else {
                continue;
            };
            let span = self.span(expr).shrink_to_hi();
            return diagnostic
                .note(format!("{what}: `match` looks, `.unwrap_or(…)` gives a value instead"))
                .fix("panic then", span, ".unwrap()", Applicability::MaybeIncorrect);
        }
        diagnostic
    }

    fn derive_hint(&self, diagnostic: Diagnostic, ty: Ty, protocol: &str) -> Diagnostic {
        let TyKind::Adt(def, _) = *ty.kind() else { return diagnostic };
        let here = self.cx.package.def(def);
        if self.cx.package.modules[here.module].is_std || !matches!(protocol, "Eq" | "Comparable") {
            return diagnostic;
        }
        diagnostic.fix(
            format!("derive it for `{}`", here.name),
            here.span.shrink_to_lo(),
            format!("#[derive({protocol})]\n"),
            Applicability::MaybeIncorrect,
        )
    }

    pub(crate) fn report_assign_operator(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        (place, place_ty): (ExprId, Ty),
        (value, value_ty): (ExprId, Ty),
        protocol: DefId,
    ) {
        let (left, right) = self.texts(place_ty, value_ty);
        let text = op.text();
        let mut diagnostic = Diagnostic::error(
            "T2080",
            op_span,
            format!("`{text}=` can't be applied to `{left}` and `{right}`"),
        )
        .secondary(self.span(place), format!("`{left}`"))
        .secondary(self.span(value), format!("`{right}`"));
        let inner = self.peel(place_ty);
        if inner != place_ty && inner.is_scalar_prim() {
            diagnostic = diagnostic.label("the left side is a reference").fix(
                "change what it points at",
                self.span(place).shrink_to_lo(),
                "*",
                Applicability::MaybeIncorrect,
            );
        } else if self.infer.is_integral(inner) || self.infer.is_floating(inner) {
            diagnostic = diagnostic.label("different types of numbers");
            if self.infer.as_var(value_ty).is_none() {
                diagnostic = diagnostic.fix(
                    "convert the right side",
                    self.span(value).shrink_to_hi(),
                    format!(" as {left}"),
                    Applicability::MaybeIncorrect,
                );
            }
        } else {
            let name = self.cx.package.def(protocol).name;
            diagnostic = diagnostic.label(format!("`{left}` does not implement `{name}[{right}]`"));
            if Self::is_str(inner) {
                diagnostic = diagnostic.note("a `&str` is borrowed text; what grows is a `String`");
                if let ExprKind::Local(local) = self.body.exprs[place].kind {
                    let at = self.body.locals[local].span.shrink_to_hi();
                    let applicability = Applicability::MaybeIncorrect;
                    diagnostic = diagnostic.fix("make it a `String`", at, ": String", applicability);
                }
            }
        }
        self.report(diagnostic);
    }
}
