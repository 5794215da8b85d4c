//! The worklist: functions get numbers when they are first reached, bodies in that order.
//!
//! In: roots. Out: a [`Program`]. Afterwards every [`InstanceId`] in a body is a function of the program, and every type
//! that occurs has a layout.
//!
//! Before: `main` calls `id[i64]` twice. After: `fn0` is `main`, `fn1` is `id[i64]`.

use super::consts::Evaluated;
use super::rewrite::Rewrite;
use super::{Shared, paths};
use crate::layout::{Shape, Shapes, pointee};
use crate::*;
use base::{Diagnostic, IndexVec, Span};
use hir::{DefId, DefKind, FnKind, Item, ModuleId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use typeck::{ClosureId, Const, FastHash, GenericArg, GenericArgs, Ty, TyKind};

/// Types deeper than this come from functions that call themselves with ever larger ones.
const TYPE_DEPTH: usize = 64;
/// A definition that stands more often than this on the way to itself has constants that grow.
const NESTING: usize = 128;
/// So many functions no definition becomes.
const SAME: u32 = 20_000;

pub(crate) struct Collector<'s, 'a> {
    pub shared: &'s Shared<'a>,
    pub program: Program,
    index: HashMap<Instance, InstanceId, FastHash>,
    consts: HashMap<Rc<ConstMemory>, ConstId>,
    /// Tables of `dyn` types: the type behind the pointer, and the `dyn`.
    pub tables: HashMap<(Ty, Ty), ConstId, FastHash>,
    /// The same in the order in which they were made.
    pub made_tables: Vec<(Ty, Ty, ConstId)>,
    /// The `dyn` types of several protocols that a `dyn` type is seen as: their tables stand at the end of its own.
    pub narrowed: HashMap<Ty, Vec<Ty>, FastHash>,
    /// Places of statics.
    statics: HashMap<DefId, ConstId, FastHash>,
    units: BTreeMap<ModuleId, UnitId>,
    /// Types in order of discovery; the first `laid` of them have their layouts and parts looked at.
    types: Vec<Ty>,
    seen: std::collections::HashSet<Ty, FastHash>,
    laid: usize,
    /// Drop glue that was asked for, also where there is none.
    glue: HashMap<Ty, Option<InstanceId>, FastHash>,
    /// Functions whose bodies are written.
    done: usize,
    /// Who asked for each function first.
    from: IndexVec<InstanceId, Option<InstanceId>>,
    /// Where, in the body of who asked.
    asked: IndexVec<InstanceId, Span>,
    /// The one whose body is being written.
    current: Option<InstanceId>,
    /// How many functions each definition has become.
    counts: HashMap<DefId, u32, FastHash>,
    /// Definitions that ask for themselves without end.
    endless: BTreeSet<DefId>,
    /// Functions that are not followed.
    cut: BTreeSet<InstanceId>,
    /// A function without a body: something is wrong with it.
    pub broken: Option<Instance>,
    /// Only errors are wanted: what says nothing about the user's program is left out.
    checking: bool,
}

impl<'s, 'a> Collector<'s, 'a> {
    pub fn new(shared: &'s Shared<'a>) -> Collector<'s, 'a> {
        let program = Program { overflow_checks: shared.cx.overflow_checks, ..Program::default() };
        Collector {
            shared,
            program,
            index: HashMap::default(),
            consts: HashMap::new(),
            tables: HashMap::default(),
            made_tables: Vec::new(),
            narrowed: HashMap::default(),
            statics: HashMap::default(),
            units: BTreeMap::new(),
            types: Vec::new(),
            seen: Default::default(),
            laid: 0,
            glue: HashMap::default(),
            done: 0,
            from: IndexVec::new(),
            asked: IndexVec::new(),
            current: None,
            counts: HashMap::default(),
            endless: BTreeSet::new(),
            cut: BTreeSet::new(),
            broken: None,
            checking: false,
        }
    }

    /// One that looks for errors in what is the user's, and whose program is of no use: functions have no names, and
    /// those that say nothing about the user's program ([`super::library::is_independent`]) no bodies.
    pub fn checking(shared: &'s Shared<'a>) -> Collector<'s, 'a> {
        Collector { checking: true, ..Collector::new(shared) }
    }

    pub fn root(&mut self, function: hir::DefId) {
        let instance = Instance { kind: InstanceKind::Fn(function), args: GenericArgs::empty() };
        let span = self.shared.cx.typed.package.def(function).span;
        self.instance(instance, span);
    }

    pub fn entry(&mut self, main: hir::DefId) {
        let instance = Instance { kind: InstanceKind::Entry(main), args: GenericArgs::empty() };
        let span = self.shared.cx.typed.package.def(main).span;
        self.program.entry = Some(self.instance(instance, span));
    }

    /// Everything reachable, finished.
    pub fn finish(mut self) -> Program {
        self.drain();
        super::finish::finish(&mut self.program);
        self.program.types = self.types.iter().map(|&ty| paths::type_info(self.shared, ty)).collect();
        self.program
    }

    /// Writes bodies until no function is without one.
    pub fn drain(&mut self) {
        loop {
            if self.done < self.program.functions.len() {
                let id = InstanceId(self.done as u32);
                self.done += 1;
                if self.cut.contains(&id) {
                    continue;
                }
                self.current = Some(id);
                let body = self.body_of(self.program.functions[id].instance);
                self.current = None;
                self.program.functions[id].body = body;
            } else if self.laid < self.types.len() {
                self.laid += 1;
                self.lay_out(self.types[self.laid - 1]);
            } else {
                return;
            }
        }
    }

    /// The number of a function; it is written later if it is new.
    pub fn instance(&mut self, instance: Instance, span: Span) -> InstanceId {
        if let Some(&known) = self.index.get(&instance) {
            return known;
        }
        let is_finite = self.check_depth(instance, span);
        let (path, module, inline) = match self.checking {
            true => (FunctionPath::default(), ModuleId(0), Inline::Usual),
            false => {
                let (path, module) = paths::function_path(self.shared, instance);
                (path, module, paths::inline(self.shared, instance))
            }
        };
        let unit = self.unit(module);
        let body = unreachable_body(span);
        let id =
            self.program.functions.push(Function { instance, path, unit, body, nounwind: false, inline });
        self.index.insert(instance, id);
        self.from.push(self.current);
        self.asked.push(span);
        if !is_finite {
            self.cut.insert(id);
        }
        id
    }

    /// A function that asks for itself with ever larger arguments is told of once, and not followed further.
    fn check_depth(&mut self, instance: Instance, span: Span) -> bool {
        let Some(def) = paths::def_of(self.shared, instance) else { return true };
        if self.endless.contains(&def) {
            return false;
        }
        let count = self.counts.entry(def).or_insert(0);
        *count += 1;
        let count = *count;
        let types = instance.args.iter().map(|arg| match arg {
            GenericArg::Ty(ty) => depth(*ty),
            GenericArg::Const(_) => 0,
        });
        let too_deep = types.max().unwrap_or(0) > TYPE_DEPTH;
        let nested = self.from.len() > NESTING && count > NESTING as u32 && self.nesting(def) > NESTING;
        if !too_deep && !nested && count < SAME {
            return true;
        }
        let (path, _) = paths::function_path(self.shared, instance);
        let name = &path.name;
        let (chain, all) = self.chain_to(def);
        self.endless.extend(all);
        let what = if too_deep { "types" } else { "arguments" };
        let mut diagnostic = Diagnostic::error(
            "T2002",
            self.in_user_code(span),
            format!("`{name}` is needed for ever larger {what}"),
        )
        .label("each call asks for one with a larger argument");
        if chain.len() > 1 {
            diagnostic = diagnostic.note(format!("the chain: {} → …", chain.join(" → ")));
        }
        self.shared.error(
            diagnostic
                .note("a generic function that calls itself must not wrap its type parameter at each step"),
        );
        false
    }

    /// Where the program itself asks for what the library does at `span` of the function that is written now.
    pub fn in_user_code(&self, span: Span) -> Span {
        let package = self.shared.cx.typed.package;
        let (mut span, mut next) = (span, self.current);
        while let Some(id) = next {
            let def = paths::def_of(self.shared, self.program.functions[id].instance);
            if !def.is_some_and(|def| package.is_std(def)) {
                break;
            }
            (span, next) = (self.asked[id], self.from[id]);
        }
        span
    }

    /// A generic function holds values of a type that is given to it without a size: told of where that was chosen.
    pub fn report_unsized(&mut self, held: Ty, part: Ty, at: Span) {
        let Some(mut id) = self.current else { return };
        while let Some(from) = self.from[id]
            && has_unsized(self.program.functions[from].instance)
        {
            id = from;
        }
        let span = self.asked[id];
        // Dropping what can't be is no second mistake.
        let is_dropped = self.from[id].is_some_and(|from| {
            matches!(self.program.functions[from].instance.kind, InstanceKind::DropGlue(_))
        });
        if is_dropped {
            return;
        }
        let (path, _) = paths::function_path(self.shared, self.program.functions[id].instance);
        let part = self.shared.show(part);
        let why = format!("a value of type `{}` would be here", self.shared.show(held));
        let message = format!("`{}` needs a type whose size is known beforehand", path.name);
        self.shared.error(
            Diagnostic::error("T2012", span, message)
                .label(format!("called with `{part}`, which has none"))
                .secondary(at, why)
                .note(format!("`Box[{part}]` and `&{part}` have one")),
        );
    }

    /// How many of the functions that led here are of one definition.
    fn nesting(&self, def: DefId) -> usize {
        let mut next = self.current;
        let mut count = 0;
        while let Some(id) = next {
            count += (paths::def_of(self.shared, self.program.functions[id].instance) == Some(def)) as usize;
            next = self.from[id];
        }
        count
    }

    /// The first functions of the chain that leads from a definition to itself, and all definitions in it.
    fn chain_to(&self, def: DefId) -> (Vec<String>, Vec<DefId>) {
        let mut path = Vec::new();
        let mut next = self.current;
        while let Some(id) = next {
            path.push(id);
            next = self.from[id];
        }
        path.reverse();
        let of = |id: InstanceId| paths::def_of(self.shared, self.program.functions[id].instance);
        let start = path.iter().position(|&id| of(id) == Some(def)).unwrap_or(path.len());
        let name = |&id: &InstanceId| {
            let (path, _) = paths::function_path(self.shared, self.program.functions[id].instance);
            match path.args.is_empty() {
                true => format!("`{}`", path.name),
                false => format!("`{}[{}]`", path.name, path.args.join(", ")),
            }
        };
        let chain = path[start..].iter().take(4).map(name).collect();
        let mut all: Vec<DefId> = path[start..].iter().filter_map(|&id| of(id)).chain([def]).collect();
        all.sort();
        all.dedup();
        (chain, all)
    }

    fn unit(&mut self, module: ModuleId) -> UnitId {
        if let Some(&unit) = self.units.get(&module) {
            return unit;
        }
        let of = &self.shared.cx.typed.package.modules[module];
        let unit = self.program.units.push(Unit { name: of.path, module, file: of.file });
        self.units.insert(module, unit);
        unit
    }

    /// A constant's place in the program's table.
    pub fn memory(&mut self, memory: ConstMemory) -> ConstId {
        if let Some(&id) = self.consts.get(&memory) {
            return id;
        }
        self.see(memory.ty);
        let id = self.program.consts.push(memory.clone());
        self.consts.insert(Rc::new(memory), id);
        id
    }

    /// A static's place in the program's table: its own, whatever else has the same value.
    pub fn static_memory(&mut self, def: DefId, memory: ConstMemory) -> ConstId {
        if let Some(&id) = self.statics.get(&def) {
            return id;
        }
        self.see(memory.ty);
        let (path, module) = paths::static_path(self.shared, def);
        let unit = self.unit(module);
        let span = self.shared.cx.typed.package.def(def).name_span;
        let id = self.program.consts.push(memory);
        self.program.statics.insert(id, StaticItem { def, path, unit, span });
        self.statics.insert(def, id);
        id
    }

    /// Keeps a `const` for debuggers, if its value is a scalar. What is wrong with it was reported before.
    pub fn scalar(&mut self, def: DefId) {
        let span = self.shared.cx.typed.package.def(def).name_span;
        let value = self.shared.constant(def, GenericArgs::empty(), span);
        if let (Ok(Evaluated::Scalar(bits)), Some(ty)) =
            (value, self.shared.cx.typed.signatures.constant(def))
            && matches!(ty.kind(), TyKind::Prim(_))
        {
            self.see(ty);
            let (path, _) = paths::static_path(self.shared, def);
            self.program.scalars.push(ScalarItem { path, ty, bits });
        }
    }

    /// The function that drops a value of the type, if dropping does anything.
    pub fn drop_glue(&mut self, ty: Ty, span: Span) -> Option<InstanceId> {
        if let Some(&known) = self.glue.get(&ty) {
            return known;
        }
        let glue = self.shared.cx.typed.needs_drop(ty).then(|| {
            let instance = Instance { kind: InstanceKind::DropGlue(ty), args: GenericArgs::empty() };
            self.instance(instance, span)
        });
        self.glue.insert(ty, glue);
        if let Some(glue) = glue {
            self.program.drop_glue.insert(ty, glue);
        }
        glue
    }

    /// A type occurs.
    pub fn see(&mut self, ty: Ty) {
        if self.seen.insert(ty) {
            self.types.push(ty);
        }
    }

    /// The first variable of a type, for messages.
    fn first_use(&self, ty: Ty) -> Option<Span> {
        let mut locals = self.program.functions.iter().flat_map(|function| function.body.locals.iter());
        locals.find(|decl| decl.ty == ty).map(|decl| decl.span)
    }

    /// The layout of a type that occurs, and its parts occur too.
    fn lay_out(&mut self, ty: Ty) {
        let span = Span::new(base::FileId(0), 0, 0);
        let span = match self.shared.layouts.of(self.shared, ty) {
            Ok(_) => span,
            Err(_) => paths::span_of(self.shared, ty).or_else(|| self.first_use(ty)).unwrap_or(span),
        };
        let layout = self.shared.layout(ty, span);
        self.program.layouts.insert(ty, (*layout).clone());
        if super::has_error(ty) {
            return;
        }
        if let Some((to, _)) = pointee(ty) {
            self.see(to);
        }
        match *ty.kind() {
            TyKind::Tuple(items) => items.iter().for_each(|&item| self.see(item)),
            TyKind::Array(elem, _) | TyKind::Slice(elem) => self.see(elem),
            TyKind::Adt(def, args) => {
                if self.shared.is_box(def)
                    && let Some(GenericArg::Ty(to)) = args.first()
                {
                    self.see(*to);
                }
                self.see_shape(ty);
            }
            TyKind::Closure(..) => self.see_shape(ty),
            TyKind::FnPtr(sig) => {
                let sig = sig.params.iter().copied().chain([sig.ret]);
                sig.for_each(|ty| self.see(self.shared.normalise(ty)));
            }
            TyKind::Prim(_)
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::FnDef(..)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => {}
        }
    }

    fn see_shape(&mut self, ty: Ty) {
        match self.shared.shape(ty) {
            Shape::Record(record) => record.fields.into_iter().for_each(|field| self.see(field)),
            Shape::Union(variants) => variants.into_iter().flatten().for_each(|field| self.see(field)),
        }
    }

    /// The body of a function, rewritten.
    fn body_of(&mut self, instance: Instance) -> Body {
        if self.checking && super::library::is_independent(self.shared, instance) {
            return unreachable_body(self.span_of(instance));
        }
        let package = self.shared.cx.typed.package;
        let generic: Option<Rc<Body>> = match instance.kind {
            InstanceKind::Fn(def) => match package.item(def) {
                Some(Item::Fn(function)) if function.kind == FnKind::Quastra => {
                    function.body.and_then(|body| self.shared.cx.source.body(body))
                }
                Some(Item::Fn(_)) => Some(Rc::new(crate::shims::forward(self, instance))),
                Some(Item::Test(test)) => self.shared.cx.source.body(test.body),
                _ if package.def(def).kind == DefKind::Variant => {
                    Some(Rc::new(crate::shims::constructor(self, def, instance.args)))
                }
                _ => None,
            },
            InstanceKind::Const(body) => self.shared.cx.source.body(body),
            InstanceKind::Closure(closure) => self.shared.cx.source.closure(closure),
            InstanceKind::Promoted(promoted) => self.shared.cx.source.promoted(promoted),
            InstanceKind::CallOnceShim(_)
            | InstanceKind::CallShim(_)
            | InstanceKind::ClosureFnPtr(_)
            | InstanceKind::DropGlue(_)
            | InstanceKind::CloneShim(_)
            | InstanceKind::Virtual(_)
            | InstanceKind::TableEntry(_)
            | InstanceKind::Reify(_)
            | InstanceKind::Entry(_) => Some(Rc::new(crate::shims::shim(self, instance))),
        };
        let Some(generic) = generic else {
            self.broken.get_or_insert(instance);
            return unreachable_body(self.span_of(instance));
        };
        Rewrite::body(self, &generic, instance)
    }

    pub fn span_of(&self, instance: Instance) -> Span {
        paths::def_of(self.shared, instance)
            .map_or(Span::new(base::FileId(0), 0, 0), |def| self.shared.cx.typed.package.def(def).span)
    }

    pub fn is_tracked(&self, instance: Instance) -> bool {
        match instance.kind {
            InstanceKind::Fn(def) => self.shared.has_attr(def, "track_caller"),
            InstanceKind::Closure(_)
            | InstanceKind::CallOnceShim(_)
            | InstanceKind::CallShim(_)
            | InstanceKind::ClosureFnPtr(_)
            | InstanceKind::DropGlue(_)
            | InstanceKind::CloneShim(_)
            | InstanceKind::Virtual(_)
            | InstanceKind::TableEntry(_)
            | InstanceKind::Reify(_)
            | InstanceKind::Const(_)
            | InstanceKind::Promoted(_)
            | InstanceKind::Entry(_) => false,
        }
    }

    /// A closure's own kind, parameters and result.
    pub fn closure_sig(&self, id: ClosureId, args: GenericArgs) -> (typeck::ClosureKind, Vec<Ty>, Ty) {
        use typeck::Subst;
        match self.shared.cx.typed.closure(id) {
            Some(info) => (
                info.kind,
                info.params.iter().map(|ty| self.shared.normalise(ty.subst(&args))).collect(),
                self.shared.normalise(info.ret.subst(&args)),
            ),
            None => (typeck::ClosureKind::Fn, Vec::new(), Ty::unit()),
        }
    }
}

/// How deeply a type is nested.
fn depth(ty: Ty) -> usize {
    let args = |args: GenericArgs| {
        args.iter()
            .map(|arg| match arg {
                GenericArg::Ty(ty) => depth(*ty),
                GenericArg::Const(_) => 0,
            })
            .max()
            .unwrap_or(0)
    };
    1 + match *ty.kind() {
        TyKind::Tuple(items) => items.iter().map(|&item| depth(item)).max().unwrap_or(0),
        TyKind::Array(to, _) | TyKind::Slice(to) | TyKind::Ref(_, to, _) | TyKind::RawPtr(to, _) => depth(to),
        TyKind::Adt(_, list) | TyKind::FnDef(_, list) | TyKind::Closure(_, list) => args(list),
        TyKind::Opaque(_, _, list) | TyKind::Projection(_, list) => args(list),
        TyKind::FnPtr(sig) => sig.params.iter().map(|&ty| depth(ty)).max().unwrap_or(0),
        TyKind::Prim(_) | TyKind::Dyn(..) | TyKind::Param(..) | TyKind::Infer(_) | TyKind::Error(_) => 0,
    }
}

/// Stands where something is wrong, or not yet written.
pub(crate) fn unreachable_body(span: Span) -> Body {
    let info = SourceInfo { span, scope: ScopeId(0) };
    let terminator = Terminator { kind: TerminatorKind::Unreachable, info };
    Body {
        source: Source::Shim,
        phase: Phase::Mono,
        span,
        arg_count: 0,
        locals: IndexVec::from_raw(vec![LocalDecl { ty: Ty::unit(), name: None, mutable: true, span }]),
        blocks: IndexVec::from_raw(vec![Block { statements: Vec::new(), terminator, is_cleanup: false }]),
        scopes: IndexVec::from_raw(vec![Scope { parent: None, span }]),
        variables: Vec::new(),
        declares_later: false,
    }
}

/// An array's number of elements.
pub(crate) fn known_len(len: Const) -> u64 {
    if let Const::Value(len) = len { len as u64 } else { 0 }
}

/// Whether an argument of a function has no size of its own: `print[dyn Show]`.
pub(super) fn has_unsized(instance: Instance) -> bool {
    instance.args.iter().any(|arg| match arg {
        GenericArg::Ty(ty) => ty.is_unsized(),
        GenericArg::Const(_) => false,
    })
}
