//! Terminators: branches, calls, drops, assertions, unwinding.
//!
//! In: a block's terminator. Out: its instructions. A call that may unwind and has a cleanup block is an
//! `invoke`; its landing pad keeps what is unwinding in a slot until `resume`. Only the runtime catches.

use crate::call_abi::{FnAbi, Mode};
use crate::function::FunctionCx;
use crate::ir::built;
use crate::value::Value;
use abi::codes::arithmetic;
use inkwell::basic_block::BasicBlock;
use inkwell::values::{BasicMetadataValueEnum, BasicValueEnum, CallSiteValue, FunctionValue, PointerValue};
use inkwell::{IntPredicate, types::FunctionType};
use mir::{AssertMessage, BinOp, BlockId, Callee, Operand, Terminator, TerminatorKind};
use typeck::{Ty, TyKind};

/// What a call goes to.
#[derive(Clone, Copy)]
pub enum Target<'ll> {
    Direct(FunctionValue<'ll>),
    Pointer(FunctionType<'ll>, PointerValue<'ll>),
}

impl<'ll> FunctionCx<'_, 'll, '_> {
    pub fn terminator(&mut self, terminator: &Terminator, is_cleanup: bool) {
        match &terminator.kind {
            TerminatorKind::Goto(target) => self.u.ir.br(self.block(*target)),
            TerminatorKind::Switch { operand, targets, otherwise } => {
                self.switch(operand, targets, *otherwise)
            }
            TerminatorKind::Return => self.ret(),
            TerminatorKind::Resume => {
                let slot = self.unwinding_slot();
                let ty = self.pad_type();
                let value = self.u.ir.load(ty, slot, self.u.settings.word);
                built(self.u.ir.b.build_resume(value));
            }
            TerminatorKind::Abort => {
                let function = self.u.runtime("qrt_drop_in_panic").0;
                built(self.u.ir.b.build_call(function, &[], ""));
                built(self.u.ir.b.build_unreachable());
            }
            TerminatorKind::Unreachable => {
                built(self.u.ir.b.build_unreachable());
            }
            TerminatorKind::Drop { place, target, unwind } => {
                let at = self.place(place);
                self.drop_at(at, *unwind);
                self.u.ir.br(self.block(*target));
            }
            TerminatorKind::Call { callee, args, destination, target, unwind } => {
                self.call_terminator(callee, args, destination, *target, *unwind, terminator, is_cleanup);
            }
            TerminatorKind::Assert { operand, expected, message, target, unwind } => {
                let condition = self.operand(operand).0.int();
                let ctx = self.u.ir.ctx;
                let failed = ctx.append_basic_block(self.function, "panic");
                let passed = self.block(*target);
                let (then, otherwise) = if *expected { (passed, failed) } else { (failed, passed) };
                self.branch_weighted(condition, then, otherwise, *expected);
                self.u.ir.b.position_at_end(failed);
                self.panic(message, terminator.info, *unwind);
            }
        }
    }

    /// A branch that goes to `then` nearly always (or nearly never).
    fn branch_weighted(
        &self,
        condition: inkwell::values::IntValue<'ll>,
        then: BasicBlock<'ll>,
        otherwise: BasicBlock<'ll>,
        likely: bool,
    ) {
        let branch = built(self.u.ir.b.build_conditional_branch(condition, then, otherwise));
        if self.u.settings.optimise {
            let ctx = self.u.ir.ctx;
            let weight = |often: bool| ctx.i32_type().const_int(if often { 2000 } else { 1 }, false).into();
            let node = ctx.metadata_node(&[
                ctx.metadata_string("branch_weights").into(),
                weight(likely),
                weight(!likely),
            ]);
            branch.set_metadata(node, ctx.get_kind_id("prof")).expect("branches take metadata");
        }
    }

    fn switch(&mut self, operand: &Operand, targets: &[(u128, BlockId)], otherwise: BlockId) {
        let value = self.operand(operand).0.int();
        let default = self.block(otherwise);
        let bits = |value: u128, cx: &Self, ty| cx.u.ir.bits(ty, value);
        match *targets {
            [(0, zero)] if value.get_type().get_bit_width() == 1 => {
                self.u.ir.cond_br(value, default, self.block(zero));
            }
            [(1, one)] if value.get_type().get_bit_width() == 1 => {
                self.u.ir.cond_br(value, self.block(one), default);
            }
            [(only, target)] => {
                let ty = value.get_type();
                let equal = self.u.ir.icmp(IntPredicate::EQ, value, bits(only, self, ty));
                self.u.ir.cond_br(equal, self.block(target), default);
            }
            _ => {
                let ty = value.get_type();
                let cases: Vec<_> = targets
                    .iter()
                    .map(|&(value, target)| (bits(value, self, ty), self.block(target)))
                    .collect();
                built(self.u.ir.b.build_switch(value, default, &cases));
            }
        }
    }

