//! Bodies: expressions, patterns, statements.

use super::Printer;
use crate::{
    Block, Body, BodyId, ExprId, ExprKind, LabelId, Lit, LocalId, LogicalOp, PatFields, PatId, PatKind,
    PatPath, StmtKind, TryTarget, UnaryOp,
};
use base::stack;

impl Printer<'_> {
    /// The body, and a line break.
    pub(super) fn body(&mut self, id: BodyId) {
        let body = self.package.body(id);
        let patterns: Vec<String> =
            body.params.iter().map(|&pat| self.pat(body, pat)).filter(|text| text.contains('%')).collect();
        if !patterns.is_empty() {
            self.put(&format!("|{}| ", patterns.join(", ")));
        }
        self.expr(body, body.value);
        self.put("\n");
    }

    /// The body of a constant on one line.
    pub(super) fn body_text(&self, id: BodyId) -> String {
        let mut inner = Printer { package: self.package, out: String::new(), indent: 0 };
        let body = self.package.body(id);
        inner.expr(body, body.value);
        inner.out
    }

    fn local(&self, body: &Body, local: LocalId) -> String {
        format!("{}%{}", body.locals[local].name, local.0)
    }

    fn label(&self, label: LabelId) -> String {
        format!("'{}", label.0)
    }

    fn list(&mut self, body: &Body, list: &[ExprId]) {
        for (index, &id) in list.iter().enumerate() {
            if index > 0 {
                self.put(", ");
            }
            self.expr(body, id);
        }
    }

    fn expr(&mut self, body: &Body, id: ExprId) {
        stack::deep(|| self.expr_here(body, id));
    }

    fn expr_here(&mut self, body: &Body, id: ExprId) {
        match &body.exprs[id].kind {
            ExprKind::Lit(lit) => self.put(&lit_text(lit)),
            ExprKind::Local(local) => self.put(&self.local(body, *local)),
            ExprKind::Def { def, self_args, args } => {
                let def_of = self.package.def(*def);
                let text = match (def_of.kind, def_of.parent) {
                    (crate::DefKind::ConstParam, _) => def_of.name.to_string(),
                    (_, Some(parent)) if !self_args.is_empty() => {
                        format!("{}{}.{}", self.package.path_of(parent), self.args(self_args), def_of.name)
                    }
                    (_, _) => self.package.path_of(*def),
                };
                self.put(&format!("{text}{}", self.args(args)));
            }
            ExprKind::Assoc { base, protocol, name, args, .. } => {
                let head = match (base, protocol) {
                    (Some(base), Some(protocol)) => {
                        format!("({} as {})", self.ty(base), self.protocol(protocol))
                    }
                    (Some(base), None) => self.ty(base),
                    (None, Some(protocol)) => self.protocol(protocol),
                    (None, None) => "<error>".to_string(),
                };
                self.put(&format!("{head}.{name}{}", self.args(args)));
            }
            ExprKind::Call { callee, args } => {
                self.expr(body, *callee);
                self.put("(");
                self.list(body, args);
                self.put(")");
            }
            ExprKind::MethodCall { receiver, name, generic_args, args, .. } => {
                self.expr(body, *receiver);
                self.put(&format!(".{name}{}(", self.args(generic_args)));
                self.list(body, args);
                self.put(")");
            }
            ExprKind::Field { base, name, .. } => {
                self.expr(body, *base);
                self.put(&format!(".{name}"));
            }
            ExprKind::Index { base, index } => {
                self.expr(body, *base);
                self.put("[");
                self.expr(body, *index);
                self.put("]");
            }
            ExprKind::Unary { op, operand } => {
                self.put(match op {
                    UnaryOp::Neg => "-",
                    UnaryOp::Not => "!",
                });
                self.expr(body, *operand);
            }
            ExprKind::Deref(operand) => {
                self.put("*");
                self.expr(body, *operand);
            }
            ExprKind::Ref { mutable, operand } => {
                self.put(if *mutable { "&mut " } else { "&" });
                self.expr(body, *operand);
            }
            ExprKind::Binary { op, lhs, rhs, .. } => self.infix(body, *lhs, op.text(), *rhs),
            ExprKind::Logical { op, lhs, rhs } => {
                let text = match op {
                    LogicalOp::And => "&&",
                    LogicalOp::Or => "||",
                };
                self.infix(body, *lhs, text, *rhs);
            }
            ExprKind::Cast { operand, ty } => {
                self.put("(");
                self.expr(body, *operand);
                self.put(&format!(" as {})", self.ty(ty)));
            }
            ExprKind::Assign { place, value } => {
                self.expr(body, *place);
                self.put(" = ");
                self.expr(body, *value);
            }
            ExprKind::AssignOp { op, place, value, .. } => {
                self.expr(body, *place);
                self.put(&format!(" {}= ", op.text()));
                self.expr(body, *value);
            }
            ExprKind::Tuple(list) => {
                self.put("(");
                self.list(body, list);
                self.put(if list.len() == 1 { ",)" } else { ")" });
            }
            ExprKind::Array(list) => {
                self.put("[");
                self.list(body, list);
                self.put("]");
            }
            ExprKind::Repeat { value, count } => {
                self.put("[");
                self.expr(body, *value);
                self.put(&format!("; {}]", self.const_arg(count)));
            }
            ExprKind::Record { res, args, fields, base, .. } => {
                self.put(&format!("{}{} {{ ", self.res(*res), self.args(args)));
                for (index, field) in fields.iter().enumerate() {
                    if index > 0 {
                        self.put(", ");
                    }
                    self.put(&format!("{}: ", field.name));
                    self.expr(body, field.value);
                }
                if let Some(base) = base {
                    self.put(if fields.is_empty() { ".." } else { ", .." });
                    self.expr(body, *base);
                }
                self.put(" }");
            }
            ExprKind::Block(block) => self.block(body, block),
            ExprKind::If { cond, then, els } => {
                self.put("if ");
                self.expr(body, *cond);
                self.put(" ");
                self.expr(body, *then);
                if let Some(els) = els {
                    self.put(" else ");
                    self.expr(body, *els);
                }
            }
            ExprKind::Let { pat, value } => {
                self.put(&format!("let {} = ", self.pat(body, *pat)));
                self.expr(body, *value);
            }
            ExprKind::Match { scrutinee, arms, .. } => {
                self.put("match ");
                self.expr(body, *scrutinee);
                self.put(" {\n");
                self.nested(|p| {
                    for arm in arms {
                        p.start();
                        p.put(&p.pat(body, arm.pat));
                        if let Some(guard) = arm.guard {
                            p.put(" if ");
                            p.expr(body, guard);
                        }
                        p.put(" => ");
                        p.expr(body, arm.body);
                        p.put("\n");
                    }
                });
                self.start();
                self.put("}");
            }
            ExprKind::Loop { label, body: inner, .. } => {
                self.put(&format!("{}: loop ", self.label(*label)));
                self.expr(body, *inner);
            }
            ExprKind::Break { label, value } => {
                self.put(&format!("break {}", self.label(*label)));
                self.operand(body, *value);
            }
            ExprKind::Continue { label } => self.put(&format!("continue {}", self.label(*label))),
            ExprKind::Return(value) => {
                self.put("return");
                self.operand(body, *value);
            }
            ExprKind::Closure(closure) => {
                let params: Vec<String> = closure
                    .params
                    .iter()
                    .map(|param| {
                        let ty = param.ty.as_ref().map(|ty| format!(": {}", self.ty(ty))).unwrap_or_default();
                        format!("{}{ty}", self.pat(body, param.pat))
                    })
                    .collect();
                let word = if closure.is_move { "move " } else { "" };
                self.put(&format!("{word}|{}| ", params.join(", ")));
                if let Some(ret) = &closure.ret {
                    self.put(&format!("-> {} ", self.ty(ret)));
                }
                self.expr(body, closure.body);
            }
            ExprKind::Try { operand, target, cleanup } => {
                match target {
                    TryTarget::Return => self.put("try "),
                    TryTarget::Block(label) => self.put(&format!("try {} ", self.label(*label))),
                }
                self.expr(body, *operand);
                if let Some(cleanup) = cleanup {
                    self.put(&format!(" cleanup |{}| ", self.local(body, cleanup.error)));
                    self.expr(body, cleanup.body);
                }
            }
            ExprKind::TryBlock { label, body: inner } => {
                self.put(&format!("{}: try ", self.label(*label)));
                self.expr(body, *inner);
            }
            ExprKind::Finish { value, cleanup, after_error } => {
                self.expr(body, *value);
                self.put(" finish ");
                self.expr(body, *cleanup);
                self.put(&format!(" after |{}| ", self.local(body, after_error.error)));
                self.expr(body, after_error.body);
            }
            ExprKind::Format { arguments } => {
                self.put("format ");
                self.expr(body, *arguments);
            }
            ExprKind::Error(_) => self.put("<error>"),
        }
    }

    fn infix(&mut self, body: &Body, lhs: ExprId, op: &str, rhs: ExprId) {
        self.put("(");
        self.expr(body, lhs);
        self.put(&format!(" {op} "));
        self.expr(body, rhs);
        self.put(")");
    }

    fn operand(&mut self, body: &Body, value: Option<ExprId>) {
        if let Some(value) = value {
            self.put(" ");
            self.expr(body, value);
        }
    }

    fn block(&mut self, body: &Body, block: &Block) {
        if let Some(label) = block.label {
            self.put(&format!("{}: ", self.label(label)));
        }
        if block.is_unsafe {
            self.put("unsafe ");
        }
        match (&block.stmts[..], block.value) {
            ([], None) => self.put("{}"),
            (stmts, value) => {
                self.put("{\n");
                self.nested(|p| {
                    for stmt in stmts {
                        p.start();
                        p.stmt(body, &stmt.kind);
                        p.put("\n");
                    }
                    if let Some(value) = value {
                        p.start();
                        p.expr(body, value);
                        p.put("\n");
                    }
                });
                self.start();
                self.put("}");
            }
        }
    }

    fn stmt(&mut self, body: &Body, stmt: &StmtKind) {
        match stmt {
            StmtKind::Let { pat, ty, init, els } => {
                self.put(&format!("let {}", self.pat(body, *pat)));
                if let Some(ty) = ty {
                    self.put(&format!(": {}", self.ty(ty)));
                }
                if let Some(init) = init {
                    self.put(" = ");
                    self.expr(body, *init);
                }
                if let Some(els) = els {
                    self.put(" else ");
                    self.expr(body, *els);
                }
            }
            StmtKind::Expr(expr) => {
                self.expr(body, *expr);
                self.put(";");
            }
        }
    }

    fn pat(&self, body: &Body, id: PatId) -> String {
        let list = |pats: &[PatId]| pats.iter().map(|&pat| self.pat(body, pat)).collect::<Vec<_>>();
        let with_rest = |pats: &[PatId], rest: Option<usize>| {
            let mut texts = list(pats);
            if let Some(at) = rest {
                texts.insert(at, "..".to_string());
            }
            texts.join(", ")
        };
        match &body.pats[id].kind {
            PatKind::Wild => "_".to_string(),
            PatKind::Bind { local, sub } => {
                let word = if body.locals[*local].mutable { "var " } else { "" };
                let sub = sub.map(|sub| format!(" @ {}", self.pat(body, sub))).unwrap_or_default();
                format!("{word}{}{sub}", self.local(body, *local))
            }
            PatKind::Lit { lit, negative } => {
                format!("{}{}", if *negative { "-" } else { "" }, lit_text(lit))
            }
            PatKind::Range { lo, hi, inclusive } => {
                let end = |end: &Option<PatId>| end.map(|end| self.pat(body, end)).unwrap_or_default();
                format!("{}{}{}", end(lo), if *inclusive { "..=" } else { ".." }, end(hi))
            }
            PatKind::Const(def) => self.package.path_of(*def),
            PatKind::Variant { path, fields } => {
                let path = match path {
                    PatPath::Res(res) => self.res(*res),
                    PatPath::Bare(name, _) => format!("?.{name}"),
                    PatPath::Member(res, name, _) => format!("{}.{name}", self.res(*res)),
                };
                match fields {
                    PatFields::Unit => path,
                    PatFields::Tuple(pats, rest) => format!("{path}({})", with_rest(pats, *rest)),
                    PatFields::Record(fields, rest) => {
                        let mut texts: Vec<String> = fields
                            .iter()
                            .map(|field| format!("{}: {}", field.name, self.pat(body, field.pat)))
                            .collect();
                        if *rest {
                            texts.push("..".to_string());
                        }
                        format!("{path} {{ {} }}", texts.join(", "))
                    }
                }
            }
            PatKind::Tuple(pats, rest) => format!("({})", with_rest(pats, *rest)),
            PatKind::Slice { before, rest, after } => {
                let mut texts = list(before);
                match rest {
                    Some(Some(bound)) => texts.push(format!("{} @ ..", self.pat(body, *bound))),
                    Some(None) => texts.push("..".to_string()),
                    None => {}
                }
                texts.extend(list(after));
                format!("[{}]", texts.join(", "))
            }
            PatKind::Ref { mutable, pat } => {
                format!("&{}{}", if *mutable { "mut " } else { "" }, self.pat(body, *pat))
            }
            PatKind::Or(pats) => list(pats).join(" | "),
            PatKind::Error(_) => "<error>".to_string(),
        }
    }
}

fn lit_text(lit: &Lit) -> String {
    let suffixed = |text: String, suffix: Option<base::Symbol>| match suffix {
        Some(suffix) => format!("{text}{suffix}"),
        None => text,
    };
    match lit {
        Lit::Int(value, suffix) => suffixed(value.to_string(), *suffix),
        Lit::Float(digits, suffix) => suffixed(digits.to_string(), *suffix),
        Lit::Bool(value) => value.to_string(),
        Lit::Char(value) => format!("{value:?}"),
        Lit::Str(text) => format!("{:?}", text.as_str()),
        Lit::Bytes(text) => format!("b{:?}", text.as_str()),
        Lit::Byte(value) => format!("{value}u8"),
    }
}
