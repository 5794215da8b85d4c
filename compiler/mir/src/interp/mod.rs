//! The interpreter: runs a monomorphic [`Program`] without a back end.
//!
//! In: a [`Program`], the sources (for places in messages), a [`Host`]. Out: an [`Outcome`]. Afterwards the program has
//! said on the host's streams exactly what its native form says. It checks what native code does not: bounds, life,
//! alignment and initialisation of every access. It evaluates constants, with fuel.
//!
//! ```text
//! memory.rs     bytes, allocations, provenance
//! code.rs       the form that is executed        lower.rs   MIR → that form
//! place.rs      places and operands              step.rs    the loop
//! arith.rs      numbers                          unwind.rs  panics
//! intrinsics.rs functions of the compiler        runtime.rs functions of the runtime, on a Host
//! ```
//!
//! Before: `fn main() { println("{1 + 1}") }` as a program. After: `2` on the host's standard output, exit code 0.

mod arith;
mod code;
mod fault;
mod host;
mod intrinsics;
mod lower;
mod memory;
mod place;
mod runtime;
mod step;
#[cfg(test)]
mod tests;
mod unwind;

pub use fault::{Fault, FaultKind};
pub use host::{Buffers, Host, NOT_SUPPORTED};
pub use memory::Addr;

use crate::{ConstId, InstanceId, Program, Relocation};
use base::{SourceMap, Span, Symbol};
use code::{Code, NOWHERE, Pc};
use fault::Res;
use memory::Memory;
use std::collections::HashMap;
use std::rc::Rc;

#[derive(Clone, Debug)]
pub struct Options {
    /// Steps (blocks) until [`FaultKind::OutOfFuel`].
    pub fuel: u64,
    /// Functions that may wait for each other.
    pub max_depth: usize,
    pub stack_size: usize,
    pub heap_limit: u64,
    /// A panic is kept for the caller instead of told on standard error.
    pub quiet: bool,
    /// Of which frames a panic's trace tells.
    pub backtrace: Backtrace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backtrace {
    Nothing,
    /// The program's own, not the standard library's.
    Own,
    All,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            fuel: u64::MAX,
            max_depth: 200_000,
            stack_size: 64 << 20,
            heap_limit: 4 << 30,
            quiet: false,
            backtrace: Backtrace::Own,
        }
    }
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub end: End,
    /// Pieces and bytes of the heap that were not given back.
    pub leaked: (usize, u64),
}

#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// `main` returned, the program exited, or it panicked (101): the code.
    Exit(i32),
    /// It ended by a signal, after saying why: a shell shows 134.
    Abort,
    /// The interpreter can't go on; nothing has been said. [`Fault::span`] is where.
    Fault(Fault),
}

impl Outcome {
    /// As a shell sees it.
    pub fn exit_code(&self) -> i32 {
        match &self.end {
            End::Exit(code) => *code & 0xff,
            End::Abort => 134,
            End::Fault(_) => 70,
        }
    }
}

/// A panic that was kept ([`Options::quiet`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Panicked {
    pub message: String,
    pub span: Option<Span>,
    /// The program's own functions on the way to it, innermost first, and where each of them was.
    pub calls: Vec<(String, Span)>,
}

/// Runs the program's entry to its end.
pub fn run(program: &Program, sources: &SourceMap, host: &mut dyn Host, options: Options) -> Outcome {
    let mut machine = Machine::new(program, sources, host, options);
    let Some(entry) = program.entry else { return Outcome { end: End::Exit(0), leaked: (0, 0) } };
    let mut end = match machine.call_entry(entry) {
        Ok(result) => machine.mem.read(result, 4).map_or(End::Exit(0), |code| End::Exit(code as i32)),
        Err(fault) => match fault.kind {
            FaultKind::Exit(code) => End::Exit(code),
            FaultKind::Panic => End::Exit(abi::codes::PANIC_EXIT_CODE),
            FaultKind::Abort => End::Abort,
            FaultKind::StackOverflow | FaultKind::OutOfMemory(_) => {
                machine.host.stdout_flush();
                machine.host.stderr(format!("{fault}\n").as_bytes());
                End::Abort
            }
            FaultKind::Undefined(_) | FaultKind::OutOfFuel | FaultKind::Unsupported(_) => End::Fault(*fault),
        },
    };
    let failed = machine.host.stdout_flush();
    if failed < 0 && !matches!(end, End::Fault(_) | End::Abort) {
        let why = machine.host.error_text(-failed as i32);
        machine.host.stderr(format!("cannot write to standard output: {why}\n").as_bytes());
        if end == End::Exit(0) {
            end = End::Exit(1);
        }
    }
    Outcome { end, leaked: machine.mem.in_use() }
}

/// What a call waits for.
#[derive(Clone, Copy, PartialEq, Debug)]
enum FrameKind {
    Normal,
    /// The first: its result stays where it is.
    Root,
    /// `qrt_catch` stops unwinding here; the number of panics before it.
    Catch(u32),
}

struct Frame {
    code: Rc<Code>,
    /// The operation that runs, while another frame is above.
    pc: usize,
    base: usize,
    /// Number in memory; 0 as long as nothing points into the frame.
    id: u32,
    kind: FrameKind,
    /// Where the caller wants the result, and where it goes on.
    dest: Addr,
    next: Pc,
    unwind: Pc,
}

