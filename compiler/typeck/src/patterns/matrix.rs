//! The matrix: rows of patterns against columns of values, specialised until nothing is left to look at.
//!
//! ```text
//! compute(rows, types):
//!   (1) no column left: the first row without a guard takes the value, later ones are not needed here;
//!       no such row: the value is missed — a witness, still without constructors
//!   (2) otherwise for each constructor of the first column that matters: rows whose first pattern covers it,
//!       with its fields in place of the column; witnesses get the constructor put round their first fields
//! ```

use super::constructor::{Constructor, SliceLen, field_types, split};
use super::{Pattern, PatternCx};
use crate::Ty;
use hir::PatId;
use std::collections::BTreeSet;

/// One row: what is left to match, from the left.
#[derive(Clone)]
pub struct Row {
    pub patterns: Vec<Pattern>,
    pub has_guard: bool,
    /// Reached by some value.
    pub useful: bool,
    /// The row of the matrix before that it comes from.
    parent: usize,
}

impl Row {
    pub fn new(pattern: Pattern, has_guard: bool) -> Row {
        Row { patterns: vec![pattern], has_guard, useful: false, parent: 0 }
    }
}

/// What the traversal finds.
#[derive(Default)]
pub struct Findings {
    /// Alternatives of or-patterns that some value reaches, and all that were looked at.
    pub useful: BTreeSet<PatId>,
    pub seen: BTreeSet<PatId>,
}

/// How many witnesses are worth having: more than are shown.
const MAX_WITNESSES: usize = 16;

/// Marks the rows that are needed; returns the values that no row takes, one pattern a column each.
pub fn compute(
    cx: &PatternCx<'_>,
    rows: &mut [Row],
    types: &[Ty],
    findings: &mut Findings,
) -> Vec<Vec<Pattern>> {
    let Some((&ty, rest)) = types.split_first() else {
        for row in rows.iter_mut() {
            row.useful = true;
            if !row.has_guard {
                return Vec::new();
            }
        }
        return vec![Vec::new()];
    };

    let mut expanded = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        expand(row, index, &mut expanded, findings);
    }
    let column: Vec<&Constructor> = expanded.iter().map(|row| &row.patterns[0].constructor).collect();
    let division = split(cx, ty, &column);
    let mut constructors = division.present;
    let has_missing = division.open || !division.missing.is_empty();
    if has_missing {
        constructors.push(Constructor::Missing);
    }

    let mut witnesses = Vec::new();
    for constructor in constructors {
        let fields = field_types(cx, ty, &constructor);
        let arity = fields.len();
        let columns: Vec<Ty> = fields.iter().chain(rest).copied().collect();
        let mut specialised: Vec<Row> = expanded
            .iter()
            .enumerate()
            .filter(|(_, row)| row.patterns[0].constructor.covers(&constructor))
            .map(|(index, row)| specialise(row, index, &constructor, &fields))
            .collect();
        let found = compute(cx, &mut specialised, &columns, findings);
        for row in &specialised {
            expanded[row.parent].useful |= row.useful;
        }
        for witness in found {
            if witnesses.len() >= MAX_WITNESSES {
                break;
            }
            if constructor != Constructor::Missing {
                witnesses.push(wrap(&constructor, arity, ty, witness));
            } else if division.open || division.missing.len() > MAX_WITNESSES || all_missing(&expanded) {
                let mut wild = vec![Pattern::wild(ty)];
                wild.extend(witness);
                witnesses.push(wild);
            } else {
                for missing in &division.missing {
                    let fields = field_types(cx, ty, missing).into_iter().map(Pattern::wild).collect();
                    let mut named = vec![Pattern { constructor: missing.clone(), fields, ty, source: None }];
                    named.extend(witness.iter().cloned());
                    witnesses.push(named);
                }
            }
        }
    }

    for row in &expanded {
        // Nobody knows which values a constant that is not looked at takes.
        if row.useful || row.patterns[0].constructor == Constructor::Opaque {
            rows[row.parent].useful = true;
            if let Some(source) = row.patterns[0].source {
                findings.useful.insert(source);
            }
        }
    }
    witnesses
}

/// No row names a constructor in its first column: the witness is `_`, not a list of everything. But a matrix without
/// any row (an empty `match`) names them all.
fn all_missing(rows: &[Row]) -> bool {
    !rows.is_empty() && rows.iter().all(|row| row.patterns[0].constructor == Constructor::Wild)
}

/// A row for each alternative of its first pattern.
fn expand(row: &Row, index: usize, into: &mut Vec<Row>, findings: &mut Findings) {
    if row.patterns[0].constructor == Constructor::Or {
        for alternative in &row.patterns[0].fields {
            let mut copy = row.clone();
            copy.patterns[0] = alternative.clone();
            findings.seen.extend(alternative.source);
            expand(&copy, index, into, findings);
        }
    } else {
        into.push(Row { parent: index, useful: false, ..row.clone() });
    }
}

/// The row without its first pattern, with the patterns of that one's fields instead.
fn specialise(row: &Row, index: usize, constructor: &Constructor, fields: &[Ty]) -> Row {
    let head = &row.patterns[0];
    let mut patterns: Vec<Pattern> = match (&head.constructor, constructor) {
        (Constructor::Wild, _) => fields.iter().map(|&ty| Pattern::wild(ty)).collect(),
        // `[a, .., z]` against a longer slice: what the `..` covers is anything.
        (Constructor::Slice(SliceLen::AtLeast(before, after)), Constructor::Slice(_)) => {
            let between = fields.len() - (before + after);
            let wild = fields.iter().take(between).map(|&ty| Pattern::wild(ty));
            head.fields[..*before]
                .iter()
                .cloned()
                .chain(wild)
                .chain(head.fields[*before..].iter().cloned())
                .collect()
        }
        _ => head.fields.clone(),
    };
    patterns.extend(row.patterns[1..].iter().cloned());
    Row { patterns, has_guard: row.has_guard, useful: false, parent: index }
}

/// Puts a constructor round the first `arity` patterns of a witness.
fn wrap(constructor: &Constructor, arity: usize, ty: Ty, mut witness: Vec<Pattern>) -> Vec<Pattern> {
    let rest = witness.split_off(arity);
    let mut wrapped = vec![Pattern { constructor: constructor.clone(), fields: witness, ty, source: None }];
    wrapped.extend(rest);
    wrapped
}
