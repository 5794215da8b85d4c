//! What needs more text than choices: `dyn`, operators, iterators of one's own, generic protocols, const generics,
//! closures that are returned or boxed.
//!
//! In: the types of the case. Out: [`Form`]s among its items, with random bodies, and statements of its entry that use
//! them. `#` stands for the case's number in all names.
//!
//! ```text
//! Made::Iterator { state: u8, item: String }   →   record I3 { … }  impl Iterator for I3 { … }   →   for x in I3 { … }
//! ```

use super::exprs::boxed;
use super::patterns::Mode;
use super::{Frame, Make};
use crate::ast::*;

/// What was made of a case's items, to be used by its entry.
#[derive(Clone, Debug)]
pub(super) enum Made {
    Dyn { types: [Ty; 2], arg: Ty },
    Iterator { state: Ty, item: Ty },
    Returned { args: [Ty; 2], kind: ClosureKind },
    Generic { own: Ty, by: [Ty; 2] },
    Through,
    Boxed,
    Ring,
}

const DYN: &str = "‹protocol¦trait› B# {
    fn base#(&self) -> i64§
}
‹protocol¦trait› D#: B# {
    fn look#(&self, x: $0) -> $1§
    fn change#(&mut self, x: i64) -> i64 { self.base#().wrapping_add(x) }
}
fn up#(it: &dyn B#) -> i64 { it.base#() }
fn both#(it: &mut dyn D#, x: i64) -> i64 { it.change#(x).wrapping_sub(up#(&*it)) }";

const DYN_IMPL: &str = "impl B# for $0 {
    fn base#(&self) -> i64 $1
}
impl D# for $0 {
    fn look#(&self, x: $2) -> $3 $4";

