//! Decision trees: rows of tests to switches, each arm's code once.
//!
//! Always asks the first open question of the first row, and splits all rows by the answer; a row that does not ask it
//! goes with every answer. Equal sets of rows with equal open questions are the same block, so the tree is a graph and
//! stays small. Rows without open questions have matched; if their guard fails, what is left of the rows goes on.
//!
//! ```text
//! [a is some, b == 1] → 0      a is some ─▶ b == 1 ─▶ 0
//! [b == 1]            → 1          │           └────▶ fails
//!                              otherwise ─▶ b == 1 ─▶ 1 …
//! ```

use super::pattern::{Bound, Row, Test, TestKind};
use super::*;
use std::ops::ControlFlow;

/// A row and its open questions, by number.
type Open = (usize, Vec<u16>);

/// Where a row has matched.
pub struct Leaf {
    pub row: usize,
    pub block: BlockId,
    /// Where to go on if the row's guard fails.
    pub otherwise: Option<BlockId>,
}

pub struct Decision {
    pub leaves: Vec<Leaf>,
    /// Where nothing has matched; what cannot happen is not made.
    pub failed: Option<BlockId>,
}

struct Decider<'a> {
    rows: &'a [Row],
    /// By row: whether it has a guard.
    guarded: &'a [bool],
    known: BTreeMap<Vec<Open>, BlockId>,
    decision: Decision,
    work: Vec<(BlockId, Vec<Open>)>,
}

/// How a row fares with an answer.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    /// The question is answered as the row wants it.
    Holds,
    /// The row is out.
    Fails,
    /// The row's question is still open.
    Stays,
}

