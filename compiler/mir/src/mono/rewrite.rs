//! One body with its parameters replaced: types concrete, calls to numbers, constants to values.
//!
//! In: a `Lowered` body (or a shim's) and an [`Instance`]. Out: the body in phase `Mono`.
//!
//! `#[track_caller]` functions get three parameters more, at the end: file, line, column of the call
//! (see [`Intrinsic::CallerFile`]); their other locals move up by three.
//!
//! ```text
//! _2 = checked_add(copy _1, …) with _1: T, T = u8      ⇒  the same with _1: u8; without overflow checks:
//! _2.0 = add(copy _1, …); _2.1 = const false
//! ```

use super::Collector;
use super::consts::Evaluated;
use crate::*;
use base::{IndexVec, Span, Symbol};
use hir::{DefId, DefKind, PrimTy};
use std::collections::HashMap;
use typeck::{Const, FastHash, FieldIdx, GenericArgs, List, Mutability, Subst, Ty, TyKind};

/// File, line, column.
pub(super) const CALLER_PARAMS: u32 = 3;

pub(super) struct Rewrite<'c, 's, 'a> {
    pub c: &'c mut Collector<'s, 'a>,
    args: GenericArgs,
    types: HashMap<Ty, Ty, FastHash>,
    /// The first of the three, in a `#[track_caller]` function.
    pub caller: Option<Local>,
    arg_count: u32,
    pub locals: IndexVec<Local, LocalDecl>,
    /// Of the block being written.
    pub out: Vec<Statement>,
    pub info: SourceInfo,
}

impl<'c, 's, 'a> Rewrite<'c, 's, 'a> {
    pub fn body(c: &'c mut Collector<'s, 'a>, generic: &Body, instance: Instance) -> Body {
        let tracked = c.is_tracked(instance);
        let arg_count = generic.arg_count as u32;
        let info = SourceInfo { span: generic.span, scope: ScopeId(0) };
        let mut rewrite = Rewrite {
            c,
            args: instance.args,
            types: HashMap::default(),
            caller: tracked.then_some(Local(arg_count + 1)),
            arg_count,
            locals: IndexVec::new(),
            out: Vec::new(),
            info,
        };
        for (local, decl) in generic.locals.iter_enumerated() {
            if local.0 == arg_count + 1 {
                rewrite.caller_params(generic.span);
            }
            let ty = rewrite.ty(decl.ty);
            rewrite.locals.push(LocalDecl { ty, ..decl.clone() });
        }
        if generic.locals.len() as u32 == arg_count + 1 {
            rewrite.caller_params(generic.span);
        }
        if super::collect::has_unsized(instance) {
            rewrite.check_sizes();
        }
        let blocks = generic.blocks.iter().map(|block| rewrite.block(block)).collect();
        let variables = generic
            .variables
            .iter()
            .map(|variable| Variable { place: rewrite.place(&variable.place), ..variable.clone() })
            .collect();
        Body {
            source: generic.source,
            phase: Phase::Mono,
            span: generic.span,
            arg_count: generic.arg_count + if tracked { CALLER_PARAMS as usize } else { 0 },
            locals: rewrite.locals,
            blocks,
            scopes: generic.scopes.clone(),
            variables,
            declares_later: generic.declares_later,
        }
    }

    /// Every variable has a size; what is generic was checked before its arguments were known.
    fn check_sizes(&mut self) {
        let cx = self.c.shared.cx.typed.cx();
        let wrong = self.locals.iter().find_map(|decl| Some((decl, typeck::without_size(cx, decl.ty)?)));
        if let Some((decl, part)) = wrong {
            let (ty, span) = (decl.ty, decl.span);
            self.c.report_unsized(ty, part, span);
        }
    }

    fn caller_params(&mut self, span: Span) {
        if self.caller.is_some() {
            for ty in [Ty::reference(Ty::prim(PrimTy::Str), Mutability::Shared), u32_ty(), u32_ty()] {
                self.c.see(ty);
                self.locals.push(LocalDecl { ty, name: None, mutable: false, span });
            }
        }
    }

