//! Clocks, sleep and chance.
//!
//! In: nothing. Out: nanoseconds; random bytes from the system.
//!
//! Before: `qrt_time_monotonic()` twice. After: the second is not smaller.

use crate::raw;
use std::io::Read;
use std::time::{Duration, SystemTime};

/// Nanoseconds of a clock that never goes back.
#[unsafe(no_mangle)]
pub extern "C" fn qrt_time_monotonic() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is written by the call, which cannot fail for this clock.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut now) };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// Nanoseconds since 1970, negative before.
#[unsafe(no_mangle)]
pub extern "C" fn qrt_time_wall() -> i64 {
    nanoseconds(SystemTime::now())
}

/// Nanoseconds since 1970; to the year 2262.
pub fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |n| -n),
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn qrt_time_sleep(nanoseconds: u64) {
    std::thread::sleep(Duration::from_nanos(nanoseconds));
}

/// Bytes that nobody can guess.
///
/// # Safety
/// As `raw::buffer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_random_bytes(buf: *mut u8, len: usize) {
    // SAFETY: by the function's contract.
    let buf = unsafe { raw::buffer(buf, len) };
    for chunk in buf.chunks_mut(256) {
        // SAFETY: `getrandom` fills up to 256 bytes at once, without being interrupted.
        let got = unsafe { libc::getrandom(chunk.as_mut_ptr().cast(), chunk.len(), 0) };
        if got != chunk.len() as isize {
            std::fs::File::open("/dev/urandom")
                .and_then(|mut file| file.read_exact(chunk))
                .expect("the system has no source of random bytes");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on() {
        let start = qrt_time_monotonic();
        qrt_time_sleep(1_000_000);
        assert!(qrt_time_monotonic() >= start + 1_000_000);
        assert!(qrt_time_wall() > 1_600_000_000_000_000_000);
    }

    #[test]
    fn chance_differs() {
        let (mut a, mut b) = ([0; 300], [0; 300]);
        // SAFETY: both arrays are ours.
        unsafe {
            qrt_random_bytes(a.as_mut_ptr(), a.len());
            qrt_random_bytes(b.as_mut_ptr(), b.len());
        }
        assert_ne!(a, b);
    }
}
