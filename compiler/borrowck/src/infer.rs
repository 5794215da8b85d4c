//! Contracts from bodies, and the conflicts in them.
//!
//! In: a body with the closures in it, and a way to build others. Out: contracts, found when they are asked for and kept for the
//! whole program ([`Contracts`]); and for each body, its conflicts ([`Found`]).
//!
//! ```text
//! fn pick(a: &str, b: &str) -> &str { shorter(b) }     asks for `shorter`: '0 → '1; so `pick` has '1 → '2
//! ```
//!
//! 1. A function that is not `pub` has the contract that its body needs. Functions that call each other in a circle start
//!    from nothing and are gone through until nothing changes: a contract only grows.
//! 2. A function that is `pub` has what elision says, where that is not ambiguous, and what its body needs. So has one whose
//!    body makes references of raw pointers.
//! 3. A function whose result holds no references, and that changes none behind `&mut`, has the empty contract: its body is
//!    not looked at.
//! 4. The contract of a closure is found from its body like that of a function.
//! 5. The contract of a protocol's method is what the implementations need in the package that declares it, and the default; if
//!    there is none, what elision says. Other packages' implementations have to keep to it.
//! 6. What flows in a method of an impl between the origins that the head of the impl mentions is known wherever the impl is used.
//! 7. A contract says which universal origins reach which of those that the caller sees again, over all subsets of the body.

use crate::body::{Gathered, Gatherer};
use crate::contracts::{Callable, Contract, Part, Signature};
use crate::facts::{Conflict, Live};
use crate::liveness::Liveness;
use crate::loans::{Accesses, Invalidation};
use crate::regioned::{Binding, Cx, Origin, STATIC};
use crate::shapes::{Shapes, SlotKind, Variance};
use crate::solve::{self, Graph, Holders};
use base::IndexVec;
use hir::{BodyId, DefId, DefKind, Item, Visibility};
use mir::{Body, Local, Source};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use typeck::{FastHash, GenericArg, TyKind, Typed};

/// What is known, for all threads.
#[derive(Debug, Default)]
pub struct Contracts {
    /// Looked up, never iterated over.
    known: Mutex<HashMap<Callable, Arc<Contract>, FastHash>>,
}

impl Contracts {
    fn get(&self, callable: Callable) -> Option<Arc<Contract>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&callable).cloned()
    }
    fn set(&self, callable: Callable, contract: Arc<Contract>) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).entry(callable).or_insert(contract);
    }
}

/// What checking regions needs; one a thread.
pub struct Regions<'a> {
    pub shapes: &'a Shapes<'a>,
    pub facts: &'a dyn mir::facts::Facts,
    pub contracts: &'a Contracts,
    /// Builds a body and the closures in it.
    pub build: &'a dyn Fn(BodyId) -> Option<Vec<Body>>,
}

/// What is wrong in a body, and what is needed to say it.
pub struct Found {
    pub gathered: Gathered,
    pub invalidations: Vec<Invalidation>,
    pub conflicts: Vec<Conflict>,
    /// What flows between origins of the signature, beyond what types imply.
    pub flows: Vec<(Origin, Origin)>,
}

/// A family of bodies being looked at.
pub struct Job<'f, 'a> {
    pub regions: &'f Regions<'a>,
    pub family: &'f [Body],
    pub id: BodyId,
    solving: RefCell<Solving>,
}

#[derive(Default)]
struct Solving {
    /// In the order in which they were asked for.
    order: Vec<Callable>,
    known: BTreeMap<Callable, Arc<Contract>>,
    families: BTreeMap<BodyId, Option<Rc<Vec<Body>>>>,
    is_running: bool,
}

impl<'f, 'a> Job<'f, 'a> {
    pub fn new(regions: &'f Regions<'a>, id: BodyId, family: &'f [Body]) -> Job<'f, 'a> {
        Job { regions, family, id, solving: RefCell::default() }
    }

    fn typed(&self) -> &'a Typed<'a> {
        self.regions.shapes.typed
    }

