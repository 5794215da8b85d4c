//! Blocks under construction: statements are appended to the current block, a terminator ends it.

use super::*;

/// A block whose end may not be known yet.
pub struct BlockData {
    pub statements: Vec<Statement>,
    pub terminator: Option<Terminator>,
    pub is_cleanup: bool,
}

impl Builder<'_> {
    pub fn new_block(&mut self) -> BlockId {
        self.blocks.push(BlockData { statements: Vec::new(), terminator: None, is_cleanup: false })
    }
    pub fn info(&self, span: Span) -> SourceInfo {
        SourceInfo { span, scope: self.source_scope }
    }
    pub fn push(&mut self, kind: StatementKind, span: Span) {
        let info = self.info(span);
        self.blocks[self.block].statements.push(Statement { kind, info });
    }
    pub fn assign(&mut self, place: &Place, rvalue: Rvalue, span: Span) {
        // What a thrown-away `()` is set to is of no use.
        if place.projection.is_empty() && Some(place.local) == self.unit {
            return;
        }
        self.push(StatementKind::Assign(place.clone(), rvalue), span);
    }
    pub fn assign_unit(&mut self, place: &Place, span: Span) {
        self.assign(place, Rvalue::Use(unit_operand(span)), span);
    }
    pub fn terminate_block(&mut self, block: BlockId, kind: TerminatorKind, span: Span) {
        let info = self.info(span);
        let block = &mut self.blocks[block];
        debug_assert!(block.terminator.is_none(), "a block ends once");
        block.terminator = Some(Terminator { kind, info });
    }
    /// Ends the current block; somebody must start another.
    pub fn terminate(&mut self, kind: TerminatorKind, span: Span) {
        self.terminate_block(self.block, kind, span);
    }
    pub fn goto(&mut self, target: BlockId, span: Span) {
        self.terminate(TerminatorKind::Goto(target), span);
    }
    /// Ends the current block with what never goes on. What follows is dead, and dropped at the end.
    pub fn diverge(&mut self, kind: TerminatorKind, span: Span) {
        self.terminate(kind, span);
        self.block = self.new_block();
    }

    /// A local without a name that is alive all the time: for scalars in the middle of an operation.
    pub fn scratch(&mut self, ty: Ty, span: Span) -> Local {
        self.locals.push(LocalDecl { ty, name: None, mutable: true, span })
    }
    /// The place for values of type `()` that nobody looks at.
    pub fn unit_place(&mut self) -> Place {
        let unit = match self.unit {
            Some(unit) => unit,
            None => {
                let span = self.source_scopes[ScopeId(0)].span;
                let unit = self.scratch(Ty::unit(), span);
                self.unit = Some(unit);
                unit
            }
        };
        unit.into()
    }

    /// `assert(operand == expected)`, going on in a new block.
    pub fn assert(&mut self, operand: Operand, expected: bool, message: AssertMessage, span: Span) {
        let target = self.new_block();
        self.unwinds(self.block);
        self.terminate(TerminatorKind::Assert { operand, expected, message, target, unwind: None }, span);
        self.block = target;
    }

    /// Only what can be reached, numbered in that order, so that blocks read from top to bottom.
    pub fn finish(mut self, arg_count: usize, span: Span) -> Body {
        self.build_unwind_blocks();
        self.resolve_captured();
        let nowhere = self.info(span);
        let blocks = self.blocks.raw.into_iter().map(|block| Block {
            statements: block.statements,
            // Only dead blocks have no end.
            terminator: block
                .terminator
                .unwrap_or(Terminator { kind: TerminatorKind::Unreachable, info: nowhere }),
            is_cleanup: block.is_cleanup,
        });
        let mut body = Body {
            source: self.source,
            phase: Phase::Built,
            span,
            arg_count,
            locals: self.locals,
            blocks: blocks.collect(),
            scopes: self.source_scopes,
            variables: self.variables,
            declares_later: self.declares_later,
        };
        renumber_blocks(&mut body);
        body
    }
}

/// Drops blocks that cannot be reached and numbers the rest in reverse postorder, cleanup last.
pub fn renumber_blocks(body: &mut Body) {
    let mut order = crate::graph::reverse_postorder(body);
    order.sort_by_key(|&block| body.blocks[block].is_cleanup);
    let mut new_ids = IndexVec::<BlockId, Option<BlockId>>::from_elem(None, body.blocks.len());
    for (at, &block) in order.iter().enumerate() {
        new_ids[block] = Some(BlockId(at as u32));
    }
    let mut old = std::mem::take(&mut body.blocks);
    body.blocks.raw.reserve_exact(order.len());
    for block in order {
        let info = old[block].terminator.info;
        let gone = Terminator { kind: TerminatorKind::Unreachable, info };
        let gone = Block { statements: Vec::new(), terminator: gone, is_cleanup: false };
        let mut block = std::mem::replace(&mut old[block], gone);
        block.terminator.kind.for_each_successor_mut(&mut |successor| {
            if let Some(id) = new_ids[*successor] {
                *successor = id;
            }
        });
        body.blocks.push(block);
    }
}

pub fn unit_operand(span: Span) -> Operand {
    Operand::Const(Constant { value: ConstValue::ZeroSized, ty: Ty::unit(), span })
}

pub fn scalar(bits: u128, ty: Ty, span: Span) -> Operand {
    Operand::Const(Constant { value: ConstValue::Scalar(bits), ty, span })
}
