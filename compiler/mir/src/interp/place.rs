//! Places to addresses, operands to bits.
//!
//! In: [`Pl`] and [`Opd`] of the top frame. Out: addresses; positions in the stack as such, without a number, so that
//! locals cost no look-up.
//!
//! Before: `Deref(16, 8)`. After: what the pointer at 16 in the frame says, plus 8.

use super::Machine;
use super::code::{Opd, Path, Pl, Step};
use super::fault::{Fault, Res};
use super::memory::{Addr, Memory};

impl Machine<'_, '_> {
    #[inline(always)]
    pub(super) fn addr(&self, place: Pl) -> Res<Addr> {
        match place {
            Pl::Frame(at) => Ok(Memory::stack_addr(self.base + at as usize)),
            Pl::Deref(at, behind) => Ok(self.mem.stack_read(self.base + at as usize, 8)? + behind as u64),
            Pl::Abs(addr) => Ok(addr),
            Pl::Path(path) => Ok(self.walk(path)?.0),
        }
    }

    /// The address, and the length (or vtable) that came with the pointer it goes through.
    pub(super) fn addr_wide(&self, place: Pl) -> Res<(Addr, u64)> {
        match place {
            Pl::Path(path) => self.walk(path),
            Pl::Frame(_) | Pl::Deref(..) | Pl::Abs(_) => Ok((self.addr(place)?, 0)),
        }
    }

    fn walk(&self, path: u32) -> Res<(Addr, u64)> {
        let frame = self.frames.last().expect("a frame runs");
        let Path { base, steps } = &frame.code.paths[path as usize];
        let (mut addr, mut meta) = (Memory::stack_addr(self.base + *base as usize), 0);
        for step in steps {
            match *step {
                Step::Load => addr = self.mem.read(addr, 8)?,
                Step::LoadWide => {
                    meta = self.mem.read(addr + 8, 8)?;
                    addr = self.mem.read(addr, 8)?;
                }
                Step::Add(offset) => addr += offset,
                Step::Index { local, stride, len } => {
                    let index = self.mem.stack_read(self.base + local as usize, 8)?;
                    let len = len.unwrap_or(meta);
                    if index >= len {
                        return Err(Fault::undefined(format!(
                            "index {index} is out of bounds of length {len}, and nothing has checked it"
                        )));
                    }
                    addr += index * stride;
                }
                Step::At { index, from_end, stride } => {
                    let index = if from_end { meta.wrapping_sub(index) } else { index };
                    if index >= meta {
                        return Err(Fault::undefined("a pattern looks behind the end of a slice".into()));
                    }
                    addr += index * stride;
                }
                Step::Subslice { from, to, stride } => {
                    let Some(rest) = meta.checked_sub(from + to) else {
                        return Err(Fault::undefined("a pattern looks behind the end of a slice".into()));
                    };
                    addr += from * stride;
                    meta = rest;
                }
            }
        }
        Ok((addr, meta))
    }

    #[inline(always)]
    pub(super) fn value(&self, operand: Opd, size: u8) -> Res<u64> {
        match operand {
            Opd::Imm(bits) => Ok(bits),
            Opd::Place(Pl::Frame(at)) => self.mem.stack_read(self.base + at as usize, size as usize),
            Opd::Place(place) => self.mem.read(self.addr(place)?, size as usize),
        }
    }

    pub(super) fn value_wide(&self, operand: Opd, size: u8) -> Res<u128> {
        match operand {
            Opd::Place(place) if size == 16 => self.mem.read_wide(self.addr(place)?),
            Opd::Place(_) | Opd::Imm(_) => Ok(self.value(operand, size)? as u128),
        }
    }

    #[inline(always)]
    pub(super) fn set(&mut self, place: Pl, size: u8, value: u64) -> Res<()> {
        match place {
            Pl::Frame(at) => {
                self.mem.stack_write(self.base + at as usize, size as usize, value);
                Ok(())
            }
            place @ (Pl::Deref(..) | Pl::Abs(_) | Pl::Path(_)) => {
                let addr = self.addr(place)?;
                self.mem.write(addr, size as usize, value)
            }
        }
    }

    pub(super) fn set_wide(&mut self, place: Pl, size: u8, value: u128) -> Res<()> {
        if size == 16 {
            let addr = self.addr(place)?;
            self.mem.write_wide(addr, value)
        } else {
            self.set(place, size, value as u64)
        }
    }

    /// The address of a position in the top frame that the program may keep.
    pub(super) fn own_addr(&mut self, offset: usize) -> Addr {
        let frame = self.frames.last_mut().expect("a frame runs");
        if frame.id == 0 {
            frame.id = self.mem.frame(frame.base, frame.code.frame_size);
        }
        Memory::frame_addr(frame.id, offset)
    }

    /// Of an address that may be a position in the stack, one that the program may keep.
    pub(super) fn real_addr(&mut self, addr: Addr) -> Addr {
        if Memory::is_stack(addr) { self.own_addr(addr as u32 as usize - self.base) } else { addr }
    }
}
