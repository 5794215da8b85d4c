//! How a piece of a body uses variables: read, borrowed, changed or moved. Walks values and places after their
//! adjustments, as MIR will.

use super::*;
use crate::protocols::Eval;
use hir::{ExprKind, PatKind, StmtKind};

/// The strongest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// Read or borrowed.
    Ref,
    /// Borrowed uniquely or assigned to.
    RefMut,
    Move,
}

/// Calls `found` for every use of a variable in an expression.
pub(crate) struct Uses<'f, 'c, 'a, 'd> {
    pub fcx: &'c mut FnCx<'a, 'd>,
    pub found: &'f mut dyn FnMut(LocalId, Use, ExprId),
}

impl<'a> Uses<'_, '_, 'a, '_> {
    fn body(&self) -> &'a Body {
        self.fcx.body
    }

    fn copies(&mut self, ty: Ty, expr: ExprId) -> bool {
        let span = self.fcx.span(expr);
        self.fcx.infer.is_copy(ty, span) != Eval::No
    }

    /// The expression's value, after its adjustments, is taken.
    pub(crate) fn consume(&mut self, expr: ExprId) {
        let adjustments = self.fcx.t.adjustments.get(&expr).cloned().unwrap_or_default();
        let mut derefs = 0;
        for adjustment in &adjustments {
            match adjustment.kind {
                AdjustKind::Deref => derefs += 1,
                AdjustKind::Borrow(mutability) | AdjustKind::OverloadedDeref(_, _, mutability) => {
                    let mode = if mutability == Mutability::Mut { Use::RefMut } else { Use::Ref };
                    return self.place(expr, mode, derefs, &adjustments);
                }
                AdjustKind::MutToShared => return self.place(expr, Use::Ref, derefs, &adjustments),
                AdjustKind::NeverToAny
                | AdjustKind::Unsize
                | AdjustKind::ToDyn
                | AdjustKind::ToFnPtr
                | AdjustKind::Build(..)
                | AdjustKind::Discard => {
                    break;
                }
            }
        }
        if !self.fcx.is_place(expr) && derefs == 0 {
            return self.inside(expr);
        }
        let ty = match derefs {
            0 => self.fcx.t.exprs[expr].unwrap_or_else(Ty::unit),
            _ => adjustments[derefs - 1].ty,
        };
        let mode = if self.copies(ty, expr) { Use::Ref } else { Use::Move };
        self.place(expr, mode, derefs, &adjustments);
    }

    /// The place that an expression is, `derefs` builtin dereferences on, is used.
    fn place(&mut self, expr: ExprId, mode: Use, derefs: usize, adjustments: &[Adjustment]) {
        let mut mode = mode;
        let mut ty = self.fcx.t.exprs[expr].map(|ty| self.fcx.infer.resolve(ty));
        for adjustment in &adjustments[..derefs.min(adjustments.len())] {
            mode = through(mode, ty, self.fcx.cx);
            ty = Some(adjustment.ty);
        }
        self.bare_place(expr, mode);
    }

    /// A place without its own adjustments.
    fn bare_place(&mut self, expr: ExprId, mode: Use) {
        match &self.body().exprs[expr].kind {
            ExprKind::Local(local) => (self.found)(*local, mode, expr),
            ExprKind::Field { base, .. } => self.adjusted_place(*base, mode),
            ExprKind::Index { base, index } => {
                self.consume(*index);
                if self.fcx.t.callees.contains_key(&expr) {
                    self.consume(*base)
                } else {
                    self.adjusted_place(*base, mode)
                }
            }
            ExprKind::Deref(operand) => {
                if self.fcx.t.callees.contains_key(&expr) {
                    return self.consume(*operand);
                }
                let ty = Some(self.fcx.infer.resolve(self.fcx.adjusted(*operand)));
                let mode = through(mode, ty, self.fcx.cx);
                self.adjusted_place(*operand, mode);
            }
            _ => self.inside(expr),
        }
    }

    /// A base: a place with adjustments that end in a place again.
    fn adjusted_place(&mut self, expr: ExprId, mode: Use) {
        let adjustments = self.fcx.t.adjustments.get(&expr).cloned().unwrap_or_default();
        let mut derefs = 0;
        let mut mode = mode;
        for adjustment in &adjustments {
            match adjustment.kind {
                AdjustKind::Deref => derefs += 1,
                AdjustKind::Borrow(mutability) | AdjustKind::OverloadedDeref(_, _, mutability) => {
                    mode = if mutability == Mutability::Mut { Use::RefMut } else { Use::Ref };
                    break;
                }
                AdjustKind::MutToShared => {
                    mode = Use::Ref;
                    break;
                }
                AdjustKind::NeverToAny
                | AdjustKind::Unsize
                | AdjustKind::ToDyn
                | AdjustKind::ToFnPtr
                | AdjustKind::Build(..)
                | AdjustKind::Discard => {
                    break;
                }
            }
        }
        self.place(expr, mode, derefs, &adjustments);
    }

    /// A value matched or bound by a pattern.
    fn matched(&mut self, value: ExprId, pats: &[PatId]) {
        if !self.fcx.is_place(value) || self.fcx.t.adjustments.contains_key(&value) {
            return self.consume(value);
        }
        let mut mode = Use::Ref;
        let mut moved = Vec::new();
        let mut bound = false;
        for &pat in pats {
            self.fcx.walk_pat(pat, &mut |pat| {
                if let PatKind::Bind { local, .. } = self.fcx.body.pats[pat].kind {
                    bound = true;
                    match self.fcx.t.binding_refs.get(&local) {
                        Some(Mutability::Mut) => mode = mode.max(Use::RefMut),
                        Some(Mutability::Shared) => {}
                        None => moved.push(self.fcx.t.locals[local]),
                    }
                }
            });
        }
        for ty in moved.into_iter().flatten() {
            if !self.copies(ty, value) {
                mode = Use::Move;
            }
        }
        self.adjusted_place(value, mode);
    }

    /// The parts of an expression that is no place.
    fn inside(&mut self, expr: ExprId) {
        match &self.body().exprs[expr].kind {
            ExprKind::Lit(_)
            | ExprKind::Def { .. }
            | ExprKind::Assoc { .. }
            | ExprKind::Continue { .. }
            | ExprKind::Error(_) => {}
            ExprKind::Local(_) | ExprKind::Field { .. } | ExprKind::Index { .. } | ExprKind::Deref(_) => {
                let ty = self.fcx.t.exprs[expr].unwrap_or_else(Ty::unit);
                let mode = if self.copies(ty, expr) { Use::Ref } else { Use::Move };
                self.bare_place(expr, mode);
            }
            ExprKind::Call { callee, args } => {
                self.consume(*callee);
                args.iter().for_each(|&arg| self.consume(arg));
            }
            ExprKind::MethodCall { receiver, args, .. } => {
                self.consume(*receiver);
                args.iter().for_each(|&arg| self.consume(arg));
            }
            ExprKind::Unary { operand, .. } | ExprKind::Cast { operand, .. } => self.consume(*operand),
            ExprKind::Ref { mutable, operand } => {
                let mode = if *mutable { Use::RefMut } else { Use::Ref };
                if self.fcx.is_place(*operand) && !self.fcx.t.adjustments.contains_key(operand) {
                    self.adjusted_place(*operand, mode);
                } else {
                    self.consume(*operand);
                }
            }
            ExprKind::Binary { lhs, rhs, .. } | ExprKind::Logical { lhs, rhs, .. } => {
                self.consume(*lhs);
                self.consume(*rhs);
            }
            ExprKind::Assign { place, value } => {
                self.consume(*value);
                self.adjusted_place(*place, Use::RefMut);
            }
            ExprKind::AssignOp { place, value, .. } => {
                self.consume(*value);
                self.adjusted_place(*place, Use::RefMut);
            }
            ExprKind::Tuple(items) | ExprKind::Array(items) => {
                items.iter().for_each(|&item| self.consume(item))
            }
            ExprKind::Repeat { value, .. } => self.consume(*value),
            ExprKind::Record { fields, base, .. } => {
                fields.iter().for_each(|field| self.consume(field.value));
                if let Some(base) = base {
                    self.consume(*base);
                }
            }
            ExprKind::Block(block) => {
                for stmt in &block.stmts {
                    match &stmt.kind {
                        StmtKind::Let { pat, init, els, .. } => {
                            if let Some(init) = init {
                                self.matched(*init, &[*pat]);
                            }
                            els.iter().for_each(|&els| self.consume(els));
                        }
                        StmtKind::Expr(expr) => self.consume(*expr),
                    }
                }
                block.value.iter().for_each(|&value| self.consume(value));
            }
            ExprKind::If { cond, then, els } => {
                self.consume(*cond);
                self.consume(*then);
                els.iter().for_each(|&els| self.consume(els));
            }
            ExprKind::Let { pat, value } => self.matched(*value, &[*pat]),
            ExprKind::Match { scrutinee, arms, .. } => {
                let pats: Vec<PatId> = arms.iter().map(|arm| arm.pat).collect();
                self.matched(*scrutinee, &pats);
                for arm in arms {
                    arm.guard.iter().for_each(|&guard| self.consume(guard));
                    self.consume(arm.body);
                }
            }
            ExprKind::Loop { body, .. } | ExprKind::TryBlock { body, .. } => self.consume(*body),
            ExprKind::Break { value, .. } | ExprKind::Return(value) => {
                value.iter().for_each(|&value| self.consume(value))
            }
            ExprKind::Closure(_) => {
                let Some(info) = self.fcx.t.closures.get(&expr) else { return };
                let captures = info.captures.clone();
                for capture in captures {
                    let mode = match capture.by {
                        CaptureBy::Ref => Use::Ref,
                        CaptureBy::RefMut => Use::RefMut,
                        CaptureBy::Value => {
                            if self.copies(capture.ty, expr) {
                                Use::Ref
                            } else {
                                Use::Move
                            }
                        }
                    };
                    (self.found)(capture.local, mode, expr);
                }
            }
            ExprKind::Try { operand, cleanup, .. } => {
                self.consume(*operand);
                cleanup.iter().for_each(|cleanup| self.consume(cleanup.body));
            }
            ExprKind::Finish { value, cleanup, after_error } => {
                self.consume(*value);
                self.consume(*cleanup);
                self.consume(after_error.body);
            }
            ExprKind::Format { arguments } => self.consume(*arguments),
        }
    }
}

/// Using what a pointer points at uses the pointer itself less: reading it is enough where it is shared.
fn through(mode: Use, pointer: Option<Ty>, cx: Cx<'_>) -> Use {
    match pointer.map(|ty| (ty, ty.kind())) {
        Some((_, TyKind::Ref(_, _, Mutability::Shared) | TyKind::RawPtr(..))) => Use::Ref,
        Some((_, TyKind::Ref(_, _, Mutability::Mut))) => mode.min(Use::RefMut),
        Some((ty, _)) if cx.boxed(ty).is_some() => mode,
        Some(_) | None => mode,
    }
}
