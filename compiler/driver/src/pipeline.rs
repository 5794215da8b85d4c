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
use base::{Diagnostics, ErrorReported, Span};
use borrowck::infer::Contracts;
use hir::{BodyId, Cfg};
use mir::mono::suspects::{self, Scan, Suspects};
use mir::mono::{self, MonoCx, Roots};
use mir::{Body, Phase};
use std::collections::BTreeSet;
use typeck::Typed;

/// All that can be wrong with a program, also what only concrete types show.
pub fn check(session: &mut Session, program: &Program, prints: &mut Prints) -> Result<(), ErrorReported> {
    let overflow_checks = program.profile(&session.options).overflow_checks;
    upper_half(session, program, prints, Purpose::Errors, |bodies, suspects, _, diags| {
        if roots(bodies).main.is_some() && suspects::may_fail(bodies.typed, suspects) {
            mono::check(mono_cx(bodies, overflow_checks), &roots(bodies), diags);
        }
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
    let compiled = upper_half(session, program, prints, Purpose::Program, |bodies, _, prints, diags| {
        lower_half(bodies, overflow_checks, prints, diags)
    })?;
    session.diagnostics.error_reported().map_or(Ok(compiled), Err)
}

/// What the upper half is gone through for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// The user's errors. Bodies are built as far as these go, and forgotten.
    Errors,
    /// Bodies are kept for the lower half.
    Program,
}

/// Text → … → MIR, checked. Every stage goes on after an error; `then` sees only a program that is right.
fn upper_half<R>(
    session: &mut Session,
    program: &Program,
    prints: &mut Prints,
    purpose: Purpose,
    then: impl FnOnce(&Bodies, Suspects, &mut Prints, &mut Diagnostics) -> R,
) -> Result<R, ErrorReported> {
    (session.progress)("checking");
    let modules = modules::parse(session, program, prints);
    let threads = session.threads();
    let Session { sources, diagnostics: diags, options, .. } = session;

    diags.begin_phase();
    let package = hir::lower(modules, &cfg(), diags);
    prints.add(Emit::Hir, || package.to_string());

    diags.begin_phase();
    let signatures = typeck::collect(&package, diags);
    let evaluator = Evaluator::new(sources);
    let typed = typeck::check(&package, signatures, Some(&evaluator), threads, diags);
    if let (true, Some(reported)) = (diags.is_full(), diags.error_reported()) {
        return Err(reported);
    }

    diags.begin_phase();
    let contracts = Contracts::default();
    let bodies = Bodies::new(&typed, sources, &contracts);
    let job = Job { purpose, threads, whole_library: options.whole_library };
    let suspects = check_bodies(&bodies, job, prints, diags);
    mono::check_constants(mono_cx(&bodies, true), diags);
    diags.append(bodies.take_diagnostics());

    let result = match diags.error_reported() {
        Some(reported) => Err(reported),
        None => Ok(then(&bodies, suspects, prints, diags)),
    };
    if options.ends_process && purpose == Purpose::Errors {
        std::mem::forget(bodies);
        std::mem::forget(typed);
        std::mem::forget(package);
    }
    result
}

/// How bodies are to be checked.
#[derive(Clone, Copy)]
struct Job {
    purpose: Purpose,
    threads: usize,
    whole_library: bool,
}

/// What checking a body gives.
#[derive(Default)]
struct Checked {
    diags: Diagnostics,
    suspects: Suspects,
    /// For the lower half.
    built: Option<(BodyId, Vec<Body>)>,
    /// The print of the MIR, and of what the passes make of it: pass, function, text.
    text: String,
    passes: Vec<(&'static str, String, String)>,
}

/// Moves and initialisation of the package's own bodies, on as many threads.
fn check_bodies(bodies: &Bodies, job: Job, prints: &mut Prints, diags: &mut Diagnostics) -> Suspects {
    let typed: &Typed = bodies.typed;
    let package = typed.package;
    // A body with an error is not looked at: what would be found follows from it.
    let errors: BTreeSet<Span> = diags.error_spans().iter().copied().collect();
    let is_printed = prints.wants(&Emit::Mir) || prints.wants_passes();
    let is_wanted = |id: &BodyId| {
        // Asking for a body lowers it: the standard library's only when something reaches them.
        let owner = package.body_owner(*id);
        if (package.is_std(owner) && !job.whole_library) || (package.is_derived(owner) && !is_printed) {
            return false;
        }
        let body = package.body(*id);
        let span = body.exprs[body.value].span;
        errors.range(span.shrink_to_lo()..=span.shrink_to_hi()).next().is_none()
    };
    let wanted: Vec<BodyId> = package.body_ids().filter(is_wanted).collect();

    let printed = &*prints;
    let sources = bodies.sources;
    let contracts = bodies.contracts;
    let worker = || (Bodies::new(typed, sources, contracts), Scan::new(typed));
    let checked = base::parallel::map(
        job.threads,
        &wanted,
        |&id| package.body(id).exprs.len(),
        worker,
        |(bodies, scan), &id| check_body(bodies, scan, id, job.purpose, printed),
    );

    let mut text = String::new();
    let mut suspects = Suspects::default();
    for of_body in checked.into_iter().flatten() {
        diags.append(of_body.diags);
        suspects.append(of_body.suspects);
        text.push_str(&of_body.text);
        if !diags.has_errors() {
            for (pass, function, text) in of_body.passes {
                prints.add_after_pass(pass, &function, || text);
            }
        }
        if let Some((id, built)) = of_body.built {
            bodies.keep(id, built);
        }
    }
    prints.add(Emit::Mir, || text);
    suspects
}

/// One body, with the closures in it. `None`: nothing is to be said of it.
fn check_body(
    bodies: &Bodies,
    scan: &mut Scan,
    id: BodyId,
    purpose: Purpose,
    prints: &Prints,
) -> Option<Box<Checked>> {
    let is_printed = prints.wants(&Emit::Mir) || prints.wants_passes();
    let for_errors = purpose == Purpose::Errors && !is_printed;
    let built = bodies.build(id, for_errors)?;
    let owner = bodies.typed.package.body_owner(id);
    let mut checked = Checked::default();
    bodies.check(id, &built, &mut checked.diags);
    for body in &built {
        if is_printed {
            print(bodies, body, &bodies.typed.package.path_of(owner), prints, &mut checked);
        }
    }
    match purpose {
        Purpose::Errors => checked.suspects = scan.family(owner, &built),
        Purpose::Program => checked.built = Some((id, built)),
    }
    let is_quiet = checked.diags.is_empty() && checked.suspects.is_empty();
    (!is_quiet || is_printed || checked.built.is_some()).then(|| Box::new(checked))
}

fn print(bodies: &Bodies, body: &Body, path: &str, prints: &Prints, checked: &mut Checked) {
    if prints.wants(&Emit::Mir) && prints.wants_function(path) {
        checked.text.push_str(&format!("{}\n", body.display(&bodies.names)));
    }
    if prints.wants_passes() && prints.wants_function(path) && !checked.diags.has_errors() {
        let mut body = body.clone();
        passes::run_all(passes::LOWER, &mut body, &bodies.pass_cx(), &mut |pass, body| {
            if prints.wants(&Emit::MirAfter(pass.name.to_string())) {
                let text = body.display(&bodies.names).to_string();
                checked.passes.push((pass.name, path.to_string(), text));
            }
        });
    }
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
