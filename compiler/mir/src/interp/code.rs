//! The form that is executed: a function's MIR with every type, layout and offset resolved beforehand.
//!
//! In: what `lower.rs` writes. Out: what `step.rs` runs. One flat list of [`Op`]s; jumps are positions in it; places are
//! offsets in the frame wherever that is possible.
//!
//! ```text
//! _3 = add(copy _1, const 1_i64)   →   Bin { Add, i64, dst: Frame(16), a: Frame(0), b: Imm(1) }
//! ```

use super::memory::Addr;
use crate::{AssertMessage, BinOp, InstanceId, Intrinsic, UnOp};
use base::Span;
use typeck::{Ty, VariantIdx};

/// A position in the list of operations.
pub type Pc = u32;
/// No position: the call does not return, or there is nothing to clean up.
pub const NOWHERE: Pc = u32::MAX;

/// A place. Offsets `Frame` and `Deref` begin with are in the frame.
#[derive(Clone, Copy, Debug)]
pub enum Pl {
    /// `_1`, `_1.f`
    Frame(u32),
    /// `*_1`, `(*_1).f`: of a thin pointer in the frame, plus bytes.
    Deref(u32, u32),
    /// Static memory.
    Abs(Addr),
    /// Anything else: an entry of [`Code::paths`].
    Path(u32),
}

#[derive(Clone, Debug)]
pub struct Path {
    pub base: u32,
    pub steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Through the thin pointer here.
    Load,
    /// Through the fat pointer here; its second word becomes the length (or vtable).
    LoadWide,
    Add(u64),
    /// `[_i]`; `len` of an array, otherwise the length that came with the pointer.
    Index {
        local: u32,
        stride: u64,
        len: Option<u64>,
    },
    /// `[n]` or `[len - n]` of a slice.
    At {
        index: u64,
        from_end: bool,
        stride: u64,
    },
    /// `[from .. len - to]` of a slice.
    Subslice {
        from: u64,
        to: u64,
        stride: u64,
    },
}

/// An operand of at most 8 bytes.
#[derive(Clone, Copy, Debug)]
pub enum Opd {
    Place(Pl),
    Imm(u64),
}

/// How the bits of a scalar are a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumKind {
    /// `bool`, `char` and pointers too.
    Unsigned,
    Signed,
    Float,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Num {
    pub kind: NumKind,
    /// 1, 2, 4, 8, 16 bytes.
    pub size: u8,
}

#[derive(Clone, Copy, Debug)]
pub enum CastOf {
    /// Between integers, `bool`, `char`, pointers.
    Int,
    IntToFloat,
    FloatToInt,
    FloatToFloat,
}

#[derive(Clone, Debug)]
pub enum Op {
    /// A scalar of at most 8 bytes.
    Mov {
        dst: Pl,
        src: Opd,
        size: u8,
    },
    Copy {
        dst: Pl,
        src: Pl,
        size: u32,
        align: u8,
    },
    /// `count` copies of an element, one after the other.
    Repeat {
        dst: Pl,
        src: Opd,
        size: u32,
        align: u8,
        count: u64,
    },
    AddrOf {
        dst: Pl,
        place: Pl,
        wide: bool,
    },
    /// The length that came with the pointer the place goes through.
    Len {
        dst: Pl,
        place: Pl,
    },
    Bin {
        op: BinOp,
        num: Num,
        count: Num,
        dst: Pl,
        a: Opd,
        b: Opd,
    },
    /// 16 bytes; the result may be a `bool`.
    BinWide {
        op: BinOp,
        num: Num,
        count: Num,
        dst: Pl,
        a: Opd,
        b: Opd,
    },
    /// `p + b * stride`
    Offset {
        stride: u64,
        dst: Pl,
        a: Opd,
        b: Opd,
    },
    /// Result and overflow at these offsets behind `dst`.
    Checked {
        op: BinOp,
        num: Num,
        count: Num,
        dst: Pl,
        a: Opd,
        b: Opd,
        result: u32,
        overflow: u32,
    },
    Un {
        op: UnOp,
        num: Num,
        is_bool: bool,
        dst: Pl,
        a: Opd,
    },
    Cast {
        of: CastOf,
        from: Num,
        to: Num,
        dst: Pl,
        a: Opd,
    },
    /// The position of the active variant.
    Discriminant {
        dst: Pl,
        size: u8,
        place: Pl,
        tag: u32,
    },
    SetTag {
        place: Pl,
        tag: u32,
        variant: VariantIdx,
    },
    /// Nothing in these bytes of the frame is written any more.
    Forget {
        at: u32,
        size: u32,
    },

