//! The few lines of a file that one diagnostic shows, made safe to print.
//!
//! In: a file and the spans to underline. Out: a small text that codespan-reporting renders as if it were the
//! file: it asks for line numbers and gets those of the file, so a line of 100 MB costs what 160 characters
//! cost.
//!
//! ```text
//! line 7 of 9,000,000: "let x = ⟨ESC⟩[2J" + 100 MB   →   7 │ let x = ␛[2J…
//! ```
//!
//! True afterwards: no control character is left but tab, line feed and the [`Class`] marks; no line is longer
//! than [`LONGEST_LINE`] characters; every underlined range has a width. A mark is a control character of no
//! width put where a token begins; the writer of `render.rs` takes it out again and sets the colour.

use crate::{SourceFile, Span};
use codespan_reporting::files::{Error, Files, Location};
use std::collections::BTreeSet;
use std::ops::Range;
use unicode_width::UnicodeWidthChar;

/// Lines shown before and after the primary span.
pub const CONTEXT_LINES: u32 = 3;
/// Characters shown of a line, and how many of them stand before what is underlined.
const LONGEST_LINE: usize = 160;
const BEFORE_LABEL: usize = 40;

/// How a token is coloured. The discriminant is the control character that marks it in an excerpt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Plain = 1,
    Keyword,
    Type,
    String,
    Number,
    Comment,
    /// Text that a fix adds.
    Added,
}

impl Class {
    pub const ALL: [Class; 7] = [
        Class::Plain,
        Class::Keyword,
        Class::Type,
        Class::String,
        Class::Number,
        Class::Comment,
        Class::Added,
    ];
    pub fn mark(self) -> char {
        char::from(self as u8)
    }
    pub fn of_mark(byte: u8) -> Option<Class> {
        Class::ALL.into_iter().find(|&class| class as u8 == byte)
    }
}

/// The colour of the bytes `lo..hi` of a file. A file's paints are sorted and do not overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint {
    pub lo: u32,
    pub hi: u32,
    pub class: Class,
}

/// A span to underline.
pub struct Mark {
    pub span: Span,
    pub primary: bool,
}

/// The lines of one file that one diagnostic shows. See [`Excerpt::new`].
pub struct Excerpt {
    name: String,
    text: String,
    lines: Vec<Line>,
    /// Lines that are only passed by a label of many lines, by index.
    passed: Vec<Range<usize>>,
    /// Where labels begin in `text`, and the place in the file that this stands for.
    places: Vec<(usize, Location)>,
}

/// `index` counts shown lines; three missing ones stand for any larger gap.
struct Line {
    index: usize,
    number: u32,
    range: Range<usize>,
}

impl Excerpt {
    /// The excerpt, and the range of each mark in its text.
    pub fn new(file: &SourceFile, marks: &[Mark], paints: &[Paint]) -> (Excerpt, Vec<Range<usize>>) {
        let bounds: Vec<(u32, u32)> = marks.iter().map(|mark| bounds(file, mark.span)).collect();
        let mut excerpt = Excerpt {
            name: printable(&file.name),
            text: String::new(),
            lines: Vec::new(),
            passed: Vec::new(),
            places: Vec::new(),
        };
        let mut wanted = Wanted::new(marks, &bounds);
        let mut previous: Option<u32> = None;
        for number in lines_to_show(file, marks, &bounds) {
            let gap = previous.map_or(0, |previous| (number - previous).min(3));
            let index = excerpt.lines.last().map_or(0, |line| line.index) + gap as usize;
            let start = excerpt.text.len();
            excerpt.push_line(file, number, &mut wanted, paints);
            excerpt.lines.push(Line { index, number, range: start..excerpt.text.len() });
            previous = Some(number);
        }
        let ranges = bounds.iter().map(|&bounds| excerpt.place_label(file, bounds, &wanted)).collect();
        (excerpt, ranges)
    }

    fn push_line(&mut self, file: &SourceFile, number: u32, wanted: &mut Wanted, paints: &[Paint]) {
        let start = file.line_start(number) as usize;
        let line = file.line(number);
        let anchor = wanted.first_in(start, start + line.len()).map_or(0, |at| at - start);
        let window = window(line, anchor);
        if window.start > 0 {
            wanted.reach(start + window.start - 1, self.text.len());
            self.text.push('…');
        }
        let mut paints =
            paints[paints.partition_point(|paint| (paint.hi as usize) <= start)..].iter().peekable();
        let mut class = Class::Plain;
        for (offset, ch) in line[window.clone()].char_indices() {
            let at = start + window.start + offset;
            wanted.reach(at, self.text.len());
            while paints.next_if(|paint| paint.hi as usize <= at).is_some() {}
            let paint = paints.peek().filter(|paint| paint.lo as usize <= at);
            let now = paint.map_or(Class::Plain, |paint| paint.class);
            if now != class && !ch.is_whitespace() {
                self.text.push(now.mark());
                class = now;
            }
            push_printable(&mut self.text, ch);
        }
        wanted.reach(start + window.end, self.text.len());
        if window.end < line.len() {
            self.text.push('…');
        }
        wanted.reach(start + line.len(), self.text.len());
        self.text.push('\n');
    }

