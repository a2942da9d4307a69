//! Spatio-temporal synchronous contrastive learning: video, images, points and language in one space, bound
//! by time.
#![warn(missing_docs)]

pub mod edit;
pub mod ensemble;
pub mod error;
pub mod generator;
pub mod index;
pub mod ingest;
pub mod joint;
pub mod loss;
pub mod model;
pub mod objective;
pub mod retrieval;
pub mod sequence;
pub mod study;
pub mod sync;
pub mod tower;
pub mod train;

pub use error::AlignError;
pub use joint::{JointConfig, JointNet};
pub use model::JointModel;
pub use objective::{Links, LossKind, Objective, ObjectiveConfig, Pairs};
pub use sequence::{Sequence, SequenceBatch};
pub use tower::{BagConfig, Pool, ResidualConfig, StemKind, TowerConfig, VectorScale};
