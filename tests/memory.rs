//! Compiled programs under valgrind: no access outside of what is allocated, no value before it is written, no leak.
//!
//! In: programs that allocate much, drop in every way and unwind. Out: what memcheck says, which must be nothing. Without
//! valgrind there is nothing to run. Built without debug information: valgrind before 3.20 cannot read ours.
//!
//! ```text
//! ==1==    8 bytes in 1 blocks are definitely lost
//! ```

use std::fs;
use std::path::Path;
use std::process::Command;
use tests::programs::quastra;
use tests::root;

/// The exit code by which valgrind tells of an error.
const FOUND: i32 = 97;

const PROGRAMS: [&str; 3] = ["tests/run/drops.qst", "tests/run/closures.qst", "tests/stdlib/maps.qst"];

#[test]
fn nothing_is_lost_or_misread() {
    if !Command::new("valgrind").arg("--version").output().is_ok_and(|it| it.status.success()) {
        return;
    }
    let mut problems = Vec::new();
    for program in PROGRAMS {
        let name = program.rsplit('/').next().unwrap_or_default().trim_end_matches(".qst");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("memory").join(name);
        fs::create_dir_all(folder.join("src")).expect("target can be written");
        let manifest = format!("[package]\nname = \"{name}\"\n[profile.debug]\ndebug = false\n");
        fs::write(folder.join("quastra.toml"), manifest).expect("target can be written");
        fs::copy(root().join(program), folder.join("src/main.qst")).expect("the program is there");
        let built = Command::new(quastra()).current_dir(&folder).args(["build", "-o", "program"]).output();
        let built = built.expect("the command runs");
        assert!(built.status.success(), "{program}: {}", String::from_utf8_lossy(&built.stderr));
        let output = Command::new("valgrind")
            .args(["--quiet", "--leak-check=full", "--show-leak-kinds=definite,indirect"])
            .args(["--errors-for-leak-kinds=definite,indirect", &format!("--error-exitcode={FOUND}")])
            .arg(folder.join("program"))
            .output()
            .expect("valgrind runs");
        // What valgrind can't run is as wrong as what it finds.
        if !output.status.success() {
            problems.push(format!("{program}:\n{}", String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}
