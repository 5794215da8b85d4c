//! Imports: every `use` finds its module or definition and binds a name in its scope.
//!
//! In: all definitions, the pending imports. Out: bindings, errors. Afterwards each imported name is bound, or known
//! to be reported. Re-exports may chain, so imports are tried until nothing changes.
//!
//! ```text
//! use app.shapes.{Shape, area as size}   ⇒   Shape → d4, size → d9 in the module's scope
//! ```

use crate::collect::{PendingImport, duplicate};
use crate::modules::{join, prefix_lengths};
use crate::names::{Binding, Entry, ImportUse};
use crate::suggest::nearest;
use crate::{DefKind, ModuleId, Package, Visibility};
use base::{Applicability, Diagnostic, Diagnostics, ErrorReported, Symbol};
use std::sync::atomic::{AtomicBool, Ordering};

/// What a path leads to: a definition, a module, or both.
type Target = Entry;

enum Step {
    Found(Target),
    /// Something on the way is not bound yet.
    NotYet,
}

pub(crate) fn resolve(package: &mut Package, mut pending: Vec<PendingImport>, diags: &mut Diagnostics) {
    pending.retain(|import| {
        let is_unsafe = join(&import.import.segments).as_str() == "core.unsafe"
            || import.import.segments.len() > 2
                && join(&import.import.segments[..2]).as_str() == "core.unsafe";
        if is_unsafe {
            package.modules[import.module].is_unsafe = true;
        }
        // The import itself is what it does; there need be no such file.
        let marker = is_unsafe && import.import.segments.len() == 2;
        !marker || package.names.by_path.contains_key(&Symbol::intern("core.unsafe"))
    });
    loop {
        let before = pending.len();
        let mut later = Vec::new();
        for import in pending {
            match find(package, &import) {
                Step::Found(target) => bind(package, &import, target, diags),
                Step::NotYet => later.push(import),
            }
        }
        pending = later;
        if pending.len() == before || pending.is_empty() {
            break;
        }
    }
    for import in pending {
        let reported = explain(package, &import, diags);
        let entry = entry(package, &import);
        entry.poisoned = Some(reported);
    }
}

/// Warns of the imports that nothing used.
pub(crate) fn warn_unused(package: &Package, diags: &mut Diagnostics) {
    for import in package.names.imports.iter() {
        let module = &package.modules[import.module];
        let broken = package.names.modules[import.module].broken.is_some();
        if !import.is_public && !module.is_std && !broken && !import.used.load(Ordering::Relaxed) {
            diags.warn(
                Diagnostic::warning(
                    "N5017",
                    import.span,
                    format!("`{}` is imported, but not used", import.name),
                )
                .note("remove it, or use it"),
            );
        }
    }
}

fn entry<'a>(package: &'a mut Package, import: &PendingImport) -> &'a mut Entry {
    let names = &mut package.names;
    let scope = match import.scope {
        Some(scope) => &mut names.blocks[scope].names,
        None => &mut names.modules[import.module].names,
    };
    scope.entry(import.import.name.symbol).or_default()
}

/// The longest prefix of the path that is a module, and how many segments it has.
fn module_of(package: &Package, import: &PendingImport) -> Option<(ModuleId, usize)> {
    let segments = &import.import.segments;
    prefix_lengths(segments).find_map(|len| {
        let module = *package.names.by_path.get(&join(&segments[..len]))?;
        let real = !package.names.modules[module].is_prefix;
        real.then_some((module, len))
    })
}

