//! The lexer: text → tokens, item by item.
//!
//! In: the text of a file. Out: the tokens of one item after another, and diagnostics on the side.
//! What the parser gets is always a legal token, so that a bad string never starts a cascade of syntax errors,
//! and its brackets always balance.
//!
//! ```text
//! if a {           →   If Name LBraceBody
//!     f("x{b}")    →       Name LParen StrHead Name StrTail RParen Semi
//! }                →   RBrace Semi
//! ```
//!
//! logos defines the raw tokens; the usual ones are found without it (`lexer/raw.rs`). Over them runs an automaton with a stack of open brackets that
//! 1. puts a `;` at line ends (`newline.rs`);
//! 2. tells the three kinds of `{` apart (`lexer/braces.rs`);
//! 3. takes strings apart at their interpolations (`lexer/strings.rs`);
//! 4. decides which words are keywords where they stand.
//!
//! Between items the stack is empty, so an item can be lexed alone. Where the brackets of an item do not
//! balance, it is lexed again, and indentation decides which bracket is at fault (`lexer/brackets.rs`).

#![expect(clippy::wildcard_enum_match_arm, reason = "questions about tokens name a few kinds of a hundred")]

mod braces;
mod brackets;
mod numbers;
mod raw;
mod strings;
#[cfg(test)]
mod tests;

use crate::newline;
use crate::token::{Keywords, Kind, NO_TEXT, Spanned, WRITTEN};
use base::{Diagnostic, FileId, Span, Symbol, symbol::Key, symbol::Locked};
use braces::{Body, Heads};
use logos::Logos;
use std::ops::Range;
use strings::StringMode;

/// Brackets deeper than this are cut out: what comes after the parser may recurse.
pub const MAX_DEPTH: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Top,
    Brace,
    Paren,
    Bracket,
    Attr,
    /// `{` inside a string
    Interpolation,
}

/// An open bracket, and what the words since it have announced.
#[derive(Clone, Copy, Debug)]
struct Level {
    open: Open,
    /// What kind of body the brace opened.
    body: Body,
    heads: Heads,
    /// How to go on with the string after an `Open::Interpolation`.
    string: StringMode,
    /// Index of the string's token, for an `Open::Interpolation`.
    token: u32,
    /// Where the bracket is, and how far its line is indented (the latter known only while recovering).
    lo: u32,
    indent: u32,
}

impl Level {
    fn new(open: Open, lo: u32, indent: u32) -> Level {
        Level {
            open,
            body: Body::Plain,
            heads: Heads::default(),
            string: StringMode::Plain,
            token: 0,
            lo,
            indent,
        }
    }
}

/// The `///` lines before a token, joined.
#[derive(Clone, Copy, Debug)]
pub struct Doc {
    /// Where the token is that they stand before.
    pub before: u32,
    pub text: Symbol,
    pub lo: u32,
    pub hi: u32,
}

/// A token without a symbol yet, and the text that is to be it.
#[derive(Clone, Copy)]
struct Unnamed {
    token: u32,
    lo: u32,
    hi: u32,
}

pub struct Lexer<'s> {
    raw: logos::Lexer<'s, Kind>,
    source: &'s str,
    file: FileId,
    outer: Vec<Level>,
    level: Level,
    prev: Kind,
    prev_end: u32,
    /// There was a line break since the last token.
    newline: bool,
    in_attr: bool,
    /// Interpolations of one-line strings that are open.
    open_strings: u32,
    /// The deepest nesting in this item.
    max_depth: usize,
    /// The item has more than [`MAX_TOKENS`] tokens, and not all were kept.
    too_large: bool,
    /// Brackets that do not match were met; without `recover`, lexing stops there.
    unbalanced: bool,
    /// A closer was met outside all brackets.
    stray: bool,
    /// Judge brackets by indentation.
    recover: bool,
    /// How often an item had to be lexed again.
    recoveries: u32,
    /// Indentation of the current line, while recovering.
    indent: u32,
    /// Up to here a `{` in a one-line string begins no interpolation: one on this line was never closed.
    plain_until: usize,
    /// End of the last string that was not closed: it swallowed the closing brackets of its line.
    unclosed_string_end: u32,
    doc_lines: Vec<(u32, u32)>,
    keywords: &'static Keywords,
    /// Names and literals without a symbol yet. They are interned together at the end of an item, so that the waits for their places in the table overlap.
    unnamed: Vec<(Key, Unnamed)>,
    /// Tokens of the next item that were lexed with the end of this one.
    carry: Vec<Spanned>,
    item_start: u32,
    pub(crate) docs: Vec<Doc>,
    pub(crate) file_docs: String,
    pub(crate) errors: Vec<Diagnostic>,
}

