//! The axis from the double wedge in the spectrum of a whole turn.
//!
//! Of half a turn s(j, i) of N views, let A(n, k) be the spectrum along the columns i (L of them, padded) and
//! the views j, padded with N zeros to the whole turn. The mirror about the axis c, `s(j, 2c − i)` at the views
//! N + j, has the spectrum `(−1)ⁿ conj A(−n, k) · exp(−4πi k c / L)`. So the energy of their sum at all (n, k)
//! outside the wedge |n| ≤ 2π r k / L, r being the radius seen, is
//! `E + 2 Re Σ_k G(k) exp(−4πi k c / L)` with `G(k) = Σ_n (−1)ⁿ conj A(n, k) conj A(−n, k)`: a polynomial in c
//! that costs one transform for all candidates. Each (n, k) counts |n| times the spectrum of a Gaussian of one
//! column: of the powers −4 to 2 of n this stood noise best (`tests.rs`), while truncated objects ask for more.

use super::sinogram::Sinogram;
use super::{best_candidate, golden_section};
use crate::TomoError;
use rayon::prelude::*;
use realfft::RealFftPlanner;
use realfft::num_complex::Complex;
use std::f64::consts::{PI, TAU};

/// Columns of the Gaussian's standard deviation.
const SMOOTHED: f64 = 1.0;

/// Where the energy outside the wedge is least between two columns, and its share of the median candidate's.
pub(super) fn search(sinogram: &Sinogram, low: f64, high: f64) -> Result<(f64, f64), TomoError> {
    let Some(views) = sinogram.even_half_turn() else {
        return Err(TomoError::Geometry(
            "the angles are not even over half a turn, which the double wedge needs; use OppositeRays".into(),
        ));
    };
    let spectra: Vec<Spectrum> =
        sinogram.rows.iter().map(|row| Spectrum::new(row, sinogram.columns, views)).collect();
    let last = sinogram.columns as f64 - 1.0;
    // The first time the axis may be anywhere; the second, the radius that is seen around it is known.
    let coarse = Energy::new(&spectra, last - low.min(last - high));
    let (near, _) = best_candidate(&coarse.candidates(low, high))?;
    let fine = Energy::new(&spectra, sinogram.radius(near));
    let candidates = fine.candidates(low, high);
    let (near, _) = best_candidate(&candidates)?;
    let step = candidates[1].0 - candidates[0].0;
    let axis = golden_section(near - step, near + step, |axis| fine.at(axis));
    let mut sorted: Vec<f64> = candidates.iter().map(|c| c.1).collect();
    sorted.sort_by(f64::total_cmp);
    Ok((axis, fine.at(axis) / sorted[sorted.len() / 2]))
}

/// A(n, k) of one sinogram: for each k the whole turn's n.
struct Spectrum {
    length: usize,
    turn: usize,
    values: Vec<Vec<Complex<f64>>>,
}

impl Spectrum {
    fn new(row: &[f32], columns: usize, views: usize) -> Self {
        let length = (2 * columns).next_power_of_two();
        let turn = 2 * views;
        let mut planner = RealFftPlanner::<f64>::new();
        let (along, around) = (planner.plan_fft_forward(length), planner.plan_fft_forward(turn));
        let of_view = |view: usize| {
            let mut padded = pad(&row[view * columns..(view + 1) * columns], length);
            let mut spectrum = along.make_output_vec();
            // The lengths are the plan's own, so this cannot fail.
            let _ = along.process(&mut padded, &mut spectrum);
            spectrum
        };
        let spectra: Vec<Vec<Complex<f64>>> = (0..views).into_par_iter().map(of_view).collect();
        let of_frequency = |k: usize| {
            let transform = |part: fn(&Complex<f64>) -> f64| {
                let mut values: Vec<f64> = spectra.iter().map(|s| part(&s[k])).collect();
                values.resize(turn, 0.0);
                let mut spectrum = around.make_output_vec();
                let _ = around.process(&mut values, &mut spectrum);
                spectrum
            };
            let (real, imaginary) = (transform(|z| z.re), transform(|z| z.im));
            let whole = |n: usize| {
                let (re, im) = if n <= views {
                    (real[n], imaginary[n])
                } else {
                    (real[turn - n].conj(), imaginary[turn - n].conj())
                };
                re + Complex::<f64>::i() * im
            };
            (0..turn).map(whole).collect()
        };
        let values = (1..length / 2).into_par_iter().map(of_frequency).collect();
        Self { length, turn, values }
    }
}

/// A row with a smooth way from its last value back to its first.
fn pad(row: &[f32], length: usize) -> Vec<f64> {
    let (first, last) = (f64::from(row[0]), f64::from(row[row.len() - 1]));
    let mut padded: Vec<f64> = row.iter().map(|v| f64::from(*v)).collect();
    let gap = (length - row.len() + 1) as f64;
    padded.extend((row.len()..length).map(|i| {
        let part = 0.5 - 0.5 * (PI * (i - row.len() + 1) as f64 / gap).cos();
        last + part * (first - last)
    }));
    padded
}

/// The energy outside the wedge as a polynomial of the axis.
struct Energy {
    length: usize,
    constant: f64,
    coefficients: Vec<Complex<f64>>,
}

impl Energy {
    fn new(spectra: &[Spectrum], radius: f64) -> Self {
        let (length, turn) = spectra.first().map_or((1, 0), |s| (s.length, s.turn));
        let frequencies = spectra.first().map_or(0, |s| s.values.len());
        let of_frequency = |k: usize| {
            let edge = TAU * radius * (k + 1) as f64 / length as f64;
            // Bessel functions of this order and argument have died away.
            let first = (edge + 1.5 * edge.cbrt() + 1.0).ceil() as usize;
            let smooth = (-(TAU * SMOOTHED * (k + 1) as f64 / length as f64).powi(2)).exp();
            let (mut constant, mut coefficient) = (0.0, Complex::new(0.0, 0.0));
            for spectrum in spectra {
                let values = &spectrum.values[k];
                for n in first..=turn.saturating_sub(first) {
                    let (here, there) = (values[n], values[turn - n]);
                    let sign = if n % 2 == 0 { 1.0 } else { -1.0 };
                    let weight = smooth * n.min(turn - n) as f64;
                    constant += weight * (here.norm_sqr() + there.norm_sqr());
                    coefficient += here.conj() * there.conj() * (sign * weight);
                }
            }
            (constant, coefficient)
        };
        let parts: Vec<(f64, Complex<f64>)> = (0..frequencies).into_par_iter().map(of_frequency).collect();
        let constant = parts.iter().map(|p| p.0).sum();
        Self { length, constant, coefficients: parts.into_iter().map(|p| p.1).collect() }
    }

    fn at(&self, axis: f64) -> f64 {
        let phase = -2.0 * TAU * axis / self.length as f64;
        let terms = self.coefficients.iter().enumerate().map(|(k, g)| {
            let (sin, cos) = (phase * (k + 1) as f64).sin_cos();
            g.re * cos - g.im * sin
        });
        self.constant + 2.0 * terms.sum::<f64>()
    }

    /// Quarter columns between two ends, with their energies.
    fn candidates(&self, low: f64, high: f64) -> Vec<(f64, f64)> {
        let count = (4.0 * (high - low)).ceil().max(2.0) as usize;
        let place = |i: usize| low + (high - low) * i as f64 / count as f64;
        (0..=count).into_par_iter().map(place).map(|axis| (axis, self.at(axis))).collect()
    }
}
