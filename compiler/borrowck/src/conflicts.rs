//! The messages about borrows: the borrow, what conflicts with it, and the later use that keeps it alive, in that order.
//!
//! In: what [`crate::infer::Job::check`] found. Out: diagnostics `B3001`, `B3002`, `B3010` to `B3014`; one for each mistake.
//!
//! ```text
//! let first = &names[0]      `names` is borrowed here
//! names.clear()              B3001: `names` is borrowed as mutable while it is borrowed
//! println("{first}")         the borrow is used here
//! ```

use crate::Checker;
use crate::calls::EscapeKind;
use crate::contracts::Part;
use crate::facts::Conflict;
use crate::infer::Found;
use crate::loans::{Access, Invalidation};
use crate::regioned::Origin;
use base::{Applicability, Diagnostic, Idx};
use mir::dataflow::Location;
use mir::visit::Use;
use mir::*;
use std::collections::{BTreeSet, VecDeque};
use typeck::{Mutability, TyKind};

/// Why a loan is still needed.
enum Reason {
    /// A value that holds it is used here.
    Used(Location, Option<String>),
    /// It is dropped here, and its drop may look at it.
    Dropped(Location, Option<String>),
    /// It is part of what the function gives back, or of what lives longer than it.
    Outlives,
    /// The function gives it back.
    Returned,
    Unknown,
}

