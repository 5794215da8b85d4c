//! Definitions: everything that has a name at module level or inside an item, as one index space.

use base::{ErrorReported, Span, Symbol, define_id};

define_id! {
    /// A definition of the program: of the standard library, the package or its dependencies.
    pub struct DefId = "d";
    /// A module, in dependency order: a module comes after those it imports.
    pub struct ModuleId = "m";
    /// A function body, or the initialiser of a constant.
    pub struct BodyId = "b";
}

/// What every definition has.
#[derive(Clone, Debug)]
pub struct Def {
    pub kind: DefKind,
    pub name: Symbol,
    /// Union of a variant, impl of a method, function of a local item or type parameter, …
    pub parent: Option<DefId>,
    pub module: ModuleId,
    pub vis: Visibility,
    pub attrs: Vec<Attr>,
    /// The head, without a body: what an error points at when it means the whole definition.
    pub span: Span,
    pub name_span: Span,
    /// The `///` lines, joined.
    pub doc: Option<Symbol>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DefKind {
    /// `fn f() { … }`, also in an impl or a protocol (see `parent`).
    Fn,
    /// `record P { … }`
    Record,
    /// `union U { … }`
    Union,
    /// `V`, `V(A)` or `V { a: A }` of a union.
    Variant,
    /// `type A = B`
    TypeAlias,
    /// `const C: T = e`, also in an impl or a protocol.
    Const,
    /// `static S: T = e`
    Static,
    /// `protocol P { … }`
    Protocol,
    /// `type Item` of a protocol, or `type Item = T` of an impl.
    AssocType,
    /// `impl P for T { … }` or `impl T { … }`
    Impl,
    /// `T` in `[T]`; the `Self` of a protocol too.
    TypeParam,
    /// `N` in `[const N: usize]`
    ConstParam,
    /// `test "…" { … }`
    Test,
}

impl DefKind {
    /// Its members have its parameters too; items inside a function don't have the function's.
    pub fn shares_generics(self) -> bool {
        self == DefKind::Impl || self == DefKind::Protocol
    }
    /// It has an [`Item`](crate::Item) of its own, and does not live inside its owner's.
    pub fn has_item(self) -> bool {
        match self {
            DefKind::Variant | DefKind::TypeParam | DefKind::ConstParam => false,
            DefKind::Fn
            | DefKind::Record
            | DefKind::Union
            | DefKind::TypeAlias
            | DefKind::Const
            | DefKind::Static
            | DefKind::Protocol
            | DefKind::AssocType
            | DefKind::Impl
            | DefKind::Test => true,
        }
    }
}

/// Who may name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// No word: this module only (a union's variants and a protocol's members follow their owner).
    Private,
    /// `pub(a.b)`: the module `a.b` and those below it.
    Within(ModuleId),
    /// `pub`
    Public,
}

/// `#[path(arg, name: arg)]`
#[derive(Clone, Debug, PartialEq)]
pub struct Attr {
    /// `derive`, `mailbox`, `a.b`
    pub path: Symbol,
    pub args: Vec<AttrArg>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AttrArg {
    /// `name` of `name: arg`
    pub name: Option<Symbol>,
    pub value: AttrValue,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum AttrValue {
    Lit(Lit),
    Attr(Attr),
}

/// A literal, decoded: escapes resolved, underscores gone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lit {
    /// `42`, `7u8`: the value and the suffix, if any (`i64`, `u8`, `f32` …).
    Int(u128, Option<Symbol>),
    /// `1.5`, `2f32`: digits as written without underscores, and the suffix.
    Float(Symbol, Option<Symbol>),
    Bool(bool),
    Char(char),
    Str(Symbol),
    /// `b"…"`: any bytes, interned as Latin-1 text, one `char` a byte.
    Bytes(Symbol),
    /// `b'a'`
    Byte(u8),
}

/// What a path means, where it means a type or a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Res {
    Def(DefId),
    /// `i64`, `str`, `bool` …
    Prim(PrimTy),
    /// `Self` inside a protocol (a type parameter) or an impl (the type it is for): the def is the protocol or impl.
    SelfTy(DefId),
    Error(ErrorReported),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PrimTy {
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
    Bool,
    Char,
    Str,
    Never,
}

impl PrimTy {
    pub const ALL: [PrimTy; 18] = {
        use PrimTy::*;
        [I8, I16, I32, I64, I128, Isize, U8, U16, U32, U64, U128, Usize, F32, F64, Bool, Char, Str, Never]
    };

    pub fn name(self) -> &'static str {
        match self {
            PrimTy::I8 => "i8",
            PrimTy::I16 => "i16",
            PrimTy::I32 => "i32",
            PrimTy::I64 => "i64",
            PrimTy::I128 => "i128",
            PrimTy::Isize => "isize",
            PrimTy::U8 => "u8",
            PrimTy::U16 => "u16",
            PrimTy::U32 => "u32",
            PrimTy::U64 => "u64",
            PrimTy::U128 => "u128",
            PrimTy::Usize => "usize",
            PrimTy::F32 => "f32",
            PrimTy::F64 => "f64",
            PrimTy::Bool => "bool",
            PrimTy::Char => "char",
            PrimTy::Str => "str",
            PrimTy::Never => "never",
        }
    }

    pub fn from_name(name: &str) -> Option<PrimTy> {
        PrimTy::ALL.into_iter().find(|prim| prim.name() == name)
    }

    /// The bits of an integer, and whether it has a sign. `isize` and `usize` count as 64 bits, which is what literals,
    /// patterns and constants are kept in.
    pub fn integer(self) -> Option<(u32, bool)> {
        Some(match self {
            PrimTy::I8 => (8, true),
            PrimTy::I16 => (16, true),
            PrimTy::I32 => (32, true),
            PrimTy::I64 | PrimTy::Isize => (64, true),
            PrimTy::I128 => (128, true),
            PrimTy::U8 => (8, false),
            PrimTy::U16 => (16, false),
            PrimTy::U32 => (32, false),
            PrimTy::U64 | PrimTy::Usize => (64, false),
            PrimTy::U128 => (128, false),
            PrimTy::F32 | PrimTy::F64 | PrimTy::Bool | PrimTy::Char | PrimTy::Str | PrimTy::Never => {
                return None;
            }
        })
    }
}
