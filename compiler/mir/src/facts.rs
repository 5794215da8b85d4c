//! What MIR building, move checking and drop elaboration ask about types: [`Facts`].
//!
//! The answers come from type checking, [`Remembered`] from one time to the next; tests over MIR text give their own.

use hir::{DefId, LangItem, PrimTy};
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use typeck::{
    Capture, CaptureBy, Const, FastHash, HasFlags, Mutability, Subst, Ty, TyKind, Typed, VariantDef,
};

pub trait Facts {
    /// Whether a value of the type is copied, under the bounds of `owner`.
    fn is_copy(&self, ty: Ty, owner: DefId) -> bool;
    /// Whether a value of the type can be cloned, as far as is known: for what is proposed after an error.
    fn is_clone(&self, _: Ty) -> bool {
        true
    }
    /// Whether dropping it may do something. A type parameter may need it.
    fn needs_drop(&self, ty: Ty) -> bool;
    /// Whether the type itself implements `Drop`: then nothing can be moved out of it.
    fn has_drop_impl(&self, ty: Ty) -> bool;
    fn is_box(&self, ty: Ty) -> bool;
    /// The types of the fields a value consists of.
    fn parts(&self, ty: Ty) -> Parts;
}

/// What a type consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parts {
    /// A number, a reference, a type parameter …
    None,
    /// A record, tuple or closure.
    Fields(Vec<Ty>),
    /// The fields of each variant.
    Variants(Vec<Vec<Ty>>),
    /// An array of known length.
    Array(Ty, u64),
}

impl Facts for Typed<'_> {
    fn is_copy(&self, ty: Ty, owner: DefId) -> bool {
        self.is_copy_in(ty, owner)
    }
    fn is_clone(&self, ty: Ty) -> bool {
        ty.has_params() || self.implements(ty, LangItem::Clone)
    }
    fn needs_drop(&self, ty: Ty) -> bool {
        Typed::needs_drop(self, ty)
    }
    fn has_drop_impl(&self, ty: Ty) -> bool {
        self.drop_impl(ty).is_some()
    }
    fn is_box(&self, ty: Ty) -> bool {
        matches!(*ty.kind(), TyKind::Adt(def, _) if self.package.lang.get(LangItem::Box) == Some(def))
    }
    fn parts(&self, ty: Ty) -> Parts {
        if let Some(items) = ty.tuple_items() {
            Parts::Fields(items.to_vec())
        } else if let TyKind::Array(elem, Const::Value(len)) = *ty.kind() {
            Parts::Array(elem, len as u64)
        } else if let TyKind::Closure(id, args) = *ty.kind() {
            let captures = self.closure(id).map_or(&[][..], |info| &info.captures);
            let field = |capture: &Capture| {
                let ty = self.normalise(capture.ty.subst(&args));
                match capture.by {
                    CaptureBy::Value => ty,
                    CaptureBy::Ref => Ty::reference(ty, Mutability::Shared),
                    CaptureBy::RefMut => Ty::reference(ty, Mutability::Mut),
                }
            };
            Parts::Fields(captures.iter().map(field).collect())
        } else if let TyKind::Adt(def, args) = *ty.kind()
            && let Some(adt) = self.signatures.adt(def)
        {
            let fields = |variant: &VariantDef| -> Vec<Ty> {
                variant.fields.iter().map(|field| self.normalise(field.ty.subst(&args))).collect()
            };
            match adt.is_union {
                true => Parts::Variants(adt.variants.iter().map(fields).collect()),
                false => adt.variants.iter().next().map_or(Parts::None, |only| Parts::Fields(fields(only))),
            }
        } else {
            Parts::None
        }
    }
}

/// Answers of type checking, each found once. Bodies ask about few types, many times.
pub struct Remembered<'a> {
    typed: &'a Typed<'a>,
    /// With the owner whose bounds count, where the type has parameters.
    copy: Answers<(Ty, Option<DefId>)>,
    needs_drop: Answers<Ty>,
    has_drop_impl: Answers<Ty>,
}

/// Looked up, never iterated over.
type Answers<K> = RefCell<HashMap<K, bool, FastHash>>;

fn remember<K: Copy + Eq + Hash>(answers: &Answers<K>, key: K, find: impl FnOnce() -> bool) -> bool {
    if let Some(&known) = answers.borrow().get(&key) {
        return known;
    }
    let found = find();
    answers.borrow_mut().insert(key, found);
    found
}

impl<'a> Remembered<'a> {
    pub fn new(typed: &'a Typed<'a>) -> Remembered<'a> {
        Remembered {
            typed,
            copy: RefCell::default(),
            needs_drop: RefCell::default(),
            has_drop_impl: RefCell::default(),
        }
    }
}

impl Facts for Remembered<'_> {
    fn is_copy(&self, ty: Ty, owner: DefId) -> bool {
        if let TyKind::Prim(prim) = *ty.kind() {
            prim != PrimTy::Str
        } else if let TyKind::Ref(_, _, mutability) = *ty.kind() {
            mutability == Mutability::Shared
        } else if ty.is_address() {
            true
        } else {
            let key = (ty, ty.has_params().then_some(owner));
            remember(&self.copy, key, || self.typed.is_copy_in(ty, owner))
        }
    }
    fn is_clone(&self, ty: Ty) -> bool {
        self.typed.is_clone(ty)
    }
    fn needs_drop(&self, ty: Ty) -> bool {
        let is_plain = matches!(ty.kind(), TyKind::Prim(_)) || ty.is_address();
        !is_plain && remember(&self.needs_drop, ty, || self.typed.needs_drop(ty))
    }
    fn has_drop_impl(&self, ty: Ty) -> bool {
        ty.adt_def().is_some() && remember(&self.has_drop_impl, ty, || self.typed.drop_impl(ty).is_some())
    }
    fn is_box(&self, ty: Ty) -> bool {
        self.typed.is_box(ty)
    }
    fn parts(&self, ty: Ty) -> Parts {
        self.typed.parts(ty)
    }
}
