//! What can stop a fetch, each with what to do about it.

use std::path::PathBuf;
use thiserror::Error;

/// A set could not be brought or verified.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The catalogue has no such set.
    #[error("there is no public set called `{name}`; there are: {known}")]
    UnknownSet {
        /// What was asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A client is not installed.
    #[error("`{program}` is not installed; {install}")]
    ClientMissing {
        /// The program.
        program: String,
        /// How to get it.
        install: String,
    },
    /// A client says that it cannot reach its source.
    #[error(
        "`{command}` reached no network: {detail}\ncheck the connection (and the client's proxy settings), or pass a local copy with --from"
    )]
    NoNetwork {
        /// The command line.
        command: String,
        /// What the client said.
        detail: String,
    },
    /// A client ended with an error.
    #[error("`{command}` failed ({status}): {detail}")]
    ClientFailed {
        /// The command line.
        command: String,
        /// How it ended.
        status: String,
        /// The last lines it printed.
        detail: String,
    },
    /// A client took too long and was stopped.
    #[error(
        "`{command}` was stopped after {seconds} s without an end; try again, or pass a local copy with --from"
    )]
    TimedOut {
        /// The command line.
        command: String,
        /// The limit.
        seconds: u64,
    },
    /// The source came, but a file of the set is not in it.
    #[error("{file} is not in {origin}; nothing was kept")]
    Absent {
        /// Path in the set's layout.
        file: String,
        /// Where it was looked for.
        origin: String,
    },
    /// A file of the set is not what it should be.
    #[error(
        "{set}: {file} from {origin} has SHA-256 {actual}, expected {expected}; nothing was kept. The source has changed or the transfer was damaged: try again"
    )]
    Checksum {
        /// Name of the set.
        set: String,
        /// Path in the set's layout.
        file: String,
        /// Where it came from.
        origin: String,
        /// The built-in sum.
        expected: String,
        /// The sum of what came.
        actual: String,
    },
    /// An archive cannot be read, or `--from` names something that cannot be used.
    #[error("{path}: {message}")]
    Source {
        /// The archive, folder or URL.
        path: String,
        /// What is wrong and what to do.
        message: String,
    },
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl FetchError {
    /// For `map_err` on file operations.
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    pub(super) fn source(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Source { path: path.into(), message: message.into() }
    }
}
