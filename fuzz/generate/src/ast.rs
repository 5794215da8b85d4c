//! The programs that are generated, before they are text of a language.
//!
//! In: nothing. Out: the types that `make` builds and `print` writes, as Quastra or as Rust.
//! They hold what both languages have; a [`Case`] is one program's worth of types, functions and an entry.

pub type Name = String;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IntTy {
    pub bits: u32,
    pub signed: bool,
    /// `isize`, `usize`: 64 bits under another name.
    pub word: bool,
}

impl IntTy {
    pub const fn new(bits: u32, signed: bool) -> IntTy {
        IntTy { bits, signed, word: false }
    }

    pub fn name(self) -> String {
        let letter = if self.signed { 'i' } else { 'u' };
        if self.word { format!("{letter}size") } else { format!("{letter}{}", self.bits) }
    }
}

pub const I64: Ty = Ty::Int(IntTy::new(64, true));
pub const U32: Ty = Ty::Int(IntTy::new(32, false));
pub const U8: Ty = Ty::Int(IntTy::new(8, false));
pub const USIZE: Ty = Ty::Int(IntTy { bits: 64, signed: false, word: true });

#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    Int(IntTy),
    /// 32 or 64 bits.
    Float(u32),
    Bool,
    Char,
    Unit,
    String,
    /// Only behind a reference.
    Str,
    Slice(Box<Ty>),
    Tuple(Vec<Ty>),
    Array(Box<Ty>, usize),
    List(Box<Ty>),
    /// Keys are numbers or strings.
    Map(Box<Ty>, Box<Ty>),
    Set(Box<Ty>),
    /// As long as the const parameter of this number says.
    ArrayOf(Box<Ty>, usize),
    /// The argument of a const parameter.
    Const(usize),
    Option(Box<Ty>),
    Result(Box<Ty>, Box<Ty>),
    Box(Box<Ty>),
    Rc(Box<Ty>),
    Ref(Box<Ty>),
    RefMut(Box<Ty>),
    /// The record whose `drop` and `clone` can be seen; every program has it.
    Noisy,
    /// A record or union of the case, with its arguments.
    Adt(usize, Vec<Ty>),
    /// A type parameter of the function or type at hand.
    Param(usize),
    /// A closure in a variable.
    Closure(Vec<Ty>, Box<Ty>, ClosureKind),
    /// `fn(A) -> B`
    FnPtr(Vec<Ty>, Box<Ty>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosureKind {
    Fn,
    FnMut,
    FnOnce,
}

#[derive(Clone, Debug)]
pub struct Adt {
    pub name: Name,
    pub params: usize,
    pub copy: bool,
    /// Has an `impl Drop` that prints.
    pub drop: bool,
    /// `#[repr(C)]`
    pub repr_c: bool,
    /// One without a name of a record; several of a union.
    pub variants: Vec<Variant>,
    pub is_union: bool,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub name: Name,
    pub fields: Vec<(Name, Ty)>,
    /// `V { a: A }`, not `V(A)`.
    pub named: bool,
}

#[derive(Clone, Debug)]
pub struct Func {
    pub name: Name,
    /// How many type parameters.
    pub params: usize,
    /// How many const parameters, behind those.
    pub consts: usize,
    /// The parameters are bound by the case's protocol, not by `Clone`.
    pub bound: bool,
    pub args: Vec<(Name, Ty, bool)>,
    pub ret: Ty,
    pub body: Block,
    /// A method of this type (all its parameters come first); the first argument is `self`.
    pub owner: Option<usize>,
    pub is_const: bool,
}

#[derive(Clone, Debug)]
pub struct Protocol {
    pub name: Name,
    pub constant: Name,
    /// `fn m(&self, x: i64) -> i64`
    pub method: Name,
    /// The same with a default body.
    pub default: Func,
    /// `fn out(self) -> Self.Out`
    pub out: Name,
    pub impls: Vec<Impl>,
}

#[derive(Clone, Debug)]
pub struct Impl {
    pub ty: Ty,
    pub constant: i64,
    pub method: Func,
    /// Instead of the default.
    pub default: Option<Func>,
    pub out: Func,
}

/// What the cases of a seed share.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Without functions and an entry.
    pub case: Case,
    pub pool: Vec<Ty>,
}

/// How many of each come from the world.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shared {
    pub adts: usize,
    pub consts: usize,
    pub froms: usize,
    pub forms: usize,
    pub statics: usize,
}

/// Text with holes, for what is written alike but for signs: `$0` is the first part, `‹a¦b›` is `a` in Quastra and `b` in
/// Rust; `⟨T⟩`, `a·b`, `§` and `⟦a, b⟧` are type arguments, a path, the end of a statement and a list.
#[derive(Clone, Debug)]
pub struct Form {
    pub text: String,
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug)]
pub enum Part {
    Expr(Expr),
    Block(Block),
    Ty(Ty),
}

/// `impl Add[rhs] for lhs`
#[derive(Clone, Debug)]
pub struct Op {
    pub sign: &'static str,
    pub lhs: Ty,
    /// None of one with a single operand.
    pub rhs: Option<Ty>,
    pub out: Ty,
}

