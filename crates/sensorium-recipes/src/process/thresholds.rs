//! Thresholds of several statistics whose union has a stated false-alarm rate.

use super::matrix::quantile;

/// Thresholds at one common quantile of each statistic, chosen so that a `false_alarm` share of the
/// normal rows `[row][statistic]` is above at least one of them. `None` without rows.
pub fn union<const N: usize>(normal: &[[f64; N]], false_alarm: f64) -> Option<[f64; N]> {
    if normal.is_empty() {
        return None;
    }
    let columns: [Vec<f64>; N] = std::array::from_fn(|i| normal.iter().map(|row| row[i]).collect());
    let at = |share: f64| -> [f64; N] { std::array::from_fn(|i| quantile(&columns[i], 1.0 - share)) };
    let rate = |thresholds: &[f64; N]| {
        let above = normal.iter().filter(|row| row.iter().zip(thresholds).any(|(s, t)| s > t));
        above.count() as f64 / normal.len() as f64
    };
    // Bisection: the union's rate rises with the common share.
    let (mut low, mut high) = (0.0, false_alarm);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if rate(&at(middle)) > false_alarm { high = middle } else { low = middle }
    }
    Some(at(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_union_keeps_the_rate_where_single_quantiles_would_not() {
        // Statistics that are never high together.
        let rows: Vec<[f64; 2]> =
            (0..1000).map(|i| if i % 2 == 0 { [f64::from(i), 0.0] } else { [0.0, f64::from(i)] }).collect();
        let thresholds = union(&rows, 0.1).unwrap();
        let above = rows.iter().filter(|r| r[0] > thresholds[0] || r[1] > thresholds[1]).count();
        assert!((90..=100).contains(&above), "{above}");
        assert_eq!(union::<2>(&[], 0.1), None);
    }
}
