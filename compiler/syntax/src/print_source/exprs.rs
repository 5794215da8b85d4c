//! Writes expressions, statements and blocks; see [`super`].

use super::{Out, Printer};
use crate::ast::*;
use crate::print::{Node, write_text};

/// How tightly expressions bind, beyond the operators' [`BinOp::power`].
const ASSIGN: u8 = 0;
/// Ranges, closures, jumps: as far right as they can.
const WIDE: u8 = 1;
const LET: u8 = BinOp::And.power() + 1;
const CAST: u8 = 14;
const PREFIX: u8 = 15;
const POSTFIX: u8 = 20;

impl Printer<'_> {
    fn power(&self, expr: ExprId) -> u8 {
        match self.module[expr].kind {
            ExprKind::Assign { .. } => ASSIGN,
            ExprKind::Range { .. }
            | ExprKind::Closure(_)
            | ExprKind::Return(_)
            | ExprKind::Break { .. }
            | ExprKind::Continue { .. } => WIDE,
            ExprKind::Let { .. } => LET,
            ExprKind::Binary { op, .. } => op.power(),
            ExprKind::Cast { .. } => CAST,
            ExprKind::Unary { op: UnOp::Ref | UnOp::RefMut, operand }
                if matches!(self.module[operand].kind, ExprKind::Closure(_)) =>
            {
                WIDE
            }
            ExprKind::Unary { .. } | ExprKind::Try(_) | ExprKind::Ask { .. } | ExprKind::Tell { .. } => {
                PREFIX
            }
            ExprKind::Spawn(operand) if !matches!(self.module[operand].kind, ExprKind::Block(_)) => PREFIX,
            ExprKind::Spawn(_)
            | ExprKind::Literal(_)
            | ExprKind::Interpolated(_)
            | ExprKind::Name(_)
            | ExprKind::Field { .. }
            | ExprKind::TupleField { .. }
            | ExprKind::Index { .. }
            | ExprKind::Call { .. }
            | ExprKind::MacroCall(_)
            | ExprKind::MacroVar(_)
            | ExprKind::Record { .. }
            | ExprKind::Tuple(_)
            | ExprKind::Array(_)
            | ExprKind::Repeat { .. }
            | ExprKind::Paren(_)
            | ExprKind::Block(_)
            | ExprKind::Unsafe(_)
            | ExprKind::Async(_)
            | ExprKind::If { .. }
            | ExprKind::Match { .. }
            | ExprKind::While { .. }
            | ExprKind::Loop(_)
            | ExprKind::For { .. }
            | ExprKind::Labelled { .. }
            | ExprKind::TryBlock { .. }
            | ExprKind::Scope(_)
            | ExprKind::Select(_)
            | ExprKind::Await(_)
            | ExprKind::Type(_)
            | ExprKind::Error => POSTFIX,
        }
    }

    /// An expression in parentheses, unless it binds at least as tightly as `power`.
    pub(super) fn operand(&mut self, expr: ExprId, power: u8) {
        let parens = self.power(expr) < power;
        self.maybe_in_parens(parens, Node::Expr(expr));
    }

    pub(super) fn expr(&mut self, id: ExprId) {
        let mut out = Vec::new();
        let expr = |id| Out::Node(Node::Expr(id));
        let block = |id| Out::Node(Node::Block(id));
        match self.module[id].kind {
            ExprKind::Literal(literal) => out.push(Out::Owned(literal.to_string())),
            ExprKind::Interpolated(parts) => self.interpolated(&mut out, parts),
            ExprKind::Name(name) => out.push(Out::Symbol(name.symbol)),
            ExprKind::Field { base, name } => {
                out.extend([Out::Operand(base, POSTFIX), Out::Text("."), Out::Symbol(name.symbol)]);
            }
            ExprKind::TupleField { base, index } => {
                out.extend([Out::Operand(base, POSTFIX), Out::Owned(format!(".{index}"))]);
            }
            ExprKind::Index { base, args } => {
                out.extend([Out::Operand(base, POSTFIX), Out::Text("[")]);
                self.comma(&mut out, args, |arg| Out::Operand(arg, WIDE));
                out.push(Out::Text("]"));
            }
            ExprKind::Call { callee, args } => {
                out.extend([Out::Operand(callee, POSTFIX), Out::Text("(")]);
                self.comma(&mut out, args, |arg| Out::Operand(arg, WIDE));
                out.push(Out::Text(")"));
            }
            ExprKind::MacroCall(call) => self.macro_call(&mut out, call),
            ExprKind::MacroVar(name) => out.push(Out::Owned(format!("${name}"))),
            ExprKind::Record { path, inits } => {
                out.extend([Out::Operand(path, POSTFIX), Out::Text(" { ")]);
                self.comma(&mut out, inits, |init| Out::Node(Node::Init(init)));
                out.push(Out::Text(" }"));
            }
            ExprKind::Unary { op, operand } => {
                let closure = matches!(self.module[operand].kind, ExprKind::Closure(_))
                    && matches!(op, UnOp::Ref | UnOp::RefMut);
                out.extend([
                    Out::Text(op.as_str()),
                    Out::Operand(operand, if closure { WIDE } else { PREFIX }),
                ]);
            }
            ExprKind::Binary { op, lhs, rhs } => {
                // Comparisons do not chain.
                let left = op.power() + u8::from(op.is_comparison());
                out.extend([Out::Operand(lhs, left), Out::Owned(format!(" {} ", op.as_str()))]);
                out.push(Out::Operand(rhs, op.power() + 1));
            }
            ExprKind::Assign { op, target, value } => {
                out.extend([Out::Operand(target, 2), Out::Owned(format!(" {} ", op.as_str()))]);
                out.push(Out::Operand(value, WIDE));
            }
            ExprKind::Cast { operand, ty } => {
                out.extend([Out::Operand(operand, CAST), Out::Text(" as "), Out::TightType(ty)]);
            }
            ExprKind::Range { lo, hi, inclusive } => {
                out.extend(lo.map(|lo| Out::Operand(lo, 2)));
                out.push(Out::Text(if inclusive { "..=" } else { ".." }));
                out.extend(hi.map(|hi| Out::Operand(hi, 2)));
            }
            ExprKind::Tuple(exprs) => {
                out.push(Out::Text("("));
                self.comma(&mut out, exprs, |expr| Out::Operand(expr, WIDE));
                out.push(Out::Text(if exprs.len() == 1 { ",)" } else { ")" }));
            }
            ExprKind::Array(exprs) => {
                out.push(Out::Text("["));
                self.comma(&mut out, exprs, |expr| Out::Operand(expr, WIDE));
                out.push(Out::Text("]"));
            }
            ExprKind::Repeat { value, count } => {
                out.extend([Out::Text("["), Out::Operand(value, WIDE), Out::Text("; ")]);
                out.extend([Out::Operand(count, WIDE), Out::Text("]")]);
            }
            ExprKind::Paren(inner) => out.extend([Out::Text("("), Out::Operand(inner, WIDE), Out::Text(")")]),
            ExprKind::Block(body) => out.push(block(body)),
            ExprKind::Unsafe(body) => out.extend([Out::Text("unsafe "), block(body)]),
            ExprKind::Async(body) => out.extend([Out::Text("async "), block(body)]),
            ExprKind::Loop(body) => out.extend([Out::Text("loop "), block(body)]),
            ExprKind::Scope(body) => out.extend([Out::Text("scope "), block(body)]),
            ExprKind::If { cond, then, els } => {
                out.extend([Out::Text("if "), expr(cond), Out::Text(" "), block(then)]);
                if let Some(els) = els {
                    out.extend([Out::Text(" else "), expr(els)]);
                }
            }
            ExprKind::Let { pat, init } => {
                out.extend([
                    Out::Text("let "),
                    Out::Node(Node::Pat(pat)),
                    Out::Text(" = "),
                    Out::Operand(init, LET),
                ]);
            }
            ExprKind::Match { subject, arms } => {
                out.extend([Out::Text("match "), expr(subject)]);
                self.body(&mut out, arms, ",", |arm| Out::Node(Node::Arm(arm)));
            }
            ExprKind::While { cond, body } => {
                out.extend([Out::Text("while "), expr(cond), Out::Text(" "), block(body)]);
            }
            ExprKind::For { pat, iter, body } => {
                out.extend([Out::Text("for "), Out::Node(Node::Pat(pat)), Out::Text(" in "), expr(iter)]);
                out.extend([Out::Text(" "), block(body)]);
            }
            ExprKind::Labelled { label, body } => {
                out.extend([Out::Symbol(label.symbol), Out::Text(": "), expr(body)]);
            }
            ExprKind::Break { label, value } => {
                out.push(Out::Text("break"));
                out.extend(label.map(|label| Out::Owned(format!(" {label}"))));
                out.extend(value.into_iter().flat_map(|value| [Out::Text(" "), Out::Operand(value, WIDE)]));
            }
            ExprKind::Continue { label } => {
                out.push(Out::Text("continue"));
                out.extend(label.map(|label| Out::Owned(format!(" {label}"))));
            }
            ExprKind::Return(value) => {
                out.push(Out::Text("return"));
                out.extend(value.into_iter().flat_map(|value| [Out::Text(" "), Out::Operand(value, WIDE)]));
            }
            ExprKind::Closure(id) => {
                let closure = self.module[id];
                out.push(Out::Text(if closure.is_move { "move |" } else { "|" }));
                self.comma(&mut out, closure.params, |param| Out::Node(Node::Param(param)));
                out.push(Out::Text("| "));
                if let Some(ret) = closure.ret {
                    out.extend([Out::Text("-> "), Out::TightType(ret), Out::Text(" ")]);
                }
                out.push(expr(closure.body));
            }
            ExprKind::Try(operand) => out.extend([Out::Text("try "), Out::Operand(operand, PREFIX)]),
            ExprKind::TryBlock { body, catches } => {
                out.extend([Out::Text("try "), block(body)]);
                for catch in self.module.list(catches) {
                    let catch = &self.module[catch];
                    // A record's brace would be the body's.
                    let (open, close) = if let PatKind::Record { .. }
                    | PatKind::At { .. }
                    | PatKind::Ref { .. }
                    | PatKind::Or(_) = self.module[catch.pat].kind
                    {
                        ("(", ")")
                    } else {
                        ("", "")
                    };
                    out.extend([Out::Text(" catch "), Out::Text(open), Out::Node(Node::Pat(catch.pat))]);
                    out.extend([Out::Text(close), Out::Text(" "), expr(catch.body)]);
                }
            }
            ExprKind::Spawn(operand) => out.extend([Out::Text("spawn "), Out::Operand(operand, PREFIX)]),
            ExprKind::Select(arms) => {
                out.push(Out::Text("select"));
                self.body(&mut out, arms, ",", |arm| Out::Node(Node::SelectArm(arm)));
            }
            ExprKind::Ask { call, within } => self.message(&mut out, "ask ", call, within),
            ExprKind::Tell { call, within } => self.message(&mut out, "tell ", call, within),
            ExprKind::Await(operand) => out.extend([Out::Operand(operand, POSTFIX), Out::Text(".await")]),
            ExprKind::Type(ty) => out.push(Out::Node(Node::Type(ty))),
            ExprKind::Error => out.push(Out::Text("error")),
        }
        self.emit(out);
    }

    fn message(&self, out: &mut Vec<Out>, word: &'static str, call: ExprId, within: Option<ExprId>) {
        out.extend([Out::Text(word), Out::Operand(call, POSTFIX)]);
        if let Some(within) = within {
            out.extend([Out::Text(" within "), Out::Operand(within, POSTFIX)]);
        }
    }

    pub(super) fn select_arm(&mut self, id: SelectArmId) {
        let arm = self.module[id];
        let mut out = Vec::new();
        match arm.kind {
            SelectArmKind::Operation { pat, call } => {
                out.extend([Out::Node(Node::Pat(pat)), Out::Text(" = "), Out::Operand(call, WIDE)]);
            }
            SelectArmKind::After(duration) => out.extend([Out::Text("after "), Out::Operand(duration, WIDE)]),
            SelectArmKind::Default => out.push(Out::Text("default")),
            SelectArmKind::Error => out.push(Out::Text("error")),
        }
        out.extend([Out::Text(" => "), Out::Node(Node::Expr(arm.body))]);
        self.emit(out);
    }

    // --- strings --------------------------------------------------------------------------------------

    /// A string in which an interpolation needs several lines is written between `"""`.
    fn interpolated(&self, out: &mut Vec<Out>, parts: List<PartId>) {
        let lines = self.inline == 0 && self.module.list(parts).any(|part| self.needs_lines(part));
        out.push(if lines { Out::Text("\"\"\"") } else { Out::Text("\"") });
        if !lines {
            out.push(Out::Inline(true));
        }
        out.extend(self.module.list(parts).map(|part| Out::Node(Node::Part(part))));
        if !lines {
            out.push(Out::Inline(false));
        }
        out.push(if lines { Out::Text("\"\"\"") } else { Out::Text("\"") });
    }

    /// Has it a block of several statements?
    fn needs_lines(&self, part: PartId) -> bool {
        let mut work = vec![Node::Part(part)];
        while let Some(node) = work.pop() {
            if let Node::Block(block) = node
                && self.module[block].stmts.len() > 1
            {
                return true;
            }
            work.extend(self.module.line(node).children.into_iter().map(|(_, node)| node));
        }
        false
    }

    pub(super) fn part(&mut self, id: PartId) {
        match self.module[id].kind {
            PartKind::Text(text) => {
                let mut written = String::new();
                // Writing to a string does not fail.
                let _result = write_text(&mut written, text.as_str());
                self.emit([Out::Owned(written)]);
            }
            PartKind::Expr { expr, format } => {
                let format = format.map_or(String::new(), |format| format!(":{}", format.symbol));
                // `{{` would be a brace.
                let open = if self.begins_with_brace(expr) { "{ " } else { "{" };
                self.emit([Out::Text(open), Out::Operand(expr, 1), Out::Owned(format), Out::Text("}")]);
            }
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a few of dozens are meant, however many there will be"
    )]
    fn begins_with_brace(&self, expr: ExprId) -> bool {
        let mut expr = expr;
        loop {
            expr = match self.module[expr].kind {
                ExprKind::Block(_) => return true,
                ExprKind::Field { base, .. }
                | ExprKind::TupleField { base, .. }
                | ExprKind::Index { base, .. } => base,
                ExprKind::Call { callee, .. } => callee,
                ExprKind::Binary { lhs, .. } => lhs,
                ExprKind::Cast { operand, .. } | ExprKind::Await(operand) => operand,
                ExprKind::Range { lo: Some(lo), .. } => lo,
                _other => return false,
            };
        }
    }

    // --- statements ------------------------------------------------------------------------------------

    pub(super) fn block(&mut self, id: BlockId) {
        let stmts = self.module[id].stmts;
        let mut out = vec![Out::Text("{")];
        for (at, stmt) in self.module.list(stmts).enumerate() {
            if at > 0 {
                out.push(Out::EndStatement);
            }
            out.push(if at == 0 { Out::Open } else { Out::Line });
            out.push(Out::Node(Node::Stmt(stmt)));
        }
        if !stmts.is_empty() {
            out.push(Out::Close);
        }
        out.push(Out::Text("}"));
        self.emit(out);
    }

    pub(super) fn stmt(&mut self, kind: StmtKind) {
        let mut out = Vec::new();
        match kind {
            StmtKind::Let(id) => {
                let stmt = self.module[id];
                out.extend([
                    Out::Text(if stmt.mutable { "var " } else { "let " }),
                    Out::Node(Node::Pat(stmt.pat)),
                ]);
                if let Some(ty) = stmt.ty {
                    out.extend([Out::Text(": "), Out::Node(Node::Type(ty))]);
                }
                if let Some(init) = stmt.init {
                    out.extend([Out::Text(" = "), Out::Operand(init, WIDE)]);
                }
                if let Some(els) = stmt.els {
                    out.extend([Out::Text(" else "), Out::Node(Node::Block(els))]);
                }
            }
            StmtKind::Using { name, value } => {
                out.extend([Out::Text("using "), Out::Symbol(name.symbol), Out::Text(" = ")]);
                out.push(Out::Operand(value, WIDE));
            }
            StmtKind::Expr(expr) => out.push(Out::Node(Node::Expr(expr))),
            StmtKind::Semi(expr) => out.extend([Out::Node(Node::Expr(expr)), Out::Text(";")]),
            StmtKind::Item(item) => out.push(Out::Node(Node::Item(item))),
        }
        self.emit(out);
    }
}
