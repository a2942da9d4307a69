//! Regression with cubic B-splines and a penalty on their curvature (P-splines; Eilers and Marx 1996).

use super::normalisation::ascending;
use crate::CausalError;
use faer::linalg::solvers::Solve;
use faer::{Col, Mat, Side};

/// Most intervals between knots.
const INTERVALS: usize = 12;
/// Penalties that are tried, relative to the number of samples: 10^-7 to 10^2.
const PENALTIES: std::ops::RangeInclusive<i32> = -7..=2;

/// The values of all basis functions at every sample, and what regressions on them need.
pub(super) struct SplineBasis {
    rows: usize,
    width: usize,
    /// For each sample the first of its functions that are not 0, and the values of four of them.
    local: Vec<(usize, [f64; 4])>,
}

/// A regression and what it left.
pub(super) struct SplineFit {
    pub fitted: Vec<f64>,
    /// Trace of the matrix that takes observations to fitted values.
    pub degrees_of_freedom: f64,
}

impl SplineBasis {
    /// A basis for these places, knots at quantiles of the different values.
    pub fn new(places: &[f64]) -> Self {
        let order = ascending(places);
        let mut values: Vec<f64> = order.iter().map(|&i| places[i]).collect();
        values.dedup();
        let intervals = (values.len() / 4).clamp(1, INTERVALS);
        let last = values.len() - 1;
        let inner: Vec<f64> = (0..=intervals).map(|k| values[k * last / intervals]).collect();
        let mut knots = vec![inner[0]; 3];
        knots.extend(&inner);
        knots.extend([inner[intervals]; 3]);
        let local = places.iter().map(|&x| cubic(&knots, &inner, x)).collect();
        Self { rows: places.len(), width: intervals + 3, local }
    }

    /// Weighted least squares, its penalty chosen by generalised cross-validation (Craven and Wahba 1979).
    pub fn fit(&self, observed: &[f64], weights: Option<&[f64]>) -> Result<SplineFit, CausalError> {
        let (gram, cross, square) = self.moments(observed, weights);
        let penalty = self.curvature();
        let n = self.rows as f64;
        let mut best: Option<(f64, Col<f64>, f64)> = None;
        for power in PENALTIES {
            let factor = 10.0_f64.powi(power) * gram.diagonal().column_vector().iter().sum::<f64>();
            let ridge = factor * 1e-8;
            let system = Mat::from_fn(self.width, self.width, |i, j| {
                gram[(i, j)] + factor * penalty[(i, j)] + if i == j { ridge + 1e-12 } else { 0.0 }
            });
            let Ok(factored) = system.llt(Side::Lower) else { continue };
            let coefficients = factored.solve(&cross);
            let freedom = trace_of(&factored.solve(&gram));
            let fitted = &gram * &coefficients;
            let error = square - 2.0 * dot(&coefficients, &cross) + dot(&coefficients, &fitted);
            let score = n * error.max(0.0) / (n - freedom).max(1.0).powi(2);
            if best.as_ref().is_none_or(|b| score < b.0) {
                best = Some((score, coefficients, freedom));
            }
        }
        let Some((_, coefficients, degrees_of_freedom)) = best else {
            return Err(CausalError::Data(
                "a spline is not determined by these values; look for columns of nearly one value".into(),
            ));
        };
        let at = |&(first, values): &(usize, [f64; 4])| {
            (0..4).map(|k| values[k] * coefficients[first + k]).sum::<f64>()
        };
        Ok(SplineFit { fitted: self.local.iter().map(at).collect(), degrees_of_freedom })
    }

    fn moments(&self, observed: &[f64], weights: Option<&[f64]>) -> (Mat<f64>, Col<f64>, f64) {
        let mut gram = Mat::zeros(self.width, self.width);
        let mut cross = Col::zeros(self.width);
        let mut square = 0.0;
        for (row, &(first, values)) in self.local.iter().enumerate() {
            let weight = weights.map_or(1.0, |w| w[row]);
            for a in 0..4 {
                let scaled = weight * values[a];
                cross[first + a] += scaled * observed[row];
                for b in 0..4 {
                    gram[(first + a, first + b)] += scaled * values[b];
                }
            }
            square += weight * observed[row] * observed[row];
        }
        (gram, cross, square)
    }

    /// DᵀD, D the second differences of coefficients.
    fn curvature(&self) -> Mat<f64> {
        let mut penalty = Mat::zeros(self.width, self.width);
        for start in 0..self.width - 2 {
            for (a, p) in [1.0, -2.0, 1.0].iter().enumerate() {
                for (b, q) in [1.0, -2.0, 1.0].iter().enumerate() {
                    penalty[(start + a, start + b)] += p * q;
                }
            }
        }
        penalty
    }
}

/// The four cubic B-splines that are not 0 at `x`, by de Boor's recursion.
fn cubic(knots: &[f64], inner: &[f64], x: f64) -> (usize, [f64; 4]) {
    let interval = inner.partition_point(|k| *k <= x).clamp(1, inner.len() - 1) - 1;
    let at = interval + 3;
    let mut values = [1.0, 0.0, 0.0, 0.0];
    for degree in 1..4 {
        let mut carried = 0.0;
        for k in 0..degree {
            let (left, right) = (knots[at + 1 + k - degree], knots[at + 1 + k]);
            let share = values[k] / (right - left);
            values[k] = carried + (right - x) * share;
            carried = (x - left) * share;
        }
        values[degree] = carried;
    }
    (interval, values)
}

fn trace_of(matrix: &Mat<f64>) -> f64 {
    matrix.diagonal().column_vector().iter().sum()
}

fn dot(a: &Col<f64>, b: &Col<f64>) -> f64 {
    a.iter().zip(b.iter()).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smooth_curve_is_followed() {
        let x: Vec<f64> = (0..400).map(|i| f64::from(i) / 399.0).collect();
        let y: Vec<f64> = x.iter().map(|x| (6.0 * x).sin()).collect();
        let fit = SplineBasis::new(&x).fit(&y, None).unwrap();
        let worst = fit.fitted.iter().zip(&y).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 2e-3, "{worst}");
    }

    #[test]
    fn two_different_places_are_enough_for_two_means() {
        let x: Vec<f64> = (0..40).map(|i| f64::from(i % 2)).collect();
        let y: Vec<f64> = (0..40).map(|i| if i % 2 == 0 { 1.0 } else { 4.0 }).collect();
        let fit = SplineBasis::new(&x).fit(&y, None).unwrap();
        assert!((fit.fitted[0] - 1.0).abs() < 1e-3 && (fit.fitted[1] - 4.0).abs() < 1e-3);
    }
}
