//! Programs as text, run.

use super::*;
use crate::layout::{Layouts, RecordShape, Shape, Shapes};
use crate::names::FreshNames;
use crate::*;
use base::{FileId, IndexVec};
use hir::DefId;
use std::collections::BTreeMap;
use typeck::{GenericArgs, Ty, TyKind};

/// Records and unions of a test, by the name the text has them under.
#[derive(Default)]
struct Types {
    names: FreshNames,
    shapes: BTreeMap<DefId, Shape>,
}

impl Shapes for Types {
    fn shape(&self, ty: Ty) -> Shape {
        let TyKind::Adt(def, _) = ty.kind() else { panic!("{ty:?}") };
        self.shapes[def].clone()
    }
}

impl Types {
    fn add(&mut self, name: &str, shape: Shape) -> Ty {
        let def = names::Names::resolve(&self.names, name).unwrap();
        self.shapes.insert(def, shape);
        Ty::adt(def, GenericArgs::empty())
    }
}

/// Bodies in order are `fn0`, `fn1` …; the first is the entry.
fn program(types: &Types, sources: &mut SourceMap, text: &str) -> Program {
    let file = sources.add("test.qst".into(), text.into());
    let bodies = parse::parse(text, &types.names, file).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let layouts = Layouts::new();
    let mut program = Program { entry: Some(InstanceId(0)), overflow_checks: true, ..Program::default() };
    for (n, mut body) in bodies.into_iter().enumerate() {
        body.phase = Phase::Mono;
        let seen = |ty: Ty| {
            layouts.of(types, ty).unwrap_or_else(|e| panic!("{e:?}"));
            if let Some((to, _)) = layout::pointee(ty) {
                layouts.of(types, to).unwrap();
                if let TyKind::Slice(elem) = *to.kind() {
                    layouts.of(types, elem).unwrap();
                }
            }
        };
        body.locals.iter().for_each(|decl| seen(decl.ty));
        for block in body.blocks.iter() {
            let mut place = |place: &Place, _| {
                let mut ty = body.locals[place.local].ty;
                for elem in &place.projection {
                    ty = elem.ty_of(ty);
                    seen(ty);
                }
            };
            block.statements.iter().for_each(|s| s.kind.for_each_place(&mut place));
            block.terminator.kind.for_each_place(&mut place);
            let mut operand = |operand: &Operand| seen(operand.ty(&body.locals));
            for statement in &block.statements {
                if let StatementKind::Assign(_, rvalue) = &statement.kind {
                    rvalue.for_each_operand(&mut operand);
                }
            }
            if let TerminatorKind::Call { args, .. } = &block.terminator.kind {
                args.iter().for_each(operand)
            } else if let TerminatorKind::Assert { operand: of, .. }
            | TerminatorKind::Switch { operand: of, .. } = &block.terminator.kind
            {
                operand(of)
            }
            if let TerminatorKind::Call { callee: Callee::Intrinsic(_, args), .. } = &block.terminator.kind {
                args.iter().for_each(|arg| seen(arg.expect_ty()));
            }
        }
        program.functions.push(Function {
            instance: Instance { kind: InstanceKind::Fn(DefId(n as u32)), args: GenericArgs::empty() },
            path: FunctionPath {
                module: vec![Symbol::intern("test")],
                self_ty: None,
                protocol: None,
                name: format!("f{n}"),
                args: Vec::new(),
                index: 0,
            },
            unit: UnitId(0),
            body,
            nounwind: false,
            inline: Default::default(),
        });
    }
    program.units = IndexVec::from_raw(vec![Unit {
        name: Symbol::intern("test"),
        module: hir::ModuleId(0),
        file: FileId(0),
    }]);
    program.layouts = layouts.into_map();
    program
}

struct Ran {
    outcome: Outcome,
    out: String,
    err: String,
}

fn run_with(types: &Types, text: &str, options: Options) -> Ran {
    let mut sources = SourceMap::default();
    let program = program(types, &mut sources, text);
    let mut host = Buffers::new();
    let outcome = run(&program, &sources, &mut host, options);
    Ran { outcome, out: String::from_utf8(host.out).unwrap(), err: String::from_utf8(host.err).unwrap() }
}

#[track_caller]
fn check(text: &str, code: i32) -> Ran {
    let ran = run_with(&Types::default(), text, Options::default());
    assert_eq!(ran.outcome.end, End::Exit(code), "{}", ran.err);
    ran
}

#[track_caller]
fn undefined(text: &str) -> String {
    let ran = run_with(&Types::default(), text, Options::default());
    match ran.outcome.end {
        End::Fault(fault) => fault.to_string(),
        End::Exit(_) | End::Abort => panic!("{:?} {}", ran.outcome.end, ran.err),
    }
}

