//! MIR to the form that is executed, a function at a time, when it is first called.
//!
//! In: a [`Body`] in phase `Mono` or later. Out: [`Code`]. Afterwards no type or layout is looked at again.
//!
//! Before: `_2 = copy (*_1).1`. After: `Mov { dst: Frame(24), src: Deref(0, 8), size: 8 }`.

use super::Machine;
use super::code::*;
use super::fault::{Fault, FaultKind, Res};
use crate::layout::TagEncoding;
use crate::place_ty::{deref_ty, element_ty};
use crate::*;
use base::{Idx, IndexVec};
use typeck::{Const, FieldIdx, GenericArg, Ty, TyKind, VariantIdx};

pub(super) struct Lower<'m, 'p, 'h> {
    machine: &'m mut Machine<'p, 'h>,
    program: &'p Program,
    body: &'p Body,
    slots: IndexVec<Local, Slot>,
    starts: IndexVec<BlockId, Pc>,
    span: base::Span,
    code: Code,
}

/// A place while it is walked.
#[derive(Clone)]
enum Walk {
    Frame(u32),
    Deref(u32, u32),
    Steps(u32, Vec<Step>),
}

impl Walk {
    fn add(self, offset: u64) -> Walk {
        match self {
            walk if offset == 0 => walk,
            Walk::Frame(at) => Walk::Frame(at + offset as u32),
            Walk::Deref(at, behind) => Walk::Deref(at, behind + offset as u32),
            Walk::Steps(base, mut steps) => {
                match steps.last_mut() {
                    Some(Step::Add(before)) => *before += offset,
                    _ => steps.push(Step::Add(offset)),
                }
                Walk::Steps(base, steps)
            }
        }
    }
    fn step(self, step: Step) -> Walk {
        let (base, mut steps) = match self {
            Walk::Frame(at) => (at, Vec::new()),
            Walk::Deref(at, 0) => (at, vec![Step::Load]),
            Walk::Deref(at, behind) => (at, vec![Step::Load, Step::Add(behind as u64)]),
            Walk::Steps(base, steps) => (base, steps),
        };
        steps.push(step);
        Walk::Steps(base, steps)
    }
}

impl<'m, 'p, 'h> Lower<'m, 'p, 'h> {
    pub fn function(machine: &'m mut Machine<'p, 'h>, instance: InstanceId) -> Res<Code> {
        let program = machine.program;
        let body = &program.functions[instance].body;
        let mut slots = IndexVec::new();
        let mut size = 0u64;
        for decl in body.locals.iter() {
            let layout = program.layout(decl.ty);
            let at = size.div_ceil(layout.align) * layout.align;
            size = at + layout.size;
            if size > machine.mem.stack_size() as u64 {
                return Err(Fault::new(FaultKind::StackOverflow));
            }
            slots.push(Slot { at: at as u32, size: layout.size as u32 });
        }
        let params = (1..=body.arg_count).map(|n| slots[Local::from_usize(n)]).collect();
        let code = Code {
            instance,
            frame_size: (size as usize).next_multiple_of(16),
            ret: slots[RETURN],
            params,
            ops: Vec::new(),
            spans: Vec::new(),
            paths: Vec::new(),
            tags: Vec::new(),
            switches: Vec::new(),
            calls: Vec::new(),
            intrinsics: Vec::new(),
            runtime: Vec::new(),
            fails: Vec::new(),
        };
        let starts = IndexVec::from_elem(NOWHERE, body.blocks.len());
        let mut lower = Lower { machine, program, body, slots, starts, span: body.span, code };
        for (id, block) in body.blocks.iter_enumerated() {
            lower.starts[id] = lower.code.ops.len() as Pc;
            for statement in &block.statements {
                lower.span = statement.info.span;
                lower.statement(&statement.kind)?;
            }
            lower.span = block.terminator.info.span;
            lower.terminator(&block.terminator.kind)?;
        }
        lower.patch();
        Ok(lower.code)
    }

