//! Strings: their ends, their interpolations, and what their text means.
//!
//! In: a quote, or the `}` of an interpolation. Out: one token of text, whose symbol has escapes, `{{` and
//! the indentation of multi-line strings resolved. An interpolation's expression is lexed like all code: it
//! lies on the bracket stack, which is why quotes nest.
//!
//! ```text
//! "a\n{x:.2} b"   →   StrHead `a⏎`, Name `x`, Format `.2`, StrTail ` b`
//! """             →   Str `one⏎  two`
//!     one
//!       two
//!     """
//! ```
//!
//! A `{` that is not closed on the line of a one-line string was most likely meant as a character: the string
//! is read again with it as one, so that what follows on the line is not lost.

use super::{Level, Lexer, Open};
use crate::token::{Kind, Spanned};
use base::{Applicability, CodeFix, Diagnostic, Suggestion, symbol::Locked};
use logos::Logos;

/// How a string goes on after an interpolation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StringMode {
    /// `"…"`
    Plain,
    /// `"""…"""`, whose closing line is indented by this
    Multi { indent: u32 },
}

/// What a backslash and the characters after it mean, and how many bytes come after the backslash.
pub(super) enum Escape {
    Char(char, usize),
    /// A backslash at a line's end: the line break and the next line's indentation do not count.
    Continue(usize),
    Bad(usize, String),
}

/// Reads the escape whose backslash stands before `text`.
pub(super) fn escape(text: &str, byte: bool) -> Escape {
    let Some(c) = text.chars().next() else {
        return Escape::Bad(0, "nothing follows this `\\`".into());
    };
    let simple = match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        '\\' | '"' | '\'' => c,
        'x' => return escape_hex(text, byte),
        'u' if !byte => return escape_unicode(text),
        '\n' | '\r' => {
            let rest = text.trim_start_matches([' ', '\t', '\r', '\n']);
            return Escape::Continue(text.len() - rest.len());
        }
        '{' | '}' => return Escape::Bad(1, format!("`\\{c}` is no escape; a brace is written `{c}{c}`")),
        _other => return Escape::Bad(c.len_utf8(), format!("`\\{c}` is no escape")),
    };
    Escape::Char(simple, 1)
}

/// `x41`
fn escape_hex(text: &str, byte: bool) -> Escape {
    let digits: &str = text.get(1..3).unwrap_or("");
    match u8::from_str_radix(digits, 16) {
        Ok(value) if digits.len() == 2 && (byte || value < 0x80) => Escape::Char(char::from(value), 3),
        Ok(value) if digits.len() == 2 => {
            let why = format!("`\\x{digits}` is beyond ASCII; the character is written `\\u{{{value:x}}}`");
            Escape::Bad(3, why)
        }
        _bad => Escape::Bad(1, "`\\x` needs two hexadecimal digits".into()),
    }
}

/// `u{1f600}`
fn escape_unicode(text: &str) -> Escape {
    let Some((digits, _)) = text[1..].strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
        return Escape::Bad(1, "`\\u` needs a code point in braces: `\\u{e9}`".into());
    };
    let len = digits.len() + 3;
    match u32::from_str_radix(&digits.replace('_', ""), 16).ok().and_then(char::from_u32) {
        Some(c) => Escape::Char(c, len),
        None => Escape::Bad(len, format!("`{digits}` is not the number of a character")),
    }
}

