//! Closures as values: a closure is what it captures.
//!
//! `|x| x + n` ⇒ `closure {e12 of m.f}(&n)`; its body is one of its own, see [`super::build`].

use super::*;

impl Builder<'_> {
    pub fn closure_value(&mut self, node: Node) -> Rvalue {
        let span = self.span(node);
        let info = &self.types.closures[&node.expr];
        let mut operands = Vec::with_capacity(info.captures.len());
        for capture in &info.captures {
            let place = self.variable_place(capture.local);
            let borrowed = match capture.by {
                CaptureBy::Value => {
                    operands.push(self.consume(place, capture.ty));
                    continue;
                }
                CaptureBy::Ref => Mutability::Shared,
                CaptureBy::RefMut => Mutability::Mut,
            };
            let temp = self.scratch(Ty::reference(capture.ty, borrowed), span);
            self.assign(&temp.into(), Rvalue::Ref(borrowed, place), span);
            operands.push(Operand::Move(temp.into()));
        }
        let args = match *self.types.exprs[node.expr].kind() {
            TyKind::Closure(_, args) => args,
            _ => GenericArgs::empty(),
        };
        let id: ClosureId = info.id;
        Rvalue::Aggregate(AggregateKind::Closure(id, args), operands)
    }
}
