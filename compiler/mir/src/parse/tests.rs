//! Every construct, printed, read and printed again.

use super::parse;
use crate::names::FreshNames;
use base::FileId;

fn round_trip(text: &str) {
    let names = FreshNames::default();
    let bodies = parse(text, &names, FileId(0)).unwrap_or_else(|error| panic!("{error}"));
    let printed: Vec<String> = bodies.iter().map(|body| body.display(&names).to_string()).collect();
    assert_eq!(printed.join("\n"), text);
}

#[test]
fn every_construct() {
    round_trip(include_str!("every_construct.mir"));
}

#[test]
fn an_error_names_its_line() {
    let names = FreshNames::default();
    let error = parse("fn m.f() -> () {\n    bb0: {\n        jump bb1;\n", &names, FileId(0)).unwrap_err();
    assert_eq!(error.to_string(), "line 3: `jump` is no instruction");
}
