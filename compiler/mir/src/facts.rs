//! What MIR building, move checking and drop elaboration ask about types: [`Facts`].
//!
//! The answers come from type checking; tests over MIR text give their own.

use hir::{DefId, LangItem};
use typeck::{Capture, CaptureBy, Const, Mutability, Subst, Ty, TyKind, Typed, VariantDef};

pub trait Facts {
    /// Whether a value of the type is copied, under the bounds of `owner`.
    fn is_copy(&self, ty: Ty, owner: DefId) -> bool;
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
        match *ty.kind() {
            TyKind::Tuple(items) => Parts::Fields(items.to_vec()),
            TyKind::Array(elem, Const::Value(len)) => Parts::Array(elem, len as u64),
            TyKind::Closure(id, args) => {
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
            }
            TyKind::Adt(def, args) => {
                let Some(adt) = self.signatures.adt(def) else { return Parts::None };
                let fields = |variant: &VariantDef| -> Vec<Ty> {
                    variant.fields.iter().map(|field| self.normalise(field.ty.subst(&args))).collect()
                };
                match adt.is_union {
                    true => Parts::Variants(adt.variants.iter().map(fields).collect()),
                    false => {
                        adt.variants.iter().next().map_or(Parts::None, |only| Parts::Fields(fields(only)))
                    }
                }
            }
            TyKind::Array(..)
            | TyKind::Prim(_)
            | TyKind::Slice(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => Parts::None,
        }
    }
}
