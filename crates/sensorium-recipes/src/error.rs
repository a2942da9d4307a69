//! What can stop a recipe.

use std::path::PathBuf;
use thiserror::Error;

/// An error that ends a recipe.
#[derive(Debug, Error)]
pub enum RecipeError {
    /// A data set that the recipe needs is not there.
    #[error("data set `{name}` is not at {}; get it with `sensorium data get {name}`", path.display())]
    MissingData {
        /// Name of the data set.
        name: String,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The data are there and not usable.
    #[error(transparent)]
    Data(#[from] sensorium_data::DataError),
    /// Projections or a volume cannot be used.
    #[error(transparent)]
    Tomo(#[from] sensorium_tomo::TomoError),
    /// A graph, a table, a log or a causal method refuses what it was given.
    #[error(transparent)]
    Causal(#[from] sensorium_causal::CausalError),
    /// A model, a bundle or training is at fault.
    #[error(transparent)]
    Nn(Box<sensorium_nn::NnError>),
    /// Alignment or search is at fault.
    #[error(transparent)]
    Align(Box<sensorium_align::AlignError>),
    /// Something else, told in full.
    #[error("{0}")]
    Other(String),
}

impl From<sensorium_nn::NnError> for RecipeError {
    fn from(error: sensorium_nn::NnError) -> Self {
        Self::Nn(Box::new(error))
    }
}

impl From<sensorium_align::AlignError> for RecipeError {
    fn from(error: sensorium_align::AlignError) -> Self {
        Self::Align(Box::new(error))
    }
}
