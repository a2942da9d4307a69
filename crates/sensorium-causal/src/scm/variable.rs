//! What a model knows of each of its variables.

use crate::{CausalError, Column, Values};
use serde::{Deserialize, Serialize};

/// A variable of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// The values it takes.
    pub domain: Domain,
}

/// The values that a variable takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// Numbers; in the table they went from `low` to `high`.
    Continuous {
        /// The least number seen.
        low: f64,
        /// The greatest number seen.
        high: f64,
    },
    /// Levels; a value is the position of its level.
    Categorical {
        /// Names of the levels.
        levels: Vec<String>,
    },
}

impl Variable {
    /// A variable with the range or the levels of a column.
    ///
    /// # Errors
    /// A column that is infinite somewhere, or has no value at all, or has no level.
    pub(super) fn of(column: &Column) -> Result<Self, CausalError> {
        let name = column.name.clone();
        if column.missing() == column.len() {
            return Err(CausalError::Data(format!("column `{name}` has no value; leave it out")));
        }
        let domain = match &column.values {
            Values::Continuous(values) => {
                if let Some(row) = values.iter().position(|v| v.is_infinite()) {
                    return Err(CausalError::Data(format!("column `{name}` is infinite in row {row}")));
                }
                let seen = || values.iter().copied().filter(|v| !v.is_nan());
                let (low, high) =
                    (seen().fold(f64::INFINITY, f64::min), seen().fold(f64::NEG_INFINITY, f64::max));
                Domain::Continuous { low, high }
            }
            Values::Categorical { levels, .. } => Domain::Categorical { levels: levels.clone() },
        };
        Ok(Self { name, domain })
    }

    /// Number of levels; `None` for numbers.
    pub fn levels(&self) -> Option<usize> {
        match &self.domain {
            Domain::Continuous { .. } => None,
            Domain::Categorical { levels } => Some(levels.len()),
        }
    }

    /// A value from its text: a number, or the name of a level.
    ///
    /// # Errors
    /// [`CausalError::Argument`] for what is not a finite number, or not a level, naming those there are.
    pub fn parse(&self, text: &str) -> Result<f64, CausalError> {
        let text = text.trim();
        match &self.domain {
            Domain::Continuous { .. } => match text.parse::<f64>() {
                Ok(value) if value.is_finite() => Ok(value),
                _ => Err(CausalError::Argument(format!("`{}` takes a number, not `{text}`", self.name))),
            },
            Domain::Categorical { levels } => match levels.iter().position(|l| l == text) {
                Some(level) => Ok(level as f64),
                None => Err(CausalError::Argument(format!(
                    "`{}` has no level `{text}`; there are: {}",
                    self.name,
                    levels.join(", ")
                ))),
            },
        }
    }

    /// A value as text: the number, or the name of the level.
    pub fn format(&self, value: f64) -> String {
        match &self.domain {
            Domain::Continuous { .. } => value.to_string(),
            Domain::Categorical { levels } => {
                levels.get(value as usize).cloned().unwrap_or_else(|| "missing".to_owned())
            }
        }
    }

    /// That a value is one of the variable's: finite, or the position of a level.
    pub(super) fn check(&self, value: f64) -> Result<(), CausalError> {
        let sound = match self.levels() {
            None => value.is_finite(),
            Some(levels) => value >= 0.0 && value.fract() == 0.0 && (value as usize) < levels,
        };
        if sound {
            return Ok(());
        }
        Err(CausalError::Argument(match &self.domain {
            Domain::Continuous { .. } => format!("`{}` cannot be {value}; give a finite number", self.name),
            Domain::Categorical { levels } => {
                format!("`{}` has no level number {value}; there are 0 to {}", self.name, levels.len() - 1)
            }
        }))
    }

    /// A column of these values.
    pub(super) fn column(&self, values: Vec<f64>) -> Column {
        match &self.domain {
            Domain::Continuous { .. } => Column::continuous(self.name.clone(), values),
            Domain::Categorical { levels } => {
                let codes = values.into_iter().map(|v| v as u32).collect();
                Column::categorical(self.name.clone(), levels.clone(), codes)
            }
        }
    }
}
