//! What is promised of numbers: closures allocate nothing unless they are boxed, a `match` has each arm once.
//!
//! In: programs, some of them generated. Out: how they end without memory; how often an arm stands in the MIR.
//!
//! ```text
//! match word { "a" | "b" => 7001, … }   ⇒   one block with `const 7001_i64`
//! ```

use driver::emit::Emit;
use std::fmt::Write as _;
use std::fs;
use tests::invariants::exit_code;
use tests::programs::check;

/// Closures of each kind, kept in each way but boxes.
const CLOSURES: &str = r#"
record Button[F] { pressed: i64, act: F }
impl[F: FnMut(i64) -> i64] Button[F] {
    fn press(&mut self) -> i64 {
        self.pressed += 1
        (self.act)(self.pressed)
    }
}
fn adder(n: i64) -> impl Fn(i64) -> i64 { move |x| x + n }
fn both(f: impl Fn(i64) -> i64, g: impl Fn(i64) -> i64) -> impl Fn(i64) -> i64 { move |x| g(f(x)) }
fn once[R](f: impl FnOnce() -> R) -> R { f() }
fn through(f: &dyn Fn(i64) -> i64, x: i64) -> i64 { f(x) }
fn pointer(f: fn(i64) -> i64, x: i64) -> i64 { f(x) }

fn main() {
    let offset = 5
    var total = 0
    let read = |x| x + offset
    var change = |x: i64| total += x
    change(read(1))
    change(read(2))
    assert(total == 13)
    let pair = (1, 2)
    assert(once(move || pair.0 + pair.1) == 3)
    let three = [|x: i64| x + 1, |x| x * 2, |x| x - 3]
    for f in three { total = f(total) }
    assert(total == 25)
    var button = Button { pressed: 0, act: |n| { total += n; total } }
    assert(button.press() == 26 && button.press() == 28)
    assert(both(adder(2), adder(40))(0) == 42)
    assert(through(&adder(1), 1) == 2 && pointer(|x| x * x, 7) == 49)
    let kept = some(adder(7))
    assert(kept.map(|f| f(1)) == some(8))
    let deep = |a: i64| move |b: i64| move |c: i64| a * 100 + b * 10 + c
    assert(deep(1)(2)(3) == 123)
    assert((1..=4).map(|n| n * offset).filter(|n| n % 2 == 0).fold(0, |a, n| a + n) == 30)
}
"#;

#[test]
fn closures_allocate_nothing() {
    assert_eq!(exit_code(CLOSURES, 0), 0);
    let boxed = "fn main() { let n = 3; let f: Box[dyn Fn() -> i64] = Box.new(move || n); assert(f() == 3) }";
    assert_eq!(exit_code(boxed, 1 << 10), 0);
    assert_ne!(exit_code(boxed, 0), 0, "a box has memory of its own");
}

/// How often the value of each arm stands in the MIR of `pick`.
fn arms(name: &str, program: &str, count: usize) -> Vec<usize> {
    let path = std::env::temp_dir().join(format!("quastra-counts-{name}-{}.qst", std::process::id()));
    fs::write(&path, program).expect("a file");
    let (_, report, prints) = check(&path, &[Emit::Mir]);
    fs::remove_file(&path).expect("it was written");
    assert!(report.errors() == 0, "{name}: {:?}", report.all().collect::<Vec<_>>());
    let mir = &prints[0].1;
    let blocks =
        mir.lines().filter(|line| line.trim_start().starts_with("bb") && line.ends_with('{')).count();
    println!("{name}: {blocks} blocks for {count} arms");
    (0..count).map(|arm| mir.matches(&format!("const {}_i64", 70_000 + arm)).count()).collect()
}

#[test]
fn arms_of_texts_stand_once() {
    let mut program = "fn pick(word: &str) -> i64 {\n    match word {\n".to_string();
    for arm in 0..200 {
        let _ = writeln!(
            program,
            "        \"word{arm}\" | \"w{arm}\" | \"{}\" => {},",
            "x".repeat(arm % 20 + 1) + &arm.to_string(),
            70_000 + arm
        );
    }
    program.push_str("        _ => 0,\n    }\n}\nfn main() { assert(pick(\"?\") == 0) }\n");
    assert_eq!(arms("texts", &program, 200), vec![1; 200]);
}

#[test]
fn arms_of_overlapping_alternatives_stand_once() {
    let mut program =
        "fn pick(a: i64, b: Option[(i64, bool)], c: char) -> i64 {\n    match (a, b, c) {\n".to_string();
    for arm in 0..40 {
        let (n, m) = (arm % 7, arm % 5);
        let _ = writeln!(
            program,
            "        ({n} | {}, some(({m} | {}, true)) | some((_, false)), 'a'..='k') | ({m}, none, _) if a != {arm} => {},",
            n + 3,
            m + 2,
            70_000 + arm
        );
    }
    program.push_str("        _ => 0,\n    }\n}\nfn main() { assert(pick(99, none, 'z') == 0) }\n");
    assert_eq!(arms("alternatives", &program, 40), vec![1; 40]);
}
