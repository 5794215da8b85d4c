//! Calls: of functions, methods, closures, and of the library's iterators.
//!
//! In: the type wanted. Out: a call that gives it. While later arguments are made, what earlier ones borrow is held.
//!
//! ```text
//! i64   →   f3x1[u8](&a, b), a.m3x2(1i64), apply(|x| x + n, 2i64), (0i64..9i64).map(|x| x * 2).sum()
//! ```

use super::exprs::boxed;
use super::values::Place;
use super::{Capture, Frame, Make, Touch};
use crate::ast::*;

impl Make {
    /// A call that gives a value of this type.
    pub(super) fn call_for(&mut self, ty: &Ty) -> Option<Expr> {
        if self.rng.chance(25)
            && let Some(call) = self.call_closure(ty)
        {
            return Some(call);
        }
        if self.calls == 0 || self.loops > 1 {
            return None;
        }
        let mut found: Vec<(usize, Vec<Option<Ty>>)> = Vec::new();
        for (i, func) in self.case.funcs.iter().enumerate() {
            let mut args = vec![None; func.params + func.consts];
            if Make::unify(&func.ret, ty, &mut args) {
                found.push((i, args));
            }
        }
        if found.is_empty() {
            return None;
        }
        let (index, args) = self.rng.pick(&found).clone();
        self.call(index, args)
    }

    /// A call of a function of the case.
    pub(super) fn call(&mut self, index: usize, args: Vec<Option<Ty>>) -> Option<Expr> {
        self.calls = self.calls.checked_sub(1)?;
        let func = &self.case.funcs[index];
        let (name, owner, bound) = (func.name.clone(), func.owner, func.bound);
        let params: Vec<Ty> = func.args.iter().map(|(_, ty, _)| ty.clone()).collect();
        let mut types: Vec<Ty> = Vec::new();
        for (at, known) in args.into_iter().enumerate() {
            types.push(match known {
                None if at >= self.case.funcs[index].params => Ty::Const(self.rng.between(1, 4)),
                Some(Ty::Const(len)) => Ty::Const(len),
                Some(ty) if !bound || self.implements(&ty) => ty,
                Some(_) => return None,
                None if bound => self.implementor()?,
                None => self.value_ty(1),
            });
        }
        let params: Vec<Ty> = params.iter().map(|ty| Make::substitute(ty, &types)).collect();
        if owner.is_some() {
            return self.method_call(name, &params);
        }
        let values = self.arguments(&params)?;
        Some(Expr::Call(name, types, values))
    }

    fn method_call(&mut self, name: Name, params: &[Ty]) -> Option<Expr> {
        let (receiver, rest) = params.split_first()?;
        let (place, exclusive, ty) = match receiver {
            Ty::Ref(inner) => (self.readable(inner)?, Some(false), inner),
            Ty::RefMut(inner) => (self.writable(inner)?, Some(true), inner),
            other => {
                let place = self.readable(other)?;
                let value = self.use_place(place);
                let rest = self.arguments(rest)?;
                return Some(Expr::MethodOf(boxed(value), name, rest));
            }
        };
        debug_assert_eq!(place.ty, **ty);
        let exclusive = exclusive == Some(true);
        self.touch(place.root, if exclusive { Touch::Write } else { Touch::Read });
        let held = self.hold(place.root, exclusive);
        let rest = self.arguments(rest);
        self.release(&[held]);
        Some(Expr::MethodOf(boxed(place.expr), name, rest?))
    }

    /// One for each parameter, their borrows apart from each other.
    pub(super) fn arguments(&mut self, params: &[Ty]) -> Option<Vec<Expr>> {
        let mut held = Vec::new();
        let mut values = Vec::new();
        for ty in params {
            values.push(self.argument(ty, &mut held));
        }
        self.release(&held);
        Some(values)
    }

