//! Functions that no one wrote: drop glue, closures as `FnOnce`, tables of `dyn`, the entry.
//!
//! In: an [`Instance`] of a shim. Out: its body, in terms of concrete types; calls in it may still name definitions, which
//! [`mono`](crate::mono) resolves as in any other body.
//!
//! ```text
//! DropGlue((String, i64, String))  ⇒  fn(_1: *mut …) { drop((*_1).0) -> bb1, unwind bb3; bb1: drop((*_1).2) … }
//! ```

mod call;
mod clone;
mod drop;
pub(crate) mod dynamic;

use crate::mono::Collector;
use crate::*;
use base::{Idx, IndexVec, Span};
use hir::{DefId, LangItem};
use typeck::{GenericArg, GenericArgs, List, Mutability, Ty, TyKind};

pub(crate) fn shim(c: &mut Collector<'_, '_>, instance: Instance) -> Body {
    let span = c.span_of(instance);
    match instance.kind {
        InstanceKind::DropGlue(ty) => drop::glue(c, ty, span),
        InstanceKind::CallOnceShim(ty) => call::call_once(c, ty, span),
        InstanceKind::CallShim(ty) => call::call(c, ty, span),
        InstanceKind::ClosureFnPtr(id) => call::closure_pointer(c, id, instance.args, span),
        InstanceKind::CloneShim(ty) => clone::clone(c, ty, span),
        InstanceKind::Virtual(def) => dynamic::virtual_call(c, def, instance.args, span),
        InstanceKind::TableEntry(def) => dynamic::table_entry(c, def, instance.args, span),
        InstanceKind::Reify(_) => forward(c, instance),
        InstanceKind::Entry(main) => entry(c, main, span),
        InstanceKind::Fn(_)
        | InstanceKind::Closure(_)
        | InstanceKind::Const(_)
        | InstanceKind::Promoted(_) => {
            unreachable!("has a body of its own")
        }
    }
}

/// A body while it is written. Blocks are filled in any order.
pub(crate) struct Shim {
    span: Span,
    arg_count: usize,
    locals: IndexVec<Local, LocalDecl>,
    blocks: IndexVec<BlockId, Block>,
}

impl Shim {
    pub fn new(span: Span, params: &[Ty], ret: Ty) -> Shim {
        let decl = |ty| LocalDecl { ty, name: None, mutable: true, span };
        let locals = [ret].iter().chain(params).map(|&ty| decl(ty)).collect();
        Shim { span, arg_count: params.len(), locals, blocks: IndexVec::new() }
    }
    pub fn local(&mut self, ty: Ty) -> Local {
        self.locals.push(LocalDecl { ty, name: None, mutable: true, span: self.span })
    }
    pub fn param(n: usize) -> Place {
        Place::local(Local::from_usize(n + 1))
    }
    fn info(&self) -> SourceInfo {
        SourceInfo { span: self.span, scope: ScopeId(0) }
    }
    /// A block without statements that goes nowhere yet.
    pub fn block(&mut self, is_cleanup: bool) -> BlockId {
        let terminator = Terminator { kind: TerminatorKind::Unreachable, info: self.info() };
        self.blocks.push(Block { statements: Vec::new(), terminator, is_cleanup })
    }
    pub fn assign(&mut self, block: BlockId, place: impl Into<Place>, rvalue: Rvalue) {
        let info = self.info();
        let kind = StatementKind::Assign(place.into(), rvalue);
        self.blocks[block].statements.push(Statement { kind, info });
    }
    pub fn end(&mut self, block: BlockId, kind: TerminatorKind) {
        self.blocks[block].terminator.kind = kind;
    }
    /// `destination = callee(args) -> target`, from `block`.
    pub fn call(
        &mut self,
        block: BlockId,
        callee: Callee,
        args: Vec<Operand>,
        destination: impl Into<Place>,
        target: BlockId,
        unwind: Option<BlockId>,
    ) {
        let destination = destination.into();
        let kind = TerminatorKind::Call { callee, args, destination, target: Some(target), unwind };
        self.end(block, kind);
    }
    /// A cleanup block that goes on unwinding.
    pub fn resume(&mut self) -> BlockId {
        let block = self.block(true);
        self.end(block, TerminatorKind::Resume);
        block
    }
    /// A cleanup block for a panic while unwinding.
    pub fn abort(&mut self) -> BlockId {
        let block = self.block(true);
        self.end(block, TerminatorKind::Abort);
        block
    }
    pub fn usize(&self, value: u64) -> Operand {
        Operand::Const(crate::mono::scalar(value as u128, Ty::usize(), self.span))
    }
    pub fn body(self) -> Body {
        Body {
            source: Source::Shim,
            phase: Phase::Lowered,
            span: self.span,
            arg_count: self.arg_count,
            locals: self.locals,
            blocks: self.blocks,
            scopes: IndexVec::from_raw(vec![Scope { parent: None, span: self.span }]),
            variables: Vec::new(),
            declares_later: false,
        }
    }
}

