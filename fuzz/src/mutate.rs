//! One text to another, by chance.
//!
//! In: a text and a [`Chance`]. Out: one to four changes later, each to a token, a group in brackets, a piece of a line, a
//! line, an item or a name:
//!
//! ```text
//! fn f(n: i64) -> i64 { n + 1 }   →   fn f(n: i64) -> i64 { match n { x => x } + 1 }
//! ```

use crate::text::{self, class, groups, is_space, is_word, items, lines, pieces, tokens};
use crate::words::{SHAPES, WORDS};
use std::ops::Range;

/// splitmix64
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u32) -> Chance {
        Chance(u64::from(seed) << 20 | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 16) as usize % limit.max(1)
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn of<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        if list.is_empty() { None } else { Some(list[self.below(list.len())].clone()) }
    }
}

pub fn mutated(mut text: String, chance: &mut Chance) -> String {
    if text.trim().is_empty() {
        text = donor(chance).to_string();
    }
    for _ in 0..1 + chance.below(4) {
        text = once(&text, chance).unwrap_or(text);
    }
    text
}

/// A program of the tree.
fn donor(chance: &mut Chance) -> &'static str {
    chance.of(crate::seeds()).map_or("", |_| &crate::seeds()[chance.below(crate::seeds().len())])
}

fn once(text: &str, chance: &mut Chance) -> Option<String> {
    match chance.below(100) {
        0..30 => change_token(text, chance),
        30..40 => change_group(text, chance),
        40..65 => change_piece(text, chance),
        65..75 => change_parts(lines(text), lines(donor(chance)), chance),
        75..88 => change_parts(items(text), items(donor(chance)), chance),
        88..95 => rename(text, chance),
        95..97 => Some(donor(chance).to_string()),
        97..99 => append_file(text, chance),
        _ => Some(cut(text, chance)),
    }
}

fn change_token(text: &str, chance: &mut Chance) -> Option<String> {
    let mut tokens = tokens(text);
    let solid: Vec<usize> = (0..tokens.len()).filter(|&index| !is_space(tokens[index])).collect();
    let at = chance.of(&solid)?;
    let like_it: Vec<&str> =
        solid.iter().map(|&it| tokens[it]).filter(|it| class(it) == class(tokens[at])).collect();
    match chance.below(7) {
        0 => drop(tokens.remove(at)),
        1 => tokens.insert(at, tokens[at]),
        2 => tokens.swap(at, chance.of(&solid)?),
        3 | 4 => tokens[at] = chance.of(&like_it)?,
        5 => tokens[at] = chance.of(WORDS)?,
        _ => {
            tokens.insert(at, " ");
            tokens.insert(at, chance.of(WORDS)?);
        }
    }
    Some(tokens.concat())
}

/// A group in brackets goes, or becomes another in brackets of its kind.
fn change_group(text: &str, chance: &mut Chance) -> Option<String> {
    let own = tokens(text);
    let at = chance.of(&groups(&own))?;
    let other = if chance.one_in(2) { own.clone() } else { tokens(donor(chance)) };
    let alike: Vec<Range<usize>> =
        groups(&other).into_iter().filter(|it| other[it.start] == own[at.start]).collect();
    match chance.below(4) {
        0 => Some(replaced(&own, at, &[])),
        1 => Some(replaced(&own, at.start + 1..at.end - 1, &[])),
        _ => Some(replaced(&own, at, &other[chance.of(&alike)?])),
    }
}

/// An expression, a type, a pattern: gone, another, or in a shape around it.
fn change_piece(text: &str, chance: &mut Chance) -> Option<String> {
    let own = tokens(text);
    let at = chance.of(&pieces(&own))?;
    let at = without_space(&own, at);
    match chance.below(6) {
        0 => Some(replaced(&own, at, &[])),
        1 | 2 => {
            let other = if chance.one_in(2) { own.clone() } else { tokens(donor(chance)) };
            let piece = chance.of(&pieces(&other))?;
            Some(replaced(&own, at, &other[piece]))
        }
        _ => {
            let (before, after) = chance.of(SHAPES)?;
            let inner = own[at.clone()].concat();
            Some(replaced(&own, at, &[before, &inner, after]))
        }
    }
}

fn without_space(tokens: &[&str], mut at: Range<usize>) -> Range<usize> {
    while at.start < at.end && is_space(tokens[at.start]) {
        at.start += 1;
    }
    while at.start < at.end && is_space(tokens[at.end - 1]) {
        at.end -= 1;
    }
    at
}

fn replaced(tokens: &[&str], at: Range<usize>, by: &[&str]) -> String {
    [&tokens[..at.start], by, &tokens[at.end..]].concat().concat()
}

/// Lines or items.
fn change_parts<'a>(mut own: Vec<&'a str>, other: Vec<&'a str>, chance: &mut Chance) -> Option<String> {
    let at = chance.below(own.len());
    let to = chance.below(own.len());
    match chance.below(6) {
        0 if own.len() > 1 => drop(own.remove(at)),
        1 => own.insert(to, chance.of(&own)?),
        2 if own.len() > 1 => own.swap(at, to),
        3 if !own.is_empty() => own[at] = chance.of(&other)?,
        _ => own.insert(at, chance.of(&other)?),
    }
    Some(own.concat())
}

/// A name becomes another of the program, everywhere or once.
fn rename(text: &str, chance: &mut Chance) -> Option<String> {
    let mut tokens = tokens(text);
    let words: Vec<&str> = tokens.iter().copied().filter(|it| is_word(it)).collect();
    let (from, to) = (chance.of(&words)?, chance.of(&words)?);
    let places: Vec<usize> = (0..tokens.len()).filter(|&it| tokens[it] == from).collect();
    let places = if chance.one_in(2) { places } else { vec![chance.of(&places)?] };
    places.into_iter().for_each(|it| tokens[it] = to);
    Some(tokens.concat())
}

/// Another file, and an import of it.
fn append_file(text: &str, chance: &mut Chance) -> Option<String> {
    let name = chance.of(&["a", "b", "a.b"])?;
    let other = donor(chance);
    let import = chance.of(&["", "use fuzzed.a.*\n", "use fuzzed.b\n", "use fuzzed.main.main\n"])?;
    let public = if chance.one_in(2) { other.replace("\nfn ", "\npub fn ") } else { other.to_string() };
    Some(format!("{text}\n{}{name}\n{import}{public}", tests::invariants::SEPARATOR))
}

/// The text ends early.
fn cut(text: &str, chance: &mut Chance) -> String {
    let tokens = text::tokens(text);
    let at = chance.below(tokens.len());
    tokens[..at].concat()
}
