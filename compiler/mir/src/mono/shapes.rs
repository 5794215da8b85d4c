//! What records, unions and closures consist of, with all types concrete.
//!
//! In: definitions of type checking, and arguments. Out: [`Shape`]s for [`Layouts`](crate::layout::Layouts).
//!
//! Before: `record Pair[A, B] { a: A, b: B }` and `Pair[i64, bool]`. After: fields `i64`, `bool`.

use super::Shared;
use crate::layout::{RecordShape, Shape, Shapes};
use hir::{DefId, LangItem};
use typeck::{CaptureBy, ClosureId, FieldIdx, GenericArgs, Mutability, Subst, Ty, TyKind, VariantIdx};

impl Shapes for Shared<'_> {
    fn shape(&self, ty: Ty) -> Shape {
        match *ty.kind() {
            TyKind::Adt(def, args) => {
                let Some(adt) = self.cx.typed.signatures.adt(def) else {
                    return Shape::Record(RecordShape::default());
                };
                let mut variants: Vec<Vec<Ty>> =
                    adt.variants.ids().map(|variant| self.variant_fields(def, variant, args)).collect();
                if adt.is_union {
                    return Shape::Union(variants);
                }
                Shape::Record(RecordShape {
                    fields: variants.pop().unwrap_or_default(),
                    nonnull: self.is_box(def) || self.has_attr(def, "nonnull"),
                    ordered: self.has_attr(def, "repr"),
                })
            }
            TyKind::Closure(id, args) => {
                Shape::Record(RecordShape { fields: self.capture_types(id, args), ..RecordShape::default() })
            }
            TyKind::Prim(_)
            | TyKind::Tuple(_)
            | TyKind::Array(..)
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
            | TyKind::Error(_) => panic!("{ty:?} has no shape of its own"),
        }
    }
}

impl Shared<'_> {
    pub fn is_box(&self, def: DefId) -> bool {
        self.cx.typed.package.lang.get(LangItem::Box) == Some(def)
    }

    pub fn has_attr(&self, def: DefId, name: &str) -> bool {
        self.cx.typed.package.def(def).attrs.iter().any(|attr| attr.path.as_str() == name)
    }

    pub fn variant_fields(&self, def: DefId, variant: VariantIdx, args: GenericArgs) -> Vec<Ty> {
        let adt = self.cx.typed.signatures.expect_adt(def);
        adt.variants[variant].fields.iter().map(|field| self.normalise(field.ty.subst(&args))).collect()
    }

    /// The fields of a closure.
    pub fn capture_types(&self, id: ClosureId, args: GenericArgs) -> Vec<Ty> {
        let Some(info) = self.cx.typed.closure(id) else { return Vec::new() };
        let field = |capture: &typeck::Capture| {
            let ty = capture.ty.subst(&args);
            self.normalise(match capture.by {
                CaptureBy::Value => ty,
                CaptureBy::Ref => Ty::reference(ty, Mutability::Shared),
                CaptureBy::RefMut => Ty::reference(ty, Mutability::Mut),
            })
        };
        info.captures.iter().map(field).collect()
    }

    /// All fields of a tuple, record or closure.
    pub fn fields(&self, ty: Ty) -> Vec<(FieldIdx, Ty)> {
        let types = match *ty.kind() {
            TyKind::Tuple(items) => items.to_vec(),
            TyKind::Closure(id, args) => self.capture_types(id, args),
            TyKind::Adt(def, args) => self.variant_fields(def, VariantIdx(0), args),
            TyKind::Prim(_)
            | TyKind::Array(..)
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
            | TyKind::Error(_) => Vec::new(),
        };
        types.into_iter().enumerate().map(|(n, ty)| (FieldIdx(n as u32), ty)).collect()
    }
}
