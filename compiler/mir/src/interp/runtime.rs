//! `#[runtime]` functions on a [`Host`](super::Host): what the native runtime does, in the interpreter.
//!
//! In: a call with scalar arguments. Out: its result, a panic, an end, or (`qrt_catch`) a frame on top.
//! Results, error numbers and digits are those of the runtime's list (`abi`).
//!
//! Before: `qrt_stdout_write(p, 3)`. After: the three bytes at `p` are the host's.

use super::code::RuntimeCall;
use super::fault::{Fault, FaultKind, Res};
use super::{FrameKind, Machine};
use abi::text::{self, CharClass};

/// The host says 0 where all was written; the program is told how much that is.
fn all_written(status: i64, len: u64) -> u64 {
    if status < 0 { status as u64 } else { len }
}

/// What is out of the ordinary with the end of a call.
enum After {
    /// The result, if it has one.
    Value(u64),
    /// A frame was pushed.
    Frame,
}

impl Machine<'_, '_> {
    /// Whether a frame was pushed.
    pub(super) fn runtime(&mut self, call: &RuntimeCall) -> Res<bool> {
        if self.evaluating.is_some() && is_outside(call.function.name) {
            let why =
                "computing it reaches outside the program: files, streams, the environment or the clock";
            return Err(Fault::new(FaultKind::Unsupported(why.into())));
        }
        let mut args = [0; 8];
        for (to, &(operand, size)) in args.iter_mut().zip(&call.args) {
            *to = self.value(operand, size)?;
        }
        match self.runtime_function(call, args)? {
            After::Frame => Ok(true),
            After::Value(value) => {
                if call.dest_size > 0 {
                    self.set(call.dest, call.dest_size, value)?;
                }
                Ok(false)
            }
        }
    }

    fn take(&self, ptr: u64, len: u64) -> Res<Vec<u8>> {
        Ok(self.mem.bytes(ptr, len as usize)?.to_vec())
    }

    fn take_text(&self, ptr: u64, len: u64) -> Res<String> {
        Ok(String::from_utf8_lossy(self.mem.bytes(ptr, len as usize)?).into_owned())
    }

    /// Writes the whole of it if it fits; the length it has.
    fn give(&mut self, bytes: &[u8], buf: u64, cap: u64) -> Res<After> {
        if bytes.len() as u64 <= cap {
            self.mem.write_bytes(buf, bytes)?;
        }
        Ok(After::Value(bytes.len() as u64))
    }

    fn give_result(&mut self, bytes: Result<Vec<u8>, i64>, buf: u64, cap: u64) -> Res<After> {
        match bytes {
            Ok(bytes) => self.give(&bytes, buf, cap),
            Err(errno) => Ok(After::Value(errno as u64)),
        }
    }

    /// Reads into a buffer of the program.
    fn fill_from(
        &mut self,
        buf: u64,
        cap: u64,
        read: impl FnOnce(&mut Self, &mut [u8]) -> i64,
    ) -> Res<After> {
        // Larger reads give what one call gives: less than was asked for.
        let mut bytes = vec![0; cap.min(1 << 20) as usize];
        let got = read(self, &mut bytes);
        if let Ok(len) = usize::try_from(got) {
            self.mem.write_bytes(buf, &bytes[..len])?;
        }
        Ok(After::Value(got as u64))
    }

    fn allocate(&mut self, size: u64, align: u64, zeroed: bool) -> Res<After> {
        if size == 0 {
            return Ok(After::Value(align));
        }
        match self.mem.allocate(size, align, zeroed) {
            Some(addr) => Ok(After::Value(addr)),
            None => Err(Fault::new(FaultKind::OutOfMemory(format!("no {size} bytes are left")))),
        }
    }

