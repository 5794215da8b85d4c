//! The `quastra` command with wrong input of every kind: paths, files, manifests, arguments.
//!
//! In: a folder of files made for it. Out: the exit code and what standard error says, which never is a panic:
//!
//! ```text
//! quastra check /dev/zero   →   1, error[D8003]: `/dev/zero` is a device, not a source file
//! ```

use std::fs;
use std::process::{Command, Stdio};
use tests::place::Place;

#[test]
fn paths_that_are_no_source_files() {
    let place = Place::new("paths");
    place.file("bank.qst", "fn main() {}\n");
    place.file("folder/file", "");
    place.says("check bnak.qst", 1, &["error[D8000]: cannot find `bnak.qst`", "there is `bank.qst`"]);
    place.says("check bank.qst/x.qst", 1, &["error[D8000]"]);
    place.says("check folder", 1, &["error[D8009]: there is no `quastra.toml` in `folder`"]);
    place.says("check", 1, &["error[D8009]: there is no `quastra.toml` here or above"]);
    place.says("check /dev/zero", 1, &["error[D8003]: `/dev/zero` is a device"]);
    #[cfg(target_os = "linux")]
    place.says("check /proc/self/mem", 1, &["error[D8004]: cannot read", "input/output error"]);
    let long = "x".repeat(5000);
    place.says(&format!("check {long}"), 1, &["error[D8004]", "file name too long"]);
    let pipe = place.0.join("pipe");
    if Command::new("mkfifo").arg(&pipe).status().is_ok_and(|it| it.success()) {
        place.says("check pipe", 1, &["error[D8003]: `pipe` is a pipe"]);
    }
}

#[test]
fn files_that_are_no_text() {
    let place = Place::new("bytes");
    place.file("latin.qst", b"fn main() {}\n// caf\xe9\n");
    place.says(
        "check latin.qst",
        1,
        &["error[D8002]: `latin.qst` is not UTF-8", "latin.qst:2:7", "byte 0xe9 at 19"],
    );
    place.file("utf16.qst", b"\xff\xfef\0n\0");
    place.says("check utf16.qst", 1, &["error[D8002]", "it looks like UTF-16"]);
    let sparse = fs::File::create(place.0.join("large.qst")).expect("made");
    if sparse.set_len(5 << 30).is_ok() {
        place.says("check large.qst", 1, &["error[D8005]: `large.qst` is too large"]);
    }
}

/// Each error asked through all names and all errors before it: a file of a megabyte took hours.
#[test]
fn more_errors_than_anybody_reads() {
    let place = Place::new("errors");
    let begin = std::time::Instant::now();
    place.file("one.qst", format!("fn main() {{\n{}}}\n", "    x\n".repeat(100_000)));
    place.says("check one.qst", 1, &["error[N5000]: there is no `x` here", "rejected: 100000 errors"]);
    let functions: String = (0..3_000).map(|i| format!("fn f{i}() -> i64 {{ f_{i} }}\n")).collect();
    place.file("many.qst", format!("{functions}fn main() {{}}\n"));
    place.says("check many.qst", 1, &["did you mean `f0`?", "rejected: 3000 errors"]);
    place.file("types.qst", format!("fn main() {{\n{}}}\n", "    let x: i64 = true\n".repeat(5_000)));
    place.says("check types.qst", 1, &["error[T2000]", "rejected: 5000 errors"]);
    place.file("close.qst", "}".repeat(1_000_000));
    place.says("check close.qst", 1, &["error[P1002]: `}` closes nothing"]);
    // On a loaded machine, and with a compiler that is not optimised, some seconds.
    assert!(begin.elapsed().as_secs() < 300, "{:?}", begin.elapsed());
}

