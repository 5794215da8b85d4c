//! Items: heads of functions, records, unions, protocols, impls with their types resolved.
//!
//! In: a definition. Out: its [`Item`], none for what lives inside its owner. The bodies are not looked at.

use crate::map::Map;
use crate::names::Source;
use crate::resolve::Cx;
use crate::{
    AssocType, Const, DefId, DefKind, Field, Fn, FnKind, GenericArg, GenericParamKind, Generics, Impl,
    ImplHead, Item, Package, Param, Protocol, ProtocolRef, Receiver, Record, Res, Test, Ty, TyKind,
    TypeAlias, TypeHead, Union, Variant, VariantKind, unsupported,
};
use base::{Diagnostic, Diagnostics, Span, Symbol};
use syntax::ast;

pub(crate) fn lower_item(package: &Package, def: DefId, diags: &mut Diagnostics) -> Option<Item> {
    let source = package.names.sources[def];
    let mut cx = Cx::new(package, def, diags);
    match source {
        Source::Variant(..) | Source::Generic(_) => None,
        Source::Derived(item, of, protocol) => Some(derived_impl(&mut cx, item, of, protocol.lang_item())),
        Source::Item(_, item) => written(&mut cx, item),
    }
}

fn written(cx: &mut Cx, id: ast::ItemId) -> Option<Item> {
    let node = cx.ast[id];
    let owner = cx.owner;
    Some(match node.kind {
        ast::ItemKind::Fn(decl) => Item::Fn(function(cx, &decl)),
        ast::ItemKind::Record(decl) => {
            let generics = cx.generics(owner, decl.generics);
            Item::Record(Record { generics, fields: fields(cx, decl.fields, None) })
        }
        ast::ItemKind::Union(decl) => {
            let generics = cx.generics(owner, decl.generics);
            Item::Union(Union { generics, variants: variants(cx) })
        }
        ast::ItemKind::TypeAlias(decl) if cx.package.defs[owner].kind == DefKind::AssocType => {
            if !decl.generics.params.is_empty() {
                unsupported(cx.diags, cx.span(decl.name), "generic associated types");
            }
            let bounds = cx.bounds(decl.bounds);
            let ty = decl.ty.map(|ty| cx.ty(ty));
            if ty.is_none() && in_impl(cx) {
                let span = cx.span(decl.name);
                cx.error(Diagnostic::error(
                    "N5021",
                    span,
                    "an associated type of an `impl` needs a type: `= T`",
                ));
            }
            Item::AssocType(AssocType { bounds, ty })
        }
        ast::ItemKind::TypeAlias(decl) => {
            let generics = cx.generics(owner, decl.generics);
            let ty = match decl.ty {
                Some(ty) => cx.ty(ty),
                None => {
                    let span = cx.span(decl.name);
                    let reported = cx.error(Diagnostic::error("N5021", span, "a `type` needs a type: `= T`"));
                    error_type(reported, span)
                }
            };
            Item::TypeAlias(TypeAlias { generics, ty })
        }
        ast::ItemKind::Const(decl) | ast::ItemKind::Static(decl) => Item::Const(constant(cx, &decl)),
        ast::ItemKind::Protocol(decl) => {
            let generics = cx.generics(owner, decl.generics);
            let supers = cx.bounds(decl.supers);
            let self_param = cx.package.names.members.of(owner)[0];
            let members = cx.package.members_of(owner).to_vec();
            Item::Protocol(Protocol { self_param, generics, supers, members })
        }
        ast::ItemKind::Impl(decl) => {
            let generics = cx.generics(owner, decl.generics);
            let protocol = decl.protocol.map(|protocol| cx.protocol_ref(protocol));
            let self_ty = cx.ty(decl.ty);
            let members = cx.package.members_of(owner).to_vec();
            Item::Impl(Impl { generics, protocol, self_ty, members, derived: None })
        }
        ast::ItemKind::Test(decl) => {
            let body = cx.package.body_of(owner).expect("a test has a body");
            Item::Test(Test { name: decl.title, body })
        }
        ast::ItemKind::Module(_)
        | ast::ItemKind::Use(_)
        | ast::ItemKind::Extern(_)
        | ast::ItemKind::Macro(_)
        | ast::ItemKind::MacroCall(_)
        | ast::ItemKind::Bench(_)
        | ast::ItemKind::Actor(_)
        | ast::ItemKind::State(_)
        | ast::ItemKind::Handler(_)
        | ast::ItemKind::Error => return None,
    })
}

