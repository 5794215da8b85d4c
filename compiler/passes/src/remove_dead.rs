//! Locals that nobody reads, and what is computed for them alone.
//!
//! Needs [`crate::Fact::CfgSimple`]; leaves [`crate::Fact::NoDeadLocals`]. Variables that the debugger shows stay. What
//! may panic or has another effect is no assignment in MIR but a terminator, so every assignment may go.
//!
//! ```text
//! live(_3); _3 = copy _1; dead(_3);   ⇒   nothing, and `_4` is now `_3`
//! ```

use crate::PassCx;
use base::IndexVec;
use mir::visit::Use;
use mir::*;

pub fn run(body: &mut Body, _: &PassCx<'_>) {
    loop {
        let used = used(body);
        if !remove_assignments(body, &used) {
            renumber(body, &used);
            return;
        }
    }
}

/// Locals that are read, dropped, borrowed, shown, or part of the signature.
fn used(body: &Body) -> IndexVec<Local, bool> {
    let mut used = IndexVec::<Local, bool>::from_elem(false, body.locals.len());
    (0..=body.arg_count as u32).for_each(|local| used[Local(local)] = true);
    body.variables.iter().for_each(|variable| used[variable.place.local] = true);
    let mut visit = |place: &Place, what: Use| {
        for elem in &place.projection {
            if let PlaceElem::Index(local) = elem {
                used[*local] = true;
            }
        }
        // Assigning behind a pointer reads the pointer.
        let through = place.projection.contains(&PlaceElem::Deref);
        if !matches!(what, Use::Assign | Use::SetDiscriminant) || through {
            used[place.local] = true;
        }
    };
    for block in body.blocks.iter() {
        block.statements.iter().for_each(|statement| statement.kind.for_each_place(&mut visit));
        block.terminator.kind.for_each_place(&mut visit);
        // A call needs somewhere to put its result.
        if let TerminatorKind::Call { destination, .. } = &block.terminator.kind {
            visit(destination, Use::Copy);
        }
    }
    used
}

fn remove_assignments(body: &mut Body, used: &IndexVec<Local, bool>) -> bool {
    let mut changed = false;
    for block in body.blocks.iter_mut() {
        let before = block.statements.len();
        block.statements.retain(|statement| match &statement.kind {
            StatementKind::Assign(place, _) | StatementKind::SetDiscriminant(place, _) => used[place.local],
            StatementKind::StorageLive(local) | StatementKind::StorageDead(local) => used[*local],
            StatementKind::Nop => false,
        });
        changed |= block.statements.len() != before;
    }
    changed
}

fn renumber(body: &mut Body, used: &IndexVec<Local, bool>) {
    if used.iter().all(|&used| used) {
        return;
    }
    let mut new_ids = IndexVec::<Local, Local>::from_elem(RETURN, body.locals.len());
    let mut kept = IndexVec::new();
    for (local, decl) in std::mem::take(&mut body.locals).raw.into_iter().enumerate() {
        if used[Local(local as u32)] {
            new_ids[Local(local as u32)] = kept.push(decl);
        }
    }
    body.locals = kept;
    let mut rename = |local: &mut Local| *local = new_ids[*local];
    body.variables.iter_mut().for_each(|variable| rename_place(&mut variable.place, &mut rename));
    for block in body.blocks.iter_mut() {
        block.statements.iter_mut().for_each(|statement| rename_statement(&mut statement.kind, &mut rename));
        rename_terminator(&mut block.terminator.kind, &mut rename);
    }
}

fn rename_place(place: &mut Place, rename: &mut dyn FnMut(&mut Local)) {
    rename(&mut place.local);
    for elem in &mut place.projection {
        if let PlaceElem::Index(local) = elem {
            rename(local);
        }
    }
}

fn rename_operand(operand: &mut Operand, rename: &mut dyn FnMut(&mut Local)) {
    match operand {
        Operand::Copy(place) | Operand::Move(place) => rename_place(place, rename),
        Operand::Const(_) => {}
    }
}

fn rename_statement(kind: &mut StatementKind, rename: &mut dyn FnMut(&mut Local)) {
    match kind {
        StatementKind::Assign(place, rvalue) => {
            rename_place(place, rename);
            match rvalue {
                Rvalue::Ref(_, place)
                | Rvalue::AddressOf(_, place)
                | Rvalue::Len(place)
                | Rvalue::Discriminant(place) => rename_place(place, rename),
                Rvalue::Use(_)
                | Rvalue::Repeat(..)
                | Rvalue::Cast(..)
                | Rvalue::Binary(..)
                | Rvalue::CheckedBinary(..)
                | Rvalue::Unary(..)
                | Rvalue::Aggregate(..) => {
                    rvalue.for_each_operand_mut(&mut |operand| rename_operand(operand, rename))
                }
            }
        }
        StatementKind::SetDiscriminant(place, _) => rename_place(place, rename),
        StatementKind::StorageLive(local) | StatementKind::StorageDead(local) => rename(local),
        StatementKind::Nop => {}
    }
}

fn rename_terminator(kind: &mut TerminatorKind, rename: &mut dyn FnMut(&mut Local)) {
    match kind {
        TerminatorKind::Switch { operand, .. } => rename_operand(operand, rename),
        TerminatorKind::Drop { place, .. } => rename_place(place, rename),
        TerminatorKind::Call { callee, args, destination, .. } => {
            match callee {
                Callee::Pointer(operand) => rename_operand(operand, rename),
                Callee::Def(..) | Callee::Instance(_) | Callee::Intrinsic(..) | Callee::Runtime(_) => {}
            }
            args.iter_mut().for_each(|arg| rename_operand(arg, rename));
            rename_place(destination, rename);
        }
        TerminatorKind::Assert { operand, message, .. } => {
            rename_operand(operand, rename);
            if let AssertMessage::Bounds { index, len } = message {
                rename_operand(index, rename);
                rename_operand(len, rename);
            }
        }
        TerminatorKind::Goto(_)
        | TerminatorKind::Return
        | TerminatorKind::Resume
        | TerminatorKind::Abort
        | TerminatorKind::Unreachable => {}
    }
}
