//! Expressions, statements and blocks.

use super::*;

#[derive(Clone, Copy, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum ExprKind {
    /// `1_000u8`, `1.5`, `'a'`, `"text"`, `b"bytes"`, `true`
    Literal(Literal),
    /// `"{name}: {price:.2}"`
    Interpolated(List<PartId>),
    /// `x`, `self`, `Self`
    Name(Name),
    /// `e.name`; also a module's member, a type's function: everything is reached by a dot.
    Field { base: ExprId, name: Name },
    /// `e.0`
    TupleField { base: ExprId, index: u32 },
    /// `a[i]`, `f[T, 4]`: the same until names are resolved.
    Index { base: ExprId, args: List<ExprId> },
    /// `f(x, y)`; a method call's callee is a `Field`, and `(a.f)(x)` has a `Paren` there.
    Call { callee: ExprId, args: List<ExprId> },
    /// `name!(x, y)`
    MacroCall(MacroCallId),
    /// `$x` in a macro's body
    MacroVar(Symbol),
    /// `Point { x: 1, y, ..p }`; `path` is built of `Name`, `Field` and `Index`.
    Record { path: ExprId, inits: List<InitId> },
    /// `-e`, `!e`, `*e`, `&e`, `&mut e`
    Unary { op: UnOp, operand: ExprId },
    /// `a + b`, `a == b`, `a && b`
    Binary { op: BinOp, lhs: ExprId, rhs: ExprId },
    /// `a = b`, `a += b`; only as a statement, an arm's or a closure's body.
    Assign { op: AssignOp, target: ExprId, value: ExprId },
    /// `e as T`
    Cast { operand: ExprId, ty: TypeId },
    /// `a..b`, `a..=b`, `a..`, `..b`, `..=b`, `..`
    Range { lo: Option<ExprId>, hi: Option<ExprId>, inclusive: bool },
    /// `(a, b)`, `()`, `(a,)`
    Tuple(List<ExprId>),
    /// `[a, b]`
    Array(List<ExprId>),
    /// `[value; count]`
    Repeat { value: ExprId, count: ExprId },
    /// `(e)`: kept, because `(a.f)(x)` calls a field and `(a.f)[i]` indexes one.
    Paren(ExprId),
    /// `{ … }`
    Block(BlockId),
    /// `unsafe { … }`
    Unsafe(BlockId),
    /// `async { … }`
    Async(BlockId),
    /// `if c { … } else { … }`; `els` is a `Block` or an `If`.
    If { cond: ExprId, then: BlockId, els: Option<ExprId> },
    /// `let p = e`, only in the condition of `if` and `while`, alone or as an operand of `&&`.
    Let { pat: PatId, init: ExprId },
    /// `match e { … }`
    Match { subject: ExprId, arms: List<ArmId> },
    /// `while c { … }`
    While { cond: ExprId, body: BlockId },
    /// `loop { … }`
    Loop(BlockId),
    /// `for p in e { … }`
    For { pat: PatId, iter: ExprId, body: BlockId },
    /// `'a: loop { … }`; `body` is a `While`, `Loop`, `For` or `Block`. The name has its `'`.
    Labelled { label: Name, body: ExprId },
    /// `break`, `break 'a value`
    Break { label: Option<Symbol>, value: Option<ExprId> },
    /// `continue`, `continue 'a`
    Continue { label: Option<Symbol> },
    /// `return`, `return e`
    Return(Option<ExprId>),
    /// `|x, y: i64| e`
    Closure(ClosureId),
    /// `try e`
    Try(ExprId),
    /// `try { … } catch p { … } catch q { … }`
    TryBlock { body: BlockId, catches: List<ArmId> },
    /// `spawn { … }`, `spawn Account("Ada")`
    Spawn(ExprId),
    /// `scope { … }`
    Scope(BlockId),
    /// `select { … }`
    Select(List<SelectArmId>),
    /// `ask a.withdraw(20)`, `ask a.withdraw(20) within d`
    Ask { call: ExprId, within: Option<ExprId> },
    /// `tell a.deposit(50)`, `tell a.deposit(50) within d`
    Tell { call: ExprId, within: Option<ExprId> },
    /// `e.await`
    Await(ExprId),
    /// A type among index or macro arguments that reads as no expression: `f[dyn P]`.
    Type(TypeId),
    /// What was not understood, and reported.
    Error,
}

