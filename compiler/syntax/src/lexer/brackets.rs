//! Brackets: the stack of open ones, and which one is at fault where they do not balance.
//!
//! In: the brackets of an item. Out: the same, balanced: closers are inserted (empty), strays dropped, and
//! each such repair is reported.
//!
//! ```text
//! fn f() {
//!     send(a, b        P1001 at this `(`: it is closed at the end of the line, because
//!     let c = 2        no statement begins inside parentheses
//! }
//! ```
//!
//! An item is lexed without all this first. Only if its brackets do not match it is lexed again, and the
//! indentation of lines is compared with that of the lines on which brackets were opened.

use super::strings::StringMode;
use super::{Level, Lexer, MAX_DEPTH, MAX_TOKENS, Open};
use crate::newline;
use crate::token::{Kind, NO_TEXT, Spanned};
use base::{Applicability, Diagnostic, symbol::Locked};
use logos::Logos;

impl Lexer<'_> {
    #[inline]
    pub(super) fn open(&mut self, out: &mut Vec<Spanned>, open: Open, kind: Kind, lo: u32, hi: u32) {
        self.outer.push(self.level);
        self.max_depth = self.max_depth.max(self.outer.len());
        self.level = Level::new(open, lo, self.indent);
        self.emit(out, kind, NO_TEXT, lo, hi);
    }

    pub(super) fn pop(&mut self) {
        if self.level.open == Open::Interpolation && self.level.string == StringMode::Plain {
            self.open_strings -= 1;
        }
        if let Some(level) = self.outer.pop() {
            self.level = level;
        }
    }

    /// `)` or `]`
    pub(super) fn close(&mut self, names: &mut Locked, out: &mut Vec<Spanned>, kind: Kind, lo: u32, hi: u32) {
        let open = self.level.open;
        let fits = match open {
            Open::Paren => kind == Kind::RParen,
            Open::Bracket | Open::Attr => kind == Kind::RBracket,
            Open::Top | Open::Brace | Open::Interpolation => false,
        };
        if !fits {
            if open == Open::Interpolation && self.level.string == StringMode::Plain {
                return self.undo_interpolation(names, out);
            }
            return self.mismatch(lo, hi);
        }
        self.pop();
        self.emit(out, kind, NO_TEXT, lo, hi);
        self.attr_closed(open);
    }

    fn attr_closed(&mut self, open: Open) {
        if open == Open::Attr {
            self.in_attr = false;
            self.prev = Kind::HashBracket; // no `;` between attribute and item
        }
    }

    /// `}`: ends a block or an interpolation, and parentheses left open inside it.
    pub(super) fn close_brace(&mut self, names: &mut Locked, out: &mut Vec<Spanned>, lo: u32, hi: u32) {
        while matches!(self.level.open, Open::Paren | Open::Bracket | Open::Attr) {
            if !self.recover {
                return self.mismatch(lo, hi);
            }
            self.close_level(out);
        }
        match self.level.open {
            Open::Interpolation => {
                let mode = self.level.string;
                self.pop();
                self.string(names, out, lo, lo as usize + 1, false, mode);
            }
            Open::Top => self.mismatch(lo, hi),
            Open::Brace | Open::Paren | Open::Bracket | Open::Attr => {
                self.pop();
                self.emit(out, Kind::RBrace, NO_TEXT, lo, hi);
            }
        }
    }

    /// A closer that does not fit.
    #[cold]
    fn mismatch(&mut self, lo: u32, hi: u32) {
        self.unbalanced = true;
        self.stray |= self.outer.is_empty();
        if !self.recover {
            // The item will be lexed again.
            let rest = self.raw.remainder().len();
            self.raw.bump(rest);
            return;
        }
        if self.is_full() {
            return;
        }
        let span = self.span(lo, hi);
        let text = &self.source[lo as usize..hi as usize];
        let mut diagnostic = Diagnostic::error("P1002", span, format!("`{text}` closes nothing"));
        if self.level.open != Open::Top {
            let open = self.span(self.level.lo, self.level.lo + 1);
            diagnostic = diagnostic.secondary(open, "the innermost open bracket is this one");
        }
        self.error(diagnostic.fix("remove it", span, "", Applicability::MaybeIncorrect));
    }

    /// Goes back to the start of this item, to judge its brackets by indentation.
    #[cold]
    pub(super) fn restart_with_recovery(&mut self) {
        let start = self.item_start as usize;
        self.errors.retain(|error| error.primary.span.lo < start as u32);
        self.docs.retain(|doc| doc.lo < start as u32);
        self.raw = Kind::lexer(self.source);
        self.raw.bump(start);
        let line = self.source[..start].rfind('\n').map_or(0, |at| at + 1);
        let line = &self.source.as_bytes()[line..];
        self.indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count() as u32;
        self.outer.clear();
        self.level = Level::new(Open::Top, 0, 0);
        self.prev = Kind::Semi;
        self.prev_end = self.item_start;
        self.newline = false;
        self.in_attr = false;
        self.open_strings = 0;
        self.plain_until = 0;
        self.unbalanced = false;
        self.recover = true;
        self.recoveries += 1;
        self.doc_lines.clear();
        self.carry.clear();
        self.unnamed.clear();
    }

    /// While recovering, at the first token of a line: closes what the line's indentation shows to be over.
    /// True if the token was dealt with (a stray closer).
    #[cold]
    pub(super) fn line_start(&mut self, out: &mut Vec<Spanned>, kind: Kind, lo: u32, hi: u32) -> bool {
        use Kind::*;
        if matches!(kind, RBrace | RParen | RBracket) {
            // A closer further left than its bracket's line: what lies between is unclosed. A `}` further
            // right: the `}` itself is too many.
            while self.level.open != Open::Top && self.level.indent > self.indent {
                self.close_level(out);
            }
            if self.level.open == Open::Brace && kind == RBrace && self.level.indent < self.indent {
                self.mismatch(lo, hi);
                return true;
            }
            return false;
        }
        // A statement's keyword never goes on with a parenthesis from the line above; a line as far left as a
        // bracket's own line is outside it.
        let statement = matches!(
            kind,
            Let | Var
                | Using
                | Const
                | Static
                | Type
                | Use
                | Pub
                | Record
                | Union
                | Protocol
                | Impl
                | Actor
                | Macro
        ) || matches!(kind, Module | Extern | On | Test | Bench | Return | HashBracket);
        loop {
            let over = if let Open::Top = self.level.open {
                false
            } else if let Open::Paren | Open::Bracket | Open::Attr = self.level.open
                && statement
            {
                true
            } else {
                self.level.indent >= self.indent && !newline::joins(kind)
            };
            if !over {
                return false;
            }
            self.close_level(out);
        }
    }

    /// Closes the innermost bracket where the last token ended, and reports it.
    #[cold]
    pub(super) fn close_level(&mut self, out: &mut Vec<Spanned>) {
        let (at, level) = (self.prev_end, self.level);
        let (kind, open, close) = match level.open {
            Open::Top => return,
            Open::Paren => (Kind::RParen, "(", ")"),
            Open::Bracket => (Kind::RBracket, "[", "]"),
            Open::Attr => (Kind::RBracket, "#[", "]"),
            Open::Brace => (Kind::RBrace, "{", "}"),
            Open::Interpolation => (Kind::StrTail, "{", "}"),
        };
        // A string that is not closed swallowed the closers of its line, and was reported.
        if at != self.unclosed_string_end && !self.is_full() {
            let span = self.span(level.lo, level.lo + open.len() as u32);
            let end = self.span(at, at);
            self.error(
                Diagnostic::error("P1001", span, format!("`{open}` is never closed"))
                    .secondary(end, "it should have been closed here")
                    .fix(format!("add `{close}`"), end, close, Applicability::MaybeIncorrect),
            );
        }
        self.pop();
        self.emit(out, kind, NO_TEXT, at, at);
        self.attr_closed(level.open);
    }

    /// Replaces an item of more than [`MAX_TOKENS`] tokens, of which some were kept, by a hole.
    #[cold]
    pub(super) fn cut_large(&mut self, tokens: &mut Vec<Spanned>) {
        let (first, end) = (tokens[0], tokens[tokens.len() - 1].hi);
        let million = MAX_TOKENS / 1_000_000;
        let message = format!("this item is too large: it has more than {million} million tokens");
        self.error(
            Diagnostic::error("P1027", self.span(first.lo, first.hi), message)
                .note("what is as large as this is better read from a file"),
        );
        *tokens = vec![
            Spanned::new(first.lo, Kind::Hole, NO_TEXT, end),
            Spanned::new(end, Kind::Semi, NO_TEXT, end),
        ];
    }

    /// Replaces what lies deeper than [`MAX_DEPTH`] by holes.
    #[cold]
    pub(super) fn cut_deep(&mut self, tokens: &mut Vec<Spanned>) {
        let (mut depth, mut cut) = (0, Vec::with_capacity(tokens.len().min(4096)));
        let mut reported = false;
        for token in tokens.iter() {
            let bracket = token.kind().bracket();
            depth -= usize::from(bracket < 0);
            if depth < MAX_DEPTH {
                cut.push(*token);
            }
            depth += usize::from(bracket > 0);
            if bracket > 0 && depth == MAX_DEPTH {
                if !reported {
                    let span = self.span(token.lo, token.hi);
                    let message = format!("brackets are nested more than {MAX_DEPTH} deep");
                    self.error(Diagnostic::error("P1003", span, message));
                    reported = true;
                }
                cut.push(Spanned::new(token.hi, Kind::Hole, NO_TEXT, token.hi));
            }
        }
        *tokens = cut;
    }
}
