//! Calls: of functions, constructors, methods, closures, `fn` pointers; overloaded operators.
//!
//! ```text
//! xs.push(1)   ⇒   _3 = &mut xs; _ = call List.push[i64](move _3, const 1_i64) -> bb1, unwind bb7
//! f(a, b)      ⇒   _ = call Fn.call[F, (A, B)](&f, a, b): what follows `self` is spread
//! ```

use super::*;
use typeck::{List, Subst};

impl Builder<'_> {
    pub fn call_into(&mut self, dest: &Place, node: Node, callee: ExprId, args: &[ExprId]) {
        let span = self.span(node);
        let mut nodes: Vec<Node> = args.iter().map(|&arg| self.node(arg)).collect();
        // A protocol's method: `Fn.call` and its like.
        if let Some(&(def, generic)) = self.types.callees.get(&node.expr) {
            nodes.insert(0, self.node(callee));
            let operands = self.method_operands(def, generic, &nodes);
            return self.emit_call(
                dest,
                Callee::Def(def, generic),
                operands,
                self.types.exprs[node.expr],
                span,
            );
        }
        let callee = self.node(callee);
        let TyKind::FnDef(def, generic) = *self.node_ty(callee).kind() else {
            nodes.insert(0, callee);
            let mut operands = self.operands(&nodes);
            let pointer = operands.remove(0);
            return self.emit_call(
                dest,
                Callee::Pointer(pointer),
                operands,
                self.types.exprs[node.expr],
                span,
            );
        };
        // What is written before the parentheses may be more than a name.
        if !self.is_constant(callee) && !self.is_place(callee) {
            self.expr_statement(callee);
        }
        let operands = self.operands(&nodes);
        if self.cx.signatures.variant(def).is_some() {
            return self.construct(dest, def, generic, operands, span);
        }
        self.emit_call(dest, Callee::Def(def, generic), operands, self.types.exprs[node.expr], span)
    }

    /// `dest = Variant(operands)`
    pub fn construct(
        &mut self,
        dest: &Place,
        def: DefId,
        args: GenericArgs,
        operands: Vec<Operand>,
        span: Span,
    ) {
        let (union, variant) = self.cx.signatures.expect_variant(def);
        let kind = AggregateKind::Adt(union, variant, args);
        self.assign(dest, Rvalue::Aggregate(kind, operands), span);
    }

    pub fn method_call_into(&mut self, dest: &Place, node: Node, receiver: ExprId, args: &[ExprId]) {
        let &(def, generic) = &self.types.callees[&node.expr];
        let nodes: Vec<Node> = [receiver].iter().chain(args).map(|&arg| self.node(arg)).collect();
        let operands = self.method_operands(def, generic, &nodes);
        self.emit_call(
            dest,
            Callee::Def(def, generic),
            operands,
            self.types.exprs[node.expr],
            self.span(node),
        );
    }

    /// Operands for a function's parameters. Where a parameter is a reference to what the expression is, it is
    /// borrowed: operands of overloaded operators, and the callee of a call.
    pub fn method_operands(&mut self, def: DefId, generic: GenericArgs, nodes: &[Node]) -> Vec<Operand> {
        let params = self.cx.signatures.function(def).map_or(List::empty(), |it| it.sig.params);
        let wanted = |at: usize, ty: Ty| match params.get(at).map(|param| param.kind()) {
            Some(&TyKind::Ref(_, to, mutability)) => {
                let to = to.subst(&generic);
                let is_it = crate::verify::erase(to) == crate::verify::erase(ty);
                (is_it || !matches!(ty.kind(), TyKind::Ref(..))).then_some(mutability)
            }
            _ => None,
        };
        let borrows: Vec<Option<Mutability>> =
            nodes.iter().enumerate().map(|(at, &node)| wanted(at, self.node_ty(node))).collect();
        if borrows.iter().all(Option::is_none) {
            return self.operands(nodes);
        }
        let evaluate = |(&node, borrow): (&Node, &Option<Mutability>)| match borrow {
            Some(mutability) => self.borrow(node, *mutability),
            None => self.operand(node),
        };
        nodes.iter().zip(&borrows).map(evaluate).collect()
    }

    pub fn emit_call(&mut self, dest: &Place, callee: Callee, args: Vec<Operand>, ty: Ty, span: Span) {
        self.unwinds(self.block);
        self.record_moved(&args);
        let next = self.new_block();
        let target = (!ty.is_never()).then_some(next);
        let destination = dest.clone();
        self.terminate(TerminatorKind::Call { callee, args, destination, target, unwind: None }, span);
        self.block = next;
    }

    /// A call whose result is alive to the end of the temporaries' scope, and needs no drop of its own.
    pub fn call_to_temp(
        &mut self,
        def: DefId,
        args: GenericArgs,
        operands: Vec<Operand>,
        ty: Ty,
        span: Span,
    ) -> Place {
        let temp = self.scratch(ty, span);
        self.emit_call(&temp.into(), Callee::Def(def, args), operands, ty, span);
        temp.into()
    }
}
