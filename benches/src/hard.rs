//! Programs that are hard to check: each has one thing many times over, in one place.
//!
//! In: how many. Out: a program of about so many lines or parts. What checking one costs should grow as the program does.
//!
//! ```text
//! sum(4)   ⇒   fn sum(a: i64) -> i64 { a + 1 + a + 3 } …
//! ```

/// A kind of hard program: its name, the size at which it is measured, and what writes it.
pub type Hard = (&'static str, usize, fn(usize) -> String);

/// All kinds.
pub const ALL: [Hard; 16] = [
    ("adaptors", 20, adaptors),
    ("own adaptors", 40, own_adaptors),
    ("layers", 60, layers),
    ("arms of pairs", 2000, arms_of_pairs),
    ("arms of numbers", 2000, arms_of_numbers),
    ("arms of texts", 2000, arms_of_texts),
    ("arms of a union", 2000, arms_of_a_union),
    ("method chain", 2000, method_chain),
    ("array", 5000, array),
    ("sum", 5000, sum),
    ("sum of literals", 1000, sum_of_literals),
    ("closures", 240, closures),
    ("fields", 1000, fields),
    ("impls", 300, impls),
    ("statements", 3000, statements),
    ("unknowns", 500, unknowns),
];

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// A chain of the library's adaptors, each generic over all before it.
pub fn adaptors(n: usize) -> String {
    let chain = lines(n, |at| match at % 3 {
        0 => format!("        .map(|x| x + {at})\n"),
        1 => "        .filter(|x| x % 7 != 3)\n".to_owned(),
        _ => format!("        .take({})\n", 100_000 - at),
    });
    format!(
        "fn main() {{\n    let sum: i64 = (0..1000)\n{chain}        .sum()\n    println(\"{{sum}}\")\n}}\n"
    )
}

/// The same with a protocol and adaptors of its own.
pub fn own_adaptors(n: usize) -> String {
    let chain = lines(n, |at| if at % 2 == 0 { ".then(Add { by: 1 })".into() } else { ".twice()".into() });
    format!(
        "protocol Step: Clone {{
    type Out: Clone
    fn run(&self, input: i64) -> Self.Out
    fn then[B: Step](self, next: B) -> Then[Self, B] {{ Then {{ first: self, next }} }}
    fn twice(self) -> Twice[Self] {{ Twice {{ inner: self }} }}
}}

#[derive(Clone)]
record Add {{ by: i64 }}
impl Step for Add {{
    type Out = i64
    fn run(&self, input: i64) -> i64 {{ input + self.by }}
}}

#[derive(Clone)]
record Then[A, B] {{ first: A, next: B }}
impl[A: Step, B: Step] Step for Then[A, B] {{
    type Out = B.Out
    fn run(&self, input: i64) -> B.Out {{
        let _ = self.first.run(input)
        self.next.run(input)
    }}
}}

#[derive(Clone)]
record Twice[A] {{ inner: A }}
impl[A: Step] Step for Twice[A] {{
    type Out = A.Out
    fn run(&self, input: i64) -> A.Out {{ self.inner.run(input) }}
}}

fn main() {{
    let step = Add {{ by: 0 }}{chain}
    println(\"{{step.run(1)}}\")
}}
"
    )
}

