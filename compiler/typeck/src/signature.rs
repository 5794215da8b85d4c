//! What is known of definitions without looking into bodies.

use crate::{Const, FastHash, FnSig, GenericArg, GenericArgs, List, ProtocolRef, Ty, TyKind};
use base::{Diagnostics, IndexVec, SharedDiagnostics, Span, Symbol, define_id};
use hashbrown::HashMap;
use hir::{DefId, DefKind, FnKind, Package, Receiver, VariantKind, Visibility};
use std::collections::BTreeMap;
use std::sync::OnceLock;

define_id! {
    /// A variant of a union, by position; 0 for a record.
    pub struct VariantIdx = "v";
    /// A field of a record or variant, a tuple's item or a closure's capture, by position.
    pub struct FieldIdx = "f";
}

/// All signatures of the program. Each is found when it is first asked for and kept; of the package's own definitions
/// [`crate::collect`] asks at once, so that what is wrong with them is reported where the user waits for it.
///
/// A slot is filled once and nobody waits for another thread: two that need one signature at a time both find it,
/// and one result is dropped. What is in progress is known to each thread by itself ([`crate::collect::lower::Memo`]).
#[derive(Debug)]
pub struct Signatures<'a> {
    pub(crate) package: &'a Package,
    slots: IndexVec<DefId, Slot>,
    /// What an implementation is found by.
    index: OnceLock<crate::protocols::Index>,
    pub(crate) memo: crate::collect::lower::Memo,
    /// What was found wrong when it was asked for later: in the standard library, so a mistake of ours.
    late: SharedDiagnostics,
}

/// What is known of one definition.
#[derive(Debug, Default)]
struct Slot {
    generics: OnceLock<Box<Generics>>,
    signature: OnceLock<Box<Signature>>,
}

/// By the kind of definition.
#[derive(Debug)]
pub(crate) enum Signature {
    Fn(FnSignature),
    Adt(AdtDef),
    Protocol(ProtocolDef),
    Impl(ImplDef),
    Const(Ty),
    AssocType(AssocTypeDef),
    /// Nothing that others ask for, or an impl whose protocol's path was wrong.
    Nothing,
}

/// `type Item: Show = i64` of a protocol.
#[derive(Clone, Debug, Default)]
pub struct AssocTypeDef {
    /// About `<Self as P>.Item`, with `Self` as `Param` 0.
    pub bounds: Vec<(Predicate, Span)>,
    pub default: Option<Ty>,
}

