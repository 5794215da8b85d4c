//! Fat pointers of `dyn` while bodies are rewritten: made, made into others, asked for sizes, given away.
//!
//! In: operands that are pointers to values or owners of them. Out: statements over the two words that a fat pointer is.
//!
//! ```text
//! to_dyn(_1: &Circle) as &dyn Shape          ⇒  transmute (_1, table of Circle as dyn Shape)
//! to_dyn(_1: &dyn Circular) as &dyn Shape    ⇒  transmute (_1.data, *(_1.table + 5))
//! size_of_val(_1: *dyn Shape)                ⇒  *(_1.table + 1)
//! ```

use super::call::Call;
use super::rewrite::{Rewrite, scalar, usize_ptr};
use crate::*;
use hir::{LangItem, PrimTy};
use typeck::{FieldIdx, GenericArg, GenericArgs, Mutability, Ty, TyKind};

impl Rewrite<'_, '_, '_> {
    /// A pointer or owner becomes one of a `dyn`: a pair of the pointer and the table, with the bits of a fat pointer.
    #[expect(clippy::wrong_self_convention, reason = "it is an operand that becomes a `dyn`")]
    pub fn to_dyn(&mut self, dest: &Place, operand: Operand, to: Ty) {
        let from = operand.ty(&self.locals);
        let (of, object) = (place_ty::deref_ty(from), place_ty::deref_ty(to));
        let parts = if let TyKind::Dyn(..) = of.kind()
            && of == object
        {
            self.assign(dest.clone(), Rvalue::Cast(CastOp::Transmute, operand, to));
            return;
        } else if let TyKind::Dyn(..) = of.kind() {
            let pair = self.words(operand);
            let word = self.c.table_word_of(of, object, self.info.span).unwrap_or_default();
            let table = self.table_word(pair, word, usize_ptr());
            vec![Operand::Copy(Place::from(pair).field(FieldIdx(0), bytes_ptr())), table]
        } else {
            let table = self.c.table_address(of, object, self.info.span);
            vec![operand, Operand::Const(table)]
        };
        let types: Vec<Ty> = parts.iter().map(|part| part.ty(&self.locals)).collect();
        let temp = self.temp(Ty::tuple(&types));
        self.assign(temp, Rvalue::Aggregate(AggregateKind::Tuple, parts));
        self.assign(dest.clone(), Rvalue::Cast(CastOp::Transmute, Operand::Move(temp.into()), to));
    }

    /// A fat pointer as its two words.
    fn words(&mut self, pointer: Operand) -> Local {
        let pair_ty = Ty::tuple(&[bytes_ptr(), usize_ptr()]);
        let pair = self.temp(pair_ty);
        self.assign(pair, Rvalue::Cast(CastOp::Transmute, pointer, pair_ty));
        pair
    }

    /// What stands in the table, at a word.
    fn table_word(&mut self, pair: Local, word: u64, ty: Ty) -> Operand {
        let table = Place::from(pair).field(FieldIdx(1), usize_ptr());
        let offset = Operand::Const(scalar(word as u128, Ty::prim(PrimTy::Isize), self.info.span));
        let at = self.temp(usize_ptr());
        self.assign(at, Rvalue::Binary(BinOp::Offset, Operand::Copy(table), offset));
        if ty == Ty::usize() {
            return Operand::Copy(Place::from(at).deref());
        }
        let pointer = Ty::new(TyKind::RawPtr(ty, Mutability::Shared));
        let typed = self.temp(pointer);
        self.assign(typed, Rvalue::Cast(CastOp::PtrToPtr, Operand::Copy(at.into()), pointer));
        Operand::Copy(Place::from(typed).deref())
    }

    /// Size or alignment of what a pointer leads to.
    pub fn extent(&mut self, size: bool, ty: Ty, at: Operand) -> Operand {
        let span = self.info.span;
        let number = |bits: u64| Operand::Const(scalar(bits as u128, Ty::usize(), span));
        let stride = if let TyKind::Dyn(..) = *ty.kind() {
            let pair = self.words(at);
            return self.table_word(pair, if size { 1 } else { 2 }, Ty::usize());
        } else if let TyKind::Slice(elem) = *ty.kind() {
            self.c.shared.layout(elem, span)
        } else {
            self.c.shared.layout(ty, span)
        };
        if !size {
            return number(stride.align);
        }
        if !ty.is_unsized() {
            return number(stride.size);
        }
        let pair = self.words(at);
        let (len, total) = (self.temp(Ty::usize()), self.temp(Ty::usize()));
        let second = Operand::Copy(Place::from(pair).field(FieldIdx(1), usize_ptr()));
        self.assign(len, Rvalue::Cast(CastOp::PtrToInt, second, Ty::usize()));
        self.assign(total, Rvalue::Binary(BinOp::Mul, Operand::Copy(len.into()), number(stride.size)));
        Operand::Copy(total.into())
    }

    /// `self` by value of a `dyn`: where it lies. Whoever calls keeps the memory.
    pub fn by_address(&mut self, call: &mut Call) {
        let Some(Operand::Copy(place) | Operand::Move(place)) = call.args.first() else { return };
        let (place, ty) = (place.clone(), place.ty(&self.locals));
        if ty.is_unsized() {
            let at = self.temp(Ty::new(TyKind::RawPtr(ty, Mutability::Mut)));
            self.assign(at, Rvalue::AddressOf(Mutability::Mut, place));
            call.args[0] = Operand::Move(at.into());
        }
    }

    /// `call_once_at[F, Args](at, args)`: moves what lies there into the call.
    pub fn call_once_at(&mut self, generics: GenericArgs, mut call: Call) -> TerminatorKind {
        let typed = self.c.shared.cx.typed;
        let method = typed.package.lang.get(LangItem::FnOnce).and_then(|protocol| {
            let members = &typed.signatures.protocol(protocol)?.members;
            members.keys().copied().find(|&member| typed.package.def(member).kind == hir::DefKind::Fn)
        });
        let (Some(method), Some(&GenericArg::Ty(callee))) = (method, generics.first()) else {
            return TerminatorKind::Unreachable;
        };
        if let TyKind::Dyn(..) = callee.kind() {
            return self.call(method, generics, call);
        }
        let at = call.args[0].clone();
        let place = match at {
            Operand::Copy(place) | Operand::Move(place) => place,
            Operand::Const(_) => {
                let temp = self.temp(at.ty(&self.locals));
                self.assign(temp, Rvalue::Use(at));
                temp.into()
            }
        };
        call.args[0] = Operand::Move(place.deref());
        self.call(method, generics, call)
    }
}

fn bytes_ptr() -> Ty {
    Ty::new(TyKind::RawPtr(Ty::prim(PrimTy::U8), Mutability::Mut))
}
