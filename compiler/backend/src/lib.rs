//! The native back end, opened on first use.
//!
//! In: nothing until [`Native`] is asked to compile. Out: what `libquastra_llvm.so` makes. `quastra --version`
//! and `quastra check` never load LLVM: that would cost them 4 ms and 26 MB.
//!
//! ```text
//! quastra build → Native.compile → find libquastra_llvm.so → quastra_backend(host) → its `dyn Backend`
//! ```
//!
//! Both sides are Rust of one build and hand each other Rust values by reference. A shared object of another
//! build would read them wrongly, so the door states a fingerprint of the sources and is checked first. A
//! shared object has statics of its own, so the host hands over its tables of names and types, and its
//! allocator: what one side makes the other may grow or free.

use mir::BackendError;
use mir::backend::{Backend, BackendInput, BackendOutput};
use std::alloc::Layout;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Fingerprint of compiler and border.
pub const BUILD: &str = env!("QUASTRA_BUILD");

/// The door's symbol; its type is [`Door`].
pub const DOOR: &str = "quastra_backend";

/// The file's name, where it is looked for: see [`candidates`].
#[cfg(target_os = "macos")]
pub const FILE: &str = "libquastra_llvm.dylib";
#[cfg(not(target_os = "macos"))]
pub const FILE: &str = "libquastra_llvm.so";

/// The host's allocator.
#[repr(C)]
pub struct Allocator {
    pub alloc: unsafe fn(Layout) -> *mut u8,
    pub alloc_zeroed: unsafe fn(Layout) -> *mut u8,
    pub realloc: unsafe fn(*mut u8, Layout, usize) -> *mut u8,
    pub dealloc: unsafe fn(*mut u8, Layout),
}

static ALLOCATOR: Allocator = Allocator {
    alloc: std::alloc::alloc,
    alloc_zeroed: std::alloc::alloc_zeroed,
    realloc: std::alloc::realloc,
    dealloc: std::alloc::dealloc,
};

/// What the host gives.
#[repr(C)]
pub struct Host {
    /// Adopted before anything is allocated on the other side.
    pub allocator: &'static Allocator,
    pub names: &'static base::symbol::Names,
    pub types: &'static typeck::TypeTables,
}

/// What the shared object exports. The fingerprint has a layout that never changes and is looked at first.
#[repr(C)]
pub struct Door {
    /// 16 hexadecimal digits.
    pub build: [u8; 16],
    pub open: fn(&Host) -> &'static dyn Backend,
}

/// The fingerprint as [`Door`] holds it.
pub const fn fingerprint() -> [u8; 16] {
    let mut digits = [0; 16];
    let mut at = 0;
    while at < 16 {
        digits[at] = BUILD.as_bytes()[at];
        at += 1;
    }
    digits
}

/// Compiles through the shared object.
pub struct Native {
    opened: OnceLock<Result<&'static dyn Backend, String>>,
}

impl Native {
    pub const fn new() -> Native {
        Native { opened: OnceLock::new() }
    }
}

impl Default for Native {
    fn default() -> Native {
        Native::new()
    }
}

impl Backend for Native {
    fn compile(&self, input: &BackendInput<'_>) -> Result<Vec<BackendOutput>, BackendError> {
        match self.opened.get_or_init(open) {
            Ok(backend) => backend.compile(input),
            Err(why) => Err(BackendError(why.clone())),
        }
    }
}

/// Beside the command as Cargo leaves it, then as it is installed.
fn candidates() -> Vec<PathBuf> {
    let mut candidates = Vec::new();
    candidates.extend(std::env::var_os("QUASTRA_BACKEND").map(PathBuf::from));
    let command = std::env::current_exe().unwrap_or_default();
    if let Some(folder) = command.parent() {
        for place in ["deps", ".", "../lib/quastra", "lib/quastra"] {
            candidates.push(folder.join(place).join(FILE));
        }
    }
    candidates
}

#[expect(clippy::disallowed_methods, reason = "the driver can't look for what it must not know")]
fn open() -> Result<&'static dyn Backend, String> {
    let candidates = candidates();
    let mut problems = Vec::new();
    for path in candidates.iter().filter(|path| path.is_file()) {
        match open_file(path) {
            Ok(backend) => return Ok(backend),
            Err(why) => problems.push(why),
        }
    }
    match problems.is_empty() {
        false => Err(problems.join("\n")),
        true => Err(format!("the native back end, {FILE}, is not beside the command")),
    }
}

fn open_file(path: &PathBuf) -> Result<&'static dyn Backend, String> {
    // SAFETY: a shared object of ours; its initialisers are those of LLVM and Rust's library.
    let library = unsafe { libloading::Library::new(path) }.map_err(|error| error.to_string())?;
    // It stays open: what it makes refers to its code.
    let library = Box::leak(Box::new(library));
    // SAFETY: the symbol is a static of type `Door`; of another build, still one that begins with 16 bytes.
    let door = unsafe { library.get::<*const Door>(DOOR.as_bytes()) }.map_err(|error| error.to_string())?;
    // SAFETY: as above; only the fingerprint is read before it is known to be of this build.
    let build = unsafe { door.cast::<[u8; 16]>().read() };
    if build != fingerprint() {
        return Err(format!(
            "{} is of another build of the compiler",
            path.file_name().unwrap_or_default().display()
        ));
    }
    // SAFETY: the fingerprint says that both sides have the same `Door`.
    let door = unsafe { &**door };
    let host = Host { allocator: &ALLOCATOR, names: base::symbol::names(), types: typeck::tables() };
    Ok((door.open)(&host))
}
