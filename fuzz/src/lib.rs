//! What the fuzz targets share: seeds, and a mutator that knows what programs consist of.
//!
//! In: a text, a number for chance. Out: a text that is nearly a program:
//!
//! ```text
//! let x = f(a)   →   let x = match f(a) { some(n) => n, none => 0 }
//! ```
//!
//! Bytes changed at random hardly ever get past the parser; tokens, brackets, lines and items that are moved within a
//! program, or between two, often do.

pub mod text;

mod mutate;
mod words;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::{env, fs};
use tests::{examples_in, files_below, root};

/// Every Quastra program of the tree: tests, examples, the standard library, the examples of pages.
pub fn seeds() -> &'static [String] {
    static SEEDS: OnceLock<Vec<String>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let mut seeds = Vec::new();
        for path in files_below(root()) {
            let ending = path.extension().unwrap_or_default();
            // Files of tests about broken text are no text.
            let text = || fs::read_to_string(&path).unwrap_or_default();
            if ending == "qst" {
                seeds.push(text());
            } else if ending == "md" {
                seeds.extend(examples_in(&text()).into_iter().map(|example| example.text));
            }
        }
        seeds.sort();
        seeds.dedup();
        seeds
    })
}

/// Longer files make slow runs: their items are seeds of their own.
const LONGEST: usize = 4096;

/// Writes the seeds, a file each, into the folder that the variable `SEEDS` names, if it is set.
pub fn write_seeds() {
    let Some(folder) = env::var_os("SEEDS").map(PathBuf::from) else { return };
    fs::create_dir_all(&folder).expect("the folder can be made");
    let parts =
        |seed: &'static String| if seed.len() > LONGEST { text::items(seed) } else { vec![seed.as_str()] };
    for (number, part) in seeds().iter().flat_map(parts).filter(|part| part.len() <= LONGEST).enumerate() {
        fs::write(folder.join(format!("{number:05}.qst")), part).expect("the folder can be written");
    }
}

/// Changes the text in `data[..size]` into another of at most `max_size` bytes; its size. `bytes` is libFuzzer's own
/// mutator.
pub fn mutate(
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    bytes: fn(&mut [u8], usize, usize) -> usize,
) -> usize {
    let mut chance = mutate::Chance::new(seed);
    if chance.one_in(25) {
        return bytes(data, size, max_size);
    }
    let text = String::from_utf8_lossy(&data[..size]).into_owned();
    let mut changed = mutate::mutated(text, &mut chance);
    if changed.len() > max_size {
        changed.truncate(changed.floor_char_boundary(max_size));
    }
    data[..changed.len()].copy_from_slice(changed.as_bytes());
    changed.len()
}
