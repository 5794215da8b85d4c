//! Writes items; see [`super`].

use super::{Out, Printer, mut_, var};
use crate::ast::*;
use crate::print::Node;
use base::Symbol;

impl Printer<'_> {
    /// Docs, attributes and visibility.
    fn head(&self, out: &mut Vec<Out>, docs: Option<Symbol>, attrs: List<AttrId>, vis: Visibility) {
        // Not `lines()`, which passes over an empty last one.
        for line in docs.iter().flat_map(|docs| docs.as_str().split('\n')) {
            out.extend([Out::Owned(format!("/// {line}").trim_end().to_string()), Out::Line]);
        }
        for attr in self.module.list(attrs) {
            out.extend([Out::Text("#["), Out::Node(Node::Attr(attr)), Out::Text("]"), Out::Line]);
        }
        match vis {
            Visibility::Private => {}
            Visibility::Pub => out.push(Out::Text("pub ")),
            Visibility::PubIn(path) => out.push(Out::Owned(format!("pub({}) ", self.module.path_text(path)))),
        }
    }

    pub(super) fn item(&mut self, id: ItemId) {
        let item = self.module[id];
        let mut out = Vec::new();
        self.head(&mut out, item.docs, item.attrs, item.vis);
        let member = |member| Out::Node(Node::Item(member));
        match item.kind {
            ItemKind::Module(path) => out.push(Out::Owned(format!("module {}", self.module.path_text(path)))),
            ItemKind::Use(tree) => out.extend([Out::Text("use "), Out::Node(Node::UseTree(tree))]),
            ItemKind::Fn(decl) => self.function(&mut out, "fn ", decl),
            ItemKind::Handler(decl) => self.function(&mut out, "on ", decl),
            ItemKind::Record(decl) => {
                out.extend([Out::Text("record "), Out::Symbol(decl.name.symbol)]);
                self.generics(&mut out, decl.generics);
                self.predicates(&mut out, decl.generics);
                self.body(&mut out, decl.fields, ",", |field| Out::Node(Node::Field(field)));
            }
            ItemKind::Union(decl) => {
                out.extend([Out::Text("union "), Out::Symbol(decl.name.symbol)]);
                self.generics(&mut out, decl.generics);
                self.predicates(&mut out, decl.generics);
                self.body(&mut out, decl.variants, ",", |variant| Out::Node(Node::Variant(variant)));
            }
            ItemKind::Protocol(decl) => {
                out.extend([Out::Text("protocol "), Out::Symbol(decl.name.symbol)]);
                self.generics(&mut out, decl.generics);
                if !decl.supers.is_empty() {
                    out.push(Out::Text(": "));
                    self.bounds(&mut out, decl.supers);
                }
                self.predicates(&mut out, decl.generics);
                self.body(&mut out, decl.members, "", member);
            }
            ItemKind::Impl(decl) => {
                out.push(Out::Text(if decl.is_unsafe { "unsafe impl" } else { "impl" }));
                self.generics(&mut out, decl.generics);
                let first = self.module[decl.protocol.unwrap_or(decl.ty)].kind;
                if decl.generics.params.is_empty()
                    && matches!(first, TypeKind::Slice(_) | TypeKind::Array { .. })
                {
                    out.push(Out::Text("[]")); // the type's brackets are not those of parameters
                }
                out.push(Out::Text(" "));
                if let Some(protocol) = decl.protocol {
                    out.extend([Out::TightType(protocol), Out::Text(" for ")]);
                }
                out.push(Out::TightType(decl.ty));
                self.predicates(&mut out, decl.generics);
                self.body(&mut out, decl.members, "", member);
            }
            ItemKind::TypeAlias(decl) => {
                out.extend([Out::Text("type "), Out::Symbol(decl.name.symbol)]);
                self.generics(&mut out, decl.generics);
                if !decl.bounds.is_empty() {
                    out.push(Out::Text(": "));
                    self.bounds(&mut out, decl.bounds);
                }
                self.predicates(&mut out, decl.generics);
                if let Some(ty) = decl.ty {
                    out.extend([Out::Text(" = "), Out::Node(Node::Type(ty))]);
                }
            }
            ItemKind::Const(decl) => self.value(&mut out, "const ", decl.name, decl.ty, decl.value),
            ItemKind::Static(decl) => self.value(&mut out, "static ", decl.name, decl.ty, decl.value),
            ItemKind::State(decl) => {
                let word = if decl.mutable { "var " } else { "let " };
                self.value(&mut out, word, decl.name, decl.ty, decl.init);
            }
            ItemKind::Extern(decl) => {
                out.push(Out::Text("extern"));
                if let Some(abi) = decl.abi {
                    out.push(Out::Owned(format!(" {}", Literal::Str(abi))));
                }
                self.body(&mut out, decl.members, "", member);
            }
            ItemKind::Macro(decl) => {
                out.extend([Out::Text("macro "), Out::Symbol(decl.name.symbol), Out::Text("(")]);
                self.comma(&mut out, decl.params, |param| Out::Node(Node::MacroParam(param)));
                out.extend([Out::Text(") "), Out::Node(Node::Block(decl.body))]);
            }
            ItemKind::MacroCall(call) => self.macro_call(&mut out, call),
            ItemKind::Test(decl) => {
                out.push(Out::Owned(format!("test {} ", Literal::Str(decl.title))));
                if !decl.params.is_empty() {
                    out.push(Out::Text("for "));
                    self.comma(&mut out, decl.params, |param| Out::Node(Node::Param(param)));
                    out.push(Out::Text(" "));
                }
                out.push(Out::Node(Node::Block(decl.body)));
            }
            ItemKind::Bench(decl) => {
                out.push(Out::Owned(format!("bench {} ", Literal::Str(decl.title))));
                if !decl.params.is_empty() {
                    out.push(Out::Text("|"));
                    self.comma(&mut out, decl.params, |param| Out::Node(Node::Param(param)));
                    out.push(Out::Text("| "));
                }
                out.push(Out::Node(Node::Block(decl.body)));
            }
            ItemKind::Actor(decl) => {
                out.extend([Out::Text("actor "), Out::Symbol(decl.name.symbol)]);
                self.generics(&mut out, decl.generics);
                if !decl.params.is_empty() {
                    self.params(&mut out, decl.params, false);
                }
                self.predicates(&mut out, decl.generics);
                self.body(&mut out, decl.members, "", member);
            }
            ItemKind::Error => out.push(Out::Text("// not understood")),
        }
        self.emit(out);
    }

    fn value(
        &self,
        out: &mut Vec<Out>,
        word: &'static str,
        name: Name,
        ty: Option<TypeId>,
        value: Option<ExprId>,
    ) {
        out.extend([Out::Text(word), Out::Symbol(name.symbol)]);
        if let Some(ty) = ty {
            out.extend([Out::Text(": "), Out::Node(Node::Type(ty))]);
        }
        if let Some(value) = value {
            out.extend([Out::Text(" = "), Out::Operand(value, 1)]);
        }
    }

    fn function(&self, out: &mut Vec<Out>, word: &'static str, decl: FnDecl) {
        if decl.is_const {
            out.push(Out::Text("const "));
        }
        if decl.is_unsafe {
            out.push(Out::Text("unsafe "));
        }
        if let Some(abi) = decl.abi {
            out.push(Out::Owned(format!("extern {} ", Literal::Str(abi))));
        }
        out.extend([Out::Text(word), Out::Symbol(decl.name.symbol)]);
        self.generics(out, decl.generics);
        self.params(out, decl.params, decl.variadic);
        if let Some(ret) = decl.ret {
            out.extend([Out::Text(" -> "), Out::Node(Node::Type(ret))]);
        }
        self.predicates(out, decl.generics);
        if let Some(body) = decl.body {
            out.extend([Out::Text(" "), Out::Node(Node::Block(body))]);
        }
    }

    fn params(&self, out: &mut Vec<Out>, params: List<ParamId>, variadic: bool) {
        out.push(Out::Text("("));
        self.comma(out, params, |param| Out::Node(Node::Param(param)));
        if variadic {
            out.push(Out::Text(if params.is_empty() { "..." } else { ", ..." }));
        }
        out.push(Out::Text(")"));
    }

    fn generics(&self, out: &mut Vec<Out>, generics: Generics) {
        if !generics.params.is_empty() {
            out.push(Out::Text("["));
            self.comma(out, generics.params, |param| Out::Node(Node::GenericParam(param)));
            out.push(Out::Text("]"));
        }
    }

    fn predicates(&self, out: &mut Vec<Out>, generics: Generics) {
        if !generics.predicates.is_empty() {
            out.push(Out::Text(" where "));
            self.comma(out, generics.predicates, |predicate| Out::Node(Node::Predicate(predicate)));
        }
    }

    pub(super) fn generic_param(&mut self, id: GenericParamId) {
        let param = self.module[id];
        let mut out = Vec::new();
        match param.kind {
            GenericParamKind::Type { bounds, default } => {
                out.push(Out::Symbol(param.name.symbol));
                if !bounds.is_empty() {
                    out.push(Out::Text(": "));
                    self.bounds(&mut out, bounds);
                }
                if let Some(ty) = default {
                    out.extend([Out::Text(" = "), Out::Node(Node::Type(ty))]);
                }
            }
            GenericParamKind::Const { ty, default } => {
                out.extend([Out::Text("const "), Out::Symbol(param.name.symbol), Out::Text(": ")]);
                out.push(Out::Node(Node::Type(ty)));
                if let Some(expr) = default {
                    out.extend([Out::Text(" = "), Out::Operand(expr, 1)]);
                }
            }
            GenericParamKind::Region => out.push(Out::Symbol(param.name.symbol)),
            GenericParamKind::Error => out.push(Out::Text("Error")),
        }
        self.emit(out);
    }

    pub(super) fn param(&mut self, id: ParamId) {
        let param = self.module[id];
        let mut out = Vec::new();
        for attr in self.module.list(param.attrs) {
            out.extend([Out::Text("#["), Out::Node(Node::Attr(attr)), Out::Text("] ")]);
        }
        let ty = match param.kind {
            ParamKind::SelfValue { mutable, ty } => {
                out.extend([Out::Text(var(mutable)), Out::Text("self")]);
                ty
            }
            ParamKind::SelfRef { region, mutable } => {
                out.push(Out::Text("&"));
                if let Some(region) = region {
                    out.extend([Out::Symbol(region.symbol), Out::Text(" ")]);
                }
                out.extend([Out::Text(mut_(mutable)), Out::Text("self")]);
                None
            }
            ParamKind::Pat { pat, ty } => {
                out.push(Out::TightPat(pat));
                ty
            }
            ParamKind::Error => {
                out.push(Out::Text("error"));
                None
            }
        };
        if let Some(ty) = ty {
            out.extend([Out::Text(": "), Out::Node(Node::Type(ty))]);
        }
        self.emit(out);
    }

    pub(super) fn field(&mut self, id: FieldId) {
        let field = self.module[id];
        let mut out = Vec::new();
        self.head(&mut out, field.docs, field.attrs, field.vis);
        if let Some(name) = field.name {
            out.extend([Out::Symbol(name.symbol), Out::Text(": ")]);
        }
        out.push(Out::Node(Node::Type(field.ty)));
        self.emit(out);
    }

    pub(super) fn variant(&mut self, id: VariantId) {
        let variant = self.module[id];
        let mut out = Vec::new();
        self.head(&mut out, variant.docs, variant.attrs, Visibility::Private);
        out.push(Out::Symbol(variant.name.symbol));
        let field = |field| Out::Node(Node::Field(field));
        match variant.payload {
            Payload::None => {}
            Payload::Positional(fields) => {
                out.push(Out::Text("("));
                self.comma(&mut out, fields, field);
                out.push(Out::Text(")"));
            }
            Payload::Named(fields) => self.body(&mut out, fields, ",", field),
        }
        if let Some(expr) = variant.discriminant {
            out.extend([Out::Text(" = "), Out::Operand(expr, 1)]);
        }
        self.emit(out);
    }

    pub(super) fn use_tree(&mut self, id: UseTreeId) {
        let tree = self.module[id];
        let mut out = vec![Out::Owned(self.module.path_text(tree.path))];
        match tree.kind {
            UseKind::Plain => {}
            UseKind::Alias(name) => out.extend([Out::Text(" as "), Out::Symbol(name.symbol)]),
            UseKind::Group(trees) => {
                out.push(Out::Text(".{"));
                self.comma(&mut out, trees, |tree| Out::Node(Node::UseTree(tree)));
                out.push(Out::Text("}"));
            }
        }
        self.emit(out);
    }

    pub(super) fn attr(&mut self, id: AttrId) {
        let attr = self.module[id];
        let mut out = vec![Out::Owned(self.module.path_text(attr.path))];
        if !attr.args.is_empty() {
            out.push(Out::Text("("));
            self.comma(&mut out, attr.args, |arg| Out::Node(Node::AttrArg(arg)));
            out.push(Out::Text(")"));
        }
        self.emit(out);
    }

    pub(super) fn macro_call(&self, out: &mut Vec<Out>, id: MacroCallId) {
        let call = self.module[id];
        out.push(Out::Owned(format!("{}!(", self.module.path_text(call.path))));
        self.comma(out, call.args, |arg| Out::Operand(arg, 1));
        out.push(Out::Text(")"));
    }
}
