//! What the front ends make of samples, gaps and words.

#![allow(clippy::unwrap_used)]

use sensorium_data::{
    Hertz, Modality, Samples, Span, Stream, StreamSpec, Target, TimeAxis, Timestamp, Window,
};
use sensorium_nn::frontend::*;
use std::f64::consts::TAU;
use std::sync::Arc;

fn spec(modality: Modality, rate_hz: Option<f64>, channels: usize) -> StreamSpec {
    StreamSpec {
        name: "s".into(),
        modality,
        rate: rate_hz.and_then(Hertz::new),
        channels: (0..channels).map(|c| format!("c{c}")).collect(),
        unit: None,
        size: None,
    }
}

/// A window of `ms` milliseconds that holds one stream, sampled at the given milliseconds.
fn window(spec: StreamSpec, ms: i64, at_ms: &[f64], samples: Samples) -> Window {
    let times = at_ms.iter().map(|t| Timestamp::from_micros((t * 1e3) as i64)).collect();
    let stream = Stream::new(Arc::new(spec), TimeAxis::Stamped(times), samples).unwrap();
    Window {
        recording: "r".into(),
        group: "g".into(),
        span: Span::lasting(Timestamp::ZERO, ms * 1000),
        streams: vec![Some(stream)],
        target: Target::Unknown,
    }
}

fn values(channels: usize, data: &[f32]) -> Samples {
    Samples::Values { channels, data: data.to_vec() }
}

/// A short series of eight slots of 100 ms: the value of each slot, and whether its token is valid.
fn slots(at_ms: &[f64], data: &[f32]) -> (Vec<f32>, Vec<bool>) {
    let frontend = Frontend::Series(SeriesFrontend { channels: 1, slots: 8 });
    let window = window(spec(Modality::Series, Some(10.0), 1), 800, at_ms, values(1, data));
    let features = frontend.features(&window, 0).unwrap();
    (features.values[frontend.width() - 8..].to_vec(), features.mask)
}

#[test]
fn gaps_hold_the_value_before_and_are_marked() {
    let (held, mask) = slots(&[0.0, 100.0, 400.0, 500.0, 700.0], &[1.0, 2.0, 5.0, f32::NAN, 8.0]);
    assert_eq!(held, [1.0, 2.0, 2.0, 2.0, 5.0, 5.0, 5.0, 8.0]);
    assert_eq!(mask, [true]);
}

#[test]
fn a_gap_at_the_front_holds_the_first_value_there_is() {
    let (held, mask) = slots(&[300.0, 600.0], &[4.0, 7.0]);
    assert_eq!(held, [4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 7.0, 7.0]);
    assert_eq!(mask, [true], "two of eight slots are a quarter");
}

#[test]
fn samples_of_one_slot_are_averaged() {
    let (held, mask) = slots(&[0.0, 30.0, 30.0, 99.0], &[1.0, 2.0, 4.0, 5.0]);
    assert_eq!(held[..2], [3.0, 3.0]);
    assert_eq!(mask, [false], "one of eight slots is less than a quarter");
}

#[test]
fn nothing_finite_is_nothing() {
    let frontend = Frontend::Series(SeriesFrontend { channels: 1, slots: 8 });
    let window = window(spec(Modality::Series, Some(10.0), 1), 800, &[0.0], values(1, &[f32::NAN]));
    assert_eq!(frontend.features(&window, 0), None);
}

#[test]
fn what_has_not_arrived_changes_nothing_but_the_resolution() {
    let frontend = Frontend::Series(SeriesFrontend { channels: 1, slots: 1024 });
    let noise = |i: i32| f64::from(i.wrapping_mul(7919).rem_euclid(1009)) / 1009.0;
    let wave = |i: i32| (3.0 + (TAU * 0.09 * f64::from(i)).sin() + 0.1 * noise(i)) as f32;
    let of = |count: i32| {
        let at: Vec<f64> = (0..count).map(f64::from).collect();
        let data: Vec<f32> = (0..count).map(wave).collect();
        let window = window(spec(Modality::Series, Some(1000.0), 1), 1024, &at, values(1, &data));
        frontend.features(&window, 0).unwrap()
    };
    let (whole, late) = (of(1024), of(600));
    assert_eq!(late.mask, [true, true, true, true, false]);
    let width = frontend.width();
    // Level and shape of the whole window; the trend of less than all of it is another.
    for k in [0, 1, 5, 7, 8, 9, 10, 11] {
        assert!(
            (whole.values[k] - late.values[k]).abs() < 0.1,
            "{k}: {} {}",
            whole.values[k],
            late.values[k]
        );
    }
    let bands = |f: &StreamFeatures| {
        let levels = &f.values[21..45];
        (0..24).max_by(|a, b| levels[*a].total_cmp(&levels[*b]))
    };
    assert_eq!(bands(&whole), bands(&late));
    // The first quarters are the same samples.
    assert_eq!(whole.values[width..2 * width], late.values[width..2 * width]);
}

