//! Reading a source file, with an error for everything a path can turn out to be.
//!
//! In: a path and the argument that named it. Out: a file in the session's source map, or proof of an error:
//!
//! ```text
//! missing      D8000, with the nearest name in its folder     a folder             D8001
//! not UTF-8    D8002, at the byte                             a device, a socket   D8003
//! unreadable   D8004, with the system's reason                4 GiB or more        D8005
//! ```
//!
//! True afterwards: the text is UTF-8, shorter than 4 GiB, and its name is the path as people know it.

use crate::Session;
use base::{Diagnostic, ErrorReported, FileId, Span, did_you_mean};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Spans count bytes in 32 bits.
const TOO_LARGE: u64 = u32::MAX as u64;

impl Session {
    /// Reads `path` into the source map.
    pub fn load(&mut self, path: &Path) -> Result<FileId, ErrorReported> {
        let argument = path.display().to_string();
        let bytes = match read(path) {
            Ok(bytes) => bytes,
            Err(problem) => {
                let diagnostic = problem.diagnostic(self, path, &argument);
                return Err(self.diagnostics.error(diagnostic));
            }
        };
        let name = shown(path);
        match String::from_utf8(bytes) {
            Ok(text) => Ok(self.sources.add(name, text)),
            Err(error) => {
                let (bytes, at) = (error.as_bytes(), error.utf8_error().valid_up_to());
                let diagnostic = not_utf8(self, name, bytes, at);
                Err(self.diagnostics.error(diagnostic))
            }
        }
    }
}

/// Why a path did not give bytes.
enum Problem {
    Missing,
    Folder,
    Device(&'static str),
    Unreadable(io::Error),
    TooLarge(u64),
}

fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    let metadata = fs::metadata(path).map_err(|error| {
        if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) {
            Problem::Missing
        } else {
            Problem::Unreadable(error)
        }
    })?;
    if metadata.is_dir() {
        return Err(Problem::Folder);
    }
    if !metadata.is_file() {
        return Err(Problem::Device(kind_of(&metadata)));
    }
    if metadata.len() >= TOO_LARGE {
        return Err(Problem::TooLarge(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    // A file may grow while it is read.
    let file = File::open(path).map_err(Problem::Unreadable)?;
    file.take(TOO_LARGE).read_to_end(&mut bytes).map_err(Problem::Unreadable)?;
    if bytes.len() as u64 >= TOO_LARGE { Err(Problem::TooLarge(TOO_LARGE)) } else { Ok(bytes) }
}

impl Problem {
    fn diagnostic(self, session: &mut Session, path: &Path, argument: &str) -> Diagnostic {
        let name = shown(path);
        match self {
            Problem::Missing => {
                let error = session
                    .argument_error("D8000", argument, format!("cannot find `{name}`"))
                    .label("no such file");
                match neighbour(path) {
                    Some(near) => error.note(format!("there is `{near}` in the same folder")),
                    None => error,
                }
            }
            Problem::Folder => session
                .argument_error("D8001", argument, format!("`{name}` is a folder, not a source file"))
                .label("expected a `.qst` file, or a folder with `quastra.toml`"),
            Problem::Device(kind) => session
                .argument_error("D8003", argument, format!("`{name}` is {kind}, not a source file"))
                .label("only regular files are read"),
            Problem::Unreadable(error) => session
                .argument_error("D8004", argument, format!("cannot read `{name}`"))
                .label(reason(&error)),
            Problem::TooLarge(length) => session
                .argument_error("D8005", argument, format!("`{name}` is too large"))
                .label(format!("{length} bytes; a source file has less than 4 GiB")),
        }
    }
}

/// The text with its broken bytes replaced, and the error at the first of them.
fn not_utf8(session: &mut Session, name: String, bytes: &[u8], at: usize) -> Diagnostic {
    let byte = bytes[at];
    let message = format!("`{name}` is not UTF-8");
    let file = session.sources.add(name, String::from_utf8_lossy(bytes).into_owned());
    let width = '\u{fffd}'.len_utf8();
    let span = Span::new(file, at as u32, (at + width) as u32);
    let error = Diagnostic::error("D8002", span, message).label(format!("byte 0x{byte:02x} at {at}"));
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => error.note("it looks like UTF-16: save it as UTF-8"),
        _ => error,
    }
}

/// The name in the same folder that comes nearest.
fn neighbour(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names: Vec<String> =
        fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    let wanted = path.file_name()?.to_str()?;
    did_you_mean(wanted, names.iter().map(String::as_str)).map(str::to_string)
}

/// What a path that is neither file nor folder is.
pub fn kind_of(metadata: &fs::Metadata) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = metadata.file_type();
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        } else if kind.is_fifo() {
            return "a pipe";
        } else if kind.is_socket() {
            return "a socket";
        }
    }
    if metadata.is_dir() { "a folder" } else { "something else" }
}

/// The system's reason without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

/// The path as people know it: relative to where the command was started, if it lies below.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let path = path.strip_prefix(&here).unwrap_or(path);
    let text = path.strip_prefix(".").unwrap_or(path).display().to_string();
    if text.is_empty() { ".".to_string() } else { text }
}