    /// The range of a label in the excerpt: wide enough to be seen, within its line.
    fn place_label(&mut self, file: &SourceFile, (lo, hi): (u32, u32), wanted: &Wanted) -> Range<usize> {
        let (mut start, mut end) = (wanted.place(lo), wanted.place(hi));
        let (first, last) = (self.line_of(start), self.line_of(end));
        if first == last {
            let line_end = self.lines[first].range.end - 1;
            while !self.text[start..end].chars().any(|ch| width(ch) > 0) && end < line_end {
                end += self.text[end..].chars().next().map_or(1, char::len_utf8);
            }
            if !self.text[start..end].chars().any(|ch| width(ch) > 0) {
                // Nothing left to underline: the renderer puts a caret behind the line.
                (start, end) = (line_end, line_end);
            }
        } else {
            self.passed.push(self.lines[first].index + 1..self.lines[last].index);
        }
        let (line, column) = file.line_col(lo);
        self.places.push((start, Location { line_number: line as usize, column_number: column as usize }));
        start..end
    }

    /// The position in `lines` of the line that holds a byte of `text`.
    fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.range.end <= at).min(self.lines.len() - 1)
    }
}

/// A span moved onto character boundaries inside the text, without line breaks at its end.
fn bounds(file: &SourceFile, span: Span) -> (u32, u32) {
    let text = &file.text;
    let hi = text.ceil_char_boundary(span.hi as usize);
    let lo = text.floor_char_boundary((span.lo as usize).min(hi));
    // A place inside a line break is the end of its line.
    let line = file.line_at(lo as u32);
    let lo = lo.min(file.line_start(line) as usize + file.line(line).len());
    let trimmed = text[lo..hi.max(lo)].trim_end_matches(['\n', '\r']);
    (lo as u32, (lo + trimmed.len()) as u32)
}

/// Numbers of the lines to show: labels and the context of the primary one.
fn lines_to_show(file: &SourceFile, marks: &[Mark], bounds: &[(u32, u32)]) -> BTreeSet<u32> {
    let ends = |&(lo, hi): &(u32, u32)| (file.line_at(lo), file.line_at(hi));
    // What a label of many lines passes must be there wherever the renderer looks for context.
    let any_long = bounds.iter().map(ends).any(|(first, last)| first != last);
    let mut lines = BTreeSet::new();
    for (mark, (first, last)) in marks.iter().zip(bounds.iter().map(ends)) {
        let context = if mark.primary || any_long { CONTEXT_LINES } else { 0 };
        lines.extend(first.saturating_sub(context).max(1)..=(first + context).min(last));
        lines.extend(last.saturating_sub(context).max(first)..=(last + context).min(file.line_count()));
    }
    trim_blank(file, &mut lines, bounds);
    let holes: Vec<u32> = lines.iter().map(|line| line + 1).filter(|it| lines.contains(&(it + 1))).collect();
    lines.extend(holes);
    lines
}

/// Blank lines at either end say nothing.
fn trim_blank(file: &SourceFile, lines: &mut BTreeSet<u32>, bounds: &[(u32, u32)]) {
    let labelled: BTreeSet<u32> =
        bounds.iter().flat_map(|&(lo, hi)| [file.line_at(lo), file.line_at(hi)]).collect();
    let blank = |line: &u32| !labelled.contains(line) && file.line(*line).trim().is_empty();
    while lines.first().is_some_and(blank) {
        lines.pop_first();
    }
    while lines.last().is_some_and(blank) {
        lines.pop_last();
    }
}

/// The part of a line to show: all of it, or [`LONGEST_LINE`] characters around `anchor`.
fn window(line: &str, anchor: usize) -> Range<usize> {
    if line.chars().nth(LONGEST_LINE).is_none() {
        return 0..line.len();
    }
    let start = line[..anchor].char_indices().rev().nth(BEFORE_LABEL - 1).map_or(0, |(at, _)| at);
    let end = line[start..].char_indices().nth(LONGEST_LINE).map_or(line.len(), |(at, _)| start + at);
    start..end
}

/// Offsets of the file whose place in the excerpt is asked for.
struct Wanted {
    /// Offset in the file, place in the excerpt; sorted. Places are known up to `reached`.
    offsets: Vec<(usize, usize)>,
    reached: usize,
    primary: BTreeSet<usize>,
}

