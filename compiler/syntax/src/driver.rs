//! The parser's loop over LALRPOP's tables.
//!
//! In: the tokens of one item. Out: the item, or the token at which no sentence goes on.
//!
//! LALRPOP's own loop would do, but this one reuses its stacks from item to item, is a tenth faster, and can
//! *simulate*: follow the tables without building anything, from any point. Error recovery tries repairs so.

use crate::ast::ItemId;
use crate::builder::Builder;
use crate::grammar::__parse__Chunk as tables;
use crate::token::{Kind, NO_TEXT, Spanned, Token};
use lalrpop_util::state_machine::SimulatedReduce;
use std::marker::PhantomData;

const STATES: usize = tables::__EOF_ACTION.len();
/// How many terminals the grammar has.
pub(crate) const TERMINALS: usize = tables::__ACTION.len() / STATES;
/// The parser's stack never gets deeper than this: what comes after it may recurse. Brackets are limited by
/// the lexer; this limits chains of prefix operators and `else if`s.
pub(crate) const MAX_STACK: usize = 5000;

/// The tokens could not be used from this one on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    /// `tokens.len()`: more was expected.
    pub index: usize,
    /// It would be a sentence, but one nested too deeply.
    pub too_deep: bool,
}

/// The reduction that is all that can be done in a state, if there is such; 0 if not.
const fn only_reduction(state: usize) -> i16 {
    let (mut only, mut column) = (tables::__EOF_ACTION[state], 0);
    while column < TERMINALS {
        let action = tables::__ACTION[state * TERMINALS + column];
        if action > 0 || action < 0 && only != 0 && action != only {
            return 0;
        }
        if action < 0 {
            only = action;
        }
        column += 1;
    }
    only
}

/// What to do in each state: where in `ACTIONS` its row begins, and which bits of a token's column count there.
/// Where all that can be done is one reduction, none does and the row is one entry: the large rows stay few, and
/// no branch tells the two kinds of states apart. An error is found after such a reduction, but at the same token.
static ROWS: [(u32, u32); STATES] = TABLE.0;
static ACTIONS: Aligned = Aligned(TABLE.1);

/// A row's most frequent columns share a line of the cache.
#[repr(align(64))]
struct Aligned([i16; ROOM]);

/// How many states have one entry, rounded up to whole lines.
const SINGLE: usize = {
    let (mut single, mut state) = (0, 0);
    while state < STATES {
        single += (only_reduction(state) != 0) as usize;
        state += 1;
    }
    single.next_multiple_of(32)
};
const ROOM: usize = SINGLE + STATES * TERMINALS;

const TABLE: ([(u32, u32); STATES], [i16; ROOM]) = {
    let (mut rows, mut actions) = ([(0, 0); STATES], [0; ROOM]);
    let (mut state, mut single, mut row) = (0, 0, SINGLE);
    while state < STATES {
        let only = only_reduction(state);
        if only != 0 {
            rows[state] = (single as u32, 0);
            actions[single] = only;
            single += 1;
        } else {
            rows[state] = (row as u32, u32::MAX);
            let mut column = 0;
            while column < TERMINALS {
                actions[row + column] = tables::__ACTION[state * TERMINALS + column];
                column += 1;
            }
            row += TERMINALS;
        }
        state += 1;
    }
    (rows, actions)
};

/// The state after a nonterminal, by nonterminal and state. States from `GOTO_STATES - 1` on have one column.
static GOTO: [[i16; GOTO_STATES]; NONTERMINALS] = {
    let mut table = [[0; GOTO_STATES]; NONTERMINALS];
    let mut nonterminal = 0;
    while nonterminal < NONTERMINALS {
        let mut state = 0;
        while state < GOTO_STATES {
            table[nonterminal][state] = tables::__goto(state as i16, nonterminal);
            state += 1;
        }
        nonterminal += 1;
    }
    table
};

const NONTERMINALS: usize = {
    let mut nonterminal = 511;
    while tables::__goto(i16::MAX, nonterminal) == 0 {
        nonterminal -= 1;
    }
    nonterminal + 1
};

/// Past the last state in which a nonterminal leads elsewhere than usual.
const GOTO_STATES: usize = {
    let mut state = STATES - 1;
    'state: loop {
        let mut nonterminal = 0;
        while nonterminal < NONTERMINALS {
            if tables::__goto(state as i16, nonterminal) != tables::__goto(i16::MAX, nonterminal) {
                break 'state;
            }
            nonterminal += 1;
        }
        state -= 1;
    }
    state + 2
};

/// The state after a nonterminal.
#[inline(always)]
pub(crate) fn goto(state: i16, nonterminal: usize) -> i16 {
    GOTO[nonterminal][(state as usize).min(GOTO_STATES - 1)]
}

/// A symbol of the parser's stack: kept small, it is copied all the time.
const _: () = assert!(size_of::<(u32, tables::__Symbol, u32)>() == 20);

#[derive(Default)]
pub(crate) struct Driver {
    states: Vec<i16>,
    symbols: Vec<(u32, tables::__Symbol, u32)>,
}

/// The table's column for a kind; none if no sentence contains it.
#[inline]
pub(crate) fn column(kind: Kind) -> Option<usize> {
    tables::__token_to_integer(&Token { kind, symbol: NO_TEXT }, PhantomData)
}

