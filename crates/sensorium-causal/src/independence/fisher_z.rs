//! Fisher's z: partial correlation of numbers.

use super::IndependenceTest;
use crate::{CausalError, Table};
use statrs::function::erf::erfc;

/// Test of a partial correlation by Fisher's z-transform (Fisher 1921; Kalisch and Bühlmann 2007, equation 2).
#[derive(Clone, Debug)]
pub struct FisherZ {
    names: Vec<String>,
    /// Correlations, variables x variables.
    correlations: Vec<f64>,
    rows: f64,
    rows_per_variable: Option<Vec<u32>>,
}

/// Below this a pivot says that variables determine each other.
const SINGULAR: f64 = 1e-10;

impl FisherZ {
    /// A test on the continuous columns of a table. Where values are missing, each correlation is taken over the rows
    /// that have both, and a test counts the fewest rows of any pair in it.
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
        let missing = table.columns().iter().any(|c| c.missing() > 0);
        let (correlations, rows_per_variable) = if missing {
            let (correlations, counts) = pairwise_correlations(&columns);
            (correlations, Some(counts))
        } else {
            (complete_correlations(&columns), None)
        };
        for (i, column) in table.columns().iter().enumerate() {
            if !correlations[i * n + i].is_finite() {
                return Err(CausalError::Data(format!("column `{}` is constant; leave it out", column.name)));
            }
        }
        Ok(Self { names: table.names(), correlations, rows: table.rows() as f64, rows_per_variable })
    }

    /// The partial correlation of `x` and `y` given `given`.
    ///
    /// # Errors
    /// [`CausalError::Data`] when a variable is a linear function of the others.
    pub fn partial_correlation(&self, x: usize, y: usize, given: &[usize]) -> Result<f64, CausalError> {
        let n = self.names.len();
        let r = |a: usize, b: usize| self.correlations[a * n + b];
        let value = match given {
            [] => r(x, y),
            [z] => {
                let spread = (1.0 - r(x, *z).powi(2)) * (1.0 - r(y, *z).powi(2));
                if spread < SINGULAR {
                    return Err(self.singular(x, y, given));
                }
                (r(x, y) - r(x, *z) * r(y, *z)) / spread.sqrt()
            }
            _ => {
                let order: Vec<usize> = given.iter().copied().chain([x, y]).collect();
                let m = order.len();
                let mut factor = vec![0.0; m * m];
                // Cholesky with x and y last: their lower corner holds what the others leave.
                for i in 0..m {
                    for j in 0..=i {
                        let done: f64 = (0..j).map(|k| factor[i * m + k] * factor[j * m + k]).sum();
                        let rest = r(order[i], order[j]) - done;
                        if i == j {
                            if rest < SINGULAR && i + 1 < m {
                                return Err(self.singular(x, y, given));
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
                    return Err(self.singular(x, y, given));
                }
                cross / length
            }
        };
        Ok(value.clamp(-1.0, 1.0))
    }

    fn singular(&self, x: usize, y: usize, given: &[usize]) -> CausalError {
        let names: Vec<&str> = given.iter().chain([&x, &y]).map(|&i| self.names[i].as_str()).collect();
        CausalError::Data(format!(
            "the correlations of {} are singular: one is a linear function of the others; leave one out",
            names.join(", ")
        ))
    }

    /// Rows that a test of these variables rests on.
    fn rows(&self, x: usize, y: usize, given: &[usize]) -> f64 {
        let Some(counts) = &self.rows_per_variable else { return self.rows };
        let n = self.names.len();
        let used: Vec<usize> = given.iter().copied().chain([x, y]).collect();
        let fewest = used.iter().flat_map(|&a| used.iter().map(move |&b| counts[a * n + b])).min();
        f64::from(fewest.unwrap_or(0))
    }
}

impl IndependenceTest for FisherZ {
    fn variables(&self) -> usize {
        self.names.len()
    }

    fn p_value(&self, x: usize, y: usize, given: &[usize]) -> Result<f64, CausalError> {
        let degrees = self.rows(x, y, given) - given.len() as f64 - 3.0;
        if degrees < 1.0 {
            return Err(CausalError::Data(format!(
                "too few rows to test `{}` and `{}` given {} others; limit the size of conditioning sets",
                self.names[x],
                self.names[y],
                given.len()
            )));
        }
        let limit = 1.0 - f64::EPSILON;
        let r = self.partial_correlation(x, y, given)?.clamp(-limit, limit);
        let z = 0.5 * ((1.0 + r) / (1.0 - r)).ln();
        Ok(erfc(degrees.sqrt() * z.abs() / std::f64::consts::SQRT_2))
    }
}

fn complete_correlations(columns: &[&[f64]]) -> Vec<f64> {
    let n = columns.len();
    let rows = columns.first().map_or(0, |c| c.len());
    let standard: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| {
            let mean = column.iter().sum::<f64>() / rows as f64;
            let norm = column.iter().map(|v| (v - mean).powi(2)).sum::<f64>().sqrt();
            let scale = column.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            let usable = norm > 1e-12 * scale * (rows as f64).sqrt();
            column.iter().map(|v| if usable { (v - mean) / norm } else { f64::NAN }).collect()
        })
        .collect();
    let matrix = faer::Mat::from_fn(rows, n, |r, c| standard[c][r]);
    let product = matrix.transpose() * &matrix;
    (0..n * n).map(|i| product[(i / n, i % n)]).collect()
}

fn pairwise_correlations(columns: &[&[f64]]) -> (Vec<f64>, Vec<u32>) {
    let n = columns.len();
    let (mut correlations, mut counts) = (vec![f64::NAN; n * n], vec![0_u32; n * n]);
    for a in 0..n {
        for b in 0..=a {
            let both: Vec<(f64, f64)> = columns[a]
                .iter()
                .zip(columns[b])
                .filter(|(u, v)| !u.is_nan() && !v.is_nan())
                .map(|(u, v)| (*u, *v))
                .collect();
            let count = both.len() as f64;
            let mean = both.iter().fold((0.0, 0.0), |m, p| (m.0 + p.0 / count, m.1 + p.1 / count));
            let (mut uu, mut vv, mut uv) = (0.0, 0.0, 0.0);
            for (u, v) in &both {
                let (du, dv) = (u - mean.0, v - mean.1);
                uu += du * du;
                vv += dv * dv;
                uv += du * dv;
            }
            let r = if uu > 0.0 && vv > 0.0 { uv / (uu * vv).sqrt() } else { f64::NAN };
            correlations[a * n + b] = r;
            correlations[b * n + a] = r;
            counts[a * n + b] = both.len() as u32;
            counts[b * n + a] = both.len() as u32;
        }
    }
    (correlations, counts)
}
