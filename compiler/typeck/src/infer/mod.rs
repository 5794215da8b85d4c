//! One body ⇒ [`BodyTypes`]: bidirectional inference.
//!
//! Expectations go down, types come up; what needs more knowledge waits as an obligation. After the last
//! expression, literals take their defaults, closures learn what they capture, and the tables are written with
//! every variable replaced.
//!
//! ```text
//! let xs = [1, 2]; f(xs[0])   with fn f(x: u8)   ⇒   xs: [u8; 2]
//! ```

mod block;
mod call;
mod captures;
mod cast;
mod closure;
mod coerce;
mod deferred;
mod expr;
mod finish;
mod fulfil;
mod index;
mod lists;
mod literal;
mod matches;
mod method;
mod no_method;
mod operator;
mod pat;
mod path;
mod place;
mod record;
mod report;
pub(crate) mod table;
mod tries;
mod unmet;
mod unsize;
mod uses;
mod writeback;

use crate::collect::lower::{Holes, Lower};
use crate::protocols::ParamEnv;
use crate::tables::*;
use crate::{
    Const, Cx, FieldIdx, FnSig, GenericArg, GenericArgs, HasFlags, Mutability, Predicate, ProtocolRef, Subst,
    Ty, TyKind, VariantIdx,
};
use base::{Diagnostic, Diagnostics, ErrorReported, IndexVec, SortedMap, Span};
use fulfil::{Cause, Obligation};
use hashbrown::HashMap;
use hir::{Body, BodyId, DefId, ExprId, Item, LabelId, LangItem, LocalId, ModuleId, PatId};
use std::collections::BTreeMap;
use std::rc::Rc;
use table::{Infer, Origin, OriginKind};

pub(crate) use literal::fits;
pub(crate) use report::Why;

/// What the context wants of an expression. A wish, not a demand: coercion comes afterwards.
#[derive(Clone, Copy, Debug)]
pub enum Expect {
    Nothing,
    Has(Ty),
    /// The value is not used: what a call gives is dropped, and the branches of an `if` need not agree.
    Unused,
}

/// The function or closure that `return` leaves.
struct Frame {
    ret: Ty,
    /// The written result type.
    ret_span: Option<Span>,
    /// `None` in constants: there `return` is wrong.
    is_fn: bool,
    is_closure: bool,
    /// Labels from here on belong to it.
    first_label: usize,
}

/// What `break` to a label does.
struct Target {
    label: LabelId,
    /// `None`: `while` and `for`, which give no value.
    merge: Option<coerce::Merge>,
    breaks: bool,
    /// A `break` that is wrong.
    wrong: Option<ErrorReported>,
    /// A `try` block: the error types raised, with what raised them.
    raises: Option<Vec<tries::Raise>>,
}

/// A method call through one of the `Fn` protocols whose kind is not known before the captures are.
struct DeferredCall {
    expr: ExprId,
    callee: ExprId,
    closure: crate::ClosureId,
    derefs: Vec<Adjustment>,
    closure_ty: Ty,
}

pub struct FnCx<'a, 'd> {
    pub infer: Infer<'a>,
    pub diags: &'d mut Diagnostics,
    pub cx: Cx<'a>,
    pub body: &'a Body,
    pub owner: DefId,
    pub module: ModuleId,
    pub(crate) t: Tables,
    pending: Vec<Obligation>,
    frames: Vec<Frame>,
    targets: Vec<Target>,
    /// The code here can't be reached.
    diverges: bool,
    warned_unreachable: bool,
    unsafe_depth: u32,
    depth: u32,
    error: Option<ErrorReported>,
    /// Something other than an unknown type is wrong: what is unknown may follow from it.
    misled: bool,
    /// Statements with a reported unknown type: what else is unknown in them follows from it.
    unknown_in: Vec<Span>,
    casts: Vec<cast::Deferred>,
    operators: Vec<operator::Deferred>,
    calls: Vec<DeferredCall>,
    /// What the `impl P`s of the result are.
    hidden: Vec<Ty>,
    /// Implementations that demanded something, for messages.
    chain: Vec<fulfil::Link>,
    deferred: Vec<deferred::Deferred<'a>>,
    /// Places to change with parts that wait.
    unique_later: Vec<ExprId>,
    kind_goals: Vec<(crate::protocols::KindGoal, Span)>,
    closures: Vec<ExprId>,
    /// Closures that become `fn` pointers, and where.
    pointer_closures: Vec<(crate::ClosureId, Span)>,
    /// Branches or elements whose functions met as a `fn` pointer.
    met_as_pointer: Vec<(Vec<ExprId>, FnSig)>,
    rethrows: Vec<tries::Rethrow>,
    /// The interpolation that a call takes to show it.
    shown_argument: Option<ExprId>,
    /// What the call at hand gives, and what is expected of it.
    call_wish: Option<(Ty, Ty)>,
    conversions: Vec<tries::Conversion>,
    number_literals: Vec<(ExprId, u128, bool)>,
    unused_results: Vec<ExprId>,
    lists: &'d mut lists::Lists,
}

