//! Random streams: one for each video and purpose, so that noise in the narration leaves the frames alone.

use super::Wording;
use crate::split_mix::mix;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// What a random stream is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// Order of the actions, objects and backgrounds.
    Script,
    /// How the object moves.
    Motion,
    /// Durations of actions and pauses.
    Timing,
    /// Time stamps of the frames.
    Frames,
    /// Which words are said.
    Words,
    /// Errors of the words.
    WordErrors,
    /// Which narrations are missing or chatter.
    Gaps,
    /// Errors of the cues' times.
    CueTimes,
    /// Drift of the narration's clock.
    Drift,
    /// Offset of the narration's clock.
    Offset,
}

/// The generator of one video for one purpose, from its beginning.
pub(super) fn stream(seed: u64, wording: Wording, index: usize, purpose: Purpose) -> ChaCha8Rng {
    let set = match wording {
        Wording::Train => 0x7472,
        Wording::Test => 0x7465,
    };
    let key = mix(mix(mix(seed) ^ set) ^ index as u64);
    ChaCha8Rng::seed_from_u64(mix(key ^ mix(1 + purpose as u64)))
}

/// One number from the standard normal distribution.
pub(super) fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// Uniform on `[low, high)`.
pub(super) fn uniform(rng: &mut impl Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * rng.random::<f64>()
}

/// A member of a list that is not empty; the type's default for an empty one.
pub(super) fn pick<T: Copy + Default>(rng: &mut impl Rng, list: &[T]) -> T {
    if list.is_empty() { T::default() } else { list[rng.random_range(0..list.len())] }
}
