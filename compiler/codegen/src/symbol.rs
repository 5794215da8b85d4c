//! Symbols: Rust's v0 mangling, which gdb, lldb and binutils read back.
//!
//! In: a [`FunctionPath`]. Out: a name the linker accepts and tools demangle:
//!
//! ```text
//! bank · Bank · transfer        _RNvNtC4bank4Bank8transfer          bank::Bank::transfer
//! core.list · List[i64] · push  _RNvINtNtC4core4list4ListxE4push    core::list::List::<i64>::push
//! ```
//!
//! Paths carry types as printed text; [`Types`] reads the text back. What it can't read becomes an identifier.

use base::Symbol;
use mir::{ConstId, FunctionPath, Program, StaticItem};
use std::collections::BTreeMap;

/// The symbol of every function, by number. Two functions whose paths mangle alike are told apart by order.
pub fn symbols(program: &Program) -> Vec<String> {
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    let mut symbols = Vec::with_capacity(program.functions.len());
    for function in program.functions.iter() {
        let plain = mangle(&function.path, function.path.index);
        let count = taken.entry(plain.clone()).or_insert(0);
        symbols.push(match *count {
            0 => plain,
            again => mangle(&function.path, function.path.index + again * 1000),
        });
        *count += 1;
    }
    symbols
}

/// The symbols of the tables of `dyn` types, in the same way.
pub fn table_symbols(program: &Program) -> BTreeMap<ConstId, String> {
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    let mut symbols = BTreeMap::new();
    for (id, memory) in program.consts.iter_enumerated() {
        let Some(table) = &memory.table else { continue };
        let plain = mangle(&table.path, table.path.index);
        let count = taken.entry(plain.clone()).or_insert(0);
        symbols.insert(
            id,
            match *count {
                0 => plain,
                again => mangle(&table.path, table.path.index + again * 1000),
            },
        );
        *count += 1;
    }
    symbols
}

/// The symbol of each static.
pub fn static_symbols(program: &Program) -> BTreeMap<ConstId, String> {
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    let symbol = |item: &StaticItem| {
        let plain = mangle(&item.path, 0);
        let count = taken.entry(plain.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { plain } else { mangle(&item.path, (*count - 1) * 1000) }
    };
    let symbols: Vec<String> = program.statics.values().map(symbol).collect();
    program.statics.keys().copied().zip(symbols).collect()
}

/// The path as the language writes it, `bank.Bank.transfer`: a second name for debuggers.
pub fn dotted(path: &FunctionPath) -> String {
    let mut parts: Vec<&str> = path.module.iter().map(|part| part.as_str()).collect();
    parts.extend(path.self_ty.as_deref());
    parts.push(&path.name);
    parts.join(".")
}

/// `disambiguator`: 0 for none.
fn mangle(path: &FunctionPath, disambiguator: u32) -> String {
    let mut out = String::from("_R");
    let generic = !path.args.is_empty();
    if generic {
        out.push('I');
    }
    let (namespace, name) = match path.name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
        None => ('v', path.name.as_str()),
        Some("closure") => ('C', ""),
        Some(shim) => ('S', shim),
    };
    out.push('N');
    out.push(namespace);
    match &path.self_ty {
        Some(ty) => Types::new(ty).nominal(&mut out, &path.module),
        None => module(&mut out, &path.module),
    }
    identifier(&mut out, name, disambiguator);
    if generic {
        for argument in &path.args {
            Types::new(argument).ty(&mut out);
        }
        out.push('E');
    }
    out
}

fn module(out: &mut String, path: &[Symbol]) {
    let (first, rest) = match path {
        [first, rest @ ..] => (first.as_str(), rest),
        [] => ("main", path),
    };
    (0..rest.len()).for_each(|_| out.push_str("Nt"));
    out.push('C');
    identifier(out, first, 0);
    rest.iter().for_each(|part| identifier(out, part.as_str(), 0));
}

/// Symbols are ASCII letters, digits and `_`; anything else becomes `_`, told apart by its code.
fn identifier(out: &mut String, text: &str, disambiguator: u32) {
    if disambiguator > 0 {
        out.push('s');
        base_62(out, disambiguator - 1);
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let clean: String = match text.chars().all(plain) {
        true => text.to_owned(),
        false => text
            .chars()
            .map(|c| match c {
                c if plain(c) => c.to_string(),
                '.' | ' ' | ',' | '[' | ']' | '(' | ')' | '&' | '*' => "_".to_owned(),
                c => format!("_{:x}_", c as u32),
            })
            .collect(),
    };
    out.push_str(&clean.len().to_string());
    if clean.starts_with(|c: char| c.is_ascii_digit() || c == '_') {
        out.push('_');
    }
    out.push_str(&clean);
}

/// v0's numbers: 0 is `_`, n is n-1 in base 62 and `_`.
fn base_62(out: &mut String, number: u32) {
    const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if let Some(mut rest) = number.checked_sub(1) {
        let mut digits = Vec::new();
        loop {
            digits.push(DIGITS[(rest % 62) as usize] as char);
            rest /= 62;
            if rest == 0 {
                break;
            }
        }
        out.extend(digits.iter().rev());
    }
    out.push('_');
}

/// Reads a printed type: `Map[String, &[u8]]`.
struct Types<'a> {
    text: &'a str,
}