#[test]
fn a_series_is_told_as_a_whole_and_in_quarters() {
    let frontend = Frontend::Series(SeriesFrontend { channels: 2, slots: 400 });
    let at: Vec<f64> = (0..400).map(|i| 10.0 * f64::from(i)).collect();
    let data: Vec<f32> = (0..400).flat_map(|i| [(i / 100) as f32, 5.0]).collect();
    let window = window(spec(Modality::Series, Some(100.0), 2), 4000, &at, values(2, &data));
    let features = frontend.features(&window, 0).unwrap();
    assert_eq!(features.start_ms, [0.0, 0.0, 1000.0, 2000.0, 3000.0]);
    assert_eq!(features.end_ms, [4000.0, 1000.0, 2000.0, 3000.0, 4000.0]);
    let width = frontend.width();
    let means: Vec<f32> = features.values.chunks(width).map(|t| t[0]).collect();
    assert_eq!(means, [1.5, 0.0, 1.0, 2.0, 3.0]);
    assert!(features.values.chunks(width).all(|t| t[width / 2] == 5.0));
}

#[test]
fn log_mel_energies_are_librosas() {
    let golden: serde_json::Value = serde_json::from_str(include_str!("golden/mel.json")).unwrap();
    let frontend = AudioFrontend { mels: 64, ..AudioFrontend::new(8000.0, 1024) };
    assert_eq!((frontend.frame, frontend.patches), (512, 3));
    let signal: Vec<f32> = (0..1024u32)
        .map(|i| {
            let t = f64::from(i) / 8000.0;
            let saw = f64::from((i * 7919) % 101) / 50.0 - 1.0;
            ((TAU * 440.0 * t).sin() + 0.5 * (TAU * 1800.0 * t).sin() + 0.1 * saw + 0.3) as f32
        })
        .collect();
    let at: Vec<f64> = (0..1024).map(|i| f64::from(i) / 8.0).collect();
    let window = window(spec(Modality::Audio, Some(8000.0), 1), 128, &at, values(1, &signal));
    let features = Frontend::Audio(frontend).features(&window, 0).unwrap();
    for (ours, theirs) in features.values.chunks(128).skip(1).zip(golden["log_mel"].as_array().unwrap()) {
        for (mel, (a, b)) in ours.iter().zip(theirs.as_array().unwrap()).enumerate() {
            assert!((f64::from(*a) - b.as_f64().unwrap()).abs() < 2e-3, "filter {mel}: {a} for {b}");
        }
        assert!(ours[64..].iter().all(|spread| *spread == 0.0), "one frame a patch does not spread");
    }
}

#[test]
fn a_dead_channel_does_not_soften_the_sound() {
    let at: Vec<f64> = (0..1024).map(|i| f64::from(i) / 8.0).collect();
    let tone: Vec<f32> = (0..1024).map(|i| (0.3 * i as f32).sin()).collect();
    let stereo: Vec<f32> = tone.iter().flat_map(|v| [*v, f32::NAN]).collect();
    let frontend = Frontend::Audio(AudioFrontend::new(8000.0, 1024));
    let heard = |channels, data: &[f32]| {
        let window = window(spec(Modality::Audio, Some(8000.0), channels), 128, &at, values(channels, data));
        frontend.features(&window, 0).unwrap().values
    };
    assert_eq!(heard(2, &stereo), heard(1, &tone));
}

fn item(values: &[f32], mask: &[bool]) -> StreamFeatures {
    StreamFeatures {
        values: values.to_vec(),
        start_ms: vec![0.0; mask.len()],
        end_ms: vec![0.0; mask.len()],
        mask: mask.to_vec(),
        quality: 1.0,
        staleness: 0.0,
    }
}

#[test]
fn normalised_features_have_mean_zero_and_spread_one_over_valid_tokens() {
    let mut item = item(&[1.0, 10.0, 3.0, 30.0, 5.0, 50.0, 99.0, -99.0], &[true, true, true, false]);
    Normaliser::fit(2, false, std::iter::once(&item)).apply(&mut item);
    let z = 1.5f32.sqrt();
    for (a, b) in item.values[..6].iter().zip([-z, -z, 0.0, 0.0, z, z]) {
        assert!((a - b).abs() < 1e-5, "{:?}", item.values);
    }
}

