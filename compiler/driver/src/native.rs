//! The lower half for machines: the back end, objects, the executable.
//!
//! In: a monomorphic [`Program`] and the [`Backend`] that the command brought. Out: an executable or a library's
//! objects in memory; a failure there is a bug of ours or of the installation (D8013), never the program's.
//!
//! ```text
//! mir::Program → [backend, opened now] → bank.o core.list.o … types.o → link.rs → ./bank
//! ```

use crate::Session;
use crate::manifest::Profile;
use base::ErrorReported;
use mir::backend::{BackendInput, BackendOutput};
use mir::{Backend, OutputKind, Program};
use std::fmt;
use std::path::Path;

/// The back end that the command brought, if any: the language server brings none.
#[derive(Clone, Copy, Default)]
pub struct NativeBackend(pub Option<&'static dyn Backend>);

impl fmt::Debug for NativeBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "a back end" } else { "no back end" })
    }
}

/// What programs are compiled for: where the compiler itself runs.
pub fn host() -> &'static str {
    match (std::env::consts::ARCH, std::env::consts::OS) {
        ("aarch64", "linux") => "aarch64-unknown-linux-gnu",
        _ => "x86_64-unknown-linux-gnu",
    }
}

impl Session {
    /// Lets the back end work.
    pub fn machine_code(
        &mut self,
        program: &Program,
        profile: Profile,
        output: OutputKind,
    ) -> Result<Vec<BackendOutput>, ErrorReported> {
        (self.progress)("compiling to machine code");
        let Some(backend) = self.backend.0 else {
            let error = self.argument_error("D8013", "", "this command has no native back end".to_owned());
            return Err(self.diagnostics.error(error));
        };
        let bitcode = if profile.opt_level > 0 { crate::link::runtime_bitcode() } else { None };
        let input = BackendInput {
            program,
            sources: &self.sources,
            target: host(),
            opt_level: profile.opt_level,
            debug_info: profile.debug_info,
            output,
            threads: self.threads(),
            runtime_bitcode: bitcode.as_deref(),
        };
        backend.compile(&input).map_err(|failure| {
            let mut lines = failure.0.lines();
            let first = lines.next().unwrap_or_default().to_owned();
            let error = self.argument_error("D8013", "", format!("the native back end failed: {first}"));
            let error = lines.take(8).fold(error, |error, line| error.note(line));
            self.diagnostics.error(error)
        })
    }

    /// The program as an executable at `target`.
    pub fn executable(
        &mut self,
        program: &Program,
        profile: Profile,
        target: &Path,
    ) -> Result<(), ErrorReported> {
        let objects = self.machine_code(program, profile, OutputKind::Obj)?;
        (self.progress)("linking");
        let objects: Vec<_> = objects.into_iter().map(|object| (object.name, object.bytes)).collect();
        self.link(&objects, target)
    }
}