/// A program while it runs.
pub struct Machine<'p, 'h> {
    program: &'p Program,
    sources: &'p SourceMap,
    host: &'h mut dyn Host,
    options: Options,
    mem: Memory,
    codes: Vec<Option<Rc<Code>>>,
    frames: Vec<Frame>,
    /// Of the top frame.
    base: usize,
    /// Of the operation that runs.
    pc: usize,
    fuel: u64,
    /// Panics that are unwinding now.
    panics: u32,
    panicked: Option<Panicked>,
    /// Where the panic that begins goes first.
    cleanup: Pc,
    functions: Vec<Addr>,
    constants: Vec<Addr>,
    texts: HashMap<Symbol, Addr>,
    /// The body of a constant: what it points to outlives it.
    evaluating: Option<InstanceId>,
}

impl<'p, 'h> Machine<'p, 'h> {
    pub fn new(
        program: &'p Program,
        sources: &'p SourceMap,
        host: &'h mut dyn Host,
        options: Options,
    ) -> Machine<'p, 'h> {
        let count = program.functions.len();
        Machine {
            program,
            sources,
            host,
            mem: Memory::new(options.stack_size, options.heap_limit),
            fuel: options.fuel,
            options,
            codes: vec![None; count],
            frames: Vec::new(),
            base: 0,
            pc: 0,
            panics: 0,
            panicked: None,
            cleanup: NOWHERE,
            functions: vec![0; count],
            constants: vec![0; program.consts.len()],
            texts: HashMap::new(),
            evaluating: None,
        }
    }

    /// Runs a function without parameters; the address of its result, which stays readable.
    pub fn call_entry(&mut self, entry: InstanceId) -> Result<Addr, Box<Fault>> {
        let code = self.code(entry)?;
        let base = self.reserve(&code)?;
        self.push(code, base, FrameKind::Root, 0, NOWHERE, NOWHERE);
        self.run_loop().map_err(|mut fault| {
            fault.span = fault.span.or_else(|| self.span_here());
            fault
        })?;
        let code = &self.frames[0].code;
        let at = code.ret.at as usize;
        Ok(self.own_addr(at))
    }

    /// Runs the body of a constant: its temporaries stay as long as the machine.
    pub fn evaluate(&mut self, entry: InstanceId) -> Result<Addr, Box<Fault>> {
        self.evaluating = Some(entry);
        self.call_entry(entry)
    }

    pub fn panicked(&self) -> Option<&Panicked> {
        self.panicked.as_ref()
    }

    fn is_evaluating(&self, function: InstanceId) -> bool {
        self.evaluating == Some(function)
    }

    /// A function in executable form.
    fn code(&mut self, function: InstanceId) -> Res<Rc<Code>> {
        if let Some(code) = &self.codes[function.0 as usize] {
            return Ok(code.clone());
        }
        let code = Rc::new(lower::Lower::function(self, function)?);
        self.codes[function.0 as usize] = Some(code.clone());
        Ok(code)
    }

    /// The address of a function, for pointers to it.
    fn function_addr(&mut self, function: InstanceId) -> Addr {
        let known = self.functions[function.0 as usize];
        if known != 0 {
            return known;
        }
        let addr = self.mem.add_function(function);
        self.functions[function.0 as usize] = addr;
        addr
    }

    /// The bytes of a text.
    fn text(&mut self, text: Symbol) -> Addr {
        if let Some(&addr) = self.texts.get(&text) {
            return addr;
        }
        let addr = self.mem.add_static(text.as_str().as_bytes(), 1);
        self.texts.insert(text, addr);
        addr
    }

    /// An evaluated constant in memory.
    fn constant(&mut self, id: ConstId) -> Addr {
        let known = self.constants[id.0 as usize];
        if known != 0 {
            return known;
        }
        let constant = &self.program.consts[id];
        let addr = self.mem.add_static(&constant.bytes, constant.align.max(1));
        self.constants[id.0 as usize] = addr;
        for (at, relocation) in &constant.relocations {
            let value = match relocation {
                Relocation::Const(other, offset) => self.constant(*other) + offset,
                Relocation::Str(text) => self.text(*text),
                Relocation::Fn(function) => self.function_addr(*function),
            };
            self.mem.patch_static(addr, *at, value);
        }
        addr
    }

    /// The static that an address points into, and how far from its start.
    pub fn static_at(&self, addr: Addr) -> Option<(ConstId, u64)> {
        let (start, ..) = self.mem.extent(addr)?;
        let of = |id: &&ConstId| self.constants[base::Idx::index(**id)] == start;
        self.program.statics.keys().find(of).map(|&id| (id, addr - start))
    }

    fn span_here(&self) -> Option<Span> {
        self.frames.last().and_then(|frame| frame.code.spans.get(self.pc).copied())
    }

    // ---- for the evaluator of constants

    pub fn read(&self, addr: Addr, size: u64) -> Result<u64, Box<Fault>> {
        self.mem.read(addr, size as usize)
    }
    pub fn read_wide(&self, addr: Addr) -> Result<u128, Box<Fault>> {
        self.mem.read_wide(addr)
    }
    /// Bytes as they are; those never written are 0.
    pub fn raw_bytes(&self, addr: Addr, len: u64) -> Result<&[u8], Box<Fault>> {
        self.mem.raw_bytes(addr, len as usize)
    }
    /// Start, length and alignment of what an address points into; `None` for dangling ones.
    pub fn extent(&self, addr: Addr) -> Option<(Addr, usize, u64)> {
        self.mem.extent(addr)
    }
    pub fn is_heap(&self, addr: Addr) -> bool {
        self.mem.is_heap(addr)
    }
    pub fn function_at(&self, addr: Addr) -> Option<InstanceId> {
        self.mem.function_at(addr).ok()
    }
}
