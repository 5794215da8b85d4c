//! A folder of its own for a test, and `quastra` commands that run in it.
//!
//! In: files, arguments. Out: exit code, standard output, standard error; the folder goes with the [`Place`]:
//!
//! ```text
//! place.file("bank.qst", "fn main() {}")
//! place.says("check bnak.qst", 1, &["error[D8000]"])
//! ```

use crate::programs::quastra;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

pub struct Place(pub PathBuf);

impl Place {
    pub fn new(name: &str) -> Place {
        let folder = std::env::temp_dir().join(format!("quastra-command-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        Place(folder)
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }

    /// Everything below the folder, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                names.push(path.strip_prefix(&self.0).expect("below it").display().to_string());
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                }
            }
        }
        names.sort();
        names
    }

    pub fn quastra(&self, arguments: &str) -> Command {
        self.command(&quastra().display().to_string(), arguments)
    }

    /// A program that runs in this folder as commands do.
    pub fn command(&self, program: &str, arguments: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.0).args(arguments.split_whitespace()).stdin(Stdio::null());
        command.env_remove("NO_COLOR").env_remove("RUST_BACKTRACE");
        command
    }

    /// Runs it; exit code, standard output, standard error.
    pub fn run(&self, arguments: &str) -> (i32, String, String) {
        texts(&self.quastra(arguments).output().expect("it starts"))
    }

    /// Asserts the exit code and that standard error says each of these.
    #[track_caller]
    pub fn says(&self, arguments: &str, code: i32, parts: &[&str]) {
        says(&mut self.quastra(arguments), code, parts);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Exit code, -1 where a signal ended it; standard output; standard error.
pub fn texts(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// Asserts the exit code and that standard error says each of these, and nothing of a bug.
#[track_caller]
pub fn says(command: &mut Command, code: i32, parts: &[&str]) {
    let (status, _, errors) = texts(&command.output().expect("it starts"));
    assert_eq!(status, code, "{command:?}\n{errors}");
    for part in parts {
        assert!(errors.contains(part), "{command:?}: no {part:?} in\n{errors}");
    }
    assert!(!errors.contains("bug in Quastra"), "{errors}");
}