impl Lexer<'_> {
    /// `"` or `"""` was read at `lo`.
    pub(super) fn string_start(&mut self, names: &mut Locked, out: &mut Vec<Spanned>, kind: Kind, lo: u32) {
        if kind == Kind::Str {
            return self.string(names, out, lo, lo as usize + 1, true, StringMode::Plain);
        }
        let start = lo as usize + 3;
        let text = &self.source[start..];
        let mode = match closing_quotes(text.as_bytes()) {
            Some(end) => {
                let line = &text[text[..end].rfind('\n').map_or(0, |at| at + 1)..end];
                let indent = if line.trim().is_empty() { line.len() } else { 0 };
                StringMode::Multi { indent: indent as u32 }
            }
            None => StringMode::Multi { indent: 0 },
        };
        self.string(names, out, lo, start, true, mode);
    }

    /// Scans text from `start` to the closing quote or the next interpolation, and emits it as a token that
    /// begins at `lo`. `head`: this is the string's beginning.
    pub(super) fn string(
        &mut self,
        names: &mut Locked,
        out: &mut Vec<Spanned>,
        lo: u32,
        start: usize,
        head: bool,
        mode: StringMode,
    ) {
        let bytes = self.source.as_bytes();
        let plain = mode == StringMode::Plain;
        // Does the text mean something else than it says?
        let mut cook = !plain;
        let mut at = start;
        let (kind, text_end, end) = loop {
            match bytes.get(at) {
                Some(b'"') if plain || bytes[at..].starts_with(b"\"\"\"") => {
                    let width = if plain { 1 } else { 3 };
                    break (if head { Kind::Str } else { Kind::StrTail }, at, at + width);
                }
                Some(b'\\') => {
                    cook = true;
                    at += match &bytes[at + 1..] {
                        [b'\r', b'\n', ..] => 3,
                        // This brace begins no interpolation.
                        [b'u', b'{', digits @ ..] => {
                            3 + digits.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count()
                        }
                        _other => 2,
                    };
                }
                Some(&brace @ (b'{' | b'}')) if bytes.get(at + 1) == Some(&brace) => {
                    cook = true;
                    at += 2;
                }
                Some(b'{') if plain && at < self.plain_until => at += 1,
                Some(b'{') => break (if head { Kind::StrHead } else { Kind::StrMid }, at, at + 1),
                Some(b'\n') if plain => break self.unclosed_string(lo, at, head),
                Some(_) => at += 1,
                None => break self.unclosed_string(lo, bytes.len(), head),
            }
        };
        // An escape may have skipped into the middle of a character.
        let (text_end, end) = (self.char_boundary(text_end), self.char_boundary(end));
        self.raw.bump(end - self.raw.span().end);
        let start = start.min(text_end);
        if !cook && kind == Kind::Str {
            return self.emit_text(out, kind, start..text_end, lo, end as u32);
        }
        let text = &self.source[start..text_end];
        // `undo_interpolation` asks for a head's symbol: it can't wait.
        let symbol = if cook {
            let last = matches!(kind, Kind::Str | Kind::StrTail);
            let text = self.cook(text, start as u32, mode, head, last);
            names.intern(&text)
        } else {
            names.intern(text)
        };
        self.emit(out, kind, symbol, lo, end as u32);
        if matches!(kind, Kind::StrHead | Kind::StrMid) {
            self.outer.push(self.level);
            self.max_depth = self.max_depth.max(self.outer.len());
            self.level = Level {
                string: mode,
                token: out.len() as u32 - 1,
                ..Level::new(Open::Interpolation, end as u32 - 1, self.indent)
            };
            self.open_strings += u32::from(plain);
        }
    }

    fn char_boundary(&self, at: usize) -> usize {
        let at = at.min(self.source.len());
        (at..=self.source.len()).find(|&at| self.source.is_char_boundary(at)).unwrap_or(at)
    }

    #[cold]
    fn unclosed_string(&mut self, lo: u32, at: usize, head: bool) -> (Kind, usize, usize) {
        let end = if self.source[..at].ends_with('\r') { at - 1 } else { at };
        // A string that goes on to the end of the file is blamed where it begins.
        let hi = self.source[lo as usize..end].find('\n').map_or(end as u32, |at| lo + at as u32);
        let span = self.span(lo, hi.max(lo));
        self.error(Diagnostic::error("L0002", span, "this string is never closed"));
        self.unclosed_string_end = end as u32;
        (if head { Kind::Str } else { Kind::StrTail }, end, end)
    }

    /// A line ended inside the braces of a one-line string: reads the string again, its `{` being a character.
    #[cold]
    pub(super) fn undo_interpolation(&mut self, names: &mut Locked, out: &mut Vec<Spanned>) {
        // The outermost open one: the others lie inside it.
        while self.level.open != Open::Interpolation
            || self.level.string != StringMode::Plain
            || self.open_strings > 1
        {
            self.pop();
        }
        let level = self.level;
        self.pop();
        // Of an item that is too large not all tokens are kept.
        let forgotten = || Spanned::new(level.lo, Kind::StrHead, names.intern(""), level.lo);
        let opening = out.get(level.token as usize).copied().unwrap_or_else(forgotten);
        out.truncate(level.token as usize);
        // In the order of their tokens.
        self.unnamed.truncate(self.unnamed.partition_point(|(_, name)| name.token < level.token));
        while self.errors.last().is_some_and(|error| error.primary.span.lo >= level.lo) {
            self.errors.pop();
        }
        self.in_attr = self.outer.iter().chain([&self.level]).any(|level| level.open == Open::Attr);

        let rest = &self.source.as_bytes()[level.lo as usize + 1..];
        let mut len = 0;
        while !matches!(rest.get(len), None | Some(b'"' | b'\n')) {
            len += if rest[len] == b'\\' { 2 } else { 1 };
        }
        let text_end = self.char_boundary((level.lo as usize + 1 + len).min(self.source.len()));
        let line = self.source[text_end..].find('\n');
        self.plain_until = line.map_or(self.source.len(), |len| text_end + len);
        let closed = self.source.as_bytes().get(text_end) == Some(&b'"');
        let end = text_end + usize::from(closed);
        self.raw = Kind::lexer(self.source);
        self.raw.bump(end);

        let brace = self.span(level.lo, level.lo + 1);
        let mut diagnostic =
            Diagnostic::error("L0003", brace, "this `{` begins an interpolation that is never closed");
        let inside = &self.source[level.lo as usize + 1..text_end];
        diagnostic = if closed && let Some(at) = inside.find("\\\"") {
            let lo = level.lo + 1 + at as u32;
            let mut fixes = Vec::new();
            for (at, _) in inside.match_indices("\\\"") {
                let lo = level.lo + 1 + at as u32;
                let (span, replacement) = (self.span(lo, lo + 2), "\"".to_string());
                fixes.push(CodeFix { span, replacement, applicability: Applicability::MaybeIncorrect });
            }
            diagnostic
                .secondary(self.span(lo, lo + 2), "quotes inside an interpolation are written plain")
                .suggestion(Suggestion { message: "write them plain".to_string(), fixes })
        } else if closed {
            diagnostic.fix("write the character as `{{`", brace, "{{", Applicability::MaybeIncorrect)
        } else {
            self.unclosed_string_end = end as u32;
            diagnostic.note("nor is the string it stands in")
        };
        self.error(diagnostic);
        let kind = if opening.kind() == Kind::StrHead { Kind::Str } else { Kind::StrTail };
        let text = format!("{}{}", opening.token.symbol, &self.source[level.lo as usize..text_end]);
        let symbol = names.intern(&text);
        self.emit(out, kind, symbol, opening.lo, end as u32);
    }

    /// The `:` of `{x:.2}` was read at `lo`: what follows, up to the `}`, is the format.
    pub(super) fn format(&mut self, names: &mut Locked, out: &mut Vec<Spanned>, lo: usize) {
        let plain = self.level.string == StringMode::Plain;
        let text = &self.source[lo + 1..];
        let len = text.find(|c: char| c == '}' || c == '\n' || c == '"' && plain).unwrap_or(text.len());
        let symbol = names.intern(&text[..len]);
        self.raw.bump(len);
        self.emit(out, Kind::Format, symbol, lo as u32 + 1, (lo + 1 + len) as u32);
    }

    /// `b"` was read at `lo`.
    pub(super) fn byte_string(&mut self, names: &mut Locked, out: &mut Vec<Spanned>, lo: u32) {
        let start = lo as usize + 2;
        let bytes = self.source.as_bytes();
        let mut at = start;
        let end = loop {
            match bytes.get(at) {
                Some(b'"') => break at + 1,
                Some(b'\\') => at += if bytes[at + 1..].starts_with(b"\r\n") { 3 } else { 2 },
                Some(b'\n') => break self.unclosed_string(lo, at, true).2,
                Some(_) => at += 1,
                None => break self.unclosed_string(lo, bytes.len(), true).2,
            }
        };
        let end = self.char_boundary(end);
        let text_end = if self.source[start.min(end)..end].ends_with('"') { end - 1 } else { end };
        self.raw.bump(end - self.raw.span().end);
        let text = &self.source[start.min(text_end)..text_end];
        let mut cooked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let here = start + text.len() - rest.len();
            let len = self.cook_char(&mut cooked, rest, c, here as u32, true);
            if c != '\\' && !c.is_ascii() {
                let span = self.span(here as u32, (here + len) as u32);
                self.error(
                    Diagnostic::error("L0005", span, format!("`{c}` is more than one byte"))
                        .note("a byte string holds ASCII and `\\x00` to `\\xff`"),
                );
                cooked.pop();
            }
            rest = &rest[len..];
        }
        let symbol = names.intern(&cooked);
        self.emit(out, Kind::Bytes, symbol, lo, end as u32);
    }

    /// `r#"` or `br#"` was read at `lo`.
    pub(super) fn raw_string(&mut self, names: &mut Locked, out: &mut Vec<Spanned>, kind: Kind, lo: u32) {
        let (opening, kind) = if kind == Kind::RawBytes {
            (&self.text()[2..], Kind::Bytes)
        } else {
            (&self.text()[1..], Kind::Str)
        };
        let hashes = &opening[..opening.len() - 1];
        let closing = format!("\"{hashes}");
        let start = self.raw.span().end;
        let text = &self.source[start..];
        let (len, width) = match text.find(&closing) {
            Some(at) => (at, closing.len()),
            None => {
                // Most likely meant to end on its line.
                let line = text.find('\n').unwrap_or(text.len());
                (self.unclosed_string(lo, start + line, true).1 - start, 0)
            }
        };
        let mut text = &text[..len];
        self.raw.bump(len + width);
        let hi = (start + len + width) as u32;
        if kind == Kind::Bytes && !text.is_ascii() {
            let span = self.span(lo, hi);
            self.error(Diagnostic::error("L0005", span, "a raw byte string holds only ASCII"));
            text = "";
        }
        let symbol = names.intern(text);
        self.emit(out, kind, symbol, lo, hi);
    }

    /// What a string's text means. `first` and `last`: it begins or ends the string.
    #[cold]
    fn cook(&mut self, raw: &str, lo: u32, mode: StringMode, first: bool, last: bool) -> String {
        let mut text = raw;
        let mut lo = lo;
        let (multi, indent) = match mode {
            StringMode::Plain => (false, 0),
            StringMode::Multi { indent } => (true, indent as usize),
        };
        let mut line_start = false;
        if multi
            && last
            && let Some(at) = text.rfind('\n')
            && text[at..].trim().is_empty()
        {
            text = text[..at].strip_suffix('\r').unwrap_or(&text[..at]);
        }
        if multi
            && first
            && let Some(at) = text.find('\n')
            && text[..at].trim().is_empty()
        {
            text = &text[at + 1..];
            lo += at as u32 + 1;
            line_start = true;
        }
        let mut cooked = String::with_capacity(text.len());
        let mut rest = text;
        loop {
            if line_start {
                let blank = rest.bytes().take(indent).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                rest = &rest[blank..];
            }
            let Some(c) = rest.chars().next() else { break };
            let here = lo + (text.len() - rest.len()) as u32;
            let len = match c {
                '{' | '}' if rest[1..].starts_with(c) => {
                    cooked.push(c);
                    2
                }
                '\r' if multi && rest[1..].starts_with('\n') => 1,
                _other => self.cook_char(&mut cooked, rest, c, here, false),
            };
            line_start = multi && c == '\n';
            rest = &rest[len..];
        }
        cooked
    }

    /// Adds the meaning of the character or escape that begins `rest`; its length.
    fn cook_char(&mut self, cooked: &mut String, rest: &str, c: char, lo: u32, byte: bool) -> usize {
        if c != '\\' {
            cooked.push(c);
            return c.len_utf8();
        }
        let (c, len) = match escape(&rest[1..], byte) {
            Escape::Char(c, len) => (c, len),
            Escape::Continue(len) => return len + 1,
            Escape::Bad(len, why) => {
                let span = self.span(lo, lo + 1 + len as u32);
                self.error(Diagnostic::error("L0005", span, why));
                (char::REPLACEMENT_CHARACTER, len)
            }
        };
        cooked.push(if byte && !c.is_ascii() && u32::from(c) > 0xff { '?' } else { c });
        len + 1
    }
}

/// Where the `"""` is that ends a multi-line string.
fn closing_quotes(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.get(at..)? {
            [b'"', b'"', b'"', ..] => return Some(at),
            [b'\\', ..] => at += 2,
            [_, ..] => at += 1,
            [] => return None,
        }
    }
}