/// Characters that look like others, or that word processors put in their place.
const CONFUSED: &[(&str, &str)] = &[
    ("“”„", "\""),
    ("‘’", "'"),
    ("–—−", "-"),
    ("×", "*"),
    ("÷", "/"),
    ("≠", "!="),
    ("≤", "<="),
    ("≥", ">="),
    ("→", "->"),
    ("…", "..."),
    ("；", ";"),
    ("，", ","),
    ("（", "("),
    ("）", ")"),
];

/// Past this many items whose brackets do not balance, all further ones are lexed with recovery at once: each
/// try without it may read to the end of the file.
const MAX_RECOVERIES: u32 = 8;

/// An item with more tokens than this is not parsed: later stages need hundreds of bytes for each. A table of a million
/// numbers is half as large.
pub(crate) const MAX_TOKENS: usize = if cfg!(test) { 1 << 20 } else { 1 << 22 };

/// So many errors of the lexer are kept for a file.
pub(crate) const MAX_ERRORS: usize = 1000;
/// A longer name with a character that is in no name is passed over as a whole: beyond the character another such
/// name would be read, and so on.
const MAX_WIDE: usize = 256;

impl<'s> Lexer<'s> {
    pub fn new(source: &'s str, file: FileId) -> Lexer<'s> {
        let mut raw = Kind::lexer(source);
        let bom = if source.starts_with('\u{feff}') { 3 } else { 0 };
        raw.bump(bom);
        Lexer {
            raw,
            source,
            file,
            outer: Vec::new(),
            level: Level::new(Open::Top, 0, 0),
            prev: Kind::Semi,
            prev_end: 0,
            newline: false,
            in_attr: false,
            open_strings: 0,
            max_depth: 0,
            too_large: false,
            unbalanced: false,
            stray: false,
            recover: false,
            recoveries: 0,
            indent: 0,
            plain_until: 0,
            unclosed_string_end: u32::MAX,
            doc_lines: Vec::new(),
            keywords: Keywords::get(),
            unnamed: Vec::new(),
            carry: Vec::new(),
            item_start: bom as u32,
            docs: Vec::new(),
            file_docs: String::new(),
            errors: Vec::new(),
        }
    }

    /// Judges the brackets of all items by indentation: a closer too many was met between items, so the item
    /// at fault is one that seemed complete.
    pub(crate) fn recover_all(&mut self) {
        self.recoveries = MAX_RECOVERIES;
    }

    /// Was a closer too many met after complete items?
    pub(crate) fn stray_closer(&self) -> bool {
        self.stray && self.recoveries < MAX_RECOVERIES
    }

    /// Replaces `tokens` by those of the next item, up to and with its `;`. False at the end of the text.
    pub fn next_item(&mut self, names: &mut Locked, tokens: &mut Vec<Spanned>) -> bool {
        self.recover = self.recoveries >= MAX_RECOVERIES;
        self.unbalanced = false;
        self.scan_item(names, tokens);
        if self.unbalanced && !self.recover {
            self.restart_with_recovery();
            self.scan_item(names, tokens);
        }
        if self.too_large {
            self.cut_large(tokens);
        } else if self.max_depth > MAX_DEPTH {
            self.cut_deep(tokens);
        }
        let Some(last) = tokens.last() else { return false };
        self.item_start = last.hi;
        true
    }

    fn scan_item(&mut self, names: &mut Locked, tokens: &mut Vec<Spanned>) {
        tokens.clear();
        tokens.append(&mut self.carry);
        self.max_depth = 0;
        self.too_large = false;
        loop {
            let (before, depth) = (tokens.len(), self.outer.len());
            let more = self.step(names, tokens);
            // A step may also take tokens back (`undo_interpolation`).
            let over = self.item_end(tokens.get(before..).unwrap_or_default(), depth);
            if over.is_some() || !more {
                let source = self.source;
                names.intern_all(
                    &self.unnamed,
                    |name| &source[name.lo as usize..name.hi as usize],
                    |name, symbol| tokens[name.token as usize].token.symbol = symbol,
                );
                self.unnamed.clear();
                if let Some(end) = over {
                    let end = before + end + 1;
                    self.carry.extend(tokens.drain(end..));
                    if self.level.open == Open::Interpolation {
                        self.level.token = self.level.token.saturating_sub(end as u32);
                    }
                }
                return;
            }
            if tokens.len() > MAX_TOKENS {
                // Nothing will be made of it; what is lexed on is only looked at for its brackets.
                self.too_large = true;
                tokens.truncate(MAX_TOKENS / 2);
                self.unnamed.clear();
            }
        }
    }

    /// Which of the tokens of one step is the `;` outside all brackets, if one is. `depth`: how many were open.
    #[inline]
    fn item_end(&self, tokens: &[Spanned], depth: usize) -> Option<usize> {
        if depth == 0 {
            return tokens.first().filter(|token| token.kind() == Kind::Semi).map(|_| 0);
        }
        if !self.recover {
            return None;
        }
        // While recovering, a step may close what is open.
        let mut depth = depth as i32;
        tokens.iter().position(|token| {
            depth += token.kind().bracket();
            depth == 0 && token.kind() == Kind::Semi
        })
    }

    #[inline]
    fn emit(&mut self, out: &mut Vec<Spanned>, kind: Kind, symbol: Symbol, lo: u32, hi: u32) {
        out.push(Spanned::new(lo, kind, symbol, hi));
        self.prev = kind;
        self.prev_end = hi;
    }

    /// Emits a token whose symbol is a part of the source as it is written there.
    #[inline]
    fn emit_text(&mut self, out: &mut Vec<Spanned>, kind: Kind, text: Range<usize>, lo: u32, hi: u32) {
        let unnamed = Unnamed { token: out.len() as u32, lo: text.start as u32, hi: text.end as u32 };
        self.unnamed.push((Key::within(self.source, text.start, text.end), unnamed));
        self.emit(out, kind, NO_TEXT, lo, hi);
    }

    /// The raw token, if logos found it.
    #[inline]
    fn text(&self) -> &'s str {
        self.raw.slice()
    }

