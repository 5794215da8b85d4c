//! What a call means once its types are known: a function, a closure, an intrinsic, a copy.
//!
//! In: a definition with concrete arguments, operands. Out: a terminator, and statements before it.
//!
//! Callees of the `Fn` protocols take what follows `self` spread: `Fn.call[F, (A, B)](&f, a, b)`. Where std code passes
//! the tuple itself, it is taken apart here.
//!
//! ```text
//! call Clone.clone[i64](copy _2)      ⇒  _0 = copy (*_2); goto bb1
//! call Fn.call[{closure}, (i64,)](…)  ⇒  call fn7(…)
//! call size_of[Pair]()                ⇒  _0 = const 16_usize; goto bb1
//! ```

use super::Collector;
use super::rewrite::{CALLER_PARAMS, Rewrite, scalar, text, u32_ty, usize_ptr};
use crate::*;
use base::{Diagnostic, Span, Symbol};
use hir::{DefId, DefKind, FnKind, Item, LangItem};
use typeck::{
    ClosureKind, FieldIdx, GenericArg, GenericArgs, List, ProtocolRef, Resolved, Subst, Ty, TyKind,
};

/// A call without its callee.
pub(super) struct Call {
    pub args: Vec<Operand>,
    pub destination: Place,
    pub target: Option<BlockId>,
    pub unwind: Option<BlockId>,
}

impl Call {
    pub fn to(self, callee: Callee) -> TerminatorKind {
        let Call { args, destination, target, unwind } = self;
        TerminatorKind::Call { callee, args, destination, target, unwind }
    }

    /// When what it does has been written as statements.
    fn done(&self) -> TerminatorKind {
        self.target.map_or(TerminatorKind::Unreachable, TerminatorKind::Goto)
    }
}

