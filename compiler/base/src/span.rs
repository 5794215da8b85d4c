//! Where something stands in the source: a file and a byte range.

use crate::define_id;

define_id! {
    /// A source file of this compilation, in the order the driver read them.
    pub struct FileId = "file";
}

/// The bytes `lo..hi` of a file. 12 bytes, `Copy`.
///
/// Inside the syntax tree of one file (or one item) spans are stored without the file and relative to the
/// item; what leaves `syntax` is absolute.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub file: FileId,
    pub lo: u32,
    pub hi: u32,
}

impl Span {
    pub fn new(file: FileId, lo: u32, hi: u32) -> Span {
        Span { file, lo, hi }
    }

    /// The smallest span that covers both. Both are in the same file.
    pub fn to(self, end: Span) -> Span {
        Span { file: self.file, lo: self.lo.min(end.lo), hi: self.hi.max(end.hi) }
    }

    /// Does `inner` lie in this span, in the same file?
    pub fn contains(self, inner: Span) -> bool {
        self.file == inner.file && self.lo <= inner.lo && inner.hi <= self.hi
    }

    /// The empty span before the first byte.
    pub fn shrink_to_lo(self) -> Span {
        Span { hi: self.lo, ..self }
    }

    /// The empty span after the last byte.
    pub fn shrink_to_hi(self) -> Span {
        Span { lo: self.hi, ..self }
    }
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}..{}", self.file.0, self.lo, self.hi)
    }
}
