//! Independent generators from one seed.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use sensorium_data::split_mix::mix;

/// A generator for the use named by `path`, independent of all others of the same seed.
pub fn generator(seed: u64, path: &[u64]) -> ChaCha8Rng {
    let mut state = seed;
    for step in path {
        state = mix(state ^ mix(*step));
    }
    ChaCha8Rng::seed_from_u64(state)
}

/// The numbers below `count` in an order of their own for the use named by `path`.
pub fn shuffled(count: usize, seed: u64, path: &[u64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.shuffle(&mut generator(seed, path));
    order
}

/// A number from words, for [`generator`] paths.
pub fn of_name(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}
