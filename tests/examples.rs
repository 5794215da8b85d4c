//! The programs below `examples/`, run as people run them: interpreted where they need no file, compiled at `-O0` and with
//! `--release`, and compared with what the system's own tools print.
//!
//! ```text
//! test wordfreq, debug   ... ok        equal to tr | sort | uniq -c | sort -rn
//! test json, release     ... ok        equal to python3 -m json.tool
//! ```

use libtest_mimic::{Arguments, Failed, Trial};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tests::programs::quastra;
use tests::root;

/// The ways in which a program can be made to run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Engine {
    Interpreted,
    Debug,
    Release,
}

const ALL: [Engine; 3] = [Engine::Interpreted, Engine::Debug, Engine::Release];
const NATIVE: [Engine; 2] = [Engine::Debug, Engine::Release];

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Engine::Interpreted => "interpreted",
            Engine::Debug => "debug",
            Engine::Release => "release",
        }
    }
}

/// An example and how it is tested.
struct Example {
    name: &'static str,
    engines: &'static [Engine],
    test: fn(&Program) -> Result<(), Failed>,
}

const EXAMPLES: [Example; 16] = [
    Example { name: "bank", engines: &ALL, test: bank },
    Example { name: "tree", engines: &ALL, test: tree },
    Example { name: "lru", engines: &ALL, test: lru },
    Example { name: "nbody", engines: &ALL, test: nbody },
    Example { name: "spectral_norm", engines: &ALL, test: spectral_norm },
    Example { name: "calc", engines: &ALL, test: calc },
    Example { name: "graph", engines: &ALL, test: printed },
    Example { name: "itertools", engines: &ALL, test: printed },
    Example { name: "combinators", engines: &NATIVE, test: printed },
    Example { name: "mandelbrot", engines: &NATIVE, test: mandelbrot },
    Example { name: "wordfreq", engines: &NATIVE, test: wordfreq },
    Example { name: "wc", engines: &NATIVE, test: wc },
    Example { name: "grep", engines: &NATIVE, test: grep },
    Example { name: "json", engines: &NATIVE, test: json },
    Example { name: "json", engines: &NATIVE, test: json_large },
    Example { name: "json", engines: &NATIVE, test: json_wrong },
];

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for (index, example) in EXAMPLES.iter().enumerate() {
        let part = EXAMPLES[..index].iter().filter(|it| it.name == example.name).count();
        for &engine in example.engines {
            let part = if part == 0 { String::new() } else { format!(" {}", part + 1) };
            let name = format!("{}{part}, {}", example.name, engine.name());
            trials.push(Trial::test(name, move || (example.test)(&Program::new(example.name, engine)?)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// An example, ready to run.
struct Program {
    name: &'static str,
    engine: Engine,
    /// The source for the interpreter, else the executable.
    path: PathBuf,
    /// For files of the test.
    folder: PathBuf,
}

struct Outcome {
    stdout: Vec<u8>,
    stderr: String,
    code: Option<i32>,
}

impl Program {
    fn new(name: &'static str, engine: Engine) -> Result<Program, Failed> {
        let source = ["", ".qst"].map(|it| root().join("examples").join(format!("{name}{it}")));
        let source = source.into_iter().find(|it| it.exists()).ok_or("no such example")?;
        let folder = scratch(&format!("{name}-{}", engine.name()))?;
        if engine == Engine::Interpreted {
            return Ok(Program { name, engine, path: source, folder });
        }
        let path = folder.join(name);
        let mut command = Command::new(quastra());
        command.arg("build").arg(&source).arg("-o").arg(&path);
        if engine == Engine::Release {
            command.arg("--release");
        }
        let built = command.output()?;
        if !built.status.success() {
            return Err(format!("it does not compile:\n{}", String::from_utf8_lossy(&built.stderr)).into());
        }
        Ok(Program { name, engine, path, folder })
    }

    fn run(&self, args: &[&str]) -> Result<Outcome, Failed> {
        self.run_with(args, "")
    }

    fn run_with(&self, args: &[&str], stdin: &str) -> Result<Outcome, Failed> {
        let mut command = match self.engine {
            Engine::Interpreted => {
                let mut command = Command::new(quastra());
                command.args(["run", "--interpret"]).arg(&self.path).arg("--");
                command
            }
            Engine::Debug | Engine::Release => Command::new(&self.path),
        };
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let mut input = child.stdin.take().ok_or("no standard input")?;
        input.write_all(stdin.as_bytes())?;
        drop(input);
        let output = child.wait_with_output()?;
        Ok(Outcome {
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        })
    }

    /// Runs, and compares standard output; the exit code must be 0.
    fn prints(&self, args: &[&str], stdin: &str, expected: &str) -> Result<(), Failed> {
        let outcome = self.run_with(args, stdin)?;
        if outcome.code != Some(0) {
            return Err(format!("ended with {:?}:\n{}", outcome.code, outcome.stderr).into());
        }
        same(expected.as_bytes(), &outcome.stdout)
    }
}

/// A folder of its own for each test, below the build folder.
fn scratch(name: &str) -> Result<PathBuf, Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples").join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Shows the first line that differs.
fn same(expected: &[u8], actual: &[u8]) -> Result<(), Failed> {
    if expected == actual {
        return Ok(());
    }
    let mut lines = expected.split(|&it| it == b'\n').zip(actual.split(|&it| it == b'\n')).enumerate();
    let difference = lines.find(|(_, (a, b))| a != b);
    Err(match difference {
        Some((line, (a, b))) => format!(
            "line {} differs\nexpected: {}\nactual:   {}",
            line + 1,
            String::from_utf8_lossy(a),
            String::from_utf8_lossy(b)
        ),
        None => format!("{} bytes expected, {} printed", expected.len(), actual.len()),
    }
    .into())
}

/// What a shell command prints, in the C locale.
fn shell(script: &str, args: &[&str]) -> Result<Vec<u8>, Failed> {
    let output = Command::new("sh").arg("-c").arg(script).arg("sh").args(args).env("LC_ALL", "C").output()?;
    Ok(output.stdout)
}

fn bank(program: &Program) -> Result<(), Failed> {
    let expected = "needs 50, has 0\nAda has 120\n1 -> 2: 50\n2 -> 1: needs 70, has 50\n1 -> 3: no account 3\n\
                    2 -> 1: 20\n1 Ada       90\n2 Grace     30\ntotal 120\n";
    program.prints(&[], "", expected)
}

/// The same in every engine: what stands in `output.txt` beside `quastra.toml`.
fn printed(program: &Program) -> Result<(), Failed> {
    let outcome = program.run(&[])?;
    let stdout = String::from_utf8(outcome.stdout)?;
    let expected = fs::read_to_string(root().join("examples").join(program.name).join("output.txt"))?;
    match stdout == expected {
        true => Ok(()),
        false => Err(format!("expected:\n{expected}\nprinted:\n{stdout}{}", outcome.stderr).into()),
    }
}

fn tree(program: &Program) -> Result<(), Failed> {
    let outcome = program.run(&[])?;
    let text = String::from_utf8(outcome.stdout)?;
    let mut lines = text.lines();
    if lines.next() != Some("the was there")
        || lines.next() != Some("brown dog fox jumps lazy over quick the ")
    {
        return Err(format!("the words are wrong:\n{text}{}", outcome.stderr).into());
    }
    // The same generator, here.
    let mut numbers = std::collections::BTreeSet::new();
    let mut state = 42u64;
    for _ in 0..10_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        numbers.insert((state >> 33) % 100_000);
    }
    let line = lines.next().unwrap_or_default();
    if !line.starts_with(&format!("{} numbers, sorted: true, height ", numbers.len())) {
        return Err(format!("`{line}`, but {} numbers", numbers.len()).into());
    }
    let height: u32 = line.rsplit(' ').next().unwrap_or_default().parse()?;
    if height > 2 * (numbers.len() + 1).ilog2() {
        return Err(format!("the tree is not balanced: height {height}").into());
    }
    let first = numbers.range(50_000..).next().ok_or("no number")?;
    let rest = format!(
        "{} of the first thousand\nfrom 50000 on the first is {first}\na copy of {}\n",
        numbers.range(..1000).count(),
        numbers.len()
    );
    same(rest.as_bytes(), (lines.collect::<Vec<_>>().join("\n") + "\n").as_bytes())
}

fn lru(program: &Program) -> Result<(), Failed> {
    let outcome = program.run(&[])?;
    let text = String::from_utf8(outcome.stdout)?;
    let expected = "one is 1\ntwo (2) made room\n[\"four\", \"one\", \"three\"]\nthree was 3\n\
                    [\"three\", \"four\", \"one\"] 1 hits, 0 misses\nfibonacci(80) = 23416728348467685, ";
    if !text.starts_with(expected) {
        same(expected.as_bytes(), text.as_bytes())?;
    }
    Ok(())
}

fn nbody(program: &Program) -> Result<(), Failed> {
    program.prints(&["1000"], "", "-0.169075164\n-0.169087605\n")
}

fn spectral_norm(program: &Program) -> Result<(), Failed> {
    match program.engine {
        // The interpreter takes its time: a smaller matrix, its digits from an independent program in C.
        Engine::Interpreted => program.prints(&["10"], "", "1.271844019\n"),
        Engine::Debug | Engine::Release => program.prints(&["100"], "", "1.274219991\n"),
    }
}

fn calc(program: &Program) -> Result<(), Failed> {
    let input = "1 + 2 * 3\n2 ^ 3 ^ 2\n-2 ^ 2\nx = 10 / 4\nx * 2\n5! / 3!\nsqrt(16) + max(1, 2)\n\n\
                 2 * (3 + 4\nsqr(4)\n1 / (2 - 2)\n2 x\n1 +\nmax(1)\n3 × 4\n";
    let expected = "7\n512\n-4\nx := (10 / 4)\n2.5\n5\n20\n6\n\
                    \x20 2 * (3 + 4\n      ^ this `(` is never closed\n      help: a `)` is missing before the end of the line\n\
                    \x20 sqr(4)\n  ^^^^^^ no function is called `sqr`\n  help: did you mean `sqrt`?\n\
                    \x20 1 / (2 - 2)\n      ^^^^^^^ this is zero, and nothing can be divided by it\n\
                    \x20 2 x\n    ^ an operator is missing before `x`\n    help: write `*` to multiply\n\
                    \x20 1 +\n     ^ something is missing here\n     help: an operator needs a value on both sides\n\
                    \x20 max(1)\n  ^^^^^^ `max` takes 2 values, not 1\n\
                    \x20 3 × 4\n    ^ `×` means nothing here\n    help: write `*` to multiply\n\
                    7 line(s) with mistakes\n";
    program.prints(&[], input, expected)
}

fn mandelbrot(program: &Program) -> Result<(), Failed> {
    let file = program.folder.join("set.ppm");
    let outcome = program.run(&["90", "60", &file.display().to_string()])?;
    if outcome.code != Some(0) {
        return Err(outcome.stderr.into());
    }
    let picture = fs::read(&file)?;
    let pixels = picture.strip_prefix(b"P6\n90 60\n255\n").ok_or("the header is wrong")?;
    if pixels.len() != 90 * 60 * 3 {
        return Err(format!("{} bytes of pixels", pixels.len()).into());
    }
    let black = |row: usize, column: usize| pixels[(row * 90 + column) * 3..][..3] == [0, 0, 0];
    // The origin is in the set, the corners are not, and the picture is the same above and below.
    let centre = (0.7 / 0.04) as usize + 45;
    if !black(30, centre) || black(0, 0) || black(59, 89) {
        return Err("the set is not where it should be".into());
    }
    for row in 1..30 {
        for column in 0..90 {
            if black(30 - row, column) != black(30 + row, column) {
                return Err(format!("row {row} is not the same above and below").into());
            }
        }
    }
    Ok(())
}

fn wordfreq(program: &Program) -> Result<(), Failed> {
    let licence = "/usr/share/common-licenses/GPL-3";
    let readme = root().join("README.md").display().to_string();
    for file in [licence, &readme] {
        let expected = shell("tr -cs 'A-Za-z' '\\n' < \"$1\" | sort | uniq -c | sort -rn", &[file])?;
        same(&expected, &program.run(&[file])?.stdout)?;
    }
    Ok(())
}

fn wc(program: &Program) -> Result<(), Failed> {
    let own = root().join("Cargo.toml").display().to_string();
    for files in
        [vec!["/usr/share/common-licenses/GPL-3"], vec![own.as_str(), "/usr/share/common-licenses/GPL-2"]]
    {
        same(&shell("wc \"$@\"", &files)?, &program.run(&files)?.stdout)?;
    }
    let missing = program.run(&["does-not-exist"])?;
    if missing.code != Some(1) || !missing.stderr.contains("does-not-exist") {
        return Err(format!("a missing file: {:?} {}", missing.code, missing.stderr).into());
    }
    Ok(())
}

fn grep(program: &Program) -> Result<(), Failed> {
    let (one, two) = ("/usr/share/common-licenses/GPL-3", "/usr/share/common-licenses/Apache-2.0");
    for args in [
        vec!["-n", "the", one],
        vec!["-n", "Copyright", one, two],
        vec!["-n", "-i", "LICENSE", two],
        vec!["-n", "-v", "e", one],
        vec!["-c", "free", one, two],
        vec!["-n", "no such words", one],
    ] {
        let outcome = program.run(&args)?;
        let system = Command::new("grep").arg("-F").args(&args).env("LC_ALL", "C").output()?;
        same(&system.stdout, &outcome.stdout)
            .map_err(|why| Failed::from(format!("{args:?}: {}", why.message().unwrap_or_default())))?;
        if outcome.code != system.status.code() {
            return Err(
                format!("{args:?}: exit code {:?}, not {:?}", outcome.code, system.status.code()).into()
            );
        }
    }
    Ok(())
}

/// What `python3 -m json.tool` prints for a file.
fn json_tool(file: &Path, flags: &[&str]) -> Result<Vec<u8>, Failed> {
    let output = Command::new("python3").args(["-m", "json.tool"]).args(flags).arg(file).output()?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
    }
}

fn json(program: &Program) -> Result<(), Failed> {
    let file = program.folder.join("small.json");
    let text = r#"{"name": "Ada", "n": [1, -0, 2.50, 1e3, 1E-7, 123456789012345678901234567890, 1e16, 0.0001, 5e-324],
        "text": "\u00e9\n\t\"\\\/ \ud83d\ude00 é 😀 \u0001", "empty": [[], {}], "twice": 1, "ok": true, "twice": null}"#;
    fs::write(&file, text)?;
    let path = file.display().to_string();
    same(&json_tool(&file, &[])?, &program.run(&[&path])?.stdout)?;
    same(&json_tool(&file, &["--no-ensure-ascii"])?, &program.run(&["--no-ensure-ascii", &path])?.stdout)?;
    same(b"2.5\n", &program.run(&[&path, ".n[2]"])?.stdout)?;
    same(b"5e-324\n", &program.run(&[&path, ".n[-1]"])?.stdout)?;
    same(b"[]\n{}\n", &program.run(&[&path, ".empty[*]"])?.stdout)?;
    let missing = program.run(&[&path, ".Name"])?;
    if missing.code != Some(1) || !missing.stderr.contains("did you mean .name?") {
        return Err(missing.stderr.into());
    }
    Ok(())
}

/// Several megabytes of what a real program writes: cargo's description of this workspace and of what it builds with.
fn json_large(program: &Program) -> Result<(), Failed> {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    // Without the filter it would want what other systems build with, and nobody has fetched that.
    let version = String::from_utf8(Command::new("rustc").arg("-vV").output()?.stdout)?;
    let platform = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let metadata = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", platform])
        .current_dir(root())
        .output()?;
    if !metadata.status.success() {
        return Err(String::from_utf8_lossy(&metadata.stderr).into_owned().into());
    }
    let one = String::from_utf8(metadata.stdout)?;
    let mut text = String::from("[");
    while text.len() < 4_000_000 {
        write!(text, "{}{}", if text.len() > 1 { ",\n" } else { "" }, one.trim_end())?;
    }
    text.push(']');
    let file = program.folder.join("large.json");
    fs::write(&file, &text)?;
    let path = file.display().to_string();
    same(&json_tool(&file, &[])?, &program.run(&[&path])?.stdout)?;
    same(
        b"\"tests\"\n",
        &program
            .run(&[&path, "[0].packages[*].name"])?
            .stdout
            .split(|it| *it == b'\n')
            .find(|it| *it == b"\"tests\"")
            .map(|it| [it, b"\n"].concat())
            .unwrap_or_default(),
    )
}

fn json_wrong(program: &Program) -> Result<(), Failed> {
    let file = program.folder.join("wrong.json");
    for (text, expected) in [
        ("{\n  \"a\": 1,\n}", "line 3, column 1: no comma after the last member"),
        ("[1, 2", "line 1, column 1: this `[` is never closed"),
        ("{'a': 1}", "line 1, column 2: expected a name in double quotes, found `'`"),
        ("[01]", "line 1, column 2: a number does not begin with 0"),
        ("\"ab", "line 1, column 1: this string is never closed"),
        ("[1] 2", "line 1, column 5: there is more after the value"),
        ("", "line 1, column 1: expected a value, found the end of the text"),
    ] {
        fs::write(&file, text)?;
        let outcome = program.run(&[&file.display().to_string()])?;
        if outcome.code != Some(1) || !outcome.stderr.contains(expected) {
            return Err(format!("{text:?}: {:?} {}", outcome.code, outcome.stderr).into());
        }
    }
    Ok(())
}
