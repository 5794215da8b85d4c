//! The shape of a body: predecessors, reverse postorder, dominators, loops.
//!
//! In: a [`Body`]. Out: tables by block; what cannot be reached from the entry is in none of them. Dominators by Cooper,
//! Harvey and Kennedy, «A Simple, Fast Dominance Algorithm»; loops are the natural loops of back edges, merged by header.
//!
//! ```text
//! bb0 → bb1 → bb2 → bb1, bb1 → bb3     order: 0 1 2 3 or 0 1 3 2     bb1 dominates 2 and 3     one loop: header 1, {1, 2}
//! ```

use crate::{BlockId, Body, ENTRY};
use base::IndexVec;

/// Blocks that can be reached, every block before its successors but for back edges.
pub fn reverse_postorder(body: &Body) -> Vec<BlockId> {
    let mut order = Vec::with_capacity(body.blocks.len());
    let mut stack = Vec::with_capacity(body.blocks.len().min(64));
    let mut seen = IndexVec::<BlockId, bool>::from_elem(false, body.blocks.len());
    // A stack of our own: a generated function may have a hundred thousand blocks in a row.
    // Last successors first: so that the first one, and what follows from it, comes first in the order.
    let successors = |block: BlockId| body.blocks[block].terminator.kind.successors();
    stack.push((ENTRY, successors(ENTRY)));
    seen[ENTRY] = true;
    while let Some((block, ways)) = stack.last_mut() {
        match ways.next_back() {
            Some(successor) => {
                if !seen[successor] {
                    seen[successor] = true;
                    stack.push((successor, successors(successor)));
                }
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}

/// Who goes to each block, in block order; a block that names a target twice counts twice. Unreachable ones count too.
pub fn predecessors(body: &Body) -> IndexVec<BlockId, Vec<BlockId>> {
    let mut predecessors = IndexVec::from_elem(Vec::new(), body.blocks.len());
    for (id, block) in body.blocks.iter_enumerated() {
        for successor in block.terminator.kind.successors() {
            predecessors[successor].push(id);
        }
    }
    predecessors
}

/// Which blocks every way to a block leads through.
pub struct Dominators {
    /// Position in reverse postorder; `None` if it cannot be reached.
    position: IndexVec<BlockId, Option<u32>>,
    /// The closest dominator; the entry's is itself.
    immediate: IndexVec<BlockId, Option<BlockId>>,
}

impl Dominators {
    pub fn new(body: &Body) -> Dominators {
        let order = reverse_postorder(body);
        let predecessors = predecessors(body);
        let mut position = IndexVec::from_elem(None, body.blocks.len());
        for (at, &block) in order.iter().enumerate() {
            position[block] = Some(at as u32);
        }
        let mut dominators = Dominators { position, immediate: IndexVec::from_elem(None, body.blocks.len()) };
        dominators.immediate[ENTRY] = Some(ENTRY);
        let mut changed = true;
        while changed {
            changed = false;
            for &block in &order[1..] {
                let mut known = predecessors[block].iter().filter(|&&p| dominators.immediate[p].is_some());
                let Some(&first) = known.next() else { continue };
                let meet = known.fold(first, |meet, &p| dominators.meet(meet, p));
                if dominators.immediate[block] != Some(meet) {
                    dominators.immediate[block] = Some(meet);
                    changed = true;
                }
            }
        }
        dominators
    }

    /// The closest common dominator of two blocks whose dominators are known.
    fn meet(&self, mut a: BlockId, mut b: BlockId) -> BlockId {
        while a != b {
            let (at, bt) = (self.position[a], self.position[b]);
            match at > bt {
                true => a = self.immediate[a].unwrap_or(ENTRY),
                false => b = self.immediate[b].unwrap_or(ENTRY),
            }
        }
        a
    }

    pub fn is_reachable(&self, block: BlockId) -> bool {
        self.position[block].is_some()
    }

    /// `None` for the entry and for what cannot be reached.
    pub fn immediate(&self, block: BlockId) -> Option<BlockId> {
        self.immediate[block].filter(|_| block != ENTRY)
    }

    /// Whether every way to `below` leads through `above` (a block dominates itself).
    pub fn dominates(&self, above: BlockId, below: BlockId) -> bool {
        if !self.is_reachable(above) {
            return false;
        }
        let mut at = Some(below).filter(|&block| self.is_reachable(block));
        while let Some(block) = at {
            if block == above {
                return true;
            }
            at = self.immediate(block);
        }
        false
    }
}

/// A natural loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    pub header: BlockId,
    /// All its blocks, the header too, by number.
    pub blocks: Vec<BlockId>,
}

/// All loops, by header.
pub fn loops(body: &Body, dominators: &Dominators) -> Vec<Loop> {
    let predecessors = predecessors(body);
    let mut loops = Vec::new();
    for header in body.blocks.ids().filter(|&block| dominators.is_reachable(block)) {
        let latches: Vec<BlockId> = predecessors[header]
            .iter()
            .copied()
            .filter(|&latch| dominators.is_reachable(latch) && dominators.dominates(header, latch))
            .collect();
        if latches.is_empty() {
            continue;
        }
        let mut blocks = vec![header];
        let mut stack = latches;
        while let Some(block) = stack.pop() {
            if dominators.is_reachable(block) && !blocks.contains(&block) {
                blocks.push(block);
                stack.extend(&predecessors[block]);
            }
        }
        blocks.sort();
        loops.push(Loop { header, blocks });
    }
    loops
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::FreshNames;
    use crate::parse::parse;

    fn body(blocks: &[&str]) -> Body {
        let blocks: Vec<String> =
            blocks.iter().enumerate().map(|(id, end)| format!("bb{id}: {{ {end}; }}")).collect();
        let text = format!("fn m.f(_1: bool) -> () {{ {} }}", blocks.join(" "));
        parse(&text, &FreshNames::default(), base::FileId(0)).unwrap().remove(0)
    }

    #[test]
    fn a_loop_in_a_loop() {
        let body = body(&[
            "goto bb1",
            "switch(copy _1) [0: bb2, otherwise: bb5]",
            "goto bb3",
            "switch(copy _1) [0: bb3, otherwise: bb4]",
            "goto bb1",
            "return",
            "goto bb5",
        ]);
        let dominators = Dominators::new(&body);
        assert!(dominators.dominates(BlockId(1), BlockId(4)));
        assert!(!dominators.dominates(BlockId(2), BlockId(5)));
        assert!(!dominators.is_reachable(BlockId(6)));
        let found = loops(&body, &dominators);
        let ids = |ids: &[u32]| ids.iter().map(|&id| BlockId(id)).collect::<Vec<_>>();
        assert_eq!(
            found,
            [
                Loop { header: BlockId(1), blocks: ids(&[1, 2, 3, 4]) },
                Loop { header: BlockId(3), blocks: ids(&[3]) },
            ]
        );
        assert_eq!(reverse_postorder(&body)[..2], ids(&[0, 1]));
    }

    #[test]
    fn a_diamond_meets_at_its_top() {
        let body = body(&["switch(copy _1) [0: bb1, otherwise: bb2]", "goto bb3", "goto bb3", "return"]);
        let dominators = Dominators::new(&body);
        assert_eq!(dominators.immediate(BlockId(3)), Some(ENTRY));
        assert!(loops(&body, &dominators).is_empty());
    }
}
