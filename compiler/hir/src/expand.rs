//! Code that is written by the compiler: `derive` today, macros later.

pub(crate) mod derive;
