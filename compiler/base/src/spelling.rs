//! Did you mean …? The known name nearest to one that is not known.
//!
//! ```
//! assert_eq!(base::did_you_mean("lenght", ["width", "length", "height"]), Some("length"));
//! assert_eq!(base::did_you_mean("option", ["Option", "potion"]), Some("Option"));
//! assert_eq!(base::did_you_mean("mut_get", ["get", "get_mut"]), Some("get_mut"));
//! assert_eq!(base::did_you_mean("x", ["y", "z"]), None);
//! ```

/// Longer names are not compared: nobody mistypes them, and the table grows with the square.
const LONGEST: usize = 100;

/// The best of `candidates`: one that differs in case alone, else the fewest typing mistakes (at most a third
/// of the length), else the same words in another order. Of equals the one first in the alphabet, so that
/// the order of the candidates does not matter.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = name.chars().count().max(3) / 3;
    let (lower, words) = (name.to_lowercase(), sorted_words(name));
    let rank = |candidate: &str| {
        // Most names of a program are ruled out by their length. Case changes the length of some that are not ASCII.
        if candidate.len().abs_diff(name.len()) > limit && candidate.is_ascii() && name.is_ascii() {
            return None;
        }
        if candidate.to_lowercase() == lower {
            return Some(0);
        }
        // A one-letter name is one mistake away from every other.
        if name.chars().count() > 1
            && let Some(mistakes) = distance(name, candidate, limit)
        {
            return Some(mistakes);
        }
        (words.len() > 1 && sorted_words(candidate) == words).then_some(limit + 1)
    };
    let ranked = candidates.into_iter().filter(|&it| it != name).filter_map(|it| Some((rank(it)?, it)));
    ranked.min().map(|(_, candidate)| candidate)
}

fn sorted_words(name: &str) -> Vec<&str> {
    let mut words: Vec<&str> = name.split('_').collect();
    words.sort_unstable();
    words
}

/// How many insertions, deletions, replacements and swaps of neighbours make `b` of `a`, if at most `limit`
/// («optimal string alignment»: no place is edited twice).
fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit || a.len().max(b.len()) > LONGEST {
        return None;
    }
    let mut two_back = vec![0; b.len() + 1];
    let mut back: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = back[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(back[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(two_back[j - 2] + 1);
            }
        }
        (two_back, back) = (back, row);
    }
    Some(back[b.len()]).filter(|&mistakes| mistakes <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "acb", 1),
            ("abc", "ab", 1),
            ("ca", "abc", 3),
            ("é", "e", 1),
        ] {
            assert_eq!(distance(a, b, 9), Some(expected), "{a} {b}");
        }
        assert_eq!(distance("abcdef", "ghijkl", 2), None);
        assert_eq!(distance(&"a".repeat(LONGEST + 1), &"a".repeat(LONGEST + 1), 50), None);
    }

    #[test]
    fn short_names_must_be_nearly_right() {
        assert_eq!(did_you_mean("ab", ["ac", "xyz"]), Some("ac"));
        assert_eq!(did_you_mean("abc", ["axy"]), None);
        assert_eq!(did_you_mean("a", ["b", "A"]), Some("A"));
        assert_eq!(did_you_mean("", ["b", "A"]), None);
    }

    #[test]
    fn order_does_not_matter() {
        assert_eq!(did_you_mean("cat", ["bat", "hat"]), Some("bat"));
        assert_eq!(did_you_mean("cat", ["hat", "bat"]), Some("bat"));
        assert_eq!(did_you_mean("cat", ["bat", "Cat"]), Some("Cat"));
    }
}
