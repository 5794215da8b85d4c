//! `quastra fix`: applies the fixes that are right as they stand, and checks again.
//!
//! In: a program. Out: its files with all edits of the fixes chosen, each written in one step; the rest of the errors in the
//! session. Fixes that overlap wait for the next round; a round after which there are more errors than before is taken back.
//!
//! ```text
//! let mut x = 1   →   var x = 1      fixed bank.qst: P1010
//! ```

use crate::load::shown;
use crate::save::{Mode, replaceable};
use crate::session::COMMAND_LINE;
use crate::{Options, Session};
use base::{Applicability, CodeFix, Diagnostic, ErrorReported, Report, SourceMap, Suggestion};
use std::collections::BTreeMap;
use std::path::Path;

/// A fix may uncover the next mistake; a program has only so many layers.
const ROUNDS: usize = 16;

/// What was done: the codes of the mistakes fixed in each file.
#[derive(Debug, Default)]
pub struct Fixed {
    pub files: BTreeMap<String, Vec<&'static str>>,
    /// The last fixes made it worse, and were taken back.
    pub taken_back: bool,
}

/// A chosen suggestion: edits of files by name, and the mistake's code.
struct Chosen {
    code: &'static str,
    edits: Vec<Edit>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Edit {
    file: String,
    lo: usize,
    hi: usize,
    text: String,
}

impl Session {
    /// Applies fixes until there are none; then checks, so that the session has what is left.
    pub fn fix(&mut self, path: Option<&Path>) -> Result<Fixed, ErrorReported> {
        let mut fixed = Fixed::default();
        for _ in 0..ROUNDS {
            let (report, sources) = self.probe(path);
            let chosen = choose(report.all(), &sources);
            if chosen.is_empty() {
                break;
            }
            let before = texts(&chosen, &sources);
            let after = apply(&before, &chosen);
            self.replace(&after)?;
            let (again, _) = self.probe(path);
            if again.errors() > report.errors() {
                self.replace(&before)?;
                fixed.taken_back = true;
                break;
            }
            for it in &chosen {
                for file in it.edits.iter().map(|edit| &edit.file).collect::<std::collections::BTreeSet<_>>()
                {
                    fixed.files.entry(file.clone()).or_default().push(it.code);
                }
            }
        }
        // The errors that are left are this session's.
        let _ = self.check(path);
        Ok(fixed)
    }

    /// Checks in a session of its own.
    fn probe(&self, path: Option<&Path>) -> (Report, SourceMap) {
        let options = Options { emit: Vec::new(), only: None, output: None, ..self.options.clone() };
        let mut session = Session::new(options, self.arguments().to_vec());
        // What is wrong is in its bag.
        let _ = session.check(path);
        let report = std::mem::take(&mut session.diagnostics).report(&session.sources);
        (report, session.sources)
    }

    /// Writes all files, or none if one of them is no regular file.
    fn replace(&mut self, files: &BTreeMap<String, String>) -> Result<(), ErrorReported> {
        for name in files.keys() {
            replaceable(Path::new(name)).map_err(|problem| self.save_error(Path::new(name), problem))?;
        }
        files.iter().try_for_each(|(name, text)| self.save(Path::new(name), text.as_bytes(), Mode::Data))
    }
}

/// The suggestions to apply: of each mistake the only one that is right as it stands, none of whose edits touches another's.
fn choose<'a>(diagnostics: impl Iterator<Item = &'a Diagnostic>, sources: &SourceMap) -> Vec<Chosen> {
    let mut taken: Vec<Edit> = Vec::new();
    let mut chosen = Vec::new();
    for diagnostic in diagnostics {
        let sure = |suggestion: &&Suggestion| {
            suggestion.fixes.iter().all(|fix| fix.applicability == Applicability::MachineApplicable)
        };
        let mut suggestions = diagnostic.suggestions.iter().filter(sure);
        let (Some(only), None) = (suggestions.next(), suggestions.next()) else { continue };
        let Some(edits) = only.fixes.iter().map(|fix| edit(fix, sources)).collect::<Option<Vec<Edit>>>()
        else {
            continue;
        };
        // Two mistakes may have one cure, the same import for instance.
        let new: Vec<Edit> = edits.iter().filter(|edit| !taken.contains(edit)).cloned().collect();
        let touches = |a: &Edit, b: &Edit| {
            a.file == b.file
                && (a.lo < b.hi && b.lo < a.hi || a.lo == b.lo || a.lo == a.hi && b.lo < a.lo && a.lo < b.hi)
        };
        if new.iter().any(|edit| taken.iter().any(|other| touches(edit, other))) {
            continue;
        }
        taken.extend(new);
        chosen.push(Chosen { code: diagnostic.code, edits });
    }
    chosen
}

/// An edit of a file of the user's.
fn edit(fix: &CodeFix, sources: &SourceMap) -> Option<Edit> {
    let file = &sources.file(fix.span.file).name;
    if file == COMMAND_LINE || file.starts_with(abi::codes::LIBRARY_PREFIX) {
        return None;
    }
    let (lo, hi) = (fix.span.lo as usize, fix.span.hi as usize);
    Some(Edit { file: shown(Path::new(file)), lo, hi, text: fix.replacement.clone() })
}

/// The files that will change, as they are.
fn texts(chosen: &[Chosen], sources: &SourceMap) -> BTreeMap<String, String> {
    let wanted = |name: &str| chosen.iter().flat_map(|it| &it.edits).any(|edit| edit.file == name);
    let files = sources.files().map(|(_, file)| file).filter(|file| wanted(&file.name));
    files.map(|file| (file.name.clone(), file.text.to_string())).collect()
}

fn apply(files: &BTreeMap<String, String>, chosen: &[Chosen]) -> BTreeMap<String, String> {
    let mut edits: Vec<&Edit> = chosen.iter().flat_map(|it| &it.edits).collect();
    edits.sort();
    edits.dedup();
    let mut files = files.clone();
    // From the end, so that places before stay where they are.
    for edit in edits.into_iter().rev() {
        if let Some(text) = files.get_mut(&edit.file) {
            text.replace_range(edit.lo..edit.hi, &edit.text);
        }
    }
    files
}