    fn argument(&mut self, ty: &Ty, held: &mut Vec<(usize, bool)>) -> Expr {
        match ty {
            Ty::Ref(inner) => {
                let place = match &**inner {
                    Ty::Slice(elem) => self.sliceable(elem),
                    Ty::Str => self.readable(&Ty::String),
                    other => self.readable(other),
                };
                let Some(place) = place else { return self.leaf(ty) };
                self.touch(place.root, Touch::Read);
                held.push(self.hold(place.root, false));
                if let (Ty::Slice(_), Ty::List(_)) = (&**inner, &place.ty)
                    && self.rng.chance(30)
                {
                    let low = self.small(&USIZE, 2);
                    let part = Expr::Range(Some(boxed(low)), None, false);
                    return Expr::Ref(boxed(Expr::Index(boxed(place.expr), boxed(part))));
                }
                Expr::Ref(boxed(place.expr))
            }
            Ty::RefMut(inner) => {
                let Some(place) = self.writable(inner) else {
                    return self.leaf(ty);
                };
                self.touch(place.root, Touch::Write);
                held.push(self.hold(place.root, true));
                Expr::RefMut(boxed(place.expr))
            }
            Ty::Closure(args, ret, kind) => {
                let (closure, holds) = self.closure(args, ret, *kind);
                held.extend(holds);
                closure
            }
            other => self.expr(other),
        }
    }

    fn sliceable(&mut self, elem: &Ty) -> Option<Place> {
        let mut found = self.places();
        found.retain(|it| match &it.ty {
            Ty::List(own) | Ty::Array(own, _) => **own == *elem && self.can_read(it),
            _ => false,
        });
        self.pick_place(found)
    }

    /// A call of a closure or function value in a variable.
    fn call_closure(&mut self, ty: &Ty) -> Option<Expr> {
        let found: Vec<(usize, Vec<Ty>, ClosureKind)> = self
            .vars
            .iter()
            .enumerate()
            .filter_map(|(at, var)| match &var.ty {
                Ty::Closure(args, ret, kind) if **ret == *ty => Some((at, args.clone(), *kind)),
                Ty::FnPtr(args, ret) if **ret == *ty => Some((at, args.clone(), ClosureKind::Fn)),
                _ => None,
            })
            .filter(|(at, _, kind)| {
                let touch = match kind {
                    ClosureKind::Fn => Touch::Read,
                    ClosureKind::FnMut => Touch::Write,
                    ClosureKind::FnOnce => Touch::Move,
                };
                self.can(*at, touch)
            })
            .collect();
        if found.is_empty() || self.loops > 1 {
            return None;
        }
        let (at, args, kind) = self.rng.pick(&found).clone();
        let held = match kind {
            ClosureKind::Fn => {
                self.touch(at, Touch::Read);
                self.hold(at, false)
            }
            ClosureKind::FnMut => {
                self.touch(at, Touch::Write);
                self.hold(at, true)
            }
            ClosureKind::FnOnce => {
                self.touch(at, Touch::Move);
                self.hold(at, true)
            }
        };
        let values = self.arguments(&args);
        self.release(&[held]);
        Some(Expr::CallValue(boxed(Expr::Var(self.vars[at].name.clone())), values?))
    }

    /// A closure, and what it borrows.
    pub(super) fn closure(&mut self, args: &[Ty], ret: &Ty, kind: ClosureKind) -> (Expr, Vec<(usize, bool)>) {
        let base = self.vars.len();
        let moves = std::mem::take(&mut self.must_move)
            || self.reads_only == 0 && self.closures.is_empty() && self.rng.chance(35);
        self.closures.push(Capture { base, kind, moves, loops: self.loops, touched: Vec::new() });
        self.frames.push(Frame { ret: ret.clone(), labels: Vec::new(), catch: None, closed: true });
        let outer_loops = self.reads_only;
        self.reads_only = 0;
        let mut names = Vec::new();
        let body = self.branch(|make| {
            for ty in args {
                let name = make.name("p");
                make.declare(name.clone(), ty.clone(), false);
                names.push((name, Some(ty.clone())));
            }
            if make.rng.chance(50) && kind == ClosureKind::Fn {
                make.expr(ret)
            } else {
                Expr::Block(Box::new(make.block_of(ret, 2)))
            }
        });
        self.reads_only = outer_loops;
        self.frames.pop();
        let capture = self.closures.pop();
        let touched = capture.map_or(Vec::new(), |capture| capture.touched);
        let mut holds: Vec<(usize, bool)> = Vec::new();
        for (at, touch) in touched {
            if at >= base {
                continue;
            }
            let copy = self.is_copy(&self.vars[at].ty);
            match touch {
                // Already marked.
                Touch::Move if !copy => {}
                _ if moves && !copy => self.vars[at].moved = true,
                _ if moves => {}
                Touch::Write => {
                    if !holds.contains(&(at, true)) {
                        holds.push((at, true));
                    }
                }
                Touch::Read | Touch::Move => {
                    if !holds.contains(&(at, false)) {
                        holds.push((at, false));
                    }
                }
            }
        }
        for &(at, exclusive) in &holds {
            self.hold(at, exclusive);
        }
        (Expr::Closure { moves, args: names, body: boxed(body) }, holds)
    }

