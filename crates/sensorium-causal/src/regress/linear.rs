//! Least squares and ridge regression.

use super::{Fitted, Regressor, check, moments};
use crate::CausalError;
use faer::{Mat, Side};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// `intercept + Σ coefficients[feature] · column[feature]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Linear {
    /// The target where every feature is zero.
    pub intercept: f64,
    /// Change of the target by one unit of each feature.
    pub coefficients: Vec<f64>,
}

impl Linear {
    /// The expected target for each row of `columns[feature][row]`.
    pub fn predict(&self, columns: &[&[f64]]) -> Vec<f64> {
        let rows = columns.first().map_or(1, |c| c.len());
        let mut out = vec![self.intercept; rows];
        for (column, &weight) in columns.iter().zip(&self.coefficients) {
            if weight != 0.0 {
                out.iter_mut().zip(*column).for_each(|(sum, value)| *sum += weight * value);
            }
        }
        out
    }
}

/// Ridge regression on standardised columns (Hoerl & Kennard 1970); with a penalty of zero, least squares.
///
/// The intercept carries no penalty. Of the solutions that collinear columns leave open it takes the
/// one with the least norm; a constant column gets the weight zero.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Ridge {
    /// Added to the diagonal of the correlation matrix of the features; zero is least squares.
    pub penalty: f64,
}

impl Ridge {
    /// As [`Regressor::fit`], with the coefficients at hand.
    ///
    /// # Errors
    /// As [`Regressor::fit`], and a negative penalty.
    pub fn fit_linear(&self, columns: &[&[f64]], target: &[f64]) -> Result<Linear, CausalError> {
        check(columns, target, 1)?;
        if !(self.penalty >= 0.0 && self.penalty.is_finite()) {
            return Err(CausalError::Argument(format!(
                "a ridge penalty of {}; use zero or more",
                self.penalty
            )));
        }
        let standard = Standardised::new(columns, target);
        let p = columns.len();
        let gram = standard.gram();
        let correlations = standard.correlations();
        let weights = solve_spectral(&gram, &correlations, self.penalty)?;
        let scaled: Vec<f64> = (0..p).map(|j| standard.unscale(j, weights[j])).collect();
        Ok(standard.linear(scaled))
    }
}

impl Regressor for Ridge {
    fn fit(&self, columns: &[&[f64]], target: &[f64]) -> Result<Fitted, CausalError> {
        self.fit_linear(columns, target).map(Fitted::Linear)
    }
}

/// Columns and target about their means, columns divided by their standard deviations.
pub(super) struct Standardised {
    pub(super) columns: Vec<Vec<f64>>,
    pub(super) target: Vec<f64>,
    mean: Vec<f64>,
    deviation: Vec<f64>,
    target_mean: f64,
}

impl Standardised {
    pub(super) fn new(columns: &[&[f64]], target: &[f64]) -> Self {
        let parts: Vec<(Vec<f64>, f64, f64)> = columns
            .par_iter()
            .map(|column| {
                let (mean, deviation) = moments(column);
                // A deviation that is rounding error is a constant column.
                let deviation = if deviation <= 1e-12 * mean.abs() { 0.0 } else { deviation };
                let scale = if deviation > 0.0 { 1.0 / deviation } else { 0.0 };
                (column.iter().map(|v| (v - mean) * scale).collect(), mean, deviation)
            })
            .collect();
        let (target_mean, _) = moments(target);
        let mut standard = Self {
            columns: Vec::with_capacity(parts.len()),
            target: target.iter().map(|v| v - target_mean).collect(),
            mean: Vec::with_capacity(parts.len()),
            deviation: Vec::with_capacity(parts.len()),
            target_mean,
        };
        for (values, mean, deviation) in parts {
            standard.columns.push(values);
            standard.mean.push(mean);
            standard.deviation.push(deviation);
        }
        standard
    }

    /// Correlations among the columns.
    pub(super) fn gram(&self) -> Mat<f64> {
        let n = self.target.len();
        let x = Mat::from_fn(n, self.columns.len(), |i, j| self.columns[j][i]);
        x.transpose() * &x * faer::Scale(1.0 / n.max(1) as f64)
    }

    /// Covariances of the columns with the target.
    pub(super) fn correlations(&self) -> Vec<f64> {
        let n = self.target.len().max(1) as f64;
        self.columns.iter().map(|c| dot(c, &self.target) / n).collect()
    }

    /// A weight of a standardised column as a weight of the column itself.
    pub(super) fn unscale(&self, feature: usize, weight: f64) -> f64 {
        if self.deviation[feature] > 0.0 { weight / self.deviation[feature] } else { 0.0 }
    }

    pub(super) fn linear(&self, coefficients: Vec<f64>) -> Linear {
        let shift: f64 = coefficients.iter().zip(&self.mean).map(|(w, m)| w * m).sum();
        Linear { intercept: self.target_mean - shift, coefficients }
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// `(gram + penalty·I)⁺ · right` by eigenvalues, leaving out those that are rounding error.
fn solve_spectral(gram: &Mat<f64>, right: &[f64], penalty: f64) -> Result<Vec<f64>, CausalError> {
    let p = right.len();
    if p == 0 {
        return Ok(Vec::new());
    }
    let eigen = gram.self_adjoint_eigen(Side::Lower).map_err(|e| {
        CausalError::Data(format!("the correlations of the features have no eigenvalues: {e:?}"))
    })?;
    let (vectors, values) = (eigen.U(), eigen.S().column_vector());
    let largest = (0..p).map(|k| values[k]).fold(0.0_f64, f64::max);
    let mut weights = vec![0.0; p];
    for k in 0..p {
        if values[k] <= largest * 1e-10 {
            continue;
        }
        let along: f64 = (0..p).map(|j| vectors[(j, k)] * right[j]).sum();
        let scale = along / (values[k] + penalty);
        weights.iter_mut().enumerate().for_each(|(j, w)| *w += scale * vectors[(j, k)]);
    }
    Ok(weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_columns_share_the_weight() {
        let x = [0.0, 1.0, 2.0, 4.0];
        let y: Vec<f64> = x.iter().map(|v| 3.0 * v + 1.0).collect();
        let linear = Ridge::default().fit_linear(&[&x, &x, &[7.0; 4]], &y).unwrap();
        assert!((linear.coefficients[0] - 1.5).abs() < 1e-9);
        assert!((linear.coefficients[1] - 1.5).abs() < 1e-9);
        assert_eq!(linear.coefficients[2], 0.0);
        assert!((linear.intercept - 1.0).abs() < 1e-9);
    }

    #[test]
    fn one_column_shrinks_by_one_over_one_plus_penalty() {
        let x = [-1.0, 1.0, -1.0, 1.0];
        let y = [-2.0, 2.0, -2.0, 2.0];
        let linear = Ridge { penalty: 1.0 }.fit_linear(&[&x], &y).unwrap();
        assert!((linear.coefficients[0] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_value_that_is_not_finite_is_refused_with_its_place() {
        let error = Ridge::default().fit_linear(&[&[1.0, f64::NAN]], &[1.0, 2.0]).unwrap_err();
        assert!(error.to_string().starts_with("feature 0 is NaN in row 1"));
    }

    #[test]
    fn without_features_the_mean_is_predicted() {
        let linear = Ridge::default().fit_linear(&[], &[1.0, 3.0]).unwrap();
        assert_eq!(linear.predict(&[]), [2.0]);
    }
}