impl Rewrite<'_, '_, '_> {
    pub fn call(&mut self, def: DefId, args: GenericArgs, call: Call) -> TerminatorKind {
        match self.c.resolve(def, args, self.info.span) {
            None => TerminatorKind::Unreachable,
            Some(Resolved::Fn(found, found_args)) => {
                let call = if self.is_call_protocol(def) { self.gather(args, call) } else { call };
                self.call_fn(found, found_args, call)
            }
            Some(Resolved::Closure(id, closure_args, wanted)) => {
                let call = self.spread(args, call);
                let instance = self.c.closure_instance(id, closure_args, wanted);
                self.call_instance(instance, call)
            }
            Some(Resolved::Callable(ty, wanted)) => {
                let mut call = self.spread(args, call);
                if let TyKind::FnDef(def, args) = *ty.kind() {
                    call.args.remove(0);
                    self.call(def, args, call)
                } else {
                    let callee = call.args.remove(0);
                    let pointer = match wanted {
                        ClosureKind::FnOnce => callee,
                        ClosureKind::Fn | ClosureKind::FnMut => self.deref(callee),
                    };
                    call.to(Callee::Pointer(pointer))
                }
            }
            Some(Resolved::CloneBitwise(_)) => {
                let value = self.deref(call.args[0].clone());
                self.assign(call.destination.clone(), Rvalue::Use(value));
                call.done()
            }
            Some(Resolved::CloneParts(ty)) => {
                let kind = InstanceKind::CloneShim(ty);
                self.call_instance(Instance { kind, args: GenericArgs::empty() }, call)
            }
            Some(Resolved::Dyn(def, args)) => {
                let mut call = if self.is_call_protocol(def) { self.spread(args, call) } else { call };
                self.by_address(&mut call);
                self.call_instance(Instance { kind: InstanceKind::Virtual(def), args }, call)
            }
        }
    }

    fn call_instance(&mut self, instance: Instance, call: Call) -> TerminatorKind {
        let id = self.c.instance(instance, self.info.span);
        call.to(Callee::Instance(id))
    }

    fn call_fn(&mut self, def: DefId, args: GenericArgs, mut call: Call) -> TerminatorKind {
        let package = self.c.shared.cx.typed.package;
        if package.def(def).kind == DefKind::Variant {
            let Some((union, variant)) = self.c.shared.cx.typed.signatures.variant(def) else {
                return TerminatorKind::Unreachable;
            };
            let operands = std::mem::take(&mut call.args);
            let kind = AggregateKind::Adt(union, variant, args);
            self.assign(call.destination.clone(), Rvalue::Aggregate(kind, operands));
            return call.done();
        }
        match package.item(def) {
            Some(Item::Fn(function)) => match function.kind {
                FnKind::Quastra => {
                    let instance = Instance { kind: InstanceKind::Fn(def), args };
                    if self.c.is_tracked(instance) {
                        let caller = self.caller_operands();
                        call.args.extend(caller);
                    }
                    self.call_instance(instance, call)
                }
                FnKind::Intrinsic => {
                    let name = package.def(def).name;
                    match Intrinsic::from_name(name.as_str()) {
                        Some(what) => self.intrinsic(what, args, call),
                        None => self.unsupported(format!("the intrinsic `{name}`")),
                    }
                }
                FnKind::Runtime => call.to(Callee::Runtime(package.def(def).name)),
                FnKind::Extern => {
                    let name = package.def(def).name;
                    self.unsupported(format!("calling the foreign function `{name}`"))
                }
            },
            Some(Item::Test(_)) => self.call_instance(Instance { kind: InstanceKind::Fn(def), args }, call),
            _ => self.unsupported(format!("calling `{}`", package.def(def).name)),
        }
    }

    fn unsupported(&mut self, what: String) -> TerminatorKind {
        self.c.shared.error(Diagnostic::error(
            "X0001",
            self.c.in_user_code(self.info.span),
            format!("not supported yet: {what}"),
        ));
        TerminatorKind::Unreachable
    }

    /// Arguments of an `Fn` call one by one, where the tuple of them is given.
    fn spread(&mut self, generics: GenericArgs, mut call: Call) -> Call {
        let Some(&GenericArg::Ty(tuple)) = generics.get(1) else { return call };
        let TyKind::Tuple(items) = *tuple.kind() else { return call };
        if call.args.len() != 2 || call.args[1].ty(&self.locals) != tuple {
            return call;
        }
        // `f(())`: an argument that is a unit, not the tuple of none.
        let Some(packed) = call.args.pop() else { return call };
        let place = match packed {
            Operand::Copy(place) | Operand::Move(place) => place,
            Operand::Const(_) => {
                let temp = self.temp(tuple);
                self.assign(temp, Rvalue::Use(packed));
                temp.into()
            }
        };
        for (n, &item) in items.iter().enumerate() {
            call.args.push(Operand::Move(place.field(FieldIdx(n as u32), item)));
        }
        call
    }

    /// `Fn.call` and its relatives: calls give their arguments one by one, impls written in Quastra take a tuple.
    fn is_call_protocol(&self, def: DefId) -> bool {
        let package = self.c.shared.cx.typed.package;
        package
            .def(def)
            .parent
            .and_then(|protocol| package.lang.of(protocol))
            .is_some_and(|item| matches!(item, LangItem::Fn | LangItem::FnMut | LangItem::FnOnce))
    }

    /// The tuple of the arguments, where they are given one by one.
    fn gather(&mut self, generics: GenericArgs, mut call: Call) -> Call {
        let Some(&GenericArg::Ty(tuple)) = generics.get(1) else { return call };
        if call.args.len() == 2 && call.args[1].ty(&self.locals) == tuple {
            return call;
        }
        let items = call.args.split_off(1);
        let temp = self.temp(tuple);
        self.assign(temp, Rvalue::Aggregate(AggregateKind::Tuple, items));
        call.args.push(Operand::Move(temp.into()));
        call
    }

    /// What a reference points at.
    fn deref(&mut self, reference: Operand) -> Operand {
        match reference {
            Operand::Copy(place) | Operand::Move(place) => Operand::Copy(place.deref()),
            Operand::Const(constant) => {
                let temp = self.temp(constant.ty);
                self.assign(temp, Rvalue::Use(Operand::Const(constant)));
                Operand::Copy(Place::from(temp).deref())
            }
        }
    }

    /// File, line and column for a `#[track_caller]` callee: where this call stands, or where the function it stands in
    /// was called, if that is one too.
    fn caller_operands(&mut self) -> Vec<Operand> {
        if let Some(first) = self.caller {
            return (0..CALLER_PARAMS).map(|n| Operand::Copy(Local(first.0 + n).into())).collect();
        }
        let span = self.info.span;
        let (line, column) = self.c.shared.cx.sources.line_col(span);
        let file = &self.c.shared.cx.sources.file(span.file).name;
        vec![
            Operand::Const(text(file, span)),
            Operand::Const(scalar(line as u128, u32_ty(), span)),
            Operand::Const(scalar(column as u128, u32_ty(), span)),
        ]
    }

    pub fn intrinsic(&mut self, what: Intrinsic, args: GenericArgs, mut call: Call) -> TerminatorKind {
        let span = self.info.span;
        let ty = match args.first() {
            Some(GenericArg::Ty(ty)) => *ty,
            Some(GenericArg::Const(_)) | None => Ty::unit(),
        };
        for arg in args.iter() {
            if let GenericArg::Ty(ty) = arg {
                self.c.see(*ty);
            }
        }
        if let Intrinsic::SizeOf | Intrinsic::AlignOf = what
            && let Some(part) = typeck::without_size(self.c.shared.cx.typed.cx(), ty)
        {
            self.c.report_unsized(ty, part, span);
        }
        let number = |bits: u64, ty| Operand::Const(scalar(bits as u128, ty, span));
        let value = match what {
            Intrinsic::SizeOf => number(self.c.shared.layout(ty, span).size, Ty::usize()),
            Intrinsic::AlignOf => number(self.c.shared.layout(ty, span).align, Ty::usize()),
            Intrinsic::SizeOfVal | Intrinsic::AlignOfVal => {
                let at = call.args.remove(0);
                self.extent(what == Intrinsic::SizeOfVal, ty, at)
            }
            Intrinsic::CallOnceAt => return self.call_once_at(args, call),
            Intrinsic::NeedsDrop => number(self.c.shared.cx.typed.needs_drop(ty) as u64, Ty::bool()),
            Intrinsic::TypeName => Operand::Const(text(&self.c.shared.show(ty), span)),
            Intrinsic::CallerFile => self.caller_operands().swap_remove(0),
            Intrinsic::CallerLine => self.caller_operands().swap_remove(1),
            Intrinsic::CallerColumn => self.caller_operands().swap_remove(2),
            Intrinsic::Transmute => {
                let to = call.destination.ty(&self.locals);
                let (from_size, to_size) =
                    (self.c.shared.layout(ty, span).size, self.c.shared.layout(to, span).size);
                if from_size != to_size {
                    let (from, to) = (self.c.shared.show(ty), self.c.shared.show(to));
                    self.c.shared.error(
                        Diagnostic::error(
                            "C9004",
                            self.c.in_user_code(span),
                            format!("`{from}` and `{to}` differ in size, so one is not the other's bits"),
                        )
                        .label(format!("{from_size} bytes here, {to_size} there")),
                    );
                    return TerminatorKind::Unreachable;
                }
                let operand = call.args.remove(0);
                self.assign(call.destination.clone(), Rvalue::Cast(CastOp::Transmute, operand, to));
                return call.done();
            }
            Intrinsic::Forget => return call.done(),
            Intrinsic::Unreachable => return TerminatorKind::Unreachable,
            Intrinsic::DropInPlace => {
                return match self.c.drop_glue(ty, span) {
                    Some(glue) => call.to(Callee::Instance(glue)),
                    None => call.done(),
                };
            }
            Intrinsic::Read
            | Intrinsic::Write
            | Intrinsic::Copy
            | Intrinsic::CopyNonoverlapping
            | Intrinsic::WriteBytes
            | Intrinsic::CompareBytes
            | Intrinsic::Offset
            | Intrinsic::OffsetMut
            | Intrinsic::OffsetFrom
            | Intrinsic::SlicePtr
            | Intrinsic::SlicePtrMut
            | Intrinsic::SliceLen
            | Intrinsic::SliceFromRaw
            | Intrinsic::SliceFromRawMut
            | Intrinsic::StrBytes
            | Intrinsic::StrFromBytes
            | Intrinsic::WrappingAdd
            | Intrinsic::WrappingSub
            | Intrinsic::WrappingMul
            | Intrinsic::AddWithOverflow
            | Intrinsic::SubWithOverflow
            | Intrinsic::MulWithOverflow
            | Intrinsic::SaturatingAdd
            | Intrinsic::SaturatingSub
            | Intrinsic::WrappingShl
            | Intrinsic::WrappingShr
            | Intrinsic::RotateLeft
            | Intrinsic::RotateRight
            | Intrinsic::CountOnes
            | Intrinsic::LeadingZeros
            | Intrinsic::TrailingZeros
            | Intrinsic::SwapBytes
            | Intrinsic::ReverseBits
            | Intrinsic::UncheckedDiv
            | Intrinsic::UncheckedRem
            | Intrinsic::Sqrt
            | Intrinsic::Floor
            | Intrinsic::Ceil
            | Intrinsic::Trunc
            | Intrinsic::Round
            | Intrinsic::RoundEven
            | Intrinsic::Fabs
            | Intrinsic::Copysign
            | Intrinsic::Fma
            | Intrinsic::FloatMin
            | Intrinsic::FloatMax
            | Intrinsic::BlackBox
            | Intrinsic::Assume
            | Intrinsic::Likely
            | Intrinsic::Unlikely
            | Intrinsic::Abort
            | Intrinsic::VolatileRead
            | Intrinsic::VolatileWrite
            | Intrinsic::AtomicAdd
            | Intrinsic::AtomicSub
            | Intrinsic::AtomicLoad
            | Intrinsic::AtomicStore
            | Intrinsic::AtomicSwap
            | Intrinsic::AtomicCompareExchange
            | Intrinsic::Discriminant
            | Intrinsic::Interpreted => return call.to(Callee::Intrinsic(what, args)),
        };
        self.assign(call.destination.clone(), Rvalue::Use(value));
        call.done()
    }

    /// The function behind a function item or captureless closure.
    pub fn reify(&mut self, ty: Ty) -> Option<InstanceId> {
        let span = self.info.span;
        let instance = if let TyKind::FnDef(def, args) = *ty.kind() {
            self.c.plain_instance(def, args, span)?
        } else if let TyKind::Closure(id, args) = *ty.kind() {
            Instance { kind: InstanceKind::ClosureFnPtr(id), args }
        } else {
            return None;
        };
        Some(self.c.instance(instance, span))
    }
}

