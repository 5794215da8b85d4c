//! Numbers, characters and regions.
//!
//! In: a raw token that logos took for one. Out: a token whose symbol has no suffix (`1_000`) or is the
//! character itself, and an error if it was malformed.
//!
//! ```text
//! 0xffu8   →   Int `0xff`         '\n'   →   Char U+000A        t.0.1   →   Name Dot Int Dot Int
//! ```

#![expect(clippy::wildcard_enum_match_arm, reason = "questions about tokens name a few kinds of a hundred")]

use super::Lexer;
use super::strings::{Escape, escape};
use crate::ast::Suffix;
use crate::literal;
use crate::token::{Kind, NO_TEXT, Spanned};
use base::{Diagnostic, Symbol, symbol::Locked};

impl Lexer<'_> {
    pub(super) fn number(
        &mut self,
        names: &mut Locked,
        out: &mut Vec<Spanned>,
        kind: Kind,
        lo: u32,
        hi: u32,
    ) {
        let text = &self.source[lo as usize..hi as usize];
        // `t.0.1` arrives as `t` `.` `0.1`.
        if self.prev == Kind::Dot
            && kind == Kind::Float
            && let Some((first, second)) = text.split_once('.')
        {
            let middle = lo + first.len() as u32;
            let (first, second) = (names.intern(first), names.intern(second));
            self.emit(out, Kind::Int, first, lo, middle);
            self.emit(out, Kind::Dot, NO_TEXT, middle, middle + 1);
            return self.emit(out, Kind::Int, second, middle + 1, hi);
        }
        let kind = match kind {
            Kind::BadNumber => self.bad_number(lo, hi),
            good => good,
        };
        let (digits, _suffix) = literal::split_suffix(text);
        if kind == Kind::Int && digits.len() > 38 && literal::int_value(digits).is_none() {
            let span = self.span(lo, hi);
            self.error(Diagnostic::error("L0006", span, "this integer does not fit 128 bits"));
        }
        self.emit_text(out, kind, lo as usize..lo as usize + digits.len(), lo, hi);
    }

    #[cold]
    fn bad_number(&mut self, lo: u32, hi: u32) -> Kind {
        let text = self.text();
        let span = self.span(lo, hi);
        let is_float = text.contains('.');
        let radix = match text.as_bytes() {
            [b'0', b'x', ..] => "hexadecimal",
            [b'0', b'o', ..] => "octal",
            [b'0', b'b', ..] => "binary",
            _other => "decimal",
        };
        let letters = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
        let message = if text.len() == 2 && radix != "decimal" {
            format!("this {radix} number has no digits")
        } else if radix != "decimal" {
            format!("`{text}` is not a {radix} number")
        } else if matches!(&text[letters..], "e" | "E") {
            "the exponent has no digits".to_string()
        } else if text.starts_with("0X") || text.starts_with("0O") || text.starts_with("0B") {
            "the letter after `0` is written small".to_string()
        } else {
            format!("`{}` is no suffix for a number", &text[letters..])
        };
        let names = Suffix::ALL.map(Suffix::as_str).join("`, `");
        let mut diagnostic = Diagnostic::error("L0006", span, message);
        if radix == "decimal" && letters > 0 && !text.starts_with('0') {
            diagnostic = diagnostic.note(format!("the suffixes are `{names}`"));
        }
        self.error(diagnostic);
        if is_float { Kind::Float } else { Kind::Int }
    }

    pub(super) fn character(&mut self, out: &mut Vec<Spanned>, kind: Kind, lo: u32, hi: u32) {
        let text = self.text();
        let value = if kind == Kind::Quote {
            return self.bad_character(out, lo);
        } else if kind == Kind::Byte {
            self.one_character(&text[2..text.len() - 1], lo + 2, true)
        } else {
            self.one_character(&text[1..text.len() - 1], lo + 1, false)
        };
        self.emit(out, kind, Symbol(value), lo, hi);
    }

    /// The character between the quotes, which logos has seen to be one character or one escape.
    fn one_character(&mut self, text: &str, lo: u32, byte: bool) -> u32 {
        let c = text.chars().next().unwrap_or(' ');
        if c != '\\' {
            if byte && !c.is_ascii() {
                let span = self.span(lo, lo + c.len_utf8() as u32);
                self.error(
                    Diagnostic::error("L0007", span, format!("`{c}` is more than one byte"))
                        .note("a byte character is ASCII or `\\x00` to `\\xff`"),
                );
                return u32::from(b'?');
            }
            return u32::from(c);
        }
        match escape(&text[1..], byte) {
            Escape::Char(c, _len) => u32::from(c),
            Escape::Continue(_len) => u32::from(' '),
            Escape::Bad(_len, why) => {
                let span = self.span(lo, lo + text.len() as u32);
                self.error(Diagnostic::error("L0005", span, why));
                u32::from('?')
            }
        }
    }

    /// A `'` that begins neither a character nor a region.
    #[cold]
    fn bad_character(&mut self, out: &mut Vec<Spanned>, lo: u32) {
        // The closing quote of something like `'\uu'` or `'e◌́'`: near, on this line, and not that of another literal.
        let mut near = self.raw.remainder().char_indices().take(16).take_while(|&(_, c)| c != '\n');
        let close = near.find(|&(_, c)| c == '\'').map(|(at, _)| at);
        let (len, message) = match close {
            Some(0) => (1, "this character literal is empty"),
            Some(at) => (at + 1, "a character literal holds exactly one character"),
            None => (0, "this character literal is not closed"),
        };
        self.raw.bump(len);
        let hi = lo + 1 + len as u32;
        let mut diagnostic = Diagnostic::error("L0007", self.span(lo, hi), message);
        if close.is_some_and(|at| at > 0) {
            diagnostic = diagnostic.note("a text of several characters is written in double quotes");
        }
        self.error(diagnostic);
        self.emit(out, Kind::Char, Symbol(u32::from('?')), lo, hi);
    }

    /// `'a`, unless a quote follows: `'abc'` is meant as text.
    pub(super) fn region(&mut self, names: &mut Locked, out: &mut Vec<Spanned>, lo: u32, hi: u32) {
        let text = self.text();
        if self.raw.remainder().starts_with('\'') {
            self.raw.bump(1);
            let span = self.span(lo, hi + 1);
            let inner = &text[1..];
            let fix = format!("\"{inner}\"");
            self.error(
                Diagnostic::error("L0007", span, "a character literal holds exactly one character").fix(
                    "write a string",
                    span,
                    fix,
                    base::Applicability::MachineApplicable,
                ),
            );
            let symbol = names.intern(inner);
            return self.emit(out, Kind::Str, symbol, lo, hi + 1);
        }
        let symbol = names.intern(text);
        self.emit(out, Kind::Region, symbol, lo, hi);
    }
}
