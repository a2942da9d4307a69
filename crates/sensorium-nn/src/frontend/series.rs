//! Numbers over time as multi-rate patches.

use super::StreamFeatures;
use super::grid::Grid;
use super::spectrum::{band_logs, log_edges, power};
use sensorium_data::{Span, Stream};
use serde::{Deserialize, Serialize};

/// Patches of a series at several rates.
///
/// A *fast* stream (128 samples a window and more) gives one token for the whole window and one for
/// each quarter; a token holds, for each channel, the log power in logarithmic bands and how far the
/// strongest line of each stands out, the log power of the envelope (the rectified high-frequency part, which carries the rhythm of impacts:
/// Randall & Antoni 2011, doi:10.1016/j.ymssp.2010.07.017) in bands, and eight moments. A *slow*
/// stream gives its raw values in up to eight patches, each with the window's mean, spread and slope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesFrontend {
    /// Values per sample.
    pub channels: usize,
    /// Grid slots in a window.
    pub slots: usize,
}

const BANDS: usize = 80;
const ENVELOPE_BANDS: usize = 40;
const MOMENTS: usize = 8;
const QUARTERS: usize = 4;
const FAST: usize = 128;
const CONTEXT: usize = 3;

impl SeriesFrontend {
    fn is_fast(&self) -> bool {
        self.slots >= FAST
    }

    fn patches(&self) -> usize {
        self.slots.div_ceil(self.patch_len())
    }

    fn patch_len(&self) -> usize {
        self.slots.div_ceil(8).max(1)
    }

    /// Tokens in a window.
    pub fn tokens(&self) -> usize {
        if self.is_fast() { 1 + QUARTERS } else { self.patches() }
    }

    /// Numbers in a token.
    pub fn width(&self) -> usize {
        let per_channel = if self.is_fast() {
            2 * self.bands() + self.envelope_bands() + MOMENTS
        } else {
            self.patch_len() + CONTEXT
        };
        self.channels * per_channel
    }

    /// Bands that the shortest patch can resolve.
    fn bands(&self) -> usize {
        BANDS.min(self.slots / QUARTERS / 2)
    }

    fn envelope_bands(&self) -> usize {
        ENVELOPE_BANDS.min(self.slots / QUARTERS / 2)
    }

    pub(super) fn features(&self, stream: &Stream, span: Span) -> Option<StreamFeatures> {
        let grid = Grid::new(stream, span, self.slots)?;
        if grid.channels.len() != self.channels {
            return None;
        }
        let slot_ms = span.micros() as f64 * 1e-3 / self.slots as f64;
        let pieces: Vec<std::ops::Range<usize>> = if self.is_fast() {
            let quarter = self.slots / QUARTERS;
            std::iter::once(0..self.slots)
                .chain((0..QUARTERS).map(|q| q * quarter..(q + 1) * quarter))
                .collect()
        } else {
            let len = self.patch_len();
            (0..self.patches()).map(|p| (p * len).min(self.slots)..((p + 1) * len).min(self.slots)).collect()
        };
        let mut values = Vec::with_capacity(self.tokens() * self.width());
        for piece in &pieces {
            for channel in &grid.channels {
                if self.is_fast() {
                    self.fast_token(&channel[piece.clone()], &mut values);
                } else {
                    self.slow_token(channel, piece.clone(), &mut values);
                }
            }
        }
        Some(StreamFeatures {
            values,
            start_ms: pieces.iter().map(|p| (p.start as f64 * slot_ms) as f32).collect(),
            end_ms: pieces.iter().map(|p| (p.end as f64 * slot_ms) as f32).collect(),
            // A token is valid when at least a quarter of its slots were measured.
            mask: pieces
                .iter()
                .map(|p| {
                    let filled = grid.filled[p.clone()].iter().filter(|f| **f).count();
                    !p.is_empty() && 4 * filled >= p.len()
                })
                .collect(),
            quality: 0.0,
            staleness: 0.0,
        })
    }

    fn fast_token(&self, signal: &[f32], out: &mut Vec<f32>) {
        let spectrum = power(signal);
        let edges = log_edges(spectrum.len(), self.bands());
        let start = out.len();
        let (level, line) = band_logs(&spectrum, &edges);
        out.extend(level);
        out.resize(start + self.bands(), 0.0);
        out.extend(line);
        out.resize(start + 2 * self.bands(), 0.0);
        // A first difference is a high-pass filter; its magnitude follows the impacts.
        let envelope: Vec<f32> = signal.windows(2).map(|w| (w[1] - w[0]).abs()).collect();
        let rhythm = power(&envelope);
        let reach = (rhythm.len() / 2).max(self.envelope_bands() + 1).min(rhythm.len());
        let edges = log_edges(reach, self.envelope_bands());
        let start = out.len();
        let level = (envelope.iter().map(|e| e * e).sum::<f32>() / envelope.len().max(1) as f32 + 1e-12).ln();
        out.extend(band_logs(&rhythm[..reach], &edges).0.into_iter().map(|b| b - level));
        out.resize(start + self.envelope_bands(), 0.0);
        out.extend(moments(signal));
    }

    fn slow_token(&self, channel: &[f32], piece: std::ops::Range<usize>, out: &mut Vec<f32>) {
        let start = out.len();
        out.extend_from_slice(&channel[piece]);
        let last = out[out.len() - 1];
        out.resize(start + self.patch_len(), last);
        let n = channel.len() as f32;
        let mean = channel.iter().sum::<f32>() / n;
        let spread = (channel.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / n).sqrt();
        let centre = (n - 1.0) / 2.0;
        let (mut num, mut den) = (0.0, 1e-6);
        for (i, v) in channel.iter().enumerate() {
            let t = i as f32 - centre;
            num += t * (v - mean);
            den += t * t;
        }
        out.extend([mean, (spread + 1e-6).ln(), num / den]);
    }
}

/// Mean, log spread, skewness, log kurtosis, log peak-to-peak, log crest factor, share of zero
/// crossings, and log ratio of the spread of differences to the spread.
fn moments(signal: &[f32]) -> [f32; MOMENTS] {
    let n = signal.len().max(1) as f32;
    let mean = signal.iter().sum::<f32>() / n;
    let (mut m2, mut m3, mut m4) = (0.0f64, 0.0f64, 0.0f64);
    let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
    for v in signal {
        let d = f64::from(v - mean);
        m2 += d * d;
        m3 += d * d * d;
        m4 += d * d * d * d;
        low = low.min(*v);
        high = high.max(*v);
    }
    let n64 = f64::from(n);
    let spread = (m2 / n64).sqrt().max(1e-9);
    let crossings = signal.windows(2).filter(|w| (w[0] < mean) != (w[1] < mean)).count() as f32;
    let steps = signal.windows(2).map(|w| f64::from(w[1] - w[0]).powi(2)).sum::<f64>() / n64;
    let span = f64::from(high - low).max(1e-9);
    [
        mean,
        spread.ln() as f32,
        (m3 / n64 / spread.powi(3)).clamp(-20.0, 20.0) as f32,
        (m4 / n64 / spread.powi(4)).max(1e-3).ln() as f32,
        span.ln() as f32,
        (span / spread).ln() as f32,
        crossings / n,
        (steps.sqrt().max(1e-9) / spread).ln() as f32,
    ]
}
