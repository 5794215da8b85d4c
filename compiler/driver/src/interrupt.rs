//! Ctrl-C, `kill`, a terminal that closes: what was begun is taken away before the command ends.
//!
//! In: the paths of what is temporary, as they come and go. Out, when a signal comes: none of them is left, no result is
//! half written, and the exit code is what a shell shows of that signal:
//!
//! ```text
//! ^C while linking   →   the linker ends, the folders quastra-4711-0 and .bank.4711.tmp go, exit code 130
//! ```

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, Once};
use std::{process, thread};

/// What must be known when a signal comes.
struct State {
    /// Files and folders that are not to stay.
    litter: BTreeSet<PathBuf>,
    /// Linkers at work: they write among the litter.
    tools: usize,
    /// The user's program runs: Ctrl-C is for it.
    programs: usize,
    /// A signal came, and this process ends as soon as no tool runs.
    ends: bool,
}

static STATE: Mutex<State> =
    Mutex::new(State { litter: BTreeSet::new(), tools: 0, programs: 0, ends: false });
static TOOLS_ENDED: Condvar = Condvar::new();

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// From here on signals are ours. Before anything is written there is nothing to take away, and they end the command by
/// themselves.
fn watch() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        // Without signals the command works as well; what an interrupted one leaves is then left.
        if let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) {
            thread::spawn(move || signals.forever().for_each(end));
        }
    });
}

fn end(signal: i32) {
    let mut state = state();
    if state.programs > 0 && signal == SIGINT {
        // The terminal has sent it to the program too; how that ends is how we end.
        return;
    }
    state.ends = true;
    while state.tools > 0 {
        state = TOOLS_ENDED.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
    }
    state.litter.iter().for_each(|path| remove(path));
    // With the lock held nobody begins another.
    process::exit(128 + signal)
}

fn remove(path: &Path) {
    // It may not be there yet, or no longer; nobody is left to hear of more.
    let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
}

/// A file or folder that goes when this does, or when a signal comes.
pub struct Litter(PathBuf);

impl Litter {
    /// Before it is made.
    pub fn new(path: PathBuf) -> Litter {
        watch();
        state().litter.insert(path.clone());
        Litter(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Litter {
    fn drop(&mut self) {
        remove(&self.0);
        state().litter.remove(&self.0);
    }
}

/// While this lives, another program of the tool chain runs.
pub struct Tool(());

impl Tool {
    pub fn begins() -> Tool {
        state().tools += 1;
        Tool(())
    }
}

impl Drop for Tool {
    fn drop(&mut self) {
        let ends = {
            let mut state = state();
            state.tools -= 1;
            state.ends
        };
        TOOLS_ENDED.notify_all();
        if ends {
            // What the tool did or said is of no interest any more.
            loop {
                thread::park();
            }
        }
    }
}

/// While this lives, the user's program runs.
pub struct Running(());

impl Running {
    pub fn begins() -> Running {
        state().programs += 1;
        Running(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        state().programs -= 1;
    }
}
