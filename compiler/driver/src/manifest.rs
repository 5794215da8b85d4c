//! `quastra.toml`: the name of a package and how it is built.
//!
//! In: the text of the manifest. Out: a [`Manifest`], or errors at the keys that are wrong (D8008):
//!
//! ```toml
//! [package]
//! name = "bank"              # the first part of its modules' names
//! version = "0.1.0"
//! edition = "2026"
//!
//! [profile.release]          # or profile.debug
//! opt-level = 2              # 0 to 2
//! overflow-checks = false
//! debug = true               # debug information
//! ```

use crate::Session;
use base::{Applicability, Diagnostic, ErrorReported, FileId, Span, did_you_mean};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The name of the file.
pub const FILE: &str = "quastra.toml";
/// The editions of the language.
const EDITIONS: [&str; 1] = ["2026"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub name: String,
    pub version: String,
    pub debug: Profile,
    pub release: Profile,
}

/// How to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    pub opt_level: u8,
    pub overflow_checks: bool,
    pub debug_info: bool,
}

impl Profile {
    pub const DEBUG: Profile = Profile { opt_level: 0, overflow_checks: true, debug_info: true };
    pub const RELEASE: Profile = Profile { opt_level: 2, overflow_checks: false, debug_info: true };
}

type Table<'t> = DeTable<'t>;
type Value<'t> = Spanned<DeValue<'t>>;

/// Reads a manifest that is in the source map.
pub fn parse(session: &mut Session, file: FileId) -> Result<Manifest, ErrorReported> {
    let text = session.sources.file(file).text.to_string();
    let (table, errors) = DeTable::parse_recoverable(&text);
    let mut reader = Reader { session, file, reported: None };
    for error in errors {
        reader.error(error.span().unwrap_or(0..0), error.message().to_string(), "");
    }
    if let Some(reported) = reader.reported {
        return Err(reported);
    }
    let manifest = reader.manifest(table.get_ref());
    reader.reported.map_or(Ok(manifest), Err)
}

/// The first parts of the names of the library's modules.
const RESERVED: [&str; 3] = ["core", "alloc", "std"];

/// Can this be the first part of a module's name?
pub fn is_package_name(name: &str) -> bool {
    unfit_name(name).is_none()
}

/// Why this can't be the first part of a module's name, if so.
pub fn unfit_name(name: &str) -> Option<&'static str> {
    let is_word = name.starts_with(|ch: char| ch.is_ascii_lowercase())
        && name.chars().all(|ch| ch.is_ascii_lowercase() || ch.is_ascii_digit() || ch == '_');
    if !is_word {
        Some("a package is named in lower case: `a` to `z`, digits and `_`, a letter first")
    } else if RESERVED.contains(&name) {
        Some("the standard library's modules begin so")
    } else if syntax::token::is_keyword(name) {
        Some("this is a word of the language")
    } else {
        None
    }
}

/// `1.4.0`, `2.0.0-beta.1`, `1.0.0+build.5`
fn is_version(text: &str) -> bool {
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, more) = text.split_at(end);
    let is_number = |part: &str| part.parse::<u64>().is_ok_and(|number| number.to_string() == part);
    let numbers: Vec<&str> = numbers.split('.').collect();
    let is_plain = |ch: char| ch.is_ascii_alphanumeric() || ".-+".contains(ch);
    numbers.len() == 3 && numbers.into_iter().all(is_number) && more.len() != 1 && more.chars().all(is_plain)
}

struct Reader<'s> {
    session: &'s mut Session,
    file: FileId,
    reported: Option<ErrorReported>,
}

