//! `--emit`: which stages to print, and where the prints go.
//!
//! ```text
//! --emit=mir            one stage: on standard output, or into the file `-o` names
//! --emit=ast,mir        several: files in a folder, `bank.emit/ast`, `bank.emit/mir`, or the folder `-o` names
//! --emit=all            every stage, numbered: `bank.emit/1.tokens`, `bank.emit/2.ast`, …
//! --emit=llvm-ir       a file a module: `bank.emit/bank.ll`, `bank.emit/core.list.ll`, …
//! --emit=mir:NAME       the MIR after the pass NAME
//! --only=main           of the items printed only `main`: in ast, hir, mir, mir:NAME, llvm-ir
//! ```

use crate::only::only;
use crate::save::Mode;
use crate::{Options, Session};
use base::{ErrorReported, did_you_mean};
use std::collections::BTreeSet;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A stage whose result can be printed or left as a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Emit {
    Tokens,
    Ast,
    /// The syntax tree after macros and derives.
    Expanded,
    Hir,
    Mir,
    /// The MIR after one pass.
    MirAfter(String),
    /// Where references point and allocations live, and why.
    Regions,
    LlvmIr,
    Asm,
    Obj,
}

impl Emit {
    /// In the order of the pipeline.
    pub const ALL: [Emit; 9] = [
        Emit::Tokens,
        Emit::Ast,
        Emit::Expanded,
        Emit::Hir,
        Emit::Mir,
        Emit::Regions,
        Emit::LlvmIr,
        Emit::Asm,
        Emit::Obj,
    ];

    pub fn name(&self) -> String {
        match self {
            Emit::Tokens => "tokens".into(),
            Emit::Ast => "ast".into(),
            Emit::Expanded => "expanded".into(),
            Emit::Hir => "hir".into(),
            Emit::Mir => "mir".into(),
            Emit::MirAfter(pass) => format!("mir:{pass}"),
            Emit::Regions => "regions".into(),
            Emit::LlvmIr => "llvm-ir".into(),
            Emit::Asm => "asm".into(),
            Emit::Obj => "obj".into(),
        }
    }

    /// Of the files that a stage leaves, one a unit.
    fn extension(&self) -> &'static str {
        match self {
            Emit::LlvmIr => "ll",
            Emit::Asm => "s",
            Emit::Obj => "o",
            Emit::Tokens
            | Emit::Ast
            | Emit::Expanded
            | Emit::Hir
            | Emit::Mir
            | Emit::MirAfter(_)
            | Emit::Regions => "txt",
        }
    }

    /// Does this need a program without errors, and a back end?
    pub fn needs_backend(&self) -> bool {
        match self {
            Emit::LlvmIr | Emit::Asm | Emit::Obj => true,
            Emit::Tokens
            | Emit::Ast
            | Emit::Expanded
            | Emit::Hir
            | Emit::Mir
            | Emit::MirAfter(_)
            | Emit::Regions => false,
        }
    }
}

/// The list after `--emit=`. The error says what to write instead.
pub fn parse_list(list: &str) -> Result<Vec<Emit>, String> {
    let mut emits = Vec::new();
    for word in list.split(',').map(str::trim) {
        match word.split_once(':') {
            Some(("mir", pass)) => match passes().find(|known| *known == pass) {
                Some(pass) => emits.push(Emit::MirAfter(pass.to_string())),
                None => return Err(unknown_pass(pass)),
            },
            _ if word == "all" => emits.extend(Emit::ALL),
            _ => match Emit::ALL.into_iter().find(|emit| emit.name() == word) {
                Some(emit) => emits.push(emit),
                None => return Err(unknown(word)),
            },
        }
    }
    emits.sort();
    emits.dedup();
    Ok(emits)
}

/// The passes over MIR, by name.
fn passes() -> impl Iterator<Item = &'static str> {
    passes::LOWER.iter().chain(passes::OPTIMISE).map(|pass| pass.name)
}

fn unknown_pass(name: &str) -> String {
    let hint = did_you_mean(name, passes()).map_or(String::new(), |near| format!(", did you mean `{near}`?"));
    let names: BTreeSet<&str> = passes().collect();
    let names: Vec<&str> = names.into_iter().collect();
    format!("there is no pass `{name}`{hint} (one of {})", names.join(", "))
}

fn unknown(word: &str) -> String {
    let names: Vec<String> =
        Emit::ALL.iter().map(Emit::name).chain(["mir:PASS".into(), "all".into()]).collect();
    let near = did_you_mean(word, names.iter().map(String::as_str));
    let hint = near.map_or(String::new(), |near| format!(", did you mean `{near}`?"));
    format!("there is no stage `{word}`{hint} (one of {})", names.join(", "))
}

/// What a stage gave: a text, or a file a unit.
#[derive(Debug)]
pub enum Print {
    Text(String),
    Files(Vec<(String, Vec<u8>)>),
}

/// The prints that are wanted, and those made so far.
#[derive(Debug, Default)]
pub struct Prints {
    wanted: Vec<Emit>,
    only: Option<String>,
    done: Vec<(Emit, Print)>,
}

