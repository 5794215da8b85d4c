//! The fast solver: the conflicts that [`crate::naive`] finds, in two steps.
//!
//! In: [`Facts`] and liveness, which is asked for only where it is needed. Out: every conflict.
//!
//! 1. Without regard to where: each origin that a loan could ever reach over all subsets. Of an invalidation that finds
//!    none of them live, nothing is left. Most bodies end here.
//! 2. What is left is solved with regard to where, over the loans that are left and the origins that they could reach,
//!    as a dataflow: the state at a block's entry is a matrix of bits (which origin is part of which, closed) and the loans
//!    that each origin holds. A chain of subsets between two origins that a loan can reach leads only over such
//!    origins, so nothing is lost.

use crate::facts::{Conflict, Facts, Live, Loan};
use crate::regioned::{Origin, Point};
use base::Idx;
use mir::dataflow::BitSet;
use std::collections::VecDeque;

pub fn solve(facts: &Facts, live: &dyn Live) -> Vec<Conflict> {
    let graph = Graph::new(facts);
    let mut left: Vec<(Point, Loan)> = Vec::new();
    let mut reached: Vec<Option<BitSet<Origin>>> = vec![None; facts.loans.len()];
    for &(point, loan) in &facts.invalidated {
        let of_loan = reached[loan.index()].get_or_insert_with(|| graph.reach(facts.loans[loan].1));
        if facts.universal.iter().any(|&it| of_loan.contains(it)) || meets(of_loan, live.live_at(point)) {
            left.push((point, loan));
        }
    }
    if left.is_empty() {
        return Vec::new();
    }
    Exact::new(facts, live, left, &reached).solve()
}

fn meets(a: &BitSet<Origin>, b: &BitSet<Origin>) -> bool {
    a.iter().any(|it| b.contains(it))
}

/// All subsets, whatever the point.
pub struct Graph {
    /// Where an origin's edges begin.
    starts: Vec<u32>,
    to: Vec<Origin>,
}

impl Graph {
    pub fn new(facts: &Facts) -> Graph {
        let mut starts = vec![0u32; facts.origins + 2];
        for &(_, from, _) in &facts.subsets {
            starts[from.index() + 2] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut to = vec![Origin(0); facts.subsets.len()];
        for &(_, from, target) in &facts.subsets {
            let at = &mut starts[from.index() + 1];
            to[*at as usize] = target;
            *at += 1;
        }
        Graph { starts, to }
    }

    /// All that may hold what an origin holds, itself too.
    pub fn reach(&self, from: Origin) -> BitSet<Origin> {
        let mut reached = BitSet::new(self.starts.len() - 2);
        reached.insert(from);
        let mut work = vec![from];
        while let Some(origin) = work.pop() {
            let range = self.starts[origin.index()] as usize..self.starts[origin.index() + 1] as usize;
            for &next in &self.to[range] {
                if reached.insert(next) {
                    work.push(next);
                }
            }
        }
        reached
    }
}

/// Which loans each origin could ever hold.
pub struct Holders {
    loans: Vec<Vec<Loan>>,
    everywhere: Vec<Loan>,
}

impl Holders {
    pub fn new(facts: &Facts) -> Holders {
        let graph = Graph::new(facts);
        let mut loans = vec![Vec::new(); facts.origins];
        for (loan, &(_, origin)) in facts.loans.iter_enumerated() {
            graph.reach(origin).iter().for_each(|holder| loans[holder.index()].push(loan));
        }
        let everywhere = facts.universal.iter().flat_map(|it| loans[it.index()].iter().copied()).collect();
        Holders { loans, everywhere }
    }

