//! Numbers: the operations of MIR on bits.
//!
//! In: bits, zero-extended, and how they are a number. Out: bits of the same width, or a `bool`.
//!
//! Before: `binary(Add, u8, 0xff, 1)`. After: `0`.

use super::code::{CastOf, Num, NumKind};
use super::fault::{Fault, Res};
use super::lower::mask;
use super::memory::Addr;
use crate::{BinOp, UnOp};
use std::ops::{Add, Div, Mul, Rem, Sub};

pub(super) fn is_comparison(op: BinOp) -> bool {
    matches!(op, BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge)
}

#[inline(always)]
pub(super) fn extend(bits: u64, size: u8) -> i64 {
    let shift = 64 - 8 * size as u32;
    (bits << shift) as i64 >> shift
}

/// What is calculated of two floats. Comparisons are `compare`'s, and types give floats no operation beyond these.
#[inline(always)]
fn float<F>(op: BinOp, a: F, b: F) -> F
where
    F: Add<Output = F> + Sub<Output = F> + Mul<Output = F> + Div<Output = F> + Rem<Output = F>,
{
    match op {
        BinOp::Add => a + b,
        BinOp::Sub => a - b,
        BinOp::Mul => a * b,
        BinOp::Div => a / b,
        BinOp::Rem
        | BinOp::BitAnd
        | BinOp::BitOr
        | BinOp::BitXor
        | BinOp::Shl
        | BinOp::Shr
        | BinOp::Eq
        | BinOp::Ne
        | BinOp::Lt
        | BinOp::Le
        | BinOp::Gt
        | BinOp::Ge
        | BinOp::Offset => a % b,
    }
}

#[inline(always)]
fn compare<T: PartialOrd>(op: BinOp, a: T, b: T) -> bool {
    match op {
        BinOp::Eq => a == b,
        BinOp::Ne => a != b,
        BinOp::Lt => a < b,
        BinOp::Le => a <= b,
        BinOp::Gt => a > b,
        BinOp::Ge => a >= b,
        BinOp::Add
        | BinOp::Sub
        | BinOp::Mul
        | BinOp::Div
        | BinOp::Rem
        | BinOp::BitAnd
        | BinOp::BitOr
        | BinOp::BitXor
        | BinOp::Shl
        | BinOp::Shr
        | BinOp::Offset => unreachable!("no comparison"),
    }
}

/// Wraps; shift counts are masked; a division by zero was asserted away and gives 0 here.
#[inline(always)]
pub(super) fn binary(op: BinOp, num: Num, a: u64, b: u64) -> u64 {
    match num.kind {
        NumKind::Float if num.size == 4 => {
            let (a, b) = (f32::from_bits(a as u32), f32::from_bits(b as u32));
            if is_comparison(op) {
                return compare(op, a, b) as u64;
            }
            float(op, a, b).to_bits() as u64
        }
        NumKind::Float => {
            let (a, b) = (f64::from_bits(a), f64::from_bits(b));
            if is_comparison(op) {
                return compare(op, a, b) as u64;
            }
            float(op, a, b).to_bits()
        }
        NumKind::Unsigned | NumKind::Signed => integer(op, num, a, b),
    }
}

#[inline(always)]
fn integer(op: BinOp, num: Num, a: u64, b: u64) -> u64 {
    let signed = num.kind == NumKind::Signed;
    let count = || (b & (8 * num.size as u64 - 1)) as u32;
    let value = match op {
        BinOp::Add => a.wrapping_add(b),
        BinOp::Sub => a.wrapping_sub(b),
        BinOp::Mul => a.wrapping_mul(b),
        BinOp::BitAnd => a & b,
        BinOp::BitOr => a | b,
        BinOp::BitXor => a ^ b,
        BinOp::Shl => a << count(),
        BinOp::Shr if signed => (extend(a, num.size) >> count()) as u64,
        BinOp::Shr => a >> count(),
        BinOp::Div if signed => {
            let b = extend(b, num.size);
            if b == 0 { 0 } else { extend(a, num.size).wrapping_div(b) as u64 }
        }
        BinOp::Div => a.checked_div(b).unwrap_or(0),
        BinOp::Rem if signed => {
            let b = extend(b, num.size);
            if b == 0 { 0 } else { extend(a, num.size).wrapping_rem(b) as u64 }
        }
        BinOp::Rem => a.checked_rem(b).unwrap_or(0),
        BinOp::Offset => a.wrapping_add(b),
        BinOp::Eq => return (a == b) as u64,
        BinOp::Ne => return (a != b) as u64,
        BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge if signed => {
            return compare(op, extend(a, num.size), extend(b, num.size)) as u64;
        }
        BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => return compare(op, a, b) as u64,
    };
    value & mask(num.size as u64)
}