    /// The contract of what a body calls.
    pub fn contract(&self, callable: Callable) -> Arc<Contract> {
        if let Some(known) = self.regions.contracts.get(callable) {
            return known;
        }
        {
            let mut solving = self.solving.borrow_mut();
            if let Some(known) = solving.known.get(&callable) {
                return known.clone();
            }
            let start = self.start(callable);
            let (start, is_known) = match start {
                Start::Known(contract) => (Arc::new(contract), true),
                Start::AtLeast(contract) => (Arc::new(contract), false),
            };
            if is_known {
                self.regions.contracts.set(callable, start.clone());
                return start;
            }
            solving.known.insert(callable, start.clone());
            solving.order.push(callable);
            if std::mem::replace(&mut solving.is_running, true) {
                return start;
            }
        }
        // Rule 1.
        let mut changed = true;
        while changed {
            changed = false;
            let mut at = 0;
            loop {
                let Some(next) = self.solving.borrow().order.get(at).copied() else { break };
                at += 1;
                let needed = self.needed(next);
                let mut solving = self.solving.borrow_mut();
                let before = solving.known.get(&next).cloned().unwrap_or_default();
                let after = before.union(&needed);
                if after != *before {
                    changed = true;
                    solving.known.insert(next, Arc::new(after));
                }
            }
        }
        let solving = self.solving.take();
        for (&callable, contract) in &solving.known {
            self.regions.contracts.set(callable, contract.clone());
        }
        solving.known.get(&callable).cloned().unwrap_or_default()
    }

    /// Rules 2 and 3.
    fn start(&self, callable: Callable) -> Start {
        let typed = self.typed();
        let def = match callable {
            Callable::Fn(def) => def,
            Callable::Closure(_) => return Start::AtLeast(Contract::default()),
            Callable::Impl(item) => {
                let is_own = typed.signatures.is_own(item);
                let empty = Contract::default();
                return if is_own { Start::AtLeast(empty) } else { Start::Known(empty) };
            }
        };
        let cx = Cx::new(self.regions.shapes, def, &NOTHING);
        let Some(signature) = cx.signature(def, &identity(&cx, def), &mut || cx.fresh()) else {
            return Start::Known(Contract::default());
        };
        let protocol = typed.signatures.protocol_of_member(def);
        let has_impls = || protocol.is_some_and(|protocol| !self.implementations(protocol).is_empty());
        // The library is looked into only where the library is checked itself.
        let is_fixed = !typed.signatures.is_own(def) && (protocol.is_some() || is_public(typed, def));
        if is_fixed || (body_of(typed, def).is_none() && !has_impls()) {
            return Start::Known(cx.elided(def, &signature));
        }
        let is_sink = |slot: &crate::shapes::Slot| {
            slot.kind == SlotKind::Direct && !matches!(slot.variance, Variance::Co | Variance::Bi)
        };
        let changes =
            signature.params.iter().any(|param| self.regions.shapes.of(param.ty).iter().any(is_sink));
        let has_param_sink = signature.params.iter().any(|param| {
            let shape = self.regions.shapes.of(param.ty);
            shape.iter().any(|slot| slot.variance == Variance::Inv)
        });
        // What may be made an `Error` flows out of sight.
        let may_fail = self.regions.shapes.mentions_error(typed.signatures.fn_sig(def).map(|sig| sig.ret));
        if signature.ret.slots.is_empty() && !changes && !has_param_sink && !may_fail {
            return Start::Known(Contract::default());
        }
        match protocol.is_none() && is_public(typed, def) && !cx.is_ambiguous(def, &signature) {
            true => Start::AtLeast(cx.elided(def, &signature)),
            false => Start::AtLeast(Contract::default()),
        }
    }

    /// What a contract has to say, with what is known so far.
    fn needed(&self, callable: Callable) -> Contract {
        let typed = self.typed();
        match callable {
            Callable::Closure(closure) => self.of_body(closure.body, Source::Closure(closure), true),
            Callable::Impl(item) => {
                let members = &typed.signatures.expect_impl(item).members;
                let pairs = members.iter().filter_map(|(&member, of)| Some((member, (*of)?)));
                pairs.fold(Contract::default(), |all, (member, of)| {
                    all.union(&self.mapped(item, member, of, false).1)
                })
            }
            Callable::Fn(def) => {
                let body = body_of(typed, def);
                let own = body.map(|body| self.of_body(body, Source::Fn(def), true)).unwrap_or_default();
                let Some(protocol) = typed.signatures.protocol_of_member(def) else { return own };
                // Rule 5.
                self.implementations(protocol).into_iter().fold(own, |all, item| {
                    let members = &typed.signatures.expect_impl(item).members;
                    match members.iter().find(|&(_, of)| *of == Some(def)) {
                        Some((&member, _)) => all.union(&self.mapped(item, member, def, false).0),
                        None => all,
                    }
                })
            }
        }
    }

