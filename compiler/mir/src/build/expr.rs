//! Expressions into a place: everything that is more than an operand.

use super::scope::Target;
use super::*;
use base::stack;
use typeck::AdjustKind;

impl Builder<'_> {
    /// `dest = node`. `dest` holds nothing yet.
    pub fn into(&mut self, dest: &Place, node: Node) {
        stack::deep(|| self.evaluate_into(dest, node));
    }

    fn evaluate_into(&mut self, dest: &Place, node: Node) {
        let span = self.span(node);
        if node.adjusted > 0 {
            let adjustment = self.types.adjustments[&node.expr][node.adjusted - 1];
            let inner = Node { expr: node.expr, adjusted: node.adjusted - 1 };
            match adjustment.kind {
                AdjustKind::NeverToAny => {
                    let never = self.unit_place();
                    self.into(&never, inner);
                    self.diverge(TerminatorKind::Unreachable, span);
                }
                AdjustKind::Build(def, args) => {
                    let operand = self.last_operand(inner);
                    self.emit_call(dest, Callee::Def(def, args), vec![operand], adjustment.ty, span);
                }
                AdjustKind::Discard => {
                    self.in_temp_scope(span.shrink_to_hi(), |b| b.expr_statement(inner));
                    self.assign_unit(dest, span);
                }
                AdjustKind::Deref | AdjustKind::OverloadedDeref(..) => self.place_into(dest, node),
                AdjustKind::Borrow(_)
                | AdjustKind::Unsize
                | AdjustKind::ToDyn
                | AdjustKind::ToFnPtr
                | AdjustKind::MutToShared => self.rvalue_into(dest, node),
            }
            return;
        }
        let callee = self.types.callees.get(&node.expr).copied();
        match self.kind(node) {
            ExprKind::Local(_) | ExprKind::Field { .. } | ExprKind::Index { .. } | ExprKind::Deref(_) => {
                self.place_into(dest, node)
            }
            ExprKind::Def { .. } | ExprKind::Assoc { .. } => self.item_into(dest, node),
            ExprKind::Lit(_)
            | ExprKind::Ref { .. }
            | ExprKind::Cast { .. }
            | ExprKind::Tuple(_)
            | ExprKind::Array(_)
            | ExprKind::Repeat { .. }
            | ExprKind::Record { .. }
            | ExprKind::Closure(_) => self.rvalue_into(dest, node),
            ExprKind::Unary { operand, .. } => match callee {
                Some((def, args)) => self.operator_into(dest, node, def, args, &[*operand]),
                None => self.rvalue_into(dest, node),
            },
            ExprKind::Binary { lhs, rhs, .. } => match callee {
                Some((def, args)) => self.operator_into(dest, node, def, args, &[*lhs, *rhs]),
                None => self.rvalue_into(dest, node),
            },
            ExprKind::Call { callee, args } => self.call_into(dest, node, *callee, args),
            ExprKind::MethodCall { receiver, args, .. } => self.method_call_into(dest, node, *receiver, args),
            ExprKind::Logical { .. } | ExprKind::Let { .. } => self.condition_into(dest, node),
            ExprKind::Assign { place, value } => {
                self.assignment(self.node(*place), self.node(*value), span);
                self.assign_unit(dest, span);
            }
            ExprKind::AssignOp { op, place, value, .. } => {
                self.assign_op(node, *op, self.node(*place), self.node(*value));
                self.assign_unit(dest, span);
            }
            ExprKind::Block(block) => self.block_into(dest, block, span),
            ExprKind::If { cond, then, els } => self.if_into(dest, *cond, *then, *els, span),
            ExprKind::Match { scrutinee, arms, .. } => self.match_into(dest, node, *scrutinee, arms),
            ExprKind::Loop { label, body, .. } => {
                let (body, end) = (self.node(*body), end_of(span));
                self.in_loop(*label, dest, end, |b| {
                    let unit = b.unit_place();
                    b.in_temp_scope(end, |b| b.into(&unit, body));
                });
            }
            ExprKind::Break { label, value } => {
                let target = Target::Label(*label);
                let into = self.destination(target);
                match value {
                    Some(value) => self.into(&into, self.node(*value)),
                    None => self.assign_unit(&into, span),
                }
                self.exit(target, false);
            }
            ExprKind::Continue { label } => self.exit(Target::Label(*label), true),
            ExprKind::Return(value) => {
                let into = self.destination(Target::Return);
                match value {
                    Some(value) => self.into(&into, self.node(*value)),
                    None => self.assign_unit(&into, span),
                }
                self.exit(Target::Return, false);
            }
            ExprKind::Try { operand, target, cleanup } => {
                self.try_into(dest, node, *operand, *target, *cleanup)
            }
            ExprKind::TryBlock { label, body } => self.try_block_into(dest, *label, *body, span),
            ExprKind::Finish { value, cleanup, after_error } => {
                let (value, cleanup) = (self.node(*value), self.node(*cleanup));
                self.finish_into(dest, value, cleanup, *after_error, end_of(span));
            }
            ExprKind::Format { arguments } => {
                let outer = std::mem::replace(&mut self.momentary, true);
                self.into(dest, self.node(*arguments));
                self.momentary = outer;
            }
            ExprKind::Error(_) => panic!("MIR is built of bodies without errors"),
        }
    }

    /// Whether a statement of this kind has no value of its own to drop.
    pub fn is_control(&self, node: Node) -> bool {
        matches!(
            self.kind(node),
            ExprKind::Break { .. }
                | ExprKind::Continue { .. }
                | ExprKind::Return(_)
                | ExprKind::Assign { .. }
        )
    }

    fn place_into(&mut self, dest: &Place, node: Node) {
        let place = self.place(node);
        let value = self.consume(place, self.node_ty(node));
        self.assign(dest, Rvalue::Use(value), self.span(node));
    }

    fn rvalue_into(&mut self, dest: &Place, node: Node) {
        let rvalue = self.rvalue(node);
        self.assign(dest, rvalue, self.span(node));
    }

    fn item_into(&mut self, dest: &Place, node: Node) {
        let span = self.span(node);
        if let Some(constant) = self.constant(node) {
            return self.assign(dest, Rvalue::Use(constant), span);
        }
        if self.is_place(node) {
            return self.place_into(dest, node);
        }
        // What is left is a variant without fields, or a record without any.
        let TyKind::Adt(union, args) = *self.types.exprs[node.expr].kind() else {
            panic!("`{}` is no value", self.hir.exprs[node.expr].span.lo)
        };
        let written = if let ExprKind::Def { def, .. } = self.kind(node) { Some(*def) } else { None };
        let def = self.types.callees.get(&node.expr).map(|&(def, _)| def).or(written);
        let variant =
            def.and_then(|def| self.cx.signatures.variant(def)).map_or(typeck::VariantIdx(0), |it| it.1);
        self.assign(dest, Rvalue::Aggregate(AggregateKind::Adt(union, variant, args), Vec::new()), span);
    }

    fn operator_into(
        &mut self,
        dest: &Place,
        node: Node,
        def: DefId,
        args: GenericArgs,
        operands: &[ExprId],
    ) {
        let nodes: Vec<Node> = operands.iter().map(|&operand| self.node(operand)).collect();
        let operands = self.method_operands(def, args, &nodes);
        // `a != b` through `eq` and the like is typeck's choice of method; the result is the method's.
        self.emit_call(dest, Callee::Def(def, args), operands, self.types.exprs[node.expr], self.span(node));
    }
}
