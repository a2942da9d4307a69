//! A fitted one-class detector.

use super::calibration::{Calibration, calibrate};
use super::compensator::Compensator;
use super::covariance::Covariance;
use super::rows::check_layout;
use super::{Modality, Monitor, OneClassConfig, OneClassError, Rows, Score};
use serde::{Deserialize, Serialize};

/// What [`OneClassConfig::fit`] learned from normal rows. It serialises as plain numbers and never
/// changes; [`monitor`](Self::monitor) holds the state of a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneClassDetector {
    pub(super) config: OneClassConfig,
    pub(super) layout: Vec<Modality>,
    /// Mean and standard deviation of each channel.
    pub(super) scale: Vec<(f64, f64)>,
    pub(super) compensator: Compensator,
    /// Residual covariance out of block of each modality, drift included.
    pub(super) covariance: Vec<Covariance>,
    /// Residual covariance of each modality on the rows of the fit, for the change a mask makes.
    pub(super) in_sample: Vec<Vec<f64>>,
    /// Totals of the training rows out of block, ascending.
    totals: Vec<f64>,
}

impl OneClassDetector {
    pub(super) fn fit(
        config: OneClassConfig,
        layout: Vec<Modality>,
        runs: &[Rows<'_>],
    ) -> Result<Self, OneClassError> {
        let width = runs.first().map_or(0, Rows::width);
        if let Some(odd) = runs.iter().find(|run| run.width() != width) {
            return Err(OneClassError::Shape { what: "channels", expected: width, got: odd.width() });
        }
        check_layout(&layout, width)?;
        let scale = scale_of(width, runs);
        let Calibration { compensator, covariance, in_sample, totals } =
            calibrate(&config, &layout, &scale, runs)?;
        Ok(Self { config, layout, scale, compensator, covariance, in_sample, totals })
    }

    /// The settings it was fitted with.
    pub fn config(&self) -> &OneClassConfig {
        &self.config
    }

    /// The modalities, in the order of scores and weights.
    pub fn layout(&self) -> &[Modality] {
        &self.layout
    }

    /// The alarm threshold on the total, for the configured false-alarm rate and margin.
    pub fn threshold(&self) -> f64 {
        self.threshold_at(self.config.false_alarm)
    }

    /// The threshold for another share of false alarms: that quantile of the totals that the training
    /// rows had out of block, times the margin where it is positive. Never falls as the share falls.
    pub fn threshold_at(&self, false_alarm: f64) -> f64 {
        let place = (1.0 - false_alarm.clamp(0.0, 1.0)) * (self.totals.len() - 1) as f64;
        let (low, high) = (self.totals[place.floor() as usize], self.totals[place.ceil() as usize]);
        let quantile = low + (high - low) * place.fract();
        if quantile > 0.0 { quantile * self.config.margin } else { quantile }
    }

    /// Totals of the training rows, each scored by a fit on the other blocks; ascending.
    pub fn calibration_totals(&self) -> &[f64] {
        &self.totals
    }

    /// A stream's state, with no history yet.
    pub fn monitor(&self) -> Monitor<'_> {
        Monitor::new(self)
    }

    /// Scores a run of rows from no history. A modality is missing in a row when any of its values is
    /// NaN.
    ///
    /// # Errors
    /// [`OneClassError`] when the run has other channels than the detector.
    pub fn score(&self, rows: &Rows<'_>) -> Result<Vec<Score>, OneClassError> {
        let mut monitor = self.monitor();
        let present = vec![true; self.layout.len()];
        rows.iter().map(|row| monitor.push(row, &present)).collect()
    }

    /// Residuals of a run of rows, `[row][channel]`, in units of their standard deviation out of block:
    /// what the compensator could not tell from the other modalities and the past. 0 where a modality is
    /// missing.
    ///
    /// # Errors
    /// As [`score`](Self::score).
    pub fn residuals(&self, rows: &Rows<'_>) -> Result<Vec<Vec<f64>>, OneClassError> {
        let mut monitor = self.monitor();
        rows.iter().map(|row| monitor.residual(row)).collect()
    }
}

/// Mean and standard deviation of each channel over the rows without a missing value; a constant
/// channel keeps its unit.
fn scale_of(width: usize, runs: &[Rows<'_>]) -> Vec<(f64, f64)> {
    let complete = || runs.iter().flat_map(Rows::iter).filter(|row| row.iter().all(|v| v.is_finite()));
    let count = complete().count().max(1) as f64;
    (0..width)
        .map(|channel| {
            let mean = complete().map(|row| row[channel]).sum::<f64>() / count;
            let square = complete().map(|row| (row[channel] - mean).powi(2)).sum::<f64>() / count;
            let deviation = square.sqrt();
            (mean, if deviation > 1e-12 * mean.abs() && deviation > 0.0 { deviation } else { 1.0 })
        })
        .collect()
}
