//! Expressions by type.
//!
//! In: the type wanted. Out: an expression of it, as deep as fuel lasts.
//!
//! ```text
//! u8   →   7u8, x.0, (a.wrapping_add(3u8)), (c as u8), if b { 1u8 } else { f(2u8) }, match …
//! ```

use super::types::INTS;
use super::{Label, Make, Touch};
use crate::ast::*;

const LOW: [&str; 10] = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"];

pub(super) fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

impl Make {
    pub(super) fn expr(&mut self, ty: &Ty) -> Expr {
        if !self.spend() {
            return self.leaf(ty);
        }
        self.deeper(|make| make.some_expr(ty))
    }

    fn some_expr(&mut self, ty: &Ty) -> Expr {
        match self.rng.below(100) {
            0..=33 => return self.leaf(ty),
            34..=40 => return self.if_expr(ty),
            41..=46 => {
                if let Some(expr) = self.match_expr(ty) {
                    return expr;
                }
            }
            47..=49 => return Expr::Block(Box::new(self.block_of(ty, 2))),
            50..=61 => {
                if let Some(expr) = self.call_for(ty) {
                    return expr;
                }
            }
            62..=65 => {
                if let Some(expr) = self.out_of_option(ty) {
                    return expr;
                }
            }
            66..=67 => {
                if let Some(expr) = self.replace(ty) {
                    return expr;
                }
            }
            68..=69 if self.loops == 0 => return self.loop_expr(ty),
            70 => return self.labelled(ty),
            71..=72 => {
                if let Some(expr) = self.try_expr(ty) {
                    return expr;
                }
            }
            73 if self.reads_only == 0 => {
                if let Some(expr) = self.catch_expr(ty) {
                    return expr;
                }
            }
            74..=75 => {
                let flag = self.expr(&Ty::Bool);
                let (a, b) = (self.expr(ty), self.expr(ty));
                if !matches!(ty, Ty::Ref(_) | Ty::RefMut(_)) {
                    return Expr::Call("either".into(), vec![ty.clone()], vec![flag, a, b]);
                }
            }
            _ => {}
        }
        self.of_type(ty)
    }

    /// What is particular to a type.
    fn of_type(&mut self, ty: &Ty) -> Expr {
        match ty {
            Ty::Int(int) => self.integer(*int),
            Ty::Float(bits) => self.float(*bits),
            Ty::Bool => self.boolean(),
            Ty::Char => match self.rng.below(3) {
                0 => Expr::Cast(boxed(self.expr(&U8)), Ty::Char),
                _ => self.leaf(ty),
            },
            Ty::Unit => Expr::Block(Box::new(self.block_of(ty, 2))),
            Ty::String => self.string(),
            Ty::Tuple(items) => Expr::Tuple(items.iter().map(|ty| self.expr(ty)).collect()),
            Ty::Array(elem, len) => Expr::Array((0..*len).map(|_| self.expr(elem)).collect()),
            Ty::List(elem) => self.list_expr(elem),
            Ty::Option(inner) => self.option(inner),
            Ty::Result(ok, err) => {
                if self.rng.chance(65) {
                    Expr::Ok(boxed(self.expr(ok)))
                } else {
                    Expr::Err(boxed(self.expr(err)))
                }
            }
            Ty::Box(inner) | Ty::Rc(inner) => {
                let value = self.expr(inner);
                Expr::Of(ty.clone(), "new", vec![value])
            }
            Ty::Adt(adt, args) => {
                if let Some(expr) = self.op_for(ty) {
                    return expr;
                }
                let def = &self.case.adts[*adt];
                let updatable = !def.is_union && !def.drop && def.variants[0].fields.len() > 1;
                let variant = self.rng.below(def.variants.len());
                if updatable
                    && self.rng.chance(30)
                    && let Some(expr) = self.update(*adt, args, ty)
                {
                    return expr;
                }
                self.construct(*adt, variant, args, &mut |make, ty| make.expr(ty))
            }
            Ty::FnPtr(args, ret) => self.function_value(args, ret),
            Ty::Map(..) | Ty::Set(_) | Ty::Noisy | Ty::Param(_) => self.leaf(ty),
            Ty::ArrayOf(..) | Ty::Const(_) => self.leaf(ty),
            Ty::Str | Ty::Slice(_) | Ty::Ref(_) | Ty::RefMut(_) | Ty::Closure(..) => self.leaf(ty),
        }
    }

