//! Whether anything in a program may be wrong that only concrete types show. Where nothing may, nobody need look.
//!
//! In: the bodies of the program as they are checked, each once, generic as they are ([`Scan::family`]); then all that was
//! found in them ([`may_fail`]). Out: whether [`super::check`] is worth while. It may be said too often, but not too rarely.
//!
//! What may fail: a constant that depends on parameters, a length that is computed, an array that may be too large, a
//! function whose caller answers for it, or that is given a type without a size, a foreign function; and functions that ask for themselves with ever larger
//! arguments. For these a graph is made of what is generic: functions, and types with the functions of their impls. An edge
//! *grows* where a parameter stands inside of an argument of what it leads to. Without a circle that has such an edge
//! all arguments are made of what there was in the beginning, and come to an end.
//!
//! ```text
//! fn f[T](x: T) { g(&x) }   fn g[T](x: T) { f(x) }      f ─grows→ g → f: perhaps without end
//! fn sum[T](tree: &Tree[T]) { sum(&tree.left) }         sum → sum: has an end
//! ```

use super::library::is_library;
use crate::*;
use hir::{DefKind, FnKind, Item, Package};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use typeck::{Const, FastHash, GenericArg, GenericArgs, HasFlags, Ty, TyKind, Typed};

/// Arrays in arrays of more elements than this may be too large for memory, if they stand in something else.
const CELLS: u128 = 1 << 24;
/// The same for the fields of a type, which may stand in arrays of it.
const FIELD_CELLS: u128 = 1 << 12;
/// What is as deep, and stands in something else, may be too deep for a type.
const DEPTH: u32 = 16;
/// A constant that is no larger is no length that matters.
const LENGTH: u128 = 1 << 20;

/// A node of the graph. What impls of a record or union have is asked for where the type is mentioned, whoever does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    /// A type with its impls; a function with the closures in it. A function of a protocol of the program stands for what
    /// is not of one type: its own body, and impls for other types than records and unions.
    Def(hir::DefId),
    /// A protocol's function, called with parameters of its own: all that implement it.
    Member(hir::DefId),
    /// Impls of the library's protocols for other types than records and unions: the library asks for them.
    Other,
    /// Tables of `dyn` types: all functions of the program's protocols.
    Tables,
}

/// From, to, and whether it grows.
type Edges = BTreeSet<(Node, Node, bool)>;

/// What was found in some bodies.
#[derive(Debug, Default)]
pub struct Suspects {
    fails: bool,
    edges: Edges,
}

impl Suspects {
    pub fn is_empty(&self) -> bool {
        !self.fails && self.edges.is_empty()
    }
    pub fn append(&mut self, other: Suspects) {
        self.fails |= other.fails;
        self.edges.extend(other.edges);
    }
}

/// Looks at bodies, one family after the other. Each thread has its own.
pub struct Scan<'a> {
    typed: &'a Typed<'a>,
    /// Looked up, never iterated over.
    types: HashMap<Ty, Look, FastHash>,
    defs: HashMap<hir::DefId, bool, FastHash>,
}

/// What is seen of a type without its arguments.
#[derive(Clone, Copy, Default)]
struct Look {
    fails: bool,
    depth: u32,
    /// The elements of all arrays in arrays.
    cells: u128,
}

impl Look {
    fn with(self, other: Look) -> Look {
        Look {
            fails: self.fails || other.fails,
            depth: self.depth.max(other.depth),
            cells: self.cells.max(other.cells),
        }
    }
    fn around(self) -> Look {
        Look { depth: self.depth + 1, fails: self.fails || self.depth >= DEPTH, ..self }
    }
}

