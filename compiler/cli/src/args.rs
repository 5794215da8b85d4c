//! The command line, as clap reads it.
//!
//! ```text
//! quastra build bank --release -o out/bank
//!     →   Command::Build { program: Some("bank"), compile: Compile { release: true, … }, … }
//! ```

use clap::{Args, Parser, Subcommand, ValueEnum};
use driver::emit::{self, Emit};
use std::path::PathBuf;

/// The Quastra compiler and tool
#[derive(Debug, Parser)]
#[command(name = "quastra", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = AFTER_HELP)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

const AFTER_HELP: &str = "\
Exit codes: 0 done, 1 the program was rejected, 2 wrong usage, 70 a bug in the compiler.
`quastra run` gives the program's own code: 101 after a panic, 128 and the number after a signal.
Each error has a code; `quastra explain CODE` says what it means.";

#[derive(Debug, Args)]
pub struct Global {
    /// When to use colours; `auto` heeds NO_COLOR
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// How to print errors: for people, or one JSON object a line
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human")]
    pub error_format: ErrorFormat,
    /// How many threads may work [default: all processors]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ErrorFormat {
    Human,
    Json,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new package
    New {
        /// The folder to make
        path: PathBuf,
        /// The package's name, where it is not the folder's
        #[arg(long)]
        name: Option<String>,
    },
    /// Find all errors, produce nothing
    #[command(visible_alias = "c")]
    Check {
        #[command(flatten)]
        program: Program,
        #[command(flatten)]
        emit: EmitArgs,
        /// Apply the fixes that are right as they stand first, as `quastra fix` does
        #[arg(long, conflicts_with = "emit")]
        fix: bool,
        /// Where the prints go
        #[arg(short, long, value_name = "PATH")]
        output: Option<PathBuf>,
    },
    /// Apply the fixes that are right as they stand, then find all errors that are left
    Fix {
        #[command(flatten)]
        program: Program,
    },
    /// Compile to an executable
    #[command(visible_alias = "b")]
    Build {
        #[command(flatten)]
        program: Program,
        #[command(flatten)]
        compile: Compile,
        #[command(flatten)]
        emit: EmitArgs,
        /// The executable, or where the prints go [default: NAME here, or target/PROFILE/NAME in a package]
        #[arg(short, long, value_name = "PATH")]
        output: Option<PathBuf>,
    },
    /// Compile and run
    #[command(visible_alias = "r")]
    Run {
        #[command(flatten)]
        program: Program,
        #[command(flatten)]
        compile: Compile,
        /// Interpret the program instead of compiling it to machine code
        #[arg(long)]
        interpret: bool,
        /// Say what memory the program did not give back, and fail
        #[arg(long, requires = "interpret")]
        leaks: bool,
        /// What the program gets
        #[arg(last = true, value_name = "ARGUMENTS")]
        arguments: Vec<String>,
    },
    /// Print the page of an error code, or list all codes
    Explain {
        /// B3000, T2001, …
        code: Option<String>,
    },
    /// Print completions for a shell
    Completions { shell: clap_complete::Shell },
}

#[derive(Debug, Args)]
pub struct Program {
    /// A `.qst` file or a package's folder [default: the package around this folder]
    #[arg(value_name = "FILE|PACKAGE")]
    pub program: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Compile {
    /// Use the profile `release`: optimised, integer overflow wraps
    #[arg(long)]
    pub release: bool,
    /// How much to optimise [default: 0, with --release 2]
    #[arg(short = 'O', value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(0..=2))]
    pub opt_level: Option<u8>,
    /// Whether integer overflow panics [default: true, with --release false]
    #[arg(long, value_name = "BOOL")]
    pub overflow_checks: Option<bool>,
}

#[derive(Debug, Args)]
pub struct EmitArgs {
    /// Print stages: tokens, ast, hir, mir, mir:PASS, llvm-ir, asm, obj, all
    #[arg(long, value_name = "STAGES", value_parser = EmitList::parse)]
    pub emit: Option<EmitList>,
    /// Of the printed items only those with this name: `main`, `Bank.find`
    #[arg(long, value_name = "FUNCTION", requires = "emit")]
    pub only: Option<String>,
}

/// A list in one argument; a `Vec` would make clap expect several.
#[derive(Clone, Debug)]
pub struct EmitList(pub Vec<Emit>);

impl EmitList {
    fn parse(list: &str) -> Result<EmitList, String> {
        emit::parse_list(list).map(EmitList)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn arguments_of_the_program_stand_behind_two_dashes() {
        let cli = Cli::parse_from(["quastra", "run", "wc.qst", "--release", "--", "-l", "--color"]);
        let Command::Run { program, compile, arguments, .. } = cli.command else {
            panic!("{:?}", cli.command)
        };
        assert_eq!(program.program, Some("wc.qst".into()));
        assert!(compile.release);
        assert_eq!(arguments, ["-l", "--color"]);
    }
}
