//! The stack: larger than the system's default, and a message where it ends (R4001).
//!
//! In: nothing. Out: the main thread may use 64 MB where the system allows it; a fault in that range
//! is told as a stack overflow, by a handler that runs on a stack of its own, and the program aborts.
//!
//! Before: endless recursion. After: `stack overflow: … [R4001]` and SIGABRT, which a shell shows as 134.

use crate::streams;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Address space, not memory: pages are taken as they are touched. Linux keeps at least 128 MB free below.
const SIZE: libc::rlim_t = 64 << 20;
/// For the handler, which formats a line.
const HANDLER_SIZE: usize = 64 << 10;
/// Frames may step beyond the end by that much before they touch it.
const SLACK: usize = 16 << 20;

/// The range in which a fault is an overflow.
static LOW: AtomicUsize = AtomicUsize::new(0);
static HIGH: AtomicUsize = AtomicUsize::new(0);

/// Once, on the main thread, near the start of its stack.
pub fn guard() {
    let here = 0u8;
    let top = (&raw const here).addr();
    let size = raise_limit();
    HIGH.store(top, Ordering::Relaxed);
    LOW.store(top.saturating_sub(size.saturating_add(SLACK)), Ordering::Relaxed);
    // SAFETY: the handler is installed with a stack of its own, and does only what a handler may.
    unsafe {
        let stack = libc::mmap(
            ptr::null_mut(),
            HANDLER_SIZE,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
        if stack == libc::MAP_FAILED {
            return;
        }
        let stack = libc::stack_t { ss_sp: stack, ss_flags: 0, ss_size: HANDLER_SIZE };
        libc::sigaltstack(&stack, ptr::null_mut());
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSEGV, &action, ptr::null_mut());
        libc::sigaction(libc::SIGBUS, &action, ptr::null_mut());
    }
}

/// The stack grows to the limit that holds when it is touched, so raising it now is enough.
fn raise_limit() -> usize {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is ours.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_STACK, &mut limit) != 0 {
            return SIZE as usize;
        }
        if limit.rlim_cur < SIZE {
            let raised = libc::rlimit { rlim_cur: SIZE.min(limit.rlim_max), ..limit };
            if libc::setrlimit(libc::RLIMIT_STACK, &raised) == 0 {
                limit = raised;
            }
        }
    }
    // Unlimited is 2^64 - 1: all below is stack then.
    usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX)
}

unsafe extern "C" fn handler(signal: c_int, info: *mut libc::siginfo_t, _context: *mut c_void) {
    // SAFETY: the system passes a valid `siginfo_t`.
    let address = unsafe { (*info).si_addr() }.addr();
    if (LOW.load(Ordering::Relaxed)..HIGH.load(Ordering::Relaxed)).contains(&address) {
        streams::flush_before_end();
        streams::say(format_args!(
            "stack overflow: a function calls itself too deeply, or a value on the stack is too large [R4001]\n"
        ));
        std::process::abort();
    }
    // Not ours: back to the default, and the same fault again ends the program as it would have.
    // SAFETY: plain system call.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}
