//! Tokens, encoders, training, metrics and the model bundle.
#![warn(missing_docs)]

pub mod activation;
pub mod batch;
pub mod block;
pub mod bundle;
pub mod device;
pub mod encoder;
pub mod error;
pub mod example;
pub mod frontend;
pub mod metrics;
pub mod model;
pub mod seed;
pub mod task;
pub mod tensors;
pub mod tokens;
pub mod tower;
pub mod train;

pub use batch::{Batch, StreamBatch};
pub use bundle::{Bundle, ModelCard, Provenance};
pub use device::Device;
pub use error::NnError;
pub use example::{Example, StreamExample, View};
pub use model::{Model, Prediction};
pub use task::TaskLoss;
pub use tokens::Tokens;
