//! The matrix: rows of patterns against columns of values, specialised until nothing is left to look at.
//!
//! ```text
//! compute(rows, types):
//!   (1) no column left: the first row without a guard takes the value, later ones are not needed here;
//!       no such row: the value is missed — a witness, still without constructors
//!   (2) otherwise for each constructor of the first column that matters: rows whose first pattern covers it,
//!       with its fields in place of the column; witnesses get the constructor put round their first fields
//! ```

use super::constructor::{Constructor, SliceLen, field_types, is_empty, split};
use super::{Pattern, PatternCx};
use crate::Ty;
use hir::PatId;
use std::collections::BTreeSet;

/// A place of the matrix. Rows are made and thrown away all the time, so they only refer to patterns.
#[derive(Clone, Copy)]
enum Cell<'p> {
    Wild,
    Is(&'p Pattern),
}

impl<'p> Cell<'p> {
    fn of(pattern: &'p Pattern) -> Cell<'p> {
        if pattern.constructor == Constructor::Wild { Cell::Wild } else { Cell::Is(pattern) }
    }
    fn constructor(self) -> &'p Constructor {
        match self {
            Cell::Wild => &Constructor::Wild,
            Cell::Is(pattern) => &pattern.constructor,
        }
    }
}

/// One row: what is left to match, from the left.
pub struct Row<'p> {
    cells: Vec<Cell<'p>>,
    has_guard: bool,
    /// Reached by some value.
    pub useful: bool,
    /// The head of the matrix before that it comes from.
    parent: usize,
}

impl<'p> Row<'p> {
    pub fn new(pattern: &'p Pattern, has_guard: bool) -> Row<'p> {
        Row { cells: vec![Cell::of(pattern)], has_guard, useful: false, parent: 0 }
    }
}

/// The first pattern of a row, or an alternative of it.
struct Head<'p> {
    cell: Cell<'p>,
    row: usize,
    source: Option<PatId>,
    useful: bool,
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
    rows: &mut [Row<'_>],
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

    let mut heads: Vec<Head> = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        expand(row.cells[0], None, index, &mut heads, findings);
    }
    // No row names a constructor: the witness is `_`, not a list of everything. But a matrix without any row (an empty
    // `match`) names them all.
    let only_wild = !heads.is_empty() && heads.iter().all(|head| matches!(head.cell, Cell::Wild));
    let (mut constructors, missing, open) = if only_wild {
        let every = (Constructor::Missing, (0..heads.len()).collect());
        (if is_empty(cx, ty) { Vec::new() } else { vec![every] }, Vec::new(), false)
    } else {
        let column: Vec<&Constructor> = heads.iter().map(|head| head.cell.constructor()).collect();
        let division = split(cx, ty, &column);
        (division.present, division.missing, division.open)
    };
    if open || !missing.is_empty() {
        let wild = heads.iter().enumerate().filter(|(_, head)| matches!(head.cell, Cell::Wild));
        constructors.push((Constructor::Missing, wild.map(|(index, _)| index).collect()));
    }

    let mut witnesses = Vec::new();
    for (constructor, covering) in constructors {
        let fields = field_types(cx, ty, &constructor);
        let arity = fields.len();
        let mut specialised: Vec<Row> = Vec::with_capacity(covering.len());
        for index in covering {
            let head = &heads[index];
            let row = &rows[head.row];
            let cells = specialise(head.cell, &row.cells[1..], &constructor, arity);
            specialised.push(Row { cells, has_guard: row.has_guard, useful: false, parent: index });
        }
        let columns: Vec<Ty> = fields.into_iter().chain(rest.iter().copied()).collect();
        let found = compute(cx, &mut specialised, &columns, findings);
        for row in &specialised {
            heads[row.parent].useful |= row.useful;
        }
        for witness in found {
            if witnesses.len() >= MAX_WITNESSES {
                break;
            }
            if constructor != Constructor::Missing {
                witnesses.push(wrap(&constructor, arity, ty, witness));
            } else if open || only_wild || missing.len() > MAX_WITNESSES {
                let mut wild = vec![Pattern::wild(ty)];
                wild.extend(witness);
                witnesses.push(wild);
            } else {
                for missing in &missing {
                    let fields = field_types(cx, ty, missing).into_iter().map(Pattern::wild).collect();
                    let mut named = vec![Pattern { constructor: missing.clone(), fields, ty, source: None }];
                    named.extend(witness.iter().cloned());
                    witnesses.push(named);
                }
            }
        }
    }

    for head in &heads {
        // Nobody knows which values a constant that is not looked at takes.
        if head.useful || *head.cell.constructor() == Constructor::Opaque {
            rows[head.row].useful = true;
            findings.useful.extend(head.source);
        }
    }
    witnesses
}

/// A head for each alternative of a row's first pattern.
fn expand<'p>(
    cell: Cell<'p>,
    source: Option<PatId>,
    row: usize,
    into: &mut Vec<Head<'p>>,
    findings: &mut Findings,
) {
    if let Cell::Is(pattern) = cell
        && pattern.constructor == Constructor::Or
    {
        for alternative in &pattern.fields {
            findings.seen.extend(alternative.source);
            expand(Cell::of(alternative), alternative.source, row, into, findings);
        }
    } else {
        into.push(Head { cell, row, source, useful: false });
    }
}

/// The fields of the first pattern, and the rest of its row.
fn specialise<'p>(
    head: Cell<'p>,
    rest: &[Cell<'p>],
    constructor: &Constructor,
    arity: usize,
) -> Vec<Cell<'p>> {
    let mut cells = Vec::with_capacity(arity + rest.len());
    match head {
        Cell::Wild => cells.extend(std::iter::repeat_n(Cell::Wild, arity)),
        Cell::Is(pattern) => {
            let fields = || pattern.fields.iter().map(Cell::of);
            match (&pattern.constructor, constructor) {
                // `[a, .., z]` against a longer slice: what the `..` covers is anything.
                (Constructor::Slice(SliceLen::AtLeast(before, after)), Constructor::Slice(_)) => {
                    cells.extend(fields().take(*before));
                    cells.extend(std::iter::repeat_n(Cell::Wild, arity - (before + after)));
                    cells.extend(fields().skip(*before));
                }
                _ => cells.extend(fields()),
            }
        }
    }
    cells.extend_from_slice(rest);
    cells
}

/// Puts a constructor round the first `arity` patterns of a witness.
fn wrap(constructor: &Constructor, arity: usize, ty: Ty, mut witness: Vec<Pattern>) -> Vec<Pattern> {
    let rest = witness.split_off(arity);
    let mut wrapped = vec![Pattern { constructor: constructor.clone(), fields: witness, ty, source: None }];
    wrapped.extend(rest);
    wrapped
}
