//! The ramp filter and its windows.

use crate::geometry::DetectorShape;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;
use std::sync::Arc;

/// What the ramp is damped with at high frequencies. With x = f / f_Nyquist:
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// Nothing: the ramp itself (Ramachandran and Lakshminarayanan).
    #[default]
    RamLak,
    /// sin(πx/2) / (πx/2).
    SheppLogan,
    /// cos(πx/2).
    Cosine,
    /// 0.54 + 0.46 cos(πx).
    Hamming,
    /// (1 + cos(πx)) / 2.
    Hann,
}

impl Window {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::RamLak, Self::SheppLogan, Self::Cosine, Self::Hamming, Self::Hann];

    /// The factor at a frequency relative to Nyquist's, 0 to 1.
    pub fn factor(self, x: f64) -> f64 {
        match self {
            Self::RamLak => 1.0,
            Self::SheppLogan if x == 0.0 => 1.0,
            Self::SheppLogan => (0.5 * PI * x).sin() / (0.5 * PI * x),
            Self::Cosine => (0.5 * PI * x).cos(),
            Self::Hamming => 0.54 + 0.46 * (PI * x).cos(),
            Self::Hann => 0.5 + 0.5 * (PI * x).cos(),
        }
    }
}

/// Convolves rows of a detector with the band-limited ramp.
///
/// The kernel is sampled in space, h(0) = 1/(4τ²), h(nτ) = −1/(πnτ)² for odd n and 0 for even n, and only
/// then transformed, so that the mean is right (Kak and Slaney, section 3.3.3); on a curved detector with
/// columns α apart it is (nα / sin nα)² times that (equation 3.4.2). Rows are padded with zeros to at least
/// twice their length, so nothing wraps around. The result is scaled by τ (the integral over the row).
#[derive(Clone)]
pub struct RampFilter {
    columns: usize,
    response: Vec<f32>,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
}

/// Memory of one thread for [`RampFilter::apply`].
pub struct Scratch {
    row: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    work: Vec<Complex<f32>>,
}

impl RampFilter {
    /// For rows of `columns` pixels, `pitch` apart: in mm at the axis for a flat detector, in radians for a
    /// curved one.
    pub fn new(columns: usize, pitch: f64, shape: DetectorShape, window: Window) -> Self {
        let length = padded_length(columns);
        let kernel = kernel(length, pitch, shape);
        let mut planner = RealFftPlanner::<f64>::new();
        let plan = planner.plan_fft_forward(length);
        let (mut input, mut spectrum) = (kernel, plan.make_output_vec());
        // The lengths are the plan's own.
        let _ = plan.process(&mut input, &mut spectrum);
        let nyquist = (length / 2) as f64;
        let response = spectrum.iter().enumerate().map(|(i, s)| {
            let scale = pitch / length as f64;
            (s.re * scale * window.factor(i as f64 / nyquist)) as f32
        });
        let response = response.collect();
        let mut planner = RealFftPlanner::<f32>::new();
        Self {
            columns,
            response,
            forward: planner.plan_fft_forward(length),
            inverse: planner.plan_fft_inverse(length),
        }
    }

    /// Memory for one thread.
    pub fn scratch(&self) -> Scratch {
        let work = self.forward.get_scratch_len().max(self.inverse.get_scratch_len());
        Scratch {
            row: self.forward.make_input_vec(),
            spectrum: self.forward.make_output_vec(),
            work: vec![Complex::default(); work],
        }
    }

    /// Filters one row in place. When `extending`, a row that ends above zero is continued by itself mirrored
    /// at its end, falling to zero over half a row's length (B. Ohnesorge et al., "Efficient correction for CT
    /// image artifacts caused by objects extending outside the scan field of view", Med. Phys. 27, 2000).
    pub fn apply(&self, row: &mut [f32], extending: bool, scratch: &mut Scratch) {
        let Scratch { row: padded, spectrum, work } = scratch;
        padded[..self.columns].copy_from_slice(row);
        padded[self.columns..].fill(0.0);
        if extending {
            self.extend(padded);
        }
        // The lengths are the plans' own, and the first and last bins stay real: neither call can fail.
        let _ = self.forward.process_with_scratch(padded, spectrum, work);
        for (value, factor) in spectrum.iter_mut().zip(&self.response) {
            *value *= factor;
        }
        let _ = self.inverse.process_with_scratch(spectrum, padded, work);
        row.copy_from_slice(&padded[..self.columns]);
    }
}

