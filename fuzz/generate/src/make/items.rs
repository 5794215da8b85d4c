//! Functions, methods, the protocol, the entry.
//!
//! In: the types of the case. Out: functions that call only earlier ones (or themselves, counting down), and an entry
//! that calls them.
//!
//! ```text
//! fn f3x0[T0: Clone + Debug](a: T0, b: &mut u8) -> (T0, u8) { … }
//! ```

use super::exprs::boxed;
use super::{Frame, Make};
use crate::ast::*;

impl Make {
    pub(super) fn items(&mut self) {
        self.small = self.rng.chance(91);
        let (adts, consts) = match self.small {
            true => (usize::from(self.rng.chance(8)), 0),
            false => (usize::from(self.rng.chance(50)), self.rng.below(3)),
        };
        self.own = (0..self.case.adts.len()).collect();
        self.rng.shuffle(&mut self.own);
        self.own.truncate(3);
        self.make_adts(adts);
        self.own.extend(self.case.shared.adts..self.case.adts.len());
        self.make_consts(consts);
        if self.rng.chance(if self.small { 8 } else { 25 }) {
            self.make_protocol();
        }
        self.make_forms();
        let functions = if self.small { usize::from(self.rng.chance(55)) } else { self.rng.between(1, 2) };
        for _ in 0..functions {
            match self.rng.below(10) {
                0..=2 => self.make_method(),
                3 => self.make_recursive(),
                _ => self.make_function(),
            }
        }
        self.make_entry();
    }

    pub(super) fn body(&mut self, args: &[(Name, Ty, bool)], ret: &Ty, fuel: i64) -> Block {
        self.vars.clear();
        for (name, ty, mutable) in args {
            self.declare(name.clone(), ty.clone(), *mutable);
        }
        self.fuel = if self.small { fuel / 2 } else { fuel };
        self.calls = if self.small { 1 } else { 3 };
        self.loops = 0;
        self.depth = 0;
        self.frames.push(Frame { ret: ret.clone(), labels: Vec::new(), catch: None, closed: false });
        let most = if self.small { self.rng.between(0, 2) } else { self.rng.between(1, 3) };
        let mut block = self.block_of(ret, most);
        if block.stmts.is_empty() && block.tail.is_none() {
            block.stmts.push(Stmt::Print("nothing".into(), Vec::new()));
        }
        self.frames.pop();
        self.vars.clear();
        block
    }

    fn parameters(&mut self, out: &mut Vec<(Name, Ty, bool)>) {
        for _ in 0..self.rng.between(0, 3) {
            let inner = self.value_ty(1);
            let ty = match self.rng.below(10) {
                0 | 1 => Ty::Ref(Box::new(inner)),
                2 | 3 => Ty::RefMut(Box::new(inner)),
                4 if self.rng.chance(30) => Ty::Ref(Box::new(Ty::Str)),
                4 => Ty::Ref(Box::new(Ty::Slice(Box::new(inner)))),
                _ => inner,
            };
            let name = self.name("a");
            let mutable = !matches!(ty, Ty::Ref(_) | Ty::RefMut(_)) && self.rng.chance(25);
            out.push((name, ty, mutable));
        }
    }

    fn result(&mut self) -> Ty {
        match self.rng.below(10) {
            0 | 1 => Ty::Unit,
            2 => Ty::Option(Box::new(self.value_ty(1))),
            3 => {
                let error = match self.rng.below(self.case.froms.len().max(1)) {
                    at if at < self.case.froms.len() && self.rng.chance(40) => self.case.froms[at].1.clone(),
                    _ => self.error_ty(),
                };
                Ty::Result(Box::new(self.value_ty(1)), Box::new(error))
            }
            4 | 5 => I64,
            _ => self.value_ty(1),
        }
    }

    fn function_name(&mut self) -> Name {
        format!("f{}x{}", self.tag, self.case.funcs.len())
    }

