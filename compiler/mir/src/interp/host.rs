//! The world around an interpreted program: streams, files, arguments, clocks.
//!
//! In: what the program asks for, as bytes. Out: the same results the native runtime gives (a negative result is
//! `-errno`). The driver gives the real world; tests and constants a [`Buffers`].
//!
//! Before: `print("hi")`. After: `host.stdout == b"hi"`.

/// `ENOSYS`: what a host without files answers.
pub const NOT_SUPPORTED: i64 = -38;

/// Each method is a function of the runtime's list (`abi`); only those without a default must be there.
pub trait Host {
    fn stdout(&mut self, bytes: &[u8]) -> i64;
    fn stdout_flush(&mut self) -> i64 {
        0
    }
    fn stderr(&mut self, bytes: &[u8]) -> i64;
    fn stdin(&mut self, buf: &mut [u8]) -> i64;
    fn is_terminal(&self, _stream: i32) -> bool {
        false
    }
    /// The program's name first.
    fn args(&self) -> &[String];

    fn file_open(&mut self, _path: &[u8], _flags: u32) -> i64 {
        NOT_SUPPORTED
    }
    fn file_read(&mut self, _file: i32, _buf: &mut [u8]) -> i64 {
        NOT_SUPPORTED
    }
    fn file_write(&mut self, _file: i32, _bytes: &[u8]) -> i64 {
        NOT_SUPPORTED
    }
    fn file_seek(&mut self, _file: i32, _offset: i64, _from: u32) -> i64 {
        NOT_SUPPORTED
    }
    fn file_size(&mut self, _file: i32) -> i64 {
        NOT_SUPPORTED
    }
    fn file_sync(&mut self, _file: i32) -> i64 {
        NOT_SUPPORTED
    }
    fn file_close(&mut self, _file: i32) -> i64 {
        NOT_SUPPORTED
    }
    fn path_kind(&mut self, _path: &[u8]) -> i64 {
        NOT_SUPPORTED
    }
    fn path_size(&mut self, _path: &[u8]) -> i64 {
        NOT_SUPPORTED
    }
    fn path_modified(&mut self, _path: &[u8]) -> i64 {
        i64::MIN - NOT_SUPPORTED
    }
    fn path_remove_file(&mut self, _path: &[u8]) -> i64 {
        NOT_SUPPORTED
    }
    fn path_rename(&mut self, _from: &[u8], _to: &[u8]) -> i64 {
        NOT_SUPPORTED
    }
    fn path_absolute(&mut self, _path: &[u8]) -> Result<Vec<u8>, i64> {
        Err(NOT_SUPPORTED)
    }
    fn dir_create(&mut self, _path: &[u8], _recursive: bool) -> i64 {
        NOT_SUPPORTED
    }
    fn dir_remove(&mut self, _path: &[u8], _recursive: bool) -> i64 {
        NOT_SUPPORTED
    }
    /// Names, each ended by a 0 byte, sorted.
    fn dir_list(&mut self, _path: &[u8]) -> Result<Vec<u8>, i64> {
        Err(NOT_SUPPORTED)
    }
    fn error_text(&self, errno: i32) -> String {
        format!("error {errno}")
    }
    /// `abi::codes::error`
    fn error_kind(&self, _errno: i32) -> u32 {
        abi::codes::error::OTHER
    }
    fn env_get(&self, _name: &[u8]) -> Option<Vec<u8>> {
        None
    }
    fn env_set(&mut self, _name: &[u8], _value: Option<&[u8]>) -> i64 {
        NOT_SUPPORTED
    }
    /// `name=value`, each ended by a 0 byte, sorted.
    fn env_list(&self) -> Vec<u8> {
        Vec::new()
    }
    fn current_dir(&self) -> Result<Vec<u8>, i64> {
        Err(NOT_SUPPORTED)
    }
    fn process_id(&self) -> u32 {
        1
    }
    /// Nanoseconds from some beginning.
    fn monotonic(&mut self) -> u64;
    /// Nanoseconds since 1970.
    fn wall(&mut self) -> i64 {
        0
    }
    fn sleep(&mut self, _nanoseconds: u64) {}
    fn random(&mut self, buf: &mut [u8]);
}

/// A world of buffers: nothing outside is touched, and every run is the same.
#[derive(Default)]
pub struct Buffers {
    pub out: Vec<u8>,
    pub err: Vec<u8>,
    pub input: Vec<u8>,
    pub arguments: Vec<String>,
    clock: u64,
    seed: u64,
}

impl Buffers {
    pub fn new() -> Buffers {
        Buffers::default()
    }
    pub fn with_args(arguments: Vec<String>, input: Vec<u8>) -> Buffers {
        Buffers { arguments, input, ..Buffers::default() }
    }
}

impl Host for Buffers {
    fn stdout(&mut self, bytes: &[u8]) -> i64 {
        self.out.extend_from_slice(bytes);
        bytes.len() as i64
    }
    fn stderr(&mut self, bytes: &[u8]) -> i64 {
        self.err.extend_from_slice(bytes);
        bytes.len() as i64
    }
    fn stdin(&mut self, buf: &mut [u8]) -> i64 {
        let len = self.input.len().min(buf.len());
        buf[..len].copy_from_slice(&self.input[..len]);
        self.input.drain(..len);
        len as i64
    }
    fn args(&self) -> &[String] {
        &self.arguments
    }
    fn monotonic(&mut self) -> u64 {
        self.clock += 1000;
        self.clock
    }
    fn random(&mut self, buf: &mut [u8]) {
        for byte in buf {
            // splitmix64, from a fixed seed.
            self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (self.seed ^ (self.seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = (z >> 56) as u8;
        }
    }
}
