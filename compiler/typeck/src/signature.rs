//! What is known of definitions without looking into bodies.

use crate::{Const, FnSig, GenericArg, GenericArgs, List, ProtocolRef, Ty, TyKind};
use base::{IndexVec, Span, Symbol, define_id};
use hir::{DefId, FnKind, Receiver, VariantKind, Visibility};
use std::collections::BTreeMap;

define_id! {
    /// A variant of a union, by position; 0 for a record.
    pub struct VariantIdx = "v";
    /// A field of a record or variant, a tuple's item or a closure's capture, by position.
    pub struct FieldIdx = "f";
}

/// All signatures of the program.
#[derive(Debug, Default)]
pub struct Signatures {
    pub generics: BTreeMap<DefId, Generics>,
    pub fns: BTreeMap<DefId, FnSignature>,
    pub adts: BTreeMap<DefId, AdtDef>,
    /// Variant definition → its union and position.
    pub variants: BTreeMap<DefId, (DefId, VariantIdx)>,
    pub protocols: BTreeMap<DefId, ProtocolDef>,
    pub impls: BTreeMap<DefId, ImplDef>,
    pub consts: BTreeMap<DefId, Ty>,
    /// `type` aliases, expanded; with parameters as `Param`s.
    pub aliases: BTreeMap<DefId, Ty>,
    /// Associated types of protocols: what is promised of them, and the default.
    pub assoc_types: BTreeMap<DefId, AssocTypeDef>,
    /// What an implementation is found by.
    pub(crate) index: crate::protocols::Index,
    pub(crate) memo: crate::collect::lower::Memo,
}

/// `type Item: Show = i64` of a protocol.
#[derive(Clone, Debug, Default)]
pub struct AssocTypeDef {
    /// About `<Self as P>.Item`, with `Self` as `Param` 0.
    pub bounds: Vec<(Predicate, Span)>,
    pub default: Option<Ty>,
}

impl Signatures {
    /// Parameters of anything; a variant has its union's.
    pub fn generics_of(&self, def: DefId) -> &Generics {
        static NONE: Generics = Generics { params: Vec::new(), parent_count: 0, predicates: Vec::new() };
        let owner = self.variants.get(&def).map_or(def, |&(union, _)| union);
        self.generics.get(&owner).unwrap_or(&NONE)
    }

    /// The signature of a function, or of a variant with positional payload as a function that makes it.
    pub fn fn_sig(&self, def: DefId) -> Option<FnSig> {
        if let Some(function) = self.fns.get(&def) {
            return Some(function.sig);
        }
        let &(union, index) = self.variants.get(&def)?;
        let variant = &self.adts.get(&union)?.variants[index];
        if variant.kind != VariantKind::Tuple {
            return None;
        }
        let params = List::from_iter(variant.fields.iter().map(|field| field.ty));
        Some(FnSig { params, ret: Ty::adt(union, self.generics_of(union).identity()) })
    }

    /// Whether a method of a protocol is called through the table of a `dyn`: one that takes `self` by reference, is not
    /// generic and does not say `where Self: Sized`. `FnOnce.call_once` is too, of a `Box`.
    pub fn is_in_table(&self, package: &hir::Package, member: DefId) -> bool {
        let Some(function) = self.fns.get(&member) else { return false };
        let Some(protocol) = self.protocol_of_member(package, member) else { return false };
        let by_reference = match function.receiver {
            Some(Receiver::Ref | Receiver::RefMut) => true,
            Some(Receiver::Value) => package.lang.get(hir::LangItem::FnOnce) == Some(protocol),
            None => false,
        };
        let generics = self.generics_of(member);
        let same = generics.params.len() == self.generics_of(protocol).params.len();
        by_reference && same && !self.wants_sized(package, member)
    }

    /// `where Self: Sized`
    pub fn wants_sized(&self, package: &hir::Package, member: DefId) -> bool {
        let sized = package.lang.get(hir::LangItem::Sized);
        self.generics_of(member).predicates.iter().any(|&(predicate, _)| match predicate {
            Predicate::Protocol(goal) => {
                Some(goal.def) == sized && matches!(goal.args[0].expect_ty().kind(), TyKind::Param(0, _))
            }
            Predicate::Projection { .. } => false,
        })
    }

