//! Places, and values that need no other expression.
//!
//! In: the variables in scope. Out: what of a type can be read, taken or assigned; literals.
//!
//! ```text
//! x: (i64, R)   →   x, x.0, x.1, x.1.a0
//! ```

use super::{Make, Touch};
use crate::ast::*;

#[derive(Clone, Debug)]
pub(super) struct Place {
    pub root: usize,
    pub expr: Expr,
    /// The fields and dereferences from the root.
    pub path: Vec<String>,
    pub ty: Ty,
    /// Through `&`, `Rc`: only to be read.
    pub shared: bool,
    /// Through `&mut`: to be changed, not taken, and the root itself need not be mutable.
    pub through: bool,
    /// Cannot be taken out of what is around it.
    pub fixed: bool,
}

impl Make {
    /// All places two steps deep.
    pub(super) fn places(&self) -> Vec<Place> {
        let mut out = Vec::new();
        for (root, var) in self.vars.iter().enumerate() {
            if var.moved || var.closed > 0 {
                continue;
            }
            let expr = Expr::Var(var.name.clone());
            let path = Vec::new();
            let place =
                Place { root, expr, path, ty: var.ty.clone(), shared: false, through: false, fixed: false };
            self.expand(place, 3, &mut out);
        }
        out
    }

    fn expand(&self, place: Place, depth: usize, out: &mut Vec<Place>) {
        let gone = &self.vars[place.root].gone;
        if gone.iter().any(|path| place.path.starts_with(path)) {
            return;
        }
        // What lacks a part is not there as a whole.
        if !gone.iter().any(|path| path.starts_with(&place.path)) {
            out.push(place.clone());
        }
        if depth == 0 {
            return;
        }
        let deeper = |step: &str| {
            let mut path = place.path.clone();
            path.push(step.to_string());
            path
        };
        let field = |name: &str| Expr::Field(Box::new(place.expr.clone()), name.to_string());
        match &place.ty {
            Ty::Tuple(items) => {
                for (i, ty) in items.iter().enumerate() {
                    let path = deeper(&i.to_string());
                    let part = Place { expr: field(&i.to_string()), path, ty: ty.clone(), ..place.clone() };
                    self.expand(part, depth - 1, out);
                }
            }
            Ty::Adt(adt, args) if !self.case.adts[*adt].is_union => {
                let adt = &self.case.adts[*adt];
                // Rust copies a part out of what has a destructor; Quastra captures the whole of it.
                let taken = |it: &super::Capture| it.moves && it.base > place.root;
                if adt.drop && self.like_rust && self.closures.iter().any(taken) {
                    return;
                }
                for (name, ty) in &adt.variants[0].fields {
                    let ty = Make::substitute(ty, args);
                    let fixed = place.fixed || adt.drop;
                    let path = deeper(name);
                    self.expand(
                        Place { expr: field(name), path, ty, fixed, ..place.clone() },
                        depth - 1,
                        out,
                    );
                }
            }
            Ty::Ref(inner) | Ty::Rc(inner) => {
                if matches!(**inner, Ty::Slice(_) | Ty::Str) {
                    return;
                }
                let deref = Place {
                    expr: Expr::Deref(Box::new(place.expr.clone())),
                    path: deeper("*"),
                    ty: (**inner).clone(),
                    shared: true,
                    fixed: true,
                    ..place.clone()
                };
                self.expand(deref, depth - 1, out);
            }
            Ty::RefMut(inner) => {
                if matches!(**inner, Ty::Slice(_)) {
                    return;
                }
                let deref = Place {
                    expr: Expr::Deref(Box::new(place.expr.clone())),
                    path: deeper("*"),
                    ty: (**inner).clone(),
                    through: true,
                    fixed: true,
                    ..place.clone()
                };
                self.expand(deref, depth - 1, out);
            }
            Ty::Box(inner) => {
                let deref = Place {
                    expr: Expr::Deref(Box::new(place.expr.clone())),
                    path: deeper("*"),
                    ty: (**inner).clone(),
                    ..place.clone()
                };
                self.expand(deref, depth - 1, out);
            }
            Ty::Array(elem, len) => {
                for i in 0..(*len).min(2) {
                    let index = Expr::Lit(i.to_string());
                    let expr = Expr::Index(Box::new(place.expr.clone()), Box::new(index));
                    self.expand(
                        Place { expr, ty: (**elem).clone(), fixed: true, ..place.clone() },
                        depth - 1,
                        out,
                    );
                }
            }
            _ => {}
        }
    }

