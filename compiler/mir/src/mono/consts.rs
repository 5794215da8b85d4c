//! Constants: each initialiser runs in the interpreter, in a program of its own, with fuel.
//!
//! In: the body of a `const`, `static` or array length, and its arguments. Out: an [`Evaluated`] value that no longer knows
//! the program that made it. Errors are C9000 (a panic), C9001 (too long), C9002 (not a constant), C9005 (a circle).
//!
//! Before: `const TABLE: [u8; 3] = [1, 1 + 1, 3]`. After: the bytes `01 02 03`.

use super::{Collector, Shared};
use crate::interp::{Buffers, FaultKind, Machine, Options};
use crate::layout::TagEncoding;
use crate::*;
use base::{Diagnostic, ErrorReported, Span, Symbol};
use hir::{DefId, Item, PrimTy};
use std::cell::RefCell;
use std::rc::Rc;
use typeck::{Const, GenericArgs, Ty, TyKind, VariantIdx};

/// Blocks until a constant is called endless.
const FUEL: u64 = 20_000_000;
/// Constants may need constants; beyond this the machines on top of each other would fill the stack.
const DEPTH: usize = 128;
/// How many calls on the way to a panic are shown.
const CALLS: usize = 4;

thread_local! {
    /// What is being evaluated, outermost first: a constant needs another, whose types may need a third.
    static CHAIN: RefCell<Vec<Instance>> = const { RefCell::new(Vec::new()) };
}

/// A value at compile time.
#[derive(Clone, Debug, PartialEq)]
pub enum Evaluated {
    /// Bits of a number, `bool`, `char`.
    Scalar(u128),
    Str(Symbol),
    ZeroSized,
    /// The address of a function.
    Fn(Instance),
    Memory(Rc<EvaluatedMemory>),
}

/// Bytes, and what the addresses in them mean.
#[derive(Debug, PartialEq)]
pub struct EvaluatedMemory {
    pub ty: Ty,
    pub bytes: Vec<u8>,
    pub align: u64,
    pub addresses: Vec<(u64, Address)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Address {
    Memory(Rc<EvaluatedMemory>),
    Str(Symbol),
    Fn(Instance),
    /// Into a static, that many bytes from its start.
    Static(DefId, u64),
}

/// Why a value can't be kept.
enum Unfit {
    /// It owns memory of the heap.
    Heap,
    Other(String),
}

type Fit<T> = Result<T, Unfit>;

impl From<Box<interp::Fault>> for Unfit {
    fn from(fault: Box<interp::Fault>) -> Unfit {
        Unfit::Other(fault.to_string())
    }
}

impl Shared<'_> {
    /// The value of a `const` or `static`; of a protocol's, that of the impl. `span` is where it is used.
    pub fn constant(&self, def: DefId, args: GenericArgs, span: Span) -> Result<Evaluated, ErrorReported> {
        let package = self.cx.typed.package;
        let (def, args) = match self.cx.typed.resolve_const(def, args) {
            Some((def, args)) => (def, self.normalise_args(args)),
            None => (def, args),
        };
        let Some(Item::Const(hir::Const { body: Some(body), .. })) = package.item(def) else {
            let name = package.def(def).name;
            let message = format!("not supported yet: the constant `{name}`, which has no value here");
            return Err(self.error(Diagnostic::error("X0001", span, message)));
        };
        self.evaluate(InstanceKind::Const(*body), args, span)
    }

    /// The value of a body without parameters: of a constant, or of what is promoted.
    pub fn evaluate(
        &self,
        kind: InstanceKind,
        args: GenericArgs,
        span: Span,
    ) -> Result<Evaluated, ErrorReported> {
        let key = Instance { kind, args };
        if let Some(known) = self.consts.borrow().get(&key) {
            return known.clone();
        }
        let (before, depth) =
            CHAIN.with_borrow(|chain| (chain.iter().position(|&it| it == key), chain.len()));
        if let Some(at) = before {
            return Err(self.circle(at, span));
        }
        if depth >= DEPTH {
            let message = "this constant needs too many others, one after the other";
            return Err(self.error(Diagnostic::error("C9001", span, message)));
        }
        CHAIN.with_borrow_mut(|chain| chain.push(key));
        let value = self.run(key, span);
        CHAIN.with_borrow_mut(|chain| chain.pop());
        self.consts.borrow_mut().insert(key, value.clone());
        value
    }

