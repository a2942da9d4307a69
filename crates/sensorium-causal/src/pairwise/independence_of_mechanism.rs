//! Information-geometric causal inference: the density of a cause does not know the slope of the mechanism.

use super::normalisation::{ascending, standardised, to_unit_interval};
use super::{Estimator, Reference};

/// Half the difference that the method compares; repeated values of the cause count with their number (Mooij and
/// others 2016, section 4).
pub(super) fn cost(cause: &[f64], effect: &[f64], reference: Reference, estimator: Estimator) -> f64 {
    let scaled = match reference {
        Reference::Uniform => [to_unit_interval(cause), to_unit_interval(effect)],
        Reference::Gaussian => [standardised(cause), standardised(effect)],
    };
    match estimator {
        Estimator::Slope => mean_log_slope(&scaled[0], &scaled[1]),
        Estimator::Entropy => 0.5 * (entropy(&scaled[1]) - entropy(&scaled[0])),
    }
}

fn mean_log_slope(x: &[f64], y: &[f64]) -> f64 {
    let mut order = ascending(x);
    order.sort_by(|&a, &b| x[a].total_cmp(&x[b]).then(y[a].total_cmp(&y[b])));
    let (mut sum, mut count) = (0.0, 0.0);
    let mut repeats = 1.0;
    for w in order.windows(2) {
        let (dx, dy) = (x[w[1]] - x[w[0]], (y[w[1]] - y[w[0]]).abs());
        if dx == 0.0 {
            repeats += 1.0;
            continue;
        }
        if dy > 0.0 {
            sum += repeats * (dy / dx).ln();
            count += repeats;
        }
        repeats = 1.0;
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

/// Entropy by spacings between different values, each with the number of its repeats.
fn entropy(x: &[f64]) -> f64 {
    let order = ascending(x);
    let (mut sum, mut count, mut repeats) = (0.0, 0.0, 1.0);
    for w in order.windows(2) {
        let gap = x[w[1]] - x[w[0]];
        if gap == 0.0 {
            repeats += 1.0;
            continue;
        }
        sum += repeats * (gap / repeats).ln();
        count += repeats;
        repeats = 1.0;
    }
    if count > 0.0 { sum / count + (x.len() as f64).ln() } else { 0.0 }
}
