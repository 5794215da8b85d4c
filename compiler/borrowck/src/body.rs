//! A body as facts: what each instruction does to origins and loans.
//!
//! In: a body in phase `Built`, contracts of what it calls. Out: [`Gathered`]: its facts but for liveness.
//!
//! ```text
//! _3 = &mut (*_1).name     loan of (*_1).name, in '7; '_1 ⊆ '7 (rule 3); '7 ⊆ '_3
//! ```
//!
//! 1. Each variable has a type with fresh origins. The origins of the signature are universal: they live everywhere. On
//!    entry parameters go into their variables, on return `_0` goes into the result.
//! 2. An assignment relates the type of the value to the type of the place, by variance.
//! 3. `&place` begins a loan, held by a fresh origin that goes into the new reference. Where the place is behind references,
//!    the new one holds what they hold: walking back from the end of the path, through `&mut` and boxes, to the first `&`
//!    or raw pointer. It also holds what the type of the place holds: a reference does not outlive what is behind it.
//! 4. A place behind `&` or a raw pointer needs no loan: nobody can write there, or nobody answers for it.
//! 5. Assigning a variable, or its end, kills the loans of it and of what it leads to: the path is another place now.
//! 6. A constant holds nothing.
//! 7. A cast that keeps a value keeps its origins. A `dyn` holds all that the value behind it holds.

use crate::calls::Escape;
use crate::contracts::{Part, Signature};
use crate::facts::{Facts, Loan};
use crate::regioned::{Binding, Cx, Origin, Point, Regioned};
use crate::shapes::SlotKind;
use base::{Idx, IndexVec};
use mir::dataflow::Location;
use mir::*;
use typeck::{FieldIdx, GenericArg, Mutability, Ty, TyKind, VariantIdx};

/// A borrow, in the body's terms.
#[derive(Clone, Debug)]
pub struct LoanInfo {
    pub place: Place,
    pub mutability: Mutability,
    pub at: Location,
    /// The temporary that holds it until the call that it is made for: until then it only reads.
    pub two_phase: Option<Local>,
}

pub struct Gathered {
    pub facts: Facts,
    pub loans: IndexVec<Loan, LoanInfo>,
    pub locals: IndexVec<Local, Regioned>,
    /// The universal origins that a contract speaks of.
    pub parts: Vec<(Origin, Part)>,
    /// Which of them callers see changed: those of the result, and what is behind `&mut` in a parameter.
    pub sinks: Vec<Origin>,
    /// A closure's reference to itself.
    pub closure_self: Option<Origin>,
    /// Between universal origins: what a type of the signature implies.
    pub implied: Vec<(Origin, Origin)>,
    pub signature: Option<Signature>,
    pub escapes: Vec<Escape>,
    pub points: Points,
}

/// Points and where they are.
#[derive(Clone, Debug, Default)]
pub struct Points {
    /// `None` of blocks that clean up.
    first: Vec<Option<Point>>,
    locations: IndexVec<Point, Location>,
}

impl Points {
    pub fn new(body: &Body) -> Points {
        let mut points = Points::default();
        for (block, here) in body.blocks.iter_enumerated() {
            if here.is_cleanup {
                points.first.push(None);
                continue;
            }
            points.first.push(Some(Point(points.locations.len() as u32)));
            for statement in 0..=here.statements.len() {
                points.locations.push(Location { block, statement });
            }
        }
        points
    }
    pub fn of(&self, at: Location) -> Option<Point> {
        Some(Point(self.first[at.block.index()]?.0 + at.statement as u32))
    }
    pub fn first(&self, block: BlockId) -> Option<Point> {
        self.first[block.index()]
    }
    pub fn location(&self, point: Point) -> Location {
        self.locations[point]
    }
}

pub struct Gatherer<'b, 'a> {
    pub body: &'b Body,
    pub calls: Cx<'a>,
    locals: IndexVec<Local, Regioned>,
    loans: IndexVec<Loan, LoanInfo>,
    facts: Facts,
    points: Points,
    /// Of temporaries that are assigned once and used once, by a call.
    two_phase: Vec<bool>,
    result: Regioned,
    /// Places that are other ones from a point on.
    changed: Vec<(Point, Place)>,
}