    fn make_function(&mut self) {
        let params = if self.rng.chance(30) { self.rng.between(1, 2) } else { 0 };
        let bound = params > 0 && self.case.protocol.is_some() && self.rng.chance(60);
        self.params = params;
        self.bound = bound;
        let consts = usize::from(!bound && self.rng.chance(12));
        self.consts = consts;
        let mut args = Vec::new();
        if consts > 0 {
            let elem = if params > 0 { Ty::Param(0) } else { self.value_ty(0) };
            let array = Ty::ArrayOf(Box::new(elem), params);
            let array = match self.rng.below(3) {
                0 => Ty::Ref(Box::new(array)),
                1 => Ty::RefMut(Box::new(array)),
                _ => array,
            };
            args.push((self.name("n"), array, false));
        }
        // A value of each parameter's type, so that there is something to work with.
        for param in 0..params {
            let ty = if self.rng.chance(70) { Ty::Param(param) } else { Ty::Ref(Box::new(Ty::Param(param))) };
            args.push((self.name("t"), ty, false));
        }
        self.parameters(&mut args);
        let mut ret = self.result();
        if params > 0 && self.rng.chance(30) {
            ret = Ty::Param(0);
        }
        let name = self.function_name();
        let body = self.body(&args, &ret, 14);
        self.params = 0;
        self.consts = 0;
        self.bound = false;
        self.case.funcs.push(Func {
            name,
            params,
            consts,
            bound,
            args,
            ret,
            body,
            owner: None,
            is_const: false,
        });
    }

    fn make_method(&mut self) {
        let owner = *self.rng.pick(&self.own);
        let params = self.case.adts[owner].params;
        self.params = params;
        let own = Ty::Adt(owner, (0..params).map(Ty::Param).collect());
        let receiver = match self.rng.below(3) {
            0 => own,
            1 => Ty::Ref(Box::new(own)),
            _ => Ty::RefMut(Box::new(own)),
        };
        let mut args = vec![("self".to_string(), receiver, false)];
        self.parameters(&mut args);
        let ret = self.result();
        let name = format!("m{}x{}", self.tag, self.case.funcs.len());
        let body = self.body(&args, &ret, 12);
        self.params = 0;
        self.case.funcs.push(Func {
            name,
            params,
            consts: 0,
            bound: false,
            args,
            ret,
            body,
            owner: Some(owner),
            is_const: false,
        });
    }

    /// `fn f(n: u32, x: T) -> T { if n == 0 { … } else { f(n - 1, …) } }`
    fn make_recursive(&mut self) {
        let ty = self.value_ty(1);
        let args =
            vec![(self.name("a"), Ty::Int(IntTy::new(32, false)), false), (self.name("a"), ty.clone(), true)];
        let name = self.function_name();
        let body = self.body(&args, &ty, 10);
        let n = Expr::Binary("%", boxed(Expr::Var(args[0].0.clone())), boxed(Expr::Lit("5u32".into())));
        let done = Expr::Binary("==", boxed(n.clone()), boxed(Expr::Lit("0u32".into())));
        let less = Expr::Binary("-", boxed(n), boxed(Expr::Lit("1u32".into())));
        let again = Expr::Call(name.clone(), Vec::new(), vec![less, Expr::Var(args[1].0.clone())]);
        let mut block = Block::default();
        block.stmts.push(Stmt::Expr(Expr::If(
            vec![Test::Is(done)],
            Block {
                stmts: vec![Stmt::Expr(Expr::Return(Some(boxed(Expr::Var(args[1].0.clone())))))],
                tail: None,
            },
            None,
        )));
        block.stmts.push(Stmt::Let {
            pat: Pat::Bind(args[1].0.clone(), true),
            ty: Some(ty.clone()),
            init: Some(again),
        });
        block.stmts.extend(body.stmts);
        block.tail = body.tail;
        self.case.funcs.push(Func {
            name,
            params: 0,
            consts: 0,
            bound: false,
            args,
            ret: ty,
            body: block,
            owner: None,
            is_const: false,
        });
    }

    /// An error that `try` converts.
    pub(super) fn make_from(&mut self) {
        let mut found: Vec<usize> = (0..self.case.adts.len()).collect();
        found.retain(|&at| self.case.adts[at].params == 0);
        if found.is_empty() {
            return;
        }
        let from = self.error_ty();
        let to = Ty::Adt(*self.rng.pick(&found), Vec::new());
        if self.case.froms.iter().any(|it| it.1 == to) {
            return;
        }
        let args = [("value".to_string(), from.clone(), false)];
        let body = self.body(&args, &to, 8);
        self.case.froms.push((from, to, Expr::Block(Box::new(body))));
    }

