//! The lexer's tests: source text and the kinds that come out of it.

use super::*;

/// The kinds of all tokens, `|` between items, and the codes of all errors.
fn kinds(source: &str) -> String {
    let mut lexer = Lexer::new(source, FileId(0));
    let (mut tokens, mut items) = (Vec::new(), Vec::new());
    while lexer.next_item(&mut base::symbol::interner(), &mut tokens) {
        items.push(tokens.iter().map(|token| format!("{:?}", token.kind())).collect::<Vec<_>>().join(" "));
    }
    let mut text = items.join(" | ");
    for error in &lexer.errors {
        text += &format!(" !{}@{}", error.code, error.primary.span.lo);
    }
    text
}

/// The texts of all names and literals.
fn texts(source: &str) -> Vec<String> {
    let mut lexer = Lexer::new(source, FileId(0));
    let (mut tokens, mut texts) = (Vec::new(), Vec::new());
    while lexer.next_item(&mut base::symbol::interner(), &mut tokens) {
        let literals = tokens.iter().filter(|token| token.kind() <= Kind::Format);
        texts.extend(literals.map(|token| token.token.symbol.to_string()));
    }
    assert_eq!(lexer.errors, []);
    texts
}

#[test]
fn line_ends() {
    assert_eq!(kinds("{ a\nb }"), "LBrace Name Semi Name RBrace Semi");
    assert_eq!(kinds("a\nb"), "Name Semi | Name Semi");
    assert_eq!(kinds("a +\nb"), "Name Plus Name Semi");
    assert_eq!(kinds("a\n  .b()\nc"), "Name Dot Name LParen RParen Semi | Name Semi");
    assert_eq!(kinds("f(\na\n)\n"), "Name LParen Name RParen Semi");
    assert_eq!(kinds("#[x]\nfn"), "HashBracket Name RBracket Fn Semi");
    assert_eq!(kinds("a\n-b"), "Name Semi | Minus Name Semi");
    assert_eq!(kinds("a /* x\n */ b"), "Name Semi | Name Semi");
    assert_eq!(kinds("a;\n;b;"), "Name Semi | Semi | Name Semi");
    assert_eq!(
        kinds("fn f()\n    where T: P {\n}"),
        "Fn Name LParen RParen Where Name Colon Name LBraceBody RBrace Semi"
    );
}

#[test]
fn braces() {
    assert_eq!(kinds("if a { b }"), "If Name LBraceBody Name RBrace Semi");
    assert_eq!(kinds("x = P { a: 1 }"), "Name Eq Name LBraceRecord Name Colon Int RBrace Semi");
    assert_eq!(
        kinds("if f(P {}) {}"),
        "If Name LParen Name LBraceRecord RBrace RParen LBraceBody RBrace Semi"
    );
    assert_eq!(kinds("if let P {} = p {}"), "If Let Name LBraceRecord RBrace Eq Name LBraceBody RBrace Semi");
    assert_eq!(
        kinds("if let P {} = p && let Q {} = q {}"),
        "If Let Name LBraceRecord RBrace Eq Name AmpAmp Let Name LBraceRecord RBrace Eq Name LBraceBody RBrace Semi"
    );
    assert!(kinds("let f: fn() -> fn() -> T = P {}").contains("Eq Name LBraceRecord"));
    assert_eq!(kinds("x => { }"), "Name FatArrow LBrace RBrace Semi");
    assert_eq!(kinds("if match x { } { }"), "If Match Name LBraceBody RBrace LBraceBody RBrace Semi");
    assert_eq!(
        kinds("match try { a } catch e { b } { }"),
        "Match Try LBraceBody Name RBrace Catch Name LBraceBody Name RBrace LBraceBody RBrace Semi"
    );
    assert_eq!(kinds("|x| -> T { x }"), "Pipe Name Pipe Arrow Name LBraceBody Name RBrace Semi");
    assert_eq!(
        kinds("fn f() where A: P, B: Q { }"),
        "Fn Name LParen RParen Where Name Colon Name Comma Name Colon Name LBraceBody RBrace Semi"
    );
    assert_eq!(kinds("extern \"C\" { }"), "Extern Str LBraceBody RBrace Semi");
    assert_eq!(kinds("fn f()\n{\n}"), "Fn Name LParen RParen LBraceBody RBrace Semi !P1004@7");
}

