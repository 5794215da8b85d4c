//! Finds LLVM 22, or installs it, and links it into the back end. See llvm-sys-config.

use llvm_sys_config::Linking;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    for variable in llvm_sys_config::VARIABLES {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    let linking = match std::env::var("PROFILE").as_deref() {
        Ok("release") => Linking::Static,
        _ => Linking::Shared,
    };
    let lines = match llvm_sys_config::find_or_install() {
        Ok(llvm) => llvm.link_directives(linking),
        Err(missing) => Err(missing.to_string()),
    };
    match lines {
        Ok(lines) => lines.iter().for_each(|line| println!("{line}")),
        Err(why) => {
            eprintln!("\n{why}\n");
            std::process::exit(1);
        }
    }
}
