//! Answers that are the same wherever they are asked for, kept for the whole program.
//!
//! In: a question about types without parameters and unknowns. Out: what was found the first time. Neither the bounds in
//! scope nor what is being inferred say anything about such types, so that what one body has found serves all others,
//! and what is built of generic parts in many layers is looked at once for each layer.
//!
//! ```text
//! List[Point]: Clone               →   yes, found once for all bodies
//! <Map[I, F] as Iterator>.Item     →   i64, and nothing below it is asked for again
//! ```
//!
//! A type that names a closure is known only when its body has been checked: while bodies are being checked, what is
//! said of closures is kept by the body alone ([`Known::of`] says which table is meant).

use super::{Eval, Source};
use crate::{FastHash, Flags, GenericArgs, ProtocolRef, Ty};
use hashbrown::HashMap;
use hir::DefId;
use std::hash::Hash;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};

/// From questions to answers; never iterated over.
#[derive(Debug)]
pub(crate) struct Table<K, V>(Mutex<HashMap<K, V, FastHash>>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Table(Mutex::new(HashMap::with_hasher(FastHash::default())))
    }
}

impl<K: Hash + Eq, V: Clone> Table<K, V> {
    pub fn get(&self, key: &K) -> Option<V> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }
    /// What two threads find is the same.
    pub fn insert(&self, key: K, value: V) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, value);
    }
    /// The answer, found if it is not known. Nothing is locked meanwhile: finding one may ask for others.
    pub fn get_or_find(&self, key: K, find: impl FnOnce() -> V) -> V {
        if let Some(known) = self.get(&key) {
            return known;
        }
        let found = find();
        self.insert(key, found.clone());
        found
    }
}

/// What is known of goals and associated types.
#[derive(Debug, Default)]
pub(crate) struct Goals {
    pub evals: Table<ProtocolRef, Eval>,
    /// `<T as P>.Item`
    pub projections: Table<(DefId, GenericArgs), Ty>,
}

/// All that is known.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// While bodies are being checked `impl P` is a type of its own.
    hidden: Goals,
    /// Afterwards it is the type behind it.
    revealed: Goals,
    /// What implements a protocol; its arguments are resolved. Afterwards only.
    pub sources: Table<ProtocolRef, Option<Source>>,
    pub needs_drop: Table<Ty, bool>,
    /// Of types with parameters, in a generic definition.
    pub copied_in: Table<(Ty, DefId), bool>,
    /// Steps of inference in all bodies.
    pub steps: AtomicU64,
}

impl Known {
    /// The table for goals about types with these flags; none where the answer is not the same everywhere.
    pub fn of(&self, flags: Flags, reveal: bool) -> Option<&Goals> {
        let not = Flags::INFER.with(Flags::PARAM).with(Flags::ERROR);
        if flags.has(not) || !reveal && flags.has(Flags::CLOSURE) {
            None
        } else if reveal {
            Some(&self.revealed)
        } else {
            Some(&self.hidden)
        }
    }
}
