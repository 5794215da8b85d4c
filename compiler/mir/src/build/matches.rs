//! `match`, and patterns in `let`, conditions and parameters: from decided rows to bindings, guards and arms.
//!
//! Several rows of one arm (`a | b`) bind into the same locals and go on in the same block. A guard sees what the pattern
//! binds by value through a reference, so that it can neither move nor change it; the bindings are made when it holds.

use super::decide::Decision;
use super::pattern::{Binding, Row};
use super::*;
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
                    Rvalue::Use(self.consume(binding.place.clone(), ty))
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
        for (at, arm) in arms.iter().enumerate() {
            let leaves: Vec<usize> =
                (0..decision.leaves.len()).filter(|&leaf| arm_of[decision.leaves[leaf].row] == at).collect();
            if leaves.is_empty() {
                continue;
            }
            self.arm(dest, arm, &rows, &decision, &leaves);
            self.goto(after, end_of(span));
        }
        self.block = after;
    }

    fn arm(&mut self, dest: &Place, arm: &Arm, rows: &[Row], decision: &Decision, leaves: &[usize]) {
        let end = end_of(arm.span);
        self.block = decision.leaves[leaves[0]].block;
        self.in_var_scope(end, |b| {
            b.new_source_scope(arm.span);
            let variables = b.declare_all(arm.pat);
            b.announce(arm.pat);
            let body = b.new_block();
            if let Some(guard) = arm.guard.filter(|&guard| leaves.len() > 1 && b.binds(guard)) {
                b.not_supported(
                    b.hir.exprs[guard].span,
                    "`let` in the guard of an arm that is reached in several ways",
                );
            }
            for (nth, &leaf) in leaves.iter().enumerate() {
                let leaf = &decision.leaves[leaf];
                b.block = leaf.block;
                let bindings = &rows[leaf.row].bindings;
                if let (Some(guard), Some(otherwise)) = (arm.guard, leaf.otherwise) {
                    b.guard(guard, bindings, otherwise, end);
                }
                b.bind(bindings, &variables, nth == 0);
                b.goto(body, arm.span);
            }
            b.block = body;
            let node = b.node(arm.body);
            b.in_temp_scope(end, |b| b.into(dest, node));
        });
    }

    fn binds(&self, condition: ExprId) -> bool {
        match &self.hir.exprs[condition].kind {
            ExprKind::Let { .. } => true,
            ExprKind::Logical { lhs, rhs, .. } => self.binds(*lhs) || self.binds(*rhs),
            _ => false,
        }
    }

    /// Goes on where the guard holds. What it binds itself (`if let` in a guard) lives as long as the arm.
    fn guard(&mut self, guard: ExprId, bindings: &[Binding], otherwise: BlockId, end: Span) {
        let failed = self.in_guard(end, |b| {
            for binding in bindings {
                let mutability = binding.by.unwrap_or(Mutability::Shared);
                let ty = Ty::reference(binding.place.ty(&b.locals), mutability);
                // With the variable's name, for messages about what the guard does to it; in a loop it is assigned
                // every time round, whether or not the guard held before.
                let name = Some(b.hir.locals[binding.var].name);
                let decl = LocalDecl { ty, name, mutable: true, span: binding.span };
                let reference = b.locals.push(decl);
                b.assign(&reference.into(), Rvalue::Ref(mutability, binding.place.clone()), binding.span);
                let seen = match binding.by {
                    Some(_) => reference.into(),
                    None => Place::local(reference).deref(),
                };
                b.vars.insert(binding.var, seen);
            }
            b.condition(guard);
        });
        self.terminate_block(failed, TerminatorKind::Goto(otherwise), end);
    }
}
