//! Runs every program below `tests/`, and every example of the pages.
//!
//! In: `tests/<chapter>/<what>.qst` with markers and siblings (see `README.md`), `compiler/base/errors/*.md`,
//! `docs/**/*.md`. Out: one test each, run side by side:
//!
//! ```text
//! test ownership/use_after_move ... ok
//! test page B3000               ... ok
//! ```

use base::{CodeFix, Level, Report, SourceMap};
use libtest_mimic::{Arguments, Failed, Trial};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Output;
use tests::programs::{self, ENGINES, STAGES};
use tests::{examples_in, files_below, markers, read, root, shown, snapshots};

fn main() {
    let arguments = Arguments::from_args();
    // Messages name files as seen from the root.
    std::env::set_current_dir(root()).expect("the root is there");
    let mut trials = programs_below(&root().join("tests"));
    trials.extend(error_pages());
    trials.extend(documents());
    libtest_mimic::run(&arguments, trials).exit();
}

/// A trial for each file, or for each folder that is a package.
fn programs_below(folder: &Path) -> Vec<Trial> {
    let files: Vec<PathBuf> = files_below(folder);
    let packages: Vec<PathBuf> = (files.iter())
        .filter(|file| file.ends_with("quastra.toml"))
        .filter_map(|file| file.parent().map(Path::to_path_buf))
        .collect();
    let singles = files.iter().filter(|file| {
        file.extension().is_some_and(|it| it == "qst") && !packages.iter().any(|it| file.starts_with(it))
    });
    let single = |file: &PathBuf| trial(folder, file.clone(), file.clone());
    let package = |folder_of: &PathBuf| trial(folder, folder_of.clone(), folder_of.join("src/main.qst"));
    singles.map(single).chain(packages.iter().map(package)).collect()
}

fn trial(root: &Path, program: PathBuf, siblings: PathBuf) -> Trial {
    let name = program.strip_prefix(root).unwrap_or(&program).with_extension("").display().to_string();
    Trial::test(name, move || test(&program, &siblings))
}