    fn runtime_function(&mut self, call: &RuntimeCall, args: [u64; 8]) -> Res<After> {
        let [a, b, c, d, e, f, ..] = args;
        let name = call.function.name;
        let value = match name {
            "qrt_alloc" => return self.allocate(a, b, false),
            "qrt_alloc_zeroed" => return self.allocate(a, b, true),
            "qrt_realloc" => {
                if b == 0 {
                    return self.allocate(d, c, false);
                }
                if d == 0 {
                    self.mem.free(a, b, c)?;
                    return Ok(After::Value(c));
                }
                match self.mem.reallocate(a, b, c, d)? {
                    Some(addr) => addr,
                    None => return Err(Fault::new(FaultKind::OutOfMemory(format!("no {d} bytes are left")))),
                }
            }
            "qrt_dealloc" => {
                if b > 0 {
                    self.mem.free(a, b, c)?;
                }
                0
            }
            "qrt_capacity_overflow" => {
                let why = "a capacity larger than the address space".to_string();
                return Err(Fault::new(FaultKind::OutOfMemory(why)));
            }
            "qrt_mem_compare" => {
                let order = self.mem.bytes(a, c as usize)?.cmp(self.mem.bytes(b, c as usize)?);
                order as i32 as u32 as u64
            }
            "qrt_mem_find_byte" => {
                let found = self.mem.bytes(a, b as usize)?.iter().position(|&byte| byte == c as u8);
                found.map_or(b, |at| at as u64)
            }
            "qrt_mem_rfind_byte" => {
                let found = self.mem.bytes(a, b as usize)?.iter().rposition(|&byte| byte == c as u8);
                found.map_or(b, |at| at as u64)
            }
            "qrt_mem_find" => {
                let (bytes, needle) = (self.mem.bytes(a, b as usize)?, self.mem.bytes(c, d as usize)?);
                match needle {
                    [] => 0,
                    [first, ..] => {
                        let last = bytes.len().checked_sub(needle.len()).map_or(0, |last| last + 1);
                        let found =
                            (0..last).find(|&at| bytes[at] == *first && bytes[at..].starts_with(needle));
                        found.map_or(u64::MAX, |at| at as u64)
                    }
                }
            }
            "qrt_utf8_valid_up_to" => text::utf8_valid_up_to(self.mem.bytes(a, b as usize)?) as u64,

            "qrt_panic" => {
                let message = self.take_text(a, b)?;
                let at = (self.take_text(c, d)?, e as u32, f as u32);
                return Err(self.begin_panic(message, Some(at)));
            }
            "qrt_panic_arithmetic" => {
                let at = (self.take_text(b, c)?, d as u32, e as u32);
                let message = abi::codes::arithmetic::message(a as u32).to_string();
                return Err(self.begin_panic(message, Some(at)));
            }
            "qrt_panic_bounds" => {
                let at = (self.take_text(c, d)?, e as u32, f as u32);
                let message = abi::codes::OutOfBounds { index: a as usize, len: b as usize }.to_string();
                return Err(self.begin_panic(message, Some(at)));
            }
            "qrt_drop_in_panic" => return Err(self.panic_in_panic()),
            "qrt_panicking" => (self.panics > 0) as u64,
            "qrt_catch" => {
                let function = self.mem.function_at(a)?;
                let code = self.code(function)?;
                let dest = self.addr(call.dest)?;
                let base = self.reserve(&code)?;
                let kind = FrameKind::Catch(self.panics);
                self.mem.stack_write(base + code.params[0].at as usize, 8, b);
                self.push(code, base, kind, dest, call.next, call.unwind);
                return Ok(After::Frame);
            }

            "qrt_stdout_write" => {
                let bytes = self.mem.bytes(a, b as usize)?;
                all_written(self.host.stdout(bytes), b)
            }
            "qrt_stdout_flush" => self.host.stdout_flush() as u64,
            "qrt_stderr_write" => {
                let bytes = self.mem.bytes(a, b as usize)?;
                all_written(self.host.stderr(bytes), b)
            }
            "qrt_stdin_read" => {
                self.host.stdout_flush();
                return self.fill_from(a, b, |m, buf| m.host.stdin(buf));
            }
            "qrt_stream_is_terminal" => self.host.is_terminal(a as i32) as u64,

            "qrt_file_open" => {
                let path = self.take(a, b)?;
                self.host.file_open(&path, c as u32) as u64
            }
            "qrt_file_read" => return self.fill_from(b, c, |m, buf| m.host.file_read(a as i32, buf)),
            "qrt_file_write" => {
                let bytes = self.mem.bytes(b, c as usize)?;
                self.host.file_write(a as i32, bytes) as u64
            }
            "qrt_file_seek" => self.host.file_seek(a as i32, b as i64, c as u32) as u64,
            "qrt_file_size" => self.host.file_size(a as i32) as u64,
            "qrt_file_sync" => self.host.file_sync(a as i32) as u64,
            "qrt_file_close" => self.host.file_close(a as i32) as u64,
            "qrt_path_kind" => {
                let path = self.take(a, b)?;
                self.host.path_kind(&path) as u64
            }
            "qrt_path_size" => {
                let path = self.take(a, b)?;
                self.host.path_size(&path) as u64
            }
            "qrt_path_modified" => {
                let path = self.take(a, b)?;
                self.host.path_modified(&path) as u64
            }
            "qrt_path_remove_file" => {
                let path = self.take(a, b)?;
                self.host.path_remove_file(&path) as u64
            }
            "qrt_path_rename" => {
                let (from, to) = (self.take(a, b)?, self.take(c, d)?);
                self.host.path_rename(&from, &to) as u64
            }
            "qrt_path_absolute" => {
                let path = self.take(a, b)?;
                let full = self.host.path_absolute(&path);
                return self.give_result(full, c, d);
            }
            "qrt_dir_create" => {
                let path = self.take(a, b)?;
                self.host.dir_create(&path, c != 0) as u64
            }
            "qrt_dir_remove" => {
                let path = self.take(a, b)?;
                self.host.dir_remove(&path, c != 0) as u64
            }
            "qrt_dir_list" => {
                let path = self.take(a, b)?;
                let names = self.host.dir_list(&path);
                return self.give_result(names, c, d);
            }
            "qrt_error_text" => {
                let text = self.host.error_text(a as i32);
                return self.give(text.as_bytes(), b, c);
            }
            "qrt_error_kind" => self.host.error_kind(a as i32) as u64,

            "qrt_args_count" => self.host.args().len() as u64,
            "qrt_args_get" => {
                let Some(argument) = self.host.args().get(a as usize).cloned() else {
                    return Ok(After::Value(0));
                };
                return self.give(argument.as_bytes(), b, c);
            }
            "qrt_env_get" => {
                let name = self.take(a, b)?;
                let value = self.host.env_get(&name).ok_or(-1);
                return self.give_result(value, c, d);
            }
            "qrt_env_set" => {
                let (name, value) = (self.take(a, b)?, self.take(c, d)?);
                self.host.env_set(&name, Some(&value)) as u64
            }
            "qrt_env_remove" => {
                let name = self.take(a, b)?;
                self.host.env_set(&name, None) as u64
            }
            "qrt_env_list" => {
                let all = self.host.env_list();
                return self.give(&all, a, b);
            }
            "qrt_current_dir" => {
                let dir = self.host.current_dir();
                return self.give_result(dir, a, b);
            }
            "qrt_exit" => return Err(Fault::new(FaultKind::Exit(a as i32))),
            "qrt_abort" => {
                self.host.stdout_flush();
                return Err(Fault::new(FaultKind::Abort));
            }
            "qrt_process_id" => self.host.process_id() as u64,

            "qrt_time_monotonic" => self.host.monotonic(),
            "qrt_time_wall" => self.host.wall() as u64,
            "qrt_time_sleep" => {
                self.host.stdout_flush();
                self.host.sleep(a);
                0
            }
            "qrt_random_bytes" => {
                let mut bytes = vec![0; b as usize];
                self.host.random(&mut bytes);
                self.mem.write_bytes(a, &bytes)?;
                0
            }

            "qrt_f64_format" => {
                return self.digits(
                    |buf| text::format_f64(f64::from_bits(a), b as isize, c as u8, buf),
                    d,
                    e,
                );
            }
            "qrt_f32_format" => {
                let value = f32::from_bits(a as u32);
                return self.digits(|buf| text::format_f32(value, b as isize, c as u8, buf), d, e);
            }
            "qrt_f64_parse" => match text::parse_f64(self.mem.bytes(a, b as usize)?) {
                Some(value) => {
                    self.mem.write(c, 8, value.to_bits())?;
                    1
                }
                None => 0,
            },
            "qrt_f32_parse" => match text::parse_f32(self.mem.bytes(a, b as usize)?) {
                Some(value) => {
                    self.mem.write(c, 4, value.to_bits() as u64)?;
                    1
                }
                None => 0,
            },

            "qrt_char_is_alphabetic" => text::char_is(a as u32, CharClass::Alphabetic) as u64,
            "qrt_char_is_numeric" => text::char_is(a as u32, CharClass::Numeric) as u64,
            "qrt_char_is_whitespace" => text::char_is(a as u32, CharClass::Whitespace) as u64,
            "qrt_char_is_uppercase" => text::char_is(a as u32, CharClass::Uppercase) as u64,
            "qrt_char_is_lowercase" => text::char_is(a as u32, CharClass::Lowercase) as u64,
            "qrt_char_is_control" => text::char_is(a as u32, CharClass::Control) as u64,
            "qrt_char_is_printable" => text::char_is(a as u32, CharClass::Printable) as u64,
            "qrt_char_to_upper" => text::char_to_upper(a as u32, b as u32) as u64,
            "qrt_char_to_lower" => text::char_to_lower(a as u32, b as u32) as u64,

            _ => match math(name, f64::from_bits(a), b) {
                Some(value) => value.to_bits(),
                None => {
                    return Err(Fault::new(FaultKind::Unsupported(format!(
                        "the interpreter has no `{name}`"
                    ))));
                }
            },
        };
        Ok(After::Value(value))
    }

