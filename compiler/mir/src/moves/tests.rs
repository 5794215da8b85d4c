//! Paths and states over MIR text.

use super::init::Inits;
use super::*;
use crate::facts::Parts;
use crate::names::FreshNames;
use hir::DefId;
use typeck::Ty;

struct TextFacts;
impl Facts for TextFacts {
    fn is_copy(&self, _: Ty, _: DefId) -> bool {
        false
    }
    fn needs_drop(&self, _: Ty) -> bool {
        true
    }
    fn has_drop_impl(&self, _: Ty) -> bool {
        false
    }
    fn is_box(&self, ty: Ty) -> bool {
        matches!(ty.kind(), TyKind::Adt(..))
    }
    fn parts(&self, _: Ty) -> Parts {
        Parts::None
    }
}

#[test]
fn a_field_moved_in_one_branch() {
    let text = "fn m.f(_1: (T#0, T#0), _2: bool) -> () { let _3: T#0;
        bb0: { switch(copy _2) [0: bb1, otherwise: bb2]; }
        bb1: { _3 = move (_1.0: T#0); goto bb2; }
        bb2: { return; } }";
    let body = crate::parse::parse(text, &FreshNames::default(), base::FileId(0)).unwrap().remove(0);
    let data = MoveData::new(&body, &TextFacts);
    assert_eq!(data.paths.len(), 5);
    let field = PathId(4);
    assert_eq!(data.paths[field].parent, Some(PathId(1)));
    let inits = Inits::new(&body, &data);
    let end = BlockId(2);
    assert!(inits.maybe_init.states[end].contains(field) && inits.maybe_uninit.states[end].contains(field));
    assert!(
        inits.maybe_init.states[end].contains(PathId(1))
            && !inits.maybe_uninit.states[end].contains(PathId(1))
    );
    assert!(data.illegal.is_empty());
}

#[test]
fn nothing_moves_out_of_a_reference() {
    let text = "fn m.f(_1: &(T#0, T#0)) -> T#0 {
        bb0: { _0 = move ((*_1).0: T#0); return; } }";
    let body = crate::parse::parse(text, &FreshNames::default(), base::FileId(0)).unwrap().remove(0);
    let data = MoveData::new(&body, &TextFacts);
    assert_eq!(data.illegal[0].kind, IllegalMoveKind::Borrowed { pointer: 0 });
}
