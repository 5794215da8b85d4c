//! Items inside bodies: each block that has some gets a scope, nested as the blocks are.
//!
//! In: a tree whose outer items are collected. Out: definitions whose parent is the function around them, and
//! [`BlockNames`] by block. They see the items of the blocks around them and the module, but no variables.

use super::{Collector, Place};
use crate::names::{BlockNames, ScopeId, Source};
use crate::{DefId, Package};
use syntax::ast::{self, TextRange};

impl Collector<'_> {
    /// `first` is the first definition of the tree.
    pub(super) fn local_items(&mut self, place: Place, first: DefId) {
        let ast = place.ast;
        if !ast.stmts.iter().any(|stmt| matches!(stmt.kind, ast::StmtKind::Item(_))) {
            return;
        }
        let items = |block: &ast::Block| -> Vec<ast::ItemId> {
            let stmts = ast.list(block.stmts);
            stmts
                .filter_map(|stmt| match ast[stmt].kind {
                    ast::StmtKind::Item(item) => Some(item),
                    ast::StmtKind::Let(_)
                    | ast::StmtKind::Using { .. }
                    | ast::StmtKind::Expr(_)
                    | ast::StmtKind::Semi(_) => None,
                })
                .collect()
        };
        let mut blocks: Vec<(ast::BlockId, TextRange, Vec<ast::ItemId>)> = ast
            .blocks
            .iter_enumerated()
            .map(|(id, block)| (id, block.range, items(block)))
            .filter(|(_, _, items)| !items.is_empty())
            .collect();
        // Outer before inner.
        blocks.sort_by_key(|(_, range, _)| (range.lo, std::cmp::Reverse(range.hi)));
        let mut open: Vec<(TextRange, ScopeId)> = Vec::new();
        let mut owners = Owners { next: first, all: Vec::new() };
        for (block, range, items) in blocks {
            while open.pop_if(|(outer, _)| outer.hi < range.hi).is_some() {}
            let parent = open.last().map(|&(_, scope)| scope);
            let names = &mut self.package.names;
            let scope = names.blocks.push(BlockNames { parent, ..BlockNames::default() });
            names.units[place.unit].block_scopes.insert(block, scope);
            open.push((range, scope));
            let owner = owners.at(self.package, place, range);
            let inner = Place { parent: owner, scope: Some(scope), ..place };
            for item in items {
                self.item(inner, item);
            }
        }
    }
}

/// The functions, constants and tests of a tree.
struct Owners {
    /// The definitions from here on have not been looked at.
    next: DefId,
    all: Vec<(TextRange, DefId)>,
}

impl Owners {
    /// The innermost one whose text contains `range`.
    fn at(&mut self, package: &Package, place: Place, range: TextRange) -> Option<DefId> {
        while let Some(&source) = package.names.sources.get(self.next) {
            if let Source::Item(unit, item) = source
                && unit == place.unit
                && package.body_of(self.next).is_some()
            {
                self.all.push((place.ast[item].range, self.next));
            }
            self.next.0 += 1;
        }
        self.all
            .iter()
            .filter(|(owner, _)| owner.lo <= range.lo && range.hi <= owner.hi)
            .min_by_key(|(owner, _)| owner.hi - owner.lo)
            .map(|&(_, def)| def)
    }
}
