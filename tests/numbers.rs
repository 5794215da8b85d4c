//! Numbers at their edges: every operation on every pair of edge values, in all engines, against Rust.
//!
//! In: a program written here, which computes the table. Out: interpreted, compiled and optimised it prints the lines that Rust
//! computes. `docs/reference/numbers.md` says what they are.
//!
//! ```text
//! i8 -128 -1: +127 -127 *-128 …     overflow-checks off; with them on, each of the panics is looked at by itself
//! ```

use std::fmt::Write;
use std::process::{Command, Stdio};
use std::{env, fs};
use tests::programs::{ENGINES, quastra, write_example};

/// Methods of two operands whose results are shown as they are, as an option, or as a pair.
const BINARY: [&str; 17] = [
    "wrapping_add",
    "wrapping_sub",
    "wrapping_mul",
    "saturating_add",
    "saturating_sub",
    "saturating_mul",
    "overflowing_add",
    "overflowing_sub",
    "overflowing_mul",
    "checked_add",
    "checked_sub",
    "checked_mul",
    "checked_div",
    "checked_rem",
    "max",
    "min",
    "compare",
];
const UNARY: [&str; 9] = [
    "count_ones",
    "leading_zeros",
    "trailing_zeros",
    "swap_bytes",
    "reverse_bits",
    "wrapping_neg",
    "checked_neg",
    "is_power_of_two",
    "to_string",
];
const SHIFTS: [&str; 6] =
    ["wrapping_shl", "wrapping_shr", "checked_shl", "checked_shr", "rotate_left", "rotate_right"];
const COUNTS: [u32; 8] = [0, 1, 7, 8, 31, 64, 127, 200];
const POWERS: [u32; 5] = [0, 1, 2, 7, 200];

/// What Rust shows of an option, as Quastra writes it.
fn option<T: std::fmt::Display>(value: Option<T>) -> String {
    value.map_or("none".to_string(), |value| format!("some({value})"))
}

