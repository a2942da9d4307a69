//! Where recordings come from: the contract between data on disk, simulators and training.

use crate::error::DataError;
use crate::recording::{Recording, Task};
use crate::stream::StreamSpec;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Which part of a dataset a recording belongs to. Splits are by recording or group, never by window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// Weights, normalisation and vocabularies are fitted here.
    Train,
    /// Early stopping, temperature and thresholds are fitted here.
    Validation,
    /// Looked at once, at the end.
    Test,
}

/// How windows are cut.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowRule {
    /// Length of a window in milliseconds.
    pub length_ms: f64,
    /// From the start of one window to the start of the next, in milliseconds.
    pub stride_ms: f64,
}

impl WindowRule {
    /// Length in microseconds.
    pub fn length_micros(&self) -> i64 {
        (self.length_ms * 1e3).round() as i64
    }

    /// Stride in microseconds.
    pub fn stride_micros(&self) -> i64 {
        (self.stride_ms * 1e3).round() as i64
    }
}

/// What every recording of a source shares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// Name of the dataset.
    pub name: String,
    /// The streams, in the order of [`Recording::streams`].
    #[serde(with = "shared_specs")]
    pub streams: Vec<Arc<StreamSpec>>,
    /// What is to be predicted.
    pub task: Task,
    /// How windows are cut.
    pub window: WindowRule,
}

/// A list of recordings that are loaded one at a time, from files or from a simulator.
pub trait RecordingSource: Send + Sync {
    /// What the recordings share.
    fn schema(&self) -> &Schema;

    /// Number of recordings.
    fn len(&self) -> usize;

    /// Whether there is no recording.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Split of recording `index < len()`.
    fn split(&self, index: usize) -> Split;

    /// Reads or simulates recording `index < len()`.
    ///
    /// # Errors
    /// What is wrong with its files, naming file, line and remedy.
    fn load(&self, index: usize) -> Result<Recording, DataError>;

    /// Indices of the recordings of one split.
    fn indices(&self, split: Split) -> Vec<usize> {
        (0..self.len()).filter(|i| self.split(*i) == split).collect()
    }
}

/// Stream specs are written and read by value; sharing is for memory alone.
mod shared_specs {
    use super::{Arc, StreamSpec};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(specs: &[Arc<StreamSpec>], to: S) -> Result<S::Ok, S::Error> {
        specs.iter().map(Arc::as_ref).collect::<Vec<&StreamSpec>>().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Arc<StreamSpec>>, D::Error> {
        Ok(Vec::<StreamSpec>::deserialize(from)?.into_iter().map(Arc::new).collect())
    }
}
