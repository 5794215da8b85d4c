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
                write the type after the name: [int x → let x: i64]
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
        "fn f(p: *const u8) {}",
        expect![[r#"
        1:10 P1010 `*const T` is written `*T`
            leave it out: [const  → ]
    "#]],
    );
    check(
        "use a.*",
        expect![[r#"
        1:7 P1010 names are imported one by one
    "#]],
    );
    check(
        "union U { A, pub B }",
        expect![[r#"
        1:14 P1010 `pub` can't stand here
            leave it out: [pub  → ]
    "#]],
    );
    check(
        "fucntion f(a: i32) {}",
        expect![[r#"
            1:1 P1010 `fucntion` is no keyword
                did you mean `fn`?: [fucntion → fn]
        "#]],
    );
    check(
        "fn f() { retrun x }",
        expect![[r#"
        1:10 P1010 `retrun` is no keyword
            did you mean `return`?: [retrun → return]
    "#]],
    );
    check(
        "record P(i32)",
        expect![[r#"
        1:9 P1010 a record's fields have names
            name them: [(i32) →  { … }]
    "#]],
    );
    check(
        "fn f() { if a and b or not c { } }",
        expect![[r#"
        1:15 P1010 `and` is written `&&`
            write `&&`: [and → &&]
        1:21 P1010 `or` is written `||`
            write `||`: [or → ||]
        1:24 P1010 `not` is written `!`
            write `!`: [not  → !]
    "#]],
    );
}

#[test]
fn types_of_other_languages() {
    check(
        "fn f<T>(x: List<T>) -> Map<String, List<i32>> { x }",
        expect![[r#"
        1:5 P1010 type arguments stand in square brackets
            write `[…]`: [< → [][> → ]]
        1:16 P1010 type arguments stand in square brackets
            write `[…]`: [< → [][> → ]]
        1:27 P1010 type arguments stand in square brackets
            write `[…]`: [< → [][< → [][>> → ]]]
    "#]],
    );
    check(
        "fn f() { let m = Map<String, i32>.new() }",
        expect![[r#"
        1:21 P1010 type arguments stand in square brackets
            write `[…]`: [< → [][> → ]]
    "#]],
    );
    check(
        "fn f() { let v = Vec::<i32>::new(); a::b::c(1) }",
        expect![[r#"
        1:21 P1010 type arguments stand in square brackets
            write `[…]`: [::< → [][> → ]]
        1:28 P1010 `::` is written `.`
            write `.`: [:: → .]
        1:38 P1010 `::` is written `.`
            write `.`: [:: → .][:: → .]
    "#]],
    );
    check(
        "fn f(): i32 { 1 }",
        expect![[r#"
        1:7 P1010 a function's result type is written after `->`
            write `->`: [: →  ->]
    "#]],
    );
    check(
        "record P<T> { x: T }",
        expect![[r#"
        1:9 P1010 type arguments stand in square brackets
            write `[…]`: [< → [][> → ]]
    "#]],
    );
    check(
        "impl<T> P<T> { }",
        expect![[r#"
        1:5 P1010 type arguments stand in square brackets
            write `[…]`: [< → [][> → ]]
        1:10 P1010 type arguments stand in square brackets
            write `[…]`: [< → [][> → ]]
    "#]],
    );
}

#[test]
fn operators_of_other_languages() {
    check(
        "fn f() { if a = b { } }",
        expect![[r#"
        1:15 P1010 `=` assigns; two values are compared with `==`
            write `==`: [= → ==]
    "#]],
    );
    check(
        "fn f() { let a == b }",
        expect![[r#"
        1:16 P1010 `==` compares; a value is given with `=`
            write `=`: [== → =]
    "#]],
    );
    check(
        "fn f() {\n    x++\n    y()\n}",
        expect![[r#"
        2:6 P1010 there is no `++`
            add one: [++ →  += 1]
    "#]],
    );
    check(
        "fn f() { ++x }",
        expect![[r#"
        1:10 P1010 there is no `++`
    "#]],
    );
    check(
        "fn f() { if a <> b && c === d { } }",
        expect![[r#"
        1:15 P1010 `<>` is written `!=`
            write `!=`: [<> → !=]
        1:25 P1010 `===` is written `==`
            write `==`: [=== → ==]
    "#]],
    );
    check(
        "fn f() { x := 1 }",
        expect![[r#"
        1:10 P1010 a variable is declared with `let`
            write `let x =`: [x := → let x =]
    "#]],
    );
    check(
        "fn f() { let p = P { x = 1, y = 2 } }",
        expect![[r#"
        1:24 P1010 a field's value is written after `:`
            write `:`: [= → :]
        1:31 P1010 a field's value is written after `:`
            write `:`: [= → :]
    "#]],
    );
    check(
        "#[deprecated = \"old\"]\nfn f() {}",
        expect![[r#"
        1:13 P1010 an attribute's value stands in parentheses
            write `("old")`: [ = "old" → ("old")]
    "#]],
    );
    check(
        "fn f() { match x {\n 1 -> a\n 2: { b }\n else => c\n } }",
        expect![[r#"
            2:4 P1010 an arm's value is written after `=>`
                write `=>`: [-> →  =>]
            3:3 P1010 an arm's value is written after `=>`
                write `=>`: [: →  =>]
            4:2 P1010 the arm for all other values is `_`
                write `_`: [else → _]
        "#]],
    );
    check(
        "fn f() { let x = a.b()?.c()?\n g(x?) }",
        expect![[r#"
        1:23 P1010 `try` stands before the expression whose error it passes on
            write `try`: [ → (try ][? → )]
        1:28 P1010 `try` stands before the expression whose error it passes on
            write `try`: [ → try ][? → ]
        2:5 P1010 `try` stands before the expression whose error it passes on
            write `try`: [ → try ][? → ]
    "#]],
    );
    check(
        "fn f() { let x = a ? b : c }",
        expect![[r#"
            1:20 P1010 there is no `?:` operator
                `if` is an expression: [a ? b : c → if a { b } else { c }]
        "#]],
    );
    check(
        "fn f() { xs.map((a, b) => a + b); ys.map(y => y) }",
        expect![[r#"
        1:17 P1010 a closure's parameters stand between bars
            write `|a, b|`: [(a, b) => → |a, b|]
        1:42 P1010 a closure's parameters stand between bars
            write `|y|`: [y => → |y|]
    "#]],
    );
    check(
        "fn f() -> i32 = 5",
        expect![[r#"
        1:15 P1010 a function's body is a block
            write braces: [= → {][ →  }]
    "#]],
    );
    check(
        "fn f() { if a < b < c {} }",
        expect![[r#"
        1:13 P1021 comparisons can't be chained
            compare twice: [ →  && b]
    "#]],
    );
}

#[test]
fn names_and_arguments() {
    check(
        "fn f() { let type = 1 }",
        expect![[r#"
        1:14 P1011 `type` is a keyword and can't be a name
            choose another name: [type → type_]
    "#]],
    );
    check(
        "record R { type: i32 }",
        expect![[r#"
        1:12 P1011 `type` is a keyword and can't be a name
            choose another name: [type → type_]
    "#]],
    );
    check(
        "fn f() { g(x: 1, y: 2) }",
        expect![[r#"
        1:12 P1012 arguments have no names
            leave the name out: [x:  → ]
        1:18 P1012 arguments have no names
            leave the name out: [y:  → ]
    "#]],
    );
    check(
        "fn f(x: i32 = 1) {}",
        expect![[r#"
        1:13 P1012 parameters have no default values
            leave the value out: [ = 1 → ]
    "#]],
    );
}

#[test]
fn statements_outside_functions() {
    check(
        "println(\"hi\")\nlet x = 1\nfn f() {}",
        expect![[r#"
        1:1 P1006 a statement stands outside functions
    "#]],
    );
    check(
        "let x = 1",
        expect![[r#"
        1:1 P1006 a statement stands outside functions
    "#]],
    );
    check(
        "var x = 1",
        expect![[r#"
        1:1 P1006 a statement stands outside functions
    "#]],
    );
}

#[test]
fn brackets() {
    check(
        "fn f() { foo(1, 2 }",
        expect![[r#"
        1:13 P1001 `(` is never closed
            add `)`: [ → )]
    "#]],
    );
    check(
        "fn f() { let a = [1, 2 }",
        expect![[r#"
        1:18 P1001 `[` is never closed
            add `]`: [ → ]]
    "#]],
    );
    check(
        "fn f( {\n}",
        expect![[r#"
        1:5 P1001 `(` is never closed
            add `)`: [ → )]
    "#]],
    );
    check(
        "fn f(a: i32 {\n    a\n}\nfn g() {}",
        expect![[r#"
        1:5 P1001 `(` is never closed
            add `)`: [ → )]
    "#]],
    );
    check(
        "fn f() {\n    if g(a, b {\n        c\n    }\n}",
        expect![[r#"
        2:9 P1001 `(` is never closed
            add `)`: [ → )]
    "#]],
    );
    check(
        "fn f()\n{\n}",
        expect![[r#"
        2:1 P1004 `{` stands on a line of its own
            open the body on the line it belongs to: [
        { →  {]
    "#]],
    );
    check(
        "fn f() { return }}",
        expect![[r#"
        1:18 P1002 `}` closes nothing
            remove it: [} → ]
    "#]],
    );
    check(
        "fn f() {",
        expect![[r#"
        1:8 P1001 `{` is never closed
            add `}`: [ → }]
    "#]],
    );
}

#[test]
fn everyday_mistakes() {
    check(
        "fn f() { \"{}\" }",
        expect![[r#"
        1:12 P1000 expected an expression, found `}`
            write the characters as `{{}}`: [{} → {{}}]
    "#]],
    );
    check(
        "fn f() { \"abc {x\" }",
        expect![[r#"
        1:15 L0003 this `{` begins an interpolation that is never closed
            write the character as `{{`: [{ → {{]
    "#]],
    );
    check(
        "fn f() { let s = 'hello' }",
        expect![[r#"
        1:18 L0007 a character literal holds exactly one character
            write a string: ['hello' → "hello"]
    "#]],
    );
    check(
        "fn f() { for i in 0..10 do { } }",
        expect![[r#"
            1:25 P1010 there is no `do` before a block
                leave it out: [do  → ]
        "#]],
    );
    check(
        "fn f() { if x { 1 } else y }",
        expect![[r#"
        1:26 P1000 expected `{` or `if`, found the name `y`
    "#]],
    );
    check(
        "fn f() { a = }",
        expect![[r#"
        1:14 P1000 expected an expression, found `}`
    "#]],
    );
    check(
        "fn f() { return 1,\n}",
        expect![[r#"
        1:18 P1000 expected an operator, the end of the line or `}`, found `,`
    "#]],
    );
    check(
        "fn f() { while true println(1) }",
        expect![[r#"
        1:21 P1000 expected an operator or `{`, found the name `println`
    "#]],
    );
    check(
        "fn f() { let x: = 1 }",
        expect![[r#"
        1:17 P1000 expected a type, found `=`
    "#]],
    );
    check(
        "fn () { }",
        expect![[r#"
        1:4 P1000 expected a name, found `(`
    "#]],
    );
    check(
        "fn f() { let x = 5 let y = 6 }",
        expect![[r#"
        1:20 P1005 missing a line end or `;` before the keyword `let`
            add `;`: [ → ;]
    "#]],
    );
    check(
        "impl Foo { let x: i32 }",
        expect![[r#"
        1:12 P1000 expected a member such as `fn` or `const`, the end of the line or `}`, found the keyword `let`
    "#]],
    );
    check(
        "fn f() { x.0x1 }",
        expect![[r#"
        1:12 P1022 `0x1` is not the index of a tuple's field
    "#]],
    );
    check(
        "fn f() { try { a } }",
        expect![[r#"
        1:10 P1025 this `try` block has no `catch`
            handle the error: [ →  catch e { … }]
    "#]],
    );
    check(
        "fn f() { let x = y as }",
        expect![[r#"
        1:23 P1000 expected a type, found `}`
    "#]],
    );
    check(
        "fn f() { a.(b) }",
        expect![[r#"
        1:12 P1000 expected a name or a number, found `(`
    "#]],
    );
    check(
        "fn f() { g(1,, 2) }",
        expect![[r#"
        1:14 P1000 expected an expression or `)`, found `,`
    "#]],
    );
    check(
        "record P { x i32 }",
        expect![[r#"
        1:14 P1005 missing `:` before the name `i32`
            add `:`: [ → :]
    "#]],
    );
    check(
        "fn f() { if (x) return 1 }",
        expect![[r#"
        1:17 P1000 expected an operator or `{`, found the keyword `return`
    "#]],
    );
    check(
        "fn f() { if let a = b || c {} }",
        expect![[r#"
        1:13 P1020 `let` conditions can only be joined by `&&`
    "#]],
    );
    check(
        "fn f() { tell a }",
        expect![[r#"
        1:15 P1026 `tell` needs a message: a call such as `actor.handler()`
    "#]],
    );
    check(
        "fn f() { 1.x { a: 1 } }",
        expect![[r#"
        1:10 P1024 only a type's name can stand before `{` and fields
    "#]],
    );
}
