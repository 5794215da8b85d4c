//! The typed program: signatures and bodies on demand.

use crate::infer::normalised_env;
use crate::infer::table::Infer;
use crate::protocols::{ConstEval, Known, Resolved};
use crate::{
    BodyTypes, ClosureId, ClosureInfo, Cx, Eval, GenericArg, GenericArgs, HasFlags, List, Predicate,
    ProtocolRef, Signatures, Subst, TyKind,
};
use base::{Diagnostic, Diagnostics, ErrorReported, SharedDiagnostics};
use hir::{BodyId, DefId, Package};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, OnceLock, PoisonError};

thread_local! {
    /// Bodies being checked, outermost first: the constant in a type needs the body that computes it.
    static CHECKING: RefCell<Vec<BodyId>> = const { RefCell::new(Vec::new()) };
}

/// HIR with its types.
pub struct Typed<'a> {
    pub package: &'a Package,
    pub signatures: Signatures<'a>,
    /// One a body, filled when it is first asked for.
    bodies: Vec<OnceLock<Box<BodyTypes>>>,
    /// Of constants inside types, whose bodies come into being when others are lowered. They live as long as the process.
    late_bodies: Mutex<BTreeMap<BodyId, &'static BodyTypes>>,
    /// What was found wrong in bodies that were asked for later: those of the standard library.
    late: SharedDiagnostics,
    /// Answers of the solver.
    pub(crate) known: Known,
    /// Of constants that are more than arithmetic.
    const_eval: Option<&'a dyn ConstEval>,
}

/// Checks all bodies of modules that are not of the standard library, on as many threads. What `derive` made for fields that
/// have all it needs is left until somebody asks for it.
pub fn check<'a>(
    package: &'a Package,
    signatures: Signatures<'a>,
    const_eval: Option<&'a dyn ConstEval>,
    threads: usize,
    diags: &mut Diagnostics,
) -> Typed<'a> {
    let typed = Typed { const_eval, ..Typed::new(package, signatures) };
    crate::wf::check(typed.cx(), diags);
    let own: Vec<BodyId> = package.body_ids().filter(|&id| !package.is_std(package.body_owner(id))).collect();
    let errors = diags.error_spans();
    let check = |_: &mut (), &id: &BodyId| {
        if typed.is_surely_right(id) {
            return None;
        }
        let mut diags = Diagnostics::beside(&errors);
        let types = typed.check_now(id, &mut diags);
        // A constant's body may have been asked for already: the same result.
        let _ = typed.bodies[id.0 as usize].set(Box::new(types));
        (!diags.is_empty()).then(|| Box::new(diags))
    };
    let weight = |&id: &BodyId| match package.is_derived(package.body_owner(id)) {
        true => 1,
        false => package.body(id).exprs.len(),
    };
    for found in base::parallel::map(threads, &own, weight, || (), check).into_iter().flatten() {
        diags.append(*found);
    }
    typed.hidden_circles(diags);
    diags.append(typed.take_late_diagnostics());
    typed
}