impl Collector<'_, '_> {
    /// What a definition means for concrete arguments.
    pub fn resolve(&mut self, def: DefId, args: GenericArgs, span: Span) -> Option<Resolved> {
        if args.iter().any(|arg| matches!(arg, GenericArg::Ty(ty) if super::has_error(*ty))) {
            return None;
        }
        let typed = self.shared.cx.typed;
        let resolved = typed.resolve_instance(def, args);
        if resolved.is_none() && !self.shared.diags.borrow().has_errors() {
            let name = typed.package.path_of(def);
            let of = typed.cx().show_args(&args);
            let message = format!("not supported yet: `{name}{of}`, for which no implementation was found");
            self.shared.error(Diagnostic::error("X0001", span, message));
        }
        Some(match resolved? {
            Resolved::Fn(def, args) => Resolved::Fn(def, self.shared.normalise_args(args)),
            Resolved::Closure(id, args, kind) => {
                Resolved::Closure(id, self.shared.normalise_args(args), kind)
            }
            Resolved::Callable(ty, kind) => Resolved::Callable(self.shared.normalise(ty), kind),
            Resolved::CloneBitwise(ty) => Resolved::CloneBitwise(ty),
            Resolved::CloneParts(ty) => Resolved::CloneParts(self.shared.normalise(ty)),
            Resolved::Dyn(def, args) => Resolved::Dyn(def, self.shared.normalise_args(args)),
        })
    }

