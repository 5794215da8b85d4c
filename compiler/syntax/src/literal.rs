//! What the digits of a number are worth.
//!
//! In: the digits of a `Literal::Int` or `Literal::Float`. Out: the value.
//!
//! ```
//! use syntax::literal::{float_value, int_value};
//! assert_eq!(int_value("0xff_ff"), Some(65_535));
//! assert_eq!(float_value("1_000.5e-1"), Some(100.05));
//! ```

use crate::ast::Suffix;

/// The digits and the suffix of a number as it is written.
pub fn split_suffix(text: &str) -> (&str, Option<Suffix>) {
    let bytes = text.as_bytes();
    if bytes.iter().all(|&byte| byte.is_ascii_digit() || byte == b'_') {
        return (text, None); // the usual number
    }
    let hex = bytes.starts_with(b"0x");
    for suffix in Suffix::ALL {
        let is_float = matches!(suffix, Suffix::F32 | Suffix::F64);
        if let Some(digits) = text.strip_suffix(suffix.as_str())
            && !digits.is_empty()
            && !(hex && is_float)
        {
            return (digits, Some(suffix));
        }
    }
    (text, None)
}

/// The value of an integer's digits; none if they do not fit 128 bits (or were malformed, and reported).
pub fn int_value(digits: &str) -> Option<u128> {
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x', ..] => (16, &digits[2..]),
        [b'0', b'o', ..] => (8, &digits[2..]),
        [b'0', b'b', ..] => (2, &digits[2..]),
        _decimal => (10, digits),
    };
    let mut value: u128 = 0;
    let mut any = false;
    for byte in digits.bytes().filter(|&byte| byte != b'_') {
        let digit = char::from(byte).to_digit(radix)?;
        value = value.checked_mul(u128::from(radix))?.checked_add(u128::from(digit))?;
        any = true;
    }
    any.then_some(value)
}

/// The value of a float's digits, rounded to the nearest `f64`; none if they were malformed, and reported.
pub fn float_value(digits: &str) -> Option<f64> {
    digits.replace('_', "").parse().ok()
}
