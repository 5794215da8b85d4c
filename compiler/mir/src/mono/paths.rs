//! Names: of functions for symbols and traces, of types for debuggers.
//!
//! In: an [`Instance`] or a type. Out: a [`FunctionPath`], a [`TypeInfo`].
//!
//! Before: `push` of `impl[T] List[T]` with `T = i64`. After: `core.list` · `List[i64]` · `push`.

use super::Shared;
use crate::*;
use base::{Span, Symbol};
use hir::{DefId, DefKind, Item, ModuleId};
use typeck::{ClosureId, GenericArg, GenericArgs, GenericParamKind, Subst, Ty, TyKind, VariantIdx};

fn parts(module: Symbol) -> Vec<Symbol> {
    module.as_str().split('.').map(Symbol::intern).collect()
}

/// The definition an instance comes from.
pub(super) fn def_of(shared: &Shared<'_>, instance: Instance) -> Option<DefId> {
    let package = shared.cx.typed.package;
    match instance.kind {
        InstanceKind::Fn(def)
        | InstanceKind::Virtual(def)
        | InstanceKind::TableEntry(def)
        | InstanceKind::Reify(def)
        | InstanceKind::Entry(def) => Some(def),
        InstanceKind::Closure(id) | InstanceKind::ClosureFnPtr(id) | InstanceKind::Promoted(id) => {
            Some(package.body_owner(id.body))
        }
        InstanceKind::Const(body) => Some(package.body_owner(body)),
        InstanceKind::CallOnceShim(ty)
        | InstanceKind::CallShim(ty)
        | InstanceKind::DropGlue(ty)
        | InstanceKind::CloneShim(ty) => def_of_type(shared, ty),
    }
}

fn def_of_type(shared: &Shared<'_>, ty: Ty) -> Option<DefId> {
    match *ty.kind() {
        TyKind::Adt(def, _) | TyKind::FnDef(def, _) => Some(def),
        TyKind::Closure(id, _) => Some(shared.cx.typed.package.body_owner(id.body)),
        TyKind::Tuple(items) => items.iter().find_map(|&item| def_of_type(shared, item)),
        TyKind::Array(of, _) | TyKind::Slice(of) => def_of_type(shared, of),
        TyKind::Dyn(protocols, ..) => protocols.first().map(|protocol| protocol.def),
        TyKind::Prim(_)
        | TyKind::Ref(..)
        | TyKind::RawPtr(..)
        | TyKind::FnPtr(_)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => None,
    }
}

pub(super) fn span_of(shared: &Shared<'_>, ty: Ty) -> Option<Span> {
    def_of_type(shared, ty).map(|def| shared.cx.typed.package.def(def).span)
}

/// How the function is called, and the module it is compiled in.
pub(super) fn function_path(shared: &Shared<'_>, instance: Instance) -> (FunctionPath, ModuleId) {
    let package = shared.cx.typed.package;
    let def = def_of(shared, instance);
    let module = def.map_or(ModuleId(0), |def| package.def(def).module);
    let mut path = match def {
        Some(def) => def_path(shared, def, instance.args),
        None => FunctionPath {
            module: parts(package.modules[module].path),
            self_ty: None,
            protocol: None,
            name: String::new(),
            args: Vec::new(),
            index: 0,
        },
    };
    let of_type = |path: &mut FunctionPath, name: &str, ty: Ty| {
        path.self_ty = Some(shared.show(ty));
        path.protocol = None;
        path.name = name.to_string();
        path.args.clear();
        if let TyKind::Closure(id, _) = *ty.kind() {
            path.index = closure_index(shared, id);
        }
    };
    match instance.kind {
        InstanceKind::Fn(_) => {}
        InstanceKind::Closure(id) => inside(shared, &mut path, id, "{closure}"),
        InstanceKind::ClosureFnPtr(id) => inside(shared, &mut path, id, "{closure_pointer}"),
        InstanceKind::CallOnceShim(ty) => of_type(&mut path, "{call_once}", ty),
        InstanceKind::CallShim(ty) => of_type(&mut path, "{call}", ty),
        InstanceKind::DropGlue(ty) => of_type(&mut path, "{drop}", ty),
        InstanceKind::CloneShim(ty) => of_type(&mut path, "{clone}", ty),
        InstanceKind::Virtual(_) => path.name = format!("{{virtual_{}}}", path.name),
        InstanceKind::TableEntry(_) => path.name = format!("{{entry_{}}}", path.name),
        InstanceKind::Reify(_) => path.name = format!("{{pointer_{}}}", path.name),
        InstanceKind::Promoted(id) => {
            path.name = format!("{{promoted_{}}}", path.name);
            path.index = id.expr.0;
        }
        InstanceKind::Const(_) => path.name = format!("{{const_{}}}", path.name),
        InstanceKind::Entry(_) => path.name = "{entry}".to_string(),
    }
    (path, module)
}

