//! The gate: modality scores to weights and one total.

use serde::{Deserialize, Serialize};

/// What the detector says about one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Gated total; NaN when no modality is present.
    pub total: f64,
    /// Calibrated score of each modality, about zero on normal rows; `None` where it is missing.
    pub per_modality: Vec<Option<f64>>,
    /// Weight of each modality: they sum to one over those present, and are 0 for the missing.
    pub weights: Vec<f64>,
    /// Whether the total is above the threshold.
    pub alarm: bool,
}

/// Log-mean-exp over the present scores, `T = (1/β) ln (1/M) Σ exp(β s_m)`, and its gradient
/// `∂T/∂s_m = softmax(β s)_m`, which are the weights: a weight is the share of a small change of the
/// modality's score that reaches the total.
pub(super) fn gate(per_modality: Vec<Option<f64>>, sharpness: f64, threshold: f64) -> Score {
    let present = per_modality.iter().flatten();
    let count = present.clone().count();
    let top = present.copied().fold(f64::NEG_INFINITY, f64::max);
    let mut weights: Vec<f64> =
        per_modality.iter().map(|s| s.map_or(0.0, |s| (sharpness * (s - top)).exp())).collect();
    let sum: f64 = weights.iter().sum();
    if count == 0 {
        return Score { total: f64::NAN, weights, per_modality, alarm: false };
    }
    weights.iter_mut().for_each(|w| *w /= sum);
    let total = top + (sum / count as f64).ln() / sharpness;
    Score { total, alarm: total > threshold, per_modality, weights }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn weights_sum_to_one_over_the_present(
            scores in prop::collection::vec(prop::option::of(-5.0..1e6_f64), 1..9),
            sharpness in 0.01..5.0_f64,
        ) {
            let score = gate(scores.clone(), sharpness, 3.0);
            let present = scores.iter().flatten().count();
            for (weight, s) in score.weights.iter().zip(&scores) {
                prop_assert!((0.0..=1.0).contains(weight));
                prop_assert!(s.is_some() || *weight == 0.0);
            }
            if present > 0 {
                prop_assert!((score.weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                let top = scores.iter().flatten().copied().fold(f64::MIN, f64::max);
                let mean = scores.iter().flatten().sum::<f64>() / present as f64;
                prop_assert!(score.total <= top + 1e-6 && score.total >= mean - 1e-6 * top.abs().max(1.0));
            } else {
                prop_assert!(score.total.is_nan() && !score.alarm);
            }
        }
    }

    #[test]
    fn weights_are_the_gradient_of_the_total() {
        let at = |x: f64| gate(vec![Some(1.0), Some(x), Some(-0.5)], 0.7, 0.0);
        let slope = (at(2.0 + 1e-6).total - at(2.0 - 1e-6).total) / 2e-6;
        assert!((slope - at(2.0).weights[1]).abs() < 1e-8);
    }
}