    pub fn closure_instance(
        &mut self,
        id: typeck::ClosureId,
        args: GenericArgs,
        wanted: ClosureKind,
    ) -> Instance {
        let (own, ..) = self.closure_sig(id, args);
        match (own, wanted) {
            (ClosureKind::Fn | ClosureKind::FnMut, ClosureKind::FnOnce) => {
                let ty = Ty::new(TyKind::Closure(id, args));
                Instance { kind: InstanceKind::CallOnceShim(ty), args: GenericArgs::empty() }
            }
            _ => Instance { kind: InstanceKind::Closure(id), args },
        }
    }

    /// A function that can be called with nothing but its parameters: for pointers and tables.
    pub fn plain_instance(&mut self, def: DefId, args: GenericArgs, span: Span) -> Option<Instance> {
        Some(match self.resolve(def, args, span)? {
            Resolved::Fn(def, args) => {
                let instance = Instance { kind: InstanceKind::Fn(def), args };
                match self.is_tracked(instance) {
                    true => Instance { kind: InstanceKind::Reify(def), args },
                    false => instance,
                }
            }
            Resolved::Closure(id, args, wanted) => self.closure_instance(id, args, wanted),
            Resolved::Callable(ty, _) => {
                Instance { kind: InstanceKind::CallShim(ty), args: GenericArgs::empty() }
            }
            Resolved::CloneBitwise(ty) | Resolved::CloneParts(ty) => {
                Instance { kind: InstanceKind::CloneShim(ty), args: GenericArgs::empty() }
            }
            Resolved::Dyn(def, args) => Instance { kind: InstanceKind::Virtual(def), args },
        })
    }