pub(super) fn binary_wide(op: BinOp, num: Num, a: u128, b: u128) -> u128 {
    let signed = num.kind == NumKind::Signed;
    let count = (b & 127) as u32;
    match op {
        BinOp::Add | BinOp::Offset => a.wrapping_add(b),
        BinOp::Sub => a.wrapping_sub(b),
        BinOp::Mul => a.wrapping_mul(b),
        BinOp::BitAnd => a & b,
        BinOp::BitOr => a | b,
        BinOp::BitXor => a ^ b,
        BinOp::Shl => a << count,
        BinOp::Shr if signed => (a as i128 >> count) as u128,
        BinOp::Shr => a >> count,
        BinOp::Div if b == 0 => 0,
        BinOp::Div if signed => (a as i128).wrapping_div(b as i128) as u128,
        BinOp::Div => a / b,
        BinOp::Rem if b == 0 => 0,
        BinOp::Rem if signed => (a as i128).wrapping_rem(b as i128) as u128,
        BinOp::Rem => a % b,
        BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => match signed {
            true => compare(op, a as i128, b as i128) as u128,
            false => compare(op, a, b) as u128,
        },
    }
}

/// The wrapped result, and whether it is not the true one.
#[inline(always)]
pub(super) fn checked(op: BinOp, num: Num, count: Num, a: u64, b: u64) -> (u64, bool) {
    let signed = num.kind == NumKind::Signed;
    let limit = mask(num.size as u64);
    match (op, signed) {
        (BinOp::Add | BinOp::Sub | BinOp::Mul, true) => {
            let (a, b) = (extend(a, num.size), extend(b, num.size));
            let (value, over) = if op == BinOp::Add {
                a.overflowing_add(b)
            } else if op == BinOp::Sub {
                a.overflowing_sub(b)
            } else {
                a.overflowing_mul(b)
            };
            (value as u64 & limit, over || extend(value as u64 & limit, num.size) != value)
        }
        (BinOp::Add | BinOp::Sub | BinOp::Mul, false) => {
            let (value, over) = if op == BinOp::Add {
                a.overflowing_add(b)
            } else if op == BinOp::Sub {
                a.overflowing_sub(b)
            } else {
                a.overflowing_mul(b)
            };
            (value & limit, over || value > limit)
        }
        (BinOp::Shl | BinOp::Shr, _) => (integer(op, num, a, b), is_too_far(num, count, b as u128)),
        _ => (binary(op, num, a, b), false),
    }
}

/// Whether a shift count is no position in the number.
fn is_too_far(num: Num, count: Num, by: u128) -> bool {
    let negative = count.kind == NumKind::Signed && by >> (8 * count.size as u32 - 1) & 1 == 1;
    negative || by >= 8 * num.size as u128
}

pub(super) fn checked_wide(op: BinOp, num: Num, count: Num, a: u128, b: u128) -> (u128, bool) {
    let signed = num.kind == NumKind::Signed;
    match (op, signed) {
        (BinOp::Add | BinOp::Sub | BinOp::Mul, true) => {
            let (a, b) = (a as i128, b as i128);
            let (value, over) = if op == BinOp::Add {
                a.overflowing_add(b)
            } else if op == BinOp::Sub {
                a.overflowing_sub(b)
            } else {
                a.overflowing_mul(b)
            };
            (value as u128, over)
        }
        (BinOp::Add, false) => a.overflowing_add(b),
        (BinOp::Sub, false) => a.overflowing_sub(b),
        (BinOp::Mul, false) => a.overflowing_mul(b),
        (BinOp::Shl | BinOp::Shr, _) => (binary_wide(op, num, a, b), is_too_far(num, count, b)),
        _ => (binary_wide(op, num, a, b), false),
    }
}

#[inline(always)]
pub(super) fn unary(op: UnOp, num: Num, is_bool: bool, a: u64) -> u64 {
    match (op, num.kind) {
        (UnOp::Neg, NumKind::Float) if num.size == 4 => a ^ 1 << 31,
        (UnOp::Neg, NumKind::Float) => a ^ 1 << 63,
        (UnOp::Neg, NumKind::Signed | NumKind::Unsigned) => a.wrapping_neg() & mask(num.size as u64),
        (UnOp::Not, _) if is_bool => a ^ 1,
        (UnOp::Not, _) => !a & mask(num.size as u64),
    }
}

pub(super) fn unary_wide(op: UnOp, a: u128) -> u128 {
    match op {
        UnOp::Neg => a.wrapping_neg(),
        UnOp::Not => !a,
    }
}

/// The number as one of 128 bits.
pub(super) fn widen(num: Num, bits: u128) -> i128 {
    if num.kind == NumKind::Signed {
        let shift = 128 - 8 * num.size as u32;
        (bits << shift) as i128 >> shift
    } else {
        bits as i128
    }
}

