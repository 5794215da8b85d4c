//! The messages. Each has its place, its cause and, where there is one, its fix.

use crate::Checker;
use crate::describe::Lender;
use crate::immutable::Locked;
use crate::moves::HowUsed;
use base::{Applicability, Diagnostic, Span, Symbol};
use hir::LangItem;
use mir::dataflow::Location;
use mir::moves::{IllegalMoveKind, MoveOut};
use mir::*;
use typeck::{Ty, TyKind};

/// What to do instead of moving an element.
const ELEMENT_NOTE: &str = "there would be a hole: take a reference, clone the element, or swap another in";

/// What takes a value.
enum Taker {
    /// `for x in value`
    For,
    Closure,
    Call,
    /// `value.method()` with `self`.
    Receiver(Symbol),
    /// `value()` of a `FnOnce`.
    Once,
    /// A name in a pattern.
    Pattern,
    Other,
}

impl Checker<'_> {
    /// `` `name` `` or "this value".
    fn named(&self, place: &Place) -> String {
        match self.describe(place) {
            Some(name) => format!("`{name}`"),
            None => "this value".to_string(),
        }
    }

    pub fn report_moved(
        &mut self,
        place: &Place,
        how: HowUsed,
        partly: bool,
        moves: &[MoveOut],
        at: Location,
    ) {
        let name = self.named(place);
        let first = moves[0];
        let moved = self.data.paths[first.path].place.clone();
        let (span, move_span) = (self.info_span(at), self.info_span(first.at));
        let taker = self.taker(first.at, &moved);
        let ty = moved.ty(&self.body.locals);
        let type_name = (self.cx.show)(ty);
        let moved_name = self.named(&moved);
        let is_part = partly || !place.projection.starts_with(&moved.projection);
        let from_whole = moved.projection.len() < place.projection.len() && !is_part;
        let message = match (how, is_part) {
            (HowUsed::Used | HowUsed::Borrowed, false) if from_whole => {
                format!("{name} is used after {moved_name} was moved")
            }
            (HowUsed::Used, false) => format!("{name} is used after it was moved"),
            (HowUsed::Borrowed, false) => format!("{name} is borrowed after it was moved"),
            (HowUsed::PartAssigned, _) => format!("a part of {name} is assigned after it was moved"),
            (HowUsed::Used | HowUsed::Borrowed, true) => {
                format!("{name} is used after a part of it was moved")
            }
        };
        let again = first.at == at || (moves.len() == 1 && span == move_span);
        let by = match taker {
            Taker::For => " by this `for` loop".to_string(),
            Taker::Closure => " into this closure".to_string(),
            Taker::Receiver(method) => format!(" by `{method}`, which takes `self`"),
            Taker::Once => " by this call".to_string(),
            Taker::Pattern => " by this pattern".to_string(),
            Taker::Call | Taker::Other => String::new(),
        };
        let because = if let TyKind::Ref(..) = ty.kind() {
            format!("its type `{type_name}` is a mutable reference, and not `Copy`")
        } else if let TyKind::Closure(..) = ty.kind() {
            "this closure is not `Copy`".to_string()
        } else {
            format!("its type `{type_name}` is not `Copy`")
        };
        let mut diagnostic = Diagnostic::error("B3000", span, message);
        diagnostic = match again {
            true => {
                let label = format!("{moved_name} is moved{by} here, in the previous iteration of the loop");
                diagnostic.label(label).note(format!("{moved_name} is moved because {because}"))
            }
            false => {
                let verb = match how {
                    HowUsed::Used => "used",
                    HowUsed::Borrowed => "borrowed",
                    HowUsed::PartAssigned => "assigned",
                };
                let cause = match taker {
                    Taker::For | Taker::Closure | Taker::Receiver(_) | Taker::Once | Taker::Pattern => {
                        format!("{moved_name} is moved{by}, because {because}")
                    }
                    Taker::Call | Taker::Other => {
                        format!("{moved_name} is moved{by} here, because {because}")
                    }
                };
                diagnostic.label(format!("{verb} here after the move")).secondary(move_span, cause)
            }
        };
        if let Some(used) = self.captured_because(first.at, &moved) {
            diagnostic = diagnostic.secondary(used, "the closure takes it because of this");
        }
        for other in moves.iter().skip(1).take(2) {
            let other_span = self.info_span(other.at);
            if other_span != span && other_span != move_span {
                diagnostic = diagnostic.secondary(other_span, "it is also moved here");
            }
        }
        let declared = self.body.locals[place.local].span;
        if self.body.locals[place.local].name.is_some() && declared != span && declared != move_span {
            diagnostic =
                diagnostic.secondary(declared, format!("`{}` is declared here", self.root_name(place)));
        }
        diagnostic = self.fixes(diagnostic, taker, move_span, &moved, ty);
        self.diags.error(diagnostic);
    }

    pub fn report_moved_from_using(&mut self, moved: &Place, at: Location) {
        let name = self.named(moved);
        let moved_at = self.info_span(at);
        let declared = self.body.locals[moved.local].span;
        let diagnostic = Diagnostic::error(
            "B3000",
            moved_at,
            format!("{name} is moved away, but `using` closes it in the end"),
        )
        .label("moved here")
        .secondary(declared, "closed when this scope ends")
        .note("what is declared by `using` can be lent, but not given away");
        self.diags.error(match self.taker(at, moved) {
            Taker::Call | Taker::Other => {
                diagnostic.fix("borrow it", moved_at.shrink_to_lo(), "&", Applicability::MaybeIncorrect)
            }
            Taker::For | Taker::Closure | Taker::Receiver(_) | Taker::Once | Taker::Pattern => diagnostic,
        });
    }

    pub fn report_assigned_using(&mut self, local: Local, at: Location) {
        let name = self.named(&local.into());
        let message = format!("{name} is assigned, but `using` has to close what it holds");
        let diagnostic = Diagnostic::error("B3004", self.info_span(at), message)
            .label("what it held would never be closed")
            .secondary(self.body.locals[local].span, "closed when this scope ends");
        self.diags.error(diagnostic);
    }

    fn root_name(&self, place: &Place) -> String {
        self.body.locals[place.local].name.map(|name| name.to_string()).unwrap_or_default()
    }

    fn fixes(
        &self,
        diagnostic: Diagnostic,
        taker: Taker,
        moved_at: Span,
        moved: &Place,
        ty: Ty,
    ) -> Diagnostic {
        if self.describe(moved).is_none() || matches!(ty.kind(), TyKind::Ref(..) | TyKind::Closure(..)) {
            return diagnostic;
        }
        let borrow = |diagnostic: Diagnostic, text: &str| {
            diagnostic.fix(text, moved_at.shrink_to_lo(), "&", Applicability::MaybeIncorrect)
        };
        let clone = |diagnostic: Diagnostic| {
            if let TyKind::Param(_, name) = ty.kind() {
                return diagnostic.note(format!("with the bound `{name}: Copy` it would be copied"));
            }
            if !self.cx.facts.is_clone(ty) {
                let is_own = matches!(*ty.kind(), TyKind::Adt(def, _) if self.cx.signatures.is_own(def));
                return match is_own {
                    true => diagnostic.note(format!(
                        "with `#[derive(Clone)]` on `{}` it could be cloned, so that the original stays",
                        (self.cx.show)(ty)
                    )),
                    false => diagnostic,
                };
            }
            let at = moved_at.shrink_to_hi();
            diagnostic.fix(
                "clone it, so that the original stays",
                at,
                ".clone()",
                Applicability::MaybeIncorrect,
            )
        };
        match taker {
            Taker::Once => {
                diagnostic.note("a `FnOnce` can be called once; what is called again is `Fn` or `FnMut`")
            }
            Taker::For => borrow(diagnostic, "borrow it: the loop then gets references"),
            Taker::Closure => diagnostic,
            Taker::Pattern => {
                let root = self.root_name(moved);
                diagnostic.note(format!("a pattern borrows what it matches behind a reference: `&{root}`"))
            }
            Taker::Call => clone(borrow(diagnostic, "borrow it, if a reference will do")),
            Taker::Receiver(_) | Taker::Other => clone(diagnostic),
        }
    }

    /// What the value went into: the call or aggregate that the moved temporary is for.
    fn taker(&self, at: Location, moved: &Place) -> Taker {
        let block = &self.body.blocks[at.block];
        let takes = |operand: &Operand, place: &Place| matches!(operand, Operand::Move(it) if it == place);
        let call = |place: &Place, from: BlockId| {
            // The call ends this block, or one that follows it by itself.
            let mut from = from;
            for _ in 0..8 {
                if let TerminatorKind::Call { callee, args, .. } = &self.body.blocks[from].terminator.kind
                    && args.iter().any(|arg| takes(arg, place))
                {
                    return Some(self.call_taker(callee, args.first().is_some_and(|arg| takes(arg, place))));
                } else if let TerminatorKind::Call { target: Some(next), .. }
                | TerminatorKind::Assert { target: next, .. }
                | TerminatorKind::Goto(next) = &self.body.blocks[from].terminator.kind
                {
                    from = *next
                } else {
                    return None;
                }
            }
            None
        };
        let found = match block.statements.get(at.statement).map(|statement| &statement.kind) {
            Some(StatementKind::Assign(_, Rvalue::Aggregate(AggregateKind::Closure(..), _))) => {
                return Taker::Closure;
            }
            Some(StatementKind::Assign(to, Rvalue::Use(_)))
                if self.body.locals[to.local].name.is_some()
                    && self.body.locals[to.local].span == self.info_span(at) =>
            {
                Some(Taker::Pattern)
            }
            Some(StatementKind::Assign(to, Rvalue::Use(_))) if self.body.locals[to.local].name.is_none() => {
                call(to, at.block)
            }
            Some(_) => None,
            None => call(moved, at.block),
        };
        found.unwrap_or(Taker::Other)
    }

    fn call_taker(&self, callee: &Callee, is_first: bool) -> Taker {
        let Callee::Def(def, _) = callee else { return Taker::Call };
        let signatures = self.cx.signatures;
        let protocol = self.cx.lang.get(LangItem::IntoIterator).and_then(|it| signatures.protocol(it));
        if protocol.is_some_and(|protocol| protocol.members.contains_key(def)) {
            return Taker::For;
        }
        let once = self.cx.lang.get(LangItem::FnOnce).and_then(|it| signatures.protocol(it));
        if once.is_some_and(|protocol| protocol.members.contains_key(def)) {
            return Taker::Once;
        }
        let by_value = signatures.function(*def).is_some_and(|it| it.receiver == Some(hir::Receiver::Value));
        match (self.cx.names)(*def) {
            Some(method) if is_first && by_value => Taker::Receiver(method),
            Some(_) | None => Taker::Call,
        }
    }

    /// Of what is moved into a closure: what the closure does with it.
    fn captured_because(&self, at: Location, moved: &Place) -> Option<Span> {
        let statement = self.body.blocks[at.block].statements.get(at.statement)?;
        let StatementKind::Assign(_, Rvalue::Aggregate(AggregateKind::Closure(id, _), operands)) =
            &statement.kind
        else {
            return None;
        };
        let number = operands.iter().position(|operand| operand.place() == Some(moved))?;
        (self.cx.captures)(*id).get(number).map(|capture| capture.used)
    }

    /// Whether a borrow is what a closure captures.
    pub fn is_capture(&self, at: Location) -> bool {
        let block = &self.body.blocks[at.block];
        let Some(StatementKind::Assign(to, _)) = block.statements.get(at.statement).map(|it| &it.kind) else {
            return false;
        };
        block.statements[at.statement..].iter().any(|statement| {
            if let StatementKind::Assign(_, Rvalue::Aggregate(AggregateKind::Closure(..), captures)) =
                &statement.kind
            {
                captures.iter().any(|capture| capture.place() == Some(to))
            } else {
                false
            }
        })
    }

    pub fn report_uninitialised(&mut self, place: &Place, at: Location) {
        let name = self.root_name(place);
        let declared = self.body.locals[place.local].span;
        let diagnostic = Diagnostic::error(
            "B3003",
            self.info_span(at),
            format!("`{name}` may be used before it has a value"),
        )
        .label("used here, but not every way here gives it a value")
        .secondary(declared, format!("`{name}` is declared here without a value"));
        self.diags.error(diagnostic);
    }

    pub fn report_assigned_twice(&mut self, local: Local, at: Location) {
        let decl = &self.body.locals[local];
        let name = self.root_name(&local.into());
        let is_parameter = (1..=self.body.arg_count as u32).contains(&local.0);
        let (what, cause) = match is_parameter {
            true => ("the parameter", "which is given its value by the caller"),
            false => ("the immutable variable", "declared here without `var`"),
        };
        let diagnostic =
            Diagnostic::error("B3004", self.info_span(at), format!("{what} `{name}` is assigned again"))
                .label("assigned here, though it may have a value already")
                .secondary(decl.span, format!("`{name}`, {cause}"));
        let diagnostic = self.make_var(diagnostic, decl.span, &name);
        self.diags.error(diagnostic);
    }

    /// `let x` becomes `var x`; so does the `x` of a pattern or parameter.
    fn make_var(&self, diagnostic: Diagnostic, declared: Span, name: &str) -> Diagnostic {
        let keyword = Span { lo: declared.lo.saturating_sub(4), hi: declared.lo, ..declared };
        let text = self.cx.sources.file(declared.file).text.get(keyword.lo as usize..keyword.hi as usize);
        let span = if text == Some("let ") { keyword } else { declared.shrink_to_lo() };
        let message = format!("make `{name}` mutable where it is declared");
        diagnostic.fix(message, span, "var ", Applicability::MaybeIncorrect)
    }

    pub fn report_locked(&mut self, place: &Place, locked: Locked, borrowed: bool, at: Location) {
        let span = self.info_span(at);
        if let Some(name) = self.static_behind(place) {
            let verb = if borrowed { "borrowed as mutable" } else { "changed" };
            let message = format!("`{name}` is {verb}, but a `static` never changes");
            let diagnostic = Diagnostic::error("B3006", span, message)
                .note("state that changes belongs to a variable, and is lent as `&mut`");
            self.diags.error(diagnostic);
            return;
        }
        let name = self.named(place);
        let diagnostic = match locked {
            Locked::Variable { declared, name: variable } => {
                let message = match borrowed {
                    true => format!("{name} is borrowed as mutable, but `{variable}` is not `var`"),
                    false => format!("{name} is changed, but `{variable}` is not `var`"),
                };
                let label = if borrowed { "needs `&mut` of it" } else { "changed here" };
                let diagnostic = Diagnostic::error("B3005", span, message)
                    .label(label)
                    .secondary(declared, format!("`{variable}` is declared here without `var`"));
                self.make_var(diagnostic, declared, &variable)
            }
            Locked::Shared(pointer) => {
                let reference = self.named(&pointer);
                let message = match borrowed {
                    true => format!("{name} is borrowed as mutable behind a `&` reference"),
                    false => format!("{name} is changed behind a `&` reference"),
                };
                let ty = (self.cx.show)(pointer.ty(&self.body.locals));
                let mut diagnostic = Diagnostic::error("B3006", span, message)
                    .label(format!("{reference} is a `{ty}`: it can only be read through"));
                let decl = &self.body.locals[pointer.local];
                if decl.name.is_some() && pointer.projection.is_empty() {
                    diagnostic = diagnostic.secondary(decl.span, format!("{reference} comes from here"));
                    diagnostic = diagnostic.note("a `&mut` reference could change it");
                }
                diagnostic
            }
            Locked::Pointer(pointer) => {
                let pointer = self.named(&pointer);
                Diagnostic::error("B3006", span, format!("{name} is changed behind a `*T` pointer"))
                    .label(format!("{pointer} only allows reading; a `*mut T` could change it"))
            }
        };
        self.diags.error(diagnostic);
    }

    /// Whether an instruction binds a variable of a pattern.
    fn is_binding(&self, at: Location) -> bool {
        let statement = self.body.blocks[at.block].statements.get(at.statement);
        matches!(
            statement.map(|it| &it.kind),
            Some(StatementKind::Assign(to, Rvalue::Use(_)))
                if to.projection.is_empty() && self.body.locals[to.local].span == self.info_span(at)
                    && self.body.locals[to.local].name.is_some()
        )
    }

    pub fn illegal_moves(&mut self) {
        for illegal in self.data.illegal.clone() {
            let span = self.info_span(illegal.at);
            if let Some(name) = self.static_behind(&illegal.place) {
                let message = format!("`{name}` is moved, but a `static` stays where it is");
                let ty = (self.cx.show)(illegal.place.ty(&self.body.locals));
                let because = format!("this moves it, because its type `{ty}` is not `Copy`");
                self.diags.error(Diagnostic::error("B3007", span, message).label(because));
                continue;
            }
            let is_payload = |elem: &PlaceElem| matches!(elem, PlaceElem::Downcast(_));
            let name = match self.named(&illegal.place) {
                name if illegal.place.projection.iter().any(is_payload) => format!("what {name} holds"),
                name => name,
            };
            let ty = illegal.place.ty(&self.body.locals);
            let type_name = (self.cx.show)(ty);
            let base = |count: usize| Place {
                local: illegal.place.local,
                projection: illegal.place.projection[..count].to_vec(),
            };
            let because = format!("this moves it, because its type `{type_name}` is not `Copy`");
            let diagnostic = match illegal.kind {
                IllegalMoveKind::Borrowed { pointer } => {
                    let pointer = base(pointer);
                    let decl = &self.body.locals[pointer.local];
                    let lent = self.lent_by(pointer.local).filter(|_| pointer.projection.is_empty());
                    // A closure that moves what it has captured is `FnOnce`, and owns it.
                    match lent {
                        Some((Lender::Index, of)) => {
                            let message = format!("an element is moved out of {}", self.named(of));
                            Diagnostic::error("B3008", span, message).label(because).note(ELEMENT_NOTE)
                        }
                        Some((Lender::Deref, of)) => {
                            let owner = (self.cx.show)(of.ty(&self.body.locals));
                            let message = format!("{name} is moved out of {}", self.named(of));
                            Diagnostic::error("B3007", span, message)
                                .label(because)
                                .note(format!("a `{owner}` lends what it holds, and keeps it"))
                        }
                        None if self.is_guard_reference(pointer.local) => {
                            let message = format!("{name} is moved in the condition of an arm");
                            Diagnostic::error("B3007", span, message)
                                .label(because)
                                .secondary(decl.span, "bound by this pattern")
                                .note("until the condition holds, what the pattern binds is only lent to it")
                        }
                        None => {
                            let from = match self.describe(&pointer) {
                                Some(from) => format!("`{from}`, which is borrowed"),
                                None => "a reference".to_string(),
                            };
                            let message = format!("{name} is moved out of {from}");
                            let diagnostic = Diagnostic::error("B3007", span, message).label(because);
                            match decl.name {
                                Some(name) if decl.span != span => diagnostic
                                    .secondary(decl.span, format!("`{name}` does not own what it refers to")),
                                Some(_) | None => diagnostic,
                            }
                        }
                    }
                }
                IllegalMoveKind::Element { base: at } => {
                    let base = base(at);
                    Diagnostic::error(
                        "B3008",
                        span,
                        format!("an element is moved out of {}", self.named(&base)),
                    )
                    .label(because)
                    .note(ELEMENT_NOTE)
                }
                IllegalMoveKind::FieldOfDrop { base: at } => {
                    let base = base(at);
                    let owner = (self.cx.show)(base.ty(&self.body.locals));
                    Diagnostic::error(
                        "B3009",
                        span,
                        format!("{name} is moved out of a `{owner}`, which implements `Drop`"),
                    )
                    .label(because)
                    .note(format!("`drop` of `{owner}` needs all of its fields"))
                }
            };
            let clonable = !matches!(ty.kind(), TyKind::Ref(..) | TyKind::Closure(..) | TyKind::Param(..));
            let written = self.cx.sources.text(span);
            let diagnostic = if self.is_binding(illegal.at) {
                diagnostic
                    .note("matching through a reference (`match &value`) would bind a reference instead")
            } else if !clonable || self.describe(&illegal.place).is_none() {
                diagnostic
            } else if let Some(inner) = written.strip_prefix('*') {
                // `*x.clone()` would be `*(x.clone())`.
                diagnostic.fix("clone it", span, format!("{inner}.clone()"), Applicability::MaybeIncorrect)
            } else {
                diagnostic.fix("clone it", span.shrink_to_hi(), ".clone()", Applicability::MaybeIncorrect)
            };
            self.diags.error(diagnostic);
        }
    }
}