const DYN_USE: &str = "{
    ‹var¦let mut› d: Box⟨dyn D#⟩ = if ($0) { Box·new($1) } else { Box·new($2) }§
    tell(\"d\", &d.look#($3))§
    tell(\"d\", &up#(&*d))§
    tell(\"d\", &both#(&mut *d, 3))§
    ‹var¦let mut› many: ‹List¦Vec›⟨Box⟨dyn D#⟩⟩ = ⟦d, Box·new($4)⟧§
    for it in &mut many { tell(\"e\", &it.change#(2))§ }
    let shared: Rc⟨dyn D#⟩ = Rc·new($5)§
    tell(\"e\", &shared.look#($6))§
}";

const ITERATOR: &str = "‹record¦struct› I# { left: u8, at: $0 }
impl Iterator for I# {
    type Item = $1§
    fn next(&mut self) -> Option⟨$1⟩ {
        if self.left == 0 { return ‹none¦None› }
        self.left -= 1§
        let at = &mut self.at§
        $2
    }
}";

const GENERIC: &str = "‹protocol¦trait› C#⟨A⟩ {
    type Made#: Tell§
    fn made#(&self, by: A) -> Self·Made#§
}
impl C#⟨$1⟩ for $0 {
    type Made# = $2§
    fn made#(&self, by: $1) -> $2 $3
}
impl C#⟨$4⟩ for $0 {
    type Made# = $5§
    fn made#(&self, by: $4) -> $5 $6
}
fn drive#⟨A, T: C#⟨A⟩⟩(it: &T, by: A) -> T·Made# { it.made#(by) }
fn fixed#⟨T: C#⟨$1, Made# = $2⟩⟩(it: &T, by: $1) -> $2 { it.made#(by) }";

const GENERIC_USE: &str = "{
    let own: $0 = $1§
    let (a, b): ($2, $3) = ($4, $5)§
    tell(\"g\", &drive#(&own, a))§
    tell(\"g\", &drive#(&own, b))§
    let a: $2 = $6§
    tell(\"g\", &fixed#(&own, a))§
}";

const THROUGH: &str = "fn through#⟨T: P#⟩(value: T, x: i64) -> Option⟨T·Out⟩ {
    if value.one#(x) > 5 { return ‹none¦None› }
    ‹some¦Some›(value.out#())
}";

const RING_USE: &str = "{
    ‹var¦let mut› ring: Ring⟨$0, $1⟩ = Ring { cells: $2, at: 1 }§
    tell(\"r\", &ring.next())§
    ring[$3] = $4§
    tell(\"r\", &ring[1])§
    tell(\"r\", &ring.size())§
    tell(\"r\", &ring.turn())§
}";

impl Make {
    fn form(&self, text: &str, parts: Vec<Part>) -> Form {
        Form { text: text.replace('#', &self.tag), parts }
    }

    fn add(&mut self, text: &str, parts: Vec<Part>) {
        let form = self.form(text, parts);
        self.case.forms.push(form);
    }

    pub(super) fn make_forms(&mut self) {
        let count = match self.small {
            true => usize::from(self.rng.chance(22)),
            false => usize::from(self.rng.chance(60)) + usize::from(self.rng.chance(25)),
        };
        for _ in 0..count {
            match self.rng.below(9) {
                0 | 1 => self.make_dyn(),
                2 | 3 => self.make_iterator(),
                4 => self.make_returned(),
                5 => self.make_generic(),
                6 if self.case.protocol.is_some()
                    && !self.forms.iter().any(|made| matches!(made, Made::Through)) =>
                {
                    self.add(THROUGH, Vec::new());
                    self.forms.push(Made::Through);
                }
                6 | 7 => self.forms.push(Made::Boxed),
                _ => self.forms.push(Made::Ring),
            }
            // Each at most once: names carry no other number.
            if self.forms.len() > 1 {
                break;
            }
        }
    }

    /// Types without parameters that something can be implemented for.
    fn implementors(&mut self) -> Vec<Ty> {
        let own: Vec<usize> = self.own.clone();
        let plain = own.into_iter().filter(|&at| self.case.adts[at].params == 0);
        let mut types: Vec<Ty> = plain.map(|at| Ty::Adt(at, Vec::new())).collect();
        types.extend([I64, Ty::Noisy, Ty::Tuple(vec![U8, Ty::Bool]), Ty::String]);
        self.rng.shuffle(&mut types);
        types
    }

    fn method(&mut self, receiver: Ty, name: &str, arg: &Ty, ret: &Ty) -> Part {
        let args = [("self".to_string(), receiver, false), (name.to_string(), arg.clone(), false)];
        Part::Block(self.body(&args, ret, 8))
    }

    fn make_dyn(&mut self) {
        if self.forms.iter().any(|made| matches!(made, Made::Dyn { .. })) {
            return;
        }
        let mut types = self.implementors();
        types.truncate(2);
        let (arg, ret) = (self.value_ty(1), self.value_ty(1));
        self.add(DYN, vec![Part::Ty(arg.clone()), Part::Ty(ret.clone())]);
        for ty in &types {
            let by_ref = || Ty::Ref(Box::new(ty.clone()));
            let base = self.body(&[("self".to_string(), by_ref(), false)], &I64, 4);
            let look = self.method(by_ref(), "x", &arg, &ret);
            let mut text = DYN_IMPL.to_string();
            let mut parts = vec![
                Part::Ty(ty.clone()),
                Part::Block(base),
                Part::Ty(arg.clone()),
                Part::Ty(ret.clone()),
                look,
            ];
            if self.rng.chance(60) {
                text.push_str("\n    fn change#(&mut self, x: i64) -> i64 $5");
                parts.push(self.method(Ty::RefMut(Box::new(ty.clone())), "x", &I64, &I64));
            }
            text.push_str("\n}");
            self.add(&text, parts);
        }
        let types = [types[0].clone(), types[1].clone()];
        self.forms.push(Made::Dyn { types, arg });
    }

    fn make_iterator(&mut self) {
        if self.forms.iter().any(|made| matches!(made, Made::Iterator { .. })) {
            return;
        }
        let state = self.value_ty(1);
        let item = if self.rng.chance(50) { I64 } else { self.value_ty(1) };
        let at = [("at".to_string(), Ty::RefMut(Box::new(state.clone())), false)];
        let body = self.body(&at, &Ty::Option(Box::new(item.clone())), 10);
        self.add(ITERATOR, vec![Part::Ty(state.clone()), Part::Ty(item.clone()), Part::Block(body)]);
        self.forms.push(Made::Iterator { state, item });
    }

    /// One that gives items of this type, if the case has one.
    pub(super) fn own_iterator(&mut self, wanted: &Ty) -> Option<Expr> {
        let state = self.forms.iter().find_map(|made| match made {
            Made::Iterator { state, item } if item == wanted => Some(state.clone()),
            _ => None,
        })?;
        let left = self.rng.below(5);
        let value = self.leaf(&state);
        Some(Expr::Form(self.form(&format!("I# {{ left: {left}, at: $0 }}"), vec![Part::Expr(value)])))
    }

    /// `fn k(a: A, b: B) -> impl Fn(i64) -> i64 { move |x| … }`
    fn make_returned(&mut self) {
        if self.forms.iter().any(|made| matches!(made, Made::Returned { .. })) {
            return;
        }
        let args = [self.value_ty(1), self.value_ty(1)];
        let kind = *self.rng.pick(&[ClosureKind::Fn, ClosureKind::FnMut]);
        let mutable = kind == ClosureKind::FnMut;
        self.vars.clear();
        (self.fuel, self.calls, self.loops, self.depth) = (8, 1, 0, 0);
        for (name, ty) in ["a", "b"].iter().zip(&args) {
            self.declare((*name).to_string(), ty.clone(), mutable);
        }
        self.frames.push(Frame { ret: I64, labels: Vec::new(), catch: None, closed: true });
        self.must_move = true;
        let (closure, _) = self.closure(&[I64], &I64, kind);
        self.frames.pop();
        self.vars.clear();
        let (mark, name) = if mutable { ("‹var ¦mut ›", "FnMut") } else { ("", "Fn") };
        let text = format!("fn k#({mark}a: $0, {mark}b: $1) -> impl {name}(i64) -> i64 {{ $2 }}");
        let parts = vec![Part::Ty(args[0].clone()), Part::Ty(args[1].clone()), Part::Expr(closure)];
        self.add(&text, parts);
        self.forms.push(Made::Returned { args, kind });
    }

    fn make_generic(&mut self) {
        if self.forms.iter().any(|made| matches!(made, Made::Generic { .. })) {
            return;
        }
        let own = self.implementors()[0].clone();
        let (a, b) = (self.value_ty(0), self.value_ty(1));
        if a == b {
            return;
        }
        let mut parts = vec![Part::Ty(own.clone())];
        for by in [&a, &b] {
            let made = self.value_ty(1);
            parts.extend([Part::Ty(by.clone()), Part::Ty(made.clone())]);
            parts.push(self.method(Ty::Ref(Box::new(own.clone())), "by", by, &made));
        }
        self.add(GENERIC, parts);
        self.forms.push(Made::Generic { own, by: [a, b] });
    }

    pub(super) fn use_forms(&mut self, block: &mut Block) {
        for made in self.forms.clone() {
            let fuel = std::mem::replace(&mut self.fuel, 8);
            let stmt = match made {
                Made::Dyn { types, arg } => self.use_dyn(&types, &arg),
                Made::Iterator { item, .. } => {
                    self.use_iterator(&item, block);
                    continue;
                }
                Made::Returned { args, kind } => {
                    self.use_returned(&args, kind, block);
                    continue;
                }
                Made::Generic { own, by: [a, b] } => {
                    let mut parts = vec![Part::Ty(own.clone()), self.part(&own)];
                    parts.extend([Part::Ty(a.clone()), Part::Ty(b.clone())]);
                    parts.extend([self.part(&a), self.part(&b), self.part(&a)]);
                    self.form(GENERIC_USE, parts)
                }
                Made::Through => {
                    let Some(ty) = self.implementor() else { continue };
                    let parts = vec![self.part(&ty), self.part(&I64), Part::Ty(ty)];
                    self.form("tell(\"t\", &through#({ let typed: $2 = $0; typed }, $1))§", parts)
                }
                Made::Boxed => {
                    self.use_boxed(block);
                    continue;
                }
                Made::Ring => {
                    let (elem, len) = (self.value_ty(1), self.rng.between(1, 4));
                    let array = Ty::Array(Box::new(elem.clone()), len);
                    let cells = self.part(&array);
                    // What is assigned is evaluated before the index is.
                    let value = self.part(&elem);
                    let parts =
                        vec![Part::Ty(elem), Part::Ty(Ty::Const(len)), cells, self.part(&USIZE), value];
                    self.form(RING_USE, parts)
                }
            };
            self.fuel = fuel;
            block.stmts.push(Stmt::Form(stmt));
        }
    }

    /// A value.
    fn part(&mut self, ty: &Ty) -> Part {
        Part::Expr(self.expr(ty))
    }

    fn use_dyn(&mut self, types: &[Ty; 2], arg: &Ty) -> Form {
        self.reads_only += 1;
        let cond = self.expr(&Ty::Bool);
        self.reads_only -= 1;
        let first = self.branch(|make| make.part(&types[0]));
        let second = self.branch(|make| make.part(&types[1]));
        let mut parts = vec![Part::Expr(cond), first, second, self.part(arg)];
        for _ in 0..2 {
            let at = self.rng.below(2);
            parts.push(self.part(&types[at]));
        }
        parts.push(self.part(arg));
        self.form(DYN_USE, parts)
    }

    fn use_iterator(&mut self, item: &Ty, block: &mut Block) {
        let Some(iter) = self.own_iterator(item) else { return };
        let (pat, body) = self.repeated(|make| {
            let pat = make.pattern(item, 2, Mode::Own, true);
            (pat, make.block_of(&Ty::Unit, 2))
        });
        block.stmts.push(Stmt::For { label: None, pat, iter, body });
        let Some(first) = self.own_iterator(item) else { return };
        let mut parts = vec![Part::Expr(first)];
        let text = match self.rng.below(6) {
            0 => "$0.skip(1)",
            1 => "$0.take(2)",
            2 => "$0.step_by(2)",
            3 => "$0.enumerate().map(|it| it.1)",
            4 => "$0.filter(|_| true)",
            _ => {
                let Some(second) = self.own_iterator(item) else { return };
                parts.push(Part::Expr(second));
                "$0.chain($1)"
            }
        };
        let last = self.rng.chance(40);
        let text = match last {
            true => format!("tell(\"i\", &last_or({text}, $x))§"),
            false => format!("tell(\"i\", &gather({text}))§"),
        };
        let text = text.replace("$x", &format!("${}", parts.len()));
        if last {
            let value = self.part(item);
            parts.push(value);
        }
        let stmt = self.form(&text, parts);
        block.stmts.push(Stmt::Form(stmt));
    }

    fn use_returned(&mut self, args: &[Ty; 2], kind: ClosureKind, block: &mut Block) {
        let values = vec![self.expr(&args[0]), self.expr(&args[1])];
        let name = self.name("f");
        let call = Expr::Call(format!("k{}", self.tag), Vec::new(), values);
        let mutable = kind == ClosureKind::FnMut;
        block.stmts.push(Stmt::Let { pat: Pat::Bind(name.clone(), mutable), ty: None, init: Some(call) });
        self.declare(name.clone(), Ty::Closure(vec![I64], Box::new(I64), kind), mutable);
        self.tell_call(name, block);
    }

    /// `let f: Box[dyn Fn(i64) -> i64] = if … { Box.new(|x| …) } else { Box.new(|x| …) }`
    fn use_boxed(&mut self, block: &mut Block) {
        let kind = *self.rng.pick(&[ClosureKind::Fn, ClosureKind::FnMut]);
        self.reads_only += 1;
        let cond = self.expr(&Ty::Bool);
        self.reads_only -= 1;
        let (first, mut holds) = self.branch(|make| make.closure(&[I64], &I64, kind));
        let (second, more) = self.branch(|make| make.closure(&[I64], &I64, kind));
        holds.extend(more);
        let (mutable, protocol) =
            (kind == ClosureKind::FnMut, if kind == ClosureKind::Fn { "Fn" } else { "FnMut" });
        let (name, start) = (self.name("f"), if mutable { "‹var¦let mut›" } else { "let" });
        let text = format!(
            "{start} {name}: Box⟨dyn {protocol}(i64) -> i64‹¦ + '_›⟩ = if ($0) {{ Box·new($1) }} else {{ Box·new($2) }}§"
        );
        let parts = vec![Part::Expr(cond), Part::Expr(first), Part::Expr(second)];
        let stmt = self.form(&text, parts);
        block.stmts.push(Stmt::Form(stmt));
        let at = self.declare(name.clone(), Ty::Closure(vec![I64], Box::new(I64), kind), mutable);
        self.vars[at].holds = holds;
        self.tell_call(name, block);
    }

    fn tell_call(&mut self, name: Name, block: &mut Block) {
        let x = self.small(&I64, 9);
        let call = Expr::CallValue(boxed(Expr::Var(name)), vec![x]);
        let label = self.name("c");
        block.stmts.push(Stmt::Tell(label, vec![call]));
    }

    /// Operators of some of the world's types.
    pub(super) fn make_ops(&mut self) {
        let mut types: Vec<usize> = (0..self.case.adts.len()).collect();
        types.retain(|&at| self.case.adts[at].params == 0);
        self.rng.shuffle(&mut types);
        types.truncate(2);
        for adt in types {
            let ty = Ty::Adt(adt, Vec::new());
            for (sign, protocol, method, rhs) in [
                ("+", "Add", "add", Some(ty.clone())),
                ("-", "Sub", "sub", Some(I64)),
                ("-", "Neg", "neg", None),
                ("+=", "AddAssign", "add_assign", Some(I64)),
            ] {
                if self.rng.chance(50) {
                    continue;
                }
                let assigns = sign == "+=";
                let (receiver, out) = match assigns {
                    true => (Ty::RefMut(Box::new(ty.clone())), Ty::Unit),
                    false => (ty.clone(), ty.clone()),
                };
                let mut args = vec![("self".to_string(), receiver, false)];
                args.extend(rhs.clone().map(|rhs| ("other".to_string(), rhs, false)));
                let body = self.body(&args, &out, 8);
                let mut parts = vec![Part::Ty(ty.clone()), Part::Block(body)];
                let of = match &rhs {
                    Some(rhs) if *rhs != ty => "⟨$2⟩",
                    _ => "",
                };
                parts.extend(rhs.clone().map(Part::Ty));
                let text = match (&rhs, assigns) {
                    (Some(_), true) => format!("fn {method}(&mut self, other: $2) $1"),
                    (Some(_), false) => {
                        format!("type Output = $0§\n    fn {method}(self, other: $2) -> $0 $1")
                    }
                    (None, _) => format!("type Output = $0§\n    fn {method}(self) -> $0 $1"),
                };
                self.add(&format!("impl {protocol}{of} for $0 {{\n    {text}\n}}"), parts);
                self.case.ops.push(Op { sign, lhs: ty.clone(), rhs, out });
            }
        }
    }

    /// An operator that gives this type.
    pub(super) fn op_for(&mut self, ty: &Ty) -> Option<Expr> {
        let found: Vec<Op> =
            self.case.ops.iter().filter(|op| op.out == *ty && op.sign != "+=").cloned().collect();
        if found.is_empty() || !self.rng.chance(30) {
            return None;
        }
        let op = self.rng.pick(&found).clone();
        let lhs = self.expr(&op.lhs);
        Some(match &op.rhs {
            Some(rhs) => Expr::Binary(op.sign, boxed(lhs), boxed(self.expr(rhs))),
            None => Expr::Unary(op.sign, boxed(lhs)),
        })
    }
}
