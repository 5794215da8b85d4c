//! Files and folders by name, and what an errno means.
//!
//! In: paths. Out: facts about them, 0, or `-errno`.
//!
//! Before: `qrt_dir_create("a/b", 1)`. After: `a` and `a/b` exist; 0.

use crate::{raw, time};
use abi::codes::{error, path};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;

/// What the path leads to: `codes::path`.
///
/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_path_kind(path: *const u8, path_len: usize) -> i32 {
    // SAFETY: by the function's contract.
    match unsafe { raw::path(path, path_len) }.metadata() {
        Ok(data) if data.is_file() => path::FILE,
        Ok(data) if data.is_dir() => path::DIRECTORY,
        Ok(_) => path::OTHER,
        Err(e) => raw::negative(&e),
    }
}

/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_path_size(path: *const u8, path_len: usize) -> i64 {
    // SAFETY: by the function's contract.
    match unsafe { raw::path(path, path_len) }.metadata() {
        Ok(data) => i64::try_from(data.len()).unwrap_or(i64::MAX),
        Err(e) => raw::negative(&e).into(),
    }
}

/// When it was last written; `i64::MIN + errno` where that can't be said.
///
/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_path_modified(path: *const u8, path_len: usize) -> i64 {
    // SAFETY: by the function's contract.
    match unsafe { raw::path(path, path_len) }.metadata().and_then(|data| data.modified()) {
        Ok(when) => time::nanoseconds(when),
        Err(e) => i64::MIN - i64::from(raw::negative(&e)),
    }
}

/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_path_remove_file(path: *const u8, path_len: usize) -> i32 {
    // SAFETY: by the function's contract.
    raw::status(fs::remove_file(unsafe { raw::path(path, path_len) }))
}

/// # Safety
/// As `raw::bytes`, for both.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_path_rename(
    from: *const u8,
    from_len: usize,
    to: *const u8,
    to_len: usize,
) -> i32 {
    // SAFETY: by the function's contract.
    raw::status(unsafe { fs::rename(raw::path(from, from_len), raw::path(to, to_len)) })
}

/// The path from the root, without links and dots.
///
/// # Safety
/// As `raw::bytes` and `raw::buffer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_path_absolute(
    path: *const u8,
    path_len: usize,
    buf: *mut u8,
    cap: usize,
) -> isize {
    // SAFETY: by the function's contract.
    match unsafe { raw::path(path, path_len) }.canonicalize() {
        // SAFETY: by the function's contract.
        Ok(full) => unsafe { raw::give(full.as_os_str().as_bytes(), buf, cap) as isize },
        Err(e) => raw::negative(&e) as isize,
    }
}

/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_dir_create(path: *const u8, path_len: usize, recursive: u8) -> i32 {
    // SAFETY: by the function's contract.
    let path = unsafe { raw::path(path, path_len) };
    raw::status(if recursive != 0 { fs::create_dir_all(path) } else { fs::create_dir(path) })
}

/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_dir_remove(path: *const u8, path_len: usize, recursive: u8) -> i32 {
    // SAFETY: by the function's contract.
    let path = unsafe { raw::path(path, path_len) };
    raw::status(if recursive != 0 { fs::remove_dir_all(path) } else { fs::remove_dir(path) })
}

/// The names in a folder, sorted, each ended by a 0 byte.
///
/// # Safety
/// As `raw::bytes` and `raw::buffer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_dir_list(path: *const u8, path_len: usize, list: *mut u8, cap: usize) -> isize {
    // SAFETY: by the function's contract.
    let entries = fs::read_dir(unsafe { raw::path(path, path_len) });
    let names = entries.and_then(|all| all.map(|e| e.map(|e| e.file_name())).collect::<io::Result<Vec<_>>>());
    match names {
        Ok(mut names) => {
            names.sort();
            let mut text = Vec::new();
            for name in names {
                text.extend_from_slice(name.to_string_lossy().as_bytes());
                text.push(0);
            }
            // SAFETY: by the function's contract.
            unsafe { raw::give(&text, list, cap) as isize }
        }
        Err(e) => raw::negative(&e) as isize,
    }
}

/// What the system says about an errno: `No such file or directory`.
///
/// # Safety
/// As `raw::buffer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_error_text(errno: i32, buf: *mut u8, cap: usize) -> usize {
    let text = io::Error::from_raw_os_error(errno).to_string();
    let text = text.strip_suffix(&format!(" (os error {errno})")).unwrap_or(&text);
    // SAFETY: by the function's contract.
    unsafe { raw::give(text.as_bytes(), buf, cap) }
}

/// `codes::error`
#[unsafe(no_mangle)]
pub extern "C" fn qrt_error_kind(errno: i32) -> u32 {
    match errno {
        libc::ENOENT => error::NOT_FOUND,
        libc::EACCES | libc::EPERM => error::PERMISSION_DENIED,
        libc::EEXIST => error::ALREADY_EXISTS,
        libc::EISDIR => error::IS_A_DIRECTORY,
        libc::ENOTDIR => error::NOT_A_DIRECTORY,
        libc::ENOTEMPTY => error::NOT_EMPTY,
        libc::EPIPE => error::BROKEN_PIPE,
        libc::EINTR => error::INTERRUPTED,
        libc::EINVAL => error::INVALID_INPUT,
        libc::ENOSPC => error::OUT_OF_SPACE,
        libc::ETIMEDOUT => error::TIMED_OUT,
        _ => error::OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders() {
        let root = std::env::temp_dir().join(format!("qrt-dir-{}", std::process::id()));
        let inner = root.join("a/b");
        let (root, inner) = (root.to_str().unwrap(), inner.to_str().unwrap());
        // SAFETY: all slices live as long as the calls.
        unsafe {
            assert_eq!(qrt_dir_create(inner.as_ptr(), inner.len(), 1), 0);
            assert_eq!(qrt_dir_create(inner.as_ptr(), inner.len(), 0), -libc::EEXIST);
            assert_eq!(qrt_path_kind(inner.as_ptr(), inner.len()), path::DIRECTORY);
            let mut buf = [0; 8];
            assert_eq!(qrt_dir_list(root.as_ptr(), root.len(), buf.as_mut_ptr(), 8), 2);
            assert_eq!(&buf[..2], b"a\0");
            assert_eq!(qrt_dir_remove(root.as_ptr(), root.len(), 0), -libc::ENOTEMPTY);
            assert_eq!(qrt_dir_remove(root.as_ptr(), root.len(), 1), 0);
        }
    }

    #[test]
    fn an_errno_has_words_and_a_kind() {
        let mut buf = [0; 64];
        // SAFETY: the buffer is ours.
        let len = unsafe { qrt_error_text(libc::ENOENT, buf.as_mut_ptr(), buf.len()) };
        assert_eq!(&buf[..len], b"No such file or directory");
        assert_eq!(qrt_error_kind(libc::ENOENT), error::NOT_FOUND);
    }
}
