//! The stack: larger than the system's default, and a message where it ends (R4001).
//!
//! In: nothing. Out: the main thread may use 64 MB where the system allows it; a fault in that range
//! is told as a stack overflow, by a handler that runs on a stack of its own, and the program aborts.
//!
//! Before: endless recursion. After: `stack overflow: … [R4001]`, the innermost functions, and SIGABRT, which a shell
//! shows as 134.

use crate::backtrace::Trace;
use crate::streams;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Address space, not memory: pages are taken as they are touched. Linux keeps at least 128 MB free below.
const SIZE: libc::rlim_t = 64 << 20;
/// For the handler, which reads debug information; address space too.
const HANDLER_SIZE: usize = 1 << 20;
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
        tell_where();
        std::process::abort();
    }
    // Not ours: back to the default, and the same fault again ends the program as it would have.
    // SAFETY: plain system call.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}

/// Frames that are read, ours included: a recursion shows itself in a few, and reading a million takes a minute.
const MOST_FRAMES: usize = 32;
/// Frames that are shown.
const MOST_SHOWN: usize = 8;
/// Reading allocates. Where the stack ended inside the allocator, which is locked then, it would wait for ever.
const PATIENCE: libc::c_uint = 2;

/// The innermost functions. The message is out already, for what follows may not come to its end.
fn tell_where() {
    extern "C" fn give_up(_signal: c_int) {
        std::process::abort()
    }
    // SAFETY: plain system calls; the handler only ends the program.
    unsafe {
        let mut alone: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut alone);
        libc::sigaddset(&mut alone, libc::SIGALRM);
        libc::signal(libc::SIGALRM, give_up as *const () as usize);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &alone, ptr::null_mut());
        libc::alarm(PATIENCE);
    }
    if cut() {
        let mut text = String::new();
        if Trace::capture(false).write_first(MOST_SHOWN, &mut text) > 0 {
            text.push_str("      and so on\n");
        }
        streams::say(format_args!("{text}"));
    }
}

/// Makes the stack end after some frames, by taking a return address away: nothing returns any more, and the only
/// trace that std takes is one of the whole stack. False where that is not known how.
fn cut() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        unsafe extern "C" {
            fn _Unwind_Backtrace(
                visit: extern "C" fn(*mut c_void, *mut c_void) -> c_int,
                data: *mut c_void,
            ) -> c_int;
            fn _Unwind_GetCFA(frame: *mut c_void) -> usize;
        }
        extern "C" fn visit(frame: *mut c_void, left: *mut c_void) -> c_int {
            let left = left.cast::<usize>();
            // SAFETY: `left` is the number below; `frame` is what the unwinder passes. The stack pointer of a frame whose
            // callee has returned stands behind the return address into it.
            unsafe {
                *left -= 1;
                if *left > 0 {
                    return 0;
                }
                *ptr::with_exposed_provenance_mut::<usize>(_Unwind_GetCFA(frame) - size_of::<usize>()) = 0;
            }
            // Any code but 0 ends the walk.
            5
        }
        let mut left = MOST_FRAMES;
        // SAFETY: `visit` fits, and `left` outlives the walk.
        unsafe { _Unwind_Backtrace(visit, (&raw mut left).cast()) };
        true
    }
    #[cfg(not(target_arch = "x86_64"))]
    false
}
