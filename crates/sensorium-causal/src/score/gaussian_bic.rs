//! The Bayesian information criterion of linear Gaussian models.

use super::LocalScore;
use crate::discovery::continuous_samples::ContinuousSamples;
use crate::{CausalError, Table};
use faer::Mat;

/// `-n/2 (1 + ln s²) - penalty (k + 1) ln n` of a node with `k` parents, where `s²` is the variance that their linear
/// function leaves, divided by the number of rows `n` (Schwarz 1978; the constant `-n/2 ln 2π` is left out).
#[derive(Clone, Debug)]
pub struct GaussianBic {
    covariance: Mat<f64>,
    rows: f64,
    penalty: f64,
}

impl GaussianBic {
    /// The score on a table of numbers; a `penalty` of 0.5 is the criterion as it is, more gives fewer edges.
    ///
    /// # Errors
    /// [`CausalError::Data`] for a categorical, constant, collinear, missing or infinite column or too few rows;
    /// [`CausalError::Argument`] unless the penalty is above zero.
    pub fn new(table: &Table, penalty: f64) -> Result<Self, CausalError> {
        if !(penalty > 0.0 && penalty.is_finite()) {
            return Err(CausalError::Argument(format!(
                "a penalty of {penalty} is not above zero; 0.5 is usual"
            )));
        }
        let samples = ContinuousSamples::new(table)?;
        Ok(Self { rows: samples.rows() as f64, covariance: samples.covariance, penalty })
    }

    /// The variance of a node that a linear function of its parents leaves, by Cholesky's factorisation.
    fn residual_variance(&self, node: usize, parents: &[usize]) -> f64 {
        let k = parents.len();
        let mut lower = vec![0.0; k * k];
        let mut projected = vec![0.0; k];
        let mut left = self.covariance[(node, node)];
        for i in 0..k {
            for j in 0..=i {
                let dot: f64 = (0..j).map(|m| lower[i * k + m] * lower[j * k + m]).sum();
                let rest = self.covariance[(parents[i], parents[j])] - dot;
                lower[i * k + j] = if i == j { rest.sqrt() } else { rest / lower[j * k + j] };
            }
            let dot: f64 = (0..i).map(|m| lower[i * k + m] * projected[m]).sum();
            projected[i] = (self.covariance[(parents[i], node)] - dot) / lower[i * k + i];
            left -= projected[i] * projected[i];
        }
        left.max(f64::MIN_POSITIVE)
    }
}

impl LocalScore for GaussianBic {
    fn variables(&self) -> usize {
        self.covariance.ncols()
    }

    fn local(&self, node: usize, parents: &[usize]) -> f64 {
        let likelihood = -0.5 * self.rows * (1.0 + self.residual_variance(node, parents).ln());
        likelihood - self.penalty * (parents.len() as f64 + 1.0) * self.rows.ln()
    }
}
