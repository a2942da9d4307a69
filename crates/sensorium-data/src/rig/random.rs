//! Random streams: one for each recording, sensor and purpose, so that none disturbs another.

use super::sensor::Sensor;
use crate::split_mix::mix;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// What a random stream is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// Geometry and hydraulics of the rig.
    Machine,
    /// The load's course.
    Load,
    /// Severity of the fault and how far each sensor is from it.
    Severity,
    /// Gains and habits of one sensor.
    Setup(Sensor),
    /// Noise of one sensor, the same with and without the fault.
    Noise(Sensor),
    /// What the fault adds to one sensor.
    Fault(Sensor),
    /// Sensor failures.
    Failure(usize),
}

/// The random streams of one recording.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draws {
    /// `hash(seed, index)`.
    key: u64,
}

impl Draws {
    pub(super) fn new(seed: u64, index: usize) -> Self {
        Self { key: mix(mix(seed) ^ index as u64) }
    }

    /// The generator for one purpose, from its beginning.
    pub(super) fn stream(self, purpose: Purpose) -> ChaCha8Rng {
        let tag = match purpose {
            Purpose::Machine => 1,
            Purpose::Load => 2,
            Purpose::Severity => 3,
            Purpose::Setup(sensor) => 0x100 + sensor.index() as u64,
            Purpose::Noise(sensor) => 0x200 + sensor.index() as u64,
            Purpose::Fault(sensor) => 0x300 + sensor.index() as u64,
            Purpose::Failure(number) => 0x1_0000 + number as u64,
        };
        ChaCha8Rng::seed_from_u64(mix(self.key ^ mix(tag)))
    }
}

/// One number from the standard normal distribution.
pub(super) fn normal(rng: &mut impl Rng) -> f32 {
    StandardNormal.sample(rng)
}

/// Uniform on `[low, high)`.
pub(super) fn uniform(rng: &mut impl Rng, low: f32, high: f32) -> f32 {
    low + (high - low) * rng.random::<f32>()
}

/// `exp` of a uniform number: equally likely in every octave of `[low, high)`.
pub(super) fn log_uniform(rng: &mut impl Rng, low: f32, high: f32) -> f32 {
    uniform(rng, low.ln(), high.ln()).exp()
}

/// `median · exp(sigma · n)`, n standard normal and cut at ±2.5 so that no rig is absurd.
pub(super) fn log_normal(rng: &mut impl Rng, median: f32, sigma: f32) -> f32 {
    median * (sigma * normal(rng).clamp(-2.5, 2.5)).exp()
}

/// Waiting time of a Poisson process, in units of 1 / `rate`.
pub(super) fn waiting(rng: &mut impl Rng, rate: f32) -> f32 {
    -(1.0 - rng.random::<f32>()).ln() / rate.max(1e-6)
}