    /// `R { a: x, ..r }`
    fn update(&mut self, adt: usize, args: &[Ty], ty: &Ty) -> Option<Expr> {
        let (name, field) = self.case.adts[adt].variants[0].fields.first().cloned()?;
        let base = self.readable(ty)?;
        let value = self.expr(&Make::substitute(&field, args));
        if !self.is_there(&base) || !self.can_read(&base) {
            return None;
        }
        let base = self.use_place(base);
        Some(Expr::Record(adt, vec![(name, value)], Some(boxed(base))))
    }

    fn integer(&mut self, int: IntTy) -> Expr {
        let ty = Ty::Int(int);
        match self.rng.below(22) {
            0..=5 => {
                // Checked: of small numbers mostly, or every program would panic.
                let op = *self.rng.pick(&LOW);
                let wild = self.rng.chance(18);
                let a = if wild { self.expr(&ty) } else { self.small_expr(&ty) };
                let b = match op {
                    "<<" | ">>" if !wild => self.small(&U32, 8),
                    "<<" | ">>" => self.expr(&U32),
                    "/" | "%" if !wild => Expr::Lit(format!("{}{}", self.rng.between(1, 9), int.name())),
                    _ if wild => self.expr(&ty),
                    _ => self.small_expr(&ty),
                };
                Expr::Binary(op, boxed(a), boxed(b))
            }
            6..=8 => {
                let name = *self.rng.pick(&[
                    "wrapping_add",
                    "wrapping_sub",
                    "wrapping_mul",
                    "saturating_add",
                    "saturating_sub",
                    "saturating_mul",
                    "min",
                    "max",
                ]);
                let (a, b) = (self.expr(&ty), self.expr(&ty));
                Expr::Method(boxed(a), name, vec![b])
            }
            9 => {
                let name = *self.rng.pick(&["rotate_left", "rotate_right", "wrapping_shl", "wrapping_shr"]);
                let (a, b) = (self.expr(&ty), self.small(&U32, 140));
                Expr::Method(boxed(a), name, vec![b])
            }
            10 if int == IntTy::new(32, false) => {
                let from = Ty::Int(self.int_ty());
                let name = *self.rng.pick(&["count_ones", "count_zeros", "leading_zeros", "trailing_zeros"]);
                Expr::Method(boxed(self.expr(&from)), name, Vec::new())
            }
            10 => {
                let name = *self.rng.pick(&["swap_bytes", "reverse_bits"]);
                Expr::Method(boxed(self.expr(&ty)), name, Vec::new())
            }
            11 => Expr::Unary("!", boxed(self.expr(&ty))),
            12 if int.signed => Expr::Unary("-", boxed(self.small_expr(&ty))),
            12..=15 => {
                let from = match self.rng.below(8) {
                    0 => Ty::Bool,
                    1 => Ty::Char,
                    2 => Ty::Float(*self.rng.pick(&[32, 64])),
                    _ => Ty::Int(*self.rng.pick(&INTS)),
                };
                Expr::Cast(boxed(self.expr(&from)), ty)
            }
            16 if ty == USIZE && self.consts > 0 => Expr::Lit("N".into()),
            16 if ty == USIZE => self.length(),
            16 if ty == I64 => self.sum_of(&ty),
            17 if ty == I64 => self.with_closure(),
            16 | 17 => {
                let name = *self.rng.pick(&[
                    "checked_add",
                    "checked_sub",
                    "checked_mul",
                    "checked_div",
                    "checked_rem",
                ]);
                let (a, b, c) = (self.expr(&ty), self.expr(&ty), self.leaf(&ty));
                Expr::Method(boxed(Expr::Method(boxed(a), name, vec![b])), "unwrap_or", vec![c])
            }
            18 if ty == I64 && self.rng.chance(60) => {
                // Of a temporary that ends where its statement does.
                let value = self.noisy();
                let value = match self.rng.below(3) {
                    0 => Expr::Method(boxed(Expr::Ref(boxed(value))), "clone", Vec::new()),
                    1 => self.expr(&Ty::Noisy),
                    _ => value,
                };
                Expr::Field(boxed(value), "id".into())
            }
            18 => {
                let name = *self.rng.pick(&["rem_euclid", "div_euclid"]);
                let b = Expr::Lit(format!("{}{}", self.rng.between(1, 9), int.name()));
                Expr::Method(boxed(self.expr(&ty)), name, vec![b])
            }
            19 => self.element(&ty),
            20 if self.bound && ty == I64 => self.of_protocol(),
            20 => self.constant(int),
            _ => self.leaf(&ty),
        }
    }

