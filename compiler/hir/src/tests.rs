//! What sugar becomes, and what lookup on demand promises, on a library of a few lines.

use crate::{Cfg, Origin, Package, ParsedModule, lower};
use base::{Diagnostics, FileId, Symbol};
use expect_test::{Expect, expect};

/// As much of the standard library as desugaring names.
const CORE: &str = r#"
module core.prelude
#[lang("option")] pub union Option[T] { #[lang("some")] some(T), #[lang("none")] none }
#[lang("result")] pub union Result[T, E] { #[lang("ok")] ok(T), #[lang("err")] err(E) }
pub use core.prelude.Option.{some, none}
pub use core.prelude.Result.{ok, err}
#[lang("into_iterator")] pub protocol IntoIterator { fn into_iter(self) -> Self }
#[lang("iterator")] pub protocol Iterator { fn next(&mut self) -> Option[i64] }
#[lang("close")] pub protocol Close { fn close(&mut self) -> Result[(), i64] }
#[lang("using_new")] pub fn using_new[C](value: &mut C) -> i64 { 0 }
#[lang("using_close")] pub fn using_close(guard: &mut i64) -> Result[(), i64] { ok(()) }
#[lang("using_close_after")] pub fn using_close_after[E](guard: &mut i64, error: &mut E) {}
#[lang("clone")] pub protocol Clone { fn clone(&self) -> Self }
#[lang("eq")] pub protocol Eq { fn eq(&self, other: &Self) -> bool }
#[lang("range")] pub record Range[T] { pub start: T, pub end: T }
#[lang("range_from")] pub record RangeFrom[T] { pub start: T }
#[lang("fmt_arguments")] pub record Arguments { pub texts: &[&str], pub pieces: &[i64] }
#[lang("fmt_piece")] pub fn piece[T](value: &T, spec: i64) -> i64 { 0 }
#[lang("fmt_spec")] pub fn spec(fill: char, align: u8, flags: u32, width: i64, precision: i64) -> i64 { 0 }
"#;

fn package(text: &str) -> (Package, Vec<String>) {
    let mut diags = Diagnostics::new();
    let sources = [(CORE, Origin::Std), (text, Origin::Root)];
    let parse = |(index, &(text, origin)): (usize, &(&str, Origin))| {
        let ast = syntax::parse(text, FileId(index as u32), &mut diags);
        ParsedModule { ast, path: None, origin }
    };
    let sources = sources.iter().enumerate().map(parse).collect();
    let package = lower(sources, &Cfg::default(), &mut diags);
    let messages = diags.into_vec().into_iter().map(|it| format!("{} {}", it.code, it.message)).collect();
    (package, messages)
}

/// The print of the program's module without its first line.
fn check(text: &str, expected: Expect) {
    let (package, messages) = package(text);
    assert_eq!(messages, Vec::<String>::new());
    let printed = package.to_string();
    expected.assert_eq(printed.trim_start_matches("module main\n\n"));
}

#[test]
fn loops() {
    check(
        "fn f(xs: Range[i64]) { for x in 1.. { if x > 3 { break } }; while true { continue } }",
        expect![[r#"
            fn f(xs: core.prelude.Range[i64]) |xs%0| {
                match core.prelude.IntoIterator.into_iter(core.prelude.RangeFrom { start: 1 }) {
                    var iter%1 => '0: loop {
                        match core.prelude.Iterator.next(&mut iter%1) {
                            core.prelude.Option.none => break '0
                            core.prelude.Option.some(x%2) => {
                                if (x%2 > 3) {
                                    break '0
                                }
                            }
                        };
                    }
                };
                '1: loop {
                    if true {
                        continue '1
                    } else {
                        break '1
                    }
                }
            }
        "#]],
    );
}