impl Builder<'_> {
    /// Emits the tests, from the current block on. Leaves the current block ended.
    pub fn decide(&mut self, rows: &[Row], guarded: &[bool], span: Span) -> Decision {
        let mut decider = Decider {
            rows,
            guarded,
            known: BTreeMap::new(),
            decision: Decision { leaves: Vec::new(), failed: None },
            work: Vec::new(),
        };
        let open: Vec<Open> =
            rows.iter().enumerate().map(|(at, row)| (at, (0..row.tests.len() as u16).collect())).collect();
        let first = self.state(&mut decider, open);
        self.goto(first, span);
        while let Some((block, open)) = decider.work.pop() {
            self.block = block;
            self.decide_one(&mut decider, open, span);
        }
        let mut decision = decider.decision;
        decision.leaves.sort_by_key(|leaf| leaf.row);
        decision
    }

    /// The block where these rows are still possible.
    fn state(&mut self, decider: &mut Decider<'_>, open: Vec<Open>) -> BlockId {
        if open.is_empty() {
            return match decider.decision.failed {
                Some(block) => block,
                None => {
                    let block = self.new_block();
                    decider.decision.failed = Some(block);
                    block
                }
            };
        }
        // A row that has matched for sure hides the rest.
        let mut open = open;
        if let Some(sure) = open.iter().position(|(row, tests)| tests.is_empty() && !decider.guarded[*row]) {
            open.truncate(sure + 1);
        }
        if let Some(&block) = decider.known.get(&open) {
            return block;
        }
        let block = self.new_block();
        if open[0].1.is_empty() {
            let row = open[0].0;
            let rest: Vec<Open> = open[1..].to_vec();
            decider.known.insert(open, block);
            let otherwise = if decider.guarded[row] { Some(self.state(decider, rest)) } else { None };
            decider.decision.leaves.push(Leaf { row, block, otherwise });
            return block;
        }
        decider.known.insert(open.clone(), block);
        decider.work.push((block, open));
        block
    }

    fn decide_one(&mut self, decider: &mut Decider<'_>, open: Vec<Open>, span: Span) {
        let rows = decider.rows;
        let test = &rows[open[0].0].tests[open[0].1[0] as usize];
        match &test.kind {
            TestKind::Variant(_, count) => {
                let mut wanted = Vec::new();
                self.at_place(rows, &open, &test.place, &mut |kind| {
                    if let TestKind::Variant(variant, _) = kind
                        && !wanted.contains(variant)
                    {
                        wanted.push(*variant);
                    }
                });
                let targets: Vec<_> = wanted
                    .iter()
                    .map(|&variant| {
                        let rest = split(rows, &open, &test.place, &|kind| match kind {
                            TestKind::Variant(other, _) if *other == variant => Fate::Holds,
                            TestKind::Variant(..) => Fate::Fails,
                            TestKind::Value(..)
                            | TestKind::Range { .. }
                            | TestKind::Equal(_)
                            | TestKind::Len { .. } => Fate::Stays,
                        });
                        (variant, self.state(decider, rest))
                    })
                    .collect();
                let otherwise = match wanted.len() == *count {
                    true => self.unreachable(span),
                    false => {
                        let rest = split(rows, &open, &test.place, &|kind| match kind {
                            TestKind::Variant(..) => Fate::Fails,
                            TestKind::Value(..)
                            | TestKind::Range { .. }
                            | TestKind::Equal(_)
                            | TestKind::Len { .. } => Fate::Stays,
                        });
                        self.state(decider, rest)
                    }
                };
                self.switch_variant(&test.place, targets, otherwise, span);
            }
            TestKind::Value(_, ty) => self.decide_values(decider, &open, test, *ty, span),
            TestKind::Range { .. } | TestKind::Equal(_) | TestKind::Len { .. } => {
                let yes = split(rows, &open, &test.place, &|kind| fate(kind, &test.kind, true));
                let no = split(rows, &open, &test.place, &|kind| fate(kind, &test.kind, false));
                let (yes, no) = (self.state(decider, yes), self.state(decider, no));
                self.emit_test(test, yes, no);
            }
        }
    }

    fn decide_values(&mut self, decider: &mut Decider<'_>, open: &[Open], test: &Test, ty: Ty, span: Span) {
        let rows = decider.rows;
        let mut values = Vec::new();
        self.at_place(rows, open, &test.place, &mut |kind| {
            if let TestKind::Value(value, _) = kind
                && !values.contains(value)
            {
                values.push(*value);
            }
        });
        let targets: Vec<(u128, BlockId)> = values
            .iter()
            .map(|&value| {
                let rest = split(rows, open, &test.place, &|kind| match kind {
                    TestKind::Value(other, _) if *other == value => Fate::Holds,
                    TestKind::Value(..) => Fate::Fails,
                    TestKind::Range { .. } => match contains(kind, value) {
                        Some(true) => Fate::Holds,
                        Some(false) => Fate::Fails,
                        None => Fate::Stays,
                    },
                    TestKind::Variant(..) | TestKind::Equal(_) | TestKind::Len { .. } => Fate::Stays,
                });
                (value, self.state(decider, rest))
            })
            .collect();
        let all_bools = ty == Ty::bool() && values.len() == 2;
        let otherwise = match all_bools {
            true => self.unreachable(span),
            false => {
                let rest = split(rows, open, &test.place, &|kind| match kind {
                    TestKind::Value(..) => Fate::Fails,
                    TestKind::Variant(..)
                    | TestKind::Range { .. }
                    | TestKind::Equal(_)
                    | TestKind::Len { .. } => Fate::Stays,
                });
                self.state(decider, rest)
            }
        };
        let operand = Operand::Copy(test.place.clone());
        self.terminate(TerminatorKind::Switch { operand, targets, otherwise }, span);
    }

    fn unreachable(&mut self, span: Span) -> BlockId {
        let block = self.new_block();
        self.terminate_block(block, TerminatorKind::Unreachable, span);
        block
    }

    /// Questions of the open rows about this place.
    fn at_place(&self, rows: &[Row], open: &[Open], place: &Place, f: &mut dyn FnMut(&TestKind)) {
        for (row, tests) in open {
            let asked = tests.iter().map(|&at| &rows[*row].tests[at as usize]);
            asked.filter(|test| test.place == *place).for_each(|test| f(&test.kind));
        }
    }

    /// A question with two answers.
    fn emit_test(&mut self, test: &Test, yes: BlockId, no: BlockId) {
        let span = test.span;
        let place = &test.place;
        match &test.kind {
            TestKind::Range { lo, hi, inclusive, ty } => {
                let upper = if *inclusive { BinOp::Le } else { BinOp::Lt };
                for (op, bound) in [(BinOp::Ge, lo), (upper, hi)] {
                    let Some(bound) = bound else { continue };
                    let next = self.new_block();
                    let value = Operand::Copy(place.clone());
                    let bound = match bound {
                        Bound::Bits(bits) => cfg::scalar(*bits, *ty, span),
                        Bound::Item(constant) => Operand::Const(constant.clone()),
                    };
                    let test = Rvalue::Binary(op, value, bound);
                    self.branch(test, next, no, span);
                    self.block = next;
                }
                self.goto(yes, span);
            }
            TestKind::Len { len, at_least } => {
                let found = self.scratch(Ty::usize(), span);
                self.assign(&found.into(), Rvalue::Len(place.clone()), span);
                let op = if *at_least { BinOp::Ge } else { BinOp::Eq };
                let wanted = cfg::scalar(u128::from(*len), Ty::usize(), span);
                self.branch(Rvalue::Binary(op, Operand::Copy(found.into()), wanted), yes, no, span);
            }
            TestKind::Equal(constant) => {
                let ty = place.ty(&self.locals);
                if let TyKind::Prim(prim) = *ty.kind()
                    && prim != hir::PrimTy::Str
                {
                    let wanted = Operand::Const(constant.clone());
                    let test = Rvalue::Binary(BinOp::Eq, Operand::Copy(place.clone()), wanted);
                    return self.branch(test, yes, no, span);
                }
                let equal = self.call_eq(place, ty, constant, span);
                let targets = vec![(0, no)];
                let operand = Operand::Copy(equal);
                self.terminate(TerminatorKind::Switch { operand, targets, otherwise: yes }, span);
            }
            TestKind::Variant(..) | TestKind::Value(..) => {}
        }
    }

    fn branch(&mut self, test: Rvalue, yes: BlockId, no: BlockId, span: Span) {
        let bool = self.scratch(Ty::bool(), span);
        self.assign(&bool.into(), test, span);
        let operand = Operand::Copy(bool.into());
        self.terminate(TerminatorKind::Switch { operand, targets: vec![(0, no)], otherwise: yes }, span);
    }

    /// `Eq.eq(&place, &constant)`, references on both sides taken off.
    fn call_eq(&mut self, place: &Place, ty: Ty, constant: &Constant, span: Span) -> Place {
        let (subject, subject_ty) = self.as_reference(place.clone(), ty, span);
        let value = Operand::Const(constant.clone());
        let (other, other_ty) = match *constant.ty.kind() {
            TyKind::Ref(_, to, _) => (value, to),
            _ => {
                let temp = self.scratch(constant.ty, span);
                self.assign(&temp.into(), Rvalue::Use(value), span);
                self.as_reference(temp.into(), constant.ty, span)
            }
        };
        let method = self.method(LangItem::Eq, "eq");
        let args = self.protocol_args(method, subject_ty, other_ty);
        self.call_to_temp(method, args, vec![subject, other], Ty::bool(), span)
    }

    /// `&place`, or the reference that it is.
    fn as_reference(&mut self, place: Place, ty: Ty, span: Span) -> (Operand, Ty) {
        match *ty.kind() {
            TyKind::Ref(_, to, Mutability::Shared) => (Operand::Copy(place), to),
            _ => {
                let temp = self.scratch(Ty::reference(ty, Mutability::Shared), span);
                self.assign(&temp.into(), Rvalue::Ref(Mutability::Shared, place), span);
                (Operand::Copy(temp.into()), ty)
            }
        }
    }
}

