//! A tree → source text, such that parsing it gives the tree again (`quastra expand`).
//!
//! In: a module, also one that `derive` or macros have added to. Out: text in the usual layout; comments are gone.
//!
//! ```text
//! Fn f, Block, Binary + (Name x, Int 1)   →   fn f() {
//!                                                 x + 1
//!                                             }
//! ```
//!
//! Parentheses are written where the tree has them, and where it would be another tree without. Nothing here
//! recurses: what is still to be written lies on a stack.

mod exprs;
mod items;

use crate::ast::*;
use crate::print::Node;
use base::Symbol;

/// Something still to be written.
enum Out {
    Text(&'static str),
    Owned(String),
    Symbol(Symbol),
    Node(Node),
    /// An expression where only those that bind at least so tightly need no parentheses.
    Operand(ExprId, u8),
    /// A type where `dyn P + Q` needs parentheses.
    TightType(TypeId),
    /// A pattern where `a | b` needs parentheses.
    TightPat(PatId),
    /// A new line, further in from here on.
    Open,
    /// A new line, further out from here on.
    Close,
    /// A new line.
    Line,
    /// The statement before was an expression without a semicolon, and another follows.
    EndStatement,
    /// From here on all stays on one line, for an interpolation; or no longer.
    Inline(bool),
}

struct Printer<'m> {
    module: &'m Module,
    text: String,
    indent: usize,
    inline: usize,
    work: Vec<Out>,
}

impl Module {
    /// The module as source text.
    pub fn to_source(&self) -> String {
        let mut printer =
            Printer { module: self, text: String::new(), indent: 0, inline: 0, work: Vec::new() };
        if let Some(docs) = self.docs {
            for line in docs.as_str().split('\n') {
                printer.text += format!("//! {line}").trim_end();
                printer.text.push('\n');
            }
            printer.text.push('\n');
        }
        for (at, item) in self.list(self.items).enumerate() {
            if at > 0 {
                printer.text.push('\n');
            }
            printer.run(Out::Node(Node::Item(item)));
            printer.text.push('\n');
        }
        printer.text
    }

    /// One expression as source text, on one line; for messages.
    pub fn expr_to_source(&self, expr: ExprId) -> String {
        let mut printer =
            Printer { module: self, text: String::new(), indent: 0, inline: 1, work: Vec::new() };
        printer.run(Out::Node(Node::Expr(expr)));
        printer.text
    }

    /// One type as source text.
    pub fn type_to_source(&self, ty: TypeId) -> String {
        let mut printer =
            Printer { module: self, text: String::new(), indent: 0, inline: 1, work: Vec::new() };
        printer.run(Out::Node(Node::Type(ty)));
        printer.text
    }
}

