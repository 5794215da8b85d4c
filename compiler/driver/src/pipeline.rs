//! The compiler, a typed stage a line.
//!
//! ```text
//! text → tokens → ast → hir → types → mir[Built] → regions
//! ── errors? stop here: below this line the program is correct ──
//! → mir[Lowered] → mir[Mono] → mir[Optimised] → LLVM IR → object → executable
//! ```

use crate::Session;
use crate::package::Program;
use base::ErrorReported;

/// The upper half: all that can be wrong with a program.
pub fn check(session: &mut Session, program: &Program) -> Result<(), ErrorReported> {
    for entry in &program.files {
        syntax::parse(&session.sources.file(entry.file).text, entry.file, &mut session.diagnostics);
    }
    session.diagnostics.error_reported().map_or(Ok(()), Err)
}
