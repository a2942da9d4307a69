//! Errors of predicted numbers.

/// Coefficient of determination, `1 − Σ(y−ŷ)² / Σ(y−ȳ)²`.
///
/// As scikit-learn's `r2_score`: a constant target that is met exactly scores 1, one that is not
/// scores 0. NaN below two samples.
pub fn r2<A: Copy + Into<f64>, B: Copy + Into<f64>>(truth: &[A], predicted: &[B]) -> f64 {
    if truth.len() < 2 {
        return f64::NAN;
    }
    let Some(residual) = sum_of(truth, predicted, |e| e * e) else { return f64::NAN };
    let mean = truth.iter().map(|&y| y.into()).sum::<f64>() / truth.len() as f64;
    let spread: f64 = truth.iter().map(|&y| (y.into() - mean).powi(2)).sum();
    match (spread == 0.0, residual == 0.0) {
        (true, true) => 1.0,
        (true, false) if !residual.is_nan() => 0.0,
        _ => 1.0 - residual / spread,
    }
}

/// Mean absolute error, in the target's unit.
pub fn mae<A: Copy + Into<f64>, B: Copy + Into<f64>>(truth: &[A], predicted: &[B]) -> f64 {
    sum_of(truth, predicted, f64::abs).map_or(f64::NAN, |sum| sum / truth.len() as f64)
}

/// Root of the mean squared error, in the target's unit.
pub fn rmse<A: Copy + Into<f64>, B: Copy + Into<f64>>(truth: &[A], predicted: &[B]) -> f64 {
    sum_of(truth, predicted, |e| e * e).map_or(f64::NAN, |sum| (sum / truth.len() as f64).sqrt())
}

fn sum_of<A: Copy + Into<f64>, B: Copy + Into<f64>>(
    truth: &[A],
    predicted: &[B],
    cost: impl Fn(f64) -> f64,
) -> Option<f64> {
    let fits = truth.len() == predicted.len();
    fits.then(|| truth.iter().zip(predicted).map(|(&y, &p)| cost(p.into() - y.into())).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_target_scores_one_or_zero() {
        assert_eq!(r2(&[2.0, 2.0], &[2.0, 2.0]), 1.0);
        assert_eq!(r2(&[2.0, 2.0], &[2.0, 3.0]), 0.0);
        assert!(r2(&[2.0, 2.0], &[2.0, f64::NAN]).is_nan());
    }

    #[test]
    fn nothing_to_judge_is_nan() {
        assert!(mae::<f32, f32>(&[], &[]).is_nan());
        assert!(rmse(&[1.0], &[1.0, 2.0]).is_nan());
        assert!(r2(&[1.0], &[1.0]).is_nan());
    }

    #[test]
    fn precision_may_differ_between_the_sides() {
        assert_eq!(mae(&[1.0_f32, 2.0], &[2.0_f64, 0.0]), 1.5);
    }
}