#[inline]
fn action(state: i16, column: usize) -> i16 {
    tables::__ACTION[state as usize * TERMINALS + column]
}

impl Driver {
    /// Parses one item. On failure the builder's lists are unfinished: `builder.abandon()`.
    pub fn parse(&mut self, builder: &mut Builder<'_>, tokens: &[Spanned]) -> Result<Option<ItemId>, Stop> {
        let Driver { states, symbols } = self;
        states.clear();
        symbols.clear();
        states.push(0);
        for (index, token) in tokens.iter().enumerate() {
            let Some(column) = tables::__token_to_integer(&token.token, PhantomData) else {
                return Err(Stop { index, too_deep: false });
            };
            loop {
                let (row, mask) = ROWS[states[states.len() - 1] as usize];
                let action = ACTIONS.0[row as usize + (column & mask as usize)];
                if action > 0 {
                    if states.len() > MAX_STACK {
                        return Err(Stop { index, too_deep: true });
                    }
                    states.push(action - 1);
                    symbols.push((token.lo, tables::__Symbol::Variant0(token.token), token.hi));
                    break;
                }
                if action == 0 {
                    return Err(Stop { index, too_deep: false });
                }
                if tables::__reduce(builder, !action, Some(&token.lo), states, symbols, PhantomData).is_some()
                {
                    return Err(Stop { index, too_deep: false }); // complete, and yet there is more
                }
            }
        }
        loop {
            let action = tables::__EOF_ACTION[states[states.len() - 1] as usize];
            if action == 0 {
                return Err(Stop { index: tokens.len(), too_deep: false });
            }
            if let Some(result) = tables::__reduce(builder, !action, None, states, symbols, PhantomData) {
                return result.map_err(|_no_user_errors| Stop { index: tokens.len(), too_deep: false });
            }
        }
    }
}

/// The parser's states after some tokens, without what they build.
#[derive(Clone, Debug)]
pub(crate) struct Simulation {
    states: Vec<i16>,
}

impl Simulation {
    pub fn new() -> Simulation {
        Simulation { states: vec![0] }
    }

    /// Follows `tokens` as far as they go.
    pub fn run(&mut self, tokens: &[Spanned]) -> Result<(), Stop> {
        for (index, token) in tokens.iter().enumerate() {
            if !self.feed(token.kind()) {
                return Err(Stop { index, too_deep: false });
            }
            if self.states.len() > MAX_STACK {
                return Err(Stop { index, too_deep: true });
            }
        }
        Ok(())
    }

    /// Takes one token, if a sentence can go on with it. If not, nothing changes.
    pub fn feed(&mut self, kind: Kind) -> bool {
        let Some(column) = column(kind) else { return false };
        // Reductions that end in an error must leave no trace, so the popped part of the stack is kept.
        let mut kept = self.states.len();
        let mut above: Vec<i16> = Vec::new();
        loop {
            let top = above.last().copied().unwrap_or_else(|| self.states[kept - 1]);
            let action = action(top, column);
            if action == 0 {
                return false;
            }
            if action > 0 {
                self.states.truncate(kept);
                self.states.append(&mut above);
                self.states.push(action - 1);
                return true;
            }
            if !reduce(!action, &self.states, &mut kept, &mut above) {
                return false;
            }
        }
    }

    /// May the item end here?
    pub fn complete(&self) -> bool {
        let mut kept = self.states.len();
        let mut above = Vec::new();
        loop {
            let top = above.last().copied().unwrap_or_else(|| self.states[kept - 1]);
            let action = tables::__EOF_ACTION[top as usize];
            if action == 0 {
                return false;
            }
            if !reduce(!action, &self.states, &mut kept, &mut above) {
                return true;
            }
        }
    }

    /// The names, as in the grammar, of all terminals a sentence can go on with.
    pub fn expected(&self) -> Vec<&'static str> {
        let accepts = |&column: &usize| {
            let mut kept = self.states.len();
            let mut above: Vec<i16> = Vec::new();
            loop {
                let top = above.last().copied().unwrap_or_else(|| self.states[kept - 1]);
                let action = action(top, column);
                if action >= 0 {
                    return action > 0;
                }
                if !reduce(!action, &self.states, &mut kept, &mut above) {
                    return false;
                }
            }
        };
        (0..TERMINALS).filter(accepts).map(|column| tables::__TERMINAL[column].trim_matches('"')).collect()
    }
}

/// Reduces on the stack `states[..kept]` and `above`. False if this was the start symbol's reduction.
fn reduce(production: i16, states: &[i16], kept: &mut usize, above: &mut Vec<i16>) -> bool {
    match tables::__simulate_reduce(production, PhantomData) {
        SimulatedReduce::Reduce { states_to_pop, nonterminal_produced } => {
            let from_above = states_to_pop.min(above.len());
            above.truncate(above.len() - from_above);
            *kept -= states_to_pop - from_above;
            let top = above.last().copied().unwrap_or_else(|| states[*kept - 1]);
            above.push(goto(top, nonterminal_produced));
            true
        }
        SimulatedReduce::Accept => false,
    }
}
