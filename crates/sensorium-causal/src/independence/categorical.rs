//! Tests on counts: G² and Pearson's χ².

use super::IndependenceTest;
use crate::counts::{Categories, Strata};
use crate::{CausalError, Table};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// How the distance between counts and their expectation is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountStatistic {
    /// Twice the log-likelihood ratio (G²).
    GSquare,
    /// Pearson's χ².
    ChiSquare,
}

/// Test of categories by their counts.
///
/// Degrees of freedom are summed over strata: (levels of x − 1)(levels of y − 1), where a level that does not occur in
/// a stratum does not count. Without any degree of freedom the p-value is 1. These are the conventions of
/// causal-learn's `gsq` and `chisq`.
#[derive(Clone, Debug)]
pub struct CountTest {
    categories: Categories,
    statistic: CountStatistic,
    /// n ln n for n = 0, …, rows.
    entropy: Vec<f64>,
    rows_per_degree: f64,
}

impl CountTest {
    /// A test on the columns of a table.
    ///
    /// # Errors
    /// As [`Categories::new`].
    pub fn new(table: &Table, statistic: CountStatistic) -> Result<Self, CausalError> {
        let categories = Categories::new(table)?;
        let entropy = (0..=categories.rows()).map(|n| if n > 1 { n as f64 * (n as f64).ln() } else { 0.0 });
        Ok(Self { statistic, entropy: entropy.collect(), categories, rows_per_degree: 0.0 })
    }

    /// With a guard: where there are fewer rows than `rows` for each degree of freedom the test has no power, and the
    /// variables are held to be independent (p = 1), as Spirtes, Glymour and Scheines (2000, section 5.5) advise with 10.
    /// Default: 0, no guard.
    pub fn with_rows_per_degree(mut self, rows: f64) -> Self {
        self.rows_per_degree = rows;
        self
    }

    /// The statistic and its degrees of freedom.
    pub fn statistic(&self, x: usize, y: usize, given: &[usize]) -> (f64, f64) {
        let (down, across) = (self.categories.levels(x), self.categories.levels(y));
        let (mut statistic, mut degrees) = (0.0, 0.0);
        let mut columns = vec![0_u32; across];
        Strata::new(&self.categories).count(given, x, y, None, &mut |table| {
            columns.fill(0);
            let (mut total, mut used_rows, mut sum) = (0_u32, 0_usize, 0.0);
            let mut rows = Vec::with_capacity(down);
            for row in table.chunks_exact(across) {
                let n: u32 = row.iter().sum();
                used_rows += usize::from(n > 0);
                total += n;
                columns.iter_mut().zip(row).for_each(|(c, v)| *c += v);
                rows.push(n);
            }
            let used_columns = columns.iter().filter(|c| **c > 0).count();
            match self.statistic {
                CountStatistic::GSquare => {
                    let h = |n: &u32| self.entropy[*n as usize];
                    sum += table.iter().map(h).sum::<f64>() + h(&total);
                    sum -= rows.iter().chain(&columns).map(h).sum::<f64>();
                    sum *= 2.0;
                }
                CountStatistic::ChiSquare => {
                    for (row, n) in table.chunks_exact(across).zip(&rows) {
                        for (&observed, &c) in row.iter().zip(&columns) {
                            let expected = f64::from(*n) * f64::from(c) / f64::from(total);
                            if expected > 0.0 {
                                sum += (f64::from(observed) - expected).powi(2) / expected;
                            }
                        }
                    }
                }
            }
            statistic += sum;
            degrees += (used_rows.saturating_sub(1) * used_columns.saturating_sub(1)) as f64;
        });
        (statistic.max(0.0), degrees)
    }
}

impl IndependenceTest for CountTest {
    fn variables(&self) -> usize {
        self.categories.width()
    }

    fn p_value(&self, x: usize, y: usize, given: &[usize]) -> Result<f64, CausalError> {
        let (statistic, degrees) = self.statistic(x, y, given);
        if degrees == 0.0 || (self.categories.rows() as f64) < self.rows_per_degree * degrees {
            return Ok(1.0);
        }
        let distribution = ChiSquared::new(degrees)
            .map_err(|e| CausalError::Data(format!("{degrees} degrees of freedom: {e}")))?;
        Ok(distribution.sf(statistic))
    }
}
