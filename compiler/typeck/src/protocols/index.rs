//! How implementations are found: by protocol and by the head of the type; methods by name.

use crate::{Mutability, Signatures, Ty, TyKind};
use base::Symbol;
use hashbrown::HashMap;
use hir::{DefId, DefKind, Package, PrimTy};

/// The outermost constructor of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Head {
    Prim(PrimTy),
    Adt(DefId),
    Tuple(usize),
    Array,
    Slice,
    Ref(Mutability),
    RawPtr(Mutability),
    FnPtr(usize),
    FnDef(DefId),
    Closure(crate::ClosureId),
    Dyn(Option<DefId>),
    /// Only equal to itself: `T`, or a projection of it.
    Rigid,
}

impl Head {
    /// `None`: not known, or a parameter of the implementation.
    pub fn of(ty: Ty) -> Option<Head> {
        Some(match *ty.kind() {
            TyKind::Prim(prim) => Head::Prim(prim),
            TyKind::Tuple(items) => Head::Tuple(items.len()),
            TyKind::Array(..) => Head::Array,
            TyKind::Slice(_) => Head::Slice,
            TyKind::Ref(_, _, mutability) => Head::Ref(mutability),
            TyKind::RawPtr(_, mutability) => Head::RawPtr(mutability),
            TyKind::Adt(def, _) => Head::Adt(def),
            TyKind::FnDef(def, _) => Head::FnDef(def),
            TyKind::FnPtr(sig) => Head::FnPtr(sig.params.len()),
            TyKind::Closure(id, _) => Head::Closure(id),
            TyKind::Dyn(protocols, ..) => Head::Dyn(protocols.first().map(|first| first.def)),
            TyKind::Opaque(..) => Head::Rigid,
            TyKind::Param(..) | TyKind::Projection(..) | TyKind::Infer(_) | TyKind::Error(_) => return None,
        })
    }
}

#[derive(Debug, Default)]
pub struct Index {
    /// Protocol → its impls in order of definition, with the head of the type they are for.
    pub impls: HashMap<DefId, Vec<(DefId, Option<Head>)>, crate::FastHash>,
    /// Functions and constants of inherent impls.
    pub inherent: HashMap<(Head, Symbol), Vec<(DefId, DefId)>, crate::FastHash>,
    /// Functions, constants and types of protocols: (protocol, member).
    pub members: HashMap<Symbol, Vec<(DefId, DefId)>, crate::FastHash>,
}

impl Index {
    pub fn build(package: &Package, sigs: &Signatures) -> Index {
        let mut index = Index::default();
        for (&def, item) in &sigs.impls {
            let head = Head::of(item.self_ty);
            match item.protocol {
                Some(protocol) => index.impls.entry(protocol.def).or_default().push((def, head)),
                None => {
                    let Some(head) = head else { continue };
                    for &member in item.members.keys() {
                        let name = package.def(member).name;
                        index.inherent.entry((head, name)).or_default().push((def, member));
                    }
                }
            }
        }
        for (&def, protocol) in &sigs.protocols {
            for (&member, &name) in &protocol.members {
                debug_assert!(package.def(def).kind == DefKind::Protocol);
                index.members.entry(name).or_default().push((def, member));
            }
        }
        index
    }

    /// Members of inherent impls of one name and type head; in no order.
    pub fn inherent_groups(&self) -> impl Iterator<Item = &Vec<(DefId, DefId)>> {
        self.inherent.values().filter(|group| group.len() > 1)
    }

    pub fn impls_of(&self, protocol: DefId) -> &[(DefId, Option<Head>)] {
        self.impls.get(&protocol).map_or(&[], |impls| impls)
    }
    pub fn inherent(&self, head: Head, name: Symbol) -> &[(DefId, DefId)] {
        self.inherent.get(&(head, name)).map_or(&[], |members| members)
    }
    pub fn members(&self, name: Symbol) -> &[(DefId, DefId)] {
        self.members.get(&name).map_or(&[], |members| members)
    }
}
