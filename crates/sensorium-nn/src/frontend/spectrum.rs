//! Power in logarithmic frequency bands.

use realfft::{RealFftPlanner, RealToComplex};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// A planner, and the Hann windows by length.
type Plans = (RealFftPlanner<f32>, HashMap<usize, Arc<Vec<f32>>>);

thread_local! {
    static PLANS: RefCell<Plans> = RefCell::new((RealFftPlanner::new(), HashMap::new()));
}

fn plan(len: usize) -> (Arc<dyn RealToComplex<f32>>, Arc<Vec<f32>>) {
    PLANS.with(|plans| {
        let (planner, windows) = &mut *plans.borrow_mut();
        let window = windows.entry(len).or_insert_with(|| {
            let hann = |i: usize| 0.5 - 0.5 * (2.0 * std::f64::consts::PI * i as f64 / len as f64).cos();
            Arc::new((0..len).map(|i| hann(i) as f32).collect())
        });
        (planner.plan_fft_forward(len), window.clone())
    })
}

/// One-sided power spectrum of `signal` less its mean, Hann-windowed, `len/2 + 1` bins, scaled so
/// that a bin's value does not depend on the length (power per bin of white noise of unit variance
/// is one).
pub fn power(signal: &[f32]) -> Vec<f32> {
    let len = signal.len();
    if len < 2 {
        return vec![0.0; len / 2 + 1];
    }
    let (fft, window) = plan(len);
    let mean = signal.iter().sum::<f32>() / len as f32;
    let mut input: Vec<f32> = signal.iter().zip(window.iter()).map(|(x, w)| (x - mean) * w).collect();
    let mut output = fft.make_output_vec();
    // The buffers come from the plan itself, so that the lengths always fit.
    if fft.process(&mut input, &mut output).is_err() {
        return vec![0.0; len / 2 + 1];
    }
    let scale = 1.0 / window.iter().map(|w| w * w).sum::<f32>();
    output.iter().map(|c| c.norm_sqr() * scale).collect()
}

/// Frequency bands, spaced evenly in log frequency, that hold for patches of any length.
pub struct Bands {
    /// Edges in cycles a sample; band `i` runs from `edges[i]` to `edges[i + 1]`.
    edges: Vec<f64>,
}

impl Bands {
    /// At most `count` bands from the lowest frequency that `slots` samples resolve to `top` cycles a
    /// sample (at most one half), each at least one bin of that resolution wide.
    pub fn new(slots: usize, top: f64, count: usize) -> Self {
        let bins = ((slots as f64 * top) as usize).max(1);
        let edges = log_edges(bins + 1, count);
        Self { edges: edges.into_iter().map(|e| (e as f64 - 0.5) / slots.max(1) as f64).collect() }
    }

    /// Number of bands.
    pub fn count(&self) -> usize {
        self.edges.len() - 1
    }

    /// Natural logarithm of the mean power in each band, then of the largest bin's power over that
    /// mean: a narrow line in a wide band raises the second far more than the first. `power` is the
    /// spectrum of `len` samples; a band that lies between two of its bins takes the nearest one.
    pub fn logs(&self, power: &[f32], len: usize) -> (Vec<f32>, Vec<f32>) {
        let last = power.len().saturating_sub(1);
        let bin = |edge: f64| ((edge * len as f64).ceil() as usize).clamp(1.min(last), last);
        self.edges
            .windows(2)
            .map(|e| {
                let (from, to) = (bin(e[0]), bin(e[1]));
                let band = if to > from {
                    &power[from..to]
                } else {
                    let middle = (0.5 * (e[0] + e[1]) * len as f64).round() as usize;
                    let nearest = middle.clamp(1.min(last), last);
                    &power[nearest..(nearest + 1).min(power.len())]
                };
                let mean = band.iter().sum::<f32>() / band.len().max(1) as f32 + 1e-12;
                let top = band.iter().copied().fold(0.0, f32::max) + 1e-12;
                (mean.ln(), (top / mean).ln())
            })
            .unzip()
    }
}

/// Edges of at most `count` bands over `bins` spectrum bins from bin 1 on, spaced evenly in log
/// frequency, each at least one bin wide; `edges[i]..edges[i + 1]` is band `i`.
fn log_edges(bins: usize, count: usize) -> Vec<usize> {
    let count = count.min(bins.saturating_sub(1)).max(1);
    let top = bins.max(2) as f64;
    let mut edges = vec![1usize];
    for i in 1..=count {
        let ideal = top.powf(i as f64 / count as f64).round() as usize;
        let left = count - i;
        let last = edges[edges.len() - 1];
        edges.push(ideal.max(last + 1).min((bins - left).max(last + 1)));
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_lands_in_its_bin() {
        let tone: Vec<f32> =
            (0..512).map(|i| (2.0 * std::f32::consts::PI * 37.0 * i as f32 / 512.0).sin()).collect();
        let power = power(&tone);
        let peak = (0..power.len()).max_by(|a, b| power[*a].total_cmp(&power[*b]));
        assert_eq!(peak, Some(37));
    }

    #[test]
    fn bands_cover_every_bin_above_the_mean_once() {
        for (bins, count) in [(5, 3), (101, 96), (4001, 96), (33, 64), (2, 8)] {
            let edges = log_edges(bins, count);
            assert!(edges.windows(2).all(|e| e[0] < e[1]), "{bins} {count} {edges:?}");
            assert_eq!((edges[0], edges[edges.len() - 1]), (1, bins), "{bins} {count} {edges:?}");
        }
    }

    #[test]
    fn a_tone_shows_in_the_same_band_at_any_length() {
        let tone = |n: usize| -> Vec<f32> {
            (0..n).map(|i| (2.0 * std::f32::consts::PI * 0.11 * i as f32).sin()).collect()
        };
        let bands = Bands::new(4000, 0.5, 24);
        let loudest = |n: usize| {
            let level = bands.logs(&power(&tone(n)), n).0;
            (0..level.len()).max_by(|a, b| level[*a].total_cmp(&level[*b]))
        };
        assert_eq!(loudest(4000), loudest(1000));
        assert_eq!(loudest(4000), loudest(1700));
    }

    #[test]
    fn every_band_has_a_number_however_short_the_patch() {
        for slots in [1, 2, 5, 40, 400] {
            let bands = Bands::new(slots, 0.5, 24);
            for len in 0..9 {
                let (level, line) = bands.logs(&power(&vec![1.0; len]), len);
                assert_eq!((level.len(), line.len()), (bands.count(), bands.count()));
                assert!(level.iter().chain(&line).all(|v| v.is_finite()));
            }
        }
    }
}
