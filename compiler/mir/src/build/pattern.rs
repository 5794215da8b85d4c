//! Patterns as rows: what must be tested where, and what is bound to which place.
//!
//! ```text
//! (some(x), 1 | 2)   ⇒   [_1.0 is some, _1.1 == 1] binds x = (_1.0 as some).0
//!                        [_1.0 is some, _1.1 == 2] binds x = (_1.0 as some).0
//! ```

use super::*;
use hir::{Lit, PatId, PrimTy};
use typeck::{PatResolution, VariantIdx};

/// A question about a place.
#[derive(Clone, PartialEq)]
pub struct Test {
    pub place: Place,
    pub kind: TestKind,
    pub span: Span,
}

#[derive(Clone, PartialEq)]
pub enum TestKind {
    /// Of how many.
    Variant(VariantIdx, usize),
    /// An integer, `bool` or `char`: bits, compared as this type.
    Value(u128, Ty),
    /// Bounds by the type's order; `None` is open.
    Range { lo: Option<Bound>, hi: Option<Bound>, inclusive: bool, ty: Ty },
    /// A float, a string, a constant: compared by `==`.
    Equal(Constant),
    /// The length of a slice, exactly or at least.
    Len { len: u64, at_least: bool },
    /// Some of these, all variants or all numbers: `1 | 2`.
    OneOf(Vec<TestKind>),
}

impl TestKind {
    /// Itself, or its alternatives.
    pub fn each<'k>(&'k self, f: &mut dyn FnMut(&'k TestKind)) {
        match self {
            TestKind::OneOf(kinds) => kinds.iter().for_each(f),
            TestKind::Variant(..)
            | TestKind::Value(..)
            | TestKind::Range { .. }
            | TestKind::Equal(_)
            | TestKind::Len { .. } => f(self),
        }
    }
}

/// One end of a range.
#[derive(Clone, PartialEq)]
pub enum Bound {
    Bits(u128),
    /// A constant, whose value is known only when it has been evaluated.
    Item(Constant),
}

#[derive(Clone)]
pub struct Binding {
    pub var: LocalId,
    pub place: Place,
    /// `None`: by value.
    pub by: Option<Mutability>,
    pub span: Span,
}

/// One way for an arm to match: no alternatives are left in it.
#[derive(Clone, Default)]
pub struct Row {
    pub tests: Vec<Test>,
    pub bindings: Vec<Binding>,
}

