//! Everything that a training run needs to go on, in one file.

use super::adamw::AdamWState;
use super::weights::Weights;
use crate::error::NnError;
use crate::tensors;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// The state of a run between two epochs.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Where the run stands.
    pub state: RunState,
    /// Current weights.
    pub weights: Weights,
    /// Moments and averages.
    pub optimizer: AdamWState,
    /// Averaged weights of the best epoch so far.
    pub best: Vec<Vec<f32>>,
}

/// Counters of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunState {
    /// Hash of everything that must not change between the parts of a run.
    pub fingerprint: String,
    /// Epochs done.
    pub epoch: u64,
    /// Steps done.
    pub step: u64,
    /// Best validation score so far.
    #[serde(with = "exact")]
    pub best_score: f64,
    /// Epoch of the best score.
    pub best_epoch: u64,
}

/// A score as its bits: text would lose the last of them, and has no word for minus infinity. A tie
/// with the best score must stay a tie in a run that continues.
mod exact {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(score: &f64, to: S) -> Result<S::Ok, S::Error> {
        score.to_bits().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        u64::deserialize(from).map(f64::from_bits)
    }
}

const KEY: &str = "sensorium.run";
const ORDER: &str = "sensorium.order";
const STEP: &str = "sensorium.optimizer_step";
const DIGEST: &str = "sensorium.sha256";

/// SHA-256 of all header entries and tensors: a flipped bit must not become a wrong weight.
fn digest<'a>(
    header: &BTreeMap<String, String>,
    tensors: impl Iterator<Item = (&'a str, &'a [usize], &'a [f32])>,
) -> String {
    let mut hash = Sha256::new();
    for (key, value) in header.iter().filter(|(key, _)| *key != DIGEST) {
        hash.update(format!("{key}={value}\n"));
    }
    for (name, shape, values) in tensors {
        hash.update(format!("{name}{shape:?}\n"));
        values.iter().for_each(|v| hash.update(v.to_le_bytes()));
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

impl Checkpoint {
    /// Writes the file so that at every moment either the old or the new one is complete.
    ///
    /// # Errors
    /// Those of the file system; the previous checkpoint is untouched then.
    pub fn save(&self, path: &Path) -> Result<(), NnError> {
        let mut list = Vec::new();
        let groups = [
            ("weights", &self.weights.values),
            ("first", &self.optimizer.first),
            ("second", &self.optimizer.second),
            ("average", &self.optimizer.average),
            ("best", &self.best),
        ];
        for (group, values) in groups {
            for ((name, shape), value) in self.weights.names.iter().zip(&self.weights.shapes).zip(values) {
                list.push((format!("{group}.{name}"), shape.as_slice(), value.as_slice()));
            }
        }
        let state = serde_json::to_string(&self.state).map_err(|e| NnError::bundle(path, e.to_string()))?;
        let order = self.weights.names.join("\n");
        let optimizer_step = self.optimizer.step.to_string();
        let entries = [(KEY, state), (ORDER, order), (STEP, optimizer_step)];
        let mut header: BTreeMap<String, String> = entries.map(|(k, v)| (k.to_string(), v)).into();
        list.sort_by(|a, b| a.0.cmp(&b.0));
        let sum = digest(&header, list.iter().map(|(name, shape, values)| (name.as_str(), *shape, *values)));
        header.insert(DIGEST.into(), sum);
        tensors::write(path, &list, header)
    }

    /// Reads a checkpoint.
    ///
    /// # Errors
    /// When the file is damaged or is no checkpoint.
    pub fn load(path: &Path) -> Result<Self, NnError> {
        let mut file = tensors::read(path)?;
        let missing = |what: &str| {
            NnError::bundle(
                path,
                format!("not a complete checkpoint ({what} is missing); start the run anew without --resume"),
            )
        };
        let stored = file.header.get(DIGEST).ok_or_else(|| missing("the checksum"))?;
        let found = file
            .tensors
            .iter()
            .map(|(name, (shape, values))| (name.as_str(), shape.as_slice(), values.as_slice()));
        if *stored != digest(&file.header, found) {
            return Err(NnError::bundle(
                path,
                "damaged checkpoint (its checksum differs); start the run anew without --resume",
            ));
        }
        let state = file.header.get(KEY).ok_or_else(|| missing("the run state"))?;
        let state: RunState =
            serde_json::from_str(state).map_err(|e| missing(&format!("the run state: {e}")))?;
        let names: Vec<String> = file
            .header
            .get(ORDER)
            .map(|o| o.lines().map(str::to_string).collect())
            .ok_or_else(|| missing("the parameter order"))?;
        let step = file.header.get(STEP).and_then(|s| s.parse().ok());
        let step = step.ok_or_else(|| missing("the optimizer's step"))?;
        let mut shapes = Vec::new();
        let mut group = |prefix: &str, keep_shapes: bool| {
            names
                .iter()
                .map(|name| {
                    let key = format!("{prefix}.{name}");
                    let (shape, values) = file.tensors.remove(&key).ok_or_else(|| missing(&key))?;
                    if keep_shapes {
                        shapes.push(shape);
                    }
                    Ok(values)
                })
                .collect::<Result<Vec<_>, NnError>>()
        };
        let values = group("weights", true)?;
        let (first, second) = (group("first", false)?, group("second", false)?);
        let (average, best) = (group("average", false)?, group("best", false)?);
        Ok(Self {
            state,
            weights: Weights { names, shapes, values },
            optimizer: AdamWState { step, first, second, average },
            best,
        })
    }
}