impl<'a> Scan<'a> {
    pub fn new(typed: &'a Typed<'a>) -> Scan<'a> {
        Scan { typed, types: HashMap::default(), defs: HashMap::default() }
    }

    /// A function, the closures in it, and what is promoted in any of them.
    pub fn family(&mut self, owner: hir::DefId, bodies: &[Body]) -> Suspects {
        let mut found = Suspects::default();
        let is_generic = !self.typed.signatures.generics_of(owner).params.is_empty();
        let mut walk = Walk { scan: self, from: is_generic.then_some(Node::Def(owner)), found: &mut found };
        bodies.iter().for_each(|body| walk.body(body));
        found
    }

    fn package(&self) -> &'a Package {
        self.typed.package
    }

    fn ty(&mut self, ty: Ty) -> Look {
        if let TyKind::Prim(_) | TyKind::Param(..) = ty.kind() {
            return Look::default();
        }
        if let Some(&known) = self.types.get(&ty) {
            return known;
        }
        let none = Look::default();
        let look = match *ty.kind() {
            TyKind::Prim(_) | TyKind::Param(..) | TyKind::Infer(_) | TyKind::Error(_) => none,
            TyKind::Tuple(items) => items.iter().fold(none, |look, &item| look.with(self.ty(item))),
            TyKind::Array(elem, len) => {
                let elem = self.ty(elem);
                let (len, fails) = match len {
                    Const::Value(len) => (len.max(1), false),
                    Const::Unevaluated(..) => (1, true),
                    Const::Param(..) | Const::Infer(_) | Const::Error(_) => (1 << 10, false),
                };
                let cells = elem.cells.max(1).saturating_mul(len);
                Look { fails: fails || elem.fails || cells > CELLS, cells, ..elem }
            }
            TyKind::Slice(to) | TyKind::Ref(_, to, _) | TyKind::RawPtr(to, _) => self.ty(to),
            TyKind::Adt(_, args) | TyKind::Closure(_, args) => self.args(&args),
            TyKind::Projection(_, args) | TyKind::Opaque(_, _, args) => self.args(&args),
            TyKind::FnDef(def, args) => {
                let look = self.args(&args);
                Look { fails: look.fails || self.def(def) || self.is_without_size(def, &args), ..look }
            }
            TyKind::FnPtr(sig) => {
                let params = sig.params.iter().fold(none, |look, &param| look.with(self.ty(param)));
                params.with(self.ty(sig.ret))
            }
            TyKind::Dyn(protocols, bindings, _) => {
                let look = protocols.iter().fold(none, |look, protocol| look.with(self.args(&protocol.args)));
                bindings.iter().fold(look, |look, binding| look.with(self.ty(binding.ty)))
            }
        };
        let look = look.around();
        self.types.insert(ty, look);
        look
    }

    fn args(&mut self, args: &[GenericArg]) -> Look {
        args.iter().fold(Look::default(), |look, arg| match *arg {
            GenericArg::Ty(ty) => look.with(self.ty(ty)),
            GenericArg::Const(Const::Value(value)) => Look { fails: look.fails || value > LENGTH, ..look },
            GenericArg::Const(Const::Unevaluated(..)) => Look { fails: true, ..look },
            GenericArg::Const(Const::Param(..) | Const::Infer(_) | Const::Error(_)) => look,
        })
    }

    /// Whether a function is given a type without a size, and may hold values of it. A `dyn`'s own methods don't.
    fn is_without_size(&self, def: hir::DefId, args: &[GenericArg]) -> bool {
        let own = usize::from(self.typed.signatures.protocol_of_member(def).is_some()).min(args.len());
        args[own..].iter().any(|arg| match arg {
            GenericArg::Ty(ty) => ty.is_unsized(),
            GenericArg::Const(_) => false,
        })
    }

    /// Whether asking for the function may fail, whatever its arguments are.
    fn def(&mut self, def: hir::DefId) -> bool {
        if let Some(&known) = self.defs.get(&def) {
            return known;
        }
        let package = self.package();
        let fails = match package.item(def) {
            Some(Item::Fn(function)) => match function.kind {
                // `transmute` between types of one size: its caller knows.
                FnKind::Quastra => function.is_unsafe && package.is_std(def),
                FnKind::Intrinsic => Intrinsic::from_name(package.def(def).name.as_str())
                    .is_none_or(|what| what == Intrinsic::Transmute),
                FnKind::Runtime => false,
                FnKind::Extern => true,
            },
            Some(_) | None => false,
        };
        self.defs.insert(def, fails);
        fails
    }
}

/// Goes over what one function or type mentions.
struct Walk<'w, 'a> {
    scan: &'w mut Scan<'a>,
    /// `None`: it is not generic, and what it mentions is no part of the graph.
    from: Option<Node>,
    found: &'w mut Suspects,
}

