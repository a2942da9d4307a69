//! Regression error: predicting the effect from the cause errs less than the other way round.

use super::normalisation::to_unit_interval;
use super::spline::SplineBasis;
use crate::CausalError;

/// Logarithm of the mean squared error of a spline, both variables from 0 to 1.
pub(super) fn cost(cause: &[f64], effect: &[f64]) -> Result<f64, CausalError> {
    let (cause, effect) = (to_unit_interval(cause), to_unit_interval(effect));
    let fit = SplineBasis::new(&cause).fit(&effect, None)?;
    let error: f64 = effect.iter().zip(&fit.fitted).map(|(y, f)| (y - f).powi(2)).sum();
    Ok((error / (cause.len() as f64 - fit.degrees_of_freedom).max(1.0)).max(1e-12).ln())
}
