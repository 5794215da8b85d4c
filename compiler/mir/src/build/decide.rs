//! Decision trees: rows of tests to switches, each arm's code once.
//!
//! Always asks the first open question of the first row, and splits all rows by the answer; a row that does not ask it
//! goes with every answer. Equal sets of rows with equal open questions are the same block, so the tree is a graph and
//! stays small. Rows without open questions have matched; if their guard fails, what is left of the rows goes on.
//!
//! Which variant it is, is one switch. Integers, characters, lengths of slices and texts are asked for all rows at once:
//! the bounds of what the rows ask for cut the numbers into segments, each with the rows that are left in it, and the
//! segment is found by a switch, or by halving where ranges are wide. Texts are told apart by length before their
//! content is looked at.
//!
//! ```text
//! [a is some, b == 1] → 0      a is some ─▶ b == 1 ─▶ 0
//! [b == 1]            → 1          │           └────▶ fails
//!                              otherwise ─▶ b == 1 ─▶ 1 …
//! ```

mod state;

use super::pattern::{Bound, Row, Test, TestKind};
use super::*;
use base::Symbol;
use state::{Open, State, split, split_by};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use typeck::{FastHash, VariantIdx};

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
    known: BTreeMap<State, BlockId>,
    decision: Decision,
    work: Vec<(BlockId, State)>,
}

/// [`state::Fates`], by where segments start.
type FatesIn<'a> = dyn Fn(&[u128], &TestKind, &mut dyn FnMut(Range<usize>, Fate)) + 'a;

/// Numbers, by their keys, with which it goes on in the same block.
struct Segment {
    lo: u128,
    hi: u128,
    target: BlockId,
}

impl Segment {
    /// Too many numbers to be cases of a switch.
    fn is_wide(&self) -> bool {
        self.hi - self.lo >= 8
    }
}

