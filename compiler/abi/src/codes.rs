//! Numbers that the compiler, the standard library and the runtime must agree on.
//!
//! In: nothing. Out: constants. `stdlib/` repeats those it uses; the runtime's tests compare.
//!
//! Before: an addition overflows. After: `qrt_panic_arithmetic(codes::arithmetic::ADD, file…)`.

/// The symbol that codegen emits for the program: `extern "C" fn quastra_main() -> i32`, the exit code.
/// The runtime's C `main` calls it inside the root that catches panics.
pub const PROGRAM_MAIN: &str = "quastra_main";

/// The personality of every function with cleanup pads.
pub const PERSONALITY: &str = "__gcc_personality_v0";

/// The exit code of a program that ended by a panic (R4000). Stack overflow (R4001), out of memory
/// (R4002) and a panic while unwinding end by `abort`, which a shell shows as 134.
pub const PANIC_EXIT_CODE: i32 = 101;

/// The names of the standard library's files begin with this, in places of panics and in debug info.
pub const LIBRARY_PREFIX: &str = "std:";

/// What a bad index panics with, for the runtime and the interpreter alike.
#[derive(Clone, Copy, Debug)]
pub struct OutOfBounds {
    pub index: usize,
    pub len: usize,
}

impl core::fmt::Display for OutOfBounds {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "index {} is out of bounds: the length is {}", self.index, self.len)
    }
}

/// `kind` of `qrt_panic_arithmetic`.
pub mod arithmetic {
    pub const ADD: u32 = 0;
    pub const SUB: u32 = 1;
    pub const MUL: u32 = 2;
    pub const NEG: u32 = 3;
    pub const SHL: u32 = 4;
    pub const SHR: u32 = 5;
    /// `MIN / -1`
    pub const DIV: u32 = 6;
    /// `MIN % -1`
    pub const REM: u32 = 7;
    pub const DIV_BY_ZERO: u32 = 8;
    pub const REM_BY_ZERO: u32 = 9;

    /// What the panic says, for the runtime and the interpreter alike.
    pub fn message(kind: u32) -> &'static str {
        match kind {
            ADD => "attempt to add with overflow",
            SUB => "attempt to subtract with overflow",
            MUL => "attempt to multiply with overflow",
            NEG => "attempt to negate with overflow",
            SHL => "attempt to shift left with overflow",
            SHR => "attempt to shift right with overflow",
            DIV => "attempt to divide with overflow",
            REM => "attempt to calculate the remainder with overflow",
            DIV_BY_ZERO => "attempt to divide by zero",
            REM_BY_ZERO => "attempt to calculate the remainder with a divisor of zero",
            _ => "arithmetic failed",
        }
    }
}

/// `flags` of `qrt_file_open`.
pub mod open {
    pub const READ: u32 = 1;
    pub const WRITE: u32 = 2;
    pub const APPEND: u32 = 4;
    pub const CREATE: u32 = 8;
    pub const TRUNCATE: u32 = 16;
    /// Fails where the file exists.
    pub const CREATE_NEW: u32 = 32;
}

/// Result of `qrt_path_kind` where it is not negative.
pub mod path {
    pub const FILE: i32 = 0;
    pub const DIRECTORY: i32 = 1;
    pub const OTHER: i32 = 2;
}

/// Result of `qrt_error_kind`: what an errno means, the same on every system.
pub mod error {
    pub const OTHER: u32 = 0;
    pub const NOT_FOUND: u32 = 1;
    pub const PERMISSION_DENIED: u32 = 2;
    pub const ALREADY_EXISTS: u32 = 3;
    pub const IS_A_DIRECTORY: u32 = 4;
    pub const NOT_A_DIRECTORY: u32 = 5;
    pub const NOT_EMPTY: u32 = 6;
    pub const BROKEN_PIPE: u32 = 7;
    pub const INTERRUPTED: u32 = 8;
    pub const INVALID_INPUT: u32 = 9;
    pub const OUT_OF_SPACE: u32 = 10;
    pub const TIMED_OUT: u32 = 11;
}
