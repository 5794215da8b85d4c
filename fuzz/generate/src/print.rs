//! Cases as text of a language.
//!
//! In: [`Case`]s. Out: one program of all of them, in Quastra or in Rust. Every case has names of its own; `main` takes
//! the number of the case to begin with, so that what follows a panicking case can be run too.
//!
//! ```text
//! Stmt::Let { x = 1 }   →   let x = 1        let x = 1;
//! ```

use crate::ast::*;
use crate::prelude;
use std::fmt::Write;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    Quastra,
    Rust,
}

/// A whole program.
pub fn program(cases: &[(usize, Case)], dialect: Dialect) -> String {
    let mut out = String::new();
    out.push_str(match dialect {
        Dialect::Quastra => prelude::QUASTRA,
        Dialect::Rust => prelude::RUST,
    });
    for (number, case) in cases {
        let mut printer = Printer { dialect, out, indent: 0, case, tries: Vec::new(), head: false };
        printer.case(*number);
        out = printer.out;
    }
    let mut arms = String::new();
    let end = if dialect == Dialect::Rust { ";" } else { "" };
    for (number, _) in cases {
        let _ = writeln!(arms, "            {number} => entry{number}(),");
    }
    let last = cases.last().map_or(0, |(number, _)| *number);
    let open = if dialect == Dialect::Rust { "let mut" } else { "var" };
    let _ = write!(
        out,
        "fn main() {{\n    {open} at = first_case(){end}\n    while at <= {last} {{\n        match at {{\n{arms}            _ => {{}}\n        }}\n        at += 1{end}\n    }}\n}}\n"
    );
    out
}

struct Printer<'a> {
    dialect: Dialect,
    out: String,
    indent: usize,
    case: &'a Case,
    /// The labels of the `try` blocks around, in Rust; none inside a closure.
    tries: Vec<Option<Name>>,
    /// Before the `{` of a body: a record literal needs parentheses.
    head: bool,
}

