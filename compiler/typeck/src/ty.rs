//! Types. A [`Ty`] is a `Copy` handle to an interned [`TyKind`]: equal types are the same pointer.
//!
//! The table is one for the process and only grows, so that any type can be looked at and printed anywhere.
//! Order types by their text where order can be seen, never by address.

use base::{Diagnostic, ErrorReported, Span, Symbol, define_id};
use hashbrown::HashTable;
use hir::{BodyId, DefId, ExprId, PrimTy};
use std::cell::RefCell;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{LazyLock, Mutex, OnceLock};

define_id! {
    /// An unknown of inference: a type, or the type of a literal.
    pub struct InferVar = "?";
}

/// An interned type.
#[derive(Clone, Copy)]
pub struct Ty(&'static TyData);

/// A kind and what is known of everything inside it.
struct TyData {
    kind: TyKind,
    flags: Flags,
    /// How many types it is nested deep.
    depth: u16,
}

/// What occurs somewhere in a type. Lets folds return early.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(u8);

impl Flags {
    pub const NONE: Flags = Flags(0);
    /// `TyKind::Infer`, `Const::Infer`
    pub const INFER: Flags = Flags(1);
    pub const PARAM: Flags = Flags(2);
    /// Projections, opaque types, unevaluated constants: what normalising changes.
    pub const PROJECTION: Flags = Flags(4);
    pub const ERROR: Flags = Flags(8);
    /// Of a closure: what it is depends on the body it stands in.
    pub const CLOSURE: Flags = Flags(16);

    pub fn has(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }
    #[must_use]
    pub fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// Each variant's doc is the type it stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TyKind {
    /// `i64`, `str`, `bool`, `never` …
    Prim(PrimTy),
    /// `()`, `(A, B)`
    Tuple(List<Ty>),
    /// `[T; N]`
    Array(Ty, Const),
    /// `[T]`
    Slice(Ty),
    /// `&T`, `&mut T`
    Ref(Region, Ty, Mutability),
    /// `*T`, `*mut T`
    RawPtr(Ty, Mutability),
    /// `Map[K, V]`: a record or union with its arguments.
    Adt(DefId, GenericArgs),
    /// The type of the function or constructor itself, zero-sized: a function or a tuple variant.
    FnDef(DefId, GenericArgs),
    /// `fn(A, B) -> C`
    FnPtr(FnSig),
    /// A closure, with the generic arguments of the function it stands in.
    Closure(ClosureId, GenericArgs),
    /// `dyn P[A, Item = T] + Q`: the protocols in order of definition, and every associated type of theirs.
    Dyn(List<ProtocolRef>, List<DynBinding>, Region),
    /// `T`: parameter number `index` of the item (its parent's first; `Self` of a protocol is 0).
    Param(u32, Symbol),
    /// `<T as P>.Item`, not yet known.
    Projection(DefId, GenericArgs),
    /// `impl P` in the result of a function: the type its body has, hidden.
    Opaque(DefId, u32, GenericArgs),
    /// Only during inference.
    Infer(InferVar),
    Error(ErrorReported),
}

/// `|x| …` at an expression of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClosureId {
    pub body: BodyId,
    pub expr: ExprId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mutability {
    Shared,
    Mut,
}

/// A region in a type. Type checking erases them; borrow checking gives each reference an origin of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Region {
    Erased,
    Static,
    /// `'a` of the item's generics, by index.
    Param(u32, Symbol),
}

/// Interned immutable list.
pub struct List<T: 'static>(&'static [T]);

pub type GenericArgs = List<GenericArg>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GenericArg {
    Ty(Ty),
    Const(Const),
}

/// A constant in a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Const {
    /// Evaluated; as bits, for a `usize`, another integer, `bool` or `char`.
    Value(u128),
    /// `N`: const parameter number `index`.
    Param(u32, Symbol),
    Infer(InferVar),
    /// A body for the evaluator, once its parameters are known.
    Unevaluated(BodyId, GenericArgs),
    Error(ErrorReported),
}

/// Parameters and result of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FnSig {
    pub params: List<Ty>,
    pub ret: Ty,
}

/// A protocol with its arguments; `args[0]` is `Self` (in a `Dyn`, `Self` is left out).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProtocolRef {
    pub def: DefId,
    pub args: GenericArgs,
}