    /// Block numbers in jumps become positions.
    fn patch(&mut self) {
        let starts = &self.starts;
        let fix = |pc: &mut Pc| {
            if *pc != NOWHERE {
                *pc = starts.raw[*pc as usize];
            }
        };
        for op in &mut self.code.ops {
            match op {
                Op::Jump(pc) => fix(pc),
                Op::Branch { then, otherwise, .. } => {
                    fix(then);
                    fix(otherwise);
                }
                Op::Assert { target, .. } => fix(target),
                Op::Mov { .. }
                | Op::Copy { .. }
                | Op::Repeat { .. }
                | Op::AddrOf { .. }
                | Op::Len { .. }
                | Op::Bin { .. }
                | Op::BinWide { .. }
                | Op::Offset { .. }
                | Op::Checked { .. }
                | Op::Un { .. }
                | Op::Cast { .. }
                | Op::Discriminant { .. }
                | Op::SetTag { .. }
                | Op::Forget { .. }
                | Op::MovedOut { .. }
                | Op::Switch { .. }
                | Op::Call(_)
                | Op::Intrinsic(_)
                | Op::Runtime(_)
                | Op::Return
                | Op::Resume
                | Op::Abort
                | Op::Unreachable => {}
            }
        }
        for table in &mut self.code.switches {
            table.targets.iter_mut().for_each(|(_, pc)| fix(pc));
            fix(&mut table.otherwise);
        }
        for call in &mut self.code.calls {
            fix(&mut call.next);
            fix(&mut call.unwind);
        }
        for call in &mut self.code.intrinsics {
            fix(&mut call.next);
        }
        for call in &mut self.code.runtime {
            fix(&mut call.next);
            fix(&mut call.unwind);
        }
        for fail in &mut self.code.fails {
            fix(&mut fail.unwind);
        }
    }

    fn emit(&mut self, op: Op) {
        self.code.ops.push(op);
        self.code.spans.push(self.span);
    }

    fn unsupported<T>(&self, what: impl Into<String>) -> Res<T> {
        Err(Box::new(Fault { kind: FaultKind::Unsupported(what.into()), span: Some(self.span) }))
    }

