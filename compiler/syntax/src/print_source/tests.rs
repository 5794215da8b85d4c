//! parse(print(tree)) is the tree again.

use crate::parse;
use base::{Diagnostics, FileId};
use std::path::{Path, PathBuf};

fn round_trip(name: &str, source: &str) {
    let mut diagnostics = Diagnostics::new();
    let first = parse(source, FileId(0), &mut diagnostics);
    assert!(diagnostics.iter().next().is_none(), "{name}: {:?}", diagnostics.into_vec());
    let printed = first.to_source();
    let second = parse(&printed, FileId(0), &mut diagnostics);
    assert!(diagnostics.iter().next().is_none(), "{name}:\n{printed}\n{:?}", diagnostics.into_vec());
    let (first, second) = (first.to_string(), second.to_string());
    if first != second {
        let (at, (old, new)) = first
            .lines()
            .zip(second.lines())
            .enumerate()
            .find(|(_, (old, new))| old != new)
            .unwrap_or((0, ("fewer lines", "or more")));
        panic!("{name}: line {at} of the tree was `{old}`, is `{new}`:\n{printed}");
    }
}

#[test]
fn all_constructs() {
    round_trip("all.qst", include_str!("all.qst"));
}

#[test]
fn the_tree_of_all_constructs() {
    let mut diagnostics = Diagnostics::new();
    let module = parse(include_str!("all.qst"), FileId(0), &mut diagnostics);
    expect_test::expect_file!["all.ast"].assert_eq(&module.to_string());
}

/// Items parsed one by one are those of the whole file.
#[test]
fn items_one_by_one() {
    let source = include_str!("all.qst");
    let mut diagnostics = Diagnostics::new();
    let whole = parse(source, FileId(0), &mut diagnostics).to_string();
    let mut items = String::from("Module\n");
    for range in crate::split_items(source, FileId(0)) {
        let item = parse(&source[range.lo as usize..range.hi as usize], FileId(0), &mut diagnostics);
        items += item.to_string().strip_prefix("Module\n").expect("each is a module");
    }
    assert_eq!(items, whole);
}

/// All programs of the repository that parse.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test reads the programs it is about")]
fn programs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders: Vec<PathBuf> = ["examples", "stdlib", "tests"].map(|folder| root.join(folder)).into();
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries {
            let path = entry.expect("a folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "qst") {
                let source = std::fs::read_to_string(&path).expect("programs are UTF-8");
                let mut diagnostics = Diagnostics::new();
                parse(&source, FileId(0), &mut diagnostics);
                if diagnostics.iter().next().is_none() {
                    round_trip(&path.display().to_string(), &source);
                    count += 1;
                }
            }
        }
    }
    assert!(count > 20, "only {count} programs were found");
}

/// Trees that no text gives as they are: parentheses are added.
#[test]
fn parentheses_where_needed() {
    use crate::ast::*;
    let mut diagnostics = Diagnostics::new();
    let mut module = parse("fn f() { (a + b) * c }", FileId(0), &mut diagnostics);
    // Take the parentheses out of the tree.
    for at in 0..module.exprs.len() {
        let id = ExprId(at as u32);
        if let ExprKind::Paren(inner) = module[id].kind {
            module[id] = module[inner];
        }
    }
    assert_eq!(module.to_source(), "fn f() {\n    (a + b) * c\n}\n");
}

#[test]
fn deep_trees_are_printed() {
    let source = format!("fn f() {{ {}1{} }}", "-".repeat(4000), "");
    let mut diagnostics = Diagnostics::new();
    let module = parse(&source, FileId(0), &mut diagnostics);
    assert!(module.to_string().len() > 4000);
    assert!(module.to_source().contains("----"));
}