    /// The functions in the table of a `dyn` type, in order: those of each protocol, super-protocols first.
    pub fn table_methods(&self, protocols: List<ProtocolRef>, self_ty: Ty) -> Vec<(DefId, GenericArgs)> {
        let mut seen = Vec::new();
        let mut methods = Vec::new();
        for protocol in protocols.iter() {
            let args =
                List::from_iter([GenericArg::Ty(self_ty)].into_iter().chain(protocol.args.iter().copied()));
            self.add_methods(ProtocolRef { def: protocol.def, args }, &mut seen, &mut methods);
        }
        methods
    }

    fn add_methods(
        &self,
        protocol: ProtocolRef,
        seen: &mut Vec<ProtocolRef>,
        methods: &mut Vec<(DefId, GenericArgs)>,
    ) {
        if seen.contains(&protocol) {
            return;
        }
        seen.push(protocol);
        let typed = self.shared.cx.typed;
        let Some(def) = typed.signatures.protocol(protocol.def) else { return };
        for parent in &def.supers {
            let args = self
                .shared
                .normalise_args(List::from_iter(parent.args.iter().map(|&arg| arg.subst(&protocol.args))));
            self.add_methods(ProtocolRef { def: parent.def, args }, seen, methods);
        }
        for &member in def.members.keys() {
            if typed.signatures.is_in_table(member) {
                methods.push((member, protocol.args));
            }
        }
    }

    /// Whether a method takes `self` by value.
    pub fn takes_self(&self, method: DefId) -> bool {
        let function = self.shared.cx.typed.signatures.function(method);
        function.is_some_and(|function| function.receiver == Some(hir::Receiver::Value))
    }

    /// The address of the table for a type behind a `dyn`.
    pub fn table_address(&mut self, of: Ty, object: Ty, span: Span) -> Constant {
        let table = self.table(of, object, span);
        let id = self.pointer_to(table, usize_ptr());
        Constant { value: ConstValue::Memory(id), ty: usize_ptr(), span }
    }