/// How a row fares with an answer. What holds counts most where a question has several parts.
#[derive(Clone, Copy, PartialEq, PartialOrd, Eq, Ord)]
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
        let state = State::new(open, decider.guarded);
        self.state_block(decider, state)
    }

    fn state_block(&mut self, decider: &mut Decider<'_>, state: State) -> BlockId {
        let Some((row, tests)) = state.first() else {
            return match decider.decision.failed {
                Some(block) => block,
                None => {
                    let block = self.new_block();
                    decider.decision.failed = Some(block);
                    block
                }
            };
        };
        if let Some(&block) = decider.known.get(&state) {
            return block;
        }
        let block = self.new_block();
        decider.known.insert(state.clone(), block);
        if tests.is_empty() {
            let row = *row;
            let otherwise =
                if decider.guarded[row] { Some(self.state_block(decider, state.rest())) } else { None };
            decider.decision.leaves.push(Leaf { row, block, otherwise });
            return block;
        }
        decider.work.push((block, state));
        block
    }

    fn decide_one(&mut self, decider: &mut Decider<'_>, open: State, span: Span) {
        let rows = decider.rows;
        let test = &rows[open[0].0].tests[open[0].1[0] as usize];
        match &test.kind {
            TestKind::Variant(_, count) => self.decide_variant(decider, &open, &test.place, *count, span),
            TestKind::OneOf(kinds) => {
                if let TestKind::Variant(_, count) = kinds[0] {
                    self.decide_variant(decider, &open, &test.place, count, span)
                } else {
                    self.decide_number(decider, &open, &test.place, span)
                }
            }
            TestKind::Value(..) | TestKind::Len { .. } => {
                self.decide_number(decider, &open, &test.place, span)
            }
            TestKind::Range { .. } if segment(&test.kind).is_some() => {
                self.decide_number(decider, &open, &test.place, span)
            }
            TestKind::Equal(constant)
                if text_len(constant).is_some() && self.text_lengths(rows, &open, &test.place) > 1 =>
            {
                self.decide_text_length(decider, &open, &test.place, span)
            }
            TestKind::Equal(constant) if text_len(constant).is_some() => {
                self.decide_texts(decider, open, &test.place)
            }
            TestKind::Range { .. } | TestKind::Equal(_) => self.decide_alone(decider, &open, test),
        }
    }

    /// The answer to one question, yes or no.
    fn decide_alone(&mut self, decider: &mut Decider<'_>, open: &[Open], test: &Test) {
        let rows = decider.rows;
        let yes = split(rows, open, &test.place, &|kind| fate(kind, &test.kind, true));
        let no = split(rows, open, &test.place, &|kind| fate(kind, &test.kind, false));
        let (yes, no) = (self.state(decider, yes), self.state(decider, no));
        self.emit_test(test, yes, no);
    }

    /// Texts of one length, one after the other. What is left after a text that only one row asks for are the rows after
    /// it: there is no need to look at all of them again.
    fn decide_texts(&mut self, decider: &mut Decider<'_>, mut open: State, place: &Place) {
        let rows = decider.rows;
        let mut asked: HashMap<Symbol, usize, FastHash> = HashMap::default();
        let mut is_plain = true;
        // Rows that ask nothing of the place.
        let mut indifferent: Vec<Open> = Vec::new();
        for (row, tests) in open.iter() {
            let tests_of_row = tests.iter().map(|&at| &rows[*row].tests[at as usize]);
            let mut here = tests_of_row.filter(|test| test.place == *place);
            match (here.next().map(text), here.next()) {
                (None, _) => indifferent.push((*row, tests.clone())),
                (Some(Some(text)), None) => *asked.entry(text).or_default() += 1,
                (Some(_), _) => is_plain = false,
            }
        }
        loop {
            let (row, tests) = &open[0];
            let test = &rows[*row].tests[tests[0] as usize];
            if !is_plain || text(test).is_none_or(|text| asked[&text] > 1) {
                return self.decide_alone(decider, &open, test);
            }
            let mut yes = vec![(*row, tests[1..].to_vec())];
            if !state::is_sure(&yes[0], decider.guarded) {
                let after = indifferent.partition_point(|(other, _)| other < row);
                yes.extend_from_slice(&indifferent[after..]);
            }
            let (yes, no) = (self.state(decider, yes), self.state_block(decider, open.rest()));
            self.emit_test(test, yes, no);
            // What was left for later last is what comes next; here it is known how to go on.
            let is_next = |(block, open): &mut (BlockId, State)| {
                let (row, tests) = &open[0];
                let test = &rows[*row].tests[tests[0] as usize];
                *block == no && test.place == *place && text(test).is_some()
            };
            match decider.work.pop_if(is_next) {
                Some((block, next)) => (self.block, open) = (block, next),
                None => return,
            }
        }
    }

    fn decide_variant(
        &mut self,
        decider: &mut Decider<'_>,
        open: &[Open],
        place: &Place,
        count: usize,
        span: Span,
    ) {
        let rows = decider.rows;
        let mut wanted = Vec::new();
        let mut answers: HashMap<VariantIdx, usize, FastHash> = HashMap::default();
        self.at_place(rows, open, place, &mut |kind| {
            kind.each(&mut |kind| {
                if let TestKind::Variant(variant, _) = kind {
                    answers.entry(*variant).or_insert_with(|| {
                        wanted.push(*variant);
                        wanted.len() - 1
                    });
                }
            })
        });
        // The last answer: none of them.
        let all = wanted.len() + 1;
        let left = split_by(rows, open, decider.guarded, place, all, &|kind, add| {
            kind.each(&mut |kind| match kind {
                TestKind::Variant(variant, _) => add(answers[variant]..answers[variant] + 1, Fate::Holds),
                TestKind::Value(..)
                | TestKind::Range { .. }
                | TestKind::Equal(_)
                | TestKind::Len { .. }
                | TestKind::OneOf(_) => add(0..all, Fate::Stays),
            })
        });
        let mut left = left.into_iter();
        let targets: Vec<_> = wanted
            .iter()
            .zip(&mut left)
            .map(|(&variant, rest)| (variant, self.state(decider, rest)))
            .collect();
        let otherwise = match left.next().filter(|_| wanted.len() != count) {
            Some(rest) => self.state(decider, rest),
            None => self.unreachable(span),
        };
        self.switch_variant(place, targets, otherwise, span);
    }

    /// An integer, `bool`, `char`, or the length of a slice.
    fn decide_number(&mut self, decider: &mut Decider<'_>, open: &[Open], place: &Place, span: Span) {
        let rows = decider.rows;
        let mut is_len = false;
        let mut starts = vec![0];
        self.at_place(rows, open, place, &mut |kind| {
            is_len |= matches!(kind, TestKind::Len { .. });
            kind.each(&mut |kind| {
                let Some((lo, hi)) = segment(kind) else { return };
                starts.push(lo);
                starts.extend(hi.checked_add(1));
            })
        });
        let ty = if is_len { Ty::usize() } else { place.ty(&self.locals) };
        let fates = |starts: &[u128], kind: &TestKind, add: &mut dyn FnMut(Range<usize>, Fate)| {
            kind.each(&mut |kind| match segment(kind) {
                Some((lo, hi)) => {
                    let first = starts.partition_point(|&start| start < lo);
                    add(first..starts.partition_point(|&start| start <= hi), Fate::Holds);
                }
                None => {
                    for (at, &start) in starts.iter().enumerate() {
                        match contains(kind, start) {
                            Some(true) => add(at..at + 1, Fate::Holds),
                            Some(false) => {}
                            None => add(at..at + 1, Fate::Stays),
                        }
                    }
                }
            })
        };
        let segments = self.segments(decider, open, place, starts, last(ty), &fates);
        let value = match is_len {
            true => {
                let len = self.scratch(Ty::usize(), span);
                self.assign(&len.into(), Rvalue::Len(place.clone()), span);
                Place::local(len)
            }
            false => place.clone(),
        };
        self.emit_segments(&value, ty, &segments, span);
    }

    /// How many lengths the texts have that a place is compared with.
    fn text_lengths(&self, rows: &[Row], open: &[Open], place: &Place) -> usize {
        let mut lengths = BTreeSet::new();
        self.at_place(rows, open, place, &mut |kind| {
            if let TestKind::Equal(constant) = kind {
                lengths.extend(text_len(constant));
            }
        });
        lengths.len()
    }

    fn decide_text_length(&mut self, decider: &mut Decider<'_>, open: &[Open], place: &Place, span: Span) {
        let rows = decider.rows;
        let mut starts = vec![0];
        self.at_place(rows, open, place, &mut |kind| {
            if let TestKind::Equal(constant) = kind
                && let Some(len) = text_len(constant)
            {
                starts.extend([len, len + 1]);
            }
        });
        let fates = |starts: &[u128], kind: &TestKind, add: &mut dyn FnMut(Range<usize>, Fate)| {
            let len = if let TestKind::Equal(constant) = kind { text_len(constant) } else { None };
            let fits = match len.map(|len| starts.partition_point(|&start| start < len)) {
                Some(at) => at..at + 1,
                None => 0..starts.len(),
            };
            add(fits, Fate::Stays);
        };
        let segments = self.segments(decider, open, place, starts, last(Ty::usize()), &fates);
        let mut text = place.clone();
        while matches!(text.ty(&self.locals).kind(), TyKind::Ref(..)) {
            text = text.deref();
        }
        let len = self.scratch(Ty::usize(), span);
        self.assign(&len.into(), Rvalue::Len(text), span);
        self.emit_segments(&len.into(), Ty::usize(), &segments, span);
    }

    /// The numbers from 0 to `last` cut up at `starts`: the first and last of each segment, and where to go on.
    fn segments(
        &mut self,
        decider: &mut Decider<'_>,
        open: &[Open],
        place: &Place,
        mut starts: Vec<u128>,
        last: u128,
        fates: &FatesIn<'_>,
    ) -> Vec<Segment> {
        starts.retain(|&start| start <= last);
        starts.sort();
        starts.dedup();
        let left = split_by(decider.rows, open, decider.guarded, place, starts.len(), &|kind, add| {
            fates(&starts, kind, add)
        });
        let mut segments: Vec<Segment> = Vec::new();
        for (at, rest) in left.into_iter().enumerate() {
            let (lo, hi) = (starts[at], starts.get(at + 1).map_or(last, |next| next - 1));
            let target = self.state(decider, rest);
            match segments.last_mut().filter(|before| before.target == target) {
                Some(before) => before.hi = hi,
                None => segments.push(Segment { lo, hi, target }),
            }
        }
        segments
    }

    /// Finds the segment that a value is in.
    fn emit_segments(&mut self, value: &Place, ty: Ty, segments: &[Segment], span: Span) {
        if let Some(otherwise) = is_switch(segments) {
            let cases = segments.iter().filter(|segment| segment.target != otherwise);
            let targets: Vec<(u128, BlockId)> = cases
                .flat_map(|segment| (segment.lo..=segment.hi).map(|key| (order(key, ty), segment.target)))
                .collect();
            return match targets.is_empty() {
                true => self.goto(otherwise, span),
                false => {
                    let operand = Operand::Copy(value.clone());
                    self.terminate(TerminatorKind::Switch { operand, targets, otherwise }, span);
                }
            };
        }
        // As much as one switch can tell apart from either end, otherwise the middle.
        let count = segments.len();
        let front = one_switch(segments.iter());
        let back = count - one_switch(segments.iter().rev());
        let middle = if front >= back || count <= 3 { front } else { count / 2 };
        let (low, high) = segments.split_at(middle);
        let (is_low, is_high) = (self.new_block(), self.new_block());
        let bound = cfg::scalar(order(high[0].lo, ty), ty, span);
        let test = Rvalue::Binary(BinOp::Lt, Operand::Copy(value.clone()), bound);
        self.branch(test, is_low, is_high, span);
        self.block = is_low;
        self.emit_segments(value, ty, low, span);
        self.block = is_high;
        self.emit_segments(value, ty, high, span);
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
            // Asked for all rows at once.
            TestKind::Variant(..) | TestKind::Value(..) | TestKind::Len { .. } | TestKind::OneOf(_) => {}
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
        let (other, other_ty) = if let TyKind::Ref(_, to, _) = *constant.ty.kind() {
            (value, to)
        } else {
            let temp = self.scratch(constant.ty, span);
            self.assign(&temp.into(), Rvalue::Use(value), span);
            self.as_reference(temp.into(), constant.ty, span)
        };
        let method = self.method(LangItem::Eq, "eq");
        let args = self.protocol_args(method, subject_ty, other_ty);
        self.call_to_temp(method, args, vec![subject, other], Ty::bool(), span)
    }

    /// `&place`, or the reference that it is.
    fn as_reference(&mut self, place: Place, ty: Ty, span: Span) -> (Operand, Ty) {
        if let TyKind::Ref(_, to, Mutability::Shared) = *ty.kind() {
            (Operand::Copy(place), to)
        } else {
            let temp = self.scratch(Ty::reference(ty, Mutability::Shared), span);
            self.assign(&temp.into(), Rvalue::Ref(Mutability::Shared, place), span);
            (Operand::Copy(temp.into()), ty)
        }
    }
}