    fn span(&self, lo: u32, hi: u32) -> Span {
        Span::new(self.file, lo, hi)
    }

    /// A file with more errors than anybody reads is not written by anybody: what comes after so many is left out.
    fn error(&mut self, diagnostic: Diagnostic) {
        if !self.is_full() {
            self.errors.push(diagnostic);
        }
    }

    /// Is nobody to hear of more? What can go wrong at every byte asks before it says what: that takes a microsecond.
    fn is_full(&self) -> bool {
        self.errors.len() >= MAX_ERRORS
    }

    /// Reads one raw token and emits what results: usually one token, at a line's start often two.
    /// False at the end of the text.
    #[inline]
    fn step(&mut self, names: &mut Locked, out: &mut Vec<Spanned>) -> bool {
        use Kind::*;
        let mut symbol = NO_TEXT;
        let mut unnamed = None;
        let Some((raw, start, end)) = self.next_raw() else { return self.end(names, out) };
        let (lo, hi) = (start as u32, end as u32);
        let kind = match raw {
            Ok(Name) => {
                let key = Key::within(self.source, start, end);
                match self.keywords.find(key) {
                    None => {
                        unnamed = Some(key);
                        Name
                    }
                    Some((known, word)) => {
                        symbol = known;
                        self.word(word)
                    }
                }
            }
            Ok(kind) => kind,
            Err(()) => {
                self.unknown_character(start, end);
                return true;
            }
        };
        if kind == Newline {
            self.line_break(names, out, start..end);
            return true;
        }
        if self.newline && !matches!(kind, Doc | FileDoc | CommentOpen) {
            self.newline = false;
            if !self.doc_lines.is_empty() {
                self.finish_docs(names, lo);
            }
            if self.recover && self.line_start(out, kind, lo, hi) {
                return true;
            }
            if newline::ends(self.prev)
                && !newline::joins(kind)
                && matches!(self.level.open, Open::Brace | Open::Top)
                && !(kind == LBrace && self.brace_on_own_line(lo, hi))
            {
                self.level.heads = Heads::default();
                self.emit(out, Semi, NO_TEXT, self.prev_end, self.prev_end);
            }
        }
        match kind {
            Name => {
                if let Some(key) = unnamed {
                    self.unnamed.push((key, Unnamed { token: out.len() as u32, lo, hi }));
                }
                self.emit(out, kind, symbol, lo, hi);
            }
            Dot | DotDot | DotDotEq | Ellipsis | At | Underscore | Bang | Question | ColonColon => {
                self.emit(out, kind, NO_TEXT, lo, hi);
            }
            Plus | Minus | Star | Amp | Pipe | AmpAmp | PipePipe | Slash | Percent | Shl | Shr | Caret
            | EqEq | NotEq | Lt | Le | Gt | Ge => {
                let code = kind.binary().map_or(0, |op| op as u32);
                let kind = if kind >= Slash { BinOp } else { kind };
                self.emit(out, kind, Symbol(code), lo, hi);
            }
            Semi => {
                self.level.heads = Heads::default();
                self.emit(out, kind, WRITTEN, lo, hi);
            }
            Comma => {
                self.level.heads.cancel_types();
                self.emit(out, kind, NO_TEXT, lo, hi);
            }
            Eq => {
                self.level.heads.cancel_types();
                self.level.heads.after_equals();
                self.emit(out, kind, NO_TEXT, lo, hi);
            }
            FatArrow => {
                self.level.heads = Heads::default(); // a guard is over
                self.emit(out, kind, NO_TEXT, lo, hi);
            }
            Arrow => {
                self.level.heads.announce_type();
                self.emit(out, kind, NO_TEXT, lo, hi);
            }
            Colon if self.level.open == Open::Interpolation => self.format(names, out, lo as usize),
            Colon => self.emit(out, kind, NO_TEXT, lo, hi),
            AssignOp => {
                let text = self.text();
                let code = crate::ast::AssignOp::ALL.iter().position(|op| op.as_str() == text);
                self.emit(out, kind, Symbol(code.unwrap_or(0) as u32), lo, hi);
            }
            LParen => self.open(out, Open::Paren, kind, lo, hi),
            LBracket => self.open(out, Open::Bracket, kind, lo, hi),
            HashBracket => {
                self.in_attr = true;
                self.open(out, Open::Attr, kind, lo, hi);
            }
            LBrace => self.brace(out, lo, hi),
            RParen | RBracket => self.close(names, out, kind, lo, hi),
            RBrace => self.close_brace(names, out, lo, hi),
            Int | Float | BadNumber => self.number(names, out, kind, lo, hi),
            Char | Byte | Quote => self.character(out, kind, lo, hi),
            Region => self.region(names, out, lo, hi),
            MacroVar => {
                let symbol = names.intern(&self.text()[1..]);
                self.emit(out, kind, symbol, lo, hi);
            }
            Str | MultiStr => self.string_start(names, out, kind, lo),
            Bytes => self.byte_string(names, out, lo),
            RawStr | RawBytes => self.raw_string(names, out, kind, lo),
            WideName => self.wide_name(names, out, lo, hi),
            Doc => {
                // A comment after code documents nothing.
                self.doc_lines.push((lo, hi));
                if !self.newline && self.prev_end != 0 {
                    self.finish_docs(names, u32::MAX);
                }
            }
            FileDoc => self.file_doc(lo, hi),
            CommentOpen => self.block_comment(lo),
            Module | Use | Pub | Fn | Record | Union | Protocol | Impl | Actor | Macro | Extern | Const
            | Static | Type | Let | Var | Using | If | Else | LetElse | While | For | In | Loop | Match
            | Return | Break | Continue | As | Where | Try | Catch | Within | Spawn | Mut | SelfValue
            | Dyn | Unsafe | True | False | Test | Bench | Scope | Select | Async | On | Ask | Tell
            | After | Default | Move => {
                self.level.heads.announce(kind, self.prev);
                self.emit(out, kind, symbol, lo, hi);
            }
            // Not made by logos; `Newline` was dealt with.
            StrHead | StrMid | StrTail | Format | LBraceBody | LBraceRecord | BinOp | Hole | Newline => {}
        }
        true
    }

