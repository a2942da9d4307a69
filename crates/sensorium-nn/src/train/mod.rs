//! Training: our own loop over Burn's automatic differentiation.
//!
//! The loop splits each batch over threads. Every thread holds a copy of the model and runs its
//! operations on one core, because the tensors of these models are too small for parallel kernels
//! to pay; gradients are added in a fixed order. Weights, moments and averages live on the host
//! under the parameters' names, so a checkpoint is one safetensors file and a run that continues
//! from it ends with the same bits (same machine, same number of threads). No layer draws random
//! numbers: all randomness is in the choice of batches and views, from hash(seed, epoch, example).

mod adamw;
mod checkpoint;
mod parallel;
mod run;
mod trainer;
mod weights;

pub use adamw::{AdamWConfig, AdamWState, schedule};
pub use checkpoint::{Checkpoint, RunState};
pub use parallel::Workers;
pub use run::{Network, Progress, RunFolder, TrainConfig, Trained, TrainingSet};
pub use trainer::{append_log, train};
pub use weights::Weights;