fn find(package: &Package, import: &PendingImport) -> Step {
    let segments = &import.import.segments;
    let mut target = Target::default();
    let span = import.import.span;
    let Some((module, len)) = module_of(package, import) else {
        // The empty module above others: `use core`, then `core.mem.swap`.
        let Some(&prefix) = package.names.by_path.get(&join(segments)) else { return Step::NotYet };
        target.module = Some(Binding { to: prefix, vis: Visibility::Public, span, import: None });
        return Step::Found(target);
    };
    if len == segments.len() {
        target.module = Some(Binding { to: module, vis: Visibility::Public, span, import: None });
        // `use a.b` may mean an item `b` of module `a` as well.
        if let Some(&outer) = package.names.by_path.get(&join(&segments[..len - 1])).filter(|_| len > 1)
            && let Some(found) = package.names.module_entry(outer, segments[len - 1].symbol)
        {
            target.def = found.def.filter(|it| package.is_visible(it.vis, outer, import.module));
        }
        return Step::Found(target);
    }
    let mut here = module;
    let mut at = len;
    loop {
        let Some(found) = package.names.module_entry(here, segments[at].symbol) else { return Step::NotYet };
        if found.poisoned.is_some() {
            target.poisoned = found.poisoned;
            return Step::Found(target);
        }
        let visible = |vis| package.is_visible(vis, here, import.module);
        let def = found.def.filter(|it| visible(it.vis));
        let inner = found.module.filter(|it| visible(it.vis));
        at += 1;
        if at == segments.len() {
            if def.is_none() && inner.is_none() {
                return Step::NotYet;
            }
            target.def = def;
            target.module = inner;
            return Step::Found(target);
        }
        if let Some(module) = inner {
            here = module.to;
            continue;
        }
        // A variant, by way of its union.
        if let Some(union) = def
            && at + 1 == segments.len()
            && let Some(variant) = variant(package, union.to, segments[at].symbol)
        {
            target.def = Some(Binding { to: variant, ..union });
            return Step::Found(target);
        }
        return Step::NotYet;
    }
}

fn variant(package: &Package, union: crate::DefId, name: Symbol) -> Option<crate::DefId> {
    if package.defs[union].kind != DefKind::Union {
        return None;
    }
    package.members_of(union).iter().copied().find(|&variant| package.defs[variant].name == name)
}

fn bind(package: &mut Package, import: &PendingImport, target: Target, diags: &mut Diagnostics) {
    let (name, span) = (import.import.name.symbol, import.import.span);
    let own = target.def.is_some_and(|it| package.defs[it.to].module == import.module);
    let is_marker = join(&import.import.segments).as_str() == "core.unsafe";
    // What was reported, or what is not there to be named.
    let needs_no_use = target.poisoned.is_some() || own || is_marker;
    let id = package.names.imports.push(ImportUse {
        module: import.module,
        name,
        span,
        is_public: import.vis != Visibility::Private,
        used: AtomicBool::new(needs_no_use),
    });
    // `pub use` of something private to the package's inside would let it out.
    if import.vis == Visibility::Public
        && let Some(def) = target.def
        && def.vis == Visibility::Private
    {
        report_private(package, import, def.to, diags);
    }
    let vis = import.vis;
    let entry = entry(package, import);
    if let Some(reported) = target.poisoned {
        entry.poisoned = Some(reported);
        return;
    }
    let mut first = None;
    if let Some(def) = target.def {
        match entry.def {
            // The same thing twice is no conflict of names.
            Some(known) if known.to != def.to => first = Some(known.span),
            Some(_) => {}
            None => entry.def = Some(Binding { to: def.to, vis, span, import: Some(id) }),
        }
    }
    if let Some(module) = target.module {
        match entry.module {
            Some(known) if known.to != module.to => first = Some(known.span),
            Some(_) => {}
            None => entry.module = Some(Binding { to: module.to, vis, span, import: Some(id) }),
        }
    }
    if let Some(first) = first {
        duplicate(diags, name, first, span);
    }
}

fn report_private(
    package: &Package,
    import: &PendingImport,
    def: crate::DefId,
    diags: &mut Diagnostics,
) -> ErrorReported {
    let def = &package.defs[def];
    let module = package.private_to(def.vis, def.module);
    diags.error(
        Diagnostic::error(
            "N5007",
            import.import.span,
            format!("`{}` is private to module `{module}`", def.name),
        )
        .secondary(def.name_span, package.declared_how(def.vis)),
    )
}

