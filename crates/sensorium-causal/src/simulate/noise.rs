//! Distributions of noise terms.

use rand::Rng;
use rand_distr::{Distribution, Exp1, Gumbel, StandardNormal};

/// A distribution of noise with mean 0 and variance 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// Normal.
    Gaussian,
    /// Double exponential: symmetric, heavy tails.
    Laplace,
    /// Uniform: symmetric, no tails.
    Uniform,
    /// Exponential: skewed.
    Exponential,
    /// Gumbel (type I extreme value): mildly skewed.
    Gumbel,
}

impl Noise {
    /// One draw.
    pub fn sample(self, rng: &mut impl Rng) -> f64 {
        match self {
            Self::Gaussian => StandardNormal.sample(rng),
            Self::Laplace => {
                let size: f64 = Exp1.sample(rng);
                (if rng.random_bool(0.5) { size } else { -size }) / std::f64::consts::SQRT_2
            }
            Self::Uniform => (2.0 * rng.random::<f64>() - 1.0) * 3.0_f64.sqrt(),
            Self::Exponential => {
                let size: f64 = Exp1.sample(rng);
                size - 1.0
            }
            Self::Gumbel => {
                const EULER: f64 = 0.577_215_664_901_532_9;
                let draw = Gumbel::new(0.0, 1.0).map_or(EULER, |g| g.sample(rng));
                (draw - EULER) * 6.0_f64.sqrt() / std::f64::consts::PI
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;

    #[test]
    fn every_noise_has_mean_0_and_variance_1() {
        for noise in [Noise::Gaussian, Noise::Laplace, Noise::Uniform, Noise::Exponential, Noise::Gumbel] {
            let mut rng = generator(5, 0);
            let draws: Vec<f64> = (0..100_000).map(|_| noise.sample(&mut rng)).collect();
            let mean = draws.iter().sum::<f64>() / 1e5;
            let variance = draws.iter().map(|v| v * v).sum::<f64>() / 1e5;
            assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.05, "{noise:?}: {mean} {variance}");
        }
    }
}
