//! Random programs against every engine.
//!
//! In: a command line. Out: programs, disagreements, or a smaller program that still shows one.
//!
//! ```text
//! generate print 7 3            the first 3 cases of seed 7, as Quastra (--rust: as Rust)
//! generate run 1 50             seeds 1 to 50, 100 cases each, a process each; what fails goes to --out
//! generate batch 7              one seed, in this process
//! generate reduce case.qst      the smallest program found that fails in the same way
//! ```
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "what is made or printed otherwise is one kind among many"
)]

mod ast;
mod compare;
mod engines;
mod make;
mod prelude;
mod print;
mod reduce;
mod rng;
#[cfg(test)]
mod tests;

use engines::Wanted;
use print::Dialect;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

/// As the command has it: memory goes to and from the back end.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Arguments {
    words: Vec<String>,
    cases: usize,
    only: Option<usize>,
    out: PathBuf,
    rust: bool,
    levels: &'static [u8],
    rust_every: u64,
    optimised_every: u64,
}

fn arguments() -> Arguments {
    let mut arguments = Arguments {
        words: Vec::new(),
        cases: 100,
        only: None,
        out: PathBuf::from("target/generated"),
        rust: false,
        levels: &[0, 2],
        rust_every: 0,
        optimised_every: 1,
    };
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
        match word.as_str() {
            "--cases" => arguments.cases = number() as usize,
            "--only" => arguments.only = Some(number() as usize),
            "--rust" => arguments.rust = true,
            "--rust-every" => arguments.rust_every = number(),
            "--optimised-every" => arguments.optimised_every = number(),
            "--unoptimised" => arguments.levels = &[0],
            "--interpreter-only" => arguments.levels = &[],
            "--out" => arguments.out = words.next().map_or(PathBuf::from("."), PathBuf::from),
            _ => arguments.words.push(word),
        }
    }
    arguments
}

fn main() -> ExitCode {
    let arguments = arguments();
    let number = |at: usize| arguments.words.get(at).and_then(|word| word.parse::<u64>().ok());
    match arguments.words.first().map(String::as_str) {
        Some("print") => {
            let cases = number(2).unwrap_or(1) as usize;
            let dialect = if arguments.rust { Dialect::Rust } else { Dialect::Quastra };
            print!("{}", print::program(&cases_of(number(1).unwrap_or(0), cases, arguments.only), dialect));
            ExitCode::SUCCESS
        }
        Some("batch") => batch(number(1).unwrap_or(0), &arguments),
        Some("run") => run(number(1).unwrap_or(0), number(2).unwrap_or(0), &arguments),
        Some("reduce") => match arguments.words.get(1) {
            Some(path) => reduce::file(Path::new(path), wanted(0, &arguments)),
            None => ExitCode::FAILURE,
        },
        _ => {
            eprintln!("generate print|batch|run|reduce; see fuzz/README.md");
            ExitCode::FAILURE
        }
    }
}

fn cases_of(seed: u64, cases: usize, only: Option<usize>) -> Vec<(usize, ast::Case)> {
    let numbers: Vec<usize> = only.map_or_else(|| (0..cases).collect(), |only| vec![only]);
    numbers.into_iter().map(|number| (number, make::case(seed, number))).collect()
}

/// A folder of this process's own.
fn scratch() -> PathBuf {
    let folder = env::temp_dir().join(format!("quastra-generate-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
    folder
}

fn wanted(seed: u64, arguments: &Arguments) -> Wanted {
    // Every fourth seed wraps.
    Wanted {
        overflow_checks: seed % 4 != 3,
        levels: arguments.levels,
        rust: arguments.rust && seed.is_multiple_of(2),
    }
}

/// One seed. What fails is told; its cases are written down one by one.
fn batch(seed: u64, arguments: &Arguments) -> ExitCode {
    let folder = scratch();
    let wanted = wanted(seed, arguments);
    let cases = cases_of(seed, arguments.cases, arguments.only);
    let rust = wanted.rust.then(|| print::program(&cases, Dialect::Rust));
    let results = engines::run(&print::program(&cases, Dialect::Quastra), rust.as_deref(), &folder, wanted);
    let differences = compare::differences(&results);
    let panics = results
        .engines
        .first()
        .map_or(0, |(_, outcomes)| outcomes.values().filter(|outcome| !outcome.end.is_empty()).count());
    println!(
        "seed {seed}: {} cases, {panics} panics, {} differences, {} failures",
        cases.len(),
        differences.len(),
        results.failures.len()
    );
    for failure in &results.failures {
        println!("FAILURE seed {seed}: {failure}");
    }
    let mut failed = !results.failures.is_empty();
    let _ = fs::create_dir_all(&arguments.out);
    for difference in &differences {
        failed = true;
        println!("DIFFERENCE seed {seed} case {}:\n{}", difference.case, difference.text);
        for (number, case) in &cases {
            if *number == difference.case {
                let text = print::program(&[(*number, case.clone())], Dialect::Quastra);
                let _ = fs::write(arguments.out.join(format!("{seed}-{number}.qst")), text);
            }
        }
    }
    let _ = fs::remove_dir_all(&folder);
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Many seeds, a process each, so that a crash of the compiler takes one seed with it.
fn run(first: u64, last: u64, arguments: &Arguments) -> ExitCode {
    let this = env::current_exe().expect("this program has a path");
    let (mut programs, mut failed) = (0, 0);
    for seed in first..=last {
        let mut command = Command::new(&this);
        command.args(["batch", &seed.to_string(), "--cases", &arguments.cases.to_string(), "--out"]);
        command.arg(&arguments.out);
        if arguments.rust || arguments.rust_every > 0 && seed.is_multiple_of(arguments.rust_every) {
            command.arg("--rust");
        }
        if arguments.levels.is_empty() {
            command.arg("--interpreter-only");
        } else if !seed.is_multiple_of(arguments.optimised_every) {
            command.arg("--unoptimised");
        }
        let Ok(output) = command.output() else { return ExitCode::FAILURE };
        print!("{}", String::from_utf8_lossy(&output.stdout));
        programs += arguments.cases;
        if !output.status.success() {
            failed += 1;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let lines: Vec<&str> = said.lines().take(6).collect();
            println!("FAILED seed {seed}: {} {}", output.status, lines.join("\n  "));
        }
    }
    println!("{programs} programs, {failed} seeds with failures");
    if failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
