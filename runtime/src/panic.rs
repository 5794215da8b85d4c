//! Panics: a message, a trace, and unwinding to the root of the task.
//!
//! In: what failed and where. Out: never; the destructors of all frames up to [`catch`] run, through the
//! cleanup pads of compiled code (`__gcc_personality_v0`), and only Rust catches.
//!
//! ```text
//! panicked at bank.qst:12:9: index 5 is out of bounds: the length is 3 [R4000]
//!    0: main.pick     bank.qst:12:9
//!    1: main.main     bank.qst:20:5
//! ```
//!
//! A failure inside the standard library (`unwrap` of `none`) is told of its caller: the first frame of the
//! program's own code. A panic while this thread already unwinds ends the program with both messages.

use crate::{backtrace, raw, streams};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

thread_local! {
    /// How many panics unwind this thread: 0 or, before the end, 1.
    static PANICS: Cell<u32> = const { Cell::new(0) };
}

/// What unwinding carries: nothing, all has been said.
struct Unwinding;

/// The place in the source that failed.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub file: &'a str,
    pub line: u32,
    pub column: u32,
}

impl Place<'_> {
    /// # Safety
    /// As `raw::text`.
    unsafe fn new(file: *const u8, file_len: usize, line: u32, column: u32) -> Self {
        // SAFETY: by the function's contract.
        Place { file: unsafe { raw::text(file, file_len) }, line, column }
    }
}

/// # Safety
/// As `raw::text`, for message and file.
#[cold]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn qrt_panic(
    message: *const u8,
    message_len: usize,
    file: *const u8,
    file_len: usize,
    line: u32,
    column: u32,
) -> ! {
    // SAFETY: by the function's contract.
    let (message, place) =
        unsafe { (raw::text(message, message_len), Place::new(file, file_len, line, column)) };
    begin(format_args!("{message}"), place)
}

/// # Safety
/// As `raw::text`.
#[cold]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn qrt_panic_arithmetic(
    kind: u32,
    file: *const u8,
    file_len: usize,
    line: u32,
    column: u32,
) -> ! {
    // SAFETY: by the function's contract.
    let place = unsafe { Place::new(file, file_len, line, column) };
    begin(format_args!("{}", abi::codes::arithmetic::message(kind)), place)
}

/// # Safety
/// As `raw::text`.
#[cold]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn qrt_panic_bounds(
    index: usize,
    len: usize,
    file: *const u8,
    file_len: usize,
    line: u32,
    column: u32,
) -> ! {
    // SAFETY: by the function's contract.
    let place = unsafe { Place::new(file, file_len, line, column) };
    begin(format_args!("{}", abi::codes::OutOfBounds { index, len }), place)
}

/// A cleanup's own cleanup: never reached by a panic of Quastra's (see [`begin`]), only by a foreign exception.
#[cold]
#[unsafe(no_mangle)]
pub extern "C" fn qrt_drop_in_panic() -> ! {
    end_in_panic()
}

#[unsafe(no_mangle)]
pub extern "C" fn qrt_panicking() -> u8 {
    (PANICS.get() > 0).into()
}

/// # Safety
/// `call` is a compiled function of one pointer, and takes `data`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_catch(call: *const u8, data: *mut u8) -> u8 {
    // SAFETY: by the function's contract.
    let call: unsafe extern "C-unwind" fn(*mut u8) = unsafe { std::mem::transmute(call) };
    // SAFETY: by the function's contract.
    catch(|| unsafe { call(data) }).is_none().into()
}

/// Runs compiled code; `None` if it panicked.
pub fn catch<T>(run: impl FnOnce() -> T) -> Option<T> {
    // A panic of the runtime itself has unwound too; std has told of it.
    let before = PANICS.get();
    let result = catch_unwind(AssertUnwindSafe(run)).ok();
    PANICS.set(before);
    result
}

/// Tells of the panic, then unwinds.
#[cold]
fn begin(message: std::fmt::Arguments, place: Place) -> ! {
    streams::flush_before_end();
    // Reading DWARF takes longer than all else here: only where someone looks at the frames.
    let is_library = backtrace::is_library(place.file);
    let trace = backtrace::Trace::capture(is_library);
    let place = if is_library { trace.caller().unwrap_or(place) } else { place };
    // As traces show it: below the folder the program runs in, where it is.
    let folder = std::env::current_dir().unwrap_or_default();
    let file = std::path::Path::new(place.file).strip_prefix(folder).unwrap_or(place.file.as_ref()).display();
    // One write: messages of several threads do not mix.
    let mut report = format!("panicked at {file}:{}:{}: {message} [R4000]\n", place.line, place.column);
    trace.write(&mut report);
    // SAFETY: the text lives as long as the call.
    unsafe { streams::qrt_stderr_write(report.as_ptr(), report.len()) };
    if PANICS.get() > 0 {
        end_in_panic()
    }
    PANICS.set(1);
    resume_unwind(Box::new(Unwinding))
}

fn end_in_panic() -> ! {
    streams::say(format_args!("a drop panicked while a panic was unwinding: the program ends here\n"));
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C-unwind" fn fails(data: *mut u8) {
        struct Count(*mut u8);
        impl Drop for Count {
            fn drop(&mut self) {
                assert_eq!(qrt_panicking(), 1);
                // SAFETY: the test's byte.
                unsafe { *self.0 += 1 }
            }
        }
        let _count = Count(data);
        // SAFETY: static texts.
        unsafe { qrt_panic_bounds(3, 2, b"a.qst".as_ptr(), 5, 1, 2) }
    }

    #[test]
    fn unwinding_drops_and_is_caught() {
        let mut dropped = 0;
        // SAFETY: `fails` takes a pointer to a byte.
        let caught = unsafe { qrt_catch(fails as *const () as *const u8, &raw mut dropped) };
        assert_eq!((caught, dropped, qrt_panicking()), (1, 1, 0));
    }
}
