//! How a piece of a body uses variables and parts of them: read, borrowed, changed or moved. Walks values and places
//! after their adjustments, as MIR will.
//!
//! ```text
//! total += config.limits.max   ⇒   total: changed;  config.limits.max: read
//! ```

use super::*;
use crate::protocols::Eval;
use base::stack;
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

/// A variable, or a part of it.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub local: LocalId,
    pub elems: Vec<CaptureElem>,
    /// The type of what the place is, which may lie deeper than `elems` lead.
    ty: Ty,
    /// Parts from here on are not told apart: elements, what is in a variant, what is behind a raw pointer.
    closed: bool,
    /// What lies behind a reference is used through it.
    limit: Use,
}

impl Path {
    fn field(mut self, field: FieldIdx, ty: Ty) -> Path {
        if !self.closed {
            self.elems.push(CaptureElem::Field(field, ty));
        }
        self.ty = ty;
        self
    }
    fn deref(mut self, ty: Ty) -> Path {
        // A box's content is the box's own.
        if let TyKind::Ref(_, _, mutability) = *self.ty.kind() {
            self.limit = match mutability {
                Mutability::Shared => Use::Ref,
                Mutability::Mut => self.limit.min(Use::RefMut),
            };
        } else if let TyKind::RawPtr(..) = *self.ty.kind() {
            (self.closed, self.limit) = (true, Use::Ref);
        }
        if !self.closed {
            self.elems.push(CaptureElem::Deref(ty));
        }
        self.ty = ty;
        self
    }
    fn close(mut self, ty: Ty) -> Path {
        self.closed = true;
        self.ty = ty;
        self
    }
}

/// Calls `found` for every use of a variable in an expression.
pub(crate) struct Uses<'f, 'c, 'a, 'd> {
    pub fcx: &'c mut FnCx<'a, 'd>,
    pub found: &'f mut dyn FnMut(&Path, Use, Span),
}

