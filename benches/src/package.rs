//! A large package in many modules, to measure how fast programs are checked.
//!
//! In: how many modules, and units in each. Out: the files of a package, about 100 lines a unit: records, unions with
//! methods, derived and written impls of a protocol of another module, generic functions, closures, matches, loops,
//! interpolations, and calls into two modules before it.
//!
//! ```text
//! package(200, 5)   ⇒   quastra.toml, src/main.qst, src/measured.qst, src/m000.qst … src/m199.qst: 100,000 lines
//! ```

use std::fmt::Write as _;

/// A file of the package: its path in it, and its text.
pub type File = (String, String);

/// The files of the package `large`.
pub fn package(modules: usize, units: usize) -> Vec<File> {
    let manifest = "[package]\nname = \"large\"\nversion = \"0.1.0\"\nedition = \"2026\"\n";
    let mut files = vec![
        ("quastra.toml".to_owned(), manifest.to_owned()),
        ("src/measured.qst".to_owned(), MEASURED.to_owned()),
        ("src/main.qst".to_owned(), main_module(modules)),
    ];
    files.extend((0..modules).map(|at| (format!("src/{}.qst", name(at)), module(at, units))));
    files
}

fn name(module: usize) -> String {
    format!("m{module:03}")
}

const MEASURED: &str = "//! What the other modules share.

module large.measured

/// Has a size.
pub protocol Measured {
    fn measure(&self, scale: i64) -> i64

    fn is_small(&self) -> bool { self.measure(1) < 10 }
}

impl Measured for i64 {
    fn measure(&self, scale: i64) -> i64 { *self * scale }
}

/// The sum of all sizes.
pub fn total[T: Measured](items: &[T]) -> i64 {
    var sum = 0
    for item in items { sum += item.measure(1) }
    sum
}
";

fn main_module(modules: usize) -> String {
    let mut text = "module large.main\n\n".to_owned();
    for at in 0..modules {
        writeln!(text, "use large.{}", name(at)).expect("writing to a string works");
    }
    text.push_str("\nfn main() {\n    var sum = 0\n");
    for at in 0..modules {
        writeln!(text, "    sum += {}.work0({at}) % 1000", name(at)).expect("writing to a string works");
    }
    text.push_str("    println(\"{sum}\")\n}\n");
    text
}

fn module(at: usize, units: usize) -> String {
    let mut text = format!("//! Module {at} of a generated program.\n\nmodule large.{}\n\n", name(at));
    text.push_str("use large.measured.{Measured, total}\n");
    let before: Vec<usize> = [at.checked_sub(1), at.checked_sub(7)].into_iter().flatten().collect();
    for &other in &before {
        writeln!(text, "use large.{}", name(other)).expect("writing to a string works");
    }
    for unit in 0..units {
        let call = |n: usize, shift: usize| match before.get(n) {
            Some(&other) => format!("{}.next{}(seed - {shift})", name(other), (unit + shift) % units),
            None => format!("seed % {}", shift + 2),
        };
        let unit_text = UNIT.replace("@FIRST@", &call(0, 1)).replace("@SECOND@", &call(1, 2));
        text.push_str(&unit_text.replace('@', &unit.to_string()));
    }
    text
}

/// `@` is the unit's number.
const UNIT: &str = "
/// A thing with a name and a weight.
#[derive(Clone, Debug, Eq)]
pub record Part@ {
    pub id: i64
    pub name: String
    pub weight: f64
    pub sizes: List[i64]
}

impl Part@ {
    pub fn new(id: i64, name: &str) -> Part@ {
        Part@ { id, name: name.to_string(), weight: id as f64 * 1.5, sizes: [id, id + 1, id + 2] }
    }

    pub fn grow(&mut self, by: i64) {
        for size in self.sizes.iter_mut() { *size += by }
        self.weight += by as f64
    }
}

impl Measured for Part@ {
    fn measure(&self, scale: i64) -> i64 { self.id * scale + self.name.len() as i64 }
}

/// What is drawn.
#[derive(Clone, Debug)]
pub union Shape@ {
    Dot
    Line(length: f64)
    Oblong { width: f64, height: f64 }
    Many(parts: List[Part@])
}

impl Shape@ {
    /// How much paint it takes.
    pub fn area(&self) -> f64 {
        match self {
            Dot => 0.0,
            Line(length) => length * 0.5,
            Oblong { width, height } => width * height,
            Many(parts) => {
                var sum = 0.0
                for part in parts { sum += part.weight }
                sum
            },
        }
    }
}

/// The largest that is not above the limit.
fn pick@[T: Measured](items: &[T], limit: i64) -> Option[&T] {
    var best: Option[&T] = none
    for item in items {
        let size = item.measure(2)
        if size > limit { continue }
        best = match best {
            some(known) if known.measure(2) >= size => some(known),
            some(_) | none => some(item),
        }
    }
    best
}

fn draw@(seed: i64) -> Result[Shape@, String] {
    if seed < 0 { return err(\"nothing to draw for {seed}\") }
    let parts: List[Part@] = (0..seed % 5).map(|n| Part@.new(n, \"part\")).collect()
    let heavy = parts.iter().filter(|part| part.weight > 2.0).count()
    ok(match heavy {
        0 => Shape@.Dot,
        1 => Shape@.Line(seed as f64),
        2 => Shape@.Oblong { width: 2.0, height: heavy as f64 },
        _ => Shape@.Many(parts),
    })
}

pub fn next@(seed: i64) -> i64 {
    match draw@(seed) {
        ok(shape) => shape.area() as i64 + seed,
        err(text) => text.len() as i64,
    }
}

pub fn work@(seed: i64) -> i64 {
    var parts = [Part@.new(seed, \"first\"), Part@.new(seed + 1, \"second\")]
    for part in &mut parts { part.grow(seed % 3) }
    let bonus = total(&parts)
    let weigh = |x: i64| x * 2 + bonus
    var sum = match pick@(&parts, 100) {
        some(part) => part.measure(3),
        none => -1,
    }
    var n = 0
    while n < 10 {
        if n % 2 == 0 { sum += weigh(n) } else { sum -= n }
        n += 1
    }
    sum + @FIRST@ + @SECOND@
}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_large_as_it_says() {
        let lines: usize = package(200, 5).iter().map(|(_, text)| text.lines().count()).sum();
        assert!((95_000..105_000).contains(&lines), "{lines}");
    }
}