/// Side tables while they are being made.
#[derive(Default)]
pub(crate) struct Tables {
    pub exprs: IndexVec<ExprId, Option<Ty>>,
    pub pats: IndexVec<PatId, Option<Ty>>,
    pub locals: IndexVec<LocalId, Option<Ty>>,
    pub adjustments: HashMap<ExprId, Vec<Adjustment>, crate::FastHash>,
    pub callees: SortedMap<ExprId, (DefId, GenericArgs)>,
    pub fields: SortedMap<ExprId, FieldIdx>,
    pub inits: SortedMap<ExprId, (VariantIdx, Vec<FieldIdx>)>,
    pub pat_derefs: SortedMap<PatId, Vec<Ty>>,
    pub pat_variants: SortedMap<PatId, PatResolution>,
    pub binding_refs: SortedMap<LocalId, Mutability>,
    pub casts: BTreeMap<ExprId, CastKind>,
    pub tries: BTreeMap<ExprId, TryKind>,
    pub closures: BTreeMap<ExprId, ClosureInfo>,
    pub dead_arms: BTreeMap<ExprId, Vec<usize>>,
    pub repeat_counts: BTreeMap<ExprId, Const>,
}

/// Checks a body, again as long as later use says what literals build.
pub fn check_body(cx: Cx<'_>, id: BodyId, diags: &mut Diagnostics) -> BodyTypes {
    let mut lists = lists::Lists::default();
    loop {
        let before = diags.mark();
        let types = try_body(cx, id, &mut lists, diags);
        if !lists.learn() {
            return types;
        }
        diags.roll_back(before);
    }
}

fn try_body<'d>(
    cx: Cx<'_>,
    id: BodyId,
    lists: &'d mut lists::Lists,
    diags: &'d mut Diagnostics,
) -> BodyTypes {
    let body = cx.package.body(id);
    let owner = body.owner;
    let env = Rc::new(normalised_env(cx, owner));
    let tables = Tables {
        exprs: IndexVec::from_elem(None, body.exprs.len()),
        pats: IndexVec::from_elem(None, body.pats.len()),
        locals: IndexVec::from_elem(None, body.locals.len()),
        ..Tables::default()
    };
    let mut fcx = FnCx {
        infer: Infer::new(cx, env),
        diags,
        cx,
        body,
        owner,
        module: cx.package.def(owner).module,
        t: tables,
        pending: Vec::new(),
        frames: Vec::new(),
        targets: Vec::new(),
        diverges: false,
        warned_unreachable: false,
        unsafe_depth: 0,
        depth: 0,
        error: None,
        misled: false,
        unknown_in: Vec::new(),
        casts: Vec::new(),
        operators: Vec::new(),
        calls: Vec::new(),
        hidden: Vec::new(),
        chain: Vec::new(),
        deferred: Vec::new(),
        unique_later: Vec::new(),
        kind_goals: Vec::new(),
        closures: Vec::new(),
        pointer_closures: Vec::new(),
        met_as_pointer: Vec::new(),
        rethrows: Vec::new(),
        shown_argument: None,
        call_wish: None,
        conversions: Vec::new(),
        number_literals: Vec::new(),
        unused_results: Vec::new(),
        lists,
    };
    fcx.check();
    fcx.finish()
}