    fn ret(&mut self) {
        let mode = self.abi.ret.1;
        let value = self.local_value(mir::RETURN);
        match (mode, value) {
            (Mode::Direct(_), value) => built(self.u.ir.b.build_return(Some(&value.scalar()))),
            (Mode::Pair(..), Value::Pair(a, b)) => {
                let both = self.u.ir.pair(a, b);
                built(self.u.ir.b.build_return(Some(&both)))
            }
            (Mode::Nothing | Mode::Indirect, _) | (Mode::Pair(..), _) => {
                built(self.u.ir.b.build_return(None))
            }
        };
    }

    /// Drops what lies at a place, where dropping its type does something.
    pub fn drop_at(&mut self, at: crate::value::Place<'ll>, unwind: Option<BlockId>) {
        let Some(&glue) = self.u.program.drop_glue.get(&at.ty) else { return };
        let (function, abi) = self.u.function(glue);
        let mut args = vec![BasicValueEnum::from(at.ptr)];
        if let (Some(meta), true) = (at.meta, at.ty.is_unsized()) {
            args.push(meta);
        }
        let nounwind = self.u.program.functions[glue].nounwind;
        let call = self.call(Target::Direct(function), &args, unwind.filter(|_| !nounwind));
        self.u.abi_attributes(&abi, &call);
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one terminator")]
    fn call_terminator(
        &mut self,
        callee: &Callee,
        args: &[Operand],
        destination: &mir::Place,
        target: Option<BlockId>,
        unwind: Option<BlockId>,
        terminator: &Terminator,
        _is_cleanup: bool,
    ) {
        match callee {
            Callee::Instance(id) => {
                let (function, abi) = self.u.function(*id);
                let nounwind = self.u.program.functions[*id].nounwind;
                let unwind = unwind.filter(|_| !nounwind);
                self.quastra_call(Target::Direct(function), &abi, args, destination, target, unwind);
            }
            Callee::Pointer(pointer) => {
                let (value, ty) = self.operand(pointer);
                let TyKind::FnPtr(sig) = *ty.kind() else { panic!("{ty:?} is called") };
                let abi = self.u.fn_abi(sig.params.iter().copied(), sig.ret);
                let to = Target::Pointer(self.u.fn_type(&abi), value.ptr());
                self.quastra_call(to, &abi, args, destination, target, unwind);
            }
            Callee::Runtime(name) => {
                let (function, row) = self.u.runtime(name.as_str());
                let mut values = Vec::new();
                for operand in args {
                    let value = self.operand(operand).0;
                    match value {
                        Value::Nothing => {}
                        Value::Scalar(value) => values.push(value),
                        Value::Pair(a, b) => values.extend([a, b]),
                        Value::Memory(_) => panic!("{name} takes scalars only"),
                    }
                }
                for (value, param) in values.iter_mut().zip(row.params) {
                    *value = self.to_runtime(*value, self.u.abi_type(param.ty));
                }
                let call = self.call(Target::Direct(function), &values, unwind.filter(|_| row.unwinds));
                self.finish(target, |cx| {
                    if let Some(value) = call.try_as_basic_value().basic() {
                        let ty = destination.ty(&cx.body.locals);
                        if let mir::Abi::Scalar(scalar) = cx.u.program.layout(ty).abi {
                            let wanted = cx.u.scalar_type(scalar);
                            let value = cx.to_runtime(value, Some(wanted));
                            cx.write(destination, Value::Scalar(value));
                        }
                    }
                });
            }
            Callee::Intrinsic(intrinsic, generics) => {
                let ends = self.intrinsic(*intrinsic, generics, args, destination, unwind, terminator.info);
                match ends {
                    true => {}
                    false => self.finish(target, |_| {}),
                }
            }
            Callee::Def(..) => panic!("monomorphisation left the callee {callee:?}"),
        }
    }

    /// A `bool` is a byte at the border, a `char` a `u32`.
    fn to_runtime(
        &self,
        value: BasicValueEnum<'ll>,
        to: Option<inkwell::types::BasicTypeEnum<'ll>>,
    ) -> BasicValueEnum<'ll> {
        match (value, to) {
            (BasicValueEnum::IntValue(value), Some(inkwell::types::BasicTypeEnum::IntType(ty))) => {
                self.u.ir.resize(value, ty, false).into()
            }
            (BasicValueEnum::PointerValue(value), Some(inkwell::types::BasicTypeEnum::IntType(ty))) => {
                built(self.u.ir.b.build_ptr_to_int(value, ty, "")).into()
            }
            (BasicValueEnum::IntValue(value), Some(inkwell::types::BasicTypeEnum::PointerType(ty))) => {
                built(self.u.ir.b.build_int_to_ptr(value, ty, "")).into()
            }
            (value, _) => value,
        }
    }

