//! From data to graphs.

mod continuous_samples;
pub mod dagma;
pub mod lingam;
pub mod pc;
