//! Interned names: the text of an identifier or literal ↔ a 4-byte [`Symbol`].
//!
//! One table for the process, so that any value can print itself. The lexer takes the lock once a file
//! ([`interner`]); everyone else calls [`Symbol::intern`] and [`Symbol::as_str`]. Texts live as long as the
//! process. A symbol's number depends on the order of interning: never sort or print by it.

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
    /// Open addressing; a power of two, at most half full. A name that is there usually takes one look at memory.
    slots: Vec<Entry>,
    /// Id → text, again: looked at only for long names, without the other lock.
    texts: Vec<&'static str>,
    /// Room for the texts to come.
    room: &'static mut [u8],
}

/// A name in the table: 16 bytes, so that many fit a cache. Most names are short and compared without looking
/// at their text.
#[derive(Clone, Copy)]
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
    /// A text that stays: it is not copied.
    #[inline]
    pub fn intern_static(&mut self, text: &'static str) -> Symbol {
        let key = Key::new(text);
        self.0.find(text, key).unwrap_or_else(|| self.0.insert(text, key))
    }

    /// Interns many names whose keys are known: the waits for their places in the table overlap.
    pub fn intern_all<'t, T: Copy>(
        &mut self,
        keys: &[(Key, T)],
        text: impl Fn(T) -> &'t str,
        mut found: impl FnMut(T, Symbol),
    ) {
        let names = &mut *self.0;
        let mut looks = [FREE; 32];
        for keys in keys.chunks(looks.len()) {
            for (look, (key, _)) in looks.iter_mut().zip(keys) {
                *look = names.slots[key.hash() as usize & (names.slots.len() - 1)];
            }
            for (look, &(key, at)) in looks.iter().zip(keys) {
                let same =
                    look.key() == key && (key.is_whole() || names.texts[look.id() as usize] == text(at));
                let symbol = if same { Symbol(look.id()) } else { names.intern(text(at), key) };
                found(at, symbol);
            }
        }
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
/// A place in the table without a name. Its id is one that no name gets, its length none that a key has.
const FREE: Entry = Entry { first: [0; 2], last: 0, id_and_len: MAX_NAMES << 4 | 14 };
const MAX_NAMES: u32 = (1 << 28) - 1;

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
        let first_four = |at: usize| u64::from(u32_at(bytes, at));
        let (first, last) = if len >= 8 {
            (u64_at(bytes, 0), first_four(len - 4) >> ((SHORT - len) * 8))
        } else if len >= 4 {
            (first_four(0) | first_four(len - 4) << ((len - 4) * 8), 0)
        } else if len > 0 {
            let byte = |at: usize| u64::from(bytes[at]) << (at * 8);
            (byte(0) | byte(len / 2) | byte(len - 1), 0)
        } else {
            (0, 0)
        };
        Key { first: [first as u32, (first >> 32) as u32], last: last as u32, len: len as u32 }
    }

    /// Of `source[lo..hi]`: a short name inside of a text is read without a branch on its length.
    #[inline(always)]
    pub fn within(source: &str, lo: usize, hi: usize) -> Key {
        const MASKS: [(u64, u32); SHORT + 1] = {
            let mut masks = [(0, 0); SHORT + 1];
            let mut len = 0;
            while len <= SHORT {
                masks[len] = match len {
                    0..8 => ((1 << (len * 8)) - 1, 0),
                    8..SHORT => (u64::MAX, (1 << ((len - 8) * 8)) - 1),
                    _all => (u64::MAX, u32::MAX),
                };
                len += 1;
            }
            masks
        };
        let rest = source.as_bytes().get(lo..).unwrap_or_default();
        if let Some(&(first, last)) = MASKS.get(hi - lo)
            && let Some((words, _)) = rest.split_first_chunk::<SHORT>()
            && let Some((start, end)) = words.split_first_chunk::<8>()
            && let Some(end) = end.first_chunk::<4>()
        {
            let first = u64::from_le_bytes(*start) & first;
            let last = u32::from_le_bytes(*end) & last;
            return Key { first: [first as u32, (first >> 32) as u32], last, len: (hi - lo) as u32 };
        }
        Key::new(&source[lo..hi])
    }

    /// Is it all of the name?
    #[inline(always)]
    fn is_whole(self) -> bool {
        self.len != 15
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
        let id = u32::try_from(id).ok().filter(|&id| id < MAX_NAMES).expect("fewer than 2^28 names");
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
        let mut interner = Interner { slots: vec![FREE; 8192], texts: KNOWN.to_vec(), room: &mut [] };
        for (id, &text) in KNOWN.iter().enumerate() {
            interner.place(Entry::new(Key::new(text), id));
        }
        interner
    }

    #[inline]
    fn intern(&mut self, text: &str, key: Key) -> Symbol {
        match self.find(text, key) {
            Some(symbol) => symbol,
            None => {
                let kept = self.keep(text);
                self.insert(kept, key)
            }
        }
    }

    #[inline]
    fn find(&self, text: &str, key: Key) -> Option<Symbol> {
        let mask = self.slots.len() - 1;
        let mut at = key.hash() as usize & mask;
        loop {
            let entry = self.slots[at];
            if entry.key() == key && (key.is_whole() || self.texts[entry.id() as usize] == text) {
                return Some(Symbol(entry.id()));
            }
            if entry.id() == MAX_NAMES {
                return None;
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    fn insert(&mut self, text: &'static str, key: Key) -> Symbol {
        let id = self.texts.len();
        let entry = Entry::new(key, id);
        if id * 2 >= self.slots.len() {
            let larger = vec![FREE; self.slots.len() * 2];
            for entry in std::mem::replace(&mut self.slots, larger) {
                if entry.id() != MAX_NAMES {
                    self.place(entry);
                }
            }
        }
        self.place(entry);
        self.texts.push(text);
        names().texts.write().unwrap_or_else(|poisoned| poisoned.into_inner()).push(text);
        Symbol(id as u32)
    }

    /// Puts a name that is not in the table where it will be looked for.
    fn place(&mut self, entry: Entry) {
        let mask = self.slots.len() - 1;
        let mut at = entry.key().hash() as usize & mask;
        while self.slots[at].id() != MAX_NAMES {
            at = (at + 1) & mask;
        }
        self.slots[at] = entry;
    }

    /// Copies a new text to where it stays for as long as the process; many share one allocation.
    #[cold]
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

#[cfg(test)]
mod tests {
    use super::{Key, Symbol};

    #[test]
    fn a_name_has_one_key_wherever_it_stands() {
        let text = "abcdefghijklmnopqrstuvwxyz_é";
        for lo in 0..text.len() {
            for hi in lo..text.len() {
                if let Some(name) = text.get(lo..hi) {
                    assert_eq!(Key::within(text, lo, hi), Key::new(name), "{name}");
                }
            }
        }
    }

    #[test]
    fn names_are_told_apart() {
        let names: Vec<String> = (0..20_000).map(|at| format!("{}{at}\0", "n".repeat(at % 20))).collect();
        let symbols: Vec<Symbol> = names.iter().map(|name| Symbol::intern(name)).collect();
        for (name, symbol) in names.iter().zip(symbols) {
            assert_eq!(symbol.as_str(), name);
            assert_eq!(Symbol::intern(name), symbol);
            assert_ne!(Symbol::intern(&name[..name.len() - 1]), symbol);
        }
    }
}
