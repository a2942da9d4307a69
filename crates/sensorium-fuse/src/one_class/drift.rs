//! How far a drifting residual may have gone after many rows.

/// Number of lags at which the structure function is taken.
const LAGS: usize = 8;

/// Variance of a series at a horizon, from its structure function.
///
/// `γ(h) = mean (x[t + h] − x[t])²` is taken at lags spaced evenly in `ln h` between `shortest` and
/// half the length, and `ln γ` is fitted by a line in `ln h`, slope `2H` limited to `[0, 2]` (H is the
/// Hurst exponent: 0 for a stationary series, 1/2 for a random walk, 1 for a trend). The answer is
/// `γ(horizon) / 2`, which for a stationary series is its variance. `None` for a series that is too
/// short or constant.
pub(super) fn variance_at(series: &[f64], shortest: usize, horizon: usize) -> Option<f64> {
    let longest = series.len() / 2;
    let shortest = shortest.max(1);
    if longest <= shortest {
        return None;
    }
    let ratio = (longest as f64 / shortest as f64).ln();
    let mut lags: Vec<usize> = (0..LAGS)
        .map(|i| (shortest as f64 * (ratio * i as f64 / (LAGS - 1) as f64).exp()).round() as usize)
        .collect();
    lags.dedup();
    let points: Vec<(f64, f64)> = lags
        .iter()
        .map(|&lag| {
            let pairs = series.iter().zip(&series[lag..]);
            let gamma = pairs.map(|(a, b)| (b - a) * (b - a)).sum::<f64>() / (series.len() - lag) as f64;
            ((lag as f64).ln(), gamma.ln())
        })
        .collect();
    if points.iter().any(|(_, y)| !y.is_finite()) {
        return None;
    }
    let count = points.len() as f64;
    let mean_x = points.iter().map(|p| p.0).sum::<f64>() / count;
    let mean_y = points.iter().map(|p| p.1).sum::<f64>() / count;
    let spread: f64 = points.iter().map(|p| (p.0 - mean_x).powi(2)).sum();
    let joint: f64 = points.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum();
    let slope = if spread > 0.0 { (joint / spread).clamp(0.0, 2.0) } else { 0.0 };
    Some(0.5 * (mean_y + slope * ((horizon as f64).ln() - mean_x)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize) -> Vec<f64> {
        let mut state = 7_u64;
        let step = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        (0..n).map(step).collect()
    }

    #[test]
    fn white_noise_keeps_its_variance_at_any_horizon() {
        let series = noise(4000);
        for horizon in [100, 100_000] {
            let variance = variance_at(&series, 1, horizon).unwrap();
            assert!((variance * 12.0 - 1.0).abs() < 0.15, "{variance}");
        }
    }

    #[test]
    fn a_trend_grows_with_the_square_of_the_horizon() {
        let series: Vec<f64> = (0..400).map(|t| t as f64).collect();
        let variance = variance_at(&series, 1, 1000).unwrap();
        assert!((variance / 500_000.0 - 1.0).abs() < 1e-6, "{variance}");
    }

    #[test]
    fn short_and_constant_series_have_no_answer() {
        assert_eq!(variance_at(&[1.0, 2.0], 1, 10), None);
        assert_eq!(variance_at(&[1.0; 50], 1, 10), None);
    }
}
