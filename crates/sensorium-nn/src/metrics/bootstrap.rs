//! Bootstrap confidence intervals (percentile method, Efron 1979).

use super::Interval;
use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Resampling with replacement, from a seed.
///
/// Each resample has its own random stream, so the interval does not depend on the number of threads.
/// A statistic compares two models fairly when it computes their difference on the same rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap {
    /// Number of resamples. Default: 1000.
    pub resamples: usize,
    /// Confidence level, in (0, 1). Default: 0.95.
    pub level: f64,
    /// Seed of the random streams.
    pub seed: u64,
}

impl Bootstrap {
    /// 1000 resamples at 95 %.
    pub const fn new(seed: u64) -> Self {
        Self { resamples: 1000, level: 0.95, seed }
    }

    /// With another number of resamples.
    pub const fn resamples(mut self, resamples: usize) -> Self {
        self.resamples = resamples;
        self
    }

    /// With another confidence level.
    pub const fn level(mut self, level: f64) -> Self {
        self.level = level;
        self
    }

    /// The interval of `statistic`, which is given row numbers below `rows`, drawn with replacement.
    ///
    /// Rows are taken as independent; windows of one recording are not, so use
    /// [`cluster_interval`](Self::cluster_interval) for them. Resamples whose statistic is NaN (a class
    /// may be absent) are left out; when more than half are, the interval is undefined.
    pub fn interval(&self, rows: usize, statistic: impl Fn(&[usize]) -> f64 + Sync) -> Interval {
        self.draw(rows, |rng, drawn| {
            drawn.extend((0..rows).map(|_| rng.random_range(0..rows)));
            statistic(drawn)
        })
    }

    /// The interval of `statistic` when whole groups (recordings, files, subjects) are drawn with
    /// replacement (the cluster bootstrap of Field and Welsh 2007).
    ///
    /// `groups` names the group of each row. A group that is drawn twice brings its rows twice.
    pub fn cluster_interval<G: Ord>(
        &self,
        groups: &[G],
        statistic: impl Fn(&[usize]) -> f64 + Sync,
    ) -> Interval {
        let mut members: BTreeMap<&G, Vec<usize>> = BTreeMap::new();
        for (row, group) in groups.iter().enumerate() {
            members.entry(group).or_default().push(row);
        }
        let members: Vec<Vec<usize>> = members.into_values().collect();
        self.draw(members.len(), |rng, drawn| {
            for _ in 0..members.len() {
                drawn.extend_from_slice(&members[rng.random_range(0..members.len())]);
            }
            statistic(drawn)
        })
    }

    fn draw(&self, units: usize, once: impl Fn(&mut ChaCha8Rng, &mut Vec<usize>) -> f64 + Sync) -> Interval {
        if units == 0 || self.resamples == 0 || !(0.0..1.0).contains(&self.level) {
            return Interval::UNDEFINED;
        }
        let mut figures: Vec<f64> = (0..self.resamples)
            .into_par_iter()
            .map_init(Vec::new, |drawn, resample| {
                let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
                rng.set_stream(resample as u64);
                drawn.clear();
                once(&mut rng, drawn)
            })
            .collect();
        figures.retain(|f| !f.is_nan());
        if figures.is_empty() || figures.len() * 2 < self.resamples {
            return Interval::UNDEFINED;
        }
        figures.sort_by(f64::total_cmp);
        let tail = (1.0 - self.level) / 2.0;
        Interval { lo: quantile(&figures, tail), hi: quantile(&figures, 1.0 - tail) }
    }
}

/// Quantile of sorted values, linear between neighbours (numpy's default; type 7 of Hyndman and Fan).
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let place = q * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    if below == above { below } else { below + (above - below) * place.fract() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(values: &[f64], rows: &[usize]) -> f64 {
        rows.iter().map(|&r| values[r]).sum::<f64>() / rows.len() as f64
    }

    #[test]
    fn the_same_seed_gives_the_same_interval_on_any_number_of_threads() {
        let values: Vec<f64> = (0..50).map(|i| (i * i % 17) as f64).collect();
        let run = |threads: usize, seed: u64| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| Bootstrap::new(seed).interval(50, |rows| mean(&values, rows)))
        };
        assert_eq!(run(1, 3), run(4, 3));
        assert_ne!(run(1, 3), run(1, 4));
    }

    #[test]
    fn clusters_that_agree_within_widen_the_interval() {
        // Ten groups of twenty equal rows: ten facts, not two hundred.
        let groups: Vec<usize> = (0..200).map(|row| row / 20).collect();
        let values: Vec<f64> = groups.iter().map(|&g| g as f64).collect();
        let boot = Bootstrap::new(1);
        let rows = boot.interval(200, |rows| mean(&values, rows));
        let clusters = boot.cluster_interval(&groups, |rows| mean(&values, rows));
        assert!(clusters.hi - clusters.lo > 3.0 * (rows.hi - rows.lo));
        assert!(clusters.contains(4.5) && rows.contains(4.5));
    }

    #[test]
    fn an_interval_needs_rows_a_level_and_defined_figures() {
        let boot = Bootstrap::new(1);
        assert!(boot.interval(0, |_| 1.0).lo.is_nan());
        assert!(boot.level(1.0).interval(5, |_| 1.0).lo.is_nan());
        assert!(boot.interval(5, |_| f64::NAN).hi.is_nan());
        assert_eq!(boot.interval(5, |_| 2.0), Interval { lo: 2.0, hi: 2.0 });
    }

    #[test]
    fn quantiles_are_linear_between_neighbours() {
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.75), 3.0);
        assert_eq!(quantile(&[1.0, f64::INFINITY], 0.0), 1.0);
    }
}
