//! Recovery's tests: malformed texts and what is said of them.
//!
//! Each line is `line:column code message`, then fixes as `[old → new]`. One mistake, one line.

use base::{Diagnostics, FileId, SourceFile};
use expect_test::{Expect, expect};

fn check(source: &str, expected: Expect) {
    let mut diagnostics = Diagnostics::new();
    crate::parse(source, FileId(0), &mut diagnostics);
    let file = SourceFile::new("test".into(), source.into());
    let mut out = String::new();
    for diagnostic in diagnostics.iter() {
        let (line, column) = file.line_col(diagnostic.primary.span.lo);
        out += &format!("{line}:{column} {} {}\n", diagnostic.code, diagnostic.message);
        for suggestion in &diagnostic.suggestions {
            let fixes = suggestion.fixes.iter().map(|fix| {
                let old = &source[fix.span.lo as usize..fix.span.hi as usize];
                format!("[{old} → {}]", fix.replacement)
            });
            out += &format!("    {}: {}\n", suggestion.message, fixes.collect::<String>());
        }
    }
    expected.assert_eq(&out);
}

#[test]
fn unclosed() {
    check(
        "\
fn f() {
    send(a, b
    let c = 2
    g(c)
}

fn g(x: i32) {
    x
}
",
        expect![[r#"
            2:9 P1001 `(` is never closed
                add `)`: [ → )]
        "#]],
    );
}

#[test]
fn unclosed_brace() {
    check(
        "\
fn f() {
    if x {
        a()
    b()
}

fn g(x: i32) {
    x
}
",
        expect![[r#"
            2:10 P1001 `{` is never closed
                add `}`: [ → }]
        "#]],
    );
}

#[test]
fn stray_brace() {
    check(
        "\
fn f() {
    if x {
        a()
    }
    }
    b()
}

fn g() {
    c()
}
",
        expect![[r#"
            5:5 P1002 `}` closes nothing
                remove it: [} → ]
        "#]],
    );
}

#[test]
fn missing_operand() {
    check(
        "\
fn f() {
    let x = 1 +
    let y = 2
    y
}
",
        expect![[r#"
            3:5 P1000 expected an expression, found the keyword `let`
        "#]],
    );
}

#[test]
fn missing_name() {
    check(
        "\
fn f() {
    let = 5
    g()
}
",
        expect![[r#"
            2:9 P1000 expected a pattern, found `=`
        "#]],
    );
}

#[test]
fn missing_commas() {
    check(
        "\
fn f() {
    let p = Point { x: 1 y: 2 }
    g(a b)
    h(p)
}
",
        expect![[r#"
            2:26 P1005 missing `,` before the name `y`
                add `,`: [ → ,]
            3:9 P1005 missing `,` before the name `b`
                add `,`: [ → ,]
        "#]],
    );
}

#[test]
fn missing_colon_bad_type() {
    check(
        "\
fn f(a i32, b: ) -> i32 {
    a
}
",
        expect![[r#"
            1:8 P1005 missing `:` before the name `i32`
                add `:`: [ → :]
            1:16 P1000 expected a type, found `)`
        "#]],
    );
}

#[test]
fn unterminated_string() {
    check(
        "\
fn f() {
    print(\"hello)
    let x = 2
}
",
        expect![[r#"
            2:11 L0002 this string is never closed
        "#]],
    );
}

#[test]
fn misspelt_item_keyword() {
    check(
        "\
fucntion f(a: i32) {
    a
}

fn g() {
    1
}
",
        expect![[r#"
            1:1 P1010 `fucntion` is no keyword
                did you mean `fn`?: [fucntion → fn]
        "#]],
    );
}

#[test]
fn broken_match_arms() {
    check(
        "\
fn f(x: i32) -> i32 {
    match x {
        1 -> 10,
        2 => ,
        _ => 0,
    }
}
",
        expect![[r#"
            3:11 P1010 an arm's value is written after `=>`
                write `=>`: [-> →  =>]
            4:14 P1000 expected an expression, found `,`
        "#]],
    );
}

#[test]
fn many() {
    check(
        "\
use std.io

record P { x: i32, y }

fn a(n: i32) {
    let x = (1 + ) * 2
    for in 0..n {
        g(x,, 2)
    }
    x y
}

impl P {
    fn m(&self) -> {
        self.x +
    }
}

fn last() {
    ok()
}
",
        expect![[r#"
            3:22 P1000 expected `:`, found `}`
            6:18 P1000 expected an expression, found `)`
            7:9 P1000 expected a pattern, found the keyword `in`
            8:13 P1000 expected an expression or `)`, found `,`
            10:7 P1005 missing a line end or `;` before the name `y`
                add `;`: [ → ;]
            14:20 P1000 expected a type, found `{`
            16:5 P1000 expected an expression, found `}`
        "#]],
    );
}

#[test]
fn words_of_other_languages() {
    check(
        "fn f() { let mut x = 1 }",
        expect![[r#"
        1:10 P1010 a mutable variable is declared with `var`
            write `var`: [let mut → var]
    "#]],
    );
    check(
        "struct P { x: i32 }",
        expect![[r#"
        1:1 P1010 `struct` is written `record`
            write `record`: [struct → record]
    "#]],
    );
    check(
        "enum U { A, B(i32) }",
        expect![[r#"
        1:1 P1010 `enum` is written `union`
            write `union`: [enum → union]
    "#]],
    );
    check(
        "trait T { fn f(&self) }",
        expect![[r#"
        1:1 P1010 `trait` is written `protocol`
            write `protocol`: [trait → protocol]
    "#]],
    );
    check(
        "public fn f() {}",
        expect![[r#"
        1:1 P1010 `public` is written `pub`
            write `pub`: [public → pub]
    "#]],
    );
    check(
        "import a.b",
        expect![[r#"
        1:1 P1010 `import` is written `use`
            write `use`: [import → use]
    "#]],
    );
    check(
        "func main() {\n    fmt.print(\"x\")\n}",
        expect![[r#"
        1:1 P1010 `func` is written `fn`
            write `fn`: [func → fn]
    "#]],
    );
    check(
        "fn f() { switch x { 1 => 2 } }",
        expect![[r#"
        1:10 P1010 `switch` is written `match`
            write `match`: [switch → match]
    "#]],
    );
    check(
        "fn f() {\n    if a {\n    } elif b {\n    }\n}",
        expect![[r#"
            3:7 P1010 `elif` is written `else if`
                write `else if`: [elif → else if]
        "#]],
    );
    check(
        "fn f() { let v = new Foo() }",
        expect![[r#"
        1:18 P1010 values are made without `new`
            leave it out: [new  → ]
    "#]],
    );
    check(
        "async fn f() { await g() }",
        expect![[r#"
        1:1 P1010 functions have no `async`
            leave it out: [async  → ]
        1:16 P1010 `.await` stands after its expression
    "#]],
    );
    check(
        "fn f() { int x = 5 }",
        expect![[r#"
        1:10 P1010 a variable is declared with `let`
            write the type after the name: [int x → let x: int]
    "#]],
    );
    check(
        "fn f(mut x: i32) {}",
        expect![[r#"
        1:6 P1010 a mutable variable is declared with `var`
            write `var`: [mut → var]
    "#]],
    );
    check(
