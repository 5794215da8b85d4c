//! Types as written ⇒ [`Ty`]: `Map[K, List[T]]`, `T.Item`, `[u8; N]`, aliases expanded.
//!
//! Used for signatures and, with variables for `_` and for arguments left out, in bodies. What a type needs of
//! others (aliases, super-protocols, what impls are for) is found on demand and kept in [`Memo`].

use crate::{
    Const, FnSig, GenericArg, GenericArgs, HasFlags, List, Mutability, Predicate, PrimExt, ProtocolRef,
    Region, Subst, Ty, TyKind,
};
use base::{Diagnostic, Diagnostics, ErrorReported, Span, Symbol, stack};
use hashbrown::HashMap;
use hir::{BodyId, ConstArgKind, DefId, DefKind, Item, Package, Res};
use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};

type Map<K, V> = HashMap<K, V, crate::FastHash>;

/// What is found on demand while types are lowered.
#[derive(Debug, Default)]
pub struct Memo {
    types: Mutex<Map<(Question, DefId), Ty>>,
    impl_protocols: Mutex<Map<DefId, Option<ProtocolRef>>>,
    supers: Mutex<Map<DefId, Vec<ProtocolRef>>>,
    /// Types of constants that are arguments; any other in a type is a `usize`.
    const_args: Mutex<Map<BodyId, Ty>>,
}

/// What may lead back to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Question {
    /// What an alias stands for.
    Alias,
    /// What an impl is for.
    SelfType,
    /// What a parameter is where it is left out.
    Default,
    Supers,
}

thread_local! {
    /// What this thread is finding out. Tables hold only what has been found, so that what another thread is at does
    /// not look like a circle.
    static ACTIVE: RefCell<Vec<(Question, DefId)>> = const { RefCell::new(Vec::new()) };
}

/// A question that is being answered, until this is dropped.
struct Active;

impl Active {
    /// None: it is being answered already.
    fn begin(question: Question, def: DefId) -> Option<Active> {
        ACTIVE.with_borrow_mut(|active| {
            if active.contains(&(question, def)) {
                return None;
            }
            active.push((question, def));
            Some(Active)
        })
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        ACTIVE.with_borrow_mut(Vec::pop);
    }
}

impl Memo {
    /// What the body of a constant inside a type must give.
    pub(crate) fn const_arg_ty(&self, body: BodyId) -> Ty {
        let known = self.const_args.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&body).copied().unwrap_or_else(Ty::usize)
    }
    fn known(&self, question: Question, def: DefId) -> Option<Ty> {
        self.types.lock().unwrap_or_else(PoisonError::into_inner).get(&(question, def)).copied()
    }
    fn keep(&self, question: Question, def: DefId, ty: Ty) -> Ty {
        self.types.lock().unwrap_or_else(PoisonError::into_inner).insert((question, def), ty);
        ty
    }
}

/// `Item = T`: what is bound, of which protocol's arguments, to what.
pub type Bindings = Vec<(DefId, GenericArgs, Ty)>;

/// Where `_` and left-out arguments are allowed: gives the variables that stand for them.
pub trait Holes {
    fn hole(&mut self, span: Span) -> Ty;
    fn const_hole(&mut self, span: Span) -> Const;
    /// For a parameter of a definition, whose argument was left out.
    fn arg_hole(&mut self, param: &hir::GenericParam, of: DefId, span: Span) -> GenericArg;
    /// Replaces associated types by what they are.
    fn normalise(&mut self, ty: Ty, span: Span) -> Ty;
}

pub struct Lower<'a, 'd> {
    pub package: &'a Package,
    pub memo: &'a Memo,
    /// The item that the type stands in: whose bounds count.
    pub owner: DefId,
    pub diags: &'d mut Diagnostics,
    pub holes: Option<&'d mut dyn Holes>,
    /// Arguments that are left out are inferred, also where there is a default: `Map` in `Map.new()`, not in
    /// `let m: Map[K, V]`. Only of the outermost path.
    pub infer_args: bool,
    /// The parameters that `impl P` in a parameter's type stands for, in order.
    pub impl_params: Vec<Ty>,
    /// Set in the result of a function, where `impl P` is a hidden type.
    pub opaques: Option<Opaques>,
}

/// The `impl P` of a result, as they are found.
pub struct Opaques {
    /// The function's parameters, standing for themselves.
    pub args: GenericArgs,
    pub bounds: Vec<Vec<(Predicate, Span)>>,
}

