//! Many seeds, a process each: a crash of the compiler takes no other program with it.
//!
//! In: the seeds. Out: a line each with the totals so far, and the cases that fail, as files. Where the cases of a seed
//! cannot all be compiled, or the process dies, they are run in halves, until the one that is to blame stands alone.
//!
//! ```text
//! batch 7 0..100 dies   →   0..50 is well, 50..75 dies, 75..100 is well, …   →   target/generated/7-61.qst
//! ```

use crate::print::Dialect;
use crate::{Arguments, cases_of, make, print};
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

/// Of a batch that did not come to run its cases.
pub const NOTHING_RAN: u8 = 3;
/// What a line begins with that tells how many cases an engine ran.
pub const RAN: &str = "ran ";
/// No batch works longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);

pub fn run(first: u64, last: u64, arguments: &Arguments) -> ExitCode {
    let mut stream = Stream { arguments, ran: BTreeMap::new(), failed: 0 };
    for seed in first..=last {
        stream.piece(seed, 0, arguments.cases);
        let totals: Vec<String> = stream.ran.iter().map(|(what, count)| format!("{what} {count}")).collect();
        println!("after seed {seed}: {}; {} failed", totals.join(", "), stream.failed);
    }
    if stream.failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

struct Stream<'a> {
    arguments: &'a Arguments,
    /// How many programs each engine ran, and how many panicked.
    ran: BTreeMap<String, usize>,
    failed: usize,
}

impl Stream<'_> {
    /// Some cases of a seed.
    fn piece(&mut self, seed: u64, from: usize, to: usize) {
        let Some((status, said)) = self.batch(seed, from, to) else {
            println!("seed {seed}: cannot be started");
            return;
        };
        let well = status.is_some_and(|status| status.success());
        let ran = status.is_some_and(|status| matches!(status.code(), Some(0 | 1)));
        if !ran && to - from > 1 {
            let middle = from.midpoint(to);
            self.piece(seed, from, middle);
            self.piece(seed, middle, to);
            return;
        }
        for line in said.lines() {
            match line.strip_prefix(RAN).and_then(|rest| rest.split_once(' ')) {
                Some((what, count)) => {
                    *self.ran.entry(what.to_string()).or_default() += count.parse().unwrap_or(0);
                }
                None => println!("{line}"),
            }
        }
        if well {
            return;
        }
        self.failed += 1;
        if ran {
            return;
        }
        match status {
            Some(status) => println!("FAILED seed {seed} case {from}: {}", ended(status)),
            None => println!("FAILED seed {seed} case {from}: still running after {} s", PATIENCE.as_secs()),
        }
        write(seed, from, &self.arguments.out);
    }

    fn batch(&self, seed: u64, from: usize, to: usize) -> Option<(Option<ExitStatus>, String)> {
        let arguments = self.arguments;
        let mut command = Command::new(env::current_exe().ok()?);
        command.args(["batch", &seed.to_string(), "--from", &from.to_string(), "--cases", &to.to_string()]);
        command.arg("--out").arg(&arguments.out);
        if arguments.rust || arguments.rust_every > 0 && seed.is_multiple_of(arguments.rust_every) {
            command.arg("--rust");
        }
        if arguments.levels.is_empty() {
            command.arg("--interpreter-only");
        } else if !seed.is_multiple_of(arguments.optimised_every) {
            command.arg("--unoptimised");
        }
        child(command)
    }
}

/// Runs a command of ours; no status if it had to be ended. Its scratch files go with it.
pub fn child(mut command: Command) -> Option<(Option<ExitStatus>, String)> {
    let path = env::temp_dir().join(format!("quastra-generate-{}.said", std::process::id()));
    let file = fs::File::create(&path).ok()?;
    command.stdout(Stdio::from(file.try_clone().ok()?)).stderr(Stdio::from(file)).stdin(Stdio::null());
    let mut child = command.spawn().ok()?;
    let begun = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            _ if begun.elapsed() > PATIENCE => break None,
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    if status.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    let _ = fs::remove_dir_all(scratch_of(child.id()));
    let said = String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()).into_owned();
    let _ = fs::remove_file(&path);
    Some((status, said))
}

/// The folder for a process's files.
pub fn scratch_of(process: u32) -> PathBuf {
    env::temp_dir().join(format!("quastra-generate-{process}"))
}

pub fn ended(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit {code}"),
        (None, signal) => format!("signal {}", signal.unwrap_or(0)),
    }
}

/// A case as a file, with the world it needs.
pub fn write(seed: u64, number: usize, out: &Path) {
    let (world, cases) = cases_of(seed, number, number + 1);
    let text = print::program(&world, &cases, Dialect::Quastra);
    let _ = fs::create_dir_all(out);
    // `reduce` must know whether arithmetic wraps.
    let wraps = if make::wraps(seed) { "-wraps" } else { "" };
    let _ = fs::write(out.join(format!("{seed}-{number}{wraps}.qst")), text);
}