    /// A new local of a concrete type.
    pub fn temp(&mut self, ty: Ty) -> Local {
        self.c.see(ty);
        self.locals.push(LocalDecl { ty, name: None, mutable: true, span: self.info.span })
    }

    pub fn assign(&mut self, place: impl Into<Place>, rvalue: Rvalue) {
        self.out.push(Statement { kind: StatementKind::Assign(place.into(), rvalue), info: self.info });
    }

    // ---- types

    pub fn ty(&mut self, ty: Ty) -> Ty {
        if let Some(&known) = self.types.get(&ty) {
            return known;
        }
        let concrete = self.c.shared.normalise(ty.subst(&self.args));
        self.types.insert(ty, concrete);
        self.c.see(concrete);
        concrete
    }

    pub fn generic_args(&mut self, args: GenericArgs) -> GenericArgs {
        self.c.shared.normalise_args(args.subst_all(&self.args))
    }

    fn value(&self, value: Const) -> Const {
        self.c.shared.length(value.subst(&self.args))
    }

    // ---- places and operands

    fn local(&self, local: Local) -> Local {
        match self.caller {
            Some(_) if local.0 > self.arg_count => Local(local.0 + CALLER_PARAMS),
            Some(_) | None => local,
        }
    }

    pub fn place(&mut self, place: &Place) -> Place {
        let projection = place
            .projection
            .iter()
            .map(|elem| match *elem {
                PlaceElem::Field(field, ty) => PlaceElem::Field(field, self.ty(ty)),
                PlaceElem::Index(local) => PlaceElem::Index(self.local(local)),
                PlaceElem::Deref
                | PlaceElem::ConstantIndex { .. }
                | PlaceElem::Subslice { .. }
                | PlaceElem::Downcast(_) => elem.clone(),
            })
            .collect();
        let place = Place { local: self.local(place.local), projection };
        // What is dereferenced to is a type that occurs.
        if place.projection.contains(&PlaceElem::Deref) {
            let ty = place.ty(&self.locals);
            self.c.see(ty);
        }
        place
    }

    pub fn operand(&mut self, operand: &Operand) -> Operand {
        match operand {
            Operand::Copy(place) => Operand::Copy(self.place(place)),
            Operand::Move(place) => Operand::Move(self.place(place)),
            Operand::Const(constant) => Operand::Const(self.constant(constant)),
        }
    }

    fn operands(&mut self, operands: &[Operand]) -> Vec<Operand> {
        operands.iter().map(|operand| self.operand(operand)).collect()
    }

    fn constant(&mut self, constant: &Constant) -> Constant {
        let ty = self.ty(constant.ty);
        let span = constant.span;
        let value = match &constant.value {
            ConstValue::Def(def, args) => {
                let args = self.generic_args(*args);
                let is_static = self.c.shared.cx.typed.package.def(*def).kind == DefKind::Static;
                if is_static {
                    let memory = self.c.static_item(*def);
                    return Constant { value: ConstValue::Memory(self.c.pointer_to(memory, ty)), ty, span };
                }
                match self.c.shared.constant(*def, args, span) {
                    Ok(value) => self.c.const_value(&value),
                    Err(_) => ConstValue::ZeroSized,
                }
            }
            ConstValue::Promoted(id, args) => {
                let args = self.generic_args(*args);
                match self.c.shared.evaluate(InstanceKind::Promoted(*id), args, span) {
                    Ok(value) => {
                        let of = layout::pointee(ty).map_or(ty, |(of, _)| of);
                        let memory = self.c.memory_of(&value, of);
                        let memory = self.c.memory(memory);
                        ConstValue::Memory(self.c.pointer_to(memory, ty))
                    }
                    Err(_) => ConstValue::ZeroSized,
                }
            }
            ConstValue::Ty(value) => match self.value(*value) {
                Const::Value(bits) => ConstValue::Scalar(bits),
                Const::Param(..) | Const::Infer(_) | Const::Unevaluated(..) | Const::Error(_) => {
                    ConstValue::Scalar(0)
                }
            },
            value @ (ConstValue::Scalar(_)
            | ConstValue::Str(_)
            | ConstValue::Bytes(_)
            | ConstValue::ZeroSized
            | ConstValue::Memory(_)
            | ConstValue::FnPtr(_)) => value.clone(),
        };
        Constant { value, ty, span }
    }

