//! The format after `:` in an interpolated value, by Rust's grammar:
//! `[[fill] align] [sign] ['#'] ['0'] [width] ['.' precision] [type]`.
//!
//! In: its text. Out: a [`Spec`], or what is wrong and where. The numbers of `align` and `flags` are those that
//! the lang item `fmt_spec` documents.
//!
//! ```text
//! *>+8.2   ⇒   fill '*', align >, flag +, width 8, precision 2
//! ```

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spec {
    pub fill: char,
    pub align: u8,
    pub flags: u32,
    pub width: Count,
    pub precision: Count,
    /// `?`, `x?`, `X?`
    pub is_debug: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Count {
    None,
    Given(u32),
    /// `width$`: a variable, and the byte at which its name begins.
    Named {
        name: String,
        at: usize,
    },
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The byte of the text.
    pub at: usize,
    pub len: usize,
    pub message: String,
}

const PLUS: u32 = 1;
const MINUS: u32 = 2;
const ALTERNATE: u32 = 4;
const ZERO: u32 = 8;

/// Each type with its flag, and whether it is `Debug`'s.
const TYPES: [(&str, u32, bool); 11] = [
    ("", 0, false),
    ("?", 0, true),
    ("x?", 16, true),
    ("X?", 32, true),
    ("x", 64, false),
    ("X", 128, false),
    ("o", 256, false),
    ("b", 512, false),
    ("e", 1024, false),
    ("E", 2048, false),
    ("p", 4096, false),
];

pub(super) fn parse(text: &str) -> Result<Spec, Wrong> {
    let trimmed = text.trim_end();
    let mut at = Cursor { text: trimmed, at: 0 };
    let mut spec =
        Spec { fill: ' ', align: 0, flags: 0, width: Count::None, precision: Count::None, is_debug: false };

    let mut chars = trimmed.chars();
    let (first, second) = (chars.next(), chars.next());
    match (first, second.and_then(align)) {
        (Some(fill), Some(align)) => {
            spec.fill = fill;
            spec.align = align;
            at.at = fill.len_utf8() + 1;
        }
        (_, None) | (None, Some(_)) => {
            if let Some(align) = first.and_then(align) {
                spec.align = align;
                at.at = 1;
            }
        }
    }
    for (mark, flag) in [('+', PLUS), ('-', MINUS), ('#', ALTERNATE)] {
        if at.eat(mark) {
            spec.flags |= flag;
        }
    }
    // `0$` would be a count by position.
    if at.rest().starts_with('0') && !at.rest().starts_with("0$") && at.eat('0') {
        spec.flags |= ZERO;
    }
    spec.width = at.count()?;
    if at.rest().starts_with('.') {
        let dot = at.at;
        at.eat('.');
        spec.precision = at.count()?;
        if at.rest().starts_with('*') {
            return Err(at.wrong(at.at, 1, "a precision cannot be `*`: name a variable, as in `.digits$`"));
        }
        if spec.precision == Count::None {
            return Err(at.wrong(dot, 1, "a number of digits must follow the `.`"));
        }
    }
    let rest = at.rest();
    match TYPES.iter().find(|(name, _, _)| *name == rest) {
        Some(&(_, flag, is_debug)) => {
            spec.flags |= flag;
            spec.is_debug = is_debug;
            Ok(spec)
        }
        None => {
            let shown = rest.split_whitespace().next().unwrap_or(rest);
            Err(at.wrong(at.at, rest.len().max(1), format!("`{shown}` is no format")))
        }
    }
}

fn align(mark: char) -> Option<u8> {
    match mark {
        '<' => Some(1),
        '^' => Some(2),
        '>' => Some(3),
        _ => None,
    }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }
    fn eat(&mut self, mark: char) -> bool {
        let found = self.rest().starts_with(mark);
        if found {
            self.at += mark.len_utf8();
        }
        found
    }
    fn wrong(&self, at: usize, len: usize, message: impl Into<String>) -> Wrong {
        Wrong { at, len, message: message.into() }
    }

    fn count(&mut self) -> Result<Count, Wrong> {
        let rest = self.rest();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let start = self.at;
        if digits > 0 {
            if rest[digits..].starts_with('$') {
                return Err(self.wrong(
                    start,
                    digits + 1,
                    "values have no numbers here: name a variable, as in `width$`",
                ));
            }
            let Some(value) = rest[..digits].parse::<u32>().ok().filter(|&value| value <= 65_535) else {
                return Err(self.wrong(start, digits, "this number is too large: at most 65535"));
            };
            self.at += digits;
            return Ok(Count::Given(value));
        }
        let is_name =
            |(index, c): &(usize, char)| *c == '_' || c.is_alphabetic() || *index > 0 && c.is_numeric();
        let len: usize = rest.char_indices().take_while(is_name).map(|(_, c)| c.len_utf8()).sum();
        if len > 0 && rest[len..].starts_with('$') {
            self.at += len + 1;
            return Ok(Count::Named { name: rest[..len].to_string(), at: start });
        }
        Ok(Count::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> Spec {
        parse(text).unwrap()
    }

    #[test]
    fn reads_every_part() {
        let all = spec("*>+#08.2x");
        assert_eq!((all.fill, all.align, all.flags), ('*', 3, PLUS | ALTERNATE | ZERO | 64));
        assert_eq!((all.width, all.precision), (Count::Given(8), Count::Given(2)));
        assert_eq!(spec("<").align, 1);
        assert_eq!((spec("<<").fill, spec("<<").align), ('<', 1));
        assert_eq!((spec("é^3").fill, spec("é^3").width), ('é', Count::Given(3)));
        assert!(spec("?").is_debug && spec("#?").flags == ALTERNATE);
        assert!(spec("x?").is_debug && spec("x?").flags == 16);
        assert_eq!(spec("").width, Count::None);
    }

    #[test]
    fn reads_counts_from_variables() {
        assert_eq!(spec("width$").width, Count::Named { name: "width".into(), at: 0 });
        assert_eq!(spec(">w$.p$").precision, Count::Named { name: "p".into(), at: 4 });
        assert_eq!(spec("e").width, Count::None);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let wrong = |text: &str| parse(text).map(|_| ()).unwrap_err();
        assert_eq!((wrong("8q").at, wrong("8q").len), (1, 1));
        assert_eq!(wrong(".").message, "a number of digits must follow the `.`");
        assert_eq!((wrong(".*").at, wrong("1$").len), (1, 2));
        assert_eq!(wrong("99999").message, "this number is too large: at most 65535");
    }
}
