//! Patterns, and what they stand in: `match`, `if let`, `let … else`.
//!
//! In: a place to match on. Out: patterns of its type, and arms that together take every value.
//!
//! ```text
//! Option[(i8, U)]   →   some((1i8..=5i8, V0)) | none, some((x, _)) if x > 3, _
//! ```

use super::exprs::boxed;
use super::values::Place;
use super::{Make, Touch};
use crate::ast::*;

/// How what a pattern names is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Copied or taken.
    Own,
    /// Only what can be copied is named.
    Copies,
    Shared,
    Mutable,
}

/// A scrutinee whose patterns bind in this mode.
pub(super) struct Matched {
    pub expr: Expr,
    pub ty: Ty,
    pub mode: Mode,
    /// None of a temporary.
    pub root: Option<usize>,
    pub path: Vec<String>,
}

impl Make {
    /// Something to match on.
    pub(super) fn matched(&mut self) -> Option<Matched> {
        if self.rng.chance(22)
            && let Some(temporary) = self.temporary()
        {
            return Some(temporary);
        }
        let mut found: Vec<Place> = self.places();
        found.retain(|it| {
            !matches!(it.ty, Ty::Ref(_) | Ty::RefMut(_) | Ty::Closure(..) | Ty::FnPtr(..) | Ty::Noisy)
                && !matches!(it.ty, Ty::Param(_) | Ty::Rc(_) | Ty::Map(..) | Ty::Set(_) | Ty::Unit | Ty::Str)
                && !matches!(it.ty, Ty::Float(_) | Ty::Slice(_) | Ty::Box(_))
                && self.can_read(it)
        });
        let place = self.pick_place(found)?;
        let mode = match self.rng.below(10) {
            0..=3 if self.can_take(&place) || self.is_copy(&place.ty) => Mode::Own,
            0..=5 if self.can_write(&place) => Mode::Mutable,
            6 => Mode::Copies,
            _ => Mode::Shared,
        };
        let listlike = matches!(place.ty, Ty::List(_) | Ty::String);
        let mode = match mode {
            Mode::Own | Mode::Copies if listlike => Mode::Shared,
            Mode::Mutable if matches!(place.ty, Ty::String) => Mode::Shared,
            mode => mode,
        };
        let expr = match (mode, &place.ty) {
            (Mode::Own | Mode::Copies, _) => place.expr,
            (Mode::Mutable, Ty::List(_)) => Expr::Method(boxed(place.expr), "as_mut_slice", Vec::new()),
            (_, Ty::List(_)) => Expr::Method(boxed(place.expr), "as_slice", Vec::new()),
            (_, Ty::String) => Expr::Method(boxed(place.expr), "as_str", Vec::new()),
            (Mode::Shared, _) => Expr::Ref(boxed(place.expr)),
            (Mode::Mutable, _) => Expr::RefMut(boxed(place.expr)),
        };
        Some(Matched { expr, ty: place.ty, mode, root: Some(place.root), path: place.path })
    }

    /// A temporary to match on: it lives as long as what it stands in says.
    fn temporary(&mut self) -> Option<Matched> {
        let ty = match self.rng.chance(25) {
            true => I64,
            false => self.value_ty(1),
        };
        if !matches!(
            ty,
            Ty::Int(_) | Ty::Tuple(_) | Ty::Array(..) | Ty::Option(_) | Ty::Result(..) | Ty::Adt(..)
        ) {
            return None;
        }
        let value = match self.call_for(&ty) {
            Some(call) => call,
            None => Expr::Typed(boxed(self.expr(&ty)), ty.clone()),
        };
        let (mode, expr) = match self.rng.below(10) {
            0..=4 => (Mode::Own, value),
            5 => (Mode::Mutable, Expr::RefMut(boxed(value))),
            _ => (Mode::Shared, Expr::Ref(boxed(value))),
        };
        Some(Matched { expr, ty, mode, root: None, path: Vec::new() })
    }

    /// A match that gives a value, or nothing where there is nothing to match on.
    pub(super) fn match_expr(&mut self, ty: &Ty) -> Option<Expr> {
        let matched = self.matched()?;
        Some(self.match_on(matched, ty))
    }

