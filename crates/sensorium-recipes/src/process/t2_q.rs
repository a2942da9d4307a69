//! The T² + Q control chart of the SKAB benchmark: PCA on each file's own first rows, with the
//! analytic control limits.

use super::Matrix;
use super::pca::{PcaConfig, PcaMonitor};
use statrs::distribution::{ContinuousCDF, FisherSnedecor, Normal};

/// Settings of the chart, SKAB's by default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct T2QConfig {
    /// Share of the variance that the kept components explain. Default: 0.85.
    pub explained: f64,
    /// Probability below the control limits. Default: 0.999.
    pub probability: f64,
    /// Rows of the median filter over each statistic. Default: 5.
    pub median_rows: usize,
}

impl Default for T2QConfig {
    fn default() -> Self {
        Self { explained: 0.85, probability: 0.999, median_rows: 5 }
    }
}

/// Control limits of T² and Q.
///
/// `T²_lim = a (n² − 1) / (n (n − a)) · F⁻¹_p(a, n − a)` (Jackson 1991, eq. 1.7.4) and
/// `Q_lim = θ₁ [1 + c h₀ √(2 θ₂)/θ₁ + θ₂ h₀ (h₀ − 1)/θ₁²]^(1/h₀)` with `θ_i = Σ λ_j^i` over the
/// components left out and `h₀ = 1 − 2 θ₁ θ₃ / (3 θ₂²)` (Jackson and Mudholkar 1979, eq. 3.4). `None`
/// when there are fewer rows than kept components.
pub fn limits(kept: usize, eigenvalues: &[f64], rows: usize, probability: f64) -> Option<[f64; 2]> {
    let (a, n) = (kept as f64, rows as f64);
    let fisher = FisherSnedecor::new(a, n - a).ok()?;
    let t2 = a * (n * n - 1.0) / (n * (n - a)) * fisher.inverse_cdf(probability);
    let theta = |power: i32| eigenvalues[kept..].iter().map(|v| v.powi(power)).sum::<f64>();
    let (theta1, theta2, theta3) = (theta(1), theta(2), theta(3));
    let h0 = 1.0 - 2.0 * theta1 * theta3 / (3.0 * theta2 * theta2);
    let c = Normal::standard().inverse_cdf(probability);
    let base = 1.0 + c * h0 * (2.0 * theta2).sqrt() / theta1 + theta2 * h0 * (h0 - 1.0) / theta1.powi(2);
    let q = theta1 * base.powf(1.0 / h0);
    // Without components left out there is no Q to exceed.
    Some([t2, if q.is_finite() { q } else { f64::INFINITY }])
}

/// Alarms for each row of `rows` from a chart fitted on `train`; `None` where it cannot be fitted.
pub fn t2_q_alarms(config: T2QConfig, train: &Matrix, rows: &Matrix) -> Option<Vec<bool>> {
    let pca = PcaConfig { lags: 1, window: 1, explained: config.explained };
    let fit = PcaMonitor::fit(pca, std::slice::from_ref(train))?;
    let limits = limits(fit.kept(), fit.eigenvalues(), train.rows(), config.probability)?;
    let statistics = fit.statistics(rows);
    let column = |i: usize| -> Vec<f64> { statistics.iter().map(|s| s[i]).collect() };
    let filtered = [0, 1].map(|i| trailing_median(&column(i), config.median_rows));
    Some((0..rows.rows()).map(|t| (0..2).any(|i| filtered[i][t] > limits[i])).collect())
}

/// Median over the last `window` values up to each one, fewer at the start.
fn trailing_median(values: &[f64], window: usize) -> Vec<f64> {
    (0..values.len())
        .map(|t| super::matrix::quantile(&values[(t + 1).saturating_sub(window.max(1))..=t], 0.5))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden values: benches/peers/process_golden.py with SciPy 1.17.1.
    #[test]
    fn limits_agree_with_scipy() {
        let config = PcaConfig { lags: 1, window: 1, explained: 0.85 };
        let rows = crate::process::pca::tests::example();
        let fit = PcaMonitor::fit(config, std::slice::from_ref(&rows)).unwrap();
        let [t2, q] = limits(fit.kept(), fit.eigenvalues(), rows.rows(), 0.999).unwrap();
        assert!((t2 - 16.133_177_506_689).abs() < 1e-6, "{t2}");
        assert!((q - 0.061_442_245_641).abs() < 1e-8, "{q}");
    }

    #[test]
    fn a_shift_of_one_sensor_raises_alarms_and_the_training_rows_do_not() {
        let train = crate::process::pca::tests::example();
        let shifted: Vec<f64> =
            train.values().iter().enumerate().map(|(i, v)| v + if i % 4 == 3 { 3.0 } else { 0.0 }).collect();
        let calm = t2_q_alarms(T2QConfig::default(), &train, &train).unwrap();
        let loud = t2_q_alarms(T2QConfig::default(), &train, &Matrix::new(4, shifted)).unwrap();
        assert!(calm.iter().all(|a| !a) && loud.iter().all(|a| *a));
    }
}
