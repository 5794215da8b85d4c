//! The same program in Quastra, C, Rust and Go: CPU time of whole processes, as ratios to C.
//!
//! ```text
//! cargo run --release -p benches --bin programs            # every program, 5 rounds
//! cargo run --release -p benches --bin programs -- fib 9   # one, 9 rounds
//! ```
//! Needs `quastra` (built with `cargo build --release`), `clang-22`, `rustc` and `go` on the path; a language that
//! is missing is left out. Outputs must be equal. Prints a table in Markdown for `RESULTS.md`.

use benches::{machine, median, run, version_of};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Name, source of the Quastra version below the root, arguments.
const PROGRAMS: [(&str, &str, &[&str]); 5] = [
    ("fib", "benches/programs/fib.qst", &["40"]),
    ("sieve", "benches/programs/sieve.qst", &["50000000"]),
    ("nbody", "examples/nbody.qst", &["5000000"]),
    ("spectral_norm", "examples/spectral_norm.qst", &["2000"]),
    ("wordfreq", "examples/wordfreq.qst", &["TEXT"]),
];

const LANGUAGES: [&str; 4] = ["quastra", "c", "rust", "go"];

fn main() -> Result<(), String> {
    let mut args = std::env::args().skip(1);
    let only = args.next();
    let rounds: usize = args.next().and_then(|it| it.parse().ok()).unwrap_or(5);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let out = root.join("target/benches");
    std::fs::create_dir_all(&out).map_err(|error| error.to_string())?;
    let text = large_text(&out)?;

    println!("Machine: {}.", machine());
    println!(
        "clang: {}; {}; {}.",
        version_of("clang-22", "--version"),
        version_of("rustc", "--version"),
        version_of("go", "version")
    );
    println!(
        "Median of {rounds} interleaved rounds, CPU seconds of the whole process, and the ratio to C.\n"
    );
    println!("| program | C | Quastra | Rust | Go | Quastra / C | Rust / C | Go / C |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (name, source, args) in PROGRAMS {
        if only.as_deref().is_some_and(|only| only != name && only != "all") {
            continue;
        }
        let args: Vec<String> = args
            .iter()
            .map(|&arg| if arg == "TEXT" { text.display().to_string() } else { arg.to_owned() })
            .collect();
        let binaries: Vec<Option<PathBuf>> = LANGUAGES
            .iter()
            .map(|language| compile(language, name, &root.join(source), &root, &out))
            .collect();
        let mut times: [Vec<f64>; 4] = Default::default();
        let mut expected: Option<Vec<u8>> = None;
        for _ in 0..rounds {
            for (index, binary) in binaries.iter().enumerate() {
                let Some(binary) = binary else { continue };
                let (measured, output) = run(Command::new(binary).args(&args))?;
                times[index].push(measured.cpu);
                if *expected.get_or_insert_with(|| output.clone()) != output {
                    return Err(format!("{name}: the output in {} differs", LANGUAGES[index]));
                }
            }
        }
        let [quastra, c, rust, go] = times.map(|it| (!it.is_empty()).then(|| median(it)));
        let seconds = |it: Option<f64>| it.map_or("-".to_owned(), |it| format!("{it:.3}"));
        let ratio = |it: Option<f64>| it.zip(c).map_or("-".to_owned(), |(it, c)| format!("{:.2}", it / c));
        println!(
            "| {name} | {} | {} | {} | {} | {} | {} | {} |",
            seconds(c),
            seconds(quastra),
            seconds(rust),
            seconds(go),
            ratio(quastra),
            ratio(rust),
            ratio(go)
        );
    }
    Ok(())
}

/// Builds one program; `None` (said on standard error) if the compiler is missing or fails.
fn compile(language: &str, name: &str, source: &Path, root: &Path, out: &Path) -> Option<PathBuf> {
    let binary = out.join(format!("{name}-{language}"));
    let peer = |extension: &str| root.join(format!("benches/programs/{name}.{extension}"));
    let mut command = match language {
        "quastra" => {
            let mut command = Command::new(root.join("target/release/quastra"));
            command.args(["build", "--release"]).arg(source).arg("-o").arg(&binary);
            command
        }
        "c" => {
            let mut command = Command::new("clang-22");
            command.args(["-O3", "-o"]).arg(&binary).arg(peer("c")).arg("-lm");
            command
        }
        "rust" => {
            let mut command = Command::new("rustc");
            command.args(["-O", "--edition", "2024", "-o"]).arg(&binary).arg(peer("rs"));
            command
        }
        _ => {
            let mut command = Command::new("go");
            command.args(["build", "-o"]).arg(&binary).arg(peer("go"));
            command
        }
    };
    match command.output() {
        Ok(output) if output.status.success() => Some(binary),
        Ok(output) => {
            eprintln!("{name} in {language}: {}", String::from_utf8_lossy(&output.stderr));
            None
        }
        Err(error) => {
            eprintln!("{name} in {language}: {error}");
            None
        }
    }
}

/// About 40 MB of English: the licences of a Debian system, over and over with numbered words in between so that the
/// table of words grows.
fn large_text(out: &Path) -> Result<PathBuf, String> {
    let path = out.join("text.txt");
    let gpl =
        std::fs::read_to_string("/usr/share/common-licenses/GPL-3").map_err(|error| error.to_string())?;
    let mut text = String::new();
    let mut number = 0u32;
    while text.len() < 40_000_000 {
        for line in gpl.lines() {
            text.push_str(line);
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let word: String =
                (0..4).map(|i| char::from(b'a' + (number >> (8 + 5 * i) & 15) as u8)).collect();
            text.push(' ');
            text.push_str(&word);
            text.push('\n');
        }
    }
    std::fs::write(&path, text).map_err(|error| error.to_string())?;
    Ok(path)
}