impl Walk<'_, '_> {
    fn body(&mut self, body: &Body) {
        for decl in body.locals.iter() {
            self.ty(decl.ty);
        }
        for block in body.blocks.iter() {
            for statement in &block.statements {
                match &statement.kind {
                    StatementKind::Assign(_, rvalue) => self.rvalue(rvalue),
                    StatementKind::SetDiscriminant(..)
                    | StatementKind::StorageLive(_)
                    | StatementKind::StorageDead(_)
                    | StatementKind::Nop => {}
                }
            }
            match &block.terminator.kind {
                TerminatorKind::Call { callee, args, .. } => {
                    if let Callee::Def(def, generic) = callee {
                        self.callee(*def, *generic);
                    }
                    args.iter().for_each(|arg| self.operand(arg));
                }
                TerminatorKind::Switch { operand, .. } | TerminatorKind::Assert { operand, .. } => {
                    self.operand(operand)
                }
                TerminatorKind::Goto(_)
                | TerminatorKind::Return
                | TerminatorKind::Resume
                | TerminatorKind::Abort
                | TerminatorKind::Unreachable
                | TerminatorKind::Drop { .. } => {}
            }
        }
    }

    fn rvalue(&mut self, rvalue: &Rvalue) {
        if let Rvalue::Repeat(_, Const::Unevaluated(..)) = rvalue {
            self.found.fails = true;
        }
        if let Rvalue::Cast(CastOp::ToDyn, _, to) = rvalue
            && has_own_table(self.scan.package(), *to)
        {
            self.edge(Node::Tables, true);
        }
        rvalue.for_each_operand(&mut |operand| self.operand(operand));
    }

    fn operand(&mut self, operand: &Operand) {
        let Operand::Const(constant) = operand else { return };
        self.ty(constant.ty);
        match &constant.value {
            // Those without arguments are evaluated whether anybody asks for them or not.
            ConstValue::Def(def, args) if !args.is_empty() => {
                let package = self.scan.package();
                let is_known = package.is_std(*def)
                    && args.iter().all(|arg| match arg {
                        GenericArg::Ty(ty) => is_library(package, *ty),
                        GenericArg::Const(_) => false,
                    });
                self.found.fails |= !is_known;
            }
            ConstValue::Ty(Const::Unevaluated(..)) => self.found.fails = true,
            ConstValue::Def(..)
            | ConstValue::Ty(_)
            | ConstValue::Scalar(_)
            | ConstValue::Str(_)
            | ConstValue::Bytes(_)
            | ConstValue::ZeroSized
            | ConstValue::Promoted(..)
            | ConstValue::Memory(_)
            | ConstValue::FnPtr(_) => {}
        }
    }

    fn callee(&mut self, def: hir::DefId, args: GenericArgs) {
        let scan = &mut *self.scan;
        self.found.fails |= scan.def(def) || scan.args(&args).fails || scan.is_without_size(def, &args);
        if self.from.is_some() && args.has_params() {
            self.call_edge(def, args);
            self.args_edges(&args);
        }
    }

    fn ty(&mut self, ty: Ty) {
        self.found.fails |= self.scan.ty(ty).fails;
        if self.from.is_some() && ty.has_params() {
            self.ty_edges(ty);
        }
    }

    fn edge(&mut self, to: Node, grows: bool) {
        if let Some(from) = self.from {
            self.found.edges.insert((from, to, grows));
        }
    }

    fn call_edge(&mut self, def: hir::DefId, args: GenericArgs) {
        let signatures = &self.scan.typed.signatures;
        let package = self.scan.package();
        match signatures.protocol_of_member(def) {
            Some(protocol) => {
                let own = &args[signatures.generics_of(protocol).params.len().min(args.len())..];
                if own.iter().any(HasFlags::has_params) {
                    self.edge(Node::Member(def), grows(own));
                }
                if !package.is_std(protocol) {
                    self.edge(Node::Def(def), grows(&args));
                }
            }
            None if package.is_std(def) || package.def(def).kind == DefKind::Variant => {}
            None => self.edge(Node::Def(def), grows(&args)),
        }
    }

    fn args_edges(&mut self, args: &[GenericArg]) {
        for arg in args {
            if let GenericArg::Ty(ty) = arg
                && ty.has_params()
            {
                self.ty_edges(*ty);
            }
        }
    }

