//! Beam hardening: the polynomial correction for water.

use crate::{Projections, TomoError};
use rayon::prelude::*;

/// Thicknesses at which a fit compares the two line integrals.
const THICKNESSES: usize = 256;
/// More coefficients than a correction needs: beyond it the fit is not stable.
const HIGHEST_DEGREE: usize = 8;

/// What the detector sees of the tube: entries of equal index belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    /// Energies in keV, rising.
    pub energies_kev: Vec<f64>,
    /// Photons, times the detector's response, at each energy; any scale.
    pub weights: Vec<f64>,
    /// Attenuation of water at each energy in 1/mm.
    pub water_per_mm: Vec<f64>,
}

impl Spectrum {
    /// The line integral that the detector measures behind water of a thickness:
    /// −ln(Σ w e^(−μ t) / Σ w).
    pub fn line_integral(&self, thickness_mm: f64) -> f64 {
        let open: f64 = self.weights.iter().sum();
        let seen = |(w, mu): (&f64, &f64)| w * (-mu * thickness_mm).exp();
        -(self.weights.iter().zip(&self.water_per_mm).map(seen).sum::<f64>() / open).ln()
    }

    /// Attenuation of water at an energy, between the entries by its logarithm; `None` outside of them.
    pub fn water_per_mm_at(&self, energy_kev: f64) -> Option<f64> {
        let after = self.energies_kev.iter().position(|e| *e >= energy_kev)?;
        if self.energies_kev[after] == energy_kev {
            return Some(self.water_per_mm[after]);
        }
        let before = after.checked_sub(1)?;
        let part = (energy_kev / self.energies_kev[before]).ln()
            / (self.energies_kev[after] / self.energies_kev[before]).ln();
        Some(self.water_per_mm[before].powf(1.0 - part) * self.water_per_mm[after].powf(part))
    }

    fn check(&self) -> Result<(), TomoError> {
        let count = self.energies_kev.len();
        let refuse = |what: String| Err(TomoError::Request(format!("the spectrum {what}")));
        if count == 0 || self.weights.len() != count || self.water_per_mm.len() != count {
            return refuse(format!(
                "has {count} energies, {} weights and {} attenuations; give one of each for each energy",
                self.weights.len(),
                self.water_per_mm.len()
            ));
        }
        if let Some(at) = self.energies_kev.windows(2).position(|pair| pair[0] >= pair[1]) {
            return refuse(format!("has energies that do not rise after entry {at}; sort them"));
        }
        for i in 0..count {
            let (e, w, mu) = (self.energies_kev[i], self.weights[i], self.water_per_mm[i]);
            let right = e.is_finite() && e > 0.0 && w.is_finite() && w >= 0.0 && mu.is_finite() && mu > 0.0;
            if !right {
                return refuse(format!(
                    "has {e} keV, weight {w}, {mu} / mm at entry {i}; energies and attenuations must be above 0"
                ));
            }
        }
        if self.weights.iter().sum::<f64>() <= 0.0 {
            return refuse("has no photons: every weight is 0".into());
        }
        Ok(())
    }
}

/// The correction p ↦ Σ cᵢ pⁱ of a line integral, i = 1, 2, …
///
/// Behind thick water the beam is harder and its line integral p grows less than the thickness; the
/// polynomial makes it grow in proportion again (G. T. Herman, "Correction for beam hardening in computed
/// tomography", Phys. Med. Biol. 24, 1979). It is exact for one material.
#[derive(Clone, Debug, PartialEq)]
pub struct BeamHardening {
    coefficients: Vec<f64>,
    fitted_up_to: f64,
    largest_error: f64,
}

impl BeamHardening {
    /// From c₁, c₂, …; there is no c₀, since air must stay 0.
    ///
    /// # Errors
    /// [`TomoError::Request`] for no coefficients, or ones that are no numbers.
    pub fn new(coefficients: Vec<f64>) -> Result<Self, TomoError> {
        if coefficients.is_empty() || coefficients.iter().any(|c| !c.is_finite()) {
            return Err(TomoError::Request(format!(
                "{coefficients:?} is no correction of beam hardening; give c1, c2, ... as numbers"
            )));
        }
        Ok(Self { coefficients, fitted_up_to: f64::INFINITY, largest_error: 0.0 })
    }

