//! What is true of the compiler whatever the text: the fuzz targets ask, and the tests that replay what they found.
//!
//! In: a text that people or a fuzzer wrote; a line `//=== net.http` begins the package's next file. Out: nothing, or a
//! panic that says which promise is broken.
//!
//! ```text
//! fn main() {\n    help.f()\n}\n//=== help\nmodule fuzzed.help\n   →   src/main.qst and src/help.qst of the package `fuzzed`
//! ```
//!
//! The promises: nothing panics; every span lies inside its file, between characters; no diagnostic is about the standard
//! library; a program is refused exactly when an error is shown; the same text gives the same diagnostics; they can be
//! rendered; MIR of an accepted program verifies after every pass (in builds with debug assertions).

use base::render::Renderer;
use base::render::termcolor::NoColor;
use base::{Diagnostic, Level, Report, SourceMap};
use driver::emit::Prints;
use driver::package::{Program, SourceEntry};
use driver::session::on_large_stack;
use driver::{Options, Session, pipeline};
use mir::interp::{self, Host};

/// Begins the next file of a text with several.
pub const SEPARATOR: &str = "//=== ";
/// The package of a text with several files.
const PACKAGE: &str = "fuzzed";

/// Text → … → MIR, and everything that is promised of the way there.
pub fn frontend(text: &str) {
    on_large_stack(|| {
        let (first, _) = compiled(text);
        // Not for each input: it doubles the work.
        match text.len() % 4 {
            0 => assert_eq!(first, compiled(text).0, "two runs say different things"),
            1 => assert_eq!(first, checked(text), "to check says another thing than to compile"),
            _ => {}
        }
    });
}

/// Runs what is accepted, for a short time. A panic of the program is no panic of ours.
pub fn execute(text: &str) {
    on_large_stack(|| {
        if let (_, Some((program, sources))) = compiled(text) {
            let options = interp::Options {
                fuel: 100_000,
                max_depth: 2_000,
                stack_size: 4 << 20,
                heap_limit: 32 << 20,
                ..interp::Options::default()
            };
            interp::run(&program, &sources, &mut Nowhere::default(), options);
        }
    });
}

/// How a correct program ends that may have so many bytes of memory at a time.
pub fn exit_code(text: &str, heap_limit: u64) -> i32 {
    on_large_stack(|| {
        let (errors, Some((program, sources))) = compiled(text) else { panic!("{}", compiled(text).0) };
        drop(errors);
        let options = interp::Options { heap_limit, quiet: true, ..interp::Options::default() };
        interp::run(&program, &sources, &mut Nowhere::default(), options).exit_code()
    })
}

/// What `check` and `compile` say of each text.
pub fn check_like_compile(text: &str) {
    on_large_stack(|| assert_eq!(compiled(text).0, checked(text)));
}

/// The JSON of the diagnostics of `check`, which does less than `compile`: it builds bodies as far as errors go, and
/// searches concrete types only where some error may be.
fn checked(text: &str) -> String {
    let mut session = Session::new(Options { threads: Some(1), ..Options::default() }, Vec::new());
    let program = program(&mut session, text);
    let result = pipeline::check(&mut session, &program, &mut Prints::default());
    let Session { sources, diagnostics, .. } = session;
    assert_eq!(
        result.is_err(),
        diagnostics.has_errors(),
        "refused without a reason, or accepted with an error"
    );
    rendered(&sources, &diagnostics.report(&sources))
}

/// The JSON of the diagnostics, and the program if it was accepted.
fn compiled(text: &str) -> (String, Option<(mir::Program, SourceMap)>) {
    let mut session = Session::new(Options { threads: Some(1), ..Options::default() }, Vec::new());
    let program = program(&mut session, text);
    let result = pipeline::compile(&mut session, &program, &mut Prints::default());
    let Session { sources, diagnostics, .. } = session;
    let had_errors = diagnostics.has_errors();
    assert_eq!(result.is_err(), had_errors, "refused without a reason, or accepted with an error");
    diagnostics.iter().for_each(|diagnostic| check_spans(&sources, diagnostic));
    let report = diagnostics.report(&sources);
    assert_eq!(report.errors() > 0, had_errors, "the report lost the errors");
    let json = rendered(&sources, &report);
    (json, result.ok().map(|program| (program, sources)))
}

/// The files of a text.
fn program(session: &mut Session, text: &str) -> Program {
    let mut files: Vec<(String, String)> = vec![("main".into(), String::new())];
    for line in text.split_inclusive('\n') {
        let name = line.strip_prefix(SEPARATOR).map(|name| name.trim().to_string());
        // A folder has one file of a name.
        match name.filter(|name| !name.is_empty() && files.iter().all(|(other, _)| other != name)) {
            Some(name) => files.push((name, String::new())),
            None => files.last_mut().expect("there is the first").1.push_str(line),
        }
    }
    let is_single = files.len() == 1;
    let add = |(name, text): (String, String)| {
        let shown = format!("src/{}.qst", name.replace('.', "/"));
        SourceEntry {
            file: session.sources.add(shown, text),
            module: (!is_single).then(|| format!("{PACKAGE}.{name}")),
            is_root: name == "main",
        }
    };
    let files = files.into_iter().map(add).collect();
    Program { name: PACKAGE.into(), folder: Default::default(), files, manifest: None }
}

fn check_spans(sources: &SourceMap, diagnostic: &Diagnostic) {
    let labels = diagnostic.secondary.iter().chain([&diagnostic.primary]).map(|label| label.span);
    let fixes = diagnostic.suggestions.iter().flat_map(|it| &it.fixes).map(|fix| fix.span);
    for span in labels.chain(fixes) {
        let file = sources.file(span.file);
        let part = file.text.get(span.lo as usize..span.hi as usize);
        assert!(part.is_some(), "{span:?} is not in `{}`: {diagnostic:?}", file.name);
    }
    let at = &sources.file(diagnostic.primary.span.file).name;
    assert!(!at.starts_with("std:"), "the standard library is to blame: {diagnostic:?}");
    assert!(!diagnostic.message.is_empty() && diagnostic.code.len() == 5, "{diagnostic:?}");
}

/// As JSON; as text it only must not panic.
fn rendered(sources: &SourceMap, report: &Report) -> String {
    let mut text = NoColor::new(Vec::new());
    let mut renderer = Renderer::new(sources, Some(driver::highlight::paints));
    renderer.report(report, &mut text).expect("memory can be written");
    let errors = report.all().filter(|it| it.level == Level::Error).count();
    let text = String::from_utf8(text.into_inner()).expect("it is text");
    assert!(errors == 0 || text.contains("error["), "{text}");
    let mut json = Vec::new();
    base::json::write(sources, report, &mut json).expect("memory can be written");
    String::from_utf8(json).expect("JSON is text")
}

/// A world without files, whose output goes nowhere.
#[derive(Default)]
struct Nowhere {
    time: u64,
}

impl Host for Nowhere {
    fn stdout(&mut self, bytes: &[u8]) -> i64 {
        bytes.len() as i64
    }
    fn stderr(&mut self, bytes: &[u8]) -> i64 {
        bytes.len() as i64
    }
    fn stdin(&mut self, _buf: &mut [u8]) -> i64 {
        0
    }
    fn args(&self) -> &[String] {
        &[]
    }
    fn monotonic(&mut self) -> u64 {
        self.time += 1000;
        self.time
    }
    fn random(&mut self, buf: &mut [u8]) {
        buf.fill(4);
    }
}
