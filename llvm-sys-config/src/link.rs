//! The linker's share: which archives, which system libraries, in what form Cargo wants them.
//!
//! In: an [`Llvm`]. Out: lines for a build script. A release build links LLVM statically, because a program that
//! loads the distribution's libLLVM.so starts 10 ms later and 55 MB heavier; a development build takes the
//! shared one where it is there, because that links in a tenth of the time.

use crate::Llvm;
use crate::find::ask;
use std::path::{Path, PathBuf};

/// What the back end uses: four targets, the pass pipelines, bitcode in both directions, the linker of
/// modules, the JIT.
const COMPONENTS: [&str; 13] = [
    "x86",
    "aarch64",
    "arm",
    "riscv",
    "passes",
    "linker",
    "bitreader",
    "bitwriter",
    "irreader",
    "debuginfodwarf",
    "orcjit",
    "mcjit",
    "interpreter",
];

/// Where distributions keep libraries that `llvm-config` names without a folder.
const SYSTEM_FOLDERS: [&str; 6] = [
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/opt/homebrew/lib",
    "/usr/local/lib",
];

/// How LLVM gets into the back end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linking {
    Static,
    /// Where the distribution has it; else static.
    Shared,
}

impl Llvm {
    /// The lines that make Cargo link LLVM into whatever depends on the crate printing them.
    ///
    /// `-bundle`: without it rustc would copy every archive into our rlib, 300 MB of them.
    pub fn link_directives(&self, linking: Linking) -> Result<Vec<String>, String> {
        let mut lines = vec![format!("cargo:rustc-link-search=native={}", self.libraries.display())];
        if linking == Linking::Shared
            && let Some(library) = self.shared()
        {
            lines.push(format!("cargo:rustc-link-lib=dylib={library}"));
            return Ok(lines);
        }
        for archive in archives(self)? {
            lines.push(format!("cargo:rustc-link-lib=static:-bundle={archive}"));
        }
        for library in system_libraries(self)? {
            match library.strip_prefix('/') {
                Some(_) => {
                    let path = Path::new(&library);
                    if let (Some(folder), Some(file)) =
                        (path.parent(), path.file_name().and_then(|f| f.to_str()))
                    {
                        lines.push(format!("cargo:rustc-link-search=native={}", folder.display()));
                        lines.push(format!("cargo:rustc-link-lib=dylib:+verbatim={file}"));
                    }
                }
                None => lines.push(format!("cargo:rustc-link-lib=dylib={library}")),
            }
        }
        // By its run-time name: the plain one comes with g++, which a fresh machine does not have.
        lines.push(match std::env::consts::OS {
            "macos" => "cargo:rustc-link-lib=dylib=c++".to_owned(),
            _ => "cargo:rustc-link-lib=dylib:+verbatim=libstdc++.so.6".to_owned(),
        });
        Ok(lines)
    }

    /// The one library that holds all of LLVM, without `lib` and `.so`.
    fn shared(&self) -> Option<String> {
        let name = ask(&self.config, &["--link-shared", "--libnames"]).ok()?;
        let name = name.strip_prefix("lib")?.strip_suffix(".so")?;
        self.libraries.join(format!("lib{name}.so")).exists().then(|| name.to_owned())
    }

    /// The tool of that name that came with this LLVM: `ld.lld`, `llvm-dwarfdump`.
    pub fn tool(&self, name: &str) -> Option<PathBuf> {
        let path = self.prefix.join("bin").join(name);
        path.is_file().then_some(path)
    }
}

/// The archives' names without `lib` and `.a`, dependents before what they depend on.
fn archives(llvm: &Llvm) -> Result<Vec<String>, String> {
    let mut arguments = vec!["--link-static", "--libnames"];
    arguments.extend(COMPONENTS);
    let names = ask(&llvm.config, &arguments)?;
    let name = |file: &str| file.strip_prefix("lib")?.strip_suffix(".a").map(str::to_owned);
    Ok(names.split_whitespace().filter_map(name).collect())
}

/// `z`, `zstd`, or an absolute path, as `--system-libs` gives them.
fn system_libraries(llvm: &Llvm) -> Result<Vec<String>, String> {
    let text = ask(&llvm.config, &["--link-static", "--system-libs"])?;
    Ok(text.split_whitespace().map(|word| word.strip_prefix("-l").unwrap_or(word).to_owned()).collect())
}

/// What linking would stumble over.
pub fn absent(llvm: &Llvm) -> Result<Vec<String>, String> {
    let mut absent: Vec<String> = archives(llvm)?
        .into_iter()
        .map(|name| format!("lib{name}.a"))
        .filter(|file| !llvm.libraries.join(file).is_file())
        .collect();
    // Others are in libc itself or come with the packages LLVM depends on.
    for library in system_libraries(llvm)?.iter().filter(|name| ["z", "zstd"].contains(&name.as_str())) {
        let there = |folder: &&str| {
            ["so", "a", "dylib", "tbd"]
                .iter()
                .any(|extension| Path::new(folder).join(format!("lib{library}.{extension}")).is_file())
        };
        if std::env::consts::OS == "linux" && !SYSTEM_FOLDERS.iter().any(there) {
            absent.push(format!("lib{library}.so"));
        }
    }
    Ok(absent)
}
