//! The builder of one body: its arenas, its variables, and what `break`, `return` and `try` leave.
//!
//! In: a [`Cx`] and the tree. Out: a [`Body`]. Variables are a stack of names, searched from its end, so that
//! shadowing is nothing special; items of a block lie below its variables.

use crate::names::Found;
use crate::resolve::{Cx, Want};
use crate::{
    Body, BodyId, Expr, ExprId, ExprKind, GenericArg, Label, LabelId, LangItem, Lit, Local, LocalId, Pat,
    PatFields, PatId, PatKind, PatPath, ProtocolRef, Res, Stmt, StmtKind,
};
use base::{Diagnostic, ErrorReported, IndexVec, Span, Symbol, stack};
use syntax::ast;

pub(crate) struct BodyCx<'a> {
    pub cx: Cx<'a>,
    exprs: IndexVec<ExprId, Expr>,
    pats: IndexVec<PatId, Pat>,
    locals: IndexVec<LocalId, Local>,
    labels: IndexVec<LabelId, Label>,
    params: Vec<PatId>,
    /// Names of variables, the innermost last.
    pub scope: Vec<(Symbol, Bound)>,
    /// What stands around the expression being lowered.
    pub flow: Vec<Flow>,
    /// The variable that the closure being lowered will be in: not in scope yet, so that it can't call itself.
    pub naming: Option<(Symbol, Span)>,
    pub depth: u32,
    /// One place that is nested too deeply is enough to be told of.
    too_deep: Option<ErrorReported>,
}

/// What a name in a body is bound to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    Local(LocalId),
    Item(crate::names::Entry),
}

/// What control may leave.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flow {
    Loop { label: LabelId, name: Option<Symbol> },
    Block { label: LabelId, name: Symbol },
    Try { label: LabelId },
    Using(LocalId),
    Closure,
}

impl<'a> BodyCx<'a> {
    pub fn new(cx: Cx<'a>) -> BodyCx<'a> {
        BodyCx {
            cx,
            exprs: IndexVec::new(),
            pats: IndexVec::new(),
            locals: IndexVec::new(),
            labels: IndexVec::new(),
            params: Vec::new(),
            scope: Vec::new(),
            flow: Vec::new(),
            naming: None,
            depth: 0,
            too_deep: None,
        }
    }

    pub fn finish(self, id: BodyId, value: ExprId) -> Body {
        Body {
            owner: self.cx.owner,
            id,
            params: self.params,
            value,
            exprs: self.exprs,
            pats: self.pats,
            locals: self.locals,
            labels: self.labels,
        }
    }

    /// The parameters and the block of a function or test.
    pub fn function(&mut self, params: ast::List<ast::ParamId>, block: ast::BlockId) -> ExprId {
        let mut bindings = super::pat::Bindings::default();
        for id in self.cx.ast.list(params) {
            let span = self.cx.span(id);
            let pat = match self.cx.ast[id].kind {
                ast::ParamKind::SelfValue { mutable, .. } => self.self_param(mutable, span, &mut bindings),
                ast::ParamKind::SelfRef { .. } => self.self_param(false, span, &mut bindings),
                ast::ParamKind::Pat { pat, .. } => self.pat_in(pat, false, &mut bindings),
                ast::ParamKind::Error => {
                    let reported = self.cx.already_reported(span);
                    self.add_pat(PatKind::Error(reported), span)
                }
            };
            self.params.push(pat);
        }
        self.bind(bindings);
        self.block(block)
    }

    fn self_param(&mut self, mutable: bool, span: Span, bindings: &mut super::pat::Bindings) -> PatId {
        let name = self.cx.package.names.known.self_value;
        let local = self.add_local(name, mutable, false, span);
        bindings.names.push((name, local, span));
        self.add_pat(PatKind::Bind { local, sub: None }, span)
    }

    pub fn add(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.exprs.push(Expr { kind, span })
    }
    pub fn kind(&self, id: ExprId) -> &ExprKind {
        &self.exprs[id].kind
    }
    pub fn set_kind(&mut self, id: ExprId, kind: ExprKind) {
        self.exprs[id].kind = kind;
    }
    pub fn span_of(&self, id: ExprId) -> Span {
        self.exprs[id].span
    }
    pub fn set_span(&mut self, id: ExprId, span: Span) {
        self.exprs[id].span = span;
    }
    pub fn add_pat(&mut self, kind: PatKind, span: Span) -> PatId {
        self.pats.push(Pat { kind, span })
    }
    pub fn pat_node(&self, id: PatId) -> &Pat {
        &self.pats[id]
    }
    pub fn add_local(&mut self, name: Symbol, mutable: bool, synthetic: bool, span: Span) -> LocalId {
        self.locals.push(Local { name, mutable, synthetic, span })
    }
    pub fn add_label(&mut self, name: Option<Symbol>, span: Span) -> LabelId {
        self.labels.push(Label { name, span })
    }
    pub fn label_span(&self, label: LabelId) -> Span {
        self.labels[label].span
    }
    pub fn error(&mut self, reported: ErrorReported, span: Span) -> ExprId {
        self.add(ExprKind::Error(reported), span)
    }

    /// Puts the names of a pattern into scope.
    pub fn bind(&mut self, bindings: super::pat::Bindings) {
        self.scope.extend(bindings.names.iter().map(|&(name, local, _)| (name, Bound::Local(local))));
    }

    /// Runs `f`; what it brings into scope goes out of it again.
    pub fn scoped<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.scope.len();
        let result = f(self);
        self.scope.truncate(before);
        result
    }