#[test]
fn packages_that_are_none() {
    let place = Place::new("packages");
    place.file("typo/quastra.toml", "[package]\nnmae = \"typo\"\n");
    place.says(
        "check typo",
        1,
        &["typo/quastra.toml:2:1", "there is no key `nmae` here", "did you mean `name`?"],
    );
    place.file("broken/quastra.toml", "[package\n");
    place.says("check broken", 1, &["error[D8008]", "broken/quastra.toml:1:"]);
    place.file("rootless/quastra.toml", "[package]\nname = \"rootless\"\n");
    place.file("rootless/src/mian.qst", "fn main() {}\n");
    place.says(
        "check rootless",
        1,
        &["error[D8000]: cannot find `rootless/src/main.qst`", "there is `mian.qst`"],
    );
}

#[test]
fn new_packages() {
    let place = Place::new("new");
    assert_eq!(
        place.run("new bank"),
        (0, "made the package `bank`; run it with `quastra run bank`\n".into(), "".into())
    );
    place.says("check bank", 0, &[]);
    place.says("check bank/quastra.toml", 0, &[]);
    place.says("new bank", 1, &["error[D8010]: `bank` exists and is not empty"]);
    place.says("new My-Bank", 1, &["error[D8011]", "--name my_bank"]);
    place.says("new My-Bank --name my_bank", 0, &[]);
    place.says("new /dev/null/x", 1, &["error[D8006]"]);
    place.says("new ..", 1, &["error[D8011]"]);
}

#[test]
fn results_that_cannot_be_written() {
    let place = Place::new("results");
    place.file("bank.qst", "fn main() {}\n");
    place.file("folder/file", "");
    place.says("build bank.qst -o folder", 1, &["error[D8007]: `folder` is a folder: it is not replaced"]);
    place.says("build bank.qst -o /dev/full", 1, &["error[D8007]: `/dev/full` is a device"]);
    place.says("build bank.qst -o none/bank", 1, &["error[D8006]: cannot write `none/bank`", "no such file"]);
    place.says("check bank.qst --emit=ast -o none/ast", 1, &["error[D8006]: cannot write `none/ast`"]);
    place.says("build bank.qst", 0, &[]);
    let made = fs::read_dir(&place.0).expect("there").map(|it| it.expect("an entry").file_name());
    let mut made: Vec<_> = made.collect();
    made.sort();
    assert_eq!(made, ["bank", "bank.qst", "folder"]);
}

#[test]
fn arguments() {
    let place = Place::new("arguments");
    place.says("", 2, &["Usage: quastra"]);
    place.says("chekc x", 2, &["unrecognized subcommand 'chekc'", "check"]);
    place.says("check --emit=mri x", 2, &["there is no stage `mri`, did you mean `mir`?"]);
    place.says("build -O9 x", 2, &["9 is not in 0..=2"]);
    place.says("check --threads 0 x", 2, &["0 is not in"]);
    place.says("check --only main x", 2, &["--emit"]);
    place.says("explain B300", 1, &["there is no code `B300`"]);
    let (status, page, _) = place.run("explain d8000");
    assert!(status == 0 && page.starts_with("# D8000: "), "{page}");
    let (status, list, _) = place.run("explain");
    assert!(status == 0 && list.contains("D8000") && list.contains("/errors/D8000"), "{list}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (status, script, _) = place.run(&format!("completions {shell}"));
        assert!(status == 0 && script.contains("quastra"));
    }
}