impl Reader<'_> {
    fn error(&mut self, at: Range<usize>, message: String, label: &str) {
        self.report(at, message, label, |error| error);
    }

    fn report(
        &mut self,
        at: Range<usize>,
        message: String,
        label: &str,
        more: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        let span = Span::new(self.file, at.start as u32, at.end as u32);
        let error = more(Diagnostic::error("D8008", span, message).label(label));
        self.reported = Some(self.session.diagnostics.error(error));
    }

    fn manifest(&mut self, table: &Table) -> Manifest {
        self.keys(table, &["package", "profile", "dependencies", "rust-dependencies"]);
        for key in ["dependencies", "rust-dependencies"] {
            if let Some(value) =
                table.get(key).filter(|it| it.get_ref().as_table().is_none_or(|it| !it.is_empty()))
            {
                let span = Span::new(self.file, value.span().start as u32, value.span().end as u32);
                let error = Diagnostic::error("X0001", span, format!("`[{key}]` is not supported yet"));
                self.reported = Some(self.session.diagnostics.error(error));
            }
        }
        let (name, version) = match self.table(table, "package") {
            Some(package) => self.package(package),
            None if table.contains_key("package") => Default::default(),
            None => {
                self.error(0..0, "the manifest has no `[package]`".into(), "expected `[package]`");
                Default::default()
            }
        };
        let (mut debug, mut release) = (Profile::DEBUG, Profile::RELEASE);
        if let Some(profiles) = self.table(table, "profile") {
            self.keys(profiles, &["debug", "release"]);
            for (key, profile) in [("debug", &mut debug), ("release", &mut release)] {
                if let Some(table) = self.table(profiles, key) {
                    self.profile(table, profile);
                }
            }
        }
        Manifest { name, version, debug, release }
    }

    fn package(&mut self, table: &Table) -> (String, String) {
        let known = ["name", "version", "edition", "description", "authors", "license", "repository"];
        self.keys(table, &known);
        let name = match self.string(table, "name") {
            Some((name, at)) => {
                if let Some(why) = unfit_name(&name) {
                    self.error(at, format!("`{name}` cannot name a package"), why);
                }
                name
            }
            None if table.contains_key("name") => String::new(),
            None => {
                self.error(0..0, "the package has no name".into(), "expected `name = \"…\"` in `[package]`");
                String::new()
            }
        };
        if let Some((edition, at)) = self.string(table, "edition")
            && !EDITIONS.contains(&edition.as_str())
        {
            let label = format!("this compiler knows {}", EDITIONS.join(", "));
            self.error(at, format!("there is no edition `{edition}`"), &label);
        }
        let version = match self.string(table, "version") {
            Some((version, at)) => {
                if !is_version(&version) {
                    let label =
                        "expected three numbers, and what else there is to say: `1.4.0`, `2.0.0-beta.1`";
                    self.error(at, format!("`{version}` is no version"), label);
                }
                version
            }
            None => "0.1.0".into(),
        };
        (name, version)
    }

    fn profile(&mut self, table: &Table, profile: &mut Profile) {
        self.keys(table, &["opt-level", "overflow-checks", "debug"]);
        if let Some(value) = table.get("opt-level") {
            let level = value.get_ref().as_integer().filter(|it| it.radix() == 10);
            match level.and_then(|it| it.as_str().parse().ok()).filter(|level| *level <= 2) {
                Some(level) => profile.opt_level = level,
                None => self.error(value.span(), "`opt-level` is 0, 1 or 2".into(), ""),
            }
        }
        for (key, flag) in
            [("overflow-checks", &mut profile.overflow_checks), ("debug", &mut profile.debug_info)]
        {
            if let Some(value) = table.get(key) {
                match value.get_ref().as_bool() {
                    Some(value) => *flag = value,
                    None => self.wrong_type(value, key, "`true` or `false`"),
                }
            }
        }
    }

    fn table<'t>(&mut self, table: &'t Table, key: &str) -> Option<&'t Table<'t>> {
        let value = table.get(key)?;
        let inner = value.get_ref().as_table();
        if inner.is_none() {
            self.wrong_type(value, key, "a table");
        }
        inner
    }

    fn string(&mut self, table: &Table, key: &str) -> Option<(String, Range<usize>)> {
        let value = table.get(key)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(value, key, "a string");
        }
        Some((text?.to_string(), value.span()))
    }

    fn wrong_type(&mut self, value: &Value, key: &str, expected: &str) {
        let found = value.get_ref().type_str();
        self.error(value.span(), format!("`{key}` is {expected}"), &format!("this is of type {found}"));
    }

    fn keys(&mut self, table: &Table, known: &[&str]) {
        for key in table.keys().filter(|key| !known.contains(&&**key.get_ref())) {
            let (name, at) = (key.get_ref(), key.span());
            let near = did_you_mean(name, known.iter().copied());
            let label = format!("expected {}", known.map_join());
            let span = Span::new(self.file, at.start as u32, at.end as u32);
            self.report(at, format!("there is no key `{name}` here"), &label, |error| match near {
                Some(near) => {
                    error.fix(format!("did you mean `{near}`?"), span, near, Applicability::MaybeIncorrect)
                }
                None => error,
            });
        }
    }
}

