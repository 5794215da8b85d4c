//! Diagnostics for people: codespan-reporting over [`crate::excerpt`]s, with colours and fixes.
//!
//! In: a [`Report`] and the texts. Out, on any writer that may know colours:
//!
//! ```text
//! error[B3000]: `account` is used after it was moved
//!   ┌─ bank.qst:7:9
//!   │
//! 6 │     close(account)
//!   │           ------- moved here
//! 7 │     log(account)
//!   │         ^^^^^^^ used here
//!   │
//!   = fix 1: clone it
//!       6 │     close(account.clone())
//!         │                  ++++++++
//!   = see https://quastra.example/errors/B3000 or `quastra explain B3000`
//! ```

pub use crate::excerpt::{Class, Paint};
use crate::excerpt::{Excerpt, Excerpts, Mark, message};
use crate::{Diagnostic, FileId, Label, Level, Report, SourceFile, SourceMap};
use codespan_reporting::diagnostic as shown;
use codespan_reporting::diagnostic::{LabelStyle, Severity};
use codespan_reporting::files::Error;
use codespan_reporting::term::termcolor::{Color, ColorSpec, WriteColor};
use codespan_reporting::term::{self, Styles, WriteStyle};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

mod fixes;

pub use codespan_reporting::term::termcolor;

/// Where the page of a code can be read.
pub fn code_url(code: &str) -> String {
    format!("https://quastra.example/errors/{code}")
}

/// Finds the tokens of a file to colour, sorted. `syntax` stands above this crate, so the driver hands it in.
pub type Highlighter = fn(&SourceFile) -> Vec<Paint>;

/// Writes reports. Remembers which codes it has given the page of.
pub struct Renderer<'a> {
    sources: &'a SourceMap,
    highlighter: Option<Highlighter>,
    paints: BTreeMap<FileId, Vec<Paint>>,
    explained: BTreeSet<&'static str>,
    config: term::Config,
}

impl<'a> Renderer<'a> {
    pub fn new(sources: &'a SourceMap, highlighter: Option<Highlighter>) -> Renderer<'a> {
        let lines = crate::excerpt::CONTEXT_LINES as usize;
        let config = term::Config {
            before_label_lines: lines,
            after_label_lines: lines,
            start_context_lines: lines,
            end_context_lines: 1,
            ..term::Config::default()
        };
        Renderer { sources, highlighter, paints: BTreeMap::new(), explained: BTreeSet::new(), config }
    }

    /// Writes what the report shows, and how many more there are.
    pub fn report(&mut self, report: &Report, out: &mut dyn WriteColor) -> io::Result<()> {
        for diagnostic in report.shown() {
            self.diagnostic(diagnostic, out)?;
        }
        match report.rest() {
            Some(rest) => writeln!(out, "{rest}\n"),
            None => Ok(()),
        }
    }

    pub fn diagnostic(&mut self, diagnostic: &Diagnostic, out: &mut dyn WriteColor) -> io::Result<()> {
        let coloured = out.supports_color();
        let labels: Vec<(&Label, bool)> = std::iter::once((&diagnostic.primary, true))
            .chain(diagnostic.secondary.iter().map(|label| (label, false)))
            .collect();
        let mut files: Vec<FileId> = Vec::new();
        for (label, _) in &labels {
            if !files.contains(&label.span.file) {
                files.push(label.span.file);
            }
        }
        let mut excerpts = Vec::new();
        let mut shown_labels = Vec::new();
        for (id, &file) in files.iter().enumerate() {
            let labels: Vec<_> = labels.iter().filter(|(label, _)| label.span.file == file).collect();
            let marks: Vec<Mark> =
                labels.iter().map(|(label, primary)| Mark { span: label.span, primary: *primary }).collect();
            let source = self.sources.file(file);
            let paints = if coloured { self.paints(file) } else { &[] };
            let (excerpt, ranges) = Excerpt::new(source, &marks, paints);
            excerpts.push(excerpt);
            for ((label, primary), range) in labels.into_iter().zip(ranges) {
                let style = if *primary { LabelStyle::Primary } else { LabelStyle::Secondary };
                let label = shown::Label::new(style, id, range).with_message(message(&label.text));
                shown_labels.push(label);
            }
        }
        let shown = shown::Diagnostic {
            severity: match diagnostic.level {
                Level::Error => Severity::Error,
                Level::Warning => Severity::Warning,
            },
            code: Some(diagnostic.code.to_string()),
            message: message(&diagnostic.message),
            labels: shown_labels,
            notes: self.notes(diagnostic, coloured),
        };
        let mut painter = Painter { out, styles: styles(), class: Class::Plain, in_style: false };
        let done = term::emit_to_write_style(&mut painter, &self.config, &Excerpts(excerpts), &shown);
        done.map_err(|error| if let Error::Io(error) = error { error } else { io::Error::other(error) })
    }

    fn notes(&mut self, diagnostic: &Diagnostic, coloured: bool) -> Vec<String> {
        let mut notes: Vec<String> = diagnostic.notes.iter().map(|note| message(note)).collect();
        for (index, suggestion) in diagnostic.suggestions.iter().enumerate() {
            let mut note = format!("fix {}: {}", index + 1, message(&suggestion.message));
            fixes::print(self.sources, suggestion, coloured, &mut note);
            notes.push(note);
        }
        if self.explained.insert(diagnostic.code) {
            let code = diagnostic.code;
            notes.push(format!("see {} or `quastra explain {code}`", code_url(code)));
        }
        notes
    }

    fn paints(&mut self, file: FileId) -> &[Paint] {
        let (sources, highlighter) = (self.sources, self.highlighter);
        let tokens = || highlighter.map_or(Vec::new(), |paint| paint(sources.file(file)));
        self.paints.entry(file).or_insert_with(tokens)
    }
}

fn styles() -> Styles {
    let mut styles = Styles::default();
    for spec in [&mut styles.secondary_label, &mut styles.line_number, &mut styles.source_border] {
        spec.set_fg(Some(Color::Blue)).set_intense(true);
    }
    styles
}

fn colour(class: Class) -> ColorSpec {
    let mut spec = ColorSpec::new();
    match class {
        Class::Plain => &mut spec,
        Class::Keyword => spec.set_fg(Some(Color::Magenta)),
        Class::Type => spec.set_fg(Some(Color::Cyan)),
        Class::String => spec.set_fg(Some(Color::Green)),
        Class::Number => spec.set_fg(Some(Color::Yellow)),
        Class::Comment => spec.set_fg(Some(Color::Black)).set_intense(true),
        Class::Added => spec.set_fg(Some(Color::Green)).set_bold(true),
    };
    spec
}

/// Turns the marks of an excerpt into colours; what the renderer colours itself keeps its colour.
struct Painter<'w> {
    out: &'w mut dyn WriteColor,
    styles: Styles,
    class: Class,
    in_style: bool,
}

