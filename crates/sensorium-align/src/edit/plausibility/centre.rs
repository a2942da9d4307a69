//! Where the gaps of one model are to be balanced, so that those of another model are.

/// The gaps about which edits are balanced.
///
/// Edits chosen because one model finds them more plausible than the truth owe this in part to
/// its chance errors, and another model will lean to the truth again (regression to the mean). If
/// the second gap is on average `a + b x` where the first is `x`, then the second is balanced
/// where the first is balanced about `-a / b`. The centre lies half way there: then neither model
/// is far from chance, the second a little above and the first a little below.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Centre {
    /// The centre of the gaps of the regression, in log-odds.
    pub gap: f64,
    /// The centre of the gaps of the language model, in nats.
    pub nats: f64,
}

/// How much of the way is gone.
const SHARE: f64 = 0.5;

impl Centre {
    /// From the gaps of two models, fitted on different captions, over the same pairs; zero where
    /// the models do not agree at all.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn between(first: &[f64], second: &[f64]) -> f64 {
        let count = first.len().max(1) as f64;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / count;
        let (x, y) = (mean(first), mean(second));
        let spread: f64 = first.iter().map(|value| (value - x).powi(2)).sum();
        let joint: f64 = first.iter().zip(second).map(|(one, other)| (one - x) * (other - y)).sum();
        if spread <= 0.0 || joint <= 0.0 {
            return 0.0;
        }
        let slope = joint / spread;
        -SHARE * (y - slope * x) / slope
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_gaps_are_balanced_about_zero() {
        assert!(Centre::between(&[-1.0, 0.5, 2.0], &[-1.0, 0.5, 2.0]).abs() < 1e-12);
    }

    #[test]
    fn a_second_model_that_leans_to_the_truth_moves_the_centre_below_zero() {
        assert!((Centre::between(&[-1.0, 0.0, 1.0], &[0.0, 1.0, 2.0]) + SHARE).abs() < 1e-12);
    }
}
