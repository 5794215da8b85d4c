//! `quastra new bank`: a package that compiles, runs and has a test.
//!
//! ```text
//! bank/quastra.toml   bank/src/main.qst   bank/.gitignore
//! ```

use crate::Session;
use crate::load::shown;
use crate::manifest::{self, is_package_name, unfit_name};
use crate::save::Mode;
use base::{Applicability, ErrorReported};
use std::fs;
use std::path::Path;

impl Session {
    /// Makes the package; gives its name.
    pub fn new_package(&mut self, folder: &Path, name: Option<&str>) -> Result<String, ErrorReported> {
        let argument = folder.display().to_string();
        let last = folder.file_name().map(|name| name.to_string_lossy().into_owned());
        let wanted = name.map(str::to_string).or(last).unwrap_or_default();
        if let Some(why) = unfit_name(&wanted) {
            let message = format!("`{wanted}` cannot name a package");
            let mut error = self.argument_error("D8011", name.unwrap_or(&argument), message);
            error = error.label(why);
            if let Some(near) = as_package_name(&wanted) {
                let (span, fix) = (error.primary.span, format!("{argument} --name {near}"));
                error = error.fix("give it a name of its own", span, fix, Applicability::MaybeIncorrect);
            }
            return Err(self.diagnostics.error(error));
        }
        let is_free = fs::read_dir(folder).map_or(!folder.exists(), |mut entries| entries.next().is_none());
        if !is_free {
            let message = format!("`{}` exists and is not empty", shown(folder));
            let error = self.argument_error("D8010", &argument, message).label("nothing was changed");
            return Err(self.diagnostics.error(error));
        }
        self.make_folder(&folder.join("src"))?;
        let manifest = format!("[package]\nname = \"{wanted}\"\nversion = \"0.1.0\"\nedition = \"2026\"\n");
        let main =
            format!("module {wanted}.main\n\nfn main() {{\n    println(\"Hello from {wanted}\")\n}}\n");
        self.save(&folder.join(manifest::FILE), manifest.as_bytes(), Mode::Data)?;
        self.save(&folder.join("src/main.qst"), main.as_bytes(), Mode::Data)?;
        self.save(&folder.join(".gitignore"), b"/target\n", Mode::Data)?;
        Ok(wanted)
    }
}

/// The nearest name that is one.
fn as_package_name(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let words = lower.split(|ch: char| !ch.is_ascii_lowercase() && !ch.is_ascii_digit());
    let near = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
    is_package_name(&near).then_some(near)
}
