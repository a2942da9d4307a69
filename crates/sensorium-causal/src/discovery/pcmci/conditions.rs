//! Tests between variables at different steps.

use crate::independence::{FisherZ, IndependenceTest};
use crate::{CausalError, Table};

/// A variable and how many steps back it is taken.
pub(super) type Lagged = (usize, usize);

/// Correlations of all pairs are kept, so the columns are bounded: these take 800 MB.
const MOST_COLUMNS: usize = 10_000;

/// Partial correlation of variables, each some steps back.
pub(super) struct LaggedTest {
    test: FisherZ,
    variables: usize,
    rows: usize,
}

impl LaggedTest {
    /// Over the rows that have `2 · max_lag` rows before them: as far back as causes of causes reach.
    pub fn new(table: &Table, max_lag: usize) -> Result<Self, CausalError> {
        let refuse = |message: String| Err(CausalError::Data(message));
        let variables = table.width();
        for i in 0..variables {
            let (name, values) = (&table.column(i).name, table.continuous(i)?);
            if let Some(row) = values.iter().position(|v| v.is_nan()) {
                return refuse(format!(
                    "column `{name}` has no value in row {row}; fill the gap, or take a stretch of rows without gaps"
                ));
            }
            if let Some(row) = values.iter().position(|v| v.is_infinite()) {
                return refuse(format!("column `{name}` is infinite in row {row}"));
            }
            if values.windows(2).all(|pair| pair[0] == pair[1]) {
                return refuse(format!("column `{name}` is constant; leave it out"));
            }
        }
        let reach = max_lag.saturating_mul(2);
        let rows = table.rows().saturating_sub(reach);
        if rows < 5 {
            return refuse(format!(
                "{} rows are too few for a largest lag of {max_lag}; at least {}, or use a smaller lag",
                table.rows(),
                reach.saturating_add(5)
            ));
        }
        let wanted = variables.saturating_mul(reach + 1);
        if wanted > MOST_COLUMNS {
            return refuse(format!(
                "{variables} variables at {} lags are {wanted} columns, more than {MOST_COLUMNS}; use a smaller max_lag",
                reach + 1
            ));
        }
        let mut columns = Vec::with_capacity(wanted);
        for lag in 0..=reach {
            for i in 0..variables {
                let values = table.continuous(i)?[reach - lag..reach - lag + rows].to_vec();
                columns.push((format!("{}[t-{lag}]", table.column(i).name), values));
            }
        }
        Ok(Self { test: FisherZ::new(&Table::from_continuous(columns)?)?, variables, rows })
    }

    /// The p-value and the partial correlation.
    pub fn of(&self, x: Lagged, y: Lagged, given: &[Lagged]) -> Result<(f64, f64), CausalError> {
        if given.len() + 4 > self.rows {
            return Err(CausalError::Data(format!(
                "{} rows with all lags are too few to test given {} others; use more rows or a smaller max_lag",
                self.rows,
                given.len()
            )));
        }
        let place = |(variable, lag): Lagged| lag * self.variables + variable;
        let given: Vec<usize> = given.iter().map(|&v| place(v)).collect();
        let (x, y) = (place(x), place(y));
        Ok((self.test.p_value(x, y, &given)?, self.test.partial_correlation(x, y, &given)?))
    }
}