impl<'b, 'a> Gatherer<'b, 'a> {
    pub fn gather(body: &'b Body, calls: Cx<'a>) -> Gathered {
        let locals = body.locals.iter().map(|decl| calls.fresh_type(decl.ty)).collect();
        let mut gatherer = Gatherer {
            body,
            calls,
            locals,
            loans: IndexVec::new(),
            facts: Facts::default(),
            points: Points::new(body),
            two_phase: two_phase(body),
            result: Regioned { ty: Ty::unit(), slots: Vec::new() },
            changed: Vec::new(),
        };
        let mut gathered = gatherer.enter();
        for (local, decl) in body.locals.iter_enumerated() {
            if !gatherer.locals[local].slots.is_empty() && gatherer.calls.escapes.borrow().is_empty() {
                gatherer.calls.check_signatures(decl.ty);
                gatherer.calls.escapes.borrow_mut().iter_mut().for_each(|it| it.span = Some(decl.span));
            }
        }
        for (block, here) in body.blocks.iter_enumerated().filter(|(_, here)| !here.is_cleanup) {
            for (statement, it) in here.statements.iter().enumerate() {
                gatherer.at(Location { block, statement });
                gatherer.statement(&it.kind, Location { block, statement });
            }
            let at = Location { block, statement: here.statements.len() };
            gatherer.at(at);
            gatherer.terminator(&here.terminator.kind);
        }
        gatherer.finish(&mut gathered);
        gathered
    }

    fn at(&self, location: Location) {
        if let Some(point) = self.points.of(location) {
            self.calls.point.set(point);
        }
    }

    /// Rule 1.
    fn enter(&mut self) -> Gathered {
        let calls = &self.calls;
        calls.point.set(Point(0));
        let mut parts: Vec<(Origin, Part)> = vec![(crate::regioned::STATIC, Part::Static)];
        for (at, &origin) in calls.params.iter().enumerate() {
            parts.push((origin, Part::Param(at as u32)));
        }
        let mut sinks = vec![crate::regioned::STATIC];
        let (mut params, mut ret) = (Vec::new(), None);
        let mut signature = None;
        let mut closure_self = None;
        match self.body.source {
            Source::Fn(def) => {
                let args = calls.shapes.typed.signatures.generics_of(def).identity();
                let slots = args.iter().enumerate().map(|(at, arg)| match arg {
                    GenericArg::Ty(_) => Some(vec![calls.param(at as u32)]),
                    GenericArg::Const(_) => None,
                });
                let binding = Binding { args, slots: slots.collect() };
                if let Some(own) = calls.signature(def, &binding, &mut || calls.fresh()) {
                    for (at, &origin) in own.directs.iter().enumerate() {
                        parts.push((origin, Part::Direct(at as u32)));
                    }
                    params = own.params.clone();
                    ret = Some(own.ret.clone());
                    signature = Some(own);
                }
            }
            Source::Closure(_) => {
                // The reference to itself is no part of the contract.
                let own = self.body.locals[Local(1)].ty;
                let skip = matches!(own.kind(), TyKind::Ref(..));
                let mut number = 0;
                for local in (1..=self.body.arg_count as u32).chain([0]).map(Local) {
                    let mut first = local == Local(1) && skip;
                    let regioned = calls.type_with(calls.normalise(self.body.locals[local].ty), &mut || {
                        let origin = calls.fresh();
                        if std::mem::take(&mut first) {
                            closure_self = Some(origin);
                        } else {
                            parts.push((origin, Part::Direct(number)));
                            number += 1;
                        }
                        origin
                    });
                    match local {
                        RETURN => ret = Some(regioned),
                        _ => params.push(regioned),
                    }
                }
            }
            Source::Const(_) | Source::Promoted(_) | Source::Test(_) | Source::Shim => {}
        }
        let mut implied = calls.implied_by_bounds();
        for (at, param) in params.iter().enumerate() {
            let local = Local(at as u32 + 1);
            if param.slots.len() != self.locals[local].slots.len() {
                self.locals[local] = calls.fresh_type(param.ty);
            }
            calls.relate(param, &self.locals[local]);
            calls.implied(param, &mut implied);
            for (slot, &origin) in calls.shapes.of(param.ty).iter().zip(&param.slots) {
                if slot.kind == SlotKind::Direct && slot.variance != crate::shapes::Variance::Co {
                    sinks.push(origin);
                }
            }
        }
        if let Some(ret) = ret {
            calls.implied(&ret, &mut implied);
            sinks.extend(&ret.slots);
            if ret.slots.len() != self.locals[RETURN].slots.len() {
                self.locals[RETURN] = calls.fresh_type(ret.ty);
            }
            self.result = ret;
        }
        sinks.sort();
        sinks.dedup();
        implied.iter().for_each(|&(from, to)| calls.edge(from, to));
        self.facts.universal = parts.iter().map(|&(origin, _)| origin).chain(closure_self).collect();
        self.facts.universal.push(crate::regioned::STATIC);
        self.facts.universal.sort();
        self.facts.universal.dedup();
        Gathered {
            facts: Facts::default(),
            loans: IndexVec::new(),
            locals: IndexVec::new(),
            parts,
            sinks,
            closure_self,
            implied,
            signature,
            escapes: Vec::new(),
            points: Points::default(),
        }
    }