/// The part of the program for a type, and what it must print.
macro_rules! integer {
    ($program:ident, $expected:ident, $main:ident, $($ty:ident)*) => {$({
        type T = $ty;
        let name = stringify!($ty);
        let mut edges: Vec<T> = vec![T::MIN, T::MIN + 1, 0, 1, 2, 7, T::MAX / 2, T::MAX - 1, T::MAX];
        edges.extend((0 as T).checked_sub(1));
        let list: Vec<String> = edges.iter().map(|edge| edge.to_string()).collect();
        writeln!($program, "fn of_{name}() {{\n    let edges: [{name}; {}] = [{}]", edges.len(), list.join(", ")).unwrap();
        writeln!($main, "    of_{name}()").unwrap();
        // Operators, which wrap here; a divisor that has no quotient is left to the panics.
        let methods: Vec<String> = BINARY.iter().map(|method| match *method {
            "max" | "min" => format!("{{a.{method}(b)}}"),
            "compare" => "{a.compare(&b):?}".to_string(),
            _ => format!("{{a.{method}(b):?}}"),
        }).collect();
        writeln!(
            $program,
            "    for a in edges {{\n        for b in edges {{\n            print(\"{name} {{a}} {{b}}: {{a + b}} {{a - b}} {{a * b}} {{a & b}} {{a | b}} {{a ^ b}} {{a << b}} {{a >> b}} {{a < b}} {{a <= b}} {{a == b}} \")\n            println(\"{}\")\n            if b != 0 {{ println(\"{{a.wrapping_div(b)}} {{a.wrapping_rem(b)}}\") }}\n        }}",
            methods.join(" ")
        ).unwrap();
        for &a in &edges {
            for &b in &edges {
                let count = b as u32;
                write!(
                    $expected, "{name} {a} {b}: {} {} {} {} {} {} {} {} {} {} {} ",
                    a.wrapping_add(b), a.wrapping_sub(b), a.wrapping_mul(b), a & b, a | b, a ^ b,
                    a.wrapping_shl(count), a.wrapping_shr(count), a < b, a <= b, a == b
                ).unwrap();
                writeln!(
                    $expected, "{} {} {} {} {} {} {:?} {:?} {:?} {} {} {} {} {} {} {} {:?}",
                    a.wrapping_add(b), a.wrapping_sub(b), a.wrapping_mul(b),
                    a.saturating_add(b), a.saturating_sub(b), a.saturating_mul(b),
                    a.overflowing_add(b), a.overflowing_sub(b), a.overflowing_mul(b),
                    option(a.checked_add(b)), option(a.checked_sub(b)), option(a.checked_mul(b)),
                    option(a.checked_div(b)), option(a.checked_rem(b)), a.max(b), a.min(b), a.cmp(&b)
                ).unwrap();
                if b != 0 {
                    writeln!($expected, "{} {}", a.wrapping_div(b), a.wrapping_rem(b)).unwrap();
                }
            }
            for n in COUNTS {
                writeln!(
                    $expected, "{} {} {} {} {} {} {} {}",
                    a.wrapping_shl(n), a.wrapping_shr(n), option(a.checked_shl(n)), option(a.checked_shr(n)),
                    a.rotate_left(n), a.rotate_right(n), a.wrapping_shl(n), a.wrapping_shr(n)
                ).unwrap();
            }
            for n in POWERS {
                writeln!($expected, "{} {} {}", a.wrapping_pow(n), option(a.checked_pow(n)), a.saturating_pow(n)).unwrap();
            }
            writeln!(
                $expected, "{} {} {} {} {} {} {} {} {a}",
                a.count_ones(), a.leading_zeros(), a.trailing_zeros(), a.swap_bytes(), a.reverse_bits(),
                a.wrapping_neg(), option(a.checked_neg()), (a as u128 & (u128::MAX >> (128 - T::BITS))).is_power_of_two() && a > 0
            ).unwrap();
            writeln!(
                $expected, "{} {} {} {} {} {} {} {} {} {} {} {} {} {}",
                a as i8, a as u8, a as i16, a as u16, a as i32, a as u32, a as i64, a as u64, a as i128, a as u128,
                a as isize, a as usize, (a as f32).to_bits(), (a as f64).to_bits()
            ).unwrap();
            writeln!($expected, "{}", a.to_string().parse::<T>() == Ok(a)).unwrap();
        }
        let shifts: Vec<String> = SHIFTS.iter().map(|method| match method.starts_with("checked") {
            true => format!("{{a.{method}(n):?}}"),
            false => format!("{{a.{method}(n)}}"),
        }).collect();
        let unary: Vec<String> = UNARY.iter().map(|method| match *method {
            "checked_neg" => format!("{{a.{method}():?}}"),
            _ => format!("{{a.{method}()}}"),
        }).collect();
        let casts: Vec<String> = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "i128", "u128", "isize", "usize"]
            .iter().map(|to| format!("{{a as {to}}}")).collect();
        writeln!(
            $program,
            "        for n in COUNTS {{ println(\"{} {{a << n}} {{a >> n}}\") }}\n        for n in POWERS {{ println(\"{{a.wrapping_pow(n)}} {{a.checked_pow(n):?}} {{a.saturating_pow(n)}}\") }}\n        println(\"{}\")\n        println(\"{} {{(a as f32).to_bits()}} {{(a as f64).to_bits()}}\")\n        println(\"{{a.to_string().parse[{name}]().unwrap() == a}}\")\n    }}",
            shifts.join(" "), unary.join(" "), casts.join(" ")
        ).unwrap();
        // One beyond each end, and other texts that are no numbers.
        let beyond = |edge: T, by: &str| {
            let digits = edge.to_string();
            // All ends are 7, 8 or 5 at the end: no carry.
            let last = digits.as_bytes()[digits.len() - 1] - b'0';
            format!("{}{}{by}", &digits[..digits.len() - 1], last + 1)
        };
        for text in [beyond(T::MAX, ""), "+0".into(), "-0".into(), "".into(), "-".into(), "1_0".into(), " 1".into(), format!("00{}", T::MAX)] {
            writeln!($program, "    println(\"{{\"{text}\".parse[{name}]().is_ok()}}\")").unwrap();
            writeln!($expected, "{}", text.parse::<T>().is_ok() ).unwrap();
        }
        writeln!($program, "}}\n").unwrap();
    })*};
}

/// Rust refuses `-0` for types without a sign, as Quastra does.
fn integers() -> (String, String) {
    let (mut program, mut expected, mut main) = (String::new(), String::new(), String::new());
    writeln!(
        program,
        "const COUNTS: [u32; {}] = {COUNTS:?}\nconst POWERS: [u32; {}] = {POWERS:?}\n",
        COUNTS.len(),
        POWERS.len()
    )
    .unwrap();
    integer!(program, expected, main, i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);
    (format!("{program}fn main() {{\n{main}}}\n"), expected)
}

