//! Blocks, `let`, statements; how long temporaries of a `let` live.
//!
//! ```text
//! { let x = &f(); g(x); h() }   f's result lives as long as x; the temporaries of `g(x)` to the `;`, those of `h()` to the `}`
//! ```

use super::*;
use hir::{PatId, StmtKind};

impl Builder<'_> {
    pub fn block_into(&mut self, dest: &Place, block: &hir::Block, span: Span) {
        let end = end_of(span);
        match block.label {
            Some(label) => self.in_breakable(label, dest, end, |b| b.block_body(dest, block, span)),
            None => self.block_body(dest, block, span),
        }
    }

    fn block_body(&mut self, dest: &Place, block: &hir::Block, span: Span) {
        let end = end_of(span);
        self.in_var_scope(end, |b| {
            for stmt in &block.stmts {
                b.statement(stmt, end);
            }
            match block.value {
                Some(value) => {
                    let node = b.node(value);
                    b.in_temp_scope(end_of(b.span(node)), |b| b.into(dest, node));
                }
                None => b.assign_unit(dest, end),
            }
        });
    }

    fn statement(&mut self, stmt: &hir::Stmt, block_end: Span) {
        match &stmt.kind {
            StmtKind::Expr(expr) => {
                self.in_temp_scope(end_of(stmt.span), |b| b.expr_statement(b.node(*expr)))
            }
            StmtKind::Let { pat, init, els, .. } => {
                match (init, els) {
                    (None, _) => self.declare_uninitialised(*pat),
                    (Some(init), None) => {
                        let end = end_of(stmt.span);
                        self.in_temp_scope(end, |b| b.let_statement(*pat, *init));
                    }
                    (Some(init), Some(els)) => self.let_else(*pat, *init, *els, stmt.span),
                }
                // What is declared by `let` is seen from here on.
                let seen = Span { lo: stmt.span.hi, hi: block_end.hi, ..stmt.span };
                self.new_source_scope(seen);
                self.announce(*pat);
            }
        }
    }

    /// An expression whose value nobody wants: dropped at the end of the statement.
    pub fn expr_statement(&mut self, node: Node) {
        let ty = self.node_ty(node);
        if ty.is_unit() || (node.adjusted == 0 && self.is_control(node)) {
            let unit = self.unit_place();
            return self.into(&unit, node);
        }
        // A place as a statement does nothing with it.
        match self.is_place(node) {
            true => drop(self.place(node)),
            false => drop(self.temp(node)),
        }
    }

    fn let_statement(&mut self, pat: PatId, init: ExprId) {
        self.extend(init, Some(self.var_scope));
        let node = self.node(init);
        match self.simple_binding(pat) {
            Some(var) => {
                let local = self.declare(var);
                self.storage_live(local);
                self.into(&local.into(), node);
                self.schedule_value(self.var_scope, local);
            }
            None => {
                let place = self.place(node);
                self.bind_irrefutable(pat, place);
            }
        }
    }

    /// `let x` with `x = …` later.
    fn declare_uninitialised(&mut self, pat: PatId) {
        self.declares_later = true;
        for var in self.pattern_variables(pat) {
            let local = self.declare(var);
            self.storage_live(local);
            self.schedule_value(self.var_scope, local);
        }
    }

    /// `let p = e else { … }`: where the pattern does not match, the temporaries die before the `else`.
    fn let_else(&mut self, pat: PatId, init: ExprId, els: ExprId, span: Span) {
        let end = end_of(span);
        let before = self.drops_in(self.var_scope);
        let failed = self.in_let_else(end, |b| {
            b.in_temp_scope(end, |b| {
                b.extend(init, Some(b.var_scope));
                b.let_condition(pat, b.node(init));
            });
        });
        let matched = std::mem::replace(&mut self.block, failed);
        let els = self.node(els);
        let never = self.unit_place();
        // What the pattern binds is not there in `else`.
        self.without_drops(self.var_scope, before, |b| {
            b.in_temp_scope(end, |b| b.into(&never, els));
            b.diverge(TerminatorKind::Unreachable, end);
        });
        self.block = matched;
    }

    /// `x`, by value: nothing to test, nothing to take apart.
    pub fn simple_binding(&self, pat: PatId) -> Option<LocalId> {
        if let PatKind::Bind { local, sub: None } = self.hir.pats[pat].kind
            && !self.types.pat_derefs.contains_key(&pat)
            && !self.types.binding_refs.contains_key(&local)
        {
            Some(local)
        } else {
            None
        }
    }

    /// A local for a variable.
    pub fn declare(&mut self, var: LocalId) -> Local {
        let decl = &self.hir.locals[var];
        let name = (!decl.synthetic).then_some(decl.name);
        let (ty, mutable) = (self.types.locals[var], decl.mutable || decl.synthetic);
        let local = self.locals.push(LocalDecl { ty, name, mutable, span: decl.span });
        self.vars.insert(var, local.into());
        local
    }

    /// Memory for a variable, from here to the end of the variables' scope.
    pub fn storage_live(&mut self, local: Local) {
        let span = self.locals[local].span;
        self.push(StatementKind::StorageLive(local), span);
        self.schedule_storage(self.var_scope, local);
    }

    /// Tells the debugger of a pattern's variables, in the current scope of the source.
    pub fn announce(&mut self, pat: PatId) {
        for var in self.pattern_variables(pat) {
            if let Some(place) = self.vars.get(&var).cloned() {
                self.variable(var, place, None);
            }
        }
    }

    /// Marks the temporaries that `init` borrows and that live as long as its variable does: operands of `&` in what
    /// the value is made of.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a few of dozens are meant, however many there will be"
    )]
    pub fn extend(&mut self, init: ExprId, scope: Option<usize>) {
        match &self.hir.exprs[init].kind {
            ExprKind::Ref { operand, .. } => {
                let mut base = *operand;
                loop {
                    self.extended.insert(base, scope);
                    if let ExprKind::Field { base: inner, .. } | ExprKind::Index { base: inner, .. } =
                        &self.hir.exprs[base].kind
                    {
                        base = *inner
                    } else if let ExprKind::Deref(inner) = &self.hir.exprs[base].kind {
                        base = *inner
                    } else {
                        break;
                    }
                }
                self.extend(*operand, scope);
            }
            ExprKind::Tuple(items) | ExprKind::Array(items) => {
                items.iter().for_each(|&item| self.extend(item, scope))
            }
            ExprKind::Record { fields, .. } => {
                fields.iter().for_each(|field| self.extend(field.value, scope))
            }
            ExprKind::Cast { operand, .. } => self.extend(*operand, scope),
            ExprKind::Block(block) => {
                if let Some(value) = block.value {
                    self.extend(value, scope);
                }
            }
            ExprKind::If { then, els, .. } => {
                self.extend(*then, scope);
                if let Some(els) = els {
                    self.extend(*els, scope);
                }
            }
            ExprKind::Match { arms, .. } => arms.iter().for_each(|arm| self.extend(arm.body, scope)),
            ExprKind::Format { arguments } => self.extend(*arguments, scope),
            ExprKind::Finish { value, .. } => self.extend(*value, scope),
            ExprKind::Call { args, .. } if scope.is_none() => {
                args.iter().for_each(|&arg| self.extend(arg, scope))
            }
            _ => {}
        }
    }
}
