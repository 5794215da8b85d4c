//! What closures capture, how, and what kind of closure that makes them.
//!
//! Paths are captured, not whole variables: `|| a.b.len()` takes `&a.b` and leaves `a.c` alone. By reference where that is
//! enough, by value where the body moves it or the closure is `move`. What a path is cut down to (Rust's rules of 2021, but for the third):
//!
//! 1. Elements, what is in a union's variant and what is behind a raw pointer are not told apart from the whole.
//! 2. What is taken by value is cut before the first dereference: the reference, or the `Box`, is taken as a whole.
//! 3. Nothing is taken by value out of a record that implements `Drop`: the record is, as a whole. (Rust copies what is
//!    `Copy`; a closure that uses a guard would then not keep it.)
//! 4. What is read behind a `&T` is cut to what that reference leads to: one word whatever is used of it.
//! 5. Of two paths where one contains the other, the shorter is captured, in the stronger way.
//!
//! ```text
//! |x| { self.total += x; self.log.len() }   ⇒   &mut (*self).total, &(*self).log;  FnMut
//! ```

use super::uses::{Path, Use, Uses};
use super::*;
use crate::{ClosureId, ClosureKind};
use base::Symbol;
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
        let mut used: Vec<(Path, Use, Span)> = Vec::new();
        let mut note = |path: &Path, mode: Use, at: Span| {
            if own.binary_search(&path.local).is_err() {
                used.push((path.clone(), mode, at));
            }
        };
        Uses { fcx: self, found: &mut note }.consume(closure.body);
        let mut kind = ClosureKind::Fn;
        let mut captures: Vec<Capture> = Vec::new();
        for (path, mode, at) in used {
            kind = kind.max(match mode {
                Use::Ref => ClosureKind::Fn,
                Use::RefMut => ClosureKind::FnMut,
                Use::Move => ClosureKind::FnOnce,
            });
            let capture = self.capture_of(path, mode, at, closure.is_move);
            merge(&mut captures, capture);
        }
        // Variables in the order they are first used, the parts of each in the order they are declared.
        let mut roots: Vec<LocalId> = Vec::new();
        for capture in &captures {
            if !roots.contains(&capture.local) {
                roots.push(capture.local);
            }
        }
        captures.sort_by_key(|capture| {
            let steps: Vec<u32> = capture.projection.iter().filter_map(field_number).collect();
            (roots.iter().position(|&root| root == capture.local), steps)
        });
        for capture in &mut captures {
            self.complete(capture);
        }
        let state = self.infer.closures.get_mut(&closure_id).expect("made when the closure was checked");
        state.kind = Some(kind);
        let params = state.params;
        let ret = state.ret;
        let params = self.infer.resolve(params).tuple_items().map_or(Vec::new(), |items| items.to_vec());
        let info = ClosureInfo { id: closure_id, kind, params, ret, captures };
        let types = info.capture_types();
        self.infer.closures.get_mut(&closure_id).expect("just looked at").captures = Some(types);
        self.infer.next_epoch();
        self.t.closures.insert(id, info);
        self.resolve_calls(closure_id, kind);
    }

    /// A use as a capture of its own: rules 2 to 4.
    fn capture_of(&mut self, path: Path, mode: Use, span: Span, is_move: bool) -> Capture {
        let by = match mode {
            Use::Move => CaptureBy::Value,
            Use::Ref | Use::RefMut if is_move => CaptureBy::Value,
            Use::Ref => CaptureBy::Ref,
            Use::RefMut => CaptureBy::RefMut,
        };
        let local = path.local;
        let mut projection = path.elems;
        let root = self.t.locals[local].map_or_else(Ty::unit, |ty| self.infer.resolve(ty));
        let before = |projection: &[CaptureElem], at: usize| match at {
            0 => root,
            _ => projection[at - 1].ty(),
        };
        match by {
            CaptureBy::Value => {
                if let Some(at) = projection.iter().position(|elem| matches!(elem, CaptureElem::Deref(_))) {
                    projection.truncate(at);
                }
                let drops = |at: &usize| self.implements_drop(before(&projection, *at));
                if let Some(at) = (0..projection.len()).find(drops) {
                    projection.truncate(at);
                }
            }
            CaptureBy::Ref => {
                let last = projection.iter().enumerate().rposition(|(at, elem)| {
                    let through = before(&projection, at);
                    matches!(elem, CaptureElem::Deref(_))
                        && matches!(through.kind(), TyKind::Ref(_, _, Mutability::Shared))
                });
                if let Some(at) = last {
                    projection.truncate(at + 1);
                }
            }
            CaptureBy::RefMut => {}
        }
        // The name, the type and who may change it are found when the path is final.
        let name = self.body.locals[local].name;
        let access = CaptureAccess::Variable { mutable: false };
        Capture { local, projection, by, ty: root, name, span, access }
    }

    fn implements_drop(&self, ty: Ty) -> bool {
        let TyKind::Adt(def, _) = *ty.kind() else { return false };
        let Some(protocol) = self.cx.lang(LangItem::Drop) else { return false };
        let head = crate::protocols::Head::of(ty);
        self.cx.boxed(ty).is_none()
            && self.cx.sigs.adt(def).is_some()
            && head.is_some_and(|head| !self.cx.sigs.index().impls_for(protocol, head).is_empty())
    }

    fn complete(&self, capture: &mut Capture) {
        let local = &self.body.locals[capture.local];
        let mut ty = self.t.locals[capture.local].map_or_else(Ty::unit, |ty| self.infer.resolve(ty));
        let mut name = local.name.to_string();
        let mut access = CaptureAccess::Variable { mutable: local.mutable };
        for elem in &capture.projection {
            match elem {
                CaptureElem::Deref(_) => {
                    if let TyKind::Ref(_, _, mutability) = *ty.kind() {
                        access = CaptureAccess::Behind(mutability);
                    }
                }
                CaptureElem::Field(field, _) => {
                    let adt = ty.adt_def().map(|def| self.cx.sigs.expect_adt(def));
                    let known = adt.and_then(|adt| adt.variants[VariantIdx(0)].fields.get(*field));
                    name.push('.');
                    match known {
                        Some(field) => name.push_str(field.name.as_str()),
                        None => name.push_str(&field.0.to_string()),
                    }
                }
            }
            ty = elem.ty();
        }
        capture.name = Symbol::intern(&name);
        (capture.ty, capture.access) = (ty, access);
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
                ExprKind::Lit(_)
                | ExprKind::Local(_)
                | ExprKind::Def { .. }
                | ExprKind::Assoc { .. }
                | ExprKind::Call { .. }
                | ExprKind::MethodCall { .. }
                | ExprKind::Field { .. }
                | ExprKind::Index { .. }
                | ExprKind::Unary { .. }
                | ExprKind::Deref(_)
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
                | ExprKind::If { .. }
                | ExprKind::Loop { .. }
                | ExprKind::Break { .. }
                | ExprKind::Continue { .. }
                | ExprKind::Return(_)
                | ExprKind::Try { .. }
                | ExprKind::TryBlock { .. }
                | ExprKind::Format { .. }
                | ExprKind::Error(_) => {}
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
            if let Some((name, at)) = why {
                let what = if kind == ClosureKind::FnOnce { "moved" } else { "changed" };
                diagnostic = diagnostic.secondary(at, format!("`{name}` is {what} here"));
            }
            self.report(diagnostic.secondary(span, "expected because of this call"));
        }
        self.check_pointers();
    }

    /// Closures that become `fn` pointers capture nothing.
    fn check_pointers(&mut self) {
        let groups = std::mem::take(&mut self.met_as_pointer);
        let mut told: Vec<usize> = Vec::new();
        for (closure, span) in std::mem::take(&mut self.pointer_closures) {
            let Some(info) = self.t.closures.get(&closure.expr) else { continue };
            let Some(capture) = info.captures.first() else { continue };
            let (name, used) = (capture.name, capture.span);
            let group =
                groups.iter().position(|(all, _)| all.iter().any(|&expr| self.tail(expr) == closure.expr));
            if let Some(group) = group {
                // One mistake, however many of them capture.
                if !told.contains(&group) {
                    told.push(group);
                    self.report_not_one_type(&groups[group], span, (name, used));
                }
                continue;
            }
            self.report(
                Diagnostic::error(
                    "T2083",
                    span,
                    format!("this closure uses `{name}` from outside, so it is no `fn` pointer"),
                )
                .label("`fn` is for functions and closures that capture nothing")
                .secondary(used, format!("`{name}` is captured because of this"))
                .note("a parameter `impl Fn(…)`, or `F: Fn(…)`, takes any closure"),
            );
        }
    }

    /// Branches that give closures, of which some capture.
    fn report_not_one_type(
        &mut self,
        (exprs, sig): &(Vec<ExprId>, FnSig),
        span: Span,
        (name, used): (Symbol, Span),
    ) {
        let kinds =
            exprs.iter().filter_map(|&expr| self.t.closures.get(&self.tail(expr))).map(|info| info.kind);
        let protocol = match kinds.max() {
            Some(ClosureKind::Fn) | None => "Fn",
            Some(ClosureKind::FnMut) => "FnMut",
            Some(ClosureKind::FnOnce) => "FnOnce",
        };
        let pointer = self.show(Ty::new(TyKind::FnPtr(*sig)));
        let object = format!("dyn {protocol}{}", pointer.trim_start_matches("fn"));
        let mut diagnostic =
            Diagnostic::error("T2083", span, "closures that capture are each of a type of its own")
                .label(format!(
                    "can't be of one type with the {}",
                    if exprs.len() > 2 { "others" } else { "other" }
                ))
                .secondary(used, format!("`{name}` is captured because of this"));
        let tails: Vec<Span> = exprs.iter().map(|&expr| self.span(self.tail(expr))).collect();
        if let Some(&other) = tails.iter().find(|&&other| !span.contains(other)) {
            diagnostic = diagnostic.secondary(other, "the other");
        }
        let mut fixes = Vec::new();
        for (index, tail) in tails.iter().enumerate() {
            let end = if index == 0 { format!(") as Box[{object}]") } else { ")".to_string() };
            for (span, replacement) in
                [(tail.shrink_to_lo(), "Box.new(".to_string()), (tail.shrink_to_hi(), end)]
            {
                let applicability = base::Applicability::MaybeIncorrect;
                fixes.push(base::CodeFix { span, replacement, applicability });
            }
        }
        let message = format!("a `Box[{object}]` holds any of them");
        self.report(diagnostic.suggestion(base::Suggestion { message, fixes }));
    }

    /// The first use that made a closure what it is: of what, and where.
    fn why_kind(&mut self, id: ExprId, kind: ClosureKind) -> Option<(Symbol, Span)> {
        let body: &'a Body = self.body;
        let ExprKind::Closure(closure) = &body.exprs[id].kind else { return None };
        let mut own = Vec::new();
        self.locals_inside(closure, &mut own);
        let wanted = if kind == ClosureKind::FnOnce { Use::Move } else { Use::RefMut };
        let mut found: Option<(Path, Span)> = None;
        let mut note = |path: &Path, mode: Use, at: Span| {
            if mode == wanted && !own.contains(&path.local) && found.is_none() {
                found = Some((path.clone(), at));
            }
        };
        Uses { fcx: self, found: &mut note }.consume(closure.body);
        let (path, at) = found?;
        let name = self.body.locals[path.local].name;
        let mut capture = Capture {
            local: path.local,
            projection: path.elems,
            by: CaptureBy::Ref,
            ty: Ty::unit(),
            name,
            span: at,
            access: CaptureAccess::Variable { mutable: false },
        };
        self.complete(&mut capture);
        Some((capture.name, at))
    }
}