#[derive(Clone, Debug, Default)]
pub struct Case {
    pub shared: Shared,
    /// Items that need no tree of their own.
    pub forms: Vec<Form>,
    pub ops: Vec<Op>,
    /// `static NAME: [int; len]`
    pub statics: Vec<(Name, IntTy, Vec<Expr>)>,
    pub adts: Vec<Adt>,
    pub consts: Vec<(Name, Ty, Expr)>,
    pub protocol: Option<Protocol>,
    /// `impl From[A] for B`: of what, for what, and the body over `value`.
    pub froms: Vec<(Ty, Ty, Expr)>,
    pub funcs: Vec<Func>,
    pub entry: Block,
}

#[derive(Clone, Debug, Default)]
pub struct Block {
    pub stmts: Vec<Stmt>,
    pub tail: Option<Box<Expr>>,
}

#[derive(Clone, Debug)]
pub enum Stmt {
    Let {
        pat: Pat,
        ty: Option<Ty>,
        init: Option<Expr>,
    },
    LetElse {
        pat: Pat,
        init: Expr,
        or: Block,
    },
    /// `place op= value`; the operator is empty for `=`.
    Assign(Expr, &'static str, Expr),
    Expr(Expr),
    While {
        label: Option<Name>,
        cond: Cond,
        body: Block,
    },
    For {
        label: Option<Name>,
        pat: Pat,
        iter: Expr,
        body: Block,
    },
    /// A line by interpolation: `label value value`.
    Print(String, Vec<Expr>),
    /// A line `label value` for each value, by a function that all share: cheaper for compilers.
    Tell(String, Vec<Expr>),
    Form(Form),
}

/// Of `if` and `while`: conditions joined with `&&`, some of them with a pattern.
pub type Cond = Vec<Test>;

#[derive(Clone, Debug)]
pub enum Test {
    Is(Expr),
    Let(Pat, Expr),
}

#[derive(Clone, Debug)]
pub enum Expr {
    /// Written alike in both languages.
    Lit(String),
    Str(String),
    Var(Name),
    /// `Type.NAME` of a parameter or type.
    TypeConst(Ty, Name),
    Unary(&'static str, Box<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    Cast(Box<Expr>, Ty),
    Field(Box<Expr>, String),
    Index(Box<Expr>, Box<Expr>),
    /// `a..b`, `a..=b`
    Range(Option<Box<Expr>>, Option<Box<Expr>>, bool),
    /// A function of the case or of the prelude, with type arguments.
    Call(Name, Vec<Ty>, Vec<Expr>),
    CallValue(Box<Expr>, Vec<Expr>),
    Method(Box<Expr>, &'static str, Vec<Expr>),
    MethodOf(Box<Expr>, Name, Vec<Expr>),
    /// `Type.f(args)`
    Of(Ty, &'static str, Vec<Expr>),
    Record(usize, Vec<(Name, Expr)>, Option<Box<Expr>>),
    Variant(usize, usize, Vec<Expr>),
    Noisy(i64),
    Some(Box<Expr>),
    None,
    Ok(Box<Expr>),
    Err(Box<Expr>),
    Tuple(Vec<Expr>),
    Array(Vec<Expr>),
    Repeat(Box<Expr>, usize),
    List(Vec<Expr>),
    /// A `String`, interpolated: text and values in turns.
    Format(Vec<(String, Option<Expr>)>),
    Ref(Box<Expr>),
    RefMut(Box<Expr>),
    Deref(Box<Expr>),
    If(Cond, Block, Option<Block>),
    Match(Box<Expr>, Vec<Arm>),
    Block(Box<Block>),
    /// A value whose type both compilers must be told.
    Typed(Box<Expr>, Ty),
    Labelled(Name, Box<Block>),
    Loop(Option<Name>, Box<Block>),
    Closure {
        moves: bool,
        args: Vec<(Name, Option<Ty>)>,
        body: Box<Expr>,
    },
    Try(Box<Expr>),
    /// `try { block } catch pattern => handler`
    Catch {
        block: Box<Block>,
        name: Name,
        handler: Box<Block>,
        ok: Ty,
        err: Ty,
    },
    Break(Option<Name>, Option<Box<Expr>>),
    Continue(Option<Name>),
    Return(Option<Box<Expr>>),
    Panic(String),
    Form(Form),
    Replace(Box<Expr>, Box<Expr>),
}

#[derive(Clone, Debug)]
pub struct Arm {
    pub pat: Pat,
    pub guard: Option<Expr>,
    pub body: Expr,
}

#[derive(Clone, Debug)]
pub enum Pat {
    Wild,
    /// Name, and whether it can be assigned.
    Bind(Name, bool),
    At(Name, Box<Pat>),
    Lit(String),
    /// Both ends may be missing; inclusive or not.
    Range(Option<String>, Option<String>, bool),
    Tuple(Vec<Pat>),
    /// `(a, .., z)`
    TupleRest(Vec<Pat>, Vec<Pat>),
    /// Fields left out are `..`.
    Record(usize, Vec<(Name, Pat)>, bool),
    Variant(usize, usize, Vec<Pat>),
    Some(Box<Pat>),
    None,
    Ok(Box<Pat>),
    Err(Box<Pat>),
    Or(Vec<Pat>),
    /// Before, the rest and its name, after. The rest of an array is one, of another slice a slice.
    Slice(Vec<Pat>, Option<Option<Name>>, Vec<Pat>),
}