/// What an answer to `asked` means for another question about the same place.
fn fate(kind: &TestKind, asked: &TestKind, answer: bool) -> Fate {
    if kind == asked {
        return if answer { Fate::Holds } else { Fate::Fails };
    }
    match (kind, asked) {
        (TestKind::Value(value, ty), TestKind::Range { .. }) => match contains(asked, order(*value, *ty)) {
            Some(is_in) if is_in != answer => Fate::Fails,
            Some(_) | None => Fate::Stays,
        },
        (TestKind::Range { .. }, TestKind::Range { .. }) if answer && apart(kind, asked) => Fate::Fails,
        // The same, written twice.
        (TestKind::Equal(a), TestKind::Equal(b)) if a.value == b.value && a.ty == b.ty => match answer {
            true => Fate::Holds,
            false => Fate::Fails,
        },
        // Two constants may be equal; two literals are not.
        (TestKind::Equal(a), TestKind::Equal(b)) if answer && is_literal(a) && is_literal(b) => Fate::Fails,
        _ => Fate::Stays,
    }
}

/// Floats are left out: `0.0` and `-0.0` are equal.
fn is_literal(constant: &Constant) -> bool {
    !matches!(constant.value, ConstValue::Def(..) | ConstValue::Ty(_)) && !is_float(constant.ty)
}

