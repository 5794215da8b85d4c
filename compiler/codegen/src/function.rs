//! One function: locals, blocks, statements.
//!
//! In: a [`mir::Function`]. Out: its LLVM function in the unit's module. Locals are stack slots unless
//! [`crate::ssa`] found that they need none; LLVM's `sroa` and `mem2reg` do the rest.
//!
//! ```text
//! fn app.twice(_1: i64) -> i64 {              define i64 @_RNvC3app5twice(i64 noundef %0) {
//!   bb0: { _0 = add(copy _1, copy _1);          start: %_0 = alloca i64; %_1 = alloca i64; store …
//!          return }                             bb0: %1 = load i64, ptr %_1; … ret i64 %4
//! ```

use crate::call_abi::{FnAbi, Mode};
use crate::ir::built;
use crate::ssa;
use crate::unit::UnitCx;
use crate::value::Value;
use base::{Idx, IndexVec};
use inkwell::basic_block::BasicBlock;
use inkwell::values::{FunctionValue, PointerValue};
use mir::graph;
use mir::{BlockId, Body, ENTRY, InstanceId, Local, RETURN, SourceInfo, Statement, StatementKind};
use std::rc::Rc;
use typeck::Ty;

#[derive(Clone, Copy, Debug)]
pub enum LocalRef<'ll> {
    Memory(PointerValue<'ll>),
    Value(Value<'ll>),
}

pub struct FunctionCx<'a, 'll, 'p> {
    pub u: &'a UnitCx<'ll, 'p>,
    pub body: &'p Body,
    pub function: FunctionValue<'ll>,
    pub abi: Rc<FnAbi>,
    pub locals: IndexVec<Local, LocalRef<'ll>>,
    pub registers: IndexVec<Local, bool>,
    pub blocks: IndexVec<BlockId, Option<BasicBlock<'ll>>>,
    /// Landing pads by the cleanup block they lead to.
    pub pads: IndexVec<BlockId, Option<BasicBlock<'ll>>>,
    /// Holds what is being unwound between a landing pad and `resume`.
    pub unwinding: Option<PointerValue<'ll>>,
    pub debug: Option<crate::debuginfo::emit::FunctionDebug<'ll>>,
    start: BasicBlock<'ll>,
}

/// Builds the function's body.
pub fn lower(u: &UnitCx<'_, '_>, id: InstanceId) {
    let source = &u.program.functions[id];
    let body = &source.body;
    let (function, abi) = u.function(id);
    match source.inline {
        mir::Inline::Worth if u.settings.optimise => u.give(function, "inlinehint", 0),
        mir::Inline::Never => u.give(function, "noinline", 0),
        mir::Inline::Worth | mir::Inline::Usual => {}
    }
    // LLVM's C API can't ask for sections by function; with them the linker drops what nothing reaches.
    let symbol = &u.settings.symbols[id.index()];
    function.set_section(Some(&format!(".text.{symbol}")));
    if u.debug.is_some() && !u.settings.optimise && !u.is_library {
        // gdb finds `break transfer` and `break bank::Bank::transfer` by itself; this is for the dots.
        crate::unit::alias(&u.module, function, &crate::symbol::dotted(&source.path));
    }
    // A location left over from the previous function would fail verification.
    u.ir.b.unset_current_debug_location();
    let order = graph::reverse_postorder(body);
    let start = u.ir.ctx.append_basic_block(function, "start");
    let mut blocks = IndexVec::from_elem(None, body.blocks.len());
    for &block in &order {
        blocks[block] = Some(u.ir.ctx.append_basic_block(function, &format!("{block}")));
    }
    let mut cx = FunctionCx {
        u,
        body,
        function,
        abi,
        locals: IndexVec::new(),
        registers: ssa::registers(u, body, &order),
        pads: IndexVec::from_elem(None, body.blocks.len()),
        blocks,
        unwinding: None,
        debug: u.debug.as_ref().map(|debug| debug.function(u, id, function)),
        start,
    };
    u.ir.b.position_at_end(start);
    cx.prologue();
    u.ir.br(cx.block(ENTRY));
    for block in order {
        u.ir.b.position_at_end(cx.block(block));
        let data = &body.blocks[block];
        for statement in &data.statements {
            cx.statement(statement);
        }
        cx.locate(data.terminator.info);
        cx.terminator(&data.terminator, data.is_cleanup);
    }
}

