//! The standard streams.
//!
//! In: bytes. Out: what `write` gave; standard output collects in a buffer of 64 KB (a line on a terminal).
//! It is flushed at exit, before a panic speaks and before standard input is read from a terminal.
//!
//! A reader that went away (`program | head`) ends the program quietly: SIGPIPE has its default
//! action, as C's `main` leaves it; where the parent ignored the signal, `EPIPE` does the same here.
//!
//! Before: `qrt_stdout_write("hi\n")`. After: 3; the bytes are in the buffer, or out on a terminal.

use crate::raw;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError, TryLockError};

const CAPACITY: usize = 64 * 1024;

struct Output {
    buffer: Vec<u8>,
    /// As long as the buffer stays within, bytes are just added: 0 before the first write and on a terminal.
    limit: usize,
    /// Asked at the first write.
    is_terminal: Option<bool>,
}

static STDOUT: Mutex<Output> = Mutex::new(Output { buffer: Vec::new(), limit: 0, is_terminal: None });

/// Bytes to standard output: their number or `-errno`.
///
/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_stdout_write(ptr: *const u8, len: usize) -> isize {
    // SAFETY: by the function's contract.
    let bytes = unsafe { raw::bytes(ptr, len) };
    let result = STDOUT.lock().unwrap_or_else(PoisonError::into_inner).write(bytes);
    if result < 0 { result } else { len as isize }
}

/// 0 or `-errno`.
#[unsafe(no_mangle)]
pub extern "C" fn qrt_stdout_flush() -> i32 {
    STDOUT.lock().unwrap_or_else(PoisonError::into_inner).flush() as i32
}

/// Bytes to standard error, at once.
///
/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_stderr_write(ptr: *const u8, len: usize) -> isize {
    // SAFETY: by the function's contract.
    let bytes = unsafe { raw::bytes(ptr, len) };
    let result = write_all(libc::STDERR_FILENO, bytes);
    if result < 0 { result } else { len as isize }
}

/// Some bytes of standard input: how many (0 at its end) or `-errno`.
///
/// # Safety
/// As `raw::buffer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_stdin_read(buf: *mut u8, cap: usize) -> isize {
    if STDOUT.lock().unwrap_or_else(PoisonError::into_inner).is_terminal == Some(true) {
        qrt_stdout_flush();
    }
    // SAFETY: by the function's contract.
    raw::retry(|| unsafe { libc::read(libc::STDIN_FILENO, buf.cast(), cap) })
}

#[unsafe(no_mangle)]
pub extern "C" fn qrt_stream_is_terminal(stream: i32) -> u8 {
    is_terminal(stream).into()
}

fn is_terminal(stream: i32) -> bool {
    // SAFETY: `isatty` takes any number.
    unsafe { libc::isatty(stream) == 1 }
}

impl Output {
    /// 0 or `-errno`.
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> isize {
        if self.buffer.len() + bytes.len() > self.limit {
            return self.write_slowly(bytes);
        }
        self.buffer.extend_from_slice(bytes);
        0
    }

    #[cold]
    fn write_slowly(&mut self, bytes: &[u8]) -> isize {
        let is_terminal = *self.is_terminal.get_or_insert_with(|| is_terminal(libc::STDOUT_FILENO));
        if self.buffer.len() + bytes.len() > CAPACITY {
            let result = self.flush();
            if result < 0 {
                return result;
            }
            if bytes.len() >= CAPACITY {
                return write_all(libc::STDOUT_FILENO, bytes);
            }
        }
        if self.buffer.capacity() == 0 {
            self.buffer.reserve_exact(CAPACITY);
        }
        if !is_terminal {
            self.limit = CAPACITY;
        }
        self.buffer.extend_from_slice(bytes);
        if is_terminal && bytes.contains(&b'\n') { self.flush() } else { 0 }
    }

    /// What can't be written is lost: the error is told once.
    fn flush(&mut self) -> isize {
        let result = write_all(libc::STDOUT_FILENO, &self.buffer);
        self.buffer.clear();
        result
    }
}

/// 0 or `-errno`.
fn write_all(stream: i32, mut bytes: &[u8]) -> isize {
    while !bytes.is_empty() {
        // SAFETY: `bytes` is readable.
        let written = raw::retry(|| unsafe { libc::write(stream, bytes.as_ptr().cast(), bytes.len()) });
        if written == -libc::EPIPE as isize && stream == libc::STDOUT_FILENO {
            end_quietly();
        }
        if written < 0 {
            return written;
        }
        bytes = &bytes[written as usize..];
    }
    0
}

/// As if SIGPIPE had come.
fn end_quietly() -> ! {
    // SAFETY: plain system calls; `_exit` ends the process without running anything.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        libc::raise(libc::SIGPIPE);
        libc::_exit(128 + libc::SIGPIPE)
    }
}

/// Flushes standard output unless somebody holds it: for ends that may come at any point, even in a signal handler.
pub fn flush_before_end() {
    match STDOUT.try_lock() {
        Ok(mut output) => {
            output.flush();
        }
        Err(TryLockError::Poisoned(output)) => {
            output.into_inner().flush();
        }
        Err(TryLockError::WouldBlock) => {}
    }
}

/// Writes to standard error through a small buffer on the stack: no allocation, one system call for most messages.
pub fn say(message: std::fmt::Arguments) {
    let mut line = Line { bytes: [0; 512], len: 0 };
    let _ = line.write_fmt(message);
    line.flush();
}

struct Line {
    bytes: [u8; 512],
    len: usize,
}

impl Line {
    fn flush(&mut self) {
        write_all(libc::STDERR_FILENO, &self.bytes[..self.len]);
        self.len = 0;
    }
}

impl std::fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for part in text.as_bytes().chunks(self.bytes.len()) {
            if self.len + part.len() > self.bytes.len() {
                self.flush();
            }
            self.bytes[self.len..self.len + part.len()].copy_from_slice(part);
            self.len += part.len();
        }
        Ok(())
    }
}
