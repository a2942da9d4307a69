//! Rank correlation with the target.

use super::{RankedCause, Ranking, check_periods, check_target};
use crate::{CausalError, Table};

/// Spearman's correlation over the rows where both values are finite; ties share their mean rank.
///
/// Zero with fewer than three such rows or without spread.
pub fn rank_correlation(a: &[f64], b: &[f64]) -> f64 {
    let both: Vec<(f64, f64)> =
        a.iter().zip(b).map(|(x, y)| (*x, *y)).filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    if both.len() < 3 {
        return 0.0;
    }
    let first = mean_ranks(&both.iter().map(|p| p.0).collect::<Vec<_>>());
    let second = mean_ranks(&both.iter().map(|p| p.1).collect::<Vec<_>>());
    let middle = (both.len() - 1) as f64 / 2.0;
    let product =
        |u: &[f64], v: &[f64]| u.iter().zip(v).map(|(x, y)| (x - middle) * (y - middle)).sum::<f64>();
    let scale = (product(&first, &first) * product(&second, &second)).sqrt();
    if scale > 0.0 { product(&first, &second) / scale } else { 0.0 }
}

fn mean_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for tie in order.chunk_by(|a, b| values[*a] == values[*b]) {
        for index in tie {
            ranks[*index] = start as f64 + (tie.len() - 1) as f64 / 2.0;
        }
        start += tie.len();
    }
    ranks
}

/// Ranks the columns by the absolute rank correlation with the target over both periods together.
///
/// # Errors
/// [`CausalError::Data`] for periods that do not fit together, [`CausalError::Argument`] for the target.
pub fn correlation_ranking(normal: &Table, anomalous: &Table, target: usize) -> Result<Ranking, CausalError> {
    check_periods(normal, anomalous)?;
    check_target(normal, target)?;
    let joined = |index: usize| {
        Ok::<_, CausalError>([normal.continuous(index)?, anomalous.continuous(index)?].concat())
    };
    let wanted = joined(target)?;
    let mut causes = Vec::new();
    for (index, variable) in normal.names().into_iter().enumerate().filter(|(i, _)| *i != target) {
        let correlation = rank_correlation(&joined(index)?, &wanted);
        let evidence = format!("rank correlation {correlation:.2} with the target");
        causes.push(RankedCause { variable, score: correlation.abs(), evidence });
    }
    Ok(Ranking::new(causes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlation_sees_any_rising_relation() {
        let x: Vec<f64> = (1..20).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|v| v.exp()).collect();
        assert!((rank_correlation(&x, &y) - 1.0).abs() < 1e-12);
        assert_eq!(rank_correlation(&x, &vec![1.0; x.len()]), 0.0);
    }
}
