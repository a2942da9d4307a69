//! Random numbers, only ever from a seed that is passed in.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// An independent generator for each `stream` of a seed: repetition, tree, bootstrap sample.
pub fn generator(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}
