//! What the debugger is told about types: a table independent of LLVM and of the compiler's own types.
//!
//! In: filled by the lowering, a type at a time, from layouts. Out: read by [`super::types`] (definitions, by
//! gimli) and by the lowering (declarations of the same names, by LLVM).
//!
//! ```text
//! union Shape { Circle(f64), Empty }
//! TypeDesc { namespace: ["geometry"], name: "Shape", size: 16, align: 8, params: [],
//!            kind: Union { tag: Some(Field { name: "tag", offset: 0, ty: u64 }),
//!                          variants: [Circle = 0 { 0: f64 at 8 }, Empty = 1] } }
//! ```

use base::{IndexVec, define_id};

define_id! {
    /// A type of the table.
    pub struct TypeId = "type";
}

/// All types of a program. Qualified names are unique: debuggers join declaration and definition by them.
#[derive(Debug, Default, PartialEq)]
pub struct TypeTable {
    pub types: IndexVec<TypeId, TypeDesc>,
    /// Constants that the program's memory does not hold.
    pub constants: Vec<ConstDesc>,
    /// By the symbol of each table of a `dyn`: the type whose methods it holds.
    pub tables: Vec<(String, TypeId)>,
}

/// `const LIMIT: i64 = 5`
#[derive(Debug, Clone, PartialEq)]
pub struct ConstDesc {
    pub namespace: Vec<String>,
    pub name: String,
    pub ty: TypeId,
    pub bits: u128,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TypeDesc {
    /// `["core", "list"]`; becomes nested namespaces.
    pub namespace: Vec<String>,
    /// With its arguments: `Map[u64, Account]`.
    pub name: String,
    pub size: u64,
    pub align: u64,
    /// `T` is `i64`.
    pub params: Vec<(String, TypeId)>,
    pub kind: TypeDescKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum TypeDescKind {
    /// `i64`, `bool`, `f64`, `char`
    Base(Encoding),
    /// A record, a tuple, a closure's captures; also what has two words: `&str` is `data_ptr`, `length`.
    Record(Vec<Field>),
    /// A union whose variants hold something.
    Union {
        /// Where the discriminant or niche is; `None` where there is one variant.
        tag: Option<Field>,
        variants: Vec<Variant>,
    },
    /// A union none of whose variants holds anything.
    Enumeration { repr: TypeId, variants: Vec<(String, u64)> },
    /// `&T`, `*T`, `Box[T]` where it is one word
    Pointer(TypeId),
    /// `[T; n]`
    Array(TypeId, u64),
    /// What a `fn(A) -> B` points to.
    Function { params: Vec<TypeId>, ret: Option<TypeId> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Signed,
    Unsigned,
    Float,
    Bool,
    Char,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub name: String,
    pub offset: u64,
    pub ty: TypeId,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    pub name: String,
    /// What the tag holds for it. `None`: the variant that holds when no other does (niche layouts).
    pub discr: Option<u64>,
    pub fields: Vec<Field>,
}

impl Encoding {
    pub fn dwarf(self) -> gimli::DwAte {
        match self {
            Encoding::Signed => gimli::DW_ATE_signed,
            Encoding::Unsigned => gimli::DW_ATE_unsigned,
            Encoding::Float => gimli::DW_ATE_float,
            Encoding::Bool => gimli::DW_ATE_boolean,
            Encoding::Char => gimli::DW_ATE_UTF,
        }
    }
}

impl TypeDesc {
    /// Declared in LLVM's object and defined in the companion; the rest stands whole in both.
    pub fn is_named(&self) -> bool {
        match self.kind {
            TypeDescKind::Record(_) | TypeDescKind::Union { .. } | TypeDescKind::Enumeration { .. } => true,
            TypeDescKind::Base(_)
            | TypeDescKind::Pointer(_)
            | TypeDescKind::Array(..)
            | TypeDescKind::Function { .. } => false,
        }
    }
}
