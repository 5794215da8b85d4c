//! The back end from program to output: units in parallel, pipelines, objects.
//!
//! In: a [`BackendInput`]. Out: one output a unit and the types' companion; for an optimised build one output
//! of all units together.
//!
//! ```text
//! -O0   bank → bank.o   core.list → core.list.o   …            types.o
//! -O2   bank → bitcode ┐
//!       core.list → …  ┴→ one module → internalise → default<O2> → program.o   types.o
//! ```

use crate::debuginfo::companion;
use crate::debuginfo::table::DebugTypes;
use crate::function;
use crate::ir::built;
use crate::symbol;
use crate::unit::UnitCx;
use base::{Idx, IndexVec};
use inkwell::OptimizationLevel;
use inkwell::attributes::AttributeLoc;
use inkwell::context::Context;
use inkwell::memory_buffer::MemoryBuffer;
use inkwell::module::{Linkage, Module};
use inkwell::passes::PassBuilderOptions;
use inkwell::targets::{
    CodeModel, FileType, InitializationConfig, RelocMode, Target, TargetMachine, TargetTriple,
};
use mir::backend::{BackendInput, BackendOutput};
use mir::{BackendError, InstanceId, OutputKind, UnitId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What all units of a compilation share.
pub struct Settings {
    pub target: String,
    pub cpu: &'static str,
    pub optimise: bool,
    /// 0 to 3.
    pub level: u8,
    /// Bytes of a pointer.
    pub word: u64,
    /// By instance.
    pub symbols: Vec<String>,
    pub tables: BTreeMap<mir::ConstId, String>,
    pub statics: BTreeMap<mir::ConstId, String>,
    pub debug: Option<DebugTypes>,
}

/// The name of the output that defines types.
const TYPES: &str = "types";
/// The name of the one output of an optimised build.
const PROGRAM: &str = "program";

pub fn compile(input: &BackendInput<'_>) -> Result<Vec<BackendOutput>, BackendError> {
    initialise();
    let word = 8;
    let mut settings = Settings {
        target: input.target.to_owned(),
        // As rustc's, or the runtime's bitcode would not be inlined.
        cpu: if input.target.starts_with("x86_64") { "x86-64" } else { "generic" },
        optimise: input.opt_level > 0,
        level: input.opt_level.min(3),
        word,
        symbols: symbol::symbols(input.program),
        tables: symbol::table_symbols(input.program),
        statics: symbol::static_symbols(input.program),
        debug: None,
    };
    settings.debug = input.debug_info.then(|| DebugTypes::new(input.program, &settings.tables, word));
    let mut outputs = match settings.optimise {
        false => in_parallel(input, &settings, emit_unit)?,
        true => vec![together(input, &settings)?],
    };
    if let (Some(debug), OutputKind::Obj) = (&settings.debug, input.output) {
        let architecture = match input.target.split('-').next() {
            Some("aarch64") => object::Architecture::Aarch64,
            _ => object::Architecture::X86_64,
        };
        let options = companion::Options { architecture, address_size: word as u8, printers: true };
        let bytes =
            companion::object(&debug.table, &options).map_err(|error| BackendError(error.to_string()))?;
        outputs.push(BackendOutput { name: TYPES.to_owned(), bytes });
    }
    Ok(outputs)
}

/// LLVM's global state, once a process.
fn initialise() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let all = InitializationConfig::default();
        Target::initialize_x86(&all);
        Target::initialize_aarch64(&all);
        Target::initialize_arm(&all);
        Target::initialize_riscv(&all);
        // gdb 13 loses every unit that a `.debug_names` of other units does not list.
        let arguments = [c"quastra".as_ptr(), c"-accel-tables=Disable".as_ptr()];
        // SAFETY: two strings that live for ever, and no other thread is in LLVM yet.
        unsafe { llvm_sys::support::LLVMParseCommandLineOptions(2, arguments.as_ptr(), std::ptr::null()) };
    });
}

pub fn machine(settings: &Settings) -> Result<TargetMachine, BackendError> {
    let triple = TargetTriple::create(&settings.target);
    let target = Target::from_triple(&triple)
        .map_err(|error| BackendError(format!("no code is made for {}: {error}", settings.target)))?;
    let level = match settings.level {
        0 => OptimizationLevel::None,
        1 => OptimizationLevel::Less,
        2 => OptimizationLevel::Default,
        _ => OptimizationLevel::Aggressive,
    };
    target
        .create_target_machine(&triple, settings.cpu, "", level, RelocMode::PIC, CodeModel::Default)
        .ok_or_else(|| BackendError(format!("no code is made for {}", settings.target)))
}