impl Prints {
    pub fn new(options: &Options) -> Prints {
        Prints { wanted: options.emit.clone(), only: options.only.clone(), done: Vec::new() }
    }
    /// Adds the print of a stage, if it is wanted.
    pub fn add(&mut self, emit: Emit, text: impl FnOnce() -> String) {
        if self.wants(&emit) {
            let text = match &self.only {
                Some(name) => only(&emit, &text(), name),
                None => text(),
            };
            self.done.push((emit, Print::Text(text)));
        }
    }
    /// Adds a function's print after a pass, if that pass and that function are wanted.
    pub fn add_after_pass(&mut self, pass: &str, function: &str, text: impl FnOnce() -> String) {
        let emit = Emit::MirAfter(pass.to_string());
        if !self.wants(&emit) || !self.wants_function(function) {
            return;
        }
        let text = text() + "\n";
        match self.done.iter_mut().find(|(done, _)| *done == emit) {
            Some((_, Print::Text(all))) => all.push_str(&text),
            Some((_, Print::Files(_))) | None => self.done.push((emit, Print::Text(text))),
        }
    }
    /// Is the print after any pass wanted?
    pub fn wants_passes(&self) -> bool {
        self.wanted.iter().any(|emit| matches!(emit, Emit::MirAfter(_)))
    }
    pub fn add_files(&mut self, emit: Emit, files: Vec<(String, Vec<u8>)>) {
        let files = match &self.only {
            // Modules without such a function have nothing to show.
            Some(name) if emit == Emit::LlvmIr => files
                .into_iter()
                .map(|(unit, bytes)| (unit, only(&emit, &String::from_utf8_lossy(&bytes), name).into_bytes()))
                .filter(|(_, bytes)| !bytes.is_empty())
                .collect(),
            Some(_) | None => files,
        };
        self.done.push((emit, Print::Files(files)));
    }
    pub fn wants(&self, emit: &Emit) -> bool {
        self.wanted.contains(emit)
    }
    /// Is a function of this path (`bank.Bank.find`) to be printed?
    pub fn wants_function(&self, path: &str) -> bool {
        self.only.as_ref().is_none_or(|only| path == only || path.ends_with(&format!(".{only}")))
    }
    /// Does a print need the monomorphic program?
    pub fn needs_program(&self) -> bool {
        self.wanted.iter().any(Emit::needs_backend) || self.wants_passes()
    }
    /// The text of a stage that has printed.
    pub fn text(&self, emit: &Emit) -> Option<&str> {
        self.done.iter().find(|(done, _)| done == emit).and_then(|(_, print)| match print {
            Print::Text(text) => Some(text.as_str()),
            Print::Files(_) => None,
        })
    }
}

impl Session {
    /// Puts the prints where the command line wants them.
    pub fn write_prints(&mut self, name: &str, prints: Prints) -> Result<(), ErrorReported> {
        let output = self.options.output.clone();
        let is_single = prints.wanted.len() == 1;
        let is_all = prints.wanted.len() >= Emit::ALL.len();
        let mut prints = prints.done;
        if is_single && let Some((_, print)) = prints.pop_if(|(_, print)| is_one_text(print)) {
            let text = one_text(print);
            return match output {
                Some(path) => self.save(&path, &text, Mode::Data),
                None => self.write_stdout(&text),
            };
        }
        if prints.is_empty() {
            return Ok(());
        }
        let folder = output.unwrap_or_else(|| PathBuf::from(format!("{name}.emit")));
        self.make_folder(&folder)?;
        for (emit, print) in prints {
            let stage = emit.name().replace(':', "-");
            let number = Emit::ALL.iter().position(|it| *it == emit).filter(|_| is_all);
            let stage = number.map_or(stage.clone(), |number| format!("{}.{stage}", number + 1));
            match print {
                Print::Text(text) => self.save(&folder.join(stage), text.as_bytes(), Mode::Data)?,
                Print::Files(files) => {
                    let below = if is_single { folder.clone() } else { folder.join(stage) };
                    self.write_files(&below, emit.extension(), files)?
                }
            }
        }
        Ok(())
    }

    fn write_files(
        &mut self,
        folder: &Path,
        extension: &str,
        files: Vec<(String, Vec<u8>)>,
    ) -> Result<(), ErrorReported> {
        self.make_folder(folder)?;
        for (name, bytes) in files {
            self.save(&folder.join(format!("{name}.{extension}")), &bytes, Mode::Data)?;
        }
        Ok(())
    }

    /// Writes to standard output. A reader that has gone away is no error.
    fn write_stdout(&mut self, bytes: &[u8]) -> Result<(), ErrorReported> {
        let mut out = io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(self.save_error(Path::new("standard output"), error.into()))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// Can it go to standard output? A single unit can.
fn is_one_text(print: &Print) -> bool {
    match print {
        Print::Text(_) => true,
        Print::Files(files) => files.len() == 1,
    }
}

fn one_text(print: Print) -> Vec<u8> {
    match print {
        Print::Text(text) => text.into_bytes(),
        Print::Files(files) => files.into_iter().flat_map(|(_, bytes)| bytes).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        assert_eq!(parse_list("mir,ast,mir"), Ok(vec![Emit::Ast, Emit::Mir]));
        assert_eq!(parse_list("all").map(|it| it.len()), Ok(9));
        assert_eq!(parse_list("mir:simplify_cfg"), Ok(vec![Emit::MirAfter("simplify_cfg".into())]));
        assert!(
            parse_list("mir:simplify_cgf").is_err_and(|error| error.contains("did you mean `simplify_cfg`?"))
        );
        let error = parse_list("mri").expect_err("no such stage");
        assert!(error.contains("did you mean `mir`?"), "{error}");
        assert!(parse_list("").is_err() && parse_list("mir:").is_err() && parse_list("ast,,mir").is_err());
    }
}
