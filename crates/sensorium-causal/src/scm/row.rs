//! Single rows of a model's variables.

use super::StructuralCausalModel;
use crate::{CausalError, Table};
use serde_json::Value;

impl StructuralCausalModel {
    /// A row from a JSON object of names and values (`{"x": 3.2, "grade": "high"}`); a variable that is left out
    /// or `null` is missing (NaN).
    ///
    /// # Errors
    /// Not an object, an unknown variable, an unknown level, a value of another kind.
    pub fn parse_row(&self, json: &Value) -> Result<Vec<f64>, CausalError> {
        let Value::Object(fields) = json else {
            return Err(CausalError::Argument("a row is a JSON object of names and values".into()));
        };
        let mut row = vec![f64::NAN; self.variables.len()];
        for (name, value) in fields {
            let node = self.index_of(name)?;
            row[node] = match value {
                Value::Null => f64::NAN,
                Value::String(text) => self.variables[node].parse(text)?,
                Value::Number(_) | Value::Bool(_) => self.variables[node].parse(&value.to_string())?,
                Value::Array(_) | Value::Object(_) => {
                    return Err(CausalError::Argument(format!("`{name}` takes one value")));
                }
            };
        }
        Ok(row)
    }

    /// Row `row` of a table of the model's columns.
    ///
    /// # Errors
    /// Columns that are not the model's, no such row.
    pub fn row_of(&self, table: &Table, row: usize) -> Result<Vec<f64>, CausalError> {
        if row >= table.rows() {
            return Err(CausalError::Argument(format!(
                "there is no row {row}; the table has {}",
                table.rows()
            )));
        }
        Ok(self.align(&table.take(&[row]))?.columns().iter().map(|c| c.as_numbers()[0]).collect())
    }
}
