//! Constants in types, as far as arithmetic on literals and named constants goes: `[u8; 2 * SIZE]`. The rest is
//! the evaluator's ([`crate::ConstEval`]).

use crate::{Const, Cx, Flags, GenericArg, GenericArgs, HasFlags, Typed};
use hir::{BinaryOp, Body, BodyId, DefId, DefKind, ExprId, ExprKind, Item, Lit, Package, UnaryOp};

/// Constants may name constants; beyond this they go in circles.
const DEPTH: u32 = 64;

impl Cx<'_> {
    /// The value of an unevaluated constant, if it can be known; otherwise the constant itself.
    pub fn evaluate(self, value: Const) -> Const {
        let simple = evaluate(self.package, value);
        let (Const::Unevaluated(body, args), Some(typed)) = (simple, self.typed) else { return simple };
        let args = match args.flags() {
            flags if flags.has(Flags::PARAM.with(Flags::INFER)) => {
                if !is_independent(typed, body) {
                    return simple;
                }
                GenericArgs::empty()
            }
            _ => args,
        };
        match typed.evaluate(body, args) {
            Some(Ok(bits)) => Const::Value(bits),
            Some(Err(proof)) => Const::Error(proof),
            None => simple,
        }
    }

    /// Whether two constants are the same whatever their parameters are: they are written the same.
    pub fn are_same(self, a: Const, b: Const) -> bool {
        let (Const::Unevaluated(a_body, a_args), Const::Unevaluated(b_body, b_args)) = (a, b) else {
            return a == b;
        };
        let (x, y) = (self.package.body(a_body), self.package.body(b_body));
        self.are_same_exprs((x, x.value, &a_args), (y, y.value, &b_args))
    }

    fn are_same_exprs(self, a: Written<'_>, b: Written<'_>) -> bool {
        let ((x, a_id, a_args), (y, b_id, b_args)) = (a, b);
        let same = |a_id, b_id| self.are_same_exprs((x, a_id, a_args), (y, b_id, b_args));
        match (&x.exprs[a_id].kind, &y.exprs[b_id].kind) {
            (ExprKind::Block(block), _) if block.stmts.is_empty() => {
                block.value.is_some_and(|value| same(value, b_id))
            }
            (_, ExprKind::Block(block)) if block.stmts.is_empty() => {
                block.value.is_some_and(|value| same(a_id, value))
            }
            (ExprKind::Lit(a), ExprKind::Lit(b)) => a == b,
            (
                ExprKind::Def { def: a, args: a_written, .. },
                ExprKind::Def { def: b, args: b_written, .. },
            ) => {
                let arg = |def: &DefId, args: &[GenericArg]| {
                    args.get(self.package.param_index(*def)? as usize).copied()
                };
                match (arg(a, a_args), arg(b, b_args)) {
                    (Some(a), Some(b)) => a == b,
                    (None, None) => a == b && a_written.is_empty() && b_written.is_empty(),
                    (Some(_), None) | (None, Some(_)) => false,
                }
            }
            (ExprKind::Unary { op: a, operand: x }, ExprKind::Unary { op: b, operand: y }) => {
                a == b && same(*x, *y)
            }
            (
                ExprKind::Binary { op: a, lhs: a_lhs, rhs: a_rhs, .. },
                ExprKind::Binary { op: b, lhs: b_lhs, rhs: b_rhs, .. },
            ) => a == b && same(*a_lhs, *b_lhs) && same(*a_rhs, *b_rhs),
            _ => false,
        }
    }
}

/// An expression in a body, and what the parameters in it are.
type Written<'x> = (&'x Body, ExprId, &'x [GenericArg]);

/// Whether a constant is the same for all arguments of the item it stands in.
fn is_independent(typed: &Typed<'_>, id: BodyId) -> bool {
    let body = typed.package.body(id);
    let is_param = |expr: &hir::Expr| matches!(expr.kind, ExprKind::Def { def, .. } if typed.package.def(def).kind == DefKind::ConstParam);
    if body.exprs.iter().any(is_param) {
        return false;
    }
    let types = typed.body(id);
    let adjusted = types.adjustments.values().flatten().map(|adjustment| adjustment.ty);
    let mut all = types.exprs.iter().chain(types.locals.iter()).copied().chain(adjusted);
    !all.any(|ty| ty.has_params()) && !types.callees.values().any(|(_, args)| args.has_params())
}

/// The value of a `const` item, as far as its text tells it.
pub fn value_of(package: &Package, def: hir::DefId) -> Option<i128> {
    let Some(Item::Const(hir::Const { body: Some(body), .. })) = package.item(def) else { return None };
    let body = package.body(*body);
    expr(package, body, body.value, &[], DEPTH)
}

