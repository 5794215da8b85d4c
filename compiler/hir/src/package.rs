//! The whole program after name resolution.

use crate::names::Names;
use crate::{Body, BodyId, Def, DefId, DefKind, Item, LangItems, ModuleId, TyKind, Visibility};
use base::{Diagnostics, FileId, Idx, IndexVec, Symbol};
use std::sync::{Mutex, OnceLock, PoisonError};

/// All modules: the standard library's, the dependencies', the package's.
#[derive(Debug, Default)]
pub struct Package {
    pub modules: IndexVec<ModuleId, Module>,
    pub defs: IndexVec<DefId, Def>,
    /// One a definition; `None` for variants and parameters, which live inside their owner.
    pub items: IndexVec<DefId, Option<Item>>,
    /// Read through [`Package::body`]: a body is lowered when it is first asked for.
    pub(crate) bodies: IndexVec<BodyId, BodySlot>,
    /// Bodies of constants inside types, found while lowering; their ids come after those of `bodies`.
    late: Mutex<Vec<&'static Body>>,
    /// What lowering bodies on demand had to say.
    late_diags: Mutex<Diagnostics>,
    pub(crate) names: Names,
    pub lang: LangItems,
    /// `fn main` of the root module.
    pub main: Option<DefId>,
}

/// A body that is lowered, or will be.
#[derive(Debug)]
pub(crate) struct BodySlot {
    pub owner: DefId,
    pub cell: OnceLock<Body>,
}

impl BodySlot {
    pub fn new(owner: DefId) -> BodySlot {
        BodySlot { owner, cell: OnceLock::new() }
    }
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
    pub fn def(&self, id: DefId) -> &Def {
        &self.defs[id]
    }
    pub fn item(&self, id: DefId) -> Option<&Item> {
        self.items[id].as_ref()
    }
    pub fn body(&self, id: BodyId) -> &Body {
        match self.bodies.get(id) {
            Some(slot) => slot.cell.get_or_init(|| {
                let mut diags = Diagnostics::new();
                let body = crate::lower::lower_body(self, id, &mut diags);
                self.late_diags.lock().unwrap_or_else(PoisonError::into_inner).append(diags);
                body
            }),
            None => {
                let late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
                late[id.index() - self.bodies.len()]
            }
        }
    }
    /// What bodies lowered since `lower` had to say: to be added to the bag before the stage's errors are shown.
    pub fn take_late_diagnostics(&self) -> Diagnostics {
        std::mem::take(&mut *self.late_diags.lock().unwrap_or_else(PoisonError::into_inner))
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
        self.names.body_of.get(&def).copied()
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
            Some(parent) => match &self.items[parent] {
                Some(Item::Impl(item)) => format!("{}.{}", self.type_path(module, &item.self_ty), def.name),
                Some(_) | None => format!("{}.{}", self.path_of(parent), def.name),
            },
        }
    }

    /// The path of a type's head: `core.list.List` for `&List[T]`, `str` for `str`.
    fn type_path(&self, module: Symbol, ty: &crate::Ty) -> String {
        match &*ty.kind {
            // The impl it belongs to is named by this very type: not through its path.
            TyKind::Path { res: crate::Res::Def(def), .. } if self.defs[*def].kind == DefKind::TypeParam => {
                self.defs[*def].name.to_string()
            }
            TyKind::Path { res: crate::Res::Def(def), .. } => self.path_of(*def),
            TyKind::Path { res: crate::Res::Prim(prim), .. } => prim.name().to_string(),
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
