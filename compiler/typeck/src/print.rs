//! Types as the user writes them: `Map[String, i64]`, `&mut [u8]`, `fn(i64) -> bool`.
//!
//! Names are short; where two different types would print alike, [`show_both`] gives their paths.

use crate::{
    Const, Cx, DynBinding, GenericArg, List, Predicate, ProtocolRef, Ty, TyKind, signature::Generics,
};
use crate::{GenericParamKind, Mutability};
use hir::{DefId, DefKind, LangItem};
use std::fmt::Write;

/// How to print.
#[derive(Clone, Copy, Default)]
pub struct Style {
    /// `core.list.List` instead of `List`.
    pub paths: bool,
}

impl<'a> Cx<'a> {
    pub fn show(self, ty: Ty) -> String {
        self.show_with(ty, Style::default())
    }

    pub fn show_const(self, value: Const) -> String {
        let mut text = String::new();
        Printer { cx: self, style: Style::default(), out: &mut text }.constant(value);
        text
    }

    pub fn show_with(self, ty: Ty, style: Style) -> String {
        let mut text = String::new();
        Printer { cx: self, style, out: &mut text }.ty(ty);
        text
    }

    /// Two types for one message: by their paths if their short names are the same.
    pub fn show_both(self, a: Ty, b: Ty) -> (String, String) {
        let short = (self.show(a), self.show(b));
        if short.0 != short.1 || a == b {
            return short;
        }
        let style = Style { paths: true };
        (self.show_with(a, style), self.show_with(b, style))
    }

    /// `Add[i64]`, `Fn(A) -> B`: a protocol without its `Self`.
    pub fn show_protocol(self, protocol: ProtocolRef) -> String {
        let mut text = String::new();
        let mut printer = Printer { cx: self, style: Style::default(), out: &mut text };
        // `Eq`, not `Eq[Self]`.
        let args = printer.without_defaults(protocol.def, protocol.args);
        printer.protocol(protocol.def, args.get(1..).unwrap_or(&[]));
        text
    }

    /// `T: Show`, `I.Item == u8`
    pub fn show_predicate(self, predicate: Predicate) -> String {
        match predicate {
            Predicate::Protocol(protocol) => {
                format!("{}: {}", self.show(protocol.args[0].expect_ty()), self.show_protocol(protocol))
            }
            Predicate::Projection { item, args, ty } => {
                let projection = Ty::new(TyKind::Projection(item, args));
                format!("{} == {}", self.show(projection), self.show(ty))
            }
        }
    }

    /// The arguments of an item, in brackets; nothing if it has none.
    pub fn show_args(self, args: &[GenericArg]) -> String {
        let mut text = String::new();
        Printer { cx: self, style: Style::default(), out: &mut text }.args(args);
        text
    }
}

struct Printer<'a, 'o> {
    cx: Cx<'a>,
    style: Style,
    out: &'o mut String,
}

