//! Objects to an executable, through LLD. No C compiler is asked.
//!
//! In: the back end's objects. Out: the executable, in its place in one step; or a coded error (D8012 …).
//!
//! ```text
//! ld.lld -pie … Scrt1.o crti.o bank.o core.list.o … libquastra_runtime.a libgcc_s.so.1 -lc crtn.o
//! ```
//!
//! The linker is that of LLVM 22, or the one that comes with a Rust toolchain. The start-up files are the C
//! library's; `__dso_handle`, which a C compiler would bring, is a name for the program's first byte.

use crate::Session;
use crate::interrupt::{Litter, Tool};
use crate::load::reason;
use crate::save::{replaceable, temporary_beside};
use base::{Diagnostic, ErrorReported};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Output};

/// The runtime, as the build leaves it beside the command and as it is installed.
const RUNTIME: &str = "libquastra_runtime.a";
const RUNTIME_BITCODE: &str = "quastra_runtime.bc";

/// How to call a linker: the program, and what comes before all other arguments.
type Linker = (PathBuf, &'static [&'static str]);

impl Session {
    /// Links `objects` (name, bytes) into `target`.
    pub fn link(&mut self, objects: &[(String, Vec<u8>)], target: &Path) -> Result<(), ErrorReported> {
        let target = replaceable(target).map_err(|problem| self.save_error(target, problem))?;
        let linker = find_linker().ok_or_else(|| {
            let note = "install LLD 22 (Debian: `apt-get install lld-22`) or a Rust toolchain, or name one in QUASTRA_LLD";
            self.link_error("there is no linker", note)
        })?;
        let runtime = find_library(RUNTIME).ok_or_else(|| {
            self.link_error(
                &format!("there is no `{RUNTIME}`"),
                "it belongs into `lib/quastra` beside the command",
            )
        })?;
        let system = System::find().ok_or_else(|| {
            let note =
                "they belong to the C library's development files (Debian: `apt-get install libc6-dev`)";
            self.link_error("the C library's start-up files are missing", note)
        })?;
        let folder = scratch().map_err(|error| self.save_error(&env::temp_dir(), error.into()))?;
        let mut paths = Vec::new();
        for (index, (name, bytes)) in objects.iter().enumerate() {
            // Units may be called alike in different cases; the number keeps their files apart.
            let path = folder.path().join(format!("{index}.{name}.o"));
            fs::write(&path, bytes).map_err(|error| self.save_error(&path, error.into()))?;
            paths.push(path);
        }
        // A folder, for a linker that fails may leave files of its own beside what it writes.
        let beside = Litter::new(temporary_beside(&target));
        fs::create_dir(beside.path()).map_err(|error| self.save_error(&target, error.into()))?;
        let linked = beside.path().join("linked");
        let mut command = Command::new(&linker.0);
        command.args(linker.1).args(system.arguments(&paths, &runtime)).arg("-o").arg(&linked);
        let output = {
            let _tool = Tool::begins();
            command.output()
        };
        match output {
            Ok(output) if output.status.success() => {
                fs::rename(&linked, &target).map_err(|error| self.save_error(&target, error.into()))
            }
            Ok(output) => Err(self.linker_failed(&target, &output)),
            Err(error) => {
                let message = format!("the linker `{}` cannot be started", linker.0.display());
                Err(self.link_error(&message, &reason(&error)))
            }
        }
    }

    fn link_error(&mut self, message: &str, note: &str) -> ErrorReported {
        let error = self.argument_error("D8012", "", message.to_string()).note(note);
        self.diagnostics.error(error)
    }

    /// What the linker says is about the system (no space, no right to write) or our own mistake.
    fn linker_failed(&mut self, target: &Path, output: &Output) -> ErrorReported {
        let argument = target.display().to_string();
        let message = format!("`{}` could not be linked", crate::load::shown(target));
        let error: Diagnostic = self.argument_error("D8012", &argument, message);
        let said = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = said.lines().take(8).collect();
        let error = match lines.is_empty() {
            true => error.note(format!("the linker says nothing, and ends with {}", output.status)),
            false => error.note(format!("the linker says\n{}", lines.join("\n"))),
        };
        self.diagnostics.error(error)
    }
}

/// The bitcode of the runtime's small functions, for optimised programs.
pub fn runtime_bitcode() -> Option<Vec<u8>> {
    fs::read(find_library(RUNTIME_BITCODE)?).ok()
}

