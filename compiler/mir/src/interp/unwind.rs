//! Panics: the message, the trace, and the way through the cleanup blocks of all frames.
//!
//! In: what failed, in the top frame. Out: control in the nearest cleanup block, in the frame behind `qrt_catch`, or
//! the end of the program. The words are those of the native runtime (`runtime/src/panic.rs`).
//!
//! ```text
//! panicked at bank.qst:12:9: index 5 is out of bounds: the length is 3 [R4000]
//!    0: main.pick  bank.qst:12:9
//!    1: main.main  bank.qst:20:5
//! ```

use super::code::{Fail, NOWHERE};
use super::fault::{Fault, FaultKind, Res};
use super::{Backtrace, FrameKind, Machine, Panicked};
use crate::{AssertMessage, BinOp};
use abi::codes::arithmetic;
use base::Span;
use std::fmt::Write;

/// More frames than this are counted only.
const MOST: usize = 64;
/// Places are aligned behind functions of up to this length.
const WIDEST: usize = 40;

struct Place {
    function: String,
    file: String,
    line: u32,
    column: u32,
}

impl Place {
    fn is_own(&self) -> bool {
        self.file.ends_with(".qst")
            && !self.file.starts_with(abi::codes::LIBRARY_PREFIX)
            && !self.function.contains("{shim:")
    }
}

/// The number of `abi::codes::arithmetic` of an assertion about numbers.
pub(super) fn arithmetic_kind(message: &AssertMessage) -> u32 {
    match message {
        AssertMessage::Overflow(BinOp::Add) => arithmetic::ADD,
        AssertMessage::Overflow(BinOp::Sub) => arithmetic::SUB,
        AssertMessage::Overflow(BinOp::Mul) => arithmetic::MUL,
        AssertMessage::Overflow(BinOp::Shl) => arithmetic::SHL,
        AssertMessage::Overflow(BinOp::Shr) => arithmetic::SHR,
        AssertMessage::Overflow(BinOp::Rem) => arithmetic::REM,
        AssertMessage::Overflow(_) | AssertMessage::DivisionOverflow => arithmetic::DIV,
        AssertMessage::OverflowNeg => arithmetic::NEG,
        AssertMessage::DivisionByZero => arithmetic::DIV_BY_ZERO,
        AssertMessage::RemainderByZero => arithmetic::REM_BY_ZERO,
        AssertMessage::Bounds { .. } => u32::MAX,
    }
}

impl Machine<'_, '_> {
    pub(super) fn assertion_failed(&mut self, fail: &Fail) -> Res<Box<Fault>> {
        self.cleanup = fail.unwind;
        let message = match fail.values {
            Some((index, len)) => {
                let (index, len) = (self.value(index, 8)? as usize, self.value(len, 8)? as usize);
                abi::codes::OutOfBounds { index, len }.to_string()
            }
            None => arithmetic::message(arithmetic_kind(&fail.message)).to_string(),
        };
        Ok(self.begin_panic(message, None))
    }

    /// Tells of the panic. The place is the innermost one of the program's own code, as the trace knows it, where the
    /// one given is in the standard library.
    pub(super) fn begin_panic(&mut self, message: String, at: Option<(String, u32, u32)>) -> Box<Fault> {
        let span = self.own_span();
        self.host.stdout_flush();
        if self.options.quiet {
            self.panicked = Some(Panicked { message, span, calls: self.own_calls() });
        } else {
            let trace = self.trace();
            let (file, line, column) = at.unwrap_or_else(|| match self.span_here() {
                Some(span) => self.place_of(span),
                None => (String::new(), 0, 0),
            });
            let is_library = file.starts_with(abi::codes::LIBRARY_PREFIX);
            let (file, line, column) = match trace.iter().find(|place| place.is_own()) {
                Some(own) if is_library => (own.file.clone(), own.line, own.column),
                Some(_) | None => (file, line, column),
            };
            let mut report = format!("panicked at {file}:{line}:{column}: {message} [R4000]\n");
            self.write_trace(&trace, &mut report);
            self.host.stderr(report.as_bytes());
        }
        if self.panics > 0 {
            return self.panic_in_panic();
        }
        self.panics = 1;
        Fault::new(FaultKind::Panic)
    }

    pub(super) fn panic_in_panic(&mut self) -> Box<Fault> {
        if !self.options.quiet {
            self.host.stderr(b"a drop panicked while a panic was unwinding: the program ends here\n");
        }
        Fault::new(FaultKind::Abort)
    }

    /// Finds the next cleanup block, from `self.cleanup` in the top frame outwards.
    pub(super) fn unwind(&mut self) -> Res<()> {
        loop {
            if self.cleanup != NOWHERE {
                self.pc = self.cleanup as usize;
                return Ok(());
            }
            let frame = self.pop();
            match frame.kind {
                FrameKind::Normal => self.cleanup = frame.unwind,
                FrameKind::Root => return Err(Fault::new(FaultKind::Panic)),
                FrameKind::Catch(before) => {
                    self.panics = before;
                    self.mem.write(frame.dest, 1, 1)?;
                    self.pc = frame.next as usize;
                    return Ok(());
                }
            }
        }
    }

    fn place_of(&self, span: Span) -> (String, u32, u32) {
        let (line, column) = self.sources.line_col(span);
        (self.sources.file(span.file).name.clone(), line, column)
    }

    /// Frames from the innermost outwards.
    fn spans(&self) -> impl Iterator<Item = (&super::Frame, Span)> {
        self.frames.iter().enumerate().rev().filter_map(|(n, frame)| {
            let pc = if n + 1 == self.frames.len() { self.pc } else { frame.pc };
            Some((frame, *frame.code.spans.get(pc)?))
        })
    }

    fn own_span(&self) -> Option<Span> {
        let is_own = |span: &Span| !self.sources.file(span.file).name.starts_with(abi::codes::LIBRARY_PREFIX);
        self.spans().map(|(_, span)| span).find(is_own)
    }

    fn own_calls(&self) -> Vec<(String, Span)> {
        let name = |frame: &super::Frame| self.program.functions[frame.code.instance].path.name.to_string();
        self.spans()
            .filter(|&(_, span)| !self.sources.file(span.file).name.starts_with(abi::codes::LIBRARY_PREFIX))
            .map(|(frame, span)| (name(frame), span))
            .collect()
    }

    fn trace(&self) -> Vec<Place> {
        self.spans()
            .map(|(frame, span)| {
                let (file, line, column) = self.place_of(span);
                let function = self.program.functions[frame.code.instance].path.to_string();
                Place { function, file, line, column }
            })
            .collect()
    }

    fn write_trace(&self, trace: &[Place], to: &mut String) {
        let shown = |place: &&Place| match self.options.backtrace {
            Backtrace::Nothing => false,
            Backtrace::Own => place.is_own(),
            Backtrace::All => true,
        };
        let frames: Vec<&Place> = trace.iter().filter(shown).collect();
        let longest = frames.iter().take(MOST).map(|place| place.function.len()).max();
        let width = longest.unwrap_or(0).min(WIDEST);
        for (i, Place { function, file, line, column }) in frames.iter().take(MOST).enumerate() {
            let _ = writeln!(to, "{i:4}: {function:width$}  {file}:{line}:{column}");
        }
        if frames.len() > MOST {
            let _ = writeln!(to, "      and {} more", frames.len() - MOST);
        }
    }
}
