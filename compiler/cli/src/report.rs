//! What people see on standard error: diagnostics, the summary, progress, and the message of a bug.

use crate::args::{Color, ErrorFormat, Global};
use base::render::Renderer;
use base::render::termcolor::{BufferWriter, ColorChoice};
use base::{Diagnostics, Level};
use driver::Session;
use driver::fix::Fixed;
use std::io::{self, IsTerminal, Write};
use std::panic::PanicHookInfo;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How to print, for [`now`].
static FORMAT: OnceLock<(ErrorFormat, Color)> = OnceLock::new();

/// Something was printed before the program ran: what comes after it is printed only if there is something.
static WAS_PRINTED: AtomicBool = AtomicBool::new(false);

/// Prints what is in the session's bag before a program begins to print itself.
pub fn now(session: &mut Session) {
    clear_progress();
    print(session);
    WAS_PRINTED.store(true, Ordering::Relaxed);
}

/// Prints everything in the session's bag. `false` if there was an error among it.
pub fn print(session: &mut Session) -> bool {
    let (format, color) = *FORMAT.get_or_init(|| (ErrorFormat::Human, Color::Auto));
    let diagnostics: Diagnostics = std::mem::take(&mut session.diagnostics);
    let had_errors = diagnostics.has_errors();
    if WAS_PRINTED.load(Ordering::Relaxed) && diagnostics.iter().next().is_none() {
        return true;
    }
    let report = diagnostics.report(&session.sources);
    // Nobody is left to hear that standard error cannot be written.
    let _ = match format {
        ErrorFormat::Json => base::json::write(&session.sources, &report, &mut io::stderr().lock()),
        ErrorFormat::Human => {
            let writer = BufferWriter::stderr(choice(color));
            let mut buffer = writer.buffer();
            let mut renderer = Renderer::new(&session.sources, Some(driver::highlight::paints));
            let rendered = renderer.report(&report, &mut buffer).and_then(|()| {
                if report.is_empty() { Ok(()) } else { writeln!(buffer, "{}", summary(&report)) }
            });
            rendered.and_then(|()| writer.print(&buffer))
        }
    };
    !had_errors
}

/// What `quastra fix` did.
pub fn fixed(fixed: &Fixed) {
    clear_progress();
    for (file, codes) in &fixed.files {
        eprintln!("fixed {file}: {}", codes.join(", "));
    }
    if fixed.taken_back {
        eprintln!("other fixes would have caused more errors: they were not kept");
    }
    if fixed.files.is_empty() && !fixed.taken_back {
        eprintln!("there is nothing to fix");
    }
}

fn summary(report: &base::Report) -> String {
    let level = match report.all().map(|it| it.level).min() {
        Some(Level::Error) => "rejected",
        Some(Level::Warning) | None => "accepted",
    };
    format!("{level}: {}", report.summary())
}

fn choice(color: Color) -> ColorChoice {
    let wanted = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match color {
        Color::Always => ColorChoice::AlwaysAnsi,
        Color::Never => ColorChoice::Never,
        // `BufferWriter` looks at TERM, but neither at what standard error is nor at an empty NO_COLOR.
        Color::Auto if wanted("NO_COLOR") || !io::stderr().is_terminal() => ColorChoice::Never,
        Color::Auto => ColorChoice::Auto,
    }
}

/// Nothing is said of work that is done at once.
const PATIENCE: Duration = Duration::from_millis(300);
static BEGUN: OnceLock<Instant> = OnceLock::new();
static IS_SHOWN: AtomicBool = AtomicBool::new(false);

/// What tells people that something is being done: only on a terminal, and only where they read.
pub fn progress(global: &Global) -> fn(&str) {
    BEGUN.get_or_init(Instant::now);
    FORMAT.get_or_init(|| (global.error_format, global.color));
    if global.error_format == ErrorFormat::Human && io::stderr().is_terminal() { show } else { |_| () }
}

fn show(what: &str) {
    if BEGUN.get().is_some_and(|begun| begun.elapsed() > PATIENCE) {
        IS_SHOWN.store(true, Ordering::Relaxed);
        eprint!("\r\x1b[K{what} …");
    }
}

pub fn clear_progress() {
    if IS_SHOWN.swap(false, Ordering::Relaxed) {
        eprint!("\r\x1b[K");
    }
}

/// The compiler itself panicked.
pub fn bug(info: &PanicHookInfo) {
    clear_progress();
    let message = info.payload_as_str().unwrap_or("no message");
    let place = info.location().map_or(String::new(), |at| format!(" at {}:{}", at.file(), at.line()));
    eprintln!("error: this is a bug in Quastra, not in your program");
    eprintln!("  {message}{place}");
    eprintln!("  Please report it with the program that shows it. RUST_BACKTRACE=1 says more.");
    if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
        eprintln!("{}", std::backtrace::Backtrace::force_capture());
    }
}
