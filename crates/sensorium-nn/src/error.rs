//! What can go wrong with models, training and bundles.

use sensorium_data::DataError;
use std::path::PathBuf;
use thiserror::Error;

/// An error of this crate.
#[derive(Debug, Error)]
pub enum NnError {
    /// The data are at fault.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The tokenizer could not be trained.
    #[error("tokenizer: {0}")]
    Text(String),
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A bundle or checkpoint is damaged, of another version, or made for something else.
    #[error("{path}: {message}")]
    Bundle {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong and what to do.
        message: String,
    },
    /// The request cannot be satisfied.
    #[error("{0}")]
    Invalid(String),
    /// Training was stopped from outside; the last checkpoint is complete.
    #[error("stopped; the run continues with --resume")]
    Interrupted,
}

impl NnError {
    /// For `map_err` on file operations.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// A bundle error.
    pub fn bundle(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self::Bundle { path: path.into(), message: message.into() }
    }
}
