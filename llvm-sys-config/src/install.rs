//! Installs LLVM 22 on Debian and its descendants.
//!
//! In: nothing. Out: the packages of [`crate::DEBIAN_PACKAGES`] are installed, or the reason they are not.
//! Works as root, through a sudo that asks nothing, or through one that can ask on the terminal. The
//! package lists are fetched only when they don't know LLVM 22, or when what they know is gone.

use crate::DEBIAN_PACKAGES;
use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// `no` forbids installing.
pub const VARIABLE: &str = "QUASTRA_INSTALL_LLVM";

pub fn install() -> Result<(), String> {
    if env::var_os(VARIABLE).is_some_and(|value| value == "no" || value == "0") {
        return Err(format!("{VARIABLE} forbids it."));
    }
    if !Path::new("/usr/bin/apt-get").is_file() {
        return Err("this machine has no apt-get.".to_owned());
    }
    let root = Root::find()?;
    say(&format!("installing LLVM 22 (once): {}", DEBIAN_PACKAGES.join(" ")));
    if !known() {
        root.apt(&["update"])?;
    }
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(DEBIAN_PACKAGES);
    if root.apt(&arguments).is_err() {
        // A stale list names files the mirror has replaced since.
        root.apt(&["update"])?;
        root.apt(&arguments)?;
    }
    say("LLVM 22 is installed");
    Ok(())
}

/// How to become root.
enum Root {
    Already,
    Sudo,
}

impl Root {
    fn find() -> Result<Root, String> {
        let user = Command::new("id").arg("-u").output().map_err(|error| error.to_string())?;
        if user.stdout.trim_ascii() == b"0" {
            return Ok(Root::Already);
        }
        let quiet =
            Command::new("sudo").args(["-n", "true"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        match quiet {
            Ok(status) if status.success() => Ok(Root::Sudo),
            // sudo asks on the terminal itself, whatever Cargo did to our own streams.
            Ok(_) if terminal().is_some() => {
                say("LLVM 22 is needed and will be installed; sudo may ask for your password");
                Ok(Root::Sudo)
            }
            Ok(_) => {
                Err("this is not root, and sudo needs a password but has no terminal to ask on.".to_owned())
            }
            Err(_) => Err("this is not root, and there is no sudo.".to_owned()),
        }
    }

    fn apt(&self, arguments: &[&str]) -> Result<(), String> {
        let mut command = match self {
            Root::Already => Command::new("env"),
            Root::Sudo => {
                let mut sudo = Command::new("sudo");
                sudo.arg("env");
                sudo
            }
        };
        // Another apt may be at work: wait for its lock instead of failing.
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=600"]);
        let output =
            command.args(arguments).stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(());
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(format!("`apt-get {}` failed:\n{}", arguments.join(" "), complaint.trim()))
    }
}

/// Do the package lists know what we want?
fn known() -> bool {
    let mut command = Command::new("apt-cache");
    let output = command.args(["show", "--no-all-versions"]).args(DEBIAN_PACKAGES).output();
    output.is_ok_and(|output| output.status.success())
}

/// Tells the user what is going on. A build script's own output is hidden while it works, so this goes
/// to the terminal where there is one.
fn say(text: &str) {
    match terminal() {
        Some(mut terminal) => drop(writeln!(terminal, "\r\x1b[Kllvm-sys-config: {text}")),
        None => eprintln!("llvm-sys-config: {text}"),
    }
}

fn terminal() -> Option<std::fs::File> {
    OpenOptions::new().write(true).open("/dev/tty").ok()
}
