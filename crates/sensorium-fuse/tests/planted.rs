//! Data in which exactly one of three modalities carries the label of each example.
//!
//! The other two look just like it but show a random class; all that gives them away is their
//! quality (every other sample is lost). A fusion with fixed weights cannot know whom to believe.

#![allow(clippy::unwrap_used)]

mod synthetic;

use burn::tensor::Device;
use rand::Rng;
use sensorium_data::{RecordingSource, Split, Target, Task};
use sensorium_fuse::{Costs, Dropout, FitOptions, FusionConfig, FusionKind, Prepared, fit, prepare};
use sensorium_nn::frontend::PipelineConfig;
use sensorium_nn::metrics::macro_f1;
use sensorium_nn::seed::generator;
use sensorium_nn::train::{AdamWConfig, TrainConfig};
use sensorium_nn::{Example, Model, Prediction, View};
use std::sync::atomic::AtomicBool;
use synthetic::{Memory, SAMPLES};

const COUNT: usize = 480;

/// Which modality of recording `i` tells the truth.
fn informative(i: usize) -> usize {
    generator(21, &[i as u64]).random_range(0..3)
}

fn planted() -> Memory {
    let task = Task::Classification { classes: ["a", "b", "c"].map(String::from).to_vec() };
    Memory::new(task, COUNT, |i| {
        let mut rng = generator(22, &[i as u64]);
        let class = (i / 4) % 3;
        let values = std::array::from_fn(|s| {
            let honest = s == informative(i);
            let shown = if honest { class } else { rng.random_range(0..3) };
            std::array::from_fn::<f32, SAMPLES, _>(|t| {
                let value = shown as f32 - 1.0 + rng.random_range(-0.3..0.3);
                if honest || t % 2 == 1 { value } else { f32::NAN }
            })
        });
        (values, Target::Class(class))
    })
}

/// Answers for the test recordings in which one of the two liars, by turns, is missing.
fn answers(kind: FusionKind, source: &Memory, prepared: &Prepared) -> Vec<(usize, Target, Prediction)> {
    let optimizer = AdamWConfig { learning_rate: 5e-3, ..AdamWConfig::default() };
    let options = FitOptions {
        network: FusionConfig { dim: 16, ..FusionConfig::new(kind) },
        train: TrainConfig {
            epochs: 14,
            batch: 32,
            seed: 3,
            threads: 2,
            optimizer,
            ..TrainConfig::default()
        },
        dropout: Dropout { clean: 0.6, ..Dropout::default() },
        costs: Costs::default(),
    };
    let stop = AtomicBool::new(false);
    let model = fit(prepared, &options, &Device::flex(), None, &stop, &mut |_| {}).unwrap();
    let test = source.indices(Split::Test);
    let examples = model.pipeline().examples(source, &test, false, 1, &|_| {}).unwrap();
    let list: Vec<&Example> = examples.iter().collect();
    let missing = |i: usize| (informative(test[i]) + 1 + i % 2) % 3;
    let view = |i: usize, s: usize| if s == missing(i) { View::Hidden } else { View::Clean };
    let predictions = model.predict(&list, &view).unwrap();
    let truth = test.iter().map(|i| informative(*i)).zip(examples.iter().map(|e| e.target.clone()));
    truth.zip(predictions).map(|((m, t), p)| (m, t, p)).collect()
}

fn score(answers: &[(usize, Target, Prediction)]) -> f64 {
    let truth: Vec<usize> =
        answers.iter().map(|(_, t, _)| if let Target::Class(c) = t { *c } else { unreachable!() }).collect();
    let said: Vec<usize> = answers.iter().map(|(_, _, p)| p.decision[0]).collect();
    macro_f1(&truth, &said)
}

#[test]
fn the_router_believes_the_modality_that_tells_the_truth_and_beats_fixed_weights() {
    let source = planted();
    let config = PipelineConfig { failures: Vec::new(), ..PipelineConfig::default() };
    let prepared = prepare(&source, &config, 1, &|_| {}).unwrap();
    let routed = answers(FusionKind::Router, &source, &prepared);
    let mut weights: Vec<f32> = routed.iter().map(|(m, _, p)| p.weights[*m]).collect();
    weights.sort_by(f32::total_cmp);
    let median = weights[weights.len() / 2];
    let (ours, uniform) = (score(&routed), score(&answers(FusionKind::Uniform, &source, &prepared)));
    println!("median weight {median:.3}, macro-F1 {ours:.3} against {uniform:.3} of uniform weights");
    // Two modalities are present: indifference would give one half.
    assert!(median > 0.75, "median weight {median}");
    assert!(1.0 - ours < 0.5 * (1.0 - uniform), "router {ours}, uniform {uniform}");
}