impl<'a> Signatures<'a> {
    pub(crate) fn new(package: &'a Package) -> Signatures<'a> {
        let slots = package.defs.iter().map(|_| Slot::default()).collect();
        Signatures { slots, ..Signatures::unknown(package) }
    }

    /// Knows nothing and finds nothing: for messages while signatures are being made.
    pub fn unknown(package: &'a Package) -> Signatures<'a> {
        Signatures {
            package,
            slots: IndexVec::new(),
            index: OnceLock::new(),
            memo: Default::default(),
            late: SharedDiagnostics::default(),
        }
    }

    /// Parameters of anything; a variant has its union's.
    pub fn generics_of(&self, def: DefId) -> &Generics {
        static NONE: Generics = Generics { params: Vec::new(), parent_count: 0, predicates: Vec::new() };
        let kind = self.package.def(def).kind;
        let owner = match self.package.def(def).parent {
            Some(union) if kind == DefKind::Variant => union,
            Some(_) | None if kind.has_item() => def,
            Some(_) | None => return &NONE,
        };
        match self.slots.get(owner) {
            Some(slot) => match slot.generics.get() {
                Some(known) => known,
                None => self.later(|diags| self.find_generics(owner, diags)),
            },
            None => &NONE,
        }
    }

    /// Parameters of an item; what is wrong with them goes into `diags` if they were not known.
    pub(crate) fn find_generics(&self, def: DefId, diags: &mut Diagnostics) -> &Generics {
        let slot = &self.slots[def].generics;
        if let Some(known) = slot.get() {
            return known;
        }
        let found = Box::new(crate::collect::generics(self, def, diags));
        slot.get_or_init(|| found)
    }

    fn signature(&self, def: DefId) -> &Signature {
        match self.slots.get(def) {
            Some(slot) => match slot.signature.get() {
                Some(known) => known,
                None => self.later(|diags| self.find_signature(def, diags)),
            },
            None => &Signature::Nothing,
        }
    }

    /// The signature of an item; what is wrong with it goes into `diags` if it was not known.
    pub(crate) fn find_signature(&self, def: DefId, diags: &mut Diagnostics) -> &Signature {
        let slot = &self.slots[def].signature;
        if let Some(known) = slot.get() {
            return known;
        }
        let found = Box::new(crate::collect::signature(self, def, diags));
        slot.get_or_init(|| found)
    }

    #[cold]
    fn later<R>(&self, find: impl FnOnce(&mut Diagnostics) -> R) -> R {
        let mut diags = Diagnostics::new();
        let found = find(&mut diags);
        self.late.add(diags);
        found
    }

    pub(crate) fn take_late_diagnostics(&self) -> Diagnostics {
        self.late.take()
    }

    /// How many signatures have been found: what a program costs of the library, as a number that does not depend
    /// on the machine.
    pub fn found(&self) -> usize {
        self.slots.iter().filter(|slot| slot.signature.get().is_some()).count()
    }

    pub(crate) fn index(&self) -> &crate::protocols::Index {
        self.index.get_or_init(|| crate::protocols::Index::build(self))
    }

    /// Nothing where the definition is of another kind: its signature is not looked for then.
    fn of_kind(&self, def: DefId, kinds: &[DefKind]) -> &Signature {
        if kinds.contains(&self.package.def(def).kind) { self.signature(def) } else { &Signature::Nothing }
    }

    pub fn function(&self, def: DefId) -> Option<&FnSignature> {
        let found = self.of_kind(def, &[DefKind::Fn]);
        if let Signature::Fn(function) = found { Some(function) } else { None }
    }
    /// What is promised of an `impl P` in a function's result.
    pub fn opaque(&self, def: DefId, index: u32) -> Option<&[(Predicate, Span)]> {
        self.function(def)?.opaques.get(index as usize).map(|promised| &promised[..])
    }
    /// A record or union.
    pub fn adt(&self, def: DefId) -> Option<&AdtDef> {
        let found = self.of_kind(def, &[DefKind::Record, DefKind::Union]);
        if let Signature::Adt(adt) = found { Some(adt) } else { None }
    }
    /// A variant's union and position.
    pub fn variant(&self, def: DefId) -> Option<(DefId, VariantIdx)> {
        let position = self.package.variant_index(def)?;
        Some((self.package.def(def).parent?, VariantIdx(position)))
    }
    pub fn protocol(&self, def: DefId) -> Option<&ProtocolDef> {
        let found = self.of_kind(def, &[DefKind::Protocol]);
        if let Signature::Protocol(protocol) = found { Some(protocol) } else { None }
    }
    pub fn implementation(&self, def: DefId) -> Option<&ImplDef> {
        let found = self.of_kind(def, &[DefKind::Impl]);
        if let Signature::Impl(item) = found { Some(item) } else { None }
    }
    /// The type of a constant.
    pub fn constant(&self, def: DefId) -> Option<Ty> {
        let found = self.of_kind(def, &[DefKind::Const, DefKind::Static]);
        if let Signature::Const(ty) = found { Some(*ty) } else { None }
    }
    /// What is promised of an associated type of a protocol, and the default.
    pub fn assoc_type(&self, def: DefId) -> Option<&AssocTypeDef> {
        let found = self.of_kind(def, &[DefKind::AssocType]);
        if let Signature::AssocType(assoc) = found { Some(assoc) } else { None }
    }
    /// All impls in order of definition: finds the signature of each, so for messages only.
    pub(crate) fn all_impls(&self) -> impl Iterator<Item = &ImplDef> {
        self.package.impls.iter().filter_map(|&def| self.implementation(def))
    }

    // What is known to be there.

    pub fn expect_function(&self, def: DefId) -> &FnSignature {
        self.function(def).unwrap_or_else(|| panic!("{def} is not a function"))
    }
    pub fn expect_adt(&self, def: DefId) -> &AdtDef {
        self.adt(def).unwrap_or_else(|| panic!("{def} is not a record or union"))
    }
    pub fn expect_variant(&self, def: DefId) -> (DefId, VariantIdx) {
        self.variant(def).unwrap_or_else(|| panic!("{def} is not a variant"))
    }
    pub fn expect_protocol(&self, def: DefId) -> &ProtocolDef {
        self.protocol(def).unwrap_or_else(|| panic!("{def} is not a protocol"))
    }
    pub fn expect_impl(&self, def: DefId) -> &ImplDef {
        self.implementation(def).unwrap_or_else(|| panic!("{def} is not an impl"))
    }

    /// The signature of a function, or of a variant with positional payload as a function that makes it.
    pub fn fn_sig(&self, def: DefId) -> Option<FnSig> {
        if let Some(function) = self.function(def) {
            return Some(function.sig);
        }
        let (union, index) = self.variant(def)?;
        let variant = &self.adt(union)?.variants[index];
        if variant.kind != VariantKind::Tuple {
            return None;
        }
        let params = List::from_iter(variant.fields.iter().map(|field| field.ty));
        Some(FnSig { params, ret: Ty::adt(union, self.generics_of(union).identity()) })
    }

    /// Whether a definition is of the package itself, not of the library.
    pub fn is_own(&self, def: DefId) -> bool {
        !self.package.modules[self.package.def(def).module].is_std
    }

    /// Whether a method of a protocol is called through the table of a `dyn`: one that is not generic and does not say
    /// `where Self: Sized`. One that takes `self` by value is too, out of a `Box`, if nothing else hangs on what `Self` is.
    pub fn is_in_table(&self, member: DefId) -> bool {
        let Some(function) = self.function(member) else { return false };
        let Some(protocol) = self.protocol_of_member(member) else { return false };
        let (own, all) = (self.generics_of(protocol), self.generics_of(member));
        let has_receiver = match function.receiver {
            Some(Receiver::Ref | Receiver::RefMut) => true,
            Some(Receiver::Value) => {
                let (ret, params) = (function.sig.ret, &function.sig.params[1..]);
                all.predicates.len() == own.predicates.len()
                    && !params.iter().chain([&ret]).any(|ty| ty.mentions_self())
            }
            None => false,
        };
        has_receiver && all.params.len() == own.params.len() && !self.wants_sized(member)
    }

    /// `where Self: Sized`
    pub fn wants_sized(&self, member: DefId) -> bool {
        let sized = self.package.lang.get(hir::LangItem::Sized);
        self.generics_of(member).predicates.iter().any(|&(predicate, _)| match predicate {
            Predicate::Protocol(goal) => {
                Some(goal.def) == sized && matches!(goal.args[0].expect_ty().kind(), TyKind::Param(0, _))
            }
            Predicate::Projection { .. } => false,
        })
    }

    /// The protocol that a function, constant or associated type is a member of.
    pub fn protocol_of_member(&self, member: DefId) -> Option<DefId> {
        self.package.def(member).parent.filter(|&parent| self.package.def(parent).kind == DefKind::Protocol)
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
    pub fn new(is_union: bool, variants: IndexVec<VariantIdx, VariantDef>) -> AdtDef {
        let mut by_name = HashMap::default();
        if variants.len() > FEW_VARIANTS {
            by_name.extend(variants.iter_enumerated().map(|(index, variant)| (variant.name, index)));
        }
        AdtDef { is_union, variants, by_name }
    }
    pub fn variant_named(&self, name: Symbol) -> Option<VariantIdx> {
        match self.variants.len() > FEW_VARIANTS {
            true => self.by_name.get(&name).copied(),
            false => {
                let found = self.variants.iter_enumerated().find(|(_, variant)| variant.name == name);
                found.map(|(index, _)| index)
            }
        }
    }
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
    /// `impl P` in the result, by position: what is promised of it, with itself as the opaque type.
    pub opaques: Vec<Vec<(Predicate, Span)>>,
}

/// A record (one variant) or a union.
#[derive(Clone, Debug)]
pub struct AdtDef {
    pub is_union: bool,
    pub variants: IndexVec<VariantIdx, VariantDef>,
    /// Where there are more than a few; looked up, never iterated over.
    by_name: HashMap<Symbol, VariantIdx, FastHash>,
}

/// So many are looked for one after the other.
const FEW_VARIANTS: usize = 16;

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
