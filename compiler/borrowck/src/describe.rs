//! Places as the user wrote them: `account.owner`, `*count`, `xs[…]`.

use crate::Checker;
use base::Symbol;
use hir::LangItem;
use mir::{
    Callee, ConstValue, Local, Operand, Place, PlaceElem, Rvalue, Source, StatementKind, TerminatorKind,
};
use typeck::{TyKind, VariantIdx};

/// What gives a reference to a part of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lender {
    /// `a[i]`
    Index,
    /// `*a`
    Deref,
}

impl Checker<'_> {
    /// The static whose place it is, or is in.
    pub fn static_behind(&self, place: &Place) -> Option<Symbol> {
        let [PlaceElem::Deref, ..] = place.projection[..] else { return None };
        let statements = self.body.blocks.iter().flat_map(|block| &block.statements);
        let mut items = statements.filter_map(|statement| {
            let StatementKind::Assign(to, Rvalue::Use(Operand::Const(constant))) = &statement.kind else {
                return None;
            };
            let ConstValue::Def(def, _) = constant.value else { return None };
            (*to == Place::local(place.local)).then_some(def)
        });
        self.body.locals[place.local].name.is_none().then(|| items.next()).flatten().and_then(self.cx.names)
    }

    /// `None` for what has no name: a temporary.
    pub fn describe(&self, place: &Place) -> Option<String> {
        let (mut text, from) = self.root(place)?;
        let mut variant = VariantIdx(0);
        let mut ty = self.body.locals[place.local].ty;
        for (at, elem) in place.projection.iter().enumerate() {
            let before = ty;
            ty = elem.ty_of(ty);
            if at < from {
                continue;
            }
            match elem {
                // What is behind a reference is written like the reference, but at the end.
                PlaceElem::Deref
                    if at + 1 == place.projection.len() && !self.is_guard_reference(place.local) =>
                {
                    text = format!("*{text}")
                }
                PlaceElem::Deref => {}
                PlaceElem::Field(field, _) => {
                    let adt = before.adt_def().and_then(|def| self.cx.signatures.adt(def));
                    let field_of = adt.and_then(|adt| adt.variants.get(variant)?.fields.get(*field));
                    let name = field_of.map(|field| field.name.to_string());
                    let name = name.unwrap_or_else(|| field.0.to_string());
                    // A variant's payload has no name of its own: what is moved is a part of the whole.
                    if !matches!(place.projection.get(at.wrapping_sub(1)), Some(PlaceElem::Downcast(_))) {
                        text = format!("{text}.{name}");
                    }
                }
                PlaceElem::Index(_) | PlaceElem::ConstantIndex { .. } | PlaceElem::Subslice { .. } => {
                    text = format!("{text}[…]")
                }
                PlaceElem::Downcast(index) => variant = *index,
            }
        }
        Some(text)
    }

    /// The variable, and how many elements of the path belong to it: for a captured one, those to its field.
    fn root(&self, place: &Place) -> Option<(String, usize)> {
        if self.is_closure_self(place.local) {
            let (capture, used) = self.captured(place)?;
            let capture = self.captures.get(capture)?;
            let is_end = capture.is_deref && used == place.projection.len();
            return Some((format!("{}{}", if is_end { "*" } else { "" }, capture.name), used));
        }
        if let Some(name) = self.body.locals[place.local].name {
            return Some((name.to_string(), 0));
        }
        // What an overloaded `a[i]` or `*a` gave.
        let (method, of) = self.lent_by(place.local)?;
        let text = self.describe(of)?;
        match method {
            Lender::Index => Some((format!("{text}[…]"), 1)),
            Lender::Deref => Some((text, 0)),
        }
    }

    /// If a temporary is the reference that indexing or dereferencing through a protocol gave: which, and of what.
    pub fn lent_by(&self, local: Local) -> Option<(Lender, &Place)> {
        let call = self.body.blocks.iter().find_map(|block| {
            let TerminatorKind::Call { callee: Callee::Def(def, _), args, destination, .. } =
                &block.terminator.kind
            else {
                return None;
            };
            let gives_it = destination.local == local && destination.projection.is_empty();
            gives_it.then_some((*def, args.first()?.place()?))
        });
        let (method, receiver) = call?;
        let is_of = |item: LangItem| {
            let protocol = self.cx.lang.get(item).and_then(|item| self.cx.signatures.protocol(item));
            protocol.is_some_and(|protocol| protocol.members.contains_key(&method))
        };
        let lender = if is_of(LangItem::Index) || is_of(LangItem::IndexMut) {
            Lender::Index
        } else if is_of(LangItem::Deref) || is_of(LangItem::DerefMut) {
            Lender::Deref
        } else {
            return None;
        };
        let statements = self.body.blocks.iter().flat_map(|block| &block.statements);
        let borrowed = statements.into_iter().find_map(|statement| {
            let StatementKind::Assign(to, Rvalue::Ref(_, of)) = &statement.kind else { return None };
            (to == receiver).then_some(of)
        });
        borrowed.map(|of| (lender, of))
    }

    /// In a guard, what the pattern will bind is seen through a reference of its own.
    pub fn is_guard_reference(&self, local: Local) -> bool {
        let decl = &self.body.locals[local];
        decl.name.is_some()
            && matches!(decl.ty.kind(), TyKind::Ref(..))
            && local.0 as usize > self.body.arg_count
            && self.body.variables.iter().all(|variable| variable.place.local != local)
    }

    pub fn is_closure_self(&self, local: Local) -> bool {
        matches!(self.body.source, Source::Closure(_)) && local == Local(1)
    }

    /// Of a path into the closure itself: which capture, and how many elements lead to the variable.
    pub fn captured(&self, place: &Place) -> Option<(usize, usize)> {
        if !self.is_closure_self(place.local) {
            return None;
        }
        let skip = usize::from(place.projection.first() == Some(&PlaceElem::Deref));
        let Some(PlaceElem::Field(field, _)) = place.projection.get(skip) else { return None };
        let capture = field.0 as usize;
        let by_reference = self.captures.get(capture).is_some_and(|capture| capture.by_reference)
            && place.projection.get(skip + 1) == Some(&PlaceElem::Deref);
        Some((capture, skip + 1 + usize::from(by_reference)))
    }
}
