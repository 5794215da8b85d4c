//! `cargo run -p llvm-sys-config`: says which LLVM the build uses, and installs it where it is missing.
//!
//! ```text
//! LLVM 22.1.8 in /usr/lib/llvm-22
//! ```

use std::process::ExitCode;

fn main() -> ExitCode {
    match llvm_sys_config::find_or_install() {
        Ok(llvm) => {
            println!("LLVM {} in {}", llvm.version, llvm.prefix.display());
            ExitCode::SUCCESS
        }
        Err(missing) => {
            eprintln!("{missing}");
            ExitCode::FAILURE
        }
    }
}