impl Wanted {
    fn new(marks: &[Mark], bounds: &[(u32, u32)]) -> Wanted {
        let all: BTreeSet<usize> = bounds.iter().flat_map(|&(lo, hi)| [lo as usize, hi as usize]).collect();
        let primary = marks.iter().zip(bounds).filter(|(mark, _)| mark.primary);
        let primary = primary.flat_map(|(_, &(lo, hi))| [lo as usize, hi as usize]).collect();
        Wanted { offsets: all.into_iter().map(|at| (at, 0)).collect(), reached: 0, primary }
    }
    /// Offsets up to `at` that have no place yet stand at `place`.
    fn reach(&mut self, at: usize, place: usize) {
        while let Some(offset) = self.offsets.get_mut(self.reached).filter(|(offset, _)| *offset <= at) {
            offset.1 = place;
            self.reached += 1;
        }
    }
    fn place(&self, offset: u32) -> usize {
        let found = self.offsets.binary_search_by_key(&(offset as usize), |&(at, _)| at);
        found.map_or(0, |found| self.offsets[found].1)
    }
    /// The first offset of the primary label in these bytes, else of any label.
    fn first_in(&self, lo: usize, hi: usize) -> Option<usize> {
        let any = || self.offsets.iter().map(|&(at, _)| at).find(|at| (lo..=hi).contains(at));
        self.primary.range(lo..=hi).next().copied().or_else(any)
    }
}

/// Tabs take at least a column; what has no width cannot be underlined.
fn width(ch: char) -> usize {
    if ch == '\t' { 1 } else { ch.width().unwrap_or(0) }
}

/// Characters of the longest word that a message shows, and how many of a longer one's beginning and end.
const LONGEST_WORD: usize = 160;
const WORD_ENDS: (usize, usize) = (100, 20);

/// What a message says, [`printable`], its overlong words (a name of a megabyte) shown by their beginning and end.
pub fn message(text: &str) -> String {
    let mut brief = String::with_capacity(text.len().min(1000));
    for word in text.split_inclusive([' ', '\n']) {
        let count = if word.len() > LONGEST_WORD { word.chars().count() } else { 0 };
        if count > LONGEST_WORD {
            brief.extend(word.chars().take(WORD_ENDS.0));
            brief.push('…');
            brief.extend(word.chars().skip(count - WORD_ENDS.1));
        } else {
            brief.push_str(word);
        }
    }
    printable(&brief)
}

/// A text in which nothing moves the cursor, hides or reorders what is read.
pub fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for ch in text.chars() {
        if ch == '\n' { safe.push(ch) } else { push_printable(&mut safe, ch) }
    }
    safe
}

pub fn push_printable(text: &mut String, ch: char) {
    match ch {
        '\t' => text.push(ch),
        '\0'..='\x1f' => text.push(char::from_u32(0x2400 + ch as u32).unwrap_or('\u{fffd}')),
        '\x7f' => text.push('␡'),
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => text.push_str(&format!("<U+{:04X}>", ch as u32)),
        _ => text.push(ch),
    }
}

/// The excerpts of one diagnostic, in the order in which its labels name the files.
pub struct Excerpts(pub Vec<Excerpt>);

impl Excerpts {
    fn get(&self, id: usize) -> Result<&Excerpt, Error> {
        self.0.get(id).ok_or(Error::FileMissing)
    }
}

impl<'a> Files<'a> for Excerpts {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.get(id)?.name)
    }
    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.get(id)?.text)
    }
    fn line_index(&'a self, id: usize, at: usize) -> Result<usize, Error> {
        let excerpt = self.get(id)?;
        Ok(excerpt.lines[excerpt.line_of(at)].index)
    }
    fn line_number(&'a self, id: usize, index: usize) -> Result<usize, Error> {
        let lines = &self.get(id)?.lines;
        let at = lines.partition_point(|line| line.index <= index).max(1) - 1;
        Ok(lines[at].number as usize)
    }
    fn line_range(&'a self, id: usize, index: usize) -> Result<Range<usize>, Error> {
        let excerpt = self.get(id)?;
        let lines = &excerpt.lines;
        match lines.binary_search_by_key(&index, |line| line.index) {
            Ok(found) => Ok(lines[found].range.clone()),
            Err(_) if excerpt.passed.iter().any(|passed| passed.contains(&index)) => Ok(0..0),
            Err(_) => Err(Error::LineTooLarge { given: index, max: lines.len() }),
        }
    }
    fn location(&'a self, id: usize, at: usize) -> Result<Location, Error> {
        let place = self.get(id)?.places.iter().find(|(start, _)| *start == at);
        place.map(|(_, location)| *location).ok_or(Error::IndexTooLarge { given: at, max: 0 })
    }
}