const FIB: &str = "
fn m.main() -> i32 {
    let _1: i64;
    bb0: { _1 = call instance fn1(const 20_i64) -> bb1; }
    bb1: { _0 = int_to_int(copy _1) as i32; return; }
}
fn m.fib(_1: i64) -> i64 {
    let _2: bool;
    let _3: (i64, bool);
    let _4: i64;
    let _5: (i64, bool);
    let _6: i64;
    let _7: (i64, bool);
    bb0: { _2 = lt(copy _1, const 2_i64); switch(move _2) [0: bb2, otherwise: bb1]; }
    bb1: { _0 = copy _1; return; }
    bb2: { _3 = checked_sub(copy _1, const 1_i64); assert(!copy (_3.1: bool), overflow(sub)) -> bb3; }
    bb3: { _4 = call instance fn1(move (_3.0: i64)) -> bb4; }
    bb4: { _5 = checked_sub(copy _1, const 2_i64); assert(!copy (_5.1: bool), overflow(sub)) -> bb5; }
    bb5: { _6 = call instance fn1(move (_5.0: i64)) -> bb6; }
    bb6: { _7 = checked_add(copy _4, copy _6); assert(!copy (_7.1: bool), overflow(add)) -> bb7; }
    bb7: { _0 = move (_7.0: i64); return; }
}";

#[test]
fn calls_and_arithmetic() {
    check(FIB, 6765);
}

/// How many blocks a second: `cargo test -p mir --release -- --ignored speed --nocapture`.
#[test]
#[ignore = "a measurement"]
fn speed() {
    let start = std::time::Instant::now();
    check(&FIB.replace("20_i64", "32_i64"), 2178309);
    let calls = 7_049_155.0;
    // Eight statements and terminators in the mean of leaf and inner calls.
    println!("{:.1} M operations/s", calls * 9.0 / start.elapsed().as_secs_f64() / 1e6);
    let text = "
fn m.main() -> i32 {
    let _1: i64;
    let _2: bool;
    let _3: (i64, bool);
    let _4: i64;
    bb0: { _1 = const 0_i64; _4 = const 0_i64; goto bb1; }
    bb1: { _2 = lt(copy _1, const 20000000_i64); switch(move _2) [0: bb4, otherwise: bb2]; }
    bb2: { _3 = checked_add(copy _1, const 1_i64); assert(!copy (_3.1: bool), overflow(add)) -> bb3; }
    bb3: { _1 = copy (_3.0: i64); _4 = bit_xor(copy _4, copy _1); goto bb1; }
    bb4: { _0 = const 0_i32; return; }
}";
    let start = std::time::Instant::now();
    check(text, 0);
    println!("{:.1} M operations/s in a loop", 20e6 * 7.0 / start.elapsed().as_secs_f64() / 1e6);
}

#[test]
fn references_reach_locals_and_slices() {
    check(
        "
fn m.main() -> i32 {
    let _1: [i32; 4];
    let _2: &[i32; 4];
    let _3: &[i32];
    let _4: usize;
    let _5: i32;
    let _6: &mut i32;
    bb0: {
        _1 = array[i32](const 1_i32, const 2_i32, const 3_i32, const 4_i32);
        _4 = const 2_usize;
        _6 = &mut _1[_4];
        (*_6) = const 30_i32;
        _2 = &_1;
        _3 = unsize(copy _2) as &[i32];
        _5 = copy (*_3)[_4];
        _0 = add(copy _5, copy (*_3)[-1]);
        return;
    }
}",
        34,
    );
}

#[test]
fn unions_are_told_by_their_tags() {
    let mut types = Types::default();
    let option = |of| Shape::Union(vec![vec![], vec![of]]);
    types.add("O", option(Ty::prim(hir::PrimTy::I64)));
    types.add("P", option(Ty::reference(Ty::prim(hir::PrimTy::I64), typeck::Mutability::Shared)));
    types.add(
        "R",
        Shape::Record(RecordShape { fields: vec![Ty::bool(), Ty::usize()], ..RecordShape::default() }),
    );
    let text = "
fn m.main() -> i32 {
    let _1: O;
    let _2: P;
    let _3: i64;
    let _4: isize;
    let _5: isize;
    let _6: isize;
    let _7: &i64;
    let _8: isize;
    let _9: isize;
    bb0: {
        _1 = new v1 of O(const 40_i64);
        _4 = discriminant(_1);
        _2 = new v0 of P();
        _5 = discriminant(_2);
        _3 = copy ((_1 as v1).0: i64);
        _7 = &_3;
        _2 = new v1 of P(copy _7);
        _6 = discriminant(_2);
        _8 = add(copy _4, copy _5);
        _9 = add(copy _8, copy _6);
        _3 = add(copy (*((_2 as v1).0: &i64)), copy _9);
        _0 = int_to_int(copy _3) as i32;
        return;
    }
}";
    let ran = run_with(&types, text, Options::default());
    assert_eq!(ran.outcome.end, End::Exit(42), "{}", ran.err);
}

