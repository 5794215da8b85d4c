//! Memory of an interpreted program: bytes, which of them are written, and who owns them.
//!
//! An address is an allocation's number in the upper half and an offset in the lower one, so a pointer carries its
//! provenance in its bits: arithmetic that leaves an allocation can't reach another, and copying memory copies
//! provenance. Numbers of freed allocations come back late ([`QUARANTINE`]), so that dangling pointers are found.
//!
//! Locals live in one stack of bytes. A frame gets a number only when something points into it.
//!
//! Before: `let p = alloc(8); free(p); read(p)`. After: `Fault::undefined("… freed …")`.

use super::fault::{Fault, Res};
use crate::InstanceId;
use std::collections::VecDeque;

pub type Addr = u64;

/// The allocation number of addresses that mean a position in the stack itself. Never visible to the program.
const STACK_ID: u32 = u32::MAX;
/// How many freed numbers wait before one is used again.
const QUARANTINE: usize = 1 << 16;
/// Bytes behind the end of each region, so that any access of up to 8 bytes can read 8.
const SLACK: usize = 8;
/// The stack's length at first: most constants need no more, and clearing megabytes for each takes longer than they do.
const FIRST_STACK: usize = 16 << 10;
/// More than this in one piece is out of memory.
const MAX_ALLOC: u64 = 1 << 31;

const BYTE_MASK: [u64; 9] = [
    0,
    0xff,
    0xffff,
    0xff_ffff,
    0xffff_ffff,
    0xff_ffff_ffff,
    0xffff_ffff_ffff,
    0xff_ffff_ffff_ffff,
    u64::MAX,
];
const INIT: u64 = 0x0101_0101_0101_0101;

/// Bytes, and for each whether it has been written.
#[derive(Default)]
struct Region {
    bytes: Vec<u8>,
    init: Vec<u8>,
}

