//! What people see, for ordinary and for hostile texts.

use super::*;
use crate::{Applicability, CodeFix, Diagnostics, Span, Suggestion};
use codespan_reporting::term::termcolor::{Ansi, NoColor};
use expect_test::{Expect, expect};

const BANK: &str = "\
module bank

fn close(account: Account) {
    log(\"closing\")
}

fn main() {
    let account = open()
    close(account)
    log(account)
}
";

fn sources(text: &str) -> SourceMap {
    let mut sources = SourceMap::default();
    sources.add("bank.qst".into(), text.into());
    sources
}

/// The span of the `nth` occurrence of `needle`.
fn find(text: &str, needle: &str, nth: usize) -> Span {
    let lo = text.match_indices(needle).nth(nth).expect("it is there").0;
    Span::new(FileId(0), lo as u32, (lo + needle.len()) as u32)
}

fn render(sources: &SourceMap, diagnostic: &Diagnostic) -> String {
    let mut out = NoColor::new(Vec::new());
    Renderer::new(sources, None).diagnostic(diagnostic, &mut out).expect("memory takes all");
    String::from_utf8(out.into_inner()).expect("only whole characters")
}

fn check(text: &str, diagnostic: Diagnostic, expected: Expect) {
    expected.assert_eq(&render(&sources(text), &diagnostic));
}

fn moved() -> Diagnostic {
    Diagnostic::error("B3000", find(BANK, "account", 3), "`account` is used after it was moved")
        .label("used here")
        .secondary(find(BANK, "account", 2), "moved here")
        .secondary(find(BANK, "close", 0), "which takes it as its own")
        .note("`Account` is not `Copy`")
}

#[test]
fn labels_context_and_notes() {
    check(
        BANK,
        moved(),
        expect![[r#"
        error[B3000]: `account` is used after it was moved
           ┌─ bank.qst:10:9
           │
         3 │ fn close(account: Account) {
           │    ----- which takes it as its own
           ·
         7 │ fn main() {
         8 │     let account = open()
         9 │     close(account)
           │           ------- moved here
        10 │     log(account)
           │         ^^^^^^^ used here
        11 │ }
           │
           = `Account` is not `Copy`
           = see https://quastra.example/errors/B3000 or `quastra explain B3000`

    "#]],
    );
}

#[test]
fn fixes_are_numbered_and_shown_as_fixed_lines() {
    let argument = find(BANK, "account", 2);
    let both = Suggestion {
        message: "borrow it instead".into(),
        fixes: vec![
            CodeFix {
                span: argument.shrink_to_lo(),
                replacement: "&".into(),
                applicability: Applicability::MaybeIncorrect,
            },
            CodeFix {
                span: find(BANK, "Account", 0).shrink_to_lo(),
                replacement: "&".into(),
                applicability: Applicability::MaybeIncorrect,
            },
        ],
    };
    let diagnostic =
        Diagnostic::error("B3000", find(BANK, "account", 3), "`account` is used after it was moved")
            .fix("clone it", argument.shrink_to_hi(), ".clone()", Applicability::MachineApplicable)
            .suggestion(both)
            .fix("write a line", argument.shrink_to_hi(), ")\n    use(x", Applicability::HasPlaceholders)
            .fix("leave it out", find(BANK, "log(account)", 0), "", Applicability::MaybeIncorrect);
    check(
        BANK,
        diagnostic,
        expect![[r#"
        error[B3000]: `account` is used after it was moved
           ┌─ bank.qst:10:9
           │
         7 │ fn main() {
         8 │     let account = open()
         9 │     close(account)
        10 │     log(account)
           │         ^^^^^^^
        11 │ }
           │
           = fix 1: clone it
                 9 │     close(account.clone())
                   │                  ++++++++
           = fix 2: borrow it instead
                 3 │ fn close(account: &Account) {
                   │                   +
                 9 │     close(&account)
                   │           +
           = fix 3: write a line
                  9 │     close(account)
                    │                  +
                 10 │     use(x)
                    │ +++++++++
           = fix 4: leave it out
                 10 │
           = see https://quastra.example/errors/B3000 or `quastra explain B3000`

    "#]],
    );
}

#[test]
fn a_span_of_many_lines() {
    let text = (1..40).map(|line| format!("line {line}\n")).collect::<String>();
    let span = find(&text, "line 4\n", 0).to(find(&text, "line 30\n", 0));
    let diagnostic = Diagnostic::error("P1000", span, "unfinished")
        .label("this block")
        .secondary(find(&text, "line 17", 0), "something inside")
        .secondary(find(&text, "line 38", 0), "something far");
    check(
        &text,
        diagnostic,
        expect![[r#"
        error[P1000]: unfinished
           ┌─ bank.qst:4:1
           │  
         1 │   line 1
         2 │   line 2
         3 │   line 3
         4 │ ╭ line 4
         5 │ │ line 5
         6 │ │ line 6
         7 │ │ line 7
           · │
        14 │ │ line 14
        15 │ │ line 15
        16 │ │ line 16
        17 │ │ line 17
           │ │ ------- something inside
        18 │ │ line 18
        19 │ │ line 19
        20 │ │ line 20
           · │
        29 │ │ line 29
        30 │ │ line 30
           │ ╰───────^ this block
        31 │   line 31
        32 │   line 32
        33 │   line 33
        34 │   line 34
        35 │   line 35
        36 │   line 36
        37 │   line 37
        38 │   line 38
           │   ------- something far
        39 │   line 39
           │  
           = see https://quastra.example/errors/P1000 or `quastra explain P1000`

    "#]],
    );
}

#[test]
fn tabs_wide_characters_and_crlf() {
    let text = "\tlet 名前 = 1\r\n\tuse 名前\r\n";
    let diagnostic = Diagnostic::warning("B3900", find(text, "名前", 1), "`名前` is read")
        .label("here")
        .secondary(find(text, "名前", 0), "made here");
    check(
        text,
        diagnostic,
        expect![[r#"
        warning[B3900]: `名前` is read
          ┌─ bank.qst:2:6
          │
        1 │     let 名前 = 1
          │         ---- made here
        2 │     use 名前
          │         ^^^^ here
          │
          = see https://quastra.example/errors/B3900 or `quastra explain B3900`

    "#]],
    );
}

#[test]
fn the_end_of_a_file_with_and_without_a_line_break_and_of_nothing() {
    let end = |text: &str| {
        let at = text.len() as u32;
        Diagnostic::error("P1001", Span::new(FileId(0), at, at), "the file ends here").label("expected `}`")
    };
    check(
        "fn main() {",
        end("fn main() {"),
        expect![[r#"
        error[P1001]: the file ends here
          ┌─ bank.qst:1:12
          │
        1 │ fn main() {
          │            ^ expected `}`
          │
          = see https://quastra.example/errors/P1001 or `quastra explain P1001`

    "#]],
    );
    check(
        "fn main() {\n",
        end("fn main() {\n"),
        expect![[r#"
        error[P1001]: the file ends here
          ┌─ bank.qst:2:1
          │
        1 │ fn main() {
        2 │ 
          │ ^ expected `}`
          │
          = see https://quastra.example/errors/P1001 or `quastra explain P1001`

    "#]],
    );
    check(
        "",
        end(""),
        expect![[r#"
        error[P1001]: the file ends here
          ┌─ bank.qst:1:1
          │
        1 │ 
          │ ^ expected `}`
          │
          = see https://quastra.example/errors/P1001 or `quastra explain P1001`

    "#]],
    );
}

#[test]
fn what_hides_or_moves_text_is_made_visible() {
    let text = "let a\u{202e} = \"\u{1b}[2J\u{0}\" // \u{e000}e\u{301}\n";
    let diagnostic =
        Diagnostic::error("L0001", find(text, "\u{1b}", 0), "stray \u{1b} character").label("\u{7f}");
    check(
        text,
        diagnostic,
        expect![[r#"
        error[L0001]: stray ␛ character
          ┌─ bank.qst:1:11
          │
        1 │ let a<U+202E> = "␛[2J␀" // é
          │                  ^ ␡
          │
          = see https://quastra.example/errors/L0001 or `quastra explain L0001`

    "#]],
    );
    let accent = Diagnostic::error("L0001", find(text, "\u{301}", 0), "stray accent");
    assert!(
        render(&sources(text), &accent).lines().nth(4).is_some_and(|line| line.trim_end().ends_with('^'))
    );
}

#[test]
fn long_lines_are_cut_around_the_label() {
    let text = format!("let x = [{}oops, {}]\n", "1, ".repeat(4_000_000 / 3), "2, ".repeat(2_000_000));
    let diagnostic = Diagnostic::error("N5000", find(&text, "oops", 0), "cannot find `oops`").fix(
        "write 3",
        find(&text, "oops", 0),
        "3",
        Applicability::MaybeIncorrect,
    );
    let rendered = render(&sources(&text), &diagnostic);
    assert!(rendered.lines().all(|line| line.chars().count() < 200), "{rendered}");
    let lines: Vec<&str> = rendered.lines().collect();
    assert_eq!(lines[1], "  ┌─ bank.qst:1:4000009");
    assert!(
        lines[3].starts_with("1 │ … 1, 1, ") && lines[3].contains(" oops, 2, ") && lines[3].ends_with('…')
    );
    let column = |line: &str, text| line.find(text).map(|at| line[..at].chars().count());
    assert_eq!(column(lines[4], "^^^^"), column(lines[3], "oops"));
}

#[test]
fn colours() {
    fn keywords(file: &SourceFile) -> Vec<Paint> {
        let found = file.text.match_indices("fn").map(|(at, _)| at as u32);
        found.map(|lo| Paint { lo, hi: lo + 2, class: Class::Keyword }).collect()
    }
    let text = "fn main() {}\n";
    let sources = sources(text);
    let diagnostic = Diagnostic::error("N5000", find(text, "main", 0), "no").label("here");
    let mut out = Ansi::new(Vec::new());
    Renderer::new(&sources, Some(keywords)).diagnostic(&diagnostic, &mut out).expect("memory takes all");
    let text = String::from_utf8(out.into_inner()).expect("only whole characters").replace('\u{1b}', "␛");
    expect![[r#"
        ␛[0m␛[1m␛[38;5;9merror[N5000]␛[0m␛[1m: no␛[0m
          ␛[0m␛[38;5;12m┌─␛[0m bank.qst:1:4
          ␛[0m␛[38;5;12m│␛[0m
        ␛[0m␛[38;5;12m1␛[0m ␛[0m␛[38;5;12m│␛[0m ␛[0m␛[35mfn ␛[0m␛[31mmain␛[0m() {}
          ␛[0m␛[38;5;12m│␛[0m    ␛[0m␛[31m^^^^␛[0m ␛[0m␛[31mhere␛[0m
          ␛[0m␛[38;5;12m│␛[0m
          ␛[0m␛[36m=␛[0m see https://quastra.example/errors/N5000 or `quastra explain N5000`

    "#]]
    .assert_eq(&text);
}

#[test]
fn the_page_of_a_code_is_given_once_and_the_rest_is_counted() {
    let text = "x\n".repeat(60);
    let sources = sources(&text);
    let mut bag = Diagnostics::new();
    for line in 0..25 {
        bag.error(Diagnostic::error(
            "N5000",
            Span::new(FileId(0), line * 2, line * 2 + 1),
            "cannot find `x`",
        ));
    }
    let mut out = NoColor::new(Vec::new());
    Renderer::new(&sources, None).report(&bag.report(&sources), &mut out).expect("memory takes all");
    let out = String::from_utf8(out.into_inner()).expect("only whole characters");
    assert_eq!((out.matches("see https").count(), out.matches("error[").count()), (1, 20));
    assert!(out.ends_with("… and 5 errors more\n\n"), "{out}");
}

#[test]
fn json_is_one_object_a_line() {
    let text = "let é = 1\nuse é\n";
    let sources = sources(text);
    let mut bag = Diagnostics::new();
    bag.error(
        Diagnostic::error("N5000", find(text, "é", 1), "cannot find `é`")
            .label("\"here\"")
            .secondary(find(text, "é", 0), "")
            .fix("say e", find(text, "é", 1), "e", Applicability::MaybeIncorrect),
    );
    let mut out = Vec::new();
    crate::json::write(&sources, &bag.report(&sources), &mut out).expect("memory takes all");
    expect![[r#"
        {"code":"N5000","kind":"diagnostic","level":"error","message":"cannot find `é`","notes":[],"spans":[{"column":5,"end_column":6,"end_line":2,"file":"bank.qst","hi":17,"label":"\"here\"","line":2,"lo":15,"primary":true},{"column":5,"end_column":6,"end_line":1,"file":"bank.qst","hi":6,"label":"","line":1,"lo":4,"primary":false}],"suggestions":[{"fixes":[{"applicability":"maybe-incorrect","column":5,"end_column":6,"end_line":2,"file":"bank.qst","hi":17,"line":2,"lo":15,"replacement":"e"}],"message":"say e"}],"url":"https://quastra.example/errors/N5000"}
        {"errors":1,"kind":"summary","warnings":0}
    "#]]
    .assert_eq(&String::from_utf8(out).expect("only whole characters"));
}

/// Any text, any spans, even ones that are not on character boundaries or lie beyond the end.
#[test]
fn nothing_panics() {
    let pieces =
        ["a", "\t", "\n", "\r\n", "\r", "名", "e\u{301}", "\u{0}", "\u{202e}", "\n\n\n\n", " ", "👩‍👧", "}"];
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    for _ in 0..4000 {
        let text: String = (0..random(60)).map(|_| pieces[random(pieces.len())]).collect();
        let mut span = || {
            let lo = random(text.len() + 3);
            Span::new(FileId(0), lo as u32, (lo + random(text.len() + 3)) as u32)
        };
        let mut diagnostic = Diagnostic::error("L0001", span(), "a\nmessage").label("one");
        for _ in 0..span().lo % 4 {
            diagnostic =
                diagnostic.secondary(span(), "two").fix("fix", span(), "x\ny", Applicability::MaybeIncorrect);
        }
        let rendered = render(&sources(&text), &diagnostic);
        assert!(rendered.contains('^'), "{text:?} {diagnostic:?}\n{rendered}");
        let sources = sources(&text);
        crate::json::object(&sources, &diagnostic);
    }
}

#[test]
fn overlong_words_are_shown_by_their_ends() {
    let name = "x".repeat(1_000_000);
    let error = Diagnostic::error("N5000", Span::new(FileId(0), 0, 6), format!("there is no `{name}` here"));
    let shown = render(&sources(BANK), &error);
    assert!(shown.len() < 1000, "{} bytes", shown.len());
    assert!(shown.contains("x…xxxxxxxxxxxxxxxxxx` here\n"), "{shown}");
}
