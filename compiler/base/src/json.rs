//! Diagnostics for machines: `--error-format=json`, one object a line.
//!
//! ```text
//! {"kind":"diagnostic","level":"error","code":"B3000","message":"…","url":"…",
//!  "spans":[{"file":"bank.qst","lo":90,"hi":97,"line":7,"column":9,"end_line":7,"end_column":16,
//!            "primary":true,"label":"used here"}],
//!  "notes":["…"],
//!  "suggestions":[{"message":"clone it","fixes":[{"file":"bank.qst","lo":70,"hi":77,"line":6,"column":11,
//!            "end_line":6,"end_column":18,"replacement":"account.clone()","applicability":"machine-applicable"}]}]}
//! {"kind":"summary","errors":1,"warnings":0}
//! ```
//!
//! `lo` and `hi` are byte offsets, lines and columns count from 1, columns count characters. Fields of an
//! object come in alphabetical order. All diagnostics are there: the limit is for people.

use crate::render::code_url;
use crate::{Applicability, CodeFix, Diagnostic, Level, Report, SourceMap, Span};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Writes the report: a line for each diagnostic, then a line of counts.
pub fn write(sources: &SourceMap, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for diagnostic in report.all() {
        writeln!(out, "{}", object(sources, diagnostic))?;
    }
    let summary = json!({ "kind": "summary", "errors": report.errors(), "warnings": report.warnings() });
    writeln!(out, "{summary}")
}

/// One diagnostic as an object.
pub fn object(sources: &SourceMap, diagnostic: &Diagnostic) -> Value {
    let label = |label: &crate::Label, primary: bool| {
        let mut span = place(sources, label.span);
        span.insert("primary".into(), primary.into());
        span.insert("label".into(), label.text.as_str().into());
        Value::from(span)
    };
    let mut spans = vec![label(&diagnostic.primary, true)];
    spans.extend(diagnostic.secondary.iter().map(|it| label(it, false)));
    let suggestions: Vec<Value> = (diagnostic.suggestions.iter())
        .map(|suggestion| {
            let fixes: Vec<Value> = suggestion.fixes.iter().map(|it| fix(sources, it)).collect();
            json!({ "message": suggestion.message, "fixes": fixes })
        })
        .collect();
    json!({
        "kind": "diagnostic",
        "level": match diagnostic.level { Level::Error => "error", Level::Warning => "warning" },
        "code": diagnostic.code,
        "message": diagnostic.message,
        "url": code_url(diagnostic.code),
        "spans": spans,
        "notes": diagnostic.notes,
        "suggestions": suggestions,
    })
}

fn fix(sources: &SourceMap, fix: &CodeFix) -> Value {
    let mut object = place(sources, fix.span);
    object.insert("replacement".into(), fix.replacement.as_str().into());
    let applicability = match fix.applicability {
        Applicability::MachineApplicable => "machine-applicable",
        Applicability::MaybeIncorrect => "maybe-incorrect",
        Applicability::HasPlaceholders => "has-placeholders",
    };
    object.insert("applicability".into(), applicability.into());
    object.into()
}

fn place(sources: &SourceMap, span: Span) -> Map<String, Value> {
    let file = sources.file(span.file);
    let ((line, column), (end_line, end_column)) = (file.line_col(span.lo), file.line_col(span.hi));
    let mut object = Map::new();
    object.insert("file".into(), file.name.as_str().into());
    let numbers = [("lo", span.lo), ("hi", span.hi), ("line", line), ("column", column)];
    for (key, number) in numbers.into_iter().chain([("end_line", end_line), ("end_column", end_column)]) {
        object.insert(key.into(), number.into());
    }
    object
}
