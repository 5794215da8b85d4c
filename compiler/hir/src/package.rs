//! The whole program after name resolution.

use crate::names::Names;
use crate::{Body, BodyId, Def, DefId, DefKind, Item, LangItems, ModuleId, Res, TyKind, Visibility};
use base::{Diagnostics, ErrorReported, FileId, Idx, IndexVec, SharedDiagnostics, Symbol};
use std::cell::RefCell;
use std::sync::{Mutex, OnceLock, PoisonError};

/// All modules: the standard library's, the dependencies', the package's.
#[derive(Debug, Default)]
pub struct Package {
    pub modules: IndexVec<ModuleId, Module>,
    pub defs: IndexVec<DefId, Def>,
    /// Impls and protocols in order of definition, so that tables of them need not look at everything.
    pub impls: Vec<DefId>,
    pub protocols: Vec<DefId>,
    /// The definitions that are not of the standard library.
    pub own_defs: Vec<DefId>,
    /// One a definition. Read through [`Package::item`]: an item is lowered when it is first asked for.
    pub(crate) items: IndexVec<DefId, ItemSlot>,
    /// Read through [`Package::body`]: a body is lowered when it is first asked for.
    pub(crate) bodies: IndexVec<BodyId, BodySlot>,
    /// Bodies of constants inside types, found while lowering; their ids come after those of `bodies`.
    late: Mutex<Vec<&'static Body>>,
    /// What lowering items and bodies on demand had to say.
    late_diags: SharedDiagnostics,
    pub(crate) names: Names,
    pub lang: LangItems,
    /// `fn main` of the root module.
    pub main: Option<DefId>,
}

/// An item that is lowered, or will be.
pub(crate) type ItemSlot = OnceLock<Box<Item>>;

thread_local! {
    /// The items that this thread is lowering. An item may lead back to itself (a constant in a field's type that
    /// makes a value of the record): it is not known then. What another thread lowers meanwhile, this one lowers
    /// too, and one result is dropped: nobody waits, so nobody can wait in a circle.
    static LOWERING: RefCell<Vec<DefId>> = const { RefCell::new(Vec::new()) };
}

/// An item is being lowered, until this is dropped.
struct Lowering;

impl Drop for Lowering {
    fn drop(&mut self) {
        LOWERING.with_borrow_mut(Vec::pop);
    }
}

/// A body that is lowered, or will be.
#[derive(Debug)]
pub(crate) struct BodySlot {
    pub owner: DefId,
    pub cell: OnceLock<Box<Body>>,
}

impl BodySlot {
    pub fn new(owner: DefId) -> BodySlot {
        BodySlot { owner, cell: OnceLock::new() }
    }
}

/// What an impl is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImplHead {
    /// None: the type's own members.
    pub protocol: Option<Result<DefId, ErrorReported>>,
    pub ty: TypeHead,
}

/// The outermost part of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeHead {
    Path(Res),
    /// `&T`, or `&mut T`
    Ref(bool),
    /// `*T`, or `*mut T`
    RawPtr(bool),
    Tuple(usize),
    Array,
    Slice,
    /// A pointer to functions of so many parameters.
    Fn(usize),
    /// One has to look deeper.
    Other,
}

#[derive(Clone, Debug)]
pub struct Module {
    /// `core.list`: the path as written, dots between.
    pub path: Symbol,
    pub parent: Option<ModuleId>,
    pub file: FileId,
    /// Of the standard library: its bodies are looked at only when they are reached.
    pub is_std: bool,
    /// Definitions of this module in source order (impls too).
    pub defs: Vec<DefId>,
    /// May use raw pointers and `unsafe`: it has `use core.unsafe`.
    pub is_unsafe: bool,
}

