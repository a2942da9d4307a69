//! Training of a joint space: large batches whose gradients are cached.

mod cache;
mod run;

pub use cache::{GradientCache, Step};
pub use run::{AlignTraining, Selection, Study, TrainedJoint, train_joint};
