//! MIR as text: [`Body::display`], [`Program::display`].
//!
//! In: a body. Out: text that [`crate::parse`] reads back (but for spans and the scopes of single instructions).
//! Stable: names, not numbers of definitions; no addresses.
//!
//! ```text
//! fn m.twice(_1(x): i64) -> i64 {
//!     let _2: (i64, bool);
//!     debug x = _1 in scope0;
//!
//!     bb0: {
//!         _2 = checked_add(copy _1, copy _1);
//!         assert(!copy (_2.1: bool), overflow(add)) -> bb1;
//!     }
//!     bb1: {
//!         _0 = copy (_2.0: i64);
//!         return;
//!     }
//! }
//! ```

use crate::names::{self, Names, write_args, write_const, write_def, write_ty};
use crate::*;
use hir::PrimTy;
use std::fmt::{self, Display, Formatter, Write};
use typeck::{Mutability, Ty, TyKind};

/// Something of MIR together with what is needed to print it.
pub struct Printed<'a, T: ?Sized> {
    what: &'a T,
    names: &'a dyn Names,
}

macro_rules! displays {
    ($($ty:ty,)+) => { $(
        impl $ty {
            pub fn display<'a>(&'a self, names: &'a dyn Names) -> Printed<'a, $ty> {
                Printed { what: self, names }
            }
        }
    )+ };
}
displays! { Body, Program, Statement, StatementKind, TerminatorKind, Callee, Place, Operand, Constant, Rvalue, }

impl<'a, T: ?Sized> Printed<'a, T> {
    fn of<U: ?Sized>(&self, what: &'a U) -> Printed<'a, U> {
        Printed { what, names: self.names }
    }
}

impl Display for Printed<'_, Program> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (id, function) in self.what.functions.iter_enumerated() {
            let path = &function.path;
            let module: Vec<&str> = path.module.iter().map(|name| name.as_str()).collect();
            write!(f, "// {id} = {}", module.join("."))?;
            for part in [&path.self_ty, &path.protocol].into_iter().flatten() {
                write!(f, " · {part}")?;
            }
            write!(f, " · {}", path.name)?;
            match path.args.is_empty() {
                true => writeln!(f)?,
                false => writeln!(f, "[{}]", path.args.join(", "))?,
            }
            writeln!(f, "{}", self.of(&function.body))?;
        }
        Ok(())
    }
}

impl Display for Printed<'_, Body> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let body = self.what;
        match body.phase {
            Phase::Built => {}
            Phase::Lowered => writeln!(f, "#[lowered]")?,
            Phase::Mono => writeln!(f, "#[mono]")?,
            Phase::Optimised => writeln!(f, "#[optimised]")?,
        }
        match body.source {
            Source::Fn(def) => {
                f.write_str("fn ")?;
                names::write_path(f, self.names, def)?;
            }
            Source::Const(def) => {
                f.write_str("const ")?;
                names::write_path(f, self.names, def)?;
            }
            Source::Test(def) => {
                f.write_str("test ")?;
                names::write_path(f, self.names, def)?;
            }
            Source::Closure(id) => {
                f.write_str("closure ")?;
                names::write_closure(f, self.names, id)?;
            }
            Source::Promoted(id) => {
                f.write_str("promoted ")?;
                names::write_closure(f, self.names, id)?;
            }
            Source::Shim => f.write_str("shim")?,
        }
        f.write_char('(')?;
        for (local, decl) in body.locals.iter_enumerated().skip(1).take(body.arg_count) {
            if local.0 > 1 {
                f.write_str(", ")?;
            }
            self.write_local(f, local, decl)?;
        }
        f.write_str(") -> ")?;
        write_ty(f, self.names, body.locals[RETURN].ty)?;
        f.write_str(" {\n")?;
        for (local, decl) in body.locals.iter_enumerated().skip(1 + body.arg_count) {
            f.write_str("    let ")?;
            self.write_local(f, local, decl)?;
            f.write_str(";\n")?;
        }
        for (scope, decl) in body.scopes.iter_enumerated() {
            if let Some(parent) = decl.parent {
                writeln!(f, "    {scope} in {parent};")?;
            }
        }
        for variable in &body.variables {
            let place = self.of(&variable.place);
            write!(f, "    debug {} = {place} in {}", variable.name, variable.scope)?;
            if let Some(number) = variable.parameter {
                write!(f, ", parameter {number}")?;
            }
            f.write_str(if variable.artificial { ", artificial;\n" } else { ";\n" })?;
        }
        for (id, block) in body.blocks.iter_enumerated() {
            let cleanup = if block.is_cleanup { " cleanup" } else { "" };
            writeln!(f, "\n    {id}{cleanup}: {{")?;
            for statement in &block.statements {
                writeln!(f, "        {};", self.of(&statement.kind))?;
            }
            writeln!(f, "        {};\n    }}", self.of(&block.terminator.kind))?;
        }
        f.write_str("}\n")
    }
}