trait MapJoin {
    fn map_join(&self) -> String;
}
impl MapJoin for [&str] {
    /// `` `a`, `b` or `c` ``
    fn map_join(&self) -> String {
        match self {
            [] => "nothing".into(),
            [only] => format!("`{only}`"),
            [init @ .., last] => {
                let init: Vec<String> = init.iter().map(|it| format!("`{it}`")).collect();
                format!("{} or `{last}`", init.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    fn read(text: &str) -> (Result<Manifest, ErrorReported>, Vec<String>) {
        let mut session = Session::new(Options::default(), Vec::new());
        let file = session.sources.add(FILE.into(), text.into());
        let manifest = parse(&mut session, file);
        let line = |it: &Diagnostic| {
            let (line, column) = session.sources.line_col(it.primary.span);
            format!("{line}:{column} {} {}", it.code, it.message)
        };
        let lines = session.diagnostics.iter().map(line).collect();
        (manifest, lines)
    }

    #[test]
    fn a_good_one() {
        let (manifest, errors) = read(
            "[package]\nname = \"bank\"\nedition = \"2026\"\n[profile.release]\nopt-level = 1\noverflow-checks = true\n",
        );
        assert_eq!(errors, Vec::<String>::new());
        let manifest = manifest.expect("no error");
        assert_eq!(manifest.release, Profile { opt_level: 1, overflow_checks: true, debug_info: true });
        assert_eq!((manifest.name.as_str(), manifest.debug), ("bank", Profile::DEBUG));
    }

    #[test]
    fn bad_ones() {
        let cases = [
            ("", "1:1 D8008 the manifest has no `[package]`"),
            ("package = 1", "1:11 D8008 `package` is a table"),
            ("[package]", "1:1 D8008 the package has no name"),
            ("[package]\nname = \"Bank\"", "2:8 D8008 `Bank` cannot name a package"),
            ("[package]\nname = \"core\"", "2:8 D8008 `core` cannot name a package"),
            ("[package]\nname = \"fn\"", "2:8 D8008 `fn` cannot name a package"),
            ("[package]\nname = \"a\"\nversion = \"1.0\"", "3:11 D8008 `1.0` is no version"),
            ("[package]\nname = 1", "2:8 D8008 `name` is a string"),
            ("[package]\nname = \"a\"\nedition = \"1999\"", "3:11 D8008 there is no edition `1999`"),
            ("[package]\nname = \"a\"\nverison = \"1\"", "3:1 D8008 there is no key `verison` here"),
            (
                "[package]\nname = \"a\"\n[profile.debug]\nopt-level = 9",
                "4:13 D8008 `opt-level` is 0, 1 or 2",
            ),
            (
                "[package]\nname = \"a\"\n[dependencies]\nb = \"1\"",
                "3:1 X0001 `[dependencies]` is not supported yet",
            ),
        ];
        for (text, expected) in cases {
            let (manifest, errors) = read(text);
            assert!(manifest.is_err(), "{text}");
            assert_eq!(errors, [expected], "{text}");
        }
        let (_, errors) = read("[package\nname = = 1");
        assert!(!errors.is_empty() && errors.iter().all(|it| it.contains(" D8008 ")), "{errors:?}");
    }
}
