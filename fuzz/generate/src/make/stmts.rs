//! Statements and blocks.
//!
//! In: what is in scope. Out: statements, and variables declared for those that follow. Every loop ends, for its counter
//! is nobody else's to change; nothing follows a statement that leaves.
//!
//! ```text
//! let (a, var b) = (1u8, x)      'l4: for i5 in (0i64..3i64) { if b > 2u8 { continue 'l4 } … }
//! ```

use super::exprs::boxed;
use super::patterns::Mode;
use super::{Label, Make, Touch};
use crate::ast::*;

impl Make {
    /// A block that gives a value of this type, in a scope of its own.
    pub(super) fn block_of(&mut self, ty: &Ty, most: usize) -> Block {
        self.deeper(|make| {
            make.scope(|make| {
                let mut block = Block::default();
                for _ in 0..make.rng.below(most + 1) {
                    make.stmt(&mut block);
                }
                if *ty == Ty::Unit {
                    if block.stmts.is_empty() {
                        make.stmt(&mut block);
                    }
                } else {
                    block.tail = Some(boxed(make.expr(ty)));
                }
                block
            })
        })
    }

    pub(super) fn stmt(&mut self, block: &mut Block) {
        if !self.spend() {
            self.print_stmt(block);
            return;
        }
        match self.rng.below(100) {
            0..=23 => self.let_stmt(block),
            24..=28 => self.let_parts(block),
            29..=34 => self.let_reference(block),
            35..=39 => self.let_closure(block),
            40..=42 => self.let_later(block),
            43..=55 => self.assign(block),
            56..=63 => self.change_collection(block),
            64..=71 => self.print_stmt(block),
            72..=76 => self.choice(block),
            77..=82 => self.for_stmt(block),
            83..=84 => self.while_stmt(block),
            85..=87 => self.let_else(block),
            88..=92 => self.leave_early(block),
            93..=95 => self.drop_stmt(block),
            96..=97 => {
                let inner = self.block_of(&Ty::Unit, 3);
                block.stmts.push(Stmt::Expr(Expr::Block(Box::new(inner))));
            }
            _ => self.call_stmt(block),
        }
    }

    fn let_stmt(&mut self, block: &mut Block) {
        let ty = self.value_ty(2);
        let init = self.expr(&ty);
        let name = self.name("x");
        let mutable = self.rng.chance(55);
        // Where the value says its type, it is inferred.
        let said = matches!(ty, Ty::Int(_) | Ty::Float(_) | Ty::Bool | Ty::Char | Ty::Noisy);
        let ty_text = (!said || self.rng.chance(30)).then(|| ty.clone());
        block.stmts.push(Stmt::Let { pat: Pat::Bind(name.clone(), mutable), ty: ty_text, init: Some(init) });
        self.declare(name, ty, mutable);
    }

    /// `let (a, [b, ..]) = …`
    fn let_parts(&mut self, block: &mut Block) {
        let len = self.rng.between(2, 3);
        let ty = Ty::Tuple((0..len).map(|_| self.value_ty(1)).collect());
        let init = self.expr(&ty);
        let pat = self.pattern(&ty, 3, Mode::Own, true);
        block.stmts.push(Stmt::Let { pat, ty: Some(ty), init: Some(init) });
    }

