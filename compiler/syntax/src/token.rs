//! Tokens: what the lexer makes of the text, and the alphabet of the grammar.
//!
//! In: nothing; this is data. Out: 8-byte `Copy` tokens with the bytes they stand for.
//!
//! ```text
//! x += 0xffu8   →   0..1 Name `x`, 2..4 AssignOp `+=`, 5..11 Int `0xff`, 11..11 Semi
//! ```
//!
//! [`Kind`] is also the enum logos fills: the raw kinds (`Newline`, `Plus`, `RawStr` …) never leave the lexer.

#![expect(clippy::wildcard_enum_match_arm, reason = "questions about tokens name a few kinds of a hundred")]

use crate::ast::{AssignOp, BinOp};
use base::Symbol;
use logos::Logos;

/// One terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    /// The text of a name, number, string; the code of an operator or character.
    pub symbol: Symbol,
}

/// A token between its first byte and the byte after it. A token the lexer inserted is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spanned {
    pub lo: u32,
    pub token: Token,
    pub hi: u32,
}

impl Spanned {
    pub fn new(lo: u32, kind: Kind, symbol: Symbol, hi: u32) -> Spanned {
        Spanned { lo, token: Token { kind, symbol }, hi }
    }
    pub fn kind(&self) -> Kind {
        self.token.kind
    }
}

/// `Symbol(0)` is the empty text: what tokens without a text carry.
pub const NO_TEXT: Symbol = Symbol(0);
/// In a `Semi`: it is written, not inserted at a line's end.
pub const WRITTEN: Symbol = Symbol(1);

#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[logos(skip r"[ \t\r]+")]
#[logos(skip(r"//[^\n]*", allow_greedy = true))]
#[repr(u32)]
pub enum Kind {
    // --- names and literals; the symbol is the text -------------------------------------------
    /// `name`
    #[regex(r"[A-Za-z_][A-Za-z0-9_]*")]
    Name,
    /// `'a`, a region or label
    #[regex(r"'[A-Za-z_\u{80}-\u{10FFFF}][A-Za-z0-9_\u{80}-\u{10FFFF}]*", priority = 5)]
    Region,
    /// `$name`; the symbol is `name`
    #[regex(r"\$[A-Za-z_][A-Za-z0-9_]*")]
    MacroVar,
    /// `1_000u8`; the symbol is `1_000`
    #[regex(r"[0-9][0-9_]*([iu](8|16|32|64|128|size))?", priority = 6)]
    #[regex(r"0x[0-9a-fA-F_]*[0-9a-fA-F][_]*([iu](8|16|32|64|128|size))?", priority = 6)]
    #[regex(r"0o[0-7_]*[0-7][_]*([iu](8|16|32|64|128|size))?", priority = 6)]
    #[regex(r"0b[01_]*[01][_]*([iu](8|16|32|64|128|size))?", priority = 6)]
    Int,
    /// `1.5e-3f32`; the symbol is `1.5e-3`
    #[regex(r"[0-9][0-9_]*\.[0-9][0-9_]*([eE][+-]?[0-9][0-9_]*)?(f32|f64)?", priority = 6)]
    #[regex(r"[0-9][0-9_]*[eE][+-]?[0-9][0-9_]*(f32|f64)?", priority = 6)]
    #[regex(r"[0-9][0-9_]*(f32|f64)", priority = 6)]
    Float,
    /// `'a'`; the symbol's number is the character
    #[regex(r"'([^'\\\n]|\\u\{[0-9a-zA-Z_]*\}|\\x[0-9a-zA-Z][0-9a-zA-Z]|\\[^ux\n])'", priority = 6)]
    Char,
    /// `b'a'`; the symbol's number is the byte
    #[regex(r"b'([^'\\\n]|\\x[0-9a-zA-Z][0-9a-zA-Z]|\\[^x\n])'")]
    Byte,
    /// `"text"`, `r"text"`, `"""text"""`: no interpolation in it; the symbol is what the text means. Raw: `"`.
    #[token("\"")]
    Str,
    /// `b"bytes"`: a character for each byte. Raw: `b"`.
    #[token("b\"")]
    Bytes,
    /// `"text {`
    StrHead,
    /// `} text {`
    StrMid,
    /// `} text"`
    StrTail,
    /// `.2` of `{x:.2}`
    Format,