    /// The package's own, in order.
    fn implementations(&self, protocol: DefId) -> Vec<DefId> {
        let signatures = &self.typed().signatures;
        let own = self.typed().package.impls.iter().copied().filter(|&item| signatures.is_own(item));
        let of = |item: &DefId| {
            signatures.implementation(*item).and_then(|it| it.protocol).is_some_and(|it| it.def == protocol)
        };
        own.filter(of).collect()
    }

    /// What is seen in the body of a function.
    fn seen(&self, def: DefId) -> Contract {
        let body = body_of(self.typed(), def);
        body.map(|body| self.of_body(body, Source::Fn(def), false)).unwrap_or_default()
    }

    /// Rule 7, of one body; with what has to be trusted where it is unsafe.
    fn of_body(&self, id: BodyId, source: Source, trusts: bool) -> Contract {
        let family = self.family_of(id);
        let found = match &family {
            Family::Given(bodies) => bodies.iter().find(|body| body.source == source),
            Family::Built(bodies) => {
                bodies.as_ref().and_then(|it| it.iter().find(|body| body.source == source))
            }
        };
        let Some(body) = found else { return Contract::default() };
        let gathered = self.gather(body);
        let flows = flows(&gathered);
        // Rule 2.
        let trusted = match (source, &gathered.signature) {
            (Source::Fn(def), Some(signature)) if trusts && is_unsafe(body) => {
                let lookup = NOTHING;
                Cx::new(self.regions.shapes, def, &lookup).elided(def, signature)
            }
            (_, _) => Contract::default(),
        };
        let part =
            |origin: Origin| gathered.parts.iter().find(|(known, _)| *known == origin).map(|&(_, part)| part);
        let needed = flows.iter().filter_map(|&(from, to)| Some((part(from)?, part(to)?)));
        Contract::new(needed.collect()).union(&trusted)
    }

