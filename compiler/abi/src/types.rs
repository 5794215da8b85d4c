//! The shape of one row of the list as data.
//!
//! In: Rust types in the macro's rows. Out: [`AbiTy`] values; only scalars cross the border.
//!
//! Before: `fn qrt_exit(code: i32) -> !`. After: `RuntimeFn { name: "qrt_exit", params: [code: I32], result: Never, .. }`.

use core::fmt;

/// A scalar that crosses the border.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AbiTy {
    /// Also `bool`: 0 or 1.
    U8,
    I32,
    /// Also `char`.
    U32,
    I64,
    U64,
    Isize,
    Usize,
    F32,
    F64,
    /// `*T`: the runtime only reads through it.
    ConstPtr,
    /// `*mut T`: the runtime may write through it, or gives the memory away.
    MutPtr,
    /// No result.
    Unit,
    /// Does not return (it exits, aborts or unwinds).
    Never,
}

/// A parameter and what it is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Param {
    pub name: &'static str,
    pub ty: AbiTy,
}

/// One function of the runtime, C calling convention.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RuntimeFn {
    /// The symbol, which is also the name in `#[runtime] fn …`.
    pub name: &'static str,
    pub params: &'static [Param],
    pub result: AbiTy,
    /// May begin or pass on a panic: call it with `invoke`. All others are `nounwind`.
    pub unwinds: bool,
    /// Rarely called: keep the call out of the hot path.
    pub cold: bool,
    /// Result depends on the arguments' values alone; no memory touched (`memory(none)`, `willreturn`).
    pub pure: bool,
    /// Reads memory through its pointers but writes none (`memory(argmem: read)`, `willreturn`).
    pub reads: bool,
}

impl RuntimeFn {
    /// Whether the call never comes back.
    pub const fn noreturn(&self) -> bool {
        matches!(self.result, AbiTy::Never)
    }
}

impl fmt::Display for AbiTy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AbiTy::U8 => "u8",
            AbiTy::I32 => "i32",
            AbiTy::U32 => "u32",
            AbiTy::I64 => "i64",
            AbiTy::U64 => "u64",
            AbiTy::Isize => "isize",
            AbiTy::Usize => "usize",
            AbiTy::F32 => "f32",
            AbiTy::F64 => "f64",
            AbiTy::ConstPtr => "*u8",
            AbiTy::MutPtr => "*mut u8",
            AbiTy::Unit => "()",
            AbiTy::Never => "never",
        })
    }
}

/// The row as a Quastra declaration.
impl fmt::Display for RuntimeFn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fn {}(", self.name)?;
        for (i, param) in self.params.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{}: {}", param.name, param.ty)?;
        }
        f.write_str(")")?;
        if self.result != AbiTy::Unit { write!(f, " -> {}", self.result) } else { Ok(()) }
    }
}

/// From the Rust type in a row to the data.
pub(crate) trait Scalar {
    const TY: AbiTy;
}

/// The same for results, where `!` may stand: `fn() -> R` carries it, as `!` alone is not yet a stable type.
pub(crate) trait Outcome {
    const TY: AbiTy;
}

macro_rules! scalars {
    ($($rust:ty => $abi:ident,)*) => {
        $(impl Scalar for $rust { const TY: AbiTy = AbiTy::$abi; })*
        $(impl Outcome for fn() -> $rust { const TY: AbiTy = AbiTy::$abi; })*
    };
}

scalars! {
    u8 => U8, i32 => I32, u32 => U32, i64 => I64, u64 => U64, isize => Isize, usize => Usize,
    f32 => F32, f64 => F64, *const u8 => ConstPtr, *mut u8 => MutPtr,
}

impl Outcome for fn() -> ! {
    const TY: AbiTy = AbiTy::Never;
}

impl Outcome for fn() {
    const TY: AbiTy = AbiTy::Unit;
}
