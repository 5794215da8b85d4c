//! Is this body what its phase promises? Checks ourselves, never the user.
//!
//! In: a [`Body`]. Out: nothing, or everything that is wrong with it. A body that passes has these properties:
//!
//! Always
//!  1. There is an entry block, and it is not a cleanup block; nothing jumps to it from a cleanup block.
//!  2. Every block, local and scope that is named exists; `_0` and the parameters are among the locals.
//!  3. Cleanup: an unwind edge leads to a cleanup block, any other edge of an ordinary block to an ordinary one;
//!     a cleanup block leads to cleanup blocks only. `resume` and `abort` stand in cleanup blocks, `return` does not.
//!     In a cleanup block an unwind edge leads to a block that aborts.
//!  4. A path fits the type of its local: only pointers are dereferenced, only arrays and slices indexed (by a `usize`).
//!  5. `copy`, `move` and borrowed places assign to a place of their type (as far as projections let us know);
//!     comparisons give `bool`; checked operations a pair; `switch` looks at an integer, `bool` or `char`.
//!  6. A local with `live` is used only where it is live on every way.
//!
//! `Built`, `Lowered`
//!  7. Calls name definitions, constants name items; nothing names an instance or evaluated memory.
//!
//! `Mono`, `Optimised`
//!  8. The opposite of 7, and no type holds a parameter, projection or opaque type.

use crate::dataflow::{Analysis, BitSet, Direction, Location, solve};
use crate::names::{Names, ty_text};
use crate::visit::Use;
use crate::*;
use base::Idx;
use hir::PrimTy;
use typeck::{Const, Region, Subst, Ty, TyKind};

