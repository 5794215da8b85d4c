fn main() {
    let n: usize = std::env::args().nth(1).map_or(50_000_000, |it| it.parse().unwrap());
    let mut composite = vec![false; n + 1];
    let (mut count, mut sum) = (0usize, 0usize);
    for i in 2..=n {
        if composite[i] {
            continue;
        }
        count += 1;
        sum += i;
        let mut j = i * i;
        while j <= n {
            composite[j] = true;
            j += i;
        }
    }
    println!("{count} {sum}");
}
