//! Dataflow: facts that hold at the start of every block, by iteration to a fixed point over bit sets.
//!
//! In: an [`Analysis`] and a body. Out: [`Results`], the state at every block's entry; a [`Cursor`]-like walk
//! ([`Results::visit`]) replays a block from there. Forwards and backwards; joining is union («may»). «Must» is the
//! complement of a may-analysis of the opposite fact.
//!
//! ```text
//! may be initialised:   bb0 {}  ──_1 = 5──▶  bb1 {_1}  ──move _1──▶  bb2 {}
//! ```

use crate::graph::{predecessors, reverse_postorder};
use crate::{BlockId, Body, ENTRY, Statement, Terminator};
use base::{Idx, IndexVec};
use std::marker::PhantomData;

/// A set of ids below a fixed number.
#[derive(PartialEq, Eq)]
pub struct BitSet<T: Idx> {
    words: Vec<u64>,
    len: usize,
    of: PhantomData<fn(T)>,
}

impl<T: Idx> Clone for BitSet<T> {
    fn clone(&self) -> BitSet<T> {
        BitSet { words: self.words.clone(), len: self.len, of: PhantomData }
    }
    /// Takes no new memory where the sets are equally large.
    fn clone_from(&mut self, other: &BitSet<T>) {
        self.words.clone_from(&other.words);
        self.len = other.len;
    }
}

impl<T: Idx> BitSet<T> {
    pub fn new(len: usize) -> BitSet<T> {
        BitSet { words: vec![0; len.div_ceil(64)], len, of: PhantomData }
    }
    pub fn len(&self) -> usize {
        self.len
    }
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }
    pub fn contains(&self, id: T) -> bool {
        self.words[id.index() / 64] & (1 << (id.index() % 64)) != 0
    }
    /// Whether it is new.
    pub fn insert(&mut self, id: T) -> bool {
        let new = !self.contains(id);
        self.words[id.index() / 64] |= 1 << (id.index() % 64);
        new
    }
    pub fn remove(&mut self, id: T) {
        self.words[id.index() / 64] &= !(1 << (id.index() % 64));
    }
    pub fn clear(&mut self) {
        self.words.fill(0);
    }
    pub fn fill(&mut self) {
        (0..self.len).for_each(|at| {
            self.insert(T::from_usize(at));
        });
    }
    /// Whether anything is new.
    pub fn union(&mut self, other: &BitSet<T>) -> bool {
        let mut changed = false;
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            changed |= *other & !*word != 0;
            *word |= other;
        }
        changed
    }
    pub fn iter(&self) -> impl Iterator<Item = T> {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let mut left = word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(T::from_usize(at * 64 + bit))
            })
        })
    }
}

impl<T: Idx> std::fmt::Debug for BitSet<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Forward,
    Backward,
}

/// Where an instruction stands: `statement == statements.len()` is the terminator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    pub block: BlockId,
    pub statement: usize,
}

/// What an instruction does to a state.
pub trait Analysis {
    type Id: Idx;
    const DIRECTION: Direction;
    /// How many ids there are.
    fn domain(&self) -> usize;
    /// At the entry of the body (forwards), or at its ends (backwards).
    fn start(&self, state: &mut BitSet<Self::Id>);
    fn statement(&self, state: &mut BitSet<Self::Id>, statement: &Statement, at: Location);
    /// What holds on all edges.
    fn terminator(&self, state: &mut BitSet<Self::Id>, terminator: &Terminator, at: Location);
    /// What all of a block does (forwards). An analysis that has gathered it may know it without looking at the block.
    fn block(&self, state: &mut BitSet<Self::Id>, body: &Body, block: BlockId) {
        let here = &body.blocks[block];
        for (statement, it) in here.statements.iter().enumerate() {
            self.statement(state, it, Location { block, statement });
        }
        self.terminator(state, &here.terminator, Location { block, statement: here.statements.len() });
    }
    /// What holds on one edge only, after `terminator` (forwards only): a call's result on the edge of its return.
    fn edge(
        &self,
        _state: &mut BitSet<Self::Id>,
        _terminator: &Terminator,
        _at: Location,
        _successor: BlockId,
        _position: usize,
    ) {
    }
}

/// The state at the entry of every block (forwards), or at its end (backwards).
pub struct Results<A: Analysis> {
    pub analysis: A,
    pub states: IndexVec<BlockId, BitSet<A::Id>>,
    pub reached: IndexVec<BlockId, bool>,
}

/// Iterates until nothing changes.
pub fn solve<A: Analysis>(body: &Body, analysis: A) -> Results<A> {
    solve_in(body, analysis, reverse_postorder(body))
}

/// The same for blocks that do not clean up: nothing comes back from those that do. They count as not reached. The body
/// is as it was built: every block can be reached, and they are numbered in reverse postorder.
pub fn solve_without_cleanup<A: Analysis>(body: &Body, analysis: A) -> Results<A> {
    let order = body.blocks.iter_enumerated().filter(|(_, block)| !block.is_cleanup);
    solve_in(body, analysis, order.map(|(block, _)| block).collect())
}

