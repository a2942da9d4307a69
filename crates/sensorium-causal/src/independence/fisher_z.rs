//! Fisher's z: partial correlation of numbers.

use super::IndependenceTest;
use crate::{CausalError, Table};
use statrs::function::erf::erfc;

/// Test of a partial correlation by Fisher's z-transform (Fisher 1921; Kalisch and Bühlmann 2007, equation 2).
#[derive(Clone, Debug)]
pub struct FisherZ {
    names: Vec<String>,
    source: Source,
}

/// Where correlations come from.
#[derive(Clone, Debug)]
enum Source {
    /// All of them, variables x variables, and how many rows they rest on.
    Complete(Vec<f64>, f64),
    /// The columns: each test takes the rows that have all of its variables.
    Missing(Vec<Vec<f64>>),
}

/// Below this a pivot says that variables determine each other.
const SINGULAR: f64 = 1e-10;

impl FisherZ {
    /// A test on the continuous columns of a table. Where values are missing, each test rests on the rows that have
    /// all of its variables (test-wise deletion).
    ///
    /// # Errors
    /// [`CausalError::Data`] for a categorical or a constant column, an infinite value, or too few rows.
    pub fn new(table: &Table) -> Result<Self, CausalError> {
        let n = table.width();
        let columns: Vec<&[f64]> = (0..n).map(|i| table.continuous(i)).collect::<Result<_, _>>()?;
        for (column, values) in table.columns().iter().zip(&columns) {
            if let Some(row) = values.iter().position(|v| v.is_infinite()) {
                return Err(CausalError::Data(format!("column `{}` is infinite in row {row}", column.name)));
            }
        }
        if table.rows() < 5 {
            return Err(CausalError::Data(format!(
                "{} rows are too few for Fisher's z; at least 5",
                table.rows()
            )));
        }
        let is_constant =
            |i: &usize| !standardised(&present(columns[*i])).first().is_some_and(|v| v.is_finite());
        if let Some(constant) = (0..n).find(is_constant) {
            return Err(CausalError::Data(format!(
                "column `{}` is constant; leave it out",
                table.column(constant).name
            )));
        }
        let source = if table.columns().iter().any(|c| c.missing() > 0) {
            Source::Missing(columns.iter().map(|c| c.to_vec()).collect())
        } else {
            Source::Complete(all_correlations(&columns), table.rows() as f64)
        };
        Ok(Self { names: table.names(), source })
    }

    /// The correlations among some variables, and how many rows they rest on.
    fn among(&self, order: &[usize]) -> Result<(Vec<f64>, f64), CausalError> {
        match &self.source {
            Source::Complete(all, rows) => {
                let n = self.names.len();
                let cells = order.iter().flat_map(|&a| order.iter().map(move |&b| all[a * n + b]));
                Ok((cells.collect(), *rows))
            }
            Source::Missing(columns) => {
                let rows: Vec<usize> = (0..columns[0].len())
                    .filter(|&r| order.iter().all(|&c| !columns[c][r].is_nan()))
                    .collect();
                let kept: Vec<Vec<f64>> =
                    order.iter().map(|&c| rows.iter().map(|&r| columns[c][r]).collect()).collect();
                let slices: Vec<&[f64]> = kept.iter().map(Vec::as_slice).collect();
                let correlations = all_correlations(&slices);
                if let Some(i) = (0..order.len()).find(|&i| !correlations[i * order.len() + i].is_finite()) {
                    return Err(CausalError::Data(format!(
                        "`{}` is constant in the {} rows that have all of {}; leave one of them out",
                        self.names[order[i]],
                        rows.len(),
                        self.listed(order)
                    )));
                }
                Ok((correlations, rows.len() as f64))
            }
        }
    }

    fn listed(&self, order: &[usize]) -> String {
        let names: Vec<&str> = order.iter().map(|&i| self.names[i].as_str()).collect();
        names.join(", ")
    }

    /// The partial correlation of `x` and `y` given `given`.
    ///
    /// # Errors
    /// [`CausalError::Data`] when a variable is a linear function of the others.
    pub fn partial_correlation(&self, x: usize, y: usize, given: &[usize]) -> Result<f64, CausalError> {
        Ok(self.partial(x, y, given)?.0)
    }

    /// The partial correlation and how many rows it rests on.
    fn partial(&self, x: usize, y: usize, given: &[usize]) -> Result<(f64, f64), CausalError> {
        // x and y last: the lower corner of the Cholesky factor holds what the others leave.
        let order: Vec<usize> = given.iter().copied().chain([x, y]).collect();
        let (r, rows) = self.among(&order)?;
        let m = order.len();
        let singular = || {
            CausalError::Data(format!(
                "the correlations of {} are singular: one is a linear function of the others; leave one out",
                self.listed(&order)
            ))
        };
        let mut factor = vec![0.0; m * m];
        for i in 0..m {
            for j in 0..=i {
                let done: f64 = (0..j).map(|k| factor[i * m + k] * factor[j * m + k]).sum();
                let rest = r[i * m + j] - done;
                if i == j {
                    if rest < SINGULAR && i + 1 < m {
                        return Err(singular());
                    }
                    factor[i * m + i] = rest.max(0.0).sqrt();
                } else {
                    factor[i * m + j] = rest / factor[j * m + j];
                }
            }
        }
        let (cross, own) = (factor[m * m - 2], factor[m * m - 1]);
        let length = (cross * cross + own * own).sqrt();
        if length < SINGULAR.sqrt() {
            return Err(singular());
        }
        Ok(((cross / length).clamp(-1.0, 1.0), rows))
    }
}

