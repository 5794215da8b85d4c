//! Text of MIR back to bodies: what [`crate::print`] writes.
//!
//! In: text, and [`Names`] to find definitions with. Out: bodies whose print is the same text. Spans are those of the
//! text itself, and every instruction is in scope 0: for tests of verifier, passes, move checking and interpreter.
//!
//! ```text
//! "fn m.f() -> () { bb0: { return; } }"  ⇒  Body { blocks: [return], … }
//! ```

mod scan;
mod ty;

use crate::names::Names;
use crate::*;
use base::{FileId, IndexVec, Span, Symbol};
use hir::{BodyId, ExprId};
use scan::Scan;
use typeck::{ClosureId, FieldIdx, Mutability, VariantIdx};

/// Why a text is not MIR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// 1-based.
    pub line: usize,
    pub message: String,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

type Parse<T> = Result<T, ParseError>;

/// Reads any number of bodies. `file` is what the spans say.
pub fn parse(text: &str, names: &dyn Names, file: FileId) -> Parse<Vec<Body>> {
    let mut parser = Parser { scan: Scan::new(text), names, file };
    let mut bodies = Vec::new();
    while !parser.scan.at_end() {
        bodies.push(parser.body()?);
    }
    Ok(bodies)
}

struct Parser<'a> {
    scan: Scan<'a>,
    names: &'a dyn Names,
    file: FileId,
}

