//! What every question about types may look at: the HIR, the signatures and, where there is one, the typed program.

use crate::{Signatures, Ty, TyKind, Typed};
use hir::{DefId, LangItem, Package, PrimTy};

#[derive(Clone, Copy)]
pub struct Cx<'a> {
    pub package: &'a Package,
    pub sigs: &'a Signatures<'a>,
    /// Absent while signatures are being made.
    pub typed: Option<&'a Typed<'a>>,
}

impl<'a> Cx<'a> {
    pub fn lang(self, item: LangItem) -> Option<DefId> {
        self.package.lang.get(item)
    }

    pub fn is_lang(self, def: DefId, item: LangItem) -> bool {
        self.package.lang.get(item) == Some(def)
    }

    /// A lang type with arguments, if the library has it.
    pub fn lang_adt(self, item: LangItem, args: &[Ty]) -> Option<Ty> {
        let args = crate::List::from_iter(args.iter().map(|&ty| ty.into()));
        Some(Ty::adt(self.lang(item)?, args))
    }

    /// `Box[T]` → `T`: the owner whose dereference the compiler knows.
    pub fn boxed(self, ty: Ty) -> Option<Ty> {
        if let TyKind::Adt(def, args) = *ty.kind()
            && self.is_lang(def, LangItem::Box)
        {
            args.first().map(|arg| arg.expect_ty())
        } else {
            None
        }
    }

    /// `&T`, `&mut T`, `Box[T]` (and, with `raw`, `*T`) → `T`.
    pub fn builtin_deref(self, ty: Ty, raw: bool) -> Option<Ty> {
        if let TyKind::Ref(_, to, _) = *ty.kind() {
            Some(to)
        } else if let TyKind::RawPtr(to, _) = *ty.kind()
            && raw
        {
            Some(to)
        } else if let TyKind::Adt(..) = *ty.kind() {
            self.boxed(ty)
        } else {
            None
        }
    }
}

/// Groups of primitive types.
#[expect(clippy::wrong_self_convention, reason = "`PrimTy` is `Copy`")]
pub trait PrimExt {
    fn is_int(self) -> bool;
    fn is_signed(self) -> bool;
    fn is_float(self) -> bool;
    fn bits(self) -> u32;
}

impl PrimExt for PrimTy {
    fn is_int(self) -> bool {
        self.integer().is_some()
    }
    fn is_signed(self) -> bool {
        self.integer().is_some_and(|(_, signed)| signed)
    }
    fn is_float(self) -> bool {
        matches!(self, PrimTy::F32 | PrimTy::F64)
    }
    /// Of an integer; `usize` is taken as 64, as on every target whose literals matter.
    fn bits(self) -> u32 {
        use PrimTy::*;
        match self {
            I8 | U8 => 8,
            I16 | U16 => 16,
            I32 | U32 | F32 | Char => 32,
            I64 | U64 | Isize | Usize | F64 => 64,
            I128 | U128 => 128,
            Bool => 1,
            Str | Never => 0,
        }
    }
}

impl Ty {
    pub fn as_prim(self) -> Option<PrimTy> {
        if let TyKind::Prim(prim) = *self.kind() { Some(prim) } else { None }
    }
    /// Integer, float, `bool` or `char`.
    pub fn is_scalar_prim(self) -> bool {
        self.as_prim().is_some_and(|prim| !matches!(prim, PrimTy::Str | PrimTy::Never))
    }
    pub fn is_int(self) -> bool {
        self.as_prim().is_some_and(PrimExt::is_int)
    }
    pub fn is_float(self) -> bool {
        self.as_prim().is_some_and(PrimExt::is_float)
    }
    /// Without its references.
    pub fn peel_refs(self) -> Ty {
        let mut ty = self;
        while let TyKind::Ref(_, to, _) = *ty.kind() {
            ty = to;
        }
        ty
    }
    pub fn str() -> Ty {
        Ty::prim(PrimTy::Str)
    }
}
