//! Drop scopes: what dies where, on every way out.
//!
//! Scopes are a stack; each lists the locals that die with it. Leaving normally emits the drops in reverse. `break`,
//! `continue`, `return` and failing conditions leave many scopes at once: their ways out are collected in a [`DropTree`],
//! so that ways that drop the same things share the code. All unwind edges of a body make one more tree, whose root
//! resumes.
//!
//! ```text
//! { let a = …; { let b = …; if c { return } … } }      tree of `return`:   root ◀── drop a ◀── drop b ◀── the block of `return`
//! ```

use super::*;
use base::{Idx, define_id};

define_id! {
    /// A node of a drop tree.
    pub struct DropIdx = "drop";
}
const ROOT: DropIdx = DropIdx(0);

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DropKind {
    /// `drop(local)`
    Value,
    /// `dead(local)`
    Storage,
}

#[derive(Clone, Copy)]
pub struct DropData {
    info: SourceInfo,
    local: Local,
    kind: DropKind,
}

struct DropScope {
    /// Where the scope ends in the source: that is where its drops happen.
    end: Span,
    drops: Vec<DropData>,
    /// Where unwinding from the innermost part of this scope goes.
    cached_unwind: Option<DropIdx>,
    /// Temporaries that have been moved into a call: nothing is left to drop.
    moved: Vec<Local>,
}

/// Something that `break`, `continue`, `return` or `try` leaves.
struct Breakable {
    target: Target,
    /// How many scopes are left when it is left.
    depth: usize,
    destination: Place,
    breaks: DropTree,
    continues: Option<DropTree>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Label(hir::LabelId),
    Return,
}

/// A condition being built.
struct Condition {
    /// How many scopes are left when it fails.
    depth: usize,
    /// How many drops of the first scope left were there before, and stay.
    kept: usize,
    fails: DropTree,
}

pub struct Scopes {
    stack: Vec<DropScope>,
    breakables: Vec<Breakable>,
    /// The innermost condition.
    condition: Option<Condition>,
    unwinds: DropTree,
}

impl Scopes {
    pub fn new() -> Scopes {
        Scopes { stack: Vec::new(), breakables: Vec::new(), condition: None, unwinds: DropTree::new() }
    }
    pub fn depth(&self) -> usize {
        self.stack.len()
    }
    /// The unwind chain of the scopes below `depth`.
    fn unwind_to(&mut self, depth: usize) -> DropIdx {
        let cached = self.stack[..depth]
            .iter()
            .enumerate()
            .rev()
            .find_map(|(at, scope)| scope.cached_unwind.map(|cached| (cached, at + 1)));
        let (mut target, from) = cached.unwrap_or((ROOT, 0));
        for scope in &mut self.stack[from..depth] {
            for drop in scope.drops.iter().filter(|drop| drop.kind == DropKind::Value) {
                target = self.unwinds.add(*drop, target);
            }
            scope.cached_unwind = Some(target);
        }
        target
    }
}

struct DropNode {
    data: DropData,
    next: DropIdx,
}

/// Drops by what comes after them; the root is where they all lead.
pub struct DropTree {
    nodes: IndexVec<DropIdx, DropNode>,
    known: BTreeMap<(DropIdx, Local, bool), DropIdx>,
    /// Blocks that enter the tree, and where.
    entries: Vec<(DropIdx, BlockId)>,
}

impl DropTree {
    fn new() -> DropTree {
        // The root's data is never looked at.
        let nowhere = Span::new(base::FileId(0), 0, 0);
        let info = SourceInfo { span: nowhere, scope: ScopeId(0) };
        let data = DropData { info, local: RETURN, kind: DropKind::Storage };
        let root = DropNode { data, next: ROOT };
        DropTree { nodes: IndexVec::from_raw(vec![root]), known: BTreeMap::new(), entries: Vec::new() }
    }
    fn add(&mut self, data: DropData, next: DropIdx) -> DropIdx {
        let key = (next, data.local, data.kind == DropKind::Value);
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let new = self.nodes.push(DropNode { data, next });
        self.known.insert(key, new);
        new
    }
    fn add_entry(&mut self, at: DropIdx, from: BlockId) {
        self.entries.push((at, from));
    }
}

