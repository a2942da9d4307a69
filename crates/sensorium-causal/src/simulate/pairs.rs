//! Pairs of cause and effect with known direction.
//!
//! The families follow the benchmarks of the field: AN, LS and MN of Tagasovska and others (2020), SIM of Mooij and
//! others (2016, appendix C), and mixtures with spline mechanisms of Lopez-Paz and others (2017). They are our own
//! programs after the descriptions, not their files.

use super::nonlinear::unit_variance;
use super::{FunctionFamily, Noise, RandomFunction};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// Where a pair comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairFamily {
    /// AN: a Gaussian-process function and additive Gaussian noise.
    Additive,
    /// ANs: a sigmoid and additive Gaussian noise.
    AdditiveSigmoid,
    /// LS: mean and spread by Gaussian-process functions.
    LocationScale,
    /// LSs: mean and spread by sigmoids.
    LocationScaleSigmoid,
    /// MNU: a sigmoid times uniform noise.
    MultiplicativeUniform,
    /// SIM: cause and effect by Gaussian-process functions of noises, effect = f(cause, noise), noise on both.
    General,
    /// SIM-c: as SIM, with a hidden common cause.
    Confounded,
    /// SIM-ln: as SIM, with little noise.
    LowNoise,
    /// SIM-G: as SIM, cause and noise close to Gaussian.
    GaussianCause,
    /// A mixture of Gaussians, a random curve and noise whose spread is another random curve.
    Mixture,
    /// As AN, but cause and noise each of a random distribution that is not Gaussian.
    AdditiveNonGaussian,
    /// As LS, but cause and noise each of a random distribution that is not Gaussian.
    LocationScaleNonGaussian,
}

impl PairFamily {
    /// All families.
    pub const ALL: [Self; 12] = [
        Self::Additive,
        Self::AdditiveSigmoid,
        Self::LocationScale,
        Self::LocationScaleSigmoid,
        Self::MultiplicativeUniform,
        Self::General,
        Self::Confounded,
        Self::LowNoise,
        Self::GaussianCause,
        Self::Mixture,
        Self::AdditiveNonGaussian,
        Self::LocationScaleNonGaussian,
    ];

    /// The name in the literature, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Additive => "an",
            Self::AdditiveSigmoid => "ans",
            Self::LocationScale => "ls",
            Self::LocationScaleSigmoid => "lss",
            Self::MultiplicativeUniform => "mnu",
            Self::General => "sim",
            Self::Confounded => "sim-c",
            Self::LowNoise => "sim-ln",
            Self::GaussianCause => "sim-g",
            Self::Mixture => "mixture",
            Self::AdditiveNonGaussian => "an-ng",
            Self::LocationScaleNonGaussian => "ls-ng",
        }
    }

    /// Samples of cause and effect.
    pub fn sample(self, rows: usize, rng: &mut impl Rng) -> (Vec<f64>, Vec<f64>) {
        match self {
            Self::Additive => gaussian(process(0.7), None, rows, rng),
            Self::AdditiveSigmoid => gaussian(FunctionFamily::Sigmoids, None, rows, rng),
            Self::LocationScale => gaussian(process(0.7), Some(process(1.0)), rows, rng),
            Self::LocationScaleSigmoid => {
                gaussian(FunctionFamily::Sigmoids, Some(FunctionFamily::Sigmoids), rows, rng)
            }
            Self::AdditiveNonGaussian => non_gaussian(None, rows, rng),
            Self::LocationScaleNonGaussian => non_gaussian(Some(process(1.0)), rows, rng),
            Self::MultiplicativeUniform => {
                let cause = normals(rows, rng);
                let curve = RandomFunction::draw(FunctionFamily::Sigmoids, 1, rng).apply(&[&cause]);
                let effect = curve.into_iter().map(|f| f * rng.random::<f64>()).collect();
                (cause, effect)
            }
            Self::General => General::PLAIN.sample(rows, rng),
            Self::Confounded => General::CONFOUNDED.sample(rows, rng),
            Self::LowNoise => General::LOW_NOISE.sample(rows, rng),
            Self::GaussianCause => General::GAUSSIAN.sample(rows, rng),
            Self::Mixture => mixture(rows, rng),
        }
    }
}

/// Rounds values to a grid of this many steps from end to end, as instruments and questionnaires do.
pub fn rounded(values: &[f64], steps: usize) -> Vec<f64> {
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), &v| (l.min(v), h.max(v)));
    let width = (high - low) / steps as f64;
    if width > 0.0 {
        values.iter().map(|v| ((v - low) / width).round() * width + low).collect()
    } else {
        values.to_vec()
    }
}

