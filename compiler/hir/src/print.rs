//! The package as text, for people: like source, but every name says what it was resolved to.
//!
//! In: a [`Package`]. Out: its own modules (with [`print_module`], any module). Definitions are written with their full
//! path, variables as `name%0` with their number, labels as `'0`; what desugaring made has no other mark.
//!
//! ```text
//! for x in xs { f(x) }   ⇒   match IntoIterator.into_iter(xs%0) { var iter%1 => '0: loop { … } }
//! ```

mod body;
mod types;

use crate::{DefId, DefKind, FnKind, GenericParamKind, Generics, Item, ModuleId, Package, Visibility};
use std::fmt::{self, Display, Write};

impl Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own =
            self.modules.iter_enumerated().filter(|(_, module)| !module.is_std && !module.defs.is_empty());
        for (index, (id, _)) in own.enumerate() {
            if index > 0 {
                f.write_char('\n')?;
            }
            f.write_str(&print_module(self, id))?;
        }
        Ok(())
    }
}

/// One module.
pub fn print_module(package: &Package, id: ModuleId) -> String {
    let mut printer = Printer { package, out: String::new(), indent: 0 };
    let module = &package.modules[id];
    printer.line(&format!("module {}", module.path));
    for &def in &module.defs {
        // Items inside functions are listed like the others, by their path.
        printer.out.push('\n');
        printer.item(def);
    }
    printer.out
}

struct Printer<'a> {
    package: &'a Package,
    out: String,
    indent: usize,
}

