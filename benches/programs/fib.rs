fn fib(n: i64) -> i64 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}
fn main() {
    let n = std::env::args().nth(1).map_or(40, |it| it.parse().unwrap());
    println!("{}", fib(n));
}