    fn ty_edges(&mut self, ty: Ty) {
        let is_part = |ty: &Ty| ty.has_params();
        match *ty.kind() {
            TyKind::Prim(_) | TyKind::Param(..) | TyKind::Infer(_) | TyKind::Error(_) => {}
            TyKind::Adt(def, args) => {
                self.edge(Node::Def(def), grows(&args));
                self.args_edges(&args);
            }
            // A closure belongs to the function that it stands in.
            TyKind::Closure(id, args) => {
                let owner = Node::Def(self.scan.package().body_owner(id.body));
                if self.from != Some(owner) {
                    self.edge(owner, grows(&args));
                }
                self.args_edges(&args);
            }
            TyKind::Opaque(def, _, args) => {
                self.edge(Node::Def(def), grows(&args));
                self.args_edges(&args);
            }
            TyKind::FnDef(def, args) => {
                self.call_edge(def, args);
                self.args_edges(&args);
            }
            TyKind::Projection(_, args) => self.args_edges(&args),
            TyKind::Slice(to) | TyKind::Ref(_, to, _) | TyKind::RawPtr(to, _) | TyKind::Array(to, _) => {
                self.edge(Node::Other, true);
                self.ty_edges(to);
            }
            TyKind::Tuple(items) => {
                self.edge(Node::Other, true);
                items.iter().copied().filter(is_part).for_each(|item| self.ty_edges(item));
            }
            TyKind::FnPtr(sig) => {
                let all = sig.params.iter().copied().chain([sig.ret]);
                all.filter(is_part).for_each(|ty| self.ty_edges(ty));
            }
            TyKind::Dyn(protocols, bindings, _) => {
                protocols.iter().for_each(|protocol| self.args_edges(&protocol.args));
                bindings.iter().map(|it| it.ty).filter(is_part).for_each(|ty| self.ty_edges(ty));
            }
        }
    }
}

/// Whether a pointer to a `dyn` type is one of a protocol of the program.
fn has_own_table(package: &Package, ty: Ty) -> bool {
    match *ty.kind() {
        TyKind::Dyn(protocols, ..) => protocols.iter().any(|protocol| !package.is_std(protocol.def)),
        TyKind::Ref(_, to, _) | TyKind::RawPtr(to, _) => has_own_table(package, to),
        TyKind::Adt(_, args) => args.iter().any(|arg| match arg {
            GenericArg::Ty(ty) => has_own_table(package, *ty),
            GenericArg::Const(_) => false,
        }),
        TyKind::Prim(_)
        | TyKind::Tuple(_)
        | TyKind::Array(..)
        | TyKind::Slice(_)
        | TyKind::FnDef(..)
        | TyKind::FnPtr(_)
        | TyKind::Closure(..)
        | TyKind::Param(..)
        | TyKind::Projection(..)
        | TyKind::Opaque(..)
        | TyKind::Infer(_)
        | TyKind::Error(_) => false,
    }
}

/// Whether a parameter stands inside of an argument, not alone.
fn grows(args: &[GenericArg]) -> bool {
    fn is_bare(ty: Ty) -> bool {
        match *ty.kind() {
            TyKind::Param(..) => true,
            // What it is was there as soon as what it is taken of.
            TyKind::Projection(_, args) => !grows(&args),
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
            | TyKind::Error(_) => false,
        }
    }
    args.iter().any(|arg| match arg {
        GenericArg::Ty(ty) => ty.has_params() && !is_bare(*ty),
        GenericArg::Const(_) => false,
    })
}

/// Whether something in a program may be wrong that [`super::check`] would find. In: what is in all of its bodies.
pub fn may_fail(typed: &Typed<'_>, suspects: Suspects) -> bool {
    let mut suspects = suspects;
    let mut scan = Scan::new(typed);
    let package = typed.package;
    for &def in &package.own_defs {
        match package.def(def).kind {
            DefKind::Record | DefKind::Union => suspects.append(scan.of_type(def)),
            DefKind::Impl => suspects.append(scan.of_impl(def)),
            DefKind::Protocol => {
                let members = package.members_of(def).iter();
                suspects.edges.extend(members.map(|&member| (Node::Tables, Node::Def(member), false)));
            }
            DefKind::Fn
            | DefKind::Variant
            | DefKind::TypeAlias
            | DefKind::AssocType
            | DefKind::Const
            | DefKind::Static
            | DefKind::TypeParam
            | DefKind::ConstParam
            | DefKind::Test => {}
        }
    }
    suspects.fails || has_growing_circle(&suspects.edges)
}