    /// Those that one of some origins, or a universal one, could hold; in order.
    pub fn at(&self, live: &BitSet<Origin>) -> Vec<Loan> {
        let mut found = self.everywhere.clone();
        live.iter().for_each(|origin| found.extend(&self.loans[origin.index()]));
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Rows of bits.
#[derive(Clone, PartialEq, Eq)]
struct State {
    /// `subset[a]` has the origins that hold what `a` holds.
    subset: Vec<u64>,
    /// `holds[o]` has loans.
    holds: Vec<u64>,
}

struct Exact<'a> {
    facts: &'a Facts,
    live: &'a dyn Live,
    left: Vec<(Point, Loan)>,
    /// The origins and loans that matter; and the place of each among them.
    origins: Vec<Origin>,
    loans: Vec<Loan>,
    place: Vec<u32>,
    loan_place: Vec<u32>,
    /// Words of a row.
    origin_words: usize,
    loan_words: usize,
    universal: Vec<u64>,
}

const NONE: u32 = u32::MAX;

impl<'a> Exact<'a> {
    fn new(
        facts: &'a Facts,
        live: &'a dyn Live,
        left: Vec<(Point, Loan)>,
        reached: &[Option<BitSet<Origin>>],
    ) -> Exact<'a> {
        let mut loans: Vec<Loan> = left.iter().map(|&(_, loan)| loan).collect();
        loans.sort();
        loans.dedup();
        let mut matters = BitSet::<Origin>::new(facts.origins);
        for &loan in &loans {
            if let Some(of_loan) = &reached[loan.index()] {
                matters.union(of_loan);
            }
        }
        let origins: Vec<Origin> = matters.iter().collect();
        let mut place = vec![NONE; facts.origins];
        origins.iter().enumerate().for_each(|(at, origin)| place[origin.index()] = at as u32);
        let mut loan_place = vec![NONE; facts.loans.len()];
        loans.iter().enumerate().for_each(|(at, loan)| loan_place[loan.index()] = at as u32);
        let (origin_words, loan_words) = (origins.len().div_ceil(64), loans.len().div_ceil(64));
        let mut universal = vec![0; origin_words];
        for it in &facts.universal {
            let at = place[it.index()];
            if at != NONE {
                universal[at as usize / 64] |= 1 << (at % 64);
            }
        }
        Exact { facts, live, left, origins, loans, place, loan_place, origin_words, loan_words, universal }
    }

    fn empty(&self) -> State {
        State {
            subset: vec![0; self.origins.len() * self.origin_words],
            holds: vec![0; self.origins.len() * self.loan_words],
        }
    }

    /// Bits of the origins that are live at a point.
    fn live_bits(&self, point: Point) -> Vec<u64> {
        let live = self.live.live_at(point);
        let mut bits = self.universal.clone();
        for (at, &origin) in self.origins.iter().enumerate() {
            if live.contains(origin) {
                bits[at / 64] |= 1 << (at % 64);
            }
        }
        bits
    }

    /// Several ways met: the union of closed relations is not closed.
    fn close(&self, state: &mut State) {
        let words = self.origin_words;
        for via in 0..self.origins.len() {
            let row: Vec<u64> = state.subset[via * words..(via + 1) * words].to_vec();
            if row.iter().all(|&word| word == 0) {
                continue;
            }
            for from in 0..self.origins.len() {
                if from != via && state.subset[from * words + via / 64] & (1 << (via % 64)) != 0 {
                    for (word, more) in row.iter().enumerate() {
                        state.subset[from * words + word] |= more;
                    }
                }
            }
        }
    }

    /// The effects of an instruction.
    fn step(&self, state: &mut State, point: Point, is_head: bool) {
        let (words, loan_words, count) = (self.origin_words, self.loan_words, self.origins.len());
        let mut touched = is_head;
        if is_head {
            self.close(state);
        }
        for &(_, a, b) in self.facts.subsets_at(point) {
            let (a, b) = (self.place[a.index()], self.place[b.index()]);
            if a == NONE || b == NONE {
                continue;
            }
            let (a, b) = (a as usize, b as usize);
            if state.subset[a * words + b / 64] & (1 << (b % 64)) != 0 {
                continue;
            }
            touched = true;
            // Whatever is part of `a` is part of `b`, and of all that `b` is part of.
            let mut row: Vec<u64> = state.subset[b * words..(b + 1) * words].to_vec();
            row[b / 64] |= 1 << (b % 64);
            for from in 0..count {
                let below = from == a || state.subset[from * words + a / 64] & (1 << (a % 64)) != 0;
                if below {
                    for (word, more) in row.iter().enumerate() {
                        state.subset[from * words + word] |= more;
                    }
                }
            }
        }
        for &loan in &self.loans {
            let (at, origin) = self.facts.loans[loan];
            if at == point {
                let bit = self.loan_place[loan.index()] as usize;
                let place = self.place[origin.index()] as usize;
                state.holds[place * loan_words + bit / 64] |= 1 << (bit % 64);
                touched = true;
            }
        }
        if !touched {
            return;
        }
        // The relation is closed: one round is enough.
        for from in 0..count {
            let row: Vec<u64> = state.holds[from * loan_words..(from + 1) * loan_words].to_vec();
            if row.iter().all(|&word| word == 0) {
                continue;
            }
            for to in 0..count {
                if to != from && state.subset[from * words + to / 64] & (1 << (to % 64)) != 0 {
                    for (word, more) in row.iter().enumerate() {
                        state.holds[to * loan_words + word] |= more;
                    }
                }
            }
        }
    }

