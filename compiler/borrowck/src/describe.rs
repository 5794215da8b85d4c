//! Places as the user wrote them: `account.owner`, `*count`, `xs[…]`.

use crate::Checker;
use mir::{Local, Place, PlaceElem, Source};
use typeck::{TyKind, VariantIdx};

impl Checker<'_> {
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
                PlaceElem::Deref if at + 1 == place.projection.len() => text = format!("*{text}"),
                PlaceElem::Deref => {}
                PlaceElem::Field(field, _) => {
                    let name = match *before.kind() {
                        TyKind::Adt(def, _) => self.cx.signatures.adts.get(&def).and_then(|adt| {
                            adt.variants.get(variant)?.fields.get(*field).map(|field| field.name.to_string())
                        }),
                        _ => None,
                    };
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
            return Some((self.captures.get(capture)?.name.to_string(), used));
        }
        let name = self.body.locals[place.local].name?;
        Some((name.to_string(), 0))
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
        let Some(PlaceElem::Field(field, ty)) = place.projection.get(skip) else { return None };
        let by_reference =
            matches!(ty.kind(), TyKind::Ref(..)) && place.projection.get(skip + 1) == Some(&PlaceElem::Deref);
        Some((field.0 as usize, skip + 1 + usize::from(by_reference)))
    }
}
