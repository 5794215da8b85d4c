//! From pointers and lengths to slices and back, and from `io::Error` to `-errno`.
//!
//! In: what compiled code passes. Out: Rust values for the length of the call.
//!
//! Before: `path: *const u8, path_len: usize`. After: `path(path, path_len): &Path`.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The bytes at `ptr`. An empty slice may have any pointer.
///
/// # Safety
/// `len` bytes at `ptr` are initialised and not written during `'a`.
pub unsafe fn bytes<'a>(ptr: *const u8, len: usize) -> &'a [u8] {
    if len == 0 {
        return &[];
    }
    // SAFETY: by the function's contract.
    unsafe { std::slice::from_raw_parts(ptr, len) }
}

/// The buffer at `ptr`. It may be uninitialised: callers of this only write.
///
/// # Safety
/// `len` bytes at `ptr` may be written during `'a` and nobody else looks at them.
pub unsafe fn buffer<'a>(ptr: *mut u8, len: usize) -> &'a mut [u8] {
    if len == 0 {
        return &mut [];
    }
    // SAFETY: by the function's contract; bytes have no invalid values.
    unsafe { std::slice::from_raw_parts_mut(ptr, len) }
}

/// Quastra's `str`.
///
/// # Safety
/// As [`bytes`], and the bytes are UTF-8.
pub unsafe fn text<'a>(ptr: *const u8, len: usize) -> &'a str {
    // SAFETY: by the function's contract.
    unsafe { std::str::from_utf8_unchecked(bytes(ptr, len)) }
}

/// A `str` that names a file.
///
/// # Safety
/// As [`bytes`].
pub unsafe fn path<'a>(ptr: *const u8, len: usize) -> &'a Path {
    // SAFETY: by the function's contract.
    Path::new(OsStr::from_bytes(unsafe { bytes(ptr, len) }))
}

/// Copies the result where it fits; how long it is.
///
/// # Safety
/// As [`buffer`].
pub unsafe fn give(result: &[u8], buf: *mut u8, cap: usize) -> usize {
    if result.len() <= cap {
        // SAFETY: by the function's contract.
        unsafe { buffer(buf, result.len()) }.copy_from_slice(result);
    }
    result.len()
}

/// The errno of an error, negative. What has none is `EIO`, or `EINVAL` where the input was at fault.
pub fn negative(error: &io::Error) -> i32 {
    let fallback = if error.kind() == io::ErrorKind::InvalidInput { libc::EINVAL } else { libc::EIO };
    -error.raw_os_error().unwrap_or(fallback)
}

/// 0 or `-errno`.
pub fn status(result: io::Result<()>) -> i32 {
    result.map_or_else(|e| negative(&e), |()| 0)
}

/// The result of a system call that gives −1 for failure; retried where a signal interrupted it.
pub fn retry(mut call: impl FnMut() -> isize) -> isize {
    loop {
        let result = call();
        if result >= 0 {
            return result;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return negative(&error) as isize;
        }
    }
}
