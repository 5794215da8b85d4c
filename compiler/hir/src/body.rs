//! Bodies: expressions, statements and patterns in arenas of their own, so that side tables are vectors.
//!
//! Closures are expressions of the body they stand in: what they need of it is inferred later, together.

use crate::{BodyId, DefId, GenericArg, Lit, ProtocolRef, Res, Ty};
use base::{ErrorReported, IndexVec, Span, Symbol, define_id};

define_id! {
    pub struct ExprId = "e";
    pub struct PatId = "p";
    /// A variable: parameter, `let`, `var` or binding in a pattern.
    pub struct LocalId = "l";
    /// A `loop` or labelled block that `break` and `continue` can name.
    pub struct LabelId = "'";
}

/// The body of a function, constant or test.
#[derive(Clone, Debug)]
pub struct Body {
    /// The function, constant, test (or, for an array length, the item it stands in).
    pub owner: DefId,
    pub id: BodyId,
    pub params: Vec<PatId>,
    /// What the function returns: its block.
    pub value: ExprId,
    pub exprs: IndexVec<ExprId, Expr>,
    pub pats: IndexVec<PatId, Pat>,
    pub locals: IndexVec<LocalId, Local>,
    pub labels: IndexVec<LabelId, Label>,
}

impl Body {
    /// A body to be filled.
    pub(crate) fn empty(id: BodyId) -> Body {
        Body {
            owner: DefId(0),
            id,
            params: Vec::new(),
            value: ExprId(0),
            exprs: IndexVec::new(),
            pats: IndexVec::new(),
            locals: IndexVec::new(),
            labels: IndexVec::new(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Local {
    pub name: Symbol,
    /// `var`
    pub mutable: bool,
    /// Made by desugaring: not to be shown to people, no warning if unused.
    pub synthetic: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Label {
    /// `'outer`, if it was written.
    pub name: Option<Symbol>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

/// Each variant's doc is the text it stands for.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `42`
    Lit(Lit),
    /// `x`
    Local(LocalId),
    /// `f`, `f[T]`, `CONST`, `Shape.Circle`, `none`: a function, constant, static, variant, const parameter.
    /// `args` are those written, of the definition itself; `self_args` those of the type before the dot
    /// (`Option[i64].some` → `self_args`).
    Def {
        def: DefId,
        self_args: Vec<GenericArg>,
        args: Vec<GenericArg>,
    },
    /// `List.new`, `T.default`, `i64.MAX`, `Self.helper`, `(T as P).f`, `P.f` with protocol `P` (then `base` is `None`):
    /// a member of a type, found by type checking. Also a variant through `Self` or an alias: `Self.Circle`.
    Assoc {
        base: Option<Ty>,
        /// Boxed, since few have one and it would make all expressions half as large again.
        protocol: Option<Box<ProtocolRef>>,
        name: Symbol,
        name_span: Span,
        args: Vec<GenericArg>,
    },
    /// `f(a, b)`
    Call {
        callee: ExprId,
        args: Vec<ExprId>,
    },
    /// `x.f(a)`, `x.f[T](a)`
    MethodCall {
        receiver: ExprId,
        name: Symbol,
        name_span: Span,
        generic_args: Vec<GenericArg>,
        args: Vec<ExprId>,
    },
    /// `x.f`, `x.0`
    Field {
        base: ExprId,
        name: Symbol,
        name_span: Span,
    },
    /// `x[i]`
    Index {
        base: ExprId,
        index: ExprId,
    },
    /// `-x`, `!x`
    Unary {
        op: UnaryOp,
        operand: ExprId,
    },
    /// `*x`
    Deref(ExprId),
    /// `&x`, `&mut x`
    Ref {
        mutable: bool,
        operand: ExprId,
    },
    /// `a + b`, `a < b`
    Binary {
        op: BinaryOp,
        op_span: Span,
        lhs: ExprId,
        rhs: ExprId,
    },
    /// `a && b`, `a || b`
    Logical {
        op: LogicalOp,
        lhs: ExprId,
        rhs: ExprId,
    },
    /// `x as T`
    Cast {
        operand: ExprId,
        ty: Ty,
    },
    /// `x = e`
    Assign {
        place: ExprId,
        value: ExprId,
    },
    /// `x += e`
    AssignOp {
        op: BinaryOp,
        op_span: Span,
        place: ExprId,
        value: ExprId,
    },
    /// `()`, `(a, b)`
    Tuple(Vec<ExprId>),
    /// `[a, b]`
    Array(Vec<ExprId>),
    /// `[x; N]`
    Repeat {
        value: ExprId,
        count: crate::ConstArg,
    },
    /// `P { x: 1, ..p }`, `U.V { a: 1 }`: `res` is a record, a variant, an alias or `Self`.
    Record {
        res: Res,
        args: Vec<GenericArg>,
        fields: Vec<FieldInit>,
        base: Option<ExprId>,
        path_span: Span,
    },
    /// `{ … }`, `'l: { … }`, `unsafe { … }`
    Block(Block),
    /// `if c { } else { }`; `cond` may contain `Let`s joined by `&&`.
    If {
        cond: ExprId,
        then: ExprId,
        els: Option<ExprId>,
    },
    /// `let p = e` as (part of) a condition.
    Let {
        pat: PatId,
        value: ExprId,
    },
    /// `match e { … }`
    Match {
        scrutinee: ExprId,
        arms: Vec<Arm>,
        source: MatchSource,
    },
    /// `loop { … }`; `while` and `for` too.
    Loop {
        label: LabelId,
        body: ExprId,
        source: LoopSource,
    },
    /// `break 'l e`
    Break {
        label: LabelId,
        value: Option<ExprId>,
    },
    /// `continue 'l`
    Continue {
        label: LabelId,
    },
    /// `return e`
    Return(Option<ExprId>),
    /// `|x, y: T| -> R e`
    Closure(Closure),
    /// `try e`: the value in an `ok` or `some`; otherwise leaves to `target` with the `err` or `none`.
    /// `cleanup` runs on the way out, when the error value has been computed, and closes the `using`s that are left.
    Try {
        operand: ExprId,
        target: TryTarget,
        cleanup: Option<AfterError>,
    },
    /// `try { … }` of `try { … } catch …`: its value is a `Result` of the block's value (wrapped in `ok`) and the
    /// error type its `try`s agree on, otherwise `Error`. Always the scrutinee of a `Match` whose arms are `ok(v)`,
    /// `err(pattern)` …, and, unless the last of them is irrefutable by its form, a last one that raises again:
    /// `err(e) => try err(e)` with a synthetic `e`. If the arms before it are exhaustive, it is unreachable and its
    /// `try` asks nothing of the function.
    TryBlock {
        label: LabelId,
        body: ExprId,
    },
    /// The value of `value`, when `cleanup` (of type `()`) has run after it: how a block, `return` or `break` leaves
    /// the scope of a `using`. `value` takes the expected type. Where the value is an `err`, `after_error` runs instead.
    Finish {
        value: ExprId,
        cleanup: ExprId,
        after_error: AfterError,
    },
    /// `"{a}: {b:.2}"`: `arguments` is an expression of type `core.fmt.Arguments`; where a `String` is expected, it is shown
    /// into one.
    Format {
        arguments: ExprId,
    },
    Error(ErrorReported),
}

/// What closes `using`s while an error is on its way: an expression of type `()`.
#[derive(Clone, Copy, Debug)]
pub struct AfterError {
    /// A `&mut` to the error; to a `()` where what leaves is a `none`.
    pub error: LocalId,
    pub body: ExprId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryTarget {
    /// Out of the function or closure.
    Return,
    /// To the end of an enclosing `TryBlock`.
    Block(LabelId),
}

#[derive(Clone, Debug)]
pub struct FieldInit {
    pub name: Symbol,
    pub name_span: Span,
    pub value: ExprId,
}

#[derive(Clone, Debug)]
pub struct Block {
    pub stmts: Vec<Stmt>,
    pub value: Option<ExprId>,
    pub label: Option<LabelId>,
    pub is_unsafe: bool,
}

#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let p: T = e else { … }`
    Let { pat: PatId, ty: Option<Ty>, init: Option<ExprId>, els: Option<ExprId> },
    /// `e`
    Expr(ExprId),
}

#[derive(Clone, Debug)]
pub struct Arm {
    pub pat: PatId,
    pub guard: Option<ExprId>,
    pub body: ExprId,
    pub span: Span,
}

/// What was written, for messages and debug info.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchSource {
    Match,
    /// The binding of the iterator, and the match on what `next` gives.
    For,
    /// The arms of `catch`.
    Catch,
    /// `using`, temporaries kept alive by other sugar.
    Sugar,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopSource {
    Loop,
    While,
    For,
}

#[derive(Clone, Debug)]
pub struct Closure {
    pub params: Vec<ClosureParam>,
    pub ret: Option<Ty>,
    pub body: ExprId,
    /// `move |x| …`: captures by value.
    pub is_move: bool,
    /// `|x|`
    pub head_span: Span,
}

#[derive(Clone, Debug)]
pub struct ClosureParam {
    pub pat: PatId,
    pub ty: Option<Ty>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `!`
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
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
}

impl BinaryOp {
    pub fn text(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Rem => "%",
            BinaryOp::BitAnd => "&",
            BinaryOp::BitOr => "|",
            BinaryOp::BitXor => "^",
            BinaryOp::Shl => "<<",
            BinaryOp::Shr => ">>",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
        }
    }
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogicalOp {
    And,
    Or,
}

#[derive(Clone, Debug)]
pub struct Pat {
    pub kind: PatKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum PatKind {
    /// `_`
    Wild,
    /// `x`, `var x`, `x @ p`. In an or-pattern, all alternatives bind the same `LocalId`s.
    Bind {
        local: LocalId,
        sub: Option<PatId>,
    },
    /// `1`, `-1`, `'a'`, `"s"`, `true`; negation is the flag.
    Lit {
        lit: Lit,
        negative: bool,
    },
    /// `1..=9`, `'a'..'z'`, `5..`: bounds are `Lit` or `Const` patterns.
    Range {
        lo: Option<PatId>,
        hi: Option<PatId>,
        inclusive: bool,
    },
    /// `MAX`, `limits.MAX`: a constant.
    Const(DefId),
    /// `Shape.Circle`, `V(a, ..)`, `V { a, b: p, .. }`, `P { x, .. }`.
    Variant {
        path: PatPath,
        fields: PatFields,
    },
    /// `(a, .., b)`
    Tuple(Vec<PatId>, Option<usize>),
    /// `[a, rest @ .., b]`: the rest, if any, stands at the index and may bind.
    Slice {
        before: Vec<PatId>,
        rest: Option<Option<PatId>>,
        after: Vec<PatId>,
    },
    /// `&p`, `&mut p`
    Ref {
        mutable: bool,
        pat: PatId,
    },
    /// `p | q`
    Or(Vec<PatId>),
    Error(ErrorReported),
}

/// What a constructor pattern names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PatPath {
    /// A variant, record, alias of a record, or `Self`.
    Res(Res),
    /// `Circle` alone, not in scope as such: a variant of the type that is expected, or a constant if the def is one.
    Bare(Symbol, Span),
    /// `Self.V`, `Alias.V`: a variant of a type known only to the type checker.
    Member(Res, Symbol, Span),
}

#[derive(Clone, Debug)]
pub enum PatFields {
    /// `V`
    Unit,
    /// `V(a, .., b)`: the position of `..`, if any.
    Tuple(Vec<PatId>, Option<usize>),
    /// `V { a, b: p, .. }`: whether there is a `..`.
    Record(Vec<FieldPat>, bool),
}

#[derive(Clone, Debug)]
pub struct FieldPat {
    pub name: Symbol,
    pub name_span: Span,
    pub pat: PatId,
}
