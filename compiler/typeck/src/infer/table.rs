//! Unknowns and unification: `Vec[?0]` = `Vec[i64]` ⇒ `?0 := i64`.
//!
//! A variable is unknown, the unknown type of an integer or float literal, or an unknown constant. What is
//! bound inside a snapshot is undone by rolling back.

use crate::protocols::{Eval, Goals};
use crate::{
    Const, Cx, FastHash, Flags, FnSig, GenericArg, GenericArgs, HasFlags, InferVar, List, ParamEnv,
    Predicate, ProtocolRef, Subst, Ty, TyKind,
};
use base::{ErrorReported, Span};
use hashbrown::HashMap;
use std::cell::Cell;
use std::rc::Rc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VarKind {
    General,
    /// The type of a literal such as `1`.
    Int,
    /// The type of a literal such as `1.0`.
    Float,
    Const,
}

#[derive(Clone, Copy, Debug)]
enum Value {
    Unknown,
    Ty(Ty),
    Const(Const),
}

#[derive(Clone, Copy, Debug)]
struct Var {
    value: Value,
    kind: VarKind,
    /// Stands for an expression that never gives a value: falls back to `never`.
    diverging: bool,
    origin: Origin,
}

/// Why there is a variable: for «type annotations needed».
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Origin {
    pub span: Span,
    pub kind: OriginKind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OriginKind {
    Misc,
    /// A type parameter of what is used here.
    Param(base::Symbol, hir::DefId),
    Local(base::Symbol),
}

/// What does not fit. The caller knows the whole types.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mismatch {
    Types,
    /// The variable would have to contain itself.
    Cyclic,
}

pub type Unified = Result<(), Mismatch>;

/// What is known of a closure of the body being checked.
#[derive(Clone, Debug)]
pub struct ClosureState {
    pub params: Ty,
    pub ret: Ty,
    /// Known once its captures are.
    pub kind: Option<crate::ClosureKind>,
    pub captures: Option<Vec<Ty>>,
}

/// The state of inference.
pub struct Infer<'a> {
    pub cx: Cx<'a>,
    pub env: Rc<ParamEnv>,
    pub closures: HashMap<crate::ClosureId, ClosureState, crate::FastHash>,
    vars: Vec<Var>,
    log: Vec<(u32, Var)>,
    open_snapshots: u32,
    /// Unknowns before this one were there before the first snapshot that is open: they do not go away again.
    lasting: usize,
    /// Stands for all that is known of what lasts: another one whenever something is learnt, and the one before when that
    /// is undone.
    epoch: u64,
    epochs: u64,
    /// What was found, and in which epoch.
    pub(crate) recent: Recent,
    /// Grows with every binding: tells whether anything was learnt.
    pub changes: u64,
    /// How often a goal was looked at.
    pub(crate) steps: u64,
    /// Goals being evaluated, outermost first.
    pub(crate) stack: Vec<ProtocolRef>,
    /// The lowest goal on the stack that an answer leant on, by being in a cycle with it.
    pub(crate) leant_on: usize,
    /// `A + B = 5` with `A` unknown: compared when it is known.
    pub(crate) waiting: Vec<(Const, Const)>,
    /// A chain of goals did not end.
    pub(crate) overflow: Option<ProtocolRef>,
    /// After type checking `impl P` is the type behind it.
    pub(crate) reveal: bool,
    /// Whether no bound in scope is about types without parameters: then answers about those are the same everywhere.
    is_usual: bool,
    /// Answers to goals without unknowns, in this environment.
    pub(crate) cache: HashMap<ProtocolRef, crate::protocols::Eval, crate::FastHash>,
}

/// What an associated type is, and what remains to be shown.
pub(crate) type Settled = (Ty, Vec<Predicate>);

/// Answers that hold while nothing more is learnt, about types with unknowns, parameters and closures too, each with the
/// epoch in which it was found. Without them what is built of generic parts in many layers would be looked at anew for
/// each layer, several times.
#[derive(Default)]
pub(crate) struct Recent {
    pub evals: HashMap<ProtocolRef, (u64, Eval), FastHash>,
    pub projections: HashMap<(hir::DefId, GenericArgs), (u64, Settled), FastHash>,
}

pub struct Snapshot {
    log: usize,
    vars: usize,
    waiting: usize,
    epoch: u64,
}

