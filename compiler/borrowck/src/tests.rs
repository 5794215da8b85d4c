//! Messages over MIR text; whole programs are in `tests/ownership`.

use crate::*;
use base::FileId;
use mir::facts::Parts;
use mir::names::{FreshNames, ty_text};
use typeck::{Mutability, TyKind};

struct TextFacts;
impl Facts for TextFacts {
    fn is_copy(&self, ty: Ty, _: hir::DefId) -> bool {
        !matches!(ty.kind(), TyKind::Adt(..) | TyKind::Ref(_, _, Mutability::Mut))
    }
    fn needs_drop(&self, ty: Ty) -> bool {
        matches!(ty.kind(), TyKind::Adt(..))
    }
    fn has_drop_impl(&self, _: Ty) -> bool {
        false
    }
    fn is_box(&self, _: Ty) -> bool {
        false
    }
    fn parts(&self, _: Ty) -> Parts {
        Parts::None
    }
}

/// `code: message | label` of each, with the text under the label.
fn errors(text: &str) -> Vec<String> {
    let names = FreshNames::default();
    let body = mir::parse::parse(text, &names, FileId(0)).unwrap_or_else(|error| panic!("{error}")).remove(0);
    let mut sources = SourceMap::default();
    sources.add("test.mir".to_string(), text.to_string());
    let show = |ty| ty_text(&names, ty);
    let package = hir::Package::default();
    let signatures = Signatures::unknown(&package);
    let lang = hir::LangItems::default();
    let cx = CheckCx {
        facts: &TextFacts,
        sources: &sources,
        signatures: &signatures,
        lang: &lang,
        show: &show,
        captures: &|_| Vec::new(),
        names: &|_| None,
    };
    let mut diags = Diagnostics::new();
    check(&body, &cx, None, &mut diags);
    diags
        .iter()
        .map(|it| format!("{}: {} @ {}", it.code, it.message, sources.text(it.primary.span)))
        .collect()
}

#[test]
fn used_after_a_move() {
    let found = errors(
        "fn m.f(_1(s): m.S) -> () { let _2: m.S; let _3: &m.S;
            bb0: { _2 = move _1; _3 = &_1; return; } }",
    );
    assert_eq!(found, ["B3000: `s` is borrowed after it was moved @ _3 = &_1"]);
}

#[test]
fn moved_in_the_previous_iteration() {
    let found = errors(
        "fn m.f(_1(s): m.S) -> () { let _2: m.S;
            bb0: { goto bb1; }
            bb1: { _2 = move _1; goto bb1; } }",
    );
    assert_eq!(found, ["B3000: `s` is used after it was moved @ _2 = move _1"]);
}

#[test]
fn assigned_again_after_a_move() {
    let found = errors(
        "fn m.f(mut _1(s): m.S) -> () { let _2: m.S; let _3: &m.S;
            bb0: { _2 = move _1; _1 = call m.new() -> bb1; }
            bb1: { _3 = &_1; return; } }",
    );
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn never_initialised_on_one_way() {
    let found = errors(
        "fn m.f(_1: bool) -> i64 { let _2(x): i64;
            bb0: { switch(copy _1) [0: bb2, otherwise: bb1]; }
            bb1: { _2 = const 1_i64; goto bb2; }
            bb2: { _0 = copy _2; return; } }",
    );
    assert_eq!(found, ["B3003: `x` may be used before it has a value @ _0 = copy _2"]);
}

#[test]
fn immutable_variables() {
    let found = errors(
        "fn m.f(_1(x): i64, _2(r): &i64, _3(s): m.S) -> () { let _4: &mut m.S;
            bb0: { _1 = const 1_i64; (*_2) = const 2_i64; _4 = &mut _3; return; } }",
    );
    assert_eq!(
        found,
        [
            "B3004: the parameter `x` is assigned again @ _1 = const 1_i64",
            "B3006: `*r` is changed behind a `&` reference @ (*_2) = const 2_i64",
            "B3005: `s` is borrowed as mutable, but `s` is not `var` @ _4 = &mut _3",
        ]
    );
}

#[test]
fn moved_out_of_a_reference() {
    let found = errors("fn m.f(_1(r): &m.S) -> m.S { bb0: { _0 = move (*_1); return; } }");
    assert_eq!(found, ["B3007: `*r` is moved out of `r`, which is borrowed @ _0 = move (*_1)"]);
}
