//! Places: what has an address. Dereferencing on the way, and turning shared ways into unique ones where a place is
//! changed.

use super::*;
use hir::ExprKind;

impl FnCx<'_, '_> {
    /// Whether an expression is a place: a variable, field, element, `*x` or static.
    pub(crate) fn is_place(&self, expr: ExprId) -> bool {
        if let ExprKind::Local(_)
        | ExprKind::Field { .. }
        | ExprKind::Index { .. }
        | ExprKind::Deref(_)
        | ExprKind::Error(_) = &self.body.exprs[expr].kind
        {
            true
        } else if let ExprKind::Def { def, .. } = &self.body.exprs[expr].kind {
            self.cx.package.def(*def).kind == hir::DefKind::Static
        } else {
            false
        }
    }

    /// One dereference: by the compiler, or through `Deref`.
    pub(crate) fn deref_step(&mut self, ty: Ty, _: Mutability, span: Span) -> Option<(Ty, AdjustKind)> {
        if let Some(to) = self.cx.builtin_deref(ty, false) {
            return Some((self.structurally(to), AdjustKind::Deref));
        }
        let (method, args, target) = self.overloaded_deref(ty, span)?;
        Some((self.structurally(target), AdjustKind::OverloadedDeref(method, args, Mutability::Shared)))
    }

    /// `Deref.deref` for a type, and what it leads to.
    pub(crate) fn overloaded_deref(&mut self, ty: Ty, span: Span) -> Option<(DefId, GenericArgs, Ty)> {
        if !matches!(
            ty.kind(),
            TyKind::Adt(..) | TyKind::Param(..) | TyKind::Projection(..) | TyKind::Opaque(..)
        ) {
            return None;
        }
        let protocol = self.cx.lang(LangItem::Deref)?;
        let args = crate::List::new(&[ty.into()]);
        let goal = ProtocolRef { def: protocol, args };
        if self.infer.evaluate(Predicate::Protocol(goal), span) == crate::protocols::Eval::No {
            return None;
        }
        let method = self.protocol_method(protocol)?;
        let target = self.infer.assoc_type_named(protocol, "Target")?;
        let target = self.normalise(Ty::new(TyKind::Projection(target, args)), span);
        Some((method, args, target))
    }

    /// The first function of a protocol: the one that an operator means.
    pub(crate) fn protocol_method(&self, protocol: DefId) -> Option<DefId> {
        let members = &self.cx.sigs.protocol(protocol)?.members;
        members.keys().copied().find(|&member| self.cx.package.def(member).kind == hir::DefKind::Fn)
    }

    pub(crate) fn protocol_method_named(&self, protocol: DefId, name: &str) -> Option<DefId> {
        let members = &self.cx.sigs.protocol(protocol)?.members;
        members
            .iter()
            .find(|&(&member, member_name)| {
                member_name.as_str() == name && self.cx.package.def(member).kind == hir::DefKind::Fn
            })
            .map(|(&member, _)| member)
    }

    /// Turns the `Deref`s of a chain of adjustments into `DerefMut`s. `false`: a type has none.
    pub(crate) fn derefs_mut(&mut self, adjustments: &mut [Adjustment], start: Ty, span: Span) -> bool {
        let mut before = start;
        for adjustment in adjustments {
            if let AdjustKind::OverloadedDeref(method, args, mutability) = &mut adjustment.kind
                && *mutability == Mutability::Shared
            {
                let Some(protocol) = self.cx.lang(LangItem::DerefMut) else { return false };
                let ty = args[0].expect_ty();
                let args_mut = crate::List::new(&[ty.into()]);
                let goal = Predicate::Protocol(ProtocolRef { def: protocol, args: args_mut });
                if self.infer.evaluate(goal, span) == crate::protocols::Eval::No {
                    return false;
                }
                let Some(method_mut) = self.protocol_method(protocol) else { return false };
                (*method, *args, *mutability) = (method_mut, args_mut, Mutability::Mut);
            }
            before = adjustment.ty;
        }
        let _ = before;
        true
    }

    /// A place is borrowed uniquely or assigned to: the way to it must be unique too.
    pub(crate) fn make_place_mut(&mut self, expr: ExprId) {
        let mut at = expr;
        loop {
            if self.place_waits(at, expr) {
                return;
            }
            if let ExprKind::Field { base, .. } = self.body.exprs[at].kind {
                self.adjustments_mut(base);
                at = base;
            } else if let ExprKind::Index { base, .. } = self.body.exprs[at].kind {
                self.index_mut(at, base);
                self.adjustments_mut(base);
                at = base;
            } else if let ExprKind::Deref(operand) = self.body.exprs[at].kind {
                let overloaded = self.t.callees.contains_key(&at);
                if overloaded {
                    self.deref_mut_call(at, operand);
                }
                let through = self.t.exprs[operand].map(|ty| self.shallow(ty));
                if !overloaded
                    && through.is_some_and(|ty| {
                        matches!(ty.kind(), TyKind::RawPtr(..) | TyKind::Ref(_, _, Mutability::Shared))
                    })
                {
                    return;
                }
                self.adjustments_mut(operand);
                at = operand;
            } else {
                return;
            }
        }
    }

