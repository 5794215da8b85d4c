//! Any text → a program, if it is one, which runs for a short time: the compiler and the interpreter do not panic.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(init: fuzz::write_seeds(), |bytes: &[u8]| {
    tests::invariants::execute(&String::from_utf8_lossy(bytes))
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    fuzz::mutate(data, size, max_size, seed, fuzzer_mutate)
});
