//! The table's order, and passes over MIR text.

use crate::*;
use base::FileId;
use expect_test::{Expect, expect};
use mir::facts::Parts;
use mir::names::{FreshNames, ty_text};
use mir::parse::parse;
use typeck::{Ty, TyKind};

#[test]
fn every_need_is_left_by_an_earlier_pass() {
    for table in [LOWER, OPTIMISE] {
        let mut known = Vec::new();
        for pass in table {
            for need in pass.needs {
                assert!(known.contains(need), "{} needs {need:?}, which no earlier pass leaves", pass.name);
            }
            known.extend(pass.leaves.iter().copied());
        }
    }
}

/// `m.S` has something to drop, `m.Box[T]` is a box, `m.Option[T]` is none or some(T).
struct TextFacts<'a>(&'a FreshNames);

impl TextFacts<'_> {
    fn head(&self, ty: Ty) -> String {
        let text = ty_text(self.0, ty);
        text.split('[').next().unwrap_or("").to_string()
    }
}

impl Facts for TextFacts<'_> {
    fn is_copy(&self, ty: Ty, _: DefId) -> bool {
        !self.needs_drop(ty)
    }
    fn needs_drop(&self, ty: Ty) -> bool {
        if let TyKind::Tuple(items) = *ty.kind() {
            items.iter().any(|&item| self.needs_drop(item))
        } else {
            matches!(*ty.kind(), TyKind::Adt(..) | TyKind::Param(..))
        }
    }
    fn has_drop_impl(&self, ty: Ty) -> bool {
        self.head(ty) == "m.S"
    }
    fn is_box(&self, ty: Ty) -> bool {
        self.head(ty) == "m.Box"
    }
    fn parts(&self, ty: Ty) -> Parts {
        if let TyKind::Tuple(items) = *ty.kind() {
            Parts::Fields(items.to_vec())
        } else if let TyKind::Adt(_, args) = *ty.kind()
            && self.head(ty) == "m.Option"
        {
            Parts::Variants(vec![Vec::new(), vec![args[0].expect_ty()]])
        } else {
            Parts::None
        }
    }
}

/// The body after lowering.
fn lowered(text: &str) -> String {
    let names = FreshNames::default();
    let facts = TextFacts(&names);
    let box_free = names.resolve("m.box_free");
    let mut body = parse(text, &names, FileId(0)).unwrap_or_else(|error| panic!("{error}")).remove(0);
    lower(&mut body, &PassCx { facts: &facts, names: &names, box_free });
    body.display(&names).to_string()
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&lowered(text));
}

