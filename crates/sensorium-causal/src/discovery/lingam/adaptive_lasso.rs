//! Choosing the parents of a variable among those before it: adaptive lasso (Zou 2006), its penalty by BIC.

use crate::CausalError;
use faer::linalg::solvers::Solve;
use faer::{Col, Mat, Side};

/// Below this correlation with the residual the path has come to its end.
const END: f64 = f32::EPSILON as f64;

/// Coefficients of `target` on each of `predictors`, by least squares on those that the adaptive lasso keeps, 0 for
/// the others. `covariance` is of all variables, from `rows` samples.
pub(super) fn adaptive_lasso(
    covariance: &Mat<f64>,
    rows: usize,
    predictors: &[usize],
    target: usize,
    gamma: f64,
) -> Result<Vec<f64>, CausalError> {
    let p = predictors.len();
    let scale = |j: usize| covariance[(j, j)].sqrt();
    let correlation = |a: usize, b: usize| covariance[(a, b)] / (scale(a) * scale(b));
    let gram = Mat::from_fn(p, p, |i, j| correlation(predictors[i], predictors[j]));
    let cross: Vec<f64> = predictors.iter().map(|&j| correlation(j, target)).collect();
    let full = solve(&gram, &cross)?;
    let explained: f64 = full.iter().zip(&cross).map(|(b, c)| b * c).sum();
    let n = rows as f64;
    let noise = (1.0 - explained) * n / (n - p as f64 - 1.0);
    let weights: Vec<f64> = full.iter().map(|b| b.abs().powf(gamma)).collect();
    let weighted_gram = Mat::from_fn(p, p, |i, j| weights[i] * gram[(i, j)] * weights[j]);
    let weighted_cross: Vec<f64> = cross.iter().zip(&weights).map(|(c, w)| c * w).collect();
    let mut best = (f64::INFINITY, vec![0.0; p]);
    for coefficients in lasso_path(&weighted_gram, &weighted_cross)? {
        let kept = coefficients.iter().filter(|c| c.abs() > f64::EPSILON).count() as f64;
        let remaining = residual_variance(&weighted_gram, &weighted_cross, &coefficients);
        let bic = n * remaining / noise + n.ln() * kept;
        if bic < best.0 {
            best = (bic, coefficients);
        }
    }
    let kept: Vec<usize> = (0..p).filter(|&j| (best.1[j] * weights[j]).abs() > 0.0).collect();
    let chosen: Vec<usize> = kept.iter().map(|&j| predictors[j]).collect();
    let mut coefficients = vec![0.0; p];
    for (j, value) in kept.into_iter().zip(least_squares(covariance, &chosen, target)?) {
        coefficients[j] = value;
    }
    Ok(coefficients)
}

/// Coefficients of `target` on `predictors` by least squares.
pub(super) fn least_squares(
    covariance: &Mat<f64>,
    predictors: &[usize],
    target: usize,
) -> Result<Vec<f64>, CausalError> {
    let p = predictors.len();
    let gram = Mat::from_fn(p, p, |i, j| covariance[(predictors[i], predictors[j])]);
    let cross: Vec<f64> = predictors.iter().map(|&j| covariance[(j, target)]).collect();
    solve(&gram, &cross)
}

fn residual_variance(gram: &Mat<f64>, cross: &[f64], coefficients: &[f64]) -> f64 {
    let mut variance = 1.0;
    for (i, b) in coefficients.iter().enumerate() {
        let fitted: f64 = coefficients.iter().enumerate().map(|(j, c)| gram[(i, j)] * c).sum();
        variance += b * (fitted - 2.0 * cross[i]);
    }
    variance
}

fn solve(gram: &Mat<f64>, right: &[f64]) -> Result<Vec<f64>, CausalError> {
    if right.is_empty() {
        return Ok(Vec::new());
    }
    let factor = gram.llt(Side::Lower).map_err(|_| {
        CausalError::Data("columns are linear functions of one another; leave one of them out".into())
    })?;
    let solution = factor.solve(Col::from_fn(right.len(), |i| right[i]));
    Ok(solution.iter().copied().collect())
}

