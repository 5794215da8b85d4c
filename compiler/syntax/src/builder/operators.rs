//! Operator precedence. The grammar hands over a flat `operand op operand op operand`; this folds it by
//! binding power as it arrives (shunting-yard), so that the grammar needs no nonterminal per precedence.
//!
//! ```text
//! a + b * c == d   →   (a + (b * c)) == d
//! let p = a == b && c   →   (let p = (a == b)) && c
//! ```
//!
//! `let p =` counts as a prefix operator that binds tighter than `&&` and looser than all comparisons.

use super::{Builder, range};
use crate::ast::*;
use crate::token::Token;

/// An unfinished sequence: its entries on the builder's stack.
#[derive(Clone, Copy)]
pub(crate) struct OpSeq {
    base: u32,
    len: u32,
}

/// What stands to the left of an operand that is not folded yet.
#[derive(Clone, Copy)]
pub(super) enum Entry {
    /// `lhs op`
    Binary { lhs: ExprId, op: BinOp },
    /// `let p =`
    Let { pat: PatId, lo: u32 },
    /// The last operand of a sequence.
    Operand(ExprId),
}

/// Of `let p =`: the right side ends at `&&`.
const LET_POWER: u8 = BinOp::And.power() + 1;

impl Entry {
    fn power(self) -> u8 {
        match self {
            Entry::Binary { op, .. } => op.power(),
            Entry::Let { .. } => LET_POWER,
            Entry::Operand(_) => 0,
        }
    }
}
const _: () = assert!(BinOp::Eq.power() >= LET_POWER);