    /// Least squares of the line integral at `effective_kev` against that of the spectrum, over water of 0 to
    /// `thickness_mm`; errors count relative to the thickness, so that thin water is as right as thick.
    ///
    /// # Errors
    /// [`TomoError::Request`] for a spectrum that makes no sense, an energy outside it, a thickness that is
    /// not above 0 or lets no photon through, or a degree that is not in 1..=8.
    pub fn fit(
        spectrum: &Spectrum,
        effective_kev: f64,
        thickness_mm: f64,
        degree: usize,
    ) -> Result<Self, TomoError> {
        spectrum.check()?;
        if degree == 0 || degree > HIGHEST_DEGREE {
            return Err(TomoError::Request(format!(
                "the degree is {degree}; give one from 1 to 8 (3 is usual)"
            )));
        }
        let Some(water_per_mm) = spectrum.water_per_mm_at(effective_kev) else {
            return Err(TomoError::Request(format!(
                "the effective energy {effective_kev} keV is outside the spectrum; give one between its ends"
            )));
        };
        let highest = spectrum.line_integral(thickness_mm);
        if !(thickness_mm > 0.0 && highest.is_finite()) {
            return Err(TomoError::Request(format!(
                "water of {thickness_mm} mm cannot be fitted; give a thickness above 0 that lets some photons through"
            )));
        }
        // Columns xⁱ with x = p / p(thickness), each row divided by the line integral that is wanted.
        let rows: Vec<(f64, f64)> = (1..=THICKNESSES)
            .map(|i| thickness_mm * i as f64 / THICKNESSES as f64)
            .map(|t| (spectrum.line_integral(t) / highest, water_per_mm * t))
            .collect();
        let column = |power: usize| -> Vec<f64> {
            rows.iter().map(|(x, wanted)| x.powi(power as i32) / wanted).collect()
        };
        let scaled = least_squares((1..=degree).map(column).collect(), vec![1.0; rows.len()]);
        let coefficients = (1..).zip(&scaled).map(|(i, c)| c / highest.powi(i)).collect();
        let mut fit = Self { fitted_up_to: highest, ..Self::new(coefficients)? };
        let error = |(x, wanted): &(f64, f64)| (fit.corrected(x * highest) / wanted - 1.0).abs();
        fit.largest_error = rows.iter().map(error).fold(0.0, f64::max);
        Ok(fit)
    }

    /// c₁, c₂, …
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// The largest relative error of a fit over its thicknesses; 0 for given coefficients.
    pub fn largest_error(&self) -> f64 {
        self.largest_error
    }

    /// The line integral that is meant by a measured one.
    pub fn corrected(&self, line_integral: f64) -> f64 {
        self.coefficients.iter().rev().fold(0.0, |sum, c| (sum + c) * line_integral)
    }

    /// Corrects line integrals in place; returns how many were above the range of the fit, where a polynomial
    /// may err widely: fit a larger thickness when they are many.
    pub fn apply(&self, projections: &mut Projections) -> usize {
        let row = projections.columns();
        let correct = |value: &mut f32| {
            let measured = f64::from(*value);
            *value = self.corrected(measured) as f32;
            usize::from(measured > self.fitted_up_to)
        };
        projections
            .values_mut()
            .par_chunks_mut(row)
            .map(|row| row.iter_mut().map(correct).sum())
            .reduce(|| 0, |a, b: usize| a + b)
    }
}