impl Printer<'_> {
    fn line(&mut self, text: &str) {
        self.start();
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn start(&mut self) {
        for _ in 0..self.indent {
            self.out.push_str("    ");
        }
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn nested(&mut self, f: impl FnOnce(&mut Self)) {
        self.indent += 1;
        f(self);
        self.indent -= 1;
    }

    fn item(&mut self, id: DefId) {
        let package = self.package;
        let def = package.def(id);
        let Some(item) = package.item(id) else { return };
        for attr in &def.attrs {
            // What `derive` wrote stands below.
            if attr.path.as_str() != "derive" {
                self.line(&format!("#[{}]", attr.path));
            }
        }
        self.start();
        match def.vis {
            _ if matches!(def.kind, DefKind::Impl | DefKind::Test) => {}
            Visibility::Private => {}
            Visibility::Public => self.put("pub "),
            Visibility::Within(module) => self.put(&format!("pub({}) ", package.modules[module].path)),
        }
        let name = match def.parent {
            Some(parent)
                if matches!(package.def(parent).kind, DefKind::Fn | DefKind::Const | DefKind::Test) =>
            {
                package.path_of(id)
            }
            Some(_) | None => def.name.to_string(),
        };
        match item {
            Item::Fn(item) => {
                if item.is_const {
                    self.put("const ");
                }
                if item.is_unsafe {
                    self.put("unsafe ");
                }
                self.put(match item.kind {
                    FnKind::Quastra => "",
                    FnKind::Intrinsic => "intrinsic ",
                    FnKind::Runtime => "runtime ",
                    FnKind::Extern => "extern ",
                });
                self.put(&format!("fn {name}"));
                self.generics(&item.generics);
                let params: Vec<String> = item
                    .params
                    .iter()
                    .map(|param| format!("{}: {}", param.name, self.ty(&param.ty)))
                    .collect();
                self.put(&format!("({})", params.join(", ")));
                if let Some(ret) = &item.ret {
                    self.put(&format!(" -> {}", self.ty(ret)));
                }
                self.wheres(&item.generics);
                match item.body {
                    Some(body) => {
                        self.put(" ");
                        self.body(body);
                    }
                    None => self.put("\n"),
                }
            }
            Item::Record(item) => {
                self.put(&format!("record {name}"));
                self.generics(&item.generics);
                self.wheres(&item.generics);
                self.put(" {\n");
                self.nested(|p| {
                    for field in &item.fields {
                        p.start();
                        p.field(field);
                        p.put("\n");
                    }
                });
                self.line("}");
            }
            Item::Union(item) => {
                self.put(&format!("union {name}"));
                self.generics(&item.generics);
                self.wheres(&item.generics);
                self.put(" {\n");
                self.nested(|p| {
                    for variant in &item.variants {
                        let fields: Vec<String> = variant
                            .fields
                            .iter()
                            .map(|field| format!("{}: {}", field.name, p.ty(&field.ty)))
                            .collect();
                        let fields = fields.join(", ");
                        let payload = match variant.kind {
                            crate::VariantKind::Unit => String::new(),
                            crate::VariantKind::Tuple => format!("({fields})"),
                            crate::VariantKind::Record => format!(" {{ {fields} }}"),
                        };
                        let number = match &variant.discriminant {
                            Some(number) => format!(" = {}", p.const_arg(number)),
                            None => String::new(),
                        };
                        p.line(&format!("{}{payload}{number}", variant.name));
                    }
                });
                self.line("}");
            }
            Item::TypeAlias(item) => {
                self.put(&format!("type {name}"));
                self.generics(&item.generics);
                self.put(&format!(" = {}\n", self.ty(&item.ty)));
            }
            Item::Const(item) => {
                let word = if def.kind == DefKind::Static { "static" } else { "const" };
                self.put(&format!("{word} {name}: {}", self.ty(&item.ty)));
                match item.body {
                    Some(body) => {
                        self.put(" = ");
                        self.body(body);
                    }
                    None => self.put("\n"),
                }
            }
            Item::AssocType(item) => {
                self.put(&format!("type {name}"));
                self.bounds_after(": ", &item.bounds);
                if let Some(ty) = &item.ty {
                    self.put(&format!(" = {}", self.ty(ty)));
                }
                self.put("\n");
            }
            Item::Protocol(item) => {
                self.put(&format!("protocol {name}"));
                self.generics(&item.generics);
                self.bounds_after(": ", &item.supers);
                self.wheres(&item.generics);
                self.members(&item.members);
            }
            Item::Impl(item) => {
                self.put("impl");
                self.generics(&item.generics);
                if let Some(protocol) = &item.protocol {
                    self.put(&format!(" {} for", self.protocol(protocol)));
                }
                self.put(&format!(" {}", self.ty(&item.self_ty)));
                self.wheres(&item.generics);
                if item.derived.is_some() {
                    self.put(" /* derived */");
                }
                self.members(&item.members);
            }
            Item::Test(item) => {
                self.put(&format!("test {:?} ", item.name.as_str()));
                self.body(item.body);
            }
        }
    }

    fn field(&mut self, field: &crate::Field) {
        match field.vis {
            Visibility::Private => {}
            Visibility::Public => self.put("pub "),
            Visibility::Within(module) => self.put(&format!("pub({}) ", self.package.modules[module].path)),
        }
        self.put(&format!("{}: {}", field.name, self.ty(&field.ty)));
    }

    fn members(&mut self, members: &[DefId]) {
        self.put(" {\n");
        self.nested(|p| {
            for &member in members {
                p.item(member);
            }
        });
        self.line("}");
    }

    fn generics(&mut self, generics: &Generics) {
        if generics.params.is_empty() {
            return;
        }
        let params: Vec<String> = generics
            .params
            .iter()
            .map(|param| match &param.kind {
                GenericParamKind::Type { bounds, default } => {
                    let bounds = self.bounds_text(": ", bounds);
                    let default =
                        default.as_ref().map(|ty| format!(" = {}", self.ty(ty))).unwrap_or_default();
                    format!("{}{bounds}{default}", param.name)
                }
                GenericParamKind::Const { ty, default } => {
                    let default =
                        default.as_ref().map(|it| format!(" = {}", self.const_arg(it))).unwrap_or_default();
                    format!("const {}: {}{default}", param.name, self.ty(ty))
                }
                GenericParamKind::Region => param.name.to_string(),
            })
            .collect();
        self.put(&format!("[{}]", params.join(", ")));
    }

    fn wheres(&mut self, generics: &Generics) {
        let clauses: Vec<String> = generics
            .wheres
            .iter()
            .map(|clause| format!("{}{}", self.ty(&clause.ty), self.bounds_text(": ", &clause.bounds)))
            .collect();
        if !clauses.is_empty() {
            self.put(&format!(" where {}", clauses.join(", ")));
        }
    }

    fn bounds_after(&mut self, before: &str, bounds: &[crate::Bound]) {
        let text = self.bounds_text(before, bounds);
        self.put(&text);
    }
}
