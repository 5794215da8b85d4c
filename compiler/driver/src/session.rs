//! One run of the compiler: what was asked, the texts read, what was found wrong.
//!
//! In: the command line. Out: a [`Session`] that every stage's driver code adds to. An error that has no place
//! in a source file (a file that is missing, a target that cannot be replaced) points at the command line:
//!
//! ```text
//! error[D8000]: cannot find `bnak.qst`
//!   ┌─ command line:1:15
//!   │
//! 1 │ quastra check bnak.qst
//!   │               ^^^^^^^^ no such file
//! ```

use crate::emit::Emit;
use crate::native::NativeBackend;
use base::{Diagnostic, Diagnostics, FileId, SourceMap, Span};
use std::path::PathBuf;

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Stages to print or files to leave.
    pub emit: Vec<Emit>,
    /// Of the printed stages, only functions with this name.
    pub only: Option<String>,
    /// `-o`
    pub output: Option<PathBuf>,
    /// The profile is `release`, not `debug`.
    pub release: bool,
    /// `-O`; the profile's where it is not given.
    pub opt_level: Option<u8>,
    /// `--overflow-checks`; the profile's where it is not given.
    pub overflow_checks: Option<bool>,
    /// `--leaks`: interpreted programs give back all their memory.
    pub leaks: bool,
    /// How many threads may work; all processors where it is not given.
    pub threads: Option<usize>,
    /// Every body of the standard library that is loaded is checked too, not only what is reached: for its own tests.
    pub whole_library: bool,
    /// The process ends after the command: what checking has made is not taken to pieces before.
    pub ends_process: bool,
}

/// One run of the compiler.
#[derive(Debug)]
pub struct Session {
    pub options: Options,
    pub sources: SourceMap,
    pub diagnostics: Diagnostics,
    /// The command line as typed, for errors that belong to it.
    arguments: Vec<String>,
    command_line: Option<FileId>,
    /// Told what is being done, for people who wait.
    pub progress: fn(&str),
    /// Shows what has been reported so far, and empties the bag.
    pub report: fn(&mut Session),
    /// What makes machine code.
    pub backend: NativeBackend,
}

/// Does work in a thread whose stack no program's nesting can overflow. A panic goes on in the caller.
pub fn on_large_stack<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(base::parallel::STACK).spawn_scoped(scope, work);
        let thread = thread.expect("the system has a thread for us");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The name of the pseudo-file that holds the command line.
pub const COMMAND_LINE: &str = "command line";

impl Session {
    pub fn new(options: Options, arguments: Vec<String>) -> Session {
        Session {
            options,
            sources: SourceMap::default(),
            diagnostics: Diagnostics::new(),
            arguments,
            command_line: None,
            progress: |_| (),
            report: |_| (),
            backend: NativeBackend::default(),
        }
    }

    /// An error about an argument of the command line, or about the whole of it where that argument was not
    /// typed (a default, a file found by itself).
    pub fn argument_error(&mut self, code: &'static str, argument: &str, message: String) -> Diagnostic {
        Diagnostic::error(code, self.argument(argument), message)
    }

    /// Where an argument stands in the command line.
    fn argument(&mut self, argument: &str) -> Span {
        let words: Vec<String> = self.arguments.iter().map(|word| quoted(word)).collect();
        let text = words.join(" ");
        let is_it = |word: &String| *word == argument || word.ends_with(&format!("={argument}"));
        let found = self.arguments.iter().rposition(is_it);
        let (lo, hi) = match found {
            Some(found) => {
                let lo: usize = words[..found].iter().map(|word| word.len() + 1).sum();
                (lo, lo + words[found].len())
            }
            None => (0, text.len()),
        };
        let file = *self.command_line.get_or_insert_with(|| self.sources.add(COMMAND_LINE.into(), text));
        Span::new(file, lo as u32, hi as u32)
    }

    /// The command line as typed.
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// Threads that may work at once.
    pub fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, |count| count.get());
        self.options.threads.unwrap_or_else(all).max(1)
    }
}

/// An argument as a shell would take it.
fn quoted(word: &str) -> String {
    let is_plain = |ch: char| ch.is_alphanumeric() || "/._-=+,:@%".contains(ch);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_found_in_the_command_line() {
        let words = ["quastra", "check", "my file.qst", "--emit=ast"].map(String::from);
        let mut session = Session::new(Options::default(), words.into());
        let span = session.argument("my file.qst");
        assert_eq!(session.sources.text(span), "'my file.qst'");
        let span = session.argument("ast");
        assert_eq!(session.sources.text(span), "--emit=ast");
        let span = session.argument("other");
        assert_eq!(session.sources.text(span), "quastra check 'my file.qst' --emit=ast");
    }
}