/// The text that a place is compared with.
fn text(test: &Test) -> Option<Symbol> {
    if let TestKind::Equal(Constant { value: ConstValue::Str(text), .. }) = test.kind {
        Some(text)
    } else {
        None
    }
}

/// The length of a literal text.
fn text_len(constant: &Constant) -> Option<u128> {
    if let ConstValue::Str(text) = &constant.value { Some(text.as_str().len() as u128) } else { None }
}

/// Bits as a key by which they sort as the type's values do; and back.
fn order(bits: u128, ty: Ty) -> u128 {
    if let TyKind::Prim(prim) = *ty.kind() {
        match prim.integer() {
            Some((width, true)) => bits ^ (1 << (width - 1)),
            _ => bits,
        }
    } else {
        bits
    }
}

/// The greatest key.
fn last(ty: Ty) -> u128 {
    if let TyKind::Prim(hir::PrimTy::Bool) = *ty.kind() {
        1
    } else if let TyKind::Prim(hir::PrimTy::Char) = *ty.kind() {
        0x10_ffff
    } else if let TyKind::Prim(prim) = *ty.kind() {
        match prim.integer() {
            Some((width, _)) if width < 128 => (1 << width) - 1,
            _ => u128::MAX,
        }
    } else {
        u128::MAX
    }
}