    /// The protocol that a function, constant or associated type is a member of.
    pub fn protocol_of_member(&self, package: &hir::Package, member: DefId) -> Option<DefId> {
        package.def(member).parent.filter(|parent| self.protocols.contains_key(parent))
    }
}

impl Generics {
    /// Each parameter standing for itself.
    pub fn identity(&self) -> GenericArgs {
        List::from_iter(self.params.iter().enumerate().map(|(index, param)| match param.kind {
            GenericParamKind::Type { .. } => GenericArg::Ty(Ty::new(TyKind::Param(index as u32, param.name))),
            GenericParamKind::Const { .. } => GenericArg::Const(Const::Param(index as u32, param.name)),
        }))
    }
}

impl AdtDef {
    /// The only variant of a record.
    pub fn record(&self) -> &VariantDef {
        &self.variants[VariantIdx(0)]
    }
}

impl VariantDef {
    pub fn field(&self, name: Symbol) -> Option<(FieldIdx, &FieldDef)> {
        self.fields.iter_enumerated().find(|(_, field)| field.name == name)
    }
}

/// Parameters of an item, its parent's first, in the numbering that `TyKind::Param` uses.
#[derive(Clone, Debug, Default)]
pub struct Generics {
    pub params: Vec<GenericParam>,
    /// How many of them belong to the parent (impl or protocol).
    pub parent_count: usize,
    /// Bounds and where clauses, the parent's too; `Self: P` inside protocol `P`.
    pub predicates: Vec<(Predicate, Span)>,
}

#[derive(Clone, Debug)]
pub struct GenericParam {
    pub name: Symbol,
    pub def: Option<DefId>,
    pub kind: GenericParamKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum GenericParamKind {
    /// `unsized_ok`: used only behind references and pointers, so `str` and `[T]` may stand for it.
    Type {
        default: Option<Ty>,
        unsized_ok: bool,
    },
    Const {
        ty: Ty,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Predicate {
    /// `T: P[A]`: `args[0]` is `T`.
    Protocol(ProtocolRef),
    /// `<T as P>.Item == U`
    Projection { item: DefId, args: GenericArgs, ty: Ty },
}

#[derive(Clone, Debug)]
pub struct FnSignature {
    pub sig: FnSig,
    pub receiver: Option<Receiver>,
    pub kind: FnKind,
    pub has_body: bool,
}

/// A record (one variant) or a union.
#[derive(Clone, Debug)]
pub struct AdtDef {
    pub is_union: bool,
    pub variants: IndexVec<VariantIdx, VariantDef>,
}

#[derive(Clone, Debug)]
pub struct VariantDef {
    /// The record or the variant.
    pub def: DefId,
    pub name: Symbol,
    pub kind: VariantKind,
    pub fields: IndexVec<FieldIdx, FieldDef>,
}

#[derive(Clone, Debug)]
pub struct FieldDef {
    pub name: Symbol,
    /// With the owner's parameters as `Param`s.
    pub ty: Ty,
    pub vis: Visibility,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct ProtocolDef {
    /// Direct super-protocols, with `Self` as `Param` 0.
    pub supers: Vec<ProtocolRef>,
    /// What they bind: `protocol Lines: Iterator[Item = String]`.
    pub super_bindings: Vec<(DefId, GenericArgs, Ty)>,
    /// By name: functions, consts and associated types.
    pub members: BTreeMap<DefId, Symbol>,
}

#[derive(Clone, Debug)]
pub struct ImplDef {
    /// `args[0]` is the type it is for.
    pub protocol: Option<ProtocolRef>,
    pub self_ty: Ty,
    /// Own members; of a protocol impl, each with the protocol member it implements.
    pub members: BTreeMap<DefId, Option<DefId>>,
    /// Associated types: protocol member → type.
    pub types: BTreeMap<DefId, Ty>,
    pub consts: BTreeMap<DefId, Const>,
}
