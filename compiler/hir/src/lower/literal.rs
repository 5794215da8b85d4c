//! Literals: digits to numbers; texts come decoded from the lexer.
//!
//! In: [`ast::Literal`]. Out: [`Lit`]. Whether a number fits its type is type checking's; here it must fit 128 bits.

use crate::Lit;
use base::{Diagnostic, Diagnostics, ErrorReported, Span, Symbol};
use syntax::ast::{Literal, Suffix};

pub(crate) fn decode(literal: Literal, span: Span, diags: &mut Diagnostics) -> Result<Lit, ErrorReported> {
    let name = |suffix: Option<Suffix>| suffix.map(|suffix| Symbol::intern(suffix.as_str()));
    Ok(match literal {
        Literal::Int { digits, suffix } => match suffix {
            // `2f32` is a float.
            Some(Suffix::F32 | Suffix::F64) => Lit::Float(without_underscores(digits), name(suffix)),
            _ => Lit::Int(int(digits, span, diags)?, name(suffix)),
        },
        Literal::Float { digits, suffix } => Lit::Float(without_underscores(digits), name(suffix)),
        Literal::Char(value) => Lit::Char(value),
        Literal::Byte(value) => Lit::Byte(value),
        Literal::Str(text) => Lit::Str(text),
        Literal::Bytes(text) => Lit::Bytes(text),
        Literal::Bool(value) => Lit::Bool(value),
    })
}

fn without_underscores(digits: Symbol) -> Symbol {
    match digits.as_str().contains('_') {
        true => Symbol::intern(&digits.as_str().replace('_', "")),
        false => digits,
    }
}

/// `1_000`, `0xff`, `0o17`, `0b1010`.
pub(crate) fn int(digits: Symbol, span: Span, diags: &mut Diagnostics) -> Result<u128, ErrorReported> {
    let text = digits.as_str();
    let (radix, body) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &text[2..]),
        [b'0', b'o' | b'O', ..] => (8, &text[2..]),
        [b'0', b'b' | b'B', ..] => (2, &text[2..]),
        _ => (10, text),
    };
    let parsed = match body.contains('_') {
        true => u128::from_str_radix(&body.replace('_', ""), radix),
        false => u128::from_str_radix(body, radix),
    };
    parsed.map_err(|_| {
        // The lexer has said so too, with the same words: one of them is shown.
        diags.error(Diagnostic::error("L0006", span, "this integer does not fit 128 bits"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::FileId;

    fn value(text: &str) -> Option<u128> {
        int(Symbol::intern(text), Span::new(FileId(0), 0, 1), &mut Diagnostics::new()).ok()
    }

    #[test]
    fn reads_every_radix() {
        assert_eq!(value("1_000"), Some(1000));
        assert_eq!(value("0xff_ff"), Some(0xffff));
        assert_eq!(value("0o17"), Some(15));
        assert_eq!(value("0b1010"), Some(10));
        assert_eq!(value("340282366920938463463374607431768211455"), Some(u128::MAX));
        assert_eq!(value("340282366920938463463374607431768211456"), None);
    }
}