/// How a table is called: beside the type it is of.
pub(super) fn table_path(shared: &Shared<'_>, of: Ty, object: Ty) -> FunctionPath {
    let package = shared.cx.typed.package;
    let module =
        def_of_type(shared, of).or_else(|| def_of_type(shared, object)).map(|def| package.def(def).module);
    FunctionPath {
        module: parts(package.modules[module.unwrap_or(ModuleId(0))].path),
        self_ty: Some(plain_closures(shared.show(of))),
        protocol: None,
        name: format!("{{table_{}}}", plain_closures(shared.show(object))),
        args: Vec::new(),
        index: if let TyKind::Closure(id, _) = *of.kind() { closure_index(shared, id) } else { 0 },
    }
}

/// The name of a static, and the module whose memory it is in.
pub(super) fn static_path(shared: &Shared<'_>, def: DefId) -> (FunctionPath, ModuleId) {
    (def_path(shared, def, GenericArgs::empty()), shared.cx.typed.package.def(def).module)
}

/// A closure stands in its function as in a module.
fn inside(shared: &Shared<'_>, path: &mut FunctionPath, id: ClosureId, name: &str) {
    if let Some(ty) = path.self_ty.take() {
        path.module.push(Symbol::intern(&ty));
    }
    path.module.push(Symbol::intern(&path.name));
    path.protocol = None;
    path.name = name.to_string();
    path.index = closure_index(shared, id);
}

fn closure_index(shared: &Shared<'_>, id: ClosureId) -> u32 {
    let closures = &shared.cx.typed.body(id.body).closures;
    closures.keys().position(|&expr| expr == id.expr).unwrap_or(0) as u32
}

fn def_path(shared: &Shared<'_>, def: DefId, args: GenericArgs) -> FunctionPath {
    let typed = shared.cx.typed;
    let package = typed.package;
    let of = package.def(def);
    let generics = typed.signatures.generics_of(def);
    let (mut self_ty, mut protocol) = (None, None);
    if let Some(parent) = of.parent {
        match package.def(parent).kind {
            DefKind::Impl => {
                if let Some(item) = typed.signatures.implementation(parent) {
                    let ty = shared.normalise(item.self_ty.subst(&args));
                    self_ty = Some(plain_closures(shared.show(ty)));
                    protocol = item.protocol.map(|protocol| typed.cx().show_protocol(protocol.subst(&args)));
                }
            }
            DefKind::Protocol => {
                self_ty = args.first().map(|arg| match arg {
                    GenericArg::Ty(ty) => shared.show(*ty),
                    GenericArg::Const(_) => String::new(),
                });
                protocol = Some(package.def(parent).name.to_string());
            }
            DefKind::Fn
            | DefKind::Record
            | DefKind::Union
            | DefKind::Variant
            | DefKind::TypeAlias
            | DefKind::Const
            | DefKind::Static
            | DefKind::AssocType
            | DefKind::TypeParam
            | DefKind::ConstParam
            | DefKind::Test => {
                if let TyKind::Adt(..) = variant_owner(shared, def, args).kind() {
                    self_ty = Some(shared.show(variant_owner(shared, def, args)));
                }
            }
        }
    }
    let own = args.iter().skip(generics.parent_count.min(args.len()));
    let name = match package.item(def) {
        Some(Item::Test(test)) => format!("test {:?}", test.name.as_str()),
        _ => of.name.to_string(),
    };
    FunctionPath {
        module: parts(package.modules[of.module].path),
        self_ty,
        protocol,
        name,
        args: own.map(|arg| typed.cx().show_args(&[*arg])).map(unbracket).map(plain_closures).collect(),
        index: 0,
    }
}

