//! How implementations are found: by protocol and by the head of the type; methods by name.

use crate::collect::lower::mutability;
use crate::{Mutability, Signatures, Ty, TyKind};
use base::Symbol;
use hashbrown::HashMap;
use hir::{DefId, DefKind, PrimTy, Res, TypeHead};

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

/// Impls of a protocol, in order of definition.
#[derive(Debug, Default)]
pub struct Impls {
    pub all: Vec<(DefId, Option<Head>)>,
    by_head: HashMap<Head, Vec<DefId>, crate::FastHash>,
    /// Those for types of any head.
    pub blanket: Vec<DefId>,
}

impl Impls {
    /// Those that may be for a type of this head, in order of definition.
    pub fn matching(&self, head: Head) -> Vec<DefId> {
        let own = self.by_head.get(&head).map_or(&[][..], |impls| impls);
        let mut all = Vec::with_capacity(own.len() + self.blanket.len());
        all.extend(own.iter().chain(&self.blanket));
        if !own.is_empty() && !self.blanket.is_empty() {
            all.sort_unstable();
        }
        all
    }
}

#[derive(Debug, Default)]
pub struct Index {
    impls: HashMap<DefId, Impls, crate::FastHash>,
    /// Functions and constants of inherent impls: (impl, member).
    inherent: HashMap<(Head, Symbol), Vec<(DefId, DefId)>, crate::FastHash>,
    /// Functions, constants and types of protocols: (protocol, member).
    members: HashMap<Symbol, Vec<(DefId, DefId)>, crate::FastHash>,
}

impl Index {
    /// Of the library's impls only the outermost names are looked at: most are never asked for more.
    pub fn build(sigs: &Signatures<'_>) -> Index {
        let package = sigs.package;
        let mut index = Index::default();
        for &def in &package.impls {
            match header(sigs, def) {
                Some((Some(protocol), head)) => {
                    let impls = index.impls.entry(protocol).or_default();
                    impls.all.push((def, head));
                    match head {
                        Some(head) => impls.by_head.entry(head).or_default().push(def),
                        None => impls.blanket.push(def),
                    }
                }
                Some((None, Some(head))) => {
                    for &member in package.members_of(def) {
                        let name = package.def(member).name;
                        let group = index.inherent.entry((head, name)).or_default();
                        // Defined twice in one impl: the first counts, and that was said.
                        if group.last().is_none_or(|&(last, _)| last != def) {
                            group.push((def, member));
                        }
                    }
                }
                Some((None, None)) | None => {}
            }
        }
        for &def in &package.protocols {
            for &member in package.members_of(def) {
                index.members.entry(package.def(member).name).or_default().push((def, member));
            }
        }
        index
    }

    /// Members of inherent impls of one name and type head; in no order.
    pub fn inherent_groups(&self) -> impl Iterator<Item = &Vec<(DefId, DefId)>> {
        self.inherent.values().filter(|group| group.len() > 1)
    }

    /// The impls of a protocol, if it has some.
    pub fn impls(&self, protocol: DefId) -> Option<&Impls> {
        self.impls.get(&protocol)
    }
    /// All impls of a protocol in order of definition, with the head of the type they are for.
    pub fn impls_of(&self, protocol: DefId) -> &[(DefId, Option<Head>)] {
        self.impls(protocol).map_or(&[], |impls| &impls.all)
    }
    /// The impls of a protocol for types of one head, without those for all.
    pub fn impls_for(&self, protocol: DefId, head: Head) -> &[DefId] {
        self.impls(protocol).and_then(|impls| impls.by_head.get(&head)).map_or(&[], |impls| impls)
    }
    pub fn inherent(&self, head: Head, name: Symbol) -> &[(DefId, DefId)] {
        self.inherent.get(&(head, name)).map_or(&[], |members| members)
    }
    pub fn members(&self, name: Symbol) -> &[(DefId, DefId)] {
        self.members.get(&name).map_or(&[], |members| members)
    }
}

/// The protocol of an impl, and the head of what it is for.
type Header = (Option<DefId>, Option<Head>);

/// None: the protocol's path was wrong.
pub(crate) fn header_by_signature(sigs: &Signatures<'_>, def: DefId) -> Option<Header> {
    let item = sigs.implementation(def)?;
    Some((item.protocol.map(|protocol| protocol.def), Head::of(item.self_ty)))
}

/// The same, of the library's impls by their outermost names where those are enough.
pub(crate) fn header(sigs: &Signatures<'_>, def: DefId) -> Option<Header> {
    let by_signature = || header_by_signature(sigs, def);
    if !sigs.package.is_std(def) {
        return by_signature();
    }
    let written = sigs.package.impl_head(def);
    let head = match written.ty {
        TypeHead::Path(Res::Prim(prim)) => Some(Head::Prim(prim)),
        TypeHead::Path(Res::Def(ty)) => match sigs.package.def(ty).kind {
            DefKind::Record | DefKind::Union => Some(Head::Adt(ty)),
            DefKind::TypeParam => None,
            DefKind::Fn
            | DefKind::Variant
            | DefKind::TypeAlias
            | DefKind::Const
            | DefKind::Static
            | DefKind::Protocol
            | DefKind::AssocType
            | DefKind::Impl
            | DefKind::ConstParam
            | DefKind::Test => return by_signature(),
        },
        TypeHead::Ref(mutable) => Some(Head::Ref(mutability(mutable))),
        TypeHead::RawPtr(mutable) => Some(Head::RawPtr(mutability(mutable))),
        TypeHead::Tuple(count) => Some(Head::Tuple(count)),
        TypeHead::Array => Some(Head::Array),
        TypeHead::Slice => Some(Head::Slice),
        TypeHead::Fn(count) => Some(Head::FnPtr(count)),
        TypeHead::Path(Res::SelfTy(_) | Res::Error(_)) | TypeHead::Other => return by_signature(),
    };
    match written.protocol {
        None => Some((None, head)),
        Some(Ok(protocol)) => Some((Some(protocol), head)),
        Some(Err(_)) => None,
    }
}
