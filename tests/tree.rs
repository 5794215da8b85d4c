//! A package of 500 modules: imports, re-exports, visibilities and clashes where there are many of each.
//!
//! In: a tree of groups, each with modules below it that import their neighbours, made in a folder of its own. Out: no
//! diagnostic for it as it is, and what is expected, where, for a module of mistakes.
//!
//! ```text
//! src/g3/m7.qst   module tree.g3.m7   uses tree.g3.m6.{value, nearby}   gives pub, pub(tree), pub(tree.g3) and private names
//! src/g3.qst      module tree.g3      re-exports tree.g3.m18.{Item, Kind, value as last}
//! ```

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use tests::programs::check;

const GROUPS: usize = 25;
const BELOW: usize = 19;

/// A folder with the package, which is removed at the end.
struct Tree(PathBuf);

impl Tree {
    fn new(name: &str) -> Tree {
        let folder = std::env::temp_dir().join(format!("quastra-tree-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let tree = Tree(folder);
        tree.file("quastra.toml", "[package]\nname = \"tree\"\nversion = \"0.1.0\"\nedition = \"2026\"\n");
        for group in 0..GROUPS {
            for at in 0..BELOW {
                tree.file(&format!("src/g{group}/m{at}.qst"), &module(group, at));
            }
            tree.file(&format!("src/g{group}.qst"), &group_module(group));
        }
        tree
    }

    fn file(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }

    /// `main` with more imports.
    fn main(&self, imports: &str) -> &Path {
        let mut text = format!("module tree.main\n\n{imports}");
        for group in 0..GROUPS {
            let _ = writeln!(text, "use tree.g{group}");
        }
        text.push_str(
            "use tree.g7.{Item, Kind as Size, sum as seventh}\n\nfn main() {\n    var total = seventh()\n",
        );
        for group in 0..GROUPS {
            let _ = writeln!(
                text,
                "    total += g{group}.sum() + tree.g{group}.m3.value() + tree.g{group}.m4.everywhere()"
            );
        }
        text.push_str(
            "    let item: Item = g7.Item.new(4)
    let size = match Size.Large(item.n) { Large(n) => n, Small => 0 }
    println(\"{total} {g24.last()} {size} {item}\")
}
",
        );
        self.file("src/main.qst", &text);
        &self.0
    }

    /// File, line, code and message of each diagnostic, in order.
    fn says(&self, imports: &str) -> Vec<String> {
        let (sources, report, _) = check(self.main(imports), &[]);
        let line = |it: &base::Diagnostic| {
            let file = &sources.file(it.primary.span.file).name;
            let file =
                Path::new(file).file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
            format!("{file}:{} {} {}", sources.line_col(it.primary.span).0, it.code, it.message)
        };
        report.all().map(line).collect()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn module(group: usize, at: usize) -> String {
    let before = match (group, at) {
        (0, 0) => "fn before() -> i64 { 0 }\nfn near() -> i64 { 0 }\n".to_string(),
        (_, 0) => format!("use tree.g{}.last as before\nfn near() -> i64 {{ 0 }}\n", group - 1),
        (_, _) => format!("use tree.g{group}.m{}.{{value as before, nearby as near}}\n", at - 1),
    };
    format!(
        "module tree.g{group}.m{at}

{before}
/// Of this module.
#[derive(Clone, Show, Eq)]
pub record Item {{ pub n: i64, pub(tree.g{group}) near: i64, own: i64 }}
impl Item {{ pub fn new(n: i64) -> Item {{ Item {{ n, near: near(), own: hidden() }} }} }}
pub union Kind {{ Small, Large(n: i64) }}
pub fn value() -> i64 {{ before() + 1 }}
pub(tree.g{group}) fn nearby() -> i64 {{ hidden() + {at} }}
pub(tree) fn everywhere() -> i64 {{ {at} }}
fn hidden() -> i64 {{ {group} }}
"
    )
}

fn group_module(group: usize) -> String {
    format!(
        "module tree.g{group}

use tree.g{group}.m0
use tree.g{group}.m1.Item as Other
pub use tree.g{group}.m{}.{{Item, Kind, value as last}}

pub fn sum() -> i64 {{
    let (item, other) = (Item.new(2), Other.new(3))
    m0.nearby() + m0.everywhere() + item.n + item.near + other.near
}}
",
        BELOW - 1
    )
}

#[test]
fn five_hundred_modules_agree() {
    let tree = Tree::new("right");
    assert_eq!(tree.says(""), Vec::<String>::new());
}

#[test]
fn what_may_not_be_named_is_told_where_it_is_named() {
    let tree = Tree::new("wrong");
    tree.file(
        "src/wrong.qst",
        "module tree.wrong

use tree.g1.m2.hidden
use tree.g1.m2.nearby
use tree.g3.nothing
use tree.g99
use tree.g4.m1.value
use tree.g4.m2.value
use tree.g8.m1.everywhere
use tree.g2.m0.m1
use tree.g5.m1.{Item, Kind}
use tree.g1

// An item of one's own comes before the prelude's.
record Option { x: i64 }

fn everywhere() -> i64 { 1 }
fn look(item: Item) -> i64 {
    item.own + item.near + item.n
}
fn make() -> Item { Item { n: 1, near: 2, own: 3 } }
fn call() -> i64 { tree.g1.m1.hidden() + g1.sum() + tree.g1.m1.nearby() + tree.g1.m1.everywhere() }
pub(tree.g1) fn elsewhere() {}
fn main(o: Option) -> i64 { o.x }
",
    );
    let expected = [
        "main.qst:3 N5017 `wrong` is imported, but not used",
        "wrong.qst:3 N5007 `hidden` is private to module `tree.g1.m2`",
        "wrong.qst:4 N5007 `nearby` is private to module `tree.g1`",
        "wrong.qst:5 N5006 module `tree.g3` has no `nothing`",
        "wrong.qst:6 N5005 there is no module `tree.g99`",
        "wrong.qst:7 N5017 `value` is imported, but not used",
        "wrong.qst:8 N5001 `value` is defined twice",
        "wrong.qst:9 N5001 `everywhere` is defined twice",
        "wrong.qst:10 N5006 module `tree.g2.m0` has no `m1`",
        "wrong.qst:11 N5017 `Kind` is imported, but not used",
        "wrong.qst:19 T2100 the field `own` of `Item` is private",
        "wrong.qst:19 T2100 the field `near` of `Item` is private",
        "wrong.qst:21 T2100 the field `near` of `Item` is private",
        "wrong.qst:21 T2100 the field `own` of `Item` is private",
        "wrong.qst:22 N5007 `hidden` is private to module `tree.g1.m1`",
        "wrong.qst:22 N5007 `nearby` is private to module `tree.g1`",
        "wrong.qst:23 N5005 `tree.g1` does not contain the module `tree.wrong`",
    ];
    assert_eq!(tree.says("use tree.wrong\n"), expected);
}

#[test]
fn circles_of_imports_are_shown_whole() {
    let tree = Tree::new("circle");
    tree.file("src/a.qst", "module tree.a\n\nuse tree.b.two\n\npub fn one() -> i64 { two() }\n");
    tree.file("src/b.qst", "module tree.b\n\nuse tree.c.three\n\npub fn two() -> i64 { three() }\n");
    tree.file("src/c.qst", "module tree.c\n\nuse tree.a.one\n\npub fn three() -> i64 { one() }\n");
    let told = tree.says("use tree.a\n");
    let expected = [
        "a.qst:3 N5002 modules import each other: tree.a → tree.b → tree.c → tree.a",
        "main.qst:3 N5017 `a` is imported, but not used",
    ];
    assert_eq!(told, expected);
}
