//! Ranks with ties, and the two correlation coefficients.

/// Ranks from 1, ties sharing the mean of their places (`scipy.stats.rankdata`, method "average").
///
/// `None` when a value is NaN: it has no place in the order.
pub fn midranks<V: Copy + Into<f64>>(values: &[V]) -> Option<Vec<f64>> {
    let values: Vec<f64> = values.iter().map(|&v| v.into()).collect();
    if values.iter().any(|v| v.is_nan()) {
        return None;
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    while first < order.len() {
        let tie = values[order[first]];
        let after = first + order[first..].iter().take_while(|&&i| values[i] == tie).count();
        // Places first+1 ..= after share their mean.
        let rank = (first + 1 + after) as f64 / 2.0;
        for &i in &order[first..after] {
            ranks[i] = rank;
        }
        first = after;
    }
    Some(ranks)
}

/// Pearson's product-moment correlation; NaN below two pairs or when a side is constant.
pub fn pearson<A: Copy + Into<f64>, B: Copy + Into<f64>>(x: &[A], y: &[B]) -> f64 {
    if x.len() != y.len() || x.len() < 2 {
        return f64::NAN;
    }
    let n = x.len() as f64;
    let mean_x = x.iter().map(|&v| v.into()).sum::<f64>() / n;
    let mean_y = y.iter().map(|&v| v.into()).sum::<f64>() / n;
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (&a, &b) in x.iter().zip(y) {
        let (dx, dy) = (a.into() - mean_x, b.into() - mean_y);
        xy += dx * dy;
        xx += dx * dx;
        yy += dy * dy;
    }
    if xx == 0.0 || yy == 0.0 {
        return f64::NAN;
    }
    (xy / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0)
}

/// Spearman's rank correlation: Pearson's coefficient of the midranks, which is exact under ties.
pub fn spearman<A: Copy + Into<f64>, B: Copy + Into<f64>>(x: &[A], y: &[B]) -> f64 {
    match (midranks(x), midranks(y)) {
        (Some(x), Some(y)) => pearson(&x, &y),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_the_mean_of_their_places() {
        assert_eq!(midranks(&[3.0, 1.0, 3.0, 2.0]), Some(vec![3.5, 1.0, 3.5, 2.0]));
        assert_eq!(midranks(&[0.0, -0.0]), Some(vec![1.5, 1.5]));
        assert_eq!(midranks::<f64>(&[]), Some(vec![]));
    }

    #[test]
    fn a_constant_or_nan_side_has_no_correlation() {
        assert!(spearman(&[1.0, 2.0], &[5.0, 5.0]).is_nan());
        assert!(spearman(&[1.0, f64::NAN], &[5.0, 6.0]).is_nan());
        assert!(pearson(&[1.0_f32], &[1.0_f32]).is_nan());
        assert!(pearson(&[1.0, 2.0], &[1.0, 2.0, 3.0]).is_nan());
    }

    #[test]
    fn spearman_sees_any_monotone_relation() {
        let x = [1.0, 2.0, 3.0, 4.0];
        assert!((spearman(&x, &x.map(f64::exp)) - 1.0).abs() < 1e-12);
        assert!((spearman(&x, &x.map(|v| -v * v)) + 1.0).abs() < 1e-12);
    }
}
