//! Programs that are nested deeply: chains of calls, operators in a row, records of many fields.
//!
//! In: programs made here. Out: those of a few thousand levels check and run, those of tens of thousands are told of once, and
//! none overflows the stack of the compiler.
//!
//! ```text
//! a + a + … 5,000 times   ⇒   runs        30,000 times   ⇒   error[N5026]: this is nested too deeply
//! ```

use tests::place::Place;

/// What a program of this kind looks like at a size.
type Kind = (&'static str, fn(usize) -> String);

const KINDS: [Kind; 8] = [
    ("method calls", |n| chain("(self) -> N { N { v: self.v + 1 } }", &".step()".repeat(n))),
    ("borrowing method calls", |n| chain("(&self) -> &N { self }", &".step()".repeat(n))),
    ("elements", |n| chain("(self) -> N { self }", &"[0]".repeat(n))),
    ("operators", |n| function(&["n"].repeat(n).join(" + "))),
    ("operators in brackets", |n| function(&format!("({})", ["n"].repeat(n).join(" * ")))),
    ("casts", |n| function(&format!("n{}", " as i64".repeat(n)))),
    ("conditions", |n| function(&format!("if {} {{ 1 }} else {{ 0 }}", ["n > 0"].repeat(n).join(" && ")))),
    ("alternatives", |n| function(&format!("if {} {{ 1 }} else {{ 0 }}", ["n > 9"].repeat(n).join(" || ")))),
];

fn chain(step: &str, links: &str) -> String {
    format!(
        "#[derive(Copy, Clone)]\nrecord N {{ v: i64 }}\nimpl N {{ fn step{step} }}\nimpl Index[i64] for N {{
    type Output = N\n    fn index(&self, _: i64) -> &N {{ self }}\n}}\n
fn main() {{\n    let n = N {{ v: 1 }}\n    let last = n{links}\n    println(\"{{last.v > 0}}\")\n}}\n"
    )
}

fn function(body: &str) -> String {
    format!("fn f(n: i64) -> i64 {{ {body} }}\n\nfn main() {{ println(\"{{f(1) < 9_999}}\") }}\n")
}

#[test]
fn thousands_of_levels_are_fine() {
    let place = Place::new("deep");
    for (name, program) in KINDS {
        place.file("deep.qst", program(4_000));
        println!("{name}");
        place.says("run deep.qst", 0, &[]);
    }
}

#[test]
fn tens_of_thousands_are_an_error() {
    let place = Place::new("too_deep");
    for (name, program) in KINDS {
        place.file("deep.qst", program(30_000));
        println!("{name}");
        place.says("check deep.qst", 1, &["error[N5026]: this is nested too deeply", "rejected: 1 error\n"]);
    }
}

/// The code that `derive` writes is as long as there are fields, and no deeper than the limit.
#[test]
fn records_of_many_fields_derive_everything() {
    let place = Place::new("wide");
    let fields: String = (0..1_000).map(|at| format!("    f{at}: i64,\n")).collect();
    let protocols = "Clone, Comparable, Debug, Default, Eq, Hash, Show";
    place.file(
        "wide.qst",
        format!(
            "#[derive({protocols})]\nrecord Wide {{\n{fields}}}\n\nfn main() {{\n    let wide = Wide.default()
    println(\"{{wide == wide.clone()}} {{wide < wide}} {{\"{{wide:?}}\".to_string().len()}}\")\n}}\n"
        ),
    );
    place.says("check wide.qst", 0, &[]);
}

/// What goes on inside the parts of a long chain counts as well: a chain in a chain in a chain.
#[test]
fn chains_in_chains() {
    let place = Place::new("chains");
    let inner = (0..60).fold("n".to_string(), |text, _| format!("{}({text})", "n + ".repeat(200)));
    place.file("deep.qst", function(&inner));
    place.says("check deep.qst", 0, &[]);
    let last = (0..60).fold("n".to_string(), |text, _| format!("({text}){}", " + n".repeat(200)));
    place.file("deep.qst", function(&last));
    place.says("check deep.qst", 1, &["N5026", "rejected: 1 error\n"]);
}

/// References to references, tuples in tuples: what each of many expressions has a type of as many parts.
#[test]
fn types_in_types() {
    let place = Place::new("types");
    let bodies = [
        format!("let x = {}1", "&".repeat(8_000)),
        format!("let x = 1{}", "\n    let x = &x".repeat(8_000)),
        format!("let x = 1{}", "\n    let x = (&x, 1)".repeat(8_000)),
    ];
    for body in bodies {
        place.file("deep.qst", format!("fn main() {{\n    {body}\n    println(\"done\")\n}}\n"));
        let said = ["error[N5026]: the type of this is nested too deeply", "rejected: 1 error\n"];
        place.says("check deep.qst", 1, &said);
    }
    place.file(
        "deep.qst",
        format!("fn main() {{\n    let x = {}1\n    println(\"done\")\n}}\n", "&".repeat(200)),
    );
    place.says("run deep.qst", 0, &[]);
}
