//! The host's allocator, adopted by the shared object.
//!
//! In: [`backend::Host`]. Out: every allocation of this crate, whichever side makes, grows or frees it, goes to one
//! allocator. A command that brings its own would otherwise be handed memory it does not know.

use backend::Allocator;
use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Null: linked as an ordinary library, into a test.
static HOST: AtomicPtr<Allocator> = AtomicPtr::new(ptr::null_mut());

#[global_allocator]
static ADOPTED: Adopted = Adopted;

pub fn adopt(allocator: &'static Allocator) {
    HOST.store(ptr::from_ref(allocator).cast_mut(), Ordering::Release);
}

struct Adopted;

impl Adopted {
    fn host(&self) -> Option<&'static Allocator> {
        // SAFETY: null, or a reference that lives for ever, stored by `adopt`.
        unsafe { HOST.load(Ordering::Acquire).as_ref() }
    }
}

// SAFETY: hands every call on to an allocator, the same one for all memory from the first allocation on.
unsafe impl GlobalAlloc for Adopted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller's contract, here and below.
        unsafe { self.host().map_or_else(|| System.alloc(layout), |host| (host.alloc)(layout)) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: see above.
        unsafe { self.host().map_or_else(|| System.alloc_zeroed(layout), |host| (host.alloc_zeroed)(layout)) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: see above.
        unsafe {
            self.host()
                .map_or_else(|| System.realloc(at, layout, size), |host| (host.realloc)(at, layout, size))
        }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: see above.
        unsafe { self.host().map_or_else(|| System.dealloc(at, layout), |host| (host.dealloc)(at, layout)) }
    }
}
