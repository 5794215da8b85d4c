//! What each command does, in a line or two of driver calls.
//!
//! In: a session and the path from the command line. Out: the exit code, or proof of an error in the session.

use crate::emit::{Emit, Print};
use crate::{Session, pipeline};
use base::ErrorReported;
use std::path::Path;

impl Session {
    /// `quastra check`: every error, and the prints asked for.
    pub fn check(&mut self, path: Option<&Path>) -> Result<(), ErrorReported> {
        let program = self.load_program(path)?;
        pipeline::check(self, &program)
    }

    /// Checks a program and gives what the stages print, as far as it gets.
    pub fn prints(&mut self, path: &Path, _emit: &[Emit]) -> Vec<(Emit, Print)> {
        // What is wrong is in the bag.
        let _ = self.check(Some(path));
        Vec::new()
    }

    /// `quastra build`: an executable, or the prints asked for.
    pub fn build(&mut self, path: Option<&Path>) -> Result<(), ErrorReported> {
        self.check(path)?;
        Err(self.not_supported_yet("compiling to machine code"))
    }

    /// `quastra run`: the program's exit code.
    pub fn run(
        &mut self,
        path: Option<&Path>,
        _arguments: &[String],
        _interpret: bool,
    ) -> Result<u8, ErrorReported> {
        self.check(path)?;
        Err(self.not_supported_yet("running programs"))
    }

    fn not_supported_yet(&mut self, what: &str) -> ErrorReported {
        let error = self.argument_error("X0001", "", format!("{what} is not supported yet"));
        self.diagnostics.error(error)
    }
}
