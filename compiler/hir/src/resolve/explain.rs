//! What to say about a name that means nothing here, or not what is wanted.
//!
//! In: the name and what was wanted. Out: one error with the nearest known name, or the import that would
//! bring it into scope, as a fix.
//!
//! ```text
//! let c = Cirkel { … }   ⇒   error[N5000]: there is no `Cirkel` here · did you mean `Circle`?
//! ```

use super::{Cx, Want};
use crate::names::{Found, Source};
use crate::suggest::{foreign, nearest};
use crate::{DefId, DefKind, PrimTy};
use base::{Applicability, Diagnostic, ErrorReported, Span, Symbol};
use syntax::ast;

impl Cx<'_> {
    /// No such name in scope.
    pub fn report_unknown(&mut self, name: ast::Name, want: Want) -> ErrorReported {
        self.report_unknown_among(name, want, &[])
    }

    /// No such name in scope; `locals` are variables that are.
    pub fn report_unknown_among(&mut self, name: ast::Name, want: Want, locals: &[Symbol]) -> ErrorReported {
        let (symbol, span) = (name.symbol, self.span(name));
        if let Some(reported) = self.package.names.modules[self.module].broken {
            return reported;
        }
        if let (true, Some(reported)) = (self.stands_in_broken_text(), self.diags.error_reported()) {
            return reported;
        }
        if let Some(error) = self.misplaced_self(symbol, span) {
            return self.error(error);
        }
        if let Some(param) = self.outer_generic(symbol) {
            let at = self.package.defs[param].name_span;
            let error = Diagnostic::error(
                "N5024",
                span,
                format!("`{symbol}` belongs to the function around this item"),
            )
            .label("not usable here")
            .secondary(at, "declared for the outer function")
            .note("an item inside a function has generic parameters of its own");
            return self.error(error);
        }
        let what = match want {
            Want::Type => "there is no type",
            Want::Protocol => "there is no protocol",
            Want::Value | Want::Prefix => "there is no",
        };
        let here = match want {
            Want::Type | Want::Protocol => "",
            Want::Value | Want::Prefix => " here",
        };
        let mut error = Diagnostic::error("N5000", span, format!("{what} `{symbol}`{here}"));
        if self.diags.is_crowded() {
            return self.error(error);
        }
        if let Some((here, note)) = foreign(symbol) {
            let fix = format!("it is called `{here}` here");
            error = error.fix(fix, span, here, Applicability::MaybeIncorrect);
            let error = if note.is_empty() { error } else { error.note(note) };
            return self.error(error);
        }
        if let Some((owner, note)) = self.member_meant(symbol, want) {
            let fix = format!("write `{owner}.{symbol}`");
            let at = span.shrink_to_lo();
            error = error.fix(fix, at, format!("{owner}."), Applicability::MaybeIncorrect).note(note);
            return self.error(error);
        }
        let elsewhere = self.public_elsewhere(symbol, want);
        if elsewhere.is_empty() {
            let mut known = self.names_for(want);
            known.extend(locals);
            if let Some(near) = nearest(symbol, known) {
                error = error.fix(
                    format!("did you mean `{near}`?"),
                    span,
                    near.as_str(),
                    Applicability::MaybeIncorrect,
                );
            }
        }
        // A missing import is one mistake, however often the name stands in the file.
        let proposes = |path: &String| format!("add `use {path}`");
        if let Some(first) = elsewhere.first()
            && self.derived.is_none()
            && let Some(reported) = self.diags.error_reported()
            && self.diags.iter().any(|it| {
                it.primary.span.file == span.file
                    && it.suggestions.iter().any(|fix| fix.message == proposes(first))
            })
        {
            return reported;
        }
        let sure = match elsewhere.len() {
            1 => Applicability::MachineApplicable,
            _ => Applicability::MaybeIncorrect,
        };
        for path in elsewhere.iter().take(3) {
            if let Some((at, text)) = self.import_fix(path) {
                error = error.fix(proposes(path), at, text, sure);
            }
        }
        self.error(error)
    }

    /// The parser did not understand something in the item around this: it may have been what defines the name.
    fn stands_in_broken_text(&self) -> bool {
        let Source::Item(_, item) = self.package.names.sources[self.owner] else { return false };
        self.derived.is_none() && self.diags.is_broken_inside(self.ast.span(item))
    }

    /// A field or method of `self`, or a variant of a union, that is named alone: what to write before it, and why.
    fn member_meant(&self, symbol: Symbol, want: Want) -> Option<(String, &'static str)> {
        let defs = &self.package.defs;
        let members = &self.package.names.members;
        let is_named = |def: &DefId| defs[*def].name == symbol;
        if want != Want::Value && want != Want::Prefix {
            return None;
        }
        let variant = |union: DefId| members.of(union).iter().find(|&def| is_named(def)).map(|_| union);
        let unions = self.package.names.all_in_scope(self.module).filter_map(|(name, entry)| {
            let def = entry.def.filter(|def| defs[def.to].kind == DefKind::Union)?;
            (defs[def.to].module == self.module && variant(def.to).is_some()).then(|| name.as_str())
        });
        // The first by name.
        if let Some(union) = unions.min() {
            return Some((union.to_string(), "outside of patterns a variant is named with its union"));
        }
        let around = defs[self.owner]
            .parent
            .filter(|&it| matches!(defs[it].kind, DefKind::Impl | DefKind::Protocol))?;
        let method = members.of(around).iter().any(|def| is_named(def) && defs[*def].kind == DefKind::Fn);
        (method || self.is_field_of_self(around, symbol))
            .then(|| ("self".to_string(), "methods and fields are reached through `self`"))
    }

    /// Whether an impl is for a record of the same file that has a field of this name.
    fn is_field_of_self(&self, around: DefId, symbol: Symbol) -> bool {
        let sources = &self.package.names.sources;
        let Source::Item(unit, item) = sources[around] else { return false };
        let ast::ItemKind::Impl(decl) = self.ast[item].kind else { return false };
        let ast::TypeKind::Path { path, .. } = self.ast[decl.ty].kind else { return false };
        let name = self.ast.path_text(path);
        let all = self.package.names.all_in_scope(self.module);
        let mut records = all.filter(|(of, _)| of.as_str() == name).filter_map(|(_, entry)| entry.def);
        records.any(|def| match sources[def.to] {
            Source::Item(home, item) if home == unit => {
                let ast::ItemKind::Record(record) = self.ast[item].kind else { return false };
                let mut fields = self.ast.list(record.fields);
                fields.any(|field| self.ast[field].name.is_some_and(|name| name.symbol == symbol))
            }
            Source::Item(..) | Source::Derived(..) | Source::Variant(..) | Source::Generic(_) => false,
        })
    }

    fn misplaced_self(&self, symbol: Symbol, span: Span) -> Option<Diagnostic> {
        match symbol.as_str() {
            "Self" => Some(
                Diagnostic::error("N5020", span, "`Self` means nothing here")
                    .note("it is the type that an `impl` or `protocol` is for"),
            ),
            "self" => {
                let error = Diagnostic::error("N5020", span, "there is no `self` here");
                let owner = &self.package.defs[self.owner];
                Some(match (owner.kind, self.self_def) {
                    (DefKind::Fn, Some(_)) => error.secondary(
                        owner.name_span,
                        "this function has no `self`: write `&self` or `&mut self` as its first parameter",
                    ),
                    _ => error.note("only functions of an `impl` or `protocol` can have one"),
                })
            }
            _ => None,
        }
    }

    /// A parameter of a function around the item that is being lowered.
    fn outer_generic(&self, symbol: Symbol) -> Option<DefId> {
        let mut at = self.package.defs[self.owner].parent;
        while let Some(def) = at {
            let own = self.package.names.generics.of(def).iter();
            for &(_, param) in own {
                if self.package.defs[param].name == symbol {
                    return Some(param);
                }
            }
            at = self.package.defs[def].parent;
        }
        None
    }

    /// What may stand where something is wanted.
    fn names_for(&self, want: Want) -> Vec<Symbol> {
        let mut known: Vec<Symbol> = self.generics.iter().map(|&(name, _)| name).collect();
        let mut at = self.scope;
        while let Some(scope) = at {
            let block = &self.package.names.blocks[scope];
            // `nearest` does not depend on the order.
            #[allow(clippy::iter_over_hash_type)]
            known.extend(block.names.keys());
            at = block.parent;
        }
        for (name, entry) in self.package.names.all_in_scope(self.module) {
            let def_fits = entry.def.is_some_and(|it| self.fits(it.to, want));
            let module_fits = want == Want::Prefix && entry.module.is_some();
            if def_fits || module_fits {
                known.push(name);
            }
        }
        if matches!(want, Want::Type | Want::Prefix) {
            known.extend(PrimTy::ALL.iter().map(|prim| Symbol::intern(prim.name())));
        }
        known
    }

    fn fits(&self, def: DefId, want: Want) -> bool {
        let kind = self.package.defs[def].kind;
        match want {
            Want::Type => {
                matches!(kind, DefKind::Record | DefKind::Union | DefKind::TypeAlias | DefKind::TypeParam)
            }
            Want::Protocol => kind == DefKind::Protocol,
            Want::Value => {
                matches!(
                    kind,
                    DefKind::Fn | DefKind::Const | DefKind::Static | DefKind::Variant | DefKind::ConstParam
                )
            }
            Want::Prefix => true,
        }
    }

    /// `module.name` of each module that has something public of this name.
    fn public_elsewhere(&self, symbol: Symbol, want: Want) -> Vec<String> {
        let names = &self.package.names;
        let mut paths: Vec<String> = names
            .modules
            .iter_enumerated()
            .filter(|&(module, _)| module != self.module && Some(module) != names.prelude)
            .filter_map(|(module, scope)| {
                let def = scope.names.get(&symbol)?.def?;
                let own = def.import.is_none() && self.fits(def.to, want);
                let visible = self.package.is_visible(def.vis, module, self.module);
                (own && visible).then(|| format!("{}.{symbol}", self.package.modules[module].path))
            })
            .collect();
        if want == Want::Prefix {
            // `json.parse` where `core.json` is not imported.
            let last = |path: Symbol| path.as_str().rsplit('.').next() == Some(symbol.as_str());
            let modules = names.modules.iter_enumerated().filter(|(_, scope)| !scope.is_prefix);
            paths.extend(
                modules
                    .map(|(id, _)| self.package.modules[id].path)
                    .filter(|&it| last(it))
                    .map(|it| it.to_string()),
            );
        }
        if let Some(library) = names.library {
            paths.extend(library(symbol.as_str()));
        }
        paths.sort();
        paths.dedup();
        paths
    }

    /// Where a new `use` line goes, and its text.
    pub fn import_fix(&self, path: &str) -> Option<(Span, String)> {
        if self.derived.is_some() {
            return None;
        }
        let items = || self.ast.list(self.ast.items);
        let first_use = items().find(|&item| matches!(self.ast[item].kind, ast::ItemKind::Use(_)));
        if let Some(item) = first_use {
            return Some((self.ast.span(item).shrink_to_lo(), format!("use {path}\n")));
        }
        let head = items().find(|&item| matches!(self.ast[item].kind, ast::ItemKind::Module(_)));
        match head {
            Some(item) => Some((self.ast.span(item).shrink_to_hi(), format!("\n\nuse {path}"))),
            None => Some((Span::new(self.ast.file, 0, 0), format!("use {path}\n\n"))),
        }
    }

    pub fn report_private(&mut self, name: ast::Name, def: DefId, is_import: bool) -> ErrorReported {
        let span = self.span(name);
        let target = &self.package.defs[def];
        let (module, text) = match is_import {
            true => {
                (self.package.modules[target.module].path, "imported from here, not re-exported".to_string())
            }
            false => {
                (self.package.private_to(target.vis, target.module), self.package.declared_how(target.vis))
            }
        };
        let error =
            Diagnostic::error("N5007", span, format!("`{}` is private to module `{module}`", name.as_str()))
                .label("private")
                .secondary(target.name_span, text);
        self.error(error)
    }

    pub fn report_no_member(&mut self, module: crate::ModuleId, name: ast::Name) -> ErrorReported {
        if let Some(reported) = self.package.names.modules[module].broken {
            return reported;
        }
        let span = self.span(name);
        let path = self.package.modules[module].path;
        let mut error =
            Diagnostic::error("N5006", span, format!("module `{path}` has no `{}`", name.as_str()))
                .label("not found there");
        if !self.diags.is_crowded() {
            let mut known = crate::imports::visible_names(self.package, module, self.module);
            known.extend(self.inner_modules(path));
            if let Some(near) = nearest(name.symbol, known) {
                error = error.fix(
                    format!("did you mean `{near}`?"),
                    span,
                    near.as_str(),
                    Applicability::MaybeIncorrect,
                );
            }
        }
        self.error(error)
    }

    /// The names of the modules directly below one.
    fn inner_modules(&self, outer: Symbol) -> Vec<Symbol> {
        let names = &self.package.names;
        let library = names.library_modules.map_or(Vec::new(), |all| all());
        let own = self.package.modules.iter().map(|module| module.path.as_str());
        own.chain(library.iter().map(String::as_str))
            .filter_map(|path| path.strip_prefix(outer.as_str())?.strip_prefix('.'))
            .filter(|rest| !rest.contains('.'))
            .map(Symbol::intern)
            .collect()
    }

    /// The union has no such variant.
    pub fn report_no_variant(&mut self, union: DefId, name: ast::Name) -> ErrorReported {
        let span = self.span(name);
        let def = &self.package.defs[union];
        let variants = self.package.members_of(union).iter();
        let known: Vec<Symbol> = variants.map(|&variant| self.package.defs[variant].name).collect();
        let mut error = Diagnostic::error(
            "N5018",
            span,
            format!("union `{}` has no variant `{}`", def.name, name.as_str()),
        )
        .secondary(def.name_span, "defined here");
        if let Some(near) = nearest(name.symbol, known) {
            error = error.fix(
                format!("did you mean `{near}`?"),
                span,
                near.as_str(),
                Applicability::MaybeIncorrect,
            );
        }
        self.error(error)
    }

    /// Something was found, but it is nothing that can stand here.
    pub fn report_kind(&mut self, span: Span, name: Symbol, found: Found, want: &str) -> ErrorReported {
        let (is, at) = match found {
            Found::Error(reported) => return reported,
            Found::Module(_) => ("a module", None),
            Found::Prim(_) | Found::SelfTy(_) => ("a type", None),
            Found::Def(def) => {
                let def = &self.package.defs[def];
                (describe(def.kind), Some(def.name_span))
            }
        };
        let mut error = Diagnostic::error("N5008", span, format!("`{name}` is {is}, not {want}"));
        if let Some(at) = at {
            error = error.secondary(at, "defined here");
        }
        self.error(error)
    }
}

/// `a record`, `a function` …
pub(crate) fn describe(kind: DefKind) -> &'static str {
    match kind {
        DefKind::Fn => "a function",
        DefKind::Record => "a record",
        DefKind::Union => "a union",
        DefKind::Variant => "a variant",
        DefKind::TypeAlias => "a type",
        DefKind::Const => "a constant",
        DefKind::Static => "a static",
        DefKind::Protocol => "a protocol",
        DefKind::AssocType => "an associated type",
        DefKind::Impl => "an impl",
        DefKind::TypeParam => "a type parameter",
        DefKind::ConstParam => "a const parameter",
        DefKind::Test => "a test",
    }
}
