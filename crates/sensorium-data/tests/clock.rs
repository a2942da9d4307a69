//! Known offsets and drifts are found again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use sensorium_data::clock::{ClockConfig, compare_clocks};
use sensorium_data::{Hertz, Modality, Samples, Stream, StreamSpec, TimeAxis, Timestamp};
use std::sync::Arc;

/// A wandering signal without a period: random bumps, about two a second.
struct World {
    bumps: Vec<(f64, f64, f64)>,
}

impl World {
    fn new(seed: u64, seconds: f64) -> Self {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let count = (seconds * 2.0) as usize;
        let bump = |_| {
            (rng.random_range(-5.0..seconds + 5.0), rng.random_range(-1.0..1.0), rng.random_range(0.1..0.5))
        };
        Self { bumps: (0..count).map(bump).collect() }
    }

    fn at(&self, t: f64) -> f64 {
        let near = self.bumps.iter().filter(|(c, _, w)| (t - c).abs() < 5.0 * w);
        near.map(|(c, h, w)| h * (-((t - c) / w).powi(2) / 2.0).exp()).sum()
    }

    /// Sampled at `rate`, stamped by a clock that shows `t + offset + drift · t`.
    fn stream(&self, seconds: f64, rate: f64, offset: f64, drift: f64, noise: f64, seed: u64) -> Stream {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let n = (seconds * rate) as usize;
        let times = (0..n).map(|i| i as f64 / rate);
        let data = times.clone().map(|t| (self.at(t) + noise * rng.random_range(-1.0..1.0)) as f32).collect();
        let stamps = times.map(|t| Timestamp::from_seconds(t + offset + drift * t)).collect();
        let spec = StreamSpec {
            name: "s".into(),
            modality: Modality::Series,
            rate: Hertz::new(rate),
            channels: vec!["x".into()],
            unit: None,
            size: None,
        };
        Stream::new(Arc::new(spec), TimeAxis::Stamped(stamps), Samples::Values { channels: 1, data }).unwrap()
    }
}

#[test]
fn offset_and_drift_are_found_within_their_errors() {
    let world = World::new(7, 600.0);
    let first = world.stream(600.0, 100.0, 0.0, 0.0, 0.05, 1);
    let second = world.stream(600.0, 73.0, 0.237, 80e-6, 0.05, 2);
    let fit = compare_clocks(&first, &second, &ClockConfig::default()).unwrap();
    let expected = 237.0 + 80e-6 * fit.reference.as_seconds() * 1e3;
    assert!((fit.offset_ms - expected).abs() < 2.0, "{fit:?}, expected {expected}");
    assert!((fit.drift_ppm - 80.0).abs() < 8.0, "{fit:?}");
    assert!(fit.offset_error_ms < 2.0 && fit.drift_error_ppm < 10.0, "{fit:?}");
    let back = fit.correct(Timestamp::from_seconds(300.0 + 0.237 + 80e-6 * 300.0));
    assert!((back.as_seconds() - 300.0).abs() < 0.003, "{back}");
}

#[test]
fn an_inverted_signal_is_matched_as_well() {
    let world = World::new(3, 200.0);
    let first = world.stream(200.0, 50.0, 0.0, 0.0, 0.0, 1);
    let mut second = world.stream(200.0, 50.0, -0.4, 0.0, 0.0, 2);
    if let Samples::Values { data, .. } = &mut second.samples {
        data.iter_mut().for_each(|v| *v = -*v);
    }
    let fit = compare_clocks(&first, &second, &ClockConfig::default()).unwrap();
    assert!((fit.offset_ms + 400.0).abs() < 2.0, "{fit:?}");
}

#[test]
fn unrelated_streams_are_refused_or_uncertain() {
    let first = World::new(1, 300.0).stream(300.0, 50.0, 0.0, 0.0, 0.0, 1);
    let second = World::new(2, 300.0).stream(300.0, 50.0, 0.0, 0.0, 0.0, 2);
    match compare_clocks(&first, &second, &ClockConfig { min_correlation: 0.6, ..Default::default() }) {
        Err(message) => assert!(message.contains("resembles"), "{message}"),
        Ok(fit) => assert!(fit.offset_error_ms > 50.0, "{fit:?}"),
    }
}

#[test]
fn empty_and_short_streams_are_errors() {
    let world = World::new(1, 10.0);
    let full = world.stream(10.0, 50.0, 0.0, 0.0, 0.0, 1);
    let empty = world.stream(0.0, 50.0, 0.0, 0.0, 0.0, 1);
    assert!(compare_clocks(&full, &empty, &ClockConfig::default()).is_err());
    let short = world.stream(0.1, 50.0, 0.0, 0.0, 0.0, 1);
    assert!(compare_clocks(&short, &full, &ClockConfig::default()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_offset_within_reach_is_found(seed in 0u64..1000, offset in -1.5f64..1.5, drift in -150e-6f64..150e-6) {
        let world = World::new(seed, 240.0);
        let first = world.stream(240.0, 50.0, 0.0, 0.0, 0.02, 1);
        let second = world.stream(240.0, 31.0, offset, drift, 0.02, 2);
        let fit = compare_clocks(&first, &second, &ClockConfig::default()).unwrap();
        let expected = (offset + drift * fit.reference.as_seconds()) * 1e3;
        prop_assert!((fit.offset_ms - expected).abs() < 5.0, "{fit:?}, expected {expected}");
        prop_assert!((fit.drift_ppm - drift * 1e6).abs() < 40.0, "{fit:?}, expected {}", drift * 1e6);
    }
}
