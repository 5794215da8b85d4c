//! Closures as values: a closure is what it captures. And the other way round: in a closure's own body, what it has
//! captured are fields of `_1`.
//!
//! `|x| x + p.n` ⇒ `closure {e12 of m.f}(&p.n)`, and in its body, one of its own (see [`super::build`]), `p.n` is
//! `*((*_1).0)`. A place is known to be captured only when it is complete (`p` alone is not captured). So while a
//! closure's body is built, each variable from outside is a local that nothing defines; at the end every place that
//! starts with one is replaced, and these locals go.

use super::*;
use typeck::{Capture, CaptureBy, CaptureElem};

impl Builder<'_> {
    pub fn closure_value(&mut self, node: Node) -> Rvalue {
        let span = self.span(node);
        let info = &self.types.closures[&node.expr];
        let mut operands = Vec::with_capacity(info.captures.len());
        for capture in &info.captures {
            let place = capture.projection.iter().fold(self.variable_place(capture.local), step);
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
        let args = if let TyKind::Closure(_, args) = *self.types.exprs[node.expr].kind() {
            args
        } else {
            GenericArgs::empty()
        };
        let id: ClosureId = info.id;
        Rvalue::Aggregate(AggregateKind::Closure(id, args), operands)
    }

    /// A local that stands for a variable around the closure, until the body is built.
    pub fn stand_in(&mut self, var: LocalId) -> Place {
        let (ty, span) = (self.types.locals[var], self.hir.locals[var].span);
        let stand_in = self.locals.push(LocalDecl { ty, name: None, mutable: true, span });
        self.captured.push((var, stand_in));
        self.vars.insert(var, stand_in.into());
        stand_in.into()
    }

    /// Tells the debugger where what is captured is.
    pub fn announce_captured(&mut self) {
        let Some((_, info)) = self.closure else { return };
        for (at, capture) in info.captures.iter().enumerate() {
            let place = self.capture_place(at, capture);
            let local = &self.hir.locals[capture.local];
            self.variables.push(Variable {
                name: capture.name,
                scope: ScopeId(0),
                span: local.span,
                place,
                parameter: None,
                artificial: local.synthetic,
            });
        }
    }

    /// Where a captured path is: a field of the closure, or what that refers to.
    fn capture_place(&self, at: usize, capture: &Capture) -> Place {
        let own = match self.closure {
            Some((_, info)) if info.kind == ClosureKind::FnOnce => Place::local(Local(1)),
            Some(_) | None => Place::local(Local(1)).deref(),
        };
        let field = own.field(FieldIdx(at as u32), capture_ty(capture));
        match capture.by {
            CaptureBy::Value => field,
            CaptureBy::Ref | CaptureBy::RefMut => field.deref(),
        }
    }

    /// Puts what is captured for the locals that stood for it.
    pub fn resolve_captured(&mut self) {
        if self.captured.is_empty() {
            return;
        }
        let mut blocks = std::mem::take(&mut self.blocks);
        let mut variables = std::mem::take(&mut self.variables);
        let renumber = |local: &mut Local| {
            local.0 -= self.captured.iter().filter(|(_, stand_in)| *stand_in < *local).count() as u32;
        };
        let resolve = |place: &mut Place| {
            if let Some((var, _)) = self.captured.iter().find(|(_, stand_in)| *stand_in == place.local) {
                *place = self.resolved(*var, place);
            } else {
                renumber(&mut place.local);
            }
            for elem in &mut place.projection {
                if let PlaceElem::Index(index) = elem {
                    renumber(index);
                }
            }
        };
        for block in &mut blocks.raw {
            for statement in &mut block.statements {
                statement.kind.for_each_place_mut(&mut |place| resolve(place));
                if let StatementKind::StorageLive(local) | StatementKind::StorageDead(local) =
                    &mut statement.kind
                {
                    renumber(local);
                }
            }
            if let Some(terminator) = &mut block.terminator {
                terminator.kind.for_each_place_mut(&mut |place| resolve(place));
            }
        }
        variables.iter_mut().for_each(|variable| resolve(&mut variable.place));
        (self.blocks, self.variables) = (blocks, variables);
        for (_, stand_in) in self.captured.iter().rev() {
            self.locals.raw.remove(stand_in.0 as usize);
        }
    }

    fn resolved(&self, var: LocalId, place: &Place) -> Place {
        let captures = self.closure.map_or(&[][..], |(_, info)| &info.captures);
        let found = captures.iter().enumerate().find(|(_, capture)| {
            capture.local == var
                && capture.projection.len() <= place.projection.len()
                && capture.projection.iter().zip(&place.projection).all(|(step, elem)| match (step, elem) {
                    (CaptureElem::Field(a, _), PlaceElem::Field(b, _)) => a == b,
                    (CaptureElem::Deref(_), PlaceElem::Deref) => true,
                    _ => false,
                })
        });
        let Some((at, capture)) = found else {
            panic!("a part of `{}` is used that its closure has not captured", self.hir.locals[var].name);
        };
        let mut resolved = self.capture_place(at, capture);
        resolved.projection.extend(place.projection[capture.projection.len()..].iter().cloned());
        resolved
    }
}

fn step(place: Place, elem: &CaptureElem) -> Place {
    match *elem {
        CaptureElem::Field(field, ty) => place.field(field, ty),
        CaptureElem::Deref(_) => place.deref(),
    }
}

/// The type of a closure's field.
fn capture_ty(capture: &Capture) -> Ty {
    match capture.by {
        CaptureBy::Value => capture.ty,
        CaptureBy::Ref => Ty::reference(capture.ty, Mutability::Shared),
        CaptureBy::RefMut => Ty::reference(capture.ty, Mutability::Mut),
    }
}
