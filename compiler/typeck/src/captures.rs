//! What closures take from the bodies they stand in, and how often they can be called.
//!
//! In: a body whose expressions, patterns and adjustments are all known. Out: `captures` and `kind` of every entry of
//! `BodyTypes::closures`. A closure captures each variable of an enclosing body that it uses, by the weakest way that
//! its uses need: by reference, by mutable reference, by value; a `move` closure takes everything by value. It is
//! `FnOnce` if a use moves a captured variable away, `FnMut` if one changes it, otherwise `Fn`.
//!
//! ```text
//! |x| total += x + offset      captures `total` by &mut, `offset` by &; FnMut
//! ```
//!
//! The walk follows rustc's `ExprUseVisitor`: it tells for each place expression whether it is read, changed or moved.

use crate::{AdjustKind, BodyTypes, Capture, CaptureBy, ClosureKind, Mutability, Ty, TyKind};
use base::IndexVec;
use hir::{Body, ExprId, ExprKind, LangItem, LocalId, Package, PatFields, PatId, PatKind, StmtKind};

/// Fills in the captures and kinds of all closures of the body.
pub fn analyse_captures(package: &Package, body: &Body, types: &mut BodyTypes, is_copy: &dyn Fn(Ty) -> bool) {
    if types.closures.is_empty() {
        return;
    }
    let mut walk = Walk {
        package,
        body,
        types,
        is_copy,
        home: IndexVec::from_elem(0, body.locals.len()),
        open: Vec::new(),
        done: Vec::new(),
    };
    for &param in &body.params {
        walk.bind(param);
    }
    walk.consume(body.value);
    for (id, found) in walk.done {
        if let Some(info) = types.closures.get_mut(&id) {
            info.kind = found.kind;
            info.captures = found.captures;
        }
    }
}

/// How a place is used, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// Read, copied, borrowed.
    Read,
    /// Assigned, or borrowed mutably.
    Change,
    /// Moved away.
    Move,
}

/// A closure that the walk is inside of.
struct Open {
    id: ExprId,
    is_move: bool,
    captures: Vec<Capture>,
    kind: ClosureKind,
}

struct Walk<'a> {
    package: &'a Package,
    body: &'a Body,
    types: &'a BodyTypes,
    is_copy: &'a dyn Fn(Ty) -> bool,
    /// How many closures are open where the variable is bound.
    home: IndexVec<LocalId, usize>,
    open: Vec<Open>,
    done: Vec<(ExprId, Open)>,
}