macro_rules! float {
    ($program:ident, $expected:ident, $main:ident, $($ty:ident $bits:ident)*) => {$({
        type T = $ty;
        let name = stringify!($ty);
        let edges: Vec<T> = vec![
            T::NEG_INFINITY, T::MIN, -9.5e18, -129.0, -1.5, -0.5, -0.0, 0.0, T::from_bits(1), T::MIN_POSITIVE, 0.1, 0.5, 1.0, 1.5, 2.5,
            127.5, 255.0, 256.0, 16777217.0, 2147483648.0, 9007199254740993.0, 9.3e18, 1.9e19, 1e22, 3e38, T::MAX, T::INFINITY, T::NAN,
        ];
        let list: Vec<String> = edges.iter().map(|edge| format!("{name}.from_bits({})", edge.to_bits())).collect();
        writeln!($program, "fn show_{name}(x: {name}) -> String {{ if x.is_nan() {{ \"nan\" }} else {{ \"{{x.to_bits()}}\" }} }}").unwrap();
        writeln!($program, "fn of_{name}() {{\n    let edges: [{name}; {}] = [{}]", edges.len(), list.join(", ")).unwrap();
        writeln!($main, "    of_{name}()").unwrap();
        let show = |x: T| if x.is_nan() { "nan".to_string() } else { x.to_bits().to_string() };
        writeln!(
            $program,
            "    for a in edges {{\n        for b in edges {{\n            println(\"{{show_{name}(a + b)}} {{show_{name}(a - b)}} {{show_{name}(a * b)}} {{show_{name}(a / b)}} {{show_{name}(a % b)}} {{a < b}} {{a <= b}} {{a > b}} {{a >= b}} {{a == b}} {{a != b}} {{a.total_compare(b):?}}\")\n            println(\"{{show_{name}(a.max(b))}} {{show_{name}(a.min(b))}}\")\n        }}"
        ).unwrap();
        for &a in &edges {
            for &b in &edges {
                writeln!(
                    $expected, "{} {} {} {} {} {} {} {} {} {} {} {}",
                    show(a + b), show(a - b), show(a * b), show(a / b), show(a % b),
                    a < b, a <= b, a > b, a >= b, a == b, a != b, format!("{:?}", total(a as f64, b as f64))
                ).unwrap();
                // -0 is the smaller zero.
                let (max, min) = match a == b && a.is_sign_negative() {
                    _ if a != b => (a.max(b), a.min(b)),
                    true => (b, a),
                    false => (a, b),
                };
                writeln!($expected, "{} {}", show(max), show(min)).unwrap();
            }
            writeln!(
                $expected, "{} {} {} {} {} {} {} {} {} {} {} {}",
                a as i8, a as u8, a as i16, a as u16, a as i32, a as u32, a as i64, a as u64, a as i128, a as u128, a as isize, a as usize
            ).unwrap();
            let narrow = a as f32;
            writeln!(
                $expected, "{} {} {} {} {} {} {} {}",
                if narrow.is_nan() { "nan".into() } else { narrow.to_bits().to_string() },
                show(-a), show(a.abs()), show(a.floor()), show(a.ceil()), show(a.round()), show(a.trunc()), show(a.sqrt())
            ).unwrap();
            // The shortest digits that are read back as the same value.
            writeln!($expected, "{} {}", digits(&format!("{a:e}")), true).unwrap();
        }
        let casts: Vec<String> = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "i128", "u128", "isize", "usize"]
            .iter().map(|to| format!("{{a as {to}}}")).collect();
        writeln!(
            $program,
            "        println(\"{}\")\n        println(\"{{show_f32(a as f32)}} {{show_{name}(-a)}} {{show_{name}(a.abs())}} {{show_{name}(a.floor())}} {{show_{name}(a.ceil())}} {{show_{name}(a.round())}} {{show_{name}(a.trunc())}} {{show_{name}(a.sqrt())}}\")\n        let text = \"{{a:?}}\".to_string()\n        let back = text.parse[{name}]().unwrap()\n        println(\"{{digits(&text)}} {{show_{name}(back) == show_{name}(a)}}\")\n    }}\n}}\n",
            casts.join(" ")
        ).unwrap();
    })*};
}

/// The order of `compare`: by value, NaN after all.
fn total(a: f64, b: f64) -> std::cmp::Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Its significant digits alone.
fn digits(text: &str) -> String {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').trim_end_matches('0').to_string()
}

fn floats() -> (String, String) {
    let (mut program, mut expected, mut main) = (String::new(), String::new(), String::new());
    program.push_str(
        "fn digits(text: &str) -> String {
    var digits = String.new()
    for c in text.chars() {
        if c == 'e' || c == 'E' { break }
        if c.is_ascii_digit() { digits.push(c) }
    }
    digits.trim_start_matches('0').trim_end_matches('0').to_string()
}
",
    );
    float!(program, expected, main, f32 u32 f64 u64);
    (format!("{program}fn main() {{\n{main}}}\n"), expected)
}

#[track_caller]
fn agree(name: &str, (program, expected): (String, String)) {
    let path = write_example(name, &program);
    for (engine, how) in ENGINES {
        let how: Vec<&str> = how.iter().copied().filter(|word| *word != "--leaks").collect();
        let output = Command::new(quastra())
            .arg("run")
            .arg(&path)
            .args(how)
            .args(["--overflow-checks", "false"])
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .output()
            .expect("it starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        for (nth, (got, want)) in text.lines().zip(expected.lines()).enumerate() {
            assert_eq!(got, want, "{engine}, line {} of what {} prints", nth + 1, path.display());
        }
        assert_eq!(text.lines().count(), expected.lines().count(), "{engine}: {errors}");
        assert!(output.status.success(), "{engine}: {errors}");
    }
}