#[test]
fn colours_and_formats() {
    let place = Place::new("formats");
    place.says("check none.qst", 1, &["error[D8000]"]);
    let colours = |arguments: &str, no_color: Option<&str>| {
        let mut command = place.quastra(arguments);
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        command.output().expect("it starts").stderr.contains(&0x1b)
    };
    assert!(!colours("check none.qst", None));
    assert!(colours("check none.qst --color=always", None));
    assert!(colours("check none.qst --color=always", Some("1")));
    assert!(!colours("check none.qst --color=never", None));
    let (status, _, errors) = place.run("check none.qst --error-format=json");
    let lines: Vec<&str> = errors.lines().collect();
    assert_eq!((status, lines.len()), (1, 2));
    assert!(lines[0].contains("\"code\":\"D8000\"") && lines[1].contains("\"errors\":1"), "{errors}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::new("pipe");
    let mut child =
        place.quastra("explain").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{} {errors}", output.status);
}

#[test]
fn fixes() {
    let place = Place::new("fix");
    let broken = "struct Point { x: i64 }\n\nfn main() {\n    let mut sum = 0\n    while sum < 3 { sum++ }\n    let bytes: *u8 = none\n    println(\"{sum}\")\n}\n";
    place.file("point.qst", broken);
    place.says("fix point.qst", 1, &["fixed point.qst: ", "P1010", "N5019", "error[T2000]"]);
    let text = fs::read_to_string(place.0.join("point.qst")).expect("it is there");
    assert_eq!(
        text,
        "use core.unsafe\n\nrecord Point { x: i64 }\n\nfn main() {\n    var sum = 0\n    while sum < 3 { sum += 1 }\n    let bytes: *u8 = none\n    println(\"{sum}\")\n}\n"
    );
    place.file("right.qst", "fn main() {\n    let mut n = 1\n    n += 1\n    println(\"{n}\")\n}\n");
    place.says("check --fix right.qst", 0, &["fixed right.qst: P1010"]);
    place.says("check --fix right.qst", 0, &["there is nothing to fix"]);
    // A link is followed; what is no regular file is not read, and so not written.
    place.says("fix /dev/zero", 1, &["error[D8003]"]);
    place.says("check --fix --emit=ast right.qst", 2, &["cannot be used with"]);
    assert_eq!(fs::read_dir(&place.0).expect("the folder").count(), 2);
}

#[test]
fn prints_of_one_item() {
    let place = Place::new("only");
    place.file(
        "bank.qst",
        "record Bank { sum: i64 }\nimpl Bank {\n    fn find(&self) -> i64 { self.sum }\n    fn lose(&self) -> i64 { 0 }\n}\nfn find() -> i64 { 1 }\nfn main() { println(\"{find()} {Bank { sum: 1 }.find()} {Bank { sum: 1 }.lose()}\") }\n",
    );
    let print = |arguments: &str| {
        let (status, text, errors) = place.run(arguments);
        assert_eq!(status, 0, "{errors}");
        text
    };
    let ast = print("check --emit=ast --only=Bank.find bank.qst");
    assert!(ast.contains("Fn find") && !ast.contains("lose") && !ast.contains("main"), "{ast}");
    let hir = print("check --emit=hir --only=find bank.qst");
    assert!(
        hir.contains("self%0.sum") && !hir.contains("lose") && hir.matches("fn find").count() == 2,
        "{hir}"
    );
    let hir = print("check --emit=hir --only=Bank.find bank.qst");
    assert_eq!(hir.matches("fn find").count(), 1, "{hir}");
    let ir = print("build --emit=llvm-ir --only=Bank.find bank.qst");
    assert!(ir.matches("define ").count() == 1 && ir.contains("4Bank"), "{ir}");
}

/// `#[noinline]` is an attribute of the function in LLVM's IR, in optimised builds too: there the call of it is left.
#[test]
fn noinline_reaches_llvm() {
    let place = Place::new("noinline");
    place.file(
        "calls.qst",
        "#[noinline]\nfn kept(n: i64) -> i64 { n * 3 + 1 }\nfn free(n: i64) -> i64 { n * 5 + 2 }\n\n\
         fn main() {\n    let n = core.env.args().len() as i64\n    println(\"{kept(n)} {free(n)}\")\n}\n",
    );
    for how in ["-O0", "-O2"] {
        let (code, _, errors) = place.run(&format!("build {how} --emit=llvm-ir -o out{how} calls.qst"));
        assert_eq!(code, 0, "{errors}");
        let folder = place.0.join(format!("out{how}"));
        let files: Vec<_> = match fs::read_dir(&folder) {
            Ok(entries) => entries.map(|entry| entry.expect("an entry").path()).collect(),
            Err(_) => vec![folder],
        };
        let texts = files.iter().map(|file| fs::read_to_string(file).expect("text"));
        let ir = texts.into_iter().find(|text| text.contains("4kept")).expect("one of them has it");
        // `define … @name(…) … #4 {`, and further down `attributes #4 = { noinline … }`.
        let attributes = |name: &str| {
            let is_it = |line: &&str| line.starts_with("define") && line.contains(name);
            let line = ir.lines().find(is_it)?;
            let group = line.split_whitespace().find(|word| word.starts_with('#'))?;
            ir.lines().find(|line| line.starts_with(&format!("attributes {group} =")))
        };
        let kept = attributes("4kept").unwrap_or_else(|| panic!("{how}: no `kept` in\n{ir}"));
        assert!(kept.contains(" noinline "), "{how}: {kept}");
        assert!(!attributes("4free").is_some_and(|it| it.contains(" noinline ")), "{how}: {ir}");
        let calls = ir.lines().any(|line| line.contains("call") && line.contains("4kept"));
        assert!(calls, "{how}: the call is gone in\n{ir}");
    }
}

/// Two modules that use the same instances and the same `dyn`: each function and each table is compiled once, and the
/// same build gives the same names.
#[test]
fn modules_share_instances_and_tables() {
    let place = Place::new("shared");
    place.file("quastra.toml", "[package]\nname = \"shared\"\nversion = \"0.1.0\"\nedition = \"2026\"\n");
    place.file(
        "src/shapes.qst",
        "module shared.shapes\npub protocol Shape { fn area(&self) -> i64 }\npub record Dot { pub x: i64 }\n\
         impl Shape for Dot { fn area(&self) -> i64 { self.x } }\n\
         pub fn total[T: Shape](shapes: &[T]) -> i64 { shapes.iter().map(|s| s.area()).sum() }\n",
    );
    for name in ["a", "b"] {
        let text = format!(
            "module shared.{name}\nuse shared.shapes.{{Shape, Dot, total}}\n\
             pub fn f(d: &Dot) -> i64 {{\n    let all: List[&dyn Shape] = [d, d]\n    \
             all[0].area() + total(&[Dot {{ x: 1 }}])\n}}\n"
        );
        place.file(&format!("src/{name}.qst"), text);
    }
    place.file(
        "src/main.qst",
        "module shared.main\nuse shared.a\nuse shared.b\nuse shared.shapes.Dot\n\
         fn main() { println(\"{a.f(&Dot { x: 1 })} {b.f(&Dot { x: 2 })}\") }\n",
    );
    let defined = |folder: &str| {
        let (code, _, errors) = place.run(&format!("build . --emit=llvm-ir -o {folder}"));
        assert_eq!(code, 0, "{errors}");
        let mut symbols: Vec<String> = Vec::new();
        for file in fs::read_dir(place.0.join(folder)).expect("a folder") {
            let text = fs::read_to_string(file.expect("an entry").path()).expect("text");
            let is_table =
                |line: &str| line.starts_with("@_R") && line.contains("table_") && !line.contains("external");
            for line in text.lines().filter(|line| line.starts_with("define") || is_table(line)) {
                let name = line.split('@').nth(1).expect("a symbol");
                symbols.push(name.split(['(', ' ']).next().unwrap_or(name).to_string());
            }
        }
        symbols.sort();
        symbols
    };
    let first = defined("one");
    let tables = first.iter().filter(|name| name.contains("table_dyn")).count();
    assert_eq!(tables, 1, "{first:#?}");
    let mut once = first.clone();
    once.dedup();
    assert_eq!(first, once, "a symbol is defined twice");
    assert_eq!(first, defined("two"));
    let totals = first.iter().filter(|name| name.contains("5total")).count();
    assert!((1..=2).contains(&totals), "`total[Dot]` and its closure: {first:#?}");
}