    fn layout(&self, ty: Ty) -> &'p Layout {
        self.program.layout(ty)
    }

    // ---- places

    fn walk(&mut self, place: &Place) -> Res<(Walk, Ty, Option<VariantIdx>)> {
        let mut walk = Walk::Frame(self.slots[place.local].at);
        let mut ty = self.body.locals[place.local].ty;
        let mut variant = None;
        for elem in &place.projection {
            let next = elem.ty_of(ty);
            match *elem {
                PlaceElem::Deref => {
                    walk = if next.is_unsized() {
                        walk.step(Step::LoadWide)
                    } else if let Walk::Frame(at) = walk {
                        Walk::Deref(at, 0)
                    } else {
                        walk.step(Step::Load)
                    };
                }
                PlaceElem::Field(field, _) => walk = walk.add(self.field_offset(ty, variant, field)),
                PlaceElem::Index(local) => {
                    let stride = self.layout(next).size;
                    let len = array_len(ty);
                    walk = walk.step(Step::Index { local: self.slots[local].at, stride, len });
                }
                PlaceElem::ConstantIndex { offset, from_end } => {
                    let stride = self.layout(next).size;
                    walk = match array_len(ty) {
                        Some(len) => walk.add(stride * if from_end { len - offset } else { offset }),
                        None => walk.step(Step::At { index: offset, from_end, stride }),
                    };
                }
                PlaceElem::Subslice { from, to } => {
                    let stride = self.layout(element_ty(ty)).size;
                    walk = match array_len(ty) {
                        Some(_) => walk.add(stride * from),
                        None => walk.step(Step::Subslice { from, to, stride }),
                    };
                }
                PlaceElem::Downcast(_) => {}
            }
            variant = if let PlaceElem::Downcast(variant) = *elem { Some(variant) } else { None };
            ty = next;
        }
        Ok((walk, ty, variant))
    }

    fn seal(&mut self, walk: Walk) -> Pl {
        match walk {
            Walk::Frame(at) => Pl::Frame(at),
            Walk::Deref(at, behind) => Pl::Deref(at, behind),
            Walk::Steps(base, steps) => {
                self.code.paths.push(Path { base, steps });
                Pl::Path((self.code.paths.len() - 1) as u32)
            }
        }
    }

    fn place(&mut self, place: &Place) -> Res<(Pl, Ty)> {
        let (walk, ty, _) = self.walk(place)?;
        Ok((self.seal(walk), ty))
    }

    /// Where a field lies. Fields of a variant that can't exist have no place: no code that touches them runs.
    fn field_offset(&self, ty: Ty, variant: Option<VariantIdx>, field: FieldIdx) -> u64 {
        let layout = self.layout(ty);
        match (&layout.variants, variant) {
            (Variants::Multiple { variants, .. }, Some(variant)) => {
                variants[variant].offsets.get(field).copied().unwrap_or(0)
            }
            (Variants::Multiple { .. }, None) | (Variants::Single(_), _) => match &layout.fields {
                FieldsLayout::Offsets(offsets) => offsets.get(field).copied().unwrap_or(0),
                FieldsLayout::Array { stride, .. } => stride * field.index() as u64,
                FieldsLayout::Primitive => 0,
            },
        }
    }

    fn tag(&mut self, ty: Ty) -> u32 {
        let layout = self.layout(ty);
        let tag = match &layout.variants {
            Variants::Single(variant) => Tag::Single(*variant),
            Variants::Multiple { tag, tag_offset, encoding, .. } => {
                let (offset, size) = (*tag_offset, tag.size() as u8);
                match encoding {
                    TagEncoding::Direct => Tag::Direct { offset, size },
                    TagEncoding::Niche { untagged, niched, start } => Tag::Niche {
                        offset,
                        size,
                        untagged: *untagged,
                        first: *niched.start(),
                        last: *niched.end(),
                        start: *start,
                    },
                }
            }
        };
        self.code.tags.push(tag);
        (self.code.tags.len() - 1) as u32
    }

    // ---- operands

    /// Where an operand's value lies, or its bits where it is a small constant.
    fn operand(&mut self, operand: &Operand) -> Res<(Opd, Ty)> {
        match operand {
            Operand::Copy(place) | Operand::Move(place) => {
                let (place, ty) = self.place(place)?;
                Ok((Opd::Place(place), ty))
            }
            Operand::Const(constant) => Ok((self.constant(constant)?, constant.ty)),
        }
    }

    fn constant(&mut self, constant: &Constant) -> Res<Opd> {
        let layout = self.layout(constant.ty);
        match &constant.value {
            ConstValue::Scalar(bits) if layout.size <= 8 => Ok(Opd::Imm(*bits as u64 & mask(layout.size))),
            ConstValue::Scalar(bits) => {
                let bytes = bits.to_le_bytes();
                let len = bytes.len().min(layout.size as usize);
                Ok(Opd::Place(Pl::Abs(self.machine.mem.add_static(&bytes[..len], layout.align))))
            }
            ConstValue::Str(text) => {
                let addr = self.machine.text(*text);
                Ok(self.fat(addr, text.as_str().len() as u64))
            }
            ConstValue::Bytes(text) => {
                let bytes: Vec<u8> = text.as_str().chars().map(|c| c as u32 as u8).collect();
                let addr = self.machine.mem.add_static(&bytes, 1);
                match layout.size {
                    16 => Ok(self.fat(addr, bytes.len() as u64)),
                    _ => Ok(Opd::Imm(addr)),
                }
            }
            ConstValue::ZeroSized => Ok(Opd::Imm(0)),
            ConstValue::Memory(id) => Ok(Opd::Place(Pl::Abs(self.machine.constant(*id)))),
            ConstValue::FnPtr(instance) => Ok(Opd::Imm(self.machine.function_addr(*instance))),
            ConstValue::Def(..) | ConstValue::Promoted(..) | ConstValue::Ty(_) => {
                self.unsupported("a constant is left that was not evaluated")
            }
        }
    }

    /// A fat pointer as static memory.
    fn fat(&mut self, addr: u64, meta: u64) -> Opd {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&addr.to_le_bytes());
        bytes[8..].copy_from_slice(&meta.to_le_bytes());
        Opd::Place(Pl::Abs(self.machine.mem.add_static(&bytes, 8)))
    }

    /// `place = operand`
    fn assign(&mut self, dst: Pl, operand: &Operand) -> Res<()> {
        let (src, ty) = self.operand(operand)?;
        let layout = self.layout(ty);
        self.store(dst, src, layout);
        Ok(())
    }

    /// What an operand takes away, where that is not simply copied; of places in `into` nothing is said: they have their new
    /// value already.
    fn moved(&mut self, operand: &Operand, into: Option<&Place>) -> Res<Option<(Pl, u32)>> {
        let Operand::Move(place) = operand else { return Ok(None) };
        let ty = place.ty(&self.body.locals);
        let is_owner = self.program.drop_glue.contains_key(&ty)
            || matches!(*ty.kind(), TyKind::Ref(_, _, typeck::Mutability::Mut));
        let size = self.layout(ty).size as u32;
        // Which variant it was is asked once more, where the rest is dropped; the tag may lie in what is moved.
        let is_payload = place.projection.iter().any(|elem| matches!(elem, PlaceElem::Downcast(_)));
        if !is_owner || is_payload || size == 0 || into.is_some_and(|into| into.local == place.local) {
            return Ok(None);
        }
        Ok(Some((self.place(place)?.0, size)))
    }

    fn move_out(&mut self, operand: &Operand, into: &Place) -> Res<()> {
        match self.moved(operand, Some(into))? {
            Some((Pl::Frame(at), size)) => self.emit(Op::Forget { at, size }),
            Some((place, size)) => self.emit(Op::MovedOut { place, size }),
            None => {}
        }
        Ok(())
    }

    fn all_moved(&mut self, operands: &[Operand], into: Option<&Place>) -> Res<Vec<(Pl, u32)>> {
        let mut moved = Vec::new();
        for operand in operands {
            moved.extend(self.moved(operand, into)?);
        }
        Ok(moved)
    }

    fn store(&mut self, dst: Pl, src: Opd, layout: &Layout) {
        match (layout.size, src) {
            (0, _) => {}
            (size @ (1 | 2 | 4 | 8), src)
                if matches!(layout.abi, Abi::Scalar(_)) || matches!(src, Opd::Imm(_)) =>
            {
                self.emit(Op::Mov { dst, src, size: size as u8 })
            }
            (size, Opd::Place(src)) => {
                self.emit(Op::Copy { dst, src, size: size as u32, align: layout.align as u8 })
            }
            (size, Opd::Imm(_)) => panic!("a constant of {size} bytes is no immediate"),
        }
    }

    fn num(&self, ty: Ty) -> Res<Num> {
        match self.layout(ty).abi {
            Abi::Scalar(scalar) => Ok(num_of(scalar)),
            Abi::Zero | Abi::Pair(..) | Abi::Memory => {
                self.unsupported(format!("{ty:?} is used as a number"))
            }
        }
    }

    // ---- statements

    fn statement(&mut self, kind: &StatementKind) -> Res<()> {
        match kind {
            StatementKind::Assign(place, rvalue) => self.rvalue(place, rvalue),
            StatementKind::SetDiscriminant(place, variant) => {
                let (place, ty) = self.place(place)?;
                self.set_tag(place, ty, *variant);
                Ok(())
            }
            StatementKind::StorageLive(local) | StatementKind::StorageDead(local) => {
                let Slot { at, size } = self.slots[*local];
                // The evaluator's own result may point to temporaries of its body.
                if size > 0 && !self.machine.is_evaluating(self.code.instance) {
                    self.emit(Op::Forget { at, size });
                }
                Ok(())
            }
            StatementKind::Nop => Ok(()),
        }
    }

    fn set_tag(&mut self, place: Pl, ty: Ty, variant: VariantIdx) {
        let tag = self.tag(ty);
        match self.code.tags[tag as usize] {
            Tag::Single(_) => {}
            Tag::Niche { untagged, .. } if untagged == variant => {}
            Tag::Direct { .. } | Tag::Niche { .. } => self.emit(Op::SetTag { place, tag, variant }),
        }
    }

    fn rvalue(&mut self, place: &Place, rvalue: &Rvalue) -> Res<()> {
        let (walk, ty, variant) = self.walk(place)?;
        let dst = self.seal(walk.clone());
        match rvalue {
            Rvalue::Use(operand) => {
                self.assign(dst, operand)?;
                self.move_out(operand, place)?;
            }
            Rvalue::Repeat(operand, count) => {
                let (src, elem) = self.operand(operand)?;
                let layout = self.layout(elem);
                let Const::Value(count) = *count else {
                    return self.unsupported("an array's length is not known");
                };
                if layout.size > 0 && count > 0 {
                    let (size, align) = (layout.size as u32, layout.align as u8);
                    self.emit(Op::Repeat { dst, src, size, align, count: count as u64 });
                }
                self.move_out(operand, place)?;
            }
            Rvalue::Ref(_, of) | Rvalue::AddressOf(_, of) => {
                let (place, of_ty) = self.place(of)?;
                self.emit(Op::AddrOf { dst, place, wide: of_ty.is_unsized() });
            }
            Rvalue::Len(of) => {
                let (place, of_ty) = self.place(of)?;
                match array_len(of_ty) {
                    Some(len) => self.emit(Op::Mov { dst, src: Opd::Imm(len), size: 8 }),
                    None => self.emit(Op::Len { dst, place }),
                }
            }
            Rvalue::Cast(op, operand, to) => {
                self.cast(*op, operand, *to, dst)?;
                self.move_out(operand, place)?;
            }
            Rvalue::Binary(BinOp::Offset, a, b) => {
                let (a, pointer) = self.operand(a)?;
                let (b, _) = self.operand(b)?;
                let stride = self.layout(deref_ty(pointer)).size;
                self.emit(Op::Offset { stride, dst, a, b });
            }
            Rvalue::Binary(op, a, b) => {
                let ((a, a_ty), (b, b_ty)) = (self.operand(a)?, self.operand(b)?);
                if self.layout(a_ty).size == 0 {
                    let equal = matches!(op, BinOp::Eq | BinOp::Le | BinOp::Ge);
                    self.emit(Op::Mov { dst, src: Opd::Imm(equal as u64), size: 1 });
                    return Ok(());
                }
                let (num, count) = (self.num(a_ty)?, self.num(b_ty)?);
                self.emit(match num.size {
                    16 => Op::BinWide { op: *op, num, count, dst, a, b },
                    _ => Op::Bin { op: *op, num, count, dst, a, b },
                });
            }
            Rvalue::CheckedBinary(op, a, b) => {
                let ((a, a_ty), (b, b_ty)) = (self.operand(a)?, self.operand(b)?);
                let (num, count) = (self.num(a_ty)?, self.num(b_ty)?);
                let result = self.field_offset(ty, None, FieldIdx(0)) as u32;
                let overflow = self.field_offset(ty, None, FieldIdx(1)) as u32;
                self.emit(Op::Checked { op: *op, num, count, dst, a, b, result, overflow });
            }
            Rvalue::Unary(op, operand) => {
                let (a, a_ty) = self.operand(operand)?;
                let is_bool = a_ty == Ty::bool();
                let num = self.num(a_ty)?;
                self.emit(Op::Un { op: *op, num, is_bool, dst, a });
            }
            Rvalue::Discriminant(of) => {
                let (place, of_ty) = self.place(of)?;
                let tag = self.tag(of_ty);
                let size = self.layout(ty).size as u8;
                match self.code.tags[tag as usize] {
                    Tag::Single(variant) => self.emit(Op::Mov { dst, src: Opd::Imm(variant.0 as u64), size }),
                    Tag::Direct { .. } | Tag::Niche { .. } => {
                        self.emit(Op::Discriminant { dst, size, place, tag })
                    }
                }
            }
            Rvalue::Aggregate(kind, operands) => {
                self.aggregate(walk, place.local, ty, variant, *kind, operands)?;
                for operand in operands {
                    self.move_out(operand, place)?;
                }
            }
        }
        Ok(())
    }

    fn aggregate(
        &mut self,
        walk: Walk,
        base: Local,
        ty: Ty,
        variant: Option<VariantIdx>,
        kind: AggregateKind,
        operands: &[Operand],
    ) -> Res<()> {
        let variant = if let AggregateKind::Adt(_, variant, _) = kind { Some(variant) } else { variant };
        // All are read before any is written: `p = Point { x: p.y, y: p.x }`.
        let mut values = Vec::with_capacity(operands.len());
        for operand in operands {
            let (value, ty) = self.operand(operand)?;
            let layout = self.layout(ty);
            let value = match operand {
                Operand::Copy(from) | Operand::Move(from) if from.local == base && operands.len() > 1 => {
                    self.put_aside(value, layout)
                }
                Operand::Copy(_) | Operand::Move(_) | Operand::Const(_) => value,
            };
            values.push((value, layout));
        }
        for (n, (value, layout)) in values.into_iter().enumerate() {
            let offset = match kind {
                AggregateKind::Array(elem) => self.layout(elem).size * n as u64,
                AggregateKind::RawSlice(_) => 8 * n as u64,
                AggregateKind::Tuple | AggregateKind::Adt(..) | AggregateKind::Closure(..) => {
                    self.field_offset(ty, variant, FieldIdx::from_usize(n))
                }
            };
            let dst = self.seal(walk.clone().add(offset));
            self.store(dst, value, layout);
        }
        if let AggregateKind::Adt(_, variant, _) = kind {
            let dst = self.seal(walk);
            self.set_tag(dst, ty, variant);
        }
        Ok(())
    }

    /// A copy of a value, at the end of the frame.
    fn put_aside(&mut self, value: Opd, layout: &Layout) -> Opd {
        let at = Pl::Frame(self.code.frame_size as u32);
        self.code.frame_size += (layout.size as usize).next_multiple_of(16);
        self.store(at, value, layout);
        Opd::Place(at)
    }

    fn cast(&mut self, op: CastOp, operand: &Operand, to: Ty, dst: Pl) -> Res<()> {
        let (src, from_ty) = self.operand(operand)?;
        let (from, into) = (self.layout(from_ty), self.layout(to));
        let of = match op {
            CastOp::Transmute => {
                self.transmute(dst, src, from, into);
                return Ok(());
            }
            CastOp::PtrToPtr | CastOp::FnToPtr => {
                // A fat pointer loses its second word, or keeps it.
                if into.size < from.size {
                    self.store(dst, src, into);
                } else {
                    self.transmute(dst, src, from, into);
                }
                return Ok(());
            }
            CastOp::Unsize => {
                let Some(len) = pointee_or_box(from_ty).and_then(array_len) else {
                    return self.unsupported("a pointer that is no array's is made a slice's");
                };
                self.emit(Op::Mov { dst, src, size: 8 });
                let second = self.behind(dst, 8);
                self.emit(Op::Mov { dst: second, src: Opd::Imm(len), size: 8 });
                return Ok(());
            }
            CastOp::ReifyFn | CastOp::ToDyn => {
                return self.unsupported("a coercion is left that monomorphisation resolves");
            }
            CastOp::IntToInt | CastOp::PtrToInt | CastOp::IntToPtr => CastOf::Int,
            CastOp::IntToFloat => CastOf::IntToFloat,
            CastOp::FloatToInt => CastOf::FloatToInt,
            CastOp::FloatToFloat => CastOf::FloatToFloat,
        };
        let (from, to) = (self.num(from_ty)?, self.num(to)?);
        self.emit(Op::Cast { of, from, to, dst, a: src });
        Ok(())
    }

    fn transmute(&mut self, dst: Pl, src: Opd, from: &Layout, to: &Layout) {
        // Either side may be a scalar and the other an aggregate of the same bytes.
        let align = from.align.min(to.align) as u8;
        match src {
            Opd::Imm(_) => self.store(dst, src, from),
            Opd::Place(src) => self.emit(Op::Copy { dst, src, size: from.size as u32, align }),
        }
    }

    fn behind(&mut self, place: Pl, offset: u32) -> Pl {
        match place {
            Pl::Frame(at) => Pl::Frame(at + offset),
            Pl::Deref(at, behind) => Pl::Deref(at, behind + offset),
            Pl::Abs(addr) => Pl::Abs(addr + offset as u64),
            Pl::Path(path) => {
                let Path { base, steps } = self.code.paths[path as usize].clone();
                self.seal(Walk::Steps(base, steps).add(offset as u64))
            }
        }
    }

    // ---- terminators

    fn terminator(&mut self, kind: &'p TerminatorKind) -> Res<()> {
        let edge = |block: &Option<BlockId>| block.map_or(NOWHERE, |block| block.0);
        match kind {
            TerminatorKind::Goto(target) => self.emit(Op::Jump(target.0)),
            TerminatorKind::Switch { operand, targets, otherwise } => {
                let (src, ty) = self.operand(operand)?;
                let size = self.layout(ty).size as u8;
                let bits = |value: u128| if size < 16 { value & mask(size as u64) as u128 } else { value };
                match targets[..] {
                    [] => self.emit(Op::Jump(otherwise.0)),
                    [(value, then)] if size <= 8 => self.emit(Op::Branch {
                        src,
                        value: bits(value) as u64,
                        size,
                        then: then.0,
                        otherwise: otherwise.0,
                    }),
                    _ => {
                        let mut targets: Vec<_> =
                            targets.iter().map(|&(value, block)| (bits(value), block.0)).collect();
                        targets.sort();
                        self.code.switches.push(SwitchTable { targets, otherwise: otherwise.0 });
                        let table = (self.code.switches.len() - 1) as u32;
                        self.emit(Op::Switch { src, size, table });
                    }
                }
            }
            TerminatorKind::Return => self.emit(Op::Return),
            TerminatorKind::Resume => self.emit(Op::Resume),
            TerminatorKind::Abort => self.emit(Op::Abort),
            TerminatorKind::Unreachable => self.emit(Op::Unreachable),
            TerminatorKind::Drop { place, target, unwind } => {
                let (place, ty) = self.place(place)?;
                match self.program.drop_glue.get(&ty) {
                    None => self.emit(Op::Jump(target.0)),
                    Some(&glue) => self.call(Call {
                        target: CallTarget::Instance(glue),
                        args: vec![Arg::AddrOf { place, wide: ty.is_unsized() }],
                        moved: Vec::new(),
                        dest: Pl::Frame(0),
                        next: target.0,
                        unwind: edge(unwind),
                    }),
                }
            }
            TerminatorKind::Call { callee, args, destination, target, unwind } => {
                let (next, unwind) = (edge(target), edge(unwind));
                match callee {
                    Callee::Instance(instance) => {
                        self.mir_call(CallTarget::Instance(*instance), args, destination, next, unwind)?
                    }
                    Callee::Pointer(pointer) => {
                        let (pointer, _) = self.operand(pointer)?;
                        self.mir_call(CallTarget::Pointer(pointer), args, destination, next, unwind)?
                    }
                    Callee::Intrinsic(what, generics) => {
                        self.intrinsic(*what, generics, args, destination, next)?
                    }
                    Callee::Runtime(name) => {
                        self.runtime(*name, args, destination, next, unwind)?;
                    }
                    Callee::Def(..) => {
                        return self.unsupported("a call is left that names no instance");
                    }
                }
            }
            TerminatorKind::Assert { operand, expected, message, target, unwind } => {
                let (src, _) = self.operand(operand)?;
                let values = match message {
                    AssertMessage::Bounds { index, len } => {
                        Some((self.operand(index)?.0, self.operand(len)?.0))
                    }
                    AssertMessage::Overflow(_)
                    | AssertMessage::OverflowNeg
                    | AssertMessage::DivisionByZero
                    | AssertMessage::RemainderByZero
                    | AssertMessage::DivisionOverflow => None,
                };
                self.code.fails.push(Fail { message: message.clone(), values, unwind: edge(unwind) });
                let fail = (self.code.fails.len() - 1) as u32;
                self.emit(Op::Assert { src, expected: *expected as u64, target: target.0, fail });
            }
        }
        Ok(())
    }

    fn call(&mut self, call: Call) {
        self.code.calls.push(call);
        self.emit(Op::Call((self.code.calls.len() - 1) as u32));
    }

    fn mir_call(
        &mut self,
        target: CallTarget,
        args: &[Operand],
        destination: &Place,
        next: Pc,
        unwind: Pc,
    ) -> Res<()> {
        let mut lowered = Vec::new();
        for arg in args {
            let (src, ty) = self.operand(arg)?;
            let layout = self.layout(ty);
            lowered.push(match src {
                Opd::Imm(_) => Arg::Scalar(src, layout.size as u8),
                Opd::Place(_) if matches!(layout.abi, Abi::Scalar(_)) && layout.size <= 8 => {
                    Arg::Scalar(src, layout.size as u8)
                }
                Opd::Place(src) => Arg::Bytes { src, size: layout.size as u32, align: layout.align as u8 },
            });
        }
        let (dest, _) = self.place(destination)?;
        // The result is written when all is done.
        let moved = self.all_moved(args, None)?;
        self.call(Call { target, args: lowered, moved, dest, next, unwind });
        Ok(())
    }

    fn intrinsic(
        &mut self,
        what: Intrinsic,
        generics: &typeck::GenericArgs,
        args: &[Operand],
        destination: &Place,
        next: Pc,
    ) -> Res<()> {
        let ty = match generics.first() {
            Some(GenericArg::Ty(ty)) => Some(*ty),
            Some(GenericArg::Const(_)) | None => None,
        };
        let layout = ty.map(|ty| self.layout(ty));
        let num = layout.and_then(|layout| match layout.abi {
            Abi::Scalar(scalar) => Some(num_of(scalar)),
            Abi::Zero | Abi::Pair(..) | Abi::Memory => None,
        });
        let (dest, dest_ty) = self.place(destination)?;
        let dest_layout = self.layout(dest_ty);
        let pair = match &dest_layout.fields {
            FieldsLayout::Offsets(offsets) if offsets.len() == 2 => {
                (offsets.raw[0] as u32, offsets.raw[1] as u32)
            }
            FieldsLayout::Offsets(_) | FieldsLayout::Primitive | FieldsLayout::Array { .. } => (0, 0),
        };
        let mut lowered = Vec::new();
        for arg in args {
            let (src, ty) = self.operand(arg)?;
            let layout = self.layout(ty);
            lowered.push(IntrinsicArg { src, size: layout.size, align: layout.align });
        }
        let moved = self.all_moved(args, Some(destination))?;
        let tag = (what == Intrinsic::Discriminant).then(|| ty.map(|ty| self.tag(ty))).flatten();
        self.code.intrinsics.push(IntrinsicCall {
            what,
            ty,
            size: layout.map_or(0, |layout| layout.size),
            align: layout.map_or(1, |layout| layout.align),
            num,
            args: lowered,
            moved,
            dest,
            dest_size: dest_layout.size,
            dest_align: dest_layout.align,
            pair,
            tag,
            next,
        });
        self.emit(Op::Intrinsic((self.code.intrinsics.len() - 1) as u32));
        Ok(())
    }

    fn runtime(
        &mut self,
        name: base::Symbol,
        args: &[Operand],
        destination: &Place,
        next: Pc,
        unwind: Pc,
    ) -> Res<()> {
        let Some(function) = abi::find(name.as_str()) else {
            return self.unsupported(format!("the runtime has no function `{name}`"));
        };
        let mut lowered = Vec::new();
        for arg in args {
            let (src, ty) = self.operand(arg)?;
            lowered.push((src, self.layout(ty).size as u8));
        }
        let (dest, dest_ty) = self.place(destination)?;
        let dest_size = self.layout(dest_ty).size as u8;
        self.code.runtime.push(RuntimeCall { function, args: lowered, dest, dest_size, next, unwind });
        self.emit(Op::Runtime((self.code.runtime.len() - 1) as u32));
        Ok(())
    }
}

pub(super) fn mask(size: u64) -> u64 {
    if size >= 8 { u64::MAX } else { (1 << (8 * size)) - 1 }
}

pub(super) fn num_of(scalar: Scalar) -> Num {
    let kind = match scalar {
        Scalar::Int { signed: true, .. } => NumKind::Signed,
        Scalar::Int { signed: false, .. } | Scalar::Bool | Scalar::Char | Scalar::Pointer { .. } => {
            NumKind::Unsigned
        }
        Scalar::F32 | Scalar::F64 => NumKind::Float,
    };
    Num { kind, size: scalar.size() as u8 }
}

fn array_len(ty: Ty) -> Option<u64> {
    if let TyKind::Array(_, Const::Value(len)) = *ty.kind() { Some(len as u64) } else { None }
}

fn pointee_or_box(ty: Ty) -> Option<Ty> {
    if let TyKind::Ref(_, to, _) | TyKind::RawPtr(to, _) = *ty.kind() {
        Some(to)
    } else if let TyKind::Adt(_, args) = *ty.kind() {
        match args.first() {
            Some(GenericArg::Ty(to)) => Some(*to),
            Some(GenericArg::Const(_)) | None => None,
        }
    } else {
        None
    }
}
