#!/usr/bin/env python3
"""Writes the parts of the standard library that only repeat themselves (until the language's macros can):

    core/runtime.qst      declarations of the runtime's functions, from compiler/abi/src/list.rs
    core/num/impls.qst    the operators and conversions of every number type
    core/tuple.qst        the protocols of tuples

Run it in any folder; `tests/tidy.rs` may compare what it writes with what is checked in (`--check`).
"""
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIGNED = ["i8", "i16", "i32", "i64", "i128", "isize"]
UNSIGNED = ["u8", "u16", "u32", "u64", "u128", "usize"]
INTEGERS = SIGNED + UNSIGNED
FLOATS = ["f32", "f64"]
BITS = {"isize": 64, "usize": 64}
for name in INTEGERS:
    BITS.setdefault(name, int(name[1:]) if name[1:].isdigit() else 64)

ARITHMETIC = [("Add", "add", "+"), ("Sub", "sub", "-"), ("Mul", "mul", "*"), ("Div", "div", "/"), ("Rem", "rem", "%")]
BITWISE = [("BitAnd", "bit_and", "&"), ("BitOr", "bit_or", "|"), ("BitXor", "bit_xor", "^")]
SHIFTS = [("Shl", "shl", "<<"), ("Shr", "shr", ">>")]


def runtime():
    text = (HERE.parent / "compiler/abi/src/list.rs").read_text()
    body = re.sub(r"\n\s{16,}", " ", text[text.index("$with! {"):])
    out = """//! Functions of the runtime library; `compiler/abi/src/list.rs` says what they do. Written by `stdlib/generate.py`.

module core.runtime

use core.unsafe

"""
    for flags, name, params, result in re.findall(r"^\s*\[(.*?)\] fn (\w+)\((.*?)\) -> (.*);$", body, re.M):
        params = params.replace("*const u8", "*u8").strip().rstrip(",")
        result = {"()": "", "!": " -> never"}.get(result, " -> " + result.replace("*const u8", "*u8"))
        out += f"#[runtime]\npub(core) fn {name}({params}){result}\n"
    return out


def operators(name, rows, rhs=None):
    out = ""
    for protocol, method, sign in rows:
        args = "" if rhs is None else f"[{rhs}]"
        other = rhs or name
        out += (f"impl {protocol}{args} for {name} {{\n    type Output = {name}\n"
                f"    fn {method}(self, other: {other}) -> {name} {{ self {sign} other }}\n}}\n")
        out += (f"impl {protocol}Assign{args} for {name} {{\n"
                f"    fn {method}_assign(&mut self, other: {other}) {{ *self = *self {sign} other }}\n}}\n")
    return out