    fn match_on(&mut self, matched: Matched, ret: &Ty) -> Expr {
        let Matched { expr, ty, mode, root, path } = matched;
        let mut held = Vec::new();
        if let Some(root) = root {
            match mode {
                Mode::Own if !self.is_copy(&ty) => self.take(root, &path),
                Mode::Own | Mode::Copies | Mode::Shared => {
                    self.touch(root, Touch::Read);
                    held.push(self.hold(root, false));
                }
                Mode::Mutable => {
                    self.touch(root, Touch::Write);
                    held.push(self.hold(root, true));
                }
            }
        }
        // A guard sees what is matched as shared.
        let mut arms = Vec::new();
        for _ in 0..self.rng.between(0, 2) {
            let arm = self.branch(|make| {
                let pat = if make.rng.chance(30) {
                    make.or_pattern(&ty, mode)
                } else {
                    make.top_pattern(&ty, 3, mode)
                };
                make.arm(pat, ret, 45)
            });
            arms.push(arm);
        }
        for pat in self.closing(&ty, mode) {
            let arm = self.branch(|make| {
                let pat = make.declare_pattern(pat);
                make.arm(pat, ret, 0)
            });
            arms.push(arm);
        }
        self.release(&held);
        Expr::Match(boxed(expr), arms)
    }

    fn arm(&mut self, pat: Pat, ret: &Ty, guards: usize) -> Arm {
        let guard = self.rng.chance(guards).then(|| {
            self.reads_only += 1;
            let guard = self.expr(&Ty::Bool);
            self.reads_only -= 1;
            guard
        });
        let body = match self.rng.chance(40) {
            true => Expr::Block(Box::new(self.block_of(ret, 2))),
            false => self.expr(ret),
        };
        Arm { pat, guard, body }
    }

    /// `let pat = place` for `if` and `while`: its names stay declared.
    pub(super) fn let_test(&mut self) -> Option<(Pat, Expr)> {
        let matched = self.matched()?;
        let mode =
            if matched.mode == Mode::Own && !self.is_copy(&matched.ty) { Mode::Copies } else { matched.mode };
        if let Some(root) = matched.root {
            let exclusive = mode == Mode::Mutable;
            self.touch(root, if exclusive { Touch::Write } else { Touch::Read });
            let held = self.hold(root, exclusive);
            // A variable of no name holds the borrow to the end of the scope.
            let holder = self.declare("?".into(), Ty::Unit, false);
            self.vars[holder].closed = 1;
            self.vars[holder].holds.push(held);
        }
        let pat = self.top_pattern(&matched.ty, 2, mode);
        Some((pat, matched.expr))
    }

    /// Lists and strings are matched as what they hold, so only at the top.
    pub(super) fn top_pattern(&mut self, ty: &Ty, depth: usize, mode: Mode) -> Pat {
        match ty {
            Ty::String if self.rng.chance(80) => Pat::Lit(format!("{:?}", self.text())),
            Ty::String => Pat::Wild,
            Ty::List(elem) => {
                let len = self.rng.below(3);
                let mut before: Vec<Pat> =
                    (0..len).map(|_| self.pattern(elem, depth - 1, mode, false)).collect();
                if self.rng.chance(50) {
                    return Pat::Slice(before, None, Vec::new());
                }
                let at = self.rng.below(before.len() + 1);
                let after = before.split_off(at);
                Pat::Slice(before, Some(None), after)
            }
            other => self.pattern(other, depth, mode, false),
        }
    }

