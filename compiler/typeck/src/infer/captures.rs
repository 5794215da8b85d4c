//! What closures capture, how, and what kind of closure that makes them.
//!
//! Whole variables are captured: by reference where that is enough, by value where the body moves them or the
//! closure is `move`.

use super::uses::{Use, Uses};
use super::*;
use crate::{ClosureId, ClosureKind};
use hir::ExprKind;

impl<'a, 'd> FnCx<'a, 'd> {
    /// Inner closures and earlier ones first: they were finished first.
    pub(crate) fn analyse_closures(&mut self) {
        let mut order = std::mem::take(&mut self.closures);
        // An outer closure is begun before the ones inside it, which must be known first.
        order.sort_by_key(|&id| {
            let span = self.span(id);
            (span.hi, std::cmp::Reverse(span.lo))
        });
        for id in order {
            self.analyse_closure(id);
        }
        self.check_kinds();
    }

    fn analyse_closure(&mut self, id: ExprId) {
        let body: &'a Body = self.body;
        let ExprKind::Closure(closure) = &body.exprs[id].kind else { return };
        let closure_id = ClosureId { body: body.id, expr: id };
        let mut own: Vec<LocalId> = Vec::new();
        self.locals_inside(closure, &mut own);
        own.sort();
        let mut used: Vec<(LocalId, Use, ExprId)> = Vec::new();
        let mut note = |local: LocalId, mode: Use, at: ExprId| {
            if own.binary_search(&local).is_ok() {
                return;
            }
            match used.iter_mut().find(|(known, ..)| *known == local) {
                Some(entry) if mode > entry.1 => (entry.1, entry.2) = (mode, at),
                Some(_) => {}
                None => used.push((local, mode, at)),
            }
        };
        Uses { fcx: self, found: &mut note }.consume(closure.body);
        let mut kind = ClosureKind::Fn;
        let mut captures = Vec::with_capacity(used.len());
        for (local, mode, at) in used {
            let ty = self.t.locals[local].map_or_else(Ty::unit, |ty| self.infer.resolve(ty));
            kind = kind.max(match mode {
                Use::Ref => ClosureKind::Fn,
                Use::RefMut => ClosureKind::FnMut,
                Use::Move => ClosureKind::FnOnce,
            });
            let by = match mode {
                _ if closure.is_move => CaptureBy::Value,
                Use::Ref => CaptureBy::Ref,
                Use::RefMut => CaptureBy::RefMut,
                Use::Move => CaptureBy::Value,
            };
            let _ = at;
            captures.push(Capture { local, projection: Vec::new(), by, ty });
        }
        let state = self.infer.closures.get_mut(&closure_id).expect("made when the closure was checked");
        state.kind = Some(kind);
        let params = state.params;
        let ret = state.ret;
        let params = match *self.infer.resolve(params).kind() {
            TyKind::Tuple(items) => items.to_vec(),
            _ => Vec::new(),
        };
        let info = ClosureInfo { id: closure_id, kind, params, ret, captures };
        let types = info.capture_types();
        self.infer.closures.get_mut(&closure_id).expect("just looked at").captures = Some(types);
        self.t.closures.insert(id, info);
        self.resolve_calls(closure_id, kind);
    }

    /// Variables that belong to the closure: its parameters and what is declared in it.
    fn locals_inside(&self, closure: &hir::Closure, own: &mut Vec<LocalId>) {
        let mut pats: Vec<PatId> = closure.params.iter().map(|param| param.pat).collect();
        self.pats_inside(closure.body, &mut pats, own);
        for pat in pats {
            self.walk_pat(pat, &mut |pat| {
                if let hir::PatKind::Bind { local, .. } = self.body.pats[pat].kind {
                    own.push(local);
                }
            });
        }
    }

    /// Patterns, and variables without one.
    fn pats_inside(&self, expr: ExprId, pats: &mut Vec<PatId>, own: &mut Vec<LocalId>) {
        let mut queue = vec![expr];
        while let Some(at) = queue.pop() {
            match &self.body.exprs[at].kind {
                ExprKind::Block(block) => {
                    for stmt in &block.stmts {
                        if let hir::StmtKind::Let { pat, .. } = &stmt.kind {
                            pats.push(*pat);
                        }
                    }
                }
                ExprKind::Let { pat, .. } => pats.push(*pat),
                ExprKind::Match { arms, .. } => pats.extend(arms.iter().map(|arm| arm.pat)),
                ExprKind::Closure(closure) => pats.extend(closure.params.iter().map(|param| param.pat)),
                ExprKind::Try { cleanup: Some(after), .. } | ExprKind::Finish { after_error: after, .. } => {
                    own.push(after.error);
                }
                _ => {}
            }
            children(self.body, at, &mut |child| queue.push(child));
        }
    }

    /// Calls of a closure whose kind is known now.
    fn resolve_calls(&mut self, closure: ClosureId, kind: ClosureKind) {
        let (now, later): (Vec<DeferredCall>, Vec<DeferredCall>) =
            std::mem::take(&mut self.calls).into_iter().partition(|call| call.closure == closure);
        self.calls = later;
        for call in now {
            let Some((_, method)) = self.call_protocol(kind) else { continue };
            let params = self.infer.closures[&closure].params;
            let args = crate::List::new(&[call.closure_ty.into(), params.into()]);
            self.adjust(call.callee, call.derefs);
            self.take_callee(call.callee, call.closure_ty, kind);
            self.t.callees.insert(call.expr, (method, args));
        }
    }

