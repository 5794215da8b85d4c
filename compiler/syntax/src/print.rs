//! Prints a tree for people and tests: one node a line, children indented (`--emit=ast`); and tokens.
//!
//! In: a module. Out: text that changes only where the tree does: no ids, and places only with `{:#}`.
//!
//! ```text
//! fn f() { x + 1 }   →   Fn f
//!                            body: Block
//!                                Expr
//!                                    Binary +
//!                                        Name x
//!                                        Int 1
//! ```
//!
//! Nothing here recurses: a tree may be as deep as its text is long. Deeper than 100, a line begins with
//! its depth instead of more blanks.

mod children;

use crate::ast::*;
use crate::lexer::Lexer;
use crate::token::{Kind, WRITTEN};
use base::{FileId, Symbol};
use std::fmt::{Display, Formatter, Result, Write};

/// Any node.
#[derive(Clone, Copy)]
pub(crate) enum Node {
    Item(ItemId),
    Field(FieldId),
    Variant(VariantId),
    Param(ParamId),
    GenericParam(GenericParamId),
    Predicate(PredicateId),
    Bound(BoundId),
    UseTree(UseTreeId),
    MacroParam(MacroParamId),
    Attr(AttrId),
    AttrArg(AttrArgId),
    Type(TypeId),
    GenericArg(GenericArgId),
    Pat(PatId),
    FieldPat(FieldPatId),
    Stmt(StmtId),
    Block(BlockId),
    Expr(ExprId),
    Part(PartId),
    Init(InitId),
    Arm(ArmId),
    SelectArm(SelectArmId),
}

/// What a node's line says, and what stands under it.
pub(crate) struct Line {
    pub head: String,
    /// Each with its role, where the order alone does not tell it.
    pub children: Vec<(&'static str, Node)>,
}

/// Lines are indented by at most this many steps.
const MAX_INDENT: usize = 100;

impl Display for Module {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(f, "Module")?;
        if let Some(docs) = self.docs {
            writeln!(f, "    docs {:?}", docs.as_str())?;
        }
        let mut work: Vec<(usize, &'static str, Node)> =
            self.list(self.items).rev().map(|item| (1, "", Node::Item(item))).collect();
        while let Some((depth, role, node)) = work.pop() {
            let line = self.line(node);
            for _ in 0..depth.min(MAX_INDENT) {
                f.write_str("    ")?;
            }
            if depth > MAX_INDENT {
                write!(f, "[{depth}] ")?;
            }
            if !role.is_empty() {
                write!(f, "{role}: ")?;
            }
            f.write_str(&line.head)?;
            if f.alternate() {
                let range = self.range_of(node);
                write!(f, " @{}..{}", range.lo, range.hi)?;
            }
            f.write_char('\n')?;
            work.extend(line.children.into_iter().rev().map(|(role, node)| (depth + 1, role, node)));
        }
        Ok(())
    }
}

impl Module {
    /// `a.b.c`
    pub fn path_text(&self, path: Path) -> String {
        let names: Vec<&str> = self.list(path).map(Name::as_str).collect();
        names.join(".")
    }

    fn range_of(&self, node: Node) -> TextRange {
        match node {
            Node::Item(id) => id.range_in(self),
            Node::Field(id) => id.range_in(self),
            Node::Variant(id) => id.range_in(self),
            Node::Param(id) => id.range_in(self),
            Node::GenericParam(id) => id.range_in(self),
            Node::Predicate(id) => id.range_in(self),
            Node::Bound(id) => id.range_in(self),
            Node::UseTree(id) => id.range_in(self),
            Node::MacroParam(id) => id.range_in(self),
            Node::Attr(id) => id.range_in(self),
            Node::AttrArg(id) => id.range_in(self),
            Node::Type(id) => id.range_in(self),
            Node::GenericArg(id) => id.range_in(self),
            Node::Pat(id) => id.range_in(self),
            Node::FieldPat(id) => id.range_in(self),
            Node::Stmt(id) => id.range_in(self),
            Node::Block(id) => id.range_in(self),
            Node::Expr(id) => id.range_in(self),
            Node::Part(id) => id.range_in(self),
            Node::Init(id) => id.range_in(self),
            Node::Arm(id) => id.range_in(self),
            Node::SelectArm(id) => id.range_in(self),
        }
    }
}

impl Display for Literal {
    /// As it could be written.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match *self {
            Literal::Int { digits, suffix } | Literal::Float { digits, suffix } => {
                write!(f, "{digits}{}", suffix.map_or("", Suffix::as_str))
            }
            Literal::Char(c) => {
                f.write_char('\'')?;
                write_char(f, c, '\'')?;
                f.write_char('\'')
            }
            Literal::Byte(byte) => {
                f.write_str("b'")?;
                write_byte(f, byte, '\'')?;
                f.write_char('\'')
            }
            Literal::Str(text) => {
                f.write_char('"')?;
                write_text(f, text.as_str())?;
                f.write_char('"')
            }
            Literal::Bytes(text) => {
                f.write_str("b\"")?;
                for c in text.as_str().chars() {
                    write_byte(f, c as u8, '"')?;
                }
                f.write_char('"')
            }
            Literal::Bool(value) => write!(f, "{value}"),
        }
    }
}

/// The text of a string between its quotes.
pub(crate) fn write_text(f: &mut impl Write, text: &str) -> Result {
    for c in text.chars() {
        match c {
            '{' => f.write_str("{{")?,
            '}' => f.write_str("}}")?,
            c => write_char(f, c, '"')?,
        }
    }
    Ok(())
}

fn write_char(f: &mut impl Write, c: char, quote: char) -> Result {
    match c {
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        '\0' => f.write_str("\\0"),
        '\\' => f.write_str("\\\\"),
        c if c == quote => write!(f, "\\{c}"),
        c if c.is_control() => write!(f, "\\u{{{:x}}}", u32::from(c)),
        c => f.write_char(c),
    }
}

fn write_byte(f: &mut impl Write, byte: u8, quote: char) -> Result {
    if byte.is_ascii() && !byte.is_ascii_control() || matches!(byte, b'\n' | b'\r' | b'\t' | 0) {
        write_char(f, char::from(byte), quote)
    } else {
        write!(f, "\\x{byte:02x}")
    }
}

/// The tokens of a text, one a line, an empty line after each item (`--emit=tokens`).
pub fn print_tokens(source: &str, file: FileId) -> String {
    let mut lexer = Lexer::new(source, file);
    let (mut tokens, mut out) = (Vec::new(), String::new());
    while lexer.next_item(&mut base::symbol::interner(), &mut tokens) {
        for token in &tokens {
            let kind = token.kind();
            out += &format!("{}..{} {kind:?}", token.lo, token.hi);
            let text = &source[token.lo as usize..token.hi as usize];
            if kind == Kind::Semi {
                out += if token.token.symbol == WRITTEN { " `;`" } else { "" };
            } else if !text.is_empty() {
                out += &format!(" `{}`", text.escape_debug());
            }
            out.push('\n');
        }
        out.push('\n');
    }
    out
}

/// A symbol in a line: texts are quoted.
pub(crate) fn quoted(symbol: Symbol) -> String {
    format!("{:?}", symbol.as_str())
}
