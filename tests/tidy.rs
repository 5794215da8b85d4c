//! The shape of the tree, checked: what `docs/ARCHITECTURE.md` calls an invariant and a tool can hold.
//!
//! In: the files. Out: for each rule the list of places that break it.
//!
//! ```text
//! compiler/hir/Cargo.toml: `hir` uses `typeck`, which is not listed above it
//! compiler/mir/src/build.rs: 1204 lines
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use tests::{files_below, read, root, shown};

const MAX_LINES: usize = 1000;

/// Did a tool write it? LALRPOP and our own generators say so at the top.
fn is_generated(text: &str) -> bool {
    let says =
        |line: &str| line.starts_with("// auto-generated") || line.contains("Written by `stdlib/generate");
    text.lines().take(10).any(says)
}

#[track_caller]
fn none(problems: Vec<String>) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

fn sources(extension: &str) -> impl Iterator<Item = (PathBuf, String)> {
    let files = files_below(root())
        .into_iter()
        .filter(move |path| path.extension().is_some_and(|it| it == extension));
    files.map(|path| {
        let text = read(&path);
        (path, text)
    })
}

/// What each crate of the tree needs, as a lock file has it: crates with a version of their own are left out.
fn needs(lock: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for package in lock.split("[[package]]").filter(|it| !it.contains("source = ")) {
        let name = package.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        let Some(name) = name else { continue };
        let dependency = |line: &str| {
            let text = line.trim().strip_prefix('"')?.strip_suffix("\",")?;
            Some(text.split(' ').next().unwrap_or_default().to_string())
        };
        found.insert(name.to_string(), package.lines().filter_map(dependency).collect());
    }
    found
}

/// The fuzz targets are a workspace of their own, which nothing here builds: its lock file is easily forgotten.
#[test]
fn the_lock_of_the_fuzz_targets_is_up_to_date() {
    let own = needs(&read(&root().join("Cargo.lock")));
    let of_fuzz = needs(&read(&root().join("fuzz/Cargo.lock")));
    assert!(of_fuzz.len() > 5, "no crates of the tree found in fuzz/Cargo.lock");
    let mut problems = Vec::new();
    for (name, needed) in &of_fuzz {
        // `cargo` leaves out what only the tests of another workspace's crate need.
        if let Some(all) = own.get(name)
            && let Some(gone) = needed.difference(all).next()
        {
            problems.push(format!("fuzz/Cargo.lock: `{name}` needs `{gone}` no more"));
        }
        let manifest = files_below(&root().join("compiler"))
            .into_iter()
            .find(|path| path.ends_with(format!("{name}/Cargo.toml")));
        let Some(manifest) = manifest else { continue };
        let text = read(&manifest);
        let normal =
            text.split("[dependencies]").nth(1).unwrap_or_default().split("\n[").next().unwrap_or_default();
        for line in normal.lines().filter(|line| line.contains('=')) {
            let key = line.split(['=', '.', ' ']).next().unwrap_or_default();
            if !key.is_empty() && !key.starts_with('#') && !needed.contains(key) {
                problems
                    .push(format!("fuzz/Cargo.lock: `{name}` needs `{key}`: run `cargo metadata` in fuzz"));
            }
        }
    }
    none(problems);
}

/// Each crate uses only crates listed above it in the root `Cargo.toml`.
#[test]
fn crates_are_in_pipeline_order() {
    let manifest = read(&root().join("Cargo.toml"));
    let members: Vec<&str> =
        manifest.lines().filter_map(|line| line.trim().strip_prefix('"')?.split('"').next()).collect();
    assert!(members.len() > 10, "no members found");
    let name = |member: &str| member.rsplit('/').next().unwrap_or_default().to_string();
    let names: Vec<String> = members.iter().map(|member| name(member)).collect();
    let mut problems = Vec::new();
    for (index, member) in members.iter().enumerate() {
        let path = root().join(member).join("Cargo.toml");
        for line in read(&path).lines() {
            let key = line.split(['=', '.', ' ']).next().unwrap_or_default();
            let is_local = line.contains("workspace = true") || line.contains("path = \"../");
            if is_local && names.iter().any(|it| it == key) && !names[..index].iter().any(|it| it == key) {
                problems.push(format!("{}: uses `{key}`, which is not listed above it", shown(&path)));
            }
        }
    }
    none(problems);
}

#[test]
fn files_are_short() {
    let long = |(path, text): (PathBuf, String)| {
        let lines = text.lines().count();
        (lines > MAX_LINES && !is_generated(&text)).then(|| format!("{}: {lines} lines", shown(&path)))
    };
    none(sources("rs").chain(sources("qst")).filter_map(long).collect());
}

#[test]
fn files_say_what_they_are() {
    let silent = |(path, text): &(PathBuf, String)| {
        let is_peer = shown(path).starts_with("benches/programs/");
        !text.starts_with("//!") && !is_generated(text) && !is_peer
    };
    none(
        sources("rs")
            .filter(silent)
            .map(|(path, _)| format!("{}: does not open with `//!`", shown(&path)))
            .collect(),
    );
}