#[test]
fn text_goes_to_the_host() {
    let ran = check(
        "
fn m.main() -> i32 {
    let _1: &str;
    let _2: *u8;
    let _3: usize;
    let _4: isize;
    let _5: &[u8];
    bb0: { _1 = const \"hello\\n\"; _5 = call intrinsic str_bytes(copy _1) -> bb1; }
    bb1: { _2 = call intrinsic slice_ptr[u8](copy _5) -> bb2; }
    bb2: { _3 = call intrinsic slice_len[u8](copy _5) -> bb3; }
    bb3: { _4 = call runtime qrt_stdout_write(copy _2, copy _3) -> bb4; }
    bb4: { _0 = int_to_int(copy _4) as i32; return; }
}",
        6,
    );
    assert_eq!(ran.out, "hello\n");
}

#[test]
fn panics_unwind_through_cleanup() {
    let ran = check(
        "
fn m.main() -> i32 {
    let _1: i32;
    bb0: { _1 = call instance fn1() -> bb1, unwind bb2; }
    bb1: { _0 = const 0_i32; return; }
    bb2 cleanup: { _1 = call instance fn2() -> bb3; }
    bb3 cleanup: { resume; }
}
fn m.fails() -> i32 {
    let _1: usize;
    bb0: { _1 = const 5_usize; assert(const false, bounds(copy _1, const 3_usize)) -> bb1; }
    bb1: { _0 = const 0_i32; return; }
}
fn m.clean() -> i32 {
    let _1: &str;
    let _2: *u8;
    let _3: isize;
    let _4: &[u8];
    bb0: { _4 = call intrinsic str_bytes(const \"bye\") -> bb1; }
    bb1: { _2 = call intrinsic slice_ptr[u8](copy _4) -> bb2; }
    bb2: { _3 = call runtime qrt_stdout_write(copy _2, const 3_usize) -> bb3; }
    bb3: { _0 = const 1_i32; return; }
}",
        101,
    );
    assert_eq!(ran.out, "bye");
    let (first, trace) = ran.err.split_once('\n').unwrap();
    assert!(first.ends_with("index 5 is out of bounds: the length is 3 [R4000]"), "{first}");
    assert!(first.starts_with("panicked at test.qst:11:"), "{first}");
    assert!(
        trace.contains("   0: test.f1  test.qst:11:") && trace.contains("   1: test.f0  test.qst:4:"),
        "{trace}"
    );
}

#[test]
fn deep_recursion_is_a_message() {
    let text = "
fn m.main() -> i32 {
    bb0: { _0 = call instance fn0() -> bb1; }
    bb1: { return; }
}";
    let ran = run_with(&Types::default(), text, Options::default());
    assert_eq!(ran.outcome.end, End::Abort);
    assert!(ran.err.contains("stack overflow") && ran.err.ends_with("[R4001]\n"), "{}", ran.err);
}

#[test]
fn fuel_runs_out() {
    let text = "fn m.main() -> i32 { bb0: { goto bb0; } }";
    let ran = run_with(&Types::default(), text, Options { fuel: 1000, ..Options::default() });
    assert!(matches!(ran.outcome.end, End::Fault(Fault { kind: FaultKind::OutOfFuel, span: Some(_) })));
}

#[test]
fn leaks_are_counted() {
    let ran = check(
        "
fn m.main() -> i32 {
    let _1: *mut u8;
    let _2: *mut u8;
    let _3: ();
    bb0: { _1 = call runtime qrt_alloc(const 24_usize, const 8_usize) -> bb1; }
    bb1: { _2 = call runtime qrt_alloc(const 10_usize, const 1_usize) -> bb2; }
    bb2: { _3 = call runtime qrt_dealloc(copy _2, const 10_usize, const 1_usize) -> bb3; }
    bb3: { _0 = const 0_i32; return; }
}",
        0,
    );
    assert_eq!(ran.outcome.leaked, (1, 24));
}

#[test]
fn what_no_program_does_is_found() {
    let why = undefined(
        "
fn m.main() -> i32 {
    let _1: i32;
    bb0: { _0 = copy _1; return; }
}",
    );
    assert!(why.contains("never written"), "{why}");
    let why = undefined(
        "
fn m.main() -> i32 {
    let _1: &i32;
    bb0: { _1 = call instance fn1() -> bb1; }
    bb1: { _0 = copy (*_1); return; }
}
fn m.dangling() -> &i32 {
    let _1: i32;
    bb0: { _1 = const 1_i32; _0 = &_1; return; }
}",
    );
    assert!(why.contains("gone out of scope"), "{why}");
}

#[test]
fn wide_integers() {
    check(
        "
fn m.main() -> i32 {
    let _1: i128;
    let _2: (i128, bool);
    let _3: i128;
    let _4: bool;
    bb0: {
        _1 = const 170141183460469231731687303715884105727_i128;
        _2 = checked_add(copy _1, const 1_i128);
        switch(copy (_2.1: bool)) [0: bb1, otherwise: bb2];
    }
    bb1: { _0 = const 1_i32; return; }
    bb2: { _3 = div(copy _1, const 1000000000000000000000000000000000000_i128); _0 = int_to_int(copy _3) as i32; return; }
}",
        170,
    );
}