impl Package {
    /// Makes room for so many definitions.
    pub(crate) fn reserve(&mut self, defs: usize) {
        self.defs.raw.reserve(defs);
        self.items.raw.reserve(defs);
        self.names.sources.raw.reserve(defs);
        self.names.body_of.raw.reserve(defs);
        self.names.generics.reserve(defs);
        self.names.members.reserve(defs);
    }
    pub fn def(&self, id: DefId) -> &Def {
        &self.defs[id]
    }
    /// What a definition consists of; `None` for variants and parameters, which live inside their owner. Lowered
    /// when it is first asked for.
    pub fn item(&self, id: DefId) -> Option<&Item> {
        match self.items[id].get() {
            Some(item) => Some(item),
            None if self.defs[id].kind.has_item() => self.lower_item(id),
            None => None,
        }
    }
    #[cold]
    fn lower_item(&self, id: DefId) -> Option<&Item> {
        if LOWERING.with_borrow(|items| items.contains(&id)) {
            return None;
        }
        LOWERING.with_borrow_mut(|items| items.push(id));
        let lowering = Lowering;
        let mut diags = Diagnostics::new();
        let item = crate::lower::lower_item(self, id, &mut diags);
        drop(lowering);
        if let Some(item) = item
            && self.items[id].set(Box::new(item)).is_ok()
        {
            self.late_diags.add(diags);
        }
        self.items[id].get().map(|item| &**item)
    }
    /// How many items have been lowered: what a program costs of the library, as a number that does not depend on
    /// the machine.
    pub fn lowered_items(&self) -> usize {
        self.items.iter().filter(|slot| slot.get().is_some()).count()
    }
    /// All items of the package's own modules, in order of definition.
    pub fn own_items(&self) -> impl Iterator<Item = (DefId, &Item)> {
        self.own_defs.iter().filter_map(|&def| Some((def, self.item(def)?)))
    }
    /// A definition of the standard library.
    pub fn is_std(&self, def: DefId) -> bool {
        self.modules[self.defs[def].module].is_std
    }
    /// A member of an impl that a `derive` wrote: nothing is wrong with it but, perhaps, its types.
    pub fn is_derived(&self, member: DefId) -> bool {
        let derived = |of: DefId| matches!(self.names.sources[of], crate::names::Source::Derived(..));
        self.defs[member].parent.is_some_and(derived)
    }
    /// The definitions inside one: variants of a union; functions, constants and types of an impl or a protocol.
    pub fn members_of(&self, def: DefId) -> &[DefId] {
        let all = self.names.members.of(def);
        // A protocol's first is `Self`.
        if self.defs[def].kind == DefKind::Protocol { &all[1..] } else { all }
    }
    /// The number of a type or const parameter: those of the impl or protocol around its owner come first, `Self`
    /// of a protocol is 0. A region has none.
    pub fn param_index(&self, param: DefId) -> Option<u32> {
        match self.names.sources[param] {
            crate::names::Source::Generic(index) => index,
            crate::names::Source::Item(..)
            | crate::names::Source::Derived(..)
            | crate::names::Source::Variant(..) => None,
        }
    }
    /// The position of a variant in its union.
    pub fn variant_index(&self, variant: DefId) -> Option<u32> {
        match self.names.sources[variant] {
            crate::names::Source::Variant(index, _) => Some(index),
            crate::names::Source::Item(..)
            | crate::names::Source::Derived(..)
            | crate::names::Source::Generic(_) => None,
        }
    }
    /// Protocol and type of an impl as far as their outermost names tell, without lowering it.
    pub fn impl_head(&self, def: DefId) -> ImplHead {
        let mut diags = Diagnostics::new();
        let head = crate::lower::impl_head(self, def, &mut diags);
        if diags.iter().next().is_some() {
            self.late_diags.add(diags);
        }
        head
    }
    pub fn body(&self, id: BodyId) -> &Body {
        match self.bodies.get(id) {
            Some(slot) => slot.cell.get_or_init(|| {
                let mut diags = Diagnostics::new();
                let body = crate::lower::lower_body(self, id, &mut diags);
                self.late_diags.add(diags);
                Box::new(body)
            }),
            None => {
                let late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
                late[id.index() - self.bodies.len()]
            }
        }
    }
    /// What bodies lowered since `lower` had to say: to be added to the bag before the stage's errors are shown.
    pub fn take_late_diagnostics(&self) -> Diagnostics {
        self.late_diags.take()
    }
    /// The bodies of functions, constants and tests; not those of constants inside types.
    pub fn body_ids(&self) -> impl DoubleEndedIterator<Item = BodyId> + ExactSizeIterator + use<> {
        self.bodies.ids()
    }
    /// Whose body it is, without lowering it.
    pub fn body_owner(&self, id: BodyId) -> DefId {
        self.bodies.get(id).map_or_else(|| self.body(id).owner, |slot| slot.owner)
    }
    /// The body of a function, constant or test.
    pub fn body_of(&self, def: DefId) -> Option<BodyId> {
        self.names.body_of[def]
    }
    /// Adds the body of a constant inside a type.
    pub(crate) fn add_late_body(&self, make: impl FnOnce(BodyId) -> Body) -> BodyId {
        // Lowering may add further ones: the place is taken first, and filled in afterwards.
        let id = {
            let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
            let id = BodyId::from_usize(self.bodies.len() + late.len());
            late.push(Box::leak(Box::new(Body::empty(id))));
            id
        };
        let body: &'static Body = Box::leak(Box::new(make(id)));
        let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        late[id.index() - self.bodies.len()] = body;
        id
    }

