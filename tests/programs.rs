//! Checking a program inside this process, and running it as people do: with the `quastra` command.

use crate::root;
use base::{Report, SourceMap};
use driver::emit::Emit;
use driver::session::on_large_stack;
use driver::{Options, Session};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::{env, fs};

/// The stages whose print a sibling can hold, by its extension.
pub const STAGES: [(&str, Emit); 6] = [
    ("tokens", Emit::Tokens),
    ("ast", Emit::Ast),
    ("expanded", Emit::Expanded),
    ("hir", Emit::Hir),
    ("mir", Emit::Mir),
    ("regions", Emit::Regions),
];

/// How a program can be run. All must print the same.
pub const ENGINES: [(&str, &[&str]); 3] =
    [("interpreted", &["--interpret", "--leaks"]), ("compiled", &["-O0"]), ("optimised", &["-O2"])];

/// Compiles as far as an error can be found; what is wrong, and the prints asked for.
pub fn check(path: &Path, emit: &[Emit]) -> (SourceMap, Report, Vec<(Emit, String)>) {
    on_large_stack(|| check_here(path, emit))
}

fn check_here(path: &Path, emit: &[Emit]) -> (SourceMap, Report, Vec<(Emit, String)>) {
    let mut session = Session::new(Options { threads: Some(1), ..Options::default() }, Vec::new());
    let prints = session.prints(path, emit);
    let text = |emit: &Emit| Some((emit.clone(), prints.text(emit)?.to_string()));
    let texts = emit.iter().filter_map(text).collect();
    let report = session.diagnostics.report(&session.sources);
    (session.sources, report, texts)
}

/// The `quastra` command of this tree, built when it is first asked for.
pub fn quastra() -> &'static Path {
    static COMMAND: OnceLock<PathBuf> = OnceLock::new();
    COMMAND.get_or_init(|| {
        let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
        let built = Command::new(cargo)
            .current_dir(root())
            .args(["build", "--quiet", "--package", "cli", "--message-format=json"])
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo can be started");
        assert!(built.status.success(), "the command does not compile");
        // Cargo says where it put the executable.
        let lines = String::from_utf8_lossy(&built.stdout).into_owned();
        let path = lines.lines().find_map(|line| {
            let (_, rest) = line.split_once("\"executable\":\"")?;
            Some(PathBuf::from(rest.split('"').next()?))
        });
        path.expect("cargo names the executable")
    })
}

/// Runs `quastra` from the root of the tree, so that messages name the same paths everywhere.
pub fn command(arguments: &[&str], stdin: Option<&Path>) -> io::Result<Output> {
    let mut command = Command::new(quastra());
    command.current_dir(root()).args(arguments);
    command.env("NO_COLOR", "1").env_remove("RUST_BACKTRACE");
    command.stdin(match stdin {
        Some(path) => Stdio::from(File::open(path)?),
        None => Stdio::null(),
    });
    command.output()
}

/// Runs a program in one way, with the arguments and the input of its siblings.
pub fn run(program: &Path, how: &[&str], siblings: &Path) -> io::Result<Output> {
    let path = program.strip_prefix(root()).unwrap_or(program).display().to_string();
    let arguments = fs::read_to_string(siblings.with_extension("args")).unwrap_or_default();
    let mut words = vec!["run", path.as_str()];
    words.extend(how);
    words.push("--");
    words.extend(arguments.lines());
    let stdin = siblings.with_extension("stdin");
    command(&words, stdin.exists().then_some(stdin.as_path()))
}

/// Writes a program that stands in a page to a file of its own.
pub fn write_example(name: &str, text: &str) -> PathBuf {
    let folder = root().join("target/examples-of-pages");
    fs::create_dir_all(&folder).expect("target can be written");
    let path = folder.join(format!("{name}.qst"));
    let mut file = File::create(&path).expect("target can be written");
    file.write_all(text.as_bytes()).expect("target can be written");
    path
}
