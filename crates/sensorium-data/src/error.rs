//! What can go wrong with data, each with its place and its remedy.

use std::path::PathBuf;
use thiserror::Error;

/// An error in a user's data or dataset description.
#[derive(Debug, Error)]
pub enum DataError {
    /// A file cannot be opened, read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file's content is not what it should be.
    #[error("{path}{}: {message}", line.map(|l| format!(":{l}")).unwrap_or_default())]
    Content {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1, where there is one.
        line: Option<u64>,
        /// What is wrong and what to do.
        message: String,
    },
    /// A description (`dataset.toml`) or a request cannot be satisfied.
    #[error("{0}")]
    Invalid(String),
    /// A public set cannot be brought or verified.
    #[error(transparent)]
    Fetch(#[from] crate::fetch::FetchError),
}

impl DataError {
    /// For `map_err` on file operations.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// A content error at a line.
    pub fn at_line(path: impl Into<PathBuf>, line: u64, message: impl Into<String>) -> Self {
        Self::Content { path: path.into(), line: Some(line), message: message.into() }
    }

    /// A content error of a whole file.
    pub fn in_file(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self::Content { path: path.into(), line: None, message: message.into() }
    }
}