/// Protocol and type of an impl, as far as their outermost names tell.
pub(crate) fn impl_head(package: &Package, def: DefId, diags: &mut Diagnostics) -> ImplHead {
    let source = package.names.sources[def];
    let mut cx = Cx::new(package, def, diags);
    match source {
        Source::Item(_, item) => {
            let ast::ItemKind::Impl(decl) = cx.ast[item].kind else {
                unreachable!("an impl is written as one")
            };
            let protocol = decl.protocol.map(|protocol| cx.protocol_head(protocol));
            ImplHead { protocol, ty: cx.type_head(decl.ty) }
        }
        Source::Derived(_, of, protocol) => {
            let span = package.defs[def].span;
            ImplHead { protocol: Some(cx.lang(protocol.lang_item(), span)), ty: TypeHead::Path(Res::Def(of)) }
        }
        Source::Variant(..) | Source::Generic(_) => unreachable!("no impl"),
    }
}

fn error_type(reported: base::ErrorReported, span: Span) -> Ty {
    Ty { kind: Box::new(TyKind::Error(reported)), span }
}

fn in_impl(cx: &Cx) -> bool {
    let parent = cx.package.defs[cx.owner].parent;
    parent.is_some_and(|parent| cx.package.defs[parent].kind == DefKind::Impl)
}

fn in_protocol(cx: &Cx) -> bool {
    let parent = cx.package.defs[cx.owner].parent;
    parent.is_some_and(|parent| cx.package.defs[parent].kind == DefKind::Protocol)
}

fn function(cx: &mut Cx, decl: &ast::FnDecl) -> Fn {
    let generics = cx.generics(cx.owner, decl.generics);
    let attrs = &cx.package.defs[cx.owner].attrs;
    let has = |name: &str| attrs.iter().any(|attr| attr.path.as_str() == name);
    let kind = if has("intrinsic") {
        FnKind::Intrinsic
    } else if has("runtime") {
        FnKind::Runtime
    } else {
        FnKind::Quastra
    };
    if decl.body.is_none() && kind == FnKind::Quastra && !in_protocol(cx) {
        let span = cx.span(decl.name);
        let text = format!("function `{}` has no body", decl.name.as_str());
        cx.error(
            Diagnostic::error("N5021", span, text).note("only functions of a protocol may leave it out"),
        );
    }
    if decl.variadic {
        unsupported(cx.diags, cx.span(decl.name), "variadic functions");
    }
    let mut receiver = None;
    let mut params = Vec::new();
    for (index, id) in cx.ast.list(decl.params).enumerate() {
        let node = cx.ast[id];
        let span = cx.span(id);
        let (name, ty) = match node.kind {
            ast::ParamKind::SelfValue { ty, .. } => {
                receiver = Some(Receiver::Value);
                let ty = match ty {
                    Some(ty) => self_param_type(cx, ty, &mut receiver),
                    None => self_type(cx, span),
                };
                (cx.package.names.known.self_value, ty)
            }
            ast::ParamKind::SelfRef { region, mutable } => {
                receiver = Some(if mutable { Receiver::RefMut } else { Receiver::Ref });
                let region = region.map(|name| cx.region(name));
                let ty = self_type(cx, span);
                (
                    cx.package.names.known.self_value,
                    Ty { kind: Box::new(TyKind::Ref { region, mutable, ty }), span },
                )
            }
            ast::ParamKind::Pat { pat, ty } => {
                let ty = match ty {
                    Some(ty) => cx.ty(ty),
                    None => {
                        let error = Diagnostic::error("N5021", span, "a parameter needs a type: `name: T`")
                            .note("only a closure's parameters may leave it out");
                        let reported = cx.error(error);
                        error_type(reported, span)
                    }
                };
                let name = if let ast::PatKind::Bind { name, .. } = cx.ast[pat].kind {
                    name.symbol
                } else {
                    Symbol::intern("_")
                };
                (name, ty)
            }
            ast::ParamKind::Error => {
                let reported = cx.already_reported(span);
                (Symbol::intern("_"), error_type(reported, span))
            }
        };
        if name == cx.package.names.known.self_value && (index > 0 || cx.self_def.is_none()) {
            receiver = None;
            if cx.self_def.is_some() {
                cx.error(Diagnostic::error("N5020", span, "`self` must be the first parameter"));
            }
        }
        params.push(Param { name, ty, span });
    }
    Fn {
        generics,
        params,
        receiver,
        ret: decl.ret.map(|ret| cx.ty(ret)),
        body: cx.package.body_of(cx.owner),
        is_const: decl.is_const,
        is_unsafe: decl.is_unsafe,
        kind,
    }
}