/// Why an import leads nowhere.
fn explain(package: &Package, import: &PendingImport, diags: &mut Diagnostics) -> ErrorReported {
    let segments = &import.import.segments;
    let file = import.import.span.file;
    let span_of = |name: syntax::ast::Name| name.range().in_file(file);
    let Some((module, len)) = module_of(package, import) else {
        let wanted = join(segments);
        let known = package.names.modules.iter_enumerated().filter(|(_, names)| !names.is_prefix);
        let paths: Vec<Symbol> = known.map(|(id, _)| package.modules[id].path).collect();
        let span = span_of(segments[0]).to(span_of(segments[segments.len() - 1]));
        // An item of a module whose path is slightly wrong, or the path of a module.
        let last = segments[segments.len() - 1];
        let outer = join(&segments[..segments.len() - 1]);
        let with_item = nearest(outer, paths.iter().copied()).filter(|near| {
            let module = package.names.by_path[near];
            package.names.module_entry(module, last.symbol).is_some()
        });
        let near = match with_item {
            Some(near) => Some(Symbol::intern(&format!("{near}.{}", last.as_str()))),
            None => {
                let library = package.names.library_modules.map_or(Vec::new(), |all| all());
                let library = library.iter().map(|path| Symbol::intern(path));
                nearest(wanted, paths.iter().copied().chain(library))
            }
        };
        // A short path has many others near it: the last name is near, too.
        let near = near.filter(|near| {
            let tail = |path: &'static str| path.rsplit('.').next().unwrap_or(path);
            let (asked, found) = (tail(wanted.as_str()), tail(near.as_str()));
            asked == found || base::did_you_mean(asked, [found]).is_some()
        });
        let error = Diagnostic::error("N5005", span, format!("there is no module `{wanted}`"));
        // In a group the written text is not the path.
        let contiguous = span.hi - span.lo == wanted.as_str().len() as u32;
        return diags.error(match near {
            Some(near) if contiguous => error.fix(
                format!("did you mean `{near}`?"),
                span,
                near.as_str(),
                Applicability::MaybeIncorrect,
            ),
            Some(near) => error.note(format!("did you mean `{near}`?")),
            None => error,
        });
    };
    // Walk as far as it goes.
    let mut here = module;
    for &segment in &segments[len..] {
        let span = span_of(segment);
        let names = &package.names.modules[here];
        if let Some(reported) = names.broken {
            return reported;
        }
        let path = package.modules[here].path;
        match package.names.module_entry(here, segment.symbol) {
            Some(Entry { poisoned: Some(reported), .. }) => return *reported,
            Some(Entry { def: Some(def), .. }) if !package.is_visible(def.vis, here, import.module) => {
                let target = &package.defs[def.to];
                return diags.error(
                    Diagnostic::error(
                        "N5007",
                        span,
                        format!(
                            "`{}` is private to module `{}`",
                            segment.as_str(),
                            package.private_to(def.vis, here)
                        ),
                    )
                    .label("private")
                    .secondary(target.name_span, package.declared_how(def.vis)),
                );
            }
            Some(Entry { module: Some(inner), .. }) if package.is_visible(inner.vis, here, import.module) => {
                here = inner.to;
            }
            Some(Entry { def: Some(def), .. }) => {
                let kind = package.defs[def.to].kind;
                let next = segments.last().copied().unwrap_or(segment);
                let what = if kind == DefKind::Union { "variant" } else { "member" };
                return diags.error(Diagnostic::error(
                    "N5006",
                    span_of(next),
                    format!(
                        "`{}` has no {what} `{}` that could be imported",
                        segment.as_str(),
                        next.as_str()
                    ),
                ));
            }
            Some(_) | None => {
                let error = Diagnostic::error(
                    "N5006",
                    span,
                    format!("module `{path}` has no `{}`", segment.as_str()),
                )
                .label("not found there");
                return diags.error(
                    match nearest(segment.symbol, visible_names(package, here, import.module)) {
                        Some(near) => error.fix(
                            format!("did you mean `{near}`?"),
                            span,
                            near.as_str(),
                            Applicability::MaybeIncorrect,
                        ),
                        None => error,
                    },
                );
            }
        }
    }
    diags.error(Diagnostic::error("N5006", import.import.span, "this import leads nowhere"))
}

/// The names of `module` that code in `from` may use.
pub(crate) fn visible_names(package: &Package, module: ModuleId, from: ModuleId) -> Vec<Symbol> {
    // `nearest` does not depend on the order.
    #[allow(clippy::iter_over_hash_type)]
    package.names.modules[module]
        .names
        .iter()
        .filter(|(_, entry)| {
            entry.def.is_some_and(|it| package.is_visible(it.vis, module, from))
                || entry.module.is_some_and(|it| package.is_visible(it.vis, module, from))
        })
        .map(|(&name, _)| name)
        .collect()
}