    /// What is being evaluated from `at` on needs, at `span`, what is evaluated at `at`.
    fn circle(&self, at: usize, span: Span) -> ErrorReported {
        let package = self.cx.typed.package;
        let mut chain = CHAIN.with_borrow(|chain| chain[at..].to_vec());
        chain.push(chain[0]);
        let owner = |&instance: &Instance| super::paths::def_of(self, instance);
        let mut owners: Vec<DefId> = chain.iter().filter_map(owner).collect();
        owners.dedup();
        let name = |def: DefId| package.def(def).name;
        let first = package.def(owners[0]);
        let message = format!("the value of `{}` depends on itself", first.name);
        let mut diagnostic = Diagnostic::error("C9005", first.name_span, message);
        for pair in owners.windows(2).skip(1) {
            let at = package.def(pair[0]).name_span;
            diagnostic = diagnostic.secondary(at, format!("`{}` needs `{}`", name(pair[0]), name(pair[1])));
        }
        self.error(diagnostic.secondary(span, format!("`{}` is needed here to compute it", first.name)))
    }

    fn run(&self, instance: Instance, span: Span) -> Result<Evaluated, ErrorReported> {
        let generic = if let InstanceKind::Const(body) = instance.kind {
            self.cx.source.body(body)
        } else if let InstanceKind::Promoted(id) = instance.kind {
            self.cx.source.promoted(id)
        } else {
            unreachable!("only these are evaluated")
        };
        let Some(generic) = generic else {
            // Type checking or the source has reported it in its own bag.
            let proof = self.cx.source.error_in(instance).or(self.diags.borrow().error_reported());
            return Err(proof.unwrap_or_else(|| self.not_constant(span, "its value has an error")));
        };
        if let Some(value) = literal(&generic) {
            return Ok(value);
        }
        let mut collector = Collector::new(self);
        let errors = self.diags.borrow().error_reported();
        let id = collector.instance(instance, span);
        collector.drain();
        if let (None, Some(proof)) = (errors, self.diags.borrow().error_reported()) {
            return Err(proof);
        }
        if let Some(broken) = collector.broken {
            let proof = self.cx.source.error_in(broken);
            return Err(
                proof.unwrap_or_else(|| self.not_constant(span, "it needs something that has an error"))
            );
        }
        let program = collector.program;
        let ty = program.functions[id].body.locals[RETURN].ty;
        let mut host = Buffers::new();
        let options =
            Options { fuel: FUEL, quiet: true, max_depth: 2_000, stack_size: 4 << 20, ..Options::default() };
        let mut machine = Machine::new(&program, self.cx.sources, &mut host, options);
        match machine.evaluate(id) {
            Ok(addr) => {
                let value = Extract { shared: self, program: &program, machine: &machine }.value(addr, ty);
                value.map_err(|unfit| match unfit {
                    Unfit::Heap => self.not_constant(
                        generic.span,
                        "its value owns memory of the heap, which does not exist before the program runs",
                    ),
                    Unfit::Other(why) => self.not_constant(generic.span, &why),
                })
            }
            Err(fault) => {
                let at = fault.span.filter(|&at| self.is_own(at)).unwrap_or(generic.span);
                Err(match &fault.kind {
                    FaultKind::Panic => {
                        let panicked = machine.panicked();
                        let message = panicked.map_or("", |panicked| panicked.message.as_str());
                        let at = panicked.and_then(|panicked| panicked.span).unwrap_or(at);
                        let mut diagnostic =
                            Diagnostic::error("C9000", at, format!("this constant panics: {message}"))
                                .label("while the compiler evaluates it");
                        let calls = panicked.map_or(&[][..], |panicked| &panicked.calls);
                        for (function, span) in calls.iter().filter(|(_, span)| *span != at).take(CALLS) {
                            diagnostic = diagnostic.secondary(*span, format!("called here, in `{function}`"));
                        }
                        if let Some(more) = calls.len().checked_sub(CALLS + 1) {
                            diagnostic = diagnostic.note(format!("and {} calls more around it", more + 1));
                        }
                        self.error(diagnostic)
                    }
                    FaultKind::OutOfFuel | FaultKind::StackOverflow | FaultKind::OutOfMemory(_) => self
                        .error(
                            Diagnostic::error("C9001", at, "this constant takes too long to compute")
                                .label("the compiler gave up here"),
                        ),
                    FaultKind::Exit(_)
                    | FaultKind::Abort
                    | FaultKind::Undefined(_)
                    | FaultKind::Unsupported(_) => self.not_constant(at, &fault.to_string()),
                })
            }
        }
    }

    fn is_own(&self, span: Span) -> bool {
        !self.cx.sources.file(span.file).name.starts_with(abi::codes::LIBRARY_PREFIX)
    }

    fn not_constant(&self, at: Span, why: &str) -> ErrorReported {
        self.error(Diagnostic::error("C9002", at, format!("this is no constant: {why}")))
    }
}

