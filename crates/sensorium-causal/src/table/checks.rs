//! What to know of a table before a method is let loose on it.

use super::{Column, MISSING, Table, Values};
use crate::CausalError;
use faer::Mat;
use std::collections::{BTreeMap, BTreeSet};

/// A column is determined by others when they explain all of its variance but this share.
const UNEXPLAINED: f64 = 1e-8;

/// Columns with a coefficient below this (of standardised columns) are not named among those that determine another.
const NEGLIGIBLE: f64 = 1e-5;

impl Table {
    /// Checks that the table can be used for discovery and for fitting, and says what to be careful about.
    ///
    /// The warnings: missing values, levels that never occur, a level for almost every row.
    ///
    /// # Errors
    /// [`CausalError::Data`], naming columns and what to do, for: no columns, fewer rows than columns, a number that
    /// is not finite, a column that is all missing, constant (or of one level), the same as another (or the same up
    /// to the levels' names), or a linear combination of others.
    pub fn check_for_discovery(&self) -> Result<Vec<String>, CausalError> {
        let wrong = |message: String| Err(CausalError::Data(message));
        if self.width() == 0 {
            return wrong("the table has no columns".into());
        }
        if self.rows() <= self.width() {
            return wrong(format!(
                "{} rows are too few for {} columns; take more rows or fewer columns",
                self.rows(),
                self.width()
            ));
        }
        for column in &self.columns {
            check_values(column)?;
        }
        self.check_duplicates()?;
        let mut warnings: Vec<String> = self.columns.iter().flat_map(warnings_of).collect();
        self.check_collinearity(&mut warnings)?;
        Ok(warnings)
    }

    fn check_duplicates(&self) -> Result<(), CausalError> {
        let mut seen: BTreeMap<Vec<u64>, &str> = BTreeMap::new();
        for column in &self.columns {
            if let Some(other) = seen.insert(fingerprint(column), &column.name) {
                return Err(CausalError::Data(format!(
                    "columns `{other}` and `{}` hold the same; take one out",
                    column.name
                )));
            }
        }
        Ok(())
    }

    fn check_collinearity(&self, warnings: &mut Vec<String>) -> Result<(), CausalError> {
        let numbers: Vec<usize> =
            (0..self.width()).filter(|&c| matches!(self.columns[c].values, Values::Continuous(_))).collect();
        let table = self.select(&numbers).complete_rows();
        if table.rows() <= table.width() {
            warnings.push(format!(
                "only {} rows have no missing number: whether columns determine one another is not checked",
                table.rows()
            ));
            return Ok(());
        }
        // A column may be constant among the complete rows alone; then nothing can be said of it.
        let columns: Vec<&Column> = table.columns.iter().filter(|c| spread(c).1 > 0.0).collect();
        let Some((column, causes)) = determined_column(&columns, table.rows()) else { return Ok(()) };
        Err(CausalError::Data(format!(
            "column `{column}` is determined by {}: it is a linear combination of {}; take one of these out",
            causes.join(", "),
            if causes.len() == 1 { "it" } else { "them" }
        )))
    }

    /// The rows in which no value is missing.
    pub fn complete_rows(&self) -> Self {
        let mut complete = vec![true; self.rows];
        for column in &self.columns {
            match &column.values {
                Values::Continuous(values) => {
                    complete.iter_mut().zip(values).for_each(|(c, v)| *c &= !v.is_nan());
                }
                Values::Categorical { codes, .. } => {
                    complete.iter_mut().zip(codes).for_each(|(c, code)| *c &= *code != MISSING);
                }
            }
        }
        if complete.iter().all(|c| *c) {
            return self.clone();
        }
        let rows: Vec<usize> = (0..self.rows).filter(|&r| complete[r]).collect();
        self.take(&rows)
    }

    /// The table with every continuous column of mean 0 and variance 1 (divisor: the number of values); what is
    /// missing stays missing, categorical columns stay as they are.
    ///
    /// # Errors
    /// [`CausalError::Data`] for a continuous column that is constant, all missing or not finite.
    pub fn standardized(&self) -> Result<Self, CausalError> {
        let mut columns = self.columns.clone();
        for column in &mut columns {
            if let Values::Continuous(_) = column.values {
                check_values(column)?;
            }
            let (mean, deviation) = spread(column);
            if let Values::Continuous(values) = &mut column.values {
                values.iter_mut().for_each(|v| *v = (*v - mean) / deviation);
            }
        }
        Self::new(columns)
    }
}