    /// Drop glue or 0, size, alignment, functions, the tables of the `dyn` types above; then those of `dyn` types of
    /// several protocols, as far as somebody asks for them.
    fn table(&mut self, of: Ty, object: Ty, span: Span) -> ConstId {
        if let Some(&known) = self.tables.get(&(of, object)) {
            return known;
        }
        let layout = self.shared.layout(of, span);
        let mut bytes = vec![0; 24];
        bytes[8..16].copy_from_slice(&layout.size.to_le_bytes());
        bytes[16..24].copy_from_slice(&layout.align.to_le_bytes());
        let mut relocations = Vec::new();
        if let Some(glue) = self.drop_glue(of, span) {
            relocations.push((0, Relocation::Fn(glue)));
        }
        if let TyKind::Dyn(protocols, ..) = *object.kind() {
            for (method, args) in self.table_methods(protocols, of) {
                let at = bytes.len() as u64;
                bytes.extend([0; 8]);
                if let Some(instance) = self.entry_instance(method, args, span) {
                    let id = self.instance(instance, span);
                    relocations.push((at, Relocation::Fn(id)));
                }
            }
        }
        for above in typeck::dyn_supers(self.shared.cx.typed.cx(), object) {
            let at = bytes.len() as u64;
            bytes.extend([0; 8]);
            let above = self.table(of, self.shared.normalise(above), span);
            relocations.push((at, Relocation::Const(above, 0)));
        }
        for above in self.narrowed.get(&object).cloned().unwrap_or_default() {
            let at = bytes.len() as u64;
            bytes.extend([0; 8]);
            relocations.push((at, Relocation::Const(self.table(of, above, span), 0)));
        }
        let words = bytes.len() as u128 / 8;
        let ty = Ty::new(TyKind::Array(Ty::usize(), typeck::Const::Value(words)));
        let unit = relocations.iter().find_map(|(_, relocation)| match relocation {
            Relocation::Fn(id) => Some(self.program.functions[*id].unit),
            Relocation::Const(..) | Relocation::Str(_) => None,
        });
        let table = unit.map(|unit| {
            let path = super::paths::table_path(self.shared, of, object);
            Box::new(Table { of, object, path, unit })
        });
        // It may grow, so it is no other constant of the same value.
        self.see(ty);
        let id = self.program.consts.push(ConstMemory { ty, bytes, align: 8, relocations, table });
        self.tables.insert((of, object), id);
        self.made_tables.push((of, object, id));
        id
    }

    /// Adds the tables of another `dyn` type to those of `object` that there are.
    fn grow_tables(&mut self, object: Ty, above: Ty, span: Span) {
        let made: Vec<(Ty, ConstId)> =
            self.made_tables.iter().filter(|made| made.1 == object).map(|made| (made.0, made.2)).collect();
        for (of, id) in made {
            let table = self.table(of, above, span);
            let memory = &mut self.program.consts[id];
            let at = memory.bytes.len() as u64;
            memory.bytes.extend([0; 8]);
            memory.relocations.push((at, Relocation::Const(table, 0)));
            let words = memory.bytes.len() as u128 / 8;
            memory.ty = Ty::new(TyKind::Array(Ty::usize(), typeck::Const::Value(words)));
            let ty = memory.ty;
            self.see(ty);
        }
    }

    /// What stands in a table for a method.
    fn entry_instance(&mut self, method: DefId, args: GenericArgs, span: Span) -> Option<Instance> {
        let package = self.shared.cx.typed.package;
        let protocol = package.def(method).parent.and_then(|protocol| package.lang.of(protocol));
        let is_call = matches!(protocol, Some(LangItem::Fn | LangItem::FnMut | LangItem::FnOnce));
        if self.takes_self(method) || is_call && matches!(self.resolve(method, args, span)?, Resolved::Fn(..))
        {
            return Some(Instance { kind: InstanceKind::TableEntry(method), args });
        }
        self.plain_instance(method, args, span)
    }

    /// Where the table of a `dyn` type has the address of that of one above it.
    pub fn table_word_of(&mut self, object: Ty, above: Ty, span: Span) -> Option<u64> {
        let TyKind::Dyn(protocols, ..) = *object.kind() else { return None };
        let functions = self.table_methods(protocols, object).len() as u64;
        let all = typeck::dyn_supers(self.shared.cx.typed.cx(), object);
        let first = crate::shims::dynamic::HEADER + functions;
        if let Some(position) = all.iter().position(|&ty| self.shared.normalise(ty) == above) {
            return Some(first + position as u64);
        }
        // Several protocols: there are too many choices for a table of each, so there are those that are asked for.
        let narrowed = self.narrowed.entry(object).or_default();
        let known = narrowed.iter().position(|&ty| ty == above);
        let position = known.unwrap_or(narrowed.len());
        if known.is_none() {
            narrowed.push(above);
            self.grow_tables(object, above, span);
        }
        Some(first + (all.len() + position) as u64)
    }

    /// The runtime's function that a shim calls.
    pub fn runtime(name: &str) -> Callee {
        Callee::Runtime(Symbol::intern(name))
    }
}