/// A body that is nothing but a literal needs no machine.
fn literal(body: &Body) -> Option<Evaluated> {
    let [block] = &body.blocks.raw[..] else { return None };
    if !matches!(block.terminator.kind, TerminatorKind::Return) {
        return None;
    }
    let mut assignments = block.statements.iter().filter(|statement| {
        !matches!(
            statement.kind,
            StatementKind::StorageLive(_) | StatementKind::StorageDead(_) | StatementKind::Nop
        )
    });
    let (Some(only), None) = (assignments.next(), assignments.next()) else { return None };
    let StatementKind::Assign(place, Rvalue::Use(Operand::Const(constant))) = &only.kind else {
        return None;
    };
    if *place != Place::local(RETURN) {
        return None;
    }
    match &constant.value {
        ConstValue::Scalar(bits) => Some(Evaluated::Scalar(*bits)),
        ConstValue::Str(text) => Some(Evaluated::Str(*text)),
        ConstValue::ZeroSized
        | ConstValue::Bytes(_)
        | ConstValue::Def(..)
        | ConstValue::Promoted(..)
        | ConstValue::Ty(_)
        | ConstValue::Memory(_)
        | ConstValue::FnPtr(_) => None,
    }
}

/// Takes a value out of a machine's memory.
struct Extract<'x, 's, 'p, 'h> {
    shared: &'x Shared<'s>,
    program: &'x Program,
    machine: &'x Machine<'p, 'h>,
}

impl Extract<'_, '_, '_, '_> {
    fn value(&self, addr: u64, ty: Ty) -> Fit<Evaluated> {
        let layout = self.program.layout(ty);
        if layout.size == 0 {
            return Ok(Evaluated::ZeroSized);
        }
        let number = matches!(layout.abi, Abi::Scalar(scalar) if !matches!(scalar, Scalar::Pointer { .. }));
        if number {
            return Ok(Evaluated::Scalar(match layout.size {
                16 => self.machine.read_wide(addr)?,
                size => self.machine.read(addr, size)? as u128,
            }));
        }
        let memory = self.memory(addr, ty)?;
        let is_str = matches!(*ty.kind(), TyKind::Ref(_, to, _) if to == Ty::prim(PrimTy::Str));
        match &memory.addresses[..] {
            [(0, Address::Str(text))] if is_str => Ok(Evaluated::Str(*text)),
            [(0, Address::Fn(instance))] if matches!(ty.kind(), TyKind::FnPtr(_)) => {
                Ok(Evaluated::Fn(*instance))
            }
            _ => Ok(Evaluated::Memory(memory)),
        }
    }

    fn memory(&self, addr: u64, ty: Ty) -> Fit<Rc<EvaluatedMemory>> {
        let layout = self.program.layout(ty);
        let mut bytes = self.machine.raw_bytes(addr, layout.size)?.to_vec();
        let mut addresses = Vec::new();
        self.addresses(addr, ty, 0, &mut addresses)?;
        // Addresses of the machine are no one's business.
        for (at, _) in &addresses {
            bytes[*at as usize..*at as usize + 8].fill(0);
        }
        Ok(Rc::new(EvaluatedMemory { ty, bytes, align: layout.align, addresses }))
    }

    /// The pointers in a value of type `ty` at `addr + offset`.
    fn addresses(&self, addr: u64, ty: Ty, offset: u64, out: &mut Vec<(u64, Address)>) -> Fit<()> {
        let layout = self.program.layout(ty);
        match *ty.kind() {
            TyKind::Ref(_, to, _) | TyKind::RawPtr(to, _) => {
                let target = self.machine.read(addr + offset, 8)?;
                if let Some(address) = self.target(addr + offset, target, to)? {
                    out.push((offset, address));
                }
            }
            TyKind::FnPtr(_) => {
                let target = self.machine.read(addr + offset, 8)?;
                if let Some(function) = self.machine.function_at(target) {
                    out.push((offset, Address::Fn(self.program.functions[function].instance)));
                }
            }
            TyKind::Array(elem, Const::Value(count)) => {
                let stride = self.program.layout(elem).size;
                for n in 0..count as u64 {
                    let before = out.len();
                    self.addresses(addr, elem, offset + n * stride, out)?;
                    if n == 0 && out.len() == before && !has_pointers(self.shared, elem) {
                        break;
                    }
                }
            }
            TyKind::Tuple(_) | TyKind::Closure(..) | TyKind::Adt(..) => match &layout.variants {
                Variants::Single(variant) => {
                    let FieldsLayout::Offsets(offsets) = &layout.fields else { return Ok(()) };
                    let offsets = offsets.clone();
                    for (field, ty) in self.fields(ty, *variant) {
                        self.addresses(addr, ty, offset + offsets[field], out)?;
                    }
                }
                Variants::Multiple { tag, tag_offset, encoding, variants } => {
                    let at = addr + offset + tag_offset;
                    let bits = self.machine.read(at, tag.size())? as u128;
                    let active = match encoding {
                        TagEncoding::Direct => VariantIdx(bits as u32),
                        TagEncoding::Niche { untagged, niched, start } => {
                            let relative = bits.wrapping_sub(*start) & tag.max_bits();
                            match relative <= (niched.end() - niched.start()) as u128 {
                                true => VariantIdx(niched.start() + relative as u32),
                                false => *untagged,
                            }
                        }
                    };
                    let offsets = variants[active].offsets.clone();
                    for (field, ty) in self.fields(ty, active) {
                        self.addresses(addr, ty, offset + offsets[field], out)?;
                    }
                }
            },
            TyKind::Array(..)
            | TyKind::Prim(_)
            | TyKind::Slice(_)
            | TyKind::FnDef(..)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => {}
        }
        Ok(())
    }

