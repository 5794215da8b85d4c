//! Which of the three kinds of `{` this one is: a body that was announced, a record, or a block.
//!
//! In: the words since the bracket around it, and the token before it. Out: `LBraceBody`, `LBraceRecord` or
//! `LBrace`, so that the grammar needs only one kind of expression.
//!
//! ```text
//! if a == b {          body: `if` announced one
//! let p = Point {      record: after a name, and nothing is announced
//! x => {               block
//! ```

#![expect(clippy::wildcard_enum_match_arm, reason = "questions about tokens name a few kinds of a hundred")]

use super::{Lexer, Open};
use crate::token::Kind;
use crate::token::Spanned;
use base::{Applicability, Diagnostic};

/// What stands inside a brace, as far as the lexer needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    Plain,
    /// `on` begins a handler
    Actor,
    /// `after` and `default` begin arms
    Select,
}

/// What the words at one level of nesting have announced for the next `{`: a stack of up to 16 heads of two
/// bits, innermost lowest; and whether it is an actor's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Heads {
    stack: u32,
    actor: bool,
}

/// `if`, `match`, `record` …: the next `{` is a body.
const FLOW: u32 = 1;
/// `fn` and `->`: so is it, unless `=` or `,` shows that it was a type.
const TYPE: u32 = 2;
/// `if let`: a pattern comes first; `=` makes it `FLOW`.
const LET: u32 = 3;

impl Heads {
    fn top(self) -> u32 {
        self.stack & 3
    }
    fn push(&mut self, head: u32) {
        self.stack = self.stack << 2 | head;
    }
    fn pop(&mut self) {
        self.stack >>= 2;
    }

    /// A keyword was read.
    #[inline]
    pub(super) fn announce(&mut self, word: Kind, prev: Kind) {
        use Kind::*;
        match word {
            If | While | Match | In | Catch | Record | Union | Protocol | Impl | Macro | On | Test
            | Bench => {
                self.push(FLOW);
            }
            Actor => {
                self.push(FLOW);
                self.actor = true;
            }
            Fn => self.push(TYPE),
            // `fn f(x: T) where T: P, U: Q {`: these commas cancel nothing.
            Where if self.top() == TYPE => {
                self.cancel_types();
                self.push(FLOW);
            }
            Let if matches!(prev, If | While | AmpAmp) && self.top() == FLOW => self.stack |= LET,
            _other => {}
        }
    }

    /// `->` was read: a closure's body may follow the type.
    pub(super) fn announce_type(&mut self) {
        if self.top() != TYPE {
            self.push(TYPE);
        }
    }
    /// `=` or `,` was read: what `fn` or `->` announced was a type.
    #[inline]
    pub(super) fn cancel_types(&mut self) {
        while self.top() == TYPE {
            self.pop();
        }
    }
    /// `=` was read: the pattern after `if let` is over.
    #[inline]
    pub(super) fn after_equals(&mut self) {
        if self.top() == LET {
            self.stack ^= LET ^ FLOW;
        }
    }
}

impl Lexer<'_> {
    pub(super) fn brace(&mut self, out: &mut Vec<Spanned>, lo: u32, hi: u32) {
        use Kind::*;
        if self.recover {
            self.close_head(out, hi);
        }
        let mut body = Body::Plain;
        let kind = match self.prev {
            Select => {
                body = Body::Select;
                LBraceBody
            }
            Else | LetElse | Loop | Spawn | Scope | Try | Unsafe | Async => LBraceBody,
            prev => match self.level.heads.top() {
                FLOW | TYPE => {
                    if std::mem::take(&mut self.level.heads.actor) {
                        body = Body::Actor;
                    }
                    self.level.heads.pop();
                    LBraceBody
                }
                _none_or_let => {
                    if let Name | RBracket = prev {
                        LBraceRecord
                    } else if let Str | Extern = prev {
                        LBraceBody
                    } else {
                        LBrace
                    }
                }
            },
        };
        self.open(out, Open::Brace, kind, lo, hi);
        self.level.body = body;
    }

    /// While recovering: `fn f(a: T {` and `if f(a {`, at a line's end, open a body, so the parentheses are over.
    #[cold]
    fn close_head(&mut self, out: &mut Vec<Spanned>, hi: u32) {
        let Some(outer) = self.outer.last() else { return };
        let announced = match (self.level.open, outer.heads.top()) {
            (Open::Paren | Open::Bracket, TYPE) => true,
            (Open::Paren | Open::Bracket, FLOW) => {
                let rest = &self.source[hi as usize..];
                let after_operand = matches!(
                    self.prev,
                    Kind::Name | Kind::RParen | Kind::RBracket | Kind::Int | Kind::Str | Kind::StrTail
                );
                after_operand && rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n')
            }
            _other => false,
        };
        if announced {
            self.close_level(out);
        }
    }

    /// A line begins with the `{` of a body that was announced on the line above. It is taken as that; the
    /// line's end should have ended the statement.
    pub(super) fn brace_on_own_line(&mut self, lo: u32, hi: u32) -> bool {
        if !matches!(self.level.heads.top(), FLOW | TYPE) {
            return false;
        }
        let gap = self.span(self.prev_end, hi);
        self.error(
            Diagnostic::error("P1004", self.span(lo, hi), "`{` stands on a line of its own")
                .label("a line's end ends a statement, so this would be a block of its own")
                .fix("open the body on the line it belongs to", gap, " {", Applicability::MachineApplicable),
        );
        true
    }
}
