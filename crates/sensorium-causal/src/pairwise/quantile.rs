//! Quantile scoring: marginal and conditional quantiles together describe the pair best in the causal direction.

use super::normalisation::standardised;
use super::spline::SplineBasis;
use crate::CausalError;

/// Levels, the nodes of a Gauss-Legendre rule on [0, 1], and their weights.
const LEVELS: [(f64, f64); 5] = [
    (0.046_910_077, 0.118_463_44),
    (0.230_765_345, 0.239_314_34),
    (0.5, 0.284_444_44),
    (0.769_234_655, 0.239_314_34),
    (0.953_089_923, 0.118_463_44),
];
/// Rounds of reweighted least squares.
const ROUNDS: usize = 12;

/// Pinball losses of the cause's quantiles and of the effect's given the cause, over the levels.
pub(super) fn cost(cause: &[f64], effect: &[f64]) -> Result<f64, CausalError> {
    let (cause, effect) = (standardised(cause), standardised(effect));
    let basis = SplineBasis::new(&cause);
    let mut sorted = cause.clone();
    sorted.sort_by(f64::total_cmp);
    let n = cause.len();
    let mut sum = 0.0;
    for (level, weight) in LEVELS {
        let quantile = sorted[((level * n as f64) as usize).min(n - 1)];
        let marginal: f64 = cause.iter().map(|x| pinball(x - quantile, level)).sum();
        let fitted = conditional_quantile(&basis, &effect, level)?;
        let conditional: f64 = effect.iter().zip(&fitted).map(|(y, f)| pinball(y - f, level)).sum();
        sum += weight * (marginal + conditional) / n as f64;
    }
    Ok(sum)
}

fn pinball(residual: f64, level: f64) -> f64 {
    residual * (level - f64::from(u8::from(residual < 0.0)))
}

/// A spline that minimises the pinball loss, by reweighted least squares from the mean on.
fn conditional_quantile(basis: &SplineBasis, effect: &[f64], level: f64) -> Result<Vec<f64>, CausalError> {
    let mut fitted = basis.fit(effect, None)?.fitted;
    for _ in 0..ROUNDS {
        let weights: Vec<f64> = effect
            .iter()
            .zip(&fitted)
            .map(|(y, f)| {
                let side = if y < f { 1.0 - level } else { level };
                side / (y - f).abs().max(0.02)
            })
            .collect();
        fitted = basis.fit(effect, Some(&weights))?.fitted;
    }
    Ok(fitted)
}
