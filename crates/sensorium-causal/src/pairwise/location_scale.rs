//! Location-scale noise: effect = f(cause) + g(cause) · noise, noise independent of the cause.

use super::additive_noise::dependence;
use super::normalisation::standardised;
use super::spline::SplineBasis;
use crate::CausalError;

/// Alternations of mean and spread.
const ROUNDS: usize = 6;
/// Smallest variance, of standardised effects.
const FLOOR: f64 = 1e-4;

struct LocationScale {
    residuals: Vec<f64>,
    variances: Vec<f64>,
}

/// Mean negative log-likelihood of the effect given the cause; the marginals are Gaussian in both directions and
/// cancel (Immer and others 2023, equation 8).
pub(super) fn likelihood_cost(cause: &[f64], effect: &[f64]) -> Result<f64, CausalError> {
    let fit = fit(&standardised(cause), &standardised(effect))?;
    let terms = fit.residuals.iter().zip(&fit.variances).map(|(r, v)| 0.5 * (v.ln() + r * r / v));
    Ok(terms.sum::<f64>() / cause.len() as f64)
}

/// HSIC between the cause and residuals divided by their spread.
pub(super) fn independence_cost(cause: &[f64], effect: &[f64]) -> Result<f64, CausalError> {
    let cause = standardised(cause);
    let fit = fit(&cause, &standardised(effect))?;
    let noise: Vec<f64> = fit.residuals.iter().zip(&fit.variances).map(|(r, v)| r / v.sqrt()).collect();
    Ok(dependence(&cause, &noise))
}

/// Mean by weighted least squares, log-variance by Fisher scoring of the Gaussian likelihood, in turns.
fn fit(cause: &[f64], effect: &[f64]) -> Result<LocationScale, CausalError> {
    let basis = SplineBasis::new(cause);
    let mut fitted = basis.fit(effect, None)?.fitted;
    let residuals = |fitted: &[f64]| effect.iter().zip(fitted).map(|(y, f)| y - f).collect::<Vec<f64>>();
    let first = residuals(&fitted);
    let variance = (first.iter().map(|r| r * r).sum::<f64>() / first.len() as f64).max(FLOOR);
    let mut log_variances = vec![variance.ln(); effect.len()];
    for _ in 0..ROUNDS {
        let working: Vec<f64> = residuals(&fitted)
            .iter()
            .zip(&log_variances)
            .map(|(r, s)| s + (r * r / s.exp() - 1.0).min(4.0))
            .collect();
        log_variances = basis.fit(&working, None)?.fitted;
        for s in &mut log_variances {
            *s = s.clamp(FLOOR.ln(), 3.0);
        }
        let weights: Vec<f64> = log_variances.iter().map(|s| (-s).exp()).collect();
        fitted = basis.fit(effect, Some(&weights))?.fitted;
    }
    Ok(LocationScale {
        residuals: residuals(&fitted),
        variances: log_variances.into_iter().map(f64::exp).collect(),
    })
}
