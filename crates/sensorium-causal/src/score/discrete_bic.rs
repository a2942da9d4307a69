//! The Bayesian information criterion of tables of probabilities.

use super::LocalScore;
use super::families::{combinations, log_likelihood};
use crate::counts::Categories;
use crate::{CausalError, Table};

/// The greatest log-likelihood less half the logarithm of the rows for each free parameter (Schwarz 1978).
#[derive(Clone, Debug)]
pub struct DiscreteBic {
    categories: Categories,
}

impl DiscreteBic {
    /// The score on a table of categories.
    ///
    /// # Errors
    /// What [`Categories::new`] refuses.
    pub fn new(table: &Table) -> Result<Self, CausalError> {
        Ok(Self { categories: Categories::new(table)? })
    }
}

impl LocalScore for DiscreteBic {
    fn variables(&self) -> usize {
        self.categories.width()
    }

    fn local(&self, node: usize, parents: &[usize]) -> f64 {
        let c = &self.categories;
        let parameters = combinations(c, parents) * (c.levels(node) as f64 - 1.0);
        log_likelihood(c, node, parents) - 0.5 * (c.rows() as f64).ln() * parameters
    }
}