    /// What a method of an impl needs, in terms of the protocol's method; and between the origins of the impl's head.
    fn mapped(
        &self,
        item: DefId,
        member: DefId,
        of: DefId,
        only_body: bool,
    ) -> (Contract, Contract, Vec<(Part, Part)>) {
        let typed = self.typed();
        let nothing = || (Contract::default(), Contract::default(), Vec::new());
        let found = typed.signatures.expect_impl(item);
        let Some(protocol) = found.protocol else { return nothing() };
        let lookup = |callable| self.contract(callable);
        let cx = Cx::new(self.regions.shapes, member, &lookup);
        let own_args = identity(&cx, member);
        let Some(given) = cx.signature(member, &own_args, &mut || cx.fresh()) else { return nothing() };
        // The head, and the protocol's method with it.
        let mut head: Vec<Origin> = Vec::new();
        let mut args: Vec<GenericArg> = Vec::new();
        let mut slots: Vec<Option<Vec<Origin>>> = Vec::new();
        for (at, arg) in protocol.args.iter().enumerate() {
            args.push(*arg);
            let GenericArg::Ty(ty) = *arg else {
                slots.push(None);
                continue;
            };
            let own = given.own.as_ref().filter(|_| at == 0);
            let own = match own {
                Some(own) => own.clone(),
                None => cx.inst(ty, &own_args, &mut || cx.fresh()).slots,
            };
            let kinds = self.regions.shapes.of(cx.normalise(ty));
            let direct = kinds.iter().zip(&own).filter(|(slot, _)| slot.kind == SlotKind::Direct);
            head.extend(direct.map(|(_, &origin)| origin));
            slots.push(Some(own));
        }
        let of_impl = typed.signatures.generics_of(item).params.len();

        let rest = own_args.args.iter().zip(&own_args.slots).skip(of_impl);
        for (arg, own) in rest {
            args.push(*arg);
            slots.push(own.clone());
        }
        let binding = Binding { args: typeck::List::new(&args), slots };
        let Some(wanted) = cx.signature(of, &binding, &mut || cx.fresh()) else { return nothing() };
        let contract = match only_body {
            true => Arc::new(self.seen(member)),
            false => self.contract(Callable::Fn(member)),
        };
        cx.edges.borrow_mut().clear();
        for (from, to) in wanted.params.iter().zip(&given.params) {
            cx.relate(from, to);
        }
        cx.relate(&given.ret, &wanted.ret);
        let part = |part: Part| match part {
            Part::Param(at) => Some(cx.param(at)),
            Part::Direct(at) => given.directs.get(at as usize).copied(),
            Part::Static => Some(STATIC),
        };
        for &(from, to) in &contract.flows {
            if let (Some(from), Some(to)) = (part(from), part(to)) {
                cx.edge(from, to);
            }
        }
        let mut implied = Vec::new();
        wanted.params.iter().chain([&wanted.ret]).for_each(|it| cx.implied(it, &mut implied));
        let facts = crate::facts::Facts {
            origins: cx.count(),
            subsets: cx.edges.take(),
            ..crate::facts::Facts::default()
        };
        let graph = Graph::new(&facts);
        // What an origin is called in both.
        let of_method = |origin: Origin| -> Vec<Part> {
            let direct = wanted.directs.iter().position(|&it| it == origin).map(|at| Part::Direct(at as u32));
            let params = binding
                .slots
                .iter()
                .enumerate()
                .filter(|(_, slots)| slots.as_ref().is_some_and(|slots| slots.contains(&origin)));
            let fixed = (origin == STATIC).then_some(Part::Static);
            params.map(|(at, _)| Part::Param(at as u32)).chain(direct).chain(fixed).collect()
        };
        let of_head = |origin: Origin| -> Option<Part> {
            let direct = head.iter().position(|&it| it == origin).map(|at| Part::Direct(at as u32));
            let param = cx.params.iter().take(of_impl).position(|&it| it == origin);
            let fixed = (origin == STATIC).then_some(Part::Static);
            direct.or(param.map(|at| Part::Param(at as u32))).or(fixed)
        };
        let (mut flows, mut of_impl_flows) = (Vec::new(), Vec::new());
        let mut all: Vec<Origin> =
            wanted.directs.iter().chain(&head).chain(&cx.params).chain(&[STATIC]).copied().collect();
        all.sort();
        all.dedup();
        for &from in &all {
            let reached = graph.reach(from);
            for &to in all.iter().filter(|&&to| to != from && reached.contains(to)) {
                if implied.contains(&(from, to)) {
                    continue;
                }
                if let (Some(from), Some(to)) = (of_head(from), of_head(to)) {
                    of_impl_flows.push((from, to));
                    continue;
                }
                for &a in &of_method(from) {
                    flows.extend(of_method(to).into_iter().filter(|&b| a != b).map(|b| (a, b)));
                }
            }
        }
        let implied = implied_parts(&cx, &wanted, &binding);
        (Contract::new(flows), Contract::new(of_impl_flows), implied)
    }