    /// A reference to a place, or to a temporary that lives as long as the variable.
    fn let_reference(&mut self, block: &mut Block) {
        if self.rng.chance(25) {
            let ty = if self.rng.chance(40) { Ty::Noisy } else { self.adt_ty(1) };
            let value = match &ty {
                Ty::Adt(adt, args) => {
                    let variant = self.rng.below(self.case.adts[*adt].variants.len());
                    self.construct(*adt, variant, args, &mut |make, ty| make.leaf(ty))
                }
                _ => self.noisy(),
            };
            let name = self.name("r");
            let exclusive = self.rng.chance(30);
            let (init, whole) = match exclusive {
                true => (Expr::RefMut(boxed(value)), Ty::RefMut(Box::new(ty))),
                false => (Expr::Ref(boxed(value)), Ty::Ref(Box::new(ty))),
            };
            block.stmts.push(Stmt::Let {
                pat: Pat::Bind(name.clone(), false),
                ty: Some(whole.clone()),
                init: Some(init),
            });
            self.declare(name, whole, false);
            return;
        }
        let exclusive = self.rng.chance(45) && self.reads_only == 0;
        let mut found = self.places();
        found.retain(|it| {
            let plain = !matches!(it.ty, Ty::Ref(_) | Ty::RefMut(_) | Ty::Closure(..) | Ty::FnPtr(..));
            plain && if exclusive { self.can_write(it) } else { self.can_read(it) }
        });
        let Some(place) = self.pick_place(found) else { return self.let_stmt(block) };
        // Inside a closure a borrow of what it captured would have to be tracked by path.
        if self.closures.iter().any(|it| it.base > place.root) {
            return self.print_stmt(block);
        }
        self.touch(place.root, if exclusive { Touch::Write } else { Touch::Read });
        let held = self.hold(place.root, exclusive);
        let name = self.name("r");
        let (init, ty) = match exclusive {
            true => (Expr::RefMut(boxed(place.expr)), Ty::RefMut(Box::new(place.ty))),
            false => (Expr::Ref(boxed(place.expr)), Ty::Ref(Box::new(place.ty))),
        };
        block.stmts.push(Stmt::Let { pat: Pat::Bind(name.clone(), false), ty: None, init: Some(init) });
        let at = self.declare(name, ty, false);
        self.vars[at].holds.push(held);
    }

    fn let_closure(&mut self, block: &mut Block) {
        if self.loops > 1 || !self.closures.is_empty() {
            return self.let_stmt(block);
        }
        let count = self.rng.below(3);
        let args: Vec<Ty> = (0..count).map(|_| self.scalar()).collect();
        let ret = match self.rng.below(6) {
            0 => Ty::Noisy,
            1 => Ty::String,
            2 => Ty::Tuple(vec![I64, Ty::Bool]),
            _ => Ty::Int(self.int_ty()),
        };
        let name = self.name("f");
        if self.rng.chance(20) {
            let init = self.function_value(&args, &ret);
            let ty = Ty::FnPtr(args, Box::new(ret));
            let stmt =
                Stmt::Let { pat: Pat::Bind(name.clone(), false), ty: Some(ty.clone()), init: Some(init) };
            block.stmts.push(stmt);
            self.declare(name, ty, false);
            return;
        }
        let kind = *self.rng.pick(&[ClosureKind::Fn, ClosureKind::FnMut, ClosureKind::FnOnce]);
        let (init, holds) = self.closure(&args, &ret, kind);
        let mutable = kind == ClosureKind::FnMut;
        block.stmts.push(Stmt::Let { pat: Pat::Bind(name.clone(), mutable), ty: None, init: Some(init) });
        let at = self.declare(name, Ty::Closure(args, Box::new(ret), kind), mutable);
        self.vars[at].holds = holds;
    }

    /// `let x: T` and a value on every way.
    fn let_later(&mut self, block: &mut Block) {
        let ty = self.value_ty(1);
        let name = self.name("x");
        let mutable = self.rng.chance(30);
        block.stmts.push(Stmt::Let {
            pat: Pat::Bind(name.clone(), mutable),
            ty: Some(ty.clone()),
            init: None,
        });
        let base = self.vars.len();
        let cond = self.condition();
        let assign = |make: &mut Make| {
            make.branch(|make| {
                let mut block = make.block_of(&ty, 1);
                if let Some(value) = block.tail.take() {
                    block.stmts.push(Stmt::Assign(Expr::Var(name.clone()), "", *value));
                }
                block
            })
        };
        let then = assign(self);
        self.leave(base);
        let or = assign(self);
        block.stmts.push(Stmt::Expr(Expr::If(cond, then, Some(or))));
        self.declare(name, ty, mutable);
    }