/// A type in a type in a type, with a derived protocol that must be shown for all of them.
pub fn layers(n: usize) -> String {
    let (open, close) = ("Layer { of: ".repeat(n), " }".repeat(n));
    format!(
        "#[derive(Clone, Debug, Eq)]
record Layer[T] {{ of: T }}

fn main() {{
    let deep = {open}1{close}
    println(\"{{deep.clone() == deep}}\")
}}
"
    )
}

fn union_of(n: usize) -> String {
    format!("union Choice {{\n{}}}\n\n", lines(n, |at| format!("    V{at}\n")))
}

/// A match on pairs of unions.
pub fn arms_of_pairs(n: usize) -> String {
    let side = n.isqrt();
    let arms = lines(side * side, |at| format!("        (V{}, V{}) => {at},\n", at / side, at % side));
    format!(
        "{}fn number(a: &Choice, b: &Choice) -> i64 {{\n    match (a, b) {{\n{arms}    }}\n}}\n
fn main() {{ println(\"{{number(&Choice.V1, &Choice.V0)}}\") }}\n",
        union_of(side)
    )
}

/// A match on numbers and ranges of them.
pub fn arms_of_numbers(n: usize) -> String {
    let arms = lines(n, |at| match at % 2 {
        0 => format!("        {} => {at},\n", at * 10),
        _ => format!("        {}..{} => {at},\n", at * 10, at * 10 + 5),
    });
    format!(
        "fn number(a: i64) -> i64 {{\n    match a {{\n{arms}        _ => 0,\n    }}\n}}\n\nfn main() {{ println(\"{{number(7)}}\") }}\n"
    )
}

/// A match on texts.
pub fn arms_of_texts(n: usize) -> String {
    let arms = lines(n, |at| format!("        \"word{at}\" => {at},\n"));
    format!(
        "fn number(a: &str) -> i64 {{\n    match a {{\n{arms}        _ => 0,\n    }}\n}}\n\nfn main() {{ println(\"{{number(\"a\")}}\") }}\n"
    )
}

/// A match on one union of many variants, with what is in them.
pub fn arms_of_a_union(n: usize) -> String {
    let variants = lines(n, |at| format!("    V{at}(value: Option[i64])\n"));
    let arms = lines(n, |at| format!("        V{at}(some(x)) => x + {at},\n        V{at}(none) => {at},\n"));
    format!(
        "union Choice {{\n{variants}}}\n\nfn number(a: &Choice) -> i64 {{\n    match a {{\n{arms}    }}\n}}\n
fn main() {{ println(\"{{number(&Choice.V1(none))}}\") }}\n"
    )
}

/// A chain of method calls.
pub fn method_chain(n: usize) -> String {
    let chain = lines(n, |at| format!("\n        .add({at})"));
    format!(
        "#[derive(Copy, Clone)]
record Counter {{ value: i64 }}

impl Counter {{
    fn add(self, by: i64) -> Counter {{ Counter {{ value: self.value + by }} }}
}}

fn main() {{
    let counter = Counter {{ value: 0 }}{chain}
    println(\"{{counter.value}}\")
}}
"
    )
}

/// An array of literals.
pub fn array(n: usize) -> String {
    let items = lines(n, |at| format!("        {at},\n"));
    format!("fn main() {{\n    let table = [\n{items}    ]\n    println(\"{{table[7]}}\")\n}}\n")
}

/// A sum of variables and literals.
pub fn sum(n: usize) -> String {
    let terms = lines(n - 1, |at| if at % 2 == 0 { " + a".into() } else { format!(" + {at}") });
    format!("fn sum(a: i64) -> i64 {{\n    0{terms}\n}}\n\nfn main() {{ println(\"{{sum(1)}}\") }}\n")
}

/// A sum whose type nothing says before its end.
pub fn sum_of_literals(n: usize) -> String {
    let terms = lines(n - 1, |at| format!(" + {at}"));
    format!("fn main() {{\n    let sum = 0{terms}\n    println(\"{{sum}}\")\n}}\n")
}

/// Closures in closures, each using what all before it have.
pub fn closures(n: usize) -> String {
    let open = lines(n, |at| format!("(|x{at}: i64| "));
    let uses = lines(n, |at| format!(" + x{at}"));
    let close = lines(n, |at| format!(")({at})"));
    format!("fn main() {{\n    let sum = {open}0{uses}{close}\n    println(\"{{sum}}\")\n}}\n")
}

/// A record of many fields with derived protocols.
pub fn fields(n: usize) -> String {
    let fields = lines(n, |at| format!("    field{at}: {}\n", if at % 3 == 0 { "String" } else { "i64" }));
    let values = lines(n, |at| {
        format!("        field{at}: {},\n", if at % 3 == 0 { "\"\"".into() } else { at.to_string() })
    });
    format!(
        "#[derive(Clone, Debug, Eq, Hash)]\nrecord Wide {{\n{fields}}}\n
fn main() {{\n    let wide = Wide {{\n{values}    }}\n    println(\"{{wide.clone() == wide}}\")\n}}\n"
    )
}

/// A protocol with many impls, and a call of each.
pub fn impls(n: usize) -> String {
    let impls = lines(n, |at| {
        format!("record R{at} {{ x: i64 }}\nimpl Sized2 for R{at} {{ fn size(&self) -> i64 {{ self.x }} }}\n")
    });
    let calls = lines(n, |at| format!("    sum += R{at} {{ x: {at} }}.size() + twice(&R{at} {{ x: 1 }})\n"));
    format!(
        "protocol Sized2 {{ fn size(&self) -> i64 }}\n{impls}
fn twice[T: Sized2](it: &T) -> i64 {{ it.size() * 2 }}\n
fn main() {{\n    var sum = 0\n{calls}    println(\"{{sum}}\")\n}}\n"
    )
}

/// One long function.
pub fn statements(n: usize) -> String {
    let body = lines(n, |at| match at % 3 {
        0 => format!("    let v{at} = sum + {at}\n"),
        1 => format!("    if v{} > {at} {{ sum += v{} }}\n", at - 1, at - 1),
        _ => format!("    list.push(v{} * 2)\n", at - 2),
    });
    format!(
        "fn main() {{\n    var sum = 0\n    var list: List[i64] = []\n{body}    println(\"{{sum}} {{list.len()}}\")\n}}\n"
    )
}

/// Lists whose elements are known only at the end of the function.
pub fn unknowns(n: usize) -> String {
    let lists = lines(n, |at| format!("    var list{at} = List.new()\n"));
    let uses = lines(n, |at| format!("    list{at}.push({at})\n"));
    format!("fn main() {{\n{lists}{uses}    println(\"{{list0.len()}}\")\n}}\n")
}