/// `Item = T` in a `dyn` type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DynBinding {
    pub item: DefId,
    pub ty: Ty,
}

/// Multiply-rotate hash (as rustc's `FxHasher`): keys are small and ours.
#[derive(Default, Clone, Copy)]
pub struct FastHash(u64);

impl BuildHasher for FastHash {
    type Hasher = FastHash;
    fn build_hasher(&self) -> FastHash {
        FastHash(0)
    }
}

impl Hasher for FastHash {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(byte as u64);
        }
    }
    fn write_u8(&mut self, n: u8) {
        self.write_u64(n as u64);
    }
    fn write_u32(&mut self, n: u32) {
        self.write_u64(n as u64);
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
    fn write_isize(&mut self, n: isize) {
        self.write_u64(n as u64);
    }
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

fn fast_hash<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = FastHash(0);
    value.hash(&mut hasher);
    hasher.finish()
}

/// The process's types. A back end in a shared object adopts its host's ([`adopt`]).
#[derive(Default)]
pub struct TypeTables {
    types: Mutex<HashTable<&'static TyData>>,
    ty_lists: Mutex<HashTable<&'static [Ty]>>,
    arg_lists: Mutex<HashTable<&'static [GenericArg]>>,
    protocol_lists: Mutex<HashTable<&'static [ProtocolRef]>>,
    binding_lists: Mutex<HashTable<&'static [DynBinding]>>,
}

static TABLES: OnceLock<&'static TypeTables> = OnceLock::new();

/// The types of this process, to hand to a back end.
pub fn tables() -> &'static TypeTables {
    TABLES.get_or_init(|| Box::leak(Box::default()))
}

/// Takes over the host's types. Before any type is made here; later calls change nothing.
pub fn adopt(tables: &'static TypeTables) {
    TABLES.get_or_init(|| tables);
}

/// The types made most often, without the table's lock.
struct Common {
    prims: [Ty; PrimTy::ALL.len()],
    unit: Ty,
}

static COMMON: LazyLock<Common> = LazyLock::new(|| Common {
    prims: PrimTy::ALL.map(|prim| Ty::new(TyKind::Prim(prim))),
    unit: Ty::new(TyKind::Tuple(List::empty())),
});

thread_local! {
    /// The types of the first unknowns: each body begins to count anew.
    static UNKNOWNS: RefCell<Vec<Ty>> = const { RefCell::new(Vec::new()) };
}

impl TyKind {
    fn flags(&self) -> Flags {
        match *self {
            TyKind::Prim(_) => Flags::NONE,
            TyKind::Tuple(items) => items.flags(),
            TyKind::Array(elem, len) => elem.flags().with(len.flags()),
            TyKind::Slice(to) | TyKind::Ref(_, to, _) | TyKind::RawPtr(to, _) => to.flags(),
            TyKind::Adt(_, args) | TyKind::FnDef(_, args) => args.flags(),
            TyKind::Closure(_, args) => args.flags().with(Flags::CLOSURE),
            TyKind::FnPtr(sig) => sig.params.flags().with(sig.ret.flags()),
            TyKind::Dyn(protocols, bindings, _) => protocols.flags().with(bindings.flags()),
            TyKind::Param(..) => Flags::PARAM,
            TyKind::Projection(_, args) | TyKind::Opaque(_, _, args) => args.flags().with(Flags::PROJECTION),
            TyKind::Infer(_) => Flags::INFER,
            TyKind::Error(_) => Flags::ERROR,
        }
    }
}

/// What occurs somewhere in a value made of types.
pub trait HasFlags {
    fn flags(&self) -> Flags;
    fn has_infer(&self) -> bool {
        self.flags().has(Flags::INFER)
    }
    fn has_params(&self) -> bool {
        self.flags().has(Flags::PARAM)
    }
    fn has_projections(&self) -> bool {
        self.flags().has(Flags::PROJECTION)
    }
    fn has_error(&self) -> bool {
        self.flags().has(Flags::ERROR)
    }
}

