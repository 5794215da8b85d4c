//! What is known only of the whole program: which functions never unwind, and so which cleanup is never reached.
//!
//! In: a program with all its bodies. Out: [`Function::nounwind`], calls without useless unwind edges, bodies without
//! blocks that nothing reaches.
//!
//! Before: `call fn3() -> bb1, unwind bb2` where `fn3` only adds. After: `call fn3() -> bb1`; bb2 is gone.

use crate::*;
use base::{Idx, IndexVec};

pub(super) fn finish(program: &mut Program) {
    mark_unwinding(program);
    let nounwind: IndexVec<InstanceId, bool> = program.functions.iter().map(|f| f.nounwind).collect();
    let glue: std::collections::HashMap<_, _> = program.drop_glue.iter().map(|(&ty, &id)| (ty, id)).collect();
    for function in program.functions.iter_mut() {
        let body = &mut function.body;
        let locals = std::mem::take(&mut body.locals);
        for block in body.blocks.iter_mut() {
            match &mut block.terminator.kind {
                TerminatorKind::Call { callee, unwind, .. } if !may_unwind(callee, &nounwind) => {
                    *unwind = None
                }
                TerminatorKind::Drop { place, unwind, .. } => {
                    if glue.get(&place.ty(&locals)).is_none_or(|&id| nounwind[id]) {
                        *unwind = None;
                    }
                }
                TerminatorKind::Call { .. }
                | TerminatorKind::Goto(_)
                | TerminatorKind::Switch { .. }
                | TerminatorKind::Return
                | TerminatorKind::Resume
                | TerminatorKind::Abort
                | TerminatorKind::Unreachable
                | TerminatorKind::Assert { .. } => {}
            }
        }
        body.locals = locals;
        remove_unreachable(body);
    }
}

fn may_unwind(callee: &Callee, nounwind: &IndexVec<InstanceId, bool>) -> bool {
    match callee {
        Callee::Instance(id) => !nounwind[*id],
        Callee::Intrinsic(..) => false,
        Callee::Runtime(name) => abi::find(name.as_str()).is_none_or(|function| function.unwinds),
        Callee::Pointer(_) | Callee::Def(..) => true,
    }
}

/// A function unwinds if something in it does; from callees to callers, until nothing changes.
fn mark_unwinding(program: &mut Program) {
    let count = program.functions.len();
    let mut callers: IndexVec<InstanceId, Vec<InstanceId>> = IndexVec::from_elem(Vec::new(), count);
    let mut unwinds = IndexVec::<InstanceId, bool>::from_elem(false, count);
    let mut work = Vec::new();
    for (id, function) in program.functions.iter_enumerated() {
        let mut own = false;
        for block in function.body.blocks.iter() {
            match &block.terminator.kind {
                TerminatorKind::Call { callee: Callee::Instance(callee), .. } => callers[*callee].push(id),
                TerminatorKind::Call { callee, .. } => {
                    own |= match callee {
                        Callee::Runtime(name) => abi::find(name.as_str()).is_none_or(|f| f.unwinds),
                        Callee::Pointer(_) | Callee::Def(..) => true,
                        Callee::Intrinsic(..) | Callee::Instance(_) => false,
                    }
                }
                TerminatorKind::Assert { .. } => own = true,
                TerminatorKind::Drop { place, .. } => {
                    if let Some(&glue) = program.drop_glue.get(&place.ty(&function.body.locals)) {
                        callers[glue].push(id);
                    }
                }
                TerminatorKind::Goto(_)
                | TerminatorKind::Switch { .. }
                | TerminatorKind::Return
                | TerminatorKind::Resume
                | TerminatorKind::Abort
                | TerminatorKind::Unreachable => {}
            }
        }
        if own {
            unwinds[id] = true;
            work.push(id);
        }
    }
    while let Some(id) = work.pop() {
        for &caller in &callers[id] {
            if !std::mem::replace(&mut unwinds[caller], true) {
                work.push(caller);
            }
        }
    }
    for (id, function) in program.functions.iter_enumerated_mut() {
        function.nounwind = !unwinds[id];
    }
}

/// Blocks that nothing reaches go; the others keep their order.
fn remove_unreachable(body: &mut Body) {
    let mut reached = IndexVec::<BlockId, bool>::from_elem(false, body.blocks.len());
    let mut work = vec![ENTRY];
    while let Some(block) = work.pop() {
        if !std::mem::replace(&mut reached[block], true) {
            work.extend(body.blocks[block].terminator.kind.successors());
        }
    }
    if reached.iter().all(|&reached| reached) {
        return;
    }
    let mut renamed = IndexVec::<BlockId, BlockId>::from_elem(ENTRY, body.blocks.len());
    let mut next = 0;
    for block in body.blocks.ids() {
        if reached[block] {
            renamed[block] = BlockId::from_usize(next);
            next += 1;
        }
    }
    let blocks = std::mem::take(&mut body.blocks);
    body.blocks = blocks
        .raw
        .into_iter()
        .zip(reached.iter())
        .filter(|&(_, &reached)| reached)
        .map(|(mut block, _)| {
            block.terminator.kind.for_each_successor_mut(&mut |target| *target = renamed[*target]);
            block
        })
        .collect();
}
