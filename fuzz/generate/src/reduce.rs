//! The reducer: the smallest program that still fails in the same way.
//!
//! In: a program that fails. Out: a smaller one beside it, `NAME.small.qst`. Each step takes a piece of the tree away or
//! puts a simpler one in its place, and keeps that if the program still fails with the same [`signature`]: what does not
//! compile any more fails otherwise.
//!
//! ```text
//! let x: i64 = if b { f(3) } else { 4 }   →   let x: i64 = f(3)   →   (gone)
//! ```

use crate::compare;
use crate::engines::{self, Wanted};
use crate::{scratch, stream};
use base::{SourceMap, Span};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};
use syntax::ast::Module;

/// What an expression may become.
const SIMPLE: [&str; 8] = ["0", "1", "true", "false", "()", "none", "\"\".to_string()", "List.new()"];

/// How a file fails, told to a reducer that is another process.
pub fn tell(path: &Path, wanted: Wanted) -> ExitCode {
    let Ok(text) = fs::read_to_string(path) else { return ExitCode::FAILURE };
    let folder = scratch();
    let signature = Reducer::new(wanted, folder.clone()).signature(&text);
    let _ = fs::remove_dir_all(folder);
    print!("{}", signature.unwrap_or_default());
    ExitCode::SUCCESS
}

/// Reduces a file.
pub fn file(path: &Path, wanted: Wanted) -> ExitCode {
    let folder = scratch();
    let done = smaller(path, Reducer::new(wanted, folder.clone()));
    let _ = fs::remove_dir_all(folder);
    done
}

fn smaller(path: &Path, mut reducer: Reducer) -> ExitCode {
    let Ok(text) = fs::read_to_string(path) else { return ExitCode::FAILURE };
    // What kills the process is looked at in another one.
    reducer.apart = true;
    let apart = reducer.signature(&text);
    reducer.apart = apart.is_some_and(|signature| signature.starts_with(DIES));
    let Some(signature) = reducer.signature(&text) else {
        println!("{}: nothing fails", path.display());
        return ExitCode::FAILURE;
    };
    println!("{}: {signature}", path.display());
    let target = path.with_extension("small.qst");
    reducer.target = Some(target.clone());
    let small = reducer.reduce(text, &signature);
    let _ = fs::write(&target, &small);
    println!("{small}\n// {}", target.display());
    ExitCode::SUCCESS
}

struct Reducer {
    wanted: Wanted,
    folder: std::path::PathBuf,
    /// Each program in a process of its own: slower.
    apart: bool,
    /// Where each smaller program is written, so that one may stop at any time.
    target: Option<PathBuf>,
    /// What tells the signature of a file: this program, if there is no stand-in.
    teller: Option<PathBuf>,
}

/// What the signature of a program begins with that kills the compiler.
const DIES: &str = "the compiler dies";

impl Reducer {
    fn new(wanted: Wanted, folder: PathBuf) -> Reducer {
        Reducer { wanted, folder, apart: false, target: None, teller: None }
    }

    /// How a program fails, without what changes as it shrinks.
    fn signature(&self, text: &str) -> Option<String> {
        if self.apart {
            return self.signature_apart(text);
        }
        let results = engines::run(text, None, &self.folder, self.wanted);
        if let Some(failure) = results.failures.first() {
            let line = match failure.strip_prefix("rejected:") {
                // The first error's code and message; never its names or places.
                Some(rest) => {
                    let mut words = rest.trim().splitn(3, ' ');
                    let code = words.next().unwrap_or_default().to_string();
                    let message = words.nth(1).unwrap_or_default();
                    format!("rejected {code} {}", message.lines().next().unwrap_or_default())
                }
                None => failure.lines().take(2).collect::<Vec<_>>().join(" "),
            };
            return Some(without_names(&line));
        }
        let difference = compare::differences(&results).into_iter().next()?;
        Some(format!("{} differs", difference.engine))
    }

    fn signature_apart(&self, text: &str) -> Option<String> {
        let path = self.folder.join("apart.qst");
        fs::write(&path, text).ok()?;
        let mut command = Command::new(self.teller.clone().map_or_else(env::current_exe, Ok).ok()?);
        command.arg("signature").arg(&path);
        if !self.wanted.overflow_checks {
            command.arg("--wraps");
        }
        match self.wanted.levels {
            [] => _ = command.arg("--interpreter-only"),
            [_] => _ = command.arg("--unoptimised"),
            _ => {}
        }
        let (status, said) = stream::child(command)?;
        match status {
            None => Some(format!("{DIES}: never ends")),
            Some(status) if status.success() => Some(said).filter(|said| !said.is_empty()),
            Some(status) => Some(format!("{DIES}: {}", stream::ended(status))),
        }
    }

    fn fails(&self, text: &str, signature: &str) -> bool {
        self.signature(text).as_deref() == Some(signature)
    }

    fn reduce(&self, mut text: String, signature: &str) -> String {
        let mut tries = 0;
        loop {
            let before = text.len();
            let mut at = 0;
            loop {
                let edits = edits(&text);
                let mut changed = false;
                while at < edits.len() {
                    let (lo, hi, new) = &edits[at];
                    at += 1;
                    let candidate = format!("{}{new}{}", &text[..*lo], &text[*hi..]);
                    tries += 1;
                    if self.fails(&candidate, signature) {
                        text = candidate;
                        if let Some(target) = &self.target {
                            let _ = fs::write(target, &text);
                        }
                        changed = true;
                        break;
                    }
                }
                if !changed {
                    break;
                }
                // What is larger than this was tried before; a few may have become possible.
                at = at.saturating_sub(at / 4 + 2);
            }
            eprintln!("{tries} tries: {} bytes", text.len());
            if text.len() == before {
                return tidy(&text);
            }
        }
    }
}

