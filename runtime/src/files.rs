//! Open files, by descriptor.
//!
//! In: paths, descriptors, buffers. Out: descriptors and counts, or `-errno`.
//!
//! Before: `qrt_file_open("a.txt", open::READ)`. After: 3, or -2 (`ENOENT`).

use crate::raw;
use abi::codes::open;
use std::ffi::CString;

/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_file_open(path: *const u8, path_len: usize, flags: u32) -> i32 {
    // SAFETY: by the function's contract.
    let Ok(path) = CString::new(unsafe { raw::bytes(path, path_len) }) else { return -libc::EINVAL };
    let has = |flag| flags & flag != 0;
    let mut how = libc::O_CLOEXEC
        | match (has(open::READ), has(open::WRITE | open::APPEND)) {
            (true, true) => libc::O_RDWR,
            (false, true) => libc::O_WRONLY,
            (_, false) => libc::O_RDONLY,
        };
    for (flag, bits) in [
        (open::APPEND, libc::O_APPEND),
        (open::CREATE, libc::O_CREAT),
        (open::TRUNCATE, libc::O_TRUNC),
        (open::CREATE_NEW, libc::O_CREAT | libc::O_EXCL),
    ] {
        if has(flag) {
            how |= bits;
        }
    }
    // SAFETY: `path` ends with a 0 byte; the mode is for `O_CREAT`.
    raw::retry(|| unsafe { libc::open(path.as_ptr(), how, 0o666) } as isize) as i32
}

/// # Safety
/// As `raw::buffer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_file_read(file: i32, buf: *mut u8, cap: usize) -> isize {
    // SAFETY: by the function's contract.
    raw::retry(|| unsafe { libc::read(file, buf.cast(), cap) })
}

/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_file_write(file: i32, ptr: *const u8, len: usize) -> isize {
    // SAFETY: by the function's contract.
    raw::retry(|| unsafe { libc::write(file, ptr.cast(), len) })
}

#[unsafe(no_mangle)]
pub extern "C" fn qrt_file_seek(file: i32, offset: i64, from: u32) -> i64 {
    let whence = match from {
        0 => libc::SEEK_SET,
        1 => libc::SEEK_CUR,
        2 => libc::SEEK_END,
        _ => return -i64::from(libc::EINVAL),
    };
    // SAFETY: a plain system call.
    raw::retry(|| unsafe { libc::lseek(file, offset, whence) } as isize) as i64
}

/// The length of the file's contents.
#[unsafe(no_mangle)]
pub extern "C" fn qrt_file_size(file: i32) -> i64 {
    // SAFETY: all zero is a valid `stat`; the call fills it.
    let mut stat: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: `stat` is ours.
    let result = raw::retry(|| unsafe { libc::fstat(file, &mut stat) } as isize);
    if result < 0 { result as i64 } else { stat.st_size }
}

#[unsafe(no_mangle)]
pub extern "C" fn qrt_file_sync(file: i32) -> i32 {
    // SAFETY: a plain system call.
    raw::retry(|| unsafe { libc::fsync(file) } as isize) as i32
}

/// Not retried: after `EINTR` the descriptor is gone all the same.
#[unsafe(no_mangle)]
pub extern "C" fn qrt_file_close(file: i32) -> i32 {
    // SAFETY: a plain system call; the program owns the descriptor.
    match unsafe { libc::close(file) } {
        0 => 0,
        _ => raw::negative(&std::io::Error::last_os_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::{qrt_path_kind, qrt_path_remove_file};

    #[test]
    fn written_is_read() {
        let name = std::env::temp_dir().join(format!("qrt-file-{}", std::process::id()));
        let name = name.to_str().unwrap();
        let (path, len) = (name.as_ptr(), name.len());
        // SAFETY: all slices live as long as the calls.
        unsafe {
            assert_eq!(qrt_file_open(path, len, open::READ), -libc::ENOENT);
            let file = qrt_file_open(path, len, open::READ | open::WRITE | open::CREATE);
            assert!(file >= 0);
            assert_eq!(qrt_file_write(file, b"hello".as_ptr(), 5), 5);
            assert_eq!(qrt_file_size(file), 5);
            assert_eq!(qrt_file_seek(file, 1, 0), 1);
            let mut buf = [0; 8];
            assert_eq!(qrt_file_read(file, buf.as_mut_ptr(), 8), 4);
            assert_eq!(&buf[..4], b"ello");
            assert_eq!(qrt_file_close(file), 0);
            assert_eq!(qrt_path_kind(path, len), abi::codes::path::FILE);
            assert_eq!(qrt_path_remove_file(path, len), 0);
            assert_eq!(qrt_path_kind(path, len), -libc::ENOENT);
        }
    }
}
