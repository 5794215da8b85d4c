//! Typed HIR to MIR: [`build`].
//!
//! In: a HIR body and its side tables. Out: one [`Body`] for it and one for each closure in it, in phase `Built`. What
//! is explicit afterwards: order of evaluation, temporaries and how long they live, what is moved, which blocks
//! unwinding goes through, every test of a pattern. Modelled on rustc's `rustc_mir_build`.
//!
//! ```text
//! fn f(s: String) -> usize { g(s).len() }
//!
//! bb0: { live(_2); live(_3); _3 = move _1; _2 = call g(move _3) -> bb1, unwind bb5; }
//! bb1: { dead(_3); _0 = call len(&_2) -> bb2, unwind bb4; }
//! bb2: { drop(_2) -> bb3, unwind bb5; }      …and _1, which is gone by then: drop elaboration finds that out
//! ```
//!
//! Decisions:
//! - Overflow is always checked (`CheckedBinary` and an `Overflow` assertion); where the profile has no checks,
//!   monomorphisation drops those assertions (`Program::overflow_checks`). Division by zero, `MIN / -1` and bounds
//!   are asserted in every profile.
//! - Temporaries live as in Rust 2024: to the end of the statement, of a condition, an arm, a block's value; what a
//!   `let` borrows lives as long as its variable. In a constant's body such a temporary is never dead: the evaluated
//!   constant may point at it.
//! - A static is a place: the constant `item S` has type `&T` and is its address.
//! - A `Drop` in a cleanup block unwinds to a block that aborts: a panic while unwinding ends the program.

mod block;
mod call;
mod cfg;
pub use cfg::renumber_blocks;
mod closure;
mod cond;
mod decide;
mod expr;
mod lit;
mod matches;
mod operand;
mod ops;
mod pattern;
mod place;
mod promote;
mod rvalue;
mod scope;
mod tries;

use crate::facts::Facts;
use crate::*;
use base::{IndexVec, Span};
use cfg::BlockData;
use hir::{DefId, ExprId, ExprKind, LangItem, LocalId, Package, PatKind};
use scope::Scopes;
use std::collections::BTreeMap;
use typeck::{
    BodyTypes, ClosureId, ClosureInfo, ClosureKind, FieldIdx, GenericArgs, Mutability, Signatures, Ty, TyKind,
};

#[derive(Clone, Copy)]
pub struct BuildCx<'a> {
    pub package: &'a Package,
    pub signatures: &'a Signatures<'a>,
    pub facts: &'a dyn Facts,
    /// Only to look for the user's errors in it: nothing is asserted, and nothing unwinds.
    pub for_errors: bool,
}

/// A body, the closures in it in source order, and what is promoted in any of them, the body first. `None` if the body has an
/// error, which has been reported.
pub fn build(cx: BuildCx<'_>, hir: &hir::Body, types: &BodyTypes) -> Option<Vec<Body>> {
    if types.error.is_some() {
        return None;
    }
    let mut bodies = Vec::new();
    let mut promoted = Vec::new();
    bodies.push(Builder::new(cx, hir, types, None).function(&mut promoted));
    for (&expr, info) in &types.closures {
        bodies.push(Builder::new(cx, hir, types, Some((expr, info))).function(&mut promoted));
    }
    // In what is promoted nothing else is: all of it lasts.
    for node in promoted {
        bodies.push(Builder::promoted(cx, hir, types, node).function(&mut Vec::new()));
    }
    Some(bodies)
}

/// An expression after the first `adjusted` of its adjustments.
#[derive(Clone, Copy, Debug)]
struct Node {
    expr: ExprId,
    adjusted: usize,
}

struct Builder<'a> {
    cx: BuildCx<'a>,
    hir: &'a hir::Body,
    types: &'a BodyTypes,
    closure: Option<(ExprId, &'a ClosureInfo)>,
    source: Source,
    /// The value of a promoted body.
    promoting: Option<Node>,
    /// What this body refers to and is promoted.
    promoted: Vec<Node>,
    /// What is referred to is looked at once and at once: it is not promoted.
    momentary: bool,
    locals: IndexVec<Local, LocalDecl>,
    blocks: IndexVec<BlockId, BlockData>,
    source_scopes: IndexVec<ScopeId, Scope>,
    variables: Vec<Variable>,
    /// Where code is put next.
    block: BlockId,
    source_scope: ScopeId,
    scopes: Scopes,
    /// Number of the drop scope that temporaries belong to.
    temp_scope: usize,
    /// Number of the drop scope that variables belong to.
    var_scope: usize,
    /// Temporaries that a `let` makes live longer: their drop scope; `None`: for ever.
    extended: BTreeMap<ExprId, Option<usize>>,
    /// Where each variable is: a local, or (in a guard) what it will be bound to.
    vars: BTreeMap<LocalId, Place>,
    /// In a closure: the locals that stand for variables around it, see [`closure`].
    captured: Vec<(LocalId, Local)>,
    /// Takes values of type `()` that nobody looks at.
    unit: Option<Local>,
    declares_later: bool,
}

