//! Bringing values to a common scale.

/// Mean 0 and variance 1.
pub(super) fn standardised(values: &[f64]) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    let scale = if variance > 0.0 { 1.0 / variance.sqrt() } else { 0.0 };
    values.iter().map(|v| (v - mean) * scale).collect()
}

/// From 0 to 1.
pub(super) fn to_unit_interval(values: &[f64]) -> Vec<f64> {
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), &v| (l.min(v), h.max(v)));
    values.iter().map(|v| (v - low) / (high - low)).collect()
}

/// Positions of the values in ascending order; equal values in the order of their rows.
pub(super) fn ascending(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    order
}

/// Number of different values.
pub(super) fn distinct(values: &[f64]) -> usize {
    let order = ascending(values);
    1 + order.windows(2).filter(|w| values[w[0]] != values[w[1]]).count()
}
