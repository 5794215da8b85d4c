//! A short run with fixed seeds, as `cargo test` does it.
//!
//! In: the generator and the engines. Out: what is generated is the same every time, and the engines agree on it.
//!
//! ```text
//! cargo test -p generate
//! ```

use crate::engines::{self, Wanted};
use crate::print::Dialect;
use crate::{cases_of, compare, make, print, scratch};

#[test]
fn a_seed_gives_one_program() {
    for dialect in [Dialect::Quastra, Dialect::Rust] {
        let text = |seed| {
            let (world, cases) = cases_of(seed, 0, 5);
            print::program(&world, &cases, dialect)
        };
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
    }
}

#[test]
fn the_engines_agree() {
    // With checks of overflow, and wrapping.
    for (seed, cases, levels) in [(20, 6, &[0, 2][..]), (23, 24, &[][..])] {
        let folder = scratch().join(seed.to_string());
        std::fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
        let (world, made) = cases_of(seed, 0, cases);
        let text = print::program(&world, &made, Dialect::Quastra);
        let wanted = Wanted { overflow_checks: !make::wraps(seed), levels, rust: false, debug: true };
        let results = engines::run(&text, None, &folder, wanted);
        assert_eq!(results.failures, Vec::<String>::new(), "seed {seed}");
        assert_eq!(results.engines.len(), 1 + levels.len());
        assert_eq!(results.engines[0].1.len(), cases, "every case ran");
        let differences: Vec<String> = compare::differences(&results)
            .into_iter()
            .map(|it| format!("case {}: {}", it.case, it.text))
            .collect();
        assert_eq!(differences, Vec::<String>::new(), "seed {seed}");
    }
    let _ = std::fs::remove_dir_all(scratch());
}