    fn finish(mut self, gathered: &mut Gathered) {
        self.kills();
        let mut facts = self.facts;
        facts.origins = self.calls.count();
        facts.subsets = self.calls.edges.take();
        facts.subsets.sort_unstable();
        facts.subsets.dedup();
        facts.killed.sort_unstable();
        for (block, here) in self.body.blocks.iter_enumerated().filter(|(_, here)| !here.is_cleanup) {
            let Some(first) = self.points.first(block) else { continue };
            for at in 0..here.statements.len() as u32 {
                facts.successors.push(vec![Point(first.0 + at + 1)]);
            }
            let successors = here.terminator.kind.successors();
            facts.successors.push(successors.filter_map(|to| self.points.first(to)).collect());
        }
        gathered.facts = facts;
        gathered.loans = self.loans;
        gathered.locals = self.locals;
        gathered.escapes = self.calls.escapes.take();
        gathered.points = self.points;
    }

    fn statement(&mut self, statement: &StatementKind, at: Location) {
        match statement {
            StatementKind::Assign(place, rvalue) => {
                self.assign(place, rvalue, at);
                self.kill(place);
            }
            StatementKind::StorageLive(local) | StatementKind::StorageDead(local) => {
                self.kill(&Place::local(*local));
            }
            StatementKind::SetDiscriminant(..) | StatementKind::Nop => {}
        }
    }

    /// Rule 5.
    fn kill(&mut self, place: &Place) {
        let point = self.calls.point.get();
        let is_fixed = |elem: &PlaceElem| {
            matches!(elem, PlaceElem::Deref | PlaceElem::Field(..) | PlaceElem::Downcast(_))
        };
        if !place.projection.iter().all(is_fixed) {
            return;
        }
        // Loans that begin later in the text may be there already, in a loop.
        self.changed.push((point, place.clone()));
    }

    fn kills(&mut self) {
        let mut of_local: IndexVec<Local, Vec<Loan>> =
            IndexVec::from_elem(Vec::new(), self.body.locals.len());
        for (loan, info) in self.loans.iter_enumerated() {
            of_local[info.place.local].push(loan);
        }
        for (point, place) in &self.changed {
            for &loan in &of_local[place.local] {
                if self.loans[loan].place.projection.starts_with(&place.projection) {
                    self.facts.killed.push((*point, loan));
                }
            }
        }
    }

    fn assign(&mut self, place: &Place, rvalue: &Rvalue, at: Location) {
        let to = self.place(place);
        if to.slots.is_empty() && !matches!(rvalue, Rvalue::Ref(..)) {
            return;
        }
        match rvalue {
            Rvalue::Use(operand) | Rvalue::Repeat(operand, _) => {
                let from = self.operand(operand);
                self.calls.relate(&from, &to);
            }
            Rvalue::Ref(mutability, of) => self.borrow(&to, place, *mutability, of, at),
            Rvalue::AddressOf(_, of) => {
                let from = self.place(of);
                let to = self.calls.deref(&to);
                self.calls.relate(&from, &to);
            }
            Rvalue::Cast(op, operand, ty) => self.cast(*op, operand, *ty, &to),
            Rvalue::Aggregate(kind, operands) => self.aggregate(kind, operands, &to),
            Rvalue::Len(_)
            | Rvalue::Binary(..)
            | Rvalue::CheckedBinary(..)
            | Rvalue::Unary(..)
            | Rvalue::Discriminant(_) => {}
        }
    }