    fn constant(&mut self, int: IntTy) -> Expr {
        let found: Vec<(Name, usize)> = self
            .case
            .statics
            .iter()
            .filter(|(_, ty, _)| *ty == int)
            .map(|(name, _, items)| (name.clone(), items.len()))
            .collect();
        if !found.is_empty() && self.rng.chance(50) {
            let (name, len) = self.rng.pick(&found).clone();
            let index = match self.rng.chance(20) {
                true => self.small(&USIZE, 5),
                false => Expr::Lit(self.rng.below(len).to_string()),
            };
            return Expr::Index(boxed(Expr::Var(name)), boxed(index));
        }
        let found: Vec<Name> = self
            .case
            .consts
            .iter()
            .filter(|(_, ty, _)| *ty == Ty::Int(int))
            .map(|(name, ..)| name.clone())
            .collect();
        match found.is_empty() {
            true => self.int_lit(int),
            false => Expr::Var(self.rng.pick(&found).clone()),
        }
    }

    /// A number that is probably small.
    pub(super) fn small_expr(&mut self, ty: &Ty) -> Expr {
        match self.rng.below(4) {
            0 => Expr::Binary("&", boxed(self.expr(ty)), boxed(self.small(ty, 16))),
            1 => Expr::Binary("%", boxed(self.expr(ty)), boxed(Expr::Lit(format!("7{}", suffix(ty))))),
            _ => self.small(ty, 12),
        }
    }

    fn float(&mut self, bits: u32) -> Expr {
        let ty = Ty::Float(bits);
        match self.rng.below(8) {
            0..=3 => {
                let op = *self.rng.pick(&["+", "-", "*", "/", "%"]);
                let (a, b) = (self.expr(&ty), self.expr(&ty));
                Expr::Binary(op, boxed(a), boxed(b))
            }
            4 => {
                let from = match self.rng.below(3) {
                    0 => Ty::Float(96 - bits),
                    _ => Ty::Int(*self.rng.pick(&INTS)),
                };
                Expr::Cast(boxed(self.expr(&from)), ty)
            }
            5 => Expr::Unary("-", boxed(self.expr(&ty))),
            6 => {
                let name = *self.rng.pick(&["abs", "floor", "ceil", "trunc", "sqrt"]);
                Expr::Method(boxed(self.expr(&ty)), name, Vec::new())
            }
            _ => self.leaf(&ty),
        }
    }

