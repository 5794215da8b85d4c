//! What the benchmarks share: running a command and taking its CPU time, medians, tables.
//!
//! In: commands. Out: seconds of user and system time of the child, which a busy machine disturbs less than the
//! clock on the wall; medians of interleaved rounds, so that a disturbance hits every language alike.

pub mod hard;
pub mod package;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::process::{Command, Stdio};
use std::time::Instant;

/// One run of a child process.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// User and system time, seconds.
    pub cpu: f64,
    /// Time on the wall, seconds.
    pub wall: f64,
}

/// Runs a command to its end; its standard output is returned.
///
/// # Errors
/// If it cannot be started or ends with another code than 0.
pub fn run(command: &mut Command) -> Result<(Run, Vec<u8>), String> {
    let before = children_cpu();
    let start = Instant::now();
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{command:?} does not start: {error}"))?;
    let wall = start.elapsed().as_secs_f64();
    let cpu = children_cpu() - before;
    if !output.status.success() {
        return Err(format!("{command:?} ended with {}", output.status));
    }
    Ok((Run { cpu, wall }, output.stdout))
}

/// CPU seconds of all children that have ended.
fn children_cpu() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("getrusage of children works");
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6
}

/// The largest amount of memory, in bytes, that any child has used that has ended.
pub fn children_memory() -> u64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("getrusage of children works");
    u64::try_from(usage.max_rss()).unwrap_or(0) * 1024
}

/// The middle of the values; of an even number the lower of the two.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[(values.len() - 1) / 2]
}

/// The first line of what a command prints about its version, or `-`.
pub fn version_of(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).stdin(Stdio::null()).output();
    let text = output.map(|it| String::from_utf8_lossy(&it.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("-").to_owned()
}

/// The machine in one line: processor and number of cores.
pub fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("\t: unknown");
    let cores = std::thread::available_parallelism().map_or(1, |it| it.get());
    format!("{}, {cores} cores", model.trim_start_matches(['\t', ' ', ':']))
}
