//! Which files make the program.
//!
//! In: a path from the command line, or none. Out: a [`Program`]: every file read, with the name its module
//! must have. A single file is a program too:
//!
//! ```text
//! quastra run wc.qst      →   wc.qst
//! quastra run bank/       →   bank/quastra.toml, bank/src/main.qst as bank.main,
//!                             bank/src/net/http.qst as bank.net.http, …, sorted by path
//! quastra run             →   the package around the current folder
//! ```

use crate::manifest::{self, Manifest, Profile};
use crate::{Options, Session};
use base::{ErrorReported, FileId};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What is compiled.
#[derive(Debug)]
pub struct Program {
    /// The package's name, or the file's without its ending: what outputs are called.
    pub name: String,
    /// Where outputs go: the package's folder; for a single file where the command was started.
    pub folder: PathBuf,
    pub files: Vec<SourceEntry>,
    pub manifest: Option<Manifest>,
}

/// A file of the program.
#[derive(Clone, Debug)]
pub struct SourceEntry {
    pub file: FileId,
    /// `bank.net.http`; `None` for a single file, whose `module` line may say anything or be left out.
    pub module: Option<String>,
    /// Holds `main`.
    pub is_root: bool,
}

impl Program {
    /// The profile asked for, with what the command line overrides.
    pub fn profile(&self, options: &Options) -> Profile {
        let manifest = self.manifest.as_ref();
        let profile = match options.release {
            true => manifest.map_or(Profile::RELEASE, |it| it.release),
            false => manifest.map_or(Profile::DEBUG, |it| it.debug),
        };
        Profile {
            opt_level: options.opt_level.unwrap_or(profile.opt_level),
            overflow_checks: options.overflow_checks.unwrap_or(profile.overflow_checks),
            ..profile
        }
    }
}

impl Session {
    /// Finds and reads the program. Goes on after a file that cannot be read, so that all are reported.
    pub fn load_program(&mut self, path: Option<&Path>) -> Result<Program, ErrorReported> {
        match path {
            Some(path) if path.file_name().is_some_and(|name| name == manifest::FILE) => {
                self.load_package(path.parent().unwrap_or(Path::new("")))
            }
            Some(path) if path.is_dir() => self.load_package(path),
            Some(path) => self.load_single(path),
            None => {
                let here = env::current_dir().unwrap_or_default();
                match here.ancestors().find(|folder| folder.join(manifest::FILE).is_file()) {
                    Some(folder) => self.load_package(folder),
                    None => {
                        let message = format!("there is no `{}` here or above", manifest::FILE);
                        let error = self.argument_error("D8009", "", message);
                        Err(self.diagnostics.error(error.label("name a file or a package's folder")))
                    }
                }
            }
        }
    }

    fn load_single(&mut self, path: &Path) -> Result<Program, ErrorReported> {
        let file = self.load(path)?;
        let name = path.file_stem().map_or("program".into(), |stem| stem.to_string_lossy().into_owned());
        let files = vec![SourceEntry { file, module: None, is_root: true }];
        Ok(Program { name, folder: PathBuf::new(), files, manifest: None })
    }

    fn load_package(&mut self, folder: &Path) -> Result<Program, ErrorReported> {
        let path = folder.join(manifest::FILE);
        if !path.exists() {
            let message = format!("there is no `{}` in `{}`", manifest::FILE, crate::load::shown(folder));
            let argument = folder.display().to_string();
            let error = self.argument_error("D8009", &argument, message).label("not a package");
            return Err(self.diagnostics.error(error));
        }
        let file = self.load(&path)?;
        let manifest = manifest::parse(self, file)?;

        let source = folder.join("src");
        let mut paths = Vec::new();
        let mut reported = None;
        if let Err((folder, error)) = find_sources(&source, &mut paths)
            && error.kind() != ErrorKind::NotFound
        {
            let message = format!("cannot read the folder `{}`", crate::load::shown(&folder));
            let argument = folder.display().to_string();
            let error = self.argument_error("D8004", &argument, message).label(crate::load::reason(&error));
            reported = Some(self.diagnostics.error(error));
        }
        paths.sort();
        let root = source.join("main.qst");
        if !paths.contains(&root) {
            // Says that it is missing, and what is there instead.
            self.load(&root)?;
        }
        let mut files = Vec::new();
        for path in paths {
            match self.load(&path) {
                Ok(file) => {
                    let module = Some(module_name(&manifest.name, &source, &path));
                    files.push(SourceEntry { file, module, is_root: path == root });
                }
                Err(error) => reported = Some(error),
            }
        }
        match reported {
            Some(reported) => Err(reported),
            None => Ok(Program {
                name: manifest.name.clone(),
                folder: folder.to_path_buf(),
                files,
                manifest: Some(manifest),
            }),
        }
    }
}

/// Every `.qst` below a folder. What begins with a dot is not looked at. Goes on after a folder that cannot be read, and
/// gives the first of them.
fn find_sources(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), (PathBuf, io::Error)> {
    let mut result = Ok(());
    let entries = fs::read_dir(folder).map_err(|error| (folder.to_path_buf(), error))?;
    for entry in entries {
        let entry = entry.map_err(|error| (folder.to_path_buf(), error))?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        // Not through a link to a folder: it may lead around in a circle.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            result = result.and(find_sources(&path, paths));
        } else if path.extension().is_some_and(|it| it == "qst") {
            paths.push(path);
        }
    }
    result
}

/// `bank.net.http` for `src/net/http.qst`.
fn module_name(package: &str, source: &Path, path: &Path) -> String {
    let below = path.strip_prefix(source).unwrap_or(path).with_extension("");
    let parts = below.iter().map(|part| part.to_string_lossy().into_owned());
    std::iter::once(package.to_string()).chain(parts).collect::<Vec<_>>().join(".")
}
