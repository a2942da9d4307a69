//! The `sensorium` binary: one file a command, all work in the library crates.
//!
//! People's output, progress and logs go to standard error, results to standard output; with `--json`
//! a result is one JSON object. Exit codes: 0 done, 1 failed, 2 wrong usage.

mod arguments;
mod commands;
mod evaluation;
mod failure;
mod interrupt;
mod output;
mod prediction;
mod progress;
mod session;
mod sink;
mod source;
mod timecode;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let level = if arguments.global.quiet { "error" } else { "warn" };
    let filter = tracing_subscriber::EnvFilter::try_from_env("SENSORIUM_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(level));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();
    let has_tensors = !matches!(arguments.command, arguments::Command::Ct(_) | arguments::Command::Causal(_));
    match session::Session::new(&arguments.global, has_tensors)
        .and_then(|session| commands::run(&session, arguments.command))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&error),
    }
}
