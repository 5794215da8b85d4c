//! Whatever the bytes, the parser neither panics nor hangs, and its promises hold.

use crate::ast::*;
use crate::{parse, print};
use base::{Diagnostics, FileId};
use std::time::{Duration, Instant};

/// xorshift64*
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }
}

/// Parses, and checks what is true of every tree. How many errors there were.
fn check(source: &str) -> usize {
    let mut diagnostics = Diagnostics::new();
    let module = parse(source, FileId(0), &mut diagnostics);
    let len = source.len() as u32;
    for expr in module.exprs.iter() {
        assert!(expr.range.lo <= expr.range.hi && expr.range.hi <= len, "{expr:?} of {source:?}");
        if matches!(expr.kind, ExprKind::Error) {
            assert!(diagnostics.has_errors(), "an error node without an error: {source:?}");
        }
    }
    for item in module.item_nodes.iter() {
        assert!(item.range.lo <= item.range.hi && item.range.hi <= len);
    }
    for diagnostic in diagnostics.iter() {
        let labels = diagnostic.secondary.iter().chain([&diagnostic.primary]);
        let fixes = diagnostic.suggestions.iter().flat_map(|suggestion| &suggestion.fixes);
        for span in labels.map(|label| label.span).chain(fixes.map(|fix| fix.span)) {
            assert!(source.get(span.lo as usize..span.hi as usize).is_some(), "{diagnostic:?} in {source:?}");
        }
    }
    let count = diagnostics.iter().count();
    if len < 100_000 {
        let _tokens = print::print_tokens(source, FileId(0));
        let (shown, printed) = (module.to_string(), module.to_source());
        if count == 0 {
            let again = parse(&printed, FileId(0), &mut diagnostics);
            assert_eq!(shown, again.to_string(), "{source:?} printed is {printed:?}");
        }
    }
    count
}

const ALL: &str = include_str!("print_source/all.qst");

/// What the fuzz targets found, and what they start from.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test reads the texts it is about")]
fn corpus_of_the_fuzz_targets() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/parser");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let bytes = std::fs::read(entry.expect("a folder can be read").path()).expect("so can its files");
        check(&String::from_utf8_lossy(&bytes));
        count += 1;
    }
    assert!(count > 5);
}

#[test]
fn cut_anywhere() {
    for at in (0..ALL.len()).filter(|&at| ALL.is_char_boundary(at)).step_by(53) {
        check(&ALL[..at]);
        check(&ALL[at..]);
    }
}

#[test]
fn tokens_at_random() {
    const PIECES: &[&str] = &[
        "fn ",
        "f",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "\n",
        "\"",
        "{{",
        "}}",
        "'",
        "'a",
        "'a'",
        "#[",
        ",",
        ";",
        ":",
        ".",
        "..",
        "..=",
        "...",
        "->",
        "=>",
        "=",
        "==",
        "+=",
        "+",
        "-",
        "*",
        "&",
        "&&",
        "|",
        "||",
        "!",
        "?",
        "::",
        "<",
        ">",
        "<<",
        "@",
        "_",
        "$x",
        "1",
        "1.5",
        "0x",
        "1e",
        "r\"",
        "b\"",
        "\"\"\"",
        "/*",
        "*/",
        "//",
        "///",
        "//!",
        "\\",
        "é",
        "“",
        "\u{a0}",
        "\u{feff}",
        "if ",
        "else ",
        "match ",
        "let ",
        "var ",
        "mut ",
        "for ",
        "in ",
        "while ",
        "loop ",
        "return ",
        "break ",
        "try ",
        "catch ",
        "spawn ",
        "scope ",
        "select ",
        "after ",
        "default ",
        "ask ",
        "tell ",
        "within ",
        "actor ",
        "on ",
        "record ",
        "union ",
        "protocol ",
        "impl ",
        "macro ",
        "extern ",
        "unsafe ",
        "async ",
        "move ",
        "where ",
        "dyn ",
        "as ",
        "self",
        "pub ",
        "use ",
        "module ",
        "const ",
        "type ",
        "test ",
        "struct ",
        "x",
        "T",
        "    ",
        "\r\n",
    ];
    let mut random = Random(42);
    for _round in 0..3000 {
        let pieces = random.below(40);
        let source: String = (0..pieces).map(|_| PIECES[random.below(PIECES.len())]).collect();
        check(&source);
    }
}