impl Printed<'_, Body> {
    /// `mut _2(x): i64`
    fn write_local(&self, f: &mut Formatter<'_>, local: Local, decl: &LocalDecl) -> fmt::Result {
        write!(f, "{}{local}", if decl.mutable { "mut " } else { "" })?;
        if let Some(name) = decl.name {
            write!(f, "({name})")?;
        }
        f.write_str(": ")?;
        write_ty(f, self.names, decl.ty)
    }
}

impl Display for Printed<'_, Statement> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.of(&self.what.kind).fmt(f)
    }
}

impl Display for Printed<'_, StatementKind> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.what {
            StatementKind::Assign(place, rvalue) => write!(f, "{} = {}", self.of(place), self.of(rvalue)),
            StatementKind::SetDiscriminant(place, variant) => {
                write!(f, "discriminant({}) = {variant}", self.of(place))
            }
            StatementKind::StorageLive(local) => write!(f, "live({local})"),
            StatementKind::StorageDead(local) => write!(f, "dead({local})"),
            StatementKind::Nop => f.write_str("nop"),
        }
    }
}

impl Display for Printed<'_, TerminatorKind> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.what {
            TerminatorKind::Goto(target) => write!(f, "goto {target}"),
            TerminatorKind::Switch { operand, targets, otherwise } => {
                write!(f, "switch({}) [", self.of(operand))?;
                for (value, block) in targets {
                    write!(f, "{value}: {block}, ")?;
                }
                write!(f, "otherwise: {otherwise}]")
            }
            TerminatorKind::Return => f.write_str("return"),
            TerminatorKind::Resume => f.write_str("resume"),
            TerminatorKind::Abort => f.write_str("abort"),
            TerminatorKind::Unreachable => f.write_str("unreachable"),
            TerminatorKind::Drop { place, target, unwind } => {
                write!(f, "drop({}) -> {target}", self.of(place))?;
                write_unwind(f, *unwind)
            }
            TerminatorKind::Call { callee, args, destination, target, unwind } => {
                write!(f, "{} = call {}(", self.of(destination), self.of(callee))?;
                self.write_operands(f, args)?;
                match target {
                    Some(target) => write!(f, ") -> {target}")?,
                    None => f.write_str(") -> !")?,
                }
                write_unwind(f, *unwind)
            }
            TerminatorKind::Assert { operand, expected, message, target, unwind } => {
                let not = if *expected { "" } else { "!" };
                write!(f, "assert({not}{}, ", self.of(operand))?;
                match message {
                    AssertMessage::Overflow(op) => write!(f, "overflow({})", op.name())?,
                    AssertMessage::OverflowNeg => f.write_str("overflow_neg")?,
                    AssertMessage::DivisionByZero => f.write_str("division_by_zero")?,
                    AssertMessage::RemainderByZero => f.write_str("remainder_by_zero")?,
                    AssertMessage::DivisionOverflow => f.write_str("division_overflow")?,
                    AssertMessage::Bounds { index, len } => {
                        write!(f, "bounds({}, {})", self.of(index), self.of(len))?
                    }
                }
                write!(f, ") -> {target}")?;
                write_unwind(f, *unwind)
            }
        }
    }
}

fn write_unwind(f: &mut Formatter<'_>, unwind: Option<BlockId>) -> fmt::Result {
    match unwind {
        Some(block) => write!(f, ", unwind {block}"),
        None => Ok(()),
    }
}

impl<T: ?Sized> Printed<'_, T> {
    fn write_operands(&self, f: &mut Formatter<'_>, operands: &[Operand]) -> fmt::Result {
        for (at, operand) in operands.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            self.of(operand).fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Printed<'_, Callee> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.what {
            Callee::Def(def, args) => write_def(f, self.names, *def, args),
            Callee::Instance(id) => write!(f, "instance {id}"),
            Callee::Intrinsic(intrinsic, args) => {
                write!(f, "intrinsic {}", intrinsic.name())?;
                write_args(f, self.names, args)
            }
            Callee::Runtime(name) => write!(f, "runtime {name}"),
            Callee::Pointer(operand) => write!(f, "pointer {}", self.of(operand)),
        }
    }
}

