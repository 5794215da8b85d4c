//! What each command does, in a few driver calls.
//!
//! In: a session and the path from the command line. Out: the exit code, or proof of an error in the session.
//!
//! ```text
//! quastra run wc.qst -- a.txt   →   load, check, compile, link into a temporary folder, start, its exit code
//! ```

use crate::emit::{Emit, Prints};
use crate::interrupt::Running;
use crate::link::temporary_executable;
use crate::package::Program;
use crate::world::World;
use crate::{Session, pipeline};
use base::{Diagnostic, ErrorReported};
use mir::OutputKind;
use mir::interp::{self, Backtrace, End, Fault};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

impl Session {
    /// `quastra check`: every error, and the prints asked for.
    pub fn check(&mut self, path: Option<&Path>) -> Result<(), ErrorReported> {
        let program = self.load_program(path)?;
        let mut prints = Prints::new(&self.options);
        let checked = match prints.needs_program() {
            true => self.print_machine_code(&program, &mut prints),
            false => pipeline::check(self, &program, &mut prints),
        };
        self.write_prints(&program.name, prints)?;
        checked
    }

    fn print_machine_code(&mut self, program: &Program, prints: &mut Prints) -> Result<(), ErrorReported> {
        let compiled = pipeline::compile(self, program, prints)?;
        let kinds =
            [(Emit::LlvmIr, OutputKind::LlvmIr), (Emit::Asm, OutputKind::Asm), (Emit::Obj, OutputKind::Obj)];
        for (emit, kind) in kinds {
            if prints.wants(&emit) {
                let outputs = self.machine_code(&compiled, program.profile(&self.options), kind)?;
                prints
                    .add_files(emit, outputs.into_iter().map(|output| (output.name, output.bytes)).collect());
            }
        }
        Ok(())
    }

    /// Checks a program and gives what the stages print, as far as it gets.
    pub fn prints(&mut self, path: &Path, emit: &[Emit]) -> Prints {
        self.options.emit = emit.to_vec();
        let mut prints = Prints::new(&self.options);
        if let Ok(program) = self.load_program(Some(path)) {
            // What is wrong is in the bag.
            let _ = pipeline::check(self, &program, &mut prints);
        }
        prints
    }

    /// `quastra build`: an executable, or the prints asked for.
    pub fn build(&mut self, path: Option<&Path>) -> Result<(), ErrorReported> {
        if !self.options.emit.is_empty() {
            return self.check(path);
        }
        let program = self.load_program(path)?;
        let compiled = pipeline::compile(self, &program, &mut Prints::default())?;
        let target = self.target(&program)?;
        self.executable(&compiled, program.profile(&self.options), &target)
    }

    /// Where the executable goes: `-o`, `target/debug/NAME` of a package, or `NAME` here.
    fn target(&mut self, program: &Program) -> Result<PathBuf, ErrorReported> {
        if let Some(output) = &self.options.output {
            return Ok(output.clone());
        }
        if program.manifest.is_none() {
            return Ok(PathBuf::from(&program.name));
        }
        let profile = if self.options.release { "target/release" } else { "target/debug" };
        let folder = program.folder.join(profile);
        self.make_folder(&folder)?;
        Ok(folder.join(&program.name))
    }

    /// `quastra run`: the program's exit code.
    pub fn run(
        &mut self,
        path: Option<&Path>,
        arguments: &[String],
        interpret: bool,
    ) -> Result<u8, ErrorReported> {
        let program = self.load_program(path)?;
        let compiled = pipeline::compile(self, &program, &mut Prints::default())?;
        if interpret {
            return self.interpret(&compiled, &program.name, arguments);
        }
        let (_folder, executable) = temporary_executable(&program.name)
            .map_err(|error| self.save_error(&std::env::temp_dir(), error.into()))?;
        self.executable(&compiled, program.profile(&self.options), &executable)?;
        self.report_now();
        let status = {
            let _running = Running::begins();
            Command::new(&executable).arg0(&program.name).args(arguments).status()
        };
        match status {
            Ok(status) => Ok(exit_code(status)),
            Err(error) => Err(self.save_error(&executable, error.into())),
        }
    }

    fn interpret(
        &mut self,
        compiled: &mir::Program,
        name: &str,
        arguments: &[String],
    ) -> Result<u8, ErrorReported> {
        self.report_now();
        let all = std::iter::once(name.to_string()).chain(arguments.iter().cloned()).collect();
        let mut world = World::new(all);
        // As the native runtime reads it.
        let backtrace = match std::env::var("QUASTRA_BACKTRACE").as_deref() {
            Ok("full") => Backtrace::All,
            Ok("0") => Backtrace::Nothing,
            Ok(_) | Err(_) => Backtrace::Own,
        };
        let options = interp::Options { backtrace, ..interp::Options::default() };
        let outcome = interp::run(compiled, &self.sources, &mut world, options);
        match &outcome.end {
            End::Fault(fault) => Err(self.fault(fault)),
            End::Exit(_) if self.options.leaks && outcome.leaked.0 > 0 => {
                let (pieces, bytes) = outcome.leaked;
                let plural = if pieces == 1 { "" } else { "s" };
                let message = format!("{pieces} piece{plural} of memory not given back, {bytes} bytes");
                let error = self.argument_error("R4004", "", message);
                Err(self.diagnostics.error(error))
            }
            End::Exit(_) | End::Abort => Ok(outcome.exit_code() as u8),
        }
    }

    /// The interpreter met what it cannot go on from.
    fn fault(&mut self, fault: &Fault) -> ErrorReported {
        let message = format!("the interpreter stopped: {fault}").replace(" [R4003]", "");
        let error = match fault.span {
            Some(span) => Diagnostic::error("R4003", span, message),
            None => self.argument_error("R4003", "", message),
        };
        self.diagnostics.error(error)
    }

    /// Warnings are shown before the program begins to print.
    fn report_now(&mut self) {
        let report = self.report;
        report(self);
    }
}

/// As a shell shows it: 128 and the number of the signal that ended it.
fn exit_code(status: ExitStatus) -> u8 {
    let signal = || status.signal().map_or(1, |signal| 128 + signal);
    status.code().unwrap_or_else(signal) as u8
}
