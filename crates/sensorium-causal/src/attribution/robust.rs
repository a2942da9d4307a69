//! Deviations in units of the interquartile range, and the rarity of a deviation.

use super::{RankedCause, Ranking, check_periods};
use crate::{CausalError, Table};

/// Median and interquartile range of a variable in its normal period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Middle value.
    pub median: f64,
    /// Distance between the quartiles; 1 where the quartiles coincide.
    pub range: f64,
}

impl Spread {
    /// Of the finite values; `None` when there are none.
    ///
    /// Quartiles are interpolated linearly. Where they coincide the range is taken as 1, the variable's
    /// own unit.
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        if sorted.is_empty() {
            return None;
        }
        sorted.sort_by(f64::total_cmp);
        let quantile = |q: f64| {
            let place = q * (sorted.len() - 1) as f64;
            let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            below + (above - below) * place.fract()
        };
        let range = quantile(0.75) - quantile(0.25);
        Some(Self { median: quantile(0.5), range: if range > 0.0 { range } else { 1.0 } })
    }

    /// Signed distance from the median, in ranges.
    pub fn deviation(&self, value: f64) -> f64 {
        (value - self.median) / self.range
    }
}

/// The largest absolute deviation of each column's anomalous values from the normal median, in
/// interquartile ranges (BARO's RobustScorer, Pham et al. 2024).
///
/// # Errors
/// [`CausalError::Data`] for periods that do not fit together, too few rows, a column without a value.
pub fn robust_scores(normal: &Table, anomalous: &Table) -> Result<Vec<f64>, CausalError> {
    check_periods(normal, anomalous)?;
    (0..normal.width())
        .map(|index| {
            let spread = Spread::of(normal.continuous(index)?);
            let values = anomalous.continuous(index)?;
            Ok(spread.map_or(f64::NAN, |s| {
                values.iter().filter(|v| v.is_finite()).map(|v| s.deviation(*v).abs()).fold(0.0, f64::max)
            }))
        })
        .collect()
}

/// Ranks the columns by [`robust_scores`].
///
/// # Errors
/// As [`robust_scores`].
pub fn robust_ranking(normal: &Table, anomalous: &Table) -> Result<Ranking, CausalError> {
    let scores = robust_scores(normal, anomalous)?;
    let causes = normal.names().into_iter().zip(scores).map(|(variable, score)| RankedCause {
        evidence: format!("up to {score:.1} interquartile ranges from the normal median"),
        variable,
        score,
    });
    Ok(Ranking::new(causes.collect()))
}

/// How rare a value this far from the median is: `−ln P`, with `P = (1 + n≥) / (n + 1)` over the `n` finite
/// normal values (Budhathoki et al. 2022, equation 1, with the usual correction that keeps `P` above zero).
///
/// NaN when there is no normal value or the value itself is not finite.
pub fn tail_score(normal: &[f64], value: f64) -> f64 {
    let Some(spread) = Spread::of(normal).filter(|_| value.is_finite()) else {
        return f64::NAN;
    };
    let far = (value - spread.median).abs();
    let finite = normal.iter().filter(|v| v.is_finite());
    let (count, beyond) = finite.fold((0.0, 0.0), |(count, beyond), v| {
        (count + 1.0, beyond + f64::from((v - spread.median).abs() >= far))
    });
    -((1.0_f64 + beyond) / (count + 1.0)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_score_is_bounded_by_the_sample_size() {
        let normal: Vec<f64> = (0..99).map(f64::from).collect();
        assert!((tail_score(&normal, 1e9) - 100.0_f64.ln()).abs() < 1e-12);
        assert!(tail_score(&normal, 49.0).abs() < 1e-12);
        assert!(tail_score(&[f64::NAN], 1.0).is_nan());
    }

    #[test]
    fn the_deviation_does_not_depend_on_the_unit() {
        let normal: Vec<f64> = (0..40).map(|i| f64::from(i % 7)).collect();
        let scaled: Vec<f64> = normal.iter().map(|v| 1000.0 * v).collect();
        let (a, b) = (Spread::of(&normal).unwrap(), Spread::of(&scaled).unwrap());
        assert!((a.deviation(20.0) - b.deviation(20_000.0)).abs() < 1e-9);
    }

    #[test]
    fn bad_periods_are_refused_with_the_remedy() {
        let table = |rows: usize, value: f64| Table::from_continuous(vec![("x", vec![value; rows])]).unwrap();
        let few = robust_scores(&table(3, 1.0), &table(1, 1.0)).unwrap_err().to_string();
        assert!(few.contains("at least 8"), "{few}");
        let empty = robust_scores(&table(9, f64::NAN), &table(1, 1.0)).unwrap_err().to_string();
        assert!(empty.contains("no value in the normal period"), "{empty}");
    }
}
