//! Expressions: one arm a kind; what is long has a file of its own.
//!
//! In: an expression of the tree. Out: an [`ExprId`] of the body. Afterwards no sugar is left in it.

use super::body::{BodyCx, Bound, Flow};
use super::pat::Bindings;
use super::path::Head;
use crate::resolve::Want;
use crate::{
    Arm, BinaryOp, Closure, ClosureParam, ExprId, ExprKind, FieldInit, LangItem, LogicalOp, MatchSource, Res,
    Stmt, StmtKind, TyKind, UnaryOp, unsupported,
};
use base::{Diagnostic, ErrorReported, Span, Symbol};
use syntax::ast;

impl BodyCx<'_> {
    pub fn expr(&mut self, id: ast::ExprId) -> ExprId {
        let span = self.cx.span(id);
        self.deeper(span, |cx| cx.expr_inner(id, span))
    }

    fn expr_inner(&mut self, id: ast::ExprId, span: Span) -> ExprId {
        let kind = match self.cx.ast[id].kind {
            ast::ExprKind::Literal(literal) => match super::literal::decode(literal, span, self.cx.diags) {
                Ok(lit) => ExprKind::Lit(lit),
                Err(reported) => ExprKind::Error(reported),
            },
            ast::ExprKind::Interpolated(parts) => return self.interpolated(parts, span),
            ast::ExprKind::Name(_) | ast::ExprKind::Field { .. } | ast::ExprKind::Index { .. } => {
                let head = self.head(id, Want::Value);
                return self.finish_head(head, id);
            }
            ast::ExprKind::TupleField { base, index } => {
                let base = self.expr(base);
                let name = Symbol::intern(&index.to_string());
                let digits = name.as_str().len() as u32;
                let name_span = if self.cx.derived.is_some() {
                    span
                } else {
                    Span { lo: span.hi.saturating_sub(digits), ..span }
                };
                ExprKind::Field { base, name, name_span }
            }
            ast::ExprKind::Call { callee, args } => return self.call(callee, args, span),
            ast::ExprKind::Record { path, inits } => return self.record(path, inits, span),
            ast::ExprKind::Unary { op, operand } => {
                let operand = self.expr(operand);
                match op {
                    ast::UnOp::Neg => ExprKind::Unary { op: UnaryOp::Neg, operand },
                    ast::UnOp::Not => ExprKind::Unary { op: UnaryOp::Not, operand },
                    ast::UnOp::Deref => ExprKind::Deref(operand),
                    ast::UnOp::Ref => ExprKind::Ref { mutable: false, operand },
                    ast::UnOp::RefMut => ExprKind::Ref { mutable: true, operand },
                }
            }
            ast::ExprKind::Binary { .. } => return self.binary(id),
            ast::ExprKind::Assign { op, target, value } => return self.assign(op, target, value, span),
            ast::ExprKind::Cast { operand, ty } => {
                let operand = self.expr(operand);
                ExprKind::Cast { operand, ty: self.cx.ty(ty) }
            }
            ast::ExprKind::Range { lo, hi, inclusive } => match self.range(lo, hi, inclusive, span) {
                Ok(kind) => kind,
                Err(reported) => ExprKind::Error(reported),
            },
            ast::ExprKind::Tuple(list) => ExprKind::Tuple(self.exprs(list)),
            ast::ExprKind::Array(list) => ExprKind::Array(self.exprs(list)),
            ast::ExprKind::Repeat { value, count } => {
                let value = self.expr(value);
                ExprKind::Repeat { value, count: self.cx.const_arg(count) }
            }
            ast::ExprKind::Paren(inner) => return self.expr(inner),
            ast::ExprKind::Block(block) => return self.block(block),
            ast::ExprKind::Unsafe(block) => {
                self.cx.require_unsafe(span, "`unsafe` blocks");
                return self.block_with(block, None, true);
            }
            ast::ExprKind::If { cond, then, els } => {
                let (cond, then) = self.scoped(|cx| (cx.cond(cond), cx.block(then)));
                let els = els.map(|els| self.expr(els));
                ExprKind::If { cond, then, els }
            }
            // The parser lets it stand in conditions alone.
            ast::ExprKind::Let { .. } => ExprKind::Error(self.cx.already_reported(span)),
            ast::ExprKind::Match { subject, arms } => {
                let scrutinee = self.expr(subject);
                let arms = self.arms(arms);
                ExprKind::Match { scrutinee, arms, source: MatchSource::Match }
            }
            ast::ExprKind::While { cond, body } => return self.while_loop(None, cond, body, span),
            ast::ExprKind::Loop(body) => return self.plain_loop(None, body, span),
            ast::ExprKind::For { pat, iter, body } => return self.for_loop(None, pat, iter, body, span),
            ast::ExprKind::Labelled { label, body } => return self.labelled(label, body),
            ast::ExprKind::Break { label, value } => return self.break_(label, value, span),
            ast::ExprKind::Continue { label } => return self.continue_(label, span),
            ast::ExprKind::Return(value) => return self.return_(value, span),
            ast::ExprKind::Closure(closure) => return self.closure(closure, span),
            ast::ExprKind::Try(operand) => return self.try_(operand, span),
            ast::ExprKind::TryBlock { body, catches } => return self.try_block(body, catches, span),
            ast::ExprKind::MacroCall(call) => self.macro_call(call, span),
            ast::ExprKind::MacroVar(_) => self.not_yet(span, "macros"),
            ast::ExprKind::Async(_) => self.not_yet(span, "`async` blocks"),
            ast::ExprKind::Await(_) => self.not_yet(span, "`.await`"),
            ast::ExprKind::Spawn(_) => self.not_yet(span, "tasks (`spawn`)"),
            ast::ExprKind::Scope(_) => self.not_yet(span, "`scope` blocks"),
            ast::ExprKind::Select(_) => self.not_yet(span, "`select` blocks"),
            ast::ExprKind::Ask { .. } => self.not_yet(span, "messages (`ask`)"),
            ast::ExprKind::Tell { .. } => self.not_yet(span, "messages (`tell`)"),
            ast::ExprKind::Type(_) => ExprKind::Error(self.cx.error(Diagnostic::error(
                "N5008",
                span,
                "a value is needed here, not a type",
            ))),
            ast::ExprKind::Error => ExprKind::Error(self.cx.already_reported(span)),
        };
        self.add(kind, span)
    }

    /// The keyword is where it starts; the rest may be long.
    fn not_yet(&mut self, span: Span, what: &str) -> ExprKind {
        ExprKind::Error(unsupported(self.cx.diags, span, what))
    }

    fn exprs(&mut self, list: ast::List<ast::ExprId>) -> Vec<ExprId> {
        let list: Vec<ast::ExprId> = self.cx.ast.list(list).collect();
        list.into_iter().map(|id| self.expr(id)).collect()
    }

    /// A condition: its `let`s bind in what follows. The caller opens the scope.
    pub fn cond(&mut self, id: ast::ExprId) -> ExprId {
        let span = self.cx.span(id);
        if let ast::ExprKind::Let { pat, init } = self.cx.ast[id].kind {
            let value = self.expr(init);
            let mut bindings = Bindings::default();
            let pat = self.pat_in(pat, false, &mut bindings);
            self.bind(bindings);
            self.add(ExprKind::Let { pat, value }, span)
        } else if let ast::ExprKind::Binary { op: ast::BinOp::And, lhs, rhs } = self.cx.ast[id].kind {
            self.deeper(span, |cx| {
                let lhs = cx.cond(lhs);
                let rhs = cx.cond(rhs);
                cx.add(ExprKind::Logical { op: LogicalOp::And, lhs, rhs }, span)
            })
        } else {
            self.expr(id)
        }
    }

    /// A chain of operators leans to the left and may be long: no recursion along it.
    fn binary(&mut self, id: ast::ExprId) -> ExprId {
        let mut chain = Vec::new();
        let mut at = id;
        while let ast::ExprKind::Binary { op, lhs, rhs } = self.cx.ast[at].kind {
            chain.push((op, at, lhs, rhs));
            at = lhs;
        }
        if let Some(reported) = self.too_deep(chain.len() as u32, self.cx.span(id)) {
            return self.error(reported, self.cx.span(id));
        }
        // What stands first stands deepest.
        let depth = self.depth;
        self.depth += chain.len() as u32;
        let mut lhs = self.expr(at);
        for (op, whole, left, right) in chain.into_iter().rev() {
            let rhs = self.expr(right);
            self.depth -= 1;
            let span = self.cx.span(whole);
            let op_span = self.between(left, right, span);
            let kind = if op == ast::BinOp::And {
                ExprKind::Logical { op: LogicalOp::And, lhs, rhs }
            } else if op == ast::BinOp::Or {
                ExprKind::Logical { op: LogicalOp::Or, lhs, rhs }
            } else {
                ExprKind::Binary { op: operator(op), op_span, lhs, rhs }
            };
            lhs = self.add(kind, span);
        }
        debug_assert_eq!(self.depth, depth);
        lhs
    }

    /// Where the operator is: the gap between the operands.
    fn between(&self, lhs: ast::ExprId, rhs: ast::ExprId, whole: Span) -> Span {
        if self.cx.derived.is_some() {
            return whole;
        }
        let (lhs, rhs) = (self.cx.span(lhs), self.cx.span(rhs));
        Span { lo: lhs.hi.min(rhs.lo), hi: rhs.lo, ..whole }
    }

    fn assign(&mut self, op: ast::AssignOp, target: ast::ExprId, value: ast::ExprId, span: Span) -> ExprId {
        if let (ast::ExprKind::Name(name), ast::AssignOp::Set) = (self.cx.ast[target].kind, op)
            && name.as_str() == "_"
        {
            let init = self.expr(value);
            let pat = self.add_pat(crate::PatKind::Wild, span);
            let stmt = Stmt { kind: StmtKind::Let { pat, ty: None, init: Some(init), els: None }, span };
            return self.block_of(vec![stmt], None, span);
        }
        let op_span = self.between(target, value, span);
        let place = self.expr(target);
        let value = self.expr(value);
        let kind = match op.binary() {
            None => ExprKind::Assign { place, value },
            Some(op) => ExprKind::AssignOp { op: operator(op), op_span, place, value },
        };
        self.add(kind, span)
    }

    fn range(
        &mut self,
        lo: Option<ast::ExprId>,
        hi: Option<ast::ExprId>,
        inclusive: bool,
        span: Span,
    ) -> Result<ExprKind, ErrorReported> {
        let item = match (lo, hi, inclusive) {
            (Some(_), Some(_), false) => LangItem::Range,
            (Some(_), Some(_), true) => LangItem::RangeInclusive,
            (Some(_), None, _) => LangItem::RangeFrom,
            (None, Some(_), false) => LangItem::RangeTo,
            (None, Some(_), true) => LangItem::RangeToInclusive,
            (None, None, _) => LangItem::RangeFull,
        };
        let def = self.cx.lang(item, span)?;
        let mut fields = Vec::new();
        for (name, end) in [("start", lo), ("end", hi)] {
            if let Some(end) = end {
                let value = self.expr(end);
                let name_span = self.span_of(value);
                fields.push(FieldInit { name: Symbol::intern(name), name_span, value });
            }
        }
        Ok(ExprKind::Record { res: Res::Def(def), args: Vec::new(), fields, base: None, path_span: span })
    }

    fn record(&mut self, path: ast::ExprId, inits: ast::List<ast::InitId>, span: Span) -> ExprId {
        let path_span = self.cx.span(path);
        let target = match self.head(path, Want::Type) {
            Head::Type(ty) => {
                if let TyKind::Path { res, args } = *ty.kind {
                    Ok((res, args))
                } else if let TyKind::Error(reported) = *ty.kind {
                    Err(reported)
                } else {
                    Err(self.no_record(path_span))
                }
            }
            Head::Def { def, self_args, args }
                if self.cx.package.defs[def].kind == crate::DefKind::Variant && args.is_empty() =>
            {
                Ok((Res::Def(def), self_args))
            }
            Head::Assoc { base: Some(base), name, .. } => {
                let union =
                    if let TyKind::Path { res, .. } = &*base.kind { self.union_behind(*res) } else { None };
                match union {
                    Some(union) => Err(self.cx.report_no_variant(union, name)),
                    None => Err(self.no_record(path_span)),
                }
            }
            Head::Error(reported) => Err(reported),
            head @ (Head::Def { .. }
            | Head::Value(_)
            | Head::Module(_)
            | Head::Prefix(_)
            | Head::Protocol(..)
            | Head::Assoc { .. }) => {
                if let Head::Prefix(names) = &head {
                    Err(self.cx.report_unknown(names[0], Want::Type))
                } else {
                    Err(self.no_record(path_span))
                }
            }
        };
        let mut fields: Vec<FieldInit> = Vec::new();
        let mut base = None;
        for id in self.cx.ast.list(inits) {
            match self.cx.ast[id].kind {
                ast::InitKind::Short(name) => {
                    let head = self.short_value(name);
                    self.field_init(&mut fields, name, head);
                }
                ast::InitKind::Named { name, value } => {
                    let value = self.expr(value);
                    self.field_init(&mut fields, name, value);
                }
                ast::InitKind::Base(value) => base = Some(self.expr(value)),
                // The literal lacks a field that was meant.
                ast::InitKind::Error => {
                    let reported = self.cx.already_reported(span);
                    base = Some(self.error(reported, span));
                }
            }
        }
        match target {
            Ok((res, args)) => self.add(ExprKind::Record { res, args, fields, base, path_span }, span),
            Err(reported) => self.error(reported, span),
        }
    }

    fn no_record(&mut self, span: Span) -> ErrorReported {
        self.cx.error(
            Diagnostic::error("N5008", span, "this is no record or variant")
                .note("a literal with braces makes a value of a record, or of a variant with named fields"),
        )
    }

    /// `x` of `P { x }`.
    fn short_value(&mut self, name: ast::Name) -> ExprId {
        let span = self.cx.span(name);
        match self.lookup(name.symbol, Want::Value) {
            Some(Ok(local)) => self.local(local, span),
            Some(Err(crate::names::Found::Def(def)))
                if matches!(
                    self.cx.package.defs[def].kind,
                    crate::DefKind::Const
                        | crate::DefKind::Fn
                        | crate::DefKind::ConstParam
                        | crate::DefKind::Variant
                ) =>
            {
                self.add(ExprKind::Def { def, self_args: Vec::new(), args: Vec::new() }, span)
            }
            Some(Err(found)) => {
                let reported = self.cx.report_kind(span, name.symbol, found, "a value");
                self.error(reported, span)
            }
            None => {
                let locals: Vec<Symbol> = self.scope.iter().map(|&(name, _)| name).collect();
                let reported = self.cx.report_unknown_among(name, Want::Value, &locals);
                self.error(reported, span)
            }
        }
    }

    fn field_init(&mut self, fields: &mut Vec<FieldInit>, name: ast::Name, value: ExprId) {
        let name_span = self.cx.span(name);
        if name.as_str().is_empty() {
            return;
        }
        if let Some(first) = fields.iter().find(|field| field.name == name.symbol) {
            let error =
                Diagnostic::error("N5011", name_span, format!("field `{}` is given twice", name.as_str()))
                    .label("again here")
                    .secondary(first.name_span, "first here");
            self.cx.error(error);
            return;
        }
        fields.push(FieldInit { name: name.symbol, name_span, value });
    }

    fn arms(&mut self, list: ast::List<ast::ArmId>) -> Vec<Arm> {
        let list: Vec<ast::ArmId> = self.cx.ast.list(list).collect();
        list.into_iter()
            .map(|id| {
                let node = self.cx.ast[id];
                let span = self.cx.span(id);
                self.scoped(|cx| {
                    let mut bindings = Bindings::default();
                    let pat = cx.pat_in(node.pat, false, &mut bindings);
                    cx.bind(bindings);
                    let guard = node.guard.map(|guard| cx.cond(guard));
                    let body = cx.expr(node.body);
                    Arm { pat, guard, body, span }
                })
            })
            .collect()
    }

    fn closure(&mut self, id: ast::ClosureId, span: Span) -> ExprId {
        let node = self.cx.ast[id];
        let body_lo = self.cx.span(node.body).lo;
        let head_span =
            if self.cx.derived.is_some() { span } else { Span { hi: body_lo.max(span.lo), ..span } };
        self.flow.push(Flow::Closure);
        let closure = self.scoped(|cx| {
            let mut bindings = Bindings::default();
            let mut params = Vec::new();
            for id in cx.cx.ast.list(node.params) {
                let span = cx.cx.span(id);
                let (pat, ty) = match cx.cx.ast[id].kind {
                    ast::ParamKind::Pat { pat, ty } => {
                        let ty = ty.map(|ty| cx.cx.ty(ty));
                        (cx.pat_in(pat, false, &mut bindings), ty)
                    }
                    ast::ParamKind::SelfValue { .. } | ast::ParamKind::SelfRef { .. } => {
                        let error = Diagnostic::error("N5020", span, "a closure has no `self` of its own");
                        let reported = cx.cx.error(error);
                        (cx.add_pat(crate::PatKind::Error(reported), span), None)
                    }
                    ast::ParamKind::Error => {
                        let reported = cx.cx.already_reported(span);
                        (cx.add_pat(crate::PatKind::Error(reported), span), None)
                    }
                };
                params.push(ClosureParam { pat, ty });
            }
            cx.scope.extend(bindings.names.iter().map(|&(name, local, _)| (name, Bound::Local(local))));
            let ret = node.ret.map(|ret| cx.cx.ty(ret));
            let body = cx.expr(node.body);
            Closure { params, ret, body, is_move: node.is_move, head_span }
        });
        self.flow.pop();
        self.add(ExprKind::Closure(closure), span)
    }
}

/// All but the lazy ones.
fn operator(op: ast::BinOp) -> BinaryOp {
    match op {
        ast::BinOp::Add => BinaryOp::Add,
        ast::BinOp::Sub => BinaryOp::Sub,
        ast::BinOp::Mul => BinaryOp::Mul,
        ast::BinOp::Div => BinaryOp::Div,
        ast::BinOp::Rem => BinaryOp::Rem,
        ast::BinOp::Shl => BinaryOp::Shl,
        ast::BinOp::Shr => BinaryOp::Shr,
        ast::BinOp::BitAnd => BinaryOp::BitAnd,
        ast::BinOp::BitXor => BinaryOp::BitXor,
        ast::BinOp::BitOr => BinaryOp::BitOr,
        ast::BinOp::Eq => BinaryOp::Eq,
        ast::BinOp::Ne => BinaryOp::Ne,
        ast::BinOp::Lt => BinaryOp::Lt,
        ast::BinOp::Le => BinaryOp::Le,
        ast::BinOp::Gt => BinaryOp::Gt,
        ast::BinOp::Ge => BinaryOp::Ge,
        ast::BinOp::And | ast::BinOp::Or => unreachable!("lazy operators are logical"),
    }
}
