//! The syntax tree of one file: flat typed arenas, children by `u32` id, lists in one pool of words.
//!
//! In: nothing; this is data. Out: what the parser builds, macros and `derive` add to, and HIR is lowered from.
//!
//! ```text
//! a + f(1)   →   exprs: [e0 a, e1 f, e2 1, e3 Call(e1, [e2]), e4 Binary(Add, e0, e3)]
//! ```
//!
//! True of every tree: a child's id is smaller than its parent's (children are built first, so arenas can be
//! walked without recursion); an `Error` node was reported; the tree says what was written, not what it
//! means: nothing is resolved, no sugar is taken away.
//!
//! How to read it: `module[id]` is the node, `module.list(list)` iterates over a list, `module.span(x)` is the
//! [`base::Span`] of an id, a [`Name`] or a [`TextRange`]. Every variant's doc is the source text it stands for.

mod expr;
mod item;
mod list;
mod pat;
mod ty;

pub use expr::*;
pub use item::*;
pub use list::{List, ListIter, Packed};
pub use pat::*;
pub use ty::*;

use crate::stored::{Reader, Writer, load_all, store_all};
use base::{FileId, IndexVec, Span, Symbol, define_id};
use std::ops::{Index, IndexMut};

/// The bytes `lo..hi` of the module's file. The tree stores no file: `module.span(range)` adds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct TextRange {
    pub lo: u32,
    pub hi: u32,
}

impl TextRange {
    pub const fn new(lo: u32, hi: u32) -> TextRange {
        TextRange { lo, hi }
    }
    pub fn in_file(self, file: FileId) -> Span {
        Span::new(file, self.lo, self.hi)
    }
}

/// A name where it is written. Its end is its start and the length of its text. A region or label has its `'`
/// in the symbol: `'a`. The empty symbol is a name that was missing (and reported).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    pub symbol: Symbol,
    pub lo: u32,
}

impl Name {
    /// A name that was not written.
    pub const MISSING: Name = Name { symbol: Symbol(0), lo: 0 };

    pub fn new(symbol: Symbol, lo: u32) -> Name {
        Name { symbol, lo }
    }
    /// None, if it was not written.
    pub fn present(self) -> Option<Name> {
        (self.symbol != Name::MISSING.symbol).then_some(self)
    }
    pub fn as_str(self) -> &'static str {
        self.symbol.as_str()
    }
    pub fn range(self) -> TextRange {
        TextRange::new(self.lo, self.lo + self.as_str().len() as u32)
    }
}

/// `a.b.c` where no brackets may stand: in `use`, visibility, patterns, attributes.
pub type Path = List<Name>;

define_id! {
    pub struct ItemId = "item";
    pub struct FieldId = "field";
    pub struct VariantId = "variant";
    pub struct ParamId = "param";
    pub struct GenericParamId = "generic";
    pub struct PredicateId = "pred";
    pub struct BoundId = "bound";
    pub struct UseTreeId = "use";
    pub struct MacroParamId = "mparam";
    pub struct AttrId = "attr";
    pub struct AttrArgId = "attrarg";
    pub struct TypeId = "t";
    pub struct GenericArgId = "arg";
    pub struct PatId = "p";
    pub struct FieldPatId = "fp";
    pub struct StmtId = "s";
    pub struct LetId = "let";
    pub struct BlockId = "b";
    pub struct ExprId = "e";
    pub struct PartId = "part";
    pub struct InitId = "init";
    pub struct ArmId = "arm";
    pub struct SelectArmId = "sarm";
    pub struct ClosureId = "closure";
    pub struct MacroCallId = "mcall";
}

/// The tree of one file.
#[derive(Clone, Debug)]
pub struct Module {
    pub file: FileId,
    /// The file's `//!` comments, without their marks.
    pub docs: Option<Symbol>,
    /// The file's items, in order; a `module a.b` line is one of them.
    pub items: List<ItemId>,

