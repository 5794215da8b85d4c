//! Where a program begins and ends.
//!
//! In: C's `main`, called by the system's start code. Out: an exit code: what the program's `main` says,
//! or 101 after a panic.
//!
//! ```text
//! main (assembly) → qrt_start → catch_unwind { quastra_main() } → finish: flush, exit code
//! ```
//!
//! The assembly ends all stack traces at `main` (its return address is declared undefined), so that
//! nobody reads the system's start code, which costs a trace most of its time. Both of its symbols are
//! weak: a test that links this crate has a `main` of its own, and no `quastra_main`.

use crate::{panic, stack, streams};
use abi::codes::PANIC_EXIT_CODE;
use std::ffi::{CStr, c_char};
use std::sync::OnceLock;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
std::arch::global_asm!(
    ".weak main",
    ".weak quastra_main",
    ".type main,@function",
    "main:",
    ".cfi_startproc",
    ".cfi_undefined rip",
    "push rbp",
    ".cfi_def_cfa_offset 16",
    "mov rdx, [rip + quastra_main@GOTPCREL]",
    "call {start}",
    "pop rbp",
    "ret",
    ".cfi_endproc",
    ".size main, . - main",
    start = sym qrt_start,
);

#[cfg(all(target_arch = "aarch64", target_os = "linux"))]
std::arch::global_asm!(
    ".weak main",
    ".weak quastra_main",
    ".type main,@function",
    "main:",
    ".cfi_startproc",
    ".cfi_undefined x30",
    "stp x29, x30, [sp, #-16]!",
    ".cfi_def_cfa_offset 16",
    "adrp x2, :got:quastra_main",
    "ldr x2, [x2, :got_lo12:quastra_main]",
    "bl {start}",
    "ldp x29, x30, [sp], #16",
    "ret",
    ".cfi_endproc",
    ".size main, . - main",
    start = sym qrt_start,
);

static ARGUMENTS: OnceLock<Vec<&'static [u8]>> = OnceLock::new();

/// The program's arguments, its name first.
pub fn arguments() -> &'static [&'static [u8]] {
    ARGUMENTS.get().map_or(&[], |all| all)
}

/// Prepares the stack, runs the program, catches its panic. What `main` returns to the system.
///
/// # Safety
/// `argc` and `argv` are C's `main`'s; called once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_start(
    argc: i32,
    argv: *const *const c_char,
    program: Option<unsafe extern "C-unwind" fn() -> i32>,
) -> i32 {
    let arguments = (0..usize::try_from(argc).unwrap_or(0)).map(|i| {
        // SAFETY: the system gives `argc` texts, each ended by a 0 byte, that live as long as the process.
        unsafe { CStr::from_ptr(*argv.add(i)).to_bytes() }
    });
    let _ = ARGUMENTS.set(arguments.collect());
    stack::guard();
    let program = program.expect("a program defines quastra_main");
    // SAFETY: compiled code, whose frames may be unwound.
    let code = panic::catch(|| unsafe { program() }).unwrap_or(PANIC_EXIT_CODE);
    finish(code)
}

/// The last words: flushes standard output; a program that can't write its output has failed.
pub fn finish(code: i32) -> i32 {
    let failed = streams::qrt_stdout_flush();
    if failed == 0 {
        return code;
    }
    let why = std::io::Error::from_raw_os_error(-failed);
    streams::say(format_args!("cannot write to standard output: {why}\n"));
    if code == 0 { 1 } else { code }
}
