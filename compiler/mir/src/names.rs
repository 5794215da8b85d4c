//! Names of definitions and types in the text of MIR: [`Names`], and types as text.
//!
//! In: a [`Ty`], a definition. Out: text that [`crate::parse`] reads back to the same. A path that several definitions
//! share (`From.from` of two impls) gets their number among them: `core.string.String.from#1`.
//!
//! ```text
//! Map[String, T]  ⇒  core.map.Map[core.string.String, T#0]
//! ```

use hir::{BodyId, DefId, Package};
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use typeck::{ClosureId, Const, FnSig, GenericArg, Mutability, Region, Ty, TyKind};

/// Definitions by name and back.
pub trait Names {
    fn path(&self, def: DefId) -> String;
    fn resolve(&self, path: &str) -> Option<DefId>;
    /// The definition whose body this is; `None` prints the body's number.
    fn owner(&self, body: BodyId) -> Option<DefId>;
    fn body(&self, owner: DefId) -> Option<BodyId>;
}

/// By number: `d12`. Needs nothing, for messages about ourselves.
pub struct Numbers;

impl Names for Numbers {
    fn path(&self, def: DefId) -> String {
        def.to_string()
    }
    fn resolve(&self, path: &str) -> Option<DefId> {
        path.strip_prefix('d')?.parse().ok().map(DefId)
    }
    fn owner(&self, _: BodyId) -> Option<DefId> {
        None
    }
    fn body(&self, _: DefId) -> Option<BodyId> {
        None
    }
}

/// Every path that is asked for becomes a definition: for bodies that exist only as text.
#[derive(Default)]
pub struct FreshNames {
    paths: RefCell<Vec<String>>,
}

impl Names for FreshNames {
    fn path(&self, def: DefId) -> String {
        self.paths.borrow().get(def.0 as usize).cloned().unwrap_or_else(|| def.to_string())
    }
    fn resolve(&self, path: &str) -> Option<DefId> {
        let mut paths = self.paths.borrow_mut();
        let at = paths.iter().position(|known| known == path).unwrap_or_else(|| {
            paths.push(path.to_string());
            paths.len() - 1
        });
        Some(DefId(at as u32))
    }
    fn owner(&self, _: BodyId) -> Option<DefId> {
        None
    }
    fn body(&self, _: DefId) -> Option<BodyId> {
        None
    }
}

/// The names of a program.
pub struct PackageNames<'a> {
    package: &'a Package,
    /// Path → all that have it, in order. Made when the first path is asked for: only text needs it.
    by_path: OnceCell<BTreeMap<String, Vec<DefId>>>,
}

impl<'a> PackageNames<'a> {
    pub fn new(package: &'a Package) -> PackageNames<'a> {
        PackageNames { package, by_path: OnceCell::new() }
    }

    fn by_path(&self) -> &BTreeMap<String, Vec<DefId>> {
        self.by_path.get_or_init(|| {
            let mut by_path: BTreeMap<String, Vec<DefId>> = BTreeMap::new();
            for def in self.package.defs.ids() {
                by_path.entry(self.package.path_of(def)).or_default().push(def);
            }
            by_path
        })
    }
}

impl Names for PackageNames<'_> {
    fn path(&self, def: DefId) -> String {
        let mut path = self.package.path_of(def);
        if let Some(number) = self.by_path().get(&path).and_then(|all| all.iter().position(|&it| it == def))
            && number > 0
        {
            let _ = write!(path, "#{number}");
        }
        path
    }
    fn resolve(&self, path: &str) -> Option<DefId> {
        let (path, number) = match path.rsplit_once('#') {
            Some((path, number)) => (path, number.parse().ok()?),
            None => (path, 0),
        };
        self.by_path().get(path)?.get(number).copied()
    }
    fn owner(&self, body: BodyId) -> Option<DefId> {
        let owner = self.package.body_owner(body);
        (self.body(owner) == Some(body)).then_some(owner)
    }
    fn body(&self, owner: DefId) -> Option<BodyId> {
        item_body(self.package, owner)
    }
}

/// The body that a function, constant or test is made of.
pub fn item_body(package: &Package, owner: DefId) -> Option<BodyId> {
    match package.item(owner)? {
        hir::Item::Fn(item) => item.body,
        hir::Item::Const(item) => item.body,
        hir::Item::Test(item) => Some(item.body),
        hir::Item::Record(_)
        | hir::Item::Union(_)
        | hir::Item::TypeAlias(_)
        | hir::Item::Protocol(_)
        | hir::Item::Impl(_)
        | hir::Item::AssocType(_) => None,
    }
}

/// A path as it is written in MIR: in backquotes if it has more in it than names and dots (`` `[T].len` ``).
pub fn write_path(out: &mut dyn Write, names: &dyn Names, def: DefId) -> fmt::Result {
    let path = names.path(def);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '#');
    match path.chars().all(plain) && !path.starts_with(|c: char| c.is_ascii_digit()) {
        true => out.write_str(&path),
        false => write!(out, "`{path}`"),
    }
}

/// `m.f[T#0, 4]`
pub fn write_def(out: &mut dyn Write, names: &dyn Names, def: DefId, args: &[GenericArg]) -> fmt::Result {
    write_path(out, names, def)?;
    write_args(out, names, args)
}

