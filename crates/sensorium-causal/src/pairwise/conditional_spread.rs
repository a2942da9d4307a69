//! Conditional distribution similarity: given the cause, the effect's distribution keeps its shape.

use super::normalisation::standardised;
use std::collections::BTreeMap;

/// Bins to a standard deviation.
const BINS: f64 = 2.0;
/// Values further out than this many standard deviations count as this far.
const FARTHEST: f64 = 3.0;
/// A bin needs more samples than this.
const FEWEST: usize = 12;

/// Standard deviation, from bin to bin of the cause, of the shape of the effect's distribution.
pub(super) fn cost(cause: &[f64], effect: &[f64]) -> f64 {
    let mut bins: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for (x, y) in binned(cause).into_iter().zip(effect) {
        bins.entry(x).or_default().push(*y);
    }
    let reach = (BINS * FARTHEST) as i64;
    let shapes: Vec<Vec<f64>> = bins
        .values()
        .filter(|inside| inside.len() > FEWEST)
        .map(|inside| {
            let mut shape = vec![0.0; 2 * reach as usize + 1];
            for bin in binned(inside) {
                shape[(bin + reach) as usize] += 1.0 / inside.len() as f64;
            }
            shape
        })
        .collect();
    let (Some(first), count) = (shapes.first(), shapes.len() as f64) else { return 0.0 };
    let columns = first.len();
    let mut sum = 0.0;
    for k in 0..columns {
        let mean = shapes.iter().map(|s| s[k]).sum::<f64>() / count;
        sum += shapes.iter().map(|s| (s[k] - mean).powi(2)).sum::<f64>();
    }
    (sum / (count * columns as f64)).sqrt()
}

fn binned(values: &[f64]) -> Vec<i64> {
    let reach = BINS * FARTHEST;
    standardised(values).into_iter().map(|v| (v * BINS).round().clamp(-reach, reach) as i64).collect()
}
