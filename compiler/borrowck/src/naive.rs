//! The rules of borrow checking as they are written down: each a loop. Slow; the oracle of [`crate::solve`] in tests.
//!
//! In: [`Facts`] and liveness. Out: every conflict.
//!
//! The formulation is Polonius's. A point stands for the entry to an instruction and for its middle, where its effects are:
//! what is invalidated is looked at on entry, subsets and loans begin in the middle.
//!
//! ```text
//! 1. subset(a, b, p)    ⇐  the instruction at p relates a to b
//! 2. subset(a, c, p)    ⇐  subset(a, b, p), subset(b, c, p)
//! 3. subset(a, b, q)    ⇐  subset(a, b, p), p → q, a and b live at q
//! 4. holds(o, l, p)     ⇐  the loan l begins at p, in o
//! 5. holds(b, l, p)     ⇐  holds(a, l, p), subset(a, b, p)
//! 6. holds(o, l, q)     ⇐  holds(o, l, p), p → q, o live at q, l is not killed at p
//! 7. conflict(p, l)     ⇐  l is invalidated at p, holds(o, l, p) on entry, o live at p
//! ```

use crate::facts::{Conflict, Facts, Live, Loan};
use crate::regioned::{Origin, Point};
use base::Idx;
use std::collections::BTreeSet;

pub fn solve(facts: &Facts, live: &dyn Live) -> Vec<Conflict> {
    let is_live = |o: Origin, p: Point| facts.universal.contains(&o) || live.live_at(p).contains(o);
    let points: Vec<Point> = facts.successors.ids().collect();
    // On entry to each point.
    let mut subset: Vec<BTreeSet<(Origin, Origin)>> = vec![BTreeSet::new(); points.len()];
    let mut holds: Vec<BTreeSet<(Origin, Loan)>> = vec![BTreeSet::new(); points.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for &p in &points {
            let (mut here, mut held) = (subset[p.index()].clone(), holds[p.index()].clone());
            // 1
            here.extend(facts.subsets_at(p).iter().map(|&(_, a, b)| (a, b)));
            // 2
            loop {
                let mut more: Vec<(Origin, Origin)> = Vec::new();
                for &(a, b) in &here {
                    more.extend(here.iter().filter(|(from, _)| *from == b).map(|&(_, c)| (a, c)));
                }
                let before = here.len();
                here.extend(more);
                if here.len() == before {
                    break;
                }
            }
            // 4
            held.extend(facts.loans.iter_enumerated().filter(|(_, it)| it.0 == p).map(|(l, it)| (it.1, l)));
            // 5
            loop {
                let mut more: Vec<(Origin, Loan)> = Vec::new();
                for &(a, l) in &held {
                    more.extend(here.iter().filter(|(from, _)| *from == a).map(|&(_, b)| (b, l)));
                }
                let before = held.len();
                held.extend(more);
                if held.len() == before {
                    break;
                }
            }
            for &q in &facts.successors[p] {
                let before = (subset[q.index()].len(), holds[q.index()].len());
                // 3
                subset[q.index()].extend(here.iter().filter(|(a, b)| is_live(*a, q) && is_live(*b, q)));
                // 6
                let killed = |l: Loan| facts.killed_at(p).iter().any(|&(_, it)| it == l);
                holds[q.index()].extend(held.iter().filter(|(o, l)| is_live(*o, q) && !killed(*l)));
                changed |= before != (subset[q.index()].len(), holds[q.index()].len());
            }
        }
    }
    let mut found = Vec::new();
    for &(p, l) in &facts.invalidated {
        // 7
        let on_entry = holds[p.index()].iter().find(|&&(o, it)| it == l && is_live(o, p));
        found.extend(on_entry.map(|&(origin, _)| Conflict { point: p, loan: l, origin }));
    }
    found.sort();
    found.dedup_by_key(|it| (it.point, it.loan));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::IndexVec;
    use mir::dataflow::BitSet;

    /// Numbers in a fixed order that looks like none.
    struct Numbers(u64);
    impl Numbers {
        fn below(&mut self, end: u32) -> u32 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 33) % u64::from(end)) as u32
        }
    }

    fn random(numbers: &mut Numbers) -> (Facts, IndexVec<Point, BitSet<Origin>>) {
        let (points, origins, loans) = (2 + numbers.below(14), 2 + numbers.below(9), 1 + numbers.below(4));
        let mut facts = Facts { origins: origins as usize, ..Facts::default() };
        let mut live = IndexVec::new();
        for at in 0..points {
            let mut successors = Vec::new();
            if at + 1 < points {
                successors.push(Point(at + 1));
            }
            if numbers.below(4) == 0 {
                successors.push(Point(numbers.below(points)));
            }
            successors.dedup();
            facts.successors.push(successors);
            let mut here = BitSet::new(origins as usize);
            for origin in 0..origins {
                if numbers.below(3) > 0 {
                    here.insert(Origin(origin));
                }
            }
            live.push(here);
        }
        if numbers.below(3) == 0 {
            facts.universal.push(Origin(0));
        }
        for _ in 0..numbers.below(18) {
            let edge = (
                Point(numbers.below(points)),
                Origin(numbers.below(origins)),
                Origin(numbers.below(origins)),
            );
            facts.subsets.push(edge);
        }
        for loan in 0..loans {
            facts.loans.push((Point(numbers.below(points)), Origin(numbers.below(origins))));
            for _ in 0..numbers.below(3) {
                facts.killed.push((Point(numbers.below(points)), Loan(loan)));
            }
            for _ in 0..3 {
                facts.invalidated.push((Point(numbers.below(points)), Loan(loan)));
            }
        }
        facts.subsets.sort_unstable();
        facts.killed.sort_unstable();
        facts.invalidated.sort_unstable();
        facts.invalidated.dedup();
        (facts, live)
    }

    #[test]
    fn both_solvers_agree_on_random_facts() {
        let mut numbers = Numbers(7);
        let mut with_conflicts = 0;
        for round in 0..4000 {
            let (facts, live) = random(&mut numbers);
            let pairs = |all: Vec<Conflict>| all.iter().map(|it| (it.point, it.loan)).collect::<Vec<_>>();
            let (slow, fast) = (pairs(solve(&facts, &live)), pairs(crate::solve::solve(&facts, &live)));
            assert_eq!(
                slow,
                fast,
                "round {round}: {facts:?} {live:?}",
                live = live.iter().map(|it| it.iter().collect::<Vec<_>>()).collect::<Vec<_>>()
            );
            with_conflicts += usize::from(!slow.is_empty());
        }
        assert!(with_conflicts > 500, "{with_conflicts}");
    }
}
