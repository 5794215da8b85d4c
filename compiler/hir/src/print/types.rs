//! Types, bounds and constants in types.

use super::Printer;
use crate::{Bound, ConstArg, ConstArgKind, GenericArg, ProtocolRef, Res, Ty, TyKind};

impl Printer<'_> {
    pub(super) fn ty(&self, ty: &Ty) -> String {
        let list = |types: &[Ty]| types.iter().map(|ty| self.ty(ty)).collect::<Vec<_>>().join(", ");
        match &*ty.kind {
            TyKind::Path { res, args } => format!("{}{}", self.res(*res), self.args(args)),
            TyKind::Assoc { base, protocol: Some(protocol), name, .. } => {
                format!("({} as {}).{name}", self.ty(base), self.protocol(protocol))
            }
            TyKind::Assoc { base, protocol: None, name, .. } => format!("{}.{name}", self.ty(base)),
            TyKind::Ref { region, mutable, ty } => {
                let region = region.map(|region| format!("{} ", region.name)).unwrap_or_default();
                format!("&{region}{}{}", if *mutable { "mut " } else { "" }, self.ty(ty))
            }
            TyKind::RawPtr { mutable, ty } => {
                format!("*{}{}", if *mutable { "mut " } else { "" }, self.ty(ty))
            }
            TyKind::Tuple(types) if types.len() == 1 => format!("({},)", self.ty(&types[0])),
            TyKind::Tuple(types) => format!("({})", list(types)),
            TyKind::Array { elem, len } => format!("[{}; {}]", self.ty(elem), self.const_arg(len)),
            TyKind::Slice(elem) => format!("[{}]", self.ty(elem)),
            TyKind::Fn { params, ret } => {
                let ret = ret.as_ref().map(|ret| format!(" -> {}", self.ty(ret))).unwrap_or_default();
                format!("fn({}){ret}", list(params))
            }
            TyKind::Dyn(bounds) => self.bounds_text("dyn ", bounds),
            TyKind::Impl(bounds) => self.bounds_text("impl ", bounds),
            TyKind::Infer => "_".to_string(),
            TyKind::Error(_) => "<error>".to_string(),
        }
    }

    pub(super) fn res(&self, res: Res) -> String {
        match res {
            Res::Def(def) if self.package.def(def).kind == crate::DefKind::TypeParam => {
                self.package.def(def).name.to_string()
            }
            Res::Def(def) => self.package.path_of(def),
            Res::Prim(prim) => prim.name().to_string(),
            Res::SelfTy(_) => "Self".to_string(),
            Res::Error(_) => "<error>".to_string(),
        }
    }

    pub(super) fn args(&self, args: &[GenericArg]) -> String {
        if args.is_empty() {
            return String::new();
        }
        let args: Vec<String> = args.iter().map(|arg| self.arg(arg)).collect();
        format!("[{}]", args.join(", "))
    }

    fn arg(&self, arg: &GenericArg) -> String {
        match arg {
            GenericArg::Ty(ty) => self.ty(ty),
            GenericArg::Const(arg) => self.const_arg(arg),
            GenericArg::Region(region) => region.name.to_string(),
        }
    }

    pub(super) fn const_arg(&self, arg: &ConstArg) -> String {
        match &arg.kind {
            ConstArgKind::Int(value) => value.to_string(),
            ConstArgKind::Bool(value) => value.to_string(),
            ConstArgKind::Char(value) => format!("{value:?}"),
            ConstArgKind::Def(def) if self.package.def(*def).kind == crate::DefKind::ConstParam => {
                self.package.def(*def).name.to_string()
            }
            ConstArgKind::Def(def) => self.package.path_of(*def),
            ConstArgKind::Body(body) => format!("{{ {} }}", self.body_text(*body)),
            ConstArgKind::Infer => "_".to_string(),
            ConstArgKind::Error(_) => "<error>".to_string(),
        }
    }

    pub(super) fn protocol(&self, protocol: &ProtocolRef) -> String {
        let name = match protocol.def {
            Ok(def) => self.package.path_of(def),
            Err(_) => "<error>".to_string(),
        };
        let args = protocol.args.iter().map(|arg| self.arg(arg));
        let bindings = protocol.bindings.iter().map(|(name, ty, _)| format!("{name} = {}", self.ty(ty)));
        let all: Vec<String> = args.chain(bindings).collect();
        if all.is_empty() { name } else { format!("{name}[{}]", all.join(", ")) }
    }

    pub(super) fn bounds_text(&self, before: &str, bounds: &[Bound]) -> String {
        if bounds.is_empty() {
            return String::new();
        }
        let bounds: Vec<String> = bounds
            .iter()
            .map(|bound| match bound {
                Bound::Protocol(protocol) => self.protocol(protocol),
                Bound::Region(region) => region.name.to_string(),
            })
            .collect();
        format!("{before}{}", bounds.join(" + "))
    }
}
