//! Stack traces of the program's own functions.
//!
//! In: the stack at a panic. Out: frames with function, file, line and column, read from DWARF by std's
//! `Backtrace` (which every program has in it already; a second reader would add half a megabyte).
//! Its frames have no stable interface but their text, so that is what [`parse`] reads:
//!
//! ```text
//!    4: main.pick                          →   Frame { function: "main.pick", file: "bank.qst", line: 12, column: 9 }
//!              at ./bank.qst:12:9
//! ```
//!
//! Hidden are the runtime's own frames and the standard library's; `QUASTRA_BACKTRACE=full` shows all,
//! `QUASTRA_BACKTRACE=0` none.

use crate::panic::Place;
use std::backtrace::Backtrace;
use std::fmt::Write;

/// Frames from the panic outwards, as far as `main` (see `start`).
pub struct Trace {
    frames: Vec<Frame>,
    shown: Shown,
}

struct Frame {
    function: String,
    file: String,
    line: u32,
    column: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Nothing,
    Own,
    All,
}

/// More frames than this are counted only.
const MOST: usize = 64;

/// Places are aligned behind functions of up to this length.
const WIDEST: usize = 40;

/// Whether a source file is the standard library's.
pub fn is_library(file: &str) -> bool {
    file.starts_with(abi::codes::LIBRARY_PREFIX)
}

impl Trace {
    /// The frames above; none if nobody is shown them, unless they are `needed` otherwise.
    pub fn capture(needed: bool) -> Trace {
        let shown = match std::env::var("QUASTRA_BACKTRACE").as_deref() {
            Ok("full") => Shown::All,
            Ok("0") => Shown::Nothing,
            Ok(_) | Err(_) => Shown::Own,
        };
        let frames = match needed || shown != Shown::Nothing {
            true => parse(&Backtrace::force_capture().to_string()),
            false => Vec::new(),
        };
        Trace { frames, shown }
    }

    /// The innermost place in the program's own code.
    pub fn caller(&self) -> Option<Place<'_>> {
        let frame = self.frames.iter().find(|frame| frame.is_own())?;
        Some(Place { file: &frame.file, line: frame.line, column: frame.column })
    }

    /// A line for each frame that is shown.
    pub fn write(&self, to: &mut String) {
        let left = self.write_first(MOST, to);
        if left > 0 {
            let _ = writeln!(to, "      and {left} more");
        }
    }

    /// A line for each of the first frames that are shown; how many are left.
    pub fn write_first(&self, most: usize, to: &mut String) -> usize {
        if self.shown == Shown::Nothing {
            return 0;
        }
        let mut frames: Vec<&Frame> =
            self.frames.iter().filter(|frame| self.shown == Shown::All || frame.is_own()).collect();
        let left = frames.len().saturating_sub(most);
        frames.truncate(most);
        let longest = frames.iter().map(|frame| frame.function.len()).max();
        let width = longest.unwrap_or(0).min(WIDEST);
        for (i, frame) in frames.iter().enumerate() {
            let Frame { function, file, line, column } = frame;
            let _ = if file.is_empty() {
                writeln!(to, "{i:4}: {function}")
            } else {
                writeln!(to, "{i:4}: {function:width$}  {file}:{line}:{column}")
            };
        }
        left
    }
}

impl Frame {
    /// Of the program, not of the standard library or the runtime; written by someone, not drop glue and the like.
    fn is_own(&self) -> bool {
        self.file.ends_with(".qst") && !is_library(&self.file) && !self.function.contains("{shim:")
    }
}

/// The text of a `Backtrace` as frames.
fn parse(text: &str) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    for line in text.lines() {
        let line = line.trim_start();
        if let Some(place) = line.strip_prefix("at ") {
            let Some(frame) = frames.last_mut() else { continue };
            let mut parts = place.rsplitn(3, ':');
            let (column, row, file) = (parts.next(), parts.next(), parts.next());
            if let (Some(column), Some(row), Some(file)) = (column, row, file) {
                frame.file = file.strip_prefix("./").unwrap_or(file).to_string();
                frame.line = row.parse().unwrap_or(0);
                frame.column = column.parse().unwrap_or(0);
            }
        } else if let Some((number, function)) = line.split_once(": ")
            && number.bytes().all(|digit| digit.is_ascii_digit())
        {
            frames.push(Frame { function: in_quastra(function), file: String::new(), line: 0, column: 0 });
        }
    }
    frames
}

/// A demangled name as the language writes it: `core::list::List::<i64>::push` is `core.list.List[i64].push`.
fn in_quastra(function: &str) -> String {
    let mut name = String::with_capacity(function.len());
    let mut rest = function;
    while let Some(c) = rest.chars().next() {
        let (taken, put) = match c {
            ':' if rest.starts_with("::<") => (3, "["),
            ':' if rest.starts_with("::") => (2, "."),
            '-' if rest.starts_with("->") => (2, "->"),
            '<' => (1, "["),
            '>' => (1, "]"),
            _ => (c.len_utf8(), &rest[..c.len_utf8()]),
        };
        name.push_str(put);
        rest = &rest[taken..];
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "   0: std::backtrace::Backtrace::force_capture
             at /rustc/lib/backtrace.rs:1:2
   1: qrt_panic
   2: core.option.Option.unwrap
             at std:core/option.qst:40:9
   3: main.pick
             at ./src/bank.qst:12:9
   4: main.{shim:entry#0}
             at ./src/bank.qst:1:1
   4: main.main
             at ./src/bank.qst:20:5
   5: main
";

    #[test]
    fn names_are_the_languages() {
        assert_eq!(in_quastra("bank::Bank::transfer"), "bank.Bank.transfer");
        assert_eq!(in_quastra("core::list::List::<i64>::push"), "core.list.List[i64].push");
        assert_eq!(in_quastra("app::map::<fn(i64) -> bool>"), "app.map[fn(i64) -> bool]");
    }

    #[test]
    fn own_frames_only() {
        let trace = Trace { frames: parse(TEXT), shown: Shown::Own };
        let place = trace.caller().unwrap();
        assert_eq!((place.file, place.line, place.column), ("src/bank.qst", 12, 9));
        let mut text = String::new();
        trace.write(&mut text);
        assert_eq!(text, "   0: main.pick  src/bank.qst:12:9\n   1: main.main  src/bank.qst:20:5\n");
    }

    #[test]
    fn all_frames() {
        let trace = Trace { frames: parse(TEXT), shown: Shown::All };
        let mut text = String::new();
        trace.write(&mut text);
        assert_eq!(text.lines().count(), 7);
        assert!(text.contains("   1: qrt_panic\n"));
    }
}
