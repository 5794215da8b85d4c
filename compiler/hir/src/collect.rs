//! Collects definitions: every item, member, variant and generic parameter gets its [`DefId`] and its name a place
//! in a scope.
//!
//! In: a tree. Out: defs, sources, scopes, and the imports to resolve. Afterwards every definition that HIR supports
//! has an id; what it does not support is one `X0001`, and its name is known to be reported. Duplicates are
//! reported with both places.
//!
//! ```text
//! union Shape { Circle(f64) }   ⇒   d0 Shape, d1 Shape.Circle (parent d0);  scope: Shape → d0
//! ```

mod local;

use crate::attrs::{AttrCx, Cfg, text_arg};
use crate::expand::derive::{self, Derivable};
use crate::map::Map;
use crate::modules::{Import, Node, Origin, imports_of};
use crate::names::{Binding, Entry, ScopeId, Source, Unit, UnitId};
use crate::{
    Attr, BodyId, Def, DefId, DefKind, LangItem, Module, ModuleId, Package, Visibility,
    package::{BodySlot, ItemSlot},
    unsupported,
};
use base::{Diagnostic, Diagnostics, ErrorReported, FileId, Span, Symbol};
use syntax::ast;

/// An import whose target is to be found when all definitions are known.
#[derive(Debug)]
pub(crate) struct PendingImport {
    pub module: ModuleId,
    /// None: of the module itself.
    pub scope: Option<ScopeId>,
    pub import: Import,
    pub vis: Visibility,
}

pub(crate) struct Collector<'a> {
    pub package: &'a mut Package,
    pub cfg: &'a Cfg,
    pub diags: &'a mut Diagnostics,
    pub imports: Vec<PendingImport>,
}

/// Where the items being collected stand.
#[derive(Clone, Copy)]
struct Place<'a> {
    unit: UnitId,
    ast: &'a ast::Module,
    derived: Option<Span>,
    module: ModuleId,
    parent: Option<DefId>,
    scope: Option<ScopeId>,
}

impl Place<'_> {
    fn span(&self, at: impl ast::Located) -> Span {
        self.derived.unwrap_or_else(|| self.ast.span(at))
    }
}

/// The words of a definition that differ by kind.
struct NewDef {
    kind: DefKind,
    name: Symbol,
    name_span: Span,
    span: Span,
    vis: Visibility,
    attrs: Vec<Attr>,
    doc: Option<Symbol>,
    parent: Option<DefId>,
}

