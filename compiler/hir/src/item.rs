//! Items and the types written in them. Paths are resolved; nothing is checked.

use crate::{BodyId, DefId, Res};
use base::{ErrorReported, Span, Symbol};

/// What a definition consists of. Variants and fields live inside their owner; parameters inside [`Generics`].
#[derive(Clone, Debug)]
pub enum Item {
    Fn(Fn),
    Record(Record),
    Union(Union),
    TypeAlias(TypeAlias),
    Const(Const),
    Protocol(Protocol),
    Impl(Impl),
    AssocType(AssocType),
    Test(Test),
}

/// `[T: Show, const N: usize, 'a] … where …`. Where the parent is an impl, a protocol or a union, its own come first
/// when counted; an item inside a function does not see the function's.
#[derive(Clone, Debug, Default)]
pub struct Generics {
    pub params: Vec<GenericParam>,
    pub wheres: Vec<WhereClause>,
}

#[derive(Clone, Debug)]
pub struct GenericParam {
    pub def: DefId,
    pub name: Symbol,
    pub kind: GenericParamKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum GenericParamKind {
    /// `T: A + B = D`
    Type { bounds: Vec<Bound>, default: Option<Ty> },
    /// `const N: usize = 4`
    Const { ty: Ty, default: Option<ConstArg> },
    /// `'a`
    Region,
}

/// `T: A + B` after `where`.
#[derive(Clone, Debug)]
pub struct WhereClause {
    pub ty: Ty,
    pub bounds: Vec<Bound>,
    pub span: Span,
}

/// A protocol with its arguments: `Iterator[Item = T]`, `Fn(A, B) -> C`, `Add[i64]`, or a region.
#[derive(Clone, Debug)]
pub enum Bound {
    Protocol(ProtocolRef),
    Region(RegionName),
}

#[derive(Clone, Debug)]
pub struct ProtocolRef {
    /// `Err`: the path did not name a protocol, and that was reported.
    pub def: Result<DefId, ErrorReported>,
    /// Without `Self`. `Fn(A, B) -> C` is `Fn[(A, B), Output = C]`.
    pub args: Vec<GenericArg>,
    /// `Item = T`
    pub bindings: Vec<(Symbol, Ty, Span)>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RegionName {
    /// With the quote: `'a`.
    pub name: Symbol,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum GenericArg {
    Ty(Ty),
    /// A literal, a block or a path to a constant: `4` in `Grid[f64, 4]`.
    Const(ConstArg),
    Region(RegionName),
}

/// A constant in a type: the length of an array, a const argument.
#[derive(Clone, Debug)]
pub struct ConstArg {
    pub kind: ConstArgKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ConstArgKind {
    Int(u128),
    Bool(bool),
    Char(char),
    /// A const parameter or a `const` item.
    Def(DefId),
    /// Any other expression: a body of type `usize` (or of the parameter's type) for the evaluator.
    Body(BodyId),
    /// `_`
    Infer,
    Error(ErrorReported),
}

/// A type as written.
#[derive(Clone, Debug)]
pub struct Ty {
    pub kind: Box<TyKind>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum TyKind {
    /// `i64`, `Map[K, V]`, `T`, `Self`. A path to a union, record, alias, type parameter or primitive.
    Path {
        res: Res,
        args: Vec<GenericArg>,
    },
    /// `T.Item` (protocol unknown), `(T as P).Item`
    Assoc {
        base: Ty,
        protocol: Option<ProtocolRef>,
        name: Symbol,
        name_span: Span,
    },
    /// `&T`, `&'a mut T`
    Ref {
        region: Option<RegionName>,
        mutable: bool,
        ty: Ty,
    },
    /// `*T`, `*mut T`
    RawPtr {
        mutable: bool,
        ty: Ty,
    },
    /// `()`, `(A,)`, `(A, B)`
    Tuple(Vec<Ty>),
    /// `[T; N]`
    Array {
        elem: Ty,
        len: ConstArg,
    },
    /// `[T]`
    Slice(Ty),
    /// `fn(A) -> B`
    Fn {
        params: Vec<Ty>,
        ret: Option<Ty>,
    },
    /// `dyn P + Q + 'a`
    Dyn(Vec<Bound>),
    /// `impl P`: an extra type parameter in a parameter, an opaque type in a result.
    Impl(Vec<Bound>),
    /// `_`
    Infer,
    Error(ErrorReported),
}

/// `fn name[T](params) -> Ret { body }`
#[derive(Clone, Debug)]
pub struct Fn {
    pub generics: Generics,
    /// With `self` first, its type spelt out (`Self`, `&Self`, `&mut Self`).
    pub params: Vec<Param>,
    pub receiver: Option<Receiver>,
    /// `None`: `()`
    pub ret: Option<Ty>,
    pub body: Option<BodyId>,
    pub is_const: bool,
    /// `unsafe fn`: called only in `unsafe { … }`.
    pub is_unsafe: bool,
    pub kind: FnKind,
}

#[derive(Clone, Debug)]
pub struct Param {
    /// `_` for a pattern; the pattern itself is in the body.
    pub name: Symbol,
    pub ty: Ty,
    pub span: Span,
}

/// How a method takes `self`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// `self`
    Value,
    /// `&self`
    Ref,
    /// `&mut self`
    RefMut,
}

/// Where a function's code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FnKind {
    /// In its body (or, in a protocol, in the impls).
    Quastra,
    /// `#[intrinsic]`: in the compiler, by name.
    Intrinsic,
    /// `#[runtime]`: in the runtime library, by name.
    Runtime,
    /// `extern "C"`
    Extern,
}

/// `record Name[T] { field: T, … }`
#[derive(Clone, Debug)]
pub struct Record {
    pub generics: Generics,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub struct Field {
    /// A number for positional ones.
    pub name: Symbol,
    pub ty: Ty,
    pub vis: crate::Visibility,
    /// Variant `V(id: T)`: `name` is documentation and can't be used for access by name.
    pub span: Span,
}

/// `union Name[T] { V, W(T), X { a: T } }`
#[derive(Clone, Debug)]
pub struct Union {
    pub generics: Generics,
    pub variants: Vec<Variant>,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub def: DefId,
    pub name: Symbol,
    pub kind: VariantKind,
    pub fields: Vec<Field>,
    /// `V = 1`
    pub discriminant: Option<ConstArg>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariantKind {
    /// `V`
    Unit,
    /// `V(A, B)`
    Tuple,
    /// `V { a: A }`
    Record,
}

/// `type Name[T] = U`
#[derive(Clone, Debug)]
pub struct TypeAlias {
    pub generics: Generics,
    pub ty: Ty,
}

/// `const C: T = e` or `static S: T = e`; no body in a protocol without a default.
#[derive(Clone, Debug)]
pub struct Const {
    pub ty: Ty,
    pub body: Option<BodyId>,
}

/// `protocol P[T]: Super { … }`. `Self` is its parameter 0.
#[derive(Clone, Debug)]
pub struct Protocol {
    pub self_param: DefId,
    pub generics: Generics,
    pub supers: Vec<Bound>,
    /// Functions, consts, associated types, in source order.
    pub members: Vec<DefId>,
}

/// `type Item: Bound` of a protocol, `type Item = T` of an impl.
#[derive(Clone, Debug)]
pub struct AssocType {
    pub bounds: Vec<Bound>,
    pub ty: Option<Ty>,
}

/// `impl[T] P for X { … }` or, without a protocol, `impl[T] X { … }`.
#[derive(Clone, Debug)]
pub struct Impl {
    pub generics: Generics,
    pub protocol: Option<ProtocolRef>,
    pub self_ty: Ty,
    pub members: Vec<DefId>,
    /// The attribute that this impl comes from, where it was derived.
    pub derived: Option<Span>,
}

/// `test "name" { … }`
#[derive(Clone, Debug)]
pub struct Test {
    pub name: Symbol,
    pub body: BodyId,
}