#[test]
fn bytes_changed_at_random() {
    let mut random = Random(7);
    for _round in 0..100 {
        let mut bytes = ALL.as_bytes().to_vec();
        for _change in 0..1 + random.below(6) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => drop(bytes.remove(at)),
                1 => bytes.insert(at, b"(){}[]\"'\n,;:"[random.below(12)]),
                2 => bytes[at] = random.below(256) as u8,
                _move => {
                    let to = random.below(bytes.len());
                    bytes.swap(at, to);
                }
            }
        }
        check(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn deep_nesting() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("\"{", "}\""), ("if a {", "}"), ("f(", ")")] {
        let source = format!("fn f() {{ {}1{} }}", open.repeat(200_000), close.repeat(200_000));
        assert!(check(&source) > 0);
        check(&source[..source.len() / 2]);
    }
    for prefix in ["-", "!", "&", "try ", "a.", "a + ", "if a { } else "] {
        check(&format!("fn f() {{ {}b }}", prefix.repeat(200_000)));
        check(&format!("type T = {}b", prefix.repeat(20_000)));
    }
}

#[test]
fn nobody_reads_a_million_errors() {
    for piece in ["\\", "\\ ", "\u{1}", "“", "“a", "„ ", "é×", "\u{a0}", "fn f( {\n", "0b2 ", "'"] {
        let mut diagnostics = Diagnostics::new();
        parse(&piece.repeat(100_000 / piece.len()), FileId(0), &mut diagnostics);
        let errors = diagnostics.iter().count();
        assert!((1..=2100).contains(&errors), "{piece:?} repeated gave {errors} errors");
    }
    // A run of one character is one mistake.
    let mut diagnostics = Diagnostics::new();
    parse("fn f() { \\\\\\\\ }", FileId(0), &mut diagnostics);
    assert_eq!(
        diagnostics.iter().map(|it| (it.code, it.primary.span.hi - it.primary.span.lo)).collect::<Vec<_>>(),
        [("L0001", 4)]
    );
}

/// An item without end is one mistake, and its neighbours are whole.
#[test]
fn an_item_with_a_million_tokens() {
    let table = |count: usize| {
        format!("const A: [u8; 9] = [\"{{1}}\", {}1]\nfn f() {{}}\nfn g() {{ 1 + }}\n", "1,".repeat(count))
    };
    let codes = |source: &str| {
        let mut diagnostics = Diagnostics::new();
        let module = parse(source, FileId(0), &mut diagnostics);
        (module.list(module.items).count(), diagnostics.iter().map(|it| it.code).collect::<Vec<_>>())
    };
    assert_eq!(codes(&table(500_000)), (3, vec!["P1000"]));
    assert_eq!(codes(&table(530_000)), (3, vec!["P1027", "P1000"]));
    // What is open when the tokens are no longer kept, may be closed, or not, or be no interpolation.
    for piece in ["\"{", "(", "{", "\"{1}\"", "\"{(", "'", "#["] {
        let source = format!("fn f() {{ {}\n{}\nfn g() {{}}\n", "1,".repeat(530_000), piece.repeat(3000));
        assert!(codes(&source).1.contains(&"P1027"), "{piece}");
    }
}

/// A closer too many at every byte is dealt with as fast as anything: each was a diagnostic that nobody got.
#[test]
fn closers_only() {
    for piece in ["}", "}\n", ")]", "fn f() {}}\n"] {
        let mut diagnostics = Diagnostics::new();
        let start = Instant::now();
        parse(&piece.repeat(1_000_000 / piece.len()), FileId(0), &mut diagnostics);
        let time = start.elapsed();
        assert_eq!(diagnostics.iter().count(), 1000, "{piece:?}");
        let slow = if cfg!(debug_assertions) { 10 } else { 1 };
        assert!(time < Duration::from_secs(3 * slow), "{piece:?} repeated took {time:?}");
    }
}

/// No input takes more than linear time, as far as a test can tell.
#[test]
fn long_lines_and_files() {
    let slow = if cfg!(debug_assertions) { 30 } else { 1 };
    for piece in [
        "x + ",
        "f(",
        "(",
        "}",
        "{",
        "\"",
        "'",
        "x ",
        ", ",
        "a b\n",
        "fn f( {\n",
        "/*",
        "if x {\n",
        "\"{\n",
        "#[",
        "\\",
        "“",
        "“a",
        "„ ",
    ] {
        let source = piece.repeat(100_000 / piece.len());
        let start = Instant::now();
        let mut diagnostics = Diagnostics::new();
        parse(&source, FileId(0), &mut diagnostics);
        let time = start.elapsed();
        assert!(time < Duration::from_secs(4 * slow), "{piece:?} repeated took {time:?}");
    }
}
