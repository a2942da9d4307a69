//! From data to graphs.

mod continuous_samples;
pub mod lingam;