/// A broken property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub at: Option<Location>,
    pub message: String,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.at {
            Some(at) => write!(f, "{}[{}]: {}", at.block, at.statement, self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// `Err`: everything that is wrong, in order.
pub fn verify(body: &Body, names: &dyn Names) -> Result<(), Vec<Broken>> {
    let mut verifier = Verifier { body, names, broken: Vec::new(), at: None };
    verifier.body();
    // What follows would index with what has just been found missing.
    if verifier.broken.is_empty() {
        verifier.storage();
    }
    match verifier.broken.is_empty() {
        true => Ok(()),
        false => Err(verifier.broken),
    }
}

/// Panics with the body's text, naming who broke it.
pub fn assert_valid(body: &Body, names: &dyn Names, after: &str) {
    if let Err(broken) = verify(body, names) {
        let list: Vec<String> = broken.iter().map(Broken::to_string).collect();
        panic!("after {after}:\n{}\n\n{}", list.join("\n"), body.display(names));
    }
}

struct Verifier<'a> {
    body: &'a Body,
    names: &'a dyn Names,
    broken: Vec<Broken>,
    at: Option<Location>,
}

impl Verifier<'_> {
    fn broken(&mut self, message: impl Into<String>) {
        self.broken.push(Broken { at: self.at, message: message.into() });
    }

    fn body(&mut self) {
        let body = self.body;
        if body.blocks.is_empty() || body.blocks[ENTRY].is_cleanup {
            self.broken("there is no ordinary entry block");
            return;
        }
        if body.locals.len() <= body.arg_count {
            self.broken("parameters are missing among the locals");
            return;
        }
        for decl in body.locals.iter() {
            self.ty(decl.ty);
        }
        for variable in &body.variables {
            self.scope(variable.scope);
            self.place(&variable.place);
        }
        for (block, data) in body.blocks.iter_enumerated() {
            for (statement, it) in data.statements.iter().enumerate() {
                self.at = Some(Location { block, statement });
                self.scope(it.info.scope);
                self.statement(&it.kind);
            }
            self.at = Some(Location { block, statement: data.statements.len() });
            self.scope(data.terminator.info.scope);
            self.terminator(data, &data.terminator.kind);
        }
        self.at = None;
    }

    fn scope(&mut self, scope: ScopeId) {
        if self.body.scopes.get(scope).is_none() {
            self.broken(format!("{scope} does not exist"));
        }
    }
    fn local(&mut self, local: Local) -> bool {
        let known = self.body.locals.get(local).is_some();
        if !known {
            self.broken(format!("{local} does not exist"));
        }
        known
    }
    fn is_mono(&self) -> bool {
        self.body.phase >= Phase::Mono
    }

    fn ty(&mut self, ty: Ty) {
        if self.is_mono() && !is_concrete(ty) {
            self.broken(format!("`{}` is not concrete", ty_text(self.names, ty)));
        }
    }

    fn place(&mut self, place: &Place) -> Option<Ty> {
        if !self.local(place.local) {
            return None;
        }
        for elem in &place.projection {
            match elem {
                PlaceElem::Index(local) => {
                    if self.local(*local) && self.body.locals[*local].ty != Ty::usize() {
                        self.broken(format!("{local} is an index but no `usize`"));
                    }
                }
                PlaceElem::Field(_, ty) => self.ty(*ty),
                PlaceElem::Deref
                | PlaceElem::ConstantIndex { .. }
                | PlaceElem::Subslice { .. }
                | PlaceElem::Downcast(_) => {}
            }
        }
        let mut ty = self.body.locals[place.local].ty;
        for elem in &place.projection {
            match place_ty::project(ty, elem) {
                Some(next) => ty = next,
                // What a projection or opaque type is, is known only later.
                None if !self.is_mono()
                    && matches!(ty.kind(), TyKind::Projection(..) | TyKind::Opaque(..)) =>
                {
                    return None;
                }
                None if !self.is_mono() && matches!(elem, PlaceElem::Subslice { .. }) => return None,
                None => {
                    self.broken(format!("{} does not fit its local's type", place.display(self.names)));
                    return None;
                }
            }
        }
        Some(ty)
    }

    fn operand(&mut self, operand: &Operand) -> Option<Ty> {
        match operand {
            Operand::Copy(place) | Operand::Move(place) => self.place(place),
            Operand::Const(constant) => {
                self.ty(constant.ty);
                let early = matches!(
                    constant.value,
                    ConstValue::Def(..) | ConstValue::Promoted(..) | ConstValue::Ty(_)
                );
                let late = matches!(constant.value, ConstValue::Memory(_) | ConstValue::FnPtr(_));
                if (early && self.is_mono()) || (late && !self.is_mono()) {
                    self.broken(format!("`{}` is of another phase", constant.display(self.names)));
                }
                Some(constant.ty)
            }
        }
    }

    /// Two types that must be one, as far as we can know.
    fn same(&mut self, found: Option<Ty>, wanted: Option<Ty>, what: &str) {
        let (Some(found), Some(wanted)) = (found, wanted) else { return };
        if erase(found) != erase(wanted) && (self.is_mono() || (is_plain(found) && is_plain(wanted))) {
            let (found, wanted) = (ty_text(self.names, found), ty_text(self.names, wanted));
            self.broken(format!("{what} is a `{found}`, not a `{wanted}`"));
        }
    }

    fn statement(&mut self, kind: &StatementKind) {
        match kind {
            StatementKind::Assign(place, rvalue) => {
                let wanted = self.place(place);
                let found = self.rvalue(rvalue);
                self.same(found, wanted, "what is assigned");
            }
            StatementKind::SetDiscriminant(place, _) => {
                self.place(place);
            }
            StatementKind::StorageLive(local) | StatementKind::StorageDead(local) => {
                if self.local(*local) && local.index() <= self.body.arg_count {
                    self.broken(format!("{local} is live all the time"));
                }
            }
            StatementKind::Nop => {}
        }
    }

    fn rvalue(&mut self, rvalue: &Rvalue) -> Option<Ty> {
        match rvalue {
            Rvalue::Use(operand) => self.operand(operand),
            Rvalue::Repeat(operand, count) => {
                let elem = self.operand(operand)?;
                Some(Ty::new(TyKind::Array(elem, *count)))
            }
            Rvalue::Ref(mutability, place) => Some(Ty::reference(self.place(place)?, *mutability)),
            Rvalue::AddressOf(mutability, place) => {
                Some(Ty::new(TyKind::RawPtr(self.place(place)?, *mutability)))
            }
            Rvalue::Len(place) => {
                let ty = self.place(place)?;
                if !matches!(ty.kind(), TyKind::Array(..) | TyKind::Slice(_) | TyKind::Prim(hir::PrimTy::Str))
                {
                    self.broken("only arrays, slices and texts have a length");
                }
                Some(Ty::usize())
            }
            Rvalue::Cast(_, operand, ty) => {
                self.operand(operand);
                self.ty(*ty);
                Some(*ty)
            }
            Rvalue::Binary(op, lhs, rhs) => {
                let (lhs, rhs) = (self.operand(lhs), self.operand(rhs));
                if !matches!(op, BinOp::Shl | BinOp::Shr | BinOp::Offset) {
                    self.same(rhs, lhs, "the right operand");
                }
                if op.is_comparison() { Some(Ty::bool()) } else { lhs }
            }
            Rvalue::CheckedBinary(op, lhs, rhs) => {
                let (lhs, rhs) = (self.operand(lhs), self.operand(rhs));
                match op {
                    BinOp::Add | BinOp::Sub | BinOp::Mul => self.same(rhs, lhs, "the right operand"),
                    BinOp::Shl | BinOp::Shr => {}
                    BinOp::Div
                    | BinOp::Rem
                    | BinOp::BitAnd
                    | BinOp::BitOr
                    | BinOp::BitXor
                    | BinOp::Eq
                    | BinOp::Ne
                    | BinOp::Lt
                    | BinOp::Le
                    | BinOp::Gt
                    | BinOp::Ge
                    | BinOp::Offset => self.broken(format!("`{}` cannot be checked", op.name())),
                }
                Some(Ty::tuple(&[lhs?, Ty::bool()]))
            }
            Rvalue::Unary(_, operand) => self.operand(operand),
            Rvalue::Discriminant(place) => {
                self.place(place);
                Some(Ty::prim(PrimTy::Isize))
            }
            Rvalue::Aggregate(kind, operands) => {
                let tys: Option<Vec<Ty>> = operands.iter().map(|operand| self.operand(operand)).collect();
                match kind {
                    AggregateKind::Tuple => Some(Ty::tuple(&tys?)),
                    AggregateKind::Array(elem) => {
                        Some(Ty::new(TyKind::Array(*elem, Const::Value(operands.len() as u128))))
                    }
                    AggregateKind::Adt(def, _, args) => Some(Ty::adt(*def, *args)),
                    AggregateKind::Closure(id, args) => Some(Ty::new(TyKind::Closure(*id, *args))),
                    AggregateKind::RawSlice(_) => None,
                }
            }
        }
    }

    fn terminator(&mut self, block: &Block, kind: &TerminatorKind) {
        for successor in kind.successors() {
            let Some(to) = self.body.blocks.get(successor) else {
                self.broken(format!("{successor} does not exist"));
                continue;
            };
            if block.is_cleanup && !to.is_cleanup {
                self.broken(format!("a cleanup block goes on to {successor}, which is none"));
            }
        }
        self.edges(block, kind);
        match kind {
            TerminatorKind::Goto(_) | TerminatorKind::Unreachable => {}
            TerminatorKind::Return => {
                if block.is_cleanup {
                    self.broken("a cleanup block returns");
                }
            }
            TerminatorKind::Resume | TerminatorKind::Abort => {
                if !block.is_cleanup {
                    self.broken("only a cleanup block resumes or aborts");
                }
            }
            TerminatorKind::Switch { operand, .. } => {
                let ty = self.operand(operand);
                let is_switchable = |ty: Ty| {
                    if let TyKind::Prim(prim) = *ty.kind() {
                        prim.integer().is_some() || matches!(prim, PrimTy::Bool | PrimTy::Char)
                    } else {
                        false
                    }
                };
                if ty.is_some_and(|ty| is_plain(ty) && !is_switchable(ty)) {
                    self.broken("a switch looks at an integer, `bool` or `char`");
                }
            }
            TerminatorKind::Drop { place, .. } => {
                self.place(place);
            }
            TerminatorKind::Call { callee, args, destination, .. } => {
                let late = match callee {
                    Callee::Def(..) => Some(false),
                    Callee::Instance(_) | Callee::Intrinsic(..) | Callee::Runtime(_) => Some(true),
                    Callee::Pointer(operand) => {
                        self.operand(operand);
                        None
                    }
                };
                if late.is_some_and(|late| late != self.is_mono()) {
                    self.broken(format!("the callee `{}` is of another phase", callee.display(self.names)));
                }
                for arg in args {
                    self.operand(arg);
                }
                self.place(destination);
            }
            TerminatorKind::Assert { operand, message, .. } => {
                let ty = self.operand(operand);
                self.same(ty, Some(Ty::bool()), "what is asserted");
                if let AssertMessage::Bounds { index, len } = message {
                    self.operand(index);
                    self.operand(len);
                }
            }
        }
    }

    /// Property 3.
    fn edges(&mut self, block: &Block, kind: &TerminatorKind) {
        let unwind = kind.unwind().and_then(|unwind| Some((unwind, self.body.blocks.get(unwind)?)));
        if let Some((id, to)) = unwind {
            if !to.is_cleanup {
                self.broken(format!("{id} is where unwinding goes, but no cleanup block"));
            }
            if block.is_cleanup && !matches!(to.terminator.kind, TerminatorKind::Abort) {
                self.broken(format!("a panic while unwinding goes on to {id}, which does not abort"));
            }
        }
        let mut ordinary = kind.successors();
        if kind.unwind().is_some() {
            ordinary.next_back();
        }
        for id in ordinary {
            if !block.is_cleanup && self.body.blocks.get(id).is_some_and(|to| to.is_cleanup) {
                self.broken(format!("{id} is a cleanup block, but nothing unwinds here"));
            }
        }
    }

    /// Property 6.
    fn storage(&mut self) {
        let body = self.body;
        let results = solve(body, MaybeDead::new(body));
        for (block, data) in body.blocks.iter_enumerated() {
            if !results.reached[block] {
                continue;
            }
            let mut state = results.states[block].clone();
            for (statement, it) in data.statements.iter().enumerate() {
                self.at = Some(Location { block, statement });
                it.kind.for_each_place(&mut |place, what| self.live(&state, place, what));
                results.analysis.statement(&mut state, it, Location { block, statement });
            }
            self.at = Some(Location { block, statement: data.statements.len() });
            data.terminator.kind.for_each_place(&mut |place, what| self.live(&state, place, what));
        }
        self.at = None;
    }

    fn live(&mut self, dead: &BitSet<Local>, place: &Place, _: Use) {
        let index = place
            .projection
            .iter()
            .filter_map(|elem| if let PlaceElem::Index(local) = elem { Some(*local) } else { None });
        for local in [place.local].into_iter().chain(index) {
            if dead.contains(local) {
                self.broken(format!("{local} is used where it may be dead"));
            }
        }
    }
}

