//! Makes `compiler/syntax/src/grammar.rs` from `grammar.lalrpop`, and checks that it was made.
//!
//! In: the grammar. Out: LALRPOP's parser, with its tables opened to `syntax`'s own loop (`driver.rs`).
//! A crate of its own, because it must work also while the parser that is checked in does not compile.
//!
//! ```text
//! cargo test -p syntax-generate            compares
//! BLESS=1 cargo test -p syntax-generate    writes
//! ```
#![cfg(test)]

use std::fs;
use std::path::Path;

/// Makes what the parser's own loop uses visible; the rest of LALRPOP's output stays as it is.
fn open(generated: &str) -> String {
    let mut text = generated.replace("\nmod __parse__Chunk", "\npub(crate) mod __parse__Chunk");
    for item in [
        "enum __Symbol<",
        "struct __StateMachine<",
        "const __ACTION:",
        "const __EOF_ACTION:",
        "fn __goto(",
        "fn __token_to_integer<",
        "const __TERMINAL:",
        "fn __simulate_reduce<",
        "fn __reduce<",
    ] {
        let private = format!("\n    {item}");
        let public = format!("\n    pub(crate) {item}");
        assert!(text.contains(&private) || text.contains(&public), "LALRPOP's output has changed: {item}");
        text = text.replace(&private, &public);
    }
    // The jumps of nested `match`es become one table, made by the compiler from the function (`driver.rs`).
    for (before, after) in [
        ("pub(crate) fn __goto(", "pub(crate) const fn __goto("),
        ("= __goto(__state, __nonterminal);", "= crate::driver::goto(__state, __nonterminal);"),
    ] {
        assert_eq!(text.matches(before).count(), 1, "LALRPOP's output has changed: {before}");
        text = text.replace(before, after);
    }
    text
}

#[test]
fn generated_parser_is_current() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src");
    let out = std::env::temp_dir().join(format!("quastra-grammar-{}", std::process::id()));
    fs::create_dir_all(&out).expect("the folder for temporary files can be written");
    lalrpop::Configuration::new()
        .set_out_dir(&out)
        .emit_rerun_directives(false)
        .force_build(true)
        .process_file(source.join("grammar.lalrpop"))
        .unwrap_or_else(|error| panic!("{error}"));
    let generated = fs::read_to_string(out.join("grammar.rs")).expect("written by LALRPOP");
    fs::remove_dir_all(&out).expect("ours to remove");
    let generated = open(&generated);
    let checked_in = source.join("grammar.rs");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&checked_in, generated).expect("the source folder can be written");
    } else {
        let current = fs::read_to_string(&checked_in).expect("checked in");
        assert!(current == generated, "grammar.rs is stale: BLESS=1 cargo test -p syntax-generate");
    }
}
