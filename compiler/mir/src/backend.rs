//! The door to code generation. Only the command opens it; the front end and its tests link no LLVM.

use crate::Program;
use base::SourceMap;

/// What a back end makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutputKind {
    LlvmIr,
    Asm,
    /// Objects to be linked, the debug information's companion among them.
    Obj,
}

/// What a back end may look at beside the program.
pub struct BackendInput<'a> {
    pub program: &'a Program,
    pub sources: &'a SourceMap,
    /// `x86_64-unknown-linux-gnu`
    pub target: &'a str,
    /// LLVM's pipelines, 0 to 3; from 1 on all units and the runtime's bitcode are one.
    pub opt_level: u8,
    pub debug_info: bool,
    pub output: OutputKind,
    pub threads: usize,
    /// The runtime's small functions as LLVM bitcode, to be inlined into optimised programs.
    pub runtime_bitcode: Option<&'a [u8]>,
}

/// One file's worth of output; `name` is the unit's.
pub struct BackendOutput {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A bug of the compiler, or a target the back end does not have: never the program's fault.
#[derive(Debug)]
pub struct BackendError(pub String);

pub trait Backend: Send + Sync {
    fn compile(&self, input: &BackendInput<'_>) -> Result<Vec<BackendOutput>, BackendError>;
}