    /// Whether it was not taken since it was found.
    pub(super) fn is_there(&self, place: &Place) -> bool {
        let var = &self.vars[place.root];
        let apart = |path: &Vec<String>| !path.starts_with(&place.path) && !place.path.starts_with(path);
        !var.moved && var.gone.iter().all(apart)
    }

    pub(super) fn can_read(&self, place: &Place) -> bool {
        self.can(place.root, Touch::Read)
    }

    pub(super) fn can_write(&self, place: &Place) -> bool {
        if place.shared || self.vars[place.root].name == "self" && !place.through {
            return false;
        }
        if place.through && matches!(self.vars[place.root].ty, Ty::RefMut(_)) {
            return self.can_through(place.root);
        }
        self.can(place.root, Touch::Write)
    }

    /// Whether what a `&mut` in a variable leads to may be changed.
    fn can_through(&self, at: usize) -> bool {
        let var = &self.vars[at];
        let frozen = var.frozen > 0 || self.reads_only > 0;
        let inside_fn = self.closures.iter().any(|it| it.base > at && it.kind == ClosureKind::Fn);
        !frozen && !inside_fn && self.can(at, Touch::Read)
    }

    pub(super) fn can_take(&self, place: &Place) -> bool {
        !place.fixed && !place.shared && self.can(place.root, Touch::Move) && !self.is_copy(&place.ty)
    }

    /// A readable place of a type.
    pub(super) fn readable(&mut self, ty: &Ty) -> Option<Place> {
        let mut found: Vec<Place> = self.places();
        found.retain(|place| place.ty == *ty && self.can_read(place));
        self.pick_place(found)
    }

    pub(super) fn writable(&mut self, ty: &Ty) -> Option<Place> {
        let mut found: Vec<Place> = self.places();
        found.retain(|place| place.ty == *ty && self.can_write(place));
        self.pick_place(found)
    }

    pub(super) fn pick_place(&mut self, found: Vec<Place>) -> Option<Place> {
        if found.is_empty() { None } else { Some(self.rng.pick(&found).clone()) }
    }

    /// The value of a place: copied, taken, or cloned.
    pub(super) fn use_place(&mut self, place: Place) -> Expr {
        if self.is_copy(&place.ty) {
            self.touch(place.root, Touch::Read);
            return place.expr;
        }
        if self.can_take(&place) && self.rng.chance(65) {
            self.take(place.root, &place.path);
            return place.expr;
        }
        self.touch(place.root, Touch::Read);
        Expr::Method(Box::new(place.expr), "clone", Vec::new())
    }

    pub(super) fn int_lit(&mut self, ty: IntTy) -> Expr {
        let name = ty.name();
        let high = if ty.signed { ty.bits - 1 } else { ty.bits };
        let max = if high == 128 { u128::MAX } else { (1u128 << high) - 1 };
        let value = match self.rng.below(12) {
            0 => max,
            1 if ty.signed => return Expr::Lit(format!("-{}{name}", max + 1)),
            1 | 2 => max - self.rng.below(3) as u128,
            3 => (self.rng.next() as u128 | (self.rng.next() as u128) << 64) & max,
            4 => 1 << self.rng.below(high as usize),
            5 | 6 if ty.signed => return Expr::Lit(format!("-{}{name}", self.rng.between(1, 9))),
            _ => self.rng.below(12) as u128,
        };
        Expr::Lit(format!("{value}{name}"))
    }

    pub(super) fn small(&mut self, ty: &Ty, limit: usize) -> Expr {
        let value = self.rng.below(limit);
        match ty {
            Ty::Int(int) => Expr::Lit(format!("{value}{}", int.name())),
            _ => Expr::Lit(value.to_string()),
        }
    }

    pub(super) fn text(&mut self) -> String {
        ["", "a", "bc", "zeta", "é", "x y", "ß∂", "0"][self.rng.below(8)].to_string()
    }

    pub(super) fn noisy(&mut self) -> Expr {
        self.ids += 1;
        Expr::Noisy(self.ids)
    }