impl<'ll> FunctionCx<'_, 'll, '_> {
    pub fn block(&self, id: BlockId) -> BasicBlock<'ll> {
        self.blocks[id].expect("blocks that are jumped to are reachable")
    }

    /// Where the instructions built from here on come from.
    pub fn locate(&self, info: SourceInfo) {
        if let (Some(unit), Some(function)) = (&self.u.debug, &self.debug) {
            unit.locate(self.u, function, self.body, info);
        }
    }

    /// Slots for locals; parameters into theirs. None of it has a location: it belongs to the prologue, and a
    /// breakpoint must stop when parameters are in their slots.
    fn prologue(&mut self) {
        let mut index = u32::from(self.abi.ret.1 == Mode::Indirect);
        let abi = self.abi.clone();
        for (local, decl) in self.body.locals.iter_enumerated() {
            let position = local.index();
            let argument = (1..=self.body.arg_count).contains(&position).then(|| abi.params[position - 1].1);
            let here = match argument {
                Some(Mode::Indirect) => {
                    index += 1;
                    LocalRef::Memory(self.param(index - 1).into_pointer_value())
                }
                _ if local == RETURN && abi.ret.1 == Mode::Indirect => {
                    LocalRef::Memory(self.param(0).into_pointer_value())
                }
                _ if self.registers[local] => LocalRef::Value(Value::Nothing),
                _ => LocalRef::Memory(self.slot(decl.ty, &local.to_string())),
            };
            if let (LocalRef::Memory(slot), Some(mode)) = (here, argument) {
                match mode {
                    Mode::Nothing | Mode::Indirect => {}
                    Mode::Direct(_) => {
                        self.u.store(decl.ty, slot, Value::Scalar(self.param(index)));
                        index += 1;
                    }
                    Mode::Pair(..) => {
                        self.u.store(decl.ty, slot, Value::Pair(self.param(index), self.param(index + 1)));
                        index += 2;
                    }
                }
            }
            self.locals.push(here);
        }
        if let (Some(unit), Some(function)) = (&self.u.debug, &self.debug) {
            unit.declare_variables(self.u, function, self.body, &self.locals);
        }
    }

    fn param(&self, index: u32) -> inkwell::values::BasicValueEnum<'ll> {
        self.function.get_nth_param(index).expect("the declaration follows the same modes")
    }

    /// A stack slot. In the entry block, where LLVM makes registers of slots.
    pub fn slot(&self, ty: Ty, name: &str) -> PointerValue<'ll> {
        let layout = self.u.program.layout(ty);
        let llvm: inkwell::types::BasicTypeEnum<'ll> = match layout.abi {
            mir::Abi::Scalar(scalar) => self.u.memory_type(scalar),
            mir::Abi::Zero | mir::Abi::Pair(..) | mir::Abi::Memory => {
                self.u.ir.ctx.i8_type().array_type(layout.size as u32).into()
            }
        };
        self.entry_alloca(llvm, layout.align, name)
    }

    pub fn entry_alloca(
        &self,
        ty: inkwell::types::BasicTypeEnum<'ll>,
        align: u64,
        name: &str,
    ) -> PointerValue<'ll> {
        let b = &self.u.ir.b;
        let (here, location) = (b.get_insert_block(), b.get_current_debug_location());
        match self.start.get_terminator() {
            Some(end) => b.position_before(&end),
            None => b.position_at_end(self.start),
        }
        b.unset_current_debug_location();
        let slot = built(b.build_alloca(ty, name));
        let alloca = slot.as_instruction().expect("an alloca is an instruction");
        alloca.set_alignment(align.max(1) as u32).expect("alignments are powers of two");
        if let Some(here) = here {
            b.position_at_end(here);
        }
        if let Some(location) = location {
            b.set_current_debug_location(location);
        }
        slot
    }

    /// A register's value in memory of its own.
    pub fn spill(&mut self, ty: Ty, value: Value<'ll>) -> PointerValue<'ll> {
        let slot = self.slot(ty, "spill");
        self.u.store(ty, slot, value);
        slot
    }

    pub fn local_value(&mut self, local: Local) -> Value<'ll> {
        match self.locals[local] {
            LocalRef::Value(value) => value,
            LocalRef::Memory(slot) => self.u.load(self.body.locals[local].ty, slot),
        }
    }

    /// Gives a place its value.
    pub fn write(&mut self, place: &mir::Place, value: Value<'ll>) {
        if place.projection.is_empty() && self.registers[place.local] {
            self.locals[place.local] = LocalRef::Value(value);
            return;
        }
        let at = self.place(place);
        self.u.store(at.ty, at.ptr, value);
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Assign(place, rvalue) => {
                self.locate(statement.info);
                self.assign(place, rvalue);
            }
            StatementKind::SetDiscriminant(place, variant) => {
                self.locate(statement.info);
                let at = self.place(place);
                self.set_discriminant(at.ty, at.ptr, *variant);
            }
            StatementKind::StorageLive(local) => self.lifetime("llvm.lifetime.start", *local),
            StatementKind::StorageDead(local) => self.lifetime("llvm.lifetime.end", *local),
            StatementKind::Nop => {}
        }
    }

    /// Lets slots that never live at once share memory.
    fn lifetime(&mut self, name: &str, local: Local) {
        let LocalRef::Memory(slot) = self.locals[local] else { return };
        let is_slot = slot.as_instruction().is_some();
        if self.u.settings.optimise && is_slot && self.in_memory(self.body.locals[local].ty) {
            let marker = self.u.intrinsic(name, &[self.u.ir.ptr().into()]);
            built(self.u.ir.b.build_call(marker, &[slot.into()], ""));
        }
    }
}
