//! Slips of other languages in parameters, conditions and loops.
//!
//! In: a fault. Out: tokens as Quastra writes them:
//!
//! ```text
//! fn add(i64 a, i64 b)   →   fn add(a: i64, b: i64), in one error
//! (n: i64) => n * 2      →   |n: i64| n * 2
//! ```

use super::slips::Slip;
use super::{Fault, Repair};
use crate::ast::BinOp;
use crate::token::{Kind, NO_TEXT, Spanned};
use base::{Applicability, Diagnostic, Symbol};

impl Repair<'_> {
    /// The bracket that closes the one at `open`.
    pub(super) fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0;
        (open..self.tokens.len()).find(|&at| {
            depth += self.tokens[at].kind().bracket();
            depth == 0
        })
    }

    /// `fn add(i64 a, i64 b)`
    pub(super) fn type_first(&self, fault: &Fault) -> Option<Slip> {
        let open = self.opening(fault.at)?;
        let is_fn =
            open >= 2 && self.kind(open - 1) == Some(Kind::Name) && self.kind(open - 2) == Some(Kind::Fn);
        let close = self.closing(open).filter(|_| is_fn && self.kind(open) == Some(Kind::LParen))?;
        let mut tokens = self.tokens[..=open].to_vec();
        let mut parts = Vec::new();
        let mut found = false;
        for param in self.tokens[open + 1..close].split(|token| token.kind() == Kind::Comma) {
            if let Some(last) = tokens.last().filter(|_| !parts.is_empty()) {
                tokens.push(Spanned::new(last.hi, Kind::Comma, NO_TEXT, last.hi));
            }
            match *param {
                // `x i64`
                [name, ty]
                    if name.kind() == Kind::Name
                        && ty.kind() == Kind::Name
                        && is_type(self.text(&ty))
                        && !is_type(self.text(&name)) =>
                {
                    found = true;
                    tokens.extend([name, Spanned::new(name.hi, Kind::Colon, NO_TEXT, name.hi), ty]);
                    parts.push(format!("{}: {}", self.text(&name), self.text(&ty)));
                }
                [ty, name] if ty.kind() == Kind::Name && name.kind() == Kind::Name => {
                    found = true;
                    tokens.extend([name, Spanned::new(name.lo, Kind::Colon, NO_TEXT, name.hi), ty]);
                    parts.push(format!("{}: {}", self.text(&name), self.text(&ty)));
                }
                [] => (),
                [first, ..] => {
                    tokens.extend(param);
                    let hi = param[param.len() - 1].hi;
                    parts.push(self.source[first.lo as usize..hi as usize].to_string());
                }
            }
        }
        let past = tokens.len();
        tokens.extend(&self.tokens[close..]);
        let (lo, hi) = (self.tokens[open].lo, self.tokens[close].hi);
        let error = self.written_so(lo, hi, "a parameter's type is written after its name and `:`").fix(
            "write `name: T`",
            self.span(lo, hi),
            format!("({})", parts.join(", ")),
            Applicability::MachineApplicable,
        );
        found.then_some(Slip { error, tokens, past })
    }

    /// `(n: i64) => n * 2`: before that is taken for a named argument.
    pub(super) fn typed_lambda(&self, fault: &Fault) -> Option<Slip> {
        let open = self.opening(fault.at)?;
        if self.kind(fault.at) != Some(Kind::Colon) || self.kind(open) != Some(Kind::LParen) {
            return None;
        }
        let close = self.closing(open).filter(|&close| self.kind(close + 1) == Some(Kind::FatArrow))?;
        let mut tokens = self.tokens.clone();
        for at in [open, close] {
            let lo = self.tokens[at].lo;
            tokens[at] = Spanned::new(lo, Kind::Pipe, Symbol(BinOp::BitOr as u32), lo + 1);
        }
        tokens.remove(close + 1);
        let (lo, hi) = (self.tokens[open].lo, self.tokens[close + 1].hi);
        let inner = &self.source[lo as usize + 1..self.tokens[close].lo as usize];
        let message = "a closure's parameters stand between bars";
        Some(Slip { error: self.instead(lo, hi, message, &format!("|{inner}|")), tokens, past: close })
    }

    /// `if a || let some(b) = c`
    pub(super) fn or_let(&self, fault: &Fault) -> Option<Slip> {
        let (_, before) = self.before(fault.at)?;
        if self.kind(fault.at) != Some(Kind::Let) || before.kind() != Kind::PipePipe {
            return None;
        }
        // Up to the body, or the arrow of an arm.
        let mut depth = 0;
        let ends = |at: &usize| {
            let kind = self.tokens[*at].kind();
            let is_end = matches!(kind, Kind::LBraceBody | Kind::FatArrow | Kind::Semi) || kind.bracket() < 0;
            let found = depth == 0 && is_end;
            depth += kind.bracket();
            found
        };
        let end = (fault.at..self.tokens.len()).find(ends)?;
        let span = self.span(self.tokens[fault.at].lo, self.tokens[end - 1].hi);
        let error = Diagnostic::error("P1020", span, "`let` conditions can only be joined by `&&`")
            .note("where the left side holds, nothing would be bound");
        Some(Slip { error, tokens: self.with(fault.at, end, &[Kind::Hole]), past: fault.at })
    }

    /// `do { … } while c`: the lexer takes the braces for those of a record.
    pub(super) fn do_while(&self, fault: &Fault) -> Option<Slip> {
        let open = self.opening(fault.at)?;
        let (at, word) = self.before(open).filter(|(_, word)| word.kind() == Kind::Name)?;
        if self.text(&word) != "do" {
            return None;
        }
        let close = self.closing(open)?;
        let condition = match (self.kind(close + 1), self.kind(close + 2)) {
            (Some(Kind::While), Some(Kind::LParen)) => close + 1..self.closing(close + 2)? + 1,
            (Some(Kind::While), _) => {
                let ends = |at: &usize| matches!(self.kind(*at), Some(Kind::Semi | Kind::RBrace));
                close + 1..(close + 1..self.tokens.len()).find(ends)?
            }
            _other => close + 1..close + 1,
        };
        let mut tokens = self.tokens.clone();
        let hi = self.tokens[close].hi;
        tokens.splice(condition, [Spanned::new(hi, Kind::Semi, NO_TEXT, hi)]);
        tokens[at].token.kind = Kind::Loop;
        tokens[open].token.kind = Kind::LBraceBody;
        let error = self
            .written_so(word.lo, word.hi, "there is no `do`")
            .note("`loop { … if done { break } }` runs at least once");
        Some(Slip { error, tokens, past: fault.at })
    }
}

/// Whether a name looks like that of a type.
fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
        || matches!(name, "int" | "uint" | "float" | "double" | "string" | "bool" | "char" | "str" | "byte")
        || name.len() <= 5
            && name
                .strip_prefix(['i', 'u', 'f'])
                .is_some_and(|rest| rest == "size" || rest.parse::<u8>().is_ok())
}