    fn assign(&mut self, block: &mut Block) {
        if self.rng.chance(20)
            && let Some(at) = self.moved_variable()
        {
            let ty = self.vars[at].ty.clone();
            let value = self.expr(&ty);
            let name = self.vars[at].name.clone();
            block.stmts.push(Stmt::Assign(Expr::Var(name), "", value));
            self.vars[at].moved = false;
            self.vars[at].gone.clear();
            return;
        }
        let mut found = self.places();
        found.retain(|it| {
            let plain = !matches!(it.ty, Ty::Ref(_) | Ty::RefMut(_) | Ty::Closure(..) | Ty::Param(_));
            plain && self.can_write(it)
        });
        let Some(place) = self.pick_place(found) else { return self.let_stmt(block) };
        let own = self.case.ops.iter().find(|op| op.sign == "+=" && op.lhs == place.ty).cloned();
        if let Some(op) = own
            && self.rng.chance(40)
        {
            self.touch(place.root, Touch::Write);
            let held = self.hold(place.root, true);
            let value = self.expr(&op.rhs.unwrap_or(I64));
            self.release(&[held]);
            block.stmts.push(Stmt::Assign(place.expr, "+", value));
            return;
        }
        let op = match &place.ty {
            Ty::Int(_) if self.rng.chance(55) => *self.rng.pick(&["+", "-", "*", "&", "|", "^"]),
            Ty::Float(_) if self.rng.chance(40) => *self.rng.pick(&["+", "*"]),
            _ => "",
        };
        self.touch(place.root, Touch::Write);
        let value = match (&place.ty, op) {
            (Ty::Int(_), "+" | "-" | "*") => self.small_expr(&place.ty.clone()),
            _ => self.expr(&place.ty.clone()),
        };
        let whole = matches!(place.expr, Expr::Var(_));
        let there = self.is_there(&place);
        if there && self.can_write(&place) {
            block.stmts.push(Stmt::Assign(place.expr, op, value));
        } else if whole && op.is_empty() && self.reassignable(place.root) {
            // `x = f(x)`
            block.stmts.push(Stmt::Assign(place.expr, op, value));
            self.vars[place.root].moved = false;
            self.vars[place.root].gone.clear();
        } else {
            let stmt = Stmt::Let { pat: Pat::Wild, ty: Some(place.ty.clone()), init: Some(value) };
            block.stmts.push(stmt);
        }
    }

    fn reassignable(&self, at: usize) -> bool {
        let var = &self.vars[at];
        let captured = self.closures.iter().any(|it| it.base > at);
        (var.moved || !var.gone.is_empty())
            && var.mutable
            && var.frozen == 0
            && var.closed == 0
            && !captured
            && self.reads_only == 0
    }

    fn moved_variable(&mut self) -> Option<usize> {
        let found: Vec<usize> = (0..self.vars.len())
            .filter(|&at| {
                self.reassignable(at) && !matches!(self.vars[at].ty, Ty::RefMut(_) | Ty::Closure(..))
            })
            .collect();
        if found.is_empty() { None } else { Some(*self.rng.pick(&found)) }
    }

