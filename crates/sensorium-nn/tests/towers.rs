//! The pretrained towers against the programs that their weights come from.
//!
//! `golden/mobilenet_v2.json` was made with torchvision 0.29, `golden/minilm.json` with
//! sentence-transformers 6.2 (`benches/peers/tower_golden.py`). The weights are looked for where
//! `sensorium data get` puts them; without them these tests say so and check nothing.

use burn::tensor::{Device, Tensor, TensorData};
use sensorium_nn::tower::{MobileNetV2, Sentences, find_weights};
use serde_json::Value;
use std::path::PathBuf;

fn weights(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SENSORIUM_DATA").map_or_else(|| PathBuf::from("../../data"), PathBuf::from);
    let found = find_weights(&root, name).or_else(|| find_weights(&PathBuf::from("../../data"), name));
    if found.is_none() {
        println!("not checked: the weights `{name}` are not there (sensorium data get {name})");
    }
    found
}

fn golden(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap() as f32).collect()
}

#[test]
fn mobilenet_gives_what_torchvision_gives() {
    let Some(folder) = weights("mobilenet-v2") else { return };
    let golden = golden(include_str!("golden/mobilenet_v2.json"));
    let device = Device::flex();
    let network = MobileNetV2::load(&folder, &device).unwrap();
    let mut input = Vec::new();
    for c in 0..3 {
        for i in 0..160 {
            for j in 0..160 {
                input.push((0.013 * f64::from(c * 7919 + i * 161 + j * 37)).sin() as f32);
            }
        }
    }
    let input = Tensor::<4>::from_data(TensorData::new(input, [1, 3, 160, 160]), &device);
    let features = network.features(input.clone()).try_into_vec_as::<f32>().unwrap();
    let places = golden["features"]["flat_index"].as_array().unwrap();
    for (place, value) in places.iter().zip(numbers(&golden["features"]["value"])) {
        let ours = features[place.as_u64().unwrap() as usize];
        assert!((ours - value).abs() < 1e-4, "feature {place}: {ours} and {value}");
    }
    let logits = network.classify(input).try_into_vec_as::<f32>().unwrap();
    for (ours, value) in logits.iter().zip(numbers(&golden["logits_first16"])) {
        assert!((ours - value).abs() < 1e-4, "{ours} and {value}");
    }
    let best = (0..logits.len()).max_by(|a, b| logits[*a].total_cmp(&logits[*b]));
    assert_eq!(best, golden["logits_argmax"].as_u64().map(|b| b as usize));
}

#[test]
fn minilm_gives_what_sentence_transformers_gives() {
    let Some(folder) = weights("minilm") else { return };
    let golden = golden(include_str!("golden/minilm.json"));
    let device = Device::flex();
    let sentences = Sentences::load(&folder, 256, &device).unwrap();
    let items = golden["sentences"].as_array().unwrap();
    let texts: Vec<&str> = items.iter().map(|s| s["text"].as_str().unwrap()).collect();
    let embeddings = sentences.embeddings(&texts, &device).unwrap();
    for (item, ours) in items.iter().zip(embeddings) {
        let ids: Vec<u32> = numbers(&item["ids"]).iter().map(|v| *v as u32).collect();
        assert_eq!(sentences.pieces.ids(item["text"].as_str().unwrap()).unwrap(), ids);
        for (a, b) in ours.iter().zip(numbers(&item["embedding"])) {
            assert!((a - b).abs() < 1e-4, "{a} and {b} in {}", item["text"]);
        }
    }
}

#[test]
fn weights_of_another_network_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let list = [("features.0.0.weight".to_string(), &[1usize][..], &[1.0f32][..])];
    sensorium_nn::tensors::write(&folder.path().join("model.safetensors"), &list, Default::default())
        .unwrap();
    let error = MobileNetV2::load(folder.path(), &Device::flex()).unwrap_err().to_string();
    assert!(error.contains("features.0.0.weight") && error.contains("other weights"), "{error}");
    let error = Sentences::load(folder.path(), 32, &Device::flex()).unwrap_err().to_string();
    assert!(error.contains("tokenizer.json"), "{error}");
}