/// The rows that are left when the questions about `place` have this answer.
fn split(rows: &[Row], open: &[Open], place: &Place, fate: &dyn Fn(&TestKind) -> Fate) -> Vec<Open> {
    let mut left = Vec::new();
    for (row, tests) in open {
        let mut still_open = Vec::with_capacity(tests.len());
        let kept = tests.iter().try_for_each(|&at| {
            let test = &rows[*row].tests[at as usize];
            match if test.place == *place { fate(&test.kind) } else { Fate::Stays } {
                Fate::Holds => {}
                Fate::Fails => return ControlFlow::Break(()),
                Fate::Stays => still_open.push(at),
            }
            ControlFlow::Continue(())
        });
        if kept.is_continue() {
            left.push((*row, still_open));
        }
    }
    left
}

/// What an answer to `asked` means for another question about the same place.
fn fate(kind: &TestKind, asked: &TestKind, answer: bool) -> Fate {
    if kind == asked {
        return if answer { Fate::Holds } else { Fate::Fails };
    }
    match (kind, asked) {
        (TestKind::Value(value, _), TestKind::Range { .. }) => match contains(asked, *value) {
            Some(is_in) if is_in != answer => Fate::Fails,
            Some(_) | None => Fate::Stays,
        },
        (TestKind::Range { .. }, TestKind::Range { .. }) if answer && apart(kind, asked) => Fate::Fails,
        // Two constants may be equal; two literals are not.
        (TestKind::Equal(a), TestKind::Equal(b)) if answer && is_literal(a) && is_literal(b) => Fate::Fails,
        (TestKind::Len { len, at_least }, TestKind::Len { len: asked, at_least: asked_at_least }) => {
            len_fate((*len, *at_least), (*asked, *asked_at_least), answer)
        }
        _ => Fate::Stays,
    }
}

