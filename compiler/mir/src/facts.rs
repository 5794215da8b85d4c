//! What MIR building, move checking and drop elaboration ask about types: [`Facts`].
//!
//! The answers come from type checking; tests over MIR text give their own.

use hir::DefId;
use typeck::Ty;

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
