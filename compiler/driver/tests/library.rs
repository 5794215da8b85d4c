//! The standard library as a whole: bodies that no test reaches are right too, and generated files are fresh.

use driver::{Options, Session, stdlib};
use std::path::Path;
use std::process::Command;
use std::{env, fs, process};

/// Parsed, resolved, typed, built into MIR and checked for moves and borrows: every function of every module.
#[test]
fn every_body_is_right() {
    let mut program = String::new();
    for (n, file) in stdlib::files().enumerate() {
        program += &format!("use {} as m{n}\n", file.module());
    }
    program += "fn main() {}\n";
    let path = env::temp_dir().join(format!("quastra-library-{}.qst", process::id()));
    fs::write(&path, program).expect("the temporary folder can be written to");
    let options = Options { threads: Some(1), whole_library: true, ..Options::default() };
    let mut session = Session::new(options, Vec::new());
    let _ = session.check(Some(&path));
    fs::remove_file(&path).expect("what was written can be removed");

    let report = session.diagnostics.report(&session.sources);
    let in_library: Vec<String> = report
        .all()
        .map(|diagnostic| {
            let span = diagnostic.primary.span;
            let (line, column) = session.sources.line_col(span);
            let file = &session.sources.file(span.file).name;
            format!("{file}:{line}:{column}: [{}] {}", diagnostic.code, diagnostic.message)
        })
        .filter(|line| line.starts_with(abi::codes::LIBRARY_PREFIX))
        .collect();
    assert!(
        in_library.is_empty(),
        "{} in the standard library:\n{}",
        in_library.len(),
        in_library.join("\n")
    );
}

/// `stdlib/generate.py` writes what is checked in. Without Python there is nothing to compare.
#[test]
fn generated_files_are_fresh() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/generate.py");
    let Ok(output) = Command::new("python3").arg(script).arg("--check").output() else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
