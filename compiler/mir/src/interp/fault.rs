//! Why an interpreted program stops before its end.
//!
//! In: what went wrong. Out: a [`Fault`] the machine carries to the outcome, with the place where it happened.

use base::Span;
use std::fmt;

pub type Res<T> = Result<T, Box<Fault>>;

#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub kind: FaultKind,
    /// The innermost instruction, filled in by the machine.
    pub span: Option<Span>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// A panic begins; it has been told of. Not an end yet: destructors run.
    Panic,
    /// The program asked for its end.
    Exit(i32),
    /// The program ends at once; the reason has been told.
    Abort,
    /// R4001
    StackOverflow,
    /// R4002
    OutOfMemory(String),
    /// What no correct program does (R4003).
    Undefined(String),
    /// Only where fuel is limited: constants.
    OutOfFuel,
    /// What the interpreter can't do: constants can't read files.
    Unsupported(String),
}

impl Fault {
    pub fn new(kind: FaultKind) -> Box<Fault> {
        Box::new(Fault { kind, span: None })
    }
    #[cold]
    pub fn undefined(why: String) -> Box<Fault> {
        Fault::new(FaultKind::Undefined(why))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            FaultKind::Panic => f.write_str("a panic"),
            FaultKind::Exit(code) => write!(f, "exit with code {code}"),
            FaultKind::Abort => f.write_str("aborted"),
            FaultKind::StackOverflow => f.write_str(
                "stack overflow: a function calls itself too deeply, or a value on the stack is too large [R4001]",
            ),
            FaultKind::OutOfMemory(why) => write!(f, "out of memory: {why} [R4002]"),
            FaultKind::Undefined(why) => write!(f, "undefined behaviour: {why} [R4003]"),
            FaultKind::OutOfFuel => f.write_str("it takes too long"),
            FaultKind::Unsupported(what) => write!(f, "{what}"),
        }
    }
}
