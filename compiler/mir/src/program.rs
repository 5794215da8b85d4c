//! The monomorphic program: what the interpreter runs and a back end compiles.

use crate::{Body, Layout};
use base::{FileId, IndexVec, Symbol, define_id};
use hir::{BodyId, DefId, ModuleId};
use std::collections::{BTreeMap, HashMap};
use typeck::{ClosureId, FastHash, GenericArgs, Ty};

define_id! {
    /// A function with all its types known.
    pub struct InstanceId = "fn";
    /// An evaluated constant.
    pub struct ConstId = "const";
    /// A module of the program, as a unit of code generation.
    pub struct UnitId = "unit";
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instance {
    pub kind: InstanceKind,
    pub args: GenericArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InstanceKind {
    Fn(DefId),
    Closure(ClosureId),
    /// Calls an `Fn` or `FnMut` closure (or a function item) that was asked for as `FnOnce`, by value.
    CallOnceShim(Ty),
    /// `Fn.call` of a `fn(A) -> B` value or function item.
    CallShim(Ty),
    /// A captureless closure as a plain function.
    ClosureFnPtr(ClosureId),
    /// Drops a value of the type in place, given its address.
    DropGlue(Ty),
    /// `Clone.clone` of a tuple, array or closure.
    CloneShim(Ty),
    /// A method of a protocol called through `dyn`: finds the function in the table.
    Virtual(DefId),
    /// A method in the table of a `dyn`, where it can't stand there itself: `FnOnce.call_once` takes its `self` by address, and
    /// the `Fn` protocols take their arguments spread, also where an `impl` takes the tuple.
    TableEntry(DefId),
    /// A `#[track_caller]` function behind a pointer: called from where it is defined.
    Reify(DefId),
    /// The initialiser of a constant; only the evaluator runs it.
    Const(BodyId),
    /// What a reference refers to that is the same in every run; only the evaluator runs it.
    Promoted(ClosureId),
    /// Calls `main`, and makes an exit code of what it returned.
    Entry(DefId),
}

#[derive(Clone, Debug)]
pub struct Function {
    pub instance: Instance,
    /// Unique in the program, stable from build to build; the back end mangles it.
    pub path: FunctionPath,
    /// Where it is compiled.
    pub unit: UnitId,
    pub body: Body,
    /// Known never to unwind.
    pub nounwind: bool,
    pub inline: Inline,
}

/// What an optimising back end is told about a function's calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Inline {
    #[default]
    Usual,
    /// Worth inlining: `#[inline]`, closures, small shims.
    Worth,
    /// `#[noinline]`
    Never,
}

/// `core.list` · `List[i64]` · `push` · `[…]`: enough for a symbol and for `DW_AT_name`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FunctionPath {
    /// `["core", "list"]`
    pub module: Vec<Symbol>,
    /// The type whose impl it stands in, as printed: `List[i64]`.
    pub self_ty: Option<String>,
    /// The protocol it implements, as printed.
    pub protocol: Option<String>,
    /// `push`, `main`, `{closure}`; drop glue is `{drop}`.
    pub name: String,
    /// Own generic arguments, as printed.
    pub args: Vec<String>,
    /// Tells closures of one function apart: their number in it.
    pub index: u32,
}

/// A unit of code generation: one Quastra module.
#[derive(Clone, Debug)]
pub struct Unit {
    pub name: Symbol,
    pub module: ModuleId,
    pub file: FileId,
}

/// An evaluated constant: bytes, and the addresses in them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConstMemory {
    pub ty: Ty,
    pub bytes: Vec<u8>,
    pub align: u64,
    /// Offset of a pointer-sized hole → what it points at.
    pub relocations: Vec<(u64, Relocation)>,
    /// Set where it is the table of a `dyn`, which the whole program has once.
    pub table: Option<Box<Table>>,
}

/// The methods of a type behind a `dyn`: its drop glue or 0, its size and alignment, the functions, the tables of the
/// `dyn` types above.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Table {
    /// The type behind the pointer.
    pub of: Ty,
    /// `dyn P`
    pub object: Ty,
    pub path: FunctionPath,
    /// Where it is compiled: beside its first function.
    pub unit: UnitId,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Relocation {
    /// Address of another constant plus an offset.
    Const(ConstId, u64),
    Str(Symbol),
    Fn(InstanceId),
}

/// `static NAME: T = …`
#[derive(Clone, Debug)]
pub struct StaticItem {
    pub def: DefId,
    pub path: FunctionPath,
    pub unit: UnitId,
    pub span: base::Span,
}

/// `const NAME: i64 = …`
#[derive(Clone, Debug)]
pub struct ScalarItem {
    pub path: FunctionPath,
    pub ty: Ty,
    pub bits: u128,
}

/// Everything reachable from the roots.
#[derive(Debug, Default)]
pub struct Program {
    pub functions: IndexVec<InstanceId, Function>,
    pub consts: IndexVec<ConstId, ConstMemory>,
    /// Which of them are `static` items: each has one place, in its own unit.
    pub statics: BTreeMap<ConstId, StaticItem>,
    pub units: IndexVec<UnitId, Unit>,
    /// Layout of every type that occurs, in a fixed order (see `layout_of`).
    pub layouts: HashMap<Ty, Layout, FastHash>,
    /// Drop glue by type, where dropping does something.
    pub drop_glue: HashMap<Ty, InstanceId, FastHash>,
    /// Variants and fields by name, for debug information; in order of first occurrence.
    pub types: Vec<TypeInfo>,
    /// The package's `const` items that are numbers, `bool` or `char`, for debuggers: nothing in the program's memory is called
    /// so.
    pub scalars: Vec<ScalarItem>,
    /// Takes nothing, returns the exit code (`i32`).
    pub entry: Option<InstanceId>,
    /// Integer overflow is asserted (the profile's `overflow-checks`).
    pub overflow_checks: bool,
}

/// A type as people and debuggers see it.
#[derive(Clone, Debug)]
pub struct TypeInfo {
    pub ty: Ty,
    /// `Map[String, i64]`, unique with `module`.
    pub name: String,
    pub module: Vec<Symbol>,
    pub span: Option<base::Span>,
    /// Printed generic arguments with their parameter's name.
    pub args: Vec<(Symbol, Ty)>,
    pub kind: TypeInfoKind,
}

#[derive(Clone, Debug)]
pub enum TypeInfoKind {
    /// Number, `bool`, `char`, `str`, reference, array …: the type says it all.
    Builtin,
    Record {
        fields: Vec<(Symbol, Ty)>,
    },
    Union {
        variants: Vec<(Symbol, Vec<(Symbol, Ty)>)>,
    },
    Closure {
        captures: Vec<(Symbol, Ty)>,
    },
}

impl Program {
    pub fn layout(&self, ty: Ty) -> &Layout {
        self.layouts.get(&ty).unwrap_or_else(|| panic!("no layout was computed for {ty:?}"))
    }
}

/// `core.list.List[i64].push`, `bank.open.{closure#0}`, `bank.Bank.{shim:drop#0}`: for traces, as native ones have them.
impl std::fmt::Display for FunctionPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for part in &self.module {
            write!(f, "{part}.")?;
        }
        if let Some(ty) = &self.self_ty {
            write!(f, "{ty}.")?;
        }
        match self.name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some("closure") => write!(f, "{{closure#{}}}", self.index)?,
            Some(shim) => write!(f, "{{shim:{shim}#{}}}", self.index)?,
            None => f.write_str(&self.name)?,
        }
        if self.args.is_empty() { Ok(()) } else { write!(f, "[{}]", self.args.join(", ")) }
    }
}
