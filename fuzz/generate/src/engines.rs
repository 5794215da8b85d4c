//! Every way to run a program, and what each case did in it.
//!
//! In: a program that takes the number of the case to begin with. Out: an [`Outcome`] a case and engine. A panic ends the
//! run; the program is started again behind the case that panicked, so that no other is lost.
//!
//! ```text
//! == 0 … == 1 … panicked at …   →   case 0: its lines; case 1: its lines and the panic; again from 2
//! ```

use crate::print::Dialect;
use driver::emit::Prints;
use driver::manifest::Profile;
use driver::native::NativeBackend;
use driver::session::on_large_stack;
use driver::{Options, Session, pipeline};
use mir::interp::{self, Buffers, End};
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, panic};

static BACKEND: backend::Native = backend::Native::new();

/// No generated program works longer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Blocks that the interpreter runs.
const FUEL: u64 = 20_000_000;

const LIBRARY: &str = "panicked at std:";
const NO_PLACE: &str = "panicked somewhere: ";

#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub stdout: String,
    /// Empty of a case that ended well; else how it ended, with the panic's message.
    pub end: String,
}

pub type Outcomes = BTreeMap<usize, Outcome>;

#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub overflow_checks: bool,
    /// Levels of optimisation to compile for.
    pub levels: &'static [u8],
    pub rust: bool,
    /// With debug information. Without it a machine program cannot tell who called the library that panics.
    pub debug: bool,
}

#[derive(Debug)]
pub struct Results {
    pub engines: Vec<(&'static str, Outcomes)>,
    /// What ended a stage: a compiler's error or crash, or a leak.
    pub failures: Vec<String>,
}

/// Runs a program in every engine.
pub fn run(quastra: &str, rust: Option<&str>, folder: &Path, wanted: Wanted) -> Results {
    let mut results = Results { engines: Vec::new(), failures: Vec::new() };
    let path = folder.join("case.qst");
    fs::write(&path, quastra).expect("the folder can be written");
    let compiled = panic::catch_unwind(|| on_large_stack(|| compile_and_run(&path, folder, wanted)));
    match compiled {
        Ok((engines, failures)) => {
            results.engines.extend(engines);
            results.failures.extend(failures);
        }
        Err(why) => {
            let text = why.downcast_ref::<String>().cloned();
            let text = text.or_else(|| why.downcast_ref::<&str>().map(|text| (*text).to_string()));
            results.failures.push(format!("the compiler panicked: {}", text.unwrap_or_default()));
        }
    }
    if results.failures.is_empty() {
        for &level in wanted.levels {
            let name = level_name(level);
            let program = folder.join(name);
            results.engines.push((name, run_native(&program, Dialect::Quastra, wanted.debug)));
        }
    }
    if let (Some(text), true) = (rust, wanted.rust) {
        match rustc(text, folder, wanted.overflow_checks) {
            Ok(program) => results.engines.push(("rustc", run_native(&program, Dialect::Rust, false))),
            Err(why) => results.failures.push(format!("rustc refuses it: {why}")),
        }
    }
    results
}

fn level_name(level: u8) -> &'static str {
    if level == 0 { "O0" } else { "O2" }
}