    fn make_protocol(&mut self) {
        let tag = self.tag.clone();
        let named = |what: &str| format!("{what}{tag}");
        let x = ("x".to_string(), I64, false);
        let own = |receiver: Ty| ("self".to_string(), receiver, false);
        // `self` is of the type that implements it: nothing is known of it but the protocol.
        let call =
            |name: Name| Expr::MethodOf(boxed(Expr::Var("self".into())), name, vec![Expr::Var("x".into())]);
        let constant = Expr::TypeConst(Ty::Param(99), named("K"));
        let default_body = Expr::Method(boxed(call(named("one"))), "wrapping_add", vec![constant]);
        let func = |name: Name, args: Vec<(Name, Ty, bool)>, ret: Ty, body: Block| Func {
            name,
            params: 0,
            consts: 0,
            bound: false,
            args,
            ret,
            body,
            owner: None,
            is_const: false,
        };
        let receiver = Ty::Ref(Box::new(Ty::Param(99)));
        let block = Block { stmts: Vec::new(), tail: Some(boxed(default_body)) };
        let default = func(named("two"), vec![own(receiver), x.clone()], I64, block);
        let mut types: Vec<Ty> = Vec::new();
        for adt in self.own.clone() {
            if self.case.adts[adt].params == 0 {
                types.push(Ty::Adt(adt, Vec::new()));
            }
        }
        types.push(I64);
        types.push(Ty::Tuple(vec![U8, Ty::Bool]));
        self.rng.shuffle(&mut types);
        types.truncate(2);
        let mut impls = Vec::new();
        for ty in types {
            let receiver = Ty::Ref(Box::new(ty.clone()));
            let args = vec![own(receiver), x.clone()];
            let body = self.body(&args, &I64, 10);
            let method = func(named("one"), args.clone(), I64, body);
            let default = self.rng.chance(35).then(|| {
                let body = self.body(&args, &I64, 8);
                func(named("two"), args.clone(), I64, body)
            });
            let out = self.value_ty(1);
            let args = vec![own(ty.clone())];
            let body = self.body(&args, &out, 10);
            let out = func(named("out"), args, out, body);
            let constant = self.rng.below(1000) as i64 - 500;
            impls.push(Impl { ty, constant, method, default, out });
        }
        self.case.protocol = Some(Protocol {
            name: named("P"),
            constant: named("K"),
            method: named("one"),
            default,
            out: named("out"),
            impls,
        });
    }

    /// Whether a type implements the case's protocol.
    pub(super) fn implements(&self, ty: &Ty) -> bool {
        match (&self.case.protocol, ty) {
            (Some(_), Ty::Param(_)) => self.bound,
            (Some(protocol), _) => protocol.impls.iter().any(|it| it.ty == *ty),
            (None, _) => false,
        }
    }

    pub(super) fn implementor(&mut self) -> Option<Ty> {
        let types: Vec<Ty> = self.case.protocol.as_ref()?.impls.iter().map(|it| it.ty.clone()).collect();
        if types.is_empty() { None } else { Some(self.rng.pick(&types).clone()) }
    }

    /// A method or constant of a parameter that is bound by the protocol.
    pub(super) fn of_protocol(&mut self) -> Expr {
        let Some(protocol) = &self.case.protocol else { return self.leaf(&I64) };
        let (method, default, constant) =
            (protocol.method.clone(), protocol.default.name.clone(), protocol.constant.clone());
        let param = Ty::Param(self.rng.below(self.params));
        if self.rng.chance(30) {
            return Expr::TypeConst(param, constant);
        }
        let name = if self.rng.chance(50) { method } else { default };
        let Some(place) = self.readable(&param) else { return Expr::TypeConst(param, constant) };
        self.touch(place.root, super::Touch::Read);
        let held = self.hold(place.root, false);
        let x = self.leaf(&I64);
        self.release(&[held]);
        Expr::MethodOf(boxed(place.expr), name, vec![x])
    }

