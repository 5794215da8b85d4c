//! Numbers as text, and the mathematics that LLVM has no instruction for.
//!
//! In: floats. Out: digits in the caller's buffer; values. The digits are `abi::text`'s, which the
//! interpreter uses too.
//!
//! Before: `qrt_f64_format(0.1, -1, 0, buf, 8)`. After: `0.1` in the buffer, and 3.

use crate::raw;

macro_rules! text {
    ($($format:ident $parse:ident $shared_format:ident $shared_parse:ident $ty:ident;)*) => { $(
        /// # Safety
        /// As `raw::buffer`.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $format(value: $ty, precision: isize, exponent: u8, buf: *mut u8, cap: usize) -> usize {
            // SAFETY: by the function's contract.
            abi::text::$shared_format(value, precision, exponent, unsafe { raw::buffer(buf, cap) })
        }

        /// # Safety
        /// As `raw::bytes`; `out` points to a float.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $parse(ptr: *const u8, len: usize, out: *mut u8) -> u8 {
            // SAFETY: by the function's contract.
            match abi::text::$shared_parse(unsafe { raw::bytes(ptr, len) }) {
                Some(value) => {
                    // SAFETY: by the function's contract.
                    unsafe { out.cast::<$ty>().write(value) };
                    1
                }
                None => 0,
            }
        }
    )* };
}

text! {
    qrt_f64_format qrt_f64_parse format_f64 parse_f64 f64;
    qrt_f32_format qrt_f32_parse format_f32 parse_f32 f32;
}

macro_rules! mathematics {
    ($($name:ident($x:ident $(, $y:ident: $ty:ty)?) $method:ident;)*) => { $(
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($x: f64 $(, $y: $ty)?) -> f64 {
            $x.$method($($y)?)
        }
    )* };
}

mathematics! {
    qrt_f64_sin(x) sin;
    qrt_f64_cos(x) cos;
    qrt_f64_tan(x) tan;
    qrt_f64_asin(x) asin;
    qrt_f64_acos(x) acos;
    qrt_f64_atan(x) atan;
    qrt_f64_atan2(y, x: f64) atan2;
    qrt_f64_sinh(x) sinh;
    qrt_f64_cosh(x) cosh;
    qrt_f64_tanh(x) tanh;
    qrt_f64_asinh(x) asinh;
    qrt_f64_acosh(x) acosh;
    qrt_f64_atanh(x) atanh;
    qrt_f64_exp(x) exp;
    qrt_f64_exp2(x) exp2;
    qrt_f64_exp_m1(x) exp_m1;
    qrt_f64_ln(x) ln;
    qrt_f64_ln_1p(x) ln_1p;
    qrt_f64_log2(x) log2;
    qrt_f64_log10(x) log10;
    qrt_f64_cbrt(x) cbrt;
    qrt_f64_hypot(x, y: f64) hypot;
    qrt_f64_pow(x, y: f64) powf;
    qrt_f64_powi(x, n: i32) powi;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        let mut buf = [0; 32];
        let mut back = 0.0f64;
        for value in [0.1, 1e-7, -2.5, f64::MAX.sqrt()] {
            // SAFETY: the buffer and the float live as long as the calls.
            unsafe {
                let len = qrt_f64_format(value, -1, 1, buf.as_mut_ptr(), buf.len());
                assert_eq!(qrt_f64_parse(buf.as_ptr(), len, (&raw mut back).cast()), 1);
            }
            assert_eq!(back, value);
        }
        assert_eq!(qrt_f64_atan2(1.0, 1.0), std::f64::consts::FRAC_PI_4);
    }
}
