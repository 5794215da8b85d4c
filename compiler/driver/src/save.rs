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
use crate::interrupt::Litter;
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
    // What is left of it after an error goes.
    let temporary = Litter::new(temporary_beside(&target));
    write_new(temporary.path(), bytes, mode)?;
    fs::rename(temporary.path(), &target)?;
    Ok(())
}

/// The regular file that `path` is or will be, behind any links.
pub fn replaceable(path: &Path) -> Result<PathBuf, Problem> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(Problem::NotAFile(kind_of(&metadata))),
        Ok(_) => Ok(fs::canonicalize(path)?),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // A link may lead to what is to be made. Not in a circle: that would not be «not found».
            let mut path = path.to_path_buf();
            while let Ok(next) = fs::read_link(&path) {
                path = path.parent().unwrap_or(Path::new("")).join(next);
            }
            // A file that is to be made needs its folder.
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            fs::metadata(folder.unwrap_or(Path::new(".")))?;
            Ok(path)
        }
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::Options;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::process::Command;

    /// An empty folder of this test.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("quastra-save-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    /// The code and label of the error, `None` if it was written.
    fn refused(path: &Path, bytes: &[u8]) -> Option<(String, String)> {
        let mut session = Session::new(Options::default(), Vec::new());
        session.save(path, bytes, Mode::Data).err()?;
        session.diagnostics.iter().next().map(|it| (it.code.to_string(), it.primary.text.clone()))
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("it is there");
        let mut names: Vec<String> =
            entries.map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_whole_file_or_nothing() {
        let folder = folder("whole");
        let path = folder.join("a");
        assert_eq!(refused(&path, b"one"), None);
        assert_eq!(refused(&path, b"two"), None);
        save(&folder.join("b"), b"#!/bin/sh", Mode::Executable).expect("written");
        assert_eq!(
            (fs::read(&path).expect("read"), names(&folder)),
            (b"two".to_vec(), vec!["a".into(), "b".into()])
        );
        let mode = |name| fs::metadata(folder.join(name)).expect("there").permissions().mode() & 0o100;
        assert_eq!((mode("a"), mode("b")), (0, 0o100));
        fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn what_is_not_a_regular_file_stays() {
        let folder = folder("kinds");
        let label = "only a regular file is replaced".to_string();
        assert_eq!(refused(&folder, b"x"), Some(("D8007".into(), label.clone())));
        assert_eq!(refused(Path::new("/dev/full"), b"x"), Some(("D8007".into(), label.clone())));
        let pipe = folder.join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().is_ok_and(|it| it.success()));
        assert_eq!(refused(&pipe, b"x"), Some(("D8007".into(), label)));
        let missing = refused(&folder.join("no/such/file"), b"x");
        assert_eq!(missing, Some(("D8006".into(), "no such file or directory".into())));
        let below_a_file = refused(&folder.join("pipe/file"), b"x");
        assert_eq!(below_a_file, Some(("D8006".into(), "not a directory".into())));
        assert_eq!(names(&folder), ["pipe"]);
        fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn a_link_is_followed() {
        let folder = folder("link");
        fs::write(folder.join("real"), "old").expect("written");
        symlink("real", folder.join("link")).expect("linked");
        assert_eq!(refused(&folder.join("link"), b"new"), None);
        assert_eq!(fs::read(folder.join("real")).expect("read"), b"new");
        assert!(fs::symlink_metadata(folder.join("link")).expect("there").is_symlink());
        // Also to what is not there yet.
        symlink("link2", folder.join("link1")).expect("linked");
        symlink("new", folder.join("link2")).expect("linked");
        assert_eq!(refused(&folder.join("link1"), b"made"), None);
        assert_eq!(fs::read(folder.join("new")).expect("read"), b"made");
        assert!(fs::symlink_metadata(folder.join("link2")).expect("there").is_symlink());
        symlink("no/folder", folder.join("astray")).expect("linked");
        assert_eq!(refused(&folder.join("astray"), b"x").map(|it| it.0), Some("D8006".into()));
        fs::remove_dir_all(folder).expect("removed");
    }

    /// On a disk of 64 KiB. Where no disk can be mounted there is nothing to test.
    #[test]
    fn a_full_disk_leaves_the_old_file() {
        let folder = folder("full");
        let owner = fs::metadata(&folder).expect("there").uid();
        let mount =
            || Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "none"]).arg(&folder).output();
        if owner == 0 && mount().is_ok_and(|it| it.status.success()) {
            let path = folder.join("a");
            fs::write(&path, "old").expect("there is place");
            let full = refused(&path, &vec![b'x'; 1 << 20]);
            let left = (fs::read(&path).expect("read"), names(&folder));
            let unmounted = Command::new("umount").arg(&folder).status();
            assert!(unmounted.is_ok_and(|it| it.success()));
            assert_eq!(full, Some(("D8006".into(), "no space left on device".into())));
            assert_eq!(left, (b"old".to_vec(), vec!["a".to_string()]));
        }
        fs::remove_dir_all(folder).expect("removed");
    }
}