/// `unsafe` stands only in the runtime, in the back end and in what opens it.
#[test]
fn unsafe_is_where_it_belongs() {
    let words = ["unsafe {", "unsafe fn ", "unsafe impl ", "unsafe extern ", "#[unsafe("];
    let mut problems = Vec::new();
    for (path, text) in sources("rs") {
        let shown = shown(&path);
        if ["runtime/", "compiler/backend/", "compiler/codegen/", "benches/", "tests/tidy.rs"]
            .iter()
            .any(|it| shown.starts_with(it))
        {
            continue;
        }
        for (number, line) in (1..).zip(text.lines()) {
            let code = line.split("//").next().unwrap_or_default();
            // In strings it is the language's own word.
            let outside: String = code.split('"').step_by(2).collect();
            // `is_unsafe` is a field.
            let outside = outside.replace("_unsafe", "");
            if words.iter().any(|word| outside.contains(word)) {
                problems.push(format!("{shown}:{number}: {}", line.trim()));
            }
        }
    }
    none(problems);
}

/// Every path that the README and the pages on the tree name in backquotes exists.
#[test]
fn named_paths_exist() {
    let mut problems = Vec::new();
    for page in ["README.md", "docs/ARCHITECTURE.md", "tests/README.md", "CHANGELOG.md", "examples/README.md"]
    {
        let page = root().join(page);
        for path in named_paths(&read(&page)) {
            let beside = page.parent().is_some_and(|folder| folder.join(&path).exists());
            if !beside && !root().join(&path).exists() {
                problems.push(format!("{}: `{path}` does not exist", shown(&page)));
            }
        }
    }
    none(problems);
}

/// Words in backquotes that look like a path of the tree.
fn named_paths(page: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut in_fence = false;
    for line in page.lines() {
        if line.starts_with("```") {
            in_fence = !in_fence;
        }
        let words = line.split('`').skip(1).step_by(2).filter(|_| !in_fence);
        let is_path = |word: &&str| {
            word.contains('/')
                && !word.starts_with(['/', '<', '.', '~'])
                && !word.starts_with("target/")
                && word.chars().all(|ch| ch.is_ascii_alphanumeric() || "/._-".contains(ch))
        };
        paths.extend(words.filter(is_path).map(str::to_string));
    }
    paths
}

/// Every code that the sources use has a page, every page a use; pages have their form.
#[test]
fn every_code_has_its_page() {
    let mut used: BTreeMap<String, String> = BTreeMap::new();
    for (path, text) in sources("rs") {
        let shown = shown(&path);
        let is_test = shown.contains("tests") || shown.starts_with("fuzz/") || shown.starts_with("benches/");
        let is_base = shown.starts_with("compiler/base/");
        if is_test || is_base {
            continue;
        }
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for literal in code.lines().flat_map(|line| line.split("//").next().unwrap_or_default().split('"')) {
            // The runtime says its codes at the end of a message: `… [R4000]`.
            let words = literal.split(['[', ']']);
            for literal in words.filter(|word| is_code(word)) {
                used.entry(literal.to_string()).or_insert_with(|| shown.clone());
            }
        }
    }
    let pages: BTreeMap<String, String> = files_below(&root().join("compiler/base/errors"))
        .into_iter()
        .map(|path| (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), read(&path)))
        .collect();
    let mut problems: Vec<String> = Vec::new();
    for (code, place) in used.iter().filter(|(code, _)| !pages.contains_key(*code)) {
        problems.push(format!("{place}: {code} has no page"));
    }
    for (code, page) in &pages {
        if !used.contains_key(code) {
            problems.push(format!("{code}.md: nothing gives this code"));
        }
        let title = page.lines().next().unwrap_or_default();
        if !title.starts_with(&format!("# {code}: "))
            || !page.contains("\n## Wrong\n")
            || !page.contains("\n## Right\n")
        {
            problems.push(format!("{code}.md: needs `# {code}: …`, `## Wrong` and `## Right`"));
        }
    }
    none(problems);
}

fn is_code(text: &str) -> bool {
    text.len() == 5
        && text.starts_with(|ch: char| "LPTBRNMFDCX".contains(ch))
        && text[1..].chars().all(|ch| ch.is_ascii_digit())
}

/// Nothing in the tree knows where it was written.
#[test]
fn no_place_of_a_machine_is_named() {
    let folders = ["work", "root", "farm", "home"].map(|name| format!("/{name}/"));
    let tracked = Command::new("git").current_dir(root()).args(["ls-files", "-z"]).output();
    let paths: BTreeSet<PathBuf> = match tracked {
        Ok(output) if output.status.success() => {
            let names = String::from_utf8_lossy(&output.stdout).into_owned();
            names.split('\0').filter(|name| !name.is_empty()).map(|name| root().join(name)).collect()
        }
        // Not a clone but an unpacked archive.
        Ok(_) | Err(_) => files_below(root()).into_iter().collect(),
    };
    let mut problems = Vec::new();
    for path in paths {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for (number, line) in (1..).zip(text.lines()) {
            let is_place = |folder: &&String| {
                line.match_indices(folder.as_str()).any(|(at, _)| {
                    !line[..at].ends_with(|ch: char| ch.is_alphanumeric() || ".-_}".contains(ch))
                })
            };
            if let Some(folder) = folders.iter().find(is_place) {
                problems.push(format!("{}:{number}: names `{folder}`", shown(&path)));
            }
        }
    }
    none(problems);
}

fn cargo(arguments: &[&str]) {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let output =
        Command::new(cargo).current_dir(root()).args(arguments).output().expect("cargo can be started");
    let printed = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {}\n{printed}", arguments.join(" "));
}

#[test]
fn the_code_is_formatted() {
    cargo(&["fmt", "--all", "--check"]);
}

#[test]
fn clippy_is_content() {
    cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]);
}