impl<'a> Lower<'a, '_> {
    pub fn for_item<'d>(
        package: &'a Package,
        memo: &'a Memo,
        owner: DefId,
        diags: &'d mut Diagnostics,
    ) -> Lower<'a, 'd> {
        Lower {
            package,
            memo,
            owner,
            diags,
            holes: None,
            infer_args: false,
            impl_params: Vec::new(),
            opaques: None,
        }
    }

    pub(super) fn error(&mut self, diagnostic: Diagnostic) -> ErrorReported {
        self.diags.error(diagnostic)
    }

    // ---- types ----

    pub fn ty(&mut self, ty: &hir::Ty) -> Ty {
        let lowered = stack::deep(|| self.ty_here(ty));
        if lowered.depth() > crate::MAX_TYPE_NESTING {
            return Ty::error(self.error(crate::too_deep(ty.span)));
        }
        lowered
    }

    fn ty_here(&mut self, ty: &hir::Ty) -> Ty {
        match &*ty.kind {
            hir::TyKind::Path { res, args } => self.path(*res, args, ty.span),
            hir::TyKind::Assoc { base, protocol, name, name_span } => {
                let base = self.ty(base);
                let projection = match protocol {
                    Some(protocol) => match self.protocol_ref(base, protocol) {
                        Ok((protocol, _)) => self.assoc_of_protocol(protocol, *name, *name_span),
                        Err(proof) => Ty::error(proof),
                    },
                    None => self.assoc_of_type(base, *name, *name_span),
                };
                match &mut self.holes {
                    Some(holes) => holes.normalise(projection, ty.span),
                    None => projection,
                }
            }
            hir::TyKind::Ref { region: _, mutable, ty } => {
                let to = self.ty(ty);
                if to.is_error() {
                    return to;
                }
                Ty::new(TyKind::Ref(Region::Erased, to, mutability(*mutable)))
            }
            hir::TyKind::RawPtr { mutable, ty } => {
                let to = self.ty(ty);
                if to.is_error() {
                    return to;
                }
                Ty::new(TyKind::RawPtr(to, mutability(*mutable)))
            }
            hir::TyKind::Tuple(items) => {
                let items: Vec<Ty> =
                    items.iter().map(|item| self.sized(item, "the parts of a tuple")).collect();
                Ty::new(TyKind::Tuple(List::new(&items)))
            }
            hir::TyKind::Array { elem, len } => {
                let elem = self.sized(elem, "the elements of an array");
                let len = self.constant(len, Ty::usize());
                Ty::new(TyKind::Array(elem, len))
            }
            hir::TyKind::Slice(elem) => Ty::new(TyKind::Slice(self.sized(elem, "the elements of a slice"))),
            hir::TyKind::Fn { params, ret } => {
                let params: Vec<Ty> =
                    params.iter().map(|param| self.sized(param, "the parameters of a function")).collect();
                let ret = ret.as_ref().map_or(Ty::unit(), |ret| self.sized(ret, "results of functions"));
                Ty::new(TyKind::FnPtr(FnSig { params: List::new(&params), ret }))
            }
            hir::TyKind::Dyn(bounds) => self.dyn_ty(bounds, ty.span),
            hir::TyKind::Impl(bounds) if self.opaques.is_some() => self.opaque(bounds),
            hir::TyKind::Impl(_) => {
                if self.impl_params.is_empty() {
                    let message = "`impl` stands in parameters and results of functions alone";
                    let diagnostic = Diagnostic::error("T2018", ty.span, message)
                        .label("names no type")
                        .note("a value of any type behind a pointer is a `dyn`; a type that callers choose is a parameter in brackets");
                    return Ty::error(self.error(diagnostic));
                }
                self.impl_params.remove(0)
            }
            hir::TyKind::Infer => match &mut self.holes {
                Some(holes) => holes.hole(ty.span),
                None => Ty::error(
                    self.error(
                        Diagnostic::error(
                            "T2011",
                            ty.span,
                            "`_` stands for a type that is inferred, and signatures are written",
                        )
                        .label("write the type"),
                    ),
                ),
            },
            hir::TyKind::Error(proof) => Ty::error(*proof),
        }
    }

    /// `impl P` in a result: a type of its own, of which nothing is known but its bounds.
    fn opaque(&mut self, bounds: &[hir::Bound]) -> Ty {
        let Some(opaques) = &mut self.opaques else { unreachable!("looked at before") };
        let index = opaques.bounds.len();
        opaques.bounds.push(Vec::new());
        let ty = Ty::new(TyKind::Opaque(self.owner, index as u32, opaques.args));
        for bound in bounds {
            let hir::Bound::Protocol(bound) = bound else { continue };
            if let Ok((protocol, bindings)) = self.protocol_ref(ty, bound) {
                let bindings =
                    bindings.into_iter().map(|(item, args, ty)| Predicate::Projection { item, args, ty });
                let all = [Predicate::Protocol(protocol)].into_iter().chain(bindings);
                if let Some(opaques) = &mut self.opaques {
                    opaques.bounds[index].extend(all.map(|predicate| (predicate, bound.span)));
                }
            }
        }
        ty
    }

    fn sized(&mut self, elem: &hir::Ty, what: &str) -> Ty {
        let ty = self.ty(elem);
        if !ty.is_unsized() {
            return ty;
        }
        Ty::error(
            self.error(
                Diagnostic::error("T2012", elem.span, format!("{what} need a size known beforehand"))
                    .label("has no size of its own; put it behind a reference"),
            ),
        )
    }

    fn path(&mut self, res: Res, args: &[hir::GenericArg], span: Span) -> Ty {
        match res {
            Res::Prim(prim) => match self.no_args(args, prim.name()) {
                Ok(()) => Ty::prim(prim),
                Err(proof) => Ty::error(proof),
            },
            Res::SelfTy(def) if self.package.def(def).kind == DefKind::Protocol => {
                Ty::new(TyKind::Param(0, Symbol::intern("Self")))
            }
            Res::SelfTy(def) => self.impl_self_ty(def),
            Res::Error(proof) => Ty::error(proof),
            Res::Def(def) => self.def_path(def, args, span),
        }
    }

    fn no_args(&mut self, args: &[hir::GenericArg], name: &str) -> Result<(), ErrorReported> {
        match args.first() {
            None => Ok(()),
            Some(arg) => {
                let message = format!("`{name}` takes no arguments in brackets");
                Err(self.error(Diagnostic::error("T2010", arg_span(arg), message).label("not expected here")))
            }
        }
    }

    fn def_path(&mut self, def: DefId, args: &[hir::GenericArg], span: Span) -> Ty {
        let (kind, name) = (self.package.def(def).kind, self.package.def(def).name);
        match kind {
            DefKind::Record | DefKind::Union => Ty::adt(def, self.args(def, &[], args, span)),
            DefKind::TypeAlias => {
                let args = self.args(def, &[], args, span);
                self.alias(def, span).subst(&args)
            }
            DefKind::TypeParam => match self.no_args(args, name.as_str()) {
                Ok(()) => self.param(def),
                Err(proof) => Ty::error(proof),
            },
            DefKind::AssocType => {
                // `Item` alone cannot be meant; resolution gives `Self.Item` as `Assoc`.
                let message = format!("write `Self.{name}`");
                Ty::error(self.error(Diagnostic::error("N5008", span, message)))
            }
            DefKind::Protocol => Ty::error(
                self.error(
                    Diagnostic::error("N5008", span, format!("`{name}` is a protocol, not a type"))
                        .label("a type is expected here")
                        .note(format!("a parameter of any type that implements it is written `impl {name}` or `[T: {name}]`")),
                ),
            ),
            DefKind::Fn
            | DefKind::Variant
            | DefKind::Const
            | DefKind::Static
            | DefKind::Impl
            | DefKind::ConstParam
            | DefKind::Test => {
                let message = format!("`{name}` is not a type");
                Ty::error(self.error(Diagnostic::error("N5008", span, message).label("a type is expected here")))
            }
        }
    }

    pub fn param(&self, def: DefId) -> Ty {
        let name = self.package.def(def).name;
        Ty::new(TyKind::Param(self.package.param_index(def).unwrap_or(0), name))
    }

    // ---- generic arguments ----

    /// The arguments of a definition: those of its parent (given) and those written; what is left out comes
    /// from defaults or, in bodies, is inferred.
    pub fn args(
        &mut self,
        def: DefId,
        parent: &[GenericArg],
        written: &[hir::GenericArg],
        span: Span,
    ) -> GenericArgs {
        let package = self.package;
        let generics = crate::collect::hir_generics(package, def);
        let params: Vec<&hir::GenericParam> = generics.map_or(Vec::new(), |generics| {
            generics
                .params
                .iter()
                .filter(|param| !matches!(param.kind, hir::GenericParamKind::Region))
                .collect()
        });
        let written: Vec<&hir::GenericArg> =
            written.iter().filter(|arg| !matches!(arg, hir::GenericArg::Region(_))).collect();
        let name = package.def(def).name;
        if let Some(extra) = written.get(params.len()) {
            let count = params.len();
            let takes = match count {
                0 => "no arguments".to_string(),
                1 => "1 argument".to_string(),
                _ => format!("{count} arguments"),
            };
            self.error(
                Diagnostic::error(
                    "T2010",
                    arg_span(extra),
                    format!("`{name}` takes {takes} in brackets, {} were given", written.len()),
                )
                .label("not expected here")
                .secondary(package.def(def).name_span, "declared here"),
            );
        }
        let infer = std::mem::replace(&mut self.infer_args, false);
        let mut args: Vec<GenericArg> = parent.to_vec();
        let mut reported = None;
        for (index, param) in params.iter().enumerate() {
            let arg = match written.get(index) {
                Some(arg) => self.arg(param, arg),
                None => {
                    let counts = (written.len(), params.len());
                    self.missing_arg((def, infer), param, &args, counts, span, &mut reported)
                }
            };
            args.push(arg);
        }
        List::new(&args)
    }

    fn arg(&mut self, param: &hir::GenericParam, arg: &hir::GenericArg) -> GenericArg {
        match (&param.kind, arg) {
            (hir::GenericParamKind::Type { .. }, hir::GenericArg::Ty(ty)) => self.ty(ty).into(),
            (hir::GenericParamKind::Const { ty, .. }, hir::GenericArg::Const(value)) => {
                let ty = self.ty(ty);
                self.constant(value, ty).into()
            }
            (hir::GenericParamKind::Const { .. }, hir::GenericArg::Ty(ty)) => {
                if matches!(*ty.kind, hir::TyKind::Infer)
                    && let Some(holes) = &mut self.holes
                {
                    return holes.const_hole(ty.span).into();
                }
                let proof = if let hir::TyKind::Error(proof) = *ty.kind {
                    proof
                } else {
                    self.error(
                        Diagnostic::error(
                            "T2010",
                            ty.span,
                            format!("`{}` is a constant, not a type", param.name),
                        )
                        .label("a value is expected here")
                        .secondary(param.span, "declared here"),
                    )
                };
                Const::Error(proof).into()
            }
            (hir::GenericParamKind::Type { .. }, hir::GenericArg::Const(value)) => {
                let proof = self.error(
                    Diagnostic::error(
                        "T2010",
                        value.span,
                        format!("`{}` is a type, not a constant", param.name),
                    )
                    .label("a type is expected here")
                    .secondary(param.span, "declared here"),
                );
                Ty::error(proof).into()
            }
            (hir::GenericParamKind::Region, _) | (_, hir::GenericArg::Region(_)) => {
                unreachable!("regions were left out")
            }
        }
    }

    fn missing_arg(
        &mut self,
        (def, infer): (DefId, bool),
        param: &hir::GenericParam,
        before: &[GenericArg],
        (given, wanted): (usize, usize),
        span: Span,
        reported: &mut Option<ErrorReported>,
    ) -> GenericArg {
        if infer
            && given == 0
            && let Some(holes) = &mut self.holes
        {
            return holes.arg_hole(param, def, span);
        }
        match &param.kind {
            hir::GenericParamKind::Type { default: Some(_), .. } => {
                return self.default_of(def, param).subst(before).into();
            }
            hir::GenericParamKind::Const { default: Some(default), ty } => {
                let mut lower = Lower::for_item(self.package, self.memo, def, self.diags);
                let ty = lower.ty(ty);
                return lower.constant(default, ty).subst(before).into();
            }
            hir::GenericParamKind::Type { default: None, .. }
            | hir::GenericParamKind::Const { default: None, .. }
            | hir::GenericParamKind::Region => {}
        }
        let name = self.package.def(def).name;
        let proof = *reported.get_or_insert_with(|| {
            let plural = if wanted == 1 { "argument" } else { "arguments" };
            let list = "…, ".repeat(wanted.saturating_sub(1)) + "…";
            self.diags.error(
                Diagnostic::error(
                    "T2010",
                    span,
                    format!("`{name}` needs {wanted} {plural} in brackets, {given} given"),
                )
                .label(format!("write `{name}[{list}]`"))
                .secondary(self.package.def(def).name_span, "declared here"),
            )
        });
        match param.kind {
            hir::GenericParamKind::Type { .. } | hir::GenericParamKind::Region => Ty::error(proof).into(),
            hir::GenericParamKind::Const { .. } => Const::Error(proof).into(),
        }
    }

    /// `D` of `T = D`, in terms of the parameters before it.
    pub fn default_of(&mut self, def: DefId, param: &hir::GenericParam) -> Ty {
        let hir::GenericParamKind::Type { default: Some(default), .. } = &param.kind else {
            unreachable!("asked only where there is one")
        };
        if let Some(known) = self.memo.known(Question::Default, param.def) {
            return known;
        }
        let Some(_active) = Active::begin(Question::Default, param.def) else { return Ty::unit() };
        let ty = Lower::for_item(self.package, self.memo, def, self.diags).ty(default);
        self.memo.keep(Question::Default, param.def, ty)
    }

    // ---- constants ----

    /// A constant of type `wanted`.
    pub fn constant(&mut self, arg: &hir::ConstArg, wanted: Ty) -> Const {
        match arg.kind {
            ConstArgKind::Int(value) => match wanted.as_prim() {
                Some(prim) if prim.is_int() && !crate::infer::fits(value, false, prim) => {
                    let message = format!("`{value}` does not fit `{}`", prim.name());
                    Const::Error(self.error(Diagnostic::error("T2050", arg.span, message)))
                }
                Some(prim) if prim.is_int() => Const::Value(value),
                _ => self.wrong_constant(arg.span, wanted, "an integer"),
            },
            ConstArgKind::Bool(value) if wanted == Ty::bool() => Const::Value(value.into()),
            ConstArgKind::Char(value) if wanted.as_prim() == Some(hir::PrimTy::Char) => {
                Const::Value(u32::from(value).into())
            }
            ConstArgKind::Bool(_) => self.wrong_constant(arg.span, wanted, "a `bool`"),
            ConstArgKind::Char(_) => self.wrong_constant(arg.span, wanted, "a `char`"),
            ConstArgKind::Def(def) => {
                let Some(ty) = self.type_of_constant(def) else {
                    let message = "this is not a constant";
                    return Const::Error(self.error(Diagnostic::error("C9002", arg.span, message)));
                };
                if ty != wanted && !ty.has_error() && !wanted.has_error() {
                    let found = format!("`{}`", self.show(ty));
                    return self.wrong_constant(arg.span, wanted, &found);
                }
                match self.package.item(def) {
                    Some(Item::Const(hir::Const { body: Some(body), .. })) => {
                        let value = Const::Unevaluated(*body, List::empty());
                        crate::consts::evaluate(self.package, value)
                    }
                    _ => {
                        let index = self.package.param_index(def).unwrap_or(0);
                        Const::Param(index, self.package.def(def).name)
                    }
                }
            }
            ConstArgKind::Body(body) => {
                if wanted != Ty::usize() {
                    self.memo.const_args.lock().unwrap_or_else(PoisonError::into_inner).insert(body, wanted);
                }
                let args = identity_args(self.package, self.owner);
                crate::consts::evaluate(self.package, Const::Unevaluated(body, args))
            }
            ConstArgKind::Infer => match &mut self.holes {
                Some(holes) => holes.const_hole(arg.span),
                None => Const::Error(self.error(Diagnostic::error(
                    "T2011",
                    arg.span,
                    "`_` stands for a value that is inferred, and signatures are written",
                ))),
            },
            ConstArgKind::Error(proof) => Const::Error(proof),
        }
    }

    fn wrong_constant(&mut self, span: Span, wanted: Ty, found: &str) -> Const {
        let message = format!("expected `{}`, found {found}", self.show(wanted));
        Const::Error(self.error(Diagnostic::error("T2000", span, message)))
    }

    /// Of a `const` item with a value, or of a const parameter.
    fn type_of_constant(&mut self, def: DefId) -> Option<Ty> {
        let owner = self.package.def(def).parent;
        let generics = owner.and_then(|owner| crate::collect::hir_generics(self.package, owner));
        let param = generics.and_then(|generics| generics.params.iter().find(|param| param.def == def));
        match (param.map(|param| &param.kind), self.package.item(def)) {
            (Some(hir::GenericParamKind::Const { ty, .. }), _) => Some(self.ty(ty)),
            (_, Some(Item::Const(hir::Const { body: Some(_), ty, .. }))) => Some(self.ty(ty)),
            _ => None,
        }
    }

    // ---- aliases, impls, supers: on demand ----

    pub fn alias(&mut self, def: DefId, used_at: Span) -> Ty {
        if let Some(known) = self.memo.known(Question::Alias, def) {
            return known;
        }
        let Some(_active) = Active::begin(Question::Alias, def) else {
            let name = self.package.def(def).name;
            let proof = self.error(
                Diagnostic::error("T2003", used_at, format!("the alias `{name}` is defined by itself"))
                    .label("used here while it is being expanded")
                    .secondary(self.package.def(def).name_span, "the alias"),
            );
            return Ty::error(proof);
        };
        let Some(Item::TypeAlias(alias)) = self.package.item(def) else {
            unreachable!("an alias definition has an alias item")
        };
        let ty = Lower::for_item(self.package, self.memo, def, self.diags).ty(&alias.ty);
        self.memo.keep(Question::Alias, def, ty)
    }

    pub fn impl_self_ty(&mut self, def: DefId) -> Ty {
        if let Some(known) = self.memo.known(Question::SelfType, def) {
            return known;
        }
        let Some(Item::Impl(item)) = self.package.item(def) else {
            unreachable!("`Self` means a protocol or an impl")
        };
        let Some(_active) = Active::begin(Question::SelfType, def) else {
            let message = "`Self` is used in the type that the `impl` is for";
            return Ty::error(self.error(Diagnostic::error("T2003", item.self_ty.span, message)));
        };
        let ty = Lower::for_item(self.package, self.memo, def, self.diags).ty(&item.self_ty);
        self.memo.keep(Question::SelfType, def, ty)
    }

    /// The protocol that an impl implements, with its arguments.
    pub fn impl_protocol(&mut self, def: DefId) -> Option<ProtocolRef> {
        let known =
            self.memo.impl_protocols.lock().unwrap_or_else(PoisonError::into_inner).get(&def).copied();
        if let Some(known) = known {
            return known;
        }
        let Some(Item::Impl(item)) = self.package.item(def) else { return None };
        let written = item.protocol.as_ref()?;
        let self_ty = self.impl_self_ty(def);
        let result = Lower::for_item(self.package, self.memo, def, self.diags).protocol_ref(self_ty, written);
        let protocol = result.ok().map(|(protocol, _)| protocol);
        self.memo.impl_protocols.lock().unwrap_or_else(PoisonError::into_inner).insert(def, protocol);
        protocol
    }

    /// Direct super-protocols, with `Self` as parameter 0.
    pub fn supers(&mut self, protocol: DefId) -> Vec<ProtocolRef> {
        let known = self.memo.supers.lock().unwrap_or_else(PoisonError::into_inner).get(&protocol).cloned();
        if let Some(known) = known {
            return known;
        }
        let Some(_active) = Active::begin(Question::Supers, protocol) else { return Vec::new() };
        let Some(Item::Protocol(item)) = self.package.item(protocol) else { return Vec::new() };
        let self_ty = Ty::new(TyKind::Param(0, Symbol::intern("Self")));
        let mut supers = Vec::new();
        for bound in &item.supers {
            if let hir::Bound::Protocol(bound) = bound {
                let mut lower = Lower::for_item(self.package, self.memo, protocol, self.diags);
                if let Ok((bound, _)) =
                    lower.protocol_ref(self_ty, &hir::ProtocolRef { bindings: Vec::new(), ..bound.clone() })
                {
                    supers.push(bound);
                }
            }
        }
        self.memo.supers.lock().unwrap_or_else(PoisonError::into_inner).insert(protocol, supers.clone());
        supers
    }

    // ---- protocols ----

    /// A protocol for a type, and what its bindings say: (item, arguments, type).
    pub fn protocol_ref(
        &mut self,
        self_ty: Ty,
        written: &hir::ProtocolRef,
    ) -> Result<(ProtocolRef, Bindings), ErrorReported> {
        let def = written.def?;
        let args = self.args(def, &[self_ty.into()], &written.args, written.span);
        let protocol = ProtocolRef { def, args };
        let mut bindings = Vec::new();
        for (name, ty, span) in &written.bindings {
            let ty = self.ty(ty);
            match self.find_assoc(protocol, *name) {
                Some((of, item)) => bindings.push((item, of.args, ty)),
                None => {
                    let protocol_name = self.package.def(def).name;
                    self.error(
                        Diagnostic::error(
                            "T2015",
                            *span,
                            format!("`{protocol_name}` has no associated type `{name}`"),
                        )
                        .secondary(self.package.def(def).name_span, "the protocol"),
                    );
                }
            }
        }
        Ok((protocol, bindings))
    }

    /// An associated type of a protocol or of those above it.
    pub fn find_assoc(&mut self, protocol: ProtocolRef, name: Symbol) -> Option<(ProtocolRef, DefId)> {
        let mut queue = vec![protocol];
        let mut next = 0;
        while let Some(&current) = queue.get(next) {
            next += 1;
            let found = self.package.members_of(current.def).iter().find(|&&member| {
                let def = self.package.def(member);
                def.name == name && def.kind == DefKind::AssocType
            });
            if let Some(&found) = found {
                return Some((current, found));
            }
            for implied in self.supers(current.def) {
                let implied = implied.subst(&current.args);
                if !queue.contains(&implied) {
                    queue.push(implied);
                }
            }
        }
        None
    }

    fn assoc_of_protocol(&mut self, protocol: ProtocolRef, name: Symbol, span: Span) -> Ty {
        match self.find_assoc(protocol, name) {
            Some((of, item)) => Ty::new(TyKind::Projection(item, of.args)),
            None => {
                let protocol_name = self.package.def(protocol.def).name;
                let message = format!("`{protocol_name}` has no associated type `{name}`");
                Ty::error(self.error(Diagnostic::error("T2015", span, message)))
            }
        }
    }

    /// `T.Item`: by the bounds of `T`, by the impl one stands in, or by the only protocol with such a type.
    fn assoc_of_type(&mut self, base: Ty, name: Symbol, span: Span) -> Ty {
        if base.is_error() {
            return base;
        }
        let mut found: Vec<(ProtocolRef, DefId)> = Vec::new();
        for bound in self.bounds_of(base, name) {
            if let Some(item) = self.find_assoc(bound, name)
                && !found.contains(&item)
            {
                found.push(item);
            }
        }
        let by_bounds = !found.is_empty();
        if !by_bounds {
            found = self.assoc_of_impl(base, name).into_iter().collect();
        }
        if found.is_empty() && !matches!(base.kind(), TyKind::Param(..)) {
            // Any protocol of the program with a type of this name and no arguments of its own.
            for &def in &self.package.protocols {
                let has_it = self.package.members_of(def).iter().any(|&member| {
                    let def = self.package.def(member);
                    def.name == name && def.kind == DefKind::AssocType
                });
                if has_it
                    && let Some(Item::Protocol(protocol)) = self.package.item(def)
                    && protocol.generics.params.is_empty()
                {
                    let protocol = ProtocolRef { def, args: List::new(&[base.into()]) };
                    found.extend(self.find_assoc(protocol, name));
                }
            }
        }
        match found[..] {
            [(of, item)] => Ty::new(TyKind::Projection(item, of.args)),
            [] => {
                let text = self.show(base);
                let message = format!("`{text}` has no associated type `{name}`");
                let note = format!("a bound would give it one: `{text}: Protocol` with a `type {name}`");
                let mut diagnostic = Diagnostic::error("T2015", span, message).label("not found");
                if matches!(base.kind(), TyKind::Param(..)) {
                    diagnostic = diagnostic.note(note);
                }
                Ty::error(self.error(diagnostic))
            }
            _ => {
                let names: Vec<String> = found
                    .iter()
                    .map(|(of, _)| {
                        format!("`({} as {}).{name}`", self.show(base), self.package.def(of.def).name)
                    })
                    .collect();
                let message = format!("`{name}` is an associated type of several protocols");
                let note = format!("say which: {}", names.join(" or "));
                Ty::error(self.error(Diagnostic::error("T2016", span, message).note(note)))
            }
        }
    }

    fn assoc_of_impl(&mut self, base: Ty, name: Symbol) -> Option<(ProtocolRef, DefId)> {
        let mut at = Some(self.owner);
        while let Some(def) = at {
            if let Some(Item::Impl(item)) = self.package.item(def)
                && item.protocol.is_some()
                && self.impl_self_ty(def) == base
            {
                let protocol = self.impl_protocol(def)?;
                return self.find_assoc(protocol, name);
            }
            at = self.package.def(def).parent;
        }
        None
    }

    /// The protocols that bounds in scope demand of a type, where they are wanted for an associated type.
    fn bounds_of(&mut self, base: Ty, name: Symbol) -> Vec<ProtocolRef> {
        let mut bounds = Vec::new();
        match *base.kind() {
            TyKind::Param(..) => {
                let mut at = Some(self.owner);
                while let Some(def) = at {
                    self.bounds_in(def, base, name, &mut bounds);
                    at = self.package.def(def).parent;
                }
            }
            TyKind::Projection(item, args) => {
                if let Some(Item::AssocType(assoc)) = self.package.item(item) {
                    let owner = self.package.def(item).parent.unwrap_or(item);
                    let own = self_projection(self.package, item, owner);
                    for bound in &assoc.bounds {
                        if let hir::Bound::Protocol(bound) = bound
                            && let Some(bound) = self.bound_head(owner, own, bound)
                        {
                            bounds.push(bound.subst(&args));
                        }
                    }
                }
                let mut at = Some(self.owner);
                while let Some(def) = at {
                    self.bounds_in(def, base, name, &mut bounds);
                    at = self.package.def(def).parent;
                }
            }
            TyKind::Prim(_)
            | TyKind::Tuple(_)
            | TyKind::Array(..)
            | TyKind::Slice(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::Adt(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Closure(..)
            | TyKind::Dyn(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => {}
        }
        bounds
    }

    /// A bound without its bindings, which may speak of the very type that is looked for.
    fn bound_head(&mut self, owner: DefId, ty: Ty, bound: &hir::ProtocolRef) -> Option<ProtocolRef> {
        let bound = hir::ProtocolRef { bindings: Vec::new(), ..bound.clone() };
        let mut lower = Lower::for_item(self.package, self.memo, owner, self.diags);
        lower.protocol_ref(ty, &bound).ok().map(|(bound, _)| bound)
    }

    /// The bounds on `base` in the generics of one item. Those that can't have the type are not looked at,
    /// so that `[I: Iterator, T: From[I.Item]]` doesn't go in circles.
    fn bounds_in(&mut self, def: DefId, base: Ty, name: Symbol, bounds: &mut Vec<ProtocolRef>) {
        if let Some(Item::Protocol(_)) = self.package.item(def)
            && base == Ty::new(TyKind::Param(0, Symbol::intern("Self")))
        {
            bounds.push(ProtocolRef { def, args: identity_args(self.package, def) });
        }
        let Some(generics) = crate::collect::hir_generics(self.package, def) else { return };
        for param in &generics.params {
            if let hir::GenericParamKind::Type { bounds: written, .. } = &param.kind
                && self.param(param.def) == base
            {
                self.add_bounds(def, base, name, written, bounds);
            }
        }
        for clause in &generics.wheres {
            if self.is_about(&clause.ty, base) {
                self.add_bounds(def, base, name, &clause.bounds, bounds);
            }
        }
    }

    fn add_bounds(
        &mut self,
        def: DefId,
        base: Ty,
        name: Symbol,
        written: &[hir::Bound],
        bounds: &mut Vec<ProtocolRef>,
    ) {
        for bound in written {
            if let hir::Bound::Protocol(bound) = bound
                && let Ok(protocol) = bound.def
                && self.may_have(protocol, name, &mut Vec::new())
            {
                bounds.extend(self.bound_head(def, base, bound));
            }
        }
    }

    /// Whether a protocol or one above it has an associated type of this name, by names alone.
    fn may_have(&self, protocol: DefId, name: Symbol, seen: &mut Vec<DefId>) -> bool {
        if seen.contains(&protocol) {
            return false;
        }
        seen.push(protocol);
        let Some(Item::Protocol(item)) = self.package.item(protocol) else { return false };
        self.package.members_of(protocol).iter().any(|&member| self.package.def(member).name == name)
            || item.supers.iter().any(|bound| match bound {
                hir::Bound::Protocol(bound) => bound.def.is_ok_and(|def| self.may_have(def, name, seen)),
                hir::Bound::Region(_) => false,
            })
    }

    /// Whether a where clause's left side is this parameter or projection.
    fn is_about(&mut self, written: &hir::Ty, base: Ty) -> bool {
        match (&*written.kind, base.kind()) {
            (hir::TyKind::Path { res: Res::Def(def), .. }, TyKind::Param(..)) => {
                self.package.def(*def).kind == DefKind::TypeParam && self.param(*def) == base
            }
            (hir::TyKind::Path { res: Res::SelfTy(_), .. }, TyKind::Param(0, name)) => {
                name.as_str() == "Self"
            }
            (hir::TyKind::Assoc { base: inner, name, .. }, &TyKind::Projection(item, args)) => {
                self.package.def(item).name == *name && self.is_about(inner, args[0].expect_ty())
            }
            _ => false,
        }
    }

    /// For messages while there are no signatures yet.
    pub fn show(&self, ty: Ty) -> String {
        let sigs = crate::Signatures::unknown(self.package);
        crate::Cx { package: self.package, sigs: &sigs, typed: None }.show(ty)
    }
}

/// `<Self as P>.Item` inside `P`.
pub fn self_projection(package: &Package, item: DefId, protocol: DefId) -> Ty {
    Ty::new(TyKind::Projection(item, identity_args(package, protocol)))
}

/// Each parameter of an item (and of the impl or protocol around it) standing for itself.
pub fn identity_args(package: &Package, def: DefId) -> GenericArgs {
    let mut args: Vec<GenericArg> = Vec::new();
    let parent = package.def(def).parent.filter(|&parent| crate::collect::shares_generics(package, parent));
    if let Some(parent) = parent {
        args.extend(identity_args(package, parent).iter());
    }
    if let Some(Item::Protocol(_)) = package.item(def) {
        args.push(Ty::new(TyKind::Param(0, Symbol::intern("Self"))).into());
    }
    for param in crate::collect::hir_generics(package, def).map_or(&[][..], |generics| &generics.params) {
        let index = args.len() as u32;
        match param.kind {
            hir::GenericParamKind::Type { .. } => args.push(Ty::new(TyKind::Param(index, param.name)).into()),
            hir::GenericParamKind::Const { .. } => args.push(Const::Param(index, param.name).into()),
            hir::GenericParamKind::Region => {}
        }
    }
    List::new(&args)
}

pub fn mutability(mutable: bool) -> Mutability {
    if mutable { Mutability::Mut } else { Mutability::Shared }
}

pub fn arg_span(arg: &hir::GenericArg) -> Span {
    match arg {
        hir::GenericArg::Ty(ty) => ty.span,
        hir::GenericArg::Const(value) => value.span,
        hir::GenericArg::Region(region) => region.span,
    }
}
