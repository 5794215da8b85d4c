//! The result of checking a body: side tables by HIR id. MIR is built from the HIR body and these.

use crate::{ClosureId, Const, FieldIdx, GenericArgs, Mutability, Ty, VariantIdx};
use base::{ErrorReported, IndexVec, SortedMap};
use hir::{BodyId, DefId, ExprId, LocalId, PatId};
use std::collections::BTreeMap;

/// Types of a body. Everything is in terms of the parameters of the body's owner.
#[derive(Clone, Debug)]
pub struct BodyTypes {
    pub body: BodyId,
    /// The type of the expression itself, before adjustments.
    pub exprs: IndexVec<ExprId, Ty>,
    /// The type the pattern is matched against after its implicit dereferences.
    pub pats: IndexVec<PatId, Ty>,
    pub locals: IndexVec<LocalId, Ty>,
    /// What happens to an expression's value (or place) before its parent sees it, in order.
    pub adjustments: SortedMap<ExprId, Vec<Adjustment>>,
    /// The definition and generic arguments (its own and its parent's) that an expression means:
    /// `Def`, `Assoc` and `MethodCall` nodes, and `Call`, `Index`, `Unary`, `Deref`, `Binary`, `AssignOp` where the
    /// operation is a protocol's method (a builtin operation has no entry). For a method of a protocol the
    /// arguments start with `Self`; monomorphisation finds the impl.
    pub callees: SortedMap<ExprId, (DefId, GenericArgs)>,
    /// `Field` → which; for the fields of `Record` expressions see `inits`.
    pub fields: SortedMap<ExprId, FieldIdx>,
    /// `Record` expressions: the variant, and the position of each written field.
    pub inits: SortedMap<ExprId, (VariantIdx, Vec<FieldIdx>)>,
    /// Implicit dereferences before a pattern looks at its value: the reference types, outermost first.
    pub pat_derefs: SortedMap<PatId, Vec<Ty>>,
    /// Constructor patterns: what they name, and for each subpattern in source order its field.
    pub pat_variants: SortedMap<PatId, PatResolution>,
    /// How a binding takes its value; absent: by value (moved or copied).
    pub binding_refs: SortedMap<LocalId, Mutability>,
    pub casts: BTreeMap<ExprId, CastKind>,
    pub tries: BTreeMap<ExprId, TryKind>,
    pub closures: BTreeMap<ExprId, ClosureInfo>,
    /// How often a `[x; N]` repeats.
    pub repeat_counts: BTreeMap<ExprId, Const>,
    /// Arms of a `match` that are never reached and need not be built: the one that ends a `catch` whose other
    /// arms take every error.
    pub dead_arms: BTreeMap<ExprId, Vec<usize>>,
    /// The types behind the `impl P`s of the result, in order.
    pub hidden: Vec<Ty>,
    /// Set if anything in the body is wrong: no MIR is built.
    pub error: Option<ErrorReported>,
}

