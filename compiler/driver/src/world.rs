//! The real world for an interpreted program: streams, files, folders, clocks.
//!
//! In: what the program asks for. Out: what the native runtime would answer; a negative number is `-errno`.
//!
//! ```text
//! println("a")   →   [`World::stdout`], kept until 64 KiB, a line end on a terminal, or the end
//! ```

use abi::codes::{self, open};
use mir::interp::Host;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Read, Seek, SeekFrom, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};
use std::{env, process, thread};

/// As much output is kept as the native runtime keeps.
const CAPACITY: usize = 64 << 10;
/// The first descriptor that is not a standard stream.
const FIRST_FILE: i32 = 3;
/// What a shell shows of a program that wrote to a reader that went away.
const BROKEN_PIPE: i32 = 128 + libc::SIGPIPE;

pub struct World {
    arguments: Vec<String>,
    /// What the program has set (`Some`) or removed; the process's own environment stays as it is.
    variables: BTreeMap<OsString, Option<OsString>>,
    files: BTreeMap<i32, File>,
    out: Vec<u8>,
    is_terminal: bool,
    begun: Instant,
}

impl World {
    /// `arguments` begin with the program's name.
    pub fn new(arguments: Vec<String>) -> World {
        World {
            arguments,
            variables: BTreeMap::new(),
            files: BTreeMap::new(),
            out: Vec::new(),
            is_terminal: io::stdout().is_terminal(),
            begun: Instant::now(),
        }
    }

    fn with_file<T>(&mut self, file: i32, act: impl FnOnce(&mut File) -> io::Result<T>) -> Result<T, i64> {
        let file = self.files.get_mut(&file).ok_or(-i64::from(libc::EBADF))?;
        act(file).map_err(|error| negative(&error))
    }

    fn variable(&self, name: &OsStr) -> Option<OsString> {
        match self.variables.get(name) {
            Some(value) => value.clone(),
            None => env::var_os(name),
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // The machine has flushed and told; this is for one that was given up.
        let _ = self.stdout_flush();
    }
}

/// The errno of an error, negative.
fn negative(error: &io::Error) -> i64 {
    let fallback = if error.kind() == ErrorKind::InvalidInput { libc::EINVAL } else { libc::EIO };
    -i64::from(error.raw_os_error().unwrap_or(fallback))
}

fn count(result: Result<usize, i64>) -> i64 {
    result.map_or_else(|errno| errno, |count| count as i64)
}

fn status(result: io::Result<()>) -> i64 {
    result.map_or_else(|error| negative(&error), |()| 0)
}

fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |before| -before),
    }
}

/// Writes all of it. A reader that has gone away ends the program quietly, as SIGPIPE does.
fn write_stdout(bytes: &[u8]) -> i64 {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Ok(()) => 0,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => process::exit(BROKEN_PIPE),
        Err(error) => negative(&error),
    }
}

impl Host for World {
    fn stdout(&mut self, bytes: &[u8]) -> i64 {
        if self.out.len() + bytes.len() > CAPACITY {
            let failed = self.stdout_flush();
            if failed < 0 {
                return failed;
            }
        }
        self.out.extend_from_slice(bytes);
        let is_due = self.out.len() >= CAPACITY || (self.is_terminal && bytes.contains(&b'\n'));
        if is_due { self.stdout_flush() } else { 0 }
    }
    fn stdout_flush(&mut self) -> i64 {
        // What cannot be written is lost: the error is told once.
        let bytes = std::mem::take(&mut self.out);
        if bytes.is_empty() { 0 } else { write_stdout(&bytes) }
    }
    fn stderr(&mut self, bytes: &[u8]) -> i64 {
        status(io::stderr().write_all(bytes))
    }
    fn stdin(&mut self, buf: &mut [u8]) -> i64 {
        count(io::stdin().lock().read(buf).map_err(|error| negative(&error)))
    }
    fn is_terminal(&self, stream: i32) -> bool {
        match stream {
            0 => io::stdin().is_terminal(),
            1 => self.is_terminal,
            2 => io::stderr().is_terminal(),
            _other => false,
        }
    }
    fn args(&self) -> &[String] {
        &self.arguments
    }