impl HasFlags for Ty {
    #[inline]
    fn flags(&self) -> Flags {
        self.0.flags
    }
}
impl HasFlags for Const {
    fn flags(&self) -> Flags {
        match *self {
            Const::Value(_) => Flags::NONE,
            Const::Param(..) => Flags::PARAM,
            Const::Infer(_) => Flags::INFER,
            Const::Unevaluated(_, args) => args.flags().with(Flags::PROJECTION),
            Const::Error(_) => Flags::ERROR,
        }
    }
}
impl HasFlags for GenericArg {
    fn flags(&self) -> Flags {
        match self {
            GenericArg::Ty(ty) => ty.flags(),
            GenericArg::Const(value) => value.flags(),
        }
    }
}
impl HasFlags for ProtocolRef {
    fn flags(&self) -> Flags {
        self.args.flags()
    }
}
impl HasFlags for DynBinding {
    fn flags(&self) -> Flags {
        self.ty.flags()
    }
}
impl HasFlags for FnSig {
    fn flags(&self) -> Flags {
        self.params.flags().with(self.ret.flags())
    }
}
impl<T: HasFlags> HasFlags for List<T> {
    fn flags(&self) -> Flags {
        self.iter().fold(Flags::NONE, |flags, item| flags.with(item.flags()))
    }
}

/// How deep types may be nested: more than brackets can be.
pub const MAX_TYPE_NESTING: u16 = 300;

/// A type is nested deeper.
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error("N5026", span, "the type of this is nested too deeply")
        .note(format!("types may be nested {MAX_TYPE_NESTING} deep"))
}

impl TyKind {
    fn depth(&self) -> u16 {
        fn of_args(args: GenericArgs) -> u16 {
            let depth = |arg: &GenericArg| match arg {
                GenericArg::Ty(ty) => ty.depth(),
                GenericArg::Const(_) => 0,
            };
            args.iter().map(depth).max().unwrap_or(0)
        }
        let inside = match *self {
            TyKind::Tuple(items) => items.iter().map(|item| item.depth()).max().unwrap_or(0),
            TyKind::Array(to, _) | TyKind::Slice(to) | TyKind::Ref(_, to, _) | TyKind::RawPtr(to, _) => {
                to.depth()
            }
            TyKind::Adt(_, args)
            | TyKind::FnDef(_, args)
            | TyKind::Closure(_, args)
            | TyKind::Projection(_, args)
            | TyKind::Opaque(_, _, args) => of_args(args),
            TyKind::FnPtr(sig) => {
                sig.params.iter().map(|it| it.depth()).max().unwrap_or(0).max(sig.ret.depth())
            }
            TyKind::Dyn(protocols, bindings, _) => {
                let args = protocols.iter().map(|protocol| of_args(protocol.args)).max().unwrap_or(0);
                bindings.iter().map(|binding| binding.ty.depth()).max().unwrap_or(0).max(args)
            }
            TyKind::Prim(_) | TyKind::Param(..) | TyKind::Infer(_) | TyKind::Error(_) => 0,
        };
        inside.saturating_add(1)
    }
}

impl Ty {
    pub fn new(kind: TyKind) -> Ty {
        let hash = fast_hash(&kind);
        let mut types = tables().types.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(&known) = types.find(hash, |known| known.kind == kind) {
            return Ty(known);
        }
        let (flags, depth) = (kind.flags(), kind.depth());
        let interned: &'static TyData = Box::leak(Box::new(TyData { kind, flags, depth }));
        types.insert_unique(hash, interned, |known| fast_hash(&known.kind));
        Ty(interned)
    }

