//! Sizes and alignments beside those of rustc, which lays types out by the same rules.
//!
//! In: pairs of a type in Quastra and the same type in Rust. Out: both are equally large and equally aligned, in every
//! way to run a program.
//!
//! ```text
//! Option[Option[bool]]   1 1   ==   size_of::<Option<Option<bool>>>(), align_of::<…>()
//! ```

#![allow(dead_code, reason = "only the sizes of these types matter")]

use std::fmt::Write;
use std::mem::{align_of, size_of};
use std::ptr::NonNull;
use tests::programs::{ENGINES, run, write_example};

/// The types in Quastra.
const TYPES: &str = r"
record Empty {}
record Mixed { a: u8, b: u64, c: u16 }
record Words { a: u8, b: u16, c: u32, d: u8, e: u64, f: bool }
#[repr(C)]
record Ordered { a: u8, b: u64, c: u16 }
#[repr(C)]
record OrderedSmall { a: u8, b: u16, c: u8 }
record Wide { a: u8, b: u128 }
record Pair[A, B] { a: A, b: B }
record Wrapper { inner: Mixed, flag: bool }
record Letter { c: char, n: u8 }
record Nothing { a: (), b: Empty, c: [u64; 0] }
record Tail { a: u32, b: [u64; 0] }
record Node { value: i64, next: Option[Box[Node]] }
union Void {}
union One { Only(u32) }
union Light { Red, Amber, Green }
union Shape { Empty, Circle(f64), Rectangle { width: f64, height: f64 } }
union Small { A(u8), B(u16), C }
union Flags { A(bool), B, C, D }
union Deep { A(Option[bool]), B, C(Light) }
union Two { Text(&str), Number(u64), None }
union Letters { A(char, u8), B(u8), C(u16) }
union Expr { Number(i64), Add(Box[Expr], Box[Expr]), Neg(Box[Expr]), Unit }
union Niches { A(Light, u64), B(u32), C(u8, u16) }
union Large { A([u8; 100]), B(u64), C(u8) }
union Aligned { A(u128), B(u8) }
union Impossible { A(u64), B(never) }
union Late { A(u64, bool), B(u32, u8), C }
union Owners { One(Box[u8]), Shared(Rc[u8]) }
union Slices { A(&[u8]), B(&str), C(u8) }
";

