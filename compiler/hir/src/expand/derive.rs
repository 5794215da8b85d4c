//! `#[derive(…)]`: the members of an impl, written as source text and parsed.
//!
//! In: a record or union, the attribute. Out: which protocols; [`heads`] are the members that an impl of one has, the same
//! for all types, and [`members`] the same with their bodies, made when a body is asked for: most of a large program's
//! never are. The impl's own head is ignored, since that of the type says more. Names are hygienic: `__lang_x` is the
//! lang item `x`, and other names are looked up as full module paths, so that nothing of the program can shadow them.
//!
//! ```text
//! #[derive(Clone)] record P { x: i64 }   ⇒   impl Self { fn clone(&self) -> Self { Self { x: __lang_clone.clone(&self.x) } } }
//! ```
//!
//! `Show` and `Debug` both print `Point { x: 1, y: 2 }`, `Circle(1.0)`, `Empty`: with the fields' `Show`, or with their
//! `Debug`, which also knows `{x:#?}`.

use crate::suggest::nearest;
use crate::{Attr, AttrValue, LangItem, unsupported};
use base::{Applicability, Diagnostic, Diagnostics, FileId, Span, Symbol};
use std::fmt::Write;
use syntax::ast;

/// A derived impl.
pub(crate) struct Made {
    /// The name in the attribute.
    pub span: Span,
    pub protocol: Derivable,
}

/// What can be derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Derivable {
    Clone,
    Comparable,
    Copy,
    Debug,
    Default,
    Eq,
    Hash,
    Show,
}

impl Derivable {
    const ALL: [Derivable; 8] = [
        Derivable::Clone,
        Derivable::Comparable,
        Derivable::Copy,
        Derivable::Debug,
        Derivable::Default,
        Derivable::Eq,
        Derivable::Hash,
        Derivable::Show,
    ];

    fn name(self) -> &'static str {
        match self {
            Derivable::Clone => "Clone",
            Derivable::Comparable => "Comparable",
            Derivable::Copy => "Copy",
            Derivable::Debug => "Debug",
            Derivable::Default => "Default",
            Derivable::Eq => "Eq",
            Derivable::Hash => "Hash",
            Derivable::Show => "Show",
        }
    }

    pub fn lang_item(self) -> LangItem {
        match self {
            Derivable::Clone => LangItem::Clone,
            Derivable::Comparable => LangItem::Comparable,
            Derivable::Copy => LangItem::Copy,
            Derivable::Debug => LangItem::Debug,
            Derivable::Default => LangItem::Default,
            Derivable::Eq => LangItem::Eq,
            Derivable::Hash => LangItem::Hash,
            Derivable::Show => LangItem::Show,
        }
    }

    /// The head of the one function of the impl; `Copy` has none.
    fn head(self) -> Option<&'static str> {
        Some(match self {
            Derivable::Clone => "fn clone(&self) -> Self",
            Derivable::Comparable => "fn compare(&self, other: &Self) -> __lang_ordering",
            Derivable::Copy => return None,
            Derivable::Debug => {
                "fn debug(&self, f: &mut core.fmt.Formatter) -> __lang_result[(), core.fmt.FormatError]"
            }
            Derivable::Default => "fn default() -> Self",
            Derivable::Eq => "fn eq(&self, other: &Self) -> bool",
            Derivable::Hash => "fn hash(&self, hasher: &mut core.hash.Hasher)",
            Derivable::Show => {
                "fn show(&self, f: &mut core.fmt.Formatter) -> __lang_result[(), core.fmt.FormatError]"
            }
        })
    }

    /// What the function does.
    fn body(self, shape: &Shape) -> String {
        match self {
            Derivable::Clone => clone(shape),
            Derivable::Comparable => compare(shape),
            Derivable::Copy => String::new(),
            Derivable::Debug => debug(shape),
            // That there is one variant to choose was looked at before.
            Derivable::Default => default(shape).unwrap_or_default(),
            Derivable::Eq => eq(shape),
            Derivable::Hash => hash(shape),
            Derivable::Show => show(shape),
        }
    }
}

/// Types with larger variants have bodies that may nest too deeply, which must be known in time.
const LARGE: usize = 100;

/// What is derived for.
struct Shape {
    name: String,
    /// A record is one variant that is called `Self`.
    is_union: bool,
    variants: Vec<Variant>,
    is_copy: bool,
}

struct Variant {
    name: String,
    fields: Fields,
    is_default: bool,
}

enum Fields {
    None,
    Positional(usize),
    Named(Vec<String>),
}

