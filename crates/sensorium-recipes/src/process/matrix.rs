//! A table of numbers, rows by columns.

/// Row-major numbers `[row, column]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    width: usize,
    values: Vec<f64>,
}

impl Matrix {
    /// A matrix of `width` columns; a part of a row at the end is dropped.
    pub fn new(width: usize, mut values: Vec<f64>) -> Self {
        let width = width.max(1);
        values.truncate(values.len() / width * width);
        Self { width, values }
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.width
    }

    /// All values, row-major.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// One row `[column]`.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    /// The rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.width)
    }

    /// The rows `from..to`, cut at the end.
    pub fn slice(&self, from: usize, to: usize) -> Self {
        let to = to.min(self.rows());
        let from = from.min(to);
        Self { width: self.width, values: self.values[from * self.width..to * self.width].to_vec() }
    }

    /// Rows and columns exchanged.
    pub fn transposed(&self) -> Self {
        let values = (0..self.width).flat_map(|c| self.iter().map(move |row| row[c])).collect();
        Self { width: self.rows().max(1), values }
    }

    /// Each row followed by the `lags - 1` rows before it; the first rows repeat the first one.
    pub fn lagged(&self, lags: usize) -> Self {
        let lags = lags.max(1);
        let row = |t: usize| (0..lags).flat_map(move |k| self.row(t.saturating_sub(k)).iter().copied());
        Self { width: self.width * lags, values: (0..self.rows()).flat_map(row).collect() }
    }

    /// Mean and standard deviation (with `1/rows`) of each column; a constant column has deviation 1.
    pub fn scale(&self) -> Vec<(f64, f64)> {
        let count = self.rows().max(1) as f64;
        (0..self.width)
            .map(|c| {
                let mean = self.iter().map(|row| row[c]).sum::<f64>() / count;
                let square = self.iter().map(|row| (row[c] - mean).powi(2)).sum::<f64>() / count;
                let deviation = square.sqrt();
                (mean, if deviation > 1e-12 * mean.abs() && deviation > 0.0 { deviation } else { 1.0 })
            })
            .collect()
    }

    /// Columns less their mean, over their deviation.
    pub fn standardised(&self, scale: &[(f64, f64)]) -> Self {
        let values = self.values.iter().enumerate().map(|(i, v)| {
            let (mean, deviation) = scale[i % self.width];
            (v - mean) / deviation
        });
        Self { width: self.width, values: values.collect() }
    }
}

/// Mean over the last `window` values up to each one, fewer at the start.
pub fn trailing_mean(values: &[f64], window: usize) -> Vec<f64> {
    (0..values.len())
        .map(|t| {
            let recent = &values[(t + 1).saturating_sub(window.max(1))..=t];
            recent.iter().sum::<f64>() / recent.len() as f64
        })
        .collect()
}

/// Quantile, linear between neighbours (type 7 of Hyndman and Fan, numpy's default); NaN of nothing.
pub fn quantile(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = q.clamp(0.0, 1.0) * last as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lagged_row_holds_the_rows_before_it() {
        let matrix = Matrix::new(2, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let lagged = matrix.lagged(2);
        assert_eq!(lagged.row(0), [1.0, 2.0, 1.0, 2.0]);
        assert_eq!(lagged.row(2), [5.0, 6.0, 3.0, 4.0]);
        assert_eq!(matrix.transposed().row(1), [2.0, 4.0, 6.0]);
    }

    #[test]
    fn a_trailing_mean_starts_short() {
        assert_eq!(trailing_mean(&[1.0, 3.0, 5.0, 7.0], 2), vec![1.0, 2.0, 4.0, 6.0]);
        assert_eq!(quantile(&[3.0, 1.0, 2.0], 0.75), 2.5);
    }
}
