//! Monomorphisation: from generic bodies to a [`Program`] in which every type, call and constant is known.
//!
//! In: the typed program, a [`MirSource`] of `Lowered` bodies, the roots. Out: everything the roots reach, once for each
//! set of type arguments, in the order of discovery; errors that only concrete types show. Afterwards no parameter, no
//! projection, no protocol call and no unevaluated constant is left; `Drop`s of types without glue are gone.
//!
//! ```text
//! fn max[T: Comparable](a: T, b: T) -> T { … a.gt(&b) … }      max(1, 2)
//! ⇒ fn0 main: call fn1        fn1 max[i64]: call fn2        fn2 i64.gt
//!
//! collect.rs  what is reached, numbers, units    rewrite.rs  one body, types replaced
//! call.rs     what a call means                  consts.rs   constants, by the interpreter
//! shapes.rs   what types consist of              paths.rs    names for symbols and debuggers
//! finish.rs   which functions never unwind       dynamic.rs  fat pointers of `dyn`
//! library.rs  what need not be looked at for errors        suspects.rs  whether anything need be
//! ```

mod call;
mod collect;
mod consts;
mod dynamic;
mod finish;
mod library;
mod paths;
mod rewrite;
mod shapes;
pub mod suspects;

use crate::layout::{Layout, LayoutError, Layouts};
use crate::{Body, Instance, InstanceKind, Program};
use base::{Diagnostic, Diagnostics, ErrorReported, SourceMap, Span};
use hir::{BodyId, DefId, DefKind, Item};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use typeck::{ClosureId, Const, FastHash, GenericArg, GenericArgs, HasFlags, List, Subst, Ty, Typed};

pub(crate) use collect::{Collector, known_len, unreachable_body};
pub use consts::{Evaluated, EvaluatedMemory};
pub(crate) use rewrite::{scalar, usize_ptr};

/// Gives the MIR of what is reached, in phase `Lowered` or later: checks types, builds and runs passes on demand.
pub trait MirSource {
    /// Of a function, constant, test or array length. `None` if something is wrong with it, which was reported.
    fn body(&self, body: BodyId) -> Option<Rc<Body>>;
    fn closure(&self, closure: ClosureId) -> Option<Rc<Body>>;
    fn promoted(&self, promoted: ClosureId) -> Option<Rc<Body>>;
    /// Proof that what is wrong with a function without a body was reported.
    fn error_in(&self, instance: Instance) -> Option<ErrorReported>;
}

#[derive(Clone, Copy)]
pub struct MonoCx<'a> {
    pub typed: &'a Typed<'a>,
    pub source: &'a dyn MirSource,
    pub sources: &'a SourceMap,
    /// The profile's: otherwise integers wrap.
    pub overflow_checks: bool,
}

/// Constants and what is promoted, by body and arguments.
type Values = HashMap<Instance, Result<Evaluated, ErrorReported>, FastHash>;

/// Where the program begins.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    pub main: Option<DefId>,
    /// Tests, or functions others call.
    pub functions: Vec<DefId>,
}

/// Everything that the roots reach.
pub fn monomorphise(cx: MonoCx<'_>, roots: &Roots, diags: &mut Diagnostics) -> Program {
    let shared = Shared::new(cx);
    let mut collector = Collector::new(&shared);
    for &function in &roots.functions {
        collector.root(function);
    }
    if let Some(main) = roots.main {
        collector.entry(main);
    }
    for def in own_constants(cx).filter(|&def| cx.typed.package.def(def).kind == DefKind::Const) {
        collector.scalar(def);
    }
    let program = collector.finish();
    diags.append(shared.diags.into_inner());
    program
}

/// What [`monomorphise`] would find wrong, and no program.
pub fn check(cx: MonoCx<'_>, roots: &Roots, diags: &mut Diagnostics) {
    let shared = Shared::new(cx);
    let mut collector = Collector::checking(&shared);
    for &function in &roots.functions {
        collector.root(function);
    }
    if let Some(main) = roots.main {
        collector.entry(main);
    }
    collector.drain();
    diags.append(shared.diags.into_inner());
}

/// The value of a constant without generic parameters.
pub fn evaluate_const(cx: MonoCx<'_>, constant: DefId, diags: &mut Diagnostics) -> Option<Evaluated> {
    let shared = Shared::new(cx);
    let span = cx.typed.package.def(constant).span;
    let value = shared.constant(constant, GenericArgs::empty(), span);
    diags.append(shared.diags.into_inner());
    value.ok()
}

/// The bits of a constant inside a type.
pub fn evaluate_length(
    cx: MonoCx<'_>,
    body: BodyId,
    args: GenericArgs,
    diags: &mut Diagnostics,
) -> Result<u128, ErrorReported> {
    let shared = Shared::new(cx);
    let package = cx.typed.package;
    let span = package.body(body).exprs[package.body(body).value].span;
    let value = shared
        .evaluate(InstanceKind::Const(body), shared.normalise_args(args), span)
        .and_then(|value| shared.bits(value, span));
    diags.append(shared.diags.into_inner());
    value
}

/// Evaluates every constant without parameters outside the standard library, for the errors in them.
pub fn check_constants(cx: MonoCx<'_>, diags: &mut Diagnostics) {
    let shared = Shared::new(cx);
    for def in own_constants(cx) {
        let head = cx.typed.package.def(def).span;
        // A type that is not what a protocol says is one mistake, whatever follows from it.
        if diags.has_error_at(|span| head.contains(span)) {
            continue;
        }
        // What is wrong with it is reported.
        let _ = shared.constant(def, GenericArgs::empty(), head);
    }
    diags.append(shared.diags.into_inner());
}

