//! Attributes: decoded, checked against the list of known ones, `#[cfg(…)]` evaluated.
//!
//! In: the attribute nodes of an item. Out: [`Attr`]s, and whether the item is there at all.
//!
//! ```text
//! #[cfg(target_os: "none")] fn f() {}   ⇒   nothing, on a hosted target
//! ```

use crate::map::Map;
use crate::suggest::nearest;
use crate::{Attr, AttrArg, AttrValue, Lit};
use base::{Applicability, Diagnostic, Diagnostics, Span, Symbol};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use syntax::ast;

/// What lowering must be told of the world around the program.
#[derive(Clone, Debug, Default)]
pub struct Cfg {
    /// The paths of what the standard library calls so, loaded or not: to propose imports of them.
    pub library: Option<fn(&str) -> Vec<String>>,
    /// The paths of all modules of the standard library, loaded or not.
    pub library_modules: Option<fn() -> Vec<String>>,
    /// What `#[cfg(…)]` asks: keys with their values (`target_os` → `linux`), flags with none (`test`).
    pub values: BTreeMap<String, Option<String>>,
}

impl Cfg {
    pub fn set(&mut self, key: &str, value: &str) {
        self.values.insert(key.to_string(), Some(value.to_string()));
    }
    pub fn set_flag(&mut self, flag: &str) {
        self.values.insert(flag.to_string(), None);
    }
}

/// All attributes that mean something, here or in a later stage.
const KNOWN: &[&str] = &[
    "allow",
    "bench",
    "cfg",
    "cold",
    "default",
    "deprecated",
    "derive",
    "export",
    "ffi",
    "inline",
    "intrinsic",
    "lang",
    "link",
    "mailbox",
    "must_use",
    "no_mangle",
    "noinline",
    "nonnull",
    "repr",
    "runtime",
    "test",
    "track_caller",
];

/// The same, interned.
fn known() -> &'static Map<Symbol, ()> {
    static SYMBOLS: OnceLock<Map<Symbol, ()>> = OnceLock::new();
    SYMBOLS.get_or_init(|| KNOWN.iter().map(|name| (Symbol::intern(name), ())).collect())
}

pub(crate) struct AttrCx<'a> {
    pub ast: &'a ast::Module,
    pub derived: Option<Span>,
    pub cfg: &'a Cfg,
    pub diags: &'a mut Diagnostics,
}

impl AttrCx<'_> {
    /// The attributes, or none if a `cfg` among them says that the item is not to be compiled.
    pub fn decode(&mut self, attrs: ast::List<ast::AttrId>) -> Option<Vec<Attr>> {
        let decoded: Vec<Attr> = self.ast.list(attrs).map(|attr| self.attr(attr)).collect();
        for attr in &decoded {
            let name = attr.path.as_str();
            if name == "cfg" {
                if !self.all(attr) {
                    return None;
                }
            } else if !known().contains_key(&attr.path) && !name.is_empty() {
                self.warn_unknown(attr);
            }
        }
        Some(decoded)
    }

    fn warn_unknown(&mut self, attr: &Attr) {
        let warning = Diagnostic::warning("N5013", attr.span, format!("unknown attribute `{}`", attr.path))
            .label("has no effect");
        let warning = match nearest(attr.path, KNOWN.iter().map(|name| Symbol::intern(name))) {
            Some(near) => {
                let name =
                    Span::new(attr.span.file, attr.span.lo, attr.span.lo + attr.path.as_str().len() as u32);
                warning.fix(
                    format!("did you mean `{near}`?"),
                    name,
                    near.as_str(),
                    Applicability::MaybeIncorrect,
                )
            }
            None => warning,
        };
        self.diags.warn(warning);
    }

    fn span(&self, at: impl ast::Located) -> Span {
        self.derived.unwrap_or_else(|| self.ast.span(at))
    }

    fn attr(&mut self, id: ast::AttrId) -> Attr {
        let node = self.ast[id];
        let mut names = self.ast.list(node.path);
        let path = match (names.next(), names.next()) {
            (Some(only), None) => only.symbol,
            _ => crate::modules::join(&self.ast.list(node.path).collect::<Vec<_>>()),
        };
        let args = self.ast.list(node.args).filter_map(|arg| self.arg(arg)).collect();
        Attr { path, args, span: self.span(id) }
    }

    fn arg(&mut self, id: ast::AttrArgId) -> Option<AttrArg> {
        let node = self.ast[id];
        let value = match node.kind {
            ast::AttrArgKind::Literal(literal) => {
                AttrValue::Lit(crate::lower::literal::decode(literal, self.span(id), self.diags).ok()?)
            }
            ast::AttrArgKind::Attr(attr) => AttrValue::Attr(self.attr(attr)),
            ast::AttrArgKind::Error => return None,
        };
        Some(AttrArg { name: node.name.map(|name| name.symbol), value, span: self.span(id) })
    }

    /// `cfg(a, b)`: all of them.
    fn all(&mut self, attr: &Attr) -> bool {
        attr.args.iter().all(|arg| self.holds(arg))
    }

    fn holds(&mut self, arg: &AttrArg) -> bool {
        let wrong = |cx: &mut Self| {
            cx.diags.error(
                Diagnostic::error("N5014", arg.span, "this is no condition")
                    .note("conditions are `key: \"value\"`, `flag`, `all(…)`, `any(…)` and `not(…)`"),
            );
            true
        };
        match (&arg.name, &arg.value) {
            (Some(key), AttrValue::Lit(Lit::Str(value))) => {
                self.cfg.values.get(key.as_str()).is_some_and(|it| it.as_deref() == Some(value.as_str()))
            }
            (None, AttrValue::Attr(inner)) => match inner.path.as_str() {
                "all" => self.all(inner),
                "any" => inner.args.iter().any(|arg| self.holds(arg)),
                "not" if inner.args.len() == 1 => !self.holds(&inner.args[0]),
                "not" => wrong(self),
                flag if inner.args.is_empty() => self.cfg.values.contains_key(flag),
                _ => wrong(self),
            },
            (None, AttrValue::Lit(Lit::Bool(value))) => *value,
            (Some(_) | None, AttrValue::Lit(_)) | (Some(_), AttrValue::Attr(_)) => wrong(self),
        }
    }
}

/// The only argument of `#[name("text")]`.
pub(crate) fn text_arg(attr: &Attr, diags: &mut Diagnostics) -> Option<Symbol> {
    match &attr.args[..] {
        [AttrArg { name: None, value: AttrValue::Lit(Lit::Str(text)), .. }] => Some(*text),
        _ => {
            diags.error(
                Diagnostic::error("N5014", attr.span, format!("`{}` takes one text", attr.path))
                    .note(format!("as in `#[{}(\"name\")]`", attr.path)),
            );
            None
        }
    }
}
