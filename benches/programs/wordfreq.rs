use std::collections::HashMap;
use std::io::{BufWriter, Write};
fn main() {
    let text = std::fs::read_to_string(std::env::args().nth(1).expect("FILE")).unwrap();
    let mut counts: HashMap<String, u64> = HashMap::new();
    let mut add = |word: &str| match counts.get_mut(word) {
        Some(times) => *times += 1,
        None => {
            counts.insert(word.to_string(), 1);
        }
    };
    let (mut start, mut inside) = (0, true);
    for (i, byte) in text.bytes().enumerate() {
        let letter = byte.is_ascii_alphabetic();
        if letter && !inside {
            start = i;
            inside = true;
        } else if !letter && inside {
            add(&text[start..i]);
            inside = false;
        }
    }
    if inside && start < text.len() {
        add(&text[start..]);
    }
    let mut list: Vec<_> = counts.into_iter().collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then(b.0.cmp(&a.0)));
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (word, times) in list {
        writeln!(out, "{times:7} {word}").unwrap();
    }
}