pub(crate) fn mut_ptr(to: Ty) -> Ty {
    Ty::new(TyKind::RawPtr(to, Mutability::Mut))
}

/// Moves parameters `from ..` on.
fn pass_params(from: usize, count: usize) -> Vec<Operand> {
    (from..count).map(|n| Operand::Move(Shim::param(n))).collect()
}

/// Parameters and result of a definition with concrete arguments.
fn signature(c: &Collector<'_, '_>, def: DefId, args: GenericArgs) -> (Vec<Ty>, Ty) {
    use typeck::Subst;
    let Some(sig) = c.shared.cx.typed.signatures.fn_sig(def) else { return (Vec::new(), Ty::unit()) };
    let params = sig.params.iter().map(|ty| c.shared.normalise(ty.subst(&args))).collect();
    (params, c.shared.normalise(sig.ret.subst(&args)))
}

/// Calls the definition with its own parameters: an intrinsic or a `#[track_caller]` function as a plain function.
pub(crate) fn forward(c: &mut Collector<'_, '_>, instance: Instance) -> Body {
    let (InstanceKind::Fn(def) | InstanceKind::Reify(def)) = instance.kind else {
        unreachable!("only definitions are forwarded to")
    };
    let (params, ret) = signature(c, def, instance.args);
    let mut shim = Shim::new(c.span_of(instance), &params, ret);
    let (start, end) = (shim.block(false), shim.block(false));
    let args = pass_params(0, params.len());
    shim.call(start, Callee::Def(def, instance.args), args, RETURN, end, None);
    if ret.is_never() {
        shim.end(end, TerminatorKind::Unreachable);
    } else {
        shim.end(end, TerminatorKind::Return);
    }
    shim.body()
}

/// A variant with positional payload as a function.
pub(crate) fn constructor(c: &mut Collector<'_, '_>, variant: DefId, args: GenericArgs) -> Body {
    let (params, ret) = signature(c, variant, args);
    let span = c.shared.cx.typed.package.def(variant).span;
    let mut shim = Shim::new(span, &params, ret);
    let start = shim.block(false);
    if let Some((union, index)) = c.shared.cx.typed.signatures.variant(variant) {
        let kind = AggregateKind::Adt(union, index, args);
        shim.assign(start, RETURN, Rvalue::Aggregate(kind, pass_params(0, params.len())));
    }
    shim.end(start, TerminatorKind::Return);
    shim.body()
}

/// `main_result(main())`
fn entry(c: &mut Collector<'_, '_>, main: DefId, span: Span) -> Body {
    let (_, result) = signature(c, main, GenericArgs::empty());
    let i32_ty = Ty::prim(hir::PrimTy::I32);
    let mut shim = Shim::new(span, &[], i32_ty);
    let value = shim.local(result);
    let (start, called, end) = (shim.block(false), shim.block(false), shim.block(false));
    shim.call(start, Callee::Def(main, GenericArgs::empty()), Vec::new(), value, called, None);
    match c.shared.cx.typed.package.lang.get(LangItem::MainResult) {
        Some(to_code) if !result.is_never() => {
            let args = List::new(&[GenericArg::Ty(result)]);
            shim.call(
                called,
                Callee::Def(to_code, args),
                vec![Operand::Move(value.into())],
                RETURN,
                end,
                None,
            );
        }
        Some(_) | None => {
            let zero = Operand::Const(crate::mono::scalar(0, i32_ty, span));
            shim.assign(called, RETURN, Rvalue::Use(zero));
            shim.end(called, TerminatorKind::Goto(end));
        }
    }
    shim.end(end, TerminatorKind::Return);
    shim.body()
}