    fn make_entry(&mut self) {
        self.vars.clear();
        self.fuel = if self.small { 4 } else { 12 };
        self.calls = if self.small { 3 } else { 6 };
        self.loops = 0;
        self.depth = 0;
        self.frames.push(Frame { ret: Ty::Unit, labels: Vec::new(), catch: None, closed: false });
        let mut block = Block::default();
        // Every function is called at least once.
        for index in 0..self.case.funcs.len() {
            self.call_once(index, &mut block);
        }
        self.call_protocol(&mut block);
        self.use_forms(&mut block);
        self.fuel = if self.small { 6 } else { 18 };
        let stmts = if self.small { 1 } else { self.rng.between(2, 5) };
        for _ in 0..stmts {
            self.stmt(&mut block);
        }
        self.print_stmt(&mut block);
        self.frames.pop();
        self.case.entry = block;
    }

    fn call_once(&mut self, index: usize, block: &mut Block) {
        let func = self.case.funcs[index].clone();
        if let Some(owner) = func.owner {
            // Something to call it on.
            let args: Vec<Ty> = (0..func.params).map(|_| self.argument_ty(0)).collect();
            let ty = Ty::Adt(owner, args);
            let name = self.name("o");
            let init = self.expr(&ty);
            block.stmts.push(Stmt::Let {
                pat: Pat::Bind(name.clone(), true),
                ty: Some(ty.clone()),
                init: Some(init),
            });
            self.declare(name, ty, true);
        }
        let args = match func.owner {
            Some(_) => {
                let Some(Ty::Adt(_, args)) = self.vars.last().map(|var| var.ty.clone()) else { return };
                args.into_iter().map(Some).collect()
            }
            None => vec![None; func.params + func.consts],
        };
        let known: Vec<Option<Ty>> = args;
        let types: Vec<Ty> = known
            .into_iter()
            .enumerate()
            .map(|(at, ty)| match ty {
                Some(ty) => ty,
                None if at >= func.params => Ty::Const(self.rng.between(1, 4)),
                None if func.bound => self.implementor().unwrap_or(I64),
                None => self.value_ty(1),
            })
            .collect();
        let ret = Make::substitute(&func.ret, &types);
        let Some(call) = self.call(index, types.into_iter().map(Some).collect()) else { return };
        if ret == Ty::Unit {
            block.stmts.push(Stmt::Expr(call));
            return;
        }
        let name = self.name("y");
        let mutable = self.rng.chance(50);
        block.stmts.push(Stmt::Let {
            pat: Pat::Bind(name.clone(), mutable),
            ty: Some(ret.clone()),
            init: Some(call),
        });
        self.declare(name.clone(), ret, mutable);
        if self.rng.chance(70) {
            block.stmts.push(Stmt::Tell(name.clone(), vec![Expr::Var(name)]));
        }
    }

    fn call_protocol(&mut self, block: &mut Block) {
        let Some(protocol) = self.case.protocol.clone() else { return };
        for it in &protocol.impls {
            let value = self.expr(&it.ty);
            let name = self.name("q");
            block.stmts.push(Stmt::Let {
                pat: Pat::Bind(name.clone(), false),
                ty: Some(it.ty.clone()),
                init: Some(value),
            });
            let var = || boxed(Expr::Var(name.clone()));
            let x = self.leaf(&I64);
            let two = Expr::MethodOf(var(), protocol.default.name.clone(), vec![x]);
            let result = self.name("y");
            block.stmts.push(Stmt::Let {
                pat: Pat::Bind(result.clone(), false),
                ty: Some(I64),
                init: Some(two),
            });
            self.declare(result.clone(), I64, false);
            let out = self.name("y");
            block.stmts.push(Stmt::Let {
                pat: Pat::Bind(out.clone(), false),
                ty: Some(it.out.ret.clone()),
                init: Some(Expr::MethodOf(var(), protocol.out.clone(), Vec::new())),
            });
            block.stmts.push(Stmt::Tell(result.clone(), vec![Expr::Var(result), Expr::Var(out.clone())]));
            self.declare(out, it.out.ret.clone(), false);
        }
    }
}