    #[inline]
    pub fn kind(self) -> &'static TyKind {
        &self.0.kind
    }

    /// How many types stand in each other: 1 for `i64`, 3 for `&List[i64]`.
    #[inline]
    pub fn depth(self) -> u16 {
        self.0.depth
    }

    pub fn infer(var: InferVar) -> Ty {
        UNKNOWNS.with_borrow_mut(|known| {
            while known.len() <= var.0 as usize {
                known.push(Ty::new(TyKind::Infer(InferVar(known.len() as u32))));
            }
            known[var.0 as usize]
        })
    }
    pub fn prim(prim: PrimTy) -> Ty {
        COMMON.prims[prim as usize]
    }
    pub fn unit() -> Ty {
        COMMON.unit
    }
    pub fn never() -> Ty {
        Ty::prim(PrimTy::Never)
    }
    pub fn bool() -> Ty {
        Ty::prim(PrimTy::Bool)
    }
    pub fn usize() -> Ty {
        Ty::prim(PrimTy::Usize)
    }
    pub fn tuple(items: &[Ty]) -> Ty {
        Ty::new(TyKind::Tuple(List::new(items)))
    }
    pub fn reference(to: Ty, mutability: Mutability) -> Ty {
        Ty::new(TyKind::Ref(Region::Erased, to, mutability))
    }
    pub fn error(proof: ErrorReported) -> Ty {
        Ty::new(TyKind::Error(proof))
    }
    pub fn adt(def: DefId, args: GenericArgs) -> Ty {
        Ty::new(TyKind::Adt(def, args))
    }
    pub fn is_never(self) -> bool {
        matches!(self.kind(), TyKind::Prim(PrimTy::Never))
    }
    pub fn is_unit(self) -> bool {
        matches!(self.kind(), TyKind::Tuple(items) if items.is_empty())
    }
    /// The parts of a tuple.
    pub fn tuple_items(self) -> Option<List<Ty>> {
        if let TyKind::Tuple(items) = *self.kind() { Some(items) } else { None }
    }
    /// Which record or union it is.
    pub fn adt_def(self) -> Option<DefId> {
        if let TyKind::Adt(def, _) = *self.kind() { Some(def) } else { None }
    }
    /// What a reference leads to.
    pub fn referent(self) -> Option<Ty> {
        if let TyKind::Ref(_, to, _) = *self.kind() { Some(to) } else { None }
    }
    /// A reference, a pointer or a function: addresses, of which copies own nothing.
    pub fn is_address(self) -> bool {
        matches!(self.kind(), TyKind::Ref(..) | TyKind::RawPtr(..) | TyKind::FnDef(..) | TyKind::FnPtr(_))
    }
    pub fn is_error(self) -> bool {
        matches!(self.kind(), TyKind::Error(_))
    }
    /// `Self` of a protocol, but for associated types of it.
    pub fn mentions_self(self) -> bool {
        let mut found = false;
        self.map_types(
            &mut |ty| {
                if let TyKind::Param(0, _) = *ty.kind() {
                    found = true;
                } else if let TyKind::Projection(_, args) = *ty.kind()
                    && let [GenericArg::Ty(of), rest @ ..] = &args[..]
                    && let TyKind::Param(0, _) = *of.kind()
                {
                    found |= rest.iter().any(|arg| match arg {
                        GenericArg::Ty(arg) => arg.mentions_self(),
                        GenericArg::Const(_) => false,
                    });
                } else {
                    return None;
                }
                Some(ty)
            },
            &mut |_| None,
        );
        found
    }
    /// `str` and `[T]` and `dyn P`: only behind a pointer, which then has two words.
    pub fn is_unsized(self) -> bool {
        matches!(self.kind(), TyKind::Prim(PrimTy::Str) | TyKind::Slice(_) | TyKind::Dyn(..))
    }
}

impl std::fmt::Debug for Ty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.kind().fmt(f)
    }
}
impl<T: std::fmt::Debug> std::fmt::Debug for List<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl PartialEq for Ty {
    #[inline]
    fn eq(&self, other: &Ty) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Ty {}
impl Hash for Ty {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(std::ptr::from_ref(self.0).addr())
    }
}

/// Element types that have a table of lists.
pub trait Interned: Copy + Eq + Hash + 'static {
    fn table() -> &'static Mutex<HashTable<&'static [Self]>>;
}

impl Interned for Ty {
    fn table() -> &'static Mutex<HashTable<&'static [Ty]>> {
        &tables().ty_lists
    }
}
impl Interned for GenericArg {
    fn table() -> &'static Mutex<HashTable<&'static [GenericArg]>> {
        &tables().arg_lists
    }
}
impl Interned for ProtocolRef {
    fn table() -> &'static Mutex<HashTable<&'static [ProtocolRef]>> {
        &tables().protocol_lists
    }
}

impl Interned for DynBinding {
    fn table() -> &'static Mutex<HashTable<&'static [Self]>> {
        &tables().binding_lists
    }
}

