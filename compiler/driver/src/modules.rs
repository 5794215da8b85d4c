//! From the program's files to syntax trees: its own modules, and those of the standard library it reaches.
//!
//! In: a [`Program`]. Out: one [`ParsedModule`] a file, in a fixed order: the program's files as they were read,
//! then what they import, breadth first. Each file is read and parsed once; those of the library were parsed when
//! the compiler was built.
//!
//! ```text
//! wc.qst (use core.fs)   →   wc, core.prelude, core.fs, core.option, …
//! ```

use crate::emit::{Emit, Prints};
use crate::package::Program;
use crate::{Session, stdlib};
use base::{Diagnostics, FileId, Symbol};
use hir::{Origin, ParsedModule, used_modules};
use std::collections::{BTreeSet, VecDeque};
use syntax::ast;

/// What every module sees without importing it.
const PRELUDE: &str = "core.prelude";

/// Parses everything that the program consists of.
pub fn parse(session: &mut Session, program: &Program, prints: &mut Prints) -> Vec<ParsedModule> {
    prints.add(Emit::Tokens, || {
        let print = |id| syntax::print::print_tokens(&session.sources.file(id).text, id);
        program.files.iter().map(|entry| print(entry.file)).collect()
    });
    let mut modules: Vec<ParsedModule> = Vec::new();
    for entry in &program.files {
        let origin = if entry.is_root { Origin::Root } else { Origin::Package };
        let path = entry.module.as_deref().map(Symbol::intern);
        modules.push(parse_file(session, entry.file, path, origin));
    }
    prints.add(Emit::Ast, || modules.iter().map(|module| module.ast.to_string()).collect());
    let mut seen: BTreeSet<&'static str> = BTreeSet::from([PRELUDE]);
    let mut queue: VecDeque<&'static str> = VecDeque::from([PRELUDE]);
    let mut asked = 0;
    let mut texts = stdlib::Texts::of_library();
    loop {
        for module in &modules[asked..] {
            for path in used_modules(&module.ast) {
                if seen.insert(path.as_str()) {
                    queue.push_back(path.as_str());
                }
            }
        }
        asked = modules.len();
        let Some(path) = queue.pop_front() else { return modules };
        if let Some(file) = stdlib::find(path) {
            let id = session.sources.add_static(file.shown(), file.text);
            let path = Some(Symbol::intern(path));
            modules.push(match file.tree(id, &mut texts) {
                Some(ast) => parsed(session, ast, path, Origin::Std),
                None => parse_file(session, id, path, Origin::Std),
            });
        }
    }
}

fn parse_file(session: &mut Session, file: FileId, path: Option<Symbol>, origin: Origin) -> ParsedModule {
    let ast = syntax::parse(&session.sources.file(file).text, file, &mut session.diagnostics);
    parsed(session, ast, path, origin)
}

fn parsed(session: &mut Session, ast: ast::Module, path: Option<Symbol>, origin: Origin) -> ParsedModule {
    allow_warnings(&ast, &mut session.diagnostics);
    ParsedModule { ast, path, origin }
}

/// `#[allow(N5017, T2061)]` on an item: these warnings are not wanted in it.
fn allow_warnings(ast: &ast::Module, diags: &mut Diagnostics) {
    let word = |attr: ast::AttrId| {
        let mut path = ast.list(ast[attr].path);
        path.next().filter(|_| path.next().is_none()).map(|name| name.as_str())
    };
    for id in ast.item_nodes.ids() {
        for attr in ast.list(ast[id].attrs).filter(|&attr| word(attr) == Some("allow")) {
            for arg in ast.list(ast[attr].args) {
                if let ast::AttrArgKind::Attr(code) = ast[arg].kind
                    && let Some(code) = word(code)
                {
                    diags.allow(ast.span(id), code);
                }
            }
        }
    }
}
