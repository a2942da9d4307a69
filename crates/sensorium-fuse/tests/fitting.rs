//! Each task can be fitted, and its answers are in the terms of the task.

#![allow(clippy::unwrap_used)]

mod synthetic;

use burn::tensor::Device;
use rand::Rng;
use sensorium_data::{RecordingSource, Split, Target, Task};
use sensorium_fuse::{Costs, Dropout, FitOptions, FusionConfig, FusionKind, FusionModel, fit, prepare};
use sensorium_nn::frontend::PipelineConfig;
use sensorium_nn::seed::generator;
use sensorium_nn::train::{AdamWConfig, Progress, TrainConfig};
use sensorium_nn::{Example, Model, Prediction, View};
use std::sync::atomic::AtomicBool;
use synthetic::{Memory, SAMPLES};

/// A flat series at `level` with a little noise.
fn flat(level: f32, rng: &mut impl Rng) -> [f32; SAMPLES] {
    std::array::from_fn(|_| level + rng.random_range(-0.3..0.3))
}

fn options(kind: FusionKind) -> FitOptions {
    let optimizer = AdamWConfig { learning_rate: 5e-3, ..AdamWConfig::default() };
    FitOptions {
        network: FusionConfig { dim: 16, ..FusionConfig::new(kind) },
        train: TrainConfig {
            epochs: 14,
            batch: 32,
            seed: 3,
            threads: 2,
            optimizer,
            ..TrainConfig::default()
        },
        dropout: Dropout::default(),
        costs: Costs::default(),
    }
}

/// Fits a router; the losses of its epochs, the model, and its answers for the test recordings.
fn fitted(source: &Memory) -> (Vec<f32>, FusionModel, Vec<(Target, Prediction)>) {
    let config = PipelineConfig::default();
    let prepared = prepare(source, &config, 1, &|_| {}).unwrap();
    let mut losses = Vec::new();
    let mut watch = |p: Progress| losses.extend(p.score.map(|_| p.loss));
    let stop = AtomicBool::new(false);
    let model =
        fit(&prepared, &options(FusionKind::Router), &Device::flex(), None, &stop, &mut watch).unwrap();
    let test = source.indices(Split::Test);
    let examples = model.pipeline().examples(source, &test, false, 1, &|_| {}).unwrap();
    let list: Vec<&Example> = examples.iter().collect();
    let answers = model.predict(&list, &|_, _| View::Clean).unwrap();
    let pairs = examples.iter().map(|e| e.target.clone()).zip(answers).collect();
    (losses, model, pairs)
}

fn assert_falls(losses: &[f32], to: f32) {
    let last = *losses.last().unwrap();
    assert!(last < to * losses[0], "{losses:?}");
}

#[test]
fn classes_are_learned_and_named() {
    let task = Task::Classification { classes: ["low", "middle", "high"].map(String::from).to_vec() };
    let mut rng = generator(1, &[1]);
    let source = Memory::new(task, 240, |i| {
        let class = (i / 4) % 3;
        let level = class as f32 - 1.0;
        ([flat(level, &mut rng), flat(-level, &mut rng), flat(0.0, &mut rng)], Target::Class(class))
    });
    let (losses, _, answers) = fitted(&source);
    assert_falls(&losses, 0.6);
    let right = answers.iter().filter(|(t, p)| *t == Target::Class(p.decision[0])).count();
    assert!(right as f32 > 0.9 * answers.len() as f32, "{right} of {}", answers.len());
    for (_, p) in &answers {
        assert!((p.outputs.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        assert!((p.weights.iter().sum::<f32>() - 1.0).abs() < 1e-4);
    }
}

#[test]
fn labels_are_learned_one_by_one() {
    let task = Task::MultiLabel { labels: ["l", "m", "r"].map(String::from).to_vec() };
    let mut rng = generator(1, &[2]);
    let source = Memory::new(task, 240, |_| {
        let holds: [bool; 3] = std::array::from_fn(|_| rng.random_bool(0.5));
        (holds.map(|h| flat(if h { 1.0 } else { -1.0 }, &mut rng)), Target::Labels(holds.to_vec()))
    });
    let (losses, _, answers) = fitted(&source);
    assert_falls(&losses, 0.95);
    let right: usize = answers
        .iter()
        .map(|(t, p)| {
            let Target::Labels(holds) = t else { unreachable!() };
            (0..3).filter(|l| holds[*l] == p.decision.contains(l)).count()
        })
        .sum();
    assert!(right as f32 > 0.8 * 3.0 * answers.len() as f32, "{right} of {}", 3 * answers.len());
}

#[test]
fn values_are_learned_and_told_in_their_own_unit() {
    let task = Task::Regression { outputs: vec!["temperature".into()] };
    let mut rng = generator(1, &[3]);
    let source = Memory::new(task, 240, |_| {
        let level = rng.random_range(-1.0f32..1.0);
        let values = [flat(level, &mut rng), flat(2.0 * level, &mut rng), flat(0.0, &mut rng)];
        (values, Target::Values(vec![300.0 + 40.0 * level]))
    });
    let (losses, _, answers) = fitted(&source);
    assert_falls(&losses, 0.6);
    let error: f32 = answers
        .iter()
        .map(|(t, p)| {
            let Target::Values(values) = t else { unreachable!() };
            (values[0] - p.outputs[0]).abs()
        })
        .sum::<f32>()
        / answers.len() as f32;
    // A constant answer would be wrong by 20 in the mean.
    assert!(error < 10.0, "mean error {error}");
}

#[test]
fn a_saved_model_answers_as_before() {
    let task = Task::Classification { classes: ["low", "high"].map(String::from).to_vec() };
    let mut rng = generator(1, &[4]);
    let source = Memory::new(task, 80, |i| {
        let class = (i / 4) % 2;
        (std::array::from_fn(|_| flat(class as f32, &mut rng)), Target::Class(class))
    });
    let (_, model, answers) = fitted(&source);
    let folder = tempfile::tempdir().unwrap();
    model.save(folder.path()).unwrap();
    let loaded = FusionModel::load(folder.path(), &Device::flex()).unwrap();
    let examples =
        loaded.pipeline().examples(&source, &source.indices(Split::Test), false, 1, &|_| {}).unwrap();
    let list: Vec<&Example> = examples.iter().collect();
    let again = loaded.predict(&list, &|_, _| View::Clean).unwrap();
    assert_eq!(again, answers.into_iter().map(|a| a.1).collect::<Vec<_>>());
}