    /// Rules 3 and 4.
    fn borrow(&mut self, to: &Regioned, dest: &Place, mutability: Mutability, of: &Place, at: Location) {
        let calls = &self.calls;
        let held = self.place(of);
        let Some((&reference, inner)) = to.slots.split_first() else { return };
        let origin = calls.fresh();
        calls.edge(origin, reference);
        held.slots.iter().for_each(|&it| calls.edge(it, origin));
        // The type behind the reference.
        if inner.len() == held.slots.len() {
            let shape = calls.shapes.of(to.ty);
            for (slot, (&from, &to)) in shape[1..].iter().zip(held.slots.iter().zip(inner)) {
                match slot.variance {
                    crate::shapes::Variance::Bi => {}
                    crate::shapes::Variance::Co => calls.edge(from, to),
                    crate::shapes::Variance::Contra => calls.edge(to, from),
                    crate::shapes::Variance::Inv => calls.equate(from, to),
                }
            }
        } else {
            calls.mix(&held.slots, inner);
        }
        let mut is_tracked = true;
        let mut base = self.locals[of.local].clone();
        let mut bases = Vec::new();
        let mut variant = VariantIdx(0);
        for elem in &of.projection {
            bases.push(base.clone());
            base = self.step(&base, elem, &mut variant);
        }
        for (elem, base) in of.projection.iter().zip(&bases).rev() {
            if *elem != PlaceElem::Deref {
                continue;
            }
            if let TyKind::Ref(_, _, mutability) = base.ty.kind() {
                if let Some(&through) = base.slots.first() {
                    calls.edge(through, origin);
                }
                if *mutability == Mutability::Shared {
                    is_tracked = false;
                    break;
                }
            } else if let TyKind::RawPtr(..) = base.ty.kind() {
                is_tracked = false;
                break;
            }
        }
        if is_tracked {
            let two_phase = (mutability == Mutability::Mut
                && dest.projection.is_empty()
                && self.two_phase[dest.local.index()])
            .then_some(dest.local);
            self.loans.push(LoanInfo { place: of.clone(), mutability, at, two_phase });
            self.facts.loans.push((calls.point.get(), origin));
        }
    }

    /// Rule 7.
    fn cast(&self, op: CastOp, operand: &Operand, ty: Ty, to: &Regioned) {
        let calls = &self.calls;
        let from = self.operand(operand);
        match op {
            CastOp::Unsize | CastOp::Transmute | CastOp::PtrToPtr => {
                if from.slots.len() == to.slots.len() {
                    calls.relate(&from, to);
                } else if op != CastOp::PtrToPtr {
                    calls.mix(&from.slots, &to.slots);
                }
            }
            CastOp::ToDyn => calls.to_dyn(&from, to),
            CastOp::ReifyFn => calls.to_pointer(&from, ty),
            CastOp::IntToInt
            | CastOp::IntToFloat
            | CastOp::FloatToInt
            | CastOp::FloatToFloat
            | CastOp::PtrToInt
            | CastOp::IntToPtr
            | CastOp::FnToPtr => {}
        }
    }

    fn aggregate(&self, kind: &AggregateKind, operands: &[Operand], to: &Regioned) {
        let calls = &self.calls;
        for (at, operand) in operands.iter().enumerate() {
            let from = self.operand(operand);
            if from.slots.is_empty() {
                continue;
            }
            let field = FieldIdx(at as u32);
            let target = match kind {
                AggregateKind::Tuple | AggregateKind::Closure(..) => {
                    calls.field(to, VariantIdx(0), field, from.ty)
                }
                AggregateKind::Adt(_, variant, _) => calls.field(to, *variant, field, from.ty),
                AggregateKind::Array(_) => Regioned { ty: from.ty, slots: to.slots.clone() },
                AggregateKind::RawSlice(_) => {
                    calls.mix(&from.slots, &to.slots);
                    continue;
                }
            };
            calls.relate(&from, &target);
        }
    }

    fn terminator(&mut self, terminator: &TerminatorKind) {
        match terminator {
            TerminatorKind::Call { callee, args, destination, .. } => {
                let to = self.place(destination);
                let from: Vec<Regioned> = args.iter().map(|arg| self.operand(arg)).collect();
                self.call(callee, &from, &to);
                self.kill(destination);
            }
            TerminatorKind::Return => {
                let (from, to) = (self.locals[RETURN].clone(), self.result.clone());
                self.calls.relate(&from, &to);
            }
            TerminatorKind::Goto(_)
            | TerminatorKind::Switch { .. }
            | TerminatorKind::Resume
            | TerminatorKind::Abort
            | TerminatorKind::Unreachable
            | TerminatorKind::Drop { .. }
            | TerminatorKind::Assert { .. } => {}
        }
    }

