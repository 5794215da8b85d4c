//! One function: locals, blocks, statements, terminators. Modelled on rustc's MIR.

use base::{IndexVec, Span, Symbol, define_id};
use hir::DefId;
use typeck::{ClosureId, Const as TyConst, FieldIdx, GenericArgs, Mutability, Ty, VariantIdx};

define_id! {
    /// `_0` is the result, `_1 … _n` the parameters, then variables and temporaries.
    pub struct Local = "_";
    pub struct BlockId = "bb";
    /// A lexical scope of the source, for debug information.
    pub struct ScopeId = "scope";
}

pub const RETURN: Local = Local(0);
pub const ENTRY: BlockId = BlockId(0);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Generic. A `Drop` drops what is initialised when it is reached; nothing is known yet of what that is.
    Built,
    /// Generic. Every `Drop` drops its whole place, unconditionally; drop flags are ordinary `bool` locals.
    Lowered,
    /// No parameter, projection or opaque type; every call names an instance; drops call glue.
    Mono,
    Optimised,
}

/// What a body is the body of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    Fn(DefId),
    Const(DefId),
    Closure(ClosureId),
    /// What a reference in a body refers to that is the same in every run: `[1, 2]` of `&[1, 2]`.
    Promoted(ClosureId),
    Test(DefId),
    /// Made by the compiler: drop glue, shims.
    Shim,
}

#[derive(Clone, Debug)]
pub struct Body {
    pub source: Source,
    pub phase: Phase,
    pub span: Span,
    /// `_1 … _arg_count` are the parameters. A closure's `_1` is the closure itself, or a reference to it.
    pub arg_count: usize,
    pub locals: IndexVec<Local, LocalDecl>,
    pub blocks: IndexVec<BlockId, Block>,
    pub scopes: IndexVec<ScopeId, Scope>,
    /// Variables as the debugger shows them.
    pub variables: Vec<Variable>,
    /// A variable in it was declared without a value (`let x`).
    pub declares_later: bool,
}

#[derive(Clone, Debug)]
pub struct LocalDecl {
    pub ty: Ty,
    /// The source variable, if it is one.
    pub name: Option<Symbol>,
    /// `var`, a parameter's `var` pattern, or a temporary.
    pub mutable: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Scope {
    pub parent: Option<ScopeId>,
    pub span: Span,
}

/// A source variable and where its value is.
#[derive(Clone, Debug)]
pub struct Variable {
    pub name: Symbol,
    pub scope: ScopeId,
    pub span: Span,
    /// A local; for what a closure has captured, a place inside the closure.
    pub place: Place,
    /// 1-based position, if it is a parameter.
    pub parameter: Option<u32>,
    pub artificial: bool,
}

#[derive(Clone, Debug)]
pub struct Block {
    pub statements: Vec<Statement>,
    pub terminator: Terminator,
    /// Runs only while unwinding.
    pub is_cleanup: bool,
}

/// Where an instruction comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceInfo {
    pub span: Span,
    pub scope: ScopeId,
}

#[derive(Clone, Debug)]
pub struct Statement {
    pub kind: StatementKind,
    pub info: SourceInfo,
}

#[derive(Clone, Debug)]
pub enum StatementKind {
    /// `place = rvalue`
    Assign(Place, Rvalue),
    /// `discriminant(place) = variant`
    SetDiscriminant(Place, VariantIdx),
    /// The local's memory begins to exist, uninitialised.
    StorageLive(Local),
    /// The local's memory ends.
    StorageDead(Local),
    /// Removed by a pass.
    Nop,
}

#[derive(Clone, Debug)]
pub struct Terminator {
    pub kind: TerminatorKind,
    pub info: SourceInfo,
}

