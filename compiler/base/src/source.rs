//! The texts of a compilation, and byte offset ↔ line and column.

use crate::{FileId, IndexVec, Span};
use std::borrow::Cow;
use std::sync::OnceLock;

/// One text with the name people know it by (a path relative to the package, or `<std>/…`).
#[derive(Debug)]
pub struct SourceFile {
    pub name: String,
    pub text: Cow<'static, str>,
    /// Byte offset at which each line begins; looked for when somebody asks.
    line_starts: OnceLock<Vec<u32>>,
}

#[derive(Debug, Default)]
pub struct SourceMap {
    files: IndexVec<FileId, SourceFile>,
}

impl SourceFile {
    pub fn new(name: String, text: String) -> SourceFile {
        SourceFile { name, text: Cow::Owned(text), line_starts: OnceLock::new() }
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.bytes().enumerate();
            let breaks = bytes.filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at as u32 + 1);
            std::iter::once(0).chain(breaks).collect()
        })
    }

    /// 1-based line and column; the column counts characters.
    pub fn line_col(&self, at: u32) -> (u32, u32) {
        let line = self.line_at(at);
        let start = self.line_start(line) as usize;
        let end = (at as usize).clamp(start, self.text.len());
        let column = self.text.get(start..end).map_or(end - start, |text| text.chars().count());
        (line, column as u32 + 1)
    }

    /// The 1-based line `at` stands in.
    pub fn line_at(&self, at: u32) -> u32 {
        self.line_starts().partition_point(|&start| start <= at) as u32
    }

    /// The byte offset at which a 1-based line begins.
    pub fn line_start(&self, line: u32) -> u32 {
        self.line_starts()[line as usize - 1]
    }

    pub fn line_count(&self) -> u32 {
        self.line_starts().len() as u32
    }

    /// The bytes of a 1-based line, without its line break.
    pub fn line(&self, line: u32) -> &str {
        let start = self.line_starts()[line as usize - 1] as usize;
        let end = self.line_starts().get(line as usize).map_or(self.text.len(), |&end| end as usize);
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }
}

impl SourceMap {
    pub fn add(&mut self, name: String, text: String) -> FileId {
        self.files.push(SourceFile::new(name, text))
    }
    /// A text that is part of the program itself.
    pub fn add_static(&mut self, name: String, text: &'static str) -> FileId {
        let text = Cow::Borrowed(text);
        self.files.push(SourceFile { name, text, line_starts: OnceLock::new() })
    }
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id]
    }
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter_enumerated()
    }
    pub fn text(&self, span: Span) -> &str {
        &self.files[span.file].text[span.lo as usize..span.hi as usize]
    }
    pub fn line_col(&self, span: Span) -> (u32, u32) {
        self.files[span.file].line_col(span.lo)
    }
}
