//! How fast `quastra check` is: a generated package of 100,000 lines in 200 modules.
//!
//! ```text
//! cargo run --release -p benches --bin check -- [modules] [units a module]
//! ```
//! Median of some rounds, CPU seconds of the whole process, and lines a CPU second.

use benches::{machine, median, package::package, run};
use std::fs;
use std::path::Path;
use std::process::Command;

const ROUNDS: usize = 5;

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: usize| arguments.get(at).map_or(Ok(default), |text| text.parse());
    let modules = number(0, 200).map_err(|error| error.to_string())?;
    let units = number(1, 5).map_err(|error| error.to_string())?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let out = root.join("target/benches/check");
    let files = package(modules, units);
    for (path, text) in &files {
        let path = out.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&out)).map_err(|error| error.to_string())?;
        fs::write(path, text).map_err(|error| error.to_string())?;
    }
    let lines: usize = files.iter().map(|(_, text)| text.lines().count()).sum();
    let mut command = Command::new(root.join("target/release/quastra"));
    command.arg("check").arg(&out);
    let mut runs = Vec::new();
    for _ in 0..ROUNDS {
        runs.push(run(&mut command)?.0);
    }
    let cpu = median(runs.iter().map(|run| run.cpu));
    println!("Machine: {}.\nMedian of {ROUNDS} rounds.\n", machine());
    println!("| lines | modules | CPU s | lines a CPU second |\n| --- | --- | --- | --- |");
    println!("| {lines} | {modules} | {cpu:.2} | {:.0} |", lines as f64 / cpu);
    Ok(())
}
