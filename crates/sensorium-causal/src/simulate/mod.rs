//! Random graphs and data of known structure, all from a seed.

mod linear;
mod noise;
mod random_graph;

pub use linear::{LinearModel, WeightRange};
pub use noise::Noise;
pub use random_graph::{GraphFamily, random_dag};
