//! First and second moments of lagged rows, from which every regression is solved.

use serde::{Deserialize, Serialize};

/// Count, sums and sums of products of vectors `[dim]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Moments {
    pub(super) dim: usize,
    pub(super) count: f64,
    sum: Vec<f64>,
    /// Row-major `[dim, dim]`, the lower triangle.
    product: Vec<f64>,
}

impl Moments {
    pub(super) fn new(dim: usize) -> Self {
        Self { dim, count: 0.0, sum: vec![0.0; dim], product: vec![0.0; dim * dim] }
    }

    /// Adds a vector, or takes one away with `sign = -1`.
    pub(super) fn add(&mut self, vector: &[f64], sign: f64) {
        self.count += sign;
        for (i, &a) in vector.iter().enumerate() {
            self.sum[i] += sign * a;
            let row = &mut self.product[i * self.dim..i * self.dim + i + 1];
            for (cell, &b) in row.iter_mut().zip(vector) {
                *cell += sign * a * b;
            }
        }
    }

    pub(super) fn mean(&self, i: usize) -> f64 {
        self.sum[i] / self.count
    }

    /// Covariance of two entries, with `1/count`.
    pub(super) fn covariance(&self, i: usize, j: usize) -> f64 {
        let (high, low) = (i.max(j), i.min(j));
        self.product[high * self.dim + low] / self.count - self.mean(i) * self.mean(j)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_away_never_counted() {
        let mut moments = Moments::new(2);
        for v in [[1.0, 2.0], [3.0, 5.0], [100.0, -7.0]] {
            moments.add(&v, 1.0);
        }
        moments.add(&[100.0, -7.0], -1.0);
        assert_eq!((moments.mean(0), moments.mean(1)), (2.0, 3.5));
        assert_eq!((moments.covariance(0, 1), moments.covariance(1, 0)), (1.5, 1.5));
    }
}
