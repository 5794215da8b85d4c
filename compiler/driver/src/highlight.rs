//! The colours of source text in diagnostics, from the real lexer.
//!
//! ```text
//! let x: List = "a"  // b   →   Keyword let, Type List, String "a", Comment // b
//! ```

use base::render::{Class, Paint};
use base::{FileId, SourceFile, symbol};
use syntax::lexer::Lexer;
use syntax::token::{Kind, Spanned};

/// The tokens of a file that have a colour, sorted. Files that are not Quastra have none.
pub fn paints(file: &SourceFile) -> Vec<Paint> {
    let mut paints = Vec::new();
    if !file.name.ends_with(".qst") {
        return paints;
    }
    let mut names = symbol::interner();
    // The lexer's own errors have been reported; only positions count here, so any file will do.
    let mut lexer = Lexer::new(&file.text, FileId(0));
    let mut tokens = Vec::new();
    let mut end = 0;
    while lexer.next_item(&mut names, &mut tokens) {
        for token in &tokens {
            // Inserted tokens are empty; what recovery inserted may lie behind.
            if token.lo < end || token.lo == token.hi {
                continue;
            }
            comment(&file.text, end, token.lo, &mut paints);
            if let Some(class) = class(token, &file.text) {
                paints.push(Paint { lo: token.lo, hi: token.hi, class });
            }
            end = token.hi;
        }
    }
    comment(&file.text, end, file.text.len() as u32, &mut paints);
    paints
}

/// Between two tokens stands white space, and perhaps comments.
fn comment(text: &str, lo: u32, hi: u32, paints: &mut Vec<Paint>) {
    let Some(gap) = text.get(lo as usize..hi as usize) else { return };
    let start = gap.len() - gap.trim_start().len();
    if gap[start..].starts_with("//") || gap[start..].starts_with("/*") {
        let end = lo + gap.trim_end().len() as u32;
        paints.push(Paint { lo: lo + start as u32, hi: end, class: Class::Comment });
    }
}

fn class(token: &Spanned, text: &str) -> Option<Class> {
    use Kind::{BadNumber, Byte, Bytes, Char, Float, Format, Int, Str, StrHead, StrMid, StrTail};
    let kind = token.kind();
    if kind.is_word() {
        Some(Class::Keyword)
    } else if matches!(kind, Str | Bytes | StrHead | StrMid | StrTail | Format | Char | Byte) {
        Some(Class::String)
    } else if matches!(kind, Int | Float | BadNumber) {
        Some(Class::Number)
    } else {
        let is_type =
            kind == Kind::Name && text[token.lo as usize..].starts_with(|ch: char| ch.is_uppercase());
        is_type.then_some(Class::Type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_their_colours() {
        let text = "let x: List = \"a{1}b\" // end\nfn /* in */ f() {\n}\n// last";
        let file = SourceFile::new("a.qst".into(), text.into());
        let found: Vec<_> = paints(&file)
            .iter()
            .map(|paint| (&text[paint.lo as usize..paint.hi as usize], paint.class))
            .collect();
        use Class::{Comment, Keyword, Number, String, Type};
        let expected = [
            ("let", Keyword),
            ("List", Type),
            ("\"a{", String),
            ("1", Number),
            ("}b\"", String),
            ("// end", Comment),
            ("fn", Keyword),
            ("/* in */", Comment),
            ("// last", Comment),
        ];
        assert_eq!(found, expected);
        assert!(paints(&SourceFile::new("a.toml".into(), text.into())).is_empty());
    }
}
