//! placeholder
use crate::token::Spanned;
use base::{Diagnostic, FileId};
pub(crate) fn repair(source: &str, file: FileId, tokens: &mut Vec<Spanned>, errors: &mut Vec<Diagnostic>) {
    let mut sim = crate::driver::Simulation::new();
    if let Err(stop) = sim.run(tokens) {
        let t = tokens[stop.index.min(tokens.len() - 1)];
        let text = &source[t.lo as usize..t.hi as usize];
        errors.push(Diagnostic::error(
            "P1000",
            base::Span::new(file, t.lo, t.hi),
            format!("expected {:?}, found `{text}`", sim.expected()),
        ));
    }
}