    // --- punctuation -------------------------------------------------------------------------------
    /// `;` or the end of a line
    #[token(";")]
    Semi,
    #[token(",")]
    Comma,
    #[token(":")]
    Colon,
    #[token(".")]
    Dot,
    #[token("..")]
    DotDot,
    #[token("..=")]
    DotDotEq,
    #[token("...")]
    Ellipsis,
    #[token("->")]
    Arrow,
    #[token("=>")]
    FatArrow,
    #[token("=")]
    Eq,
    /// `+=` and the like; the symbol's number is the [`AssignOp`]
    #[token("+=")]
    #[token("-=")]
    #[token("*=")]
    #[token("/=")]
    #[token("%=")]
    #[token("&=")]
    #[token("|=")]
    #[token("^=")]
    #[token("<<=")]
    #[token(">>=")]
    AssignOp,
    #[token("@")]
    At,
    #[token("_", priority = 7)]
    Underscore,
    #[token("#[")]
    HashBracket,
    #[token("(")]
    LParen,
    #[token(")")]
    RParen,
    #[token("[")]
    LBracket,
    #[token("]")]
    RBracket,
    /// `{` of a block that is an expression, and of `use a.{`. Raw: every `{`.
    #[token("{")]
    LBrace,
    /// `{` of the body of an item, `if`, `match`, `loop` …
    LBraceBody,
    /// `{` of a record literal or pattern: `Point {`
    LBraceRecord,
    #[token("}")]
    RBrace,
    #[token("!")]
    Bang,

    // --- operators; the symbol's number is the `BinOp` -------------------------------------------------
    /// Any operator that is only ever binary.
    BinOp,
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("&")]
    Amp,
    #[token("|")]
    Pipe,
    #[token("&&")]
    AmpAmp,
    #[token("||")]
    PipePipe,

    // --- words ---------------------------------------------------------------------------------------------
    Module,
    Use,
    Pub,
    Fn,
    Record,
    Union,
    Protocol,
    Impl,
    Actor,
    Macro,
    Extern,
    Const,
    Static,
    Type,
    Let,
    Var,
    Using,
    If,
    /// `else` of an `if`
    Else,
    /// `else` of a `let`: the one that does not follow a `}`
    LetElse,
    While,
    For,
    In,
    Loop,
    Match,
    Return,
    Break,
    Continue,
    As,
    Where,
    Try,
    Catch,
    Within,
    Spawn,
    Mut,
    /// `self`
    SelfValue,
    Dyn,
    Unsafe,
    True,
    False,
    /// before a string
    Test,
    /// before a string
    Bench,
    /// before `{`
    Scope,
    /// before `{`
    Select,
    /// before `{`
    Async,
    /// in an actor, before a name
    On,
    /// before a name or `self`
    Ask,
    /// before a name or `self`
    Tell,
    /// at the start of a select arm
    After,
    /// at the start of a select arm
    Default,
    /// before the bars of a closure
    Move,

    // --- made by recovery -----------------------------------------------------------------------------------
    /// Stands for an element that was not understood.
    Hole,

    // --- in the stream, but in no sentence: what other languages have ----------------------------------------
    #[token("?")]
    Question,
    #[token("::")]
    ColonColon,

    // --- raw only ----------------------------------------------------------------------------------------------
    #[token("/")]
    Slash,
    #[token("%")]
    Percent,
    #[token("<<")]
    Shl,
    #[token(">>")]
    Shr,
    #[token("^")]
    Caret,
    #[token("==")]
    EqEq,
    #[token("!=")]
    NotEq,
    #[token("<")]
    Lt,
    #[token("<=")]
    Le,
    #[token(">")]
    Gt,
    #[token(">=")]
    Ge,
    /// A line break and the indentation after it.
    #[regex(r"\n[ \t\r\n]*")]
    Newline,
    /// `///` to the end of the line
    #[regex(r"///([^/\n][^\n]*)?", allow_greedy = true, priority = 9)]
    Doc,
    /// `//!` to the end of the line
    #[regex(r"//![^\n]*", allow_greedy = true, priority = 9)]
    FileDoc,
    #[token("/*")]
    CommentOpen,
    /// `"""`
    #[token("\"\"\"")]
    MultiStr,
    /// `r"`, `r#"`
    #[regex("r#*\"")]
    RawStr,
    /// `br"`, `br#"`
    #[regex("br#*\"")]
    RawBytes,
    /// A name with characters beyond ASCII, to be checked (XID).
    #[regex(r"[A-Za-z_\u{80}-\u{10FFFF}][A-Za-z0-9_\u{80}-\u{10FFFF}]*", priority = 1)]
    WideName,
    /// A number that is not one: `12abc`, `0b12`, `1e`.
    #[regex(r"[0-9][0-9a-zA-Z_]*", priority = 4)]
    #[regex(r"[0-9][0-9_]*\.[0-9][0-9a-zA-Z_]*", priority = 4)]
    BadNumber,
    /// `'` that begins nothing known.
    #[token("'")]
    Quote,
}

