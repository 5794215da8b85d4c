//! The module graph: which file is which module, who imports whom, and in which order to look at them.
//!
//! In: the parsed files. Out: one [`Node`] a module in dependency order, and the edges' errors. Afterwards: no two
//! modules have one path, every module comes after those it imports unless they are in a cycle that was
//! reported, and each prefix of a path (`core` of `core.list`) is a module too, if only an empty one.
//!
//! ```text
//! app.qst: use app.parse      parse.qst: use app.tree      ⇒      app.tree, app.parse, app
//! ```

use crate::map::Map;
use base::{Diagnostic, Diagnostics, FileId, Span, Symbol};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use syntax::ast;

/// A file that the driver has read and parsed.
#[derive(Debug)]
pub struct ParsedModule {
    pub ast: ast::Module,
    /// The module path that the file's place in its package gives it, `app.network.http` for
    /// `src/network/http.qst` of package `app`. None for a program of a single file.
    pub path: Option<Symbol>,
    pub origin: Origin,
}

/// Where a module comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The standard library.
    Std,
    /// The module that has `fn main`, or stands for the library.
    Root,
    /// Another module of the package.
    Package,
}

/// One `use` down to one of its leaves: `a.b.c` of `use a.b.{c, d}`.
#[derive(Clone, Debug)]
pub struct Import {
    pub segments: Vec<ast::Name>,
    /// The name it is bound to: `as`, or the last segment.
    pub name: ast::Name,
    pub span: Span,
}

/// The module paths of the standard library that a file may need: every prefix of every path after `use`, and of
/// paths written in full. The driver loads those that exist, and asks the files it loads in turn; `core.prelude`
/// is needed always.
pub fn used_modules(module: &ast::Module) -> Vec<Symbol> {
    let roots = STD_ROOTS.map(Symbol::intern);
    let imports = all_imports(module);
    let aliases = Aliases::new(&imports, |first| roots.contains(&first[0].symbol));
    let full = full_paths(module, &roots, &aliases);
    let imports = imports.into_iter().map(|import| import.segments);
    // Many paths begin alike: `core.intrinsics.…`. Each prefix is put together once.
    let mut longer: Map<(Symbol, Symbol), Symbol> = Map::default();
    let mut found: Map<Symbol, ()> = Map::default();
    for segments in imports.chain(full.into_iter().map(|path| path.names)) {
        let mut segments = segments.into_iter().take(MAX_SEGMENTS).map(|segment| segment.symbol);
        let Some(mut prefix) = segments.next() else { continue };
        found.insert(prefix, ());
        for segment in segments {
            prefix = *longer.entry((prefix, segment)).or_insert_with(|| {
                let path = Symbol::intern(&format!("{prefix}.{segment}"));
                found.insert(path, ());
                path
            });
        }
    }
    let mut found: Vec<Symbol> = found.into_keys().collect();
    found.sort_unstable_by_key(|path| path.as_str());
    found
}

/// The first names of the standard library's modules.
const STD_ROOTS: [&str; 3] = ["core", "alloc", "std"];

/// The modules that a file imports and others may be named through, each with its name there and its path.
struct Aliases<'a>(Vec<(Symbol, &'a [ast::Name])>);

impl<'a> Aliases<'a> {
    fn new(imports: &'a [Import], leads_on: impl Fn(&[ast::Name]) -> bool) -> Aliases<'a> {
        let leading = imports.iter().filter(|import| leads_on(&import.segments));
        Aliases(leading.map(|import| (import.name.symbol, &import.segments[..])).collect())
    }

    /// What a path stands for that begins with this name.
    fn get(&self, first: Symbol) -> Option<&'a [ast::Name]> {
        self.0.iter().find(|(name, _)| *name == first).map(|&(_, path)| path)
    }
}

/// A path that may lead to or through a module.
#[derive(Clone)]
struct FullPath {
    names: Vec<ast::Name>,
    /// With which name it begins in the text.
    first: ast::Name,
}