/// A literal's value as far as it is known without types. Texts have their escapes and indentation resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `1_000u8`: the digits as written, with `0x` and `_`, without the suffix.
    Int { digits: Symbol, suffix: Option<Suffix> },
    /// `1.5e-3`, `2f32`: as written, without the suffix.
    Float { digits: Symbol, suffix: Option<Suffix> },
    /// `'a'`
    Char(char),
    /// `b'a'`
    Byte(u8),
    /// `"…"`, `r"…"`, `"""…"""`
    Str(Symbol),
    /// `b"…"`: one character `U+0000..U+00FF` for each byte.
    Bytes(Symbol),
    /// `true`, `false`
    Bool(bool),
}

/// The type named at the end of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suffix {
    I8,
    I16,
    I32,
    I64,
    I128,
    Isize,
    U8,
    U16,
    U32,
    U64,
    U128,
    Usize,
    F32,
    F64,
}

impl Suffix {
    pub const ALL: [Suffix; 14] = {
        use Suffix::*;
        [I8, I16, I32, I64, I128, Isize, U8, U16, U32, U64, U128, Usize, F32, F64]
    };
    pub const fn as_str(self) -> &'static str {
        match self {
            Suffix::I8 => "i8",
            Suffix::I16 => "i16",
            Suffix::I32 => "i32",
            Suffix::I64 => "i64",
            Suffix::I128 => "i128",
            Suffix::Isize => "isize",
            Suffix::U8 => "u8",
            Suffix::U16 => "u16",
            Suffix::U32 => "u32",
            Suffix::U64 => "u64",
            Suffix::U128 => "u128",
            Suffix::Usize => "usize",
            Suffix::F32 => "f32",
            Suffix::F64 => "f64",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnOp {
    /// `-e`
    Neg,
    /// `!e`
    Not,
    /// `*e`
    Deref,
    /// `&e`
    Ref,
    /// `&mut e`
    RefMut,
}

impl UnOp {
    pub const fn as_str(self) -> &'static str {
        match self {
            UnOp::Neg => "-",
            UnOp::Not => "!",
            UnOp::Deref => "*",
            UnOp::Ref => "&",
            UnOp::RefMut => "&mut ",
        }
    }
}

macro_rules! operators {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $name { $(#[doc = concat!("`a ", $text, " b`")] $variant),* }
        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),*];
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }
        }
    };
}
operators! {
    BinOp {
        Add = "+", Sub = "-", Mul = "*", Div = "/", Rem = "%",
        Shl = "<<", Shr = ">>", BitAnd = "&", BitXor = "^", BitOr = "|",
        Eq = "==", Ne = "!=", Lt = "<", Le = "<=", Gt = ">", Ge = ">=",
        And = "&&", Or = "||",
    }
}
operators! {
    AssignOp {
        Set = "=", Add = "+=", Sub = "-=", Mul = "*=", Div = "/=", Rem = "%=",
        Shl = "<<=", Shr = ">>=", BitAnd = "&=", BitXor = "^=", BitOr = "|=",
    }
}

impl BinOp {
    /// How tightly it binds; more is tighter.
    pub const fn power(self) -> u8 {
        match self {
            BinOp::Mul | BinOp::Div | BinOp::Rem => 10,
            BinOp::Add | BinOp::Sub => 9,
            BinOp::Shl | BinOp::Shr => 8,
            BinOp::BitAnd => 7,
            BinOp::BitXor => 6,
            BinOp::BitOr => 5,
            BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => 4,
            BinOp::And => 3,
            BinOp::Or => 2,
        }
    }
    pub const fn is_comparison(self) -> bool {
        self.power() == 4
    }
    /// `&&` and `||`: the right side may not be evaluated.
    pub const fn is_lazy(self) -> bool {
        matches!(self, BinOp::And | BinOp::Or)
    }
}