type Stage = (Vec<(&'static str, Outcomes)>, Vec<String>);

fn compile_and_run(path: &Path, folder: &Path, wanted: Wanted) -> Stage {
    let options =
        Options { threads: Some(1), overflow_checks: Some(wanted.overflow_checks), ..Options::default() };
    let mut session = Session::new(options, vec!["generate".to_string()]);
    session.backend = NativeBackend(Some(&BACKEND));
    let program = session.load_program(Some(path));
    let compiled = program.and_then(|program| {
        let compiled = pipeline::compile(&mut session, &program, &mut Prints::default())?;
        Ok((program, compiled))
    });
    let Ok((program, compiled)) = compiled else {
        return (Vec::new(), vec![format!("rejected: {}", errors(&mut session))]);
    };
    let (outcomes, mut failures) = interpret(&compiled, &session);
    for &level in wanted.levels {
        session.options.opt_level = Some(level);
        let target = folder.join(level_name(level));
        let _ = fs::remove_file(&target);
        let profile = Profile { debug_info: wanted.debug, ..program.profile(&session.options) };
        if session.executable(&compiled, profile, &target).is_err() {
            failures.push(format!("O{level} not compiled: {}", errors(&mut session)));
        }
    }
    (vec![("interpreter", outcomes)], failures)
}

fn errors(session: &mut Session) -> String {
    let report = std::mem::take(&mut session.diagnostics).report(&session.sources);
    let mut text = String::new();
    for diagnostic in report.all().filter(|it| it.level == base::Level::Error).take(5) {
        let (line, column) = session.sources.line_col(diagnostic.primary.span);
        let source = session.sources.file(diagnostic.primary.span.file).line(line).trim().to_string();
        text.push_str(&format!("\n  {} {line}:{column}: {}", diagnostic.code, diagnostic.message));
        text.push_str(&format!("\n    {source}"));
    }
    text
}

fn interpret(program: &mir::Program, session: &Session) -> (Outcomes, Vec<String>) {
    let mut outcomes = Outcomes::new();
    let mut failures = Vec::new();
    let mut from = 0;
    loop {
        let mut host = Buffers::with_args(vec!["case".to_string(), from.to_string()], Vec::new());
        let options = interp::Options { fuel: FUEL, ..interp::Options::default() };
        let outcome = interp::run(program, &session.sources, &mut host, options);
        let end = match &outcome.end {
            End::Exit(0) => String::new(),
            End::Exit(101) => panic_line(&String::from_utf8_lossy(&host.err)),
            End::Exit(code) => format!("exit {code}"),
            End::Abort => format!("abort: {}", String::from_utf8_lossy(&host.err)),
            End::Fault(fault) => {
                failures.push(format!("case {}: fault: {fault}", last_case(&host.out, from)));
                format!("fault: {fault}")
            }
        };
        if outcome.leaked.0 > 0 && matches!(outcome.end, End::Exit(_)) {
            let cases = format!("{from}..={}", last_case(&host.out, from));
            failures.push(format!("cases {cases}: leaked {} pieces", outcome.leaked.0));
        }
        match add(&mut outcomes, &host.out, end, from) {
            Some(next) => from = next,
            None => return (outcomes, failures),
        }
    }
}

/// The first line of a panic's message.
fn panic_line(stderr: &str) -> String {
    stderr.lines().find(|line| line.starts_with("panicked")).unwrap_or("no panic was told").to_string()
}

/// `panicked at std:core/list.qst:9:4: message`, without that place.
fn without_library_place(line: &str) -> String {
    match line.strip_prefix(LIBRARY).and_then(|rest| rest.split_once(": ")) {
        Some((_, message)) => format!("{NO_PLACE}{message}"),
        None => line.to_string(),
    }
}

/// Whether two cases ended alike: where one cannot tell the place, the message decides.
pub fn same_end(a: &str, b: &str) -> bool {
    match b.strip_prefix(NO_PLACE) {
        Some(message) => {
            a.strip_prefix("panicked at ").and_then(|a| a.split_once(": ")).is_some_and(|a| a.1 == message)
        }
        None => a == b,
    }
}

fn last_case(out: &[u8], from: usize) -> usize {
    let text = String::from_utf8_lossy(out);
    text.lines().filter_map(|line| line.strip_prefix("== ")?.parse().ok()).next_back().unwrap_or(from)
}

/// Splits what a run printed. Where it did not end well: the case to go on with.
fn add(outcomes: &mut Outcomes, out: &[u8], end: String, from: usize) -> Option<usize> {
    let text = String::from_utf8_lossy(out);
    let mut at = from;
    for line in text.lines() {
        if let Some(number) = line.strip_prefix("== ").and_then(|number| number.parse().ok()) {
            at = number;
            outcomes.insert(at, Outcome::default());
        } else if let Some(outcome) = outcomes.get_mut(&at) {
            outcome.stdout.push_str(line);
            outcome.stdout.push('\n');
        }
    }
    if end.is_empty() {
        return None;
    }
    outcomes.entry(at).or_default().end = end;
    Some(at + 1)
}

fn run_native(program: &Path, dialect: Dialect, debug: bool) -> Outcomes {
    let mut outcomes = Outcomes::new();
    let mut from = 0;
    loop {
        let (out, err, end) = start(program, from);
        let end = match end.as_str() {
            "" => end,
            "exit 101" => match dialect {
                Dialect::Quastra if debug => panic_line(&err),
                Dialect::Quastra => without_library_place(&panic_line(&err)),
                Dialect::Rust => "panicked".to_string(),
            },
            _ => format!("{end}: {}", err.lines().take(3).collect::<Vec<_>>().join(" / ")),
        };
        match add(&mut outcomes, &out, end, from) {
            Some(next) => from = next,
            None => return outcomes,
        }
    }
}

fn start(program: &Path, from: usize) -> (Vec<u8>, String, String) {
    let out = program.with_extension("out");
    let err = program.with_extension("err");
    let file = |path: &PathBuf| Stdio::from(fs::File::create(path).expect("the folder can be written"));
    let mut command = Command::new(program);
    command.arg(from.to_string()).env("QUASTRA_BACKTRACE", "0").env("RUST_BACKTRACE", "0");
    let child = command.stdin(Stdio::null()).stdout(file(&out)).stderr(file(&err)).spawn();
    let Ok(mut child) = child else { return (Vec::new(), String::new(), "cannot be started".into()) };
    let begun = Instant::now();
    let mut pause = Duration::from_micros(100);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            _ if begun.elapsed() > PATIENCE => break None,
            _ => std::thread::sleep(pause),
        }
        pause = (pause * 3 / 2).min(Duration::from_millis(10));
    };
    let end = match status {
        None => {
            let _ = child.kill();
            let _ = child.wait();
            "still running".to_string()
        }
        Some(status) => match (status.code(), status.signal()) {
            (Some(0), _) => String::new(),
            (Some(code), _) => format!("exit {code}"),
            (None, signal) => format!("signal {}", signal.unwrap_or(0)),
        },
    };
    let read = |path: &PathBuf| fs::read(path).unwrap_or_default();
    (read(&out), String::from_utf8_lossy(&read(&err)).into_owned(), end)
}

fn rustc(text: &str, folder: &Path, overflow_checks: bool) -> Result<PathBuf, String> {
    let (source, target) = (folder.join("case.rs"), folder.join("rust"));
    fs::write(&source, text).expect("the folder can be written");
    let checks = if overflow_checks { "-Coverflow-checks=on" } else { "-Coverflow-checks=off" };
    let output = Command::new("rustc")
        .args(["--edition", "2024", "-Cdebuginfo=0", "-Copt-level=0", checks, "-o"])
        .arg(&target)
        .arg(&source)
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(target);
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let errors: Vec<&str> =
        said.lines().filter(|line| line.starts_with("error") || line.contains("-->")).collect();
    Err(errors.into_iter().take(12).collect::<Vec<_>>().join("\n  "))
}

/// What Rust prints otherwise.
pub fn as_quastra(stdout: &str) -> String {
    stdout.replace("Some(", "some(").replace("None", "none").replace("Ok(", "ok(").replace("Err(", "err(")
}