def common(name):
    out = f"\n// {name}\n"
    out += f"impl Clone for {name} {{\n    fn clone(&self) -> {name} {{ *self }}\n}}\n"
    zero = "0.0" if name in FLOATS else "0"
    out += f"impl Default for {name} {{\n    fn default() -> {name} {{ {zero} }}\n}}\n"
    out += (f"impl Eq for {name} {{\n    fn eq(&self, other: &{name}) -> bool {{ *self == *other }}\n"
            f"    fn ne(&self, other: &{name}) -> bool {{ *self != *other }}\n}}\n")
    compare = "(*self).total_compare(*other)" if name in FLOATS else (
        "if *self < *other { Ordering.Less } else if *self == *other { Ordering.Equal } else { Ordering.Greater }")
    out += f"impl Comparable for {name} {{\n    fn compare(&self, other: &{name}) -> Ordering {{\n        {compare}\n    }}\n"
    for method, sign in [("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">=")]:
        out += f"    fn {method}(&self, other: &{name}) -> bool {{ *self {sign} *other }}\n"
    out += "}\n"
    out += operators(name, ARITHMETIC)
    one = "1.0" if name in FLOATS else "1"
    for args, item in [("", name), (f"[&{name}]", f"&{name}")]:
        star = "*" if args else ""
        for protocol, method, start, sign in [("Sum", "sum", zero, "+"), ("Product", "product", one, "*")]:
            out += (f"impl {protocol}{args} for {name} {{\n"
                    f"    fn {method}[I: Iterator[Item = {item}]](items: I) -> {name} {{\n"
                    f"        items.fold({start}, |result, item| result {sign} {star}item)\n    }}\n}}\n")
    return out


def integer(name):
    bits, signed = BITS[name], name in SIGNED
    low = f"-{2 ** (bits - 1)}" if signed else "0"
    high = 2 ** (bits - 1) - 1 if signed else 2 ** bits - 1
    out = common(name)
    out += operators(name, BITWISE)
    for rhs in [name] + (["u32"] if name != "u32" else []):
        out += operators(name, SHIFTS, None if rhs == name else rhs)
    out += f"impl Not for {name} {{\n    type Output = {name}\n    fn not(self) -> {name} {{ !self }}\n}}\n"
    if signed:
        out += f"impl Neg for {name} {{\n    type Output = {name}\n    fn neg(self) -> {name} {{ -self }}\n}}\n"
        out += f"impl SignedInteger for {name} {{}}\n"
    negative = "self < 0" if signed else "false"
    out += (f"impl Integer for {name} {{\n    const MIN: {name} = {low}\n    const MAX: {name} = {high}\n"
            f"    const BITS: u32 = {bits}\n    const ZERO: {name} = 0\n    const ONE: {name} = 1\n"
            f"    const SIGNED: bool = {str(signed).lower()}\n"
            f"    fn to_u128_wrapping(self) -> u128 {{ self as u128 }}\n"
            f"    fn from_u128_wrapping(bits: u128) -> {name} {{ bits as {name} }}\n"
            f"    fn is_negative(self) -> bool {{ {negative} }}\n}}\n")
    write = {8: "write_u8", 16: "write_u64", 32: "write_u32", 64: "write_u64", 128: "write_u128"}[bits]
    out += (f"impl Hash for {name} {{\n    fn hash(&self, hasher: &mut Hasher) {{ "
            f"hasher.{write}(*self as {write[6:]}) }}\n}}\n")
    wide = "u128" if bits == 128 else "u64"
    for protocol, method in [("Show", "show"), ("Debug", "debug")]:
        if bits == 128:
            negative = "*self < 0" if signed else "false"
            call = f"core.fmt.integer.show_128({negative}, *self as u128, f)"
        elif signed:
            call = f"core.fmt.integer.show_signed(*self as i64, {bits}, f)"
        else:
            call = f"core.fmt.integer.show_unsigned(*self as u64, f)"
        out += (f"impl {protocol} for {name} {{\n    fn {method}(&self, f: &mut Formatter) -> Result[(), FormatError] "
                f"{{ {call} }}\n}}\n")
    out += (f"impl FromStr for {name} {{\n    type Failure = IntegerError\n"
            f"    fn from_str(text: &str) -> Result[{name}, IntegerError] {{ {name}.from_str_radix(text, 10) }}\n}}\n")
    out += (f"impl Step for {name} {{\n    fn successor(self) -> {name} {{ core.intrinsics.wrapping_add(self, 1) }}\n"
            f"    fn predecessor(self) -> {name} {{ core.intrinsics.wrapping_sub(self, 1) }}\n"
            f"    fn steps_to(self, end: {name}) -> usize {{ "
            f"if self < end {{ core.intrinsics.wrapping_sub(end, self) as u{bits} as usize }} else {{ 0 }} }}\n"
            f"    fn forward(self, count: usize) -> Option[{name}] {{\n"
            f"        let (result, over) = core.intrinsics.add_with_overflow(self as i128, count as i128)\n"
            f"        if over || result < ({name}.MIN as i128) || (result as u128) > ({name}.MAX as u128) {{ none }} else {{ some(result as {name}) }}\n"
            f"    }}\n}}\n" if bits != 128 else
            f"impl Step for {name} {{\n    fn successor(self) -> {name} {{ core.intrinsics.wrapping_add(self, 1) }}\n"
            f"    fn predecessor(self) -> {name} {{ core.intrinsics.wrapping_sub(self, 1) }}\n"
            f"    fn steps_to(self, end: {name}) -> usize {{ "
            f"if self < end {{ core.intrinsics.wrapping_sub(end, self) as u128 as usize }} else {{ 0 }} }}\n"
            f"    fn forward(self, count: usize) -> Option[{name}] {{ self.checked_add(count as {name}) }}\n}}\n")
    size = bits // 8
    out += f"""impl {name} {{
    /// Its bytes, the lowest first.
    pub fn to_le_bytes(self) -> [u8; {size}] {{ core.intrinsics.transmute(self) }}
    /// Its bytes, the highest first.
    pub fn to_be_bytes(self) -> [u8; {size}] {{ core.intrinsics.transmute(core.intrinsics.bswap(self)) }}
    /// The value of bytes, the lowest first.
    pub fn from_le_bytes(bytes: [u8; {size}]) -> {name} {{ core.intrinsics.transmute(bytes) }}
    /// The value of bytes, the highest first.
    pub fn from_be_bytes(bytes: [u8; {size}]) -> {name} {{ core.intrinsics.bswap(core.intrinsics.transmute[[u8; {size}], {name}](bytes)) }}
}}
"""
    return out


def float(name):
    wide = name == "f64"
    out = common(name)
    out += f"impl Neg for {name} {{\n    type Output = {name}\n    fn neg(self) -> {name} {{ -self }}\n}}\n"
    high = "1.7976931348623157e308" if wide else "3.40282347e38"
    tiny = "2.2250738585072014e-308" if wide else "1.17549435e-38"
    epsilon = "2.220446049250313e-16" if wide else "1.1920929e-7"
    out += (f"impl Float for {name} {{\n    const MIN: {name} = -{high}\n    const MAX: {name} = {high}\n"
            f"    const MIN_POSITIVE: {name} = {tiny}\n    const EPSILON: {name} = {epsilon}\n"
            f"    const INFINITY: {name} = 1.0 / 0.0\n    const NAN: {name} = 0.0 / 0.0\n"
            f"    fn to_f64(self) -> f64 {{ self as f64 }}\n    fn from_f64(value: f64) -> {name} {{ value as {name} }}\n}}\n")
    for protocol, method in [("Show", "show"), ("Debug", "debug")]:
        out += (f"impl {protocol} for {name} {{\n    fn {method}(&self, f: &mut Formatter) -> Result[(), FormatError] "
                f"{{ core.fmt.float.{method}_{name}(*self, f) }}\n}}\n")
    out += (f"impl FromStr for {name} {{\n    type Failure = FloatError\n"
            f"    fn from_str(text: &str) -> Result[{name}, FloatError] {{ core.fmt.float.parse_{name}(text) }}\n}}\n")
    return out


def lossless():
    out = "\n// What loses nothing\n"
    pairs = []
    for a in INTEGERS:
        for b in INTEGERS:
            if a == b or "size" in a + b:
                continue
            fits = BITS[a] < BITS[b] and (a in UNSIGNED or b in SIGNED)
            if fits:
                pairs.append((a, b))
    pairs += [("u8", "usize"), ("u16", "usize"), ("u8", "isize"), ("i8", "isize"), ("i16", "isize")]
    pairs += [(a, "f64") for a in ["i8", "i16", "i32", "u8", "u16", "u32", "f32"]]
    pairs += [(a, "f32") for a in ["i8", "i16", "u8", "u16"]]
    pairs += [("bool", b) for b in INTEGERS] + [("char", "u32"), ("u8", "char")]
    for a, b in pairs:
        out += f"impl From[{a}] for {b} {{\n    fn from(value: {a}) -> {b} {{ value as {b} }}\n}}\n"
    return out


def impls():
    out = """//! Protocols of the number types. Written by `stdlib/generate.py`; the methods themselves are in `core.num`.

module core.num.impls

use core.num.{Integer, SignedInteger, IntegerError, FloatError, Sum, Product}
use core.num.float.Float
use core.range.Step
"""
    for name in INTEGERS:
        out += integer(name)
    for name in FLOATS:
        out += float(name)
    return out + lossless()


def tuples():
    out = """//! Protocols of tuples, up to eight items (`Clone` and `Copy` are the compiler's). Written by `stdlib/generate.py`.

module core.tuple
"""
    names = "ABCDEFGH"
    for n in range(1, 9):
        ps = names[:n]
        ty = "(" + ", ".join(ps) + ("," if n == 1 else "") + ")"
        bound = lambda p: "[" + ", ".join(f"{x}: {p}" for x in ps) + "]"
        out += "\n"
        defaults = ", ".join(f"{x}.default()" for x in ps) + ("," if n == 1 else "")
        out += f"impl{bound('Default')} Default for {ty} {{\n    fn default() -> {ty} {{ ({defaults}) }}\n}}\n"
        eqs = " && ".join(f"self.{i}.eq(&other.{i})" for i in range(n))
        out += f"impl{bound('Eq')} Eq for {ty} {{\n    fn eq(&self, other: &{ty}) -> bool {{ {eqs} }}\n}}\n"
        out += f"impl{bound('Comparable')} Comparable for {ty} {{\n    fn compare(&self, other: &{ty}) -> Ordering {{\n"
        for i in range(n - 1):
            out += f"        let order = self.{i}.compare(&other.{i})\n        if !order.is_eq() {{ return order }}\n"
        out += f"        self.{n - 1}.compare(&other.{n - 1})\n    }}\n}}\n"
        out += f"impl{bound('Hash')} Hash for {ty} {{\n    fn hash(&self, hasher: &mut Hasher) {{\n"
        for i in range(n):
            out += f"        self.{i}.hash(hasher)\n"
        out += "    }\n}\n"
        fields = "".join(f".field(&self.{i})" for i in range(n))
        out += (f"impl{bound('Debug')} Debug for {ty} {{\n    fn debug(&self, f: &mut Formatter) -> Result[(), FormatError] {{\n"
                f"        f.debug_tuple(\"\"){fields}.finish()\n    }}\n}}\n")
    return out


FILES = {"core/runtime.qst": runtime, "core/num/impls.qst": impls, "core/tuple.qst": tuples}

if __name__ == "__main__":
    stale = [name for name, write in FILES.items() if not (HERE / name).exists() or (HERE / name).read_text() != write()]
    if "--check" in sys.argv:
        sys.exit(f"stale: {', '.join(stale)}; run stdlib/generate.py" if stale else 0)
    for name in stale:
        (HERE / name).write_text(FILES[name]())