impl Printer<'_, '_> {
    fn word(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn name(&mut self, def: DefId) {
        if self.style.paths {
            let path = self.cx.package.path_of(def);
            self.word(&path);
        } else {
            self.word(self.cx.package.def(def).name.as_str());
        }
    }

    fn ty(&mut self, ty: Ty) {
        match *ty.kind() {
            TyKind::Prim(prim) => self.word(prim.name()),
            TyKind::Tuple(items) => {
                self.word("(");
                self.list(&items);
                self.word(if items.len() == 1 { ",)" } else { ")" });
            }
            TyKind::Array(elem, len) => {
                self.word("[");
                self.ty(elem);
                self.word("; ");
                self.constant(len);
                self.word("]");
            }
            TyKind::Slice(elem) => {
                self.word("[");
                self.ty(elem);
                self.word("]");
            }
            TyKind::Ref(_, to, mutability) => {
                self.word(if mutability == Mutability::Mut { "&mut " } else { "&" });
                self.pointee(to);
            }
            TyKind::RawPtr(to, mutability) => {
                self.word(if mutability == Mutability::Mut { "*mut " } else { "*" });
                self.pointee(to);
            }
            TyKind::Adt(def, args) => {
                self.name(def);
                self.args(self.without_defaults(def, args));
            }
            TyKind::FnDef(def, args) => self.fn_def(def, args),
            TyKind::FnPtr(sig) => {
                self.word("fn");
                self.callable(&sig.params, sig.ret);
            }
            TyKind::Closure(id, _) => self.closure(id),
            TyKind::Dyn(protocols, bindings, _) => self.dynamic(&protocols, &bindings),
            TyKind::Param(_, name) => self.word(name.as_str()),
            TyKind::Projection(item, args) => self.projection(item, args),
            TyKind::Opaque(def, index, args) => self.opaque(def, index, args),
            TyKind::Infer(_) => self.word("_"),
            TyKind::Error(_) => self.word("{unknown}"),
        }
    }

    /// `fn(i64) -> bool {half}`: functions have types of their own.
    fn fn_def(&mut self, def: DefId, args: List<GenericArg>) {
        use crate::Subst;
        if let Some(sig) = self.cx.sigs.fn_sig(def) {
            let sig = sig.subst(&args);
            self.word("fn");
            self.callable(&sig.params, sig.ret);
        } else {
            self.name(def);
        }
    }

    fn closure(&mut self, id: crate::ClosureId) {
        let body = self.cx.package.body(id.body);
        let params = if let hir::ExprKind::Closure(closure) = &body.exprs[id.expr].kind {
            closure.params.len()
        } else {
            0
        };
        self.word("closure |");
        for index in 0..params {
            self.word(if index > 0 { ", _" } else { "_" });
        }
        self.word("|");
    }

    fn callable(&mut self, params: &[Ty], ret: Ty) {
        self.word("(");
        self.list(params);
        self.word(")");
        if !ret.is_unit() {
            self.word(" -> ");
            self.ty(ret);
        }
    }

    fn list(&mut self, items: &[Ty]) {
        for (index, &item) in items.iter().enumerate() {
            self.word(if index > 0 { ", " } else { "" });
            self.ty(item);
        }
    }

    fn projection(&mut self, item: DefId, args: List<GenericArg>) {
        let base = args[0].expect_ty();
        let name = self.cx.package.def(item).name;
        let protocol = self.cx.package.def(item).parent.expect("an associated type stands in a protocol");
        if matches!(base.kind(), TyKind::Param(..))
            || args.len() == 1 && matches!(base.kind(), TyKind::Projection(..))
        {
            self.ty(base);
        } else {
            self.word("(");
            self.ty(base);
            self.word(" as ");
            self.protocol(protocol, &args[1..]);
            self.word(")");
        }
        let _ = write!(self.out, ".{name}");
    }

    /// `Result[T, Error]` is written `Result[T]`.
    fn without_defaults<'x>(&self, def: DefId, args: List<GenericArg>) -> &'x [GenericArg] {
        use crate::Subst;
        let generics: &Generics = self.cx.sigs.generics_of(def);
        let args = args.as_slice();
        let mut count = args.len();
        while count > 0 {
            let default = match generics.params.get(count - 1).map(|param| &param.kind) {
                Some(GenericParamKind::Type { default: Some(default), .. }) => default.subst(args),
                Some(GenericParamKind::Type { default: None, .. } | GenericParamKind::Const { .. })
                | None => break,
            };
            if args[count - 1] != GenericArg::Ty(default) {
                break;
            }
            count -= 1;
        }
        &args[..count]
    }

    fn args(&mut self, args: &[GenericArg]) {
        if args.is_empty() {
            return;
        }
        self.word("[");
        for (index, &arg) in args.iter().enumerate() {
            self.word(if index > 0 { ", " } else { "" });
            match arg {
                GenericArg::Ty(ty) => self.ty(ty),
                GenericArg::Const(value) => self.constant(value),
            }
        }
        self.word("]");
    }

    fn protocol(&mut self, def: DefId, args: &[GenericArg]) {
        let callable = [LangItem::Fn, LangItem::FnMut, LangItem::FnOnce];
        debug_assert!(self.cx.package.def(def).kind == DefKind::Protocol);
        self.name(def);
        if callable.into_iter().any(|item| self.cx.is_lang(def, item))
            && let [GenericArg::Ty(params)] = args
            && let TyKind::Tuple(params) = *params.kind()
        {
            self.word("(");
            self.list(&params);
            self.word(")");
            return;
        }
        self.args(args);
    }

    /// `&(dyn A + B)`: what a pointer's mark binds closer than `+`.
    fn pointee(&mut self, to: Ty) {
        let several = matches!(to.kind(), TyKind::Dyn(protocols, ..) if protocols.len() > 1);
        self.word(if several { "(" } else { "" });
        self.ty(to);
        self.word(if several { ")" } else { "" });
    }

    /// `dyn Iterator[Item = i64] + Show`, `dyn Fn(i64) -> bool`
    fn dynamic(&mut self, protocols: &[ProtocolRef], bindings: &[DynBinding]) {
        let mut left: Vec<DynBinding> = bindings.to_vec();
        for (index, protocol) in protocols.iter().enumerate() {
            self.word(if index > 0 { " + " } else { "dyn " });
            let args = List::from_iter(
                [GenericArg::Ty(Ty::unit())].into_iter().chain(protocol.args.iter().copied()),
            );
            let above = crate::protocols::supers_closure(self.cx, ProtocolRef { def: protocol.def, args });
            let is_last = index + 1 == protocols.len();
            let (own, others): (Vec<DynBinding>, Vec<DynBinding>) = left.into_iter().partition(|binding| {
                let of = self.cx.package.def(binding.item).parent;
                is_last || above.iter().any(|above| Some(above.def) == of)
            });
            left = others;
            // `protocol Lines: Iterator[Item = String]` says it already.
            let fixed: Vec<DefId> = above
                .iter()
                .filter_map(|above| self.cx.sigs.protocol(above.def))
                .flat_map(|above| above.super_bindings.iter().map(|binding| binding.0))
                .collect();
            let own = own.into_iter().filter(|binding| !fixed.contains(&binding.item)).collect::<Vec<_>>();
            self.bound(protocol.def, &protocol.args, &own);
        }
    }

    /// `impl Iterator[Item = i64] + Clone`
    fn opaque(&mut self, def: DefId, index: u32, args: List<GenericArg>) {
        let Some(promised) = self.cx.sigs.opaque(def, index) else { return self.word("impl …") };
        let promised: Vec<Predicate> =
            promised.iter().map(|&(predicate, _)| predicate.subst(&args)).collect();
        let mut protocols = Vec::new();
        for predicate in promised {
            match predicate {
                Predicate::Protocol(protocol) => protocols.push((protocol, Vec::new())),
                Predicate::Projection { item, ty, .. } => {
                    if let Some((_, bindings)) = protocols.last_mut() {
                        bindings.push(DynBinding { item, ty });
                    }
                }
            }
        }
        for (position, (protocol, bindings)) in protocols.into_iter().enumerate() {
            self.word(if position > 0 { " + " } else { "impl " });
            let args = self.without_defaults(protocol.def, protocol.args);
            self.bound(protocol.def, args.get(1..).unwrap_or(&[]), &bindings);
        }
    }

    /// A protocol with what its associated types are.
    fn bound(&mut self, def: DefId, args: &[GenericArg], bindings: &[DynBinding]) {
        let mut text = String::new();
        Printer { cx: self.cx, style: self.style, out: &mut text }.protocol(def, args);
        if text.ends_with(')') {
            self.word(&text);
            for binding in bindings.iter().filter(|binding| !binding.ty.is_unit()) {
                self.word(" -> ");
                self.ty(binding.ty);
            }
            return;
        }
        self.word(text.strip_suffix(']').unwrap_or(&text));
        let mut separator = if text.ends_with(']') { ", " } else { "[" };
        for binding in bindings {
            self.word(separator);
            self.word(self.cx.package.def(binding.item).name.as_str());
            self.word(" = ");
            self.ty(binding.ty);
            separator = ", ";
        }
        if separator == ", " {
            self.word("]");
        }
    }

    fn constant(&mut self, value: Const) {
        match value {
            Const::Value(bits) => {
                let _ = write!(self.out, "{bits}");
            }
            Const::Param(_, name) => self.word(name.as_str()),
            Const::Infer(_) => self.word("_"),
            Const::Unevaluated(body, args) => {
                let body = self.cx.package.body(body);
                self.written(body, body.value, &args);
            }
            Const::Error(_) => self.word("{unknown}"),
        }
    }

    /// `A + 1`, with what is known of `A`.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a few of dozens are meant, however many there will be"
    )]
    fn written(&mut self, body: &hir::Body, id: hir::ExprId, args: &[GenericArg]) {
        match &body.exprs[id].kind {
            hir::ExprKind::Block(block) if block.stmts.is_empty() && block.value.is_some() => {
                block.value.into_iter().for_each(|value| self.written(body, value, args));
            }
            hir::ExprKind::Lit(hir::Lit::Int(value, _)) => {
                let _ = write!(self.out, "{value}");
            }
            hir::ExprKind::Def { def, .. } => {
                match self.cx.package.param_index(*def).and_then(|index| args.get(index as usize)) {
                    Some(&GenericArg::Const(value)) => self.constant(value),
                    Some(GenericArg::Ty(_)) | None => self.word(self.cx.package.def(*def).name.as_str()),
                }
            }
            hir::ExprKind::Binary { op, lhs, rhs, .. } => {
                self.written(body, *lhs, args);
                let _ = write!(self.out, " {} ", op.text());
                self.written(body, *rhs, args);
            }
            _ => self.word("{…}"),
        }
    }
}