/// The bounds of an item, with associated types in them replaced where other bounds say what they are.
pub(crate) fn normalised_env(cx: Cx<'_>, owner: DefId) -> ParamEnv {
    let env = ParamEnv::of(cx, owner);
    let has = env.protocols.iter().any(HasFlags::has_projections)
        || env.projections.iter().any(|(_, args, ty)| args.has_projections() || ty.has_projections());
    if !has {
        return env;
    }
    let span = cx.package.def(owner).name_span;
    let mut infer = Infer::new(cx, Rc::new(env.clone()));
    let mut nested = Vec::new();
    let mut normal = ParamEnv::empty();
    for &protocol in &env.protocols {
        let args = infer.normalise_into(protocol.args, span, &mut nested);
        normal.protocols.push(ProtocolRef { def: protocol.def, args });
    }
    for &(item, args, ty) in &env.projections {
        let args = infer.normalise_into(args, span, &mut nested);
        let ty = infer.normalise_into(ty, span, &mut nested);
        normal.projections.push((item, args, ty));
    }
    infer.settle(nested);
    ParamEnv {
        protocols: normal.protocols.into_iter().map(|protocol| infer.resolve(protocol)).collect(),
        projections: normal
            .projections
            .into_iter()
            .map(|(item, args, ty)| (item, infer.resolve(args), infer.resolve(ty)))
            .collect(),
    }
}

impl<'a, 'd> FnCx<'a, 'd> {
    fn check(&mut self) {
        let (params, ret, ret_span, is_fn) = self.signature();
        // What is wrong with the signature is told of there; what is unknown here may follow from it.
        if let Some(proof) = params.iter().copied().find_map(writeback::proof_in) {
            self.error = Some(proof);
            self.misled = true;
        }
        self.frames.push(Frame { ret, ret_span, is_fn, is_closure: false, first_label: 0 });
        for (index, &pat) in self.body.params.iter().enumerate() {
            let ty = params.get(index).copied().unwrap_or_else(|| self.infer.fresh(self.body.pats[pat].span));
            self.check_param(pat, ty);
        }
        let expect = if ret_span.is_none() && ret.is_unit() { Expect::Unused } else { Expect::Has(ret) };
        let ty = self.check_expr(self.body.value, expect);
        self.coerce(self.body.value, ty, ret, Why::Return(ret_span));
    }

    /// What the body's owner promises: parameters, result, the span of the result, whether it is a function.
    fn signature(&mut self) -> (Vec<Ty>, Ty, Option<Span>, bool) {
        let span = self.cx.package.def(self.owner).name_span;
        match self.cx.package.item(self.owner) {
            Some(Item::Fn(function)) if function.body == Some(self.body.id) => {
                let sig = self.cx.sigs.expect_function(self.owner).sig;
                let ret_span = function.ret.as_ref().map(|ret| ret.span);
                let sig = self.reveal_own(sig, ret_span.unwrap_or(span));
                let sig = self.normalise(sig, span);
                (sig.params.to_vec(), sig.ret, ret_span, true)
            }
            Some(Item::Const(constant)) if constant.body == Some(self.body.id) => {
                let ty = self.cx.sigs.constant(self.owner).unwrap_or_else(Ty::unit);
                (Vec::new(), self.normalise(ty, span), Some(constant.ty.span), false)
            }
            Some(Item::Test(_)) => (Vec::new(), Ty::unit(), None, true),
            // The length of an array, a const argument.
            Some(_) | None => (Vec::new(), self.cx.sigs.memo.const_arg_ty(self.body.id), None, false),
        }
    }

    /// The `impl P`s of the function's own result are unknowns in its body, which must be what is promised.
    fn reveal_own(&mut self, sig: FnSig, span: Span) -> FnSig {
        let sigs = self.cx.sigs;
        let count = sigs.expect_function(self.owner).opaques.len();
        if count == 0 {
            return sig;
        }
        self.hidden = (0..count).map(|_| self.fresh(span)).collect();
        let identity = sigs.generics_of(self.owner).identity();
        for index in 0..count as u32 {
            for &(predicate, bound) in sigs.opaque(self.owner, index).unwrap_or_default() {
                let predicate = match predicate {
                    Predicate::Protocol(goal) => Predicate::Protocol(ProtocolRef {
                        def: goal.def,
                        args: self.own_hidden(goal.args, identity),
                    }),
                    Predicate::Projection { item, args, ty } => Predicate::Projection {
                        item,
                        args: self.own_hidden(args, identity),
                        ty: self.own_hidden(ty, identity),
                    },
                };
                let mut nested = Vec::new();
                let predicate = self.infer.normalise_predicate(predicate, bound, &mut nested);
                for predicate in nested.into_iter().chain([predicate]) {
                    self.require(predicate, Cause::misc(bound));
                }
            }
        }
        FnSig { params: sig.params, ret: self.own_hidden(sig.ret, identity) }
    }

