//! Slips: what other languages write in another way. Each gets a message of its own and, where sure, a fix.
//!
//! In: a fault. Out: tokens as Quastra writes them, if what was written fits a slip and the result parses on.
//!
//! ```text
//! let mut x = List::<i32>::new()   →   var x = List[i32].new(), in three errors
//! x == null ? a : b                →   «there is no `?:`»
//! ```

#![expect(clippy::wildcard_enum_match_arm, reason = "questions about tokens name a few kinds of a hundred")]

use super::{Fault, Repair};
use crate::ast::{AssignOp, BinOp};
use crate::driver::Simulation;
use crate::token::{Kind, NO_TEXT, Spanned};
use base::{Applicability, Diagnostic, Suggestion, Symbol};

/// A repair: the error, the tokens after it, and the index up to which they must be accepted.
pub(super) struct Slip {
    pub error: Diagnostic,
    pub tokens: Vec<Spanned>,
    pub past: usize,
}

/// Words of other languages that stand before a name, what they are here, and how that is written.
const WORDS: &[(&str, &[Kind], &str)] = &[
    ("struct", &[Kind::Record], "record"),
    ("class", &[Kind::Record], "record"),
    ("data", &[Kind::Record], "record"),
    ("enum", &[Kind::Union], "union"),
    ("trait", &[Kind::Protocol], "protocol"),
    ("interface", &[Kind::Protocol], "protocol"),
    ("func", &[Kind::Fn], "fn"),
    ("fun", &[Kind::Fn], "fn"),
    ("function", &[Kind::Fn], "fn"),
    ("def", &[Kind::Fn], "fn"),
    ("proc", &[Kind::Fn], "fn"),
    ("mod", &[Kind::Module], "module"),
    ("package", &[Kind::Module], "module"),
    ("namespace", &[Kind::Module], "module"),
    ("import", &[Kind::Use], "use"),
    ("include", &[Kind::Use], "use"),
    ("public", &[Kind::Pub], "pub"),
    ("export", &[Kind::Pub], "pub"),
    ("val", &[Kind::Let], "let"),
    ("final", &[Kind::Let], "let"),
    ("auto", &[Kind::Let], "let"),
    ("switch", &[Kind::Match], "match"),
    ("foreach", &[Kind::For], "for"),
    ("elif", &[Kind::Else, Kind::If], "else if"),
    ("elsif", &[Kind::Else, Kind::If], "else if"),
    ("elseif", &[Kind::Else, Kind::If], "else if"),
    ("go", &[Kind::Spawn], "spawn"),
    ("not", &[Kind::Bang], "!"),
    ("new", &[], ""),
    ("async", &[], ""),
    ("private", &[], ""),
    ("case", &[], ""),
    ("await", &[], ""),
];

/// Words that can begin an item or a statement and are followed by a name.
const KEYWORDS_AT_START: &[(&str, Kind)] = &[
    ("fn", Kind::Fn),
    ("record", Kind::Record),
    ("union", Kind::Union),
    ("protocol", Kind::Protocol),
    ("impl", Kind::Impl),
    ("actor", Kind::Actor),
    ("macro", Kind::Macro),
    ("module", Kind::Module),
    ("use", Kind::Use),
    ("pub", Kind::Pub),
    ("const", Kind::Const),
    ("static", Kind::Static),
    ("type", Kind::Type),
    ("let", Kind::Let),
    ("var", Kind::Var),
    ("using", Kind::Using),
    ("return", Kind::Return),
    ("match", Kind::Match),
    ("while", Kind::While),
    ("spawn", Kind::Spawn),
    ("function", Kind::Fn),
];