    /// A value without calls: as small as can be.
    pub(super) fn leaf(&mut self, ty: &Ty) -> Expr {
        let only_from_variables = matches!(ty, Ty::Param(_) | Ty::ArrayOf(..));
        if !matches!(ty, Ty::RefMut(_))
            && (only_from_variables || self.rng.chance(70))
            && let Some(place) = self.readable(ty)
        {
            return self.use_place(place);
        }
        match ty {
            Ty::Int(int) => self.int_lit(*int),
            Ty::Float(bits) => {
                let text = *self.rng.pick(&["0.0", "1.5", "-2.25", "1e10", "0.1", "3.999", "-0.0", "1e-3"]);
                Expr::Lit(format!("{text}f{bits}"))
            }
            Ty::Bool => Expr::Lit((*self.rng.pick(&["true", "false"])).to_string()),
            Ty::Char => {
                Expr::Lit((*self.rng.pick(&["'a'", "'Z'", "'é'", "'0'", "'\\n'", "'∂'"])).to_string())
            }
            Ty::Unit => Expr::Lit("()".to_string()),
            Ty::String => Expr::Str(self.text()),
            Ty::Noisy => self.noisy(),
            Ty::Tuple(items) => Expr::Tuple(items.iter().map(|ty| self.leaf(ty)).collect()),
            Ty::Array(elem, len) if self.is_copy(elem) && self.rng.chance(30) => {
                Expr::Repeat(Box::new(self.leaf(elem)), *len)
            }
            Ty::Array(elem, len) => Expr::Array((0..*len).map(|_| self.leaf(elem)).collect()),
            Ty::List(elem) => {
                let len = self.rng.below(3);
                if len == 0 {
                    return Expr::Of(ty.clone(), "new", Vec::new());
                }
                Expr::List((0..len).map(|_| self.leaf(elem)).collect())
            }
            Ty::Map(..) | Ty::Set(_) => Expr::Of(ty.clone(), "new", Vec::new()),
            Ty::Option(inner) => {
                if self.rng.chance(35) {
                    Expr::None
                } else {
                    Expr::Some(Box::new(self.leaf(inner)))
                }
            }
            Ty::Result(ok, err) => {
                if self.rng.chance(35) {
                    Expr::Err(Box::new(self.leaf(err)))
                } else {
                    Expr::Ok(Box::new(self.leaf(ok)))
                }
            }
            Ty::Box(inner) | Ty::Rc(inner) => {
                let value = self.leaf(inner);
                Expr::Of(ty.clone(), "new", vec![value])
            }
            Ty::Adt(adt, args) => {
                let variant = self.rng.below(self.case.adts[*adt].variants.len());
                self.construct(*adt, variant, args, &mut |make, ty| make.leaf(ty))
            }
            Ty::Ref(inner) => self.reference(inner),
            Ty::RefMut(inner) => {
                // A temporary, whatever its value is read from.
                let block = Block { stmts: Vec::new(), tail: Some(Box::new(self.leaf(inner))) };
                Expr::RefMut(Box::new(Expr::Block(Box::new(block))))
            }
            Ty::FnPtr(args, ret) => self.function_value(args, ret),
            // Parameters are only ever taken from variables; one of each is always there.
            Ty::Param(_) | Ty::ArrayOf(..) | Ty::Const(_) | Ty::Closure(..) | Ty::Str | Ty::Slice(_) => {
                Expr::Panic("no value of this type".to_string())
            }
        }
    }

    /// A temporary behind a reference, for a call's argument.
    fn reference(&mut self, inner: &Ty) -> Expr {
        match inner {
            Ty::Str => Expr::Lit(format!("{:?}", self.text())),
            Ty::Slice(elem) => {
                let len = self.rng.between(1, 3);
                let items = (0..len).map(|_| self.leaf(elem)).collect();
                Expr::Ref(Box::new(Expr::Array(items)))
            }
            _ => Expr::Ref(Box::new(self.leaf(inner))),
        }
    }

    pub(super) fn construct(
        &mut self,
        adt: usize,
        variant: usize,
        args: &[Ty],
        value: &mut dyn FnMut(&mut Make, &Ty) -> Expr,
    ) -> Expr {
        let is_union = self.case.adts[adt].is_union;
        let mut fields = self.case.adts[adt].variants[variant].fields.clone();
        if !is_union && self.rng.chance(40) {
            // Written in another order than declared: evaluated as written.
            fields.reverse();
        }
        let mut values: Vec<(Name, Expr)> = Vec::new();
        for (name, ty) in &fields {
            let ty = Make::substitute(ty, args);
            values.push((name.clone(), value(self, &ty)));
        }
        if is_union {
            return Expr::Variant(adt, variant, values.into_iter().map(|(_, value)| value).collect());
        }
        Expr::Record(adt, values, None)
    }
}