    // ---- statements

    fn block(&mut self, block: &Block) -> Block {
        for statement in &block.statements {
            self.info = statement.info;
            self.statement(&statement.kind);
        }
        self.info = block.terminator.info;
        let kind = self.terminator(&block.terminator.kind);
        let terminator = Terminator { kind, info: block.terminator.info };
        Block { statements: std::mem::take(&mut self.out), terminator, is_cleanup: block.is_cleanup }
    }

    fn statement(&mut self, kind: &StatementKind) {
        let kind = match kind {
            StatementKind::Assign(place, rvalue) => {
                let place = self.place(place);
                let Some(rvalue) = self.rvalue(&place, rvalue) else { return };
                StatementKind::Assign(place, rvalue)
            }
            StatementKind::SetDiscriminant(place, variant) => {
                StatementKind::SetDiscriminant(self.place(place), *variant)
            }
            StatementKind::StorageLive(local) => StatementKind::StorageLive(self.local(*local)),
            StatementKind::StorageDead(local) => StatementKind::StorageDead(self.local(*local)),
            StatementKind::Nop => return,
        };
        self.out.push(Statement { kind, info: self.info });
    }

    /// `None`: what it does has been written.
    fn rvalue(&mut self, dest: &Place, rvalue: &Rvalue) -> Option<Rvalue> {
        Some(match rvalue {
            Rvalue::Use(operand) => Rvalue::Use(self.operand(operand)),
            Rvalue::Repeat(operand, count) => Rvalue::Repeat(self.operand(operand), self.value(*count)),
            Rvalue::Ref(mutability, place) => Rvalue::Ref(*mutability, self.place(place)),
            Rvalue::AddressOf(mutability, place) => Rvalue::AddressOf(*mutability, self.place(place)),
            Rvalue::Len(place) => Rvalue::Len(self.place(place)),
            Rvalue::Cast(op, operand, ty) => {
                let (operand, ty) = (self.operand(operand), self.ty(*ty));
                return self.cast(dest, *op, operand, ty);
            }
            Rvalue::Binary(op, a, b) => Rvalue::Binary(*op, self.operand(a), self.operand(b)),
            Rvalue::CheckedBinary(op, a, b) => {
                let (a, b) = (self.operand(a), self.operand(b));
                if self.c.shared.cx.overflow_checks {
                    return Some(Rvalue::CheckedBinary(*op, a, b));
                }
                let ty = a.ty(&self.locals);
                self.assign(dest.field(FieldIdx(0), ty), Rvalue::Binary(*op, a, b));
                let no = Operand::Const(scalar(0, Ty::bool(), self.info.span));
                self.assign(dest.field(FieldIdx(1), Ty::bool()), Rvalue::Use(no));
                return None;
            }
            Rvalue::Unary(op, operand) => Rvalue::Unary(*op, self.operand(operand)),
            Rvalue::Discriminant(place) => Rvalue::Discriminant(self.place(place)),
            Rvalue::Aggregate(kind, operands) => {
                let operands = self.operands(operands);
                let kind = match *kind {
                    AggregateKind::Tuple => AggregateKind::Tuple,
                    AggregateKind::Array(elem) => AggregateKind::Array(self.ty(elem)),
                    AggregateKind::Adt(def, variant, args) => {
                        AggregateKind::Adt(def, variant, self.generic_args(args))
                    }
                    AggregateKind::Closure(id, args) => AggregateKind::Closure(id, self.generic_args(args)),
                    AggregateKind::RawSlice(elem) => AggregateKind::RawSlice(self.ty(elem)),
                };
                Rvalue::Aggregate(kind, operands)
            }
        })
    }

