//! What the loader needs to know or find when it runs.
//!
//! In: the compiler's sources, the runtime's. Out:
//! - `QUASTRA_BUILD`: a fingerprint of all that the border to the back end consists of, so that a
//!   `libquastra_llvm.so` of another build is refused instead of misread;
//! - `target/<profile>/lib/quastra/`: the runtime as every program is linked with it. It is optimised whatever
//!   the compiler's own profile is, which one Cargo build can't do; so Cargo is called once more.
//!
//! ```text
//! target/debug/lib/quastra/libquastra_runtime.a     the staticlib
//! target/debug/lib/quastra/quastra_runtime.bc       its small functions, for release builds to inline
//! target/debug/lib/quastra/lldb_quastra.py          formatters that lldb can't find in the program
//! ```

#![expect(clippy::disallowed_methods, reason = "a build script makes what the driver will find")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().expect("the workspace is there");
    let mut fingerprint = Fingerprint(0xcbf2_9ce4_8422_2325);
    for folder in [
        "compiler/base/src",
        "compiler/hir/src",
        "compiler/typeck/src",
        "compiler/mir/src",
        "compiler/backend/src",
    ] {
        println!("cargo:rerun-if-changed={}", root.join(folder).display());
        fingerprint.folder(&root.join(folder));
    }
    for name in ["PROFILE", "TARGET", "OPT_LEVEL"] {
        fingerprint.add(variable(name).as_bytes());
    }
    let rustc = Command::new(variable("RUSTC")).arg("-vV").output().expect("rustc says its version");
    fingerprint.add(&rustc.stdout);
    println!("cargo:rustc-env=QUASTRA_BUILD={:016x}", fingerprint.0);
    runtime(&root);
}

fn runtime(root: &Path) {
    for path in ["runtime", "compiler/abi/src"] {
        println!("cargo:rerun-if-changed={}", root.join(path).display());
    }
    let out = PathBuf::from(variable("OUT_DIR"));
    // target/debug/build/backend-…/out
    let profile = out.ancestors().nth(3).expect("OUT_DIR is inside the target folder");
    let library = profile.join("lib/quastra");
    fs::create_dir_all(&library).expect("the library folder can be made");

    let target = variable("TARGET");
    let built = out.join("runtime");
    let mut cargo = Command::new(variable("CARGO"));
    cargo.current_dir(root).args(["rustc", "--quiet", "--release", "--package", "runtime", "--lib"]);
    cargo.args(["--crate-type", "staticlib", "--target", &target, "--target-dir"]).arg(&built);
    // What links a program throws away what it does not need of the archive; the compiler's own profile is not meant for it.
    cargo.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "4");
    // What the outer Cargo (or clippy) said about its own compilation is not meant for this one.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_ENCODED_") || name.starts_with("RUSTC") || name == "CLIPPY_ARGS" {
            cargo.env_remove(name);
        }
    }
    run(&mut cargo);
    let archive = library.join("libquastra_runtime.a");
    place(&built.join(&target).join("release/libruntime.a"), &archive);
    // The library's own line tables would be a third of every link.
    if let Some(strip) = llvm_sys_config::find().ok().and_then(|llvm| llvm.tool("llvm-strip")) {
        run(Command::new(strip).arg("--strip-debug").arg(&archive));
    }

    let formatters = root.join("compiler/codegen/src/debuginfo/printers/lldb_quastra.py");
    println!("cargo:rerun-if-changed={}", formatters.display());
    place(&formatters, &library.join("lldb_quastra.py"));

    let bitcode = out.join("inline.bc");
    let cpu = if target.starts_with("x86_64") { "x86-64" } else { "generic" };
    let mut rustc = Command::new(variable("RUSTC"));
    rustc.args([
        "--edition",
        "2024",
        "--crate-type",
        "lib",
        "--crate-name",
        "quastra_inline",
        "--target",
        &target,
    ]);
    rustc.args(["--emit=llvm-bc", "-Copt-level=3", "-Cpanic=abort", "-Ccodegen-units=1"]);
    rustc.arg(format!("-Ctarget-cpu={cpu}")).arg(root.join("runtime/src/inline.rs")).arg("-o").arg(&bitcode);
    run(&mut rustc);
    place(&bitcode, &library.join("quastra_runtime.bc"));
}

/// Copies in one step, for someone may be linking at this moment.
fn place(from: &Path, to: &Path) {
    let temporary = to.with_extension(format!("{}.tmp", std::process::id()));
    fs::copy(from, &temporary)
        .and_then(|_| fs::rename(&temporary, to))
        .expect("the runtime can be put in its place");
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    if !output.status.success() {
        panic!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// FNV-1a.
struct Fingerprint(u64);

impl Fingerprint {
    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ byte as u64).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn folder(&mut self, folder: &Path) {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder)
            .expect("a source folder")
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        entries.sort();
        for path in entries {
            match path.is_dir() {
                true => self.folder(&path),
                false => self.add(&fs::read(&path).expect("a source file")),
            }
        }
    }
}
