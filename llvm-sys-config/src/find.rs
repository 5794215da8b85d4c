//! Looks for an `llvm-config` of the right version whose libraries are really there.
//!
//! In: two environment variables, `PATH`, the places distributions use. Out: the first candidate that
//! passes [`judge`], or a line for each that did not: `/usr/bin/llvm-config: is LLVM 14.0.6`.

use crate::{Llvm, MAJOR, link};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names LLVM's prefix (or the `llvm-config` itself) and ends the search.
pub const PREFIX_VARIABLE: &str = "QUASTRA_LLVM";
/// What users of `llvm-sys` already have in their environment.
pub const LLVM_SYS_VARIABLE: &str = "LLVM_SYS_221_PREFIX";

/// Debian and Ubuntu, Homebrew on both kinds of Mac, our own builds.
const PREFIXES: [&str; 5] = [
    "/usr/lib/llvm-22",
    "/usr/lib64/llvm22",
    "/opt/homebrew/opt/llvm@22",
    "/usr/local/opt/llvm@22",
    "/usr/local",
];

pub fn find() -> Result<Llvm, Vec<String>> {
    let mut tried = Vec::new();
    for candidate in candidates() {
        match judge(&candidate) {
            Ok(llvm) => return Ok(llvm),
            Err(Some(why)) => tried.push(format!("{}: {why}", candidate.display())),
            Err(None) => {}
        }
    }
    if tried.is_empty() {
        tried.push(format!("PATH and {}: no llvm-config", PREFIXES.join(", ")));
    }
    Err(tried)
}

/// A variable that is set is the user's decision: nothing else is tried then.
fn candidates() -> Vec<PathBuf> {
    for variable in [PREFIX_VARIABLE, LLVM_SYS_VARIABLE] {
        if let Some(value) = env::var_os(variable).filter(|value| !value.is_empty()) {
            let path = PathBuf::from(value);
            return if path.is_file() { vec![path] } else { in_prefix(&path) };
        }
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let mut found: Vec<PathBuf> = ["llvm-config-22", "llvm-config22", "llvm-config"]
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .collect();
    found.extend(PREFIXES.iter().flat_map(|prefix| in_prefix(Path::new(prefix))));
    found.retain(|candidate| candidate.is_file());
    found
}

fn in_prefix(prefix: &Path) -> Vec<PathBuf> {
    vec![prefix.join("bin/llvm-config")]
}

/// `Err(None)`: not there at all, not worth a line.
fn judge(config: &Path) -> Result<Llvm, Option<String>> {
    let version = ask(config, &["--version"]).map_err(Some)?;
    if version.split('.').next() != Some(&MAJOR.to_string()) {
        return Err(Some(format!("is LLVM {version}")));
    }
    let llvm = Llvm {
        config: config.to_path_buf(),
        version,
        prefix: ask(config, &["--prefix"]).map_err(Some)?.into(),
        libraries: ask(config, &["--libdir"]).map_err(Some)?.into(),
    };
    let absent = link::absent(&llvm).map_err(Some)?;
    match absent.first() {
        None => Ok(llvm),
        Some(first) if absent.len() == 1 => Err(Some(format!("{first} is missing"))),
        Some(first) => Err(Some(format!("{first} and {} more libraries are missing", absent.len() - 1))),
    }
}

/// What `llvm-config` answers, without the line end.
pub fn ask(config: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(config).args(arguments).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
