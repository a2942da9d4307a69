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
    Nn(#[from] NnError),
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// An index is damaged, of another version, or made with another model.
    #[error("{path}: {message}")]
    Index {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong and what to do.
        message: String,
    },
    /// The request cannot be satisfied.
    #[error("{0}")]
    Invalid(String),
}
