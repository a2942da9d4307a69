//! Continuous columns made ready for linear methods: checked, centred, side by side.

use crate::{CausalError, Table};
use faer::Mat;

/// Centred columns, with their moments.
pub(crate) struct ContinuousSamples {
    pub names: Vec<String>,
    /// Rows x variables, each column with mean zero.
    pub centred: Mat<f64>,
    /// Covariance, divided by the number of rows.
    pub covariance: Mat<f64>,
}

/// A variable whose share of variance that the others leave unexplained is below this is their linear function.
const COLLINEAR: f64 = 1e-10;

impl ContinuousSamples {
    /// Checks and centres a table.
    ///
    /// # Errors
    /// A categorical column, a missing or infinite value, a constant column, collinear columns, no more rows than
    /// columns.
    pub fn new(table: &Table) -> Result<Self, CausalError> {
        let (n, d) = (table.rows(), table.width());
        if d < 2 {
            return Err(CausalError::Data(format!("discovery needs at least two columns; there are {d}")));
        }
        if n <= d + 1 {
            return Err(CausalError::Data(format!(
                "{n} rows are too few for {d} columns; linear methods need at least {}",
                d + 2
            )));
        }
        let mut centred = Mat::zeros(n, d);
        for j in 0..d {
            let values = table.continuous(j)?;
            let name = &table.column(j).name;
            if let Some(row) = values.iter().position(|v| !v.is_finite()) {
                return Err(CausalError::Data(format!(
                    "column `{name}` is missing or infinite in row {row}; leave such rows out or impute them"
                )));
            }
            let mean = values.iter().sum::<f64>() / n as f64;
            let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), &v| (l.min(v), h.max(v)));
            if low == high {
                return Err(CausalError::Data(format!("column `{name}` is constant; leave it out")));
            }
            if !(mean.is_finite() && (high - low).is_finite() && (high - low).powi(2).is_normal()) {
                return Err(CausalError::Data(format!(
                    "column `{name}` has values whose variance is out of range; rescale it"
                )));
            }
            for (to, v) in centred.col_mut(j).iter_mut().zip(values) {
                *to = v - mean;
            }
        }
        let covariance = centred.transpose() * &centred * faer::Scale(1.0 / n as f64);
        let samples = Self { names: table.names(), centred, covariance };
        samples.refuse_collinear()?;
        Ok(samples)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.centred.nrows()
    }

    /// Number of variables.
    pub fn width(&self) -> usize {
        self.centred.ncols()
    }

    /// Cholesky's factorisation of the correlations, stopped at the first pivot that vanishes.
    fn refuse_collinear(&self) -> Result<(), CausalError> {
        let d = self.width();
        let scale: Vec<f64> = (0..d).map(|j| self.covariance[(j, j)].sqrt()).collect();
        let mut lower = Mat::<f64>::zeros(d, d);
        for j in 0..d {
            for k in 0..=j {
                let dot: f64 = (0..k).map(|m| lower[(j, m)] * lower[(k, m)]).sum();
                let left = self.covariance[(j, k)] / (scale[j] * scale[k]) - dot;
                if k < j {
                    lower[(j, k)] = left / lower[(k, k)];
                } else if left < COLLINEAR {
                    return Err(CausalError::Data(format!(
                        "column `{}` is a linear function of the columns before it{}; leave one of them out",
                        self.names[j],
                        self.twin(j, &scale)
                    )));
                } else {
                    lower[(j, j)] = left.sqrt();
                }
            }
        }
        Ok(())
    }

    /// Names the one column that explains column `j` alone, if there is one.
    fn twin(&self, j: usize, scale: &[f64]) -> String {
        let same = |k: &usize| 1.0 - (self.covariance[(j, *k)] / (scale[j] * scale[*k])).powi(2) < COLLINEAR;
        (0..j).find(same).map_or(String::new(), |k| format!(" (of `{}` alone)", self.names[k]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(columns: Vec<(&str, Vec<f64>)>) -> String {
        let table = Table::from_continuous(columns).unwrap();
        ContinuousSamples::new(&table).err().unwrap().to_string()
    }

    #[test]
    fn unusable_columns_are_refused_by_name() {
        let x = vec![1.0, 2.0, 4.0, 3.0, 7.0, 0.0];
        let y = vec![0.0, 5.0, 1.0, 3.0, 2.0, 2.0];
        let sum: Vec<f64> = x.iter().zip(&y).map(|(a, b)| a - 2.0 * b).collect();
        let double: Vec<f64> = x.iter().map(|a| 2.0 * a + 1.0).collect();
        assert!(error(vec![("x", x.clone()), ("c", vec![3.0; 6])]).contains("`c` is constant"));
        assert!(error(vec![("x", x.clone()), ("d", double)]).contains("`d` is a linear function"));
        assert!(error(vec![("x", x.clone()), ("y", y), ("s", sum)]).contains("`s` is a linear function"));
        let mut holes = x.clone();
        holes[4] = f64::NAN;
        assert!(error(vec![("x", x.clone()), ("h", holes)]).contains("`h` is missing or infinite in row 4"));
        assert!(error(vec![("x", vec![1.0, 2.0, 4.0]), ("y", vec![1.0, 0.0, 0.0])]).contains("too few"));
        let huge = x.iter().map(|v| v * 1e200).collect();
        assert!(error(vec![("x", x), ("huge", huge)]).contains("rescale"));
    }
}
