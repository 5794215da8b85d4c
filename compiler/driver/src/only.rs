//! `--only`: of a print by items, the items with that name.
//!
//! In: the print of the syntax tree, the HIR or LLVM's IR, and `find` or `Bank.find`. Out: the same print without the other
//! items; what an item stands in (an `impl`) keeps its first and last line.
//!
//! ```text
//! impl Bank {                 impl Bank {
//!     fn open() { … }    →        fn find() { … }
//!     fn find() { … }         }
//! }
//! ```

use crate::emit::Emit;

/// What begins an item, in the print of the tree and in that of the HIR.
const ITEMS: [&str; 16] = [
    "Fn",
    "Record",
    "Union",
    "Protocol",
    "Const",
    "Static",
    "TypeAlias",
    "Test",
    "fn",
    "record",
    "union",
    "protocol",
    "const",
    "static",
    "type",
    "test",
];
/// What may stand before that.
const MODIFIERS: [&str; 5] = ["pub", "const", "unsafe", "intrinsic", "extern"];

/// The part of a stage's print that is about items of this name.
pub fn only(emit: &Emit, text: &str, name: &str) -> String {
    match emit {
        Emit::Ast | Emit::Expanded | Emit::Hir => Outline { lines: text.lines().collect(), name }.run(),
        Emit::LlvmIr => functions(text, name),
        Emit::Tokens | Emit::Mir | Emit::MirAfter(_) | Emit::Regions | Emit::Asm | Emit::Obj => {
            text.to_string()
        }
    }
}

struct Outline<'a> {
    lines: Vec<&'a str>,
    name: &'a str,
}

impl Outline<'_> {
    fn run(&self) -> String {
        let mut out = String::new();
        let mut above = Vec::new();
        self.block(0..self.lines.len(), &mut above, &mut out);
        out
    }

    /// Prints what is wanted of these lines; whether there was anything.
    fn block(&self, range: std::ops::Range<usize>, above: &mut Vec<usize>, out: &mut String) -> bool {
        let mut found = false;
        let mut at = range.start;
        while at < range.end {
            let line = self.lines[at];
            let own = indent(line);
            let mut end = at + 1;
            while end < range.end && (self.lines[end].trim().is_empty() || indent(self.lines[end]) > own) {
                end += 1;
            }
            let inner = end;
            if end < range.end && self.lines[end].trim_start().starts_with('}') {
                end += 1;
            }
            let mut part = String::new();
            if self.is_wanted(line, above) {
                self.lines[at..end].iter().for_each(|line| part.push_str(&format!("{line}\n")));
            } else {
                above.push(at);
                let mut inside = String::new();
                if self.block(at + 1..inner, above, &mut inside) {
                    part = format!("{line}\n{inside}");
                    self.lines[inner..end].iter().for_each(|line| part.push_str(&format!("{line}\n")));
                }
                above.pop();
            }
            found |= !part.is_empty();
            out.push_str(part.trim_start_matches('\n'));
            at = end;
        }
        found
    }

    /// Whether a line begins an item of the name, in what the name says it stands in.
    fn is_wanted(&self, line: &str, above: &[usize]) -> bool {
        let (around, last) = match self.name.rsplit_once('.') {
            Some((around, last)) => (around.rsplit('.').next(), last),
            None => (None, self.name),
        };
        let is_named = item_name(line) == Some(last);
        let mut above = above.iter().flat_map(|&at| self.head(at)).chain(self.lines.first().copied());
        is_named && around.is_none_or(|around| above.any(|line| words(line).any(|word| word == around)))
    }

    /// The line that begins something, and those directly below it that are no items: in the tree, the type of an `Impl`.
    fn head(&self, at: usize) -> impl Iterator<Item = &str> {
        let own = indent(self.lines[at]);
        let inside = self.lines[at + 1..].iter().take_while(move |line| indent(line) > own);
        let direct = inside.filter(move |line| indent(line) == own + 4 && item_name(line).is_none());
        std::iter::once(self.lines[at]).chain(direct.copied())
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// `find` of `pub fn find(&self)` and of `Fn find`.
fn item_name(line: &str) -> Option<&str> {
    let mut words = words(line).skip_while(|word| MODIFIERS[..1].contains(word)).peekable();
    while let Some(word) = words.next() {
        let next = *words.peek()?;
        if ITEMS.contains(&word) && !ITEMS.contains(&next) {
            return Some(next);
        }
        if !MODIFIERS.contains(&word) {
            return None;
        }
    }
    None
}

/// The definitions of a module of LLVM's whose symbols have the name's parts in them.
fn functions(text: &str, name: &str) -> String {
    // Symbols have the length before each name.
    let parts: Vec<String> = name.split('.').map(|part| format!("{}{part}", part.len())).collect();
    let mut out = String::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("define ") {
            let symbol = line.split('@').nth(1).unwrap_or_default();
            let symbol = symbol.split('(').next().unwrap_or_default().trim_matches('"');
            let is_last = parts
                .last()
                .is_some_and(|last| symbol.ends_with(last.as_str()) || symbol.contains(&format!("{last}I")));
            inside = is_last && parts.iter().all(|part| symbol.contains(part.as_str()));
        }
        if inside {
            out.push_str(line);
            out.push('\n');
        }
        if line == "}" {
            inside = false;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_the_tree_and_of_the_hir() {
        let ast = "Module\n    Record Bank\n        Field a\n    Impl\n        Path Bank\n        Fn open\n            Block\n        Fn find\n            Block\n                Int 1\n    Fn find\n";
        let kept = "Module\n    Impl\n        Fn find\n            Block\n                Int 1\n";
        assert_eq!(only(&Emit::Ast, ast, "find"), format!("{kept}    Fn find\n"));
        assert_eq!(only(&Emit::Ast, ast, "Bank"), "Module\n    Record Bank\n        Field a\n");
        let hir = "module main\n\npub record Bank {\n}\n\nimpl main.Bank {\n    pub fn open() {\n    }\n    pub fn find() {\n        1\n    }\n}\n\nconst fn two() -> i64 {\n    2\n}\n";
        assert_eq!(
            only(&Emit::Hir, hir, "Bank.find"),
            "impl main.Bank {\n    pub fn find() {\n        1\n    }\n}\n"
        );
        assert_eq!(only(&Emit::Hir, hir, "two"), "const fn two() -> i64 {\n    2\n}\n");
        assert_eq!(only(&Emit::Hir, hir, "none"), "");
    }

    #[test]
    fn functions_of_a_module() {
        let ir = "@x = global i8 0\n\ndefine void @_RNvC4main4main() {\n  ret void\n}\n\ndefine i64 @_RNvNtC4main4Bank4find(ptr %0) {\n  ret i64 1\n}\n";
        assert_eq!(
            only(&Emit::LlvmIr, ir, "Bank.find"),
            "define i64 @_RNvNtC4main4Bank4find(ptr %0) {\n  ret i64 1\n}\n"
        );
        assert_eq!(only(&Emit::LlvmIr, ir, "main"), "define void @_RNvC4main4main() {\n  ret void\n}\n");
    }
}
