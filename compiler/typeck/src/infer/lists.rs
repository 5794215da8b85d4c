//! Literals `[…]` that later use makes a `List` or a `Set`.
//!
//! A literal whose type nothing around it says is an array, until something asks for more than an array can do: a method
//! that only lists have, or a place where a list is expected. That is known too late, so the body is checked again from
//! its beginning, with the literal's owner known. What the first try had to say is forgotten.
//!
//! In: a mismatch or a method that an array does not have. Out: the literals behind it, in [`Lists::wanted`].
//!
//! ```text
//! var out = []          first an array of nothing
//! out.push(1)           arrays have no `push`, lists do: once more, with `out: List[i64]`
//! ```

use super::*;
use hir::{ExprKind, PatKind, StmtKind};

/// What literals of a body are to build.
#[derive(Default)]
pub(crate) struct Lists {
    /// Found by the tries before this one.
    pub known: BTreeMap<ExprId, LangItem>,
    /// Found by this one.
    wanted: BTreeMap<ExprId, LangItem>,
}

impl Lists {
    /// Whether this try has learnt something, and the next one is to make use of it.
    pub fn learn(&mut self) -> bool {
        let before = self.known.len();
        // The first use decides, as everywhere.
        for (literal, owner) in std::mem::take(&mut self.wanted) {
            self.known.entry(literal).or_insert(owner);
        }
        self.known.len() > before
    }

    /// For the next try: these literals build this.
    fn want(&mut self, literals: Vec<ExprId>, owner: LangItem) {
        for literal in literals {
            self.wanted.entry(literal).or_insert(owner);
        }
    }
}

impl FnCx<'_, '_> {
    /// The receiver has no such method: is it an array that could be a list, which has it?
    pub(crate) fn want_list_with(&mut self, receiver: ExprId, ty: Ty, name: base::Symbol, span: Span) {
        let TyKind::Array(elem, _) = *self.peel(ty).kind() else { return };
        for owner in [LangItem::List, LangItem::Set] {
            let Some(list) = self.cx.lang_adt(owner, &[elem]) else { continue };
            if matches!(self.lookup_method(list, name, span), method::Lookup::Found(_)) {
                let mut literals = Vec::new();
                self.literals_behind(receiver, &mut literals);
                return self.lists.want(literals, owner);
            }
        }
    }

    /// An expression does not fit: would it, if an array in it were a list?
    pub(crate) fn want_list_as(&mut self, expr: ExprId, expected: Ty, found: Ty) {
        if let Some(owner) = self.list_for_array(expected, found) {
            let mut literals = Vec::new();
            self.literals_in(expr, &mut literals);
            self.lists.want(literals, owner);
        }
    }

    /// The owner that stands in one type where the other has an array.
    fn list_for_array(&self, expected: Ty, found: Ty) -> Option<LangItem> {
        let (expected, found) = (self.shallow(expected), self.shallow(found));
        match (expected.kind(), found.kind()) {
            (&TyKind::Adt(def, _), TyKind::Array(..)) => {
                [LangItem::List, LangItem::Set].into_iter().find(|&owner| self.cx.is_lang(def, owner))
            }
            (&TyKind::Ref(_, expected, _), &TyKind::Ref(_, found, _)) => self.list_for_array(expected, found),
            (TyKind::Tuple(expected), TyKind::Tuple(found)) => {
                expected.iter().zip(found.iter()).find_map(|(&one, &other)| self.list_for_array(one, other))
            }
            (&TyKind::Adt(def, expected), &TyKind::Adt(other, found)) if def == other => {
                expected.iter().zip(found.iter()).find_map(|pair| match pair {
                    (&GenericArg::Ty(one), &GenericArg::Ty(other)) => self.list_for_array(one, other),
                    (GenericArg::Ty(_) | GenericArg::Const(_), _) => None,
                })
            }
            _ => None,
        }
    }

    /// The literals that an expression's value may come from and that are arrays now: those of the variables in it.
    #[expect(clippy::wildcard_enum_match_arm, reason = "most expressions make a value of their own")]
    fn literals_in(&self, expr: ExprId, found: &mut Vec<ExprId>) {
        let expr = self.tail(expr);
        match &self.body.exprs[expr].kind {
            ExprKind::Call { args, .. } => args.iter().for_each(|&arg| self.literals_in(arg, found)),
            ExprKind::Tuple(items) => items.iter().for_each(|&item| self.literals_in(item, found)),
            ExprKind::Record { fields, .. } => {
                fields.iter().for_each(|field| self.literals_in(field.value, found));
            }
            ExprKind::Ref { operand, .. } => self.literals_in(*operand, found),
            ExprKind::If { then, els: Some(els), .. } => {
                self.literals_in(*then, found);
                self.literals_in(*els, found);
            }
            _ => {
                let ty = self.t.exprs[expr].map(|ty| self.shallow(ty));
                if ty.is_some_and(|ty| matches!(ty.kind(), TyKind::Array(..))) {
                    self.literals_behind(expr, found);
                }
            }
        }
    }

    /// The literals that a place was initialised with: `xs`, and for `xs[0]` the literals in that of `xs`.
    #[expect(clippy::wildcard_enum_match_arm, reason = "most expressions are no place")]
    fn literals_behind(&self, expr: ExprId, found: &mut Vec<ExprId>) {
        match &self.body.exprs[self.tail(expr)].kind {
            ExprKind::Local(local) => {
                let init = self.initialiser(*local);
                found.extend(init.filter(|&init| self.is_list_literal(init)));
            }
            ExprKind::Index { base, .. } => {
                let mut outer = Vec::new();
                self.literals_behind(*base, &mut outer);
                for literal in outer {
                    if let ExprKind::Array(items) = &self.body.exprs[literal].kind {
                        found.extend(items.iter().copied().filter(|&item| self.is_list_literal(item)));
                    } else if let ExprKind::Repeat { value, .. } = self.body.exprs[literal].kind {
                        found.extend(Some(value).filter(|&value| self.is_list_literal(value)));
                    }
                }
            }
            ExprKind::Ref { operand, .. } | ExprKind::Deref(operand) => self.literals_behind(*operand, found),
            ExprKind::Array(_) | ExprKind::Repeat { .. } => found.push(self.tail(expr)),
            _ => {}
        }
    }

    fn is_list_literal(&self, expr: ExprId) -> bool {
        matches!(self.body.exprs[expr].kind, ExprKind::Array(_) | ExprKind::Repeat { .. })
    }

    /// What a variable without a written type is declared with: `e` of `let x = e`.
    fn initialiser(&self, wanted: LocalId) -> Option<ExprId> {
        self.body.exprs.iter().find_map(|expr| {
            let ExprKind::Block(block) = &expr.kind else { return None };
            block.stmts.iter().find_map(|stmt| match stmt.kind {
                StmtKind::Let { pat, ty: None, init: Some(init), .. } => {
                    let is_it = matches!(self.body.pats[pat].kind, PatKind::Bind { local, sub: None } if local == wanted);
                    is_it.then(|| self.tail(init))
                }
                StmtKind::Let { .. } | StmtKind::Expr(_) => None,
            })
        })
    }
}