impl Kind {
    pub const COUNT: usize = Kind::Quote as usize + 1;

    /// +1 for an opening, -1 for a closing bracket. An interpolated string is one, too.
    pub const fn bracket(self) -> i32 {
        use Kind::*;
        if let LParen | LBracket | HashBracket | LBrace | LBraceBody | LBraceRecord | StrHead = self {
            1
        } else if let RParen | RBracket | RBrace | StrTail = self {
            -1
        } else {
            0
        }
    }

    pub const fn is_word(self) -> bool {
        self as u32 >= Kind::Module as u32 && self as u32 <= Kind::Move as u32
    }

    /// The operator a raw token is, if it can be binary.
    pub(crate) const fn binary(self) -> Option<BinOp> {
        Some(match self {
            Kind::Plus => BinOp::Add,
            Kind::Minus => BinOp::Sub,
            Kind::Star => BinOp::Mul,
            Kind::Slash => BinOp::Div,
            Kind::Percent => BinOp::Rem,
            Kind::Shl => BinOp::Shl,
            Kind::Shr => BinOp::Shr,
            Kind::Amp => BinOp::BitAnd,
            Kind::Caret => BinOp::BitXor,
            Kind::Pipe => BinOp::BitOr,
            Kind::EqEq => BinOp::Eq,
            Kind::NotEq => BinOp::Ne,
            Kind::Lt => BinOp::Lt,
            Kind::Le => BinOp::Le,
            Kind::Gt => BinOp::Gt,
            Kind::Ge => BinOp::Ge,
            Kind::AmpAmp => BinOp::And,
            Kind::PipePipe => BinOp::Or,
            _other => return None,
        })
    }
}

impl Token {
    /// The operator of a token that `Kind::BinOp` stands for.
    #[inline]
    pub fn bin_op(self) -> BinOp {
        BinOp::ALL[self.symbol.0 as usize % BinOp::ALL.len()]
    }
    /// The operator of a `Kind::AssignOp`.
    #[inline]
    pub fn assign_op(self) -> AssignOp {
        AssignOp::ALL[self.symbol.0 as usize % AssignOp::ALL.len()]
    }
}