impl Builder<'_> {
    fn seq(&self, base: u32) -> OpSeq {
        OpSeq { base, len: self.operators.len() as u32 - base }
    }

    /// `lhs op rhs`
    #[inline]
    pub fn ops_start(&mut self, lhs: ExprId, op: BinOp, rhs: ExprId) -> OpSeq {
        let base = self.operators.len() as u32;
        self.operators.push(Entry::Binary { lhs, op });
        self.operators.push(Entry::Operand(rhs));
        self.seq(base)
    }

    #[inline]
    pub fn ops_single(&mut self, operand: ExprId) -> OpSeq {
        let base = self.operators.len() as u32;
        self.operators.push(Entry::Operand(operand));
        self.seq(base)
    }

    /// `seq op rhs`
    #[inline]
    pub fn ops_push(&mut self, seq: OpSeq, op: BinOp, rhs: ExprId) -> OpSeq {
        let lhs = self.fold(seq, op.power());
        self.operators.push(Entry::Binary { lhs, op });
        self.operators.push(Entry::Operand(rhs));
        self.seq(seq.base)
    }

    /// `let pat = rhs`
    pub fn ops_let(&mut self, lo: u32, pat: PatId, rhs: ExprId) -> OpSeq {
        let base = self.operators.len() as u32;
        self.operators.push(Entry::Let { pat, lo });
        self.operators.push(Entry::Operand(rhs));
        self.seq(base)
    }

    /// `seq && let pat = rhs`
    pub fn ops_push_let(&mut self, seq: OpSeq, lo: u32, pat: PatId, rhs: ExprId) -> OpSeq {
        let lhs = self.fold(seq, BinOp::And.power());
        self.operators.push(Entry::Binary { lhs, op: BinOp::And });
        self.operators.push(Entry::Let { pat, lo });
        self.operators.push(Entry::Operand(rhs));
        self.seq(seq.base)
    }

    /// `seq as T`: binds tighter than all operators, so it takes the last operand.
    pub fn ops_cast(&mut self, seq: OpSeq, ty: TypeId, hi: u32) -> OpSeq {
        if let Some(Entry::Operand(operand)) = self.operators.last().copied() {
            let cast = self.cast(operand, ty, hi);
            if let Some(last) = self.operators.last_mut() {
                *last = Entry::Operand(cast);
            }
        }
        seq
    }

    #[inline]
    pub fn ops_finish(&mut self, seq: OpSeq) -> ExprId {
        self.fold(seq, 0)
    }

    /// Folds the end of a sequence: all operators that bind at least as tightly as `power`.
    #[inline]
    fn fold(&mut self, seq: OpSeq, power: u8) -> ExprId {
        debug_assert_eq!(self.operators.len() as u32, seq.base + seq.len);
        let Some(Entry::Operand(mut rhs)) = self.operators.pop() else {
            unreachable!("a sequence ends with an operand")
        };
        while self.operators.len() > seq.base as usize {
            let top = self.operators[self.operators.len() - 1];
            if top.power() < power {
                break;
            }
            self.operators.pop();
            rhs = match top {
                Entry::Binary { lhs, op } => self.binary(lhs, op, rhs),
                Entry::Let { pat, lo } => {
                    let hi = self.module[rhs].range.hi;
                    self.expr(lo, ExprKind::Let { pat, init: rhs }, hi)
                }
                Entry::Operand(operand) => operand,
            };
        }
        rhs
    }

    fn binary(&mut self, lhs: ExprId, op: BinOp, rhs: ExprId) -> ExprId {
        let (left, right) = (self.module[lhs], self.module[rhs]);
        let whole = range(left.range.lo, right.range.hi);
        if op.is_comparison() {
            if let ExprKind::Binary { op: inner, .. } = left.kind
                && inner.is_comparison()
            {
                self.chained_comparison(lhs, op, rhs);
            }
        } else if op == BinOp::Or {
            for side in [left, right] {
                if self.has_let(side) {
                    let at = side.range;
                    self.error("P1020", at, "`let` conditions can only be joined by `&&`");
                }
            }
        }
        self.module.exprs.push(Expr { kind: ExprKind::Binary { op, lhs, rhs }, range: whole })
    }

    /// Is this a `let` condition, or such joined by `&&`?
    fn has_let(&self, expr: Expr) -> bool {
        if let ExprKind::Let { .. } = expr.kind {
            true
        } else if let ExprKind::Binary { op: BinOp::And, lhs, rhs } = expr.kind {
            // The left side of a chain is one; walk down it.
            let mut lhs = lhs;
            let mut rhs = rhs;
            loop {
                if matches!(self.module[rhs].kind, ExprKind::Let { .. }) {
                    return true;
                }
                if let ExprKind::Let { .. } = self.module[lhs].kind {
                    return true;
                } else if let ExprKind::Binary { op: BinOp::And, lhs: next, rhs: last } =
                    self.module[lhs].kind
                {
                    (lhs, rhs) = (next, last)
                } else {
                    return false;
                }
            }
        } else {
            false
        }
    }

    #[cold]
    fn chained_comparison(&mut self, lhs: ExprId, op: BinOp, rhs: ExprId) {
        let (left, right) = (self.module[lhs].range, self.module[rhs].range);
        let ExprKind::Binary { op: inner, lhs: first, rhs: middle } = self.module[lhs].kind else { return };
        let (first, middle) = (self.module[first].range, self.module[middle].range);
        let middle_text = self.text(middle.lo, middle.hi);
        let file = self.module.file;
        // `f<T>(x)`
        let touches = |from: u32, to: u32, text: &str| self.text(from, to) == text;
        if (inner, op) == (BinOp::Lt, BinOp::Gt)
            && touches(first.hi, middle.lo, "<")
            && touches(middle.hi, right.lo, ">")
            && self.text(right.lo, right.hi).starts_with('(')
        {
            let fix = |lo: u32, text: &str| base::CodeFix {
                span: range(lo, lo + 1).in_file(file),
                replacement: text.into(),
                applicability: base::Applicability::MachineApplicable,
            };
            let fixes = vec![fix(first.hi, "["), fix(middle.hi, "]")];
            let at = range(first.hi, right.lo);
            let diagnostic = self.error("P1010", at, "type arguments stand in square brackets");
            let suggestion = base::Suggestion { message: "write `[…]`".into(), fixes };
            *diagnostic = diagnostic.clone().suggestion(suggestion);
            return;
        }
        let diagnostic = self.error("P1021", range(left.lo, right.hi), "comparisons can't be chained");
        if middle_text.len() < 40 {
            *diagnostic = diagnostic.clone().fix(
                "compare twice",
                range(left.hi, left.hi).in_file(file),
                format!(" && {middle_text}"),
                base::Applicability::MaybeIncorrect,
            );
        }
    }
}

/// The operator of a token of the grammar's `Op`.
#[inline]
pub(crate) fn operator(token: Token) -> BinOp {
    token.bin_op()
}
