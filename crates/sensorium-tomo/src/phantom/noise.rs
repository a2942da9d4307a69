//! The noise of counted photons.

use crate::{Projections, TomoError};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson};
use rayon::prelude::*;

/// Most photons a ray. Above it the noise, 1/√N, is below the rounding of `f32`, and Poisson's distribution comes to
/// its limits.
const MOST_PHOTONS: f64 = 1e15;

/// Replaces line integrals p by −ln(N / N₀), N drawn from Poisson(N₀ e⁻ᵖ): what a detector that counts
/// single photons would measure. A pixel that counts none gets half a photon. A value stays as it is where it is no
/// number, or so far below 0 that more than 10¹⁵ photons would be expected, whose noise is below 4·10⁻⁸.
///
/// The same seed gives the same noise, whatever the number of threads.
///
/// # Errors
/// [`TomoError::Request`] when `photons_per_ray` is not above 0, or above 10¹⁵.
pub fn add_noise(projections: &mut Projections, photons_per_ray: f64, seed: u64) -> Result<(), TomoError> {
    if !(photons_per_ray.is_finite() && photons_per_ray > 0.0) {
        return Err(TomoError::Request(format!("photons_per_ray is {photons_per_ray}; it must be above 0")));
    }
    if photons_per_ray > MOST_PHOTONS {
        return Err(TomoError::Request(format!(
            "photons_per_ray is {photons_per_ray:e}; it must be at most {MOST_PHOTONS:e}, above which the noise is \
             smaller than the rounding of the values; leave the noise out"
        )));
    }
    let columns = projections.columns();
    projections.values_mut().par_chunks_mut(columns).enumerate().for_each(|(row, values)| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(row as u64);
        for value in values {
            let expected = photons_per_ray * (-f64::from(*value)).exp();
            if expected.is_nan() || expected > MOST_PHOTONS {
                continue;
            }
            // The one rate that is refused is 0, which counts nothing.
            let count: f64 = Poisson::new(expected).map_or(0.0, |p| p.sample(&mut random));
            *value = -(count.max(0.5) / photons_per_ray).ln() as f32;
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_is_that_of_counted_photons() {
        let mut projections = Projections::new(10, 40, 250, vec![1.5; 100_000]).unwrap();
        add_noise(&mut projections, 1e4, 3).unwrap();
        let n = projections.values().len() as f64;
        let mean = projections.values().iter().map(|v| f64::from(*v)).sum::<f64>() / n;
        let variance = projections.values().iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>() / n;
        let expected = 1.0 / (1e4 * (-1.5f64).exp());
        assert!((mean - 1.5).abs() < 1e-3, "{mean}");
        assert!((variance / expected - 1.0).abs() < 0.03, "{variance} {expected}");
    }

    #[test]
    fn opaque_rays_stay_finite_and_seeds_differ() {
        let draw = |seed| {
            let mut projections = Projections::new(1, 1, 3, vec![0.1, 1.0, 200.0]).unwrap();
            add_noise(&mut projections, 1e3, seed).unwrap();
            projections.into_values()
        };
        assert!(draw(1).iter().all(|v| v.is_finite()));
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let mut projections = Projections::new(1, 1, 1, vec![0.1]).unwrap();
        assert!(add_noise(&mut projections, 0.0, 0).is_err());
    }

    #[test]
    fn as_many_photons_as_may_be_are_drawn_and_more_are_refused() {
        let values = [0.0, 0.5, -1.0, -60.0, f32::NAN, f32::NEG_INFINITY, f32::INFINITY];
        let mut projections = Projections::new(1, 1, 7, values.to_vec()).unwrap();
        add_noise(&mut projections, 1e15, 0).unwrap();
        let noisy = projections.values();
        for (before, after) in values.iter().zip(noisy).take(4) {
            assert!((before - after).abs() < 1e-6, "{before} {after}");
        }
        assert!(noisy[4].is_nan() && noisy[5] == f32::NEG_INFINITY && noisy[6].is_finite(), "{noisy:?}");
        let error = add_noise(&mut projections, 1e20, 0).unwrap_err().to_string();
        assert!(error.contains("photons_per_ray is 1e20; it must be at most 1e15"), "{error}");
    }
}
