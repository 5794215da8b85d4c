//! Calls as other languages write them: `len(xs)`, `range(n)`, `console.log(x)`, `println!("…")`.
//!
//! In: a call whose function is not there. Out: one error that says how it is written, or nothing if there is more to it.
//!
//! ```text
//! len(xs)   ⇒   there is no `len` here · write `xs.len()`
//! ```

use super::body::BodyCx;
use crate::resolve::Want;
use crate::{ExprKind, unsupported};
use base::{Applicability, CodeFix, Diagnostic, ErrorReported, Span, Suggestion};
use syntax::ast;

/// Macros of other languages that are functions here.
const FUNCTIONS: [&str; 7] = ["println", "print", "eprintln", "panic", "assert", "todo", "unreachable"];

fn suggestion(message: &str, fixes: Vec<(Span, String)>) -> Suggestion {
    let applicability = Applicability::MaybeIncorrect;
    let fixes = fixes.into_iter().map(|(span, replacement)| CodeFix { span, replacement, applicability });
    Suggestion { message: message.to_string(), fixes: fixes.collect() }
}

/// A function that other languages have and that is called otherwise here.
pub(super) fn call(
    cx: &mut BodyCx,
    callee: ast::ExprId,
    args: ast::List<ast::ExprId>,
    span: Span,
) -> Option<ErrorReported> {
    if cx.cx.derived.is_some() {
        return None;
    }
    let (name, wanted) = if let ast::ExprKind::Name(name) = cx.cx.ast[callee].kind
        && matches!(name.as_str(), "len" | "range")
    {
        (name, None)
    } else if let ast::ExprKind::Field { base, name } = cx.cx.ast[callee].kind
        && name.as_str() == "log"
        && let ast::ExprKind::Name(first) = cx.cx.ast[base].kind
        && first.as_str() == "console"
    {
        (first, Some("println"))
    } else {
        return None;
    };
    if cx.lookup(name.symbol, Want::Value).is_some() {
        return None;
    }
    let args: Vec<Span> = cx.cx.ast.list(args).map(|arg| cx.cx.span(arg)).collect();
    let at = cx.cx.span(callee);
    let before = |first: Span| Span { hi: first.lo, ..span };
    let after = |last: Span| Span { lo: last.hi, ..span };
    let fix = match (wanted, &args[..]) {
        (Some(right), _) => suggestion(&format!("write `{right}`"), vec![(at, right.to_string())]),
        (None, &[only]) if name.as_str() == "len" => {
            let edits = vec![(before(only), String::new()), (after(only), ".len()".to_string())];
            suggestion("it is a method", edits)
        }
        (None, &[end]) if name.as_str() == "range" => {
            suggestion("write a range", vec![(before(end), "0..".to_string()), (after(end), String::new())])
        }
        (None, &[start, end]) if name.as_str() == "range" => {
            let between = Span { lo: start.hi, hi: end.lo, ..span };
            let edits = [(before(start), ""), (between, ".."), (after(end), "")];
            suggestion("write a range", edits.map(|(span, text)| (span, text.to_string())).to_vec())
        }
        (None, _) => return None,
    };
    let shown = if wanted.is_some() { "console.log" } else { name.as_str() };
    Some(cx.cx.error(Diagnostic::error("N5000", at, format!("there is no `{shown}` here")).suggestion(fix)))
}

impl BodyCx<'_> {
    /// `name!(…)`: macros are not there yet, but some of other languages are functions.
    pub(super) fn macro_call(&mut self, id: ast::MacroCallId, span: Span) -> ExprKind {
        let node = self.cx.ast[id];
        let names: Vec<ast::Name> = self.cx.ast.list(node.path).collect();
        let args: Vec<Span> = self.cx.ast.list(node.args).map(|arg| self.cx.span(arg)).collect();
        let [name] = names[..] else { return ExprKind::Error(unsupported(self.cx.diags, span, "macros")) };
        let at = self.cx.span(name);
        let bang = Span { lo: at.hi, hi: at.hi + 1, ..at };
        let text = name.as_str();
        let (message, fix) = match (text, &args[..]) {
            (_, _) if FUNCTIONS.contains(&text) => (
                format!("`{text}` is a function, not a macro"),
                suggestion("leave the `!` out", vec![(bang, String::new())]),
            ),
            ("format", &[only]) => (
                "there is no macro `format`: a text shows what stands in its braces".to_string(),
                suggestion(
                    "write the text alone",
                    vec![
                        (Span { hi: only.lo, ..span }, String::new()),
                        (Span { lo: only.hi, ..span }, String::new()),
                    ],
                ),
            ),
            ("assert_eq" | "assert_ne", &[a, b]) => {
                let op = if text == "assert_eq" { " == " } else { " != " };
                let between = Span { lo: a.hi, hi: b.lo, ..span };
                (
                    format!("there is no macro `{text}`"),
                    suggestion(
                        "assert the comparison",
                        vec![(at.to(bang), "assert".to_string()), (between, op.to_string())],
                    ),
                )
            }
            (_, _) => return ExprKind::Error(unsupported(self.cx.diags, span, "macros")),
        };
        let error = Diagnostic::error("N5000", at.to(bang), message).suggestion(fix);
        ExprKind::Error(self.cx.error(error))
    }
}
