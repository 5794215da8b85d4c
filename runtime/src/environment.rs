//! The process: its arguments, its variables, its folder, its end.
//!
//! In: names and indices. Out: text in the caller's buffer (see `raw::give`); what is no UTF-8 has U+FFFD
//! where it is wrong.
//!
//! Before: `qrt_args_get(0, buf, 0)`. After: how long the program's name is.

use crate::{raw, start, streams};
use std::env;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::sync::{PoisonError, RwLock};

/// C's environment is one for the process; writers exclude readers here, as the C library does not.
static ENVIRONMENT: RwLock<()> = RwLock::new(());

#[unsafe(no_mangle)]
pub extern "C" fn qrt_args_count() -> usize {
    start::arguments().len()
}

/// 0 beyond the last.
///
/// # Safety
/// As `raw::buffer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_args_get(index: usize, buf: *mut u8, cap: usize) -> usize {
    let Some(argument) = start::arguments().get(index) else { return 0 };
    // SAFETY: by the function's contract.
    unsafe { raw::give(String::from_utf8_lossy(argument).as_bytes(), buf, cap) }
}

/// # Safety
/// As `raw::bytes` and `raw::buffer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_env_get(name: *const u8, name_len: usize, buf: *mut u8, cap: usize) -> isize {
    let _reading = ENVIRONMENT.read().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: by the function's contract.
    match env::var_os(OsStr::from_bytes(unsafe { raw::bytes(name, name_len) })) {
        // SAFETY: by the function's contract.
        Some(value) => unsafe { raw::give(value.to_string_lossy().as_bytes(), buf, cap) as isize },
        None => -1,
    }
}

/// Whether the system can have a variable of that name: not empty, no `=`, no 0 byte.
fn possible(name: &[u8], value: &[u8]) -> bool {
    !name.is_empty() && !name.contains(&b'=') && !name.contains(&0) && !value.contains(&0)
}

/// # Safety
/// As `raw::bytes`, for both.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_env_set(
    name: *const u8,
    name_len: usize,
    value: *const u8,
    value_len: usize,
) -> i32 {
    // SAFETY: by the function's contract.
    let (name, value) = unsafe { (raw::bytes(name, name_len), raw::bytes(value, value_len)) };
    if !possible(name, value) {
        return -libc::EINVAL;
    }
    let _writing = ENVIRONMENT.write().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: Quastra code reads the environment only under the lock; foreign code is its caller's affair.
    unsafe { env::set_var(OsStr::from_bytes(name), OsStr::from_bytes(value)) };
    0
}

/// # Safety
/// As `raw::bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_env_remove(name: *const u8, name_len: usize) -> i32 {
    // SAFETY: by the function's contract.
    let name = unsafe { raw::bytes(name, name_len) };
    if !possible(name, b"") {
        return -libc::EINVAL;
    }
    let _writing = ENVIRONMENT.write().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: as in `qrt_env_set`.
    unsafe { env::remove_var(OsStr::from_bytes(name)) };
    0
}

/// All variables, `name=value`, sorted, each ended by a 0 byte.
///
/// # Safety
/// As `raw::buffer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_env_list(buf: *mut u8, cap: usize) -> usize {
    let _reading = ENVIRONMENT.read().unwrap_or_else(PoisonError::into_inner);
    let mut all: Vec<_> = env::vars_os().collect();
    all.sort();
    let mut text = String::new();
    for (name, value) in all {
        text += &name.to_string_lossy();
        text.push('=');
        text += &value.to_string_lossy();
        text.push('\0');
    }
    // SAFETY: by the function's contract.
    unsafe { raw::give(text.as_bytes(), buf, cap) }
}

/// # Safety
/// As `raw::buffer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_current_dir(buf: *mut u8, cap: usize) -> isize {
    match env::current_dir() {
        // SAFETY: by the function's contract.
        Ok(path) => unsafe { raw::give(&path.into_os_string().into_vec(), buf, cap) as isize },
        Err(e) => raw::negative(&e) as isize,
    }
}

/// Ends the program: nothing is dropped, standard output is flushed.
#[cold]
#[unsafe(no_mangle)]
pub extern "C" fn qrt_exit(code: i32) -> ! {
    std::process::exit(start::finish(code))
}

/// Ends the program at once, by a signal.
#[cold]
#[unsafe(no_mangle)]
pub extern "C" fn qrt_abort() -> ! {
    streams::flush_before_end();
    std::process::abort()
}

#[unsafe(no_mangle)]
pub extern "C" fn qrt_process_id() -> u32 {
    std::process::id()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_comes_and_goes() {
        let name = "QRT_TEST_VARIABLE";
        let mut buf = [0; 16];
        // SAFETY: all slices live as long as the calls.
        unsafe {
            assert_eq!(qrt_env_get(name.as_ptr(), name.len(), buf.as_mut_ptr(), 16), -1);
            assert_eq!(qrt_env_set(name.as_ptr(), name.len(), b"yes".as_ptr(), 3), 0);
            assert_eq!(qrt_env_get(name.as_ptr(), name.len(), buf.as_mut_ptr(), 16), 3);
            assert_eq!(&buf[..3], b"yes");
            assert_eq!(qrt_env_remove(name.as_ptr(), name.len()), 0);
            assert_eq!(qrt_env_get(name.as_ptr(), name.len(), buf.as_mut_ptr(), 16), -1);
            assert_eq!(qrt_env_set(b"=".as_ptr(), 1, b"".as_ptr(), 0), -libc::EINVAL);
        }
    }
}