    /// The text is over. False, as for `step`.
    fn end(&mut self, names: &mut Locked, out: &mut Vec<Spanned>) -> bool {
        if !self.doc_lines.is_empty() {
            self.finish_docs(names, u32::MAX);
        }
        if self.open_strings > 0 {
            self.undo_interpolation(names, out);
            return true;
        }
        if !self.outer.is_empty() {
            self.unbalanced = true;
            if !self.recover {
                return false;
            }
            while !self.outer.is_empty() {
                self.close_level(out);
            }
        }
        if self.prev != Kind::Semi {
            self.emit(out, Kind::Semi, NO_TEXT, self.prev_end, self.prev_end);
        }
        false
    }

    fn line_break(&mut self, names: &mut Locked, out: &mut Vec<Spanned>, at: Range<usize>) {
        if self.open_strings > 0 {
            return self.undo_interpolation(names, out);
        }
        self.newline = true;
        if self.recover {
            let text = &self.source[at];
            self.indent = (text.len() - text.rfind('\n').map_or(0, |at| at + 1)) as u32;
        }
    }

    /// What a word that can be a keyword is where it stands.
    fn word(&mut self, kind: Kind) -> Kind {
        if self.prev == Kind::Dot || self.in_attr && !matches!(kind, Kind::True | Kind::False) {
            return Kind::Name;
        }
        let rest = self.raw.remainder().trim_start_matches([' ', '\t']);
        let first = rest.bytes().next().unwrap_or(0);
        let name_follows = || first.is_ascii_alphabetic() || first == b'_' || first >= 0x80;
        let arm_starts = matches!(self.prev, Kind::LBraceBody | Kind::Comma | Kind::Semi) || self.newline;
        let is_keyword = match kind {
            Kind::Test | Kind::Bench => rest.starts_with(['"']) || rest.starts_with("r\""),
            Kind::Scope | Kind::Select | Kind::Async => first == b'{',
            Kind::On => self.level.body == Body::Actor && name_follows(),
            Kind::After => self.level.body == Body::Select && arm_starts,
            Kind::Default => self.level.body == Body::Select && arm_starts && rest.starts_with("=>"),
            Kind::Ask | Kind::Tell => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                let next = self.keywords.find(Key::new(&rest[..end])).map_or(Kind::Name, |(_, kind)| kind);
                name_follows() && (matches!(next, Kind::Name | Kind::SelfValue) || next.is_contextual())
            }
            Kind::Move => first == b'|',
            Kind::Else => return if self.prev == Kind::RBrace { Kind::Else } else { Kind::LetElse },
            _always => true,
        };
        if is_keyword { kind } else { Kind::Name }
    }

    /// A name with characters beyond ASCII: legal if they are XID.
    #[cold]
    fn wide_name(&mut self, names: &mut Locked, out: &mut Vec<Spanned>, lo: u32, hi: u32) {
        let text = self.text();
        let bad = text.char_indices().find(|&(at, c)| match at {
            0 => c != '_' && !unicode_ident::is_xid_start(c),
            _later => !unicode_ident::is_xid_continue(c),
        });
        let Some((at, c)) = bad else {
            let symbol = names.intern(text);
            return self.emit(out, Kind::Name, symbol, lo, hi);
        };
        if at > 0 {
            // What is a name before the character, may be a keyword.
            let symbol = names.intern(&text[..at]);
            self.emit(out, Kind::Name, symbol, lo, lo + at as u32);
        }
        let lo = lo as usize + at;
        let end = lo + c.len_utf8();
        if text.len() > MAX_WIDE {
            return self.unknown_character(lo, end);
        }
        self.raw = Kind::lexer(self.source);
        self.raw.bump(end);
        self.unknown_character(lo, end);
        // Go on as if what was meant stood here.
        match c {
            '“' | '”' | '„' => {
                let rest = &self.source[end..];
                // Up to the next quotation mark of any kind, so that many of them don't each read to the line's end.
                let close = rest.char_indices().find(|&(_, c)| matches!(c, '”' | '“' | '"' | '„' | '\n'));
                if let Some((len, close @ ('”' | '“' | '"'))) = close {
                    self.raw.bump(len + close.len_utf8());
                    let symbol = names.intern(&rest[..len]);
                    self.emit(out, Kind::Str, symbol, lo as u32, (end + len + close.len_utf8()) as u32);
                }
            }
            '–' | '—' | '−' => {
                self.emit(out, Kind::Minus, Symbol(crate::ast::BinOp::Sub as u32), lo as u32, end as u32);
            }
            '×' => self.emit(out, Kind::Star, Symbol(crate::ast::BinOp::Mul as u32), lo as u32, end as u32),
            _other => {}
        }
    }

    #[cold]
    fn unknown_character(&mut self, lo: usize, hi: usize) {
        let c = self.source[lo..].chars().next().unwrap_or(' ');
        let hi = hi.min(lo + c.len_utf8()).max(lo);
        // The same one again is the same mistake.
        if let Some(last) = self.errors.last_mut()
            && last.code == "L0001"
            && last.suggestions.is_empty()
            && last.primary.span.hi as usize == lo
            && self.source[..lo].ends_with(c)
        {
            last.primary.span.hi = hi as u32;
            return;
        }
        if self.is_full() {
            return;
        }
        let span = self.span(lo as u32, hi as u32);
        let shown = if c.is_control() || c.is_whitespace() {
            format!("U+{:04X}", u32::from(c))
        } else {
            format!("`{c}`")
        };
        let mut diagnostic = Diagnostic::error("L0001", span, format!("unknown character {shown}"));
        let instead = CONFUSED.iter().find(|(wrong, _)| wrong.contains(c)).map(|(_, right)| *right);
        if let Some(right) = instead.or(c.is_whitespace().then_some(" ")) {
            let message = if right == " " { "write a space".into() } else { format!("write `{right}`") };
            diagnostic = diagnostic.fix(message, span, right, base::Applicability::MaybeIncorrect);
        }
        if c == '#' {
            diagnostic = diagnostic.note("a comment begins with `//`, an attribute is `#[…]` before an item");
        }
        self.error(diagnostic);
    }

    // --- comments ------------------------------------------------------------------------------------

    /// Skips `/* … /* … */ … */`; the opening mark is read.
    #[cold]
    fn block_comment(&mut self, lo: u32) {
        let rest = self.raw.remainder().as_bytes();
        let (mut at, mut depth) = (0, 1);
        while depth > 0 {
            match rest.get(at..) {
                Some([b'*', b'/', ..]) => {
                    depth -= 1;
                    at += 2;
                }
                Some([b'/', b'*', ..]) => {
                    depth += 1;
                    at += 2;
                }
                Some([byte, ..]) => {
                    self.newline |= *byte == b'\n';
                    at += 1;
                }
                Some([]) | None => {
                    let span = self.span(lo, lo + 2);
                    self.error(Diagnostic::error("L0004", span, "this comment is never closed"));
                    break;
                }
            }
        }
        self.raw.bump(at);
    }

    /// The `///` lines that were read stand before the token at `before`.
    #[cold]
    fn finish_docs(&mut self, names: &mut Locked, before: u32) {
        let (lo, hi) = (self.doc_lines[0].0, self.doc_lines[self.doc_lines.len() - 1].1);
        let mut text = String::new();
        for &(lo, hi) in &self.doc_lines {
            doc_line(&mut text, &self.source[lo as usize..hi as usize]);
        }
        self.doc_lines.clear();
        self.docs.push(Doc { before, text: names.intern(&text), lo, hi });
    }

    #[cold]
    fn file_doc(&mut self, lo: u32, hi: u32) {
        if self.prev_end == 0 && self.carry.is_empty() {
            let source = self.source;
            doc_line(&mut self.file_docs, &source[lo as usize..hi as usize]);
        } else {
            let span = self.span(lo, hi);
            let mark = self.span(lo, lo + 3);
            self.error(
                Diagnostic::warning("L0008", span, "`//!` describes a file and stands at its beginning").fix(
                    "describe what follows",
                    mark,
                    "///",
                    base::Applicability::MaybeIncorrect,
                ),
            );
        }
    }
}

/// Adds a doc comment's line without its mark and the space after it.
fn doc_line(text: &mut String, line: &str) {
    let line = line[3..].trim_end();
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line.strip_prefix(' ').unwrap_or(line));
}