#[test]
fn integers_at_their_edges() {
    agree("integers", integers());
}

#[test]
fn floats_at_their_edges() {
    agree("floats", floats());
}

/// What panics, and with which words; each ends the program, so that it is run once for each.
const PANICS: [(&str, &str); 24] = [
    ("show(i32.MAX + hide(1i32))", "attempt to add with overflow"),
    ("show(u8.MAX + hide(1u8))", "attempt to add with overflow"),
    ("show(i128.MIN - hide(1i128))", "attempt to subtract with overflow"),
    ("show(0usize - hide(1usize))", "attempt to subtract with overflow"),
    ("show(i64.MIN * hide(-1i64))", "attempt to multiply with overflow"),
    ("show(u128.MAX * hide(2u128))", "attempt to multiply with overflow"),
    ("show(i128.MAX * hide(i128.MAX))", "attempt to multiply with overflow"),
    ("show(-hide(i8.MIN))", "attempt to negate with overflow"),
    ("show(-hide(i128.MIN))", "attempt to negate with overflow"),
    ("show(1i32 << hide(32u32))", "attempt to shift left with overflow"),
    ("show(1u128 << hide(128u32))", "attempt to shift left with overflow"),
    ("show(1i16 >> hide(16u32))", "attempt to shift right with overflow"),
    ("show(1i64 << hide(-1i64))", "attempt to shift left with overflow"),
    ("show(1i64 / hide(0i64))", "attempt to divide by zero"),
    ("show(1u128 / hide(0u128))", "attempt to divide by zero"),
    ("show(1i8 % hide(0i8))", "attempt to calculate the remainder with a divisor of zero"),
    ("show(i32.MIN / hide(-1i32))", "attempt to divide with overflow"),
    ("show(i128.MIN / hide(-1i128))", "attempt to divide with overflow"),
    ("show(i64.MIN % hide(-1i64))", "attempt to calculate the remainder with overflow"),
    ("show(hide(i16.MIN).abs())", "attempt to negate with overflow"),
    ("show(hide(10u8).pow(3))", "attempt to multiply with overflow"),
    ("show(hide(-2i64).pow(64))", "attempt to multiply with overflow"),
    ("show(hide(0u32).ilog2())", "the logarithm of 0"),
    ("show(hide(-1i32).isqrt())", "the square root of -1"),
];

#[test]
fn what_has_no_result_panics() {
    let mut program = String::from(
        "fn hide[T](value: T) -> T { core.mem.black_box(value) }\nfn show[T: Show](value: T) { println(\"{value}\") }\n\nfn main() {\n    let wanted: usize = core.env.args()[1].parse().unwrap()\n    match wanted {\n",
    );
    for (nth, (expression, _)) in PANICS.iter().enumerate() {
        writeln!(program, "        {nth} => {expression},").unwrap();
    }
    program.push_str("        _ => println(\"no such case\"),\n    }\n}\n");
    let path = write_example("panics_of_numbers", &program);
    let folder = env::temp_dir().join(format!("quastra-numbers-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    // How to run it, and whether overflow is checked.
    let mut commands: Vec<(String, Vec<String>, bool)> = Vec::new();
    for (level, checks) in [("-O0", true), ("-O2", true), ("-O0", false), ("-O2", false)] {
        let executable = folder.join(format!("{level}-{checks}"));
        let checks_argument = format!("--overflow-checks={checks}");
        let mut build = Command::new(quastra());
        build.arg("build").arg(&path).args([level, &checks_argument]).arg("-o").arg(&executable);
        let built = build.output().expect("it starts");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        commands.push((executable.display().to_string(), Vec::new(), checks));
    }
    let file = path.display().to_string();
    for checks in [true, false] {
        let checks_argument = format!("--overflow-checks={checks}");
        let interpret = ["run", "--interpret", &checks_argument, &file, "--"].map(String::from).to_vec();
        commands.push((quastra().display().to_string(), interpret, checks));
    }
    for (nth, (expression, message)) in PANICS.iter().enumerate() {
        // What has no result panics in every profile; the rest wraps without checks.
        let always = expression.contains('/') || expression.contains('%') || message.starts_with("the ");
        for (command, arguments, checks) in &commands {
            if !checks && !always {
                continue;
            }
            let output =
                Command::new(command).args(arguments).arg(nth.to_string()).output().expect("it starts");
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(errors.contains(message), "{command} {expression}: {errors}");
            assert_eq!(output.status.code(), Some(101), "{command} {expression}");
        }
    }
    fs::remove_dir_all(folder).expect("removed");
}
