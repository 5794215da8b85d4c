//! Error recovery: tokens that are no sentence → tokens that are one, and an error for each repair.
//!
//! In: the tokens of one item, which do not parse. Out: tokens that do, with HOLEs for what was not understood.
//!
//! ```text
//! let x = (1 + ) * 2      P1000 expected an expression, found `)`
//!                         parsed as `let x = (1 + HOLE) * 2`
//! ```
//!
//! The grammar has no error productions. At each token no sentence goes on with, in this order:
//! 1. is it a slip from another language (`recover/slips.rs`)?
//! 2. does one of a few tokens, inserted before it, help?
//! 3. does leaving it out?
//! 4. if not, the innermost element in brackets around it (argument, statement, field, arm, item) becomes a HOLE.
//!
//! «Helps» means that the tables accept the next few tokens; nothing is built to find out. Files without errors
//! pay nothing for this.

#![expect(clippy::wildcard_enum_match_arm, reason = "questions about tokens name a few kinds of a hundred")]

mod others;
mod params;
mod slips;
#[cfg(test)]
mod tests;
mod words;

use crate::driver::Simulation;
use crate::token::{Kind, NO_TEXT, Spanned};
use base::{Applicability, Diagnostic, FileId, Span};

/// So many tokens after an edit must be accepted for it to count as a repair.
const MARGIN: usize = 4;
/// An item with more errors than this is given up.
const MAX_ERRORS: usize = 20;

/// Single tokens worth inserting, in order: their names in the grammar, their kinds, how to write them.
const INSERTIONS: &[(&str, Kind, &str)] = &[
    ("HOLE", Kind::Hole, ""),
    (":", Kind::Colon, ":"),
    (",", Kind::Comma, ","),
    (";", Kind::Semi, ";"),
    ("=>", Kind::FatArrow, "=>"),
    ("=", Kind::Eq, "="),
    ("in", Kind::In, "in"),
    ("->", Kind::Arrow, "->"),
];

/// One item being repaired.
struct Repair<'a> {
    source: &'a str,
    file: FileId,
    tokens: Vec<Spanned>,
    errors: &'a mut Vec<Diagnostic>,
    /// How many errors there were before this item's.
    known: usize,
    /// What the lexer found wrong: a fault right there is no second mistake.
    lexical: &'a [Diagnostic],
}

/// Where the tokens are no sentence, and the parser's state before.
struct Fault {
    /// Index of the offending token; there is one, because an item ends with `;`.
    at: usize,
    before: Simulation,
    expected: Vec<&'static str>,
}

/// Replaces `from..to` by `with`.
struct Edit {
    from: usize,
    to: usize,
    with: Vec<Spanned>,
}

/// Rewrites `tokens` until they parse. `quiet`: a statement outside functions was reported just before.
/// True if this item is such a statement.
pub(crate) fn repair(
    source: &str,
    file: FileId,
    tokens: &mut Vec<Spanned>,
    errors: &mut Vec<Diagnostic>,
    lexical: &[Diagnostic],
    quiet: bool,
) -> bool {
    let known = errors.len();
    let mut repair = Repair { source, file, tokens: std::mem::take(tokens), errors, known, lexical };
    let stray = repair.is_statement();
    if stray {
        if !quiet {
            repair.stray_statement();
        }
        repair.give_up();
    } else {
        repair.run();
    }
    *tokens = repair.tokens;
    stray
}

