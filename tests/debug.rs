//! Programs under a debugger: the commands stand in the source, the answers in a sibling.
//!
//! In: a program below `tests/` with a sibling `.gdb` or `.lldb` (most are in `tests/debug`) and lines `//gdb> print x` and `//lldb> frame variable x` (`//dbg> bt` is for both), in the
//! order in which they are given; the sibling `.gdb` or `.lldb` holds each command and what the debugger says. Make an empty
//! sibling and run with `BLESS=1`. A comment `//# name` names a line: `{name}` in a command is its number.
//!
//! ```text
//! fn main() { … }             //# here
//! //dbg> break {file}:{here}
//! //gdb> info locals
//! ```
//!
//! Addresses, process numbers and this machine's paths are replaced before comparing. A debugger that is not installed
//! ignores its tests.

use libtest_mimic::{Arguments, Failed, Trial};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tests::programs::quastra;
use tests::{files_below, root};

#[derive(Clone, Copy)]
enum Debugger {
    Gdb,
    Lldb,
}

impl Debugger {
    fn name(self) -> &'static str {
        match self {
            Debugger::Gdb => "gdb",
            Debugger::Lldb => "lldb",
        }
    }

    /// The program of that name that is installed.
    fn program(self) -> Option<&'static str> {
        let names: &[&str] = match self {
            Debugger::Gdb => &["gdb"],
            Debugger::Lldb => &["lldb-22", "lldb"],
        };
        let works = |name: &&&str| {
            Command::new(name)
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|it| it.success())
        };
        names.iter().find(works).copied()
    }
}

fn main() {
    let arguments = Arguments::from_args();
    let folder = root().join("tests");
    let mut trials = Vec::new();
    for debugger in [Debugger::Gdb, Debugger::Lldb] {
        let program = debugger.program();
        for source in
            files_below(&folder).into_iter().filter(|file| file.extension().is_some_and(|it| it == "qst"))
        {
            let sibling = source.with_extension(debugger.name());
            if !sibling.exists() {
                continue;
            }
            let name = source.strip_prefix(&folder).unwrap_or(&source).with_extension("");
            let name = format!("{}, {}", name.display(), debugger.name());
            let test = move || check(debugger, program.unwrap_or_default(), &source, &sibling);
            trials.push(Trial::test(name, test).with_ignored_flag(program.is_none()));
        }
    }
    let gdb = Debugger::Gdb.program();
    let test = move || check_optimised(gdb.unwrap_or_default());
    trials.push(Trial::test("dotted names in optimised programs", test).with_ignored_flag(gdb.is_none()));
    libtest_mimic::run(&arguments, trials).exit();
}

fn check(debugger: Debugger, program: &str, source: &Path, sibling: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(source)?;
    let file = source.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debug").join(debugger.name());
    fs::create_dir_all(&folder)?;
    let binary = folder.join(file.trim_end_matches(".qst"));
    let built = Command::new(quastra()).arg("build").arg(source).arg("-o").arg(&binary).output()?;
    if !built.status.success() {
        return Err(format!("it does not compile:\n{}", String::from_utf8_lossy(&built.stderr)).into());
    }
    let commands = commands(&text, debugger, &file)?;
    let actual = session(debugger, program, &binary, &commands)?;
    let expected = fs::read_to_string(sibling)?;
    if actual == expected {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(sibling, actual)?;
        return Ok(());
    }
    Err(format!(
        "{} differs (BLESS=1 updates it)\n--- expected\n{expected}--- actual\n{actual}",
        sibling.display()
    )
    .into())
}

/// What the optimiser leaves as a function is found by its dotted name there too.
fn check_optimised(gdb: &str) -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debug/optimised");
    fs::create_dir_all(&folder)?;
    let (source, binary) = (folder.join("dots.qst"), folder.join("dots"));
    fs::write(
        &source,
        "module dots\nrecord Rabbits { pairs: i64 }\nimpl Rabbits {\n    fn after(&self, n: i64) -> i64 {\n        if n < 2 { self.pairs } else { self.after(n - 1) + self.after(n - 2) }\n    }\n}\nfn main() {\n    println(\"{Rabbits { pairs: 1 }.after(20)}\")\n}\n",
    )?;
    let mut build = Command::new(quastra());
    let built = build.args(["build", "--release"]).arg(&source).arg("-o").arg(&binary).output()?;
    if !built.status.success() {
        return Err(String::from_utf8_lossy(&built.stderr).into_owned().into());
    }
    let commands = ["break dots.Rabbits.after", "run", "backtrace"].map(str::to_owned);
    let said = session(Debugger::Gdb, gdb, &binary, &commands)?;
    match said.contains("#0  dots::Rabbits::after") && said.contains("in dots::main") {
        true => Ok(()),
        false => Err(said.into()),
    }
}

