//! The quotient normalised maximum likelihood.

use super::LocalScore;
use super::families::{combinations, log_likelihood};
use crate::counts::Categories;
use crate::{CausalError, Table};

/// The normalised maximum likelihood of a node with its parents over that of the parents, each as one multinomial
/// variable (Silander, Leppä-aho, Jääsaari and Roos, "Quotient normalized maximum likelihood criterion for learning
/// Bayesian network structures", AISTATS 2018). It has no parameter, and is the same for equivalent graphs.
#[derive(Clone, Debug)]
pub struct QuotientNml {
    categories: Categories,
    /// The logarithm of the parametric complexity of 1, 2, … levels.
    regrets: Vec<f64>,
}

impl QuotientNml {
    /// The score on a table of categories.
    ///
    /// # Errors
    /// What [`Categories::new`] refuses.
    pub fn new(table: &Table) -> Result<Self, CausalError> {
        let categories = Categories::new(table)?;
        let regrets = exact_regrets(categories.rows());
        Ok(Self { categories, regrets })
    }

    fn regret(&self, levels: f64) -> f64 {
        match self.regrets.get(levels as usize - 1) {
            Some(exact) => *exact,
            None => approximate_regret(self.categories.rows() as f64, levels),
        }
    }
}

impl LocalScore for QuotientNml {
    fn variables(&self) -> usize {
        self.categories.width()
    }

    fn local(&self, node: usize, parents: &[usize]) -> f64 {
        let c = &self.categories;
        let parent_cells = combinations(c, parents);
        let regret = self.regret(parent_cells * c.levels(node) as f64) - self.regret(parent_cells);
        log_likelihood(c, node, parents) - regret
    }
}

/// So many levels are counted exactly.
const EXACT: usize = 4096;

/// Exact by the recurrence C(k + 2) = C(k + 1) + (n / k) C(k) of Kontkanen and Myllymäki ("A linear-time algorithm for
/// computing the multinomial stochastic complexity", 2007), from the sum over all splits for two levels.
fn exact_regrets(rows: usize) -> Vec<f64> {
    let n = rows as f64;
    let power = |k: usize| if k == 0 { 0.0 } else { k as f64 * (k as f64 / n).ln() };
    let (mut binomial, mut sum) = (0.0, 0.0);
    for k in 0..=rows {
        sum += f64::exp(binomial + power(k) + power(rows - k));
        binomial += ((rows - k) as f64 / (k + 1) as f64).ln();
    }
    let mut regrets = vec![0.0, sum.ln()];
    // The ratio of neighbours stays small where the numbers themselves would overflow.
    let mut ratio = sum;
    for k in 1..EXACT - 1 {
        ratio = 1.0 + n / (k as f64 * ratio);
        regrets.push(regrets[k] + ratio.ln());
    }
    regrets
}

/// The approximation of Szpankowski and Weinberger ("Minimax pointwise redundancy for memoryless models over large
/// alphabets", 2012, theorem 2), good for many levels.
fn approximate_regret(rows: f64, levels: f64) -> f64 {
    let a = levels / rows;
    let c = 0.5 + 0.5 * (1.0 + 4.0 / a).sqrt();
    rows * (a.ln() + (a + 2.0) * c.ln() - 1.0 / c) - 0.5 * (c + 2.0 / a).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three rows: the sum over all splits among three levels, by hand.
    #[test]
    fn the_recurrence_gives_the_sum_over_all_splits() {
        // Two levels: 1 + 3 (4/27) + 3 (4/27) + 1 = 2 + 24/27.
        let two = 2.0 + 24.0 / 27.0;
        // Three levels: 3 splits (3,0,0), 6 of (2,1,0) at 3 · 4/27 each, one (1,1,1) at 6/27.
        let three = 3.0 + 6.0 * 12.0 / 27.0 + 6.0 / 27.0;
        let regrets = exact_regrets(3);
        assert!((regrets[1] - f64::ln(two)).abs() < 1e-12);
        assert!((regrets[2] - f64::ln(three)).abs() < 1e-12);
    }

    #[test]
    fn the_approximation_meets_the_exact_value_at_many_levels() {
        let regrets = exact_regrets(500);
        assert!((approximate_regret(500.0, 4096.0) - regrets[4095]).abs() < 0.05);
    }
}