#[inline(always)]
fn word(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

impl Region {
    fn new(len: usize, written: bool) -> Region {
        Region { bytes: vec![0; len + SLACK], init: vec![written as u8; len + SLACK] }
    }
    /// At most 8 bytes; `None` if one of them was never written.
    #[inline(always)]
    fn read(&self, at: usize, size: usize) -> Option<u64> {
        let mask = BYTE_MASK[size];
        let written = word(&self.init, at);
        (written & mask == INIT & mask).then(|| word(&self.bytes, at) & mask)
    }
    #[inline(always)]
    fn write(&mut self, at: usize, size: usize, value: u64) {
        let mask = BYTE_MASK[size];
        let bytes = (word(&self.bytes, at) & !mask) | (value & mask);
        self.bytes[at..at + 8].copy_from_slice(&bytes.to_le_bytes());
        let init = (word(&self.init, at) & !mask) | (INIT & mask);
        self.init[at..at + 8].copy_from_slice(&init.to_le_bytes());
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    /// Freed; its number waits.
    Dead,
    Heap,
    /// Constants and texts: not to be written.
    Static,
    /// A frame, at this position of the stack.
    Frame(usize),
    /// The address of a function.
    Function(InstanceId),
}

struct Alloc {
    kind: Kind,
    len: usize,
    align: u64,
    region: Region,
}

pub struct Memory {
    /// As long as frames have needed it to be.
    stack: Region,
    /// How long it may become.
    stack_size: usize,
    allocs: Vec<Alloc>,
    quarantine: VecDeque<u32>,
    /// Bytes on the heap now.
    pub heap_bytes: u64,
    pub heap_limit: u64,
}

/// What is meant where an access fails.
fn id(addr: Addr) -> u32 {
    (addr >> 32) as u32
}
fn offset(addr: Addr) -> usize {
    addr as u32 as usize
}

impl Memory {
    pub fn new(stack_size: usize, heap_limit: u64) -> Memory {
        // Number 0 belongs to null and dangling pointers.
        let null = Alloc { kind: Kind::Dead, len: 0, align: 1, region: Region::default() };
        Memory {
            stack: Region::new(FIRST_STACK.min(stack_size), false),
            stack_size,
            allocs: vec![null],
            quarantine: VecDeque::new(),
            heap_bytes: 0,
            heap_limit,
        }
    }

    // ---- the stack

    /// The address of a position in the stack, for use by the machine alone.
    #[inline(always)]
    pub fn stack_addr(at: usize) -> Addr {
        (STACK_ID as u64) << 32 | at as u64
    }
    #[inline(always)]
    pub fn is_stack(addr: Addr) -> bool {
        id(addr) == STACK_ID
    }
    pub fn stack_size(&self) -> usize {
        self.stack_size
    }
    /// Makes room for frames up to `end`; none where that is more than the stack may have.
    #[inline(always)]
    pub fn stack_reserve(&mut self, end: usize) -> Option<()> {
        if end + SLACK <= self.stack.bytes.len() {
            return Some(());
        }
        self.stack_grow(end)
    }
    #[cold]
    fn stack_grow(&mut self, end: usize) -> Option<()> {
        if end > self.stack_size {
            return None;
        }
        let len = end.max(2 * self.stack.bytes.len()).min(self.stack_size) + SLACK;
        self.stack.bytes.resize(len, 0);
        self.stack.init.resize(len, 0);
        Some(())
    }
    /// Nothing in the range is written any more (or yet).
    #[inline(always)]
    pub fn stack_forget(&mut self, at: usize, len: usize) {
        self.stack.init[at..at + len].fill(0);
    }
    #[inline(always)]
    pub fn stack_read(&self, at: usize, size: usize) -> Res<u64> {
        match self.stack.read(at, size) {
            Some(value) => Ok(value),
            None => Err(uninitialised()),
        }
    }
    #[inline(always)]
    pub fn stack_write(&mut self, at: usize, size: usize, value: u64) {
        self.stack.write(at, size, value);
    }
    /// A number for a frame that is pointed into.
    pub fn frame(&mut self, base: usize, len: usize) -> u32 {
        self.add(Alloc { kind: Kind::Frame(base), len, align: 16, region: Region::default() })
    }
    pub fn end_frame(&mut self, frame: u32) {
        self.allocs[frame as usize].kind = Kind::Dead;
        self.quarantine.push_back(frame);
    }
    pub fn frame_addr(frame: u32, offset: usize) -> Addr {
        (frame as u64) << 32 | offset as u64
    }

    // ---- allocations

    fn add(&mut self, alloc: Alloc) -> u32 {
        if self.quarantine.len() > QUARANTINE
            && let Some(old) = self.quarantine.pop_front()
        {
            self.allocs[old as usize] = alloc;
            return old;
        }
        self.allocs.push(alloc);
        (self.allocs.len() - 1) as u32
    }

    /// Memory of the heap, or `None` where there is no more.
    pub fn allocate(&mut self, size: u64, align: u64, zeroed: bool) -> Option<Addr> {
        if size > MAX_ALLOC || self.heap_bytes + size > self.heap_limit {
            return None;
        }
        self.heap_bytes += size;
        let region = Region::new(size as usize, zeroed);
        let id = self.add(Alloc { kind: Kind::Heap, len: size as usize, align, region });
        Some((id as u64) << 32)
    }

    /// Gives back what [`Memory::allocate`] gave, with the size and alignment it was asked for.
    pub fn free(&mut self, addr: Addr, size: u64, align: u64) -> Res<()> {
        let alloc = self.allocs.get_mut(id(addr) as usize).filter(|_| id(addr) != 0);
        let Some(alloc) = alloc else {
            return Err(Fault::undefined("memory is freed that was never allocated".into()));
        };
        match alloc.kind {
            Kind::Heap => {}
            Kind::Dead => return Err(Fault::undefined("memory is freed twice".into())),
            Kind::Static | Kind::Frame(_) | Kind::Function(_) => {
                return Err(Fault::undefined("memory is freed that is not of the heap".into()));
            }
        }
        if offset(addr) != 0 {
            return Err(Fault::undefined("memory is freed by a pointer into its middle".into()));
        }
        if alloc.len as u64 != size || alloc.align != align {
            return Err(Fault::undefined(format!(
                "memory of {} bytes aligned to {} is freed as {size} bytes aligned to {align}",
                alloc.len, alloc.align
            )));
        }
        alloc.kind = Kind::Dead;
        alloc.region = Region::default();
        self.heap_bytes -= size;
        self.quarantine.push_back(id(addr));
        Ok(())
    }

    /// Memory of another size with the same beginning.
    pub fn reallocate(&mut self, addr: Addr, old: u64, align: u64, new: u64) -> Res<Option<Addr>> {
        let Some(to) = self.allocate(new, align, false) else { return Ok(None) };
        self.copy(addr, to, old.min(new) as usize, 1)?;
        self.free(addr, old, align)?;
        Ok(Some(to))
    }

    /// Memory that is never written nor freed.
    pub fn add_static(&mut self, bytes: &[u8], align: u64) -> Addr {
        let mut region = Region::new(bytes.len(), true);
        region.bytes[..bytes.len()].copy_from_slice(bytes);
        let id = self.add(Alloc { kind: Kind::Static, len: bytes.len(), align, region });
        (id as u64) << 32
    }
    /// Fills in a pointer in static memory, while it is being laid out.
    pub fn patch_static(&mut self, addr: Addr, at: u64, value: u64) {
        self.allocs[id(addr) as usize].region.write(at as usize, 8, value);
    }
    pub fn add_function(&mut self, function: InstanceId) -> Addr {
        let kind = Kind::Function(function);
        let id = self.add(Alloc { kind, len: 0, align: 1, region: Region::default() });
        (id as u64) << 32
    }
    pub fn function_at(&self, addr: Addr) -> Res<InstanceId> {
        match self.allocs.get(id(addr) as usize).map(|alloc| alloc.kind) {
            Some(Kind::Function(function)) if offset(addr) == 0 => Ok(function),
            _ => Err(Fault::undefined("what is called is not a function".into())),
        }
    }
    /// How many pieces of the heap are in use, and their bytes.
    pub fn in_use(&self) -> (usize, u64) {
        (self.allocs.iter().filter(|alloc| alloc.kind == Kind::Heap).count(), self.heap_bytes)
    }
    pub fn is_heap(&self, addr: Addr) -> bool {
        self.allocs.get(id(addr) as usize).is_some_and(|alloc| alloc.kind == Kind::Heap)
    }
    /// Start, length and alignment of what an address points into.
    pub fn extent(&self, addr: Addr) -> Option<(Addr, usize, u64)> {
        let alloc = self.allocs.get(id(addr) as usize)?;
        match alloc.kind {
            Kind::Dead | Kind::Function(_) => None,
            Kind::Heap | Kind::Static | Kind::Frame(_) => {
                Some(((id(addr) as u64) << 32, alloc.len, alloc.align))
            }
        }
    }

    // ---- access

    /// The region that holds `size` bytes at `addr`, and where in it: live, in bounds, aligned.
    #[inline]
    fn check(&self, addr: Addr, size: usize, align: u64) -> Res<(Option<u32>, usize)> {
        let (id, offset) = (id(addr), offset(addr));
        if id == STACK_ID {
            return Ok((None, offset));
        }
        let Some(alloc) = self.allocs.get(id as usize) else {
            return Err(bad_address(addr));
        };
        if offset + size > alloc.len || alloc.align < align || offset as u64 & (align - 1) != 0 {
            return Err(self.bad_access(addr, size, align));
        }
        match alloc.kind {
            Kind::Heap | Kind::Static => Ok((Some(id), offset)),
            Kind::Frame(base) => Ok((None, base + offset)),
            Kind::Dead | Kind::Function(_) => Err(self.bad_access(addr, size, align)),
        }
    }

    #[inline]
    fn region(&self, id: Option<u32>) -> &Region {
        match id {
            None => &self.stack,
            Some(id) => &self.allocs[id as usize].region,
        }
    }

    /// For writing: not of constants.
    #[inline]
    fn region_mut(&mut self, id: Option<u32>) -> Res<&mut Region> {
        match id {
            None => Ok(&mut self.stack),
            Some(id) => {
                let alloc = &mut self.allocs[id as usize];
                if alloc.kind == Kind::Static {
                    return Err(Fault::undefined("a constant is written to".into()));
                }
                Ok(&mut alloc.region)
            }
        }
    }

    #[cold]
    fn bad_access(&self, addr: Addr, size: usize, align: u64) -> Box<Fault> {
        let Some(alloc) = self.allocs.get(id(addr) as usize).filter(|_| id(addr) != 0) else {
            return bad_address(addr);
        };
        let offset = offset(addr);
        Fault::undefined(match alloc.kind {
            Kind::Dead => "memory is used that has been freed or has gone out of scope".into(),
            Kind::Function(_) => "a function is used as data".into(),
            Kind::Heap | Kind::Static | Kind::Frame(_) if offset + size > alloc.len => {
                format!("{size} bytes at offset {offset} are used of memory that has {} bytes", alloc.len)
            }
            Kind::Heap | Kind::Static | Kind::Frame(_) => format!(
                "memory aligned to {} is used at offset {offset} as something aligned to {align}",
                alloc.align
            ),
        })
    }

    /// At most 8 bytes, all of them written.
    #[inline]
    pub fn read(&self, addr: Addr, size: usize) -> Res<u64> {
        let (region, at) = self.check(addr, size, size as u64)?;
        self.region(region).read(at, size).ok_or_else(uninitialised)
    }

    #[inline]
    pub fn write(&mut self, addr: Addr, size: usize, value: u64) -> Res<()> {
        let (region, at) = self.check(addr, size, size as u64)?;
        self.region_mut(region)?.write(at, size, value);
        Ok(())
    }

    pub fn read_wide(&self, addr: Addr) -> Res<u128> {
        self.check(addr, 16, 16)?;
        Ok(self.read(addr, 8)? as u128 | (self.read(addr + 8, 8)? as u128) << 64)
    }

    pub fn write_wide(&mut self, addr: Addr, value: u128) -> Res<()> {
        self.check(addr, 16, 16)?;
        self.write(addr, 8, value as u64)?;
        self.write(addr + 8, 8, (value >> 64) as u64)
    }

    /// Copies bytes and whether they are written; the ranges may overlap.
    #[inline]
    pub fn copy(&mut self, from: Addr, to: Addr, len: usize, align: u64) -> Res<()> {
        if len == 0 {
            return Ok(());
        }
        let (source, from) = self.check(from, len, align)?;
        let (target, to) = self.check(to, len, align)?;
        if source == target {
            let region = self.region_mut(target)?;
            region.bytes.copy_within(from..from + len, to);
            region.init.copy_within(from..from + len, to);
            return Ok(());
        }
        match (source, target) {
            (Some(source), None) => {
                let source = &self.allocs[source as usize].region;
                self.stack.bytes[to..to + len].copy_from_slice(&source.bytes[from..from + len]);
                self.stack.init[to..to + len].copy_from_slice(&source.init[from..from + len]);
            }
            (None, Some(_)) => {
                let stack = std::mem::take(&mut self.stack);
                let written = self.region_mut(target).map(|target| {
                    target.bytes[to..to + len].copy_from_slice(&stack.bytes[from..from + len]);
                    target.init[to..to + len].copy_from_slice(&stack.init[from..from + len]);
                });
                self.stack = stack;
                written?;
            }
            (Some(source), Some(_)) => {
                let taken = std::mem::take(&mut self.allocs[source as usize].region);
                let written = self.region_mut(target).map(|target| {
                    target.bytes[to..to + len].copy_from_slice(&taken.bytes[from..from + len]);
                    target.init[to..to + len].copy_from_slice(&taken.init[from..from + len]);
                });
                self.allocs[source as usize].region = taken;
                written?;
            }
            (None, None) => unreachable!("the same region"),
        }
        Ok(())
    }

    /// Nothing in the range is written any more.
    pub fn forget(&mut self, at: Addr, len: usize) -> Res<()> {
        if len > 0 {
            let (region, at) = self.check(at, len, 1)?;
            self.region_mut(region)?.init[at..at + len].fill(0);
        }
        Ok(())
    }

    pub fn fill(&mut self, to: Addr, byte: u8, len: usize) -> Res<()> {
        if len == 0 {
            return Ok(());
        }
        let (region, to) = self.check(to, len, 1)?;
        let region = self.region_mut(region)?;
        region.bytes[to..to + len].fill(byte);
        region.init[to..to + len].fill(1);
        Ok(())
    }

    /// Bytes that are all written.
    pub fn bytes(&self, addr: Addr, len: usize) -> Res<&[u8]> {
        if len == 0 {
            return Ok(&[]);
        }
        let (region, at) = self.check(addr, len, 1)?;
        let region = self.region(region);
        if region.init[at..at + len].contains(&0) {
            return Err(uninitialised());
        }
        Ok(&region.bytes[at..at + len])
    }

    /// Bytes and whether each is written, for constants; unwritten ones are padding.
    pub fn raw_bytes(&self, addr: Addr, len: usize) -> Res<&[u8]> {
        if len == 0 {
            return Ok(&[]);
        }
        let (region, at) = self.check(addr, len, 1)?;
        Ok(&self.region(region).bytes[at..at + len])
    }

    pub fn write_bytes(&mut self, addr: Addr, bytes: &[u8]) -> Res<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let (region, at) = self.check(addr, bytes.len(), 1)?;
        let region = self.region_mut(region)?;
        region.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        region.init[at..at + bytes.len()].fill(1);
        Ok(())
    }
}

#[cold]
fn uninitialised() -> Box<Fault> {
    Fault::undefined("memory is read that was never written".into())
}

#[cold]
fn bad_address(addr: Addr) -> Box<Fault> {
    Fault::undefined(match addr {
        0 => "a null pointer is used".into(),
        1..0x1_0000_0000 => "a pointer is used that points to nothing".into(),
        _ => "a number is used as an address".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> Memory {
        Memory::new(1024, 1 << 20)
    }
    fn why<T: std::fmt::Debug>(result: Res<T>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn what_is_written_is_read() {
        let mut m = memory();
        let p = m.allocate(16, 8, false).unwrap();
        m.write(p + 8, 4, 0xdead_beef).unwrap();
        assert_eq!(m.read(p + 8, 4).unwrap(), 0xdead_beef);
        assert!(why(m.read(p + 8, 8)).contains("never written"));
        m.write(p + 12, 4, 1).unwrap();
        assert_eq!(m.read(p + 8, 8).unwrap(), 0x1_dead_beef);
    }

    #[test]
    fn bounds_life_and_alignment_are_checked() {
        let mut m = memory();
        let p = m.allocate(16, 8, true).unwrap();
        assert!(why(m.read(p + 16, 1)).contains("has 16 bytes"));
        assert!(why(m.read(p + 4, 8)).contains("aligned"));
        assert!(why(m.free(p, 8, 8)).contains("freed as 8 bytes"));
        m.free(p, 16, 8).unwrap();
        assert!(why(m.read(p, 1)).contains("freed"));
        assert!(why(m.free(p, 16, 8)).contains("twice"));
        assert!(why(m.read(0, 8)).contains("null"));
        let text = m.add_static(b"abc", 1);
        assert_eq!(m.bytes(text, 3).unwrap(), b"abc");
        assert!(why(m.write(text, 1, 0)).contains("constant"));
    }

    #[test]
    fn copies_keep_what_is_unwritten() {
        let mut m = memory();
        let p = m.allocate(8, 8, false).unwrap();
        m.write(p, 2, 7).unwrap();
        let q = m.allocate(8, 8, true).unwrap();
        m.copy(p, q, 8, 8).unwrap();
        assert_eq!(m.read(q, 2).unwrap(), 7);
        assert!(m.read(q, 4).is_err());
        m.copy(q, Memory::stack_addr(32), 8, 8).unwrap();
        assert_eq!(m.stack_read(32, 2).unwrap(), 7);
        let grown = m.reallocate(p, 8, 8, 64).unwrap().unwrap();
        assert_eq!(m.read(grown, 2).unwrap(), 7);
    }

    #[test]
    fn a_frame_can_be_pointed_into_while_it_lives() {
        let mut m = memory();
        let frame = m.frame(64, 32);
        let p = Memory::frame_addr(frame, 8);
        m.write(p, 8, 42).unwrap();
        assert_eq!(m.stack_read(72, 8).unwrap(), 42);
        assert!(m.write(p + 24, 8, 0).is_err());
        m.end_frame(frame);
        assert!(why(m.read(p, 8)).contains("gone out of scope"));
    }
}
