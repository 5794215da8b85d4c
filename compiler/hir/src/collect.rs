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

use crate::attrs::{AttrCx, Cfg, find, text_arg};
use crate::map::Map;
use crate::modules::{Import, Node, Origin, imports_of};
use crate::names::{Binding, Entry, ScopeId, Source, Unit, UnitId};
use crate::{
    Attr, BodyId, Def, DefId, DefKind, LangItem, Module, ModuleId, Package, Visibility, package::BodySlot,
    unsupported,
};
use base::{Diagnostic, Diagnostics, ErrorReported, Span, Symbol};
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
            self.package.modules[id].parent = path
                .rsplit_once('.')
                .and_then(|(parent, _)| self.package.names.by_path.get(&Symbol::intern(parent)).copied());
        }
        for (module, origin, tree) in trees {
            self.unit(module, tree, None, None);
            if origin == Origin::Root {
                let main = self.package.names.module_entry(module, Symbol::intern("main"));
                self.package.main = main
                    .and_then(|entry| entry.def)
                    .map(|binding| binding.to)
                    .filter(|&def| self.package.defs[def].kind == DefKind::Fn);
            }
        }
    }

    /// Collects a tree of a module: its file, or what `derive` wrote for an item in `scope`.
    pub fn unit(
        &mut self,
        module: ModuleId,
        tree: ast::Module,
        derived: Option<Span>,
        scope: Option<ScopeId>,
    ) -> UnitId {
        let empty = ast::Module::new(tree.file);
        let unit = self.package.names.units.push(Unit {
            ast: empty,
            derived,
            item_defs: Map::default(),
            variant_defs: Map::default(),
            block_scopes: Map::default(),
        });
        if derived.is_none() {
            let place = Place { unit, ast: &tree, derived, module, parent: None, scope };
            for item in tree.list(tree.items) {
                self.item(place, item);
            }
            self.local_items(place);
        }
        self.package.names.units[unit].ast = tree;
        unit
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
                    Source::Generic,
                    NewDef {
                        kind: DefKind::TypeParam,
                        name: Symbol::intern("Self"),
                        name_span: span,
                        span,
                        vis: Visibility::Public,
                        attrs: Vec::new(),
                        doc: None,
                        parent: Some(def),
                    },
                );
                self.package.names.members.entry(def).or_default().push(self_param);
                self.generics(place, def, decl.generics);
                let vis = self.package.defs[def].vis;
                self.members(place, def, decl.members, Some(vis));
            }
            ast::ItemKind::Impl(decl) => {
                let head = Span { hi: place.span(decl.ty).hi, ..place.span(id) };
                let def = self.define(
                    place,
                    Source::Item(place.unit, id),
                    NewDef {
                        kind: DefKind::Impl,
                        name: Symbol::intern("impl"),
                        name_span: place.span(decl.protocol.unwrap_or(decl.ty)),
                        span: head,
                        vis: Visibility::Public,
                        attrs,
                        doc: node.docs,
                        parent: place.parent,
                    },
                );
                self.place_item(place, id, def);
                self.generics(place, def, decl.generics);
                self.members(place, def, decl.members, decl.protocol.map(|_| Visibility::Public));
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
                self.place_item(place, id, def);
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
        self.place_item(place, id, def);
        self.declare(place, name.symbol, name_span, def, vis);
        def
    }

    fn place_item(&mut self, place: Place, id: ast::ItemId, def: DefId) {
        self.package.modules[place.module].defs.push(def);
        let names = &mut self.package.names;
        names.units[place.unit].item_defs.insert(id, def);
        if let Some(scope) = place.scope {
            names.scope_of.insert(def, scope);
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
        self.package.items.push(None);
        self.package.names.sources.push(source);
        if let Some(attr) = find(&self.package.defs[id].attrs, "lang") {
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
        let mut seen: Map<Symbol, Span> = Map::default();
        let mut list = Vec::new();
        for param in place.ast.list(generics.params) {
            let node = place.ast[param];
            let kind = match node.kind {
                ast::GenericParamKind::Type { .. } | ast::GenericParamKind::Region => DefKind::TypeParam,
                ast::GenericParamKind::Const { .. } => DefKind::ConstParam,
                ast::GenericParamKind::Error => continue,
            };
            let name_span = place.span(node.name);
            if let Some(&first) = seen.get(&node.name.symbol) {
                duplicate(self.diags, node.name.symbol, first, name_span);
                continue;
            }
            seen.insert(node.name.symbol, name_span);
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
            list.push((param, self.define(place, Source::Generic, new)));
        }
        self.package.names.generics.insert(owner, list);
    }

    fn variants(&mut self, place: Place, union: DefId, variants: ast::List<ast::VariantId>) {
        let mut seen: Map<Symbol, Span> = Map::default();
        let mut list = Vec::new();
        for id in place.ast.list(variants) {
            let node = place.ast[id];
            if node.name.as_str().is_empty() {
                continue;
            }
            let Some(attrs) = self.decode(place, node.attrs) else { continue };
            let name_span = place.span(node.name);
            if let Some(&first) = seen.get(&node.name.symbol) {
                duplicate(self.diags, node.name.symbol, first, name_span);
                continue;
            }
            seen.insert(node.name.symbol, name_span);
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
            let def = self.define(place, Source::Variant, new);
            self.package.names.units[place.unit].variant_defs.insert(id, def);
            list.push(def);
        }
        self.package.names.members.insert(union, list);
    }

    /// Functions, constants and types of a protocol or impl. `vis` is theirs where they cannot have their own.
    fn members(
        &mut self,
        place: Place,
        owner: DefId,
        members: ast::List<ast::ItemId>,
        vis: Option<Visibility>,
    ) {
        let mut seen: Map<Symbol, Span> = Map::default();
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
            if let Some(&first) = seen.get(&name.symbol) {
                duplicate(self.diags, name.symbol, first, name_span);
                continue;
            }
            seen.insert(name.symbol, name_span);
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
            let names = &mut self.package.names;
            names.units[place.unit].item_defs.insert(id, def);
            names.members.entry(owner).or_default().push(def);
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
        self.package.names.body_of.insert(def, id);
        id
    }

    fn derives(&mut self, place: Place, id: ast::ItemId, def: DefId, name: ast::Name) {
        let attrs: Vec<Attr> = self.package.defs[def]
            .attrs
            .iter()
            .filter(|attr| attr.path.as_str() == "derive")
            .cloned()
            .collect();
        for attr in &attrs {
            for made in crate::expand::derive::expand(place.ast, id, attr, self.diags) {
                let unit = self.unit(place.module, made.tree, Some(made.span), place.scope);
                let tree = std::mem::replace(
                    &mut self.package.names.units[unit].ast,
                    ast::Module::new(place.ast.file),
                );
                let inner = Place { unit, ast: &tree, derived: Some(made.span), ..place };
                let new = NewDef {
                    kind: DefKind::Impl,
                    name: Symbol::intern("impl"),
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
                let generics = match place.ast[id].kind {
                    ast::ItemKind::Record(decl) => decl.generics,
                    ast::ItemKind::Union(decl) => decl.generics,
                    _ => unreachable!("derives are of records and unions ({name:?})"),
                };
                // Parameters of its own, written where those of the type are.
                self.generics(place, imp, generics);
                for item in tree.list(tree.items) {
                    if let ast::ItemKind::Impl(decl) = tree[item].kind {
                        self.members(inner, imp, decl.members, Some(Visibility::Public));
                    }
                }
                self.package.names.units[unit].ast = tree;
            }
        }
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
    let hi = match node.kind {
        ast::ItemKind::Fn(decl) => match (decl.ret, place.ast.list(decl.params).next_back()) {
            (Some(ret), _) => place.span(ret).hi,
            (None, Some(param)) => place.span(param).hi + 1,
            (None, None) => name.hi,
        },
        ast::ItemKind::Const(decl) => decl.ty.map_or(name.hi, |ty| place.span(ty).hi),
        _ => name.hi,
    };
    if place.derived.is_some() { name } else { Span { lo, hi: hi.max(name.hi), ..name } }
}
