//! `#[intrinsic]` functions, as the interpreter does them.
//!
//! In: a call with its operands and what is known of its type argument. Out: the result in its place.
//!
//! Before: `ctpop(0b1011_u8)`. After: `3`.

use super::Machine;
use super::code::{IntrinsicCall, Num, NumKind, Opd, Pl};
use super::fault::{Fault, FaultKind, Res};
use super::{arith, lower::mask};
use crate::{BinOp, Intrinsic};

impl Machine<'_, '_> {
    fn arg(&self, call: &IntrinsicCall, n: usize) -> Res<u64> {
        let arg = &call.args[n];
        self.value(arg.src, arg.size as u8)
    }
    fn wide(&self, call: &IntrinsicCall, n: usize) -> Res<u128> {
        let arg = &call.args[n];
        self.value_wide(arg.src, arg.size as u8)
    }
    fn result(&mut self, call: &IntrinsicCall, value: u64) -> Res<()> {
        self.set(call.dest, call.dest_size as u8, value)
    }
    fn result_wide(&mut self, call: &IntrinsicCall, value: u128) -> Res<()> {
        self.set_wide(call.dest, call.dest_size as u8, value)
    }
    /// `(a, b)` at the offsets of the result's fields.
    fn result_pair(&mut self, call: &IntrinsicCall, a: u128, size: u8, b: bool) -> Res<()> {
        let to = self.addr(call.dest)?;
        match size {
            16 => self.mem.write_wide(to + call.pair.0 as u64, a)?,
            size => self.mem.write(to + call.pair.0 as u64, size as usize, a as u64)?,
        }
        self.mem.write(to + call.pair.1 as u64, 1, b as u64)
    }
    /// A fat pointer.
    fn result_fat(&mut self, call: &IntrinsicCall, data: u64, meta: u64) -> Res<()> {
        let to = self.addr(call.dest)?;
        self.mem.write(to, 8, data)?;
        self.mem.write(to + 8, 8, meta)
    }
    fn num(&self, call: &IntrinsicCall) -> Res<Num> {
        call.num.ok_or_else(|| {
            Fault::new(FaultKind::Unsupported(format!("`{}` of what is no number", call.what.name())))
        })
    }
    /// Where an argument of any size lies.
    fn operand_place(&mut self, src: Opd, size: u64) -> Pl {
        match src {
            Opd::Place(place) => place,
            Opd::Imm(bits) => Pl::Abs(self.mem.add_static(&bits.to_le_bytes()[..size as usize], 16)),
        }
    }
    /// `place := argument`, whatever its size.
    fn pass(&mut self, call: &IntrinsicCall, n: usize) -> Res<()> {
        let arg = call.args[n];
        if arg.size == 0 {
            return Ok(());
        }
        let from = self.operand_place(arg.src, arg.size);
        let (from, to) = (self.addr(from)?, self.addr(call.dest)?);
        self.mem.copy(from, to, arg.size as usize, arg.align.min(call.dest_align))
    }