    fn family_of(&self, id: BodyId) -> Family<'f> {
        if id == self.id {
            return Family::Given(self.family);
        }
        if let Some(known) = self.solving.borrow().families.get(&id) {
            return Family::Built(known.clone());
        }
        let built = (self.regions.build)(id).map(Rc::new);
        self.solving.borrow_mut().families.insert(id, built.clone());
        Family::Built(built)
    }

    pub fn gather(&self, body: &Body) -> Gathered {
        let owner = match body.source {
            Source::Fn(def) | Source::Const(def) | Source::Test(def) => def,
            Source::Closure(id) | Source::Promoted(id) => self.typed().package.body_owner(id.body),
            Source::Shim => self.typed().package.body_owner(self.id),
        };
        let lookup = |callable| self.contract(callable);
        Gatherer::gather(body, Cx::new(self.regions.shapes, owner, &lookup))
    }

    /// What a function's body lets flow, and its contract does not say: the methods of others' protocols, `pub` functions of the
    /// library.
    pub fn unsaid(&self, body: &Body) -> Vec<(Part, Part)> {
        let typed = self.typed();
        let Source::Fn(def) = body.source else { return Vec::new() };
        let parent = typed.package.def(def).parent;
        let found = parent.and_then(|parent| Some((parent, typed.signatures.implementation(parent)?)));
        let of = found.and_then(|(_, it)| it.members.get(&def).copied().flatten());
        let (needed, said, implied) = match (found, of) {
            (Some((item, _)), Some(of)) => {
                let (needed, _, implied) = self.mapped(item, def, of, true);
                (needed, self.contract(Callable::Fn(of)), implied)
            }
            (_, _) if !typed.signatures.is_own(def) && is_public(typed, def) => {
                let needed = self.seen(def);
                let lookup = NOTHING;
                let cx = Cx::new(self.regions.shapes, def, &lookup);
                let Some(signature) = cx.signature(def, &identity(&cx, def), &mut || cx.fresh()) else {
                    return Vec::new();
                };
                let implied = implied_parts(&cx, &signature, &identity(&cx, def));
                (needed, self.contract(Callable::Fn(def)), implied)
            }
            (_, _) => return Vec::new(),
        };
        let is_said = |from: Part, to: Part| {
            let mut reached = vec![from];
            let mut at = 0;
            while let Some(&part) = reached.get(at) {
                at += 1;
                for &(a, b) in said.flows.iter().chain(&implied) {
                    if a == part && !reached.contains(&b) {
                        reached.push(b);
                    }
                }
            }
            reached.contains(&to)
        };
        needed.flows.iter().copied().filter(|&(from, to)| !is_said(from, to)).collect()
    }

    /// What is wrong in a body.
    pub fn check(&self, body: &Body) -> Found {
        let mut gathered = self.gather(body);
        let flows = flows(&gathered);
        let facts = std::mem::take(&mut gathered.facts);
        let origins = facts.origins;
        let liveness = OnceCell::new();
        let drops = || -> IndexVec<Local, Vec<Origin>> {
            let cx = Cx::new(self.regions.shapes, self.typed().package.body_owner(self.id), &NOTHING);
            gathered.locals.iter().map(|local| cx.dropped(local)).collect()
        };
        let live = || {
            liveness.get_or_init(|| Liveness::new(body, &gathered.points, &gathered.locals, drops(), origins))
        };
        let holders = OnceCell::new();
        let possible = |at| {
            let holders: &Holders = holders.get_or_init(|| Holders::new(&facts));
            gathered.points.of(at).map_or_else(Vec::new, |point| holders.at(live().live_at(point)))
        };
        let invalidations = match gathered.loans.is_empty() {
            true => Vec::new(),
            false => Accesses::find(body, self.regions.facts, &gathered.loans, &live, &possible),
        };
        let points = &gathered.points;
        let mut invalidated: Vec<_> =
            invalidations.iter().filter_map(|it| Some((points.of(it.at)?, it.loan))).collect();
        invalidated.sort_unstable();
        invalidated.dedup();
        let mut facts = facts;
        facts.invalidated = invalidated;
        let conflicts = match facts.invalidated.is_empty() {
            true => Vec::new(),
            false => solve::solve(&facts, live()),
        };
        #[cfg(debug_assertions)]
        if !facts.invalidated.is_empty() {
            agrees(&facts, live(), &conflicts);
        }
        drop(liveness);
        gathered.facts = facts;
        Found { gathered, invalidations, conflicts, flows }
    }
}

/// For what calls nothing.
const NOTHING: fn(Callable) -> Arc<Contract> = |_| Arc::default();

/// The fast solver and the rules say the same, wherever the rules take no time.
#[cfg(debug_assertions)]
fn agrees(facts: &crate::facts::Facts, live: &dyn crate::facts::Live, conflicts: &[Conflict]) {
    if facts.successors.len() > 120 || facts.subsets.len() > 160 {
        return;
    }
    let pairs = |all: &[Conflict]| all.iter().map(|it| (it.point, it.loan)).collect::<Vec<_>>();
    assert_eq!(pairs(conflicts), pairs(&crate::naive::solve(facts, live)), "two solvers disagree");
}