/// The keys for which a question is answered by yes, first and last; `None` where no key says so.
fn segment(kind: &TestKind) -> Option<(u128, u128)> {
    match kind {
        TestKind::Value(bits, ty) => Some((order(*bits, *ty), order(*bits, *ty))),
        TestKind::Range { lo, hi, inclusive, ty } if !is_float(*ty) => {
            let lo = match lo {
                None => 0,
                Some(Bound::Bits(bits)) => order(*bits, *ty),
                Some(Bound::Item(_)) => return None,
            };
            let hi = match hi {
                None => last(*ty),
                Some(Bound::Bits(bits)) if *inclusive => order(*bits, *ty),
                Some(Bound::Bits(bits)) => order(*bits, *ty).checked_sub(1)?,
                Some(Bound::Item(_)) => return None,
            };
            (lo <= hi).then_some((lo, hi))
        }
        TestKind::Len { len, at_least } => {
            let len = u128::from(*len);
            Some((len, if *at_least { last(Ty::usize()) } else { len }))
        }
        TestKind::Range { .. } | TestKind::Variant(..) | TestKind::Equal(_) | TestKind::OneOf(_) => None,
    }
}

/// Whether one switch tells these apart: what is wide leads to one target, the rest are a few numbers each.
fn is_switch(segments: &[Segment]) -> Option<BlockId> {
    let wide = segments.iter().find(|segment| segment.is_wide());
    (one_switch(segments.iter()) == segments.len())
        .then(|| wide.unwrap_or(&segments[segments.len() - 1]).target)
}

/// How many of the first ones a switch tells apart.
fn one_switch<'s>(segments: impl Iterator<Item = &'s Segment>) -> usize {
    let mut otherwise = None;
    segments
        .take_while(|segment| {
            !segment.is_wide() || *otherwise.get_or_insert(segment.target) == segment.target
        })
        .count()
}

pub fn is_float(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Prim(hir::PrimTy::F32 | hir::PrimTy::F64))
}

/// Whether a key answers a question by yes. `None`: a bound is not known yet.
fn contains(kind: &TestKind, key: u128) -> Option<bool> {
    let TestKind::Range { lo, hi, inclusive, ty } = kind else {
        return segment(kind).map(|(lo, hi)| lo <= key && key <= hi);
    };
    if is_float(*ty) {
        return None;
    }
    let bound = |bound: &Option<Bound>| match bound {
        None => Some(None),
        Some(Bound::Bits(bits)) => Some(Some(order(*bits, *ty))),
        Some(Bound::Item(_)) => None,
    };
    let (lo, hi) = (bound(lo), bound(hi));
    let above = lo.map(|lo| lo.is_none_or(|lo| lo <= key));
    let below = hi.map(|hi| hi.is_none_or(|hi| if *inclusive { key <= hi } else { key < hi }));
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