/// Mean and standard deviation of the numbers that are there.
fn spread(column: &Column) -> (f64, f64) {
    let Values::Continuous(values) = &column.values else { return (0.0, 1.0) };
    let there = || values.iter().copied().filter(|v| !v.is_nan());
    let count = there().count() as f64;
    let mean = there().sum::<f64>() / count;
    (mean, (there().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt())
}

fn check_values(column: &Column) -> Result<(), CausalError> {
    let name = &column.name;
    let wrong = |message: String| Err(CausalError::Data(message));
    match &column.values {
        Values::Continuous(values) => {
            if let Some(row) = values.iter().position(|v| v.is_infinite()) {
                return wrong(format!("column `{name}`, row {}: not a finite number", row + 1));
            }
            let mut there = values.iter().filter(|v| !v.is_nan());
            let Some(first) = there.next() else {
                return wrong(format!("column `{name}` has no values; take it out"));
            };
            if there.all(|v| v == first) {
                return wrong(format!("column `{name}` is constant ({first}); take it out"));
            }
            let (mean, deviation) = spread(column);
            if !mean.is_finite() || !deviation.is_finite() || deviation == 0.0 {
                return wrong(format!("column `{name}` is too large or too close to constant; rescale it"));
            }
        }
        Values::Categorical { levels, codes } => {
            let used: BTreeSet<u32> = codes.iter().copied().filter(|c| *c != MISSING).collect();
            match used.first() {
                None => return wrong(format!("column `{name}` has no values; take it out")),
                Some(&only) if used.len() == 1 => {
                    let level = levels.get(only as usize).map_or("", String::as_str);
                    return wrong(format!("column `{name}` has one level (`{level}`); take it out"));
                }
                Some(_) => {}
            }
        }
    }
    Ok(())
}

fn warnings_of(column: &Column) -> Vec<String> {
    let mut warnings = Vec::new();
    let name = &column.name;
    let missing = column.missing();
    if missing > 0 {
        warnings.push(format!("column `{name}` misses {missing} of {} values", column.len()));
    }
    if let Values::Categorical { levels, codes } = &column.values {
        let used: BTreeSet<u32> = codes.iter().copied().filter(|c| *c != MISSING).collect();
        if used.len() < levels.len() {
            warnings.push(format!("column `{name}`: {} levels never occur", levels.len() - used.len()));
        }
        if used.len() > 20 && 2 * used.len() > codes.len() {
            warnings.push(format!(
                "column `{name}` has {} levels in {} rows: an identifier?",
                used.len(),
                codes.len()
            ));
        }
    }
    warnings
}

/// The same for two columns that hold the same; levels count in order of their first row, so that names do not matter.
fn fingerprint(column: &Column) -> Vec<u64> {
    match &column.values {
        Values::Continuous(values) => {
            let bits = |v: f64| if v.is_nan() { u64::MAX } else { (v + 0.0).to_bits() };
            std::iter::once(0).chain(values.iter().map(|v| bits(*v))).collect()
        }
        Values::Categorical { codes, .. } => {
            let mut order: BTreeMap<u32, u64> = BTreeMap::new();
            let mut first = |code: u32| {
                let next = order.len() as u64;
                if code == MISSING { u64::MAX } else { *order.entry(code).or_insert(next) }
            };
            std::iter::once(1).chain(codes.iter().map(|c| first(*c))).collect()
        }
    }
}

/// The first column that those before it determine, and which of them do: Cholesky's factor of the correlations, row
/// by row; a column whose remaining variance is nothing is determined.
fn determined_column(columns: &[&Column], rows: usize) -> Option<(String, Vec<String>)> {
    let width = columns.len();
    let scale = 1.0 / (rows as f64).sqrt();
    let mut standard = Mat::<f64>::zeros(rows, width);
    for (c, column) in columns.iter().enumerate() {
        let (mean, deviation) = spread(column);
        if let Values::Continuous(values) = &column.values {
            values.iter().enumerate().for_each(|(r, v)| standard[(r, c)] = (v - mean) / deviation * scale);
        }
    }
    let correlations = standard.transpose() * &standard;
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(width);
    for (c, column) in columns.iter().enumerate() {
        let mut row = Vec::with_capacity(c + 1);
        for (k, pivot) in factor.iter().enumerate() {
            let known: f64 = pivot[..k].iter().zip(&row).map(|(a, b)| a * b).sum();
            row.push((correlations[(c, k)] - known) / pivot[k]);
        }
        let left = correlations[(c, c)] - row.iter().map(|v| v * v).sum::<f64>();
        if left < UNEXPLAINED {
            let weights = back_substitute(&factor, row);
            let named = weights.iter().zip(columns).filter(|(w, _)| w.abs() > NEGLIGIBLE);
            return Some((column.name.clone(), named.map(|(_, c)| format!("`{}`", c.name)).collect()));
        }
        row.push(left.sqrt());
        factor.push(row);
    }
    None
}

/// Solves `Lᵀ w = b` for the lower triangular `L`.
fn back_substitute(lower: &[Vec<f64>], mut b: Vec<f64>) -> Vec<f64> {
    for k in (0..b.len()).rev() {
        b[k] /= lower[k][k];
        let solved = b[k];
        b[..k].iter_mut().zip(&lower[k]).for_each(|(v, l)| *v -= l * solved);
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;
    use rand::Rng;

    fn noise(rows: usize, stream: u64) -> Vec<f64> {
        let mut rng = generator(1, stream);
        (0..rows).map(|_| rng.random::<f64>()).collect()
    }

    fn message(columns: Vec<(&str, Vec<f64>)>) -> String {
        Table::from_continuous(columns).unwrap().check_for_discovery().unwrap_err().to_string()
    }

    #[test]
    fn a_sound_table_has_no_warnings() {
        let table = Table::from_continuous([("a", noise(50, 1)), ("b", noise(50, 2))]).unwrap();
        assert_eq!(table.check_for_discovery().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_linear_combination_is_named_with_what_determines_it() {
        let (a, b, c) = (noise(50, 1), noise(50, 2), noise(50, 3));
        let sum: Vec<f64> = a.iter().zip(&c).map(|(a, c)| 2.0 * a - 1e3 * c + 7.0).collect();
        let text = message(vec![("a", a), ("b", b), ("c", c), ("sum", sum)]);
        assert!(text.starts_with("column `sum` is determined by `a`, `c`:"), "{text}");
    }

    #[test]
    fn constant_duplicate_and_infinite_columns_are_refused_by_name() {
        let a = noise(9, 1);
        assert_eq!(
            message(vec![("a", a.clone()), ("b", vec![2.0; 9])]),
            "column `b` is constant (2); take it out"
        );
        assert_eq!(
            message(vec![("a", a.clone()), ("b", a.clone())]),
            "columns `a` and `b` hold the same; take one out"
        );
        let mut wild = a.clone();
        wild[3] = f64::INFINITY;
        assert_eq!(message(vec![("a", a), ("b", wild)]), "column `b`, row 4: not a finite number");
        assert!(
            message(vec![("a", noise(2, 1)), ("b", noise(2, 2))]).starts_with("2 rows are too few for 2")
        );
        assert_eq!(message(vec![("a", vec![f64::NAN; 9])]), "column `a` has no values; take it out");
    }

    #[test]
    fn levels_under_other_names_are_the_same_column() {
        let level = |names: [&str; 2], codes: [u32; 4]| (names.map(String::from).to_vec(), codes.to_vec());
        let ((l1, c1), (l2, c2)) = (level(["x", "y"], [0, 1, 1, 0]), level(["u", "v"], [1, 0, 0, 1]));
        let table =
            Table::new(vec![Column::categorical("a", l1, c1), Column::categorical("b", l2, c2)]).unwrap();
        assert!(table.check_for_discovery().unwrap_err().to_string().contains("hold the same"));
        let one =
            Table::new(vec![Column::categorical("a", vec!["x".into(), "y".into()], vec![1; 5])]).unwrap();
        let text = one.check_for_discovery().unwrap_err().to_string();
        assert_eq!(text, "column `a` has one level (`y`); take it out");
    }

    #[test]
    fn missing_values_are_counted_and_left_out() {
        let mut a = noise(20, 1);
        a[4] = f64::NAN;
        let table = Table::from_continuous([("a", a), ("b", noise(20, 2))]).unwrap();
        assert_eq!(table.check_for_discovery().unwrap(), ["column `a` misses 1 of 20 values"]);
        assert_eq!(table.complete_rows().rows(), 19);
    }

    #[test]
    fn standardized_columns_have_mean_zero_and_variance_one() {
        let table =
            Table::from_continuous([("a", vec![1.0, f64::NAN, 3.0])]).unwrap().standardized().unwrap();
        let values = table.continuous(0).unwrap();
        assert_eq!((values[0], values[2]), (-1.0, 1.0));
        assert!(values[1].is_nan());
        assert!(Table::from_continuous([("a", vec![1.0, 1.0])]).unwrap().standardized().is_err());
    }
}
