//! Tokens in words, for messages.
//!
//! In: a token, or the names of the terminals a sentence can go on with. Out: «the name `x`», «an expression or `)`».

#![expect(clippy::wildcard_enum_match_arm, reason = "questions about tokens name a few kinds of a hundred")]

use super::Repair;
use crate::token::Kind;

impl Repair<'_> {
    /// A token as people call it.
    pub(super) fn describe(&self, at: usize) -> String {
        let token = self.tokens[at];
        let text = self.text(&token);
        match token.kind() {
            Kind::Semi if text != ";" => "the end of the line".into(),
            Kind::Hole => "what was not understood".into(),
            Kind::Name => format!("the name `{text}`"),
            Kind::Int | Kind::Float => format!("the number `{text}`"),
            Kind::Str | Kind::StrHead | Kind::Bytes => "a string".into(),
            Kind::StrMid | Kind::StrTail => "`}`".into(),
            Kind::Char | Kind::Byte => "a character".into(),
            Kind::Region => format!("the region or label `{text}`"),
            Kind::Format => "a format".into(),
            _other if text.is_empty() => "the end of the line".into(),
            kind if kind.is_word() => format!("the keyword `{text}`"),
            _other => format!("`{text}`"),
        }
    }
}

/// Constructs, each known by some terminals that can begin it, the most telling first.
const CONSTRUCTS: &[(&str, &[&str])] = &[
    ("a statement", &["let", "var", "return", "using"]),
    ("an item such as `fn` or `record`", &["record", "union", "impl", "fn"]),
    ("a member such as `fn` or `const`", &["fn", "const", "type"]),
    ("a parameter", &["self", "var", "NAME", "_", "&"]),
    ("an expression", &["NAME", "INT", "STR", "(", "[", "-", "!", "if", "match"]),
    ("a pattern", &["NAME", "INT", "_", "(", "[", "..", "var"]),
    ("a type", &["NAME", "&", "[", "(", "dyn", "fn"]),
    ("a bound", &["NAME", "REGION", "HOLE"]),
];

/// What can come after any construct, so worth naming beside it.
const CLOSING: &[&str] = &[")", "]", "}", ",", ";", "=>", "in", "{body", "STR_TAIL"];

/// A list of terminals in words. Terminals that together begin one construct are named as that construct.
pub(super) fn words(expected: &[&str]) -> String {
    let mut out: Vec<String> = Vec::new();
    let construct =
        CONSTRUCTS.iter().find(|(_, begin)| begin.iter().all(|terminal| expected.contains(terminal)));
    if let Some((name, _)) = construct {
        out.push((*name).into());
    }
    let operator = expected.contains(&"BINOP");
    if operator && construct.is_none() {
        out.push("an operator".into());
    }
    for &terminal in expected {
        // A construct hides every terminal that may begin it.
        if (construct.is_some() || operator) && !CLOSING.contains(&terminal) {
            continue;
        }
        let name = match terminal {
            "HOLE" | "BINOP" | "STR_MID" | "MACRO_VAR" | "#[" => continue,
            ";" => "the end of the line".into(),
            "{body" | "{" | "{record" => "`{`".into(),
            "NAME" => "a name".into(),
            "REGION" => "a region".into(),
            "INT" | "FLOAT" => "a number".into(),
            "STR" | "STR_HEAD" | "BYTES" => "a string".into(),
            "STR_TAIL" => "`}`".into(),
            "FORMAT" => "a format".into(),
            "CHAR" | "BYTE" => "a character".into(),
            "ASSIGN_OP" => "an assignment".into(),
            "LET_ELSE" => "`else`".into(),
            text => format!("`{text}`"),
        };
        if !out.contains(&name) {
            out.push(name);
        }
    }
    match out.len() {
        0 => "something else".into(),
        1 => out.remove(0),
        len if len > 6 => format!("{} or something else", out[..5].join(", ")),
        len => format!("{} or {}", out[..len - 1].join(", "), out[len - 1]),
    }
}
