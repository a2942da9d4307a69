//! Samples on an even grid: gaps held, and marked.

use sensorium_data::{Hertz, Samples, Span, Stream, TimeAxis};
use std::ops::Range;

/// `[channel][slot]` values on an even grid over a span; a slot without a finite sample holds the
/// value before it (at the front: the first there is). A channel without any is NaN throughout.
/// `filled` says which slots were measured.
pub struct Grid {
    pub channels: Vec<Vec<f32>>,
    pub filled: Vec<bool>,
}

impl Grid {
    /// Puts the samples of `stream` inside `span` on `slots` even slots. Several samples in a slot
    /// are averaged. `None` when no channel has a finite sample.
    pub fn new(stream: &Stream, span: Span, slots: usize) -> Option<Self> {
        let Samples::Values { channels, data } = &stream.samples else { return None };
        let channels = (*channels).max(1);
        let period = span.micros() as f64 / slots as f64;
        let mut sums = vec![vec![0.0f64; slots]; channels];
        let mut counts = vec![vec![0u32; slots]; channels];
        let aligned = matches!(&stream.times, TimeAxis::Regular { rate, .. }
            if (rate.period_micros() - period).abs() < 1e-6 * period);
        // Samples of a regular stream at the grid's rate are counted, not timed: rounding of
        // timestamps must not put two in one slot.
        let shift = |i: usize| {
            let offset = (stream.times.at(i).as_micros() - span.start.as_micros()) as f64;
            if aligned { offset / period + 0.5 } else { offset / period }
        };
        let first = if stream.times.is_empty() { 0.0 } else { shift(0).floor() };
        for (i, row) in data.chunks_exact(channels).enumerate() {
            let slot = if aligned { first + i as f64 } else { shift(i).floor() };
            if slot < 0.0 || slot >= slots as f64 {
                continue;
            }
            for (c, value) in row.iter().enumerate() {
                if value.is_finite() {
                    sums[c][slot as usize] += f64::from(*value);
                    counts[c][slot as usize] += 1;
                }
            }
        }
        let filled: Vec<bool> = (0..slots).map(|s| counts.iter().any(|c| c[s] > 0)).collect();
        if !filled.contains(&true) {
            return None;
        }
        let channels = sums
            .into_iter()
            .zip(counts)
            .map(|(sum, count)| {
                let first = count.iter().position(|n| *n > 0);
                let mut last = first.map_or(f32::NAN, |f| (sum[f] / f64::from(count[f])) as f32);
                let mut hold = |(s, n): (f64, u32)| {
                    if n > 0 {
                        last = (s / f64::from(n)) as f32;
                    }
                    last
                };
                sum.into_iter().zip(count).map(&mut hold).collect()
            })
            .collect();
        Some(Self { channels, filled })
    }
}

impl Grid {
    /// The part of `piece` from the first measured slot to the last; all of it when none is.
    pub fn measured(&self, piece: Range<usize>) -> Range<usize> {
        let here = &self.filled[piece.clone()];
        match (here.iter().position(|f| *f), here.iter().rposition(|f| *f)) {
            (Some(first), Some(last)) => piece.start + first..piece.start + last + 1,
            _ => piece,
        }
    }

    /// Whether at least a quarter of the slots of `piece` were measured.
    pub fn is_valid(&self, piece: Range<usize>) -> bool {
        let filled = self.filled[piece.clone()].iter().filter(|f| **f).count();
        !piece.is_empty() && 4 * filled >= piece.len()
    }
}

/// Slots for a stream: its nominal rate times the window, or 32 when it has none.
pub fn slots_for(rate: Option<Hertz>, window_micros: i64) -> usize {
    rate.map_or(32, |r| r.samples_in(window_micros))
}