pub fn write_args(out: &mut dyn Write, names: &dyn Names, args: &[GenericArg]) -> fmt::Result {
    if args.is_empty() {
        return Ok(());
    }
    out.write_char('[')?;
    for (at, &arg) in args.iter().enumerate() {
        if at > 0 {
            out.write_str(", ")?;
        }
        match arg {
            GenericArg::Ty(ty) => write_ty(out, names, ty)?,
            GenericArg::Const(value) => {
                out.write_str("const ")?;
                write_const(out, names, value)?;
            }
        }
    }
    out.write_char(']')
}

/// `e12 of m.main`
pub fn write_closure(out: &mut dyn Write, names: &dyn Names, id: ClosureId) -> fmt::Result {
    write!(out, "{} of ", id.expr)?;
    write_body_name(out, names, id.body)
}

fn write_body_name(out: &mut dyn Write, names: &dyn Names, body: BodyId) -> fmt::Result {
    match names.owner(body) {
        Some(owner) => write_path(out, names, owner),
        None => write!(out, "{body}"),
    }
}

/// `4`, `N#1`, `{of m.f}[T#0]`
pub fn write_const(out: &mut dyn Write, names: &dyn Names, value: Const) -> fmt::Result {
    match value {
        Const::Value(bits) => write!(out, "{bits}"),
        Const::Param(index, name) => write!(out, "{name}#{index}"),
        Const::Infer(var) => write!(out, "{var}"),
        Const::Unevaluated(body, args) => {
            out.write_str("{of ")?;
            write_body_name(out, names, body)?;
            out.write_char('}')?;
            write_args(out, names, &args)
        }
        Const::Error(_) => out.write_str("{error}"),
    }
}

fn write_region(out: &mut dyn Write, region: Region) -> fmt::Result {
    match region {
        Region::Erased => Ok(()),
        Region::Static => out.write_str("'static "),
        Region::Param(index, name) => write!(out, "{name}#{index} "),
    }
}

fn write_list(out: &mut dyn Write, names: &dyn Names, tys: &[Ty]) -> fmt::Result {
    for (at, &ty) in tys.iter().enumerate() {
        if at > 0 {
            out.write_str(", ")?;
        }
        write_ty(out, names, ty)?;
    }
    Ok(())
}

fn write_sig(out: &mut dyn Write, names: &dyn Names, sig: FnSig) -> fmt::Result {
    out.write_str("fn(")?;
    write_list(out, names, &sig.params)?;
    out.write_str(") -> ")?;
    write_ty(out, names, sig.ret)
}

pub fn write_ty(out: &mut dyn Write, names: &dyn Names, ty: Ty) -> fmt::Result {
    let mut_text = |mutability: Mutability| match mutability {
        Mutability::Shared => "",
        Mutability::Mut => "mut ",
    };
    match *ty.kind() {
        TyKind::Prim(prim) => out.write_str(prim.name()),
        TyKind::Tuple(items) => {
            out.write_char('(')?;
            write_list(out, names, &items)?;
            out.write_str(if items.len() == 1 { ",)" } else { ")" })
        }
        TyKind::Array(elem, len) => {
            out.write_char('[')?;
            write_ty(out, names, elem)?;
            out.write_str("; ")?;
            write_const(out, names, len)?;
            out.write_char(']')
        }
        TyKind::Slice(elem) => {
            out.write_char('[')?;
            write_ty(out, names, elem)?;
            out.write_char(']')
        }
        TyKind::Ref(region, to, mutability) => {
            out.write_char('&')?;
            write_region(out, region)?;
            out.write_str(mut_text(mutability))?;
            write_ty(out, names, to)
        }
        TyKind::RawPtr(to, mutability) => {
            out.write_char('*')?;
            out.write_str(mut_text(mutability))?;
            write_ty(out, names, to)
        }
        TyKind::Adt(def, args) => write_def(out, names, def, &args),
        TyKind::FnDef(def, args) => {
            out.write_str("{fn ")?;
            write_def(out, names, def, &args)?;
            out.write_char('}')
        }
        TyKind::FnPtr(sig) => write_sig(out, names, sig),
        TyKind::Closure(id, args) => {
            out.write_str("{closure ")?;
            write_closure(out, names, id)?;
            out.write_char('}')?;
            write_args(out, names, &args)
        }
        TyKind::Dyn(protocols, bindings, region) => {
            out.write_str("dyn ")?;
            write_region(out, region)?;
            for (at, protocol) in protocols.iter().enumerate() {
                if at > 0 {
                    out.write_str(" + ")?;
                }
                write_def(out, names, protocol.def, &protocol.args)?;
            }
            for (at, binding) in bindings.iter().enumerate() {
                out.write_str(if at > 0 { ", " } else { " with (" })?;
                write_def(out, names, binding.item, &[])?;
                out.write_str(" = ")?;
                write_ty(out, names, binding.ty)?;
            }
            out.write_str(if bindings.is_empty() { "" } else { ")" })
        }
        TyKind::Param(index, name) => write!(out, "{name}#{index}"),
        TyKind::Projection(def, args) => {
            out.write_char('<')?;
            write_def(out, names, def, &args)?;
            out.write_char('>')
        }
        TyKind::Opaque(def, index, args) => {
            write!(out, "impl {index} of ")?;
            write_def(out, names, def, &args)
        }
        TyKind::Infer(var) => write!(out, "{var}"),
        TyKind::Error(_) => out.write_str("{error}"),
    }
}

/// A type as text.
pub fn ty_text(names: &dyn Names, ty: Ty) -> String {
    let mut out = String::new();
    let _ = write_ty(&mut out, names, ty);
    out
}
