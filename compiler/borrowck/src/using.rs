//! What `using` declares stays where it is until it is closed: it is not given away, and nothing takes its place.
//!
//! In: the body. Out: the locals of `using`s, found by the guard that stands beside each; errors where they are moved.
//!
//! ```text
//! _2 = &mut _1; _3 = call using_new(move _2)      _1 is the variable of a `using`
//! ```

use crate::Checker;
use hir::LangItem;
use mir::*;
use std::collections::{BTreeMap, BTreeSet};
use typeck::Mutability;

/// The variables that guards stand beside.
pub fn using_locals(body: &Body, lang: &hir::LangItems) -> BTreeSet<Local> {
    let Some(guard) = lang.get(LangItem::UsingNew) else { return BTreeSet::new() };
    let calls = || {
        body.blocks.iter().filter_map(|block| {
            let TerminatorKind::Call { callee: Callee::Def(def, _), args, .. } = &block.terminator.kind
            else {
                return None;
            };
            args.first().filter(|_| *def == guard)
        })
    };
    if calls().next().is_none() {
        return BTreeSet::new();
    }
    let mut borrows: BTreeMap<Local, &Place> = BTreeMap::new();
    for statement in body.blocks.iter().flat_map(|block| &block.statements) {
        if let StatementKind::Assign(to, Rvalue::Ref(Mutability::Mut, of)) = &statement.kind
            && to.projection.is_empty()
        {
            borrows.insert(to.local, of);
        }
    }
    // A reference may be lent on before it is passed.
    let root = |mut local: Local| {
        while let Some(of) = borrows.get(&local) {
            match &of.projection[..] {
                [] => return Some(of.local),
                [PlaceElem::Deref] => local = of.local,
                _ => return None,
            }
        }
        None
    };
    let argument = |operand: &Operand| match operand {
        Operand::Move(place) | Operand::Copy(place) => Some(place.local),
        Operand::Const(_) => None,
    };
    calls().filter_map(argument).filter_map(root).collect()
}

impl Checker<'_> {
    pub fn moves_from_using(&mut self) {
        if self.using.is_empty() {
            return;
        }
        for moved in self.data.moves.clone() {
            let place = self.data.paths[moved.path].place.clone();
            if self.using.contains(&place.local) {
                self.wrong_moves.insert(moved.at);
                self.report_moved_from_using(&place, moved.at);
            }
        }
    }
}
