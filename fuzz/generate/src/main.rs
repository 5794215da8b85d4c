//! Random programs against every engine.
//!
//! In: a command line. Out: programs, disagreements, or a smaller program that still shows one.
//!
//! ```text
//! generate print 7 --only 3     case 3 of seed 7, as Quastra (--rust: as Rust)
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
mod stream;
#[cfg(test)]
mod tests;

use engines::Wanted;
use print::Dialect;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};
use stream::{NOTHING_RAN, RAN};

/// As the command has it: memory goes to and from the back end.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub struct Arguments {
    words: Vec<String>,
    /// The first case of a seed, and behind the last.
    from: usize,
    cases: usize,
    out: PathBuf,
    rust: bool,
    levels: &'static [u8],
    rust_every: u64,
    optimised_every: u64,
    debug_every: u64,
    wraps: bool,
}

fn arguments() -> Arguments {
    let mut arguments = Arguments {
        words: Vec::new(),
        from: 0,
        cases: 100,
        out: PathBuf::from("target/generated"),
        rust: false,
        levels: &[0, 2],
        rust_every: 0,
        optimised_every: 1,
        debug_every: 8,
        wraps: false,
    };
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
        match word.as_str() {
            "--from" => arguments.from = number() as usize,
            "--cases" => arguments.cases = number() as usize,
            "--only" => {
                arguments.from = number() as usize;
                arguments.cases = arguments.from + 1;
            }
            "--rust" => arguments.rust = true,
            "--rust-every" => arguments.rust_every = number(),
            "--optimised-every" => arguments.optimised_every = number(),
            "--debug-every" => arguments.debug_every = number(),
            "--unoptimised" => arguments.levels = &[0],
            "--interpreter-only" => arguments.levels = &[],
            "--wraps" => arguments.wraps = true,
            "--out" => arguments.out = words.next().map_or(PathBuf::from("."), PathBuf::from),
            _ => arguments.words.push(word),
        }
    }
    arguments
}

fn main() -> ExitCode {
    let arguments = arguments();
    let number = |at: usize| arguments.words.get(at).and_then(|word| word.parse::<u64>().ok());
    let seed = number(1).unwrap_or(0);
    match arguments.words.first().map(String::as_str) {
        Some("print") => {
            let dialect = if arguments.rust { Dialect::Rust } else { Dialect::Quastra };
            let (world, cases) = cases_of(seed, arguments.from, arguments.cases);
            print!("{}", print::program(&world, &cases, dialect));
            ExitCode::SUCCESS
        }
        Some("batch") => batch(seed, &arguments),
        Some("run") => stream::run(seed, number(2).unwrap_or(0), &arguments),
        Some("reduce" | "signature") => match arguments.words.get(1) {
            Some(path) => {
                let path = Path::new(path);
                let wanted = Wanted {
                    overflow_checks: !arguments.wraps && !path.to_string_lossy().contains("-wraps"),
                    levels: arguments.levels,
                    rust: false,
                    debug: true,
                };
                if arguments.words[0] == "reduce" {
                    reduce::file(path, wanted)
                } else {
                    reduce::tell(path, wanted)
                }
            }
            None => ExitCode::FAILURE,
        },
        _ => {
            eprintln!("generate print|batch|run|reduce; see fuzz/README.md");
            ExitCode::FAILURE
        }
    }
}

/// Cases `from .. to` of a seed, and what they share.
fn cases_of(seed: u64, from: usize, to: usize) -> (ast::World, Vec<(usize, ast::Case)>) {
    let world = make::world(seed);
    let cases = (from..to).map(|number| (number, make::case(&world, seed, number))).collect();
    (world, cases)
}

/// A folder of this process's own.
fn scratch() -> PathBuf {
    let folder = stream::scratch_of(std::process::id());
    fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
    folder
}

fn wanted(seed: u64, arguments: &Arguments) -> Wanted {
    Wanted {
        overflow_checks: !make::wraps(seed),
        levels: arguments.levels,
        rust: arguments.rust && seed.is_multiple_of(2),
        debug: arguments.debug_every > 0 && seed.is_multiple_of(arguments.debug_every),
    }
}

/// One seed. What fails is told; its cases are written down one by one.
fn batch(seed: u64, arguments: &Arguments) -> ExitCode {
    let folder = scratch();
    let wanted = wanted(seed, arguments);
    let (world, cases) = cases_of(seed, arguments.from, arguments.cases);
    let rust = wanted.rust.then(|| print::program(&world, &cases, Dialect::Rust));
    let results =
        engines::run(&print::program(&world, &cases, Dialect::Quastra), rust.as_deref(), &folder, wanted);
    let differences = compare::differences(&results);
    for (engine, outcomes) in &results.engines {
        println!("{RAN}{engine} {}", outcomes.len());
    }
    if let Some((_, outcomes)) = results.engines.first() {
        println!("{RAN}panics {}", outcomes.values().filter(|outcome| !outcome.end.is_empty()).count());
    }
    for failure in &results.failures {
        println!("FAILURE seed {seed}: {failure}");
    }
    for difference in &differences {
        println!("DIFFERENCE seed {seed} case {}:\n{}", difference.case, difference.text);
        stream::write(seed, difference.case, &arguments.out);
    }
    let _ = fs::remove_dir_all(&folder);
    match (results.failures.is_empty(), differences.is_empty()) {
        (false, _) => ExitCode::from(NOTHING_RAN),
        (true, false) => ExitCode::FAILURE,
        (true, true) => ExitCode::SUCCESS,
    }
}