/// The corners of the lasso's path from the empty model to least squares, by least-angle regression with the
/// lasso's modification (Efron and others 2004, section 3.1). `gram` and `cross` are divided by the number of samples.
fn lasso_path(gram: &Mat<f64>, cross: &[f64]) -> Result<Vec<Vec<f64>>, CausalError> {
    let p = cross.len();
    let mut coefficients = vec![0.0; p];
    let mut path = vec![coefficients.clone()];
    let mut active: Vec<usize> = Vec::new();
    let mut dropped: Option<usize> = None;
    // Each corner adds or drops one variable; more than this means that rounding moves in circles.
    for _ in 0..8 * p + 8 {
        let correlations: Vec<f64> =
            (0..p).map(|i| cross[i] - (0..p).map(|j| gram[(i, j)] * coefficients[j]).sum::<f64>()).collect();
        let inactive: Vec<usize> = (0..p).filter(|i| !active.contains(i)).collect();
        if dropped.is_none() {
            let strongest = inactive
                .iter()
                .copied()
                .reduce(|best, i| if correlations[i].abs() > correlations[best].abs() { i } else { best });
            match strongest {
                Some(i) if correlations[i].abs() > END => active.push(i),
                _ => break,
            }
        }
        let Some(level) = active.iter().map(|&i| correlations[i].abs()).reduce(f64::max) else { break };
        let signs: Vec<f64> = active.iter().map(|&i| correlations[i].signum()).collect();
        let active_gram = Mat::from_fn(active.len(), active.len(), |i, j| gram[(active[i], active[j])]);
        let direction = solve(&active_gram, &signs)?;
        let mut step = level;
        for &i in inactive.iter().filter(|i| !active.contains(i)) {
            let slope: f64 = active.iter().zip(&direction).map(|(&j, w)| gram[(i, j)] * w).sum();
            for sign in [1.0, -1.0] {
                let just_dropped = dropped == Some(i) && sign * correlations[i] > 0.0;
                let meets = (level - sign * correlations[i]) / (1.0 - sign * slope);
                if meets > 0.0 && meets < step && !just_dropped {
                    step = meets;
                }
            }
        }
        dropped = None;
        for (&i, w) in active.iter().zip(&direction) {
            let crosses = -coefficients[i] / w;
            if crosses > 0.0 && crosses < step {
                step = crosses;
                dropped = Some(i);
            }
        }
        for (&i, w) in active.iter().zip(&direction) {
            coefficients[i] += step * w;
        }
        if let Some(i) = dropped {
            coefficients[i] = 0.0;
            active.retain(|&a| a != i);
        }
        path.push(coefficients.clone());
        if active.len() == p && dropped.is_none() {
            break;
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_ends_in_least_squares_and_keeps_the_lasso_conditions() {
        let gram = Mat::from_fn(3, 3, |i, j| [[1.0, 0.8, -0.3], [0.8, 1.0, 0.1], [-0.3, 0.1, 1.0]][i][j]);
        let cross = [0.3, 0.6, 0.4];
        let path = lasso_path(&gram, &cross).unwrap();
        let last = &path[path.len() - 1];
        for (a, b) in last.iter().zip(solve(&gram, &cross).unwrap()) {
            assert!((a - b).abs() < 1e-10);
        }
        for corner in &path {
            let gradient: Vec<f64> =
                (0..3).map(|i| cross[i] - (0..3).map(|j| gram[(i, j)] * corner[j]).sum::<f64>()).collect();
            let level = gradient.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
            for (b, g) in corner.iter().zip(&gradient) {
                assert!(*b == 0.0 || (g - level * b.signum()).abs() < 1e-10);
            }
        }
    }
}