/// The paths `a.b.c` in types, patterns and expressions that begin with one of `roots`: they may be module paths in
/// full, `core.mem.swap(a, b)`. Those that begin with one of `aliases` are made full: `slice.sort.f` after `use
/// core.slice`. (A variable of that name makes one too many: no harm.)
fn full_paths(module: &ast::Module, roots: &[Symbol], aliases: &Aliases) -> Vec<FullPath> {
    let begin = |first: ast::Name| {
        let names = match aliases.get(first.symbol) {
            Some(alias) => alias.to_vec(),
            None if roots.contains(&first.symbol) => vec![first],
            None => return None,
        };
        Some(FullPath { names, first })
    };
    // The import itself leads to the first module; another one is meant where two names follow.
    let is_more = |path: &FullPath| {
        let imported = aliases.get(path.first.symbol).map_or(0, <[ast::Name]>::len);
        path.names.len() > imported + 1
    };
    let mut paths = Vec::new();
    let mut add = |path: ast::Path| {
        let mut names = module.list(path);
        if names.len() > 1
            && let Some(mut path) = names.next().and_then(begin)
        {
            path.names.extend(names);
            paths.extend(is_more(&path).then_some(path));
        }
    };
    for node in module.types.iter() {
        if let ast::TypeKind::Path { path, .. } | ast::TypeKind::Callable { path, .. } = node.kind {
            add(path);
        }
    }
    for node in module.pats.iter() {
        if let ast::PatKind::Path(path)
        | ast::PatKind::Call { path, .. }
        | ast::PatKind::Record { path, .. } = node.kind
        {
            add(path);
        }
    }
    // A child's id is smaller than its parent's: a path grows along the arena.
    let mut chains: Map<ast::ExprId, FullPath> = Map::default();
    for (id, node) in module.exprs.iter_enumerated() {
        if let ast::ExprKind::Name(name) = node.kind
            && let Some(path) = begin(name)
        {
            chains.insert(id, path);
        } else if let ast::ExprKind::Field { base, name } = node.kind
            && let Some(mut chain) = chains.remove(&base)
            && chain.names.len() < MAX_SEGMENTS
        {
            chain.names.push(name);
            paths.extend(is_more(&chain).then(|| chain.clone()));
            chains.insert(id, chain);
        }
    }
    paths
}

/// Every import of a file, also those inside bodies.
pub(crate) fn all_imports(module: &ast::Module) -> Vec<Import> {
    let mut imports = Vec::new();
    for item in module.item_nodes.iter() {
        if let ast::ItemKind::Use(tree) = item.kind {
            flatten(module, tree, &[], &mut imports);
        }
    }
    imports
}

/// The leaves of a `use` tree.
pub(crate) fn imports_of(module: &ast::Module, tree: ast::UseTreeId) -> Vec<Import> {
    let mut imports = Vec::new();
    flatten(module, tree, &[], &mut imports);
    imports
}

fn flatten(module: &ast::Module, tree: ast::UseTreeId, prefix: &[ast::Name], out: &mut Vec<Import>) {
    let node = &module[tree];
    let mut segments = prefix.to_vec();
    segments.extend(module.list(node.path));
    // A name that was missing has been reported.
    if segments.iter().any(|segment| segment.as_str().is_empty()) {
        return;
    }
    match node.kind {
        ast::UseKind::Group(trees) => {
            for tree in module.list(trees) {
                flatten(module, tree, &segments, out);
            }
        }
        ast::UseKind::Plain | ast::UseKind::Alias(_) => {
            let Some(&last) = segments.last() else { return };
            let name = match node.kind {
                ast::UseKind::Alias(alias) => alias,
                ast::UseKind::Plain | ast::UseKind::Group(_) => last,
            };
            if !name.as_str().is_empty() {
                out.push(Import { segments, name, span: module.span(tree) });
            }
        }
    }
}

/// A module in the order found.
#[derive(Debug)]
pub(crate) struct Node {
    pub path: Symbol,
    /// Where the path is declared, if it is.
    pub declared_at: Option<Span>,
    pub file: FileId,
    pub origin: Origin,
    /// None for a prefix that no file declares.
    pub ast: Option<ast::Module>,
}

