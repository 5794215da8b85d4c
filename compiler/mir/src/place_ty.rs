//! Types of places, operands and rvalues' parts, from the declarations of a body.
//!
//! In: a place. Out: its type. `Field` elements carry theirs, so nothing is looked up.
//!
//! Before: `(*_1)[_2]` with `_1: &[i64]`. After: `i64`.

use crate::{Local, LocalDecl, Operand, Place, PlaceElem};
use base::IndexVec;
use typeck::{Const, GenericArg, Ty, TyKind};

/// What `*p` of a reference, raw pointer or `Box` is.
pub fn deref_ty(ty: Ty) -> Ty {
    match *ty.kind() {
        TyKind::Ref(_, to, _) | TyKind::RawPtr(to, _) => to,
        // `Box[T]` is the one record that is dereferenced as a place.
        TyKind::Adt(_, args) => match args.first() {
            Some(GenericArg::Ty(to)) => *to,
            Some(GenericArg::Const(_)) | None => panic!("{ty:?} is dereferenced"),
        },
        TyKind::Prim(_)
        | TyKind::Tuple(_)
        | TyKind::Array(..)
        | TyKind::Slice(_)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Closure(..)
        | TyKind::Dyn(..)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => panic!("{ty:?} is dereferenced"),
    }
}

/// The type of an element of an array or slice.
pub fn element_ty(ty: Ty) -> Ty {
    if let TyKind::Array(elem, _) | TyKind::Slice(elem) = *ty.kind() {
        elem
    } else {
        panic!("{ty:?} is indexed")
    }
}

impl PlaceElem {
    /// The type of a place of type `ty` after this element.
    pub fn ty_of(&self, ty: Ty) -> Ty {
        match *self {
            PlaceElem::Deref => deref_ty(ty),
            PlaceElem::Field(_, ty) => ty,
            PlaceElem::Index(_) | PlaceElem::ConstantIndex { .. } => element_ty(ty),
            PlaceElem::Subslice { from, to } => {
                if let TyKind::Array(elem, Const::Value(len)) = *ty.kind() {
                    Ty::new(TyKind::Array(elem, Const::Value(len - from as u128 - to as u128)))
                } else {
                    ty
                }
            }
            PlaceElem::Downcast(_) => ty,
        }
    }
}

/// The type after one step, or `None` if the step does not fit, which [`crate::verify`] reports.
pub fn project(ty: Ty, elem: &PlaceElem) -> Option<Ty> {
    let fits = match elem {
        PlaceElem::Deref => matches!(ty.kind(), TyKind::Ref(..) | TyKind::RawPtr(..) | TyKind::Adt(..)),
        PlaceElem::Index(_) | PlaceElem::ConstantIndex { .. } | PlaceElem::Subslice { .. } => {
            matches!(ty.kind(), TyKind::Array(..) | TyKind::Slice(_))
        }
        PlaceElem::Field(..) | PlaceElem::Downcast(_) => true,
    };
    fits.then(|| elem.ty_of(ty))
}

impl Place {
    pub fn ty(&self, locals: &IndexVec<Local, LocalDecl>) -> Ty {
        self.projection.iter().fold(locals[self.local].ty, |ty, elem| elem.ty_of(ty))
    }
}

impl Operand {
    pub fn ty(&self, locals: &IndexVec<Local, LocalDecl>) -> Ty {
        match self {
            Operand::Copy(place) | Operand::Move(place) => place.ty(locals),
            Operand::Const(constant) => constant.ty,
        }
    }
    /// The place it reads.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Operand::Copy(place) | Operand::Move(place) => Some(place),
            Operand::Const(_) => None,
        }
    }
}