    fn file_open(&mut self, name: &[u8], flags: u32) -> i64 {
        let has = |flag| flags & flag != 0;
        let mut bits = 0;
        for (flag, bit) in [
            (open::CREATE, libc::O_CREAT),
            (open::TRUNCATE, libc::O_TRUNC),
            (open::CREATE_NEW, libc::O_CREAT | libc::O_EXCL),
        ] {
            if has(flag) {
                bits |= bit;
            }
        }
        let mut options = OpenOptions::new();
        options.write(has(open::WRITE)).append(has(open::APPEND)).custom_flags(bits);
        options.read(has(open::READ) || !has(open::WRITE | open::APPEND));
        match options.open(path(name)) {
            Ok(file) => {
                let free = (FIRST_FILE..).find(|number| !self.files.contains_key(number));
                let number = free.unwrap_or(FIRST_FILE);
                self.files.insert(number, file);
                i64::from(number)
            }
            Err(error) => negative(&error),
        }
    }
    fn file_read(&mut self, file: i32, buf: &mut [u8]) -> i64 {
        if file == 0 { self.stdin(buf) } else { count(self.with_file(file, |file| file.read(buf))) }
    }
    fn file_write(&mut self, file: i32, bytes: &[u8]) -> i64 {
        match file {
            1 => self.stdout(bytes).min(0) + bytes.len() as i64,
            2 => self.stderr(bytes).min(0) + bytes.len() as i64,
            _other => count(self.with_file(file, |file| file.write(bytes))),
        }
    }
    fn file_seek(&mut self, file: i32, offset: i64, from: u32) -> i64 {
        let to = match from {
            0 if offset < 0 => return -i64::from(libc::EINVAL),
            0 => SeekFrom::Start(offset as u64),
            1 => SeekFrom::Current(offset),
            2 => SeekFrom::End(offset),
            _other => return -i64::from(libc::EINVAL),
        };
        count(self.with_file(file, |file| file.seek(to).map(|at| at as usize)))
    }
    fn file_size(&mut self, file: i32) -> i64 {
        count(self.with_file(file, |file| file.metadata().map(|data| data.len() as usize)))
    }
    fn file_sync(&mut self, file: i32) -> i64 {
        count(self.with_file(file, |file| file.sync_all().map(|()| 0)))
    }
    fn file_close(&mut self, file: i32) -> i64 {
        self.files.remove(&file).map_or(-i64::from(libc::EBADF), |_| 0)
    }