    /// Patterns that together take every value. `None` names are declared when the arm is made.
    fn closing(&mut self, ty: &Ty, mode: Mode) -> Vec<(Pat, Vec<(Name, Ty)>)> {
        let mut out = Vec::new();
        match ty {
            Ty::Bool if self.rng.chance(60) => {
                out.push((Pat::Lit("true".into()), Vec::new()));
                out.push((Pat::Lit("false".into()), Vec::new()));
            }
            Ty::Option(inner) if self.rng.chance(70) => {
                let (pat, names) = self.collect(|make| make.pattern(inner, 2, mode, true));
                out.push((Pat::Some(Box::new(pat)), names));
                out.push((Pat::None, Vec::new()));
            }
            Ty::Result(ok, err) if self.rng.chance(70) => {
                let (pat, names) = self.collect(|make| make.pattern(ok, 2, mode, true));
                out.push((Pat::Ok(Box::new(pat)), names));
                let (pat, names) = self.collect(|make| make.pattern(err, 2, mode, true));
                out.push((Pat::Err(Box::new(pat)), names));
            }
            Ty::Adt(adt, args) if self.case.adts[*adt].is_union && self.rng.chance(75) => {
                for variant in 0..self.case.adts[*adt].variants.len() {
                    out.push(self.collect(|make| make.variant_pattern(*adt, variant, args, 2, mode, true)));
                }
            }
            Ty::Int(int) if !int.word && self.rng.chance(40) => {
                let split = self.rng.between(1, 9);
                let name = int.name();
                let low = if int.signed {
                    Pat::Range(
                        Some(format!("-{}{name}", 1u128 << (int.bits - 1))),
                        Some(format!("{split}{name}")),
                        true,
                    )
                } else {
                    Pat::Range(Some(format!("0{name}")), Some(format!("{split}{name}")), true)
                };
                out.push((low, Vec::new()));
                out.push((Pat::Range(Some(format!("{}{name}", split + 1)), None, false), Vec::new()));
            }
            Ty::List(elem) if self.rng.chance(70) => {
                out.push((Pat::Slice(Vec::new(), None, Vec::new()), Vec::new()));
                out.push(self.collect(|make| {
                    let first = make.pattern(elem, 1, mode, true);
                    let name = make.name("r");
                    let rest = Ty::Slice(elem.clone());
                    let rest = if mode == Mode::Mutable {
                        Ty::RefMut(Box::new(rest))
                    } else {
                        Ty::Ref(Box::new(rest))
                    };
                    let named = make.rng.chance(60).then_some(name);
                    if let Some(name) = &named {
                        make.declare(name.clone(), rest, false);
                    }
                    let (mut before, mut after) = (Vec::new(), Vec::new());
                    if make.rng.chance(50) {
                        before.push(first)
                    } else {
                        after.push(first)
                    }
                    Pat::Slice(before, Some(named), after)
                }));
            }
            _ => out.push(self.collect(|make| {
                match matches!(ty, Ty::String | Ty::List(_)) || make.rng.chance(50) {
                    true => Pat::Wild,
                    false => make.pattern(ty, 2, mode, true),
                }
            })),
        }
        if out.len() > 1 && self.rng.chance(60) {
            self.rng.shuffle(&mut out);
        }
        out
    }

    /// A pattern and what it names, not yet declared.
    fn collect(&mut self, pattern: impl FnOnce(&mut Make) -> Pat) -> (Pat, Vec<(Name, Ty)>) {
        let base = self.vars.len();
        let pat = pattern(self);
        let names = self.vars.drain(base..).map(|var| (var.name, var.ty)).collect();
        (pat, names)
    }

    fn declare_pattern(&mut self, (pat, names): (Pat, Vec<(Name, Ty)>)) -> Pat {
        for (name, ty) in names {
            self.declare(name, ty, false);
        }
        pat
    }

    fn bind(&mut self, ty: &Ty, mode: Mode) -> Pat {
        if self.nameless {
            return Pat::Wild;
        }
        let bound = match mode {
            Mode::Own => ty.clone(),
            Mode::Copies if self.is_copy(ty) => ty.clone(),
            Mode::Copies => return Pat::Wild,
            Mode::Shared => Ty::Ref(Box::new(ty.clone())),
            Mode::Mutable => Ty::RefMut(Box::new(ty.clone())),
        };
        let name = self.name("v");
        // Only by value can it be assigned.
        let mutable = mode == Mode::Own && self.rng.chance(25);
        self.declare(name.clone(), bound, mutable);
        Pat::Bind(name, mutable)
    }

