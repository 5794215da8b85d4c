//! Patterns: lower-case names bind, upper-case ones are variants and constants.
//!
//! In: a pattern of the tree. Out: a [`Pat`], and its bindings, which the caller puts into scope where they begin.
//! Afterwards no name is bound twice, and all alternatives of an or-pattern bind the same names to the same locals.
//!
//! ```text
//! some(x) | both(x, _)   ⇒   Or([some(l0), both(l0, _)])
//! ```

use super::body::BodyCx;
use crate::names::Found;
use crate::resolve::Want;
use crate::{DefId, DefKind, FieldPat, Item, Lit, LocalId, PatFields, PatId, PatKind, PatPath, Res, TyKind};
use base::{Diagnostic, ErrorReported, Span, Symbol};
use syntax::ast;

/// What a pattern binds, in order.
#[derive(Debug, Default)]
pub(crate) struct Bindings {
    pub names: Vec<(Symbol, LocalId, Span)>,
    /// What the first alternative of an or-pattern bound: the others bind the same.
    shared: Vec<(Symbol, LocalId, Span)>,
}

impl BodyCx<'_> {
    /// `mutable`: of a `var` statement, where all its names are.
    pub fn pat_in(&mut self, id: ast::PatId, mutable: bool, bindings: &mut Bindings) -> PatId {
        let node = self.cx.ast[id];
        let span = self.cx.span(id);
        let kind = match node.kind {
            ast::PatKind::Wild => PatKind::Wild,
            ast::PatKind::Rest => PatKind::Error(
                self.cx.error(
                    Diagnostic::error(
                        "N5008",
                        span,
                        "`..` stands for elements of a tuple, slice, variant or record",
                    )
                    .label("not inside one"),
                ),
            ),
            ast::PatKind::Bind { name, mutable: own } => {
                match self.bind_name(name, mutable || own, bindings) {
                    Ok(local) => PatKind::Bind { local, sub: None },
                    Err(reported) => PatKind::Error(reported),
                }
            }
            ast::PatKind::At { name, mutable: own, pat } => {
                let bound = self.bind_name(name, mutable || own, bindings);
                let sub = self.pat_in(pat, mutable, bindings);
                match bound {
                    Ok(local) => PatKind::Bind { local, sub: Some(sub) },
                    Err(reported) => PatKind::Error(reported),
                }
            }
            ast::PatKind::Literal(expr) => self.literal_pat(expr),
            ast::PatKind::Range { lo, hi, inclusive } => PatKind::Range {
                lo: lo.map(|end| self.range_end(end)),
                hi: hi.map(|end| self.range_end(end)),
                inclusive,
            },
            ast::PatKind::Path(path) => {
                let names: Vec<ast::Name> = self.cx.ast.list(path).collect();
                match self.pat_path(&names) {
                    Ok(Path::Const(def)) => PatKind::Const(def),
                    Ok(Path::Variant(path)) => PatKind::Variant { path, fields: PatFields::Unit },
                    Err(reported) => PatKind::Error(reported),
                }
            }
            ast::PatKind::Call { path, args } => {
                let names: Vec<ast::Name> = self.cx.ast.list(path).collect();
                let path = self.pat_path(&names);
                let (pats, rest) = self.pat_list(args, mutable, bindings);
                self.with_fields(path, &names, PatFields::Tuple(pats, rest))
            }
            ast::PatKind::Record { path, fields } => {
                let names: Vec<ast::Name> = self.cx.ast.list(path).collect();
                let path = self.pat_path(&names);
                let fields = self.field_pats(fields, mutable, bindings);
                self.with_fields(path, &names, fields)
            }
            ast::PatKind::Tuple(list) => {
                let (pats, rest) = self.pat_list(list, mutable, bindings);
                PatKind::Tuple(pats, rest)
            }
            ast::PatKind::Slice(list) => self.slice_pat(list, mutable, bindings),
            ast::PatKind::Or(list) => {
                let alternatives: Vec<ast::PatId> = self.cx.ast.list(list).collect();
                self.or_pat(&alternatives, mutable, bindings)
            }
            ast::PatKind::Ref { mutable: of_mut, pat } => {
                PatKind::Ref { mutable: of_mut, pat: self.pat_in(pat, mutable, bindings) }
            }
            ast::PatKind::Error => PatKind::Error(self.cx.already_reported(span)),
        };
        self.add_pat(kind, span)
    }

    fn bind_name(
        &mut self,
        name: ast::Name,
        mutable: bool,
        bindings: &mut Bindings,
    ) -> Result<LocalId, ErrorReported> {
        let span = self.cx.span(name);
        if name.as_str().is_empty() {
            return Err(self.cx.already_reported(span));
        }
        if let Some(&(_, _, first)) = bindings.names.iter().find(|(known, _, _)| *known == name.symbol) {
            let error = Diagnostic::error(
                "N5011",
                span,
                format!("`{}` is bound twice in this pattern", name.as_str()),
            )
            .label("again here")
            .secondary(first, "first here");
            return Err(self.cx.error(error));
        }
        let local = match bindings.shared.iter().find(|(known, _, _)| *known == name.symbol) {
            Some(&(_, local, _)) => local,
            None => self.add_local(name.symbol, mutable, false, span),
        };
        bindings.names.push((name.symbol, local, span));
        Ok(local)
    }

    /// Elements, and where `..` stands among them.
    fn pat_list(
        &mut self,
        list: ast::List<ast::PatId>,
        mutable: bool,
        bindings: &mut Bindings,
    ) -> (Vec<PatId>, Option<usize>) {
        let mut pats = Vec::new();
        let mut rest = None;
        for id in self.cx.ast.list(list) {
            if matches!(self.cx.ast[id].kind, ast::PatKind::Rest) {
                if rest.is_some() {
                    self.second_rest(id);
                }
                rest.get_or_insert(pats.len());
                continue;
            }
            let pat = self.pat_in(id, mutable, bindings);
            pats.push(pat);
        }
        (pats, rest)
    }

    fn second_rest(&mut self, id: ast::PatId) -> ErrorReported {
        let span = self.cx.span(id);
        self.cx.error(
            Diagnostic::error("N5011", span, "there can be only one `..`")
                .note("where two stood, it would not be clear which elements are between them"),
        )
    }

    fn slice_pat(&mut self, list: ast::List<ast::PatId>, mutable: bool, bindings: &mut Bindings) -> PatKind {
        let mut before = Vec::new();
        let mut after = Vec::new();
        let mut rest: Option<Option<PatId>> = None;
        let mut wrong = None;
        for id in self.cx.ast.list(list) {
            let span = self.cx.span(id);
            let kind = self.cx.ast[id].kind;
            let found = if let ast::PatKind::Rest = kind {
                Some(None)
            } else if let ast::PatKind::At { name, mutable: own, pat } = kind
                && let ast::PatKind::Rest = self.cx.ast[pat].kind
            {
                let kind = match self.bind_name(name, mutable || own, bindings) {
                    Ok(local) => PatKind::Bind { local, sub: None },
                    Err(reported) => PatKind::Error(reported),
                };
                Some(Some(self.add_pat(kind, span)))
            } else {
                None
            };
            match (found, &rest) {
                (Some(found), None) => rest = Some(found),
                (Some(_), Some(_)) => wrong = Some(self.second_rest(id)),
                (None, None) => before.push(self.pat_in(id, mutable, bindings)),
                (None, Some(_)) => after.push(self.pat_in(id, mutable, bindings)),
            }
        }
        wrong.map_or(PatKind::Slice { before, rest, after }, PatKind::Error)
    }

    fn field_pats(
        &mut self,
        list: ast::List<ast::FieldPatId>,
        mutable: bool,
        bindings: &mut Bindings,
    ) -> PatFields {
        let mut fields: Vec<FieldPat> = Vec::new();
        let mut rest = false;
        for id in self.cx.ast.list(list) {
            let (name, pat) = match self.cx.ast[id].kind {
                ast::FieldPatKind::Short { name, mutable: own } => {
                    let span = self.cx.span(name);
                    let kind = match self.bind_name(name, mutable || own, bindings) {
                        Ok(local) => PatKind::Bind { local, sub: None },
                        Err(reported) => PatKind::Error(reported),
                    };
                    (name, self.add_pat(kind, span))
                }
                ast::FieldPatKind::Named { name, pat } => (name, self.pat_in(pat, mutable, bindings)),
                ast::FieldPatKind::Rest => {
                    rest = true;
                    continue;
                }
                // Reported; the missing fields must not be reported too.
                ast::FieldPatKind::Error => {
                    rest = true;
                    continue;
                }
            };
            let name_span = self.cx.span(name);
            if let Some(first) = fields.iter().find(|field| field.name == name.symbol) {
                let first = first.name_span;
                let error = Diagnostic::error(
                    "N5011",
                    name_span,
                    format!("field `{}` is matched twice", name.as_str()),
                )
                .label("again here")
                .secondary(first, "first here");
                self.cx.error(error);
                continue;
            }
            fields.push(FieldPat { name: name.symbol, name_span, pat });
        }
        PatFields::Record(fields, rest)
    }

    /// The first alternative makes the locals; the others must bind the same names.
    fn or_pat(&mut self, alternatives: &[ast::PatId], mutable: bool, bindings: &mut Bindings) -> PatKind {
        let mut pats = Vec::new();
        let mut first: Option<Vec<(Symbol, LocalId, Span)>> = None;
        let mut wrong = None;
        for &id in alternatives {
            let mut own = Bindings { names: Vec::new(), shared: bindings.shared.clone() };
            if let Some(first) = &first {
                own.shared.extend(first.iter().copied());
            }
            pats.push(self.pat_in(id, mutable, &mut own));
            match &first {
                None => first = Some(own.names),
                Some(first) => {
                    let here = self.cx.span(id);
                    let first = first.clone();
                    wrong = wrong.or(self.check_agreement(&first, &own.names, here));
                }
            }
        }
        for (name, local, span) in first.unwrap_or_default() {
            match bindings.names.iter().find(|(known, _, _)| *known == name) {
                Some(&(_, _, earlier)) => {
                    let error =
                        Diagnostic::error("N5011", span, format!("`{name}` is bound twice in this pattern"))
                            .label("again here")
                            .secondary(earlier, "first here");
                    self.cx.error(error);
                }
                None => bindings.names.push((name, local, span)),
            }
        }
        wrong.map_or(PatKind::Or(pats), PatKind::Error)
    }

    fn check_agreement(
        &mut self,
        first: &[(Symbol, LocalId, Span)],
        other: &[(Symbol, LocalId, Span)],
        other_span: Span,
    ) -> Option<ErrorReported> {
        let lacks =
            |names: &[(Symbol, LocalId, Span)], name: Symbol| names.iter().all(|(it, _, _)| *it != name);
        let missing = first.iter().find(|(name, _, _)| lacks(other, *name));
        let extra = other.iter().find(|(name, _, _)| lacks(first, *name));
        let error = match (missing, extra) {
            (None, None) => return None,
            (Some((wanted, _, bound)), Some((name, _, span))) => Diagnostic::error(
                "N5012",
                *span,
                format!("this alternative binds `{name}`, the first one `{wanted}`"),
            )
            .label("bound only here")
            .secondary(*bound, "bound by the first alternative"),
            (Some((name, _, bound)), None) => {
                Diagnostic::error("N5012", other_span, format!("this alternative does not bind `{name}`"))
                    .secondary(*bound, "bound by the first alternative")
            }
            (None, Some((name, _, span))) => {
                Diagnostic::error("N5012", *span, format!("the first alternative does not bind `{name}`"))
                    .label("bound only here")
            }
        };
        let error = error.note("all alternatives must bind the same names: the arm may use any of them");
        Some(self.cx.error(error))
    }

    fn literal_pat(&mut self, expr: ast::ExprId) -> PatKind {
        let span = self.cx.span(expr);
        let (literal, negative) = match self.cx.ast[expr].kind {
            ast::ExprKind::Literal(literal) => (literal, false),
            ast::ExprKind::Unary { op: ast::UnOp::Neg, operand } => {
                let ast::ExprKind::Literal(literal) = self.cx.ast[operand].kind else {
                    return PatKind::Error(self.cx.already_reported(span));
                };
                (literal, true)
            }
            ast::ExprKind::Interpolated(_) => {
                let error = Diagnostic::error("N5008", span, "a pattern cannot have an interpolated text")
                    .note("write a brace as `{{`, or compare in a guard");
                return PatKind::Error(self.cx.error(error));
            }
            ast::ExprKind::Name(_)
            | ast::ExprKind::Field { .. }
            | ast::ExprKind::TupleField { .. }
            | ast::ExprKind::Index { .. }
            | ast::ExprKind::Call { .. }
            | ast::ExprKind::MacroCall(_)
            | ast::ExprKind::MacroVar(_)
            | ast::ExprKind::Record { .. }
            | ast::ExprKind::Unary { .. }
            | ast::ExprKind::Binary { .. }
            | ast::ExprKind::Assign { .. }
            | ast::ExprKind::Cast { .. }
            | ast::ExprKind::Range { .. }
            | ast::ExprKind::Tuple(_)
            | ast::ExprKind::Array(_)
            | ast::ExprKind::Repeat { .. }
            | ast::ExprKind::Paren(_)
            | ast::ExprKind::Block(_)
            | ast::ExprKind::Unsafe(_)
            | ast::ExprKind::Async(_)
            | ast::ExprKind::If { .. }
            | ast::ExprKind::Let { .. }
            | ast::ExprKind::Match { .. }
            | ast::ExprKind::While { .. }
            | ast::ExprKind::Loop(_)
            | ast::ExprKind::For { .. }
            | ast::ExprKind::Labelled { .. }
            | ast::ExprKind::Break { .. }
            | ast::ExprKind::Continue { .. }
            | ast::ExprKind::Return(_)
            | ast::ExprKind::Closure(_)
            | ast::ExprKind::Try(_)
            | ast::ExprKind::TryBlock { .. }
            | ast::ExprKind::Spawn(_)
            | ast::ExprKind::Scope(_)
            | ast::ExprKind::Select(_)
            | ast::ExprKind::Ask { .. }
            | ast::ExprKind::Tell { .. }
            | ast::ExprKind::Await(_)
            | ast::ExprKind::Type(_)
            | ast::ExprKind::Error => return PatKind::Error(self.cx.already_reported(span)),
        };
        match super::literal::decode(literal, span, self.cx.diags) {
            Ok(Lit::Int(..) | Lit::Float(..)) | Err(_) => {}
            Ok(_) if !negative => {}
            Ok(_) => {
                return PatKind::Error(self.cx.error(Diagnostic::error(
                    "N5008",
                    span,
                    "only numbers have a sign",
                )));
            }
        }
        match super::literal::decode(literal, span, self.cx.diags) {
            Ok(lit) => PatKind::Lit { lit, negative },
            Err(reported) => PatKind::Error(reported),
        }
    }

    /// A literal or the path of a constant.
    fn range_end(&mut self, expr: ast::ExprId) -> PatId {
        let span = self.cx.span(expr);
        let kind = match self.path_names(expr) {
            Some(names) => match self.pat_path(&names) {
                Ok(Path::Const(def)) => PatKind::Const(def),
                Ok(Path::Variant(path)) => PatKind::Variant { path, fields: PatFields::Unit },
                Err(reported) => PatKind::Error(reported),
            },
            None => self.literal_pat(expr),
        };
        self.add_pat(kind, span)
    }

    fn with_fields(
        &mut self,
        path: Result<Path, ErrorReported>,
        names: &[ast::Name],
        fields: PatFields,
    ) -> PatKind {
        match path {
            Ok(Path::Variant(path)) => PatKind::Variant { path, fields },
            Ok(Path::Const(def)) => {
                let name = names[names.len() - 1];
                let span = self.cx.span(name);
                PatKind::Error(self.cx.report_kind(span, name.symbol, Found::Def(def), "a variant or record"))
            }
            Err(reported) => PatKind::Error(reported),
        }
    }

    /// What a constructor pattern names.
    fn pat_path(&mut self, names: &[ast::Name]) -> Result<Path, ErrorReported> {
        if let [name] = names {
            let span = self.cx.span(*name);
            let found = match self.lookup(name.symbol, Want::Value) {
                Some(Err(found)) => Some(found),
                Some(Ok(_)) | None => None,
            };
            return match found {
                Some(Found::Def(def)) => match self.cx.package.defs[def].kind {
                    DefKind::Const => Ok(Path::Const(def)),
                    DefKind::Variant | DefKind::Record | DefKind::TypeAlias => {
                        Ok(Path::Variant(PatPath::Res(Res::Def(def))))
                    }
                    // A variant may be called like a type: the expected type decides.
                    DefKind::Union | DefKind::TypeParam | DefKind::Protocol | DefKind::AssocType => {
                        Ok(Path::Variant(PatPath::Bare(name.symbol, span)))
                    }
                    DefKind::Fn | DefKind::Static | DefKind::Impl | DefKind::ConstParam | DefKind::Test => {
                        Err(self.cx.report_kind(span, name.symbol, Found::Def(def), "a variant or constant"))
                    }
                },
                Some(Found::SelfTy(def)) => Ok(Path::Variant(PatPath::Res(Res::SelfTy(def)))),
                Some(Found::Error(reported)) => Err(reported),
                Some(found @ (Found::Module(_) | Found::Prim(_))) => {
                    Err(self.cx.report_kind(span, name.symbol, found, "a variant or constant"))
                }
                None if name.as_str().starts_with(char::is_uppercase) => {
                    Ok(Path::Variant(PatPath::Bare(name.symbol, span)))
                }
                None => Err(self.cx.report_unknown(*name, Want::Value)),
            };
        }
        let (found, taken) = self.cx.path(names, Want::Value)?;
        let last = names[taken - 1];
        let rest = &names[taken..];
        match (found, rest) {
            (Found::Def(def), []) => match self.cx.package.defs[def].kind {
                DefKind::Const => Ok(Path::Const(def)),
                DefKind::Variant | DefKind::Record | DefKind::TypeAlias => {
                    Ok(Path::Variant(PatPath::Res(Res::Def(def))))
                }
                DefKind::Fn
                | DefKind::Static
                | DefKind::Union
                | DefKind::Protocol
                | DefKind::AssocType
                | DefKind::Impl
                | DefKind::TypeParam
                | DefKind::ConstParam
                | DefKind::Test => {
                    let span = self.cx.span(last);
                    Err(self.cx.report_kind(span, last.symbol, found, "a variant or constant"))
                }
            },
            (Found::Def(_) | Found::Prim(_) | Found::SelfTy(_), [member]) => {
                let res = self.cx.type_res(found, last)?;
                if let Some(union) = self.union_behind(res) {
                    match self.cx.variant(union, member.symbol) {
                        Some(variant) => return Ok(Path::Variant(PatPath::Res(Res::Def(variant)))),
                        // It may be a constant of the type.
                        None if !is_constant_name(*member) => {
                            return Err(self.cx.report_no_variant(union, *member));
                        }
                        None => {}
                    }
                }
                let span = self.cx.span(*member);
                Ok(Path::Variant(PatPath::Member(res, member.symbol, span)))
            }
            (Found::Def(_) | Found::Prim(_) | Found::SelfTy(_) | Found::Module(_), _) => {
                let span = self.cx.span(last);
                Err(self.cx.report_kind(span, last.symbol, found, "a variant or constant"))
            }
            (Found::Error(reported), _) => Err(reported),
        }
    }

    /// The union that a type is, by way of `Self` and aliases.
    pub fn union_behind(&self, res: Res) -> Option<DefId> {
        let mut res = res;
        // Aliases may go round in circles; type checking says so.
        for _ in 0..16 {
            match res {
                Res::Def(def) => match (&self.cx.package.defs[def].kind, self.cx.package.item(def)) {
                    (DefKind::Union, _) => return Some(def),
                    (DefKind::TypeAlias, Some(Item::TypeAlias(alias))) => {
                        let TyKind::Path { res: next, .. } = *alias.ty.kind else { return None };
                        res = next;
                    }
                    (_, _) => return None,
                },
                Res::SelfTy(def) => match self.cx.package.item(def) {
                    Some(Item::Impl(item)) => {
                        let TyKind::Path { res: next, .. } = *item.self_ty.kind else { return None };
                        res = next;
                    }
                    Some(_) | None => return None,
                },
                Res::Prim(_) | Res::Error(_) => return None,
            }
        }
        None
    }
}

/// `MAX_LEN`, not `Max`.
pub(crate) fn is_constant_name(name: ast::Name) -> bool {
    !name.as_str().contains(char::is_lowercase)
}

enum Path {
    Const(DefId),
    Variant(PatPath),
}