/// Values on another scale, as when a logarithm, a power or a rate is recorded instead: v ↦ e^{sv} or sign(v)|v|^p of
/// standardised values, s from −1 to 1 and p from 1/2 to 2, in ascending or (for s < 0) descending order.
pub fn distorted(values: &[f64], rng: &mut impl Rng) -> Vec<f64> {
    let unit = unit_variance(values.to_vec());
    if rng.random_bool(0.5) {
        let s = rng.random_range(0.2..1.0) * if rng.random_bool(0.5) { 1.0 } else { -1.0 };
        unit.into_iter().map(|v| (s * v).exp()).collect()
    } else {
        let p = 2.0_f64.powf(rng.random_range(-1.0..1.0));
        unit.into_iter().map(|v| v.signum() * v.abs().powf(p)).collect()
    }
}

fn process(length_scale: f64) -> FunctionFamily {
    FunctionFamily::GaussianProcess { length_scale }
}

fn normals(rows: usize, rng: &mut impl Rng) -> Vec<f64> {
    draws(Noise::Gaussian, rows, rng)
}

/// A normal or uniform cause, normal noise.
fn gaussian(
    mean: FunctionFamily,
    spread: Option<FunctionFamily>,
    rows: usize,
    rng: &mut impl Rng,
) -> (Vec<f64>, Vec<f64>) {
    let source = if rng.random_bool(0.5) { Noise::Gaussian } else { Noise::Uniform };
    let cause = draws(source, rows, rng);
    let noise = normals(rows, rng);
    location_scale(cause, &noise, mean, spread, rng)
}

/// A smooth function of random wiggliness; cause and noise skewed, heavy-tailed or bounded.
fn non_gaussian(spread: Option<FunctionFamily>, rows: usize, rng: &mut impl Rng) -> (Vec<f64>, Vec<f64>) {
    const SHAPES: [Noise; 4] = [Noise::Laplace, Noise::Uniform, Noise::Exponential, Noise::Gumbel];
    let signed = |rng: &mut _| {
        let values = draws(SHAPES[Rng::random_range(rng, 0..SHAPES.len())], rows, rng);
        if Rng::random_bool(rng, 0.5) { values } else { values.into_iter().map(|v| -v).collect() }
    };
    let (cause, noise) = (signed(rng), signed(rng));
    let mean = process(rng.random_range(0.7..3.0));
    location_scale(cause, &noise, mean, spread, rng)
}

fn draws(noise: Noise, rows: usize, rng: &mut impl Rng) -> Vec<f64> {
    (0..rows).map(|_| noise.sample(rng)).collect()
}

fn location_scale(
    cause: Vec<f64>,
    noise: &[f64],
    mean: FunctionFamily,
    spread: Option<FunctionFamily>,
    rng: &mut impl Rng,
) -> (Vec<f64>, Vec<f64>) {
    let means = unit_variance(RandomFunction::draw(mean, 1, rng).apply(&[&cause]));
    let size = rng.random_range(0.2..1.0);
    let spreads = spread.map(|family| unit_variance(RandomFunction::draw(family, 1, rng).apply(&[&cause])));
    let spread = |i: usize| spreads.as_ref().map_or(1.0, |s| (0.7 * s[i]).exp());
    let effect = means.iter().zip(noise).enumerate().map(|(i, (m, e))| m + size * spread(i) * e).collect();
    (cause, effect)
}

/// A variable that a random function makes of normal noise; the larger the length scale, the closer to Gaussian.
fn warped(length_scale: f64, rows: usize, rng: &mut impl Rng) -> Vec<f64> {
    let noise = normals(rows, rng);
    unit_variance(RandomFunction::draw(process(length_scale), 1, rng).apply(&[&noise]))
}

/// Which of the SIM families.
#[derive(Clone, Copy)]
struct General {
    confounded: bool,
    /// Length scale over which the functions of noises change; large ones keep a variable close to Gaussian.
    noise_length: f64,
    /// How much of the effect is noise, relative to SIM.
    noise_share: f64,
}

impl General {
    const PLAIN: Self = Self { confounded: false, noise_length: 2.0, noise_share: 1.0 };
    const CONFOUNDED: Self = Self { confounded: true, ..Self::PLAIN };
    const LOW_NOISE: Self = Self { noise_share: 0.3, ..Self::PLAIN };
    const GAUSSIAN: Self = Self { noise_length: 8.0, ..Self::PLAIN };

