//! Chains of iterators cost what a loop written by hand costs, in instructions, when they are optimised.
//!
//! In: `benches/programs/iterators.qst`, built with `--release`. Out: a table, and an error where a chain is more than 2 %
//! behind its loop, or a little more where it is known why. Counted by Valgrind; without it, or without `strip`, there is nothing to do.
//!
//! ```text
//! xs.iter().filter(|x| **x % 3 == 0).map(|x| *x * 2).sum()   beside   for i in 0..xs.len() { … }
//! ```

use std::path::Path;
use std::process::Command;
use std::{env, fs, process};
use tests::programs::quastra;
use tests::root;

/// What is one loop.
const EQUAL: [&str; 13] = [
    "filter_map_sum",
    "fold_max",
    "zip_dot",
    "range_sum",
    "count",
    "enumerate",
    "flat_map",
    "chained",
    "rev",
    "windows",
    "chunks",
    "step_by",
    "any_function",
];
/// What comes close. `any` gives a `bool`, which LLVM makes of the position where the loop ended, as it does for a function
/// by hand (`any_function`): an instruction more a step than where the result is a number from the start. `take_while` behind
/// `take` counts down besides.
const CLOSE: [(&str, f64); 2] = [("any", 1.21), ("take_while", 1.08)];

#[test]
fn chains_are_loops() {
    let folder = env::temp_dir().join(format!("quastra-iterators-{}", process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let (whole, stripped) = (folder.join("whole"), folder.join("stripped"));
    let built = Command::new(quastra())
        .args(["build", "--release", "-o"])
        .arg(&whole)
        .arg(root().join("benches/programs/iterators.qst"))
        .status();
    assert!(built.is_ok_and(|it| it.success()), "the program does not compile");
    let is_stripped = Command::new("strip").arg(&whole).arg("-o").arg(&stripped).status();
    if is_stripped.is_ok_and(|it| it.success())
        && let Some(base) = instructions(&stripped, "nothing", "loop")
    {
        let mut late = Vec::new();
        println!("| chain | instructions | of the loop | ratio |\n| --- | --- | --- | --- |");
        let equal = EQUAL.into_iter().map(|name| (name, 1.02));
        for (name, limit) in equal.chain(CLOSE) {
            let count = |way: &str| instructions(&stripped, name, way).expect("counted before") - base;
            let (chain, by_hand) = (count("chain"), count("loop"));
            let ratio = chain as f64 / by_hand as f64;
            println!("| {name} | {chain} | {by_hand} | {ratio:.2} |");
            if ratio > limit {
                late.push(format!("{name} {ratio:.3}"));
            }
        }
        assert!(late.is_empty(), "slower than by hand: {}", late.join(", "));
    }
    fs::remove_dir_all(&folder).expect("what was written can be removed");
}

/// How many instructions a run takes; `None` if they cannot be counted.
fn instructions(program: &Path, name: &str, way: &str) -> Option<i64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([name, way])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = text.lines().find(|line| line.contains("Collected"))?;
    line.rsplit(' ').next()?.parse().ok()
}