/// The functions of each unit that has any, or statics.
fn units(input: &BackendInput<'_>) -> Vec<(UnitId, Vec<InstanceId>)> {
    let mut functions: IndexVec<UnitId, Vec<InstanceId>> =
        IndexVec::from_elem(Vec::new(), input.program.units.len());
    for (id, function) in input.program.functions.iter_enumerated() {
        functions[function.unit].push(id);
    }
    functions
        .iter_enumerated()
        .filter(|(unit, ids)| {
            !ids.is_empty() || input.program.statics.values().any(|item| item.unit == *unit)
        })
        .map(|(unit, ids)| (unit, ids.clone()))
        .collect()
}

/// Does `work` for every unit, on as many threads as allowed. Results come in the units' order.
fn in_parallel<T: Send>(
    input: &BackendInput<'_>,
    settings: &Settings,
    work: fn(&BackendInput<'_>, &Settings, UnitId, &[InstanceId]) -> Result<T, BackendError>,
) -> Result<Vec<T>, BackendError> {
    let units = units(input);
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Result<T, BackendError>>>> =
        Mutex::new(units.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..input.threads.clamp(1, units.len().max(1)) {
            scope.spawn(|| {
                while let Some((index, (unit, functions))) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    units.get(index).map(|unit| (index, unit))
                } {
                    let result = work(input, settings, *unit, functions);
                    results.lock().unwrap_or_else(|poisoned| poisoned.into_inner())[index] = Some(result);
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    results.into_iter().map(|result| result.expect("every unit was done")).collect()
}

/// Lowers a unit into a module.
fn lower<'ll>(
    ctx: &'ll Context,
    input: &BackendInput<'_>,
    settings: &Settings,
    machine: &TargetMachine,
    unit: UnitId,
    functions: &[InstanceId],
) -> Result<Module<'ll>, BackendError> {
    let u = UnitCx::new(ctx, input.program, input.sources, settings, machine, unit);
    for &id in functions {
        function::lower(&u, id);
    }
    for (id, memory) in input.program.consts.iter_enumerated() {
        if memory.table.as_ref().is_some_and(|table| table.unit == unit) {
            u.const_memory(id);
        }
    }
    for (&id, _) in input.program.statics.iter().filter(|(_, item)| item.unit == unit) {
        u.const_memory(id);
    }
    if let Some(entry) = input.program.entry
        && functions.contains(&entry)
    {
        program_main(&u, entry);
    }
    if let Some(debug) = &u.debug {
        debug.finalize();
    }
    if cfg!(debug_assertions) {
        verify(&u.module)?;
    }
    Ok(u.module)
}

fn verify(module: &Module<'_>) -> Result<(), BackendError> {
    module.verify().map_err(|error| {
        let name = module.get_name().to_string_lossy();
        BackendError(format!("the LLVM module of {name} is not well-formed: {error}"))
    })
}

/// What the runtime's `main` calls.
fn program_main(u: &UnitCx<'_, '_>, entry: InstanceId) {
    let ctx = u.ir.ctx;
    let function = u.module.add_function(
        abi::codes::PROGRAM_MAIN,
        ctx.i32_type().fn_type(&[], false),
        Some(Linkage::External),
    );
    u.common_attributes(function);
    u.ir.b.position_at_end(ctx.append_basic_block(function, "start"));
    u.ir.b.unset_current_debug_location();
    let call = built(u.ir.b.build_call(u.function(entry).0, &[], ""));
    // This function has no debug information: what is inlined into it would lose its own, and traces their frames.
    call.add_attribute(AttributeLoc::Function, u.attributes.get(ctx, "noinline", 0));
    let code = call.try_as_basic_value().expect_basic("the entry gives the exit code");
    built(u.ir.b.build_return(Some(&code)));
}

/// An unoptimised unit: its output.
fn emit_unit(
    input: &BackendInput<'_>,
    settings: &Settings,
    unit: UnitId,
    functions: &[InstanceId],
) -> Result<BackendOutput, BackendError> {
    let ctx = Context::create();
    let machine = machine(settings)?;
    let module = lower(&ctx, input, settings, &machine, unit, functions)?;
    let bytes = emit(&module, &machine, input.output)?;
    Ok(BackendOutput { name: input.program.units[unit].name.to_string(), bytes })
}

fn emit(module: &Module<'_>, machine: &TargetMachine, output: OutputKind) -> Result<Vec<u8>, BackendError> {
    let kind = match output {
        OutputKind::LlvmIr => return Ok(module.print_to_string().to_bytes().to_vec()),
        OutputKind::Asm => FileType::Assembly,
        OutputKind::Obj => FileType::Object,
    };
    let buffer =
        machine.write_to_memory_buffer(module, kind).map_err(|error| BackendError(error.to_string()))?;
    let bytes = buffer.as_slice();
    // Text ends with the 0 that LLVM keeps behind its buffers.
    Ok(bytes.strip_suffix(b"\0").filter(|_| output == OutputKind::Asm).unwrap_or(bytes).to_vec())
}

/// An optimised build: all units as one module.
fn together(input: &BackendInput<'_>, settings: &Settings) -> Result<BackendOutput, BackendError> {
    let parts = in_parallel(input, settings, |input, settings, unit, functions| {
        let ctx = Context::create();
        let machine = machine(settings)?;
        let module = lower(&ctx, input, settings, &machine, unit, functions)?;
        Ok(module.write_bitcode_to_memory().as_slice().to_vec())
    })?;
    let ctx = Context::create();
    let machine = machine(settings)?;
    let whole = ctx.create_module(PROGRAM);
    whole.set_triple(&machine.get_triple());
    whole.set_data_layout(&machine.get_target_data().get_data_layout());
    for part in &parts {
        let buffer = MemoryBuffer::create_from_memory_range_copy(part, PROGRAM);
        let module = Module::parse_bitcode_from_buffer(&buffer, &ctx)
            .map_err(|error| BackendError(error.to_string()))?;
        whole.link_in_module(module).map_err(|error| BackendError(error.to_string()))?;
    }
    if let Some(bitcode) = input.runtime_bitcode {
        link_runtime(&whole, &ctx, bitcode)?;
    }
    // Nobody else calls them: they may be inlined away, specialised, dropped.
    for function in whole.get_functions() {
        let defined = function.count_basic_blocks() > 0;
        let ours = function.get_linkage() != Linkage::AvailableExternally;
        if defined && ours && function.get_name().to_bytes() != abi::codes::PROGRAM_MAIN.as_bytes() {
            let global = function.as_global_value();
            global.set_visibility(inkwell::GlobalVisibility::Default);
            function.set_linkage(Linkage::Internal);
        }
    }
    let tables = settings.tables.values().chain(settings.statics.values());
    let tables: BTreeSet<&str> = tables.map(|name| name.as_str()).collect();
    for global in whole.get_globals() {
        // Tables of `dyn` types, and statics.
        let name = global.get_name().to_string_lossy();
        if tables.contains(name.as_ref()) && global.get_initializer().is_some() {
            global.set_visibility(inkwell::GlobalVisibility::Default);
            global.set_linkage(Linkage::Internal);
        }
    }
    let options = PassBuilderOptions::create();
    options.set_loop_vectorization(true);
    options.set_loop_slp_vectorization(true);
    options.set_loop_unrolling(true);
    options.set_loop_interleaving(true);
    options.set_merge_functions(true);
    let pipeline = format!("default<O{}>", settings.level);
    whole.run_passes(&pipeline, &machine, options).map_err(|error| BackendError(error.to_string()))?;
    if settings.debug.is_some() {
        name_for_debuggers(&whole, input, settings);
    }
    if cfg!(debug_assertions) {
        verify(&whole)?;
    }
    let bytes = emit(&whole, &machine, input.output)?;
    Ok(BackendOutput { name: PROGRAM.to_owned(), bytes })
}

/// `break bank.Bank.transfer` finds what was not inlined everywhere. After the passes: a second name keeps a function alive.
fn name_for_debuggers(whole: &Module<'_>, input: &BackendInput<'_>, settings: &Settings) {
    for (id, source) in input.program.functions.iter_enumerated() {
        let file = input.program.units[source.unit].file;
        if input.sources.file(file).name.starts_with(abi::codes::LIBRARY_PREFIX) {
            continue;
        }
        if let Some(function) = whole.get_function(&settings.symbols[id.index()])
            && function.count_basic_blocks() > 0
        {
            crate::unit::alias(whole, function, &symbol::dotted(&source.path));
        }
    }
}

/// Adds the runtime's small functions. Only to be inlined: what is not stays a call into the staticlib.
fn link_runtime<'ll>(whole: &Module<'ll>, ctx: &'ll Context, bitcode: &[u8]) -> Result<(), BackendError> {
    let failed =
        |error: inkwell::support::LLVMString| BackendError(format!("the runtime's bitcode: {error}"));
    let buffer = MemoryBuffer::create_from_memory_range_copy(bitcode, "runtime");
    let runtime = Module::parse_bitcode_from_buffer(&buffer, ctx).map_err(failed)?;
    runtime.set_triple(&whole.get_triple());
    runtime.set_data_layout(&whole.get_data_layout());
    for function in runtime.get_functions() {
        let name = function.get_name().to_string_lossy().into_owned();
        if function.count_basic_blocks() > 0 && name.starts_with("qrt_") {
            function.set_linkage(Linkage::AvailableExternally);
        }
    }
    whole.link_in_module(runtime).map_err(failed)
}
