//! What the tests of the whole tool chain share: where things are, how a program is checked and run, and the
//! markers in its text.
//!
//! In: the tree. Out: problems as text; a test passes when there are none. See `README.md` beside this file.

pub mod invariants;
pub mod markers;
pub mod place;
pub mod programs;
pub mod snapshots;

use std::fs;
use std::path::{Path, PathBuf};

/// The top of the tree, named relative to it where a test prints a path.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ stands in the root")
}

/// A path as seen from the root.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Every file below a folder that is part of the tree, sorted: not what builds leave, not hidden files.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_output = ["target", "out", "corpus", "artifacts"].contains(&name.as_str());
            if name == ".git" || (path.is_dir() && is_output) {
                continue;
            } else if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The text of a file of the tree.
pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", shown(path)))
}

/// An example of a page: a block fenced as `quastra`, and the block fenced as `output` right below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// The line in the page.
    pub line: usize,
    pub text: String,
    pub output: Option<String>,
}

pub fn examples_in(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut lines = (1..).zip(page.lines());
    // Does nothing but white space stand between the last example and here?
    let mut is_below = false;
    while let Some((line, text)) = lines.next() {
        let mut body = || {
            let lines = lines.by_ref().map(|(_, text)| text).take_while(|text| *text != "```");
            lines.map(|line| format!("{line}\n")).collect::<String>()
        };
        match text {
            "```quastra" => {
                examples.push(Example { line, text: body(), output: None });
                is_below = true;
            }
            "```output" if is_below => {
                let output = body();
                if let Some(last) = examples.last_mut() {
                    last.output = Some(output);
                }
            }
            _ if text.starts_with("```") => {
                body();
                is_below = false;
            }
            _ => is_below &= text.trim().is_empty(),
        }
    }
    examples
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn examples_and_their_output() {
        let page = "a\n```quastra\nx\ny\n```\n\n```output\n1\n```\n```text\n```quastra\n```\n```quastra\nz\n```\nb\n```output\n2\n```\n";
        let example = |line, text: &str, output: Option<&str>| Example {
            line,
            text: text.into(),
            output: output.map(str::to_string),
        };
        assert_eq!(examples_in(page), [example(2, "x\ny\n", Some("1\n")), example(13, "z\n", None)]);
    }
}
