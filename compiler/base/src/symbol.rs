//! Interned names: the text of an identifier or literal ↔ a 4-byte [`Symbol`].
//!
//! One table for the process, so that any value can print itself. The lexer takes the lock once a file
//! ([`interner`]); everyone else calls [`Symbol::intern`] and [`Symbol::as_str`]. Texts live as long as the
//! process. A symbol's number depends on the order of interning: never sort or print by it.

use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Mutex, MutexGuard, OnceLock, RwLock};

/// An interned string.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Symbol(pub u32);

/// The process's names. A back end in a shared object has statics of its own: it adopts its host's ([`adopt`]).
pub struct Names {
    /// Id → text. Appended to under the interner's lock, read under this one.
    texts: RwLock<Vec<&'static str>>,
    interner: Mutex<Interner>,
}

static NAMES: OnceLock<&'static Names> = OnceLock::new();

/// The names of this process, to hand to a back end.
pub fn names() -> &'static Names {
    NAMES.get_or_init(|| {
        Box::leak(Box::new(Names { texts: RwLock::new(Vec::new()), interner: Mutex::new(Interner::new()) }))
    })
}

/// Takes over the host's names. Before any name is interned here; later calls change nothing.
pub fn adopt(names: &'static Names) {
    NAMES.get_or_init(|| names);
}

/// The table's writing half.
pub struct Interner {
    table: HashTable<(u32, &'static str)>,
    next: u32,
}

/// The locked interner, for interning many names in a row.
pub struct Locked(MutexGuard<'static, Interner>);

/// Takes the lock. Hold it for one file at most.
pub fn interner() -> Locked {
    Locked(names().interner.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
}

impl Locked {
    #[inline]
    pub fn intern(&mut self, text: &str) -> Symbol {
        self.0.intern(text)
    }
}

/// FNV-like multiply hash: names are short, the table is ours, no attacker gains from collisions in it.
#[derive(Default, Clone, Copy)]
struct NameHash(u64);
impl BuildHasher for NameHash {
    type Hasher = NameHash;
    fn build_hasher(&self) -> NameHash {
        NameHash(0)
    }
}
impl Hasher for NameHash {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0 ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
        }
    }
    #[inline]
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

#[inline]
fn hash(text: &str) -> u64 {
    let mut hasher = NameHash(text.len() as u64);
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl Interner {
    fn new() -> Interner {
        Interner { table: HashTable::with_capacity(4096), next: 0 }
    }

    #[inline]
    fn intern(&mut self, text: &str) -> Symbol {
        let hash = hash(text);
        match self.table.find(hash, |&(_, known)| known == text) {
            Some(&(id, _)) => Symbol(id),
            None => self.insert(text, hash),
        }
    }

    #[cold]
    fn insert(&mut self, text: &str, hash: u64) -> Symbol {
        let id = self.next;
        self.next += 1;
        let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
        self.table.insert_unique(hash, (id, text), |&(_, known)| self::hash(known));
        names().texts.write().unwrap_or_else(|poisoned| poisoned.into_inner()).push(text);
        Symbol(id)
    }
}

impl Symbol {
    pub fn intern(text: &str) -> Symbol {
        interner().intern(text)
    }

    pub fn as_str(self) -> &'static str {
        names().texts.read().unwrap_or_else(|poisoned| poisoned.into_inner())[self.0 as usize]
    }
}

impl std::fmt::Display for Symbol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
impl std::fmt::Debug for Symbol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
