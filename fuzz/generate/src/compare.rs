//! Do the engines agree?
//!
//! In: what each case did in every engine. Out: the cases on which two of them differ, with both sides.
//!
//! ```text
//! interpreter: "p1 3"   O2: "p1 4"   →   case 7: O2 differs from interpreter in its output
//! ```

use crate::engines::{Outcome, Results, as_quastra, same_end};

#[derive(Clone, Debug)]
pub struct Difference {
    pub case: usize,
    /// The engine that does not do what the first does.
    pub engine: &'static str,
    pub text: String,
}

pub fn differences(results: &Results) -> Vec<Difference> {
    let Some(((first, expected), others)) = results.engines.split_first() else { return Vec::new() };
    let mut out = Vec::new();
    for (name, outcomes) in others {
        let is_rust = *name == "rustc";
        let cases: Vec<usize> = expected.keys().chain(outcomes.keys()).copied().collect();
        let mut seen = None;
        let mut cases = cases;
        cases.sort_unstable();
        for case in cases {
            if seen.replace(case) == Some(case) {
                continue;
            }
            let missing = Outcome { stdout: String::new(), end: "did not run".into() };
            let a = expected.get(&case).unwrap_or(&missing);
            let b = outcomes.get(&case).unwrap_or(&missing);
            let same = match is_rust {
                // Only that it panics is alike, not how it says so.
                true => a.stdout == as_quastra(&b.stdout) && ended_alike(&a.end, &b.end),
                false => a.stdout == b.stdout && same_end(&a.end, &b.end),
            };
            if !same {
                let text = format!("--- {first}\n{}{}\n--- {name}\n{}{}\n", a.stdout, a.end, b.stdout, b.end);
                out.push(Difference { case, engine: name, text });
            }
        }
    }
    out
}

fn ended_alike(quastra: &str, rust: &str) -> bool {
    quastra.is_empty() && rust.is_empty() || quastra.starts_with("panicked") && rust == "panicked"
}
