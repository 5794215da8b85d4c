//! The evaluator of constants inside types: the MIR interpreter, on demand while types are checked.
//!
//! In: the body of an array's length or a const argument, and what its parameters are. Out: its bits, or an error.
//!
//! ```text
//! const fn fib(n: usize) -> usize { … }      [i64; fib(4)]   →   fib is checked, built, interpreted   →   3
//! ```

use crate::bodies::Bodies;
use base::{Diagnostics, ErrorReported, SourceMap};
use borrowck::infer::Contracts;
use hir::BodyId;
use mir::mono::{self, MonoCx};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use typeck::{ConstEval, GenericArgs, Typed};

pub struct Evaluator<'a> {
    sources: &'a SourceMap,
    /// Looked up, never iterated over.
    known: Mutex<HashMap<(BodyId, GenericArgs), Result<u128, ErrorReported>>>,
}

impl<'a> Evaluator<'a> {
    pub fn new(sources: &'a SourceMap) -> Evaluator<'a> {
        Evaluator { sources, known: Mutex::default() }
    }
}

impl ConstEval for Evaluator<'_> {
    fn evaluate(
        &self,
        typed: &Typed<'_>,
        body: BodyId,
        args: GenericArgs,
        diags: &mut Diagnostics,
    ) -> Result<u128, ErrorReported> {
        let key = (body, args);
        if let Some(&known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known;
        }
        let contracts = Contracts::default();
        let bodies = Bodies::new(typed, self.sources, &contracts);
        let cx = MonoCx { typed, source: &bodies, sources: self.sources, overflow_checks: true };
        // What the bodies on the way have to say is kept by the typed program.
        let value = mono::evaluate_length(cx, body, args, diags);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, value);
        value
    }
}