    /// Uses that ask for more than a closure can.
    fn check_kinds(&mut self) {
        let mut told: Vec<ClosureId> = Vec::new();
        for (goal, span) in std::mem::take(&mut self.kind_goals) {
            let Some(info) = self.t.closures.get(&goal.closure.expr) else { continue };
            if info.kind <= goal.kind || told.contains(&goal.closure) {
                continue;
            }
            told.push(goal.closure);
            let (kind, head) = (info.kind, self.span(goal.closure.expr));
            let name = |kind: ClosureKind| match kind {
                ClosureKind::Fn => "Fn",
                ClosureKind::FnMut => "FnMut",
                ClosureKind::FnOnce => "FnOnce",
            };
            let why = self.why_kind(goal.closure.expr, kind);
            let label = match kind {
                ClosureKind::FnOnce => "moves a variable out, so it can be called once only",
                ClosureKind::Fn | ClosureKind::FnMut => "changes a variable, so it can't be shared",
            };
            let mut diagnostic = Diagnostic::error(
                "T2082",
                head,
                format!("this closure is `{}`, and `{}` is expected", name(kind), name(goal.kind)),
            )
            .label(label);
            if let Some((local, at)) = why {
                let name = self.body.locals[local].name;
                let what = if kind == ClosureKind::FnOnce { "moved" } else { "changed" };
                diagnostic = diagnostic.secondary(at, format!("`{name}` is {what} here"));
            }
            self.report(diagnostic.secondary(span, "expected because of this call"));
        }
        for (closure, span) in std::mem::take(&mut self.pointer_closures) {
            let Some(info) = self.t.closures.get(&closure.expr) else { continue };
            let Some(capture) = info.captures.first() else { continue };
            let name = self.body.locals[capture.local].name;
            self.report(
                Diagnostic::error(
                    "T2083",
                    span,
                    format!("this closure uses `{name}` from outside, so it is no `fn` pointer"),
                )
                .label("`fn` is for functions and closures that capture nothing")
                .note("a parameter `impl Fn(…)`, or `F: Fn(…)`, takes any closure"),
            );
        }
    }

    /// The first use that made a closure what it is.
    fn why_kind(&mut self, id: ExprId, kind: ClosureKind) -> Option<(LocalId, Span)> {
        let body: &'a Body = self.body;
        let ExprKind::Closure(closure) = &body.exprs[id].kind else { return None };
        let mut own = Vec::new();
        self.locals_inside(closure, &mut own);
        let wanted = if kind == ClosureKind::FnOnce { Use::Move } else { Use::RefMut };
        let mut found = None;
        let mut note = |local: LocalId, mode: Use, at: ExprId| {
            if mode == wanted && !own.contains(&local) && found.is_none() {
                found = Some((local, at));
            }
        };
        Uses { fcx: self, found: &mut note }.consume(closure.body);
        found.map(|(local, at)| (local, self.span(at)))
    }
}

/// The expressions directly inside one.
pub(crate) fn children(body: &Body, id: ExprId, f: &mut dyn FnMut(ExprId)) {
    match &body.exprs[id].kind {
        ExprKind::Lit(_)
        | ExprKind::Local(_)
        | ExprKind::Def { .. }
        | ExprKind::Assoc { .. }
        | ExprKind::Continue { .. }
        | ExprKind::Error(_) => {}
        ExprKind::Call { callee, args } => {
            f(*callee);
            args.iter().for_each(|&arg| f(arg));
        }
        ExprKind::MethodCall { receiver, args, .. } => {
            f(*receiver);
            args.iter().for_each(|&arg| f(arg));
        }
        ExprKind::Field { base, .. } => f(*base),
        ExprKind::Index { base, index } => {
            f(*base);
            f(*index);
        }
        ExprKind::Unary { operand, .. } | ExprKind::Cast { operand, .. } | ExprKind::Ref { operand, .. } => {
            f(*operand)
        }
        ExprKind::Deref(operand) => f(*operand),
        ExprKind::Binary { lhs, rhs, .. } | ExprKind::Logical { lhs, rhs, .. } => {
            f(*lhs);
            f(*rhs);
        }
        ExprKind::Assign { place, value } | ExprKind::AssignOp { place, value, .. } => {
            f(*place);
            f(*value);
        }
        ExprKind::Tuple(items) | ExprKind::Array(items) => items.iter().for_each(|&item| f(item)),
        ExprKind::Repeat { value, .. } => f(*value),
        ExprKind::Record { fields, base, .. } => {
            fields.iter().for_each(|field| f(field.value));
            base.iter().for_each(|&base| f(base));
        }
        ExprKind::Block(block) => {
            for stmt in &block.stmts {
                match &stmt.kind {
                    hir::StmtKind::Let { init, els, .. } => init.iter().chain(els).for_each(|&it| f(it)),
                    hir::StmtKind::Expr(expr) => f(*expr),
                }
            }
            block.value.iter().for_each(|&value| f(value));
        }
        ExprKind::If { cond, then, els } => {
            f(*cond);
            f(*then);
            els.iter().for_each(|&els| f(els));
        }
        ExprKind::Let { value, .. } => f(*value),
        ExprKind::Match { scrutinee, arms, .. } => {
            f(*scrutinee);
            for arm in arms {
                arm.guard.iter().for_each(|&guard| f(guard));
                f(arm.body);
            }
        }
        ExprKind::Loop { body, .. } | ExprKind::TryBlock { body, .. } => f(*body),
        ExprKind::Break { value, .. } | ExprKind::Return(value) => value.iter().for_each(|&value| f(value)),
        ExprKind::Closure(closure) => f(closure.body),
        ExprKind::Try { operand, cleanup, .. } => {
            f(*operand);
            cleanup.iter().for_each(|cleanup| f(cleanup.body));
        }
        ExprKind::Finish { value, cleanup, after_error } => {
            f(*value);
            f(*cleanup);
            f(after_error.body);
        }
        ExprKind::Format { arguments } => f(*arguments),
    }
}