impl Parser<'_> {
    fn error<T>(&self, message: impl Into<String>) -> Parse<T> {
        Err(ParseError { line: self.scan.line(), message: message.into() })
    }
    fn expect(&mut self, text: &str) -> Parse<()> {
        match self.scan.eat(text) {
            true => Ok(()),
            false => self.error(format!("`{text}` is expected here, not `{}`", self.scan.peek_line())),
        }
    }
    fn word(&mut self) -> Parse<String> {
        match self.scan.word() {
            Some(word) => Ok(word.to_string()),
            None => self.error(format!("a name is expected here, not `{}`", self.scan.peek_line())),
        }
    }
    fn number(&mut self) -> Parse<u128> {
        match self.scan.number() {
            Some(number) => Ok(number),
            None => self.error(format!("a number is expected here, not `{}`", self.scan.peek_line())),
        }
    }
    /// `bb3` with prefix `bb`.
    fn id(&mut self, prefix: &str) -> Parse<u32> {
        let word = self.word()?;
        match word.strip_prefix(prefix).and_then(|digits| digits.parse().ok()) {
            Some(id) => Ok(id),
            None => self.error(format!("`{prefix}` and a number are expected here, not `{word}`")),
        }
    }
    fn local(&mut self) -> Parse<Local> {
        Ok(Local(self.id("_")?))
    }
    fn block_id(&mut self) -> Parse<BlockId> {
        Ok(BlockId(self.id("bb")?))
    }
    fn span_from(&self, start: usize) -> Span {
        Span::new(self.file, start as u32, self.scan.last_end() as u32)
    }
    fn info_from(&self, start: usize) -> SourceInfo {
        SourceInfo { span: self.span_from(start), scope: ScopeId(0) }
    }

    /// `a, b)`: up to and with the closing text.
    fn list<T>(&mut self, close: &str, mut item: impl FnMut(&mut Self) -> Parse<T>) -> Parse<Vec<T>> {
        let mut items = Vec::new();
        while !self.scan.eat(close) {
            items.push(item(self)?);
            if !self.scan.eat(",") {
                self.expect(close)?;
                break;
            }
        }
        Ok(items)
    }

    fn body(&mut self) -> Parse<Body> {
        let start = self.scan.start();
        let mut phase = Phase::Built;
        for (text, of) in
            [("#[lowered]", Phase::Lowered), ("#[mono]", Phase::Mono), ("#[optimised]", Phase::Optimised)]
        {
            if self.scan.eat(text) {
                phase = of;
            }
        }
        let source = match self.word()?.as_str() {
            "fn" => Source::Fn(self.def()?),
            "const" => Source::Const(self.def()?),
            "test" => Source::Test(self.def()?),
            "closure" => Source::Closure(self.closure_id()?),
            "promoted" => Source::Promoted(self.closure_id()?),
            "shim" => Source::Shim,
            other => return self.error(format!("a body does not begin with `{other}`")),
        };
        self.expect("(")?;
        let mut locals: IndexVec<Local, LocalDecl> = IndexVec::new();
        let span = self.span_from(start);
        locals.push(LocalDecl { ty: typeck::Ty::unit(), name: None, mutable: true, span });
        let params = self.list(")", |parser| parser.local_decl())?;
        let arg_count = params.len();
        for (id, decl) in params {
            self.add_local(&mut locals, id, decl)?;
        }
        self.expect("->")?;
        locals[RETURN].ty = self.ty()?;
        self.expect("{")?;
        let span = self.span_from(start);
        let mut body = Body {
            source,
            phase,
            span,
            arg_count,
            locals,
            blocks: IndexVec::new(),
            scopes: IndexVec::from_raw(vec![Scope { parent: None, span }]),
            variables: Vec::new(),
            declares_later: true,
        };
        while !self.scan.eat("}") {
            self.part(&mut body)?;
        }
        body.span = self.span_from(start);
        Ok(body)
    }

    fn add_local(
        &mut self,
        locals: &mut IndexVec<Local, LocalDecl>,
        id: Local,
        decl: LocalDecl,
    ) -> Parse<()> {
        match locals.push(decl) == id {
            true => Ok(()),
            false => self.error(format!("{id} is out of order")),
        }
    }

    /// `mut _2(x): i64`
    fn local_decl(&mut self) -> Parse<(Local, LocalDecl)> {
        let start = self.scan.start();
        let mutable = self.scan.eat_word("mut");
        let id = self.local()?;
        let name = match self.scan.eat("(") {
            true => {
                let name = self.word()?;
                self.expect(")")?;
                Some(Symbol::intern(&name))
            }
            false => None,
        };
        let span = self.span_from(start);
        self.expect(":")?;
        Ok((id, LocalDecl { ty: self.ty()?, name, mutable, span }))
    }

    /// A declaration or a block.
    fn part(&mut self, body: &mut Body) -> Parse<()> {
        let start = self.scan.start();
        let word = self.word()?;
        match word.as_str() {
            "let" => {
                let (id, decl) = self.local_decl()?;
                self.add_local(&mut body.locals, id, decl)?;
                self.expect(";")
            }
            "debug" => {
                let name = Symbol::intern(&self.word()?);
                self.expect("=")?;
                let place = self.place()?;
                self.expect("in")?;
                let scope = ScopeId(self.id("scope")?);
                let mut variable = Variable {
                    name,
                    scope,
                    span: self.span_from(start),
                    place,
                    parameter: None,
                    artificial: false,
                };
                while self.scan.eat(",") {
                    match self.scan.eat_word("artificial") {
                        true => variable.artificial = true,
                        false => {
                            self.expect("parameter")?;
                            variable.parameter = Some(self.number()? as u32);
                        }
                    }
                }
                body.variables.push(variable);
                self.expect(";")
            }
            _ if word.starts_with("scope") => {
                self.expect("in")?;
                let parent = ScopeId(self.id("scope")?);
                let id = body.scopes.push(Scope { parent: Some(parent), span: self.span_from(start) });
                if id.to_string() != word {
                    return self.error(format!("{word} is out of order"));
                }
                self.expect(";")
            }
            _ => {
                let is_cleanup = self.scan.eat_word("cleanup");
                if body.blocks.next_id().to_string() != word {
                    return self.error(format!("`{word}` is not the next block"));
                }
                self.expect(":")?;
                self.expect("{")?;
                self.block(body, is_cleanup)
            }
        }
    }

    fn block(&mut self, body: &mut Body, is_cleanup: bool) -> Parse<()> {
        let mut statements = Vec::new();
        loop {
            let start = self.scan.start();
            let line = self.scan.line();
            match self.instruction()? {
                Instruction::Statement(kind) => {
                    statements.push(Statement { kind, info: self.info_from(start) });
                    self.expect(";")?;
                }
                Instruction::Terminator(kind) => {
                    let terminator = Terminator { kind, info: self.info_from(start) };
                    body.blocks.push(Block { statements, terminator, is_cleanup });
                    self.expect(";")?;
                    return match self.scan.eat("}") {
                        true => Ok(()),
                        false => {
                            Err(ParseError { line, message: "a block ends after its terminator".into() })
                        }
                    };
                }
            }
        }
    }

    fn instruction(&mut self) -> Parse<Instruction> {
        let mark = self.scan.mark();
        let word = match self.scan.word() {
            // A place: `_1 = …`, `(*_1) = …`.
            None => return self.assignment(),
            Some(word) if word.starts_with('_') => {
                self.scan.reset(mark);
                return self.assignment();
            }
            Some(word) => word.to_string(),
        };
        let kind = match word.as_str() {
            "live" | "dead" => {
                self.expect("(")?;
                let local = self.local()?;
                self.expect(")")?;
                return Ok(Instruction::Statement(match word.as_str() {
                    "live" => StatementKind::StorageLive(local),
                    _ => StatementKind::StorageDead(local),
                }));
            }
            "nop" => return Ok(Instruction::Statement(StatementKind::Nop)),
            "discriminant" => {
                self.expect("(")?;
                let place = self.place()?;
                self.expect(")")?;
                self.expect("=")?;
                let variant = VariantIdx(self.id("v")?);
                return Ok(Instruction::Statement(StatementKind::SetDiscriminant(place, variant)));
            }
            "goto" => TerminatorKind::Goto(self.block_id()?),
            "return" => TerminatorKind::Return,
            "resume" => TerminatorKind::Resume,
            "abort" => TerminatorKind::Abort,
            "unreachable" => TerminatorKind::Unreachable,
            "switch" => {
                self.expect("(")?;
                let operand = self.operand()?;
                self.expect(")")?;
                self.expect("[")?;
                let mut targets = Vec::new();
                while !self.scan.eat_word("otherwise") {
                    let value = self.number()?;
                    self.expect(":")?;
                    targets.push((value, self.block_id()?));
                    self.expect(",")?;
                }
                self.expect(":")?;
                let otherwise = self.block_id()?;
                self.expect("]")?;
                TerminatorKind::Switch { operand, targets, otherwise }
            }
            "drop" => {
                self.expect("(")?;
                let place = self.place()?;
                self.expect(")")?;
                self.expect("->")?;
                let target = self.block_id()?;
                TerminatorKind::Drop { place, target, unwind: self.unwind()? }
            }
            "assert" => {
                self.expect("(")?;
                let expected = !self.scan.eat("!");
                let operand = self.operand()?;
                self.expect(",")?;
                let message = self.message()?;
                self.expect(")")?;
                self.expect("->")?;
                let target = self.block_id()?;
                TerminatorKind::Assert { operand, expected, message, target, unwind: self.unwind()? }
            }
            other => return self.error(format!("`{other}` is no instruction")),
        };
        Ok(Instruction::Terminator(kind))
    }

    fn unwind(&mut self) -> Parse<Option<BlockId>> {
        match self.scan.eat(",") {
            true => {
                self.expect("unwind")?;
                Ok(Some(self.block_id()?))
            }
            false => Ok(None),
        }
    }

    fn message(&mut self) -> Parse<AssertMessage> {
        Ok(match self.word()?.as_str() {
            "overflow" => {
                self.expect("(")?;
                let op = self.bin_op()?;
                self.expect(")")?;
                AssertMessage::Overflow(op)
            }
            "overflow_neg" => AssertMessage::OverflowNeg,
            "division_by_zero" => AssertMessage::DivisionByZero,
            "remainder_by_zero" => AssertMessage::RemainderByZero,
            "division_overflow" => AssertMessage::DivisionOverflow,
            "bounds" => {
                self.expect("(")?;
                let index = self.operand()?;
                self.expect(",")?;
                let len = self.operand()?;
                self.expect(")")?;
                AssertMessage::Bounds { index, len }
            }
            other => return self.error(format!("`{other}` is no message of an assertion")),
        })
    }

    fn bin_op(&mut self) -> Parse<BinOp> {
        let word = self.word()?;
        match BinOp::from_name(&word) {
            Some(op) => Ok(op),
            None => self.error(format!("`{word}` is no operator")),
        }
    }

    /// `place = rvalue` or `place = call …`
    fn assignment(&mut self) -> Parse<Instruction> {
        let place = self.place()?;
        self.expect("=")?;
        if !self.scan.eat_word("call") {
            return Ok(Instruction::Statement(StatementKind::Assign(place, self.rvalue()?)));
        }
        let callee = self.callee()?;
        self.expect("(")?;
        let args = self.list(")", |parser| parser.operand())?;
        self.expect("->")?;
        let target = match self.scan.eat("!") {
            true => None,
            false => Some(self.block_id()?),
        };
        let unwind = self.unwind()?;
        Ok(Instruction::Terminator(TerminatorKind::Call { callee, args, destination: place, target, unwind }))
    }

    fn callee(&mut self) -> Parse<Callee> {
        if self.scan.eat_word("instance") {
            return Ok(Callee::Instance(InstanceId(self.id("fn")?)));
        }
        if self.scan.eat_word("intrinsic") {
            let name = self.word()?;
            return match Intrinsic::from_name(&name) {
                Some(intrinsic) => Ok(Callee::Intrinsic(intrinsic, self.args()?)),
                None => self.error(format!("`{name}` is no intrinsic")),
            };
        }
        if self.scan.eat_word("runtime") {
            return Ok(Callee::Runtime(Symbol::intern(&self.word()?)));
        }
        if self.scan.eat_word("pointer") {
            return Ok(Callee::Pointer(self.operand()?));
        }
        let def = self.def()?;
        Ok(Callee::Def(def, self.args()?))
    }

    fn place(&mut self) -> Parse<Place> {
        let mut place = match self.scan.eat("(") {
            true if self.scan.eat("*") => {
                let inner = self.place()?;
                self.expect(")")?;
                inner.deref()
            }
            true => {
                let inner = self.place()?;
                let place = match self.scan.eat(".") {
                    true => {
                        let field = FieldIdx(self.number()? as u32);
                        self.expect(":")?;
                        inner.field(field, self.ty()?)
                    }
                    false => {
                        self.expect("as")?;
                        inner.with(PlaceElem::Downcast(VariantIdx(self.id("v")?)))
                    }
                };
                self.expect(")")?;
                place
            }
            false => Place::local(self.local()?),
        };
        while self.scan.eat("[") {
            let elem = if self.scan.eat("-") {
                PlaceElem::ConstantIndex { offset: self.number()? as u64, from_end: true }
            } else if let Some(number) = self.scan.number() {
                match self.scan.eat("..") {
                    true => {
                        self.expect("-")?;
                        PlaceElem::Subslice { from: number as u64, to: self.number()? as u64 }
                    }
                    false => PlaceElem::ConstantIndex { offset: number as u64, from_end: false },
                }
            } else {
                PlaceElem::Index(self.local()?)
            };
            self.expect("]")?;
            place = place.with(elem);
        }
        Ok(place)
    }

    fn operand(&mut self) -> Parse<Operand> {
        match self.word()?.as_str() {
            "copy" => Ok(Operand::Copy(self.place()?)),
            "move" => Ok(Operand::Move(self.place()?)),
            "const" => Ok(Operand::Const(self.constant()?)),
            other => self.error(format!("an operand does not begin with `{other}`")),
        }
    }

    fn rvalue(&mut self) -> Parse<Rvalue> {
        if self.scan.eat("&") {
            let raw = self.scan.eat_word("raw");
            let mutability = match self.scan.eat_word("mut") {
                true => Mutability::Mut,
                false => Mutability::Shared,
            };
            let place = self.place()?;
            return Ok(if raw {
                Rvalue::AddressOf(mutability, place)
            } else {
                Rvalue::Ref(mutability, place)
            });
        }
        if self.scan.eat("[") {
            let operand = self.operand()?;
            self.expect(";")?;
            let count = self.ty_const()?;
            self.expect("]")?;
            return Ok(Rvalue::Repeat(operand, count));
        }
        let mark = self.scan.mark();
        let word = self.word()?;
        match word.as_str() {
            "copy" | "move" | "const" => {
                self.scan.reset(mark);
                return Ok(Rvalue::Use(self.operand()?));
            }
            "len" | "discriminant" => {
                self.expect("(")?;
                let place = self.place()?;
                self.expect(")")?;
                return Ok(if word == "len" { Rvalue::Len(place) } else { Rvalue::Discriminant(place) });
            }
            "tuple" | "array" | "new" | "closure" | "raw_slice" => {
                let kind = self.aggregate_kind(&word)?;
                self.expect("(")?;
                return Ok(Rvalue::Aggregate(kind, self.list(")", |parser| parser.operand())?));
            }
            _ => {}
        }
        self.expect("(")?;
        let first = self.operand()?;
        if let Some(op) = UnOp::from_name(&word) {
            self.expect(")")?;
            return Ok(Rvalue::Unary(op, first));
        }
        if let Some(op) = CastOp::from_name(&word) {
            self.expect(")")?;
            self.expect("as")?;
            return Ok(Rvalue::Cast(op, first, self.ty()?));
        }
        self.expect(",")?;
        let second = self.operand()?;
        self.expect(")")?;
        let (checked, name) = match word.strip_prefix("checked_") {
            Some(name) => (true, name),
            None => (false, word.as_str()),
        };
        match BinOp::from_name(name) {
            Some(op) if checked => Ok(Rvalue::CheckedBinary(op, first, second)),
            Some(op) => Ok(Rvalue::Binary(op, first, second)),
            None => self.error(format!("`{word}` is no operation")),
        }
    }

    fn aggregate_kind(&mut self, word: &str) -> Parse<AggregateKind> {
        Ok(match word {
            "tuple" => AggregateKind::Tuple,
            "new" => {
                let variant = VariantIdx(self.id("v")?);
                self.expect("of")?;
                let def = self.def()?;
                AggregateKind::Adt(def, variant, self.args()?)
            }
            "closure" => {
                self.expect("{")?;
                let id = self.closure_id()?;
                self.expect("}")?;
                AggregateKind::Closure(id, self.args()?)
            }
            _ => {
                self.expect("[")?;
                let elem = self.ty()?;
                self.expect("]")?;
                if word == "array" { AggregateKind::Array(elem) } else { AggregateKind::RawSlice(elem) }
            }
        })
    }

    /// `e12 of m.main`
    fn closure_id(&mut self) -> Parse<ClosureId> {
        let expr = ExprId(self.id("e")?);
        self.expect("of")?;
        Ok(ClosureId { body: self.body_name()?, expr })
    }

    fn body_name(&mut self) -> Parse<BodyId> {
        let mark = self.scan.mark();
        if let Some(number) = self.scan.word().and_then(|word| word.strip_prefix('b')?.parse().ok()) {
            return Ok(BodyId(number));
        }
        self.scan.reset(mark);
        let owner = self.def()?;
        match self.names.body(owner) {
            Some(body) => Ok(body),
            None => self.error("this definition has no body"),
        }
    }
}

enum Instruction {
    Statement(StatementKind),
    Terminator(TerminatorKind),
}

#[cfg(test)]
mod tests;
