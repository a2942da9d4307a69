//! Random streams of one sample: one for each purpose and attempt, so that none disturbs another.

use super::sample::Split;
use crate::split_mix::mix;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// What a random stream is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// How many objects of the named category there are and what kind of command refers to one.
    Plan,
    /// Roads, clutter, objects and motion; one stream an attempt.
    Scene(u64),
    /// Noise and drop-out of one sweep; one stream an attempt.
    Sweep(u64, usize),
    /// Wording of the command.
    Wording,
}

/// The random streams of one sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draws {
    /// `hash(seed, split, index)`.
    key: u64,
}

impl Draws {
    pub(super) fn new(seed: u64, split: Split, index: u64) -> Self {
        let split = match split {
            Split::Train => 1,
            Split::Validation => 2,
            Split::Test => 3,
        };
        Self { key: mix(mix(mix(seed) ^ split) ^ index) }
    }

    /// The generator for one purpose, from its beginning.
    pub(super) fn stream(self, purpose: Purpose) -> ChaCha8Rng {
        let tag = match purpose {
            Purpose::Plan => 1,
            Purpose::Wording => 2,
            Purpose::Scene(attempt) => 0x100 + (attempt << 16),
            Purpose::Sweep(attempt, sweep) => 0x200 + sweep as u64 + (attempt << 16),
        };
        ChaCha8Rng::seed_from_u64(mix(self.key ^ mix(tag)))
    }
}

/// One number from the standard normal distribution, cut at ±3.9.
pub(super) fn normal(rng: &mut impl Rng) -> f32 {
    let value: f32 = StandardNormal.sample(rng);
    value.clamp(-3.9, 3.9)
}

/// Uniform on `[low, high)`.
pub(super) fn uniform(rng: &mut impl Rng, low: f32, high: f32) -> f32 {
    low + (high - low) * rng.random::<f32>()
}

/// True with probability `share`.
pub(super) fn chance(rng: &mut impl Rng, share: f32) -> bool {
    rng.random::<f32>() < share
}

/// One element of a list that is not empty, each equally likely.
pub(super) fn pick<T: Copy>(rng: &mut impl Rng, list: &[T]) -> T {
    list[rng.random_range(0..list.len())]
}