    fn boolean(&mut self) -> Expr {
        match self.rng.below(10) {
            0..=3 => {
                let ty = self.scalar();
                let op = match ty {
                    Ty::Bool => *self.rng.pick(&["==", "!="]),
                    _ => *self.rng.pick(&["==", "!=", "<", "<=", ">", ">="]),
                };
                let (a, b) = (self.expr(&ty), self.expr(&ty));
                Expr::Binary(op, boxed(a), boxed(b))
            }
            4 | 5 => {
                let op = *self.rng.pick(&["&&", "||", "&", "|", "^"]);
                let a = self.expr(&Ty::Bool);
                let b = self.branch(|make| make.expr(&Ty::Bool));
                Expr::Binary(op, boxed(a), boxed(b))
            }
            6 => Expr::Unary("!", boxed(self.expr(&Ty::Bool))),
            7 => self.same_places(),
            8 if self.rng.chance(30) => {
                let wanted = Ty::Set(Box::new(I64));
                let Some(place) = self.readable(&wanted) else { return self.leaf(&Ty::Bool) };
                self.touch(place.root, Touch::Read);
                let value = self.small(&I64, 5);
                Expr::Method(boxed(place.expr), "contains", vec![value])
            }
            8 => {
                let found = self.places();
                let found: Vec<_> = found
                    .into_iter()
                    .filter(|it| matches!(it.ty, Ty::Option(_) | Ty::Result(..)) && self.can_read(it))
                    .collect();
                let Some(place) = self.pick_place(found) else { return self.leaf(&Ty::Bool) };
                self.touch(place.root, Touch::Read);
                let name = match (&place.ty, self.rng.chance(50)) {
                    (Ty::Option(_), true) => "is_some",
                    (Ty::Option(_), false) => "is_none",
                    (_, true) => "is_ok",
                    (_, false) => "is_err",
                };
                Expr::Method(boxed(place.expr), name, Vec::new())
            }
            _ => self.leaf(&Ty::Bool),
        }
    }

    /// Two places of one type, compared.
    fn same_places(&mut self) -> Expr {
        let comparable = |make: &Make, ty: &Ty| make.has_eq(ty);
        let found: Vec<_> =
            self.places().into_iter().filter(|it| comparable(self, &it.ty) && self.can_read(it)).collect();
        let Some(a) = self.pick_place(found) else { return self.leaf(&Ty::Bool) };
        let Some(b) = self.readable(&a.ty.clone()) else { return self.leaf(&Ty::Bool) };
        self.touch(a.root, Touch::Read);
        self.touch(b.root, Touch::Read);
        let op = *self.rng.pick(&["==", "!="]);
        Expr::Binary(op, boxed(a.expr), boxed(b.expr))
    }

