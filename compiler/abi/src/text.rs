//! Pure functions on text that native programs (through the runtime) and the interpreter share.
//!
//! In: values and slices. Out: lengths and digits; nothing is allocated, nothing can fail but by
//! what the result says. Sharing them is what makes both engines print the same digits.
//!
//! Before: `format_f64(0.1, -1, 0, buf)`. After: `buf` begins with `0.1`, the result is 3.

use core::fmt::{self, Write};

/// Counts all bytes, keeps those that fit.
struct Window<'a> {
    buf: &'a mut [u8],
    len: usize,
}

impl Write for Window<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        if let Some(target) = self.buf.get_mut(self.len..end) {
            target.copy_from_slice(text.as_bytes());
        }
        self.len = end;
        Ok(())
    }
}

/// Writes what `show` writes if it fits; the length it has.
fn fill(buf: &mut [u8], show: impl FnOnce(&mut Window<'_>) -> fmt::Result) -> usize {
    let mut window = Window { buf, len: 0 };
    show(&mut window).expect("a window takes everything");
    window.len
}

macro_rules! floats {
    ($($format:ident $parse:ident $ty:ident;)*) => { $(
        /// The value as text: see `qrt_f64_format` in the list.
        pub fn $format(value: $ty, precision: isize, exponent: u8, buf: &mut [u8]) -> usize {
            let digits = usize::try_from(precision).ok();
            fill(buf, |w| match (exponent, digits) {
                (0, None) => write!(w, "{value}"),
                (0, Some(digits)) => write!(w, "{value:.digits$}"),
                (1, None) => write!(w, "{value:e}"),
                (1, Some(digits)) => write!(w, "{value:.digits$e}"),
                (_, None) => write!(w, "{value:E}"),
                (_, Some(digits)) => write!(w, "{value:.digits$E}"),
            })
        }

        /// The value that the text stands for, correctly rounded.
        pub fn $parse(text: &[u8]) -> Option<$ty> {
            core::str::from_utf8(text).ok()?.parse().ok()
        }
    )* };
}

floats! {
    format_f64 parse_f64 f64;
    format_f32 parse_f32 f32;
}

/// Length of the longest prefix that is UTF-8.
pub fn utf8_valid_up_to(bytes: &[u8]) -> usize {
    core::str::from_utf8(bytes).map_or_else(|e| e.valid_up_to(), str::len)
}

/// What a question about a character is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CharClass {
    Alphabetic,
    Numeric,
    Whitespace,
    Uppercase,
    Lowercase,
    Control,
    Printable,
}

/// Whether the character is in the class; what is no character is in none.
pub fn char_is(c: u32, class: CharClass) -> bool {
    let Some(c) = char::from_u32(c) else { return false };
    match class {
        CharClass::Alphabetic => c.is_alphabetic(),
        CharClass::Numeric => c.is_numeric(),
        CharClass::Whitespace => c.is_whitespace(),
        CharClass::Uppercase => c.is_uppercase(),
        CharClass::Lowercase => c.is_lowercase(),
        CharClass::Control => c.is_control(),
        // `escape_debug` of a quote or a backslash is an escape too, but that is the literal's affair.
        CharClass::Printable => matches!(c, '\'' | '"' | '\\') || c.escape_debug().count() == 1,
    }
}

/// The n-th character of the upper-case form; 0 where there is none.
pub fn char_to_upper(c: u32, n: u32) -> u32 {
    char::from_u32(c).and_then(|c| c.to_uppercase().nth(n as usize)).map_or(0, u32::from)
}

/// The n-th character of the lower-case form; 0 where there is none.
pub fn char_to_lower(c: u32, n: u32) -> u32 {
    char::from_u32(c).and_then(|c| c.to_lowercase().nth(n as usize)).map_or(0, u32::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    fn shown(value: f64, precision: isize, exponent: u8) -> String {
        let mut buf = [0; 400];
        let len = format_f64(value, precision, exponent, &mut buf);
        String::from_utf8(buf[..len].to_vec()).unwrap()
    }

    #[test]
    fn floats_are_shortest_or_precise() {
        assert_eq!(shown(0.1, -1, 0), "0.1");
        assert_eq!(shown(1.0, -1, 0), "1");
        assert_eq!(shown(2.0 / 3.0, 2, 0), "0.67");
        assert_eq!(shown(1500.0, -1, 1), "1.5e3");
        assert_eq!(shown(f64::NAN, 3, 0), "NaN");
        assert_eq!(shown(1e300, -1, 0).len(), 301);
    }

    #[test]
    fn a_small_buffer_is_untouched_and_the_length_told() {
        let mut buf = [b'-'; 3];
        assert_eq!(format_f64(0.125, -1, 0, &mut buf), 5);
        assert_eq!(format_f32(0.1, -1, 0, &mut buf), 3);
        assert_eq!(&buf, b"0.1");
    }

    #[test]
    fn texts_are_parsed_exactly() {
        assert_eq!(parse_f64(b"1e23"), Some(1e23));
        assert_eq!(parse_f64(b"1e"), None);
        assert_eq!(parse_f32(b"16777217"), Some(16777216.0));
    }

    #[test]
    fn characters() {
        assert!(char_is('é' as u32, CharClass::Alphabetic));
        assert!(char_is('"' as u32, CharClass::Printable));
        assert!(!char_is('\n' as u32, CharClass::Printable));
        assert!(!char_is(0xD800, CharClass::Printable));
        assert_eq!((char_to_upper('ß' as u32, 0), char_to_upper('ß' as u32, 1)), ('S' as u32, 'S' as u32));
        assert_eq!(char_to_upper('ß' as u32, 2), 0);
    }
}