impl Display for Printed<'_, Place> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut text = self.what.local.to_string();
        for elem in &self.what.projection {
            text = match elem {
                PlaceElem::Deref => format!("(*{text})"),
                PlaceElem::Field(field, ty) => {
                    format!("({text}.{}: {})", field.0, names::ty_text(self.names, *ty))
                }
                PlaceElem::Index(local) => format!("{text}[{local}]"),
                PlaceElem::ConstantIndex { offset, from_end: false } => format!("{text}[{offset}]"),
                PlaceElem::ConstantIndex { offset, from_end: true } => format!("{text}[-{offset}]"),
                PlaceElem::Subslice { from, to } => format!("{text}[{from}..-{to}]"),
                PlaceElem::Downcast(variant) => format!("({text} as {variant})"),
            };
        }
        f.write_str(&text)
    }
}

impl Display for Printed<'_, Operand> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.what {
            Operand::Copy(place) => write!(f, "copy {}", self.of(place)),
            Operand::Move(place) => write!(f, "move {}", self.of(place)),
            Operand::Const(constant) => write!(f, "const {}", self.of(constant)),
        }
    }
}

impl Display for Printed<'_, Constant> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ty = self.what.ty;
        match &self.what.value {
            ConstValue::Scalar(bits) => return self.write_scalar(f, *bits, ty),
            ConstValue::Str(text) if *ty.kind() == *str_ref().kind() => {
                return write!(f, "{:?}", text.as_str());
            }
            ConstValue::ZeroSized if ty.is_unit() => return f.write_str("()"),
            ConstValue::Str(text) => write!(f, "{:?}", text.as_str())?,
            ConstValue::Bytes(text) => write!(f, "b{:?}", text.as_str())?,
            ConstValue::ZeroSized => f.write_str("zero_sized")?,
            ConstValue::Def(def, args) => {
                f.write_str("item ")?;
                write_def(f, self.names, *def, args)?;
            }
            ConstValue::Promoted(id, _) => {
                f.write_str("promoted ")?;
                names::write_closure(f, self.names, *id)?;
            }
            ConstValue::Ty(value) => {
                f.write_str("type ")?;
                write_const(f, self.names, *value)?;
            }
            ConstValue::Memory(id) => write!(f, "{id}")?,
            ConstValue::FnPtr(id) => write!(f, "address {id}")?,
        }
        f.write_str(": ")?;
        write_ty(f, self.names, ty)
    }
}

impl Printed<'_, Constant> {
    /// `5_i64`, `-1_i8`, `true`, `'a'`, `1.5_f64`; anything else by its bits: `0x10: *u8`.
    fn write_scalar(&self, f: &mut Formatter<'_>, bits: u128, ty: Ty) -> fmt::Result {
        if let TyKind::Prim(prim) = *ty.kind() {
            if let Some((width, signed)) = prim.integer() {
                let unused = 128 - width;
                let value = bits << unused;
                return match signed {
                    true => write!(f, "{}_{}", (value as i128) >> unused, prim.name()),
                    false => write!(f, "{}_{}", value >> unused, prim.name()),
                };
            }
            match prim {
                PrimTy::Bool if bits <= 1 => return write!(f, "{}", bits == 1),
                PrimTy::Char => {
                    if let Some(c) = u32::try_from(bits).ok().and_then(char::from_u32) {
                        return write!(f, "{c:?}");
                    }
                }
                PrimTy::F64 if f64::from_bits(bits as u64).is_finite() => {
                    return write!(f, "{:?}_f64", f64::from_bits(bits as u64));
                }
                PrimTy::F32 if f32::from_bits(bits as u32).is_finite() => {
                    return write!(f, "{:?}_f32", f32::from_bits(bits as u32));
                }
                PrimTy::I8
                | PrimTy::I16
                | PrimTy::I32
                | PrimTy::I64
                | PrimTy::I128
                | PrimTy::Isize
                | PrimTy::U8
                | PrimTy::U16
                | PrimTy::U32
                | PrimTy::U64
                | PrimTy::U128
                | PrimTy::Usize
                | PrimTy::F32
                | PrimTy::F64
                | PrimTy::Bool
                | PrimTy::Str
                | PrimTy::Never => {}
            }
        }
        write!(f, "{bits:#x}: ")?;
        write_ty(f, self.names, ty)
    }
}