    /// A pattern whose names are declared.
    pub(super) fn pattern(&mut self, ty: &Ty, depth: usize, mode: Mode, always: bool) -> Pat {
        if depth == 0 || self.rng.chance(15) {
            return if self.rng.chance(60) { self.bind(ty, mode) } else { Pat::Wild };
        }
        if !always && depth > 1 && !matches!(ty, Ty::Int(_) | Ty::Bool | Ty::Char) {
            match self.rng.below(14) {
                // Of what names nothing, to any depth.
                0 => {
                    let count = self.rng.between(2, 3);
                    let pats = (0..count).map(|_| self.nameless(ty, depth - 1, mode)).collect();
                    return Pat::Or(pats);
                }
                1 if !self.nameless && mode != Mode::Mutable => {
                    let inner = self.nameless(ty, depth - 1, mode);
                    return match self.bind_fixed(ty, mode) {
                        Some(name) => Pat::At(name, Box::new(inner)),
                        None => inner,
                    };
                }
                _ => {}
            }
        }
        match ty {
            Ty::Int(int) if !always => self.int_pattern(*int, mode),
            Ty::Bool if !always && self.rng.chance(60) => {
                Pat::Lit((*self.rng.pick(&["true", "false"])).to_string())
            }
            Ty::Char if !always && self.rng.chance(70) => match self.rng.below(3) {
                0 => Pat::Range(Some("'a'".into()), Some("'z'".into()), true),
                1 => Pat::Or(vec![Pat::Lit("'a'".into()), Pat::Lit("'0'".into())]),
                _ => Pat::Lit((*self.rng.pick(&["'Z'", "'é'", "'∂'"])).to_string()),
            },
            Ty::Tuple(items) => {
                if items.len() > 2 && self.rng.chance(25) {
                    let first = self.pattern(&items[0], depth - 1, mode, always);
                    let last = self.pattern(&items[items.len() - 1], depth - 1, mode, always);
                    return Pat::TupleRest(vec![first], vec![last]);
                }
                Pat::Tuple(items.iter().map(|ty| self.pattern(ty, depth - 1, mode, always)).collect())
            }
            Ty::Array(elem, len) => {
                let mode = if mode == Mode::Own && self.like_rust { Mode::Copies } else { mode };
                let rest = self.rng.chance(40) && *len > 1;
                let count = if rest { len - self.rng.between(1, *len - 1) } else { *len };
                let mut before: Vec<Pat> =
                    (0..count).map(|_| self.pattern(elem, depth - 1, mode, always)).collect();
                if !rest {
                    return Pat::Slice(before, None, Vec::new());
                }
                let at = self.rng.below(before.len() + 1);
                let after = before.split_off(at);
                // The rest of an array is an array.
                let rest = Ty::Array(elem.clone(), len - count);
                let name = match self.rng.chance(40) {
                    true => self.bind_fixed(&rest, mode),
                    false => None,
                };
                Pat::Slice(before, Some(name), after)
            }
            Ty::Option(inner) if !always => match self.rng.below(4) {
                0 => Pat::None,
                _ => Pat::Some(Box::new(self.pattern(inner, depth - 1, mode, false))),
            },
            Ty::Result(ok, err) if !always => match self.rng.below(2) {
                0 => Pat::Ok(Box::new(self.pattern(ok, depth - 1, mode, false))),
                _ => Pat::Err(Box::new(self.pattern(err, depth - 1, mode, false))),
            },
            Ty::Adt(adt, args) => {
                let def = &self.case.adts[*adt];
                // Nothing is taken out of what has a destructor.
                let mode = if def.drop && mode == Mode::Own { Mode::Copies } else { mode };
                if def.is_union {
                    if always {
                        return self.bind(ty, mode);
                    }
                    let variant = self.rng.below(def.variants.len());
                    return self.variant_pattern(*adt, variant, args, depth, mode, false);
                }
                let fields = def.variants[0].fields.clone();
                let mut out = Vec::new();
                let mut rest = false;
                for (name, field) in fields {
                    if self.rng.chance(25) {
                        rest = true;
                        continue;
                    }
                    let field = Make::substitute(&field, args);
                    out.push((name, self.pattern(&field, depth - 1, mode, always)));
                }
                Pat::Record(*adt, out, rest)
            }
            _ => {
                if self.rng.chance(70) {
                    self.bind(ty, mode)
                } else {
                    Pat::Wild
                }
            }
        }
    }