    /// Of one of the prelude's functions that take a closure.
    pub(super) fn with_closure(&mut self) -> Expr {
        if self.loops > 0 {
            return self.leaf(&I64);
        }
        let x = self.small(&I64, 9);
        let (name, kind) = *self.rng.pick(&[
            ("apply", ClosureKind::Fn),
            ("change", ClosureKind::FnMut),
            ("finish", ClosureKind::FnOnce),
        ]);
        if self.reads_only > 0 && kind != ClosureKind::Fn {
            return x;
        }
        let (closure, holds) = self.closure(&[I64], &I64, kind);
        self.release(&holds);
        Expr::Call(name.into(), Vec::new(), vec![closure, x])
    }

    pub(super) fn function_value(&mut self, args: &[Ty], ret: &Ty) -> Expr {
        let found: Vec<Name> = self
            .case
            .funcs
            .iter()
            .filter(|func| func.params + func.consts == 0 && func.owner.is_none() && func.ret == *ret)
            .filter(|func| {
                func.args.len() == args.len() && func.args.iter().zip(args).all(|(a, b)| a.1 == *b)
            })
            .map(|func| func.name.clone())
            .collect();
        if !found.is_empty() && self.rng.chance(60) {
            return Expr::Var(self.rng.pick(&found).clone());
        }
        // A closure that captures nothing: nothing outside its parameters is in sight.
        let vars = std::mem::take(&mut self.vars);
        let closures = std::mem::take(&mut self.closures);
        let (closure, _) = self.closure(args, ret, ClosureKind::Fn);
        self.vars = vars;
        self.closures = closures;
        match closure {
            Expr::Closure { args, body, .. } => Expr::Closure { moves: false, args, body },
            other => other,
        }
    }

    // Iterators.

    /// `(0i64..n)`, `list.iter().copied()`, with a few adaptors.
    pub(super) fn chain(&mut self, held: &mut Vec<(usize, bool)>) -> Expr {
        let list = Ty::List(Box::new(I64));
        let own = if self.rng.chance(40) { self.own_iterator(&I64) } else { None };
        let mut chain = match self.readable(&list) {
            _ if own.is_some() => own.unwrap_or(Expr::None),
            Some(place) if self.rng.chance(50) => {
                self.touch(place.root, Touch::Read);
                held.push(self.hold(place.root, false));
                let iter = Expr::Method(boxed(place.expr), "iter", Vec::new());
                Expr::Method(boxed(iter), "copied", Vec::new())
            }
            _ => {
                let low = Expr::Lit(format!("{}i64", self.rng.below(3)));
                let high = Expr::Lit(format!("{}i64", self.rng.below(7)));
                Expr::Range(Some(boxed(low)), Some(boxed(high)), self.rng.chance(40))
            }
        };
        for _ in 0..self.rng.between(1, 3) {
            chain = match self.rng.below(9) {
                0..=2 => {
                    let closure = self.small_closure(&I64, false, held);
                    Expr::Method(boxed(chain), "map", vec![closure])
                }
                3 | 4 => {
                    let closure = self.small_closure(&Ty::Bool, true, held);
                    Expr::Method(boxed(chain), "filter", vec![closure])
                }
                5 => {
                    let name = *self.rng.pick(&["take", "skip"]);
                    Expr::Method(boxed(chain), name, vec![self.small(&USIZE, 4)])
                }
                6 => {
                    let closure = self.small_closure(&Ty::Bool, true, held);
                    let name = *self.rng.pick(&["take_while", "skip_while"]);
                    Expr::Method(boxed(chain), name, vec![closure])
                }
                7 => {
                    let other = Expr::Range(
                        Some(boxed(Expr::Lit("5i64".into()))),
                        Some(boxed(self.small(&I64, 9))),
                        false,
                    );
                    Expr::Method(boxed(chain), "chain", vec![other])
                }
                _ => Expr::Method(boxed(chain), "step_by", vec![Expr::Lit("2".into())]),
            };
        }
        chain
    }

