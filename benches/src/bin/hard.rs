//! How long `quastra check` takes for programs that are hard to check ([`benches::hard`]).
//!
//! ```text
//! cargo run --release -p benches --bin hard -- [rounds]
//! ```
//! CPU milliseconds for each program, for one half as large, and how many times more the whole is.

use benches::{hard, machine, run};
use std::fs;
use std::path::Path;
use std::process::Command;

fn main() -> Result<(), String> {
    let rounds: usize =
        std::env::args().nth(1).map_or(Ok(5), |text| text.parse()).map_err(|it| format!("{it}"))?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let out = root.join("target/benches/hard");
    fs::create_dir_all(&out).map_err(|error| error.to_string())?;
    println!("Machine: {}.\nLeast of {rounds} rounds.\n", machine());
    println!("| program | size | CPU ms | half the size | ratio |\n| --- | --- | --- | --- | --- |");
    for (name, size, program) in hard::ALL {
        let mut least = [f64::MAX; 2];
        for _ in 0..rounds {
            for (cpu, size) in least.iter_mut().zip([size, size / 2]) {
                let path = out.join(format!("{}_{size}.qst", name.replace(' ', "_")));
                fs::write(&path, program(size)).map_err(|error| error.to_string())?;
                let taken =
                    run(Command::new(root.join("target/release/quastra")).arg("check").arg(&path))?.0.cpu;
                *cpu = cpu.min(taken * 1000.0);
            }
        }
        let [whole, half] = least;
        println!("| {name} | {size} | {whole:.1} | {half:.1} | {:.1} |", whole / half);
    }
    Ok(())
}
