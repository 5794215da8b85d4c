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
    table: HashTable<Entry>,
    /// Id → text, again: looked at only for long names, without the other lock.
    texts: Vec<&'static str>,
    /// Room for the texts to come.
    room: &'static mut [u8],
}

/// A name in the table: 16 bytes, so that many fit a cache. Most names are short and compared without looking
/// at their text.
struct Entry {
    first: [u32; 2],
    last: u32,
    /// The symbol's number times 16, and the length (15: more than `SHORT`).
    id_and_len: u32,
}

/// All of a name of up to 12 bytes; of a longer one its hash and its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key {
    first: [u32; 2],
    last: u32,
    /// 15: more than `SHORT`.
    len: u32,
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
        self.0.intern(text, Key::new(text))
    }
    /// The same, with the text's key.
    #[inline]
    pub fn intern_key(&mut self, text: &str, key: Key) -> Symbol {
        self.0.intern(text, key)
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

const SHORT: usize = 12;

/// Multiply and fold: one multiplication mixes all bits.
#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b ^ 0xd1b5_4a32_d192_ed03);
    product as u64 ^ (product >> 64) as u64
}

impl Key {
    /// Two overlapping loads read a short name whole, without a loop over its bytes.
    #[inline(always)]
    pub fn new(text: &str) -> Key {
        #[inline(always)]
        fn u64_at(bytes: &[u8], at: usize) -> u64 {
            bytes[at..].first_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk))
        }
        #[inline(always)]
        fn u32_at(bytes: &[u8], at: usize) -> u32 {
            bytes[at..].first_chunk().map_or(0, |chunk| u32::from_le_bytes(*chunk))
        }
        let bytes = text.as_bytes();
        let len = bytes.len();
        if len > SHORT {
            let hash = bytes.chunks_exact(8).fold(len as u64, |hash, word| fold(hash, u64_at(word, 0)));
            let hash = fold(hash, u64_at(bytes, len - 8));
            return Key { first: [hash as u32, (hash >> 32) as u32], last: u32_at(bytes, len - 4), len: 15 };
        }
        let (first, last) = if len >= 8 {
            ([u32_at(bytes, 0), u32_at(bytes, 4)], u32_at(bytes, len - 4))
        } else if len >= 4 {
            ([u32_at(bytes, 0), u32_at(bytes, len - 4)], 0)
        } else if len > 0 {
            let [first, middle, last] = [bytes[0], bytes[len / 2], bytes[len - 1]].map(u32::from);
            ([first | middle << 8 | last << 16, 0], 0)
        } else {
            ([0, 0], 0)
        };
        Key { first, last, len: len as u32 }
    }

    /// The table is ours: no attacker gains from collisions in it.
    #[inline]
    pub fn hash(self) -> u64 {
        let first = u64::from(self.first[0]) | u64::from(self.first[1]) << 32;
        fold(first, u64::from(self.last) | u64::from(self.len) << 32)
    }
}

impl Entry {
    fn new(key: Key, id: usize) -> Entry {
        let id = u32::try_from(id).ok().filter(|&id| id < 1 << 28).expect("fewer than 2^28 names");
        Entry { first: key.first, last: key.last, id_and_len: id << 4 | key.len }
    }
    fn key(&self) -> Key {
        Key { first: self.first, last: self.last, len: self.id_and_len & 15 }
    }
    fn id(&self) -> u32 {
        self.id_and_len >> 4
    }
}

impl Interner {
    fn new() -> Interner {
        let mut table = HashTable::with_capacity(4096);
        for (id, &text) in KNOWN.iter().enumerate() {
            let key = Key::new(text);
            table.insert_unique(key.hash(), Entry::new(key, id), |entry: &Entry| entry.key().hash());
        }
        Interner { table, texts: KNOWN.to_vec(), room: &mut [] }
    }

    #[inline]
    fn intern(&mut self, text: &str, key: Key) -> Symbol {
        let same = |entry: &Entry| {
            entry.key() == key && (text.len() <= SHORT || self.texts[entry.id() as usize] == text)
        };
        match self.table.find(key.hash(), same) {
            Some(entry) => Symbol(entry.id()),
            None => self.insert(text, key),
        }
    }

    #[cold]
    fn insert(&mut self, text: &str, key: Key) -> Symbol {
        let id = self.texts.len();
        let text = self.keep(text);
        self.texts.push(text);
        self.table.insert_unique(key.hash(), Entry::new(key, id), |entry| entry.key().hash());
        names().texts.write().unwrap_or_else(|poisoned| poisoned.into_inner()).push(text);
        Symbol(id as u32)
    }

    /// Copies a text to where it stays for as long as the process; many share one allocation.
    fn keep(&mut self, text: &str) -> &'static str {
        const CHUNK: usize = 64 * 1024;
        if text.len() > CHUNK / 16 {
            return Box::leak(text.to_owned().into_boxed_str());
        }
        if self.room.len() < text.len() {
            self.room = Box::leak(vec![0; CHUNK].into_boxed_slice());
        }
        let (kept, room) = std::mem::take(&mut self.room).split_at_mut(text.len());
        self.room = room;
        kept.copy_from_slice(text.as_bytes());
        std::str::from_utf8(kept).expect("a copy of a text")
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