impl Repair<'_> {
    fn run(&mut self) {
        for _round in 0..MAX_ERRORS {
            let mut simulation = Simulation::new();
            let Err(stop) = simulation.run(&self.tokens) else { return };
            if stop.too_deep {
                let token = self.tokens[stop.index];
                let span = self.span(token.lo, token.hi);
                self.errors.push(Diagnostic::error("P1003", span, "this is nested too deeply"));
                return self.give_up();
            }
            let expected = simulation.expected();
            self.fix(Fault { at: stop.index, before: simulation, expected });
        }
        if Simulation::new().run(&self.tokens).is_err() {
            self.give_up();
        }
    }

    fn give_up(&mut self) {
        let (lo, hi) = (self.tokens[0].lo, self.tokens[self.tokens.len() - 1].hi);
        self.tokens = vec![hole(lo, hi), Spanned::new(hi, Kind::Semi, NO_TEXT, hi)];
    }

    fn span(&self, lo: u32, hi: u32) -> Span {
        Span::new(self.file, lo, hi)
    }

    fn text(&self, token: &Spanned) -> &str {
        &self.source[token.lo as usize..token.hi as usize]
    }

    /// Where the token before `at` ends.
    fn end_before(&self, at: usize) -> u32 {
        at.checked_sub(1).map_or(self.tokens[at].lo, |at| self.tokens[at].hi)
    }

    fn starts_line(&self, at: usize) -> bool {
        let (before, lo) = (self.end_before(at), self.tokens[at].lo);
        // What a repair put there has the place of something else.
        self.source.get(before as usize..lo as usize).is_some_and(|text| text.contains('\n'))
    }

    /// Are the tokens of `with`, and some of those from `rest` on, accepted in this state?
    fn accepts(&self, mut state: Simulation, with: &[Spanned], rest: usize) -> bool {
        let rest = &self.tokens[rest.min(self.tokens.len())..];
        let next = &rest[..rest.len().min(MARGIN)];
        let at_end = rest.len() <= MARGIN;
        with.iter().chain(next).all(|token| state.feed(token.kind())) && (!at_end || state.complete())
    }

    fn apply(&mut self, edit: Edit) {
        self.tokens.splice(edit.from..edit.to, edit.with);
    }

    /// Edits the tokens at a fault and reports why.
    fn fix(&mut self, fault: Fault) {
        if self.slip(&fault) {
            return;
        }
        let at = fault.at;
        if self.retag_brace(&fault) || self.insert(&fault) {
            return;
        }
        let found = self.tokens[at];
        let diagnostic = self.unexpected(&fault);
        self.report(at, diagnostic);
        if found.kind().bracket() == 0
            && found.kind() != Kind::Semi
            && self.accepts(fault.before.clone(), &[], at + 1)
        {
            self.tokens.remove(at);
            return;
        }
        self.cut(at);
    }

    /// Reports a fault at token `at`, unless the lexer has reported something in the same place.
    fn report(&mut self, at: usize, diagnostic: Diagnostic) {
        let (lo, hi) = (self.end_before(at), self.tokens[at].hi);
        let lo = at.checked_sub(1).map_or(lo, |at| self.tokens[at].lo);
        let known = self.lexical.iter().any(|error| {
            error.level == base::Level::Error && error.primary.span.lo <= hi && error.primary.span.hi >= lo
        });
        if !known {
            self.errors.push(diagnostic);
        }
    }

    /// After another error the kinds of braces are guesses: takes one for what fits, without a word.
    fn retag_brace(&mut self, fault: &Fault) -> bool {
        const BRACES: [(&str, Kind); 3] =
            [("{body", Kind::LBraceBody), ("{record", Kind::LBraceRecord), ("{", Kind::LBrace)];
        let found = self.tokens[fault.at].kind();
        if self.errors.len() == self.known || !BRACES.iter().any(|&(_, kind)| kind == found) {
            return false;
        }
        let Some((_, kind)) = BRACES.iter().find(|(name, _)| fault.expected.contains(name)) else {
            return false;
        };
        self.tokens[fault.at].token.kind = *kind;
        true
    }

    fn insert(&mut self, fault: &Fault) -> bool {
        let at = fault.at;
        let found = self.tokens[at];
        let before = self.end_before(at);
        for &(name, kind, text) in INSERTIONS {
            if !fault.expected.contains(&name) {
                continue;
            }
            let mut with = vec![Spanned::new(before, kind, NO_TEXT, before)];
            if !self.accepts(fault.before.clone(), &with, at) {
                // `1 +` at the end of a line: what is missing ends there.
                if kind != Kind::Hole || !self.starts_line(at) {
                    continue;
                }
                with.push(Spanned::new(before, Kind::Semi, NO_TEXT, before));
                if !self.accepts(fault.before.clone(), &with, at) {
                    continue;
                }
            }
            let diagnostic = if kind == Kind::Hole {
                self.unexpected(fault)
            } else {
                let shown = if kind == Kind::Semi { "a line end or `;`".into() } else { format!("`{text}`") };
                let spaced = if matches!(kind, Kind::Comma | Kind::Colon | Kind::Semi) {
                    text.to_string()
                } else {
                    format!(" {text}")
                };
                let message = format!("missing {shown} before {}", self.describe(at));
                let here = self.span(before, before);
                // What begins an item can't go on with what was before it.
                let is_item = matches!(
                    found.kind(),
                    Kind::Fn
                        | Kind::Type
                        | Kind::Const
                        | Kind::Static
                        | Kind::Pub
                        | Kind::Record
                        | Kind::Union
                );
                let sure = match kind == Kind::Semi && is_item {
                    true => Applicability::MachineApplicable,
                    false => Applicability::MaybeIncorrect,
                };
                let diagnostic = Diagnostic::error("P1005", self.span(found.lo, found.hi), message);
                self.enclosing(at, diagnostic).fix(format!("add `{text}`"), here, spaced, sure)
            };
            self.report(at, diagnostic);
            self.apply(Edit { from: at, to: at, with });
            return true;
        }
        false
    }

    /// «expected this, found that»
    fn unexpected(&self, fault: &Fault) -> Diagnostic {
        let at = fault.at;
        let found = self.tokens[at];
        let expected = words::words(&fault.expected);
        let message = format!("expected {expected}, found {}", self.describe(at));
        // The end of a line is shown where the line ends.
        let span = self.span(found.lo, found.hi);
        let diagnostic = Diagnostic::error("P1000", span, message);
        if let Some(brace) = self.empty_interpolation(at) {
            let fix = self.span(brace, brace + 2);
            return diagnostic.note("between the braces stands what is to be shown").fix(
                "write the characters as `{{}}`",
                fix,
                "{{}}",
                Applicability::MaybeIncorrect,
            );
        }
        self.enclosing(at, diagnostic)
    }

    /// Where the braces of a `{}` in a string are, if that is the fault.
    fn empty_interpolation(&self, at: usize) -> Option<u32> {
        let before = self.tokens[at.checked_sub(1)?];
        let empty = matches!(before.kind(), Kind::StrHead | Kind::StrMid)
            && matches!(self.tokens[at].kind(), Kind::StrMid | Kind::StrTail)
            && before.hi == self.tokens[at].lo;
        empty.then(|| before.hi - 1)
    }

    /// Points at the bracket around a fault when it is on another line.
    fn enclosing(&self, at: usize, diagnostic: Diagnostic) -> Diagnostic {
        let Some(open) = self.opening(at) else { return diagnostic };
        let token = self.tokens[open];
        let what = if token.kind() == Kind::LParen {
            "in the parentheses opened here"
        } else if matches!(token.kind(), Kind::LBracket | Kind::HashBracket) {
            "in the brackets opened here"
        } else if token.kind() == Kind::LBraceRecord {
            "in the fields opened here"
        } else {
            return diagnostic;
        };
        let between = &self.source[token.lo as usize..self.tokens[at].lo.max(token.lo) as usize];
        if !between.contains('\n') {
            return diagnostic;
        }
        diagnostic.secondary(self.span(token.lo, token.hi), what)
    }

    // --- cutting --------------------------------------------------------------------------------------

    /// Replaces the innermost element around `at` by a hole; where a hole does not fit, the element around it.
    fn cut(&mut self, at: usize) {
        // From the innermost outwards, at most so many: an item is not cut forever.
        let mut elements = vec![self.element(at)];
        while elements.len() < 64 {
            let from = elements[elements.len() - 1].0;
            let Some(open) = from.checked_sub(1).and_then(|at| match self.tokens[at].kind().bracket() {
                1 => Some(at),
                _separator => self.opening(at),
            }) else {
                break;
            };
            elements.push(self.element(open));
        }
        // The parser's state before each, in one go.
        let mut states = vec![Simulation::new()];
        let mut done = 0;
        for &(from, _) in elements.iter().rev() {
            let mut state = states[states.len() - 1].clone();
            // The tokens before a fault are accepted.
            let _stop = state.run(&self.tokens[done..from]);
            done = from;
            states.push(state);
        }
        for &(from, to) in &elements {
            let mut state = states.pop().unwrap_or_else(Simulation::new);
            let is_hole = to - from == 1 && self.tokens[from].kind() == Kind::Hole;
            // The hole and the separator after it must fit.
            let fits = !is_hole
                && state.feed(Kind::Hole)
                && self.tokens.get(to).is_none_or(|token| state.feed(token.kind()));
            if fits {
                let lo = self.tokens[from.min(self.tokens.len() - 1)].lo;
                let hi = if to > from { self.tokens[to - 1].hi } else { lo };
                return self.apply(Edit { from, to, with: vec![hole(lo, hi)] });
            }
        }
        self.give_up();
    }

    /// Index of the bracket that encloses `at`.
    fn opening(&self, at: usize) -> Option<usize> {
        let mut depth = 0;
        (0..at).rev().find(|&at| {
            let bracket = self.tokens[at].kind().bracket();
            if bracket > 0 && depth == 0 {
                return true;
            }
            depth -= bracket;
            false
        })
    }

    /// The run of tokens between separators that contains `at`.
    fn element(&self, at: usize) -> (usize, usize) {
        let separates = |kind: Kind| matches!(kind, Kind::Semi | Kind::Comma | Kind::StrMid);
        let (mut from, mut depth) = (at, 0);
        while from > 0 {
            let kind = self.tokens[from - 1].kind();
            let bracket = kind.bracket();
            if depth == 0 && (bracket > 0 || separates(kind)) {
                break;
            }
            depth -= bracket;
            from -= 1;
        }
        let mut to = at;
        depth = 0;
        while to < self.tokens.len() {
            let kind = self.tokens[to].kind();
            let bracket = kind.bracket();
            if depth == 0 && (bracket < 0 || separates(kind)) {
                break;
            }
            depth += bracket;
            to += 1;
        }
        (from, to)
    }

    // --- statements outside functions ---------------------------------------------------------------------

    /// Is this a statement where an item should be?
    fn is_statement(&self) -> bool {
        use Kind::*;
        let first = self.tokens[0].kind();
        match first {
            If | While | For | Loop | Match | Return | Break | Continue | Try | Spawn | Using | Ask
            | Tell | Scope | Select | SelfValue | Let | Var | StrHead => true,
            // `f(x)`, `a.b(x)`, `a = b`, `a[i] = b`: does it parse where statements stand?
            Name => {
                let mut state = Simulation::new();
                let inside = [Fn, Name, LParen, RParen, LBraceBody].into_iter().all(|kind| state.feed(kind));
                inside && self.tokens.len() > 2 && state.run(&self.tokens).is_ok()
            }
            _other => false,
        }
    }

    fn stray_statement(&mut self) {
        let first = self.tokens[0];
        let end = self.tokens[self.tokens.len() - 1].hi;
        let line =
            self.source[first.lo as usize..end as usize].find('\n').map_or(end, |at| first.lo + at as u32);
        let span = self.span(first.lo, line);
        let mut diagnostic = Diagnostic::error("P1006", span, "a statement stands outside functions");
        diagnostic = diagnostic.note(if first.kind() == Kind::Let {
            "a value of the whole program is a `const` or `static`"
        } else if first.kind() == Kind::Var {
            "there are no mutable globals; an unchanging value is a `const` or `static`"
        } else {
            "a program begins in `fn main() { … }`"
        });
        self.errors.push(diagnostic);
    }
}

fn hole(lo: u32, hi: u32) -> Spanned {
    Spanned::new(lo, Kind::Hole, NO_TEXT, hi)
}