/// `Self` at a place where it was not written.
fn self_type(cx: &mut Cx, span: Span) -> Ty {
    match cx.self_def {
        Some(def) => Ty { kind: Box::new(TyKind::Path { res: Res::SelfTy(def), args: Vec::new() }), span },
        None => {
            let reported = cx.error(Diagnostic::error(
                "N5020",
                span,
                "`self` is only for functions of an `impl` or `protocol`",
            ));
            error_type(reported, span)
        }
    }
}

/// `self: T`: for now only the types that the short forms stand for.
fn self_param_type(cx: &mut Cx, id: ast::TypeId, receiver: &mut Option<Receiver>) -> Ty {
    let ty = cx.ty(id);
    let is_self =
        |ty: &Ty| matches!(&*ty.kind, TyKind::Path { res: Res::SelfTy(_), args } if args.is_empty());
    if let TyKind::Ref { mutable, ty: inner, .. } = &*ty.kind
        && is_self(inner)
    {
        *receiver = Some(if *mutable { Receiver::RefMut } else { Receiver::Ref });
    } else if !is_self(&ty) && !matches!(&*ty.kind, TyKind::Error(_)) {
        let message = "not supported yet: receivers of other types than `Self`, `&Self` and `&mut Self`";
        let mut error = Diagnostic::error("X0001", ty.span, message);
        if let TyKind::Ref { mutable, .. } = &*ty.kind {
            let short = if *mutable { "`&mut self`" } else { "`&self`" };
            error =
                error.note(format!("{short} is short for a reference to the type that the `impl` is for"));
        }
        let reported = cx.diags.error(error);
        return error_type(reported, ty.span);
    }
    ty
}

fn constant(cx: &mut Cx, decl: &ast::ConstDecl) -> Const {
    let span = cx.span(decl.name);
    let ty = match decl.ty {
        Some(ty) => cx.ty(ty),
        None => {
            let mut error = Diagnostic::error("N5021", span, "a constant needs a type: `const NAME: T = …`");
            if cx.scope.is_some() && decl.name.as_str().starts_with(char::is_lowercase) {
                let word = Span { hi: span.lo, ..cx.package.defs[cx.owner].span };
                let fix = "a variable that does not change is declared with `let`";
                error = error.fix(fix, word, "let ", base::Applicability::MaybeIncorrect);
            }
            error_type(cx.error(error), span)
        }
    };
    let body = cx.package.body_of(cx.owner);
    if body.is_none() && !in_protocol(cx) {
        cx.error(Diagnostic::error("N5021", span, "a constant needs a value: `= …`"));
    }
    Const { ty, body }
}

