//! Raw tokens: the usual ones by a look at a byte or two, all others by logos.
//!
//! In: the text from where the last token ended. Out: the next raw token; blanks and plain comments are skipped.
//!
//! ```text
//! total += 1 // once   →   Name by its bytes' classes; `+=` by logos; Int; nothing for the comment
//! ```
//!
//! The automaton of logos defines what a token is. What is found here is a token for it, too: wherever a byte
//! could begin something longer, it is asked. A test compares the two.

use super::Lexer;
use crate::token::Kind;

/// A token between its first byte and the byte after it; an error is a character that begins none.
pub(super) type Raw = (Result<Kind, ()>, usize, usize);

const NAME: u8 = 1;
const DIGIT: u8 = 2;
/// A blank, but not a line break.
const BLANK: u8 = 4;
const LINE: u8 = 8;
/// Always a token of itself.
const BRACKET: u8 = 16;
/// Of itself a token, unless `COMBINES` follows.
const OPERATOR: u8 = 32;
/// After an operator: perhaps both are one token.
const COMBINES: u8 = 64;
/// After a name: it may be a prefix of a literal, or longer than it seems.
const AFTER_NAME: u8 = 128;

const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => NAME,
            b'0'..=b'9' => DIGIT,
            b' ' | b'\t' | b'\r' => BLANK,
            b'\n' => LINE,
            b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b';' | b'@' => BRACKET,
            b'+' | b'-' | b'*' | b'%' | b'^' | b'!' => OPERATOR,
            b'.' | b':' | b'=' | b'&' | b'|' | b'<' | b'>' => OPERATOR | COMBINES,
            b'"' | b'\'' | b'#' | 0x80.. => AFTER_NAME,
            _other => 0,
        };
        byte += 1;
    }
    class
};

/// What a byte of `BRACKET` and `OPERATOR` is.
const KINDS: [Kind; 128] = {
    use Kind::*;
    let mut kinds = [Quote; 128];
    let all = [
        (b'(', LParen),
        (b')', RParen),
        (b'[', LBracket),
        (b']', RBracket),
        (b'{', LBrace),
        (b'}', RBrace),
        (b',', Comma),
        (b';', Semi),
        (b'@', At),
        (b'+', Plus),
        (b'-', Minus),
        (b'*', Star),
        (b'%', Percent),
        (b'^', Caret),
        (b'!', Bang),
        (b'.', Dot),
        (b':', Colon),
        (b'=', Eq),
        (b'&', Amp),
        (b'|', Pipe),
        (b'<', Lt),
        (b'>', Gt),
    ];
    let mut at = 0;
    while at < all.len() {
        kinds[all[at].0 as usize] = all[at].1;
        at += 1;
    }
    kinds
};

/// The byte there; 0 after the end, which is in no class.
#[inline(always)]
fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

#[inline(always)]
fn class(bytes: &[u8], at: usize) -> u8 {
    CLASS[byte(bytes, at) as usize]
}

/// Where the line ends that goes on at `at`.
#[inline]
fn line_end(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    // Eight bytes at a time, as long as none of them is a line break: `word` has a zero where one is.
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk) ^ (ONES * b'\n' as u64);
        if word.wrapping_sub(ONES) & !word & (ONES * 0x80) != 0 {
            break;
        }
        at += 8;
    }
    while at < bytes.len() && bytes[at] != b'\n' {
        at += 1;
    }
    at
}

/// The end of the name that begins at `at`, if it is one.
#[inline(always)]
fn name(bytes: &[u8], at: usize) -> Option<(Kind, usize)> {
    let hi = name_end(bytes, at);
    let kind = if bytes[at] == b'_' && hi == at + 1 { Kind::Underscore } else { Kind::Name };
    (class(bytes, hi) & AFTER_NAME == 0).then_some((kind, hi))
}

/// The end of the letters, digits and underscores from `at` on: eight bytes at a time, because a loop over bytes
/// ends where no processor expects it.
#[inline(always)]
fn name_end(bytes: &[u8], mut at: usize) -> usize {
    const fn each(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    const HIGH: u64 = each(0x80);
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        // In each byte of these sums the high bit says `>=`; without high bits in `low` nothing is carried over.
        let low = word & !HIGH;
        let letter = low | each(0x20);
        let letter = (letter + each(0x80 - b'a')) & !(letter + each(0x7f - b'z'));
        let digit = (low + each(0x80 - b'0')) & !(low + each(0x7f - b'9'));
        let not_underscore = (low ^ each(b'_')) + each(0x7f);
        let others = !(letter | digit | !not_underscore) & HIGH | word & HIGH;
        if others != 0 {
            return at + others.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while class(bytes, at) & (NAME | DIGIT) != 0 {
        at += 1;
    }
    at
}

/// The end of the digits that begin at `at`, if they are all of a number.
#[inline(always)]
fn digits(bytes: &[u8], at: usize) -> Option<(Kind, usize)> {
    let mut hi = at + 1;
    while class(bytes, hi) & DIGIT != 0 {
        hi += 1;
    }
    let next = byte(bytes, hi);
    (next != b'.' && CLASS[next as usize] & NAME == 0).then_some((Kind::Int, hi))
}

impl Lexer<'_> {
    /// The next raw token; none at the end of the text.
    #[inline(always)]
    pub(super) fn next_raw(&mut self) -> Option<Raw> {
        let bytes = self.source.as_bytes();
        let end = self.raw.span().end;
        let mut at = end;
        let token = loop {
            let class = class(bytes, at);
            if class & BLANK != 0 {
                at += 1;
            } else if class & NAME != 0 {
                break name(bytes, at);
            } else if class & (BRACKET | OPERATOR) != 0 {
                let single = class & BRACKET != 0 || self::class(bytes, at + 1) & COMBINES == 0;
                break single.then_some((KINDS[(bytes[at] & 0x7f) as usize], at + 1));
            } else if class & LINE != 0 {
                let mut hi = at + 1;
                while self::class(bytes, hi) & (BLANK | LINE) != 0 {
                    hi += 1;
                }
                break Some((Kind::Newline, hi));
            } else if class & DIGIT != 0 {
                break digits(bytes, at);
            } else if byte(bytes, at) == b'"' {
                break (byte(bytes, at + 1) != b'"').then_some((Kind::Str, at + 1));
            } else if bytes[at..].starts_with(b"//") {
                let hi = line_end(bytes, at + 2);
                match bytes[at + 2..hi] {
                    [b'/', b'/', ..] | [b'!', ..] => break None,
                    [b'/', ..] => break Some((Kind::Doc, hi)),
                    [..] => at = hi,
                }
            } else {
                break None;
            }
        };
        if let Some((kind, hi)) = token {
            self.raw.bump(hi - end);
            return Some((Ok(kind), at, hi));
        }
        self.raw.bump(at - end);
        let kind = self.raw.next()?;
        let span = self.raw.span();
        Some((kind, span.start, span.end))
    }
}
