//! The list itself: every function of the runtime that compiled programs may call.
//!
//! In: nothing. Out: [`runtime_functions!`], which hands all rows to a macro of the caller's
//! choosing, and [`FUNCTIONS`], the rows as data.
//!
//! A row is `[flags] fn name(param: type, …) -> type;`. Flags: `unwinds`, `cold`, `pure`, `reads`
//! (see [`RuntimeFn`]). Types are scalars; a `bool` is a `u8`, a `char` a `u32`.
//!
//! Conventions of the rows: text is UTF-8, `pointer, length`. A result that may fail is negative
//! then, `-errno`. A function that fills a buffer `buf, cap` returns the length the whole result
//! has, and writes only if it fits: call again with a larger buffer where it is more than `cap`.

use crate::types::{Outcome, Param, RuntimeFn, Scalar};

/// Calls `$with! { rows }`.
#[macro_export]
macro_rules! runtime_functions {
    ($with:ident) => {
        $with! {
            // ---- memory: never null; too little memory ends the program with R4002. Size 0 is allowed
            // and touches no allocator.
            [] fn qrt_alloc(size: usize, align: usize) -> *mut u8;
            [] fn qrt_alloc_zeroed(size: usize, align: usize) -> *mut u8;
            [] fn qrt_realloc(ptr: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8;
            [] fn qrt_dealloc(ptr: *mut u8, size: usize, align: usize) -> ();
            // A capacity beyond the address space; ends like an allocation that failed.
            [cold] fn qrt_capacity_overflow() -> !;
            // Below, equal or above zero, as C's memcmp.
            [reads] fn qrt_mem_compare(a: *const u8, b: *const u8, len: usize) -> i32;
            // Where the byte is first (or last); `len` where it is not.
            [reads] fn qrt_mem_find_byte(ptr: *const u8, len: usize, byte: u8) -> usize;
            [reads] fn qrt_mem_rfind_byte(ptr: *const u8, len: usize, byte: u8) -> usize;
            // Where the needle is first; `usize::MAX` where it is not.
            [reads] fn qrt_mem_find(ptr: *const u8, len: usize, needle: *const u8, needle_len: usize) -> usize;
            // Length of the longest valid prefix: `len` where all of it is UTF-8.
            [reads] fn qrt_utf8_valid_up_to(ptr: *const u8, len: usize) -> usize;

            // ---- panics: print `file:line:column` and the message with R4000, then unwind.
            [unwinds cold] fn qrt_panic(message: *const u8, message_len: usize,
                file: *const u8, file_len: usize, line: u32, column: u32) -> !;
            // kind: codes::arithmetic
            [unwinds cold] fn qrt_panic_arithmetic(kind: u32, file: *const u8, file_len: usize, line: u32, column: u32) -> !;
            [unwinds cold] fn qrt_panic_bounds(index: usize, len: usize,
                file: *const u8, file_len: usize, line: u32, column: u32) -> !;
            // A cleanup pad's own cleanup: a drop panicked while unwinding. Prints and aborts.
            [cold] fn qrt_drop_in_panic() -> !;
            // Whether this thread is unwinding.
            [] fn qrt_panicking() -> u8;
            // Calls `call(data)`, an `extern "C" fn(*mut u8)`; 1 if it panicked, else 0.
            [] fn qrt_catch(call: *const u8, data: *mut u8) -> u8;

            // ---- standard streams. Standard output is buffered (by line on a terminal), flushed at exit
            // and before a panic speaks; a reader that went away ends the program quietly.
            [] fn qrt_stdout_write(ptr: *const u8, len: usize) -> isize;
            [] fn qrt_stdout_flush() -> i32;
            [] fn qrt_stderr_write(ptr: *const u8, len: usize) -> isize;
            [] fn qrt_stdin_read(buf: *mut u8, cap: usize) -> isize;
            // stream: 0, 1 or 2
            [] fn qrt_stream_is_terminal(stream: i32) -> u8;

            // ---- files. flags: codes::open; result: a file or -errno.
            [] fn qrt_file_open(path: *const u8, path_len: usize, flags: u32) -> i32;
            [] fn qrt_file_read(file: i32, buf: *mut u8, cap: usize) -> isize;
            [] fn qrt_file_write(file: i32, ptr: *const u8, len: usize) -> isize;
            // from: 0 the start, 1 here, 2 the end
            [] fn qrt_file_seek(file: i32, offset: i64, from: u32) -> i64;
            [] fn qrt_file_size(file: i32) -> i64;
            [] fn qrt_file_sync(file: i32) -> i32;
            [] fn qrt_file_close(file: i32) -> i32;
            // codes::path or -errno
            [] fn qrt_path_kind(path: *const u8, path_len: usize) -> i32;
            [] fn qrt_path_size(path: *const u8, path_len: usize) -> i64;
            // Nanoseconds since 1970; i64::MIN + errno where it fails.
            [] fn qrt_path_modified(path: *const u8, path_len: usize) -> i64;
            [] fn qrt_path_remove_file(path: *const u8, path_len: usize) -> i32;
            [] fn qrt_path_rename(from: *const u8, from_len: usize, to: *const u8, to_len: usize) -> i32;
            [] fn qrt_path_absolute(path: *const u8, path_len: usize, buf: *mut u8, cap: usize) -> isize;
            // recursive: 1 also makes the parents, and is content where it exists
            [] fn qrt_dir_create(path: *const u8, path_len: usize, recursive: u8) -> i32;
            // recursive: 1 also removes what is inside
            [] fn qrt_dir_remove(path: *const u8, path_len: usize, recursive: u8) -> i32;
            // The names of all entries, sorted, each ended by a 0 byte.
            [] fn qrt_dir_list(path: *const u8, path_len: usize, list: *mut u8, cap: usize) -> isize;
            [] fn qrt_error_text(errno: i32, buf: *mut u8, cap: usize) -> usize;
            // codes::error
            [pure] fn qrt_error_kind(errno: i32) -> u32;

            // ---- the process. What is no UTF-8 has U+FFFD where it is wrong. -1: no such variable.
            [] fn qrt_args_count() -> usize;
            [] fn qrt_args_get(index: usize, buf: *mut u8, cap: usize) -> usize;
            [] fn qrt_env_get(name: *const u8, name_len: usize, buf: *mut u8, cap: usize) -> isize;
            [] fn qrt_env_set(name: *const u8, name_len: usize, value: *const u8, value_len: usize) -> i32;
            [] fn qrt_env_remove(name: *const u8, name_len: usize) -> i32;
            // All variables, `name=value`, each ended by a 0 byte, sorted.
            [] fn qrt_env_list(buf: *mut u8, cap: usize) -> usize;
            [] fn qrt_current_dir(buf: *mut u8, cap: usize) -> isize;
            // Flushes standard output first.
            [cold] fn qrt_exit(code: i32) -> !;
            [cold] fn qrt_abort() -> !;
            [] fn qrt_process_id() -> u32;

            // ---- time and chance
            [] fn qrt_time_monotonic() -> u64;
            // Nanoseconds since 1970.
            [] fn qrt_time_wall() -> i64;
            [] fn qrt_time_sleep(nanoseconds: u64) -> ();
            [] fn qrt_random_bytes(buf: *mut u8, len: usize) -> ();

            // ---- numbers as text. precision: digits after the point, negative for the shortest that
            // reads back the same. exponent: 0 never, 1 `1.5e3`, 2 `1.5E3`.
            [] fn qrt_f64_format(value: f64, precision: isize, exponent: u8, buf: *mut u8, cap: usize) -> usize;
            [] fn qrt_f32_format(value: f32, precision: isize, exponent: u8, buf: *mut u8, cap: usize) -> usize;
            // 1 and the value in `*out`, or 0.
            [] fn qrt_f64_parse(ptr: *const u8, len: usize, out: *mut u8) -> u8;
            [] fn qrt_f32_parse(ptr: *const u8, len: usize, out: *mut u8) -> u8;

            // ---- mathematics that is no LLVM instruction
            [pure] fn qrt_f64_sin(x: f64) -> f64;
            [pure] fn qrt_f64_cos(x: f64) -> f64;
            [pure] fn qrt_f64_tan(x: f64) -> f64;
            [pure] fn qrt_f64_asin(x: f64) -> f64;
            [pure] fn qrt_f64_acos(x: f64) -> f64;
            [pure] fn qrt_f64_atan(x: f64) -> f64;
            [pure] fn qrt_f64_atan2(y: f64, x: f64) -> f64;
            [pure] fn qrt_f64_sinh(x: f64) -> f64;
            [pure] fn qrt_f64_cosh(x: f64) -> f64;
            [pure] fn qrt_f64_tanh(x: f64) -> f64;
            [pure] fn qrt_f64_asinh(x: f64) -> f64;
            [pure] fn qrt_f64_acosh(x: f64) -> f64;
            [pure] fn qrt_f64_atanh(x: f64) -> f64;
            [pure] fn qrt_f64_exp(x: f64) -> f64;
            [pure] fn qrt_f64_exp2(x: f64) -> f64;
            [pure] fn qrt_f64_exp_m1(x: f64) -> f64;
            [pure] fn qrt_f64_ln(x: f64) -> f64;
            [pure] fn qrt_f64_ln_1p(x: f64) -> f64;
            [pure] fn qrt_f64_log2(x: f64) -> f64;
            [pure] fn qrt_f64_log10(x: f64) -> f64;
            [pure] fn qrt_f64_cbrt(x: f64) -> f64;
            [pure] fn qrt_f64_hypot(x: f64, y: f64) -> f64;
            [pure] fn qrt_f64_pow(x: f64, y: f64) -> f64;
            [pure] fn qrt_f64_powi(x: f64, n: i32) -> f64;

            // ---- Unicode
            [pure] fn qrt_char_is_alphabetic(c: u32) -> u8;
            [pure] fn qrt_char_is_numeric(c: u32) -> u8;
            [pure] fn qrt_char_is_whitespace(c: u32) -> u8;
            [pure] fn qrt_char_is_uppercase(c: u32) -> u8;
            [pure] fn qrt_char_is_lowercase(c: u32) -> u8;
            [pure] fn qrt_char_is_control(c: u32) -> u8;
            // Whether `Debug` shows it as it is, not as an escape.
            [pure] fn qrt_char_is_printable(c: u32) -> u8;
            // The n-th character (0, 1, 2) of the other case; 0 where there is none.
            [pure] fn qrt_char_to_upper(c: u32, n: u32) -> u32;
            [pure] fn qrt_char_to_lower(c: u32, n: u32) -> u32;
        }
    };
}

macro_rules! rows {
    ($([$($flag:ident)*] fn $name:ident($($param:ident: $ty:ty),* $(,)?) -> $result:ty;)*) => {
        const UNSORTED: [RuntimeFn; [$(stringify!($name)),*].len()] = [$(RuntimeFn {
            name: stringify!($name),
            params: &[$(Param { name: stringify!($param), ty: <$ty as Scalar>::TY }),*],
            result: <fn() -> $result as Outcome>::TY,
            unwinds: has(&[$(stringify!($flag)),*], b'u'),
            cold: has(&[$(stringify!($flag)),*], b'c'),
            pure: has(&[$(stringify!($flag)),*], b'p'),
            reads: has(&[$(stringify!($flag)),*], b'r'),
        }),*];
    };
}

runtime_functions!(rows);

/// Every row, in the order of the list above.
pub const FUNCTIONS: &[RuntimeFn] = &UNSORTED;

/// The row of that name.
pub fn find(name: &str) -> Option<&'static RuntimeFn> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// Whether a flag that begins with this letter is among a row's flags.
const fn has(flags: &[&str], first: u8) -> bool {
    let mut i = 0;
    while i < flags.len() {
        if flags[i].as_bytes()[0] == first {
            return true;
        }
        i += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::AbiTy;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_prefixed() {
        let mut seen = BTreeSet::new();
        for function in FUNCTIONS {
            assert!(function.name.starts_with("qrt_"), "{function}");
            assert!(seen.insert(function.name), "{function} twice");
        }
    }

    #[test]
    fn flags_and_types_are_read() {
        let panic = find("qrt_panic_bounds").unwrap();
        assert!(panic.unwinds && panic.cold && panic.noreturn() && !panic.pure);
        let dealloc = find("qrt_dealloc").unwrap();
        assert_eq!(dealloc.result, AbiTy::Unit);
        assert_eq!(dealloc.params[0], Param { name: "ptr", ty: AbiTy::MutPtr });
        assert!(find("qrt_f64_sin").unwrap().pure);
        assert!(find("qrt_mem_compare").unwrap().reads);
        assert!(find("qrt_nothing").is_none());
    }
}
