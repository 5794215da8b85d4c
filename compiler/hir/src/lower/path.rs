//! What a chain of dots, brackets and names means: `fs.read_text`, `Map[K, V].new`, `self.items`, `f[T]`, `a[i]`.
//!
//! In: an expression of the tree. Out: its [`Head`], which is a value only at the end of the chain: a module, type or
//! protocol may begin it. `f[T]` and `a[i]` are told apart here, by what the base is.
//!
//! ```text
//! Option[i64].some   ⇒   Def { some, self_args: [i64] }        a.b[i]   ⇒   Index(Field(a, b), i)
//! ```

use super::body::BodyCx;
use crate::names::Found;
use crate::resolve::{Want, ty};
use crate::{
    ConstArg, ConstArgKind, DefId, DefKind, ExprId, ExprKind, GenericArg, Item, ModuleId, ProtocolRef, Res,
    Ty, TyKind,
};
use base::{Diagnostic, ErrorReported, Span, Symbol, stack};
use syntax::ast;

/// The meaning of a chain so far.
#[derive(Debug)]
pub(crate) enum Head {
    Value(ExprId),
    Module(ModuleId),
    /// The start of a full module path: `core` of `core.mem.swap`.
    Prefix(Vec<ast::Name>),
    Type(Ty),
    Protocol(DefId, Vec<GenericArg>),
    Def {
        def: DefId,
        self_args: Vec<GenericArg>,
        args: Vec<GenericArg>,
    },
    Assoc {
        base: Option<Ty>,
        protocol: Option<ProtocolRef>,
        name: ast::Name,
        args: Vec<GenericArg>,
    },
    Error(ErrorReported),
}