/// The constant that a protocol's constant is for a type known by its head; any other is itself.
pub fn implemented(sigs: &crate::Signatures<'_>, def: hir::DefId, args: &[GenericArg]) -> Option<hir::DefId> {
    let Some(protocol) = sigs.protocol_of_member(def) else { return Some(def) };
    let Some(GenericArg::Ty(ty)) = args.first() else { return None };
    let head = crate::protocols::Head::of(*ty)?;
    let &found = sigs.index().impls_for(protocol, head).first()?;
    let members = &sigs.expect_impl(found).members;
    Some(members.iter().find(|&(_, &of)| of == Some(def)).map_or(def, |(&member, _)| member))
}

/// The part that needs no types.
pub fn evaluate(package: &Package, value: Const) -> Const {
    match value {
        Const::Unevaluated(body, args) => {
            let body = package.body(body);
            let result = expr(package, body, body.value, &args, DEPTH);
            match result.and_then(|value| u128::try_from(value).ok()) {
                Some(bits) => Const::Value(bits),
                None => value,
            }
        }
        Const::Value(_) | Const::Param(..) | Const::Infer(_) | Const::Error(_) => value,
    }
}

fn expr(package: &Package, body: &Body, id: ExprId, args: &[GenericArg], depth: u32) -> Option<i128> {
    let depth = depth.checked_sub(1)?;
    match &body.exprs[id].kind {
        ExprKind::Lit(Lit::Int(value, _)) => i128::try_from(*value).ok(),
        ExprKind::Lit(Lit::Bool(value)) => Some((*value).into()),
        ExprKind::Lit(Lit::Char(value)) => Some(u32::from(*value).into()),
        ExprKind::Lit(Lit::Byte(value)) => Some((*value).into()),
        ExprKind::Block(block) if block.stmts.is_empty() => expr(package, body, block.value?, args, depth),
        ExprKind::Cast { operand, .. } => {
            expr(package, body, *operand, args, depth).filter(|&value| value >= 0)
        }
        ExprKind::Unary { op: UnaryOp::Neg, operand } => {
            expr(package, body, *operand, args, depth)?.checked_neg()
        }
        ExprKind::Def { def, .. } => match package.def(*def).kind {
            DefKind::Const => match package.item(*def) {
                Some(Item::Const(hir::Const { body: Some(inner), .. })) => {
                    let inner = package.body(*inner);
                    expr(package, inner, inner.value, args, depth)
                }
                _ => None,
            },
            DefKind::ConstParam => match args.get(package.param_index(*def)? as usize)? {
                GenericArg::Const(Const::Value(value)) => i128::try_from(*value).ok(),
                GenericArg::Const(_) | GenericArg::Ty(_) => None,
            },
            DefKind::Fn
            | DefKind::Record
            | DefKind::Union
            | DefKind::Variant
            | DefKind::TypeAlias
            | DefKind::Static
            | DefKind::Protocol
            | DefKind::AssocType
            | DefKind::Impl
            | DefKind::TypeParam
            | DefKind::Test => None,
        },
        ExprKind::Binary { op, lhs, rhs, .. } => {
            let a = expr(package, body, *lhs, args, depth)?;
            let b = expr(package, body, *rhs, args, depth)?;
            binary(*op, a, b)
        }
        ExprKind::Lit(_)
        | ExprKind::Local(_)
        | ExprKind::Assoc { .. }
        | ExprKind::Call { .. }
        | ExprKind::MethodCall { .. }
        | ExprKind::Field { .. }
        | ExprKind::Index { .. }
        | ExprKind::Unary { .. }
        | ExprKind::Deref(_)
        | ExprKind::Ref { .. }
        | ExprKind::Logical { .. }
        | ExprKind::Assign { .. }
        | ExprKind::AssignOp { .. }
        | ExprKind::Tuple(_)
        | ExprKind::Array(_)
        | ExprKind::Repeat { .. }
        | ExprKind::Record { .. }
        | ExprKind::Block(_)
        | ExprKind::If { .. }
        | ExprKind::Let { .. }
        | ExprKind::Match { .. }
        | ExprKind::Loop { .. }
        | ExprKind::Break { .. }
        | ExprKind::Continue { .. }
        | ExprKind::Return(_)
        | ExprKind::Closure(_)
        | ExprKind::Try { .. }
        | ExprKind::TryBlock { .. }
        | ExprKind::Finish { .. }
        | ExprKind::Format { .. }
        | ExprKind::Error(_) => None,
    }
}

fn binary(op: BinaryOp, a: i128, b: i128) -> Option<i128> {
    match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b).filter(|&value| value >= 0),
        BinaryOp::Mul => a.checked_mul(b),
        BinaryOp::Div => a.checked_div(b),
        BinaryOp::Rem => a.checked_rem(b),
        BinaryOp::BitAnd => Some(a & b),
        BinaryOp::BitOr => Some(a | b),
        BinaryOp::BitXor => Some(a ^ b),
        BinaryOp::Shl => a.checked_shl(u32::try_from(b).ok()?),
        BinaryOp::Shr => a.checked_shr(u32::try_from(b).ok()?),
        BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => None,
    }
}
