//! The algorithm by itself, on patterns put together by hand.

use super::constructor::{Constructor, SliceLen, encode};
use super::matrix::{Findings, Row, compute};
use super::{Pattern, PatternCx};
use crate::{Signatures, Ty, TyKind};
use hir::{Package, PrimTy};

fn run(ty: Ty, rows: Vec<Pattern>) -> (Vec<Vec<Pattern>>, Vec<bool>) {
    let package = Package::default();
    let signatures = Signatures::unknown(&package);
    let cx = PatternCx { package: &package, signatures: &signatures, normalise: &|ty| ty };
    let mut rows: Vec<Row> = rows.iter().map(|it| Row::new(it, false)).collect();
    let missing = compute(&cx, &mut rows, &[ty], &mut Findings::default());
    (missing, rows.iter().map(|row| row.useful).collect())
}

fn range(prim: PrimTy, lo: i128, hi: i128) -> Pattern {
    let place = |it: i128| encode(prim, it.unsigned_abs(), it < 0);
    let constructor = Constructor::Range(place(lo), place(hi));
    Pattern { constructor, fields: Vec::new(), ty: Ty::prim(prim), source: None }
}

fn tuple(items: Vec<Pattern>) -> Pattern {
    let ty = Ty::tuple(&items.iter().map(|it| it.ty).collect::<Vec<_>>());
    Pattern { constructor: Constructor::Single, fields: items, ty, source: None }
}

#[test]
fn signed_ranges_meet() {
    let rows = vec![range(PrimTy::I8, -128, -1), range(PrimTy::I8, 0, 127)];
    let (missing, useful) = run(Ty::prim(PrimTy::I8), rows);
    assert!(missing.is_empty());
    assert_eq!(useful, [true, true]);
}

#[test]
fn a_gap_between_ranges_is_the_witness() {
    let (missing, _) = run(Ty::prim(PrimTy::U8), vec![range(PrimTy::U8, 0, 9), range(PrimTy::U8, 20, 255)]);
    let gaps: Vec<_> = missing.iter().map(|witness| witness[0].constructor.clone()).collect();
    assert_eq!(gaps, [Constructor::Range(10, 19)]);
}

#[test]
fn an_earlier_row_makes_a_later_one_useless() {
    let rows = vec![range(PrimTy::U8, 0, 100), range(PrimTy::U8, 50, 60), range(PrimTy::U8, 90, 110)];
    let (_, useful) = run(Ty::prim(PrimTy::U8), rows);
    assert_eq!(useful, [true, false, true]);
}

#[test]
fn pairs_of_truth_values() {
    let (t, f) = (|| range(PrimTy::Bool, 1, 1), || range(PrimTy::Bool, 0, 0));
    let any = || Pattern::wild(Ty::bool());
    let ty = Ty::tuple(&[Ty::bool(), Ty::bool()]);
    let (missing, useful) = run(ty, vec![tuple(vec![t(), any()]), tuple(vec![any(), t()])]);
    assert_eq!(useful, [true, true]);
    assert_eq!(missing.len(), 1);
    let fields: Vec<_> = missing[0][0].fields.iter().map(|it| it.constructor.clone()).collect();
    assert_eq!(fields, [f().constructor, f().constructor]);
}

#[test]
fn lengths_of_slices() {
    let ty = Ty::new(TyKind::Slice(Ty::bool()));
    let slice = |len: SliceLen| Pattern {
        constructor: Constructor::Slice(len),
        fields: vec![Pattern::wild(Ty::bool()); len.arity()],
        ty,
        source: None,
    };
    let rows = vec![slice(SliceLen::Fixed(0)), slice(SliceLen::AtLeast(1, 1))];
    let (missing, useful) = run(ty, rows);
    assert_eq!(useful, [true, true]);
    let lengths: Vec<_> = missing.iter().map(|witness| witness[0].constructor.clone()).collect();
    assert_eq!(lengths, [Constructor::Slice(SliceLen::Fixed(1))]);
}

#[test]
fn or_patterns_are_their_alternatives() {
    let or = Pattern {
        constructor: Constructor::Or,
        fields: vec![range(PrimTy::Bool, 0, 0), range(PrimTy::Bool, 1, 1)],
        ty: Ty::bool(),
        source: None,
    };
    let (missing, useful) = run(Ty::bool(), vec![or, Pattern::wild(Ty::bool())]);
    assert!(missing.is_empty());
    assert_eq!(useful, [true, false]);
}
