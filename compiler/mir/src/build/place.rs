//! Expressions as places: `x.f[i]`, `*p`, overloaded indexing and dereferencing; anything else becomes a temporary.

use super::*;
use base::stack;
use typeck::AdjustKind;

impl Builder<'_> {
    pub fn is_place(&self, node: Node) -> bool {
        if node.adjusted > 0 {
            let kind = self.types.adjustments[&node.expr][node.adjusted - 1].kind;
            return matches!(kind, AdjustKind::Deref | AdjustKind::OverloadedDeref(..));
        }
        if let ExprKind::Local(_) | ExprKind::Field { .. } | ExprKind::Index { .. } | ExprKind::Deref(_) =
            self.kind(node)
        {
            true
        } else if let ExprKind::Def { def, .. } = self.kind(node) {
            self.cx.package.def(*def).kind == hir::DefKind::Static
        } else {
            false
        }
    }

    pub fn place(&mut self, node: Node) -> Place {
        stack::deep(|| self.place_here(node))
    }

    fn place_here(&mut self, node: Node) -> Place {
        if node.adjusted > 0 {
            let adjustment = self.types.adjustments[&node.expr][node.adjusted - 1];
            let inner = Node { expr: node.expr, adjusted: node.adjusted - 1 };
            return match adjustment.kind {
                AdjustKind::Deref => self.place(inner).deref(),
                AdjustKind::OverloadedDeref(def, args, mutability) => {
                    let borrowed = self.borrow(inner, mutability);
                    let ty = Ty::reference(adjustment.ty, mutability);
                    self.call_to_temp(def, args, vec![borrowed], ty, self.span(node)).deref()
                }
                AdjustKind::NeverToAny
                | AdjustKind::Borrow(_)
                | AdjustKind::Unsize
                | AdjustKind::ToDyn
                | AdjustKind::ToFnPtr
                | AdjustKind::MutToShared
                | AdjustKind::Build(..)
                | AdjustKind::Discard => self.temp(node).into(),
            };
        }
        if let ExprKind::Local(var) = self.kind(node) {
            self.variable_place(*var)
        } else if let ExprKind::Field { base, .. } = self.kind(node) {
            let base = self.place(self.node(*base));
            base.field(self.types.fields[&node.expr], self.types.exprs[node.expr])
        } else if let ExprKind::Index { base, index } = self.kind(node) {
            self.index_place(node, self.node(*base), self.node(*index))
        } else if let ExprKind::Deref(base) = self.kind(node) {
            let base = self.node(*base);
            match self.types.callees.get(&node.expr) {
                Some(&(def, args)) => self.overloaded_place(def, args, base, None, node),
                None => self.place(base).deref(),
            }
        } else if let ExprKind::Def { def, .. } = self.kind(node)
            && self.is_place(node)
        {
            let span = self.span(node);
            let ty = Ty::reference(self.node_ty(node), Mutability::Shared);
            let args = self.types.callees.get(&node.expr).map_or(GenericArgs::empty(), |&(_, args)| args);
            let constant = Constant { value: ConstValue::Def(*def, args), ty, span };
            let address = self.scratch(ty, span);
            self.assign(&address.into(), Rvalue::Use(Operand::Const(constant)), span);
            Place::local(address).deref()
        } else {
            self.temp(node).into()
        }
    }

    pub fn variable_place(&mut self, var: LocalId) -> Place {
        match self.vars.get(&var) {
            Some(place) => place.clone(),
            None if self.closure.is_some() => self.stand_in(var),
            None => panic!("`{}` is not declared", self.hir.locals[var].name),
        }
    }

    /// `a[i]` of an array or slice, with its check; or `*Index.index(&a, i)`.
    fn index_place(&mut self, node: Node, base: Node, index: Node) -> Place {
        if let Some(&(def, args)) = self.types.callees.get(&node.expr) {
            return self.overloaded_place(def, args, base, Some(index), node);
        }
        let span = self.span(node);
        let base = self.place(base);
        // The index is read once: what it was read from may change before the element is used.
        let index = self.temp(index);
        let len = self.scratch(Ty::usize(), span);
        self.assign(&len.into(), Rvalue::Len(base.clone()), span);
        if self.cx.for_errors {
            return base.with(PlaceElem::Index(index));
        }
        let in_range = self.scratch(Ty::bool(), span);
        let (index_operand, len) = (Operand::Copy(index.into()), Operand::Copy(len.into()));
        let test = Rvalue::Binary(BinOp::Lt, index_operand.clone(), len.clone());
        self.assign(&in_range.into(), test, span);
        let message = AssertMessage::Bounds { index: index_operand, len };
        self.assert(Operand::Copy(in_range.into()), true, message, span);
        base.with(PlaceElem::Index(index))
    }

    /// `*method(&base, index)`
    fn overloaded_place(
        &mut self,
        def: DefId,
        args: GenericArgs,
        base: Node,
        index: Option<Node>,
        node: Node,
    ) -> Place {
        let mutability = match self.cx.package.def(def).name.as_str() {
            "index_mut" | "deref_mut" => Mutability::Mut,
            _ => Mutability::Shared,
        };
        let nodes: Vec<Node> = [base].into_iter().chain(index).collect();
        let operands = self.method_operands(def, args, &nodes);
        let ty = Ty::reference(self.node_ty(node), mutability);
        self.call_to_temp(def, args, operands, ty, self.span(node)).deref()
    }

    /// `&node` as an operand.
    pub fn borrow(&mut self, node: Node, mutability: Mutability) -> Operand {
        let (ty, span) = (Ty::reference(self.node_ty(node), mutability), self.span(node));
        let place = self.place(node);
        let temp = self.scratch(ty, span);
        self.assign(&temp.into(), Rvalue::Ref(mutability, place), span);
        Operand::Move(temp.into())
    }
}