impl Printer<'_> {
    fn is_rust(&self) -> bool {
        self.dialect == Dialect::Rust
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn either(&mut self, quastra: &str, rust: &str) {
        self.put(if self.is_rust() { rust } else { quastra });
    }

    fn line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.indent {
            self.out.push_str("    ");
        }
    }

    fn list<T>(&mut self, items: &[T], separator: &str, mut each: impl FnMut(&mut Self, &T)) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.put(separator);
            }
            each(self, item);
        }
    }

    // Items.

    fn case(&mut self, number: usize) {
        let _ = writeln!(self.out, "\n// case {number}");
        let case = self.case;
        for adt in &case.adts {
            self.adt(adt);
        }
        for (name, ty, value) in &case.consts {
            let _ = write!(self.out, "const {name}: ");
            self.ty(ty);
            self.put(" = ");
            self.expr(value);
            self.either("\n", ";\n");
        }
        for (from, to, body) in &case.froms {
            self.either("impl From[", "impl From<");
            self.ty(from);
            self.either("] for ", "> for ");
            self.ty(to);
            self.put(" {\n    fn from(value: ");
            self.ty(from);
            self.put(") -> ");
            self.ty(to);
            self.put(" { ");
            self.expr(body);
            self.put(" }\n}\n");
        }
        if let Some(protocol) = &case.protocol {
            self.protocol(protocol);
        }
        for func in &case.funcs {
            match func.owner {
                Some(owner) => {
                    let adt = &case.adts[owner];
                    self.put("impl");
                    self.params(adt.params, "Clone + Debug");
                    self.put(" ");
                    let args = (0..adt.params).map(Ty::Param).collect();
                    self.ty(&Ty::Adt(owner, args));
                    self.put(" {");
                    self.indent = 1;
                    self.line();
                    self.func(func);
                    self.indent = 0;
                    self.line();
                    self.put("}\n");
                }
                None => {
                    self.func(func);
                    self.put("\n");
                }
            }
        }
        let _ = write!(self.out, "fn entry{number}() ");
        let mut entry = case.entry.clone();
        entry.stmts.insert(0, Stmt::Print(format!("== {number}"), Vec::new()));
        self.block(&entry);
        self.put("\n");
    }

    fn params(&mut self, count: usize, bounds: &str) {
        if count > 0 {
            self.either("[", "<");
            for i in 0..count {
                let comma = if i > 0 { ", " } else { "" };
                let _ = write!(self.out, "{comma}T{i}: {bounds}");
            }
            self.either("]", ">");
        }
    }

    fn bare_params(&mut self, count: usize) {
        if count > 0 {
            self.either("[", "<");
            let names: Vec<String> = (0..count).map(|i| format!("T{i}")).collect();
            self.put(&names.join(", "));
            self.either("]", ">");
        }
    }

    fn adt(&mut self, adt: &Adt) {
        let eq = if self.is_rust() { "PartialEq" } else { "Eq" };
        let copy = if adt.copy { ", Copy" } else { "" };
        let _ = writeln!(self.out, "#[derive(Clone, Debug, {eq}{copy})]");
        match adt.is_union {
            true => self.either("union ", "enum "),
            false => self.either("record ", "struct "),
        }
        self.put(&adt.name);
        self.bare_params(adt.params);
        self.put(" {");
        for variant in &adt.variants {
            if adt.is_union {
                let _ = write!(self.out, "\n    {}", variant.name);
                if variant.named {
                    self.put(" { ");
                } else if !variant.fields.is_empty() {
                    self.put("(");
                }
            }
            for (i, (name, ty)) in variant.fields.iter().enumerate() {
                match adt.is_union {
                    true if i > 0 => self.put(", "),
                    true => {}
                    false => self.put("\n    "),
                }
                if !adt.is_union || variant.named {
                    let _ = write!(self.out, "{name}: ");
                }
                self.ty(ty);
                if !adt.is_union {
                    self.put(",");
                }
            }
            if adt.is_union {
                if variant.named {
                    self.put(" }");
                } else if !variant.fields.is_empty() {
                    self.put(")");
                }
                self.put(",");
            }
        }
        self.put("\n}\n");
        if adt.drop {
            self.put("impl");
            self.bare_params(adt.params);
            let _ = write!(self.out, " Drop for {}", adt.name);
            self.bare_params(adt.params);
            let name = &adt.name;
            match self.dialect {
                Dialect::Quastra => {
                    let _ = write!(self.out, " {{\n    fn drop(&mut self) {{ println(\"~{name}\") }}\n}}\n");
                }
                Dialect::Rust => {
                    let _ =
                        write!(self.out, " {{\n    fn drop(&mut self) {{ println!(\"~{name}\"); }}\n}}\n");
                }
            }
        }
    }

    fn protocol(&mut self, protocol: &Protocol) {
        let Protocol { name, constant, method, default, out, impls } = protocol;
        self.either("protocol ", "trait ");
        let _ = write!(self.out, "{name}: Clone + Debug {{\n    ");
        let semi = if self.is_rust() { ";" } else { "" };
        let out_ty = if self.is_rust() { "Self::Out" } else { "Self.Out" };
        let bound = if self.is_rust() { "type Out: Clone + Debug;" } else { "type Out: Clone + Debug" };
        let _ = write!(self.out, "{bound}\n    const {constant}: i64{semi}\n    ");
        let _ = write!(self.out, "fn {method}(&self, x: i64) -> i64{semi}\n    ");
        let _ = write!(self.out, "fn {out}(self) -> {out_ty}{semi}\n    ");
        self.indent = 1;
        self.func(default);
        self.indent = 0;
        self.put("\n}\n");
        for it in impls {
            let params = match &it.ty {
                Ty::Adt(adt, _) => self.case.adts[*adt].params,
                _ => 0,
            };
            self.put("impl");
            self.params(params, "Clone + Debug");
            let _ = write!(self.out, " {name} for ");
            self.ty(&it.ty);
            self.put(" {\n    type Out = ");
            self.ty(&it.out.ret);
            let _ = write!(self.out, "{semi}\n    const {constant}: i64 = {}{semi}\n    ", it.constant);
            self.indent = 1;
            self.func(&it.method);
            if let Some(own) = &it.default {
                self.line();
                self.func(own);
            }
            self.line();
            self.func(&it.out);
            self.indent = 0;
            self.put("\n}\n");
        }
    }

    fn func(&mut self, func: &Func) {
        if func.is_const {
            self.put("const ");
        }
        let _ = write!(self.out, "fn {}", func.name);
        let bound = match (&self.case.protocol, func.bound) {
            (Some(protocol), true) => protocol.name.clone(),
            _ => "Clone + Debug".to_string(),
        };
        let params = if func.owner.is_some() { 0 } else { func.params };
        self.params(params, &bound);
        self.put("(");
        let args = func.args.clone();
        self.list(&args, ", ", |p, (name, ty, mutable)| {
            let is_self = name == "self";
            match ty {
                Ty::Ref(_) if is_self => p.put("&self"),
                Ty::RefMut(_) if is_self => p.put("&mut self"),
                _ => {
                    if *mutable {
                        p.either("var ", "mut ");
                    }
                    p.put(name);
                    if !is_self {
                        p.put(": ");
                        p.ty(ty);
                    }
                }
            }
        });
        self.put(")");
        if func.ret != Ty::Unit {
            self.put(" -> ");
            self.ty(&func.ret);
        }
        self.put(" ");
        self.block(&func.body);
    }

    // Types.

    fn ty_args(&mut self, args: &[&Ty]) {
        self.either("[", "<");
        self.list(args, ", ", |p, ty| p.ty(ty));
        self.either("]", ">");
    }

    fn ty(&mut self, ty: &Ty) {
        match ty {
            Ty::Int(int) => self.put(&int.name()),
            Ty::Float(bits) => {
                let _ = write!(self.out, "f{bits}");
            }
            Ty::Bool => self.put("bool"),
            Ty::Char => self.put("char"),
            Ty::Unit => self.put("()"),
            Ty::String => self.put("String"),
            Ty::Str => self.put("str"),
            Ty::Noisy => self.put("Noisy"),
            Ty::Slice(elem) => {
                self.put("[");
                self.ty(elem);
                self.put("]");
            }
            Ty::Tuple(items) => {
                self.put("(");
                self.list(items, ", ", |p, ty| p.ty(ty));
                if items.len() == 1 {
                    self.put(",");
                }
                self.put(")");
            }
            Ty::Array(elem, len) => {
                self.put("[");
                self.ty(elem);
                let _ = write!(self.out, "; {len}]");
            }
            Ty::List(elem) => {
                self.either("List", "Vec");
                self.ty_args(&[elem]);
            }
            Ty::Map(key, value) => {
                self.put("Map");
                self.ty_args(&[key, value]);
            }
            Ty::Option(inner) => {
                self.put("Option");
                self.ty_args(&[inner]);
            }
            Ty::Result(ok, err) => {
                self.put("Result");
                self.ty_args(&[ok, err]);
            }
            Ty::Box(inner) => {
                self.put("Box");
                self.ty_args(&[inner]);
            }
            Ty::Rc(inner) => {
                self.put("Rc");
                self.ty_args(&[inner]);
            }
            Ty::Ref(inner) => {
                self.put("&");
                self.ty(inner);
            }
            Ty::RefMut(inner) => {
                self.put("&mut ");
                self.ty(inner);
            }
            Ty::Adt(adt, args) => {
                let name = self.case.adts[*adt].name.clone();
                self.put(&name);
                if !args.is_empty() {
                    self.ty_args(&args.iter().collect::<Vec<_>>());
                }
            }
            // Inside a protocol: the type that implements it.
            Ty::Param(99) => self.put("Self"),
            Ty::Param(i) => {
                let _ = write!(self.out, "T{i}");
            }
            Ty::Closure(..) => self.put("_"),
            Ty::FnPtr(args, ret) => {
                self.put("fn(");
                self.list(args, ", ", |p, ty| p.ty(ty));
                self.put(") -> ");
                self.ty(ret);
            }
        }
    }

    // Statements.

    fn block(&mut self, block: &Block) {
        let head = std::mem::replace(&mut self.head, false);
        if block.stmts.is_empty() && block.tail.is_none() {
            self.put("{}");
            self.head = head;
            return;
        }
        self.put("{");
        self.indent += 1;
        for stmt in &block.stmts {
            self.line();
            self.stmt(stmt);
        }
        if let Some(tail) = &block.tail {
            self.line();
            self.expr(tail);
        }
        self.indent -= 1;
        self.line();
        self.put("}");
        self.head = head;
    }

    fn end(&mut self) {
        self.either("", ";");
    }

    fn label(&mut self, label: &Option<Name>) {
        if let Some(label) = label {
            let _ = write!(self.out, "'{label}: ");
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Let { pat, ty, init } => {
                match pat {
                    Pat::Bind(name, true) => {
                        self.either("var ", "let mut ");
                        self.put(name);
                    }
                    _ => {
                        self.put("let ");
                        self.pat(pat);
                    }
                }
                if let Some(ty) = ty {
                    self.put(": ");
                    self.ty(ty);
                }
                if let Some(init) = init {
                    self.put(" = ");
                    self.expr(init);
                }
                self.end();
            }
            Stmt::LetElse { pat, init, or } => {
                self.put("let ");
                self.closed_pat(pat);
                self.put(" = ");
                self.inner(init);
                self.put(" else ");
                self.block(or);
                self.end();
            }
            Stmt::Assign(place, op, value) => {
                self.expr(place);
                let _ = write!(self.out, " {op}= ");
                self.expr(value);
                self.end();
            }
            Stmt::Expr(expr) => {
                match expr {
                    Expr::If(..) | Expr::Match(..) | Expr::Block(_) => self.block_like(expr),
                    _ => self.expr(expr),
                }
                self.end();
            }
            Stmt::While { label, cond, body } => {
                self.label(label);
                self.put("while ");
                self.cond(cond);
                self.put(" ");
                self.block(body);
            }
            Stmt::For { label, pat, iter, body } => {
                self.label(label);
                self.put("for ");
                self.pat(pat);
                self.put(" in ");
                self.head(iter);
                self.put(" ");
                self.block(body);
            }
            Stmt::Print(label, values) => match self.dialect {
                Dialect::Quastra => {
                    let _ = write!(self.out, "println(\"{label}");
                    for value in values {
                        self.put(" {");
                        self.inner(value);
                        self.put(":?}");
                    }
                    self.put("\")");
                }
                Dialect::Rust => {
                    let _ = write!(self.out, "println!(\"{label}{}\"", " {:?}".repeat(values.len()));
                    for value in values {
                        self.put(", ");
                        self.inner(value);
                    }
                    self.put(");");
                }
            },
        }
    }

    fn cond(&mut self, cond: &Cond) {
        let head = std::mem::replace(&mut self.head, true);
        self.list(cond, " && ", |p, test| match test {
            Test::Is(expr) => p.inner(expr),
            Test::Let(pat, expr) => {
                p.put("let ");
                p.pat(pat);
                p.put(" = ");
                p.inner(expr);
            }
        });
        self.head = head;
    }

    fn head(&mut self, expr: &Expr) {
        let head = std::mem::replace(&mut self.head, true);
        self.inner(expr);
        self.head = head;
    }

    // Expressions.

    /// As a part of another expression.
    fn inner(&mut self, expr: &Expr) {
        match expr {
            Expr::If(..) | Expr::Match(..) | Expr::Block(_) | Expr::Loop(..) | Expr::Labelled(..) => {
                self.bracketed(|p| p.expr(expr));
            }
            Expr::Closure { .. } | Expr::Catch { .. } | Expr::Typed(..) | Expr::Try(_) | Expr::Range(..) => {
                self.bracketed(|p| p.expr(expr));
            }
            Expr::Break(..) | Expr::Continue(_) | Expr::Return(_) => self.bracketed(|p| p.expr(expr)),
            Expr::Record(..) if self.head => self.bracketed(|p| p.expr(expr)),
            Expr::Variant(adt, variant, _) if self.head && self.case.adts[*adt].variants[*variant].named => {
                self.bracketed(|p| p.expr(expr));
            }
            Expr::Noisy(_) if self.head => self.bracketed(|p| p.expr(expr)),
            Expr::Ref(_) | Expr::RefMut(_) => self.bracketed(|p| p.expr(expr)),
            _ => self.expr(expr),
        }
    }

    fn bracketed(&mut self, inside: impl FnOnce(&mut Self)) {
        let head = std::mem::replace(&mut self.head, false);
        self.put("(");
        inside(self);
        self.put(")");
        self.head = head;
    }

    fn args(&mut self, args: &[Expr]) {
        self.bracketed(|p| p.list(args, ", ", |p, arg| p.expr(arg)));
    }

    fn block_like(&mut self, expr: &Expr) {
        match expr {
            Expr::If(cond, then, or) => {
                self.put("if ");
                self.cond(cond);
                self.put(" ");
                self.block(then);
                if let Some(or) = or {
                    self.put(" else ");
                    self.block(or);
                }
            }
            Expr::Match(scrutinee, arms) => {
                self.put("match ");
                self.head(scrutinee);
                self.put(" {");
                self.indent += 1;
                let head = std::mem::replace(&mut self.head, false);
                for arm in arms {
                    self.line();
                    self.pat(&arm.pat);
                    if let Some(guard) = &arm.guard {
                        self.put(" if ");
                        self.inner(guard);
                    }
                    self.put(" => ");
                    self.expr(&arm.body);
                    self.put(",");
                }
                self.head = head;
                self.indent -= 1;
                self.line();
                self.put("}");
            }
            Expr::Block(block) => self.block(block),
            _ => self.expr(expr),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Lit(text) if text.starts_with('-') => {
                let _ = write!(self.out, "({text})");
            }
            Expr::Lit(text) => self.put(text),
            Expr::Str(text) => {
                let _ = write!(self.out, "{text:?}.to_string()");
            }
            Expr::Var(name) => self.put(name),
            Expr::TypeConst(ty, name) => match self.dialect {
                Dialect::Quastra => {
                    self.ty(ty);
                    let _ = write!(self.out, ".{name}");
                }
                Dialect::Rust => {
                    self.put("<");
                    self.ty(ty);
                    let _ = write!(self.out, ">::{name}");
                }
            },
            Expr::Unary(op, value) => self.bracketed(|p| {
                p.put(op);
                p.inner(value);
            }),
            Expr::Binary(op, a, b) => self.bracketed(|p| {
                p.inner(a);
                let _ = write!(p.out, " {op} ");
                p.inner(b);
            }),
            Expr::Cast(value, ty) => self.bracketed(|p| {
                p.inner(value);
                p.put(" as ");
                p.ty(ty);
            }),
            Expr::Field(value, name) => {
                self.inner(value);
                let _ = write!(self.out, ".{name}");
            }
            Expr::Index(value, index) => {
                self.inner(value);
                let head = std::mem::replace(&mut self.head, false);
                self.put("[");
                self.expr(index);
                self.put("]");
                self.head = head;
            }
            Expr::Range(low, high, inclusive) => {
                if let Some(low) = low {
                    self.inner(low);
                }
                self.put(if *inclusive { "..=" } else { ".." });
                if let Some(high) = high {
                    self.inner(high);
                }
            }
            Expr::Call(name, types, args) => {
                self.put(name);
                if !types.is_empty() {
                    self.either("[", "::<");
                    self.list(types, ", ", |p, ty| p.ty(ty));
                    self.either("]", ">");
                }
                self.args(args);
            }
            Expr::CallValue(function, args) => {
                match &**function {
                    Expr::Var(name) => self.put(name),
                    other => self.bracketed(|p| p.expr(other)),
                }
                self.args(args);
            }
            Expr::Method(receiver, name, args) => {
                self.inner(receiver);
                let _ = write!(self.out, ".{name}");
                self.args(args);
            }
            Expr::MethodOf(receiver, name, args) => {
                self.inner(receiver);
                let _ = write!(self.out, ".{name}");
                self.args(args);
            }
            Expr::Of(ty, name, args) => {
                match (self.dialect, ty) {
                    (Dialect::Rust, Ty::List(_)) => self.put("Vec"),
                    (_, Ty::List(_)) => self.put("List"),
                    (_, Ty::Map(..)) => self.put("Map"),
                    (_, Ty::Box(_)) => self.put("Box"),
                    (_, Ty::Rc(_)) => self.put("Rc"),
                    (_, other) => self.ty(other),
                }
                self.either(".", "::");
                self.put(name);
                self.args(args);
            }
            Expr::Record(adt, fields, base) => {
                let name = self.case.adts[*adt].name.clone();
                self.put(&name);
                self.put(" { ");
                let head = std::mem::replace(&mut self.head, false);
                self.list(fields, ", ", |p, (name, value)| {
                    let _ = write!(p.out, "{name}: ");
                    p.expr(value);
                });
                if let Some(base) = base {
                    self.put(if fields.is_empty() { ".." } else { ", .." });
                    self.inner(base);
                }
                self.head = head;
                self.put(" }");
            }
            Expr::Variant(adt, variant, values) => {
                let adt = &self.case.adts[*adt];
                let (name, variant) = (adt.name.clone(), adt.variants[*variant].clone());
                self.put(&name);
                self.either(".", "::");
                self.put(&variant.name);
                if variant.named {
                    self.put(" { ");
                    let head = std::mem::replace(&mut self.head, false);
                    for (i, (value, (name, _))) in values.iter().zip(&variant.fields).enumerate() {
                        self.put(if i > 0 { ", " } else { "" });
                        let _ = write!(self.out, "{name}: ");
                        self.expr(value);
                    }
                    self.head = head;
                    self.put(" }");
                } else if !values.is_empty() {
                    self.args(values);
                }
            }
            Expr::Noisy(id) => {
                let _ = write!(self.out, "Noisy {{ id: {id} }}");
            }
            Expr::Some(value) => self.constructor("some", "Some", value),
            Expr::Ok(value) => self.constructor("ok", "Ok", value),
            Expr::Err(value) => self.constructor("err", "Err", value),
            Expr::None => self.either("none", "None"),
            Expr::Tuple(items) => self.bracketed(|p| {
                p.list(items, ", ", |p, item| p.expr(item));
                if items.len() == 1 {
                    p.put(",");
                }
            }),
            Expr::Array(items) => self.items("[", items),
            Expr::List(items) => self.items(if self.is_rust() { "vec![" } else { "[" }, items),
            Expr::Repeat(item, len) => {
                let head = std::mem::replace(&mut self.head, false);
                self.put("[");
                self.expr(item);
                let _ = write!(self.out, "; {len}]");
                self.head = head;
            }
            Expr::Format(parts) => self.format(parts),
            Expr::Ref(value) => {
                self.put("&");
                self.inner(value);
            }
            Expr::RefMut(value) => {
                self.put("&mut ");
                self.inner(value);
            }
            Expr::Deref(value) => self.bracketed(|p| {
                p.put("*");
                p.inner(value);
            }),
            Expr::If(..) | Expr::Match(..) | Expr::Block(_) => self.block_like(expr),
            Expr::Typed(value, ty) => {
                let head = std::mem::replace(&mut self.head, false);
                self.put("{ let typed: ");
                self.ty(ty);
                self.put(" = ");
                self.expr(value);
                self.either("; typed }", "; typed }");
                self.head = head;
            }
            Expr::Labelled(label, block) => {
                let _ = write!(self.out, "'{label}: ");
                self.block(block);
            }
            Expr::Loop(label, block) => {
                self.label(label);
                self.put("loop ");
                self.block(block);
            }
            Expr::Closure { moves, args, body } => {
                self.put(if *moves { "move |" } else { "|" });
                self.list(args, ", ", |p, (name, ty)| {
                    p.put(name);
                    if let Some(ty) = ty {
                        p.put(": ");
                        p.ty(ty);
                    }
                });
                self.put("| ");
                self.tries.push(None);
                self.expr(body);
                self.tries.pop();
            }
            Expr::Try(value) => match (self.dialect, self.tries.last().cloned().flatten()) {
                (Dialect::Quastra, _) => {
                    self.put("try ");
                    self.inner(value);
                }
                (Dialect::Rust, None) => {
                    self.inner(value);
                    self.put("?");
                }
                (Dialect::Rust, Some(label)) => {
                    self.put("match ");
                    self.inner(value);
                    let _ = write!(
                        self.out,
                        " {{ Ok(value) => value, Err(error) => break '{label} Err(error) }}"
                    );
                }
            },
            Expr::Catch { block, name, handler, ok, err } => self.catch(block, name, handler, ok, err),
            Expr::Break(label, value) => {
                self.put("break");
                if let Some(label) = label {
                    let _ = write!(self.out, " '{label}");
                }
                if let Some(value) = value {
                    self.put(" ");
                    self.inner(value);
                }
            }
            Expr::Continue(label) => {
                self.put("continue");
                if let Some(label) = label {
                    let _ = write!(self.out, " '{label}");
                }
            }
            Expr::Return(value) => {
                self.put("return");
                if let Some(value) = value {
                    self.put(" ");
                    self.inner(value);
                }
            }
            Expr::Panic(message) => {
                self.either("panic(", "panic!(");
                let _ = write!(self.out, "{message:?})");
            }
            Expr::Replace(place, value) => {
                self.either("core.mem.replace(&mut ", "std::mem::replace(&mut ");
                self.inner(place);
                self.put(", ");
                self.expr(value);
                self.put(")");
            }
        }
    }

    fn constructor(&mut self, quastra: &str, rust: &str, value: &Expr) {
        self.either(quastra, rust);
        self.bracketed(|p| p.expr(value));
    }

    fn items(&mut self, open: &str, items: &[Expr]) {
        let head = std::mem::replace(&mut self.head, false);
        self.put(open);
        self.list(items, ", ", |p, item| p.expr(item));
        self.put("]");
        self.head = head;
    }

    fn format(&mut self, parts: &[(String, Option<Expr>)]) {
        self.either("\"", "format!(\"");
        for (text, value) in parts {
            self.put(text);
            if let Some(value) = value {
                match self.dialect {
                    Dialect::Quastra => {
                        self.put("{");
                        self.inner(value);
                        self.put("}");
                    }
                    Dialect::Rust => self.put("{}"),
                }
            }
        }
        self.put("\"");
        if self.is_rust() {
            for (_, value) in parts {
                if let Some(value) = value {
                    self.put(", ");
                    self.inner(value);
                }
            }
            self.put(")");
        }
    }

    fn catch(&mut self, block: &Block, name: &str, handler: &Block, ok: &Ty, err: &Ty) {
        match self.dialect {
            Dialect::Quastra => {
                self.put("try ");
                self.block(block);
                let _ = write!(self.out, " catch {name} ");
                self.block(handler);
            }
            Dialect::Rust => {
                let label = format!("t{}", self.tries.len());
                let _ = write!(self.out, "match '{label}: {{ let done: ");
                self.ty(ok);
                self.put(" = ");
                self.tries.push(Some(label));
                self.block(block);
                self.tries.pop();
                self.put("; Ok::<");
                self.ty(ok);
                self.put(", ");
                self.ty(err);
                let _ = write!(self.out, ">(done) }} {{ Ok(done) => done, Err({name}) => ");
                self.block(handler);
                self.put(" }");
            }
        }
    }

    // Patterns.

    fn pat(&mut self, pat: &Pat) {
        match pat {
            Pat::Wild => self.put("_"),
            Pat::Bind(name, mutable) => {
                if *mutable {
                    self.either("var ", "mut ");
                }
                self.put(name);
            }
            Pat::At(name, inner) => {
                let _ = write!(self.out, "{name} @ ");
                match **inner {
                    Pat::Or(_) => {
                        self.put("(");
                        self.pat(inner);
                        self.put(")");
                    }
                    _ => self.pat(inner),
                }
            }
            Pat::Lit(text) => self.put(text),
            Pat::Range(low, high, inclusive) => {
                self.put(low.as_deref().unwrap_or(""));
                self.put(if *inclusive { "..=" } else { ".." });
                self.put(high.as_deref().unwrap_or(""));
            }
            Pat::Tuple(items) => {
                self.put("(");
                self.list(items, ", ", |p, item| p.pat(item));
                if items.len() == 1 {
                    self.put(",");
                }
                self.put(")");
            }
            Pat::TupleRest(before, after) => {
                self.put("(");
                for item in before {
                    self.pat(item);
                    self.put(", ");
                }
                self.put("..");
                for item in after {
                    self.put(", ");
                    self.pat(item);
                }
                self.put(")");
            }
            Pat::Record(adt, fields, rest) => {
                let name = self.case.adts[*adt].name.clone();
                self.put(&name);
                self.fields(fields, *rest);
            }
            Pat::Variant(adt, index, values) => {
                let adt = &self.case.adts[*adt];
                let (name, variant) = (adt.name.clone(), adt.variants[*index].clone());
                if self.is_rust() || index % 2 == 1 {
                    self.put(&name);
                    self.either(".", "::");
                }
                self.put(&variant.name);
                if variant.named {
                    let fields: Vec<(Name, Pat)> = variant
                        .fields
                        .iter()
                        .map(|(name, _)| name.clone())
                        .zip(values.iter().cloned())
                        .collect();
                    self.fields(&fields, false);
                } else if !values.is_empty() {
                    self.put("(");
                    self.list(values, ", ", |p, item| p.pat(item));
                    self.put(")");
                }
            }
            Pat::Some(inner) => self.wrapped("some(", "Some(", inner),
            Pat::Ok(inner) => self.wrapped("ok(", "Ok(", inner),
            Pat::Err(inner) => self.wrapped("err(", "Err(", inner),
            Pat::None => self.either("none", "None"),
            Pat::Or(items) => self.list(items, " | ", |p, item| p.pat(item)),
            Pat::Slice(before, rest, after) => {
                self.put("[");
                self.list(before, ", ", |p, item| p.closed_pat(item));
                if let Some(rest) = rest {
                    self.put(if before.is_empty() { "" } else { ", " });
                    if let Some(name) = rest {
                        let _ = write!(self.out, "{name} @ ");
                    }
                    self.put("..");
                    self.put(if after.is_empty() { "" } else { ", " });
                }
                self.list(after, ", ", |p, item| p.closed_pat(item));
                self.put("]");
            }
        }
    }

    fn fields(&mut self, fields: &[(Name, Pat)], rest: bool) {
        self.put(" { ");
        self.list(fields, ", ", |p, (name, pat)| {
            let _ = write!(p.out, "{name}: ");
            p.pat(pat);
        });
        if rest {
            self.put(if fields.is_empty() { ".." } else { ", .." });
        }
        self.put(" }");
    }

    fn wrapped(&mut self, quastra: &str, rust: &str, inner: &Pat) {
        self.either(quastra, rust);
        self.pat(inner);
        self.put(")");
    }

    /// Where Rust wants parentheses around `|` and `5..`.
    fn closed_pat(&mut self, pat: &Pat) {
        match pat {
            Pat::Or(_) | Pat::Range(_, None, _) => {
                self.put("(");
                self.pat(pat);
                self.put(")");
            }
            _ => self.pat(pat),
        }
    }
}
