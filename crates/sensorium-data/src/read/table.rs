//! Columns read from a CSV or Parquet file, and their way into time order.

use super::order::{Order, order};
use super::repairs::Repairs;
use super::time_format::TimeFormat;
use crate::error::DataError;
use crate::stream::TimeAxis;
use crate::time::{Hertz, Timestamp};
use std::fmt;
use std::path::Path;

/// A column, by its name in the header or by its number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ColumnRef {
    /// Name in the header line (or the Parquet schema).
    Name(String),
    /// Position, counted from 1.
    Number(usize),
}

impl fmt::Display for ColumnRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "`{name}`"),
            Self::Number(number) => write!(f, "number {number}"),
        }
    }
}

impl ColumnRef {
    /// Position in `header`, counted from 0; `width` is the number of columns.
    ///
    /// # Errors
    /// A sentence with the columns that there are.
    pub fn locate(&self, header: Option<&[String]>, width: usize) -> Result<usize, String> {
        match (self, header) {
            (Self::Number(number), _) if (1..=width).contains(number) => Ok(number - 1),
            (Self::Number(number), _) => {
                Err(format!("there is no column number {number}; the file has {width}, counted from 1"))
            }
            (Self::Name(name), Some(header)) => {
                let exact = header.iter().position(|h| h == name);
                let loose = || header.iter().position(|h| h.eq_ignore_ascii_case(name));
                exact
                    .or_else(loose)
                    .ok_or_else(|| format!("there is no column `{name}`; the file has {}", quoted(header)))
            }
            (Self::Name(name), None) => Err(format!(
                "the file has no header line, so the column `{name}` cannot be found by name; give column \
                 numbers (1 to {width}), or set header = true"
            )),
        }
    }
}

/// `a`, `b`, `c`, at most twenty of them.
pub(crate) fn quoted(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(20).map(|n| format!("`{n}`")).collect();
    if names.len() > shown.len() {
        shown.push(format!("and {} more", names.len() - shown.len()));
    }
    shown.join(", ")
}

/// What to take out of a table.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The column of times, if there is one.
    pub time: Option<ColumnRef>,
    /// How they are written.
    pub time_format: TimeFormat,
    /// Columns of numbers.
    pub values: Vec<ColumnRef>,
    /// Columns of words (labels).
    pub texts: Vec<ColumnRef>,
}

/// Columns in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Number of rows.
    pub rows: usize,
    /// Microseconds of each row, `None` where the cell is empty; empty without a time column.
    pub times: Vec<Option<i64>>,
    /// Columns of numbers, as requested; NaN where missing.
    pub values: Vec<Vec<f32>>,
    /// Columns of words, as requested.
    pub texts: Vec<Vec<String>>,
    /// Line of each row, counted from 1; empty where there are no lines.
    pub lines: Vec<u64>,
}

/// Times, columns of numbers and columns of words, all in time order.
pub type Columns = (TimeAxis, Vec<Vec<f32>>, Vec<Vec<String>>);

impl Table {
    /// Puts the rows in time order; without a time column they are evenly spaced from `start`.
    ///
    /// # Errors
    /// Times that cannot be repaired, or (`rate` given) that come at another rate: see
    /// [`crate::read`].
    pub fn into_order(
        self,
        path: &Path,
        start: Timestamp,
        rate: Option<Hertz>,
        repairs: &mut Repairs,
    ) -> Result<Columns, DataError> {
        if self.times.is_empty() {
            let Some(rate) = rate else {
                if self.rows == 0 {
                    return Ok((TimeAxis::Stamped(Vec::new()), self.values, self.texts));
                }
                return Err(DataError::in_file(
                    path,
                    "has neither a time column nor a rate; give `time` or `rate_hz` for its stream",
                ));
            };
            return Ok((TimeAxis::Regular { start, rate, len: self.rows }, self.values, self.texts));
        }
        let Order { positions, times } =
            order(&self.times, false, repairs).map_err(|d| match self.lines.get(d.position) {
                Some(line) => DataError::at_line(path, *line, d.message),
                None => DataError::in_file(path, format!("row {}: {}", d.position + 1, d.message)),
            })?;
        check_rate(path, &times, rate)?;
        let (values, texts) = match positions {
            None => (self.values, self.texts),
            Some(at) => (
                self.values.iter().map(|c| at.iter().map(|i| c[*i]).collect()).collect(),
                self.texts.iter().map(|c| at.iter().map(|i| c[*i].clone()).collect()).collect(),
            ),
        };
        Ok((TimeAxis::Stamped(times.into_iter().map(Timestamp::from_micros).collect()), values, texts))
    }
}

/// Refuses times whose usual step is not what `rate` promises, within a factor of 1.25.
pub(crate) fn check_rate(path: &Path, times: &[i64], rate: Option<Hertz>) -> Result<(), DataError> {
    let (Some(promised), Some(found)) = (rate, median_rate(times)) else { return Ok(()) };
    let ratio = found / promised.get();
    if times.len() >= 8 && !(0.8..=1.25).contains(&ratio) {
        return Err(DataError::in_file(
            path,
            format!(
                "rate_hz is {} but the timestamps come at about {} Hz; correct rate_hz or take it out, or check \
                 time_format",
                promised.get(),
                round(found)
            ),
        ));
    }
    Ok(())
}

/// Samples per second by the median step; `None` when there is none.
pub(crate) fn median_rate(times: &[i64]) -> Option<f64> {
    let mut steps: Vec<i64> = times.windows(2).map(|w| w[1] - w[0]).filter(|s| *s > 0).collect();
    let middle = steps.len() / 2;
    (!steps.is_empty()).then(|| 1e6 / *steps.select_nth_unstable(middle).1 as f64)
}

/// The nominal rate of stamped samples: the median one, to three digits; `None` when fewer than
/// half of the steps lie within a fifth of the median (irregular events).
pub(crate) fn nominal_rate(times: &[i64]) -> Option<Hertz> {
    let rate = median_rate(times)?;
    let near = |w: &[i64]| ((w[1] - w[0]) as f64 * rate * 1e-6 - 1.0).abs() <= 0.2;
    let regular = times.windows(2).filter(|w| near(w)).count() * 2 >= times.len().saturating_sub(1);
    (times.len() >= 4 && regular).then(|| Hertz::new(round(rate))).flatten()
}

/// Three significant digits.
fn round(value: f64) -> f64 {
    let unit = 10f64.powi(value.abs().max(1e-9).log10().floor() as i32 - 2);
    let rounded = (value / unit).round() * unit;
    if rounded > 0.0 { (rounded * 1e9).round() / 1e9 } else { value }
}
