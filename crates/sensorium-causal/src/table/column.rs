//! One variable of a table.

use crate::CausalError;

/// The code of a categorical value that is missing.
pub const MISSING: u32 = u32::MAX;

/// A variable and its samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its samples.
    pub values: Values,
}

/// Samples of one variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers; NaN where missing.
    Continuous(Vec<f64>),
    /// One of several levels.
    Categorical {
        /// The levels' names.
        levels: Vec<String>,
        /// Positions in `levels`; [`MISSING`] where missing.
        codes: Vec<u32>,
    },
}

impl Column {
    /// A column of numbers.
    pub fn continuous(name: impl Into<String>, values: Vec<f64>) -> Self {
        Self { name: name.into(), values: Values::Continuous(values) }
    }

    /// A column of levels.
    pub fn categorical(name: impl Into<String>, levels: Vec<String>, codes: Vec<u32>) -> Self {
        Self { name: name.into(), values: Values::Categorical { levels, codes } }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Continuous(values) => values.len(),
            Values::Categorical { codes, .. } => codes.len(),
        }
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many samples are missing.
    pub fn missing(&self) -> usize {
        match &self.values {
            Values::Continuous(values) => values.iter().filter(|v| v.is_nan()).count(),
            Values::Categorical { codes, .. } => codes.iter().filter(|c| **c == MISSING).count(),
        }
    }

    /// Samples as numbers: codes of levels for a categorical column, NaN where missing.
    pub fn as_numbers(&self) -> Vec<f64> {
        match &self.values {
            Values::Continuous(values) => values.clone(),
            Values::Categorical { codes, .. } => {
                codes.iter().map(|&c| if c == MISSING { f64::NAN } else { f64::from(c) }).collect()
            }
        }
    }

    /// Some of the samples, in the order asked for.
    pub fn take(&self, rows: &[usize]) -> Self {
        let values = match &self.values {
            Values::Continuous(values) => Values::Continuous(rows.iter().map(|&r| values[r]).collect()),
            Values::Categorical { levels, codes } => Values::Categorical {
                levels: levels.clone(),
                codes: rows.iter().map(|&r| codes[r]).collect(),
            },
        };
        Self { name: self.name.clone(), values }
    }

    /// Every code names a level.
    pub(super) fn check(&self) -> Result<(), CausalError> {
        let Values::Categorical { levels, codes } = &self.values else { return Ok(()) };
        match codes.iter().find(|c| **c != MISSING && **c as usize >= levels.len()) {
            Some(code) => Err(CausalError::Data(format!(
                "column `{}` has code {code}, but only {} levels",
                self.name,
                levels.len()
            ))),
            None => Ok(()),
        }
    }
}