    /// cause = f(noise [, hidden]), effect = g(cause, noise [, hidden]); a length scale around 1/2 for causes and
    /// hidden causes, `noise_length` for noises, and a little observation noise on both.
    fn sample(self, rows: usize, rng: &mut impl Rng) -> (Vec<f64>, Vec<f64>) {
        let scaled =
            |values: Vec<f64>, length: f64| -> Vec<f64> { values.iter().map(|v| v / length).collect() };
        let mut around = |middle: f64| middle * rng.random_range(0.5..1.5);
        let (own_length, cause_length, noise_length) =
            (around(self.noise_length), around(0.5), around(self.noise_length));
        let (hidden_lengths, observation) = ([around(0.5), around(0.5)], [around(0.005), around(0.005)]);
        let hidden = warped(self.noise_length, rows, rng);
        let own = scaled(warped(self.noise_length, rows, rng), own_length);
        let noise = scaled(warped(self.noise_length, rows, rng), noise_length / self.noise_share);
        let to_cause = scaled(hidden.clone(), hidden_lengths[0]);
        let to_effect = scaled(hidden, hidden_lengths[1]);
        let mut function = |inputs: &[&[f64]]| {
            let used = if self.confounded { inputs.len() } else { inputs.len() - 1 };
            unit_variance(RandomFunction::draw(process(1.0), used, rng).apply(inputs))
        };
        let cause = function(&[&own, &to_cause]);
        let effect = function(&[&scaled(cause.clone(), cause_length), &noise, &to_effect]);
        let mut observed = |values: Vec<f64>, size: f64| -> Vec<f64> {
            let noise = normals(rows, rng);
            values.iter().zip(&noise).map(|(v, e)| v + size * e).collect()
        };
        (observed(cause, observation[0]), observed(effect, observation[1]))
    }
}

fn mixture(rows: usize, rng: &mut impl Rng) -> (Vec<f64>, Vec<f64>) {
    let parts = rng.random_range(1..=5);
    let reach: f64 = rng.random_range(0.5..5.0);
    let mut components = Vec::new();
    for _ in 0..parts {
        let mean: f64 = StandardNormal.sample(rng);
        let spread: f64 = StandardNormal.sample(rng);
        let share: f64 = StandardNormal.sample(rng);
        components.push((reach * mean, 0.1 + reach.sqrt() * spread.abs(), share.abs() + 0.05));
    }
    let total: f64 = components.iter().map(|c| c.2).sum();
    let cause: Vec<f64> = (0..rows)
        .map(|_| {
            let mut left = rng.random::<f64>() * total;
            let mut chosen = components[0];
            for &component in &components {
                chosen = component;
                left -= component.2;
                if left <= 0.0 {
                    break;
                }
            }
            let normal: f64 = StandardNormal.sample(rng);
            chosen.0 + chosen.1 * normal
        })
        .collect();
    let cause = unit_variance(cause);
    let curve = unit_variance(random_curve(&cause, rng));
    let spread = random_curve(&cause, rng);
    let size = rng.random_range(0.05..1.0);
    let effect = curve
        .iter()
        .zip(&spread)
        .map(|(f, s)| {
            let normal: f64 = StandardNormal.sample(rng);
            f + size * (0.5 * s).exp() * normal
        })
        .collect();
    (cause, effect)
}

/// A cubic Hermite curve through normal heights at 4 to 7 evenly spaced knots, slopes by finite differences.
fn random_curve(x: &[f64], rng: &mut impl Rng) -> Vec<f64> {
    let (low, high) = x.iter().fold((f64::MAX, f64::MIN), |(l, h), &v| (l.min(v), h.max(v)));
    let knots = rng.random_range(4..=7_usize);
    let heights = normals(knots, rng);
    let slope = |k: usize| {
        let (before, after) = (k.saturating_sub(1), (k + 1).min(knots - 1));
        (heights[after] - heights[before]) / (after - before) as f64
    };
    let at = |&x: &f64| {
        let place = (x - low) / (high - low).max(f64::MIN_POSITIVE) * (knots - 1) as f64;
        let k = (place as usize).min(knots - 2);
        let t = place - k as f64;
        let (t2, t3) = (t * t, t * t * t);
        heights[k] * (2.0 * t3 - 3.0 * t2 + 1.0)
            + slope(k) * (t3 - 2.0 * t2 + t)
            + heights[k + 1] * (3.0 * t2 - 2.0 * t3)
            + slope(k + 1) * (t3 - t2)
    };
    x.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;

    #[test]
    fn every_family_gives_finite_values_that_vary_and_repeat_with_the_seed() {
        for family in PairFamily::ALL {
            let (x, y) = family.sample(300, &mut generator(1, 2));
            assert_eq!((x.clone(), y.clone()), family.sample(300, &mut generator(1, 2)));
            for values in [x, y] {
                assert!(values.iter().all(|v| v.is_finite()), "{}", family.name());
                assert!(values.iter().any(|v| (v - values[0]).abs() > 1e-3), "{}", family.name());
            }
        }
    }

    #[test]
    fn rounding_leaves_the_steps_asked_for() {
        let (x, _) = PairFamily::General.sample(2000, &mut generator(3, 0));
        let mut values = rounded(&x, 10);
        values.sort_by(f64::total_cmp);
        values.dedup();
        assert!(values.len() <= 11 && values.len() > 5);
    }
}
