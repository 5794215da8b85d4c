//! Throughput of the parser, one thread: text → tokens, text → tree.
//!
//! `cargo run --release -p parser-bench [-- TOTAL_MB FILE_KB ROUNDS]`
//!
//! In: TOTAL_MB of generated source in files of FILE_KB. Out: a table in Markdown.
//! A row is the sum over the files of the best of ROUNDS.

use base::symbol::interner;
use base::{Diagnostics, FileId};
use std::hint::black_box;
use std::time::{Duration, Instant};
use syntax::lexer::Lexer;

fn main() {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<usize>().expect("a number"));
    let total = args.next().unwrap_or(20) * 1_000_000;
    let size = args.next().unwrap_or(50) * 1_000;
    let rounds = args.next().unwrap_or(11);
    let files = files(total, size);
    let bytes: usize = files.iter().map(String::len).sum();
    let tokens: usize = files.iter().map(|text| lex(text)).sum();
    println!(
        "{} files of {} KB\n\n| | MB/s | million tokens/s |\n| --- | --- | --- |",
        files.len(),
        size / 1000
    );
    let row = |what: &str, work: &dyn Fn(&str)| {
        let seconds = best(&files, rounds, work).as_secs_f64();
        let (bytes, tokens) = (bytes as f64 / seconds / 1e6, tokens as f64 / seconds / 1e6);
        println!("| {what} | {bytes:.1} | {tokens:.1} |");
    };
    row("text → tokens", &|text| {
        black_box(lex(text));
    });
    row("text → tree", &|text| {
        let mut diagnostics = Diagnostics::new();
        black_box(syntax::parse(text, FileId(0), &mut diagnostics));
        assert!(!diagnostics.has_errors(), "the corpus parses");
    });
}

fn files(total: usize, size: usize) -> Vec<String> {
    (1..=total.div_ceil(size) as u64).map(|seed| parser_bench::corpus::file(seed, size)).collect()
}

/// How many tokens there are.
fn lex(text: &str) -> usize {
    let mut lexer = Lexer::new(text, FileId(0));
    let (mut tokens, mut count) = (Vec::new(), 0);
    while lexer.next_item(&mut interner(), &mut tokens) {
        count += tokens.len();
    }
    count
}

/// The sum over the files of each one's fastest round: a file takes less than a millisecond, so that some round
/// of each is not disturbed by what else the machine does.
fn best(files: &[String], rounds: usize, work: &dyn Fn(&str)) -> Duration {
    let mut best = vec![Duration::MAX; files.len()];
    for _ in 0..rounds {
        for (best, text) in best.iter_mut().zip(files) {
            let start = Instant::now();
            work(text);
            *best = start.elapsed().min(*best);
        }
    }
    best.iter().sum()
}
