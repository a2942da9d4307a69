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
}

impl QuotientNml {
    /// The score on a table of categories.
    ///
    /// # Errors
    /// What [`Categories::new`] refuses.
    pub fn new(table: &Table) -> Result<Self, CausalError> {
        Ok(Self { categories: Categories::new(table)? })
    }
}

impl LocalScore for QuotientNml {
    fn variables(&self) -> usize {
        self.categories.width()
    }

    fn local(&self, node: usize, parents: &[usize]) -> f64 {
        let c = &self.categories;
        let (rows, parent_cells) = (c.rows() as f64, combinations(c, parents));
        let regret = log_regret(rows, parent_cells * c.levels(node) as f64) - log_regret(rows, parent_cells);
        log_likelihood(c, node, parents) - regret
    }
}

/// The logarithm of the parametric complexity of a multinomial variable, by the approximation of Szpankowski and
/// Weinberger ("Minimax pointwise redundancy for memoryless models over large alphabets", 2012, theorem 2), which is
/// good for any number of levels; exactly zero for one level.
fn log_regret(rows: f64, levels: f64) -> f64 {
    if levels <= 1.0 {
        return 0.0;
    }
    let a = levels / rows;
    let c = 0.5 + 0.5 * (1.0 + 4.0 / a).sqrt();
    rows * (a.ln() + (a + 2.0) * c.ln() - 1.0 / c) - 0.5 * (c + 2.0 / a).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_regret_of_two_levels_is_near_the_exact_sum() {
        // Sum over k of binomial(n, k) (k/n)^k ((n-k)/n)^(n-k) for n = 100 by the exact formula.
        let n = 100_u32;
        let mut binomial = 0.0_f64;
        let mut sum = 0.0;
        for k in 0..=n {
            let (p, q) = (f64::from(k) / f64::from(n), f64::from(n - k) / f64::from(n));
            let power = |x: f64, m: u32| if m == 0 { 0.0 } else { f64::from(m) * x.ln() };
            sum += (binomial + power(p, k) + power(q, n - k)).exp();
            binomial += (f64::from(n - k) / f64::from(k + 1)).ln();
        }
        assert!((log_regret(100.0, 2.0) - sum.ln()).abs() < 0.02);
    }
}