enum Start {
    Known(Contract),
    AtLeast(Contract),
}

enum Family<'f> {
    Given(&'f [Body]),
    Built(Option<Rc<Vec<Body>>>),
}

/// Each parameter standing for itself.
pub fn identity(cx: &Cx<'_>, def: DefId) -> Binding {
    let args = cx.shapes.typed.signatures.generics_of(def).identity();
    let slots = args.iter().enumerate().map(|(at, arg)| match arg {
        GenericArg::Ty(_) => Some(vec![cx.param(at as u32)]),
        GenericArg::Const(_) => None,
    });
    Binding { args, slots: slots.collect() }
}

/// What the types of a signature imply, as parts.
fn implied_parts(cx: &Cx<'_>, signature: &Signature, binding: &Binding) -> Vec<(Part, Part)> {
    let mut implied = Vec::new();
    signature.params.iter().chain([&signature.ret]).for_each(|it| cx.implied(it, &mut implied));
    let parts = |origin: Origin| -> Vec<Part> {
        let direct = signature.directs.iter().position(|&it| it == origin);
        let params = binding
            .slots
            .iter()
            .enumerate()
            .filter(|(_, slots)| slots.as_ref().is_some_and(|slots| slots.contains(&origin)));
        params.map(|(at, _)| Part::Param(at as u32)).chain(direct.map(|at| Part::Direct(at as u32))).collect()
    };
    let pairs = implied.iter().flat_map(|&(from, to)| {
        let to = parts(to);
        parts(from).into_iter().flat_map(move |from| to.clone().into_iter().map(move |to| (from, to)))
    });
    pairs.collect()
}

/// Others rely on elision. What implements a protocol has the visibility of nothing by itself.
fn is_public(typed: &Typed<'_>, def: DefId) -> bool {
    let it = typed.package.def(def);
    let implements = it.parent.and_then(|parent| typed.signatures.implementation(parent));
    it.vis == Visibility::Public && implements.is_none_or(|it| it.protocol.is_none())
}

/// References come from raw pointers: of what they are is not to be seen.
fn is_unsafe(body: &Body) -> bool {
    let is_pointer = |ty: typeck::Ty| matches!(ty.kind(), TyKind::RawPtr(..));
    let is_behind = |place: &mir::Place| {
        let mut ty = body.locals[place.local].ty;
        place.projection.iter().any(|elem| {
            let found = *elem == mir::PlaceElem::Deref && is_pointer(ty);
            ty = elem.ty_of(ty);
            found
        })
    };
    body.blocks.iter().any(|block| {
        let lends = block.statements.iter().any(|statement| {
            matches!(&statement.kind, mir::StatementKind::Assign(_, mir::Rvalue::Ref(_, of)) if is_behind(of))
        });
        let calls = matches!(&block.terminator.kind, mir::TerminatorKind::Call { args, .. }
            if args.iter().any(|arg| is_pointer(arg.ty(&body.locals))));
        lends || calls
    })
}

fn body_of(typed: &Typed<'_>, def: DefId) -> Option<BodyId> {
    if typed.package.def(def).kind != DefKind::Fn {
        return None;
    }
    if let Some(Item::Fn(function)) = typed.package.item(def) { function.body } else { None }
}

/// Rule 7: pairs of universal origins.
fn flows(gathered: &Gathered) -> Vec<(Origin, Origin)> {
    let mut found = Vec::new();
    if gathered.sinks.is_empty() {
        return found;
    }
    let graph = Graph::new(&gathered.facts);
    let sources = gathered.parts.iter().map(|&(origin, _)| origin).chain(gathered.closure_self);
    for from in sources {
        let reached = graph.reach(from);
        let sinks = gathered.parts.iter().map(|&(origin, _)| origin);
        for to in sinks.filter(|to| gathered.sinks.contains(to) || is_param(gathered, *to)) {
            if to != from && reached.contains(to) && !gathered.implied.contains(&(from, to)) {
                found.push((from, to));
            }
        }
    }
    found
}

fn is_param(gathered: &Gathered, origin: Origin) -> bool {
    gathered.parts.iter().any(|&(it, part)| it == origin && matches!(part, Part::Param(_)))
}
