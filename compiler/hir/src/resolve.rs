//! What a path means: look-up of names through blocks, generic parameters, the module and the prelude.
//!
//! In: names as written, and where. Out: [`Found`], or an error that has been reported. Paths of types are turned
//! into [`Ty`](crate::Ty)s in `resolve/types.rs`; what to say about an unknown name is in `resolve/explain.rs`.
//!
//! ```text
//! Shape.Circle   ⇒   d3 Shape, then its variant d4        fs.read_text   ⇒   module core.fs, then d17
//! ```

mod explain;
mod types;

pub(crate) use types::ty;

use crate::names::{Entry, Found, ScopeId, Source, UnitId};
use crate::{DefId, DefKind, LangItem, ModuleId, Package};
use base::{Diagnostic, Diagnostics, ErrorReported, Span, Symbol};
use syntax::ast;

/// What a name is looked up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    Type,
    Protocol,
    Value,
    /// A dot follows.
    Prefix,
}

/// Where something stands: what its names can mean, and where its errors go.
pub(crate) struct Cx<'a> {
    pub package: &'a Package,
    pub diags: &'a mut Diagnostics,
    pub unit: UnitId,
    pub ast: &'a ast::Module,
    pub derived: Option<Span>,
    pub module: ModuleId,
    /// The definition that is being lowered.
    pub owner: DefId,
    /// The impl or protocol that gives `Self` its meaning.
    pub self_def: Option<DefId>,
    /// Generic parameters in scope, the owner's last.
    pub generics: Vec<(Symbol, DefId)>,
    /// The block that `owner` stands in.
    pub outer_scope: Option<ScopeId>,
    /// The innermost block with items.
    pub scope: Option<ScopeId>,
}

