//! Items: what stands at the top of a file, and in the bodies of protocols, impls, actors and extern blocks.

use super::*;

#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// The `///` comments before it, without their marks, joined with line breaks.
    pub docs: Option<Symbol>,
    pub attrs: List<AttrId>,
    pub vis: Visibility,
    pub kind: ItemKind,
    /// From the first attribute or word to the end.
    pub range: TextRange,
}

impl Item {
    /// The name it declares, if it declares one.
    pub fn name(&self) -> Option<Name> {
        match self.kind {
            ItemKind::Fn(decl) | ItemKind::Handler(decl) => Some(decl.name),
            ItemKind::Record(decl) => Some(decl.name),
            ItemKind::Union(decl) => Some(decl.name),
            ItemKind::Protocol(decl) => Some(decl.name),
            ItemKind::TypeAlias(decl) => Some(decl.name),
            ItemKind::Const(decl) | ItemKind::Static(decl) => Some(decl.name),
            ItemKind::State(decl) => Some(decl.name),
            ItemKind::Macro(decl) => Some(decl.name),
            ItemKind::Actor(decl) => Some(decl.name),
            ItemKind::Module(_)
            | ItemKind::Use(_)
            | ItemKind::Impl(_)
            | ItemKind::Extern(_)
            | ItemKind::MacroCall(_)
            | ItemKind::Test(_)
            | ItemKind::Bench(_)
            | ItemKind::Error => None,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub enum ItemKind {
    /// `module a.b`
    Module(Path),
    /// `use a.b.{c, d as e}`
    Use(UseTreeId),
    /// `fn f[T](x: T) -> T { … }`
    Fn(FnDecl),
    /// `record P[T] { x: T }`
    Record(RecordDecl),
    /// `union U { A, B(i32), C { x: i32 } }`
    Union(UnionDecl),
    /// `protocol P: Q { … }`
    Protocol(ProtocolDecl),
    /// `impl[T] P for R[T] { … }`
    Impl(ImplDecl),
    /// `type A[T] = B[T]`; in protocols also `type Item: Show`, in extern blocks `type Opaque`
    TypeAlias(TypeAliasDecl),
    /// `const N: i64 = 4`
    Const(ConstDecl),
    /// `static LIMIT: i64 = 4`
    Static(ConstDecl),
    /// `extern "C" { … }`
    Extern(ExternDecl),
    /// `macro twice($e: expr) { … }`
    Macro(MacroDecl),
    /// `name!(…)` in place of an item
    MacroCall(MacroCallId),
    /// `test "what" for x: T { … }`
    Test(TestDecl),
    /// `bench "what" |b| { … }`
    Bench(TestDecl),
    /// `actor A(owner: String) { … }`
    Actor(ActorDecl),
    /// `var balance: i64 = 0` in an actor
    State(StateDecl),
    /// `on deposit(amount: i64) { … }` in an actor
    Handler(FnDecl),
    /// What was not understood, and reported.
    Error,
}

#[derive(Clone, Copy, Debug)]
pub enum Visibility {
    /// nothing written
    Private,
    /// `pub`
    Pub,
    /// `pub(a.b)`
    PubIn(Path),
}

/// `a.b`, `a.b as c`, `a.b.{…}`
#[derive(Clone, Copy, Debug)]
pub struct UseTree {
    pub path: Path,
    pub kind: UseKind,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum UseKind {
    /// `a.b`
    Plain,
    /// `a.b as c`
    Alias(Name),
    /// `a.b.{c, d.e, f.{g}}`
    Group(List<UseTreeId>),
}

/// A function, method, foreign function or handler.
#[derive(Clone, Copy, Debug)]
pub struct FnDecl {
    pub name: Name,
    /// `const fn`
    pub is_const: bool,
    /// `unsafe fn`
    pub is_unsafe: bool,
    /// `extern "C" fn`; for a function in an extern block, see the block.
    pub abi: Option<Symbol>,
    pub generics: Generics,
    pub params: List<ParamId>,
    /// `fn printf(format: *c_char, ...)`
    pub variadic: bool,
    pub ret: Option<TypeId>,
    /// None: a protocol's required method, a foreign or intrinsic function.
    pub body: Option<BlockId>,
}

/// `[T: P, 'a, const N: usize = 4] … where T: Q`
#[derive(Clone, Copy, Debug, Default)]
pub struct Generics {
    pub params: List<GenericParamId>,
    pub predicates: List<PredicateId>,
}

#[derive(Clone, Copy, Debug)]
pub struct GenericParam {
    pub name: Name,
    pub kind: GenericParamKind,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum GenericParamKind {
    /// `T: P + Q = D`
    Type { bounds: List<BoundId>, default: Option<TypeId> },
    /// `const N: usize = 4`
    Const { ty: TypeId, default: Option<ExprId> },
    /// `'a`; the name has its `'`.
    Region,
    /// What was not understood, and reported.
    Error,
}

/// `T.Item: Show + 'a` after `where`
#[derive(Clone, Copy, Debug)]
pub struct Predicate {
    pub ty: TypeId,
    pub bounds: List<BoundId>,
    pub range: TextRange,
}

/// A parameter of a function, handler, closure, test or actor.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    pub attrs: List<AttrId>,
    pub kind: ParamKind,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum ParamKind {
    /// `self`, `var self`, `self: Box[Self]`
    SelfValue { mutable: bool, ty: Option<TypeId> },
    /// `&self`, `&mut self`, `&'a self`
    SelfRef { region: Option<Name>, mutable: bool },
    /// `p: T`, `p` (closures)
    Pat { pat: PatId, ty: Option<TypeId> },
    /// What was not understood, and reported.
    Error,
}

#[derive(Clone, Copy, Debug)]
pub struct RecordDecl {
    pub name: Name,
    pub generics: Generics,
    pub fields: List<FieldId>,
}

/// A field of a record, or of a variant's payload.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub docs: Option<Symbol>,
    pub attrs: List<AttrId>,
    pub vis: Visibility,
    /// None: positional, `Some(T)`.
    pub name: Option<Name>,
    /// A `TypeKind::Error` where the field was not understood.
    pub ty: TypeId,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub struct UnionDecl {
    pub name: Name,
    pub generics: Generics,
    pub variants: List<VariantId>,
}

#[derive(Clone, Copy, Debug)]
pub struct Variant {
    pub docs: Option<Symbol>,
    pub attrs: List<AttrId>,
    /// The empty name where the variant was not understood.
    pub name: Name,
    pub payload: Payload,
    /// `Red = 1`
    pub discriminant: Option<ExprId>,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum Payload {
    /// `V`
    None,
    /// `V(A, B)`, `V(id: A)`: names are documentation.
    Positional(List<FieldId>),
    /// `V { id: A }`: names are required.
    Named(List<FieldId>),
}

#[derive(Clone, Copy, Debug)]
pub struct ProtocolDecl {
    pub name: Name,
    pub generics: Generics,
    pub supers: List<BoundId>,
    /// `Fn`, `Const`, `TypeAlias`, `MacroCall`, `Error`
    pub members: List<ItemId>,
}

#[derive(Clone, Copy, Debug)]
pub struct ImplDecl {
    pub is_unsafe: bool,
    pub generics: Generics,
    pub protocol: Option<TypeId>,
    pub ty: TypeId,
    /// `Fn`, `Const`, `TypeAlias`, `MacroCall`, `Error`
    pub members: List<ItemId>,
}

#[derive(Clone, Copy, Debug)]
pub struct TypeAliasDecl {
    pub name: Name,
    pub generics: Generics,
    /// `type Item: Show`
    pub bounds: List<BoundId>,
    pub ty: Option<TypeId>,
}

#[derive(Clone, Copy, Debug)]
pub struct ConstDecl {
    pub name: Name,
    pub ty: Option<TypeId>,
    pub value: Option<ExprId>,
}

#[derive(Clone, Copy, Debug)]
pub struct ExternDecl {
    /// None: `extern { … }`
    pub abi: Option<Symbol>,
    /// `Fn`, `Static`, `TypeAlias`, `Error`
    pub members: List<ItemId>,
}

#[derive(Clone, Copy, Debug)]
pub struct MacroDecl {
    pub name: Name,
    pub params: List<MacroParamId>,
    pub body: BlockId,
}

/// `$list: expr`; the kind is `expr`, `type` or `block`.
#[derive(Clone, Copy, Debug)]
pub struct MacroParam {
    /// Without its `$`.
    pub name: Name,
    pub kind: Name,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub struct TestDecl {
    pub title: Symbol,
    pub title_range: TextRange,
    /// What stands after `for` in a test, between the bars in a bench.
    pub params: List<ParamId>,
    pub body: BlockId,
}

#[derive(Clone, Copy, Debug)]
pub struct ActorDecl {
    pub name: Name,
    pub generics: Generics,
    pub params: List<ParamId>,
    /// `State`, `Handler`, `Fn`, `Const`, `MacroCall`, `Error`
    pub members: List<ItemId>,
}

#[derive(Clone, Copy, Debug)]
pub struct StateDecl {
    /// `var`, not `let`
    pub mutable: bool,
    pub name: Name,
    pub ty: Option<TypeId>,
    pub init: Option<ExprId>,
}

/// `path(arg, …)` in `#[…]`
#[derive(Clone, Copy, Debug)]
pub struct Attr {
    pub path: Path,
    pub args: List<AttrArgId>,
    pub range: TextRange,
}

/// An argument of an attribute, with an optional `name:`.
#[derive(Clone, Copy, Debug)]
pub struct AttrArg {
    pub name: Option<Name>,
    pub kind: AttrArgKind,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum AttrArgKind {
    /// `1024`, `"z"`
    Literal(Literal),
    /// `block`, `overflow(other)`
    Attr(AttrId),
    /// What was not understood, and reported.
    Error,
}