/// Of a record, or a variant's payload; `owner_vis` is theirs where they follow their union.
fn fields(cx: &mut Cx, list: ast::List<ast::FieldId>, owner_vis: Option<crate::Visibility>) -> Vec<Field> {
    let mut seen: Map<Symbol, Span> = Map::default();
    let mut out = Vec::new();
    for (index, id) in cx.ast.list(list).enumerate() {
        let node = cx.ast[id];
        let name = node.name.map_or_else(|| Symbol::intern(&index.to_string()), |name| name.symbol);
        let span = cx.span(id);
        if let Some(name) = node.name {
            let name_span = cx.span(name);
            if let Some(first) = seen.insert(name.symbol, name_span) {
                crate::collect::duplicate(cx.diags, name.symbol, first, name_span);
                continue;
            }
        }
        let vis = match owner_vis {
            Some(vis) => vis,
            None => {
                crate::collect::Collector::visibility_of(cx.package, cx.module, cx.ast, node.vis, cx.diags)
            }
        };
        out.push(Field { name, ty: cx.ty(node.ty), vis, span });
    }
    out
}

fn variants(cx: &mut Cx) -> Vec<Variant> {
    let vis = cx.package.defs[cx.owner].vis;
    let mut out = Vec::new();
    // Those without a definition are duplicates, or not for this target.
    for &def in cx.package.members_of(cx.owner) {
        let Source::Variant(_, id) = cx.package.names.sources[def] else {
            unreachable!("unions have variants")
        };
        let node = cx.ast[id];
        let (kind, list) = match node.payload {
            ast::Payload::None => (VariantKind::Unit, ast::List::EMPTY),
            ast::Payload::Positional(list) => (VariantKind::Tuple, list),
            ast::Payload::Named(list) => (VariantKind::Record, list),
        };
        out.push(Variant {
            def,
            name: node.name.symbol,
            kind,
            fields: fields(cx, list, Some(vis)),
            discriminant: node.discriminant.map(|expr| cx.const_arg(expr)),
            span: cx.span(id),
        });
    }
    out
}

/// `impl[T: P] P for R[T]` of `#[derive(P)] record R[T]`.
fn derived_impl(cx: &mut Cx, item: ast::ItemId, of: DefId, protocol: crate::LangItem) -> Item {
    let (ast::ItemKind::Record(ast::RecordDecl { generics, .. })
    | ast::ItemKind::Union(ast::UnionDecl { generics, .. })) = cx.ast[item].kind
    else {
        unreachable!("derives are of records and unions");
    };
    let span = cx.package.defs[cx.owner].span;
    let def = cx.lang(protocol, span);
    let bound = ProtocolRef { def, args: Vec::new(), bindings: Vec::new(), span };
    let Generics { mut params, wheres } = cx.generics(cx.owner, generics);
    let mut args = Vec::new();
    for param in &mut params {
        let path = || TyKind::Path { res: Res::Def(param.def), args: Vec::new() };
        match &mut param.kind {
            GenericParamKind::Type { bounds, default } => {
                args.push(GenericArg::Ty(Ty { kind: Box::new(path()), span }));
                bounds.push(crate::Bound::Protocol(bound.clone()));
                *default = None;
            }
            GenericParamKind::Const { default, .. } => {
                let kind = crate::ConstArgKind::Def(param.def);
                args.push(GenericArg::Const(crate::ConstArg { kind, span }));
                *default = None;
            }
            GenericParamKind::Region => {
                args.push(GenericArg::Region(crate::RegionName { name: param.name, span }));
            }
        }
    }
    let self_ty = Ty { kind: Box::new(TyKind::Path { res: Res::Def(of), args }), span };
    let members = cx.package.members_of(cx.owner).to_vec();
    Item::Impl(Impl {
        generics: Generics { params, wheres },
        protocol: Some(bound),
        self_ty,
        members,
        derived: Some(span),
    })
}
