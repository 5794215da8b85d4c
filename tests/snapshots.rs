//! Siblings that hold what a stage prints: compare, or write anew with `BLESS=1`.

use crate::shown;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

/// Is this run to write the siblings?
pub fn bless() -> bool {
    env::var_os("BLESS").is_some_and(|value| !value.is_empty() && value != "0")
}

/// Compares a sibling with what was printed.
pub fn compare(path: &Path, actual: &str, problems: &mut String) {
    let expected = fs::read(path).unwrap_or_default();
    let expected = String::from_utf8_lossy(&expected);
    if expected == actual {
        return;
    }
    if bless() {
        fs::write(path, actual).unwrap_or_else(|error| panic!("{}: {error}", shown(path)));
        return;
    }
    let _ = writeln!(problems, "{} differs (BLESS=1 writes it anew)", shown(path));
    let (mut old, mut new) = (expected.lines(), actual.lines());
    for line in 1.. {
        let (old, new) = (old.next(), new.next());
        if old.is_none() && new.is_none() {
            break;
        } else if old != new {
            let _ = writeln!(problems, "  line {line}\n  - {}\n  + {}", show(old), show(new));
            break;
        }
    }
}

fn show(line: Option<&str>) -> &str {
    line.unwrap_or("(the end)")
}
