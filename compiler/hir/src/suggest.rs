//! Did you mean: [`base::did_you_mean`] for symbols.

use base::{Symbol, did_you_mean};

/// The candidate nearest to `wrong`, whatever their order.
pub(crate) fn nearest(wrong: Symbol, candidates: impl IntoIterator<Item = Symbol>) -> Option<Symbol> {
    let texts: Vec<&str> =
        candidates.into_iter().map(Symbol::as_str).filter(|text| !text.is_empty()).collect();
    did_you_mean(wrong.as_str(), texts).map(Symbol::intern)
}

/// Names that other languages have, what they are called here, and what else to know.
const FOREIGN: &[(&[&str], &str, &str)] = &[
    (
        &["null", "nil", "NULL", "nullptr", "None", "undefined"],
        "none",
        "there is no null: what may be absent is an `Option`",
    ),
    (&["this"], "self", "it is a method's first parameter"),
    (&["True", "TRUE"], "true", ""),
    (&["False", "FALSE"], "false", ""),
    (&["int", "long", "Int", "Integer"], "i64", "numbers have a width: `i8` to `i128`, `u8` to `u128`"),
    (&["uint", "size_t", "UInt"], "usize", "numbers have a width: `i8` to `i128`, `u8` to `u128`"),
    (&["float", "double", "Float", "Double"], "f64", "numbers have a width: `f32` or `f64`"),
    (&["string", "std_string"], "String", "a text that is borrowed is a `&str`"),
    (&["boolean", "Bool", "Boolean"], "bool", ""),
    (&["byte", "uchar"], "u8", ""),
    (&["void", "Void", "Unit"], "()", ""),
    (&["Vec", "vec", "Array", "ArrayList"], "List", ""),
    (&["HashMap", "Dict", "dict", "Dictionary", "BTreeMap"], "Map", ""),
    (&["HashSet", "BTreeSet"], "Set", ""),
    (&["print_line", "printf", "printLine", "echo", "puts"], "println", ""),
];

/// What a name of another language is called here, and a note or none.
pub(crate) fn foreign(wrong: Symbol) -> Option<(&'static str, &'static str)> {
    let found = FOREIGN.iter().find(|(names, _, _)| names.contains(&wrong.as_str()));
    found.map(|&(_, here, note)| (here, note))
}