impl Repair<'_> {
    /// Repairs the fault if it is a slip.
    pub(super) fn slip(&mut self, fault: &Fault) -> bool {
        let slips: [fn(&Self, &Fault) -> Option<Slip>; 37] = [
            Self::format_arguments,
            Self::typed_lambda,
            Self::type_first,
            Self::or_let,
            Self::do_while,
            Self::inner_module,
            Self::loop_head,
            Self::word_before_body,
            Self::guard_let,
            Self::throw,
            Self::python_import,
            Self::extension,
            Self::python_lambda,
            Self::increment_before,
            Self::foreign_word,
            Self::else_if,
            Self::misspelt_word,
            Self::mutable,
            Self::double_colon,
            Self::angle_brackets,
            Self::leading_dot,
            Self::result_type,
            Self::equals,
            Self::comparison,
            Self::increment,
            Self::word_operator,
            Self::arm_arrow,
            Self::question,
            Self::conditional,
            Self::exclamation,
            Self::needless_word,
            Self::named_argument,
            Self::lambda,
            Self::c_declaration,
            Self::expression_body,
            Self::tuple_record,
            Self::keyword_as_name,
        ];
        for slip in slips {
            let Some(Slip { error, tokens, past }) = slip(self, fault) else { continue };
            let mut simulation = Simulation::new();
            let enough = (past + 1).min(tokens.len());
            if simulation.run(&tokens).is_ok_and(|()| simulation.complete())
                || Simulation::new().run(&tokens).is_err_and(|stop| stop.index >= enough)
            {
                self.errors.push(error);
                self.tokens = tokens;
                return true;
            }
        }
        false
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(Spanned::kind)
    }

    pub(super) fn before(&self, at: usize) -> Option<(usize, Spanned)> {
        let at = at.checked_sub(1)?;
        Some((at, self.tokens[at]))
    }

    fn is_operator(&self, at: usize, op: BinOp) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            matches!(token.kind(), Kind::BinOp | Kind::Plus | Kind::Minus | Kind::AmpAmp)
                && token.token.bin_op() == op
        })
    }

    /// Do tokens `at` and `at + 1` touch?
    pub(super) fn touch(&self, at: usize) -> bool {
        self.tokens.get(at + 1).is_some_and(|next| self.tokens[at].hi == next.lo)
    }

    /// The tokens with `from..to` replaced by tokens of these kinds.
    pub(super) fn with(&self, from: usize, to: usize, kinds: &[Kind]) -> Vec<Spanned> {
        let (lo, hi) = (self.tokens[from].lo, self.tokens[to.max(from + 1) - 1].hi);
        let with = kinds.iter().map(|&kind| Spanned::new(lo, kind, NO_TEXT, hi));
        let mut tokens = self.tokens.clone();
        tokens.splice(from..to, with);
        tokens
    }

    pub(super) fn written_so(&self, lo: u32, hi: u32, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error("P1010", self.span(lo, hi), message)
    }

    /// The error «`wrong` is written `right`» with the fix.
    pub(super) fn instead(&self, lo: u32, hi: u32, message: impl Into<String>, right: &str) -> Diagnostic {
        let advice =
            if right.is_empty() { "leave it out".into() } else { format!("write `{}`", right.trim()) };
        self.written_so(lo, hi, message).fix(
            advice,
            self.span(lo, hi),
            right,
            Applicability::MachineApplicable,
        )
    }

    // --- words ------------------------------------------------------------------------------------------

    /// `struct S {`, `func f() {`, `switch x {`, `new S()`
    fn foreign_word(&self, fault: &Fault) -> Option<Slip> {
        let (at, word) = self.before(fault.at)?;
        if word.kind() != Kind::Name || self.starts_line(fault.at) {
            return None;
        }
        let text = self.text(&word);
        let &(_, kinds, right) = WORDS.iter().find(|(foreign, ..)| *foreign == text)?;
        // `elif` follows the `}` of a block; the lexer may have ended the statement there.
        let from = match kinds {
            [Kind::Else, ..] if at > 0 && self.tokens[at - 1].kind() == Kind::Semi => at - 1,
            _other => at,
        };
        let mut tokens = self.with(from, at + 1, kinds);
        if !kinds.is_empty() {
            announce_body(&mut tokens, from + kinds.len());
        }
        let error = match text {
            "new" => self.instead(word.lo, self.tokens[fault.at].lo, "values are made without `new`", ""),
            "async" => self
                .instead(word.lo, self.tokens[fault.at].lo, "functions have no `async`", "")
                .note("every function may wait: a waiting task gives its thread to others"),
            "private" => self
                .instead(word.lo, self.tokens[fault.at].lo, "there is no `private`", "")
                .note("what is not `pub` is private to its module"),
            "case" => self.instead(word.lo, self.tokens[fault.at].lo, "arms have no `case`", ""),
            "await" => self
                .written_so(word.lo, word.hi, "`.await` stands after its expression")
                .note("tasks and channels need no `await`; it is for `core.futures`"),
            "not" => self.instead(word.lo, self.tokens[fault.at].lo, "`not` is written `!`", right),
            _word => {
                let message = format!("`{text}` is written `{right}`");
                self.instead(word.lo, word.hi, message, right)
            }
        };
        Some(Slip { error, past: from + kinds.len(), tokens })
    }

    /// `} elif c {`
    fn else_if(&self, fault: &Fault) -> Option<Slip> {
        let word = self.tokens[fault.at];
        let after_block = self.before(fault.at).is_some_and(|(_, token)| token.kind() == Kind::RBrace);
        let text = self.text(&word);
        if word.kind() != Kind::Name || !after_block || !matches!(text, "elif" | "elsif" | "elseif") {
            return None;
        }
        let kinds = [Kind::Else, Kind::If];
        let mut tokens = self.with(fault.at, fault.at + 1, &kinds);
        announce_body(&mut tokens, fault.at + 2);
        let error = self.instead(word.lo, word.hi, format!("`{text}` is written `else if`"), "else if");
        Some(Slip { error, tokens, past: fault.at + 1 })
    }

    /// `fucntion f() {`, `retrun x`: two names at the start of an item or statement.
    fn misspelt_word(&self, fault: &Fault) -> Option<Slip> {
        let (at, word) = self.before(fault.at)?;
        let begins = at == 0
            || matches!(
                self.tokens[at - 1].kind(),
                Kind::Semi | Kind::LBraceBody | Kind::LBrace | Kind::Pub | Kind::RBracket
            );
        let found = self.tokens[fault.at].kind();
        if word.kind() != Kind::Name || !begins || found.bracket() > 0 || found == Kind::Semi {
            return None;
        }
        let text = self.text(&word);
        let words = KEYWORDS_AT_START.iter().map(|(word, _)| *word);
        let near = base::did_you_mean(text, words)?;
        let near = if near == "function" { "fn" } else { near };
        let &(right, kind) = KEYWORDS_AT_START.iter().find(|(word, _)| *word == near)?;
        let mut tokens = self.with(at, at + 1, &[kind]);
        announce_body(&mut tokens, at + 1);
        let error = self.written_so(word.lo, word.hi, format!("`{text}` is no keyword")).fix(
            format!("did you mean `{right}`?"),
            self.span(word.lo, word.hi),
            right,
            Applicability::MaybeIncorrect,
        );
        Some(Slip { error, tokens, past: at + 1 })
    }

    /// `a and b`, `a or b`
    fn word_operator(&self, fault: &Fault) -> Option<Slip> {
        let word = self.tokens[fault.at];
        if !fault.expected.contains(&"BINOP") || word.kind() != Kind::Name {
            return None;
        }
        let (kind, op, right) = match self.text(&word) {
            "and" => (Kind::AmpAmp, BinOp::And, "&&"),
            "or" => (Kind::PipePipe, BinOp::Or, "||"),
            "xor" => (Kind::BinOp, BinOp::BitXor, "^"),
            _other => return None,
        };
        let mut tokens = self.tokens.clone();
        tokens[fault.at] = Spanned::new(word.lo, kind, Symbol(op as u32), word.hi);
        let message = format!("`{}` is written `{right}`", self.text(&word));
        Some(Slip { error: self.instead(word.lo, word.hi, message, right), tokens, past: fault.at + 1 })
    }

    /// `let mut x`, `fn f(mut x: T)`
    fn mutable(&self, fault: &Fault) -> Option<Slip> {
        let word = self.tokens[fault.at];
        if word.kind() != Kind::Mut {
            return None;
        }
        if let Some((at, Spanned { token, .. })) = self.before(fault.at)
            && token.kind == Kind::Static
        {
            let error = self.written_so(self.tokens[at].lo, word.hi, "a `static` never changes");
            let error = error.note("state that changes belongs to a variable, and is lent as `&mut`");
            return Some(Slip { error, tokens: self.with(fault.at, fault.at + 1, &[]), past: fault.at });
        }
        // `fn f(x: mut T)`
        if self.before(fault.at).is_some_and(|(_, before)| before.kind() == Kind::Colon) {
            let message = "what is changed for the caller is borrowed with `&mut`";
            let error = self.instead(word.lo, word.hi, message, "&mut");
            let tokens = self.with(fault.at, fault.at + 1, &[Kind::Amp, Kind::Mut]);
            return Some(Slip { error, tokens, past: fault.at + 2 });
        }
        let message = "a mutable variable is declared with `var`";
        let (from, kinds): (usize, &[Kind]) = match self.before(fault.at) {
            Some((at, Spanned { token, .. })) if token.kind == Kind::Let => (at, &[Kind::Var]),
            Some((at, Spanned { token, .. })) if token.kind == Kind::Var => (at, &[Kind::Var]),
            _other => (fault.at, &[Kind::Var]),
        };
        let error = self.instead(self.tokens[from].lo, word.hi, message, "var");
        Some(Slip { error, tokens: self.with(from, fault.at + 1, kinds), past: from + 1 })
    }

    /// `*const T`, `pub` before a variant, `use a.*`
    fn needless_word(&self, fault: &Fault) -> Option<Slip> {
        let word = self.tokens[fault.at];
        let before = self.before(fault.at).map(|(_, token)| token.kind());
        let next = self.tokens.get(fault.at + 1).map_or(word.hi, |next| next.lo);
        let (from, error) = match (word.kind(), before) {
            (Kind::Const, Some(Kind::Star)) => {
                (fault.at, self.instead(word.lo, next, "`*const T` is written `*T`", ""))
            }
            (Kind::Pub, _) if fault.expected.contains(&"NAME") => {
                let error = self.instead(word.lo, next, "`pub` can't stand here", "");
                (
                    fault.at,
                    error.note("variants and members of protocols are as visible as what they belong to"),
                )
            }
            (Kind::Star, Some(Kind::Dot)) => {
                let error = self.written_so(word.lo, word.hi, "names are imported one by one");
                (fault.at - 1, error.note("`use a.b` makes everything in `b` reachable as `b.name`"))
            }
            (Kind::Plus, _)
                if fault.expected.contains(&"-") && !self.is_operator(fault.at + 1, BinOp::Add) =>
            {
                (fault.at, self.instead(word.lo, next, "there is no unary `+`", ""))
            }
            _other => return None,
        };
        Some(Slip { error, tokens: self.with(from, fault.at + 1, &[]), past: from })
    }

    /// `let type = 1`
    fn keyword_as_name(&self, fault: &Fault) -> Option<Slip> {
        let word = self.tokens[fault.at];
        if !word.kind().is_word() || !fault.expected.contains(&"NAME") {
            return None;
        }
        let text = self.text(&word);
        let mut tokens = self.tokens.clone();
        let symbol = Symbol::intern(text);
        tokens[fault.at] = Spanned::new(word.lo, Kind::Name, symbol, word.hi);
        let span = self.span(word.lo, word.hi);
        let error = Diagnostic::error("P1011", span, format!("`{text}` is a keyword and can't be a name"))
            .fix("choose another name", span, format!("{text}_"), Applicability::MaybeIncorrect);
        Some(Slip { error, tokens, past: fault.at + 2 })
    }

    // --- paths and types --------------------------------------------------------------------------------

    /// `a::b`, `f::<T>`
    fn double_colon(&self, fault: &Fault) -> Option<Slip> {
        let token = self.tokens[fault.at];
        if token.kind() != Kind::ColonColon {
            return None;
        }
        let turbofish = self.is_operator(fault.at + 1, BinOp::Lt);
        let brackets = self.kind(fault.at + 1) == Some(Kind::LBracket);
        let kinds: &[Kind] = if turbofish || brackets { &[] } else { &[Kind::Dot] };
        let mut tokens = self.with(fault.at, fault.at + 1, kinds);
        let error = if turbofish {
            let (tokens, error) = self.without_angles(&tokens, fault.at, token.lo)?;
            return Some(Slip { error, tokens, past: fault.at + 1 });
        } else if brackets {
            self.instead(token.lo, token.hi, "type arguments stand right after the name, without `::`", "")
        } else {
            // After a dot every keyword is a name.
            if let Some(next) = tokens.get_mut(fault.at + 1)
                && next.kind().is_word()
            {
                next.token.kind = Kind::Name;
                next.token.symbol = Symbol::intern(&self.source[next.lo as usize..next.hi as usize]);
            }
            // Report all of a path's at once.
            let mut at = fault.at + 2;
            let mut fixes = vec![self.code_fix(token, ".")];
            while tokens.get(at).map(Spanned::kind) == Some(Kind::ColonColon)
                && tokens.get(at + 1).map(Spanned::kind) == Some(Kind::Name)
            {
                fixes.push(self.code_fix(tokens[at], "."));
                tokens[at].token.kind = Kind::Dot;
                at += 2;
            }
            self.written_so(token.lo, token.hi, "`::` is written `.`")
                .suggestion(Suggestion { message: "write `.`".into(), fixes })
        };
        Some(Slip { error, tokens, past: fault.at + 1 })
    }

    /// `.leaf(x)`
    fn leading_dot(&self, fault: &Fault) -> Option<Slip> {
        let dot = self.tokens[fault.at];
        if dot.kind() != Kind::Dot || self.kind(fault.at + 1) != Some(Kind::Name) || !self.touch(fault.at) {
            return None;
        }
        let name = self.text(&self.tokens[fault.at + 1]);
        let message = format!("a variant is written with its union's name: `Name.{name}`");
        let error = self.written_so(dot.lo, self.tokens[fault.at + 1].hi, message);
        Some(Slip { error, tokens: self.with(fault.at, fault.at + 1, &[]), past: fault.at + 1 })
    }

    fn code_fix(&self, token: Spanned, text: &str) -> base::CodeFix {
        base::CodeFix {
            span: self.span(token.lo, token.hi),
            replacement: text.into(),
            applicability: Applicability::MachineApplicable,
        }
    }

    /// `List<i32>`: a `<` right after a name, shortly before the fault.
    fn angle_brackets(&self, fault: &Fault) -> Option<Slip> {
        let is_less = |&at: &usize| {
            let after_name = at > 0
                && self.tokens[at - 1].hi == self.tokens[at].lo
                && matches!(self.tokens[at - 1].kind(), Kind::Name | Kind::Fn | Kind::Impl);
            self.is_operator(at, BinOp::Lt) && after_name
        };
        let stop =
            |at: &usize| matches!(self.tokens[*at].kind(), Kind::Semi | Kind::LBraceBody | Kind::RBrace);
        let at = (0..=fault.at).rev().take(16).take_while(|at| !stop(at)).filter(is_less).last()?;
        let (tokens, error) = self.without_angles(&self.tokens, at, self.tokens[at].lo)?;
        Some(Slip { error, tokens, past: fault.at })
    }

    /// `tokens` with the `<` at `at` and its `>` as brackets.
    fn without_angles(&self, tokens: &[Spanned], at: usize, lo: u32) -> Option<(Vec<Spanned>, Diagnostic)> {
        let mut out = tokens[..at].to_vec();
        let mut fixes = Vec::new();
        let mut depth = 0;
        for (index, token) in tokens.iter().enumerate().skip(at) {
            let bracket = |kind: Kind| Spanned::new(token.lo, kind, NO_TEXT, token.hi);
            match (token.kind(), token.token.bin_op()) {
                (Kind::BinOp, BinOp::Lt) => {
                    depth += 1;
                    let mut token = *token;
                    token.lo = if index == at { lo } else { token.lo };
                    fixes.push(self.code_fix(token, "["));
                    out.push(bracket(Kind::LBracket));
                }
                (Kind::BinOp, BinOp::Gt) => {
                    depth -= 1;
                    fixes.push(self.code_fix(*token, "]"));
                    out.push(bracket(Kind::RBracket));
                }
                (Kind::BinOp, BinOp::Shr) if depth >= 2 => {
                    depth -= 2;
                    fixes.push(self.code_fix(*token, "]]"));
                    out.extend([bracket(Kind::RBracket), bracket(Kind::RBracket)]);
                }
                (kind, _) => {
                    let in_type = matches!(
                        kind,
                        Kind::Name
                            | Kind::Dot
                            | Kind::Comma
                            | Kind::Amp
                            | Kind::Mut
                            | Kind::Star
                            | Kind::Region
                            | Kind::Colon
                            | Kind::Plus
                            | Kind::Const
                            | Kind::Eq
                            | Kind::Dyn
                            | Kind::Impl
                            | Kind::Underscore
                            | Kind::Int
                            | Kind::ColonColon
                            | Kind::Fn
                            | Kind::Arrow
                    ) || kind.bracket() != 0
                        && !matches!(kind, Kind::LBraceBody | Kind::LBrace | Kind::RBrace);
                    if !in_type {
                        return None;
                    }
                    out.push(*token);
                }
            }
            if depth == 0 {
                let hi = token.hi;
                out.extend(&tokens[index + 1..]);
                // `List<i32> {`: no comparison, so a body or a record.
                let error = self
                    .written_so(lo, hi, "type arguments stand in square brackets")
                    .suggestion(Suggestion { message: "write `[…]`".into(), fixes });
                return Some((out, error));
            }
        }
        None
    }

    /// `fn f(): T {`
    fn result_type(&self, fault: &Fault) -> Option<Slip> {
        let colon = self.tokens[fault.at];
        if colon.kind() != Kind::Colon || !fault.expected.contains(&"->") {
            return None;
        }
        let error = self.instead(colon.lo, colon.hi, "a function's result type is written after `->`", " ->");
        Some(Slip { error, tokens: self.with(fault.at, fault.at + 1, &[Kind::Arrow]), past: fault.at + 1 })
    }

    // --- operators --------------------------------------------------------------------------------------------

    /// `if a = b`, `let a == b`, `P { x = 1 }`, `x := 1`, `#[a = "b"]`
    fn equals(&self, fault: &Fault) -> Option<Slip> {
        let at = fault.at;
        let token = self.tokens[at];
        let in_record = || self.opening(at).map(|open| self.tokens[open].kind()) == Some(Kind::LBraceRecord);
        let (tokens, error) = match token.kind() {
            Kind::Eq if fault.expected.contains(&":") && in_record() => {
                let error = self.instead(token.lo, token.hi, "a field's value is written after `:`", ":");
                (self.with(at, at + 1, &[Kind::Colon]), error)
            }
            Kind::Eq if fault.expected.contains(&"BINOP") => {
                let mut tokens = self.tokens.clone();
                tokens[at] = Spanned::new(token.lo, Kind::BinOp, Symbol(BinOp::Eq as u32), token.hi);
                let message = "`=` assigns; two values are compared with `==`";
                (tokens, self.instead(token.lo, token.hi, message, "=="))
            }
            Kind::BinOp if token.token.bin_op() == BinOp::Eq && fault.expected.contains(&"=") => {
                let message = "`==` compares; a value is given with `=`";
                (self.with(at, at + 1, &[Kind::Eq]), self.instead(token.lo, token.hi, message, "="))
            }
            Kind::Colon if self.kind(at + 1) == Some(Kind::Eq) && self.touch(at) => {
                let (name_at, name) = self.before(at).filter(|(_, token)| token.kind() == Kind::Name)?;
                let mut tokens = self.with(at, at + 1, &[]);
                tokens.insert(name_at, Spanned::new(name.lo, Kind::Let, NO_TEXT, name.lo));
                let text = format!("let {} =", self.text(&name));
                let hi = self.tokens[at + 1].hi;
                (tokens, self.instead(name.lo, hi, "a variable is declared with `let`", &text))
            }
            Kind::Eq if self.opening(at).map(|open| self.tokens[open].kind()) == Some(Kind::HashBracket) => {
                let mut tokens = self.with(at, at + 1, &[Kind::LParen]);
                let hi = self.tokens.get(at + 1)?.hi;
                tokens.insert(at + 2, Spanned::new(hi, Kind::RParen, NO_TEXT, hi));
                let value = self.text(&self.tokens[at + 1]);
                let before = self.end_before(at);
                let text = format!("({value})");
                (tokens, self.instead(before, hi, "an attribute's value stands in parentheses", &text))
            }
            _other => return None,
        };
        Some(Slip { error, tokens, past: at + 1 })
    }

    /// `a <> b`, `a === b`, `a !== b`
    fn comparison(&self, fault: &Fault) -> Option<Slip> {
        let (at, first) = self.before(fault.at)?;
        if !self.touch(at) || first.kind() != Kind::BinOp {
            return None;
        }
        let second = self.tokens[fault.at];
        let op = match (first.token.bin_op(), second.kind()) {
            (BinOp::Lt, Kind::BinOp) if second.token.bin_op() == BinOp::Gt => BinOp::Ne,
            (op @ (BinOp::Eq | BinOp::Ne), Kind::Eq) => op,
            _other => return None,
        };
        let mut tokens = self.with(fault.at, fault.at + 1, &[]);
        tokens[at].token.symbol = Symbol(op as u32);
        let wrong = &self.source[first.lo as usize..second.hi as usize];
        let message = format!("`{wrong}` is written `{}`", op.as_str());
        Some(Slip { error: self.instead(first.lo, second.hi, message, op.as_str()), tokens, past: at + 1 })
    }

    /// `x++`, `++x`
    fn increment(&self, fault: &Fault) -> Option<Slip> {
        let at = fault.at;
        let plus = |at: usize| self.kind(at) == Some(Kind::Plus);
        let first = match at.checked_sub(1) {
            Some(before) if plus(before) && plus(at) && self.touch(before) => before,
            _prefix if plus(at) && plus(at + 1) && self.touch(at) => at,
            _other => return None,
        };
        let (lo, hi) = (self.tokens[first].lo, self.tokens[first + 1].hi);
        let mut error = self.written_so(lo, hi, "there is no `++`");
        let mut tokens;
        if first == at {
            tokens = self.with(first, first + 2, &[]);
            error = error.note("a number is increased with `x += 1`");
        } else {
            error = error.fix("add one", self.span(lo, hi), " += 1", Applicability::MachineApplicable);
            tokens = self.with(first, first + 2, &[Kind::AssignOp, Kind::Int]);
            tokens[first].token.symbol = Symbol(AssignOp::Add as u32);
            tokens[first + 1].token.symbol = Symbol::intern("1");
            // The line seemed to end in an operator, so nothing ended the statement.
            if self.starts_line(first + 2) && self.kind(first + 2).is_some_and(|kind| kind.bracket() >= 0) {
                tokens.insert(first + 2, Spanned::new(hi, Kind::Semi, NO_TEXT, hi));
            }
        }
        Some(Slip { error, tokens, past: first + 1 })
    }

    /// `p -> e` and `p: e` in a match, `else => e`
    fn arm_arrow(&self, fault: &Fault) -> Option<Slip> {
        let at = fault.at;
        let token = self.tokens[at];
        let (kind, error) = if matches!(token.kind(), Kind::Arrow | Kind::Colon)
            && fault.expected.contains(&"=>")
        {
            if let Some((name_at, name)) = self.before(at).filter(|(_, name)| self.text(name) == "default") {
                let error = self.instead(name.lo, token.hi, "the arm for all other values is `_`", "_ =>");
                let tokens = self.with(name_at, at + 1, &[Kind::Underscore, Kind::FatArrow]);
                return Some(Slip { error, tokens, past: at + 1 });
            }
            (Kind::FatArrow, self.instead(token.lo, token.hi, "an arm's value is written after `=>`", " =>"))
        } else if matches!(token.kind(), Kind::Else | Kind::LetElse | Kind::Default)
            && self.kind(at + 1) == Some(Kind::FatArrow)
        {
            (Kind::Underscore, self.instead(token.lo, token.hi, "the arm for all other values is `_`", "_"))
        } else {
            return None;
        };
        // A line that begins with `else` was taken as going on with the one above.
        let ended = kind == Kind::Underscore && self.starts_line(at) && fault.expected.contains(&";");
        let kinds: &[Kind] = if ended { &[Kind::Semi, kind] } else { &[kind] };
        let mut tokens = self.with(at, at + 1, kinds);
        if let Some(brace) = tokens.get_mut(at + 1)
            && brace.kind() == Kind::LBraceBody
        {
            brace.token.kind = Kind::LBrace;
        }
        Some(Slip { error, tokens, past: at + kinds.len() })
    }

    /// `e?`
    fn question(&self, fault: &Fault) -> Option<Slip> {
        let at = fault.at;
        let token = self.tokens[at];
        if token.kind() != Kind::Question {
            return None;
        }
        let next = self.tokens.get(at + 1)?;
        let ends = matches!(
            next.kind(),
            Kind::Semi
                | Kind::Comma
                | Kind::Dot
                | Kind::BinOp
                | Kind::Plus
                | Kind::Question
                | Kind::As
                | Kind::LBraceBody
                | Kind::LetElse
        ) || next.kind().bracket() < 0
            || self.starts_line(at + 1);
        if !ends {
            return None;
        }
        let start = self.operand_start(at)?;
        let lo = self.tokens[start].lo;
        let goes_on = matches!(next.kind(), Kind::Dot | Kind::Question);
        let (open, close) = if goes_on { ("(try ", ")") } else { ("try ", "") };
        let at_start = self.span(lo, lo);
        let mut tokens = self.with(at, at + 1, if goes_on { &[Kind::RParen] } else { &[] });
        tokens.insert(start, Spanned::new(lo, Kind::Try, NO_TEXT, lo));
        if goes_on {
            tokens.insert(start, Spanned::new(lo, Kind::LParen, NO_TEXT, lo));
        }
        let fix = |span, text: &str| base::CodeFix {
            span,
            replacement: text.into(),
            applicability: Applicability::MachineApplicable,
        };
        let error = self
            .written_so(token.lo, token.hi, "`try` stands before the expression whose error it passes on")
            .suggestion(Suggestion {
                message: "write `try`".into(),
                fixes: vec![fix(at_start, open), fix(self.span(token.lo, token.hi), close)],
            });
        Some(Slip { error, tokens, past: at + 1 })
    }

    /// Where the operand that ends before `at` begins.
    fn operand_start(&self, at: usize) -> Option<usize> {
        let mut at = at.checked_sub(1)?;
        loop {
            if self.tokens[at].kind().bracket() < 0 {
                at = self.opening(at)?;
                let called = at.checked_sub(1).is_some_and(|before| {
                    let kind = self.tokens[before].kind();
                    matches!(kind, Kind::Name | Kind::RParen | Kind::RBracket)
                });
                if !called {
                    return Some(at);
                }
                at -= 1;
                continue;
            }
            match at.checked_sub(1).map(|before| self.tokens[before].kind()) {
                Some(Kind::Dot | Kind::ColonColon) => at = at.checked_sub(2)?,
                _start => return Some(at),
            }
        }
    }

    // --- functions -------------------------------------------------------------------------------------------

    /// `f(x: 1)`, `fn f(x: i64 = 1)`
    fn named_argument(&self, fault: &Fault) -> Option<Slip> {
        let at = fault.at;
        let token = self.tokens[at];
        let open = self.opening(at)?;
        if self.kind(open) != Some(Kind::LParen) {
            return None;
        }
        let error = |lo, hi, message: &str| Diagnostic::error("P1012", self.span(lo, hi), message);
        if token.kind() == Kind::Colon {
            let (name_at, name) = self.before(at).filter(|(_, token)| token.kind() == Kind::Name)?;
            let next = self.tokens.get(at + 1)?.lo;
            let error = error(name.lo, token.hi, "arguments have no names").fix(
                "leave the name out",
                self.span(name.lo, next),
                "",
                Applicability::MachineApplicable,
            );
            Some(Slip { error, tokens: self.with(name_at, at + 1, &[]), past: name_at })
        } else if token.kind() == Kind::Eq {
            let (_, to) = self.element(at);
            let (before, hi) = (self.end_before(at), self.tokens[to - 1].hi);
            let error = error(token.lo, hi, "parameters have no default values").fix(
                "leave the value out",
                self.span(before, hi),
                "",
                Applicability::MaybeIncorrect,
            );
            Some(Slip { error, tokens: self.with(at, to, &[]), past: at })
        } else {
            None
        }
    }

    /// `(x, y) => e`, `x => e`
    fn lambda(&self, fault: &Fault) -> Option<Slip> {
        let at = fault.at;
        let arrow = self.tokens[at];
        let (before, last) = self.before(at)?;
        if arrow.kind() != Kind::FatArrow || !fault.expected.contains(&"BINOP") {
            return None;
        }
        let start = if last.kind() == Kind::RParen {
            self.opening(before)?
        } else if last.kind() == Kind::Name {
            before
        } else {
            return None;
        };
        let bar = |at: u32| Spanned::new(at, Kind::Pipe, Symbol(BinOp::BitOr as u32), at);
        let mut tokens = self.tokens.clone();
        let inner = if start == before { start..before + 1 } else { start + 1..before };
        let params: Vec<Spanned> = self.tokens[inner.clone()].to_vec();
        let text = match (params.first(), params.last()) {
            (Some(first), Some(last)) => &self.source[first.lo as usize..last.hi as usize],
            _none => "",
        };
        let with: Vec<Spanned> = [bar(last.lo)].into_iter().chain(params).chain([bar(last.hi)]).collect();
        let past = start + with.len();
        tokens.splice(start..at + 1, with);
        let lo = self.tokens[start].lo;
        let error =
            self.instead(lo, arrow.hi, "a closure's parameters stand between bars", &format!("|{text}|"));
        Some(Slip { error, tokens, past })
    }

    /// `int x = 1`
    fn c_declaration(&self, fault: &Fault) -> Option<Slip> {
        let name = self.tokens[fault.at];
        let (at, ty) = self.before(fault.at)?;
        let statement =
            at == 0 || matches!(self.tokens[at - 1].kind(), Kind::Semi | Kind::LBraceBody | Kind::LBrace);
        if !statement || name.kind() != Kind::Name || ty.kind() != Kind::Name || self.starts_line(fault.at) {
            return None;
        }
        if self.kind(fault.at + 1) != Some(Kind::Eq) {
            return None;
        }
        let here = match self.text(&ty) {
            "int" | "long" => "i64",
            "float" | "double" => "f64",
            "string" => "String",
            "boolean" => "bool",
            other => other,
        };
        let text = format!("let {}: {here}", self.text(&name));
        let error = self.written_so(ty.lo, name.hi, "a variable is declared with `let`").fix(
            "write the type after the name",
            self.span(ty.lo, name.hi),
            text,
            Applicability::MaybeIncorrect,
        );
        Some(Slip { error, tokens: self.with(at, fault.at, &[Kind::Let]), past: fault.at + 1 })
    }

    /// `record P(i32)`
    fn tuple_record(&self, fault: &Fault) -> Option<Slip> {
        let at = fault.at;
        let item = at.checked_sub(2).and_then(|at| self.kind(at));
        if self.kind(at) != Some(Kind::LParen) || item != Some(Kind::Record) {
            return None;
        }
        let close = (at + 1..self.tokens.len())
            .find(|&close| self.kind(close) == Some(Kind::RParen) && self.opening(close) == Some(at))?;
        let (lo, hi) = (self.tokens[at].lo, self.tokens[close].hi);
        let error = self
            .written_so(lo, hi, "a record's fields have names")
            .note("positional payloads belong to the variants of a `union`")
            .fix("name them", self.span(lo, hi), " { … }", Applicability::HasPlaceholders);
        let tokens = self.with(at, close + 1, &[Kind::LBraceBody, Kind::Hole, Kind::RBrace]);
        Some(Slip { error, tokens, past: at + 2 })
    }

    /// `fn f() -> T = e`
    fn expression_body(&self, fault: &Fault) -> Option<Slip> {
        let at = fault.at;
        let equals = self.tokens[at];
        if equals.kind() != Kind::Eq || !fault.expected.contains(&"{body") {
            return None;
        }
        let (_, to) = self.element(at);
        let hi = self.tokens[to - 1].hi;
        let mut tokens = self.with(at, at + 1, &[Kind::LBraceBody]);
        tokens.insert(to, Spanned::new(hi, Kind::RBrace, NO_TEXT, hi));
        let fix = |span, text: &str| base::CodeFix {
            span,
            replacement: text.into(),
            applicability: Applicability::MachineApplicable,
        };
        let error =
            self.written_so(equals.lo, equals.hi, "a function's body is a block").suggestion(Suggestion {
                message: "write braces".into(),
                fixes: vec![fix(self.span(equals.lo, equals.hi), "{"), fix(self.span(hi, hi), " }")],
            });
        Some(Slip { error, tokens, past: at + 1 })
    }
}

/// The next `{` from token `at` on is that of a body: the lexer did not know the word before it.
pub(super) fn announce_body(tokens: &mut [Spanned], at: usize) {
    let mut depth = 0;
    for token in &mut tokens[at..] {
        match token.kind() {
            Kind::LBrace | Kind::LBraceRecord if depth == 0 => {
                token.token.kind = Kind::LBraceBody;
                return;
            }
            Kind::LBraceBody | Kind::Semi if depth == 0 => return,
            kind => depth += kind.bracket(),
        }
    }
}
