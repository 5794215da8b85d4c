//! Any bytes → tokens: no panic, and the brackets of each item balance.
#![no_main]

use base::FileId;
use libfuzzer_sys::fuzz_target;
use syntax::lexer::Lexer;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut lexer = Lexer::new(&text, FileId(0));
    let mut tokens = Vec::new();
    while lexer.next_item(&mut base::symbol::interner(), &mut tokens) {
        let mut depth = 0;
        for token in &tokens {
            depth += token.kind().bracket();
            assert!(depth >= 0);
        }
    }
});
