//! Programs as MIR text, compiled, linked with the runtime and run, unoptimised and optimised.
//!
//! In: `tests/native/NAME.mir`; its first lines say what it must do:
//!
//! ```text
//! // exit 42
//! // stdout hello
//! ```
//!
//! Functions are instances in the order they stand in; `m.main` is the entry. `glue _N = fnM` lines in the head
//! name the drop glue of the type of main's local N.

#![expect(clippy::disallowed_methods, reason = "tests read their texts and run programs")]

#[path = "support/arithmetic.rs"]
mod arithmetic;

use base::{FileId, SourceMap, Symbol};
use driver::Session;
use hir::ModuleId;
use mir::backend::{Backend, BackendInput};
use mir::layout::{Layouts, RecordShape, Shape, Shapes};
use mir::names::FreshNames;
use mir::*;
use quastra_llvm::Llvm;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use typeck::{GenericArg, List, Ty, TyKind};

/// The records and unions the texts use, by name.
struct TestShapes<'a>(&'a FreshNames);

impl TestShapes<'_> {
    fn name(&self, ty: Ty) -> (String, Vec<Ty>) {
        let TyKind::Adt(def, args) = *ty.kind() else { panic!("{ty:?} has no shape") };
        let args = args.iter().filter_map(|arg| match arg {
            GenericArg::Ty(ty) => Some(*ty),
            GenericArg::Const(_) => None,
        });
        (mir::names::Names::path(self.0, def), args.collect())
    }
}

impl Shapes for TestShapes<'_> {
    fn shape(&self, ty: Ty) -> Shape {
        let prim = |prim| Ty::prim(prim);
        let record = |fields| Shape::Record(RecordShape { fields, ..RecordShape::default() });
        use hir::PrimTy::*;
        match self.name(ty) {
            (name, args) if name == "m.Option" => Shape::Union(vec![vec![], vec![args[0]]]),
            (name, _) if name == "m.Shape" => {
                Shape::Union(vec![vec![prim(F64)], vec![prim(F64), prim(F64)], vec![]])
            }
            (name, _) if name == "m.Account" => Shape::Record(RecordShape {
                fields: vec![prim(U64), prim(I64), prim(Bool)],
                ..RecordShape::default()
            }),
            (name, args) if name == "core.list.List" => {
                let start = Ty::new(TyKind::RawPtr(args[0], typeck::Mutability::Mut));
                record(vec![start, prim(Usize), prim(Usize)])
            }
            (name, args) if name == "core.string.String" => record(vec![args[0]]),
            (name, args) if name == "core.map.Map" => record(vec![args[0], prim(Usize)]),
            (name, _) if name == "m.Noisy" => {
                Shape::Record(RecordShape { fields: vec![prim(I64)], ..RecordShape::default() })
            }
            (name, _) => panic!("no shape for {name}"),
        }
    }
}

impl TestShapes<'_> {
    /// What debuggers are told of a record or union.
    fn info(&self, ty: Ty) -> TypeInfo {
        let (path, args) = self.name(ty);
        let (module, name) = path.rsplit_once('.').expect("m.Name");
        let names: &[&[&str]] = match name {
            "Option" => &[&["none"], &["some", "0"]],
            "Shape" => &[&["Circle", "0"], &["Rect", "w", "h"], &["Empty"]],
            "Account" => &[&["Account", "id", "balance", "open"]],
            "List" => &[&["List", "start", "len", "capacity"]],
            // The text's argument stands for the list inside, which it would otherwise have to find.
            "String" => &[&["String", "bytes"]],
            "Map" => &[&["Map", "entries", "len"]],
            _ => &[&["Noisy", "number"]],
        };
        let fields = |names: &[&str], types: Vec<Ty>| {
            names[1..].iter().map(|name| Symbol::intern(name)).zip(types).collect::<Vec<_>>()
        };
        let kind = match self.shape(ty) {
            Shape::Record(shape) => TypeInfoKind::Record { fields: fields(names[0], shape.fields) },
            Shape::Union(variants) => {
                let named = names.iter().zip(variants);
                let variants = named.map(|(names, types)| (Symbol::intern(names[0]), fields(names, types)));
                TypeInfoKind::Union { variants: variants.collect() }
            }
        };
        let printed = match &args[..] {
            [] => name.to_owned(),
            [_] if name == "String" => name.to_owned(),
            args => format!("{name}[{}]", args.iter().map(|&arg| text(arg)).collect::<Vec<_>>().join(", ")),
        };
        let args = args.into_iter().map(|arg| (Symbol::intern("T"), arg)).collect();
        TypeInfo {
            ty,
            name: printed,
            module: module.split('.').map(Symbol::intern).collect(),
            span: None,
            args,
            kind,
        }
    }
}

