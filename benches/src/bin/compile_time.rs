//! How long compilers take: `--version`, `check` of ten lines, hello world, and a program of 10,000 lines, debug.
//!
//! ```text
//! cargo run --release -p benches --bin compile_time
//! cargo run --release -p benches --bin compile_time -- size      the size alone: a busy machine does not change it
//! ```
//! Quastra beside `rustc` and `go build`, medians of interleaved rounds, wall and CPU milliseconds; and the size of
//! a stripped hello world.

use benches::{Run, machine, median, run, version_of};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

const ROUNDS: usize = 11;

fn main() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let out = root.join("target/benches/compile");
    fs::create_dir_all(&out).map_err(|error| error.to_string())?;
    let quastra = root.join("target/release/quastra");
    let write = |name: &str, text: &str| -> Result<PathBuf, String> {
        let path = out.join(name);
        fs::write(&path, text).map_err(|error| error.to_string())?;
        Ok(path)
    };
    let hello_qst = write("hello.qst", "fn main() { println(\"Hello\") }\n")?;
    let hello_rs = write("hello.rs", "fn main() { println!(\"Hello\"); }\n")?;
    let hello_go =
        write("hello.go", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"Hello\") }\n")?;
    let ten = write("ten.qst", TEN_LINES)?;
    let large_qst = write("large.qst", &large(Language::Quastra))?;
    let large_rs = write("large.rs", &large(Language::Rust))?;
    let large_go = write("large.go", &large(Language::Go))?;
    let binary = |name: &str| out.join(name);

    let build_quastra = |source: &Path, name: &str| {
        let mut command = Command::new(&quastra);
        command.arg("build").arg(source).arg("-o").arg(binary(name));
        command
    };
    let build_rust = |source: &Path, name: &str| {
        let mut command = Command::new("rustc");
        command
            .args(["--edition", "2024", "-C", "debuginfo=2", "-A", "warnings", "-o"])
            .arg(binary(name))
            .arg(source);
        command
    };
    let build_go = |source: &Path, name: &str| {
        let mut command = Command::new("go");
        // `-a` would rebuild the library; a fresh cache entry for the program alone is what a change costs.
        command.args(["build", "-o"]).arg(binary(name)).arg(source);
        command
    };
    let mut version = Command::new(&quastra);
    version.arg("--version");
    let mut check = Command::new(&quastra);
    check.arg("check").arg(&ten);

    let mut rows: Vec<(&str, Command)> = vec![
        ("quastra --version", version),
        ("quastra check, 10 lines", check),
        ("hello, quastra build", build_quastra(&hello_qst, "hello-qst")),
        ("hello, rustc", build_rust(&hello_rs, "hello-rs")),
        ("hello, go build", build_go(&hello_go, "hello-go")),
        ("10,000 lines, quastra build", build_quastra(&large_qst, "large-qst")),
        ("10,000 lines, rustc", build_rust(&large_rs, "large-rs")),
        ("10,000 lines, go build", build_go(&large_go, "large-go")),
    ];
    let mut measured: Vec<Vec<Run>> = vec![Vec::new(); rows.len()];
    let rounds = if std::env::args().any(|argument| argument == "size") { 0 } else { ROUNDS };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let this_run = format!("{} {now}", std::process::id());
    for round in 0..rounds {
        // Go caches by content, from one run of the benchmark to the next too: a comment that was never there before makes
        // it compile again.
        for (path, language) in [(&hello_go, None), (&large_go, Some(Language::Go))] {
            let text = language.map_or_else(
                || "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"Hello\") }\n".to_owned(),
                large,
            );
            fs::write(path, format!("{text}// run {this_run}, round {round}\n"))
                .map_err(|error| error.to_string())?;
        }
        for (index, (name, command)) in rows.iter_mut().enumerate() {
            match run(command) {
                Ok((result, _)) => measured[index].push(result),
                Err(why) if round == 0 => eprintln!("{name}: {why}"),
                Err(_) => {}
            }
        }
    }
    println!("Machine: {}.", machine());
    println!("{}; {}.", version_of("rustc", "--version"), version_of("go", "version"));
    if rounds > 0 {
        println!(
            "Median of {rounds} interleaved rounds.\n\n| command | wall ms | CPU ms |\n| --- | --- | --- |"
        );
    }
    for ((name, _), runs) in rows.iter().zip(&measured) {
        if runs.is_empty() {
            continue;
        }
        let wall = median(runs.iter().map(|it| it.wall)) * 1000.0;
        let cpu = median(runs.iter().map(|it| it.cpu)) * 1000.0;
        println!("| {name} | {wall:.1} | {cpu:.1} |");
    }
    println!("\n| stripped hello world, release | bytes |\n| --- | --- |");
    for (name, mut command) in [
        ("quastra", {
            let mut it = build_quastra(&hello_qst, "size-qst");
            it.arg("--release");
            it
        }),
        ("rustc -O", {
            let mut it = build_rust(&hello_rs, "size-rs");
            it.arg("-O");
            it
        }),
        ("go build", build_go(&hello_go, "size-go")),
    ] {
        let file = binary(match name {
            "quastra" => "size-qst",
            "rustc -O" => "size-rs",
            _ => "size-go",
        });
        if run(&mut command).is_ok() && run(Command::new("strip").arg(&file)).is_ok() {
            println!("| {name} | {} |", fs::metadata(&file).map_err(|error| error.to_string())?.len());
        }
    }
    Ok(())
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

