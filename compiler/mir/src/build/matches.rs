//! `match`, and patterns in `let`, conditions and parameters: from decided rows to bindings, guards and arms.
//!
//! Several rows of one arm (`a | b`) bind into the same locals and go on in the same block. A guard sees what the pattern
//! binds by value through a reference, so that it can neither move nor change it; the bindings are made when it holds.

use super::decide::{Decision, Leaf};
use super::pattern::{Binding, Row};
use super::*;
use base::stack;
use hir::{Arm, PatId};

impl Builder<'_> {
    /// A pattern that always matches.
    pub fn bind_irrefutable(&mut self, pat: PatId, place: Place) {
        let span = self.hir.pats[pat].span;
        let rows = self.rows(pat, place);
        let variables = self.declare_all(pat);
        if let [row] = &rows[..]
            && row.tests.is_empty()
        {
            self.bind(&row.bindings.clone(), &variables, true);
            return;
        }
        let decision = self.decide(&rows, &vec![false; rows.len()], span);
        self.join_leaves(&rows, &decision, &variables, span);
        self.end_failed(&decision, span);
    }

    /// `let p = value` in a condition.
    pub fn let_condition(&mut self, pat: PatId, value: Node) {
        let span = self.hir.pats[pat].span;
        let place = self.place(value);
        let rows = self.rows(pat, place);
        let variables = self.declare_all(pat);
        let decision = self.decide(&rows, &vec![false; rows.len()], span);
        if let Some(failed) = decision.failed {
            self.fail(failed);
        }
        self.join_leaves(&rows, &decision, &variables, span);
    }

    /// Binds in every leaf; goes on where they meet.
    fn join_leaves(&mut self, rows: &[Row], decision: &Decision, variables: &[(LocalId, Local)], span: Span) {
        let meet = self.new_block();
        for (at, leaf) in decision.leaves.iter().enumerate() {
            self.block = leaf.block;
            self.bind(&rows[leaf.row].bindings, variables, at == 0);
            self.goto(meet, span);
        }
        self.block = meet;
    }

    /// Type checking knows that it cannot happen.
    fn end_failed(&mut self, decision: &Decision, span: Span) {
        if let Some(failed) = decision.failed {
            self.terminate_block(failed, TerminatorKind::Unreachable, span);
        }
    }

    fn declare_all(&mut self, pat: PatId) -> Vec<(LocalId, Local)> {
        self.pattern_variables(pat).into_iter().map(|var| (var, self.declare(var))).collect()
    }

    /// The value at a place of a pattern. What moves out of the middle of an array moves element by element, so that
    /// what is left is known element by element, too.
    fn taken(&self, place: Place, ty: Ty) -> Rvalue {
        if let Some((&PlaceElem::Subslice { from, to }, base)) = place.projection.split_last()
            && !self.is_copy(ty)
        {
            let base = Place { local: place.local, projection: base.to_vec() };
            if let TyKind::Array(elem, typeck::Const::Value(len)) = *base.ty(&self.locals).kind() {
                let at = |offset| base.with(PlaceElem::ConstantIndex { offset, from_end: false });
                let elements = (from..len as u64 - to).map(|offset| self.consume(at(offset), elem));
                return Rvalue::Aggregate(AggregateKind::Array(elem), elements.collect());
            }
        }
        Rvalue::Use(self.consume(place, ty))
    }

    /// Makes the bindings in the current block. Their drops are scheduled where `schedule` says so: once an arm.
    fn bind(&mut self, bindings: &[Binding], variables: &[(LocalId, Local)], schedule: bool) {
        for binding in bindings {
            let Some(&(_, local)) = variables.iter().find(|(var, _)| *var == binding.var) else { continue };
            self.push(StatementKind::StorageLive(local), binding.span);
            if schedule {
                self.schedule_storage(self.var_scope, local);
            }
            let rvalue = match binding.by {
                Some(mutability) => Rvalue::Ref(mutability, binding.place.clone()),
                None => {
                    let ty = self.locals[local].ty;
                    self.taken(binding.place.clone(), ty)
                }
            };
            self.assign(&local.into(), rvalue, binding.span);
            self.vars.insert(binding.var, local.into());
        }
        // After all of them: a binding that fails to be made drops nothing.
        if schedule {
            for &(_, local) in variables {
                self.schedule_value(self.var_scope, local);
            }
        }
    }

    pub fn match_into(&mut self, dest: &Place, node: Node, scrutinee: ExprId, arms: &[Arm]) {
        let span = self.span(node);
        let scrutinee = self.node(scrutinee);
        let place = self.place(scrutinee);
        let dead = self.types.dead_arms.get(&node.expr).cloned().unwrap_or_default();
        let (mut rows, mut arm_of, mut guarded) = (Vec::new(), Vec::new(), Vec::new());
        for (at, arm) in arms.iter().enumerate().filter(|(at, _)| !dead.contains(at)) {
            for row in self.rows(arm.pat, place.clone()) {
                rows.push(row);
                arm_of.push(at);
                guarded.push(arm.guard.is_some());
            }
        }
        let head = self.span(scrutinee);
        let decision = self.decide(&rows, &guarded, head);
        self.end_failed(&decision, head);
        let after = self.new_block();
        // Rows stand in the order of their arms, and leaves in that of their rows.
        for leaves in decision.leaves.chunk_by(|a, b| arm_of[a.row] == arm_of[b.row]) {
            self.arm(dest, &arms[arm_of[leaves[0].row]], &rows, leaves);
            self.goto(after, end_of(span));
        }
        self.block = after;
    }

    fn arm(&mut self, dest: &Place, arm: &Arm, rows: &[Row], leaves: &[Leaf]) {
        let end = end_of(arm.span);
        self.block = leaves[0].block;
        self.in_var_scope(end, |b| {
            b.new_source_scope(arm.span);
            let variables = b.declare_all(arm.pat);
            b.announce(arm.pat);
            let body = b.new_block();
            match arm.guard {
                Some(guard) if leaves.len() > 1 && b.binds(guard) => {
                    b.guard_once(guard, rows, leaves, &variables, body, end);
                }
                guard => {
                    for (nth, leaf) in leaves.iter().enumerate() {
                        b.block = leaf.block;
                        let bindings = &rows[leaf.row].bindings;
                        if let (Some(guard), Some(otherwise)) = (guard, leaf.otherwise) {
                            b.guard(guard, bindings, otherwise, end);
                        }
                        b.bind(bindings, &variables, nth == 0);
                        b.goto(body, arm.span);
                    }
                }
            }
            b.block = body;
            let node = b.node(arm.body);
            b.in_temp_scope(end, |b| b.into(dest, node));
        });
    }

    fn binds(&self, condition: ExprId) -> bool {
        if let ExprKind::Let { .. } = &self.hir.exprs[condition].kind {
            true
        } else if let ExprKind::Logical { lhs, rhs, .. } = &self.hir.exprs[condition].kind {
            stack::deep(|| self.binds(*lhs) || self.binds(*rhs))
        } else {
            false
        }
    }

    /// A guard that binds variables of its own stands once, where all ways to its arm meet; which of them was taken says
    /// how to go on.
    fn guard_once(
        &mut self,
        guard: ExprId,
        rows: &[Row],
        leaves: &[Leaf],
        variables: &[(LocalId, Local)],
        body: BlockId,
        end: Span,
    ) {
        let number = Ty::prim(hir::PrimTy::U32);
        let way = self.scratch(number, end);
        let meet = self.new_block();
        let seen: Vec<(Local, &Binding)> = rows[leaves[0].row]
            .bindings
            .iter()
            .map(|binding| (self.seen_by_guard(binding), binding))
            .collect();
        for (nth, leaf) in leaves.iter().enumerate() {
            self.block = leaf.block;
            let nth = cfg::scalar(nth as u128, number, end);
            self.assign(&way.into(), Rvalue::Use(nth), end);
            for binding in &rows[leaf.row].bindings {
                let Some((reference, _)) = seen.iter().find(|(_, known)| known.var == binding.var) else {
                    continue;
                };
                let mutability = binding.by.unwrap_or(Mutability::Shared);
                let rvalue = Rvalue::Ref(mutability, binding.place.clone());
                self.assign(&Place::local(*reference), rvalue, binding.span);
            }
            self.goto(meet, end);
        }
        self.block = meet;
        let failed = self.in_guard(end, |b| {
            for (reference, binding) in &seen {
                b.show_to_guard(*reference, binding);
            }
            b.condition(guard);
        });
        let blocks: Vec<BlockId> = leaves.iter().map(|_| self.new_block()).collect();
        let switch = |blocks: Vec<BlockId>| {
            let (last, others) = blocks.split_last().expect("an arm is reached");
            let targets = others.iter().enumerate().map(|(nth, &block)| (nth as u128, block)).collect();
            TerminatorKind::Switch { operand: Operand::Copy(way.into()), targets, otherwise: *last }
        };
        let otherwise = leaves.iter().map(|leaf| leaf.otherwise.expect("a guard can fail")).collect();
        self.terminate_block(failed, switch(otherwise), end);
        self.terminate(switch(blocks.clone()), end);
        for (nth, (leaf, block)) in leaves.iter().zip(blocks).enumerate() {
            self.block = block;
            self.bind(&rows[leaf.row].bindings, variables, nth == 0);
            self.goto(body, end);
        }
    }

    /// A reference through which a guard sees a variable, with the variable's name, for messages about what the guard does
    /// to it; in a loop it is assigned every time round, whether or not the guard held before.
    fn seen_by_guard(&mut self, binding: &Binding) -> Local {
        let mutability = binding.by.unwrap_or(Mutability::Shared);
        let ty = Ty::reference(binding.place.ty(&self.locals), mutability);
        let name = Some(self.hir.locals[binding.var].name);
        self.locals.push(LocalDecl { ty, name, mutable: true, span: binding.span })
    }

    fn show_to_guard(&mut self, reference: Local, binding: &Binding) {
        let seen = match binding.by {
            Some(_) => reference.into(),
            None => Place::local(reference).deref(),
        };
        self.vars.insert(binding.var, seen);
    }

    /// Goes on where the guard holds. What it binds itself (`if let` in a guard) lives as long as the arm.
    fn guard(&mut self, guard: ExprId, bindings: &[Binding], otherwise: BlockId, end: Span) {
        let failed = self.in_guard(end, |b| {
            for binding in bindings {
                let mutability = binding.by.unwrap_or(Mutability::Shared);
                let reference = b.seen_by_guard(binding);
                b.assign(&reference.into(), Rvalue::Ref(mutability, binding.place.clone()), binding.span);
                b.show_to_guard(reference, binding);
            }
            b.condition(guard);
        });
        self.terminate_block(failed, TerminatorKind::Goto(otherwise), end);
    }
}