    fn cast(&mut self, dest: &Place, op: CastOp, operand: Operand, to: Ty) -> Option<Rvalue> {
        let from = operand.ty(&self.locals);
        match op {
            CastOp::ReifyFn => {
                let span = self.info.span;
                let value = match self.reify(from) {
                    Some(function) => ConstValue::FnPtr(function),
                    None => ConstValue::Scalar(0),
                };
                Some(Rvalue::Use(Operand::Const(Constant { value, ty: to, span })))
            }
            CastOp::ToDyn => {
                self.to_dyn(dest, operand, to);
                None
            }
            CastOp::IntToInt
            | CastOp::IntToFloat
            | CastOp::FloatToInt
            | CastOp::FloatToFloat
            | CastOp::PtrToPtr
            | CastOp::PtrToInt
            | CastOp::IntToPtr
            | CastOp::FnToPtr
            | CastOp::Unsize
            | CastOp::Transmute => Some(Rvalue::Cast(op, operand, to)),
        }
    }

    // ---- terminators

    fn terminator(&mut self, kind: &TerminatorKind) -> TerminatorKind {
        match kind {
            TerminatorKind::Goto(target) => TerminatorKind::Goto(*target),
            TerminatorKind::Switch { operand, targets, otherwise } => {
                let operand = self.operand(operand);
                // A condition of types (`needs_drop[T]()`) is known now.
                if let Operand::Const(Constant { value: ConstValue::Scalar(bits), .. }) = operand {
                    let found = targets.iter().find(|&&(value, _)| value == bits);
                    return TerminatorKind::Goto(found.map_or(*otherwise, |&(_, block)| block));
                }
                TerminatorKind::Switch { operand, targets: targets.clone(), otherwise: *otherwise }
            }
            TerminatorKind::Return => TerminatorKind::Return,
            TerminatorKind::Resume => TerminatorKind::Resume,
            TerminatorKind::Abort => TerminatorKind::Abort,
            TerminatorKind::Unreachable => TerminatorKind::Unreachable,
            TerminatorKind::Drop { place, target, unwind } => {
                let place = self.place(place);
                let ty = place.ty(&self.locals);
                match self.c.drop_glue(ty, self.info.span) {
                    Some(_) => TerminatorKind::Drop { place, target: *target, unwind: *unwind },
                    None => TerminatorKind::Goto(*target),
                }
            }
            TerminatorKind::Call { callee, args, destination, target, unwind } => {
                let args = self.operands(args);
                let destination = self.place(destination);
                let call = super::call::Call { args, destination, target: *target, unwind: *unwind };
                match callee {
                    Callee::Def(def, generics) => {
                        let generics = self.generic_args(*generics);
                        self.call(*def, generics, call)
                    }
                    Callee::Instance(id) => call.to(Callee::Instance(*id)),
                    Callee::Intrinsic(what, generics) => {
                        let generics = self.generic_args(*generics);
                        self.intrinsic(*what, generics, call)
                    }
                    Callee::Runtime(name) => call.to(Callee::Runtime(*name)),
                    Callee::Pointer(pointer) => {
                        let pointer = self.operand(pointer);
                        call.to(Callee::Pointer(pointer))
                    }
                }
            }
            TerminatorKind::Assert { operand, expected, message, target, unwind } => {
                let message = match message {
                    // `MIN % -1`, which has no result in any profile.
                    AssertMessage::Overflow(BinOp::Rem) => message.clone(),
                    AssertMessage::Overflow(_) | AssertMessage::OverflowNeg
                        if !self.c.shared.cx.overflow_checks =>
                    {
                        return TerminatorKind::Goto(*target);
                    }
                    AssertMessage::Bounds { index, len } => {
                        AssertMessage::Bounds { index: self.operand(index), len: self.operand(len) }
                    }
                    AssertMessage::Overflow(_)
                    | AssertMessage::OverflowNeg
                    | AssertMessage::DivisionByZero
                    | AssertMessage::RemainderByZero
                    | AssertMessage::DivisionOverflow => message.clone(),
                };
                let operand = self.operand(operand);
                TerminatorKind::Assert {
                    operand,
                    expected: *expected,
                    message,
                    target: *target,
                    unwind: *unwind,
                }
            }
        }
    }
}