    fn path_kind(&mut self, name: &[u8]) -> i64 {
        match path(name).metadata() {
            Ok(data) if data.is_file() => codes::path::FILE.into(),
            Ok(data) if data.is_dir() => codes::path::DIRECTORY.into(),
            Ok(_) => codes::path::OTHER.into(),
            Err(error) => negative(&error),
        }
    }
    fn path_size(&mut self, name: &[u8]) -> i64 {
        path(name).metadata().map_or_else(|error| negative(&error), |data| data.len() as i64)
    }
    fn path_modified(&mut self, name: &[u8]) -> i64 {
        let modified = path(name).metadata().and_then(|data| data.modified());
        modified.map_or_else(|error| i64::MIN - negative(&error), nanoseconds)
    }
    fn path_remove_file(&mut self, name: &[u8]) -> i64 {
        status(fs::remove_file(path(name)))
    }
    fn path_rename(&mut self, from: &[u8], to: &[u8]) -> i64 {
        status(fs::rename(path(from), path(to)))
    }
    fn path_absolute(&mut self, name: &[u8]) -> Result<Vec<u8>, i64> {
        let full = path(name).canonicalize().map_err(|error| negative(&error))?;
        Ok(full.into_os_string().into_vec())
    }
    fn dir_create(&mut self, name: &[u8], recursive: bool) -> i64 {
        status(if recursive { fs::create_dir_all(path(name)) } else { fs::create_dir(path(name)) })
    }
    fn dir_remove(&mut self, name: &[u8], recursive: bool) -> i64 {
        status(if recursive { fs::remove_dir_all(path(name)) } else { fs::remove_dir(path(name)) })
    }
    fn dir_list(&mut self, name: &[u8]) -> Result<Vec<u8>, i64> {
        let entries = fs::read_dir(path(name)).map_err(|error| negative(&error))?;
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry.map_err(|error| negative(&error))?.file_name());
        }
        names.sort();
        Ok(names.iter().flat_map(|name| [name.to_string_lossy().as_bytes(), b"\0"].concat()).collect())
    }
    fn error_text(&self, errno: i32) -> String {
        let text = io::Error::from_raw_os_error(errno).to_string();
        text.strip_suffix(&format!(" (os error {errno})")).unwrap_or(&text).to_string()
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "the system knows many more")]
    fn error_kind(&self, errno: i32) -> u32 {
        use codes::error;
        match io::Error::from_raw_os_error(errno).kind() {
            ErrorKind::NotFound => error::NOT_FOUND,
            ErrorKind::PermissionDenied => error::PERMISSION_DENIED,
            ErrorKind::AlreadyExists => error::ALREADY_EXISTS,
            ErrorKind::IsADirectory => error::IS_A_DIRECTORY,
            ErrorKind::NotADirectory => error::NOT_A_DIRECTORY,
            ErrorKind::DirectoryNotEmpty => error::NOT_EMPTY,
            ErrorKind::BrokenPipe => error::BROKEN_PIPE,
            ErrorKind::Interrupted => error::INTERRUPTED,
            ErrorKind::InvalidInput => error::INVALID_INPUT,
            ErrorKind::StorageFull => error::OUT_OF_SPACE,
            ErrorKind::TimedOut => error::TIMED_OUT,
            _other => error::OTHER,
        }
    }

    fn env_get(&self, name: &[u8]) -> Option<Vec<u8>> {
        let value = self.variable(OsStr::from_bytes(name))?;
        Some(value.to_string_lossy().into_owned().into_bytes())
    }
    fn env_set(&mut self, name: &[u8], value: Option<&[u8]>) -> i64 {
        let has_null = name.contains(&0) || value.is_some_and(|value| value.contains(&0));
        if name.is_empty() || name.contains(&b'=') || has_null {
            return -i64::from(libc::EINVAL);
        }
        let owned = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
        self.variables.insert(owned(name), value.map(owned));
        0
    }
    fn env_list(&self) -> Vec<u8> {
        let mut all: BTreeMap<OsString, OsString> = env::vars_os().collect();
        for (name, value) in &self.variables {
            match value {
                Some(value) => _ = all.insert(name.clone(), value.clone()),
                None => _ = all.remove(name),
            }
        }
        let line = |(name, value): (OsString, OsString)| {
            format!("{}={}\0", name.to_string_lossy(), value.to_string_lossy())
        };
        all.into_iter().map(line).collect::<String>().into_bytes()
    }
    fn current_dir(&self) -> Result<Vec<u8>, i64> {
        let folder = env::current_dir().map_err(|error| negative(&error))?;
        Ok(folder.into_os_string().into_vec())
    }
    fn process_id(&self) -> u32 {
        process::id()
    }
    fn monotonic(&mut self) -> u64 {
        self.begun.elapsed().as_nanos() as u64
    }
    fn wall(&mut self) -> i64 {
        nanoseconds(SystemTime::now())
    }
    fn sleep(&mut self, nanoseconds: u64) {
        thread::sleep(Duration::from_nanos(nanoseconds));
    }
    fn random(&mut self, buf: &mut [u8]) {
        let read = File::open("/dev/urandom").and_then(|mut file| file.read_exact(buf));
        read.expect("the system has a source of random bytes");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files() {
        let mut world = World::new(vec!["program".into()]);
        let folder = env::temp_dir().join(format!("quastra-world-{}", process::id()));
        let name = |below: &str| folder.join(below).into_os_string().into_vec();
        assert_eq!(world.dir_create(&name("a"), true), 0);
        let file = name("a/b");
        assert_eq!(world.file_open(&file, open::READ), -i64::from(libc::ENOENT));
        let number = world.file_open(&file, open::READ | open::WRITE | open::CREATE) as i32;
        assert_eq!(number, FIRST_FILE);
        assert_eq!(world.file_write(number, b"hello"), 5);
        assert_eq!((world.file_size(number), world.file_seek(number, 1, 0)), (5, 1));
        let mut buf = [0; 8];
        assert_eq!((world.file_read(number, &mut buf), &buf[..4]), (4, &b"ello"[..]));
        assert_eq!(world.file_open(&file, open::WRITE | open::CREATE_NEW), -i64::from(libc::EEXIST));
        assert_eq!((world.file_close(number), world.file_close(number)), (0, -i64::from(libc::EBADF)));
        assert_eq!(world.path_kind(&file), i64::from(codes::path::FILE));
        assert_eq!(world.dir_list(&name("a")), Ok(b"b\0".to_vec()));
        assert_eq!(world.dir_remove(&name("a"), false), -i64::from(libc::ENOTEMPTY));
        assert_eq!(world.error_kind(libc::ENOTEMPTY), codes::error::NOT_EMPTY);
        assert_eq!(world.dir_remove(&name(""), true), 0);
    }

    #[test]
    fn variables() {
        let mut world = World::new(Vec::new());
        assert_eq!(world.env_set(b"QUASTRA_TEST", Some(b"1")), 0);
        assert_eq!(world.env_get(b"QUASTRA_TEST"), Some(b"1".to_vec()));
        assert!(String::from_utf8_lossy(&world.env_list()).contains("QUASTRA_TEST=1\0"));
        assert_eq!(world.env_set(b"QUASTRA_TEST", None), 0);
        assert_eq!(world.env_get(b"QUASTRA_TEST"), None);
        assert_eq!(world.env_set(b"a=b", Some(b"1")), -i64::from(libc::EINVAL));
    }
}