    fn digits(&mut self, format: impl FnOnce(&mut [u8]) -> usize, buf: u64, cap: u64) -> Res<After> {
        let mut bytes = vec![0; cap as usize];
        let len = format(&mut bytes);
        if len <= bytes.len() {
            self.mem.write_bytes(buf, &bytes[..len])?;
        }
        Ok(After::Value(len as u64))
    }
}

/// Whether a function's result depends on, or changes, what is not the program's own memory.
fn is_outside(name: &str) -> bool {
    let of = [
        "stdout", "stderr", "stdin", "stream", "file", "path", "dir", "args", "env", "current", "exit",
        "process",
    ];
    let word = name.strip_prefix("qrt_").and_then(|name| name.split('_').next()).unwrap_or("");
    of.contains(&word) || matches!(word, "time" | "random")
}

/// `qrt_f64_*`: the functions the runtime takes from the same place.
fn math(name: &str, x: f64, second: u64) -> Option<f64> {
    let y = f64::from_bits(second);
    Some(match name.strip_prefix("qrt_f64_")? {
        "sin" => x.sin(),
        "cos" => x.cos(),
        "tan" => x.tan(),
        "asin" => x.asin(),
        "acos" => x.acos(),
        "atan" => x.atan(),
        "atan2" => x.atan2(y),
        "sinh" => x.sinh(),
        "cosh" => x.cosh(),
        "tanh" => x.tanh(),
        "asinh" => x.asinh(),
        "acosh" => x.acosh(),
        "atanh" => x.atanh(),
        "exp" => x.exp(),
        "exp2" => x.exp2(),
        "exp_m1" => x.exp_m1(),
        "ln" => x.ln(),
        "ln_1p" => x.ln_1p(),
        "log2" => x.log2(),
        "log10" => x.log10(),
        "cbrt" => x.cbrt(),
        "hypot" => x.hypot(y),
        "pow" => x.powf(y),
        "powi" => x.powi(second as i32),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    /// Every function of the list is one the interpreter knows.
    #[test]
    fn the_whole_list_is_here() {
        let here = include_str!("runtime.rs");
        for function in abi::FUNCTIONS {
            let known = here.contains(&format!("\"{}\" =>", function.name))
                || super::math(function.name, 0.5, 0).is_some();
            assert!(known, "{function}");
        }
    }
}
