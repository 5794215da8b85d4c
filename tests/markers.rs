//! `//~ B3002 does not live long enough`: what a program's text says of its own errors.
//!
//! ```text
//! take(account)
//! log(account)      //~ B3000 used after it was moved     on this line
//!                   //~^ B3000 used                       on the line above; each `^` goes one up
//! ```
//!
//! Every diagnostic needs a marker, and every marker a diagnostic of that code whose message, or one of whose
//! labels or notes, contains the text.

use base::{Diagnostic, Report, SourceMap};
use std::fmt::Write;

/// What one marker asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Marker {
    file: String,
    line: u32,
    code: String,
    text: String,
}

/// Writes down every diagnostic without marker and every marker without diagnostic. `is_own` tells the files
/// of the test from those of the standard library.
pub fn compare(sources: &SourceMap, report: &Report, is_own: impl Fn(&str) -> bool, problems: &mut String) {
    let own = sources.files().filter(|(_, file)| is_own(&file.name));
    let mut markers: Vec<Marker> = own.flat_map(|(_, file)| find(&file.name, &file.text)).collect();
    for diagnostic in report.all() {
        let file = &sources.file(diagnostic.primary.span.file).name;
        let (line, column) = sources.line_col(diagnostic.primary.span);
        let is_it = |marker: &Marker| {
            marker.file == *file
                && marker.line == line
                && marker.code == diagnostic.code
                && says(diagnostic, &marker.text)
        };
        match markers.iter().position(is_it) {
            Some(found) => drop(markers.remove(found)),
            None => {
                let (code, message) = (diagnostic.code, &diagnostic.message);
                let _ = writeln!(problems, "unexpected {file}:{line}:{column} {code} {message}");
            }
        }
    }
    for Marker { file, line, code, text } in markers {
        let _ = writeln!(problems, "missing    {file}:{line} {code} {text}");
    }
}

/// Has this text any marker?
pub fn any(text: &str) -> bool {
    !find("", text).is_empty()
}

fn says(diagnostic: &Diagnostic, text: &str) -> bool {
    let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary).map(|label| &label.text);
    let fixes = diagnostic.suggestions.iter().map(|it| &it.message);
    let mut all = std::iter::once(&diagnostic.message).chain(labels).chain(&diagnostic.notes).chain(fixes);
    all.any(|said| said.contains(text))
}

fn find(file: &str, text: &str) -> Vec<Marker> {
    let marker = |(line, (_, marker)): (u32, (&str, &str))| {
        let carets = marker.chars().take_while(|&ch| ch == '^').count();
        let rest = marker[carets..].trim();
        let (code, text) = rest.split_once(' ').unwrap_or((rest, ""));
        Marker {
            file: file.to_string(),
            line: line.saturating_sub(carets as u32),
            code: code.to_string(),
            text: text.trim().to_string(),
        }
    };
    let lines = (1..).zip(text.lines());
    lines.filter_map(|(number, line)| Some((number, line.split_once("//~")?))).map(marker).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_found() {
        let found = find("a.qst", "one\nuse(x) //~ B3000 moved\n //~^ T2000\n //~^^^ N5000 a b\n");
        let marker = |line, code: &str, text: &str| Marker {
            file: "a.qst".into(),
            line,
            code: code.into(),
            text: text.into(),
        };
        assert_eq!(found, [marker(2, "B3000", "moved"), marker(2, "T2000", ""), marker(1, "N5000", "a b")]);
    }
}