    pub(super) fn intrinsic(&mut self, call: &IntrinsicCall) -> Res<()> {
        match call.what {
            Intrinsic::SizeOf => self.result(call, call.size),
            Intrinsic::AlignOf => self.result(call, call.align),
            Intrinsic::NeedsDrop => {
                let needed = call.ty.is_some_and(|ty| self.program.drop_glue.contains_key(&ty));
                self.result(call, needed as u64)
            }
            Intrinsic::Read | Intrinsic::VolatileRead | Intrinsic::AtomicLoad => {
                let from = self.arg(call, 0)?;
                let to = self.addr(call.dest)?;
                self.mem.copy(from, to, call.size as usize, call.align)
            }
            Intrinsic::Write | Intrinsic::VolatileWrite | Intrinsic::AtomicStore => {
                let to = self.arg(call, 0)?;
                if call.size == 0 {
                    return Ok(());
                }
                let from = self.operand_place(call.args[1].src, call.size);
                let from = self.addr(from)?;
                self.mem.copy(from, to, call.size as usize, call.align)
            }
            Intrinsic::SizeOfVal | Intrinsic::AlignOfVal | Intrinsic::CallOnceAt => {
                unreachable!("monomorphisation writes them out")
            }
            Intrinsic::Forget => Ok(()),
            Intrinsic::Assume => match self.arg(call, 0)? {
                0 => Err(Fault::undefined("an assumption does not hold".into())),
                _ => Ok(()),
            },
            Intrinsic::Transmute | Intrinsic::BlackBox => self.pass(call, 0),
            Intrinsic::StrBytes | Intrinsic::StrFromBytes => self.pass(call, 0),
            Intrinsic::Likely | Intrinsic::Unlikely => self.pass(call, 0),
            Intrinsic::Copy | Intrinsic::CopyNonoverlapping => {
                let (from, to, count) = (self.arg(call, 0)?, self.arg(call, 1)?, self.arg(call, 2)?);
                let Some(len) = count.checked_mul(call.size) else {
                    return Err(Fault::undefined("more is copied than memory holds".into()));
                };
                if call.what == Intrinsic::CopyNonoverlapping && from < to + len && to < from + len && len > 0
                {
                    return Err(Fault::undefined("`copy_nonoverlapping` of ranges that overlap".into()));
                }
                self.mem.copy(from, to, len as usize, call.align)
            }
            Intrinsic::WriteBytes => {
                let (to, byte, count) = (self.arg(call, 0)?, self.arg(call, 1)?, self.arg(call, 2)?);
                self.mem.fill(to, byte as u8, (count * call.size) as usize)
            }
            Intrinsic::CompareBytes => {
                let (a, b, len) = (self.arg(call, 0)?, self.arg(call, 1)?, self.arg(call, 2)? as usize);
                let order = self.mem.bytes(a, len)?.cmp(self.mem.bytes(b, len)?);
                self.result(call, order as i32 as u32 as u64)
            }
            Intrinsic::Offset | Intrinsic::OffsetMut => {
                let to = arith::offset(self.arg(call, 0)?, self.arg(call, 1)? as i64, call.size)?;
                self.result(call, to)
            }
            Intrinsic::OffsetFrom => {
                let (to, from) = (self.arg(call, 0)?, self.arg(call, 1)?);
                if to >> 32 != from >> 32 {
                    return Err(Fault::undefined(
                        "the distance of two pointers into different memory".into(),
                    ));
                }
                self.result(call, ((to.wrapping_sub(from)) as i64 / (call.size.max(1) as i64)) as u64)
            }
            Intrinsic::SlicePtr | Intrinsic::SlicePtrMut => {
                let arg = self.operand_place(call.args[0].src, 16);
                let addr = self.addr(arg)?;
                let data = self.mem.read(addr, 8)?;
                self.result(call, data)
            }
            Intrinsic::SliceLen => {
                let arg = self.operand_place(call.args[0].src, 16);
                let addr = self.addr(arg)?;
                let len = self.mem.read(addr + 8, 8)?;
                self.result(call, len)
            }
            Intrinsic::SliceFromRaw | Intrinsic::SliceFromRawMut => {
                let (data, len) = (self.arg(call, 0)?, self.arg(call, 1)?);
                self.result_fat(call, data, len)
            }
            Intrinsic::WrappingAdd => self.binary_intrinsic(call, BinOp::Add),
            Intrinsic::WrappingSub => self.binary_intrinsic(call, BinOp::Sub),
            Intrinsic::WrappingMul => self.binary_intrinsic(call, BinOp::Mul),
            Intrinsic::WrappingShl => self.binary_intrinsic(call, BinOp::Shl),
            Intrinsic::WrappingShr => self.binary_intrinsic(call, BinOp::Shr),
            Intrinsic::UncheckedDiv => self.binary_intrinsic(call, BinOp::Div),
            Intrinsic::UncheckedRem => self.binary_intrinsic(call, BinOp::Rem),
            Intrinsic::AddWithOverflow => self.checked_intrinsic(call, BinOp::Add),
            Intrinsic::SubWithOverflow => self.checked_intrinsic(call, BinOp::Sub),
            Intrinsic::MulWithOverflow => self.checked_intrinsic(call, BinOp::Mul),
            Intrinsic::SaturatingAdd => self.saturating(call, BinOp::Add),
            Intrinsic::SaturatingSub => self.saturating(call, BinOp::Sub),
            Intrinsic::RotateLeft
            | Intrinsic::RotateRight
            | Intrinsic::CountOnes
            | Intrinsic::LeadingZeros
            | Intrinsic::TrailingZeros
            | Intrinsic::SwapBytes
            | Intrinsic::ReverseBits => self.bits(call),
            Intrinsic::Sqrt
            | Intrinsic::Floor
            | Intrinsic::Ceil
            | Intrinsic::Trunc
            | Intrinsic::Round
            | Intrinsic::RoundEven
            | Intrinsic::Fabs
            | Intrinsic::Copysign
            | Intrinsic::Fma
            | Intrinsic::FloatMin
            | Intrinsic::FloatMax => self.float(call),
            Intrinsic::Unreachable => Err(Fault::undefined("code is reached that can't be".into())),
            Intrinsic::Abort => {
                self.host.stdout_flush();
                Err(Fault::new(FaultKind::Abort))
            }
            Intrinsic::AtomicAdd | Intrinsic::AtomicSub | Intrinsic::AtomicSwap => {
                let at = self.arg(call, 0)?;
                let size = call.size as usize;
                let old = self.mem.read(at, size)?;
                let value = self.arg(call, 1)?;
                let new = if call.what == Intrinsic::AtomicAdd {
                    old.wrapping_add(value) & mask(call.size)
                } else if call.what == Intrinsic::AtomicSub {
                    old.wrapping_sub(value) & mask(call.size)
                } else {
                    value
                };
                self.mem.write(at, size, new)?;
                self.result(call, old)
            }
            Intrinsic::AtomicCompareExchange => {
                let (at, expected, new) = (self.arg(call, 0)?, self.arg(call, 1)?, self.arg(call, 2)?);
                let old = self.mem.read(at, call.size as usize)?;
                if old == expected {
                    self.mem.write(at, call.size as usize, new)?;
                }
                self.result_pair(call, old as u128, call.size as u8, old == expected)
            }
            Intrinsic::Discriminant => {
                let at = self.arg(call, 0)?;
                let Some(tag) = call.tag else { return self.result(call, 0) };
                let frame = self.frames.last().expect("a frame runs");
                let variant = self.variant(at, &frame.code.tags[tag as usize])?;
                self.result(call, variant)
            }
            Intrinsic::Interpreted => self.result(call, 1),
            Intrinsic::TypeName
            | Intrinsic::DropInPlace
            | Intrinsic::CallerFile
            | Intrinsic::CallerLine
            | Intrinsic::CallerColumn => Err(Fault::new(FaultKind::Unsupported(format!(
                "`{}` is left that monomorphisation resolves",
                call.what.name()
            )))),
        }
    }