/// Locals that may be dead: of those that are made live somewhere.
struct MaybeDead {
    tracked: BitSet<Local>,
}

impl MaybeDead {
    fn new(body: &Body) -> MaybeDead {
        let mut tracked = BitSet::new(body.locals.len());
        for statement in body.blocks.iter().flat_map(|block| &block.statements) {
            if let StatementKind::StorageLive(local) = statement.kind {
                tracked.insert(local);
            }
        }
        MaybeDead { tracked }
    }
}

impl Analysis for MaybeDead {
    type Id = Local;
    const DIRECTION: Direction = Direction::Forward;
    fn domain(&self) -> usize {
        self.tracked.len()
    }
    fn start(&self, state: &mut BitSet<Local>) {
        state.union(&self.tracked);
    }
    fn statement(&self, state: &mut BitSet<Local>, statement: &Statement, _: Location) {
        match statement.kind {
            StatementKind::StorageLive(local) => state.remove(local),
            StatementKind::StorageDead(local) => {
                state.insert(local);
            }
            StatementKind::Assign(..) | StatementKind::SetDiscriminant(..) | StatementKind::Nop => {}
        }
    }
    fn terminator(&self, _: &mut BitSet<Local>, _: &Terminator, _: Location) {}
}

/// Without regions.
pub fn erase(ty: Ty) -> Ty {
    // Most types have none, and rebuilding interns: look first.
    let mut has_region = false;
    walk(ty, &mut |kind| {
        has_region |=
            matches!(kind, TyKind::Ref(region, ..) | TyKind::Dyn(_, _, region) if *region != Region::Erased)
    });
    if !has_region {
        return ty;
    }
    ty.map_types(
        &mut |ty| {
            if let TyKind::Ref(_, to, mutability) = *ty.kind() {
                Some(Ty::reference(erase(to), mutability))
            } else if let TyKind::Dyn(protocols, bindings, region) = *ty.kind()
                && region != Region::Erased
            {
                Some(erase(Ty::new(TyKind::Dyn(protocols, bindings, Region::Erased))))
            } else {
                None
            }
        },
        &mut |_| None,
    )
}

