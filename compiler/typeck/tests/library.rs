//! The standard library type-checks: every signature, every impl, every body, whether a program reaches it or not.

#![allow(clippy::disallowed_methods, reason = "a tool of the tree reads its files")]

use base::{Diagnostics, SourceMap, Symbol};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

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

fn check() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib");
    let mut files = Vec::new();
    files_below(&root, &mut files);
    let mut sources = SourceMap::default();
    let mut diags = Diagnostics::new();
    let mut modules = Vec::new();
    for path in files {
        let name = path.strip_prefix(&root).expect("below it").display().to_string();
        let text = std::fs::read_to_string(&path).expect("a text");
        let module = Symbol::intern(&name.trim_end_matches(".qst").replace('/', "."));
        let file = sources.add(name, text.clone());
        let ast = syntax::parse(&text, file, &mut diags);
        modules.push(hir::ParsedModule { ast, path: Some(module), origin: hir::Origin::Std });
    }
    let package = hir::lower(modules, &hir::Cfg::default(), &mut diags);
    let signatures = typeck::collect(&package, &mut diags);
    typeck::check_library(&package, &signatures, &mut diags);
    let typed = typeck::check(&package, signatures, None, &mut diags);
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

#[test]
fn the_standard_library_type_checks() {
    // Debug builds of deep recursions want more than a test thread has.
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(check).expect("a thread");
    let said = thread.join().expect("no panic");
    assert!(said.is_empty(), "{}", said.join("\n"));
}
