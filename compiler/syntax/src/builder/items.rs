//! Builds items and their parts; see [`super`].

use super::*;

/// The words before `fn`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Quals {
    pub is_const: bool,
    pub is_unsafe: bool,
    /// The empty symbol: none.
    pub abi: Symbol0,
}

/// A symbol that is empty by default.
#[derive(Clone, Copy)]
pub(crate) struct Symbol0(pub Symbol);
impl Default for Symbol0 {
    fn default() -> Self {
        Symbol0(NO_TEXT)
    }
}

impl Quals {
    pub fn constant(is_unsafe: bool) -> Quals {
        Quals { is_const: true, is_unsafe, ..Quals::default() }
    }
    pub fn unsafe_() -> Quals {
        Quals { is_unsafe: true, ..Quals::default() }
    }
    /// `extern` alone means C.
    pub fn foreign(is_unsafe: bool, abi: Option<Token>) -> Quals {
        let abi = abi.map_or_else(|| Symbol::intern("C"), |token| token.symbol);
        Quals { is_const: false, is_unsafe, abi: Symbol0(abi) }
    }
}

impl Builder<'_> {
    pub fn item(&mut self, lo: u32, kind: ItemKind, hi: u32) -> ItemId {
        let docs = self.take_docs(lo);
        let item = Item { docs, attrs: List::EMPTY, vis: Visibility::Private, kind, range: range(lo, hi) };
        self.module.item_nodes.push(item)
    }

    /// Adds what stands before an item's first word.
    pub fn head(&mut self, lo: u32, attrs: Building<AttrId>, vis: VisId, item: ItemId) -> ItemId {
        let attrs = self.seal(attrs);
        let docs = self.take_docs(lo);
        let vis = self.visibility(vis);
        let node = &mut self.module[item];
        node.docs = docs.or(node.docs);
        node.attrs = attrs;
        node.vis = vis;
        node.range.lo = lo;
        item
    }

    pub fn quals(&mut self, lo: u32, quals: Quals, item: ItemId) -> ItemId {
        let docs = self.take_docs(lo);
        let node = &mut self.module[item];
        node.docs = docs.or(node.docs);
        node.range.lo = lo;
        if let ItemKind::Fn(decl) = &mut node.kind {
            decl.is_const = quals.is_const;
            decl.is_unsafe = quals.is_unsafe;
            decl.abi = (quals.abi.0 != NO_TEXT).then_some(quals.abi.0);
        } else if let ItemKind::Impl(decl) = &mut node.kind {
            decl.is_unsafe = quals.is_unsafe;
        }
        item
    }

    pub fn use_tree(&mut self, lo: u32, path: Building<Name>, kind: UseKind, hi: u32) -> UseTreeId {
        let path = self.seal(path);
        self.module.use_trees.push(UseTree { path, kind, range: range(lo, hi) })
    }

    /// `path.{ … }`: the group was closed before the path is sealed.
    pub fn use_group(
        &mut self,
        lo: u32,
        path: Building<Name>,
        trees: Building<UseTreeId>,
        hi: u32,
    ) -> UseTreeId {
        let trees = self.seal(trees);
        self.use_tree(lo, path, UseKind::Group(trees), hi)
    }

    #[allow(clippy::too_many_arguments)]
    pub fn fn_decl(
        &self,
        name: Name,
        generics: List<GenericParamId>,
        params: List<ParamId>,
        variadic: bool,
        ret: Option<TypeId>,
        predicates: List<PredicateId>,
        body: Option<BlockId>,
    ) -> FnDecl {
        let generics = Generics { params: generics, predicates };
        FnDecl { name, is_const: false, is_unsafe: false, abi: None, generics, params, variadic, ret, body }
    }

    pub fn generic_param(
        &mut self,
        lo: u32,
        token: Token,
        kind: GenericParamKind,
        at: u32,
        hi: u32,
    ) -> GenericParamId {
        let name = name(token, at);
        self.module.generic_params.push(GenericParam { name, kind, range: range(lo, hi) })
    }

    pub fn error_generic_param(&mut self, lo: u32, hi: u32) -> GenericParamId {
        let name = Name { symbol: NO_TEXT, lo };
        self.module.generic_params.push(GenericParam {
            name,
            kind: GenericParamKind::Error,
            range: range(lo, hi),
        })
    }

    pub fn predicate(&mut self, lo: u32, ty: TypeId, bounds: List<BoundId>, hi: u32) -> PredicateId {
        self.module.predicates.push(Predicate { ty, bounds, range: range(lo, hi) })
    }

    pub fn param(&mut self, lo: u32, kind: ParamKind, hi: u32) -> ParamId {
        self.module.params.push(Param { attrs: List::EMPTY, kind, range: range(lo, hi) })
    }

    pub fn param_attrs(&mut self, lo: u32, attrs: Building<AttrId>, param: ParamId) -> ParamId {
        let attrs = self.seal(attrs);
        let node = &mut self.module[param];
        node.attrs = attrs;
        node.range.lo = lo;
        param
    }

    pub fn field_def(&mut self, lo: u32, name: Option<Name>, ty: TypeId, hi: u32) -> FieldId {
        let docs = self.take_docs(lo);
        let field =
            Field { docs, attrs: List::EMPTY, vis: Visibility::Private, name, ty, range: range(lo, hi) };
        self.module.fields.push(field)
    }

    pub fn field_head(&mut self, lo: u32, attrs: Building<AttrId>, vis: VisId, field: FieldId) -> FieldId {
        let attrs = self.seal(attrs);
        let docs = self.take_docs(lo);
        let vis = self.visibility(vis);
        let node = &mut self.module[field];
        node.docs = docs.or(node.docs);
        node.attrs = attrs;
        node.vis = vis;
        node.range.lo = lo;
        field
    }

    pub fn error_field(&mut self, lo: u32, hi: u32) -> FieldId {
        let ty = self.ty(lo, TypeKind::Error, hi);
        self.field_def(lo, None, ty, hi)
    }

    pub fn variant(
        &mut self,
        lo: u32,
        name: Name,
        payload: Payload,
        discriminant: Option<ExprId>,
        hi: u32,
    ) -> VariantId {
        let docs = self.take_docs(lo);
        let range = range(lo, hi);
        self.module.variants.push(Variant { docs, attrs: List::EMPTY, name, payload, discriminant, range })
    }

    pub fn variant_attrs(&mut self, lo: u32, attrs: Building<AttrId>, variant: VariantId) -> VariantId {
        let attrs = self.seal(attrs);
        let docs = self.take_docs(lo);
        let node = &mut self.module[variant];
        node.docs = docs.or(node.docs);
        node.attrs = attrs;
        node.range.lo = lo;
        variant
    }

    pub fn error_variant(&mut self, lo: u32, hi: u32) -> VariantId {
        self.variant(lo, Name { symbol: NO_TEXT, lo }, Payload::None, None, hi)
    }

    pub fn macro_param(&mut self, lo: u32, token: Token, kind: Name, hi: u32) -> MacroParamId {
        let name = Name { symbol: token.symbol, lo: lo + 1 };
        self.module.macro_params.push(MacroParam { name, kind, range: range(lo, hi) })
    }
}
