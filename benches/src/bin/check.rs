//! How fast `quastra check` is: a generated package of 100,000 lines in 200 modules.
//!
//! ```text
//! cargo run --release -p benches --bin check -- [modules] [units a module]
//! ```
//! With one thread and with as many as there are processors: medians of some rounds, CPU seconds of the whole process and
//! seconds on the clock, lines a CPU second, and the largest amount of memory (which only grows from row to row).

use benches::{children_memory, machine, median, package::package, run};
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
    println!("Machine: {}.\nMedian of {ROUNDS} rounds.\n", machine());
    println!(
        "| lines | modules | threads | CPU s | wall s | lines a CPU second | memory MB | bytes a line |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let all = std::thread::available_parallelism().map_or(1, |count| count.get());
    for threads in [1, all] {
        let mut command = Command::new(root.join("target/release/quastra"));
        command.arg("check").arg(&out).args(["--threads", &threads.to_string()]);
        let mut runs = Vec::new();
        for _ in 0..ROUNDS {
            runs.push(run(&mut command)?.0);
        }
        let (cpu, wall) = (median(runs.iter().map(|it| it.cpu)), median(runs.iter().map(|it| it.wall)));
        let memory = children_memory();
        println!(
            "| {lines} | {modules} | {threads} | {cpu:.2} | {wall:.2} | {:.0} | {} | {} |",
            lines as f64 / cpu,
            memory >> 20,
            memory / lines as u64
        );
    }
    Ok(())
}
