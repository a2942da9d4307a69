//! Numbers over time as multi-rate patches.

use super::StreamFeatures;
use super::grid::Grid;
use super::shape::{AUTOCORRELATIONS, SHAPE, autocorrelation, shape};
use super::spectrum::{Bands, power};
use sensorium_data::{Span, Stream};
use serde::{Deserialize, Serialize};

/// Patches of a series at two rates: one token for the whole window and, from 32 samples on, one for
/// each quarter.
///
/// A token holds, for each channel, the level and the trend, the shape of what is left when the trend
/// is taken away, its autocorrelation at one to eight samples, and its log power in
/// logarithmic bands. A *fast* stream (128 samples a window and more) adds how far the strongest line
/// of each band stands out, and the log power of the envelope (the rectified high-frequency part,
/// which carries the rhythm of impacts: Randall & Antoni 2011, doi:10.1016/j.ymssp.2010.07.017) in
/// bands; a *short* one (16 samples and fewer) adds the values themselves.
///
/// Few numbers on purpose: with some hundred recordings, narrower bands cost more by overfitting
/// than they tell.
///
/// What has not been measured at either end of a patch (a sensor that reports late) is left out, and
/// bands are fixed in frequency, so that a shorter patch tells the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesFrontend {
    /// Values per sample.
    pub channels: usize,
    /// Grid slots in a window.
    pub slots: usize,
}

const BANDS: usize = 24;
const ENVELOPE_BANDS: usize = 20;
const QUARTERS: usize = 4;
const QUARTERED: usize = 32;
const FAST: usize = 128;
const SHORT: usize = 16;

impl SeriesFrontend {
    fn is_fast(&self) -> bool {
        self.slots >= FAST
    }

    fn raw(&self) -> usize {
        if self.slots <= SHORT { self.slots } else { 0 }
    }

    /// Tokens in a window.
    pub fn tokens(&self) -> usize {
        if self.slots >= QUARTERED { 1 + QUARTERS } else { 1 }
    }

    /// Numbers in a token.
    pub fn width(&self) -> usize {
        let fast = if self.is_fast() { self.bands().count() + self.envelope_bands().count() } else { 0 };
        self.channels * (SHAPE + AUTOCORRELATIONS + self.bands().count() + fast + self.raw())
    }

    fn bands(&self) -> Bands {
        Bands::new(self.slots, 0.5, BANDS)
    }

    /// The rhythm of impacts is slower than the impacts: up to a quarter of the sampling rate.
    fn envelope_bands(&self) -> Bands {
        Bands::new(self.slots, 0.25, ENVELOPE_BANDS)
    }

    pub(super) fn features(&self, stream: &Stream, span: Span) -> Option<StreamFeatures> {
        let grid = Grid::new(stream, span, self.slots)?;
        if grid.channels.len() != self.channels {
            return None;
        }
        let slot_ms = span.micros() as f64 * 1e-3 / self.slots as f64;
        let quarter = self.slots / QUARTERS;
        let quarters = (0..self.tokens() - 1).map(|q| q * quarter..(q + 1) * quarter);
        let pieces: Vec<_> = std::iter::once(0..self.slots).chain(quarters).collect();
        let (bands, envelope_bands) = (self.bands(), self.envelope_bands());
        let mut values = Vec::with_capacity(pieces.len() * self.width());
        for piece in &pieces {
            let measured = grid.measured(piece.clone());
            for channel in &grid.channels {
                let signal = &channel[measured.clone()];
                let (numbers, rest) = shape(signal);
                values.extend(numbers);
                values.extend(autocorrelation(&rest));
                let (level, line) = bands.logs(&power(&rest), rest.len());
                values.extend(level);
                if self.is_fast() {
                    values.extend(line);
                    values.extend(rhythm(&rest, &envelope_bands));
                }
                values.extend(channel.iter().take(self.raw()));
            }
        }
        Some(StreamFeatures {
            values,
            start_ms: pieces.iter().map(|p| (p.start as f64 * slot_ms) as f32).collect(),
            end_ms: pieces.iter().map(|p| (p.end as f64 * slot_ms) as f32).collect(),
            mask: pieces.iter().map(|p| grid.is_valid(p.clone())).collect(),
            quality: 0.0,
            staleness: 0.0,
        })
    }
}

/// Log power of the envelope in bands, relative to the envelope's own level.
fn rhythm(signal: &[f32], bands: &Bands) -> Vec<f32> {
    // A first difference is a high-pass filter; its magnitude follows the impacts.
    let envelope: Vec<f32> = signal.windows(2).map(|w| (w[1] - w[0]).abs()).collect();
    let level = (envelope.iter().map(|e| e * e).sum::<f32>() / envelope.len().max(1) as f32 + 1e-12).ln();
    bands.logs(&power(&envelope), envelope.len()).0.into_iter().map(|b| b - level).collect()
}