    fn call(&self, callee: &Callee, args: &[Regioned], to: &Regioned) {
        let calls = &self.calls;
        if to.slots.is_empty() && args.iter().all(|arg| arg.slots.is_empty()) {
            return;
        }
        match callee {
            Callee::Def(def, generic) => {
                let protocol = calls.shapes.typed.signatures.protocol_of_member(*def);
                if protocol.is_some_and(|protocol| calls.shapes.is_callable_protocol(protocol))
                    && let [value, args @ ..] = args
                {
                    // `self` is a reference to the callee, or the callee.
                    let is_reference = calls
                        .shapes
                        .typed
                        .signatures
                        .function(*def)
                        .is_some_and(|it| it.receiver != Some(hir::Receiver::Value));
                    let value = match (is_reference, value.ty.kind()) {
                        (true, TyKind::Ref(..)) => calls.deref(value),
                        (_, _) => value.clone(),
                    };
                    return calls.call_value(&value, args, to);
                }
                let binding = calls.fresh_binding(*generic);
                calls.call_function(*def, &binding, args, to);
            }
            Callee::Pointer(operand) => calls.call_value(&self.operand(operand), args, to),
            Callee::Instance(_) | Callee::Intrinsic(..) | Callee::Runtime(_) => {}
        }
    }

    /// Rule 6.
    fn operand(&self, operand: &Operand) -> Regioned {
        match operand {
            Operand::Copy(place) | Operand::Move(place) => self.place(place),
            Operand::Const(constant) => self.calls.fresh_type(constant.ty),
        }
    }

    pub fn place(&self, place: &Place) -> Regioned {
        let local = &self.locals[place.local];
        if place.projection.is_empty() || local.slots.is_empty() {
            let ty = place.projection.iter().fold(local.ty, |ty, elem| elem.ty_of(ty));
            if place.projection.is_empty() {
                return local.clone();
            }
            // Nothing in it, nothing in a part of it; but what a raw pointer leads to.
            return self.calls.fresh_type(ty);
        }
        let mut variant = VariantIdx(0);
        place.projection.iter().fold(local.clone(), |of, elem| self.step(&of, elem, &mut variant))
    }

    fn step(&self, of: &Regioned, elem: &PlaceElem, variant: &mut VariantIdx) -> Regioned {
        match elem {
            PlaceElem::Deref => {
                *variant = VariantIdx(0);
                self.calls.deref(of)
            }
            PlaceElem::Field(field, ty) => {
                let from = std::mem::replace(variant, VariantIdx(0));
                self.calls.field(of, from, *field, *ty)
            }
            PlaceElem::Index(_) | PlaceElem::ConstantIndex { .. } | PlaceElem::Subslice { .. } => {
                Regioned { ty: elem.ty_of(of.ty), slots: of.slots.clone() }
            }
            PlaceElem::Downcast(index) => {
                *variant = *index;
                of.clone()
            }
        }
    }
}

/// Temporaries that are made by one `&mut` and used once, by a call.
fn two_phase(body: &Body) -> Vec<bool> {
    #[derive(Clone, Copy, Default)]
    struct Seen {
        made: u32,
        used: u32,
        other: bool,
    }
    let mut seen = vec![Seen::default(); body.locals.len()];
    let mut look = |place: &Place, what: visit::Use| {
        let of = &mut seen[place.local.index()];
        match what {
            visit::Use::Assign if place.projection.is_empty() => of.made += 1,
            visit::Use::Move | visit::Use::Copy if place.projection.is_empty() => of.used += 1,
            visit::Use::Move
            | visit::Use::Copy
            | visit::Use::Assign
            | visit::Use::Borrow(_)
            | visit::Use::AddressOf(_)
            | visit::Use::Inspect
            | visit::Use::Drop
            | visit::Use::SetDiscriminant => of.other = true,
        }
    };
    let mut passed = vec![false; body.locals.len()];
    for here in body.blocks.iter().filter(|here| !here.is_cleanup) {
        for statement in &here.statements {
            statement.kind.for_each_place(&mut look);
        }
        here.terminator.kind.for_each_place(&mut look);
        if let TerminatorKind::Call { args, .. } = &here.terminator.kind {
            for place in args.iter().filter_map(Operand::place) {
                passed[place.local.index()] |= place.projection.is_empty();
            }
        }
    }
    body.locals
        .iter_enumerated()
        .map(|(local, decl)| {
            let of = seen[local.index()];
            decl.name.is_none() && of.made == 1 && of.used == 1 && !of.other && passed[local.index()]
        })
        .collect()
}