impl BodyCx<'_> {
    /// `want`: [`Want::Prefix`] if a dot follows.
    pub fn head(&mut self, id: ast::ExprId, want: Want) -> Head {
        let span = self.cx.span(id);
        let is_link = matches!(
            self.cx.ast[id].kind,
            ast::ExprKind::Name(_) | ast::ExprKind::Field { .. } | ast::ExprKind::Index { .. }
        );
        if !is_link {
            return Head::Value(self.expr(id));
        }
        if let Some(reported) = self.too_deep(1, span) {
            return Head::Error(reported);
        }
        self.depth += 1;
        let head = stack::deep(|| self.head_inner(id, want, span));
        self.depth -= 1;
        head
    }

    fn head_inner(&mut self, id: ast::ExprId, want: Want, span: Span) -> Head {
        if let ast::ExprKind::Name(name) = self.cx.ast[id].kind {
            self.name_head(name, want)
        } else if let ast::ExprKind::Field { base, name } = self.cx.ast[id].kind {
            if let Some(head) = self.qualified(base, name) {
                return head;
            }
            let base_head = self.head(base, Want::Prefix);
            self.member(base_head, base, name, want, span)
        } else if let ast::ExprKind::Index { base, args } = self.cx.ast[id].kind {
            let base_head = self.head(base, Want::Value);
            self.bracketed(base_head, base, args, span)
        } else {
            unreachable!("no link of a chain")
        }
    }

    fn name_head(&mut self, name: ast::Name, want: Want) -> Head {
        let span = self.cx.span(name);
        match self.lookup(name.symbol, want) {
            Some(Ok(local)) => Head::Value(self.local(local, span)),
            Some(Err(found)) => self.found_head(found, name),
            None if name.as_str().is_empty() => Head::Error(self.cx.already_reported(span)),
            None if want == Want::Prefix && self.cx.is_module_root(name.symbol) => Head::Prefix(vec![name]),
            None if let Some((_, closure)) = self.naming.filter(|naming| naming.0 == name.symbol) => {
                let message = format!("the closure `{}` can't call itself", name.symbol);
                let error = Diagnostic::error("N5000", span, message)
                    .label("there is no such name before the closure is made")
                    .secondary(closure, "the variable comes into being here, with the finished closure")
                    .note("a `fn` can call itself; one inside this block takes what it needs as parameters");
                Head::Error(self.cx.error(error))
            }
            None => {
                let locals: Vec<Symbol> = self.scope.iter().map(|&(name, _)| name).collect();
                Head::Error(self.cx.report_unknown_among(name, want, &locals))
            }
        }
    }

    fn found_head(&mut self, found: Found, name: ast::Name) -> Head {
        let span = self.cx.span(name);
        match found {
            Found::Module(module) => Head::Module(module),
            Found::Prim(prim) => {
                Head::Type(ty(TyKind::Path { res: Res::Prim(prim), args: Vec::new() }, span))
            }
            Found::SelfTy(def) => {
                Head::Type(ty(TyKind::Path { res: Res::SelfTy(def), args: Vec::new() }, span))
            }
            Found::Error(reported) => Head::Error(reported),
            Found::Def(def) => match self.cx.package.defs[def].kind {
                DefKind::Fn | DefKind::Variant | DefKind::Const | DefKind::Static | DefKind::ConstParam => {
                    Head::Def { def, self_args: Vec::new(), args: Vec::new() }
                }
                DefKind::Record | DefKind::Union | DefKind::TypeAlias | DefKind::TypeParam => {
                    Head::Type(ty(TyKind::Path { res: Res::Def(def), args: Vec::new() }, span))
                }
                DefKind::Protocol => Head::Protocol(def, Vec::new()),
                DefKind::AssocType | DefKind::Impl | DefKind::Test => {
                    Head::Error(self.cx.report_kind(span, name.symbol, found, "a value"))
                }
            },
        }
    }

    /// `(T as P).f`; none if what is cast is a value.
    fn qualified(&mut self, base: ast::ExprId, name: ast::Name) -> Option<Head> {
        let ast::ExprKind::Paren(inner) = self.cx.ast[base].kind else { return None };
        let ast::ExprKind::Cast { operand, ty } = self.cx.ast[inner].kind else { return None };
        if !self.is_type(operand) {
            return None;
        }
        let base = self.expr_type(operand);
        let protocol = self.cx.protocol_ref(ty);
        Some(Head::Assoc { base: Some(base), protocol: Some(protocol), name, args: Vec::new() })
    }

    /// A name after a dot.
    fn member(&mut self, head: Head, base: ast::ExprId, name: ast::Name, want: Want, span: Span) -> Head {
        let name_span = self.cx.span(name);
        match head {
            Head::Module(module) => {
                // `str.from_utf8` where a module `str` is imported too.
                if let ast::ExprKind::Name(first) = self.cx.ast[base].kind
                    && let Some(prim) = crate::PrimTy::from_name(first.as_str())
                    && self.cx.package.names.module_entry(module, name.symbol).is_none()
                {
                    let base =
                        ty(TyKind::Path { res: Res::Prim(prim), args: Vec::new() }, self.cx.span(first));
                    return Head::Assoc { base: Some(base), protocol: None, name, args: Vec::new() };
                }
                if let Some(inner) = self.cx.submodule(module, name) {
                    return Head::Module(inner);
                }
                match self.cx.module_member(module, name, want) {
                    Ok(found) => self.found_head(found, name),
                    Err(reported) => Head::Error(reported),
                }
            }
            Head::Prefix(mut names) => {
                names.push(name);
                match self.cx.full_module(&names) {
                    Some(module) => Head::Module(module),
                    None if self.cx.is_module_prefix(&names) => Head::Prefix(names),
                    None => Head::Error(self.cx.report_unknown(names[0], Want::Prefix)),
                }
            }
            Head::Type(base) => self.type_member(base, name),
            Head::Protocol(def, args) => {
                let span = self.cx.span(base);
                let protocol = ProtocolRef { def: Ok(def), args, bindings: Vec::new(), span };
                Head::Assoc { base: None, protocol: Some(protocol), name, args: Vec::new() }
            }
            // `Self.Item.default()`: an associated type is written like a type.
            Head::Assoc { base: assoc_base, protocol, name: assoc, args }
                if args.is_empty()
                    && assoc.as_str().starts_with(char::is_uppercase)
                    && !super::pat::is_constant_name(assoc)
                    && (assoc_base.is_some() || protocol.is_some()) =>
            {
                let assoc_span = self.cx.span(assoc);
                let base_span = self.cx.span(base);
                match assoc_base {
                    Some(inner) => {
                        let kind = TyKind::Assoc {
                            base: inner,
                            protocol,
                            name: assoc.symbol,
                            name_span: assoc_span,
                        };
                        Head::Assoc {
                            base: Some(ty(kind, base_span)),
                            protocol: None,
                            name,
                            args: Vec::new(),
                        }
                    }
                    None => {
                        let error = Diagnostic::error(
                            "N5008",
                            assoc_span,
                            format!(
                                "`{}` is an associated type of a protocol: of which type?",
                                assoc.as_str()
                            ),
                        )
                        .note("write `(T as Protocol).Name`");
                        Head::Error(self.cx.error(error))
                    }
                }
            }
            Head::Value(_) | Head::Def { .. } | Head::Assoc { .. } => {
                let base = self.finish_head(head, base);
                Head::Value(self.add(ExprKind::Field { base, name: name.symbol, name_span }, span))
            }
            Head::Error(reported) => Head::Error(reported),
        }
    }

    fn type_member(&mut self, base: Ty, name: ast::Name) -> Head {
        if let TyKind::Path { res, args } = &*base.kind
            && let Some(union) = self.union_behind(*res)
            && let Some(def) = self.cx.variant(union, name.symbol)
        {
            let self_args = match res {
                Res::Def(def) if *def == union => args.clone(),
                Res::Def(_) | Res::SelfTy(_) | Res::Prim(_) | Res::Error(_) => self.args_behind(*res, args),
            };
            return Head::Def { def, self_args, args: Vec::new() };
        }
        Head::Assoc { base: Some(base), protocol: None, name, args: Vec::new() }
    }

    /// The arguments that `Self` or an alias without parameters gives its type.
    fn args_behind(&self, res: Res, args: &[GenericArg]) -> Vec<GenericArg> {
        let inner = match res {
            Res::SelfTy(def) => match self.cx.package.item(def) {
                Some(Item::Impl(item)) => &item.self_ty,
                Some(_) | None => return Vec::new(),
            },
            Res::Def(def) => match self.cx.package.item(def) {
                Some(Item::TypeAlias(alias)) if alias.generics.params.is_empty() => &alias.ty,
                Some(Item::Union(_)) => return args.to_vec(),
                // Left to inference.
                Some(_) | None => return Vec::new(),
            },
            Res::Prim(_) | Res::Error(_) => return Vec::new(),
        };
        if let TyKind::Path { res, args } = &*inner.kind { self.args_behind(*res, args) } else { Vec::new() }
    }

    /// Brackets after something: type arguments or an index.
    pub fn bracketed(
        &mut self,
        head: Head,
        base: ast::ExprId,
        list: ast::List<ast::ExprId>,
        span: Span,
    ) -> Head {
        let is_value = match &head {
            Head::Value(_) => true,
            Head::Def { def, args, .. } => {
                if matches!(self.cx.package.defs[*def].kind, DefKind::Fn | DefKind::Variant) {
                    !args.is_empty()
                } else {
                    true
                }
            }
            Head::Assoc { name, args, .. } => !args.is_empty() || super::pat::is_constant_name(*name),
            Head::Module(_) | Head::Prefix(_) | Head::Type(_) | Head::Protocol(..) | Head::Error(_) => false,
        };
        if is_value {
            let base = self.finish_head(head, base);
            return Head::Value(self.index(base, list, span));
        }
        match head {
            Head::Error(reported) => Head::Error(reported),
            Head::Type(mut base) => {
                let new = self.generic_args(list);
                if let TyKind::Path { args, .. } = &mut *base.kind {
                    args.extend(new);
                }
                base.span = span;
                Head::Type(base)
            }
            Head::Protocol(def, mut args) => {
                args.extend(self.generic_args(list));
                Head::Protocol(def, args)
            }
            Head::Def { def, self_args, .. } => {
                let args = self.generic_args(list);
                // `some[i64]`: the arguments are the union's.
                if self.cx.package.defs[def].kind == DefKind::Variant && self_args.is_empty() {
                    Head::Def { def, self_args: args, args: Vec::new() }
                } else {
                    Head::Def { def, self_args, args }
                }
            }
            Head::Assoc { base, protocol, name, .. } => {
                Head::Assoc { base, protocol, name, args: self.generic_args(list) }
            }
            Head::Module(_) | Head::Prefix(_) | Head::Value(_) => {
                let base = self.finish_head(head, base);
                Head::Value(self.index(base, list, span))
            }
        }
    }

    pub fn index(&mut self, base: ExprId, list: ast::List<ast::ExprId>, span: Span) -> ExprId {
        let args: Vec<ast::ExprId> = self.cx.ast.list(list).collect();
        match args[..] {
            [index] => {
                let index = self.expr(index);
                self.add(ExprKind::Index { base, index }, span)
            }
            _ => {
                let reported = self.cx.error(
                    Diagnostic::error("N5008", span, "a value is indexed with one value")
                        .note("for several, write a tuple: `grid[(x, y)]`"),
                );
                self.error(reported, span)
            }
        }
    }

    /// The chain is at its end: it must be a value.
    pub fn finish_head(&mut self, head: Head, id: ast::ExprId) -> ExprId {
        let span = self.cx.span(id);
        let kind = match head {
            Head::Value(value) => return value,
            Head::Def { def, self_args, args } => ExprKind::Def { def, self_args, args },
            Head::Assoc { base, protocol, name, args } => {
                let name_span = self.cx.span(name);
                let protocol = protocol.map(Box::new);
                ExprKind::Assoc { base, protocol, name: name.symbol, name_span, args }
            }
            Head::Error(reported) => ExprKind::Error(reported),
            Head::Prefix(names) => ExprKind::Error(self.cx.report_unknown(names[0], Want::Value)),
            Head::Module(module) => {
                let path = self.cx.package.modules[module].path;
                let error = Diagnostic::error("N5008", span, format!("`{path}` is a module, not a value"))
                    .note("name something in it after a dot");
                ExprKind::Error(self.cx.error(error))
            }
            Head::Protocol(def, _) => {
                let found = Found::Def(def);
                let name = self.cx.package.defs[def].name;
                ExprKind::Error(self.cx.report_kind(span, name, found, "a value"))
            }
            Head::Type(ty) => ExprKind::Error(self.type_as_value(&ty, span)),
        };
        self.add(kind, span)
    }

    fn type_as_value(&mut self, ty: &Ty, span: Span) -> ErrorReported {
        let (name, def) = if let TyKind::Path { res: Res::Def(def), .. } = &*ty.kind {
            (self.cx.package.defs[*def].name, Some(*def))
        } else if let TyKind::Path { res: Res::Prim(prim), .. } = &*ty.kind {
            (Symbol::intern(prim.name()), None)
        } else if let TyKind::Path { res: Res::Error(reported), .. } | TyKind::Error(reported) = &*ty.kind {
            return *reported;
        } else {
            (Symbol::intern("Self"), None)
        };
        let mut error = Diagnostic::error("N5008", span, format!("`{name}` is a type, not a value"));
        if let Some(def) = def {
            let target = &self.cx.package.defs[def];
            // `record P(f64)`: what is wrong was said there.
            let head = target.span;
            let is_next = |it: Span| it.file == head.file && (head.hi..=head.hi + 1).contains(&it.lo);
            if self.cx.diags.has_error_at(is_next)
                && let Some(reported) = self.cx.diags.error_reported()
            {
                return reported;
            }
            error = error.secondary(target.name_span, "defined here");
            error = if target.kind == DefKind::Record {
                error.note(format!("a record is made with braces: `{name} {{ field: value }}`"))
            } else if target.kind == DefKind::Union {
                error.note(format!("a union is made by naming one of its variants: `{name}.Variant`"))
            } else {
                error
            };
        }
        self.cx.error(error)
    }

    // Types written as expressions, in brackets.

    /// `a.b.c` if that is all it is.
    pub fn path_names(&self, id: ast::ExprId) -> Option<Vec<ast::Name>> {
        if let ast::ExprKind::Name(name) = self.cx.ast[id].kind {
            Some(vec![name])
        } else if let ast::ExprKind::Field { base, name } = self.cx.ast[id].kind {
            let mut names = self.path_names(base)?;
            names.push(name);
            Some(names)
        } else {
            None
        }
    }

    /// Whether an expression in brackets can only be a type. Reports nothing.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a few of dozens are meant, however many there will be"
    )]
    pub fn is_type(&mut self, id: ast::ExprId) -> bool {
        match self.cx.ast[id].kind {
            ast::ExprKind::Type(_) => true,
            ast::ExprKind::Name(name) => {
                if name.as_str() == "_" {
                    return true;
                }
                match self.lookup(name.symbol, Want::Type) {
                    Some(Err(Found::Def(def))) => matches!(
                        self.cx.package.defs[def].kind,
                        DefKind::Record
                            | DefKind::Union
                            | DefKind::TypeAlias
                            | DefKind::TypeParam
                            | DefKind::Protocol
                    ),
                    Some(Err(Found::Prim(_) | Found::SelfTy(_))) => true,
                    // An unknown upper-case name was meant as a type.
                    None => {
                        !super::pat::is_constant_name(name) && name.as_str().starts_with(char::is_uppercase)
                    }
                    Some(Err(Found::Module(_) | Found::Error(_)) | Ok(_)) => false,
                }
            }
            ast::ExprKind::Field { base, name } => {
                if let ast::ExprKind::Paren(inner) = self.cx.ast[base].kind
                    && let ast::ExprKind::Cast { operand, .. } = self.cx.ast[inner].kind
                {
                    return self.is_type(operand);
                }
                // `fs.File`, `T.Item`; not `Shape.MAX`, `point.x`.
                let is_local = self
                    .path_names(base)
                    .is_some_and(|names| matches!(self.lookup(names[0].symbol, Want::Prefix), Some(Ok(_))));
                !is_local
                    && name.as_str().starts_with(char::is_uppercase)
                    && (!super::pat::is_constant_name(name) || name.as_str().len() == 1)
            }
            ast::ExprKind::Index { base, .. } => self.is_type(base),
            ast::ExprKind::Unary { op: ast::UnOp::Ref | ast::UnOp::RefMut | ast::UnOp::Deref, operand } => {
                self.is_type(operand)
            }
            ast::ExprKind::Tuple(list) => {
                let list: Vec<ast::ExprId> = self.cx.ast.list(list).collect();
                list.into_iter().all(|id| self.is_type(id))
            }
            ast::ExprKind::Array(list) => {
                let list: Vec<ast::ExprId> = self.cx.ast.list(list).collect();
                matches!(list[..], [element] if self.is_type(element))
            }
            ast::ExprKind::Repeat { value, .. } => self.is_type(value),
            ast::ExprKind::Paren(inner) => self.is_type(inner),
            _ => false,
        }
    }

    pub fn generic_args(&mut self, list: ast::List<ast::ExprId>) -> Vec<GenericArg> {
        let list: Vec<ast::ExprId> = self.cx.ast.list(list).collect();
        list.into_iter().map(|id| self.generic_arg(id)).collect()
    }

    fn generic_arg(&mut self, id: ast::ExprId) -> GenericArg {
        let span = self.cx.span(id);
        if let ast::ExprKind::Literal(_)
        | ast::ExprKind::Block(_)
        | ast::ExprKind::Unary { op: ast::UnOp::Neg | ast::UnOp::Not, .. }
        | ast::ExprKind::Binary { .. } = self.cx.ast[id].kind
        {
            GenericArg::Const(self.cx.const_arg(id))
        } else if let ast::ExprKind::Name(_) | ast::ExprKind::Field { .. } = self.cx.ast[id].kind {
            if let Some(names) = self.path_names(id)
                && let Some(def) = self.constant(&names)
            {
                return GenericArg::Const(ConstArg { kind: ConstArgKind::Def(def), span });
            }
            GenericArg::Ty(self.expr_type(id))
        } else {
            GenericArg::Ty(self.expr_type(id))
        }
    }

    /// The constant that a path names, if it does.
    fn constant(&mut self, names: &[ast::Name]) -> Option<DefId> {
        if let [name] = names {
            return match self.cx.lookup(name.symbol, Want::Type)? {
                Found::Def(def) if self.cx.is_const(def) => Some(def),
                Found::Def(_) | Found::Module(_) | Found::Prim(_) | Found::SelfTy(_) | Found::Error(_) => {
                    None
                }
            };
        }
        // Only what is written like a constant: the path of a type must not be reported as a wrong one.
        if !super::pat::is_constant_name(names[names.len() - 1]) {
            return None;
        }
        self.cx.lookup(names[0].symbol, Want::Prefix)?;
        match self.cx.path(names, Want::Value) {
            Ok((Found::Def(def), taken)) if taken == names.len() && self.cx.is_const(def) => Some(def),
            Ok(_) | Err(_) => None,
        }
    }

    /// An expression in brackets, as the type it was meant to be.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a few of dozens are meant, however many there will be"
    )]
    pub fn expr_type(&mut self, id: ast::ExprId) -> Ty {
        let span = self.cx.span(id);
        let kind = match self.cx.ast[id].kind {
            ast::ExprKind::Type(id) => return self.cx.ty(id),
            ast::ExprKind::Name(name) if name.as_str() == "_" => TyKind::Infer,
            ast::ExprKind::Name(name) => return self.cx.path_type(&[name], Vec::new(), span),
            ast::ExprKind::Field { base, name } => {
                if let Some(names) = self.path_names(id) {
                    return self.cx.path_type(&names, Vec::new(), span);
                }
                let name_span = self.cx.span(name);
                if let ast::ExprKind::Paren(inner) = self.cx.ast[base].kind
                    && let ast::ExprKind::Cast { operand, ty } = self.cx.ast[inner].kind
                {
                    let base = self.expr_type(operand);
                    let protocol = Some(self.cx.protocol_ref(ty));
                    TyKind::Assoc { base, protocol, name: name.symbol, name_span }
                } else {
                    let base = self.expr_type(base);
                    TyKind::Assoc { base, protocol: None, name: name.symbol, name_span }
                }
            }
            ast::ExprKind::Index { base, args } => {
                let args = self.generic_args(args);
                match self.path_names(base) {
                    Some(names) => return self.cx.path_type(&names, args, span),
                    None => TyKind::Error(self.no_type(span)),
                }
            }
            ast::ExprKind::Unary { op: ast::UnOp::Ref, operand } => {
                TyKind::Ref { region: None, mutable: false, ty: self.expr_type(operand) }
            }
            ast::ExprKind::Unary { op: ast::UnOp::RefMut, operand } => {
                TyKind::Ref { region: None, mutable: true, ty: self.expr_type(operand) }
            }
            ast::ExprKind::Unary { op: ast::UnOp::Deref, operand } => {
                self.cx.require_unsafe(span, "raw pointers");
                TyKind::RawPtr { mutable: false, ty: self.expr_type(operand) }
            }
            ast::ExprKind::Tuple(list) => {
                let list: Vec<ast::ExprId> = self.cx.ast.list(list).collect();
                TyKind::Tuple(list.into_iter().map(|id| self.expr_type(id)).collect())
            }
            ast::ExprKind::Array(list) => {
                let list: Vec<ast::ExprId> = self.cx.ast.list(list).collect();
                match list[..] {
                    [element] => TyKind::Slice(self.expr_type(element)),
                    _ => TyKind::Error(self.no_type(span)),
                }
            }
            ast::ExprKind::Repeat { value, count } => {
                TyKind::Array { elem: self.expr_type(value), len: self.cx.const_arg(count) }
            }
            ast::ExprKind::Paren(inner) => return self.expr_type(inner),
            ast::ExprKind::Error => TyKind::Error(self.cx.already_reported(span)),
            _ => TyKind::Error(self.no_type(span)),
        };
        ty(kind, span)
    }

    fn no_type(&mut self, span: Span) -> ErrorReported {
        self.cx.error(
            Diagnostic::error("N5008", span, "this is no type")
                .note("brackets after a function or type hold type arguments: `f[i64](x)`"),
        )
    }
}
