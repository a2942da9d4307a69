//! Tables of samples: one row a sample, one column a variable.

mod checks;
mod column;
mod csv;

pub use self::csv::{MISSING_CELLS, ReadOptions};
pub use column::{Column, MISSING, Values};

use crate::CausalError;

/// Samples of several variables, stored by column. Names are unique, columns equally long.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    columns: Vec<Column>,
    rows: usize,
}

impl Table {
    /// A table of these columns.
    ///
    /// # Errors
    /// Columns of different lengths, a name that comes twice, a code beyond a column's levels.
    pub fn new(columns: Vec<Column>) -> Result<Self, CausalError> {
        let rows = columns.first().map_or(0, Column::len);
        let mut names = std::collections::BTreeSet::new();
        for column in &columns {
            if column.len() != rows {
                return Err(CausalError::Data(format!(
                    "column `{}` has {} rows, the first column has {rows}",
                    column.name,
                    column.len()
                )));
            }
            if !names.insert(column.name.as_str()) {
                return Err(CausalError::Data(format!("two columns are called `{}`", column.name)));
            }
            column.check()?;
        }
        Ok(Self { columns, rows })
    }

    /// A table of numbers from columns of equal length.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn from_continuous<S: Into<String>>(
        columns: impl IntoIterator<Item = (S, Vec<f64>)>,
    ) -> Result<Self, CausalError> {
        Self::new(columns.into_iter().map(|(name, values)| Column::continuous(name, values)).collect())
    }

    /// Number of samples.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of variables.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// All columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// One column.
    ///
    /// # Panics
    /// When there is no such column, as indexing does.
    pub fn column(&self, index: usize) -> &Column {
        &self.columns[index]
    }

    /// The names of the variables.
    pub fn names(&self) -> Vec<String> {
        self.columns.iter().map(|c| c.name.clone()).collect()
    }

    /// The position of a variable.
    ///
    /// # Errors
    /// [`CausalError::UnknownVariable`], naming those there are.
    pub fn index_of(&self, name: &str) -> Result<usize, CausalError> {
        let position = self.columns.iter().position(|c| c.name == name);
        position.ok_or_else(|| CausalError::unknown(name, &self.names()))
    }

    /// The numbers of a continuous column.
    ///
    /// # Errors
    /// [`CausalError::Data`] for a categorical column.
    pub fn continuous(&self, index: usize) -> Result<&[f64], CausalError> {
        let column = &self.columns[index];
        match &column.values {
            Values::Continuous(values) => Ok(values),
            Values::Categorical { .. } => Err(CausalError::Data(format!(
                "column `{}` is categorical; this method needs numbers",
                column.name
            ))),
        }
    }

    /// Some of the columns, in the order asked for.
    pub fn select(&self, columns: &[usize]) -> Self {
        Self { columns: columns.iter().map(|&c| self.columns[c].clone()).collect(), rows: self.rows }
    }

    /// Some of the rows, in the order asked for; a row may come more than once (bootstrap).
    pub fn take(&self, rows: &[usize]) -> Self {
        Self { columns: self.columns.iter().map(|c| c.take(rows)).collect(), rows: rows.len() }
    }

    /// Whether every column holds numbers.
    pub fn is_continuous(&self) -> bool {
        self.columns.iter().all(|c| matches!(c.values, Values::Continuous(_)))
    }

    /// Whether every column is categorical.
    pub fn is_categorical(&self) -> bool {
        self.columns.iter().all(|c| matches!(c.values, Values::Categorical { .. }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_different_lengths_are_refused_by_name() {
        let error = Table::from_continuous([("a", vec![1.0, 2.0]), ("b", vec![1.0])]).unwrap_err();
        assert_eq!(error.to_string(), "column `b` has 1 rows, the first column has 2");
    }

    #[test]
    fn a_name_that_comes_twice_is_refused() {
        let error = Table::from_continuous([("a", vec![1.0]), ("a", vec![2.0])]).unwrap_err();
        assert_eq!(error.to_string(), "two columns are called `a`");
    }

    #[test]
    fn rows_can_come_more_than_once() {
        let table = Table::from_continuous([("a", vec![1.0, 2.0])]).unwrap();
        assert_eq!(table.take(&[1, 1, 0]).continuous(0).unwrap(), [2.0, 2.0, 1.0]);
    }

    #[test]
    fn an_unknown_variable_is_answered_with_those_there_are() {
        let table = Table::from_continuous([("dose", vec![1.0]), ("focus", vec![2.0])]).unwrap();
        let text = table.index_of("dosis").unwrap_err().to_string();
        assert_eq!(text, "no variable is called `dosis`; there are: dose, focus");
    }
}
