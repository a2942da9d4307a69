//! A stream's state: rows in, scores out.

use super::compensator::Regression;
use super::covariance::{Covariance, energy};
use super::gate::gate;
use super::{Modality, OneClassConfig, OneClassDetector, OneClassError, Score};
use std::collections::{BTreeMap, VecDeque};

/// How many patterns of missing inputs keep their solution.
const CACHED_PATTERNS: usize = 256;

/// Pooled energy to a score: under a Gaussian residual the sum over `rows` rows of `channels` squares
/// has mean `d = rows · channels` and variance `2 d`, so `(sum − d) / √(2 d)` has mean 0 and variance 1.
pub(super) fn calibrated(sum: f64, rows: usize, channels: usize) -> f64 {
    let d = (rows * channels) as f64;
    (sum - d) / (2.0 * d).sqrt()
}

/// The most recent rows, standardised, averaged, and as one lagged vector `[lag, channel]`.
pub(super) struct Lagged {
    average_rows: usize,
    lags: usize,
    /// Standardised rows, newest first, with the presence of each modality.
    recent: VecDeque<(Vec<f64>, Vec<bool>)>,
    /// Averaged rows, newest first.
    averaged: VecDeque<(Vec<f64>, Vec<bool>)>,
    full: usize,
    modalities: usize,
    channels: usize,
}

impl Lagged {
    pub(super) fn new(config: &OneClassConfig, modalities: usize, channels: usize) -> Self {
        let (recent, averaged) = (VecDeque::new(), VecDeque::new());
        let (average_rows, lags) = (config.average_rows, config.lags);
        Self { average_rows, lags, recent, averaged, full: 0, modalities, channels }
    }

    /// Takes a raw row. A modality is present when its flag is set and none of its values is missing.
    pub(super) fn push(
        &mut self,
        layout: &[Modality],
        scale: &[(f64, f64)],
        row: &[f64],
        present: &[bool],
    ) -> Result<(), OneClassError> {
        let shape = |what, expected, got| {
            if expected == got { Ok(()) } else { Err(OneClassError::Shape { what, expected, got }) }
        };
        shape("channels", scale.len(), row.len())?;
        shape("presence flags", layout.len(), present.len())?;
        let here: Vec<bool> = layout
            .iter()
            .zip(present)
            .map(|(m, flag)| *flag && m.channels.iter().all(|&c| row[c].is_finite()))
            .collect();
        let mut standard = vec![0.0; row.len()];
        for (modality, _) in layout.iter().zip(&here).filter(|(_, here)| **here) {
            for &c in &modality.channels {
                standard[c] = (row[c] - scale[c].0) / scale[c].1;
            }
        }
        self.full = if here.iter().all(|h| *h) { self.full + 1 } else { 0 };
        keep(&mut self.recent, (standard, here.clone()), self.average_rows);
        let mut mean = vec![0.0; row.len()];
        for (m, modality) in layout.iter().enumerate().filter(|(m, _)| here[*m]) {
            let count = self.recent.iter().filter(|(_, here)| here[m]).count() as f64;
            for &c in &modality.channels {
                let sum: f64 = self.recent.iter().filter(|(_, here)| here[m]).map(|(row, _)| row[c]).sum();
                mean[c] = sum / count;
            }
        }
        keep(&mut self.averaged, (mean, here), self.lags + 1);
        Ok(())
    }

    /// Whether every value that the averages and lags ask for was there.
    pub(super) fn is_filled(&self) -> bool {
        self.full >= self.average_rows + self.lags
    }

    /// The lagged vector `[lag, channel]`; zero where nothing is available.
    pub(super) fn vector(&self) -> Vec<f64> {
        let mut vector = Vec::with_capacity((self.lags + 1) * self.channels);
        self.averaged.iter().for_each(|(row, _)| vector.extend_from_slice(row));
        vector.resize((self.lags + 1) * self.channels, 0.0);
        vector
    }

    /// The flags `[lag, modality]` of what is available.
    fn available(&self) -> Vec<bool> {
        let mut flags = Vec::with_capacity((self.lags + 1) * self.modalities);
        self.averaged.iter().for_each(|(_, here)| flags.extend_from_slice(here));
        flags.resize((self.lags + 1) * self.modalities, false);
        flags
    }
}

fn keep<T>(queue: &mut VecDeque<T>, value: T, length: usize) {
    queue.push_front(value);
    queue.truncate(length);
}

