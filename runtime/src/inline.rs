//! The fast paths that release builds inline into programs. Not part of the library.
//!
//! In: nothing; compiled alone, with
//! `rustc --edition 2024 --crate-type lib --emit=llvm-bc -C opt-level=3 -C panic=abort -C target-cpu=… runtime/src/inline.rs`.
//! Out: bitcode that codegen links into each of its modules (`available_externally`): what it does
//! not inline stays a call into `alloc.rs`, which says the same.
//!
//! `no_std` keeps the bitcode to a few kilobytes; not `no_builtins`, as that attribute forbids inlining.
//! Program functions must carry the same `target-cpu`, or nothing is inlined.
#![no_std]

unsafe extern "C" {
    fn malloc(size: usize) -> *mut u8;
    fn free(ptr: *mut u8);
    fn memcmp(a: *const u8, b: *const u8, len: usize) -> i32;
    /// `alloc.rs`: large alignments, size 0, and the end of the program where no memory is left.
    fn qrt_alloc_slow(size: usize, align: usize) -> *mut u8;
}

/// As in `alloc.rs`.
const MALLOC_ALIGN: usize = 16;

#[unsafe(no_mangle)]
pub extern "C" fn qrt_alloc(size: usize, align: usize) -> *mut u8 {
    if size != 0 && align <= MALLOC_ALIGN {
        // SAFETY: `malloc` takes any size.
        let ptr = unsafe { malloc(size) };
        if !ptr.is_null() {
            return ptr;
        }
    }
    // SAFETY: takes any size and alignment.
    unsafe { qrt_alloc_slow(size, align) }
}

/// # Safety
/// `ptr` came from `qrt_alloc` with that size.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_dealloc(ptr: *mut u8, size: usize, _align: usize) {
    if size != 0 {
        // SAFETY: by the function's contract.
        unsafe { free(ptr) }
    }
}

/// # Safety
/// Both point to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qrt_mem_compare(a: *const u8, b: *const u8, len: usize) -> i32 {
    // SAFETY: by the function's contract.
    unsafe { memcmp(a, b, len) }
}