/// The commands for a debugger, with the numbers of named lines filled in.
fn commands(text: &str, debugger: Debugger, file: &str) -> Result<Vec<String>, Failed> {
    let mut commands: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        let own = format!("//{}>", debugger.name());
        if let Some(command) = line.strip_prefix("//dbg>").or_else(|| line.strip_prefix(&own)) {
            commands.push(command.trim().replace("{file}", file));
        }
    }
    for (number, line) in text.lines().enumerate() {
        if let Some((_, name)) = line.split_once("//# ") {
            for command in &mut commands {
                *command = command.replace(&format!("{{{}}}", name.trim()), &(number + 1).to_string());
            }
        }
    }
    match commands.iter().find(|it| it.contains('{')) {
        Some(command) => Err(format!("`{command}` names a line that no `//# name` has").into()),
        None => Ok(commands),
    }
}

/// Runs all commands; each with its answer, cleaned of what changes from run to run.
fn session(debugger: Debugger, program: &str, binary: &Path, commands: &[String]) -> Result<String, Failed> {
    let script = binary.with_extension("script");
    let mut text = String::new();
    let mut command = Command::new(program);
    match debugger {
        Debugger::Gdb => {
            for line in [
                "set debuginfod enabled off",
                "set style enabled off",
                "set width 0",
                "set confirm off",
                "set pagination off",
            ] {
                writeln!(text, "{line}")?;
            }
            writeln!(text, "set startup-with-shell off\nset print thread-events off")?;
            for line in commands {
                writeln!(text, "echo (gdb) {}\\n\n{line}", line.replace('\\', "\\\\"))?;
            }
            command
                .args(["-q", "-nx", "-batch", "-iex"])
                .arg("set auto-load safe-path /")
                .arg("-x")
                .arg(&script);
        }
        Debugger::Lldb => {
            for line in [
                "use-color false",
                "auto-confirm true",
                "stop-line-count-before 0",
                "stop-line-count-after 0",
            ] {
                writeln!(text, "settings set {line}")?;
            }
            // gdb finds its printers in the program; lldb is told.
            let formatters = root().join("compiler/codegen/src/debuginfo/printers/lldb_quastra.py");
            writeln!(text, "command script import {}", formatters.display())?;
            for line in commands {
                writeln!(text, "{line}")?;
            }
            command.args(["-x", "-b", "-s"]).arg(&script);
        }
    }
    fs::write(&script, text)?;
    let output = command.arg(binary).stdin(Stdio::null()).env("LC_ALL", "C.UTF-8").output()?;
    let said = [output.stdout, output.stderr].concat();
    Ok(clean(&String::from_utf8_lossy(&said), binary))
}

/// Lines that tell about this run only, and parts of lines that do.
fn clean(text: &str, binary: &Path) -> String {
    const NOISE: [&str; 9] = [
        "[Thread debugging using",
        "Using host libthread_db",
        "warning: ",
        "Breakpoint 1 (",
        "(lldb) settings",
        "(lldb) command source",
        "(lldb) target create",
        "Current executable set to",
        "Executing commands in",
    ];
    let root: PathBuf = root().canonicalize().unwrap_or_else(|_| root().to_path_buf());
    let mut cleaned = String::new();
    for line in text.lines().filter(|line| !NOISE.iter().any(|noise| line.starts_with(noise))) {
        // The binary first: its folder is below the root.
        let line = line
            .replace(&binary.display().to_string(), "PROGRAM")
            .replace(&format!("{}/", root.display()), "");
        cleaned.push_str(replace_numbers(&line).trim_end());
        cleaned.push('\n');
    }
    cleaned
}

/// `0x7ffe…` becomes `0x…`, `process 1234` becomes `process N`.
fn replace_numbers(line: &str) -> String {
    let mut result = String::new();
    let mut rest = line;
    loop {
        // How far into a function a breakpoint is.
        let offset = if line.contains("where = ") { " + " } else { "LWP " };
        let next = ["0x", "process ", "Process ", "tid = ", "LWP ", offset]
            .iter()
            .filter_map(|it| Some((rest.find(it)?, *it)))
            .min();
        let Some((at, what)) = next else { return result + rest };
        let start = at + what.len();
        let hexadecimal = what == "0x";
        let len = rest[start..]
            .bytes()
            .take_while(|it| if hexadecimal { it.is_ascii_hexdigit() } else { it.is_ascii_digit() })
            .count();
        result.push_str(&rest[..start]);
        // Small numbers such as `0x1f` are values of the program; where code is, is not.
        match (hexadecimal, len) {
            (true, 0..=3) => result.push_str(&rest[start..start + len]),
            (true, _) => result.push('…'),
            (false, 0) => {}
            (false, _) => result.push('N'),
        }
        rest = &rest[start + len..];
    }
}