impl<'a> Cx<'a> {
    pub fn new(package: &'a Package, owner: DefId, diags: &'a mut Diagnostics) -> Cx<'a> {
        let unit = unit_of(package, owner);
        let mut generics = Vec::new();
        let mut self_def = None;
        let def = &package.defs[owner];
        let outer = def
            .parent
            .filter(|&parent| matches!(package.defs[parent].kind, DefKind::Impl | DefKind::Protocol));
        for def in outer.into_iter().chain([owner]) {
            if matches!(package.defs[def].kind, DefKind::Impl | DefKind::Protocol) {
                self_def = Some(def);
            }
            let own = package.names.generics.of(def).iter();
            generics.extend(own.map(|&(_, param)| (package.defs[param].name, param)));
        }
        let scope = package.names.scope_of.get(&owner).copied();
        let tree = &package.names.units[unit];
        Cx {
            package,
            diags,
            unit,
            ast: &tree.ast,
            // All of it stands where the attribute names the protocol.
            derived: def.parent.filter(|_| tree.is_derived).map(|parent| package.defs[parent].span),
            module: def.module,
            owner,
            self_def,
            generics,
            outer_scope: scope,
            scope,
        }
    }

    pub fn span(&self, at: impl ast::Located) -> Span {
        self.derived.unwrap_or_else(|| self.ast.span(at))
    }

    pub fn error(&mut self, diagnostic: Diagnostic) -> ErrorReported {
        self.diags.error(diagnostic)
    }

    /// A lang item, or an error where the standard library lacks it (or is not there).
    pub fn lang(&mut self, item: LangItem, span: Span) -> Result<DefId, ErrorReported> {
        self.package.lang.get(item).ok_or_else(|| {
            self.error(
                Diagnostic::error("N5025", span, format!("the standard library has no `{}`", item.name()))
                    .label("needed for this"),
            )
        })
    }

    /// What a name means here; none if nothing.
    pub fn lookup(&mut self, name: Symbol, want: Want) -> Option<Found> {
        let known = &self.package.names.known;
        let is_self = name == known.self_ty;
        // What `derive` wrote sees nothing of the program that could shadow its names.
        if self.derived.is_some() {
            if let Some(item) = name.as_str().strip_prefix("__lang_").and_then(LangItem::from_name) {
                return self.package.lang.get(item).map(Found::Def);
            }
            return match self.self_def {
                Some(def) if is_self => Some(Found::SelfTy(def)),
                Some(_) | None => known.prims.get(&name).copied().map(Found::Prim),
            };
        }
        if let Some(found) = self.in_blocks(name, self.scope, self.outer_scope, want) {
            return Some(found);
        }
        if is_self && let Some(def) = self.self_def {
            return Some(Found::SelfTy(def));
        }
        if let Some(&(_, param)) = self.generics.iter().rev().find(|(known, _)| *known == name) {
            return Some(Found::Def(param));
        }
        if let Some(found) = self.in_blocks(name, self.outer_scope, None, want) {
            return Some(found);
        }
        let names = &self.package.names;
        if let Some(found) = names.module_entry(self.module, name).and_then(|entry| self.pick(entry, want)) {
            return Some(found);
        }
        if want != Want::Value
            && let Some(&prim) = known.prims.get(&name)
        {
            return Some(Found::Prim(prim));
        }
        names.prelude_entry(name).and_then(|entry| self.pick(entry, want))
    }

    fn in_blocks(
        &self,
        name: Symbol,
        from: Option<ScopeId>,
        to: Option<ScopeId>,
        want: Want,
    ) -> Option<Found> {
        let mut at = from;
        while at != to {
            let block = &self.package.names.blocks[at?];
            if let Some(found) = block.names.get(&name).and_then(|entry| self.pick(entry, want)) {
                return Some(found);
            }
            at = block.parent;
        }
        None
    }

    /// Which of the two name spaces is meant.
    pub fn pick(&self, entry: &Entry, want: Want) -> Option<Found> {
        let def = entry.def.map(|it| (Found::Def(it.to), it.import));
        let module = entry.module.map(|it| (Found::Module(it.to), it.import));
        let is_fn = entry.def.is_some_and(|it| self.package.defs[it.to].kind == DefKind::Fn);
        let chosen = match want {
            Want::Prefix if is_fn => module.or(def),
            Want::Prefix => def.or(module),
            Want::Type | Want::Protocol | Want::Value => def.or(module),
        };
        match chosen {
            Some((found, import)) => {
                self.package.names.mark_used(import);
                Some(found)
            }
            None => entry.poisoned.map(Found::Error),
        }
    }

    /// A name after the dot after a module.
    pub fn module_member(
        &mut self,
        module: ModuleId,
        name: ast::Name,
        want: Want,
    ) -> Result<Found, ErrorReported> {
        match self.package.names.module_entry(module, name.symbol) {
            Some(entry) => {
                let visible = |vis| self.package.is_visible(vis, module, self.module);
                let seen = Entry {
                    def: entry.def.filter(|it| visible(it.vis)),
                    module: entry.module.filter(|it| visible(it.vis)),
                    poisoned: entry.poisoned,
                };
                match (self.pick(&seen, want), entry.def) {
                    (Some(found), _) => Ok(found),
                    (None, Some(hidden)) => {
                        Err(self.report_private(name, hidden.to, hidden.import.is_some()))
                    }
                    (None, None) => Err(self.report_no_member(module, name)),
                }
            }
            None => Err(self.report_no_member(module, name)),
        }
    }

    /// As many names as name modules and definitions: what they lead to, and how many they are.
    pub fn path(&mut self, names: &[ast::Name], want: Want) -> Result<(Found, usize), ErrorReported> {
        let step = |at: usize| if at + 1 < names.len() { Want::Prefix } else { want };
        // A name that was missing has been reported.
        if let (true, Some(reported)) =
            (names.iter().any(|name| name.as_str().is_empty()), self.diags.error_reported())
        {
            return Err(reported);
        }
        let mut at = 1;
        let mut found = match self.lookup(names[0].symbol, step(0)) {
            Some(found) => found,
            // `core.mem.swap` in full.
            None => match self.full_path(names) {
                Some((module, taken)) if taken < names.len() => {
                    at = taken;
                    Found::Module(module)
                }
                Some(_) | None => return Err(self.report_unknown(names[0], step(0))),
            },
        };
        while at < names.len() {
            match found {
                Found::Module(module) => {
                    // `str.from_utf8` where a module `str` is imported too.
                    if at == 1
                        && self.package.names.module_entry(module, names[at].symbol).is_none()
                        && let Some(&prim) = self.package.names.known.prims.get(&names[0].symbol)
                    {
                        return Ok((Found::Prim(prim), 1));
                    }
                    found = match self.submodule(module, names[at]) {
                        Some(inner) => Found::Module(inner),
                        None => self.module_member(module, names[at], step(at))?,
                    };
                    at += 1;
                }
                Found::Error(reported) => return Err(reported),
                Found::Def(def) if self.package.defs[def].kind == DefKind::Union => {
                    if let Some(variant) = self.variant(def, names[at].symbol) {
                        found = Found::Def(variant);
                        at += 1;
                    }
                    break;
                }
                Found::Def(_) | Found::Prim(_) | Found::SelfTy(_) => break,
            }
        }
        match found {
            Found::Error(reported) => Err(reported),
            Found::Def(_) | Found::Module(_) | Found::Prim(_) | Found::SelfTy(_) => Ok((found, at)),
        }
    }

    /// The longest prefix of `names` that is a module's full path.
    fn full_path(&self, names: &[ast::Name]) -> Option<(ModuleId, usize)> {
        crate::modules::prefix_lengths(names).find_map(|len| Some((self.full_module(&names[..len])?, len)))
    }

    /// The module of this full path.
    pub fn full_module(&self, names: &[ast::Name]) -> Option<ModuleId> {
        let module = *self.package.names.by_path.get(&crate::modules::join(names))?;
        (!self.package.names.modules[module].is_prefix).then_some(module)
    }

    /// `slice.sort` where `module` is `core.slice`, imported or written in full: a module of its own, unless `core.slice`
    /// has something of that name.
    pub fn submodule(&self, module: ModuleId, name: ast::Name) -> Option<ModuleId> {
        let all = &self.package.names;
        if all.module_entry(module, name.symbol).is_some() || !all.modules[module].has_inner {
            return None;
        }
        let path = crate::modules::inner_path(self.package.modules[module].path, name.symbol);
        all.by_path.get(&path).copied()
    }

    /// Some module's path goes on from here.
    pub fn is_module_prefix(&self, names: &[ast::Name]) -> bool {
        self.package.names.by_path.contains_key(&crate::modules::join(names))
    }

    pub fn is_module_root(&self, name: Symbol) -> bool {
        self.package.names.by_path.contains_key(&name)
    }

    /// The variant of a union by its name.
    pub fn variant(&self, union: DefId, name: Symbol) -> Option<DefId> {
        let variants = self.package.members_of(union);
        variants.iter().copied().find(|&variant| self.package.defs[variant].name == name)
    }

    /// Raw pointers and `unsafe` exist only where `core.unsafe` is imported.
    pub fn require_unsafe(&mut self, span: Span, what: &str) {
        let module = &self.package.modules[self.module];
        if !module.is_unsafe && !module.is_std {
            let mut error = Diagnostic::error("N5019", span, format!("{what} need `use core.unsafe`")).note(
                "a module that imports `core.unsafe` is listed by `quastra audit`: keep such modules few and small",
            );
            if let Some((at, text)) = self.import_fix("core.unsafe") {
                error = error.fix("import it", at, text, base::Applicability::MachineApplicable);
            }
            self.error(error);
        }
    }
}

/// The tree in which a definition is written.
pub(crate) fn unit_of(package: &Package, def: DefId) -> UnitId {
    match package.names.sources[def] {
        Source::Item(unit, _) => unit,
        // The head of a derived impl is that of the type.
        Source::Derived(_, of, _) => unit_of(package, of),
        Source::Variant(..) | Source::Generic(_) => match package.defs[def].parent {
            Some(parent) => unit_of(package, parent),
            None => UnitId(0),
        },
    }
}
