//! Recursion over the program's nesting: the stack grows where it would end.
//!
//! In: what recurses. Out: the same, on this stack or, where little of it is left, on a further piece. So how deep a program
//! may be nested is a number that we choose ([`MAX_NESTING`]), on every thread and in every build.
//!
//! ```text
//! fn depth(tree: &Tree) -> u32 { deep(|| 1 + tree.children().map(depth).max().unwrap_or(0)) }
//! ```

/// How many levels deep expressions may be nested: more than a person writes, and few enough that all stages together
/// take a second for it.
pub const MAX_NESTING: u32 = 10_000;

/// So much is left when a new piece begins: what stages do between two calls of [`deep`], in development builds, fits many
/// times.
const RED_ZONE: usize = 256 << 10;
const PIECE: usize = 8 << 20;

/// Every function that calls itself along the nesting of a program does so through this.
#[inline]
pub fn deep<R>(f: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(RED_ZONE, PIECE, f)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(left: u32) -> u32 {
        let frame = std::hint::black_box([1u8; 4096]);
        deep(|| if left == 0 { 0 } else { u32::from(frame[left as usize % frame.len()]) + count(left - 1) })
    }

    #[test]
    fn a_small_thread_holds_deep_recursion() {
        let thread = std::thread::Builder::new().stack_size(512 << 10).spawn(|| count(20_000));
        assert_eq!(thread.unwrap().join().unwrap(), 20_000);
    }
}