    fn own_hidden<T: Subst>(&self, value: T, identity: GenericArgs) -> T {
        value.map_types(
            &mut |ty| {
                let TyKind::Opaque(def, index, args) = *ty.kind() else { return None };
                let own = def == self.owner && args == identity;
                own.then(|| self.hidden.get(index as usize).copied()).flatten()
            },
            &mut |_| None,
        )
    }

    // ---- diagnostics ----

    /// Reports an error; the body gets no MIR.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) -> ErrorReported {
        let proof = self.diags.error(diagnostic);
        self.error = Some(proof);
        self.misled = true;
        proof
    }
    pub(crate) fn poison(&mut self, proof: ErrorReported) -> Ty {
        self.misled |= self.error.is_none();
        self.error = Some(proof);
        Ty::error(proof)
    }
    /// A type for a message.
    pub(crate) fn show(&self, ty: Ty) -> String {
        self.cx.show(self.for_message(ty))
    }

    /// Resolved, the types of literals by a name: `(integer, bool)`.
    pub(crate) fn for_message(&self, ty: Ty) -> Ty {
        let name = |text: &str| Ty::new(TyKind::Param(u32::MAX, base::Symbol::intern(text)));
        self.infer.resolve(ty).map_types(
            &mut |ty| {
                if let TyKind::Infer(var) = *ty.kind() {
                    Some(match self.infer.var_kind(var) {
                        table::VarKind::Int => name("integer"),
                        table::VarKind::Float => name("float"),
                        table::VarKind::General | table::VarKind::Const => ty,
                    })
                } else if let _ = *ty.kind()
                    && !ty.has_infer()
                {
                    Some(ty)
                } else {
                    None
                }
            },
            &mut |_| None,
        )
    }

    // ---- types ----

    pub(crate) fn shallow(&self, ty: Ty) -> Ty {
        self.infer.shallow(ty)
    }
    pub(crate) fn fresh(&mut self, span: Span) -> Ty {
        self.infer.fresh(span)
    }
    pub(crate) fn span(&self, expr: ExprId) -> Span {
        self.body.exprs[expr].span
    }
    /// The definition of a lang item; without it the construct can't be used.
    pub(crate) fn lang(&mut self, item: LangItem, span: Span) -> Result<DefId, ErrorReported> {
        match self.cx.lang(item) {
            Some(def) => Ok(def),
            None => {
                let message = format!("this needs `{}`, which the library does not have", item.name());
                Err(self.report(Diagnostic::error("X0001", span, message)))
            }
        }
    }

    /// Replaces associated types; what can't be known yet becomes an obligation.
    pub(crate) fn normalise<T: Subst + HasFlags>(&mut self, value: T, span: Span) -> T {
        if !value.has_projections() {
            return value;
        }
        let mut nested = Vec::new();
        let value = self.infer.normalise_into(value, span, &mut nested);
        for predicate in nested {
            self.require(predicate, Cause::misc(span));
        }
        value
    }

    pub(crate) fn require(&mut self, predicate: Predicate, cause: Cause) {
        self.pending.push(Obligation::new(predicate, cause));
    }

    /// `ty: protocol[args]`
    pub(crate) fn require_protocol(&mut self, protocol: DefId, args: &[GenericArg], cause: Cause) {
        let args = crate::List::new(args);
        self.require(Predicate::Protocol(ProtocolRef { def: protocol, args }), cause);
    }

    /// What is known of a type after looking at what waits.
    pub(crate) fn structurally(&mut self, ty: Ty) -> Ty {
        let ty = self.infer.shallow(ty);
        if !self.infer.is_unknown(ty) {
            return ty;
        }
        self.select_where_possible();
        self.infer.shallow(ty)
    }

    /// The same; that nothing is known is an error.
    pub(crate) fn known(&mut self, ty: Ty, span: Span) -> Ty {
        let ty = self.structurally(ty);
        if self.infer.is_unknown(ty) {
            let proof = self.report_unknown(ty, span);
            let error = Ty::error(proof);
            let _ = self.infer.unify(ty, error);
            return error;
        }
        ty
    }

    /// A type written in the body.
    pub(crate) fn lower(&mut self, ty: &hir::Ty) -> Ty {
        let lowered = self.with_lower(|lower| lower.ty(ty));
        let span = ty.span;
        let lowered = self.normalise(lowered, span);
        self.well_formed(lowered, span);
        self.note_error_in(lowered);
        lowered
    }

    /// The same, where arguments left out are inferred: a type before a dot, a constructor.
    pub(crate) fn lower_inferring(&mut self, ty: &hir::Ty) -> Ty {
        let lowered = self.with_lower(|lower| {
            lower.infer_args = true;
            let ty = lower.ty(ty);
            lower.infer_args = false;
            ty
        });
        self.note_error_in(lowered);
        self.normalise(lowered, ty.span)
    }

    fn note_error_in(&mut self, written: Ty) {
        if let TyKind::Error(proof) = *crate::protocols::error_in(written).kind() {
            self.misled = true;
            self.error = self.error.or(Some(proof));
        }
    }

    pub(crate) fn with_lower<R>(&mut self, f: impl FnOnce(&mut Lower<'a, '_>) -> R) -> R {
        let mut nested = Vec::new();
        let mut holes = BodyHoles { infer: &mut self.infer, nested: &mut nested };
        let sigs = self.cx.sigs;
        let mut lower = Lower {
            package: self.cx.package,
            memo: &sigs.memo,
            owner: self.owner,
            diags: self.diags,
            holes: Some(&mut holes),
            infer_args: false,
            impl_params: Vec::new(),
            opaques: None,
        };
        let result = f(&mut lower);
        let span = self.cx.package.def(self.owner).name_span;
        for predicate in nested {
            self.require(predicate, Cause::misc(span));
        }
        result
    }

    /// The bounds on the parameters of the types inside a written type hold.
    pub(crate) fn well_formed(&mut self, ty: Ty, span: Span) {
        let mut inside = Vec::new();
        crate::wf::adts_in(ty, &mut inside);
        for (def, args) in inside {
            if let Some(diagnostic) = crate::wf::held_unsized(self.cx, def, args, span) {
                self.report(diagnostic);
                return;
            }
            self.add_demands(def, args, Cause::of(span, def));
        }
    }

    /// Everything that a definition demands of its arguments.
    pub(crate) fn add_demands(&mut self, def: DefId, args: GenericArgs, cause: Cause) {
        let sigs = self.cx.sigs;
        for &(predicate, bound) in &sigs.generics_of(def).predicates {
            let mut nested = Vec::new();
            let predicate = self.infer.normalise_predicate(predicate.subst(&args), cause.span, &mut nested);
            for predicate in nested {
                self.require(predicate, Cause { bound: Some(bound), ..cause });
            }
            self.require(predicate, Cause { bound: Some(bound), ..cause });
        }
    }

    pub(crate) fn adjust(&mut self, expr: ExprId, adjustments: Vec<Adjustment>) {
        if adjustments.is_empty() {
            return;
        }
        self.t.adjustments.entry(expr).or_default().extend(adjustments);
    }
    /// The type after adjustments.
    pub(crate) fn adjusted(&self, expr: ExprId) -> Ty {
        match self.t.adjustments.get(&expr).and_then(|all| all.last()) {
            Some(last) => last.ty,
            None => self.t.exprs[expr].expect("asked only after the expression was checked"),
        }
    }
}

/// Variables for what is left out of types in bodies.
struct BodyHoles<'x, 'a> {
    infer: &'x mut Infer<'a>,
    nested: &'x mut Vec<Predicate>,
}

impl Holes for BodyHoles<'_, '_> {
    fn hole(&mut self, span: Span) -> Ty {
        self.infer.fresh(span)
    }
    fn const_hole(&mut self, span: Span) -> Const {
        self.infer.fresh_const(Origin { span, kind: OriginKind::Misc })
    }
    fn arg_hole(&mut self, param: &hir::GenericParam, of: DefId, span: Span) -> GenericArg {
        let origin = Origin { span, kind: OriginKind::Param(param.name, of) };
        match param.kind {
            hir::GenericParamKind::Const { .. } => self.infer.fresh_const(origin).into(),
            hir::GenericParamKind::Type { .. } | hir::GenericParamKind::Region => {
                self.infer.fresh_from(origin).into()
            }
        }
    }
    fn normalise(&mut self, ty: Ty, span: Span) -> Ty {
        self.infer.normalise_into(ty, span, self.nested)
    }
}