    fn binary_intrinsic(&mut self, call: &IntrinsicCall, op: BinOp) -> Res<()> {
        let num = self.num(call)?;
        if num.size == 16 {
            let value = arith::binary_wide(op, num, self.wide(call, 0)?, self.wide(call, 1)?);
            return self.result_wide(call, value);
        }
        let value = arith::binary(op, num, self.arg(call, 0)?, self.arg(call, 1)?);
        self.result(call, value)
    }

    fn checked_intrinsic(&mut self, call: &IntrinsicCall, op: BinOp) -> Res<()> {
        let num = self.num(call)?;
        let (value, over) = match num.size {
            16 => arith::checked_wide(op, num, num, self.wide(call, 0)?, self.wide(call, 1)?),
            _ => {
                let (value, over) = arith::checked(op, num, num, self.arg(call, 0)?, self.arg(call, 1)?);
                (value as u128, over)
            }
        };
        self.result_pair(call, value, num.size, over)
    }

    fn saturating(&mut self, call: &IntrinsicCall, op: BinOp) -> Res<()> {
        let num = self.num(call)?;
        let (a, b) = (self.wide(call, 0)?, self.wide(call, 1)?);
        let limit = u128::MAX >> (128 - 8 * num.size as u32);
        let (value, over) = match num.size {
            16 => arith::checked_wide(op, num, num, a, b),
            _ => {
                let (value, over) = arith::checked(op, num, num, a as u64, b as u64);
                (value as u128, over)
            }
        };
        let value = match (over, num.kind) {
            (false, _) => value,
            // The sign of the first operand says which end was passed.
            (true, NumKind::Signed) if arith::widen(num, a) < 0 => (limit >> 1) + 1,
            (true, NumKind::Signed) => limit >> 1,
            (true, _) if op == BinOp::Sub => 0,
            (true, _) => limit,
        };
        self.result_wide(call, value)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller has chosen the few that come here")]
    fn bits(&mut self, call: &IntrinsicCall) -> Res<()> {
        let num = self.num(call)?;
        let width = 8 * num.size as u32;
        let value = self.wide(call, 0)?;
        let limit = u128::MAX >> (128 - width);
        let rotate = |by: u32| if by == 0 { value } else { (value << by | value >> (width - by)) & limit };
        let result = match call.what {
            Intrinsic::RotateLeft => rotate(self.arg(call, 1)? as u32 % width),
            Intrinsic::RotateRight => rotate((width - self.arg(call, 1)? as u32 % width) % width),
            Intrinsic::CountOnes => value.count_ones() as u128,
            Intrinsic::LeadingZeros => (value.leading_zeros() - (128 - width)) as u128,
            Intrinsic::TrailingZeros => value.trailing_zeros().min(width) as u128,
            Intrinsic::SwapBytes => value.swap_bytes() >> (128 - width),
            _ => value.reverse_bits() >> (128 - width),
        };
        self.result_wide(call, result)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller has chosen the few that come here")]
    fn float(&mut self, call: &IntrinsicCall) -> Res<()> {
        let num = self.num(call)?;
        let mut args = [0; 3];
        for (n, arg) in args.iter_mut().enumerate().take(call.args.len()) {
            *arg = self.arg(call, n)?;
        }
        let bits = match num.size {
            4 => {
                let [a, b, c] = args.map(|bits| f32::from_bits(bits as u32));
                let value = match call.what {
                    Intrinsic::Sqrt => a.sqrt(),
                    Intrinsic::Floor => a.floor(),
                    Intrinsic::Ceil => a.ceil(),
                    Intrinsic::Trunc => a.trunc(),
                    Intrinsic::Round => a.round(),
                    Intrinsic::RoundEven => a.round_ties_even(),
                    Intrinsic::Fabs => a.abs(),
                    Intrinsic::Copysign => a.copysign(b),
                    Intrinsic::Fma => a.mul_add(b, c),
                    // -0 is the smaller zero.
                    Intrinsic::FloatMin if a == b => {
                        if a.is_sign_negative() {
                            a
                        } else {
                            b
                        }
                    }
                    Intrinsic::FloatMin => a.min(b),
                    Intrinsic::FloatMax if a == b => {
                        if a.is_sign_positive() {
                            a
                        } else {
                            b
                        }
                    }
                    _ => a.max(b),
                };
                value.to_bits() as u64
            }
            _ => {
                let [a, b, c] = args.map(f64::from_bits);
                let value = match call.what {
                    Intrinsic::Sqrt => a.sqrt(),
                    Intrinsic::Floor => a.floor(),
                    Intrinsic::Ceil => a.ceil(),
                    Intrinsic::Trunc => a.trunc(),
                    Intrinsic::Round => a.round(),
                    Intrinsic::RoundEven => a.round_ties_even(),
                    Intrinsic::Fabs => a.abs(),
                    Intrinsic::Copysign => a.copysign(b),
                    Intrinsic::Fma => a.mul_add(b, c),
                    // -0 is the smaller zero.
                    Intrinsic::FloatMin if a == b => {
                        if a.is_sign_negative() {
                            a
                        } else {
                            b
                        }
                    }
                    Intrinsic::FloatMin => a.min(b),
                    Intrinsic::FloatMax if a == b => {
                        if a.is_sign_positive() {
                            a
                        } else {
                            b
                        }
                    }
                    _ => a.max(b),
                };
                value.to_bits()
            }
        };
        self.result(call, bits)
    }
}