#[derive(Clone, Copy)]
enum Language {
    Quastra,
    Rust,
    Go,
}

/// About 10,000 lines: records with methods, loops, branches and calls, the same in each language.
fn large(language: Language) -> String {
    let mut text = String::new();
    if let Language::Go = language {
        text.push_str("package main\n\nimport \"fmt\"\n\n");
    }
    let units = 590;
    for i in 0..units {
        match language {
            Language::Quastra => write!(
                text,
                "record R{i} {{\n    a: i64\n    b: i64\n}}\n\nimpl R{i} {{\n    fn mix(&self, n: i64) -> i64 {{\n        var total = self.a\n        \
                 for k in 0..n {{\n            if k % 3 == 0 {{ total += self.b }} else {{ total = total ^ k }}\n        }}\n        \
                 total\n    }}\n}}\n\nfn f{i}(x: i64) -> i64 {{\n    R{i} {{ a: x, b: {i} }}.mix(x % 7)\n}}\n"
            ),
            Language::Rust => write!(
                text,
                "struct R{i} {{\n    a: i64,\n    b: i64,\n}}\n\nimpl R{i} {{\n    fn mix(&self, n: i64) -> i64 {{\n        let mut total = self.a;\n        \
                 for k in 0..n {{\n            if k % 3 == 0 {{ total += self.b }} else {{ total = total ^ k }}\n        }}\n        \
                 total\n    }}\n}}\n\nfn f{i}(x: i64) -> i64 {{\n    R{i} {{ a: x, b: {i} }}.mix(x % 7)\n}}\n"
            ),
            Language::Go => write!(
                text,
                "type R{i} struct {{\n\ta int64\n\tb int64\n}}\n\nfunc (r *R{i}) mix(n int64) int64 {{\n\ttotal := r.a\n\t\
                 for k := int64(0); k < n; k++ {{\n\t\tif k%3 == 0 {{\n\t\t\ttotal += r.b\n\t\t}} else {{\n\t\t\ttotal = total ^ k\n\t\t}}\n\t}}\n\t\
                 return total\n}}\n\nfunc f{i}(x int64) int64 {{\n\tr := R{i}{{x, {i}}}\n\treturn r.mix(x % 7)\n}}\n"
            ),
        }
        .expect("writing to a string works");
    }
    let calls = |open: &str, line: &dyn Fn(usize) -> String, close: &str| {
        (0..units).fold(open.to_owned(), |text, i| text + &line(i)) + close
    };
    text.push_str(&match language {
        Language::Quastra => calls(
            "fn main() {\n    var x = 1\n",
            &|i| format!("    x = f{i}(x) % 1000\n"),
            "    println(\"{x}\")\n}\n",
        ),
        Language::Rust => calls(
            "fn main() {\n    let mut x = 1;\n",
            &|i| format!("    x = f{i}(x) % 1000;\n"),
            "    println!(\"{x}\");\n}\n",
        ),
        Language::Go => calls(
            "func main() {\n\tx := int64(1)\n",
            &|i| format!("\tx = f{i}(x) % 1000\n"),
            "\tfmt.Println(x)\n}\n",
        ),
    });
    text
}
