//! The compiler, a typed stage a line.
//!
//! ```text
//! text → tokens → ast → hir → types → mir[Built] → regions
//! ── errors? stop here: below this line the program is correct ──
//! → mir[Lowered] → mir[Mono] → mir[Optimised] → LLVM IR → object → executable
//! ```

use crate::Session;
use crate::emit::Prints;
use crate::package::Program;
use base::ErrorReported;

/// The upper half: all that can be wrong with a program.
pub fn check(session: &mut Session, program: &Program, _prints: &mut Prints) -> Result<(), ErrorReported> {
    for entry in &program.files {
        syntax::parse(&session.sources.file(entry.file).text, entry.file, &mut session.diagnostics);
    }
    session.diagnostics.error_reported().map_or(Ok(()), Err)
}

/// The lower half: the monomorphic program, for the interpreter or a back end.
pub fn compile(
    session: &mut Session,
    program: &Program,
    prints: &mut Prints,
) -> Result<mir::Program, ErrorReported> {
    check(session, program, prints)?;
    let error = session.argument_error("X0001", "", "compiling programs is not supported yet".to_string());
    Err(session.diagnostics.error(error))
}
