//! Types, their arguments and bounds.
//!
//! In a generic argument of an *expression* (`f[Map[K, V]](x)`) a type that also reads as an expression is one:
//! names, `a[b]`, `&t`, `*t`, tuples, `[T; N]`, `(T as P).Item`. Only what reads as no expression (`dyn P`,
//! `impl P`, `fn(A) -> B`, `*mut T`, `&'a T`) is an `ExprKind::Type`.

use super::*;

#[derive(Clone, Copy, Debug)]
pub struct Type {
    pub kind: TypeKind,
    pub range: TextRange,
}

/// Built-in types (`i32`, `str`, `never`, `Self` …) are plain paths here.
#[derive(Clone, Copy, Debug)]
pub enum TypeKind {
    /// `a.b.Map[K, V]`, `Iterator[Item = T]`, `T.Item`. The arguments belong to the last name.
    Path { path: Path, args: List<GenericArgId> },
    /// `Fn(A, B) -> C`: a callable protocol with its arguments in parentheses.
    Callable { path: Path, params: List<TypeId>, ret: Option<TypeId> },
    /// `List[T].Iter`: an associated type of something that is more than a path.
    Assoc { base: TypeId, name: Name },
    /// `(T as P).Item`
    Qualified { ty: TypeId, protocol: TypeId, name: Name },
    /// `&T`, `&mut T`, `&'a T`, `&'a mut T`
    Ref { region: Option<Name>, mutable: bool, ty: TypeId },
    /// `*T`, `*mut T`
    Pointer { mutable: bool, ty: TypeId },
    /// `(A, B)`, `()`
    Tuple(List<TypeId>),
    /// `[T; N]`
    Array { element: TypeId, len: ExprId },
    /// `[T]`
    Slice(TypeId),
    /// `fn(A) -> B`, `extern "C" fn(A) -> B`
    Fn { abi: Option<Symbol>, params: List<TypeId>, ret: Option<TypeId> },
    /// `dyn P + Q + 'a`
    Dyn(List<BoundId>),
    /// `impl P + Q + 'a`
    Impl(List<BoundId>),
    /// `_`
    Infer,
    /// `$t` in a macro's body
    MacroVar(Symbol),
    /// What was not understood, and reported.
    Error,
}

/// One argument in the brackets after a type's path.
#[derive(Clone, Copy, Debug)]
pub struct GenericArg {
    pub kind: GenericArgKind,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum GenericArgKind {
    /// `T`; a lone name may be a constant all the same.
    Type(TypeId),
    /// `4`, `-1`, `true`, `{ N + 1 }`
    Const(ExprId),
    /// `'a`
    Region(Name),
    /// `Item = T`
    Assoc { name: Name, ty: TypeId },
}

/// One part of `P + Q + 'a`.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    pub kind: BoundKind,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum BoundKind {
    /// `Iterator[Item = T]`: a path, a callable or an error.
    Protocol(TypeId),
    /// `'a`
    Region(Name),
}
