//! Which types hold a `core.cell.Cell`, whose value changes behind shared references.
//!
//! In: a type. Out: whether memory of that type may be written by those who only share it, so that it can be neither in
//! memory that the program only reads nor, as long as nothing makes tasks wait for each other, in a `static`.
//!
//! ```text
//! (i64, Cell[bool])   ⇒   true
//! &Cell[i64]          ⇒   false; with `behind`, true
//! ```

use crate::{Cx, Subst, Ty, TyKind};
use hir::LangItem;

/// How far to look, and what to take for granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looking {
    /// At what references lead to, too.
    pub behind: bool,
    /// What stands for an unknown type, a parameter or a closure: a cell, or none.
    pub params: bool,
}

/// Whether values of a type hold a cell.
pub fn holds_cell(cx: Cx<'_>, ty: Ty, looking: Looking) -> bool {
    look(cx, ty, looking, &mut Vec::new())
}

fn look(cx: Cx<'_>, ty: Ty, looking: Looking, seen: &mut Vec<Ty>) -> bool {
    match *ty.kind() {
        TyKind::Adt(def, args) => {
            if cx.is_lang(def, LangItem::Cell) {
                return true;
            }
            // A type that holds itself says nothing new; one that grows has been refused.
            if seen.contains(&ty) || seen.len() > 64 {
                return false;
            }
            seen.push(ty);
            let fields = cx.sigs.adt(def).into_iter().flat_map(|adt| adt.variants.iter());
            let mut fields = fields.flat_map(|variant| variant.fields.iter());
            fields.any(|field| look(cx, field.ty.subst(&args), looking, seen))
        }
        TyKind::Tuple(items) => items.iter().any(|&item| look(cx, item, looking, seen)),
        TyKind::Array(to, _) | TyKind::Slice(to) => look(cx, to, looking, seen),
        TyKind::Ref(_, to, _) => looking.behind && look(cx, to, looking, seen),
        TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Closure(..)
        | TyKind::Dyn(..) => looking.params,
        TyKind::Prim(_)
        | TyKind::RawPtr(..)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Infer(_)
        | TyKind::Error(_) => false,
    }
}