impl<'a> Types<'a> {
    fn new(text: &'a str) -> Types<'a> {
        Types { text: text.trim() }
    }

    fn eat(&mut self, token: &str) -> bool {
        match self.text.strip_prefix(token) {
            Some(rest) => {
                self.text = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'a str {
        let end = self
            .text
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(self.text.len());
        // Something we know no shape for: take it whole, so that nothing is lost.
        let end = if end == 0 { self.text.len() } else { end };
        let (word, rest) = self.text.split_at(end);
        self.text = rest.trim_start();
        word
    }

    /// A record's or union's name as a path in `path`, with its arguments.
    fn nominal(&mut self, out: &mut String, path: &[Symbol]) {
        let name = self.word();
        let generic = self.text.starts_with('[');
        if generic {
            out.push('I');
        }
        match path.is_empty() {
            // Printed without its module: a path of its own.
            true => out.push('C'),
            false => {
                out.push_str("Nt");
                module(out, path);
            }
        }
        identifier(out, name, 0);
        if generic {
            self.eat("[");
            self.list(out, "]");
            out.push('E');
        }
    }

    fn list(&mut self, out: &mut String, end: &str) {
        while !self.eat(end) && !self.text.is_empty() {
            self.ty(out);
            self.eat(",");
        }
    }

    fn ty(&mut self, out: &mut String) {
        if self.eat("&mut ") {
            out.push('Q');
            return self.ty(out);
        }
        if self.eat("&") {
            out.push('R');
            return self.ty(out);
        }
        if self.eat("*mut ") {
            out.push('O');
            return self.ty(out);
        }
        if self.eat("*") {
            out.push('P');
            return self.ty(out);
        }
        if self.eat("[") {
            let mut element = String::new();
            self.ty(&mut element);
            if self.eat(";") {
                let length: u64 = self.word().parse().unwrap_or(0);
                out.push_str(&format!("A{element}j{length:x}_"));
            } else {
                out.push('S');
                out.push_str(&element);
            }
            self.eat("]");
            return;
        }
        if self.eat("()") {
            out.push('u');
            return;
        }
        if self.eat("(") {
            out.push('T');
            self.list(out, ")");
            out.push('E');
            return;
        }
        if self.eat("fn(") {
            out.push('F');
            self.list(out, ")");
            out.push('E');
            match self.eat("->") {
                true => self.ty(out),
                false => out.push('u'),
            }
            return;
        }
        let end = self.text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.text.len());
        match primitive(&self.text[..end]) {
            Some(code) => {
                self.text = self.text[end..].trim_start();
                out.push(code);
            }
            None => self.nominal(out, &[]),
        }
    }
}

fn primitive(name: &str) -> Option<char> {
    Some(match name {
        "i8" => 'a',
        "bool" => 'b',
        "char" => 'c',
        "f64" => 'd',
        "str" => 'e',
        "f32" => 'f',
        "u8" => 'h',
        "isize" => 'i',
        "usize" => 'j',
        "i32" => 'l',
        "u32" => 'm',
        "i128" => 'n',
        "u128" => 'o',
        "i16" => 's',
        "u16" => 't',
        "i64" => 'x',
        "u64" => 'y',
        "never" => 'z',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(module: &[&str], self_ty: Option<&str>, name: &str, args: &[&str]) -> String {
        mangle(
            &FunctionPath {
                module: module.iter().map(|part| Symbol::intern(part)).collect(),
                self_ty: self_ty.map(str::to_owned),
                protocol: None,
                name: name.to_owned(),
                args: args.iter().map(|arg| arg.to_string()).collect(),
                index: 0,
            },
            0,
        )
    }

    #[test]
    fn paths_mangle_as_rustc_would() {
        assert_eq!(path(&["bank"], Some("Bank"), "transfer", &[]), "_RNvNtC4bank4Bank8transfer");
        assert_eq!(
            path(&["core", "list"], Some("List[i64]"), "push", &[]),
            "_RNvINtNtC4core4list4ListxE4push"
        );
        assert_eq!(path(&["app"], None, "max", &["&str", "(i64, [u8; 16])"]), "_RINvC3app3maxReTxAhj10_EE");
        assert_eq!(path(&["app"], None, "{closure}", &[]), "_RNCC3app0");
    }

    #[test]
    fn debuggers_get_the_languages_names_too() {
        let path = FunctionPath {
            module: vec![Symbol::intern("bank")],
            self_ty: Some("Bank".to_owned()),
            protocol: None,
            name: "transfer".to_owned(),
            args: Vec::new(),
            index: 0,
        };
        assert_eq!(dotted(&path), "bank.Bank.transfer");
    }

    #[test]
    fn numbers_are_v0s() {
        let number = |n| {
            let mut out = String::new();
            base_62(&mut out, n);
            out
        };
        assert_eq!([number(0), number(1), number(11), number(63)], ["_", "0_", "a_", "10_"]);
    }
}