impl<'a> Infer<'a> {
    pub fn new(cx: Cx<'a>, env: Rc<ParamEnv>) -> Infer<'a> {
        let is_usual = env.protocols.iter().all(HasFlags::has_params)
            && env.projections.iter().all(|(_, args, _)| args.has_params());
        Infer {
            cx,
            env,
            is_usual,
            closures: HashMap::with_hasher(crate::FastHash::default()),
            vars: Vec::new(),
            log: Vec::new(),
            open_snapshots: 0,
            lasting: 0,
            epoch: 0,
            epochs: 0,
            recent: Recent::default(),
            changes: 0,
            steps: 0,
            stack: Vec::new(),
            leant_on: usize::MAX,
            waiting: Vec::new(),
            overflow: None,
            reveal: false,
            cache: HashMap::with_hasher(crate::FastHash::default()),
        }
    }

    /// Where answers about types with these flags are kept for the whole program.
    pub(crate) fn known(&self, flags: Flags) -> Option<&'a Goals> {
        if self.is_usual { self.cx.typed?.known.of(flags, self.reveal) } else { None }
    }

    // ---- variables ----

    fn new_var(&mut self, kind: VarKind, origin: Origin, diverging: bool) -> InferVar {
        self.vars.push(Var { value: Value::Unknown, kind, diverging, origin });
        InferVar(self.vars.len() as u32 - 1)
    }
    pub fn fresh(&mut self, span: Span) -> Ty {
        self.fresh_of(VarKind::General, span)
    }
    pub fn fresh_of(&mut self, kind: VarKind, span: Span) -> Ty {
        let var = self.new_var(kind, Origin { span, kind: OriginKind::Misc }, false);
        Ty::infer(var)
    }
    pub fn fresh_from(&mut self, origin: Origin) -> Ty {
        Ty::infer(self.new_var(VarKind::General, origin, false))
    }
    pub fn fresh_diverging(&mut self, span: Span) -> Ty {
        let var = self.new_var(VarKind::General, Origin { span, kind: OriginKind::Misc }, true);
        Ty::infer(var)
    }
    pub fn fresh_const(&mut self, origin: Origin) -> Const {
        Const::Infer(self.new_var(VarKind::Const, origin, false))
    }

    /// New variables for all parameters of a definition; the first are given.
    pub fn fresh_args(&mut self, def: hir::DefId, given: &[GenericArg], span: Span) -> GenericArgs {
        let generics = self.cx.sigs.generics_of(def);
        let mut args: Vec<GenericArg> = Vec::with_capacity(generics.params.len().max(given.len()));
        args.extend_from_slice(given);
        for param in &generics.params[given.len().min(generics.params.len())..] {
            let origin = Origin { span, kind: OriginKind::Param(param.name, def) };
            args.push(match param.kind {
                crate::GenericParamKind::Type { .. } => self.fresh_from(origin).into(),
                crate::GenericParamKind::Const { .. } => self.fresh_const(origin).into(),
            });
        }
        List::new(&args)
    }

    pub fn var_kind(&self, var: InferVar) -> VarKind {
        self.vars[var.0 as usize].kind
    }
    pub fn var_origin(&self, var: InferVar) -> Origin {
        self.vars[var.0 as usize].origin
    }
    pub fn is_diverging(&self, var: InferVar) -> bool {
        self.vars[var.0 as usize].diverging
    }
    pub fn is_unbound(&self, var: InferVar) -> bool {
        matches!(self.vars[var.0 as usize].value, Value::Unknown)
    }
    pub fn unbound_vars(&self) -> impl Iterator<Item = InferVar> + use<> {
        let unbound: Vec<InferVar> = (0..self.vars.len() as u32)
            .filter(|&index| matches!(self.vars[index as usize].value, Value::Unknown))
            .map(InferVar)
            .collect();
        unbound.into_iter()
    }

    // ---- resolving ----

    /// Follows a variable to what it is bound to; looks no deeper.
    #[inline]
    pub fn shallow(&self, ty: Ty) -> Ty {
        let mut ty = ty;
        while let TyKind::Infer(var) = *ty.kind() {
            match self.vars[var.0 as usize].value {
                Value::Ty(bound) => ty = bound,
                Value::Unknown | Value::Const(_) => return ty,
            }
        }
        ty
    }

