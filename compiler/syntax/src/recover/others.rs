//! Slips of other languages in statements, loops, casts and items.
//!
//! In: a fault. Out: tokens as Quastra writes them:
//!
//! ```text
//! for (i = 0; i < 10; i++) {   →   for i in 0..10 {
//! println!("{} of {}", a, b)   →   println("{a} of {b}"), in one error
//! ```

#![expect(clippy::wildcard_enum_match_arm, reason = "questions about tokens name a few kinds of a hundred")]

use super::slips::{Slip, announce_body};
use super::{Fault, Repair, hole};
use crate::ast::BinOp;
use crate::token::{Kind, NO_TEXT, Spanned};
use base::{Applicability, Suggestion, Symbol};

/// How far back the start of a construct is looked for.
const FAR: usize = 48;

impl Repair<'_> {
    fn is_word(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind() == Kind::Name && self.text(token) == word)
    }

    /// The source from the start of a token to the end of another; none if a repair put them in another order.
    fn between(&self, from: usize, to: usize) -> Option<&str> {
        self.source.get(self.tokens.get(from)?.lo as usize..self.tokens.get(to)?.hi as usize)
    }

    /// `println!("{} of {}", a, b)`, `println("x is {}", x)`: what is shown stands behind the text.
    pub(super) fn format_arguments(&self, fault: &Fault) -> Option<Slip> {
        // `{}` or `{:>4}`
        let is_formatted = self.kind(fault.at) == Some(Kind::Format);
        if !is_formatted {
            self.empty_interpolation(fault.at)?;
        }
        let head = (0..fault.at).rev().find(|&at| self.kind(at) == Some(Kind::StrHead))?;
        let tail = (fault.at..self.tokens.len()).find(|&at| self.kind(at) == Some(Kind::StrTail))?;
        let open = self.opening(head).filter(|&open| open + 1 == head)?;
        let close = self.closing(open)?;
        let bang = open.checked_sub(1).filter(|&at| self.kind(at) == Some(Kind::Bang));
        // What stands behind the text, an element at a time.
        let mut arguments: Vec<(usize, usize)> = Vec::new();
        let mut at = tail + 1;
        while at < close && self.kind(at) == Some(Kind::Comma) && at + 1 < close {
            let (from, to) = self.element(at + 1);
            arguments.push((from, to));
            at = to;
        }
        if arguments.is_empty() {
            return None;
        }
        let mut fixes = Vec::new();
        let mut fix = |lo: u32, hi: u32, text: &str| {
            let applicability = Applicability::MachineApplicable;
            fixes.push(base::CodeFix { span: self.span(lo, hi), replacement: text.into(), applicability });
        };
        let mut tokens = self.tokens[..bang.unwrap_or(open)].to_vec();
        if let Some(bang) = bang {
            fix(self.tokens[bang].lo, self.tokens[bang].hi, "");
        }
        tokens.push(self.tokens[open]);
        let mut next = arguments.iter();
        for at in head..=tail {
            let token = self.tokens[at];
            tokens.push(token);
            let opens = matches!(token.kind(), Kind::StrHead | Kind::StrMid);
            let follows = self.kind(at + 1);
            if opens && matches!(follows, Some(Kind::StrMid | Kind::StrTail | Kind::Format)) {
                let &(from, to) = next.next()?;
                fix(token.hi, token.hi, self.between(from, to - 1)?);
                tokens.extend(&self.tokens[from..to]);
            }
        }
        if next.next().is_some() {
            return None;
        }
        let past = tokens.len();
        let (lo, hi) = (self.tokens[tail].hi, self.tokens[close].lo);
        fix(lo, hi, "");
        tokens.extend(&self.tokens[close..]);
        let lo = self.tokens[head].lo;
        let error = self
            .written_so(lo, self.tokens[tail].hi, "what is shown stands between the braces of the text")
            .suggestion(Suggestion { message: "put it there".into(), fixes });
        Some(Slip { error, tokens, past })
    }

    /// `c ? a : b`
    pub(super) fn conditional(&self, fault: &Fault) -> Option<Slip> {
        let at = fault.at;
        if self.kind(at) != Some(Kind::Question) {
            return None;
        }
        let (from, to) = self.element(at);
        let colon = (at..to).find(|&at| self.kind(at) == Some(Kind::Colon))?;
        let begins = |at: &usize| {
            matches!(
                self.kind(*at),
                Some(
                    Kind::Eq | Kind::Return | Kind::AssignOp | Kind::FatArrow | Kind::Question | Kind::Colon
                )
            )
        };
        let start = (from..at).rev().find(begins).map_or(from, |at| at + 1);
        if start == at || colon == at + 1 || colon + 1 >= to {
            return None;
        }
        let part = |from: usize, to: usize| self.tokens[from..to].iter().copied();
        let new = |kind: Kind, near: usize| {
            let lo = self.tokens[near].lo;
            Spanned::new(lo, kind, NO_TEXT, lo)
        };
        let mut tokens = self.tokens[..start].to_vec();
        tokens.push(new(Kind::If, start));
        tokens.extend(part(start, at));
        tokens.push(new(Kind::LBraceBody, at));
        tokens.extend(part(at + 1, colon));
        tokens.push(new(Kind::RBrace, colon));
        tokens.push(new(Kind::Else, colon));
        tokens.push(new(Kind::LBraceBody, colon));
        tokens.extend(part(colon + 1, to));
        tokens.push(new(Kind::RBrace, to - 1));
        let past = tokens.len() - 1;
        tokens.extend(&self.tokens[to..]);
        let (condition, yes, no) = (
            self.between(start, at - 1)?,
            self.between(at + 1, colon - 1)?,
            self.between(colon + 1, to - 1)?,
        );
        let question = self.tokens[at];
        let error = self.written_so(question.lo, question.hi, "there is no `?:` operator").fix(
            "`if` is an expression",
            self.span(self.tokens[start].lo, self.tokens[to - 1].hi),
            format!("if {condition} {{ {yes} }} else {{ {no} }}"),
            Applicability::MachineApplicable,
        );
        Some(Slip { error, tokens, past })
    }

    /// `x as! T`, `x as? T`, `x!`
    pub(super) fn exclamation(&self, fault: &Fault) -> Option<Slip> {
        let at = fault.at;
        let (before, last) = self.before(at)?;
        if last.kind() == Kind::As && matches!(self.kind(at), Some(Kind::Bang | Kind::Question)) {
            let mark = self.tokens[at];
            let message = format!("`as{}` is written `as`", self.text(&mark));
            let error = self
                .instead(last.lo, mark.hi, message, "as")
                .note("`as` converts numbers and never fails; `T.try_from(x)` says whether the value fits");
            return Some(Slip { error, tokens: self.with(at, at + 1, &[]), past: at });
        }
        let is_value = before.checked_sub(1).is_some_and(|at| {
            self.touch(at)
                && matches!(
                    self.tokens[at].kind(),
                    Kind::Name | Kind::RParen | Kind::RBracket | Kind::SelfValue
                )
        });
        // A name before it is taken for a macro's, so that a parenthesis is missing.
        let unwraps = last.kind() == Kind::Bang && self.kind(at) != Some(Kind::LParen) && is_value;
        if !unwraps {
            return None;
        }
        let error = self
            .instead(last.lo, last.hi, "there is no `!` behind a value", ".unwrap()")
            .note("`unwrap` panics where there is nothing; `match` and `if let` look first");
        let mut tokens = self.with(before, at, &[Kind::Dot, Kind::Name, Kind::LParen, Kind::RParen]);
        tokens[before + 1].token.symbol = Symbol::intern("unwrap");
        Some(Slip { error, tokens, past: before + 3 })
    }

    /// `while c do {`, `if c then {`
    pub(super) fn word_before_body(&self, fault: &Fault) -> Option<Slip> {
        let at = fault.at;
        let word = self.tokens[at];
        let text = self.text(&word);
        let next = *self.tokens.get(at + 1)?;
        if word.kind() != Kind::Name || !matches!(text, "do" | "then") || next.kind().bracket() <= 0 {
            return None;
        }
        let mut tokens = self.with(at, at + 1, &[]);
        announce_body(&mut tokens, at);
        let error = self.instead(word.lo, next.lo, format!("there is no `{text}` before a block"), "");
        Some(Slip { error, tokens, past: at })
    }

    /// `for x of xs`, `for x : xs`, `for i, x in xs`, `for {`, `for (i = 0; i < n; i++) {`
    pub(super) fn loop_head(&self, fault: &Fault) -> Option<Slip> {
        let at = fault.at;
        let found = self.tokens[at];
        let first = (at.saturating_sub(FAR)..=at).rev().find(|&at| self.kind(at) == Some(Kind::For))?;
        if let Some(slip) = self.counting_loop(first) {
            return Some(slip);
        }
        let has_in = fault.expected.contains(&"in");
        if has_in && (found.kind() == Kind::Colon || self.is_word(at, "of")) {
            let lo = if found.kind() == Kind::Colon { self.end_before(at) } else { found.lo };
            let right = if found.kind() == Kind::Colon { " in" } else { "in" };
            let message = format!("`{}` is written `in`", self.text(&found));
            let error = self.instead(lo, found.hi, message, right);
            let mut tokens = self.with(at, at + 1, &[Kind::In]);
            announce_body(&mut tokens, at + 1);
            return Some(Slip { error, tokens, past: at + 1 });
        }
        if has_in && found.kind() == Kind::Comma {
            let end = (at..self.tokens.len().min(at + FAR)).find(|&at| self.kind(at) == Some(Kind::In))?;
            let mut tokens = self.tokens.clone();
            let (lo, hi) = (self.tokens[first + 1].lo, self.tokens[end - 1].hi);
            tokens.insert(end, Spanned::new(hi, Kind::RParen, NO_TEXT, hi));
            tokens.insert(first + 1, Spanned::new(lo, Kind::LParen, NO_TEXT, lo));
            announce_body(&mut tokens, end + 3);
            let names = self.between(first + 1, end - 1)?.to_string();
            let error = self
                .instead(lo, hi, "several names of a `for` are a tuple", &format!("({names})"))
                .note("`.iter().enumerate()` gives each element with its number");
            return Some(Slip { error, tokens, past: end + 2 });
        }
        if found.kind().bracket() > 0 && found.kind() != Kind::LParen && first + 1 == at {
            let word = self.tokens[first];
            let mut tokens = self.with(first, first + 1, &[Kind::Loop]);
            announce_body(&mut tokens, first + 1);
            let error = self.instead(word.lo, word.hi, "a loop without an end is a `loop`", "loop");
            return Some(Slip { error, tokens, past: at });
        }
        None
    }

    /// `for (int i = 0; i < n; i++) {`, with or without parentheses; `first` is the `for`.
    fn counting_loop(&self, first: usize) -> Option<Slip> {
        let in_parens = self.kind(first + 1) == Some(Kind::LParen);
        let (from, end) = match in_parens {
            true => (first + 2, self.closing(first + 1)?),
            false => {
                let is_body = |at: &usize| {
                    self.kind(*at)
                        .is_some_and(|kind| kind.bracket() > 0 && self.text(&self.tokens[*at]) == "{")
                };
                (first + 1, (first..self.tokens.len().min(first + FAR)).find(is_body)?)
            }
        };
        let parts: Vec<(usize, usize)> = {
            let semis: Vec<usize> = (from..end).filter(|&at| self.kind(at) == Some(Kind::Semi)).collect();
            let [one, two] = semis[..] else { return None };
            vec![(from, one), (one + 1, two), (two + 1, end)]
        };
        let body = if in_parens { end + 1 } else { end };
        let (lo, hi) = (self.tokens[first + 1].lo, self.tokens[body - 1].hi);
        let equals = (parts[0].0..parts[0].1).find(|&at| self.kind(at) == Some(Kind::Eq))?;
        // `i = 0`, `i := 0`
        let is_name = |at: &usize| self.kind(*at) == Some(Kind::Name);
        let name = self.tokens[(from..equals).rev().take(2).find(is_name)?];
        let text = self.text(&name);
        let (test, last) = (parts[1].0 + 1, parts[1].1 - 1);
        let counts = (parts[2].0..parts[2].1).any(|at| self.kind(at) == Some(Kind::Plus))
            || self.between(parts[2].0, parts[2].1 - 1)?.replace(' ', "") == format!("{text}+=1");
        let compares = self.tokens.get(test).filter(|it| it.kind() == Kind::BinOp)?.token.bin_op();
        let dots = match compares {
            BinOp::Lt => Some(".."),
            BinOp::Le => Some("..="),
            _other => None,
        };
        let is_simple = self.text(&self.tokens[parts[1].0]) == text && equals + 1 < parts[0].1 && test < last;
        let mut error =
            self.written_so(lo, hi, "a `for` goes over what an iterator gives: a range, a list and the like");
        if let Some(dots) = dots.filter(|_| counts && is_simple) {
            let (start, limit) = (self.between(equals + 1, parts[0].1 - 1)?, self.between(test + 1, last)?);
            error = error.fix(
                "count with a range",
                self.span(lo, hi),
                format!("{text} in {start}{dots}{limit}"),
                Applicability::MachineApplicable,
            );
        } else {
            error = error.note("`while` goes on as long as a condition holds");
        }
        let mut tokens = self.tokens[..=first].to_vec();
        tokens.extend([name, Spanned::new(lo, Kind::In, NO_TEXT, hi), hole(lo, hi)]);
        tokens[first + 1].token.kind = Kind::Name;
        let past = tokens.len();
        tokens.extend(&self.tokens[body..]);
        announce_body(&mut tokens, past);
        Some(Slip { error, tokens, past })
    }

    /// `lambda x, y: x + y`
    pub(super) fn python_lambda(&self, fault: &Fault) -> Option<Slip> {
        let (word, _) = self.before(fault.at).filter(|&(at, _)| self.is_word(at, "lambda"))?;
        let (_, to) = self.element(fault.at);
        let limit = to.max(fault.at + 1).min(self.tokens.len());
        let end = self.tokens.len().min(limit + FAR);
        let colon = (fault.at..end).find(|&at| self.kind(at) == Some(Kind::Colon))?;
        let bar = |at: usize| {
            let token = self.tokens[at];
            Spanned::new(token.lo, Kind::Pipe, Symbol(BinOp::BitOr as u32), token.hi)
        };
        let mut tokens = self.tokens.clone();
        (tokens[word], tokens[colon]) = (bar(word), bar(colon));
        let params = self.between(fault.at, colon - 1)?;
        let (lo, hi) = (self.tokens[word].lo, self.tokens[colon].hi);
        let message = "a closure's parameters stand between bars";
        Some(Slip { error: self.instead(lo, hi, message, &format!("|{params}|")), tokens, past: colon })
    }

    /// `throw e`, `raise e`
    pub(super) fn throw(&self, fault: &Fault) -> Option<Slip> {
        let (at, word) = self.before(fault.at)?;
        let text = self.text(&word);
        if word.kind() != Kind::Name || !matches!(text, "throw" | "raise") || self.starts_line(fault.at) {
            return None;
        }
        let (_, to) = self.element(fault.at);
        let value = self.between(fault.at, to - 1)?.to_string();
        let lo = word.lo;
        let mut tokens = self.with(at, at + 1, &[Kind::Return, Kind::Name, Kind::LParen]);
        tokens[at + 1].token.symbol = Symbol::intern("err");
        let hi = self.tokens[to - 1].hi;
        tokens.insert(to + 2, Spanned::new(hi, Kind::RParen, NO_TEXT, hi));
        let error = self
            .instead(lo, hi, format!("there is no `{text}`"), &format!("return err({value})"))
            .note("errors are values: a function that may fail gives a `Result`");
        Some(Slip { error, tokens, past: at + 3 })
    }

    /// `guard let y = x else { … }`
    pub(super) fn guard_let(&self, fault: &Fault) -> Option<Slip> {
        let (at, word) = self.before(fault.at).filter(|&(at, _)| self.is_word(at, "guard"))?;
        let name = *self.tokens.get(fault.at + 1).filter(|name| name.kind() == Kind::Name)?;
        if self.kind(fault.at) != Some(Kind::Let) || self.kind(fault.at + 2) != Some(Kind::Eq) {
            return None;
        }
        let mut tokens =
            self.with(at, fault.at + 2, &[Kind::Let, Kind::Name, Kind::LParen, Kind::Name, Kind::RParen]);
        tokens[at + 1].token.symbol = Symbol::intern("some");
        tokens[at + 3] = name;
        let text = format!("let some({})", self.text(&name));
        let error = self.instead(word.lo, name.hi, "`let … else` needs no `guard`", &text);
        Some(Slip { error, tokens, past: at + 4 })
    }

    /// `from a.b import c, d`
    pub(super) fn python_import(&self, fault: &Fault) -> Option<Slip> {
        let (at, word) = self.before(fault.at).filter(|&(at, _)| at == 0 && self.is_word(at, "from"))?;
        let import = (fault.at..self.tokens.len()).find(|&at| self.is_word(at, "import"))?;
        let end = (import..self.tokens.len()).find(|&at| self.kind(at) == Some(Kind::Semi))?;
        if import == fault.at || end == import + 1 {
            return None;
        }
        let (path, names) = (self.between(fault.at, import - 1)?, self.between(import + 1, end - 1)?);
        let several = self.tokens[import + 1..end].iter().any(|token| token.kind() == Kind::Comma);
        let text = if several { format!("use {path}.{{{names}}}") } else { format!("use {path}.{names}") };
        let mut tokens = self.tokens.clone();
        if several {
            let hi = self.tokens[end - 1].hi;
            tokens.insert(end, Spanned::new(hi, Kind::RBrace, NO_TEXT, hi));
            tokens.insert(import + 1, Spanned::new(hi, Kind::LBrace, NO_TEXT, hi));
        }
        tokens[at].token.kind = Kind::Use;
        tokens[import].token.kind = Kind::Dot;
        let error = self.instead(word.lo, self.tokens[end - 1].hi, "an import is a path", &text);
        Some(Slip { error, tokens, past: import })
    }

    /// `extension S: P {`
    pub(super) fn extension(&self, fault: &Fault) -> Option<Slip> {
        let (at, word) = self.before(fault.at).filter(|&(at, _)| self.is_word(at, "extension"))?;
        let end = (fault.at..self.tokens.len().min(fault.at + FAR))
            .find(|&at| self.text(&self.tokens[at]) == "{")
            .filter(|&end| end > fault.at)?;
        let colon = (fault.at..end).find(|&at| self.kind(at) == Some(Kind::Colon));
        let mut tokens = self.tokens[..at].to_vec();
        let new = |kind: Kind| Spanned::new(word.lo, kind, NO_TEXT, word.hi);
        tokens.push(new(Kind::Impl));
        let text = match colon {
            Some(colon) if colon + 1 < end && colon > fault.at => {
                tokens.extend(&self.tokens[colon + 1..end]);
                tokens.push(new(Kind::For));
                tokens.extend(&self.tokens[fault.at..colon]);
                let (ty, protocol) = (self.between(fault.at, colon - 1)?, self.between(colon + 1, end - 1)?);
                format!("impl {protocol} for {ty}")
            }
            _none => {
                tokens.extend(&self.tokens[fault.at..end]);
                format!("impl {}", self.between(fault.at, end - 1)?)
            }
        };
        let past = tokens.len();
        tokens.extend(&self.tokens[end..]);
        announce_body(&mut tokens, past);
        let hi = self.tokens[end - 1].hi;
        Some(Slip { error: self.instead(word.lo, hi, "`extension` is written `impl`", &text), tokens, past })
    }

    /// `mod a { … }`
    pub(super) fn inner_module(&self, fault: &Fault) -> Option<Slip> {
        let text =
            |at: Option<usize>| at.and_then(|at| self.tokens.get(at)).map_or("", |token| self.text(token));
        let words = ["mod", "module", "namespace"];
        // What is known of `mod` is that it is no keyword: then the name is the fault.
        let open = if text(Some(fault.at)) == "{" { fault.at } else { fault.at + 1 };
        if text(Some(open)) != "{" || !words.contains(&text(open.checked_sub(2))) {
            return None;
        }
        let close = self.closing(open)?;
        let (from, name) = (open - 2, self.tokens[open - 1]);
        let (lo, hi) = (self.tokens[from].lo, self.tokens[close].hi);
        let error = self.written_so(self.tokens[from].lo, name.hi, "a module is a file").note(format!(
            "its name is the file's: `{}.qst`, which begins with a `module` line",
            self.text(&name)
        ));
        let mut tokens = self.tokens.clone();
        tokens.splice(from..close + 1, [hole(lo, hi)]);
        Some(Slip { error, tokens, past: from })
    }

    /// `++x`, which goes on with the line above
    pub(super) fn increment_before(&self, fault: &Fault) -> Option<Slip> {
        let (at, first) = self.before(fault.at)?;
        let is_plus = |at: usize| self.kind(at) == Some(Kind::Plus);
        let begins = at == 0
            || self.starts_line(at)
            || matches!(self.kind(at - 1), Some(Kind::Semi | Kind::LBraceBody | Kind::LBrace));
        if !is_plus(at) || !is_plus(fault.at) || !self.touch(at) || !begins {
            return None;
        }
        let mut end = fault.at + 1;
        if self.kind(end) != Some(Kind::Name) {
            return None;
        }
        end += 1;
        while self.kind(end) == Some(Kind::Dot) && self.kind(end + 1) == Some(Kind::Name) {
            end += 2;
        }
        let place: Vec<Spanned> = self.tokens[fault.at + 1..end].to_vec();
        let hi = self.tokens[end - 1].hi;
        let text = format!("{} += 1", self.between(fault.at + 1, end - 1)?);
        let mut tokens = self.tokens[..at].to_vec();
        if at > 0 && self.starts_line(at) && self.kind(at - 1) != Some(Kind::Semi) {
            tokens.push(Spanned::new(first.lo, Kind::Semi, NO_TEXT, first.lo));
        }
        tokens.extend(place);
        tokens.push(Spanned::new(hi, Kind::AssignOp, Symbol(crate::ast::AssignOp::Add as u32), hi));
        tokens.push(Spanned::new(hi, Kind::Int, Symbol::intern("1"), hi));
        let past = tokens.len();
        tokens.extend(&self.tokens[end..]);
        Some(Slip { error: self.instead(first.lo, hi, "there is no `++`", &text), tokens, past })
    }
}
