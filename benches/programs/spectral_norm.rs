fn element(i: usize, j: usize) -> f64 {
    1.0 / (((i + j) * (i + j + 1) / 2 + i + 1) as f64)
}
fn mul(from: &[f64], to: &mut [f64]) {
    for i in 0..to.len() {
        let mut sum = 0.0;
        for j in 0..from.len() {
            sum += element(i, j) * from[j];
        }
        to[i] = sum;
    }
}
fn mul_t(from: &[f64], to: &mut [f64]) {
    for i in 0..to.len() {
        let mut sum = 0.0;
        for j in 0..from.len() {
            sum += element(j, i) * from[j];
        }
        to[i] = sum;
    }
}
fn main() {
    let n: usize = std::env::args().nth(1).map_or(2000, |it| it.parse().unwrap());
    let (mut u, mut v, mut t) = (vec![1.0; n], vec![0.0; n], vec![0.0; n]);
    for _ in 0..10 {
        mul(&u, &mut t);
        mul_t(&t, &mut v);
        mul(&v, &mut t);
        mul_t(&t, &mut u);
    }
    let (mut vbv, mut vv) = (0.0, 0.0);
    for i in 0..n {
        vbv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    println!("{:.9}", f64::sqrt(vbv / vv));
}