fn len_fate((len, at_least): (u64, bool), (asked, asked_at_least): (u64, bool), answer: bool) -> Fate {
    match (answer, asked_at_least) {
        (true, false) => match if at_least { asked >= len } else { asked == len } {
            true => Fate::Holds,
            false => Fate::Fails,
        },
        (true, true) if at_least && len <= asked => Fate::Holds,
        (true, true) if !at_least && len < asked => Fate::Fails,
        (false, true) if len >= asked => Fate::Fails,
        (true | false, true) | (false, false) => Fate::Stays,
    }
}

fn is_literal(constant: &Constant) -> bool {
    !matches!(constant.value, ConstValue::Def(..) | ConstValue::Ty(_))
}

/// A key by which bits sort as the type's values do.
fn order(bits: u128, ty: Ty) -> u128 {
    match *ty.kind() {
        TyKind::Prim(prim) => match crate::names::int_bits(prim) {
            Some((width, true)) => bits ^ (1 << (width - 1)),
            _ => bits,
        },
        _ => bits,
    }
}

fn is_float(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Prim(hir::PrimTy::F32 | hir::PrimTy::F64))
}

/// `None`: a bound is not known yet.
fn contains(range: &TestKind, value: u128) -> Option<bool> {
    let TestKind::Range { lo, hi, inclusive, ty } = range else { return None };
    let value = order(value, *ty);
    let bound = |bound: &Option<Bound>| match bound {
        None => Some(None),
        Some(Bound::Bits(bits)) => Some(Some(order(*bits, *ty))),
        Some(Bound::Item(_)) => None,
    };
    let (lo, hi) = (bound(lo), bound(hi));
    let above = lo.map(|lo| lo.is_none_or(|lo| lo <= value));
    let below = hi.map(|hi| hi.is_none_or(|hi| if *inclusive { value <= hi } else { value < hi }));
    match (above, below) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        (None, _) | (_, None) => None,
    }
}

/// Whether two ranges surely have nothing in common.
fn apart(a: &TestKind, b: &TestKind) -> bool {
    let before = |a: &TestKind, b: &TestKind| match (a, b) {
        (
            TestKind::Range { hi: Some(Bound::Bits(hi)), inclusive, ty, .. },
            TestKind::Range { lo: Some(Bound::Bits(lo)), .. },
        ) => {
            let (hi, lo) = (order(*hi, *ty), order(*lo, *ty));
            !is_float(*ty) && (hi < lo || (hi == lo && !inclusive))
        }
        _ => false,
    };
    before(a, b) || before(b, a)
}
