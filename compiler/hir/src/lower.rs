//! Trees to HIR: items with resolved types, bodies without sugar.
//!
//! In: a package whose names are all known. Out: its items, and bodies. Afterwards the items and bodies of the package's
//! own modules are lowered; those of the standard library, and derived bodies, are when they are first asked for.
//!
//! ```text
//! while x < 3 { x += 1 }   ⇒   'l: loop { if x < 3 { x += 1 } else { break 'l } }
//! ```

mod block;
mod body;
mod call;
mod control;
mod expr;
mod foreign;
mod format;
mod format_spec;
mod item;
pub(crate) mod literal;
mod pat;
mod path;

use crate::expand::derive::{self, Derivable};
use crate::names::Source;
use crate::resolve::{Cx, unit_of};
use crate::{Body, BodyId, DefId, DefKind, Item, Package};
use base::Diagnostics;
use body::BodyCx;
use syntax::ast;

pub(crate) use item::{impl_head, lower_item};

/// Lowers the items and the bodies of the package's own modules.
pub(crate) fn lower_all(package: &Package, diags: &mut Diagnostics) {
    for &def in &package.own_defs {
        if let Some(item) = lower_item(package, def, diags) {
            // A constant in another's type may have asked for it already.
            let _ = package.items[def].set(Box::new(item));
        }
    }
    for id in package.bodies.ids() {
        let owner = package.bodies[id].owner;
        if !package.is_std(owner) && !waits(package, owner) {
            let body = lower_body(package, id, diags);
            if package.bodies[id].cell.set(Box::new(body)).is_err() {
                unreachable!("nobody asks for bodies before they are lowered");
            }
        }
    }
    check_main(package, diags);
    diags.append(package.take_late_diagnostics());
}

fn check_main(package: &Package, diags: &mut Diagnostics) {
    let Some(main) = package.main else { return };
    if let Some(Item::Fn(item)) = package.item(main)
        && let Some(param) = item.params.first()
    {
        diags.error(
            base::Diagnostic::error("N5021", param.span, "`main` takes no parameters")
                .note("the arguments of the command line are in `core.env`"),
        );
    }
}

/// Nothing can be wrong with a derived body but its types, unless it is large: it is lowered when it is asked for.
fn waits(package: &Package, owner: DefId) -> bool {
    derived_from(package, owner).is_some_and(|(tree, item, _)| !derive::is_large(tree, item))
}

/// Of a member of a derived impl: the tree with the type, which item that is, and what is derived.
fn derived_from(package: &Package, member: DefId) -> Option<(&ast::Module, ast::ItemId, Derivable)> {
    let parent = package.defs[member].parent?;
    if let Source::Derived(item, of, protocol) = package.names.sources[parent] {
        Some((&package.names.units[unit_of(package, of)].ast, item, protocol))
    } else {
        None
    }
}

/// Lowers one body.
pub(crate) fn lower_body(package: &Package, id: BodyId, diags: &mut Diagnostics) -> Body {
    let owner = package.bodies[id].owner;
    let cx = Cx::new(package, owner, diags);
    if let Some((tree, item, protocol)) = derived_from(package, owner) {
        let tree = derive::members(tree, item, protocol);
        let member = first_member(&tree).expect("a derived body stands in a function");
        return body_in(Cx { ast: &tree, ..cx }, member, id);
    }
    let Source::Item(_, item) = package.names.sources[owner] else {
        unreachable!("only items have bodies ({owner})");
    };
    body_in(cx, item, id)
}

/// What a derived impl consists of.
fn first_member(tree: &ast::Module) -> Option<ast::ItemId> {
    tree.list(tree.items).find_map(|item| {
        if let ast::ItemKind::Impl(decl) = tree[item].kind { tree.list(decl.members).next() } else { None }
    })
}

/// The body of an item.
fn body_in(cx: Cx, item: ast::ItemId, id: BodyId) -> Body {
    let node = cx.ast[item];
    let mut cx = BodyCx::new(cx);
    let value = match node.kind {
        ast::ItemKind::Fn(decl) => {
            let block = decl.body.expect("a function with a body id has a body");
            cx.function(decl.params, block)
        }
        ast::ItemKind::Const(decl) | ast::ItemKind::Static(decl) => {
            cx.expr(decl.value.expect("a constant with a body id has a value"))
        }
        ast::ItemKind::Test(decl) => cx.function(decl.params, decl.body),
        ast::ItemKind::Module(_)
        | ast::ItemKind::Use(_)
        | ast::ItemKind::Record(_)
        | ast::ItemKind::Union(_)
        | ast::ItemKind::Protocol(_)
        | ast::ItemKind::Impl(_)
        | ast::ItemKind::TypeAlias(_)
        | ast::ItemKind::Extern(_)
        | ast::ItemKind::Macro(_)
        | ast::ItemKind::MacroCall(_)
        | ast::ItemKind::Bench(_)
        | ast::ItemKind::Actor(_)
        | ast::ItemKind::State(_)
        | ast::ItemKind::Handler(_)
        | ast::ItemKind::Error => unreachable!("{:?} has no body", DefKind::Fn),
    };
    cx.finish(id, value)
}

/// A constant inside a type, as a body of its own.
pub(crate) fn lower_const_arg(outer: &mut Cx, expr: ast::ExprId) -> BodyId {
    let package = outer.package;
    package.add_late_body(|id| {
        let mut cx = BodyCx::new(Cx { diags: outer.diags, generics: outer.generics.clone(), ..*outer });
        let value = cx.expr(expr);
        cx.finish(id, value)
    })
}
