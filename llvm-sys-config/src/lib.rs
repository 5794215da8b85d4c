//! Where LLVM 22 is, and how to link it. Nothing else in the project knows.
//!
//! In: the machine. Out: an [`Llvm`] whose libraries are all there, or a [`Missing`] that says what to do.
//! Afterwards: `codegen`'s build script prints [`Llvm::link_directives`], so a plain `cargo build`,
//! `cargo run` or `cargo test` in a fresh clone just works:
//!
//! ```text
//! before: Debian, a Rust toolchain, nothing else
//!         codegen/build.rs → find_or_install() → apt-get install llvm-22-dev … (as root, or through sudo)
//! after:  cargo:rustc-link-search=native=/usr/lib/llvm-22/lib
//!         cargo:rustc-link-lib=static:-bundle=LLVMPasses …
//! ```
//!
//! `llvm-sys` has a build script of its own that would run before ours and knows nothing of installing. It
//! is told not to link at all (inkwell's feature `llvm22-1-no-llvm-linking`); the flags come from here.

mod find;
mod install;
mod link;

pub use link::Linking;

use std::fmt;
use std::path::PathBuf;

/// The major version the compiler is written against. rustc's own LLVM is the same, which lets release
/// builds link the runtime's bitcode.
pub const MAJOR: u32 = 22;

/// What to install on Debian and its descendants.
pub const DEBIAN_PACKAGES: [&str; 5] =
    ["llvm-22-dev", "libpolly-22-dev", "zlib1g-dev", "libzstd-dev", "lld-22"];

/// The variables that decide, for `cargo:rerun-if-env-changed`.
pub const VARIABLES: [&str; 3] = [find::PREFIX_VARIABLE, find::LLVM_SYS_VARIABLE, install::VARIABLE];

/// A usable LLVM 22.
#[derive(Debug, Clone)]
pub struct Llvm {
    /// The `llvm-config` that answered.
    pub config: PathBuf,
    /// As it calls itself, `22.1.8`.
    pub version: String,
    /// `/usr/lib/llvm-22`
    pub prefix: PathBuf,
    /// `/usr/lib/llvm-22/lib`
    pub libraries: PathBuf,
}

/// No usable LLVM, and why. Its `Display` is what the user is told.
#[derive(Debug)]
pub struct Missing {
    /// Every place looked at, with what was wrong there.
    pub tried: Vec<String>,
    /// Why it could not be installed, when that was attempted or refused.
    pub install: Option<String>,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "LLVM {MAJOR} was not found.")?;
        for place in &self.tried {
            writeln!(f, "  looked at {place}")?;
        }
        if let Some(why) = &self.install {
            writeln!(f, "It was not installed: {why}")?;
        }
        writeln!(f, "What to do:")?;
        writeln!(f, "  Debian, Ubuntu:  sudo apt-get install {}", DEBIAN_PACKAGES.join(" "))?;
        writeln!(f, "                   (where the release has no LLVM {MAJOR}: https://apt.llvm.org)")?;
        writeln!(
            f,
            "  Fedora:          sudo dnf install llvm-devel llvm-static lld zlib-devel libzstd-devel"
        )?;
        writeln!(f, "  Arch:            sudo pacman -S llvm llvm-libs lld")?;
        writeln!(f, "  elsewhere:       build LLVM {MAJOR} with static libraries")?;
        write!(f, "then, if it is in an unusual place, set {}=/its/prefix.", find::PREFIX_VARIABLE)
    }
}

impl std::error::Error for Missing {}

/// Finds LLVM 22; changes nothing.
pub fn find() -> Result<Llvm, Missing> {
    find::find().map_err(|tried| Missing { tried, install: None })
}

/// Finds LLVM 22; where it is missing, installs it with apt as root or through sudo.
/// `QUASTRA_INSTALL_LLVM=no` forbids that.
pub fn find_or_install() -> Result<Llvm, Missing> {
    let tried = match find::find() {
        Ok(llvm) => return Ok(llvm),
        Err(tried) => tried,
    };
    match install::install() {
        Ok(()) => find::find().map_err(|tried| Missing { tried, install: None }),
        Err(why) => Err(Missing { tried, install: Some(why) }),
    }
}