/// Every `const` and `static` without parameters outside the standard library, also those of impls.
fn own_constants(cx: MonoCx<'_>) -> impl Iterator<Item = DefId> {
    let package = cx.typed.package;
    let defs = package.modules.iter().filter(|module| !module.is_std).flat_map(|module| &module.defs);
    let with_members = move |&def: &DefId| {
        let members = match package.def(def).kind {
            DefKind::Impl => package.members_of(def),
            DefKind::Fn
            | DefKind::Record
            | DefKind::Union
            | DefKind::Variant
            | DefKind::TypeAlias
            | DefKind::Const
            | DefKind::Static
            | DefKind::Protocol
            | DefKind::AssocType
            | DefKind::TypeParam
            | DefKind::ConstParam
            | DefKind::Test => &[],
        };
        [def].into_iter().chain(members.iter().copied())
    };
    defs.flat_map(with_members).filter(move |&def| {
        matches!(package.def(def).kind, DefKind::Const | DefKind::Static)
            && matches!(package.item(def), Some(Item::Const(hir::Const { body: Some(_), .. })))
            && cx.typed.signatures.generics_of(def).params.is_empty()
    })
}

/// What is known independently of one program: constants are evaluated in programs of their own.
pub(crate) struct Shared<'a> {
    pub cx: MonoCx<'a>,
    pub layouts: Layouts,
    pub diags: RefCell<Diagnostics>,
    normalised: RefCell<HashMap<Ty, Ty, FastHash>>,
    consts: RefCell<Values>,
    /// Types whose missing layout has been reported.
    unlaid: RefCell<BTreeSet<String>>,
}

impl<'a> Shared<'a> {
    fn new(cx: MonoCx<'a>) -> Shared<'a> {
        Shared {
            cx,
            layouts: Layouts::new(),
            diags: RefCell::default(),
            normalised: RefCell::default(),
            consts: RefCell::default(),
            unlaid: RefCell::default(),
        }
    }

    pub fn error(&self, diagnostic: Diagnostic) -> ErrorReported {
        self.diags.borrow_mut().error(diagnostic)
    }

    pub fn show(&self, ty: Ty) -> String {
        self.cx.typed.cx().show(ty)
    }

    /// A concrete type without associated types, unevaluated constants and regions.
    pub fn normalise(&self, ty: Ty) -> Ty {
        if let Some(&known) = self.normalised.borrow().get(&ty) {
            return known;
        }
        let mut plain = self.cx.typed.normalise(ty);
        if plain.has_projections() {
            plain = plain.map_types(&mut |_| None, &mut |value| Some(self.length(value)));
        }
        let plain = crate::verify::erase(plain);
        self.normalised.borrow_mut().insert(ty, plain);
        plain
    }

    pub fn normalise_args(&self, args: GenericArgs) -> GenericArgs {
        if args.is_empty() {
            return args;
        }
        List::from_iter(args.iter().map(|&arg| match arg {
            GenericArg::Ty(ty) => GenericArg::Ty(self.normalise(ty)),
            GenericArg::Const(value) => GenericArg::Const(self.length(value)),
        }))
    }

    /// A constant of the type level, evaluated.
    pub fn length(&self, value: Const) -> Const {
        match self.cx.typed.cx().evaluate(value) {
            Const::Unevaluated(body, args) => {
                let span =
                    self.cx.typed.package.body(body).exprs[self.cx.typed.package.body(body).value].span;
                let value = self.evaluate(InstanceKind::Const(body), self.normalise_args(args), span);
                value.and_then(|value| self.bits(value, span)).map_or_else(Const::Error, Const::Value)
            }
            value @ (Const::Value(_) | Const::Param(..) | Const::Infer(_) | Const::Error(_)) => value,
        }
    }

    fn bits(&self, value: Evaluated, span: Span) -> Result<u128, ErrorReported> {
        match value {
            Evaluated::Scalar(bits) => Ok(bits),
            Evaluated::Str(_) | Evaluated::ZeroSized | Evaluated::Fn(_) | Evaluated::Memory(_) => {
                let message = "this constant is no number that a type can have";
                Err(self.error(Diagnostic::error("C9002", span, message)))
            }
        }
    }

    /// The layout of a type. Where it has none, that is reported once, at `span`, and the type counts as empty.
    pub fn layout(&self, ty: Ty, span: Span) -> Rc<Layout> {
        match self.layouts.of(self, ty) {
            Ok(layout) => layout,
            Err(error) => {
                let (LayoutError::Infinite(of) | LayoutError::TooLarge(of) | LayoutError::NotConcrete(of)) =
                    error;
                let shown = self.show(of);
                if !has_error(of) && self.unlaid.borrow_mut().insert(shown.clone()) {
                    self.error(match error {
                        LayoutError::Infinite(_) => Diagnostic::error(
                            "T2002",
                            span,
                            format!("a value of `{shown}` would contain itself without end"),
                        ),
                        LayoutError::TooLarge(_) => Diagnostic::error(
                            "C9003",
                            span,
                            format!("a value of `{shown}` is larger than memory"),
                        ),
                        LayoutError::NotConcrete(_) => Diagnostic::error(
                            "X0001",
                            span,
                            format!("not supported yet: values of type `{shown}` here"),
                        ),
                    });
                }
                Rc::new(Layout {
                    size: 0,
                    align: 1,
                    abi: crate::Abi::Zero,
                    fields: crate::FieldsLayout::Primitive,
                    variants: crate::Variants::Single(typeck::VariantIdx(0)),
                    niche: None,
                    is_unsized: ty.is_unsized(),
                    uninhabited: false,
                })
            }
        }
    }
}

/// An error is in it, as a type or a constant: it was reported.
pub(crate) fn has_error(ty: Ty) -> bool {
    HasFlags::has_error(&ty)
}
