//! How badly weights predict each variable from the others, and the gradient.

use super::square::Square;
use crate::discovery::continuous_samples::ContinuousSamples;
use crate::exponential::exp_of_negative;
use faer::Mat;

pub(super) enum Loss {
    /// Half the trace of (I − W)ᵀ S (I − W), S the covariance.
    LeastSquares { covariance: Square, difference: Square },
    /// Mean negative log-likelihood of 0/1 variables, logits X W.
    Logistic { samples: Mat<f64>, covariance: Mat<f64> },
}

impl Loss {
    pub fn least_squares(samples: &ContinuousSamples, standardise: bool) -> Self {
        let covariance = &samples.covariance;
        let scale = |i: usize| if standardise { covariance[(i, i)].sqrt() } else { 1.0 };
        let size = samples.width();
        Self::LeastSquares {
            covariance: Square::from_fn(size, |i, j| covariance[(i, j)] / (scale(i) * scale(j))),
            difference: Square::from_fn(size, |_, _| 0.0),
        }
    }

    pub fn logistic(columns: &[Vec<f64>]) -> Self {
        let rows = columns.first().map_or(0, Vec::len);
        let samples = Mat::from_fn(rows, columns.len(), |i, j| columns[j][i]);
        let covariance = samples.transpose() * &samples * faer::Scale(1.0 / rows as f64);
        Self::Logistic { samples, covariance }
    }

    /// Writes the gradient at `weights` to `gradient`.
    pub fn gradient(&mut self, weights: &Square, gradient: &mut Square) {
        match self {
            Self::LeastSquares { covariance, difference } => {
                subtract_identity(weights, difference);
                gradient.set_product(covariance, difference);
            }
            Self::Logistic { samples, covariance } => {
                let mut logits = logits(samples, weights);
                for j in 0..logits.ncols() {
                    for r in logits.col_mut(j).iter_mut() {
                        let e = exp_of_negative(-r.abs());
                        *r = if *r >= 0.0 { 1.0 } else { e } / (1.0 + e);
                    }
                }
                let product = samples.transpose() * &logits;
                let rows = samples.nrows() as f64;
                *gradient = Square::from_fn(weights.size, |i, j| product[(i, j)] / rows - covariance[(i, j)]);
            }
        }
    }

    /// The loss at `weights`.
    pub fn value(&self, weights: &Square) -> f64 {
        match self {
            Self::LeastSquares { covariance, .. } => {
                let mut difference = weights.clone();
                subtract_identity(weights, &mut difference);
                let mut product = weights.clone();
                product.set_product(covariance, &difference);
                0.5 * difference.values.iter().zip(&product.values).map(|(a, b)| a * b).sum::<f64>()
            }
            Self::Logistic { samples, .. } => {
                let logits = logits(samples, weights);
                let mut sum = 0.0;
                for j in 0..logits.ncols() {
                    for (r, x) in logits.col(j).iter().zip(samples.col(j).iter()) {
                        sum += r.max(0.0) + (-r.abs()).exp().ln_1p() - x * r;
                    }
                }
                sum / samples.nrows() as f64
            }
        }
    }
}

/// W − I.
fn subtract_identity(weights: &Square, to: &mut Square) {
    to.values.copy_from_slice(&weights.values);
    for i in 0..weights.size {
        to.values[i * weights.stride + i] -= 1.0;
    }
}

fn logits(samples: &Mat<f64>, weights: &Square) -> Mat<f64> {
    samples * Mat::from_fn(weights.size, weights.size, |i, j| weights.get(i, j))
}
