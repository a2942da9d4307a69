//! Which items are for validation.

use rand::Rng;
use sensorium_nn::seed;

/// Share of the items that are for validation.
const SHARE: f64 = 0.1;

/// Whether each item is for validation, by a hash of its key and the seed: an item stays where it is when
/// others come or go. Of two or more items at least one is for validation and one for training.
pub fn validation_part<S: AsRef<str>>(keys: &[S], seed: u64) -> Vec<bool> {
    let drawn = |key: &S| seed::generator(seed, &[13, seed::of_name(key.as_ref())]).random::<f64>();
    let draws: Vec<f64> = keys.iter().map(drawn).collect();
    let mut part: Vec<bool> = draws.iter().map(|d| *d < SHARE).collect();
    let order = |a: &usize, b: &usize| draws[*a].total_cmp(&draws[*b]);
    if keys.len() < 2 {
        return vec![false; keys.len()];
    }
    if let (false, Some(least)) = (part.contains(&true), (0..keys.len()).min_by(order)) {
        part[least] = true;
    }
    if let (false, Some(most)) = (part.contains(&false), (0..keys.len()).max_by(order)) {
        part[most] = false;
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_is_for_validation_and_stays_there() {
        let keys: Vec<String> = (0..2_000).map(|i| format!("item-{i}")).collect();
        let part = validation_part(&keys, 7);
        let count = part.iter().filter(|p| **p).count();
        assert!((140..260).contains(&count), "{count}");
        assert_eq!(validation_part(&keys[..1_000], 7), part[..1_000]);
        assert_ne!(validation_part(&keys, 8), part);
    }

    #[test]
    fn few_items_are_in_both_parts() {
        for seed in 0..50 {
            let part = validation_part(&["a", "b"], seed);
            assert_eq!(part.iter().filter(|p| **p).count(), 1, "{seed}");
        }
        assert_eq!(validation_part(&["a"], 0), [false]);
    }
}
