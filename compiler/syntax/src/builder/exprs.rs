//! Builds expressions, statements and blocks; see [`super`].

use super::*;
use crate::literal;

impl Builder<'_> {
    #[inline]
    pub fn expr(&mut self, lo: u32, kind: ExprKind, hi: u32) -> ExprId {
        self.module.exprs.push(Expr { kind, range: range(lo, hi) })
    }

    /// From the beginning of `first` on: the grammar need not carry it.
    fn expr_from(&mut self, first: ExprId, kind: ExprKind, hi: u32) -> ExprId {
        let lo = self.module[first].range.lo;
        self.expr(lo, kind, hi)
    }

    pub fn int(&mut self, lo: u32, token: Token, hi: u32) -> Literal {
        let (_, suffix) = literal::split_suffix(self.text(lo, hi));
        match suffix {
            Some(Suffix::F32 | Suffix::F64) => Literal::Float { digits: token.symbol, suffix },
            suffix => Literal::Int { digits: token.symbol, suffix },
        }
    }

    pub fn float(&mut self, lo: u32, token: Token, hi: u32) -> Literal {
        let (_, suffix) = literal::split_suffix(self.text(lo, hi));
        Literal::Float { digits: token.symbol, suffix }
    }

    pub fn char(token: Token) -> Literal {
        Literal::Char(char::from_u32(token.symbol.0).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    pub fn byte(token: Token) -> Literal {
        Literal::Byte(token.symbol.0 as u8)
    }

    #[inline]
    pub fn literal(&mut self, lo: u32, literal: Literal, hi: u32) -> ExprId {
        self.expr(lo, ExprKind::Literal(literal), hi)
    }

    /// `-1` in a pattern or generic argument.
    pub fn negative(&mut self, lo: u32, operand: ExprId, hi: u32) -> ExprId {
        self.expr(lo, ExprKind::Unary { op: UnOp::Neg, operand }, hi)
    }

    #[inline]
    pub fn name_expr(&mut self, lo: u32, token: Token, hi: u32) -> ExprId {
        self.expr(lo, ExprKind::Name(name(token, lo)), hi)
    }

    pub fn text_part(&mut self, parts: Building<PartId>, lo: u32, token: Token, hi: u32) -> Building<PartId> {
        if token.symbol == NO_TEXT {
            return parts;
        }
        let part = self.module.parts.push(Part { kind: PartKind::Text(token.symbol), range: range(lo, hi) });
        self.push(parts, part)
    }

    /// `format` is what stands after the `:`, and where it begins.
    pub fn expr_part(
        &mut self,
        parts: Building<PartId>,
        expr: ExprId,
        format: Option<Name>,
    ) -> Building<PartId> {
        let mut at = self.module[expr].range;
        let format = format.filter(|format| format.symbol != NO_TEXT);
        if let Some(format) = format {
            at.hi = format.range().hi;
        }
        let part = self.module.parts.push(Part { kind: PartKind::Expr { expr, format }, range: at });
        self.push(parts, part)
    }

    pub fn interpolated(&mut self, lo: u32, parts: Building<PartId>, hi: u32) -> ExprId {
        let parts = self.seal(parts);
        self.expr(lo, ExprKind::Interpolated(parts), hi)
    }

    /// `e.name`; `e.await` is no field.
    #[inline]
    pub fn field(&mut self, base: ExprId, at: u32, token: Token, hi: u32) -> ExprId {
        const AWAIT: Symbol = Symbol::known("await");
        let kind = match token.symbol {
            AWAIT => ExprKind::Await(base),
            _name => ExprKind::Field { base, name: name(token, at) },
        };
        self.expr_from(base, kind, hi)
    }

    pub fn tuple_field(&mut self, base: ExprId, at: u32, hi: u32) -> ExprId {
        let text = self.text(at, hi);
        let index = match text.parse() {
            Ok(index) if text == "0" || !text.starts_with('0') => index,
            _not_plain => {
                self.error("P1022", range(at, hi), format!("`{text}` is not the index of a tuple's field"));
                return self.expr_from(base, ExprKind::Error, hi);
            }
        };
        self.expr_from(base, ExprKind::TupleField { base, index }, hi)
    }

    #[inline]
    pub fn index(&mut self, base: ExprId, args: Building<ExprId>, hi: u32) -> ExprId {
        let args = self.seal(args);
        self.expr_from(base, ExprKind::Index { base, args }, hi)
    }

    #[inline]
    pub fn call(&mut self, callee: ExprId, args: Building<ExprId>, hi: u32) -> ExprId {
        let args = self.seal(args);
        self.expr_from(callee, ExprKind::Call { callee, args }, hi)
    }

    /// `path!(args)`: the path was read as an expression.
    pub fn macro_call(&mut self, path: ExprId, args: Building<ExprId>, hi: u32) -> ExprId {
        let args = self.seal(args);
        let lo = self.module[path].range.lo;
        let mut names = Vec::new();
        let mut at = path;
        loop {
            if let ExprKind::Field { base, name } = self.module[at].kind {
                names.push(name);
                at = base;
            } else if let ExprKind::Name(name) = self.module[at].kind {
                names.push(name);
                break;
            } else {
                let at = self.module[path].range;
                self.error("P1023", at, "only a macro's name can stand before `!(`");
                return self.expr(lo, ExprKind::Error, hi);
            }
        }
        names.reverse();
        let path = self.module.new_list(names);
        let call = self.module.macro_calls.push(MacroCall { path, args, range: range(lo, hi) });
        self.expr(lo, ExprKind::MacroCall(call), hi)
    }

    pub fn record_expr(&mut self, path: ExprId, inits: Building<InitId>, hi: u32) -> ExprId {
        let inits = self.seal(inits);
        let mut part = path;
        loop {
            if let ExprKind::Field { base, .. } | ExprKind::Index { base, .. } = self.module[part].kind {
                part = base
            } else if let ExprKind::Name(_) | ExprKind::Error = self.module[part].kind {
                break;
            } else {
                let at = self.module[path].range;
                self.error("P1024", at, "only a type's name can stand before `{` and fields");
                return self.expr_from(path, ExprKind::Error, hi);
            }
        }
        self.expr_from(path, ExprKind::Record { path, inits }, hi)
    }

    pub fn init(&mut self, lo: u32, kind: InitKind, hi: u32) -> InitId {
        self.module.inits.push(Init { kind, range: range(lo, hi) })
    }

    #[inline]
    /// `lo..hi`, `lo..=hi`
    pub fn range_expr(&mut self, lo: ExprId, inclusive: bool, hi: ExprId, end: u32) -> ExprId {
        self.expr_from(lo, ExprKind::Range { lo: Some(lo), hi: Some(hi), inclusive }, end)
    }

    pub fn unary(&mut self, lo: u32, op: UnOp, operand: ExprId) -> ExprId {
        let hi = self.module[operand].range.hi;
        self.expr(lo, ExprKind::Unary { op, operand }, hi)
    }

    /// `&&e` is one token and two references.
    pub fn ref_ref(&mut self, lo: u32, op: UnOp, operand: ExprId) -> ExprId {
        let inner = self.unary(lo + 1, op, operand);
        self.unary(lo, UnOp::Ref, inner)
    }

    pub fn cast(&mut self, operand: ExprId, ty: TypeId, hi: u32) -> ExprId {
        self.expr_from(operand, ExprKind::Cast { operand, ty }, hi)
    }

    pub fn assign(&mut self, target: ExprId, op: AssignOp, value: ExprId) -> ExprId {
        let hi = self.module[value].range.hi;
        self.expr_from(target, ExprKind::Assign { op, target, value }, hi)
    }

    pub fn if_expr(&mut self, lo: u32, cond: ExprId, then: BlockId, els: Option<ExprId>, hi: u32) -> ExprId {
        self.expr(lo, ExprKind::If { cond, then, els }, hi)
    }

    pub fn arm(&mut self, lo: u32, pat: PatId, guard: Option<ExprId>, body: ExprId) -> ArmId {
        let hi = self.module[body].range.hi;
        self.module.arms.push(Arm { pat, guard, body, range: range(lo, hi) })
    }

    pub fn error_arm(&mut self, lo: u32, hi: u32) -> ArmId {
        let pat = self.pat(lo, PatKind::Error, hi);
        let body = self.expr(lo, ExprKind::Error, hi);
        self.module.arms.push(Arm { pat, guard: None, body, range: range(lo, hi) })
    }

    /// `catch p { … }`
    pub fn catch(&mut self, lo: u32, pat: PatId, body: BlockId, hi: u32) -> ArmId {
        let body = self.block_expr(body);
        self.module.arms.push(Arm { pat, guard: None, body, range: range(lo, hi) })
    }

    pub fn try_block(&mut self, lo: u32, body: BlockId, catches: Building<ArmId>, hi: u32) -> ExprId {
        let catches = self.seal(catches);
        if catches.is_empty() {
            let file = self.module.file;
            let end = range(hi, hi).in_file(file);
            let diagnostic = self.error("P1025", range(lo, lo + 3), "this `try` block has no `catch`");
            *diagnostic = diagnostic
                .clone()
                .note("`try` before a block handles the errors of the block; for one expression leave out the braces")
                .fix("handle the error", end, " catch e { … }", base::Applicability::HasPlaceholders);
        }
        self.expr(lo, ExprKind::TryBlock { body, catches }, hi)
    }

    pub fn select_arm(&mut self, lo: u32, kind: SelectArmKind, body: ExprId) -> SelectArmId {
        let hi = self.module[body].range.hi;
        self.module.select_arms.push(SelectArm { kind, body, range: range(lo, hi) })
    }

    pub fn error_select_arm(&mut self, lo: u32, hi: u32) -> SelectArmId {
        let body = self.expr(lo, ExprKind::Error, hi);
        self.module.select_arms.push(SelectArm { kind: SelectArmKind::Error, body, range: range(lo, hi) })
    }

    pub fn closure(
        &mut self,
        lo: u32,
        is_move: bool,
        params: List<ParamId>,
        ret: Option<TypeId>,
        body: ExprId,
    ) -> ExprId {
        let hi = self.module[body].range.hi;
        let closure = self.module.closures.push(Closure { is_move, params, ret, body, range: range(lo, hi) });
        self.expr(lo, ExprKind::Closure(closure), hi)
    }

    /// An expression that is a word and an operand: `try e`, `spawn e`.
    pub fn prefixed(&mut self, lo: u32, kind: ExprKind, operand: ExprId) -> ExprId {
        let hi = self.module[operand].range.hi;
        self.expr(lo, kind, hi)
    }

    pub fn message(&mut self, lo: u32, ask: bool, call: ExprId, within: Option<ExprId>) -> ExprId {
        let hi = self.module[within.unwrap_or(call)].range.hi;
        if !matches!(self.module[call].kind, ExprKind::Call { .. } | ExprKind::Error) {
            let at = self.module[call].range;
            let word = if ask { "ask" } else { "tell" };
            self.error("P1026", at, format!("`{word}` needs a message: a call such as `actor.handler()`"));
        }
        let kind = if ask { ExprKind::Ask { call, within } } else { ExprKind::Tell { call, within } };
        self.expr(lo, kind, hi)
    }

    pub fn labelled(&mut self, lo: u32, token: Token, body: ExprId) -> ExprId {
        let hi = self.module[body].range.hi;
        self.expr(lo, ExprKind::Labelled { label: name(token, lo), body }, hi)
    }

    // --- statements ------------------------------------------------------------------------------------

    #[inline]
    pub fn block(&mut self, lo: u32, stmts: Building<StmtId>, hi: u32) -> BlockId {
        let stmts = self.seal(stmts);
        self.module.blocks.push(Block { stmts, range: range(lo, hi) })
    }

    pub fn block_expr(&mut self, block: BlockId) -> ExprId {
        let at = self.module[block].range;
        self.expr(at.lo, ExprKind::Block(block), at.hi)
    }

    #[inline]
    pub fn expr_stmt(&mut self, expr: ExprId) -> StmtId {
        let range = self.module[expr].range;
        self.module.stmts.push(Stmt { kind: StmtKind::Expr(expr), range })
    }

    /// A `;` follows the statement: was it written?
    #[inline]
    pub fn terminated(&mut self, stmt: StmtId, semi: Token) -> StmtId {
        if semi.symbol != NO_TEXT
            && let StmtKind::Expr(expr) = self.module[stmt].kind
        {
            self.module[stmt].kind = StmtKind::Semi(expr);
        }
        stmt
    }

    #[allow(clippy::too_many_arguments)]
    pub fn let_stmt(
        &mut self,
        lo: u32,
        mutable: bool,
        pat: PatId,
        ty: Option<TypeId>,
        init: Option<ExprId>,
        els: Option<BlockId>,
        hi: u32,
    ) -> StmtId {
        let range = range(lo, hi);
        let id = self.module.lets.push(Let { mutable, pat, ty, init, els, range });
        self.module.stmts.push(Stmt { kind: StmtKind::Let(id), range })
    }

    pub fn using_stmt(&mut self, lo: u32, at: u32, token: Token, value: ExprId) -> StmtId {
        let hi = self.module[value].range.hi;
        let kind = StmtKind::Using { name: name(token, at), value };
        self.module.stmts.push(Stmt { kind, range: range(lo, hi) })
    }

    pub fn item_stmt(&mut self, item: ItemId) -> StmtId {
        let range = self.module[item].range;
        self.module.stmts.push(Stmt { kind: StmtKind::Item(item), range })
    }
}