/// Names the modules, finds cycles, sorts.
pub(crate) fn order(sources: Vec<ParsedModule>, diags: &mut Diagnostics) -> Vec<Node> {
    let own = sources.iter().filter(|source| source.origin != Origin::Std).count();
    let is_std = |source: &&ParsedModule| source.origin == Origin::Std;
    let library: BTreeSet<&str> =
        sources.iter().filter(is_std).filter_map(|it| Some(it.path?.as_str())).collect();
    let mut nodes: Vec<Node> = Vec::new();
    let mut by_path: HashMap<Symbol, usize> = HashMap::new();
    for source in sources {
        let mut node = name(source, own, diags);
        if node.origin != Origin::Std && library.contains(node.path.as_str()) {
            report_library_name(&node, diags);
            // What the library calls so must stay there: everything else leans on it.
            node.path = Symbol::intern(&format!("{}'", node.path));
        }
        if let Some(&first) = by_path.get(&node.path) {
            report_duplicate(&nodes[first], &node, diags);
            continue;
        }
        by_path.insert(node.path, nodes.len());
        nodes.push(node);
    }
    add_prefixes(&mut nodes, &mut by_path);

    let roots: BTreeSet<&str> =
        nodes.iter().map(|node| node.path.as_str().split('.').next().unwrap_or_default()).collect();
    let roots: Vec<Symbol> = roots.into_iter().map(Symbol::intern).collect();
    let outer_path = |node: &Node| Some(Symbol::intern(node.path.as_str().rsplit_once('.')?.0));
    let has_inner: HashSet<Symbol> = nodes.iter().filter_map(outer_path).collect();
    let mut graph = DiGraph::<usize, Span>::new();
    let indices: Vec<NodeIndex> = (0..nodes.len()).map(|at| graph.add_node(at)).collect();
    for (at, node) in nodes.iter().enumerate() {
        let Some(module) = &node.ast else { continue };
        let mut targets = BTreeSet::new();
        let imports = all_imports(module);
        // The library's modules may lean on each other in circles: which of two comes first says nothing, and its
        // imports are enough to have an order.
        let full = match node.origin {
            Origin::Std => Vec::new(),
            Origin::Root | Origin::Package => {
                let aliases = Aliases::new(&imports, |path| has_inner.contains(&join(path)));
                full_paths(module, &roots, &aliases)
            }
        };
        let full = full.into_iter().map(|FullPath { names, first }| {
            let last = names[names.len() - 1];
            let span = first.range().in_file(module.file).to(last.range().in_file(module.file));
            (names, span)
        });
        for (segments, span) in imports.into_iter().map(|it| (it.segments, it.span)).chain(full) {
            if let Some(target) = target(&segments, &by_path)
                && nodes[target].ast.is_some()
                // A module may call itself by its full path.
                && (target != at || segments.len() > 1 && is_import(module, span))
                && targets.insert(target)
            {
                graph.add_edge(indices[at], indices[target], span);
            }
        }
    }
    // Tarjan's components come out in reverse topological order of the edges: what is imported first.
    let components = tarjan_scc(&graph);
    for component in &components {
        report_cycle(&graph, component, &nodes, diags);
    }
    let mut rank = vec![0; nodes.len()];
    for (position, &index) in components.iter().flatten().enumerate() {
        rank[graph[index]] = position;
    }
    let mut order: Vec<(usize, Node)> = rank.into_iter().zip(nodes).collect();
    // Empty prefix modules first: nothing in them depends on anything.
    order.sort_by_key(|(rank, node)| (node.ast.is_some(), *rank));
    order.into_iter().map(|(_, node)| node).collect()
}

/// The module that an import needs: the longest prefix of its path that is one.
fn target(segments: &[ast::Name], by_path: &HashMap<Symbol, usize>) -> Option<usize> {
    prefix_lengths(segments).find_map(|len| by_path.get(&join(&segments[..len])).copied())
}

fn is_import(module: &ast::Module, span: Span) -> bool {
    all_imports(module).iter().any(|import| import.span == span)
}

/// No module's path is longer: what follows is not looked at in search of one.
const MAX_SEGMENTS: usize = 16;

/// The lengths of the prefixes of a path that may name a module, the longest first.
pub(crate) fn prefix_lengths(segments: &[ast::Name]) -> impl Iterator<Item = usize> + use<> {
    (1..=segments.len().min(MAX_SEGMENTS)).rev()
}

/// The path of a module directly below another.
pub(crate) fn inner_path(outer: Symbol, name: Symbol) -> Symbol {
    Symbol::intern(&format!("{outer}.{name}"))
}

pub(crate) fn join(segments: &[ast::Name]) -> Symbol {
    match segments {
        [one] => one.symbol,
        _ => {
            let texts: Vec<&str> = segments.iter().map(|segment| segment.as_str()).collect();
            Symbol::intern(&texts.join("."))
        }
    }
}

fn name(source: ParsedModule, own: usize, diags: &mut Diagnostics) -> Node {
    let module = &source.ast;
    let declared = module.declared_path().map(|path| {
        let names: Vec<ast::Name> = module.list(path).collect();
        (join(&names), module.span(path))
    });
    let unfit = source.path.and_then(|path| {
        path.as_str().split('.').find(|segment| !syntax::token::is_name(segment)).map(|it| (path, it))
    });
    let path = match (declared, source.path) {
        _unnamed if let Some((path, segment)) = unfit => {
            let at = declared.map_or(Span::new(module.file, 0, 0), |(_, span)| span);
            diags.error(
                Diagnostic::error("N5004", at, format!("`{segment}` cannot name a module"))
                    .label("this file or a folder around it is called so")
                    .note("a module is called as its file: letters, digits and `_`"),
            );
            path
        }
        (Some((declared, span)), Some(expected)) if declared != expected => {
            diags.error(
                Diagnostic::error(
                    "N5004",
                    span,
                    format!("this file is the module `{expected}`, not `{declared}`"),
                )
                .label("does not fit the place of the file")
                .note(
                    "a module's path is its package's name and the folders and the file's name below `src/`",
                )
                .fix(
                    "name the module after its file",
                    span,
                    expected.as_str(),
                    base::Applicability::MachineApplicable,
                ),
            );
            expected
        }
        (Some((declared, _)), _) => declared,
        (None, Some(expected)) => {
            if own > 1 && source.origin != Origin::Std {
                let top = Span::new(module.file, 0, 0);
                diags.error(
                    Diagnostic::error(
                        "N5004",
                        top,
                        format!("this file does not say that it is the module `{expected}`"),
                    )
                    .note("only a program of a single file may leave out its `module` line")
                    .fix(
                        "name the module",
                        top,
                        format!("module {expected}\n\n"),
                        base::Applicability::MachineApplicable,
                    ),
                );
            }
            expected
        }
        (None, None) => Symbol::intern("main"),
    };
    Node {
        path,
        declared_at: declared.map(|(_, span)| span),
        file: module.file,
        origin: source.origin,
        ast: Some(source.ast),
    }
}