    pub fn shallow_const(&self, value: Const) -> Const {
        let mut value = value;
        while let Const::Infer(var) = value {
            match self.vars[var.0 as usize].value {
                Value::Const(bound) => value = bound,
                Value::Unknown | Value::Ty(_) => return value,
            }
        }
        value
    }

    /// Replaces all bound variables.
    pub fn resolve<T: Subst + HasFlags>(&self, value: T) -> T {
        if !value.has_infer() {
            return value;
        }
        value.map_types(
            &mut |ty| {
                if let TyKind::Infer(_) = *ty.kind() {
                    let bound = self.shallow(ty);
                    Some(if matches!(bound.kind(), TyKind::Infer(_)) { bound } else { self.resolve(bound) })
                } else if let _ = *ty.kind()
                    && !ty.has_infer()
                {
                    Some(ty)
                } else {
                    None
                }
            },
            &mut |value| match value {
                Const::Infer(_) => Some(self.shallow_const(value)),
                Const::Value(_) | Const::Param(..) | Const::Unevaluated(..) | Const::Error(_) => None,
            },
        )
    }

    /// The variable that a type is, after following.
    pub fn as_var(&self, ty: Ty) -> Option<InferVar> {
        if let TyKind::Infer(var) = *self.shallow(ty).kind() { Some(var) } else { None }
    }
    /// Both have the same outermost constructor, and it is known.
    pub fn is_known_as(&self, a: Ty, b: Ty) -> bool {
        match (self.shallow(a).kind(), self.shallow(b).kind()) {
            (TyKind::Adt(a, _), TyKind::Adt(b, _)) => a == b,
            _ => false,
        }
    }
    pub fn is_unknown(&self, ty: Ty) -> bool {
        self.as_var(ty).is_some_and(|var| self.var_kind(var) == VarKind::General)
    }
    /// An integer type or the unknown type of an integer literal.
    pub fn is_integral(&self, ty: Ty) -> bool {
        let ty = self.shallow(ty);
        ty.is_int() || self.as_var(ty).is_some_and(|var| self.var_kind(var) == VarKind::Int)
    }
    pub fn is_floating(&self, ty: Ty) -> bool {
        let ty = self.shallow(ty);
        ty.is_float() || self.as_var(ty).is_some_and(|var| self.var_kind(var) == VarKind::Float)
    }

    // ---- snapshots ----