#[derive(Clone, Copy)]
struct Empty {}
struct Mixed {
    a: u8,
    b: u64,
    c: u16,
}
struct Words {
    a: u8,
    b: u16,
    c: u32,
    d: u8,
    e: u64,
    f: bool,
}
#[repr(C)]
struct Ordered {
    a: u8,
    b: u64,
    c: u16,
}
#[repr(C)]
struct OrderedSmall {
    a: u8,
    b: u16,
    c: u8,
}
struct Wide {
    a: u8,
    b: u128,
}
struct Pair<A, B> {
    a: A,
    b: B,
}
struct Wrapper {
    inner: Mixed,
    flag: bool,
}
struct Letter {
    c: char,
    n: u8,
}
struct Nothing {
    a: (),
    b: Empty,
    c: [u64; 0],
}
struct Tail {
    a: u32,
    b: [u64; 0],
}
struct Node {
    value: i64,
    next: Option<Box<Node>>,
}
enum Void {}
/// A type without values that is stable.
type Never = std::convert::Infallible;
enum One {
    Only(u32),
}
enum Light {
    Red,
    Amber,
    Green,
}
enum Shape {
    Empty,
    Circle(f64),
    Rectangle { width: f64, height: f64 },
}
enum Small {
    A(u8),
    B(u16),
    C,
}
enum Flags {
    A(bool),
    B,
    C,
    D,
}
enum Deep {
    A(Option<bool>),
    B,
    C(Light),
}
enum Two {
    Text(&'static str),
    Number(u64),
    None,
}
enum Letters {
    A(char, u8),
    B(u8),
    C(u16),
}
enum Expr {
    Number(i64),
    Add(Box<Expr>, Box<Expr>),
    Neg(Box<Expr>),
    Unit,
}
enum Niches {
    A(Light, u64),
    B(u32),
    C(u8, u16),
}
enum Large {
    A([u8; 100]),
    B(u64),
    C(u8),
}
enum Aligned {
    A(u128),
    B(u8),
}
enum Impossible {
    A(u64),
    B(Never),
}
enum Late {
    A(u64, bool),
    B(u32, u8),
    C,
}
enum Owners {
    One(Box<u8>),
    Shared(std::rc::Rc<u8>),
}
enum Slices {
    A(&'static [u8]),
    B(&'static str),
    C(u8),
}

struct Known {
    quastra: &'static str,
    size: usize,
    align: usize,
}

macro_rules! pairs {
    ($($quastra:literal: $rust:ty,)*) => {
        [$(Known { quastra: $quastra, size: size_of::<$rust>(), align: align_of::<$rust>() }),*]
    };
}

/// `List` and `String` are written in Quastra; this is a pointer that is never null, and two numbers.
type List = (NonNull<u8>, usize, usize);

#[test]
fn sizes_are_those_of_rustc() {
    let pairs = pairs! {
        "u8": u8, "i16": i16, "u32": u32, "i64": i64, "u128": u128, "i128": i128, "usize": usize,
        "f32": f32, "f64": f64, "bool": bool, "char": char, "()": (), "never": Never,
        "&u8": &u8, "&mut u64": &mut u64, "&str": &str, "&[u16]": &[u16], "fn(i64) -> bool": fn(i64) -> bool,
        "Box[u8]": Box<u8>, "Box[Mixed]": Box<Mixed>, "Rc[u64]": std::rc::Rc<u64>,
        "(u8, u32)": (u8, u32), "(u8, u32, u8)": (u8, u32, u8), "(bool, u128, u8)": (bool, u128, u8),
        "[u16; 3]": [u16; 3], "[(u8, u16); 4]": [(u8, u16); 4], "[u64; 0]": [u64; 0],
        "Empty": Empty, "Mixed": Mixed, "Words": Words, "Ordered": Ordered, "OrderedSmall": OrderedSmall,
        "Wide": Wide, "Pair[u8, u64]": Pair<u8, u64>, "Pair[bool, char]": Pair<bool, char>, "Wrapper": Wrapper,
        "Letter": Letter, "Nothing": Nothing, "Tail": Tail, "Node": Node,
        "Void": Void, "One": One, "Light": Light, "Shape": Shape, "Small": Small, "Flags": Flags, "Deep": Deep,
        "Two": Two, "Letters": Letters, "Expr": Expr, "Niches": Niches, "Large": Large, "Aligned": Aligned,
        "Impossible": Impossible, "Late": Late, "Owners": Owners, "Slices": Slices,
        "Option[u8]": Option<u8>, "Option[u64]": Option<u64>, "Option[u128]": Option<u128>,
        "Option[bool]": Option<bool>, "Option[Option[bool]]": Option<Option<bool>>,
        "Option[Option[Option[bool]]]": Option<Option<Option<bool>>>,
        "Option[char]": Option<char>, "Option[Option[char]]": Option<Option<char>>,
        "Option[&u8]": Option<&u8>, "Option[&mut u8]": Option<&mut u8>, "Option[&str]": Option<&str>,
        "Option[&[u8]]": Option<&[u8]>, "Option[Box[u8]]": Option<Box<u8>>,
        "Option[Option[Box[u8]]]": Option<Option<Box<u8>>>, "Option[fn() -> u8]": Option<fn() -> u8>,
        "Option[()]": Option<()>, "Option[never]": Option<Never>, "Option[Void]": Option<Void>,
        "Option[Light]": Option<Light>, "Option[Option[Light]]": Option<Option<Light>>,
        "Option[Shape]": Option<Shape>, "Option[Flags]": Option<Flags>, "Option[Deep]": Option<Deep>,
        "Option[Expr]": Option<Expr>, "Option[Two]": Option<Two>, "Option[Niches]": Option<Niches>,
        "Option[Letter]": Option<Letter>, "Option[Words]": Option<Words>, "Option[Wrapper]": Option<Wrapper>,
        "Option[(u8, bool)]": Option<(u8, bool)>, "Option[(u64, &u8)]": Option<(u64, &u8)>,
        "Option[[bool; 3]]": Option<[bool; 3]>, "Option[[u8; 3]]": Option<[u8; 3]>,
        "Option[[bool; 0]]": Option<[bool; 0]>, "Option[Late]": Option<Late>,
        "Option[Pair[u64, bool]]": Option<Pair<u64, bool>>, "Pair[Option[u32], u8]": Pair<Option<u32>, u8>,
        "Option[Slices]": Option<Slices>, "Option[Owners]": Option<Owners>, "Option[Small]": Option<Small>,
        "Result[u8, ()]": Result<u8, ()>, "Result[(), bool]": Result<(), bool>, "Result[u64, u8]": Result<u64, u8>,
        "Result[Box[u8], ()]": Result<Box<u8>, ()>, "Result[&str, u8]": Result<&str, u8>,
        "Result[&str, u64]": Result<&str, u64>, "Result[u32, never]": Result<u32, Never>,
        "Result[bool, Light]": Result<bool, Light>, "Result[char, char]": Result<char, char>,
        "Result[u64, Light]": Result<u64, Light>, "Result[Option[bool], bool]": Result<Option<bool>, bool>,
        "List[u8]": List, "String": List, "Option[String]": Option<List>, "Option[List[u64]]": Option<List>,
        "Option[Option[String]]": Option<Option<List>>, "Result[String, u64]": Result<List, u64>,
    };
    let mut program = String::from(TYPES);
    program.push_str("use core.mem.{align_of, size_of}\n\nfn main() {\n");
    let mut expected = String::new();
    for Known { quastra, size, align } in &pairs {
        let _ = writeln!(
            program,
            "    println(\"{quastra}: {{size_of[{quastra}]()}} {{align_of[{quastra}]()}}\")"
        );
        let _ = writeln!(expected, "{quastra}: {size} {align}");
    }
    program.push_str("}\n");
    let path = write_example("layout", &program);
    for (name, how) in ENGINES {
        let output = run(&path, how, &path).expect("the command starts");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let wrong: Vec<String> = expected
            .lines()
            .zip(printed.lines())
            .filter(|(rustc, ours)| rustc != ours)
            .map(|(rustc, ours)| format!("{ours}, but in Rust {rustc}"))
            .collect();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(printed.lines().count() == pairs.len(), "{name}: {errors}");
        assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
    }
}
