//! The whole program after name resolution.

use crate::{Body, BodyId, Def, DefId, Item, LangItems, ModuleId};
use base::{FileId, IndexVec, Symbol};

/// All modules: the standard library's, the dependencies', the package's.
#[derive(Debug, Default)]
pub struct Package {
    pub modules: IndexVec<ModuleId, Module>,
    pub defs: IndexVec<DefId, Def>,
    /// One a definition; `None` for variants and parameters, which live inside their owner.
    pub items: IndexVec<DefId, Option<Item>>,
    pub bodies: IndexVec<BodyId, Body>,
    pub lang: LangItems,
    /// `fn main` of the root module.
    pub main: Option<DefId>,
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
        &self.bodies[id]
    }
    /// `core.list.List.push`: for messages about things elsewhere, symbols and debug info.
    pub fn path_of(&self, id: DefId) -> String {
        let def = &self.defs[id];
        match def.parent {
            Some(parent) => match &self.items[parent] {
                Some(Item::Impl(_)) => match self.defs[parent].parent {
                    Some(_) | None => format!("{}.{}", self.modules[def.module].path, def.name),
                },
                _ => format!("{}.{}", self.path_of(parent), def.name),
            },
            None => format!("{}.{}", self.modules[def.module].path, def.name),
        }
    }
}