    /// Guards against nesting that takes too long.
    pub fn deeper(&mut self, span: Span, f: impl FnOnce(&mut Self) -> ExprId) -> ExprId {
        if let Some(reported) = self.too_deep(1, span) {
            return self.error(reported, span);
        }
        self.depth += 1;
        let id = stack::deep(|| f(self));
        self.depth -= 1;
        id
    }

    /// Whether there is no room for so many more levels.
    pub fn too_deep(&mut self, more: u32, span: Span) -> Option<ErrorReported> {
        let limit = stack::MAX_NESTING;
        if self.depth + more <= limit {
            return None;
        }
        let reported = self.too_deep.unwrap_or_else(|| {
            let error = Diagnostic::error("N5026", span, "this is nested too deeply")
                .note(format!("expressions may be nested {limit} levels deep: give parts of it names"));
            self.cx.error(error)
        });
        self.too_deep = Some(reported);
        Some(reported)
    }

    /// A variable or what else a name means in an expression.
    pub fn lookup(&mut self, name: Symbol, want: Want) -> Option<Result<LocalId, Found>> {
        for &(known, bound) in self.scope.iter().rev() {
            if known == name {
                match bound {
                    Bound::Local(local) => return Some(Ok(local)),
                    Bound::Item(entry) => {
                        if let Some(found) = self.cx.pick(&entry, want) {
                            return Some(Err(found));
                        }
                    }
                }
            }
        }
        self.cx.lookup(name, want).map(Err)
    }

    // Small trees that desugaring needs again and again.

    pub fn local(&mut self, local: LocalId, span: Span) -> ExprId {
        self.add(ExprKind::Local(local), span)
    }

    pub fn bind_pat(&mut self, local: LocalId, span: Span) -> PatId {
        self.add_pat(PatKind::Bind { local, sub: None }, span)
    }

    pub fn synthetic(&mut self, name: &str, mutable: bool, span: Span) -> LocalId {
        self.add_local(Symbol::intern(name), mutable, true, span)
    }

    /// A lang item as a value.
    pub fn lang_value(&mut self, item: LangItem, span: Span) -> Result<ExprId, ErrorReported> {
        let def = self.cx.lang(item, span)?;
        Ok(self.add(ExprKind::Def { def, self_args: Vec::new(), args: Vec::new() }, span))
    }

    /// `Protocol.method(args)` with a lang protocol.
    pub fn lang_call(
        &mut self,
        protocol: LangItem,
        method: &str,
        args: Vec<ExprId>,
        span: Span,
    ) -> Result<ExprId, ErrorReported> {
        let def = self.cx.lang(protocol, span)?;
        let protocol = ProtocolRef { def: Ok(def), args: Vec::new(), bindings: Vec::new(), span };
        let callee = self.add(
            ExprKind::Assoc {
                base: None,
                protocol: Some(Box::new(protocol)),
                name: Symbol::intern(method),
                name_span: span,
                args: Vec::<GenericArg>::new(),
            },
            span,
        );
        Ok(self.add(ExprKind::Call { callee, args }, span))
    }

    /// `some(p)`, `none`, `ok(p)`, `err(p)`.
    pub fn lang_pat(
        &mut self,
        variant: LangItem,
        payload: Option<PatId>,
        span: Span,
    ) -> Result<PatId, ErrorReported> {
        let def = self.cx.lang(variant, span)?;
        let fields = match payload {
            Some(pat) => PatFields::Tuple(vec![pat], None),
            None => PatFields::Unit,
        };
        Ok(self.add_pat(PatKind::Variant { path: PatPath::Res(Res::Def(def)), fields }, span))
    }

    pub fn block_of(&mut self, stmts: Vec<Stmt>, value: Option<ExprId>, span: Span) -> ExprId {
        self.add(ExprKind::Block(crate::Block { stmts, value, label: None, is_unsafe: false }), span)
    }

    pub fn stmt(&mut self, expr: ExprId) -> Stmt {
        Stmt { kind: StmtKind::Expr(expr), span: self.span_of(expr) }
    }

    pub fn reference(&mut self, mutable: bool, operand: ExprId, span: Span) -> ExprId {
        self.add(ExprKind::Ref { mutable, operand }, span)
    }

    pub fn int(&mut self, value: u128, suffix: &str, span: Span) -> ExprId {
        self.add(ExprKind::Lit(Lit::Int(value, Some(Symbol::intern(suffix)))), span)
    }
}
