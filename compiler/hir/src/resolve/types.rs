//! Types, bounds and constants in types: from the tree to [`Ty`], [`Bound`], [`ConstArg`].
//!
//! In: type nodes. Out: resolved types; an error is a `TyKind::Error` with its proof. Nothing is said about whether
//! the number of arguments or a bound fits: that is type checking's.
//!
//! ```text
//! Fn(A, B) -> C   ⇒   d5 Fn[(A, B), Output = C]        List[T].Iter   ⇒   Assoc { base: List[T], name: Iter }
//! ```

use super::{Cx, Want};
use crate::names::Found;
use crate::{
    Bound, ConstArg, ConstArgKind, DefId, DefKind, GenericArg, GenericParam, GenericParamKind, Generics,
    ProtocolRef, RegionName, Res, Ty, TyKind, TypeHead, WhereClause, unsupported,
};
use base::{Diagnostic, ErrorReported, Span, Symbol};
use syntax::ast;

/// The arguments in brackets, those with `Name =` apart.
pub(crate) type Args = (Vec<GenericArg>, Vec<(Symbol, Ty, Span)>);

pub(crate) fn ty(kind: TyKind, span: Span) -> Ty {
    Ty { kind: Box::new(kind), span }
}

impl Cx<'_> {
    pub fn ty(&mut self, id: ast::TypeId) -> Ty {
        let node = self.ast[id];
        let span = self.span(id);
        let kind = match node.kind {
            ast::TypeKind::Path { path, args } => {
                let names: Vec<ast::Name> = self.ast.list(path).collect();
                let args = self.plain_args(args);
                return self.path_type(&names, args, span);
            }
            ast::TypeKind::Callable { path, .. } => {
                let name = self.ast.list(path).next_back().expect("a path has a name");
                let found = self.lookup(name.symbol, Want::Protocol);
                let reported = match found {
                    Some(found) => {
                        self.report_kind(span, name.symbol, found, "a type: write `fn(…)`, `impl` or `dyn`")
                    }
                    None => self.report_unknown(name, Want::Type),
                };
                TyKind::Error(reported)
            }
            ast::TypeKind::Assoc { base, name } => TyKind::Assoc {
                base: self.ty(base),
                protocol: None,
                name: name.symbol,
                name_span: self.span(name),
            },
            ast::TypeKind::Qualified { ty, protocol, name } => TyKind::Assoc {
                base: self.ty(ty),
                protocol: Some(self.protocol_ref(protocol)),
                name: name.symbol,
                name_span: self.span(name),
            },
            ast::TypeKind::Ref { region, mutable, ty } => {
                TyKind::Ref { region: region.map(|name| self.region(name)), mutable, ty: self.ty(ty) }
            }
            ast::TypeKind::Pointer { mutable, ty } => {
                self.require_unsafe(span, "raw pointers");
                TyKind::RawPtr { mutable, ty: self.ty(ty) }
            }
            ast::TypeKind::Tuple(types) => TyKind::Tuple(self.types(types)),
            ast::TypeKind::Array { element, len } => {
                TyKind::Array { elem: self.ty(element), len: self.const_arg(len) }
            }
            ast::TypeKind::Slice(element) => TyKind::Slice(self.ty(element)),
            ast::TypeKind::Fn { abi: Some(_), .. } => {
                TyKind::Error(unsupported(self.diags, span, "foreign function types"))
            }
            ast::TypeKind::Fn { abi: None, params, ret } => {
                TyKind::Fn { params: self.types(params), ret: ret.map(|ret| self.ty(ret)) }
            }
            ast::TypeKind::Dyn(bounds) => TyKind::Dyn(self.bounds(bounds)),
            ast::TypeKind::Impl(bounds) => TyKind::Impl(self.bounds(bounds)),
            ast::TypeKind::Infer => TyKind::Infer,
            ast::TypeKind::MacroVar(_) => TyKind::Error(unsupported(self.diags, span, "macros")),
            ast::TypeKind::Error => TyKind::Error(self.already_reported(span)),
        };
        ty(kind, span)
    }

    /// The proof for a node that the parser could not make sense of.
    pub fn already_reported(&mut self, span: Span) -> ErrorReported {
        match self.diags.error_reported().or(self.package.names.modules[self.module].broken) {
            Some(reported) => reported,
            // The parser's errors were not put into this bag.
            None => self.error(Diagnostic::error("P1000", span, "this was not understood")),
        }
    }

    fn types(&mut self, list: ast::List<ast::TypeId>) -> Vec<Ty> {
        self.ast.list(list).map(|id| self.ty(id)).collect()
    }

    pub fn region(&self, name: ast::Name) -> RegionName {
        RegionName { name: name.symbol, span: self.span(name) }
    }

    /// `a.b.T.Item[args]`: the arguments belong to the last name.
    pub fn path_type(&mut self, names: &[ast::Name], args: Vec<GenericArg>, span: Span) -> Ty {
        let (found, taken) = match self.path(names, Want::Type) {
            Ok(found) => found,
            Err(reported) => return ty(TyKind::Error(reported), span),
        };
        let last = names[taken - 1];
        let res = match self.type_res(found, last) {
            Ok(res) => res,
            Err(reported) => return ty(TyKind::Error(reported), span),
        };
        let rest = &names[taken..];
        let Some((&end, middle)) = rest.split_last() else {
            return ty(TyKind::Path { res, args }, span);
        };
        let head = self.span(names[0]).to(self.span(last));
        let mut base = ty(TyKind::Path { res, args: Vec::new() }, head);
        for &name in middle.iter().chain([&end]) {
            let name_span = self.span(name);
            let whole = if self.derived.is_some() { span } else { head.to(name_span) };
            base = ty(TyKind::Assoc { base, protocol: None, name: name.symbol, name_span }, whole);
        }
        if let Some(arg) = args.first() {
            let reported = unsupported(self.diags, generic_arg_span(arg), "generic associated types");
            return ty(TyKind::Error(reported), span);
        }
        base
    }

    /// What was found, as a type.
    pub fn type_res(&mut self, found: Found, name: ast::Name) -> Result<Res, ErrorReported> {
        match found {
            Found::Prim(prim) => Ok(Res::Prim(prim)),
            Found::SelfTy(def) => Ok(Res::SelfTy(def)),
            Found::Def(def) => match self.package.defs[def].kind {
                DefKind::Record | DefKind::Union | DefKind::TypeAlias | DefKind::TypeParam => {
                    Ok(Res::Def(def))
                }
                DefKind::Protocol => {
                    let span = self.span(name);
                    let at = self.package.defs[def].name_span;
                    let text = name.as_str();
                    let error = Diagnostic::error("N5008", span, format!("`{text}` is a protocol, not a type"))
                        .secondary(at, "defined here")
                        .fix(
                            format!("for a value of any type that implements it: `impl {text}`; decided at run time: `&dyn {text}`"),
                            span,
                            format!("impl {text}"),
                            base::Applicability::MaybeIncorrect,
                        );
                    Err(self.error(error))
                }
                DefKind::Fn
                | DefKind::Variant
                | DefKind::Const
                | DefKind::Static
                | DefKind::AssocType
                | DefKind::Impl
                | DefKind::ConstParam
                | DefKind::Test => Err(self.report_kind(self.span(name), name.symbol, found, "a type")),
            },
            Found::Module(_) => Err(self.report_kind(self.span(name), name.symbol, found, "a type")),
            Found::Error(reported) => Err(reported),
        }
    }

    /// Arguments where `Name = T` may not stand.
    fn plain_args(&mut self, list: ast::List<ast::GenericArgId>) -> Vec<GenericArg> {
        let (args, bindings) = self.generic_args(list);
        if let Some((name, _, span)) = bindings.first() {
            let error =
                Diagnostic::error("N5008", *span, format!("`{name} = …` says nothing about this type"))
                    .note("associated types are given to protocols: `impl Iterator[Item = T]`");
            self.error(error);
        }
        args
    }

    pub fn generic_args(&mut self, list: ast::List<ast::GenericArgId>) -> Args {
        let mut args = Vec::new();
        let mut bindings = Vec::new();
        for id in self.ast.list(list) {
            match self.ast[id].kind {
                ast::GenericArgKind::Type(id) => args.push(self.type_or_const(id)),
                ast::GenericArgKind::Const(expr) => args.push(GenericArg::Const(self.const_arg(expr))),
                ast::GenericArgKind::Region(name) => args.push(GenericArg::Region(self.region(name))),
                ast::GenericArgKind::Assoc { name, ty } => {
                    bindings.push((name.symbol, self.ty(ty), self.span(id)));
                }
            }
        }
        (args, bindings)
    }

    /// A lone path may name a constant.
    fn type_or_const(&mut self, id: ast::TypeId) -> GenericArg {
        if let ast::TypeKind::Path { path, args } = self.ast[id].kind
            && args.is_empty()
        {
            let names: Vec<ast::Name> = self.ast.list(path).collect();
            let span = self.span(id);
            // `report_unknown` would say the same for a type; look only at what is known.
            if self.lookup(names[0].symbol, if names.len() > 1 { Want::Prefix } else { Want::Type }).is_some()
            {
                match self.path(&names, Want::Type) {
                    Ok((Found::Def(def), taken)) if taken == names.len() && self.is_const(def) => {
                        return GenericArg::Const(ConstArg { kind: ConstArgKind::Def(def), span });
                    }
                    Ok(_) => {}
                    Err(reported) => return GenericArg::Ty(ty(TyKind::Error(reported), span)),
                }
            }
        }
        GenericArg::Ty(self.ty(id))
    }

    pub fn is_const(&self, def: DefId) -> bool {
        matches!(self.package.defs[def].kind, DefKind::Const | DefKind::ConstParam)
    }

    /// A constant in a type: a literal, a name, or a body of its own.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a few of dozens are meant, however many there will be"
    )]
    pub fn const_arg(&mut self, id: ast::ExprId) -> ConstArg {
        let span = self.span(id);
        let kind = match self.ast[id].kind {
            ast::ExprKind::Literal(ast::Literal::Int { digits, .. }) => {
                match crate::lower::literal::int(digits, span, self.diags) {
                    Ok(value) => ConstArgKind::Int(value),
                    Err(reported) => ConstArgKind::Error(reported),
                }
            }
            ast::ExprKind::Literal(ast::Literal::Bool(value)) => ConstArgKind::Bool(value),
            ast::ExprKind::Literal(ast::Literal::Char(value)) => ConstArgKind::Char(value),
            ast::ExprKind::Paren(inner) => return self.const_arg(inner),
            ast::ExprKind::Error => ConstArgKind::Error(self.already_reported(span)),
            ast::ExprKind::Name(name) if name.as_str() == "_" => ConstArgKind::Infer,
            ast::ExprKind::Type(ty) if matches!(self.ast[ty].kind, ast::TypeKind::Infer) => {
                ConstArgKind::Infer
            }
            ast::ExprKind::Name(name) => match self.path(&[name], Want::Value) {
                Ok((Found::Def(def), _)) if self.is_const(def) => ConstArgKind::Def(def),
                Ok((found, _)) => {
                    ConstArgKind::Error(self.report_kind(span, name.symbol, found, "a constant"))
                }
                Err(reported) => ConstArgKind::Error(reported),
            },
            _ => ConstArgKind::Body(crate::lower::lower_const_arg(self, id)),
        };
        ConstArg { kind, span }
    }

    pub fn bounds(&mut self, list: ast::List<ast::BoundId>) -> Vec<Bound> {
        self.ast
            .list(list)
            .map(|id| match self.ast[id].kind {
                ast::BoundKind::Protocol(ty) => Bound::Protocol(self.protocol_ref(ty)),
                ast::BoundKind::Region(name) => Bound::Region(self.region(name)),
            })
            .collect()
    }

    /// The outermost part of a type.
    pub fn type_head(&mut self, id: ast::TypeId) -> TypeHead {
        match self.ast[id].kind {
            ast::TypeKind::Path { path, .. } => {
                let names: Vec<ast::Name> = self.ast.list(path).collect();
                match self.path(&names, Want::Type) {
                    Ok((found, taken)) if taken == names.len() => {
                        self.type_res(found, names[taken - 1]).map_or(TypeHead::Other, TypeHead::Path)
                    }
                    Ok(_) | Err(_) => TypeHead::Other,
                }
            }
            ast::TypeKind::Ref { mutable, .. } => TypeHead::Ref(mutable),
            ast::TypeKind::Pointer { mutable, .. } => TypeHead::RawPtr(mutable),
            ast::TypeKind::Tuple(types) => TypeHead::Tuple(self.ast.list(types).count()),
            ast::TypeKind::Array { .. } => TypeHead::Array,
            ast::TypeKind::Slice(_) => TypeHead::Slice,
            ast::TypeKind::Fn { params, .. } => TypeHead::Fn(self.ast.list(params).count()),
            ast::TypeKind::Callable { .. }
            | ast::TypeKind::Assoc { .. }
            | ast::TypeKind::Qualified { .. }
            | ast::TypeKind::Dyn(_)
            | ast::TypeKind::Impl(_)
            | ast::TypeKind::Infer
            | ast::TypeKind::MacroVar(_)
            | ast::TypeKind::Error => TypeHead::Other,
        }
    }

    /// The protocol that a type node names.
    pub fn protocol_head(&mut self, id: ast::TypeId) -> Result<DefId, ErrorReported> {
        let (ast::TypeKind::Path { path, .. } | ast::TypeKind::Callable { path, .. }) = self.ast[id].kind
        else {
            return self.protocol_ref(id).def;
        };
        let names: Vec<ast::Name> = self.ast.list(path).collect();
        self.protocol_def(&names)
    }

    /// A type node that must name a protocol.
    pub fn protocol_ref(&mut self, id: ast::TypeId) -> ProtocolRef {
        let span = self.span(id);
        if let ast::TypeKind::Path { path, args } = self.ast[id].kind {
            let names: Vec<ast::Name> = self.ast.list(path).collect();
            let def = self.protocol_def(&names);
            let (args, bindings) = self.generic_args(args);
            ProtocolRef { def, args, bindings, span }
        } else if let ast::TypeKind::Callable { path, params, ret } = self.ast[id].kind {
            let names: Vec<ast::Name> = self.ast.list(path).collect();
            let def = self.protocol_def(&names);
            let params = ty(TyKind::Tuple(self.types(params)), span);
            let output = match ret {
                Some(ret) => self.ty(ret),
                None => ty(TyKind::Tuple(Vec::new()), span),
            };
            let output_span = output.span;
            ProtocolRef {
                def,
                args: vec![GenericArg::Ty(params)],
                bindings: vec![(Symbol::intern("Output"), output, output_span)],
                span,
            }
        } else if let ast::TypeKind::Error = self.ast[id].kind {
            let reported = self.already_reported(span);
            ProtocolRef { def: Err(reported), args: Vec::new(), bindings: Vec::new(), span }
        } else {
            let reported = self.error(
                Diagnostic::error("N5008", span, "a protocol is needed here").label("this is another type"),
            );
            ProtocolRef { def: Err(reported), args: Vec::new(), bindings: Vec::new(), span }
        }
    }

    fn protocol_def(&mut self, names: &[ast::Name]) -> Result<DefId, ErrorReported> {
        let (found, taken) = self.path(names, Want::Protocol)?;
        let last = names[taken - 1];
        match found {
            Found::Def(def) if self.package.defs[def].kind == DefKind::Protocol && taken == names.len() => {
                Ok(def)
            }
            Found::Def(_) | Found::Module(_) | Found::Prim(_) | Found::SelfTy(_) => {
                Err(self.report_kind(self.span(last), last.symbol, found, "a protocol"))
            }
            Found::Error(reported) => Err(reported),
        }
    }

    /// The parameters that `owner` declares, and its `where`.
    pub fn generics(&mut self, owner: DefId, node: ast::Generics) -> Generics {
        let package = self.package;
        let own = package.names.generics.of(owner).iter();
        let params = own
            .filter_map(|&(id, def)| {
                let param = self.ast[id];
                let kind = match param.kind {
                    ast::GenericParamKind::Type { bounds, default } => GenericParamKind::Type {
                        bounds: self.bounds(bounds),
                        default: default.map(|ty| self.ty(ty)),
                    },
                    ast::GenericParamKind::Const { ty, default } => GenericParamKind::Const {
                        ty: self.ty(ty),
                        default: default.map(|expr| self.const_arg(expr)),
                    },
                    ast::GenericParamKind::Region => GenericParamKind::Region,
                    ast::GenericParamKind::Error => return None,
                };
                Some(GenericParam { def, name: param.name.symbol, kind, span: self.span(id) })
            })
            .collect();
        let wheres = self
            .ast
            .list(node.predicates)
            .map(|id| {
                let predicate = self.ast[id];
                WhereClause {
                    ty: self.ty(predicate.ty),
                    bounds: self.bounds(predicate.bounds),
                    span: self.span(id),
                }
            })
            .collect();
        Generics { params, wheres }
    }
}

pub(crate) fn generic_arg_span(arg: &GenericArg) -> Span {
    match arg {
        GenericArg::Ty(ty) => ty.span,
        GenericArg::Const(arg) => arg.span,
        GenericArg::Region(region) => region.span,
    }
}
