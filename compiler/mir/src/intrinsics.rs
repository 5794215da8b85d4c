//! Functions of the standard library whose code is in the compiler: `#[intrinsic] fn size_of[T]() -> usize`.

macro_rules! intrinsics {
    ($($(#[$meta:meta])* $variant:ident = $name:literal,)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Intrinsic { $($(#[$meta])* $variant,)+ }
        impl Intrinsic {
            pub const ALL: &'static [Intrinsic] = &[$(Intrinsic::$variant,)+];
            /// The function's name in the standard library.
            pub fn name(self) -> &'static str {
                match self { $(Intrinsic::$variant => $name,)+ }
            }
            pub fn from_name(name: &str) -> Option<Intrinsic> {
                match name { $($name => Some(Intrinsic::$variant),)+ _ => None }
            }
        }
    };
}

intrinsics! {
    /// `size_of[T]() -> usize`, `align_of[T]() -> usize`, `needs_drop[T]() -> bool`
    SizeOf = "size_of", AlignOf = "align_of", NeedsDrop = "needs_drop",
    /// `size_of_val[T](at: *T) -> usize`, `align_of_val`: also of what has no size known beforehand.
    SizeOfVal = "size_of_val", AlignOfVal = "align_of_val",
    /// `call_once_at[F: FnOnce[Args], Args](at: *mut F, args: Args) -> F.Output`: the value is gone afterwards, the memory stays.
    CallOnceAt = "call_once_at",
    /// `type_name[T]() -> &str`
    TypeName = "type_name",
    /// `read[T](from: *T) -> T`: copies out, whatever was there stays.
    Read = "read",
    /// `write[T](to: *mut T, value: T)`: does not drop what was there.
    Write = "write",
    /// `drop_in_place[T](at: *mut T)`
    DropInPlace = "drop_in_place",
    /// `forget[T](value: T)`
    Forget = "forget",
    /// `transmute[A, B](value: A) -> B`: of one size.
    Transmute = "transmute",
    /// `copy[T](from: *T, to: *mut T, count: usize)` (may overlap), `copy_nonoverlapping`, `write_bytes(to, byte: u8, count)`
    Copy = "copy", CopyNonoverlapping = "copy_nonoverlapping", WriteBytes = "write_bytes",
    /// `compare_bytes(a: *u8, b: *u8, count: usize) -> i32`
    CompareBytes = "compare_bytes",
    /// `offset[T](p: *T, count: isize) -> *T`, `offset_mut`; `offset_from[T](p: *T, origin: *T) -> isize`
    Offset = "offset", OffsetMut = "offset_mut", OffsetFrom = "offset_from",
    /// `slice_ptr[T](s: &[T]) -> *T`, `slice_ptr_mut`, `slice_len[T](s: &[T]) -> usize`
    SlicePtr = "slice_ptr", SlicePtrMut = "slice_ptr_mut", SliceLen = "slice_len",
    /// `slice_from_raw[T](p: *T, len: usize) -> &[T]`, `slice_from_raw_mut`
    SliceFromRaw = "slice_from_raw", SliceFromRawMut = "slice_from_raw_mut",
    /// `str_bytes(s: &str) -> &[u8]`, `str_from_bytes(bytes: &[u8]) -> &str` (unchecked)
    StrBytes = "str_bytes", StrFromBytes = "str_from_bytes",
    /// Integer operations on any integer type `T`.
    WrappingAdd = "wrapping_add", WrappingSub = "wrapping_sub", WrappingMul = "wrapping_mul",
    /// `add_with_overflow[T](a: T, b: T) -> (T, bool)`
    AddWithOverflow = "add_with_overflow", SubWithOverflow = "sub_with_overflow", MulWithOverflow = "mul_with_overflow",
    SaturatingAdd = "saturating_add", SaturatingSub = "saturating_sub",
    /// Counts are masked to the width.
    WrappingShl = "wrapping_shl", WrappingShr = "wrapping_shr",
    RotateLeft = "rotate_left", RotateRight = "rotate_right",
    /// `ctpop[T](x: T) -> u32`
    CountOnes = "ctpop", LeadingZeros = "ctlz", TrailingZeros = "cttz", SwapBytes = "bswap", ReverseBits = "bitreverse",
    /// `unchecked_div[T](a: T, b: T) -> T` and so on: what would be checked has been.
    UncheckedDiv = "unchecked_div", UncheckedRem = "unchecked_rem",
    /// Float operations on `f32` and `f64`.
    Sqrt = "sqrt", Floor = "floor", Ceil = "ceil", Trunc = "trunc", Round = "round", RoundEven = "round_even",
    Fabs = "fabs", Copysign = "copysign", Fma = "fma", FloatMin = "float_min", FloatMax = "float_max",
    /// `black_box[T](value: T) -> T`
    BlackBox = "black_box",
    /// `assume(condition: bool)`, `unreachable() -> never`, `likely(bool) -> bool`, `unlikely`, `abort() -> never`
    Assume = "assume", Unreachable = "unreachable", Likely = "likely", Unlikely = "unlikely", Abort = "abort",
    /// `volatile_read[T](p: *T) -> T`, `volatile_write[T](p: *mut T, value: T)`
    VolatileRead = "volatile_read", VolatileWrite = "volatile_write",
    /// `atomic_add[T](p: *mut T, value: T) -> T` (the old value; sequentially consistent), `atomic_sub`, `atomic_load`, `atomic_store`, `atomic_swap`,
    /// `atomic_compare_exchange[T](p: *mut T, old: T, new: T) -> (T, bool)`
    AtomicAdd = "atomic_add", AtomicSub = "atomic_sub", AtomicLoad = "atomic_load", AtomicStore = "atomic_store",
    AtomicSwap = "atomic_swap", AtomicCompareExchange = "atomic_compare_exchange",
    /// `caller_file() -> &str`, `caller_line() -> u32`, `caller_column() -> u32`: where the `#[track_caller]` function that
    /// asks was called. MIR is built without them in mind; `mono`, which knows the instances, gives every instance of a
    /// `#[track_caller]` function three more parameters at the end (file, line, column), which these intrinsics read. A
    /// call of one passes its own place in the source (from its `SourceInfo`), or, standing in a function that is itself
    /// `#[track_caller]`, hands on that function's three. Behind a `fn` pointer or `dyn`, a shim passes the definition's.
    CallerFile = "caller_file", CallerLine = "caller_line", CallerColumn = "caller_column",
    /// `discriminant[T](value: &T) -> i64`
    Discriminant = "discriminant",
    /// `const_eval_select() -> bool`: whether the interpreter is running this.
    Interpreted = "interpreted",
}
