//! Interned names: the text of an identifier or literal ↔ a 4-byte [`Symbol`].
//!
//! One table for the process, so that any value can print itself. The lexer takes the lock once a file
//! ([`interner`]); everyone else calls [`Symbol::intern`] and [`Symbol::as_str`]. Texts live as long as the
//! process. A symbol's number depends on the order of interning: never sort or print by it.

use hashbrown::HashTable;
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
        Box::leak(Box::new(Names {
            texts: RwLock::new(KNOWN.to_vec()),
            interner: Mutex::new(Interner::new()),
        }))
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

/// Words every crate knows by number: they are interned first, in this order. `Symbol(0)` is the empty text.
/// Keywords are among them, so that the lexer tells a keyword by its number (see `syntax::token`).
pub const KNOWN: &[&str] = &[
    "", "_", "as", "bench", "break", "catch", "const", "continue", "dyn", "else", "extern", "false", "fn",
    "for", "if", "impl", "in", "let", "loop", "macro", "match", "module", "mut", "protocol", "pub", "record",
    "return", "select", "self", "spawn", "static", "test", "true", "try", "type", "union", "unsafe", "use",
    "using", "var", "where", "while", "within", "actor", "after", "ask", "async", "default", "on", "scope",
    "tell", "move", "await", "err", "none", "ok", "some", "Self",
];

/// Multiply-fold hash, 8 bytes at a time; names are short, so the tail is read with two overlapping loads
/// instead of a byte loop. The table is ours: no attacker gains from collisions in it.
#[inline]
fn hash(text: &str) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    fn fold(a: u64) -> u64 {
        let product = u128::from(a) * u128::from(K);
        product as u64 ^ (product >> 64) as u64
    }
    fn u64_at(bytes: &[u8], at: usize) -> u64 {
        bytes[at..].first_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk))
    }
    fn u32_at(bytes: &[u8], at: usize) -> u64 {
        bytes[at..].first_chunk().map_or(0, |chunk| u32::from_le_bytes(*chunk).into())
    }
    let bytes = text.as_bytes();
    let len = bytes.len();
    let mut hash = (len as u64).wrapping_mul(K);
    if len >= 8 {
        let mut at = 0;
        while at + 8 < len {
            hash = fold(hash ^ u64_at(bytes, at));
            at += 8;
        }
        fold(hash ^ u64_at(bytes, len - 8))
    } else if len >= 4 {
        fold(hash ^ (u32_at(bytes, 0) | u32_at(bytes, len - 4) << 32))
    } else if len > 0 {
        let word = u64::from(bytes[0]) | u64::from(bytes[len / 2]) << 8 | u64::from(bytes[len - 1]) << 16;
        fold(hash ^ word)
    } else {
        hash
    }
}

impl Interner {
    fn new() -> Interner {
        let mut table = HashTable::with_capacity(4096);
        for (id, &text) in KNOWN.iter().enumerate() {
            table.insert_unique(hash(text), (id as u32, text), |&(_, known)| hash(known));
        }
        Interner { table, next: KNOWN.len() as u32 }
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

    /// A word of [`KNOWN`].
    pub const fn known(word: &str) -> Symbol {
        let mut at = 0;
        while at < KNOWN.len() {
            if same(KNOWN[at].as_bytes(), word.as_bytes()) {
                return Symbol(at as u32);
            }
            at += 1;
        }
        panic!("not a known word")
    }

    pub fn as_str(self) -> &'static str {
        names().texts.read().unwrap_or_else(|poisoned| poisoned.into_inner())[self.0 as usize]
    }
}

/// `==` of byte strings is not `const`.
const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
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