    fn fields(&self, ty: Ty, variant: VariantIdx) -> Vec<(typeck::FieldIdx, Ty)> {
        if let TyKind::Adt(def, args) = *ty.kind() {
            let types = self.shared.variant_fields(def, variant, args).into_iter().enumerate();
            types.map(|(n, ty)| (typeck::FieldIdx(n as u32), ty)).collect()
        } else {
            self.shared.fields(ty)
        }
    }

    /// What the pointer stored at `at` points at; `None` where it dangles, as that of an empty slice may.
    fn target(&self, at: u64, target: u64, to: Ty) -> Fit<Option<Address>> {
        if self.machine.extent(target).is_none() {
            let function = self.machine.function_at(target);
            return Ok(function.map(|function| Address::Fn(self.program.functions[function].instance)));
        }
        if self.machine.is_heap(target) {
            return Err(Unfit::Heap);
        }
        if let Some((id, offset)) = self.machine.static_at(target) {
            return Ok(Some(Address::Static(self.program.statics[&id].def, offset)));
        }
        if let TyKind::Prim(PrimTy::Str) = *to.kind() {
            let len = self.machine.read(at + 8, 8)?;
            let bytes = self.machine.raw_bytes(target, len)?;
            let text = std::str::from_utf8(bytes).map_err(|_| Unfit::Other("a `str` is no UTF-8".into()))?;
            Ok(Some(Address::Str(Symbol::intern(text))))
        } else if let TyKind::Slice(elem) = *to.kind() {
            let len = self.machine.read(at + 8, 8)?;
            let array = Ty::new(TyKind::Array(elem, Const::Value(len as u128)));
            let stride = self.program.layout(elem);
            let bytes = self.machine.raw_bytes(target, len * stride.size)?.to_vec();
            let mut memory = EvaluatedMemory { ty: array, bytes, align: stride.align, addresses: Vec::new() };
            for n in 0..len {
                self.addresses(target, elem, n * stride.size, &mut memory.addresses)?;
            }
            for (at, _) in &memory.addresses {
                memory.bytes[*at as usize..*at as usize + 8].fill(0);
            }
            Ok(Some(Address::Memory(Rc::new(memory))))
        } else if let TyKind::Dyn(..) = *to.kind() {
            Err(Unfit::Other("not supported yet: `dyn` in a constant".into()))
        } else {
            Ok(Some(Address::Memory(self.memory(target, to)?)))
        }
    }
}

fn has_pointers(shared: &Shared<'_>, ty: Ty) -> bool {
    if let TyKind::Prim(_) | TyKind::FnDef(..) = *ty.kind() {
        false
    } else if let TyKind::Array(elem, _) = *ty.kind() {
        has_pointers(shared, elem)
    } else if let TyKind::Tuple(_) = *ty.kind() {
        shared.fields(ty).iter().any(|&(_, ty)| has_pointers(shared, ty))
    } else {
        true
    }
}

impl Collector<'_, '_> {
    /// An evaluated constant in the program's table.
    pub fn evaluated_memory(&mut self, memory: &EvaluatedMemory) -> ConstId {
        let relocations = memory
            .addresses
            .iter()
            .map(|(at, address)| {
                let relocation = match address {
                    Address::Memory(memory) => Relocation::Const(self.evaluated_memory(memory), 0),
                    Address::Str(text) => Relocation::Str(*text),
                    Address::Static(def, offset) => Relocation::Const(self.static_item(*def), *offset),
                    Address::Fn(instance) => {
                        let span = self.span_of(*instance);
                        Relocation::Fn(self.instance(*instance, span))
                    }
                };
                (*at, relocation)
            })
            .collect();
        let EvaluatedMemory { ty, bytes, align, .. } = memory;
        self.memory(ConstMemory { ty: *ty, bytes: bytes.clone(), align: *align, relocations, table: None })
    }
}