#[test]
fn contextual_words() {
    assert_eq!(kinds("test \"x\" {}"), "Test Str LBraceBody RBrace Semi");
    assert_eq!(kinds("test(1)"), "Name LParen Int RParen Semi");
    assert_eq!(kinds("ask a.b()"), "Ask Name Dot Name LParen RParen Semi");
    assert_eq!(
        kinds("ask + 1; ask as T; a.ask"),
        "Name Plus Int Semi | Name As Name Semi | Name Dot Name Semi"
    );
    assert_eq!(kinds("a.type.match"), "Name Dot Name Dot Name Semi");
    assert_eq!(
        kinds("actor A { on on() {} \n let on = 1 }"),
        "Actor Name LBraceBody On Name LParen RParen LBraceBody RBrace Semi Let Name Eq Int RBrace Semi"
    );
    assert_eq!(
        kinds("select { after d => a, default => b }"),
        "Select LBraceBody After Name FatArrow Name Comma Default FatArrow Name RBrace Semi"
    );
    assert_eq!(kinds("let a = b else { }"), "Let Name Eq Name LetElse LBraceBody RBrace Semi");
    assert_eq!(
        kinds("#[type(use: as)] fn"),
        "HashBracket Name LParen Name Colon Name RParen RBracket Fn Semi"
    );
}