    fn change_collection(&mut self, block: &mut Block) {
        let mut found = self.places();
        found.retain(|it| {
            matches!(it.ty, Ty::List(_) | Ty::Map(..) | Ty::Set(_) | Ty::String) && self.can_write(it)
        });
        let Some(place) = self.pick_place(found) else { return self.let_stmt(block) };
        self.touch(place.root, Touch::Write);
        let held = self.hold(place.root, true);
        let (name, args): (&'static str, Vec<Expr>) = match &place.ty {
            Ty::List(elem) => match self.rng.below(12) {
                0..=4 => ("push", vec![self.expr(elem)]),
                5 => ("insert", vec![self.small(&USIZE, 2), self.expr(elem)]),
                6 => ("truncate", vec![self.small(&USIZE, 3)]),
                7 => ("reverse", Vec::new()),
                8 => ("clear", Vec::new()),
                9 => ("swap", vec![self.small(&USIZE, 2), self.small(&USIZE, 2)]),
                10 => ("remove", vec![self.small(&USIZE, 2)]),
                _ => ("resize", vec![self.small(&USIZE, 5), self.leaf(elem)]),
            },
            Ty::Map(_, value) => match self.rng.below(6) {
                0..=3 => ("insert", vec![self.small(&I64, 5), self.expr(value)]),
                _ => ("remove", vec![self.small(&I64, 5)]),
            },
            Ty::Set(elem) => match self.rng.below(6) {
                0..=4 => ("insert", vec![self.expr(elem)]),
                _ => ("clear", Vec::new()),
            },
            _ => match self.rng.below(5) {
                0 | 1 => ("push_str", vec![Expr::Lit(format!("{:?}", self.text()))]),
                2 => ("push", vec![self.expr(&Ty::Char)]),
                3 => ("clear", Vec::new()),
                _ => ("pop", Vec::new()),
            },
        };
        self.release(&[held]);
        let gives = matches!(name, "remove" | "pop") || matches!(place.ty, Ty::Set(_)) && name == "insert";
        let call = Expr::Method(boxed(place.expr), name, args);
        block.stmts.push(match gives {
            true => Stmt::Let { pat: Pat::Wild, ty: None, init: Some(call) },
            false => Stmt::Expr(call),
        });
    }

    pub(super) fn print_stmt(&mut self, block: &mut Block) {
        let mut values = Vec::new();
        for _ in 0..self.rng.between(1, 2) {
            let mut found = self.places();
            found.retain(|it| !matches!(it.ty, Ty::Closure(..) | Ty::FnPtr(..)) && self.can_read(it));
            if let Some(place) = self.pick_place(found) {
                self.touch(place.root, Touch::Read);
                values.push(match &place.ty {
                    // One instance for a type and what refers to it.
                    Ty::Ref(inner) | Ty::RefMut(inner) if !matches!(**inner, Ty::Slice(_) | Ty::Str) => {
                        Expr::Deref(boxed(place.expr))
                    }
                    _ => place.expr,
                });
            }
        }
        let label = self.name("p");
        block.stmts.push(match values.is_empty() || self.interpolates && self.rng.chance(50) {
            true => Stmt::Print(label, values),
            false => Stmt::Tell(label, values),
        });
    }

    fn choice(&mut self, block: &mut Block) {
        let expr = match self.rng.chance(50) {
            true => self.match_expr(&Ty::Unit),
            false => None,
        };
        if let Some(expr) = expr {
            block.stmts.push(Stmt::Expr(expr));
            return;
        }
        let base = self.vars.len();
        let cond = self.condition();
        let then = self.branch(|make| make.block_of(&Ty::Unit, 2));
        self.leave(base);
        let or = self.rng.chance(50).then(|| self.branch(|make| make.block_of(&Ty::Unit, 2)));
        block.stmts.push(Stmt::Expr(Expr::If(cond, then, or)));
    }