/// The markers, the stages' prints, and the runs.
fn test(program: &Path, siblings: &Path) -> Result<(), Failed> {
    let mut problems = String::new();
    let wanted = STAGES.iter().filter(|(extension, _)| siblings.with_extension(extension).exists());
    let emits: Vec<_> = wanted.map(|(_, emit)| emit.clone()).collect();
    let (sources, report, prints) = programs::check(program, &emits);

    let own = shown(program);
    markers::compare(&sources, &report, |file| file.starts_with(&own), &mut problems);
    for (extension, emit) in &STAGES {
        let path = siblings.with_extension(extension);
        if path.exists() {
            match prints.iter().find(|(stage, _)| stage == emit) {
                Some((_, text)) => snapshots::compare(&path, text, &mut problems),
                None => _ = writeln!(problems, "{}: the stage printed nothing", shown(&path)),
            }
        }
    }
    check_fixed(program, siblings, &sources, &report, &mut problems);
    if report.errors() > 0 {
        check_rejection(program, siblings, &mut problems)?;
    } else {
        check_llvm_ir(program, siblings, &mut problems)?;
        check_runs(program, siblings, &mut problems)?;
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

/// What the command prints of a program with errors, where a `.stderr` holds it.
fn check_rejection(program: &Path, siblings: &Path, problems: &mut String) -> Result<(), Failed> {
    let path = siblings.with_extension("stderr");
    if path.exists() {
        let output = programs::command(&["check", &shown(program)], None)?;
        snapshots::compare(&path, &String::from_utf8_lossy(&output.stderr), problems);
    }
    Ok(())
}

/// The program after the first fix of each of its errors, where a `.fixed` holds it: it has no errors.
fn check_fixed(program: &Path, siblings: &Path, sources: &SourceMap, report: &Report, problems: &mut String) {
    let path = siblings.with_extension("fixed");
    if !path.exists() {
        return;
    }
    let errors = report.all().filter(|it| it.level == Level::Error);
    let mut fixes: Vec<CodeFix> =
        errors.filter_map(|it| it.suggestions.first()).flat_map(|it| it.fixes.clone()).collect();
    fixes.sort_by_key(|fix| (fix.span.lo, fix.span.hi));
    let own = shown(program);
    let mut text = read(program);
    for fix in fixes.iter().rev().filter(|fix| sources.file(fix.span.file).name == own) {
        text.replace_range(fix.span.lo as usize..fix.span.hi as usize, &fix.replacement);
    }
    snapshots::compare(&path, &text, problems);
    let fixed = programs::write_example(&own.replace(['/', '.'], "_"), &text);
    for diagnostic in programs::check(&fixed, &[]).1.all().filter(|it| it.level == Level::Error) {
        let _ = writeln!(problems, "after its fixes it has {} {}", diagnostic.code, diagnostic.message);
    }
}

/// The LLVM IR of the program's own modules, not optimised, where a `.ll` holds it.
fn check_llvm_ir(program: &Path, siblings: &Path, problems: &mut String) -> Result<(), Failed> {
    let path = siblings.with_extension("ll");
    // What it says depends on the machine that it is made for.
    if !path.exists() || !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        return Ok(());
    }
    let stem = shown(program).replace(['/', '.'], "_");
    let folder = root().join("target/llvm-ir-of-tests").join(stem);
    let output = folder.display().to_string();
    let built = programs::command(&["build", &shown(program), "--emit=llvm-ir", "-o", &output], None)?;
    if !built.status.success() {
        return Err(String::from_utf8_lossy(&built.stderr).into_owned().into());
    }
    let is_own = |path: &PathBuf| !shown(path).contains("/core.");
    let texts: String =
        files_left_in(&folder).iter().filter(|path| is_own(path)).map(|it| read(it)).collect();
    snapshots::compare(&path, &texts, problems);
    Ok(())
}

/// What a command left in its folder, sorted.
fn files_left_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// What the program prints, in each way to run it, where a `.stdout` or `.stderr` holds it.
fn check_runs(program: &Path, siblings: &Path, problems: &mut String) -> Result<(), Failed> {
    let (stdout, stderr) = (siblings.with_extension("stdout"), siblings.with_extension("stderr"));
    if !stdout.exists() && !stderr.exists() {
        return Ok(());
    }
    for (name, how) in ENGINES {
        let before = problems.len();
        let output = programs::run(program, how, siblings)?;
        check_run(&output, &stdout, &stderr, problems);
        if problems.len() > before {
            problems.insert_str(before, &format!("{name}:\n"));
        }
    }
    Ok(())
}

fn check_run(output: &Output, stdout: &Path, stderr: &Path, problems: &mut String) {
    let errors = String::from_utf8_lossy(&output.stderr);
    if stdout.exists() {
        snapshots::compare(stdout, &String::from_utf8_lossy(&output.stdout), problems);
    }
    if stderr.exists() {
        snapshots::compare(stderr, &errors, problems);
    } else if !output.status.success() {
        let _ = writeln!(problems, "ended with {}\n{errors}", output.status);
    }
}

/// The first example of a code's page gives exactly that code, the last one none. Codes of run time (`R`) are
/// given by running the example.
fn error_pages() -> Vec<Trial> {
    let pages = files_below(&root().join("compiler/base/errors"));
    let test = |page: PathBuf| {
        let code = page.file_stem().expect("it is a file").to_string_lossy().into_owned();
        Trial::test(format!("page {code}"), move || check_page(&code, &read(&page)))
    };
    pages.into_iter().map(test).collect()
}

fn check_page(code: &str, page: &str) -> Result<(), Failed> {
    let examples = examples_in(page);
    let last = examples.len().saturating_sub(1);
    for (index, example) in examples.iter().enumerate() {
        let path = programs::write_example(&format!("{code}_{index}"), &example.text);
        let mut found = codes(&path);
        // Syntax is explained by programs that later stages need not support yet.
        if code.starts_with(['L', 'P']) {
            found.retain(|it| it != "X0001");
        }
        if code.starts_with('R') && found.is_empty() {
            let output = programs::run(&path, ENGINES[0].1, &path)?;
            let errors = String::from_utf8_lossy(&output.stderr);
            found.extend(errors.split(['[', ']']).find(|word| *word == code).map(str::to_string));
        }
        if index == 0 && found != [code] {
            return Err(format!("the first example gives {found:?}").into());
        } else if index == last && index > 0 && !found.is_empty() {
            return Err(format!("the last example gives {found:?}").into());
        }
    }
    Ok(())
}

/// Examples of the reference give the errors that their markers say, and print the `output` below them.
fn documents() -> Vec<Trial> {
    let pages = files_below(&root().join("docs")).into_iter();
    let pages =
        pages.chain([root().join("README.md")]).filter(|it| it.extension().is_some_and(|it| it == "md"));
    let pages = pages.filter(|page| !examples_in(&read(page)).is_empty());
    let test = |page: PathBuf| {
        let name = shown(&page);
        Trial::test(format!("examples of {name}"), move || check_document(&name, &read(&page)))
    };
    pages.map(test).collect()
}

fn check_document(name: &str, page: &str) -> Result<(), Failed> {
    let mut problems = String::new();
    for (index, example) in examples_in(page).iter().enumerate() {
        let before = problems.len();
        let stem = name.trim_end_matches(".md").replace('/', "_");
        let path = programs::write_example(&format!("{stem}_{}", index + 1), &example.text);
        let (sources, report, _) = programs::check(&path, &[]);
        markers::compare(&sources, &report, |file| file == shown(&path), &mut problems);
        if let Some(expected) = example.output.as_ref().filter(|_| problems.len() == before) {
            check_output(&path, expected, &mut problems)?;
        }
        if problems.len() > before {
            problems.insert_str(before, &format!("{name}:{}:\n", example.line));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

fn check_output(path: &Path, expected: &str, problems: &mut String) -> Result<(), Failed> {
    for (engine, how) in ENGINES {
        let output = programs::run(path, how, path)?;
        let printed = String::from_utf8_lossy(&output.stdout);
        if printed != expected {
            let errors = String::from_utf8_lossy(&output.stderr);
            let _ = writeln!(problems, "{engine} prints\n{printed}{errors}and not\n{expected}");
        }
    }
    Ok(())
}

fn codes(path: &Path) -> Vec<String> {
    let (_, report, _) = programs::check(path, &[]);
    report.all().map(|diagnostic| diagnostic.code.to_string()).collect()
}