fn report_library_name(node: &Node, diags: &mut Diagnostics) {
    let top = node.declared_at.unwrap_or(Span::new(node.file, 0, 0));
    diags.error(
        Diagnostic::error("N5003", top, format!("there are two modules `{}`", node.path))
            .label("this file calls itself so too")
            .note(format!("the standard library has a module `{}`", node.path)),
    );
}

fn report_duplicate(first: &Node, second: &Node, diags: &mut Diagnostics) {
    let top = |node: &Node| node.declared_at.unwrap_or(Span::new(node.file, 0, 0));
    let path = second.path;
    diags.error(
        Diagnostic::error("N5003", top(second), format!("there are two modules `{path}`"))
            .label("this file calls itself so too")
            .secondary(top(first), format!("`{path}` is this file")),
    );
}

/// `core.list` makes `core`, so that `pub(core)` means something.
fn add_prefixes(nodes: &mut Vec<Node>, by_path: &mut HashMap<Symbol, usize>) {
    for at in 0..nodes.len() {
        let text = nodes[at].path.as_str();
        for (dot, _) in text.match_indices('.') {
            let prefix = Symbol::intern(&text[..dot]);
            if let Entry::Vacant(place) = by_path.entry(prefix) {
                place.insert(nodes.len());
                let (file, origin) = (nodes[at].file, nodes[at].origin);
                nodes.push(Node { path: prefix, declared_at: None, file, origin, ast: None });
            }
        }
    }
}

/// Draws the shortest cycle of a component, if it has one.
fn report_cycle(
    graph: &DiGraph<usize, Span>,
    component: &[NodeIndex],
    nodes: &[Node],
    diags: &mut Diagnostics,
) {
    // The standard library is one package in many files, and its modules lean on each other.
    if component.iter().all(|&node| nodes[graph[node]].origin == Origin::Std) {
        return;
    }
    let start = *component.iter().min().expect("a component has a node");
    let Some(cycle) = shortest_cycle(graph, start, component) else { return };
    let path = |node: NodeIndex| nodes[graph[node]].path.as_str();
    if let [(only, span)] = cycle[..] {
        diags.error(
            Diagnostic::error("N5002", span, format!("module `{}` imports itself", path(only)))
                .label("its own names need no `use`"),
        );
        return;
    }
    let mut drawing: Vec<&str> = cycle.iter().map(|&(node, _)| path(node)).collect();
    drawing.push(path(start));
    let drawing = drawing.join(" → ");
    let edge = |at: usize| {
        let next = cycle[(at + 1) % cycle.len()].0;
        (cycle[at].1, format!("`{}` imports `{}`", path(cycle[at].0), path(next)))
    };
    let (span, text) = edge(0);
    let mut diagnostic =
        Diagnostic::error("N5002", span, format!("modules import each other: {drawing}")).label(text);
    for at in 1..cycle.len() {
        let (span, text) = edge(at);
        diagnostic = diagnostic.secondary(span, text);
    }
    diags.error(diagnostic.note("move what they share into a module of its own that both import"));
}

/// Breadth first from `start` back to it, inside its component: the nodes in order, each with its edge to the next.
fn shortest_cycle(
    graph: &DiGraph<usize, Span>,
    start: NodeIndex,
    component: &[NodeIndex],
) -> Option<Vec<(NodeIndex, Span)>> {
    let mut came_from: BTreeMap<NodeIndex, (NodeIndex, Span)> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        let mut edges: Vec<_> = graph.edges(at).filter(|edge| component.contains(&edge.target())).collect();
        edges.sort_by_key(|edge| edge.id());
        for edge in edges {
            if edge.target() == start {
                let mut cycle = vec![(at, *edge.weight())];
                let mut here = at;
                while here != start {
                    let (before, span) = came_from[&here];
                    cycle.push((before, span));
                    here = before;
                }
                cycle.reverse();
                return Some(cycle);
            }
            if edge.target() != start && !came_from.contains_key(&edge.target()) {
                came_from.insert(edge.target(), (at, *edge.weight()));
                queue.push_back(edge.target());
            }
        }
    }
    None
}
