//! Expressions that are one instruction over operands: operators, casts, borrows, aggregates.

use super::*;
use hir::{BinaryOp, FieldInit};
use typeck::{AdjustKind, CastKind, Const, Subst, VariantIdx};

impl Builder<'_> {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a few of dozens are meant, however many there will be"
    )]
    pub fn rvalue(&mut self, node: Node) -> Rvalue {
        if let Some(constant) = self.constant(node) {
            return Rvalue::Use(constant);
        }
        let (ty, span) = (self.node_ty(node), self.span(node));
        if node.adjusted > 0 {
            let adjustment = self.types.adjustments[&node.expr][node.adjusted - 1];
            let inner = Node { expr: node.expr, adjusted: node.adjusted - 1 };
            return match adjustment.kind {
                AdjustKind::Borrow(mutability) => match self.promoted_reference(inner, ty, span) {
                    Some(promoted) => promoted,
                    None => Rvalue::Ref(mutability, self.place(inner)),
                },
                AdjustKind::Unsize => Rvalue::Cast(CastOp::Unsize, self.last_operand(inner), ty),
                AdjustKind::ToDyn => Rvalue::Cast(CastOp::ToDyn, self.last_operand(inner), ty),
                AdjustKind::ToFnPtr => Rvalue::Cast(CastOp::ReifyFn, self.last_operand(inner), ty),
                AdjustKind::MutToShared if matches!(ty.kind(), TyKind::RawPtr(..)) => {
                    Rvalue::Cast(CastOp::PtrToPtr, self.last_operand(inner), ty)
                }
                AdjustKind::MutToShared => Rvalue::Ref(Mutability::Shared, self.place(inner).deref()),
                AdjustKind::Deref
                | AdjustKind::OverloadedDeref(..)
                | AdjustKind::NeverToAny
                | AdjustKind::Build(..)
                | AdjustKind::Discard => Rvalue::Use(self.last_operand(node)),
            };
        }
        let is_overloaded = self.types.callees.contains_key(&node.expr);
        match self.kind(node) {
            ExprKind::Ref { mutable, operand } => {
                let mutability = if *mutable { Mutability::Mut } else { Mutability::Shared };
                if let Some(promoted) = self.promoted_reference(self.node(*operand), ty, span) {
                    return promoted;
                }
                let place = self.place(self.node(*operand));
                if let TyKind::RawPtr(..) = ty.kind() {
                    Rvalue::AddressOf(mutability, place)
                } else {
                    Rvalue::Ref(mutability, place)
                }
            }
            ExprKind::Unary { op, operand } if !is_overloaded => {
                let operand = self.last_operand(self.node(*operand));
                self.unary(*op, operand, ty, span)
            }
            ExprKind::Binary { op, lhs, rhs, .. } if !is_overloaded => {
                let operand_ty = self.node_ty(self.node(*lhs));
                self.binary_rvalue(*op, *lhs, *rhs, operand_ty, span)
            }
            ExprKind::Cast { operand, .. } => self.cast(node, *operand),
            ExprKind::Tuple(items) if items.is_empty() => Rvalue::Use(cfg::unit_operand(span)),
            ExprKind::Tuple(items) => {
                let operands = self.expr_operands(items);
                Rvalue::Aggregate(AggregateKind::Tuple, operands)
            }
            ExprKind::Array(items) => {
                let operands = self.expr_operands(items);
                if let TyKind::Array(elem, _) = *ty.kind() {
                    Rvalue::Aggregate(AggregateKind::Array(elem), operands)
                } else {
                    panic!("`[…]` is no array before it builds a list")
                }
            }
            ExprKind::Repeat { value, .. } => {
                if let TyKind::Array(elem, count) = *ty.kind() {
                    self.repeat(self.node(*value), elem, count, span)
                } else {
                    panic!("`[x; n]` is no array before it builds a list")
                }
            }
            ExprKind::Record { fields, base, .. } => self.record(node, fields, *base),
            ExprKind::Closure(_) => self.closure_value(node),
            _ => Rvalue::Use(self.last_operand(node)),
        }
    }

    fn expr_operands(&mut self, exprs: &[ExprId]) -> Vec<Operand> {
        let nodes: Vec<Node> = exprs.iter().map(|&expr| self.node(expr)).collect();
        self.operands(&nodes)
    }

    fn binary_rvalue(&mut self, op: BinaryOp, lhs: ExprId, rhs: ExprId, ty: Ty, span: Span) -> Rvalue {
        let mut operands = self.expr_operands(&[lhs, rhs]);
        let rhs = operands.remove(1);
        self.binary(ops::bin_op(op), operands.remove(0), rhs, ty, span)
    }

    /// `[x; n]`: a value that is not `Copy` is repeated only where it is a constant, or once, or never.
    fn repeat(&mut self, value: Node, elem: Ty, count: Const, span: Span) -> Rvalue {
        if count == Const::Value(0) {
            self.expr_statement(value);
            return Rvalue::Aggregate(AggregateKind::Array(elem), Vec::new());
        }
        if count == Const::Value(1) {
            let operand = self.last_operand(value);
            return Rvalue::Aggregate(AggregateKind::Array(elem), vec![operand]);
        }
        let _ = span;
        Rvalue::Repeat(self.last_operand(value), count)
    }

    fn record(&mut self, node: Node, fields: &[FieldInit], base: Option<ExprId>) -> Rvalue {
        let ty = self.node_ty(node);
        let TyKind::Adt(def, args) = *ty.kind() else { panic!("a record literal is of another type") };
        let (variant, positions) = self.types.inits[&node.expr].clone();
        let nodes: Vec<Node> = fields.iter().map(|field| self.node(field.value)).collect();
        // With a base nothing is calm: what the base is may change what the fields were read from.
        let mut operands: Vec<Option<Operand>> = match base {
            None => self.operands(&nodes).into_iter().map(Some).collect(),
            Some(_) => nodes.iter().map(|&node| Some(self.operand(node))).collect(),
        };
        let base = base.map(|base| self.place(self.node(base)));
        let defs = &self.cx.signatures.expect_adt(def).variants[variant].fields;
        let mut all = Vec::with_capacity(defs.len());
        for (field, decl) in defs.iter_enumerated() {
            let written = positions.iter().position(|&position| position == field);
            all.push(match (written.and_then(|at| operands[at].take()), &base) {
                (Some(operand), _) => operand,
                (None, Some(base)) => {
                    let ty = decl.ty.subst(&args);
                    self.consume(base.field(field, ty), ty)
                }
                (None, None) => panic!("field `{}` is missing", decl.name),
            });
        }
        Rvalue::Aggregate(AggregateKind::Adt(def, variant, args), all)
    }

    fn cast(&mut self, node: Node, operand: ExprId) -> Rvalue {
        let (ty, span) = (self.node_ty(node), self.span(node));
        let operand = self.node(operand);
        let op = match self.types.casts.get(&node.expr) {
            Some(CastKind::IntToInt | CastKind::Widen) => {
                // `Widen` also takes a union without payloads.
                if let TyKind::Adt(..) = self.node_ty(operand).kind() {
                    return self.union_to_int(operand, ty, span);
                } else {
                    CastOp::IntToInt
                }
            }
            Some(CastKind::UnionToInt) => return self.union_to_int(operand, ty, span),
            Some(CastKind::IntToFloat) => CastOp::IntToFloat,
            Some(CastKind::FloatToInt) => CastOp::FloatToInt,
            Some(CastKind::FloatToFloat) => CastOp::FloatToFloat,
            Some(CastKind::PtrToPtr) => CastOp::PtrToPtr,
            Some(CastKind::PtrToInt) => CastOp::PtrToInt,
            Some(CastKind::IntToPtr) => CastOp::IntToPtr,
            Some(CastKind::FnToPtr) => CastOp::FnToPtr,
            Some(CastKind::Coerce) | None => return Rvalue::Use(self.last_operand(operand)),
        };
        let operand = self.last_operand(operand);
        Rvalue::Cast(op, operand, ty)
    }

    fn union_to_int(&mut self, operand: Node, ty: Ty, span: Span) -> Rvalue {
        let place = self.place(operand);
        let isize = Ty::prim(hir::PrimTy::Isize);
        let position = self.scratch(isize, span);
        self.assign(&position.into(), Rvalue::Discriminant(place), span);
        Rvalue::Cast(CastOp::IntToInt, Operand::Copy(position.into()), ty)
    }

    /// `dest = Variant(operands)` of a union with known arguments.
    pub fn variant_rvalue(&self, ty: Ty, item: LangItem, operands: Vec<Operand>) -> Rvalue {
        let TyKind::Adt(def, args) = *ty.kind() else { panic!("{item:?} is of another type") };
        Rvalue::Aggregate(AggregateKind::Adt(def, self.lang_variant(item), args), operands)
    }
    pub fn lang_variant(&self, item: LangItem) -> VariantIdx {
        self.cx.signatures.expect_variant(self.cx.package.lang.require(item)).1
    }
}
