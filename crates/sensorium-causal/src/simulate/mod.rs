//! Random graphs and data of known structure, all from a seed.

mod linear;
mod noise;
mod nonlinear;
pub mod pairs;
mod random_function;
mod random_graph;
mod scales;

pub use linear::{LinearModel, WeightRange};
pub use noise::Noise;
pub use nonlinear::NonlinearModel;
pub use random_function::{FunctionFamily, RandomFunction};
pub use random_graph::{GraphFamily, random_dag};
pub use scales::{standardised, varsortability};