impl Builder<'_> {
    /// All ways for a pattern to match what is at a place.
    pub fn rows(&mut self, pat: PatId, place: Place) -> Vec<Row> {
        let mut rows = vec![Row::default()];
        self.add_pattern(&mut rows, pat, place);
        rows
    }

    fn add_pattern(&mut self, rows: &mut Vec<Row>, pat: PatId, mut place: Place) {
        let data = &self.hir.pats[pat];
        let span = data.span;
        for _ in self.types.pat_derefs.get(&pat).into_iter().flatten() {
            place = place.deref();
        }
        let ty = self.types.pats[pat];
        match &data.kind {
            PatKind::Wild => {}
            PatKind::Bind { local, sub } => {
                let by = self.types.binding_refs.get(local).copied();
                let binding = Binding { var: *local, place: place.clone(), by, span };
                rows.iter_mut().for_each(|row| row.bindings.push(binding.clone()));
                if let Some(sub) = sub {
                    self.add_pattern(rows, *sub, place);
                }
            }
            PatKind::Lit { lit, negative } => {
                let kind = self.literal_test(*lit, *negative, ty, span);
                add_test(rows, place, kind, span);
            }
            PatKind::Range { .. } => {
                let kind = self.range_test(pat, ty);
                add_test(rows, place, kind, span);
            }
            PatKind::Const(def) => {
                let args = match self.types.pat_variants.get(&pat) {
                    Some(PatResolution::Const(_, args)) => *args,
                    Some(PatResolution::Variant(..)) | None => GenericArgs::empty(),
                };
                add_test(rows, place, const_test(*def, args, ty, span), span);
            }
            PatKind::Variant { .. } => self.add_constructor(rows, pat, place, ty),
            PatKind::Tuple(items, rest) => {
                let TyKind::Tuple(tys) = *ty.kind() else { return };
                let skipped = tys.len() - items.len();
                for (at, &item) in items.iter().enumerate() {
                    let field = if rest.is_some_and(|rest| at >= rest) { at + skipped } else { at };
                    self.add_pattern(rows, item, place.field(FieldIdx(field as u32), tys[field]));
                }
            }
            PatKind::Slice { before, rest, after } => {
                self.add_slice(rows, pat, place, ty, (before, *rest, after))
            }
            PatKind::Ref { pat, .. } => self.add_pattern(rows, *pat, place.deref()),
            PatKind::Or(alternatives) => {
                if let Some(test) = self.one_of(alternatives, &place) {
                    return add_test(rows, test.place, test.kind, span);
                }
                let start = std::mem::take(rows);
                for &alternative in alternatives {
                    let mut ways = start.clone();
                    self.add_pattern(&mut ways, alternative, place.clone());
                    rows.append(&mut ways);
                }
            }
            PatKind::Error(_) => panic!("MIR is built of bodies without errors"),
        }
    }

    /// Alternatives that ask one thing each, of the same place, and bind nothing: one question for all of them, so that
    /// rows do not multiply.
    fn one_of(&mut self, alternatives: &[PatId], place: &Place) -> Option<Test> {
        let mut all: Vec<TestKind> = Vec::new();
        let mut asked: Option<Test> = None;
        for &alternative in alternatives {
            let mut rows = self.rows(alternative, place.clone());
            let row = rows.pop().filter(|row| rows.is_empty() && row.bindings.is_empty())?;
            let [test] = &row.tests[..] else { return None };
            let is_variant = |kind: &TestKind| matches!(kind, TestKind::Variant(..));
            let mut fits = true;
            test.kind.each(&mut |kind| {
                fits &= match kind {
                    TestKind::Variant(..) | TestKind::Value(..) => true,
                    TestKind::Range { lo, hi, ty, .. } => {
                        let known = |bound: &Option<Bound>| !matches!(bound, Some(Bound::Item(_)));
                        known(lo) && known(hi) && !decide::is_float(*ty)
                    }
                    TestKind::Equal(_) | TestKind::Len { .. } | TestKind::OneOf(_) => false,
                };
                fits &= all.first().is_none_or(|first| is_variant(first) == is_variant(kind));
                all.push(kind.clone());
            });
            if !fits || asked.as_ref().is_some_and(|known| known.place != test.place) {
                return None;
            }
            asked.get_or_insert_with(|| test.clone());
        }
        asked.map(|test| Test { kind: TestKind::OneOf(all), ..test })
    }

    fn add_constructor(&mut self, rows: &mut Vec<Row>, pat: PatId, place: Place, ty: Ty) {
        let span = self.hir.pats[pat].span;
        let (variant, fields) = match self.types.pat_variants.get(&pat) {
            Some(PatResolution::Variant(variant, fields)) => (*variant, fields),
            Some(PatResolution::Const(def, args)) => {
                return add_test(rows, place, const_test(*def, *args, ty, span), span);
            }
            None => panic!("the pattern means nothing"),
        };
        let TyKind::Adt(def, args) = *ty.kind() else { panic!("a constructor of no record or union") };
        let adt = self.cx.signatures.expect_adt(def);
        let place = match adt.is_union {
            true => {
                add_test(rows, place.clone(), TestKind::Variant(variant, adt.variants.len()), span);
                place.with(PlaceElem::Downcast(variant))
            }
            false => place,
        };
        for (sub, &field) in self.subpatterns(pat).into_iter().zip(fields) {
            let field_ty = self.field_ty(sub, adt.variants[variant].fields[field].ty, args);
            self.add_pattern(rows, sub, place.field(field, field_ty));
        }
    }

    /// Better than the declaration's: associated types in it are resolved.
    fn field_ty(&self, sub: PatId, declared: Ty, args: GenericArgs) -> Ty {
        if let Some(outer) = self.types.pat_derefs.get(&sub).and_then(|derefs| derefs.first()) {
            return *outer;
        }
        let ty = self.types.pats[sub];
        // A pattern that asks nothing may have been left without a type of its own.
        if ty.is_error() { typeck::Subst::subst(declared, &args) } else { ty }
    }

    fn add_slice(
        &mut self,
        rows: &mut Vec<Row>,
        pat: PatId,
        place: Place,
        ty: Ty,
        (before, rest, after): (&[PatId], Option<Option<PatId>>, &[PatId]),
    ) {
        let span = self.hir.pats[pat].span;
        let least = (before.len() + after.len()) as u64;
        let array_len = if let TyKind::Array(_, typeck::Const::Value(len)) = *ty.kind() {
            Some(len as u64)
        } else {
            None
        };
        let is_array = matches!(ty.kind(), TyKind::Array(..));
        if !(is_array || (rest.is_some() && least == 0)) {
            add_test(rows, place.clone(), TestKind::Len { len: least, at_least: rest.is_some() }, span);
        }
        for (at, &sub) in before.iter().enumerate() {
            let elem = PlaceElem::ConstantIndex { offset: at as u64, from_end: false };
            self.add_pattern(rows, sub, place.with(elem));
        }
        if let Some(Some(sub)) = rest {
            let elem = PlaceElem::Subslice { from: before.len() as u64, to: after.len() as u64 };
            self.add_pattern(rows, sub, place.with(elem));
        }
        for (at, &sub) in after.iter().enumerate() {
            let back = (after.len() - at) as u64;
            // Places are compared by their text: an array's elements are all counted from its start, and so are those
            // of a slice whose length is known.
            let known = array_len.or((rest.is_none()).then_some(least));
            let elem = match known {
                Some(len) => PlaceElem::ConstantIndex { offset: len - back, from_end: false },
                None => PlaceElem::ConstantIndex { offset: back, from_end: true },
            };
            self.add_pattern(rows, sub, place.with(elem));
        }
    }

    fn literal_test(&self, lit: Lit, negative: bool, ty: Ty, span: Span) -> TestKind {
        let value = lit::literal(lit, ty, negative);
        match (&value, ty.kind()) {
            (ConstValue::Scalar(bits), TyKind::Prim(prim)) if !matches!(*prim, PrimTy::F32 | PrimTy::F64) => {
                TestKind::Value(*bits, ty)
            }
            (ConstValue::Str(_), _) => TestKind::Equal(Constant { value, ty: crate::print::str_ref(), span }),
            _ => TestKind::Equal(Constant { value, ty, span }),
        }
    }

    fn range_test(&self, pat: PatId, ty: Ty) -> TestKind {
        let PatKind::Range { lo, hi, inclusive } = &self.hir.pats[pat].kind else { panic!("no range") };
        TestKind::Range {
            lo: lo.and_then(|lo| self.bound(lo, ty)),
            hi: hi.and_then(|hi| self.bound(hi, ty)),
            inclusive: *inclusive,
            ty,
        }
    }

    fn bound(&self, pat: PatId, ty: Ty) -> Option<Bound> {
        if let Some(&PatResolution::Const(def, args)) = self.types.pat_variants.get(&pat) {
            let (value, span) = (ConstValue::Def(def, args), self.hir.pats[pat].span);
            return Some(Bound::Item(Constant { value, ty, span }));
        }
        if let PatKind::Lit { lit, negative } = self.hir.pats[pat].kind {
            if let ConstValue::Scalar(bits) = lit::literal(lit, ty, negative) {
                Some(Bound::Bits(bits))
            } else {
                None
            }
        } else {
            None
        }
    }

    /// In source order.
    fn subpatterns(&self, pat: PatId) -> Vec<PatId> {
        if let PatKind::Variant { fields, .. } = &self.hir.pats[pat].kind {
            match fields {
                hir::PatFields::Unit => Vec::new(),
                hir::PatFields::Tuple(items, _) => items.clone(),
                hir::PatFields::Record(items, _) => items.iter().map(|field| field.pat).collect(),
            }
        } else {
            Vec::new()
        }
    }

    /// The variables of a pattern, each once, in source order.
    pub fn pattern_variables(&self, pat: PatId) -> Vec<LocalId> {
        let mut variables = Vec::new();
        self.add_variables(pat, &mut variables);
        variables
    }

    fn add_variables(&self, pat: PatId, out: &mut Vec<LocalId>) {
        match &self.hir.pats[pat].kind {
            PatKind::Bind { local, sub } => {
                if !out.contains(local) {
                    out.push(*local);
                }
                if let Some(sub) = sub {
                    self.add_variables(*sub, out);
                }
            }
            PatKind::Variant { .. } => {
                self.subpatterns(pat).into_iter().for_each(|sub| self.add_variables(sub, out))
            }
            PatKind::Tuple(items, _) | PatKind::Or(items) => {
                items.iter().for_each(|&item| self.add_variables(item, out))
            }
            PatKind::Slice { before, rest, after } => {
                let rest = rest.iter().flatten();
                before.iter().chain(rest).chain(after).for_each(|&item| self.add_variables(item, out))
            }
            PatKind::Ref { pat, .. } => self.add_variables(*pat, out),
            PatKind::Wild
            | PatKind::Lit { .. }
            | PatKind::Range { .. }
            | PatKind::Const(_)
            | PatKind::Error(_) => {}
        }
    }
}

fn add_test(rows: &mut [Row], place: Place, kind: TestKind, span: Span) {
    let test = Test { place, kind, span };
    rows.iter_mut().for_each(|row| row.tests.push(test.clone()));
}

fn const_test(def: DefId, args: GenericArgs, ty: Ty, span: Span) -> TestKind {
    TestKind::Equal(Constant { value: ConstValue::Def(def, args), ty, span })
}