impl<'a> Builder<'a> {
    fn new(
        cx: BuildCx<'a>,
        hir: &'a hir::Body,
        types: &'a BodyTypes,
        closure: Option<(ExprId, &'a ClosureInfo)>,
    ) -> Builder<'a> {
        let span = match closure {
            Some((expr, _)) => hir.exprs[expr].span,
            None => hir.exprs[hir.value].span,
        };
        let source = match closure {
            Some((_, info)) => Source::Closure(info.id),
            None => match cx.package.def(hir.owner).kind {
                hir::DefKind::Const | hir::DefKind::Static => Source::Const(hir.owner),
                hir::DefKind::Test => Source::Test(hir.owner),
                _ if owner_body(cx.package, hir.owner) != Some(hir.id) => Source::Const(hir.owner),
                hir::DefKind::Fn
                | hir::DefKind::Record
                | hir::DefKind::Union
                | hir::DefKind::Variant
                | hir::DefKind::TypeAlias
                | hir::DefKind::Protocol
                | hir::DefKind::AssocType
                | hir::DefKind::Impl
                | hir::DefKind::TypeParam
                | hir::DefKind::ConstParam => Source::Fn(hir.owner),
            },
        };
        let mut builder = Builder {
            cx,
            hir,
            types,
            closure,
            source,
            promoting: None,
            promoted: Vec::new(),
            momentary: false,
            locals: IndexVec::new(),
            blocks: IndexVec::new(),
            source_scopes: IndexVec::from_raw(vec![Scope { parent: None, span }]),
            variables: Vec::new(),
            block: ENTRY,
            source_scope: ScopeId(0),
            scopes: Scopes::new(),
            temp_scope: 0,
            var_scope: 0,
            extended: BTreeMap::new(),
            vars: BTreeMap::new(),
            captured: Vec::new(),
            unit: None,
            declares_later: false,
        };
        // Of a closure nobody knows how much of the body it is.
        let size = if closure.is_none() { hir.exprs.len() } else { 16 };
        builder.blocks.raw.reserve(size / 4 + 4);
        builder.locals.raw.reserve(size / 2 + 4);
        builder.block = builder.new_block();
        builder
    }