    /// Whether code in `from` may name what has the visibility `vis` and stands in `module`.
    pub fn is_visible(&self, vis: Visibility, module: ModuleId, from: ModuleId) -> bool {
        match vis {
            Visibility::Public => true,
            Visibility::Private => module == from,
            Visibility::Within(top) => self.is_within(from, top),
        }
    }

    /// The module that a definition of `module` is for, with those below it or without.
    pub fn private_to(&self, vis: Visibility, module: ModuleId) -> Symbol {
        match vis {
            Visibility::Within(top) => self.modules[top].path,
            Visibility::Private | Visibility::Public => self.modules[module].path,
        }
    }

    /// How something that can't be named is declared.
    pub fn declared_how(&self, vis: Visibility) -> String {
        match vis {
            Visibility::Within(top) => {
                format!("declared `pub({})`: for that module and those below it", self.modules[top].path)
            }
            Visibility::Private | Visibility::Public => "declared without `pub`".to_string(),
        }
    }

    /// `module` is `top` or below it.
    pub fn is_within(&self, module: ModuleId, top: ModuleId) -> bool {
        let mut at = Some(module);
        while let Some(here) = at {
            if here == top {
                return true;
            }
            at = self.modules[here].parent;
        }
        false
    }

    /// `core.list.List.push`: for messages about things elsewhere, symbols and debug info.
    /// A member of an impl is named by the type that the impl is for; an impl itself is `impl`.
    pub fn path_of(&self, id: DefId) -> String {
        let def = &self.defs[id];
        let module = self.modules[def.module].path;
        match def.parent {
            None if def.kind == DefKind::Impl => format!("{module}.impl"),
            None => format!("{module}.{}", def.name),
            Some(parent) => match self.item(parent) {
                Some(Item::Impl(item)) => format!("{}.{}", self.type_path(module, &item.self_ty), def.name),
                Some(_) | None => format!("{}.{}", self.path_of(parent), def.name),
            },
        }
    }

    /// The path of a type's head: `core.list.List` for `&List[T]`, `str` for `str`.
    fn type_path(&self, module: Symbol, ty: &crate::Ty) -> String {
        match &*ty.kind {
            // The impl it belongs to is named by this very type: not through its path.
            TyKind::Path { res: Res::Def(def), .. } if self.defs[*def].kind == DefKind::TypeParam => {
                self.defs[*def].name.to_string()
            }
            TyKind::Path { res: Res::Def(def), .. } => self.path_of(*def),
            TyKind::Path { res: Res::Prim(prim), .. } => prim.name().to_string(),
            TyKind::Ref { ty, .. } | TyKind::RawPtr { ty, .. } => self.type_path(module, ty),
            TyKind::Slice(_) => "[T]".to_string(),
            TyKind::Array { .. } => "[T; N]".to_string(),
            TyKind::Tuple(_) => "(T)".to_string(),
            TyKind::Path { .. }
            | TyKind::Assoc { .. }
            | TyKind::Fn { .. }
            | TyKind::Dyn(_)
            | TyKind::Impl(_)
            | TyKind::Infer
            | TyKind::Error(_) => format!("{module}.impl"),
        }
    }
}
