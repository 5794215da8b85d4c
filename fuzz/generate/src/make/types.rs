//! Types of a case: which there are, what they can do, and a random one.
//!
//! In: the random choices. Out: records, unions, constants in the case; types for values.
//!
//! ```text
//! record R3x0[T0] { a: T0, b: [u8; 2] }      union U3x1 { A, B(i8, Noisy), C { x: String } }
//! ```

use super::Make;
use crate::ast::*;

pub(super) const INTS: [IntTy; 12] = [
    IntTy::new(64, true),
    IntTy::new(8, true),
    IntTy::new(16, true),
    IntTy::new(32, true),
    IntTy::new(128, true),
    IntTy { bits: 64, signed: true, word: true },
    IntTy::new(8, false),
    IntTy::new(16, false),
    IntTy::new(32, false),
    IntTy::new(64, false),
    IntTy::new(128, false),
    IntTy { bits: 64, signed: false, word: true },
];

impl Make {
    pub(super) fn int_ty(&mut self) -> IntTy {
        if self.rng.chance(40) { INTS[0] } else { *self.rng.pick(&INTS) }
    }

    pub(super) fn scalar(&mut self) -> Ty {
        match self.rng.below(10) {
            0 => Ty::Bool,
            1 => Ty::Char,
            2 => Ty::Float(*self.rng.pick(&[32, 64])),
            _ => Ty::Int(self.int_ty()),
        }
    }

    /// A type for a variable, field or parameter, without references.
    pub(super) fn value_ty(&mut self, depth: usize) -> Ty {
        if depth == 0 {
            return match self.rng.below(12) {
                0 | 1 => Ty::Noisy,
                2 => Ty::String,
                3 if self.params > 0 => Ty::Param(self.rng.below(self.params)),
                _ => self.scalar(),
            };
        }
        let pooled = if self.params == 0 { 90 } else { 40 };
        if !self.pool.is_empty() && self.rng.chance(pooled) {
            return self.rng.pick(&self.pool).clone();
        }
        match self.rng.below(22) {
            0 | 1 => {
                let len = self.rng.between(1, 3);
                Ty::Tuple((0..len).map(|_| self.value_ty(depth - 1)).collect())
            }
            2 | 3 => Ty::Array(Box::new(self.value_ty(depth - 1)), self.rng.between(1, 4)),
            4 | 5 => Ty::List(Box::new(self.value_ty(depth - 1))),
            6 if self.rng.chance(40) => {
                let elem = self.rng.pick(&[I64, Ty::String, Ty::Char, U8]).clone();
                Ty::Set(Box::new(elem))
            }
            6 => Ty::Map(Box::new(I64), Box::new(self.value_ty(depth - 1))),
            7..=9 => Ty::Option(Box::new(self.value_ty(depth - 1))),
            10 => Ty::Result(Box::new(self.value_ty(depth - 1)), Box::new(self.error_ty())),
            11 => Ty::Box(Box::new(self.value_ty(depth - 1))),
            12 if self.rng.chance(40) => Ty::Rc(Box::new(self.value_ty(depth - 1))),
            13..=17 if !self.case.adts.is_empty() => self.adt_ty(depth),
            _ => self.value_ty(0),
        }
    }

    pub(super) fn error_ty(&mut self) -> Ty {
        match self.rng.below(4) {
            0 => Ty::String,
            1 => Ty::Noisy,
            2 => I64,
            _ => Ty::Int(self.int_ty()),
        }
    }

    pub(super) fn adt_ty(&mut self, depth: usize) -> Ty {
        let adt = match self.own.is_empty() {
            true => self.rng.below(self.case.adts.len()),
            false => *self.rng.pick(&self.own),
        };
        let params = self.case.adts[adt].params;
        // Few instances of each.
        let known: Vec<Ty> =
            self.pool.iter().filter(|ty| matches!(ty, Ty::Adt(it, _) if *it == adt)).cloned().collect();
        if !known.is_empty() && self.rng.chance(85) {
            return self.rng.pick(&known).clone();
        }
        let args = (0..params).map(|_| self.argument_ty(depth.saturating_sub(2))).collect();
        Ty::Adt(adt, args)
    }

    /// For a type parameter.
    pub(super) fn argument_ty(&mut self, depth: usize) -> Ty {
        match self.rng.below(10) {
            0..=3 => I64,
            4..=7 => Ty::Noisy,
            _ => self.value_ty(depth),
        }
    }

