//! Trees to HIR: items with resolved types, bodies without sugar.
//!
//! In: a package whose names are all known. Out: its items, and bodies. Afterwards the items and bodies of the package's
//! own modules are lowered; those of the standard library are when they are first asked for.
//!
//! ```text
//! while x < 3 { x += 1 }   ⇒   'l: loop { if x < 3 { x += 1 } else { break 'l } }
//! ```

mod block;
mod body;
mod call;
mod control;
mod expr;
mod format;
mod format_spec;
mod item;
pub(crate) mod literal;
mod pat;
mod path;

use crate::names::Source;
use crate::resolve::Cx;
use crate::{Body, BodyId, DefKind, Item, Package};
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
        let module = package.defs[package.bodies[id].owner].module;
        if !package.modules[module].is_std {
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

/// Lowers one body.
pub(crate) fn lower_body(package: &Package, id: BodyId, diags: &mut Diagnostics) -> Body {
    let owner = package.bodies[id].owner;
    let cx = Cx::new(package, owner, diags);
    let Source::Item(unit, item) = package.names.sources[owner] else {
        unreachable!("only items have bodies ({owner})");
    };
    let node = package.names.units[unit].ast[item];
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
