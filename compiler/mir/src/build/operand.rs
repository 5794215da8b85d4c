//! Expressions as operands and temporaries.

use super::*;

impl Builder<'_> {
    /// The value in a new temporary, which dies with its scope.
    pub fn temp(&mut self, node: Node) -> Local {
        let (ty, span) = (self.node_ty(node), self.span(node));
        let temp = self.locals.push(LocalDecl { ty, name: None, mutable: true, span });
        let scope = match self.extended.get(&node.expr) {
            Some(&scope) => scope,
            None => Some(self.temp_scope),
        };
        if let Some(scope) = scope {
            self.push(StatementKind::StorageLive(temp), span);
            self.schedule_storage(scope, temp);
        }
        self.into(&temp.into(), node);
        if let Some(scope) = scope {
            self.schedule_value(scope, temp);
        }
        temp
    }

    /// The value, evaluated now: a constant, or a temporary (a place may change before the operand is used).
    pub fn operand(&mut self, node: Node) -> Operand {
        if let Some(constant) = self.constant(node) {
            return constant;
        }
        let ty = self.node_ty(node);
        if ty.is_unsized() {
            return self.out_of_box(node);
        }
        if ty.is_unit() {
            let unit = self.unit_place();
            self.into(&unit, node);
            return cfg::unit_operand(self.span(node));
        }
        let temp = self.temp(node);
        self.consume(temp.into(), ty)
    }

    /// What is in a box, as `self` of a call: no temporary has room for it. The box gets one, and is freed with it.
    fn out_of_box(&mut self, node: Node) -> Operand {
        let owner = match (node.adjusted, self.kind(node)) {
            (0, ExprKind::Deref(operand)) => self.node(*operand),
            (0, _) => panic!("a value without a size is not in a box"),
            (count, _) => Node { expr: node.expr, adjusted: count - 1 },
        };
        Operand::Move(Place::from(self.temp(owner)).deref())
    }

    /// The value where nothing else happens before it is used: a place need not be copied first.
    pub fn last_operand(&mut self, node: Node) -> Operand {
        match self.is_direct(node) {
            true => {
                let (place, ty) = (self.place(node), self.node_ty(node));
                self.consume(place, ty)
            }
            false => self.operand(node),
        }
    }

    /// Operands in order. Those after which only variables, paths into them and constants follow are used where they
    /// are: evaluating these changes nothing.
    pub fn operands(&mut self, nodes: &[Node]) -> Vec<Operand> {
        let calm =
            nodes.iter().rev().take_while(|&&node| self.is_direct(node) || self.is_constant(node)).count();
        // The last one that is not calm may itself be direct only if it is a place; its value is taken after it.
        let first_calm = nodes.len() - calm;
        nodes
            .iter()
            .enumerate()
            .map(|(at, &node)| if at >= first_calm { self.last_operand(node) } else { self.operand(node) })
            .collect()
    }

    /// A `Copy` variable, or a `Copy` part of a variable: looking at it has no effect. What moves is moved into a
    /// temporary of its own, so that messages can point at the very expression.
    fn is_direct(&self, node: Node) -> bool {
        self.is_path(node) && self.is_copy(self.node_ty(node))
    }

    /// A variable, or fields and built-in dereferences of one.
    fn is_path(&self, node: Node) -> bool {
        let mut at = node;
        loop {
            if at.adjusted > 0 {
                let kind = self.types.adjustments[&at.expr][at.adjusted - 1].kind;
                if !matches!(kind, typeck::AdjustKind::Deref) {
                    return false;
                }
                at.adjusted -= 1;
            } else if let ExprKind::Field { base, .. } = self.kind(at) {
                at = self.node(*base);
            } else if let ExprKind::Deref(base) = self.kind(at)
                && !self.types.callees.contains_key(&at.expr)
            {
                at = self.node(*base);
            } else {
                return matches!(self.kind(at), ExprKind::Local(_));
            }
        }
    }
}
