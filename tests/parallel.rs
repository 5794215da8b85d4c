//! How many threads work cannot be seen in what the compiler says: neither of right programs nor of wrong ones.
//!
//! In: packages made here, large enough that threads are worth while. Out: the same exit code, prints and diagnostics
//! with one thread as with many, a few times over.
//!
//! ```text
//! quastra check --threads 1 --emit=mir   =   quastra check --threads 8 --emit=mir
//! ```

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tests::programs::quastra;

/// Enough for a few threads, by the expressions in them.
const MODULES: usize = 40;

/// What each module has; `@` is its number.
const RIGHT: &str = r#"
#[derive(Clone, Debug, Eq)]
pub record Part@ { name: String, sizes: List[i64] }

impl Part@ {
    fn total(&self) -> i64 {
        var sum = 0
        for size in self.sizes.iter() { if *size > 2 { sum += *size * 3 } else { sum -= 1 } }
        sum
    }
}

union Shape@[T] { Dot, Line(T), Box2 { width: T, height: T }, Many(parts: List[Part@]) }

const SIZE@: usize = 2 + 3 * @
fn room@() -> [u8; SIZE@ + 1] { [0; SIZE@ + 1] }

fn measure@[T: Show + Clone](shape: &Shape@[T]) -> String {
    match shape {
        Dot => "nothing".to_string(),
        Line(length) => "{length} long",
        Box2 { width, height } => "{width} by {height}",
        Many(parts) if parts.len() > 3 => "{parts.len()} parts",
        Many(parts) => {
            var text = String.new()
            for part in parts.iter() { text = "{text} {part.name} {part.total()}" }
            text
        },
    }
}

fn hidden@(n: i64) -> impl Fn(i64) -> i64 { move |x| x * n + @ }

pub fn work@(n: i64) -> i64 {
    let part = Part@ { name: "part {n}", sizes: (0..n).map(|x| x * x).collect() }
    let shapes: List[Shape@[i64]] = [Shape@.Line(n), Shape@.Dot, Shape@.Box2 { width: 1, height: n }]
    var lengths = 0
    for shape in shapes.iter() { lengths += measure@(shape).len() as i64 }
    let f = hidden@(n)
    let copy = part.clone()
    if copy == part { lengths += f(part.total()) }
    lengths + room@().len() as i64
}
"#;

/// Mistakes of every stage that bodies go through, one a module, in turn.
const WRONG: [&str; 9] = [
    "fn wrong@(n: i64) -> String { n + \"x\" }",
    "fn wrong@() -> usize { \n let a = \"a\".to_string()\n let b = a\n a.len() + b.len() }",
    "fn wrong@() {\n let x: i64\n println(\"{x}\") }",
    "const WRONG@: i64 = OTHER@ + 1\nconst OTHER@: i64 = WRONG@ + 1",
    "fn wrong@() -> [u8; wide@(9)] { [0; wide@(9)] }\nconst fn wide@(n: usize) -> usize {\n if n > 3 { panic(\"wide\") }\n n }",
    "fn wrong@(o: Option[i64]) -> i64 { match o { some(x) => x } }",
    "const fn own@(n: usize) -> usize {\n let a = [0u8; own@(1)]\n a.len() + n }",
    "fn wrong@() {\n let list: List[i64] = [1]\n list.push(2) }",
    "fn wrong@() -> impl Fn(i64) -> i64 { other@() }\nfn other@() -> impl Fn(i64) -> i64 { wrong@() }",
];

/// A package in a folder of its own.
struct Package(PathBuf);

impl Package {
    fn new(name: &str, mistakes: &[&str]) -> Package {
        let folder = std::env::temp_dir().join(format!("quastra-parallel-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("src")).expect("a folder");
        let save = |path: &str, text: &str| fs::write(folder.join(path), text).expect("written");
        save("quastra.toml", "[package]\nname = \"many\"\nversion = \"0.1.0\"\nedition = \"2026\"\n");
        let mut main = "module many.main\n".to_string();
        for at in 0..MODULES {
            writeln!(main, "use many.m{at}").expect("a string");
            let mistake = mistakes.get(at % mistakes.len().max(1)).copied().unwrap_or("");
            let text = format!("module many.m{at}\n{RIGHT}\n{mistake}\n").replace('@', &at.to_string());
            save(&format!("src/m{at}.qst"), &text);
        }
        main.push_str("fn main() {\n    var sum = 0\n");
        for at in 0..MODULES {
            writeln!(main, "    sum += m{at}.work{at}({at})").expect("a string");
        }
        main.push_str("    println(\"{sum}\")\n}\n");
        save("src/main.qst", &main);
        Package(folder)
    }

    /// Exit code, standard output, standard error.
    fn check(&self, threads: usize, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(quastra());
        command.arg("check").arg(&self.0).args(["--threads", &threads.to_string()]).args(arguments);
        let output = command.output().expect("it starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }

    #[track_caller]
    fn is_the_same(&self, arguments: &[&str], code: i32, threads: &[usize]) -> String {
        let (found, prints, errors) = self.check(1, arguments);
        assert_eq!(found, Some(code), "{errors}");
        for &threads in threads {
            let many = self.check(threads, arguments);
            assert!(
                many.0 == found && many.2 == errors,
                "{threads} threads say\n{}\none says\n{errors}",
                many.2
            );
            assert!(many.1 == prints, "{arguments:?} with {threads} threads is printed in another way");
        }
        prints + &errors
    }
}

impl Drop for Package {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn right_programs() {
    let package = Package::new("right", &[]);
    package.is_the_same(&[], 0, &[2, 8]);
    let mir = package.is_the_same(&["--emit=mir"], 0, &[8]);
    assert!(mir.contains("m39.work39"), "{}", &mir[..mir.len().min(1000)]);
    package.is_the_same(&["--emit=mir:elaborate_drops", "--only=work7"], 0, &[8]);
}

#[test]
fn wrong_programs() {
    let all = Package::new("wrong", &WRONG);
    let errors = all.is_the_same(&["--error-format=json"], 1, &[2, 8]);
    // What several threads may come upon, each by itself: only so many errors are shown.
    for at in [3, 4, 6] {
        let package = Package::new(&format!("wrong{at}"), &[WRONG[at]]);
        package.is_the_same(&["--error-format=json"], 1, &[8, 8]);
    }
    assert!(errors.contains("\"code\":\"T2080\""), "{errors}");
}
