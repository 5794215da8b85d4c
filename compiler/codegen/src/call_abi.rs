//! How Quastra functions call each other. Nothing outside this crate knows.
//!
//! In: types. Out: an [`FnAbi`]: how each parameter and the result travel, as an LLVM function type and
//! attributes.
//!
//! ```text
//! fn f(a: i64, s: &str, r: Account) -> Result[i64, E]
//! void @f(ptr sret(dereferenceable 24) noalias, i64, ptr, i64, ptr noalias dereferenceable(40))
//! ```
//!
//! Scalars go direct, slices and strings as two words, other aggregates by address of memory that belongs to
//! the callee; what is no scalar or pair comes back through an out pointer, the first parameter.

use crate::unit::UnitCx;
use crate::value::is_fat_pointer;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::types::{AnyType, BasicType, BasicTypeEnum, FunctionType};
use inkwell::values::{CallSiteValue, FunctionValue};
use mir::{Abi, Scalar};
use typeck::{Mutability, Ty, TyKind};

/// How a value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// No bytes.
    Nothing,
    Direct(Scalar),
    Pair(Scalar, Scalar),
    /// By address.
    Indirect,
}

#[derive(Clone, Debug)]
pub struct FnAbi {
    pub params: Vec<(Ty, Mode)>,
    pub ret: (Ty, Mode),
}

/// Where attributes go: a declaration or a call.
pub trait Attributed {
    fn attribute(&self, at: AttributeLoc, attribute: Attribute);
}
impl Attributed for FunctionValue<'_> {
    fn attribute(&self, at: AttributeLoc, attribute: Attribute) {
        self.add_attribute(at, attribute);
    }
}
impl Attributed for CallSiteValue<'_> {
    fn attribute(&self, at: AttributeLoc, attribute: Attribute) {
        self.add_attribute(at, attribute);
    }
}

impl<'ll> UnitCx<'ll, '_> {
    pub fn mode(&self, ty: Ty) -> Mode {
        match self.program.layout(ty).abi {
            Abi::Zero => Mode::Nothing,
            Abi::Scalar(scalar) => Mode::Direct(scalar),
            Abi::Pair(a, b, _) => Mode::Pair(a, b),
            Abi::Memory => Mode::Indirect,
        }
    }

    pub fn fn_abi(&self, params: impl IntoIterator<Item = Ty>, ret: Ty) -> FnAbi {
        FnAbi {
            params: params.into_iter().map(|ty| (ty, self.mode(ty))).collect(),
            ret: (ret, self.mode(ret)),
        }
    }

    pub fn fn_type(&self, abi: &FnAbi) -> FunctionType<'ll> {
        let mut params: Vec<BasicTypeEnum<'ll>> = Vec::new();
        if abi.ret.1 == Mode::Indirect {
            params.push(self.ir.ptr().into());
        }
        for &(_, mode) in &abi.params {
            match mode {
                Mode::Nothing => {}
                Mode::Direct(scalar) => params.push(self.scalar_type(scalar)),
                Mode::Pair(a, b) => params.extend([self.scalar_type(a), self.scalar_type(b)]),
                Mode::Indirect => params.push(self.ir.ptr().into()),
            }
        }
        let params: Vec<_> = params.into_iter().map(Into::into).collect();
        match abi.ret.1 {
            Mode::Nothing | Mode::Indirect => self.ir.ctx.void_type().fn_type(&params, false),
            Mode::Direct(scalar) => self.scalar_type(scalar).fn_type(&params, false),
            Mode::Pair(a, b) => {
                let parts = [self.scalar_type(a), self.scalar_type(b)];
                self.ir.ctx.struct_type(&parts, false).fn_type(&params, false)
            }
        }
    }

    /// What LLVM may assume of parameters and result; the same on the definition and on every call.
    pub fn abi_attributes(&self, abi: &FnAbi, on: &impl Attributed) {
        let mut index = 0;
        if abi.ret.1 == Mode::Indirect {
            let layout = self.program.layout(abi.ret.0);
            let at = AttributeLoc::Param(index);
            let bytes = self.ir.ctx.i8_type().array_type(layout.size as u32);
            on.attribute(at, self.attributes.typed(self.ir.ctx, "sret", bytes.as_any_type_enum()));
            for (name, value) in [("noalias", 0), ("writable", 0), ("align", layout.align)] {
                on.attribute(at, self.attributes.get(self.ir.ctx, name, value));
            }
            on.attribute(at, self.attributes.get(self.ir.ctx, "dereferenceable", layout.size));
            index += 1;
        }
        for &(ty, mode) in &abi.params {
            match mode {
                Mode::Nothing => {}
                Mode::Direct(scalar) => {
                    self.scalar_attributes(AttributeLoc::Param(index), scalar, Some(ty), on);
                    index += 1;
                }
                Mode::Pair(a, b) => {
                    if is_fat_pointer(ty) {
                        self.scalar_attributes(AttributeLoc::Param(index), a, Some(ty), on);
                        self.scalar_attributes(AttributeLoc::Param(index + 1), b, None, on);
                    }
                    index += 2;
                }
                Mode::Indirect => {
                    let layout = self.program.layout(ty);
                    let at = AttributeLoc::Param(index);
                    for (name, value) in [("noalias", 0), ("noundef", 0), ("align", layout.align)] {
                        on.attribute(at, self.attributes.get(self.ir.ctx, name, value));
                    }
                    on.attribute(at, self.attributes.get(self.ir.ctx, "dereferenceable", layout.size));
                    index += 1;
                }
            }
        }
        if let Mode::Direct(scalar) = abi.ret.1 {
            self.scalar_attributes(AttributeLoc::Return, scalar, Some(abi.ret.0), on);
        }
    }

    /// `whole`: the type the scalar is the (first) part of.
    fn scalar_attributes(&self, at: AttributeLoc, scalar: Scalar, whole: Option<Ty>, on: &impl Attributed) {
        let give = |name, value| on.attribute(at, self.attributes.get(self.ir.ctx, name, value));
        give("noundef", 0);
        match scalar {
            // As C does: whoever reads a narrow integer may rely on the register's upper part.
            Scalar::Bool => give("zeroext", 0),
            Scalar::Int { .. } | Scalar::Char | Scalar::F32 | Scalar::F64 => {}
            Scalar::Pointer { nonnull } => {
                if nonnull {
                    give("nonnull", 0);
                }
                if let Some(TyKind::Ref(_, to, mutability)) = whole.map(Ty::kind) {
                    let layout = self.program.layouts.get(to);
                    if let Some(layout) = layout.filter(|layout| !layout.is_unsized && !to.is_unsized()) {
                        if layout.size > 0 {
                            give("dereferenceable", layout.size);
                        }
                        give("align", layout.align);
                    }
                    // A shared reference may reach a counter or an atomic, so only the exclusive one is promised.
                    if *mutability == Mutability::Mut && at != AttributeLoc::Return {
                        give("noalias", 0);
                    }
                }
            }
        }
    }
}