    pub item_nodes: IndexVec<ItemId, Item>,
    pub fields: IndexVec<FieldId, Field>,
    pub variants: IndexVec<VariantId, Variant>,
    pub params: IndexVec<ParamId, Param>,
    pub generic_params: IndexVec<GenericParamId, GenericParam>,
    pub predicates: IndexVec<PredicateId, Predicate>,
    pub bounds: IndexVec<BoundId, Bound>,
    pub use_trees: IndexVec<UseTreeId, UseTree>,
    pub macro_params: IndexVec<MacroParamId, MacroParam>,
    pub attrs: IndexVec<AttrId, Attr>,
    pub attr_args: IndexVec<AttrArgId, AttrArg>,
    pub types: IndexVec<TypeId, Type>,
    pub generic_args: IndexVec<GenericArgId, GenericArg>,
    pub pats: IndexVec<PatId, Pat>,
    pub field_pats: IndexVec<FieldPatId, FieldPat>,
    pub stmts: IndexVec<StmtId, Stmt>,
    pub lets: IndexVec<LetId, Let>,
    pub blocks: IndexVec<BlockId, Block>,
    pub exprs: IndexVec<ExprId, Expr>,
    pub parts: IndexVec<PartId, Part>,
    pub inits: IndexVec<InitId, Init>,
    pub arms: IndexVec<ArmId, Arm>,
    pub select_arms: IndexVec<SelectArmId, SelectArm>,
    pub closures: IndexVec<ClosureId, Closure>,
    pub macro_calls: IndexVec<MacroCallId, MacroCall>,
    /// The elements of all lists.
    pub(crate) words: Vec<u32>,
}

impl Module {
    /// A tree with no items.
    pub fn new(file: FileId) -> Module {
        Module {
            file,
            docs: None,
            items: List::EMPTY,
            item_nodes: IndexVec::new(),
            fields: IndexVec::new(),
            variants: IndexVec::new(),
            params: IndexVec::new(),
            generic_params: IndexVec::new(),
            predicates: IndexVec::new(),
            bounds: IndexVec::new(),
            use_trees: IndexVec::new(),
            macro_params: IndexVec::new(),
            attrs: IndexVec::new(),
            attr_args: IndexVec::new(),
            types: IndexVec::new(),
            generic_args: IndexVec::new(),
            pats: IndexVec::new(),
            field_pats: IndexVec::new(),
            stmts: IndexVec::new(),
            lets: IndexVec::new(),
            blocks: IndexVec::new(),
            exprs: IndexVec::new(),
            parts: IndexVec::new(),
            inits: IndexVec::new(),
            arms: IndexVec::new(),
            select_arms: IndexVec::new(),
            closures: IndexVec::new(),
            macro_calls: IndexVec::new(),
            words: Vec::new(),
        }
    }

    /// Makes room for the tree of a text of this many bytes. Measured on ordinary code.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        self.exprs.raw.reserve(bytes / 14);
        self.words.reserve(bytes / 12);
        self.types.raw.reserve(bytes / 60);
        self.pats.raw.reserve(bytes / 60);
        self.stmts.raw.reserve(bytes / 60);
    }

    /// The elements of a list of this module.
    #[inline]
    pub fn list<T: Packed>(&self, list: List<T>) -> ListIter<'_, T> {
        ListIter::new(&self.words, list)
    }

    /// Makes a list; for code that adds to a tree (derive, macros).
    pub fn new_list<T: Packed>(&mut self, elements: impl IntoIterator<Item = T>) -> List<T> {
        let start = self.words.len();
        for element in elements {
            element.pack(&mut self.words);
        }
        List::at(start, (self.words.len() - start) / T::WORDS)
    }

    /// How many nodes there are, to go back to.
    pub(crate) fn mark(&self) -> Mark {
        Mark { words: self.words.len(), arenas: self.arena_lens() }
    }

    /// Forgets the nodes made since.
    pub(crate) fn rollback(&mut self, mark: &Mark) {
        self.words.truncate(mark.words);
        self.truncate_arenas(&mark.arenas);
    }

    /// Where something of this module is written.
    pub fn span(&self, at: impl Located) -> Span {
        at.range_in(self).in_file(self.file)
    }

    /// The path of the `module a.b` line, if there is one.
    pub fn declared_path(&self) -> Option<Path> {
        self.list(self.items).find_map(|item| {
            let ItemKind::Module(path) = self[item].kind else { return None };
            Some(path)
        })
    }
}

