//! Numbers in every operation and cast, for the interpreter and the machine to agree on.
//!
//! In: nothing. Out: a program as MIR text. One function a type; each result goes into a hash, and `main` writes the
//! hash of every pair of operands to standard output, 8 bytes each.

use std::fmt::Write;

const INTEGERS: [(&str, u32, bool); 12] = [
    ("i8", 8, true),
    ("i16", 16, true),
    ("i32", 32, true),
    ("i64", 64, true),
    ("i128", 128, true),
    ("isize", 64, true),
    ("u8", 8, false),
    ("u16", 16, false),
    ("u32", 32, false),
    ("u64", 64, false),
    ("u128", 128, false),
    ("usize", 64, false),
];
const FLOATS: [&str; 8] = ["0.0", "-0.0", "1.5", "-2.75", "1e300", "-1e30", "3e9", "0x7ff8000000000000"];
const FLAGS: [&str; 6] = ["eq", "ne", "lt", "le", "gt", "ge"];

fn values(bits: u32, signed: bool) -> Vec<String> {
    match signed {
        true => {
            let max = i128::MAX >> (128 - bits);
            [0, 1, -1, 7, max, -max - 1].iter().map(i128::to_string).collect()
        }
        false => {
            let max = u128::MAX >> (128 - bits);
            [0, 1, 3, 100, max, max / 2].iter().map(u128::to_string).collect()
        }
    }
}

/// The statements that put local `from` of a type into the hash, which is `_0`.
fn mix(out: &mut String, from: &str, ty: &str) {
    let wide = if ty == "i64" { format!("copy {from}") } else { "copy _3".to_owned() };
    if ty != "i64" {
        writeln!(out, "        _3 = int_to_int(copy {from}) as i64;").unwrap();
    }
    writeln!(out, "        _0 = mul(copy _0, const 1099511628211_i64);").unwrap();
    writeln!(out, "        _0 = bit_xor(copy _0, {wide});").unwrap();
}

fn integer_function(ty: &str, divide: bool) -> String {
    let mut out = format!("#[mono]\nfn m.{ty}_{divide}(_1: {ty}, _2: {ty}) -> i64 {{\n");
    let mut locals = format!(
        "    let _3: i64;\n    let _4: {ty};\n    let _5: bool;\n    let _6: ({ty}, bool);\n    let _7: f64;\n    let _8: f32;\n"
    );
    let mut code = "\n    bb0: {\n        _0 = const 7_i64;\n".to_owned();
    if divide {
        for op in ["div", "rem"] {
            writeln!(code, "        _4 = {op}(copy _1, copy _2);").unwrap();
            mix(&mut code, "_4", ty);
        }
    } else {
        for op in ["add", "sub", "mul", "bit_and", "bit_or", "bit_xor", "shl", "shr"] {
            writeln!(code, "        _4 = {op}(copy _1, copy _2);").unwrap();
            mix(&mut code, "_4", ty);
        }
        for op in FLAGS {
            writeln!(code, "        _5 = {op}(copy _1, copy _2);").unwrap();
            mix(&mut code, "_5", "bool");
        }
        for op in ["checked_add", "checked_sub", "checked_mul"] {
            writeln!(code, "        _6 = {op}(copy _1, copy _2);").unwrap();
            writeln!(code, "        _4 = copy (_6.0: {ty});\n        _5 = copy (_6.1: bool);").unwrap();
            mix(&mut code, "_4", ty);
            mix(&mut code, "_5", "bool");
        }
        writeln!(code, "        _4 = not(copy _1);").unwrap();
        mix(&mut code, "_4", ty);
        for (index, (to, ..)) in INTEGERS.iter().enumerate() {
            let local = format!("_{}", 10 + index);
            writeln!(locals, "    let {local}: {to};").unwrap();
            writeln!(code, "        {local} = int_to_int(copy _1) as {to};").unwrap();
            mix(&mut code, &local, to);
        }
        for (local, float) in [("_7", "f64"), ("_8", "f32")] {
            writeln!(code, "        {local} = int_to_float(copy _1) as {float};").unwrap();
            writeln!(code, "        _3 = float_to_int(copy {local}) as i64;").unwrap();
            mix(&mut code, "_3", "i64");
        }
    }
    if divide {
        out += &locals
    } else {
        out += &locals.replace("    let _10:", "    let _9: i64;\n    let _10:")
    }
    out + &code + "        return;\n    }\n}\n\n"
}