impl Checker<'_> {
    pub fn conflicts(&mut self, found: &Found) {
        let mut told_places: BTreeSet<Location> = BTreeSet::new();
        let mut told_loans: BTreeSet<(u32, bool)> = BTreeSet::new();
        for conflict in &found.conflicts {
            let at = found.gathered.points.location(conflict.point);
            let of = |it: &&Invalidation| it.at == at && it.loan == conflict.loan;
            let Some(invalidation) = found.invalidations.iter().find(of) else { continue };
            let ends = matches!(invalidation.access, Access::StorageDead | Access::Return | Access::Drop);
            if !told_loans.insert((conflict.loan.0, ends)) || (!ends && !told_places.insert(at)) {
                continue;
            }
            let reason = self.reason(found, conflict);
            match ends {
                true => self.report_dangling(found, conflict, invalidation, reason),
                false => self.report_conflict(found, conflict, invalidation, reason),
            }
        }
    }

    /// What is lent for a call, and kept.
    pub fn escapes(&mut self, found: &Found) {
        let mut told = BTreeSet::new();
        for escape in &found.gathered.escapes {
            let at = found.gathered.points.location(escape.point);
            if !told.insert(at) {
                continue;
            }
            let EscapeKind::Kept(callee) = escape.kind else {
                let message = "a reference in place of a type parameter in the signature of a `fn` pointer or `dyn Fn` is not \
                               supported yet";
                let diagnostic = Diagnostic::error("X0001", escape.span.unwrap_or(self.info_span(at)), message)
                    .note("pass a value that owns what it holds, or write the reference where the function's type stands");
                self.diags.error(diagnostic);
                continue;
            };
            let what = if let TyKind::FnDef(def, _) = callee.kind()
                && let Some(name) = (self.cx.names)(*def)
            {
                format!("`{name}`")
            } else if let TyKind::Closure(..) = callee.kind() {
                "a closure".to_string()
            } else {
                "what is passed".to_string()
            };
            let message = format!("{what} keeps a reference that it is lent for one call only");
            let diagnostic = Diagnostic::error("B3013", self.info_span(at), message)
                .label("who calls it promises the reference only until the call is over")
                .note("it may look at what it is lent, and copy or clone it; it may not store or give back the reference");
            self.diags.error(diagnostic);
        }
        if let Some(own) = found.gathered.closure_self
            && found.flows.iter().any(|&(from, _)| from == own)
        {
            let message = "a closure gives back a reference to what it holds itself";
            let diagnostic = Diagnostic::error("B3013", self.body.span, message)
                .label("what it has captured by value may end before the reference does")
                .note("give back a clone, or capture a reference to something that lives longer");
            self.diags.error(diagnostic);
        }
    }

    /// What a method lets flow though its protocol does not say so.
    pub fn unsaid(&mut self, unsaid: &[(Part, Part)]) {
        let (Some(_), Source::Fn(def)) = (unsaid.first(), self.body.source) else { return };
        let name = (self.cx.names)(def).map_or("the method".to_string(), |name| format!("`{name}`"));
        let message = format!("{name} keeps or gives back a borrow that its protocol does not speak of");
        let diagnostic = Diagnostic::error("B3014", self.body.span, message)
            .label("callers that know only the protocol could use it after its end")
            .note("by the protocol, a result with references borrows from `self`, and no argument is kept in another");
        self.diags.error(diagnostic);
    }

    /// Who needs the loan after the conflict.
    fn reason(&self, found: &Found, conflict: &Conflict) -> Reason {
        if found.gathered.facts.universal.contains(&conflict.origin) {
            return Reason::Outlives;
        }
        let at = found.gathered.points.location(conflict.point);
        let holds = |origin: Origin| {
            let locals = found.gathered.locals.iter_enumerated();
            locals
                .filter(move |(_, it)| it.slots.contains(&origin))
                .map(|(local, _)| local)
                .collect::<Vec<_>>()
        };
        let holders = holds(conflict.origin);
        self.next_use(&holders, at).unwrap_or(Reason::Unknown)
    }

    /// The first use of one of some variables, along the ways from an instruction.
    fn next_use(&self, holders: &[Local], from: Location) -> Option<Reason> {
        let mut work: VecDeque<(BlockId, usize)> = VecDeque::from([(from.block, from.statement)]);
        let mut seen = vec![false; self.body.blocks.len()];
        while let Some((block, start)) = work.pop_front() {
            let here = &self.body.blocks[block];
            let mut defined: BTreeSet<Local> = BTreeSet::new();
            for statement in start..=here.statements.len() {
                let mut found = None;
                let mut look = |place: &Place, what: Use| {
                    if holders.contains(&place.local) && !defined.contains(&place.local) && found.is_none() {
                        let is_whole = place.projection.is_empty();
                        match what {
                            Use::Assign if is_whole => drop(defined.insert(place.local)),
                            Use::Drop => found = Some((true, place.local)),
                            Use::Assign
                            | Use::Copy
                            | Use::Move
                            | Use::Borrow(_)
                            | Use::AddressOf(_)
                            | Use::Inspect
                            | Use::SetDiscriminant => found = Some((false, place.local)),
                        }
                    }
                };
                match here.statements.get(statement) {
                    Some(it) => it.kind.for_each_place(&mut look),
                    None => here.terminator.kind.for_each_place(&mut look),
                }
                if let Some((is_drop, local)) = found {
                    let name = self.body.locals[local].name.map(|name| name.to_string());
                    let at = Location { block, statement };
                    return Some(match is_drop {
                        true => Reason::Dropped(at, name),
                        false => Reason::Used(at, name),
                    });
                }
                if statement == here.statements.len()
                    && matches!(here.terminator.kind, TerminatorKind::Return)
                    && holders.contains(&RETURN)
                {
                    return Some(Reason::Returned);
                }
            }
            for next in here.terminator.kind.successors() {
                if !self.body.blocks[next].is_cleanup && !std::mem::replace(&mut seen[next.index()], true) {
                    work.push_back((next, 0));
                }
            }
        }
        None
    }

    fn because(&self, diagnostic: Diagnostic, conflict_at: Location, reason: &Reason) -> Diagnostic {
        let conflict = self.info_span(conflict_at);
        match reason {
            Reason::Used(at, name) => {
                let span = self.info_span(*at);
                let whose = name
                    .as_ref()
                    .map_or("the borrow".to_string(), |name| format!("`{name}`, which holds it,"));
                if span == conflict {
                    return diagnostic;
                }
                let is_around = span.lo <= conflict.lo && conflict.hi <= span.hi;
                let when = match span.lo < conflict.lo && !is_around {
                    true => "used again in the next iteration",
                    false => "used later",
                };
                diagnostic.secondary(span, format!("{whose} is {when}"))
            }
            Reason::Dropped(at, name) => {
                let whose = name
                    .as_ref()
                    .map_or("what holds it".to_string(), |name| format!("`{name}`, which holds it,"));
                diagnostic.secondary(
                    self.info_span(*at),
                    format!("{whose} is dropped here, and its `drop` may look at it"),
                )
            }
            Reason::Outlives => {
                diagnostic.note("the borrow is put into something that outlives the function")
            }
            Reason::Returned | Reason::Unknown => diagnostic,
        }
    }

    fn report_conflict(
        &mut self,
        found: &Found,
        conflict: &Conflict,
        invalidation: &Invalidation,
        reason: Reason,
    ) {
        let loan = &found.gathered.loans[conflict.loan];
        let name = self.lent_name(&loan.place);
        let touched = match self.describe(&invalidation.place) {
            Some(name) => format!("`{name}`"),
            None => name.clone(),
        };
        let (borrowed, span) = (self.info_span(loan.at), self.info_span(invalidation.at));
        let how = match loan.mutability {
            Mutability::Mut => "borrowed as mutable",
            Mutability::Shared => "borrowed",
        };
        // What is touched may be a part of what is lent, or the other way round.
        let is_same = touched == name || self.describe(&loan.place).is_none();
        let how_else = if is_same { format!("it is {how}") } else { format!("{name} is {how}") };
        let (code, message, label) = match invalidation.access {
            Access::Borrow => {
                ("B3001", format!("{touched} is borrowed while {how_else}"), "borrowed again here")
            }
            Access::BorrowMut => (
                "B3001",
                format!("{touched} is borrowed as mutable while {how_else}"),
                "borrowed as mutable here",
            ),
            Access::Assign => ("B3010", format!("{touched} is assigned while {how_else}"), "assigned here"),
            Access::Move => ("B3011", format!("{touched} is moved while {how_else}"), "moved here"),
            Access::Read => ("B3012", format!("{touched} is used while {how_else}"), "used here"),
            Access::Drop | Access::StorageDead | Access::Return => {
                ("B3002", format!("{touched} does not live long enough"), "ends here")
            }
        };
        let mut diagnostic = Diagnostic::error(code, span, message);
        diagnostic = match borrowed == span {
            true => diagnostic.label(format!("{label}, in the next iteration of the loop")),
            false => diagnostic.secondary(borrowed, format!("{name} is {how} here")).label(label),
        };
        let diagnostic = self.because(diagnostic, invalidation.at, &reason);
        self.diags.error(diagnostic);
    }

    fn report_dangling(
        &mut self,
        found: &Found,
        conflict: &Conflict,
        invalidation: &Invalidation,
        reason: Reason,
    ) {
        let loan = &found.gathered.loans[conflict.loan];
        let name = self.lent_name(&loan.place);
        let borrowed = self.info_span(loan.at);
        let end = self.info_span(invalidation.at);
        let is_temporary = self.describe(&loan.place).is_none();
        let decl = &self.body.locals[loan.place.local];
        let returned = matches!(reason, Reason::Returned);
        let outlives = returned || matches!(reason, Reason::Outlives);
        let message = match (outlives, is_temporary) {
            (true, false) if returned => {
                format!("a borrow of {name} is given back, but {name} ends with the function")
            }
            (true, true) if returned => "a borrow of a temporary value is given back".to_string(),
            (true, false) => format!("{name} is borrowed by something that outlives the function"),
            (true, true) => {
                "a temporary value is borrowed by something that outlives the function".to_string()
            }
            (false, false) => format!("{name} does not live long enough"),
            (false, true) => "a temporary value does not live long enough".to_string(),
        };
        let mut diagnostic = Diagnostic::error("B3002", borrowed, message).label("borrowed here");
        let is_parameter = crate::is_parameter(self.body, loan.place.local);
        if !is_temporary && (outlives || decl.span != borrowed) {
            let text = match is_parameter {
                true => format!("{name} belongs to the function, and ends with it"),
                false => format!("{name} ends with the scope it is declared in"),
            };
            diagnostic = diagnostic.secondary(decl.span, text);
        }
        if !outlives {
            diagnostic = diagnostic.secondary(end, "it ends here");
        }
        diagnostic = self.because(diagnostic, invalidation.at, &reason);
        let written = self.cx.sources.text(borrowed);
        if written.starts_with('|') {
            let to = borrowed.shrink_to_lo();
            diagnostic =
                diagnostic.fix("let the closure take it", to, "move ", Applicability::MaybeIncorrect);
        } else if is_temporary && !outlives {
            diagnostic = diagnostic.note("a variable for it would live to the end of its scope");
        }
        self.diags.error(diagnostic);
    }

    fn lent_name(&self, place: &Place) -> String {
        // What is behind a reference of a temporary is the reference's own.
        match self.describe(place) {
            Some(name) => format!("`{name}`"),
            None => "this value".to_string(),
        }
    }
}