    fn for_stmt(&mut self, block: &mut Block) {
        if self.loops > 1 || self.reads_only > 0 {
            return self.print_stmt(block);
        }
        let mut held = Vec::new();
        let (iter, item, mode): (Expr, Ty, Mode) = match self.rng.below(7) {
            0..=2 => {
                let ty = Ty::Int(self.int_ty());
                let (low, high) = (self.small(&ty, 3), self.small(&ty, 6));
                let inclusive = self.rng.chance(40);
                (Expr::Range(Some(boxed(low)), Some(boxed(high)), inclusive), ty, Mode::Copies)
            }
            3 if self.closures.is_empty() => (self.chain(&mut held), I64, Mode::Copies),
            _ => {
                let exclusive = self.rng.chance(45);
                let mut found = self.places();
                found.retain(|it| {
                    matches!(it.ty, Ty::List(_) | Ty::Array(..) | Ty::ArrayOf(..))
                        && if exclusive { self.can_write(it) } else { self.can_read(it) }
                });
                let Some(place) = self.pick_place(found) else { return self.let_stmt(block) };
                let elem = match &place.ty {
                    Ty::List(elem) | Ty::Array(elem, _) | Ty::ArrayOf(elem, _) => (**elem).clone(),
                    _ => I64,
                };
                if !exclusive && self.can_take(&place) {
                    self.take(place.root, &place.path);
                    (place.expr, elem, Mode::Own)
                } else {
                    self.touch(place.root, if exclusive { Touch::Write } else { Touch::Read });
                    held.push(self.hold(place.root, exclusive));
                    match exclusive {
                        true => (Expr::RefMut(boxed(place.expr)), elem, Mode::Mutable),
                        false => (Expr::Ref(boxed(place.expr)), elem, Mode::Shared),
                    }
                }
            }
        };
        let label = self.rng.chance(50).then(|| self.name("l"));
        let (pat, body) = self.repeated(|make| {
            let pat = match mode {
                Mode::Copies => {
                    let name = make.name("i");
                    make.declare(name.clone(), item.clone(), false);
                    Pat::Bind(name, false)
                }
                _ => make.pattern(&item, 2, mode, true),
            };
            let body = make.loop_body(&label);
            (pat, body)
        });
        self.release(&held);
        block.stmts.push(Stmt::For { label, pat, iter, body });
    }

    fn loop_body(&mut self, label: &Option<Name>) -> Block {
        if let (Some(label), Some(frame)) = (label, self.frames.last_mut()) {
            frame.labels.push(Label { name: label.clone(), is_loop: true, value: None });
        }
        let body = self.block_of(&Ty::Unit, 3);
        if let (Some(_), Some(frame)) = (label, self.frames.last_mut()) {
            frame.labels.pop();
        }
        body
    }

    fn while_stmt(&mut self, block: &mut Block) {
        if self.loops > 1 || self.reads_only > 0 {
            return self.print_stmt(block);
        }
        let list = self.places();
        let mut list: Vec<_> = list.into_iter().filter(|it| matches!(it.ty, Ty::List(_))).collect();
        list.retain(|it| self.can_write(it));
        if self.rng.chance(40)
            && let Some(place) = self.pick_place(list)
            && let Ty::List(elem) = &place.ty
        {
            self.touch(place.root, Touch::Write);
            let held = self.hold(place.root, true);
            let label = self.rng.chance(40).then(|| self.name("l"));
            let (pat, body) = self.repeated(|make| {
                let pat = make.pattern(elem, 2, Mode::Own, true);
                (pat, make.loop_body(&label))
            });
            self.release(&[held]);
            let pop = Expr::Method(boxed(place.expr), "pop", Vec::new());
            let cond = vec![Test::Let(Pat::Some(Box::new(pat)), pop)];
            block.stmts.push(Stmt::While { label, cond, body });
            return;
        }
        let counter = self.name("n");
        let limit = self.rng.between(1, 4);
        block.stmts.push(Stmt::Let {
            pat: Pat::Bind(counter.clone(), true),
            ty: None,
            init: Some(Expr::Lit("0u8".into())),
        });
        let at = self.declare(counter.clone(), U8, false);
        let label = self.rng.chance(40).then(|| self.name("l"));
        let (cond, body) = self.repeated(|make| {
            let var = Expr::Var(counter.clone());
            let bound = Expr::Lit(format!("{limit}u8"));
            let mut cond = vec![Test::Is(Expr::Binary("<", boxed(var.clone()), boxed(bound)))];
            if make.rng.chance(30) {
                // What the condition borrows is still borrowed when the counter is changed.
                make.vars[at].closed += 1;
                cond.extend(make.condition());
                make.vars[at].closed -= 1;
            }
            let mut body = make.loop_body(&label);
            body.stmts.insert(0, Stmt::Assign(var, "+", Expr::Lit("1u8".into())));
            (cond, body)
        });
        block.stmts.push(Stmt::While { label, cond, body });
    }