pub(crate) fn expand(
    module: &ast::Module,
    item: ast::ItemId,
    attr: &Attr,
    diags: &mut Diagnostics,
) -> Vec<Made> {
    let mut made = Vec::new();
    for arg in &attr.args {
        let AttrValue::Attr(Attr { path, args, .. }) = &arg.value else {
            diags.error(
                Diagnostic::error("N5014", arg.span, "`derive` takes names of protocols")
                    .note("as in `#[derive(Clone, Show)]`"),
            );
            continue;
        };
        let name = path.as_str();
        if !args.is_empty() {
            diags.error(Diagnostic::error(
                "N5014",
                arg.span,
                format!("`{name}` takes no arguments in `derive`"),
            ));
            continue;
        }
        let Some(protocol) = Derivable::ALL.into_iter().find(|it| it.name() == name) else {
            if name == "Failure" {
                unsupported(diags, arg.span, "derived failures");
                continue;
            }
            let all = Derivable::ALL.map(Derivable::name);
            let error = Diagnostic::error("N5015", arg.span, format!("`{name}` cannot be derived"))
                .note(format!("what can be: {}", all.join(", ")));
            diags.error(match nearest(*path, all.map(Symbol::intern)) {
                Some(near) => error.fix(
                    format!("did you mean `{near}`?"),
                    arg.span,
                    near.as_str(),
                    Applicability::MaybeIncorrect,
                ),
                None => error,
            });
            continue;
        };
        if protocol == Derivable::Default
            && let Some(Err(problem)) = shape(module, item).map(|shape| default(&shape))
        {
            diags.error(
                Diagnostic::error("N5015", arg.span, problem)
                    .note("mark the variant that is meant with `#[default]`"),
            );
            continue;
        }
        made.push(Made { span: arg.span, protocol });
    }
    made
}

/// An impl whose functions have empty bodies: what all derived impls of the protocol have in common.
pub(crate) fn heads(protocol: Derivable, file: FileId) -> ast::Module {
    parse(protocol, "", file)
}

/// The same for one type, with what its functions do.
pub(crate) fn members(module: &ast::Module, item: ast::ItemId, protocol: Derivable) -> ast::Module {
    let body = shape(module, item).map(|shape| protocol.body(&shape)).unwrap_or_default();
    parse(protocol, &body, module.file)
}

/// Whether what is written for a type may nest more deeply than expressions may.
pub(crate) fn is_large(module: &ast::Module, item: ast::ItemId) -> bool {
    let node = module[item];
    if let ast::ItemKind::Record(decl) = node.kind {
        decl.fields.len() > LARGE
    } else if let ast::ItemKind::Union(decl) = node.kind {
        module.list(decl.variants).any(|variant| match module[variant].payload {
            ast::Payload::None => false,
            ast::Payload::Positional(fields) | ast::Payload::Named(fields) => fields.len() > LARGE,
        })
    } else {
        false
    }
}

fn parse(protocol: Derivable, body: &str, file: FileId) -> ast::Module {
    let text = match protocol.head() {
        None => "impl Self {}".to_string(),
        Some(head) => format!("impl Self {{ {head} {{ {body} }} }}"),
    };
    let mut own = Diagnostics::new();
    let tree = syntax::parse(&text, file, &mut own);
    // A keyword as the name of a field was told where it is written; the repaired tree has it as a name.
    debug_assert!(
        own.iter().all(|error| error.code == "P1011"),
        "derive wrote what does not parse: {text}\n{own:?}"
    );
    tree
}

fn shape(module: &ast::Module, item: ast::ItemId) -> Option<Shape> {
    let node = module[item];
    let named = |fields: ast::List<ast::FieldId>| {
        let names = module.list(fields).filter_map(|field| module[field].name);
        Fields::Named(names.map(|name| name.as_str().to_string()).collect())
    };
    let has = |attrs: ast::List<ast::AttrId>, wanted: &str| {
        module.list(attrs).any(|attr| module.list(module[attr].path).map(|name| name.as_str()).eq([wanted]))
    };
    let is_copy = module.list(node.attrs).any(|attr| {
        let args = module.list(module[attr].args);
        args.into_iter().any(|arg| match module[arg].kind {
            ast::AttrArgKind::Attr(attr) => {
                module.list(module[attr].path).map(|name| name.as_str()).eq(["Copy"])
            }
            ast::AttrArgKind::Literal(_) | ast::AttrArgKind::Error => false,
        })
    });
    // With parameters, `Copy` has bounds that `Clone` has not: then the fields are cloned.
    let is_plain = |generics: ast::Generics| module.list(generics.params).next().is_none();
    if let ast::ItemKind::Record(decl) = node.kind {
        Some(Shape {
            name: decl.name.as_str().to_string(),
            is_union: false,
            variants: vec![Variant {
                name: decl.name.as_str().to_string(),
                fields: named(decl.fields),
                is_default: true,
            }],
            is_copy: is_copy && is_plain(decl.generics),
        })
    } else if let ast::ItemKind::Union(decl) = node.kind {
        Some(Shape {
            name: decl.name.as_str().to_string(),
            is_union: true,
            variants: module
                .list(decl.variants)
                .filter(|&variant| !module[variant].name.as_str().is_empty())
                .map(|variant| {
                    let node = module[variant];
                    Variant {
                        name: node.name.as_str().to_string(),
                        fields: match node.payload {
                            ast::Payload::None => Fields::None,
                            ast::Payload::Positional(fields) => Fields::Positional(fields.len()),
                            ast::Payload::Named(fields) => named(fields),
                        },
                        is_default: has(node.attrs, "default"),
                    }
                })
                .collect(),
            is_copy: is_copy && is_plain(decl.generics),
        })
    } else {
        None
    }
}

