//! Tests of conditional independence.

mod categorical;
mod degenerate_gaussian;
mod fisher_z;
mod kernel;

pub use categorical::{CountStatistic, CountTest};
pub use degenerate_gaussian::DegenerateGaussian;
pub use fisher_z::FisherZ;
pub use kernel::{KernelConfig, KernelTest};

use crate::CausalError;

/// A test of `x ⊥ y | given` on a fixed table.
pub trait IndependenceTest: Sync {
    /// Number of variables.
    fn variables(&self) -> usize;

    /// The probability of a dependence at least this strong if `x` and `y` were independent given `given`.
    ///
    /// # Errors
    /// [`CausalError::Data`] when the data do not allow the test.
    fn p_value(&self, x: usize, y: usize, given: &[usize]) -> Result<f64, CausalError>;
}
