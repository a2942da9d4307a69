//! Mixed tables as numbers: a category becomes indicators of its levels.

use crate::table::MISSING;
use crate::{CausalError, Table, Values};
use faer::Mat;
use std::ops::Range;

/// Below this a pivot says that a column is a linear function of those before it.
const SINGULAR: f64 = 1e-10;

/// Correlations of the columns of a mixed table, where a category stands for indicators of all its levels but the
/// first that occurs (Andrews, Ramsey and Cooper, "Learning high-dimensional directed acyclic graphs with mixed
/// data-types", KDD workshop on causal discovery 2019).
#[derive(Clone, Debug)]
pub(crate) struct Indicators {
    pub(crate) names: Vec<String>,
    pub(crate) rows: f64,
    correlations: Mat<f64>,
    spans: Vec<Range<usize>>,
}

impl Indicators {
    pub(crate) fn new(table: &Table) -> Result<Self, CausalError> {
        let rows = table.rows();
        let (mut columns, mut spans) = (Vec::new(), Vec::new());
        for column in table.columns() {
            let error = |text: String| Err(CausalError::Data(format!("column `{}` {text}", column.name)));
            let begin = columns.len();
            match &column.values {
                Values::Continuous(values) => {
                    if let Some(row) = values.iter().position(|v| !v.is_finite()) {
                        return error(format!("is missing or infinite in row {row}; leave such rows out"));
                    }
                    match standardised(values) {
                        Some(values) => columns.push(values),
                        None => return error("is constant; leave it out".into()),
                    }
                }
                Values::Categorical { levels, codes } => {
                    if let Some(row) = codes.iter().position(|&c| c == MISSING) {
                        return error(format!("is missing in row {row}; leave such rows out"));
                    }
                    let mut seen = vec![false; levels.len()];
                    codes.iter().for_each(|&c| seen[c as usize] = true);
                    for level in (0..levels.len()).filter(|&l| seen[l]).skip(1) {
                        let indicator: Vec<f64> =
                            codes.iter().map(|&c| f64::from(u8::from(c as usize == level))).collect();
                        columns.extend(standardised(&indicator));
                    }
                    if columns.len() == begin {
                        return error("has one level; leave it out".into());
                    }
                }
            }
            spans.push(begin..columns.len());
        }
        if rows < columns.len() + 3 {
            return Err(CausalError::Data(format!(
                "{rows} rows are too few for {} columns of numbers and indicators of levels; at least {} are needed",
                columns.len(),
                columns.len() + 3
            )));
        }
        let matrix = Mat::from_fn(rows, columns.len(), |r, c| columns[c][r]);
        let correlations = matrix.transpose() * &matrix;
        Ok(Self { names: table.names(), rows: rows as f64, correlations, spans })
    }

    /// How many columns a variable stands for.
    pub(crate) fn width(&self, variable: usize) -> usize {
        self.spans[variable].len()
    }

    /// The lower Cholesky factor of the correlations of some variables, row by row, and where it breaks off: at the
    /// first variable that is not wholly free of those before it.
    pub(crate) fn factor(&self, variables: &[usize]) -> Factor {
        let at: Vec<(usize, usize)> =
            variables.iter().flat_map(|&v| self.spans[v].clone().map(move |i| (v, i))).collect();
        let cells: Vec<f64> =
            at.iter().flat_map(|&(_, a)| at.iter().map(move |&(_, b)| self.correlations[(a, b)])).collect();
        let mut factor = Factor { size: at.len(), lower: cells, determined_by_others: None };
        if let Some(place) = factor.decompose() {
            factor.determined_by_others = Some(at[place].0);
        }
        factor
    }

    /// An error that names variables of which one is a function of the others.
    pub(crate) fn singular(&self, variable: usize, among: &[usize]) -> CausalError {
        let names: Vec<&str> = among.iter().map(|&v| self.names[v].as_str()).collect();
        CausalError::Data(format!(
            "`{}` (or a level of it) is a linear function of others among {}; leave one out, or join levels",
            self.names[variable],
            names.join(", ")
        ))
    }
}

/// A Cholesky factor.
pub(crate) struct Factor {
    pub(crate) size: usize,
    /// size × size, row by row; what stands above the diagonal has no meaning.
    pub(crate) lower: Vec<f64>,
    /// The first variable of which a column is a linear function of those before it.
    pub(crate) determined_by_others: Option<usize>,
}

impl Factor {
    /// The factor of a symmetric matrix, row by row.
    pub(crate) fn of(matrix: Vec<f64>, size: usize) -> Self {
        let mut factor = Self { size, lower: matrix, determined_by_others: None };
        factor.determined_by_others = factor.decompose();
        factor
    }

    fn decompose(&mut self) -> Option<usize> {
        let n = self.size;
        for i in 0..n {
            for j in 0..=i {
                let (above, row) = self.lower.split_at(i * n);
                let other = if j < i { &above[j * n..][..j] } else { &row[..j] };
                let dot: f64 = row[..j].iter().zip(other).map(|(a, b)| a * b).sum();
                let rest = row[j] - dot;
                if i == j {
                    if rest < SINGULAR {
                        return Some(i);
                    }
                    self.lower[i * n + i] = rest.sqrt();
                } else {
                    self.lower[i * n + j] = rest / self.lower[j * n + j];
                }
            }
        }
        None
    }

    /// The logarithm of the determinant of the part of the matrix that these columns leave to each other in order.
    pub(crate) fn ln_determinant(&self, columns: Range<usize>) -> f64 {
        2.0 * columns.map(|i| self.lower[i * self.size + i].ln()).sum::<f64>()
    }
}

/// A column brought to mean 0 and length 1; none when it is constant.
fn standardised(column: &[f64]) -> Option<Vec<f64>> {
    let rows = column.len() as f64;
    let mean = column.iter().sum::<f64>() / rows;
    let length = column.iter().map(|v| (v - mean).powi(2)).sum::<f64>().sqrt();
    let scale = column.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    (length > 1e-12 * scale * rows.sqrt()).then(|| column.iter().map(|v| (v - mean) / length).collect())
}