impl<'a> Typed<'a> {
    pub fn new(package: &'a Package, signatures: Signatures<'a>) -> Typed<'a> {
        let bodies = package.body_ids().map(|_| OnceLock::new()).collect();
        let late_bodies = Mutex::default();
        Typed {
            package,
            signatures,
            bodies,
            late_bodies,
            late: SharedDiagnostics::default(),
            known: Known::default(),
            const_eval: None,
        }
    }

    pub fn cx(&self) -> Cx<'_> {
        Cx { package: self.package, sigs: &self.signatures, typed: Some(self) }
    }

    /// The types of a body that has been checked.
    pub fn checked(&self, id: BodyId) -> Option<&BodyTypes> {
        match self.bodies.get(id.0 as usize) {
            Some(slot) => slot.get().map(|types| &**types),
            None => self.late_bodies.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied(),
        }
    }

    /// The types of a body; checks it when it is first asked for.
    pub fn body(&self, id: BodyId) -> &BodyTypes {
        if let Some(known) = self.checked(id) {
            return known;
        }
        if let Some(at) = CHECKING.with_borrow(|checking| checking.iter().position(|&known| known == id)) {
            let error = Some(self.report_circle(at));
            return Box::leak(Box::new(BodyTypes { error, ..BodyTypes::empty(id) }));
        }
        let mut diags = Diagnostics::new();
        let types = self.check_now(id, &mut diags);
        self.add_late(diags);
        match self.bodies.get(id.0 as usize) {
            // Checking it may have needed it: the first result stays.
            Some(slot) => slot.get_or_init(|| Box::new(types)),
            None => {
                let types = Box::leak(Box::new(types));
                self.late_bodies.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_insert(types)
            }
        }
    }

    /// How many steps inference has taken: what checking a program costs, as a number that does not depend on the machine.
    pub fn steps(&self) -> u64 {
        self.known.steps.load(Ordering::Relaxed)
    }

    /// Whether a body is a derived one in which nothing can be wrong: all that it does with a field is what the protocol
    /// says. Whatever is not plain is left to the check of the body, which explains it.
    fn is_surely_right(&self, id: BodyId) -> bool {
        let owner = self.package.body_owner(id);
        let Some(parent) = self.package.def(owner).parent.filter(|_| self.package.is_derived(owner)) else {
            return false;
        };
        let Some(implementation) = self.signatures.implementation(parent) else { return false };
        let Some(protocol) = implementation.protocol else { return false };
        let TyKind::Adt(def, args) = *implementation.self_ty.kind() else { return false };
        let is_self = |arg: &GenericArg| *arg == GenericArg::Ty(implementation.self_ty);
        let Some(adt) = self.signatures.adt(def).filter(|_| protocol.args.iter().all(is_self)) else {
            return false;
        };
        let span = self.package.def(owner).name_span;
        let mut infer = Infer::new(self.cx(), Rc::new(normalised_env(self.cx(), owner)));
        adt.variants.iter().flat_map(|variant| variant.fields.iter()).all(|field| {
            let ty = field.ty.subst(&args);
            // `Eq[Self]` for the type is `Eq[F]` for a field.
            let of_field = List::from_iter(protocol.args.iter().map(|_| GenericArg::Ty(ty)));
            let goal = Predicate::Protocol(ProtocolRef { def: protocol.def, args: of_field });
            let is_plain = !ty.has_error() && !ty.has_projections() && !ty.is_unsized() && !ty.is_never();
            is_plain && infer.evaluate(goal, span) == Eval::Yes && infer.overflow.is_none()
        })
    }

    fn check_now(&self, id: BodyId, diags: &mut Diagnostics) -> BodyTypes {
        CHECKING.with_borrow_mut(|checking| checking.push(id));
        let types = crate::infer::check_body(self.cx(), id, diags);
        CHECKING.with_borrow_mut(|checking| checking.pop());
        types
    }

    /// A type in the body that is being checked at `at` needs the value of a constant that needs this body.
    fn report_circle(&self, at: usize) -> ErrorReported {
        let mut chain = CHECKING.with_borrow(|checking| checking[at..].to_vec());
        // Whoever came upon it, and however many did: it is told of in one way.
        let first = (0..chain.len()).min_by_key(|&at| chain[at]).unwrap_or(0);
        chain.rotate_left(first);
        chain.push(chain[0]);
        let mut owners: Vec<_> = chain.iter().map(|&body| self.package.body_owner(body)).collect();
        // The constant in a signature is its owner's.
        owners.dedup();
        let name = |def| self.package.def(def).name;
        let first = self.package.def(owners[0]);
        let message = if let hir::DefKind::Const | hir::DefKind::Static = first.kind {
            format!("the value of `{}` depends on itself", first.name)
        } else {
            format!("a type in `{}` needs a value that needs `{}`", first.name, first.name)
        };
        let mut diagnostic = Diagnostic::error("C9005", first.name_span, message);
        for pair in owners.windows(2).skip(1) {
            let at = self.package.def(pair[0]).name_span;
            diagnostic = diagnostic.secondary(at, format!("`{}` needs `{}`", name(pair[0]), name(pair[1])));
        }
        self.late.error(diagnostic)
    }

    /// `fn f() -> impl P { f() }`: a type that is only itself.
    fn hidden_circles(&self, diags: &mut Diagnostics) {
        let mut told: Vec<DefId> = Vec::new();
        for id in self.package.body_ids() {
            let def = self.package.body_owner(id);
            let is_std = self.package.modules[self.package.def(def).module].is_std;
            if is_std || self.signatures.function(def).is_none_or(|function| function.opaques.is_empty()) {
                continue;
            }
            let mut chain = vec![def];
            if told.contains(&def) || !self.leads_to_itself(def, &mut chain) {
                continue;
            }
            told.extend(&chain);
            let of = self.package.def(def);
            let names: Vec<String> =
                chain.iter().chain([&def]).map(|&def| format!("`{}`", self.package.def(def).name)).collect();
            let message = format!("the type behind the result of `{}` is defined by itself", of.name);
            let mut diagnostic = Diagnostic::error("T2003", of.name_span, message).label("leads back to it");
            if chain.len() > 1 {
                diagnostic = diagnostic.note(format!("the chain: {}", names.join(" → ")));
            }
            diags.error(
                diagnostic.note("some way out of the function has to give a value of a type that is known"),
            );
        }
    }

    /// Whether the hidden types of the last function in the chain are made of those of the first.
    fn leads_to_itself(&self, first: DefId, chain: &mut Vec<DefId>) -> bool {
        let last = chain[chain.len() - 1];
        let Some(hir::Item::Fn(function)) = self.package.item(last) else { return false };
        let Some(types) = function.body.and_then(|body| self.checked(body)) else { return false };
        let mut next: Vec<DefId> = Vec::new();
        for &ty in &types.hidden {
            let _ = ty.map_types(
                &mut |ty| {
                    if let TyKind::Opaque(def, _, args) = *ty.kind() {
                        // A protocol's method: what the impl makes of it.
                        let found = self.signatures.protocol_of_member(def);
                        next.push(match found.and_then(|_| self.resolve_instance(def, args)) {
                            Some(Resolved::Fn(found, _)) => found,
                            Some(_) | None => def,
                        });
                    }
                    None
                },
                &mut |_| None,
            );
        }
        for def in next {
            if def == first {
                return true;
            }
            if !chain.contains(&def) {
                chain.push(def);
                if self.leads_to_itself(first, chain) {
                    return true;
                }
                chain.pop();
            }
        }
        false
    }

    fn add_late(&self, diags: Diagnostics) {
        self.late.add(diags);
    }

    /// The bits of a constant of the type level, by the evaluator; `None` without one.
    pub(crate) fn evaluate(&self, body: BodyId, args: GenericArgs) -> Option<Result<u128, ErrorReported>> {
        let evaluator = self.const_eval?;
        let mut diags = Diagnostics::new();
        let value = evaluator.evaluate(self, body, args, &mut diags);
        self.add_late(diags);
        Some(value)
    }

    /// What [`Typed::body`] found wrong since the last time. An error in the standard library is ours.
    pub fn take_late_diagnostics(&self) -> Diagnostics {
        let mut diags = self.late.take();
        diags.append(self.signatures.take_late_diagnostics());
        diags
    }

    pub fn closure(&self, id: ClosureId) -> Option<&ClosureInfo> {
        self.body(id.body).closures.get(&id.expr)
    }
}

impl std::fmt::Debug for Typed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Typed")
            .field("signatures", &self.signatures)
            .field("bodies", &self.bodies)
            .finish_non_exhaustive()
    }
}
