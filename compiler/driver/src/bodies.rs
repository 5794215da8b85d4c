//! The MIR of what is asked for, made when it is asked for.
//!
//! In: the typed program. Out: bodies in phase `Built` (the package's own, all at once, for checking) and `Lowered`
//! (whatever monomorphisation reaches; the standard library's among them, so that hello world stays small).
//!
//! ```text
//! Bodies.body(println)   →   typeck, mir::build, passes::lower, kept for the next who asks
//! ```

use base::{Diagnostics, ErrorReported, SourceMap};
use borrowck::infer::{Contracts, Job, Regions};
use borrowck::shapes::Shapes;
use borrowck::{Captured, CheckCx};
use hir::{BodyId, Item, LangItem};
use mir::build::BuildCx;
use mir::facts::Remembered;
use mir::mono::MirSource;
use mir::names::PackageNames;
use mir::{Body, Instance, InstanceKind, Source};
use passes::PassCx;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use typeck::{Capture, CaptureBy, CaptureElem, ClosureId, Typed};

/// A body and the closures in it.
type Family = Option<Rc<Vec<Rc<Body>>>>;

pub struct Bodies<'a> {
    pub typed: &'a Typed<'a>,
    pub sources: &'a SourceMap,
    pub names: PackageNames<'a>,
    facts: Remembered<'a>,
    shapes: Shapes<'a>,
    pub contracts: &'a Contracts,
    /// Built and checked, until they are lowered. Looked up by id, never iterated over.
    built: RefCell<HashMap<BodyId, Vec<Body>>>,
    /// Looked up by id, never iterated over.
    lowered: RefCell<HashMap<BodyId, Family>>,
    diags: RefCell<Diagnostics>,
}

impl<'a> Bodies<'a> {
    pub fn new(typed: &'a Typed<'a>, sources: &'a SourceMap, contracts: &'a Contracts) -> Bodies<'a> {
        let names = PackageNames::new(typed.package);
        let (built, lowered) = (RefCell::default(), RefCell::default());
        let (facts, shapes) = (Remembered::new(typed), Shapes::new(typed));
        Bodies { typed, sources, names, facts, shapes, contracts, built, lowered, diags: RefCell::default() }
    }

    /// Phase `Built`; with `for_errors` as far as the user's errors go. `None` if something is wrong with the body, which
    /// is reported.
    pub fn build(&self, id: BodyId, for_errors: bool) -> Option<Vec<Body>> {
        let package = self.typed.package;
        let cx = BuildCx { package, signatures: &self.typed.signatures, facts: &self.facts, for_errors };
        mir::build::build(cx, package.body(id), self.typed.body(id))
    }

    /// Moves, initialisation, mutability and borrows of a body and the closures in it.
    pub fn check(&self, id: BodyId, family: &[Body], diags: &mut Diagnostics) {
        let build = |id| self.build(id, true);
        let regions =
            Regions { shapes: &self.shapes, facts: &self.facts, contracts: self.contracts, build: &build };
        let job = Job::new(&regions, id, family);
        family.iter().for_each(|body| self.check_body(body, &job, diags));
    }

    fn check_body(&self, body: &Body, regions: &Job<'_, '_>, diags: &mut Diagnostics) {
        let package = self.typed.package;
        let cx = CheckCx {
            facts: &self.facts,
            sources: self.sources,
            signatures: &self.typed.signatures,
            lang: &package.lang,
            show: &|ty| self.typed.cx().show(ty),
            captures: &|closure| self.captured(closure),
            names: &|def| Some(package.def(def).name),
        };
        borrowck::check(body, &cx, Some(regions), diags);
    }

    /// Keeps what [`Bodies::build`] gave for a program, for when it is reached.
    pub fn keep(&self, id: BodyId, bodies: Vec<Body>) {
        self.built.borrow_mut().insert(id, bodies);
    }

    /// The variables that are a closure's fields.
    fn captured(&self, closure: ClosureId) -> Vec<Captured> {
        let locals = &self.typed.package.body(closure.body).locals;
        let captures = self.typed.closure(closure).map_or(&[][..], |info| &info.captures);
        let captured = |capture: &Capture| {
            let local = &locals[capture.local];
            Captured {
                name: capture.name,
                variable: local.name,
                access: capture.access,
                is_deref: matches!(capture.projection.last(), Some(CaptureElem::Deref(_))),
                span: local.span,
                by_reference: capture.by != CaptureBy::Value,
                used: capture.span,
            }
        };
        captures.iter().map(captured).collect()
    }

    pub fn pass_cx(&self) -> PassCx<'_> {
        let box_free = self.typed.package.lang.get(LangItem::BoxFree);
        PassCx { facts: &self.facts, names: &self.names, box_free }
    }

    /// What was found wrong while bodies were made. Of the standard library it is a mistake of ours.
    pub fn take_diagnostics(&self) -> Diagnostics {
        let mut diags = self.diags.take();
        diags.append(self.typed.package.take_late_diagnostics());
        diags.append(self.typed.take_late_diagnostics());
        diags
    }

    fn family(&self, id: BodyId) -> Family {
        if let Some(known) = self.lowered.borrow().get(&id) {
            return known.clone();
        }
        let kept = self.built.borrow_mut().remove(&id);
        let built = kept.or_else(|| self.build(id, false));
        let family = built.map(|mut bodies| {
            bodies.iter_mut().for_each(|body| passes::lower(body, &self.pass_cx()));
            Rc::new(bodies.into_iter().map(Rc::new).collect::<Vec<_>>())
        });
        self.lowered.borrow_mut().insert(id, family.clone());
        family
    }
}

impl MirSource for Bodies<'_> {
    fn body(&self, body: BodyId) -> Option<Rc<Body>> {
        self.family(body)?.first().cloned()
    }
    fn closure(&self, closure: ClosureId) -> Option<Rc<Body>> {
        let family = self.family(closure.body)?;
        family.iter().find(|body| body.source == Source::Closure(closure)).cloned()
    }
    fn promoted(&self, promoted: ClosureId) -> Option<Rc<Body>> {
        let family = self.family(promoted.body)?;
        family.iter().find(|body| body.source == Source::Promoted(promoted)).cloned()
    }
    fn error_in(&self, instance: Instance) -> Option<ErrorReported> {
        let body = match instance.kind {
            InstanceKind::Fn(def) => match self.typed.package.item(def) {
                Some(Item::Fn(function)) => function.body,
                _ => None,
            },
            InstanceKind::Const(body) => Some(body),
            InstanceKind::Closure(closure) | InstanceKind::Promoted(closure) => Some(closure.body),
            InstanceKind::CallOnceShim(_)
            | InstanceKind::CallShim(_)
            | InstanceKind::ClosureFnPtr(_)
            | InstanceKind::DropGlue(_)
            | InstanceKind::CloneShim(_)
            | InstanceKind::Virtual(_)
            | InstanceKind::TableEntry(_)
            | InstanceKind::Reify(_)
            | InstanceKind::Entry(_) => None,
        };
        let of_types = body.and_then(|body| self.typed.body(body).error);
        of_types.or_else(|| self.diags.borrow().error_reported())
    }
}
