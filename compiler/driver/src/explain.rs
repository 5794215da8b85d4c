//! The pages of the error codes: `quastra explain B3000`.
//!
//! ```
//! assert!(driver::explain::page("D8000").is_some_and(|page| page.starts_with("# D8000: ")));
//! assert_eq!(driver::explain::page("d8000"), driver::explain::page("D8000"));
//! ```

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page of a code, in Markdown. Upper or lower case.
pub fn page(code: &str) -> Option<&'static str> {
    let code = code.to_uppercase();
    PAGES.binary_search_by_key(&code.as_str(), |(known, _)| known).ok().map(|found| PAGES[found].1)
}

/// Every code with the title of its page, sorted.
pub fn codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGES.iter().map(|&(code, page)| {
        let title = page.lines().next().and_then(|line| line.split_once(": "));
        (code, title.map_or("", |(_, title)| title))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_sorted_and_titled() {
        assert!(PAGES.is_sorted_by(|a, b| a.0 < b.0));
        for (code, title) in codes() {
            assert!(page(code).is_some_and(|page| page.starts_with(&format!("# {code}: "))), "{code}");
            assert!(!title.is_empty(), "{code}");
        }
        assert_eq!(page("B"), None);
    }
}