    /// A name that cannot be assigned.
    fn bind_fixed(&mut self, ty: &Ty, mode: Mode) -> Option<Name> {
        let Pat::Bind(name, _) = self.bind(ty, mode) else { return None };
        let last = self.vars.len() - 1;
        self.vars[last].mutable = false;
        Some(name)
    }

    fn nameless(&mut self, ty: &Ty, depth: usize, mode: Mode) -> Pat {
        let outer = std::mem::replace(&mut self.nameless, true);
        let pat = self.pattern(ty, depth, mode, false);
        self.nameless = outer;
        pat
    }

    fn int_pattern(&mut self, int: IntTy, mode: Mode) -> Pat {
        let name = int.name();
        let low = self.rng.below(6);
        let lit = |value: usize| format!("{value}{name}");
        let consts: Vec<Name> = self
            .case
            .consts
            .iter()
            .filter(|(_, ty, _)| *ty == Ty::Int(int))
            .map(|(name, ..)| name.clone())
            .collect();
        match self.rng.below(8) {
            0 if !consts.is_empty() && matches!(mode, Mode::Own | Mode::Copies) => {
                Pat::Lit(self.rng.pick(&consts).clone())
            }
            0 | 1 => Pat::Lit(lit(low)),
            2 if int.signed => Pat::Lit(format!("-{}", lit(low + 1))),
            2 | 3 => Pat::Range(Some(lit(low)), Some(lit(low + self.rng.between(1, 9))), self.rng.chance(60)),
            4 => Pat::Range(Some(lit(low + 1)), None, false),
            5 => Pat::Or(vec![Pat::Lit(lit(low)), Pat::Lit(lit(low + 2))]),
            6 => match self.bind(&Ty::Int(int), mode) {
                Pat::Bind(bound, false) => {
                    let range = Pat::Range(Some(lit(low)), Some(lit(low + 4)), true);
                    Pat::At(bound, Box::new(range))
                }
                other => other,
            },
            _ => self.bind(&Ty::Int(int), mode),
        }
    }

    fn variant_pattern(
        &mut self,
        adt: usize,
        variant: usize,
        args: &[Ty],
        depth: usize,
        mode: Mode,
        always: bool,
    ) -> Pat {
        let mode = if self.case.adts[adt].drop && mode == Mode::Own { Mode::Copies } else { mode };
        let fields = self.case.adts[adt].variants[variant].fields.clone();
        let pats = fields
            .iter()
            .map(|(_, ty)| {
                let ty = Make::substitute(ty, args);
                self.pattern(&ty, depth - 1, mode, always)
            })
            .collect();
        Pat::Variant(adt, variant, pats)
    }

    /// Two ways, with one name for a part of the same type where there is one.
    fn or_pattern(&mut self, ty: &Ty, mode: Mode) -> Pat {
        let Ty::Adt(adt, args) = ty else { return self.top_pattern(ty, 3, mode) };
        let def = self.case.adts[*adt].clone();
        if !def.is_union || def.drop && mode == Mode::Own {
            return self.top_pattern(ty, 3, mode);
        }
        let (a, b) = (self.rng.below(def.variants.len()), self.rng.below(def.variants.len()));
        if a == b {
            return self.top_pattern(ty, 3, mode);
        }
        let mut pats: Vec<Vec<Pat>> =
            [a, b].iter().map(|v| def.variants[*v].fields.iter().map(|_| Pat::Wild).collect()).collect();
        'found: for (i, (_, x)) in def.variants[a].fields.iter().enumerate() {
            for (j, (_, y)) in def.variants[b].fields.iter().enumerate() {
                if x == y {
                    let bound = self.bind(&Make::substitute(x, args), mode);
                    if let Pat::Bind(name, _) = &bound {
                        // Assignable in both or in none.
                        let at = self.vars.len() - 1;
                        self.vars[at].mutable = false;
                        pats[0][i] = Pat::Bind(name.clone(), false);
                        pats[1][j] = Pat::Bind(name.clone(), false);
                    }
                    break 'found;
                }
            }
        }
        let second = pats.pop().unwrap_or_default();
        let first = pats.pop().unwrap_or_default();
        Pat::Or(vec![Pat::Variant(*adt, a, first), Pat::Variant(*adt, b, second)])
    }
}
