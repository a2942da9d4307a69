//! What can go wrong in a reconstruction, each with its place and its remedy.

use std::path::PathBuf;
use thiserror::Error;

/// An error in a user's geometry, projections or request.
#[derive(Debug, Error)]
pub enum TomoError {
    /// A file cannot be opened, read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file's content is not what it should be.
    #[error("{path}: {message}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A geometry that cannot be, or that the method cannot use.
    #[error("geometry: {0}")]
    Geometry(String),
    /// Projections that do not fit the geometry, or hold what is no measurement.
    #[error("projections: {0}")]
    Projections(String),
    /// A request that cannot be satisfied.
    #[error("{0}")]
    Request(String),
    /// The caller asked it to stop.
    #[error("stopped before the end")]
    Stopped,
}

impl TomoError {
    /// For `map_err` on file operations.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// A content error of a file.
    pub fn in_file(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self::Content { path: path.into(), message: message.into() }
    }
}
