//! The back end through its door: the shared object beside this test, as the command opens it.

use base::{FileId, SourceMap, Symbol};
use mir::backend::{Backend, BackendInput};
use mir::{OutputKind, Program};
use quastra_llvm as _;

#[test]
fn the_shared_object_opens_and_compiles() {
    let program = Program::default();
    let mut sources = SourceMap::default();
    let file: FileId = sources.add("empty.qst".to_owned(), String::new());
    assert_eq!(file, FileId(0));
    let input = BackendInput {
        program: &program,
        sources: &sources,
        target: "x86_64-unknown-linux-gnu",
        opt_level: 0,
        debug_info: true,
        output: OutputKind::Obj,
        threads: 1,
        runtime_bitcode: None,
    };
    let outputs = backend::Native::new().compile(&input).unwrap_or_else(|error| panic!("{}", error.0));
    let names: Vec<&str> = outputs.iter().map(|output| output.name.as_str()).collect();
    assert_eq!(names, ["types"]);
    let unknown = BackendInput { target: "pdp11-dec-unix", opt_level: 2, ..input };
    assert!(backend::Native::new().compile(&unknown).is_err_and(|error| error.0.contains("pdp11")));
    // The names are one table.
    assert_eq!(Symbol::intern("once").as_str(), "once");
}