impl Collector<'_> {
    /// Makes the modules, in the order of the nodes, and collects what they define.
    pub fn modules(&mut self, nodes: Vec<Node>) {
        let mut trees = Vec::new();
        for node in nodes {
            let id = self.package.modules.push(Module {
                path: node.path,
                parent: None,
                file: node.file,
                is_std: node.origin == Origin::Std,
                defs: Vec::new(),
                is_unsafe: false,
            });
            let names = &mut self.package.names;
            let names_id = names
                .modules
                .push(crate::names::ModuleNames { is_prefix: node.ast.is_none(), ..Default::default() });
            debug_assert_eq!(id, names_id);
            names.by_path.insert(node.path, id);
            if node.path.as_str() == "core.prelude" {
                names.prelude = Some(id);
            }
            if let Some(tree) = node.ast {
                trees.push((id, node.origin, tree));
            }
        }
        for id in self.package.modules.ids() {
            let path = self.package.modules[id].path.as_str();
            let names = &mut self.package.names;
            let parent = path
                .rsplit_once('.')
                .and_then(|(parent, _)| names.by_path.get(&Symbol::intern(parent)).copied());
            self.package.modules[id].parent = parent;
            if let Some(parent) = parent {
                names.modules[parent].has_inner = true;
            }
        }
        // An argument of an attribute may be a protocol to derive: an impl and its function.
        let count = |tree: &ast::Module| {
            let written = tree.item_nodes.len() + tree.variants.len() + tree.generic_params.len();
            written + 2 * tree.attr_args.len()
        };
        self.package.reserve(trees.iter().map(|(_, _, tree)| count(tree)).sum());
        for (module, origin, tree) in trees {
            self.unit(module, tree);
            if origin == Origin::Root {
                let main = self.package.names.module_entry(module, Symbol::intern("main"));
                self.package.main = main
                    .and_then(|entry| entry.def)
                    .map(|binding| binding.to)
                    .filter(|&def| self.package.defs[def].kind == DefKind::Fn);
            }
        }
    }

    /// Collects the tree of a module's file.
    fn unit(&mut self, module: ModuleId, tree: ast::Module) {
        let first = self.package.defs.next_id();
        let empty = ast::Module::new(tree.file);
        let unit = self.package.names.units.push(Unit {
            ast: empty,
            is_derived: false,
            block_scopes: Map::default(),
        });
        let place = Place { unit, ast: &tree, derived: None, module, parent: None, scope: None };
        for item in tree.list(tree.items) {
            self.item(place, item);
        }
        self.local_items(place, first);
        self.package.names.units[unit].ast = tree;
    }

    /// One item of a module or a block.
    fn item(&mut self, place: Place, id: ast::ItemId) {
        let node = place.ast[id];
        let Some(attrs) = self.decode(place, node.attrs) else { return };
        match node.kind {
            ast::ItemKind::Module(_) => {}
            ast::ItemKind::Use(tree) => self.use_item(place, tree, &node),
            ast::ItemKind::Fn(decl) if decl.abi.is_some() => {
                self.unsupported_item(place, decl.name, "exported foreign functions");
            }
            ast::ItemKind::Fn(decl) => {
                let def = self.named(place, id, DefKind::Fn, decl.name, attrs);
                self.generics(place, def, decl.generics);
                self.fn_body(def, &decl);
            }
            ast::ItemKind::Record(decl) => {
                let def = self.named(place, id, DefKind::Record, decl.name, attrs);
                self.generics(place, def, decl.generics);
                self.derives(place, id, def, decl.name);
            }
            ast::ItemKind::Union(decl) => {
                let def = self.named(place, id, DefKind::Union, decl.name, attrs);
                self.generics(place, def, decl.generics);
                self.variants(place, def, decl.variants);
                self.derives(place, id, def, decl.name);
            }
            ast::ItemKind::TypeAlias(decl) => {
                let def = self.named(place, id, DefKind::TypeAlias, decl.name, attrs);
                self.generics(place, def, decl.generics);
            }
            ast::ItemKind::Const(decl) => {
                let def = self.named(place, id, DefKind::Const, decl.name, attrs);
                self.const_body(def, &decl);
            }
            ast::ItemKind::Protocol(decl) => {
                let def = self.named(place, id, DefKind::Protocol, decl.name, attrs);
                let span = place.span(decl.name);
                let self_param = self.define(
                    place,
                    Source::Generic(Some(0)),
                    NewDef {
                        kind: DefKind::TypeParam,
                        name: self.package.names.known.self_ty,
                        name_span: span,
                        span,
                        vis: Visibility::Public,
                        attrs: Vec::new(),
                        doc: None,
                        parent: Some(def),
                    },
                );
                self.generics(place, def, decl.generics);
                let vis = self.package.defs[def].vis;
                self.members(place, def, Some(self_param), decl.members, Some(vis));
            }
            ast::ItemKind::Impl(decl) => {
                let head = Span { hi: place.span(decl.ty).hi, ..place.span(id) };
                let def = self.define(
                    place,
                    Source::Item(place.unit, id),
                    NewDef {
                        kind: DefKind::Impl,
                        name: self.package.names.known.impl_name,
                        name_span: place.span(decl.protocol.unwrap_or(decl.ty)),
                        span: head,
                        vis: Visibility::Public,
                        attrs,
                        doc: node.docs,
                        parent: place.parent,
                    },
                );
                self.place_item(place, def);
                self.generics(place, def, decl.generics);
                self.members(place, def, None, decl.members, decl.protocol.map(|_| Visibility::Public));
            }
            ast::ItemKind::Test(decl) => {
                if let Some(param) = place.ast.list(decl.params).next() {
                    unsupported(self.diags, place.span(param), "property tests");
                    return;
                }
                let span = place.span(decl.title_range);
                let def = self.define(
                    place,
                    Source::Item(place.unit, id),
                    NewDef {
                        kind: DefKind::Test,
                        name: decl.title,
                        name_span: span,
                        span: Span { hi: span.hi, ..place.span(id) },
                        vis: Visibility::Private,
                        attrs,
                        doc: node.docs,
                        parent: place.parent,
                    },
                );
                self.place_item(place, def);
                self.body(def);
            }
            ast::ItemKind::Static(decl) => {
                let def = self.named(place, id, DefKind::Static, decl.name, attrs);
                self.const_body(def, &decl);
            }
            ast::ItemKind::Extern(decl) => {
                let head = place.span(id).shrink_to_lo();
                let reported = unsupported(self.diags, Span { hi: head.lo + 6, ..head }, "foreign functions");
                for member in place.ast.list(decl.members) {
                    if let Some(name) = place.ast[member].name() {
                        self.poison(place, name, reported);
                    }
                }
            }
            ast::ItemKind::Macro(decl) => self.unsupported_item(place, decl.name, "macros"),
            ast::ItemKind::MacroCall(call) => {
                unsupported(self.diags, place.span(call), "macro calls");
            }
            ast::ItemKind::Bench(decl) => {
                unsupported(self.diags, place.span(decl.title_range), "benchmarks");
            }
            ast::ItemKind::Actor(decl) => self.unsupported_item(place, decl.name, "actors"),
            // Only inside an actor, which is not looked into.
            ast::ItemKind::State(_) | ast::ItemKind::Handler(_) => {}
            ast::ItemKind::Error => {
                if let Some(reported) = self.diags.error_reported() {
                    self.package.names.modules[place.module].broken = Some(reported);
                }
            }
        }
    }

    fn decode(&mut self, place: Place, attrs: ast::List<ast::AttrId>) -> Option<Vec<Attr>> {
        if attrs.is_empty() {
            return Some(Vec::new());
        }
        AttrCx { ast: place.ast, derived: place.derived, cfg: self.cfg, diags: self.diags }.decode(attrs)
    }

    fn use_item(&mut self, place: Place, tree: ast::UseTreeId, node: &ast::Item) {
        let vis = self.visibility(place, node.vis);
        for import in imports_of(place.ast, tree) {
            self.imports.push(PendingImport { module: place.module, scope: place.scope, import, vis });
        }
    }

    fn unsupported_item(&mut self, place: Place, name: ast::Name, what: &str) {
        let reported = unsupported(self.diags, place.span(name), what);
        self.poison(place, name, reported);
    }

    fn poison(&mut self, place: Place, name: ast::Name, reported: ErrorReported) {
        self.entry(place, name.symbol).poisoned = Some(reported);
    }

    fn entry(&mut self, place: Place, name: Symbol) -> &mut Entry {
        let names = &mut self.package.names;
        let scope = match place.scope {
            Some(scope) => &mut names.blocks[scope].names,
            None => &mut names.modules[place.module].names,
        };
        scope.entry(name).or_default()
    }

    /// A definition with a name in the scope around it.
    fn named(
        &mut self,
        place: Place,
        id: ast::ItemId,
        kind: DefKind,
        name: ast::Name,
        attrs: Vec<Attr>,
    ) -> DefId {
        let node = place.ast[id];
        let vis = self.visibility(place, node.vis);
        let name_span = place.span(name);
        let new = NewDef {
            kind,
            name: name.symbol,
            name_span,
            span: head_span(place, &node, name_span),
            vis,
            attrs,
            doc: node.docs,
            parent: place.parent,
        };
        let def = self.define(place, Source::Item(place.unit, id), new);
        self.place_item(place, def);
        self.declare(place, name.symbol, name_span, def, vis);
        def
    }

    fn place_item(&mut self, place: Place, def: DefId) {
        self.package.modules[place.module].defs.push(def);
        if let Some(scope) = place.scope {
            self.package.names.scope_of.insert(def, scope);
        }
    }

    fn declare(&mut self, place: Place, name: Symbol, span: Span, def: DefId, vis: Visibility) {
        // A name that was missing has been reported.
        if name.as_str().is_empty() {
            return;
        }
        let is_std = self.package.modules[place.module].is_std;
        if !is_std && matches!(name.as_str(), "some" | "none" | "ok" | "err") {
            self.diags.error(
                Diagnostic::error("N5022", span, format!("`{name}` cannot be defined anew"))
                    .label("one of the four lower-case constructors"),
            );
            return;
        }
        let binding = Binding { to: def, vis, span, import: None };
        let entry = self.entry(place, name);
        match entry.def {
            Some(first) => {
                let first = first.span;
                duplicate(self.diags, name, first, span);
            }
            None => entry.def = Some(binding),
        }
    }

    fn define(&mut self, place: Place, source: Source, new: NewDef) -> DefId {
        let id = self.package.defs.push(Def {
            kind: new.kind,
            name: new.name,
            parent: new.parent,
            module: place.module,
            vis: new.vis,
            attrs: new.attrs,
            span: new.span,
            name_span: new.name_span,
            doc: new.doc,
        });
        self.package.items.push(ItemSlot::new());
        if !self.package.modules[place.module].is_std {
            self.package.own_defs.push(id);
        }
        match new.kind {
            DefKind::Impl => self.package.impls.push(id),
            DefKind::Protocol => self.package.protocols.push(id),
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
            | DefKind::Test => {}
        }
        let names = &mut self.package.names;
        names.sources.push(source);
        names.generics.add();
        names.members.add();
        names.body_of.push(None);
        let lang = names.known.lang;
        if let Some(attr) = self.package.defs[id].attrs.iter().find(|attr| attr.path == lang) {
            let span = attr.span;
            if let Some(name) = text_arg(attr, self.diags) {
                match LangItem::from_name(name.as_str()) {
                    Some(item) => self.package.lang.set(item, id),
                    None => {
                        self.diags.error(
                            Diagnostic::error("N5014", span, format!("the compiler knows no `{name}`"))
                                .label("unknown lang item"),
                        );
                    }
                }
            }
        }
        id
    }

    fn generics(&mut self, place: Place, owner: DefId, generics: ast::Generics) {
        if generics.params.is_empty() {
            return;
        }
        let mut seen = Seen::default();
        let mut list = Vec::new();
        let mut next = self.params_around(owner);
        for param in place.ast.list(generics.params) {
            let node = place.ast[param];
            let (kind, has_number) = match node.kind {
                ast::GenericParamKind::Type { .. } => (DefKind::TypeParam, true),
                ast::GenericParamKind::Region => (DefKind::TypeParam, false),
                ast::GenericParamKind::Const { .. } => (DefKind::ConstParam, true),
                ast::GenericParamKind::Error => continue,
            };
            let name_span = place.span(node.name);
            if let Some(first) = seen.insert(node.name.symbol, name_span) {
                duplicate(self.diags, node.name.symbol, first, name_span);
                continue;
            }
            let new = NewDef {
                kind,
                name: node.name.symbol,
                name_span,
                span: place.span(param),
                vis: Visibility::Private,
                attrs: Vec::new(),
                doc: None,
                parent: Some(owner),
            };
            let number = has_number.then_some(next);
            next += u32::from(has_number);
            list.push((param, self.define(place, Source::Generic(number), new)));
        }
        self.package.names.generics.set(owner, list);
    }

    /// How many numbered parameters an item's own come after: `Self` of a protocol, and those of the impl or protocol
    /// around it.
    fn params_around(&self, owner: DefId) -> u32 {
        let def = &self.package.defs[owner];
        let own_self = u32::from(def.kind == DefKind::Protocol);
        let around = def.parent.filter(|&parent| self.package.defs[parent].kind.shares_generics());
        let Some(parent) = around else { return own_self };
        let params = self.package.names.generics.of(parent).iter();
        let numbered = params.filter(|&&(_, param)| self.package.param_index(param).is_some()).count();
        self.params_around(parent) + numbered as u32 + own_self
    }

    fn variants(&mut self, place: Place, union: DefId, variants: ast::List<ast::VariantId>) {
        let mut seen = Seen::default();
        let mut list = Vec::new();
        for id in place.ast.list(variants) {
            let node = place.ast[id];
            if node.name.as_str().is_empty() {
                continue;
            }
            let Some(attrs) = self.decode(place, node.attrs) else { continue };
            let name_span = place.span(node.name);
            if let Some(first) = seen.insert(node.name.symbol, name_span) {
                duplicate(self.diags, node.name.symbol, first, name_span);
                continue;
            }
            let new = NewDef {
                kind: DefKind::Variant,
                name: node.name.symbol,
                name_span,
                span: place.span(id),
                vis: self.package.defs[union].vis,
                attrs,
                doc: node.docs,
                parent: Some(union),
            };
            list.push(self.define(place, Source::Variant(list.len() as u32, id), new));
        }
        self.package.names.members.set(union, list);
    }

    /// Functions, constants and types of a protocol or impl, after what it has already. `vis` is theirs where they cannot
    /// have their own.
    fn members(
        &mut self,
        place: Place,
        owner: DefId,
        has: Option<DefId>,
        members: ast::List<ast::ItemId>,
        vis: Option<Visibility>,
    ) {
        let mut seen = Seen::default();
        let mut list = Vec::from_iter(has);
        for id in place.ast.list(members) {
            let node = place.ast[id];
            let Some(attrs) = self.decode(place, node.attrs) else { continue };
            let (kind, name) = match node.kind {
                ast::ItemKind::Fn(decl) => (DefKind::Fn, decl.name),
                ast::ItemKind::Const(decl) => (DefKind::Const, decl.name),
                ast::ItemKind::TypeAlias(decl) => (DefKind::AssocType, decl.name),
                ast::ItemKind::MacroCall(call) => {
                    unsupported(self.diags, place.span(call), "macro calls");
                    continue;
                }
                ast::ItemKind::Module(_)
                | ast::ItemKind::Use(_)
                | ast::ItemKind::Record(_)
                | ast::ItemKind::Union(_)
                | ast::ItemKind::Protocol(_)
                | ast::ItemKind::Impl(_)
                | ast::ItemKind::Static(_)
                | ast::ItemKind::Extern(_)
                | ast::ItemKind::Macro(_)
                | ast::ItemKind::Test(_)
                | ast::ItemKind::Bench(_)
                | ast::ItemKind::Actor(_)
                | ast::ItemKind::State(_)
                | ast::ItemKind::Handler(_)
                | ast::ItemKind::Error => continue,
            };
            if name.as_str().is_empty() {
                continue;
            }
            let name_span = place.span(name);
            if let Some(first) = seen.insert(name.symbol, name_span) {
                duplicate(self.diags, name.symbol, first, name_span);
                continue;
            }
            let vis = match vis {
                Some(vis) => vis,
                None => self.visibility(place, node.vis),
            };
            let new = NewDef {
                kind,
                name: name.symbol,
                name_span,
                span: head_span(place, &node, name_span),
                vis,
                attrs,
                doc: node.docs,
                parent: Some(owner),
            };
            let def = self.define(place, Source::Item(place.unit, id), new);
            list.push(def);
            let names = &mut self.package.names;
            if let Some(&scope) = names.scope_of.get(&owner) {
                names.scope_of.insert(def, scope);
            }
            match node.kind {
                ast::ItemKind::Fn(decl) => {
                    self.generics(place, def, decl.generics);
                    self.fn_body(def, &decl);
                }
                ast::ItemKind::Const(decl) => self.const_body(def, &decl),
                ast::ItemKind::TypeAlias(decl) => self.generics(place, def, decl.generics),
                // Sorted out above.
                ast::ItemKind::Module(_)
                | ast::ItemKind::Use(_)
                | ast::ItemKind::Record(_)
                | ast::ItemKind::Union(_)
                | ast::ItemKind::Protocol(_)
                | ast::ItemKind::Impl(_)
                | ast::ItemKind::Static(_)
                | ast::ItemKind::Extern(_)
                | ast::ItemKind::Macro(_)
                | ast::ItemKind::MacroCall(_)
                | ast::ItemKind::Test(_)
                | ast::ItemKind::Bench(_)
                | ast::ItemKind::Actor(_)
                | ast::ItemKind::State(_)
                | ast::ItemKind::Handler(_)
                | ast::ItemKind::Error => {}
            }
        }
        self.package.names.members.set(owner, list);
    }

    fn fn_body(&mut self, def: DefId, decl: &ast::FnDecl) {
        if decl.body.is_some() {
            self.body(def);
        }
    }

    fn const_body(&mut self, def: DefId, decl: &ast::ConstDecl) {
        if decl.value.is_some() {
            self.body(def);
        }
    }

    fn body(&mut self, def: DefId) -> BodyId {
        let id = self.package.bodies.push(BodySlot::new(def));
        self.package.names.body_of[def] = Some(id);
        id
    }

    fn derives(&mut self, place: Place, id: ast::ItemId, def: DefId, name: ast::Name) {
        let attrs: Vec<Attr> = self.package.defs[def]
            .attrs
            .iter()
            .filter(|attr| attr.path == self.package.names.known.derive)
            .cloned()
            .collect();
        for attr in &attrs {
            for made in derive::expand(place.ast, id, attr, self.diags) {
                let (unit, tree) = self.take_derived(made.protocol, place.ast.file);
                let inner = Place { unit, ast: &tree, derived: Some(made.span), ..place };
                let new = NewDef {
                    kind: DefKind::Impl,
                    name: self.package.names.known.impl_name,
                    name_span: made.span,
                    span: made.span,
                    vis: Visibility::Public,
                    attrs: Vec::new(),
                    doc: None,
                    parent: place.parent,
                };
                let imp = self.define(inner, Source::Derived(id, def, made.protocol), new);
                self.package.modules[place.module].defs.push(imp);
                if let Some(scope) = place.scope {
                    self.package.names.scope_of.insert(imp, scope);
                }
                let generics = if let ast::ItemKind::Record(decl) = place.ast[id].kind {
                    decl.generics
                } else if let ast::ItemKind::Union(decl) = place.ast[id].kind {
                    decl.generics
                } else {
                    unreachable!("derives are of records and unions ({name:?})")
                };
                // Parameters of its own, written where those of the type are.
                self.generics(place, imp, generics);
                for item in tree.list(tree.items) {
                    if let ast::ItemKind::Impl(decl) = tree[item].kind {
                        self.members(inner, imp, None, decl.members, Some(Visibility::Public));
                    }
                }
                self.package.names.units[unit].ast = tree;
            }
        }
    }

    /// The unit of derived impls of a protocol, and its tree, to be put back.
    fn take_derived(&mut self, protocol: Derivable, file: FileId) -> (UnitId, ast::Module) {
        let names = &mut self.package.names;
        let unit = *names.derived.entry(protocol).or_insert_with(|| {
            let ast = derive::heads(protocol, file);
            names.units.push(Unit { ast, is_derived: true, block_scopes: Map::default() })
        });
        (unit, std::mem::replace(&mut names.units[unit].ast, ast::Module::new(file)))
    }

    pub(crate) fn visibility_of(
        package: &Package,
        module: ModuleId,
        ast: &ast::Module,
        vis: ast::Visibility,
        diags: &mut Diagnostics,
    ) -> Visibility {
        match vis {
            ast::Visibility::Private => Visibility::Private,
            ast::Visibility::Pub => Visibility::Public,
            ast::Visibility::PubIn(path) => {
                let names: Vec<ast::Name> = ast.list(path).collect();
                let text = crate::modules::join(&names);
                let span = ast.span(path);
                match package.names.by_path.get(&text) {
                    Some(&top) if package.is_within(module, top) => Visibility::Within(top),
                    Some(_) => {
                        let here = package.modules[module].path;
                        diags.error(
                            Diagnostic::error(
                                "N5005",
                                span,
                                format!("`{text}` does not contain the module `{here}`"),
                            )
                            .note("`pub(path)` names the module itself or one above it"),
                        );
                        Visibility::Public
                    }
                    None => {
                        diags.error(Diagnostic::error("N5005", span, format!("there is no module `{text}`")));
                        Visibility::Public
                    }
                }
            }
        }
    }

    fn visibility(&mut self, place: Place, vis: ast::Visibility) -> Visibility {
        Self::visibility_of(self.package, place.module, place.ast, vis, self.diags)
    }
}

