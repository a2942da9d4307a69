//! The Bayesian Dirichlet equivalent uniform score.

use super::LocalScore;
use super::families::{combinations, count_family};
use crate::counts::Categories;
use crate::{CausalError, Table};
use statrs::function::gamma::ln_gamma;

/// Priors of [`Bdeu`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BdeuPriors {
    /// Equivalent sample size: how many rows the uniform prior of the tables weighs. Default: 1.
    pub sample_size: f64,
    /// The number of parents that a node is expected to have; `None` for a uniform prior of graphs. Default: 1.
    pub expected_parents: Option<f64>,
}

impl Default for BdeuPriors {
    fn default() -> Self {
        Self { sample_size: 1.0, expected_parents: Some(1.0) }
    }
}

/// The logarithm of the marginal likelihood with a uniform Dirichlet prior that is the same for equivalent graphs
/// (Heckerman, Geiger and Chickering, "Learning Bayesian networks", Machine Learning 1995, equation 28), and of a
/// binomial prior of the number of parents.
#[derive(Clone, Debug)]
pub struct Bdeu {
    categories: Categories,
    priors: BdeuPriors,
}

impl Bdeu {
    /// The score on a table of categories.
    ///
    /// # Errors
    /// What [`Categories::new`] refuses; [`CausalError::Argument`] for a sample size that is not above zero, or expected
    /// parents that are not between zero and the number of other variables (both excluded).
    pub fn new(table: &Table, priors: BdeuPriors) -> Result<Self, CausalError> {
        let categories = Categories::new(table)?;
        if !(priors.sample_size > 0.0 && priors.sample_size.is_finite()) {
            return Err(CausalError::Argument(format!(
                "an equivalent sample size of {} is not above zero; 1 is usual",
                priors.sample_size
            )));
        }
        let others = categories.width() as f64 - 1.0;
        if let Some(expected) = priors.expected_parents
            && !(expected > 0.0 && expected < others)
        {
            return Err(CausalError::Argument(format!(
                "{expected} expected parents with {others} other variables; take more than 0 and fewer than \
                 {others}, or no prior of graphs"
            )));
        }
        Ok(Self { categories, priors })
    }
}

impl LocalScore for Bdeu {
    fn variables(&self) -> usize {
        self.categories.width()
    }

    fn local(&self, node: usize, parents: &[usize]) -> f64 {
        let family = self.priors.sample_size / combinations(&self.categories, parents);
        let cell = family / self.categories.levels(node) as f64;
        let (family_prior, cell_prior) = (ln_gamma(family), ln_gamma(cell));
        let others = self.categories.width() as f64 - 1.0;
        let mut score = self.priors.expected_parents.map_or(0.0, |expected| {
            let (k, share) = (parents.len() as f64, expected / others);
            k * share.ln() + (others - k) * (1.0 - share).ln()
        });
        count_family(&self.categories, node, parents, &mut |counts| {
            let total: u32 = counts.iter().sum();
            score += family_prior - ln_gamma(f64::from(total) + family);
            let seen = counts.iter().filter(|&&n| n > 0);
            score += seen.map(|&n| ln_gamma(f64::from(n) + cell) - cell_prior).sum::<f64>();
        });
        score
    }
}
