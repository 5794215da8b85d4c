//! Who is called what: the scopes of modules and blocks, and where in the trees each definition stands.
//!
//! In: filled by `collect` and `imports`. Out: the tables that every look-up asks. Afterwards nothing here changes,
//! so that bodies can be lowered in any order, or late.
//!
//! Definitions and modules are two name spaces: after `use core.json`, `json.parse(text)` means the module even
//! where a function `json` exists, while `json(text)` means the function.

use crate::expand::derive::Derivable;
use crate::map::Map;
use crate::{BodyId, DefId, ModuleId, PrimTy, Visibility};
use base::{ErrorReported, IndexVec, Span, Symbol, define_id};
use std::sync::atomic::{AtomicBool, Ordering};
use syntax::ast;

define_id! {
    /// A tree: a file, or the members of derived impls of a protocol.
    pub(crate) struct UnitId = "u";
    /// The names of a block that has items.
    pub(crate) struct ScopeId = "s";
    pub(crate) struct ImportId = "i";
}

#[derive(Debug, Default)]
pub(crate) struct Names {
    pub units: IndexVec<UnitId, Unit>,
    /// The units of derived impls.
    pub derived: Map<Derivable, UnitId>,
    pub modules: IndexVec<ModuleId, ModuleNames>,
    pub blocks: IndexVec<ScopeId, BlockNames>,
    pub imports: IndexVec<ImportId, ImportUse>,
    /// Where each definition is written.
    pub sources: IndexVec<DefId, Source>,
    /// The block scope around an item that stands in a body.
    pub scope_of: Map<DefId, ScopeId>,
    /// The generic parameters an item declares itself.
    pub generics: Lists<(ast::GenericParamId, DefId)>,
    /// Variants of a union; of an impl, and of a protocol after its `Self`, functions, constants and types.
    pub members: Lists<DefId>,
    pub body_of: IndexVec<DefId, Option<BodyId>>,
    pub by_path: Map<Symbol, ModuleId>,
    pub prelude: Option<ModuleId>,
    pub known: Known,
    /// [`crate::Cfg::library`]
    pub library: Option<fn(&str) -> Vec<String>>,
    /// As in [`crate::Cfg`].
    pub library_modules: Option<fn() -> Vec<String>>,
}

/// A list for each definition, all in one vector: most are empty, and the others short.
#[derive(Debug)]
pub(crate) struct Lists<T> {
    ranges: IndexVec<DefId, (u32, u32)>,
    all: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Lists<T> {
        Lists { ranges: IndexVec::new(), all: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// The next definition has no list.
    pub fn add(&mut self) {
        self.ranges.push((0, 0));
    }
    pub fn reserve(&mut self, owners: usize) {
        self.ranges.raw.reserve(owners);
    }
    /// Gives a definition its list.
    pub fn set(&mut self, owner: DefId, list: impl IntoIterator<Item = T>) {
        let start = self.all.len() as u32;
        self.all.extend(list);
        self.ranges[owner] = (start, self.all.len() as u32);
    }
    pub fn of(&self, owner: DefId) -> &[T] {
        let (start, end) = self.ranges[owner];
        &self.all[start as usize..end as usize]
    }
}

/// Names with a meaning of their own, interned once.
#[derive(Debug)]
pub(crate) struct Known {
    /// `Self`
    pub self_ty: Symbol,
    /// `self`
    pub self_value: Symbol,
    /// `impl`, as which impls go.
    pub impl_name: Symbol,
    /// `lang` and `derive`, in attributes.
    pub lang: Symbol,
    pub derive: Symbol,
    pub prims: Map<Symbol, PrimTy>,
}

impl Default for Known {
    fn default() -> Known {
        Known {
            self_ty: Symbol::intern("Self"),
            self_value: Symbol::intern("self"),
            impl_name: Symbol::intern("impl"),
            lang: Symbol::intern("lang"),
            derive: Symbol::intern("derive"),
            prims: PrimTy::ALL.into_iter().map(|prim| (Symbol::intern(prim.name()), prim)).collect(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Unit {
    pub ast: ast::Module,
    /// The heads of what `derive` writes for a protocol, whatever the type: nothing in it has a place of its own.
    pub is_derived: bool,
    pub block_scopes: Map<ast::BlockId, ScopeId>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    Item(UnitId, ast::ItemId),
    /// An impl that `derive` made: its head is that of the type, which is this item of its unit.
    Derived(ast::ItemId, DefId, Derivable),
    /// With its position in the union.
    Variant(u32, ast::VariantId),
    /// A parameter with its number, which regions don't have ([`crate::Package::param_index`]).
    Generic(Option<u32>),
}

#[derive(Debug, Default)]
pub(crate) struct ModuleNames {
    pub names: Map<Symbol, Entry>,
    /// It has an item that the parser did not understand: unknown names may be that item's.
    pub broken: Option<ErrorReported>,
    /// A path prefix without a file.
    pub is_prefix: bool,
    /// The paths of other modules go on from its path.
    pub has_inner: bool,
}

#[derive(Debug, Default)]
pub(crate) struct BlockNames {
    pub parent: Option<ScopeId>,
    pub names: Map<Symbol, Entry>,
}

/// What one name means in a scope.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Entry {
    pub def: Option<Binding<DefId>>,
    pub module: Option<Binding<ModuleId>>,
    /// Its definition was reported and is not there.
    pub poisoned: Option<ErrorReported>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding<T> {
    pub to: T,
    pub vis: Visibility,
    pub span: Span,
    pub import: Option<ImportId>,
}

#[derive(Debug)]
pub(crate) struct ImportUse {
    pub module: ModuleId,
    pub name: Symbol,
    pub span: Span,
    pub is_public: bool,
    pub used: AtomicBool,
}

/// What a name was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Def(DefId),
    Module(ModuleId),
    Prim(crate::PrimTy),
    /// `Self` in this impl or protocol.
    SelfTy(DefId),
    Error(ErrorReported),
}

impl Names {
    pub fn mark_used(&self, import: Option<ImportId>) {
        if let Some(import) = import {
            self.imports[import].used.store(true, Ordering::Relaxed);
        }
    }

    /// What the scope of a module says, then the prelude.
    pub fn module_entry(&self, module: ModuleId, name: Symbol) -> Option<&Entry> {
        self.modules[module].names.get(&name)
    }

    /// A public name of the prelude.
    pub fn prelude_entry(&self, name: Symbol) -> Option<&Entry> {
        let entry = self.modules[self.prelude?].names.get(&name)?;
        let public = |vis: Visibility| vis == Visibility::Public;
        let visible =
            entry.def.is_some_and(|it| public(it.vis)) || entry.module.is_some_and(|it| public(it.vis));
        visible.then_some(entry)
    }

    /// All names that are in scope in a module, for «did you mean». In no order: what is made of them must not depend on it.
    pub fn all_in_scope(&self, module: ModuleId) -> impl Iterator<Item = (Symbol, Entry)> {
        let own = &self.modules[module].names;
        let prelude = self.prelude.filter(|&prelude| prelude != module);
        let prelude = prelude.into_iter().flat_map(|prelude| &self.modules[prelude].names);
        own.iter()
            .chain(prelude.filter(|(name, _)| !own.contains_key(name)))
            .map(|(&name, &entry)| (name, entry))
    }
}
