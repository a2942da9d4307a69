//! Sound as a log-mel spectrogram.

use super::StreamFeatures;
use super::grid::Grid;
use super::spectrum::power;
use sensorium_data::{Span, Stream};
use serde::{Deserialize, Serialize};

/// Log-mel energies: frames of `frame` samples, half overlapping, through `mels` triangular filters
/// (mel(f) = 2595 log10(1 + f/700), O'Shaughnessy 1987), summarised by mean and spread over frames: in
/// one token for the whole window, and in one for each of `patches` even stretches of it. Channels
/// with sound are averaged to mono.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AudioFrontend {
    /// Samples per second.
    pub rate_hz: f64,
    /// Grid slots in a window.
    pub slots: usize,
    /// Samples in a frame.
    pub frame: usize,
    /// Mel filters.
    pub mels: usize,
    /// Even stretches of a window, each a token beside that of the whole.
    pub patches: usize,
}

impl AudioFrontend {
    /// Frames of about 64 ms, 32 filters, four stretches; fewer for short or slow streams.
    pub fn new(rate_hz: f64, slots: usize) -> Self {
        let frame =
            ((rate_hz * 0.064) as usize).next_power_of_two().clamp(16, slots.max(16)).min(slots.max(2));
        let frames = (2 * slots / frame).saturating_sub(1).max(1);
        Self { rate_hz, slots, frame, mels: 32.min(frame / 4).max(1), patches: frames.min(4) }
    }

    /// Tokens in a window.
    pub fn tokens(&self) -> usize {
        1 + self.patches
    }

    /// Numbers in a token.
    pub fn width(&self) -> usize {
        2 * self.mels
    }

    fn filters(&self) -> Vec<(usize, Vec<f32>)> {
        let bins = self.frame / 2 + 1;
        let mel = |f: f64| 2595.0 * (1.0 + f / 700.0).log10();
        let hertz = |m: f64| 700.0 * (10f64.powf(m / 2595.0) - 1.0);
        let top = mel(self.rate_hz / 2.0);
        let bin =
            |i: usize| hertz(top * i as f64 / (self.mels + 1) as f64) * self.frame as f64 / self.rate_hz;
        (0..self.mels)
            .map(|i| {
                // At least one bin on either side, so that no filter is empty at low frequencies.
                let centre = bin(i + 1);
                let (low, high) = (bin(i).min(centre - 1.0), bin(i + 2).max(centre + 1.0));
                let from = low.ceil().max(0.0) as usize;
                let to = (high.floor() as usize).min(bins - 1);
                let weight = |b: usize| {
                    let b = b as f64;
                    let w =
                        if b <= centre { (b - low) / (centre - low) } else { (high - b) / (high - centre) };
                    w.max(0.0) as f32
                };
                (from, (from..=to).map(weight).collect())
            })
            .collect()
    }

    pub(super) fn features(&self, stream: &Stream, span: Span) -> Option<StreamFeatures> {
        let grid = Grid::new(stream, span, self.slots)?;
        let heard: Vec<&Vec<f32>> = grid.channels.iter().filter(|c| c[0].is_finite()).collect();
        let share = 1.0 / heard.len().max(1) as f32;
        let mono: Vec<f32> =
            (0..self.slots).map(|i| heard.iter().map(|c| c[i]).sum::<f32>() * share).collect();
        let filters = self.filters();
        let hop = (self.frame / 2).max(1);
        let frames: Vec<Vec<f32>> = mono
            .windows(self.frame)
            .step_by(hop)
            .map(|frame| {
                let power = power(frame);
                filters
                    .iter()
                    .map(|(from, weights)| {
                        let energy: f32 = weights.iter().zip(&power[*from..]).map(|(w, p)| w * p).sum();
                        (energy + 1e-12).ln()
                    })
                    .collect()
            })
            .collect();
        let measured = grid.measured(0..self.slots);
        let slot_ms = span.micros() as f64 * 1e-3 / self.slots as f64;
        let mut features = StreamFeatures {
            values: Vec::with_capacity(self.tokens() * self.width()),
            start_ms: Vec::new(),
            end_ms: Vec::new(),
            mask: Vec::new(),
            quality: 0.0,
            staleness: 0.0,
        };
        let stretch = |patch: usize| {
            let from = patch * frames.len() / self.patches;
            from..((patch + 1) * frames.len() / self.patches).max(from + 1).min(frames.len())
        };
        for std::ops::Range { start: from, end: to } in
            std::iter::once(0..frames.len()).chain((0..self.patches).map(stretch))
        {
            // Frames of a stretch that has not arrived yet would speak of a held value.
            let arrived = |f: &usize| measured.start <= f * hop && f * hop + self.frame <= measured.end;
            let here: Vec<&Vec<f32>> = (from..to).filter(arrived).map(|f| &frames[f]).collect();
            let here = if here.is_empty() { frames[from..to].iter().collect() } else { here };
            let n = here.len().max(1) as f32;
            let mean: Vec<f32> = (0..self.mels).map(|m| here.iter().map(|f| f[m]).sum::<f32>() / n).collect();
            let spread = (0..self.mels)
                .map(|m| (here.iter().map(|f| (f[m] - mean[m]).powi(2)).sum::<f32>() / n).sqrt());
            let spread: Vec<f32> = spread.collect();
            features.values.extend(&mean);
            features.values.extend(&spread);
            let (first, last) = (from * hop, (to.saturating_sub(1) * hop + self.frame).min(self.slots));
            features.start_ms.push((first as f64 * slot_ms) as f32);
            features.end_ms.push((last as f64 * slot_ms) as f32);
            features.mask.push(grid.is_valid(first..last));
        }
        Some(features)
    }
}
