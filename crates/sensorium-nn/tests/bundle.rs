//! A bundle comes back as it was saved, and whatever else stands in its files is a clear error.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use proptest::sample::Index;
use sensorium_data::rig::{Rig, RigConfig};
use sensorium_data::{RecordingSource, Schema, Split, WindowRule};
use sensorium_nn::bundle::{self, FORMAT, ModelCard, Provenance, digest};
use sensorium_nn::frontend::{Pipeline, PipelineConfig};
use sensorium_nn::train::Weights;
use sensorium_nn::{Bundle, Example};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

const FILES: [&str; 3] = ["model.toml", "pipeline.json", "weights.safetensors"];

struct Saved {
    folder: tempfile::TempDir,
    rig: Rig,
    card: ModelCard,
    pipeline: Pipeline,
    weights: Weights,
    examples: Vec<Example>,
}

/// A bundle over all modalities of the rig, saved once.
fn saved() -> &'static Saved {
    static SAVED: OnceLock<Saved> = OnceLock::new();
    SAVED.get_or_init(|| {
        let rig = RigConfig { recordings_per_class: 5, seconds: 4.0, ..RigConfig::default() }.init().unwrap();
        let train: Vec<usize> = rig.indices(Split::Train).into_iter().take(6).collect();
        let config = PipelineConfig { failures: Vec::new(), ..PipelineConfig::default() };
        let (pipeline, examples) = Pipeline::fit(&rig, &train, &config, 0, &|_| {}).unwrap();
        let names = ["layer.weight", "layer.bias", "table"].map(String::from).to_vec();
        let shapes = vec![vec![4, 3], vec![3], vec![2, 2, 2]];
        let values =
            shapes.iter().map(|s| (0..s.iter().product()).map(|i| (i as f32 * 0.37).sin()).collect());
        let weights = Weights { names, values: values.collect(), shapes };
        let card = ModelCard {
            format: FORMAT,
            kind: "test".into(),
            sensorium: "0.0.0".into(),
            pipeline_sha256: String::new(),
            weights_sha256: String::new(),
            training: Provenance { data: "rig".into(), score: 0.1 + 0.2, ..Provenance::default() },
            network: toml::Table::from_iter([("dim".to_string(), 8.into())]),
            calibration: toml::Table::from_iter([("temperature".to_string(), 1.25.into())]),
            schema: rig.schema().clone(),
        };
        let folder = tempfile::tempdir().unwrap();
        let extra = [("extra".to_string(), vec![2], vec![1.5, -2.5])];
        bundle::save(folder.path(), &card, &pipeline, &weights, &extra).unwrap();
        Saved { folder, rig, card, pipeline, weights, examples }
    })
}

