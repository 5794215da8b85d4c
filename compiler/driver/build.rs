//! Embeds the texts the driver carries: the pages of the error codes and the standard library.
//!
//! In: `compiler/base/errors/*.md` and `stdlib/**/*.qst`. Out: two sorted tables of `include_str!`, so that
//! nothing is read at run time and the same tree gives the same bytes:
//!
//! ```text
//! pub static PAGES: &[(&str, &str)] = &[("B3000", include_str!("…/errors/B3000.md")), …];
//! pub static FILES: &[(&str, &str)] = &[("core/option.qst", include_str!("…/core/option.qst")), …];
//! ```
//!
//! The tables stand in this crate and not in `base`, so that a new page does not rebuild every stage.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let pages = table("PAGES", &here.join("../base/errors"), "md", |path| path.with_extension(""))?;
    let files = table("FILES", &here.join("../../stdlib"), "qst", Path::to_path_buf)?;
    fs::write(out.join("pages.rs"), pages)?;
    fs::write(out.join("files.rs"), files)
}

fn table(name: &str, root: &Path, extension: &str, key: impl Fn(&Path) -> PathBuf) -> io::Result<String> {
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
    let mut text = format!("pub static {name}: &[(&str, &str)] = &[\n");
    for (key, path) in keyed {
        writeln!(text, "    ({key:?}, include_str!({:?})),", path.display().to_string()).expect("fits");
    }
    text.push_str("];\n");
    Ok(text)
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