impl Shape {
    /// `Self` or `Self.V`.
    fn path(&self, variant: &Variant) -> String {
        if self.is_union { format!("Self.{}", variant.name) } else { "Self".to_string() }
    }

    /// `match self { Self.V(a0, a1) => …, … }`; for a record its one arm's text, with the fields of `self`.
    fn each(&self, mut arm: impl FnMut(usize, &Variant, &[String]) -> String) -> String {
        if !self.is_union {
            let variant = &self.variants[0];
            let values: Vec<String> = variant.names().iter().map(|name| format!("&self.{name}")).collect();
            return arm(0, variant, &values);
        }
        let mut text = "match self { ".to_string();
        for (index, variant) in self.variants.iter().enumerate() {
            let values = variant.values("a");
            let pattern = self.pattern(variant, "a");
            write!(text, "{pattern} => {}, ", arm(index, variant, &values)).expect("a String takes all");
        }
        text + "}"
    }

    /// The same for `self` and `other`, where both are of one variant.
    fn both(&self, otherwise: &str, mut arm: impl FnMut(&[String], &[String]) -> String) -> String {
        if !self.is_union {
            let names = self.variants[0].names();
            let of = |value: &str| -> Vec<String> {
                names.iter().map(|name| format!("&{value}.{name}")).collect()
            };
            return arm(&of("self"), &of("other"));
        }
        let mut text = "match (self, other) { ".to_string();
        for variant in &self.variants {
            let (left, right) = (self.pattern(variant, "a"), self.pattern(variant, "b"));
            let body = arm(&variant.values("a"), &variant.values("b"));
            write!(text, "({left}, {right}) => {body}, ").expect("a String takes all");
        }
        if self.variants.len() != 1 {
            write!(text, "_ => {otherwise}, ").expect("a String takes all");
        }
        text + "}"
    }

    fn pattern(&self, variant: &Variant, letter: &str) -> String {
        let path = self.path(variant);
        let values = variant.values(letter);
        match &variant.fields {
            Fields::None => path,
            Fields::Positional(_) => format!("{path}({})", values.join(", ")),
            Fields::Named(names) => {
                let fields: Vec<String> =
                    names.iter().zip(&values).map(|(name, value)| format!("{name}: {value}")).collect();
                format!("{path} {{ {} }}", fields.join(", "))
            }
        }
    }

    /// A value of the variant, its fields made by `make`.
    fn build(&self, variant: &Variant, make: impl Fn(usize) -> String) -> String {
        let path = self.path(variant);
        match &variant.fields {
            Fields::None => path,
            Fields::Positional(count) => {
                let values: Vec<String> = (0..*count).map(make).collect();
                format!("{path}({})", values.join(", "))
            }
            Fields::Named(names) => {
                let fields: Vec<String> = names
                    .iter()
                    .enumerate()
                    .map(|(index, name)| format!("{name}: {}", make(index)))
                    .collect();
                format!("{path} {{ {} }}", fields.join(", "))
            }
        }
    }

    /// The number of the variant, as a `let`.
    fn index(&self, name: &str, value: &str) -> String {
        let mut text = format!("let {name}: i64 = match {value} {{ ");
        for (index, variant) in self.variants.iter().enumerate() {
            let path = self.path(variant);
            let pattern = match variant.fields {
                Fields::None => path,
                Fields::Positional(_) => format!("{path}(..)"),
                Fields::Named(_) => format!("{path} {{ .. }}"),
            };
            write!(text, "{pattern} => {index}, ").expect("a String takes all");
        }
        text + "};"
    }
}

