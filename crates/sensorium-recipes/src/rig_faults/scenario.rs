//! What is wrong with the sensors.

use rand::seq::SliceRandom;
use sensorium_data::Failure;
use sensorium_nn::{View, seed};

/// Failures of which test windows have broken copies, in the order of the copies.
pub const BROKEN: [Failure; 4] = [Failure::Noise, Failure::Frozen, Failure::Drift, Failure::Delay];

/// One state of the sensors.
#[derive(Clone, Debug, PartialEq)]
pub enum Scenario {
    /// All work.
    Clean,
    /// One fails.
    Single {
        /// Which.
        stream: usize,
        /// How.
        failure: Failure,
    },
    /// In each window, so many random ones are missing.
    Missing {
        /// How many.
        count: usize,
        /// `[window][stream]`: whether it is missing.
        gone: Vec<Vec<bool>>,
    },
    /// All but some are missing, the same in every window.
    Left {
        /// Which are left.
        streams: Vec<usize>,
    },
}

impl Scenario {
    /// All windows with `count` random streams missing.
    pub fn missing(count: usize, windows: usize, streams: usize, seed: u64) -> Self {
        let gone = (0..windows)
            .map(|window| {
                let mut order: Vec<usize> = (0..streams).collect();
                order.shuffle(&mut seed::generator(seed, &[11, count as u64, window as u64]));
                let mut gone = vec![false; streams];
                order.iter().take(count).for_each(|s| gone[*s] = true);
                gone
            })
            .collect();
        Self::Missing { count, gone }
    }

    /// The 46 scenarios of the protocol: each stream failing in each way, then k = 1..6 missing.
    pub fn degraded(windows: usize, streams: usize, seed: u64) -> Vec<Self> {
        let single = Failure::ALL
            .into_iter()
            .flat_map(|failure| (0..streams).map(move |stream| Self::Single { stream, failure }));
        let missing = (1..=6).map(|k| Self::missing(k, windows, streams, seed));
        single.chain(missing).collect()
    }

    /// How stream `stream` of test window `window` is shown.
    pub fn view(&self, window: usize, stream: usize) -> View {
        let hidden = match self {
            Self::Clean => false,
            Self::Single { stream: broken, failure } => {
                if *broken != stream {
                    false
                } else if let Some(copy) = BROKEN.iter().position(|f| f == failure) {
                    return View::Broken(copy);
                } else {
                    true
                }
            }
            Self::Missing { gone, .. } => gone[window][stream],
            Self::Left { streams } => !streams.contains(&stream),
        };
        if hidden { View::Hidden } else { View::Clean }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_forty_single_failures_and_six_missing_counts() {
        let all = Scenario::degraded(3, 8, 0);
        let single = all.iter().filter(|s| matches!(s, Scenario::Single { .. })).count();
        assert_eq!((all.len(), single), (46, 40));
    }

    #[test]
    fn exactly_k_streams_are_missing_in_every_window() {
        let scenario = Scenario::missing(5, 40, 8, 3);
        for window in 0..40 {
            assert_eq!((0..8).filter(|s| scenario.view(window, *s) == View::Hidden).count(), 5);
        }
    }
}
