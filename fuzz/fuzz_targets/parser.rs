//! Any bytes → a tree: no panic; a text without diagnostics printed and parsed again gives the same tree.
#![no_main]

use base::{Diagnostics, FileId};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut diagnostics = Diagnostics::new();
    let tree = syntax::parse(&text, FileId(0), &mut diagnostics);
    let (shown, source) = (tree.to_string(), tree.to_source());
    if diagnostics.iter().next().is_none() {
        let again = syntax::parse(&source, FileId(0), &mut diagnostics);
        assert_eq!(shown, again.to_string());
    }
});
