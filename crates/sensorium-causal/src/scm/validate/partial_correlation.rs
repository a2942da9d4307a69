//! The default test of independence for validation: partial correlation.

use crate::independence::IndependenceTest;
use crate::regress::{Ridge, moments};
use crate::{CausalError, Table};
use statrs::distribution::{ContinuousCDF, Normal};

/// Fisher's z of the partial correlation of numbers, by regression on what is given.
pub struct PartialCorrelation {
    columns: Vec<Vec<f64>>,
    names: Vec<String>,
}

impl PartialCorrelation {
    /// A test on a table of numbers without gaps.
    ///
    /// # Errors
    /// A categorical column, a missing or infinite value, a constant column.
    pub fn new(table: &Table) -> Result<Self, CausalError> {
        let columns: Vec<Vec<f64>> =
            (0..table.width()).map(|c| table.continuous(c).map(<[f64]>::to_vec)).collect::<Result<_, _>>()?;
        for (name, column) in table.names().iter().zip(&columns) {
            if column.iter().any(|v| !v.is_finite()) {
                return Err(CausalError::Data(format!("column `{name}` has gaps; leave those rows out")));
            }
            if moments(column).1 == 0.0 {
                return Err(CausalError::Data(format!("column `{name}` is constant; leave it out")));
            }
        }
        Ok(Self { columns, names: table.names() })
    }
}

impl IndependenceTest for PartialCorrelation {
    fn variables(&self) -> usize {
        self.columns.len()
    }

    fn p_value(&self, x: usize, y: usize, given: &[usize]) -> Result<f64, CausalError> {
        let rows = self.columns.first().map_or(0, Vec::len);
        if rows < given.len() + 5 {
            return Err(CausalError::Data(format!(
                "{rows} rows are too few to test `{}` and `{}` given {} variables",
                self.names[x],
                self.names[y],
                given.len()
            )));
        }
        let controls: Vec<&[f64]> = given.iter().map(|&g| self.columns[g].as_slice()).collect();
        let left = |target: &[f64]| -> Result<Vec<f64>, CausalError> {
            let linear = Ridge::default().fit_linear(&controls, target)?;
            let mut predicted = linear.predict(&controls);
            predicted.resize(rows, linear.intercept);
            Ok(target.iter().zip(predicted).map(|(t, p)| t - p).collect())
        };
        let (a, b) = (left(&self.columns[x])?, left(&self.columns[y])?);
        let product: f64 = a.iter().zip(&b).map(|(u, v)| u * v).sum();
        let size = |v: &[f64]| v.iter().map(|u| u * u).sum::<f64>();
        let scale = (size(&a) * size(&b)).sqrt();
        if scale <= f64::MIN_POSITIVE {
            return Ok(1.0);
        }
        let correlation = (product / scale).clamp(-1.0 + 1e-15, 1.0 - 1e-15);
        let z = correlation.atanh().abs() * ((rows - given.len() - 3) as f64).sqrt();
        Ok(2.0 * (1.0 - Normal::standard().cdf(z)))
    }
}