    /// The implicit dereferences and borrows of a base become unique.
    pub(crate) fn adjustments_mut(&mut self, expr: ExprId) {
        let Some(mut adjustments) = self.t.adjustments.remove(&expr) else { return };
        let start = self.t.exprs[expr].expect("a base is checked before what stands on it");
        let span = self.span(expr);
        if !self.derefs_mut(&mut adjustments, start, span) {
            let missing = adjustments.iter().find_map(|adjustment| {
                if let AdjustKind::OverloadedDeref(_, args, Mutability::Shared) = adjustment.kind {
                    Some(args[0].expect_ty())
                } else {
                    None
                }
            });
            if let Some(ty) = missing {
                self.report_no_deref_mut(ty, span);
            }
        }
        self.t.adjustments.insert(expr, adjustments);
    }

    fn report_no_deref_mut(&mut self, ty: Ty, span: Span) {
        let text = self.show(ty);
        self.report(
            Diagnostic::error("T2052", span, format!("what is behind `{text}` can't be changed"))
                .label(format!("`{text}` gives shared access only: it does not implement `DerefMut`")),
        );
    }

    fn deref_mut_call(&mut self, expr: ExprId, operand: ExprId) {
        let span = self.span(operand);
        let Some(&(_, args)) = self.t.callees.get(&expr) else { return };
        let ty = args[0].expect_ty();
        let Some(protocol) = self.cx.lang(LangItem::DerefMut) else { return };
        let args = crate::List::new(&[ty.into()]);
        let goal = Predicate::Protocol(ProtocolRef { def: protocol, args });
        if self.infer.evaluate(goal, span) == crate::protocols::Eval::No {
            self.report_no_deref_mut(ty, span);
            return;
        }
        if let Some(method) = self.protocol_method(protocol) {
            self.t.callees.insert(expr, (method, args));
            self.last_borrow_mut(operand);
        }
    }

    /// The borrow that an operator's method takes becomes unique.
    pub(crate) fn last_borrow_mut(&mut self, expr: ExprId) {
        if let Some(last) = self.t.adjustments.get_mut(&expr).and_then(|all| all.last_mut())
            && last.kind == AdjustKind::Borrow(Mutability::Shared)
            && let TyKind::Ref(_, to, _) = *last.ty.kind()
        {
            *last = Adjustment {
                kind: AdjustKind::Borrow(Mutability::Mut),
                ty: Ty::reference(to, Mutability::Mut),
            };
        }
    }

    /// A value matched by a pattern with unique bindings is borrowed uniquely.
    pub(crate) fn pattern_borrows(&mut self, value: ExprId, pat: PatId) {
        if self.is_place(value) && self.binds_mut(pat) {
            self.make_place_mut(value);
        }
    }

    fn binds_mut(&self, pat: PatId) -> bool {
        let mut found = false;
        self.walk_pat(pat, &mut |pat| {
            if let hir::PatKind::Bind { local, .. } = self.body.pats[pat].kind {
                found |= self.t.binding_refs.get(&local) == Some(&Mutability::Mut);
            }
        });
        found
    }

    /// All patterns inside a pattern, itself first.
    pub(crate) fn walk_pat(&self, pat: PatId, f: &mut dyn FnMut(PatId)) {
        f(pat);
        match &self.body.pats[pat].kind {
            hir::PatKind::Bind { sub, .. } => sub.iter().for_each(|&sub| self.walk_pat(sub, f)),
            hir::PatKind::Variant { fields, .. } => match fields {
                hir::PatFields::Unit => {}
                hir::PatFields::Tuple(pats, _) => pats.iter().for_each(|&pat| self.walk_pat(pat, f)),
                hir::PatFields::Record(fields, _) => {
                    fields.iter().for_each(|field| self.walk_pat(field.pat, f))
                }
            },
            hir::PatKind::Tuple(pats, _) | hir::PatKind::Or(pats) => {
                pats.iter().for_each(|&pat| self.walk_pat(pat, f))
            }
            hir::PatKind::Slice { before, rest, after } => {
                let rest = rest.iter().flatten();
                before.iter().chain(rest).chain(after).for_each(|&pat| self.walk_pat(pat, f));
            }
            hir::PatKind::Ref { pat, .. } => self.walk_pat(*pat, f),
            hir::PatKind::Wild
            | hir::PatKind::Lit { .. }
            | hir::PatKind::Range { .. }
            | hir::PatKind::Const(_)
            | hir::PatKind::Error(_) => {}
        }
    }
}