    fn let_else(&mut self, block: &mut Block) {
        let inner = self.value_ty(1);
        let wanted = match self.rng.chance(70) {
            true => Ty::Option(Box::new(inner)),
            false => Ty::Result(Box::new(inner), Box::new(Ty::Noisy)),
        };
        let init = Expr::Typed(boxed(self.expr(&wanted)), wanted.clone());
        // The block after `else` does not see the names.
        let mut or = Block::default();
        self.scope(|make| make.print_stmt(&mut or));
        // Made after the value, for it runs after it: what that took is gone.
        let leave = self.way_out().unwrap_or_else(|| Expr::Panic("nowhere to go".into()));
        or.stmts.push(Stmt::Expr(leave));
        let pat = match &wanted {
            Ty::Option(inner) => Pat::Some(Box::new(self.pattern(inner, 2, Mode::Own, false))),
            Ty::Result(ok, _) => Pat::Ok(Box::new(self.pattern(ok, 2, Mode::Own, false))),
            _ => Pat::Wild,
        };
        block.stmts.push(Stmt::LetElse { pat, init, or });
    }

    /// `return`, `break` or `continue`, in a branch of its own.
    fn way_out(&mut self) -> Option<Expr> {
        self.branch(|make| {
            let frame = make.frames.last()?;
            let (ret, closed) = (frame.ret.clone(), frame.closed);
            let labels = frame.labels.clone();
            if !labels.is_empty() && make.rng.chance(75) {
                let label = make.rng.pick(&labels).clone();
                if label.is_loop && label.value.is_none() && make.rng.chance(50) {
                    return Some(Expr::Continue(Some(label.name)));
                }
                let value = label.value.as_ref().map(|ty| boxed(make.leaf(ty)));
                return Some(Expr::Break(Some(label.name), value));
            }
            if closed {
                return None;
            }
            Some(match ret {
                Ty::Unit => Expr::Return(None),
                ret => Expr::Return(Some(boxed(make.leaf(&ret)))),
            })
        })
    }

    fn leave_early(&mut self, block: &mut Block) {
        self.reads_only += 1;
        let cond = self.expr(&Ty::Bool);
        self.reads_only -= 1;
        let leave = match self.rng.chance(24) {
            true => Some(Expr::Panic(format!("told {}", self.rng.below(90)))),
            false => self.way_out(),
        };
        let Some(leave) = leave else { return self.print_stmt(block) };
        let mut then = Block::default();
        if self.rng.chance(30) {
            self.branch(|make| make.print_stmt(&mut then));
        }
        then.stmts.push(Stmt::Expr(leave));
        block.stmts.push(Stmt::Expr(Expr::If(vec![Test::Is(cond)], then, None)));
    }

    fn drop_stmt(&mut self, block: &mut Block) {
        let mut found = self.places();
        found.retain(|it| self.can_take(it) && !matches!(it.ty, Ty::RefMut(_)));
        let Some(place) = self.pick_place(found) else { return self.let_stmt(block) };
        self.take(place.root, &place.path);
        block.stmts.push(Stmt::Expr(Expr::Call("drop".into(), Vec::new(), vec![place.expr])));
    }

    fn call_stmt(&mut self, block: &mut Block) {
        let found: Vec<usize> =
            (0..self.case.funcs.len()).filter(|&i| self.case.funcs[i].ret == Ty::Unit).collect();
        if found.is_empty() || self.loops > 1 {
            return self.let_stmt(block);
        }
        let index = *self.rng.pick(&found);
        let func = &self.case.funcs[index];
        let params = func.params + func.consts;
        match self.call(index, vec![None; params]) {
            Some(call) => block.stmts.push(Stmt::Expr(call)),
            None => self.let_stmt(block),
        }
    }
}
