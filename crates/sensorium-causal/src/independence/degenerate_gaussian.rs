//! A test for tables that mix numbers and categories.

use super::IndependenceTest;
use crate::indicators::{Factor, Indicators};
use crate::{CausalError, Table};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Likelihood-ratio test that treats indicators of levels as if they were jointly Gaussian with the numbers
/// (Andrews, Ramsey and Cooper 2019).
///
/// The statistic is -m ln(|S_xy.z| / (|S_xx.z| |S_yy.z|)), where S.z are covariances that linear functions of the given
/// variables leave and m = n - 1 - (columns of z) - (columns of x and y + 1) / 2 is Bartlett's correction ("Further
/// aspects of the theory of multiple regression", 1938); it has (columns of x)(columns of y) degrees of freedom.
/// Only linear functions of numbers and indicators are taken out. So dependence that leaves covariances untouched is not
/// seen, and a number that acts on a category by a threshold does not wholly separate that category from the number's
/// own causes: with many rows an edge too many can remain there.
#[derive(Clone, Debug)]
pub struct DegenerateGaussian {
    data: Indicators,
}

impl DegenerateGaussian {
    /// A test on the columns of a table.
    ///
    /// # Errors
    /// [`CausalError::Data`] for a constant column, one level, a missing or infinite value, or fewer rows than
    /// columns of numbers and indicators + 3.
    pub fn new(table: &Table) -> Result<Self, CausalError> {
        Ok(Self { data: Indicators::new(table)? })
    }

    /// The statistic and its degrees of freedom; infinite where x and y determine each other given the others.
    ///
    /// # Errors
    /// [`CausalError::Data`] when the given variables determine each other, or `x` or `y`.
    pub fn statistic(&self, x: usize, y: usize, given: &[usize]) -> Result<(f64, f64), CausalError> {
        let order: Vec<usize> = given.iter().copied().chain([x, y]).collect();
        let (across, down) = (self.data.width(x), self.data.width(y));
        let joint = self.data.factor(&order);
        let degrees = (across * down) as f64;
        let n = joint.size;
        let singular = |variable| Err(self.data.singular(variable, &order));
        let without_x = match joint.determined_by_others {
            None => {
                // What z leaves of y is the product of the last rows, from the first column of x on.
                let row = |i: usize| &joint.lower[(n - down + i) * n..][n - down - across..n - down + i + 1];
                let cell = |k: usize| row(k / down).iter().zip(row(k % down)).map(|(a, b)| a * b).sum();
                Factor::of((0..down * down).map(cell).collect(), down)
            }
            Some(variable) if variable == y => {
                let others: Vec<usize> = given.iter().copied().chain([y]).collect();
                return match self.data.factor(&others).determined_by_others {
                    Some(variable) => singular(variable),
                    None => Ok((f64::INFINITY, degrees)),
                };
            }
            Some(variable) => return singular(variable),
        };
        if without_x.determined_by_others.is_some() {
            return singular(y);
        }
        let ratio = joint.ln_determinant(n - down..n) - without_x.ln_determinant(0..down);
        let columns = (across + down + 1) as f64 / 2.0;
        let rows = self.data.rows - 1.0 - (n - across - down) as f64 - columns;
        Ok(((-rows * ratio).max(0.0), degrees))
    }
}

impl IndependenceTest for DegenerateGaussian {
    fn variables(&self) -> usize {
        self.data.names.len()
    }

    fn p_value(&self, x: usize, y: usize, given: &[usize]) -> Result<f64, CausalError> {
        let (statistic, degrees) = self.statistic(x, y, given)?;
        if statistic.is_infinite() {
            return Ok(0.0);
        }
        let distribution = ChiSquared::new(degrees)
            .map_err(|e| CausalError::Data(format!("{degrees} degrees of freedom: {e}")))?;
        Ok(distribution.sf(statistic))
    }
}
