//! The standard library, inside the compiler.
//!
//! In: the tree `stdlib/` when the compiler is built. Out: its files, sorted by path, and their syntax trees,
//! which the build script made:
//!
//! ```text
//! stdlib/core/iter/adapt.qst   →   module core.iter.adapt, called std:core/iter/adapt.qst in messages
//! ```

use abi::codes::LIBRARY_PREFIX;
use base::FileId;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use syntax::ast;
use syntax::stored::{self, Symbols};

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// One file of the standard library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StdFile {
    /// `core/option.qst`
    pub path: &'static str,
    pub text: &'static str,
    /// Its tree, stored; empty if there are errors in it.
    tree: &'static [u8],
}

/// The texts in the trees of the library.
pub struct Texts(Symbols);

impl Texts {
    pub fn of_library() -> Texts {
        let (texts, lens) = TEXTS;
        Texts(Symbols::new(texts, lens))
    }
}

impl StdFile {
    /// `std:core/option.qst`
    pub fn shown(&self) -> String {
        format!("{LIBRARY_PREFIX}{}", self.path)
    }

    /// Its tree, with its places in `file`; none if there are errors in it, which parsing reports.
    pub fn tree(&self, file: FileId, texts: &mut Texts) -> Option<ast::Module> {
        (!self.tree.is_empty()).then(|| stored::load(self.tree, &mut texts.0, file))
    }

    /// `core.option`
    pub fn module(&self) -> String {
        self.path.trim_end_matches(".qst").replace('/', ".")
    }
}

/// The file of a module, if the library has it.
pub fn find(module: &str) -> Option<StdFile> {
    let path = format!("{}.qst", module.replace('.', "/"));
    let found = FILES.binary_search_by_key(&path.as_str(), |(known, _)| known).ok()?;
    let (path, text) = FILES[found];
    Some(StdFile { path, text, tree: TREES[found] })
}

pub fn files() -> impl Iterator<Item = StdFile> {
    FILES.iter().zip(TREES).map(|(&(path, text), &tree)| StdFile { path, text, tree })
}

/// The paths under which the library has something public of this name: a module below `core`, an item. By its
/// text, since most of its files are not parsed; for proposals.
pub fn paths_of(name: &str) -> Vec<String> {
    static PATHS: OnceLock<BTreeMap<String, Vec<String>>> = OnceLock::new();
    PATHS.get_or_init(public_paths).get(name).cloned().unwrap_or_default()
}

/// Every public name, and where it is.
fn public_paths() -> BTreeMap<String, Vec<String>> {
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files() {
        let module = file.module();
        if let Some((_, last)) = module.split_once('.') {
            paths.entry(last.to_string()).or_default().push(module.clone());
        }
        let mut names: Vec<&str> = file.text.lines().filter_map(declared).collect();
        names.sort();
        names.dedup();
        for name in names {
            paths.entry(name.to_string()).or_default().push(format!("{module}.{name}"));
        }
    }
    paths
}

/// The name in `pub fn name(…`, `pub record name[…`
fn declared(line: &str) -> Option<&str> {
    const WORDS: [&str; 6] = ["fn", "record", "union", "protocol", "type", "const"];
    let (word, rest) = line.strip_prefix("pub ")?.split_once(' ')?;
    let rest = if word == "const" { rest.trim_start_matches("fn ") } else { rest };
    let end = rest.find(|ch: char| !ch.is_alphanumeric() && ch != '_').unwrap_or(rest.len());
    WORDS.contains(&word).then_some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_public() {
        assert_eq!(paths_of("fs"), ["core.fs"]);
        assert_eq!(paths_of("Deque"), ["core.deque.Deque"]);
        assert_eq!(paths_of("Dequ"), Vec::<String>::new());
    }

    #[test]
    fn trees_are_those_of_the_texts() {
        let mut texts = Texts::of_library();
        for file in files() {
            let mut diagnostics = base::Diagnostics::new();
            let parsed = syntax::parse(file.text, FileId(1), &mut diagnostics);
            let tree = file.tree(FileId(1), &mut texts).expect("no errors in the library");
            assert!(diagnostics.iter().next().is_none(), "{}", file.path);
            assert_eq!(tree.to_string(), parsed.to_string(), "{}", file.path);
            let store = |module| stored::store(module, &mut stored::Texts::default());
            assert!(store(&tree) == store(&parsed), "{}", file.path);
        }
    }

    #[test]
    fn files_are_sorted_and_named() {
        assert!(files().is_sorted_by(|a, b| a.path < b.path));
        let file = StdFile { path: "core/a/b.qst", text: "", tree: &[] };
        assert_eq!((file.shown(), file.module()), ("std:core/a/b.qst".into(), "core.a.b".into()));
        assert!(files().all(|file| find(&file.module()) == Some(file)));
    }
}