#[test]
fn a_dead_drop_goes_and_its_cleanup_with_it() {
    check(
        "fn m.f(_1: m.S) -> () {
            bb0: { _0 = call m.g(move _1) -> bb1, unwind bb3; }
            bb1: { drop(_1) -> bb2, unwind bb4; }
            bb2: { return; }
            bb3 cleanup: { drop(_1) -> bb4, unwind bb5; }
            bb4 cleanup: { resume; }
            bb5 cleanup: { abort; }
        }",
        expect![[r#"
            #[lowered]
            fn m.f(_1: m.S) -> () {

                bb0: {
                    _0 = call m.g(move _1) -> bb1;
                }

                bb1: {
                    return;
                }
            }
        "#]],
    );
}

#[test]
fn a_conditional_drop_asks_a_flag() {
    check(
        "fn m.f(_1: m.S, _2: bool) -> () {
            bb0: { switch(copy _2) [0: bb2, otherwise: bb1]; }
            bb1: { _0 = call m.g(move _1) -> bb2; }
            bb2: { drop(_1) -> bb3; }
            bb3: { return; }
        }",
        expect![[r#"
            #[lowered]
            fn m.f(_1: m.S, _2: bool) -> () {
                let mut _3: bool;

                bb0: {
                    _3 = const true;
                    switch(copy _2) [0: bb2, otherwise: bb1];
                }

                bb1: {
                    _3 = const false;
                    _0 = call m.g(move _1) -> bb2;
                }

                bb2: {
                    switch(copy _3) [0: bb4, otherwise: bb3];
                }

                bb3: {
                    _3 = const false;
                    drop(_1) -> bb4;
                }

                bb4: {
                    return;
                }
            }
        "#]],
    );
}

#[test]
fn what_is_left_of_a_tuple_is_dropped_field_by_field() {
    check(
        "fn m.f(_1: (m.S, i64, m.S)) -> m.S {
            bb0: { _0 = move (_1.0: m.S); drop(_1) -> bb1; }
            bb1: { return; }
        }",
        expect![[r#"
            #[lowered]
            fn m.f(_1: (m.S, i64, m.S)) -> m.S {

                bb0: {
                    _0 = move (_1.0: m.S);
                    drop((_1.2: m.S)) -> bb1;
                }

                bb1: {
                    return;
                }
            }
        "#]],
    );
}

#[test]
fn a_box_without_its_content_is_freed() {
    check(
        "fn m.f(_1: m.Box[m.S]) -> m.S {
            bb0: { _0 = move (*_1); drop(_1) -> bb1; }
            bb1: { return; }
        }",
        expect![[r#"
            #[lowered]
            fn m.f(_1: m.Box[m.S]) -> m.S {
                let mut _2: ();

                bb0: {
                    _0 = move (*_1);
                    _2 = call m.box_free[m.S](copy (_1.0: *mut m.S)) -> bb1;
                }

                bb1: {
                    return;
                }
            }
        "#]],
    );
}

#[test]
fn a_match_that_moves_leaves_nothing_to_drop() {
    check(
        "fn m.f(_1: m.Option[m.S]) -> m.S {
            let _2: isize;
            bb0: { _2 = discriminant(_1); switch(copy _2) [1: bb1, otherwise: bb2]; }
            bb1: { _0 = move ((_1 as v1).0: m.S); goto bb3; }
            bb2: { _0 = call m.new() -> bb3; }
            bb3: { drop(_1) -> bb4; }
            bb4: { return; }
        }",
        expect![[r#"
            #[lowered]
            fn m.f(_1: m.Option[m.S]) -> m.S {
                let _2: isize;

                bb0: {
                    _2 = discriminant(_1);
                    switch(copy _2) [1: bb1, otherwise: bb2];
                }

                bb1: {
                    _0 = move ((_1 as v1).0: m.S);
                    goto bb3;
                }

                bb2: {
                    _0 = call m.new() -> bb3;
                }

                bb3: {
                    return;
                }
            }
        "#]],
    );
}

#[test]
fn a_panic_in_a_field_drops_the_others() {
    check(
        "fn m.f(_1: (m.S, m.S), _2: bool) -> () {
            let _3: m.S;
            bb0: { switch(copy _2) [0: bb1, otherwise: bb2]; }
            bb1: { _3 = move (_1.0: m.S); drop(_3) -> bb2, unwind bb4; }
            bb2: { drop(_1) -> bb3; }
            bb3: { return; }
            bb4 cleanup: { drop(_1) -> bb5, unwind bb6; }
            bb5 cleanup: { resume; }
            bb6 cleanup: { abort; }
        }",
        expect![[r#"
            #[lowered]
            fn m.f(_1: (m.S, m.S), _2: bool) -> () {
                let _3: m.S;
                let mut _4: bool;

                bb0: {
                    _4 = const true;
                    switch(copy _2) [0: bb1, otherwise: bb2];
                }

                bb1: {
                    _3 = move (_1.0: m.S);
                    _4 = const false;
                    drop(_3) -> bb2, unwind bb6;
                }

                bb2: {
                    switch(copy _4) [0: bb4, otherwise: bb3];
                }

                bb3: {
                    _4 = const false;
                    drop((_1.0: m.S)) -> bb4, unwind bb7;
                }

                bb4: {
                    drop((_1.1: m.S)) -> bb5;
                }

                bb5: {
                    return;
                }

                bb6 cleanup: {
                    drop((_1.1: m.S)) -> bb8, unwind bb9;
                }

                bb7 cleanup: {
                    drop((_1.1: m.S)) -> bb8, unwind bb9;
                }

                bb8 cleanup: {
                    resume;
                }

                bb9 cleanup: {
                    abort;
                }
            }
        "#]],
    );
}
