//! Lists inside a tree: a start and a length in the module's pool of words.
//!
//! In: elements that fit words. Out: an 8-byte `Copy` handle, so that a node with a list is still a few words.
//!
//! ```text
//! [a, b]   →   Array(List { start: 7, len: 2 }), and words[7..9] are the ids of `a` and `b`
//! ```

use super::Name;
use base::Symbol;
use std::marker::PhantomData;

/// A list of `T` in the module it belongs to: `module.list(handle)` iterates over it.
pub struct List<T> {
    start: u32,
    len: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> List<T> {
    pub const EMPTY: List<T> = List { start: 0, len: 0, of: PhantomData };

    pub(crate) fn at(start: usize, len: usize) -> List<T> {
        List { start: start as u32, len: len as u32, of: PhantomData }
    }
    pub fn len(self) -> usize {
        self.len as usize
    }
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for List<T> {}
impl<T> Default for List<T> {
    fn default() -> Self {
        List::EMPTY
    }
}
impl<T> std::fmt::Debug for List<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}; {}]", self.start, self.len)
    }
}

/// What a list can hold: something of a fixed number of words.
pub trait Packed: Copy {
    const WORDS: usize;
    fn pack(self, words: &mut Vec<u32>);
    fn unpack(words: &[u32]) -> Self;
}

impl Packed for Name {
    const WORDS: usize = 2;
    #[inline]
    fn pack(self, words: &mut Vec<u32>) {
        words.extend([self.symbol.0, self.lo]);
    }
    #[inline]
    fn unpack(words: &[u32]) -> Name {
        Name { symbol: Symbol(words[0]), lo: words[1] }
    }
}

/// Iterates over a list from both ends; knows its length.
#[derive(Clone)]
pub struct ListIter<'m, T> {
    words: &'m [u32],
    of: PhantomData<fn() -> T>,
}

impl<'m, T: Packed> ListIter<'m, T> {
    #[inline]
    pub(super) fn new(words: &'m [u32], list: List<T>) -> Self {
        let start = list.start as usize;
        ListIter { words: &words[start..start + list.len as usize * T::WORDS], of: PhantomData }
    }
}

impl<T: Packed> Iterator for ListIter<'_, T> {
    type Item = T;
    #[inline]
    fn next(&mut self) -> Option<T> {
        let (element, rest) = self.words.split_at_checked(T::WORDS)?;
        self.words = rest;
        Some(T::unpack(element))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.words.len() / T::WORDS;
        (len, Some(len))
    }
}
impl<T: Packed> DoubleEndedIterator for ListIter<'_, T> {
    #[inline]
    fn next_back(&mut self) -> Option<T> {
        let at = self.words.len().checked_sub(T::WORDS)?;
        let (rest, element) = self.words.split_at(at);
        self.words = rest;
        Some(T::unpack(element))
    }
}
impl<T: Packed> ExactSizeIterator for ListIter<'_, T> {}
