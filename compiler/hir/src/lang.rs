//! Items of the standard library that the compiler must know: `#[lang("name")]`.

use crate::DefId;
use crate::map::Map;

macro_rules! lang_items {
    ($($(#[$meta:meta])* $variant:ident = $name:literal,)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum LangItem { $($(#[$meta])* $variant,)+ }

        impl LangItem {
            pub const ALL: &'static [LangItem] = &[$(LangItem::$variant,)+];
            /// The argument of `#[lang]`.
            pub fn name(self) -> &'static str {
                match self { $(LangItem::$variant => $name,)+ }
            }
            pub fn from_name(name: &str) -> Option<LangItem> {
                match name { $($name => Some(LangItem::$variant),)+ _ => None }
            }
        }
    };
}

lang_items! {
    // Types.
    Option = "option", Some = "some", None = "none",
    Result = "result", Ok = "ok", Err = "err",
    Ordering = "ordering",
    String = "string",
    List = "list", Set = "set", Map = "map",
    Box = "box", Rc = "rc", Weak = "weak", Arc = "arc",
    /// What changes behind shared references, and so is never in memory that can't be written.
    Cell = "cell",
    /// `core.error.Error`, the default error of `Result[T]`.
    Error = "error",
    /// `a..b`, `a..=b`, `a..`, `..b`, `..=b`, `..`: records with fields `start`, `end`.
    Range = "range", RangeInclusive = "range_inclusive", RangeFrom = "range_from", RangeTo = "range_to",
    RangeToInclusive = "range_to_inclusive", RangeFull = "range_full",
    /// `fmt.Arguments { texts: &[&str], pieces: &[Piece] }`: texts has one more element than pieces.
    FmtArguments = "fmt_arguments",
    /// `fn piece[T: Show](value: &T, spec: Spec) -> Piece`; `piece_debug` for `{x:?}`, `{x:x?}`, `{x:X?}`.
    FmtPiece = "fmt_piece", FmtPieceDebug = "fmt_piece_debug",
    /// `fn spec(fill: char, align: u8, flags: u32, width: i64, precision: i64) -> Spec`; −1 where not given.
    /// `align`: 0 not given, 1 `<`, 2 `^`, 3 `>`. `flags` is a sum of: 1 `+`, 2 `-`, 4 `#`, 8 `0`, and of the type:
    /// 16 `x?`, 32 `X?`, 64 `x`, 128 `X`, 256 `o`, 512 `b`, 1024 `e`, 2048 `E`, 4096 `p`.
    FmtSpec = "fmt_spec",
    /// `fn to_string(arguments: Arguments) -> String`
    FmtToString = "fmt_to_string",
    /// `fn string_from_str(text: &str) -> String`: a literal where a `String` is expected.
    StringFromStr = "string_from_str",
    /// `fn list_from_array[T, const N: usize](array: [T; N]) -> List[T]`, the same for sets.
    ListFromArray = "list_from_array", SetFromArray = "set_from_array",

    // Operator protocols; the method has the lower-case name of the item.
    Add = "add", Sub = "sub", Mul = "mul", Div = "div", Rem = "rem",
    BitAnd = "bit_and", BitOr = "bit_or", BitXor = "bit_xor", Shl = "shl", Shr = "shr",
    AddAssign = "add_assign", SubAssign = "sub_assign", MulAssign = "mul_assign", DivAssign = "div_assign",
    RemAssign = "rem_assign", BitAndAssign = "bit_and_assign", BitOrAssign = "bit_or_assign",
    BitXorAssign = "bit_xor_assign", ShlAssign = "shl_assign", ShrAssign = "shr_assign",
    Neg = "neg", Not = "not",
    /// `eq(&self, other: &Other) -> bool`, `ne`
    Eq = "eq",
    /// `compare(&self, other: &Self) -> Ordering`; `<` … through `lt`, `le`, `gt`, `ge`.
    Comparable = "comparable",
    Index = "index", IndexMut = "index_mut",
    Deref = "deref", DerefMut = "deref_mut",
    Fn = "fn", FnMut = "fn_mut", FnOnce = "fn_once",
    /// What has a size known beforehand: all but `str`, `[T]` and `dyn P`.
    Sized = "sized",

    // Other protocols the compiler uses.
    Clone = "clone", Copy = "copy", Drop = "drop", Default = "default", Hash = "hash", Show = "show", Debug = "debug",
    From = "from", Into = "into",
    Iterator = "iterator", IntoIterator = "into_iterator",
    /// `close(&mut self) -> Result[(), E]` for `using`.
    Close = "close",

    // What `using` calls: see `core.closing`.
    UsingNew = "using_new", UsingClose = "using_close", UsingCloseAfter = "using_close_after",

    // Functions that MIR calls.
    /// `fn box_free[T](pointer: *mut T)`: gives the memory of a box back whose value is gone.
    BoxFree = "box_free",
    /// `fn panic_bounds(index: usize, len: usize, at: Location) -> never` and friends take the place as scalars.
    Panic = "panic",
    /// `fn main_result[T: Termination](value: T) -> i32`: what `main` returned, as an exit code.
    MainResult = "main_result",
}

/// Which definition each lang item is. Absent ones are an error only where they are needed.
#[derive(Clone, Debug)]
pub struct LangItems {
    /// By the number of the item: type checking asks all the time.
    items: [Option<DefId>; LangItem::ALL.len()],
    by_def: Map<DefId, LangItem>,
}

impl Default for LangItems {
    fn default() -> LangItems {
        LangItems { items: [None; LangItem::ALL.len()], by_def: Map::default() }
    }
}

impl LangItems {
    #[inline]
    pub fn get(&self, item: LangItem) -> Option<DefId> {
        self.items[item as usize]
    }
    /// The definition; the standard library has every lang item, so absence is a bug of ours.
    pub fn require(&self, item: LangItem) -> DefId {
        self.get(item).unwrap_or_else(|| panic!("the standard library has no #[lang(\"{}\")]", item.name()))
    }
    pub fn set(&mut self, item: LangItem, def: DefId) {
        self.items[item as usize] = Some(def);
        self.by_def.insert(def, item);
    }
    /// Which lang item a definition is, if any.
    pub fn of(&self, def: DefId) -> Option<LangItem> {
        self.by_def.get(&def).copied()
    }
}