    /// After a call: the result where it goes, and on to the next block.
    fn finish(&mut self, target: Option<BlockId>, result: impl FnOnce(&mut Self)) {
        match target {
            Some(target) => {
                result(self);
                self.u.ir.br(self.block(target));
            }
            None => {
                built(self.u.ir.b.build_unreachable());
            }
        }
    }

    fn quastra_call(
        &mut self,
        to: Target<'ll>,
        abi: &FnAbi,
        args: &[Operand],
        destination: &mir::Place,
        target: Option<BlockId>,
        unwind: Option<BlockId>,
    ) {
        let mut values: Vec<BasicValueEnum<'ll>> = Vec::new();
        if abi.ret.1 == Mode::Indirect {
            // A result nobody comes back for still needs somewhere to go.
            let at = match target {
                Some(_) => self.place(destination).ptr,
                None => self.slot(abi.ret.0, "never"),
            };
            values.push(at.into());
        }
        for operand in args {
            let (value, ty) = self.operand(operand);
            match value {
                Value::Nothing => {}
                Value::Scalar(value) => values.push(value),
                Value::Pair(a, b) => values.extend([a, b]),
                Value::Memory(at) => values.push(self.argument(operand, at, ty, destination).into()),
            }
        }
        let call = self.call(to, &values, unwind);
        self.u.abi_attributes(abi, &call);
        self.finish(target, |cx| {
            let value = match (abi.ret.1, call.try_as_basic_value().basic()) {
                (Mode::Direct(_), Some(value)) => Value::Scalar(value),
                (Mode::Pair(..), Some(value)) => Value::Pair(cx.u.ir.part(value, 0), cx.u.ir.part(value, 1)),
                (Mode::Nothing | Mode::Indirect, _) | (Mode::Direct(_) | Mode::Pair(..), None) => return,
            };
            cx.write(destination, value);
        });
    }

