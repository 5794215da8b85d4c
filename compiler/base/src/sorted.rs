//! A map as a sorted list: [`SortedMap`].
//!
//! For side tables: filled once in about the order of the keys, looked at many times, and there are many of them. A tree takes
//! several pieces of memory for what is one here; a hash table has no order.
//!
//! ```
//! let mut map = base::SortedMap::new();
//! map.insert(3, "c");
//! map.insert(1, "a");
//! assert_eq!((map.get(&1), map[&3], map.contains_key(&2)), (Some(&"a"), "c", false));
//! assert_eq!(map.iter().map(|(key, _)| *key).collect::<Vec<_>>(), [1, 3]);
//! ```

use std::ops::Index;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortedMap<K, V> {
    /// By key, each once.
    entries: Vec<(K, V)>,
}

impl<K, V> SortedMap<K, V> {
    pub const fn new() -> SortedMap<K, V> {
        SortedMap { entries: Vec::new() }
    }
    /// In the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    fn find(&self, key: &K) -> Result<usize, usize> {
        self.entries.binary_search_by(|(known, _)| known.cmp(key))
    }
    pub fn get(&self, key: &K) -> Option<&V> {
        self.find(key).ok().map(|at| &self.entries[at].1)
    }
    pub fn contains_key(&self, key: &K) -> bool {
        self.find(key).is_ok()
    }
    /// Instead of what was there.
    pub fn insert(&mut self, key: K, value: V) {
        match self.entries.last() {
            Some((last, _)) if *last >= key => match self.find(&key) {
                Ok(at) => self.entries[at].1 = value,
                Err(at) => self.entries.insert(at, (key, value)),
            },
            Some(_) | None => self.entries.push((key, value)),
        }
    }
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> SortedMap<K, V> {
        SortedMap::new()
    }
}

impl<K: Ord, V> Index<&K> for SortedMap<K, V> {
    type Output = V;
    fn index(&self, key: &K) -> &V {
        self.get(key).expect("the key is in the map")
    }
}

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> SortedMap<K, V> {
        let entries = entries.into_iter();
        let mut map = SortedMap { entries: Vec::with_capacity(entries.size_hint().0) };
        entries.for_each(|(key, value)| map.insert(key, value));
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_a_key_stays() {
        let map: SortedMap<u32, char> =
            [(5, 'a'), (2, 'b'), (5, 'c'), (9, 'd'), (1, 'e')].into_iter().collect();
        assert_eq!(map.into_iter().collect::<Vec<_>>(), [(1, 'e'), (2, 'b'), (5, 'c'), (9, 'd')]);
    }
}
