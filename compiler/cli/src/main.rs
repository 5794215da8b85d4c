//! The `quastra` command: reads the command line, lets the driver work, prints what it has to say.
//!
//! In: arguments. Out: an exit code of `docs/exit-codes.md`, diagnostics on standard error.

mod args;
mod report;

use args::{Cli, Command, Compile, EmitArgs};
use base::ErrorReported;
use clap::{CommandFactory, Parser};
use driver::native::NativeBackend;
use driver::session::on_large_stack;
use driver::{Options, Session, explain};
// Stands in for `malloc`, which is what the default allocator asks. A compiler makes many small things and keeps them to
// the end. Not `mimalloc::MiMalloc`: that asks for an alignment each time, which takes longer and wastes some memory.
use mimalloc as _;
use std::io::{self, ErrorKind, Write};
use std::panic;
use std::process::ExitCode;

/// Exit codes. See `docs/exit-codes.md`.
const DONE: u8 = 0;
const REJECTED: u8 = 1;
const BUG: u8 = 70;

/// Loads LLVM when it is first asked to compile.
static BACKEND: backend::Native = backend::Native::new();

fn main() -> ExitCode {
    let cli = Cli::parse();
    panic::set_hook(Box::new(report::bug));
    let code = panic::catch_unwind(|| on_large_stack(|| work(cli))).unwrap_or(BUG);
    ExitCode::from(code)
}

fn work(cli: Cli) -> u8 {
    let arguments = std::env::args_os().skip(1).map(|it| it.to_string_lossy().into_owned());
    let arguments = std::iter::once("quastra".to_string()).chain(arguments).collect();
    let threads = cli.global.threads.map(usize::from);
    let mut session =
        Session::new(Options { threads, ends_process: true, ..options(&cli.command) }, arguments);
    session.progress = report::progress(&cli.global);
    session.report = report::now;
    session.backend = NativeBackend(Some(&BACKEND));
    let result = command(&mut session, &cli.command);
    report::clear_progress();
    let printed = report::print(&mut session);
    match result {
        Ok(code) if printed => code,
        Ok(_) | Err(_) => REJECTED,
    }
}

fn options(command: &Command) -> Options {
    let compile = |compile: &Compile| Options {
        release: compile.release,
        opt_level: compile.opt_level,
        overflow_checks: compile.overflow_checks,
        ..Options::default()
    };
    let emit = |options: Options, emit: &EmitArgs| Options {
        emit: emit.emit.as_ref().map_or(Vec::new(), |list| list.0.clone()),
        only: emit.only.clone(),
        ..options
    };
    match command {
        Command::Check { emit: it, output, .. } => {
            Options { output: output.clone(), ..emit(Options::default(), it) }
        }
        Command::Build { compile: how, emit: it, output, .. } => {
            Options { output: output.clone(), ..emit(compile(how), it) }
        }
        Command::Run { compile: how, leaks, .. } => Options { leaks: *leaks, ..compile(how) },
        Command::Fix { .. } | Command::New { .. } | Command::Explain { .. } | Command::Completions { .. } => {
            Options::default()
        }
    }
}

fn command(session: &mut Session, command: &Command) -> Result<u8, ErrorReported> {
    match command {
        Command::New { path, name } => {
            let name = session.new_package(path, name.as_deref())?;
            Ok(say(&format!("made the package `{name}`; run it with `quastra run {}`\n", path.display())))
        }
        Command::Fix { program } | Command::Check { program, fix: true, .. } => {
            let fixed = session.fix(program.program.as_deref())?;
            report::fixed(&fixed);
            Ok(DONE)
        }
        Command::Check { program, .. } => session.check(program.program.as_deref()).map(|()| DONE),
        Command::Build { program, .. } => session.build(program.program.as_deref()).map(|()| DONE),
        Command::Run { program, interpret, arguments, .. } => {
            session.run(program.program.as_deref(), arguments, *interpret)
        }
        Command::Explain { code } => Ok(explain(code.as_deref())),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "quastra", &mut script);
            Ok(say(&String::from_utf8_lossy(&script)))
        }
    }
}

/// Prints a page, or the list of all.
fn explain(code: Option<&str>) -> u8 {
    let Some(code) = code else {
        let entry = |(code, title)| format!("{code}  {title}\n       {}\n", base::render::code_url(code));
        return say(&explain::codes().map(entry).collect::<String>());
    };
    match explain::page(code) {
        Some(page) => say(page),
        None => {
            let upper = code.to_uppercase();
            let near = base::did_you_mean(&upper, explain::codes().map(|(code, _)| code));
            let hint =
                near.map_or("`quastra explain` lists all".into(), |near| format!("did you mean {near}?"));
            eprintln!("error: there is no code `{code}`: {hint}");
            REJECTED
        }
    }
}

/// Writes to standard output. A reader that has gone away is no error, a full disk is.
fn say(text: &str) -> u8 {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            eprintln!("error: cannot write to standard output: {}", driver::load::reason(&error));
            REJECTED
        }
        Ok(()) | Err(_) => DONE,
    }
}
