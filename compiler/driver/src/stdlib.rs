//! The standard library, inside the compiler.
//!
//! In: the tree `stdlib/` when the compiler is built. Out: its files, sorted by path, by the name messages
//! call them: `stdlib/core/option.qst` is `<core>/option.qst`.

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// One file of the standard library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StdFile {
    /// `core/option.qst`
    pub path: &'static str,
    pub text: &'static str,
}

impl StdFile {
    /// `<core>/option.qst`
    pub fn shown(&self) -> String {
        match self.path.split_once('/') {
            Some((library, rest)) => format!("<{library}>/{rest}"),
            None => format!("<{}>", self.path),
        }
    }
}

pub fn files() -> impl Iterator<Item = StdFile> {
    FILES.iter().map(|&(path, text)| StdFile { path, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_sorted_and_named() {
        assert!(files().is_sorted_by(|a, b| a.path < b.path));
        assert_eq!(StdFile { path: "core/a/b.qst", text: "" }.shown(), "<core>/a/b.qst");
    }
}
