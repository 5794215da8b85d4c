//! The loop: one operation after the other, calls and returns.
//!
//! In: frames. Out: the root frame's result in its slot, or a [`Fault`].
//!
//! Before: `Call` of `f(x)`. After: a frame for `f` whose parameter is a copy of `x`.

use super::code::*;
use super::fault::{Fault, FaultKind, Res};
use super::memory::{Addr, Memory};
use super::{Frame, FrameKind, Machine, arith};
use std::rc::Rc;

/// What ends a run of operations in one frame.
enum Leave {
    /// Another frame is on top.
    Frame,
    /// The root returned.
    Done,
}

impl Machine<'_, '_> {
    pub(super) fn run_loop(&mut self) -> Res<()> {
        loop {
            let code = self.frames.last().expect("a frame runs").code.clone();
            match self.run_frame(&code) {
                Ok(Leave::Frame) => {}
                Ok(Leave::Done) => return Ok(()),
                Err(fault) if fault.kind == FaultKind::Panic => self.unwind()?,
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Room for a frame above the top one, nothing in it written; where it begins.
    pub(super) fn reserve(&mut self, code: &Code) -> Res<usize> {
        let base = self.frames.last().map_or(0, |caller| caller.base + caller.code.frame_size);
        if self.frames.len() >= self.options.max_depth
            || self.mem.stack_reserve(base + code.frame_size).is_none()
        {
            return Err(Fault::new(FaultKind::StackOverflow));
        }
        self.mem.stack_forget(base, code.frame_size);
        Ok(base)
    }

    /// A frame on top, in room that was reserved.
    pub(super) fn push(
        &mut self,
        code: Rc<Code>,
        base: usize,
        kind: FrameKind,
        dest: Addr,
        next: Pc,
        unwind: Pc,
    ) {
        if let Some(caller) = self.frames.last_mut() {
            caller.pc = self.pc;
        }
        self.frames.push(Frame { code, pc: 0, base, id: 0, kind, dest, next, unwind });
        self.base = base;
        self.pc = 0;
    }

    /// The top frame goes; its caller is current again.
    pub(super) fn pop(&mut self) -> Frame {
        let frame = self.frames.pop().expect("a frame runs");
        if frame.id != 0 {
            self.mem.end_frame(frame.id);
        }
        if let Some(caller) = self.frames.last() {
            self.base = caller.base;
            self.pc = caller.pc;
        }
        frame
    }

    #[inline(always)]
    fn burn(&mut self) -> Res<()> {
        self.fuel = self.fuel.wrapping_sub(1);
        if self.fuel == 0 { Err(Fault::new(FaultKind::OutOfFuel)) } else { Ok(()) }
    }

    fn run_frame(&mut self, code: &Code) -> Res<Leave> {
        let mut pc = self.pc;
        loop {
            self.pc = pc;
            let op = &code.ops[pc];
            pc += 1;
            match *op {
                Op::Mov { dst, src, size } => {
                    let value = self.value(src, size)?;
                    self.set(dst, size, value)?;
                }
                Op::Copy { dst, src, size, align } => {
                    let (from, to) = (self.addr(src)?, self.addr(dst)?);
                    self.mem.copy(from, to, size as usize, align as u64)?;
                }
                Op::Bin { op, num, count, dst, a, b } => {
                    let a = self.value(a, num.size)?;
                    let b = self.value(b, count.size)?;
                    let result = arith::binary(op, num, a, b);
                    let size = if arith::is_comparison(op) { 1 } else { num.size };
                    self.set(dst, size, result)?;
                }
                Op::Checked { op, num, count, dst, a, b, result, overflow } => {
                    let to = self.addr(dst)?;
                    if num.size == 16 {
                        let a = self.value_wide(a, 16)?;
                        let b = self.value_wide(b, count.size)?;
                        let (value, over) = arith::checked_wide(op, num, count, a, b);
                        self.mem.write_wide(to + result as u64, value)?;
                        self.mem.write(to + overflow as u64, 1, over as u64)?;
                    } else {
                        let a = self.value(a, num.size)?;
                        let b = self.value(b, count.size)?;
                        let (value, over) = arith::checked(op, num, count, a, b);
                        self.mem.write(to + result as u64, num.size as usize, value)?;
                        self.mem.write(to + overflow as u64, 1, over as u64)?;
                    }
                }
                Op::Jump(target) => {
                    self.burn()?;
                    pc = target as usize;
                }
                Op::Branch { src, value, size, then, otherwise } => {
                    self.burn()?;
                    let bits = self.value(src, size)?;
                    pc = if bits == value { then } else { otherwise } as usize;
                }
                Op::Assert { src, expected, target, fail } => {
                    if self.value(src, 1)? != expected {
                        return Err(self.assertion_failed(&code.fails[fail as usize])?);
                    }
                    pc = target as usize;
                }
                Op::Forget { at, size } => self.mem.stack_forget(self.base + at as usize, size as usize),
                Op::MovedOut { place, size } => {
                    let at = self.addr(place)?;
                    self.mem.forget(at, size as usize)?;
                }
                Op::AddrOf { dst, place, wide } => {
                    let (addr, meta) = self.addr_wide(place)?;
                    let addr = self.real_addr(addr);
                    let to = self.addr(dst)?;
                    self.mem.write(to, 8, addr)?;
                    if wide {
                        self.mem.write(to + 8, 8, meta)?;
                    }
                }
                Op::Len { dst, place } => {
                    let (_, meta) = self.addr_wide(place)?;
                    self.set(dst, 8, meta)?;
                }
                Op::Discriminant { dst, size, place, tag } => {
                    let addr = self.addr(place)?;
                    let variant = self.variant(addr, &code.tags[tag as usize])?;
                    self.set(dst, size, variant)?;
                }
                Op::SetTag { place, tag, variant } => {
                    let addr = self.addr(place)?;
                    match code.tags[tag as usize] {
                        Tag::Single(_) => {}
                        Tag::Direct { offset, size } => {
                            self.mem.write(addr + offset, size as usize, variant.0 as u64)?;
                        }
                        Tag::Niche { offset, size, untagged, first, start, .. } => {
                            if variant != untagged {
                                let bits = start.wrapping_add((variant.0 - first) as u128);
                                self.mem.write(addr + offset, size as usize, bits as u64)?;
                            }
                        }
                    }
                }
                Op::Offset { stride, dst, a, b } => {
                    let pointer = self.value(a, 8)?;
                    let by = self.value(b, 8)?;
                    self.set(dst, 8, arith::offset(pointer, by as i64, stride)?)?;
                }
                Op::Un { op, num, is_bool, dst, a } => {
                    if num.size == 16 {
                        let a = self.value_wide(a, 16)?;
                        self.set_wide(dst, 16, arith::unary_wide(op, a))?;
                    } else {
                        let a = self.value(a, num.size)?;
                        self.set(dst, num.size, arith::unary(op, num, is_bool, a))?;
                    }
                }
                Op::Cast { of, from, to, dst, a } => {
                    let a = self.value_wide(a, from.size)?;
                    self.set_wide(dst, to.size, arith::cast(of, from, to, a))?;
                }
                Op::BinWide { op, num, count, dst, a, b } => {
                    let a = self.value_wide(a, num.size)?;
                    let b = self.value_wide(b, count.size)?;
                    let result = arith::binary_wide(op, num, a, b);
                    let size = if arith::is_comparison(op) { 1 } else { num.size };
                    self.set_wide(dst, size, result)?;
                }
                Op::Repeat { dst, src, size, align, count } => self.repeat(dst, src, size, align, count)?,
                Op::Switch { src, size, table } => {
                    self.burn()?;
                    let bits = self.value_wide(src, size)?;
                    let table = &code.switches[table as usize];
                    let found = table.targets.binary_search_by_key(&bits, |&(value, _)| value);
                    pc = found.map_or(table.otherwise, |at| table.targets[at].1) as usize;
                }
                Op::Call(call) => {
                    self.burn()?;
                    self.call(&code.calls[call as usize])?;
                    return Ok(Leave::Frame);
                }
                Op::Return => {
                    return self.ret();
                }
                Op::Intrinsic(call) => {
                    let call = &code.intrinsics[call as usize];
                    self.intrinsic(call)?;
                    self.moved_out(&call.moved)?;
                    pc = call.next as usize;
                }
                Op::Runtime(call) => {
                    let call = &code.runtime[call as usize];
                    self.cleanup = call.unwind;
                    if self.runtime(call)? {
                        return Ok(Leave::Frame);
                    }
                    pc = call.next as usize;
                }
                Op::Resume => {
                    self.cleanup = NOWHERE;
                    return Err(Fault::new(FaultKind::Panic));
                }
                Op::Abort => {
                    return Err(self.panic_in_panic());
                }
                Op::Unreachable => {
                    return Err(Fault::undefined("code is reached that can't be".into()));
                }
            }
        }
    }

    fn call(&mut self, call: &Call) -> Res<()> {
        let function = match call.target {
            CallTarget::Instance(instance) => instance,
            CallTarget::Pointer(pointer) => self.mem.function_at(self.value(pointer, 8)?)?,
        };
        let code = match &self.codes[function.0 as usize] {
            Some(code) => code.clone(),
            None => self.code(function)?,
        };
        if code.params.len() != call.args.len() {
            return Err(Fault::undefined(format!(
                "a function of {} parameters is called with {} arguments",
                code.params.len(),
                call.args.len()
            )));
        }
        let dest = self.addr(call.dest)?;
        let base = self.reserve(&code)?;
        self.copy_args(call, &code, base)?;
        self.moved_out(&call.moved)?;
        self.push(code, base, FrameKind::Normal, dest, call.next, call.unwind);
        Ok(())
    }

    fn moved_out(&mut self, places: &[(Pl, u32)]) -> Res<()> {
        for &(place, size) in places {
            let at = self.addr(place)?;
            self.mem.forget(at, size as usize)?;
        }
        Ok(())
    }

    fn copy_args(&mut self, call: &Call, code: &Code, base: usize) -> Res<()> {
        for (arg, param) in call.args.iter().zip(&code.params) {
            let to = base + param.at as usize;
            match *arg {
                Arg::Scalar(src, size) => {
                    let value = self.value(src, size)?;
                    self.mem.stack_write(to, size as usize, value);
                }
                Arg::Bytes { src, size, align } => {
                    let from = self.addr(src)?;
                    self.mem.copy(from, Memory::stack_addr(to), size as usize, align as u64)?;
                }
                Arg::AddrOf { place, wide } => {
                    let (addr, meta) = self.addr_wide(place)?;
                    let addr = self.real_addr(addr);
                    self.mem.stack_write(to, 8, addr);
                    if wide {
                        self.mem.stack_write(to + 8, 8, meta);
                    }
                }
            }
        }
        Ok(())
    }

    fn ret(&mut self) -> Res<Leave> {
        let frame = self.frames.last().expect("a frame runs");
        let Slot { at, size } = frame.code.ret;
        let from = self.base + at as usize;
        let (kind, dest, next) = (frame.kind, frame.dest, frame.next);
        match kind {
            FrameKind::Root => return Ok(Leave::Done),
            FrameKind::Normal if size > 0 => {
                self.mem.copy(Memory::stack_addr(from), dest, size as usize, 1)?
            }
            FrameKind::Normal => {}
            FrameKind::Catch(_) => self.mem.write(dest, 1, 0)?,
        }
        if next == NOWHERE {
            return Err(Fault::undefined("a function returns that never does".into()));
        }
        self.pop();
        self.pc = next as usize;
        Ok(Leave::Frame)
    }

    /// The position of the active variant of the union at `addr`.
    pub(super) fn variant(&self, addr: Addr, tag: &Tag) -> Res<u64> {
        match *tag {
            Tag::Single(variant) => Ok(variant.0 as u64),
            Tag::Direct { offset, size } => self.mem.read(addr + offset, size as usize),
            Tag::Niche { offset, size, untagged, first, last, start } => {
                let bits = self.mem.read(addr + offset, size as usize)?;
                let relative = bits.wrapping_sub(start as u64) & super::lower::mask(size as u64);
                match relative <= (last - first) as u64 {
                    true => Ok(first as u64 + relative),
                    false => Ok(untagged.0 as u64),
                }
            }
        }
    }

    fn repeat(&mut self, dst: Pl, src: Opd, size: u32, align: u8, count: u64) -> Res<()> {
        let to = self.addr(dst)?;
        let (size, align) = (size as usize, align as u64);
        match src {
            Opd::Imm(value) if size == 1 => return self.mem.fill(to, value as u8, count as usize),
            Opd::Imm(value) => self.mem.write(to, size, value)?,
            Opd::Place(src) => {
                let from = self.addr(src)?;
                self.mem.copy(from, to, size, align)?;
            }
        }
        // Doubling: few copies, however many elements.
        let mut done = 1;
        while done < count {
            let step = done.min(count - done);
            self.mem.copy(to, to + done * size as u64, step as usize * size, align)?;
            done += step;
        }
        Ok(())
    }
}