impl Display for Printed<'_, Rvalue> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.what {
            Rvalue::Use(operand) => self.of(operand).fmt(f),
            Rvalue::Repeat(operand, count) => {
                write!(f, "[{}; ", self.of(operand))?;
                write_const(f, self.names, *count)?;
                f.write_char(']')
            }
            Rvalue::Ref(Mutability::Shared, place) => write!(f, "&{}", self.of(place)),
            Rvalue::Ref(Mutability::Mut, place) => write!(f, "&mut {}", self.of(place)),
            Rvalue::AddressOf(Mutability::Shared, place) => write!(f, "&raw {}", self.of(place)),
            Rvalue::AddressOf(Mutability::Mut, place) => write!(f, "&raw mut {}", self.of(place)),
            Rvalue::Len(place) => write!(f, "len({})", self.of(place)),
            Rvalue::Cast(op, operand, ty) => {
                write!(f, "{}({}) as ", op.name(), self.of(operand))?;
                write_ty(f, self.names, *ty)
            }
            Rvalue::Binary(op, lhs, rhs) => write!(f, "{}({}, {})", op.name(), self.of(lhs), self.of(rhs)),
            Rvalue::CheckedBinary(op, lhs, rhs) => {
                write!(f, "checked_{}({}, {})", op.name(), self.of(lhs), self.of(rhs))
            }
            Rvalue::Unary(op, operand) => write!(f, "{}({})", op.name(), self.of(operand)),
            Rvalue::Discriminant(place) => write!(f, "discriminant({})", self.of(place)),
            Rvalue::Aggregate(kind, operands) => {
                match kind {
                    AggregateKind::Tuple => f.write_str("tuple")?,
                    AggregateKind::Array(elem) => {
                        f.write_str("array[")?;
                        write_ty(f, self.names, *elem)?;
                        f.write_char(']')?;
                    }
                    AggregateKind::Adt(def, variant, args) => {
                        write!(f, "new {variant} of ")?;
                        write_def(f, self.names, *def, args)?;
                    }
                    AggregateKind::Closure(id, args) => {
                        f.write_str("closure {")?;
                        names::write_closure(f, self.names, *id)?;
                        f.write_char('}')?;
                        write_args(f, self.names, args)?;
                    }
                    AggregateKind::RawSlice(elem) => {
                        f.write_str("raw_slice[")?;
                        write_ty(f, self.names, *elem)?;
                        f.write_char(']')?;
                    }
                }
                f.write_char('(')?;
                self.write_operands(f, operands)?;
                f.write_char(')')
            }
        }
    }
}

/// `&str`
pub(crate) fn str_ref() -> Ty {
    Ty::reference(Ty::prim(PrimTy::Str), Mutability::Shared)
}

macro_rules! named {
    ($ty:ident: $($variant:ident = $name:literal,)+) => {
        impl $ty {
            /// As MIR writes it.
            pub fn name(self) -> &'static str {
                match self { $($ty::$variant => $name,)+ }
            }
            pub fn from_name(name: &str) -> Option<$ty> {
                match name { $($name => Some($ty::$variant),)+ _ => None }
            }
        }
    };
}
named! { BinOp:
    Add = "add", Sub = "sub", Mul = "mul", Div = "div", Rem = "rem", BitAnd = "bit_and", BitOr = "bit_or",
    BitXor = "bit_xor", Shl = "shl", Shr = "shr", Eq = "eq", Ne = "ne", Lt = "lt", Le = "le", Gt = "gt", Ge = "ge",
    Offset = "offset",
}
named! { UnOp: Neg = "neg", Not = "not", }
named! { CastOp:
    IntToInt = "int_to_int", IntToFloat = "int_to_float", FloatToInt = "float_to_int",
    FloatToFloat = "float_to_float", PtrToPtr = "ptr_to_ptr", PtrToInt = "ptr_to_int", IntToPtr = "int_to_ptr",
    ReifyFn = "reify_fn", FnToPtr = "fn_to_ptr", Unsize = "unsize", ToDyn = "to_dyn", Transmute = "transmute",
}