#[test]
fn interpolation() {
    check(
        r#"fn f(x: f64, w: i64) { "a{x:>+w$.2}b{{{w}" }"#,
        expect![[r#"
        fn f(x: f64, w: i64) |x%0, w%1| {
            format core.prelude.Arguments { texts: &["a", "b{", ""], pieces: &[core.prelude.piece(&x%0, core.prelude.spec(' ', 3u8, 1u32, (w%1 as i64), 2i64)), core.prelude.piece(&w%1, core.prelude.spec(' ', 0u8, 0u32, -1i64, -1i64))] }
        }
    "#]],
    );
}

#[test]
fn tries() {
    check(
        "fn f(x: Result[i64, i64]) -> Result[i64, i64] { try { try x } catch 3 { 4 }; try { try x } catch e { e }; ok(try x) }",
        expect![[r#"
            fn f(x: core.prelude.Result[i64, i64]) -> core.prelude.Result[i64, i64] |x%0| {
                match '0: try {
                    try '0 x%0
                } {
                    core.prelude.Result.ok(value%1) => value%1
                    core.prelude.Result.err(3) => {
                        4
                    }
                    core.prelude.Result.err(error%2) => try core.prelude.Result.err(error%2)
                };
                match '1: try {
                    try '1 x%0
                } {
                    core.prelude.Result.ok(value%3) => value%3
                    core.prelude.Result.err(e%4) => {
                        e%4
                    }
                };
                core.prelude.Result.ok(try x%0)
            }
        "#]],
    );
}

#[test]
fn usings() {
    check(
        "record File {}
         impl Close for File { fn close(&mut self) -> Result[(), i64] { ok(()) } }
         fn f(x: Result[i64, i64]) -> Result[i64, i64] { loop { using f = File {}; if true { break }; try x; return x }; x }",
        expect![[r#"
            record File {
            }

            impl core.prelude.Close for main.File {
                pub fn close(self: &mut Self) -> core.prelude.Result[(), i64] |self%0| {
                    core.prelude.Result.ok(())
                }
            }

            fn f(x: core.prelude.Result[i64, i64]) -> core.prelude.Result[i64, i64] |x%0| {
                '0: loop {
                    let var f%1 = main.File {  }
                    let var using%2 = core.prelude.using_new(&mut f%1)
                    {
                        if true {
                            {
                                {
                                    try core.prelude.using_close(&mut using%2);
                                };
                                break '0
                            }
                        };
                        try x%0 cleanup |error%4| {
                            core.prelude.using_close_after(&mut using%2, &mut *error%4);
                        };
                        return x%0 finish {
                            try core.prelude.using_close(&mut using%2);
                        } after |error%5| {
                            core.prelude.using_close_after(&mut using%2, &mut *error%5);
                        }
                    } finish try core.prelude.using_close(&mut using%2) after |error%6| {
                        core.prelude.using_close_after(&mut using%2, &mut *error%6);
                    }
                };
                x%0
            }
        "#]],
    );
}

#[test]
fn brackets_and_dots() {
    check(
        "record Table { rows: [i64; 4] }
         impl Table { fn get[T](&self, x: T) -> T { x } }
         fn id[T](x: T) -> T { x }
         fn f(t: Table, fs: [fn(i64) -> i64; 2]) { id[i64](1); t.rows[0]; t.get[Option[i64]](none); fs[0](1); Option[i64].some(1); (t.rows)[1] }",
        expect![[r#"
            record Table {
                rows: [i64; 4]
            }

            impl main.Table {
                fn get[T](self: &Self, x: T) -> T |self%0, x%1| {
                    x%1
                }
            }

            fn id[T](x: T) -> T |x%0| {
                x%0
            }

            fn f(t: main.Table, fs: [fn(i64) -> i64; 2]) |t%0, fs%1| {
                main.id[i64](1);
                t%0.rows[0];
                t%0.get[core.prelude.Option[i64]](core.prelude.Option.none);
                fs%1[0](1);
                core.prelude.Option[i64].some(1);
                t%0.rows[1]
            }
        "#]],
    );
}

#[test]
fn derived() {
    check(
        "#[derive(Clone, Eq)] union Shape[T] { Circle(T), Dot }
         #[derive(Clone)]
         record P { x: i64 }",
        expect![[r#"
            union Shape[T] {
                Circle(0: T)
                Dot
            }

            impl[T: core.prelude.Clone] core.prelude.Clone for main.Shape[T] /* derived */ {
                pub fn clone(self: &Self) -> Self |self%0| {
                    match self%0 {
                        main.Shape.Circle(a0%1) => main.Shape[T].Circle(core.prelude.Clone.clone(a0%1))
                        main.Shape.Dot => main.Shape[T].Dot
                    }
                }
            }

            impl[T: core.prelude.Eq] core.prelude.Eq for main.Shape[T] /* derived */ {
                pub fn eq(self: &Self, other: &Self) -> bool |self%0, other%1| {
                    match (self%0, other%1) {
                        (main.Shape.Circle(a0%2), main.Shape.Circle(b0%3)) => core.prelude.Eq.eq(a0%2, b0%3)
                        (main.Shape.Dot, main.Shape.Dot) => true
                        _ => false
                    }
                }
            }

            record P {
                x: i64
            }

            impl core.prelude.Clone for main.P /* derived */ {
                pub fn clone(self: &Self) -> Self |self%0| {
                    Self { x: core.prelude.Clone.clone(&self%0.x) }
                }
            }
        "#]],
    );
}

#[test]
fn patterns() {
    check(
        "const MAX: i64 = 9
         union U { A(i64), B { b: i64 }, C }
         fn f(u: U, xs: &[i64]) { match u { A(n) | B { b: n } => n, U.C => 0, }; match xs { [a, .., -1] => a, [..] => 0, };
           match 3 { MAX => 1, 1..=5 => 2, x @ 6.. => x, _ => 0, }; if let some(y) = some(1) && y > 2 { y } else { 0 }; let some(z) = some(1) else { return } }",
        expect![[r#"
            const MAX: i64 = 9

            union U {
                A(0: i64)
                B { b: i64 }
                C
            }

            fn f(u: main.U, xs: &[i64]) |u%0, xs%1| {
                match u%0 {
                    ?.A(n%2) | ?.B { b: n%2 } => n%2
                    main.U.C => 0
                };
                match xs%1 {
                    [a%3, .., -1] => a%3
                    [..] => 0
                };
                match 3 {
                    main.MAX => 1
                    1..=5 => 2
                    x%4 @ 6.. => x%4
                    _ => 0
                };
                if (let core.prelude.Option.some(y%5) = core.prelude.Option.some(1) && (y%5 > 2)) {
                    y%5
                } else {
                    0
                };
                let core.prelude.Option.some(z%6) = core.prelude.Option.some(1) else {
                    return
                }
            }
        "#]],
    );
}

#[test]
fn bodies_of_the_library_are_lowered_when_they_are_asked_for() {
    let (package, _) = package("fn main() {}");
    let piece = package.defs.ids().find(|&def| package.def(def).name == Symbol::intern("piece")).unwrap();
    let body = package.body_of(piece).unwrap();
    assert!(package.bodies[body].cell.get().is_none());
    assert_eq!(package.body_owner(body), piece);
    assert!(package.bodies[body].cell.get().is_none());
    assert_eq!(package.body(body).owner, piece);
    assert!(package.bodies[body].cell.get().is_some());
    assert_eq!(package.main.map(|main| package.path_of(main)), Some("main.main".to_string()));
}

#[test]
fn nesting_ends_before_the_stack_does() {
    let text = |levels: usize| format!("fn main() {{ {}1{} }}", "(-".repeat(levels), ")".repeat(levels));
    let run = move |levels: usize| {
        let work = move || package(&text(levels)).1;
        std::thread::Builder::new().stack_size(64 << 20).spawn(work).unwrap().join().unwrap()
    };
    assert_eq!(run(100), Vec::<String>::new());
    assert_eq!(run(20_000).len(), 1);
}

#[test]
fn wrong_programs_never_panic() {
    for text in [
        "",
        "use",
        "use a.",
        "module",
        "fn",
        "impl",
        "record A {",
        "union U { A(",
        "fn f() { let x = ",
        "fn f() { a.b.c[",
        "fn f[T: ](x: T) where",
        "protocol P { fn",
        "fn f() { match x { A | } }",
        "fn f() { \"{x:\" }",
        "use self.self",
        "fn f() { Self.Self { ..x } }",
        "const A: [A; A] = A",
        "type A = B type B = A fn f(a: A) { A.x }",
        "fn f() { use f.f; f.f.f }",
        "impl Self for Self {}",
        "#[derive(derive)] record",
        "fn f(self, self, self) {}",
    ] {
        let _ = package(text);
    }
}
