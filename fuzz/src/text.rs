//! The parts of a text, by a glance: tokens, brackets, lines, items. Whatever the text, they make up all of it.
//!
//! In: text. Out: slices of it, in order:
//!
//! ```text
//! fn f(n: i64) { n }   →   "fn" " " "f" "(" "n" ":" " " "i64" ")" " " "{" " " "n" " " "}"
//! ```

use std::ops::Range;

/// Words, numbers, strings, operators, white space.
pub fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = length(rest, first);
        let (token, after) = rest.split_at(len.max(first.len_utf8()));
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn length(rest: &str, first: char) -> usize {
    let run = |is_in: fn(char) -> bool| rest.find(|ch| !is_in(ch)).unwrap_or(rest.len());
    match first {
        '\n' => 1,
        _ if first.is_whitespace() => run(|ch| ch.is_whitespace() && ch != '\n'),
        _ if first.is_alphanumeric() || first == '_' => run(|ch| ch.is_alphanumeric() || ch == '_'),
        '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
        '"' => string(rest),
        _ => {
            const LONG: [&str; 24] = [
                "..=", "<<=", ">>=", "...", "..", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "<<", ">>",
                "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "#[",
            ];
            LONG.iter().find(|it| rest.starts_with(**it)).map_or(first.len_utf8(), |it| it.len())
        }
    }
}

/// A string that ends on its line, or only its quote.
fn string(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, ch) in rest.char_indices().skip(1) {
        match ch {
            '\n' => return 1,
            '"' if !is_escaped => return at + 1,
            _ => is_escaped = ch == '\\' && !is_escaped,
        }
    }
    1
}

pub fn is_space(token: &str) -> bool {
    token.starts_with(char::is_whitespace)
}

pub fn is_word(token: &str) -> bool {
    token.starts_with(|ch: char| ch.is_alphabetic() || ch == '_')
}

/// What can stand for each other: `(`, `name`, `Name`, `1`, `"s"`, operators.
pub fn class(token: &str) -> u32 {
    let first = token.chars().next().unwrap_or(' ');
    match first {
        _ if first.is_uppercase() => 1,
        _ if first.is_alphabetic() || first == '_' => 2,
        _ if first.is_numeric() => 3,
        '"' | '\'' => 4,
        '(' | '[' | '{' | ')' | ']' | '}' => 5,
        _ => 6,
    }
}

/// Pairs of brackets, as ranges of tokens with both of them.
pub fn groups(tokens: &[&str]) -> Vec<Range<usize>> {
    let mut open = Vec::new();
    let mut groups = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match *token {
            "(" | "[" | "{" | "#[" => open.push(index),
            ")" | "]" | "}" => groups.extend(open.pop().map(|start| start..index + 1)),
            _ => (),
        }
    }
    groups
}

/// Runs of tokens between commas, ends of lines, `=`, and brackets, those in inner brackets included: mostly
/// expressions, types, patterns, parameters.
pub fn pieces(tokens: &[&str]) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut starts = vec![0];
    for (index, token) in tokens.iter().enumerate() {
        let mut end = |starts: &mut Vec<usize>| {
            let start = starts.pop().unwrap_or(0);
            if tokens[start..index].iter().any(|it| !is_space(it)) {
                pieces.push(start..index);
            }
        };
        match *token {
            "(" | "[" | "{" | "#[" => starts.push(index + 1),
            ")" | "]" | "}" => {
                end(&mut starts);
                if starts.is_empty() {
                    starts.push(index + 1);
                }
            }
            "," | "\n" | "=" | "=>" | "->" | ":" | ";" => {
                end(&mut starts);
                starts.push(index + 1);
            }
            _ => (),
        }
    }
    pieces
}

/// With their ends.
pub fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// What begins at the left margin, with the attributes and comments above it.
pub fn items(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut start, mut at, mut is_open) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        let begins = !line.starts_with(char::is_whitespace) && !line.starts_with(['}', ')', ']']);
        if begins && is_open {
            items.push(&text[start..at]);
            start = at;
        }
        if begins {
            is_open = !line.starts_with(['#', '/']);
        }
        at += line.len();
    }
    items.push(&text[start..]);
    items
}