/// Digits and what stands in backquotes change from step to step.
fn without_names(line: &str) -> String {
    let mut out = String::new();
    for (i, part) in line.split('`').enumerate() {
        out.push_str(if i % 2 == 1 { "`" } else { part });
    }
    out.chars().filter(|ch| !ch.is_ascii_digit()).collect()
}

fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.join("\n") + "\n"
}

/// What can be tried: where, and what comes there; the largest first.
fn edits(text: &str) -> Vec<(usize, usize, String)> {
    let mut sources = SourceMap::default();
    let file = sources.add("case.qst".into(), text.to_string());
    let (module, _) = parse(file, text);
    let of = |span: Span| (span.lo as usize, span.hi as usize);
    let mut out: Vec<(usize, usize, String)> = Vec::new();
    let mut put = |(lo, hi): (usize, usize), new: &str| {
        if lo < hi && hi <= text.len() && &text[lo..hi] != new {
            out.push((lo, hi, new.to_string()));
        }
    };
    for node in module.item_nodes.iter() {
        put(of(module.span(node.range)), "");
    }
    for node in module.stmts.iter() {
        put(of(module.span(node.range)), "");
    }
    for node in module.arms.iter() {
        let (lo, hi) = of(module.span(node.range));
        let comma = text[hi..].starts_with(',');
        put((lo, hi + usize::from(comma)), "");
    }
    for node in module.variants.iter() {
        let (lo, hi) = of(module.span(node.range));
        let comma = text[hi..].starts_with(',');
        put((lo, hi + usize::from(comma)), "");
    }
    for node in module.blocks.iter() {
        put(of(module.span(node.range)), "{}");
    }
    let ranges: Vec<(usize, usize)> = module.exprs.iter().map(|node| of(module.span(node.range))).collect();
    for &(lo, hi) in &ranges {
        for simple in SIMPLE {
            if simple.len() < hi - lo {
                put((lo, hi), simple);
            }
        }
        let mut inside: Vec<(usize, usize)> =
            ranges.iter().copied().filter(|&(a, b)| lo <= a && b <= hi && b - a < hi - lo).collect();
        inside.sort_by_key(|&(a, b)| (std::cmp::Reverse(b - a), a));
        inside.dedup();
        for (a, b) in inside.into_iter().take(6) {
            put((lo, hi), &text[a..b]);
        }
        // A statement's block gives its statements to the block around it.
        if text[lo..hi].starts_with('{') && text[lo..hi].ends_with('}') {
            put((lo, hi), &text[lo + 1..hi - 1]);
        }
    }
    for node in module.pats.iter() {
        put(of(module.span(node.range)), "_");
    }
    out.sort_by_key(|(lo, hi, new)| (std::cmp::Reverse(hi - lo - new.len().min(hi - lo)), *lo));
    out.dedup();
    out
}

fn parse(file: base::FileId, text: &str) -> (Module, base::Diagnostics) {
    let mut diagnostics = base::Diagnostics::new();
    let module = syntax::parse(text, file, &mut diagnostics);
    (module, diagnostics)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stand-in that is killed by a signal where a program calls `crash`, as a compiler that overflows its stack is.
    #[cfg(unix)]
    #[test]
    fn what_kills_the_compiler_is_reduced() {
        use std::os::unix::fs::PermissionsExt;
        let folder = env::temp_dir().join(format!("quastra-reduce-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let teller = folder.join("teller");
        let script = "#!/bin/sh\n[ \"$1\" = signature ] || exit 1\nif grep -q 'crash(' \"$2\"; then kill -SEGV $$; fi\n";
        fs::write(&teller, script).expect("written");
        fs::set_permissions(&teller, fs::Permissions::from_mode(0o755)).expect("may be run");
        let path = folder.join("case.qst");
        let program = "fn harmless(n: i64) -> i64 { if n > 2 { n * 3 } else { 7 } }\n
fn guilty(n: i64) {\n    let a = harmless(n) + 4\n    if a > 9 {\n        crash(a)\n    }\n}\n
fn main() {\n    guilty(1)\n    println(\"{harmless(2)}\")\n}\n";
        fs::write(&path, program).expect("written");
        let wanted = Wanted { overflow_checks: true, levels: &[0, 2], rust: false, debug: false };
        let mut reducer = Reducer::new(wanted, folder.clone());
        reducer.teller = Some(teller);
        reducer.apart = true;
        let signature = reducer.signature(program).expect("it fails");
        assert!(signature.starts_with(DIES), "{signature}");
        assert_eq!(reducer.signature("fn main() {}\n"), None);
        assert_eq!(smaller(&path, reducer), ExitCode::SUCCESS);
        let small = fs::read_to_string(path.with_extension("small.qst")).expect("it was written");
        let _ = fs::remove_dir_all(folder);
        assert!(
            small.contains("crash(") && !small.contains("harmless") && !small.contains("main"),
            "{small}"
        );
        assert!(small.len() < 40, "{small}");
    }
}