/// Solves for the mixture of `columns` nearest to `target`, by modified Gram-Schmidt.
fn least_squares(mut columns: Vec<Vec<f64>>, mut target: Vec<f64>) -> Vec<f64> {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let take =
        |from: &mut [f64], part: f64, of: &[f64]| from.iter_mut().zip(of).for_each(|(x, y)| *x -= part * y);
    let count = columns.len();
    let mut upper = vec![vec![0.0; count]; count];
    let mut parts = vec![0.0; count];
    for i in 0..count {
        let (done, rest) = columns.split_at_mut(i + 1);
        let column = &mut done[i];
        upper[i][i] = dot(column, column).sqrt().max(f64::MIN_POSITIVE);
        column.iter_mut().for_each(|x| *x /= upper[i][i]);
        for (k, other) in rest.iter_mut().enumerate() {
            upper[i][i + 1 + k] = dot(column, other);
            take(other, upper[i][i + 1 + k], column);
        }
        parts[i] = dot(column, &target);
        take(&mut target, parts[i], column);
    }
    for i in (0..count).rev() {
        let known: f64 = (i + 1..count).map(|k| upper[i][k] * parts[k]).sum();
        parts[i] = (parts[i] - known) / upper[i][i];
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 30 to 120 keV; water as a photoelectric part of E^-3 and a scattered part, near the tabled 0.0206 / mm
    /// at 60 keV and 0.0376 / mm at 30 keV.
    fn tube() -> Spectrum {
        let energies_kev: Vec<f64> = (6..=24).map(|i| 5.0 * f64::from(i)).collect();
        Spectrum {
            weights: energies_kev.iter().map(|e| (e - 25.0) * (125.0 - e)).collect(),
            water_per_mm: energies_kev
                .iter()
                .map(|e| 0.0184 * (60.0 / e).powf(0.3) + 0.0022 * (60.0 / e).powi(3))
                .collect(),
            energies_kev,
        }
    }

    #[test]
    fn a_water_discs_line_integrals_become_linear_to_half_a_percent() {
        let (spectrum, radius) = (tube(), 150.0f64);
        let thickness = |c: usize| 2.0 * (radius.powi(2) - (c as f64 - 150.0).powi(2)).max(0.0).sqrt();
        let values = (0..301).map(|c| spectrum.line_integral(thickness(c)) as f32).collect();
        let mut p = Projections::new(1, 1, 301, values).unwrap();
        let before = p.values()[150] / thickness(150) as f32 / (p.values()[1] / thickness(1) as f32);
        let correction = BeamHardening::fit(&spectrum, 70.0, 300.0, 4).unwrap();
        assert_eq!(correction.apply(&mut p), 0);
        let wanted = spectrum.water_per_mm_at(70.0).unwrap();
        let worst = (1..300)
            .map(|c| (f64::from(p.values()[c]) / thickness(c) / wanted - 1.0).abs())
            .fold(0.0, f64::max);
        println!(
            "middle / rim before {before:.4}; worst error after {worst:.6}; {}",
            correction.largest_error()
        );
        assert!(before < 0.95, "the disc must harden the beam: {before}");
        assert!(worst < 0.005, "{worst}");
    }

    #[test]
    fn one_energy_needs_no_correction() {
        let one = Spectrum { energies_kev: vec![60.0], weights: vec![3.0], water_per_mm: vec![0.02] };
        let fit = BeamHardening::fit(&one, 60.0, 200.0, 3).unwrap();
        assert!((fit.corrected(2.5) - 2.5).abs() < 1e-9);
    }

    #[test]
    fn given_coefficients_are_applied_as_a_polynomial_without_constant() {
        let mut p = Projections::new(1, 1, 2, vec![0.0, 2.0]).unwrap();
        BeamHardening::new(vec![1.0, 0.5, 0.25]).unwrap().apply(&mut p);
        assert_eq!(p.values(), [0.0, 6.0]);
    }

    #[test]
    fn what_cannot_be_fitted_is_refused_with_its_place() {
        let says = |s: &Spectrum, kev, mm, degree, text: &str| {
            let error = BeamHardening::fit(s, kev, mm, degree).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        };
        says(&tube(), 200.0, 300.0, 3, "200 keV is outside the spectrum");
        says(&tube(), 70.0, 0.0, 3, "water of 0 mm");
        says(&tube(), 70.0, 1e9, 3, "lets some photons through");
        says(&tube(), 70.0, 300.0, 9, "from 1 to 8");
        says(&Spectrum { weights: vec![], ..tube() }, 70.0, 300.0, 3, "19 energies, 0 weights");
        says(&Spectrum { weights: vec![0.0; 19], ..tube() }, 70.0, 300.0, 3, "no photons");
        let mut falling = tube();
        falling.energies_kev.swap(3, 4);
        says(&falling, 70.0, 300.0, 3, "do not rise after entry 3");
        assert!(BeamHardening::new(vec![]).is_err());
    }
}
