//! Memory from the C allocator, and the end of the program where there is none (R4002).
//!
//! In: sizes and alignments. Out: pointers that are never null. `inline.rs` has the fast paths of the
//! first four functions again, as bitcode that release builds inline; both must agree on which
//! allocator has which pointer: up to [`MALLOC_ALIGN`] it is `malloc`'s, beyond `aligned_alloc`'s
//! (which `free` takes too).
//!
//! Before: `qrt_alloc(24, 8)`. After: a pointer to 24 bytes, aligned to 8.

use crate::streams;
use std::process::abort;

/// What `malloc` aligns to on 64-bit systems.
pub const MALLOC_ALIGN: usize = 16;

/// Memory of that size; for size 0 a well-aligned pointer to nothing.
#[unsafe(no_mangle)]
pub extern "C" fn qrt_alloc(size: usize, align: usize) -> *mut u8 {
    if size == 0 {
        return std::ptr::without_provenance_mut(align);
    }
    let ptr = if align <= MALLOC_ALIGN {
        // SAFETY: `malloc` takes any size.
        unsafe { libc::malloc(size) }
    } else {
        // SAFETY: the alignment is a power of two, the size a multiple of it.
        unsafe { libc::aligned_alloc(align, size.next_multiple_of(align)) }
    };
    checked(ptr.cast(), size)
}

/// What the inlined fast path calls for everything unusual.
#[cold]
#[unsafe(no_mangle)]
pub extern "C" fn qrt_alloc_slow(size: usize, align: usize) -> *mut u8 {
    qrt_alloc(size, align)
}

/// The same, all zero.
#[unsafe(no_mangle)]
pub extern "C" fn qrt_alloc_zeroed(size: usize, align: usize) -> *mut u8 {
    if size != 0 && align <= MALLOC_ALIGN {
        // SAFETY: `calloc` takes any size.
        return checked(unsafe { libc::calloc(size, 1) }.cast(), size);
    }
    let ptr = qrt_alloc(size, align);
    // SAFETY: `size` bytes were just allocated at `ptr` (none where it is 0).
    unsafe { ptr.write_bytes(0, size) };
    ptr
}

/// Moves what is at `ptr` into memory of another size; growing by doubling costs few copies.
///
/// # Safety
/// `ptr` came from here with `old_size` and `align`, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_realloc(
    ptr: *mut u8,
    old_size: usize,
    align: usize,
    new_size: usize,
) -> *mut u8 {
    if old_size != 0 && new_size != 0 && align <= MALLOC_ALIGN {
        // SAFETY: `ptr` is `malloc`'s, by the function's contract and the alignment.
        return checked(unsafe { libc::realloc(ptr.cast(), new_size) }.cast(), new_size);
    }
    let new = qrt_alloc(new_size, align);
    // SAFETY: both are at least that large and not the same; the old one is ours to free.
    unsafe {
        new.copy_from_nonoverlapping(ptr, old_size.min(new_size));
        qrt_dealloc(ptr, old_size, align);
    }
    new
}

/// Gives memory back.
///
/// # Safety
/// `ptr` came from here with `size` and `align`, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_dealloc(ptr: *mut u8, size: usize, _align: usize) {
    if size != 0 {
        // SAFETY: both allocators' pointers are `free`'s.
        unsafe { libc::free(ptr.cast()) };
    }
}

/// A collection would be larger than the address space.
#[cold]
#[unsafe(no_mangle)]
pub extern "C" fn qrt_capacity_overflow() -> ! {
    end(format_args!("out of memory: a capacity larger than the address space [R4002]\n"))
}

fn checked(ptr: *mut u8, size: usize) -> *mut u8 {
    if ptr.is_null() {
        end(format_args!("out of memory: no {size} bytes are left [R4002]\n"));
    }
    ptr
}

/// Says why without allocating, and aborts: there may be no memory to unwind with.
#[cold]
fn end(message: std::fmt::Arguments) -> ! {
    streams::flush_before_end();
    streams::say(message);
    abort()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_move_along() {
        for align in [1, 8, 64] {
            let first = qrt_alloc(10, align);
            assert_eq!(first.addr() % align, 0);
            // SAFETY: ten bytes are ours, then a thousand.
            unsafe {
                first.write_bytes(7, 10);
                let second = qrt_realloc(first, 10, align, 1000);
                assert_eq!(second.addr() % align, 0);
                assert_eq!(std::slice::from_raw_parts(second, 10), [7; 10]);
                qrt_dealloc(second, 1000, align);
            }
        }
    }

    #[test]
    fn nothing_is_aligned_and_free() {
        let ptr = qrt_alloc(0, 32);
        assert_eq!(ptr.addr(), 32);
        // SAFETY: size 0 needs no allocation.
        unsafe {
            let grown = qrt_realloc(ptr, 0, 32, 5);
            let gone = qrt_realloc(grown, 5, 32, 0);
            qrt_dealloc(gone, 0, 32);
        }
    }

    #[test]
    fn zeroed_is_zero() {
        for align in [1, 64] {
            let ptr = qrt_alloc_zeroed(100, align);
            // SAFETY: a hundred bytes are ours.
            unsafe {
                assert_eq!(std::slice::from_raw_parts(ptr, 100), [0; 100]);
                qrt_dealloc(ptr, 100, align);
            }
        }
    }
}
