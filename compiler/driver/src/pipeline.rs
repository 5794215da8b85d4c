//! The compiler, a typed stage a line.
//!
//! ```text
//! text → tokens → ast → hir → types → mir[Built] → regions
//! ── errors? stop here: below this line the program is correct ──
//! → mir[Lowered] → mir[Mono] → mir[Optimised] → LLVM IR → object → executable
//! ```

use crate::bodies::Bodies;
use crate::consts::Evaluator;
use crate::emit::{Emit, Prints};
use crate::package::Program;
use crate::{Session, modules, stdlib};
use base::{Diagnostics, ErrorReported, Level, Span};
use borrowck::CheckCx;
use hir::{Cfg, Package};
use mir::Phase;
use mir::mono::{self, MonoCx, Roots};
use std::collections::BTreeSet;
use typeck::Typed;

/// All that can be wrong with a program, also what only concrete types show.
pub fn check(session: &mut Session, program: &Program, prints: &mut Prints) -> Result<(), ErrorReported> {
    let overflow_checks = program.profile(&session.options).overflow_checks;
    upper_half(session, program, prints, |bodies, _, diags| {
        mono::check(mono_cx(bodies, overflow_checks), &roots(bodies), diags);
        diags.append(bodies.take_diagnostics());
    })?;
    session.diagnostics.error_reported().map_or(Ok(()), Err)
}

/// Both halves: the monomorphic program, for the interpreter or a back end.
pub fn compile(
    session: &mut Session,
    program: &Program,
    prints: &mut Prints,
) -> Result<mir::Program, ErrorReported> {
    let overflow_checks = program.profile(&session.options).overflow_checks;
    let compiled = upper_half(session, program, prints, |bodies, prints, diags| {
        lower_half(bodies, overflow_checks, prints, diags)
    })?;
    session.diagnostics.error_reported().map_or(Ok(compiled), Err)
}

/// Text → … → MIR, checked. Every stage goes on after an error; `then` sees only a program that is right.
fn upper_half<R>(
    session: &mut Session,
    program: &Program,
    prints: &mut Prints,
    then: impl FnOnce(&Bodies, &mut Prints, &mut Diagnostics) -> R,
) -> Result<R, ErrorReported> {
    (session.progress)("checking");
    let modules = modules::parse(session, program, prints);
    let Session { sources, diagnostics: diags, options, .. } = session;

    diags.begin_phase();
    let package = hir::lower(modules, &cfg(), diags);
    prints.add(Emit::Hir, || package.to_string());

    diags.begin_phase();
    let signatures = typeck::collect(&package, diags);
    let evaluator = Evaluator::new(sources);
    let typed = typeck::check(&package, signatures, Some(&evaluator), diags);
    if let (true, Some(reported)) = (diags.is_full(), diags.error_reported()) {
        return Err(reported);
    }

    diags.begin_phase();
    let bodies = Bodies::new(&typed, sources);
    check_bodies(&package, &bodies, options.whole_library, prints, diags);
    mono::check_constants(mono_cx(&bodies, true), diags);
    diags.append(bodies.take_diagnostics());

    match diags.error_reported() {
        Some(reported) => Err(reported),
        None => Ok(then(&bodies, prints, diags)),
    }
}

/// Moves, initialisation and borrows of the package's own bodies.
fn check_bodies(
    package: &Package,
    bodies: &Bodies,
    whole_library: bool,
    prints: &mut Prints,
    diags: &mut Diagnostics,
) {
    let typed: &Typed = bodies.typed;
    let cx = CheckCx {
        facts: typed,
        sources: bodies.sources,
        signatures: &typed.signatures,
        lang: &package.lang,
        show: &|ty| typed.cx().show(ty),
        captures: &|closure| bodies.captured(closure),
        names: &|def| Some(package.def(def).name),
    };
    let mut text = String::new();
    // A body with an error is not looked at: what would be found follows from it.
    let errors = diags.iter().filter(|it| it.level == Level::Error).map(|it| it.primary.span);
    let errors: BTreeSet<Span> = errors.collect();
    for id in package.body_ids() {
        let owner = package.body_owner(id);
        // Asking for a body lowers it: the standard library's only when something reaches them.
        if package.modules[package.def(owner).module].is_std && !whole_library {
            continue;
        }
        let body = package.body(id);
        let span = body.exprs[body.value].span;
        if errors.range(span.shrink_to_lo()..=span.shrink_to_hi()).next().is_some() {
            continue;
        }
        let Some(built) = bodies.build(id) else { continue };
        for body in &built {
            borrowck::check(body, &cx, diags);
            if !prints.wants(&Emit::Mir) && !prints.wants_passes() {
                continue;
            }
            let path = package.path_of(owner);
            if prints.wants(&Emit::Mir) && prints.wants_function(&path) {
                text.push_str(&format!("{}\n", body.display(&bodies.names)));
            }
            if prints.wants_passes() && !diags.has_errors() {
                let mut body = body.clone();
                passes::run_all(passes::LOWER, &mut body, &bodies.pass_cx(), &mut |pass, body| {
                    prints.add_after_pass(pass.name, &path, || body.display(&bodies.names).to_string());
                });
            }
        }
        bodies.keep(id, built);
    }
    prints.add(Emit::Mir, || text);
}

/// Generic MIR → monomorphic → optimised.
fn lower_half(
    bodies: &Bodies,
    overflow_checks: bool,
    prints: &mut Prints,
    diags: &mut Diagnostics,
) -> mir::Program {
    let mut program = monomorphise(bodies, overflow_checks, diags);
    let cx = bodies.pass_cx();
    for function in program.functions.iter_mut() {
        let path = function.path.to_string();
        passes::run_all(passes::OPTIMISE, &mut function.body, &cx, &mut |pass, body| {
            prints.add_after_pass(pass.name, &path, || body.display(&bodies.names).to_string());
        });
        function.body.phase = Phase::Optimised;
    }
    program
}

fn monomorphise(bodies: &Bodies, overflow_checks: bool, diags: &mut Diagnostics) -> mir::Program {
    let program = mono::monomorphise(mono_cx(bodies, overflow_checks), &roots(bodies), diags);
    diags.append(bodies.take_diagnostics());
    program
}

fn roots(bodies: &Bodies) -> Roots {
    Roots { main: bodies.typed.package.main, functions: Vec::new() }
}

fn mono_cx<'a>(bodies: &'a Bodies<'a>, overflow_checks: bool) -> MonoCx<'a> {
    MonoCx { typed: bodies.typed, source: bodies, sources: bodies.sources, overflow_checks }
}

/// What `#[cfg(…)]` sees.
fn cfg() -> Cfg {
    let mut cfg = Cfg {
        library: Some(stdlib::paths_of),
        library_modules: Some(|| stdlib::files().map(|file| file.module()).collect()),
        ..Cfg::default()
    };
    cfg.set("target_os", std::env::consts::OS);
    cfg.set("target_arch", std::env::consts::ARCH);
    cfg
}