/// A copy of the bundle with one file changed, and what loading it says.
fn with(file: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Result<Bundle, String> {
    let folder = tempfile::tempdir().unwrap();
    for name in FILES {
        std::fs::copy(saved().folder.path().join(name), folder.path().join(name)).unwrap();
    }
    let path = folder.path().join(file);
    std::fs::write(&path, change(std::fs::read(&path).unwrap())).unwrap();
    bundle::load(folder.path()).map_err(|e| e.to_string())
}

fn error(result: Result<Bundle, String>) -> String {
    match result {
        Err(message) => message,
        Ok(_) => panic!("the damage went unnoticed"),
    }
}

/// A card with a valid checksum line.
fn sealed(card: &ModelCard) -> Vec<u8> {
    let text = toml::to_string(card).unwrap();
    format!("{text}# sha256: {}\n", digest(text.as_bytes())).into_bytes()
}

/// Loads a bundle whose pipeline is `bytes`, all checksums in order.
fn with_pipeline(bytes: &[u8]) -> Result<Bundle, String> {
    let folder = tempfile::tempdir().unwrap();
    let weights = std::fs::read(saved().folder.path().join("weights.safetensors")).unwrap();
    let card = ModelCard {
        pipeline_sha256: digest(bytes),
        weights_sha256: digest(&weights),
        ..saved().card.clone()
    };
    std::fs::write(folder.path().join("weights.safetensors"), weights).unwrap();
    std::fs::write(folder.path().join("pipeline.json"), bytes).unwrap();
    std::fs::write(folder.path().join("model.toml"), sealed(&card)).unwrap();
    bundle::load(folder.path()).map_err(|e| e.to_string())
}

#[test]
fn a_bundle_comes_back_as_it_was_saved() {
    let saved = saved();
    let mut found = bundle::load(saved.folder.path()).unwrap();
    let ours = ModelCard {
        pipeline_sha256: found.card.pipeline_sha256.clone(),
        weights_sha256: found.card.weights_sha256.clone(),
        ..saved.card.clone()
    };
    assert_eq!(found.card, ours);
    assert_eq!(found.pipeline, saved.pipeline);
    assert_eq!(found.weights(&saved.weights, saved.folder.path()).unwrap(), saved.weights);
    assert_eq!(found.tensors.tensors, BTreeMap::from([("extra".to_string(), (vec![2], vec![1.5, -2.5]))]));
}

#[test]
fn a_loaded_pipeline_makes_the_same_examples() {
    let saved = saved();
    let found = bundle::load(saved.folder.path()).unwrap();
    let train: Vec<usize> = saved.rig.indices(Split::Train).into_iter().take(6).collect();
    assert_eq!(found.pipeline.examples(&saved.rig, &train, false, 0, &|_| {}).unwrap(), saved.examples);
}

#[test]
fn a_folder_without_a_card_says_what_to_give() {
    let message = error(bundle::load(tempfile::tempdir().unwrap().path()).map_err(|e| e.to_string()));
    assert!(message.contains("model.toml is missing"), "{message}");
}

#[test]
fn a_missing_file_is_named() {
    for file in ["pipeline.json", "weights.safetensors"] {
        let folder = tempfile::tempdir().unwrap();
        for name in FILES.into_iter().filter(|n| *n != file) {
            std::fs::copy(saved().folder.path().join(name), folder.path().join(name)).unwrap();
        }
        let message = error(bundle::load(folder.path()).map_err(|e| e.to_string()));
        assert!(message.contains(file), "{message}");
    }
}

#[test]
fn a_newer_format_asks_for_an_update() {
    let text = toml::to_string(&saved().card).unwrap().replace("format = 1", "format = 2\nnews = true");
    let message = error(with("model.toml", |_| text.into_bytes()));
    assert!(message.contains("format 2 is newer") && message.contains("update Sensorium"), "{message}");
}

#[test]
fn an_edited_card_is_refused() {
    let edit = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace("1.25", "1.35").into_bytes();
    let message = error(with("model.toml", edit));
    assert!(message.contains("model.toml") && message.contains("was edited"), "{message}");
}

#[test]
fn weights_of_another_model_are_refused() {
    let message = error(with("weights.safetensors", |mut bytes| {
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        bytes
    }));
    assert!(message.contains("checksum differs from model.toml"), "{message}");
}

#[test]
fn weights_that_are_not_numbers_are_refused() {
    for bad in [f32::NAN, f32::INFINITY] {
        let folder = tempfile::tempdir().unwrap();
        let mut weights = saved().weights.clone();
        weights.values[1][2] = bad;
        bundle::save(folder.path(), &saved().card, &saved().pipeline, &weights, &[]).unwrap();
        let message = error(bundle::load(folder.path()).map_err(|e| e.to_string()));
        assert!(message.contains("layer.bias") && message.contains("not finite"), "{message}");
    }
}

#[test]
fn a_tensor_that_is_missing_or_has_another_shape_is_named() {
    let load = || bundle::load(saved().folder.path()).unwrap();
    let mut like = saved().weights.clone();
    like.shapes[0] = vec![3, 4];
    let message = load().weights(&like, Path::new("m")).unwrap_err().to_string();
    assert!(message.contains("layer.weight has shape [4, 3], the network needs [3, 4]"), "{message}");
    let mut like = saved().weights.clone();
    like.names[2] = "other".into();
    let message = load().weights(&like, Path::new("m")).unwrap_err().to_string();
    assert!(message.contains("tensor other is missing"), "{message}");
}

#[test]
fn data_with_other_streams_are_refused_with_the_difference() {
    let card = &saved().card;
    let changed = |change: &dyn Fn(&mut Schema)| {
        let mut schema = card.schema.clone();
        change(&mut schema);
        card.check_schema(&schema).unwrap_err().to_string()
    };
    let alter = |schema: &mut Schema, change: &dyn Fn(&mut sensorium_data::StreamSpec)| {
        let mut spec = (*schema.streams[0]).clone();
        change(&mut spec);
        schema.streams[0] = Arc::new(spec);
    };
    card.check_schema(&card.schema).unwrap();
    #[allow(clippy::type_complexity)]
    let cases: [(&str, &dyn Fn(&mut Schema)); 6] = [
        ("made for the streams", &|s| drop(s.streams.pop())),
        ("made for the streams", &|s| alter(s, &|x| x.name = "other".into())),
        ("number of channels (2 for 1)", &|s| alter(s, &|x| x.channels.push("y".into()))),
        ("rate_hz", &|s| alter(s, &|x| x.rate = None)),
        ("windows of 4000 ms", &|s| s.window = WindowRule { length_ms: 500.0, stride_ms: 500.0 }),
        ("another task", &|s| s.task = sensorium_data::Task::OneClass),
    ];
    for (expected, change) in cases {
        let message = changed(change);
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

/// Replaces the `at`-th number of a JSON document.
fn replace_number(value: &mut serde_json::Value, at: &mut usize, with: f64) {
    match value {
        serde_json::Value::Number(number) => {
            if *at == 0 {
                let whole = number.is_u64() && with >= 0.0;
                *value = if whole { (with as u64).into() } else { with.into() };
            }
            *at = at.wrapping_sub(1);
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(|v| replace_number(v, at, with)),
        serde_json::Value::Object(map) => map.values_mut().for_each(|v| replace_number(v, at, with)),
        _ => {}
    }
}

#[test]
fn sizes_in_the_pipeline_that_are_not_the_streams_are_refused() {
    let whole = serde_json::to_value(&saved().pipeline).unwrap();
    with_pipeline(&serde_json::to_vec(&whole).unwrap()).unwrap();
    let numbers = (0..7).map(|stream| whole["frontends"][stream].as_object().unwrap().clone());
    let mut tried = 0;
    for (stream, sizes) in numbers.enumerate() {
        for (key, _) in sizes.iter().filter(|(_, v)| v.is_number()) {
            for absurd in [0u64, 1, 1 << 40, u64::MAX] {
                let mut changed = whole.clone();
                changed["frontends"][stream][key] = absurd.into();
                if changed == whole {
                    continue;
                }
                let message = error(with_pipeline(&serde_json::to_vec(&changed).unwrap()));
                assert!(message.contains("pipeline.json"), "{key} = {absurd}: {message}");
                tried += 1;
            }
        }
    }
    assert!(tried > 30);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn a_flipped_byte_or_a_cut_is_an_error(file in 0usize..3, at: Index, flip in 1u8..=255, cut: bool) {
        let result = with(FILES[file], |mut bytes| {
            let at = at.index(bytes.len());
            if cut { bytes.truncate(at) } else { bytes[at] ^= flip }
            bytes
        });
        let message = error(result);
        prop_assert!(message.contains(FILES[file]), "{}", message);
    }

    #[test]
    fn a_pipeline_with_another_number_in_it_loads_or_is_refused(at: Index, with in prop::sample::select(
        vec![0.0, 1.0, -1.0, 2.5, 1e9, -1e30, 1e300, 18_446_744_073_709_551_615.0]
    )) {
        let mut changed = serde_json::to_value(&saved().pipeline).unwrap();
        replace_number(&mut changed, &mut at.index(4000), with);
        if let Ok(bundle) = with_pipeline(&serde_json::to_vec(&changed).unwrap()) {
            let recording = saved().rig.load(0).unwrap();
            for window in recording.windows(4_000_000, 4_000_000) {
                let example = bundle.pipeline.example(&window);
                let values = example.streams.iter().filter_map(|s| s.clean.as_ref());
                prop_assert!(values.flat_map(|f| &f.values).all(|v| v.is_finite()));
            }
        }
    }

    #[test]
    fn bytes_that_are_no_bundle_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), file in 0usize..3) {
        prop_assert!(with(FILES[file], |_| bytes).is_err());
    }
}
