//! Words for messages: counts.

/// `1 argument`, `2 arguments`, `no arguments`
pub fn count(number: usize, noun: &str) -> String {
    match number {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