/// Runs the program.
pub fn temporary_executable(name: &str) -> std::io::Result<(Litter, PathBuf)> {
    let folder = scratch()?;
    let path = folder.path().join(name);
    Ok((folder, path))
}

/// A file of ours, beside the command or installed.
fn find_library(name: &str) -> Option<PathBuf> {
    let command = env::current_exe().ok()?;
    let folder = command.parent()?;
    let places = ["lib/quastra", "../lib/quastra"].map(|place| folder.join(place).join(name));
    // A test's own executable stands one folder deeper than the command.
    let above = folder.parent().map(|folder| folder.join("lib/quastra").join(name));
    places.into_iter().chain(above).find(|path| path.is_file())
}

fn find_linker() -> Option<Linker> {
    if let Some(named) = env::var_os("QUASTRA_LLD").map(PathBuf::from) {
        return Some((named, &[]));
    }
    for name in ["ld.lld-22", "ld.lld"] {
        if let Some(found) = on_path(name) {
            return Some((found, &[]));
        }
    }
    let in_llvm = PathBuf::from("/usr/lib/llvm-22/bin/ld.lld");
    if in_llvm.is_file() {
        return Some((in_llvm, &[]));
    }
    let rustc = on_path("rustc")?;
    let printed = Command::new(rustc).args(["--print", "target-libdir"]).output().ok()?;
    let libraries = PathBuf::from(String::from_utf8(printed.stdout).ok()?.trim());
    let found = libraries.parent()?.join("bin/rust-lld");
    found.is_file().then_some((found, &["-flavor", "gnu"]))
}

fn on_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// What the C library brings.
struct System {
    loader: &'static str,
    /// Has `Scrt1.o`, `crti.o`, `crtn.o` and `libc.so`.
    libraries: PathBuf,
    /// The unwinder.
    unwinder: PathBuf,
}

impl System {
    fn find() -> Option<System> {
        let (loader, triple) = match env::consts::ARCH {
            "aarch64" => ("/lib/ld-linux-aarch64.so.1", "aarch64-linux-gnu"),
            _other => ("/lib64/ld-linux-x86-64.so.2", "x86_64-linux-gnu"),
        };
        let with_triple = ["/usr/lib", "/lib"].map(|folder| Path::new(folder).join(triple));
        let plain = ["/usr/lib64", "/lib64", "/usr/lib", "/lib"].map(PathBuf::from);
        let folders: Vec<PathBuf> = with_triple.into_iter().chain(plain).collect();
        let libraries = folders.iter().find(|folder| folder.join("Scrt1.o").is_file())?.clone();
        let unwinder = folders.iter().map(|it| it.join("libgcc_s.so.1")).find(|path| path.is_file())?;
        Some(System { loader, libraries, unwinder })
    }

    fn arguments(&self, objects: &[PathBuf], runtime: &Path) -> Vec<OsString> {
        let at = |name: &str| self.libraries.join(name).into_os_string();
        let mut search = OsString::from("-L");
        search.push(&self.libraries);
        let mut arguments: Vec<OsString> = Vec::new();
        arguments.extend(["-pie", "--eh-frame-hdr", "--gc-sections", "--hash-style=gnu"].map(OsString::from));
        arguments.extend(["--build-id=none", "-z", "relro", "-z", "now"].map(OsString::from));
        arguments.extend(["--defsym=__dso_handle=__ehdr_start", "--dynamic-linker"].map(OsString::from));
        arguments.extend([OsString::from(self.loader), at("Scrt1.o"), at("crti.o")]);
        arguments.extend(objects.iter().map(|path| path.clone().into_os_string()));
        arguments.push(runtime.as_os_str().to_owned());
        arguments.extend([self.unwinder.clone().into_os_string(), search, "-lc".into(), "-lm".into()]);
        arguments.push(at("crtn.o"));
        arguments
    }
}

/// A folder that goes when it is no longer needed.
fn scratch() -> std::io::Result<Litter> {
    for number in 0.. {
        let path = env::temp_dir().join(format!("quastra-{}-{number}", process::id()));
        if path.exists() {
            continue;
        }
        let folder = Litter::new(path);
        match fs::create_dir(folder.path()) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => (),
            Err(error) => return Err(error),
        }
    }
    unreachable!("numbers do not end")
}