/// A state of the arenas to go back to, after an attempt at parsing that failed.
pub(crate) struct Mark {
    words: usize,
    arenas: [usize; ARENAS],
}

/// What has a place in the text.
pub trait Located {
    fn range_in(self, module: &Module) -> TextRange;
}
impl Located for TextRange {
    fn range_in(self, _: &Module) -> TextRange {
        self
    }
}
impl Located for Name {
    fn range_in(self, _: &Module) -> TextRange {
        self.range()
    }
}
/// From the first name to the last.
impl Located for Path {
    fn range_in(self, module: &Module) -> TextRange {
        let mut names = module.list(self);
        let Some(first) = names.next() else { return TextRange::default() };
        let last = names.next_back().unwrap_or(first);
        TextRange::new(first.lo, last.range().hi)
    }
}

macro_rules! arenas {
    ($($id:ident, $node:ident, $arena:ident;)+) => {
        const ARENAS: usize = [$(stringify!($arena)),+].len();
        impl Module {
            fn arena_lens(&self) -> [usize; ARENAS] {
                [$(self.$arena.len()),+]
            }
            fn truncate_arenas(&mut self, lens: &[usize; ARENAS]) {
                let [$($arena),+] = *lens;
                $(self.$arena.raw.truncate($arena);)+
            }
            pub(crate) fn store_arenas(&self, to: &mut Writer<'_>) {
                $(store_all(&self.$arena, to);)+
            }
            pub(crate) fn load_arenas(&mut self, from: &mut Reader<'_>) {
                $(self.$arena = load_all(from);)+
            }
        }
        $(
        impl Index<$id> for Module {
            type Output = $node;
            #[inline]
            fn index(&self, id: $id) -> &$node {
                &self.$arena[id]
            }
        }
        impl IndexMut<$id> for Module {
            #[inline]
            fn index_mut(&mut self, id: $id) -> &mut $node {
                &mut self.$arena[id]
            }
        }
        impl Located for $id {
            fn range_in(self, module: &Module) -> TextRange {
                module[self].range
            }
        }
        impl Packed for $id {
            const WORDS: usize = 1;
            #[inline]
            fn pack(self, words: &mut Vec<u32>) {
                words.push(self.0);
            }
            #[inline]
            fn unpack(words: &[u32]) -> $id {
                $id(words[0])
            }
        }
        )+
    };
}
arenas! {
    ItemId, Item, item_nodes;
    FieldId, Field, fields;
    VariantId, Variant, variants;
    ParamId, Param, params;
    GenericParamId, GenericParam, generic_params;
    PredicateId, Predicate, predicates;
    BoundId, Bound, bounds;
    UseTreeId, UseTree, use_trees;
    MacroParamId, MacroParam, macro_params;
    AttrId, Attr, attrs;
    AttrArgId, AttrArg, attr_args;
    TypeId, Type, types;
    GenericArgId, GenericArg, generic_args;
    PatId, Pat, pats;
    FieldPatId, FieldPat, field_pats;
    StmtId, Stmt, stmts;
    LetId, Let, lets;
    BlockId, Block, blocks;
    ExprId, Expr, exprs;
    PartId, Part, parts;
    InitId, Init, inits;
    ArmId, Arm, arms;
    SelectArmId, SelectArm, select_arms;
    ClosureId, Closure, closures;
    MacroCallId, MacroCall, macro_calls;
}