impl Walk<'_> {
    /// Records a use of a variable in every open closure that does not bind it itself.
    fn use_local(&mut self, local: LocalId, how: Use) {
        let ty = self.types.locals[local];
        for index in self.home[local]..self.open.len() {
            let closure = &mut self.open[index];
            let by = match how {
                _ if closure.is_move => CaptureBy::Value,
                Use::Read => CaptureBy::Ref,
                Use::Change => CaptureBy::RefMut,
                Use::Move => CaptureBy::Value,
            };
            match closure.captures.iter_mut().find(|it| it.local == local) {
                Some(known) => known.by = known.by.max(by),
                None => closure.captures.push(Capture { local, projection: Vec::new(), by, ty }),
            }
            closure.kind = closure.kind.max(match how {
                Use::Read => ClosureKind::Fn,
                Use::Change => ClosureKind::FnMut,
                Use::Move => ClosureKind::FnOnce,
            });
        }
    }

    /// The variables that a pattern binds belong to the innermost open closure.
    fn bind(&mut self, pat: PatId) {
        let depth = self.open.len();
        self.each_binding(pat, &mut |walk, local| walk.home[local] = depth);
    }

    fn each_binding(&mut self, pat: PatId, f: &mut dyn FnMut(&mut Self, LocalId)) {
        let body = self.body;
        match &body.pats[pat].kind {
            PatKind::Bind { local, sub } => {
                f(self, *local);
                if let Some(sub) = sub {
                    self.each_binding(*sub, f);
                }
            }
            PatKind::Variant { fields, .. } => match fields {
                PatFields::Unit => {}
                PatFields::Tuple(pats, _) => pats.iter().for_each(|&it| self.each_binding(it, f)),
                PatFields::Record(fields, _) => fields.iter().for_each(|it| self.each_binding(it.pat, f)),
            },
            PatKind::Tuple(pats, _) | PatKind::Or(pats) => {
                pats.iter().for_each(|&it| self.each_binding(it, f))
            }
            PatKind::Slice { before, rest, after } => {
                let rest = rest.iter().flatten();
                before.iter().chain(rest).chain(after).for_each(|&it| self.each_binding(it, f));
            }
            PatKind::Ref { pat, .. } => self.each_binding(*pat, f),
            PatKind::Wild
            | PatKind::Lit { .. }
            | PatKind::Range { .. }
            | PatKind::Const(_)
            | PatKind::Error(_) => {}
        }
    }

    /// What matching a place against a pattern does to it.
    fn use_of_pattern(&mut self, pat: PatId) -> Option<Use> {
        let mut strongest = None;
        // `_` and a bare binding look at nothing else; anything that tests reads.
        if !matches!(self.body.pats[pat].kind, PatKind::Wild | PatKind::Bind { sub: None, .. }) {
            strongest = Some(Use::Read);
        }
        let mut bindings = Vec::new();
        self.each_binding(pat, &mut |_, local| bindings.push(local));
        for local in bindings {
            let how = match self.types.binding_refs.get(&local) {
                Some(Mutability::Shared) => Use::Read,
                Some(Mutability::Mut) => Use::Change,
                None if (self.is_copy)(self.types.locals[local]) => Use::Read,
                None => Use::Move,
            };
            strongest = strongest.max(Some(how));
        }
        strongest
    }

    /// Matches the value of an expression against patterns.
    fn matched(&mut self, value: ExprId, pats: &[PatId]) {
        pats.iter().for_each(|&pat| self.bind(pat));
        let how = pats.iter().filter_map(|&pat| self.use_of_pattern(pat)).max();
        match how {
            Some(how) => self.use_place(value, how),
            None if self.is_place(value) => self.operands_of_place(value),
            None => self.consume(value),
        }
    }

    /// The expression's value is used, after its adjustments.
    fn consume(&mut self, id: ExprId) {
        self.adjusted(id, None);
    }

    /// The expression is used as a place, after its adjustments.
    fn use_place(&mut self, id: ExprId, how: Use) {
        self.adjusted(id, Some(how));
    }

    /// Follows the adjustments from the outside in until one says how what is below it is used.
    fn adjusted(&mut self, id: ExprId, mut how: Option<Use>) {
        let types = self.types;
        let adjustments = types.adjustments.get(&id).map_or(&[][..], |it| it.as_slice());
        let mut ty = adjustments.last().map_or(types.exprs[id], |it| it.ty);
        for (index, adjustment) in adjustments.iter().enumerate().rev() {
            let below = if index == 0 { types.exprs[id] } else { adjustments[index - 1].ty };
            how = match adjustment.kind {
                AdjustKind::Deref => Some(through_deref(below, self.as_use(how, ty))),
                AdjustKind::OverloadedDeref(_, _, mutability) => Some(use_of_borrow(mutability)),
                AdjustKind::Borrow(mutability) => Some(use_of_borrow(mutability)),
                AdjustKind::NeverToAny
                | AdjustKind::Unsize
                | AdjustKind::ToDyn
                | AdjustKind::ToFnPtr
                | AdjustKind::MutToShared
                | AdjustKind::Build(..) => None,
            };
            ty = below;
        }
        match how {
            Some(how) if self.is_place(id) => self.place(id, how),
            Some(_) | None => self.value(id),
        }
    }

    /// A value of the type is taken out of a place: copied or moved.
    fn as_use(&self, how: Option<Use>, ty: Ty) -> Use {
        how.unwrap_or(if (self.is_copy)(ty) { Use::Read } else { Use::Move })
    }

    /// Variables, and what is reached from them by fields, dereferences and indices.
    fn is_place(&self, id: ExprId) -> bool {
        matches!(
            self.body.exprs[id].kind,
            ExprKind::Local(_) | ExprKind::Field { .. } | ExprKind::Index { .. } | ExprKind::Deref(_)
        )
    }

    /// A place expression without its adjustments is used in this way.
    fn place(&mut self, id: ExprId, how: Use) {
        match self.body.exprs[id].kind {
            ExprKind::Local(local) => self.use_local(local, how),
            ExprKind::Field { base, .. } => self.use_place(base, how),
            ExprKind::Deref(operand) if self.types.callees.contains_key(&id) => {
                self.autoref(operand, if how == Use::Read { Use::Read } else { Use::Change });
            }
            ExprKind::Deref(operand) => {
                let pointer = self.adjusted_type(operand);
                self.use_place(operand, through_deref(pointer, how));
            }
            ExprKind::Index { base, index } => {
                self.consume(index);
                match self.types.callees.get(&id) {
                    Some((method, _)) => {
                        let mutable = self.is_member_of(*method, LangItem::IndexMut);
                        self.autoref(base, if mutable { Use::Change } else { Use::Read });
                    }
                    None => self.use_place(base, how),
                }
            }
            _ => self.value(id),
        }
    }

    /// `let _ = place`: evaluates what is needed to name the place, without using it.
    fn operands_of_place(&mut self, id: ExprId) {
        match self.body.exprs[id].kind {
            ExprKind::Local(_) => {}
            ExprKind::Field { base, .. } | ExprKind::Deref(base) if self.is_place(base) => {
                self.operands_of_place(base)
            }
            _ => self.use_place(id, Use::Read),
        }
    }

    fn adjusted_type(&self, id: ExprId) -> Ty {
        self.types.adjustments.get(&id).and_then(|it| it.last()).map_or(self.types.exprs[id], |it| it.ty)
    }

    /// A receiver or operand that an operator borrows, unless its adjustments do so already.
    fn autoref(&mut self, id: ExprId, how: Use) {
        let borrowed = self.types.adjustments.get(&id).and_then(|it| it.last());
        match borrowed.map(|it| it.kind) {
            Some(AdjustKind::Borrow(_)) => self.consume(id),
            _ => self.use_place(id, how),
        }
    }

    fn is_member_of(&self, method: hir::DefId, protocol: LangItem) -> bool {
        let parent = self.package.def(method).parent;
        parent.is_some() && parent == self.package.lang.get(protocol)
    }

    /// The value of an expression without its adjustments.
    fn value(&mut self, id: ExprId) {
        let body = self.body;
        let all = |walk: &mut Self, ids: &[ExprId]| ids.iter().for_each(|&it| walk.consume(it));
        match &body.exprs[id].kind {
            ExprKind::Lit(_) | ExprKind::Def { .. } | ExprKind::Assoc { .. } | ExprKind::Error(_) => {}
            ExprKind::Local(_) | ExprKind::Field { .. } | ExprKind::Index { .. } | ExprKind::Deref(_) => {
                let how = self.as_use(None, self.types.exprs[id]);
                match &body.exprs[id].kind {
                    // A field of a value that is no place.
                    ExprKind::Field { base, .. } if !self.is_place(*base) => self.consume(*base),
                    _ => self.place(id, how),
                }
            }
            ExprKind::Call { callee, args } => {
                match self.types.callees.get(&id) {
                    // A value that is called: `Fn` borrows it, `FnMut` borrows it mutably, `FnOnce` takes it.
                    Some(&(method, _)) => {
                        if self.is_member_of(method, LangItem::FnMut) {
                            self.autoref(*callee, Use::Change);
                        } else if self.is_member_of(method, LangItem::Fn) {
                            self.autoref(*callee, Use::Read);
                        } else {
                            self.consume(*callee);
                        }
                    }
                    None => self.call_of_closure(*callee),
                }
                all(self, args);
            }
            ExprKind::MethodCall { receiver, args, .. } => {
                self.consume(*receiver);
                all(self, args);
            }
            ExprKind::Unary { operand, .. } => self.consume(*operand),
            ExprKind::Cast { operand, .. } => self.consume(*operand),
            ExprKind::Repeat { value, .. } => self.consume(*value),
            ExprKind::Format { arguments } => self.consume(*arguments),
            ExprKind::Ref { mutable, operand } => {
                self.use_place(*operand, if *mutable { Use::Change } else { Use::Read });
            }
            ExprKind::Binary { op, lhs, rhs, .. } => {
                if op.is_comparison() {
                    // `==` takes its operands by reference.
                    self.autoref(*lhs, Use::Read);
                    self.autoref(*rhs, Use::Read);
                } else {
                    self.consume(*lhs);
                    self.consume(*rhs);
                }
            }
            ExprKind::Logical { lhs, rhs, .. } => {
                self.consume(*lhs);
                self.consume(*rhs);
            }
            ExprKind::Assign { place, value } => {
                self.consume(*value);
                self.use_place(*place, Use::Change);
            }
            ExprKind::AssignOp { place, value, .. } => {
                self.consume(*value);
                self.autoref(*place, Use::Change);
            }
            ExprKind::Tuple(ids) | ExprKind::Array(ids) => all(self, ids),
            ExprKind::Record { fields, base, .. } => {
                fields.iter().for_each(|field| self.consume(field.value));
                // Taking over some fields only is not followed: the base counts as used whole.
                if let Some(base) = base {
                    self.consume(*base);
                }
            }
            ExprKind::Block(block) => {
                for stmt in &block.stmts {
                    match &stmt.kind {
                        StmtKind::Let { pat, init, els, .. } => {
                            match init {
                                Some(init) => self.matched(*init, &[*pat]),
                                None => self.bind(*pat),
                            }
                            els.iter().for_each(|&it| self.consume(it));
                        }
                        StmtKind::Expr(expr) => self.consume_statement(*expr),
                    }
                }
                block.value.iter().for_each(|&it| self.consume(it));
            }
            ExprKind::If { cond, then, els } => {
                self.consume(*cond);
                self.consume(*then);
                els.iter().for_each(|&it| self.consume(it));
            }
            ExprKind::Let { pat, value } => self.matched(*value, &[*pat]),
            ExprKind::Match { scrutinee, arms, .. } => {
                let pats: Vec<PatId> = arms.iter().map(|arm| arm.pat).collect();
                self.matched(*scrutinee, &pats);
                for arm in arms {
                    arm.guard.iter().for_each(|&it| self.consume(it));
                    self.consume(arm.body);
                }
            }
            ExprKind::Loop { body, .. } | ExprKind::TryBlock { body, .. } => self.consume(*body),
            ExprKind::Break { value, .. } | ExprKind::Return(value) => {
                value.iter().for_each(|&it| self.consume(it))
            }
            ExprKind::Continue { .. } => {}
            ExprKind::Closure(closure) => {
                let (is_move, kind) = (closure.is_move, ClosureKind::Fn);
                self.open.push(Open { id, is_move, captures: Vec::new(), kind });
                closure.params.iter().for_each(|param| self.bind(param.pat));
                self.consume(closure.body);
                let finished = self.open.pop().expect("pushed above");
                self.made(&finished);
                self.done.push((finished.id, finished));
            }
            ExprKind::Try { operand, cleanup, .. } => {
                self.consume(*operand);
                cleanup.iter().for_each(|&it| self.consume(it));
            }
            ExprKind::Finish { value, cleanup } => {
                self.consume(*value);
                self.consume(*cleanup);
            }
        }
    }

    /// `x` alone as a statement moves or copies nothing that anyone could see, but counts as a use.
    fn consume_statement(&mut self, id: ExprId) {
        if self.is_place(id) { self.use_place(id, Use::Read) } else { self.consume(id) }
    }

    /// A call without an entry among the callees is of a function value, or of a closure of this body by its own kind.
    fn call_of_closure(&mut self, callee: ExprId) {
        let ty = self.adjusted_type(callee);
        let how = match ty.kind() {
            TyKind::Closure(id, _) => match self.done.iter().find(|(done, _)| *done == id.expr) {
                Some((_, closure)) => match closure.kind {
                    ClosureKind::Fn => Use::Read,
                    ClosureKind::FnMut => Use::Change,
                    ClosureKind::FnOnce => Use::Move,
                },
                None => Use::Read,
            },
            _ => Use::Read,
        };
        if self.is_place(callee) { self.use_place(callee, how) } else { self.consume(callee) }
    }

    /// Making a closure uses what it captures, in the closures around it too: a `move` closure moves it.
    fn made(&mut self, closure: &Open) {
        for capture in &closure.captures {
            let how = match capture.by {
                CaptureBy::Ref => Use::Read,
                CaptureBy::RefMut => Use::Change,
                CaptureBy::Value if (self.is_copy)(capture.ty) => Use::Read,
                CaptureBy::Value => Use::Move,
            };
            self.use_local(capture.local, how);
        }
    }
}

fn use_of_borrow(mutability: Mutability) -> Use {
    match mutability {
        Mutability::Shared => Use::Read,
        Mutability::Mut => Use::Change,
    }
}

/// What a use of `*p` is to `p`: what lies behind a shared reference or raw pointer is no part of it; what lies behind
/// a mutable one can be changed only through a `p` that nobody else uses; a box's content is its own.
fn through_deref(pointer: Ty, how: Use) -> Use {
    match pointer.kind() {
        TyKind::Ref(_, _, Mutability::Shared) | TyKind::RawPtr(..) => Use::Read,
        TyKind::Ref(_, _, Mutability::Mut) => how.min(Use::Change),
        _ => how,
    }
}