/// The state of one stream of rows; [`push`](Self::push) scores each as it comes.
pub struct Monitor<'a> {
    detector: &'a OneClassDetector,
    lagged: Lagged,
    /// For each modality, whitened energies of the last rows, newest first; `None` where missing.
    energies: Vec<VecDeque<Option<f64>>>,
    solved: BTreeMap<(usize, Vec<bool>), (Regression, Vec<f64>)>,
    threshold: f64,
}

impl<'a> Monitor<'a> {
    pub(super) fn new(detector: &'a OneClassDetector) -> Self {
        let modalities = detector.layout.len();
        Self {
            detector,
            lagged: Lagged::new(&detector.config, modalities, detector.scale.len()),
            energies: vec![VecDeque::new(); modalities],
            solved: BTreeMap::new(),
            threshold: detector.threshold(),
        }
    }

    /// Takes the next row `[channel]` and the presence flag of each modality, and scores it. The values
    /// of a modality that is flagged missing, or that holds a NaN, are never used.
    ///
    /// # Errors
    /// [`OneClassError::Shape`] for a row or flags of the wrong length.
    pub fn push(&mut self, row: &[f64], present: &[bool]) -> Result<Score, OneClassError> {
        let detector = self.detector;
        self.lagged.push(&detector.layout, &detector.scale, row, present)?;
        let (vector, available) = (self.lagged.vector(), self.lagged.available());
        let mut scores = Vec::with_capacity(detector.layout.len());
        for m in 0..detector.layout.len() {
            let energy = if available[m] { Some(self.energy(m, &vector, &available)?) } else { None };
            keep(&mut self.energies[m], energy, detector.config.window_rows);
            let pooled = self.energies[m].iter().flatten();
            let (rows, sum) = pooled.fold((0, 0.0), |(n, sum), e| (n + 1, sum + e));
            scores.push(energy.map(|_| calibrated(sum, rows, detector.layout[m].channels.len())));
        }
        Ok(gate(scores, detector.config.sharpness, self.threshold))
    }

    /// Takes the next row and returns its standardised residuals `[channel]`.
    pub(super) fn residual(&mut self, row: &[f64]) -> Result<Vec<f64>, OneClassError> {
        let detector = self.detector;
        let present = vec![true; detector.layout.len()];
        self.lagged.push(&detector.layout, &detector.scale, row, &present)?;
        let (vector, available) = (self.lagged.vector(), self.lagged.available());
        let mut residuals = vec![0.0; detector.scale.len()];
        for (m, modality) in detector.layout.iter().enumerate().filter(|(m, _)| available[*m]) {
            let Some((fit, _)) = self.solution(m, &available)? else { continue };
            for (i, (e, &channel)) in fit.residual(&vector).iter().zip(&modality.channels).enumerate() {
                residuals[channel] = e / detector.covariance[m].variance(i).max(1e-12).sqrt();
            }
        }
        Ok(residuals)
    }

    fn energy(&mut self, m: usize, vector: &[f64], available: &[bool]) -> Result<f64, OneClassError> {
        let solution = self.solution(m, available)?;
        Ok(solution.map_or(0.0, |(fit, whitener)| energy(whitener, &fit.residual(vector))))
    }

    /// The regression and whitener for this pattern of inputs, solved when it is first met.
    fn solution(
        &mut self,
        m: usize,
        available: &[bool],
    ) -> Result<Option<&(Regression, Vec<f64>)>, OneClassError> {
        let key = (m, available.to_vec());
        if !self.solved.contains_key(&key) {
            if self.solved.len() >= CACHED_PATTERNS {
                self.solved.clear();
            }
            let solution = self.solve(m, available)?;
            self.solved.insert(key.clone(), solution);
        }
        Ok(self.solved.get(&key))
    }

    /// The regression from what is available and the whitener of its residual: the covariance out of
    /// block, plus what the missing inputs add to it on the rows of the fit.
    fn solve(&self, m: usize, available: &[bool]) -> Result<(Regression, Vec<f64>), OneClassError> {
        let detector = self.detector;
        let fit = detector.compensator.solve(&detector.layout, m, available)?;
        let added: Vec<f64> =
            fit.in_sample.iter().zip(&detector.in_sample[m]).map(|(now, full)| now - full).collect();
        let covariance: Covariance = detector.covariance[m].plus(&added);
        let whitener = covariance.whitener()?;
        Ok((fit, whitener))
    }
}