impl<'a> Uses<'_, '_, 'a, '_> {
    fn body(&self) -> &'a Body {
        self.fcx.body
    }

    fn use_path(&mut self, path: &Path, mode: Use, at: Span) {
        (self.found)(path, mode.min(path.limit), at);
    }
    fn borrow_path(&mut self, path: &Path, mutability: Mutability, at: Span) {
        let mode = if mutability == Mutability::Mut { Use::RefMut } else { Use::Ref };
        self.use_path(path, mode, at);
    }
    /// Copied or moved out.
    fn take(&mut self, path: &Path, at: Span) {
        let copies = self.fcx.infer.is_copy(path.ty, at) != Eval::No;
        self.use_path(path, if copies { Use::Ref } else { Use::Move }, at);
    }

    fn adjustments(&self, expr: ExprId) -> Vec<Adjustment> {
        self.fcx.t.adjustments.get(&expr).cloned().unwrap_or_default()
    }
    fn resolved(&self, ty: Ty) -> Ty {
        self.fcx.infer.resolve(ty)
    }
    fn ty(&self, expr: ExprId) -> Ty {
        self.fcx.t.exprs[expr].map_or_else(Ty::unit, |ty| self.resolved(ty))
    }

    /// The expression's value, after its adjustments, is taken.
    pub(crate) fn consume(&mut self, expr: ExprId) {
        let adjustments = self.adjustments(expr);
        stack::deep(|| self.value(expr, &adjustments));
    }

    fn value(&mut self, expr: ExprId, adjustments: &[Adjustment]) {
        let at = self.fcx.span(expr);
        let Some((last, before)) = adjustments.split_last() else {
            if !self.fcx.is_place(expr) {
                return self.inside(expr);
            }
            if let Some(path) = self.bare_place(expr) {
                self.take(&path, at);
            }
            return;
        };
        match last.kind {
            AdjustKind::Borrow(mutability) => {
                if let Some(path) = self.place(expr, before) {
                    self.borrow_path(&path, mutability, at);
                }
            }
            AdjustKind::MutToShared => {
                if let Some(path) = self.place(expr, before) {
                    let to = path.ty.referent().unwrap_or(path.ty);
                    self.use_path(&path.deref(to), Use::Ref, at);
                }
            }
            AdjustKind::Deref | AdjustKind::OverloadedDeref(..) => {
                if let Some(path) = self.place(expr, adjustments) {
                    self.take(&path, at);
                }
            }
            AdjustKind::NeverToAny
            | AdjustKind::Unsize
            | AdjustKind::ToDyn
            | AdjustKind::ToFnPtr
            | AdjustKind::Build(..) => self.value(expr, before),
            AdjustKind::Discard if before.is_empty() && self.fcx.is_place(expr) => {
                self.bare_place(expr);
            }
            AdjustKind::Discard => self.value(expr, before),
        }
    }

    /// The place that an expression is after these adjustments; `None` for a temporary, which has been looked at.
    fn place(&mut self, expr: ExprId, adjustments: &[Adjustment]) -> Option<Path> {
        let Some((last, before)) = adjustments.split_last() else { return self.bare_place(expr) };
        match last.kind {
            AdjustKind::Deref => {
                let ty = self.resolved(last.ty);
                Some(self.place(expr, before)?.deref(ty))
            }
            AdjustKind::OverloadedDeref(_, _, mutability) => {
                let at = self.fcx.span(expr);
                if let Some(path) = self.place(expr, before) {
                    self.borrow_path(&path, mutability, at);
                }
                None
            }
            AdjustKind::NeverToAny
            | AdjustKind::Borrow(_)
            | AdjustKind::Unsize
            | AdjustKind::ToDyn
            | AdjustKind::ToFnPtr
            | AdjustKind::MutToShared
            | AdjustKind::Build(..)
            | AdjustKind::Discard => {
                self.value(expr, adjustments);
                None
            }
        }
    }

    fn adjusted_place(&mut self, expr: ExprId) -> Option<Path> {
        let adjustments = self.adjustments(expr);
        stack::deep(|| self.place(expr, &adjustments))
    }

    fn bare_place(&mut self, expr: ExprId) -> Option<Path> {
        let ty = self.ty(expr);
        match &self.body().exprs[expr].kind {
            ExprKind::Local(local) => {
                Some(Path { local: *local, elems: Vec::new(), ty, closed: false, limit: Use::Move })
            }
            ExprKind::Field { base, .. } => {
                let path = self.adjusted_place(*base)?;
                Some(match self.fcx.t.fields.get(&expr) {
                    Some(&field) => path.field(field, ty),
                    None => path.close(ty),
                })
            }
            ExprKind::Index { base, index } => {
                if self.fcx.t.callees.contains_key(&expr) {
                    self.consume(*base);
                    self.consume(*index);
                    return None;
                }
                let path = self.adjusted_place(*base);
                self.consume(*index);
                let path = path?;
                // The length is looked at.
                let at = self.fcx.span(expr);
                self.use_path(&path, Use::Ref, at);
                Some(path.close(ty))
            }
            ExprKind::Deref(operand) => {
                if self.fcx.t.callees.contains_key(&expr) {
                    self.consume(*operand);
                    return None;
                }
                Some(self.adjusted_place(*operand)?.deref(ty))
            }
            ExprKind::Lit(_)
            | ExprKind::Def { .. }
            | ExprKind::Assoc { .. }
            | ExprKind::Call { .. }
            | ExprKind::MethodCall { .. }
            | ExprKind::Unary { .. }
            | ExprKind::Ref { .. }
            | ExprKind::Binary { .. }
            | ExprKind::Logical { .. }
            | ExprKind::Cast { .. }
            | ExprKind::Assign { .. }
            | ExprKind::AssignOp { .. }
            | ExprKind::Tuple(_)
            | ExprKind::Array(_)
            | ExprKind::Repeat { .. }
            | ExprKind::Record { .. }
            | ExprKind::Block(_)
            | ExprKind::If { .. }
            | ExprKind::Let { .. }
            | ExprKind::Match { .. }
            | ExprKind::Loop { .. }
            | ExprKind::Break { .. }
            | ExprKind::Continue { .. }
            | ExprKind::Return(_)
            | ExprKind::Closure(_)
            | ExprKind::Try { .. }
            | ExprKind::TryBlock { .. }
            | ExprKind::Finish { .. }
            | ExprKind::Format { .. }
            | ExprKind::Error(_) => {
                self.inside(expr);
                None
            }
        }
    }

    /// A value matched or bound by patterns.
    fn matched(&mut self, value: ExprId, pats: &[PatId]) {
        let adjustments = self.adjustments(value);
        let is_place = match adjustments.last() {
            Some(last) => matches!(last.kind, AdjustKind::Deref | AdjustKind::OverloadedDeref(..)),
            None => self.fcx.is_place(value),
        };
        if !is_place {
            return self.value(value, &adjustments);
        }
        if let Some(path) = self.place(value, &adjustments) {
            pats.iter().for_each(|&pat| self.pattern(pat, path.clone()));
        }
    }

    /// What a pattern does to the place that it is matched against.
    fn pattern(&mut self, pat: PatId, mut path: Path) {
        let data = &self.body().pats[pat];
        let at = data.span;
        for ty in self.fcx.t.pat_derefs.get(&pat).cloned().unwrap_or_default() {
            let to = self.resolved(ty).referent().unwrap_or(ty);
            path = path.deref(self.resolved(to));
        }
        match &data.kind {
            PatKind::Wild | PatKind::Error(_) => {}
            PatKind::Bind { local, sub } => {
                match self.fcx.t.binding_refs.get(local).copied() {
                    Some(mutability) => self.borrow_path(&path, mutability, at),
                    None => self.take(&path, at),
                }
                if let Some(sub) = sub {
                    self.pattern(*sub, path);
                }
            }
            PatKind::Lit { .. } | PatKind::Range { .. } | PatKind::Const(_) => {
                self.use_path(&path, Use::Ref, at)
            }
            PatKind::Variant { fields, .. } => {
                let subs: Vec<PatId> = match fields {
                    hir::PatFields::Unit => Vec::new(),
                    hir::PatFields::Tuple(pats, _) => pats.clone(),
                    hir::PatFields::Record(fields, _) => fields.iter().map(|field| field.pat).collect(),
                };
                let Some(PatResolution::Variant(_, indices)) = self.fcx.t.pat_variants.get(&pat).cloned()
                else {
                    return self.use_path(&path, Use::Ref, at);
                };
                let adt = path.ty.adt_def().map(|def| self.fcx.cx.sigs.expect_adt(def));
                let is_union = adt.is_none_or(|adt| adt.is_union);
                if is_union {
                    // Which variant it is is looked at.
                    self.use_path(&path, Use::Ref, at);
                }
                for (sub, field) in subs.into_iter().zip(indices) {
                    let ty = self.matched_ty(sub);
                    let part = if is_union { path.clone().close(ty) } else { path.clone().field(field, ty) };
                    self.pattern(sub, part);
                }
            }
            PatKind::Tuple(items, rest) => {
                let count = path.ty.tuple_items().map_or(items.len(), |tys| tys.len());
                let skipped = count - items.len().min(count);
                for (at, &item) in items.iter().enumerate() {
                    let field = if rest.is_some_and(|rest| at >= rest) { at + skipped } else { at };
                    let ty = self.matched_ty(item);
                    self.pattern(item, path.clone().field(FieldIdx(field as u32), ty));
                }
            }
            PatKind::Slice { before, rest, after } => {
                self.use_path(&path, Use::Ref, at);
                for &sub in before.iter().chain(rest.iter().flatten()).chain(after) {
                    let ty = self.matched_ty(sub);
                    self.pattern(sub, path.clone().close(ty));
                }
            }
            PatKind::Ref { pat, .. } => {
                let ty = self.matched_ty(*pat);
                self.pattern(*pat, path.deref(ty));
            }
            PatKind::Or(pats) => pats.iter().for_each(|&pat| self.pattern(pat, path.clone())),
        }
    }

    /// The type of the place that a pattern is matched against, before its implicit dereferences.
    fn matched_ty(&self, pat: PatId) -> Ty {
        match self.fcx.t.pat_derefs.get(&pat).and_then(|derefs| derefs.first()) {
            Some(&outer) => self.resolved(outer),
            None => self.fcx.t.pats[pat].map_or_else(Ty::unit, |ty| self.resolved(ty)),
        }
    }

    /// `R { x: 1, ..base }`: the fields that are not written are taken out of the base.
    fn record_base(&mut self, expr: ExprId, base: ExprId) {
        let at = self.fcx.span(base);
        let Some(path) = self.adjusted_place(base) else { return };
        let TyKind::Adt(def, args) = *path.ty.kind() else { return self.take(&path, at) };
        let written = self.fcx.t.inits.get(&expr).map(|(_, fields)| fields.clone()).unwrap_or_default();
        let sigs = self.fcx.cx.sigs;
        for (index, field) in sigs.expect_adt(def).variants[VariantIdx(0)].fields.iter_enumerated() {
            if !written.contains(&index) {
                let ty = self.fcx.normalise(field.ty.subst(&args), at);
                let part = path.clone().field(index, self.resolved(ty));
                self.take(&part, at);
            }
        }
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
                self.value(expr, &[]);
            }
            ExprKind::Call { callee, args } => {
                self.consume(*callee);
                args.iter().for_each(|&arg| self.consume(arg));
            }
            ExprKind::MethodCall { receiver, args, .. } => {
                self.consume(*receiver);
                args.iter().for_each(|&arg| self.consume(arg));
            }
            ExprKind::Cast { operand, .. } if self.reads_position(expr, *operand) => {
                // Of a union, only its position is read.
                let at = self.fcx.span(*operand);
                if let Some(path) = self.adjusted_place(*operand) {
                    self.use_path(&path, Use::Ref, at);
                }
            }
            ExprKind::Unary { operand, .. } | ExprKind::Cast { operand, .. } => self.consume(*operand),
            ExprKind::Ref { mutable, operand } => {
                let mutability = if *mutable { Mutability::Mut } else { Mutability::Shared };
                let at = self.fcx.span(*operand);
                if let Some(path) = self.adjusted_place(*operand) {
                    self.borrow_path(&path, mutability, at);
                }
            }
            ExprKind::Binary { lhs, rhs, .. } | ExprKind::Logical { lhs, rhs, .. } => {
                self.consume(*lhs);
                self.consume(*rhs);
            }
            ExprKind::Assign { place, value } | ExprKind::AssignOp { place, value, .. } => {
                self.consume(*value);
                let at = self.fcx.span(*place);
                if let Some(path) = self.adjusted_place(*place) {
                    self.use_path(&path, Use::RefMut, at);
                }
            }
            ExprKind::Tuple(items) | ExprKind::Array(items) => {
                items.iter().for_each(|&item| self.consume(item))
            }
            ExprKind::Repeat { value, .. } => self.consume(*value),
            ExprKind::Record { fields, base, .. } => {
                fields.iter().for_each(|field| self.consume(field.value));
                if let Some(base) = base {
                    self.record_base(expr, *base);
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
                        // A place as a statement does nothing with it.
                        StmtKind::Expr(expr) if self.fcx.is_place(*expr) => drop(self.adjusted_place(*expr)),
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
                for capture in info.captures.clone() {
                    self.captured(&capture);
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

    /// `union as i64`
    fn reads_position(&self, cast: ExprId, operand: ExprId) -> bool {
        let kind = self.fcx.t.casts.get(&cast);
        let ty = self.resolved(self.fcx.adjusted(operand));
        matches!(kind, Some(CastKind::UnionToInt | CastKind::Widen | CastKind::IntToInt))
            && matches!(ty.kind(), TyKind::Adt(..))
    }

    /// A closure in here takes a path: so does this one.
    fn captured(&mut self, capture: &Capture) {
        let ty = self.fcx.t.locals[capture.local].map_or_else(Ty::unit, |ty| self.resolved(ty));
        let start = Path { local: capture.local, elems: Vec::new(), ty, closed: false, limit: Use::Move };
        let path = capture.projection.iter().fold(start, |path, &elem| match elem {
            CaptureElem::Field(field, ty) => path.field(field, ty),
            CaptureElem::Deref(ty) => path.deref(ty),
        });
        match capture.by {
            CaptureBy::Ref => self.use_path(&path, Use::Ref, capture.span),
            CaptureBy::RefMut => self.use_path(&path, Use::RefMut, capture.span),
            CaptureBy::Value => self.take(&path, capture.span),
        }
    }
}
