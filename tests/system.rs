//! The `quastra` command on a system where something is missing, full, forbidden, or ends it half-way.
//!
//! In: a folder, a disk or an installation made for it. Out: an exit code of `docs/exit-codes.md`, a coded error, and never
//! half a file:
//!
//! ```text
//! kill -TERM while it links      →   143, and the folder is as it was before
//! a disk of 64 KiB               →   1, error[D8012] or error[D8006], and the folder is as it was before
//! ```
//!
//! What needs a right that the tests do not run with is passed over, and says so.

#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tests::place::{Place, says, texts};
use tests::programs::quastra;

const HELLO: &str = "fn main() { println(\"hello\") }\n";

/// A test that can't be made here says so.
macro_rules! passed_over {
    ($($why:tt)*) => {{
        eprintln!("passed over: {}", format!($($why)*));
        return;
    }};
}

/// Is this run by root?
fn is_root(place: &Place) -> bool {
    fs::metadata(&place.0).is_ok_and(|it| it.uid() == 0)
}

fn make_executable(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

// --- signals --------------------------------------------------------------------------------------------

/// `quastra build` in a folder whose linker writes half a file, says so and takes its time.
fn build_with_slow_linker(place: &Place, more: &str) -> Child {
    place.file("bank.qst", HELLO);
    place.file("tmp/.keep", "");
    place.file(
        "linker",
        "#!/bin/sh\nwhile [ \"$1\" != -o ]; do shift; done\nprintf half > \"$2\"\necho $$ > started\nsleep 1\nprintf more >> \"$2\"\n",
    );
    make_executable(&place.0.join("linker"));
    let mut command = place.quastra(&format!("{more} bank.qst"));
    command.env("QUASTRA_LLD", place.0.join("linker")).env("TMPDIR", place.0.join("tmp"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    let begin = Instant::now();
    while !fs::read(place.0.join("started")).is_ok_and(|it| it.ends_with(b"\n")) {
        assert!(begin.elapsed() < Duration::from_secs(60), "the linker was never started");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

/// `target` is a process, or a group of them with a minus sign. The shell's own `kill`: small systems have no other.
fn kill(signal: &str, target: &str) {
    let sent = Command::new("sh").args(["-c", "kill $0 $1", signal, target]).status();
    assert!(sent.is_ok_and(|it| it.success()));
}

#[test]
fn a_signal_leaves_nothing() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        for (arguments, old) in [("build", None), ("build -o bank", Some("old")), ("run", None)] {
            let place = Place::new(&format!("signal{signal}-{}", arguments.replace(' ', "")));
            if let Some(old) = old {
                place.file("bank", old);
            }
            let child = build_with_slow_linker(&place, arguments);
            kill(signal, &child.id().to_string());
            let output = child.wait_with_output().expect("it ends");
            let (status, _, errors) = texts(&output);
            assert_eq!((status, errors.as_str()), (code, ""), "{arguments} {signal}: {:?}", output.status);
            let mut expected = vec!["bank.qst", "linker", "started", "tmp", "tmp/.keep"];
            if let Some(old) = old {
                expected.insert(0, "bank");
                assert_eq!(fs::read_to_string(place.0.join("bank")).expect("it stays"), old);
            }
            assert_eq!(place.names(), expected, "{arguments} {signal}");
        }
    }
}

#[test]
fn interrupting_a_program_that_runs_is_up_to_it() {
    let place = Place::new("interrupt");
    place.file("wait.qst", "fn main() {\n    eprintln(\"ready\")\n    loop {}\n}\n");
    place.file("tmp/.keep", "");
    let mut command = place.quastra("run wait.qst");
    // A process group of its own, as a shell makes it: `^C` goes to the command and its program.
    command.env("TMPDIR", place.0.join("tmp")).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut line = [0; 6];
    let read = std::io::Read::read_exact(child.stderr.as_mut().expect("a pipe"), &mut line);
    let Ok(()) = read else {
        let output = child.wait_with_output().expect("it ends");
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    };
    assert_eq!(&line, b"ready\n");
    kill("-INT", &format!("-{}", child.id()));
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(texts(&output).0, 130, "{output:?}");
    assert_eq!(place.names(), ["tmp", "tmp/.keep", "wait.qst"]);
}

// --- disks ----------------------------------------------------------------------------------------------

/// A disk in memory, mounted below a place.
struct Disk(PathBuf);

impl Disk {
    fn new(place: &Place, name: &str, options: &str) -> Result<Disk, String> {
        let folder = place.0.join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", options, "none"]).arg(&folder).output();
        match mounted {
            Ok(output) if output.status.success() => Ok(Disk(folder)),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk() {
    let place = Place::new("full");
    place.file("bank.qst", HELLO);
    let disk = match Disk::new(&place, "disk", "size=64k") {
        Ok(disk) => disk,
        Err(why) => passed_over!("no disk can be mounted here: {why}"),
    };
    place.file("disk/bank", "old");
    let full = "no space left on device";
    // The executable is larger than the disk.
    place.says("build bank.qst -o disk/bank", 1, &["error[D8012]: `disk/bank` could not be linked"]);
    place.says("build bank.qst -o disk/new", 1, &["error[D8012]"]);
    // So are the objects, and the prints.
    says(place.quastra("run bank.qst").env("TMPDIR", &disk.0), 1, &["error[D8006]: cannot write", full]);
    says(place.quastra("build bank.qst -o new").env("TMPDIR", &disk.0), 1, &["error[D8006]", full]);
    place.says("build bank.qst --emit=obj -o disk/objects", 1, &["error[D8006]: cannot write", full]);
    place.says("check bank.qst --emit=mir,llvm-ir -o disk/bank", 1, &["error[D8"]);
    let left: Vec<String> = place.names();
    assert_eq!(fs::read_to_string(disk.0.join("bank")).expect("it stays"), "old");
    for name in &left {
        let known = ["bank.qst", "disk", "disk/bank", "disk/objects"].contains(&name.as_str());
        // Of a folder of objects, those that are there are whole.
        assert!(known || name.starts_with("disk/objects/") && !name.contains(".tmp"), "{left:?}");
    }
    // Standard output on a full device.
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
    says(place.quastra("check bank.qst --emit=ast").stdout(full), 1, &["standard output", "no space left"]);
}

#[test]
fn a_disk_that_is_only_read() {
    let place = Place::new("read-only");
    place.file("bank.qst", HELLO);
    let disk = match Disk::new(&place, "disk", "size=1m") {
        Ok(disk) => disk,
        Err(why) => passed_over!("no disk can be mounted here: {why}"),
    };
    place.file("disk/quastra.toml", "[package]\nname = \"bank\"\n");
    place.file("disk/src/main.qst", "let mut = 1\n");
    let again = Command::new("mount").args(["-o", "remount,ro"]).arg(&disk.0).status();
    if !again.is_ok_and(|it| it.success()) {
        passed_over!("the disk cannot be made read-only");
    }
    let reason = "ead-only file";
    place.says("build bank.qst -o disk/bank", 1, &["error[D80", reason]);
    place.says("new disk/other", 1, &["error[D8006]: cannot write", reason]);
    place.says("check disk --emit=ast -o disk/ast", 1, &["error[D8006]: cannot write `disk/ast`", reason]);
    place.says("fix disk", 1, &["error["]);
    assert_eq!(
        place.names(),
        ["bank.qst", "disk", "disk/quastra.toml", "disk/src", "disk/src/main.qst"].map(str::to_string)
    );
}

/// As somebody who may do less than root.
#[test]
fn what_is_not_allowed() {
    let place = Place::new("rights");
    place.file("bank.qst", HELLO);
    place.file("secret.qst", HELLO);
    place.file("package/quastra.toml", "[package]\nname = \"package\"\n");
    place.file("package/src/main.qst", HELLO);
    place.file("package/src/closed/a.qst", "");
    place.file("locked/bank", "old");
    let set = |name: &str, mode: u32| {
        fs::set_permissions(place.0.join(name), fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    for (name, mode) in [("secret.qst", 0o000), ("package/src/closed", 0o000), ("locked", 0o555)] {
        set(name, mode);
    }
    let nobody = 65_534;
    let run = |arguments: &str| {
        let mut command = place.quastra(arguments);
        if is_root(&place) {
            command.uid(nobody).gid(nobody);
        }
        command.env("TMPDIR", "/tmp");
        command
    };
    // The command itself may stand where nobody else may look.
    let can_run = run("--version").output().is_ok_and(|it| it.status.success());
    if can_run {
        let reason = "permission denied";
        says(&mut run("check secret.qst"), 1, &["error[D8004]: cannot read `secret.qst`", reason]);
        says(&mut run("check package"), 1, &["error[D8004]: cannot read the folder", reason]);
        says(&mut run("build bank.qst -o locked/bank"), 1, &["error[D80", "`locked/bank`"]);
        says(&mut run("build bank.qst -o locked/new"), 1, &["error[D80"]);
        says(&mut run("check bank.qst --emit=ast -o locked/ast"), 1, &["error[D8006]", reason]);
        says(&mut run("new locked/package"), 1, &["error[D8006]", reason]);
        says(&mut run("fix secret.qst"), 1, &["error[D8004]"]);
        assert_eq!(fs::read_to_string(place.0.join("locked/bank")).expect("it stays"), "old");
    }
    for (name, mode) in [("package/src/closed", 0o755), ("locked", 0o755)] {
        set(name, mode);
    }
    if !can_run {
        passed_over!("nobody may not run {}", quastra().display());
    }
    assert_eq!(
        place.names().iter().filter(|it| it.starts_with("locked")).count(),
        2,
        "nothing was added to the folder"
    );
}

// --- installations --------------------------------------------------------------------------------------

/// The command alone in a folder, without what is installed beside it.
fn bare_command(place: &Place) -> PathBuf {
    let bare = place.0.join("bin/quastra");
    fs::create_dir_all(place.0.join("bin")).expect("a folder");
    fs::hard_link(quastra(), &bare).or_else(|_| fs::copy(quastra(), &bare).map(drop)).expect("a copy");
    bare
}

#[test]
fn a_linker_that_is_missing_or_fails() {
    let place = Place::new("linker");
    place.file("bank.qst", HELLO);
    place.file("bank", "old");
    let with = |linker: &str| {
        let mut command = place.quastra("build bank.qst");
        command.env("QUASTRA_LLD", linker);
        command
    };
    says(&mut with("no/such/linker"), 1, &["error[D8012]", "no/such/linker", "no such file"]);
    says(&mut with("."), 1, &["error[D8012]: the linker `.` cannot be started", "permission denied"]);
    says(&mut with("/bin/false"), 1, &["error[D8012]: `bank` could not be linked", "says nothing"]);
    place.file("killed", "#!/bin/sh\nkill -9 $$\n");
    place.file("talks", "#!/bin/sh\necho 'ld: out of luck' >&2\nexit 3\n");
    for name in ["killed", "talks"] {
        make_executable(&place.0.join(name));
    }
    says(&mut with("./killed"), 1, &["error[D8012]", "signal: 9"]);
    says(&mut with("./talks"), 1, &["error[D8012]", "the linker says", "out of luck"]);
    // One that succeeds without a word and without a file.
    says(&mut with("/bin/true"), 1, &["error[D8006]: cannot write `bank`"]);
    assert_eq!(fs::read_to_string(place.0.join("bank")).expect("it stays"), "old");
    assert_eq!(place.names(), ["bank", "bank.qst", "killed", "talks"]);
}

#[test]
fn an_installation_with_parts_missing() {
    let place = Place::new("installation");
    place.file("bank.qst", HELLO);
    let bare = bare_command(&place);
    let run = |arguments: &str| place.command(&bare.display().to_string(), arguments);
    // What needs no back end works.
    says(&mut run("check bank.qst"), 0, &[]);
    let interpreted = texts(&run("run --interpret bank.qst").output().expect("it starts"));
    assert_eq!((interpreted.0, interpreted.1.as_str()), (0, "hello\n"));
    says(&mut run("build bank.qst"), 1, &["error[D8013]", "libquastra_llvm.so", "not beside the command"]);
    says(&mut run("run bank.qst"), 1, &["error[D8013]"]);
    // A back end that is none.
    place.file("bin/lib/quastra/libquastra_llvm.so", "no shared object");
    says(&mut run("build bank.qst"), 1, &["error[D8013]"]);
    fs::remove_file(place.0.join("bin/lib/quastra/libquastra_llvm.so")).expect("it is there");
    // The right one, but no runtime.
    let beside = quastra().parent().expect("a folder");
    let found = ["deps", ".", "lib/quastra", "../lib/quastra"]
        .map(|it| beside.join(it).join("libquastra_llvm.so"))
        .into_iter()
        .find(|path| path.is_file());
    symlink(found.expect("the back end"), place.0.join("bin/lib/quastra/libquastra_llvm.so"))
        .expect("linked");
    says(
        &mut run("build bank.qst"),
        1,
        &["error[D8012]: there is no `libquastra_runtime.a`", "`lib/quastra` beside the command"],
    );
    assert!(!place.0.join("bank").exists());
}

// --- paths ----------------------------------------------------------------------------------------------

#[test]
fn results_onto_what_is_no_file() {
    let place = Place::new("devices");
    place.file("bank.qst", HELLO);
    place.file("folder/.keep", "");
    symlink("folder", place.0.join("to_folder")).expect("linked");
    symlink("/dev/full", place.0.join("to_device")).expect("linked");
    symlink("nowhere/at/all", place.0.join("dangling")).expect("linked");
    symlink("circle", place.0.join("circle")).expect("linked");
    let mut targets = vec![("folder", "a folder"), ("to_folder", "a folder"), ("to_device", "a device")];
    if Command::new("mkfifo").arg(place.0.join("pipe")).status().is_ok_and(|it| it.success()) {
        targets.push(("pipe", "a pipe"));
    }
    // A null device of our own: where the check fails, root loses this one and not the system's.
    let null = place.0.join("null");
    let made = Command::new("mknod").arg(&null).args(["c", "1", "3"]).stderr(Stdio::null()).status();
    if made.is_ok_and(|it| it.success()) {
        symlink("null", place.0.join("to_null")).expect("linked");
        targets.extend([("null", "a device"), ("to_null", "a device")]);
    } else if !is_root(&place) {
        targets.push(("/dev/null", "a device"));
    }
    let before = place.names();
    for (target, kind) in targets {
        let message = format!("`{target}` is {kind}: it is not replaced");
        for arguments in ["build bank.qst", "build --release bank.qst", "check bank.qst --emit=ast"] {
            if target == "to_folder" && arguments.contains("--emit") || target == "folder" {
                continue;
            }
            place.says(&format!("{arguments} -o {target}"), 1, &["error[D8007]", &message]);
        }
    }
    place.says("build bank.qst -o folder", 1, &["error[D8007]: `folder` is a folder: it is not replaced"]);
    place.says("build bank.qst -o circle", 1, &["error[D8006]: cannot write `circle`"]);
    place.says("build bank.qst -o dangling", 1, &["error[D8006]: cannot write `dangling`"]);
    assert_eq!(place.names(), before);
    if null.exists() {
        assert!(fs::metadata(&null).expect("there").file_type().is_char_device());
    }
}

#[test]
fn names_that_are_no_text() {
    let place = Place::new("names");
    let name = OsStr::from_bytes(b"caf\xe9.qst");
    fs::write(place.0.join(name), HELLO).expect("written");
    let with = |verb: &str| {
        let mut command = place.quastra(verb);
        command.arg(name);
        command
    };
    says(&mut with("check"), 0, &[]);
    says(&mut with("build"), 0, &[]);
    let output = with("run").output().expect("it starts");
    assert_eq!((texts(&output).0, texts(&output).1.as_str()), (0, "hello\n"), "{output:?}");
    fs::write(place.0.join(name), "fn main() { x }\n").expect("written");
    says(&mut with("check"), 1, &["error[N5000]", "caf\u{fffd}.qst:1:13"]);
    // The program may not print it, the command may.
    says(&mut with("check --error-format=json"), 1, &["N5000"]);
    // In a package the name of a file is that of a module.
    place.file("package/quastra.toml", "[package]\nname = \"package\"\n");
    place.file("package/src/main.qst", HELLO);
    fs::write(place.0.join("package/src").join(name), "").expect("written");
    place.says("check package", 1, &["error["]);
}

#[test]
fn two_files_for_one_module() {
    let place = Place::new("modules");
    let main = |package: &str| format!("module {package}.main\n{HELLO}");
    place.file("package/quastra.toml", "[package]\nname = \"package\"\n");
    place.file("package/src/main.qst", main("package"));
    place.file("package/src/a.b.qst", "module package.a.b\npub fn f() {}\n");
    place.file("package/src/a/b.qst", "module package.a.b\npub fn g() {}\n");
    place.says(
        "check package",
        1,
        &["error[N5003]: there are two modules `package.a.b`", "a.b.qst", "a/b.qst"],
    );
    place.file("named/quastra.toml", "[package]\nname = \"named\"\n");
    place.file("named/src/main.qst", main("named"));
    place.file("named/src/a.qst", "module named.b\n");
    place.file("named/src/b.qst", "module named.b\n");
    place.says("check named", 1, &["error[N5004]: this file is the module `named.a`"]);
    for (index, name) in
        ["my-module", "1st", "fn", "a b", "_", "ünter", ".hidden", "_x"].into_iter().enumerate()
    {
        let folder = format!("odd{index}");
        place.file(&format!("{folder}/quastra.toml"), "[package]\nname = \"odd\"\n");
        place.file(&format!("{folder}/src/main.qst"), main("odd"));
        place.file(&format!("{folder}/src/{name}.qst"), format!("module odd.{name}\npub fn f() {{}}\n"));
        match ["fn", "ünter", ".hidden", "_x"].contains(&name) {
            true => place.says(&format!("check {folder}"), 0, &[]),
            false => place.says(&format!("check {folder}"), 1, &["error[", &format!("`{name}` cannot name")]),
        }
    }
}

#[test]
fn manifests_that_are_wrong() {
    let place = Place::new("manifests");
    place.file("src/main.qst", HELLO);
    let package = "[package]\nname = \"bank\"\n";
    let cases: &[(&[u8], &str)] = &[
        (b"", "the manifest has no `[package]`"),
        (b"[package]\n", "the package has no name"),
        (b"[package]\nname = \"\"\n", "cannot name a package"),
        (b"[package]\nname = \"core\"\n", "`core` cannot name a package"),
        (b"[package]\nname = 7\n", "`name` is a string"),
        (b"[package]\nname = \"fn\"\n", "`fn` cannot name a package"),
        (b"[package]\nname = \"bank\"\nname = \"twice\"\n", "duplicate key"),
        (b"[package]\nname = \"bank\n", "quastra.toml:2:"),
        (b"[package]\nname = \"bank\"\nedition = \"2031\"\n", "there is no edition `2031`"),
        (b"[package]\nname = \"bank\"\nversion = 1\n", "`version` is a string"),
        (b"[package]\nname = \"bank\"\nversion = \"one\"\n", "`one` is no version"),
        (b"package = []\n", "`package` is a table"),
        (b"[pakage]\nname = \"bank\"\n", "did you mean `package`?"),
        (b"[package]\nname = \"bank\"\n[profile.fast]\n", "there is no key `fast` here"),
        (b"[package]\nname = \"bank\"\n[profile]\nrelease = 3\n", "`release` is a table"),
        (
            b"[package]\nname = \"bank\"\n[profile.release]\nopt-level = 99999999999999999999\n",
            "`opt-level` is 0, 1 or 2",
        ),
        (b"[package]\nname = \"bank\"\n[profile.release]\ndebug = \"yes\"\n", "`debug` is `true` or `false`"),
        (b"\xff\xfe[\0p\0", "error[D8002]"),
        (b"[package]\nname = \"bank\"\n\0", "quastra.toml:3:1"),
        (b"[[[[[[[[[[[[[[[[[[[[", "quastra.toml:1:"),
    ];
    for (text, part) in cases {
        place.file("quastra.toml", text);
        let (code, _, errors) = place.run("check");
        let shown = String::from_utf8_lossy(text);
        assert_eq!(code, 1, "{shown}: {errors}");
        assert!(errors.contains("error[D80") && errors.contains(part), "{shown}: no {part:?} in\n{errors}");
        assert!(!errors.contains("bug in Quastra"), "{errors}");
    }
    // Deep and long ones end too.
    for text in [format!("{package}x = {}", "[".repeat(100_000)), format!("{package}{}", "x".repeat(1 << 20))]
    {
        place.file("quastra.toml", text);
        place.says("check", 1, &["error[D8008]"]);
    }
    fs::remove_file(place.0.join("quastra.toml")).expect("it is there");
    place.file("quastra.toml/file", "");
    place.says("check .", 1, &["error[D8"]);
}