    /// `|x| …` over numbers; of a reference where a filter hands one.
    fn small_closure(&mut self, ret: &Ty, by_ref: bool, held: &mut Vec<(usize, bool)>) -> Expr {
        let name = self.name("x");
        let ty = if by_ref { Ty::Ref(Box::new(I64)) } else { I64 };
        self.closures.push(Capture {
            base: self.vars.len(),
            kind: ClosureKind::Fn,
            moves: false,
            loops: self.loops,
            touched: Vec::new(),
        });
        self.frames.push(Frame { ret: ret.clone(), labels: Vec::new(), catch: None, closed: true });
        let base = self.vars.len();
        let (closure, touched) = self.repeated(|make| make.small_body(name, ty, ret, by_ref));
        // It is called while the loop around it runs.
        for (at, _) in touched {
            if at < base && !held.contains(&(at, false)) {
                held.push(self.hold(at, false));
            }
        }
        closure
    }

    fn small_body(&mut self, name: Name, ty: Ty, ret: &Ty, by_ref: bool) -> (Expr, Vec<(usize, Touch)>) {
        let fuel = self.fuel;
        self.fuel = self.fuel.min(6);
        self.declare(name.clone(), ty, false);
        let body = match (ret, by_ref) {
            (Ty::Bool, true) if self.rng.chance(60) => {
                let op = *self.rng.pick(&["<", ">", "!=", "=="]);
                let var = Expr::Deref(boxed(Expr::Var(name.clone())));
                let limit = self.small(&I64, 6);
                Expr::Binary(op, boxed(var), boxed(limit))
            }
            _ => self.expr(ret),
        };
        self.fuel = fuel - 6;
        self.frames.pop();
        let touched = self.closures.pop().map_or(Vec::new(), |capture| capture.touched);
        (Expr::Closure { moves: false, args: vec![(name, None)], body: boxed(body) }, touched)
    }

    pub(super) fn sum_of(&mut self, ty: &Ty) -> Expr {
        if self.loops > 0 || self.fuel < 10 {
            return self.leaf(ty);
        }
        let mut held = Vec::new();
        let chain = self.chain(&mut held);
        let result = match self.rng.below(4) {
            0 => {
                let value = Expr::Method(boxed(chain), "sum", Vec::new());
                Expr::Typed(boxed(value), I64)
            }
            1 => {
                let value = Expr::Method(boxed(chain), "count", Vec::new());
                Expr::Cast(boxed(value), I64)
            }
            2 => {
                let name = *self.rng.pick(&["max", "min", "last"]);
                let best = Expr::Method(boxed(chain), name, Vec::new());
                Expr::Method(boxed(best), "unwrap_or", vec![self.small(&I64, 4)])
            }
            _ => {
                let (total, item) = (self.name("t"), self.name("x"));
                let add = Expr::Method(
                    boxed(Expr::Var(total.clone())),
                    "wrapping_mul",
                    vec![Expr::Lit("31i64".into())],
                );
                let add = Expr::Method(boxed(add), "wrapping_add", vec![Expr::Var(item.clone())]);
                let closure =
                    Expr::Closure { moves: false, args: vec![(total, None), (item, None)], body: boxed(add) };
                Expr::Method(boxed(chain), "fold", vec![Expr::Lit("7i64".into()), closure])
            }
        };
        self.release(&held);
        result
    }

    pub(super) fn collected(&mut self) -> Expr {
        if self.loops > 0 || self.fuel < 10 {
            return self.leaf(&Ty::List(Box::new(I64)));
        }
        let mut held = Vec::new();
        let chain = self.chain(&mut held);
        self.release(&held);
        let list = Expr::Method(boxed(chain), "collect", Vec::new());
        Expr::Typed(boxed(list), Ty::List(Box::new(I64)))
    }
}
