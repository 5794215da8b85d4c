//! Cases as text of a language.
//!
//! In: [`Case`]s. Out: one program of all of them, in Quastra or in Rust. Every case has names of its own; `main` takes
//! the number of the case to begin with, so that what follows a panicking case can be run too.
//!
//! ```text
//! Stmt::Let { x = 1 }   →   let x = 1        let x = 1;
//! ```

mod exprs;
mod patterns;

use crate::ast::*;
use crate::prelude;
use std::fmt::Write;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    Quastra,
    Rust,
}

/// A whole program: what the cases share, and they.
pub fn program(world: &World, cases: &[(usize, Case)], dialect: Dialect) -> String {
    let mut out = String::new();
    out.push_str(match dialect {
        Dialect::Quastra => prelude::QUASTRA,
        Dialect::Rust => prelude::RUST,
    });
    let mut shared = Printer::new(dialect, out, &world.case);
    shared.own_items();
    let mut out = shared.out;
    for (number, case) in cases {
        let mut printer = Printer::new(dialect, out, case);
        printer.case(*number);
        out = printer.out;
    }
    // Through a table, or all cases would become a part of `main`, and compilers take more than twice the time for a
    // function of twice the length.
    let entries: Vec<String> = cases.iter().map(|(number, _)| format!("entry{number}")).collect();
    let (first, count) = (cases.first().map_or(0, |(number, _)| *number), entries.len());
    let end = if dialect == Dialect::Rust { ";" } else { "" };
    let open = if dialect == Dialect::Rust { "let mut" } else { "var" };
    let _ = write!(
        out,
        "fn main() {{\n    let entries: [fn(); {count}] = [{}]{end}\n    {open} at = first_case().max({first}){end}\n    while at < {} {{\n        \
         entries[(at - {first}) as usize](){end}\n        at += 1{end}\n    }}\n}}\n",
        entries.join(", "),
        first + count
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

impl<'a> Printer<'a> {
    fn new(dialect: Dialect, out: String, case: &'a Case) -> Printer<'a> {
        Printer { dialect, out, indent: 0, case, tries: Vec::new(), head: false }
    }
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

    /// Types, constants and conversions that are the case's own.
    fn own_items(&mut self) {
        let case = self.case;
        for adt in &case.adts[case.shared.adts..] {
            self.adt(adt);
        }
        for (name, ty, value) in &case.consts[case.shared.consts..] {
            let _ = write!(self.out, "const {name}: ");
            self.ty(ty);
            self.put(" = ");
            self.expr(value);
            self.either("\n", ";\n");
        }
        for (name, int, items) in &case.statics[case.shared.statics..] {
            let _ = write!(self.out, "static {name}: [{}; {}] = ", int.name(), items.len());
            self.items("[", items);
            self.either("\n", ";\n");
        }
        for (from, to, body) in &case.froms[case.shared.froms..] {
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
        for form in &case.forms[case.shared.forms..] {
            self.form(form);
            self.put("\n");
        }
    }

    /// Text with holes.
    fn form(&mut self, form: &Form) {
        let head = std::mem::replace(&mut self.head, false);
        let mut text = form.text.chars();
        // Inside `‹ ¦ ›`: whether what is read is the other language's.
        let mut skip = false;
        while let Some(ch) = text.next() {
            match ch {
                '‹' => skip = self.is_rust(),
                '¦' => skip = !self.is_rust(),
                '›' => skip = false,
                _ if skip => {}
                '$' => {
                    let number = text.next().and_then(|ch| ch.to_digit(36)).unwrap_or(0) as usize;
                    match &form.parts[number] {
                        Part::Expr(expr) => self.expr(expr),
                        Part::Block(block) => self.block(block),
                        Part::Ty(ty) => self.ty(ty),
                    }
                }
                '⟨' => self.either("[", "<"),
                '⟩' => self.either("]", ">"),
                '⟦' => self.either("[", "vec!["),
                '⟧' => self.put("]"),
                '·' => self.either(".", "::"),
                '§' => self.end(),
                '\n' => self.line(),
                ch => self.out.push(ch),
            }
        }
        self.head = head;
    }

    fn case(&mut self, number: usize) {
        let _ = writeln!(self.out, "\n// case {number}");
        self.own_items();
        let case = self.case;
        if let Some(protocol) = &case.protocol {
            self.protocol(protocol);
        }
        for func in &case.funcs {
            match func.owner {
                Some(owner) => {
                    let adt = &case.adts[owner];
                    self.put("impl");
                    self.params(adt.params, "Clone + Debug + Tell");
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
        if adt.repr_c {
            self.put("#[repr(C)]\n");
        }
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
            let (name, end) = (&adt.name, if self.is_rust() { ";" } else { "" });
            let _ = write!(self.out, " {{\n    fn drop(&mut self) {{ line(\"~{name}\"){end} }}\n}}\n");
        }
        self.tell(adt);
    }

    /// How it is printed.
    fn tell(&mut self, adt: &Adt) {
        let end = if self.is_rust() { ";" } else { "" };
        let dot = if self.is_rust() { "::" } else { "." };
        self.put("impl");
        self.params(adt.params, "Tell");
        let _ = write!(self.out, " Tell for {}", adt.name);
        self.bare_params(adt.params);
        self.put(" {\n    fn tell(&self) {\n        match self {\n");
        for variant in &adt.variants {
            let names: Vec<&str> = variant.fields.iter().map(|(name, _)| name.as_str()).collect();
            let _ = write!(self.out, "            {}", adt.name);
            if adt.is_union {
                let _ = write!(self.out, "{dot}{}", variant.name);
            }
            let _ = match (names.is_empty(), variant.named || !adt.is_union) {
                (true, false) => Ok(()),
                (_, true) => write!(self.out, " {{ {} }}", names.join(", ")),
                (false, false) => write!(self.out, "({})", names.join(", ")),
            };
            let _ = write!(self.out, " => {{\n                put(\"{}\"){end}\n", variant.name);
            for name in names {
                let _ =
                    write!(self.out, "                put(\" \"){end}\n                {name}.tell(){end}\n");
            }
            self.put("            },\n");
        }
        self.put("        }\n    }\n}\n");
    }

    fn protocol(&mut self, protocol: &Protocol) {
        let Protocol { name, constant, method, default, out, impls } = protocol;
        self.either("protocol ", "trait ");
        let _ = write!(self.out, "{name}: Clone + Debug + Tell {{\n    ");
        let semi = if self.is_rust() { ";" } else { "" };
        let out_ty = if self.is_rust() { "Self::Out" } else { "Self.Out" };
        let bound =
            if self.is_rust() { "type Out: Clone + Debug + Tell;" } else { "type Out: Clone + Debug + Tell" };
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
            self.params(params, "Clone + Debug + Tell");
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
            _ => "Clone + Debug + Tell".to_string(),
        };
        let params = if func.owner.is_some() { 0 } else { func.params };
        match func.consts {
            0 => self.params(params, &bound),
            _ => {
                self.either("[", "<");
                for i in 0..params {
                    let _ = write!(self.out, "T{i}: {bound}, ");
                }
                self.put("const N: usize");
                self.either("]", ">");
            }
        }
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
            Ty::Set(elem) => {
                self.put("Set");
                self.ty_args(&[elem]);
            }
            Ty::ArrayOf(elem, _) => {
                self.put("[");
                self.ty(elem);
                self.put("; N]");
            }
            Ty::Const(len) => {
                let _ = write!(self.out, "{len}");
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
}