    pub fn snapshot(&mut self) -> Snapshot {
        if self.open_snapshots == 0 {
            self.lasting = self.vars.len();
        }
        self.open_snapshots += 1;
        Snapshot {
            log: self.log.len(),
            vars: self.vars.len(),
            waiting: self.waiting.len(),
            epoch: self.epoch,
        }
    }
    pub fn rollback(&mut self, snapshot: Snapshot) {
        while self.log.len() > snapshot.log {
            let (index, old) = self.log.pop().expect("longer than the snapshot");
            self.vars[index as usize] = old;
        }
        self.vars.truncate(snapshot.vars);
        self.waiting.truncate(snapshot.waiting);
        self.epoch = snapshot.epoch;
        self.open_snapshots -= 1;
    }
    pub fn commit(&mut self, _: Snapshot) {
        self.open_snapshots -= 1;
        if self.open_snapshots == 0 {
            self.log.clear();
        }
    }
    /// Runs `f` and undoes what it bound.
    pub fn probe<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let snapshot = self.snapshot();
        let changes = self.changes;
        let result = f(self);
        self.rollback(snapshot);
        self.changes = changes;
        result
    }
    /// Runs `f`; undoes what it bound if it fails.
    pub fn try_commit<R, E>(&mut self, f: impl FnOnce(&mut Self) -> Result<R, E>) -> Result<R, E> {
        let snapshot = self.snapshot();
        let changes = self.changes;
        let result = f(self);
        match &result {
            Ok(_) => self.commit(snapshot),
            Err(_) => {
                self.rollback(snapshot);
                self.changes = changes;
            }
        }
        result
    }

    fn set(&mut self, var: InferVar, new: Var) {
        if self.open_snapshots > 0 {
            self.log.push((var.0, self.vars[var.0 as usize]));
        }
        if self.open_snapshots == 0 || (var.0 as usize) < self.lasting {
            self.next_epoch();
        }
        self.vars[var.0 as usize] = new;
        self.changes += 1;
    }

    // ---- what was found a moment ago ----

    /// Something was learnt: what was found before may be found no more.
    pub(crate) fn next_epoch(&mut self) {
        self.epochs += 1;
        self.epoch = self.epochs;
    }

    /// Whether what is bound now may be undone.
    pub(crate) fn is_probing(&self) -> bool {
        self.open_snapshots > 0
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The answer to a goal, if it was asked for since something was learnt.
    pub(crate) fn recent_eval(&self, goal: &ProtocolRef) -> Option<Eval> {
        self.recent.evals.get(goal).filter(|(epoch, _)| *epoch == self.epoch).map(|&(_, eval)| eval)
    }

    /// Whether a resolved type mentions only unknowns that do not go away before the next epoch.
    pub(crate) fn lasts<T: Subst + HasFlags>(&self, value: T) -> bool {
        if !value.has_infer() {
            return true;
        }
        let lasting = if self.open_snapshots == 0 { self.vars.len() } else { self.lasting };
        let lasts = Cell::new(true);
        value.map_types(
            &mut |ty| {
                if let TyKind::Infer(var) = *ty.kind() {
                    lasts.set(lasts.get() && (var.0 as usize) < lasting);
                }
                (!lasts.get() || !ty.has_infer()).then_some(ty)
            },
            &mut |value| {
                if let Const::Infer(var) = value {
                    lasts.set(lasts.get() && (var.0 as usize) < lasting);
                }
                Some(value)
            },
        );
        lasts.get()
    }

    // ---- unification ----

    pub fn unify(&mut self, a: Ty, b: Ty) -> Unified {
        let (a, b) = (self.shallow(a), self.shallow(b));
        if a == b {
            return Ok(());
        }
        match (a.kind(), b.kind()) {
            (&TyKind::Infer(x), &TyKind::Infer(y)) => self.unify_vars(x, y),
            (&TyKind::Infer(x), _) => self.bind(x, b),
            (_, &TyKind::Infer(y)) => self.bind(y, a),
            (TyKind::Error(_), _) | (_, TyKind::Error(_)) => Ok(()),
            (&TyKind::Tuple(x), &TyKind::Tuple(y)) => self.unify_lists(&x, &y),
            (&TyKind::Array(x, n), &TyKind::Array(y, m)) => {
                self.unify(x, y)?;
                self.unify_consts(n, m)
            }
            (&TyKind::Slice(x), &TyKind::Slice(y)) => self.unify(x, y),
            (&TyKind::Ref(_, x, m), &TyKind::Ref(_, y, n)) if m == n => self.unify(x, y),
            (&TyKind::RawPtr(x, m), &TyKind::RawPtr(y, n)) if m == n => self.unify(x, y),
            (&TyKind::Adt(d, x), &TyKind::Adt(e, y)) if d == e => self.unify_args(x, y),
            (&TyKind::FnDef(d, x), &TyKind::FnDef(e, y)) if d == e => self.unify_args(x, y),
            (&TyKind::Closure(d, x), &TyKind::Closure(e, y)) if d == e => self.unify_args(x, y),
            (&TyKind::Projection(d, x), &TyKind::Projection(e, y)) if d == e => self.unify_args(x, y),
            (&TyKind::Opaque(d, i, x), &TyKind::Opaque(e, j, y)) if (d, i) == (e, j) => self.unify_args(x, y),
            (&TyKind::FnPtr(x), &TyKind::FnPtr(y)) => self.unify_sigs(x, y),
            (&TyKind::Dyn(x, of_x, _), &TyKind::Dyn(y, of_y, _))
                if x.len() == y.len() && of_x.len() == of_y.len() =>
            {
                for (x, y) in x.iter().zip(y.iter()) {
                    if x.def != y.def {
                        return Err(Mismatch::Types);
                    }
                    self.unify_args(x.args, y.args)?;
                }
                for (x, y) in of_x.iter().zip(of_y.iter()) {
                    if x.item != y.item {
                        return Err(Mismatch::Types);
                    }
                    self.unify(x.ty, y.ty)?;
                }
                Ok(())
            }
            _ => Err(Mismatch::Types),
        }
    }

    pub fn unify_lists(&mut self, a: &[Ty], b: &[Ty]) -> Unified {
        if a.len() != b.len() {
            return Err(Mismatch::Types);
        }
        a.iter().zip(b).try_for_each(|(&a, &b)| self.unify(a, b))
    }

    pub fn unify_sigs(&mut self, a: FnSig, b: FnSig) -> Unified {
        self.unify_lists(&a.params, &b.params)?;
        self.unify(a.ret, b.ret)
    }

    pub fn unify_args(&mut self, a: GenericArgs, b: GenericArgs) -> Unified {
        if a == b {
            return Ok(());
        }
        if a.len() != b.len() {
            return Err(Mismatch::Types);
        }
        a.iter().zip(b.iter()).try_for_each(|(&a, &b)| self.unify_arg(a, b))
    }

    pub fn unify_arg(&mut self, a: GenericArg, b: GenericArg) -> Unified {
        match (a, b) {
            (GenericArg::Ty(a), GenericArg::Ty(b)) => self.unify(a, b),
            (GenericArg::Const(a), GenericArg::Const(b)) => self.unify_consts(a, b),
            (GenericArg::Ty(_), GenericArg::Const(_)) | (GenericArg::Const(_), GenericArg::Ty(_)) => {
                Err(Mismatch::Types)
            }
        }
    }

    pub fn unify_consts(&mut self, a: Const, b: Const) -> Unified {
        let (a, b) = (self.shallow_const(a), self.shallow_const(b));
        match (a, b) {
            _ if a == b => Ok(()),
            (Const::Infer(var), value) | (value, Const::Infer(var)) => {
                let new = Var { value: Value::Const(value), ..self.vars[var.0 as usize] };
                self.set(var, new);
                Ok(())
            }
            (Const::Error(_), _) | (_, Const::Error(_)) => Ok(()),
            (Const::Unevaluated(..), _) | (_, Const::Unevaluated(..)) => {
                let (a, b) = (self.known_const(a), self.known_const(b));
                match (a, b) {
                    (Const::Error(_), _) | (_, Const::Error(_)) => Ok(()),
                    _ if self.cx.are_same(a, b) => Ok(()),
                    _ if a.has_infer() || b.has_infer() => {
                        self.waiting.push((a, b));
                        Ok(())
                    }
                    _ => Err(Mismatch::Types),
                }
            }
            (Const::Value(_) | Const::Param(..), Const::Value(_) | Const::Param(..)) => Err(Mismatch::Types),
        }
    }

    /// A constant with what is known of its arguments.
    pub(crate) fn known_const(&self, value: Const) -> Const {
        match self.shallow_const(value) {
            Const::Unevaluated(body, args) => self.cx.evaluate(Const::Unevaluated(body, self.resolve(args))),
            known @ (Const::Value(_) | Const::Param(..) | Const::Infer(_) | Const::Error(_)) => known,
        }
    }

    /// Nothing is known of a variable, and that was reported.
    pub fn give_up(&mut self, var: InferVar, proof: ErrorReported) {
        let old = self.vars[var.0 as usize];
        let value = match old.kind {
            VarKind::Const => Value::Const(Const::Error(proof)),
            VarKind::General | VarKind::Int | VarKind::Float => Value::Ty(Ty::error(proof)),
        };
        self.set(var, Var { value, ..old });
    }

    /// Where the first unknown in a constant's arguments came from.
    pub(crate) fn const_origin(&self, value: Const) -> Option<Span> {
        let Const::Unevaluated(_, args) = value else { return None };
        let var = args.iter().find_map(|arg| match *arg {
            GenericArg::Const(Const::Infer(var)) => Some(var),
            GenericArg::Ty(ty) => {
                if let TyKind::Infer(var) = *ty.kind() {
                    Some(var)
                } else {
                    None
                }
            }
            GenericArg::Const(_) => None,
        });
        var.map(|var| self.vars[var.0 as usize].origin.span)
    }

    fn unify_vars(&mut self, x: InferVar, y: InferVar) -> Unified {
        let (a, b) = (self.vars[x.0 as usize], self.vars[y.0 as usize]);
        // The more special one stays.
        let (gone, stays) = match (a.kind, b.kind) {
            (VarKind::General, _) => (x, y),
            (_, VarKind::General) => (y, x),
            (VarKind::Int, VarKind::Int) | (VarKind::Float, VarKind::Float) => (x, y),
            (VarKind::Int | VarKind::Float | VarKind::Const, _) => return Err(Mismatch::Types),
        };
        let (old, kept) = (self.vars[gone.0 as usize], self.vars[stays.0 as usize]);
        if old.diverging != kept.diverging {
            // A variable that also stands for a real value is not diverging.
            self.set(stays, Var { diverging: false, ..kept });
        }
        self.set(gone, Var { value: Value::Ty(Ty::infer(stays)), ..old });
        Ok(())
    }

    fn bind(&mut self, var: InferVar, ty: Ty) -> Unified {
        let old = self.vars[var.0 as usize];
        let fits = match old.kind {
            VarKind::General => true,
            VarKind::Int => ty.is_int() || ty.is_error(),
            VarKind::Float => ty.is_float() || ty.is_error(),
            VarKind::Const => false,
        };
        if !fits {
            return Err(Mismatch::Types);
        }
        if ty.has_infer() && self.occurs(var, ty) {
            return Err(Mismatch::Cyclic);
        }
        self.set(var, Var { value: Value::Ty(ty), ..old });
        Ok(())
    }

    /// Whether a variable occurs in a type.
    pub fn mentions(&self, ty: Ty, var: InferVar) -> bool {
        ty.has_infer() && self.occurs(var, ty)
    }

    fn occurs(&self, var: InferVar, ty: Ty) -> bool {
        let mut found = false;
        self.resolve(ty).map_types(
            &mut |ty| {
                if *ty.kind() == TyKind::Infer(var) {
                    found = true;
                }
                (found || !ty.has_infer()).then_some(ty)
            },
            &mut |_| None,
        );
        found
    }

    /// Whether what an impl says of itself, with its parameters, could be made the same as a goal's: a look at both that
    /// binds nothing and makes nothing. Most impls of a protocol are passed over by it.
    pub fn may_match(&self, header: &[GenericArg], goal: &[GenericArg]) -> bool {
        header.len() != goal.len()
            || header.iter().zip(goal).all(|pair| match pair {
                (&GenericArg::Ty(own), &GenericArg::Ty(asked)) => self.may_be(own, asked),
                (GenericArg::Const(Const::Value(own)), &GenericArg::Const(asked)) => {
                    if let Const::Value(asked) = self.shallow_const(asked) { *own == asked } else { true }
                }
                (GenericArg::Const(_) | GenericArg::Ty(_), GenericArg::Const(_) | GenericArg::Ty(_)) => true,
            })
    }

    fn may_be(&self, own: Ty, asked: Ty) -> bool {
        let asked = self.shallow(asked);
        match (own.kind(), asked.kind()) {
            // Whatever it stands for; and what is an error fits everywhere.
            (TyKind::Param(..) | TyKind::Projection(..) | TyKind::Opaque(..) | TyKind::Infer(_), _)
            | (TyKind::Error(_), _)
            | (_, TyKind::Projection(..) | TyKind::Opaque(..) | TyKind::Error(_)) => true,
            (_, &TyKind::Infer(var)) => match self.var_kind(var) {
                VarKind::Int => own.is_int(),
                VarKind::Float => own.is_float(),
                VarKind::General | VarKind::Const => true,
            },
            (&TyKind::Adt(x, of_x), &TyKind::Adt(y, of_y)) => x == y && self.may_match(&of_x, &of_y),
            (&TyKind::Tuple(x), &TyKind::Tuple(y)) => {
                x.len() == y.len() && x.iter().zip(y.iter()).all(|(&x, &y)| self.may_be(x, y))
            }
            (&TyKind::Ref(_, x, m), &TyKind::Ref(_, y, n))
            | (&TyKind::RawPtr(x, m), &TyKind::RawPtr(y, n)) => m == n && self.may_be(x, y),
            (&TyKind::Slice(x), &TyKind::Slice(y)) | (&TyKind::Array(x, _), &TyKind::Array(y, _)) => {
                self.may_be(x, y)
            }
            (TyKind::Prim(x), TyKind::Prim(y)) => x == y,
            (x, y) => std::mem::discriminant(x) == std::mem::discriminant(y),
        }
    }

    /// Whether the types could be unified; binds nothing.
    pub fn can_unify(&mut self, a: Ty, b: Ty) -> bool {
        self.probe(|this| this.unify(a, b).is_ok())
    }
}