#[test]
fn normalised_features_are_clipped_and_constants_are_switched_off() {
    let item_ = item(&[1.0, 7.0, -1.0, 7.0], &[true, true]);
    let normaliser = Normaliser::fit(2, false, std::iter::once(&item_));
    let mut extreme = item(&[1e9, 8.0, -1e9, 7.0], &[true, true]);
    normaliser.apply(&mut extreme);
    assert_eq!(extreme.values, [8.0, 0.0, -8.0, 0.0]);
}

#[test]
fn a_missing_cell_is_no_training_value_and_stands_at_the_mean() {
    let frontend = Frontend::Table(TableFrontend { channels: 2 });
    let row = |a: f32, b: f32| {
        let window = window(spec(Modality::Table, None, 2), 100, &[0.0], values(2, &[a, b]));
        frontend.features(&window, 0).unwrap()
    };
    let rows = [row(98.0, 5.0), row(102.0, 7.0), row(f32::NAN, 6.0)];
    let normaliser = Normaliser::fit(4, false, rows.iter());
    let [mut low, _, mut lacking] = rows;
    normaliser.apply(&mut low);
    normaliser.apply(&mut lacking);
    assert!((low.values[0] + 1.0).abs() < 1e-5, "{:?}", low.values);
    assert_eq!(lacking.values[0], 0.0);
    assert!(lacking.values[2] < 0.0 && low.values[2] > 0.0, "the flag tells that the cell is missing");
}

#[test]
fn a_table_gives_its_newest_row() {
    let frontend = Frontend::Table(TableFrontend { channels: 2 });
    let window = window(spec(Modality::Table, None, 2), 100, &[10.0, 60.0], values(2, &[1.0, 2.0, 3.0, 4.0]));
    let features = frontend.features(&window, 0).unwrap();
    assert_eq!((features.values, features.start_ms), (vec![3.0, 4.0, 1.0, 1.0], vec![60.0]));
}

#[test]
fn the_newest_picture_is_always_among_those_looked_at() {
    let frontend = Frontend::Image(ImageFrontend { frames: 2, channels: 1, height: 1, width: 1 });
    for count in 1..6usize {
        let at: Vec<f64> = (0..count).map(|i| 10.0 * i as f64).collect();
        let data = (0..count).map(|i| i as f32).collect();
        let pictures = Samples::Images { channels: 1, height: 1, width: 1, data };
        let features =
            frontend.features(&window(spec(Modality::Image, None, 1), 100, &at, pictures), 0).unwrap();
        let used = count.min(2);
        assert_eq!(features.mask, [true, count > 1]);
        assert_eq!(features.values[used - 1], (count - 1) as f32, "{count} pictures");
    }
}

fn words(tokens: usize) -> Frontend {
    let log = ["pump hums", "pump whines", "pump hums", "pump whines"];
    Frontend::Text(TextFrontend::fit(tokens, 60, log.into_iter()).unwrap())
}

fn read(frontend: &Frontend, at_ms: &[f64], entries: &[&str]) -> StreamFeatures {
    let entries = entries.iter().map(|e| (*e).to_string()).collect();
    frontend.features(&window(spec(Modality::Text, None, 0), 1000, at_ms, Samples::Text(entries)), 0).unwrap()
}

#[test]
fn known_words_are_one_token_each_whatever_their_case() {
    let frontend = words(4);
    let features = read(&frontend, &[0.0], &["PUMP hums"]);
    assert_eq!(features.mask, [true, true, false, false]);
    assert_eq!(features.values, read(&frontend, &[0.0], &["pump Hums"]).values);
    assert_eq!(features.values[2..], [0.0, 0.0], "padding is id 0");
}

#[test]
fn an_unknown_character_is_id_one() {
    let features = read(&words(4), &[0.0], &["pump ☃"]);
    assert_eq!(features.values[1], 1.0);
}

#[test]
fn an_entry_holds_until_the_next_one_and_the_last_until_the_window_ends() {
    let features = read(&words(4), &[100.0, 400.0], &["pump", "hums"]);
    assert_eq!((&features.start_ms[..2], &features.end_ms[..2]), (&[100.0, 400.0][..], &[400.0, 1000.0][..]));
}

#[test]
fn the_oldest_words_fall_out_first() {
    let frontend = words(2);
    let features = read(&frontend, &[0.0, 10.0], &["pump hums", "pump whines"]);
    assert_eq!(features.values, read(&frontend, &[10.0], &["pump whines"]).values);
    assert_eq!(features.start_ms, [10.0, 10.0]);
}