impl Collector<'_, '_> {
    /// An evaluated constant as an operand's value.
    pub fn const_value(&mut self, value: &Evaluated) -> ConstValue {
        match value {
            Evaluated::Scalar(bits) => ConstValue::Scalar(*bits),
            Evaluated::Str(text) => ConstValue::Str(*text),
            Evaluated::ZeroSized => ConstValue::ZeroSized,
            Evaluated::Fn(instance) => {
                let span = self.span_of(*instance);
                ConstValue::FnPtr(self.instance(*instance, span))
            }
            Evaluated::Memory(memory) => ConstValue::Memory(self.evaluated_memory(memory)),
        }
    }

    /// The place of a static. One whose value has an error is empty.
    pub fn static_item(&mut self, def: DefId) -> ConstId {
        let package = self.shared.cx.typed.package;
        let ty = self.shared.cx.typed.signatures.constant(def).unwrap_or_else(Ty::unit);
        let ty = self.shared.normalise(ty);
        let value = self.shared.constant(def, GenericArgs::empty(), package.def(def).name_span);
        let memory = self.memory_of(&value.unwrap_or(Evaluated::ZeroSized), ty);
        self.static_memory(def, memory)
    }

    /// An evaluated constant of a type, as it is in memory.
    pub fn memory_of(&mut self, value: &Evaluated, ty: Ty) -> ConstMemory {
        let layout = self.shared.layout(ty, Span::new(base::FileId(0), 0, 0));
        let (size, align) = (layout.size as usize, layout.align);
        let (bytes, relocations) = match value {
            Evaluated::Memory(memory) => {
                let id = self.evaluated_memory(memory);
                return ConstMemory { ty, ..self.program.consts[id].clone() };
            }
            Evaluated::Scalar(bits) => (bits.to_le_bytes()[..size.min(16)].to_vec(), Vec::new()),
            Evaluated::ZeroSized => (vec![0; size], Vec::new()),
            Evaluated::Str(text) => {
                let mut bytes = vec![0; 16];
                bytes[8..].copy_from_slice(&(text.as_str().len() as u64).to_le_bytes());
                (bytes, vec![(0, Relocation::Str(*text))])
            }
            Evaluated::Fn(instance) => {
                let span = self.span_of(*instance);
                (vec![0; 8], vec![(0, Relocation::Fn(self.instance(*instance, span)))])
            }
        };
        ConstMemory { ty, bytes, align, relocations, table: None }
    }

    /// A constant that is the address of another.
    pub fn pointer_to(&mut self, memory: ConstId, ty: Ty) -> ConstId {
        let relocations = vec![(0, Relocation::Const(memory, 0))];
        self.memory(ConstMemory { ty, bytes: vec![0; 8], align: 8, relocations, table: None })
    }
}

pub(crate) fn scalar(bits: u128, ty: Ty, span: Span) -> Constant {
    Constant { value: ConstValue::Scalar(bits), ty, span }
}

pub(crate) fn text(text: &str, span: Span) -> Constant {
    let ty = Ty::reference(Ty::prim(PrimTy::Str), Mutability::Shared);
    Constant { value: ConstValue::Str(Symbol::intern(text)), ty, span }
}

pub(crate) fn u32_ty() -> Ty {
    Ty::prim(PrimTy::U32)
}

/// `*usize`: what tables are read through.
pub(crate) fn usize_ptr() -> Ty {
    Ty::new(TyKind::RawPtr(Ty::usize(), Mutability::Shared))
}

/// Substitution in a list of arguments.
trait SubstAll {
    fn subst_all(self, args: &GenericArgs) -> Self;
}
impl SubstAll for GenericArgs {
    fn subst_all(self, args: &GenericArgs) -> GenericArgs {
        if self.is_empty() { self } else { List::from_iter(self.iter().map(|&arg| arg.subst(args))) }
    }
}
