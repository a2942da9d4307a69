//! What the rest of the system sees of a trained model.

use crate::bundle::ModelCard;
use crate::error::NnError;
use crate::example::{Example, View};
use crate::frontend::Pipeline;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The answer for one window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Calibrated class or label probabilities, or regression values in their own unit; for one-class
    /// models the anomaly score, 1 at the alarm threshold.
    pub outputs: Vec<f32>,
    /// The decision at the stated costs: a class, the labels that hold, or 1 for an alarm.
    pub decision: Vec<usize>,
    /// Weight of each present stream; they sum to one, 0 for missing ones.
    pub weights: Vec<f32>,
    /// Weight of each missing stream that was compensated from the others; they sum to one when
    /// anything is missing and the model compensates.
    pub compensated: Vec<f32>,
    /// Share of the compensated streams in the answer, in `[0, 1]`.
    pub compensated_share: f32,
    /// How far the window lies from the training data: the share of validation windows that lie
    /// closer.
    pub outlier: f32,
}

/// A trained model.
pub trait Model: Send + Sync {
    /// What the bundle says of it.
    fn card(&self) -> &ModelCard;

    /// From windows to examples.
    fn pipeline(&self) -> &Pipeline;

    /// Answers for `examples`, stream `s` of example `i` seen as `view(i, s)` says.
    ///
    /// # Errors
    /// When an example does not have the model's streams.
    fn predict(
        &self,
        examples: &[&Example],
        view: &(dyn Fn(usize, usize) -> View + Sync),
    ) -> Result<Vec<Prediction>, NnError>;

    /// Writes the bundle folder.
    ///
    /// # Errors
    /// Those of the file system.
    fn save(&self, folder: &Path) -> Result<(), NnError>;
}