impl Variant {
    fn names(&self) -> &[String] {
        match &self.fields {
            Fields::Named(names) => names,
            Fields::None | Fields::Positional(_) => &[],
        }
    }
    fn values(&self, letter: &str) -> Vec<String> {
        let count = match &self.fields {
            Fields::None => 0,
            Fields::Positional(count) => *count,
            Fields::Named(names) => names.len(),
        };
        (0..count).map(|index| format!("{letter}{index}")).collect()
    }
}

fn clone(shape: &Shape) -> String {
    match shape.is_copy {
        true => "*self".to_string(),
        false => shape.each(|_, variant, values| {
            shape.build(variant, |index| format!("__lang_clone.clone({})", values[index]))
        }),
    }
}

fn eq(shape: &Shape) -> String {
    shape.both("false", |left, right| {
        let pairs: Vec<String> =
            left.iter().zip(right).map(|(left, right)| format!("__lang_eq.eq({left}, {right})")).collect();
        if pairs.is_empty() { "true".to_string() } else { pairs.join(" && ") }
    })
}

fn compare(shape: &Shape) -> String {
    let fields = |left: &[String], right: &[String]| {
        let pairs: Vec<String> = left
            .iter()
            .zip(right)
            .map(|(left, right)| format!("__lang_comparable.compare({left}, {right})"))
            .collect();
        let Some((last, others)) = pairs.split_last() else { return "__lang_ordering.Equal".to_string() };
        // One after the other: nested, brackets would be as deep as there are fields.
        let mut text = "{ ".to_string();
        for pair in others {
            write!(text, "match {pair} {{ __lang_ordering.Equal => {{}}, unequal => return unequal, }}; ")
                .expect("a String takes all");
        }
        text + last + " }"
    };
    let otherwise = match shape.is_union && shape.variants.len() > 1 {
        true => format!(
            "{{ {} {} __lang_comparable.compare(&left, &right) }}",
            shape.index("left", "self"),
            shape.index("right", "other")
        ),
        false => "__lang_ordering.Equal".to_string(),
    };
    shape.both(&otherwise, fields)
}

fn hash(shape: &Shape) -> String {
    let head = match shape.is_union {
        true => format!("{} __lang_hash.hash(&index, hasher);", shape.index("index", "self")),
        false => String::new(),
    };
    let body = shape.each(|_, _, values| {
        let calls: Vec<String> =
            values.iter().map(|value| format!("__lang_hash.hash({value}, hasher);")).collect();
        format!("{{ {} }}", calls.join(" "))
    });
    format!("{head} {body}")
}

fn show(shape: &Shape) -> String {
    shape.each(|_, variant, values| {
        let write = |text: &str| format!("f.write_str(\"{}\")", text.replace('{', "{{").replace('}', "}}"));
        if values.is_empty() {
            return write(&variant.name);
        }
        let (open, close) = match variant.fields {
            Fields::Named(_) => (" { ", " }"),
            Fields::None | Fields::Positional(_) => ("(", ")"),
        };
        let mut text = "{ ".to_string();
        for (index, value) in values.iter().enumerate() {
            let before = if index == 0 { format!("{}{open}", variant.name) } else { ", ".to_string() };
            let label = variant.names().get(index).map(|name| format!("{name}: ")).unwrap_or_default();
            let before = write(&(before + &label));
            write!(text, "try {before}; try __lang_show.show({value}, f); ").expect("a String takes all");
        }
        text + &write(close) + " }"
    })
}

fn debug(shape: &Shape) -> String {
    shape.each(|_, variant, values| {
        let name = &variant.name;
        match &variant.fields {
            Fields::Named(names) if !names.is_empty() => {
                let fields: Vec<String> = names
                    .iter()
                    .zip(values)
                    .map(|(name, value)| format!(".field(\"{name}\", {value})"))
                    .collect();
                format!("f.debug_record(\"{name}\"){}.finish()", fields.concat())
            }
            Fields::Positional(_) if !values.is_empty() => {
                let fields: Vec<String> = values.iter().map(|value| format!(".field({value})")).collect();
                format!("f.debug_tuple(\"{name}\"){}.finish()", fields.concat())
            }
            Fields::None | Fields::Positional(_) | Fields::Named(_) => format!("f.write_str(\"{name}\")"),
        }
    })
}

fn default(shape: &Shape) -> Result<String, String> {
    let mut chosen = shape.variants.iter().filter(|variant| variant.is_default);
    let variant = match (chosen.next(), chosen.next()) {
        (Some(variant), None) => variant,
        (None, _) => return Err(format!("`Default` cannot choose a variant of `{}`", shape.name)),
        (Some(_), Some(_)) => return Err(format!("`{}` has more than one `#[default]` variant", shape.name)),
    };
    Ok(shape.build(variant, |_| "__lang_default.default()".to_string()))
}