    /// The same of any place: what was there has been moved away.
    MovedOut {
        place: Pl,
        size: u32,
    },

    Jump(Pc),
    Branch {
        src: Opd,
        value: u64,
        size: u8,
        then: Pc,
        otherwise: Pc,
    },
    Switch {
        src: Opd,
        size: u8,
        table: u32,
    },
    Call(u32),
    Intrinsic(u32),
    Runtime(u32),
    Assert {
        src: Opd,
        expected: u64,
        target: Pc,
        fail: u32,
    },
    Return,
    Resume,
    Abort,
    Unreachable,
}

/// How a union's variant is told.
#[derive(Clone, Debug)]
pub enum Tag {
    Single(VariantIdx),
    Direct { offset: u64, size: u8 },
    Niche { offset: u64, size: u8, untagged: VariantIdx, first: u32, last: u32, start: u128 },
}

#[derive(Clone, Debug)]
pub struct SwitchTable {
    /// Sorted.
    pub targets: Vec<(u128, Pc)>,
    pub otherwise: Pc,
}

#[derive(Clone, Copy, Debug)]
pub enum CallTarget {
    Instance(InstanceId),
    Pointer(Opd),
}

#[derive(Clone, Copy, Debug)]
pub enum Arg {
    Scalar(Opd, u8),
    Bytes {
        src: Pl,
        size: u32,
        align: u8,
    },
    /// For drop glue.
    AddrOf {
        place: Pl,
        wide: bool,
    },
}

#[derive(Clone, Debug)]
pub struct Call {
    pub target: CallTarget,
    pub args: Vec<Arg>,
    /// Places whose values the call takes, and their sizes.
    pub moved: Vec<(Pl, u32)>,
    pub dest: Pl,
    pub next: Pc,
    pub unwind: Pc,
}

/// What an intrinsic must know of its type argument.
#[derive(Clone, Debug)]
pub struct IntrinsicCall {
    pub what: Intrinsic,
    /// The first type argument, its size, alignment, and number where it is a scalar.
    pub ty: Option<Ty>,
    pub size: u64,
    pub align: u64,
    pub num: Option<Num>,
    pub args: Vec<IntrinsicArg>,
    pub moved: Vec<(Pl, u32)>,
    pub dest: Pl,
    pub dest_size: u64,
    pub dest_align: u64,
    /// Offsets of the two fields, where the result is a pair.
    pub pair: (u32, u32),
    pub tag: Option<u32>,
    pub next: Pc,
}

#[derive(Clone, Copy, Debug)]
pub struct IntrinsicArg {
    pub src: Opd,
    pub size: u64,
    pub align: u64,
}

#[derive(Clone, Debug)]
pub struct RuntimeCall {
    pub function: &'static abi::RuntimeFn,
    pub args: Vec<(Opd, u8)>,
    pub dest: Pl,
    pub dest_size: u8,
    pub next: Pc,
    pub unwind: Pc,
}

#[derive(Clone, Debug)]
pub struct Fail {
    pub message: AssertMessage,
    /// Index and length of a bounds message.
    pub values: Option<(Opd, Opd)>,
    pub unwind: Pc,
}

/// A function, ready to run.
#[derive(Debug)]
pub struct Code {
    pub instance: InstanceId,
    pub frame_size: usize,
    /// Where the result lies in the frame.
    pub ret: Slot,
    pub params: Vec<Slot>,
    pub ops: Vec<Op>,
    /// Where each operation comes from.
    pub spans: Vec<Span>,
    pub paths: Vec<Path>,
    pub tags: Vec<Tag>,
    pub switches: Vec<SwitchTable>,
    pub calls: Vec<Call>,
    pub intrinsics: Vec<IntrinsicCall>,
    pub runtime: Vec<RuntimeCall>,
    pub fails: Vec<Fail>,
}

#[derive(Clone, Copy, Debug)]
pub struct Slot {
    pub at: u32,
    pub size: u32,
}
