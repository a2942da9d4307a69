//! Laws of the one-class detector, seen from outside.

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sensorium_fuse::one_class::{Modality, OneClassConfig, OneClassDetector, OneClassError, Rows};

const WIDTH: usize = 5;

fn layout() -> Vec<Modality> {
    vec![Modality::new("flow", [0, 3]), Modality::new("pressure", [1]), Modality::new("heat", [2, 4])]
}

fn config() -> OneClassConfig {
    OneClassConfig { lags: 2, window_rows: 5, ..OneClassConfig::default() }
}

/// A driven linear process: five channels of three modalities that share one hidden state.
fn process(rows: usize, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut noise = move || (0..6).map(|_| rng.random_range(-0.5..0.5)).sum::<f64>();
    let mut hidden = 0.0;
    (0..rows)
        .flat_map(|_| {
            hidden = 0.9 * hidden + noise();
            [
                hidden + 0.2 * noise(),
                2.0 * hidden + 0.3 * noise(),
                noise(),
                0.5 * noise(),
                4.0 - hidden + 0.1 * noise(),
            ]
        })
        .collect()
}

fn fitted(config: &OneClassConfig) -> OneClassDetector {
    config.fit(layout(), &[Rows::new(WIDTH, &process(600, 1)).unwrap()]).unwrap()
}

#[test]
fn new_normal_rows_raise_about_the_stated_share_of_alarms() {
    let detector = fitted(&OneClassConfig { false_alarm: 0.05, ..config() });
    let fresh = process(6000, 2);
    let scores = detector.score(&Rows::new(WIDTH, &fresh).unwrap()).unwrap();
    let share = scores.iter().filter(|s| s.alarm).count() as f64 / scores.len() as f64;
    assert!((0.005..0.12).contains(&share), "{share}");
}

#[test]
fn a_broken_relation_raises_an_alarm_and_points_at_the_modality() {
    let detector = fitted(&config());
    let mut rows = process(200, 3);
    rows.chunks_exact_mut(WIDTH).skip(100).for_each(|row| row[1] = -row[1]);
    let scores = detector.score(&Rows::new(WIDTH, &rows).unwrap()).unwrap();
    let late = &scores[110..];
    let alarms = late.iter().filter(|s| s.alarm).count();
    assert!(alarms * 10 > late.len() * 9, "{alarms} of {}", late.len());
    let pointing = late.iter().filter(|s| s.weights[1] > s.weights[2]).count();
    assert!(pointing * 10 > late.len() * 9, "{pointing} of {}", late.len());
}

#[test]
fn missing_modalities_do_not_raise_alarms_by_themselves() {
    let detector = fitted(&OneClassConfig { false_alarm: 0.05, ..config() });
    let mut monitor = detector.monitor();
    let rows = process(3000, 4);
    let mut alarms = 0;
    for (t, row) in rows.chunks_exact(WIDTH).enumerate() {
        // One modality after the other is away for fifty rows.
        let away = (t / 50) % 4;
        let present: Vec<bool> = (0..3).map(|m| m != away).collect();
        alarms += usize::from(monitor.push(row, &present).unwrap().alarm);
    }
    assert!(alarms < 450, "{alarms} of 3000");
}

#[test]
fn a_detector_survives_serialisation() {
    let detector = fitted(&config());
    let text = serde_json::to_string(&detector).unwrap();
    let again: OneClassDetector = serde_json::from_str(&text).unwrap();
    let rows = process(50, 9);
    let rows = Rows::new(WIDTH, &rows).unwrap();
    for (a, b) in detector.score(&rows).unwrap().iter().zip(&again.score(&rows).unwrap()) {
        assert!((a.total - b.total).abs() <= 1e-9 * a.total.abs().max(1.0));
    }
}

#[test]
fn too_few_rows_and_wrong_shapes_are_errors() {
    let short = process(20, 1);
    let error = config().fit(layout(), &[Rows::new(WIDTH, &short).unwrap()]).unwrap_err();
    assert!(matches!(error, OneClassError::TooShort { .. }));
    let detector = fitted(&config());
    assert!(matches!(
        detector.monitor().push(&[0.0; 4], &[true; 3]),
        Err(OneClassError::Shape { expected: 5, got: 4, .. })
    ));
    assert!(detector.monitor().push(&[0.0; 5], &[true; 2]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn masked_modalities_never_matter(
        masked in 0usize..3,
        poison in prop::collection::vec(prop_oneof![Just(f64::NAN), -1e9..1e9_f64], WIDTH),
        seed in 10u64..20,
    ) {
        let detector = fitted(&config());
        let (mut clean, mut dirty) = (detector.monitor(), detector.monitor());
        let present: Vec<bool> = (0..3).map(|m| m != masked).collect();
        for row in process(30, seed).chunks_exact(WIDTH) {
            let mut other = row.to_vec();
            layout()[masked].channels.iter().for_each(|&c| other[c] = poison[c]);
            let (a, b) = (clean.push(row, &present).unwrap(), dirty.push(&other, &present).unwrap());
            prop_assert_eq!(a.total, b.total);
            prop_assert_eq!(&a.weights, &b.weights);
            prop_assert_eq!(a.per_modality[masked], None);
            prop_assert!((a.weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn scores_do_not_change_with_the_units_of_the_channels(
        factors in prop::collection::vec(prop_oneof![-50.0..-0.02_f64, 0.02..50.0_f64], WIDTH),
        offsets in prop::collection::vec(-100.0..100.0_f64, WIDTH),
    ) {
        let rescale = |values: &[f64]| -> Vec<f64> {
            values.iter().enumerate().map(|(i, v)| v * factors[i % WIDTH] + offsets[i % WIDTH]).collect()
        };
        let config = OneClassConfig { horizon_rows: Some(500), ..config() };
        let (train, fresh) = (process(300, 1), process(60, 5));
        let plain = config.fit(layout(), &[Rows::new(WIDTH, &train).unwrap()]).unwrap();
        let scaled = config.fit(layout(), &[Rows::new(WIDTH, &rescale(&train)).unwrap()]).unwrap();
        let a = plain.score(&Rows::new(WIDTH, &fresh).unwrap()).unwrap();
        let b = scaled.score(&Rows::new(WIDTH, &rescale(&fresh)).unwrap()).unwrap();
        for (a, b) in a.iter().zip(&b) {
            prop_assert!((a.total - b.total).abs() < 1e-6 * a.total.abs().max(1.0));
        }
    }

    #[test]
    fn the_threshold_never_falls_as_fewer_false_alarms_are_allowed(
        low in 0.0..1.0_f64, high in 0.0..1.0_f64,
    ) {
        let detector = fitted(&config());
        let (low, high) = (low.min(high), low.max(high));
        prop_assert!(detector.threshold_at(low) >= detector.threshold_at(high));
    }
}
