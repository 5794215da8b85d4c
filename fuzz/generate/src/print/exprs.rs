//! Statements and expressions as text.
//!
//! In: the tree. Out: its text. Whatever is a part of something else has parentheses, for the languages differ in how
//! operators bind.
//!
//! ```text
//! Expr::Try(e)   →   try e        e?
//! ```

use super::{Dialect, Printer};
use crate::ast::*;
use std::fmt::Write;

impl Printer<'_> {
    pub(super) fn block(&mut self, block: &Block) {
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

    pub(super) fn end(&mut self) {
        self.either("", ";");
    }

    pub(super) fn label(&mut self, label: &Option<Name>) {
        if let Some(label) = label {
            let _ = write!(self.out, "'{label}: ");
        }
    }

    pub(super) fn stmt(&mut self, stmt: &Stmt) {
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
            Stmt::Tell(label, values) => {
                for (i, value) in values.iter().enumerate() {
                    if i > 0 {
                        self.line();
                    }
                    let _ = write!(self.out, "tell(\"{label}\", &");
                    self.inner(value);
                    self.put(")");
                    self.end();
                }
            }
            Stmt::Form(form) => self.form(form),
            Stmt::Print(label, values) if values.is_empty() => {
                let _ = write!(self.out, "line(\"{label}\")");
                self.end();
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

    pub(super) fn cond(&mut self, cond: &Cond) {
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

    pub(super) fn head(&mut self, expr: &Expr) {
        let head = std::mem::replace(&mut self.head, true);
        self.inner(expr);
        self.head = head;
    }

    // Expressions.

    /// As a part of another expression.
    pub(super) fn inner(&mut self, expr: &Expr) {
        match expr {
            Expr::If(..) | Expr::Match(..) | Expr::Block(_) | Expr::Loop(..) | Expr::Labelled(..) => {
                self.bracketed(|p| p.expr(expr));
            }
            Expr::Form(_) => self.bracketed(|p| p.expr(expr)),
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

    pub(super) fn bracketed(&mut self, inside: impl FnOnce(&mut Self)) {
        let head = std::mem::replace(&mut self.head, false);
        self.put("(");
        inside(self);
        self.put(")");
        self.head = head;
    }

    pub(super) fn args(&mut self, args: &[Expr]) {
        self.bracketed(|p| p.list(args, ", ", |p, arg| p.expr(arg)));
    }

    pub(super) fn block_like(&mut self, expr: &Expr) {
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

    pub(super) fn expr(&mut self, expr: &Expr) {
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
                    (_, Ty::Set(_)) => self.put("Set"),
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
            Expr::Form(form) => self.form(form),
            Expr::Replace(place, value) => {
                self.either("core.mem.replace(&mut ", "std::mem::replace(&mut ");
                self.inner(place);
                self.put(", ");
                self.expr(value);
                self.put(")");
            }
        }
    }

    pub(super) fn constructor(&mut self, quastra: &str, rust: &str, value: &Expr) {
        self.either(quastra, rust);
        self.bracketed(|p| p.expr(value));
    }

    pub(super) fn items(&mut self, open: &str, items: &[Expr]) {
        let head = std::mem::replace(&mut self.head, false);
        self.put(open);
        self.list(items, ", ", |p, item| p.expr(item));
        self.put("]");
        self.head = head;
    }

    pub(super) fn format(&mut self, parts: &[(String, Option<Expr>)]) {
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

    pub(super) fn catch(&mut self, block: &Block, name: &str, handler: &Block, ok: &Ty, err: &Ty) {
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
}
