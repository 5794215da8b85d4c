//! Which instances are the library's alone: nothing in them depends on the program, so nothing in them can be wrong
//! because of it, and a check need not look into them.
//!
//! In: an [`Instance`]. Out: whether its definition and all its arguments are of the standard library.
//!
//! ```text
//! println(Arguments)          yes         List[i64].push       yes
//! List[Point].push            no          [i64; 1000].iter     no: a length may be too large
//! core.unsafe.transmute       no: whether the sizes fit is for its caller to know
//! ```

use super::Shared;
use crate::{Instance, InstanceKind};
use hir::{DefId, Item, Package};
use typeck::{GenericArg, Ty, TyKind};

/// Says of a standard library function for standard library types that it is right, whoever asks for it. What the
/// user's program hands over to it (a closure, a type) would be among the arguments.
pub(super) fn is_independent(shared: &Shared<'_>, instance: Instance) -> bool {
    let package = shared.cx.typed.package;
    let own = match instance.kind {
        // An unsafe function relies on its caller: `transmute` between types of one size.
        InstanceKind::Fn(def) => package.is_std(def) && !is_unsafe(shared, def),
        InstanceKind::Virtual(def) | InstanceKind::Reify(def) | InstanceKind::TableEntry(def) => {
            package.is_std(def)
        }
        InstanceKind::Closure(id) | InstanceKind::ClosureFnPtr(id) | InstanceKind::Promoted(id) => {
            package.is_std(package.body_owner(id.body))
        }
        InstanceKind::Const(body) => package.is_std(package.body_owner(body)),
        InstanceKind::CallOnceShim(ty)
        | InstanceKind::CallShim(ty)
        | InstanceKind::DropGlue(ty)
        | InstanceKind::CloneShim(ty) => is_library(package, ty),
        InstanceKind::Entry(_) => false,
    };
    own && all(package, &instance.args)
}

fn is_unsafe(shared: &Shared<'_>, def: DefId) -> bool {
    matches!(shared.cx.typed.package.item(def), Some(Item::Fn(function)) if function.is_unsafe)
}

fn all(package: &Package, args: &[GenericArg]) -> bool {
    args.iter().all(|arg| match arg {
        GenericArg::Ty(ty) => is_library(package, *ty),
        GenericArg::Const(_) => false,
    })
}

/// Whether a type is made of the library's alone.
pub(super) fn is_library(package: &Package, ty: Ty) -> bool {
    match *ty.kind() {
        TyKind::Prim(_) => true,
        TyKind::Adt(def, args) | TyKind::FnDef(def, args) => package.is_std(def) && all(package, &args),
        TyKind::Closure(id, args) => package.is_std(package.body_owner(id.body)) && all(package, &args),
        TyKind::Ref(_, to, _) | TyKind::RawPtr(to, _) | TyKind::Slice(to) => is_library(package, to),
        TyKind::Tuple(items) => items.iter().all(|&item| is_library(package, item)),
        TyKind::FnPtr(sig) => {
            sig.params.iter().all(|&param| is_library(package, param)) && is_library(package, sig.ret)
        }
        TyKind::Array(..)
        | TyKind::Dyn(..)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => false,
    }
}