impl BodyTypes {
    /// Nothing said of anything.
    pub fn empty(body: BodyId) -> BodyTypes {
        BodyTypes {
            body,
            exprs: IndexVec::new(),
            pats: IndexVec::new(),
            locals: IndexVec::new(),
            adjustments: SortedMap::new(),
            callees: SortedMap::new(),
            fields: SortedMap::new(),
            inits: SortedMap::new(),
            pat_derefs: SortedMap::new(),
            pat_variants: SortedMap::new(),
            binding_refs: SortedMap::new(),
            casts: BTreeMap::new(),
            tries: BTreeMap::new(),
            closures: BTreeMap::new(),
            repeat_counts: BTreeMap::new(),
            dead_arms: BTreeMap::new(),
            hidden: Vec::new(),
            error: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adjustment {
    pub kind: AdjustKind,
    /// The type afterwards.
    pub ty: Ty,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AdjustKind {
    /// `never` to any type.
    NeverToAny,
    /// `*e` of a reference, raw pointer or `Box`.
    Deref,
    /// `*Deref.deref(&e)`, or `*DerefMut.deref_mut(&mut e)`: the method and its arguments.
    OverloadedDeref(DefId, GenericArgs, Mutability),
    /// `&e`, `&mut e`
    Borrow(Mutability),
    /// `&[T; N]` to `&[T]`, the same for `&mut` and owners that allow it.
    Unsize,
    /// `Box[T]` or `&T` to `Box[dyn P]`, `&dyn P`.
    ToDyn,
    /// A function item or captureless closure to `fn(A) -> B`.
    ToFnPtr,
    /// A `&mut T` given where `&T` is wanted.
    MutToShared,
    /// A literal or interpolation that builds an owner through this function: `"…"` where a `String` is expected,
    /// `[…]` where a `List` or `Set` is.
    Build(DefId, GenericArgs),
    /// `()` in place of a value that nobody uses, which is dropped.
    Discard,
}

#[derive(Clone, Debug)]
pub enum PatResolution {
    /// A record or variant, and the field of each subpattern, in the order they are written.
    Variant(VariantIdx, Vec<FieldIdx>),
    /// A constant, compared by `==`.
    Const(DefId, GenericArgs),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CastKind {
    /// Integer to integer: truncates or extends by the source's sign.
    IntToInt,
    /// Integer, `bool` or `char` to integer; `u8` to `char`; a union without payloads to its position.
    Widen,
    UnionToInt,
    IntToFloat,
    /// Saturates; NaN is 0.
    FloatToInt,
    FloatToFloat,
    PtrToPtr,
    PtrToInt,
    IntToPtr,
    /// Function to pointer or integer.
    FnToPtr,
    /// The same type, or a coercion spelt out.
    Coerce,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TryKind {
    /// `Option`: leaves with `none`.
    Option,
    /// `Result`: leaves with `err(e)`, converted by `From.from` with these arguments where the types differ.
    Result { from: Option<(DefId, GenericArgs)> },
}

#[derive(Clone, Debug)]
pub struct ClosureInfo {
    pub id: ClosureId,
    pub kind: ClosureKind,
    pub params: Vec<Ty>,
    pub ret: Ty,
    /// In order of first use. The closure's fields are the captures.
    pub captures: Vec<Capture>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClosureKind {
    /// Can be called many times at once: `&self`.
    Fn,
    /// Many times: `&mut self`.
    FnMut,
    /// Once: `self`.
    FnOnce,
}

/// What a closure captures of the body around it: a variable, or a part of one.
///
/// `|| total += config.limits.max` captures `&mut total` and `&config.limits.max`. No capture is a part of another.
#[derive(Clone, Debug)]
pub struct Capture {
    pub local: LocalId,
    /// From the variable to the captured place.
    pub projection: Vec<CaptureElem>,
    pub by: CaptureBy,
    /// The type of the captured place; the closure's field is it or a reference to it.
    pub ty: Ty,
    /// As it would be written: `config.limits.max`.
    pub name: base::Symbol,
    /// What asks for it to be captured in this way.
    pub span: base::Span,
    pub access: CaptureAccess,
}

/// Who may change a captured place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureAccess {
    /// It is in a variable, or a box of one: changeable if that is `var`.
    Variable { mutable: bool },
    /// It is behind a reference, or a pointer.
    Behind(Mutability),
}

/// A step of a captured path, with the type that it leads to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CaptureElem {
    Field(FieldIdx, Ty),
    /// Of a reference or a `Box`.
    Deref(Ty),
}

impl CaptureElem {
    pub fn ty(self) -> Ty {
        match self {
            CaptureElem::Field(_, ty) | CaptureElem::Deref(ty) => ty,
        }
    }
    /// The same step, whatever is known of its type.
    pub fn is(self, other: CaptureElem) -> bool {
        match (self, other) {
            (CaptureElem::Field(a, _), CaptureElem::Field(b, _)) => a == b,
            (CaptureElem::Deref(_), CaptureElem::Deref(_)) => true,
            (CaptureElem::Field(..), CaptureElem::Deref(_))
            | (CaptureElem::Deref(_), CaptureElem::Field(..)) => false,
        }
    }
    pub fn map(self, f: impl FnOnce(Ty) -> Ty) -> CaptureElem {
        match self {
            CaptureElem::Field(field, ty) => CaptureElem::Field(field, f(ty)),
            CaptureElem::Deref(ty) => CaptureElem::Deref(f(ty)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaptureBy {
    Ref,
    RefMut,
    Value,
}

impl ClosureInfo {
    /// The types of the closure's fields: what is captured, or references to it.
    pub fn capture_types(&self) -> Vec<Ty> {
        let field = |capture: &Capture| match capture.by {
            CaptureBy::Ref => Ty::reference(capture.ty, Mutability::Shared),
            CaptureBy::RefMut => Ty::reference(capture.ty, Mutability::Mut),
            CaptureBy::Value => capture.ty,
        };
        self.captures.iter().map(field).collect()
    }
}
