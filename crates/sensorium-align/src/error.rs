//! What can go wrong with alignment, search and grounding.

use sensorium_data::DataError;
use sensorium_nn::NnError;
use std::path::PathBuf;
use thiserror::Error;

/// An error of this crate.
#[derive(Debug, Error)]
pub enum AlignError {
    /// The data are at fault.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A model, a bundle or training is at fault.
    #[error(transparent)]
    Nn(Box<NnError>),
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A search index is damaged, in use, or belongs to another model.
    #[error("{path}: {message}")]
    Index {
        /// The index folder or the file in it.
        path: PathBuf,
        /// What is wrong and what to do.
        message: String,
    },
    /// The request cannot be satisfied.
    #[error("{0}")]
    Invalid(String),
}

impl AlignError {
    /// For `map_err` on file operations.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// An error of an index folder or of a file in it.
    pub fn index(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self::Index { path: path.into(), message: message.into() }
    }

    /// A request that cannot be satisfied.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(message.into())
    }
}

impl From<NnError> for AlignError {
    fn from(error: NnError) -> Self {
        Self::Nn(Box::new(error))
    }
}
