//! A suggestion as the lines it would leave, with what is new underlined.
//!
//! ```text
//! = fix 1: clone it
//!     6 │     close(account.clone())
//!       │                  ++++++++
//! ```

use crate::excerpt::{Class, push_printable};
use crate::{CodeFix, SourceFile, SourceMap, Suggestion};
use unicode_width::UnicodeWidthStr;

/// Lines shown of one group of edits, and characters of unchanged text on either side of one.
const LINES: usize = 8;
const AROUND: usize = 60;

/// Appends the fixed lines to the note.
pub fn print(sources: &SourceMap, suggestion: &Suggestion, coloured: bool, note: &mut String) {
    let mut fixes: Vec<&CodeFix> = suggestion.fixes.iter().collect();
    fixes.sort_by_key(|fix| fix.span);
    for group in fixes.chunk_by(|a, b| are_close(sources, a, b)) {
        let file = sources.file(group[0].span.file);
        if is_applicable(file, group) {
            print_group(file, group, coloured, note);
        }
    }
}

fn are_close(sources: &SourceMap, a: &CodeFix, b: &CodeFix) -> bool {
    let file = sources.file(a.span.file);
    a.span.file == b.span.file && file.line_at(b.span.lo) <= file.line_at(a.span.hi) + 2
}

/// In order, apart, and on character boundaries.
fn is_applicable(file: &SourceFile, group: &[&CodeFix]) -> bool {
    let apart = group.windows(2).all(|pair| pair[0].span.hi <= pair[1].span.lo);
    apart && group.iter().all(|fix| file.text.get(fix.span.lo as usize..fix.span.hi as usize).is_some())
}

fn print_group(file: &SourceFile, group: &[&CodeFix], coloured: bool, note: &mut String) {
    let number = file.line_at(group[0].span.lo);
    let mut page = Page { lines: vec![Vec::new()] };
    let mut at = file.line_start(number) as usize;
    for (index, fix) in group.iter().enumerate() {
        page.old(&file.text[at..fix.span.lo as usize], index == 0, false);
        page.push(&fix.replacement, true);
        at = fix.span.hi as usize;
    }
    let rest = &file.text[at..];
    page.old(rest[..rest.find('\n').unwrap_or(rest.len())].trim_end_matches('\r'), false, true);

    let gutter = (number as usize + page.lines.len().min(LINES) - 1).to_string().len();
    for (index, line) in page.lines.iter().take(LINES).enumerate() {
        let mut text = String::new();
        let mut below = String::new();
        for (piece, new) in line {
            if *new && coloured {
                text.push(Class::Added.mark());
            }
            text.push_str(piece);
            if *new && coloured {
                text.push(Class::Plain.mark());
            }
            below.push_str(&if *new { "+" } else { " " }.repeat(piece.width()));
        }
        note.push_str(format!("\n    {:>gutter$} │ {text}", number as usize + index).trim_end());
        if below.contains('+') {
            note.push_str(format!("\n    {:gutter$} │ {below}", "").trim_end());
        }
    }
    if page.lines.len() > LINES {
        note.push_str(&format!("\n    {:gutter$} · {} more lines", "", page.lines.len() - LINES));
    }
}

/// Lines of pieces of text, new or old.
struct Page {
    lines: Vec<Vec<(String, bool)>>,
}

impl Page {
    fn push(&mut self, text: &str, new: bool) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.lines.push(Vec::new());
            }
            let mut safe = String::new();
            for ch in line.trim_end_matches('\r').chars() {
                if ch == '\t' { safe.push_str("    ") } else { push_printable(&mut safe, ch) }
            }
            if let Some(last) = self.lines.last_mut().filter(|_| !safe.is_empty()) {
                last.push((safe, new));
            }
        }
    }
    /// Unchanged text: kept near the edits, cut where it is long.
    fn old(&mut self, text: &str, before: bool, after: bool) {
        let count = |text: &str| text.chars().take(2 * AROUND + 1).count();
        let head = |chars| text.char_indices().nth(chars).map_or(text, |(at, _)| &text[..at]);
        let tail =
            |chars: usize| text.char_indices().rev().nth(chars - 1).map_or(text, |(at, _)| &text[at..]);
        if count(text) <= 2 * AROUND {
            self.push(text, false);
        } else if before {
            self.push(&format!("…{}", tail(AROUND)), false);
        } else if after {
            self.push(&format!("{}…", head(AROUND)), false);
        } else {
            self.push(&format!("{}…{}", head(AROUND / 2), tail(AROUND / 2)), false);
        }
    }
}
