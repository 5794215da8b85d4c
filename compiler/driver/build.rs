//! Embeds what the driver carries: the pages of the error codes, and the standard library with its syntax trees.
//!
//! In: `compiler/base/errors/*.md` and `stdlib/**/*.qst`. Out: two sorted tables of `include_str!`, so that
//! nothing is read at run time and the same tree gives the same bytes; and the trees of the library's files, each
//! parsed here and stored (`syntax::stored`), so that no run parses them again:
//!
//! ```text
//! pub static PAGES: &[(&str, &str)] = &[("B3000", include_str!("…/errors/B3000.md")), …];
//! pub static FILES: &[(&str, &str)] = &[("core/option.qst", include_str!("…/core/option.qst")), …];
//! static TREES: &[&[u8]] = &[include_bytes!("…/out/0.tree"), …];    as many as FILES
//! ```
//!
//! A file with an error has an empty tree: it is parsed at run time, where the error is reported as any other.
//!
//! The tables stand in this crate and not in `base`, so that a new page does not rebuild every stage.

use base::{Diagnostics, FileId};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};
use syntax::stored::{self, Texts};

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let pages = sorted(&here.join("../base/errors"), "md", |path| path.with_extension(""))?;
    let files = sorted(&here.join("../../stdlib"), "qst", Path::to_path_buf)?;
    fs::write(out.join("pages.rs"), table("PAGES", &pages))?;
    fs::write(out.join("files.rs"), table("FILES", &files) + &trees(&files, &out)?)
}

/// The syntax trees of the files, in their order, and the texts in them.
fn trees(files: &[(String, PathBuf)], out: &Path) -> io::Result<String> {
    let mut texts = Texts::default();
    let mut table = String::from("static TREES: &[&[u8]] = &[\n");
    for (at, (_, path)) in files.iter().enumerate() {
        let mut diagnostics = Diagnostics::new();
        let module = syntax::parse(&fs::read_to_string(path)?, FileId(0), &mut diagnostics);
        let clean = diagnostics.iter().next().is_none();
        let tree = if clean { stored::store(&module, &mut texts) } else { Vec::new() };
        table += &include("bytes", &out.join(format!("{at}.tree")), &tree)?;
    }
    let (texts, lens) = texts.write();
    let texts = include("str", &out.join("texts"), texts.as_bytes())?;
    let lens = include("bytes", &out.join("lens"), &lens)?;
    Ok(format!("{table}];\nstatic TEXTS: (&str, &[u8]) = (\n{texts}{lens});\n"))
}

/// Writes a file and the line that embeds it.
fn include(what: &str, path: &Path, bytes: &[u8]) -> io::Result<String> {
    fs::write(path, bytes)?;
    Ok(format!("    include_{what}!({:?}),\n", path.display().to_string()))
}

/// The files with an extension below a folder, by their keys.
fn sorted(
    root: &Path,
    extension: &str,
    key: impl Fn(&Path) -> PathBuf,
) -> io::Result<Vec<(String, PathBuf)>> {
    println!("cargo:rerun-if-changed={}", root.display());
    let mut paths = Vec::new();
    collect(root, extension, &mut paths)?;
    let keyed = paths.into_iter().map(|path| {
        let key = key(path.strip_prefix(root).expect("found below it"));
        (key.to_string_lossy().replace('\\', "/"), path)
    });
    // By the text of the key: paths sort otherwise, and the tables are searched by text.
    let mut keyed: Vec<(String, PathBuf)> = keyed.collect();
    keyed.sort();
    Ok(keyed)
}

fn table(name: &str, files: &[(String, PathBuf)]) -> String {
    let mut text = format!("pub static {name}: &[(&str, &str)] = &[\n");
    for (key, path) in files {
        writeln!(text, "    ({key:?}, include_str!({:?})),", path.display().to_string()).expect("fits");
    }
    text + "];\n"
}

fn collect(folder: &Path, extension: &str, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, extension, paths)?;
        } else if path.extension().is_some_and(|it| it == extension) {
            paths.push(path);
        }
    }
    Ok(())
}
