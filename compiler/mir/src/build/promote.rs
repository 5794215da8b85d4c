//! Promotion: `&[1, 2]` refers to memory of the program, not of the frame, because it is the same in every run.
//!
//! In: what `&` refers to. Out: whether it is made of literals, constants, functions and constructors alone, and needs no drop;
//! then it is a body of its own, which the evaluator of constants runs, and the reference is a constant.
//!
//! ```text
//! &[1, 2]   ⇒   _1 = const promoted {e3 of m.f}
//! ```

use super::*;
use base::stack;
use hir::{DefKind, UnaryOp};
use typeck::AdjustKind;

impl Builder<'_> {
    /// `&node` as a constant, if what it refers to can be promoted.
    pub fn promoted_reference(&mut self, node: Node, ty: Ty, span: Span) -> Option<Rvalue> {
        let is_const = matches!(self.source, Source::Const(_) | Source::Promoted(_) | Source::Shim);
        if is_const || self.momentary || !matches!(*ty.kind(), TyKind::Ref(_, _, Mutability::Shared)) {
            return None;
        }
        if !self.is_promotable(node) || self.needs_drop(self.node_ty(node)) {
            return None;
        }
        if !self.promoted.iter().any(|known| known.expr == node.expr) {
            self.promoted.push(node);
        }
        let id = ClosureId { body: self.hir.id, expr: node.expr };
        let args = self.cx.signatures.generics_of(self.hir.owner).identity();
        let constant = Constant { value: ConstValue::Promoted(id, args), ty, span };
        Some(Rvalue::Use(Operand::Const(constant)))
    }

    /// The same value in every run, and its computation can't fail.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a few of dozens are meant, however many there will be"
    )]
    fn is_promotable(&self, node: Node) -> bool {
        if node.adjusted > 0 {
            let kind = self.types.adjustments[&node.expr][node.adjusted - 1].kind;
            let inner = Node { expr: node.expr, adjusted: node.adjusted - 1 };
            return match kind {
                AdjustKind::Borrow(Mutability::Shared) | AdjustKind::Unsize | AdjustKind::ToFnPtr => {
                    self.is_promotable(inner)
                }
                AdjustKind::Borrow(Mutability::Mut)
                | AdjustKind::Deref
                | AdjustKind::OverloadedDeref(..)
                | AdjustKind::NeverToAny
                | AdjustKind::ToDyn
                | AdjustKind::MutToShared
                | AdjustKind::Build(..)
                | AdjustKind::Discard => false,
            };
        }
        let one = |&expr: &ExprId| stack::deep(|| self.is_promotable(self.node(expr)));
        let all = |exprs: &[ExprId]| exprs.iter().all(one);
        match self.kind(node) {
            ExprKind::Lit(_) => true,
            ExprKind::Unary { op: UnaryOp::Neg, operand } => {
                matches!(self.hir.exprs[*operand].kind, ExprKind::Lit(_)) && self.is_constant(node)
            }
            ExprKind::Def { .. } | ExprKind::Assoc { .. } => self.is_fixed_item(node),
            ExprKind::Call { callee, args } => {
                let constructor = self.node(*callee);
                let is_variant = |def: hir::DefId| self.cx.package.def(def).kind == DefKind::Variant;
                constructor.adjusted == 0 && self.item(constructor).is_some_and(is_variant) && all(args)
            }
            ExprKind::Ref { mutable: false, operand } => all(&[*operand]),
            ExprKind::Tuple(items) | ExprKind::Array(items) => all(items),
            ExprKind::Repeat { value, .. } => all(&[*value]),
            ExprKind::Record { fields, base: None, .. } => fields.iter().all(|field| one(&field.value)),
            ExprKind::Block(block) => {
                block.stmts.is_empty() && block.value.is_some_and(|value| all(&[value]))
            }
            _ => false,
        }
    }

    fn item(&self, node: Node) -> Option<hir::DefId> {
        match (self.types.callees.get(&node.expr), self.kind(node)) {
            (Some(&(def, _)), _) => Some(def),
            (None, ExprKind::Def { def, .. }) => Some(*def),
            (None, _) => None,
        }
    }

    fn may_hold_cell(&self, ty: Ty) -> bool {
        let cx = typeck::Cx { package: self.cx.package, sigs: self.cx.signatures, typed: None };
        typeck::holds_cell(cx, ty, typeck::Looking { behind: false, params: true })
    }

    /// A constant, a function, a variant without fields.
    fn is_fixed_item(&self, node: Node) -> bool {
        self.item(node).is_some_and(|def| match self.cx.package.def(def).kind {
            DefKind::Fn | DefKind::Variant | DefKind::ConstParam => true,
            // A cell is written to, and what is promoted can't be.
            DefKind::Const => !self.may_hold_cell(self.node_ty(node)),
            DefKind::Static
            | DefKind::Record
            | DefKind::Union
            | DefKind::TypeAlias
            | DefKind::Protocol
            | DefKind::AssocType
            | DefKind::Impl
            | DefKind::TypeParam
            | DefKind::Test => false,
        })
    }
}