impl IndependenceTest for FisherZ {
    fn variables(&self) -> usize {
        self.names.len()
    }

    fn p_value(&self, x: usize, y: usize, given: &[usize]) -> Result<f64, CausalError> {
        let (r, rows) = self.partial(x, y, given)?;
        let degrees = rows - given.len() as f64 - 3.0;
        if degrees < 1.0 {
            return Err(CausalError::Data(format!(
                "too few rows to test `{}` and `{}` given {} others; limit the size of conditioning sets",
                self.names[x],
                self.names[y],
                given.len()
            )));
        }
        let limit = 1.0 - f64::EPSILON;
        let r = r.clamp(-limit, limit);
        let z = 0.5 * ((1.0 + r) / (1.0 - r)).ln();
        Ok(erfc(degrees.sqrt() * z.abs() / std::f64::consts::SQRT_2))
    }
}

/// The values that are there.
fn present(column: &[f64]) -> Vec<f64> {
    column.iter().copied().filter(|v| !v.is_nan()).collect()
}

/// A column brought to mean 0 and length 1; NaN when it is constant.
fn standardised(column: &[f64]) -> Vec<f64> {
    let rows = column.len() as f64;
    let mean = column.iter().sum::<f64>() / rows;
    let norm = column.iter().map(|v| (v - mean).powi(2)).sum::<f64>().sqrt();
    let scale = column.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    let usable = norm > 1e-12 * scale * rows.sqrt();
    column.iter().map(|v| if usable { (v - mean) / norm } else { f64::NAN }).collect()
}

/// Correlations of complete columns of equal length, columns x columns; NaN for constant ones.
fn all_correlations(columns: &[&[f64]]) -> Vec<f64> {
    let n = columns.len();
    let standard: Vec<Vec<f64>> = columns.iter().map(|c| standardised(c)).collect();
    let matrix = faer::Mat::from_fn(columns.first().map_or(0, |c| c.len()), n, |r, c| standard[c][r]);
    let product = matrix.transpose() * &matrix;
    (0..n * n).map(|i| product[(i / n, i % n)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(third: Vec<f64>) -> Table {
        let a: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 13)).collect();
        let b: Vec<f64> = (0..40).map(|i| f64::from(i * 5 % 11)).collect();
        Table::from_continuous([("a", a), ("b", b), ("c", third)]).unwrap()
    }

    #[test]
    fn rows_that_miss_a_variable_of_the_test_play_no_part() {
        let third = |i: i32| f64::from(i * 3 % 17) + f64::from(i * 7 % 13);
        let whole = table((0..40).map(third).collect());
        let gaps = table((0..40).map(|i| if i % 4 == 0 { f64::NAN } else { third(i) }).collect());
        let rows: Vec<usize> = (0..40).filter(|i| i % 4 != 0).collect();
        let (test, kept) = (FisherZ::new(&gaps).unwrap(), FisherZ::new(&whole.take(&rows)).unwrap());
        let (p, expected) = (test.p_value(0, 1, &[2]).unwrap(), kept.p_value(0, 1, &[2]).unwrap());
        assert!((p - expected).abs() < 1e-12, "{p} {expected}");
        // Without the column with gaps all rows count.
        let all = FisherZ::new(&whole).unwrap().p_value(0, 1, &[]).unwrap();
        assert_eq!(test.p_value(0, 1, &[]).unwrap(), all);
    }

    #[test]
    fn a_column_that_is_constant_where_the_test_looks_is_an_error_and_no_number() {
        let third = (0..40).map(|i| if i < 20 { 1.0 } else { f64::from(i) }).collect();
        let mut columns = table(third).columns().to_vec();
        let late: Vec<f64> = (0..40).map(|i| if i < 20 { f64::from(i % 7) } else { f64::NAN }).collect();
        columns[1] = crate::Column::continuous("b", late);
        let test = FisherZ::new(&Table::new(columns).unwrap()).unwrap();
        let error = test.p_value(1, 2, &[]).unwrap_err().to_string();
        assert!(error.contains("`c` is constant in the 20 rows"), "{error}");
    }

    #[test]
    fn constant_and_collinear_columns_are_named() {
        let constant = FisherZ::new(&table(vec![0.1; 40])).unwrap_err().to_string();
        assert!(constant.contains("`c` is constant"), "{constant}");
        let sum = (0..40).map(|i| f64::from(i * 7 % 13) + f64::from(i * 5 % 11)).collect();
        let test = FisherZ::new(&table(sum)).unwrap();
        assert!(test.p_value(0, 2, &[1]).unwrap() < 1e-9, "a sum depends on its parts");
        let mut columns = table((0..40).map(|i| f64::from(i * 7 % 13) * 2.0).collect()).columns().to_vec();
        columns.push(crate::Column::continuous("d", (0..40).map(|i| f64::from(i * 3 % 19)).collect()));
        let test = FisherZ::new(&Table::new(columns).unwrap()).unwrap();
        let error = test.p_value(1, 3, &[0, 2]).unwrap_err().to_string();
        assert!(error.contains("singular") && error.contains('a'), "{error}");
    }
}
