//! What is left of the rows: a state of the decision.
//!
//! In: rows, and answers. Out: the rows that are left with each answer. Afterwards nothing stands after a row that has matched
//! for sure.
//!
//! ```text
//! [a is some, b == 1] → 0, [b == 1] → 1   with `a is some`   ⇒   [b == 1] → 0, [b == 1] → 1
//! ```

use super::super::pattern::{Row, TestKind};
use super::Fate;
use crate::Place;
use std::cmp::Ordering;
use std::ops::{ControlFlow, Deref, Range};
use std::rc::Rc;

/// A row and its open questions, by number.
pub type Open = (usize, Vec<u16>);

/// The rows that are still possible: the end of a list of which there may be many ends. States are compared by their rows,
/// and mostly the first tells.
#[derive(Clone)]
pub struct State {
    all: Rc<Vec<Open>>,
    from: usize,
}

impl State {
    pub fn new(mut open: Vec<Open>, guarded: &[bool]) -> State {
        // A row that has matched for sure hides the rest.
        if let Some(sure) = open.iter().position(|row| is_sure(row, guarded)) {
            open.truncate(sure + 1);
        }
        State { all: Rc::new(open), from: 0 }
    }

    /// All but the first row.
    pub fn rest(&self) -> State {
        State { all: self.all.clone(), from: self.from + 1 }
    }
}

impl Deref for State {
    type Target = [Open];
    fn deref(&self) -> &[Open] {
        &self.all[self.from..]
    }
}

impl PartialEq for State {
    fn eq(&self, other: &State) -> bool {
        **self == **other
    }
}
impl Eq for State {}
impl PartialOrd for State {
    fn partial_cmp(&self, other: &State) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for State {
    fn cmp(&self, other: &State) -> Ordering {
        (**self).cmp(&**other)
    }
}

/// Whether a row has matched, and no guard can say otherwise.
pub fn is_sure((row, tests): &Open, guarded: &[bool]) -> bool {
    tests.is_empty() && !guarded[*row]
}

/// The rows that are left when the questions about `place` have this answer.
pub fn split(rows: &[Row], open: &[Open], place: &Place, fate: &dyn Fn(&TestKind) -> Fate) -> Vec<Open> {
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

/// Tells with which answers a question does not fail, and what becomes of it.
pub type Fates<'a> = dyn Fn(&TestKind, &mut dyn FnMut(Range<usize>, Fate)) + 'a;

/// The same for each of many answers. Each row is asked which answers it is left with: where there are thousands of
/// answers, most rows want one of them.
pub fn split_by(
    rows: &[Row],
    open: &[Open],
    guarded: &[bool],
    place: &Place,
    answers: usize,
    fates: &Fates<'_>,
) -> Vec<Vec<Open>> {
    let mut left: Vec<Vec<Open>> = vec![Vec::new(); answers];
    let leave = |left: &mut Vec<Open>, row: usize, tests: &[u16], gone: &dyn Fn(u16) -> bool| {
        if left.last().is_none_or(|last| !is_sure(last, guarded)) {
            left.push((row, tests.iter().copied().filter(|&at| !gone(at)).collect()));
        }
    };
    for &(row, ref tests) in open {
        let kind = |at: u16| &rows[row].tests[at as usize].kind;
        let mut asked = tests.iter().copied().filter(|&at| rows[row].tests[at as usize].place == *place);
        match (asked.next(), asked.next()) {
            (None, _) => left.iter_mut().for_each(|left| leave(left, row, tests, &|_| false)),
            (Some(only), None) => {
                for (answer, fate) in by_answer(kind(only), fates) {
                    leave(&mut left[answer], row, tests, &|at| at == only && fate == Fate::Holds);
                }
            }
            (Some(first), Some(second)) => {
                let others: Vec<_> =
                    [second].into_iter().chain(asked).map(|at| (at, by_answer(kind(at), fates))).collect();
                for (answer, fate) in by_answer(kind(first), fates) {
                    let mut all = vec![(first, fate)];
                    for (at, of) in &others {
                        let found = of.binary_search_by_key(&answer, |&(answer, _)| answer);
                        all.extend(found.map(|found| (*at, of[found].1)));
                    }
                    // With an answer with which one of them fails the row is out.
                    if all.len() == 1 + others.len() {
                        leave(&mut left[answer], row, tests, &|at| all.contains(&(at, Fate::Holds)));
                    }
                }
            }
        }
    }
    left
}

/// The answers with which a question does not fail, in order, each once.
fn by_answer(kind: &TestKind, fates: &Fates<'_>) -> Vec<(usize, Fate)> {
    let mut answers: Vec<(usize, Fate)> = Vec::new();
    fates(kind, &mut |range, fate| answers.extend(range.map(|answer| (answer, fate))));
    if answers.len() < 2 {
        return answers;
    }
    // What holds comes first, and stays.
    answers.sort_unstable();
    answers.dedup_by_key(|&mut (answer, _)| answer);
    answers
}