    /// The body of what is referred to at `node`.
    fn promoted(cx: BuildCx<'a>, hir: &'a hir::Body, types: &'a BodyTypes, node: Node) -> Builder<'a> {
        let mut builder = Builder::new(cx, hir, types, None);
        builder.source = Source::Promoted(ClosureId { body: hir.id, expr: node.expr });
        builder.source_scopes[ScopeId(0)].span = hir.exprs[node.expr].span;
        builder.promoting = Some(node);
        builder
    }

    /// Parameters, the value into `_0`, drops, return.
    fn function(mut self, promoted: &mut Vec<Node>) -> Body {
        let (value, params, param_tys, ret) = self.signature();
        let span = self.hir.exprs[value].span;
        let end = end_of(span);
        self.locals.push(LocalDecl { ty: ret, name: None, mutable: true, span });
        for &ty in &param_tys {
            self.locals.push(LocalDecl { ty, name: None, mutable: false, span });
        }
        self.announce_captured();

        self.push_return_scope(RETURN.into());
        self.push_scope(end);
        (self.temp_scope, self.var_scope) = (self.scopes.depth() - 1, self.scopes.depth() - 1);
        for local in (1..=param_tys.len() as u32).map(Local) {
            self.schedule_value(self.var_scope, local);
        }
        let first = 1 + u32::from(self.closure.is_some());
        for (at, &pat) in params.iter().enumerate() {
            self.parameter(Local(first + at as u32), pat, at as u32 + 1);
        }
        if matches!(self.source, Source::Const(_) | Source::Promoted(_)) {
            self.extend(value, None);
        }
        let value = self.promoting.unwrap_or_else(|| self.node(value));
        self.in_temp_scope(end, |b| b.into(&RETURN.into(), value));
        self.pop_scope();
        self.pop_return_scope(end);
        self.terminate(TerminatorKind::Return, end);
        promoted.append(&mut self.promoted);
        self.finish(param_tys.len(), span)
    }

    /// The value to build, patterns of parameters, types of MIR's parameters, type of the result.
    fn signature(&self) -> (ExprId, Vec<hir::PatId>, Vec<Ty>, Ty) {
        if let Some((expr, info)) = self.closure {
            let ExprKind::Closure(closure) = &self.hir.exprs[expr].kind else {
                panic!("{expr} is not a closure");
            };
            let own = self.types.exprs[expr];
            let own = match info.kind {
                ClosureKind::Fn => Ty::reference(own, Mutability::Shared),
                ClosureKind::FnMut => Ty::reference(own, Mutability::Mut),
                ClosureKind::FnOnce => own,
            };
            let tys = [own].into_iter().chain(info.params.iter().copied()).collect();
            return (closure.body, closure.params.iter().map(|param| param.pat).collect(), tys, info.ret);
        }
        if let Some(node) = self.promoting {
            return (node.expr, Vec::new(), Vec::new(), self.node_ty(node));
        }
        let value = self.hir.value;
        let (params, ret) = match self.source {
            Source::Fn(def) => {
                let sig = &self.cx.signatures.expect_function(def).sig;
                (sig.params.to_vec(), sig.ret)
            }
            Source::Const(_) | Source::Test(_) | Source::Closure(_) | Source::Promoted(_) | Source::Shim => {
                (Vec::new(), self.node_ty(self.node(value)))
            }
        };
        (value, self.hir.params.clone(), params, ret)
    }

    fn parameter(&mut self, local: Local, pat: hir::PatId, number: u32) {
        let span = self.hir.pats[pat].span;
        self.locals[local].span = span;
        let simple = if let PatKind::Bind { local, sub: None } = self.hir.pats[pat].kind
            && !self.types.pat_derefs.contains_key(&pat)
        {
            Some(local)
        } else {
            None
        };
        match simple {
            Some(var) => {
                let decl = &self.hir.locals[var];
                self.locals[local].name = Some(decl.name);
                self.locals[local].mutable = decl.mutable;
                self.vars.insert(var, local.into());
                self.variable(var, local.into(), Some(number));
            }
            None => self.bind_irrefutable(pat, local.into()),
        }
    }

    /// Tells the debugger of a variable.
    fn variable(&mut self, var: LocalId, place: Place, parameter: Option<u32>) {
        let decl = &self.hir.locals[var];
        self.variables.push(Variable {
            name: decl.name,
            scope: self.source_scope,
            span: decl.span,
            place,
            parameter,
            artificial: decl.synthetic,
        });
    }

    fn node(&self, expr: ExprId) -> Node {
        Node { expr, adjusted: self.types.adjustments.get(&expr).map_or(0, Vec::len) }
    }
    fn node_ty(&self, node: Node) -> Ty {
        match node.adjusted {
            0 => self.types.exprs[node.expr],
            count => self.types.adjustments[&node.expr][count - 1].ty,
        }
    }
    fn span(&self, node: Node) -> Span {
        self.hir.exprs[node.expr].span
    }
    fn kind(&self, node: Node) -> &'a ExprKind {
        &self.hir.exprs[node.expr].kind
    }
    fn is_copy(&self, ty: Ty) -> bool {
        self.cx.facts.is_copy(ty, self.hir.owner)
    }
    fn needs_drop(&self, ty: Ty) -> bool {
        self.cx.facts.needs_drop(ty)
    }
    /// Copies what is `Copy`, moves the rest.
    fn consume(&self, place: Place, ty: Ty) -> Operand {
        if self.is_copy(ty) { Operand::Copy(place) } else { Operand::Move(place) }
    }

    fn is_lang(&self, def: DefId, item: LangItem) -> bool {
        self.cx.package.lang.get(item) == Some(def)
    }
    /// A protocol's method by name.
    fn method(&self, protocol: LangItem, name: &str) -> DefId {
        let protocol = self.cx.package.lang.require(protocol);
        let members = &self.cx.signatures.expect_protocol(protocol).members;
        let found = members.iter().find(|(_, member)| member.as_str() == name);
        found.map(|(&def, _)| def).unwrap_or_else(|| panic!("the protocol has no `{name}`"))
    }
}

/// The body that an item is made of; others (lengths of arrays) only stand in it.
fn owner_body(package: &Package, owner: DefId) -> Option<hir::BodyId> {
    crate::names::item_body(package, owner)
}

/// The closing brace, or the last character.
fn end_of(span: Span) -> Span {
    Span { lo: span.hi.saturating_sub(1).max(span.lo), ..span }
}
