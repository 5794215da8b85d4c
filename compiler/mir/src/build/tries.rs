//! `try e` and `try { … }`.
//!
//! ```text
//! try f()   ⇒   _2 = call f(); switch(discriminant(_2)) [ok: bb2, err: bb3]
//!               bb3: _0 = err(From.from(move (_2 as err).0)); cleanup; leave      bb2: … move (_2 as ok).0
//! ```

use super::scope::Target;
use super::*;
use hir::{AfterError, TryTarget};
use typeck::{List, TryKind, VariantIdx};

impl Builder<'_> {
    pub fn try_into(
        &mut self,
        dest: &Place,
        node: Node,
        operand: ExprId,
        target: TryTarget,
        cleanup: Option<AfterError>,
    ) {
        let span = self.span(node);
        let operand = self.node(operand);
        let ty = self.node_ty(operand);
        let place = Place::local(self.temp(operand));
        let kind = self.types.tries[&node.expr];
        let (good, bad) = match kind {
            TryKind::Option => (LangItem::Some, LangItem::None),
            TryKind::Result { .. } => (LangItem::Ok, LangItem::Err),
        };
        let (goes_on, leaves) = (self.new_block(), self.new_block());
        self.switch_variant(&place, vec![(self.lang_variant(bad), leaves)], goes_on, span);

        self.block = leaves;
        let target = match target {
            TryTarget::Return => Target::Return,
            TryTarget::Block(label) => Target::Label(label),
        };
        let result = self.destination(target);
        let result_ty = result.ty(&self.locals);
        let operands = match kind {
            TryKind::Option => Vec::new(),
            TryKind::Result { from } => {
                let error_ty = self.payload_ty(ty, 1);
                let error = self.payload(&place, bad, error_ty);
                match from {
                    None => vec![self.consume(error, error_ty)],
                    Some((def, args)) => {
                        let converted_ty = self.payload_ty(result_ty, 1);
                        let error = self.consume(error, error_ty);
                        let converted = Place::local(self.scratch(converted_ty, span));
                        let callee = Callee::Def(def, args);
                        self.emit_call(&converted, callee, vec![error], converted_ty, span);
                        vec![self.consume(converted, converted_ty)]
                    }
                }
            }
        };
        let failure = self.variant_rvalue(result_ty, bad, operands);
        match cleanup {
            None => self.assign(&result, failure, span),
            // If closing panics, it is dropped.
            Some(cleanup) => self.in_temp_scope(end_of(span), |b| {
                let leaving = b.scratch(result_ty, span);
                b.assign(&leaving.into(), failure, span);
                b.schedule_value(b.temp_scope, leaving);
                let error = match kind {
                    TryKind::Option => b.unit_place(),
                    TryKind::Result { .. } => b.payload(&leaving.into(), bad, b.payload_ty(result_ty, 1)),
                };
                b.after_error(cleanup, error, end_of(span));
                let leaving = b.consume(leaving.into(), result_ty);
                b.assign(&result, Rvalue::Use(leaving), span);
            }),
        }
        self.exit(target, false);

        self.block = goes_on;
        let value_ty = self.types.exprs[node.expr];
        let payload = self.payload(&place, good, self.payload_ty(ty, 0));
        let value = self.consume(payload, value_ty);
        self.assign(dest, Rvalue::Use(value), span);
    }

    /// Closes `using`s while the error at a place is on its way.
    fn after_error(&mut self, after: AfterError, error: Place, span: Span) {
        let ty = Ty::reference(error.ty(&self.locals), typeck::Mutability::Mut);
        let reference = self.scratch(ty, span);
        self.assign(&reference.into(), Rvalue::Ref(typeck::Mutability::Mut, error), span);
        self.vars.insert(after.error, reference.into());
        self.in_temp_scope(span, |b| b.expr_statement(b.node(after.body)));
    }

    /// The value, then what closes `using`s: by the state of the value, where that may be an `err`.
    pub fn finish_into(&mut self, dest: &Place, value: Node, cleanup: Node, after: AfterError, span: Span) {
        let ty = self.node_ty(value);
        // Where closing fails or panics, the value is dropped.
        let kept = Place::local(self.temp(value));
        self.close_by(&kept, ty, cleanup, after, span);
        let value = self.consume(kept, ty);
        self.assign(dest, Rvalue::Use(value), span);
    }

    fn close_by(&mut self, kept: &Place, ty: Ty, cleanup: Node, after: AfterError, span: Span) {
        let is_result = matches!(*ty.kind(), TyKind::Adt(def, _) if self.is_lang(def, LangItem::Result));
        if !is_result {
            return self.in_temp_scope(span, |b| b.expr_statement(cleanup));
        }
        let (goes_on, failed, end) = (self.new_block(), self.new_block(), self.new_block());
        self.switch_variant(kept, vec![(self.lang_variant(LangItem::Err), failed)], goes_on, span);
        self.block = failed;
        let error = self.payload(kept, LangItem::Err, self.payload_ty(ty, 1));
        self.after_error(after, error, span);
        self.goto(end, span);
        self.block = goes_on;
        self.in_temp_scope(span, |b| b.expr_statement(cleanup));
        self.goto(end, span);
        self.block = end;
    }

    /// The block's value in `ok`; its `try`s have put their `err` into `dest`.
    pub fn try_block_into(&mut self, dest: &Place, label: hir::LabelId, body: ExprId, span: Span) {
        let end = end_of(span);
        let node = self.node(body);
        let ty = self.node_ty(node);
        self.in_breakable(label, dest, end, |b| {
            let value = Place::local(b.scratch(ty, span));
            b.in_temp_scope(end, |b| b.into(&value, node));
            let dest_ty = dest.ty(&b.locals);
            let is_option =
                matches!(*dest_ty.kind(), TyKind::Adt(def, _) if b.is_lang(def, LangItem::Option));
            let item = if is_option { LangItem::Some } else { LangItem::Ok };
            let value = if ty.is_unit() { cfg::unit_operand(end) } else { b.consume(value, ty) };
            let rvalue = b.variant_rvalue(dest_ty, item, vec![value]);
            b.assign(dest, rvalue, end);
        });
    }

    /// The generic argument that is a variant's payload: of `Option[T]` and `Result[T, E]`.
    fn payload_ty(&self, ty: Ty, argument: usize) -> Ty {
        if let TyKind::Adt(_, args) = *ty.kind() {
            args[argument].expect_ty()
        } else {
            panic!("`try` of something else than an `Option` or `Result`")
        }
    }

    fn payload(&self, place: &Place, item: LangItem, ty: Ty) -> Place {
        place.with(PlaceElem::Downcast(self.lang_variant(item))).field(FieldIdx(0), ty)
    }

    pub fn switch_variant(
        &mut self,
        place: &Place,
        targets: Vec<(VariantIdx, BlockId)>,
        otherwise: BlockId,
        span: Span,
    ) {
        let discriminant = self.scratch(Ty::prim(hir::PrimTy::Isize), span);
        self.assign(&discriminant.into(), Rvalue::Discriminant(place.clone()), span);
        let operand = Operand::Copy(discriminant.into());
        let targets = targets.into_iter().map(|(variant, block)| (u128::from(variant.0), block)).collect();
        self.terminate(TerminatorKind::Switch { operand, targets, otherwise }, span);
    }

    /// The arguments of a method of a protocol with one parameter beside `Self` that defaults to it.
    pub fn protocol_args(&self, method: DefId, self_ty: Ty, other: Ty) -> GenericArgs {
        let count = self.cx.signatures.generics_of(method).params.len();
        List::new(&[self_ty.into(), other.into()][..count.min(2)])
    }
}
