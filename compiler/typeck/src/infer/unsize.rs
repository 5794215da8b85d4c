//! From a type to a `dyn` of what it implements: behind references and in owners.
//!
//! In: the type that is there and the `dyn` type that is wanted. Out: what has to hold for it, as obligations; the
//! adjustment is [`AdjustKind::ToDyn`].
//!
//! ```text
//! &Circle as &dyn Shape                     ⇒  Circle: Shape
//! Box[closure] as Box[dyn Fn(i64) -> bool]  ⇒  closure: Fn[(i64,)], its Output == bool
//! &dyn Circular as &dyn Shape               ⇒  Shape stands above Circular
//! &dyn (A + B + C) as &dyn (A + C)          ⇒  A and C are among them
//! ```

use super::fulfil::CauseKind;
use super::*;
use crate::protocols::{Eval, dyn_supers, supers_closure};
use table::Mismatch;

impl FnCx<'_, '_> {
    /// `Box`, `Rc`, `Arc`, `Weak`: one pointer to one value of any size.
    pub(crate) fn is_pointer_owner(&self, def: DefId) -> bool {
        [LangItem::Box, LangItem::Rc, LangItem::Arc, LangItem::Weak]
            .into_iter()
            .any(|item| self.cx.is_lang(def, item))
    }

    /// Whether a value of type `inner` can be seen as a `dyn`; then it is demanded that it is one.
    pub(crate) fn sees_as_dyn(&mut self, inner: Ty, wanted: Ty, span: Span) -> bool {
        let (inner, wanted) = (self.structurally(inner), self.shallow(wanted));
        if !matches!(wanted.kind(), TyKind::Dyn(..)) || self.infer.is_unknown(inner) || inner.is_error() {
            return false;
        }
        if let TyKind::Dyn(..) = inner.kind() {
            // Each alone is above it: one protocol, or several, each of which is.
            let above = dyn_supers(self.cx, inner);
            let several = matches!(*wanted.kind(), TyKind::Dyn(protocols, ..) if protocols.len() > 1);
            let parts = if several { dyn_supers(self.cx, wanted) } else { vec![wanted] };
            let all = self.infer.try_commit(|infer| {
                let is_above = |part: &Ty| {
                    above.iter().any(|&above| infer.try_commit(|infer| infer.unify(above, *part)).is_ok())
                };
                if parts.iter().all(is_above) { Ok(()) } else { Err(Mismatch::Types) }
            });
            return all.is_ok();
        }
        if inner.is_unsized() {
            return false;
        }
        let goals = self.dyn_goals(inner, wanted, span);
        if self.infer.probe(|infer| infer.evaluate_all(&goals, span)) == Eval::No {
            return false;
        }
        self.require_dyn(inner, wanted, span);
        true
    }

    /// Demands what is not so, for the message.
    pub(crate) fn require_dyn(&mut self, inner: Ty, wanted: Ty, span: Span) {
        for goal in self.dyn_goals(inner, wanted, span) {
            self.require(goal, Cause::kind(span, CauseKind::Dyn(wanted)));
        }
    }

    /// Whether it only takes a pointer to make a `dyn` of it.
    pub(crate) fn would_be_dyn(&mut self, inner: Ty, wanted: Ty, span: Span) -> bool {
        let wanted = self.shallow(wanted);
        if !self.can_require_dyn(inner, wanted) {
            return false;
        }
        let goals = self.dyn_goals(inner, wanted, span);
        self.infer.probe(|infer| infer.evaluate_all(&goals, span)) != Eval::No
    }

    /// What `inner` must implement to stand behind a `dyn`.
    fn dyn_goals(&mut self, inner: Ty, wanted: Ty, span: Span) -> Vec<Predicate> {
        let TyKind::Dyn(protocols, bindings, _) = *wanted.kind() else { return Vec::new() };
        let mut goals = Vec::new();
        let mut above: Vec<ProtocolRef> = Vec::new();
        for protocol in protocols.iter() {
            let args = [GenericArg::Ty(inner)].into_iter().chain(protocol.args.iter().copied());
            let goal = ProtocolRef { def: protocol.def, args: crate::List::from_iter(args) };
            goals.push(Predicate::Protocol(goal));
            above.extend(supers_closure(self.cx, goal));
        }
        for binding in bindings.iter() {
            let of = self.cx.package.def(binding.item).parent;
            if let Some(protocol) = above.iter().find(|protocol| Some(protocol.def) == of) {
                let mut nested = Vec::new();
                let args = self.infer.normalise_into(protocol.args, span, &mut nested);
                goals.extend(nested);
                goals.push(Predicate::Projection { item: binding.item, args, ty: binding.ty });
            }
        }
        goals
    }

    /// `Box[Circle]` → `Box[dyn Shape]`.
    pub(crate) fn coerce_owner(
        &mut self,
        from: Ty,
        to: Ty,
        span: Span,
    ) -> Result<(Ty, Vec<Adjustment>), Mismatch> {
        if self.infer.try_commit(|infer| infer.unify(from, to)).is_ok() {
            return Ok((to, Vec::new()));
        }
        let (&TyKind::Adt(_, have), &TyKind::Adt(_, want)) = (from.kind(), to.kind()) else {
            return Err(Mismatch::Types);
        };
        let (inner, wanted) = (self.structurally(have[0].expect_ty()), self.shallow(want[0].expect_ty()));
        if !self.sees_as_dyn(inner, wanted, span) {
            if !self.can_require_dyn(inner, wanted) {
                return Err(Mismatch::Types);
            }
            self.require_dyn(inner, wanted, span);
        }
        Ok((to, vec![Adjustment { kind: AdjustKind::ToDyn, ty: to }]))
    }

    /// Where the type is plainly meant to become the `dyn`, that it does not implement it is the message.
    pub(crate) fn can_require_dyn(&mut self, inner: Ty, wanted: Ty) -> bool {
        matches!(wanted.kind(), TyKind::Dyn(..))
            && !inner.is_unsized()
            && !inner.is_error()
            && !self.infer.is_unknown(inner)
    }
}
