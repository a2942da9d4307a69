//! Weights against class imbalance.

/// How a class's weight follows from its count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Balance {
    /// All weights are 1.
    None,
    /// `1 / count`: every class counts the same.
    #[default]
    Inverse,
    /// `1 / sqrt(count)`: half way, steadier where a class is very rare.
    InverseRoot,
    /// `(1 - beta) / (1 - beta^count)`, the effective number of samples (Cui et al., 2019,
    /// equation 2), with `beta` in `[0, 1)`; 0.999 is usual.
    Effective {
        /// How fast further samples of a class lose value.
        beta: f64,
    },
}

/// Weights of classes with `counts` samples each. Scaled so that the mean weight over all samples
/// is 1; a class without a sample has weight 0.
pub fn class_weights(counts: &[u64], balance: Balance) -> Vec<f32> {
    let raw: Vec<f64> = counts
        .iter()
        .map(|count| match (*count, balance) {
            (0, _) => 0.0,
            (_, Balance::None) => 1.0,
            (n, Balance::Inverse) => 1.0 / n as f64,
            (n, Balance::InverseRoot) => 1.0 / (n as f64).sqrt(),
            (n, Balance::Effective { beta }) => {
                let beta = if beta.is_finite() { beta.clamp(0.0, 1.0 - 1e-9) } else { 0.0 };
                (1.0 - beta) / (1.0 - beta.powf(n as f64))
            }
        })
        .collect();
    let samples: u64 = counts.iter().sum();
    let total: f64 = raw.iter().zip(counts).map(|(w, n)| w * *n as f64).sum();
    let scale = if total > 0.0 { samples as f64 / total } else { 0.0 };
    raw.iter().map(|w| (w * scale) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn inverse_weights_give_every_class_the_same_total() {
        let weights = class_weights(&[90, 10, 0], Balance::Inverse);
        assert!((weights[0] * 90.0 - weights[1] * 10.0).abs() < 1e-3);
        assert_eq!(weights[2], 0.0);
    }

    proptest! {
        #[test]
        fn the_mean_weight_over_samples_is_one(
            counts in prop::collection::vec(0u64..10_000, 1..12), beta in 0.0f64..0.9999,
        ) {
            let samples: u64 = counts.iter().sum();
            prop_assume!(samples > 0);
            for balance in [Balance::None, Balance::Inverse, Balance::InverseRoot, Balance::Effective { beta }] {
                let weights = class_weights(&counts, balance);
                let mean = weights.iter().zip(&counts).map(|(w, n)| f64::from(*w) * *n as f64).sum::<f64>() / samples as f64;
                prop_assert!((mean - 1.0).abs() < 1e-4, "{balance:?}: {mean}");
            }
        }
    }
}