/// The keyword that a known word is everywhere except after a dot and in attributes, by its symbol's number.
pub(crate) const KEYWORDS: [Kind; base::symbol::KNOWN.len()] = {
    use Kind::*;
    let words = [
        ("as", As),
        ("break", Break),
        ("catch", Catch),
        ("const", Const),
        ("continue", Continue),
        ("dyn", Dyn),
        ("else", Else),
        ("extern", Extern),
        ("false", False),
        ("fn", Fn),
        ("for", For),
        ("if", If),
        ("impl", Impl),
        ("in", In),
        ("let", Let),
        ("loop", Loop),
        ("macro", Macro),
        ("match", Match),
        ("module", Module),
        ("mut", Mut),
        ("protocol", Protocol),
        ("pub", Pub),
        ("record", Record),
        ("return", Return),
        ("self", SelfValue),
        ("spawn", Spawn),
        ("static", Static),
        ("true", True),
        ("try", Try),
        ("type", Type),
        ("union", Union),
        ("unsafe", Unsafe),
        ("use", Use),
        ("using", Using),
        ("var", Var),
        ("where", Where),
        ("while", While),
        ("within", Within),
        ("actor", Actor),
        // Only in their places; the lexer looks at what follows.
        ("test", Test),
        ("bench", Bench),
        ("scope", Scope),
        ("select", Select),
        ("async", Async),
        ("on", On),
        ("ask", Ask),
        ("tell", Tell),
        ("after", After),
        ("default", Default),
        ("move", Move),
    ];
    let mut table = [Name; base::symbol::KNOWN.len()];
    let mut at = 0;
    while at < words.len() {
        table[Symbol::known(words[at].0).0 as usize] = words[at].1;
        at += 1;
    }
    table
};

/// Can this be a name behind a `.`, where words of the language are names too?
pub fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    let starts = chars.next().is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first));
    starts && text != "_" && chars.all(unicode_ident::is_xid_continue)
}

/// Is this a word of the language wherever it stands, and so no name?
pub fn is_keyword(text: &str) -> bool {
    let found = Keywords::get().find(base::symbol::Key::new(text));
    found.is_some_and(|(_, kind)| !kind.is_contextual())
}

/// The same, by the words' keys: asked for every name, so it is small and answers most with one look.
pub(crate) struct Keywords {
    slots: [Option<(base::symbol::Key, Symbol, Kind)>; Keywords::SLOTS],
}

impl Keywords {
    /// Ten times as many as there are words: most names find an empty one.
    const SLOTS: usize = 512;

    pub fn get() -> &'static Keywords {
        static TABLE: std::sync::LazyLock<Keywords> = std::sync::LazyLock::new(Keywords::new);
        &TABLE
    }

    fn new() -> Keywords {
        let mut slots = [None; Keywords::SLOTS];
        for (&word, (at, &kind)) in base::symbol::KNOWN.iter().zip(KEYWORDS.iter().enumerate()) {
            if kind != Kind::Name {
                let key = base::symbol::Key::new(word);
                let mut slot = Keywords::slot(key);
                while slots[slot].is_some() {
                    slot = (slot + 1) % Keywords::SLOTS;
                }
                slots[slot] = Some((key, Symbol(at as u32), kind));
            }
        }
        Keywords { slots }
    }

    fn slot(key: base::symbol::Key) -> usize {
        (key.hash() >> 32) as usize % Keywords::SLOTS
    }

    #[inline]
    pub fn find(&self, key: base::symbol::Key) -> Option<(Symbol, Kind)> {
        let mut slot = Keywords::slot(key);
        while let Some((known, symbol, kind)) = self.slots[slot] {
            if known == key {
                return Some((symbol, kind));
            }
            slot = (slot + 1) % Keywords::SLOTS;
        }
        None
    }
}

impl Kind {
    /// Words that are keywords only in their places.
    pub(crate) const fn is_contextual(self) -> bool {
        self as u32 >= Kind::Test as u32 && self as u32 <= Kind::Move as u32
    }
}