impl RampFilter {
    /// Writes the continuation behind the row, and that of its front at the end: the padding is circular.
    fn extend(&self, padded: &mut [f32]) {
        let (columns, length) = (self.columns, padded.len());
        let reach = (columns / 2).min((length - columns) / 2);
        let (first, last) = (padded[0], padded[columns - 1]);
        for i in 1..=reach {
            let fall = (0.5 * PI * i as f64 / (reach + 1) as f64).cos().powi(2) as f32;
            // Mirrored at the end value, and never below zero.
            padded[columns - 1 + i] = (2.0 * last - padded[columns - 1 - i]).max(0.0) * fall;
            padded[length - i] = (2.0 * first - padded[i]).max(0.0) * fall;
        }
    }
}

/// The least 2ᵃ3ᵇ5ᶜ, even, of at least twice the length.
fn padded_length(columns: usize) -> usize {
    let smooth = |mut n: usize| {
        for p in [2, 3, 5] {
            while n.is_multiple_of(p) {
                n /= p;
            }
        }
        n == 1
    };
    (2 * columns.max(2)..).find(|n| n.is_multiple_of(4) && smooth(*n)).unwrap_or(4 * columns)
}

fn kernel(length: usize, pitch: f64, shape: DetectorShape) -> Vec<f64> {
    let at = |n: f64| {
        let spacing = match shape {
            DetectorShape::Flat => n * pitch,
            DetectorShape::Curved => (n * pitch).sin(),
        };
        -1.0 / (PI * spacing).powi(2)
    };
    (0..length)
        .map(|i| {
            let n = i.min(length - i);
            match n {
                0 => 0.25 / (pitch * pitch),
                // A curved detector never spans half a turn of fan angle; farther taps meet zeros only.
                _ if shape == DetectorShape::Curved && n as f64 * pitch >= 0.5 * PI => 0.0,
                _ if n.is_multiple_of(2) => 0.0,
                _ => at(n as f64),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The convolution, written out.
    fn direct(row: &[f32], pitch: f64, shape: DetectorShape) -> Vec<f64> {
        let taps = kernel(4 * row.len(), pitch, shape);
        let value = |i: usize| {
            row.iter().enumerate().map(|(j, v)| f64::from(*v) * taps[i.abs_diff(j)]).sum::<f64>() * pitch
        };
        (0..row.len()).map(value).collect()
    }

    #[test]
    fn filtering_by_transforms_is_the_convolution() {
        for (shape, pitch) in [(DetectorShape::Flat, 0.7), (DetectorShape::Curved, 0.011)] {
            for columns in [1, 2, 7, 64, 101] {
                let row: Vec<f32> = (0..columns).map(|i| ((i * i + 3) % 17) as f32 - 4.0).collect();
                let filter = RampFilter::new(columns, pitch, shape, Window::RamLak);
                let mut filtered = row.clone();
                filter.apply(&mut filtered, false, &mut filter.scratch());
                let expected = direct(&row, pitch, shape);
                let scale = expected.iter().fold(0.0f64, |m, v| m.max(v.abs()));
                for (got, want) in filtered.iter().zip(&expected) {
                    assert!(
                        (f64::from(*got) - want).abs() < 1e-5 * scale,
                        "{shape:?} {columns}: {got} {want}"
                    );
                }
            }
        }
    }

    #[test]
    fn windows_start_at_one_and_never_amplify() {
        for window in Window::ALL {
            assert!((window.factor(0.0) - 1.0).abs() < 1e-12, "{window:?}");
            assert!((0..=100).all(|i| (0.0..=1.0 + 1e-12).contains(&window.factor(f64::from(i) / 100.0))));
        }
    }
}
