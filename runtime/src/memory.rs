//! Questions about bytes: comparing, finding, whether they are UTF-8.
//!
//! In: slices as pointer and length. Out: positions. Vectorised (`memchr`), as text programs live by it.
//!
//! Before: `qrt_mem_find("hello", "l")`. After: 2.

use crate::raw;
use memchr::{memchr, memmem, memrchr};

/// # Safety
/// Both point to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_mem_compare(a: *const u8, b: *const u8, len: usize) -> i32 {
    if len == 0 {
        return 0;
    }
    // SAFETY: by the function's contract.
    unsafe { libc::memcmp(a.cast(), b.cast(), len) }
}

/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_mem_find_byte(ptr: *const u8, len: usize, byte: u8) -> usize {
    // SAFETY: by the function's contract.
    memchr(byte, unsafe { raw::bytes(ptr, len) }).unwrap_or(len)
}

/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_mem_rfind_byte(ptr: *const u8, len: usize, byte: u8) -> usize {
    // SAFETY: by the function's contract.
    memrchr(byte, unsafe { raw::bytes(ptr, len) }).unwrap_or(len)
}

/// # Safety
/// As `raw::bytes`, for both.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_mem_find(
    ptr: *const u8,
    len: usize,
    needle: *const u8,
    needle_len: usize,
) -> usize {
    // SAFETY: by the function's contract.
    let (bytes, needle) = unsafe { (raw::bytes(ptr, len), raw::bytes(needle, needle_len)) };
    memmem::find(bytes, needle).unwrap_or(usize::MAX)
}

/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_utf8_valid_up_to(ptr: *const u8, len: usize) -> usize {
    // SAFETY: by the function's contract.
    abi::text::utf8_valid_up_to(unsafe { raw::bytes(ptr, len) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        let text = b"hello";
        // SAFETY: the slices live as long as the calls.
        unsafe {
            assert_eq!(qrt_mem_find_byte(text.as_ptr(), 5, b'l'), 2);
            assert_eq!(qrt_mem_rfind_byte(text.as_ptr(), 5, b'l'), 3);
            assert_eq!(qrt_mem_find_byte(text.as_ptr(), 5, b'x'), 5);
            assert_eq!(qrt_mem_find(text.as_ptr(), 5, b"lo".as_ptr(), 2), 3);
            assert_eq!(qrt_mem_find(text.as_ptr(), 5, b"ol".as_ptr(), 2), usize::MAX);
            assert_eq!(qrt_mem_find(text.as_ptr(), 5, std::ptr::null(), 0), 0);
            assert!(qrt_mem_compare(b"a".as_ptr(), b"b".as_ptr(), 1) < 0);
            assert_eq!(qrt_utf8_valid_up_to(b"ab\xff".as_ptr(), 3), 2);
        }
    }
}
