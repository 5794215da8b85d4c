//! Fewer blocks: jumps to jumps are threaded, blocks with one way in and out merged, the unreachable dropped, cleanup
//! without anything to clean up taken off its callers.
//!
//! Needs nothing (after elaboration it finds most to do); leaves [`crate::Fact::CfgSimple`].
//!
//! ```text
//! bb0: { goto bb1; } bb1: { _1 = …; goto bb2; } bb2: { return; }   ⇒   bb0: { _1 = …; return; }
//! ```

use crate::PassCx;
use mir::build::renumber_blocks;
use mir::graph::{predecessors, reverse_postorder};
use mir::*;

pub fn run(body: &mut Body, _: &PassCx<'_>) {
    simplify(body);
}

pub fn simplify(body: &mut Body) {
    for block in body.blocks.iter_mut() {
        block.statements.retain(|statement| !matches!(statement.kind, StatementKind::Nop));
    }
    remove_idle_cleanup(body);
    thread_jumps(body);
    one_way_switches(body);
    renumber_blocks(body);
    merge(body);
    renumber_blocks(body);
}

/// Unwinding that only resumes is what happens without a cleanup block.
fn remove_idle_cleanup(body: &mut Body) {
    for block in body.blocks.ids() {
        let Some(unwind) = body.blocks[block].terminator.kind.unwind() else { continue };
        let end = follow(body, unwind);
        let idle = &body.blocks[end];
        if idle.statements.is_empty()
            && matches!(idle.terminator.kind, TerminatorKind::Resume)
            && let Some(unwind) = body.blocks[block].terminator.kind.unwind_mut()
        {
            *unwind = None;
        }
    }
}

/// Through empty blocks that only jump; stops at a cycle of them.
fn follow(body: &Body, from: BlockId) -> BlockId {
    let mut at = from;
    for _ in 0..body.blocks.len() {
        if let TerminatorKind::Goto(next) = body.blocks[at].terminator.kind
            && body.blocks[at].statements.is_empty()
            && next != at
        {
            at = next
        } else {
            break;
        }
    }
    at
}

fn thread_jumps(body: &mut Body) {
    for block in body.blocks.ids() {
        let mut kind = body.blocks[block].terminator.kind.clone();
        kind.for_each_successor_mut(&mut |successor| *successor = follow(body, *successor));
        body.blocks[block].terminator.kind = kind;
    }
}

fn one_way_switches(body: &mut Body) {
    for block in body.blocks.iter_mut() {
        if let TerminatorKind::Switch { targets, otherwise, .. } = &mut block.terminator.kind {
            targets.retain(|&(_, target)| target != *otherwise);
            if targets.is_empty() {
                block.terminator.kind = TerminatorKind::Goto(*otherwise);
            }
        }
    }
}

/// A block that only its predecessor jumps to becomes part of it.
fn merge(body: &mut Body) {
    let predecessors = predecessors(body);
    for block in reverse_postorder(body) {
        while let TerminatorKind::Goto(next) = body.blocks[block].terminator.kind {
            let mergeable = next != block
                && next != ENTRY
                && predecessors[next].len() == 1
                && body.blocks[next].is_cleanup == body.blocks[block].is_cleanup;
            if !mergeable {
                break;
            }
            let mut taken = std::mem::take(&mut body.blocks[next].statements);
            let terminator = body.blocks[next].terminator.clone();
            // The rest of `next` cannot be reached any more.
            body.blocks[next].terminator.kind = TerminatorKind::Unreachable;
            let here = &mut body.blocks[block];
            here.statements.append(&mut taken);
            here.terminator = terminator;
        }
    }
}