/// How many blocks a node of the tree needs.
#[derive(Clone, Copy, PartialEq)]
enum Needs {
    Nothing,
    /// The block of the node that leads here; the only one that does.
    Shares(DropIdx),
    Own,
}

impl Builder<'_> {
    pub fn push_scope(&mut self, end: Span) {
        self.scopes.stack.push(DropScope { end, drops: Vec::new(), cached_unwind: None, moved: Vec::new() });
    }

    /// Drops what the innermost scope holds, in the current block.
    pub fn pop_scope(&mut self) {
        let depth = self.scopes.stack.len();
        let has_values = self.scopes.stack[depth - 1].drops.iter().any(|drop| drop.kind == DropKind::Value);
        let unwinds = has_values && !self.cx.for_errors;
        let mut unwind = if unwinds { self.scopes.unwind_to(depth) } else { ROOT };
        let Some(scope) = self.scopes.stack.pop() else { return };
        for drop in scope.drops.iter().rev() {
            match drop.kind {
                DropKind::Value => {
                    unwind = self.scopes.unwinds.nodes[unwind].next;
                    if scope.moved.contains(&drop.local) {
                        continue;
                    }
                    if unwind != ROOT {
                        self.scopes.unwinds.add_entry(unwind, self.block);
                    }
                    let target = self.new_block();
                    let kind = TerminatorKind::Drop { place: drop.local.into(), target, unwind: None };
                    self.terminate(kind, scope.end);
                    self.block = target;
                }
                DropKind::Storage => self.push(StatementKind::StorageDead(drop.local), scope.end),
            }
        }
    }

    pub fn in_scope<T>(&mut self, end: Span, f: impl FnOnce(&mut Self) -> T) -> T {
        self.push_scope(end);
        let result = f(self);
        self.pop_scope();
        result
    }

    /// A scope that temporaries belong to.
    pub fn in_temp_scope<T>(&mut self, span: Span, f: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.temp_scope, self.scopes.depth());
        let result = self.in_scope(span, f);
        self.temp_scope = outer;
        result
    }

    /// A scope that temporaries and variables belong to.
    pub fn in_var_scope<T>(&mut self, span: Span, f: impl FnOnce(&mut Self) -> T) -> T {
        let outer = (self.var_scope, self.source_scope);
        self.var_scope = self.scopes.depth();
        let result = self.in_temp_scope(span, f);
        (self.var_scope, self.source_scope) = outer;
        result
    }

    /// A scope of the source for the variables declared from now on.
    pub fn new_source_scope(&mut self, span: Span) {
        self.source_scope = self.source_scopes.push(Scope { parent: Some(self.source_scope), span });
    }

    fn schedule(&mut self, depth: usize, local: Local, kind: DropKind) {
        let info = self.info(self.scopes.stack[depth].end);
        self.scopes.stack[depth].drops.push(DropData { info, local, kind });
        if kind == DropKind::Value {
            // Chains through this scope lack the new drop.
            self.scopes.stack[depth..].iter_mut().for_each(|scope| scope.cached_unwind = None);
        }
    }
    /// The local is dropped at the end of the scope, if its type has anything to drop.
    pub fn schedule_value(&mut self, depth: usize, local: Local) {
        if self.needs_drop(self.locals[local].ty) {
            self.schedule(depth, local, DropKind::Value);
        }
    }
    pub fn schedule_storage(&mut self, depth: usize, local: Local) {
        self.schedule(depth, local, DropKind::Storage);
    }

    /// How many drops a scope has.
    pub fn drops_in(&self, depth: usize) -> usize {
        self.scopes.stack[depth].drops.len()
    }
    /// Builds what is left without a scope's drops after the first `kept`.
    pub fn without_drops(&mut self, depth: usize, kept: usize, f: impl FnOnce(&mut Self)) {
        let mut later = self.scopes.stack[depth].drops.split_off(kept);
        self.scopes.stack[depth..].iter_mut().for_each(|scope| scope.cached_unwind = None);
        f(self);
        self.scopes.stack[depth].drops.append(&mut later);
        self.scopes.stack[depth..].iter_mut().for_each(|scope| scope.cached_unwind = None);
    }

    /// Temporaries moved into a call need no drop where their scope ends normally.
    pub fn record_moved(&mut self, operands: &[Operand]) {
        let moved = operands.iter().filter_map(|operand| match operand {
            Operand::Move(place) if place.projection.is_empty() => Some(place.local),
            Operand::Move(_) | Operand::Copy(_) | Operand::Const(_) => None,
        });
        let moved: Vec<Local> = moved.filter(|&local| self.locals[local].name.is_none()).collect();
        let temp_scope = self.temp_scope;
        if let Some(scope) = self.scopes.stack.get_mut(temp_scope) {
            scope.moved.extend(moved);
        }
    }

    /// The block's terminator, when it is there, unwinds through all scopes that are open now.
    pub fn unwinds(&mut self, block: BlockId) {
        if self.cx.for_errors {
            return;
        }
        let depth = self.scopes.depth();
        let target = self.scopes.unwind_to(depth);
        if target != ROOT {
            self.scopes.unwinds.add_entry(target, block);
        }
    }

    pub fn push_return_scope(&mut self, destination: Place) {
        self.push_breakable(Target::Return, destination, false);
    }
    pub fn pop_return_scope(&mut self, span: Span) {
        self.pop_breakable(None, span);
    }

    fn push_breakable(&mut self, target: Target, destination: Place, continues: bool) {
        self.scopes.breakables.push(Breakable {
            target,
            depth: self.scopes.depth(),
            destination,
            breaks: DropTree::new(),
            continues: continues.then(DropTree::new),
        });
    }

    /// Goes on after the breakable, where `break`s and the current block meet.
    fn pop_breakable(&mut self, loop_block: Option<BlockId>, span: Span) {
        let Some(breakable) = self.scopes.breakables.pop() else { return };
        if let (Some(continues), Some(loop_block)) = (breakable.continues, loop_block) {
            self.build_exits(continues, breakable.depth, 0, Some(loop_block), span);
        }
        if let Some(exit) = self.build_exits(breakable.breaks, breakable.depth, 0, None, span) {
            self.goto(exit, span);
            self.block = exit;
        }
    }

    /// A labelled block (or `try` block): `break`s put their value into `destination`.
    pub fn in_breakable(
        &mut self,
        label: hir::LabelId,
        destination: &Place,
        span: Span,
        f: impl FnOnce(&mut Self),
    ) {
        self.push_breakable(Target::Label(label), destination.clone(), false);
        f(self);
        self.pop_breakable(None, span);
    }

    /// A loop; `f` builds its body. Goes on where `break`s lead.
    pub fn in_loop(
        &mut self,
        label: hir::LabelId,
        destination: &Place,
        span: Span,
        f: impl FnOnce(&mut Self),
    ) {
        let head = self.new_block();
        self.goto(head, span);
        self.block = head;
        self.push_breakable(Target::Label(label), destination.clone(), true);
        f(self);
        self.goto(head, span);
        self.block = self.new_block();
        self.pop_breakable(Some(head), span);
    }

    pub fn destination(&self, target: Target) -> Place {
        let breakable = self.scopes.breakables.iter().rev().find(|breakable| breakable.target == target);
        breakable
            .map(|breakable| breakable.destination.clone())
            .unwrap_or_else(|| panic!("{target:?} is not open"))
    }

    /// Leaves all scopes up to the target. The value is in its destination.
    pub fn exit(&mut self, target: Target, is_continue: bool) {
        let Some(at) = self.scopes.breakables.iter().rposition(|breakable| breakable.target == target) else {
            panic!("{target:?} is not open");
        };
        let scopes = &mut self.scopes;
        let breakable = &mut scopes.breakables[at];
        let tree = match &mut breakable.continues {
            Some(continues) if is_continue => continues,
            Some(_) | None => &mut breakable.breaks,
        };
        let mut next = ROOT;
        for drop in scopes.stack[breakable.depth..].iter().flat_map(|scope| &scope.drops) {
            next = tree.add(*drop, next);
        }
        tree.add_entry(next, self.block);
        self.block = self.new_block();
    }

    /// Builds a condition with `f`, which fails through [`Builder::fail`]. Returns the block to go on in when it failed,
    /// all scopes opened by `f` being left, and stays where it succeeded.
    pub fn in_condition(&mut self, span: Span, f: impl FnOnce(&mut Self)) -> BlockId {
        let depth = self.scopes.depth();
        self.in_condition_at(Condition { depth, kept: 0, fails: DropTree::new() }, span, f)
    }
    /// The same for a guard, which opens no scope of its own: what it binds lives in the innermost one.
    pub fn in_guard(&mut self, span: Span, f: impl FnOnce(&mut Self)) -> BlockId {
        let depth = self.scopes.depth() - 1;
        let kept = self.scopes.stack[depth].drops.len();
        self.in_condition_at(Condition { depth, kept, fails: DropTree::new() }, span, f)
    }
    /// The same for `let … else`: what it binds, and temporaries that live as long, belong to the variables' scope, and
    /// are gone where it failed.
    pub fn in_let_else(&mut self, span: Span, f: impl FnOnce(&mut Self)) -> BlockId {
        let depth = self.var_scope;
        let kept = self.scopes.stack[depth].drops.len();
        self.in_condition_at(Condition { depth, kept, fails: DropTree::new() }, span, f)
    }
    fn in_condition_at(&mut self, condition: Condition, span: Span, f: impl FnOnce(&mut Self)) -> BlockId {
        let (depth, kept) = (condition.depth, condition.kept);
        let outer = self.scopes.condition.replace(condition);
        f(self);
        let condition = std::mem::replace(&mut self.scopes.condition, outer);
        let failed =
            condition.and_then(|condition| self.build_exits(condition.fails, depth, kept, None, span));
        failed.unwrap_or_else(|| self.new_block())
    }

    /// The condition being built fails at the end of `block`.
    pub fn fail(&mut self, block: BlockId) {
        let scopes = &mut self.scopes;
        let Some(condition) = &mut scopes.condition else { panic!("no condition is open") };
        let mut next = ROOT;
        let drops = scopes.stack[condition.depth..].iter().flat_map(|scope| &scope.drops);
        for drop in drops.skip(condition.kept) {
            next = condition.fails.add(*drop, next);
        }
        condition.fails.add_entry(next, block);
    }

    /// Makes the blocks of a tree of exits, and their unwind edges. Returns the root's block, if it is needed. Outside
    /// the tree are the scopes below `depth`, and of the one there the first `kept` drops.
    fn build_exits(
        &mut self,
        tree: DropTree,
        depth: usize,
        kept: usize,
        root: Option<BlockId>,
        span: Span,
    ) -> Option<BlockId> {
        let blocks = self.build_tree(&tree, root, span, false);
        if !self.cx.for_errors && tree.nodes.iter().any(|node| node.data.kind == DropKind::Value) {
            let mut outside = self.scopes.unwind_to(depth);
            for at in 0..kept {
                let drop = self.scopes.stack[depth].drops[at];
                if drop.kind == DropKind::Value {
                    outside = self.scopes.unwinds.add(drop, outside);
                }
            }
            let mut unwinds = IndexVec::<DropIdx, DropIdx>::from_elem(outside, 1);
            for (at, node) in tree.nodes.iter_enumerated().skip(1) {
                let next = unwinds[node.next];
                match node.data.kind {
                    DropKind::Storage => unwinds.push(next),
                    DropKind::Value => {
                        if let Some(block) = blocks[at].filter(|_| next != ROOT) {
                            self.scopes.unwinds.add_entry(next, block);
                        }
                        let drop = self.scopes.unwinds.add(node.data, next);
                        unwinds.push(drop)
                    }
                };
            }
        }
        blocks[ROOT]
    }

    /// One block a node that needs one: entries jump to it, drops end it.
    fn build_tree(
        &mut self,
        tree: &DropTree,
        root: Option<BlockId>,
        span: Span,
        unwinding: bool,
    ) -> IndexVec<DropIdx, Option<BlockId>> {
        let mut blocks = IndexVec::<DropIdx, Option<BlockId>>::from_elem(None, tree.nodes.len());
        blocks[ROOT] = root;
        let mut needs = IndexVec::<DropIdx, Needs>::from_elem(Needs::Nothing, tree.nodes.len());
        if root.is_some() {
            needs[ROOT] = Needs::Own;
        }
        let mut entries = tree.entries.clone();
        entries.sort();
        for (at, node) in tree.nodes.iter_enumerated().rev() {
            while let Some((_, from)) = entries.pop_if(|entry| entry.0 == at) {
                let to = match blocks[at] {
                    Some(to) => to,
                    None => self.new_tree_block(unwinding),
                };
                blocks[at] = Some(to);
                needs[at] = Needs::Own;
                self.link_entry(from, to, unwinding, span);
            }
            match needs[at] {
                Needs::Nothing => continue,
                Needs::Own if blocks[at].is_some() => {}
                Needs::Own => blocks[at] = Some(self.new_tree_block(unwinding)),
                Needs::Shares(before) => blocks[at] = blocks[before],
            }
            if at == ROOT {
                continue;
            }
            needs[node.next] = match (node.data.kind, needs[node.next]) {
                (DropKind::Storage, Needs::Nothing) => Needs::Shares(at),
                (DropKind::Value | DropKind::Storage, _) => Needs::Own,
            };
        }
        for (at, node) in tree.nodes.iter_enumerated().skip(1).rev() {
            let (Some(block), Some(next)) = (blocks[at], blocks[node.next]) else { continue };
            let local = node.data.local;
            match node.data.kind {
                DropKind::Value => {
                    let kind = TerminatorKind::Drop { place: local.into(), target: next, unwind: None };
                    self.blocks[block].terminator = Some(Terminator { kind, info: node.data.info });
                }
                DropKind::Storage => {
                    let kind = StatementKind::StorageDead(local);
                    self.blocks[block].statements.push(Statement { kind, info: node.data.info });
                    if block != next {
                        self.terminate_block(block, TerminatorKind::Goto(next), span);
                    }
                }
            }
        }
        blocks
    }

    fn new_tree_block(&mut self, unwinding: bool) -> BlockId {
        let block = self.new_block();
        self.blocks[block].is_cleanup = unwinding;
        block
    }

    fn link_entry(&mut self, from: BlockId, to: BlockId, unwinding: bool, span: Span) {
        match unwinding {
            false => self.terminate_block(from, TerminatorKind::Goto(to), span),
            true => match self.blocks[from].terminator.as_mut() {
                Some(terminator) => {
                    if let Some(unwind) = terminator.kind.unwind_mut() {
                        *unwind = Some(to);
                    }
                }
                // A cleanup block of an assignment.
                None => self.terminate_block(from, TerminatorKind::Goto(to), span),
            },
        }
    }

    /// The tree of all unwind edges: drops without storage, then resume. A panic in one of these drops aborts.
    pub fn build_unwind_blocks(&mut self) {
        let tree = std::mem::replace(&mut self.scopes.unwinds, DropTree::new());
        if tree.entries.is_empty() {
            return;
        }
        let span = self.source_scopes[ScopeId(0)].span;
        self.source_scope = ScopeId(0);
        let blocks = self.build_tree(&tree, None, span, true);
        if let Some(root) = blocks[ROOT] {
            self.terminate_block(root, TerminatorKind::Resume, span);
        }
        self.abort_in_cleanup(span);
    }

    fn abort_in_cleanup(&mut self, span: Span) {
        let mut abort = None;
        for id in (0..self.blocks.len()).map(BlockId::from_usize) {
            let block = &self.blocks[id];
            let is_drop = |terminator: &Terminator| matches!(terminator.kind, TerminatorKind::Drop { .. });
            if !block.is_cleanup || !block.terminator.as_ref().is_some_and(is_drop) {
                continue;
            }
            let target = match abort {
                Some(target) => target,
                None => {
                    let target = self.new_tree_block(true);
                    self.terminate_block(target, TerminatorKind::Abort, span);
                    target
                }
            };
            abort = Some(target);
            if let Some(Terminator { kind: TerminatorKind::Drop { unwind, .. }, .. }) =
                &mut self.blocks[id].terminator
            {
                *unwind = Some(target);
            }
        }
    }
}

impl Builder<'_> {
    /// A cleanup block of our own goes on unwinding. It ends with a jump to the chain, once that has blocks.
    pub fn cleanup_goto(&mut self, block: BlockId) {
        let depth = self.scopes.depth();
        let target = self.scopes.unwind_to(depth);
        self.scopes.unwinds.add_entry(target, block);
    }
}
