//! Writing what was made: the whole of it, or nothing.
//!
//! In: bytes and a path. Out: a regular file with these bytes, or a coded error and the old file untouched:
//!
//! ```text
//! out/bank   ←   out/.bank.4711.tmp, written, given its mode, then renamed
//! ```
//!
//! A device, a pipe, a folder or a socket is never replaced (D8007); a full disk is D8006, and leaves nothing.

use crate::Session;
use crate::load::{kind_of, reason, shown};
use base::ErrorReported;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// What the file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Data,
    Executable,
}

impl Session {
    /// Writes a file in one step. `argument` is what named it on the command line.
    pub fn save(&mut self, path: &Path, bytes: &[u8], mode: Mode) -> Result<(), ErrorReported> {
        save(path, bytes, mode).map_err(|problem| self.save_error(path, problem))
    }

    /// Makes a folder and those above it.
    pub fn make_folder(&mut self, path: &Path) -> Result<(), ErrorReported> {
        fs::create_dir_all(path).map_err(|error| self.save_error(path, Problem::Io(error)))
    }

    /// Reports what a linker or another tool could not write.
    pub fn save_error(&mut self, path: &Path, problem: Problem) -> ErrorReported {
        let (argument, name) = (path.display().to_string(), shown(path));
        let error = match problem {
            Problem::NotAFile(kind) => self
                .argument_error("D8007", &argument, format!("`{name}` is {kind}: it is not replaced"))
                .label("only a regular file is replaced"),
            Problem::Io(error) => self
                .argument_error("D8006", &argument, format!("cannot write `{name}`"))
                .label(reason(&error)),
        };
        self.diagnostics.error(error)
    }
}

/// Why a file was not written.
#[derive(Debug)]
pub enum Problem {
    NotAFile(&'static str),
    Io(io::Error),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Problem {
        Problem::Io(error)
    }
}

/// See the top of this file.
pub fn save(path: &Path, bytes: &[u8], mode: Mode) -> Result<(), Problem> {
    let target = replaceable(path)?;
    let temporary = temporary_beside(&target);
    let written = write_new(&temporary, bytes, mode).and_then(|()| fs::rename(&temporary, &target));
    written.map_err(|error| {
        // What is left of it helps nobody; the error that matters is the first.
        let _ = fs::remove_file(&temporary);
        Problem::Io(error)
    })
}

/// The regular file that `path` is or will be, behind any links.
pub fn replaceable(path: &Path) -> Result<PathBuf, Problem> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(Problem::NotAFile(kind_of(&metadata))),
        Ok(_) => Ok(fs::canonicalize(path)?),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(path.to_path_buf()),
        Err(error) => Err(Problem::Io(error)),
    }
}

/// `out/.bank.4711.tmp` for `out/bank`: on the same disk, so that it can be renamed.
pub fn temporary_beside(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn write_new(path: &Path, bytes: &[u8], mode: Mode) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(match mode {
            Mode::Data => 0o666,
            Mode::Executable => 0o777,
        });
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.flush()
}
