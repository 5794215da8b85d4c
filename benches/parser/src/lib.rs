//! The parser's benchmark: a generator of source text ([`corpus`]); the measurement is the binary.

pub mod corpus;
