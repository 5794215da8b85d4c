//! Patterns as text.
//!
//! In: the tree. Out: its text.
//!
//! ```text
//! Variant 1 of U3   →   U3.V1(x)        U3::V1(x)
//! ```

use super::Printer;
use crate::ast::*;
use std::fmt::Write;

impl Printer<'_> {
    pub(super) fn pat(&mut self, pat: &Pat) {
        match pat {
            Pat::Wild => self.put("_"),
            Pat::Bind(name, mutable) => {
                if *mutable {
                    self.either("var ", "mut ");
                }
                self.put(name);
            }
            Pat::At(name, inner) => {
                let _ = write!(self.out, "{name} @ ");
                match **inner {
                    Pat::Or(_) => {
                        self.put("(");
                        self.pat(inner);
                        self.put(")");
                    }
                    _ => self.pat(inner),
                }
            }
            Pat::Lit(text) => self.put(text),
            Pat::Range(low, high, inclusive) => {
                self.put(low.as_deref().unwrap_or(""));
                self.put(if *inclusive { "..=" } else { ".." });
                self.put(high.as_deref().unwrap_or(""));
            }
            Pat::Tuple(items) => {
                self.put("(");
                self.list(items, ", ", |p, item| p.pat(item));
                if items.len() == 1 {
                    self.put(",");
                }
                self.put(")");
            }
            Pat::TupleRest(before, after) => {
                self.put("(");
                for item in before {
                    self.pat(item);
                    self.put(", ");
                }
                self.put("..");
                for item in after {
                    self.put(", ");
                    self.pat(item);
                }
                self.put(")");
            }
            Pat::Record(adt, fields, rest) => {
                let name = self.case.adts[*adt].name.clone();
                self.put(&name);
                self.fields(fields, *rest);
            }
            Pat::Variant(adt, index, values) => {
                let adt = &self.case.adts[*adt];
                let (name, variant) = (adt.name.clone(), adt.variants[*index].clone());
                if self.is_rust() || index % 2 == 1 {
                    self.put(&name);
                    self.either(".", "::");
                }
                self.put(&variant.name);
                if variant.named {
                    let fields: Vec<(Name, Pat)> = variant
                        .fields
                        .iter()
                        .map(|(name, _)| name.clone())
                        .zip(values.iter().cloned())
                        .collect();
                    self.fields(&fields, false);
                } else if !values.is_empty() {
                    self.put("(");
                    self.list(values, ", ", |p, item| p.pat(item));
                    self.put(")");
                }
            }
            Pat::Some(inner) => self.wrapped("some(", "Some(", inner),
            Pat::Ok(inner) => self.wrapped("ok(", "Ok(", inner),
            Pat::Err(inner) => self.wrapped("err(", "Err(", inner),
            Pat::None => self.either("none", "None"),
            Pat::Or(items) => self.list(items, " | ", |p, item| p.pat(item)),
            Pat::Slice(before, rest, after) => {
                self.put("[");
                self.list(before, ", ", |p, item| p.closed_pat(item));
                if let Some(rest) = rest {
                    self.put(if before.is_empty() { "" } else { ", " });
                    if let Some(name) = rest {
                        let _ = write!(self.out, "{name} @ ");
                    }
                    self.put("..");
                    self.put(if after.is_empty() { "" } else { ", " });
                }
                self.list(after, ", ", |p, item| p.closed_pat(item));
                self.put("]");
            }
        }
    }

    pub(super) fn fields(&mut self, fields: &[(Name, Pat)], rest: bool) {
        self.put(" { ");
        self.list(fields, ", ", |p, (name, pat)| {
            let _ = write!(p.out, "{name}: ");
            p.pat(pat);
        });
        if rest {
            self.put(if fields.is_empty() { ".." } else { ", .." });
        }
        self.put(" }");
    }

    pub(super) fn wrapped(&mut self, quastra: &str, rust: &str, inner: &Pat) {
        self.either(quastra, rust);
        self.pat(inner);
        self.put(")");
    }

    /// Where Rust wants parentheses around `|` and `5..`.
    pub(super) fn closed_pat(&mut self, pat: &Pat) {
        match pat {
            Pat::Or(_) | Pat::Range(_, None, _) => {
                self.put("(");
                self.pat(pat);
                self.put(")");
            }
            _ => self.pat(pat),
        }
    }
}
