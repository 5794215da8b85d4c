//! Typed indices: `define_id!` makes a `u32` newtype, [`IndexVec`] is a `Vec` that takes only that index.
//!
//! ```
//! base::define_id! { pub struct BlockId = "bb"; }
//! let mut blocks = base::IndexVec::<BlockId, &str>::new();
//! let entry = blocks.push("entry");
//! assert_eq!((blocks[entry], entry.to_string()), ("entry", "bb0".to_string()));
//! ```

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// An index of its own type.
pub trait Idx: Copy + Eq + std::hash::Hash + std::fmt::Debug + 'static {
    fn from_usize(index: usize) -> Self;
    fn index(self) -> usize;
}

/// Defines `u32` index types. The string is the prefix they print with.
#[macro_export]
macro_rules! define_id {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident = $prefix:literal;)+) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis struct $name(pub u32);

        impl $crate::Idx for $name {
            #[inline]
            fn from_usize(index: usize) -> Self { $name(u32::try_from(index).expect("fewer than 2^32 ids")) }
            #[inline]
            fn index(self) -> usize { self.0 as usize }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { write!(f, concat!($prefix, "{}"), self.0) }
        }
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { ::std::fmt::Display::fmt(self, f) }
        }
    )+ };
}

/// A vector indexed by `I` alone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IndexVec<I: Idx, T> {
    pub raw: Vec<T>,
    of: PhantomData<fn(I)>,
}

impl<I: Idx, T> IndexVec<I, T> {
    pub const fn new() -> Self {
        IndexVec { raw: Vec::new(), of: PhantomData }
    }
    pub fn from_elem(value: T, len: usize) -> Self
    where
        T: Clone,
    {
        IndexVec { raw: vec![value; len], of: PhantomData }
    }
    pub fn from_raw(raw: Vec<T>) -> Self {
        IndexVec { raw, of: PhantomData }
    }
    pub fn push(&mut self, value: T) -> I {
        let id = I::from_usize(self.raw.len());
        self.raw.push(value);
        id
    }
    /// The id the next `push` will return.
    pub fn next_id(&self) -> I {
        I::from_usize(self.raw.len())
    }
    pub fn len(&self) -> usize {
        self.raw.len()
    }
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }
    pub fn get(&self, id: I) -> Option<&T> {
        self.raw.get(id.index())
    }
    pub fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.raw.get_mut(id.index())
    }
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.raw.iter()
    }
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.raw.iter_mut()
    }
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.raw.len()).map(I::from_usize)
    }
    pub fn iter_enumerated(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.raw.iter().enumerate().map(|(index, value)| (I::from_usize(index), value))
    }
    pub fn iter_enumerated_mut(
        &mut self,
    ) -> impl DoubleEndedIterator<Item = (I, &mut T)> + ExactSizeIterator {
        self.raw.iter_mut().enumerate().map(|(index, value)| (I::from_usize(index), value))
    }
}

impl<I: Idx, T> Default for IndexVec<I, T> {
    fn default() -> Self {
        Self::new()
    }
}
impl<I: Idx, T> Index<I> for IndexVec<I, T> {
    type Output = T;
    #[inline]
    fn index(&self, id: I) -> &T {
        &self.raw[id.index()]
    }
}
impl<I: Idx, T> IndexMut<I> for IndexVec<I, T> {
    #[inline]
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.raw[id.index()]
    }
}
impl<I: Idx, T: std::fmt::Debug> std::fmt::Debug for IndexVec<I, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter_enumerated()).finish()
    }
}
impl<I: Idx, T> FromIterator<T> for IndexVec<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(iter: It) -> Self {
        IndexVec { raw: iter.into_iter().collect(), of: PhantomData }
    }
}
