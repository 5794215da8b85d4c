//! Types of places and operands, read off the body alone: a field's type is written in its projection.
//!
//! `((*_1).0: i64)` is an `i64`; `(*_1)` of `_1: &mut T` is a `T`. Before `Mono` a type may still hold projections
//! (`I.Item`) that two texts of one type write differently.

use crate::{Body, CastOp, Operand, Place, PlaceElem};
use base::IndexVec;
use typeck::{Const, GenericArg, Ty, TyKind};

impl Place {
    /// `None` if the path does not fit the type, which [`crate::verify`] reports.
    pub fn try_ty(&self, locals: &IndexVec<crate::Local, crate::LocalDecl>) -> Option<Ty> {
        self.projection.iter().try_fold(locals.get(self.local)?.ty, |ty, elem| project(ty, elem))
    }

    pub fn ty(&self, body: &Body) -> Ty {
        self.try_ty(&body.locals).unwrap_or_else(|| panic!("{self:?} does not fit its local's type"))
    }
}

/// The type after one step.
pub fn project(ty: Ty, elem: &PlaceElem) -> Option<Ty> {
    match elem {
        PlaceElem::Deref => match *ty.kind() {
            TyKind::Ref(_, to, _) | TyKind::RawPtr(to, _) => Some(to),
            // `Box`.
            TyKind::Adt(_, args) => args.first().and_then(|arg| match arg {
                GenericArg::Ty(ty) => Some(*ty),
                GenericArg::Const(_) => None,
            }),
            _ => None,
        },
        PlaceElem::Field(_, ty) => Some(*ty),
        PlaceElem::Index(_) | PlaceElem::ConstantIndex { .. } => match *ty.kind() {
            TyKind::Array(elem, _) | TyKind::Slice(elem) => Some(elem),
            _ => None,
        },
        PlaceElem::Subslice { from, to } => match *ty.kind() {
            TyKind::Slice(_) => Some(ty),
            TyKind::Array(elem, Const::Value(len)) => {
                let len = len.checked_sub(u128::from(*from))?.checked_sub(u128::from(*to))?;
                Some(Ty::new(TyKind::Array(elem, Const::Value(len))))
            }
            _ => None,
        },
        PlaceElem::Downcast(_) => Some(ty),
    }
}

impl Operand {
    pub fn ty(&self, body: &Body) -> Ty {
        match self {
            Operand::Copy(place) | Operand::Move(place) => place.ty(body),
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

impl CastOp {
    /// Whether the operand is only seen as another type: nothing is computed.
    pub fn is_reinterpretation(self) -> bool {
        matches!(
            self,
            CastOp::PtrToPtr | CastOp::PtrToInt | CastOp::IntToPtr | CastOp::FnToPtr | CastOp::Transmute
        )
    }
}