impl Painter<'_> {
    fn style(&mut self, spec: &ColorSpec) -> io::Result<()> {
        self.in_style = true;
        self.out.set_color(spec)
    }
    fn set_class(&mut self, class: Class) -> io::Result<()> {
        self.class = class;
        if self.in_style { Ok(()) } else { self.out.set_color(&colour(class)) }
    }
}

impl Write for Painter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n' || Class::of_mark(byte).is_some()) {
            let (text, last) = piece.split_at(piece.len() - 1);
            self.out.write_all(text)?;
            match last[0] {
                b'\n' => {
                    if self.class != Class::Plain {
                        self.class = Class::Plain;
                        self.out.reset()?;
                    }
                    self.out.write_all(last)?;
                }
                byte => match Class::of_mark(byte) {
                    Some(class) => self.set_class(class)?,
                    None => self.out.write_all(last)?,
                },
            }
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl WriteStyle for Painter<'_> {
    fn set_header(&mut self, severity: Severity) -> io::Result<()> {
        let spec = self.styles.header(severity).clone();
        self.style(&spec)
    }
    fn set_header_message(&mut self) -> io::Result<()> {
        let spec = self.styles.header_message().clone();
        self.style(&spec)
    }
    fn set_line_number(&mut self) -> io::Result<()> {
        let spec = self.styles.line_number().clone();
        self.style(&spec)
    }
    fn set_note_bullet(&mut self) -> io::Result<()> {
        let spec = self.styles.note_bullet().clone();
        self.style(&spec)
    }
    fn set_source_border(&mut self) -> io::Result<()> {
        let spec = self.styles.source_border().clone();
        self.style(&spec)
    }
    fn set_label(&mut self, severity: Severity, style: LabelStyle) -> io::Result<()> {
        let spec = self.styles.label(severity, style).clone();
        self.style(&spec)
    }
    fn reset(&mut self) -> io::Result<()> {
        self.in_style = false;
        self.out.reset()?;
        if self.class == Class::Plain { Ok(()) } else { self.out.set_color(&colour(self.class)) }
    }
}

#[cfg(test)]
mod tests;