impl AssignOp {
    /// The `+` of `+=`; none for `=`.
    pub const fn binary(self) -> Option<BinOp> {
        match self {
            AssignOp::Set => None,
            AssignOp::Add => Some(BinOp::Add),
            AssignOp::Sub => Some(BinOp::Sub),
            AssignOp::Mul => Some(BinOp::Mul),
            AssignOp::Div => Some(BinOp::Div),
            AssignOp::Rem => Some(BinOp::Rem),
            AssignOp::Shl => Some(BinOp::Shl),
            AssignOp::Shr => Some(BinOp::Shr),
            AssignOp::BitAnd => Some(BinOp::BitAnd),
            AssignOp::BitXor => Some(BinOp::BitXor),
            AssignOp::BitOr => Some(BinOp::BitOr),
        }
    }
}

/// A piece of an interpolated string.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub kind: PartKind,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum PartKind {
    /// Text, its escapes resolved; never empty.
    Text(Symbol),
    /// `{e}`, `{e:.2}`: the format is what stands after the `:`, as written.
    Expr { expr: ExprId, format: Option<Name> },
}

/// One element of a record literal.
#[derive(Clone, Copy, Debug)]
pub struct Init {
    pub kind: InitKind,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum InitKind {
    /// `x`
    Short(Name),
    /// `x: e`
    Named { name: Name, value: ExprId },
    /// `..e`
    Base(ExprId),
    /// What was not understood, and reported.
    Error,
}

/// `p if g => e`, and `catch p { … }` (no guard; the body is a `Block`).
#[derive(Clone, Copy, Debug)]
pub struct Arm {
    pub pat: PatId,
    pub guard: Option<ExprId>,
    pub body: ExprId,
    pub range: TextRange,
}

/// An arm of `select`.
#[derive(Clone, Copy, Debug)]
pub struct SelectArm {
    pub kind: SelectArmKind,
    pub body: ExprId,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum SelectArmKind {
    /// `some(job) = rx.receive() => …`
    Operation { pat: PatId, call: ExprId },
    /// `after d => …`
    After(ExprId),
    /// `default => …`
    Default,
    /// What was not understood, and reported; the body is an `Error` too.
    Error,
}

/// `|x, y: i64| -> T { … }`, `move |x| e`
#[derive(Clone, Copy, Debug)]
pub struct Closure {
    /// `move`: captures by value.
    pub is_move: bool,
    pub params: List<ParamId>,
    pub ret: Option<TypeId>,
    pub body: ExprId,
    pub range: TextRange,
}

/// `name!(x, y)`: arguments are expressions (blocks among them) or `ExprKind::Type`.
#[derive(Clone, Copy, Debug)]
pub struct MacroCall {
    pub path: Path,
    pub args: List<ExprId>,
    pub range: TextRange,
}

/// `{ … }`. Its value is its last statement, if that is a `StmtKind::Expr`.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    pub stmts: List<StmtId>,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub range: TextRange,
}

#[derive(Clone, Copy, Debug)]
pub enum StmtKind {
    /// `let p: T = e else { … }`, `var p = e`
    Let(LetId),
    /// `using f = e`
    Using { name: Name, value: ExprId },
    /// An expression that ends with its line (or before `}`).
    Expr(ExprId),
    /// `e;` with a written semicolon
    Semi(ExprId),
    /// `fn helper() { … }` and the like inside a body
    Item(ItemId),
}

/// `let p: T = e else { … }`, `var p = e`
#[derive(Clone, Copy, Debug)]
pub struct Let {
    /// `var`: all bindings of the pattern are mutable.
    pub mutable: bool,
    pub pat: PatId,
    pub ty: Option<TypeId>,
    pub init: Option<ExprId>,
    pub els: Option<BlockId>,
    pub range: TextRange,
}

const _: () = assert!(size_of::<Expr>() <= 28 && size_of::<Pat>() <= 28 && size_of::<Stmt>() <= 24);
