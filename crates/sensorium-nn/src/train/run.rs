//! What a training run is told, and what it tells.

use super::adamw::AdamWConfig;
use super::weights::Weights;
use crate::batch::Batch;
use crate::error::NnError;
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A network that can be trained.
pub trait Network: Module + Sync + 'static {
    /// Mean loss over a batch, `[1]`.
    fn loss(&self, batch: &Batch) -> Tensor<1>;
}

/// What a network is trained on, and judged by between epochs.
pub trait TrainingSet<N: Network>: Sync {
    /// Number of training examples.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The examples `indices` as epoch `epoch` sees them (which views are broken or hidden may
    /// depend on the epoch and the example, and on nothing else).
    fn batch(&self, indices: &[usize], epoch: u64, device: &Device) -> Batch;

    /// Validation score of a network that does not track gradients; larger is better.
    fn score(&self, network: &N, device: &Device) -> f64;

    /// A digest of the data and of whatever else shapes batches and losses: a checkpoint is only
    /// continued with the digest that it was written under.
    fn digest(&self) -> String {
        String::new()
    }
}

/// Settings of a training run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainConfig {
    /// Passes over the training examples.
    pub epochs: u64,
    /// Examples a step.
    pub batch: usize,
    /// Epochs without a better validation score after which training ends.
    pub patience: u64,
    /// Share of the steps in which the learning rate rises.
    pub warm_up: f32,
    /// The optimizer.
    pub optimizer: AdamWConfig,
    /// Fixes everything random.
    pub seed: u64,
    /// Threads that share a batch; part of what makes a run repeatable.
    pub threads: usize,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            epochs: 24,
            batch: 64,
            patience: 8,
            warm_up: 0.1,
            optimizer: AdamWConfig::default(),
            seed: 0,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// Where a run keeps its checkpoint and its log.
#[derive(Clone, Debug)]
pub struct RunFolder {
    /// The folder.
    pub path: PathBuf,
    /// Go on from the checkpoint there.
    pub resume: bool,
}

impl RunFolder {
    /// The checkpoint file.
    pub fn checkpoint(&self) -> PathBuf {
        self.path.join("checkpoint.safetensors")
    }

    /// The log: one JSON object an epoch.
    pub fn log(&self) -> PathBuf {
        self.path.join("metrics.jsonl")
    }

    /// Makes the folder; a run that begins anew begins its log anew.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open(&self) -> Result<(), NnError> {
        std::fs::create_dir_all(&self.path).map_err(NnError::io(&self.path))?;
        let log = self.log();
        if log.exists() && !(self.resume && self.checkpoint().exists()) {
            std::fs::remove_file(&log).map_err(NnError::io(&log))?;
        }
        Ok(())
    }
}

/// Told after every step and epoch.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Epochs done.
    pub epoch: u64,
    /// Epochs planned.
    pub epochs: u64,
    /// Steps done.
    pub step: u64,
    /// Steps planned.
    pub steps: u64,
    /// Mean loss of the last step.
    pub loss: f32,
    /// Validation score, after an epoch.
    pub score: Option<f64>,
}

/// The result of a run.
#[derive(Clone, Debug)]
pub struct Trained {
    /// Averaged weights of the best epoch.
    pub weights: Weights,
    /// Its validation score.
    pub score: f64,
    /// Its epoch, counted from 1.
    pub epoch: u64,
    /// Seconds of this part of the run.
    pub seconds: f64,
}