#[test]
fn strings() {
    assert_eq!(kinds(r#""a""#), "Str Semi");
    assert_eq!(kinds(r#""a {x} b {y:.2}""#), "StrHead Name StrMid Name Format StrTail Semi");
    assert_eq!(kinds(r#""{f("in {x}")}""#), "StrHead Name LParen StrHead Name StrTail RParen StrTail Semi");
    assert_eq!(kinds("r\"a{b\" br#\"\"#"), "Str Bytes Semi");
    assert_eq!(texts(r#""{{a}} \n\u{e9}" 'x"#), ["{a} \n\u{e9}", "'x"]);
    assert_eq!(texts("\"\"\"\n    one\n      two\n    \"\"\""), ["one\n  two"]);
    assert_eq!(texts("\"\"\"\n    a {x}\n    b\n    \"\"\""), ["a ", "x", "\nb"]);
    assert_eq!(texts("r#\"a\"b\"# b\"\\xff\""), ["a\"b", "\u{ff}"]);
    assert_eq!(kinds("\"abc\nd"), "Str Semi | Name Semi !L0002@0");
    assert_eq!(kinds("f(\"{\")\ng"), "Name LParen Str RParen Semi | Name Semi !L0003@3");
    assert_eq!(
        kinds("f(\"a {x} {\")\ng"),
        "Name LParen StrHead Name StrTail RParen Semi | Name Semi !L0003@9"
    );
    assert_eq!(kinds("\"abc {d\ne"), "Str Semi | Name Semi !L0003@5");
    assert_eq!(kinds("\"\\q\""), "Str Semi !L0005@1");
}

#[test]
fn numbers_and_characters() {
    assert_eq!(kinds("1..2"), "Int DotDot Int Semi");
    assert_eq!(kinds("t.0.1"), "Name Dot Int Dot Int Semi");
    assert_eq!(kinds("5.seconds()"), "Int Dot Name LParen RParen Semi");
    assert_eq!(texts("1.5e3f32 0xffu8 1_000i64 2f32 7u8"), ["1.5e3", "0xff", "1_000", "2", "7"]);
    assert_eq!(kinds("'a' '\\n' '\\u{1f600}' 'a b'x'"), "Char Char Char Region Byte Semi");
    assert_eq!(kinds("'\\uu' ''"), "Char Char Semi !L0007@0 !L0007@6");
    assert_eq!(kinds("'abc'"), "Str Semi !L0007@0");
    assert_eq!(kinds("Cx['a, 'b]"), "Name LBracket Region Comma Region RBracket Semi");
}

#[test]
fn comments() {
    assert_eq!(kinds("a // b\n/* c /* d */ */ e"), "Name Semi | Name Semi");
    assert_eq!(kinds("/* a"), " !L0004@0");
    let mut lexer = Lexer::new("//! file\n//! more\n/// one\n///  two\nfn\n", FileId(0));
    let mut tokens = Vec::new();
    lexer.next_item(&mut base::symbol::interner(), &mut tokens);
    assert_eq!(lexer.file_docs, "file\nmore");
    assert_eq!((lexer.docs[0].before, lexer.docs[0].text.as_str()), (35, "one\n two"));
}

#[test]
fn unknown_characters() {
    assert_eq!(kinds("a ~ b"), "Name Name Semi !L0001@2");
    assert_eq!(kinds("größe"), "Name Semi");
    assert_eq!(kinds("a\u{a0}b"), "Name Name Semi !L0001@1");
    assert_eq!(kinds("a – b; “c”"), "Name Minus Name Semi | Str Semi !L0001@2 !L0001@9");
}

#[test]
fn recovery_of_brackets() {
    // Whatever comes in, brackets balance afterwards.
    let check = |source: &str| {
        let mut lexer = Lexer::new(source, FileId(0));
        if source.contains("}\n    b") {
            lexer.recover_all();
        }
        let mut tokens = Vec::new();
        while lexer.next_item(&mut base::symbol::interner(), &mut tokens) {
            let mut depth = 0;
            for token in &tokens {
                depth += token.kind().bracket();
                assert!(depth >= 0);
            }
            assert_eq!(depth, 0);
        }
        lexer.errors.iter().map(|error| (error.code, error.primary.span.lo)).collect::<Vec<_>>()
    };
    assert_eq!(check("fn f() {\n    a(1, b\n    let c = 2\n}"), [("P1001", 14)]);
    assert_eq!(check("fn f() {\n    if x {\n        a\n    b\n}\nfn g() {}"), [("P1001", 18)]);
    assert_eq!(check("fn f() {\n    a\n    }\n    b\n}"), [("P1002", 19)]);
    assert_eq!(check("fn f() {\n    print(\"hello)\n    let x = 2\n}"), [("L0002", 19)]);
    assert_eq!(check(&"(".repeat(300)).first(), Some(&("P1001", 299)));
    assert_eq!(check(&format!("{}{}", "(".repeat(300), ")".repeat(300))), [("P1003", 255)]);
}

/// What is found by bytes is what logos finds: in all sequences of three pieces that could touch.
#[test]
fn raw_tokens_are_those_of_logos() {
    use logos::Logos;
    let pieces = [
        "a",
        "_",
        "b",
        "r",
        "br",
        "é",
        "x1",
        "long_name_of_many_letters",
        "0",
        "12",
        "0x",
        "1_0",
        "1.5",
        ".",
        ":",
        "=",
        "&",
        "|",
        "<",
        ">",
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "!",
        "@",
        "#",
        "$",
        "?",
        "~",
        "\\",
        "'",
        "\"",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        " ",
        "\t",
        "\r",
        "\n",
        "//",
        "///",
        "////",
        "//!",
        "/*",
        "u8",
        "// a line that is a little longer\n",
        "/// doc\n",
        "\u{0}",
        "\u{a0}",
    ];
    for first in pieces {
        for second in pieces {
            for third in pieces {
                let text = format!("{first}{second}{third}");
                let logos: Vec<_> =
                    Kind::lexer(&text).spanned().map(|(kind, span)| (kind, span.start, span.end)).collect();
                let mut lexer = Lexer::new(&text, FileId(0));
                let own: Vec<_> = std::iter::from_fn(|| lexer.next_raw()).collect();
                assert_eq!(own, logos, "{text:?}");
            }
        }
    }
}