    /// What of a state goes on to a point.
    fn pass(&self, state: &mut State, from: Point, live: &[u64]) {
        let (words, loan_words) = (self.origin_words, self.loan_words);
        let mut kept = vec![u64::MAX; loan_words];
        for &(_, loan) in self.facts.killed_at(from) {
            let at = self.loan_place[loan.index()];
            if at != NONE {
                kept[at as usize / 64] &= !(1 << (at % 64));
            }
        }
        for origin in 0..self.origins.len() {
            let is_live = live[origin / 64] & (1 << (origin % 64)) != 0;
            for (word, live) in live.iter().enumerate() {
                let row = &mut state.subset[origin * words + word];
                *row = if is_live { *row & live } else { 0 };
            }
            for (word, kept) in kept.iter().enumerate() {
                let row = &mut state.holds[origin * loan_words + word];
                *row = if is_live { *row & kept } else { 0 };
            }
        }
    }

    fn solve(&self) -> Vec<Conflict> {
        let count = self.facts.successors.len();
        // A point that is the only way to the next keeps no state of its own.
        let mut ways_in = vec![0u32; count];
        for successors in self.facts.successors.iter() {
            successors.iter().for_each(|to| ways_in[to.index()] += 1);
        }
        let mut is_head = vec![false; count];
        if count > 0 {
            is_head[0] = true;
        }
        for (point, successors) in self.facts.successors.iter_enumerated() {
            for to in successors {
                if ways_in[to.index()] > 1 || successors.len() > 1 || to.index() != point.index() + 1 {
                    is_head[to.index()] = true;
                }
            }
        }
        let mut states: Vec<Option<State>> = vec![None; count];
        let mut lives: Vec<Option<Vec<u64>>> = vec![None; count];
        let mut found: Vec<Conflict> = Vec::new();
        let mut work: VecDeque<Point> = VecDeque::from([Point(0)]);
        let mut waits = vec![false; count];
        if count == 0 {
            return found;
        }
        states[0] = Some(self.empty());
        while let Some(head) = work.pop_front() {
            waits[head.index()] = false;
            let Some(mut state) = states[head.index()].clone() else { continue };
            let mut point = head;
            loop {
                for &(at, loan) in self.left.iter().filter(|&&(at, _)| at == point) {
                    let live = lives[at.index()].get_or_insert_with(|| self.live_bits(at));
                    let bit = self.loan_place[loan.index()] as usize;
                    let holder = (0..self.origins.len()).find(|&origin| {
                        live[origin / 64] & (1 << (origin % 64)) != 0
                            && state.holds[origin * self.loan_words + bit / 64] & (1 << (bit % 64)) != 0
                    });
                    if let Some(holder) = holder {
                        found.push(Conflict { point, loan, origin: self.origins[holder] });
                    }
                }
                self.step(&mut state, point, point == head);
                let successors = &self.facts.successors[point];
                match successors[..] {
                    [] => break,
                    [next] if !is_head[next.index()] => {
                        let live = lives[next.index()].get_or_insert_with(|| self.live_bits(next));
                        self.pass(&mut state, point, live);
                        point = next;
                    }
                    _ => {
                        for &next in successors {
                            let mut passed = state.clone();
                            let live = lives[next.index()].get_or_insert_with(|| self.live_bits(next));
                            self.pass(&mut passed, point, live);
                            let changed = match &mut states[next.index()] {
                                Some(known) => join(known, &passed),
                                none => {
                                    *none = Some(passed);
                                    true
                                }
                            };
                            if changed && !std::mem::replace(&mut waits[next.index()], true) {
                                work.push_back(next);
                            }
                        }
                        break;
                    }
                }
            }
        }
        // A point may be come to more than once: of an invalidation the first origin counts.
        found.sort();
        found.dedup_by_key(|it| (it.point, it.loan));
        found
    }
}

fn join(known: &mut State, new: &State) -> bool {
    let mut changed = false;
    let rows = known.subset.iter_mut().zip(&new.subset).chain(known.holds.iter_mut().zip(&new.holds));
    for (known, new) in rows {
        changed |= *new & !*known != 0;
        *known |= new;
    }
    changed
}