#[derive(Clone, Debug)]
pub enum TerminatorKind {
    /// `goto bb`
    Goto(BlockId),
    /// `switch(operand) [1: bb1, 2: bb2, otherwise: bb3]`: an integer, `bool`, `char` or discriminant, by bits.
    Switch {
        operand: Operand,
        targets: Vec<(u128, BlockId)>,
        otherwise: BlockId,
    },
    Return,
    /// Goes on unwinding; only in cleanup blocks.
    Resume,
    /// A drop panicked while unwinding; only in cleanup blocks.
    Abort,
    Unreachable,
    /// `drop(place) -> bb, unwind bb`
    Drop {
        place: Place,
        target: BlockId,
        unwind: Option<BlockId>,
    },
    /// `place = callee(args) -> bb, unwind bb`; no target if it never returns.
    Call {
        callee: Callee,
        args: Vec<Operand>,
        destination: Place,
        target: Option<BlockId>,
        unwind: Option<BlockId>,
    },
    /// `assert(operand == expected, message) -> bb, unwind bb`: panics otherwise.
    Assert {
        operand: Operand,
        expected: bool,
        message: AssertMessage,
        target: BlockId,
        unwind: Option<BlockId>,
    },
}

#[derive(Clone, Debug)]
pub enum Callee {
    /// A function by definition and arguments, possibly a protocol's method (until `Mono`).
    Def(DefId, GenericArgs),
    /// From `Mono` on.
    Instance(crate::InstanceId),
    /// From `Mono` on: `#[intrinsic]`, with its type arguments.
    Intrinsic(crate::Intrinsic, GenericArgs),
    /// From `Mono` on: `#[runtime]`, by its symbol.
    Runtime(Symbol),
    /// A `fn(A) -> B` value.
    Pointer(Operand),
}

#[derive(Clone, Debug, PartialEq)]
pub enum AssertMessage {
    /// `a + b` and so on, of this type; only where the profile checks overflow.
    Overflow(BinOp),
    OverflowNeg,
    DivisionByZero,
    RemainderByZero,
    /// `MIN / -1`, `MIN % -1`
    DivisionOverflow,
    /// index, length
    Bounds {
        index: Operand,
        len: Operand,
    },
}

