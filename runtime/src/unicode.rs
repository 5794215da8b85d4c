//! What kind of character it is, and its other case: std's Unicode tables.
//!
//! In: a code point. Out: 0 or 1, or a code point. `abi::text` does it; the interpreter uses that too.
//!
//! Before: `qrt_char_to_upper('ß', 1)`. After: `'S'`, the second of `SS`.

use abi::text::{CharClass, char_is};

macro_rules! classes {
    ($($name:ident $class:ident;)*) => { $(
        #[unsafe(no_mangle)]
        pub extern "C" fn $name(c: u32) -> u8 {
            char_is(c, CharClass::$class).into()
        }
    )* };
}

classes! {
    qrt_char_is_alphabetic Alphabetic;
    qrt_char_is_numeric Numeric;
    qrt_char_is_whitespace Whitespace;
    qrt_char_is_uppercase Uppercase;
    qrt_char_is_lowercase Lowercase;
    qrt_char_is_control Control;
    qrt_char_is_printable Printable;
}

#[unsafe(no_mangle)]
pub extern "C" fn qrt_char_to_upper(c: u32, n: u32) -> u32 {
    abi::text::char_to_upper(c, n)
}

#[unsafe(no_mangle)]
pub extern "C" fn qrt_char_to_lower(c: u32, n: u32) -> u32 {
    abi::text::char_to_lower(c, n)
}
