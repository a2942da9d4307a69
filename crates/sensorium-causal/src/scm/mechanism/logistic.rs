//! Multinomial logistic regression.

use crate::CausalError;
use crate::regress::{Linear, moments};
use faer::linalg::solvers::Solve;
use faer::{Mat, Side};

/// Weight of the squared coefficients of standardised features.
const PENALTY: f64 = 0.5;

/// Scores of each class, by ascent along Böhning's bound of the curvature (1992): every step rises, and
/// one factorisation serves them all.
pub(super) fn fit(features: &[&[f64]], classes: &[f64], count: usize) -> Result<Vec<Linear>, CausalError> {
    let (n, p) = (classes.len(), features.len());
    let scaled: Vec<(f64, f64)> = features
        .iter()
        .map(|f| moments(f))
        .map(|(mean, deviation)| (mean, if deviation > 0.0 { 1.0 / deviation } else { 0.0 }))
        .collect();
    let design =
        Mat::from_fn(
            n,
            p + 1,
            |i, j| {
                if j == p { 1.0 } else { (features[j][i] - scaled[j].0) * scaled[j].1 }
            },
        );
    let mut bound: Mat<f64> = design.transpose() * &design * faer::Scale(0.5);
    (0..=p).for_each(|j| bound[(j, j)] += if j == p { 1e-6 } else { PENALTY });
    let factor = bound
        .llt(Side::Lower)
        .map_err(|e| CausalError::Data(format!("a logistic regression has no solution: {e:?}")))?;
    let mut weights = Mat::<f64>::zeros(p + 1, count);
    for _ in 0..300 {
        let mut open = &design * &weights;
        for i in 0..n {
            let most = (0..count).map(|k| open[(i, k)]).fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = (0..count).map(|k| (open[(i, k)] - most).exp()).sum();
            for k in 0..count {
                let hit = if classes[i] as usize == k { 1.0 } else { 0.0 };
                open[(i, k)] = hit - (open[(i, k)] - most).exp() / total;
            }
        }
        let mut slope = design.transpose() * &open;
        for j in 0..p {
            (0..count).for_each(|k| slope[(j, k)] -= PENALTY * weights[(j, k)]);
        }
        let step = factor.solve(&slope);
        weights += &step;
        let moved = (0..=p).flat_map(|j| (0..count).map(move |k| (j, k))).map(|at| step[at].abs());
        if moved.fold(0.0, f64::max) < 1e-6 {
            break;
        }
    }
    let linear = |k: usize| {
        let coefficients: Vec<f64> = (0..p).map(|j| weights[(j, k)] * scaled[j].1).collect();
        let shift: f64 = coefficients.iter().zip(&scaled).map(|(w, (mean, _))| w * mean).sum();
        Linear { intercept: weights[(p, k)] - shift, coefficients }
    };
    Ok((0..count).map(linear).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_features_the_shares_come_out() {
        let scores = fit(&[], &[0.0, 1.0, 1.0, 1.0], 2).unwrap();
        assert!((scores[1].intercept - scores[0].intercept - 3f64.ln()).abs() < 1e-3);
    }

    #[test]
    fn the_odds_of_two_groups_come_out() {
        let x: Vec<f64> = (0..4000).map(|i| f64::from(i % 2)).collect();
        // Half of the zeros and four fifths of the ones are hits.
        let y: Vec<f64> = (0..4000)
            .map(|i| if i % 2 == 0 { f64::from((i / 2) % 2) } else { f64::from(u8::from((i / 2) % 5 > 0)) })
            .collect();
        let scores = fit(&[&x], &y, 2).unwrap();
        let odds = scores[1].coefficients[0] - scores[0].coefficients[0];
        assert!((odds - 4f64.ln()).abs() < 0.02, "{odds}");
    }
}
