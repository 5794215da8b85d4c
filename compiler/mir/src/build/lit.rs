//! Constants: literals, functions, items.

use super::*;
use hir::{DefKind, Lit, PrimTy, UnaryOp};
use typeck::{AdjustKind, Const};

impl Builder<'_> {
    pub fn is_constant(&self, node: Node) -> bool {
        if node.adjusted > 0 {
            return false;
        }
        if let ExprKind::Lit(_) = self.kind(node) {
            true
        } else if let ExprKind::Unary { op: UnaryOp::Neg, operand } = self.kind(node) {
            self.is_negative_literal(*operand)
        } else if let ExprKind::Def { .. } | ExprKind::Assoc { .. } = self.kind(node) {
            self.item_constant(node).is_some()
        } else {
            false
        }
    }

    /// The constant that the expression is.
    pub fn constant(&mut self, node: Node) -> Option<Operand> {
        if node.adjusted > 0 {
            let adjustment = self.types.adjustments[&node.expr][node.adjusted - 1];
            // `*"text"` and back: the same text.
            if adjustment.kind != AdjustKind::Borrow(Mutability::Shared) || node.adjusted < 2 {
                return None;
            }
            let before = self.types.adjustments[&node.expr][node.adjusted - 2].kind;
            let innermost = Node { expr: node.expr, adjusted: node.adjusted - 2 };
            let same = before == AdjustKind::Deref && self.node_ty(innermost) == adjustment.ty;
            return if same { self.constant(innermost) } else { None };
        }
        let (ty, span) = (self.node_ty(node), self.span(node));
        let value = if let ExprKind::Lit(lit) = self.kind(node) {
            literal(*lit, ty, false)
        } else if let ExprKind::Unary { op: UnaryOp::Neg, operand } = self.kind(node)
            && self.is_negative_literal(*operand)
        {
            if let ExprKind::Lit(lit) = &self.hir.exprs[*operand].kind {
                literal(*lit, ty, true)
            } else {
                return None;
            }
        } else if let ExprKind::Def { .. } | ExprKind::Assoc { .. } = self.kind(node) {
            self.item_constant(node)?
        } else {
            return None;
        };
        Some(Operand::Const(Constant { value, ty, span }))
    }

    fn is_negative_literal(&self, operand: ExprId) -> bool {
        !self.types.adjustments.contains_key(&operand)
            && matches!(self.hir.exprs[operand].kind, ExprKind::Lit(Lit::Int(..) | Lit::Float(..)))
            && matches!(self.types.exprs[operand].kind(), TyKind::Prim(_))
    }

    /// Functions, constants and const parameters; variants without fields and statics are none.
    fn item_constant(&self, node: Node) -> Option<ConstValue> {
        let written = if let ExprKind::Def { def, .. } = self.kind(node) { Some(*def) } else { None };
        let (def, args) = match (self.types.callees.get(&node.expr), written) {
            (Some(&callee), _) => callee,
            (None, Some(def)) => (def, GenericArgs::empty()),
            (None, None) => return None,
        };
        match self.cx.package.def(def).kind {
            DefKind::Fn => Some(ConstValue::ZeroSized),
            DefKind::Const => Some(ConstValue::Def(def, args)),
            DefKind::ConstParam => {
                let generics = self.cx.signatures.generics_of(self.hir.owner);
                let index = generics.params.iter().position(|param| param.def == Some(def))?;
                Some(ConstValue::Ty(Const::Param(index as u32, generics.params[index].name)))
            }
            // The constructor as a function; a variant without fields is a value.
            DefKind::Variant if matches!(self.types.exprs[node.expr].kind(), TyKind::FnDef(..)) => {
                Some(ConstValue::ZeroSized)
            }
            DefKind::Variant
            | DefKind::Static
            | DefKind::Record
            | DefKind::Union
            | DefKind::TypeAlias
            | DefKind::Protocol
            | DefKind::AssocType
            | DefKind::Impl
            | DefKind::TypeParam
            | DefKind::Test => None,
        }
    }
}

/// The bits of a literal of this type.
pub fn literal(lit: Lit, ty: Ty, negative: bool) -> ConstValue {
    let prim = if let TyKind::Prim(prim) = *ty.kind() { Some(prim) } else { None };
    match lit {
        Lit::Int(value, _) => match prim {
            Some(PrimTy::F64) => float_bits(&value.to_string(), false, negative),
            Some(PrimTy::F32) => float_bits(&value.to_string(), true, negative),
            _ => {
                let value = if negative { value.wrapping_neg() } else { value };
                let unused = 128 - prim.and_then(PrimTy::integer).map_or(128, |(bits, _)| bits);
                ConstValue::Scalar((value << unused) >> unused)
            }
        },
        Lit::Float(digits, _) => float_bits(digits.as_str(), prim == Some(PrimTy::F32), negative),
        Lit::Bool(value) => ConstValue::Scalar(u128::from(value)),
        Lit::Char(c) => ConstValue::Scalar(u128::from(c)),
        Lit::Byte(byte) => ConstValue::Scalar(u128::from(byte)),
        Lit::Str(text) => ConstValue::Str(text),
        Lit::Bytes(text) => ConstValue::Bytes(text),
    }
}

fn float_bits(digits: &str, single: bool, negative: bool) -> ConstValue {
    // The lexer has checked the form; both parsers round to nearest.
    ConstValue::Scalar(match single {
        true => {
            let value = digits.parse::<f32>().unwrap_or(f32::NAN);
            u128::from(if negative { -value } else { value }.to_bits())
        }
        false => {
            let value = digits.parse::<f64>().unwrap_or(f64::NAN);
            u128::from(if negative { -value } else { value }.to_bits())
        }
    })
}