    pub(super) fn is_copy(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Int(_) | Ty::Float(_) | Ty::Bool | Ty::Char | Ty::Unit | Ty::Ref(_) | Ty::FnPtr(..) => true,
            Ty::Tuple(items) => items.iter().all(|ty| self.is_copy(ty)),
            Ty::Array(elem, _) | Ty::ArrayOf(elem, _) | Ty::Option(elem) => self.is_copy(elem),
            Ty::Result(ok, err) => self.is_copy(ok) && self.is_copy(err),
            Ty::Adt(adt, args) => self.case.adts[*adt].copy && args.iter().all(|ty| self.is_copy(ty)),
            Ty::Set(_) | Ty::Const(_) => false,
            Ty::String | Ty::Str | Ty::Slice(_) | Ty::List(_) | Ty::Map(..) | Ty::Box(_) | Ty::Rc(_) => false,
            Ty::RefMut(_) | Ty::Noisy | Ty::Param(_) | Ty::Closure(..) => false,
        }
    }

    /// No type parameter of a caller's is left in it.
    pub(super) fn substitute(ty: &Ty, args: &[Ty]) -> Ty {
        let sub = |ty: &Ty| Box::new(Make::substitute(ty, args));
        match ty {
            Ty::Param(i) => args.get(*i).cloned().unwrap_or(Ty::Param(*i)),
            Ty::Slice(elem) => Ty::Slice(sub(elem)),
            Ty::Tuple(items) => Ty::Tuple(items.iter().map(|ty| Make::substitute(ty, args)).collect()),
            Ty::Array(elem, len) => Ty::Array(sub(elem), *len),
            Ty::ArrayOf(elem, param) => match args.get(*param) {
                Some(Ty::Const(len)) => Ty::Array(sub(elem), *len),
                _ => Ty::ArrayOf(sub(elem), *param),
            },
            Ty::Set(elem) => Ty::Set(sub(elem)),
            Ty::List(elem) => Ty::List(sub(elem)),
            Ty::Map(key, value) => Ty::Map(sub(key), sub(value)),
            Ty::Option(inner) => Ty::Option(sub(inner)),
            Ty::Result(ok, err) => Ty::Result(sub(ok), sub(err)),
            Ty::Box(inner) => Ty::Box(sub(inner)),
            Ty::Rc(inner) => Ty::Rc(sub(inner)),
            Ty::Ref(inner) => Ty::Ref(sub(inner)),
            Ty::RefMut(inner) => Ty::RefMut(sub(inner)),
            Ty::Adt(adt, own) => Ty::Adt(*adt, own.iter().map(|ty| Make::substitute(ty, args)).collect()),
            Ty::Closure(from, to, kind) => {
                Ty::Closure(from.iter().map(|ty| Make::substitute(ty, args)).collect(), sub(to), *kind)
            }
            Ty::FnPtr(from, to) => {
                Ty::FnPtr(from.iter().map(|ty| Make::substitute(ty, args)).collect(), sub(to))
            }
            Ty::Int(_) | Ty::Float(_) | Ty::Bool | Ty::Char | Ty::Unit | Ty::String | Ty::Str => ty.clone(),
            Ty::Noisy | Ty::Const(_) => ty.clone(),
        }
    }

    /// Finds type arguments that make a pattern a type.
    pub(super) fn unify(pattern: &Ty, ty: &Ty, args: &mut [Option<Ty>]) -> bool {
        let all = |a: &[Ty], b: &[Ty], args: &mut [Option<Ty>]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Make::unify(a, b, args))
        };
        match (pattern, ty) {
            (Ty::Param(i), _) => match args.get_mut(*i) {
                Some(Some(known)) => known == ty,
                Some(slot) => {
                    *slot = Some(ty.clone());
                    true
                }
                None => false,
            },
            (Ty::Tuple(a), Ty::Tuple(b)) => all(a, b, args),
            (Ty::Adt(a, x), Ty::Adt(b, y)) => a == b && all(x, y, args),
            (Ty::ArrayOf(a, param), Ty::Array(b, len)) => {
                Make::unify(&Ty::Param(*param), &Ty::Const(*len), args) && Make::unify(a, b, args)
            }
            (Ty::Array(a, n), Ty::Array(b, m)) => n == m && Make::unify(a, b, args),
            (Ty::List(a), Ty::List(b))
            | (Ty::Set(a), Ty::Set(b))
            | (Ty::Option(a), Ty::Option(b))
            | (Ty::Box(a), Ty::Box(b))
            | (Ty::Rc(a), Ty::Rc(b)) => Make::unify(a, b, args),
            (Ty::Result(a, x), Ty::Result(b, y)) | (Ty::Map(a, x), Ty::Map(b, y)) => {
                Make::unify(a, b, args) && Make::unify(x, y, args)
            }
            _ => pattern == ty,
        }
    }

    pub(super) fn make_world(&mut self) {
        let adts = self.rng.between(5, 8);
        self.make_adts(adts);
        let consts = self.rng.between(2, 5);
        self.make_consts(consts);
        for index in 0..self.rng.between(1, 3) {
            let int = self.int_ty();
            let items = (0..self.rng.between(1, 4)).map(|_| self.int_lit(int)).collect();
            self.case.statics.push((format!("S{}X{index}", self.tag.to_uppercase()), int, items));
        }
        let mut pool = vec![I64, Ty::Noisy];
        for _ in 0..12 {
            let depth = self.rng.between(1, 2);
            let ty = match self.rng.below(3) {
                0 => self.adt_ty(2),
                _ => self.value_ty(depth),
            };
            if !pool.contains(&ty) {
                pool.push(ty);
            }
        }
        self.pool = pool;
        for _ in 0..2 {
            self.make_from();
        }
        self.make_ops();
    }

    pub(super) fn make_adts(&mut self, count: usize) {
        for _ in 0..count {
            let index = self.case.adts.len();
            let copy = self.rng.chance(25);
            let params = if !copy && self.rng.chance(30) { self.rng.between(1, 2) } else { 0 };
            let is_union = self.rng.chance(55);
            let drop = !copy && self.rng.chance(20);
            self.params = params;
            let count = if is_union { self.rng.between(2, 4) } else { 1 };
            let mut variants: Vec<Variant> = (0..count)
                .map(|v| {
                    let len = if is_union { self.rng.below(4) } else { self.rng.between(1, 4) };
                    let named = is_union && len > 0 && self.rng.chance(30);
                    let fields = (0..len)
                        .map(|f| {
                            let depth = if self.rng.chance(60) { 1 } else { 2 };
                            let ty = if copy { self.copy_ty(1) } else { self.value_ty(depth) };
                            (format!("{}{v}", ["a", "b", "c", "d"][f]), ty)
                        })
                        .collect();
                    Variant { name: format!("V{v}"), fields, named }
                })
                .collect();
            // Rust wants every parameter used.
            for param in 0..params {
                let at = self.rng.below(variants.len());
                let variant = &mut variants[at];
                let name = format!("p{param}");
                if variant.fields.len() < 8 {
                    variant.fields.push((name, Ty::Param(param)));
                }
            }
            self.params = 0;
            let letter = if is_union { 'U' } else { 'R' };
            let name = format!("{letter}{}x{index}", self.tag);
            let repr_c = !is_union && self.rng.chance(30);
            self.case.adts.push(Adt { name, params, copy, drop, repr_c, variants, is_union });
        }
    }

    pub(super) fn copy_ty(&mut self, depth: usize) -> Ty {
        if depth == 0 {
            return self.scalar();
        }
        match self.rng.below(8) {
            0 => Ty::Tuple(vec![self.copy_ty(depth - 1), self.copy_ty(depth - 1)]),
            1 => Ty::Array(Box::new(self.copy_ty(depth - 1)), self.rng.between(1, 3)),
            2 => Ty::Option(Box::new(self.copy_ty(depth - 1))),
            _ => self.scalar(),
        }
    }

    pub(super) fn make_consts(&mut self, count: usize) {
        for index in 0..count {
            let ty = self.int_ty();
            let small = |make: &mut Make| Expr::Lit(format!("{}{}", make.rng.below(12), ty.name()));
            let value = match self.rng.below(4) {
                0 => Expr::Binary("*", Box::new(small(self)), Box::new(small(self))),
                1 => Expr::Binary("+", Box::new(small(self)), Box::new(small(self))),
                2 => Expr::If(
                    vec![Test::Is(Expr::Binary("<", Box::new(small(self)), Box::new(small(self))))],
                    Block { stmts: Vec::new(), tail: Some(Box::new(small(self))) },
                    Some(Block { stmts: Vec::new(), tail: Some(Box::new(small(self))) }),
                ),
                _ => small(self),
            };
            self.case.consts.push((format!("K{}X{index}", self.tag.to_uppercase()), Ty::Int(ty), value));
        }
    }
}
