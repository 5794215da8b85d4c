//! Items inside bodies: each block that has some gets a scope, nested as the blocks are.
//!
//! In: a tree whose outer items are collected. Out: definitions whose parent is the function around them, and
//! [`BlockNames`] by block. They see the items of the blocks around them and the module, but no variables.

use super::{Collector, Place};
use crate::DefId;
use crate::names::{BlockNames, ScopeId};
use syntax::ast::{self, TextRange};

impl Collector<'_> {
    pub(super) fn local_items(&mut self, place: Place) {
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
        for (block, range, items) in blocks {
            while open.pop_if(|(outer, _)| outer.hi < range.hi).is_some() {}
            let parent = open.last().map(|&(_, scope)| scope);
            let names = &mut self.package.names;
            let scope = names.blocks.push(BlockNames { parent, ..BlockNames::default() });
            names.units[place.unit].block_scopes.insert(block, scope);
            open.push((range, scope));
            let owner = self.owner_at(place, range);
            let inner = Place { parent: owner, scope: Some(scope), ..place };
            for item in items {
                self.item(inner, item);
            }
        }
    }

    /// The innermost function, constant or test whose text contains `range`.
    fn owner_at(&self, place: Place, range: TextRange) -> Option<DefId> {
        let unit = &self.package.names.units[place.unit];
        place
            .ast
            .item_nodes
            .iter_enumerated()
            .filter(|(_, node)| node.range.lo <= range.lo && range.hi <= node.range.hi)
            .filter_map(|(id, node)| Some((node.range, *unit.item_defs.get(&id)?)))
            .filter(|(_, def)| self.package.names.body_of.contains_key(def))
            .min_by_key(|(range, _)| range.hi - range.lo)
            .map(|(_, def)| def)
    }
}
