//! The settings of a one-class detector.

use super::{Modality, OneClassDetector, OneClassError, Rows};
use serde::{Deserialize, Serialize};

/// Settings of a one-class detector. `history_rows` of them make one score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OneClassConfig {
    /// Rows that are averaged (backwards in time) before anything else; more for noisy sensors and
    /// slow faults. Default: 1.
    pub average_rows: usize,
    /// Past rows that the compensator sees beside the present row of the other modalities. With 0 a
    /// modality is predicted from the others alone, so that a lasting shift stays visible. Default: 3.
    pub lags: usize,
    /// Rows whose whitened energies are pooled into one score. Default: 17.
    pub window_rows: usize,
    /// Ridge penalty, as a share of one standardised row's weight: the penalty of `n` rows is
    /// `ridge × n`. Default: 0.01.
    pub ridge: f64,
    /// How far residual covariances are shrunk towards their diagonal, in `[0, 1]`. Default: 0.1.
    pub shrinkage: f64,
    /// Sharpness β of the gate: towards 0 all modalities count alike, with growth the loudest alone.
    /// Default: 0.5.
    pub sharpness: f64,
    /// Contiguous blocks of the training rows, each of which is scored by a fit on the others.
    /// Default: 10.
    pub blocks: usize,
    /// Share of normal rows that may raise an alarm, in `(0, 1)`. Default: 0.01.
    pub false_alarm: f64,
    /// Factor on the threshold, 1 for the plain quantile. Above 1 where the training rows are known to
    /// be a small sample of normal operation. Default: 1.
    pub margin: f64,
    /// How many rows the detector shall serve without a refit. Residuals that drift over the training
    /// rows are then allowed the variance that their structure function extrapolates to that horizon.
    /// Default: none, residuals are taken as stationary.
    pub horizon_rows: Option<usize>,
}

impl Default for OneClassConfig {
    fn default() -> Self {
        Self {
            average_rows: 1,
            lags: 3,
            window_rows: 17,
            ridge: 0.01,
            shrinkage: 0.1,
            sharpness: 0.5,
            blocks: 10,
            false_alarm: 0.01,
            margin: 1.0,
            horizon_rows: None,
        }
    }
}

impl OneClassConfig {
    /// Rows that one score looks at: average, lags and window together.
    pub fn history_rows(&self) -> usize {
        self.average_rows + self.lags + self.window_rows - 1
    }

    /// Fits a detector on normal rows. Runs are contiguous stretches; no lag reaches across their ends.
    /// Rows with a missing value are left out.
    ///
    /// # Errors
    /// [`OneClassError`] for settings out of range, a layout that does not share out the channels, runs
    /// of different widths, or too few complete rows.
    pub fn fit(&self, layout: Vec<Modality>, runs: &[Rows<'_>]) -> Result<OneClassDetector, OneClassError> {
        self.check()?;
        OneClassDetector::fit(self.clone(), layout, runs)
    }

    /// Checks the ranges that the fields' comments state.
    ///
    /// # Errors
    /// [`OneClassError::Config`], naming the field.
    pub fn check(&self) -> Result<(), OneClassError> {
        let positive = |value: f64| value.is_finite() && value > 0.0;
        let wrong = [
            (self.average_rows == 0, "average_rows must be at least 1"),
            (self.window_rows == 0, "window_rows must be at least 1"),
            (!positive(self.ridge), "ridge must be above 0"),
            (!(0.0..=1.0).contains(&self.shrinkage), "shrinkage must be in 0..=1"),
            (!positive(self.sharpness), "sharpness must be above 0"),
            (self.blocks < 2, "blocks must be at least 2"),
            (!positive(self.false_alarm) || self.false_alarm >= 1.0, "false_alarm must be between 0 and 1"),
            (!positive(self.margin), "margin must be above 0"),
            (self.horizon_rows == Some(0), "horizon_rows must be at least 1"),
        ];
        match wrong.iter().find(|(bad, _)| *bad) {
            Some((_, message)) => Err(OneClassError::Config((*message).to_owned())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn out_of_range_settings_name_the_field() {
        let config = OneClassConfig { false_alarm: 1.0, ..OneClassConfig::default() };
        assert!(config.check().unwrap_err().to_string().contains("false_alarm"));
        assert!(OneClassConfig::default().check().is_ok());
        assert_eq!(OneClassConfig::default().history_rows(), 20);
    }
}
