//! Residual covariance and the whitening that undoes it.

use super::OneClassError;
use faer::{Mat, Side};
use serde::{Deserialize, Serialize};

/// Smallest variance of a residual, in units of the channel's training variance.
const FLOOR: f64 = 1e-9;

/// A symmetric matrix `[dim, dim]`, row-major.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Covariance {
    pub(super) dim: usize,
    pub(super) values: Vec<f64>,
}

impl Covariance {
    /// Mean of `e eᵀ` (residuals have no mean to speak of), shrunk towards its diagonal:
    /// `(1 − s) Σ + s diag(Σ)`.
    pub(super) fn of<'a>(dim: usize, residuals: impl Iterator<Item = &'a [f64]>, shrinkage: f64) -> Self {
        let mut values = vec![0.0; dim * dim];
        let mut count = 0.0_f64;
        for e in residuals {
            count += 1.0;
            for i in 0..dim {
                for j in 0..dim {
                    values[i * dim + j] += e[i] * e[j];
                }
            }
        }
        for (at, value) in values.iter_mut().enumerate() {
            let off_diagonal = at / dim != at % dim;
            *value *= if off_diagonal { 1.0 - shrinkage } else { 1.0 } / count.max(1.0);
        }
        Self { dim, values }
    }

    pub(super) fn variance(&self, i: usize) -> f64 {
        self.values[i * self.dim + i]
    }

    /// `Σ_ij √(f_i f_j)`.
    pub(super) fn inflated(&self, factors: &[f64]) -> Self {
        let values = self.values.iter().enumerate().map(|(at, v)| {
            let (i, j) = (at / self.dim, at % self.dim);
            v * (factors[i] * factors[j]).sqrt()
        });
        Self { dim: self.dim, values: values.collect() }
    }

    /// The sum of two matrices.
    pub(super) fn plus(&self, other: &[f64]) -> Self {
        let values = self.values.iter().zip(other).map(|(a, b)| a + b).collect();
        Self { dim: self.dim, values }
    }

    /// The matrix `W` with `|W e|² = eᵀ Σ⁻¹ e`, row-major: the inverse of the Cholesky factor. Where
    /// the matrix is not positive definite, its diagonal alone is used.
    pub(super) fn whitener(&self) -> Result<Vec<f64>, OneClassError> {
        let entry = |i: usize, j: usize| self.values[i * self.dim + j] + if i == j { FLOOR } else { 0.0 };
        let full = Mat::from_fn(self.dim, self.dim, entry);
        let factor = full.llt(Side::Lower).or_else(|_| {
            let diagonal =
                Mat::from_fn(self.dim, self.dim, |i, j| if i == j { entry(i, i).max(FLOOR) } else { 0.0 });
            diagonal.llt(Side::Lower)
        });
        let factor = factor.map_err(|_| OneClassError::Singular("residual covariance"))?;
        let lower = factor.L();
        let mut inverse = vec![0.0; self.dim * self.dim];
        for column in 0..self.dim {
            for i in column..self.dim {
                let below: f64 = (column..i).map(|k| lower[(i, k)] * inverse[k * self.dim + column]).sum();
                let unit = if i == column { 1.0 } else { 0.0 };
                inverse[i * self.dim + column] = (unit - below) / lower[(i, i)];
            }
        }
        Ok(inverse)
    }
}

/// `|W e|²` of a row-major lower-triangular `W`.
pub(super) fn energy(whitener: &[f64], e: &[f64]) -> f64 {
    let rows = whitener.chunks_exact(e.len()).enumerate();
    rows.map(|(i, row)| row[..=i].iter().zip(e).map(|(w, x)| w * x).sum::<f64>().powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energy_is_the_mahalanobis_distance() {
        let sigma = Covariance { dim: 2, values: vec![4.0, 1.0, 1.0, 2.0] };
        let whitener = sigma.whitener().unwrap();
        // Σ⁻¹ = [[2, −1], [−1, 4]] / 7.
        assert!((energy(&whitener, &[1.0, 1.0]) - 4.0 / 7.0).abs() < 1e-8);
        assert!((energy(&whitener, &[3.0, -1.0]) - 28.0 / 7.0).abs() < 1e-8);
    }

    #[test]
    fn a_matrix_that_is_not_definite_falls_back_on_its_diagonal() {
        let sigma = Covariance { dim: 2, values: vec![1.0, 5.0, 5.0, 1.0] };
        assert!((energy(&sigma.whitener().unwrap(), &[1.0, 1.0]) - 2.0).abs() < 1e-6);
    }

    #[test]
    fn shrinkage_touches_only_what_is_off_the_diagonal() {
        let rows = [[1.0, 2.0], [3.0, 0.0]];
        let sigma = Covariance::of(2, rows.iter().map(|r| r.as_slice()), 0.5);
        assert_eq!(sigma.values, vec![5.0, 0.5, 0.5, 2.0]);
    }
}
