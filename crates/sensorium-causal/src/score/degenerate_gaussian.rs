//! A score for tables that mix numbers and categories.

use super::LocalScore;
use crate::indicators::Indicators;
use crate::{CausalError, Table};

/// The Bayesian information criterion that treats indicators of levels as if they were jointly Gaussian with the
/// numbers (Andrews, Ramsey and Cooper 2019).
///
/// With `d` columns of a node, `k` of its parents and `n` rows: -n/2 (d + ln |S|) - penalty (d k + d (d + 1) / 2) ln n,
/// where S is the correlation that linear functions of the parents leave. For numbers alone this is
/// [`super::GaussianBic`] of standardised columns.
#[derive(Clone, Debug)]
pub struct DegenerateGaussianBic {
    data: Indicators,
    penalty: f64,
}

impl DegenerateGaussianBic {
    /// The score on a table; a `penalty` of 0.5 is the criterion as it is, more gives fewer edges.
    ///
    /// # Errors
    /// [`CausalError::Data`] for a constant column, one level, a missing or infinite value, columns or levels that
    /// are linear functions of others, or too few rows; [`CausalError::Argument`] unless the penalty is above zero.
    pub fn new(table: &Table, penalty: f64) -> Result<Self, CausalError> {
        if !(penalty > 0.0 && penalty.is_finite()) {
            return Err(CausalError::Argument(format!(
                "a penalty of {penalty} is not above zero; 0.5 is usual"
            )));
        }
        let data = Indicators::new(table)?;
        // What all columns together allow, any part of them allows.
        let all: Vec<usize> = (0..table.width()).collect();
        match data.factor(&all).determined_by_others {
            Some(variable) => Err(data.singular(variable, &all[..=variable])),
            None => Ok(Self { data, penalty }),
        }
    }
}

impl LocalScore for DegenerateGaussianBic {
    fn variables(&self) -> usize {
        self.data.names.len()
    }

    fn local(&self, node: usize, parents: &[usize]) -> f64 {
        let order: Vec<usize> = parents.iter().copied().chain([node]).collect();
        let factor = self.data.factor(&order);
        let own = self.data.width(node);
        let others = factor.size - own;
        let determinant = factor.ln_determinant(others..factor.size);
        let parameters = (own * others) as f64 + (own * (own + 1)) as f64 / 2.0;
        -0.5 * self.data.rows * (own as f64 + determinant) - self.penalty * parameters * self.data.rows.ln()
    }
}
