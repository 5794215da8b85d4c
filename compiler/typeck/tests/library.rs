//! The standard library type-checks: every signature, every impl, every body, whether a program reaches it or not.

#![allow(clippy::disallowed_methods, reason = "a tool of the tree reads its files")]

use base::{Diagnostics, SourceMap, Symbol};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[path = "../../../benches/src/hard.rs"]
mod hard;

/// All `.qst` files below a folder, in order.
fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the library is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files_below(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "qst") {
            found.push(path);
        }
    }
}

/// The modules of the whole library.
fn library(sources: &mut SourceMap, diags: &mut Diagnostics) -> Vec<hir::ParsedModule> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib");
    let mut files = Vec::new();
    files_below(&root, &mut files);
    let mut modules = Vec::new();
    for path in files {
        let name = path.strip_prefix(&root).expect("below it").display().to_string();
        let text = std::fs::read_to_string(&path).expect("a text");
        let module = Symbol::intern(&name.trim_end_matches(".qst").replace('/', "."));
        let file = sources.add(name, text.clone());
        let ast = syntax::parse(&text, file, diags);
        modules.push(hir::ParsedModule { ast, path: Some(module), origin: hir::Origin::Std });
    }
    modules
}

/// What is wrong with the library.
fn check() -> Vec<String> {
    let mut sources = SourceMap::default();
    let mut diags = Diagnostics::new();
    let modules = library(&mut sources, &mut diags);
    let package = hir::lower(modules, &hir::Cfg::default(), &mut diags);
    let signatures = typeck::collect(&package, &mut diags);
    typeck::check_library(&signatures, &mut diags);
    let typed = typeck::check(&package, signatures, None, 1, &mut diags);
    for body in package.body_ids() {
        typed.body(body);
    }
    diags.append(package.take_late_diagnostics());
    diags.append(typed.take_late_diagnostics());
    let said: BTreeSet<String> = diags
        .iter()
        .map(|it| {
            let file = sources.file(it.primary.span.file);
            let (line, column) = file.line_col(it.primary.span.lo);
            format!("{}:{line}:{column}: {} {}", file.name, it.code, it.message)
        })
        .collect();
    said.into_iter().collect()
}

/// Debug builds of deep recursions want more than a test thread has.
fn on_large_stack<R: Send + 'static>(work: fn() -> R) -> R {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(work).expect("a thread");
    thread.join().expect("no panic")
}

#[test]
fn the_standard_library_type_checks() {
    let said = on_large_stack(check);
    assert!(said.is_empty(), "{}", said.join("\n"));
}

const TEN_LINES: &str = "record Point { x: i64, y: i64 }

fn sum(points: &[Point]) -> i64 {
    var total = 0
    for p in points { total += p.x * p.y }
    total
}

fn main() {
    println(\"{sum(&[Point { x: 1, y: 2 }, Point { x: 3, y: 4 }])}\")
}
";

/// A program, with the library, typed.
fn with_program<R>(text: &str, look: impl FnOnce(&hir::Package, &typeck::Typed) -> R) -> R {
    let mut sources = SourceMap::default();
    let mut diags = Diagnostics::new();
    let mut modules = library(&mut sources, &mut diags);
    let file = sources.add("program.qst".to_string(), text.to_string());
    let ast = syntax::parse(text, file, &mut diags);
    modules.insert(0, hir::ParsedModule { ast, path: None, origin: hir::Origin::Root });
    let package = hir::lower(modules, &hir::Cfg::default(), &mut diags);
    let signatures = typeck::collect(&package, &mut diags);
    let typed = typeck::check(&package, signatures, None, 1, &mut diags);
    assert!(!diags.has_errors(), "{diags:?}\n{text}");
    look(&package, &typed)
}

/// How many items are lowered and how many signatures found for a short program, its own included; of how many.
fn cost_of_ten_lines() -> (usize, usize, usize) {
    with_program(TEN_LINES, |package, typed| {
        (package.lowered_items(), typed.signatures.found(), package.defs.len())
    })
}

/// What the library costs a short program: not seconds, which depend on the machine. Who makes these numbers larger has
/// made every check slower.
#[test]
fn a_short_program_looks_at_little_of_the_library() {
    let (items, signatures, defs) = on_large_stack(cost_of_ten_lines);
    assert!(items < 80 && signatures < 40, "{items} items, {signatures} signatures of {defs} definitions");
}

/// Twice as large a program takes about twice as many steps, whatever it has much of.
fn growth() -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, size, program) in hard::ALL {
        let size = size.min(40) / 2;
        let [once, twice] =
            [size, size * 2].map(|size| with_program(&program(size), |_, typed| typed.steps()));
        // In layers each is looked at with all below it, while the one around it is put together.
        let most = if matches!(name, "adaptors" | "own adaptors" | "layers") { 10 } else { 3 };
        if twice > most * once + 100 {
            wrong.push(format!("{name}: {once} steps for {size}, {twice} for twice as many"));
        }
    }
    wrong
}

#[test]
fn steps_grow_as_programs_do() {
    let wrong = on_large_stack(growth);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