/// Calls `f` with the type and everything in it.
pub fn walk(ty: Ty, f: &mut dyn FnMut(&TyKind)) {
    let _ = ty.map_types(
        &mut |ty| {
            f(ty.kind());
            None
        },
        &mut |_| None,
    );
}

fn is_concrete(ty: Ty) -> bool {
    let mut concrete = true;
    walk(ty, &mut |kind| {
        concrete &= !matches!(
            kind,
            TyKind::Param(..)
                | TyKind::Projection(..)
                | TyKind::Opaque(..)
                | TyKind::Infer(_)
                | TyKind::Error(_)
        );
    });
    concrete
}

/// Whether it is written in one way only.
fn is_plain(ty: Ty) -> bool {
    let mut plain = true;
    walk(ty, &mut |kind| {
        if let TyKind::Projection(..) | TyKind::Opaque(..) | TyKind::Closure(..) | TyKind::Error(_) = kind {
            plain = false
        } else if let TyKind::Array(_, Const::Unevaluated(..)) = kind {
            plain = false
        }
    });
    plain && !ty.is_never()
}

impl BinOp {
    pub fn is_comparison(self) -> bool {
        matches!(self, BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::FreshNames;

    fn broken(text: &str) -> Vec<String> {
        let names = FreshNames::default();
        let body = crate::parse::parse(text, &names, base::FileId(0)).unwrap().remove(0);
        match verify(&body, &names) {
            Ok(()) => Vec::new(),
            Err(broken) => broken.iter().map(Broken::to_string).collect(),
        }
    }

    #[test]
    fn cleanup_blocks_keep_apart() {
        let found = broken(
            "fn m.f(_1: m.S) -> () {
                bb0: { drop(_1) -> bb1, unwind bb2; }
                bb1: { goto bb3; }
                bb2 cleanup: { return; }
                bb3 cleanup: { goto bb1; }
            }",
        );
        assert_eq!(
            found,
            [
                "bb1[0]: bb3 is a cleanup block, but nothing unwinds here",
                "bb2[0]: a cleanup block returns",
                "bb3[0]: a cleanup block goes on to bb1, which is none",
            ]
        );
    }

    #[test]
    fn storage_is_live_where_it_is_used() {
        let found = broken(
            "fn m.f(_1: bool) -> () { let _2: i64;
                bb0: { switch(copy _1) [0: bb1, otherwise: bb2]; }
                bb1: { live(_2); _2 = const 1_i64; goto bb3; }
                bb2: { goto bb3; }
                bb3: { _0 = tuple(); _2 = const 2_i64; return; }
            }",
        );
        assert_eq!(found, ["bb3[1]: _2 is used where it may be dead"]);
    }

    #[test]
    fn types_fit() {
        let found = broken(
            "#[mono] fn m.f(_1: bool, _2: T#0) -> () { let _3: i64;
                bb0: { _3 = copy _1; _3 = copy (*_1); _3 = const item m.C: i64; return; } }",
        );
        assert_eq!(
            found,
            [
                "`T#0` is not concrete",
                "bb0[0]: what is assigned is a `bool`, not a `i64`",
                "bb0[1]: (*_1) does not fit its local's type",
                "bb0[2]: `item m.C: i64` is of another phase",
            ]
        );
    }
}