    pub(super) fn has_eq(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Int(_) | Ty::Float(_) | Ty::Bool | Ty::Char | Ty::String | Ty::Noisy => true,
            Ty::Tuple(items) => items.iter().all(|ty| self.has_eq(ty)),
            Ty::Array(inner, _) | Ty::List(inner) | Ty::Option(inner) | Ty::Box(inner) | Ty::Rc(inner) => {
                self.has_eq(inner)
            }
            Ty::Result(ok, err) => self.has_eq(ok) && self.has_eq(err),
            Ty::Map(_, value) => self.has_eq(value),
            Ty::Set(_) => true,
            Ty::ArrayOf(..) | Ty::Const(_) => false,
            Ty::Adt(adt, args) => {
                args.iter().all(|ty| self.has_eq(ty)) && !self.case.adts[*adt].variants.is_empty()
            }
            Ty::Unit | Ty::Str | Ty::Slice(_) | Ty::Ref(_) | Ty::RefMut(_) | Ty::Param(_) => false,
            Ty::Closure(..) | Ty::FnPtr(..) => false,
        }
    }

    fn string(&mut self) -> Expr {
        match self.rng.below(4) {
            0 | 1 => {
                let mut parts = vec![(self.text(), None)];
                for _ in 0..self.rng.between(1, 2) {
                    let value = match self.readable(&Ty::String) {
                        Some(place) if self.rng.chance(50) => {
                            self.touch(place.root, Touch::Read);
                            place.expr
                        }
                        _ => {
                            let int = Ty::Int(self.int_ty());
                            self.leaf(&int)
                        }
                    };
                    parts.push((self.text(), Some(value)));
                }
                Expr::Format(parts)
            }
            2 => match self.readable(&Ty::String) {
                // Panics where it cuts a character, or behind the end.
                Some(place) => {
                    self.touch(place.root, Touch::Read);
                    let low = self.small(&USIZE, 2);
                    let high =
                        self.rng.chance(50).then(|| boxed(Expr::Lit((1 + self.rng.below(2)).to_string())));
                    let part = Expr::Range(Some(boxed(low)), high, false);
                    let part = Expr::Index(boxed(place.expr), boxed(part));
                    Expr::Method(boxed(part), "to_string", Vec::new())
                }
                None => self.leaf(&Ty::String),
            },
            _ => self.leaf(&Ty::String),
        }
    }

    fn list_expr(&mut self, elem: &Ty) -> Expr {
        match self.rng.below(4) {
            0 if *elem == I64 => self.collected(),
            _ => {
                let len = self.rng.below(4);
                if len == 0 {
                    return Expr::Of(Ty::List(Box::new(elem.clone())), "new", Vec::new());
                }
                Expr::List((0..len).map(|_| self.expr(elem)).collect())
            }
        }
    }

    fn option(&mut self, inner: &Ty) -> Expr {
        match self.rng.below(8) {
            0 => Expr::None,
            1 | 2 => {
                // What a list, a map or an option gives up.
                let wanted = Ty::Option(Box::new(inner.clone()));
                let list = Ty::List(Box::new(inner.clone()));
                if self.rng.chance(50)
                    && let Some(place) = self.writable(&wanted)
                {
                    self.touch(place.root, Touch::Write);
                    return Expr::Method(boxed(place.expr), "take", Vec::new());
                }
                if let Some(place) = self.writable(&list) {
                    self.touch(place.root, Touch::Write);
                    return Expr::Method(boxed(place.expr), "pop", Vec::new());
                }
                self.option_of_look(inner)
            }
            3 if matches!(inner, Ty::Int(_)) => {
                let name = *self.rng.pick(&["checked_add", "checked_sub", "checked_mul", "checked_rem"]);
                let (a, b) = (self.expr(inner), self.expr(inner));
                Expr::Method(boxed(a), name, vec![b])
            }
            _ => Expr::Some(boxed(self.expr(inner))),
        }
    }

    fn option_of_look(&mut self, inner: &Ty) -> Expr {
        let list = Ty::List(Box::new(inner.clone()));
        let map = Ty::Map(Box::new(I64), Box::new(inner.clone()));
        if let Some(place) = self.readable(&list) {
            self.touch(place.root, Touch::Read);
            let held = self.hold(place.root, false);
            let at = self.small(&USIZE, 4);
            self.release(&[held]);
            return Expr::Call("choose".into(), vec![inner.clone()], vec![Expr::Ref(boxed(place.expr)), at]);
        }
        if let Some(place) = self.readable(&map) {
            self.touch(place.root, Touch::Read);
            let held = self.hold(place.root, false);
            let key = self.small(&I64, 4);
            self.release(&[held]);
            return Expr::Call("look".into(), vec![inner.clone()], vec![Expr::Ref(boxed(place.expr)), key]);
        }
        Expr::Some(boxed(self.expr(inner)))
    }

    /// `x.unwrap_or(y)` and its kin.
    fn out_of_option(&mut self, ty: &Ty) -> Option<Expr> {
        if matches!(ty, Ty::Ref(_) | Ty::RefMut(_) | Ty::FnPtr(..)) {
            return None;
        }
        let option = Ty::Option(Box::new(ty.clone()));
        let place = self.readable(&option)?;
        let value = self.use_place(place);
        Some(match self.rng.below(8) {
            0 => Expr::Method(boxed(value), "unwrap", Vec::new()),
            _ => {
                let or = self.expr(ty);
                Expr::Method(boxed(value), "unwrap_or", vec![or])
            }
        })
    }

    fn replace(&mut self, ty: &Ty) -> Option<Expr> {
        let place = self.writable(ty)?;
        self.touch(place.root, Touch::Write);
        let held = self.hold(place.root, true);
        let value = self.expr(ty);
        self.release(&[held]);
        // Inside the new value something may have come to need it.
        (self.is_there(&place) && self.can_write(&place))
            .then(|| Expr::Replace(boxed(place.expr), boxed(value)))
    }

    /// `list[i]`, `array[i]`: panics where there is none.
    fn element(&mut self, ty: &Ty) -> Expr {
        let found: Vec<_> = self
            .places()
            .into_iter()
            .filter(|it| {
                let elem = match &it.ty {
                    Ty::List(elem) | Ty::Array(elem, _) | Ty::ArrayOf(elem, _) => elem,
                    Ty::Ref(inner) => match &**inner {
                        Ty::Slice(elem) => elem,
                        _ => return false,
                    },
                    _ => return false,
                };
                **elem == *ty && self.can_read(it)
            })
            .collect();
        let Some(place) = self.pick_place(found) else { return self.leaf(ty) };
        self.touch(place.root, Touch::Read);
        let held = self.hold(place.root, false);
        let index = match (&place.ty, self.rng.below(10)) {
            (_, 0) => self.expr(&USIZE),
            (Ty::Array(_, len), 1..=4) => {
                let index = self.expr(&USIZE);
                Expr::Binary("%", boxed(index), boxed(Expr::Lit(format!("{len}usize"))))
            }
            (Ty::Array(_, len), _) => Expr::Lit(format!("{}", self.rng.below(*len))),
            (Ty::ArrayOf(..), _) => {
                let index = self.expr(&USIZE);
                Expr::Binary("%", boxed(index), boxed(Expr::Lit("N".into())))
            }
            _ => Expr::Lit(format!("{}", self.rng.below(2))),
        };
        self.release(&[held]);
        Expr::Index(boxed(place.expr), boxed(index))
    }

    fn length(&mut self) -> Expr {
        let has_len =
            |ty: &Ty| matches!(ty, Ty::List(_) | Ty::Map(..) | Ty::Set(_) | Ty::String | Ty::Array(..));
        let found: Vec<_> =
            self.places().into_iter().filter(|it| has_len(&it.ty) && self.can_read(it)).collect();
        let Some(place) = self.pick_place(found) else { return self.leaf(&USIZE) };
        self.touch(place.root, Touch::Read);
        Expr::Method(boxed(place.expr), "len", Vec::new())
    }

    pub(super) fn if_expr(&mut self, ty: &Ty) -> Expr {
        let base = self.vars.len();
        let cond = self.condition();
        let then = self.branch(|make| make.block_of(ty, 1));
        self.leave(base);
        let or = self.branch(|make| make.block_of(ty, 1));
        Expr::If(cond, then, Some(or))
    }

    /// Joined tests; what their patterns bind stays declared, for the block after it.
    pub(super) fn condition(&mut self) -> Cond {
        let mut cond = Vec::new();
        for _ in 0..self.rng.between(1, 2) {
            if self.rng.chance(25)
                && let Some((pat, value)) = self.let_test()
            {
                cond.push(Test::Let(pat, value));
            } else {
                self.reads_only += 1;
                let test = self.expr(&Ty::Bool);
                self.reads_only -= 1;
                cond.push(Test::Is(test));
            }
        }
        cond
    }

    pub(super) fn labelled(&mut self, ty: &Ty) -> Expr {
        let name = self.name("b");
        let Some(frame) = self.frames.last_mut() else { return self.leaf(ty) };
        frame.labels.push(Label { name: name.clone(), is_loop: false, value: Some(ty.clone()) });
        let block = self.branch(|make| make.block_of(ty, 3));
        if let Some(frame) = self.frames.last_mut() {
            frame.labels.pop();
        }
        Expr::Labelled(name, Box::new(block))
    }

    /// `loop { … if i > n { break value } }`
    fn loop_expr(&mut self, ty: &Ty) -> Expr {
        let (label, counter) = (self.name("l"), self.name("i"));
        let limit = self.rng.between(1, 4);
        let name = Some(label.clone());
        let mut outer = Block::default();
        outer.stmts.push(Stmt::Let {
            pat: Pat::Bind(counter.clone(), true),
            ty: None,
            init: Some(Expr::Lit("0i64".into())),
        });
        let base = self.vars.len();
        self.declare(counter.clone(), I64, false);
        let body = self.repeated(|make| {
            let mut block = Block::default();
            let var = || Expr::Var(counter.clone());
            block.stmts.push(Stmt::Assign(var(), "+", Expr::Lit("1i64".into())));
            let value = make.expr(ty);
            let done = Expr::Binary(">", boxed(var()), boxed(Expr::Lit(format!("{limit}i64"))));
            let leave = Expr::Break(name.clone(), Some(boxed(value)));
            let then = Block { stmts: vec![Stmt::Expr(leave)], tail: None };
            block.stmts.push(Stmt::Expr(Expr::If(vec![Test::Is(done)], then, None)));
            if let Some(frame) = make.frames.last_mut() {
                frame.labels.push(Label { name: label.clone(), is_loop: true, value: Some(ty.clone()) });
            }
            for _ in 0..make.rng.between(1, 2) {
                make.stmt(&mut block);
            }
            if let Some(frame) = make.frames.last_mut() {
                frame.labels.pop();
            }
            block
        });
        self.leave(base);
        outer.tail = Some(boxed(Expr::Loop(name, Box::new(body))));
        Expr::Block(Box::new(outer))
    }

    /// `try e`, where the function at hand gives back the same kind.
    fn try_expr(&mut self, ty: &Ty) -> Option<Expr> {
        let frame = self.frames.last()?;
        if frame.closed {
            return None;
        }
        let wanted = match (&frame.catch, &frame.ret) {
            (Some(error), _) => Ty::Result(Box::new(ty.clone()), Box::new(error.clone())),
            (None, Ty::Option(_)) => Ty::Option(Box::new(ty.clone())),
            (None, Ty::Result(_, error)) => {
                let from =
                    self.case.froms.iter().find(|(_, to, _)| *to == **error).map(|(from, ..)| from.clone());
                let error = match from {
                    Some(from) if self.rng.chance(60) => from,
                    _ => (**error).clone(),
                };
                Ty::Result(Box::new(ty.clone()), Box::new(error))
            }
            _ => return None,
        };
        let value = match self.readable(&wanted) {
            Some(place) if self.rng.chance(50) => self.use_place(place),
            _ => match self.call_for(&wanted) {
                Some(call) => call,
                None => Expr::Typed(boxed(self.expr(&wanted)), wanted),
            },
        };
        Some(Expr::Try(boxed(value)))
    }

    /// `try { … } catch e { … }`
    fn catch_expr(&mut self, ty: &Ty) -> Option<Expr> {
        if matches!(ty, Ty::Ref(_) | Ty::RefMut(_)) || self.frames.last()?.closed {
            return None;
        }
        let error = self.error_ty();
        let outer = self.frames.last_mut()?.catch.replace(error.clone());
        let block = self.branch(|make| {
            // At least one `try`, or the error's type is not known.
            let wanted = Ty::Result(Box::new(I64), Box::new(error.clone()));
            let value = make.leaf(&wanted);
            let value = Expr::Try(boxed(Expr::Typed(boxed(value), wanted)));
            let mut block = make.block_of(ty, 2);
            block.stmts.insert(0, Stmt::Let { pat: Pat::Wild, ty: None, init: Some(value) });
            block
        });
        self.frames.last_mut()?.catch = outer;
        let name = self.name("e");
        let handler = self.branch(|make| {
            make.declare(name.clone(), error.clone(), false);
            make.block_of(ty, 1)
        });
        Some(Expr::Catch {
            block: Box::new(block),
            name,
            handler: Box::new(handler),
            ok: ty.clone(),
            err: error,
        })
    }
}

fn suffix(ty: &Ty) -> String {
    match ty {
        Ty::Int(int) => int.name(),
        _ => String::new(),
    }
}