/// The union of a variant that is called as a function.
fn variant_owner(shared: &Shared<'_>, def: DefId, args: GenericArgs) -> Ty {
    match shared.cx.typed.signatures.variant(def) {
        Some((union, _)) => Ty::adt(union, args),
        None => Ty::unit(),
    }
}

fn unbracket(text: String) -> String {
    text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).map_or(text.clone(), str::to_string)
}

/// `MapIter[closure |_|]` as `MapIter[closure]`: what symbols can say.
fn plain_closures(text: String) -> String {
    let mut parts = text.split("closure |");
    let mut plain = parts.next().unwrap_or("").to_string();
    for part in parts {
        plain += "closure";
        plain += part.split_once('|').map_or("", |(_, rest)| rest);
    }
    plain
}

/// Whether it is to be inlined at its calls.
pub(super) fn inline(shared: &Shared<'_>, instance: Instance) -> Inline {
    match instance.kind {
        InstanceKind::Fn(def) if shared.has_attr(def, "noinline") => Inline::Never,
        InstanceKind::Fn(def) if shared.has_attr(def, "inline") => Inline::Worth,
        InstanceKind::Closure(_)
        | InstanceKind::CallOnceShim(_)
        | InstanceKind::CallShim(_)
        | InstanceKind::ClosureFnPtr(_)
        | InstanceKind::Virtual(_)
        | InstanceKind::TableEntry(_)
        | InstanceKind::Reify(_) => Inline::Worth,
        InstanceKind::Fn(_)
        | InstanceKind::DropGlue(_)
        | InstanceKind::CloneShim(_)
        | InstanceKind::Const(_)
        | InstanceKind::Promoted(_)
        | InstanceKind::Entry(_) => Inline::Usual,
    }
}

/// A type as debuggers show it.
pub(super) fn type_info(shared: &Shared<'_>, ty: Ty) -> TypeInfo {
    let typed = shared.cx.typed;
    let package = typed.package;
    let mut info = TypeInfo {
        ty,
        name: shared.show(ty),
        module: Vec::new(),
        span: None,
        args: Vec::new(),
        kind: TypeInfoKind::Builtin,
    };
    match *ty.kind() {
        TyKind::Adt(def, args) => {
            let Some(adt) = typed.signatures.adt(def) else { return info };
            info.module = parts(package.modules[package.def(def).module].path);
            info.span = Some(package.def(def).name_span);
            info.args = type_args(shared, def, args);
            let fields = |variant: VariantIdx| {
                let types = shared.variant_fields(def, variant, args);
                adt.variants[variant].fields.iter().map(|field| field.name).zip(types).collect()
            };
            info.kind = if adt.is_union {
                let variants = adt.variants.iter_enumerated();
                TypeInfoKind::Union { variants: variants.map(|(id, of)| (of.name, fields(id))).collect() }
            } else {
                TypeInfoKind::Record { fields: fields(VariantIdx(0)) }
            };
        }
        TyKind::Closure(id, args) => {
            let body = package.body(id.body);
            let owner = package.def(body.owner);
            info.module = parts(package.modules[owner.module].path);
            info.name = format!("{}.{{closure}}#{}", owner.name, closure_index(shared, id));
            if !args.is_empty() {
                info.name += &typed.cx().show_args(&args);
            }
            info.span = Some(body.exprs[id.expr].span);
            let types = shared.capture_types(id, args);
            let captures = typed.closure(id).map_or(&[][..], |info| &info.captures);
            let names = captures.iter().map(|capture| capture.name);
            info.kind = TypeInfoKind::Closure { captures: names.zip(types).collect() };
        }
        TyKind::Prim(_)
        | TyKind::Tuple(_)
        | TyKind::Array(..)
        | TyKind::Slice(_)
        | TyKind::Ref(..)
        | TyKind::RawPtr(..)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Dyn(..)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => {}
    }
    info
}

fn type_args(shared: &Shared<'_>, def: DefId, args: GenericArgs) -> Vec<(Symbol, Ty)> {
    let params = &shared.cx.typed.signatures.generics_of(def).params;
    let named = params.iter().zip(args.iter()).filter_map(|(param, arg)| match (&param.kind, arg) {
        (GenericParamKind::Type { .. }, GenericArg::Ty(ty)) => Some((param.name, *ty)),
        (GenericParamKind::Type { .. } | GenericParamKind::Const { .. }, _) => None,
    });
    named.collect()
}