    /// The callee owns the memory of what it is given: a moved local's is handed over, anything else is copied.
    fn argument(
        &mut self,
        operand: &Operand,
        at: PointerValue<'ll>,
        ty: Ty,
        destination: &mir::Place,
    ) -> PointerValue<'ll> {
        match operand {
            Operand::Move(place) if place.local != destination.local && place.projection.is_empty() => at,
            Operand::Move(_) | Operand::Copy(_) | Operand::Const(_) => self.spill(ty, Value::Memory(at)),
        }
    }

    /// The call itself: an `invoke` where a cleanup waits. Afterwards the builder stands behind it.
    pub fn call(
        &mut self,
        to: Target<'ll>,
        args: &[BasicValueEnum<'ll>],
        unwind: Option<BlockId>,
    ) -> CallSiteValue<'ll> {
        match unwind {
            Some(cleanup) => {
                let pad = self.pad(cleanup);
                let next = self.u.ir.ctx.append_basic_block(self.function, "returned");
                let b = &self.u.ir.b;
                let call = match to {
                    Target::Direct(function) => built(b.build_direct_invoke(function, args, next, pad, "")),
                    Target::Pointer(ty, pointer) => {
                        built(b.build_indirect_invoke(ty, pointer, args, next, pad, ""))
                    }
                };
                b.position_at_end(next);
                call
            }
            None => {
                let args: Vec<BasicMetadataValueEnum<'ll>> = args.iter().map(|&arg| arg.into()).collect();
                match to {
                    Target::Direct(function) => built(self.u.ir.b.build_direct_call(function, &args, "")),
                    Target::Pointer(ty, pointer) => {
                        built(self.u.ir.b.build_indirect_call(ty, pointer, &args, ""))
                    }
                }
            }
        }
    }

    fn pad_type(&self) -> inkwell::types::BasicTypeEnum<'ll> {
        self.u.ir.ctx.struct_type(&[self.u.ir.ptr().into(), self.u.ir.ctx.i32_type().into()], false).into()
    }

    fn unwinding_slot(&mut self) -> PointerValue<'ll> {
        match self.unwinding {
            Some(slot) => slot,
            None => {
                let slot = self.entry_alloca(self.pad_type(), self.u.settings.word, "unwinding");
                self.unwinding = Some(slot);
                slot
            }
        }
    }

    /// The landing pad before a cleanup block.
    fn pad(&mut self, cleanup: BlockId) -> BasicBlock<'ll> {
        if let Some(pad) = self.pads[cleanup] {
            return pad;
        }
        let slot = self.unwinding_slot();
        let personality = self.u.personality();
        self.function.set_personality_function(personality);
        let b = &self.u.ir.b;
        let here = b.get_insert_block().expect("in a block");
        let pad = self.u.ir.ctx.append_basic_block(self.function, "pad");
        b.position_at_end(pad);
        let value = built(b.build_landing_pad(self.pad_type(), personality, &[], true, ""));
        self.u.ir.store(slot, value, self.u.settings.word);
        self.u.ir.br(self.block(cleanup));
        b.position_at_end(here);
        self.pads[cleanup] = Some(pad);
        pad
    }

    /// Where a message says it happened: `file, line, column` as the runtime takes them.
    pub fn location(&self, span: base::Span) -> [BasicValueEnum<'ll>; 4] {
        let file = self.u.sources.file(span.file);
        let (line, column) = file.line_col(span.lo);
        let number = |n: u32| self.u.ir.ctx.i32_type().const_int(n as u64, false).into();
        let name = self.u.text(file.name.as_bytes());
        let length = self.u.word().const_int(file.name.len() as u64, false).into();
        [name.into(), length, number(line), number(column)]
    }

    fn panic(&mut self, message: &AssertMessage, info: mir::SourceInfo, unwind: Option<BlockId>) {
        let (name, mut args): (_, Vec<BasicValueEnum<'ll>>) = match message {
            AssertMessage::Bounds { index, len } => {
                ("qrt_panic_bounds", vec![self.operand(index).0.scalar(), self.operand(len).0.scalar()])
            }
            AssertMessage::Overflow(_)
            | AssertMessage::OverflowNeg
            | AssertMessage::DivisionByZero
            | AssertMessage::RemainderByZero
            | AssertMessage::DivisionOverflow => {
                let kind = self.u.ir.ctx.i32_type().const_int(arithmetic_kind(message) as u64, false);
                ("qrt_panic_arithmetic", vec![kind.into()])
            }
        };
        args.extend(self.location(info.span));
        let function = self.u.runtime(name).0;
        self.call(Target::Direct(function), &args, unwind);
        built(self.u.ir.b.build_unreachable());
    }
}

fn arithmetic_kind(message: &AssertMessage) -> u32 {
    match message {
        AssertMessage::Overflow(op) => match op {
            BinOp::Add => arithmetic::ADD,
            BinOp::Sub => arithmetic::SUB,
            BinOp::Mul => arithmetic::MUL,
            BinOp::Shl => arithmetic::SHL,
            BinOp::Shr => arithmetic::SHR,
            BinOp::Div => arithmetic::DIV,
            BinOp::Rem => arithmetic::REM,
            BinOp::BitAnd
            | BinOp::BitOr
            | BinOp::BitXor
            | BinOp::Eq
            | BinOp::Ne
            | BinOp::Lt
            | BinOp::Le
            | BinOp::Gt
            | BinOp::Ge
            | BinOp::Offset => panic!("{op:?} does not overflow"),
        },
        AssertMessage::OverflowNeg => arithmetic::NEG,
        AssertMessage::DivisionByZero => arithmetic::DIV_BY_ZERO,
        AssertMessage::RemainderByZero => arithmetic::REM_BY_ZERO,
        AssertMessage::DivisionOverflow => arithmetic::DIV,
        AssertMessage::Bounds { .. } => panic!("an index is no arithmetic"),
    }
}