impl<T: Interned> List<T> {
    pub fn new(items: &[T]) -> List<T> {
        if items.is_empty() {
            return List(&[]);
        }
        let hash = fast_hash(items);
        let mut table = T::table().lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(&known) = table.find(hash, |known| *known == items) {
            return List(known);
        }
        let interned: &'static [T] = Box::leak(items.to_vec().into_boxed_slice());
        table.insert_unique(hash, interned, |known| fast_hash(*known));
        List(interned)
    }
    /// Collects and interns.
    #[expect(clippy::should_implement_trait, reason = "only for what can be interned")]
    pub fn from_iter(items: impl IntoIterator<Item = T>) -> List<T> {
        List::new(&items.into_iter().collect::<Vec<T>>())
    }
}
impl<T> List<T> {
    pub const fn empty() -> List<T> {
        List(&[])
    }
    /// The elements, for as long as the process lives.
    pub fn as_slice(self) -> &'static [T] {
        self.0
    }
}
impl<T> Clone for List<T> {
    fn clone(&self) -> List<T> {
        *self
    }
}
impl<T> Copy for List<T> {}
impl<T> std::ops::Deref for List<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        self.0
    }
}
impl<T> PartialEq for List<T> {
    fn eq(&self, other: &List<T>) -> bool {
        self.0.len() == other.0.len() && (self.0.is_empty() || std::ptr::eq(self.0, other.0))
    }
}
impl<T> Eq for List<T> {}
impl<T> Hash for List<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(if self.0.is_empty() { 0 } else { self.0.as_ptr().addr() });
    }
}

impl GenericArg {
    pub fn expect_ty(self) -> Ty {
        match self {
            GenericArg::Ty(ty) => ty,
            GenericArg::Const(_) => panic!("a type argument was expected"),
        }
    }
}
impl From<Ty> for GenericArg {
    fn from(ty: Ty) -> GenericArg {
        GenericArg::Ty(ty)
    }
}
impl From<Const> for GenericArg {
    fn from(value: Const) -> GenericArg {
        GenericArg::Const(value)
    }
}

/// Replaces parameters by `args` (by index) everywhere in a value.
pub trait Subst: Sized + HasFlags {
    fn subst(self, args: &[GenericArg]) -> Self {
        if !self.has_params() {
            return self;
        }
        self.map_types(
            &mut |ty| match *ty.kind() {
                TyKind::Param(index, _) => match args.get(index as usize) {
                    Some(GenericArg::Ty(ty)) => Some(*ty),
                    Some(GenericArg::Const(_)) | None => None,
                },
                // Unevaluated constants and closures hold arguments too, and those are flagged.
                _ if !ty.has_params() => Some(ty),
                TyKind::Prim(_)
                | TyKind::Tuple(_)
                | TyKind::Array(..)
                | TyKind::Slice(_)
                | TyKind::Ref(..)
                | TyKind::RawPtr(..)
                | TyKind::Adt(..)
                | TyKind::FnDef(..)
                | TyKind::FnPtr(_)
                | TyKind::Closure(..)
                | TyKind::Dyn(..)
                | TyKind::Projection(..)
                | TyKind::Opaque(..)
                | TyKind::Infer(_)
                | TyKind::Error(_) => None,
            },
            &mut |value| match value {
                Const::Param(index, _) => match args.get(index as usize) {
                    Some(GenericArg::Const(value)) => Some(*value),
                    Some(GenericArg::Ty(_)) | None => None,
                },
                Const::Value(_) | Const::Infer(_) | Const::Unevaluated(..) | Const::Error(_) => None,
            },
        )
    }
    /// Rebuilds bottom-up; where a function gives `Some`, that stands instead and is not entered.
    fn map_types(
        self,
        ty: &mut dyn FnMut(Ty) -> Option<Ty>,
        value: &mut dyn FnMut(Const) -> Option<Const>,
    ) -> Self;
}