fn field_number(elem: &CaptureElem) -> Option<u32> {
    match elem {
        CaptureElem::Field(field, _) => Some(field.0),
        CaptureElem::Deref(_) => None,
    }
}

/// Rule 5.
fn merge(captures: &mut Vec<Capture>, mut new: Capture) {
    let is_prefix = |of: &Capture, whole: &Capture| {
        of.local == whole.local
            && of.projection.len() <= whole.projection.len()
            && of.projection.iter().zip(&whole.projection).all(|(a, b)| a.is(*b))
    };
    if let Some(known) = captures.iter_mut().find(|known| is_prefix(known, &new)) {
        if new.by > known.by {
            (known.by, known.span) = (new.by, new.span);
        }
        return;
    }
    let parts = captures.iter().filter(|known| is_prefix(&new, known));
    if let Some(strongest) = parts.max_by_key(|part| part.by)
        && strongest.by > new.by
    {
        (new.by, new.span) = (strongest.by, strongest.span);
    }
    let first = captures.iter().position(|known| is_prefix(&new, known));
    match first {
        Some(at) => {
            captures[at] = new.clone();
            let mut number = 0;
            captures.retain(|known| {
                number += 1;
                number == at + 1 || !is_prefix(&new, known)
            });
        }
        None => captures.push(new),
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