/// As the language prints it; enough for these tests.
fn text(ty: Ty) -> String {
    if let TyKind::Prim(prim) = ty.kind() {
        prim.name().to_owned()
    } else if let TyKind::Ref(_, to, _) = ty.kind() {
        format!("&{}", text(*to))
    } else if let TyKind::Tuple(items) = ty.kind() {
        format!("({})", items.iter().map(|&item| text(item)).collect::<Vec<_>>().join(", "))
    } else {
        "_".to_owned()
    }
}

/// A text as a program, and what it says of itself.
struct Case {
    program: Program,
    sources: SourceMap,
    exit: i32,
    stdout: String,
    stderr: Vec<String>,
}

fn case(path: &Path) -> Case {
    let text = fs::read_to_string(path).expect("the test's text");
    case_of(path.file_name().expect("a file").to_string_lossy().into_owned(), text)
}

fn case_of(name: String, text: String) -> Case {
    let names = FreshNames::default();
    let bodies =
        mir::parse::parse(&text, &names, FileId(0)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let says = |key: &str| {
        let key = format!("// {key} ");
        text.lines().filter_map(|line| line.strip_prefix(&key)).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut program = Program { overflow_checks: true, ..Program::default() };
    let module = Symbol::intern("m");
    let unit = program.units.push(Unit { name: module, module: ModuleId(0), file: FileId(0) });
    // A second unit, so that calls cross objects.
    let other =
        program.units.push(Unit { name: Symbol::intern("m.b"), module: ModuleId(1), file: FileId(0) });
    let layouts = Layouts::new();
    for (index, mut body) in bodies.into_iter().enumerate() {
        let (name, kind) = if let Source::Fn(def) = body.source {
            let path = mir::names::Names::path(&names, def);
            (path.trim_start_matches("m.").to_owned(), InstanceKind::Fn(def))
        } else {
            (format!("shim{index}"), InstanceKind::DropGlue(Ty::unit()))
        };
        body.phase = Phase::Mono;
        for local in body.locals.iter() {
            all_types(local.ty, &mut |ty| {
                drop(layouts.of(&TestShapes(&names), ty));
                let known = program.types.iter().any(|info| info.ty == ty);
                if matches!(ty.kind(), TyKind::Adt(..)) && !known {
                    program.types.push(TestShapes(&names).info(ty));
                }
            });
        }
        for block in body.blocks.iter() {
            for statement in &block.statements {
                if let StatementKind::Assign(_, Rvalue::Cast(_, operand, to)) = &statement.kind {
                    for ty in [operand.ty(&body.locals), *to] {
                        all_types(ty, &mut |ty| drop(layouts.of(&TestShapes(&names), ty)));
                    }
                }
            }
        }
        let is_main = name == "main";
        let (self_ty, name) = match name.split_once('.') {
            Some((owner, name)) => (Some(owner.to_owned()), name.to_owned()),
            None => (None, name),
        };
        let path =
            FunctionPath { module: vec![module], self_ty, protocol: None, name, args: Vec::new(), index: 0 };
        let instance = Instance { kind, args: List::empty() };
        let unit = if index % 2 == 0 { unit } else { other };
        let id = program.functions.push(Function {
            instance,
            path,
            unit,
            body,
            nounwind: false,
            inline: Default::default(),
        });
        if is_main {
            program.entry = Some(id);
        }
    }
    for line in says("glue") {
        let (local, id) = line.split_once(" = fn").expect("glue _N of main = fnN");
        let main = &program.functions[program.entry.expect("a main")];
        let local: u32 = local.trim_start_matches('_').parse().expect("a local of main");
        let ty = main.body.locals[Local(local)].ty;
        program.drop_glue.insert(ty, InstanceId(id.parse().expect("an instance")));
    }
    for prim in hir::PrimTy::ALL {
        layouts.of(&TestShapes(&names), Ty::prim(prim)).expect("primitives have layouts");
    }
    for ty in [Ty::unit(), Ty::reference(Ty::prim(hir::PrimTy::Str), typeck::Mutability::Shared)] {
        layouts.of(&TestShapes(&names), ty).expect("it has a layout");
    }
    program.layouts = layouts.into_map();
    let mut sources = SourceMap::default();
    let exit = says("exit").first().map_or(0, |code| code.parse().expect("an exit code"));
    let (stdout, stderr) = (says("stdout").join("\n"), says("stderr"));
    sources.add(name, text);
    Case { program, sources, exit, stdout, stderr }
}

fn all_types(ty: Ty, found: &mut dyn FnMut(Ty)) {
    if let TyKind::Tuple(items) = *ty.kind() {
        items.iter().for_each(|&item| all_types(item, found))
    } else if let TyKind::Array(item, _)
    | TyKind::Slice(item)
    | TyKind::Ref(_, item, _)
    | TyKind::RawPtr(item, _) = *ty.kind()
    {
        all_types(item, found)
    } else if let TyKind::Adt(_, args) = *ty.kind() {
        args.iter().for_each(|arg| all_types(arg.expect_ty(), found))
    }
    found(ty);
}

fn compile(case: &Case, opt_level: u8, output: OutputKind) -> Vec<(String, Vec<u8>)> {
    let input = BackendInput {
        program: &case.program,
        sources: &case.sources,
        target: "x86_64-unknown-linux-gnu",
        opt_level,
        debug_info: true,
        output,
        threads: 2,
        runtime_bitcode: None,
    };
    let made = Llvm.compile(&input).unwrap_or_else(|error| panic!("{}", error.0));
    made.into_iter().map(|output| (output.name, output.bytes)).collect()
}

fn texts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/native");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the texts").filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

#[test]
fn programs_run() {
    let folder = std::env::temp_dir().join(format!("quastra-native-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the programs");
    for path in texts() {
        let case = case(&path);
        for opt_level in [0, 2] {
            let name = format!("{} -O{opt_level}", path.file_stem().expect("a name").to_string_lossy());
            let objects = compile(&case, opt_level, OutputKind::Obj);
            let executable = folder.join(name.replace(' ', "_"));
            let mut session = Session::new(driver::Options::default(), vec!["quastra".to_owned()]);
            let linked = session.link(&objects, &executable);
            assert!(linked.is_ok(), "{name}: {:?}", session.diagnostics);
            let output = Command::new(&executable).output().expect("it runs");
            let (stdout, stderr) =
                (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert_eq!(output.status.code(), Some(case.exit), "{name}\n{stdout}{stderr}");
            assert_eq!(stdout.trim_end(), case.stdout, "{name}");
            for expected in &case.stderr {
                assert!(stderr.contains(expected), "{name}: no `{expected}` in\n{stderr}");
            }
        }
    }
    if std::env::var_os("KEEP").is_none() {
        fs::remove_dir_all(&folder).expect("the folder can go");
    }
}

#[test]
fn the_same_program_gives_the_same_bytes() {
    for path in texts() {
        let case = case(&path);
        for opt_level in [0, 2] {
            let [a, b] = [(); 2].map(|()| compile(&case, opt_level, OutputKind::Obj));
            assert!(a.iter().zip(&b).all(|(a, b)| a == b), "{}", path.display());
        }
    }
}

#[test]
fn debug_information_is_well_formed() {
    let dwarfdump = llvm_sys_config::find().ok().and_then(|llvm| llvm.tool("llvm-dwarfdump"));
    let Some(dwarfdump) = dwarfdump else { return };
    let folder = std::env::temp_dir().join(format!("quastra-dwarf-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the objects");
    for path in texts() {
        let case = case(&path);
        for opt_level in [0, 2] {
            for (name, bytes) in compile(&case, opt_level, OutputKind::Obj) {
                let file = folder.join("it.o");
                fs::write(&file, &bytes).expect("the object");
                let output = Command::new(&dwarfdump).arg("--verify").arg(&file).output().expect("it runs");
                let text = String::from_utf8_lossy(&output.stdout);
                assert!(output.status.success(), "{} {}: {text}", path.display(), name);
            }
        }
    }
    fs::remove_dir_all(&folder).expect("the folder can go");
}

#[test]
fn arithmetic_is_the_interpreters() {
    let (text, names) = arithmetic::text();
    let case = case_of("arithmetic_of_all_types.mir".to_owned(), text);
    let mut host = mir::interp::Buffers::new();
    let options = mir::interp::Options { fuel: u64::MAX, ..mir::interp::Options::default() };
    mir::interp::run(&case.program, &case.sources, &mut host, options);
    assert_eq!(host.out.len(), names.len() * 8, "{}", String::from_utf8_lossy(&host.err));
    let folder = std::env::temp_dir().join(format!("quastra-oracle-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the program");
    for opt_level in [0, 2] {
        let executable = folder.join("arithmetic");
        let mut session = Session::new(driver::Options::default(), vec!["quastra".to_owned()]);
        let objects = compile(&case, opt_level, OutputKind::Obj);
        assert!(session.link(&objects, &executable).is_ok(), "{:?}", session.diagnostics);
        let output = Command::new(&executable).output().expect("it runs");
        for (index, name) in names.iter().enumerate() {
            let at = index * 8..index * 8 + 8;
            assert_eq!(output.stdout.get(at.clone()), host.out.get(at), "{name} at -O{opt_level}");
        }
    }
    fs::remove_dir_all(&folder).expect("the folder can go");
}

/// What a debugger says when it stops at the last line of the containers' `main`.
fn debugged(debugger: &str, arguments: &[String]) -> Option<String> {
    let output = Command::new(debugger).args(arguments).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn debuggers_show_texts_lists_and_maps() {
    let folder = std::env::temp_dir().join(format!("quastra-debug-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the program");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/native/containers.mir");
    let text = fs::read_to_string(&source).expect("the text");
    let line =
        1 + text.lines().position(|line| line.contains("int_to_int(copy _14)")).expect("the last line");
    let executable = folder.join("containers");
    let mut session = Session::new(driver::Options::default(), vec!["quastra".to_owned()]);
    let objects = compile(&case(&source), 0, OutputKind::Obj);
    assert!(session.link(&objects, &executable).is_ok(), "{:?}", session.diagnostics);
    let program = executable.to_string_lossy().into_owned();

    let words = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<_>>();
    let mut gdb = words(&["-q", "-nx", "-batch", "-iex", "set debuginfod enabled off"]);
    gdb.extend(["-iex".into(), format!("add-auto-load-safe-path {}", folder.display())]);
    gdb.extend(["-ex".into(), format!("break containers.mir:{line}")]);
    gdb.extend(words(&["-ex", "run", "-ex", "info locals"]));
    gdb.push(program.clone());
    if let Some(said) = debugged("gdb", &gdb) {
        for expected in [
            "numbers = List of 3 = {10, -20, 30}",
            "name = \"Grüße\"",
            "map = Map of 2 = {[1] = 100, [2] = 200}",
            "text = \"Grüße\"",
            "slice = slice of 2 = {10, -20}",
        ] {
            assert!(said.contains(expected), "gdb does not show `{expected}`:\n{said}");
        }
    }

    let formatters = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/debuginfo/printers/lldb_quastra.py");
    let mut lldb = words(&["-x", "-b", "-o"]);
    lldb.push(format!("command script import {}", formatters.display()));
    lldb.extend(["-o".into(), format!("breakpoint set -f containers.mir -l {line}")]);
    lldb.extend(words(&["-o", "run", "-o", "frame variable"]));
    lldb.push(program);
    if let Some(said) = debugged("lldb-22", &lldb) {
        for expected in
            ["numbers = 3 elements", "[1] = -20", "name = \"Grüße\"", "[2] = (__0 = 2, __1 = 200)"]
        {
            assert!(said.contains(expected), "lldb does not show `{expected}`:\n{said}");
        }
    }
    fs::remove_dir_all(&folder).expect("the folder can go");
}
