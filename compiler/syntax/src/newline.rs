//! Where a line's end ends a statement.
//!
//! In: the kinds of the tokens on both sides of a line break. Out: is a `;` put between them?
//!
//! ```text
//! let a = b +      no: the line ends in an operator
//!     c            yes
//! list             no: the next line begins with `.`
//!     .sort()      yes
//! ```
//!
//! The lexer asks only where the innermost open bracket is a brace, or there is none.

use crate::token::Kind;

/// A statement may end after this token.
const ENDS: u8 = 1;
/// A line that begins with this token goes on with the one above.
const JOINS: u8 = 2;

const FLAGS: [u8; Kind::COUNT] = {
    use Kind::*;
    let ends = [
        Name, Region, MacroVar, Int, Float, Char, Byte, Str, Bytes, StrTail, RParen, RBracket, RBrace,
        Return, Break, Continue, SelfValue, True, False, Underscore, Hole, Question,
    ];
    // Also tokens that can begin nothing, such as closing brackets. Not `-`, `*`, `&`, `|`, `||`, `..`, `!`:
    // they can begin an expression.
    let joins = [
        Semi, Dot, RParen, RBracket, RBrace, Comma, Colon, Else, LetElse, Catch, Within, Where, As, In,
        FatArrow, Arrow, Eq, AssignOp, BinOp, Plus, AmpAmp, Slash, Percent, Shl, Shr, Caret, EqEq, NotEq, Lt,
        Le, Gt, Ge, Question, ColonColon,
    ];
    let mut flags = [0; Kind::COUNT];
    let mut at = 0;
    while at < ends.len() {
        flags[ends[at] as usize] |= ENDS;
        at += 1;
    }
    at = 0;
    while at < joins.len() {
        flags[joins[at] as usize] |= JOINS;
        at += 1;
    }
    flags
};

/// May a statement end after `kind`?
#[inline]
pub(crate) fn ends(kind: Kind) -> bool {
    FLAGS[kind as usize] & ENDS != 0
}

/// Does a line that begins with `kind` go on with the line above?
#[inline]
pub(crate) fn joins(kind: Kind) -> bool {
    FLAGS[kind as usize] & JOINS != 0
}
