//! What is known of definitions without looking into bodies.

use crate::{Const, FnSig, GenericArgs, ProtocolRef, Ty};
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