impl Subst for Ty {
    fn map_types(self, f: &mut dyn FnMut(Ty) -> Option<Ty>, c: &mut dyn FnMut(Const) -> Option<Const>) -> Ty {
        if let Some(ty) = f(self) {
            return ty;
        }
        match *self.kind() {
            TyKind::Prim(_) | TyKind::Param(..) | TyKind::Infer(_) | TyKind::Error(_) => self,
            TyKind::Tuple(items) if items.is_empty() => self,
            TyKind::Tuple(items) => Ty::new(TyKind::Tuple(items.map_types(f, c))),
            TyKind::Array(elem, len) => Ty::new(TyKind::Array(elem.map_types(f, c), len.map_types(f, c))),
            TyKind::Slice(elem) => Ty::new(TyKind::Slice(elem.map_types(f, c))),
            TyKind::Ref(region, to, mutability) => match to.map_types(f, c) {
                same if same == to => self,
                new => Ty::new(TyKind::Ref(region, new, mutability)),
            },
            TyKind::RawPtr(to, mutability) => Ty::new(TyKind::RawPtr(to.map_types(f, c), mutability)),
            TyKind::Adt(def, args) => match args.is_empty() {
                true => self,
                false => match args.map_types(f, c) {
                    same if same == args => self,
                    new => Ty::new(TyKind::Adt(def, new)),
                },
            },
            TyKind::FnDef(def, args) => Ty::new(TyKind::FnDef(def, args.map_types(f, c))),
            TyKind::FnPtr(sig) => Ty::new(TyKind::FnPtr(sig.map_types(f, c))),
            TyKind::Closure(id, args) => Ty::new(TyKind::Closure(id, args.map_types(f, c))),
            TyKind::Dyn(protocols, bindings, region) => {
                Ty::new(TyKind::Dyn(protocols.map_types(f, c), bindings.map_types(f, c), region))
            }
            TyKind::Projection(def, args) => Ty::new(TyKind::Projection(def, args.map_types(f, c))),
            TyKind::Opaque(def, index, args) => Ty::new(TyKind::Opaque(def, index, args.map_types(f, c))),
        }
    }
}

impl Subst for Const {
    fn map_types(
        self,
        f: &mut dyn FnMut(Ty) -> Option<Ty>,
        c: &mut dyn FnMut(Const) -> Option<Const>,
    ) -> Const {
        if let Some(value) = c(self) {
            return value;
        }
        match self {
            Const::Unevaluated(body, args) => Const::Unevaluated(body, args.map_types(f, c)),
            Const::Value(_) | Const::Param(..) | Const::Infer(_) | Const::Error(_) => self,
        }
    }
}

impl Subst for GenericArg {
    fn map_types(
        self,
        f: &mut dyn FnMut(Ty) -> Option<Ty>,
        c: &mut dyn FnMut(Const) -> Option<Const>,
    ) -> GenericArg {
        match self {
            GenericArg::Ty(ty) => GenericArg::Ty(ty.map_types(f, c)),
            GenericArg::Const(value) => GenericArg::Const(value.map_types(f, c)),
        }
    }
}

impl Subst for FnSig {
    fn map_types(
        self,
        f: &mut dyn FnMut(Ty) -> Option<Ty>,
        c: &mut dyn FnMut(Const) -> Option<Const>,
    ) -> FnSig {
        FnSig { params: self.params.map_types(f, c), ret: self.ret.map_types(f, c) }
    }
}

impl Subst for ProtocolRef {
    fn map_types(
        self,
        f: &mut dyn FnMut(Ty) -> Option<Ty>,
        c: &mut dyn FnMut(Const) -> Option<Const>,
    ) -> ProtocolRef {
        ProtocolRef { def: self.def, args: self.args.map_types(f, c) }
    }
}

impl Subst for DynBinding {
    fn map_types(
        self,
        f: &mut dyn FnMut(Ty) -> Option<Ty>,
        c: &mut dyn FnMut(Const) -> Option<Const>,
    ) -> DynBinding {
        DynBinding { item: self.item, ty: self.ty.map_types(f, c) }
    }
}

impl<T: Interned + Subst> Subst for List<T> {
    fn map_types(
        self,
        f: &mut dyn FnMut(Ty) -> Option<Ty>,
        c: &mut dyn FnMut(Const) -> Option<Const>,
    ) -> List<T> {
        // Most stay as they are: only what has changed is put together and interned.
        for (at, &item) in self.iter().enumerate() {
            let new = item.map_types(f, c);
            if new != item {
                let mut all = Vec::with_capacity(self.len());
                all.extend_from_slice(&self[..at]);
                all.push(new);
                all.extend(self[at + 1..].iter().map(|&item| item.map_types(f, c)));
                return List::new(&all);
            }
        }
        self
    }
}