pub(super) fn cast(of: CastOf, from: Num, to: Num, bits: u128) -> u128 {
    let limit = u128::MAX >> (128 - 8 * to.size as u32);
    match of {
        CastOf::Int => widen(from, bits) as u128 & limit,
        CastOf::IntToFloat => {
            let unsigned = from.kind == NumKind::Unsigned;
            match (to.size, unsigned) {
                (4, true) => (bits as f32).to_bits() as u128,
                (4, false) => (widen(from, bits) as f32).to_bits() as u128,
                (_, true) => (bits as f64).to_bits() as u128,
                (_, false) => (widen(from, bits) as f64).to_bits() as u128,
            }
        }
        CastOf::FloatToInt => {
            let value = match from.size {
                4 => f32::from_bits(bits as u32) as f64,
                _ => f64::from_bits(bits as u64),
            };
            let value = match (to.kind, to.size) {
                (NumKind::Signed, 1) => value as i8 as u128,
                (NumKind::Signed, 2) => value as i16 as u128,
                (NumKind::Signed, 4) => value as i32 as u128,
                (NumKind::Signed, 8) => value as i64 as u128,
                (NumKind::Signed, _) => value as i128 as u128,
                (_, 1) => value as u8 as u128,
                (_, 2) => value as u16 as u128,
                (_, 4) => value as u32 as u128,
                (_, 8) => value as u64 as u128,
                (_, _) => value as u128,
            };
            value & limit
        }
        CastOf::FloatToFloat => match (from.size, to.size) {
            (4, 8) => (f32::from_bits(bits as u32) as f64).to_bits() as u128,
            (8, 4) => (f64::from_bits(bits as u64) as f32).to_bits() as u128,
            _ => bits,
        },
    }
}

/// `pointer + by * stride`, within what can be addressed.
pub(super) fn offset(pointer: Addr, by: i64, stride: u64) -> Res<Addr> {
    let Some(bytes) = by.checked_mul(stride as i64) else {
        return Err(Fault::undefined("a pointer is moved further than memory reaches".into()));
    };
    let to = pointer.wrapping_add(bytes as u64);
    if to >> 32 != pointer >> 32 {
        return Err(Fault::undefined("a pointer is moved out of the memory it points into".into()));
    }
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    const I8: Num = Num { kind: NumKind::Signed, size: 1 };
    const U8: Num = Num { kind: NumKind::Unsigned, size: 1 };
    const I64: Num = Num { kind: NumKind::Signed, size: 8 };
    const F64: Num = Num { kind: NumKind::Float, size: 8 };

    #[test]
    fn integers_agree_with_rusts() {
        let ops = [BinOp::Add, BinOp::Sub, BinOp::Mul];
        for a in i8::MIN..=i8::MAX {
            for b in [-128i8, -127, -1, 0, 1, 2, 7, 63, 127] {
                for op in ops {
                    let (value, over) = if op == BinOp::Add {
                        a.overflowing_add(b)
                    } else if op == BinOp::Sub {
                        a.overflowing_sub(b)
                    } else {
                        a.overflowing_mul(b)
                    };
                    let (x, y) = (a as u8 as u64, b as u8 as u64);
                    assert_eq!(checked(op, I8, I8, x, y), (value as u8 as u64, over), "{a} {op:?} {b}");
                    assert_eq!(binary(op, I8, x, y), value as u8 as u64);
                    let (x, y) = (a as u8, b as u8);
                    let (value, over) = if op == BinOp::Add {
                        x.overflowing_add(y)
                    } else if op == BinOp::Sub {
                        x.overflowing_sub(y)
                    } else {
                        x.overflowing_mul(y)
                    };
                    assert_eq!(checked(op, U8, U8, x as u64, y as u64), (value as u64, over));
                }
                let (x, y) = (a as u8 as u64, b as u8 as u64);
                assert_eq!(binary(BinOp::Lt, I8, x, y), (a < b) as u64);
                assert_eq!(binary(BinOp::Ge, U8, x, y), (x >= y) as u64);
                if b != 0 {
                    assert_eq!(binary(BinOp::Div, I8, x, y), a.wrapping_div(b) as u8 as u64);
                    assert_eq!(binary(BinOp::Rem, I8, x, y), a.wrapping_rem(b) as u8 as u64);
                }
            }
        }
        let min = i64::MIN as u64;
        assert_eq!(checked(BinOp::Mul, I64, I64, min, u64::MAX), (min, true));
        assert_eq!(checked(BinOp::Shl, U8, I64, 1, 8), (1, true));
        assert!(checked(BinOp::Shr, I8, I64, 0x80, u64::MAX).1);
        assert_eq!(binary(BinOp::Shr, I8, 0x80, 1), 0xc0);
    }

    #[test]
    fn casts() {
        assert_eq!(cast(CastOf::Int, I8, I64, 0xff), u64::MAX as u128);
        assert_eq!(cast(CastOf::Int, U8, I64, 0xff), 255);
        assert_eq!(cast(CastOf::Int, I64, U8, 0x1ff), 0xff);
        assert_eq!(cast(CastOf::FloatToInt, F64, U8, 300f64.to_bits() as u128), 255);
        assert_eq!(cast(CastOf::FloatToInt, F64, I8, f64::NAN.to_bits() as u128), 0);
        assert_eq!(cast(CastOf::FloatToInt, F64, I64, (-1.5f64).to_bits() as u128), -1i64 as u64 as u128);
        assert_eq!(cast(CastOf::IntToFloat, I8, F64, 0xff), (-1f64).to_bits() as u128);
    }
}