impl Scan<'_> {
    /// What the fields are.
    fn of_type(&mut self, def: hir::DefId) -> Suspects {
        let mut found = Suspects::default();
        let typed = self.typed;
        let is_generic = !typed.signatures.generics_of(def).params.is_empty();
        let Some(adt) = typed.signatures.adt(def) else { return found };
        let mut walk = Walk { scan: self, from: is_generic.then_some(Node::Def(def)), found: &mut found };
        for field in adt.variants.iter().flat_map(|variant| variant.fields.iter()) {
            walk.ty(field.ty);
            walk.found.fails |= walk.scan.ty(field.ty).cells > FIELD_CELLS;
        }
        walk.edge(Node::Other, true);
        found
    }

    /// The functions of an impl.
    fn of_impl(&mut self, def: hir::DefId) -> Suspects {
        let mut found = Suspects::default();
        let typed = self.typed;
        let Some(item) = typed.signatures.implementation(def) else { return found };
        let is_generic = !typed.signatures.generics_of(def).params.is_empty();
        let of = if let TyKind::Adt(def, _) = *item.self_ty.kind() { Node::Def(def) } else { Node::Other };
        // What is the type's own is named where it is called.
        let Some(protocol) = item.protocol else { return found };
        let is_own = !typed.package.is_std(protocol.def);
        let mut walk = Walk { scan: self, from: is_generic.then_some(of), found: &mut found };
        for (&member, &implemented) in &item.members {
            match implemented {
                Some(implemented) if is_own && of == Node::Other => {
                    walk.found.edges.insert((Node::Def(implemented), Node::Def(member), false));
                }
                Some(_) | None => walk.edge(Node::Def(member), false),
            }
            if let Some(implemented) = implemented {
                walk.found.edges.insert((Node::Member(implemented), Node::Def(member), false));
            }
        }
        item.types.values().for_each(|&ty| walk.ty(ty));
        found
    }
}

/// Whether an edge that grows is part of a circle: whether it stays within a strongly connected component (Tarjan's
/// algorithm, with a stack of our own).
fn has_growing_circle(edges: &Edges) -> bool {
    if edges.iter().all(|&(_, _, grows)| !grows) {
        return false;
    }
    let mut numbers: BTreeMap<Node, usize> = BTreeMap::new();
    for &(from, to, _) in edges {
        for node in [from, to] {
            let next = numbers.len();
            numbers.entry(node).or_insert(next);
        }
    }
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); numbers.len()];
    for (from, to, _) in edges {
        next[numbers[from]].push(numbers[to]);
    }
    let component = components(&next);
    edges.iter().any(|(from, to, grows)| *grows && component[numbers[from]] == component[numbers[to]])
}

/// The number of each node's strongly connected component.
fn components(next: &[Vec<usize>]) -> Vec<usize> {
    const UNSEEN: usize = usize::MAX;
    let mut index = vec![UNSEEN; next.len()];
    let mut low = vec![UNSEEN; next.len()];
    let mut component = vec![UNSEEN; next.len()];
    let (mut open, mut count, mut components) = (Vec::new(), 0, 0);
    for root in 0..next.len() {
        if index[root] != UNSEEN {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((node, at)) = calls.pop() {
            if at == 0 {
                (index[node], low[node]) = (count, count);
                count += 1;
                open.push(node);
            } else {
                low[node] = low[node].min(low[next[node][at - 1]]);
            }
            let rest = next[node].iter().enumerate().skip(at);
            let mut rest = rest.filter(|&(_, &to)| component[to] == UNSEEN);
            let unseen = rest.find(|&(_, &to)| {
                low[node] = low[node].min(index[to]);
                index[to] == UNSEEN
            });
            if let Some((at, &to)) = unseen {
                calls.push((node, at + 1));
                calls.push((to, 0));
            } else if low[node] == index[node] {
                while let Some(member) = open.pop() {
                    component[member] = components;
                    if member == node {
                        break;
                    }
                }
                components += 1;
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;
    use hir::DefId;

    fn circle(edges: &[(u32, u32, bool)]) -> bool {
        let node = |number: u32| Node::Def(DefId(number));
        has_growing_circle(&edges.iter().map(|&(from, to, grows)| (node(from), node(to), grows)).collect())
    }

    #[test]
    fn only_circles_that_grow_have_no_end() {
        assert!(circle(&[(0, 1, true), (1, 0, false)]));
        assert!(circle(&[(0, 0, true)]));
        assert!(!circle(&[(0, 1, true), (1, 1, false), (1, 2, true)]));
        assert!(!circle(&[(0, 1, false), (1, 2, false), (2, 0, false), (2, 3, true)]));
        assert!(circle(&[(0, 1, false), (1, 2, false), (2, 3, false), (3, 1, true), (0, 3, false)]));
    }
}