fn float_function() -> String {
    let mut locals =
        "    let _3: i64;\n    let _4: f64;\n    let _5: bool;\n    let _6: f32;\n    let _7: f64;\n"
            .to_owned();
    let mut code = "\n    bb0: {\n        _0 = const 7_i64;\n".to_owned();
    for op in ["add", "sub", "mul", "div"] {
        writeln!(code, "        _4 = {op}(copy _1, copy _2);\n        _5 = eq(copy _4, copy _4);").unwrap();
        writeln!(code, "        _3 = float_to_int(copy _4) as i64;").unwrap();
        mix(&mut code, "_3", "i64");
        mix(&mut code, "_5", "bool");
    }
    for op in FLAGS {
        writeln!(code, "        _5 = {op}(copy _1, copy _2);").unwrap();
        mix(&mut code, "_5", "bool");
    }
    for (index, (to, ..)) in INTEGERS.iter().enumerate() {
        let local = format!("_{}", 8 + index);
        writeln!(locals, "    let {local}: {to};").unwrap();
        writeln!(code, "        {local} = float_to_int(copy _1) as {to};").unwrap();
        mix(&mut code, &local, to);
    }
    writeln!(
        code,
        "        _6 = float_to_float(copy _1) as f32;\n        _7 = float_to_float(copy _6) as f64;"
    )
    .unwrap();
    writeln!(code, "        _5 = eq(copy _7, copy _1);\n        _3 = float_to_int(copy _7) as i64;").unwrap();
    mix(&mut code, "_3", "i64");
    mix(&mut code, "_5", "bool");
    format!("#[mono]\nfn m.floats(_1: f64, _2: f64) -> i64 {{\n{locals}{code}        return;\n    }}\n}}\n\n")
}

fn float(text: &str) -> String {
    if text.starts_with("0x") { format!("const {text}: f64") } else { format!("const {text}_f64") }
}

/// The text, and for each word written what it is of.
pub fn text() -> (String, Vec<String>) {
    let (mut functions, mut calls, mut names) = (String::new(), Vec::new(), Vec::new());
    let mut number = 0;
    let mut call = |name: String, a: String, b: String, number: usize| {
        calls.push(format!("call instance fn{number}({a}, {b})"));
        names.push(name);
    };
    for (ty, bits, signed) in INTEGERS {
        for divide in [false, true] {
            number += 1;
            functions += &integer_function(ty, divide);
            for a in values(bits, signed) {
                for b in values(bits, signed) {
                    let overflows = signed && b == "-1" && a.starts_with('-') && a.len() > 2;
                    if !divide || (b != "0" && !overflows) {
                        let (x, y) = (format!("const {a}_{ty}"), format!("const {b}_{ty}"));
                        call(format!("{ty} {a} {b} divide: {divide}"), x, y, number);
                    }
                }
            }
        }
    }
    number += 1;
    functions += &float_function();
    for a in FLOATS {
        for b in FLOATS {
            call(format!("f64 {a} {b}"), float(a), float(b), number);
        }
    }
    let mut main = "#[mono]\nfn m.main() -> i32 {\n    let mut _1: i64;\n    let _2: *i64;\n    let _3: *u8;\n    let _4: isize;\n\n    bb0: {\n        _2 = &raw _1;\n        _3 = ptr_to_ptr(copy _2) as *u8;\n        goto bb1;\n    }\n\n".to_owned();
    for (index, call) in calls.iter().enumerate() {
        let (here, next) = (index * 2 + 1, index * 2 + 2);
        writeln!(main, "    bb{here}: {{\n        _1 = {call} -> bb{next};\n    }}\n").unwrap();
        let write = "_4 = call runtime qrt_stdout_write(copy _3, const 8_usize)";
        writeln!(main, "    bb{next}: {{\n        {write} -> bb{};\n    }}\n", next + 1).unwrap();
    }
    writeln!(
        main,
        "    bb{}: {{\n        _0 = const 0_i32;\n        return;\n    }}\n}}\n",
        calls.len() * 2 + 1
    )
    .unwrap();
    (main + &functions, names)
}