impl Printer<'_> {
    fn run(&mut self, out: Out) {
        self.work.push(out);
        while let Some(out) = self.work.pop() {
            match out {
                Out::Text(text) => self.text += text,
                Out::Owned(text) => self.text += &text,
                Out::Symbol(symbol) => self.text += symbol.as_str(),
                Out::Open => {
                    self.indent += 1;
                    self.line();
                }
                Out::Close => {
                    self.indent -= 1;
                    self.line();
                }
                Out::Line => self.line(),
                Out::EndStatement => {
                    if self.inline > 0 {
                        self.text.push(';');
                    }
                }
                Out::Inline(true) => self.inline += 1,
                Out::Inline(false) => self.inline -= 1,
                Out::Operand(expr, power) => self.operand(expr, power),
                Out::TightType(ty) => {
                    let parens = if let TypeKind::Dyn(bounds) | TypeKind::Impl(bounds) = self.module[ty].kind
                    {
                        bounds.len() > 1
                    } else {
                        false
                    };
                    self.maybe_in_parens(parens, Node::Type(ty));
                }
                Out::TightPat(pat) => {
                    let parens = matches!(self.module[pat].kind, PatKind::Or(_));
                    self.maybe_in_parens(parens, Node::Pat(pat));
                }
                Out::Node(node) => self.node(node),
            }
        }
    }

    fn maybe_in_parens(&mut self, parens: bool, node: Node) {
        match parens {
            true => self.emit([Out::Text("("), Out::Node(node), Out::Text(")")]),
            false => self.work.push(Out::Node(node)),
        }
    }

    /// Puts these before all else that is still to be written.
    fn emit(&mut self, outs: impl IntoIterator<Item = Out>) {
        let at = self.work.len();
        self.work.extend(outs);
        self.work[at..].reverse();
    }

    fn line(&mut self) {
        if self.inline > 0 {
            self.text.push(' ');
            return;
        }
        self.text.push('\n');
        for _ in 0..self.indent.min(40) {
            self.text += "    ";
        }
    }

    fn node(&mut self, node: Node) {
        match node {
            Node::Item(id) => self.item(id),
            Node::Field(id) => self.field(id),
            Node::Variant(id) => self.variant(id),
            Node::Param(id) => self.param(id),
            Node::GenericParam(id) => self.generic_param(id),
            Node::Predicate(id) => {
                let predicate = &self.module[id];
                let mut out = vec![Out::TightType(predicate.ty), Out::Text(": ")];
                self.bounds(&mut out, predicate.bounds);
                self.emit(out);
            }
            Node::Bound(id) => match self.module[id].kind {
                BoundKind::Protocol(ty) => self.emit([Out::TightType(ty)]),
                BoundKind::Region(name) => self.emit([Out::Symbol(name.symbol)]),
            },
            Node::UseTree(id) => self.use_tree(id),
            Node::MacroParam(id) => {
                let param = &self.module[id];
                let text = format!("${}: {}", param.name.symbol, param.kind.symbol);
                self.emit([Out::Owned(text)]);
            }
            Node::Attr(id) => self.attr(id),
            Node::AttrArg(id) => {
                let arg = &self.module[id];
                let name = arg.name.map_or(String::new(), |name| format!("{}: ", name.symbol));
                let value = match arg.kind {
                    AttrArgKind::Literal(literal) => Out::Owned(literal.to_string()),
                    AttrArgKind::Attr(attr) => Out::Node(Node::Attr(attr)),
                    AttrArgKind::Error => Out::Text("error"),
                };
                self.emit([Out::Owned(name), value]);
            }
            Node::Type(id) => self.ty(self.module[id].kind),
            Node::GenericArg(id) => match self.module[id].kind {
                GenericArgKind::Type(ty) => self.emit([Out::Node(Node::Type(ty))]),
                GenericArgKind::Const(expr) => self.emit([Out::Node(Node::Expr(expr))]),
                GenericArgKind::Region(name) => self.emit([Out::Symbol(name.symbol)]),
                GenericArgKind::Assoc { name, ty } => {
                    self.emit([Out::Symbol(name.symbol), Out::Text(" = "), Out::Node(Node::Type(ty))]);
                }
            },
            Node::Pat(id) => self.pat(self.module[id].kind),
            Node::FieldPat(id) => match self.module[id].kind {
                FieldPatKind::Short { name, mutable } => {
                    self.emit([Out::Text(var(mutable)), Out::Symbol(name.symbol)])
                }
                FieldPatKind::Named { name, pat } => {
                    self.emit([Out::Symbol(name.symbol), Out::Text(": "), Out::Node(Node::Pat(pat))]);
                }
                FieldPatKind::Rest => self.emit([Out::Text("..")]),
                FieldPatKind::Error => self.emit([Out::Text("error")]),
            },
            Node::Stmt(id) => self.stmt(self.module[id].kind),
            Node::Block(id) => self.block(id),
            Node::Expr(id) => self.expr(id),
            Node::Part(id) => self.part(id),
            Node::Init(id) => match self.module[id].kind {
                InitKind::Short(name) => self.emit([Out::Symbol(name.symbol)]),
                InitKind::Named { name, value } => {
                    self.emit([Out::Symbol(name.symbol), Out::Text(": "), Out::Operand(value, 1)]);
                }
                InitKind::Base(base) => self.emit([Out::Text(".."), Out::Operand(base, 1)]),
                InitKind::Error => self.emit([Out::Text("error")]),
            },
            Node::Arm(id) => {
                let arm = &self.module[id];
                let mut out = vec![Out::Node(Node::Pat(arm.pat))];
                if let Some(guard) = arm.guard {
                    out.extend([Out::Text(" if "), Out::Node(Node::Expr(guard))]);
                }
                out.extend([Out::Text(" => "), Out::Node(Node::Expr(arm.body))]);
                self.emit(out);
            }
            Node::SelectArm(id) => self.select_arm(id),
        }
    }

    // --- lists ----------------------------------------------------------------------------------------

    /// `a, b, c`
    fn comma<T: Packed>(&self, out: &mut Vec<Out>, list: List<T>, node: impl Fn(T) -> Out) {
        for (at, element) in self.module.list(list).enumerate() {
            if at > 0 {
                out.push(Out::Text(", "));
            }
            out.push(node(element));
        }
    }

    /// ` { … }` with an element a line, each with `end` after it.
    fn body<T: Packed>(&self, out: &mut Vec<Out>, list: List<T>, end: &'static str, node: impl Fn(T) -> Out) {
        out.push(Out::Text(" {"));
        for (at, element) in self.module.list(list).enumerate() {
            out.push(if at == 0 { Out::Open } else { Out::Line });
            out.push(node(element));
            out.push(Out::Text(end));
        }
        if !list.is_empty() {
            out.push(Out::Close);
        }
        out.push(Out::Text("}"));
    }

    fn bounds(&self, out: &mut Vec<Out>, bounds: List<BoundId>) {
        for (at, bound) in self.module.list(bounds).enumerate() {
            if at > 0 {
                out.push(Out::Text(" + "));
            }
            out.push(Out::Node(Node::Bound(bound)));
        }
    }

    // --- types ----------------------------------------------------------------------------------------

    fn ty(&mut self, kind: TypeKind) {
        let mut out = Vec::new();
        match kind {
            TypeKind::Path { path, args } => {
                out.push(Out::Owned(self.module.path_text(path)));
                if !args.is_empty() {
                    out.push(Out::Text("["));
                    self.comma(&mut out, args, |arg| Out::Node(Node::GenericArg(arg)));
                    out.push(Out::Text("]"));
                }
            }
            TypeKind::Callable { path, params, ret } => {
                out.push(Out::Owned(self.module.path_text(path)));
                self.signature(&mut out, params, ret);
            }
            TypeKind::Assoc { base, name } => {
                out.extend([Out::Node(Node::Type(base)), Out::Text("."), Out::Symbol(name.symbol)]);
            }
            TypeKind::Qualified { ty, protocol, name } => {
                out.extend([Out::Text("("), Out::Node(Node::Type(ty)), Out::Text(" as ")]);
                out.extend([Out::Node(Node::Type(protocol)), Out::Text(")."), Out::Symbol(name.symbol)]);
            }
            TypeKind::Ref { region, mutable, ty } => {
                out.push(Out::Text("&"));
                if let Some(region) = region {
                    out.extend([Out::Symbol(region.symbol), Out::Text(" ")]);
                }
                out.extend([Out::Text(mut_(mutable)), Out::TightType(ty)]);
            }
            TypeKind::Pointer { mutable, ty } => {
                out.extend([Out::Text("*"), Out::Text(mut_(mutable)), Out::TightType(ty)]);
            }
            TypeKind::Tuple(types) => {
                out.push(Out::Text("("));
                self.comma(&mut out, types, |ty| Out::Node(Node::Type(ty)));
                out.push(Out::Text(if types.len() == 1 { ",)" } else { ")" }));
            }
            TypeKind::Array { element, len } => {
                out.extend([Out::Text("["), Out::Node(Node::Type(element)), Out::Text("; ")]);
                out.extend([Out::Operand(len, 1), Out::Text("]")]);
            }
            TypeKind::Slice(element) => {
                out.extend([Out::Text("["), Out::Node(Node::Type(element)), Out::Text("]")]);
            }
            TypeKind::Fn { abi, params, ret } => {
                if let Some(abi) = abi {
                    out.push(Out::Owned(format!("extern {} ", Literal::Str(abi))));
                }
                out.push(Out::Text("fn"));
                self.signature(&mut out, params, ret);
            }
            TypeKind::Dyn(bounds) => {
                out.push(Out::Text("dyn "));
                self.bounds(&mut out, bounds);
            }
            TypeKind::Impl(bounds) => {
                out.push(Out::Text("impl "));
                self.bounds(&mut out, bounds);
            }
            TypeKind::Infer => out.push(Out::Text("_")),
            TypeKind::MacroVar(name) => out.push(Out::Owned(format!("${name}"))),
            TypeKind::Error => out.push(Out::Text("error")),
        }
        self.emit(out);
    }

    /// `(A, B) -> C`
    fn signature(&self, out: &mut Vec<Out>, params: List<TypeId>, ret: Option<TypeId>) {
        out.push(Out::Text("("));
        self.comma(out, params, |ty| Out::Node(Node::Type(ty)));
        out.push(Out::Text(")"));
        if let Some(ret) = ret {
            out.extend([Out::Text(" -> "), Out::TightType(ret)]);
        }
    }

    // --- patterns -------------------------------------------------------------------------------------

    fn pat(&mut self, kind: PatKind) {
        let mut out = Vec::new();
        let pat = |id| Out::Node(Node::Pat(id));
        match kind {
            PatKind::Wild => out.push(Out::Text("_")),
            PatKind::Rest => out.push(Out::Text("..")),
            PatKind::Bind { name, mutable } => {
                out.extend([Out::Text(var(mutable)), Out::Symbol(name.symbol)])
            }
            PatKind::At { name, mutable, pat } => {
                out.extend([Out::Text(var(mutable)), Out::Symbol(name.symbol), Out::Text(" @ ")]);
                out.push(Out::TightPat(pat));
            }
            PatKind::Literal(expr) => out.push(Out::Node(Node::Expr(expr))),
            PatKind::Range { lo, hi, inclusive } => {
                out.extend(lo.map(|expr| Out::Node(Node::Expr(expr))));
                out.push(Out::Text(if inclusive { "..=" } else { ".." }));
                out.extend(hi.map(|expr| Out::Node(Node::Expr(expr))));
            }
            PatKind::Path(path) => out.push(Out::Owned(self.module.path_text(path))),
            PatKind::Call { path, args } => {
                out.extend([Out::Owned(self.module.path_text(path)), Out::Text("(")]);
                self.comma(&mut out, args, pat);
                out.push(Out::Text(")"));
            }
            PatKind::Record { path, fields } => {
                out.extend([Out::Owned(self.module.path_text(path)), Out::Text(" { ")]);
                self.comma(&mut out, fields, |field| Out::Node(Node::FieldPat(field)));
                out.push(Out::Text(" }"));
            }
            PatKind::Tuple(pats) => {
                out.push(Out::Text("("));
                self.comma(&mut out, pats, pat);
                out.push(Out::Text(if pats.len() == 1 { ",)" } else { ")" }));
            }
            PatKind::Slice(pats) => {
                out.push(Out::Text("["));
                self.comma(&mut out, pats, pat);
                out.push(Out::Text("]"));
            }
            PatKind::Or(pats) => {
                for (at, pat) in self.module.list(pats).enumerate() {
                    if at > 0 {
                        out.push(Out::Text(" | "));
                    }
                    out.push(Out::TightPat(pat));
                }
            }
            PatKind::Ref { mutable, pat } => {
                out.extend([Out::Text("&"), Out::Text(mut_(mutable)), Out::TightPat(pat)]);
            }
            PatKind::Error => out.push(Out::Text("error")),
        }
        self.emit(out);
    }
}

fn var(mutable: bool) -> &'static str {
    if mutable { "var " } else { "" }
}

fn mut_(mutable: bool) -> &'static str {
    if mutable { "mut " } else { "" }
}

#[cfg(test)]
mod tests;