fn solve_in<A: Analysis>(body: &Body, analysis: A, order: Vec<BlockId>) -> Results<A> {
    let mut reached = IndexVec::from_elem(false, body.blocks.len());
    order.iter().for_each(|&block| reached[block] = true);
    let states = IndexVec::from_elem(BitSet::new(analysis.domain()), body.blocks.len());
    let mut results = Results { analysis, states, reached };
    match A::DIRECTION {
        Direction::Forward => results.solve_forward(body, &order),
        Direction::Backward => results.solve_backward(body, &order),
    }
    results
}

impl<A: Analysis> Results<A> {
    fn solve_forward(&mut self, body: &Body, order: &[BlockId]) {
        self.analysis.start(&mut self.states[ENTRY]);
        let mut dirty = IndexVec::<BlockId, bool>::from_elem(true, body.blocks.len());
        // Two sets for all blocks.
        let mut state = BitSet::new(self.analysis.domain());
        let mut on_edge = state.clone();
        let mut changed = true;
        while changed {
            changed = false;
            for &block in order {
                if !std::mem::replace(&mut dirty[block], false) {
                    continue;
                }
                state.clone_from(&self.states[block]);
                self.analysis.block(&mut state, body, block);
                let terminator = &body.blocks[block].terminator;
                let at = Location { block, statement: body.blocks[block].statements.len() };
                let mut successors = terminator.kind.successors().enumerate();
                let mut next = successors.next();
                while let Some((position, successor)) = next {
                    next = successors.next();
                    if !self.reached[successor] {
                        continue;
                    }
                    // The last one may take the state itself.
                    let after = match next {
                        Some(_) => {
                            on_edge.clone_from(&state);
                            &mut on_edge
                        }
                        None => &mut state,
                    };
                    self.analysis.edge(after, terminator, at, successor, position);
                    if self.states[successor].union(after) {
                        dirty[successor] = true;
                        changed = true;
                    }
                }
            }
        }
    }

    fn solve_backward(&mut self, body: &Body, order: &[BlockId]) {
        let predecessors = predecessors(body);
        let mut dirty = IndexVec::<BlockId, bool>::from_elem(true, body.blocks.len());
        for &block in order {
            if body.blocks[block].terminator.kind.successors().next().is_none() {
                self.analysis.start(&mut self.states[block]);
            }
        }
        let mut changed = true;
        while changed {
            changed = false;
            for &block in order.iter().rev() {
                if !std::mem::replace(&mut dirty[block], false) {
                    continue;
                }
                let mut state = self.states[block].clone();
                let here = &body.blocks[block];
                let end = here.statements.len();
                self.analysis.terminator(&mut state, &here.terminator, Location { block, statement: end });
                for (statement, it) in here.statements.iter().enumerate().rev() {
                    self.analysis.statement(&mut state, it, Location { block, statement });
                }
                for &predecessor in predecessors[block].iter().filter(|&&p| self.reached[p]) {
                    if self.states[predecessor].union(&state) {
                        dirty[predecessor] = true;
                        changed = true;
                    }
                }
            }
        }
    }

    /// The state just before an instruction (forwards).
    pub fn before(&self, body: &Body, at: Location) -> BitSet<A::Id> {
        let mut state = self.states[at.block].clone();
        for (statement, it) in body.blocks[at.block].statements.iter().enumerate().take(at.statement) {
            self.analysis.statement(&mut state, it, Location { block: at.block, statement });
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::FreshNames;
    use crate::{Local, StatementKind};

    /// Locals that may have been assigned.
    struct Assigned(usize);
    impl Analysis for Assigned {
        type Id = Local;
        const DIRECTION: Direction = Direction::Forward;
        fn domain(&self) -> usize {
            self.0
        }
        fn start(&self, _: &mut BitSet<Local>) {}
        fn statement(&self, state: &mut BitSet<Local>, statement: &Statement, _: Location) {
            if let StatementKind::Assign(place, _) = &statement.kind {
                state.insert(place.local);
            }
        }
        fn terminator(&self, _: &mut BitSet<Local>, _: &Terminator, _: Location) {}
    }

    #[test]
    fn facts_flow_around_a_loop() {
        let text = "fn m.f(_1: bool) -> () { let _2: bool; let _3: bool;
            bb0: { goto bb1; }
            bb1: { _2 = copy _1; switch(copy _1) [0: bb2, otherwise: bb3]; }
            bb2: { _3 = copy _1; goto bb1; }
            bb3: { return; } }";
        let body = crate::parse::parse(text, &FreshNames::default(), base::FileId(0)).unwrap().remove(0);
        let results = solve(&body, Assigned(body.locals.len()));
        let at = |block| results.states[BlockId(block)].iter().map(|local| local.0).collect::<Vec<_>>();
        assert_eq!((at(0), at(1), at(3)), (vec![], vec![2, 3], vec![2, 3]));
        let before = results.before(&body, Location { block: BlockId(0), statement: 0 });
        assert!(before.is_empty());
    }
}