/// The names of one list, to find those that come twice. Most lists are short.
#[derive(Default)]
struct Seen {
    few: Vec<(Symbol, Span)>,
    many: Map<Symbol, Span>,
}

impl Seen {
    /// Where the name was seen before; otherwise it is from now on.
    fn insert(&mut self, name: Symbol, span: Span) -> Option<Span> {
        const FEW: usize = 16;
        if let Some(&(_, first)) = self.few.iter().find(|&&(known, _)| known == name) {
            return Some(first);
        }
        if self.few.len() < FEW {
            self.few.push((name, span));
            return None;
        }
        match self.many.entry(name) {
            std::collections::hash_map::Entry::Occupied(known) => Some(*known.get()),
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(span);
                None
            }
        }
    }
}

/// `name` is defined twice in one scope.
pub(crate) fn duplicate(diags: &mut Diagnostics, name: Symbol, first: Span, second: Span) -> ErrorReported {
    diags.error(
        Diagnostic::error("N5001", second, format!("`{name}` is defined twice"))
            .label("again here")
            .secondary(first, "first defined here"),
    )
}

/// `fn f(a: A) -> B`, `record P`: without attributes and body.
fn head_span(place: Place, node: &ast::Item, name: Span) -> Span {
    let lo = if node.attrs.is_empty() { place.span(node.range).lo.min(name.lo) } else { name.lo };
    let hi = if let ast::ItemKind::Fn(decl) = node.kind {
        match (decl.ret, place.ast.list(decl.params).next_back()) {
            (Some(ret), _) => place.span(ret).hi,
            (None, Some(param)) => place.span(param).hi + 1,
            (None, None) => name.hi,
        }
    } else if let ast::ItemKind::Const(decl) = node.kind {
        decl.ty.map_or(name.hi, |ty| place.span(ty).hi)
    } else {
        name.hi
    };
    if place.derived.is_some() { name } else { Span { lo, hi: hi.max(name.hi), ..name } }
}
