//! Replays what the fuzz targets found wrong, and what they start from; and `check` against `compile`.
//!
//! In: `fuzz/corpus/TARGET/*.qst`, the wrong programs below `tests/`. Out: a test each, which fails when a promise of
//! `invariants.rs` is broken again or a file takes longer than people would wait:
//!
//! ```text
//! test frontend/unclosed_string ... ok
//! ```

use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tests::{invariants, root};

/// What is fast in a release build takes many times that in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    trials.extend(replay("frontend", invariants::frontend));
    trials.extend(replay("execute", invariants::execute));
    trials.extend(wrong_programs());
    libtest_mimic::run(&arguments, trials).exit();
}

fn replay(target: &'static str, check: fn(&str)) -> Vec<Trial> {
    let folder = root().join("fuzz/corpus").join(target);
    let entries = fs::read_dir(folder).expect("the corpus is there");
    let mut paths: Vec<PathBuf> = entries.map(|it| it.expect("a folder can be read").path()).collect();
    paths.sort();
    let trial = |path: PathBuf| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(format!("{target}/{stem}"), move || -> Result<(), Failed> {
            let bytes = fs::read(&path)?;
            let begun = Instant::now();
            check(&String::from_utf8_lossy(&bytes));
            let time = begun.elapsed();
            if time > PATIENCE { Err(format!("it takes {time:?}").into()) } else { Ok(()) }
        })
    };
    paths.into_iter().map(trial).collect()
}

/// Each folder's programs with an error: `check`, which does less than `compile`, says the same of them.
fn wrong_programs() -> Vec<Trial> {
    let folders = fs::read_dir(root().join("tests")).expect("this test is in there");
    let mut folders: Vec<PathBuf> = folders.map(|it| it.expect("a folder can be read").path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    let trial = |folder: PathBuf| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(format!("check like compile: {name}"), move || -> Result<(), Failed> {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                let is_program = path.extension().is_some_and(|it| it == "qst");
                let text = if is_program { fs::read_to_string(&path).unwrap_or_default() } else { continue };
                if text.contains("//~") {
                    invariants::check_like_compile(&text);
                }
            }
            Ok(())
        })
    };
    folders.into_iter().map(trial).collect()
}