/// A place: a local and a path into it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub local: Local,
    pub projection: Vec<PlaceElem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PlaceElem {
    /// `*p` of a reference, raw pointer or `Box`.
    Deref,
    /// `.f` of a record, tuple, closure, or of the variant downcast to; with the field's type.
    Field(FieldIdx, Ty),
    /// `[_i]` of an array or slice; the index is in range.
    Index(Local),
    /// `[n]`, or `[len - n]` from the end (then n ≥ 1).
    ConstantIndex { offset: u64, from_end: bool },
    /// `[from .. len - to]`
    Subslice { from: u64, to: u64 },
    /// `as Variant`
    Downcast(VariantIdx),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// Reads a place of a `Copy` type (or one that isn't used again).
    Copy(Place),
    /// Reads a place and leaves it uninitialised.
    Move(Place),
    Const(Constant),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    pub value: ConstValue,
    pub ty: Ty,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ConstValue {
    /// Bits of an integer, `bool`, `char`, float or raw pointer; truncated to the type's size.
    Scalar(u128),
    /// A `&str`.
    Str(Symbol),
    /// A `&[u8; N]` or `&[u8]`: Latin-1 text, one `char` a byte.
    Bytes(Symbol),
    /// A value without bytes: `()`, a function item, an empty record.
    ZeroSized,
    /// A `const` item, associated const or static, by definition (until `Mono`).
    Def(DefId, GenericArgs),
    /// The address of a promoted value, by the expression that it is (until `Mono`).
    Promoted(ClosureId, GenericArgs),
    /// `N`, a constant of the type level (until `Mono`).
    Ty(TyConst),
    /// From `Mono` on: an evaluated constant, in the program's table.
    Memory(crate::ConstId),
    /// From `Mono` on: the address of a function.
    FnPtr(crate::InstanceId),
}

#[derive(Clone, Debug)]
pub enum Rvalue {
    Use(Operand),
    /// `[operand; n]`
    Repeat(Operand, TyConst),
    /// `&place`, `&mut place`
    Ref(Mutability, Place),
    /// `&raw place`
    AddressOf(Mutability, Place),
    /// Of an array or slice place.
    Len(Place),
    Cast(CastOp, Operand, Ty),
    /// Wraps; shift counts are masked; division is of operands already asserted.
    Binary(BinOp, Operand, Operand),
    /// `(result, overflowed)`
    CheckedBinary(BinOp, Operand, Operand),
    Unary(UnOp, Operand),
    /// The position of the active variant, as `isize`-wide bits.
    Discriminant(Place),
    Aggregate(AggregateKind, Vec<Operand>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CastOp {
    IntToInt,
    IntToFloat,
    /// Saturates; NaN is 0.
    FloatToInt,
    FloatToFloat,
    PtrToPtr,
    PtrToInt,
    IntToPtr,
    /// A function item or captureless closure to `fn(A) -> B`.
    ReifyFn,
    FnToPtr,
    /// `&[T; N]` to `&[T]`, also `&mut` and raw.
    Unsize,
    /// `&T` to `&dyn P`, `Box[T]` to `Box[dyn P]`.
    ToDyn,
    /// Same bits: `&mut T` to `&T`, transmutes between types of one size.
    Transmute,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// Pointer plus a signed number of elements.
    Offset,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnOp {
    Neg,
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AggregateKind {
    Tuple,
    /// Element type.
    Array(Ty),
    /// Record or variant. Operands are all its fields, in declaration order.
    Adt(DefId, VariantIdx, GenericArgs),
    /// Operands are the captures.
    Closure(ClosureId, GenericArgs),
    /// A fat pointer from its data pointer and its length.
    RawSlice(Ty),
}

impl Place {
    pub fn local(local: Local) -> Place {
        Place { local, projection: Vec::new() }
    }
    pub fn with(&self, elem: PlaceElem) -> Place {
        let mut projection = Vec::with_capacity(self.projection.len() + 1);
        projection.extend_from_slice(&self.projection);
        projection.push(elem);
        Place { local: self.local, projection }
    }
    pub fn field(&self, field: FieldIdx, ty: Ty) -> Place {
        self.with(PlaceElem::Field(field, ty))
    }
    pub fn deref(&self) -> Place {
        self.with(PlaceElem::Deref)
    }
}

impl From<Local> for Place {
    fn from(local: Local) -> Place {
        Place::local(local)
    }
}

impl TerminatorKind {
    /// All blocks control may go to, the unwind edge last.
    #[inline]
    pub fn successors(&self) -> Successors<'_> {
        let none = Successors { targets: &[], first: None, second: None };
        match self {
            TerminatorKind::Goto(target) => Successors { first: Some(*target), ..none },
            TerminatorKind::Switch { targets, otherwise, .. } => {
                Successors { targets, first: Some(*otherwise), ..none }
            }
            TerminatorKind::Return
            | TerminatorKind::Resume
            | TerminatorKind::Abort
            | TerminatorKind::Unreachable => none,
            TerminatorKind::Drop { target, unwind, .. } | TerminatorKind::Assert { target, unwind, .. } => {
                Successors { first: Some(*target), second: *unwind, ..none }
            }
            TerminatorKind::Call { target, unwind, .. } => {
                Successors { first: *target, second: *unwind, ..none }
            }
        }
    }
}

/// Where a terminator may go on, in order.
#[derive(Clone, Copy, Debug)]
pub struct Successors<'a> {
    targets: &'a [(u128, BlockId)],
    first: Option<BlockId>,
    second: Option<BlockId>,
}

impl Iterator for Successors<'_> {
    type Item = BlockId;
    #[inline]
    fn next(&mut self) -> Option<BlockId> {
        if let Some((&(_, block), rest)) = self.targets.split_first() {
            self.targets = rest;
            return Some(block);
        }
        self.first.take().or_else(|| self.second.take())
    }
}

impl DoubleEndedIterator for Successors<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<BlockId> {
        if let Some(block) = self.second.take().or_else(|| self.first.take()) {
            return Some(block);
        }
        let (&(_, block), rest) = self.targets.split_last()?;
        self.targets = rest;
        Some(block)
    }
}
